"""The guardian's own room: the same seven areas, what they say in their own words, and what they
are asked.

It must never hold a trace of what the child has said, nor of another guardian.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import consent, plan
from .basis import latest_until
from .case import Case, CaseState
from .catalog import AREAS, CONTENT, Variant, catalog
from .clock import civil_date
from .consent import Answer, Consent, Draft, Giver, Recipient, StrangeAreas, Way
from .guardian import Guardian
from .plan import Concern, Line, Plan
from .voices import GuardianStatement, Kind

LONG = 10_000  # letters of one text
IN_OWN_WORDS = (Kind.IS, Kind.WISH, Kind.HELP)  # those with a box to write in

# Nobody is asked before the ansvarig has begun to ask.
ASKED_IN = frozenset(
    {
        CaseState.CONSENT_PENDING,
        CaseState.NO_CONSENT,
        CaseState.MEETING_CALLED,
        CaseState.MEETING_HELD,
        CaseState.PLAN_ACTIVE,
        CaseState.FOLLOW_UP,
    }
)


class UnknownCard(LookupError):
    """Kortet finns inte i det området."""


class OtherRequest(ValueError):
    """Frågan har ändrats sedan den lästes. Läs den igen innan du svarar."""


class NotYours(LookupError):
    """Det hör inte till dig."""


@dataclass(frozen=True)
class GuardianCard:
    """about: what of the area it is about, where that is tested (halsa: R038, hemmet: R039)."""

    key: str
    kind: Kind
    symbol: str
    label: str
    about: str = ""


@dataclass(frozen=True)
class GuardianArea:
    key: str
    name: str
    symbol: str
    question: str
    strengths: tuple[GuardianCard, ...]
    worries: tuple[GuardianCard, ...]

    def card(self, key: str) -> GuardianCard:
        for one in (*self.strengths, *self.worries):
            if one.key == key:
                return one
        raise UnknownCard


@dataclass(frozen=True)
class Saying:
    """One thing the guardian has said. card: its key, "" for own words."""

    id: str
    area: str
    kind: Kind
    text: str
    card: str
    symbol: str
    language: str
    said_at: datetime | None


@dataclass(frozen=True)
class Room:
    """One guardian in one case. language: of the words on the screen."""

    session: Session
    key: bytes
    case: Case
    guardian: Guardian
    language: str
    at: datetime


@dataclass(frozen=True)
class Request:
    """Something the guardian is asked to say yes or no to. digest: of what was read, so that an
    answer is to nothing else. yes, no: of the guardian's last answer; both, when it was a yes to
    some areas and a no to the others. yes_to, no_to: their areas. is_asked: still a question; else
    it is here only so that a yes can be taken back."""

    to: Recipient
    purpose: str
    until_on: date
    digest: str
    yes: Consent | None
    no: Consent | None
    yes_to: tuple[str, ...] = ()
    no_to: tuple[str, ...] = ()
    is_asked: bool = True

    @property
    def newest(self) -> Consent | None:
        return self.yes or self.no

    @property
    def stands(self) -> bool:
        """Whether the last word is a yes that has not been taken back."""
        return self.yes is not None and not self.yes.withdrawn_at

    @property
    def waits(self) -> bool:
        """Whether the guardian has not answered."""
        return self.is_asked and self.newest is None


# The seven areas.


@lru_cache
def areas(language: str) -> tuple[GuardianArea, ...]:
    """In the wheel's order, with the words of one language."""
    shown = {area.key: area for area in catalog(language, Variant.OLDER).areas}
    rows = _content()
    return tuple(
        GuardianArea(
            key,
            shown[key].name,
            shown[key].symbol,
            rows[key]["question"][language],
            tuple(_card(row, Kind.STRENGTH, language) for row in rows[key]["strength"]),
            tuple(_card(row, Kind.WORRY, language) for row in rows[key]["worry"]),
        )
        for key in AREAS
    )


def area(language: str, key: str) -> GuardianArea:
    return areas(language)[AREAS.index(key)]


# What the guardian says.


