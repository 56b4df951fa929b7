"""A samtycke: to whom, about which areas, for what and until when.

It must never be general, outlive its day, or be revived.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from . import kartlaggning
from .basis import LAWS, Basis, Ground, Sector, latest_until, may_use, sector_of
from .case import Case, InCase
from .catalog import AREAS
from .clock import civil_date
from .db import Base
from .guardian import Guardian, guardians_of
from .keys import KeyRing, decrypt
from .maturity import Capacity, assessment_of
from .network import network_of
from .people import Unit
from .routing import ADULT_AGE, is_child
from .situation import Guard, Situation


class Giver(StrEnum):
    GUARDIAN = "guardian"
    CHILD = "child"  # decides, or is asked also when it does not decide: see Capacity


class Answer(StrEnum):
    YES = "yes"
    NO = "no"
    DONT_KNOW = "dont_know"  # the child's
    NOT_ASKED = "not_asked"  # the child was not asked, and it is written why


class Way(StrEnum):
    WRITTEN = "written"
    ORAL = "oral"


class Alone(StrEnum):
    """Why one guardian's samtycke is enough."""

    SOLE_CUSTODY = "sole_custody"
    UNREACHABLE = "other_unreachable"
    MINOR_MATTER = "minor_matter"  # and nothing speaks for that the other disagrees
    BOARD = "socialnamnd_6_13a"  # socialnämnden decided, FB 6 kap. 13 a §
    HARM = "osl_12_3_harm"  # telling the other would harm the child, OSL 12 kap. 3 §


OVER_A_NO = frozenset({Alone.SOLE_CUSTODY, Alone.BOARD})  # holds although the other has said no


class Lack(StrEnum):
    """Why sharing is stopped."""

    NO_AREAS = "no_areas"
    NO_GUARDIAN = "no_guardian"
    GUARDIAN_NOT_ASKED = "guardian_not_asked"
    OTHER_GUARDIAN = "other_guardian"  # one has said yes; the other's yes or a reason is missing
    GUARDIAN_SAYS_NO = "guardian_says_no"
    CONFLICT = "conflict"
    CHILD_NOT_ASKED = "child_not_asked"
    CHILD_SAYS_NO = "child_says_no"
    CHILD_NOT_ANSWERED = "child_not_answered"  # the child's no has no adult's written answer yet


class NoRecipient(ValueError):
    """Ett samtycke gäller alltid någon som är nämnd vid namn i kartläggningen eller nätverket."""


class NoAreas(ValueError):
    """Välj vilka områden det gäller."""


class StrangeAreas(ValueError):
    """Mottagaren behöver inte de områdena, enligt kartläggningen."""


class NoPurpose(ValueError):
    """Skriv vad det ska användas till."""


class WrongDay(ValueError):
    """Välj en sista dag, från i dag och högst tolv månader fram."""


class NobodyToAsk(ValueError):
    """Välj vem som har svarat."""


class NoMotive(ValueError):
    """Skriv varför."""


class ClosedLaw(ValueError):
    """Den lagliga grunden får inte användas mellan de här verksamheterna."""


class NoConsent(Exception):
    """Inget samtycke eller annan laglig grund gäller nu för den mottagaren och de områdena."""


class Consent(InCase, Base):
    """One person's answer about one recipient.

    content: who (the recipient), areas, purpose, given_on (day it was said, if earlier), said (the
    giver's own words), language, interpreter, motive and reference (of `alone`), why (the child was
    not asked), adult_answer (to the child's no). recipient_id: as in the kartläggning, or of a
    person in the network. until_on: the last day, of a yes. ended_at: when the case was closed.
    recorded_by: None for what a guardian answered in its own room.
    """

    __tablename__ = "consent"
    recipient_id: Mapped[str] = mapped_column(String(36), index=True)
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    giver: Mapped[Giver]
    guardian_id: Mapped[str | None] = mapped_column(ForeignKey("guardian.id"))
    answer: Mapped[Answer]
    way: Mapped[Way | None]
    alone: Mapped[Alone | None]
    given_at: Mapped[datetime]
    until_on: Mapped[date | None]
    recorded_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    withdrawn_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class OtherGround(InCase, Base):
    """A decision to share on another legal ground. content: who, areas, purpose, motive."""

    __tablename__ = "other_ground"
    recipient_id: Mapped[str] = mapped_column(String(36), index=True)
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    ground: Mapped[Ground]
    sector: Mapped[Sector]
    decided_at: Mapped[datetime]
    until_on: Mapped[date]
    decided_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]


