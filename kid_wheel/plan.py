"""The plan, or SIP, that the coordinator answers for: what is done, by whom and until when.

It must never start without a day to follow it up, nor change without a version that says how.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .action import Action, ActionState, Source, actions_of
from .basis import Sector
from .case import Case, CaseState, InCase
from .db import Base
from .guardian import guardians_of
from .network import network_of
from .situation import Guard, Situation


class PlanKind(StrEnum):
    PLAN = "plan"
    SIP = "sip"


class Voice(StrEnum):
    """Whose "det här blev inte av" it is."""

    CHILD = "child"
    GUARDIAN = "guardian"


# What the law wants to read in a SIP, each mandatory; `others`: what family and others do.
SIP_FIELDS = ("support", "responsible", "others", "overall")


class GuardianAlone(Exception):
    """En vårdnadshavare kan inte ensam ansvara för en insats. Skriv vem i en verksamhet som gör
    det."""


class NoOrganisation(Exception):
    """Skriv vilken organisation det är."""


class NothingSaid(Exception):
    """Skriv vad barnet eller vårdnadshavaren sa, med deras egna ord."""


class NoAnswer(Exception):
    """Skriv svaret."""


class Plan(InCase, Base):
    """content: SIP_FIELDS, and shared: {child_on, guardians_on, guardians_because, how}.

    shared_at: when it was written down that child and guardians have seen it as it is; a change
    takes that back. ended_at: the round that it belonged to is closed.
    """

    __tablename__ = "plan"
    kind: Mapped[PlanKind] = mapped_column(default=PlanKind.PLAN)
    made_at: Mapped[datetime]
    shared_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class PlanVersion(InCase, Base):
    """The plan as it was, for ever. content: plan and actions (as `Line`), changes (`changes`)."""

    __tablename__ = "plan_version"
    plan_id: Mapped[str] = mapped_column(ForeignKey("plan.id"), index=True)
    number: Mapped[int]
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(String(36))


class Concern(InCase, Base):
    """ "Det här blev inte av", or "jag undrar": said by the child or a guardian and written down by
    staff (written_by), or by the guardian itself (None), for the coordinator to answer. content:
    text (verbatim), answer.

    conversation_id: the conversation that the child said it in, if it was one.
    """

    __tablename__ = "concern"
    voice: Mapped[Voice]
    guardian_id: Mapped[str | None] = mapped_column(ForeignKey("guardian.id"))
    action_id: Mapped[str | None] = mapped_column(ForeignKey("action.id"))
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id"))
    raised_at: Mapped[datetime]
    written_by: Mapped[str | None] = mapped_column(String(36))
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str | None] = mapped_column(String(36))


@dataclass(frozen=True)
class Line:
    """An action with its words, as every edition of the plan shows it. due_on: "2027-01-31" or "".

    sector: what the one who answers for it works with: always a profession, never a family.
    picture: key of one of the catalog's people: who it is, for the child.
    """

    id: str
    area: str
    what: str
    for_child: str
    sector: str
    unit: str
    who: str
    picture: str
    others: str
    wish: str
    due_on: str
    state: str
    reason: str

    @property
    def is_open(self) -> bool:
        return self.state == ActionState.PLANNED


# Who somebody is to the child, and not what they work with: see `is_professional`.
RELATIONS = re.compile(
    r"\b(mamman?|pappan?|mor|far|förälder|föräldern|föräldrar(na)?|vårdnadshavar(en?|na)|"
    r"(styv|bonus|plast)(mamma|pappa)|(mor|far)(mor|far)|syskon|syster|bror|"
    r"(stora|lilla)syster|(store|lille|lill)bror|moster|faster|morbror|farbror|kusin|grannen?|"
    r"familj(en)?|mom|mum|dad|mother|father|parents?|guardians?|grand(ma|mother|pa|father)|"
    r"sister|brother|aunt|uncle|cousin|neighbour|family)\b"
)
WORDS = ("what", "for_child", "sector", "who", "picture", "others", "reason")


def current(session: Session, case_id: str) -> Plan | None:
    """The plan of the round that goes on, started or not."""
    wanted = select(Plan).where(Plan.case_id == case_id, Plan.ended_at.is_(None))
    return session.scalars(wanted.order_by(Plan.made_at.desc())).first()


def plans(session: Session, case_id: str) -> list[Plan]:
    """Of every round, the newest first."""
    wanted = select(Plan).where(Plan.case_id == case_id)
    return list(session.scalars(wanted.order_by(Plan.made_at.desc())))


def shown(session: Session, case: Case) -> Plan | None:
    """The plan to show: the current one, or the last when the case is closed."""
    found = plans(session, case.id)
    is_over = case.state in (CaseState.CLOSED, CaseState.VOID)
    return next((one for one in found if is_over or one.ended_at is None), None)


def begin(session: Session, key: bytes, case_id: str, at: datetime) -> Plan:
    """The current plan, or a new empty one."""
    found = current(session, case_id)
    if found is None:
        found = Plan(case_id=case_id, kind=PlanKind.PLAN, made_at=at)
        found.write(key, dict.fromkeys(SIP_FIELDS, ""))
        session.add(found)
        session.flush()
    return found


def line(action: Action, key: bytes) -> Line:
    words = action.read(key)
    return Line(
        id=action.id,
        area=action.area,
        unit=action.unit.name if action.unit else words.get("organisation", ""),
        wish=action.wish,
        due_on=action.due_on.isoformat() if action.due_on else "",
        state=str(action.state),
        **{word: words.get(word, "") for word in WORDS},
    )


def lines(session: Session, key: bytes, plan: Plan) -> list[Line]:
    """The actions of this plan, not those of another round."""
    return [
        line(action, key)
        for action in actions_of(session, plan.case_id, Source.PLAN)
        if plan.made_at <= action.made_at and (not plan.ended_at or action.made_at <= plan.ended_at)
    ]


def write_action(
    session: Session,
    key: bytes,
    plan: Plan,
    action: Action | None,
    *,
    area: str,
    unit_id: str | None,
    wish: str,
    due_on: date,
    words: dict[str, str],
    at: datetime,
) -> Action:
    """Add an action to the plan, or change one. words: of WORDS, all but reason; and organisation,
    where it is none of our units."""
    if words.get("sector") == Sector.OTHER and not unit_id and not words.get("organisation"):
        raise NoOrganisation
    if not is_professional(words, unit_id, family_names(session, key, plan.case_id)):
        raise GuardianAlone
    if action is None:
        action = Action(case_id=plan.case_id, source=Source.PLAN, made_at=at)
        action.state = ActionState.PLANNED
    action.area, action.unit_id, action.wish, action.due_on = area, unit_id, wish, due_on
    before = action.read(key) if action.content else {}
    action.write(key, {**before, **words})
    session.add(action)
    plan.shared_at = None
    session.flush()
    session.refresh(action, ["unit"])
    return action


def remove_action(session: Session, plan: Plan, action: Action) -> None:
    """Only from a plan that has not started; after that what became of it is written instead."""
    if plan.started_at is not None:
        raise ValueError("a started plan keeps its actions")
    session.delete(action)
    plan.shared_at = None


def write_kind(plan: Plan, key: bytes, kind: PlanKind, fields: dict[str, str]) -> None:
    before = plan.read(key)
    after = {**before, **{name: fields.get(name, "").strip() for name in SIP_FIELDS}}
    if (plan.kind, before) != (kind, after):
        plan.kind, plan.shared_at = kind, None
        plan.write(key, after)


def share(plan: Plan, key: bytes, shared: dict[str, str], at: datetime) -> None:
    """Write down that the child and the guardians have gone through the plan as it is."""
    plan.write(key, {**plan.read(key), "shared": shared})
    plan.shared_at = at


def start(session: Session, plan: Plan, at: datetime) -> None:
    plan.started_at = plan.started_at or at


def end(session: Session, case_id: str, at: datetime) -> None:
    """A round is closed, and its plan with it."""
    for plan in session.scalars(
        select(Plan).where(Plan.case_id == case_id, Plan.ended_at.is_(None))
    ):
        plan.ended_at = at


def is_professional(words: dict[str, Any], unit_id: str | None, family: Iterable[str]) -> bool:
    """Whether somebody whose work it is answers for an action. family: folded names of guardians
    and of the child's network. Outside the three sectors it is said which organisation it is."""
    who = fold(words.get("who", ""))
    if who and (who in set(family) or RELATIONS.search(who)):
        return False
    if words.get("sector") == Sector.OTHER:
        return bool(unit_id or words.get("organisation", "").strip())
    return bool(unit_id) or bool(who and words.get("sector") in set(Sector))


