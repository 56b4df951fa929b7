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

# The wheel of voices: each voice a ring, the area's picture and name outside them.
RINGS_OUTER, RINGS_INNER = 392.0, 150.0
RING_GAP = 9.0
RING_CORNER = 13.0
AROUND = 508.0  # radius where a picture and its name are centred
SMALL_PICTURE = 84.0


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


@dataclass(frozen=True)
class Spoke:
    """One area in the wheel of voices. bands: outlines, one for each voice, outermost first."""

    key: str
    label: str
    symbol: str
    bands: tuple[str, ...]
    picture_x: float
    picture_y: float
    label_x: float
    label_y: float


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


def draw_rings(areas: Sequence[tuple[str, str, str]], voices: int) -> list[Spoke]:
    """The areas (key, name, symbol) with a band for each of so many voices, first at the top."""
    step = 2 * pi / len(areas)
    return [_spoke(*area, index * step, step, voices) for index, area in enumerate(areas)]


def _spoke(key: str, label: str, symbol: str, middle: float, width: float, voices: int) -> Spoke:
    start, end = middle - width / 2, middle + width / 2
    deep = (RINGS_OUTER - RINGS_INNER + RING_GAP) / voices
    outers = [RINGS_OUTER - index * deep for index in range(voices)]
    x, y = _at(middle, AROUND)
    top = y - (SMALL_PICTURE + LABEL_GAP + LINE) / 2
    return Spoke(
        key,
        label,
        symbol,
        tuple(_outline(start, end, o, o - deep + RING_GAP, RING_CORNER) for o in outers),
        round(x - SMALL_PICTURE / 2, 1),
        round(top, 1),
        round(x, 1),
        round(top + SMALL_PICTURE + LABEL_GAP + LINE * 0.75, 1),
    )


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


def _outline(
    start: float, end: float, outer: float = OUTER, inner: float = INNER, corner: float = CORNER
) -> str:
    """A ring sector with parallel gaps to its neighbours and soft corners."""

    def at(edge: float, radius: float, inwards: float) -> str:
        """A point `inwards` units along the rim from one of the two straight edges."""
        towards = 1 if edge == start else -1
        x, y = _at(edge + towards * (GAP + inwards) / radius, radius)
        return f"{x:.1f} {y:.1f}"

    low = corner * 0.7
    return (
        f"M{at(start, outer - corner, 0)}Q{at(start, outer, 0)} {at(start, outer, corner)}"
        f"A{outer:g} {outer:g} 0 0 1 {at(end, outer, corner)}"
        f"Q{at(end, outer, 0)} {at(end, outer - corner, 0)}L{at(end, inner + corner, 0)}"
        f"Q{at(end, inner, 0)} {at(end, inner, low)}"
        f"A{inner:g} {inner:g} 0 0 0 {at(start, inner, low)}"
        f"Q{at(start, inner, 0)} {at(start, inner + corner, 0)}Z"
    )


def _at(angle: float, radius: float) -> tuple[float, float]:
    """The point at an angle from the top, clockwise."""
    return CENTRE + radius * sin(angle), CENTRE - radius * cos(angle)
