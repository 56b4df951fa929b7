"""The plan: who does what for which wish, and nothing starts that nobody answers for."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from county import Clock, County
from plan_steps import (
    ACTION,
    SIP,
    WISH,
    actions,
    appoint,
    missing,
    put,
    record_with_wish,
    start_plan,
    state,
    write_action,
    write_plan,
)
from pypdf import PdfReader
from sharing import SOCIAL, Room, lay_in

from kid_wheel import clock, disclosure, guardian, meeting, network, plan
from kid_wheel.case import Case, CaseState
from kid_wheel.db import db
from kid_wheel.disclosure import Disclosure, Kind
from kid_wheel.guardian import Guardian
from kid_wheel.people import Staff, Unit


@pytest.fixture
def case(county: County) -> str:
    """Mira's case, after the meeting. Another family, in another huvudman, has a plan too."""
    noise, _ = county.receive(record_with_wish(county, unit="Demoskolan", alias="Yusuf"))
    put(county, noise, CaseState.MEETING_HELD)
    write_action(county, county.sign_in("Bodil"), noise, what="Brusets insats")
    case_id, _ = county.receive(record_with_wish(county))
    put(county, case_id, CaseState.MEETING_HELD)
    return case_id


def test_a_plan_starts_when_nothing_is_missing_and_the_step_is_an_event(
    county: County, case: str
) -> None:
    start_plan(county, county.sign_in("Anna"), case)
    assert state(county, case) is CaseState.PLAN_ACTIVE
    assert len(county.events("plan:started", case_id=case)) == 1
    page = county.sign_in("Anna").page(f"/case/{case}/plan")
    assert "Familjesamtal varannan vecka" in page.text and "Brusets insats" not in page.text


