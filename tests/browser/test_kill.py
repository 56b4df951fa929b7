"""Nothing that was acknowledged is lost, whenever the browser is killed.

"Killed" is SIGKILL of all its processes. It is not a loss of power: the kernel's cache survives.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any, Protocol

import firefox
import pytest
from hub import Hub
from pages import Tablet
from soak import SOAK

WORDS = "Det gör ont i magen när mamma åker"
QUESTION = "Berätta om magen"
WHO = "Lisbet i köket"
KILLS = 7  # of the gaps between taps; `make soak` tries them all
SEED = 20261120

needs_firefox = pytest.mark.skipif(
    firefox.EXECUTABLE is None, reason="no Firefox: install it (Debian: firefox-esr)"
)


def conversation(tablet: Tablet) -> list[Callable[[], None]]:
    """Every tap of a conversation, from the wheel to the question whether the child is done."""
    child = tablet.child
    return [
        lambda: child.meets_the_rules(),
        lambda: child.goes_to_the_wheel(),
        lambda: child.opens("halsa"),
        lambda: child.places("Kroppen", "Bra"),
        lambda: child.turns_the_page(),
        lambda: child.places("Magen", "Sådär"),
        lambda: child.places("Magen", "Inte bra"),
        lambda: child.turns_the_page(),
        lambda: child.is_silent("Vet inte"),
        lambda: child.wants_to_tell(),
        lambda: child.tells(WORDS, QUESTION),
        lambda: child.has_told(),
        lambda: child.goes_to_the_wheel(),
        lambda: child.opens("hemmet"),
        lambda: child.places("Hemma", "Bra"),
        lambda: child.is_silent("Vill inte svara"),
        lambda: child.takes_a_pause(),
        lambda: child.goes_on(),
        lambda: child.goes_to_the_wheel(),
        lambda: child.opens("relationer"),
        lambda: child.makes_a_card("Kojan", "Kompis"),
        lambda: child.has_made_the_card(),
        lambda: child.presses_step("good"),
        lambda: child.goes_to_the_wheel(),
        lambda: child.reads_back(),
        lambda: child.turns_the_page(),
        lambda: child.hears_all(),
        lambda: child.presses("[data-release=may_not]"),
        lambda: child.goes_on_to("important"),
        lambda: child.presses(f".tile:has-text('{WORDS}')"),
        lambda: child.goes_on_to("help"),
        lambda: child.wants("Mormor"),
        lambda: child.wants("Någon annan"),
        lambda: child.says_who(WHO),
        lambda: child.goes_on_to("meeting"),
        lambda: child.presses("[data-part=join_a_while]"),
    ]


def test_a_child_killed_between_any_two_taps_is_back_on_the_same_screen(
    hub: Hub, tablet: Tablet
) -> None:
    tablet.start()
    hub.stop()
    tablet.mentor.unlocks()
    tablet.mentor.prepares("Tuva", 2022)
    taps = conversation(tablet)
    kills = set(range(len(taps)) if SOAK else Random(SEED).sample(range(len(taps)), KILLS))
    for number, tap in enumerate(taps):
        tap()
        if number in kills:
            seen, acknowledged = tablet.seen(), tablet.kept()
            assert acknowledged[-len(tablet.acknowledged()) :] == tablet.acknowledged()
            tablet.kill()
            tablet.start()
            tablet.mentor.unlocks()
            assert tablet.seen() == seen
            assert tablet.kept() == acknowledged
    assert kills, "nothing was tried"

    tablet.child.is_ready()
    tablet.child.is_done()
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    hub.start()
    tablet.mentor.sends()
    [record] = hub.received("Tuva")
    assert answers(record) == {
        "Kroppen": "good",
        "Magen": "not_good",
        "Äta": "dont_know",
        "Hemma": "dont_want",
        "Kojan": "good",
    }
    [may_not] = [area["key"] for area in record["areas"] if area.get("release") == "may_not"]
    assert may_not == "halsa", "the first that the child opened"
    wanted = {person["key"]: person for person in record["help"]["wanted"]}
    assert set(wanted) == {"grandma", "someone_else"}
    assert wanted["someone_else"]["who"]["text"] == WHO
    assert record["meeting"]["how"]["key"] == "join_a_while"
    [said] = [said for area in record["areas"] for said in area["statements"]]
    assert (said["text"], said["question"], said["important"]) == (WORDS, QUESTION, True)


def test_a_kill_before_the_disk_has_answered_loses_at_most_that_tap(tablet: Tablet) -> None:
    tablet.is_at_the_wheel_with("Tova", 2022)
    tablet.child.opens("halsa")
    for step in ("Bra", "Inte bra"):
        before, kept = tablet.seen(), tablet.kept()
        tablet.child.at_once = True
        tablet.child.places("Kroppen", step)
        acknowledged = tablet.page.evaluate("seen.saved.length")
        after = {**tablet.seen(), "met": ["halsa/preschool/body"]}  # a mark follows its face
        tablet.kill()
        tablet.child.at_once = False
        tablet.start()
        tablet.mentor.unlocks()
        now = tablet.kept()
        assert now[: len(kept)] == kept
        assert len(now) <= len(kept) + 1
        assert tablet.seen() == (after if len(now) > len(kept) else before)
        assert len(now) > len(kept) or acknowledged < 1, "an acknowledged tap is gone"


def test_a_child_who_said_done_is_not_asked_again_when_the_envelope_was_not_closed(
    hub: Hub, tablet: Tablet
) -> None:
    tablet.start()
    hub.stop()
    tablet.mentor.unlocks()
    tablet.mentor.prepares("Ludde", 2022)
    tablet.child.goes_to_the_wheel()
    tablet.child.opens("halsa")
    tablet.child.places("Kroppen", "Bra")
    tablet.child.goes_to_the_wheel()
    tablet.child.reads_back()
    tablet.child.reads_to_the_end()
    tablet.page.evaluate("heldBack = 'seal'")
    tablet.child.at_once = True
    tablet.child.is_done()
    tablet.page.wait_for_function("() => seen.saved.at(-1)?.type === 'confirm'")
    tablet.kill()
    tablet.child.at_once = False
    tablet.start()
    tablet.mentor.unlocks()
    tablet.shows("home")
    assert tablet.mentor.drafts() == []
    hub.start()
    tablet.mentor.sends()
    [record] = hub.received("Ludde")
    assert answers(record) == {"Kroppen": "good"}


def test_a_child_who_stopped_and_kept_is_not_called_back_by_a_kill(tablet: Tablet) -> None:
    tablet.is_at_the_wheel_with("Saga", 2022)
    tablet.child.stops_and_keeps()
    tablet.kill()
    tablet.start()
    tablet.mentor.unlocks()
    tablet.shows("during")
    assert "Saga" in tablet.text


def answers(record: dict[str, Any]) -> dict[str, str]:
    """What the child answered, without all that nobody asked."""
    return {
        card["label"]: card["answer"].get("step") or card["answer"]["silence"]
        for area in record["areas"]
        for card in area["cards"]
        if card["answer"] != {"silence": "not_asked"}
    }


# The file itself: a transaction that is on the disk in part when the browser is killed.


class Browser(Protocol):
    """What the spill test needs of any browser."""

    def open(self, address: str) -> None: ...
    def evaluate(self, expression: str) -> Any: ...
    def kill(self) -> None: ...


class Chromium:
    """A tablet's browser, at a page of the tests' own."""

    def __init__(self, tablet: Tablet) -> None:
        self._tablet = tablet
        tablet.switch_on()

    def open(self, address: str) -> None:
        self._tablet.page.goto(address)
        self._tablet.page.wait_for_function("() => 'ask' in window")

    def evaluate(self, expression: str) -> Any:
        return self._tablet.page.evaluate(expression)

    def kill(self) -> None:
        self._tablet.kill()


@pytest.fixture
def firefox_profile(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "firefox"
    shutil.rmtree(tmp_path / "firefox", ignore_errors=True)


@pytest.fixture
def start_chromium(new_tablet: Tablet) -> Callable[[], Browser]:
    return lambda: Chromium(new_tablet)


@pytest.fixture
def start_firefox(firefox_profile: Path) -> Iterator[Callable[[], Browser]]:
    started: list[firefox.Firefox] = []

    def start() -> Browser:
        started.append(firefox.Firefox(firefox_profile))
        return started[-1]

    yield start
    for browser in started:
        browser.kill()


# The product's journal, and SQLite's other way: in the latter 3.53 and older lose the rollback.
JOURNALS = ["wal", "truncate", "wal"]


def spill_and_kill(start: Callable[[], Browser], page: str, profile: Path) -> None:
    committed: dict[str, int] = {}
    for number, journal in enumerate([*JOURNALS, "wal"]):
        browser = start()
        browser.open(page)
        opened = browser.evaluate(f"ask('open', '{journal}')")
        assert opened == {"integrity": "ok", "journal": journal, "rounds": committed}
        if number == len(JOURNALS):
            browser.kill()
            return
        kept, lost = f"kept{number}", f"uncommitted{number}"
        committed[kept] = browser.evaluate(f"ask('commit', '{kept}')")
        assert not on_disk(profile, lost)
        assert browser.evaluate(f"ask('spill', '{lost}')") > 100
        browser.kill()
        assert on_disk(profile, lost), "the transaction never reached the disk: nothing was tried"


def on_disk(profile: Path, words: str) -> bool:
    """Whether the store's own files hold a transaction's filling."""
    found = False
    for path in profile.rglob("*"):
        with suppress(OSError):
            if path.is_file() and f"{words} {words} ".encode() in path.read_bytes():
                found = True
    return found


def test_a_transaction_spilled_to_disk_is_rolled_back_after_a_kill(
    hub: Hub, start_chromium: Callable[[], Browser], new_tablet: Tablet
) -> None:
    spill_and_kill(start_chromium, f"{hub.url}/only-tests/spill.html", new_tablet.profile)


@needs_firefox
def test_a_transaction_spilled_to_disk_is_rolled_back_after_a_kill_in_firefox(
    hub: Hub, start_firefox: Callable[[], Browser], firefox_profile: Path
) -> None:
    spill_and_kill(start_firefox, f"{hub.url}/only-tests/spill.html", firefox_profile)


@needs_firefox
def test_every_acknowledged_tap_is_there_after_a_kill_in_firefox(
    hub: Hub, start_firefox: Callable[[], Browser]
) -> None:
    code, page = hub.new_code(), f"{hub.url}/only-tests/store.html"
    browser = start_firefox()
    browser.open(page)
    assert browser.evaluate("store.open({})") == "open"
    browser.evaluate(
        f"""fetch("/tablet/api/enrolment", {{
          method: "POST", body: JSON.stringify({{ code: "{code}" }}),
          headers: {{ "Content-Type": "application/json" }},
        }}).then((answer) => answer.json()).then((state) => store.keepTablet(state))"""
    )
    browser.evaluate("store.addStaff({ id: 'mona', name: 'Mona', title: 'mentor' }, '274913')")
    browser.evaluate("store.begin('samtal', '2026-11-20T08:00:00Z')")
    for number in range(5):
        browser.evaluate(f"store.tap('samtal', {{ type: 'say', text: 'ord {number}' }})")
    browser.evaluate("void store.tap('samtal', { type: 'say', text: 'kanske' })")
    browser.kill()

    browser = start_firefox()
    browser.open(page)
    assert browser.evaluate("store.open({})") == "open"
    found = browser.evaluate("store.unlock('mona', '274913')")
    assert found == {"state": "unlocked", "interrupted": {"id": "samtal", "staff": "mona"}}
    kept = [tap["text"] for tap in browser.evaluate("store.taps('samtal')")]
    assert kept[:5] == [f"ord {number}" for number in range(5)]
    assert kept[5:] in ([], ["kanske"])