def sayings(room: Room) -> list[Saying]:
    """The guardian's own, area by area, oldest first; never what others wrote down."""
    own = select(GuardianStatement).where(
        GuardianStatement.guardian_id == room.guardian.id, GuardianStatement.written_by.is_(None)
    )
    rows = room.session.scalars(own.order_by(GuardianStatement.made_at, GuardianStatement.id))
    found = [_saying(row, room.key) for row in rows]
    kinds = list(Kind)
    return sorted(found, key=lambda one: (AREAS.index(one.area), kinds.index(one.kind)))


def tap(room: Room, area_key: str, card_key: str) -> None:
    """Choose a card, or lay it back while it is not yet said."""
    card = area(room.language, area_key).card(card_key)
    for row in _drafts(room, area_key, card.kind):
        if row.read(room.key)["card"] == card.key:
            room.session.delete(row)
            return
    if any(one.card == card.key and one.area == area_key for one in sayings(room)):
        return  # is said already, and stays
    _add(room, area_key, card.kind, card.label, card=card.key, symbol=card.symbol)


def write(room: Room, area_key: str, kind: Kind, text: str) -> None:
    """Keep own words as they are now. What was said before stays beside; blank words go."""
    text = text.strip()[:LONG]
    question = area(room.language, area_key).question if kind is Kind.IS else ""
    draft = next((r for r in _drafts(room, area_key, kind) if not r.read(room.key)["card"]), None)
    if draft is None and text:
        _add(room, area_key, kind, text, question=question)
    elif draft is not None and not text:
        room.session.delete(draft)
    elif draft is not None and draft.read(room.key)["text"] != text:
        words = {**draft.read(room.key), "text": text, "language": room.language}
        draft.write(room.key, {**words, "question": question})
        draft.made_at = room.at


def say(room: Room) -> int:
    """The guardian has read it back: from now on it is said, and nobody changes it. How many."""
    drafts = _drafts(room)
    for row in drafts:
        row.said_at = room.at
    return len(drafts)


# What the guardian is asked.


def requests(room: Room, purpose: str) -> list[Request]:
    """Each recipient that the ansvarig asks about, and each that this guardian's yes still holds
    for."""
    return [one for one in answered_or_asked(room, purpose) if one.is_asked or one.stands]


def answered_or_asked(room: Room, purpose: str) -> list[Request]:
    """The same, and each that the guardian has answered and is no longer asked about; nothing of
    what anybody else has answered."""
    mine = [
        row
        for row in reversed(consent.consents_of(room.session, room.case.id))
        if row.guardian_id == room.guardian.id and row.ended_at is None
    ]
    until_on = latest_until(civil_date(room.at))
    named = consent.recipients_of(room.session, room.key, room.case.id)
    asked = [to for to in named if to["areas"]] if room.case.state in ASKED_IN else []

    def request(to: Recipient, is_asked: bool) -> Request:
        digest = _digest(to, purpose, until_on)
        rows = [row for row in mine if row.recipient_id == to["id"]]
        last = [row for row in rows if row.given_at == rows[0].given_at]
        yes = next((row for row in last if row.answer is Answer.YES), None)
        no = next((row for row in last if row.answer is Answer.NO), None)
        yes_to, no_to = (tuple(row.read(room.key)["areas"]) if row else () for row in (yes, no))
        return Request(to, purpose, until_on, digest, yes, no, yes_to, no_to, is_asked)

    known = {to["id"] for to in asked}
    earlier = {
        row.recipient_id: {"why": "", **row.read(room.key), "id": row.recipient_id}
        for row in mine
        if row.recipient_id not in known
    }
    given = [request(to, is_asked=False) for to in earlier.values()]
    return [*(request(to, is_asked=True) for to in asked), *given]


def answer(room: Room, request: Request, digest: str, yes_to: Iterable[str]) -> None:
    """The guardian's own answer, to exactly what was read: yes to some of its areas, to all or to
    none, and no to the others."""
    if digest != request.digest or not request.is_asked:
        raise OtherRequest
    asked, chosen = list(request.to["areas"]), set(yes_to)
    if not chosen <= set(asked):
        raise StrangeAreas
    for said, areas in (
        (Answer.YES, [key for key in asked if key in chosen]),
        (Answer.NO, [key for key in asked if key not in chosen]),
    ):
        if areas:
            _record(room, request, said, areas)


