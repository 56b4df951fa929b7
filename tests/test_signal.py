"""Anybody who works with children tells the ansvarig what they have seen, and learns no more."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from county import Clock, County
from page_client import Page, PageClient

from kid_wheel import clock, process, signal
from kid_wheel.case import Case, CaseState
from kid_wheel.db import db
from kid_wheel.people import Staff, Unit
from kid_wheel.signal import Draft, Kind, ProfessionalObservation, Signal, due_on
from kid_wheel.situation import Situation

SEEN = "Har varit borta fyra måndagar, och skrattar mycket med sin vän på rasten."
WORRY = "Somnar på lektionen"
NO_SUCH_CASE = "ZZZZZZ"


@pytest.fixture(autouse=True)
def another_family(county: County) -> str:
    """Noise: a signal about another child, in another huvudman."""
    return _send(county, "Bim", child="Yusuf", place=county.id("Demoskolan"))


def test_a_child_an_area_and_what_one_saw_is_all_that_is_asked_for(county: County) -> None:
    """R013."""
    client = county.sign_in("Mona")
    needed = {"child": "Mira", "worry-trygghet": "1", "seen": SEEN}
    assert "Misstänker du att barnet far illa?" in client.send("/signal", **needed).text
    for name in needed:
        refused = client.send("/signal", **{**needed, name: ""})
        assert refused.status_code == 422, name
        for value in (needed[one] for one in needed if one not in (name, "worry-trygghet")):
            assert value in refused.text, "nothing is lost"


@pytest.mark.parametrize("name", ["Anna", "Dina", "Mona", "Bodil"])
def test_every_professional_may_send_a_signal(county: County, name: str) -> None:
    """R045."""
    county.sign_in(name).page("/signal")


def test_an_administrator_meets_no_children_and_sends_none(county: County) -> None:
    assert county.sign_in("Arvid").get("/signal").status_code == 403


def test_a_signal_opens_a_case_with_the_ansvarig_that_the_table_names(county: County) -> None:
    case_id, anna = _send(county, "Mona"), county.id("Anna")
    with county.hub.app_context():
        case = db.session.get_one(Case, case_id)
        assert case.state == CaseState.SIGNAL_SENT
        assert (case.unit.name, case.ansvarig_id) == ("Exempelskolan", anna)
        assert case.rule == "R2"


def test_a_signal_about_a_child_elsewhere_goes_to_the_unit_where_the_child_is(
    county: County,
) -> None:
    case_id, bodil = _send(county, "Mona", place=county.id("Demoskolan")), county.id("Bodil")
    with county.hub.app_context():
        assert db.session.get_one(Case, case_id).ansvarig_id == bodil
    assert county.sign_in("Mona").get(f"/case/{case_id}/signal").status_code == 404


def test_a_child_who_goes_nowhere_still_gets_somebody(county: County) -> None:
    case_id, cesar = _send(county, "Mona", place="none"), county.id("Cesar")
    with county.hub.app_context():
        case = db.session.get_one(Case, case_id)
        assert case.ansvarig_id == cesar and case.needs_human


def test_nothing_is_sent_before_the_question_about_orosanmalan_is_answered(
    county: County,
) -> None:
    """R049: a stop, with the numbers to ring."""
    client = county.sign_in("Mona")
    stop = _stop(client, county)
    for number in ("112", "114 14"):
        assert number in Page(stop.text).text
    assert Page(stop.text).text.count("socialtjänsten") >= 2
    fields = _fields(stop.text)
    for missing in ({}, {"concern": "no"}, {"concern": "no", "informed": "no"}):
        answer = client.post("/signal/send", data={**fields, **missing})
        assert answer.status_code == 422 and SEEN in answer.text
    assert len(county.events("signal:sent")) == 1, "the other family's"


def test_the_first_number_to_the_socialtjanst_is_of_where_the_child_goes(county: County) -> None:
    """R049: a list for each municipality, with its socialjour."""
    near, far = "08-465 004 51, jour 08-465 004 52", "08-465 004 61"
    written = {county.id("Exempelskolan"): near, county.id("Demoskolan"): far}

    def write() -> None:
        for id_, numbers in written.items():
            db.session.get_one(Unit, id_).social_services = numbers

    county.change(write)
    client = county.sign_in("Mona")
    for place, first, then in (("Exempelskolan", near, far), ("Demoskolan", far, near)):
        told = Page(_stop(client, county, place=county.id(place)).text).text
        assert told.index(first) < told.index("andra kommuner") < told.index(then), place


def test_the_answer_about_orosanmalan_moves_no_case_and_is_in_no_log(county: County) -> None:
    """R050, R051."""
    states = set()
    for answer in ("no", "done", "doing_now", "unsure"):
        case_id = _send(county, "Mona", child="Mira", concern=answer)
        with county.hub.app_context():
            states.add(db.session.get_one(Case, case_id).state)
    assert states == {CaseState.SIGNAL_SENT}
    logged = county.events("orosanmalan:answered")
    assert len(logged) == 5 and {event.detail for event in logged} == {""}


def test_who_is_unsure_is_given_the_numbers_again(county: County) -> None:
    client = county.sign_in("Mona")
    answer = client.post(
        "/signal/send", data={**_fields(_stop(client, county).text), **_answers("unsure")}
    )
    page = client.page(answer.location)
    assert "Rådgör utan att nämna namn" in page.text and "112" in page.text


def test_one_goes_back_from_the_stop_with_everything_one_wrote(county: County) -> None:
    client = county.sign_in("Mona")
    fields = _fields(_stop(client, county, **{"worry-halsa-words": WORRY}).text)
    page = client.post("/signal/send", data={**fields, "back": "1"})
    assert page.status_code == 200 and SEEN in page.text and WORRY in page.text


def test_a_signal_that_is_sent_twice_arrives_once(county: County) -> None:
    client = county.sign_in("Mona")
    fields = {**_fields(_stop(client, county).text), **_answers()}
    for _again in range(2):
        assert client.post("/signal/send", data=fields).status_code == 302
    assert len(county.events("signal:sent", staff_id=county.id("Mona"))) == 1


@pytest.mark.parametrize("field", ["child", "seen"])
def test_a_personnummer_is_asked_to_be_taken_away(county: County, field: str) -> None:
    client = county.sign_in("Mona")
    wanted = {"child": "Mira", "seen": SEEN, "worry-halsa": "1", field: "Mira 20140502-1234"}
    answer = client.send("/signal", **wanted)
    assert answer.status_code == 422 and "personnummer. Ta bort det" in answer.text


def test_the_sender_sees_delivered_read_and_accepted_and_nothing_more(county: County) -> None:
    """R046, R048."""
    case_id = _send(county, "Mona")
    mona, anna = county.sign_in("Mona"), county.sign_in("Anna")
    assert _receipt(mona) == ["Framme", "Inte läst än", "Inte mottagen än"]
    anna.page(f"/case/{case_id}/signal")
    assert _receipt(mona) == ["Framme", "Läst", "Inte mottagen än"]
    _accept(anna, case_id)
    assert _receipt(mona) == ["Framme", "Läst", "Mottagen"]
    shown = mona.page("/signal/sent")
    assert "Mira" in shown.text, "her own word"
    for hidden in (county.code_of(case_id), "Mottaget", "Anna"):
        assert hidden not in shown.text
    for address in ("", "/signal", "/who"):
        assert mona.get(f"/case/{case_id}{address}").status_code == 404
    assert mona.get(f"/case/{case_id}/child").status_code == 403


def test_nobody_sees_anothers_signals(county: County) -> None:
    _send(county, "Mona")
    assert "Mira" not in county.sign_in("Bim").page("/signal/sent").text
    assert "Yusuf" not in county.sign_in("Mona").page("/signal/sent").text


def test_the_ansvarig_says_which_child_it_is_before_the_signal_is_accepted(
    county: County,
) -> None:
    case_id = _send(county, "Mona")
    anna = county.sign_in("Anna")
    stopped = anna.send(f"/case/{case_id}/signal", action="/accept", birth_year="")
    assert stopped.status_code == 409 and 'data-guard="child_identified"' in stopped.text
    assert "Inte mottagen än" in _receipt(county.sign_in("Mona"))
    assert _accept(anna, case_id).status_code == 302
    with county.hub.app_context():
        case = db.session.get_one(Case, case_id)
        assert case.state == CaseState.RECEIVED
        assert case.about(county.ring)["birth_year"] == 2014


def test_a_signal_to_a_case_with_a_code_hangs_on_that_case_and_moves_it_not(
    county: County,
) -> None:
    case_id, _ = county.receive(county.make_record())
    assert _send(county, "Bim", code=county.code_of(case_id).lower(), child="") == case_id
    with county.hub.app_context():
        assert db.session.get_one(Case, case_id).state == CaseState.CONVERSATION
    anna = county.sign_in("Anna")
    assert "Ny signal" in anna.page("/case/").text
    assert anna.send(f"/case/{case_id}/signal", action="/accept").status_code == 302
    with county.hub.app_context():
        assert db.session.get_one(Case, case_id).state == CaseState.RECEIVED


def test_a_code_that_nobody_has_is_said_so_and_kept_in_the_log(county: County) -> None:
    client = county.sign_in("Mona")
    fields = {"code": NO_SUCH_CASE, "worry-halsa": "1", "seen": SEEN}
    answer = client.send("/signal", **fields)
    assert answer.status_code == 422 and "Ingen har den koden" in answer.text
    assert county.events("signal:unknown_code", staff_id=county.id("Mona"))


def test_a_signal_about_a_child_who_has_a_case_is_put_in_that_case(county: County) -> None:
    """Under that case's key, with what was seen; the sender sees that it is accepted."""
    there, _ = county.receive(county.make_record())
    case_id = _send(county, "Mona", **{"worry-halsa-words": WORRY})
    theirs, anna, at = another(county), county.sign_in("Anna"), f"/case/{case_id}/signal"
    for wrong in (NO_SUCH_CASE, county.code_of(theirs)):
        refused = anna.send(at, action="/join", code=wrong)
        assert refused.status_code == 422 and "Du har inget ärende med den koden" in refused.text
    assert anna.send(at, action="/join", code=county.code_of(there)).status_code == 302
    page = anna.page(f"/case/{there}/signal")
    assert SEEN in page.text and WORRY in page.text
    assert anna.get(f"/case/{case_id}").status_code == 404
    assert "Mottagen" in _receipt(county.sign_in("Mona"))
    with county.hub.app_context():
        assert db.session.get_one(Case, there).state == CaseState.RECEIVED


