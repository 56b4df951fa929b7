"""What a child has said is never in clear on the tablet's disk, and once sealed it is not there.

The whole profile folder of the browser is searched after it has been closed, and the exported
database. A sentence that was put there on purpose shows that the search finds what is in clear.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from hub import Hub
from pages import Tablet

ALIAS = "Zyxtova"
WORDS = "Kvartsfiolen gråter bakom kylskåpet"
QUESTION = "Berätta om kvartsfiolen"
PLANTED = "Avsiktligt lagd grävling"
IN_CLEAR = (
    ALIAS,
    "Kvartsfiolen",
    "bakom kylskåpet",
    "kvartsfiolen",
    '"step":"not_good"',
    '"silence":"dont_know"',
    '"type":"begin"',
    "/tablet/#halsa",
)


def talk(tablet: Tablet) -> None:
    tablet.mentor.unlocks()
    tablet.mentor.prepares(ALIAS, 2022)
    child = tablet.child
    child.goes_to_the_wheel()
    child.opens("halsa")
    child.places("Kroppen", "Inte bra")
    child.turns_the_page()
    child.is_silent("Vet inte")
    child.wants_to_tell()
    child.tells(WORDS, QUESTION)
    child.has_told()
    child.goes_to_the_wheel()


def seal(tablet: Tablet) -> None:
    tablet.child.reads_back()
    tablet.child.reads_to_the_end()
    tablet.child.is_done()


def throw_away(tablet: Tablet) -> None:
    tablet.child.throws_away()


def encrypted_taps(exported: bytes, folder: Path) -> list[bytes]:
    """The draft's rows as they are in the file: with the PIN, they could be opened."""
    (folder / "exported.sqlite").write_bytes(exported)
    with sqlite3.connect(folder / "exported.sqlite") as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
        found = [bytes(payload) for (payload,) in database.execute("select payload from tap")]
    database.close()
    return found


class Disk:
    """All files of a closed browser."""

    def __init__(self, profile: Path) -> None:
        self._files = {
            str(path.relative_to(profile)): path.read_bytes()
            for path in profile.rglob("*")
            if path.is_file() and not path.is_symlink()
        }

    def where(self, words: str | bytes) -> list[str]:
        """The files that hold words, in any coding a browser uses."""
        forms = [words] if isinstance(words, bytes) else codings(words)
        return [path for path, held in self._files.items() if any(form in held for form in forms)]


def codings(words: str) -> list[bytes]:
    escaped = words.encode("unicode_escape")
    return [words.encode("utf-8"), words.encode("utf-16-le"), words.encode("latin-1"), escaped]


def plant(tablet: Tablet) -> None:
    """Puts a sentence in every place where a page can store."""
    tablet.page.evaluate(
        """async (words) => {
          localStorage.setItem("planted", words);
          sessionStorage.setItem("planted", words);
          await (await caches.open("planted")).put("/planted", new Response(words));
          const folder = await navigator.storage.getDirectory();
          const file = await folder.getFileHandle("planted", { create: true });
          const stream = await file.createWritable();
          await stream.write(words);
          await stream.close();
          history.replaceState({}, "", "#" + encodeURIComponent(words));
        }""",
        PLANTED,
    )


@pytest.mark.parametrize("end", [seal, throw_away])
def test_nothing_of_a_conversation_is_left_on_the_tablet(
    hub: Hub, tablet: Tablet, tmp_path: Path, end: Callable[[Tablet], None]
) -> None:
    tablet.start()
    hub.stop()
    talk(tablet)
    exported = tablet.exported()
    payloads = encrypted_taps(exported, tmp_path)
    assert len(payloads) == len(tablet.acknowledged())
    assert all(payload in exported for payload in payloads)

    end(tablet)
    tablet.kill()  # at once: what is left now stays for whoever finds the tablet
    look(Disk(tablet.profile), payloads)

    tablet.start()
    tablet.mentor.unlocks()
    tablet.shows("home")
    assert ALIAS not in tablet.text
    exported = tablet.exported()
    assert encrypted_taps(exported, tmp_path) == []
    assert not [number for number, payload in enumerate(payloads) if payload in exported]
    for words in IN_CLEAR:
        assert not [form for form in codings(words) if form in exported], words
    plant(tablet)
    tablet.close()
    disk = Disk(tablet.profile)
    places = disk.where(PLANTED)
    for place in ("Local Storage", "CacheStorage", "File System"):
        assert [path for path in places if place in path], f"the search does not see {place}"
    look(disk, payloads)


