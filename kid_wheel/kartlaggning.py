"""The kartläggning: four sources and the model's five questions, answered with evidence.

It must never diagnose, score or answer for the one who answers for the child.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .action import Action, ActionState, Source, actions_of
from .audit import AuditEvent
from .case import Case, CaseState, InCase, reopened_at
from .catalog import AREAS, CONTENT, SWEDISH
from .db import Base
from .people import Staff, works_in
from .situation import Guard, Situation
from .voices import Voices, hear

SOURCES = ("signal", "own_unit", "guardian", "child")
WRITTEN_SOURCES = ("signal", "own_unit")  # a guardian's and the child's words stand under their own
QUESTIONS = ("1", "2", "3", "4", "5")
OWN_QUESTIONS = ("3", "4")  # whose answers are actions of one's own, at once
A_SENTENCE = 3  # words, at least

S = CaseState


class Part(StrEnum):
    """The kartläggning is written part by part."""

    INFORMED = "informed"
    SOURCES = "sources"
    QUESTIONS = "questions"
    NEEDS = "needs"
    DECISION = "decision"


class Decision(StrEnum):
    OWN_SUPPORT = "own_support"
    COLLABORATION = "collaboration"
    NO_FURTHER_ACTION = "no_further_action"


class ChildUnheard(StrEnum):
    """Why the child's own voice is not there: no other reason is accepted without words."""

    TOO_YOUNG = "too_young"
    DECLINED = "declined"
    NOT_YET = "not_yet"
    UNSAFE_NOW = "unsafe_now"
    OTHER = "other"


# When each part is written. The analysis waits until every source is present or explained.
WRITABLE = {
    Part.INFORMED: {S.RECEIVED, S.COLLECTING},
    Part.SOURCES: {S.COLLECTING, S.ANALYSING},
    Part.QUESTIONS: {S.ANALYSING},
    Part.NEEDS: {S.ANALYSING},
    Part.DECISION: {S.ANALYSING, S.DECIDED},
}
# Early help waits for no meeting, and somebody more may be needed when a follow-up has shown it.
HELPS = {
    S.COLLECTING, S.ANALYSING, S.DECIDED, S.OWN_SUPPORT, S.CONSENT_PENDING, S.NO_CONSENT,
    S.MEETING_CALLED, S.MEETING_HELD, S.PLAN_ACTIVE, S.FOLLOW_UP,
}  # fmt: skip
ASKS_OTHERS = {S.ANALYSING, S.DECIDED, S.NO_CONSENT, S.FOLLOW_UP}


class TooLate(Exception):
    """Ärendet är inte där längre, så det här kan inte ändras nu."""


class NoOwner(ValueError):
    """Välj någon i verksamheten som ansvarar."""


class NoDay(ValueError):
    """Välj en dag från i dag och framåt."""


class NothingToDo(ValueError):
    """Skriv vad ni ska göra."""


class NoRecipient(ValueError):
    """Välj en verksamhet, eller skriv vem det är."""


class NoArea(ValueError):
    """Välj minst ett område."""


class NoReason(ValueError):
    """Skriv varför."""


class Kartlaggning(InCase, Base):
    """One for each time the case is opened. content: informed {how, not_because, unsaid:
    words without a yes or a no}, sources, answers, focus_areas, needs, child_view, maturity_by,
    best_interests, decision, motive."""

    __tablename__ = "kartlaggning"
    __table_args__ = (UniqueConstraint("case_id", "round"),)
    round: Mapped[int]
    begun_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    begun_at: Mapped[datetime]


class Recipient(InCase, Base):
    """Somebody whose help is needed, of question 5. content: who (without a unit of ours: a free
    name), why. unit_id: a unit of the county. areas: keys, space separated."""

    __tablename__ = "recipient"
    kartlaggning_id: Mapped[str] = mapped_column(ForeignKey("kartlaggning.id"), index=True)
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    areas: Mapped[str] = mapped_column(String(200))
    named_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Question:
    """text: the agreement's own words. beside: the same for a reader of another language, or ""."""

    number: str
    text: str
    beside: str


def questions(reader: str) -> list[Question]:
    """The five, verbatim and in the agreement's order."""
    words = _agreement()["questions"]
    beside = {} if reader == SWEDISH else words.get(reader, {})
    return [Question(n, words[n], beside.get(n, "")) for n in QUESTIONS]


def current(session: Session, case_id: str) -> Kartlaggning | None:
    """This round's: a case that was opened again begins a new one."""
    wanted = select(Kartlaggning).filter_by(case_id=case_id, round=_round(session, case_id))
    return session.scalar(wanted)


def rounds(session: Session, case_id: str) -> list[Kartlaggning]:
    wanted = select(Kartlaggning).filter_by(case_id=case_id).order_by(Kartlaggning.round)
    return list(session.scalars(wanted))


