"""A guardian's way in: one link that opens once, a code told by another way, and a short session.

It must never be a member of staff's session, open another guardian's room, nor tell why it is shut.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from .case import Case, CaseState
from .config import GUARDIAN_IDLE, GUARDIAN_SESSION, INVITATION_LIFETIME
from .db import Base, HasId
from .guardian import Guardian
from .keys import KeyRing

CODE_LENGTH = 6  # digits: they can be said in any language on any telephone
ROOM_LENGTH = 16  # letters of a room's part of its address
MAX_TRIES = 5  # wrong codes before a link is dead
SEEN_EVERY_S = 60  # a page that is read often does not write each time


class InvitationState(StrEnum):
    WAITING = "waiting"
    OPEN = "open"  # the guardian is, or can be, in the room now
    USED = "used"  # was opened, and the session is over
    RETURNING = "returning"  # the same, but the one who logged in can come back the same way
    EXPIRED = "expired"
    LOCKED = "locked"  # too many wrong codes
    REVOKED = "revoked"


class Shut(Exception):
    """Länken är inte öppen. Be om en ny."""


class WrongCode(Shut):
    """Det gick inte. Koden kan vara fel."""

    def __init__(self, invitation: Invitation) -> None:
        super().__init__(invitation.id)
        self.invitation = invitation


class OtherPerson(Shut):
    """Länken hör till någon annan."""

    def __init__(self, invitation: Invitation) -> None:
        super().__init__(invitation.id)
        self.invitation = invitation


class Invitation(HasId, Base):
    """One link to one guardian's room in one case. Link, code and session only as SHA-256; the
    code's together with the link, since six digits alone are soon guessed. person_hash: of whoever
    logged in with the huvudman's identity provider when the link was opened, under the case's key;
    None: it was opened with the code alone.

    language: of the first page, then what the guardian chose. pictures: shown beside the words.
    """

    __tablename__ = "invitation"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    guardian_id: Mapped[str] = mapped_column(ForeignKey("guardian.id"), index=True)
    language: Mapped[str] = mapped_column(String(10))
    pictures: Mapped[bool] = mapped_column(default=True)
    link_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    until: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    person_hash: Mapped[str | None] = mapped_column(String(64))
    session_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    session_until: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    case: Mapped[Case] = relationship()
    guardian: Mapped[Guardian] = relationship()

    def state(self, at: datetime) -> InvitationState:
        if self.revoked_at is not None:
            return InvitationState.REVOKED
        if self.opened_at is not None:
            if self._is_in_session(at):
                return InvitationState.OPEN
            return InvitationState.RETURNING if self.person_hash else InvitationState.USED
        if self.tries >= MAX_TRIES:
            return InvitationState.LOCKED
        return InvitationState.WAITING if at <= self.until else InvitationState.EXPIRED

    @property
    def room(self) -> str:
        """What the room's address and cookie are called: tells apart the rooms that one browser
        has open, and says nothing of whose they are."""
        return _room(self.link_hash)

    def may_be_here(self, at: datetime) -> bool:
        """Whether there is a room behind the link at all."""
        over = self.case.state in (CaseState.CLOSED, CaseState.VOID)
        return self.guardian.is_counted(at) and not over

    def _is_in_session(self, at: datetime) -> bool:
        if self.session_hash is None or self.session_until is None or self.seen_at is None:
            return False
        return at <= self.session_until and at - self.seen_at <= GUARDIAN_IDLE


def invite(
    session: Session, guardian: Guardian, language: str, by: str, at: datetime
) -> tuple[Invitation, str, str]:
    """A new way in, its link's secret and its code, each shown once. What the guardian had before,
    a link or a session, ends."""
    for earlier in invitations_of(session, guardian.id):
        revoke(earlier, at)
    link = secrets.token_urlsafe(24)
    code = f"{secrets.randbelow(10**CODE_LENGTH):0{CODE_LENGTH}}"
    made = Invitation(
        case_id=guardian.case_id,
        guardian_id=guardian.id,
        language=language,
        link_hash=_hash(link),
        code_hash=_hash(f"{link}/{code}"),
        tries=0,
        pictures=True,
        made_at=at,
        made_by=by,
        until=at + INVITATION_LIFETIME,
    )
    session.add(made)
    return made, link, code


def invitations_of(session: Session, guardian_id: str) -> list[Invitation]:
    """The newest first."""
    wanted = select(Invitation).where(Invitation.guardian_id == guardian_id)
    return list(session.scalars(wanted.order_by(Invitation.made_at.desc(), Invitation.id)))


def is_link_of(invitation: Invitation, link: str) -> bool:
    return hmac.compare_digest(invitation.link_hash, _hash(link))


def room_of(link: str) -> str:
    """The room that a link leads to, whether or not there is one."""
    return _room(_hash(link))


def check(session: Session, link: str, typed: str, at: datetime) -> Invitation:
    """The invitation that a link and its code would open now; else Shut. A wrong code is counted on
    the row also then, so the caller commits."""
    found = _of_link(session, link, at)
    if found.state(at) is not InvitationState.WAITING:
        raise Shut
    if not hmac.compare_digest(found.code_hash, _hash(f"{link}/{_digits(typed)}")):
        found.tries += 1
        raise WrongCode(found)
    return found


def enter(
    session: Session, link: str, typed: str, language: str, at: datetime
) -> tuple[Invitation, str]:
    """The invitation, opened for the only time, and its session's secret; else as `check`."""
    found = check(session, link, typed, at)
    return found, _open(found, language, at)


