"""The wheel on paper: the same areas, cards, scales and pictures, laid out on sheets to print.

It must never hold anything about a child, and never cut a card in two: what stands on each sheet
is decided here, not by the printer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import cos, pi, sin

from .catalog import Area, Card, Catalog, Picture
from .wheel import CENTRE, two_lines

# On paper the sectors reach further in and out than on a screen: cards are laid there.
OUTER, INNER, GAP = 496.0, 112.0, 4.0
MIDDLE = 224.0  # radius where a sector's picture and label stand; outside is room for cards
PICTURE, LINE = 78.0, 27.0

SILENCES = ("skip", "dont_know", "dont_want_to_answer")  # where a card lies that has no answer
RIGHTS = (*SILENCES, "pause", "stop")

# The areas' colours in base.css, for a drawing that no style sheet reaches.
TINTS = {
    "halsa": "#ffbcb5",
    "utveckling": "#f2ca92",
    "larande": "#c9da9b",
    "omsorg": "#9be3c3",
    "hemmet": "#8de0f4",
    "relationer": "#b6d1ff",
    "trygghet": "#eabff4",
}
WHITE = "#ffffff"
DARKEST = 30  # of 255: a cheap printer runs darker greys together

_COLOUR = re.compile(r'((?:fill|stroke|stop-color)(?:="|:\s*))#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b')


class Part(StrEnum):
    """What can be printed."""

    WHEEL = "wheel"
    BOARD = "board"
    CARDS = "cards"
    SILENCES = "silences"
    PEOPLE = "people"
    FEELINGS = "feelings"


class Prompts(StrEnum):
    """Where the sentence that the adult reads aloud stands."""

    BACK = "back"  # on the card's other side, for a printer that prints on both
    UNDER = "under"
    NONE = "none"


class CardSize(StrEnum):
    LARGE = "large"  # for small hands
    SMALL = "small"  # fits the sectors of the A3 wheel


COLUMNS = {CardSize.LARGE: 3, CardSize.SMALL: 4}
ROWS = {CardSize.LARGE: 4, CardSize.SMALL: 5}


@dataclass(frozen=True)
class PaperCard:
    """A card to cut out. area: the area it belongs to, if any; key "" is an empty card."""

    key: str
    label: str
    say: str
    picture: str  # name of a file in static/bildstod, without .svg
    area: Area | None = None
    age_from: int = 0
    language: str = ""  # of its words, where that is not the sheet's


@dataclass(frozen=True)
class Own:
    """What a unit adds to the catalog, takes from it and calls its people.

    cards: area key → the unit's own cards. order: area key → card keys, first to last.
    people: key of a person → the unit's own word.
    """

    cards: Mapping[str, Sequence[PaperCard]] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    order: Mapping[str, Sequence[str]] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)


NOTHING_OWN = Own()


@dataclass(frozen=True)
class Sheet:
    """One page of cards: rows of a side, and the same cards as they lie behind them."""

    front: tuple[tuple[PaperCard, ...], ...]

    @property
    def back(self) -> tuple[tuple[PaperCard, ...], ...]:
        """The paper is turned over its long edge: each row is mirrored."""
        return tuple(tuple(reversed(row)) for row in self.front)

    @property
    def cards(self) -> list[PaperCard]:
        return [card for row in self.front for card in row if card.key]


@dataclass(frozen=True)
class PaperSector:
    """One area of the paper wheel (all in 1/1000 of its side)."""

    key: str
    lines: tuple[str, ...]
    symbol: str
    path: str
    tint: str
    picture_x: float
    picture_y: float
    label_x: float
    label_y: float


Look = Callable[[str], str]  # the child's own picture of a symbol, in the skin tone chosen


def area_cards(
    shown: Catalog,
    *,
    everything: bool,
    sensitive: bool,
    look: Look = str,
    own: Own = NOTHING_OWN,
) -> list[PaperCard]:
    """The cards of all areas: the few of the core, or every one. Cards that are shown only when
    an adult has chosen them (`optional`) come only with `sensitive`. The unit's own are among
    the few, as on its tablets."""

    def is_wanted(card: Card) -> bool:
        if card.key in own.hidden:
            return False
        return sensitive if card.optional else everything or card.core

    def of(area: Area) -> list[PaperCard]:
        found = [_of_area(area, card, look, own) for card in area.cards if is_wanted(card)]
        found += [replace(card, area=area) for card in own.cards.get(area.key, ())]
        order = own.order.get(area.key, ())
        place = {key: number for number, key in enumerate(order)}
        return sorted(found, key=lambda card: place.get(card.key, len(order)))

    return [card for area in shown.areas for card in of(area)]


def rights_cards(shown: Catalog) -> list[PaperCard]:
    """The silences, the pause and the stop: a child without a tablet has them in the hand."""
    return [_plain(shown.controls[key], "control") for key in RIGHTS]


def people_cards(shown: Catalog, look: Look = str, own: Own = NOTHING_OWN) -> list[PaperCard]:
    """The unit's own words for its staff take the place of the catalog's."""

    def named(person: Picture) -> Picture:
        word = own.people.get(person.key)
        return replace(person, label=word, say=f"{word}.") if word else person

    found = [named(person) for person in shown.people.values() if person.is_for(shown.variant)]
    return [_plain(person, "person", look if person.key == "me" else str) for person in found]


def feeling_cards(shown: Catalog) -> list[PaperCard]:
    return [_plain(feeling, "feeling") for feeling in shown.feelings]


def sheets(cards: Sequence[PaperCard], size: CardSize, empty: Picture) -> list[Sheet]:
    """The cards on as many pages as they need; the last one is filled with empty cards, where
    child and adult draw what nobody has thought of."""
    columns, rows = COLUMNS[size], ROWS[size]
    spare = -len(cards) % (columns * rows)
    blank = PaperCard("", empty.label, empty.say, empty.symbol)
    filled = [*cards, *[blank] * spare]
    lines = [tuple(filled[i : i + columns]) for i in range(0, len(filled), columns)]
    return [Sheet(tuple(lines[i : i + rows])) for i in range(0, len(lines), rows)]


def scales(shown: Catalog) -> Iterator[tuple[str, tuple[Picture, ...]]]:
    """A board for each scale of the variant: (its name, its steps)."""
    for name in shown.scale_choices():
        steps = shown.scales[name]
        yield name, tuple(Picture(s.key, s.label, s.say, s.symbol) for s in steps)


def draw(areas: Sequence[Area], *, grey: bool) -> list[PaperSector]:
    """The sectors of the paper wheel, first at the top and then clockwise."""
    step = 2 * pi / len(areas)
    return [_sector(area, index * step, step, grey) for index, area in enumerate(areas)]


def in_grey(svg: str) -> str:
    """The same picture for a printer without colour: each colour as the grey of its lightness."""

    def grey(found: re.Match[str]) -> str:
        before, code = found.groups()
        if len(code) == 3:
            code = "".join(letter * 2 for letter in code)
        red, green, blue = (int(code[i : i + 2], 16) for i in (0, 2, 4))
        light = 0.2126 * red + 0.7152 * green + 0.0722 * blue  # as eyes weigh them
        light = round(DARKEST + light * (255 - DARKEST) / 255)
        return f"{before}#{light:02x}{light:02x}{light:02x}"

    return _COLOUR.sub(grey, svg)


def _of_area(area: Area, card: Card, look: Look, own: Own) -> PaperCard:
    word = own.people.get(card.person)
    return PaperCard(
        key=card.key,
        label=f"{card.label} ({word})" if word else card.label,
        say=card.say,
        picture=look(card.symbol) if card.skin_tone else card.symbol,
        area=area,
        age_from=card.age_from,
    )


def _plain(picture: Picture, kind: str, look: Look = str) -> PaperCard:
    return PaperCard(f"{kind}/{picture.key}", picture.label, picture.say, look(picture.symbol))


def _sector(area: Area, middle: float, width: float, grey: bool) -> PaperSector:
    """Picture and label stand together, the label on the side away from the centre."""
    lines = two_lines(area.label)
    x, y = _at(middle, MIDDLE)
    label_height = LINE * len(lines)
    top = y - (PICTURE + label_height) / 2
    label_first = y < CENTRE
    return PaperSector(
        key=area.key,
        lines=lines,
        symbol=area.symbol,
        path=_outline(middle - width / 2, middle + width / 2),
        tint=WHITE if grey else TINTS.get(area.key, WHITE),
        picture_x=round(x - PICTURE / 2, 1),
        picture_y=round(top + (label_height if label_first else 0), 1),
        label_x=round(x, 1),
        label_y=round(top + (0 if label_first else PICTURE) + LINE * 0.75, 1),
    )


def _outline(start: float, end: float) -> str:
    def at(angle: float, radius: float, towards: int) -> str:
        x, y = _at(angle + towards * GAP / radius, radius)
        return f"{x:.1f} {y:.1f}"

    return (
        f"M{at(start, OUTER, 1)}A{OUTER:g} {OUTER:g} 0 0 1 {at(end, OUTER, -1)}"
        f"L{at(end, INNER, -1)}A{INNER:g} {INNER:g} 0 0 0 {at(start, INNER, 1)}Z"
    )


def _at(angle: float, radius: float) -> tuple[float, float]:
    return CENTRE + radius * sin(angle), CENTRE - radius * cos(angle)