def _record(room: Room, request: Request, said: Answer, areas: list[str]) -> None:
    draft = Draft(
        giver=Giver.GUARDIAN,
        answer=said,
        areas=areas,
        purpose=request.purpose,
        until_on=request.until_on,
        guardian_id=room.guardian.id,
        way=Way.WRITTEN,
        words={"language": room.language, "why": request.to["why"]},
    )
    consent.record(room.session, room.key, room.case, request.to, draft, by=None, at=room.at)


def take_back(room: Room, consent_id: str) -> Consent:
    found = room.session.get(Consent, consent_id)
    if found is None or found.guardian_id != room.guardian.id or found.case_id != room.case.id:
        raise NotYours
    consent.withdraw(found, room.at)
    return found


# What comes back.


def plan_to_show(room: Room) -> tuple[Plan, list[Line]] | None:
    """The plan that is in force, once it was written down that guardians have seen it. Without the
    child's own wishes, and without what others of the family do."""
    found = plan.shown(room.session, room.case)
    if found is None or found.started_at is None:
        return None
    if not found.read(room.key).get("shared", {}).get("guardians_on"):
        return None
    lines = plan.lines(room.session, room.key, found)
    kept = {"wish": "", "others": "", "for_child": "", "reason": ""}
    if room.case.protected_identity:  # where the child goes is not told by a list of workplaces
        kept["unit"] = ""
    return found, [replace(one, **kept) for one in lines]


def concerns(room: Room) -> list[tuple[Concern, dict[str, Any]]]:
    """What this guardian has written about the plan, the newest first, with the answer."""
    mine = [one for one in plan.concerns(room.session, room.case.id) if _is_own(one, room)]
    rows = sorted(mine, key=lambda one: one.raised_at, reverse=True)
    return [(row, row.read(room.key)) for row in rows]


def _is_own(concern: Concern, room: Room) -> bool:
    return concern.guardian_id == room.guardian.id and concern.written_by is None


def _drafts(room: Room, area_key: str = "", kind: Kind | None = None) -> list[GuardianStatement]:
    wanted = select(GuardianStatement).where(
        GuardianStatement.guardian_id == room.guardian.id,
        GuardianStatement.written_by.is_(None),
        GuardianStatement.said_at.is_(None),
    )
    if area_key:
        wanted = wanted.where(GuardianStatement.area == area_key)
    if kind is not None:
        wanted = wanted.where(GuardianStatement.kind == kind)
    return list(room.session.scalars(wanted.order_by(GuardianStatement.made_at)))


def _add(room: Room, area_key: str, kind: Kind, text: str, **words: str) -> None:
    made = GuardianStatement(
        case_id=room.case.id,
        guardian_id=room.guardian.id,
        area=area_key,
        kind=kind,
        made_at=room.at,
    )
    blank = {"question": "", "card": "", "symbol": ""}
    made.write(room.key, {"text": text, "language": room.language, **blank, **words})
    room.session.add(made)
    room.session.flush()


def _saying(row: GuardianStatement, key: bytes) -> Saying:
    words = row.read(key)
    return Saying(
        row.id,
        row.area,
        row.kind,
        words["text"],
        words.get("card", ""),
        words.get("symbol", ""),
        words.get("language", "sv"),
        row.said_at,
    )


def _digest(to: Recipient, purpose: str, until_on: date) -> str:
    read = [to["id"], to["who"], list(to["areas"]), to["why"], purpose, until_on.isoformat()]
    return hashlib.sha256(json.dumps(read).encode()).hexdigest()[:32]


def _card(row: Mapping[str, Any], kind: Kind, language: str) -> GuardianCard:
    return GuardianCard(row["key"], kind, row["symbol"], row[language], row.get("about", ""))


@lru_cache
def _content() -> dict[str, dict[str, Any]]:
    found: Sequence[dict[str, Any]] = tomllib.loads((CONTENT / "guardian.toml").read_text("utf-8"))[
        "area"
    ]
    return {row["key"]: row for row in found}
