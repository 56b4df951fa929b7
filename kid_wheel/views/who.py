"""Whom a case has around it besides its ansvarig: who comes to the meeting and who does what.

It must never give a coordinator a family's own telephone, nor say where a hidden child is.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .. import clock, meeting, plan
from ..action import Action, ActionState, Source, actions_of
from ..case import Case
from ..db import db
from ..guardian import Guardian
from ..meeting import Participant
from ..people import Staff, Unit


@dataclass
class Person:
    """role: title or relation. unit, contact: "" where there is none to show. does: what they have
    taken on."""

    name: str
    role: str = ""
    unit: str = ""
    contact: str = ""
    does: list[str] = field(default_factory=list)


def participants(case: Case, key: bytes, *, works: bool) -> list[Person]:
    """Who was invited to the newest meeting of the round. works: the reader works with the case."""
    found = meeting.current(db.session, case.id)
    invited = meeting.participants_of(db.session, found.id) if found else []
    return [_participant(one, case, key, works=works) for one in invited if not _is_suspended(one)]


def owners(case: Case, key: bytes, *, works: bool) -> list[Person]:
    """Who answers for what is still to be done: of the plan, and for those who work with the case
    of the unit's own support too."""
    by_whom: dict[tuple[str, str], Person] = {}
    for action in _to_do(case, key, works=works):
        words = action.read(key)
        name = action.staff.name if action.staff else words.get("who", "")
        unit, telephone = _reached_at(action.unit, case)
        contact = action.staff.email if action.staff else telephone
        person = by_whom.setdefault((name, unit), Person(name, unit=unit, contact=contact))
        person.does.append(words.get("what", ""))
    return list(by_whom.values())


def _to_do(case: Case, key: bytes, *, works: bool) -> list[Action]:
    current = plan.current(db.session, case.id)
    planned = {one.id for one in plan.lines(db.session, key, current)} if current else set()
    return [
        action
        for action in actions_of(db.session, case.id)
        if action.state is ActionState.PLANNED
        and (action.id in planned or (works and action.source is Source.OWN))
    ]


def _participant(one: Participant, case: Case, key: bytes, *, works: bool) -> Person:
    words = one.read(key)
    unit, telephone = _reached_at(one.unit, case)
    staff = db.session.get(Staff, one.staff_id) if one.staff_id else None
    role, contact = words.get("role", ""), staff.email if staff else telephone
    guardian = db.session.get(Guardian, one.guardian_id) if one.guardian_id else None
    if guardian is not None:
        theirs = guardian.read(key)
        role = theirs.get("relation", "")
        contact = (theirs.get("telephone") or theirs.get("email") or "") if works else ""
    return Person(words.get("name", ""), role, unit, contact)


def _is_suspended(one: Participant) -> bool:
    guardian = db.session.get(Guardian, one.guardian_id) if one.guardian_id else None
    return guardian is not None and not guardian.is_counted(clock.now())


def _reached_at(unit: Unit | None, case: Case) -> tuple[str, str]:
    """A unit's name and telephone; of a child with protected identity neither."""
    if unit is None or case.protected_identity:
        return "", ""
    return unit.name, unit.telephone
