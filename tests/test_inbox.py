"""The child who waits comes first, and nobody finds a child that is not theirs."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from county import Clock, County
from sqlalchemy import event

from kid_wheel import clock
from kid_wheel.case import Case, CaseState
from kid_wheel.db import db

NEWS = "Nytt i ett avslutat ärende"


@pytest.fixture(autouse=True)
def another_family(county: County) -> str:
    return county.receive(county.make_record("Demoskolan", alias="Yusuf"))[0]


def test_an_overdue_follow_up_and_an_unread_conversation_wait_and_the_rest_do_not(
    county: County, time: Clock
) -> None:
    late, read = county.receive(county.make_record(alias="Leo"))
    calm, also_read = county.receive(county.make_record(alias="Mira"))
    anna = county.sign_in("Anna")
    anna.page(f"/case/{late}/conversation/{read}")
    anna.page(f"/case/{calm}/conversation/{also_read}")
    _change(county, late, state=CaseState.OWN_SUPPORT, follow_up_on=date(2026, 11, 19))
    _change(county, calm, state=CaseState.OWN_SUPPORT, follow_up_on=date(2026, 11, 20))
    time.pass_(hours=1)
    county.receive(county.make_record(alias="Elias"))
    text = anna.get("/case/").text
    waiting, others = text.split('id="others"')
    assert re.findall(r"(Leo|Mira|Elias)</a>", waiting) == ["Leo", "Elias"]
    assert re.findall(r"(Leo|Mira|Elias)</a>", others) == ["Mira"]
    assert "Uppföljningen skulle ha varit 19 november" in waiting


def test_a_closed_case_is_on_a_page_of_its_own(county: County) -> None:
    _close(county)
    anna = county.sign_in("Anna")
    inbox = anna.page("/case/")
    assert "Mira" not in inbox.text and "1 avslutat ärende" in inbox.text
    page = anna.page("/case/closed")
    assert "Mira" in page.text and "Yusuf" not in page.text and NEWS not in page.text


def test_a_conversation_that_comes_when_the_case_is_closed_waits_until_it_is_read(
    county: County, time: Clock
) -> None:
    """T16: a new conversation is a reason to open the case again, and the ansvarig decides."""
    case_id = _close(county)
    time.pass_(days=30)
    arrived = _again(county, case_id)
    anna, dina = county.sign_in("Anna"), county.sign_in("Dina")
    for client in (anna, dina):
        waiting, *_others = client.page("/case/").text.split("Dina andra ärenden")
        assert "Mira" in waiting and NEWS in waiting
        assert "1 nytt samtal sedan 20 december 10:00" in " ".join(waiting.split())
    assert NEWS in anna.page(f"/case/{case_id}").text
    anna.page(f"/case/{case_id}/conversation/{arrived}")
    assert "Mira" not in anna.page("/case/").text
    assert NEWS not in anna.page(f"/case/{case_id}").text
    assert anna.send(f"/case/{case_id}", action="/step/reopen").status_code == 302
    assert "Mira" in anna.page("/case/").text


def test_who_comes_after_is_not_asked_to_read_what_was_read_before_the_case_was_closed(
    county: County, time: Clock
) -> None:
    case_id = _close(county)
    assert "Mira" not in county.sign_in("Dina").page("/case/").text
    time.pass_(days=1)
    _again(county, case_id)
    assert "1 nytt samtal" in county.sign_in("Dina").page("/case/").text, "one of the two"


def test_a_conversation_that_nobody_had_read_when_the_case_was_closed_waits_too(
    county: County,
) -> None:
    case_id, _ = county.receive(county.make_record(alias="Mira"))
    _change(county, case_id, state=CaseState.CLOSED, state_at=clock.now())
    assert NEWS in county.sign_in("Anna").page("/case/").text


def test_another_familys_closed_case_is_in_nobody_elses_inbox(
    county: County, another_family: str
) -> None:
    _change(county, another_family, state=CaseState.CLOSED, state_at=clock.now())
    assert NEWS in county.sign_in("Bodil").page("/case/").text
    assert NEWS not in county.sign_in("Anna").page("/case/").text


def test_a_conversation_with_the_code_of_a_case_opened_by_mistake_is_placed_by_a_human(
    county: County,
) -> None:
    """Nobody reads in a sealed case, so what comes with its code goes where somebody does."""
    sealed = _close(county)
    _change(county, sealed, state=CaseState.VOID)
    record = county.make_record(child={"case_code": county.code_of(sealed)})
    placed, arrived = county.receive(record)
    assert placed != sealed
    cesar = county.sign_in("Cesar")
    assert "Ärendekoden som angavs finns inte" in cesar.page("/case/").text
    cesar.page(f"/case/{placed}/conversation/{arrived}")


@pytest.mark.parametrize("words", ["mira", "MIR", "CODE"])
def test_one_finds_ones_own_by_alias_or_code(county: County, words: str) -> None:
    case_id, _ = county.receive(county.make_record(alias="Mira"))
    county.receive(county.make_record(alias="Leo"))
    typed = county.code_of(case_id).lower() if words == "CODE" else words
    answer = county.sign_in("Anna").send("/case/", action="/case/search", words=typed)
    assert "Mira" in answer.text and "Leo" not in answer.text


def test_nobody_finds_anothers_and_the_search_is_kept_without_its_words(
    county: County, another_family: str
) -> None:
    county.receive(county.make_record(alias="Mira"))
    anna = county.sign_in("Anna")
    for words in ("Yusuf", county.code_of(another_family), "x"):
        answer = anna.send("/case/", action="/case/search", words=words)
        assert f"/case/{another_family}" not in answer.text
    made = county.events("search:made", staff_id=county.id("Anna"))
    assert [event.detail for event in made] == ["hits:0"] * 3


def test_the_list_asks_as_few_questions_for_thirty_cases_as_for_three(county: County) -> None:
    anna = county.sign_in("Anna")
    for _each in range(3):
        county.receive(county.make_record())
    few = _questions(county, anna)
    for _each in range(27):
        county.receive(county.make_record())
    assert _questions(county, anna) == few < 20


def test_a_case_has_no_label_of_what_is_wrong(county: County) -> None:
    """R105."""
    county.receive(county.make_record())
    text = county.sign_in("Anna").page("/case/").text.lower()
    for word in ("problem", "risk", "diagnos", "avvikelse", "riskbarn"):
        assert word not in text


def test_many_cases_are_shown_a_page_at_a_time(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kid_wheel.views.inbox.PER_PAGE", 2)
    for alias in ("Ada", "Bea", "Cia"):
        county.receive(county.make_record(alias=alias))
    anna = county.sign_in("Anna")
    first, last = anna.get("/case/").text, anna.get("/case/?page=2").text
    shown = [re.findall(r"(Ada|Bea|Cia)</a>", text) for text in (first, last)]
    assert [len(names) for names in shown] == [2, 1]
    assert sorted(name for names in shown for name in names) == ["Ada", "Bea", "Cia"]
    assert anna.get("/case/?page=x").status_code == 200
    assert anna.get("/case/?page=99").text.count("case-row") >= 1


def _questions(county: County, client: Any) -> int:
    """How many statements the inbox takes."""
    with county.hub.app_context():
        engine = db.engine
    asked: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    try:
        client.page("/case/")
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(asked)


def _close(county: County) -> str:
    """Mira's case, closed when Anna had read what there was."""
    case_id, conversation_id = county.receive(county.make_record(alias="Mira"))
    county.sign_in("Anna").page(f"/case/{case_id}/conversation/{conversation_id}")
    _change(county, case_id, state=CaseState.CLOSED, state_at=clock.now())
    return case_id


def _again(county: County, case_id: str) -> str:
    """The child talks once more, by the case's code; the conversation's id."""
    return county.receive(county.make_record(child={"case_code": county.code_of(case_id)}))[1]


def _change(county: County, case_id: str, **columns: Any) -> None:
    def write() -> None:
        for name, value in columns.items():
            setattr(db.session.get_one(Case, case_id), name, value)

    county.change(write)
