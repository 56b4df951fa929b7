"""The door to the wheel on paper, for a unit without tablets or a day without battery.

It must never put personal data on a sheet: the sheets are the same for every child. A unit's own
cards are for its own people, and its photographs lie in the sheet: they have no address here.
"""

from __future__ import annotations

from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from flask import Blueprint, Response, abort, current_app, render_template, request
from flask_babel import gettext as _
from flask_security import current_user

from .. import bildstod
from ..catalog import LANGUAGES, SWEDISH, Variant, attribution, catalog
from ..clock import today
from ..db import db
from ..i18n import CHILDS_NAMES, direction, switched_on
from ..local import NEUTRAL, PHOTO, pack_of, photo_of
from ..paper import (
    SILENCES,
    CardSize,
    Look,
    Own,
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
from ..people import Unit
from ..permissions import Permission, requires, units_of
from ..photo import MEDIA_TYPE

blueprint = Blueprint("paper", __name__, url_prefix="/paper")

PICTURE_LIFETIME_S = 3600
NO_UNIT = "none"  # somebody wants the catalog's cards, and not their unit's own
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
    """What somebody chose to print. tone: a skin tone of bildstod, "" for none. unit: the one
    whose own cards lie among the others. pack: what that unit's tablets have, see local.py."""

    unit: Unit | None
    pack: dict[str, Any]
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
        choices=_choices() | {"variant": _variants(_offered())},
        own_units=[(unit.id, unit.name) for unit in _own_packs()],
    )