def another(county: County) -> str:
    return str(county.change(lambda: db.session.query(Signal).order_by(Signal.sent_at)[0].case_id))


# What others have seen is never what the child has said.


def test_strengths_and_worries_stand_apart_and_strengths_are_never_left_out(
    county: County,
) -> None:
    """R037."""
    case_id = _send(
        county, "Mona", **{"strength-relationer-words": "En nära vän", "worry-halsa-words": WORRY}
    )
    page = county.sign_in("Anna").page(f"/case/{case_id}/signal")
    plain = " ".join(page.text.split())
    assert "Styrkor En nära vän" in plain and f"Oro {WORRY}" in plain
    assert "Styrkor: ännu inte beskrivet" in plain, "the area with a worry alone"


def test_what_a_professional_has_seen_is_never_shown_as_the_childs_words(
    county: County,
) -> None:
    """R020, R022."""
    case_id, conversation_id = county.receive(county.make_record(placed={}))
    _send(county, "Mona", code=county.code_of(case_id), child="", **{"worry-halsa-words": WORRY})
    anna = county.sign_in("Anna")
    assert WORRY not in anna.page(f"/case/{case_id}/conversation/{conversation_id}").text
    assert "aldrig barnets egna" in anna.page(f"/case/{case_id}/signal").text


