"""What is lent to a tablet for a child to look at: an earlier conversation, or the answer letter.

It must never leave without a decision of the ansvarig (or, for the letter, the coordinator), nor
carry what adults wrote beside the child. The child's own yes is asked for on the tablet.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any, ClassVar, Self, TypeVar

from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from .case import Case, CaseState, packed_record
from .conversation import Conversation, Record, read_record
from .db import Base, HasId
from .keys import KeyRing, seal_to
from .tablet import Sender

LIFETIME = timedelta(days=7)

AnyLoan = TypeVar("AnyLoan", bound="Lent")


class NothingLent(LookupError):
    """Ingenting är utlånat till den här verksamhetens surfplattor."""


class Lent(HasId):
    """Something may be looked at on one of a unit's tablets, until a moment.

    tablet_id: the tablet that has fetched it; no other can after that. INFO: then the id of the
    tablet is HPKE's info of what is lent.
    """

    INFO: ClassVar[bytes]
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    staff_id: Mapped[str] = mapped_column(String(36))
    until: Mapped[datetime]
    tablet_id: Mapped[str | None] = mapped_column(String(36))

    @classmethod
    def of_cases(cls) -> Select[Self]:
        """Every loan of the kind, with its case to ask about."""
        raise NotImplementedError


class Loan(Lent, Base):
    """One conversation, to be looked at beside a new one."""

    __tablename__ = "loan"
    INFO = b"kid-wheel/earlier/1|"
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    conversation: Mapped[Conversation] = relationship()

    @classmethod
    def of_cases(cls) -> Select[Self]:
        return select(cls).join(Conversation).join(Case, Case.id == Conversation.case_id)


class LetterLoan(Lent, Base):
    """The answer letter of a case. It stays when it is over, to tell when the child saw it.

    shown_at: when the child first saw it, by the tablet's clock but never before it was lent.
    """

    __tablename__ = "letter_loan"
    INFO = b"kid-wheel/letter/1|"
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    lent_at: Mapped[datetime]
    shown_at: Mapped[datetime | None]
    case: Mapped[Case] = relationship()

    @classmethod
    def of_cases(cls) -> Select[Self]:
        return select(cls).join(Case)


# What the ansvarig decides.


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


def lend_letter(session: Session, case: Case, staff_id: str, now: datetime) -> LetterLoan:
    """To the tablets of the unit that talked with the child last; the newest decision holds."""
    take_letter_back(session, case, now)
    newest = max(case.conversations, key=lambda one: one.received_at)
    loan = LetterLoan(
        case=case,
        unit_id=newest.unit_id,
        staff_id=staff_id,
        lent_at=now,
        until=now + LIFETIME,
    )
    session.add(loan)
    return loan


def take_letter_back(session: Session, case: Case, now: datetime) -> None:
    loan = letter_loan_of(session, case, now)
    if loan is not None:
        loan.until = now


def letter_loan_of(session: Session, case: Case, now: datetime) -> LetterLoan | None:
    """The loan that holds now, if the letter is lent."""
    wanted = select(LetterLoan).where(LetterLoan.case_id == case.id, LetterLoan.until > now)
    return session.scalar(wanted)


def letters_shown(session: Session, case: Case) -> list[LetterLoan]:
    """The loans that the child has seen the letter by, the newest first."""
    wanted = select(LetterLoan).where(
        LetterLoan.case_id == case.id, LetterLoan.shown_at.is_not(None)
    )
    return list(session.scalars(wanted.order_by(LetterLoan.shown_at.desc())))


# What a tablet may ask.


def lent_to(
    session: Session, kind: type[AnyLoan], code: str, sender: Sender, now: datetime
) -> AnyLoan:
    """What a tablet may fetch for a case code, or NothingLent."""
    wanted = kind.of_cases().where(
        Case.code == code,
        Case.state != CaseState.VOID,
        kind.unit_id == sender.unit_id,
        kind.until > now,
    )
    loan = session.scalar(wanted)
    if loan is None or loan.tablet_id not in (None, sender.id):
        raise NothingLent
    return loan


def hand_out(loan: Lent, content: dict[str, Any], sender: Sender, public: bytes) -> bytes:
    """The content, sealed to a key that only that tablet holds.

    public: an uncompressed P-256 point, 65 bytes. ValueError when it is none.
    """
    clear = json.dumps(content, ensure_ascii=False).encode()
    sealed = seal_to(public, clear, loan.INFO + sender.id.encode())
    loan.tablet_id = sender.id
    return sealed


def letter_was_shown(
    session: Session, loan_id: str, sender: Sender, at: datetime, now: datetime
) -> LetterLoan | None:
    """The child has seen the letter: the loan, or None when that was known already.

    at: by a tablet's clock, which may be wrong. NothingLent for any tablet but the one that
    fetched it.
    """
    loan = session.get(LetterLoan, loan_id)
    if loan is None or loan.tablet_id != sender.id:
        raise NothingLent
    if loan.shown_at is not None:
        return None
    loan.shown_at = min(max(at, loan.lent_at), now)
    return loan


def earlier(loan: Loan, ring: KeyRing) -> dict[str, Any]:
    """What the child said, of a lent conversation."""
    conversation = loan.conversation
    return childs_own(read_record(packed_record(conversation, conversation.case, ring)))


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
