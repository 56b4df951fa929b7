"""The meeting: whom it may call, what a kallelse and a pack hold, and that the child begins."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from io import BytesIO
from typing import Any

import pytest
from county import Clock, County
from icalendar import Calendar
from page_client import PageClient
from plan_steps import appoint
from pypdf import PdfReader
from sharing import BUP, FOCUS, NEEDS, SOCIAL, Named, Room, lay_in
from sqlalchemy import text

from kid_wheel import clock, coordinator, disclosure, guardian, meeting, network
from kid_wheel.audit import AppendOnly
from kid_wheel.basis import Ground, Sector
from kid_wheel.case import Case, CaseState
from kid_wheel.consent import Answer, NoConsent, find_recipient
from kid_wheel.conversation import Conversation
from kid_wheel.coordinator import Choice, NotExplained, NotSaid, NotSame, NotYet
from kid_wheel.db import db
from kid_wheel.disclosure import Disclosure, Item, Kind
from kid_wheel.i18n import GUARDIANS, NAMES, direction
from kid_wheel.keys import encrypt
from kid_wheel.meeting import forums
from kid_wheel.people import Staff
from kid_wheel.permissions import may_coordinate

WISH = "Jag vill att de slutar bråka när jag ska plugga."
SECRET = "Det här får ni inte visa någon."
BODY = "Jag har ont i magen."
HOME, ARGUMENTS, SLEEP = "hemmet/older/home", "hemmet/older/arguments", "halsa/older/sleep"


@pytest.fixture(autouse=True)
def named(monkeypatch: pytest.MonkeyPatch) -> Named:
    return lay_in(monkeypatch)


@pytest.fixture
def room(county: County) -> Room:
    """Mira has spoken of home and of her body, and released all but one sentence."""
    said = {
        "hemmet": [
            {"text": "Det är lugnt hos mormor.", "speaker": "child_said", "release": "may_show"},
            {"text": SECRET, "speaker": "child_said", "release": "may_not"},
            {"text": WISH, "speaker": "child_said", "card": ARGUMENTS, "release": "may_show",
             "important": True},
        ],
        "halsa": [{"text": BODY, "speaker": "child_said", "release": "may_show"}],
    }  # fmt: skip
    record = county.make_record(placed={HOME: "good", SLEEP: "not_good"}, said=said)
    for area in record["areas"]:
        for card in area["cards"]:
            if "step" in card["answer"]:
                card["release"] = "may_show"
    record["meeting"] = {
        "people": [_person("mentor", "yes", "Mentorn"), _person("principal", "no", "Rektorn")],
        "how": {"key": "join_a_while", "label": "Vara med en stund", "symbol": "n-1f44b",
                "speaker": "child_chose", "at": "2026-11-20T08:20:00Z"},
    }  # fmt: skip
    record["help"] = {"wanted": [_person("nurse", "yes", "Skolsköterskan")]}
    made = Room.__new__(Room)
    made.county, made.guardians, made.by = county, {}, county.id("Anna")
    made.case_id, made.conversation_id = county.receive(record)
    with county.hub.app_context():
        made.key = db.session.get_one(Case, made.case_id).key(county.ring)
    made.to(CaseState.CONSENT_PENDING)
    made.add_guardian("Alva Testlund")
    made.add_guardian("Bo Testlund")
    return made


@pytest.fixture
def anna(county: County) -> PageClient:
    return county.sign_in("Anna")


# Who may be invited.


def test_nobody_is_invited_without_a_samtycke_that_covers_just_those_areas(
    room: Room, anna: PageClient, county: County
) -> None:
    at = _plan(room, anna)
    refused = anna.send(f"{at}/invite", to=f"recipient:{SOCIAL}", areas=["hemmet"])
    assert refused.status_code == 409
    assert "Någon som är inbjuden omfattas inte" in refused.text
    assert "efter samtycke från vårdnadshavare och ungdom" in refused.text
    assert [e.detail for e in county.events("guard:denied", case_id=room.case_id)] == [
        "consent_for_every_participant"
    ]
    for who in (*room.guardians, "barnet"):
        room.says(who, areas=["hemmet"])
    wider = anna.send(f"{at}/invite", to=f"recipient:{SOCIAL}", areas=["hemmet", "trygghet"])
    assert wider.status_code == 409
    assert anna.send(f"{at}/invite", to=f"recipient:{SOCIAL}", areas=["hemmet"]).status_code == 302
    assert "Socialtjänsten Provkommunen" in anna.page(_page(room)).text


def test_an_invited_without_a_focus_area_is_refused(room: Room, anna: PageClient) -> None:
    room.everybody_agrees()
    at = _plan(room, anna)
    refused = anna.send(f"{at}/invite", to=f"recipient:{SOCIAL}")
    assert refused.status_code == 422 and "Välj minst ett av fokusområdena" in refused.text
    assert 'value="halsa"' not in refused.text, "no other area can be chosen"


def test_calling_asks_for_everything_the_agreement_asks_for(
    room: Room, anna: PageClient, time: Clock, county: County
) -> None:
    empty = _plan(room, anna, place="", adaptations="", starts_at="")
    stopped = anna.send(_page(room), action=f"{empty}/call")
    assert stopped.status_code == 409
    assert re.findall(r'data-guard="(\w+)"', stopped.text) == [
        "consent_for_every_participant",
        "participants_in_focus",
        "forum_chosen",
        "child_told_who_comes",
    ]
    assert room.state() is CaseState.CONSENT_PENDING
    time.pass_(minutes=1)
    _prepare(room, anna)
    called = anna.send(_page(room), action="/call")
    assert called.status_code == 302 and room.state() is CaseState.MEETING_CALLED
    assert len(county.events("invitation:created", case_id=room.case_id)) == 3
    assert [e.detail for e in county.events("disclosure:made")] == ["invitation"]


@pytest.mark.parametrize("why", ["withdrawn", "expired", "refused"])
def test_a_samtycke_that_ended_between_calling_and_sending_stops_the_kallelse(
    room: Room, anna: PageClient, time: Clock, county: County, why: str
) -> None:
    given = _prepare(room, anna)
    anna.send(_page(room), action="/call")
    paper, entry = _kallelse(room, anna, "Socialtjänsten")
    assert anna.get(paper).status_code == 200
    time.pass_(hours=1)
    if why == "withdrawn":
        room.withdraw(given)
    elif why == "refused":
        room.says("Bo Testlund", Answer.NO)
    else:
        time.pass_(days=365)
    for address in (paper, entry):
        refused = anna.get(address)
        assert refused.status_code == 409 and "omfattas inte av ett samtycke" in refused.text
    pack = anna.send(_page(room), action="/pack")
    assert pack.status_code == 409
    denied = county.events("guard:denied", case_id=room.case_id)
    assert [e.detail for e in denied] == ["consent_for_every_participant"] * 3
    assert "Täcks inte längre" in anna.page(_page(room)).text
    assert not [e for e in county.events("disclosure:made") if e.detail == "meeting_pack"]


def test_who_was_added_after_the_child_was_told_is_told_of_first(
    room: Room, anna: PageClient
) -> None:
    at = _prepare(room, anna) and _address(room)
    room.everybody_agrees(BUP)
    anna.send(f"{at}/invite", to=f"recipient:{BUP}", areas=["relationer"])
    paper, _ = _kallelse(room, anna, "BUP")
    assert anna.get(paper).status_code == 409
    stopped = anna.send(_page(room), action="/call")
    assert re.findall(r'data-guard="(\w+)"', stopped.text) == ["child_told_who_comes"]
    _tell(room, anna)
    assert anna.get(paper).status_code == 200


def test_a_child_who_does_not_want_somebody_there_is_answered(room: Room, anna: PageClient) -> None:
    at = _plan(room, anna)
    told = {"how": "Mentorn berättade", "said": "Inte soc", "objects": "y"}
    refused = anna.send(f"{at}/told", **told)
    assert refused.status_code == 422 and "Inte soc" in refused.text
    assert anna.send(f"{at}/told", **told, answer="Vi frågar en annan").status_code == 302


def test_somebody_of_the_network_comes_on_samtycke_and_gets_no_documents(
    room: Room, anna: PageClient
) -> None:
    address = f"/case/{room.case_id}/consent"
    sent = anna.send(f"{address}/network", name="Mormor Aino", relation="mormor", areas=["hemmet"])
    assert sent.status_code == 302
    with room.county.hub.app_context():
        (mormor,) = [p.id for p in network.network_of(db.session, room.case_id)]
    at = _plan(room, anna)
    assert anna.send(f"{at}/invite", to=f"recipient:{mormor}", areas=["hemmet"]).status_code == 409
    room.everybody_agrees(mormor)
    assert anna.send(f"{at}/invite", to=f"recipient:{mormor}", areas=["hemmet"]).status_code == 302
    assert "får inga handlingar" in anna.page(_page(room)).text
    with room.county.hub.app_context():
        to = find_recipient(db.session, room.key, room.case_id, mormor)
        with pytest.raises(disclosure.NoDocuments):
            disclosure.disclose(
                db.session, room.key, db.session.get_one(Case, room.case_id), to, ["hemmet"],
                Kind.MEETING_PACK, "Underlag", [], room.by, clock.now(),
            )  # fmt: skip


def test_a_suspended_guardian_is_not_invited(room: Room, anna: PageClient) -> None:
    at = _plan(room, anna)
    room.suspend("Bo Testlund")
    assert "Bo Testlund" not in anna.page(f"{at}/invite").text


@pytest.mark.parametrize("why", ["suspended", "of age"])
def test_a_guardian_who_was_invited_and_is_none_to_call_any_longer_is_nowhere_at_the_meeting(
    room: Room, anna: PageClient, county: County, time: Clock, why: str
) -> None:
    """Silently: the projected pages, and what is told the child, are as if nobody was invited."""
    _prepare(room, anna)
    alva, at = room.guardians["Alva Testlund"], _address(room)
    (invited,) = [p["id"] for p in _people(room) if p["kind"] == "guardian"]
    anna.send(f"{at}/participant/{invited}/words", words="Vi vill att ni lyssnar")
    paper, entry = _kallelse(room, anna, "Alva")
    shown = f"/case/{room.case_id}/consent/guardian/{alva}/shown"
    told = f"/case/{room.case_id}/disclosure/guardian/{alva}"
    for address in (paper, entry, shown, told):
        assert anna.get(address).status_code == 200, address
    assert "Alva" in _projected(room, anna) and "Alva" in anna.get(f"{at}/told").text
    time.pass_(minutes=1)
    if why == "suspended":
        room.suspend("Alva Testlund")
    else:
        _turns_18(room)
    for address in (paper, entry):
        assert anna.get(address).status_code == 409, address
    for address in (shown, told, f"{at}/participant/{invited}/words"):
        assert anna.get(address).status_code == 404, address
    for page in (_projected(room, anna), anna.get(f"{at}/told").text):
        assert "Alva" not in page and "lyssnar" not in page
    listed = anna.get(_page(room)).text
    assert "Kallas inte och visas inte på mötet" in listed and "present-" in listed
    assert f"present-{invited}" not in listed and paper not in listed


def test_calling_passes_over_a_guardian_who_was_suspended_after_the_invitation(
    room: Room, anna: PageClient, county: County, time: Clock
) -> None:
    _prepare(room, anna)
    time.pass_(minutes=1)
    room.suspend("Alva Testlund")
    assert anna.send(_page(room), action="/call").status_code == 302
    called = [e.detail for e in county.events("invitation:created", case_id=room.case_id)]
    assert sorted(called) == ["child", "unit"]


def test_no_guardian_is_invited_to_the_meeting_of_an_adult(room: Room, anna: PageClient) -> None:
    at = _plan(room, anna)
    assert "Bo Testlund" in anna.page(f"{at}/invite").text
    _turns_18(room)
    assert "Testlund" not in anna.page(f"{at}/invite").text
    with room.county.hub.app_context(), pytest.raises(meeting.NobodyNamed):
        planned = meeting.current(db.session, room.case_id)
        assert planned
        meeting.invite_family(
            db.session, room.key, planned, room.guardians["Bo Testlund"], "Bo", clock.now()
        )


def test_a_unit_that_is_not_live_gets_a_printed_kallelse(
    room: Room, anna: PageClient, named: Named, county: County
) -> None:
    named.recipients.append(  # the unit itself, by its own name
        {"id": county.id("Demoskolan"), "unit_id": county.id("Demoskolan"), "who": "",
         "areas": ["hemmet"], "why": "Gick där förut"}
    )  # fmt: skip
    at = _plan(room, anna)
    for to in (SOCIAL, county.id("Demoskolan")):
        room.everybody_agrees(to)
        anna.send(f"{at}/invite", to=f"recipient:{to}", areas=["hemmet"])
    rows = re.findall(r'<li class="person-row.*?</li>', anna.get(_page(room)).text, re.S)
    assert any("Demoskolan" in row for row in rows)
    on_paper = {"Socialtjänsten" in row: "skriv ut kallelsen" in row for row in rows}
    assert on_paper == {True: True, False: False}


# The kallelse.


@pytest.mark.parametrize(
    ("called", "switched_on", "language", "words"),
    [
        ("arabiska", "ar", "ar", "أهلًا بك في اجتماع"),
        ("Suomi", "fi en", "fi", "Tervetuloa tapaamiseen"),
        ("Somali", "so", "so", "Ku soo dhawow kulan"),
        ("ukrainska", "uk", "uk", "Запрошуємо на зустріч"),
        ("arabiska", "en", "sv", "Välkommen till ett möte"),
        ("dari", "ar", "sv", "Välkommen till ett möte"),
    ],
)
def test_a_guardians_kallelse_and_summary_are_in_the_guardians_own_language(
    room: Room, anna: PageClient, called: str, switched_on: str, language: str, words: str
) -> None:
    _prepare(room, anna)
    alva = room.guardians["Alva Testlund"]

    def speak() -> None:
        guardian.change(
            db.session.get_one(guardian.Guardian, alva),
            room.key,
            {"name": "Alva Testlund", "language": called},
        )
        db.session.get_one(Case, room.case_id).unit.organisation.languages = switched_on

    room.county.change(speak)
    paper, _entry = _kallelse(room, anna, "Alva")
    document = PdfReader(BytesIO(anna.get(paper).data))
    assert document.root_object["/Lang"] == language
    read = " ".join(page.extract_text() for page in document.pages)
    assert set(words) - {" "} <= set(unicodedata.normalize("NFKC", read)), read
    shown = anna.get(f"/case/{room.case_id}/consent/guardian/{alva}/shown").text
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in shown
    others, _entry = _kallelse(room, anna, "Socialtjänsten")
    assert PdfReader(BytesIO(anna.get(others).data)).root_object["/Lang"] == "sv"


def test_a_kallelse_holds_no_name_no_area_and_nobody_elses(room: Room, anna: PageClient) -> None:
    _prepare(room, anna)
    paper, entry = _kallelse(room, anna, "Socialtjänsten")
    answer = anna.get(paper)
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="mote.pdf"'
    document = PdfReader(BytesIO(answer.data))
    text = " ".join(" ".join(page.extract_text() for page in document.pages).split())
    assert "Välkommen till ett möte" in text and "Biblioteket" in text and "09:00" in text
    assert document.metadata is not None and document.metadata.title == "Möte"
    calendar = anna.get(entry)
    assert calendar.mimetype == "text/calendar"
    agreement = "Tillsammans för barnens bästa i Sörmland"
    for told in (text.replace(agreement, ""), calendar.text):
        for word in (
            "Mira",
            "Alva",
            "Bo Testlund",
            "BUP",
            "hemmet",
            "trygghet",
            "barnet",
            "orolig",
        ):
            assert not re.search(rf"\b{word}\b", told, re.IGNORECASE), word
    assert "Socialtjänsten" not in calendar.text and "Biblioteket" not in calendar.text


def test_the_calendar_entry_is_one_and_has_the_right_hour(room: Room, anna: PageClient) -> None:
    _prepare(room, anna)
    _, entry = _kallelse(room, anna, "Socialtjänsten")
    (event,) = Calendar.from_ical(anna.get(entry).data).walk("VEVENT")
    assert str(event["summary"]) == "Möte"
    assert event.decoded("dtstart").isoformat() == "2026-12-04T09:00:00+01:00"
    assert event.decoded("dtend").isoformat() == "2026-12-04T10:00:00+01:00"


def test_a_child_with_protected_identity_is_called_about_by_word_of_mouth(
    room: Room, anna: PageClient
) -> None:
    _prepare(room, anna)
    paper, entry = _kallelse(room, anna, "Socialtjänsten")

    def protect() -> None:
        db.session.get_one(Case, room.case_id).protected_identity = True

    room.county.change(protect)
    for address in (paper, entry):
        assert anna.get(address).status_code == 302
    page = anna.page(_page(room))
    assert "kalla muntligt" in page.text and "mote.pdf" not in anna.get(_page(room)).text


# The pack, and who has been told what.


def test_a_copy_about_a_child_with_protected_identity_is_made_only_on_purpose(
    room: Room, anna: PageClient, county: County
) -> None:
    _prepare(room, anna)

    def protect() -> None:
        db.session.get_one(Case, room.case_id).protected_identity = True

    county.change(protect)
    assert anna.send(_page(room), action="/pack").status_code == 302
    assert "skrivs bara ut med flit" in anna.page(_page(room)).text
    assert not _disclosures(room, Kind.MEETING_PACK), "nobody was told anything"
    (refused,) = county.events("document:refused", case_id=room.case_id)
    assert refused.detail == "pack"
    anna.send(f"/case/{room.case_id}/child", "/print")
    assert anna.send(_page(room), action="/pack").mimetype == "application/pdf"


def test_the_pack_holds_the_participants_focus_areas_and_nothing_else(
    room: Room, anna: PageClient, county: County
) -> None:
    _prepare(room, anna)
    copy = anna.send(_page(room), action="/pack")
    assert copy.mimetype == "application/pdf"
    text = " ".join(" ".join(p.extract_text() for p in PdfReader(BytesIO(copy.data)).pages).split())
    assert WISH in text and NEEDS["hemmet"] in text and NEEDS["trygghet"] in text
    for word in (BODY, SECRET, NEEDS["halsa"], "Hälsa", "Relationer", "Mira Testlund"):
        assert word not in text, word
    (made,) = _disclosures(room, Kind.MEETING_PACK)
    told = json.dumps(made["words"], ensure_ascii=False)
    areas = {item["area"] for item in made["words"]["items"]}
    assert areas == {"hemmet", "trygghet"} and BODY not in told and SECRET not in told
    assert made["sha256"] in text.replace(" ", "")
    assert (
        made["sha256"] == disclosure.hashlib.sha256(disclosure.payload(made["words"])).hexdigest()
    )


def test_an_area_that_left_the_focus_leaves_the_pack_and_who_is_not_needed_gets_none(
    room: Room, anna: PageClient, named: Named, county: County
) -> None:
    _prepare(room, anna)
    named.focus = ["trygghet"]
    anna.send(_page(room), action="/pack")
    (made,) = _disclosures(room, Kind.MEETING_PACK)
    assert made["words"]["areas"] == ["trygghet"]
    named.focus = ["larande"]
    assert anna.send(_page(room), action="/pack").status_code == 409
    named.focus, named.recipients = FOCUS, named.recipients[1:]
    assert anna.send(_page(room), action="/pack").status_code == 409
    assert anna.get(_kallelse(room, anna, "Socialtjänsten")[0]).status_code == 409
    assert len(_disclosures(room, Kind.MEETING_PACK)) == 1


def test_what_the_child_takes_back_later_is_not_shown(
    room: Room, anna: PageClient, county: County
) -> None:
    _prepare(room, anna)
    later = county.make_record(child={"case_code": county.code_of(room.case_id)})
    next(a for a in later["areas"] if a["key"] == "hemmet")["release"] = "may_not"
    assert county.receive(later)[0] == room.case_id
    anna.send(_page(room), action="/pack")
    (made,) = _disclosures(room, Kind.MEETING_PACK)
    assert WISH not in json.dumps(made["words"], ensure_ascii=False)


def test_a_copy_cannot_be_changed_and_a_change_is_seen(room: Room, anna: PageClient) -> None:
    _prepare(room, anna)
    anna.send(_page(room), action="/pack")

    def change() -> None:
        row = db.session.query(Disclosure).one()
        assert disclosure.is_whole(row, room.key)
        row.write(room.key, {**row.read(room.key), "who": "Någon annan"})

    with pytest.raises(AppendOnly):
        room.county.change(change)

    def underneath() -> None:
        row = db.session.query(Disclosure).one()
        row.write(room.key, {**row.read(room.key), "who": "Någon annan"})
        content = row.content
        db.session.expunge(row)
        changed = text("update disclosure set content = :content")
        db.session.execute(changed, {"content": content})

    room.county.change(underneath)
    page = anna.page(f"/case/{room.case_id}/disclosure/")
    assert "stämmer inte med sitt kontrollvärde" in page.text


def test_no_copy_is_made_without_a_basis(room: Room) -> None:
    with room.county.hub.app_context():
        to = find_recipient(db.session, room.key, room.case_id, SOCIAL)
        with pytest.raises(NoConsent):
            disclosure.disclose(
                db.session, room.key, db.session.get_one(Case, room.case_id), to, ["hemmet"],
                Kind.TOLD, "", [], room.by, clock.now(),
            )  # fmt: skip


def test_the_child_is_shown_everything_and_a_guardian_only_what_was_released_and_decided_on(
    room: Room, anna: PageClient
) -> None:
    _prepare(room, anna)
    _disclose(
        room,
        Item("child", "hemmet", WISH, release="may_show", evidence=_wish(room)),
        Item("child", "hemmet", "Utan beslut", release="may_show", evidence=_wish(room, 0)),
        Item("child", "hemmet", "Från förr", release="may_show"),
        Item("child", "hemmet", SECRET, release="may_not"),
        Item("child", "hemmet", "Kanske", release="dont_know"),
        Item("child", "hemmet", "Inte tillfrågad"),
        Item("guardian", "hemmet", "Bos egna ord", guardian_id=room.guardians["Bo Testlund"]),
        Item("guardian", "hemmet", "Alvas egna ord", guardian_id=room.guardians["Alva Testlund"]),
        Item("profession", "hemmet", "En iakttagelse"),
    )
    address = f"/case/{room.case_id}/disclosure"
    child = anna.page(f"{address}/child").text
    assert WISH in child and SECRET in child
    assert "egna ord\n" not in child and "iakttagelse" not in child and "Alvas" not in child

    def shown_to(name: str) -> str:
        return anna.page(f"{address}/guardian/{room.guardians[name]}").text

    bo = shown_to("Bo Testlund")
    assert WISH not in bo and "Bos egna ord" in bo, "the child's yes is not the ansvarig's"
    _show(room, anna, "Bo Testlund")
    bo = shown_to("Bo Testlund")
    assert WISH in bo and "Bos egna ord" in bo
    for hidden in (SECRET, "Kanske", "Inte tillfrågad", "Alva", "En iakttagelse"):
        assert hidden not in bo, hidden
    assert "Utan beslut" not in bo and "Från förr" not in bo, "each thing is decided on"
    assert WISH not in shown_to("Alva Testlund"), "and for each guardian"
    _show(room, anna, "Bo Testlund", shown=False)
    assert WISH not in shown_to("Bo Testlund"), "and it can be taken away"


def test_of_the_words_about_a_card_that_stays_with_the_child_a_guardian_sees_no_picture(
    room: Room, anna: PageClient, county: County
) -> None:
    """The copy holds the card's name and picture; the guardian reads it as it was decided on."""
    later = county.make_record(
        child={"case_code": county.code_of(room.case_id)},
        placed={ARGUMENTS: "not_good"},
        said={"hemmet": [{"text": "Tyst", "speaker": "child_said", "card": ARGUMENTS,
                          "release": "may_show"}]},
    )  # fmt: skip
    (card,) = [c for a in later["areas"] for c in a["cards"] if c["key"] == ARGUMENTS]
    card["release"] = "may_not"
    _, conversation_id = county.receive(later)
    _prepare(room, anna)
    assert anna.send(_page(room), action="/pack").status_code == 200
    _show(room, anna, "Bo Testlund", item=f"{conversation_id}/said/hemmet/0")
    at = f"/case/{room.case_id}/disclosure"
    bo = anna.get(f"{at}/guardian/{room.guardians['Bo Testlund']}").text
    assert "Tyst" in bo and card["symbol"] not in bo and card["label"] not in bo
    assert card["symbol"] in anna.get(f"{at}/child").text


