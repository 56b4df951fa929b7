"""Whoever coordinates a plan: what they see of the child, and what happens when they leave."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from county import Clock, County, mail
from plan_steps import WISH, appoint, focus, put, record_with_wish, start_plan, write_action
from sqlalchemy import select

from kid_wheel import answer_back, clock, meeting
from kid_wheel.action import actions_of
from kid_wheel.case import Case, CaseState
from kid_wheel.db import db
from kid_wheel.people import Assignment, Role, Staff, Unit

OTHER = "Jag vill sova själv."


@pytest.fixture
def case(county: County) -> str:
    """Mira has wished for something in hemmet, which is in focus, and in halsa, which is not; Mona
    coordinates. Another family's beside it."""
    county.receive(record_with_wish(county, unit="Demoskolan", alias="Yusuf"))
    said = {
        "hemmet": [{"text": WISH, "speaker": "child_said", "kind": "wish"}],
        "halsa": [{"text": OTHER, "speaker": "child_said", "kind": "wish"}],
    }
    case_id, _ = county.receive(record_with_wish(county, said=said))
    put(county, case_id, CaseState.ANALYSING)
    focus(county, case_id, ["hemmet", "trygghet"])
    put(county, case_id, CaseState.MEETING_HELD)
    appoint(county, case_id, "Mona")
    return case_id


def test_a_coordinator_sees_the_wishes_of_the_focus_areas_and_no_others(
    county: County, case: str
) -> None:
    anna, mona = county.sign_in("Anna"), county.sign_in("Mona")
    hers, other = _wish(county, case, WISH), _wish(county, case, OTHER)
    for wish in (hers, other):
        write_action(county, mona, case, wish=hers)
        county.change(partial(_answers, case, wish))
    _answer(anna, case, {hers: "do", other: "wait"})
    start_plan(county, mona, case)
    at = f"/case/{case}"
    for page in (
        "/plan", "/plan/action/new", "/follow_up", "/answer_back", "/documents/letter",
        "/documents/pictures", "/documents",
    ):  # fmt: skip
        seen = mona.get(at + page)
        assert seen.status_code == 200 and OTHER not in seen.text, page
    for page in ("/plan", "/answer_back", "/documents/letter", "/documents/pictures"):
        assert WISH in mona.get(at + page).text, page
    put(county, case, CaseState.CLOSING)
    for page in ("/answer_back", "/documents/letter"):
        assert OTHER in anna.get(at + page).text, "the ansvarig sees them all"


def test_a_coordinator_who_came_for_one_area_sees_no_more(county: County, case: str) -> None:
    county.change(lambda: _invite(county, case, "Mona", ["trygghet"]))
    page = county.sign_in("Mona").get(f"/case/{case}/answer_back")
    assert WISH not in page.text and "områden som du inte delar" in page.text


def test_a_coordinator_changes_an_action_without_losing_a_wish_out_of_sight(
    county: County, case: str
) -> None:
    mona, other = county.sign_in("Mona"), _wish(county, case, OTHER)
    write_action(county, mona, case)
    county.change(partial(_answers, case, other))
    action = county.change(lambda: _last_action(case).id)
    page = mona.page(f"/case/{case}/plan/action/{action}")
    assert OTHER not in page.text and "En önskan i ett område som du inte delar" in page.text
    mona.send(f"/case/{case}/plan/action/{action}", what="Något annat")
    assert county.change(lambda: _last_action(case).wish) == other


def test_a_coordinator_answers_what_they_see_and_the_ansvarig_tells_the_child(
    county: County, case: str
) -> None:
    mona, other = county.sign_in("Mona"), _wish(county, case, OTHER)
    at = f"/case/{case}/answer_back"
    token = mona.page(at).forms[0]["fields"]
    mona.post(f"{at}/answers", data={**token, f"fate-{other}": "cannot", f"because-{other}": "Nej"})
    with county.hub.app_context():
        assert other not in answer_back.answers(db.session, case)
    told = mona.post(f"{at}/tell", data={**token, "how": "in_person", "on": "2026-11-20"})
    assert told.status_code == 422 and not county.events("child:told", case_id=case)


# Leaving.


@pytest.mark.parametrize("ending", ["/end", "/deactivate"])
def test_when_a_coordinator_leaves_the_ansvarig_coordinates_and_it_is_said(
    county: County, case: str, time: Clock, ending: str
) -> None:
    anna = county.sign_in("Anna")
    write = f"/case/{case}/plan/action/new"
    assert anna.get(write).status_code == 404, "the plan is the coordinator's"
    county.sign_in("Arvid").send(f"/admin/staff/{county.id('Mona')}", action=ending)
    assert anna.get(write).status_code == 200
    (event,) = county.events("coordinator:left", case_id=case)
    assert event.staff_id == county.id("Arvid")
    for page in ("/case/", f"/case/{case}", f"/case/{case}/who", f"/case/{case}/plan"):
        assert "har slutat" in anna.page(page).text, page
    time.pass_(minutes=1)
    appoint(county, case, "Dina")
    for page in ("/case/", f"/case/{case}", f"/case/{case}/who", f"/case/{case}/plan"):
        assert "har slutat" not in anna.page(page).text, page
    assert anna.get(write).status_code == 404
    assert county.sign_in("Dina").get(write).status_code == 200


