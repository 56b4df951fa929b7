"""What one guardian is shown of what the child has said: only what the child released, and only
when the ansvarig has decided on that very thing. And what a guardian needs to know although the
child has not said yes, in the ansvarig's own words, once the child has been told.

It must never show anything by itself, nor to another guardian than the one it was decided for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from . import drawing, reading
from .case import Case, InCase, packed_record
from .clock import civil_date
from .conversation import Conversation, Record, read_record
from .db import Base
from .drawing import Drawing
from .guardian import Guardian
from .keys import KeyRing
from .voices import Evidence, Told, of_child

MAY_SHOW = "may_show"


class NotReleased(LookupError):
    """Barnet har inte sagt att det får visas hemma."""


class Released(LookupError):
    """Barnet har sagt att det får visas hemma."""


class NoReason(ValueError):
    """Skriv varför."""


class NothingToTell(ValueError):
    """Skriv vad vårdnadshavaren får läsa."""


class ChildNotTold(ValueError):
    """Berätta för barnet först, och skriv när och hur."""


class Choice(StrEnum):
    """What was decided about a thing."""

    RELEASED = "released"  # the child has said yes, and it is shown as it was said
    INFORM = "inform_needed"  # the guardian is told what is needed, although the child has not
    WITHHOLD = "keep_secret"  # it is not: telling would harm the child, OSL 12 kap. 3 §


class Showing(InCase, Base):
    """A decision about one thing and one guardian. item: the id of the evidence. ended_at: when it
    no longer held.

    content, when released: area, text, speaker, symbol, language and drawing (its strokes) as they
    were; to inform: area, text (the ansvarig's words), because, child_told_on, child_told_how; to
    keep secret: area, because.
    """

    __tablename__ = "showing"
    guardian_id: Mapped[str] = mapped_column(ForeignKey("guardian.id"), index=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversation.id", ondelete="CASCADE"), index=True
    )
    item: Mapped[str] = mapped_column(String(160))
    choice: Mapped[Choice] = mapped_column(server_default=Choice.RELEASED)
    decided_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Shown:
    """What the guardian reads. drawing: the id of the showing, when it is one to look at."""

    area: str
    text: str
    speaker: str = ""
    symbol: str = ""
    language: str = "sv"
    drawing: str = ""


@dataclass(frozen=True)
class AtHome:
    """What one guardian has got to know, as the child is told of it. text: "" for a drawing."""

    who: str
    area: str
    text: str
    choice: Choice
    at: datetime


def is_released(item: Evidence) -> bool:
    return item.decided.get("release") == MAY_SHOW


def items(case: Case, ring: KeyRing, reader: str) -> list[Evidence]:
    """All that the child has said, oldest first, and what it decided about each thing. reader: the
    language of the areas' names."""
    return list(_items(case, ring, reader))


def find(case: Case, ring: KeyRing, item: str) -> Evidence:
    """LookupError when there is no such thing in the case."""
    for one in _items(case, ring, "sv"):
        if one.id == item:
            return one
    raise LookupError(item)


def showings_of(session: Session, guardian_id: str) -> dict[str, Showing]:
    """What holds for a guardian now, by item."""
    wanted = select(Showing).where(Showing.guardian_id == guardian_id, Showing.ended_at.is_(None))
    return {row.item: row for row in session.scalars(wanted.order_by(Showing.decided_at))}


def decide(
    session: Session,
    ring: KeyRing,
    case: Case,
    guardian: Guardian,
    chosen: set[str],
    by: str,
    at: datetime,
) -> tuple[int, int]:
    """Of what the child has released, show exactly these from now on. (how many are new, how many
    are taken away)"""
    there = {one.id: one for one in _items(case, ring, "sv") if is_released(one)}
    if not chosen <= there.keys():
        raise NotReleased
    decided = showings_of(session, guardian.id)
    now = {item: row for item, row in decided.items() if row.choice is Choice.RELEASED}
    key = case.key(ring)
    for item in chosen - now.keys():
        _end(decided.get(item), at)
        words = _as_it_was(there[item], case, ring)
        _add(session, key, guardian, there[item], Choice.RELEASED, words, by, at)
    for item in now.keys() - chosen:
        now[item].ended_at = at
    return len(chosen - now.keys()), len(now.keys() - chosen)


def inform(
    session: Session, key: bytes, guardian: Guardian, item: Evidence, words: dict[str, str],
    child_told_on: date | None, by: str, at: datetime,
) -> Showing:  # fmt: skip
    """The guardian needs to know, although the child has not said yes. words: text (what the
    guardian reads), because, child_told_how."""
    _check(item, words.get("because", ""))
    if not words.get("text", "").strip():
        raise NothingToTell
    has_been = child_told_on is not None and child_told_on <= civil_date(at)
    if not has_been or not words.get("child_told_how", "").strip():
        raise ChildNotTold
    kept = {name: words[name].strip() for name in ("text", "because", "child_told_how")}
    told = {**kept, "area": item.area, "child_told_on": str(child_told_on)}
    _end(showings_of(session, guardian.id).get(item.id), at)
    return _add(session, key, guardian, item, Choice.INFORM, told, by, at)


def keep_secret(
    session: Session, key: bytes, guardian: Guardian, item: Evidence, because: str, by: str,
    at: datetime,
) -> Showing:  # fmt: skip
    """The guardian is not told: it would harm the child."""
    _check(item, because)
    words = {"area": item.area, "because": because.strip()}
    _end(showings_of(session, guardian.id).get(item.id), at)
    return _add(session, key, guardian, item, Choice.WITHHOLD, words, by, at)


def shown_to(session: Session, key: bytes, guardian_id: str) -> list[Shown]:
    """What the child wants to show."""
    return list(released_to(session, key, guardian_id).values())


def released_to(session: Session, key: bytes, guardian_id: str) -> dict[str, Shown]:
    """The same, by item."""
    names = ("area", "text", "speaker", "symbol", "language")
    found = {}
    for row in _of(session, guardian_id, Choice.RELEASED):
        words = row.read(key)
        is_drawn = bool(words.get("drawing"))
        said = {name: words[name] for name in names}
        found[row.item] = Shown(**said, drawing=row.id if is_drawn else "")
    return found


def told_to(session: Session, key: bytes, guardian_id: str) -> list[Shown]:
    """What the ansvarig has found that the guardian needs to know."""
    rows = [row.read(key) for row in _of(session, guardian_id, Choice.INFORM)]
    return [Shown(words["area"], words["text"]) for words in rows]


def told_at_home(session: Session, key: bytes, case_id: str) -> list[AtHome]:
    """Every time that a guardian has got to know something, the newest first: for the child."""
    wanted = select(Showing).where(Showing.case_id == case_id, Showing.choice != Choice.WITHHOLD)
    found = []
    for row in session.scalars(wanted.order_by(Showing.decided_at.desc(), Showing.id)):
        words = row.read(key)
        named = session.get_one(Guardian, row.guardian_id).read(key)["name"]
        found.append(AtHome(named, words["area"], words["text"], row.choice, row.decided_at))
    return found


def drawing_of(session: Session, key: bytes, guardian_id: str, id_: str) -> Drawing | None:
    """What the child drew, while this guardian is shown it."""
    for row in _of(session, guardian_id, Choice.RELEASED):
        if row.id == id_:
            found: Drawing | None = row.read(key).get("drawing")
            return found
    return None


def _check(item: Evidence, because: str) -> None:
    if is_released(item):
        raise Released
    if not because.strip():
        raise NoReason


def _as_it_was(one: Evidence, case: Case, ring: KeyRing) -> dict[str, Any]:
    names = ("area", "text", "speaker", "symbol", "language")
    words: dict[str, Any] = {name: getattr(one, name) for name in names}
    if one.drawing is not None:
        conversation_id, drawing_id = one.drawing
        found = next(row for row in case.conversations if row.id == conversation_id)
        record = read_record(packed_record(found, case, ring))
        words["drawing"] = drawing.find(record, one.area, drawing_id)
    return words


def _add(
    session: Session, key: bytes, guardian: Guardian, one: Evidence, choice: Choice,
    words: dict[str, Any], by: str, at: datetime,
) -> Showing:  # fmt: skip
    made = Showing(
        case_id=guardian.case_id,
        guardian_id=guardian.id,
        conversation_id=one.id.split("/")[0],
        item=one.id,
        choice=choice,
        decided_at=at,
        decided_by=by,
    )
    made.write(key, words)
    session.add(made)
    return made


def _end(before: Showing | None, at: datetime) -> None:
    """The newest decision is the one that holds."""
    if before is not None:
        before.ended_at = at


def _of(session: Session, guardian_id: str, choice: Choice) -> list[Showing]:
    rows = showings_of(session, guardian_id).values()
    return [row for row in rows if row.choice is choice]


def _items(case: Case, ring: KeyRing, reader: str) -> Iterator[Evidence]:
    for conversation in case.conversations:
        record = read_record(packed_record(conversation, case, ring))
        yield from _of_record(conversation, record, reader)


def _of_record(conversation: Conversation, record: Record, reader: str) -> Iterator[Evidence]:
    for area in reading.areas(record, reader):
        for one in of_child(Told(conversation, record, area)):
            yield _without_hidden_card(one, area)


def _without_hidden_card(one: Evidence, area: reading.Area) -> Evidence:
    """Words about a card that stays with the child would by its picture tell of the card."""
    kind, number = one.id.split("/")[1], one.id.rsplit("/", 1)[1]
    card = area.quotes[int(number)].card if kind == "said" else None
    if card is None or card.get("release", area.release) == MAY_SHOW:
        return one
    return replace(one, symbol="")
