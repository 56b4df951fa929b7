"""Closed by default: who reaches what, door by door and person by person."""

from __future__ import annotations

import re

import pytest
from county import County
from flask import Flask
from page_client import PageClient

from kid_wheel import create_app
from kid_wheel.config import Config
from kid_wheel.db import db
from kid_wheel.people import Assignment
from kid_wheel.permissions import Permission, UndeclaredView, check_every_view_declares
from kid_wheel.views.sign_in import DECLARED

STAFF_ONLY = {
    Permission.SIGNED_IN,
    Permission.CASE_LIST,
    Permission.CASE_READ,
    Permission.UNIT_ADMINISTER,
}
SOME_ID = "00000000-0000-4000-8000-000000000000"


def test_a_view_that_has_not_said_who_may_use_it_stops_the_app(hub: Flask) -> None:
    hub.view_functions["forgotten"] = lambda: ""
    with pytest.raises(UndeclaredView, match="forgotten"):
        check_every_view_declares(hub, DECLARED | {"static": Permission.OPEN})


def test_an_unknown_visitor_sees_the_sign_in_and_nothing_else(hub: Flask, county: County) -> None:
    client = hub.test_client()
    closed = [a for a, permission in _addresses(hub) if permission in STAFF_ONLY]
    assert len(closed) > 10
    for address in closed:
        answer = client.get(address)
        assert answer.status_code == 302, address
        assert answer.location.startswith("/sign-in"), address


