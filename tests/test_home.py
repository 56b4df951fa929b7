"""A guardian's own room: who gets in, what is said there, and what is never there."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from county import Clock, County
from family import Guardian, invite, knock, let_in
from flask import Flask, g, render_template
from flask.testing import FlaskClient
from page_client import Page, PageClient
from plan_steps import appoint, start_plan
from pypdf import PdfReader
from sharing import BUP, KEPT, RELEASED, SOCIAL, Named, Room
from sqlalchemy import delete, select

from kid_wheel import (
    clock,
    consent,
    disclosure,
    guardian,
    guardian_view,
    identity,
    invitation,
    pdf,
    plan,
    showing,
)
from kid_wheel.action import Action
from kid_wheel.case import CaseState
from kid_wheel.catalog import AREAS, every_symbol
from kid_wheel.config import GUARDIAN_IDLE, GUARDIAN_SESSION, INVITATION_LIFETIME
from kid_wheel.consent import Consent, Lack
from kid_wheel.conversation import Conversation
from kid_wheel.db import db
from kid_wheel.disclosure import Item
from kid_wheel.i18n import GUARDIANS
from kid_wheel.invitation import MAX_TRIES, Invitation
from kid_wheel.people import Unit
from kid_wheel.permissions import Permission
from kid_wheel.views.sign_in import qr
from kid_wheel.voices import GuardianStatement, Kind

ROOM = ["", *(f"area/{key}" for key in AREAS), "read", "thanks", "asked", "asked/keep", "back"]
SOME_ID = "00000000-0000-4000-8000-000000000000"


# The way in.


def test_a_link_and_its_code_open_once(county: County, anna: PageClient, family: Room) -> None:
    link, code = invite(anna, family.case_id, family.guardians["Alva Testlund"])
    first, second = Guardian(county), Guardian(county)
    assert first.opens(link, code).status_code == 303
    assert first.page("")
    assert second.opens(link, code).status_code == 422, "a link that was forwarded"
    assert len(county.events("guardian:entered")) == 1


def test_the_link_alone_opens_nothing_and_a_preview_does_not_use_it_up(
    county: County, anna: PageClient, family: Room
) -> None:
    link, code = invite(anna, family.case_id, family.guardians["Alva Testlund"])
    for _ in range(9):
        assert county.hub.test_client().get(link).status_code == 200
    assert Guardian(county).opens(link, "").status_code == 422
    assert Guardian(county).opens(link, code).status_code == 303


def test_the_link_is_shown_once_also_as_a_picture_to_point_a_telephone_at(
    anna: PageClient, family: Room
) -> None:
    at = f"/case/{family.case_id}/consent/guardian/{family.guardians['Alva Testlund']}/invitation"
    text = anna.send(at, action="/invitation", language="sv").text
    (link,) = set(re.findall(r"https://hub\.example/home/sv/[\w-]+", text))
    assert qr(link) in text, "the picture holds that very address"
    assert link.rsplit("/", 1)[1] not in anna.get(at).text, "and neither is shown again"


def test_five_wrong_codes_close_the_link(county: County, anna: PageClient, family: Room) -> None:
    link, code = invite(anna, family.case_id, family.guardians["Alva Testlund"])
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(MAX_TRIES - 1):
        Guardian(county).opens(link, wrong)
    with_one_left = invite(anna, family.case_id, family.guardians["Bo Testlund"])
    Guardian(county).opens(link, wrong)
    assert len(county.events("invitation:refused", case_id=family.case_id)) == MAX_TRIES
    assert Guardian(county).opens(link, code).status_code == 422
    assert Guardian(county).opens(*with_one_left).status_code == 303, "only that link"


def test_a_code_can_be_typed_in_another_script(
    county: County, anna: PageClient, family: Room
) -> None:
    link, code = invite(anna, family.case_id, family.guardians["Alva Testlund"], "ar")
    typed = "".join(chr(0x660 + int(digit)) for digit in code)
    assert Guardian(county).opens(link, f" {typed[:3]} {typed[3:]} ").status_code == 303


def test_a_link_that_nobody_opened_goes_out(
    county: County, anna: PageClient, family: Room, time: Clock
) -> None:
    assert timedelta(hours=24) >= INVITATION_LIFETIME
    link, code = invite(anna, family.case_id, family.guardians["Alva Testlund"])
    time.at += INVITATION_LIFETIME + timedelta(seconds=1)
    assert Guardian(county).opens(link, code).status_code == 422


def test_a_new_link_closes_the_one_before_and_the_session_with_it(
    county: County, anna: PageClient, family: Room, alva: Guardian
) -> None:
    link, code = invite(anna, family.case_id, family.guardians["Alva Testlund"])
    assert alva.get("").status_code == 404
    again, _code = invite(anna, family.case_id, family.guardians["Alva Testlund"])
    assert again != link
    assert Guardian(county).opens(link, code).status_code == 422


def test_the_ansvarig_closes_a_room_at_once(
    county: County, anna: PageClient, family: Room, alva: Guardian, bo: Guardian
) -> None:
    at = f"/case/{family.case_id}/consent/guardian/{family.guardians['Alva Testlund']}/invitation"
    assert anna.send(at, action="/revoke").status_code == 302
    assert alva.get("").status_code == 404
    assert bo.page("")


def test_a_session_ends_when_nobody_is_there_and_after_some_hours(
    alva: Guardian, bo: Guardian, time: Clock
) -> None:
    time.at += GUARDIAN_IDLE + timedelta(minutes=2)
    assert alva.get("").status_code == 404
    assert bo.get("").status_code == 404


def test_a_session_that_is_used_ends_too(alva: Guardian, time: Clock) -> None:
    until = time.at + GUARDIAN_SESSION
    while time.at + GUARDIAN_IDLE < until:
        time.at += GUARDIAN_IDLE - timedelta(minutes=1)
        assert alva.get("").status_code == 200
    time.at = until + timedelta(seconds=1)
    assert alva.get("").status_code == 404


def test_who_leaves_is_out(alva: Guardian) -> None:
    before = alva.cookie
    assert "Nu är sidan stängd" in alva.sends("", "/leave").text
    assert alva.cookie == ""
    alva.client.set_cookie(alva.cookie_name, before, path="/home/")
    assert alva.get("").status_code == 404, "the session is over, not only the cookie"


def test_the_database_holds_neither_link_nor_code_nor_session(
    county: County, anna: PageClient, family: Room, on_disk: Any
) -> None:
    link, code = invite(anna, family.case_id, family.guardians["Alva Testlund"])
    alva = Guardian(county)
    alva.opens(link, code)
    alva.says("hemmet", "calm", wish="En cykel till skolan")
    stored = on_disk()
    for secret in (link.rsplit("/", 1)[1], alva.cookie, "En cykel till skolan"):
        assert secret and secret.encode() not in stored
    with county.hub.app_context():
        (row,) = db.session.scalars(select(Invitation))
    for plain in (code, f"/{code}"):
        assert row.code_hash != invitation._hash(plain), "six digits alone are soon guessed"


# Suspended, and every other reason: the same page.


def test_a_suspended_guardian_meets_what_a_stranger_meets(
    county: County, anna: PageClient, family: Room, alva: Guardian, bo: Guardian
) -> None:
    unused, code = invite(anna, family.case_id, family.guardians["Bo Testlund"])
    family.suspend("Alva Testlund")
    family.suspend("Bo Testlund")
    stranger = county.hub.test_client()
    stranger.set_cookie(alva.cookie_name, "nobody's", path="/home/")
    for path in ROOM:
        shut, unknown = alva.get(path), stranger.get(alva.at(path))
        assert (shut.status_code, shut.data) == (unknown.status_code, unknown.data)
        assert dict(shut.headers) == dict(unknown.headers)
    never = "/home/sv/" + "x" * 32
    refused = [Guardian(county).client.post(at, data={"code": code}) for at in (unused, never)]
    assert {answer.status_code for answer in refused} == {422}
    secrets = [at.rsplit("/", 1)[1] for at in (unused, never)]
    assert refused[0].text.replace(*secrets) == refused[1].text


@pytest.mark.parametrize("state", [CaseState.CLOSED, CaseState.VOID])
def test_a_room_closes_with_its_case(alva: Guardian, family: Room, state: CaseState) -> None:
    family.to(state)
    assert alva.get("").status_code == 404


# No child's name.


def test_the_letter_holds_a_way_in_and_no_name(
    county: County, anna: PageClient, family: Room
) -> None:
    at = f"/case/{family.case_id}/consent/guardian/{family.guardians['Alva Testlund']}/invitation"
    shown = Page(anna.send(at, action="/invitation", language="ar").text)
    (form,) = [one for one in shown.forms if one["action"].endswith("brev.pdf")]
    answer = anna.post(form["action"], data=form["fields"])
    assert answer.mimetype == "application/pdf"
    assert 'filename="brev.pdf"' in answer.headers["Content-Disposition"]
    paper = PdfReader(BytesIO(answer.data))
    text = "".join(page.extract_text() for page in paper.pages) + str(paper.metadata)
    assert form["fields"]["link"][:12] in re.sub(r"\s", "", text)
    for secret in ("Mira", "Alva", "Exempelskolan", "barn", county.code_of(family.case_id)):
        assert secret not in text, secret
    wrong = anna.post(form["action"], data={**form["fields"], "link": "x" * 32})
    assert wrong.status_code == 404


def test_a_protected_childs_letter_is_made_on_purpose_and_no_workplace_is_told(
    county: County, anna: PageClient, alva: Guardian, family: Room
) -> None:
    assert "Exempelskolan" in alva.text("back")

    def protect() -> None:
        family._case().protected_identity = True

    county.change(protect)
    assert "Exempelskolan" not in alva.text("back")
    at = f"/case/{family.case_id}/consent/guardian/{family.guardians['Bo Testlund']}/invitation"
    shown = Page(anna.send(at, action="/invitation", language="sv").text)
    (form,) = [one for one in shown.forms if one["action"].endswith("brev.pdf")]
    assert anna.post(form["action"], data=form["fields"]).status_code == 302
    assert county.events("document:refused", case_id=family.case_id)


def test_no_title_link_or_header_of_a_guardians_pages_tells_of_a_child(
    alva: Guardian, family: Room, county: County
) -> None:
    for path in ROOM:
        answer = alva.get(path)
        (title,) = re.findall(r"<title>(.*?)</title>", answer.text)
        addresses = " ".join(re.findall(r'(?:href|action|src)="([^"]*)"', answer.text))
        about = f"{title} {addresses} {answer.headers}"
        for secret in ("Mira", "Alva", family.case_id, county.code_of(family.case_id), "Exempel"):
            assert secret not in about, (path, secret)
        assert "Mira" not in answer.text


# What is said there.


def test_what_a_guardian_says_is_their_own_ring_when_they_are_done(
    alva: Guardian, anna: PageClient, family: Room
) -> None:
    alva.says("hemmet", "calm", "money", is_="Vi bor trångt.", wish="En egen säng.", help="Mormor.")
    at = f"/case/{family.case_id}/area/hemmet"
    assert "Vi bor trångt." not in anna.get(at).text, "nobody reads a draft"
    alva.is_done()
    text = anna.get(at).text
    own, others = (
        text.split(f'id="voice-{family.guardians[name]}"')[1].split("</section>")[0]
        for name in ("Alva Testlund", "Bo Testlund")
    )
    for words in ("Vi bor trångt.", "En egen säng.", "Mormor.", "Det är lugnt hemma"):
        assert words in own and words not in others, words
    assert own.count("Vårdnadshavaren själv") == 5
    assert own.index("Det är lugnt hemma") < own.index("Pengarna räcker inte")
    assert "Vårdnadshavaren själv" not in others


def test_before_done_a_card_is_laid_back_and_words_are_changed(alva: Guardian) -> None:
    alva.says("halsa", "sleeps", "sleeps", wish="Mer sömn")
    alva.says("halsa", wish="Mer sömn och lek")
    read = alva.page("read").text
    assert "Sover gott" not in read
    assert "Mer sömn och lek" in read
    alva.says("halsa", wish="  ")
    assert "Mer sömn" not in alva.page("read").text


def test_what_was_said_stays_and_more_stands_beside_it(
    alva: Guardian, county: County, anna: PageClient, family: Room
) -> None:
    alva.says("halsa", "sleeps", wish="Mer sömn")
    alva.is_done()
    alva.says("halsa", "sleeps", wish="Och mer lek")
    alva.says("halsa", wish="")
    alva.says("halsa", wish="Och mer lek")
    alva.is_done()
    text = anna.get(f"/case/{family.case_id}/area/halsa").text
    assert text.count("Sover gott") == 1
    assert "Mer sömn" in text and "Och mer lek" in text
    again = let_in(county, anna, family.case_id, family.guardians["Alva Testlund"])
    assert "Och mer lek" in again.page("read").text, "a fresh link finds what was said"


def test_what_was_said_is_kept_with_the_cases_key(
    alva: Guardian, county: County, family: Room
) -> None:
    alva.says("larande", is_="Hon läser varje kväll.")
    with county.hub.app_context():
        (row,) = db.session.scalars(select(GuardianStatement))
        assert row.read(family.key)["text"] == "Hon läser varje kväll."
        assert row.written_by is None and b"kv" not in row.content[:40]


def test_cards_and_words_go_with_a_script(alva: Guardian) -> None:
    data = {**_form_of_an_area(alva), "card": "calm", "wish": "Ro"}
    answer = alva.post("area/hemmet", data=data, headers=HX)
    assert 'id="card-calm" class="card" name="card" value="calm" aria-pressed="true"' in answer.text
    assert "<form" not in answer.text and "<html" not in answer.text
    kept = alva.post("area/hemmet", data={**data, "card": "calm", "wish": "Ro"}, headers=HX)
    assert 'value="calm" aria-pressed="false"' in kept.text
    del data["card"]
    kept = alva.post("area/hemmet", data={**data, "wish": "Ro och lek"}, headers=HX)
    assert (kept.status_code, kept.data) == (204, b""), "what is written is not written over"
    onwards = {**data, "wish": "Ro", "next": "relationer"}
    kept = alva.post("area/hemmet", data=onwards, headers=HX)
    assert kept.headers["HX-Redirect"].endswith("/area/relationer")
    assert "Ro</textarea>" in alva.text("area/hemmet")


HX = {"HX-Request": "true"}


def _form_of_an_area(guardian: Guardian) -> dict[str, str]:
    (form,) = [f for f in guardian.page("area/hemmet").forms if f["action"].endswith("hemmet")]
    return dict(form["fields"])


def test_a_card_that_is_tapped_without_a_script_keeps_the_words(alva: Guardian) -> None:
    words = {"is": "Vi bor trångt.", "wish": "En säng", "help": "Mormor"}
    sent = {**_form_of_an_area(alva), **words, "card": "calm"}
    answer = alva.post("area/hemmet", data=sent)
    assert answer.location.endswith("/area/hemmet#card-calm"), "where the guardian was"
    text = alva.text("area/hemmet")
    for said in words.values():
        assert f"{said}</textarea>" in text
    assert 'value="calm" aria-pressed="true"' in text


def test_words_that_come_to_a_room_that_is_shut_come_back_on_the_page(
    alva: Guardian, county: County, time: Clock
) -> None:
    sent = {**_form_of_an_area(alva), "wish": "<b>En säng</b>", "card": "calm"}
    time.at += GUARDIAN_IDLE + timedelta(minutes=1)
    shut = alva.post("area/hemmet", data=sent)
    assert shut.status_code == 404
    assert "Det här är inte sparat" in shut.text and "&lt;b&gt;En säng&lt;/b&gt;" in shut.text
    assert "Det du har sparat är kvar." in shut.text
    stranger = county.hub.test_client().post(alva.at("area/hemmet"), data=sent)
    assert stranger.data == shut.data, "and it tells nobody whether there is a room"
    for headers in (HX, {"Sec-Fetch-Site": "cross-site"}):
        answer = alva.post("area/hemmet", data=sent, headers=headers)
        assert answer.status_code == 404
        assert "En säng" not in answer.text, "another site writes nothing on our page"
    assert "inte sparat" not in alva.get("area/hemmet").text


def test_pictures_and_language_are_the_guardians_choice(alva: Guardian) -> None:
    assert "/pictures/hemmet.svg" in alva.text("area/hemmet")
    alva.sends("", "/look", pictures="off")
    for path in ("", "area/hemmet"):
        text = alva.text(path)
        assert "/pictures/" not in text and "/static/bildstod/" not in text
    alva.sends("", "/look", language="ar")
    assert alva.page("area/hemmet").find("html", lang="ar", dir="rtl")
    assert "البيت هادئ" in alva.text("area/hemmet")


# What is asked there.


def test_yes_and_no_are_asked_alike_and_one_tap_takes_back(
    alva: Guardian, county: County, family: Room
) -> None:
    page = alva.page("asked")
    buttons = [a for tag, a in page.tags if tag == "button" and a.get("name") == "answer"]
    assert [one["value"] for one in buttons if one["value"] != "some"] == ["yes", "no"] * 2
    assert {one["class"] for one in buttons} == {"answer"}, "neither is made larger"
    for words in ("Socialtjänsten Provkommunen", "Stöd hemma", "20 november 2027", "Trygghet"):
        assert words in page.text
    assert alva.sends("asked", f"/asked/{SOCIAL}", answer="yes").status_code == 303
    with county.hub.app_context():
        (row,) = db.session.scalars(select(Consent))
        assert (row.guardian_id, row.recorded_by) == (family.guardians["Alva Testlund"], None)
    assert "Du har sagt ja." in alva.text("asked/keep")
    action = next(f["action"] for f in alva.page("asked").forms if "/back/" in f["action"])
    assert alva.sends("asked", action).status_code == 303
    assert "Du har tagit tillbaka ditt ja." in alva.text("asked")
    assert [e.event for e in county.events("consent:withdrawn")]


def test_a_yes_can_be_to_only_some_of_what_is_asked(
    alva: Guardian, bo: Guardian, anna: PageClient, county: County, family: Room, time: Clock
) -> None:
    page = alva.page("asked")
    ticks = page.find("input", name="area")
    assert [one["value"] for one in ticks] == ["trygghet", "hemmet"], "BUP is asked about one area"
    assert not [one for one in ticks if "checked" in one], "nothing is chosen for them"
    alva.sends("asked", f"/asked/{SOCIAL}", answer="some", area="hemmet")
    bo.sends("asked", f"/asked/{SOCIAL}", answer="yes")
    family.says("barnet")
    assert family.is_covered(areas=["hemmet"])
    assert family.standing(areas=["trygghet"]).is_conflict, "the other area is a no"
    for path in ("asked", "asked/keep"):
        text = alva.page(path).text
        assert "Du har sagt ja till en del." in text
        said_no = text.split("Du har sagt nej till")[1]
        assert "Trygghet" in said_no
    assert "Trygghet" in anna.page(f"/case/{family.case_id}/consent/").text
    time.pass_(minutes=1)
    action = next(f["action"] for f in alva.page("asked").forms if "/back/" in f["action"])
    alva.sends("asked", action)
    assert not family.is_covered(areas=["hemmet"])
    alva.sends("asked", f"/asked/{SOCIAL}", answer="yes")
    assert family.is_covered(areas=["hemmet", "trygghet"]), "and asked again, it can be all"


def test_a_yes_to_some_is_to_something_that_was_asked(
    alva: Guardian, county: County, family: Room
) -> None:
    nothing = alva.sends("asked", f"/asked/{SOCIAL}", answer="some")
    assert nothing.status_code == 422
    assert "Välj minst en sak." in nothing.text
    for area in ("halsa", "relationer", "x"):
        answer = alva.sends("asked", f"/asked/{SOCIAL}", answer="some", area=area)
        assert answer.status_code == 404
    assert alva.sends("asked", f"/asked/{SOCIAL}", answer="maybe").status_code == 404
    with county.hub.app_context():
        assert not list(db.session.scalars(select(Consent)))


def test_a_yes_is_taken_back_also_when_nobody_asks_any_longer(
    alva: Guardian, named: Named, family: Room, county: County, anna: PageClient
) -> None:
    alva.sends("asked", f"/asked/{SOCIAL}", answer="yes")
    assert anna.get(f"/case/{family.case_id}/consent/").status_code == 200
    why = named.recipients[0]["why"]
    named.recipients.clear()
    family.to(CaseState.ANALYSING)
    page = alva.page("asked")
    assert "Socialtjänsten Provkommunen" in page.text
    assert not [a for tag, a in page.tags if tag == "button" and a.get("name") == "answer"]
    (action,) = [f["action"] for f in page.forms if "/back/" in f["action"]]
    assert alva.sends("asked", action).status_code == 303
    with county.hub.app_context():
        assert db.session.scalars(select(Consent)).one().withdrawn_at
    assert "Socialtjänsten" not in alva.text("asked")
    kept = alva.text("asked/keep")
    assert "Socialtjänsten Provkommunen" in kept and "Du har tagit tillbaka ditt ja." in kept
    assert why and why in kept, "what was read when it was answered"


def test_the_same_consent_as_when_staff_write_it_down(
    alva: Guardian, bo: Guardian, family: Room, time: Clock
) -> None:
    alva.sends("asked", f"/asked/{SOCIAL}", answer="yes")
    assert family.standing().lacks == (Lack.OTHER_GUARDIAN, Lack.CHILD_NOT_ASKED)
    bo.sends("asked", f"/asked/{SOCIAL}", answer="no")
    assert family.standing().is_conflict
    time.pass_(minutes=1)
    bo.sends("asked", f"/asked/{SOCIAL}", answer="yes")
    family.says("barnet")
    assert family.is_covered()


def test_an_answer_is_to_what_was_read(
    alva: Guardian, named: Named, county: County, family: Room
) -> None:
    form = next(f for f in alva.page("asked").forms if SOCIAL in f["action"])
    named.recipients[0]["areas"] = ["trygghet", "hemmet", "relationer"]
    answer = alva.client.post(form["action"], data={**form["fields"], "answer": "yes"})
    assert answer.status_code == 409
    assert "Frågan har ändrats" in answer.text
    with county.hub.app_context():
        assert not list(db.session.scalars(select(Consent)))


def test_nobody_is_asked_before_the_ansvarig_has_begun_to_ask(alva: Guardian, family: Room) -> None:
    family.to(CaseState.ANALYSING)
    assert "Socialtjänsten" not in alva.text("asked")


def test_neither_guardian_meets_a_trace_of_the_other(
    county: County, anna: PageClient, family: Room, alva: Guardian
) -> None:
    """What Alva sees is the same bytes, whatever Bo does and whether he is there at all."""
    before = {path: alva.get(path).data for path in ROOM}
    bo = let_in(county, anna, family.case_id, family.guardians["Bo Testlund"])
    bo.says("hemmet", "quarrel", wish="Att få bo hos mig")
    bo.is_done()
    bo.sends("asked", f"/asked/{SOCIAL}", answer="no")
    bo.sends("asked", f"/asked/{BUP}", answer="yes")
    family.suspend("Bo Testlund")
    assert {path: alva.get(path).data for path in ROOM} == before


# What comes back.


def test_a_guardian_gets_the_same_bytes_whether_or_not_a_conversation_exists(
    county: County, alva: Guardian, family: Room
) -> None:
    alva.says("hemmet", "calm", wish="Ro")
    alva.is_done()
    with_a_conversation = _everything(alva)

    def forget() -> None:
        db.session.execute(delete(Conversation).where(Conversation.case_id == family.case_id))

    county.change(forget)
    assert _everything(alva) == with_a_conversation
    assert len(with_a_conversation) >= 14


def _everything(guardian: Guardian) -> list[tuple[str, int, bytes, str]]:
    """What each address of the room answers: to be read, and to a form that changes nothing."""
    hub = guardian.client.application
    token = guardian.page("").forms[0]["fields"]
    nothing_new = {**token, "wish": "", "card": "none", "language": "sv", "answer": "yes"}
    answers = []
    for address, methods in _addresses_of_the_room(hub, guardian.room, SOME_ID):
        if address.endswith("/leave"):
            continue  # the last that anybody does there
        if "GET" in methods:
            answers.append(guardian.client.get(address))
        if "POST" in methods:
            answers.append(guardian.client.post(address, data=nothing_new))
    return [(a.request.path, a.status_code, a.data, str(a.headers)) for a in answers]


def _addresses_of_the_room(hub: Flask, room: str, id_: str) -> list[tuple[str, set[str]]]:
    """Each address that is a guardian's, with one id wherever an id belongs."""
    found = []
    for rule in hub.url_map.iter_rules():
        view = hub.view_functions[rule.endpoint]
        if getattr(view, "permission", None) is Permission.GUARDIAN:
            given = {"key": "hemmet", "room": room}
            with hub.test_request_context():
                address = hub.url_for(
                    rule.endpoint, **{one: given.get(one, id_) for one in rule.arguments}
                )
            found.append((address, rule.methods or set()))
    return found


