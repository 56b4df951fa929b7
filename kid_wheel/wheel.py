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
MIDDLE = 322.0  # radius where a sector's picture and label are centred
PICTURE = 142.0  # side of a sector's picture
LABEL_GAP, LINE = 10.0, 33.0
DOT_RADIUS = 467.0  # dots stand on this circle, inside the rim
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


def _sector(key: str, label: str, symbol: str, middle: float, width: float, dots: int) -> Sector:
    """The picture stands above its label, and both together in the middle of the sector."""
    lines = two_lines(label)
    x, y = _at(middle, MIDDLE)
    top = y - (PICTURE + LABEL_GAP + LINE * len(lines)) / 2
    return Sector(
        key=key,
        label=label,
        lines=lines,
        symbol=symbol,
        path=_outline(middle - width / 2, middle + width / 2),
        picture_x=round(x - PICTURE / 2, 1),
        picture_y=round(top, 1),
        label_x=round(x, 1),
        label_y=round(top + PICTURE + LABEL_GAP + LINE * 0.75, 1),
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

    def at(edge: float, radius: float, inwards: float) -> str:
        """A point `inwards` units along the rim from one of the two straight edges."""
        towards = 1 if edge == start else -1
        x, y = _at(edge + towards * (GAP + inwards) / radius, radius)
        return f"{x:.1f} {y:.1f}"

    low = CORNER * 0.7
    return (
        f"M{at(start, OUTER - CORNER, 0)}Q{at(start, OUTER, 0)} {at(start, OUTER, CORNER)}"
        f"A{OUTER:g} {OUTER:g} 0 0 1 {at(end, OUTER, CORNER)}"
        f"Q{at(end, OUTER, 0)} {at(end, OUTER - CORNER, 0)}L{at(end, INNER + CORNER, 0)}"
        f"Q{at(end, INNER, 0)} {at(end, INNER, low)}"
        f"A{INNER:g} {INNER:g} 0 0 0 {at(start, INNER, low)}"
        f"Q{at(start, INNER, 0)} {at(start, INNER + CORNER, 0)}Z"
    )


def _at(angle: float, radius: float) -> tuple[float, float]:
    """The point at an angle from the top, clockwise."""
    return CENTRE + radius * sin(angle), CENTRE - radius * cos(angle)
