"""A conversation that was held on paper: printed in the office, written in on the tablet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from axe import faults
from hub import Hub
from pages import FLAGS, Enrolled, Tablet
from playwright.sync_api import BrowserType, Page, expect

from kid_wheel.demo import PASSWORD

TOO_LARGE = """() => [...document.querySelectorAll(".cut-card, .tray, .board-step, .page")]
  .filter((e) => e.scrollHeight - e.clientHeight > 2 || e.scrollWidth - e.clientWidth > 2)
  .map((e) => e.dataset.card ?? e.className)"""
CUT = """() => [...document.querySelectorAll("[data-card]")].filter((card) => {
  const inner = card.getBoundingClientRect();
  const page = card.closest(".page").getBoundingClientRect();
  const isBeside = inner.left < page.left || inner.right > page.right;
  return isBeside || inner.top < page.top || inner.bottom > page.bottom;
}).length"""

# Another typeface's letters are wider: what is measured before it has come is not what is printed.
TYPEFACE = "Promise.all([...document.fonts].map((face) => face.load())).then(() => true)"


@pytest.fixture
def office(chromium: BrowserType, enrolled: Enrolled, hub: Hub) -> Iterator[Page]:
    browser = chromium.launch(executable_path=enrolled.executable, args=FLAGS)
    page = browser.new_context(locale="sv-SE").new_page()
    page.goto(f"{hub.url}/")
    page.fill("[name=email]", hub.colleague)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button")
    yield page
    browser.close()


def test_the_sheets_are_chosen_and_printed_without_a_card_being_cut(office: Page) -> None:
    office.click("header a:has-text('Papper')")
    assert faults(office) == []
    office.check("[name=variant][value=older]")
    office.check("[name=deck][value=all]")
    office.check("[name=cards][value=small]")
    office.check("[name=prompts][value=under]")
    office.click("main form .button")
    expect(office.locator(".page[data-part=cards]").first).to_be_visible()
    office.emulate_media(media="print")
    office.evaluate(TYPEFACE)
    assert office.evaluate(TOO_LARGE) == []
    assert office.evaluate(CUT) == 0
    pages = office.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")
    assert pages == office.locator(".page").count(), "each sheet is one page, and none is empty"
    office.emulate_media(media="screen")
    assert faults(office) == []


def test_what_a_child_placed_on_paper_is_written_in_and_marked(tablet: Tablet, hub: Hub) -> None:
    day = (date.today() - timedelta(days=3)).isoformat()
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.writes_in_from_paper("Tilde", 2014, "2099-01-01")
    tablet.says("Dagen har inte varit än.")
    tablet.page.fill("[name=held_on]", day)
    tablet.page.click("[data-screen=prepare] button.start")
    tablet.shows("wheel")
    tablet.child.waits_for_the_disk()
    tablet.kill()
    tablet.start()
    tablet.mentor.unlocks()
    tablet.shows("wheel")
    tablet.child.opens("hemmet")
    tablet.child.places("Hemma", "Bra")
    tablet.child.goes_to_the_wheel()
    speaks_to_the_adult(tablet)
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    tablet.page.wait_for_selector(".outbox[data-waiting='0']")
    (record,) = hub.received("Tilde")
    assert record["origin"] == {"kind": "paper", "held_on": day}
    assert record["tapped_by"] == "adult"
    answers = [card["answer"] for area in record["areas"] for card in area["cards"]]
    assert {a["speaker"] for a in answers if "speaker" in a} == {"child_pointed"}
    home = next(area for area in record["areas"] if area["key"] == "hemmet")
    assert home["release"] == "may_not", "what stands on the paper"
    rest = [area for area in record["areas"] if area is not home]
    assert not [area for area in rest if "release" in area], "what does not is absent"
    assert not {"help", "meeting"} & record.keys()
    for area in record["areas"]:
        assert not [card for card in area["cards"] if "confirmed" in card], "nobody has confirmed"


def test_the_adults_own_words_stand_on_the_buttons_whatever_language_the_paper_is_in(
    tablet: Tablet,
) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    today = date.today().isoformat()
    tablet.mentor.writes_in_from_paper("Tariq", 2014, today, language="ar")
    page, child = tablet.page, tablet.child
    child.opens("hemmet")
    expect(page.locator(".card-label .beside").first).to_have_text("Hemma")
    page.locator(".step").first.tap()
    child.waits_for_the_disk()
    child.goes_to_the_wheel()
    child.reads_back()
    persons: list[str] = []
    while tablet.screen != "confirm":
        assert page.evaluate(IN_ANOTHER_LANGUAGE) == [], tablet.screen
        for name in page.locator(".arrow:visible").evaluate_all(NAMES):
            assert name in {"Gå tillbaka", "Gå vidare"}
        if tablet.screen == "release" and not page.locator("[aria-pressed='true']").count():
            assert "Får visas hemma" in tablet.text
            child.presses("[data-release='may_not']")
            child._turns("[data-each]")
            continue
        if tablet.screen == "help":
            persons += page.locator(".person-item .beside").all_inner_texts()
        child.turns_the_page()
    assert "Mamma" in persons
    assert page.evaluate(IN_ANOTHER_LANGUAGE) == []
    child._turns("[hx-get='/local/child/wheel']")
    child.goes_to_the_wheel() if tablet.screen != "wheel" else None
    child.reads_back()
    child.takes_away("Hemma")
    tablet.shows("nothing")
    assert page.evaluate(IN_ANOTHER_LANGUAGE) == []


# The adult's own words, or the child's with the adult's under them.
IN_ANOTHER_LANGUAGE = """() =>
  [...document.querySelectorAll("#screen button, #screen h1, #rights button")]
  .filter((e) => e.innerText.trim() && !e.querySelector("[lang=sv]") && !e.closest("[lang=sv]"))
  .map((e) => e.innerText)"""
NAMES = "all => all.map((arrow) => arrow.getAttribute('aria-label'))"


def test_the_one_who_writes_in_from_paper_says_that_the_child_wanted_to_stop(
    tablet: Tablet, hub: Hub
) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.writes_in_from_paper("Tuva", 2021, date.today().isoformat())
    tablet.shows("wheel")
    tablet.child.wants_to_stop()
    heading = tablet.page.locator("#screen h1")
    expect(heading).to_have_text("Ville barnet sluta?")
    tablet.child._turns("[hx-get='/local/child/throw']")
    expect(heading).to_have_text("Ska allt som är inskrivet slängas?")
    tablet.child._turns("[hx-get='/local/child/stop']")
    tablet.child._turns("[hx-get='/local/child/back']")
    tablet.child.reads_back_nothing()
    expect(heading).to_have_text("Inget är inskrivet än")


def speaks_to_the_adult(tablet: Tablet) -> None:
    """Through the closing: every heading is about the paper, and nothing asks a child."""
    child, page = tablet.child, tablet.page
    child.reads_back()
    headings = []
    while tablet.screen != "confirm":
        headings.append(page.inner_text("#screen h1"))
        assert not page.locator("[data-confirm]").count(), "only the child can say that it is right"
        if tablet.screen == "release" and not page.locator("[aria-pressed='true']").count():
            child.presses("[data-release='may_not']")
            child._turns("[data-each]")
            headings.append(page.inner_text("#screen h1"))
        if tablet.screen == "help":
            child._turns("#rights [data-silence='skipped']")
        else:
            child.turns_the_page()
    headings.append(page.inner_text("#screen h1"))
    assert list(dict.fromkeys(headings)) == [
        "Så här står det på papperet",
        "Vad står det om att visa hemma?",
        "Vad står det om varje kort? – Där jag bor",
        "Vad är viktigast, enligt papperet?",
        "Vem vill barnet ha hjälp av, enligt papperet?",
        "Vill barnet vara med, enligt papperet?",
        "Vem ska vara med på mötet, enligt papperet?",
        "Är allt från papperet inskrivet?",
    ], "and no page to take home, which is the child's to choose"
    child.is_done()
    tablet.says("Samtalet är inskrivet")
    assert not page.locator("[data-tally]").count(), "nobody is asked how it was to talk"
