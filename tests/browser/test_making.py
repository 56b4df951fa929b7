"""What a child makes itself: drawings that nothing can take from it, and cards of its own."""

from __future__ import annotations

from typing import Any

from hub import Hub
from pages import LANDSCAPE, PORTRAIT, Tablet

LINE = [(0.1 + n / 100, 0.2 + n / 200) for n in range(60)]
LATER = [(0.7, 0.9), (0.8, 0.9)]


def begin(tablet: Tablet, alias: str, born: int = 2022) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.prepares(alias, born, place_kind="forskola" if born > 2020 else "grundskola")
    tablet.child.goes_to_the_wheel()


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
