"""What every response carries: the content security policy as data, one for each door, and headers.

It must never allow inline script or style, nor a request to another host.
"""

from __future__ import annotations

from flask import Flask, Response, current_app, request

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


def init_app(app: Flask) -> None:
    app.after_request(_add_headers)


def is_tablet() -> bool:
    return request.path.startswith("/tablet/") or request.endpoint in {"tablet.worker", "static"}


def _add_headers(response: Response) -> Response:
    policy, headers = (TABLET, TABLET_HEADERS) if is_tablet() else (HUB, HEADERS)
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", csp(policy))
    response.headers.setdefault("Cache-Control", "no-store")
    if current_app.extensions["kid_wheel"].secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
