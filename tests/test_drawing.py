"""What a child drew: kept as strokes, shown as a picture, never interpreted."""

from __future__ import annotations

import gzip
import json
import re
from io import BytesIO
from typing import Any

import pytest
from county import County
from PIL import Image

from kid_wheel.conversation import NotARecord, read_record
from kid_wheel.drawing import BOX, MAX_NUMBERS, png

BLUE, BLACK, PAPER = "#2f6fb0", "#2a2733", (255, 253, 247)
FREE, FACE = "5d1f0c66-3c1e-4a53-9a42-0d9f6b7a1c01", "5d1f0c66-3c1e-4a53-9a42-0d9f6b7a1c02"
OWN = "hemmet/own/a1b2c3d4"
AT = "2026-11-20T08:12:00Z"


def stroke(*points: int, colour: str = BLUE, width: int = 20) -> dict[str, Any]:
    return {"colour": colour, "width": width, "points": list(points)}


def drawing(*strokes: dict[str, Any], id_: str = FREE, **more: Any) -> dict[str, Any]:
    return {
        "id": id_, "speaker": "child_drew", "at": AT, "box": list(BOX),
        "strokes": list(strokes) or [stroke(100, 100, 300, 100)], **more,
    }  # fmt: skip


def with_drawings(record: dict[str, Any], *drawings: dict[str, Any]) -> dict[str, Any]:
    home = next(area for area in record["areas"] if area["key"] == "hemmet")
    home["drawings"] = list(drawings)
    return record


def pixels(drawn: dict[str, Any]) -> Any:
    image = Image.open(BytesIO(png(drawn)))
    assert (image.format, image.size, image.mode) == ("PNG", BOX, "RGB")
    return image.getpixel


# The picture.


def test_a_line_lies_where_the_finger_went_and_nowhere_else() -> None:
    at = pixels(drawing(stroke(100, 100, 300, 100), stroke(700, 500, width=40)))
    blue = (0x2F, 0x6F, 0xB0)
    assert at((200, 100)) == at((200, 106)) == at((700, 500)) == at((715, 500)) == blue
    assert at((95, 100)) == blue, "a line has a round end"
    for bare in ((200, 130), (92, 92), (500, 300), (725, 525), (0, 0), (999, 699)):
        assert at(bare) == PAPER, bare


def test_what_was_drawn_later_lies_over_what_was_drawn_before() -> None:
    at = pixels(drawing(stroke(100, 100, 300, 100), stroke(200, 50, 200, 150, colour=BLACK)))
    assert at((200, 100)) == (0x2A, 0x27, 0x33)


def test_a_line_is_soft_at_its_edge_and_whole_around_a_corner() -> None:
    at = pixels(drawing(stroke(100, 100, 300, 100, 300, 300)))
    assert at((307, 93)) not in {PAPER, at((300, 100))} or at((306, 94)) != PAPER
    assert at((304, 96)) == at((300, 100))