Recipient = dict[str, Any]  # id, unit_id or None, who, areas, why; is_network


@dataclass(frozen=True)
class Draft:
    """An answer before it is recorded. words: what goes in the row's content beside who, areas
    and purpose."""

    giver: Giver
    answer: Answer
    areas: Sequence[str]
    purpose: str
    until_on: date | None
    guardian_id: str | None = None
    way: Way | None = None
    alone: Alone | None = None
    words: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """How it stands with one recipient and some areas. `basis` is there when nothing lacks, or
    another legal ground holds; then `lacks` tells how it stands with the samtycke alone."""

    basis: Basis | None
    lacks: tuple[Lack, ...]

    @property
    def is_conflict(self) -> bool:
        return Lack.CONFLICT in self.lacks


def recipients_of(session: Session, key: bytes, case_id: str) -> list[Recipient]:
    """Whom there is to ask about: those of the kartläggning's fifth question, then the network."""
    named: list[Recipient] = []
    for found in kartlaggning.recipients(session, key, case_id):
        unit = session.get(Unit, found["unit_id"]) if found["unit_id"] else None
        who = found["who"] or (unit.name if unit else "")
        named.append({**found, "who": who, "is_network": False})
    for person in network_of(session, case_id):
        words = person.read(key)
        who = f"{words['name']} ({words['relation']})" if words.get("relation") else words["name"]
        named.append(
            {
                "id": person.id,
                "unit_id": None,
                "who": who,
                "areas": words.get("areas", []),
                "why": words.get("why", ""),
                "is_network": True,
            }
        )
    return named


def find_recipient(session: Session, key: bytes, case_id: str, recipient_id: str) -> Recipient:
    for found in recipients_of(session, key, case_id):
        if found["id"] == recipient_id:
            return found
    raise NoRecipient


def record(
    session: Session,
    key: bytes,
    case: Case,
    to: Recipient,
    draft: Draft,
    by: str | None,
    at: datetime,
) -> Consent:
    """Keep what somebody answered; one of the errors above when it is general or unexplained."""
    areas = _checked_areas(to, draft.areas)
    if not draft.purpose.strip():
        raise NoPurpose
    until_on = None if draft.answer is Answer.NO else _checked_day(draft.until_on, at)
    _check_giver(session, case, draft, at)
    _check_explained(draft)
    made = Consent(
        case_id=case.id,
        recipient_id=to["id"],
        unit_id=to["unit_id"],
        giver=draft.giver,
        guardian_id=draft.guardian_id,
        answer=draft.answer,
        way=draft.way,
        alone=draft.alone,
        given_at=at,
        until_on=until_on,
        recorded_by=by,
    )
    purpose = draft.purpose.strip()
    made.write(key, {**draft.words, "who": to["who"], "areas": areas, "purpose": purpose})
    session.add(made)
    return made


def answer_child(consent: Consent, key: bytes, words: str) -> None:
    """An adult's written answer to the child's no."""
    if not words.strip():
        raise NoMotive
    consent.write(key, {**consent.read(key), "adult_answer": words.strip()})


def withdraw(consent: Consent, at: datetime) -> None:
    """At once, and for good: a new samtycke is a new row."""
    consent.withdrawn_at = consent.withdrawn_at or at


def decide_on_law(
    session: Session,
    key: bytes,
    case: Case,
    to: Recipient,
    ground: Ground,
    sector: Sector,
    areas: Sequence[str],
    until_on: date | None,
    words: dict[str, str],
    by: str,
    at: datetime,
) -> OtherGround:
    """Share on another legal ground than samtycke. words: purpose, motive."""
    if ground not in laws_open(session, key, case, to, sector, at):
        raise ClosedLaw
    checked, day = _checked_areas(to, areas), _checked_day(until_on, at)
    if not words.get("purpose", "").strip():
        raise NoPurpose
    if not words.get("motive", "").strip():
        raise NoMotive
    made = OtherGround(
        case_id=case.id,
        recipient_id=to["id"],
        unit_id=to["unit_id"],
        ground=ground,
        sector=sector,
        decided_at=at,
        until_on=day,
        decided_by=by,
    )
    made.write(key, {**words, "who": to["who"], "areas": checked})
    session.add(made)
    return made


