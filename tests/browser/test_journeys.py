"""Whole conversations, each held by a child who has only one way: pictures, keys, Arabic, or no."""

from __future__ import annotations

from typing import Any

import pytest
from axe import faults
from hub import Hub
from pages import Tablet
from playwright.sync_api import Locator
from test_accessibility import FAULTS_OF_NONE, fits

WORDLESS = "* { color: transparent !important; } svg text { fill: none !important; }"


def sends(tablet: Tablet, hub: Hub, alias: str) -> dict[str, Any]:
    """The adult takes the tablet back, and the hub receives one conversation."""
    tablet.child.waits_for_the_disk()
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    if tablet.screen == "during":  # the child stopped: the adult may have something to add
        tablet.page.click("[data-finish]")
        tablet.page.click("[data-finish-now]")
        tablet.shows("home")
    tablet.page.wait_for_selector(".outbox[data-waiting='0']")
    (record,) = hub.received(alias)
    return record


def answers_in(record: dict[str, Any], area: str) -> dict[str, str]:
    found = next(one for one in record["areas"] if one["key"] == area)
    given = {card["key"].split("/")[-1]: card["answer"] for card in found["cards"]}
    return {key: one.get("step") or one["silence"] for key, one in given.items()}


class Eye:
    """A child that cannot read: it knows pictures, and where on the glass they are."""

    BUTTONS = ":is(button, .step, .sector)"
    ON_SCREEN, IN_THE_ROW = "#screen", "#rights"

    def __init__(self, tablet: Tablet) -> None:
        self._tablet, self._page = tablet, tablet.page
        # Each word is as pale as what it stands on: nothing here could be found by reading.
        self._page.evaluate(
            """(css) => {
              const sheet = new CSSStyleSheet();
              sheet.replaceSync(css);
              document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
            }""",
            WORDLESS,
        )

    def sees(self, picture: str) -> bool:
        found = self._page.locator(f"#screen img[src$='/{picture}.svg']")
        return any(one.is_visible() for one in found.all())

    def taps(self, picture: str, where: str = ON_SCREEN) -> None:
        """The one thing there with this picture."""
        named = f"img[src$='/{picture}.svg'], image[href$='/{picture}.svg']"
        self._touches(self._only(self._page.locator(f"{where} {self.BUTTONS}:has({named})")))

    def meets_the_rules(self) -> None:
        for rule in (WHEEL, DONT_KNOW, AGAIN, STOP, ADULT, HELP):
            self.taps(rule)

    def follows_the_arrow(self) -> None:
        """The arrow that points onwards is the one furthest to the right."""
        arrows = self._page.locator(f"#screen {self.BUTTONS}:has(.arrow-sign)")
        seen = [arrow for arrow in arrows.all() if arrow.is_visible()]
        self._touches(max(seen, key=lambda arrow: (arrow.bounding_box() or {"x": 0})["x"]))

    def goes_to_the_little_wheel(self) -> None:
        self._touches(self._only(self._page.locator("#screen button:has(.mini-sector)")))

    def _only(self, found: Locator) -> Locator:
        (one,) = [each for each in found.all() if each.is_visible()]
        return one

    def _touches(self, place: Locator) -> None:
        self._tablet.answers_after(self._tablet.finger_on(place))


APPLE, BODY, TUMMY = "n-1f34e", "n-1f9cd", "k-tummy"
GOOD_FACE, BAD_FACE, DONT_KNOW = "e-skala5", "e-skala1", "n-1f937"
TALK, FEELINGS, AFRAID, DONE = "k-talk", "k-feelings", "n-1f628", "n-2705"
YES, ENVELOPE, STOP, BIN, HOME_NO, MUM = "yes", "envelope", "k-stop", "bin", "home-no", "n-1f469"
WHEEL, AGAIN, ADULT, HELP = "icon", "e-igen", "k-mentor", "n-1f64b"


def begins(tablet: Tablet, alias: str, born: int = 2022, **choices: str) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.prepares(alias, born, **choices)


