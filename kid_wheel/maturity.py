"""Who decides about sharing for a child: the guardians, both they and the child, or the child.

It must never be read from a birth year: the law has no fixed age, so a person assesses and says
what the assessment rests on.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .case import InCase
from .db import Base


class Capacity(StrEnum):
    GUARDIAN_ONLY = "guardian_only"
    BOTH = "guardian_and_youth"
    YOUTH_ONLY = "youth_only"


class NoAssessment(ValueError):
    """Skriv vad bedömningen av barnets mognad bygger på."""


class Maturity(InCase, Base):
    """content: motive. The newest assessment counts; the earlier ones are kept."""

    __tablename__ = "maturity"
    capacity: Mapped[Capacity]
    assessed_at: Mapped[datetime]
    assessed_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))


def assess(
    session: Session,
    key: bytes,
    case_id: str,
    capacity: Capacity,
    motive: str,
    by: str,
    at: datetime,
) -> Maturity:
    if not motive.strip():
        raise NoAssessment
    made = Maturity(case_id=case_id, capacity=capacity, assessed_at=at, assessed_by=by)
    made.write(key, {"motive": motive.strip()})
    session.add(made)
    return made


def assessment_of(session: Session, case_id: str, at: datetime) -> Maturity | None:
    """The assessment that counted at a moment."""
    wanted = select(Maturity).where(Maturity.case_id == case_id, Maturity.assessed_at <= at)
    return session.scalars(wanted.order_by(Maturity.assessed_at.desc())).first()
