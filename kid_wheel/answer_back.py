"""The återkoppling: what became of each wish and important card, told to the child.

It must never let a case close before the child has been told, nor let a reopened one lean on what
was told before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from . import consent, plan
from .case import Case, InCase, packed_record
from .catalog import LANGUAGES, SWEDISH, Variant, catalog
from .conversation import Conversation, Record, read_record
from .db import Base
from .keys import KeyRing
from .situation import Guard, Situation


class Fate(StrEnum):
    """What becomes of a wish."""

    DO = "do"
    WAIT = "wait"
    CANNOT = "cannot"


class Told(StrEnum):
    """How the child was told."""

    IN_PERSON = "in_person"
    LETTER = "letter"
    TABLET = "tablet"
    TRUSTED = "trusted"  # through somebody the child trusts


class Orosanmalan(StrEnum):
    """The question that is asked before a case is closed. Nothing here is or sends a report."""

    NO = "no"
    DONE = "done"
    NOW = "now"
    UNSURE = "unsure"


class Kept(StrEnum):
    """Where what must be kept is kept: never here."""

    ELSEWHERE = "elsewhere"  # written into the journal or akt that it belongs to
    NOTHING = "nothing"  # nothing of this belongs there


class NoBecause(Exception):
    """Skriv därför att, så att barnet får veta varför det dröjer eller inte går."""


class NotEveryWish(Exception):
    """Ge alla önskningar ett svar innan barnet får veta."""


@dataclass(frozen=True)
class Wish:
    """What the child wants, or has marked as most important, in the child's own words and pictures.

    text: the child's words, "" for a card alone. label, symbol: of the card, else of the area, as
    they were on the screen. drawing: id of the child's own drawing on the card. photo: the unit's.
    """

    id: str
    conversation_id: str
    area: str
    text: str
    label: str
    symbol: str
    speaker: str
    is_important: bool
    is_wish: bool = True
    area_label: str = ""
    language: str = SWEDISH
    held_on: str = ""
    drawing: str = ""
    photo: str = ""
    unit_id: str = ""


class Answer(InCase, Base):
    """What becomes of one wish. content: because (to the child), decided_by. told_at: the child
    knows it as it is; a change takes that back."""

    __tablename__ = "answer"
    wish: Mapped[str] = mapped_column(String(36), index=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    fate: Mapped[Fate]
    answered_at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class Telling(InCase, Base):
    """The child was told. content: by (a name), said (what the child said about it, verbatim)."""

    __tablename__ = "telling"
    told_at: Mapped[datetime]
    how: Mapped[Told]
    written_by: Mapped[str] = mapped_column(String(36))


class Closing(InCase, Base):
    """A round that comes to its end. content: orosanmalan, kept, kept_where. closed_at: then a new
    round begins if the case is opened again."""

    __tablename__ = "closing"
    begun_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


# What the child wants.


def wishes(session: Session, ring: KeyRing, case: Case) -> list[Wish]:
    """Every wish and every important card of every conversation of the case, as it was said."""
    found: list[Wish] = []
    for conversation in case.conversations:
        record = read_record(packed_record(conversation, case, ring))
        found += wishes_of(conversation, record)
    return found


def wishes_of(conversation: Conversation, record: Record) -> Iterator[Wish]:
    symbols = _area_symbols(record)
    for area in record["areas"]:
        cards = {card["key"]: card for card in area["cards"]}
        shared = {
            "conversation_id": conversation.id,
            "area": area["key"],
            "area_label": area["label"],
            "language": record["language"],
            "held_on": conversation.held_on,
            "unit_id": conversation.unit_id,
        }
        symbol = symbols.get(area["key"], "n-2b50")
        for number, said in enumerate(area["statements"]):
            is_wish, is_important = said.get("kind") == "wish", "important" in said
            if not (is_wish or is_important):
                continue
            card = cards.get(said.get("card", ""), {})
            yield Wish(
                id=_id(conversation, f"{area['key']}/{number}"),
                text=said["text"],
                label=card.get("label", area["label"]),
                symbol=card.get("symbol", symbol),
                speaker=said["speaker"],
                is_important=is_important,
                is_wish=is_wish,
                drawing=card.get("own", {}).get("drawing", ""),
                photo=card.get("photo", ""),
                **shared,
            )
        for card in area["cards"]:
            if "important" in card:
                yield Wish(
                    id=_id(conversation, card["key"]),
                    text="",
                    label=card["label"],
                    symbol=card["symbol"],
                    speaker=card["answer"].get("speaker")
                    or card.get("own", {}).get("speaker", "child_chose"),
                    is_important=True,
                    is_wish=False,
                    drawing=card.get("own", {}).get("drawing", ""),
                    photo=card.get("photo", ""),
                    **shared,
                )
        yield from _wordless(conversation, area, symbol, shared)


def _wordless(
    conversation: Conversation, area: dict[str, Any], symbol: str, shared: dict[str, str]
) -> Iterator[Wish]:
    """What the child marked as most important without a word: a drawing, or its feelings."""
    for one in area.get("drawings", ()):
        if "important" in one and "card" not in one:
            yield Wish(
                id=_id(conversation, f"{area['key']}/drawing/{one['id']}"),
                text="",
                label=area["label"],
                symbol=symbol,
                speaker=one["speaker"],
                is_important=True,
                is_wish=False,
                drawing=one["id"],
                **shared,
            )
    feelings = area.get("feelings", [])
    if feelings and "important" in area.get("feelings_decided", {}):
        yield Wish(
            id=_id(conversation, f"{area['key']}/feelings"),
            text="",
            label=", ".join(one["label"] for one in feelings),
            symbol=feelings[0]["symbol"],
            speaker=feelings[0]["speaker"],
            is_important=True,
            is_wish=False,
            **shared,
        )


def childs_language(case: Case) -> str:
    """The language of the newest conversation: what a letter to the child is written in."""
    newest = max(case.conversations, key=lambda one: one.received_at, default=None)
    return newest.language if newest and newest.language in LANGUAGES else SWEDISH


def childs_variant(case: Case) -> Variant:
    newest = max(case.conversations, key=lambda one: one.received_at, default=None)
    return Variant(newest.variant) if newest else Variant.OLDER


# What becomes of it.


def answers(session: Session, case_id: str) -> dict[str, Answer]:
    """By wish."""
    wanted = select(Answer).where(Answer.case_id == case_id)
    return {answer.wish: answer for answer in session.scalars(wanted)}


def answer(
    session: Session,
    key: bytes,
    case_id: str,
    wish: Wish,
    fate: Fate,
    because: str,
    decided_by: str,
    at: datetime,
) -> Answer:
    """Give a wish its fate, or another. A change has to be told anew."""
    because, decided_by = because.strip(), decided_by.strip()
    if fate is not Fate.DO and not because:
        raise NoBecause
    words = {"because": because, "decided_by": decided_by}
    found = answers(session, case_id).get(wish.id)
    if found is not None and (found.fate, found.read(key)) == (fate, words):
        return found
    if found is None:
        found = Answer(case_id=case_id, wish=wish.id, conversation_id=wish.conversation_id)
    found.fate, found.answered_at, found.told_at = fate, at, None
    found.write(key, words)
    session.add(found)
    session.flush()
    return found


def tell(
    session: Session,
    ring: KeyRing,
    case: Case,
    how: Told,
    words: dict[str, str],
    written_by: str,
    at: datetime,
) -> Telling:
    """Write down that the child has been told, when every wish has its fate. words: by, said."""
    kept = answers(session, case.id)
    if any(wish.id not in kept for wish in wishes(session, ring, case)):
        raise NotEveryWish
    made = Telling(case_id=case.id, told_at=at, how=how, written_by=written_by)
    made.write(case.key(ring), words)
    session.add(made)
    for one in kept.values():
        one.told_at = one.told_at or at
    session.flush()
    return made


def tellings(session: Session, case_id: str) -> list[Telling]:
    """Of every round, the newest first."""
    wanted = select(Telling).where(Telling.case_id == case_id)
    return list(session.scalars(wanted.order_by(Telling.told_at.desc())))


def is_told(session: Session, case_id: str, wishes: list[Wish]) -> bool:
    """Whether the child knows, in this round, each answer as it is."""
    began = round_began(session, case_id)
    told = [one for one in tellings(session, case_id) if began is None or one.told_at > began]
    kept = answers(session, case_id)
    ids = {wish.id for wish in wishes} & kept.keys()
    return bool(told) and all(kept[id_].told_at for id_ in ids)


# The end.


def closing(session: Session, key: bytes, case_id: str, at: datetime) -> Closing:
    """The closing of this round, begun when it is first asked for."""
    found = closing_of(session, case_id)
    if found is None:
        found = Closing(case_id=case_id, begun_at=at)
        found.write(key, {})
        session.add(found)
        session.flush()
    return found


def closing_of(session: Session, case_id: str) -> Closing | None:
    wanted = select(Closing).where(Closing.case_id == case_id, Closing.closed_at.is_(None))
    return session.scalars(wanted).first()


def round_began(session: Session, case_id: str) -> datetime | None:
    """When the round before was closed; None in the first round."""
    wanted = select(func.max(Closing.closed_at)).where(Closing.case_id == case_id)
    return session.scalar(wanted)


def end_round(situation: Situation) -> None:
    """The case is closed: its plan ends, and so does every consent, which nothing revives."""
    case, at = situation.case, situation.at
    closing(situation.session, situation.key, case.id, at).closed_at = at
    plan.end(situation.session, case.id, at)
    consent.end_all(situation.session, case.id, at)
    case.follow_up_on = None


def _id(conversation: Conversation, path: str) -> str:
    """The same id every time, short enough for an action to point at."""
    return str(uuid5(UUID(conversation.id), path))


def _area_symbols(record: Record) -> dict[str, str]:
    language = record["language"] if record["language"] in LANGUAGES else SWEDISH
    shown = catalog(language, Variant(record["variant"]))
    return {area.key: area.symbol for area in shown.areas}


def _words(situation: Situation) -> dict[str, Any]:
    found = closing_of(situation.session, situation.case.id)
    return found.read(situation.key) if found else {}


def _every_wish_answered(situation: Situation) -> bool:
    kept = answers(situation.session, situation.case.id)
    wanted = wishes(situation.session, situation.ring, situation.case)
    return all(wish.id in kept for wish in wanted)


def _child_told(situation: Situation) -> bool:
    wanted = wishes(situation.session, situation.ring, situation.case)
    return is_told(situation.session, situation.case.id, wanted)


GUARDS: dict[str, Guard] = {
    "orosanmalan_considered": lambda s: _words(s).get("orosanmalan") in set(Orosanmalan),
    "every_wish_answered": _every_wish_answered,
    "child_told": _child_told,
    "kept_elsewhere": lambda s: _words(s).get("kept") in set(Kept),
}
