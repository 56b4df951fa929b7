"""Children whose case asks for more care: whom nobody may find, who turns 18, who is placed."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from county import Clock, County
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from page_client import Page
from plan_steps import put, start_plan

from kid_wheel import clock, protected, special
from kid_wheel.case import Case, CaseState
from kid_wheel.db import db
from kid_wheel.routing import is_child
from kid_wheel.special import turns_18_on

SOME_ID = "00000000-0000-4000-8000-000000000000"
SWEDEN = ZoneInfo("Europe/Stockholm")


@pytest.fixture(autouse=True)
def another_family(county: County) -> str:
    return county.receive(county.make_record("Demoskolan", alias="Yusuf"))[0]


# After the decision of IMY about Skolplattformen in Stockholm: three regression tests (L25).


@pytest.mark.parametrize("name", ["Dina", "Mona", "Cesar", "Arvid", "Bodil", "Bim", "Bert"])
def test_skolplattformen_1_a_protected_child_is_invisible_to_staff_who_are_not_assigned(
    county: County, name: str
) -> None:
    case_id, conversation_id = _protected(county)
    client = county.sign_in(name)
    for address in ("", "/who", "/signal", "/child", f"/conversation/{conversation_id}"):
        answer = client.get(f"/case/{case_id}{address}")
        assert answer.status_code in {403, 404} and "Samira" not in answer.text
    if name in ("Dina", "Cesar", "Bodil"):
        shown = client.page("/case/").text
        assert "Samira" not in shown and county.code_of(case_id) not in shown
        found = client.send("/case/", action="/case/search", words="Samira").text
        assert case_id not in found
    if name in ("Arvid", "Bert"):
        for address in ("/admin/", f"/admin/unit/{county.id(_unit_of(name))}"):
            assert "Samira" not in client.page(address).text


def test_skolplattformen_2_nobody_reaches_another_child_by_changing_an_address(
    county: County, another_family: str
) -> None:
    mine, mine_conversation = county.receive(county.make_record(alias="Mira"))
    other, other_conversation = _protected(county, name="Leo")
    strange = {another_family: "Yusuf"}
    anna, bodil = county.sign_in("Anna"), county.sign_in("Bodil")
    for case_id in strange:
        for page in ("", "/who", "/signal", "/child"):
            assert anna.get(f"/case/{case_id}{page}").status_code == 404
    for conversation_id in (mine_conversation, other_conversation):
        crossed = f"/case/{another_family}/conversation/{conversation_id}"
        assert bodil.get(crossed).status_code == 404
    assert anna.get(f"/case/{mine}/conversation/{other_conversation}").status_code == 404
    assert anna.get(f"/case/{other}/conversation/{mine_conversation}").status_code == 404


def test_skolplattformen_3_the_administrators_pages_are_neither_reached_nor_indexed(
    hub: Flask, county: County
) -> None:
    addresses = [
        re.sub(r"<[^>]+>", SOME_ID, rule.rule)
        for rule in hub.url_map.iter_rules()
        if rule.rule.startswith("/admin/") and "GET" in (rule.methods or ())
    ]
    assert len(addresses) >= 5
    stranger, mona = hub.test_client(), county.sign_in("Mona")
    for asked in addresses:
        assert stranger.get(asked).status_code in {302, 404}, asked
        assert mona.get(asked).status_code in {403, 404}, asked
    assert 'content="noindex"' in county.sign_in("Arvid").get("/admin/").text


# Protected identity.


def test_who_is_assigned_meets_a_code_in_lists_and_finds_nothing_by_searching(
    county: County,
) -> None:
    case_id, _ = _protected(county)
    anna = county.sign_in("Anna")
    shown = anna.page("/case/").text
    code = county.code_of(case_id)
    assert code in shown
    row = shown.split("Väntar på dig")[1]
    for hidden in ("Samira", "Exempelskolan", "2014", "skyddade"):
        assert hidden not in row
    for words in ("Samira", "sam", code):
        answer = anna.send("/case/", action="/case/search", words=words)
        assert f"/case/{case_id}" not in answer.text
    assert anna.get(f"/case/{case_id}").status_code == 200
    assert "Exempelskolan, årskurs 6" not in anna.page(f"/case/{case_id}").text


def test_a_colleague_who_is_asked_to_help_meets_the_protected_child(county: County) -> None:
    case_id, _ = _protected(county)
    county.sign_in("Anna").send(
        f"/case/{case_id}/who", action="/delegate", staff=county.id("Dina"), until="2026-12-01"
    )
    assert county.sign_in("Dina").get(f"/case/{case_id}").status_code == 200


def test_a_protected_case_is_printed_only_on_purpose(county: County, time: Clock) -> None:
    case_id, conversation_id = _protected(county)
    plain, _ = county.receive(county.make_record())
    anna = county.sign_in("Anna")
    at = f"/case/{case_id}/conversation/{conversation_id}"
    assert 'class="unprinted"' in anna.get(at).text
    assert 'class="unprinted"' not in anna.get(f"/case/{plain}").text
    anna.send(f"/case/{case_id}/child", action="/print")
    assert 'class="unprinted"' not in anna.get(at).text
    assert county.events("print:confirmed", case_id=case_id, staff_id=county.id("Anna"))
    time.pass_(minutes=11)
    assert 'class="unprinted"' in anna.get(at).text, "a yes is for now"


def test_no_page_that_is_turned_round_to_show_somebody_is_printed_out_of_habit(
    county: County,
) -> None:
    case_id, _ = _protected(county)
    anna, child = county.sign_in("Anna"), f"/case/{case_id}/disclosure/child"
    put(county, case_id, CaseState.MEETING_HELD)
    start_plan(county, anna, case_id)
    pages = (child, f"/case/{case_id}/documents/pictures")
    for page in pages:
        assert re.search(r'<body class="[\w-]+ unprinted">', anna.get(page).text), page
        assert "skrivs bara ut med flit" in anna.get(page).text
    anna.send(f"/case/{case_id}/child", action="/print")
    for page in pages:
        assert 'unprinted"' not in anna.get(page).text, page


def test_an_export_asks_whether_it_may(county: County) -> None:
    case = Case(protected_identity=True)
    assert not protected.may_print(case, confirmed=False)
    assert protected.may_print(case, confirmed=True)
    assert protected.may_print(Case(protected_identity=False), confirmed=False)


def test_a_signal_about_a_protected_child_tells_no_place_and_goes_to_a_named_person(
    county: County,
) -> None:
    """E16."""
    mona = county.sign_in("Mona")
    stop = mona.send(
        "/signal", child="Samira", seen="Orolig", protected="1", **{"worry-trygghet": "1"}
    )
    fields = next(f for f in _forms(stop.text) if f["action"].endswith("/send"))["fields"]
    mona.post("/signal/send", data={**fields, "concern": "no", "informed": "yes"})
    shown = mona.page("/signal/sent").text
    assert "Samira" not in shown and "Centralt" not in shown and "Exempelskolan" not in shown
    with county.hub.app_context():
        case = db.session.query(Case).filter_by(protected_identity=True).one()
        rule, owner = case.rule, case.ansvarig_id
    assert (rule, owner) == ("E16", county.id("Cesar"))


# 18.


@given(st.dates(date(1990, 1, 1), date(2040, 12, 31)))
def test_the_first_day_as_an_adult_is_the_day_that_one_is_no_child(born: date) -> None:
    """R003."""
    day = turns_18_on(born)
    assert is_child(born, day.fromordinal(day.toordinal() - 1))
    assert not is_child(born, day)


def test_one_is_an_adult_from_midnight_in_stockholm(county: County, time: Clock) -> None:
    """E12."""
    case_id, _ = county.receive(county.make_record(alias="Elias"))
    _born(county, case_id, "2008-12-30")
    time.at = datetime(2026, 12, 29, 23, 59, tzinfo=SWEDEN)
    assert not _is_adult(county, case_id)
    time.at = datetime(2026, 12, 30, 0, 0, tzinfo=SWEDEN)
    assert _is_adult(county, case_id)


@pytest.mark.parametrize(
    ("days_before", "told"),
    [(91, ""), (90, "Planera övergången"), (30, "Då upphör"), (0, "har upphört")],
)
def test_the_ansvarig_is_told_of_the_18th_birthday_90_and_30_days_before(
    county: County, time: Clock, days_before: int, told: str
) -> None:
    case_id, _ = county.receive(county.make_record(alias="Elias"))
    _born(county, case_id, "2008-12-30")
    time.at = datetime(2026, 12, 30, 12, 0, tzinfo=SWEDEN)
    time.pass_(days=-days_before)
    for address in ("/case/", f"/case/{case_id}"):
        text = county.sign_in("Anna").page(address).text
        notes = [
            note for note in ("Planera övergången", "Då upphör", "har upphört") if note in text
        ]
        assert notes == ([told] if told else []), address


def test_a_birthday_is_kept_with_the_child_and_never_in_clear(county: County) -> None:
    case_id, _ = county.receive(county.make_record())
    _born(county, case_id, "2014-05-02")
    with county.hub.app_context():
        case = db.session.get_one(Case, case_id)
        assert special.born_on(case, county.ring) == date(2014, 5, 2)
        assert b"2014-05-02" not in case.child


@pytest.mark.parametrize("typed", ["2027-01-01", "i våras"])
def test_a_birthday_that_cannot_be_is_asked_again(county: County, typed: str) -> None:
    case_id, _ = county.receive(county.make_record())
    answer = county.sign_in("Anna").send(f"/case/{case_id}/child", action="/born", born_on=typed)
    assert answer.status_code == 422 and typed in answer.text


def test_a_year_alone_makes_an_adult_only_when_it_leaves_no_doubt(county: County) -> None:
    child = {"alias": "Elias", "place": {"kind": "none", "unit": None, "year": None}}
    maybe, _ = county.receive(county.make_record(child={**child, "birth_year": 2008}))
    sure, _ = county.receive(county.make_record(child={**child, "birth_year": 2007}))
    assert (_is_adult(county, maybe), _is_adult(county, sure)) == (False, True)


# Moving and placing.


def test_a_child_who_has_moved_is_offered_to_where_the_table_says(county: County) -> None:
    case_id, _ = county.receive(county.make_record())
    anna = county.sign_in("Anna")
    assert "hör barnet hit" in anna.page(f"/case/{case_id}/who").text
    there = county.id("Demoskolan")
    anna.send(f"/case/{case_id}/child", action="/place", place=there)
    text = anna.page(f"/case/{case_id}/who").text
    assert "hör barnet nu till Demoskolan" in text
    assert f'<option value="{there}" selected' in anna.get(f"/case/{case_id}/who").text
    assert county.change(lambda: db.session.get_one(Case, case_id).ansvarig_id) == county.id("Anna")


def test_the_one_who_placed_a_child_takes_part_only_with_a_legal_ground(county: County) -> None:
    """E15."""
    case_id, _ = county.receive(county.make_record())
    anna, at = county.sign_in("Anna"), f"/case/{case_id}/child"
    without = anna.send(at, action="/placed", by="Socialnämnden i Provkommunen", basis="")
    assert without.status_code == 422 and "Socialnämnden i Provkommunen" in without.text
    assert "Socialnämnden" not in anna.page(f"/case/{case_id}/who").text
    anna.send(at, action="/placed", by="Socialnämnden i Provkommunen", basis="Samtycke")
    assert "Socialnämnden i Provkommunen" in anna.page(f"/case/{case_id}/who").text


def _protected(county: County, name: str = "Samira") -> tuple[str, str]:
    case_id, conversation_id = county.receive(county.make_record(alias=name))
    county.sign_in("Anna").send(f"/case/{case_id}/child", action="/protect", protected="yes")
    assert county.events("case:protected", case_id=case_id)
    return case_id, conversation_id


def _born(county: County, case_id: str, day: str) -> None:
    answer = county.sign_in("Anna").send(f"/case/{case_id}/child", action="/born", born_on=day)
    assert answer.status_code == 302


def _is_adult(county: County, case_id: str) -> bool:
    with county.hub.app_context():
        case = db.session.get_one(Case, case_id)
        return special.is_adult(case, county.ring, clock.today())


def _unit_of(name: str) -> str:
    return "Exempelskolan" if name == "Arvid" else "Demoskolan"


def _forms(text: str) -> list[dict[str, Any]]:
    return Page(text).forms
