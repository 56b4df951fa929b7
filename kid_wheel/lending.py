"""An earlier conversation, lent to a tablet so that the child can look at it beside a new one.

It must never leave without a decision of the ansvarig, nor carry what adults wrote beside the
child. The child's own yes is asked for on the tablet.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from .case import Case, packed_record
from .conversation import Conversation, Record, read_record
from .db import Base, HasId
from .keys import KeyRing, seal_to
from .tablet import Sender

LIFETIME = timedelta(days=7)
INFO = b"kid-wheel/earlier/1|"  # then the id of the tablet: HPKE's info of what is lent


class NothingLent(LookupError):
    """Inget tidigare samtal är utlånat till den här verksamhetens surfplattor."""


class Loan(HasId, Base):
    """One conversation may be looked at again, on one of a unit's tablets, until a moment.

    tablet_id: the tablet that has fetched it; no other can after that.
    """

    __tablename__ = "loan"
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    staff_id: Mapped[str] = mapped_column(String(36))
    until: Mapped[datetime]
    tablet_id: Mapped[str | None] = mapped_column(String(36))
    conversation: Mapped[Conversation] = relationship()


def lend(session: Session, conversation: Conversation, staff_id: str, now: datetime) -> Loan:
    """Only the newest decision holds: a case has one conversation lent at a time."""
    for other in _of_case(session, conversation.case_id):
        session.delete(other)
    loan = Loan(
        conversation=conversation,
        unit_id=conversation.unit_id,
        staff_id=staff_id,
        until=now + LIFETIME,
    )
    session.add(loan)
    return loan


def take_back(session: Session, conversation: Conversation) -> None:
    for loan in _of_case(session, conversation.case_id):
        if loan.conversation_id == conversation.id:
            session.delete(loan)


def loan_of(session: Session, conversation: Conversation, now: datetime) -> Loan | None:
    """The loan that holds now, if this conversation is lent."""
    wanted = select(Loan).where(Loan.conversation_id == conversation.id, Loan.until > now)
    return session.scalar(wanted)


def lent_to(session: Session, code: str, sender: Sender, now: datetime) -> Loan:
    """What a tablet may fetch for a case code, or NothingLent."""
    wanted = (
        select(Loan)
        .join(Conversation, Conversation.id == Loan.conversation_id)
        .join(Case, Case.id == Conversation.case_id)
        .where(Case.code == code, Loan.unit_id == sender.unit_id, Loan.until > now)
    )
    loan = session.scalar(wanted)
    if loan is None or loan.tablet_id not in (None, sender.id):
        raise NothingLent
    return loan


def hand_out(session: Session, ring: KeyRing, loan: Loan, sender: Sender, public: bytes) -> bytes:
    """What the child said, sealed to a key that only that tablet holds.

    public: an uncompressed P-256 point, 65 bytes. ValueError when it is none.
    """
    conversation = loan.conversation
    record = read_record(packed_record(conversation, conversation.case, ring))
    clear = json.dumps(childs_own(record), ensure_ascii=False).encode()
    sealed = seal_to(public, clear, INFO + sender.id.encode())
    loan.tablet_id = sender.id
    return sealed


def childs_own(record: Record) -> dict[str, Any]:
    """{held_on, language, areas: [{key, label, cards, statements, feelings, drawings}]}: the
    child's own answers and words, with what was on the screen; nothing that an adult noted."""
    areas = [
        {
            "key": area["key"],
            "label": area["label"],
            "cards": [card for card in area["cards"] if _is_the_childs(card)],
            **{kind: area.get(kind, []) for kind in ("statements", "feelings", "drawings")},
        }
        for area in record["areas"]
    ]
    return {
        "id": record["id"],
        "held_on": record["started_at"][:10],
        "language": record["language"],
        "areas": [area for area in areas if any(isinstance(v, list) and v for v in area.values())],
    }


def _is_the_childs(card: dict[str, Any]) -> bool:
    """A card that the child answered, or one that it made, even if it never put it anywhere."""
    return "own" in card or card["answer"].get("silence") != "not_asked"


def _of_case(session: Session, case_id: str) -> list[Loan]:
    wanted = select(Loan).join(Conversation).where(Conversation.case_id == case_id)
    return list(session.scalars(wanted))
