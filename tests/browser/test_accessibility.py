"""Every page of the tablet and of the hub, read by axe, and walked with only a keyboard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe import bring_axe, faults
from glass import AS_IT_IS, SIZES, TWICE, nothing_is_lost
from hub import Hub
from pages import FLAGS, LANDSCAPE, PIN, Enrolled, Tablet
from playwright.sync_api import BrowserType, Page
from soak import only_then

from kid_wheel.demo import PASSWORD

FAULTS_OF_NONE: list[str] = []
HREFS = "all => all.map((one) => new URL(one.getAttribute('href'), location.href).href)"
LINKS = "main a[href^='/'], header a[href^='/']"
FILES = (".pdf", ".json", ".ics", ".png")  # are fetched, and are no pages


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


def test_a_drawing_can_be_made_with_only_a_keyboard(tablet: Tablet) -> None:
    tablet.is_at_the_wheel_with("Ebbe", 2014)
    tablet.child.opens("halsa")
    tablet.child.wants_to_draw()
    page = tablet.page
    assert page.locator(".pen-pad").count() == 0, "a finger needs none"
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches(\"[data-pen='1 0']\")"):
            break
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    tablet.child.waits_for_the_disk()
    [stroke, *more] = [tap for tap in tablet.kept() if tap["type"] == "stroke"]
    assert stroke["points"] == [500, 350, 550, 350]
    assert [tap["points"] for tap in more] == [[600, 350]]

    tablet.child.draws((0.1, 0.1), (0.2, 0.2))
    page.focus("[data-pen='1 0']")
    page.keyboard.press("Enter")
    tablet.child.waits_for_the_disk()
    last = [tap for tap in tablet.kept() if tap["type"] == "stroke"][-1]
    assert last["points"] == [600, 350, 650, 350], "it does not go on from the finger's line"


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


# How bright a colour of a page is, 0 to 1, as (element, property).
BRIGHT = """(one, of) => getComputedStyle(one)[of].match(/[\\d.]+/g).slice(0, 3)
  .reduce((sum, part) => sum + part / 765, 0)"""


def test_where_the_forced_colours_are_dark_signs_are_light_and_a_drawing_keeps_its_paper(
    tablet: Tablet,
) -> None:
    tablet.start()
    tablet.page.emulate_media(forced_colors="active", color_scheme="dark")
    tablet.is_at_the_wheel_with("Iris", 2022, scan="step")
    tablet.child.opens("hemmet")

    def brightness(of: str, where: str) -> list[float]:
        shown = [one for one in tablet.page.locator(where).all() if one.is_visible()]
        assert shown, where
        return [one.evaluate(f"(one) => ({BRIGHT})(one, '{of}')") for one in shown]

    assert max(brightness("backgroundColor", "body")) < 0.2
    assert min(brightness("stroke", ".arrow-sign")) > 0.5
    tablet.child.wants_to_draw()
    assert min(brightness("stroke", ".pen-row .tool-sign > *")) > 0.5
    assert min(brightness("backgroundColor", ".paper, .crayon svg")) > 0.9


# Each screen of a pack, also those that no walk here comes to, with a word where one is filled in.
# What an area gives its head to is not whole here: those are walked to.
PUT_EACH = """async (pack) => {
  const { copy, fill } = await import("/static/vendor/app.js");
  const found = {};
  const screens = new Set();
  for (const { id, content } of document.querySelectorAll(`${pack} template`)) {
    const name = content.firstElementChild?.dataset.screen;
    if (!name || screens.has(name) || content.querySelector(".area-head:not(:has(h1))")) continue;
    screens.add(name);
    const screen = copy(id);
    for (const place of screen.querySelectorAll("[data-fill]:not(ul, ol)")) {
      fill(screen, { [place.dataset.fill]: place.tagName === "IMG" ? "k-talk" : "Ord" });
    }
    for (const button of screen.querySelectorAll("[data-back]:empty")) button.textContent = "Ord";
    document.getElementById("screen").replaceChildren(screen);
    document.dispatchEvent(new Event("htmx:after:swap"));
    const faults = await readByAxe();
    if (faults.length) found[id] = faults;
  }
  return [[...screens], found];
}"""
FITS: list[dict[str, object]] = [
    {"contrast": "black"},
    {"contrast": "yellow", "scan": "step", "pace": 2000},
    {"calm": True, "still": True, "left": True},
    {"large": True, "lines": True, "literal": True},
    {"one": True, "dwell": 1200},
]
MADE_OF_AN_AREA = ("ways/halsa", "drawing/halsa", "card/halsa")
CLOSING = (
    *(
        f"step/{step}/0"
        for step in ("release", "important", "help", "meeting", "people", "my-wheel")
    ),
    "each/halsa",
    "who/help",
)


class Reader:
    """Axe in the tablet's own page, where it is read in once."""

    def __init__(self, tablet: Tablet) -> None:
        self._tablet, self._page = tablet, tablet.page
        bring_axe(tablet.page)

    def reads(self, what: object = "") -> None:
        assert faults(self._page) == FAULTS_OF_NONE, (self._tablet.screen, what)

    def reads_at(self, *places: str, fit: dict[str, object] | None = None) -> None:
        """Of the child's screens, with what suits the child."""
        if fit:
            self._tablet.ask_store(f"session.state.about.fit = {json.dumps(fit)}")
        for place in places:
            before = self._tablet.before_a_tap()
            self._page.evaluate(
                "place => htmx.ajax('GET', `/local/child/${place}`, '#screen')", place
            )
            self._tablet.turns_after(before)
            self.reads(fit or place)

    def reads_each_of(self, pack: str) -> set[str]:
        """Returns the names of its screens."""
        screens, found = self._page.evaluate(PUT_EACH, pack)
        assert found == {}
        return set(screens)


