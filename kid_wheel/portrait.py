"""The photograph of a member of staff, so that a child who cannot read knows them on a card.

It must never be of anybody who has not said yes, nor outlive the account: it goes for good when
the person or the administrator takes it away, and when the account is closed.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .db import Base
from .people import Assignment, Staff
from .photo import make_picture

NAME_LETTERS = 16  # of SHA-256: what a photograph is called on a tablet and in a record


class Portrait(Base):
    """One for a person, as WebP, the same in every unit. name: the beginning of its SHA-256."""

    __tablename__ = "portrait"
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_LETTERS), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    added_at: Mapped[datetime]


def keep(session: Session, staff_id: str, given: bytes, now: datetime) -> Portrait:
    """In the place of the one before. Raises one of photo.REFUSALS."""
    content = make_picture(given)
    remove(session, staff_id)
    name = hashlib.sha256(content).hexdigest()[:NAME_LETTERS]
    made = Portrait(staff_id=staff_id, name=name, content=content, added_at=now)
    session.add(made)
    return made


def remove(session: Session, staff_id: str) -> bool:
    """For good, also from the conversations where a child has chosen the person."""
    found = session.get(Portrait, staff_id)
    if found is not None:
        session.delete(found)
        session.flush()
    return found is not None


def of_unit(session: Session, unit_id: str, on: date) -> dict[str, str]:
    """{staff id: name of the portrait} of those who work in a unit on a day."""
    rows = session.execute(
        select(Portrait.staff_id, Portrait.name, Assignment)
        .join(Assignment, Assignment.staff_id == Portrait.staff_id)
        .join(Staff, Staff.id == Portrait.staff_id)
        .where(Assignment.unit_id == unit_id, Staff.active)
        .order_by(Portrait.staff_id)
    )
    return {staff_id: name for staff_id, name, assigned in rows if assigned.is_active(on)}


def content_of(session: Session, unit_id: str, name: str) -> bytes | None:
    """A portrait of somebody who works in a unit, or did when a child chose them there."""
    of_the_unit = select(Assignment.staff_id).where(Assignment.unit_id == unit_id)
    wanted = select(Portrait.content).where(Portrait.name == name)
    return session.scalar(wanted.where(Portrait.staff_id.in_(of_the_unit)))
