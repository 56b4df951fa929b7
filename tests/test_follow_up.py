"""The uppföljning: the child first, then what became of what was promised."""

from __future__ import annotations

import pytest
from county import Clock, County
from plan_steps import (
    actions,
    missing,
    put,
    record_with_wish,
    start_plan,
    state,
    write_action,
)

from kid_wheel.case import Case, CaseState
from kid_wheel.db import db


@pytest.fixture
def case(county: County, time: Clock) -> str:
    """Mira's case with a plan since a month; another family beside it."""
    noise, _ = county.receive(record_with_wish(county, unit="Demoskolan", alias="Yusuf"))
    put(county, noise, CaseState.PLAN_ACTIVE)
    case_id, _ = county.receive(record_with_wish(county))
    put(county, case_id, CaseState.MEETING_HELD)
    start_plan(county, county.sign_in("Anna"), case_id)
    time.pass_(days=30)
    return case_id


def test_a_follow_up_is_not_held_before_the_child_has_been_heard(county: County, case: str) -> None:
    answer = county.sign_in("Anna").send(f"/case/{case}/follow_up", "/hold")
    assert missing(answer) == ["child_view_at_follow_up"]
    assert state(county, case) is CaseState.PLAN_ACTIVE


def test_a_conversation_since_the_plan_started_is_the_childs_view(
    county: County, case: str
) -> None:
    anna, at = county.sign_in("Anna"), f"/case/{case}/follow_up"
    old = anna.send(
        at, "/child", how="conversation", conversation_id=_conversations(county, case)[0]
    )
    assert old.status_code == 422, "a conversation of before tells nothing of now"
    new = record_with_wish(
        county,
        child={"case_code": county.code_of(case)},
        started_at="2026-12-18T08:00:00Z",
        finished_at="2026-12-18T08:30:00Z",
    )
    _, held = county.receive(new)
    assert anna.send(at, "/child", how="conversation", conversation_id=held).status_code == 302
    assert anna.send(at, "/hold").status_code == 302
    assert state(county, case) is CaseState.FOLLOW_UP


def test_the_childs_own_words_are_kept_verbatim(county: County, case: str) -> None:
    anna, at = county.sign_in("Anna"), f"/case/{case}/follow_up"
    words = "Det är lugnare nu.\n  Men inte på söndagar."
    assert anna.send(at, "/child", how="words", text=words).status_code == 302
    anna.send(at, "/hold")
    page = anna.get(at).text
    assert f">{words}</blockquote>" in page


@pytest.mark.parametrize(
    ("view", "is_enough"),
    [
        ({"how": "not_heard", "because": "declined"}, True),
        ({"how": "not_heard", "because": "other", "note": "Barnet är bortrest."}, True),
        ({"how": "not_heard", "because": "other"}, False),
        ({"how": "not_heard", "because": ""}, False),
        ({"how": "not_heard", "because": "no time"}, False),
        ({"how": "words", "text": "  "}, False),
        ({"how": ""}, False),
    ],
)
def test_a_child_is_not_heard_only_for_a_reason_of_the_list(
    county: County, case: str, view: dict[str, str], is_enough: bool
) -> None:
    anna, at = county.sign_in("Anna"), f"/case/{case}/follow_up"
    assert anna.send(at, "/child", **view).status_code == (302 if is_enough else 422)
    answer = anna.send(at, "/hold")
    assert answer.status_code == (302 if is_enough else 409)


def test_what_did_not_happen_says_why_and_what_moved_has_a_receiver_who_said_yes(
    county: County, case: str
) -> None:
    anna, at = county.sign_in("Anna"), f"/case/{case}/follow_up"
    ((action, _),) = actions(county, case)
    assert anna.send(at, action, state="not_done").status_code == 422
    moved = anna.send(at, action, state="moved", receiver="Elevhälsan")
    assert moved.status_code == 422
    assert 'value="Elevhälsan"' in moved.text
    assert actions(county, case) == [(action, "planned")]
    yes = {"state": "moved", "receiver": "Elevhälsan", "accepted_on": "2026-12-19"}
    assert anna.send(at, action, **yes).status_code == 302
    assert actions(county, case) == [(action, "moved")]
    assert "Läge: från ”pågår” till ”överlämnat”" in _plain(anna.page(f"/case/{case}/plan").text)


