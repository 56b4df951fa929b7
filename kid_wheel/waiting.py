"""Who waits for somebody in a case, and since when: what an inbox is sorted by.

It must never open a case to find out: it asks for moments and states, and reads no words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, exists, false, func, select, union
from sqlalchemy.orm import Session

from .answer_back import Answer, Closing, Telling
from .audit import AuditEvent
from .case import Case, CaseState
from .clock import civil_date
from .conversation import Conversation
from .guardian_record import GuardianRecord
from .handover import ENDED
from .people import Unit
from .plan import Concern
from .signal import Signal

# Where nothing has begun that the child would notice, and where only the answer is left.
BEFORE_AN_ANSWER = frozenset(
    {
        CaseState.CONVERSATION,
        CaseState.SIGNAL_SENT,
        CaseState.RECEIVED,
        CaseState.COLLECTING,
        CaseState.ANALYSING,
        CaseState.DECIDED,
        CaseState.CLOSING,
        CaseState.CLOSED,
    }
)


class Heard(NamedTuple):
    """A conversation in a case. is_read: it is nothing new to whoever asks. answer_days: within how
    many the child was promised an answer, if a number was said."""

    case_id: str
    received_at: datetime
    origin: str
    held_on: str
    clock_is_off: bool
    answer_days: int | None
    is_read: bool

    @property
    def promised_on(self) -> date | None:
        """The last day of what the tablet promised the child, who was not there when paper was
        written in; by the day that it came here where the tablet's clock is not to be trusted."""
        if self.answer_days is None or self.origin == "paper":
            return None
        told = date.fromisoformat(self.held_on) if not self.clock_is_off else None
        return (told or civil_date(self.received_at)) + timedelta(days=self.answer_days)


@dataclass(frozen=True)
class Waits:
    """Since when each kind of thing has waited in a case, if it does.

    unread: a conversation that the reader has not read. signal: one that nobody has accepted;
    is_escalated: it has reached the deputy too. guardian: words from a tablet that nobody has said
    whose they are. concern: a child's or a guardian's "det här blev inte av" that nobody has
    answered. answer: what the child has said, of which nothing has become yet; promised_on: the
    day it was to know by, when that has passed. follow_up: the day that it should have been held
    has passed.
    """

    case_id: str
    opened_at: datetime
    unread: datetime | None = None
    signal: datetime | None = None
    is_escalated: bool = False
    guardian: datetime | None = None
    concern: datetime | None = None
    answer: datetime | None = None
    promised_on: date | None = None
    follow_up: datetime | None = None

    @property
    def for_coordinator(self) -> Waits:
        """What of it is the plan's: who coordinates learns nothing else of the case."""
        return Waits(self.case_id, self.opened_at, concern=self.concern, follow_up=self.follow_up)

    @property
    def since(self) -> datetime | None:
        """When the first of all who wait began to; None when nobody does."""
        adults = (self.signal, self.guardian, self.concern, self.follow_up)
        return min(filter(None, (self.unread, self.answer, *adults)), default=None)


def heard(session: Session, staff_id: str, wanted: ColumnElement[bool]) -> list[Heard]:
    """Every conversation in some cases, with one question."""
    rows = session.execute(
        select(
            Conversation.case_id, Conversation.received_at, Conversation.origin,
            Conversation.held_on, Conversation.clock_is_off, Unit.answer_days,
            _is_read(staff_id),
        )
        .join(Conversation.case)
        .join(Unit, Unit.id == Conversation.unit_id)
        .where(wanted)
    )  # fmt: skip
    return [Heard(*row) for row in rows]


def waits(
    session: Session, wanted: ColumnElement[bool], conversations: Iterable[Heard], on: date
) -> dict[str, Waits]:
    """Of some cases, by id, with one question. conversations: those in them, and maybe others."""
    said: dict[str, list[Heard]] = defaultdict(list)
    for one in conversations:
        said[one.case_id].append(one)
    rows = session.execute(
        select(
            Case.id, Case.opened_at, Case.state, Case.state_at, Case.follow_up_on,
            _of_those(func.min(Signal.arrived_at), Signal, Signal.accepted_at).label("signal"),
            _of_those(func.max(Signal.escalated_at), Signal, Signal.accepted_at).label("escalated"),
            _of_those(
                func.min(GuardianRecord.received_at), GuardianRecord, GuardianRecord.guardian_id
            ).label("guardian"),
            _of_those(func.min(Concern.raised_at), Concern, Concern.answered_at).label("concern"),
            _of_those(func.min(Answer.answered_at), Answer, Answer.told_at).label("untold"),
            _of_those(func.max(Telling.told_at), Telling).label("told"),
            _of_those(func.max(Closing.closed_at), Closing).label("last_round"),
        ).where(wanted)
    )  # fmt: skip
    return {row.id: _waits(row, said[row.id], on) for row in rows}


