"""Who answers for a case, and how it passes to somebody else without ever being nobody's.

It must never take a case from its ansvarig before the new one has accepted it.
"""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Select, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from .case import Case, CaseState, InCase, new_code, reopened_at
from .clock import civil_date
from .db import Base, HasId
from .keys import KeyRing, encrypt
from .people import Assignment, Role, Staff, Unit, ansvarig_id, works_in
from .routing import PlaceKind
from .situation import Situation

ENDED = (CaseState.CLOSED, CaseState.VOID)
LONGEST_DELEGATION = timedelta(days=366)  # a school year; our own limit, no source says one


class SameUnit(Exception):
    """Ärendet ligger redan i den verksamheten."""


class NobodyThere(Exception):
    """Verksamheten har ingen Barnets bästa-ansvarig som kan ta emot."""


class AlreadyOffered(Exception):
    """Ärendet är redan erbjudet till en verksamhet. Ta tillbaka det först."""


class AlreadyAnswered(Exception):
    """Erbjudandet är redan besvarat eller tillbakataget."""


class NoReason(Exception):
    """Skriv varför."""


class OtherUnit(Exception):
    """Uppgifter kan bara lämnas till någon som arbetar i samma verksamhet."""


class WrongDay(Exception):
    """Välj en dag från i dag och högst ett år framåt."""


class NobodyLeft(Exception):
    """Öppna ärenden skulle bli utan ansvarig. Utse en ställföreträdare först."""

    def __init__(self, unit: Unit, open_cases: int) -> None:
        super().__init__(unit.id)
        self.unit, self.open_cases = unit, open_cases


class SamePerson(Exception):
    """Det behöver vara någon annan än den som bad om det."""


class NothingAsked(LookupError):
    """Ingen har sagt att ärendet öppnades av misstag."""


class Delegation(HasId, Base):
    """The ansvarig lets a colleague in the same unit work with a case, until a day; it can be taken
    back, and the ansvarig still answers for it."""

    __tablename__ = "delegation"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    given_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    given_at: Mapped[datetime]
    until_on: Mapped[date]
    revoked_at: Mapped[datetime | None]
    staff: Mapped[Staff] = relationship(foreign_keys=[staff_id])


class Handover(InCase, Base):
    """An offer of a case to another unit. content: reason, from_unit (its name), because (why it
    was declined). At most one of accepted_at, declined_at and withdrawn_at; until accepted_at the
    one who offered answers for the case.

    Between huvudmän the case stays and another one opens with the child and the reason, no more:
    what one huvudman knows goes to another only as a copy with a consent behind it.
    """

    __tablename__ = "handover"
    from_staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    to_unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"), index=True)
    offered_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    accepted_by: Mapped[str | None] = mapped_column(String(36))
    to_unit: Mapped[Unit] = relationship()
    case: Mapped[Case] = relationship()

    @property
    def is_open(self) -> bool:
        return not (self.accepted_at or self.declined_at or self.withdrawn_at)


class Voiding(InCase, Base):
    """Somebody says that a case was opened by mistake, and somebody else attests it.
    content: reason."""

    __tablename__ = "voiding"
    asked_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    attested_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    withdrawn_at: Mapped[datetime | None]


# Handing over to another unit, in two phases.


def offer(
    session: Session, key: bytes, case: Case, to: Unit, reason: str, by: Staff, at: datetime
) -> Handover:
    """Ask another unit's ansvarig to take over. Nothing changes before the answer."""
    if to.id == case.unit_id:
        raise SameUnit
    if not reason.strip():
        raise NoReason
    if open_offer(session, case.id):
        raise AlreadyOffered
    if ansvarig_id(session, to.id, civil_date(at)) is None:
        raise NobodyThere
    made = Handover(case_id=case.id, from_staff_id=by.id, to_unit_id=to.id, offered_at=at)
    made.write(key, {"reason": reason.strip(), "from_unit": case.unit.name})
    session.add(made)
    session.flush()
    return made


def open_offer(session: Session, case_id: str) -> Handover | None:
    return session.scalar(_open_offers().where(Handover.case_id == case_id))


def offers_to(session: Session, units: list[str]) -> list[Handover]:
    """What waits for an answer from one of these units, the oldest first."""
    wanted = _open_offers().where(Handover.to_unit_id.in_(units)).order_by(Handover.offered_at)
    return list(session.scalars(wanted))


