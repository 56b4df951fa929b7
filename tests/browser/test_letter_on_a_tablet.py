"""The answers to a child, lent by the ansvarig and seen on a tablet: whole, then gone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hub import Hub
from office import LAPTOP, Ansvarig
from pages import FLAGS, Tablet
from playwright.sync_api import BrowserType, expect

WISH = "Jag vill att de slutar bråka när jag ska plugga."
ANSWER = "Mamma och pappa får hjälp att prata lugnt."


@pytest.fixture
def ansvarig(chromium: BrowserType, tablet: Tablet, hub: Hub) -> Iterator[Ansvarig]:
    browser = chromium.launch(executable_path=tablet._executable, args=FLAGS)
    page = browser.new_context(viewport=LAPTOP, locale="sv-SE").new_page()
    made = Ansvarig(page, hub.url)
    made.signs_in(hub.colleague)
    yield made
    browser.close()


def test_the_child_sees_each_wish_with_its_fate_without_net_and_the_ansvarig_is_told(
    tablet: Tablet, hub: Hub, ansvarig: Ansvarig
) -> None:
    code = _has_an_answer(tablet, ansvarig, "Signe")
    page = tablet.page
    page.click("[hx-get='/local/lent-letter']")
    tablet.shows("lent-letter")
    _asks_for_the_letter(tablet, "ZZZZ2222")
    expect(page.locator("[data-error=case_code]")).to_contain_text("Inget brev är utlånat hit")
    _asks_for_the_letter(tablet, code)
    tablet.shows("letter-here")
    tablet.context.set_offline(True)
    tablet.child.turns_the_letter("[hx-get='/local/child/letter']")
    tablet.shows("letter")
    assert [_reply(tablet)] == [(WISH, "Vi gör", ANSWER)]
    expect(page.locator("#rights button:visible")).to_have_count(3)  # again, listen, the adult
    page.tap("#rights [data-again]")
    expect(page.locator("#said-again")).to_contain_text("Vi gör.")
    tablet.child.turns_the_letter(".arrow.next")
    assert _reply(tablet) == ("Bråk hemma", "Vi gör", ANSWER)
    assert page.evaluate("document.querySelector('[data-said]').naturalWidth") > 0
    tablet.child.turns_the_letter(".arrow.next")
    tablet.shows("letter-end")
    tablet.child.turns_the_letter("[hx-get='/local/child/letter-close']")
    tablet.shows("letter-closed")
    assert _kept_of_the_letter(tablet) is None
    assert WISH.encode() not in tablet.exported()
    ansvarig.page.reload()
    assert "Barnet har fått se brevet" not in ansvarig.page.inner_text("main")

    tablet.context.set_offline(False)
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    tablet.shows("home")
    page.wait_for_function(
        """async () => {
          const { store } = await import("/static/vendor/app.js");
          return (await store.lettersShown()).length === 0;
        }"""
    )
    ansvarig.page.reload()
    ansvarig.sees("Barnet har fått se brevet den")
    assert hub.count_of("letter:shown") == 1


def test_a_follow_up_begins_with_the_letter_and_goes_on_to_the_conversation(
    tablet: Tablet, ansvarig: Ansvarig
) -> None:
    code = _has_an_answer(tablet, ansvarig, "Sixten")
    tablet.mentor.prepares_for_case(code, 2014)
    tablet.shows("letter-here")
    tablet.child.turns_the_letter("[hx-get='/local/child/letter']")
    tablet.shows("letter")
    tablet.child.waits_for_the_disk()
    tablet.reload()
    tablet.mentor.unlocks()
    tablet.shows("letter-here")
    assert _kept_of_the_letter(tablet) is None, "the letter went with the page"
    tablet.child.turns_the_letter("[hx-get='/local/child/letter']")
    assert _reply(tablet)[0] == WISH
    tablet.child.turns_the_letter(".arrow.next")
    tablet.child.turns_the_letter(".arrow.next")
    tablet.shows("letter-end")
    tablet.child.turns_the_letter("[hx-get='/local/child/letter-close']")
    tablet.shows("intro")
    tablet.child.goes_to_the_wheel()


def test_an_adult_ends_it_with_the_pin(tablet: Tablet, ansvarig: Ansvarig) -> None:
    code = _has_an_answer(tablet, ansvarig, "Sigge")
    tablet.page.click("[hx-get='/local/lent-letter']")
    _asks_for_the_letter(tablet, code)
    tablet.shows("letter-here")
    tablet.child.turns_the_letter("[hx-get='/local/child/letter']")
    tablet.shows("letter")
    tablet.mentor.holds_corner()
    tablet.page.click("[data-back]")
    tablet.shows("letter")
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    tablet.shows("home")
    assert _kept_of_the_letter(tablet) is None


def _has_an_answer(tablet: Tablet, ansvarig: Ansvarig, alias: str) -> str:
    """A wish and an important card, answered and lent. Returns the code of the case."""
    tablet.is_at_the_wheel_with(alias, 2014, place_kind="grundskola")
    child = tablet.child
    child.opens("hemmet")
    child.chooses("Bråk hemma")
    child.places("Bråk hemma", "Inte alls bra")
    child.wants_to_tell()
    child.says_what_it_is_about("Så vill jag ha det")
    child.tells(WISH)
    child.has_told()
    child.goes_to_the_wheel()
    child.reads_back()
    child.goes_on_to("important")
    child.presses(".tile:has-text('Bråk hemma')")
    child.is_ready()
    child.is_done()
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    tablet.page.wait_for_selector(".outbox[data-waiting='0']")
    ansvarig.page.reload()
    ansvarig.opens_what_has_come(alias)
    ansvarig.opens_a_case()
    code = ansvarig.page.inner_text("#code")
    ansvarig.turns_to("Svar till barnet")
    assert ansvarig.answers_every_wish("Vi gör", ANSWER) == 2
    ansvarig.lends_the_letter()
    return code


def _asks_for_the_letter(tablet: Tablet, code: str) -> None:
    tablet.page.fill("[name=case_code]", code)
    tablet.page.click("[data-screen=lent-letter] .primary")


def _reply(tablet: Tablet) -> tuple[str, ...]:
    reply = tablet.page.locator(".letter-reply")
    return tuple(
        reply.locator(part).inner_text()
        for part in ("blockquote", "[data-fill=fate]", "[data-fill=because]")
    )


def _kept_of_the_letter(tablet: Tablet) -> object:
    return tablet.page.evaluate(
        """async () => (await import("/static/vendor/app.js")).session.letter ?? null"""
    )