def returning(session: Session, link: str, at: datetime) -> Invitation:
    """The invitation that somebody has logged in to and may come back to; else Shut."""
    found = _of_link(session, link, at)
    if found.person_hash is None or found.revoked_at is not None:
        raise Shut
    return found


def enter_as(
    session: Session,
    ring: KeyRing,
    link: str,
    person: str,
    language: str,
    at: datetime,
    *,
    has_code: bool,
) -> tuple[Invitation, str]:
    """As `enter`, for somebody whom the huvudman's identity provider knows. With the code the link
    is opened, for the only time, and is theirs; afterwards they alone come back with it."""
    found = _of_link(session, link, at)
    mark = hmac.new(found.case.key(ring), person.encode(), hashlib.sha256).hexdigest()
    if has_code and found.state(at) is InvitationState.WAITING:
        found.person_hash = mark
        return found, _open(found, language, at)
    found = returning(session, link, at)
    if not hmac.compare_digest(found.person_hash or "", mark):
        raise OtherPerson(found)
    return found, _open(found, language, at)


def recognise(session: Session, room: str, token: str, at: datetime) -> Invitation:
    """Whose session a secret is, in the room that it is for; Shut for every reason there can be."""
    found = session.scalar(select(Invitation).where(Invitation.session_hash == _hash(token)))
    if found is None or found.room != room:
        raise Shut
    if found.state(at) is not InvitationState.OPEN or not found.may_be_here(at):
        raise Shut
    if found.seen_at is None or (at - found.seen_at).total_seconds() > SEEN_EVERY_S:
        found.seen_at = at
    return found


def leave(invitation: Invitation) -> None:
    invitation.session_hash = None


def revoke(invitation: Invitation, at: datetime) -> None:
    invitation.revoked_at = invitation.revoked_at or at


def form_token(token: str) -> str:
    """What a form of the session carries, so that no other page can send it."""
    return _hash(f"form/{token}")


def _of_link(session: Session, link: str, at: datetime) -> Invitation:
    wanted = select(Invitation).where(Invitation.link_hash == _hash(link))
    found = session.scalar(wanted.with_for_update())
    if found is None or not found.may_be_here(at):
        raise Shut
    return found


def _open(found: Invitation, language: str, at: datetime) -> str:
    token = secrets.token_urlsafe(32)
    found.opened_at = found.opened_at or at
    found.seen_at = at
    found.session_hash, found.session_until = _hash(token), at + GUARDIAN_SESSION
    found.language = language
    return token


def _room(link_hash: str) -> str:
    return _hash(f"room/{link_hash}")[:ROOM_LENGTH]


def _digits(typed: str) -> str:
    """A code as a person types it, in the digits of any script."""
    return "".join(str(unicodedata.digit(one)) for one in typed if one.isdigit())


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
