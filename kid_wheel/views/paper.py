"""The door to the wheel on paper, for a unit without tablets or a day without battery.

It must never put personal data on a sheet: the sheets are the same for every child.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from flask import Blueprint, Response, abort, current_app, render_template, request
from flask_babel import gettext as _
from flask_security import current_user

from .. import bildstod
from ..catalog import LANGUAGES, SWEDISH, Variant, attribution, catalog
from ..clock import today
from ..i18n import CHILDS_NAMES, direction, switched_on
from ..paper import (
    SILENCES,
    CardSize,
    Look,
    PaperCard,
    Part,
    Prompts,
    area_cards,
    draw,
    feeling_cards,
    in_grey,
    people_cards,
    rights_cards,
    scales,
    sheets,
)
from ..permissions import Permission, requires

blueprint = Blueprint("paper", __name__, url_prefix="/paper")

PICTURE_LIFETIME_S = 3600
Word = TypeVar("Word", bound=StrEnum)


class PageSize(StrEnum):
    A4 = "a4"
    A3 = "a3"


class Deck(StrEnum):
    CORE = "core"
    ALL = "all"


class Ink(StrEnum):
    COLOUR = "colour"
    GREY = "grey"


@dataclass(frozen=True)
class Wanted:
    """What somebody chose to print. tone: a skin tone of bildstod, "" for none."""

    variant: Variant
    language: str
    deck: Deck
    sensitive: bool
    ink: Ink
    tone: str
    size: PageSize
    card_size: CardSize
    prompts: Prompts
    parts: frozenset[Part]


@blueprint.get("/")
@requires(Permission.SIGNED_IN)
def choose() -> str:
    return render_template(
        "paper/choose.html",
        languages_on=[(code, CHILDS_NAMES[code]) for code in _languages()],
        choices=_choices(),
    )


@blueprint.get("/print")
@requires(Permission.SIGNED_IN)
def sheets_to_print() -> str:
    wanted = _wanted()
    shown = catalog(wanted.language, wanted.variant)
    empty = shown.controls["own_card"]
    cut = [
        (part, sheets(cards, wanted.card_size, empty))
        for part, cards in _decks(wanted)
        if part in wanted.parts
    ]
    return render_template(
        "paper/print.html",
        wanted=wanted,
        shown=shown,
        childs_direction=direction(wanted.language),
        attribution=attribution(wanted.language),
        wheel=draw(shown.areas, grey=wanted.ink is Ink.GREY) if Part.WHEEL in wanted.parts else [],
        me=_look(wanted.tone)(shown.people["me"].symbol),
        boards=list(scales(shown)) if Part.BOARD in wanted.parts else [],
        silences=[shown.controls[key] for key in SILENCES],
        cut=cut,
        address_of=_address_of(wanted.ink),
    )


@blueprint.get("/grey/<name>.svg")
@requires(Permission.SIGNED_IN)
def grey(name: str) -> Response:
    """A picture for a printer without colour."""
    path = _pictures() / f"{name}.svg"
    if path.parent != _pictures() or not path.is_file():
        abort(404)
    response = Response(in_grey(path.read_text("utf-8")), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = f"private, max-age={PICTURE_LIFETIME_S}"
    return response


# What was chosen. An address that somebody has kept goes on working: what is missing or unknown
# in it is the first choice.


def _wanted() -> Wanted:
    language = request.args.get("language", SWEDISH)
    tone = request.args.get("tone", "")
    parts = {part for part in Part if part in request.args.getlist("part")}
    return Wanted(
        variant=_one(Variant, "variant"),
        language=language if language in _languages() else SWEDISH,
        deck=_one(Deck, "deck"),
        sensitive="sensitive" in request.args,
        ink=_one(Ink, "ink"),
        tone=tone if tone in bildstod.symbols()[1] else "",
        size=_one(PageSize, "size"),
        card_size=_one(CardSize, "cards"),
        prompts=_one(Prompts, "prompts"),
        parts=frozenset(parts or Part),
    )


def _one(kind: type[Word], name: str) -> Word:
    asked, words = request.args.get(name), list(kind)
    return kind(asked) if asked in words else words[0]


def _languages() -> list[str]:
    """Those that any huvudman one works for has switched on for its children."""
    on = today()
    mine = {a.organisation for a in current_user.assignments if a.is_active(on)}
    found = {code for each in mine for code in switched_on(each.languages)} | {SWEDISH}
    return [code for code in LANGUAGES if code in found]


# What is shown.


def _decks(wanted: Wanted) -> list[tuple[Part, list[PaperCard]]]:
    shown, look = catalog(wanted.language, wanted.variant), _look(wanted.tone)
    everything = wanted.deck is Deck.ALL
    return [
        (
            Part.CARDS,
            area_cards(shown, everything=everything, sensitive=wanted.sensitive, look=look),
        ),
        (Part.SILENCES, rights_cards(shown)),
        (Part.PEOPLE, people_cards(shown, look)),
        (Part.FEELINGS, feeling_cards(shown)),
    ]


def _look(tone: str) -> Look:
    """The picture of a symbol in a skin tone, where there is one."""

    def look(symbol: str) -> str:
        toned = f"{symbol}.{tone}"
        return toned if tone and (_pictures() / f"{toned}.svg").is_file() else symbol

    return look


def _address_of(ink: Ink) -> Look:
    folder = "/paper/grey" if ink is Ink.GREY else "/static/bildstod"
    return lambda picture: f"{folder}/{picture}.svg"


def _pictures() -> Path:
    return Path(current_app.static_folder or "") / "bildstod"


def _choices() -> dict[str, list[tuple[str, str]]]:
    """The words of each choice, the usual one first."""
    tones = {
        "ljus": _("ljus"),
        "medelljus": _("mellanljus"),
        "medel": _("mellan"),
        "medelmork": _("mellanmörk"),
        "mork": _("mörk"),
    }
    return {
        "variant": [
            (Variant.PRESCHOOL, _("Förskola, 3–6 år")),
            (Variant.OLDER, _("Äldre, 7–17 år")),
        ],
        "deck": [(Deck.CORE, _("Några få i varje område")), (Deck.ALL, _("Alla"))],
        "ink": [(Ink.COLOUR, _("I färg")), (Ink.GREY, _("Svartvitt"))],
        "tone": [("", _("gul, som på skärmen")), *tones.items()],
        "size": [(PageSize.A4, "A4"), (PageSize.A3, "A3")],
        "cards": [
            (CardSize.LARGE, _("Stora, 12 på en sida")),
            (CardSize.SMALL, _("Mindre, 20 på en sida. De får plats på hjulet i A3.")),
        ],
        "prompts": [
            (Prompts.BACK, _("På baksidan, för en skrivare som skriver på båda sidor")),
            (Prompts.UNDER, _("Under ordet, med liten text")),
            (Prompts.NONE, _("Inte alls")),
        ],
        "part": [
            (Part.WHEEL, _("Hjulet")),
            (Part.BOARD, _("Tavlan med skalan")),
            (Part.CARDS, _("Korten till områdena")),
            (Part.SILENCES, _("Vet inte, vill inte svara, hoppa över, paus och sluta")),
            (Part.PEOPLE, _("Människor")),
            (Part.FEELINGS, _("Känslor")),
        ],
    }
