"""A child's drawing: strokes in, a picture for an adult to look at out.

It must never be a file that somebody made elsewhere, nor be described, weighed or interpreted: the
picture is made here from the strokes, and nothing else of a drawing is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from itertools import pairwise
from typing import Any

from PIL import Image, ImageDraw

BOX = (1000, 700)  # what a stroke's numbers are in, and the picture's pixels
FINER = 2  # drawn this many times larger, then made smaller: soft edges
PAPER = "#fffdf7"

# The same bounds as static/tablet/child/strokes.js: a small record must not become a long drawing.
MAX_NUMBERS = 60_000  # of one drawing
MAX_ALL_NUMBERS = 1_000_000  # of one conversation

Drawing = dict[str, Any]


class NotADrawing(ValueError):
    """Something in a record that is called a drawing cannot be drawn. Its text is the path."""


def check(record: dict[str, Any]) -> None:
    """What the schema cannot say: points come in pairs inside the box, and not too many of them."""
    total = 0
    for area_at, area in enumerate(record["areas"]):
        for at, drawing in enumerate(area.get("drawings", ())):
            path = f"areas/{area_at}/drawings/{at}"
            size = sum(len(stroke["points"]) for stroke in drawing["strokes"])
            total += size
            if size > MAX_NUMBERS or total > MAX_ALL_NUMBERS:
                raise NotADrawing(path)
            for stroke in drawing["strokes"]:
                points = stroke["points"]
                if len(points) % 2 or max(points[1::2]) > BOX[1]:
                    raise NotADrawing(path)


def find(record: dict[str, Any], area: str, drawing_id: str) -> Drawing | None:
    for one in record["areas"]:
        if one["key"] == area:
            drawings: list[Drawing] = one.get("drawings", [])
            return next((d for d in drawings if d["id"] == drawing_id), None)
    return None


def png(drawing: Drawing) -> bytes:
    """The drawing as PNG of BOX pixels, on the paper that the child saw."""
    image = Image.new("RGB", (BOX[0] * FINER, BOX[1] * FINER), PAPER)
    draw = ImageDraw.Draw(image)
    for stroke in drawing["strokes"]:
        _draw(draw, stroke["colour"], stroke["width"] * FINER, list(_points(stroke["points"])))
    out = BytesIO()
    image.reduce(FINER).save(out, "PNG")
    return out.getvalue()


def _draw(
    draw: ImageDraw.ImageDraw, colour: str, width: int, points: list[tuple[int, int]]
) -> None:
    """Lines with a round end at every point, which makes round joins of them as well."""
    for start, end in pairwise(points):
        draw.line((start, end), fill=colour, width=width)
    radius = width / 2
    for x, y in points:
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def _points(numbers: list[int]) -> Iterator[tuple[int, int]]:
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return ((x * FINER, y * FINER) for x, y in pairs)
