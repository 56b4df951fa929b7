"""A child has no way out but the adult's corner, and an adult can hide everything at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hub import Hub
from pages import LANDSCAPE, PORTRAIT, Hand, Tablet

from kid_wheel.demo import SOCIAL_SERVICES


def talk(tablet: Tablet, born: int = 2022) -> None:
    """A child is in the middle of an area, with one card placed."""
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.prepares("Iris", born)
    tablet.child.goes_to_the_wheel()
    tablet.child.opens("halsa")
    tablet.child.places("Kroppen", "Bra")


ESCAPES: dict[str, Callable[[Tablet, Hand], None]] = {
    "back": lambda tablet, hand: [tablet.page.go_back() for _ in range(4)],
    "forward": lambda tablet, hand: tablet.page.go_forward(),
    "rotation": lambda tablet, hand: [
        tablet.page.set_viewport_size(size) for size in (PORTRAIT, LANDSCAPE)
    ],
    "swipe from the edge": lambda tablet, hand: hand.swipes((2, 400), (600, 400)),
    "pull down": lambda tablet, hand: hand.swipes((590, 90), (590, 700)),
    "pinch": lambda tablet, hand: hand.pinches((590, 400)),
    "double tap": lambda tablet, hand: hand.taps_twice(hand.middle_of("h1")),
    "long press on a picture": lambda tablet, hand: hand.presses(".card-face"),
    "long press on a word": lambda tablet, hand: hand.presses("h1"),
    "drag of a picture": lambda tablet, hand: tablet.page.drag_and_drop(".card-face", ".area-head"),
    "right click": lambda tablet, hand: tablet.page.click(".card-face", button="right"),
    "middle click": lambda tablet, hand: tablet.page.click(".to-wheel", button="middle"),
    "double click on a word": lambda tablet, hand: tablet.page.dblclick("h1"),
    "palm": lambda tablet, hand: hand.lays_a_palm_on(".arrow.next"),
    "keys": lambda tablet, hand: [
        tablet.page.keyboard.press(keys)
        for keys in (
            *("Backspace", "Escape", "F1", "F3", "F5", "F6", "F10", "F11", "F12", "Alt+ArrowLeft"),
            *("Control+r", "Control+p", "Control+s", "Control+f", "Control+a", "Control+l"),
            *("Control+u", "Control+o", "Control+=", "Control+-"),
        )
    ],
    "control and wheel": lambda tablet, hand: hand.zooms_by_wheel(),
}


def test_no_gesture_leads_a_child_out(tablet: Tablet) -> None:
    talk(tablet)
    hand, before = Hand(tablet), tablet.seen()
    opened: list[str] = []
    tablet.context.on("page", lambda page: opened.append(page.url))
    address, taps = tablet.page.url, tablet.acknowledged()
    for name, tries in ESCAPES.items():
        tries(tablet, hand)
        assert tablet.screen == "area", name
        assert tablet.seen() == before, name
        assert tablet.acknowledged() == taps, name
        assert tablet.page.url == address, name
        assert tablet.page.evaluate("visualViewport.scale") == 1, name
        assert tablet.page.evaluate("String(getSelection())") == "", name
    assert not opened


def test_a_reload_asks_for_the_pin_and_comes_back_to_the_same_screen(tablet: Tablet) -> None:
    talk(tablet)
    before = tablet.seen()
    tablet.reload()
    tablet.mentor.unlocks()
    assert tablet.seen() == before


def test_a_second_finger_and_a_resting_palm_activate_nothing(tablet: Tablet) -> None:
    talk(tablet)
    hand, taps = Hand(tablet), len(tablet.acknowledged())
    with hand.rests_on("h1"):
        hand.taps_beside(".arrow.next")
    assert tablet.seen()["cards"] == ["halsa/preschool/body"]
    hand.lays_a_palm_on(".step >> nth=2")
    assert len(tablet.acknowledged()) == taps
    tablet.child.places("Kroppen", "Inte bra")  # and one finger alone still does
    assert tablet.acknowledged()[-1]["step"] == "not_good"


def test_a_trembling_tap_counts_once_and_a_tap_elsewhere_always(tablet: Tablet) -> None:
    talk(tablet)
    hand = Hand(tablet)
    hand.taps_twice(hand.middle_of(".arrow.next"))
    tablet.child.waits_for_the_disk()
    assert tablet.acknowledged()[-1]["to"] == "area/halsa/1"
    sent = len(tablet.acknowledged())
    hand.taps_on(".step >> nth=0", ".step >> nth=2")
    tablet.page.wait_for_function("n => seen.saved.length === n", arg=sent + 2)
    assert [tap["step"] for tap in tablet.acknowledged()[-2:]] == ["good", "not_good"]


def test_a_double_tap_on_the_wheel_opens_an_area_and_nothing_in_it(tablet: Tablet) -> None:
    talk(tablet)
    tablet.child.goes_to_the_wheel()
    hand = Hand(tablet)
    hand.taps_twice(hand.middle_of(".sector[data-area='omsorg'] .sector-plate"))
    tablet.child.waits_for_the_disk()
    assert tablet.acknowledged()[-1]["to"] == "area/omsorg/0"
    assert not tablet.seen()["chosen"]


@pytest.mark.parametrize("where", ["area", "words", "disclosure"])
def test_three_fingers_hide_everything_and_the_pin_comes_back_to_the_same_screen(
    tablet: Tablet, where: str
) -> None:
    talk(tablet)
    if where != "area":
        tablet.child.wants_to_tell()
        tablet.page.fill("[name=text]", "Ont när mamma åker")  # not yet on disk
    if where == "disclosure":
        tablet.mentor.holds_corner()
        tablet.mentor.unlocks()
        tablet.mentor.hears_something_serious()
        tablet.mentor.writes_down("Han slår mig med skärpet", question="Berätta mer")
    before, hand = tablet.seen(), Hand(tablet)
    hand.taps_with_three_fingers()
    assert tablet.screen == "hidden"
    everything = tablet.page.content().split('id="adult-pack"')[0] + tablet.page.title()
    for word in ("Iris", "Ont när", "Han slår", "Kroppen", "Vad vill du"):
        assert word not in everything
    assert tablet.page.locator("#rights").is_hidden()
    tablet.page.tap(".hidden-view button")
    tablet.shows("pin")
    tablet.page.tap("[data-back]")
    tablet.shows("hidden")
    tablet.page.tap(".hidden-view button")
    tablet.mentor.unlocks()
    assert tablet.seen() == before
    hand.taps_with_three_fingers()
    tablet.reload()
    tablet.shows("pin")
    assert "Iris" not in tablet.text


def test_what_a_child_tells_the_adult_is_written_verbatim_and_ends_gently(
    tablet: Tablet, hub: Hub
) -> None:
    talk(tablet)
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    tablet.mentor.hears_something_serious()
    for number in ("112", "114 14", SOCIAL_SERVICES):
        tablet.says(number)
    tablet.mentor.writes_down("Han slår mig med skärpet", question="Berätta mer")
    tablet.says("Han slår mig med skärpet")
    tablet.page.click("[hx-get='/local/child/gentle']")
    tablet.shows("gentle")
    assert "skärpet" not in tablet.text and "anmälan" not in tablet.text
    tablet.reload()
    tablet.mentor.unlocks()
    tablet.shows("gentle")  # also after a kill
    tablet.page.tap("[hx-post='/local/child/keep']")
    tablet.shows("thanks")
    tablet.child.waits_for_the_disk()
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    tablet.page.click("[data-finish]")
    tablet.page.click("[data-finish-now]")
    tablet.shows("home")
    tablet.page.wait_for_selector(".outbox[data-waiting='0']")
    record = hub.received("Iris")[-1]
    (note,) = record["notes"]
    assert (note["question"], note["text"]) == ("Berätta mer", "Han slår mig med skärpet")
    assert not any(area["statements"] for area in record["areas"])
