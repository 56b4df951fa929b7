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