def test_an_assignment_that_ends_by_its_date_ends_the_coordination_that_day(
    county: County, case: str, time: Clock
) -> None:
    mona_id, elsewhere = county.id("Mona"), county.id("Demoskolan")

    def end() -> None:
        mona, there = db.session.get_one(Staff, mona_id), db.session.get_one(Unit, elsewhere)
        (here,) = mona.assignments
        here.until_on = clock.today() + timedelta(days=2)
        org, on = there.organisation, clock.today()
        more = Assignment(staff=mona, organisation=org, unit=there, role=Role.STAFF, from_on=on)
        db.session.add(more)

    county.change(end)
    write = f"/case/{case}/plan/action/new"
    time.pass_(days=1)
    anna, mona = county.sign_in("Anna"), county.sign_in("Mona")
    assert (anna.get(write).status_code, mona.get(write).status_code) == (404, 200)
    time.pass_(days=1)
    anna, mona = county.sign_in("Anna"), county.sign_in("Mona")
    assert mona.get(write).status_code == 404, "who works elsewhere now coordinates nothing here"
    assert "Du samordnar" not in mona.page("/welcome").text
    assert anna.get(write).status_code == 200, "the ansvarig coordinates from that very day"
    for page in ("/case/", f"/case/{case}", f"/case/{case}/who", f"/case/{case}/plan", "/case/"):
        assert "har slutat" in anna.page(page).text, page
    (event,) = county.events("coordinator:left", case_id=case)
    assert event.staff_id is None, "nobody did it: the day came"
    county.sign_in("Arvid").send(
        f"/admin/staff/{county.id('Mona')}", action="/assignment", role="staff",
        unit=county.id("Exempelskolan"),
    )  # fmt: skip
    assert county.sign_in("Mona").get(write).status_code == 404, "who comes back is chosen anew"


def test_whoever_has_another_role_left_in_the_unit_goes_on_coordinating(
    county: County, case: str, time: Clock
) -> None:
    time.pass_(minutes=1)
    appoint(county, case, "Dina")
    arvid, at = county.sign_in("Arvid"), f"/admin/staff/{county.id('Dina')}"
    arvid.send(at, action="/assignment", role="staff", unit=county.id("Exempelskolan"))
    arvid.send(at, action="/end")
    (ended,) = county.events("assignment:ended")
    assert ended.detail.startswith("deputy")
    assert not county.events("coordinator:left", case_id=case)
    assert county.sign_in("Dina").get(f"/case/{case}/plan/action/new").status_code == 200


def test_nobody_coordinates_a_round_that_they_were_not_chosen_for(
    county: County, case: str, time: Clock
) -> None:
    mona = county.sign_in("Mona")
    assert "Du samordnar" in mona.page("/welcome").text
    put(county, case, CaseState.CLOSED)
    time.pass_(days=1)
    county.sign_in("Anna").send(f"/case/{case}/answer_back", "/reopen")
    assert "Du samordnar" not in county.sign_in("Mona").page("/welcome").text


def test_whom_the_child_chose_in_a_round_that_was_closed_is_not_appointed_in_another(
    county: County, case: str, time: Clock
) -> None:
    anna, at = county.sign_in("Anna"), f"/case/{case}/coordinator"
    time.pass_(minutes=1)
    asked = {"choice": "dont_know", "asked_at": "2026-11-20T10:00", "how_asked": "Med korten."}
    assert anna.send(f"{at}/ask", **asked).status_code == 302
    (address,) = {
        a["href"] for a in anna.page(f"/case/{case}/meeting/").find("a")
        if a["href"].startswith(at) and not a["href"].endswith("/ask")
    }  # fmt: skip
    assert anna.get(address).status_code == 200
    put(county, case, CaseState.CLOSED)
    time.pass_(days=1)
    anna = county.sign_in("Anna")
    anna.send(f"/case/{case}/answer_back", "/reopen")
    assert anna.get(address).status_code == 404


def _invite(county: County, case_id: str, name: str, areas: list[str]) -> None:
    key = db.session.get_one(Case, case_id).key(county.ring)
    staff = db.session.scalars(select(Staff).where(Staff.email == mail(name))).one()
    made = meeting.plan(
        db.session, key, case_id, next(iter(meeting.forums())), None, 60, {}, clock.now()
    )
    db.session.flush()
    unit_id = db.session.get_one(Case, case_id).unit_id
    meeting.invite_colleague(db.session, key, made, staff, unit_id, areas, clock.now())


def _wish(county: County, case_id: str, text: str) -> str:
    with county.hub.app_context():
        found = answer_back.wishes(db.session, county.ring, db.session.get_one(Case, case_id))
        (id_,) = [one.id for one in found if one.text == text]
        return id_


def _answer(client: Any, case_id: str, fates: dict[str, str]) -> None:
    typed = {f"fate-{id_}": fate for id_, fate in fates.items()}
    because = {f"because-{id_}": "Vi ses då." for id_ in fates}
    answer = client.send(f"/case/{case_id}/answer_back", "/answers", **typed, **because)
    assert answer.status_code == 302


def _answers(case_id: str, wish: str) -> None:
    """The last action of the plan is the answer to a wish."""
    _last_action(case_id).wish = wish


def _last_action(case_id: str) -> Any:
    return actions_of(db.session, case_id)[-1]
