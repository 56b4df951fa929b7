"""How it was to talk today, as counts for a unit and a month: nobody's answer, and everybody's.

It must never know whose answer it was: no child, no conversation, no tablet and no day is kept, and
a count that is small enough to point at somebody is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .catalog import Variant, catalog
from .db import Base

SMALL = 5  # a count below this is not shown (R018)
MAX_ROWS = 200  # in one request
MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
ROW_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SCALES = {Variant.PRESCHOOL: "bra3", Variant.OLDER: "bra5"}


class NotATally(ValueError):
    """Raden går inte att räkna."""


class TallyCount(Base):
    """How many children in a unit gave one answer in one month ("2026-11")."""

    __tablename__ = "tally_count"
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    variant: Mapped[str] = mapped_column(String(10), primary_key=True)
    answer: Mapped[str] = mapped_column(String(20), primary_key=True)
    count: Mapped[int]


class TallySeen(Base):
    """The random number of a row that is counted, so that it is counted once. Not what it said."""

    __tablename__ = "tally_seen"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)


@dataclass(frozen=True)
class Row:
    """One answer as a tablet sends it. id: random, and of nothing else."""

    id: str
    month: str
    variant: Variant
    answer: str

    @classmethod
    def read(cls, given: Any) -> Row:
        try:
            row = cls(given["id"], given["month"], Variant(given["variant"]), given["answer"])
            whole = ROW_ID.fullmatch(row.id) and MONTH.fullmatch(row.month)
        except (TypeError, KeyError, ValueError) as error:
            raise NotATally from error
        if not whole or row.answer not in answers(row.variant):
            raise NotATally
        return row


@dataclass(frozen=True)
class Month:
    """counts: (label, symbol, count) best first; the count is None when it is below SMALL."""

    month: str
    variant: Variant
    counts: list[tuple[str, str, int | None]]


def answers(variant: Variant) -> list[str]:
    return [step.key for step in catalog("sv", variant).scales[SCALES[variant]]]


def add(session: Session, unit_id: str, rows: Iterable[Row]) -> None:
    """Count each row that has not been counted before, whatever is sent again."""
    for row in {row.id: row for row in rows}.values():
        if session.get(TallySeen, row.id):
            continue
        session.add(TallySeen(id=row.id))
        key = (unit_id, row.month, str(row.variant), row.answer)
        found = session.get(TallyCount, key, with_for_update=True)
        if found is None:
            names = ("unit_id", "month", "variant", "answer")
            found = TallyCount(**dict(zip(names, key, strict=True)), count=0)
            session.add(found)
        found.count += 1
        session.flush()


def of_unit(session: Session, unit_id: str, language: str) -> Iterator[Month]:
    """The unit's counts, latest month first, in the words of a language."""
    rows = session.scalars(select(TallyCount).where(TallyCount.unit_id == unit_id)).all()
    found = {(row.month, row.variant, row.answer): row.count for row in rows}
    for month, variant in sorted({(row.month, row.variant) for row in rows}, reverse=True):
        steps = catalog(language, Variant(variant)).scales[SCALES[Variant(variant)]]
        yield Month(
            month,
            Variant(variant),
            [(s.label, s.symbol, _shown(found.get((month, variant, s.key), 0))) for s in steps],
        )


def _shown(count: int) -> int | None:
    return count if count >= SMALL else None
