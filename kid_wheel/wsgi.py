"""What a WSGI server loads: the app, configured by the environment."""

import gc

from . import create_app

app = create_app()
# What the start has made lives as long as the process: no worker should look through it again.
gc.freeze()