def family_names(session: Session, key: bytes, case_id: str) -> set[str]:
    people: list[InCase] = [*guardians_of(session, case_id), *network_of(session, case_id)]
    return {fold(one.read(key).get("name", "")) for one in people} - {""}


def fold(name: str) -> str:
    return " ".join(name.casefold().split())


# Versions.


def snapshot(session: Session, key: bytes, plan: Plan, case: Case) -> dict[str, Any]:
    words = plan.read(key)
    booked = case.follow_up_on.isoformat() if case.follow_up_on else ""
    return {
        "plan": {
            "kind": str(plan.kind),
            "follow_up_on": booked,
            **{name: words.get(name, "") for name in SIP_FIELDS},
        },
        "actions": [asdict(one) for one in lines(session, key, plan)],
    }


def save_version(
    session: Session, key: bytes, plan: Plan, case: Case, by: str, at: datetime
) -> PlanVersion | None:
    """Keep the plan as it is now; None when nothing has changed since the last version."""
    session.flush()
    kept = versions(session, plan)
    before = kept[-1].read(key) if kept else None
    now = snapshot(session, key, plan, case)
    if before and {name: before[name] for name in now} == now:
        return None
    made = PlanVersion(
        case_id=plan.case_id, plan_id=plan.id, number=len(kept) + 1, made_at=at, made_by=by
    )
    made.write(key, {**now, "changes": changes(before, now) if before else []})
    session.add(made)
    session.flush()
    return made