def test_nothing_about_a_child_is_scored(county: County) -> None:
    """R035: a mark is an act of a person, and there is no place for a number."""
    for table in (Signal, ProfessionalObservation):
        names = set(table.__table__.columns.keys())
        assert not names & {"score", "level", "risk", "weight", "value"}


def test_who_works_with_the_case_adds_what_they_have_seen(county: County) -> None:
    case_id = _send(county, "Mona")
    anna = county.sign_in("Anna")
    at = f"/case/{case_id}/signal"
    empty = anna.send(at, action="/observation", area="larande", kind="strength", text=" ")
    assert empty.status_code == 422
    anna.send(at, action="/observation", area="larande", kind="strength", text="Läser för andra")
    assert "Läser för andra" in anna.page(at).text
    assert county.events("observation:made", case_id=case_id, staff_id=county.id("Anna"))


def test_words_of_a_signal_are_nowhere_in_clear(county: County) -> None:
    _send(county, "Mona", **{"worry-halsa-words": WORRY})
    with county.hub.app_context():
        for table in (Signal, ProfessionalObservation):
            for row in db.session.query(table):
                for word in (SEEN, WORRY, "Mira"):
                    assert word.encode() not in row.content
    for event in ("signal:sent", "orosanmalan:answered"):
        assert not [one for one in county.events(event) if "Mira" in one.detail]


# A signal to the wrong unit.