def test_axe_finds_no_fault_on_any_screen_of_a_child_nor_in_what_suits_it(tablet: Tablet) -> None:
    tablet.is_at_the_wheel_with("Iris", 2022)
    reader = Reader(tablet)
    reader.reads_at(*MADE_OF_AN_AREA)
    screens = reader.reads_each_of("#child-pack")
    assert {"thrown", "throw", "gentle", "nothing", "letter", "letter-closed", "earlier"} <= screens
    for fit in FITS:
        reader.reads_at("wheel", "area/halsa", fit=fit)


def test_axe_finds_no_fault_at_the_end_of_a_conversation_in_two_languages(tablet: Tablet) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.prepares("Olena", 2014, language="uk", beside="sv")
    reader = Reader(tablet)
    reader.reads()
    tablet.child.goes_to_the_wheel()
    tablet.child.opens("halsa")
    tablet.child.presses_step("good")
    reader.reads_at(*CLOSING, "closing", "words/halsa", "feelings/halsa")
    for fit in FITS:
        reader.reads_at("area/halsa", fit=fit)


def test_axe_finds_no_fault_on_any_screen_of_the_adult(tablet: Tablet) -> None:
    tablet.start()
    reader = Reader(tablet)
    screens = reader.reads_each_of("#adult-pack")
    assert {"enrol", "sign-in", "disclosure", "recordings", "busy", "cannot-store"} <= screens
    tablet.page.evaluate(
        """async () => {
          const { copy } = await import("/static/vendor/app.js");
          const place = document.getElementById("trouble");
          place.replaceChildren(copy("adult-trouble"));
          place.hidden = false;
        }"""
    )
    reader.reads("trouble")
    tablet.page.evaluate("tellNotStarted()")
    reader.reads("not-started")


@pytest.fixture
def laptop(chromium: BrowserType, enrolled: Enrolled, hub: Hub) -> Iterator[Page]:
    browser = chromium.launch(executable_path=enrolled.executable, args=FLAGS)
    yield browser.new_context(viewport={"width": 1366, "height": 768}, locale="sv-SE").new_page()
    browser.close()


@pytest.mark.parametrize(("who", "pages"), [("colleague", 20), ("administrator", 12)])
def test_axe_finds_no_fault_on_any_kind_of_page_of_the_hub(
    laptop: Page, hub: Hub, who: str, pages: int
) -> None:
    email = getattr(hub, who)
    laptop.goto(f"{hub.url}/about")
    assert faults(laptop) == FAULTS_OF_NONE
    laptop.goto(f"{hub.url}/")
    assert faults(laptop) == FAULTS_OF_NONE
    laptop.fill("[name=email]", email)
    laptop.fill("[name=password]", PASSWORD)
    laptop.click("main form button")
    waiting, kinds = [laptop.url], set[str]()
    while waiting:
        address = waiting.pop(0)
        kind = hub.kind_of(address)
        if not kind or kind in kinds or urlsplit(address).path.endswith(FILES):
            continue
        kinds.add(kind)
        laptop.goto(address)
        assert faults(laptop) == FAULTS_OF_NONE
        waiting += laptop.eval_on_selector_all(LINKS, HREFS)
    assert len(kinds) >= pages