def test_a_guardian_sees_nothing_that_rests_on_the_other_or_on_a_law_or_is_kept(
    room: Room, anna: PageClient, time: Clock
) -> None:
    room.says("Alva Testlund", alone=meeting.consent.Alone.HARM, words={"motive": "Farligt"})
    room.says("barnet")
    _disclose(room, Item("child", "hemmet", WISH, release="may_show", evidence=_wish(room)))
    for name in room.guardians:
        _show(room, anna, name)
    address = f"/case/{room.case_id}/disclosure"
    assert (
        "Ingen har fått veta något"
        in anna.page(f"{address}/guardian/{room.guardians['Bo Testlund']}").text
    )
    alva = f"{address}/guardian/{room.guardians['Alva Testlund']}"
    assert WISH in anna.page(alva).text
    empty = anna.send(f"{address}/", action="/keep", motive="")
    assert empty.status_code == 302 and WISH in anna.page(alva).text
    anna.send(f"{address}/", action="/keep", motive="Betydande men")
    assert "Ingen har fått veta något" in anna.page(alva).text
    assert WISH in anna.page(f"{address}/child").text, "the child still sees it"
    room.suspend("Alva Testlund")
    assert anna.get(alva).status_code == 404


# The meeting.


def test_the_child_begins_then_the_guardians_and_only_the_focus_is_shown(
    room: Room, anna: PageClient
) -> None:
    _prepare(room, anna)
    words = [p for p in _people(room) if p["kind"] == "guardian"]
    anna.send(
        f"{_address(room)}/participant/{words[0]['id']}/words", words="Vi vill att ni lyssnar"
    )
    pages = []
    for number in range(1, 20):
        text = anna.get(f"{_address(room)}/show?page={number}").text
        pages.append(re.search(r'show-(child-first|child|guardian|area)"', text)[1])  # type: ignore[index]
        if 'rel="next"' not in text:
            break
    assert pages == ["child-first", "child", "guardian", "area", "area"]
    everything = "".join(
        anna.get(f"{_address(room)}/show?page={n}").text for n in range(1, len(pages) + 1)
    )
    first = anna.get(f"{_address(room)}/show").text
    assert WISH in first and "Det är lugnt hos mormor" not in first, "what is important is first"
    assert "Vi vill att ni lyssnar" in everything and "Mira behöver lugn" in everything
    for hidden in (SECRET, BODY, NEEDS["halsa"]):
        assert hidden not in everything, hidden