def test_a_preschool_conversation_is_held_by_pictures_and_places_alone(
    tablet: Tablet, hub: Hub
) -> None:
    begins(tablet, "Sigbritt", place_kind="forskola")
    eye = Eye(tablet)
    eye.meets_the_rules()
    eye.follows_the_arrow()
    tablet.shows("wheel")
    eye.taps(APPLE)
    assert eye.sees(BODY)
    eye.taps(GOOD_FACE)
    eye.follows_the_arrow()
    assert eye.sees(TUMMY)
    eye.taps(BAD_FACE)
    eye.follows_the_arrow()
    eye.taps(DONT_KNOW, Eye.IN_THE_ROW)
    eye.taps(TALK)
    eye.taps(FEELINGS)
    eye.taps(AFRAID)
    eye.taps(DONE)
    eye.goes_to_the_little_wheel()
    eye.taps(DONE)
    tablet.shows("closing")
    while not eye.sees(TUMMY):
        eye.follows_the_arrow()
    eye.taps(YES)
    while tablet.screen == "closing":
        eye.follows_the_arrow()
    tablet.shows("release")
    eye.taps(HOME_NO)
    eye.follows_the_arrow()
    tablet.shows("important")
    eye.taps(TUMMY)
    eye.taps(DONE)
    tablet.shows("confirm")
    eye.taps(ENVELOPE)
    tablet.shows("thanks")
    record = sends(tablet, hub, "Sigbritt")
    assert answers_in(record, "halsa") == {
        "body": "good", "tummy": "not_good", "eat": "dont_know", "sleep": "not_asked",
        "run_jump": "not_asked", "brush_teeth": "not_asked", "be_sick": "not_asked",
        "doctor": "not_asked",
    }  # fmt: skip
    health = record["areas"][0]
    assert [feeling["key"] for feeling in health["feelings"]] == ["afraid"]
    assert health["release"] == "may_not"
    tummy = next(card for card in health["cards"] if card["key"] == "halsa/preschool/tummy")
    assert tummy["confirmed"] and tummy["important"]


# A ring around what has the focus, or what it is the input or the plate of.
IS_RINGED = """() => {
  const at = document.activeElement;
  const parts = [at, at.closest(".step, label"), at.querySelector(".sector-plate, .sector-shape")];
  return parts.some((part) => {
    const { outlineStyle, strokeWidth } = part ? getComputedStyle(part) : {};
    return (outlineStyle && outlineStyle !== "none") || parseFloat(strokeWidth) > 4;
  });
}"""


class Keys:
    """A child, or its helper, who uses no pointer."""

    def __init__(self, tablet: Tablet) -> None:
        self._tablet, self._page = tablet, tablet.page

    def presses(self, selector: str, key: str = "Enter") -> None:
        """Goes there by Tab, sees where it is, and presses."""
        for _ in range(90):
            if self._page.evaluate("s => document.activeElement.matches(s)", selector):
                break
            self._page.keyboard.press("Tab")
        else:
            raise AssertionError(f"the Tab key does not reach {selector}")
        assert self._page.evaluate(IS_RINGED), f"it is not seen that {selector} is in focus"
        before = self._tablet.before_a_tap()
        self._page.keyboard.press(key)
        self._tablet.answers_after(before)

    def goes_on_to(self, screen: str) -> None:
        while self._tablet.screen != screen:
            self.presses(".arrow.next")


def test_an_older_child_holds_a_whole_conversation_by_keyboard(tablet: Tablet, hub: Hub) -> None:
    begins(tablet, "Ebba", 2014, place_kind="grundskola")
    keys, page = Keys(tablet), tablet.page
    while tablet.page.is_disabled("[data-begin]"):
        keys.presses(".promise.is-next")
    keys.presses("[data-begin]")
    tablet.shows("wheel")
    keys.presses(".sector[data-area='larande']")
    keys.presses(".step input", "Space")
    keys.presses(".step input", "ArrowRight")
    keys.presses(".tray button:nth-child(3)")
    keys.presses("#rights [data-silence='dont_want']", "Space")
    keys.presses("[data-way=words]")
    page.keyboard.press("Tab")
    while not page.evaluate("document.activeElement.matches('textarea')"):
        page.keyboard.press("Tab")
    page.keyboard.type("Det är bullrigt i matsalen.")
    keys.presses(".words .big-next")
    keys.presses(".to-wheel")
    keys.presses(".done-corner")
    tablet.shows("closing")
    keys.presses(".readback-item [data-confirm]", "Space")
    keys.goes_on_to("release")
    keys.presses("[data-release='may_show']", "Space")
    keys.goes_on_to("important")
    keys.presses(".tile[data-important]", "Space")
    keys.goes_on_to("help")
    keys.presses("[data-person-choice='yes']", "Space")
    keys.goes_on_to("meeting")
    keys.presses("[data-part='someone_tells']", "Space")
    keys.presses(".klar")
    keys.presses("[hx-post='/local/child/done']")
    tablet.shows("thanks")
    record = sends(tablet, hub, "Ebba")
    school = record["areas"][2]
    given = answers_in(record, "larande")
    assert [given["school"], given["lessons"]] == ["good", "dont_want"]
    assert [one["text"] for one in school["statements"]] == ["Det är bullrigt i matsalen."]
    assert school["release"] == "may_show"
    assert [one["choice"] for one in record["help"]["wanted"]] == ["yes"]
    assert record["meeting"]["how"]["key"] == "someone_tells"