def test_a_fragment_sends_an_unknown_visitor_to_the_sign_in(hub: Flask, county: County) -> None:
    answer = hub.test_client().get("/case/", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == "/sign-in?next=/case/"


# Each case says for itself who of them may: a door that is open to a role opens no case.
OF_A_CASE = {
    Permission.CASE_READ,
    Permission.CASE_MOVE,
    Permission.CASE_COORDINATE,
    Permission.SIGNAL_SEND,
}


@pytest.mark.parametrize(
    ("name", "opens"),
    [
        ("Anna", {Permission.SIGNED_IN, Permission.CASE_LIST, *OF_A_CASE}),
        ("Dina", {Permission.SIGNED_IN, Permission.CASE_LIST, *OF_A_CASE}),
        ("Mona", {Permission.SIGNED_IN, *OF_A_CASE} - {Permission.CASE_MOVE}),
        ("Arvid", {Permission.SIGNED_IN, Permission.UNIT_ADMINISTER}),
    ],
)
def test_a_person_reaches_only_what_their_assignment_opens(
    hub: Flask, county: County, name: str, opens: set[Permission]
) -> None:
    client = county.sign_in(name)
    for address, permission in _addresses(hub):
        if permission in STAFF_ONLY:
            refused = client.get(address).status_code == 403
            assert refused == (permission not in opens), address


@pytest.mark.parametrize("name", ["Bodil", "Mona", "Arvid", "Bert", "Cesar", "Bim"])
def test_nobody_but_the_ansvarig_and_her_deputy_reads_a_case(county: County, name: str) -> None:
    case_id, conversation_id = county.receive(county.make_record(alias="Mira"))
    client = county.sign_in(name)
    for address in (f"/case/{case_id}", f"/case/{case_id}/conversation/{conversation_id}"):
        answer = client.get(address)
        assert answer.status_code in {403, 404}
        assert "Mira" not in answer.text
    assert not county.events("conversation:read")
    for reader in ("Anna", "Dina"):
        county.sign_in(reader).page(f"/case/{case_id}")


def test_a_case_of_anothers_looks_like_one_that_does_not_exist_and_the_attempt_is_kept(
    county: County,
) -> None:
    case_id, conversation_id = county.receive(county.make_record())
    client = county.sign_in("Bodil")
    strange = client.get(f"/case/{case_id}")
    missing = client.get(f"/case/{SOME_ID}")
    assert strange.status_code == missing.status_code == 404
    token = re.compile(r'name="csrf_token"[^>]*>')  # it tells the second in which it was made
    strange_page, missing_page = (token.sub("", one.text) for one in (strange, missing))
    assert strange_page.replace(case_id, SOME_ID) == missing_page
    client.get(f"/case/{case_id}/conversation/{conversation_id}")
    denied = county.events("access:denied", staff_id=county.id("Bodil"))
    assert [event.case_id for event in denied] == [case_id, case_id]


def test_a_conversation_is_not_read_through_another_case(county: County) -> None:
    mine, _ = county.receive(county.make_record("Demoskolan"))
    _theirs, conversation_id = county.receive(county.make_record())
    client = county.sign_in("Bodil")
    assert client.get(f"/case/{mine}").status_code == 200
    assert client.get(f"/case/{mine}/conversation/{conversation_id}").status_code == 404


def test_an_administrator_reaches_nothing_of_another_huvudman(county: County) -> None:
    client = county.sign_in("Arvid")
    page = client.page("/admin/")
    token = {"csrf_token": page.forms[0]["fields"]["csrf_token"]}
    unit, person = county.id("Demoskolan"), county.id("Bodil")
    tablet = county.tablet("Demoskolan")
    assignment = county.change(lambda: _assignment_of(person))
    for address in (
        f"/admin/unit/{unit}",
        f"/admin/staff/{person}",
        f"/admin/tablet/{tablet}/revoke",
    ):
        assert client.get(address).status_code == 404, address
    for address in (
        f"/admin/unit/{unit}/tablet",
        f"/admin/tablet/{tablet}/code",
        f"/admin/tablet/{tablet}/revoke",
        f"/admin/staff/{person}/deactivate",
        f"/admin/staff/{person}/password",
        f"/admin/staff/{person}/second-factor",
        f"/admin/staff/{person}/assignment",
        f"/admin/staff/{person}/assignment/{assignment}/end",
        f"/admin/staff/{county.id('Anna')}/assignment/{assignment}/end",
    ):
        assert client.post(address, data={**token, "name": "x"}).status_code == 404, address
    assert len(county.events("access:denied", staff_id=county.id("Arvid"))) == 11
    assert county.sign_in("Bodil").get("/case/").status_code == 200


def test_nobody_is_put_in_a_unit_of_another_huvudman(county: County) -> None:
    client = county.sign_in("Arvid")
    at = f"/admin/staff/{county.id('Mona')}"
    answer = client.send(at, action="/assignment", role="deputy", unit=county.id("Demoskolan"))
    assert answer.status_code == 422
    there = client.send(
        "/admin/staff/new",
        name="Nils",
        email="nils@demo.example",
        role="staff",
        units=county.id("Demoskolan"),
    )
    assert there.status_code == 422
    assert not county.events("assignment:made")


def test_nobody_makes_an_administrator(county: County) -> None:
    client = county.sign_in("Arvid")
    at = f"/admin/staff/{county.id('Arvid')}"
    fields = {"role": "administrator", "unit": county.id("Exempelskolan")}
    assert client.send(at, action="/assignment", **fields).status_code == 422


def test_every_page_of_a_signed_in_person_reminds_of_orosanmalan(
    hub: Flask, county: County
) -> None:
    case_id, conversation_id = county.receive(county.make_record())
    anna, arvid = county.sign_in("Anna"), county.sign_in("Arvid")
    pages = [
        (anna, ["/case/", f"/case/{case_id}", f"/case/{case_id}/conversation/{conversation_id}"]),
        (anna, ["/account", "/account/password", "/account/second-factor", "/about"]),
        (arvid, ["/admin/", f"/admin/unit/{county.id('Exempelskolan')}", "/admin/staff/new"]),
        (arvid, [f"/admin/staff/{county.id('Mona')}"]),
        (county.sign_in("Mona"), ["/welcome"]),
    ]
    for client, addresses in pages:
        for address in addresses:
            page = client.page(address)
            assert "ersätter inte orosanmälan" in page.text and "112" in page.text, address
            assert "nmälan skickad" not in page.text
    assert "orosanmälan" not in hub.test_client().page("/sign-in").text


def test_only_a_demo_says_that_its_people_are_made_up(
    hub: Flask, client: PageClient, tmp_path: object
) -> None:
    assert "PÅHITTADE UPPGIFTER" not in client.page("/sign-in").text
    demo = create_app(Config(instance=tmp_path / "demo", demo=True, testing=True))  # type: ignore[operator]
    demo.test_client_class = PageClient
    assert "PÅHITTADE UPPGIFTER" in demo.test_client().page("/sign-in").text  # type: ignore[attr-defined]


def _addresses(hub: Flask) -> list[tuple[str, Permission]]:
    """An address of every view that one can look at, with what it requires."""
    found = []
    for rule in hub.url_map.iter_rules():
        permission = getattr(hub.view_functions[rule.endpoint], "permission", None)
        if permission is not None and "GET" in (rule.methods or ()):
            ids = dict.fromkeys(rule.arguments, SOME_ID)
            if not {"language", "variant", "code", "link"} & set(ids):
                with hub.test_request_context():
                    found.append((hub.url_for(rule.endpoint, **ids), permission))
    return found


def _assignment_of(person: str) -> str:
    return db.session.query(Assignment).filter_by(staff_id=person).one().id