def test_at_the_meeting_only_what_all_who_are_there_are_covered_for_is_shown(
    room: Room, anna: PageClient, time: Clock
) -> None:
    """BUP may hear of relations, and not of home; who has gone out hears nothing."""
    _prepare(room, anna)
    assert "Relationer" not in _projected(room, anna), "nobody has said yes to that"
    room.everybody_agrees(BUP)
    anna.send(f"{_address(room)}/invite", to=f"recipient:{BUP}", areas=["relationer"])
    shown = _projected(room, anna)
    for hidden in (WISH, NEEDS["hemmet"], "Hemmet", "Relationer"):
        assert hidden not in shown, hidden
    staff = anna.page(_page(room)).text
    assert "visas inte på mötet" in staff and "BUP" in staff.split("visas inte på mötet")[1]
    assert "visas inte" not in shown, "no name, nor that something is missing, on the screen"
    _everybody_was_there(room, anna, but="BUP")
    shown = _projected(room, anna)
    assert WISH in shown and NEEDS["hemmet"] in shown and "Relationer" not in shown


def test_a_samtycke_that_is_taken_back_after_the_call_stops_the_meeting_and_its_pages(
    room: Room, anna: PageClient, time: Clock, county: County
) -> None:
    given = _prepare(room, anna)
    anna.send(_page(room), action="/call")
    _ask(room, anna)
    time.pass_(minutes=5)
    _appoint(room, anna, whom="child", name="Sköterska Demo", is_same_person="y")
    _everybody_was_there(room, anna)
    assert WISH in _projected(room, anna)
    room.withdraw(given)
    shown = _projected(room, anna)
    assert WISH not in shown and NEEDS["hemmet"] not in shown
    stopped = anna.send(_page(room), action="/hold")
    assert re.findall(r'data-guard="(\w+)"', stopped.text) == ["present_are_covered"]
    assert stopped.status_code == 409 and "omfattas inte av ett samtycke" in stopped.text
    assert "efter samtycke från vårdnadshavare och ungdom" in stopped.text
    assert room.state() is CaseState.MEETING_CALLED
    time.pass_(minutes=1)
    room.says("Alva Testlund")
    assert anna.send(_page(room), action="/hold").status_code == 302