def test_a_whole_conversation_in_arabic_from_right_to_left(tablet: Tablet, hub: Hub) -> None:
    begins(tablet, "Samira", 2020, place_kind="forskola", language="ar")
    page, child = tablet.page, tablet.child

    def look() -> None:
        """No fault, nothing too wide, and onwards is to the left."""
        assert page.evaluate("document.documentElement.dir") == "rtl"
        assert faults(page) == FAULTS_OF_NONE, tablet.screen
        fits(tablet)
        for arrow in page.locator(".arrow.next:visible").all():
            box = arrow.bounding_box()
            assert box and box["x"] < 590, tablet.screen
            turned = arrow.locator(".arrow-sign").evaluate("(a) => getComputedStyle(a).transform")
            assert turned == "matrix(-1, 0, 0, 1, 0, 0)", "the sign points to the left"

    look()
    child.goes_to_the_wheel()
    look()
    child.opens("halsa")
    look()
    steps = page.locator("fieldset.card").first.locator(".step")
    assert [step.get_attribute("data-step") for step in steps.all()] == [
        "good",
        "so_so",
        "not_good",
    ]
    places = [(step.bounding_box() or {"x": 0})["x"] for step in steps.all()]
    assert places == sorted(places, reverse=True), "what is good is where reading begins"
    child.presses_step("not_good")
    child.turns_the_page()
    child.presses_step("good")
    child.tells_how_it_feels()
    look()
    child.has_felt()
    child.wants_to_tell()
    child.tells("بطني يؤلمني")
    look()
    child.has_told()
    child.goes_to_the_wheel()
    child.reads_back()
    look()
    child.hears_all()
    while tablet.screen != "confirm":
        look()
        child.turns_the_page()
    look()
    child.is_done()
    look()
    record = sends(tablet, hub, "Samira")
    assert record["language"] == "ar"
    given = answers_in(record, "halsa")
    assert [given["body"], given["tummy"]] == ["not_good", "good"]
    (said,) = record["areas"][0]["statements"]
    assert said["text"] == "بطني يؤلمني"


@pytest.mark.parametrize("keeps", [True, False], ids=["keep", "throw away"])
def test_a_child_stops_in_the_middle_and_decides_what_becomes_of_it(
    tablet: Tablet, hub: Hub, keeps: bool
) -> None:
    alias = "Sture" if keeps else "Stina"
    begins(tablet, alias, place_kind="forskola")
    eye = Eye(tablet)
    eye.meets_the_rules()
    eye.follows_the_arrow()
    eye.taps(APPLE)
    eye.taps(GOOD_FACE)
    eye.taps(STOP, Eye.IN_THE_ROW)
    tablet.shows("stop")
    if keeps:
        eye.taps(ENVELOPE)
        tablet.shows("thanks")
        record = sends(tablet, hub, alias)
        assert record["ended"] == "stopped"
        assert answers_in(record, "halsa")["body"] == "good"
        assert not {"help", "meeting"} & record.keys(), "nobody asked, so nobody has answered"
        return
    eye.taps(BIN)
    tablet.shows("throw")
    eye.taps(BIN)
    tablet.shows("thrown")
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    tablet.shows("home")
    assert tablet.mentor.drafts() == [] and alias not in tablet.text
    assert tablet.page.get_attribute(".outbox", "data-waiting") == "0"
    assert hub.received(alias) == []
