"""The samordningsperson: whom the child wants to turn to, and who it became.

It must never be appointed before the child was asked, nor against the child's word without reasons
that are written down and explained to the child.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Select, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from . import audit
from .audit import AuditEvent
from .case import InCase, reopened_at
from .db import Base
from .people import Assignment
from .plan import fold
from .situation import Guard, Situation


class Choice(StrEnum):
    PERSON = "person"
    DONT_KNOW = "dont_know"
    DONT_WANT = "dont_want"
    TOO_YOUNG = "too_young"  # cannot say it yet; how it was asked tells what was looked for


class NotSaid(ValueError):
    """Skriv hur ni frågade barnet, och vem barnet ville ha om barnet valde någon."""


class NotYet(ValueError):
    """Barnet ska ha tillfrågats innan samordningspersonen utses."""


class NobodyNamed(ValueError):
    """Skriv vem som blir samordningsperson och hur familjen når den."""


class NotExplained(ValueError):
    """Skriv de särskilda skälen, vem som bestämde och hur det förklarades för barnet."""


class NotSame(ValueError):
    """Namnet är ett annat än barnets ord. Är det samma person?"""


class Coordinator(InCase, Base):
    """content: how_asked, chosen (whom the child named), name, contact, special_reasons,
    decided_by, explained_to_child. staff_id: None for somebody without an account here.
    is_deviation: another than the child named. ended_at: when it was kept that they left the unit.
    From the day they do, the ansvarig coordinates until another is appointed."""

    __tablename__ = "coordinator"
    choice: Mapped[Choice]
    child_asked_at: Mapped[datetime]
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    appointed_at: Mapped[datetime | None]
    is_deviation: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None]


def ask_child(
    session: Session,
    key: bytes,
    case_id: str,
    choice: Choice,
    asked_at: datetime,
    how_asked: str,
    chosen: str,
    at: datetime,
) -> Coordinator:
    """Keep whom the child wants. asked_at: when the child was asked, not after `at`."""
    named = chosen.strip() if choice is Choice.PERSON else ""
    if not how_asked.strip() or (choice is Choice.PERSON and not named):
        raise NotSaid
    if asked_at > at:
        raise NotYet
    made = Coordinator(case_id=case_id, choice=choice, child_asked_at=asked_at)
    made.write(key, {"how_asked": how_asked.strip(), "chosen": named, "noted_at": at.isoformat()})
    session.add(made)
    return made


def appoint(
    coordinator: Coordinator,
    key: bytes,
    *,
    is_childs_choice: bool,
    is_same_person: bool = False,
    staff_id: str | None,
    unit_id: str | None,
    words: dict[str, Any],
    at: datetime,
) -> None:
    """words: name, contact, and for another than the child named special_reasons, decided_by and
    explained_to_child. is_same_person: somebody has said that the name is whom the child meant,
    where the child called them something else."""
    if coordinator.appointed_at is not None or coordinator.child_asked_at >= at:
        raise NotYet
    if not words.get("name", "").strip() or not words.get("contact", "").strip():
        raise NobodyNamed
    deviates = coordinator.choice is Choice.PERSON and not is_childs_choice
    if deviates and not _is_explained(words):
        raise NotExplained
    if coordinator.choice is Choice.PERSON and is_childs_choice and not is_same_person:
        chosen = str(coordinator.read(key)["chosen"])
        if fold(chosen) != fold(words["name"]):
            raise NotSame
    coordinator.staff_id, coordinator.unit_id = staff_id, unit_id
    coordinator.appointed_at, coordinator.is_deviation = at, deviates
    coordinator.write(key, {**coordinator.read(key), **words})


def asked_of(session: Session, case_id: str) -> Coordinator | None:
    """The newest time that the child was asked, whether or not somebody was appointed, since the
    case was opened again."""
    wanted = select(Coordinator).where(Coordinator.case_id == case_id)
    reopened = reopened_at(session, case_id)
    if reopened is not None:
        wanted = wanted.where(Coordinator.child_asked_at > reopened)
    return session.scalars(wanted.order_by(Coordinator.child_asked_at.desc())).first()


def coordinator_of(session: Session, case_id: str, on: date) -> Coordinator | None:
    """Who coordinates on a day: the one that was appointed last, since the case was opened again;
    nobody when they have left."""
    wanted = select(Coordinator).where(Coordinator.case_id == case_id, _is_last(), ~_has_left(on))
    return session.scalars(wanted.order_by(Coordinator.appointed_at.desc())).first()


def coordinated_cases(staff_id: str, on: date) -> Select[str]:
    """Whose coordinator somebody with an account is: not those where another came after."""
    return select(Coordinator.case_id).where(
        Coordinator.staff_id == staff_id, _is_last(), ~_has_left(on)
    )


def left_alone(session: Session, case_ids: Collection[str], on: date) -> dict[str, Coordinator]:
    """Of some cases those whose coordinator has left, so that the ansvarig coordinates."""
    wanted = select(Coordinator).where(Coordinator.case_id.in_(case_ids), _is_last(), _has_left(on))
    return {row.case_id: row for row in session.scalars(wanted)}


def keep_left(session: Session, alone: Iterable[Coordinator], unit_id: str, at: datetime) -> None:
    """Whose work in a unit ended by its date left when nobody was there to write it down: it is
    kept, once, when the case is seen."""
    for row in alone:
        if row.ended_at is None:
            row.ended_at = at
            audit.record(session, "coordinator:left", at, unit_id=unit_id, case_id=row.case_id)


def leave(session: Session, staff_id: str, unit_id: str, at: datetime) -> list[str]:
    """Somebody works in a unit no more, and coordinates nothing there; the ids of those cases."""
    left = session.scalars(
        select(Coordinator).where(
            Coordinator.staff_id == staff_id,
            Coordinator.unit_id == unit_id,
            Coordinator.ended_at.is_(None),
            _is_last(),
        )
    ).all()
    for row in left:
        row.ended_at = at
    session.flush()
    return [row.case_id for row in left]


def _has_left(on: date) -> ColumnElement[bool]:
    """It was kept that they left, or no work of theirs in the unit goes on."""
    works_on = select(Assignment.id).where(
        Assignment.staff_id == Coordinator.staff_id,
        Assignment.unit_id == Coordinator.unit_id,
        Assignment.from_on <= on,
        or_(Assignment.until_on.is_(None), Assignment.until_on > on),
    )
    is_employed = Coordinator.staff_id.is_not(None) & Coordinator.unit_id.is_not(None)
    return Coordinator.ended_at.is_not(None) | (is_employed & ~works_on.exists())


@cache  # to build it takes longer than to ask it
def _is_last() -> ColumnElement[bool]:
    """Appointed, with nobody after and no new round since."""
    later = aliased(Coordinator)
    another_came = select(later.id).where(
        later.case_id == Coordinator.case_id, later.appointed_at > Coordinator.appointed_at
    )
    opened_again = select(AuditEvent.id).where(
        AuditEvent.case_id == Coordinator.case_id,
        AuditEvent.event == "case:reopened",
        AuditEvent.at >= Coordinator.appointed_at,
    )
    return Coordinator.appointed_at.is_not(None) & ~another_came.exists() & ~opened_again.exists()


def _is_explained(words: dict[str, Any]) -> bool:
    wanted = ("special_reasons", "decided_by", "explained_to_child")
    return all(str(words.get(word, "")).strip() for word in wanted)


def _child_asked_first(situation: Situation) -> bool:
    session, case_id = situation.session, situation.case.id
    asked, found = asked_of(session, case_id), coordinator_of(session, case_id, situation.on)
    if asked is None or found is None or found.appointed_at is None:
        return asked is not None
    return found.child_asked_at < found.appointed_at


def _coordinator_appointed(situation: Situation) -> bool:
    return coordinator_of(situation.session, situation.case.id, situation.on) is not None


def _deviation_explained(situation: Situation) -> bool:
    found = coordinator_of(situation.session, situation.case.id, situation.on)
    return found is None or not found.is_deviation or _is_explained(found.read(situation.key))


GUARDS: dict[str, Guard] = {
    "child_asked_first": _child_asked_first,
    "coordinator_appointed": _coordinator_appointed,
    "deviation_explained": _deviation_explained,
}
