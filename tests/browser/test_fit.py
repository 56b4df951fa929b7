"""The conversation fits the child: what was chosen before the start holds, and costs no more."""

from __future__ import annotations

from hub import Hub
from pages import Hand, Tablet
from playwright.sync_api import expect

LOOK = "n-1f9d1-200d-1f9b1"


def test_where_nothing_is_chosen_nothing_is_read_or_listened_for(tablet: Tablet) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.prepares("Iris", 2022)
    assert tablet.page.get_attribute("#fit-css", "media") == "not all"
    assert tablet.page.get_attribute("body", "data-fit") is None
    assert tablet.kept()[0]["about"]["fit"] == {}


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


def test_two_switches_are_enough_for_a_conversation(tablet: Tablet) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.prepares("Nils", 2014, ("large", "left"), scan="step")
    page = tablet.page

    def chooses(selector: str) -> None:
        """Moves the light until it is there, through a group if it is in one, and chooses."""
        for _ in range(80):
            lit = page.locator(".is-scanned")
            there = page.locator(f"{selector}.is-scanned").count() > 0
            alone = lit.count() == 1
            page.evaluate("new Promise((yes) => setTimeout(yes, 310))")  # a switch trembles too
            page.keyboard.press("Enter" if there else "Space")
            if there and alone:
                return
        raise AssertionError(f"the light does not reach {selector}")

    for _ in range(6):
        chooses(".promise.is-next")
    chooses("[data-begin]")
    tablet.shows("wheel")
    chooses(".sector[data-area='halsa']")
    tablet.shows("area")
    chooses(".step[data-label='Bra']")
    tablet.child.waits_for_the_disk()
    assert tablet.acknowledged()[-1]["step"] == "good"
    chooses(".to-wheel")
    tablet.shows("wheel")
    chooses(".done-corner")
    tablet.shows("closing")
    chooses(".klar")
    tablet.shows("confirm")
    fits = page.get_attribute("body", "data-fit")
    chooses("[hx-post='/local/child/done']")
    tablet.shows("thanks")
    assert page.get_attribute("body", "data-fit") == fits, "the last screen is the child's too"
    chooses(".today [data-today='good']")
    expect(page.locator(".today [data-today='good']")).to_have_attribute("aria-pressed", "true")


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
