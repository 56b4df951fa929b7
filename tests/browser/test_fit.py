"""The conversation fits the child: what was chosen before the start holds, and costs no more."""

from __future__ import annotations

from io import BytesIO

import pytest
from glass import AS_IT_IS, nothing_is_lost
from hub import Hub
from pages import LANDSCAPE, Hand, Tablet
from PIL import Image
from playwright.sync_api import Locator, expect

LOOK = "n-1f9d1-200d-1f9b1"


def test_where_nothing_is_chosen_nothing_is_read_or_listened_for(tablet: Tablet) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.prepares("Iris", 2022)
    assert tablet.page.get_attribute("#fit-css", "media") == "not all"
    assert tablet.page.get_attribute("body", "data-fit") is None
    assert tablet.kept()[0]["about"]["fit"] == {}


def test_a_sensitive_card_is_there_only_when_the_adult_has_chosen_it(tablet: Tablet) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    page = tablet.page
    page.click(".start")
    tablet.shows("prepare")
    choose = page.locator("summary", has_text="Kort som bara visas om du väljer dem")
    expect(choose).to_be_hidden()  # until it is known which cards there are
    page.fill("[name=alias]", "Idun")
    page.fill("[name=birth_year]", "2013")
    page.keyboard.press("Tab")
    page.select_option("[name=deck]", "all")
    choose.click()
    page.get_by_text("Flytta", exact=True).click()
    page.click("[data-screen=prepare] button.start")
    tablet.shows("intro")
    tablet.child.goes_to_the_wheel()
    tablet.child.opens("hemmet")
    tray = page.locator(".tray")
    expect(tray.get_by_text("Flytta", exact=True)).to_be_visible()
    expect(tray.get_by_text("Bo på två ställen", exact=True)).to_have_count(0)


def test_two_faces_words_for_metaphors_and_the_childs_own_look(tablet: Tablet, hub: Hub) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    tablet.context.set_offline(True)
    tablet.mentor.prepares("Turid", 2022, ("scale2", "literal", "calm", LOOK, "mork"), deck="all")
    child, page = tablet.child, tablet.page
    child.goes_to_the_wheel()
    assert page.get_attribute(".wheel-me", "href") == f"/static/bildstod/{LOOK}.mork.svg"
    drawn = page.evaluate(
        "async (src) => { const i = new Image(); i.src = src; await i.decode(); return i.width }",
        f"/static/bildstod/{LOOK}.mork.svg",
    )
    assert drawn > 0, "the look is there without net"
    child.opens("utveckling")
    assert page.locator("fieldset.card .step").count() == 2
    while not page.locator("fieldset.card[data-label='Göra själv']").count():
        child.turns_the_page()
    face = page.locator("fieldset.card[data-label='Göra själv'] .card-face")
    assert face.locator("img").is_hidden() and face.locator(".card-label").is_visible()
    child.places("Göra själv", "Inte bra")
    tablet.reload()
    tablet.mentor.unlocks()  # what suits the child is remembered with the conversation
    assert page.locator("fieldset.card .step").count() == 2
    assert "calm" in str(page.get_attribute("body", "data-fit"))
    child.goes_to_the_wheel()
    child.reads_back()
    child.reads_to_the_end()
    child.is_done()
    tablet.context.set_offline(False)
    page.wait_for_function("navigator.onLine")
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    assert page.get_attribute("body", "data-fit") is None
    tablet.mentor.sends()
    (record,) = hub.received("Turid")
    assert record["scale"] == "bra2"
    assert "fit" not in record, "a preference is not sent on"


class Switches:
    """Two switches: one moves the light, the other chooses what it is on."""

    TREMBLE_MS = 310  # a press sooner than this after another is the same hand, trembling

    def __init__(self, tablet: Tablet) -> None:
        self._tablet = tablet
        tablet.page.clock.install()

    def choose(self, selector: str) -> None:
        """Moves the light until it is there, through a group if it is in one, and chooses."""
        page = self._tablet.page
        for _ in range(80):
            lit = page.locator(".is-scanned")
            there, alone = lit.and_(page.locator(selector)).count() > 0, lit.count() == 1
            page.clock.fast_forward(self.TREMBLE_MS)
            page.keyboard.press("Enter" if there else "Space")
            if there and alone:
                return
        raise AssertionError(f"the light does not reach {selector} on {self._tablet.screen}")

    def choose_and_come_to(self, screen: str, selector: str) -> None:
        self.choose(selector)
        self._tablet.shows(screen)

    def turn_pages_to(self, screen: str) -> None:
        while self._tablet.screen != screen:
            before = self._tablet.before_a_tap()
            self.choose(".arrow.next")
            self._tablet.turns_after(before)