def test_what_was_said_at_a_meeting_that_was_held_is_kept_for_each_who_came_from_elsewhere(
    room: Room, anna: PageClient, time: Clock, county: County
) -> None:
    _prepare(room, anna)
    (alva,) = [p["id"] for p in _people(room) if p["kind"] == "guardian"]
    anna.send(f"{_address(room)}/participant/{alva}/words", words="Vi vill att ni lyssnar")
    anna.send(_page(room), action="/call")
    _ask(room, anna)
    time.pass_(minutes=5)
    _appoint(room, anna, whom="child", name="Sköterska Demo", is_same_person="y")
    assert anna.send(_page(room), action="/hold").status_code == 409
    assert not _disclosures(room, Kind.TOLD), "nobody was there yet"
    _everybody_was_there(room, anna)
    screen = _projected(room, anna)
    assert anna.send(_page(room), action="/hold").status_code == 302
    (made,) = _disclosures(room, Kind.TOLD)
    words = made["words"]
    assert words["who"] == "Socialtjänsten Provkommunen"
    assert set(words["areas"]) == {"trygghet", "hemmet"}
    told = {item["text"] for item in words["items"] if item["source"] != "guardian"}
    assert {WISH, NEEDS["hemmet"], NEEDS["trygghet"]} <= told
    assert all(text in screen for text in told) and not {SECRET, BODY} & told
    assert made["sha256"] == hashlib.sha256(disclosure.payload(words)).hexdigest()
    at = f"/case/{room.case_id}/disclosure"
    assert "Berättat muntligt" in anna.get(f"{at}/").text and "lyssnar" in anna.get(f"{at}/").text
    child = anna.get(f"{at}/child").text
    assert "fick höra det muntligt" in child and WISH in child and "lyssnar" not in child
    own, other = (anna.get(f"{at}/guardian/{id_}").text for id_ in room.guardians.values())
    assert "lyssnar" in own and "lyssnar" not in other and WISH not in own


