"""A hub in a folder of its own, with a county in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from county import Clock, County
from flask import Flask
from page_client import PageClient

from kid_wheel import assets, clock, create_app
from kid_wheel.bildstod import compose_all
from kid_wheel.config import Config
from kid_wheel.db import db
from kid_wheel.migrations import upgrade

ROOT = Path(__file__).parent.parent


def pytest_sessionstart(session: pytest.Session) -> None:
    """What is tested is what is served: a script that was changed is bundled again."""
    if not hasattr(session.config, "workerinput"):  # once, before the tests run side by side
        assets.build_assets(ROOT, compose_all)


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
