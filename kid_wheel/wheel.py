"""Barnets bästa-hjulet as a drawing: seven sectors around the child, the same on every screen.

It must never show how a card was placed, only where the child has been.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

SIZE = 1000  # the drawing's own units, a square
CENTRE = SIZE / 2
OUTER, INNER = 480.0, 176.0  # radii of a sector
GAP = 7.0  # half of the space between two sectors
CORNER = 26.0
PICTURE = 150.0  # side of a sector's picture
DOT_RADIUS = 458.0  # dots stand on this circle, inside the rim
DOT_STEP = 2 * pi / 130
MAX_DOTS = 16


@dataclass(frozen=True)
class Sector:
    """One area: the outline, and where its picture, label and dots stand (all in 1/1000)."""

    key: str
    label: str
    lines: tuple[str, ...]
    symbol: str
    path: str
    picture_x: float
    picture_y: float
    label_x: float
    label_y: float
    dots: tuple[tuple[float, float], ...]


def draw(
    areas: Sequence[tuple[str, str, str]], visited: Iterable[tuple[str, int]] = ()
) -> list[Sector]:
    """The sectors of `areas` (key, label, symbol), first at the top and then clockwise.

    visited: (area key, how many of its cards the child has met), one dot for each card.
    """
    met, step = dict(visited), 2 * pi / len(areas)
    return [
        _sector(key, label, symbol, index * step, step, met.get(key, MAX_DOTS))
        for index, (key, label, symbol) in enumerate(areas)
    ]


def _sector(
    key: str, label: str, symbol: str, middle: float, width: float, dots: int
) -> Sector:
    picture = _at(middle, 372)
    lines = two_lines(label)
    # The label stands under the picture, where the sector is as wide as the words need.
    drop = PICTURE / 2 + 30
    return Sector(
        key=key,
        label=label,
        lines=lines,
        symbol=symbol,
        path=_outline(middle - width / 2, middle + width / 2),
        picture_x=round(picture[0] - PICTURE / 2, 1),
        picture_y=round(picture[1] - PICTURE / 2 - 28, 1),
        label_x=round(picture[0], 1),
        label_y=round(picture[1] - 28 + drop, 1),
        dots=tuple(_dots(middle, min(dots, MAX_DOTS))),
    )


def two_lines(label: str) -> tuple[str, ...]:
    """A label that fits its sector: broken at the space nearest the middle when it is long."""
    if len(label) <= 11 or " " not in label:
        return (label,)
    spaces = [i for i, letter in enumerate(label) if letter == " "]
    cut = min(spaces, key=lambda i: abs(i - len(label) / 2))
    return label[:cut], label[cut + 1 :]


def _dots(middle: float, count: int) -> Iterable[tuple[float, float]]:
    first = middle - (count - 1) / 2 * DOT_STEP
    for index in range(count):
        x, y = _at(first + index * DOT_STEP, DOT_RADIUS)
        yield round(x, 1), round(y, 1)


def _outline(start: float, end: float) -> str:
    """A ring sector with parallel gaps to its neighbours and soft corners."""
    corners = [
        (start + GAP / OUTER, OUTER, start + CORNER / OUTER, OUTER),
        (end - CORNER / OUTER, OUTER, end - GAP / OUTER, OUTER),
    ]
    outer_in, inner_out = OUTER - CORNER, INNER + CORNER
    a = _at(start + GAP / outer_in, outer_in)
    b = _at(corners[0][2] + GAP / OUTER, OUTER)
    c = _at(corners[1][0] - GAP / OUTER, OUTER)
    d = _at(end - GAP / outer_in, outer_in)
    e = _at(end - GAP / inner_out, inner_out)
    f = _at(end - (GAP + CORNER * 0.7) / INNER, INNER)
    g = _at(start + (GAP + CORNER * 0.7) / INNER, INNER)
    h = _at(start + GAP / inner_out, inner_out)
    top_start, top_end = _at(start + GAP / OUTER, OUTER), _at(end - GAP / OUTER, OUTER)
    low_end, low_start = _at(end - GAP / INNER, INNER), _at(start + GAP / INNER, INNER)
    return (
        f"M{_p(a)}Q{_p(top_start)} {_p(b)}A{OUTER:g} {OUTER:g} 0 0 1 {_p(c)}"
        f"Q{_p(top_end)} {_p(d)}L{_p(e)}Q{_p(low_end)} {_p(f)}"
        f"A{INNER:g} {INNER:g} 0 0 0 {_p(g)}Q{_p(low_start)} {_p(h)}Z"
    )


def _at(angle: float, radius: float) -> tuple[float, float]:
    """The point at an angle from the top, clockwise."""
    return CENTRE + radius * sin(angle), CENTRE - radius * cos(angle)


def _p(point: tuple[float, float]) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"
