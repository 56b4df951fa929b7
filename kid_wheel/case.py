"""An ärende: what one ansvarig has received about one child, encrypted with a key of its own.

It must never be without an owner, and never be opened by somebody it was not assigned to.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Insert,
    LargeBinary,
    Select,
    String,
    bindparam,
    exists,
    func,
    insert,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from . import guardian_record
from .audit import AuditEvent
from .clock import civil_date
from .conversation import Conversation, Record
from .db import Base, HasId
from .guardian_record import GuardianRecord, is_guardians
from .keys import KeyRing, decrypt, encrypt
from .people import Near, Organisation, Role, Staff, Unit, near
from .routing import Child, Directory, Place, PlaceKind, Reason, Routing, UnitKind, route
from .tablet import CODE_ALPHABET, Sender, Tablet

CASE_CODE_LENGTH = 6  # the last letter checks the others, so that a slip is noticed without net
UNKNOWN_CASE = "unknown_case"  # beside routing's reasons: the conversation named no case of ours
FUTURE_BIRTH = "future_birth"  # and: the year of birth that was typed has not come yet


class CaseState(StrEnum):
    """Where a case is in the agreement's process; `process` alone moves it.

    conversation: a child has talked with somebody and nothing more has been asked for.
    """

    CONVERSATION = "conversation"
    SIGNAL_SENT = "signal_sent"
    RECEIVED = "received"
    COLLECTING = "collecting"
    ANALYSING = "analysing"
    DECIDED = "decided"
    OWN_SUPPORT = "own_support"
    CONSENT_PENDING = "consent_pending"
    NO_CONSENT = "no_consent"
    MEETING_CALLED = "meeting_called"
    MEETING_HELD = "meeting_held"
    PLAN_ACTIVE = "plan_active"
    FOLLOW_UP = "follow_up"
    CLOSING = "closing"
    CLOSED = "closed"
    VOID = "void"


class UnknownCase(LookupError):
    """Inget ärende har den koden."""


class OtherKind(Exception):
    """Ett samtal har samma nummer som en vårdnadshavares uppgifter."""


class Case(HasId, Base):
    """`child` is what is known about the child (JSON), encrypted with the case's key.

    follow_up_on: when the support or the plan is looked at again. protected_identity: skyddade
    personuppgifter, so that only those assigned to the case meet it anywhere.
    """

    __tablename__ = "cases"
    code: Mapped[str] = mapped_column(String(CASE_CODE_LENGTH), unique=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"), index=True)
    ansvarig_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"), index=True)
    state: Mapped[CaseState] = mapped_column(default=CaseState.CONVERSATION, index=True)
    state_at: Mapped[datetime | None]
    follow_up_on: Mapped[date | None]
    protected_identity: Mapped[bool] = mapped_column(default=False)
    rule: Mapped[str] = mapped_column(String(10))
    needs_human: Mapped[bool]
    reasons: Mapped[str] = mapped_column(String(400), default="")  # space separated
    opened_at: Mapped[datetime]
    child: Mapped[bytes] = mapped_column(LargeBinary)
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    unit: Mapped[Unit] = relationship()
    organisation: Mapped[Organisation] = relationship()
    ansvarig: Mapped[Staff | None] = relationship()
    conversations: Mapped[list[Conversation]] = relationship(
        back_populates="case", order_by=Conversation.received_at
    )

    def key(self, ring: KeyRing) -> bytes:
        return decrypt(ring.unwrap(self.organisation.wrapped_key), self.wrapped_key, b"case")

    def about(self, ring: KeyRing) -> dict[str, Any]:
        """What is known about the child: alias, birth_year and place as a tablet or a sender wrote
        them (see the record), and what the ansvarig has added (see `special`)."""
        about: dict[str, Any] = json.loads(decrypt(self.key(ring), self.child, b"child"))
        return about

    def write_about(self, ring: KeyRing, about: dict[str, Any]) -> None:
        self.child = encrypt(self.key(ring), json.dumps(about).encode(), b"child")


class InCase(HasId):
    """A row that belongs to a case and holds words, encrypted with the case's key."""

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)

    def read(self, key: bytes) -> dict[str, Any]:
        """The row's words. key: the case's."""
        words: dict[str, Any] = json.loads(decrypt(key, self.content, self.id.encode()))
        return words

    def write(self, key: bytes, words: dict[str, Any]) -> None:
        """Replace the row's words; the id they are bound to is made here if there is none."""
        self.id = self.id or str(uuid4())
        clear = json.dumps(words, ensure_ascii=False).encode()
        self.content = encrypt(key, clear, self.id.encode())


