"""Which language a page is in. Swedish is the source; the others are complete or not offered.

It must never show an empty label: a missing text is a failing test, not a gap on a screen.
"""

from __future__ import annotations

import unicodedata

from babel import Locale
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, get_locale
from flask_security import current_user

from .catalog import LANGUAGES, reviewed_by

NAMES = {"sv": "Svenska", "en": "English"}  # of the staff's screens
CHILDS_NAMES = {  # of the child's
    **NAMES,
    "fi": "Suomi",
    "ar": "العربية",
    "so": "Soomaali",
    "uk": "Українська",
    "sv-x-latt": "Lätt svenska",
}
GUARDIANS = ("sv", "en", "fi", "ar", "so", "uk")  # of what a guardian meets, and of documents
ALWAYS_ON = "sv"  # the source; an administrator switches on the others
RIGHT_TO_LEFT = frozenset({"ar", "fa", "ckb"})

babel = Babel()


def init_app(app: Flask) -> None:
    app.config["BABEL_DEFAULT_LOCALE"] = "sv"
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Europe/Stockholm"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = app.config["TRANSLATIONS"]
    babel.init_app(app, locale_selector=choose)
    app.jinja_env.globals.update(
        language=lambda: str(get_locale()),
        languages=NAMES,
        childs_languages=CHILDS_NAMES,
        direction=direction,
        direction_of=direction_of,
        isolated=isolated,
        reviewed_by=reviewed_by,
    )


def choose() -> str:
    """The tablet's pages say their language in the address; staff have chosen one; else ask
    the browser."""
    if not has_request_context():
        return "sv"
    in_address = (request.view_args or {}).get("language")
    if in_address in LANGUAGES:
        # Easy Swedish has cards of its own; the few words around them are easy in Swedish.
        return str(in_address).split("-")[0]
    if request.path.startswith("/home/"):
        return guardians_choice()
    if current_user and current_user.is_authenticated:
        return str(current_user.language)
    return request.accept_languages.best_match(NAMES, default="sv")


def guardians_choice() -> str:
    """A guardian's pages: the address, else what was chosen in the room, else the browser's. Never
    that of staff who are signed in beside."""
    chosen = (request.view_args or {}).get("home_language") or g.get("home_language")
    return str(chosen) if chosen else request.accept_languages.best_match(GUARDIANS, default="sv")


def switched_on(chosen: str) -> list[str]:
    """The languages that a huvudman's children can meet, of those that are still shipped."""
    return [ALWAYS_ON, *(code for code in chosen.split() if code in LANGUAGES[1:])]


def language_called(text: str, chosen: str) -> str:
    """The language that somebody's words name ("arabiska", "Arabic", "العربية"), of those that a
    huvudman has switched on; Swedish for any other. chosen: as in `switched_on`."""
    wanted = text.strip().casefold()
    for code in switched_on(chosen):
        known = Locale.parse(code.split("-")[0])
        names = {code, CHILDS_NAMES[code], *map(known.get_language_name, NAMES)}
        if wanted in {name.casefold() for name in names if name}:
            return code.split("-")[0]
    return ALWAYS_ON


def direction(language: str) -> str:
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def isolated(text: str) -> str:
    """Words in a line of the other direction, held together by signs that nobody sees: a PDF has
    no unicode-bidi."""
    if direction_of(text) == direction(str(get_locale())):
        return text
    return f"\N{FIRST STRONG ISOLATE}{text}\N{POP DIRECTIONAL ISOLATE}"


def direction_of(text: str) -> str:
    """Of what somebody has written, whatever the page's: a PDF has no dir="auto"."""
    for letter in text:
        strong = unicodedata.bidirectional(letter)
        if strong in ("L", "R", "AL"):
            return "ltr" if strong == "L" else "rtl"
    return "ltr"
