"""What every answer carries, whatever it is about."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from county import PASSWORD, County, mail
from page_client import Page, PageClient

from kid_wheel import create_app
from kid_wheel.config import Config
from kid_wheel.security import HEADERS

OPEN = ["/sign-in", "/about", "/favicon.ico", "/no-such-page"]


@pytest.mark.parametrize("address", OPEN)
def test_every_answer_allows_only_our_own_files(
    client: PageClient, county: County, address: str
) -> None:
    policy = _policy(client, address)
    assert policy["default-src"] == "'none'"
    for kind in ("script-src", "style-src", "connect-src", "font-src", "form-action"):
        assert policy[kind] == "'self'", kind
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in str(policy)


def test_only_the_tablet_may_run_its_database_and_sends_no_forms(
    client: PageClient, county: County
) -> None:
    policy = _policy(client, "/tablet/")
    assert policy["script-src"] == "'self' 'wasm-unsafe-eval'"
    assert policy["form-action"] == "'none'"


@pytest.mark.parametrize("address", OPEN)
def test_every_answer_carries_the_headers(client: PageClient, county: County, address: str) -> None:
    answer = client.get(address)
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS


def test_no_page_about_a_child_is_kept_by_a_browser(county: County) -> None:
    case_id, conversation_id = county.receive(county.make_record())
    anna = county.sign_in("Anna")
    for address in (
        "/case/",
        f"/case/{case_id}",
        f"/case/{case_id}/conversation/{conversation_id}",
    ):
        answer = anna.get(address)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Content-Encoding" not in answer.headers, "compression beside secrets tells them"


def test_where_the_hub_is_behind_tls_the_browser_is_told_to_stay_there(tmp_path: Path) -> None:
    """By its own setting: what stands in a request is whatever its sender wrote there."""
    for secure, told in ((True, "http"), (False, "https")):
        hub = create_app(Config(instance=tmp_path, secure=secure, testing=True))
        answer = hub.test_client().get("/tablet", headers={"X-Forwarded-Proto": told})
        assert answer.location == f"http{'s' * secure}://localhost/tablet/"
        assert ("Strict-Transport-Security" in answer.headers) == secure


def test_a_form_is_taken_over_tls_from_a_browser_that_tells_no_referer(
    client: PageClient, county: County
) -> None:
    """Our own headers forbid it to."""
    over_tls = {"base_url": "https://hub.example"}
    shown = client.get("/sign-in", **over_tls)
    assert shown.headers["Referrer-Policy"] == "no-referrer"
    words = {**Page(shown.text).forms[0]["fields"], "email": mail("Anna"), "password": PASSWORD}
    assert client.post("/sign-in", data=words, **over_tls).status_code == 302


@pytest.mark.parametrize(
    ("method", "address"),
    [("PUT", f"/sync/conversations/{UUID(int=1)}"), ("GET", "/tablet/api/state")],
)
def test_a_tablet_is_sent_no_cookie(
    client: PageClient, county: County, method: str, address: str
) -> None:
    client.get("/sign-in")  # and whoever has one means nothing to a tablet's doors
    answer = client.open(address, method=method)
    assert answer.status_code == 401
    assert not {"Set-Cookie", "Vary"} & set(answer.headers.keys())


def test_an_error_tells_a_next_step_and_nothing_of_what_was_asked(
    client: PageClient, county: County
) -> None:
    answer = client.get("/hemligt-namn?vem=Mira")
    assert answer.status_code == 404
    assert "Till början" in answer.text
    assert "Mira" not in answer.text and "hemligt" not in answer.text


def _policy(client: PageClient, address: str) -> dict[str, str]:
    value = client.get(address).headers["Content-Security-Policy"]
    return dict(part.split(" ", 1) for part in value.split("; "))
