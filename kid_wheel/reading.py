"""A received conversation arranged for an adult to read: what the child placed, said and left out.

It must never add up, rank or colour what the child said, and never show silence as an answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .catalog import LANGUAGES, Catalog, Variant, catalog
from .conversation import Record
from .wheel import Sector, draw

SILENCES = ("not_asked", "skipped", "dont_know", "dont_want")

# What a child may decide about an item at the closing. Absent: not asked, and never filled in.
DECIDED = ("confirmed", "release", "important")

Card = dict[str, Any]
Feeling = dict[str, str]  # as in the record: key, label, symbol, speaker, at


@dataclass(frozen=True)
class Column:
    """One step of a scale, in the words that were on the screen, and the cards placed there."""

    key: str
    label: str
    symbol: str
    cards: list[Card] = field(default_factory=list)


@dataclass(frozen=True)
class Quote:
    """What the child said, verbatim. `card`: the card that it belongs to, if any.
    `kind`: "is", "think" or "wish", when the child said which."""

    text: str
    speaker: str
    question: str
    at: datetime
    card: Card | None
    decided: dict[str, Any]  # what the child decided about it: of DECIDED
    kind: str = ""


@dataclass(frozen=True)
class Drawing:
    """Something the child drew, and what it decided about it: of DECIDED."""

    id: str
    decided: dict[str, Any]


@dataclass(frozen=True)
class Area:
    """One area as the child left it.

    name: the model's own word in the reader's language, if the area still exists.
    """

    key: str
    label: str
    name: str
    symbol: str
    order: int | None
    boards: list[list[Column]]
    quotes: list[Quote]
    silences: dict[str, list[Card]]
    release: str
    drawings: list[Drawing]  # those that are a card's picture are shown with the card
    unplaced: list[Card]  # made by the child itself and never put on the scale
    feelings: list[Feeling] = field(default_factory=list)
    feelings_decided: dict[str, Any] = field(default_factory=dict)  # of DECIDED, for all of them

    @property
    def was_opened(self) -> bool:
        met = any(self.silences[silence] for silence in SILENCES[1:])
        said = self.quotes or self.feelings or self.drawings or self.unplaced
        return self.order is not None or bool(self.boards or said) or met


def areas(record: Record, reader: str) -> list[Area]:
    """All areas, in the order the child opened them; the others last. reader: a language."""
    shown, variant = _catalog(record), Variant(record["variant"])
    names = {area.key: area.name for area in catalog(reader, variant).areas}
    found = [_area(row, shown, names.get(row["key"], "")) for row in record["areas"]]
    return sorted(found, key=lambda area: (not area.was_opened, area.order or len(found) + 1))


def wheel(record: Record) -> list[Sector]:
    """The child's wheel, with a dot for each card that the child met."""
    symbols = {area.key: area.symbol for area in areas(record, "sv")}
    return draw(
        [(row["key"], row["label"], symbols[row["key"]]) for row in record["areas"]],
        [(row["key"], sum(map(_was_met, row["cards"]))) for row in record["areas"]],
    )


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _area(row: dict[str, Any], shown: Catalog, name: str) -> Area:
    known = next((area for area in shown.areas if area.key == row["key"]), None)
    cards = {card["key"]: card for card in row["cards"]}
    return Area(
        key=row["key"],
        label=row["label"],
        name=name,
        symbol=known.symbol if known else next((c["symbol"] for c in row["cards"]), "n-2b50"),
        order=row["order"],
        boards=_boards(row["cards"], shown),
        quotes=[_quote(statement, cards) for statement in row["statements"]],
        silences={
            silence: [
                c
                for c in row["cards"]
                if c["answer"].get("silence") == silence and not _is_unplaced(c)
            ]
            for silence in SILENCES
        },
        release=row.get("release", ""),
        feelings=row.get("feelings", []),
        feelings_decided=row.get("feelings_decided", {}),
        drawings=[
            Drawing(one["id"], _decided(one))
            for one in row.get("drawings", ())
            if "card" not in one
        ],
        unplaced=[card for card in row["cards"] if _is_unplaced(card)],
    )


def _boards(cards: Iterable[Card], shown: Catalog) -> list[list[Column]]:
    """A board for each scale that was answered with, its steps in the scale's own order."""
    placed = [card for card in cards if "step" in card["answer"]]
    scales = dict.fromkeys(card["answer"]["scale"] for card in placed)
    return [_columns([c for c in placed if c["answer"]["scale"] == s], s, shown) for s in scales]


def _columns(cards: list[Card], scale: str, shown: Catalog) -> list[Column]:
    """Steps the child used keep the words of the record; only the empty ones are the catalog's."""
    columns = {s.key: Column(s.key, s.label, s.symbol) for s in shown.scales.get(scale, ())}
    for card in cards:
        answer, key = card["answer"], card["answer"]["step"]
        before = columns[key].cards if key in columns else []
        columns[key] = Column(key, answer["label"], answer["symbol"], [*before, card])
    return list(columns.values())


def _quote(statement: dict[str, Any], cards: dict[str, Card]) -> Quote:
    return Quote(
        text=statement["text"],
        speaker=statement["speaker"],
        question=statement.get("question", ""),
        at=moment(statement["at"]),
        card=cards.get(statement.get("card", "")),
        decided=_decided(statement),
        kind=statement.get("kind", ""),
    )


def _decided(item: dict[str, Any]) -> dict[str, Any]:
    return {key: item[key] for key in DECIDED if key in item}


def _is_unplaced(card: Card) -> bool:
    """Nobody can have failed to ask about a card that the child made."""
    return "own" in card and bool(card["answer"].get("silence") == "not_asked")


def _was_met(card: Card) -> bool:
    return bool(card["answer"].get("silence") != "not_asked")


def _catalog(record: Record) -> Catalog:
    language = record["language"] if record["language"] in LANGUAGES else "sv"
    return catalog(language, Variant(record["variant"]))
