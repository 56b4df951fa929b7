"""What one guardian is shown of what the child has said: only what the child released, and only
when the ansvarig has decided on that very thing.

It must never show anything by itself, nor to another guardian than the one it was decided for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from . import reading
from .case import Case, InCase, packed_record
from .conversation import read_record
from .db import Base
from .documents import released
from .guardian import Guardian
from .keys import KeyRing
from .voices import Evidence, Told, of_child


class NotReleased(LookupError):
    """Barnet har inte sagt att det får visas hemma."""


class Showing(InCase, Base):
    """One thing that one guardian is shown. content: area, text, speaker, symbol, language, as they
    were. item: the id of the evidence. ended_at: no longer shown."""

    __tablename__ = "showing"
    guardian_id: Mapped[str] = mapped_column(ForeignKey("guardian.id"), index=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    item: Mapped[str] = mapped_column(String(160))
    decided_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Shown:
    """What the guardian reads."""

    area: str
    text: str
    speaker: str
    symbol: str
    language: str


def released_items(case: Case, ring: KeyRing, reader: str) -> list[Evidence]:
    """All that the child has said may be shown at home, in words or cards, oldest first. reader:
    the language of the areas' names."""
    return list(_released(case, ring, reader))


def showings_of(session: Session, guardian_id: str) -> dict[str, Showing]:
    """What a guardian is shown now, by item."""
    wanted = select(Showing).where(Showing.guardian_id == guardian_id, Showing.ended_at.is_(None))
    return {row.item: row for row in session.scalars(wanted.order_by(Showing.decided_at))}


def decide(
    session: Session,
    ring: KeyRing,
    case: Case,
    guardian: Guardian,
    items: set[str],
    by: str,
    at: datetime,
) -> tuple[int, int]:
    """Show exactly these items from now on. (how many are new, how many are taken away)"""
    there = {one.id: one for one in released_items(case, ring, "sv")}
    if not items <= there.keys():
        raise NotReleased
    now = showings_of(session, guardian.id)
    for item in items - now.keys():
        _show(session, case.key(ring), guardian, there[item], by, at)
    for item in now.keys() - items:
        now[item].ended_at = at
    return len(items - now.keys()), len(now.keys() - items)


def shown_to(session: Session, key: bytes, guardian_id: str) -> list[Shown]:
    names = ("area", "text", "speaker", "symbol", "language")
    rows = [row.read(key) for row in showings_of(session, guardian_id).values()]
    return [Shown(**{name: words[name] for name in names}) for words in rows]


def _show(
    session: Session, key: bytes, guardian: Guardian, one: Evidence, by: str, at: datetime
) -> None:
    made = Showing(
        case_id=guardian.case_id,
        guardian_id=guardian.id,
        conversation_id=one.id.split("/")[0],
        item=one.id,
        decided_at=at,
        decided_by=by,
    )
    names = ("area", "text", "speaker", "symbol", "language")
    made.write(key, {name: getattr(one, name) for name in names})
    session.add(made)


def _released(case: Case, ring: KeyRing, reader: str) -> Iterator[Evidence]:
    for conversation in case.conversations:
        record = released(read_record(packed_record(conversation, case, ring)))
        for area in reading.areas(record, reader):
            found = of_child(Told(conversation, record, area))
            yield from (one for one in found if one.drawing is None and one.text)
