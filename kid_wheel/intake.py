"""How a sealed conversation comes into the hub, by net or from a rescued tablet: exactly once.

It must never let go of a conversation in silence: it is received, or refused with a named reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from . import audit
from .case import Case, NewCase, OtherKind, Receipt, find_receipt, receive, think_out
from .conversation import (
    NotARecord,
    OtherId,
    Record,
    TooLarge,
    Truncated,
    UnknownFormat,
    digest,
    open_sealed,
)
from .db import read_only, take_turn
from .guardian_record import is_guardians
from .keys import BrokenSeal, KeyRing, UnknownKey
from .placing import place_by_number
from .tablet import Sender, Tablet


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


@dataclass(frozen=True)
class Taken:
    """A conversation that is in the hub. `is_new`: this delivery brought it."""

    receipt: Receipt
    is_new: bool


def take_in(
    session: Session,
    ring: KeyRing,
    sealed: bytes,
    expected_id: str,
    whose: Callable[[Record | None], Tablet | Sender | None],
    now: datetime,
    event: str = "conversation:received",
) -> Taken:
    """Receive one sealed conversation, whatever is repeated or reordered, and commit.

    whose: finds the tablet, and again when it is our turn to write, since it can be revoked
    meanwhile; it is asked with no record before the seal is opened and may then answer None.
    Raises one of REFUSALS, with its audit event committed, or what `whose` raises.
    """
    sent = digest(sealed)
    sender = _look_up(session, whose)
    try:
        record, packed = open_sealed(ring, sealed, expected_id)
    except REFUSALS as error:
        if known := find_receipt(session, expected_id):
            session.rollback()
            return _received_before(session, known, sent, whose(None), now)
        refuse(session, REASONS[type(error)], now, conversation_id=expected_id, **_ids(sender))
        raise
    new = _think_out(session, ring, record, sender, now)
    take_turn(session)
    try:
        return _receive(session, ring, record, packed, sent, whose(record), now, event, new)
    except (IntegrityError, OtherKind):
        session.rollback()
    known = find_receipt(session, expected_id)
    if known is None:  # two cases have drawn the same code: draw again
        return _receive(session, ring, record, packed, sent, whose(record), now, event)
    # Another delivery of the same conversation was first.
    return _received_before(session, known, sent, whose(record), now)


def refuse(session: Session, reason: str, now: datetime, **ids: str | None) -> None:
    """Remember that a conversation was refused and why, never what it held; commit.

    reason: a word from REASONS, or one that says why the tablet was not let in.
    """
    session.rollback()  # what came before only looked
    audit.record(session, "conversation:refused", now, detail=reason, **ids)
    session.commit()


def _look_up(
    session: Session, whose: Callable[[Record | None], Tablet | Sender | None]
) -> Tablet | Sender | None:
    """Whose it is, without a turn at writing: nor does opening the seal need one. The transaction
    goes on."""
    read_only(session)
    with session.no_autoflush:
        return whose(None)


def _think_out(
    session: Session, ring: KeyRing, record: Record, sender: Tablet | Sender | None, now: datetime
) -> NewCase | None:
    """The case that the conversation opens, while nobody waits: what writes holds up all others."""
    if sender is None or "case_code" in record["child"]:
        return None
    with session.no_autoflush:
        return think_out(session, ring, record["child"], sender, now)


def _receive(
    session: Session,
    ring: KeyRing,
    record: Record,
    packed: bytes,
    sent: str,
    tablet: Tablet | Sender | None,
    now: datetime,
    event: str,
    new: NewCase | None = None,
) -> Taken:
    assert tablet is not None  # `whose` names a tablet or raises, given a record
    received = receive(session, ring, record, packed, sent, tablet, now, new)
    ids = _ids(tablet) | {"case_id": received.case_id, "staff_id": record["staff"]}
    if is_guardians(record):
        _receive_guardians(session, ring, record, received, ids, now, event)
    else:
        audit.record(session, event, now, conversation_id=received.id, **ids)
    session.commit()
    return Taken(received, is_new=True)


def _receive_guardians(
    session: Session,
    ring: KeyRing,
    record: Record,
    received: Receipt,
    ids: dict[str, str | None],
    now: datetime,
    event: str,
) -> None:
    verb = event.partition(":")[2]
    audit.record(session, f"guardian_record:{verb}", now, detail=received.id, **ids)
    key = session.get_one(Case, received.case_id).key(ring)
    if whose := place_by_number(session, key, record):
        audit.record(session, "guardian_record:placed", now, detail=whose, **ids)


def _received_before(
    session: Session, known: Receipt, sent: str, tablet: Tablet | Sender | None, now: datetime
) -> Taken:
    # The bytes alone decide. A tablet that was enrolled anew is another tablet to us, and must
    # get its receipt for what it sent before.
    if known.digest == sent:
        session.commit()
        return Taken(known, is_new=False)
    refuse(session, REASONS[OtherBytes], now, conversation_id=known.id, **_ids(tablet))
    raise OtherBytes


def _ids(tablet: Tablet | Sender | None) -> dict[str, str | None]:
    return {"tablet_id": tablet.id, "unit_id": tablet.unit_id} if tablet else {}
