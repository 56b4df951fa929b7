"""In a room without net: everything works, nothing is lost, and nothing is promised too early."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hub import Hub
from hub_runner import NEWER
from pages import LANDSCAPE, PIN, PORTRAIT, Tablet, is_late
from playwright.sync_api import expect
from sqlite_utils import Database

from kid_wheel.demo import PASSWORD

OLDER = 1  # what each file's version was before it was the number of its schema
MAKE_OLDER = """new Promise((done) => {
  new Worker("/only-tests/older-worker.js", { type: "module" }).onmessage = done;
})"""


def begin(tablet: Tablet, alias: str = "Tova") -> None:
    """A preschool child has placed a card and sees it."""
    tablet.mentor.unlocks()
    tablet.mentor.prepares(alias, 2022)
    tablet.child.goes_to_the_wheel()
    tablet.child.opens("halsa")
    tablet.child.places("Kroppen", "Bra")


def test_a_conversation_is_held_with_the_hub_gone_and_the_http_cache_empty(
    hub: Hub, tablet: Tablet
) -> None:
    hub.stop()
    tablet.switch_on()
    tablet.without_http_cache()
    tablet.close()
    tablet.start()  # a new process
    tablet.says("Redo utan nät")
    begin(tablet)
    assert tablet.page.locator("img:visible").count() > 5
    assert tablet.page.evaluate(
        "[...document.images].filter((each) => each.complete && !each.naturalWidth).length"
    ) == 0, "a picture is missing"  # fmt: skip
    assert tablet.kept() == tablet.acknowledged()


def test_ready_is_not_said_while_a_file_is_missing_and_no_conversation_starts(
    hub: Hub, tablet: Tablet
) -> None:
    tablet.start()
    hub.stop()
    tablet.mentor.unlocks()
    script, picture = "/static/vendor/sqlite/worker.js", "/static/bildstod/k-tummy.svg"
    for address in ("/tablet/sv/older", script, picture):
        with missing(tablet, address):
            tablet.page.click(".home-foot [hx-get='/local/ready']")
            tablet.shows("ready")
            assert not tablet.mentor.checks_readiness()
            tablet.page.evaluate("htmx.ajax('GET', '/local/home', '#screen')")
            tablet.says("Inte redo utan nät än")
            tablet.page.click(".start")
            tablet.shows("ready")
            tablet.says("Samtal kan inte starta")
        assert tablet.mentor.checks_readiness()
        tablet.page.click("[data-when-ready]")
        tablet.shows("home")


OUR_CACHE = "await caches.open((await caches.keys()).find((one) => one.startsWith('kid-wheel-')))"
LOSE = f"async (address) => ({OUR_CACHE}).delete(address)"


@contextmanager
def missing(tablet: Tablet, address: str) -> Iterator[None]:
    """One file is gone from what the tablet keeps, and comes back afterwards."""
    took = f"""async (address) => {{
      const cache = {OUR_CACHE};
      window.laidAside = {{ cache, response: await cache.match(address) }};
      return cache.delete(address);
    }}"""
    assert tablet.page.evaluate(took, address)
    yield
    tablet.page.evaluate("(address) => laidAside.cache.put(address, laidAside.response)", address)


def test_what_is_missing_is_fetched_again_when_there_is_net(tablet: Tablet) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    with missing(tablet, "/static/bildstod/k-tummy.svg"):
        tablet.page.click(".home-foot [hx-get='/local/ready']")
        tablet.shows("ready")
        tablet.mentor.waits_until_ready()


NEEDED_TO_START = (
    "/static/vendor/app.js",
    "/static/vendor/sqlite/worker.js",
    "/static/vendor/sqlite/sqlite3.wasm",
    "/tablet/sv/adult",
)


@pytest.mark.parametrize("in_hand", [False, True], ids=["nobody", "a child"])
@pytest.mark.parametrize("address", NEEDED_TO_START)
def test_where_it_cannot_start_without_net_that_is_said_and_with_net_it_starts(
    hub: Hub, tablet: Tablet, address: str, in_hand: bool
) -> None:
    tablet.start()
    if in_hand:
        begin(tablet)
        seen = tablet.seen()
    assert tablet.page.evaluate(LOSE, address)
    tablet.without_http_cache()
    hub.stop()
    tablet.reload()
    tablet.shows("not-started")
    tablet.says("Inget som är sparat är borta")
    tablet.says("Nothing that has been saved is lost")
    hub.start()
    tablet.page.click("button:has-text('Försök igen')")
    tablet.shows("pin" if in_hand else "who")
    tablet.mentor.unlocks()
    if in_hand:
        assert tablet.seen() == seen


@pytest.mark.parametrize("in_hand", [False, True], ids=["nobody", "a child"])
def test_a_start_that_takes_long_says_so_and_goes_on(tablet: Tablet, in_hand: bool) -> None:
    if in_hand:
        tablet.start()
        begin(tablet)
        seen = tablet.seen()
        tablet.close()
    tablet.scripts.append("window.storeWorker = '/only-tests/late-store.js'")
    tablet.switch_on()
    tablet.page.clock.install()
    tablet.page.goto(f"{tablet.url}/tablet/")
    tablet.page.wait_for_selector("[data-screen=pin]" if in_hand else ".starting")
    tablet.page.clock.fast_forward(10_000)
    tablet.shows("not-started")
    tablet.page.evaluate("new BroadcastChannel('late-store').postMessage('open')")
    tablet.shows("pin" if in_hand else "who")
    tablet.mentor.unlocks()
    if in_hand:
        assert tablet.seen() == seen


def test_a_start_that_fails_for_a_moment_only_is_tried_again_by_itself(new_tablet: Tablet) -> None:
    new_tablet.switch_on()
    new_tablet.context.route("**/vendor/app.js", lambda asked: asked.abort(), times=1)
    new_tablet.start()
    new_tablet.shows("enrol")


LOOK_FOR_PAINT = (
    "new PerformanceObserver(() => (window.isPainted = true)).observe({ type: 'paint' })"
)


def test_a_page_whose_script_does_not_come_is_not_left_white(new_tablet: Tablet) -> None:
    new_tablet.scripts.append(LOOK_FOR_PAINT)
    new_tablet.switch_on()
    new_tablet.context.route("**/vendor/app.js", lambda _never_answered: None)
    new_tablet.page.clock.install()
    new_tablet.page.goto(f"{new_tablet.url}/tablet/", wait_until="commit")
    new_tablet.page.wait_for_selector(".starting", state="attached")
    new_tablet.page.clock.fast_forward(10_000)
    new_tablet.shows("not-started")
    new_tablet.page.wait_for_function("() => window.isPainted")


@pytest.mark.parametrize("is_kept", [False, True], ids=["refused", "kept"])
def test_ready_without_net_promises_durable_storage_only_where_the_browser_does(
    tablet: Tablet, is_kept: bool
) -> None:
    answers = f"async () => {str(is_kept).lower()}"
    tablet.scripts.append(
        f"Object.assign(navigator.storage, {{ persist: {answers}, persisted: {answers} }})"
    )
    tablet.start()
    tablet.mentor.unlocks()
    tablet.page.click(".home-foot [hx-get='/local/ready']")
    tablet.shows("ready")
    tablet.mentor.waits_until_ready()
    durable = tablet.page.locator("[data-check=durable]")
    assert durable.get_attribute("data-holds") == str(is_kept).lower()
    said = durable.inner_text()
    assert ("lagringen är skyddad" in said) == is_kept
    assert ("lovar inte att behålla allt" in said) == (not is_kept)
    assert ("Skicka samtal samma dag" in tablet.text) == (not is_kept)


def test_a_clock_a_year_slow_is_named_where_it_makes_a_child_too_young(tablet: Tablet) -> None:
    tablet.switch_on()
    now = datetime.now()
    slow = now.replace(year=now.year - 1, day=min(now.day, 28))
    tablet.page.clock.install(time=slow)
    tablet.start()
    tablet.mentor.unlocks()
    tablet.page.wait_for_selector(".sync-state:has-text('Surfplattans klocka går fel')")
    tablet.page.click(".start")
    tablet.shows("prepare")
    tablet.says("Surfplattans klocka går fel")
    tablet.page.fill("[name=alias]", "Ines")
    for born, said in [(now.year - 3, "För barn 0–2 år"), (now.year, "Året ligger i framtiden")]:
        tablet.page.fill("[name=birth_year]", str(born))
        tablet.page.click("[data-screen=prepare] button.start")
        error = tablet.page.locator("[data-error=birth_year]:visible")
        expect(error).to_contain_text(said)
        expect(error).to_contain_text(f"klocka: den visar {slow:%Y-%m-%d}")
    assert tablet.page.input_value("[name=alias]") == "Ines"
    tablet.close()
    tablet.start()  # the clock has been set
    tablet.mentor.unlocks()
    tablet.page.wait_for_selector(".sync-state:has-text('Navet svarar')")
    assert "klocka går fel" not in tablet.text


def test_a_reload_in_the_middle_leads_back_to_the_same_screen_behind_the_pin(
    hub: Hub, tablet: Tablet
) -> None:
    tablet.start()
    hub.stop()
    begin(tablet)
    seen = tablet.seen()
    tablet.reload()
    assert tablet.screen == "pin"
    assert "Tova" not in tablet.text
    tablet.mentor.unlocks()
    assert tablet.seen() == seen


STORE_IN_NO_HURRY = """(() => {
  const post = Worker.prototype.postMessage;
  const asked = [];
  Worker.prototype.postMessage = function (...message) {
    asked.push(() => post.apply(this, message));
  };
  window.openTheStore = () => {
    Worker.prototype.postMessage = post;
    for (const ask of asked) ask();
  };
})()"""


def test_a_pin_typed_before_the_store_is_open_leads_back_all_the_same(tablet: Tablet) -> None:
    tablet.start()
    begin(tablet)
    seen = tablet.seen()
    tablet.page.add_init_script(STORE_IN_NO_HURRY)
    tablet.reload()
    assert tablet.screen == "pin"
    before = tablet.before_a_tap()
    tablet.mentor.types_pin(PIN)
    assert tablet.screen == "pin"
    tablet.page.evaluate("openTheStore()")
    tablet.turns_after(before)
    assert tablet.seen() == seen


@pytest.mark.parametrize("guess", [{"id": "nobody", "name": "Ingen Här"}, None])
def test_only_the_store_decides_who_is_asked_for_a_pin(
    tablet: Tablet, guess: dict[str, str] | None
) -> None:
    """What a page guesses at its start, wrongly or not at all, gives way to what the store says."""
    tablet.start()
    begin(tablet)
    seen = tablet.seen()
    tablet.page.evaluate(
        "guess => guess ? localStorage.setItem('kid-wheel-awaited', JSON.stringify(guess))"
        " : localStorage.clear()",
        guess,
    )
    tablet.reload()
    tablet.page.wait_for_selector("[data-screen='pin'] h1:text-is('Peter Exempelsson')")
    tablet.mentor.unlocks()
    assert tablet.seen() == seen


def test_the_back_button_does_not_leave_the_childs_screen(tablet: Tablet) -> None:
    tablet.start()
    begin(tablet)
    seen = tablet.seen()
    for _press in range(3):
        tablet.page.evaluate("new Promise((r) => { onpopstate = r; history.back(); })")
        assert tablet.seen() == seen
    tablet.child.turns_the_page()
    assert tablet.kept() == tablet.acknowledged()


def test_the_screen_stays_when_the_tablet_is_turned(tablet: Tablet) -> None:
    tablet.start()
    begin(tablet)
    for size in (PORTRAIT, LANDSCAPE):
        seen = tablet.seen()
        tablet.page.set_viewport_size(size)
        assert tablet.seen() == seen
        for part in ("fieldset.card .step", "#rights button"):
            for box in tablet.page.locator(part).all():
                at = box.bounding_box()
                assert at
                assert at["x"] >= 0
                assert at["x"] + at["width"] <= size["width"]
                assert at["y"] + at["height"] <= size["height"]
        tablet.child.places("Kroppen", "Inte bra" if size is PORTRAIT else "Bra")
    assert tablet.kept() == tablet.acknowledged()


def test_a_second_tab_may_take_over_and_give_back_with_every_tap(tablet: Tablet) -> None:
    tablet.start()
    begin(tablet)
    first, kept, seen = tablet.page, tablet.kept(), tablet.seen()

    second = tablet.open_tab()
    tablet.shows("busy")
    tablet.says("redan öppet i en annan flik")
    tablet.look_at(first)
    assert tablet.seen() == seen, "the first tab is undisturbed"

    tablet.look_at(second)
    tablet.mentor.takes_over_here()
    tablet.mentor.unlocks()
    assert tablet.seen() == seen
    assert tablet.kept() == kept
    tablet.child.turns_the_page()
    tablet.child.places("Magen", "Inte bra")
    kept, seen = tablet.kept(), tablet.seen()

    tablet.look_at(first)
    tablet.shows("taken")
    assert "Tova" not in tablet.text
    tablet.mentor.takes_over_here()
    tablet.mentor.unlocks()
    assert tablet.seen() == seen, "what the other tab was told is here too"
    assert tablet.kept() == kept


def fill_storage(tablet: Tablet) -> int:
    """Tap until there is no room. How many taps were answered first."""
    tablet.room_for(1)
    tablet.child.at_once = True
    steps = ("Inte bra", "Sådär", "Bra")
    for number in range(400):
        tablet.child.places("Kroppen", steps[number % 3])
        tablet.child.waits_for_the_disk()
        if tablet.page.is_visible("#trouble"):
            tablet.child.at_once = False
            return number
    raise AssertionError("the storage never became full")


def test_a_full_tablet_says_so_and_saves_everything_once_there_is_room(tablet: Tablet) -> None:
    tablet.start()
    begin(tablet)
    fill_storage(tablet)
    tablet.says("Lagringen på surfplattan är full")
    tablet.says("Allt före det är sparat")
    assert tablet.kept() == tablet.acknowledged()
    wanted = tablet.seen()
    tablet.mentor.tries_again()
    tablet.says("Lagringen på surfplattan är full")

    tablet.room_for(None)
    tablet.mentor.tries_again()
    tablet.page.wait_for_selector("#trouble", state="hidden")
    tablet.page.wait_for_function("() => seen.saved.at(-1)?.at === seen.sent.at(-1).at")
    assert tablet.seen() == wanted
    assert tablet.kept() == tablet.acknowledged()
    tablet.reload()
    tablet.mentor.unlocks()
    assert tablet.seen() == wanted


def test_a_full_tablet_that_is_killed_has_lost_nothing_it_had_acknowledged(tablet: Tablet) -> None:
    tablet.start()
    begin(tablet)
    fill_storage(tablet)
    acknowledged = tablet.acknowledged()
    tablet.kill()
    tablet.start()
    tablet.mentor.unlocks()
    kept = tablet.kept()
    assert kept[: len(acknowledged)] == acknowledged
    # SQLite pads the log after the commit it has written. When only the padding finds no room, the
    # tap is refused, and yet whole in the log that is read at the next start.
    assert len(kept) <= len(acknowledged) + 1, "the tap that met the full disk may be there too"
    tablet.child.is_silent("Vet inte")  # whatever step was chosen last, this is something new


@pytest.mark.parametrize("what", ["sync-handles", "directory"])
def test_a_browser_that_cannot_store_says_so_and_starts_nothing(tablet: Tablet, what: str) -> None:
    tablet.scripts.append(f"window.storeWorker = '/only-tests/store-without-{what}.js'")
    tablet.start()
    tablet.shows("cannot-store")
    tablet.says("Den här webbläsaren kan inte spara")
    tablet.says("Inget som redan är sparat är borta")
    assert tablet.page.locator(".start, .person, input").count() == 0
    tablet.scripts.clear()
    tablet.close()
    tablet.start()
    tablet.mentor.unlocks()
    tablet.shows("home")


def test_a_file_of_an_older_version_gets_what_it_lacks_and_keeps_what_it_has(
    tablet: Tablet, tmp_path: Path
) -> None:
    tablet.start()
    begin(tablet)
    seen = tablet.seen()
    tablet.close()
    tablet.switch_on()
    tablet.page.goto(f"{tablet.url}/only-tests/empty.html")
    tablet.page.evaluate(MAKE_OLDER)
    tablet.start()
    tablet.mentor.unlocks()
    assert tablet.seen() == seen
    file = tmp_path / "kept.sqlite"
    file.write_bytes(tablet.exported())
    kept = Database(file)
    assert "letter_shown" in kept.table_names()
    number = kept.execute("pragma user_version").fetchone()
    assert number != (OLDER,)
    tablet.reload()
    tablet.mentor.unlocks()
    file.write_bytes(tablet.exported())
    assert Database(file).execute("pragma user_version").fetchone() == number


CARD = "k-tummy"  # "Magen", of the cards of hälsa


def shown_picture(tablet: Tablet, symbol: str) -> dict[str, Any]:
    """How a picture came to the page: its type, and how many points wide it is."""
    found: dict[str, Any] = tablet.page.evaluate(
        """async (address) => {
          const image = new Image();
          image.src = address;
          await image.decode();
          const type = (await fetch(address)).headers.get("Content-Type");
          return { type, width: image.naturalWidth };
        }""",
        f"/static/bildstod/{symbol}.svg",
    )
    return found


def test_a_picture_is_drawn_once_and_stands_there_drawn_the_next_time(
    hub: Hub, tablet: Tablet
) -> None:
    tablet.start()
    hub.stop()
    begin(tablet)
    tablet.draws(CARD)
    drawn = tablet.drawn()
    tablet.reload()
    tablet.mentor.unlocks()
    ratio = tablet.page.evaluate("devicePixelRatio")
    assert shown_picture(tablet, CARD) == {"type": "image/png", "width": 288 * ratio}
    assert tablet.drawn()[f"/static/bildstod/{CARD}.svg"] == drawn[f"/static/bildstod/{CARD}.svg"]


def test_a_new_version_is_offered_also_where_the_store_does_not_open(
    hub: Hub, tablet: Tablet
) -> None:
    """It may be the remedy."""
    tablet.start()
    tablet.close()
    hub.stop()
    hub.start(edition="newer")
    try:
        tablet.scripts.append("window.storeWorker = '/only-tests/store-without-directory.js'")
        tablet.start()
        tablet.shows("cannot-store")
        tablet.page.evaluate("navigator.serviceWorker.ready.then((known) => known.update())")
        tablet.page.wait_for_selector("#new-version [data-update]")
        with tablet.page.expect_navigation():
            tablet.page.click("#new-version [data-update]")
        tablet.shows("cannot-store")
    finally:
        hub.stop()


def test_a_new_version_keeps_what_is_drawn_and_takes_an_svg_that_is_another(
    hub: Hub, tablet: Tablet
) -> None:
    tablet.start()
    begin(tablet)
    tablet.draws(CARD, "n-1f35d")
    tablet.page.evaluate(OF_ANOTHER_SVG, "/static/bildstod/n-1f35d.svg")
    hub.stop()
    hub.start(edition="newer")
    try:
        tablet.page.evaluate("navigator.serviceWorker.ready.then((known) => known.update())")
        tablet.page.wait_for_selector("#new-version", state="attached")
        tablet.mentor.holds_corner()
        tablet.mentor.unlocks()
        tablet.mentor.lays_aside()
        with tablet.page.expect_navigation():
            tablet.page.click("#new-version [data-update]")
        tablet.shows("who")
        assert shown_picture(tablet, CARD)["type"] == "image/png"
        assert shown_picture(tablet, "n-1f35d")["type"] == "image/svg+xml"
    finally:
        hub.stop()


OF_ANOTHER_SVG = f"""async (address) => {{
  const cache = {OUR_CACHE};
  const drawn = await cache.match(address);
  const headers = {{ "Content-Type": "image/png", "X-Drawn-From": "0123456789abcdef" }};
  await cache.put(address, new Response(await drawn.blob(), {{ headers }}));
}}"""


def test_a_new_version_waits_and_is_taken_only_from_the_adults_home_screen(
    hub: Hub, tablet: Tablet
) -> None:
    tablet.start()
    begin(tablet)
    seen = tablet.seen()
    hub.stop()
    hub.start(edition="newer")
    try:
        tablet.page.evaluate("navigator.serviceWorker.ready.then((known) => known.update())")
        tablet.page.wait_for_selector("#new-version", state="attached")
        assert tablet.page.is_hidden("#new-version"), "a child is not asked"
        assert tablet.seen() == seen
        tablet.reload()
        tablet.mentor.unlocks()
        assert tablet.seen() == seen

        tablet.mentor.holds_corner()
        tablet.mentor.unlocks()
        tablet.shows("during")
        assert tablet.page.is_hidden("#new-version"), "not while a conversation is in hand"
        tablet.mentor.lays_aside()
        assert NEWER not in tablet.text
        with tablet.page.expect_navigation():
            tablet.page.click("#new-version [data-update]")
        tablet.shows("who")
        tablet.mentor.unlocks()
        tablet.says(NEWER)
        assert is_late(lambda ms: tablet.page.wait_for_selector("#new-version", timeout=ms))
        assert tablet.mentor.drafts() == ["Tova"]
        tablet.mentor.resumes("Tova")
        assert tablet.seen() == seen
    finally:
        hub.stop()


def test_without_net_a_person_new_to_the_tablet_is_told_that_net_is_needed(
    hub: Hub, tablet: Tablet
) -> None:
    tablet.start()
    hub.stop()
    tablet.mentor.signs_in(hub.colleague, PASSWORD)
    tablet.says("Inget nät till navet just nu")
    assert tablet.screen == "sign-in"
    tablet.page.click("[hx-get='/local/who']")
    tablet.shows("who")
    tablet.mentor.unlocks()
    tablet.shows("home")
