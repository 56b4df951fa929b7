"""What a WSGI server loads: the app, configured by the environment."""

from . import create_app

app = create_app()
