"""The steps of a test about the plan, the follow-up and the answer, in the order they are taken."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from county import County

from kid_wheel import clock, coordinator, kartlaggning
from kid_wheel.action import actions_of
from kid_wheel.case import Case, CaseState
from kid_wheel.db import db
from kid_wheel.kartlaggning import Part

HOME, ARGUMENTS = "hemmet/older/home", "hemmet/older/arguments"
WISH = "Jag vill att de slutar bråka när jag ska plugga."
SIP = {
    "support": "Samtal om hemmet och stöd i skolan.",
    "responsible": "Socialtjänsten för samtalen, skolan för stödet.",
    "others": "Mormor läser läxor på tisdagar.",
    "overall": "Provkommunen",
}
ACTION = {
    "area": "hemmet",
    "what": "Familjesamtal varannan vecka",
    "for_child": "Sam pratar med mamma och pappa så att det blir lugnare.",
    "wish": "",
    "sector": "social_services",
    "who": "Socialsekreterare Sam Demo",
    "unit": "",
    "picture": "social_worker",
    "others": "",
    "due_on": "2026-12-20",
}


def record_with_wish(county: County, **changes: Any) -> dict[str, Any]:
    """A conversation where the child wished for something and marked a card as most important."""
    said = {"hemmet": [{"text": WISH, "speaker": "child_said", "kind": "wish"}]}
    placed = {HOME: "good", ARGUMENTS: "not_good"}
    record = county.make_record(**{"said": said, "placed": placed, **changes})
    for area in record["areas"]:
        for card in area["cards"]:
            if card["key"] == ARGUMENTS:
                card["important"] = True
    return record


def put(county: County, case_id: str, state: CaseState) -> None:
    """The case has come to a state by steps that another test is about."""

    def change() -> None:
        found = db.session.get_one(Case, case_id)
        found.state, found.state_at = state, clock.now()

    county.change(change)


def focus(county: County, case_id: str, areas: list[str]) -> None:
    """The kartläggning, while it is written, says which areas the adults work with together."""

    def write() -> None:
        found = db.session.get_one(Case, case_id)
        words = {"focus_areas": areas, "needs": dict.fromkeys(areas, "Lugn och ro.")}
        key, by = found.key(county.ring), found.ansvarig_id
        kartlaggning.save(db.session, key, found, Part.NEEDS, words, by, clock.now())

    county.change(write)


def state(county: County, case_id: str) -> CaseState:
    with county.hub.app_context():
        return db.session.get_one(Case, case_id).state


def write_action(county: County, client: Any, case_id: str, **changes: str) -> Any:
    return client.send(f"/case/{case_id}/plan/action/new", **{**ACTION, **changes})


def write_plan(county: County, client: Any, case_id: str) -> None:
    """All that a plan needs before it can start."""
    at = f"/case/{case_id}/plan"
    assert write_action(county, client, case_id).status_code == 302
    assert client.send(at, "/follow-up-on", follow_up_on="2027-02-01").status_code == 302
    shared = {"child_on": "2026-11-20", "guardians_on": "2026-11-19"}
    assert client.send(at, "/share", **shared).status_code == 302


def start_plan(county: County, client: Any, case_id: str) -> None:
    write_plan(county, client, case_id)
    answer = client.send(f"/case/{case_id}/plan", "/start")
    assert answer.status_code == 302, answer.text


def appoint(
    county: County, case_id: str, name: str, *, has_account: bool = True, unit: str = ""
) -> None:
    """The child was asked, and chose somebody to coordinate the case. unit: where, if not in the
    case's own."""
    staff_id = county.id(name) if has_account else None
    unit_id = county.id(unit) if unit else ""

    def choose() -> None:
        found = db.session.get_one(Case, case_id)
        key = found.key(county.ring)
        before = clock.now() - timedelta(days=1)
        asked = coordinator.ask_child(
            db.session,
            key,
            case_id,
            coordinator.Choice.PERSON,
            before,
            "Med korten.",
            name,
            clock.now(),
        )
        coordinator.appoint(
            asked,
            key,
            is_childs_choice=True,
            is_same_person=True,
            staff_id=staff_id,
            unit_id=(unit_id or found.unit_id) if has_account else None,
            words={"name": f"{name} Påhittsson", "contact": "08-465 004 12"},
            at=clock.now(),
        )

    county.change(choose)


def actions(county: County, case_id: str) -> list[tuple[str, str]]:
    """(id, state) of each action of the case."""
    with county.hub.app_context():
        return [(one.id, str(one.state)) for one in actions_of(db.session, case_id)]


def missing(answer: Any) -> list[str]:
    """The guards that a page says do not hold."""
    assert answer.status_code == 409, answer.status_code
    return re.findall(r'data-guard="(\w+)"', answer.text)