def decided_in(session: Session, case_id: str) -> dict[int, AuditEvent]:
    """Who decided and when, in each round that came so far; the events know."""
    names = ("case:reopened", "kartlaggning:decided")
    events = session.scalars(
        select(AuditEvent)
        .where(AuditEvent.case_id == case_id, AuditEvent.event.in_(names))
        .order_by(AuditEvent.id)
    )
    number, found = 1, {}
    for event in events:
        if event.event == "case:reopened":
            number += 1
        else:
            found[number] = event
    return found


def words_of(kartlaggning: Kartlaggning | None, key: bytes) -> dict[str, Any]:
    """What is written, with nothing where nothing is. key: the case's."""
    return {**_nothing(), **(kartlaggning.read(key) if kartlaggning else {})}


def save(
    session: Session,
    key: bytes,
    case: Case,
    part: Part,
    words: dict[str, Any],
    by: str,
    at: datetime,
) -> Kartlaggning:
    """Write one part and leave the others as they are. by: the id of who writes."""
    session.refresh(case, ["state"], with_for_update=True)
    if case.state not in WRITABLE[part]:
        raise TooLate
    found = current(session, case.id)
    if found is None:
        number = _round(session, case.id)
        found = Kartlaggning(case_id=case.id, round=number, begun_by=by, begun_at=at)
    found.write(key, {**words_of(found if found.content else None, key), **words})
    session.add(found)
    session.flush()
    return found


def is_written(words: dict[str, Any], part: dict[str, Any]) -> bool:
    """Whether a part says this already."""
    return all(words[name] == said for name, said in part.items())


def focus_areas(session: Session, key: bytes, case_id: str) -> list[str]:
    chosen = words_of(current(session, case_id), key)["focus_areas"]
    return [area for area in AREAS if area in chosen]


def recipients(session: Session, key: bytes, case_id: str) -> list[dict[str, Any]]:
    """Whom question 5 names: id, unit_id (or None), who (a free name, or ""), areas, why."""
    found = current(session, case_id)
    if found is None:
        return []
    rows = session.scalars(
        select(Recipient)
        .filter_by(kartlaggning_id=found.id, removed_at=None)
        .order_by(Recipient.named_at, Recipient.id)
    )
    return [
        {"id": row.id, "unit_id": row.unit_id, "areas": row.areas.split(), **row.read(key)}
        for row in rows
    ]


def name_recipient(
    session: Session,
    key: bytes,
    case: Case,
    *,
    unit_id: str | None,
    who: str,
    areas: Iterable[str],
    why: str,
    at: datetime,
) -> Recipient:
    """Say whose help is needed, in which areas and why. Nothing is sent to anybody by it."""
    found, chosen = current(session, case.id), [area for area in AREAS if area in set(areas)]
    if found is None or case.state not in ASKS_OTHERS:
        raise TooLate
    if not unit_id and not who.strip():
        raise NoRecipient
    if not chosen:
        raise NoArea
    if not why.strip():
        raise NoReason
    named = Recipient(
        case_id=case.id,
        kartlaggning_id=found.id,
        unit_id=unit_id or None,
        areas=" ".join(chosen),
        named_at=at,
    )
    named.write(key, {"who": "" if unit_id else who.strip(), "why": why.strip()})
    session.add(named)
    return named


def remove_recipient(session: Session, case: Case, recipient_id: str, at: datetime) -> None:
    """The row stays, so that what once rested on it can still say whom it was about."""
    found = session.get(Recipient, recipient_id)
    if found is None or found.case_id != case.id or case.state not in ASKS_OTHERS:
        raise TooLate
    found.removed_at = at


def begin_own_action(
    session: Session,
    key: bytes,
    case: Case,
    *,
    question: str,
    area: str,
    what: str,
    for_child: str,
    owner: Staff | None,
    due_on: date | None,
    at: datetime,
    on: date,
) -> Action:
    """What one's own unit does at once, of question 3 or 4. on: today."""
    if case.state not in HELPS:
        raise TooLate
    if not what.strip():
        raise NothingToDo
    if area not in AREAS:
        raise NoArea
    if owner is None or not works_in(owner, case.unit_id, on):
        raise NoOwner
    if due_on is None or due_on < on:
        raise NoDay
    made = Action(
        case_id=case.id,
        source=Source.OWN,
        area=area,
        unit_id=case.unit_id,
        staff_id=owner.id,
        due_on=due_on,
        made_at=at,
    )
    made.write(
        key,
        {
            "what": what.strip(),
            "for_child": for_child.strip(),
            "who": "",
            "others": "",
            "reason": "",
            "question": question if question in OWN_QUESTIONS else OWN_QUESTIONS[0],
        },
    )
    session.add(made)
    return made