def look(disk: Disk, payloads: list[bytes], in_clear: tuple[str, ...] = IN_CLEAR) -> None:
    """Fails with the files where something is left."""
    for words in in_clear:
        assert disk.where(words) == [], words
    for number, payload in enumerate(payloads):
        assert disk.where(payload) == [], f"tap {number}"


def test_a_draft_on_a_stolen_tablet_is_not_in_clear(hub: Hub, tablet: Tablet) -> None:
    tablet.start()
    hub.stop()
    talk(tablet)
    tablet.page.evaluate("(words) => localStorage.setItem('planted', words)", PLANTED)
    tablet.close()
    disk = Disk(tablet.profile)
    assert disk.where(PLANTED)
    look(disk, [])


def test_the_browsers_history_does_not_tell_what_a_child_opened(whole_tablet: Tablet) -> None:
    tablet = whole_tablet
    tablet.start()
    talk(tablet)
    titles = tablet.page.title()
    tablet.close()
    kept = Disk(tablet.profile).where(titles)
    assert [path for path in kept if path.endswith("/History")], "titles are kept there"
    for words in ("Min kropp", "Paus", "Vad vill du prata om?", "#halsa"):
        assert not [path for path in Disk(tablet.profile).where(words) if "History" in path], words


# What a browser that keeps left pages does when the address is changed, and at "back".
LEFT = "() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))"
BACK = "() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"


def test_a_page_that_the_browser_keeps_for_back_has_no_child_in_it(tablet: Tablet) -> None:
    tablet.start()
    talk(tablet)
    tablet.child.reads_back()
    place, kept = tablet.screen, tablet.page.content()
    assert [words for words in IN_CLEAR if words in kept], "or there is nothing to look for"
    tablet.page.evaluate(LEFT)
    left = tablet.page.content()
    assert [words for words in IN_CLEAR if words in left] == []
    assert tablet.ask_store("session.state === undefined")
    with tablet.page.expect_navigation():
        tablet.page.evaluate(BACK)
    tablet.shows("pin")
    tablet.mentor.unlocks()
    tablet.shows(place)


@pytest.mark.parametrize("end", [seal, throw_away])
def test_the_childs_last_screen_knows_how_to_speak_and_nothing_that_was_said(
    tablet: Tablet, end: Callable[[Tablet], None]
) -> None:
    tablet.start()
    talk(tablet)
    tablet.child.listens()
    tablet.child.listens()
    end(tablet)
    assert [words for words in IN_CLEAR if words in tablet.page.content()] == []
    known = tablet.ask_store("[session.manner, session.id, session.state, session.catalog]")
    assert known[1:] == [None, None, None]
    about = known[0].pop("about")
    assert known[0] == {"listens": False}
    assert about.keys() <= {"language", "variant", "reading", "pace", "fit"}
    tablet.mentor.holds_corner()
    assert tablet.ask_store("session.manner") is None
    assert tablet.page.locator("#child-pack > *").count() == 0


def test_a_received_conversation_leaves_only_its_receipt(
    hub: Hub, tablet: Tablet, tmp_path: Path
) -> None:
    tablet.start()
    hub.stop()
    talk(tablet)
    seal(tablet)
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    [sealed] = sealed_bytes(tablet, tmp_path)
    assert sealed
    assert sealed.startswith(b"KWS")

    hub.start()
    tablet.mentor.sends()
    tablet.says("Mottaget av")
    assert sealed_bytes(tablet, tmp_path) == [None]
    middle = sealed[len(sealed) // 2 :][:64]
    assert middle not in tablet.exported()
    tablet.close()
    assert Disk(tablet.profile).where(middle) == []


def sealed_bytes(tablet: Tablet, folder: Path) -> list[bytes | None]:
    (folder / "outbox.sqlite").write_bytes(tablet.exported())
    with sqlite3.connect(folder / "outbox.sqlite") as database:
        found = [row for (row,) in database.execute("select bytes from sealed")]
    database.close()
    return found
