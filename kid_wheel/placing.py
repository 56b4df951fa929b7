"""Whose a guardian's record from a tablet is: the guardian that the adult named, or one that
somebody in the case points out.

It must never guess between two guardians, nor change what a guardian has said.
"""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from . import kartlaggning
from .case import Case, OtherHuvudman, SameCase, packed_record
from .conversation import Record, read_record
from .disclosure import Disclosure
from .guardian import Guardian, guardians_of
from .guardian_record import GuardianRecord, told
from .keys import KeyRing, decrypt, encrypt
from .voices import GuardianStatement, Kind, OtherCase


class PlacedAlready(ValueError):
    """Det står redan hos en vårdnadshavare."""


class NothingToMove(ValueError):
    """Orden kom innan navet kunde flytta dem."""


class InUse(ValueError):
    """Något i ärendet vilar på orden. De går inte att flytta till ett annat barn."""


def read(kept: GuardianRecord, key: bytes) -> Record:
    """The record as it came. key: the case's."""
    return read_record(decrypt(key, kept.content, kept.id.encode()))


def waiting(session: Session, case_id: str) -> list[GuardianRecord]:
    """Those that nobody has said whose they are, the oldest first."""
    wanted = select(GuardianRecord).filter_by(case_id=case_id, guardian_id=None)
    return list(session.scalars(wanted.order_by(GuardianRecord.received_at, GuardianRecord.id)))


def place_by_number(session: Session, key: bytes, record: Record) -> str | None:
    """The id of the guardian whom the adult at the tablet meant, once the words are theirs.

    The number is the place among the case's guardians, as the case shows it. Where the relation
    that was written is not the case's own, or one of them is blank, somebody may have taken one for
    the other: then a human says who it is.
    """
    kept = session.get_one(GuardianRecord, record["id"])
    number = record["guardian"]["number"]
    known = guardians_of(session, kept.case_id)
    if number is None or number > len(known):
        return None
    meant = known[number - 1]
    relation = str(meant.read(key).get("relation", "")).strip().casefold()
    if not relation or relation != record["guardian"]["relation"].strip().casefold():
        return None
    place(session, key, kept, meant)
    return meant.id


def place(session: Session, key: bytes, kept: GuardianRecord, whose: Guardian) -> None:
    """From now on it is this guardian's own, beside all that the guardian has said before."""
    if kept.guardian_id is not None:
        raise PlacedAlready
    if whose.case_id != kept.case_id:
        raise OtherCase
    record = read(kept, key)
    said_at = kept.received_at
    if not kept.clock_is_off:
        said_at = min(said_at, datetime.fromisoformat(record["finished_at"]))
    for one in told(record):
        made = GuardianStatement(
            case_id=kept.case_id,
            guardian_id=whose.id,
            area=one.area,
            kind=Kind(one.kind),
            made_at=said_at if kept.clock_is_off else one.at,
            said_at=said_at,
            record_id=kept.id,
        )
        words = {"text": one.text, "question": one.question, "language": one.language}
        made.write(key, {**words, "card": one.card, "symbol": one.symbol})
        session.add(made)
    kept.guardian_id = whose.id
    session.flush()


def placed(session: Session, guardian_id: str) -> list[GuardianRecord]:
    """Those that are a guardian's own, the oldest first."""
    wanted = select(GuardianRecord).filter_by(guardian_id=guardian_id)
    return list(session.scalars(wanted.order_by(GuardianRecord.received_at, GuardianRecord.id)))


def correct(session: Session, kept: GuardianRecord, whose: Guardian) -> None:
    """It was somebody else's: each word goes there as it is, and keeps its id, so that what rests
    on it still does."""
    if kept.guardian_id in (None, whose.id):
        raise PlacedAlready
    if whose.case_id != kept.case_id:
        raise OtherCase
    ids = [one.id for one in statements_of(session, kept)]
    if not ids:
        raise NothingToMove
    theirs = GuardianStatement.id.in_(ids)
    session.execute(update(GuardianStatement).where(theirs).values(guardian_id=whose.id))
    kept.guardian_id = whose.id


def statements_of(session: Session, kept: GuardianRecord) -> list[GuardianStatement]:
    wanted = select(GuardianStatement).filter_by(record_id=kept.id)
    return list(session.scalars(wanted))


def move(session: Session, ring: KeyRing, kept: GuardianRecord, source: Case, target: Case) -> None:
    """It was about another child: in the right case it waits until somebody says whose it is, and
    where it stood there is nothing left of it. Not when anything rests on it."""
    if source.id == target.id:
        raise SameCase
    if source.organisation_id != target.organisation_id:
        raise OtherHuvudman
    stands = statements_of(session, kept)
    if kept.guardian_id is not None and not stands:
        raise NothingToMove
    if stands and _is_used(session, source.key(ring), kept, stands):
        raise InUse
    for one in stands:
        session.delete(one)
    kept.content = encrypt(target.key(ring), packed_record(kept, source, ring), kept.id.encode())
    kept.case_id, kept.guardian_id = target.id, None
    session.flush()


def _is_used(
    session: Session, key: bytes, kept: GuardianRecord, stands: list[GuardianStatement]
) -> bool:
    """Whether a kartläggning points at a word of it, or anything has left the case since."""
    pointed_at = json.dumps([one.read(key) for one in kartlaggning.rounds(session, kept.case_id)])
    told_since = select(Disclosure.id).where(
        Disclosure.case_id == kept.case_id, Disclosure.made_at >= kept.received_at
    )
    is_told = session.scalar(told_since.limit(1)) is not None
    return is_told or any(one.id in pointed_at for one in stands)
