"""A guardian at a telephone of their own, and the ansvarig who lets them in."""

from __future__ import annotations

import re
from typing import Any

from county import County
from flask.testing import FlaskClient
from page_client import Page, PageClient

COOKIE = "room-"


class Guardian:
    """One guardian's browser. Everything is sent as a form without a script."""

    def __init__(self, county: County) -> None:
        self.client: PageClient = county.hub.test_client()  # type: ignore[assignment]
        self.home = "/home/nobodys-room-yet/"

    def opens(self, address: str, code: str) -> Any:
        shown = self.client.get(address)
        if shown.status_code == 303:
            return shown
        return self.goes_in(self.client.send(address, code=code))

    def goes_in(self, answer: Any) -> Any:
        """Remembers the room that an answer leads to."""
        found = re.search(r"/home/[0-9a-f]{16}/", answer.headers.get("Location", answer.text))
        self.home = found[0] if found else self.home
        return answer

    def goes_to_log_in(self, link: str, code: str = "") -> str:
        """Where the huvudman's provider is, as the page that leads there says it."""
        answer = self.client.send(link, code=code, way="login")
        assert answer.status_code == 200, (link, answer.status_code)
        (url,) = [a["href"] for a in Page(answer.text).find("a") if "/authorize?" in a["href"]]
        return url

    def page(self, path: str = "") -> Page:
        return self.client.page(self.at(path))

    def text(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def get(self, path: str = "", **more: Any) -> Any:
        return self.client.get(self.at(path), **more)

    def post(self, path: str, **more: Any) -> Any:
        return self.client.post(self.at(path), **more)

    def sends(self, path: str, action: str, **fields: str) -> Any:
        return self.client.send(self.at(path), action=action, **fields)

    def at(self, path: str) -> str:
        """An address in the room, that of the last door which opened."""
        return path if path.startswith("/") else f"{self.home}{path}"

    def says(self, area: str, *cards: str, **words: str) -> None:
        """Cards by key; words by kind: is_, wish, help."""
        for card in cards:
            self.sends(f"area/{area}", f"/area/{area}", card=card)
        named = {kind.rstrip("_"): text for kind, text in words.items()}
        if named:
            self.sends(f"area/{area}", f"/area/{area}", **named)

    def is_done(self) -> None:
        assert self.sends("read", "/done").status_code == 303

    @property
    def cookie(self) -> str:
        found = self.client.get_cookie(self.cookie_name, path="/home/")
        return found.value if found else ""

    @property
    def cookie_name(self) -> str:
        return COOKIE + self.room

    @property
    def room(self) -> str:
        return self.home.split("/")[2]


def invite(
    anna: PageClient, case_id: str, guardian_id: str, language: str = "sv"
) -> tuple[str, str]:
    """What the ansvarig is shown once: (the link's path, the code)."""
    at = f"/case/{case_id}/consent/guardian/{guardian_id}/invitation"
    answer = anna.send(at, action="/invitation", language=language)
    assert answer.status_code == 200, answer.status
    (link,) = set(re.findall(r"https://hub\.example(/home/\w+/[\w-]+)", answer.text))
    (code,) = re.findall(r'class="code code-big">(\d+)<', answer.text)
    return link, code


def let_in(
    county: County, anna: PageClient, case_id: str, guardian_id: str, language: str = "sv"
) -> Guardian:
    link, code = invite(anna, case_id, guardian_id, language)
    made = Guardian(county)
    assert made.opens(link, code).status_code == 303
    return made


def knock(hub: Any, name: str, cookie: str, address: str, method: str = "GET", **more: Any) -> Any:
    """A request by hand, with a guardian's cookie wherever it does not belong."""
    client = FlaskClient(hub, hub.response_class)
    client.set_cookie(name, cookie, path="/")
    return client.open(address, method=method, **more)
