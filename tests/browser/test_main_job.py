"""The main job: a mentor and a child in a room without network, an ansvarig in an office."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hub import Hub
from pages import FLAGS, Tablet
from playwright.sync_api import BrowserType, Page, expect

from kid_wheel.demo import PASSWORD

LAPTOP = {"width": 1366, "height": 768}
WORDS = "Jag vill att de slutar bråka när jag ska plugga."


@pytest.fixture
def office(chromium: BrowserType, tablet: Tablet, hub: Hub) -> Iterator[Page]:
    """The ansvarig's laptop, in another browser."""
    browser = chromium.launch(executable_path=tablet._executable, args=FLAGS)
    page = browser.new_context(viewport=LAPTOP, locale="sv-SE").new_page()
    page.goto(f"{hub.url}/")
    page.fill("[name=email]", hub.colleague)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button")
    yield page
    browser.close()


def net_goes(tablet: Tablet, hub: Hub) -> None:
    hub.stop()
    tablet.context.set_offline(True)


def net_comes_back(tablet: Tablet, hub: Hub) -> None:
    """Nobody touches the tablet: it notices by itself."""
    hub.start()
    tablet.context.set_offline(False)


def test_a_child_of_twelve_is_read_by_the_ansvarig_as_the_child_put_it(
    tablet: Tablet, hub: Hub, office: Page
) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    net_goes(tablet, hub)
    tablet.mentor.prepares("Noomi", 2014, place_kind="grundskola", scale="vader5")
    tablet.child.goes_to_the_wheel()
    tablet.child.opens("hemmet")
    tablet.child.places("Hemma", "Växlande")
    tablet.child.chooses("Kvällen")
    tablet.child.is_silent("Vill inte svara")
    tablet.child.chooses("Pengar")
    tablet.child.is_silent("Vet inte")
    tablet.child.chooses("Morgonen")
    tablet.child.is_silent("Hoppa över")
    tablet.child.wants_to_tell()
    tablet.child.tells(WORDS)
    tablet.child.has_told()
    tablet.child.goes_to_the_wheel()
    tablet.child.reads_back()
    tablet.child.reads_to_the_end()
    tablet.child.is_done()
    tablet.says("Tack för att du var med")
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    tablet.says("Ett samtal väntar på att skickas.")
    tablet.says("Inte skickat än")

    net_comes_back(tablet, hub)
    tablet.page.wait_for_selector(".outbox[data-waiting='0']")
    tablet.says("Mottaget av")

    office.reload()
    office.click("main a:has-text('Noomi')")
    office.click("main a[href*='/conversation/']")
    area = office.locator("[data-area='hemmet']").last
    expect(office.locator("h1")).to_contain_text("Noomi")
    expect(area).to_contain_text(WORDS)
    expect(area.locator("section, div, li, th, td").get_by_text("Växlande").first).to_be_visible()
    for silence, card in (("Vill inte svara", "Kvällen"), ("Vet inte", "Pengar")):
        expect(area.locator(".silence", has_text=silence)).to_contain_text(card)
    expect(area.locator(".silence", has_text="Hoppade över")).to_contain_text("Morgonen")
    expect(area.locator(".silence", has_text="Inte tillfrågad")).not_to_contain_text("Morgonen")
    expect(office.locator("main")).to_contain_text("ingen vårdnadshavare")
    assert not set("%") & set(office.inner_text("main"))
    assert hub.count_of("conversation:read") > 0


def test_a_child_of_four_needs_no_words(tablet: Tablet, hub: Hub) -> None:
    """Every step is a picture that can be tapped; the adult writes what the child says."""
    tablet.start()
    tablet.mentor.unlocks()
    net_goes(tablet, hub)
    tablet.mentor.prepares("Majken", 2022, place_kind="forskola")
    tablet.child.goes_to_the_wheel()
    tablet.child.tells_of_body_and_stomach()
    tablet.child.wants_to_tell()
    tablet.child.tells("Ont när mamma åker", question="Berätta om magen")
    tablet.child.has_told()
    tablet.child.goes_to_the_wheel()
    for button in tablet.page.locator("#rights button:not(.adult-corner), .sector").all():
        assert button.locator("img, image").count() == 1
    tablet.child.reads_back()
    tablet.child.reads_to_the_end()
    tablet.child.is_done()
    net_comes_back(tablet, hub)
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    tablet.page.wait_for_selector(".outbox[data-waiting='0']")

    (record,) = hub.received("Majken")
    health = record["areas"][0]
    placed = {card["label"]: card["answer"].get("label") for card in health["cards"]}
    assert placed["Kroppen"] == "Bra"
    assert placed["Magen"] == "Inte bra"
    (said,) = health["statements"]
    assert (said["speaker"], said["question"]) == ("adult_wrote_childs_words", "Berätta om magen")
    assert record["areas"][3]["order"] is None
    assert {card["answer"]["silence"] for card in record["areas"][3]["cards"]} == {"not_asked"}


def test_the_child_may_change_and_take_away_while_reading_back(tablet: Tablet, hub: Hub) -> None:
    tablet.is_at_the_wheel_with("Ville", 2021, place_kind="forskola")
    tablet.child.tells_of_body_and_stomach()
    tablet.child.goes_to_the_wheel()
    tablet.child.reads_back()
    tablet.page.tap(".readback-item:has-text('Magen') [data-change]")
    tablet.shows("area")
    tablet.child.places("Magen", "Sådär")
    tablet.child.goes_to_the_wheel()
    tablet.child.reads_back()
    tablet.child.turns_the_page()
    tablet.page.tap(".readback-item:has-text('Kroppen') [data-take-away]")
    expect(tablet.page.locator(".readback-item:has-text('Kroppen')")).to_have_count(0)
    tablet.child.reads_to_the_end()
    tablet.child.is_done()
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    tablet.page.wait_for_selector(".outbox[data-waiting='0']")
    (record,) = hub.received("Ville")
    answers = {card["label"]: card["answer"] for card in record["areas"][0]["cards"]}
    assert answers["Magen"]["label"] == "Sådär"
    assert answers["Kroppen"] == {"silence": "not_asked"}


def test_what_is_wrong_in_the_preparation_is_said_beside_the_field(tablet: Tablet) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    page = tablet.page
    page.click(".start")
    page.fill("[name=alias]", "20140502-1234")
    for born, words in (
        ("2031", "Året ligger i framtiden"),
        ("2025", "För barn 0–2 år finns ingen vy att trycka på"),
        ("1999", "Personen är vuxen"),
        ("tolv", "Skriv vilket år barnet är fött"),
    ):
        page.fill("[name=birth_year]", born)
        page.click("[data-screen=prepare] button.start")
        tablet.says(words)
        tablet.says("Det ser ut som ett personnummer")
        assert page.input_value("[name=birth_year]") == born
    page.check("[name=known][value=case]", force=True)
    page.fill("[name=case_code]", "DEMO4X")
    page.click("[data-screen=prepare] button.start")
    tablet.says("Ärendekoden stämmer inte")
    assert tablet.screen == "prepare"
