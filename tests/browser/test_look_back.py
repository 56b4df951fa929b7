"""A child who is asked again answers anew first, and then may look at what it said before."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from axe import faults
from hub import Hub
from pages import LANDSCAPE, PORTRAIT, Tablet
from PIL import Image
from playwright.sync_api import Request, expect

SLIDE = "Rutschkanan"
SIDE = 600  # px: the shorter side of the photograph


def test_the_earlier_answers_come_after_the_new_ones_and_go_with_the_conversation(
    tablet: Tablet, hub: Hub
) -> None:
    _has_talked_before(tablet, "Saga")
    _starts_again(tablet, hub.lends("Saga"))
    page = tablet.page
    expect(page.locator(".is-chosen")).to_have_count(0)
    tablet.child.places("Hemma", "Bra")
    _goes_to_the_closing(tablet)
    tablet.child._turns("[hx-get='/local/child/earlier']")
    tablet.shows("earlier")
    expect(page.locator("[data-now]")).to_contain_text("Bra")
    expect(page.locator("[data-then]")).to_contain_text("Inte alls bra")
    tablet.child.waits_for_the_disk()
    tablet.reload()
    tablet.mentor.unlocks()
    tablet.shows("earlier")
    expect(page.locator("[data-then]")).to_contain_text("Inte alls bra")
    (draft,) = [d["id"] for d in tablet.ask_store("store.drafts()")]
    tablet.child.wants_to_stop()
    page.tap("[hx-post='/local/child/keep']")
    tablet.shows("thanks")
    tablet.mentor.finishes()
    assert tablet.ask_store(f"store.earlier('{draft}')") is None
    tablet.mentor.sends()
    (again,) = [r for r in hub.received_in_case_of("Saga") if "looked_back_at" in r]
    assert again["ended"] == "stopped"


def test_what_the_child_drew_and_felt_and_made_before_stands_beside_what_it_does_now(
    tablet: Tablet, hub: Hub
) -> None:
    tablet.is_at_the_wheel_with("Siv", 2014, place_kind="grundskola")
    child, page = tablet.child, tablet.page
    child.opens("hemmet")
    child.tells_how_it_feels()
    child.feels("Orolig")
    child.feels("Arg")
    child.has_felt()
    child.wants_to_draw()
    child.draws((0.2, 0.2), (0.8, 0.3))
    child.draws((0.5, 0.5), (0.6, 0.9))
    child.has_drawn()
    child.makes_a_card("Kojan")
    child.draws_the_cards_picture()
    child.draws((0.1, 0.9), (0.9, 0.9))
    child.has_drawn()
    lines = [path for drawing in drawn_in(tablet) for path in drawing]
    _stops_and_sends(tablet)
    _starts_again(tablet, hub.lends("Siv"))
    child.tells_how_it_feels()
    child.feels("Glad")
    child.has_felt()
    child.wants_to_draw()
    child.draws((0.3, 0.3), (0.4, 0.4))
    child.has_drawn()
    _goes_to_the_closing(tablet)
    child._turns("[hx-get='/local/child/earlier']")
    tablet.shows("earlier")
    now, then = page.locator("[data-now]"), page.locator("[data-then]")
    expect(then.locator(".feelings-together img")).to_have_count(2)
    expect(then.locator("li", has_text="Orolig")).to_contain_text("Arg")
    expect(then.locator("li", has_text="Kojan").locator("svg.drawn")).to_have_count(1)
    seen = then.locator(".drawn path").evaluate_all(PATHS)
    assert sorted(seen) == sorted(lines), "the very strokes, and each once"
    expect(now.locator(".feelings-together img")).to_have_count(1)
    expect(now).to_contain_text("Glad")
    expect(now.locator(".drawn path")).to_have_count(1)
    for size in (PORTRAIT, LANDSCAPE):
        page.set_viewport_size(size)
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    child.listens()
    page.tap("[data-then] li:has(.drawn:only-child)")
    expect(page.locator("#said-again")).to_contain_text("Det här har du ritat")


PATHS = "paths => paths.map((path) => path.getAttribute('d'))"


def drawn_in(tablet: Tablet) -> list[list[str]]:
    """The strokes of each drawing of the conversation in hand, as they are drawn for looking at."""
    found: list[list[str]] = tablet.ask_store(
        """[...session.state.drawings.values()].map(({ strokes }) => strokes.map(
          ({ points: [x, y, ...rest] }) => rest.reduce(
            (path, _y, index) => (index % 2 ? path : `${path} ${rest[index]} ${rest[index + 1]}`),
            `M${x} ${y}L${x} ${y}`)))"""
    )
    return found


def test_a_child_may_say_no_and_nothing_is_fetched(tablet: Tablet, hub: Hub) -> None:
    _has_talked_before(tablet, "Melker")
    _starts_again(tablet, hub.lends("Melker"))
    asked: list[Request] = []
    tablet.page.on("request", lambda request: asked.append(request))
    tablet.child.places("Hemma", "Bra")
    _goes_to_the_closing(tablet)
    tablet.child._turns("[hx-get='/local/child/not-earlier']")
    tablet.shows("closing")
    assert not [request for request in asked if request.url.endswith("/tablet/api/earlier")]


def test_without_net_the_child_is_told_so_gently_and_goes_on(tablet: Tablet, hub: Hub) -> None:
    _has_talked_before(tablet, "Svea")
    _starts_again(tablet, hub.lends("Svea"))
    tablet.child.places("Hemma", "Bra")
    _goes_to_the_closing(tablet)
    hub.stop()
    tablet.child._turns("[hx-get='/local/child/earlier']")
    tablet.shows("earlier-not-here")
    tablet.child._turns(".calm-screen .big-next")
    tablet.shows("closing")
    hub.start()


@pytest.mark.parametrize("is_still_here", [True, False], ids=["kept", "gone"])
def test_the_units_own_photograph_is_seen_again_where_this_tablet_still_has_it(
    tablet: Tablet, hub: Hub, own: None, is_still_here: bool
) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    tablet.fetches_the_units_own()
    alias = f"Sally {is_still_here}"
    _has_talked_before(tablet, alias, SLIDE)
    if not is_still_here:
        hub.forgets_the_schools_own()
        tablet.reload()
        tablet.mentor.unlocks()
        tablet.page.wait_for_function(
            """async () => {
              const { store } = await import("/static/vendor/app.js");
              return (await store.localPack()).photos.length === 0;
            }"""
        )
    _starts_again(tablet, hub.lends(alias))
    tablet.child.places("Hemma", "Bra")
    _goes_to_the_closing(tablet)
    tablet.child._turns("[hx-get='/local/child/earlier']")
    seen = tablet.page.locator(f"[data-then] li:has-text('{SLIDE}') img").first
    if is_still_here:
        expect(seen).to_have_js_property("naturalWidth", SIDE)
    else:
        expect(seen).to_have_attribute("src", "/static/bildstod/k-own-card.svg")


@pytest.fixture
def own(hub: Hub) -> Iterator[None]:
    """The school has a card with its own photograph."""
    out = BytesIO()
    Image.new("RGB", (800, SIDE), "#c03020").save(out, "JPEG")
    hub.adds_card("hemmet", "older", SLIDE, out.getvalue())
    yield
    hub.forgets_the_schools_own()


def _has_talked_before(tablet: Tablet, alias: str, card: str = "Hemma") -> None:
    tablet.is_at_the_wheel_with(alias, 2014, place_kind="grundskola")
    tablet.child.opens("hemmet")
    tablet.child.chooses(card)
    tablet.child.places(card, "Inte alls bra")
    _stops_and_sends(tablet)


def _stops_and_sends(tablet: Tablet) -> None:
    tablet.child.stops_and_keeps()
    tablet.mentor.finishes()
    tablet.mentor.sends()


def _starts_again(tablet: Tablet, code: str) -> None:
    tablet.mentor.prepares_for_case(code, 2014)
    tablet.shows("intro")
    tablet.child.waits_for_the_disk()
    tablet.child.goes_to_the_wheel()
    tablet.child.opens("hemmet")


def _goes_to_the_closing(tablet: Tablet) -> None:
    tablet.child.goes_to_the_wheel()
    tablet.child._turns(".done-corner")
    tablet.shows("look-back")
