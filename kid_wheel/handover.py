"""Who answers for a case, and how it passes to somebody else without ever being nobody's.

It must never take a case from its ansvarig before the new one has accepted it.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from .case import Case, InCase
from .db import Base, HasId
from .people import Staff, Unit


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
    """An offer of a case to another unit. content: reason. accepted_at and declined_at: at most
    one of them; until accepted_at the one who offered answers for the case."""

    __tablename__ = "handover"
    from_staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    to_unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"), index=True)
    offered_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    accepted_by: Mapped[str | None] = mapped_column(String(36))
    to_unit: Mapped[Unit] = relationship()


def delegation_of(session: Session, case: Case, staff_id: str, on: date) -> Delegation | None:
    """The delegation that a colleague has on a day, if any."""
    return session.scalar(
        select(Delegation)
        .where(Delegation.case_id == case.id, Delegation.staff_id == staff_id)
        .where(Delegation.revoked_at.is_(None), Delegation.until_on >= on)
    )


def delegated_cases(staff_id: str, on: date) -> Select[str]:
    """The ids of the cases that a colleague works with on a day."""
    return select(Delegation.case_id).where(
        Delegation.staff_id == staff_id,
        Delegation.revoked_at.is_(None),
        Delegation.until_on >= on,
    )