def test_of_areas_that_rest_on_different_grounds_there_is_a_line_for_each(room: Room) -> None:
    room.everybody_agrees()

    def disclose() -> list[Disclosure]:
        case = db.session.get_one(Case, room.case_id)
        to = {**find_recipient(db.session, room.key, case.id, SOCIAL), "areas": FOCUS}
        words = {"purpose": "Stöd", "motive": "Lagen säger det"}
        meeting.consent.decide_on_law(
            db.session, room.key, case, to, Ground.DUTY, Sector.SOCIAL_SERVICES, ["relationer"],
            clock.today(), words, room.by, clock.now(),
        )  # fmt: skip
        items = [Item("profession", area, area) for area in FOCUS]
        return disclosure.disclose_all(
            db.session, room.key, case, to, FOCUS, Kind.TOLD, "", items, room.by, clock.now()
        )

    with room.county.hub.app_context():
        made = {one.ground: one.read(room.key) for one in disclose()}
    assert {ground: set(words["areas"]) for ground, words in made.items()} == {
        Ground.CONSENT: {"trygghet", "hemmet"}, Ground.DUTY: {"relationer"},
    }  # fmt: skip
    assert [item["text"] for item in made[Ground.DUTY]["items"]] == ["relationer"]


@pytest.mark.parametrize("language", GUARDIANS)
def test_the_child_is_met_in_its_own_language_and_the_adults_in_the_one_they_choose(
    room: Room, anna: PageClient, language: str
) -> None:
    _prepare(room, anna)
    show, told = f"{_address(room)}/show", f"/case/{room.case_id}/disclosure/child"
    _disclose(room, Item("child", "hemmet", WISH, language="sv", release="may_show"))

    def speaks() -> None:
        db.session.get_one(Conversation, room.conversation_id).language = language

    room.county.change(speaks)
    whole = f'<html lang="{language}" dir="{direction(language)}">'
    for address in (f"{show}?page=1&language=en", f"{show}?page=2&language=en", told):
        page = anna.get(address).text
        assert whole in page and WISH in page, address
    for number in (3, 4):
        assert '<html lang="sv"' in anna.get(f"{show}?page={number}").text
        page = anna.get(f"{show}?page={number}&language={language}").text
        assert whole in page and f"language={language}" in page, "and so is the next one"


