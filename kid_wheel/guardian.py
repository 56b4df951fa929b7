"""A child's vårdnadshavare in a case: whom consent is asked of and who has a voice of their own.

It must never join two guardians' words, nor tell one of them that the other exists in the case.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session

from .case import InCase
from .db import Base


class Guardian(InCase, Base):
    """content: name, relation (free words), telephone, email, language, custody ("sole", "joint"),
    interpreter. suspended_at: from then on the guardian reaches nothing and is told nothing."""

    __tablename__ = "guardian"
    added_at: Mapped[datetime]
    suspended_at: Mapped[datetime | None]


def guardians_of(session: Session, case_id: str) -> list[Guardian]:
    """In the order they were added, those whose access is suspended too."""
    wanted = select(Guardian).where(Guardian.case_id == case_id).order_by(Guardian.added_at)
    return list(session.scalars(wanted))
