"""The demo county: whole, the same every time, and nobody in it exists."""

from __future__ import annotations

import pytest
from county import NOW, County
from family import Guardian
from flask import Flask
from page_client import PageClient
from sqlalchemy import func, select

from kid_wheel import audit, demo, guardian
from kid_wheel.case import Case, check_letter
from kid_wheel.conversation import Conversation
from kid_wheel.db import db
from kid_wheel.people import Assignment, Organisation, OrganisationKind, Role, Staff, Unit
from kid_wheel.routing import MUNICIPALITIES, NEVER_ANSVARIG, UnitKind


@pytest.fixture
def filled(hub: Flask) -> list[demo.Login]:
    with hub.app_context():
        return demo.fill(db.session, hub.extensions["key_ring"], NOW)


def test_the_county_has_its_ten_huvudman_and_two_independent_schools(
    hub: Flask, filled: list[demo.Login]
) -> None:
    with hub.app_context():
        kinds = [organisation.kind for organisation in db.session.query(Organisation)]
        assert kinds.count(OrganisationKind.MUNICIPALITY) == 9
        assert kinds.count(OrganisationKind.REGION) == 1
        independent = select(Organisation.joined_on).where(
            Organisation.kind == OrganisationKind.INDEPENDENT
        )
        assert sorted(map(bool, db.session.scalars(independent))) == [False, True]


def test_every_municipality_has_every_kind_of_unit(hub: Flask, filled: list[demo.Login]) -> None:
    with hub.app_context():
        for slug in MUNICIPALITIES:
            kinds = {unit.kind for unit in db.session.query(Unit).filter_by(municipality=slug)}
            assert kinds >= {*UnitKind} - {UnitKind.BUP, UnitKind.VARD}, slug


def test_every_joined_unit_has_exactly_one_ansvarig(hub: Flask, filled: list[demo.Login]) -> None:
    with hub.app_context():
        for unit in db.session.query(Unit):
            found = db.session.query(Assignment).filter_by(unit_id=unit.id, role=Role.ANSVARIG)
            can_have = unit.organisation.joined_on and unit.kind not in NEVER_ANSVARIG
            assert found.count() == bool(can_have), unit.name


def test_filling_twice_changes_nothing(hub: Flask, filled: list[demo.Login]) -> None:
    tables = (Organisation, Unit, Staff, Assignment, Case, Conversation, audit.AuditEvent)
    with hub.app_context():
        count = [db.session.scalar(select(func.count()).select_from(table)) for table in tables]
        again = demo.fill(db.session, hub.extensions["key_ring"], NOW)
        assert again == filled
        assert count == [
            db.session.scalar(select(func.count()).select_from(table)) for table in tables
        ]


def test_the_children_have_cases_with_codes_one_can_remember(
    hub: Flask, filled: list[demo.Login]
) -> None:
    with hub.app_context():
        codes = sorted(db.session.scalars(select(Case.code)))
        assert [code[:5] for code in codes] == ["DEM02", "DEM03", "DEM04", "DEM05", "DEM06"]
        assert all(code[5] == check_letter(code[:5]) for code in codes)


def test_everybody_who_is_named_comes_in_and_the_ansvarig_has_something_to_read(
    hub: Flask, filled: list[demo.Login]
) -> None:
    for login in filled:
        client = hub.test_client()
        answer = client.send("/sign-in", email=login.email, password=demo.PASSWORD)  # type: ignore[attr-defined]
        assert answer.status_code == 302, login
        place = client.get("/").location
        assert (place == "/case/") == ("inkorgen" in login.sees), login
    client = _client(hub, filled[0])
    case_id = demo.id_of("conversation", "DEMO-04")
    with hub.app_context():
        case_id = db.session.get_one(Conversation, case_id).case_id
    conversation = f"/case/{case_id}/conversation/{demo.id_of('conversation', 'DEMO-04')}"
    page = client.page(conversation)
    assert "Jag vill att de slutar bråka när jag ska plugga." in page.text
    assert "Mira" in client.page("/case/").text


def test_a_guardian_is_let_in_with_what_is_printed(
    hub: Flask, county: County, filled: list[demo.Login]
) -> None:
    for _start in range(2):  # a second start gives a link that works too
        with hub.app_context():
            link, code = demo.invite_guardian(db.session, hub.extensions["key_ring"], NOW)
        alva = Guardian(county)
        assert alva.opens(f"/home/sv/{link}", code).status_code == 303
    alva.says("hemmet", "calm")
    assert "Speciallärare Demo" in alva.text("asked")
    assert "Undersöka synen." in alva.text("back")
    with hub.app_context():
        assert db.session.query(guardian.Guardian).count() == 1


def test_the_other_county_of_the_tests_sees_nothing_of_it(
    hub: Flask, county: County, filled: list[demo.Login]
) -> None:
    assert "Mira" not in county.sign_in("Anna").page("/case/").text


def _client(hub: Flask, login: demo.Login) -> PageClient:
    client: PageClient = hub.test_client()  # type: ignore[assignment]
    client.send("/sign-in", email=login.email, password=demo.PASSWORD)
    return client