def test_two_switches_are_enough_for_a_whole_conversation_with_a_wish(
    tablet: Tablet, hub: Hub
) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.prepares("Nils", 2014, ("large",), scan="step")
    page, switches = tablet.page, Switches(tablet)
    come_to = switches.choose_and_come_to
    for _ in range(page.locator(".promise").count()):
        switches.choose(".promise.is-next")
    come_to("wheel", "[data-begin]")
    come_to("area", ".sector[data-area='halsa']")
    switches.choose(".step[data-label='Bra']")
    tablet.child.waits_for_the_disk()
    assert tablet.acknowledged()[-1]["step"] == "good"
    switches.choose("#rights [data-listen]")
    switches.choose("#rights [data-listen]")

    come_to("drawing", "[data-way=drawing]")
    switches.choose(".crayon:has([value='#c8473b'])")
    switches.choose(".crayon:has([value='40'])")
    assert page.locator(".crayon :checked").evaluate_all("all => all.map(o => o.value)") == [
        "#c8473b",
        "40",
    ]
    come_to("area", "[data-done]")

    come_to("card", "[data-way=card]")
    switches.choose("[data-group=people]")
    switches.choose("[data-pick][data-label='Mormor eller farmor']")
    come_to("area", "form.own-card button:not([type])")

    come_to("words", "[data-way=words]")
    switches.choose(".kinds label:has([value=wish])")
    switches.choose(".who-writes label:has([value=adult_wrote_childs_words])")
    tablet.child.tells("Att mormor kommer på lördag")
    page.keyboard.press("Tab")  # the mentor has written, and leaves the keys to the child
    come_to("area", "form.words .big-next")

    come_to("wheel", ".to-wheel")
    come_to("closing", ".done-corner")
    switches.turn_pages_to("release")
    switches.choose("[data-release=may_show]")
    switches.turn_pages_to("important")
    switches.choose(".tile:has-text('Att mormor kommer')")
    switches.turn_pages_to("help")
    switches.choose(".person-item[data-person=grandma] [data-person-choice=yes]")
    switches.turn_pages_to("meeting")
    switches.choose("[data-part=join]")
    come_to("confirm", ".klar")
    come_to("thanks", "[hx-post='/local/child/done']")
    switches.choose("[data-today=good]")
    page.wait_for_selector("[data-today=good][aria-pressed=true]")

    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    tablet.mentor.sends()
    (record,) = hub.received("Nils")
    [wish] = [said for area in record["areas"] for said in area["statements"]]
    assert (wish["kind"], wish["speaker"]) == ("wish", "adult_wrote_childs_words")
    assert wish["text"] == "Att mormor kommer på lördag"


def test_a_child_who_cannot_type_writes_own_words_with_two_switches(tablet: Tablet) -> None:
    tablet.is_at_the_wheel_with("Nils", 2014, scan="step")
    switches = Switches(tablet)
    switches.choose_and_come_to("area", ".sector[data-area='halsa']")
    switches.choose_and_come_to("words", "[data-way=words]")
    for letter in "åj":
        switches.choose(f"[data-letter='{letter}']")
    switches.choose("[data-erase]")
    for key in ("[data-letter='h']", "[data-letter='!']", "[data-letter=' ']", "[data-letter='o']"):
        switches.choose(key)
    switches.choose_and_come_to("area", "form.words .big-next")
    tablet.child.waits_for_the_disk()
    said = [tap for tap in tablet.kept() if tap["type"] == "say"][-1]
    assert (said["text"], said["speaker"]) == ("Åh! O", "child_said")


@pytest.mark.parametrize("language", ["ar", "uk"])  # the longest alphabets
def test_every_letter_can_be_rested_on(tablet: Tablet, language: str) -> None:
    """A pointer that the eyes move cannot turn to what is below the edge."""
    tablet.is_at_the_wheel_with("Nils", 2014, dwell="400", language=language)
    tablet.child.opens("halsa")
    tablet.child.wants_to_tell()
    board, bar = (tablet.page.locator(part).bounding_box() for part in (".letters", "#rights"))
    assert board
    assert bar
    assert board["y"] + board["height"] <= bar["y"]


def test_a_child_who_cannot_hold_a_pen_draws_with_two_switches(tablet: Tablet) -> None:
    """A line goes on until the pen is lifted or changed, and one step back takes all of it."""
    tablet.is_at_the_wheel_with("Nils", 2014, scan="step")
    switches = Switches(tablet)
    switches.choose_and_come_to("area", ".sector[data-area='halsa']")
    switches.choose_and_come_to("drawing", "[data-way=drawing]")
    right, down = "[data-pen='1 0']", "[data-pen='0 1']"
    for key in (right, down, "[data-pen=lift]", right, "[data-pen=lift]", down):
        switches.choose(key)
    switches.choose(".crayon:has([value='#c8473b'])")
    switches.choose(right)
    line = [500, 350, 550, 350, 550, 400]
    assert drawn(tablet) == [line, [600, 400, 600, 450], [600, 450, 650, 450]]

    tablet.reload()
    tablet.mentor.unlocks()
    switches.choose("[data-stroke=unstroke]")
    switches.choose("[data-stroke=unstroke]")
    assert drawn(tablet) == [line]
    tablet.child.waits_for_the_disk()


