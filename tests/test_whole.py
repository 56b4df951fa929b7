"""What is sent to the hub is taken whole or not at all."""

from __future__ import annotations

from io import BytesIO
from urllib.parse import urlencode

from county import PASSWORD, County, mail
from page_client import PageClient


def _filled_in(client: PageClient) -> bytes:
    fields = client.page("/sign-in").forms[0]["fields"]
    return urlencode({**fields, "email": mail("Anna"), "password": PASSWORD}).encode()


def _send(client: PageClient, body: bytes, **said: str) -> int:
    """As a server hands on what came before the sender was gone, which it calls the end."""
    environ = {
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        **said,
    }
    return client.post("/sign-in", environ_overrides=environ).status_code


def test_a_form_that_was_cut_on_its_way_is_not_taken_for_a_shorter_one(
    client: PageClient, county: County
) -> None:
    body = _filled_in(client)
    assert _send(client, body, CONTENT_LENGTH=str(len(body) + 1)) == 400
    assert client.get("/case/").status_code == 302, "nobody is signed in"
    assert _send(client, body, CONTENT_LENGTH=str(len(body))) == 302
    assert client.get("/case/").status_code == 200


def test_who_does_not_say_how_much_comes_is_asked_to(client: PageClient, county: County) -> None:
    body = _filled_in(client)
    assert _send(client, body, HTTP_TRANSFER_ENCODING="chunked") == 411
    assert client.get("/case/").status_code == 302, "nobody is signed in"