def test_a_signal_that_belongs_elsewhere_goes_there_with_the_reason_and_is_never_dropped(
    county: County,
) -> None:
    """T2b, also between huvudmän: the new one's key holds it."""
    case_id = _send(county, "Mona")
    to, at = county.id("Demoskolan"), f"/case/{case_id}/signal"
    anna, bodil = county.sign_in("Anna"), county.sign_in("Bodil")
    no_reason = anna.send(at, action="/return", unit=to, reason=" ")
    assert no_reason.status_code == 422 and "Skriv varför" in no_reason.text
    assert anna.send(at, action="/return", unit=to, reason="Bytte skola i går").status_code == 302
    assert anna.get(at).status_code == 404
    page = bodil.page(at)
    assert SEEN in page.text and "Bytte skola i går" in page.text
    shown = county.sign_in("Mona").page("/signal/sent").text
    assert "Skickad vidare till rätt verksamhet" in shown and "Bytte skola" not in shown
    assert county.events("signal:returned", case_id=case_id, staff_id=county.id("Anna"))
    assert _accept(bodil, case_id).status_code == 302


def test_a_signal_is_not_sent_on_to_where_nobody_answers(county: County) -> None:
    case_id = _send(county, "Mona")
    empty = county.id("Centralt Demokommunen")
    answer = county.sign_in("Anna").send(
        f"/case/{case_id}/signal", action="/return", unit=empty, reason="Bor där"
    )
    assert answer.status_code == 422 and "ingen Barnets bästa-ansvarig" in answer.text


# A signal that nobody accepts.


@pytest.mark.parametrize(
    ("arrived", "days", "due"),
    [
        (date(2026, 11, 20), 3, date(2026, 11, 25)),  # over a weekend
        (date(2026, 11, 23), 3, date(2026, 11, 26)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),  # sent on a Saturday
        (date(2026, 4, 30), 1, date(2026, 5, 4)),  # the first of May is a Friday
        (date(2026, 12, 22), 3, date(2026, 12, 29)),  # Christmas, and its eve
        (date(2026, 6, 18), 1, date(2026, 6, 22)),  # Midsummer's eve
        (date(2025, 12, 30), 2, date(2026, 1, 5)),  # over a year's end
    ],
)
def test_only_working_days_count(arrived: date, days: int, due: date) -> None:
    assert due_on(arrived, days) == due


def test_a_signal_that_nobody_accepts_reaches_the_deputy_after_the_units_own_days(
    county: County, time: Clock
) -> None:
    case_id = _send(county, "Mona")
    code, dina = county.code_of(case_id), county.sign_in("Dina")
    assert code not in dina.page("/case/").text, "the ansvarig's, first"
    time.pass_(days=4)
    assert code not in dina.page("/case/").text, "Friday to Tuesday: two weekdays"
    time.pass_(days=1)
    dina, anna = county.sign_in("Dina"), county.sign_in("Anna")
    assert code in dina.page("/case/").text
    assert code in anna.page("/case/").text, "and still the ansvarig's"
    assert len(county.events("signal:escalated", case_id=case_id)) == 1, "once"
    _accept(dina, case_id)
    assert "Mottagen" in _receipt(county.sign_in("Mona"))


def test_a_signal_in_a_closed_case_waits_and_escalates_as_any_other(
    county: County, time: Clock
) -> None:
    case_id = _send(county, "Mona")
    anna = county.sign_in("Anna")
    _accept(anna, case_id)

    def close() -> None:
        found = db.session.get_one(Case, case_id)
        found.state, found.state_at = CaseState.CLOSED, clock.now()

    county.change(close)
    assert "Ny signal" not in anna.page("/case/").text
    assert _send(county, "Mona", code=county.code_of(case_id)) == case_id
    inbox = anna.page("/case/").text
    assert "Ny signal" in inbox and "Nytt i ett avslutat ärende" in inbox
    time.pass_(days=10)
    county.sign_in("Dina").page("/case/")
    assert len(county.events("signal:escalated", case_id=case_id)) == 1
    heading = "Signaler som ingen har tagit emot"
    assert heading in county.sign_in("Arvid").page("/admin/").text
    anna = county.sign_in("Anna")
    told = anna.get(_accept(anna, case_id).location).text
    assert "Öppna det igen om barnet behöver det" in told and 'data-step="reopen"' in told
    assert "Ny signal" not in anna.page("/case/").text


def test_what_the_deputy_does_not_accept_either_reaches_the_huvudman_after_as_many_days_again(
    county: County, time: Clock
) -> None:
    """The administrator sees that it waits, and nothing of the child."""
    case_id = _send(county, "Mona")
    heading = "Signaler som ingen har tagit emot"
    time.at = datetime(2026, 11, 27, 22, 59, tzinfo=UTC)  # the fifth working day, until midnight
    assert heading not in county.sign_in("Arvid").page("/admin/").text
    time.at = datetime(2026, 11, 29, 23, 0, tzinfo=UTC)  # the sixth begins in Sweden
    arvid = county.sign_in("Arvid")
    page = arvid.page("/admin/")
    for shown in (heading, "Exempelskolan", "Anna Påhittsson", "Dina Påhittsson"):
        assert shown in page.text
    for hidden in (county.code_of(case_id), case_id, "Mira"):
        assert hidden not in page.text
    assert arvid.get(f"/case/{case_id}").status_code in {403, 404}
    arvid.page("/admin/")
    assert len(county.events("signal:raised", case_id=case_id)) == 1, "once"
    assert len(county.events("signal:escalated", case_id=case_id)) == 1, "though nobody looked"
    _accept(county.sign_in("Dina"), case_id)
    assert heading not in arvid.page("/admin/").text


