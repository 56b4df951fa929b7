"""A child has no way out but the adult's corner, and an adult can hide everything at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hub import Hub
from pages import LANDSCAPE, PORTRAIT, Hand, Tablet
from playwright.sync_api import expect

from kid_wheel.demo import id_of, social_services


def talk(tablet: Tablet, born: int = 2022) -> None:
    """A child is in the middle of an area, with one card placed."""
    tablet.is_at_the_wheel_with("Iris", born)
    tablet.child.opens("halsa")
    tablet.child.places("Kroppen", "Bra")


ESCAPES: dict[str, Callable[[Tablet, Hand], None]] = {
    "back": lambda tablet, hand: hand.presses_back(4),
    "history.back": lambda tablet, hand: hand.goes_back_in_history(-1, -1, -1, -1, -1, -1, -1, -1),
    "several backs at once": lambda tablet, hand: hand.goes_back_in_history(-2, -3, -5),
    "forward": lambda tablet, hand: tablet.page.go_forward(),
    "rotation": lambda tablet, hand: [
        tablet.page.set_viewport_size(size) for size in (PORTRAIT, LANDSCAPE)
    ],
    "swipe from the left edge": lambda tablet, hand: hand.swipes((1, 400), (600, 400)),
    "swipe from the right edge": lambda tablet, hand: hand.swipes((1179, 400), (600, 400)),
    "swipe from below": lambda tablet, hand: hand.swipes((400, 819), (400, 300)),
    "pull down": lambda tablet, hand: hand.swipes((590, 90), (590, 700)),
    "pinch": lambda tablet, hand: hand.pinches((590, 400)),
    "fingers apart on a word": lambda tablet, hand: hand.pinches(hand.middle_of("h1")),
    "double tap": lambda tablet, hand: hand.taps_twice(hand.middle_of("h1")),
    "long press on a picture": lambda tablet, hand: hand.presses(".card-face"),
    "long press on a word": lambda tablet, hand: hand.presses("h1"),
    "drag of a picture": lambda tablet, hand: tablet.page.drag_and_drop(".card-face", ".area-head"),
    "right click": lambda tablet, hand: tablet.page.click(".card-face", button="right"),
    "middle click": lambda tablet, hand: tablet.page.click(".to-wheel", button="middle"),
    "drag of a picture onto a face": lambda tablet, hand: hand.drags(".card-face img", ".step"),
    "double click on a word": lambda tablet, hand: tablet.page.dblclick("h1"),
    "three clicks on a word": lambda tablet, hand: tablet.page.click("h1", click_count=3),
    "drag over words": lambda tablet, hand: hand.drags("h1", "#rights button"),
    "palm": lambda tablet, hand: hand.lays_a_palm_on(".arrow.next"),
    "whole hand": lambda tablet, hand: hand.lays_a_whole_hand_on(".step"),
    "keys": lambda tablet, hand: [
        tablet.page.keyboard.press(keys)
        for keys in (
            *("Backspace", "Escape", "F1", "F3", "F5", "F6", "F10", "F11", "F12", "Alt+ArrowLeft"),
            *("Control+r", "Control+p", "Control+s", "Control+f", "Control+a", "Control+l"),
            *("Control+u", "Control+o", "Control+=", "Control+-", "Control+0", "Control+Shift+i"),
            *("Alt+ArrowRight", "Alt+Home", "Control+F5", "Control+PageDown", "Meta+ArrowLeft"),
        )
    ],
    "control and wheel": lambda tablet, hand: hand.zooms_by_wheel(),
}


NEEDS_A_CARD = ("picture", "face", "right click", "middle click", "palm", "whole hand", "drag over")
EVERYWHERE = [name for name in ESCAPES if not any(what in name for what in NEEDS_A_CARD)]


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


@pytest.mark.parametrize("where", ["wheel", "words", "closing"])
def test_nor_from_the_other_screens(tablet: Tablet, where: str) -> None:
    """The same keys and gestures, but for those that need a card."""
    talk(tablet)
    if where == "words":
        tablet.child.wants_to_tell()
        tablet.child.tells("Ont när mamma åker")
    else:
        tablet.child.goes_to_the_wheel()
    if where == "closing":
        tablet.child.reads_back()
    hand, before = Hand(tablet), tablet.seen()
    address, taps = tablet.page.url, tablet.acknowledged()
    for name in EVERYWHERE:
        ESCAPES[name](tablet, hand)
        tablet.child.waits_for_the_disk()
        assert (tablet.screen, tablet.page.url) == (where, address), name
        assert tablet.seen() == before, name
        assert tablet.acknowledged() == taps, name
        assert tablet.page.evaluate("visualViewport.scale") == 1, name
        assert tablet.page.evaluate("String(getSelection())") == "", name


def test_f5_of_the_browsers_own_comes_back_to_the_same_place(tablet: Tablet) -> None:
    """A page cannot forbid the browser's own button: after the PIN all is as it was."""
    talk(tablet)
    tablet.child.wants_to_tell()
    tablet.child.tells("Ont när mamma åker")
    before = tablet.seen()
    for _ in range(2):
        tablet.reload()
        assert "Ont när" not in tablet.page.content()
        tablet.mentor.unlocks()
        assert tablet.seen() == before