# What is refused.


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (drawing(stroke(1, 2, 3)), ""),
        (drawing(stroke(500, 701)), ""),
        (drawing(stroke(1001, 5)), "/strokes/0/points/0"),
        (drawing(stroke(-1, 5)), "/strokes/0/points/0"),
        (drawing(stroke(1, 5, width=61)), "/strokes/0/width"),
        (drawing(stroke(1, 5, colour="url(#a)")), "/strokes/0/colour"),
        (drawing(*[stroke(*[1, 5] * 2000)] * (MAX_NUMBERS // 4000 + 1)), ""),
        (drawing(strokes="<svg onload=alert(1)/>"), "/strokes"),
        (drawing(strokes=["<p>hej</p>"]), "/strokes/0"),
        (drawing(svg="<svg/>"), ""),
        (drawing(strokes=[]), "/strokes"),
        (drawing(speaker="child_said"), "/speaker"),
        (drawing(box=[10_000, 7_000]), "/box"),
    ],
)
def test_only_strokes_inside_the_paper_are_a_drawing(
    county: County, wrong: dict[str, Any], where: str
) -> None:
    record = with_drawings(county.make_record(), drawing(), wrong)
    with pytest.raises(NotARecord, match=f"^areas/4/drawings/1{where}$"):
        read_record(gzip.compress(json.dumps(record).encode()))


# In the case.


def read(county: County, record: dict[str, Any]) -> tuple[str, Any, str]:
    case_id, conversation_id = county.receive(record)
    client = county.sign_in("Anna")
    address = f"/case/{case_id}/conversation/{conversation_id}"
    return address, client, client.get(address).text


def test_the_ansvarig_sees_the_drawing_with_who_drew_and_no_reading_of_it(county: County) -> None:
    address, client, page = read(county, with_drawings(county.make_record(), drawing()))
    figure = re.search(r'<figure class="drawing">.*?</figure>', page, re.S)
    assert figure and "Barnet ritade" in figure[0]
    assert 'alt="Barnets egen teckning, nummer 1. Bilden tolkas inte här."' in figure[0]
    source = re.search(r'src="([^"]+)"', figure[0])
    assert source and source[1] == f"{address}/drawing/hemmet/{FREE}.png"
    answer = client.get(source[1])
    assert answer.mimetype == "image/png" and answer.data == png(drawing())
    assert answer.headers["Cache-Control"] == "private, no-store"
    (event,) = county.events("drawing:read")
    assert (event.staff_id, event.detail) == (county.id("Anna"), FREE)


@pytest.mark.parametrize("name", ["Bodil", "Mona", "Arvid", "Cesar"])
def test_nobody_else_sees_a_drawing(county: County, name: str) -> None:
    case_id, conversation_id = county.receive(with_drawings(county.make_record(), drawing()))
    address = f"/case/{case_id}/conversation/{conversation_id}/drawing/hemmet/{FREE}.png"
    answer = county.sign_in(name).get(address)
    assert answer.status_code in {403, 404} and answer.mimetype == "text/html"
    assert not county.events("drawing:read")


def test_a_drawing_is_found_only_in_its_own_conversation(county: County) -> None:
    address, client, _page = read(county, with_drawings(county.make_record(), drawing()))
    for other in (f"halsa/{FREE}", f"hemmet/{FACE}"):
        assert client.get(f"{address}/drawing/{other}.png").status_code == 404
    assert not county.events("drawing:read")


def own_card(answer: dict[str, Any], **own: str) -> dict[str, Any]:
    return {
        "key": OWN, "label": "Min hund Sigge", "say": "Min hund Sigge", "symbol": "k-own-card",
        "own": {"speaker": "child_said", **own}, "answer": answer,
    }  # fmt: skip


def test_an_own_card_lies_on_the_scale_with_its_drawing_and_who_named_it(county: County) -> None:
    record = county.make_record(placed={"hemmet/older/home": "good"})
    home = next(area for area in record["areas"] if area["key"] == "hemmet")
    answer = next(card["answer"] for card in home["cards"] if card["key"] == "hemmet/older/home")
    home["cards"].append(own_card(answer, drawing=FACE))
    address, _client, page = read(county, with_drawings(record, drawing(id_=FACE, card=OWN)))
    board = re.search(r'<ol class="board.*?</ol>', page, re.S)
    assert board and "Min hund Sigge" in board[0]
    assert "Eget kort · Barnet sa eller skrev själv" in board[0]
    assert f"{address}/drawing/hemmet/{FACE}.png" in board[0]
    assert '<figure class="drawing">' not in page, "a card's picture is shown with the card"


def test_an_own_card_that_was_never_placed_is_not_called_unasked(county: County) -> None:
    record = county.make_record(silent={"hemmet/older/home": "skipped"})
    home = next(area for area in record["areas"] if area["key"] == "hemmet")
    home["cards"].append(own_card({"silence": "not_asked"}))
    _address, _client, page = read(county, record)
    unplaced = re.search(r'<div class="unplaced">.*?</div>', page, re.S)
    assert unplaced and "Min hund Sigge" in unplaced[0]
    assert page.count("Min hund Sigge") == 1


def test_what_the_child_decided_stands_beside_each_thing_it_made(county: County) -> None:
    record = with_drawings(
        county.make_record(), drawing(release="may_not", important=True), drawing(id_=FACE)
    )
    home = next(area for area in record["areas"] if area["key"] == "hemmet")
    home["release"] = "may_show"
    home["feelings"] = [
        {"key": "sad", "label": "Ledsen", "symbol": "n-1f622", "speaker": "child_chose", "at": AT}
    ]
    home["feelings_decided"] = {"confirmed": True, "release": "dont_know"}
    home["cards"].append({**own_card({"silence": "not_asked"}), "release": "may_not"})
    _address, _client, page = read(county, record)
    first, second = re.findall(r'<figure class="drawing">.*?</figure>', page, re.S)
    assert "får inte visas hemma" in first and "viktigast för barnet" in first
    assert "visas hemma" not in second, "what was not chosen apart stands with its area"
    feelings = re.search(r'<div class="feelings">.*?</div>', page, re.S)
    assert feelings and "vet inte om det får visas hemma" in feelings[0]
    assert "barnet sa: stämmer" in feelings[0]
    unplaced = re.search(r'<div class="unplaced">.*?</div>', page, re.S)
    assert unplaced and "får inte visas hemma" in unplaced[0]


def test_who_somebody_else_is_stands_in_the_childs_words_with_who_wrote(county: County) -> None:
    someone = {
        "key": "someone_else", "choice": "yes", "label": "Någon annan", "symbol": "n-1f464",
        "speaker": "child_chose", "at": AT,
    }  # fmt: skip
    who = {"text": "Farfars granne Bo", "speaker": "adult_wrote_childs_words", "at": AT}
    record = county.make_record()
    record["help"] = {"wanted": [{**someone, "who": who}]}
    record["meeting"] = {"people": [someone]}
    _address, _client, page = read(county, record)
    help_, meeting = re.findall(r'<section class="sheet wishes".*?</section>', page, re.S)
    assert "Farfars granne Bo</q>" in help_ and "<q" not in meeting
    assert "En vuxen skrev ner barnets ord" in help_, "with the label of who wrote it"
