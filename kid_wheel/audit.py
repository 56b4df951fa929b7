"""Who did what, when: a chain of events to which one can only add.

It must never hold a child's words, a name or a personnummer: ids and event names only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, event, func, insert, select
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column

from .db import Base

FIRST = "0" * 64  # what the first event chains to


class BrokenChain(Exception):
    """Händelseloggen har ändrats i efterhand."""


class AuditEvent(Base):
    """One event. `hash` covers the event and the hash before it."""

    __tablename__ = "audit_event"
    # No more of them than are asked for: each is written with each event.
    __table_args__ = (
        Index("ix_audit_event_since", "event", "at"),
        # What a person has read is asked for each line of an inbox.
        Index("ix_audit_event_reading", "conversation_id", "staff_id", "event"),
    )
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    event: Mapped[str] = mapped_column(String(60))
    staff_id: Mapped[str | None] = mapped_column(String(36))
    tablet_id: Mapped[str | None] = mapped_column(String(36))
    unit_id: Mapped[str | None] = mapped_column(String(36))
    case_id: Mapped[str | None] = mapped_column(String(36), index=True)
    conversation_id: Mapped[str | None] = mapped_column(String(36))
    detail: Mapped[str] = mapped_column(String(60), default="")
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


# What the hash covers, in this order; `detail` aside, all but the first three are ids.
_CHAINED = (
    "previous",
    "at",
    "event",
    "staff_id",
    "tablet_id",
    "unit_id",
    "case_id",
    "conversation_id",
    "detail",
)
# An event is only ever added, so it needs no object that a session keeps watch over.
_EVENTS = Base.metadata.tables[AuditEvent.__tablename__]
_LAST = select(_EVENTS.c.hash).order_by(_EVENTS.c.id.desc()).limit(1)
_ADD = insert(_EVENTS)


class AppendOnly(Exception):
    """En händelse i loggen får inte ändras eller tas bort."""


def record(session: Session, event: str, at: datetime, **ids: str | None) -> None:
    """Add an event, `noun:past`. `ids`: staff_id, tablet_id, unit_id, case_id, conversation_id,
    detail (a word from a closed list or an id, never free text)."""
    session.flush()  # what the event tells of goes before it
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(1)))
    row = {**dict.fromkeys(_CHAINED), "detail": "", **ids, "event": event, "at": at}
    row["previous"] = connection.scalar(_LAST) or FIRST
    connection.execute(_ADD, {**row, "hash": _digest(row)})


def count_since(session: Session, event: str, since: datetime, **ids: str | None) -> int:
    """How many such events there are after a moment: the shared memory of all workers."""
    query = select(func.count(AuditEvent.id)).where(AuditEvent.event == event)
    return session.scalar(query.where(AuditEvent.at > since).filter_by(**ids)) or 0


def verify(session: Session) -> int:
    """The number of events, when every link of the chain holds; else BrokenChain."""
    previous, number = FIRST, 0
    rows = session.execute(select(_EVENTS).order_by(_EVENTS.c.id)).yield_per(1000)
    for row in rows.mappings():
        if row["previous"] != previous or row["hash"] != _digest(row):
            raise BrokenChain(str(row["id"]))
        previous, number = row["hash"], number + 1
    return number


def _digest(row: Mapping[Any, Any]) -> str:
    fields = [row[name].isoformat() if name == "at" else row[name] for name in _CHAINED]
    return hashlib.sha256(json.dumps(fields).encode()).hexdigest()


@event.listens_for(AuditEvent, "before_update")
@event.listens_for(AuditEvent, "before_delete")
def _refuse(_mapper: Mapper[AuditEvent], _connection: object, _row: AuditEvent) -> None:
    raise AppendOnly
