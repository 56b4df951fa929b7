"""A conversation in another language than the adult's, and in two at once."""

from __future__ import annotations

from pages import Tablet
from playwright.sync_api import expect


def test_a_conversation_in_arabic_runs_from_right_to_left_and_the_scale_keeps_its_meaning(
    tablet: Tablet,
) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.prepares("Rania", 2020, language="ar")
    page = tablet.page
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [
        "ar",
        "rtl",
    ]
    tablet.child.goes_to_the_wheel()
    tablet.child.opens("halsa")
    expect(page.locator(".card-label").first).to_have_text("جسمي")
    steps = page.locator("fieldset.card").first.locator(".step")
    boxes = [steps.nth(n).bounding_box() for n in range(3)]
    assert [box["x"] for box in boxes if box] == sorted(
        (box["x"] for box in boxes if box), reverse=True
    ), "what is good comes first where one begins to read"
    steps.first.click()
    tablet.child.waits_for_the_disk()
    (placed,) = [tap for tap in tablet.kept() if tap["type"] == "place"]
    assert placed["step"] == "good"
    assert placed["shown"]["card"]["label"] == "جسمي"


def test_a_child_and_an_interpreter_see_two_languages_at_once(tablet: Tablet) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    page = tablet.page
    tablet.mentor.prepares("Olena", 2014, language="uk", beside="sv")
    tablet.child.goes_to_the_wheel()
    tablet.child.opens("hemmet")
    label = page.locator(".card-label").first
    expect(label.locator(".beside")).to_have_text("Hemma")
    expect(label.locator(".beside")).to_have_attribute("lang", "sv")
    page.locator(".step").first.click()
    tablet.child.waits_for_the_disk()
    (placed,) = [tap for tap in tablet.kept() if tap["type"] == "place"]
    assert "Hemma" not in placed["shown"]["card"]["label"], "the record is in the child's language"
    tablet.child.tells_how_it_feels()
    page.locator(".feeling").first.tap()
    tablet.child.has_felt()
    tablet.child.goes_to_the_wheel()
    tablet.child.reads_back()
    for words in ("Hemma", "Bra"):
        assert page.locator(".readback .beside", has_text=words).count(), words
    tablet.child.hears_all()
    expect(page.locator(".release-what .beside")).to_have_text("Där jag bor")
    tablet.child.goes_on_to("important")
    expect(page.locator(".tile:not(:has(.feelings-together)) .beside")).to_have_text("Hemma")
    assert page.locator(".tile .feelings-together ~ * .beside").inner_text()
    tablet.child.goes_on_to("help")
    assert page.locator(".person-item .beside", has_text="Mamma").count()