def test_a_guardians_page_at_the_meeting_and_about_who_was_told_are_the_guardians(
    room: Room, anna: PageClient
) -> None:
    _prepare(room, anna)
    alva = room.guardians["Alva Testlund"]

    def speak() -> None:
        words = {"name": "Alva Testlund", "language": "arabiska"}
        guardian.change(db.session.get_one(guardian.Guardian, alva), room.key, words)
        db.session.get_one(Case, room.case_id).unit.organisation.languages = "ar"

    room.county.change(speak)
    whole = '<html lang="ar" dir="rtl">'
    assert whole in anna.get(f"/case/{room.case_id}/disclosure/guardian/{alva}").text
    assert whole in anna.get(f"{_address(room)}/show?page=3").text
    assert whole not in anna.get(f"{_address(room)}/show?page=4").text


def test_how_the_child_takes_part_is_the_childs_choice(room: Room, anna: PageClient) -> None:
    at = _plan(room, anna)
    page = anna.page(f"{at}/takes-part")
    chosen = [a["value"] for a in page.find("input", name="how") if "checked" in a]
    assert chosen == ["part"] and "Vara med en stund" in page.text
    other = Room(room.county, CaseState.CONSENT_PENDING)
    silent = anna.page(f"{_plan(other, anna)}/takes-part")
    assert not [a for a in silent.find("input", name="how") if "checked" in a]


def test_a_child_never_interprets(room: Room, anna: PageClient) -> None:
    page = anna.page(f"{_plan(room, anna)}/edit")
    modes = {a["value"] for a in page.find("input", name="interpreter")}
    assert modes == {"", "room", "phone", "video"}
    assert "Ett syskon eller ett annat barn tolkar aldrig" in page.text


def test_the_forums_are_data_and_each_has_words_in_every_language() -> None:
    assert {"samverkansmote", "sip", "eht", "vits", "familjecentral"} <= set(forums())
    for forum in forums().values():
        assert all(forum.names[code] for code in GUARDIANS)
        assert all(forum.about[code] for code in NAMES)
    assert forums()["vits"].may_be_anonymous and not forums()["sip"].may_be_anonymous


# A round that was closed.


def test_a_meeting_of_a_round_that_was_closed_is_history_and_opens_nothing(
    room: Room, anna: PageClient, time: Clock, county: County
) -> None:
    _prepare(room, anna)
    at, entries = _address(room), [_kallelse(room, anna, "Socialtjänsten")]
    people = [f"{at}/participant/{one['id']}" for one in _people(room)]
    token = anna.page(_page(room)).forms[0]["fields"]
    to_read = [f"{at}/show", f"{at}/show?page=2", *entries[0]]
    to_write = [
        *(f"{at}/{door}" for door in ("edit", "invite", "takes-part", "told")),
        *(f"{at}/{door}" for door in ("call", "presence", "hold")),
        *(f"{one}/{door}" for one in people for door in ("take-away", "words", "pack")),
    ]
    for address in to_read:
        assert anna.get(address).status_code == 200, address
    before, told = _rows(room), len(county.events("meeting:shown"))
    room.to(CaseState.CLOSED)
    for address in (*to_write, f"{_page(room)}new"):
        assert anna.post(address, data=token).status_code == 404, "nor in a case that is closed"
    assert not [form for form in anna.page(_page(room)).forms if form["action"].startswith(at)]
    time.pass_(days=1)
    anna.send(f"/case/{room.case_id}/answer_back", "/reopen")
    token = anna.page(_page(room)).forms[0]["fields"]
    assert room.is_covered(), "the yes is still there, and yet:"
    for address in [*to_read, *to_write[:4]]:
        assert anna.get(address).status_code == 404, address
    for address in to_write:
        assert anna.post(address, data=token).status_code == 404, address
    assert _rows(room) == before and len(county.events("meeting:shown")) == told
    whole = anna.get(f"/case/{room.case_id}/documents/whole.pdf").data
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(whole)).pages)
    assert "Biblioteket" in text, "it is read where the whole case is"