def laws_open(
    session: Session, key: bytes, case: Case, to: Recipient, sector: Sector, at: datetime
) -> list[Ground]:
    """The laws that can be a ground between the case's unit and a recipient of a sector."""
    unit = session.get(Unit, to["unit_id"]) if to["unit_id"] else None
    if to.get("is_network"):
        return []
    known = sector_of(unit.kind) if unit else sector
    return [
        law
        for law in LAWS
        if may_use(
            law,
            sector_of(case.unit.kind),
            known,
            same_organisation=unit is not None and unit.organisation_id == case.organisation_id,
            is_child=_age(case, key, at) is not _Age.ADULT,
        )
    ]


def end(ground: OtherGround, at: datetime) -> None:
    ground.ended_at = ground.ended_at or at


def end_all(session: Session, case_id: str, at: datetime) -> None:
    """When a case closes: nothing holds any longer, and reopening revives nothing."""
    for consent in consents_of(session, case_id):
        consent.ended_at = consent.ended_at or at
    for ground in grounds_of(session, case_id):
        end(ground, at)


def guardians_now(session: Session, key: bytes, case: Case, at: datetime) -> list[Guardian]:
    """Who of the guardians is asked, called and shown anything at a moment: nobody whose access is
    suspended, and nobody at all once the child is an adult."""
    if _age(case, key, at) is _Age.ADULT:
        return []
    return [one for one in guardians_of(session, case.id) if one.is_counted(at)]


def covers(
    session: Session,
    key: bytes,
    case_id: str,
    recipient: str,
    areas: Iterable[str],
    at: datetime,
) -> Basis | None:
    """What lets a recipient (its id, or a unit's) be told about some areas at a moment, if
    anything does."""
    return standing(session, key, case_id, recipient, areas, at).basis


def standing(
    session: Session,
    key: bytes,
    case_id: str,
    recipient: str,
    areas: Iterable[str],
    at: datetime,
) -> Standing:
    wanted = list(areas)
    if not wanted or not set(wanted) <= set(AREAS):
        return Standing(None, (Lack.NO_AREAS,))
    answers = [
        _Said(row, row.read(key))
        for row in consents_of(session, case_id)
        if recipient in {row.recipient_id, row.unit_id}
    ]
    case = session.get_one(Case, case_id)
    judged = _judge(
        answers,
        [(g, g.read(key)) for g in guardians_of(session, case_id)],
        capacity_at(session, key, case, at),
        wanted,
        at,
    )
    if judged.basis:
        return judged
    return Standing(_law(session, key, case_id, recipient, wanted, at), judged.lacks)


def capacity_at(session: Session, key: bytes, case: Case, at: datetime) -> Capacity:
    """Who decides at a moment. From midnight of the 18th birthday it is the young person alone;
    where no more than the year is known, both are asked during that year."""
    found = assessment_of(session, case.id, at)
    assessed = found.capacity if found else Capacity.GUARDIAN_ONLY
    age = _age(case, key, at)
    if age is _Age.ADULT:
        return Capacity.YOUTH_ONLY
    if age is _Age.MAYBE_ADULT and assessed is Capacity.GUARDIAN_ONLY:
        return Capacity.BOTH
    return assessed


def consents_of(session: Session, case_id: str) -> list[Consent]:
    """In the order they were recorded."""
    wanted = select(Consent).where(Consent.case_id == case_id)
    return list(session.scalars(wanted.order_by(Consent.given_at, Consent.id)))


def grounds_of(session: Session, case_id: str) -> list[OtherGround]:
    wanted = select(OtherGround).where(OtherGround.case_id == case_id)
    return list(session.scalars(wanted.order_by(OtherGround.decided_at, OtherGround.id)))


def is_refused(session: Session, key: bytes, case: Case, at: datetime) -> bool:
    """Whether somebody who decides has said no, or taken a yes back, about any recipient, since the
    case was last closed."""
    no = {Lack.GUARDIAN_SAYS_NO, Lack.CONFLICT, Lack.CHILD_SAYS_NO}
    return any(
        no
        & set(standing(session, key, case.id, row.recipient_id, row.read(key)["areas"], at).lacks)
        for row in consents_of(session, case.id)
        if row.ended_at is None
    )


