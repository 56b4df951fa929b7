"""What a tablet may ask the hub: to be let in, who works here, and nothing about a child."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from county import NOW, PASSWORD, Clock, County, mail
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from sealing import Sender, seal
from sqlalchemy import select

from kid_wheel import clock
from kid_wheel.case import CASE_CODE_LENGTH, check_letter
from kid_wheel.config import FAILED_SIGN_IN_WINDOW, MAX_FAILED_SIGN_INS
from kid_wheel.conversation import open_sealed
from kid_wheel.db import db
from kid_wheel.keys import SUITE, KeyRing
from kid_wheel.people import Unit
from kid_wheel.tablet import CODE_ALPHABET, Tablet, invite, renew_code, revoke

DRAFT_KEY = bytes(range(32))


@pytest.fixture
def tablet(county: County) -> Sender:
    return Sender(county.hub, county.tablet("Exempelskolan"))


# To be let in.


def test_a_code_lets_a_tablet_in_and_gives_it_all_it_needs_without_net(county: County) -> None:
    code = _invite(county)
    answer = _enrol(county.hub, code)
    assert answer.status_code == 201
    told = answer.json
    assert told["unit"]["name"] == "Exempelskolan"
    assert (told["organisation"], told["ansvarig"]) == ("Provkommunen", "Anna Påhittsson")
    assert told["hub_key"] == county.ring.public_json()
    (event,) = county.events("tablet:enrolled")
    assert (event.tablet_id, event.unit_id) == (told["tablet"], county.id("Exempelskolan"))


def test_a_tablet_that_was_let_in_can_send_at_once(county: County) -> None:
    told = _enrol(county.hub, _invite(county)).json
    sender = Sender(county.hub, told["tablet"], token=told["token"])
    assert sender.send({**county.make_record(), "tablet": told["tablet"]}).status_code == 201


def test_a_code_is_understood_as_a_person_types_it(county: County) -> None:
    code = _invite(county)
    county.change(lambda: setattr(_tablet_of(code), "code_hash", _sha256("01AB1XYZ")))
    assert _enrol(county.hub, " oiab-lxyz ").status_code == 201


def test_a_wrong_code_is_refused(county: County) -> None:
    _invite(county)
    for code in ("ZZZZZZZZ", "", "hej", "å" * 500, "' or 1=1 --"):
        _assert_problem(_enrol(county.hub, code), 404, "code-unknown", "Läs den en gång till")
    assert len(county.events("tablet:code_refused")) == 5


def test_a_code_lets_one_tablet_in(county: County) -> None:
    code = _invite(county)
    assert _enrol(county.hub, code).status_code == 201
    _assert_problem(_enrol(county.hub, code), 410, "code-used", "Be er administratör om en ny")


def test_a_code_lives_for_fifteen_minutes(county: County, time: Clock) -> None:
    code, late = _invite(county), _invite(county)
    time.pass_(minutes=15)
    assert _enrol(county.hub, code).status_code == 201
    time.pass_(seconds=1)
    _assert_problem(_enrol(county.hub, late), 410, "code-expired", "gällde i 15 minuter")


def test_a_revoked_tablet_is_not_let_in_with_its_old_code(county: County) -> None:
    code = _invite(county)
    county.change(lambda: revoke(_tablet_of(code), NOW))
    _assert_problem(_enrol(county.hub, code), 410, "code-used", "Be er administratör om en ny")


def test_a_new_code_for_a_tablet_ends_the_older_code_and_token(
    county: County, tablet: Sender
) -> None:
    older = _invite(county)
    newer = county.change(lambda: renew_code(_tablet_of(older), NOW))
    assert _enrol(county.hub, older).status_code == 404
    assert _enrol(county.hub, newer).status_code == 201
    county.change(lambda: renew_code(db.session.get_one(Tablet, tablet.id), NOW))
    _assert_problem(tablet.ask("state"), 401, "tablet-unknown", "Be er administratör om en ny kod")


def test_after_eight_wrong_codes_the_door_is_closed_for_a_while_also_for_the_right_one(
    county: County, time: Clock
) -> None:
    for _ in range(MAX_FAILED_SIGN_INS):
        assert _enrol(county.hub, "ZZZZZZZZ").status_code == 404
    code = _invite(county)
    _assert_problem(_enrol(county.hub, code), 429, "too-many-tries", "Vänta en kvart")
    assert _enrol(county.hub, code, address="192.0.2.7").status_code == 201, "others come in"
    time.pass_(seconds=FAILED_SIGN_IN_WINDOW.total_seconds() + 1)
    assert _enrol(county.hub, _invite(county)).status_code == 201


def test_who_tried_a_code_is_counted_but_not_written_down(county: County) -> None:
    _enrol(county.hub, "ZZZZZZZZ", address="192.0.2.7")
    (event,) = county.events("tablet:code_refused")
    assert "192.0.2.7" not in event.detail
    assert set(event.detail) <= set("0123456789abcdef")


def test_neither_code_nor_token_is_on_the_hubs_disk(
    county: County, on_disk: Callable[[], bytes]
) -> None:
    code = _invite(county)
    answer = _enrol(county.hub, code).json
    found = on_disk()
    assert _sha256(answer["token"]).encode() in found, "the search finds what is there"
    assert answer["token"].encode() not in found
    assert code.encode() not in found


@pytest.mark.parametrize("body", [None, [], "ABCDEFGH", {}, {"code": 7}, {"code": None}])
def test_a_request_without_a_code_is_told_what_is_missing(county: County, body: Any) -> None:
    answer = county.hub.test_client().post("/tablet/api/enrolment", json=body)
    _assert_problem(answer, 400, "missing-code", "Något saknas")


# What a tablet is told.


def test_the_state_holds_every_unit_and_the_hubs_public_key(county: County, tablet: Sender) -> None:
    told = tablet.ask("state").json
    assert {unit["name"] for unit in told["units"]} == {
        "Exempelskolan",
        "Demoskolan",
        "Centralt Provkommunen",
        "Centralt Demokommunen",
    }
    assert told["hub_key"] == county.ring.public_json()
    public = base64.urlsafe_b64decode(told["hub_key"]["public"] + "=")
    assert len(public) == 65 and public[0] == 4


def test_the_state_names_the_tablets_own_unit_and_who_works_there(
    county: County, tablet: Sender
) -> None:
    told = tablet.ask("state").json
    assert told["unit"]["id"] == county.id("Exempelskolan")
    assert set(told["staff"]) == {county.id(name) for name in ("Anna", "Dina", "Mona")}


def test_the_state_tells_nothing_secret(county: County, tablet: Sender) -> None:
    county.receive(county.make_record(alias="Kanariealias"))
    answer = tablet.ask("state").text
    for secret in ("Kanariealias", tablet.token, _sha256(tablet.token), "PRIVATE", mail("Anna")):
        assert secret not in answer


def test_a_revoked_tablet_is_told_so_whatever_it_asks(county: County, tablet: Sender) -> None:
    county.change(lambda: revoke(db.session.get_one(Tablet, tablet.id), NOW))
    for answer in (
        tablet.ask("state"),
        tablet.ask("case/ABCDEF"),
        tablet.ask("staff", email=mail("Mona"), password=PASSWORD),
        tablet.ask("draft-key", email=mail("Mona"), password=PASSWORD, sealed="AA"),
    ):
        _assert_problem(answer, 410, "tablet-revoked", "Prata med er administratör")


def test_a_stranger_is_told_nothing(county: County, tablet: Sender) -> None:
    tablet.token = "fel"
    for answer in (
        tablet.ask("state"),
        tablet.ask("case/ABCDEF"),
        tablet.ask("staff", email=mail("Mona"), password=PASSWORD),
        tablet.ask("draft-key", email=mail("Mona"), password=PASSWORD, sealed="AA"),
    ):
        _assert_problem(answer, 401, "tablet-unknown", "Be er administratör om en ny kod")


# A case code.


def test_a_known_case_code_is_confirmed_and_nothing_else_is_said(
    county: County, tablet: Sender
) -> None:
    case_id, _ = county.receive(county.make_record())
    code = county.code_of(case_id)
    for typed in (code, code.lower()):
        answer = tablet.ask(f"case/{typed}")
        assert (answer.status_code, answer.json) == (200, {"earlier": False, "letter": False})


def test_a_case_code_nobody_has_is_to_be_read_again(county: County, tablet: Sender) -> None:
    case_id, _ = county.receive(county.make_record())
    code = county.code_of(case_id)
    letters = code[1:-1] + code[0]
    other = letters + check_letter(letters)
    assert len(other) == CASE_CODE_LENGTH and set(other) <= set(CODE_ALPHABET)
    for typed in (other, "ZZZZZ", "%20", "a" * 300):
        _assert_problem(tablet.ask(f"case/{typed}"), 404, "case-unknown", "Läs koden en gång till")


# The staff at a tablet.


def test_staff_of_the_unit_sign_in_at_its_tablet(county: County, tablet: Sender) -> None:
    answer = tablet.ask("staff", email=f" {mail('Mona').upper()}", password=PASSWORD)
    assert answer.status_code == 200
    assert answer.json == {"id": county.id("Mona"), "name": "Mona Påhittsson", "title": ""}
    assert "Set-Cookie" not in answer.headers, "a tablet is no way into the hub"


def test_a_wrong_password_is_refused_as_an_unknown_address_is(
    county: County, tablet: Sender
) -> None:
    wrong = tablet.ask("staff", email=mail("Mona"), password="fel lösenord här")
    nobody = tablet.ask("staff", email="ingen@demo.example", password=PASSWORD)
    for answer in (wrong, nobody):
        _assert_problem(answer, 401, "wrong-credentials", "stämmer inte")
    assert wrong.data == nobody.data


def test_somebody_from_another_unit_does_not_work_on_this_tablet(
    county: County, tablet: Sender
) -> None:
    for name in ("Bim", "Cesar", "Arvid"):
        answer = tablet.ask("staff", email=mail(name), password=PASSWORD)
        _assert_problem(answer, 403, "not-this-unit", "Prata med er administratör")


def test_too_many_wrong_passwords_at_a_tablet_close_that_account_for_a_while(
    county: County, tablet: Sender, time: Clock
) -> None:
    for _ in range(MAX_FAILED_SIGN_INS):
        assert tablet.ask("staff", email=mail("Mona"), password="fel").status_code == 401
    closed = tablet.ask("staff", email=mail("Mona"), password=PASSWORD)
    _assert_problem(closed, 429, "too-many-tries", "Vänta en kvart")
    assert tablet.ask("staff", email=mail("Anna"), password=PASSWORD).status_code == 200
    time.pass_(seconds=FAILED_SIGN_IN_WINDOW.total_seconds() + 1)
    assert tablet.ask("staff", email=mail("Mona"), password=PASSWORD).status_code == 200


def test_signing_in_at_a_tablet_needs_both_address_and_password(
    county: County, tablet: Sender
) -> None:
    _assert_problem(tablet.ask("staff", password=PASSWORD), 400, "missing-email", "saknas")
    _assert_problem(tablet.ask("staff", email=mail("Mona")), 400, "missing-password", "saknas")


# A forgotten PIN.


def test_a_draft_key_comes_back_to_its_owner(county: County, tablet: Sender) -> None:
    answer = _draft_key(county, tablet, laid_away_by="Mona", asked_by="Mona")
    assert answer.status_code == 200
    assert base64.urlsafe_b64decode(answer.json["key"] + "=") == DRAFT_KEY
    (event,) = county.events("draft_key:returned")
    assert (event.staff_id, event.tablet_id) == (county.id("Mona"), tablet.id)


def test_a_draft_key_comes_back_to_nobody_but_its_owner(county: County, tablet: Sender) -> None:
    answer = _draft_key(county, tablet, laid_away_by="Mona", asked_by="Anna")
    _assert_problem(answer, 422, "broken-seal", "Kontakta supporten")
    assert county.events("draft_key:returned") == []


def test_a_draft_key_comes_back_only_with_the_password(county: County, tablet: Sender) -> None:
    answer = _draft_key(county, tablet, laid_away_by="Mona", asked_by="Mona", password="fel")
    _assert_problem(answer, 401, "wrong-credentials", "stämmer inte")


def test_a_draft_key_comes_back_only_in_its_owners_unit(county: County, tablet: Sender) -> None:
    answer = _draft_key(county, tablet, laid_away_by="Bim", asked_by="Bim")
    _assert_problem(answer, 403, "not-this-unit", "Prata med er administratör")


def test_a_sealed_conversation_is_not_opened_as_a_draft_key(county: County, tablet: Sender) -> None:
    record = county.make_record()
    sealed = seal(county.ring, record)
    assert open_sealed(county.ring, sealed, record["id"])[0] == record
    for part in (sealed, sealed[20:], b"", b"KWS"):
        answer = tablet.ask(
            "draft-key",
            email=mail("Mona"),
            password=PASSWORD,
            sealed=base64.urlsafe_b64encode(part).decode(),
        )
        _assert_problem(answer, 422, "broken-seal", "Kontakta supporten")


def test_what_is_not_base64_is_told_so(county: County, tablet: Sender) -> None:
    answer = tablet.ask("draft-key", email=mail("Mona"), password=PASSWORD, sealed="å")
    _assert_problem(answer, 400, "not-base64", "Något saknas")


def _invite(county: County) -> str:
    def do() -> str:
        unit = db.session.scalars(select(Unit).where(Unit.name == "Exempelskolan")).one()
        return invite(db.session, unit, "Blå fodralet", clock.now())[1]

    code: str = county.change(do)
    return code


def _tablet_of(code: str) -> Tablet:
    return db.session.scalars(select(Tablet).where(Tablet.code_hash == _sha256(code))).one()


def _enrol(hub: Flask, code: str, address: str = "192.0.2.1") -> Any:
    return hub.test_client().post(
        "/tablet/api/enrolment", json={"code": code}, environ_base={"REMOTE_ADDR": address}
    )


def _draft_key(
    county: County, tablet: Sender, laid_away_by: str, asked_by: str, password: str = PASSWORD
) -> Any:
    sealed = _laid_away(county.ring, county.id(laid_away_by))
    return tablet.ask("draft-key", email=mail(asked_by), password=password, sealed=sealed)


def _laid_away(ring: KeyRing, staff_id: str) -> str:
    """A draft key sealed to the hub, as store/worker.js does when a PIN is chosen."""
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), ring.public)
    info = b"kid-wheel/draft-key/1|" + staff_id.encode()
    sealed = ring.key_id + SUITE.encrypt(DRAFT_KEY, public, info=info)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _assert_problem(answer: Any, status: int, kind: str, words: str) -> None:
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json["type"] == f"urn:kid-wheel:{kind}"
    assert words in answer.json["title"]