@dataclass(frozen=True)
class Receipt:
    """Who has a conversation now. unit, ansvarig: names, "" for nobody. digest: SHA-256 in hex."""

    id: str
    case_id: str
    digest: str
    received_at: datetime
    unit: str
    ansvarig: str


class NewCase(NamedTuple):
    """A case as it is to be. sender: for whose place and day it was thought out. unit, ansvarig:
    names, "" for nobody."""

    row: dict[str, Any]
    key: bytes
    unit: str
    ansvarig: str
    sender: Tablet | Sender

    @property
    def id(self) -> str:
        id_: str = self.row["id"]
        return id_


def _insert_unless(kept: type[Base], taken: ColumnElement[bool]) -> Insert:
    """Add a row unless there is what forbids it: to ask for that first would be a question more.

    A new row that no caller goes on working with needs no object that a session keeps watch over.
    """
    table = Base.metadata.tables[kept.__tablename__]
    row = select(*(bindparam(column.name, type_=column.type) for column in table.columns))
    adding = insert(table).from_select(table.columns.keys(), row.where(~taken))
    return adding.execution_options(preserve_rowcount=True)  # no row: it was forbidden


# A number belongs to one conversation, or to one guardian's record.
_ADD_CASE = _insert_unless(Case, exists().where(Case.code == bindparam("code")))
_ADD_CONVERSATION = _insert_unless(
    Conversation, exists().where(GuardianRecord.id == bindparam("id"))
)
_ADD_GUARDIANS = _insert_unless(GuardianRecord, exists().where(Conversation.id == bindparam("id")))


def _receipt_of(kept: type[Conversation] | type[GuardianRecord]) -> Select[*tuple[Any, ...]]:
    return (
        select(
            kept.id,
            kept.case_id,
            kept.digest,
            kept.received_at,
            Unit.name,
            func.coalesce(Staff.name, ""),
        )
        .join(Case, Case.id == kept.case_id)
        .join(Unit, Unit.id == Case.unit_id)
        .join(Staff, Staff.id == Case.ansvarig_id, isouter=True)
        .where(kept.id == bindparam("id"))
    )


_RECEIPT = _receipt_of(Conversation).union_all(_receipt_of(GuardianRecord))


def receive(
    session: Session,
    ring: KeyRing,
    record: Record,
    packed: bytes,
    digest: str,
    tablet: Tablet | Sender,
    now: datetime,
    thought_out: NewCase | None = None,
) -> Receipt:
    """Put a conversation, or a guardian's record, in the case it names, or in a new one with the
    right ansvarig.

    It never bounces: a code nobody knows, or a child the table does not cover, becomes a case
    that a human has to place. IntegrityError or OtherKind: its number is known already.
    thought_out: the new case, where `think_out` has been asked already.
    """
    opened: NewCase | None = None
    if named := _named_case(session, ring, record):
        case_id, key = named
    else:
        if thought_out is None or thought_out.sender != tablet:
            thought_out = think_out(session, ring, record["child"], tablet, now)
        opened = open_case(session, thought_out)
        case_id, key = opened.id, opened.key
    held_on = record.get("origin", {}).get("held_on", record["started_at"][:10])
    row = {
        "id": record["id"],
        "case_id": case_id,
        "tablet_id": tablet.id,
        "staff_id": record["staff"],
        "unit_id": tablet.unit_id,
        "digest": digest,
        "language": record["language"],
        "content_version": record["content_version"],
        "held_on": held_on,
        "clock_is_off": _is_off(record["finished_at"], now),
        "received_at": now,
        "content": encrypt(key, packed, record["id"].encode()),
    }
    if is_guardians(record):
        added = session.connection().execute(_ADD_GUARDIANS, {**row, "guardian_id": None})
    else:
        childs = {"variant": record["variant"], "ended": record["ended"]}
        origin = record.get("origin", {}).get("kind", "")
        added = session.connection().execute(_ADD_CONVERSATION, {**row, **childs, "origin": origin})
    if not added.rowcount:
        raise OtherKind
    if opened:
        return Receipt(record["id"], case_id, digest, now, opened.unit, opened.ansvarig)
    receipt = find_receipt(session, record["id"])
    assert receipt is not None
    return receipt