def test_nothing_of_the_childs_is_printed_but_its_own_wheel(tablet: Tablet) -> None:
    """Also when the browser's own menu prints, which no key of a page can stop."""
    talk(tablet)
    tablet.page.evaluate("() => { window.print = () => (window.printed = true); }")

    def on_paper() -> str:
        tablet.page.keyboard.press("Control+p")
        tablet.page.emulate_media(media="print")
        shown = str(tablet.page.inner_text("body")).strip()
        tablet.page.emulate_media(media="screen")
        return shown

    tablet.child.wants_to_tell()
    tablet.child.tells("Ont när mamma åker")
    assert on_paper() == ""
    tablet.child.has_told()
    assert on_paper() == ""
    tablet.child.goes_to_the_wheel()
    assert on_paper() == ""
    tablet.child.reads_back()
    assert on_paper() == ""
    tablet.child.hears_all()
    while tablet.screen != "my-wheel":
        assert on_paper() == "", tablet.screen
        if tablet.screen == "release":
            tablet.child.presses("[data-release='may_show']")
        tablet.child.turns_the_page()
    mine = on_paper()
    assert "Mitt hjul" in mine and "Kroppen" in mine
    for word in ("Iris", "Paus", "Skriv ut"):
        assert word not in mine
    assert not tablet.page.evaluate("window.printed ?? false"), "no key opens the print dialogue"


def test_a_reload_asks_for_the_pin_and_comes_back_to_the_same_screen(tablet: Tablet) -> None:
    talk(tablet)
    before = tablet.seen()
    tablet.reload()
    tablet.mentor.unlocks()
    assert tablet.seen() == before


def test_a_child_taps_each_rule_of_the_conversation_before_it_begins(tablet: Tablet) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.prepares("Iris", 2022)
    page, child = tablet.page, tablet.child
    begin, next_one = page.locator("[data-begin]"), page.locator(".is-next")
    expect(begin).to_be_disabled()
    expect(page.locator("[data-rule]")).to_have_count(6)
    for rule in ("stop", "choose"):  # in any order: the first that is left is the one shown
        child.presses(f"[data-rule={rule}]")
    expect(next_one).to_contain_text("Inget svar är fel")
    child.takes_a_pause()
    tablet.kill()
    tablet.start()
    tablet.mentor.unlocks()
    child.goes_on()
    page = tablet.page
    expect(page.locator("[data-rule][aria-pressed='true']")).to_have_count(2)
    expect(page.locator("[data-begin]")).to_be_disabled()
    Hand(tablet).taps_on("[data-begin]")
    assert tablet.screen == "intro"
    child.meets_the_rules()
    expect(page.locator(".is-next")).to_contain_text("Börja")
    child.goes_to_the_wheel()


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
    elsewhere = {"place_kind": "forskola", "place_unit": id_of("unit", "Förskolan Attrappen")}
    tablet.is_at_the_wheel_with("Iris", 2022, **elsewhere)
    tablet.child.opens("halsa")
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    tablet.mentor.hears_something_serious()
    for number in ("112", "114 14", social_services("gnesta")):
        tablet.says(number)
    others = tablet.page.locator("[data-elsewhere]")
    others.locator("summary").click()
    expect(others).to_contain_text(f"Eskilstuna{social_services('eskilstuna')}")
    expect(others).not_to_contain_text("Gnesta")
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
    tablet.mentor.finishes()
    tablet.page.wait_for_selector(".outbox[data-waiting='0']")
    record = hub.received("Iris")[-1]
    (note,) = record["notes"]
    assert (note["question"], note["text"]) == ("Berätta mer", "Han slår mig med skärpet")
    assert not any(area["statements"] for area in record["areas"])
