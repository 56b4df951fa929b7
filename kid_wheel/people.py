"""Huvudmän, their units, the staff and what each of them is asked to do.

It must never decide what somebody may read: that is `permissions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import (
    Boolean,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    bindparam,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from .db import Base, HasId
from .routing import Unit as RoutingUnit
from .routing import UnitKind

# Found by their municipality; a preschool or a school is found by its id.
FUNCTIONS = (UnitKind.BVC, UnitKind.KAA, UnitKind.UPPFOLJNING, UnitKind.CENTRAL)


SIGNAL_DAYS = 3  # working days, unless a unit has chosen otherwise; no source says how many


class OrganisationKind(StrEnum):
    MUNICIPALITY = "municipality"
    REGION = "region"
    INDEPENDENT = "independent"


class Role(StrEnum):
    """What a person is asked to do in a unit, or in a whole organisation."""

    STAFF = "staff"  # mentor, BVC nurse, pedagog: holds conversations
    ANSVARIG = "ansvarig"
    DEPUTY = "deputy"
    ADMINISTRATOR = "administrator"  # units, staff and tablets of an organisation


class Organisation(HasId, Base):
    """A huvudman. `wrapped_key` wraps the keys of its cases and is itself wrapped outside.

    languages: those its children can meet beside Swedish, switched on by an administrator.
    """

    __tablename__ = "organisation"
    name: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[OrganisationKind]
    joined_on: Mapped[date | None]
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    languages: Mapped[str] = mapped_column(String(80), default="")  # switched on, space separated


class Unit(HasId, Base):
    """A verksamhet: one preschool, school, BVC or central function.

    social_services: the telephone of the municipality's socialtjänst and its jour, for when a child
    may be at risk; empty until an administrator has written it.
    answer_days: within how many days a child is promised an answer; None: "inom några dagar".
    signal_days: how many working days a signal may wait before it reaches the deputy too, and then
    the huvudman.
    telephone, does, does_not: so that others know what they can turn to the unit for, and how.
    """

    __tablename__ = "unit"
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[UnitKind]
    municipality: Mapped[str] = mapped_column(String(20))
    social_services: Mapped[str] = mapped_column(String(80), default="")
    answer_days: Mapped[int | None]
    signal_days: Mapped[int] = mapped_column(default=SIGNAL_DAYS)
    telephone: Mapped[str] = mapped_column(String(80), default="")
    does: Mapped[str] = mapped_column(String(600), default="")
    does_not: Mapped[str] = mapped_column(String(600), default="")
    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)


class Staff(HasId, UserMixin, Base):  # type: ignore[misc]
    """A professional with an account. The columns from `fs_uniquifier` on are for signing in.

    password_is_initial: an administrator has seen it, so its owner must choose another.
    tf_last_counter: the last one-time code that was used. tf_recovery_codes: SHA-256, spaced.
    """

    __tablename__ = "staff"
    name: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(80), default="")
    email: Mapped[str] = mapped_column(String(255), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    language: Mapped[str] = mapped_column(String(10), default="sv")
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    tf_primary_method: Mapped[str | None] = mapped_column(String(64))
    tf_totp_secret: Mapped[str | None] = mapped_column(String(255))
    tf_last_counter: Mapped[int | None]
    tf_recovery_codes: Mapped[str] = mapped_column(String(600), default="")
    password_is_initial: Mapped[bool] = mapped_column(Boolean, default=False)
    assignments: Mapped[list[Assignment]] = relationship(back_populates="staff")

    roles: list[RoleMixin] = []  # noqa: RUF012  Flask-Security's; ours are assignments


_IN_FORCE = "role = 'ansvarig' AND until_on IS NULL"


class Assignment(HasId, Base):
    """A person has a role in a unit, or with no unit in the whole organisation, for a time.

    mandate: the reference and day of the decision that gives an ansvarig who is not the one who
    decides in the unit the mandate to do so; empty: it is the own.
    """

    __tablename__ = "assignment"
    # One ansvarig in a unit, also when two administrators appoint in the same moment. One whose
    # day to end is set leaves room for the next.
    __table_args__ = (
        Index(
            "ix_assignment_ansvarig",
            "unit_id",
            unique=True,
            sqlite_where=text(_IN_FORCE),
            postgresql_where=text(_IN_FORCE),
        ),
    )
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), index=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"), index=True)
    role: Mapped[Role]
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    mandate: Mapped[str] = mapped_column(String(120), default="")
    staff: Mapped[Staff] = relationship(back_populates="assignments")
    unit: Mapped[Unit | None] = relationship()
    organisation: Mapped[Organisation] = relationship()

    def is_active(self, on: date) -> bool:
        return _covers(self.from_on, self.until_on, on)


# Made once: every conversation asks these, and to build them takes as long as to run them. A list
# of values (`in_`) would be written into the statement anew each time.
_IS_NEAR = or_(
    Unit.id == bindparam("place"),
    Unit.id == bindparam("unit_id"),
    or_(*(Unit.kind == kind for kind in FUNCTIONS))
    & or_(
        Unit.municipality == bindparam("municipality"),
        Unit.municipality
        == select(Unit.municipality).where(Unit.id == bindparam("place")).scalar_subquery(),
    ),
)
_ANSWERS = or_(Assignment.role == Role.ANSVARIG, Assignment.role == Role.DEPUTY)
_ANSWERING = (
    select(Assignment.role, Assignment.from_on, Assignment.until_on, Staff.id, Staff.name)
    .join(Staff)
    .where(Assignment.unit_id == bindparam("unit_id"), _ANSWERS, Staff.active)
)
_NEAR = (
    select(Unit.id, Unit.name, Unit.kind, Unit.municipality, Organisation.joined_on)
    .add_columns(Organisation.id, Organisation.wrapped_key, *_ANSWERING.selected_columns)
    .select_from(Unit)
    .join(Organisation)
    .outerjoin(Assignment, (Assignment.unit_id == Unit.id) & _ANSWERS)
    .outerjoin(Staff, (Staff.id == Assignment.staff_id) & Staff.active)
    .where(_IS_NEAR)
    .order_by(Unit.id)
)


class Named(NamedTuple):
    id: str
    name: str


@dataclass
class Near:
    """A unit that a case can come to. wrapped_key: its huvudman's. answering: by role."""

    unit: RoutingUnit
    organisation_id: str
    wrapped_key: bytes
    answering: dict[Role, Named] = field(default_factory=dict)

    @property
    def ansvarig(self) -> Named | None:
        """The Barnets bästa-ansvarig, else the deputy, else nobody."""
        return _first(self.answering)