def find_receipt(session: Session, id_: str) -> Receipt | None:
    """Who has a conversation or a guardian's record, if it was received."""
    row = session.connection().execute(_RECEIPT, {"id": id_}).one_or_none()
    return None if row is None else Receipt(*row)


def packed_record(conversation: Conversation | GuardianRecord, case: Case, ring: KeyRing) -> bytes:
    """The gzip of a received record; `conversation.read_record` reads it."""
    return decrypt(case.key(ring), conversation.content, conversation.id.encode())


def reopened_at(session: Session, case_id: str) -> datetime | None:
    """When the round that goes on began; None in the first. The events know."""
    return session.scalar(
        select(func.max(AuditEvent.at)).filter_by(case_id=case_id, event="case:reopened")
    )


def find_by_code(session: Session, code: str) -> Case:
    """One opened by mistake is read by nobody, so nothing is put in it: its code is nobody's."""
    case = session.scalar(select(Case).where(Case.code == code, Case.state != CaseState.VOID))
    if case is None:
        raise UnknownCase
    return case


def new_code() -> str:
    letters = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CASE_CODE_LENGTH - 1))
    return letters + check_letter(letters)


def check_letter(letters: str) -> str:
    """The last letter of a case code: position-weighted sum modulo 32 (a swap is noticed)."""
    total = sum((2 * i + 1) * CODE_ALPHABET.index(c) for i, c in enumerate(letters))
    return CODE_ALPHABET[total % len(CODE_ALPHABET)]


def _named_case(session: Session, ring: KeyRing, record: Record) -> tuple[str, bytes] | None:
    code = record["child"].get("case_code")
    try:
        case = find_by_code(session, code) if code else None
    except UnknownCase:
        return None
    return None if case is None else (case.id, case.key(ring))


def open_case(session: Session, new: NewCase) -> NewCase:
    """Add a case that has been thought out, with another code where another case has drawn its."""
    while not session.connection().execute(_ADD_CASE, new.row).rowcount:
        new = new._replace(row={**new.row, "code": new_code()})
    return new


def think_out(
    session: Session,
    ring: KeyRing,
    child: Record,
    sender: Tablet | Sender,
    now: datetime,
    state: CaseState = CaseState.CONVERSATION,
) -> NewCase:
    """A new case where the agreement's table says. It only reads: nobody has to wait for it.

    child: as in the record; also born_on and protected_identity, if somebody has said so.
    sender: whose unit and municipality answer where the table reaches nobody.
    """
    on, place = civil_date(now), child.get("place", {}).get("unit")
    units = near(session, place, sender.municipality, sender.unit_id, on)
    routing = None if "case_code" in child else _route(child, sender.municipality, on, units)
    reasons = [UNKNOWN_CASE] if routing is None else [*map(str, routing.reasons)]
    if (child.get("birth_year") or 0) > on.year:
        reasons.append(FUTURE_BIRTH)
    owner = routing.owner if routing else None
    home = units[owner or _central(units, sender.municipality) or sender.unit_id]
    ansvarig, key = home.ansvarig, os.urandom(32)
    row = {
        "id": str(uuid4()),
        "code": new_code(),
        "unit_id": home.unit.id,
        "state": state,
        "state_at": now,
        "follow_up_on": None,
        "protected_identity": Reason.PROTECTED_IDENTITY in reasons,
        "organisation_id": home.organisation_id,
        "ansvarig_id": ansvarig and ansvarig.id,
        "rule": routing.rule if routing else "-",
        "needs_human": routing is None or routing.needs_human or FUTURE_BIRTH in reasons,
        "reasons": " ".join(reasons),
        "opened_at": now,
        "child": encrypt(key, json.dumps(child).encode(), b"child"),
        "wrapped_key": encrypt(ring.unwrap(home.wrapped_key), key, b"case"),
    }
    return NewCase(row, key, home.unit.name, ansvarig.name if ansvarig else "", sender)


