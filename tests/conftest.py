"""A hub in a folder of its own, with a county in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from county import Clock, County
from flask import Flask
from page_client import PageClient

from kid_wheel import clock, consent, create_app, kartlaggning, meeting, permissions
from kid_wheel.config import Config
from kid_wheel.db import db
from kid_wheel.migrations import upgrade


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    standing = Clock()
    monkeypatch.setattr(clock, "now", standing)
    return standing


@pytest.fixture
def hub(tmp_path: Path, time: Clock) -> Iterator[Flask]:
    app = create_app(Config(instance=tmp_path / "hub", url="https://hub.example", testing=True))
    app.test_client_class = PageClient
    upgrade(app)
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def client(hub: Flask) -> PageClient:
    return hub.test_client()  # type: ignore[return-value]


@pytest.fixture
def county(hub: Flask) -> County:
    return County(hub)


@pytest.fixture
def coordinator(county: County, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Says who coordinates every case; nobody until then."""

    def appoint(name: str) -> None:
        id_ = county.id(name)
        found = SimpleNamespace(staff_id=id_, read=lambda _key: {"name": name})
        monkeypatch.setattr(meeting, "coordinator_of", lambda *_: found, raising=False)
        monkeypatch.setattr(
            permissions, "may_coordinate", lambda staff, *_: staff.id == id_, raising=False
        )

    return appoint


@pytest.fixture
def other_rooms(county: County, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What other stages answer, for a test that is not about them; whose consents were ended."""
    ended: dict[str, list[str]] = {"consents": []}

    def end_all(_session: object, case_id: str, _at: object) -> None:
        ended["consents"].append(case_id)

    for module, name, answer in (
        (kartlaggning, "current", lambda *_: None),
        (kartlaggning, "focus_areas", lambda *_: ["hemmet"]),
        (kartlaggning, "recipients", lambda *_: []),
        (consent, "end_all", end_all),
        (meeting, "coordinator_of", lambda *_: None),
        (permissions, "may_coordinate", permissions.may_decide),
    ):
        monkeypatch.setattr(module, name, answer, raising=False)
    return ended