def test_a_recipient_gets_a_copy_of_the_plans_areas_that_something_covers_and_it_is_in_the_ledger(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_in(monkeypatch)
    room = Room(county, CaseState.MEETING_HELD)
    room.add_guardian("Alva Testlund", custody="sole")
    anna, at = county.sign_in("Anna"), f"/case/{room.case_id}/plan"
    write_action(county, anna, room.case_id, area="relationer", what="En kompisgrupp")
    start_plan(county, anna, room.case_id)
    refused = anna.send(at, action="/copy", to=SOCIAL)
    assert refused.status_code == 409 and "Inget samtycke" in refused.text
    assert not _copies(county, room), "and nothing was handed out"
    room.everybody_agrees()
    copy = anna.send(at, action="/copy", to=SOCIAL)
    assert copy.mimetype == "application/pdf"
    read = " ".join(" ".join(p.extract_text() for p in PdfReader(BytesIO(copy.data)).pages).split())
    assert "Familjesamtal varannan vecka" in read and "En kompisgrupp" not in read
    (made,) = _copies(county, room)
    assert made.kind is Kind.PLAN and made.sha256 in read.replace(" ", "")
    with county.hub.app_context():
        words = made.read(room.key)
        assert disclosure.is_whole(made, room.key)
    assert words["areas"] == ["hemmet"] and words["who"] == "Socialtjänsten Provkommunen"
    told = {item["text"] for item in words["items"]}
    assert {"Familjesamtal varannan vecka", "Socialsekreterare Sam Demo"} <= told
    assert all(" ".join(text.split()) in read for text in told), "exactly what is on the paper"
    page = anna.page(f"/case/{room.case_id}/disclosure/").text
    assert made.sha256 in page and "Familjesamtal varannan vecka" in page
    assert "fick planen" in anna.page(f"/case/{room.case_id}/disclosure/child").text


def test_the_network_gets_no_plan_on_paper(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    named = lay_in(monkeypatch)
    named.recipients = []
    room = Room(county, CaseState.MEETING_HELD)
    anna = county.sign_in("Anna")
    at = f"/case/{room.case_id}/consent"
    anna.send(f"{at}/network", name="Mormor Aino", relation="mormor", areas=["hemmet"])
    with county.hub.app_context():
        (mormor,) = [p.id for p in network.network_of(db.session, room.case_id)]
    room.everybody_agrees(mormor)
    start_plan(county, anna, room.case_id)
    page = anna.page(f"/case/{room.case_id}/plan")
    assert "Lämna ut planen" in page.text and "Kopia till" not in page.text
    token = page.forms[0]["fields"]["csrf_token"]
    posted = anna.post(f"/case/{room.case_id}/plan/copy", data={"csrf_token": token, "to": mormor})
    assert posted.status_code == 422 and not _copies(county, room)


def test_an_empty_plan_does_not_start_and_is_told_all_that_is_missing(
    county: County, case: str
) -> None:
    answer = county.sign_in("Anna").send(f"/case/{case}/plan", "/start")
    assert missing(answer) == ["plan_has_action", "follow_up_booked", "plan_shared"]
    assert state(county, case) is CaseState.MEETING_HELD
    assert [e.detail for e in county.events("guard:denied", case_id=case)] == ["plan_has_action"]


def test_a_plan_cannot_start_without_a_day_to_follow_it_up(
    county: County, case: str, time: Clock
) -> None:
    anna = county.sign_in("Anna")
    write_plan(county, anna, case)
    time.pass_(days=90)
    assert missing(county.sign_in("Anna").send(f"/case/{case}/plan", "/start")) == [
        "follow_up_booked"
    ]


@pytest.mark.parametrize("typed", ["", "i vår", "2026-11-19"])
def test_a_day_that_has_been_or_is_none_is_not_booked(
    county: County, case: str, typed: str
) -> None:
    answer = county.sign_in("Anna").send(f"/case/{case}/plan", "/follow-up-on", follow_up_on=typed)
    assert answer.status_code == 422
    assert "Välj en dag från i dag och framåt." in answer.text


def test_a_guardian_alone_cannot_own_an_action(county: County, case: str) -> None:
    county.change(lambda: _add_guardian(county, case, "Gunilla Testlund"))
    answer = write_action(county, county.sign_in("Anna"), case, who=" gunilla  TESTLUND")
    assert answer.status_code == 422
    assert "nätverk kan inte ensam ansvara för en insats." in answer.text
    assert "Familjesamtal varannan vecka" in answer.text, "nothing of what was written is lost"
    assert not actions(county, case)


@pytest.mark.parametrize("who", ["Mamma", "mormor Aino", "Alva (mamma)", "Vårdnadshavarna"])
@pytest.mark.parametrize("sector", ["other", "education"])
def test_nor_can_somebody_who_is_named_by_what_they_are_to_the_child(
    county: County, case: str, who: str, sector: str
) -> None:
    answer = write_action(
        county, county.sign_in("Anna"), case, who=who, sector=sector, organisation="Hemma"
    )
    assert answer.status_code == 422 and not actions(county, case)


def test_nor_can_somebody_of_the_childs_network(county: County, case: str) -> None:
    anna = county.sign_in("Anna")
    address = f"/case/{case}/consent"
    anna.send(f"{address}/network", name="Aino Testlund", relation="tränare", areas=["hemmet"])
    assert write_action(county, anna, case, who="aino testlund").status_code == 422
    assert not actions(county, case)


def test_who_works_outside_the_three_sectors_says_in_which_organisation(
    county: County, case: str
) -> None:
    anna = county.sign_in("Anna")
    outside = {"sector": "other", "who": "Handläggare Kim Demo"}
    refused = write_action(county, anna, case, **outside)
    assert refused.status_code == 422 and "Skriv vilken organisation det är." in refused.text
    named = write_action(county, anna, case, **outside, organisation="Försäkringskassan")
    assert named.status_code == 302 and len(actions(county, case)) == 1
    assert "Handläggare Kim Demo, Försäkringskassan" in anna.page(f"/case/{case}/plan").text


def test_words_that_only_resemble_a_relation_are_a_profession() -> None:
    for who in ("Föräldrastödjare Demo", "Syskonstödjare", "Farah Demo", "Kurator Mormosson"):
        assert plan.is_professional({"who": who, "sector": "education"}, None, set()), who


@pytest.mark.parametrize("lost", ["sector", "who", "due_on", "what", "for_child"])
def test_an_action_says_what_who_of_which_profession_and_when(
    county: County, case: str, lost: str
) -> None:
    answer = write_action(county, county.sign_in("Anna"), case, **{lost: ""})
    assert answer.status_code == 422
    assert not actions(county, case)


def test_an_action_without_a_professional_owner_stops_the_plan(county: County, case: str) -> None:
    anna = county.sign_in("Anna")
    write_plan(county, anna, case)
    # The one who answers for it turns out to be the child's guardian.
    county.change(lambda: _add_guardian(county, case, ACTION["who"]))
    assert missing(anna.send(f"/case/{case}/plan", "/start")) == ["professional_owner"]


def test_a_sip_says_which_support_who_what_others_do_and_who_has_it_all(
    county: County, case: str
) -> None:
    anna, at = county.sign_in("Anna"), f"/case/{case}/plan"
    anna.send(at, "/kind", kind="sip", **{**SIP, "overall": ""})
    write_plan(county, anna, case)
    assert missing(anna.send(at, "/start")) == ["sip_complete"]
    anna.send(at, "/kind", kind="sip", **SIP)
    assert missing(anna.send(at, "/start")) == ["plan_shared"], "it was changed since"
    anna.send(at, "/share", child_on="2026-11-20", guardians_on="2026-11-20")
    assert anna.send(at, "/start").status_code == 302


def test_a_sip_is_suggested_when_social_services_and_health_both_do_something(
    county: County, case: str
) -> None:
    anna, at = county.sign_in("Anna"), f"/case/{case}/plan"
    write_action(county, anna, case)
    assert "rätt till en SIP" not in anna.page(at).text
    write_action(county, anna, case, sector="health", who="Psykolog Demo, BUP")
    assert "rätt till en SIP" in anna.page(at).text


@pytest.mark.parametrize(
    ("social", "health", "is_suggested"),
    [
        ("Socialtjänsten Provkommunen", "BUP", True),
        ("Socialsekreterare Sam Demo", "Barn- och ungdomspsykiatrin", True),
        ("Socialtjänsten Provkommunen", "Kulturskolan", False),
        ("Fritidsgården", "Vårdcentralen Demo", False),
        ("Socialpedagogiska läsgruppen", "Upptäckarskolan", False),
    ],
)
def test_a_sip_is_suggested_when_question_5_or_the_meeting_names_both(
    county: County, monkeypatch: pytest.MonkeyPatch, social: str, health: str, is_suggested: bool
) -> None:
    noise = Room(county, CaseState.MEETING_HELD, unit="Demoskolan", alias="Yusuf")
    write_action(county, county.sign_in("Bodil"), noise.case_id, sector="health")
    room = Room(county, CaseState.MEETING_HELD)
    named = lay_in(monkeypatch)
    for one, who in zip(named.recipients, (social, health), strict=True):
        one["who"] = who
    anna, at = county.sign_in("Anna"), f"/case/{room.case_id}/plan"
    assert ("rätt till en SIP" in anna.page(at).text) is is_suggested

    named.recipients = []
    assert "rätt till en SIP" not in anna.page(at).text, "nobody is needed"
    county.change(lambda: _meet(room, social, health))
    assert ("rätt till en SIP" in anna.page(at).text) is is_suggested


def test_a_plan_that_was_changed_after_it_was_shared_is_shared_again(
    county: County, case: str
) -> None:
    anna = county.sign_in("Anna")
    write_plan(county, anna, case)
    write_action(county, anna, case, what="Läxhjälp", sector="education", who="Mona")
    assert missing(anna.send(f"/case/{case}/plan", "/start")) == ["plan_shared"]


def test_a_plan_may_be_kept_from_guardians_only_with_a_reason(county: County, case: str) -> None:
    anna, at = county.sign_in("Anna"), f"/case/{case}/plan"
    write_action(county, anna, case)
    without = anna.send(at, "/share", child_on="2026-11-20")
    assert without.status_code == 422
    assert "eller varför ni inte har" in without.text
    told = {"child_on": "2026-11-20", "guardians_because": "Barnet skulle fara illa av det."}
    assert anna.send(at, "/share", **told).status_code == 302
    assert anna.send(at, "/share", guardians_on="2026-11-20").status_code == 422, "the child too"


def test_each_change_of_a_started_plan_is_a_version_that_says_what_changed(
    county: County, case: str, time: Clock
) -> None:
    anna = county.sign_in("Anna")
    start_plan(county, anna, case)
    ((action, _),) = actions(county, case)
    time.pass_(hours=1)
    changed = {**ACTION, "due_on": "2027-01-15", "who": "Socialsekreterare Bo Demo"}
    assert anna.send(f"/case/{case}/plan/action/{action}", **changed).status_code == 302
    write_action(county, anna, case, what="Läxhjälp på onsdagar", sector="education", who="Mona")
    page = anna.page(f"/case/{case}/plan")
    plain = " ".join(page.text.split())
    for sentence in (
        "Version 3",
        "Ny insats: Läxhjälp på onsdagar",
        "Familjesamtal varannan vecka – När: från ”20 december 2026” till ”15 januari 2027”",
        "Vem: från ”Socialsekreterare Sam Demo” till ”Socialsekreterare Bo Demo”",
        "Planen började gälla.",
    ):
        assert sentence in plain, sentence
    assert len(county.events("plan:revised", case_id=case)) == 2


def test_saving_the_same_again_is_no_version(county: County, case: str) -> None:
    anna = county.sign_in("Anna")
    start_plan(county, anna, case)
    ((action, _),) = actions(county, case)
    anna.send(f"/case/{case}/plan/action/{action}", **ACTION)
    assert "Version 2" not in anna.page(f"/case/{case}/plan").text


def test_a_version_keeps_the_words_of_its_day(county: County, case: str) -> None:
    anna = county.sign_in("Anna")
    start_plan(county, anna, case)
    ((action, _),) = actions(county, case)
    anna.send(f"/case/{case}/plan/action/{action}", **{**ACTION, "what": "Något helt annat"})
    with county.hub.app_context():
        found = db.session.get_one(Case, case)
        made = plan.current(db.session, case)
        assert made is not None
        kept = [one.read(found.key(county.ring)) for one in plan.versions(db.session, made)]
    assert [one["actions"][0]["what"] for one in kept] == [ACTION["what"], "Något helt annat"]


def test_an_action_of_a_started_plan_is_never_taken_away(county: County, case: str) -> None:
    anna = county.sign_in("Anna")
    write_action(county, anna, case)
    write_action(county, anna, case, what="Skrevs två gånger")
    twice = next(id_ for id_, _s in actions(county, case)[1:])
    assert anna.send(f"/case/{case}/plan/action/{twice}", "/remove").status_code == 302
    assert len(actions(county, case)) == 1
    anna.send(f"/case/{case}/plan", "/follow-up-on", follow_up_on="2027-02-01")
    anna.send(f"/case/{case}/plan", "/share", child_on="2026-11-20", guardians_on="2026-11-20")
    anna.send(f"/case/{case}/plan", "/start")
    left = actions(county, case)[0][0]
    token = anna.page(f"/case/{case}/plan").forms[0]["fields"]
    answer = anna.post(f"/case/{case}/plan/action/{left}/remove", data=token)
    assert answer.status_code == 404
    assert len(actions(county, case)) == 1


def test_an_action_shows_the_wish_that_it_answers_in_the_childs_own_words(
    county: County, case: str
) -> None:
    anna = county.sign_in("Anna")
    at = f"/case/{case}/plan/action/new"
    (wish,) = re.findall(r'<option value="([0-9a-f-]{36})">[^<]*bråka när', anna.get(at).text)
    write_action(county, anna, case, wish=wish)
    assert f">{WISH}</q>" in anna.get(f"/case/{case}/plan").text


# Who may.


@pytest.mark.parametrize("name", ["Bodil", "Cesar", "Mona"])
def test_nobody_else_sees_a_plan(county: County, case: str, name: str) -> None:
    write_action(county, county.sign_in("Anna"), case)
    answer = county.sign_in(name).get(f"/case/{case}/plan")
    assert answer.status_code == 404
    assert county.events("access:denied", case_id=case, staff_id=county.id(name))


def test_only_the_coordinator_changes_a_plan_and_the_ansvarig_reads_it(
    county: County, case: str
) -> None:
    appoint(county, case, "Mona")
    mona = county.sign_in("Mona")
    assert write_action(county, mona, case).status_code == 302
    anna = county.sign_in("Anna")
    page = anna.page(f"/case/{case}/plan")
    assert "Familjesamtal varannan vecka" in page.text
    assert "Mona Påhittsson är samordningsperson" in page.text
    assert not [f for f in page.forms if f["action"].endswith(("/kind", "/start"))]
    assert anna.get(f"/case/{case}/plan/action/new").status_code == 404


# "Vem gör vad."


def test_who_does_what_names_the_participants_and_who_answers_for_each_action_with_contact(
    county: County, case: str
) -> None:
    """R066. The coordinator opens it too, without the family's own telephone."""
    anna = county.sign_in("Anna")
    write_action(county, anna, case, unit=county.id("Exempelskolan"))
    write_action(county, anna, case, what="Läsro på fritids", who="Rektor Rut Demo")
    appoint(county, case, "Mona")

    school, dina = county.id("Exempelskolan"), county.id("Dina")

    def meet() -> None:
        db.session.get_one(Unit, school).telephone = "016-465 004"
        found = db.session.get_one(Case, case)
        key, at = found.key(county.ring), clock.now()
        held = meeting.plan(db.session, key, case, "samverkansmote", at, 60, {}, at)
        db.session.flush()
        alva, bo = (
            guardian.add(
                db.session, key, case,
                {"name": name, "relation": "mamma", "telephone": telephone}, at,
            )
            for name, telephone in (("Alva Testlund", "070-465 001"), ("Bo Testlund", "070-1"))
        )  # fmt: skip
        db.session.flush()
        for one in (alva, bo):
            meeting.invite_family(db.session, key, held, one.id, one.read(key)["name"], at)
        staff = db.session.get_one(Staff, dina)
        kind, words = meeting.ParticipantKind.OWN, {"name": staff.name, "role": "kurator"}
        meeting._add(db.session, key, held, kind, at, words, staff_id=staff.id)
        guardian.suspend(bo, key, "Inte trygg", at)

    county.change(meet)
    for name in ("Anna", "Mona"):
        text = " ".join(county.sign_in(name).page(f"/case/{case}/who").text.split())
        for shown in (
            "Med på mötet", "Alva Testlund", "mamma", "Dina Påhittsson", "kurator",
            "dina@demo.example", "Gör insatserna", "Socialsekreterare Sam Demo", "016-465 004",
            "Familjesamtal varannan vecka", "Rektor Rut Demo", "Läsro på fritids",
        ):  # fmt: skip
            assert shown in text, (name, shown)
        assert "Brusets insats" not in text and "Bo Testlund" not in text
        assert ("070-465 001" in text) is (name == "Anna")
        assert ("Öppnat av misstag?" in text) is (name == "Anna"), (
            "no decision is the coordinator's"
        )


# "Det här blev inte av."


def test_what_a_child_wonders_reaches_the_coordinator_and_is_answered(
    county: County, case: str
) -> None:
    anna = county.sign_in("Anna")
    start_plan(county, anna, case)
    appoint(county, case, "Mona")
    at = f"/case/{case}/plan"
    anna.send(at, "/concern", voice="child", text="Sam har inte kommit än.")
    mona = county.sign_in("Mona")
    page = mona.page(at)
    assert "Väntar på svar" in page.text and "Sam har inte kommit än." in page.text
    assert not [f for f in anna.page(at).forms if f["action"].endswith("/answer")], "not hers"
    answer = mona.send(at, "/answer", answer="Sam var sjuk. Hen kommer på måndag.")
    assert answer.status_code == 302
    page = anna.page(at)
    assert "Väntar på svar" not in page.text
    assert "Sam var sjuk. Hen kommer på måndag." in page.text
    (event,) = county.events("plan:concern_raised", case_id=case)
    assert event.detail == "child"


def test_what_did_not_happen_stands_where_ansvarig_and_coordinator_look_until_it_is_answered(
    county: County, case: str, time: Clock
) -> None:
    """R093: it reaches them by itself, also before anybody opens the plan."""
    anna, code = county.sign_in("Anna"), county.code_of(case)
    start_plan(county, anna, case)
    appoint(county, case, "Mona")
    mona, bodil = county.sign_in("Mona"), county.sign_in("Bodil")
    said = "Sedan 22 november väntar barnet eller en vårdnadshavare på svar"
    time.pass_(days=2)
    pages = ((anna, "/case/"), (anna, f"/case/{case}"), (mona, "/welcome"))
    for client, page in pages:
        assert said not in client.page(page).text
    anna.send(f"/case/{case}/plan", "/concern", voice="child", text="Sam har inte kommit än.")
    for client, page in pages:
        text = client.page(page).text
        assert said in text and code in text and "Sam har inte" not in text, page
    assert said not in bodil.page("/case/").text
    mona.send(f"/case/{case}/plan", "/answer", answer="Hen kommer på måndag.")
    for client, page in pages:
        assert said not in client.page(page).text


def test_an_ansvarig_who_coordinates_in_another_unit_finds_the_plan_in_the_inbox(
    county: County, case: str
) -> None:
    anna, cesar = county.sign_in("Anna"), county.sign_in("Cesar")
    start_plan(county, anna, case)
    assert "Du samordnar" not in cesar.page("/case/").text
    appoint(county, case, "Cesar", unit="Centralt Provkommunen")
    anna.send(f"/case/{case}/plan", "/concern", voice="child", text="Sam har inte kommit än.")
    page = cesar.page("/case/")
    assert "Du samordnar" in page.text and "väntar barnet eller en vårdnadshavare" in page.text
    assert "nytt samtal" not in page.text, "that is the ansvarig's to know"
    html = cesar.get("/case/").text
    assert f'href="/case/{case}/plan"' in html and f'href="/case/{case}"' not in html


def test_an_empty_question_and_an_empty_answer_are_not_kept(county: County, case: str) -> None:
    anna, at = county.sign_in("Anna"), f"/case/{case}/plan"
    write_action(county, anna, case)
    assert anna.send(at, "/concern", voice="child", text="  ").status_code == 422
    anna.send(at, "/concern", voice="guardian", text="Vi undrar när det börjar.")
    assert anna.send(at, "/answer", answer="").status_code == 422
    with county.hub.app_context():
        assert plan.waiting(db.session, case) == 1


def test_the_words_of_a_plan_are_nowhere_in_clear(county: County, case: str) -> None:
    anna = county.sign_in("Anna")
    start_plan(county, anna, case)
    anna.send(f"/case/{case}/plan", "/concern", voice="child", text="Sam har inte kommit än.")
    with county.hub.app_context():
        db.session.connection().exec_driver_sql("select 1")
        path = db.engine.url.database
    assert path is not None
    stored = b"".join(one.read_bytes() for one in Path(path).parent.glob("hub.sqlite*"))
    for word in ("Familjesamtal", "Sam Demo", "inte kommit", "bråka"):
        assert word.encode() not in stored


def _meet(room: Room, *names: str) -> None:
    """A meeting that those of other units came to."""
    at = clock.now()
    held = meeting.plan(db.session, room.key, room.case_id, "samverkansmote", at, 60, {}, at)
    db.session.flush()
    for name in names:
        guest = meeting.Participant(
            case_id=room.case_id, meeting_id=held.id, kind=meeting.ParticipantKind.UNIT, added_at=at
        )
        guest.write(room.key, {"name": name, "areas": ["hemmet"]})
        db.session.add(guest)


def _add_guardian(county: County, case_id: str, name: str) -> None:
    found = db.session.get_one(Case, case_id)
    made = Guardian(case_id=case_id, added_at=clock.now())
    made.write(found.key(county.ring), {"name": name, "relation": "mamma"})
    db.session.add(made)


def _copies(county: County, room: Room) -> list[Disclosure]:
    with county.hub.app_context():
        return disclosure.disclosures_of(db.session, room.case_id)
