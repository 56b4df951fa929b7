"""What a child makes itself: drawings that nothing can take from it, and cards of its own."""

from __future__ import annotations

from typing import Any

import pytest
from hub import Hub
from pages import LANDSCAPE, PORTRAIT, Tablet
from playwright.sync_api import expect

LINE = [(0.1 + n / 100, 0.2 + n / 200) for n in range(60)]
LATER = [(0.7, 0.9), (0.8, 0.9)]


def begin(tablet: Tablet, alias: str, born: int = 2022) -> None:
    tablet.is_at_the_wheel_with(alias, born, place_kind="forskola" if born > 2020 else "grundskola")


def finish(tablet: Tablet, hub: Hub, alias: str) -> dict[str, Any]:
    """To the end of the conversation; what the hub has received of it."""
    if tablet.screen != "closing":
        tablet.child.goes_to_the_wheel()
        tablet.child.reads_back()
    tablet.child.reads_to_the_end()
    return seal(tablet, hub, alias)


def seal(tablet: Tablet, hub: Hub, alias: str) -> dict[str, Any]:
    tablet.child.is_done()
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    tablet.page.wait_for_selector(".outbox[data-waiting='0']")
    (record,) = hub.received(alias)
    return record


def area_of(record: dict[str, Any], key: str) -> dict[str, Any]:
    return next(area for area in record["areas"] if area["key"] == key)


def test_a_drawing_is_resumed_after_a_kill_in_the_middle_of_a_line(
    tablet: Tablet, hub: Hub
) -> None:
    begin(tablet, "Signe")
    tablet.child.opens("hemmet")
    tablet.child.wants_to_draw()
    tablet.child.draws((0.5, 0.5))
    tablet.child.draws(*LINE, lifts=False)
    tablet.page.wait_for_function(
        "wanted => seen.saved.flatMap((tap) => tap.points ?? []).length === wanted",
        arg=2 * (1 + len(LINE)),
    )
    drawn, kept = tablet.seen()["drawn"], tablet.kept()
    tablet.kill()
    tablet.start()
    tablet.mentor.unlocks()
    tablet.shows("drawing")
    assert tablet.kept() == kept
    tablet.page.wait_for_function("drawn => whatIsSeen().drawn[0] === drawn[0]", arg=drawn)

    tablet.child.draws((0.7, 0.2), (0.9, 0.2))
    tablet.child.draws(*LATER)
    tablet.child.takes_back_a_line()
    drawn = tablet.seen()["drawn"]
    for size in (PORTRAIT, LANDSCAPE):
        tablet.page.set_viewport_size(size)
        tablet.page.wait_for_function("drawn => whatIsSeen().drawn[0] === drawn[0]", arg=drawn)
    tablet.reload()
    tablet.mentor.unlocks()
    tablet.page.wait_for_function("drawn => whatIsSeen().drawn[0] === drawn[0]", arg=drawn)
    tablet.child.has_drawn()
    tablet.shows("area")
    (paper,) = area_of(finish(tablet, hub, "Signe"), "hemmet")["drawings"]
    dot, line, other = paper["strokes"]
    assert paper["speaker"] == "child_drew"
    assert len(dot["points"]) == 2 and len(line["points"]) == 2 * len(LINE)
    assert all(abs(a - b) <= 2 for a, b in zip(line["points"][:2], (100, 140), strict=True))
    assert all(abs(a - b) <= 2 for a, b in zip(other["points"], (700, 140, 900, 140), strict=True))


