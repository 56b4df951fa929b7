"""The answer letter on a tablet: lent by who answers, opened with a code, told when it was seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from county import Clock, County
from plan_steps import WISH, appoint, focus, put, record_with_wish
from sealing import Sender

from kid_wheel import answer_back, clock, lending, tablet
from kid_wheel.case import Case, CaseState
from kid_wheel.db import db
from kid_wheel.lending import LetterLoan

BECAUSE = "Sam pratar med mamma och pappa på torsdag."


@pytest.fixture
def case(county: County) -> str:
    """Mira's case, where her wish has an answer; another family's letter is lent beside it."""
    noise, _ = county.receive(record_with_wish(county, unit="Demoskolan", alias="Yusuf"))
    put(county, noise, CaseState.CLOSING)
    _answer(county, noise, "Bodil")
    assert _lend(county, noise, "Bodil").status_code == 302
    case_id, _ = county.receive(record_with_wish(county))
    put(county, case_id, CaseState.PLAN_ACTIVE)
    _answer(county, case_id, "Anna")
    return case_id


@pytest.fixture
def school(county: County) -> Sender:
    return Sender(county.hub, county.tablet("Exempelskolan"))


def test_each_wish_comes_with_its_fate_sealed_to_the_tablets_own_key(
    county: County, case: str, school: Sender
) -> None:
    _lend(county, case, "Anna")
    code = county.code_of(case)
    assert school.ask(f"case/{code}").json == {"earlier": False, "letter": True}
    status, letter = school.fetch("letter", LetterLoan, code)
    assert status == 200
    (reply, *_) = letter["replies"]
    assert (reply["said"], reply["fate"], reply["because"]) == (WISH, "wait", BECAUSE)
    assert (letter["language"], letter["variant"]) == ("sv", "older")
    assert [(one.unit_id, one.tablet_id) for one in county.events("letter:lent_out")] == [
        (school.unit, school.id)
    ]
    assert len(county.events("letter:lent", case_id=case)) == 1


def test_an_answer_that_waits_is_not_in_the_letter(
    county: County, case: str, school: Sender
) -> None:
    _lend(county, case, "Anna")
    _status, letter = school.fetch("letter", LetterLoan, county.code_of(case))
    assert [one["said"] for one in letter["replies"]] == [WISH], "the card has no answer yet"
    assert "Bråk hemma" not in str(letter)


def test_the_hub_keeps_the_letter_where_nothing_is_lent_to_who_asks(
    county: County, case: str, school: Sender
) -> None:
    code = county.code_of(case)
    assert school.fetch("letter", LetterLoan, code)[0] == 404, "nothing is lent"
    _lend(county, case, "Anna")
    assert school.fetch("letter", LetterLoan, "ZZZZZZZZ")[0] == 404, "no such code"
    stranger = Sender(county.hub, county.tablet("Demoskolan"))
    assert stranger.ask(f"case/{code}").json == {"earlier": False, "letter": False}
    assert stranger.fetch("letter", LetterLoan, code)[0] == 404, "another unit's tablet"
    county.change(lambda: tablet.revoke(db.session.get_one(tablet.Tablet, school.id), clock.now()))
    assert school.fetch("letter", LetterLoan, code)[0] == 410, "a revoked tablet"
    assert not county.events("letter:lent_out")


def test_a_letter_ends_by_itself_can_be_taken_back_and_is_one_tablets(
    county: County, case: str, school: Sender, time: Clock
) -> None:
    code = county.code_of(case)
    _lend(county, case, "Anna")
    _lend(county, case, "Anna", take_back="1")
    assert school.fetch("letter", LetterLoan, code)[0] == 404
    assert len(county.events("letter:taken_back")) == 1
    _lend(county, case, "Anna")
    assert school.fetch("letter", LetterLoan, code)[0] == 200
    with county.hub.app_context():
        unit = db.session.get_one(tablet.Unit, school.unit)
        other, _code = tablet.invite(db.session, unit, "Den andra", clock.now())
        db.session.commit()
        other_id = other.id
    assert Sender(county.hub, other_id).fetch("letter", LetterLoan, code)[0] == 404
    time.pass_(days=lending.LIFETIME.days, minutes=1)
    assert school.fetch("letter", LetterLoan, code)[0] == 404


def test_the_ansvarig_sees_when_the_child_saw_it_and_once_is_enough(
    county: County, case: str, school: Sender, time: Clock
) -> None:
    _lend(county, case, "Anna")
    _status, letter = school.fetch("letter", LetterLoan, county.code_of(case))
    seen_at = (clock.now() + timedelta(minutes=20)).isoformat()
    time.pass_(days=1)  # the room had no net
    for _ in range(2):
        answer = school.ask("letter-shown", id=letter["id"], at=seen_at)
        assert answer.status_code == 204
    assert len(county.events("letter:shown", case_id=case)) == 1
    page = county.sign_in("Anna").page(f"/case/{case}/answer_back").text
    assert "Barnet har fått se brevet den 20 november 2026" in page


@pytest.mark.parametrize("days", [-400, 400])
def test_a_tablets_wrong_clock_does_not_move_it_out_of_the_loan(
    county: County, case: str, school: Sender, time: Clock, days: int
) -> None:
    _lend(county, case, "Anna")
    _status, letter = school.fetch("letter", LetterLoan, county.code_of(case))
    time.pass_(hours=1)
    wrong = (clock.now() + timedelta(days=days)).isoformat()
    assert school.ask("letter-shown", id=letter["id"], at=wrong).status_code == 204
    with county.hub.app_context():
        loan = db.session.get_one(LetterLoan, letter["id"])
        assert loan.shown_at is not None
        assert loan.lent_at <= loan.shown_at <= clock.now()


def test_only_the_tablet_that_fetched_it_can_say_that_it_was_shown(
    county: County, case: str, school: Sender
) -> None:
    _lend(county, case, "Anna")
    _status, letter = school.fetch("letter", LetterLoan, county.code_of(case))
    at = clock.now().isoformat()
    stranger = Sender(county.hub, county.tablet("Demoskolan"))
    assert stranger.ask("letter-shown", id=letter["id"], at=at).status_code == 404
    assert school.ask("letter-shown", id="no-such-loan", at=at).status_code == 404
    for no_time in ("i går", "2026-11-20T10:00:00"):
        assert school.ask("letter-shown", id=letter["id"], at=no_time).status_code == 400
    assert not county.events("letter:shown")


def test_a_coordinator_who_shares_all_that_was_wished_lends_it_too_and_nobody_else(
    county: County, case: str
) -> None:
    appoint(county, case, "Mona")
    assert _post(county.sign_in("Mona"), case).status_code == 404
    put(county, case, CaseState.ANALYSING)
    focus(county, case, ["hemmet"])
    put(county, case, CaseState.PLAN_ACTIVE)
    assert _lend(county, case, "Mona").status_code == 302
    assert len(county.events("letter:lent", case_id=case)) == 1
    client = county.sign_in("Bodil")
    assert _post(client, case).status_code == 404


def test_nothing_is_lent_before_there_is_an_answer(county: County) -> None:
    case_id, _ = county.receive(record_with_wish(county))
    put(county, case_id, CaseState.PLAN_ACTIVE)
    assert _post(county.sign_in("Anna"), case_id).status_code == 404


def _answer(county: County, case_id: str, name: str) -> None:
    """The wish is answered; the important card is not."""
    with county.hub.app_context():
        found = db.session.get_one(Case, case_id)
        wish = answer_back.wishes(db.session, county.ring, found)[0].id
    address = f"/case/{case_id}/answer_back"
    fields = {f"fate-{wish}": "wait", f"because-{wish}": BECAUSE}
    assert county.sign_in(name).send(address, "/answers", **fields).status_code == 302


def _lend(county: County, case_id: str, name: str, **fields: str):  # type: ignore[no-untyped-def]
    return county.sign_in(name).send(f"/case/{case_id}/answer_back", "/letter", **fields)


def _post(client, case_id: str):  # type: ignore[no-untyped-def]
    token = client.page("/account").forms[0]["fields"]["csrf_token"]
    return client.post(f"/case/{case_id}/answer_back/letter", data={"csrf_token": token})
