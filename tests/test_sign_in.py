"""The staff's way in: who is let in, who is not, and what is said about it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from county import PASSWORD, Clock, County, mail
from flask import Flask
from page_client import Page, PageClient
from passlib.totp import TOTP

from kid_wheel.config import IDLE_LIFETIME, MAX_FAILED_SIGN_INS
from kid_wheel.db import db
from kid_wheel.people import Staff
from kid_wheel.views.sign_in import (
    NeedsSecondFactor,
    TooManyTries,
    WrongCredentials,
    check_credentials,
)


@pytest.mark.parametrize(
    ("name", "place"),
    [("Anna", "/case/"), ("Dina", "/case/"), ("Arvid", "/admin/"), ("Mona", "/welcome")],
)
def test_everybody_comes_to_their_own_work(county: County, name: str, place: str) -> None:
    client = county.sign_in(name)
    assert client.get("/").location == place
    assert client.get(place).status_code == 200


def test_a_person_without_an_account_is_told_the_same_as_one_with_a_wrong_password(
    county: County, client: PageClient
) -> None:
    wrong = client.send("/sign-in", email=mail("Anna"), password="fel lösenord här")
    nobody = client.send("/sign-in", email="ingen@demo.example", password="fel lösenord här")
    assert wrong.status_code == nobody.status_code == 401
    tell = [_without_what_was_typed(answer.get_data(as_text=True)) for answer in (wrong, nobody)]
    assert tell[0] == tell[1]


def test_too_many_wrong_passwords_close_the_door_also_for_the_right_one(
    county: County, client: PageClient, time: Clock
) -> None:
    for _ in range(MAX_FAILED_SIGN_INS):
        assert _try(client, "Anna", "fel lösenord här") == 401
    assert _try(client, "Anna", PASSWORD) == 429
    assert _try(client, "Mona", PASSWORD) == 302, "the others come in as ever"
    time.pass_(minutes=16)
    assert _try(county.hub.test_client(), "Anna", PASSWORD) == 302


def test_an_address_nobody_has_is_closed_after_as_many_tries(
    county: County, client: PageClient
) -> None:
    answers = [_try(client, "Ingen", "fel lösenord här") for _ in range(MAX_FAILED_SIGN_INS + 1)]
    assert answers == [401] * MAX_FAILED_SIGN_INS + [429]


def test_tries_at_a_tablet_and_at_the_hub_count_together(
    county: County, client: PageClient
) -> None:
    with county.hub.test_request_context():
        for _ in range(MAX_FAILED_SIGN_INS):
            with pytest.raises(WrongCredentials):
                check_credentials(mail("Anna"), "fel lösenord här", "")
        with pytest.raises(TooManyTries):
            check_credentials(mail("Anna"), PASSWORD, "")
    assert _try(client, "Anna", PASSWORD) == 429


def test_coming_and_going_and_being_refused_are_events(county: County, client: PageClient) -> None:
    _try(client, "Anna", "fel lösenord här")
    _try(client, "Ingen", "fel lösenord här")
    county.sign_in("Anna", client)
    client.send("/case/", action="/sign-out")
    assert [event.staff_id for event in county.events("staff:refused")] == [county.id("Anna"), None]
    assert [event.staff_id for event in county.events("staff:signed_in")] == [county.id("Anna")]
    assert [event.staff_id for event in county.events("staff:signed_out")] == [county.id("Anna")]
    assert client.get("/case/").location == "/sign-in?next=/case/"


def test_nobody_writes_without_a_form_of_ours(county: County) -> None:
    client = county.sign_in("Anna")
    assert client.post("/sign-out").status_code == 400
    assert client.get("/case/").status_code == 200


def test_a_closed_account_signs_in_nowhere_and_its_open_session_ends(county: County) -> None:
    client = county.sign_in("Mona")
    county.change(lambda: setattr(_staff("Mona"), "active", False))
    assert client.get("/welcome").status_code == 302
    assert _try(county.hub.test_client(), "Mona", PASSWORD) == 401


def test_a_session_nobody_uses_ends(
    county: County, hub: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = county.sign_in("Anna")
    cookie = client.get_cookie("session")
    assert cookie is not None and cookie.expires is not None
    left = cookie.expires - datetime.now(UTC)
    assert IDLE_LIFETIME - timedelta(minutes=1) < left <= IDLE_LIFETIME
    assert cookie.http_only and cookie.same_site == "Strict"
    monkeypatch.setitem(hub.config, "PERMANENT_SESSION_LIFETIME", timedelta(seconds=-1))
    assert client.get("/case/").status_code == 302


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example/", "https://evil.example/", "/\\evil.example"]
)
def test_signing_in_leads_nowhere_but_here(
    county: County, client: PageClient, elsewhere: str
) -> None:
    answer = client.post(
        "/sign-in",
        data={
            **client.page("/sign-in").forms[0]["fields"],
            "email": mail("Anna"),
            "password": PASSWORD,
            "next": elsewhere,
        },
    )
    assert answer.location == "/"


def test_one_comes_to_the_page_one_asked_for(county: County, client: PageClient) -> None:
    asked = client.get("/account").location
    answer = client.send(asked, action="/sign-in", email=mail("Anna"), password=PASSWORD)
    assert answer.location == "/account"


def test_an_initial_password_must_be_exchanged_before_anything_else(county: County) -> None:
    county.change(lambda: setattr(_staff("Anna"), "password_is_initial", True))
    client = county.sign_in("Anna")
    assert client.get("/case/").location == "/account/password"
    chosen = "ett alldeles eget lösenord"
    refused = client.send("/account/password", password=PASSWORD, chosen="kort", again="kort")
    assert "minst 12 tecken" in refused.get_data(as_text=True)
    client.send("/account/password", password=PASSWORD, chosen=chosen, again=chosen)
    assert client.get("/case/").status_code == 200
    assert _try(county.hub.test_client(), "Anna", PASSWORD) == 401
    assert _try(county.hub.test_client(), "Anna", chosen) == 302


def test_a_new_password_ends_every_other_session(county: County) -> None:
    here, elsewhere = county.sign_in("Anna"), county.sign_in("Anna")
    chosen = "ett alldeles eget lösenord"
    here.send("/account/password", password=PASSWORD, chosen=chosen, again=chosen)
    assert here.get("/case/").status_code == 200
    assert elsewhere.get("/case/").status_code == 302


def test_the_language_is_kept_with_the_account(county: County) -> None:
    client = county.sign_in("Anna")
    client.send("/account", action="/account/language", language="en")
    assert client.page("/case/").find("html")[0]["lang"] == "en"
    assert county.sign_in("Anna").page("/case/").find("html")[0]["lang"] == "en"
    assert county.sign_in("Dina").page("/case/").find("html")[0]["lang"] == "sv"


def test_wrong_passwords_at_an_unattended_screen_are_counted_too(county: County) -> None:
    client, chosen = county.sign_in("Anna"), "ett alldeles eget lösenord"
    for _ in range(MAX_FAILED_SIGN_INS):
        client.send("/account/password", password="gissning", chosen=chosen, again=chosen)
    told = client.send("/account/password", password=PASSWORD, chosen=chosen, again=chosen)
    assert "för många försök" in told.text
    assert _try(county.hub.test_client(), "Anna", PASSWORD) == 429


# A second factor.


def test_with_a_second_factor_the_password_alone_opens_nothing(county: County) -> None:
    secret, _codes = _set_up_second_factor(county, "Anna")
    client = county.hub.test_client()
    step = client.send("/sign-in", email=mail("Anna"), password=PASSWORD)
    assert step.location == "/sign-in/code"
    assert client.get("/case/").status_code == 302
    assert client.send("/sign-in/code", code="000000").status_code == 401
    assert client.send("/sign-in/code", code=_code(secret, 1)).status_code == 302
    assert client.get("/case/").status_code == 200


def test_a_one_time_code_works_once(county: County) -> None:
    secret, _codes = _set_up_second_factor(county, "Anna")
    code = _code(secret, 1)
    with county.hub.test_request_context():
        assert check_credentials(mail("Anna"), PASSWORD, code).email == mail("Anna")
        with pytest.raises(WrongCredentials):
            check_credentials(mail("Anna"), PASSWORD, code)


def test_a_recovery_code_works_once(county: County) -> None:
    _secret, codes = _set_up_second_factor(county, "Anna")
    assert len(codes) == 8
    with county.hub.test_request_context():
        assert check_credentials(mail("Anna"), PASSWORD, codes[2].lower())
        with pytest.raises(WrongCredentials):
            check_credentials(mail("Anna"), PASSWORD, codes[2])
        assert check_credentials(mail("Anna"), PASSWORD, codes[3])


def test_a_tablet_is_told_that_a_code_is_needed_only_after_the_right_password(
    county: County,
) -> None:
    _set_up_second_factor(county, "Mona")
    with county.hub.test_request_context():
        with pytest.raises(WrongCredentials):
            check_credentials(mail("Mona"), "fel lösenord här", "")
        with pytest.raises(NeedsSecondFactor):
            check_credentials(mail("Mona"), PASSWORD, "")


def test_wrong_codes_are_counted_like_wrong_passwords(county: County) -> None:
    secret, _codes = _set_up_second_factor(county, "Anna")
    with county.hub.test_request_context():
        for _ in range(MAX_FAILED_SIGN_INS):
            with pytest.raises(WrongCredentials):
                check_credentials(mail("Anna"), PASSWORD, "000000")
        with pytest.raises(TooManyTries):
            check_credentials(mail("Anna"), PASSWORD, _code(secret, 1))


def test_the_step_between_password_and_code_does_not_wait_for_ever(
    county: County, time: Clock
) -> None:
    secret, _codes = _set_up_second_factor(county, "Anna")
    client = county.hub.test_client()
    client.send("/sign-in", email=mail("Anna"), password=PASSWORD)
    time.pass_(minutes=6)
    assert client.get("/sign-in/code").location == "/sign-in"
    assert county.events("staff:second_factor_set_up", staff_id=county.id("Anna"))
    assert secret


def test_a_second_factor_is_removed_only_with_the_password(county: County) -> None:
    client = county.sign_in("Anna")
    _set_up_second_factor(county, "Anna", client)
    remove = "/account/second-factor/remove"
    client.send("/account", action=remove, password="fel lösenord här")
    assert county.change(lambda: _staff("Anna").tf_totp_secret) is not None
    client.send("/account", action=remove, password=PASSWORD)
    assert county.change(lambda: _staff("Anna").tf_totp_secret) is None


def _try(client: PageClient, name: str, password: str) -> int:
    with client:
        return client.send("/sign-in", email=mail(name), password=password).status_code


def _staff(name: str) -> Staff:
    return db.session.query(Staff).filter_by(email=mail(name)).one()


def _without_what_was_typed(page: str) -> str:
    return re.sub(r'value="[^"]*"', "", page)


def _set_up_second_factor(
    county: County, name: str, client: PageClient | None = None
) -> tuple[str, list[str]]:
    """The app's key and the recovery codes."""
    client = client or county.sign_in(name)
    secret = re.search(r'id="key">([^<]+)<', client.get("/account/second-factor").text)
    assert secret is not None
    key = secret[1].replace("-", "").replace(" ", "")
    answer = client.send("/account/second-factor", code=_code(key, 0))
    codes = [
        " ".join(text.split()) for text in re.findall(r'code-small">([0-9A-Z-]+)<', answer.text)
    ]
    assert codes, Page(answer.text).text
    return key, codes


def _code(key: str, step: int) -> str:
    """The code that the app shows now, or `step` codes later."""
    import time

    return str(TOTP(key=key).generate(time=time.time() + 30 * step).token)