def drawn(tablet: Tablet) -> list[list[int]]:
    """The points of each stroke on the papers, as x, y, x, y …"""
    papers = "[...session.state.drawings.values()].flatMap(({ strokes }) => strokes)"
    found: list[list[int]] = tablet.ask_store(f"{papers}.map(({{ points }}) => points)")
    return found


def test_with_one_switch_the_light_moves_at_the_childs_pace(tablet: Tablet) -> None:
    tablet.is_at_the_wheel_with("Nils", 2014, scan="auto", pace="1000")
    tablet.page.wait_for_selector(".sector[data-area='utveckling'].is-scanned")
    tablet.page.keyboard.press("Space")
    tablet.shows("area")
    assert tablet.seen()["area"] == "utveckling"


def test_a_pointer_that_rests_chooses_once_and_not_while_the_eyes_rest(tablet: Tablet) -> None:
    tablet.is_at_the_wheel_with("Nils", 2014, dwell="400")
    page, hand = tablet.page, Hand(tablet)
    page.mouse.move(*hand.middle_of(".sector[data-area='halsa'] .sector-plate"))
    tablet.shows("area")
    page.mouse.move(*hand.middle_of(".step[data-label='Bra']"))
    page.wait_for_selector(".step[data-label='Bra'].is-chosen")
    tablet.child.waits_for_the_disk()
    before = len(tablet.acknowledged())
    page.mouse.move(*hand.middle_of("#dwell-rest"))
    page.wait_for_selector("#dwell-rest[aria-pressed='true']")
    page.mouse.move(*hand.middle_of(".step[data-label='Sådär']"))
    page.mouse.move(*hand.middle_of("#dwell-rest"))
    page.wait_for_selector("#dwell-rest[aria-pressed='false']")
    assert len(tablet.acknowledged()) == before
    tablet.child.goes_to_the_wheel()
    tablet.child.reads_back()
    tablet.child.is_ready()
    tablet.child.is_done()
    page.mouse.move(*hand.middle_of(".today [data-today='good']"))
    page.wait_for_selector(".today [data-today='good'][aria-pressed='true']")


def test_the_picture_of_time_gets_smaller_and_ends_nothing(tablet: Tablet) -> None:
    tablet.is_at_the_wheel_with("Iris", 2022)
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    tablet.page.click("[hx-get='/local/timer/5']")
    tablet.shows("wheel")
    assert tablet.page.get_by_role("img", name="En bild av tiden").inner_text() == ""
    left = tablet.page.evaluate(
        """async () => {
          const { timeLeft } = await import("/static/tablet/child/timer.js");
          const timer = { minutes: 5, at: "2026-11-22T08:00:00.000Z" };
          return ["08:00:00", "08:02:30", "08:09:00"].map(
            (time) => timeLeft(timer, Date.parse(`2026-11-22T${time}.000Z`)));
        }"""
    )
    assert left == [1, 0.5, 0]
    tablet.child.opens("halsa")
    assert tablet.page.locator("#time-picture").count() == 1


def test_the_picture_of_time_can_be_there_from_the_start(tablet: Tablet) -> None:
    tablet.is_at_the_wheel_with("Iris", 2022, ("10",))
    assert tablet.page.get_by_role("img", name="En bild av tiden").is_visible()
    [timer] = [tap for tap in tablet.kept() if tap["type"] == "timer"]
    assert timer["minutes"] == 10


def test_an_older_child_too_meets_one_thing_at_a_time_and_two_faces(
    tablet: Tablet, hub: Hub
) -> None:
    tablet.is_at_the_wheel_with("Ebbe", 2014, ("one", "scale2"))
    child, page = tablet.child, tablet.page
    child.opens("halsa")
    assert page.locator(".tray, .area-head [data-way]").count() == 0
    assert page.locator("fieldset.card").count() == 1
    assert page.locator(".step").evaluate_all("all => all.map(one => one.dataset.label)") == [
        "Bra",
        "Inte bra",
    ]
    nothing_is_lost(tablet, AS_IT_IS)
    first = page.get_attribute("fieldset.card", "data-label")
    child.presses_step("good")
    child.turns_the_page()
    second = page.get_attribute("fieldset.card", "data-label")
    child.presses_step("not_good")
    child.wishes()
    assert page.is_checked("[name=kind][value=wish]")
    child.tells("Sova längre")
    child.has_told()
    assert page.get_attribute("fieldset.card", "data-label") == second
    child.goes_to_the_wheel()
    child.reads_back()
    assert page.locator(".readback-item").count() == 1
    child.reads_to_the_end()
    child.is_done()
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    tablet.mentor.sends()
    (record,) = hub.received("Ebbe")
    given = {
        card["label"]: card["answer"]["step"]
        for area in record["areas"]
        for card in area["cards"]
        if "step" in card["answer"]
    }
    assert (record["scale"], given) == ("bra2", {first: "good", second: "not_good"})