def in_conflict(session: Session, ring: KeyRing, cases: Collection[Case], at: datetime) -> set[str]:
    """The ids of those cases where one guardian has said yes and another no about the same
    recipient, so that nothing is shared: one question for all of them, and more only where there is
    both a yes and a no. For staff alone: neither guardian is told of the other."""
    wanted = select(Consent).where(
        Consent.case_id.in_([case.id for case in cases]),
        Consent.guardian_id.is_not(None),
        Consent.ended_at.is_(None),
    )
    said: dict[str, list[Consent]] = {}
    for row in session.scalars(wanted.order_by(Consent.given_at, Consent.id)):
        said.setdefault(row.case_id, []).append(row)
    return {
        case.id
        for case in cases
        if _disagree(said.get(case.id, ())) and _is_in_conflict(session, ring, case, at)
    }


def _disagree(rows: Sequence[Consent]) -> bool:
    """Whether two guardians have ever answered differently, whatever holds now."""
    no = {r.guardian_id for r in rows if r.answer is Answer.NO or r.withdrawn_at}
    yes = {r.guardian_id for r in rows if r.answer is Answer.YES}
    return bool(no and yes) and len(no | yes) > 1


def _is_in_conflict(session: Session, ring: KeyRing, case: Case, at: datetime) -> bool:
    key = case.key(ring)
    asked = {row.recipient_id for row in consents_of(session, case.id) if row.guardian_id}
    return any(
        standing(session, key, case.id, to["id"], to["areas"], at).is_conflict
        for to in recipients_of(session, key, case.id)
        if to["id"] in asked
    )


# Before an answer is kept.


def _checked_areas(to: Recipient, areas: Sequence[str]) -> list[str]:
    if not areas:
        raise NoAreas
    if not set(areas) <= set(to["areas"]):
        raise StrangeAreas
    return [area for area in AREAS if area in areas]


def _checked_day(until_on: date | None, at: datetime) -> date:
    on = civil_date(at)
    if until_on is None or not on <= until_on <= latest_until(on):
        raise WrongDay
    return until_on


def _check_giver(session: Session, case: Case, draft: Draft, at: datetime) -> None:
    if draft.giver is Giver.CHILD:
        if draft.guardian_id or draft.alone:
            raise NobodyToAsk
        return
    asked = [g.id for g in guardians_of(session, case.id) if g.is_counted(at)]
    if draft.guardian_id not in asked or draft.answer not in {Answer.YES, Answer.NO}:
        raise NobodyToAsk


def _check_explained(draft: Draft) -> None:
    if draft.answer is Answer.NOT_ASKED and not draft.words.get("why", "").strip():
        raise NoMotive
    if draft.alone and not draft.words.get("motive", "").strip():
        raise NoMotive
    if draft.alone is Alone.BOARD and not draft.words.get("reference", "").strip():
        raise NoMotive


# How it stands.


class _Stance(StrEnum):
    YES = "yes"
    NO = "no"
    ASKED = "asked"  # a child who does not know, or could not be asked
    SILENT = "silent"


class _Age(StrEnum):
    CHILD = "child"
    MAYBE_ADULT = "maybe_adult"
    ADULT = "adult"


@dataclass(frozen=True)
class _Said:
    row: Consent
    words: dict[str, Any]

    def is_no(self, at: datetime) -> bool:
        taken_back = self.row.withdrawn_at is not None and self.row.withdrawn_at <= at
        return self.row.answer is Answer.NO or taken_back

    def stance(self, at: datetime) -> _Stance:
        if self.is_no(at):
            return _Stance.NO
        has_ended = self.row.ended_at is not None and self.row.ended_at <= at
        if has_ended or self.row.until_on is None or civil_date(at) > self.row.until_on:
            return _Stance.SILENT
        return _Stance.YES if self.row.answer is Answer.YES else _Stance.ASKED


def _judge(
    answers: Sequence[_Said],
    guardians: Sequence[tuple[Guardian, dict[str, Any]]],
    capacity: Capacity,
    areas: Sequence[str],
    at: datetime,
) -> Standing:
    lacks: list[Lack] = []
    used: list[_Said] = []
    if capacity is not Capacity.YOUTH_ONLY:
        lacks += _guardians_lack(answers, guardians, areas, at, used)
    child = _newest(answers, None, areas, at)
    lacks += _child_lacks(child, capacity, at)
    used += [said for said in child if said and said.stance(at) is _Stance.YES]
    if lacks:
        return Standing(None, tuple(lacks))
    rows = tuple(dict.fromkeys(said.row.id for said in used))
    days = [said.row.until_on for said in used if said.row.until_on]
    return Standing(Basis(Ground.CONSENT, rows, min(days)), ())


