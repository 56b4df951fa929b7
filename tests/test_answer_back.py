"""The answer to the child: nothing closes before each wish has its fate and the child knows."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from county import Clock, County
from plan_steps import ARGUMENTS, WISH, missing, put, record_with_wish, state

from kid_wheel import answer_back, clock, consent
from kid_wheel.case import Case, CaseState
from kid_wheel.catalog import Variant
from kid_wheel.db import db

END = {"orosanmalan": "no", "kept": "nothing"}


@pytest.fixture
def case(county: County) -> str:
    """Mira's case on its way to the end; another family's beside it."""
    noise, _ = county.receive(record_with_wish(county, unit="Demoskolan", alias="Yusuf"))
    put(county, noise, CaseState.CLOSING)
    case_id, _ = county.receive(record_with_wish(county))
    put(county, case_id, CaseState.CLOSING)
    return case_id


def test_every_wish_and_every_important_card_of_every_conversation_asks_for_an_answer(
    county: County, case: str
) -> None:
    again = record_with_wish(
        county,
        variant=Variant.PRESCHOOL,
        placed={},
        said={
            "hemmet": [
                {"text": "Mamma läser", "speaker": "child_drew", "kind": "wish"},
                {"text": "Så är det", "speaker": "child_said", "kind": "is"},
            ]
        },
        child={"case_code": county.code_of(case)},
    )
    county.receive(again)
    with county.hub.app_context():
        found = answer_back.wishes(db.session, county.ring, db.session.get_one(Case, case))
    assert [(one.text or one.label, one.speaker, one.is_important) for one in found] == [
        (WISH, "child_said", False),
        ("Bråk hemma", "child_chose", True),
        ("Mamma läser", "child_drew", False),
    ]
    assert len({one.id for one in found}) == 3


def test_a_drawing_and_feelings_that_were_marked_as_important_ask_for_an_answer_too(
    county: County, case: str
) -> None:
    record = county.make_record(child={"case_code": county.code_of(case)})
    home = next(area for area in record["areas"] if area["key"] == "hemmet")
    at = "2026-11-20T08:10:00Z"
    mark = {"speaker": "child_chose", "at": at}
    home["feelings"] = [
        {"key": "afraid", "label": "Rädd", "symbol": "n-1f628", **mark},
        {"key": "happy", "label": "Glad", "symbol": "n-1f604", **mark},
    ]
    home["feelings_decided"] = {"important": True}
    home["drawings"] = [
        {
            "id": "0d2f3a52-0000-4000-8000-000000000000",
            "speaker": "child_drew",
            "at": at,
            "box": [1000, 700],
            "strokes": [{"colour": "#222222", "width": 12, "points": [10, 10, 500, 400]}],
            "important": True,
        }
    ]
    county.receive(record)
    with county.hub.app_context():
        found = answer_back.wishes(db.session, county.ring, db.session.get_one(Case, case))
    assert [(one.label, one.speaker) for one in found[-2:]] == [
        ("Där jag bor", "child_drew"),
        ("Rädd, Glad", "child_chose"),
    ]
    assert found[-2].drawing


def test_a_wish_has_the_same_id_every_time(county: County, case: str) -> None:
    assert _wishes(county, case) == _wishes(county, case)


def test_nothing_closes_before_all_is_there_and_it_is_told_what_is_missing(
    county: County, case: str
) -> None:
    anna, at = county.sign_in("Anna"), f"/case/{case}/answer_back"
    assert missing(anna.send(at, "/close")) == [
        "orosanmalan_considered",
        "every_wish_answered",
        "child_told",
        "kept_elsewhere",
    ]
    assert missing(anna.send(at, "/close", **END)) == ["every_wish_answered", "child_told"]
    one, other = _wishes(county, case)
    _answer(anna, at, {one: ("do", "")})
    assert missing(anna.send(at, "/close", **END)) == ["every_wish_answered", "child_told"]
    _answer(anna, at, {other: ("cannot", "Det är inte vår sak att bestämma.")})
    assert missing(anna.send(at, "/close", **END)) == ["child_told"]
    assert state(county, case) is CaseState.CLOSING
    assert anna.send(at, "/tell", how="letter", on="2026-11-20").status_code == 302
    assert anna.send(at, "/close", **END).status_code == 302
    assert state(county, case) is CaseState.CLOSED
    assert len(county.events("case:closed", case_id=case)) == 1


@pytest.mark.parametrize("fate", ["wait", "cannot"])
def test_a_no_and_a_not_yet_say_why_in_words_to_the_child(
    county: County, case: str, fate: str
) -> None:
    anna, at = county.sign_in("Anna"), f"/case/{case}/answer_back"
    one, other = _wishes(county, case)
    answer = _answer(anna, at, {one: (fate, " "), other: ("do", "Vi pratar på torsdag.")})
    assert answer.status_code == 422
    assert "så att barnet får veta varför" in answer.text
    assert "Vi pratar på torsdag." in answer.text, "what was whole is kept"
    assert _answered(county, case) == {other: "do"}


def test_a_reason_without_a_fate_asks_for_it_and_loses_nothing(county: County, case: str) -> None:
    anna, at = county.sign_in("Anna"), f"/case/{case}/answer_back"
    one, _ = _wishes(county, case)
    answer = _answer(anna, at, {one: ("", "För att det är för dyrt.")})
    assert answer.status_code == 422
    assert "För att det är för dyrt." in answer.text


def test_a_child_is_not_told_before_every_wish_has_its_fate(county: County, case: str) -> None:
    anna, at = county.sign_in("Anna"), f"/case/{case}/answer_back"
    answer = anna.send(at, "/tell", how="in_person", on="2026-11-20")
    assert answer.status_code == 422
    assert not county.events("child:told")


@pytest.mark.parametrize("on", ["", "2026-11-21", "i går"])
def test_a_child_was_told_on_a_day_that_has_been(county: County, case: str, on: str) -> None:
    anna, at = county.sign_in("Anna"), f"/case/{case}/answer_back"
    _answer_all(county, anna, case)
    assert anna.send(at, "/tell", how="in_person", on=on).status_code == 422


def test_an_answer_that_changes_is_told_anew(county: County, case: str, time: Clock) -> None:
    anna, at = county.sign_in("Anna"), f"/case/{case}/answer_back"
    _answer_all(county, anna, case)
    anna.send(at, "/tell", how="letter", on="2026-11-20")
    time.pass_(hours=1)
    one, _ = _wishes(county, case)
    _answer(anna, at, {one: ("wait", "Vi väntar på ett rum.")})
    assert missing(anna.send(at, "/close", **END)) == ["child_told"]
    assert "Barnet behöver få veta." in anna.page(at).text
    anna.send(at, "/tell", how="tablet", on="2026-11-20")
    assert anna.send(at, "/close", **END).status_code == 302


def test_a_wish_that_comes_late_is_answered_too(county: County, case: str) -> None:
    anna, at = county.sign_in("Anna"), f"/case/{case}/answer_back"
    _answer_all(county, anna, case)
    anna.send(at, "/tell", how="letter", on="2026-11-20")
    county.receive(record_with_wish(county, child={"case_code": county.code_of(case)}))
    assert missing(anna.send(at, "/close", **END)) == ["every_wish_answered"]


def test_a_child_without_wishes_is_told_too(county: County) -> None:
    case_id, _ = county.receive(county.make_record())
    put(county, case_id, CaseState.CLOSING)
    anna, at = county.sign_in("Anna"), f"/case/{case_id}/answer_back"
    assert missing(anna.send(at, "/close", **END)) == ["child_told"]


def test_closing_ends_every_consent_and_reopening_revives_none(
    county: County, case: str, time: Clock
) -> None:
    anna, at = county.sign_in("Anna"), f"/case/{case}/answer_back"
    county.change(lambda: _consent(county, case))
    _answer_all(county, anna, case)
    anna.send(at, "/tell", how="letter", on="2026-11-20")
    assert _holding(county, case) == 1
    anna.send(at, "/close", **END)
    assert _holding(county, case) == 0
    time.pass_(days=40)
    anna = county.sign_in("Anna")
    assert anna.send(at, "/reopen").status_code == 302
    assert state(county, case) is CaseState.RECEIVED
    assert _holding(county, case) == 0


def test_a_case_that_was_opened_again_is_told_and_asked_anew(
    county: County, case: str, time: Clock
) -> None:
    anna, at = county.sign_in("Anna"), f"/case/{case}/answer_back"
    _answer_all(county, anna, case)
    anna.send(at, "/tell", how="letter", on="2026-11-20")
    anna.send(at, "/close", **END)
    time.pass_(hours=1)
    anna.send(at, "/reopen")
    put(county, case, CaseState.CLOSING)
    assert missing(anna.send(at, "/close")) == [
        "orosanmalan_considered",
        "child_told",
        "kept_elsewhere",
    ], "the answers stand, what was told and asked before does not"


@pytest.mark.parametrize("said", ["no", "done", "now", "unsure"])
def test_the_question_about_orosanmalan_is_answered_in_four_ways_and_kept_out_of_the_log(
    county: County, case: str, said: str
) -> None:
    anna, at = county.sign_in("Anna"), f"/case/{case}/answer_back"
    _answer_all(county, anna, case)
    anna.send(at, "/tell", how="letter", on="2026-11-20")
    assert anna.send(at, "/close", orosanmalan=said, kept="elsewhere").status_code == 302
    details = {event.detail for event in county.events("case:closed", case_id=case)}
    assert details == {""}


@pytest.mark.parametrize("name", ["Bodil", "Cesar", "Mona"])
def test_nobody_else_answers_or_closes(county: County, case: str, name: str) -> None:
    client = county.sign_in(name)
    assert client.get(f"/case/{case}/answer_back").status_code == 404
    token = client.page("/account").forms[0]["fields"]
    answer = client.post(f"/case/{case}/answer_back/close", data={**token, **END})
    assert answer.status_code in {403, 404}
    assert state(county, case) is CaseState.CLOSING


def test_the_letter_is_in_the_childs_language_with_its_words_and_the_answer(county: County) -> None:
    wish = "أريد أن يتوقفوا عن الشجار"
    said = {"hemmet": [{"text": wish, "speaker": "child_said", "kind": "wish"}]}
    case_id, _ = county.receive(
        record_with_wish(county, said=said, language="ar", variant=Variant.PRESCHOOL)
    )
    anna = county.sign_in("Anna")
    for one in _wishes(county, case_id):
        _answer(anna, f"/case/{case_id}/answer_back", {one: ("wait", "Vi letar ett rum.")})
    html = anna.get(f"/case/{case_id}/documents/letter").text
    assert 'lang="ar" dir="rtl"' in html
    assert wish in html and "Vi letar ett rum." in html
    assert "Vi väntar" not in html, "the letter's own words are the child's language"
    assert "orosanmälan" not in html.lower(), "never in the child's view"


def test_a_card_that_was_marked_as_important_stands_with_its_picture(
    county: County, case: str
) -> None:
    anna = county.sign_in("Anna")
    _answer_all(county, anna, case)
    html = anna.get(f"/case/{case}/documents/letter").text
    with county.hub.app_context():
        found = answer_back.wishes(db.session, county.ring, db.session.get_one(Case, case))
    card = next(one for one in found if one.is_important)
    assert f"/static/bildstod/{card.symbol}.svg" in html and card.label in html
    assert ARGUMENTS.split("/")[0] == card.area
    assert len(county.events("document:shown", case_id=case)) == 1


def _consent(county: County, case_id: str) -> None:
    made = consent.Consent(
        case_id=case_id,
        recipient_id="10000000-0000-4000-8000-000000000001",
        giver=consent.Giver.CHILD,
        answer=consent.Answer.YES,
        given_at=clock.now(),
        until_on=date(2027, 11, 20),
        recorded_by=county.id("Anna"),
    )
    words = {"who": "BUP", "areas": ["hemmet"], "purpose": "Möte"}
    made.write(db.session.get_one(Case, case_id).key(county.ring), words)
    db.session.add(made)


def _holding(county: County, case_id: str) -> int:
    """How many consents have not been ended."""
    with county.hub.app_context():
        return sum(one.ended_at is None for one in consent.consents_of(db.session, case_id))


def _wishes(county: County, case_id: str) -> list[str]:
    with county.hub.app_context():
        found = db.session.get_one(Case, case_id)
        return [one.id for one in answer_back.wishes(db.session, county.ring, found)]


def _answered(county: County, case_id: str) -> dict[str, str]:
    with county.hub.app_context():
        found = answer_back.answers(db.session, case_id)
        return {wish: str(one.fate) for wish, one in found.items()}


def _answer(client: Any, at: str, fates: dict[str, tuple[str, str]]) -> Any:
    fields = {}
    for wish, (fate, because) in fates.items():
        fields |= {f"fate-{wish}": fate, f"because-{wish}": because}
    return client.send(at, "/answers", **fields)


def _answer_all(county: County, client: Any, case_id: str) -> None:
    fates = dict.fromkeys(_wishes(county, case_id), ("do", "Vi börjar på måndag."))
    answer = _answer(client, f"/case/{case_id}/answer_back", fates)
    assert answer.status_code == 302, re.findall(r'class="wrong">([^<]+)', answer.text)