def test_the_plan_comes_when_it_is_in_force_and_guardians_have_seen_it(
    county: County, anna: PageClient, alva: Guardian, bo: Guardian, family: Room
) -> None:
    family.to(CaseState.MEETING_HELD)
    assert "Det finns ingen plan" in alva.text("back")
    assert "Din kontakt i planen" not in alva.text("back")
    appoint(county, family.case_id, "Anna")
    start_plan(county, anna, family.case_id)
    text = alva.text("back")
    assert "Det finns ingen plan" not in text
    assert "Din kontakt i planen" in text
    with county.hub.app_context():
        (action,) = [row.read(family.key) for row in db.session.scalars(select(Action))]
    assert action["what"] in text
    assert action["for_child"] and action["for_child"] not in text, "those words are the child's"
    alva.sends("back", "/concern", text="Ingen har ringt oss.")
    assert "Ingen har ringt oss." in alva.text("back")
    assert "Ingen har ringt oss." not in bo.text("back")
    assert "Ingen har ringt oss." in anna.get(f"/case/{family.case_id}/plan").text
    assert alva.sends("back", "/concern", text="  ").status_code == 422
    family.county.change(lambda: _answer_concern(family))
    assert "Hon ringer i dag." in alva.text("back")


def _answer_concern(family: Room) -> None:
    (row,) = plan.concerns(db.session, family.case_id)
    plan.answer_concern(row, family.key, "Hon ringer i dag.", family.by, clock.now())