def test_a_meeting_that_was_held_is_shown_and_not_changed(room: Room, anna: PageClient) -> None:
    _prepare(room, anna)
    at, token = _address(room), anna.page(_page(room)).forms[0]["fields"]

    def hold() -> None:
        found = meeting.current(db.session, room.case_id)
        assert found is not None
        found.held_at = clock.now()

    room.county.change(hold)
    before = _rows(room)
    assert anna.get(f"{at}/show").status_code == 200
    for door in ("edit", "invite", "takes-part", "told", "presence", "hold"):
        assert anna.post(f"{at}/{door}", data=token).status_code == 404, door
    assert _rows(room) == before


# The coordinator.


def test_the_meeting_is_not_held_before_the_child_was_asked_and_somebody_appointed(
    room: Room, anna: PageClient, time: Clock, county: County
) -> None:
    _prepare(room, anna)
    anna.send(_page(room), action="/call")
    stopped = anna.send(_page(room), action="/hold")
    assert stopped.status_code == 409
    assert re.findall(r'data-guard="(\w+)"', stopped.text) == [
        "presence_recorded", "child_asked_first", "coordinator_appointed",
    ]  # fmt: skip
    _everybody_was_there(room, anna)
    _ask(room, anna)
    time.pass_(minutes=5)
    _appoint(room, anna, whom="child", name="Sköterska Demo", is_same_person="y")
    assert anna.send(_page(room), action="/hold").status_code == 302
    assert room.state() is CaseState.MEETING_HELD
    with county.hub.app_context():
        held = meeting.current(db.session, room.case_id)
        found = meeting.coordinator_of(db.session, room.case_id, clock.today())
        assert held and held.held_at == clock.now()
        assert found and found.child_asked_at < found.appointed_at and not found.is_deviation  # type: ignore[operator]


def test_another_than_the_child_chose_needs_reasons_and_the_explanation(
    room: Room, anna: PageClient, time: Clock, county: County
) -> None:
    _ask(room, anna)
    time.pass_(minutes=5)
    reasons = {
        "special_reasons": "Sköterskan slutar i januari",
        "decided_by": "Anna Påhittsson",
        "explained_to_child": "Vi sa att hon slutar och frågade vem som är näst bäst.",
    }
    for missing in reasons:
        refused = _appoint(
            room, anna, whom="other", name="Kurator Demo", **{**reasons, missing: " "}
        )
        assert refused.status_code == 422, missing
        assert "de särskilda skälen, vem som bestämde" in refused.text
    assert _appoint(room, anna, whom="other", name="Kurator Demo", **reasons).status_code == 302
    assert county.events("coordinator:deviated", case_id=room.case_id)
    page = anna.page(_page(room)).text
    assert "Sköterskan slutar i januari" in page and "näst bäst" in page


def test_another_name_than_the_childs_word_passes_for_the_childs_choice_only_when_that_is_said(
    room: Room, anna: PageClient, time: Clock, county: County
) -> None:
    _ask(room, anna)
    time.pass_(minutes=5)
    refused = _appoint(room, anna, whom="child", name="Kurator Demo")
    assert refused.status_code == 422
    assert "Är det samma person?" in refused.text and "<q" in refused.text
    with county.hub.app_context():
        assert coordinator.coordinator_of(db.session, room.case_id, clock.today()) is None
    same = _appoint(room, anna, whom="child", name="Kurator Demo", is_same_person="y")
    assert same.status_code == 302
    assert county.events("coordinator:same_person_said", case_id=room.case_id)


def test_the_childs_own_word_needs_nothing_more(
    room: Room, anna: PageClient, time: Clock, county: County
) -> None:
    _ask(room, anna)
    time.pass_(minutes=5)
    assert _appoint(room, anna, whom="child", name=" Skolsköterskan").status_code == 302
    assert not county.events("coordinator:same_person_said", case_id=room.case_id)


def test_the_child_is_asked_before_and_says_whom_or_that_it_does_not_choose(
    room: Room, time: Clock
) -> None:
    with room.county.hub.app_context():

        def ask(choice: Choice, chosen: str = "", how: str = "Med bilder") -> Any:
            return coordinator.ask_child(
                db.session, room.key, room.case_id, choice, clock.now(), how, chosen, clock.now()
            )

        with pytest.raises(NotSaid):
            ask(Choice.PERSON)
        with pytest.raises(NotSaid):
            ask(Choice.DONT_KNOW, how=" ")
        with pytest.raises(NotYet):
            coordinator.ask_child(
                db.session, room.key, room.case_id, Choice.DONT_KNOW,
                clock.now().replace(year=2027), "Med bilder", "", clock.now(),
            )  # fmt: skip
        asked = ask(Choice.PERSON, "sköterskan")
        words = {"name": "Sköterska Demo", "contact": "Rum 4"}
        common: dict[str, Any] = {"staff_id": None, "unit_id": None, "words": words}
        with pytest.raises(NotYet):
            coordinator.appoint(asked, room.key, is_childs_choice=True, at=clock.now(), **common)
        time.pass_(minutes=1)
        with pytest.raises(NotExplained):
            coordinator.appoint(asked, room.key, is_childs_choice=False, at=clock.now(), **common)
        with pytest.raises(NotSame):
            coordinator.appoint(asked, room.key, is_childs_choice=True, at=clock.now(), **common)
        common["is_same_person"] = True
        coordinator.appoint(asked, room.key, is_childs_choice=True, at=clock.now(), **common)
        with pytest.raises(NotYet):
            coordinator.appoint(asked, room.key, is_childs_choice=True, at=clock.now(), **common)