def _guardians_lack(
    answers: Sequence[_Said],
    guardians: Sequence[tuple[Guardian, dict[str, Any]]],
    areas: Sequence[str],
    at: datetime,
    used: list[_Said],
) -> list[Lack]:
    """What is missing of the guardians; the answers that count are added to `used`."""
    counted = [(g, words) for g, words in guardians if g.is_counted(at)]
    if not counted:
        return [Lack.NO_GUARDIAN]
    newest = {g.id: _newest(answers, g.id, areas, at) for g, _ in counted}
    stances = {id_: _together(said, at) for id_, said in newest.items()}
    yes = [id_ for id_, stance in stances.items() if stance is _Stance.YES]
    agreed = [said for id_ in yes for said in newest[id_] if said]
    used += agreed
    reasons = [{said.row.alone for said in newest[id_] if said} for id_ in yes]
    if _Stance.NO in stances.values():
        if any(found <= OVER_A_NO for found in reasons):
            return []
        others = [said for id_ in newest if stances[id_] is not _Stance.NO for said in newest[id_]]
        agrees = any(said and said.stance(at) is _Stance.YES for said in others)
        return [Lack.CONFLICT if agrees else Lack.GUARDIAN_SAYS_NO]
    if not yes:
        return [Lack.GUARDIAN_NOT_ASKED]
    everybody = len(yes) == len(counted) and _are_all(guardians)
    return [] if everybody or any(None not in found for found in reasons) else [Lack.OTHER_GUARDIAN]


def _are_all(guardians: Sequence[tuple[Guardian, dict[str, Any]]]) -> bool:
    """Whether those who are written down are all there are: two, or one with sole custody."""
    return len(guardians) > 1 or guardians[0][1].get("custody") == "sole"


def _child_lacks(child: Sequence[_Said | None], capacity: Capacity, at: datetime) -> list[Lack]:
    stance = _together(child, at)
    if capacity is not Capacity.GUARDIAN_ONLY:
        if stance is _Stance.NO:
            return [Lack.CHILD_SAYS_NO]
        return [] if stance is _Stance.YES else [Lack.CHILD_NOT_ASKED]
    if stance is _Stance.SILENT:
        return [Lack.CHILD_NOT_ASKED]
    said_no = [said for said in child if said and said.is_no(at)]
    if any(not said.words.get("adult_answer") for said in said_no):
        return [Lack.CHILD_NOT_ANSWERED]
    return []


def _newest(
    answers: Sequence[_Said], guardian_id: str | None, areas: Sequence[str], at: datetime
) -> list[_Said | None]:
    """For each area what a person said last about it. guardian_id: None for the child."""
    theirs = [
        said for said in answers if said.row.guardian_id == guardian_id and said.row.given_at <= at
    ]
    return [
        # Of two answers of the same moment the no counts.
        max(
            (said for said in theirs if area in said.words["areas"]),
            key=lambda said: (said.row.given_at, said.is_no(at)),
            default=None,
        )
        for area in areas
    ]


def _together(newest: Sequence[_Said | None], at: datetime) -> _Stance:
    stances = {said.stance(at) if said else _Stance.SILENT for said in newest}
    for worst in (_Stance.NO, _Stance.SILENT, _Stance.ASKED):
        if worst in stances:
            return worst
    return _Stance.YES


def _law(
    session: Session, key: bytes, case_id: str, recipient: str, areas: Sequence[str], at: datetime
) -> Basis | None:
    for row in grounds_of(session, case_id):
        ended = row.ended_at is not None and row.ended_at <= at
        if ended or row.decided_at > at or civil_date(at) > row.until_on:
            continue
        is_about = recipient in {row.recipient_id, row.unit_id}
        if is_about and set(areas) <= set(row.read(key)["areas"]):
            return Basis(row.ground, (row.id,), row.until_on)
    return None


def _age(case: Case, key: bytes, at: datetime) -> _Age:
    about, on = json.loads(decrypt(key, case.child, b"child")), civil_date(at)
    if about.get("born_on"):
        is_one = is_child(date.fromisoformat(about["born_on"]), on)
        return _Age.CHILD if is_one else _Age.ADULT
    years = on.year - (about.get("birth_year") or on.year)
    if years == ADULT_AGE:
        return _Age.MAYBE_ADULT
    return _Age.ADULT if years > ADULT_AGE else _Age.CHILD


def _refusal_recorded(situation: Situation) -> bool:
    return is_refused(situation.session, situation.key, situation.case, situation.at)


GUARDS: dict[str, Guard] = {"refusal_recorded": _refusal_recorded}