def test_a_signal_reaches_its_own_huvudman_also_where_there_is_no_deputy(
    county: County, time: Clock
) -> None:
    time.pass_(days=30)
    heading = "Signaler som ingen har tagit emot"
    assert heading in county.sign_in("Bert").page("/admin/").text
    assert heading not in county.sign_in("Arvid").page("/admin/").text


def test_a_unit_chooses_its_own_number_of_days(county: County, time: Clock) -> None:
    unit = f"/admin/unit/{county.id('Exempelskolan')}"
    county.sign_in("Arvid").send(unit, action="/signal-days", signal_days="1")
    case_id = _send(county, "Mona")
    time.pass_(days=3)
    assert county.code_of(case_id) in county.sign_in("Dina").page("/case/").text


def test_a_signal_waits_for_a_deputy_where_there_is_none(county: County, time: Clock) -> None:
    noise = county.change(lambda: db.session.query(Signal).one().case_id)
    time.pass_(days=30)
    county.sign_in("Bodil").page("/case/")
    assert not county.events("signal:escalated", case_id=noise)


def test_a_process_that_is_asked_directly_wants_to_know_the_child_too(county: County) -> None:
    case_id, anna_id = _send(county, "Mona"), county.id("Anna")
    with county.hub.app_context():
        case = db.session.get_one(Case, case_id)
        anna = db.session.get_one(Staff, anna_id)
        at = Situation(db.session, county.ring, case, anna, clock.now())
        with pytest.raises(process.Stopped) as stopped:
            process.move("accept_signal", at)
        assert stopped.value.guards == ["child_identified"]
        signal.identify(case, county.ring, "Mira", 2014)
        process.move("accept_signal", at)


def test_a_signal_without_an_answer_at_the_stop_is_refused_below_the_door_too(
    county: County,
) -> None:
    mona_id, unit_id = county.id("Mona"), county.id("Exempelskolan")
    with county.hub.app_context():
        mona = db.session.get_one(Staff, mona_id)
        unit = db.session.get_one(Unit, unit_id)
        place = {"kind": "grundskola", "unit": unit.id, "year": None}
        draft = Draft(
            SEEN, {"halsa": {Kind.WORRY: ""}}, None, True, child={"alias": "M", "place": place}
        )
        with pytest.raises(signal.NotAnswered):
            signal.send(db.session, county.ring, draft, mona, unit, clock.now())


def _stop(client: PageClient, county: County, **changes: str) -> Any:
    fields = {"child": "Mira", "worry-trygghet": "1", "seen": SEEN, "place": _usual(client)}
    answer = client.send("/signal", **{**fields, **changes})
    assert answer.status_code == 200, answer.text
    return answer


def _usual(client: PageClient) -> str:
    return re.search(r'value="([^"]+)" selected', client.get("/signal").text)[1]  # type: ignore[index]


def _fields(text: str) -> dict[str, str]:
    (form,) = [one for one in Page(text).forms if one["action"].endswith("/signal/send")]
    return dict(form["fields"])


def _answers(concern: str = "no") -> dict[str, str]:
    return {"concern": concern, "informed": "yes"}


def _send(county: County, name: str, concern: str = "no", **changes: str) -> str:
    """The id of the case that a signal came to."""
    client = county.sign_in(name)
    before = len(county.events("signal:sent"))
    fields = {**_fields(_stop(client, county, **changes).text), **_answers(concern)}
    answer = client.post("/signal/send", data=fields)
    assert answer.status_code == 302, answer.text
    events = county.events("signal:sent")
    assert len(events) == before + 1
    return str(events[-1].case_id)


def _accept(client: PageClient, case_id: str) -> Any:
    at = f"/case/{case_id}/signal"
    return client.send(at, action="/accept", alias="Mira", birth_year="2014")


def _receipt(client: PageClient) -> list[str]:
    text = client.get("/signal/sent").text
    steps = re.search(r'<ol class="receipt">(.*?)</ol>', text, re.S)
    assert steps
    found = re.findall(r"<li[^>]*>([^<]+)", steps[1])
    return [one.strip() for one in found]
