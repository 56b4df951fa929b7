"""Somebody in the child's own network: mormor, a trainer; invited when there is a samtycke.

It must never get an account, nor a document.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session

from .case import InCase
from .db import Base


class NoName(ValueError):
    """Skriv vem det är: namnet, eller vad barnet kallar personen."""


class NetworkPerson(InCase, Base):
    """content: name, relation, areas, why, language."""

    __tablename__ = "network_person"
    added_at: Mapped[datetime]


def add(
    session: Session, key: bytes, case_id: str, words: dict[str, Any], at: datetime
) -> NetworkPerson:
    if not str(words.get("name", "")).strip():
        raise NoName
    made = NetworkPerson(case_id=case_id, added_at=at)
    made.write(key, words)
    session.add(made)
    return made


def network_of(session: Session, case_id: str) -> Sequence[NetworkPerson]:
    wanted = select(NetworkPerson).where(NetworkPerson.case_id == case_id)
    return session.scalars(wanted.order_by(NetworkPerson.added_at, NetworkPerson.id)).all()
