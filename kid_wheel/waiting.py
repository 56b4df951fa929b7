"""Who waits for somebody in a case, and since when: what an inbox is sorted by.

It must never open a case to find out: it asks for moments and states, and reads no words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_, select, union
from sqlalchemy.orm import Session

from .audit import AuditEvent
from .case import Case, CaseState
from .conversation import Conversation
from .guardian_record import GuardianRecord
from .handover import ENDED
from .plan import Concern
from .signal import Signal


class Heard(NamedTuple):
    """A conversation in a case. is_read: it is nothing new to whoever asks."""

    case_id: str
    received_at: datetime
    origin: str
    is_read: bool


@dataclass(frozen=True)
class Waits:
    """Since when each kind of thing has waited in a case, if it does.

    unread: a conversation that the reader has not read. signal: one that nobody has accepted;
    is_escalated: it has reached the deputy too. guardian: words from a tablet that nobody has said
    whose they are. concern: a child's or a guardian's "det här blev inte av" that nobody has
    answered. follow_up: the day that it should have been held has passed.
    """

    case_id: str
    opened_at: datetime
    unread: datetime | None = None
    signal: datetime | None = None
    is_escalated: bool = False
    guardian: datetime | None = None
    concern: datetime | None = None
    follow_up: datetime | None = None

    @property
    def for_coordinator(self) -> Waits:
        """What of it is the plan's: who coordinates learns nothing else of the case."""
        return Waits(self.case_id, self.opened_at, concern=self.concern, follow_up=self.follow_up)

    @property
    def since(self) -> datetime | None:
        """When the first of all who wait began to; None when nobody does."""
        moments = (self.unread, self.signal, self.guardian, self.concern, self.follow_up)
        return min(filter(None, moments), default=None)


def heard(session: Session, staff_id: str, wanted: ColumnElement[bool]) -> list[Heard]:
    """Every conversation in some cases, with one question."""
    closed_at = case((Case.state == CaseState.CLOSED, _closed_at()))
    columns = (Conversation.case_id, Conversation.received_at, Conversation.origin)
    is_read = _is_read(staff_id, closed_at)
    rows = session.execute(select(*columns, is_read).join(Conversation.case).where(wanted))
    return [Heard(*row) for row in rows]


def waits(
    session: Session, wanted: ColumnElement[bool], conversations: Iterable[Heard], on: date
) -> dict[str, Waits]:
    """Of some cases, by id, with one question. conversations: those in them, and maybe others."""
    unread: dict[str, datetime] = {}
    for one in conversations:
        if not one.is_read:
            unread[one.case_id] = min(unread.get(one.case_id, one.received_at), one.received_at)
    rows = session.execute(
        select(
            Case.id, Case.opened_at, Case.state, Case.follow_up_on,
            _of_those(func.min(Signal.arrived_at), Signal, Signal.accepted_at),
            _of_those(func.max(Signal.escalated_at), Signal, Signal.accepted_at),
            _of_those(
                func.min(GuardianRecord.received_at), GuardianRecord, GuardianRecord.guardian_id
            ),
            _of_those(func.min(Concern.raised_at), Concern, Concern.answered_at),
        ).where(wanted)
    )  # fmt: skip
    return {
        id_: Waits(
            id_,
            opened_at,
            unread=unread.get(id_),
            signal=arrived_at,
            is_escalated=escalated_at is not None,
            guardian=told_at,
            concern=raised_at,
            follow_up=_passed(follow_up_on, on) if state not in ENDED else None,
        )
        for (
            id_,
            opened_at,
            state,
            follow_up_on,
            arrived_at,
            escalated_at,
            told_at,
            raised_at,
        ) in rows
    }


def order(one: Waits) -> tuple[bool, datetime, str]:
    """To sort by: where somebody waits first, the longest at the top; then the oldest."""
    return not one.since, one.since or one.opened_at, one.case_id


def closed_with_news(session: Session, staff_id: str, mine: ColumnElement[bool]) -> list[str]:
    """The ids of those of somebody's closed cases where something has come that waits: what
    arrives for a child is never lost because a case was closed."""
    # Said of what a case is not, so that a database begins with one's own cases and not with all
    # that are closed in the county.
    is_closed = Case.state.not_in([state for state in CaseState if state != CaseState.CLOSED])
    closed = select(Case.id, _closed_at().label("at")).where(mine, is_closed).cte("closed")
    conversations = (
        select(Conversation.case_id)
        .join(closed, closed.c.id == Conversation.case_id)
        .where(~_is_read(staff_id, closed.c.at))
    )
    others = [
        select(kind.case_id).join(closed, closed.c.id == kind.case_id).where(unseen.is_(None))
        for kind, unseen in (
            (Signal, Signal.accepted_at),
            (GuardianRecord, GuardianRecord.guardian_id),
            (Concern, Concern.answered_at),
        )
    ]
    return sorted(session.scalars(union(conversations, *others)))


def _closed_at() -> ColumnElement[datetime]:
    return func.coalesce(Case.state_at, Case.opened_at)


def _is_read(staff_id: str, closed_at: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether a conversation is nothing new to somebody; the events know.

    In a closed case it is enough that anybody read it while the case was open: who comes after
    has no reason to go through a case that is over.
    """
    reading = exists().where(
        AuditEvent.conversation_id == Conversation.id, AuditEvent.event == "conversation:read"
    )
    was_read_then = and_(func.coalesce(Conversation.received_at <= closed_at, false()), reading)
    return or_(reading.where(AuditEvent.staff_id == staff_id), was_read_then)


def _of_those(
    moment: ColumnElement[Any], kind: type[Signal | GuardianRecord | Concern], until: Any
) -> ColumnElement[Any]:
    """Of those of a case's rows that wait for what `until` will say."""
    of_case = select(moment).where(kind.case_id == Case.id, until.is_(None))
    return of_case.scalar_subquery()


def _passed(day: date | None, on: date) -> datetime | None:
    """The midnight that a day began, once the day is over."""
    return datetime.combine(day, time(), tzinfo=UTC) if day and day < on else None
