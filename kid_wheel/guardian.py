"""A child's vårdnadshavare in a case: whom consent is asked of and who has a voice of their own.

It must never join two guardians' words, nor tell one of them that the other exists in the case.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session

from .case import InCase
from .db import Base

# Signs that stand for nothing: a guardian with several children here sees whose page is open.
MARKS = ("boat", "leaf", "drop", "mountain", "sun", "flower")


class NoName(ValueError):
    """Skriv vad vårdnadshavaren heter."""


class UnknownMark(ValueError):
    """Märket finns inte."""


class Guardian(InCase, Base):
    """content: name, relation (free words), telephone, email, language, custody ("sole", "joint"),
    interpreter, suspended_because, mark (one of MARKS). suspended_at: from then on the guardian
    reaches nothing and is told nothing."""

    __tablename__ = "guardian"
    added_at: Mapped[datetime]
    suspended_at: Mapped[datetime | None]

    def is_counted(self, at: datetime) -> bool:
        """Whether the guardian is asked and counted at a moment."""
        return self.added_at <= at and not (self.suspended_at and self.suspended_at <= at)


def guardians_of(session: Session, case_id: str) -> list[Guardian]:
    """In the order they were added, those whose access is suspended too."""
    wanted = select(Guardian).where(Guardian.case_id == case_id)
    return list(session.scalars(wanted.order_by(Guardian.added_at, Guardian.id)))


def add(
    session: Session, key: bytes, case_id: str, words: dict[str, Any], at: datetime
) -> Guardian:
    _check(words)
    made = Guardian(case_id=case_id, added_at=at)
    made.write(key, words)
    session.add(made)
    return made


def change(guardian: Guardian, key: bytes, words: dict[str, Any]) -> None:
    _check(words)
    guardian.write(key, {**guardian.read(key), **words})


def mark_of(guardian: Guardian, key: bytes) -> str:
    """The sign of the guardian's own room: the one that was chosen, else one of them."""
    return str(guardian.read(key).get("mark") or MARKS[int(guardian.id[:8], 16) % len(MARKS)])


def choose_mark(guardian: Guardian, key: bytes, mark: str) -> None:
    if mark not in MARKS:
        raise UnknownMark
    guardian.write(key, {**guardian.read(key), "mark": mark})


def suspend(guardian: Guardian, key: bytes, because: str, at: datetime) -> None:
    """From now on neither asked, counted nor told; nobody is notified. It is not taken back: who
    is to be asked again is added anew, so that no earlier answer comes to life."""
    if guardian.suspended_at is None:
        guardian.suspended_at = at
        guardian.write(key, {**guardian.read(key), "suspended_because": because})


def _check(words: dict[str, Any]) -> None:
    if not str(words.get("name", "")).strip():
        raise NoName