@blueprint.get("/print")
@requires(Permission.SIGNED_IN)
def sheets_to_print() -> str:
    wanted = _wanted()
    own = _own(wanted)
    shown = catalog(wanted.language, wanted.variant)
    empty = shown.controls["own_card"]
    cut = [
        (part, sheets(cards, wanted.card_size, empty))
        for part, cards in _decks(wanted, own)
        if part in wanted.parts
    ]
    return render_template(
        "paper/print.html",
        wanted=wanted,
        variant_word=dict(_variants(Variant))[wanted.variant],
        shown=shown,
        childs_direction=direction(wanted.language),
        attribution=attribution(wanted.language),
        wheel=draw(shown.areas, grey=wanted.ink is Ink.GREY) if Part.WHEEL in wanted.parts else [],
        me=_look(wanted.tone)(shown.people["me"].symbol),
        boards=list(scales(shown)) if Part.BOARD in wanted.parts else [],
        silences=[shown.controls[key] for key in SILENCES],
        cut=cut,
        address_of=_address_of(wanted.ink, wanted.unit),
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
# in it, or not used in the unit, is the first choice.


def _wanted() -> Wanted:
    language = request.args.get("language", SWEDISH)
    tone = request.args.get("tone", "")
    packs = {} if request.args.get("unit") == NO_UNIT else _own_packs()
    asked = [unit for unit in packs if unit.id == request.args.get("unit")]
    unit = next(iter([*asked, *packs]), None)
    parts = {part for part in Part if part in request.args.getlist("part")}
    return Wanted(
        unit=unit,
        pack=packs[unit] if unit else {},
        variant=_one(_on(packs[unit]) if unit else list(Variant), "variant"),
        language=language if language in _languages() else SWEDISH,
        deck=_one(list(Deck), "deck"),
        sensitive="sensitive" in request.args,
        ink=_one(list(Ink), "ink"),
        tone=tone if tone in bildstod.symbols()[1] else "",
        size=_one(list(PageSize), "size"),
        card_size=_one(list(CardSize), "cards"),
        prompts=_one(list(Prompts), "prompts"),
        parts=frozenset(parts or Part),
    )


def _one(words: list[Word], name: str) -> Word:
    asked = request.args.get(name)
    return next((word for word in words if word == asked), words[0])


def _own_packs() -> dict[Unit, dict[str, Any]]:
    """The units one works in that have something of their own, and what."""
    packs = {
        unit: pack_of(db.session, unit.id, today()) for unit in units_of(current_user, today())
    }
    on_paper = ("cards", "hidden", "order", "off", "people")
    return {unit: pack for unit, pack in packs.items() if any(pack[part] for part in on_paper)}


def _offered() -> set[Variant]:
    """The decks that any unit one works in uses."""
    packs = [pack_of(db.session, unit.id, today()) for unit in units_of(current_user, today())]
    return {variant for pack in packs for variant in _on(pack)} or set(Variant)


def _on(pack: dict[str, Any]) -> list[Variant]:
    """The decks that a unit uses."""
    return [variant for variant in Variant if variant not in pack["off"]]


def _languages() -> list[str]:
    """Those that any huvudman one works for has switched on for its children."""
    on = today()
    mine = {a.organisation for a in current_user.assignments if a.is_active(on)}
    found = {code for each in mine for code in switched_on(each.languages)} | {SWEDISH}
    return [code for code in LANGUAGES if code in found]


# What is shown.


def _own(wanted: Wanted) -> Own:
    """As on the unit's tablets: its cards are in Swedish, and its words are Swedish words."""
    if not wanted.pack:
        return Own()
    is_swedish = wanted.language.split("-")[0] == SWEDISH
    cards = defaultdict[str, list[PaperCard]](list)
    for card in wanted.pack["cards"]:
        if card["variant"] == wanted.variant:
            words = card["key"], card["label"], card["say"], card["symbol"]
            cards[card["area"]].append(PaperCard(*words, language="" if is_swedish else SWEDISH))
    return Own(
        cards=cards,
        hidden=frozenset(wanted.pack["hidden"]),
        order={
            area: keys
            for place, keys in wanted.pack["order"].items()
            for area, variant in [place.split("/")]
            if variant == wanted.variant
        },
        people=wanted.pack["people"] if is_swedish else {},
    )


def _decks(wanted: Wanted, own: Own) -> list[tuple[Part, list[PaperCard]]]:
    shown, look = catalog(wanted.language, wanted.variant), _look(wanted.tone)
    everything = wanted.deck is Deck.ALL
    return [
        (
            Part.CARDS,
            area_cards(
                shown, everything=everything, sensitive=wanted.sensitive, look=look, own=own
            ),
        ),
        (Part.SILENCES, rights_cards(shown)),
        (Part.PEOPLE, people_cards(shown, look, own)),
        (Part.FEELINGS, feeling_cards(shown)),
    ]


def _look(tone: str) -> Look:
    """The picture of a symbol in a skin tone, where there is one."""

    def look(symbol: str) -> str:
        toned = f"{symbol}.{tone}"
        return toned if tone and (_pictures() / f"{toned}.svg").is_file() else symbol

    return look


def _address_of(ink: Ink, unit: Unit | None) -> Look:
    """Where a picture is shown from; a photograph lies in the page itself."""
    folder = "/paper/grey" if ink is Ink.GREY else "/static/bildstod"

    def address_of(picture: str) -> str:
        if not (unit and picture.startswith(PHOTO)):
            return f"{folder}/{picture}.svg"
        content = photo_of(db.session, unit.id, picture.removeprefix(PHOTO))
        if content is None:
            return f"{folder}/{NEUTRAL}.svg"
        return f"data:{MEDIA_TYPE};base64,{b64encode(content).decode()}"

    return address_of


def _pictures() -> Path:
    return Path(current_app.static_folder or "") / "bildstod"


def _variants(on: Iterable[Variant]) -> list[tuple[str, str]]:
    words = {
        Variant.PRESCHOOL: _("Förskola, 3–6 år"),
        Variant.OLDER: _("Äldre, 7–17 år"),
    }
    return [(variant, words[variant]) for variant in words if variant in on]


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
        "deck": [(Deck.CORE, _("Några per område")), (Deck.ALL, _("Alla"))],
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
