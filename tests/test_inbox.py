"""The child who waits comes first, and nobody finds a child that is not theirs."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from county import Clock, County
from sqlalchemy import event

from kid_wheel import answer_back, clock
from kid_wheel.case import Case, CaseState
from kid_wheel.db import db
from kid_wheel.people import Unit

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
    read = anna.page("/case/").text
    assert "nytt samtal" not in read and "öppna ärendet igen så att barnet får svar" in read
    assert anna.send(f"/case/{case_id}", action="/step/reopen").status_code == 302
    assert NEWS not in anna.page(f"/case/{case_id}").text
    waiting, *_others = anna.page("/case/").text.split("Dina andra ärenden")
    assert "Mira" in waiting and NEWS not in waiting
    _tell(county, case_id)
    assert _waiting(anna) == []


def test_who_comes_after_is_not_asked_to_read_what_was_read_before_the_case_was_closed(
    county: County, time: Clock
) -> None:
    case_id = _close(county)
    assert "Mira" not in county.sign_in("Dina").page("/case/").text
    time.pass_(days=1)
    _again(county, case_id)
    assert "1 nytt samtal" in county.sign_in("Dina").page("/case/").text, "one of the two"


def test_a_conversation_that_came_after_the_child_was_told_waits_though_the_case_is_closed(
    county: County, time: Clock
) -> None:
    case_id, _ = county.receive(county.make_record(alias="Mira"))
    _change(county, case_id, state=CaseState.CLOSING, state_at=clock.now())
    _tell(county, case_id)
    time.pass_(minutes=1)
    _again(county, case_id)
    time.pass_(minutes=1)
    _change(county, case_id, state=CaseState.CLOSED, state_at=clock.now())
    text = county.sign_in("Anna").page("/case/").text
    assert NEWS in text and "1 nytt samtal" in text


def test_another_familys_closed_case_is_in_nobody_elses_inbox(
    county: County, another_family: str, time: Clock
) -> None:
    _change(county, another_family, state=CaseState.CLOSED, state_at=clock.now())
    time.pass_(days=1)
    _again(county, another_family, "Demoskolan")
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


# A child who waits, also when somebody has read what it said.


BEFORE = [
    CaseState.CONVERSATION, CaseState.RECEIVED, CaseState.COLLECTING, CaseState.ANALYSING,
    CaseState.DECIDED, CaseState.CLOSING,
]  # fmt: skip


@pytest.mark.parametrize("state", [one for one in CaseState if one is not CaseState.VOID])
def test_a_child_waits_until_something_has_begun_or_it_was_told(
    county: County, state: CaseState
) -> None:
    case_id, conversation_id = county.receive(county.make_record(alias="Mira"))
    anna = county.sign_in("Anna")
    anna.page(f"/case/{case_id}/conversation/{conversation_id}")
    _change(county, case_id, state=state, state_at=clock.now())
    begins_with_it = state is CaseState.SIGNAL_SENT
    assert _waiting(anna) == (["Mira"] if state in BEFORE or begins_with_it else [])
    _tell(county, case_id)
    assert _waiting(anna) == []


def test_the_child_who_has_waited_longest_comes_first_whatever_was_read(
    county: County, time: Clock
) -> None:
    anna = county.sign_in("Anna")
    for alias in ("Ada", "Bea", "Cia"):
        case_id, conversation_id = county.receive(county.make_record(alias=alias))
        if alias != "Bea":
            anna.page(f"/case/{case_id}/conversation/{conversation_id}")
        if alias == "Cia":
            _tell(county, case_id)
        time.pass_(minutes=5)
    text = anna.page("/case/").text
    assert _waiting(anna) == ["Ada", "Bea"]
    assert "Barnet väntar på svar sedan 20 november 10:00" in " ".join(text.split())


def test_what_the_tablet_promised_is_said_when_the_day_has_passed(
    county: County, time: Clock
) -> None:
    """By the number of days of the unit whose tablet it was."""
    case_id, _ = county.receive(county.make_record(alias="Mira"))
    county.change(lambda: setattr(_unit(county, "Exempelskolan"), "answer_days", 3))
    county.change(lambda: setattr(_unit(county, "Demoskolan"), "answer_days", 1))
    late = "Barnet lovades svar senast 23 november"
    time.pass_(days=3)
    anna = county.sign_in("Anna")
    assert "Barnet lovades" not in anna.page("/case/").text, "the last day is not over"
    time.pass_(days=1)
    anna = county.sign_in("Anna")
    for page in ("/case/", f"/case/{case_id}"):
        assert late in anna.page(page).text
    assert "lovades svar senast 21 november" in county.sign_in("Bodil").page("/case/").text
    _tell(county, case_id)
    assert "Barnet lovades" not in anna.page("/case/").text
    county.change(lambda: setattr(_unit(county, "Exempelskolan"), "answer_days", None))
    _again(county, case_id)
    time.pass_(days=30)
    assert "Barnet lovades" not in county.sign_in("Anna").page("/case/").text, "no day was said"


def test_a_tablet_whose_clock_is_wrong_promises_from_the_day_that_the_conversation_came(
    county: County, time: Clock
) -> None:
    county.change(lambda: setattr(_unit(county, "Exempelskolan"), "answer_days", 3))
    for alias, year in (("Ada", "2019"), ("Bea", "2026")):
        moments = {
            "started_at": f"{year}-11-20T08:00:00Z",
            "finished_at": f"{year}-11-20T08:30:00Z",
        }
        county.receive(county.make_record(alias=alias, **moments))
    time.pass_(days=4)
    text = county.sign_in("Anna").page("/case/").text
    assert text.count("Barnet lovades svar senast 23 november") == 2


def test_a_child_whose_answer_was_changed_after_it_was_told_waits_for_the_case_to_be_closed(
    county: County, time: Clock
) -> None:
    case_id, conversation_id = county.receive(county.make_record(alias="Mira"))
    anna = county.sign_in("Anna")
    anna.page(f"/case/{case_id}/conversation/{conversation_id}")
    _change(county, case_id, state=CaseState.CLOSING, state_at=clock.now())
    _tell(county, case_id)
    assert _waiting(anna) == []

    def change_an_answer() -> None:
        made = answer_back.Answer(
            case_id=case_id, wish=conversation_id, conversation_id=conversation_id,
            fate=answer_back.Fate.DO, answered_at=clock.now(),
        )  # fmt: skip
        made.write(db.session.get_one(Case, case_id).key(county.ring), {"because": ""})
        db.session.add(made)

    county.change(change_an_answer)
    assert _waiting(anna) == ["Mira"]


def test_what_a_child_was_told_in_one_round_is_not_told_in_the_next(
    county: County,
) -> None:
    case_id, conversation_id = county.receive(county.make_record(alias="Mira"))
    anna = county.sign_in("Anna")
    anna.page(f"/case/{case_id}/conversation/{conversation_id}")
    _tell(county, case_id)

    def close_a_round() -> None:
        found = db.session.get_one(Case, case_id)
        made = answer_back.closing(db.session, found.key(county.ring), case_id, clock.now())
        made.closed_at = clock.now()

    county.change(close_a_round)
    _change(county, case_id, state=CaseState.CLOSING, state_at=clock.now())
    assert _waiting(anna) == ["Mira"]


def _waiting(client: Any) -> list[str]:
    """The children who wait, in the order of the list."""
    _before, *waiting = client.get("/case/").text.split('id="waiting"')
    names = "".join(waiting).split('id="others"')[0]
    return re.findall(r"(Ada|Bea|Cia|Mira)</a>", names)


def _tell(county: County, case_id: str) -> None:
    """Somebody has told the child what became of it."""

    def write() -> None:
        made = answer_back.Telling(
            case_id=case_id, told_at=clock.now(), how=answer_back.Told.IN_PERSON, written_by=""
        )
        made.write(db.session.get_one(Case, case_id).key(county.ring), {"by": "Anna", "said": ""})
        db.session.add(made)

    county.change(write)


def _unit(county: County, name: str) -> Unit:
    return db.session.query(Unit).filter_by(name=name).one()


def _close(county: County) -> str:
    """Mira's case, closed when Anna had read what there was."""
    case_id, conversation_id = county.receive(county.make_record(alias="Mira"))
    county.sign_in("Anna").page(f"/case/{case_id}/conversation/{conversation_id}")
    _change(county, case_id, state=CaseState.CLOSED, state_at=clock.now())
    return case_id


def _again(county: County, case_id: str, unit: str = "Exempelskolan") -> str:
    """The child talks once more, by the case's code; the conversation's id."""
    child = {"case_code": county.code_of(case_id)}
    return county.receive(county.make_record(unit, child=child))[1]


def _change(county: County, case_id: str, **columns: Any) -> None:
    def write() -> None:
        for name, value in columns.items():
            setattr(db.session.get_one(Case, case_id), name, value)

    county.change(write)
