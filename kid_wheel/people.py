"""Huvudmän, their units, the staff and what each of them is asked to do.

It must never decide what somebody may read: that is `permissions`.
"""

from __future__ import annotations

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
from .routing import Directory, UnitKind
from .routing import Unit as RoutingUnit

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
_NEAR = (
    select(Unit.id, Unit.name, Unit.kind, Unit.municipality, Organisation.joined_on)
    .join(Organisation)
    .where(
        or_(
            Unit.id == bindparam("place"),
            or_(*(Unit.kind == kind for kind in FUNCTIONS))
            & or_(
                Unit.municipality == bindparam("municipality"),
                Unit.municipality
                == select(Unit.municipality).where(Unit.id == bindparam("place")).scalar_subquery(),
            ),
        )
    )
    .order_by(Unit.id)
)


def directory(session: Session, place: str | None, municipality: str) -> Directory:
    """What routing asks for about one child: the unit of the place (an id), and whom its
    municipality and the child's can turn to. A county's hundreds of schools stay where they are."""
    rows = session.connection().execute(_NEAR, {"place": place, "municipality": municipality})
    return Directory(
        [
            RoutingUnit(id_, name, UnitKind(kind), municipality, joined=joined is not None)
            for id_, name, kind, municipality, joined in rows
        ]
    )


class Named(NamedTuple):
    id: str
    name: str


_ANSWERING = (
    select(Assignment.role, Assignment.from_on, Assignment.until_on, Staff.id, Staff.name)
    .join(Staff)
    .where(Assignment.unit_id == bindparam("unit_id"))
    .where(or_(Assignment.role == Role.ANSVARIG, Assignment.role == Role.DEPUTY))
    .where(Staff.active)
)


def ansvarig_of(session: Session, unit_id: str, on: date) -> Staff | None:
    """The unit's Barnets bästa-ansvarig on a day, else the deputy, else nobody."""
    id_ = ansvarig_id(session, unit_id, on)
    return session.get_one(Staff, id_) if id_ else None


def ansvarig_named(session: Session, unit_id: str, on: date) -> Named | None:
    """Of the same person, no more than the id and the name."""
    rows = session.connection().execute(_ANSWERING, {"unit_id": unit_id})
    found = {
        role: Named(id_, name)
        for role, begins, ends, id_, name in rows
        if _covers(begins, ends, on)
    }
    return found.get(Role.ANSVARIG) or found.get(Role.DEPUTY)


def ansvarig_id(session: Session, unit_id: str, on: date) -> str | None:
    found = ansvarig_named(session, unit_id, on)
    return found and found.id


def works_in(staff: Staff, unit_id: str, on: date) -> bool:
    return any(a.unit_id == unit_id and a.is_active(on) for a in staff.assignments)


def _covers(from_on: date, until_on: date | None, on: date) -> bool:
    return from_on <= on and (until_on is None or on < until_on)
