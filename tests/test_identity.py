"""A guardian who logs in with the huvudman's own provider: a real one, on another port."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import pytest
from county import Clock, County
from family import Guardian, invite
from identity_provider import RunningProvider
from oidc_provider import FAULTS, SECRET
from page_client import PageClient
from sharing import Room
from sqlalchemy import select

from kid_wheel import identity, invitation
from kid_wheel.config import GUARDIAN_IDLE, INVITATION_LIFETIME
from kid_wheel.db import db
from kid_wheel.identity import IdentityProvider
from kid_wheel.invitation import Invitation
from kid_wheel.people import Organisation, Unit
from kid_wheel.views.door import VISIT, VISIT_S

WAY = "Inloggningen svarar inte just nu."


@pytest.fixture(scope="module")
def process() -> Iterator[RunningProvider]:
    running = RunningProvider()
    yield running
    running.stop()


@pytest.fixture
def provider(process: RunningProvider, county: County) -> RunningProvider:
    """Provkommunen's, running; beside it Demokommunen's, whose client is another."""
    process.start()
    for unit, client in (("Exempelskolan", "hjulet"), ("Demoskolan", "en-annan")):
        owner = _organisation(county, unit)

        def keep(owner: Organisation = owner, client: str = client) -> None:
            words = process.words(client_id=client)
            identity.keep(db.session, county.ring, db.session.merge(owner), words)

        county.change(keep)
    return process


def _organisation(county: County, unit: str) -> Organisation:
    with county.hub.app_context():
        return db.session.get_one(Unit, county.id(unit)).organisation


@pytest.fixture
def link(anna: PageClient, family: Room) -> tuple[str, str]:
    return invite(anna, family.case_id, family.guardians["Alva Testlund"])


def comes_in(
    county: County, provider: RunningProvider, link: str, code: str = "", who: str = "alva"
) -> tuple[Guardian, Any]:
    """Somebody with a browser of their own, through the provider and back."""
    made = Guardian(county)
    back = provider.logs_in(made.goes_to_log_in(link, code), who)
    return made, made.goes_in(made.client.get(back))


def is_in(guardian: Guardian) -> bool:
    return bool(guardian.get("").status_code == 200)


# In, and in again.


def test_who_logs_in_with_link_and_code_is_in_their_own_room(
    county: County, provider: RunningProvider, link: tuple[str, str]
) -> None:
    alva, answer = comes_in(county, provider, *link)
    assert answer.status_code == 200, "a page of ours that leads on: a strict cookie needs one"
    assert f'http-equiv="refresh" content="0; url={alva.home}"' in answer.text
    assert is_in(alva)
    assert len(county.events("guardian:entered")) == 1


def test_who_has_logged_in_comes_back_with_the_same_link_and_no_code(
    county: County, provider: RunningProvider, link: tuple[str, str], time: Clock
) -> None:
    alva, _answer = comes_in(county, provider, *link)
    alva.says("hemmet", wish="En cykel")
    left = alva.sends("", "/leave").text
    assert "Öppna länken igen och logga in" in left
    time.at += INVITATION_LIFETIME * 3
    again, answer = comes_in(county, provider, link[0])
    assert answer.status_code == 200
    assert "En cykel" in again.text("read")


def test_a_new_session_ends_the_one_before(
    county: County, provider: RunningProvider, link: tuple[str, str]
) -> None:
    alva, _answer = comes_in(county, provider, *link)
    again, _answer = comes_in(county, provider, link[0])
    assert is_in(again) and not is_in(alva)


def test_nobody_else_comes_back_with_the_link(
    county: County, provider: RunningProvider, link: tuple[str, str], time: Clock
) -> None:
    comes_in(county, provider, *link)
    time.at += GUARDIAN_IDLE * 2
    for who in ("bo", "Alva", "alva "):
        stranger, answer = comes_in(county, provider, link[0], who=who)
        assert answer.status_code == 422
        assert "Du är inte inloggad." in answer.text
        assert not is_in(stranger)
    assert len(county.events("invitation:refused")) == 3
    assert Guardian(county).opens(*link).status_code == 422, "nor with the code, which is used"


def test_the_link_without_its_code_is_nobodys_first_time(
    county: County, provider: RunningProvider, link: tuple[str, str]
) -> None:
    answer = Guardian(county).client.send(link[0], code="", way="login")
    assert answer.status_code == 422
    wrong = f"{(int(link[1]) + 1) % 10**6:06}"
    answer = Guardian(county).client.send(link[0], code=wrong, way="login")
    assert answer.status_code == 422
    assert len(county.events("invitation:refused")) == 1, "a guess is counted as at the door"
    assert Guardian(county).opens(*link).status_code == 303


def test_who_opened_with_the_code_alone_has_bound_nobody(
    county: County, provider: RunningProvider, link: tuple[str, str]
) -> None:
    alva = Guardian(county)
    alva.opens(*link)
    alva.sends("", "/leave")
    assert alva.client.send(link[0], code="", way="login").status_code == 422
    late = Guardian(county).client.send(link[0], code=link[1], way="login")
    assert late.status_code == 422


def test_two_who_log_in_at_once_are_not_both_let_in(
    county: County, provider: RunningProvider, link: tuple[str, str]
) -> None:
    first, second = Guardian(county), Guardian(county)
    urls = [one.goes_to_log_in(*link) for one in (first, second)]
    backs = [provider.logs_in(url, who) for url, who in zip(urls, ("alva", "bo"), strict=True)]
    assert first.goes_in(first.client.get(backs[0])).status_code == 200
    assert second.client.get(backs[1]).status_code == 422
    assert is_in(first) and not is_in(second)


def test_a_login_opens_one_childs_room_and_no_other(
    county: County,
    anna: PageClient,
    provider: RunningProvider,
    link: tuple[str, str],
    family: Room,
) -> None:
    comes_in(county, provider, *link)
    other = invite(anna, family.case_id, family.guardians["Bo Testlund"])
    answer = Guardian(county).client.send(other[0], code="", way="login")
    assert answer.status_code == 422, "Bo's link is not opened by Alva's having logged in"
    with county.hub.app_context():
        marks = [row.person_hash for row in db.session.scalars(select(Invitation))]
    assert sum(mark is not None for mark in marks) == 1


# It ends.


def test_what_ends_a_room_ends_the_way_back(
    county: County,
    anna: PageClient,
    provider: RunningProvider,
    link: tuple[str, str],
    family: Room,
) -> None:
    alva, _answer = comes_in(county, provider, *link)
    back = Guardian(county)
    url = back.goes_to_log_in(link[0])
    family.suspend("Alva Testlund")
    assert not is_in(alva)
    refused = back.client.get(provider.logs_in(url, "alva"))
    assert refused.status_code == 422 and not is_in(back)
    unknown = "/home/sv/" + "x" * 32
    answers = [Guardian(county).client.post(at, data={"way": "login"}) for at in (link[0], unknown)]
    assert [one.status_code for one in answers] == [422, 422]
    secrets = [at.rsplit("/", 1)[1] for at in (link[0], unknown)]
    assert answers[0].text.replace(*secrets) == answers[1].text, "as one that never was"


def test_a_new_link_and_a_closed_one_end_the_way_back(
    county: County,
    anna: PageClient,
    provider: RunningProvider,
    link: tuple[str, str],
    family: Room,
) -> None:
    comes_in(county, provider, *link)
    newer = invite(anna, family.case_id, family.guardians["Alva Testlund"])
    assert Guardian(county).client.send(link[0], code="", way="login").status_code == 422
    comes_in(county, provider, *newer)
    at = f"/case/{family.case_id}/consent/guardian/{family.guardians['Alva Testlund']}/invitation"
    anna.send(at, action="/revoke")
    assert Guardian(county).client.send(newer[0], code="", way="login").status_code == 422


# What is checked.


@pytest.mark.parametrize("fault", FAULTS)
def test_an_answer_that_is_wrong_in_one_part_lets_nobody_in(
    county: County, provider: RunningProvider, link: tuple[str, str], fault: str
) -> None:
    alva = Guardian(county)
    answer = alva.client.get(provider.logs_in(alva.goes_to_log_in(*link), "alva", fault))
    assert answer.status_code == 422
    assert "Du är inte inloggad." in answer.text
    assert not is_in(alva)
    assert Guardian(county).opens(*link).status_code == 303, "and the code is not used up"


def test_what_is_asked_of_the_provider_is_nobodys_name_and_bound_to_this_browser(
    county: County, provider: RunningProvider, link: tuple[str, str]
) -> None:
    url = Guardian(county).goes_to_log_in(*link)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert asked["scope"] == "openid"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 20 and len(asked["nonce"]) >= 20
    assert asked["redirect_uri"].startswith("https://hub.example/home/login/")
    assert link[0].rsplit("/", 1)[1] not in url
    assert set(asked) == {
        "scope", "code_challenge", "code_challenge_method", "state", "nonce", "redirect_uri",
        "response_type", "client_id",
    }  # fmt: skip


def test_an_answer_is_taken_once_and_by_the_browser_that_asked(
    county: County, provider: RunningProvider, link: tuple[str, str]
) -> None:
    alva = Guardian(county)
    back = provider.logs_in(alva.goes_to_log_in(*link), "alva")
    assert Guardian(county).client.get(back).status_code == 422, "another browser's"
    other = Guardian(county)
    other.goes_to_log_in(*link)
    assert other.client.get(back).status_code == 422, "that had asked something of its own"
    assert alva.client.get(back).status_code == 200
    assert alva.client.get(back).status_code == 422, "and not again"


@pytest.mark.parametrize("changed", ["state", "code", "iss"])
def test_an_answer_that_somebody_changed_is_not_taken(
    county: County, provider: RunningProvider, link: tuple[str, str], changed: str
) -> None:
    alva = Guardian(county)
    path, query = provider.logs_in(alva.goes_to_log_in(*link), "alva").split("?")
    sent = {**{name: values[0] for name, values in parse_qs(query).items()}, changed: "annat"}
    assert alva.client.get(f"{path}?{urlencode(sent)}").status_code == 422
    assert not is_in(alva)


def test_an_answer_comes_back_to_the_huvudman_that_was_asked(
    county: County, provider: RunningProvider, link: tuple[str, str]
) -> None:
    alva = Guardian(county)
    back = provider.logs_in(alva.goes_to_log_in(*link), "alva").split("?")[1]
    other = _organisation(county, "Demoskolan").id
    for organisation_id in (other, str(uuid4())):
        assert alva.client.get(f"/home/login/{organisation_id}?{back}").status_code == 422
    assert not is_in(alva)


def test_a_visit_is_over_after_ten_minutes_and_nobody_writes_one(
    county: County,
    provider: RunningProvider,
    link: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alva = Guardian(county)
    back = provider.logs_in(alva.goes_to_log_in(*link), "alva")
    kept = alva.client.get_cookie(VISIT, path="/home/")
    assert kept and kept.value
    forged = kept.value[:-3] + ("abc" if kept.value[-3:] != "abc" else "abd")
    alva.client.set_cookie(VISIT, forged, path="/home/")
    assert alva.client.get(back).status_code == 422
    alva.client.set_cookie(VISIT, kept.value, path="/home/")
    monkeypatch.setattr("itsdangerous.timed.time.time", lambda: _later(VISIT_S + 1))
    assert alva.client.get(back).status_code == 422
    monkeypatch.undo()


def _later(seconds: int) -> float:
    return datetime.now(UTC).timestamp() + seconds


# Nothing is lost when the provider is away.


def test_when_the_provider_is_away_the_code_opens_as_before(
    county: County, provider: RunningProvider, link: tuple[str, str]
) -> None:
    provider.stop()
    answer = Guardian(county).client.send(link[0], code=link[1], way="login")
    assert answer.status_code == 503
    assert WAY in answer.text and "Din kod är kvar." in answer.text
    assert Guardian(county).opens(*link).status_code == 303


def test_when_it_goes_away_half_way_the_code_opens_too(
    county: County, provider: RunningProvider, link: tuple[str, str]
) -> None:
    alva = Guardian(county)
    back = provider.logs_in(alva.goes_to_log_in(*link), "alva")
    provider.stop()
    answer = alva.client.get(back)
    assert answer.status_code == 503
    assert WAY in answer.text
    assert alva.opens(*link).status_code == 303


def test_an_error_is_in_the_guardians_language(
    county: County, provider: RunningProvider, anna: PageClient, family: Room
) -> None:
    link, code = invite(anna, family.case_id, family.guardians["Alva Testlund"], "ar")
    alva = Guardian(county)
    back = provider.logs_in(alva.goes_to_log_in(link, code), "alva", "refused")
    text = alva.client.get(back).text
    assert '<html lang="ar" dir="rtl">' in text
    assert "Du är inte inloggad" not in text and 'role="alert"' in text


def test_a_huvudman_without_a_provider_keeps_the_code(
    county: County, provider: RunningProvider, link: tuple[str, str]
) -> None:
    owner = _organisation(county, "Exempelskolan").id
    county.change(lambda: identity.forget(db.session, owner))
    answer = Guardian(county).client.send(link[0], code=link[1], way="login")
    assert answer.status_code == 422
    assert "Du kan öppna med koden." in answer.text
    assert Guardian(county).opens(*link).status_code == 303


# What is kept.


def test_neither_the_secret_nor_who_somebody_is_can_be_read_in_the_database(
    county: County, provider: RunningProvider, link: tuple[str, str], on_disk: Any
) -> None:
    who = "198001019999"
    comes_in(county, provider, *link, who=who)
    stored = on_disk()
    for secret in (SECRET, who):
        assert secret.encode() not in stored
    with county.hub.app_context():
        row = db.session.scalars(
            select(Invitation).where(Invitation.person_hash.is_not(None))
        ).one()
    for guess in (who, f"{provider.issuer}\n{who}"):
        assert row.person_hash != invitation._hash(guess), "twelve digits alone are soon guessed"


# The administrator's page.


def test_an_administrator_keeps_and_forgets_the_huvudmans_provider(
    county: County, process: RunningProvider
) -> None:
    process.start()
    arvid = county.sign_in("Arvid")
    at = f"/admin/organisation/{_organisation(county, 'Exempelskolan').id}/identity"
    assert arvid.send(at, action="/identity", **process.words()).status_code == 302
    page = arvid.get(at).text
    assert SECRET not in page and f"https://hub.example/home/login/{at.split('/')[3]}" in page
    assert arvid.send(at, action="/identity", **process.words(secret="")).status_code == 302
    with county.hub.app_context():
        owner = db.session.scalars(select(IdentityProvider)).one().organisation_id
        kept = identity.provider_of(db.session, county.ring, owner)
        assert kept and kept.secret == SECRET, "an empty secret keeps the one before"
    assert arvid.send(at, action="/forget").status_code == 302
    with county.hub.app_context():
        assert not identity.is_any(db.session)
    events = [
        *county.events("identity_provider:kept"),
        *county.events("identity_provider:forgotten"),
    ]
    assert len(events) == 3


@pytest.mark.parametrize(
    "issuer",
    ["http://login.example", "https://127.0.0.1:9/nobody", "ftp://x", "", "{issuer}/other"],
)
def test_an_address_where_no_provider_speaks_for_itself_is_not_kept(
    county: County, process: RunningProvider, issuer: str
) -> None:
    process.start()
    arvid = county.sign_in("Arvid")
    at = f"/admin/organisation/{_organisation(county, 'Exempelskolan').id}/identity"
    words = process.words(issuer=issuer.format(issuer=process.issuer))
    assert arvid.send(at, action="/identity", **words).status_code == 422
    with county.hub.app_context():
        assert not identity.is_any(db.session)


def test_nobody_else_sees_a_huvudmans_provider(county: County, provider: RunningProvider) -> None:
    at = f"/admin/organisation/{_organisation(county, 'Exempelskolan').id}/identity"
    for name, status in (("Bert", 404), ("Anna", 403), ("Mona", 403)):
        assert county.sign_in(name).get(at).status_code == status
