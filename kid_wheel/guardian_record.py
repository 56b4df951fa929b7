"""A guardian's view from a unit's tablet: sealed, sent and received as a conversation is.

It must never be changed after it was received, nor be read as anything that a child has said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .conversation import GUARDIANS, Record
from .db import Base


class GuardianRecord(Base):
    """A received record; its content, gzip encrypted with its case's key and bound to its id, is
    never updated. guardian_id: whose it is; None until that is known."""

    __tablename__ = "guardian_record"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    guardian_id: Mapped[str | None] = mapped_column(ForeignKey("guardian.id"), index=True)
    tablet_id: Mapped[str] = mapped_column(ForeignKey("tablet.id"))
    staff_id: Mapped[str] = mapped_column(String(36))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    digest: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(20))
    content_version: Mapped[str] = mapped_column(String(40))
    held_on: Mapped[str] = mapped_column(String(10))  # the tablet's own clock, as it said
    clock_is_off: Mapped[bool]
    received_at: Mapped[datetime] = mapped_column(index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


@dataclass(frozen=True)
class Told:
    """One thing that a guardian has said on a tablet. card: its key, "" for own words."""

    area: str
    kind: str
    text: str
    question: str
    card: str
    symbol: str
    language: str
    at: datetime


def is_guardians(record: Record) -> bool:
    return bool(record["format"] == GUARDIANS)


def are_in(session: Session, case_id: str) -> bool:
    """Whether a case has any, placed or not."""
    wanted = select(GuardianRecord.id).filter_by(case_id=case_id).limit(1)
    return session.scalar(wanted) is not None


def told(record: Record) -> Iterator[Told]:
    """In the record's order: cards first, then own words, area by area."""
    for area in record["areas"]:
        for card in area["cards"]:
            yield Told(
                area["key"], card["kind"], card["label"], "", card["key"], card["symbol"],
                card["language"], datetime.fromisoformat(card["at"]),
            )  # fmt: skip
        for said in area["statements"]:
            yield Told(
                area["key"], said["kind"], said["text"], said["question"], "", "",
                said["language"], datetime.fromisoformat(said["at"]),
            )  # fmt: skip