def book_follow_up(case: Case, day: date | None, on: date) -> None:
    if day is None or day < on:
        raise NoDay
    case.follow_up_on = day


def source_is_there(source: str, words: dict[str, Any], voices: Voices) -> bool:
    """Whether something has been told by that source, apart from why it may be missing."""
    if source == "child":
        return voices.child_has_spoken
    if source == "guardian":
        return any(guardian.remarks for guardian in voices.guardians)
    written = bool(words["sources"][source]["text"].strip())
    return written or (source == "signal" and bool(voices.professions))


# Guards.


def _words(situation: Situation) -> dict[str, Any]:
    return words_of(current(situation.session, situation.case.id), situation.key)


def _voices(situation: Situation) -> Voices:
    return hear(situation.session, situation.ring, situation.case, SWEDISH)


def guardians_informed(situation: Situation) -> bool:
    informed = _words(situation)["informed"]
    return _is_written(informed["how"]) or _is_written(informed["not_because"])


def four_sources(situation: Situation) -> bool:
    words, voices = _words(situation), _voices(situation)
    return all(
        source_is_there(source, words, voices)
        or _is_written(words["sources"][source]["missing_because"])
        for source in SOURCES
    )


def child_heard(situation: Situation) -> bool:
    """The child has spoken in a conversation, or there is a reason from the closed list."""
    source = _words(situation)["sources"]["child"]
    reason = source["missing_because"]
    if reason == ChildUnheard.OTHER:
        explained = _is_written(source["other"])
    else:
        explained = reason in set(ChildUnheard)
    return explained or _voices(situation).child_has_spoken


def five_questions(situation: Situation) -> bool:
    """Each has words of its own; what is done and who is asked stand beside them."""
    answers = _words(situation)["answers"]
    return all(_is_written(answers.get(number, {}).get("text", "")) for number in QUESTIONS)


def has_focus_areas(situation: Situation) -> bool:
    return bool(focus_areas(situation.session, situation.key, situation.case.id))


def needs_in_plain_words(situation: Situation) -> bool:
    words = _words(situation)
    return all(_is_written(words["needs"].get(area, "")) for area in words["focus_areas"])


def child_view_weighed(situation: Situation) -> bool:
    words = _words(situation)
    return _is_written(words["child_view"]) and _is_written(words["maturity_by"])


def best_interests(situation: Situation) -> bool:
    return len(_words(situation)["best_interests"].split()) >= A_SENTENCE


def decision_made(situation: Situation) -> bool:
    words = _words(situation)
    return words["decision"] in set(Decision) and _is_written(words["motive"])


def own_action(situation: Situation) -> bool:
    """Somebody does something, and it has a day; what was begun before the case was opened again
    is not an answer to this round's questions."""
    reopened = reopened_at(situation.session, situation.case.id)
    return any(
        a.state is ActionState.PLANNED and a.staff_id and a.due_on
        for a in actions_of(situation.session, situation.case.id, Source.OWN)
        if reopened is None or a.made_at > reopened
    )


def recipients_named(situation: Situation) -> bool:
    return bool(recipients(situation.session, situation.key, situation.case.id))


def no_action_decided(situation: Situation) -> bool:
    return bool(_words(situation)["decision"] == Decision.NO_FURTHER_ACTION)


def help_decided(situation: Situation) -> bool:
    """A decision that no more is done now opens no way to help or to others."""
    return not no_action_decided(situation)


GUARDS: dict[str, Guard] = {
    "guardians_informed": guardians_informed,
    "four_sources": four_sources,
    "child_heard": child_heard,
    "five_questions": five_questions,
    "focus_areas": has_focus_areas,
    "needs_in_plain_words": needs_in_plain_words,
    "child_view_weighed": child_view_weighed,
    "best_interests": best_interests,
    "decision_made": decision_made,
    "own_action": own_action,
    "recipients_named": recipients_named,
    "no_action_decided": no_action_decided,
    "help_decided": help_decided,
}


def _round(session: Session, case_id: str) -> int:
    wanted = select(func.count(AuditEvent.id)).filter_by(case_id=case_id, event="case:reopened")
    return 1 + (session.scalar(wanted) or 0)


def _nothing() -> dict[str, Any]:
    return {
        "informed": {"how": "", "not_because": "", "unsaid": ""},
        "sources": {source: {"text": "", "missing_because": "", "other": ""} for source in SOURCES},
        "answers": {number: {"text": "", "evidence": []} for number in QUESTIONS},
        "focus_areas": [],
        "needs": {},
        "child_view": "",
        "maturity_by": "",
        "best_interests": "",
        "decision": "",
        "motive": "",
    }


def _is_written(text: str) -> bool:
    return bool(text.strip())


@lru_cache
def _agreement() -> dict[str, Any]:
    return tomllib.loads((CONTENT / "agreement.toml").read_text("utf-8"))
