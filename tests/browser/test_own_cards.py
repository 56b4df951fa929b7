"""A unit's own cards and photographs on its tablets, without net, and on to the case."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from hub import Hub
from pages import Tablet
from PIL import Image
from playwright.sync_api import expect

SLIDE = "Rutschkanan"
SIDE = 600  # px: the shorter side of the photograph


def photograph() -> bytes:
    out = BytesIO()
    Image.new("RGB", (800, SIDE), "#c03020").save(out, "JPEG")
    return out.getvalue()


def shows_the_photo(tablet: Tablet, where: str) -> None:
    picture = tablet.page.locator(f"{where} .card-face img")
    expect(picture).to_have_js_property("naturalWidth", SIDE)


@pytest.fixture
def own(hub: Hub) -> Iterator[str]:
    """The school has a card about its slide, and has laid a card of the catalog aside."""
    name = hub.adds_card("larande", "preschool", SLIDE, photograph())
    hub.lays_aside("larande/preschool/play")
    yield name
    hub.forgets_the_schools_own()


@pytest.fixture
def words(hub: Hub) -> Iterator[None]:
    """What the school's children call its staff."""
    hub.calls_its_staff(mentor="Klassläraren", teacher="Fröken", school_nurse="Skolsyster")
    yield
    hub.forgets_the_schools_own()


def test_a_card_with_the_units_own_photo_is_placed_without_net_and_reaches_the_case(
    tablet: Tablet, hub: Hub, own: str
) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    tablet.fetches_the_units_own()
    hub.stop()
    tablet.reload()
    tablet.mentor.unlocks()
    tablet.mentor.prepares("Torun", 2021)
    tablet.child.goes_to_the_wheel()
    tablet.child.opens("larande")
    met = tablet.child.turns_pages_to(SLIDE)
    assert met == ["Förskolan", "Vara ute", "Vuxna på förskolan", SLIDE], "Leka is laid aside"
    on_slide = f"fieldset.card[data-label='{SLIDE}']"
    shows_the_photo(tablet, on_slide)
    tablet.child.places(SLIDE, "Bra")

    tablet.kill()
    tablet.start()
    tablet.mentor.unlocks()
    shows_the_photo(tablet, on_slide)
    assert tablet.page.is_checked(
        f"fieldset.card[data-label='{SLIDE}'] .step[data-label=Bra] input"
    )

    tablet.child.goes_to_the_wheel()
    tablet.child.reads_back()
    expect(tablet.page.locator(".readback .card-face img")).to_have_js_property(
        "naturalWidth", SIDE
    )
    tablet.child.reads_to_the_end()
    tablet.child.is_done()
    hub.start()
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    tablet.mentor.sends()
    (record,) = hub.received("Torun")
    cards = {card["label"]: card for area in record["areas"] for card in area["cards"]}
    card = cards[SLIDE]
    assert card["key"].startswith("larande/local/")
    assert (card["local"], card["photo"], card["symbol"]) == (True, own, "k-own-card")
    assert card["answer"]["step"] == "good"
    assert "Leka" not in cards, "what was laid aside was not there to be asked about"


def test_the_units_own_words_for_its_staff_stand_wherever_a_child_meets_them(
    tablet: Tablet, hub: Hub, words: None
) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    version = tablet.fetches_the_units_own()
    tablet.mentor.prepares("Torvald", 2014)
    child, page = tablet.child, tablet.page
    child.goes_to_the_wheel()
    child.opens("larande")
    child.chooses("Lärarna (Fröken)")
    asked = page.locator("fieldset.card[data-current] .card-say")
    expect(asked).to_have_text("Hur har du det med lärarna?")  # a sentence stays as it is
    child.places("Lärarna (Fröken)", "Bra")
    child.makes_a_card(picture="Skolsyster")
    child.has_made_the_card()
    child.goes_to_the_wheel()
    child.reads_back()
    child.hears_all()
    child.goes_on_to("help")
    persons = page.locator(".person-item figcaption")
    expect(persons.filter(has_text="Peter")).to_contain_text("Klassläraren")
    expect(persons.filter(has_text="Skolsköterska")).to_have_count(0)
    child.wants("Klassläraren")
    child.wants("Fröken")
    child.wants("Skolsyster", "no")

    hub.calls_its_staff(teacher="Magistern", school_nurse="", mentor="")
    tablet.reload()
    tablet.mentor.unlocks()
    tablet.fetches_the_units_own(before=version)
    child.is_ready()
    child.is_done()
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    tablet.mentor.sends()
    (record,) = hub.received("Torvald")
    wanted = {one["key"].split("/")[0]: one for one in record["help"]["wanted"]}
    assert (wanted["teacher"]["label"], wanted["teacher"]["choice"]) == ("Fröken", "yes")
    assert (wanted["school_nurse"]["label"], wanted["school_nurse"]["choice"]) == (
        "Skolsyster",
        "no",
    )
    assert wanted["staff"]["title"] == "Klassläraren"
    cards = {card["key"]: card["label"] for area in record["areas"] for card in area["cards"]}
    assert cards["larande/older/teachers"] == "Lärarna (Fröken)", "as the child saw it"


def test_the_units_words_are_for_talks_in_swedish(tablet: Tablet, words: None) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    tablet.fetches_the_units_own()
    tablet.mentor.prepares("Torvald", 2014, language="en")
    assert "Fröken" not in tablet.page.inner_html("#child-pack")
