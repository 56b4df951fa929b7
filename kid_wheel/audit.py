"""Who did what, when: a chain of events to which one can only add.

It must never hold a child's words, a name or a personnummer: ids and event names only.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

from sqlalchemy import String, event, func, select
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column

from .db import Base

FIRST = "0" * 64  # what the first event chains to


class BrokenChain(Exception):
    """Händelseloggen har ändrats i efterhand."""


class AuditEvent(Base):
    """One event. `hash` covers the event and the hash before it."""

    __tablename__ = "audit_event"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(index=True)
    event: Mapped[str] = mapped_column(String(60), index=True)
    staff_id: Mapped[str | None] = mapped_column(String(36), index=True)
    tablet_id: Mapped[str | None] = mapped_column(String(36))
    unit_id: Mapped[str | None] = mapped_column(String(36))
    case_id: Mapped[str | None] = mapped_column(String(36), index=True)
    conversation_id: Mapped[str | None] = mapped_column(String(36))
    detail: Mapped[str] = mapped_column(String(60), default="")
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    def digest(self) -> str:
        fields = [
            self.previous,
            self.at.isoformat(),
            self.event,
            self.staff_id,
            self.tablet_id,
            self.unit_id,
            self.case_id,
            self.conversation_id,
            self.detail,
        ]
        return hashlib.sha256(json.dumps(fields).encode()).hexdigest()


_LAST = select(AuditEvent.hash).order_by(AuditEvent.id.desc()).limit(1)


class AppendOnly(Exception):
    """En händelse i loggen får inte ändras eller tas bort."""


def record(session: Session, event: str, at: datetime, **ids: str | None) -> AuditEvent:
    """Add an event, `noun:past`. `ids`: staff_id, tablet_id, unit_id, case_id, conversation_id,
    detail (a word from a closed list, never free text)."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(1)))
    with session.no_autoflush:  # an event is never left pending, and the rest goes with it below
        previous = session.scalar(_LAST)
    ids = {"detail": "", **ids}
    row = AuditEvent(event=event, at=at, previous=previous or FIRST, **ids)
    row.hash = row.digest()
    session.add(row)
    session.flush()
    return row


def count_since(session: Session, event: str, since: datetime, **ids: str | None) -> int:
    """How many such events there are after a moment: the shared memory of all workers."""
    query = select(func.count(AuditEvent.id)).where(AuditEvent.event == event)
    return session.scalar(query.where(AuditEvent.at > since).filter_by(**ids)) or 0


def verify(session: Session) -> int:
    """The number of events, when every link of the chain holds; else BrokenChain."""
    previous, number = FIRST, 0
    for row in session.scalars(select(AuditEvent).order_by(AuditEvent.id)).yield_per(1000):
        if row.previous != previous or row.hash != row.digest():
            raise BrokenChain(str(row.id))
        previous, number = row.hash, number + 1
    return number


@event.listens_for(AuditEvent, "before_update")
@event.listens_for(AuditEvent, "before_delete")
def _refuse(_mapper: Mapper[AuditEvent], _connection: object, _row: AuditEvent) -> None:
    raise AppendOnly