FITS = ["black", "yellow", "lines", "large", "left", "still"]
PAPER = {"black": "rgb(255, 255, 255)", "yellow": "rgb(255, 229, 0)"}
MOVES = "getComputedStyle(document.querySelector('.is-said .card-face')).animationName !== 'none'"
ON_THE_GLASS = {"1180×820": (LANDSCAPE, "")}


def is_coloured(picture: Locator) -> bool:
    """Whether any of its pixels is more than a shade of grey."""
    image = Image.open(BytesIO(picture.screenshot())).convert("HSV")
    _least, most = image.getchannel("S").getextrema()
    return most > 100


@pytest.mark.parametrize("born", [2022, 2014], ids=["preschool", "older"])
def test_what_suits_the_child_is_seen_and_everything_fits(tablet: Tablet, born: int) -> None:
    tablet.is_at_the_wheel_with("Iris", born, ("lines", "large", "left", "still"), contrast="black")
    child, page = tablet.child, tablet.page
    chosen = tablet.kept()[0]["about"]["fit"]
    assert chosen == dict.fromkeys(FITS[2:], True) | {"contrast": "black"}

    def wears(fit: str) -> None:
        """The same screen, with this alone."""
        one = {"contrast": fit} if fit in PAPER else {fit: True} if fit else {}
        tablet.ask_store(f"session.state.about.fit = {one!r}".replace("True", "true"))
        child.goes_to_the_wheel()
        nothing_is_lost(tablet, ON_THE_GLASS)
        child.opens("halsa")

    def look() -> dict[str, object]:
        step = page.locator(".step").first
        size = step.bounding_box()
        corner = page.locator("#rights [data-adult-corner]").bounding_box()
        assert size and corner
        coloured = is_coloured(step.locator("img"))
        child.hears_again()
        page.wait_for_selector(".is-said")
        return {
            "paper": page.locator("#screen > *").evaluate(
                "one => getComputedStyle(one).backgroundColor"
            ),
            "coloured": coloured,
            "step": size["width"] * size["height"],
            "corner": corner["x"],
            "moves": page.evaluate(MOVES),
        }

    child.opens("halsa")
    wears("")
    plain = look()
    for fit in FITS:
        wears(fit)
        nothing_is_lost(tablet, ON_THE_GLASS)
        seen = look()
        changed = {
            "black": seen["paper"] == PAPER["black"] != plain["paper"],
            "yellow": seen["paper"] == PAPER["yellow"] != plain["paper"],
            "lines": plain["coloured"] and not seen["coloured"],
            "large": seen["step"] > plain["step"],
            "left": seen["corner"] < 100 < plain["corner"],
            "still": plain["moves"] and not seen["moves"],
        }
        assert {one for one, is_seen in changed.items() if is_seen} == {fit}


def test_a_child_that_is_silent_or_has_sat_for_long_sees_a_calm_picture_and_nothing_more(
    tablet: Tablet,
) -> None:
    tablet.is_at_the_wheel_with("Nils", 2021)
    clock, sign = tablet.page.clock, tablet.page.locator("#rights .calm-sign")
    clock.install()
    tablet.child.opens("halsa")
    before, taps = tablet.seen(), tablet.acknowledged()
    clock.fast_forward("00:50")
    expect(sign).to_have_count(0)
    clock.fast_forward("00:15")
    expect(sign).to_be_visible()
    assert tablet.seen() == before and tablet.acknowledged() == taps, "nothing moved on"
    assert not tablet.page.locator("#said-again").count(), "nor was anything said"
    tablet.child.places("Kroppen", "Bra")
    expect(sign).to_have_count(0)
    clock.fast_forward("10:00")
    tablet.child.turns_the_page()
    expect(sign).to_be_visible()
    tablet.child.takes_a_pause()
    expect(sign).to_have_count(0)
    tablet.child.goes_on()
    tablet.shows("area")
    expect(sign).to_have_count(0)


def test_for_the_youngest_the_tablet_says_what_to_do_instead(tablet: Tablet) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    tablet.page.click(".start")
    tablet.page.click("[hx-get='/local/observe']")
    tablet.shows("observe")
    tablet.says("Iaktta tillsammans")
    tablet.says("Surfplattan sparar inget om barn under tre år")
