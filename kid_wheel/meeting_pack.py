"""What the meeting is shown: first the child's own words as the child allowed, then the needs.

It must never hold an area outside the focus, a word that the child has not released, or what an
adult wrote down apart from the child (a record's notes).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from . import kartlaggning
from .case import Case, packed_record
from .catalog import AREAS, Variant, catalog
from .conversation import Conversation, Record, read_record
from .disclosure import MAY_SHOW, Item
from .keys import KeyRing


@dataclass(frozen=True)
class Drawing:
    """A picture the child made, by its ids."""

    conversation_id: str
    area: str
    id: str


def childs_items(case: Case, ring: KeyRing, areas: Sequence[str]) -> list[Item]:
    """What the child has said or placed and released, in some areas; what is important to the
    child first, then as it was said."""
    found: list[Item] = []
    for conversation, record in _records(case, ring):
        # A child who has changed its mind about an area takes back what it said before.
        taken_back = {a["key"] for a in record["areas"] if a.get("release", MAY_SHOW) != MAY_SHOW}
        found = [item for item in found if item.area not in taken_back]
        found += [item for item in _of(conversation, record, areas) if item.release == MAY_SHOW]
    return sorted(found, key=lambda item: not item.is_important)


def childs_drawings(case: Case, ring: KeyRing, areas: Sequence[str]) -> list[Drawing]:
    """Drawings in areas that the child released; a drawing has no word of its own."""
    return [
        Drawing(conversation.id, area["key"], drawing["id"])
        for conversation, record in _records(case, ring)
        for area in record["areas"]
        if area["key"] in areas and area.get("release") == MAY_SHOW
        for drawing in area.get("drawings", ())
        if "card" not in drawing
    ]


def needs(session: Session, key: bytes, case_id: str, areas: Sequence[str]) -> list[Item]:
    """What the child needs in each area, in the kartläggning's plain words."""
    found = kartlaggning.current(session, case_id)
    words = found.read(key).get("needs", {}) if found else {}
    return [
        Item("profession", area, words[area]) for area in AREAS if area in areas and area in words
    ]


def pack(session: Session, ring: KeyRing, case: Case, areas: Sequence[str]) -> list[Item]:
    return [
        *childs_items(case, ring, areas),
        *needs(session, case.key(ring), case.id, areas),
    ]


def shown(session: Session, ring: KeyRing, case: Case, areas: Sequence[str]) -> list[Item]:
    """What is on the screen at a meeting: the pack, and the drawings."""
    return [
        *pack(session, ring, case, areas),
        *(
            Item(
                "child", one.area, "", speaker="child_drew", release=MAY_SHOW,
                evidence=f"{one.conversation_id}/drawing/{one.id}",
            )
            for one in childs_drawings(case, ring, areas)
        ),
    ]  # fmt: skip


def how_the_child_wants_it(case: Case, ring: KeyRing) -> dict[str, object]:
    """What the child said at the closing of its newest conversation: how it wants to take part
    (`how`), who should come (`people`) and whom it wants help from (`wanted`)."""
    for _, record in reversed(list(_records(case, ring))):
        if "meeting" in record or "help" in record:
            said = record.get("meeting", {})
            return {
                "how": said.get("how"),
                "people": said.get("people", []),
                "wanted": record.get("help", {}).get("wanted", []),
                "language": record["language"],
            }
    return {"how": None, "people": [], "wanted": [], "language": "sv"}


def _records(case: Case, ring: KeyRing) -> Iterator[tuple[Conversation, Record]]:
    for conversation in case.conversations:
        yield conversation, read_record(packed_record(conversation, case, ring))


def _of(conversation: Conversation, record: Record, areas: Sequence[str]) -> Iterator[Item]:
    shown = catalog("sv", Variant(record["variant"]))
    symbols = {area.key: area.symbol for area in shown.areas}
    for area in record["areas"]:
        if area["key"] not in areas:
            continue
        by_key = {card["key"]: card for card in area["cards"]}
        for number, said in enumerate(area["statements"]):
            card = by_key.get(said.get("card", ""))
            release = said.get("release") or (card or {}).get("release") or area.get("release", "")
            yield Item(
                "child",
                area["key"],
                said["text"],
                label=card["label"] if card else area["label"],
                symbol=card["symbol"] if card else symbols.get(area["key"], ""),
                speaker=said["speaker"],
                language=record["language"],
                release=release,
                is_important=bool(said.get("important")),
                evidence=f"{conversation.id}/said/{area['key']}/{number}",
            )
        for card in area["cards"]:
            if "step" not in card["answer"]:
                continue
            yield Item(
                "child",
                area["key"],
                card["answer"]["label"],
                label=card["label"],
                symbol=card["symbol"],
                speaker=card["answer"]["speaker"],
                language=record["language"],
                release=card.get("release") or area.get("release", ""),
                is_important=bool(card.get("important")),
                evidence=f"{conversation.id}/card/{card['key']}",
            )
