"""A signal: what a professional has seen of a child, sent to the child's ansvarig.

It must never tell its sender anything of the case, nor look like an orosanmälan.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from holidays import DE_FACTO, PUBLIC, country_holidays
from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from . import audit, guardian_record, handover
from .case import (
    Case,
    CaseState,
    InCase,
    UnknownCase,
    check_letter,
    find_by_code,
    open_case,
    think_out,
)
from .catalog import AREAS
from .clock import civil_date
from .db import Base
from .keys import KeyRing, encrypt
from .people import Staff, Unit, ansvarig_id
from .situation import Guard, Situation
from .tablet import CODE_ALPHABET, Sender

# Midsummer, Christmas and New Year's Eve are no holidays by law, and nobody is at work. A year is
# worked out when it is first asked for.
_HOLIDAYS = country_holidays("SE", categories=(PUBLIC, DE_FACTO))


class Kind(StrEnum):
    """Kept apart always: a strength is never set off against a worry."""

    STRENGTH = "strength"
    WORRY = "worry"


class Concern(StrEnum):
    """The four answers at the orosanmälan stop. None of them is an anmälan, nor moves a case."""

    NO = "no"
    DONE = "done"
    DOING_NOW = "doing_now"
    UNSURE = "unsure"  # talks it over with socialtjänsten without a name


class NoArea(Exception):
    """Kryssa för minst ett område."""


class NothingSeen(Exception):
    """Skriv vad du har sett."""


class NoChild(Exception):
    """Skriv vilket barn det gäller, eller ärendekoden."""


class NotAnswered(Exception):
    """Svara på frågan om orosanmälan, och om barnet vet."""


class AlreadyAccepted(Exception):
    """Signalen är redan mottagen. Erbjud ärendet till den andra verksamheten i stället."""


class MoreThanASignal(Exception):
    """Ärendet har samtal och verksamheten hör till en annan huvudman. Erbjud det i stället."""


@dataclass(frozen=True)
class Draft:
    """What a sender has written. child: as `case.think_out` takes it, unless there is a code.

    areas: {area key: {kind: words}}; the words of a ticked kind may be empty.
    informed: whether the child knows; not_informed_because: why not.
    """

    seen: str
    areas: Mapping[str, Mapping[Kind, str]]
    concern: Concern | None
    informed: bool | None
    not_informed_because: str = ""
    child: dict[str, Any] = field(default_factory=dict)
    code: str = ""


class Signal(InCase, Base):
    """content: child (the sender's own word), areas, seen, concern, informed,
    not_informed_because, returns [{reason, from_unit}].

    to_unit_id: where it was last sent. arrived_at: when it came there. returned: how many times a
    unit has said that it belongs elsewhere. escalated_at: the deputy is reached too; raised_at: the
    huvudman's administrator, who sees that it waits and nothing more.
    """

    __tablename__ = "signal"
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    to_unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    sent_at: Mapped[datetime]
    arrived_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    raised_at: Mapped[datetime | None]
    returned: Mapped[int] = mapped_column(default=0)
    case: Mapped[Case] = relationship()
    staff: Mapped[Staff] = relationship()
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    to_unit: Mapped[Unit] = relationship(foreign_keys=[to_unit_id])


class ProfessionalObservation(InCase, Base):
    """What a professional has seen in one area: the professions' ring of the wheel, never shown
    among what the child has said. content: text."""

    __tablename__ = "professional_observation"
    area: Mapped[str] = mapped_column(String(20))
    kind: Mapped[Kind]
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    made_at: Mapped[datetime]
    staff: Mapped[Staff] = relationship()
    unit: Mapped[Unit] = relationship()


# Sending.


def send(
    session: Session,
    ring: KeyRing,
    draft: Draft,
    by: Staff,
    unit: Unit,
    at: datetime,
    id_: str | None = None,
) -> Signal:
    """Put the signal in a new case at the unit that routing names, or in the case of a code.

    id_: made with the form, so that a signal that is sent twice arrives once.
    """
    check(draft)
    if draft.concern is None or draft.informed is None:
        raise NotAnswered
    if not draft.informed and not draft.not_informed_because.strip():
        raise NotAnswered
    sent = session.get(Signal, id_) if id_ else None
    if sent is not None and sent.staff_id == by.id:
        return sent
    case = _case_for(session, ring, draft, unit, at)
    key = case.key(ring)
    made = Signal(
        id=id_ if sent is None else None,
        case_id=case.id,
        staff_id=by.id,
        unit_id=unit.id,
        to_unit_id=case.unit_id,
        sent_at=at,
        arrived_at=at,
    )
    made.write(
        key,
        {
            "child": draft.child.get("alias", ""),
            "areas": {area: dict(kinds) for area, kinds in draft.areas.items()},
            "seen": draft.seen.strip(),
            "concern": str(draft.concern),
            "informed": draft.informed,
            "not_informed_because": draft.not_informed_because.strip(),
            "returns": [],
        },
    )
    session.add(made)
    for area in AREAS:
        for kind, text in draft.areas.get(area, {}).items():
            observe(session, key, case, area, kind, text, by, unit, at)
    ids = {"staff_id": by.id, "unit_id": unit.id, "case_id": case.id}
    audit.record(session, "signal:sent", at, **ids)
    # That it was answered, never what: the answer is in the case, under its key.
    audit.record(session, "orosanmalan:answered", at, **ids)
    return made


def check(draft: Draft) -> None:
    """Whether the three things that a signal needs are there: child, area and what was seen."""
    for missing in what_is_missing(draft):
        raise missing


def what_is_missing(draft: Draft) -> list[type[Exception]]:
    needed = {
        NoChild: draft.code or str(draft.child.get("alias", "")).strip(),
        NoArea: any(draft.areas.get(area) for area in AREAS),
        NothingSeen: draft.seen.strip(),
    }
    return [error for error, there in needed.items() if not there]


def find_case(session: Session, code: str) -> Case:
    """The case that a sender names by its code."""
    if not code or set(code) - set(CODE_ALPHABET) or check_letter(code[:-1]) != code[-1]:
        raise UnknownCase
    return find_by_code(session, code)


def observe(
    session: Session,
    key: bytes,
    case: Case,
    area: str,
    kind: Kind,
    text: str,
    by: Staff,
    unit: Unit,
    at: datetime,
) -> ProfessionalObservation:
    if area not in AREAS:
        raise NoArea
    made = ProfessionalObservation(
        case_id=case.id, area=area, kind=kind, staff_id=by.id, unit_id=unit.id, made_at=at
    )
    made.write(key, {"text": text.strip()})
    session.add(made)
    session.flush()
    return made


# What the sender sees: that it came, was read and was accepted.


def sent_by(session: Session, staff_id: str, limit: int = 50) -> list[Signal]:
    """The newest first."""
    wanted = select(Signal).where(Signal.staff_id == staff_id).order_by(Signal.sent_at.desc())
    loaded = wanted.options(joinedload(Signal.to_unit), joinedload(Signal.case)).limit(limit)
    return list(session.scalars(loaded))


# What the receiver does.


def signals_of(session: Session, case_id: str) -> list[Signal]:
    """In the order they were sent."""
    wanted = select(Signal).where(Signal.case_id == case_id).order_by(Signal.sent_at, Signal.id)
    return list(session.scalars(wanted))


def observations_of(session: Session, case_id: str) -> list[ProfessionalObservation]:
    """In the wheel's order, and in each area as they were made."""
    wanted = select(ProfessionalObservation).where(ProfessionalObservation.case_id == case_id)
    found = session.scalars(wanted.order_by(ProfessionalObservation.made_at))
    return sorted(found, key=lambda one: AREAS.index(one.area))


def mark_read(signals: Iterable[Signal], at: datetime) -> bool:
    """Whether any of them was new."""
    new = [one for one in signals if one.read_at is None]
    for one in new:
        one.read_at = at
    return bool(new)


def mark_accepted(signals: Iterable[Signal], at: datetime) -> None:
    for one in signals:
        one.read_at = one.read_at or at
        one.accepted_at = one.accepted_at or at


def identify(case: Case, ring: KeyRing, alias: str, birth_year: int | None) -> None:
    """The ansvarig says which child it is, before the signal is accepted."""
    case.write_about(ring, {**case.about(ring), "alias": alias.strip(), "birth_year": birth_year})


def join(session: Session, ring: KeyRing, source: Case, target: Case, at: datetime) -> None:
    """The child has a case of the same huvudman already: what was sent goes there, under that
    case's key, and the case that the signal opened goes."""
    if source.state != CaseState.SIGNAL_SENT:
        raise AlreadyAccepted
    if source.id == target.id or source.organisation_id != target.organisation_id:
        raise MoreThanASignal
    if source.conversations or handover.handovers_of(session, source.id):
        raise MoreThanASignal
    old, new, sent = source.key(ring), target.key(ring), signals_of(session, source.id)
    mark_accepted(sent, at)
    rows: list[Signal | ProfessionalObservation] = [*sent, *observations_of(session, source.id)]
    for row in rows:
        row.write(new, row.read(old))
        row.case_id = target.id
    for given in session.scalars(
        select(handover.Delegation).where(handover.Delegation.case_id == source.id)
    ):
        session.delete(given)
    session.flush()
    for one in sent:
        session.expire(one, ["case"])
    try:
        with session.begin_nested():
            session.delete(source)
    except IntegrityError as error:  # somebody has written more in it
        raise MoreThanASignal from error


def give_back(
    session: Session, ring: KeyRing, case: Case, to: Unit, reason: str, at: datetime
) -> None:
    """The signal belongs to another unit's ansvarig: it goes there, and is never dropped.

    Only a signal that nobody has accepted; another huvudman's only when there is nothing else in
    the case. The case's key is wrapped for the new huvudman.
    """
    if case.state != CaseState.SIGNAL_SENT:
        raise AlreadyAccepted
    if to.id == case.unit_id:
        raise handover.SameUnit
    if not reason.strip():
        raise handover.NoReason
    holds_more = bool(case.conversations) or guardian_record.are_in(session, case.id)
    if to.organisation_id != case.organisation_id and holds_more:
        raise MoreThanASignal
    owner = ansvarig_id(session, to.id, civil_date(at))
    if owner is None:
        raise handover.NobodyThere
    key, left = case.key(ring), case.unit
    case.wrapped_key = encrypt(ring.unwrap(to.organisation.wrapped_key), key, b"case")
    case.organisation, case.unit, case.ansvarig_id = to.organisation, to, owner
    for given in handover.delegations_of(session, case.id, civil_date(at)):
        handover.revoke(given, at)
    for one in signals_of(session, case.id):
        words = one.read(key)
        words["returns"].append({"reason": reason.strip(), "from_unit": left.name})
        one.write(key, words)
        one.to_unit_id, one.arrived_at, one.returned = to.id, at, one.returned + 1
        one.read_at = one.escalated_at = one.raised_at = None
    session.flush()
    session.expire(case, ["ansvarig"])


# What nobody has accepted.


def escalate(session: Session, units: Collection[str], at: datetime) -> list[Signal]:
    """Whatever has waited the unit's own number of working days reaches the deputy too, and after
    as many again the huvudman, from the moment that anybody looks; each once, with an event."""
    on, unseen = civil_date(at), Signal.escalated_at.is_(None) | Signal.raised_at.is_(None)
    late = [one for one in session.scalars(_waiting(units).where(unseen)) if _is_late(one, on)]
    for one in late:
        if one.raised_at is None and _is_late(one, on, times=2):
            one.raised_at = at
            audit.record(
                session, "signal:raised", at, case_id=one.case_id, unit_id=one.case.unit_id
            )
    return [one for one in late if one.escalated_at is None and _reaches_deputy(session, one, at)]


def raised(session: Session, units: Collection[str]) -> list[Signal]:
    """What neither the ansvarig nor the deputy of some units has accepted in time, the oldest
    first."""
    found = session.scalars(_waiting(units).where(Signal.raised_at.is_not(None)))
    return sorted(found, key=lambda one: (one.arrived_at, one.id))


def due_on(arrived: date, days: int) -> date:
    """The day that lies so many working days after another: Monday to Friday, but for Sweden's
    public holidays and the eves that are kept as such."""
    while days > 0:
        arrived += timedelta(days=1)
        days -= arrived.weekday() < 5 and arrived not in _HOLIDAYS
    return arrived


def copy_observations(
    session: Session, ring: KeyRing, source: Case, target: Case, areas: Collection[str]
) -> list[ProfessionalObservation]:
    """Give another huvudman's case copies of what is covered by a consent; what was copied."""
    taken = [one for one in observations_of(session, source.id) if one.area in areas]
    for one in taken:
        copy = ProfessionalObservation(
            case_id=target.id,
            area=one.area,
            kind=one.kind,
            staff_id=one.staff_id,
            unit_id=one.unit_id,
            made_at=one.made_at,
        )
        copy.write(target.key(ring), one.read(source.key(ring)))
        session.add(copy)
    session.flush()
    return taken


def _case_for(session: Session, ring: KeyRing, draft: Draft, unit: Unit, at: datetime) -> Case:
    if draft.code:
        return find_case(session, draft.code)
    sender = Sender("", unit.id, unit.municipality)
    new = think_out(session, ring, draft.child, sender, at, CaseState.SIGNAL_SENT)
    return session.get_one(Case, open_case(session, new).id)


def _waiting(units: Collection[str]) -> Select[Signal]:
    return (
        select(Signal)
        .join(Case)
        .where(Signal.accepted_at.is_(None))
        .where(Case.unit_id.in_(units), Case.state != CaseState.VOID)
        .options(joinedload(Signal.case))
    )


def _is_late(signal: Signal, on: date, times: int = 1) -> bool:
    """Whether it has waited the unit's days, so many times over: counted from when it came, since
    nobody waits less because nobody has looked."""
    return on >= due_on(civil_date(signal.arrived_at), signal.case.unit.signal_days * times)


def _reaches_deputy(session: Session, signal: Signal, at: datetime) -> bool:
    """False where there is no other person to reach; then it goes on waiting for one."""
    case = signal.case
    others = [
        one
        for one in handover.deputies_of(session, case.unit_id, civil_date(at))
        if one.id != case.ansvarig_id
    ]
    if not others:
        return False
    signal.escalated_at = at
    if case.protected_identity:
        # A deputy who is not assigned meets nothing of this child: so one of them is.
        case.ansvarig_id = others[0].id
        session.flush()
        session.expire(case, ["ansvarig"])
    audit.record(session, "signal:escalated", at, case_id=case.id, unit_id=case.unit_id)
    return True


def _child_identified(situation: Situation) -> bool:
    about = situation.case.about(situation.ring)
    return bool(str(about.get("alias") or "").strip() and about.get("birth_year"))


GUARDS: dict[str, Guard] = {
    "child_identified": _child_identified,
    "second_person": handover.second_person,
    "receiver_accepted": handover.receiver_accepted,
}
