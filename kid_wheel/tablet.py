"""A surfplatta that a unit uses: enrolled once, recognised by a secret of its own, revocable.

It must never be able to read anything back from the hub about a child.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from .config import ENROLMENT_LIFETIME
from .db import Base, HasId
from .people import Unit

# Crockford's letters: nothing that looks like something else, no vowels but A and E.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 8  # 40 bits, single use, 15 minutes, and tries are counted


class TabletState(StrEnum):
    INVITED = "invited"
    ENROLLED = "enrolled"
    REVOKED = "revoked"


class UnknownCode(Exception):
    """Koden stämmer inte."""


class UsedCode(Exception):
    """Koden är redan använd."""


class ExpiredCode(Exception):
    """Koden gäller inte längre."""


class UnknownTablet(Exception):
    """Surfplattan är inte ansluten."""


class RevokedTablet(Exception):
    """Surfplattan är spärrad."""

    def __init__(self, tablet_id: str) -> None:
        super().__init__(tablet_id)
        self.tablet_id = tablet_id


class Tablet(HasId, Base):
    """One tablet. The code and the token are kept only as SHA-256."""

    __tablename__ = "tablet"
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    state: Mapped[TabletState] = mapped_column(default=TabletState.INVITED)
    code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    code_until: Mapped[datetime | None]
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    enrolled_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    unit: Mapped[Unit] = relationship(lazy="joined", innerjoin=True)

    @property
    def municipality(self) -> str:
        return self.unit.municipality


class Sender(NamedTuple):
    """As much of a tablet as it takes to receive what it sends. municipality: its unit's."""

    id: str
    unit_id: str
    municipality: str


# Made once: every request of a tablet asks this, and to build it takes as long as to run it.
_BY_TOKEN = (
    select(Tablet.id, Tablet.unit_id, Unit.municipality, Tablet.state, Tablet.seen_at)
    .join(Unit)
    .where(Tablet.token_hash == bindparam("token_hash"))
)


def invite(session: Session, unit: Unit, name: str, now: datetime) -> tuple[Tablet, str]:
    """A new tablet and the code that enrols it, shown once."""
    tablet = Tablet(unit=unit, name=name, created_at=now)
    session.add(tablet)
    return tablet, renew_code(tablet, now)


def renew_code(tablet: Tablet, now: datetime) -> str:
    """A fresh code for the same tablet; the older code and the older token stop working."""
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    tablet.code_hash = _hash(code)
    tablet.code_until = now + ENROLMENT_LIFETIME
    tablet.state = TabletState.INVITED
    tablet.token_hash = None
    return code


def enrol(session: Session, typed: str, now: datetime) -> tuple[Tablet, str]:
    """The tablet that a code belongs to, now enrolled, and its token, shown once."""
    tablet = session.scalar(select(Tablet).where(Tablet.code_hash == _hash(tidy_code(typed))))
    if tablet is None:
        raise UnknownCode
    if tablet.state != TabletState.INVITED:
        raise UsedCode
    if tablet.code_until is None or now > tablet.code_until:
        raise ExpiredCode
    token = secrets.token_urlsafe(32)
    tablet.state, tablet.token_hash = TabletState.ENROLLED, _hash(token)
    tablet.enrolled_at = tablet.seen_at = now
    return tablet, token


def recognise(session: Session, token: str, now: datetime) -> Sender:
    """The tablet that a token belongs to."""
    row = _by_token(session, token)
    if row is None:
        raise UnknownTablet
    *found, state, seen_at = row
    sender = Sender(*found)
    if state == TabletState.REVOKED:
        raise RevokedTablet(sender.id)
    if seen_at is None or (now - seen_at).total_seconds() > 60:
        session.get_one(Tablet, sender.id).seen_at = now
    return sender


def find_by_token(session: Session, token: str) -> Sender | None:
    """Whose token it is, whatever has become of the tablet. Not enough to let it in."""
    row = _by_token(session, token)
    return None if row is None else Sender(*row[:3])


def revoke(tablet: Tablet, now: datetime) -> None:
    """A lost tablet: it may send nothing more. Its token is kept so that it can be told so."""
    tablet.state, tablet.revoked_at, tablet.code_until = TabletState.REVOKED, now, None


def tidy_code(typed: str) -> str:
    """A code as a person types it: any case, with spaces or dashes, O for 0 and I or L for 1."""
    kept = "".join(letter for letter in typed.upper() if letter.isalnum())
    return kept.translate(str.maketrans("OIL", "011"))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _by_token(session: Session, token: str) -> Any:
    return session.connection().execute(_BY_TOKEN, {"token_hash": _hash(token)}).one_or_none()