def test_one_finger_draws_and_neither_a_second_nor_a_palm(tablet: Tablet) -> None:
    begin(tablet, "Ture")
    tablet.child.opens("hemmet")
    tablet.child.wants_to_draw()
    box = tablet.page.locator(".paper canvas").bounding_box()
    assert box
    devtools = tablet.context.new_cdp_session(tablet.page)

    def touch(kind: str, *fingers: tuple[int, float, float]) -> None:
        points = [
            {"id": id_, "x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
            for id_, x, y in fingers
        ]
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def pen(kind: str, x: float, y: float) -> None:
        at = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
        pressed = {"button": "left", "buttons": 1, "clickCount": 1, "pointerType": "pen"}
        devtools.send("Input.dispatchMouseEvent", {"type": kind, **at, **pressed})

    def strokes() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = tablet.ask_store(
            "[...session.state.drawings.values()].flatMap((paper) => paper.strokes)"
        )
        return found

    touch("touchStart", (1, 0.1, 0.1))
    touch("touchStart", (1, 0.1, 0.1), (2, 0.9, 0.9))
    touch("touchMove", (1, 0.3, 0.1), (2, 0.5, 0.9))
    touch("touchEnd")
    (finger,) = strokes()
    assert all(abs(y - 70) <= 2 for y in finger["points"][1::2]), "only where the first finger was"

    touch("touchStart", (3, 0.9, 0.9))
    touch("touchMove", (3, 0.85, 0.85))
    pen("mousePressed", 0.2, 0.5)
    pen("mouseMoved", 0.4, 0.5)
    pen("mouseReleased", 0.4, 0.5)
    touch("touchEnd")
    before, written = strokes()
    assert before == finger
    assert all(abs(y - 350) <= 2 for y in written["points"][1::2]), "the pen, and not the palm"


def test_a_drawing_is_taken_away_when_it_is_read_back(tablet: Tablet, hub: Hub) -> None:
    begin(tablet, "Vide")
    tablet.child.opens("hemmet")
    tablet.child.wants_to_draw()
    tablet.child.draws(*LINE)
    tablet.page.tap("[data-new-paper]")
    tablet.page.wait_for_selector(".papers li")
    tablet.child.draws(*LATER)
    tablet.child.has_drawn()
    tablet.child.goes_to_the_wheel()
    tablet.child.reads_back()
    (first,) = tablet.seen()["pictures"]
    tablet.child.takes_away("Det här har du ritat")
    tablet.page.wait_for_function("first => whatIsSeen().pictures[0] !== first", arg=first)
    (paper,) = area_of(finish(tablet, hub, "Vide"), "hemmet")["drawings"]
    assert [len(stroke["points"]) for stroke in paper["strokes"]] == [2 * len(LATER)]


def test_an_own_card_is_named_drawn_placed_and_reaches_the_case(tablet: Tablet, hub: Hub) -> None:
    begin(tablet, "Wilma", 2014)
    tablet.child.opens("relationer")
    tablet.child.makes_a_card(picture="Hund")
    tablet.child.has_made_the_card()
    tablet.child.is_silent("Vet inte")
    tablet.child.makes_a_card("Sigge, min marsvin")
    tablet.child.draws_the_cards_picture()
    tablet.child.draws(*LINE)
    tablet.child.has_drawn()
    tablet.shows("card")
    tablet.child.has_made_the_card()
    tablet.child.places("Sigge, min marsvin", "Jättebra")
    seen, kept = tablet.seen(), tablet.kept()
    assert len(seen["pictures"]) == 2, "on the card and in the tray"
    tablet.kill()
    tablet.start()
    tablet.mentor.unlocks()
    assert (tablet.seen(), tablet.kept()) == (seen, kept)

    area = area_of(finish(tablet, hub, "Wilma"), "relationer")
    dog, guinea_pig = (card for card in area["cards"] if "own" in card)
    (paper,) = area["drawings"]
    assert (dog["label"], dog["own"]) == ("Hund", {"speaker": "child_chose"})
    assert dog["answer"]["silence"] == "dont_know"
    assert guinea_pig["label"] == "Sigge, min marsvin"
    assert guinea_pig["own"] == {"speaker": "child_said", "drawing": paper["id"]}
    assert guinea_pig["answer"]["label"] == "Jättebra"
    assert paper["card"] == guinea_pig["key"]


def test_an_own_card_that_is_taken_away_leaves_no_word_behind(tablet: Tablet, hub: Hub) -> None:
    begin(tablet, "Tage")
    tablet.child.opens("relationer")
    for name in ("Farbror Rut", "Moster Ek"):
        tablet.child.makes_a_card(name, "Kompis")
        tablet.child.has_made_the_card()
    tablet.child.places("Moster Ek", "Bra")
    tablet.child.goes_to_the_wheel()
    tablet.child.reads_back()
    tablet.child.takes_away("Farbror Rut")
    tablet.child.takes_away("Moster Ek")
    tablet.shows("nothing")
    tablet.page.tap("[hx-get='/local/child/confirm']")
    tablet.shows("confirm")
    record = seal(tablet, hub, "Tage")
    assert not [card for area in record["areas"] for card in area["cards"] if "own" in card]


@pytest.mark.parametrize("born", [2022, 2014], ids=["preschool", "older"])
def test_what_a_child_made_is_right_when_the_child_says_so(
    tablet: Tablet, hub: Hub, born: int
) -> None:
    """A drawing, own cards and an area's feelings, each with its picture; a change asks anew."""
    alias = f"Vilda {born}"
    begin(tablet, alias, born)
    makes_everything(tablet)
    tablet.child.goes_to_the_wheel()
    tablet.child.reads_back()
    met = []
    while tablet.screen == "closing":
        for item in tablet.page.locator(".readback-item").all():
            met.append(item.locator("[data-confirm]").get_attribute("data-confirm") or "")
            assert item.locator(".drawn, img").first.is_visible(), "with its picture"
            tablet.child.presses(f"[data-confirm='{met[-1]}']")
        tablet.child.turns_the_page()
    kept = tablet.ask_store("[...session.state.closing.confirmed]")
    assert sorted(met) == sorted(kept) and len(met) == len(set(met)) == 4
    tablet.page.tap(".to-wheel")
    tablet.shows("wheel")
    tablet.child.opens("hemmet")
    tablet.child.wants_to_draw()
    tablet.child.draws(*LATER)
    tablet.child.has_drawn()
    home = area_of(finish(tablet, hub, alias), "hemmet")
    assert home["feelings_decided"] == {"confirmed": True}
    assert all(card["confirmed"] for card in home["cards"] if "own" in card)
    free, face = sorted(home["drawings"], key=lambda drawing: "card" in drawing)
    assert "confirmed" not in free and "card" in face, "what was drawn on is not yet right"


def test_what_a_child_made_may_be_released_apart_marked_and_taken_home(
    tablet: Tablet, hub: Hub
) -> None:
    begin(tablet, "Vanja", 2014)
    makes_everything(tablet)
    child, page = tablet.child, tablet.page
    child.goes_to_the_wheel()
    child.reads_back()
    child.hears_all()
    tablet.shows("release")
    child.says_of_home("Där jag bor", "may_show")
    child._turns("[data-each]")
    for what, choice in (
        ("Det här har du ritat", "may_not"),
        ("Trött", "dont_know"),
        ("Moster Ek", "may_not"),
    ):
        child.says_of_home(what, choice)
    assert page.locator(".release-what svg.drawn").count() == 2, "the drawing and the drawn card"
    child.turns_the_page()
    child.goes_on_to("important")
    child.presses(".tile:has-text('Det här har du ritat')")
    child.presses(".tile:has-text('Trött')")
    child.presses(".tile:has-text('Sigge')")
    page.tap(".tile:has-text('Moster Ek')")
    tablet.says("Du har valt tre.")
    child.goes_on_to("my-wheel")
    sheet = page.locator(".sheet-to-print")
    expect(sheet).to_contain_text("Sigge")
    expect(sheet.locator("svg.drawn")).to_have_count(1)
    for hidden in ("Trött", "Moster Ek"):
        assert hidden not in (sheet.text_content() or ""), "the child has not let it be shown"
    child.presses(".tile:has-text('Det här har du ritat')")
    child.presses(".tile:has-text('Trött')")
    expect(sheet.locator("svg.drawn")).to_have_count(2)
    page.emulate_media(media="print")
    expect(sheet.locator("svg.drawn").first).to_be_visible()
    expect(sheet).to_contain_text("Trött")
    page.emulate_media(media="screen")
    child.is_ready()

    home = area_of(seal(tablet, hub, "Vanja"), "hemmet")
    free, face = sorted(home["drawings"], key=lambda drawing: "card" in drawing)
    cards = {card["label"]: card for card in home["cards"] if "own" in card}
    assert home["release"] == "may_show"
    assert (free["release"], free["important"]) == ("may_not", True)
    assert home["feelings_decided"] == {"release": "dont_know", "important": True}
    assert cards["Moster Ek"]["release"] == "may_not" and "important" not in cards["Moster Ek"]
    assert cards["Sigge"]["important"] and "release" not in cards["Sigge"], "it follows its area"
    assert not {"release", "important"} & face.keys(), "a card's picture goes with the card"


def test_what_is_taken_away_is_not_among_the_three(tablet: Tablet) -> None:
    begin(tablet, "Vira", 2014)
    makes_everything(tablet)
    child = tablet.child
    child.goes_to_the_wheel()
    child.reads_back()
    child.hears_all()
    child.goes_on_to("important")
    for what in ("Det här har du ritat", "Trött", "Moster Ek"):
        child.presses(f".tile:has-text('{what}')")
    tablet.page.tap(".to-wheel")
    tablet.shows("wheel")
    child.reads_back()
    child.takes_away("Det här har du ritat")
    child.takes_away("Trött")
    child.takes_away("Moster Ek")
    child.waits_for_the_disk()
    assert tablet.ask_store("session.state.closing.important") == []


def makes_everything(tablet: Tablet) -> None:
    """At home: feelings, a drawing, an own card that is drawn and placed, and one that is not."""
    child = tablet.child
    child.opens("hemmet")
    child.tells_how_it_feels()
    child.feels("Trött" if tablet.page.locator("[data-label='Trött']").count() else "Arg")
    child.feels("Glad")
    child.has_felt()
    child.wants_to_draw()
    child.draws(*LINE)
    child.has_drawn()
    child.makes_a_card("Sigge")
    child.draws_the_cards_picture()
    child.draws(*LATER)
    child.has_drawn()
    child.has_made_the_card()
    child.places("Sigge", "Bra")
    child.makes_a_card("Moster Ek", "Kompis")
    child.has_made_the_card()