def test_a_plan_that_guardians_were_not_to_see_does_not_come(
    county: County, anna: PageClient, alva: Guardian, family: Room
) -> None:
    family.to(CaseState.MEETING_HELD)
    start_plan(county, anna, family.case_id)

    def keep_from_guardians() -> None:
        found = plan.current(db.session, family.case_id)
        assert found
        shared = {**found.read(family.key)["shared"], "guardians_on": ""}
        found.write(family.key, {**found.read(family.key), "shared": shared})

    county.change(keep_from_guardians)
    assert "Det finns ingen plan" in alva.text("back")
    token = alva.page("").forms[0]["fields"]
    answer = alva.post("concern", data={**token, "text": "Varför?"})
    assert answer.status_code == 404


def test_who_has_been_told_rests_on_ones_own_yes(
    county: County, alva: Guardian, bo: Guardian, family: Room
) -> None:
    alva.sends("asked", f"/asked/{SOCIAL}", answer="yes")
    family.says("Bo Testlund", areas=["hemmet"])
    family.says("barnet")

    def tell() -> None:
        to = consent.find_recipient(db.session, family.key, family.case_id, SOCIAL)
        said = [
            Item("child", "hemmet", KEPT),
            Item("child", "hemmet", RELEASED, release="may_show"),
        ]
        disclosure.disclose(
            db.session, family.key, family._case(), to, ["hemmet"], disclosure.Kind.MEETING_PACK,
            "Underlag", said, family.by, clock.now(),
        )  # fmt: skip

    county.change(tell)
    for one in (alva, bo):
        text = one.text("back").split('id="told"')[1]
        assert "Socialtjänsten Provkommunen" in text
        assert "fick ett papper inför mötet" in text
        assert KEPT not in text and RELEASED not in text, "not even so, before it is decided"


