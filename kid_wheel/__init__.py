"""Barnets bästa-hjulet: a child's own words, from the tablet to the ansvarig's case."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_compress import Compress
from flask_security.core import Security
from flask_wtf.csrf import CSRFProtect
from htmx_flask import Htmx

from . import clock, errors, i18n, security, views, whole
from . import db as database
from .config import IDLE_LIFETIME, MAX_RECORD_BYTES, Config
from .keys import KeyRing
from .permissions import Permission, check_every_view_declares

HERE = Path(__file__).parent
# Installed, the folders are inside the package; in a checkout they are beside it.
HOME = HERE if (HERE / "static").is_dir() else HERE.parent

csrf = CSRFProtect()
compress = Compress()


def create_app(config: Config | None = None) -> Flask:
    """The whole wiring of the hub and of the tablet's pages."""
    config = config or Config.from_environment()
    config.instance.mkdir(parents=True, exist_ok=True)
    app = Flask(
        __name__,
        static_folder=str(HOME / "static"),
        template_folder=str(HOME / "templates"),
        instance_path=str(config.instance),
    )
    app.testing = config.testing
    app.config.update(
        SECRET_KEY=config.secret("session.key"),
        MAX_CONTENT_LENGTH=MAX_RECORD_BYTES + 1,
        PERMANENT_SESSION_LIFETIME=IDLE_LIFETIME,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=config.secure,
        WTF_CSRF_SSL_STRICT=False,  # it asks for a Referer, and our pages tell nobody theirs
        SQLALCHEMY_ENGINES={"default": {"url": config.database_url, **config.engine_options}},
        TRANSLATIONS=str(HOME / "translations"),
        COMPRESS_REGISTER=False,  # only pages that are the same for everybody: see views.tablet
        COMPRESS_MIMETYPES=[
            "text/html",
            "text/css",
            "text/javascript",
            "image/svg+xml",
            "application/json",
            "application/wasm",
            "application/manifest+json",
        ],
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_ALGORITHM_STREAMING=["br", "deflate"],
        COMPRESS_BR_LEVEL=6,
        **views.sign_in.settings(config),
    )
    app.extensions["kid_wheel"] = config
    app.extensions["key_ring"] = KeyRing(config.keys)

    whole.init_app(app)
    database.init_app(app)
    csrf.init_app(app)
    compress.init_app(app)
    Htmx(app)
    staff = Security(app, views.sign_in.datastore(), **views.sign_in.forms())
    # Nobody here asks for "needs": a door says who may use it, and loads that person then.
    staff.principal.identity_loaders.clear()
    i18n.init_app(app)
    security.init_app(app)
    errors.init_app(app)

    for door in views.DOORS:
        app.register_blueprint(door.blueprint)
    csrf.exempt(views.tablet.blueprint)  # recognised by their own secret, never by a cookie
    csrf.exempt(views.sync.blueprint)
    csrf.exempt(views.door.blueprint)  # opens with a code, and with no session
    csrf.exempt(views.home.blueprint)  # its forms carry a token of the guardian's own session
    views.tablet.serve_static(app, compress)

    check_every_view_declares(app, views.sign_in.DECLARED | {"static": Permission.OPEN})
    app.jinja_env.globals.update(demo=config.demo, now=clock.now)
    return app
