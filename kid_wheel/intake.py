"""How a sealed conversation comes into the hub, by net or from a rescued tablet: exactly once.

It must never let go of a conversation in silence: it is received, or refused with a named reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from . import audit
from .case import receive
from .conversation import (
    Conversation,
    NotARecord,
    OtherId,
    Record,
    TooLarge,
    Truncated,
    UnknownFormat,
    digest,
    open_sealed,
)
from .db import read_only
from .keys import BrokenSeal, KeyRing, UnknownKey
from .tablet import Tablet


class OtherBytes(Exception):
    """Navet har redan ett samtal med samma nummer men annat innehåll."""


# Why a conversation can be refused, and the word for it in the audit log and in the protocol.
REASONS: dict[type[Exception], str] = {
    TooLarge: "too-large",
    Truncated: "truncated",
    OtherId: "other-id",
    OtherBytes: "other-bytes",
    UnknownFormat: "unknown-format",
    UnknownKey: "unknown-key",
    BrokenSeal: "broken-seal",
    NotARecord: "not-a-record",
}
REFUSALS = tuple(REASONS)


_KNOWN = select(Conversation.id).where(Conversation.id == bindparam("id"))


@dataclass(frozen=True)
class Receipt:
    """Who has the conversation now. `is_new`: this delivery brought it."""

    conversation: Conversation
    is_new: bool


def take_in(
    session: Session,
    ring: KeyRing,
    sealed: bytes,
    expected_id: str,
    whose: Callable[[Record | None], Tablet | None],
    now: datetime,
    event: str = "conversation:received",
) -> Receipt:
    """Receive one sealed conversation, whatever is repeated or reordered, and commit.

    whose: finds the tablet, in each transaction anew, since it can be revoked between them; it
    is asked with no record before the seal is opened and may then answer None. Raises one of
    REFUSALS, with its audit event committed, or what `whose` raises.
    """
    sent = digest(sealed)
    ids, is_known = _look_up(session, expected_id, whose)
    if is_known:
        here = session.get_one(Conversation, expected_id)
        return _received_before(session, here, sent, whose(None), now)
    try:
        record, packed = open_sealed(ring, sealed, expected_id)
    except REFUSALS as error:
        refuse(session, REASONS[type(error)], now, conversation_id=expected_id, **ids)
        raise
    try:
        return _receive(session, ring, record, packed, sent, whose(record), now, event)
    except IntegrityError:
        session.rollback()  # another delivery of the same conversation was first
        known = session.get(Conversation, expected_id)
        if known is None:
            raise
        return _received_before(session, known, sent, whose(record), now)


def refuse(session: Session, reason: str, now: datetime, **ids: str | None) -> None:
    """Remember that a conversation was refused and why, never what it held; commit.

    reason: a word from REASONS, or one that says why the tablet was not let in.
    """
    session.rollback()  # what came before only looked
    audit.record(session, "conversation:refused", now, detail=reason, **ids)
    session.commit()


def _look_up(
    session: Session, expected_id: str, whose: Callable[[Record | None], Tablet | None]
) -> tuple[dict[str, str | None], bool]:
    """Whose it is and whether it is here, without a turn at writing: nor does opening need one."""
    read_only(session)
    with session.no_autoflush:
        ids = _ids(whose(None))
        known = session.scalar(_KNOWN, {"id": expected_id})
    session.rollback()
    return ids, known is not None


def _receive(
    session: Session,
    ring: KeyRing,
    record: Record,
    packed: bytes,
    sent: str,
    tablet: Tablet | None,
    now: datetime,
    event: str,
) -> Receipt:
    assert tablet is not None  # `whose` names a tablet or raises, given a record
    received = receive(session, ring, record, packed, sent, tablet, now)
    ids = _ids(tablet) | {"case_id": received.case_id, "conversation_id": received.id}
    audit.record(session, event, now, staff_id=record["staff"], **ids)
    session.commit()
    return Receipt(received, is_new=True)


def _received_before(
    session: Session, known: Conversation, sent: str, tablet: Tablet | None, now: datetime
) -> Receipt:
    # The bytes alone decide. A tablet that was enrolled anew is another tablet to us, and must
    # get its receipt for what it sent before.
    if known.digest == sent:
        session.commit()
        return Receipt(known, is_new=False)
    refuse(session, REASONS[OtherBytes], now, conversation_id=known.id, **_ids(tablet))
    raise OtherBytes


def _ids(tablet: Tablet | None) -> dict[str, str | None]:
    return {"tablet_id": tablet.id, "unit_id": tablet.unit_id} if tablet else {}
