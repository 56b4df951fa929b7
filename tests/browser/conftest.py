"""A hub in a process of its own, and tablets that are browsers with a profile folder of their own.

Enrolling, fetching everything and choosing a PIN is done once; each test gets a copy of that
tablet's profile folder.
"""

from __future__ import annotations

import shutil
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hub import Hub
from pages import Enrolled, Tablet
from playwright.sync_api import BrowserType, Error, sync_playwright

from kid_wheel.demo import PASSWORD

WHOLE_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
# The same Chromium without windows, tabs and history, which starts with half the work.
CHROMIUM = ("chromium-headless-shell", *WHOLE_CHROMIUM)
NOT_COPIED = ("Singleton*",)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where a test fails, what its tablet shows and has said."""
    report = yield
    if call.when == "call" and report.failed:
        for name, value in item.funcargs.items():
            if isinstance(value, Tablet):
                report.sections.append((name, value.tells_of_itself()))
    return report


@pytest.fixture(scope="session")
def running_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    hub = Hub(tmp_path_factory.mktemp("hub"))
    yield hub
    hub.close()


@pytest.fixture
def hub(running_hub: Hub) -> Hub:
    """The hub, running when the test begins; the test may stop it."""
    running_hub.start()
    running_hub.forget()
    return running_hub


@pytest.fixture(scope="session")
def enrolled(running_hub: Hub, tmp_path_factory: pytest.TempPathFactory) -> Enrolled:
    """A tablet that is enrolled and ready, and where the mentor has a PIN."""
    profile = tmp_path_factory.mktemp("enrolled") / "profile"
    running_hub.start()
    with sync_playwright() as running:
        executable = _find_chromium(running.chromium, CHROMIUM)
        tablet = Tablet(running.chromium, executable, profile, running_hub.url)
        tablet.mentor.makes_ready(running_hub.new_code(), running_hub.mentor, PASSWORD)
        tablet.close()
    return Enrolled(profile, executable)


@pytest.fixture(scope="module")
def chromium(enrolled: Enrolled) -> Iterator[BrowserType]:
    """For one module only: while Playwright runs, no other test can use the app in its thread."""
    with sync_playwright() as running:
        yield running.chromium


@pytest.fixture
def new_tablet(
    chromium: BrowserType, enrolled: Enrolled, hub: Hub, tmp_path: Path
) -> Iterator[Tablet]:
    """A tablet that nobody has used."""
    tablet = Tablet(chromium, enrolled.executable, tmp_path / "new", hub.url)
    yield tablet
    _throw_away(tablet)


@pytest.fixture
def whole_tablet(chromium: BrowserType, hub: Hub, tmp_path: Path) -> Iterator[Tablet]:
    """One that is ready, and whose browser has all that a person's has."""
    executable = _find_chromium(chromium, WHOLE_CHROMIUM)
    tablet = Tablet(chromium, executable, tmp_path / "whole", hub.url)
    tablet.mentor.makes_ready(hub.new_code(), hub.mentor, PASSWORD)
    tablet.close()
    yield tablet
    _throw_away(tablet)


@pytest.fixture
def tablet(chromium: BrowserType, enrolled: Enrolled, hub: Hub, tmp_path: Path) -> Iterator[Tablet]:
    """A tablet that is enrolled and ready, switched off; the mentor has a PIN on it."""
    profile = tmp_path / "profile"
    ignored = shutil.ignore_patterns(*NOT_COPIED)
    shutil.copytree(enrolled.profile, profile, symlinks=True, ignore=ignored)
    tablet = Tablet(chromium, enrolled.executable, profile, hub.url)
    yield tablet
    _throw_away(tablet)


def _find_chromium(chromium: BrowserType, names: tuple[str, ...]) -> str:
    found = next(filter(None, map(shutil.which, names)), None)
    found = found or chromium.executable_path
    if not Path(found).exists():
        pytest.skip("no Chromium: install it (Debian: chromium) or `playwright install chromium`")
    return found


def _throw_away(tablet: Tablet) -> None:
    with suppress(Error):  # the test may have killed it
        tablet.close()
    shutil.rmtree(tablet.profile, ignore_errors=True)