def versions(session: Session, plan: Plan) -> list[PlanVersion]:
    """The first one first."""
    wanted = select(PlanVersion).where(PlanVersion.plan_id == plan.id)
    return list(session.scalars(wanted.order_by(PlanVersion.number)))


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, str]]:
    """What became different: {what: the action's words, "" for the plan's own, field, before,
    after}. field is "added" or "removed" for a whole action."""
    found = [_change("", name, before["plan"], after["plan"]) for name in after["plan"]]
    old = {one["id"]: one for one in before["actions"]}
    new = {one["id"]: one for one in after["actions"]}
    for id_, one in new.items():
        if id_ not in old:
            found.append(_whole("added", one))
        else:
            found += [_change(one["what"], name, old[id_], one) for name in one if name != "wish"]
    found += [_whole("removed", one) for id_, one in old.items() if id_ not in new]
    return [one for one in found if one["before"] != one["after"] or one["field"] in _WHOLE]


_WHOLE = ("added", "removed")


def _whole(field: str, one: dict[str, str]) -> dict[str, str]:
    return {"what": one["what"], "field": field, "before": "", "after": ""}


def _change(what: str, field: str, before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    return {"what": what, "field": field, "before": before[field], "after": after[field]}


# "Det här blev inte av."


def raise_concern(
    session: Session,
    key: bytes,
    case_id: str,
    voice: Voice,
    text: str,
    by: str | None,
    at: datetime,
    **about: str | None,
) -> Concern:
    """about: guardian_id, action_id, conversation_id."""
    if not text.strip():
        raise NothingSaid
    made = Concern(case_id=case_id, voice=voice, raised_at=at, written_by=by, **about)
    made.write(key, {"text": text.strip(), "answer": ""})
    session.add(made)
    session.flush()
    return made


def answer_concern(concern: Concern, key: bytes, answer: str, by: str, at: datetime) -> None:
    if not answer.strip():
        raise NoAnswer
    concern.write(key, {**concern.read(key), "answer": answer.strip()})
    concern.answered_at, concern.answered_by = at, by


def concerns(session: Session, case_id: str) -> list[Concern]:
    """Those that wait first, then the newest answered first."""
    found = session.scalars(
        select(Concern).where(Concern.case_id == case_id).order_by(Concern.raised_at.desc())
    )
    return sorted(found, key=lambda one: one.answered_at is not None)


def waiting(session: Session, case_id: str) -> int:
    """How many wait for an answer."""
    wanted = select(func.count(Concern.id)).where(Concern.case_id == case_id)
    return session.scalar(wanted.where(Concern.answered_at.is_(None))) or 0


# Guards.


def _started(situation: Situation) -> bool:
    found = current(situation.session, situation.case.id)
    return found is not None and found.started_at is not None


def _lines(situation: Situation) -> list[Line]:
    found = current(situation.session, situation.case.id)
    return lines(situation.session, situation.key, found) if found else []


def _has_action(situation: Situation) -> bool:
    return any(one.is_open for one in _lines(situation))


def _professional_owner(situation: Situation) -> bool:
    names = family_names(situation.session, situation.key, situation.case.id)
    return all(is_professional(asdict(one), one.unit, names) for one in _lines(situation))


def _follow_up_booked(situation: Situation) -> bool:
    booked = situation.case.follow_up_on
    return booked is not None and booked >= situation.on


def _sip_complete(situation: Situation) -> bool:
    found = current(situation.session, situation.case.id)
    if found is None or found.kind is PlanKind.PLAN:
        return True
    words = found.read(situation.key)
    return all(words.get(name, "").strip() for name in SIP_FIELDS)


def _shared(situation: Situation) -> bool:
    found = current(situation.session, situation.case.id)
    return found is not None and found.shared_at is not None


def _actions_settled(situation: Situation) -> bool:
    found = actions_of(situation.session, situation.case.id)
    return all(action.state is not ActionState.PLANNED for action in found)


GUARDS: dict[str, Guard] = {
    "plan_has_action": _has_action,
    "professional_owner": _professional_owner,
    "follow_up_booked": _follow_up_booked,
    "sip_complete": _sip_complete,
    "plan_shared": _shared,
    "has_plan": _started,
    "has_no_plan": lambda situation: not _started(situation),
    "actions_settled": _actions_settled,
    "messages_answered": lambda situation: waiting(situation.session, situation.case.id) == 0,
}