def test_a_plan_goes_on_only_with_a_new_day(county: County, case: str) -> None:
    anna, at = county.sign_in("Anna"), f"/case/{case}/follow_up"
    anna.send(at, "/child", how="words", text="Bättre.")
    anna.send(at, "/hold")
    with county.hub.app_context():
        assert db.session.get_one(Case, case).follow_up_on is None
    assert anna.send(at, "/continue", follow_up_on="").status_code == 422
    assert anna.send(at, "/continue", follow_up_on="2027-03-01").status_code == 302
    assert state(county, case) is CaseState.PLAN_ACTIVE
    assert len(county.events("plan:continued", case_id=case)) == 1


def test_a_support_without_a_plan_goes_on_as_support(county: County) -> None:
    case_id, _ = county.receive(record_with_wish(county))
    put(county, case_id, CaseState.OWN_SUPPORT)
    anna, at = county.sign_in("Anna"), f"/case/{case_id}/follow_up"
    anna.send(at, "/child", how="words", text="Bra.")
    anna.send(at, "/hold")
    anna.send(at, "/continue", follow_up_on="2027-03-01")
    assert state(county, case_id) is CaseState.OWN_SUPPORT
    assert len(county.events("support:continued", case_id=case_id)) == 1


def test_a_case_with_something_left_to_do_or_to_answer_does_not_begin_to_close(
    county: County, case: str
) -> None:
    anna, at = county.sign_in("Anna"), f"/case/{case}/follow_up"
    anna.send(at, "/child", how="words", text="Bättre.")
    anna.send(f"/case/{case}/plan", "/concern", voice="child", text="Kommer Sam igen?")
    anna.send(at, "/hold")
    closing = f"/case/{case}/answer_back"
    assert missing(anna.send(closing, "/begin-closing")) == [
        "actions_settled",
        "messages_answered",
    ]
    ((action, _),) = actions(county, case)
    anna.send(at, action, state="done")
    assert missing(anna.send(closing, "/begin-closing")) == ["messages_answered"]
    anna.send(f"/case/{case}/plan", "/answer", answer="Ja, på måndag.")
    assert anna.send(closing, "/begin-closing").status_code == 302
    assert state(county, case) is CaseState.CLOSING


def test_what_was_planned_is_kept_as_it_was_at_each_follow_up(county: County, case: str) -> None:
    anna, at = county.sign_in("Anna"), f"/case/{case}/follow_up"
    anna.send(at, "/child", how="words", text="Bättre.")
    anna.send(at, "/hold")
    anna.send(at, "/continue", follow_up_on="2027-03-01")
    ((action, _),) = actions(county, case)
    anna.send(at, action, state="done")
    page = _plain(anna.page(at).text)
    assert "Familjesamtal varannan vecka: pågår" in page, "as it was when it was held"


@pytest.mark.parametrize("name", ["Bodil", "Cesar", "Mona"])
def test_nobody_else_sees_a_follow_up(county: County, case: str, name: str) -> None:
    assert county.sign_in(name).get(f"/case/{case}/follow_up").status_code == 404


def test_an_action_of_another_case_is_not_settled_here(county: County, case: str) -> None:
    other, _ = county.receive(county.make_record("Demoskolan"))
    put(county, other, CaseState.MEETING_HELD)
    write_action(county, county.sign_in("Bodil"), other)
    ((strange, _),) = actions(county, other)
    anna = county.sign_in("Anna")
    token = anna.page(f"/case/{case}/follow_up").forms[0]["fields"]
    answer = anna.post(f"/case/{case}/follow_up/action/{strange}", data={**token, "state": "done"})
    assert answer.status_code == 404
    assert actions(county, other) == [(strange, "planned")]


def _conversations(county: County, case_id: str) -> list[str]:
    with county.hub.app_context():
        return [one.id for one in db.session.get_one(Case, case_id).conversations]


def _plain(text: str) -> str:
    return " ".join(text.split())
