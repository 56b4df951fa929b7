"""Whom the child wants help from, chosen by the picture: a face, or a figure of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from hub import Hub
from pages import Tablet
from PIL import Image

RED, BLUE = "#c03020", "#2040c0"
CHOOSE_BY_COLOUR = """async (wanted) => {
  const near = (a, b) => Math.abs(a - b) < 40;
  for (const picture of document.querySelectorAll(".person-item figure img")) {
    await picture.decode();
    const paper = new OffscreenCanvas(1, 1).getContext("2d");
    paper.drawImage(picture, 0, 0, 1, 1);
    const [red, green, blue] = paper.getImageData(0, 0, 1, 1).data;
    if ([red, green, blue].every((part, at) => near(part, wanted[at]))) {
      return picture.closest(".person-item").dataset.person;
    }
  }
}"""


def face(colour: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (600, 700), colour).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def faces(hub: Hub) -> Iterator[tuple[str, str]]:
    """Two who have the same title, each with a photograph."""
    both = (
        hub.employs("Rut Provkvist", "förskollärare", face(RED)),
        hub.employs("Siv Provkvist", "förskollärare", face(BLUE)),
    )
    yield both
    hub.dismisses(*both)


@pytest.fixture
def figures(hub: Hub) -> Iterator[tuple[str, ...]]:
    """Three who have the same title, and no photograph."""
    all_three = tuple(hub.employs(f"{name} Provkvist", "förskollärare") for name in "ABC")
    yield all_three
    hub.dismisses(*all_three)


def comes_to_whom_the_child_wants(tablet: Tablet, alias: str) -> None:
    tablet.mentor.prepares(alias, 2021)
    child = tablet.child
    child.goes_to_the_wheel()
    child.tells_of_body_and_stomach()
    child.goes_to_the_wheel()
    child.reads_back()
    child.hears_all()
    child.goes_on_to("help")


def pictures_of_staff(tablet: Tablet) -> list[str]:
    found = tablet.page.locator(".person-item[data-person^='staff/'] figure img")
    return [str(one.get_attribute("src")) for one in found.all()]


def test_a_child_who_cannot_read_picks_the_right_one_of_two_by_the_photo(
    tablet: Tablet, hub: Hub, faces: tuple[str, str]
) -> None:
    _rut, siv = faces
    tablet.start()
    tablet.mentor.unlocks()
    tablet.fetches_the_units_own()
    tablet.knows_of(*faces)
    hub.stop()
    tablet.reload()
    tablet.mentor.unlocks()
    comes_to_whom_the_child_wants(tablet, "Tilda")
    person = tablet.page.evaluate(CHOOSE_BY_COLOUR, [0x20, 0x40, 0xC0])
    tablet.child.presses(f"[data-person='{person}'] [data-person-choice='yes']")
    tablet.child.is_ready()
    tablet.child.is_done()
    hub.start()
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    tablet.mentor.sends()
    (record,) = hub.received("Tilda")
    (wanted,) = record["help"]["wanted"]
    assert (wanted["key"], wanted["label"]) == (f"staff/{siv}", "Siv Provkvist")
    assert wanted["photo"] and wanted["symbol"] == "k-preschool-staff", "where it is taken away"


def test_those_without_a_photo_are_told_apart_by_their_figures(
    tablet: Tablet, figures: tuple[str, ...]
) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    tablet.knows_of(*figures)
    tablet.mentor.unlocks()
    comes_to_whom_the_child_wants(tablet, "Tore")
    shown = pictures_of_staff(tablet)
    assert len(shown) > len(figures)
    assert len(set(shown)) == len(shown)
