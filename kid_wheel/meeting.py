"""The samverkansmöte: who comes, why, and how the child takes part.

It must never call anybody without a consent behind it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from . import consent, coordinator, kartlaggning
from .case import Case, InCase, reopened_at
from .catalog import LANGUAGES
from .consent import NoConsent, Recipient
from .coordinator import Coordinator, coordinator_of
from .db import Base
from .people import Staff, Unit
from .situation import Guard, Situation

__all__ = ["Coordinator", "Meeting", "Participant", "coordinator_of"]

FORUMS = Path(__file__).parent / "content" / "forum.toml"


class ParticipantKind(StrEnum):
    UNIT = "unit"  # another verksamhet, by name or by somebody named in it
    OWN = "own"  # a colleague in the case's own unit
    NETWORK = "network"
    GUARDIAN = "guardian"
    CHILD = "child"


class TakesPart(StrEnum):
    """How the child takes part; the child chooses, and nothing is chosen from the start."""

    WHOLE = "whole"
    PART = "part"
    WHEEL = "wheel"  # by the wheel, or a drawing, shown to the meeting
    TRUSTED_ADULT = "trusted_adult"
    NOT_NOW = "not_now"


# What the child chose at the closing of a conversation (record's meeting.how) in these words.
FROM_CLOSING = {
    "join": TakesPart.WHOLE,
    "join_a_while": TakesPart.PART,
    "write_or_draw": TakesPart.WHEEL,
    "someone_tells": TakesPart.TRUSTED_ADULT,
    "dont_want": TakesPart.NOT_NOW,
}
INTERPRETER_MODES = ("room", "phone", "video")  # never a sibling, nor any other child


class UnknownForum(ValueError):
    """Den mötesformen finns inte."""


class OutsideFocus(ValueError):
    """Välj minst ett av fokusområdena: utan ett område finns inget skäl att vara med."""


class NobodyNamed(ValueError):
    """Skriv vem som bjuds in."""


class AlreadyHeld(Exception):
    """Mötet är redan hållet."""


class Protected(Exception):
    """Barnet har skyddade personuppgifter: kalla muntligt."""


class NotTold(Exception):
    """Barnet har inte fått veta att den personen kommer."""


@dataclass(frozen=True)
class Forum:
    """names: in every language. about: in the staff's. may_be_anonymous: also for consultation
    without a name."""

    key: str
    names: dict[str, str]
    about: dict[str, str]
    may_be_anonymous: bool


class Meeting(InCase, Base):
    """content: place, adaptations, interpreter {mode, language, agency} or None, takes_part
    {how, said, from}, child_told {on, how, said, answer, of}, opening (who begins, if not the
    child's page)."""

    __tablename__ = "meeting"
    forum: Mapped[str] = mapped_column(String(30))
    starts_at: Mapped[datetime | None]
    minutes: Mapped[int]
    made_at: Mapped[datetime]
    called_at: Mapped[datetime | None]
    held_at: Mapped[datetime | None]


class Participant(InCase, Base):
    """content: name, role, areas, words (what a guardian wants to say first). recipient_id: whom
    the consent is about, of another unit or the network. was_present: None until it is written."""

    __tablename__ = "participant"
    meeting_id: Mapped[str] = mapped_column(ForeignKey("meeting.id"), index=True)
    kind: Mapped[ParticipantKind]
    recipient_id: Mapped[str | None] = mapped_column(String(36))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    guardian_id: Mapped[str | None] = mapped_column(ForeignKey("guardian.id"))
    added_at: Mapped[datetime]
    called_at: Mapped[datetime | None]
    was_present: Mapped[bool | None]
    unit: Mapped[Unit | None] = relationship()


@lru_cache
def forums() -> dict[str, Forum]:
    """The forums there are to choose from, in the order they are shown."""
    found = tomllib.loads(FORUMS.read_text("utf-8"))
    return {
        key: Forum(
            key,
            {code: row[code] for code in LANGUAGES if code in row},
            {"sv": row["about_sv"], "en": row["about_en"]},
            row.get("may_be_anonymous", False),
        )
        for key, row in found.items()
    }


def plan(
    session: Session,
    key: bytes,
    case_id: str,
    forum: str,
    starts_at: datetime | None,
    minutes: int,
    words: dict[str, Any],
    at: datetime,
) -> Meeting:
    if forum not in forums():
        raise UnknownForum
    made = Meeting(case_id=case_id, forum=forum, starts_at=starts_at, minutes=minutes, made_at=at)
    made.write(key, words)
    session.add(made)
    return made


def change(
    meeting: Meeting,
    key: bytes,
    forum: str,
    starts_at: datetime | None,
    minutes: int,
    words: dict[str, Any],
) -> None:
    if forum not in forums():
        raise UnknownForum
    meeting.forum, meeting.starts_at, meeting.minutes = forum, starts_at, minutes
    note(meeting, key, words)


def note(row: Meeting | Participant, key: bytes, words: dict[str, Any]) -> None:
    """Write some of a row's words and leave the others."""
    row.write(key, {**row.read(key), **words})


def meetings_of(session: Session, case_id: str) -> list[Meeting]:
    wanted = select(Meeting).where(Meeting.case_id == case_id)
    return list(session.scalars(wanted.order_by(Meeting.made_at, Meeting.id)))


def current(session: Session, case_id: str) -> Meeting | None:
    """The newest meeting since the case was opened, or opened again, held or not."""
    reopened = reopened_at(session, case_id)
    made = [m for m in meetings_of(session, case_id) if reopened is None or m.made_at > reopened]
    return made[-1] if made else None


def participants_of(session: Session, meeting_id: str) -> list[Participant]:
    wanted = select(Participant).where(Participant.meeting_id == meeting_id)
    return list(session.scalars(wanted.order_by(Participant.added_at, Participant.id)))


def expected_of(session: Session, key: bytes, meeting_id: str, at: datetime) -> list[Participant]:
    """Without a guardian who was invited and is none to call any longer: of them nobody is told
    anything, not even that they stay away."""
    return [
        one
        for one in participants_of(session, meeting_id)
        if one.kind is not ParticipantKind.GUARDIAN or is_covered(session, key, one, at)
    ]


def invite(
    session: Session,
    key: bytes,
    meeting: Meeting,
    to: Recipient,
    areas: Sequence[str],
    name: str,
    at: datetime,
) -> Participant:
    """Somebody of another unit, or of the network; NoConsent when nothing covers just these
    areas now."""
    if not is_in_focus(session, key, meeting.case_id, areas):
        raise OutsideFocus
    if consent.covers(session, key, meeting.case_id, to["id"], areas, at) is None:
        raise NoConsent
    kind = ParticipantKind.NETWORK if to.get("is_network") else ParticipantKind.UNIT
    return _add(
        session, key, meeting, kind, at, {"name": name.strip() or to["who"], "areas": list(areas)},
        recipient_id=to["id"], unit_id=to["unit_id"],
    )  # fmt: skip


def invite_colleague(
    session: Session,
    key: bytes,
    meeting: Meeting,
    staff: Staff,
    unit_id: str,
    areas: Sequence[str],
    at: datetime,
) -> Participant:
    """Somebody of the case's own unit: nothing leaves the unit, but a focus area is the reason."""
    if not is_in_focus(session, key, meeting.case_id, areas):
        raise OutsideFocus
    words = {"name": staff.name, "role": staff.title, "areas": list(areas)}
    return _add(
        session, key, meeting, ParticipantKind.OWN, at, words, staff_id=staff.id, unit_id=unit_id
    )


def invite_family(
    session: Session, key: bytes, meeting: Meeting, guardian_id: str | None, name: str, at: datetime
) -> Participant:
    """A guardian, or with None the child. A guardian whose access is suspended is not there, nor
    any when the child is an adult."""
    is_child = guardian_id is None
    if not is_child and not _is_guardian_now(session, key, meeting.case_id, guardian_id, at):
        raise NobodyNamed
    kind = ParticipantKind.CHILD if is_child else ParticipantKind.GUARDIAN
    return _add(session, key, meeting, kind, at, {"name": name}, guardian_id=guardian_id)


def take_away(session: Session, participant: Participant) -> None:
    session.delete(participant)
    session.flush()


def is_in_focus(session: Session, key: bytes, case_id: str, areas: Sequence[str]) -> bool:
    focus = kartlaggning.focus_areas(session, key, case_id)
    return bool(areas) and set(areas) <= set(focus)


def areas_in_focus(session: Session, key: bytes, participant: Participant) -> list[str]:
    """Why somebody is there, of what is in focus now: the focus may have changed since."""
    focus = kartlaggning.focus_areas(session, key, participant.case_id)
    return [area for area in participant.read(key).get("areas", []) if area in focus]


def areas_shared_with(session: Session, key: bytes, case_id: str, staff_id: str) -> list[str]:
    """The focus areas that a coordinator takes part in: those the meeting invited them for, else
    all that are in focus."""
    found = current(session, case_id)
    for participant in participants_of(session, found.id) if found else []:
        if participant.staff_id == staff_id:
            return areas_in_focus(session, key, participant)
    return kartlaggning.focus_areas(session, key, case_id)


def is_covered(session: Session, key: bytes, participant: Participant, at: datetime) -> bool:
    """Whether somebody may be called now: the child and the own unit always, a guardian for as
    long as they are one to ask, others by their basis and for as long as the kartläggning or the
    network names them."""
    if participant.kind is ParticipantKind.GUARDIAN:
        return _is_guardian_now(session, key, participant.case_id, participant.guardian_id, at)
    return may_hear(session, key, participant, participant.read(key).get("areas", []), at)


def may_hear(
    session: Session, key: bytes, participant: Participant, areas: Sequence[str], at: datetime
) -> bool:
    """Whether somebody who is no guardian may be told of some areas now."""
    if participant.recipient_id is None:
        return True
    named = consent.recipients_of(session, key, participant.case_id)
    if participant.recipient_id not in [to["id"] for to in named]:
        return False
    found = consent.covers(session, key, participant.case_id, participant.recipient_id, areas, at)
    return found is not None


def kept_back(
    session: Session, key: bytes, meeting: Meeting, at: datetime
) -> dict[str, list[Participant]]:
    """The focus areas that are not shown at the meeting, and because of whom: somebody of those who
    come whom nothing covers there. Who is written down as absent has gone out, and hears nothing.
    """
    focus = kartlaggning.focus_areas(session, key, meeting.case_id)
    there = [
        one
        for one in expected_of(session, key, meeting.id, at)
        if one.recipient_id and one.was_present is not False
    ]
    found = {
        area: [one for one in there if not may_hear(session, key, one, [area], at)]
        for area in focus
    }
    return {area: whom for area, whom in found.items() if whom}


def areas_to_show(session: Session, key: bytes, meeting: Meeting, at: datetime) -> list[str]:
    """The focus areas that everybody who is there may hear of."""
    left_out = kept_back(session, key, meeting, at)
    focus = kartlaggning.focus_areas(session, key, meeting.case_id)
    return [area for area in focus if area not in left_out]


def check_callable(
    session: Session, key: bytes, case: Case, participant: Participant, at: datetime
) -> None:
    """Asked each time a kallelse is made: NoConsent, NotTold or Protected."""
    if case.protected_identity:
        raise Protected
    if not is_covered(session, key, participant, at):
        raise NoConsent
    meeting = session.get_one(Meeting, participant.meeting_id)
    family = {ParticipantKind.CHILD, ParticipantKind.GUARDIAN}
    if participant.kind not in family and participant.id not in told_of(meeting, key):
        raise NotTold


def tell_child(
    session: Session, key: bytes, meeting: Meeting, words: dict[str, Any], at: datetime
) -> None:
    """Keep that the child was told who comes: all who are invited and may come now."""
    of = [p.id for p in expected_of(session, key, meeting.id, at)]
    note(meeting, key, {"child_told": {**words, "of": of}})


def told_of(meeting: Meeting, key: bytes) -> set[str]:
    """Ids of the participants that the child has been told of."""
    return set(meeting.read(key).get("child_told", {}).get("of", []))


def _is_guardian_now(
    session: Session, key: bytes, case_id: str, guardian_id: str | None, at: datetime
) -> bool:
    case = session.get_one(Case, case_id)
    return guardian_id in [one.id for one in consent.guardians_now(session, key, case, at)]


def _add(
    session: Session,
    key: bytes,
    meeting: Meeting,
    kind: ParticipantKind,
    at: datetime,
    words: dict[str, Any],
    **ids: str | None,
) -> Participant:
    if meeting.held_at is not None:
        raise AlreadyHeld
    if not words["name"].strip():
        raise NobodyNamed
    made = Participant(
        case_id=meeting.case_id, meeting_id=meeting.id, kind=kind, added_at=at, **ids
    )
    made.write(key, words)
    session.add(made)
    session.flush()
    return made


# What must hold before the case goes on.


def _to_be_called(situation: Situation) -> tuple[Meeting | None, list[Participant]]:
    """The meeting that is being prepared and those who come from elsewhere or work here."""
    found = current(situation.session, situation.case.id)
    if found is None or found.held_at is not None:
        return None, []
    return found, expected_of(situation.session, situation.key, found.id, situation.at)


def _invited(situation: Situation) -> list[Participant]:
    family = {ParticipantKind.CHILD, ParticipantKind.GUARDIAN}
    return [p for p in _to_be_called(situation)[1] if p.kind not in family]


def _consent_for_every_participant(situation: Situation) -> bool:
    others = [p for p in _invited(situation) if p.recipient_id]
    return bool(others) and all(
        is_covered(situation.session, situation.key, p, situation.at) for p in others
    )


def _participants_in_focus(situation: Situation) -> bool:
    invited = _invited(situation)
    return bool(invited) and all(
        is_in_focus(
            situation.session, situation.key, situation.case.id, p.read(situation.key)["areas"]
        )
        for p in invited
    )


def _forum_chosen(situation: Situation) -> bool:
    found, _ = _to_be_called(situation)
    if found is None or found.starts_at is None:
        return False
    words = found.read(situation.key)
    return bool(words.get("place", "").strip() and words.get("adaptations", "").strip())


def _child_told_who_comes(situation: Situation) -> bool:
    found, everybody = _to_be_called(situation)
    if found is None:
        return False
    told = found.read(situation.key).get("child_told", {})
    if told.get("objects") and not told.get("answer", "").strip():
        return False
    come = {p.id for p in everybody if p.kind is not ParticipantKind.CHILD}
    return bool(told.get("said", "").strip()) and come <= set(told["of"])


def _presence_recorded(situation: Situation) -> bool:
    found = current(situation.session, situation.case.id)
    session, key = situation.session, situation.key
    everybody = expected_of(session, key, found.id, situation.at) if found else []
    return any(p.was_present for p in everybody) and all(
        p.was_present is not None for p in everybody
    )


def _present_are_covered(situation: Situation) -> bool:
    """A yes may have been taken back, or have run out, since the meeting was called."""
    session, key, at = situation.session, situation.key, situation.at
    found = current(session, situation.case.id)
    everybody = expected_of(session, key, found.id, at) if found else []
    return all(is_covered(session, key, one, at) for one in everybody if one.was_present)


GUARDS: dict[str, Guard] = {
    "consent_for_every_participant": _consent_for_every_participant,
    "participants_in_focus": _participants_in_focus,
    "forum_chosen": _forum_chosen,
    "child_told_who_comes": _child_told_who_comes,
    "presence_recorded": _presence_recorded,
    "present_are_covered": _present_are_covered,
    **coordinator.GUARDS,
}
