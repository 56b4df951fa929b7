"""Which language a page is in. Swedish is the source; the others are complete or not offered.

It must never show an empty label: a missing text is a failing test, not a gap on a screen.
"""

from __future__ import annotations

from flask import Flask, has_request_context, request
from flask_babel import Babel, get_locale
from flask_security import current_user

from .catalog import LANGUAGES

NAMES = {"sv": "Svenska", "en": "English"}
RIGHT_TO_LEFT = frozenset({"ar", "fa", "ckb"})

babel = Babel()


def init_app(app: Flask) -> None:
    app.config["BABEL_DEFAULT_LOCALE"] = "sv"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Europe/Stockholm"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = app.config["TRANSLATIONS"]
    babel.init_app(app, locale_selector=choose)
    app.jinja_env.globals.update(
        language=lambda: str(get_locale()), languages=NAMES, direction=direction
    )


def choose() -> str:
    """The tablet's pages say their language in the address; staff have chosen one; else ask
    the browser."""
    if not has_request_context():
        return "sv"
    in_address = (request.view_args or {}).get("language")
    if in_address in LANGUAGES:
        return str(in_address)
    if current_user and current_user.is_authenticated:
        return str(current_user.language)
    return request.accept_languages.best_match(LANGUAGES, default="sv")


def direction(language: str) -> str:
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"