def test_the_ansvarig_coordinates_until_there_is_a_coordinator(
    room: Room, time: Clock, county: County
) -> None:
    mona, anna = county.id("Mona"), county.id("Anna")

    def who() -> list[bool]:
        with county.hub.app_context():
            case = db.session.get_one(Case, room.case_id)
            return [
                may_coordinate(db.session.get_one(Staff, id_), case, clock.today())
                for id_ in (anna, mona)
            ]

    assert who() == [True, False]

    appoint(county, room.case_id, "Mona")
    assert who() == [False, True]
    time.pass_(minutes=1)
    appoint(county, room.case_id, "Kuratorn", has_account=False)
    assert who() == [True, False], "somebody without an account here"


# Steps of a test.


def _person(key: str, choice: str, label: str) -> dict[str, str]:
    return {
        "key": key, "choice": choice, "label": label, "symbol": "n-1f9d1",
        "speaker": "child_chose", "at": "2026-11-20T08:20:00Z",
    }  # fmt: skip


def _rows(room: Room) -> list[Any]:
    """The meetings, who is invited, and who was told what."""
    with room.county.hub.app_context():
        return [
            [tuple(row) for row in db.session.execute(text(f"select * from {name} order by id"))]
            for name in ("meeting", "participant", "disclosure")
        ]


def _projected(room: Room, anna: PageClient) -> str:
    """Every page that is shown to everybody at the meeting."""
    pages: list[str] = []
    while not pages or 'rel="next"' in pages[-1]:
        pages.append(anna.get(f"{_address(room)}/show?page={len(pages) + 1}").text)
    return "".join(pages)


def _turns_18(room: Room) -> None:
    def born() -> None:
        case = db.session.get_one(Case, room.case_id)
        about = case.about(room.county.ring)
        words = {**about, "born_on": "2008-11-19", "birth_year": 2008}
        case.child = encrypt(room.key, json.dumps(words).encode(), b"child")

    room.county.change(born)


def _page(room: Room) -> str:
    return f"/case/{room.case_id}/meeting/"


def _address(room: Room) -> str:
    with room.county.hub.app_context():
        found = meeting.current(db.session, room.case_id)
        assert found
        return f"/case/{room.case_id}/meeting/{found.id}"


def _plan(room: Room, anna: PageClient, **changes: str) -> str:
    words = {
        "forum": "samverkansmote", "starts_at": "2026-12-04T09:00", "minutes": "60",
        "place": "Biblioteket", "adaptations": "Kort och med paus", **changes,
    }  # fmt: skip
    assert anna.send(f"{_page(room)}new", **words).status_code == 302
    return _address(room)


def _prepare(room: Room, anna: PageClient) -> str:
    """Everything that calling needs: a samtycke, somebody from elsewhere, a guardian, the child.
    The id of Alva's answer."""
    given = room.says("Alva Testlund")
    room.says("Bo Testlund")
    room.says("barnet")
    at = _plan(room, anna)
    anna.send(f"{at}/invite", to=f"recipient:{SOCIAL}", areas=["hemmet", "trygghet"])
    anna.send(f"{at}/invite", to=f"guardian:{room.guardians['Alva Testlund']}")
    anna.send(f"{at}/invite", to="child:")
    _tell(room, anna)
    return given


def _tell(room: Room, anna: PageClient) -> None:
    answer = anna.send(f"{_address(room)}/told", how="Mentorn berättade", said="Det är bra")
    assert answer.status_code == 302


def _people(room: Room) -> list[dict[str, Any]]:
    with room.county.hub.app_context():
        found = meeting.current(db.session, room.case_id)
        assert found
        return [
            {"id": p.id, "kind": str(p.kind), **p.read(room.key)}
            for p in meeting.participants_of(db.session, found.id)
        ]


def _kallelse(room: Room, anna: PageClient, name: str) -> tuple[str, str]:
    (id_,) = [p["id"] for p in _people(room) if name in p["name"]]
    at = f"{_address(room)}/participant/{id_}"
    return f"{at}/mote.pdf", f"{at}/mote.ics"


def _disclosures(room: Room, kind: Kind) -> list[dict[str, Any]]:
    with room.county.hub.app_context():
        return [
            {"sha256": row.sha256, "words": row.read(room.key)}
            for row in disclosure.disclosures_of(db.session, room.case_id)
            if row.kind is kind
        ]


def _disclose(room: Room, *items: Item) -> None:
    def disclose() -> None:
        to = find_recipient(db.session, room.key, room.case_id, SOCIAL)
        disclosure.disclose(
            db.session, room.key, db.session.get_one(Case, room.case_id), to, ["hemmet"],
            Kind.MEETING_PACK, "Underlag", items, room.by, clock.now(),
        )  # fmt: skip

    room.county.change(disclose)


def _wish(room: Room, number: int = 2) -> str:
    """The id of what Mira said as the third thing about home, or another one."""
    return f"{room.conversation_id}/said/hemmet/{number}"


def _show(room: Room, anna: PageClient, name: str, *, shown: bool = True, item: str = "") -> None:
    """The ansvarig decides that a guardian is shown something that the child has released."""
    at = f"/case/{room.case_id}/consent/guardian/{room.guardians[name]}/showing"
    words = {"item": item or _wish(room)} if shown else {}
    assert anna.send(at, **words).status_code == 302


def _everybody_was_there(room: Room, anna: PageClient, *, but: str = "") -> None:
    there = {f"present-{p['id']}": "no" if p["name"] == but else "yes" for p in _people(room)}
    assert anna.send(_page(room), action="/presence", **there).status_code == 302


def _ask(room: Room, anna: PageClient) -> None:
    answer = anna.send(
        f"/case/{room.case_id}/coordinator/ask", choice="person", chosen="skolsköterskan",
        asked_at="2026-11-20T09:30", how_asked="Med bilder på dem som jobbar i skolan",
    )  # fmt: skip
    assert answer.status_code == 302, answer.text


def _appoint(room: Room, anna: PageClient, **words: str) -> Any:
    with room.county.hub.app_context():
        asked = coordinator.asked_of(db.session, room.case_id)
        assert asked
        address = f"/case/{room.case_id}/coordinator/{asked.id}"
    return anna.send(address, contact="Rum 4, 016-00 00 00", staff="", **words)
