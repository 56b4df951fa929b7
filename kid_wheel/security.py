"""What every response carries: the content security policy as data, one for each door, and headers.

It must never allow inline script or style, nor a request to another host, nor give a tablet a
cookie.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface

from .errors import speaks_to_a_program

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Policy = dict[str, str]

HUB: Policy = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",  # the QR code of a second factor is a data image
    "font-src": "'self'",
    "media-src": "'self'",  # what a unit's tablets say, for its administrator to listen to
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}

TABLET: Policy = {
    **HUB,
    "script-src": "'self' 'wasm-unsafe-eval'",  # SQLite is WebAssembly
    "img-src": "'self' blob:",  # a unit's own photographs come out of the tablet's own store
    "media-src": "blob:",  # a unit's own recordings come out of the tablet's own store
    "form-action": "'none'",  # the tablet's forms are answered on the tablet
}

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}

# On a tablet the staff may record the texts of the screens in their own voices.
TABLET_HEADERS = {
    **HEADERS,
    "Permissions-Policy": "camera=(), microphone=(self), geolocation=(), payment=(), usb=()",
}


def csp(policy: Policy) -> str:
    return "; ".join(f"{name} {value}" for name, value in policy.items())


# Where a view says nothing else. Made once: every answer carries them.
_ON_HUB = {**HEADERS, "Content-Security-Policy": csp(HUB), "Cache-Control": "no-store"}
_ON_TABLET = {**_ON_HUB, **TABLET_HEADERS, "Content-Security-Policy": csp(TABLET)}
_OVER_TLS = {"Strict-Transport-Security": "max-age=31536000"}


class _OnlyForPages(SecureCookieSessionInterface):
    """A tablet is recognised by its own secret: it has no session, and is sent no cookie."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return None if speaks_to_a_program() else super().open_session(app, request)


def init_app(app: Flask) -> None:
    app.session_interface = _OnlyForPages()
    on_hub, on_tablet = _ON_HUB, _ON_TABLET
    if app.extensions["kid_wheel"].secure:
        on_hub, on_tablet = on_hub | _OVER_TLS, on_tablet | _OVER_TLS
        app.wsgi_app = _over_tls(app.wsgi_app)  # type: ignore[assignment]

    @app.after_request
    def add_headers(response: Response) -> Response:
        usual = on_tablet if is_tablet() else on_hub
        for name, value in usual.items():
            response.headers.setdefault(name, value)
        return response


def _over_tls(inner: WSGIApplication) -> WSGIApplication:
    """The proxy in front takes the TLS off. Addresses that are made here begin with https still,
    whatever the proxy says of it, or a caller in its name."""

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        environ["wsgi.url_scheme"] = "https"
        return inner(environ, start)

    return answer


def is_tablet() -> bool:
    return request.path.startswith("/tablet/") or request.endpoint in {"tablet.worker", "static"}