def order(one: Waits) -> tuple[bool, datetime, str]:
    """To sort by: where somebody waits first, the longest at the top; then the oldest."""
    return not one.since, one.since or one.opened_at, one.case_id


def with_news(session: Session, closed: Collection[str]) -> list[str]:
    """The ids of those of some closed cases where something has come that waits: what arrives for
    a child is never lost because a case was closed. Who has talked there waits for an answer until
    the case is opened again."""
    if not closed:
        return []
    came_after = (
        select(Conversation.case_id)
        .join(Conversation.case)
        .where(Conversation.case_id.in_(closed), Conversation.received_at > _known_until())
    )
    others = [
        select(kind.case_id).where(kind.case_id.in_(closed), until.is_(None))
        for kind, until in (
            (Signal, Signal.accepted_at),
            (GuardianRecord, GuardianRecord.guardian_id),
            (Concern, Concern.answered_at),
        )
    ]
    return sorted(session.scalars(union(came_after, *others)))


def _known_until() -> ColumnElement[datetime]:
    """Of a closed case: what was said until then the child has been told about."""
    told = _of_those(func.max(Telling.told_at), Telling)
    return func.coalesce(told, Case.state_at, Case.opened_at)


def _is_read(staff_id: str) -> ColumnElement[bool]:
    """Whether a conversation is nothing new to somebody; the events know. Who comes after has no
    reason to go through what a closed case was about."""
    by_them = exists().where(
        AuditEvent.conversation_id == Conversation.id,
        AuditEvent.staff_id == staff_id,
        AuditEvent.event == "conversation:read",
    )
    known_until = case((Case.state == CaseState.CLOSED, _known_until()))
    return by_them | func.coalesce(Conversation.received_at <= known_until, false())


def _of_those(moment: ColumnElement[Any], kind: Any, until: Any = None) -> ColumnElement[Any]:
    """Of a case's rows of a kind; of those that wait for what `until` will say, if it is given."""
    of_case = select(moment).where(kind.case_id == Case.id)
    return (of_case if until is None else of_case.where(until.is_(None))).scalar_subquery()


def _waits(row: Any, said: list[Heard], on: date) -> Waits:
    untold = _untold(row, said)
    promised = min(filter(None, (one.promised_on for one in untold)), default=None)
    return Waits(
        row.id,
        row.opened_at,
        unread=min((one.received_at for one in said if not one.is_read), default=None),
        signal=row.signal,
        is_escalated=row.escalated is not None,
        guardian=row.guardian,
        concern=row.concern,
        answer=min((one.received_at for one in untold), default=_left_to_tell(row)),
        promised_on=promised if promised and promised < on else None,
        follow_up=_passed(row.follow_up_on, on) if row.state not in ENDED else None,
    )


def _untold(row: Any, said: list[Heard]) -> list[Heard]:
    """What the child has said, of which it knows nothing yet and nothing has begun."""
    if row.state not in BEFORE_AN_ANSWER:
        return []
    until = row.told
    if row.state == CaseState.CLOSED:  # as `_known_until`
        until = until or row.state_at or row.opened_at
    return [one for one in said if until is None or one.received_at > until]


def _left_to_tell(row: Any) -> datetime | None:
    """Since when a case waits to be closed until the child knows what became of everything: it is
    not told in this round, or an answer was changed after it was."""
    if row.state != CaseState.CLOSING:
        return None
    is_told = row.told and (row.last_round is None or row.told > row.last_round)
    begun: datetime = row.state_at or row.opened_at
    return row.untold if is_told else begun


def _passed(day: date | None, on: date) -> datetime | None:
    """The midnight that a day began, once the day is over."""
    return datetime.combine(day, time(), tzinfo=UTC) if day and day < on else None