def near(
    session: Session, place: str | None, municipality: str, unit_id: str, on: date
) -> dict[str, Near]:
    """By their ids: the unit of the child's place, whom its municipality and the child's can turn
    to, and a unit beside. A county's hundreds of schools stay where they are."""
    asked = {"place": place, "municipality": municipality, "unit_id": unit_id}
    found: dict[str, Near] = {}
    for row in session.connection().execute(_NEAR, asked):
        id_, name, kind, where, joined_on, organisation_id, wrapped_key, *answers = row
        if id_ not in found:
            unit = RoutingUnit(id_, name, UnitKind(kind), where, joined=joined_on is not None)
            found[id_] = Near(unit, organisation_id, wrapped_key)
        role, begins, ends, *who = answers
        if who[0] and _covers(begins, ends, on):
            found[id_].answering[role] = Named(*who)
    return found


def ansvarig_of(session: Session, unit_id: str, on: date) -> Staff | None:
    """The unit's Barnets bästa-ansvarig on a day, else the deputy, else nobody."""
    id_ = ansvarig_id(session, unit_id, on)
    return session.get_one(Staff, id_) if id_ else None


def ansvarig_id(session: Session, unit_id: str, on: date) -> str | None:
    rows = session.connection().execute(_ANSWERING, {"unit_id": unit_id})
    answering = {
        role: Named(*who) for role, begins, ends, *who in rows if _covers(begins, ends, on)
    }
    found = _first(answering)
    return found and found.id


def works_in(staff: Staff, unit_id: str, on: date) -> bool:
    return any(a.unit_id == unit_id and a.is_active(on) for a in staff.assignments)


def _first(answering: Mapping[Role, Named]) -> Named | None:
    return answering.get(Role.ANSVARIG) or answering.get(Role.DEPUTY)


def _covers(from_on: date, until_on: date | None, on: date) -> bool:
    return from_on <= on and (until_on is None or on < until_on)
