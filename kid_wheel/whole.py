"""A request is taken whole or not at all.

It must never let half of what somebody wrote be kept as if it were all of it.
"""

from __future__ import annotations

from flask import Flask, request
from werkzeug.exceptions import LengthRequired


def init_app(app: Flask) -> None:
    """Before all that reads a body: an application's first function before each request."""
    app.before_request(_measure)


def _measure() -> None:
    """A body must say how long it is, and be so long.

    Servers call a body ended when its sender is gone (`wsgi.input_terminated`), and Werkzeug then
    compares it with no length. Without the mark it does, and raises ClientDisconnected.
    """
    if "HTTP_TRANSFER_ENCODING" in request.environ:
        raise LengthRequired
    request.environ.pop("wsgi.input_terminated", None)
