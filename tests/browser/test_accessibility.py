"""Every page of the tablet and of the hub, read by axe, and walked with only a keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from hub import Hub
from pages import FLAGS, LANDSCAPE, PIN, PORTRAIT, Enrolled, Tablet
from playwright.sync_api import BrowserType, Page
from soak import only_then

from kid_wheel.demo import PASSWORD

SIZES = (LANDSCAPE, PORTRAIT, {"width": 1024, "height": 768})
FAULTS_OF_NONE: list[str] = []
MAX_PAGES = 12
LINKS = "main a[href^='/'], header a[href^='/']"
FILES = (".pdf", ".json", ".ics", ".png")  # are fetched, and are no pages


def faults(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{page.url} {one['id']}: {one['nodes'][0]['target']}" for one in found]


def fits(tablet: Tablet) -> None:
    """Nothing is wider than the screen, at any of the sizes that units have."""
    for size in SIZES:
        tablet.page.set_viewport_size(size)
        wider = "document.documentElement.scrollWidth - innerWidth"
        assert tablet.page.evaluate(wider) <= 0, (tablet.screen, size)
    tablet.page.set_viewport_size(LANDSCAPE)


@pytest.mark.parametrize("born", [2022, 2014], ids=["preschool", "older"])
def test_axe_finds_no_fault_on_the_tablet(tablet: Tablet, born: int) -> None:
    def look() -> None:
        assert faults(tablet.page) == FAULTS_OF_NONE, tablet.screen
        fits(tablet)

    tablet.start()
    look()
    tablet.mentor.picks_name("")
    look()
    tablet.mentor.unlocks()
    look()
    tablet.page.click(".start")
    tablet.shows("prepare")
    look()
    tablet.page.click("[hx-get='/local/home']")
    tablet.shows("home")
    tablet.mentor.prepares("Iris", born, place_kind="grundskola")
    look()
    tablet.child.goes_to_the_wheel()
    look()
    tablet.child.opens("trygghet")
    tablet.page.tap(".step >> nth=1")
    look()
    tablet.child.wants_to_draw()
    tablet.child.draws((0.2, 0.2), (0.8, 0.8))
    look()
    tablet.child.has_drawn()
    tablet.child.makes_a_card("Kojan", "Kompis")
    look()
    tablet.child.has_made_the_card()
    look()
    tablet.child.wants_to_tell()
    tablet.child.tells("Jag vet var jag ska gå")
    look()
    tablet.child.has_told()
    tablet.child.takes_a_pause()
    look()
    tablet.child.goes_on()
    tablet.child.wants_to_stop()
    look()
    tablet.page.tap("[hx-get='/local/child/back']")
    tablet.shows("area")
    tablet.child.goes_to_the_wheel()
    tablet.child.reads_back()
    look()
    tablet.child.reads_to_the_end()
    look()
    tablet.child.is_done()
    look()


def test_the_targets_are_large_enough_for_small_fingers(tablet: Tablet) -> None:
    """20 mm for preschool: 104 of the pixels of a ten inch tablet."""
    tablet.is_at_the_wheel_with("Iris", 2022)
    tablet.child.opens("hemmet")
    for target in tablet.page.locator(".step, .arrow, #rights button:not(.adult-corner)").all():
        box = target.bounding_box()
        assert box is None or min(box["width"], box["height"]) >= 104, target.inner_text()


def test_a_conversation_can_be_held_with_only_a_keyboard(tablet: Tablet) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.prepares("Ebbe", 2014)
    page = tablet.page

    def reaches(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("s => document.activeElement.matches(s)", selector):
                return
        raise AssertionError(f"the Tab key does not reach {selector}")

    while page.is_disabled("[data-begin]"):
        reaches(".promise.is-next")
        page.keyboard.press("Enter")
    reaches("[data-begin]")
    page.keyboard.press("Enter")
    tablet.shows("wheel")
    reaches(".sector[data-area='larande']")
    page.keyboard.press("Enter")
    tablet.shows("area")
    reaches(".step input")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    tablet.child.waits_for_the_disk()
    reaches(".tray button:nth-child(3)")
    page.keyboard.press("Enter")
    page.wait_for_selector(".tray button:nth-child(3)[aria-current='true']")
    reaches("[data-silence='dont_want']")
    page.keyboard.press("Space")
    tablet.child.waits_for_the_disk()
    reaches("[data-way=words]")
    page.keyboard.press("Enter")
    tablet.shows("words")
    reaches("textarea")
    page.keyboard.type("Det är bullrigt i matsalen.")
    reaches(".words .big-next")
    page.keyboard.press("Enter")
    tablet.shows("area")
    reaches(".to-wheel")
    page.keyboard.press("Enter")
    tablet.shows("wheel")
    reaches(".done-corner")
    page.keyboard.press("Enter")
    tablet.shows("closing")
    assert page.locator(".readback-item").count() == 3
    reaches("[data-adult-corner]")
    page.keyboard.down("Enter")
    tablet.shows("pin")
    page.keyboard.up("Enter")
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    tablet.shows("during")


# A way to have everything twice as large: the size of the glass as a page sees it, and its letters.
TWICE = {
    "letters": (LANDSCAPE, "200%"),
    "letters, upright": (PORTRAIT, "200%"),
    "the browser": ({"width": 590, "height": 410}, ""),
    "the browser, upright": ({"width": 410, "height": 590}, ""),
}
AS_IT_IS = {f"{size['width']}×{size['height']}": (size, "") for size in SIZES}

# What a finger cannot get at, though it scrolls to it: off the glass, or under something else.
OUT_OF_REACH = """() => [
  ...document.querySelectorAll(
    "#screen :is(button, .step, h1, label:has(input), textarea), #rights button")
].filter((one) => one.checkVisibility({ visibilityProperty: true }))
 .filter((one) => !one.closest(".sheet-to-print"))
 .filter((one) => {
   one.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
   const { left, right, top, bottom } = one.getBoundingClientRect();
   if (left < -1 || right > innerWidth + 1) return true;
   if (one.closest("#rights") && (top < -1 || bottom > innerHeight + 1)) return true;
   const [x, y] = [(left + right) / 2, (top + bottom) / 2];
   const there = document.elementFromPoint(x, y);
   return !there || !(one.contains(there) || there.contains(one));
 }).map((one) => one.textContent.trim() || one.getAttribute("aria-label"))"""


def nothing_is_lost(tablet: Tablet, ways: dict[str, tuple[dict[str, int], str]]) -> None:
    page = tablet.page
    for way, (size, letters) in ways.items():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.evaluate("size => (document.documentElement.style.fontSize = size)", letters)
        where = f"{tablet.screen}, {way}"
        wider = "one => one.scrollWidth - one.clientWidth"
        for scrolls in ("html", "#screen"):
            assert page.locator(scrolls).evaluate(wider) <= 0, where
        assert page.evaluate(OUT_OF_REACH) == [], where
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size(LANDSCAPE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("born", "language"),
    [(2022, "ar"), (2014, "sv"), only_then(2022, "sv"), only_then(2014, "ar")],
)
def test_everything_of_twice_the_size_loses_nothing(
    tablet: Tablet, born: int, language: str
) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.prepares("Iris", born, language=language)
    child = tablet.child

    def look() -> None:
        nothing_is_lost(tablet, {**TWICE, **AS_IT_IS})

    look()
    child.goes_to_the_wheel()
    look()
    child.opens("omsorg")
    child.presses_step("good")
    look()
    child.wants_to_tell()
    child.tells("Jag vill att mormor kommer oftare och att vi bakar bullar på lördagar.")
    look()
    child.has_told()
    child.tells_how_it_feels()
    look()
    child.has_felt()
    child.wants_to_draw()
    child.draws((0.2, 0.2), (0.8, 0.8))
    look()
    child.has_drawn()
    child.makes_a_card("Kojan i skogen")
    look()
    child.has_made_the_card()
    if born > 2020:
        child.turns_to_the_ways()
        look()
        child.turns_back_to_the_cards()
    child.takes_a_pause()
    look()
    child.goes_on()
    child.wants_to_stop()
    look()
    tablet.page.tap("[hx-get='/local/child/back']")
    tablet.shows("area")
    child.goes_to_the_wheel()
    child.reads_back()
    seen: set[str] = set()
    while tablet.screen != "confirm":
        if tablet.screen not in seen:
            look()
        seen.add(tablet.screen)
        child.turns_the_page()
    assert {"release", "important", "help", "meeting", "my-wheel"} <= seen
    look()
    child.is_done()
    look()


@pytest.mark.parametrize("at_a_time", ["2", "3"])
def test_several_cards_at_a_time_fit_on_every_glass(tablet: Tablet, at_a_time: str) -> None:
    tablet.is_at_the_wheel_with("Iris", 2022, at_a_time=at_a_time)
    tablet.child.opens("omsorg")
    assert tablet.page.locator("fieldset.card").count() == int(at_a_time)
    nothing_is_lost(tablet, {**TWICE, **AS_IT_IS})
    further = "one => one.scrollHeight - one.clientHeight"
    for size in SIZES:
        tablet.page.set_viewport_size(size)
        assert tablet.page.locator("#screen").evaluate(further) <= 0, size


def test_forced_colours_and_less_motion_leave_everything_in_sight(tablet: Tablet) -> None:
    tablet.start()
    tablet.page.emulate_media(forced_colors="active", reduced_motion="reduce")
    tablet.mentor.unlocks()
    tablet.mentor.prepares("Iris", 2014)
    tablet.child.goes_to_the_wheel()
    tablet.child.opens("hemmet")
    tablet.child.places("Hemma", "Bra")
    frame = "(one) => getComputedStyle(one).outlineStyle"
    chosen, left = (
        tablet.page.locator(f".step{one}") for one in (".is-chosen", ":not(.is-chosen)")
    )
    assert chosen.evaluate(frame) == "solid"
    assert {one.evaluate(frame) for one in left.all()} == {"none"}
    tablet.child.is_silent("Vet inte")
    pressed = tablet.page.locator("#rights [data-silence='dont_know']")
    others = tablet.page.locator("#rights [data-silence='skipped']")
    assert (pressed.evaluate(frame), others.evaluate(frame)) == ("solid", "none")
    running = "document.getAnimations().filter((one) => one.playState === 'running').length"
    assert tablet.page.evaluate(running) == 0


@pytest.fixture
def laptop(chromium: BrowserType, enrolled: Enrolled, hub: Hub) -> Iterator[Page]:
    browser = chromium.launch(executable_path=enrolled.executable, args=FLAGS)
    yield browser.new_context(viewport={"width": 1366, "height": 768}, locale="sv-SE").new_page()
    browser.close()


@pytest.mark.parametrize("who", ["colleague", "administrator"])
def test_axe_finds_no_fault_on_the_hub(laptop: Page, hub: Hub, who: str) -> None:
    email = getattr(hub, who)
    laptop.goto(f"{hub.url}/about")
    assert faults(laptop) == FAULTS_OF_NONE
    laptop.goto(f"{hub.url}/")
    assert faults(laptop) == FAULTS_OF_NONE
    laptop.fill("[name=email]", email)
    laptop.fill("[name=password]", PASSWORD)
    laptop.click("main form button")
    waiting, seen = [laptop.url], set[str]()
    while waiting and len(seen) < MAX_PAGES:
        address = waiting.pop()
        if address in seen or urlsplit(address).path.endswith(FILES):
            continue
        seen.add(address)
        laptop.goto(address)
        assert faults(laptop) == FAULTS_OF_NONE
        waiting += laptop.eval_on_selector_all(LINKS, "all => all.map(a => a.href)")
    assert len(seen) > 3