def route_child(session: Session, child: Record, municipality: str, on: date) -> Routing:
    """The agreement's answer for a child: `think_out` says what is in it."""
    units = near(session, child["place"]["unit"], municipality, "", on)
    return _route(child, municipality, on, units)


def _route(child: Record, municipality: str, on: date, units: Mapping[str, Near]) -> Routing:
    place = child["place"]
    born_on = child.get("born_on")
    return route(
        Child(
            birth_year=child.get("birth_year") or _some_year(PlaceKind(place["kind"]), on),
            born_on=date.fromisoformat(born_on) if born_on else None,
            home_municipality=municipality,
            places=[
                Place(
                    kind=PlaceKind(place["kind"]),
                    unit=place["unit"],
                    year=place["year"],
                    in_sormland=place.get("in_sormland", True),
                )
            ],
            protected_identity=bool(child.get("protected_identity")),
        ),
        on,
        Directory([one.unit for one in units.values()]),
    )


def _some_year(kind: PlaceKind, on: date) -> int:
    """Where nobody knows the year of birth the place alone decides: a year that is usual there.
    It is never kept; the ansvarig writes the right one before the case goes on."""
    ages = {PlaceKind.BVC: 2, PlaceKind.FORSKOLA: 4, PlaceKind.GYMNASIUM: 16}
    return on.year - ages.get(kind, 10)


def _central(units: Mapping[str, Near], municipality: str) -> str | None:
    found = Directory([one.unit for one in units.values()]).of(UnitKind.CENTRAL, municipality)
    return found[0].id if found else None


def _is_off(finished_at: str, now: datetime) -> bool:
    """Whether the tablet's clock disagrees with ours by more than any wait without net explains."""
    apart = (now - datetime.fromisoformat(finished_at)).days
    return apart < -1 or apart > 90


class SameCase(Exception):
    """Samtalet ligger redan i det ärendet."""


class OtherHuvudman(Exception):
    """Ärendet hör till en annan huvudman, och dit får ett samtal inte flyttas."""


class KnownCase(Exception):
    """Ärendet öppnades inte med en okänd kod, så dess samtal hör hemma där de är."""


def is_unpaired(case: Case) -> bool:
    """Whether the case exists only because its conversations named a code that nobody has."""
    return UNKNOWN_CASE in case.reasons.split()


def move_conversation(
    session: Session,
    ring: KeyRing,
    conversation: Conversation | GuardianRecord,
    source: Case,
    target: Case,
) -> None:
    """Put a conversation, or a guardian's record, in the case it was meant for, under that case's
    key.

    The emptied case goes, and with it the key that the conversation was encrypted with.
    """
    if source.id == target.id:
        raise SameCase
    if source.organisation_id != target.organisation_id:
        raise OtherHuvudman
    if not is_unpaired(source):
        raise KnownCase
    packed = packed_record(conversation, source, ring)
    conversation.content = encrypt(target.key(ring), packed, conversation.id.encode())
    conversation.case_id = target.id
    session.flush()
    for case in (source, target):
        session.expire(case, ["conversations"])
    if not source.conversations and not guardian_record.are_in(session, source.id):
        session.delete(source)


def hand_over_unit(session: Session, unit_id: str, to: Staff, on: date) -> list[Case]:
    """Give a unit's new ansvarig the cases that no active ansvarig of the unit has.

    Whoever had them keeps them until this moment, so that no case is without an owner.
    """
    held = session.scalars(select(Case).where(Case.unit_id == unit_id))
    left = [case for case in held if not _has_active_ansvarig(case, on)]
    for case in left:
        case.ansvarig = to
    return left


def _has_active_ansvarig(case: Case, on: date) -> bool:
    if case.ansvarig is None or not case.ansvarig.active:
        return False
    return any(
        a.unit_id == case.unit_id and a.role == Role.ANSVARIG and a.is_active(on)
        for a in case.ansvarig.assignments
    )