def accept(session: Session, ring: KeyRing, offered: Handover, by: Staff, at: datetime) -> Case:
    """The case that the new unit answers for from now on: the same one, or between huvudmän a new
    one that holds the child and the reason."""
    _still_open(session, offered)
    case, on = offered.case, civil_date(at)
    answers = ansvarig_id(session, offered.to_unit_id, on)
    if answers is None:
        raise NobodyThere
    offered.accepted_at, offered.accepted_by = at, by.id
    # Of a child with protected identity only the one who said yes learns anything.
    owner = by.id if case.protected_identity else answers
    if offered.to_unit.organisation_id != case.organisation_id:
        return _refer(session, ring, offered, owner, at)
    case.unit, case.ansvarig_id = offered.to_unit, owner
    session.flush()
    session.expire(case, ["ansvarig"])
    _revoke_all(session, case.id, at)
    return case


def decline(session: Session, key: bytes, offered: Handover, because: str, at: datetime) -> None:
    _still_open(session, offered)
    if not because.strip():
        raise NoReason
    offered.write(key, {**offered.read(key), "because": because.strip()})
    offered.declined_at = at


def withdraw(session: Session, offered: Handover, at: datetime) -> None:
    _still_open(session, offered)
    offered.withdrawn_at = at


def handovers_of(session: Session, case_id: str) -> list[Handover]:
    """In the order they were offered."""
    wanted = select(Handover).where(Handover.case_id == case_id).order_by(Handover.offered_at)
    return list(session.scalars(wanted))


def is_referred(session: Session, case: Case) -> bool:
    """Whether another huvudman has accepted to go on with the child in a case of its own, since
    this one was opened or opened again."""
    reopened = reopened_at(session, case.id)
    return any(
        one.accepted_at
        and one.to_unit.organisation_id != case.organisation_id
        and (reopened is None or one.accepted_at > reopened)
        for one in handovers_of(session, case.id)
    )


# Delegating within the unit.


def delegate(
    session: Session, case: Case, to: Staff, until_on: date, by: Staff, at: datetime
) -> Delegation:
    """Let a colleague work with the case through a day; an earlier delegation to them ends."""
    on = civil_date(at)
    if not (to.active and works_in(to, case.unit_id, on)):
        raise OtherUnit
    if not on <= until_on <= on + LONGEST_DELEGATION:
        raise WrongDay
    for earlier in delegations_of(session, case.id, on):
        if earlier.staff_id == to.id:
            revoke(earlier, at)
    made = Delegation(
        case_id=case.id, staff_id=to.id, given_by=by.id, given_at=at, until_on=until_on
    )
    session.add(made)
    session.flush()
    return made


def revoke(given: Delegation, at: datetime) -> None:
    given.revoked_at = given.revoked_at or at


def delegations_of(session: Session, case_id: str, on: date) -> list[Delegation]:
    """Those that hold on a day."""
    return list(session.scalars(_holding(on).where(Delegation.case_id == case_id)))


def delegation_of(session: Session, case: Case, staff_id: str, on: date) -> Delegation | None:
    """The delegation that a colleague has on a day, if any."""
    mine = _holding(on).where(Delegation.case_id == case.id, Delegation.staff_id == staff_id)
    return session.scalars(mine).first()


def delegated_cases(staff_id: str, on: date) -> Select[Any]:
    """The ids of the cases that a colleague works with on a day."""
    return select(Delegation.case_id).where(
        Delegation.staff_id == staff_id,
        Delegation.revoked_at.is_(None),
        Delegation.until_on >= on,
    )


# Leaving.


def leave(session: Session, staff: Staff, unit_id: str, at: datetime) -> list[Case]:
    """What somebody had in a unit passes on when their assignment there has ended.

    The cases go to whoever answers for the unit now. Where that is nobody, and a case is open, the
    assignment cannot end: NobodyLeft, and the caller takes everything back.
    """
    session.flush()
    session.expire(staff, ["assignments"])
    on = civil_date(at)
    if not works_in(staff, unit_id, on):
        for given in session.scalars(
            _holding(on)
            .join(Case, Case.id == Delegation.case_id)
            .where(Delegation.staff_id == staff.id, Case.unit_id == unit_id)
        ):
            revoke(given, at)
    if _answers_in(staff, unit_id, on):
        return []
    held = list(
        session.scalars(select(Case).where(Case.ansvarig_id == staff.id, Case.unit_id == unit_id))
    )
    heir = ansvarig_id(session, unit_id, on)
    left = sum(case.state not in ENDED for case in held)
    if heir is None and left:
        raise NobodyLeft(session.get_one(Unit, unit_id), left)
    for case in held:
        case.ansvarig_id = heir
    session.flush()
    for case in held:
        session.expire(case, ["ansvarig"])
    return held


def open_cases_of(session: Session, staff_id: str) -> int:
    """How many open cases somebody answers for; who has any cannot go."""
    wanted = select(func.count(Case.id)).where(Case.ansvarig_id == staff_id)
    return session.scalar(wanted.where(Case.state.not_in(ENDED))) or 0