# Abuse.


def test_a_guardians_cookie_opens_no_door_of_the_staff_or_of_a_tablet(
    hub: Flask, county: County, alva: Guardian, family: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every route of the product, with the ids of the guardian's own case."""
    monkeypatch.setattr(hub, "test_client_class", FlaskClient)  # the tablet's pages are pieces
    ids: dict[str, Any] = {
        "case_id": family.case_id,
        "guardian_id": family.guardians["Alva Testlund"],
        "conversation_id": family.conversation_id,
        "recipient_id": SOCIAL,
        "code": county.code_of(family.case_id),
    }
    tried = 0
    for rule in hub.url_map.iter_rules():
        permission = getattr(hub.view_functions[rule.endpoint], "permission", Permission.OPEN)
        if permission is Permission.GUARDIAN or rule.endpoint == "static":
            continue
        keys = {"case.step": "open_case", "kartlaggning.step": "ask_consent"}
        ids["key"] = keys.get(rule.endpoint, "hemmet")
        given = {one: ids.get(one, _any_of(one)) for one in rule.arguments}
        with hub.test_request_context():
            address = hub.url_for(rule.endpoint, **given)
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT"}):
            answer = knock(hub, alva.cookie_name, alva.cookie, address, method)
            stranger = knock(hub, alva.cookie_name, "", address, method)
            about = (rule.endpoint, method, address)
            assert answer.status_code == stranger.status_code, about
            assert "Mira" not in answer.text and KEPT not in answer.text, about
            if permission is not Permission.OPEN:
                assert answer.status_code not in {200, 201}, about
                tried += 1
    assert tried > 100


def _any_of(argument: str) -> str:
    known = {
        "language": "sv", "home_language": "sv", "variant": "older", "key": "hemmet",
        "area": "hemmet", "number": "3", "kind": "wheel", "part": "sources", "link": "x" * 32,
        "room": "0" * 16,
    }  # fmt: skip
    return known.get(argument, SOME_ID)


def test_every_page_of_the_room_is_shut_without_a_session(hub: Flask, county: County) -> None:
    tried = 0
    name = f"room-{'0' * 16}"
    for address, methods in _addresses_of_the_room(hub, "0" * 16, SOME_ID):
        for method in sorted(methods & {"GET", "POST"}):
            assert knock(hub, name, "", address, method).status_code == 404, address
            assert knock(hub, name, "guess", address, method).status_code == 404, address
            tried += 1
    assert tried >= 15


def test_a_staff_session_is_no_guardians_and_is_not_used_in_the_room(
    county: County, anna: PageClient, alva: Guardian
) -> None:
    assert anna.get(alva.home).status_code == 404
    assert "Anna" not in anna.get(alva.home).text
    alone = alva.get().data
    anna.set_cookie(alva.cookie_name, alva.cookie, path="/home/")
    assert anna.get(alva.home).data == alone
    assert "session=" not in str(Guardian(county).client.get(alva.home).headers)


def test_nothing_of_anothers_is_reached_by_its_id(
    county: County, family: Room, alva: Guardian, bo: Guardian
) -> None:
    bo.sends("asked", f"/asked/{SOCIAL}", answer="yes")
    noise: Room = family.noise  # type: ignore[attr-defined]
    others = [_consent_id(county), noise.says("Nils Påhittsson")]
    token = alva.page("").forms[0]["fields"]
    for consent_id in (*others, SOME_ID):
        answer = alva.post(f"asked/back/{consent_id}", data=token)
        assert answer.status_code == 404
    with county.hub.app_context():
        assert not [row for row in db.session.scalars(select(Consent)) if row.withdrawn_at]


def test_no_address_of_the_room_opens_with_anothers_id(
    hub: Flask, county: County, family: Room, alva: Guardian, bo: Guardian
) -> None:
    """Each address that holds an id, with those of the other guardian, the case and another's."""
    bo.sends("asked", f"/asked/{SOCIAL}", answer="yes")
    noise: Room = family.noise  # type: ignore[attr-defined]
    others = (
        family.guardians["Bo Testlund"], noise.guardians["Nils Påhittsson"], family.case_id,
        noise.case_id, family.conversation_id, noise.says("Nils Påhittsson"),
        _consent_of_bo(county),
    )  # fmt: skip
    token, tried = alva.page("").forms[0]["fields"], 0
    for id_ in others:
        for address, methods in _addresses_of_the_room(hub, alva.room, id_):
            if id_ not in address:
                continue
            for method in methods & {"GET", "POST"}:
                data = {**token, "answer": "yes"} if method == "POST" else None
                answer = alva.client.open(address, method=method, data=data)
                assert answer.status_code == 404, (method, address)
                tried += 1
    assert tried == len(others) * 3
    with county.hub.app_context():
        assert not [row for row in db.session.scalars(select(Consent)) if row.withdrawn_at]
        assert len(list(db.session.scalars(select(Consent)))) == 2


def _consent_of_bo(county: County) -> str:
    with county.hub.app_context():
        wanted = select(Consent.id).where(Consent.recorded_by.is_(None))
        return db.session.scalars(wanted).one()


def _consent_id(county: County) -> str:
    with county.hub.app_context():
        return db.session.scalars(select(Consent.id)).one()


def test_a_guardian_of_another_case_is_not_invited_through_this_one(
    anna: PageClient, family: Room
) -> None:
    noise: Room = family.noise  # type: ignore[attr-defined]
    nils = noise.guardians["Nils Påhittsson"]
    for page in ("invitation", "showing"):
        for case_id in (family.case_id, noise.case_id):
            assert anna.get(f"/case/{case_id}/consent/guardian/{nils}/{page}").status_code == 404


def test_two_cases_of_one_guardian_are_two_rooms(
    county: County, anna: PageClient, family: Room, alva: Guardian
) -> None:
    other = Room(county, CaseState.CONSENT_PENDING, alias="Leo")
    other.add_guardian("Alva Testlund")
    alva.says("hemmet", wish="Om det första barnet")
    again = let_in(county, anna, other.case_id, other.guardians["Alva Testlund"])
    assert "Om det första barnet" not in again.text("read")
    assert "Om det första barnet" in alva.text("read")


def test_two_children_are_two_rooms_in_one_browser(
    county: County, anna: PageClient, family: Room
) -> None:
    """One telephone with both links open: each form and each word stays in its own room."""
    other = Room(county, CaseState.CONSENT_PENDING, alias="Leo")
    other.add_guardian("Alva Testlund")
    alva, homes = Guardian(county), []
    for case in (family, other):
        alva.opens(*invite(anna, case.case_id, case.guardians["Alva Testlund"]))
        homes.append(alva.home)
    first, second = homes
    assert first != second
    assert not re.search("mira|leo", first + second, re.IGNORECASE)
    for home, words in ((first, "Om Mira"), (second, "Om Leo")):
        alva.home = home
        alva.says("hemmet", wish=words)
    for home, own, others in ((first, "Om Mira", "Om Leo"), (second, "Om Leo", "Om Mira")):
        alva.home = home
        page = alva.page("read")
        assert own in page.text and others not in page.text
        addresses = [
            a for _, attrs in page.tags for n, a in attrs.items() if n in ("href", "action")
        ]
        assert {a[: len(home)] for a in addresses if a.startswith("/home/")} == {home}
    alva.home = first
    token = alva.page().forms[0]["fields"]
    crossed = alva.client.post(f"{second}area/hemmet", data={**token, "wish": "Fel barn"})
    assert crossed.status_code == 404, "the form of one room is not taken in the other"
    alva.sends("", "/leave")
    assert alva.get().status_code == 404
    alva.home = second
    assert "Om Leo" in alva.text("read"), "to leave one is not to leave the other"


def test_a_room_has_a_sign_that_the_ansvarig_chooses(
    county: County, anna: PageClient, family: Room, alva: Guardian
) -> None:
    at = f"/case/{family.case_id}/consent/guardian/{family.guardians['Alva Testlund']}/invitation"
    shown = alva.text("")
    for mark, named in (("boat", "båten"), ("flower", "blomman")):
        anna.send(at, action="/invitation", language="sv", mark=mark)
        chosen = [one["value"] for one in anna.page(at).find("input", name="mark", checked="")]
        assert chosen == [mark], "and it stays for the next link"
        again = let_in(county, anna, family.case_id, family.guardians["Alva Testlund"])
        for path in ROOM:
            assert named in again.text(path)
        assert again.text("") != shown
    assert anna.send(at, action="/invitation", language="sv", mark="Mira").status_code == 404


def test_a_message_to_send_is_neutral_and_in_the_noted_language(
    county: County, anna: PageClient, family: Room
) -> None:
    ida = family.add_guardian("Ida Testlund", language="Arabiska")
    at = f"/case/{family.case_id}/consent/guardian/{ida}/invitation"
    page = anna.page(at)
    assert [one["value"] for one in page.find("input", name="language", checked="")] == ["ar"]
    shown = anna.send(at, action="/invitation", language="ar").text
    (message,) = re.findall(r'(?s)<pre id="message"[^>]*lang="ar" dir="rtl">(.*?)</pre>', shown)
    (code,) = re.findall(r'class="code code-big">(\d+)<', shown)
    assert "https://hub.example/home/ar/" in message and "مرحبًا" in message
    for secret in (code, "Mira", "Ida", "Exempelskolan", county.code_of(family.case_id)):
        assert secret not in message


def test_a_rooms_session_opens_no_other_rooms_address(alva: Guardian, bo: Guardian) -> None:
    alva.client.set_cookie(bo.cookie_name, alva.cookie, path="/home/")
    stranger = alva.client.get("/home/" + "0" * 16 + "/")
    mixed = alva.client.get(bo.home)
    assert (mixed.status_code, mixed.data) == (404, stranger.data)


def test_the_same_link_leads_back_into_the_room_while_its_session_lives(
    county: County, anna: PageClient, family: Room, time: Clock
) -> None:
    link, code = invite(anna, family.case_id, family.guardians["Alva Testlund"])
    alva, stranger = Guardian(county), county.hub.test_client()
    before = stranger.get(link).data
    alva.opens(link, code)
    again = alva.client.get(link)
    assert (again.status_code, again.location) == (303, alva.home)
    typed = alva.client.post(link, data={"code": ""})
    assert (typed.status_code, typed.location) == (303, alva.home), "from a mail: a strict cookie"
    assert stranger.get(link).data == before, "nobody else sees that it is open"
    assert stranger.post(link, data={"code": code}).status_code == 422
    time.at += GUARDIAN_IDLE + timedelta(minutes=2)
    assert alva.client.get(link).data == before
    assert alva.opens(link, code).status_code == 422


def test_the_cookies_of_rooms_that_are_shut_are_thrown_away(
    county: County, anna: PageClient, family: Room
) -> None:
    alva = Guardian(county)
    alva.opens(*invite(anna, family.case_id, family.guardians["Alva Testlund"]))
    before = alva.cookie_name
    alva.opens(*invite(anna, family.case_id, family.guardians["Alva Testlund"]))
    assert alva.client.get_cookie(before, path="/home/") is None
    assert alva.cookie


def test_a_form_from_somewhere_else_is_not_taken(alva: Guardian) -> None:
    for data in ({}, {"token": "x"}, {"token": ""}):
        answer = alva.post("area/hemmet", data={**data, "card": "calm"})
        assert answer.status_code == 404
    token = alva.page("").forms[0]["fields"]
    for path in ("area/hemmet", "done", "leave"):
        answer = alva.post(
            f"{path}", data={**token, "card": "calm"},
            headers={"Sec-Fetch-Site": "cross-site"},
        )  # fmt: skip
        assert answer.status_code == 404
    assert "Du har inte sagt något" in alva.text("read")


def test_strange_areas_and_cards_are_not_found(alva: Guardian) -> None:
    assert alva.get("area/annat").status_code == 404
    token = alva.page("").forms[0]["fields"]
    for card in ("", "x", "sleeps"):
        answer = alva.post("area/hemmet", data={**token, "card": card})
        assert answer.status_code == 404


def test_the_log_names_the_case_and_no_word(alva: Guardian, county: County) -> None:
    alva.says("hemmet", "calm", wish="En hemlig önskan")
    alva.is_done()
    events = county.events("guardian_statement:said")
    assert len(events) == 1
    assert events[0].staff_id is None
    assert "önskan" not in str([vars(one) for one in events])


# Its words.


@pytest.mark.parametrize("language", GUARDIANS)
def test_each_area_has_strengths_before_worries_in_every_language(language: str) -> None:
    areas = guardian_view.areas(language)
    assert [area.key for area in areas] == list(AREAS)
    swedish = {card.key: card.label for a in guardian_view.areas("sv") for card in _cards(a)}
    pictures = set(every_symbol())
    for area in areas:
        assert len(area.strengths) >= 4 and len(area.worries) >= 4
        assert {card.kind for card in area.strengths} == {Kind.STRENGTH}
        assert {card.kind for card in area.worries} == {Kind.WORRY}
        assert area.question.endswith(("?", "؟"))
        keys = [card.key for card in _cards(area)]
        assert len(set(keys)) == len(keys)
        for card in _cards(area):
            assert card.symbol in pictures, card
            assert card.label.strip(), card
            assert language == "sv" or card.label != swedish[card.key], card


def test_health_is_more_than_the_mind_and_home_is_also_money_and_getting_about() -> None:
    """R038 and R039, each as a strength and as a worry."""
    for key, wanted in (
        ("halsa", {"physical", "mental", "sleep", "teeth", "disability"}),
        ("hemmet", {"economy", "mobility"}),
    ):
        area = guardian_view.area("sv", key)
        for cards in (area.strengths, area.worries):
            assert wanted <= {card.about for card in cards}
    blame = re.compile(r"\b(borde|måste du|slarv\w*|ditt fel|misskö\w*|ansvarslös\w*)\b", re.I)
    for area in guardian_view.areas("sv"):
        assert not [c.label for c in _cards(area) if blame.search(c.label)]


def _cards(area: guardian_view.GuardianArea) -> tuple[guardian_view.GuardianCard, ...]:
    return (*area.strengths, *area.worries)


LIX = 35  # and below: everyday Swedish, such as a children's book or a short news item


def test_the_swedish_of_a_guardians_pages_is_easy_to_read(
    alva: Guardian, county: County, anna: PageClient, family: Room
) -> None:
    """Everything on every page, as LIX counts it, and no page alone is hard."""
    texts = []
    alva.says("hemmet", "calm", "money")
    family.county.change(lambda: _tell(family))
    _has_a_login(county)
    for path in (*ROOM, "nothing", f"login/{SOME_ID}"):
        texts.append((path, _sentences(alva.get(path).text)))
    link, _code = invite(anna, family.case_id, family.guardians["Bo Testlund"])
    texts.append(("door", _sentences(county.hub.test_client().get(link).text)))
    for wrong in ({"code": "000"}, {"way": "login", "code": _code}):
        said = county.hub.test_client().post(link, data=wrong).text
        texts.append((str(wrong), _sentences(said)))
    texts.append(("left", _sentences(alva.sends("", "/leave").text)))
    texts += _texts_of_the_way_in(county)
    pieces = FlaskClient(county.hub, county.hub.response_class).get("/tablet/sv/guardian").text
    texts.append(("tablet", _sentences(pieces)))
    assert sum(len(of_it) for _, of_it in texts) > 300
    for path, of_it in texts:
        assert _lix(of_it) <= LIX, (path, _lix(of_it), of_it)
    everything = [sentence for _, of_it in texts for sentence in of_it]
    assert _lix(everything) <= LIX - 5


def _texts_of_the_way_in(county: County) -> list[tuple[str, list[str]]]:
    """What is met on paper, in a message and on the way to a login and back."""
    provider = {"name": "Kommunens sida"}
    with county.hub.test_request_context("/home/sv/x"):
        g.home_language = "sv"
        pages = {
            name: render_template(
                f"home/{name}.html", address="", url="#", qr="", until=clock.now(),
                provider=provider, room="0" * 16, unsaved=["Ro."],
            )
            for name in ("letter", "message", "onwards", "inside", "shut", "lost")
        }  # fmt: skip
    return [(name, _sentences(page)) for name, page in pages.items()]


def _tell(family: Room) -> None:
    """Something that a guardian needs to know, so that its page has all its sentences."""
    case = family._case()
    alva = db.session.get_one(guardian.Guardian, family.guardians["Alva Testlund"])
    item = showing.find(case, family.county.ring, f"{family.conversation_id}/said/hemmet/1")
    words = {"text": "Mira vill ha lugn.", "because": "x", "child_told_how": "x"}
    showing.inform(db.session, family.key, alva, item, words, clock.today(), family.by, clock.now())
    showing.decide(
        db.session, family.county.ring, case, alva,
        {f"{family.conversation_id}/said/hemmet/0"}, family.by, clock.now(),
    )  # fmt: skip


def _has_a_login(county: County) -> None:
    """Of a provider that does not answer."""

    def keep() -> None:
        owner = db.session.get_one(Unit, county.id("Exempelskolan")).organisation
        words = {"name": "Kommunens sida", "issuer": "http://127.0.0.1:9", "client_id": "x"}
        identity.keep(db.session, county.ring, owner, words)

    county.change(keep)


def test_lix_is_counted_as_its_inventor_did() -> None:
    assert _lix(["Katten sitter på en matta."]) == 5 + 0
    assert _lix(["Samverkansmötet dokumenteras."]) == 2 + 100


def _sentences(html: str) -> list[str]:
    """What a reader meets, cut where a block or a sentence ends; names of people and languages
    are nobody's choice of words."""
    body = re.sub(r"(?s)<(script|style|title|nav)\b.*?</\1>", " ", html.split("<body>")[-1])
    body = re.sub(r'(?s)<p class="languages".*?</p>', " ", body)
    ends = "p|h[1-6]|li|dt|dd|button|label|legend|strong|small|a|option|br"
    blocks = re.sub(rf"</?(?:{ends})\b[^>]*>", ". ", body)
    text = re.sub(r"<[^>]+>", " ", blocks)
    found = [part.strip() for part in re.split(r"[.!?:]\s", text)]
    return [part for part in found if re.search(r"[a-zåäö]", part, re.IGNORECASE)]


def _lix(sentences: list[str]) -> float:
    words = [word for one in sentences for word in re.findall(r"[a-zåäöé]+", one, re.IGNORECASE)]
    long = [word for word in words if len(word) > 6]
    return len(words) / len(sentences) + 100 * len(long) / len(words)


BYTES = 60_000  # to the first use: what a slow telephone fetches of the door, the start and an area


def test_a_slow_telephone_fetches_less_than_60_kb_to_the_first_use(alva: Guardian) -> None:
    for path in ROOM:
        sizes = _fetched(alva, alva.at(path))
        assert any(one.endswith(".css") for one in sizes)
        assert sum(sizes.values()) < BYTES, (path, sizes)


@pytest.mark.parametrize("language", GUARDIANS)
def test_the_way_from_the_door_to_any_area_is_less_than_60_kb(
    county: County, anna: PageClient, family: Room, language: str
) -> None:
    link, code = invite(anna, family.case_id, family.guardians["Alva Testlund"], language)
    alva = Guardian(county)
    door = {**_fetched(alva, link)}
    alva.opens(link, code)
    start = _fetched(alva, alva.home)
    for key in AREAS:
        sizes = {**door, **start, **_fetched(alva, alva.at(f"area/{key}"))}
        assert any(one.endswith(f"{key}.svg") for one in sizes)
        assert any(one.endswith("base.css") for one in sizes)
        assert sum(sizes.values()) < BYTES, (key, sum(sizes.values()), sizes)


def _fetched(guardian: Guardian, address: str) -> dict[str, int]:
    """Address of each file of a page → bytes on the wire."""
    files = {address} | {
        attrs[name]
        for tag, attrs in guardian.page(address).tags
        for name in ("src", "href")
        if name in attrs and tag in {"link", "script", "img"}
    }
    return {one: _size(guardian, one) for one in files}


@pytest.mark.parametrize("name", ["areas", *AREAS])
def test_a_sheet_holds_each_picture_once_and_whole(hub: Flask, name: str) -> None:
    text = hub.test_client().get(f"/pictures/{name}.svg").get_data(as_text=True)
    (sheet, *parts) = ElementTree.fromstring(text).iterfind(".")
    assert not parts
    assert [one.get("y") for one in sheet] == [str(128 * n) for n in range(len(sheet))]
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r"#([\w-]*[A-Za-z]\d?[\w-]{7,})", text)) <= set(ids)
    symbols = [one.symbol for one in guardian_view.areas("sv")]
    if name != "areas":
        symbols = [one.symbol for one in _cards(guardian_view.area("sv", name))]
    assert len(sheet) == len(symbols)


def test_a_guardians_page_fetches_no_typeface() -> None:
    style = Path(pdf.STATIC / "css" / "home.css").read_text("utf-8")
    assert re.findall(r"url\(([^)]*)\)", style) == ['"base.css"']
    own = re.search(r"--font:([^;]+);", style)
    assert own and not {"Atkinson", "Noto"} & set(re.findall(r"\w+", own[1]))


def _size(guardian: Guardian, address: str) -> int:
    """Of the bytes on the wire, for a browser that takes what every browser takes."""
    with guardian.client.get(address, headers={"Accept-Encoding": "br, gzip"}) as answer:
        assert answer.status_code == 200, address
        return len(answer.get_data())