def deputies_of(session: Session, unit_id: str, on: date) -> list[Staff]:
    """A unit's deputies on a day, by name."""
    rows = session.scalars(
        select(Assignment).where(Assignment.unit_id == unit_id, Assignment.role == Role.DEPUTY)
    )
    found = [row.staff for row in rows if row.is_active(on) and row.staff.active]
    return sorted(found, key=lambda staff: (staff.name, staff.id))


def colleagues(session: Session, unit_id: str, on: date) -> list[Staff]:
    """Everybody who works in a unit on a day, by name."""
    rows = session.scalars(select(Assignment).where(Assignment.unit_id == unit_id))
    found = {row.staff for row in rows if row.is_active(on) and row.staff.active}
    return sorted(found, key=lambda staff: (staff.name, staff.id))


# Opened by mistake.


def ask_void(
    session: Session, key: bytes, case: Case, reason: str, by: Staff, at: datetime
) -> Voiding:
    if not reason.strip():
        raise NoReason
    asked = voiding_of(session, case.id)
    if asked is None:
        asked = Voiding(case_id=case.id, asked_by=by.id, asked_at=at)
        session.add(asked)
    asked.asked_by, asked.asked_at = by.id, at
    asked.write(key, {"reason": reason.strip()})
    session.flush()
    return asked


def attest_void(session: Session, case: Case, by: Staff) -> None:
    """A second person says the same; `process` takes the step."""
    asked = voiding_of(session, case.id)
    if asked is None:
        raise NothingAsked
    if asked.asked_by == by.id:
        raise SamePerson
    asked.attested_by = by.id


def withdraw_void(session: Session, case: Case, at: datetime) -> None:
    asked = voiding_of(session, case.id)
    if asked is None:
        raise NothingAsked
    asked.withdrawn_at = at


def voiding_of(session: Session, case_id: str) -> Voiding | None:
    return session.scalar(
        select(Voiding).where(Voiding.case_id == case_id, Voiding.withdrawn_at.is_(None))
    )


# Guards.


def second_person(situation: Situation) -> bool:
    asked = voiding_of(situation.session, situation.case.id)
    return asked is not None and asked.attested_by not in (None, asked.asked_by)


def receiver_accepted(situation: Situation) -> bool:
    return is_referred(situation.session, situation.case)


def _open_offers() -> Select[Any]:
    return select(Handover).where(
        Handover.accepted_at.is_(None),
        Handover.declined_at.is_(None),
        Handover.withdrawn_at.is_(None),
    )


def _still_open(session: Session, offered: Handover) -> None:
    session.refresh(offered, with_for_update=True)
    if not offered.is_open or offered.case.state == CaseState.VOID:
        raise AlreadyAnswered


def _refer(session: Session, ring: KeyRing, offered: Handover, owner: str, at: datetime) -> Case:
    """The other huvudman's own case, with a key of its own: the child, the reason and no more."""
    told, to, key = offered.case, offered.to_unit, os.urandom(32)
    about = told.about(ring)
    kind = next((one for one in PlaceKind if str(one) == str(to.kind)), PlaceKind.NONE)
    place = {"kind": str(kind), "unit": to.id if kind != PlaceKind.NONE else None, "year": None}
    made = Case(
        code=new_code(),
        unit=to,
        organisation=to.organisation,
        ansvarig_id=owner,
        state=CaseState.RECEIVED,
        state_at=at,
        protected_identity=told.protected_identity,
        rule="T18",
        needs_human=False,
        reasons="",
        opened_at=at,
        child=b"",
        wrapped_key=encrypt(ring.unwrap(to.organisation.wrapped_key), key, b"case"),
    )
    known = ("alias", "birth_year", "born_on", "protected_identity")
    made.write_about(ring, {"place": place} | {k: about[k] for k in known if k in about})
    session.add(made)
    session.flush()
    trace = Handover(
        case_id=made.id,
        from_staff_id=offered.from_staff_id,
        to_unit_id=to.id,
        offered_at=offered.offered_at,
        accepted_at=at,
        accepted_by=offered.accepted_by,
    )
    trace.write(key, offered.read(told.key(ring)))
    session.add(trace)
    session.flush()
    return made


def _holding(on: date) -> Select[Any]:
    return (
        select(Delegation)
        .where(Delegation.revoked_at.is_(None), Delegation.until_on >= on)
        .order_by(Delegation.given_at)
    )


def _revoke_all(session: Session, case_id: str, at: datetime) -> None:
    for given in delegations_of(session, case_id, civil_date(at)):
        revoke(given, at)


def _answers_in(staff: Staff, unit_id: str, on: date) -> bool:
    roles = (Role.ANSVARIG, Role.DEPUTY)
    return staff.active and any(
        a.unit_id == unit_id and a.role in roles and a.is_active(on) for a in staff.assignments
    )
