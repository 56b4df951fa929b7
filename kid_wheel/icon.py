"""The app's icon as a picture of pixels: seven sectors around a child's face.

Some systems install an app only with a PNG; it is drawn here, so that nothing drawn twice differs.
"""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

SIZES = (192, 512)  # pixels, what installing asks for
FINER = 4  # drawn this many times larger, then made smaller: soft edges
PAPER, CARD, LINE, INK = "#fbf6ec", "#fffdf7", "#e4dac6", "#2a2733"
AREAS = ("#ffbcb5", "#f5c98d", "#cad992", "#9be2c1", "#8ddff4", "#b5cfff", "#e5bdf1")
GAP = 2.2  # degrees between two sectors, on each side


@lru_cache
def png(size: int) -> bytes:
    """The icon as PNG, `size` × `size` pixels."""
    side = size * FINER
    image = Image.new("RGB", (side, side), PAPER)
    draw = ImageDraw.Draw(image)
    step = 360 / len(AREAS)
    for index, colour in enumerate(AREAS):
        middle = -90 + index * step
        draw.pieslice(
            _square(side, 0.42), middle - step / 2 + GAP, middle + step / 2 - GAP, fill=colour
        )
    draw.ellipse(_square(side, 0.165), fill=PAPER)
    draw.ellipse(_square(side, 0.125), fill=CARD, outline=LINE, width=side // 120)
    for x in (-0.038, 0.038):
        draw.ellipse(_square(side, 0.0145, x, -0.016), fill=INK)
    draw.arc(_square(side, 0.058, 0, 0.005), 25, 155, fill=INK, width=side // 70)
    out = BytesIO()
    image.resize((size, size), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _square(
    side: int, radius: float, x: float = 0.0, y: float = 0.0
) -> tuple[float, float, float, float]:
    """The box around a circle; all as parts of the side, from the middle."""
    return (
        side * (0.5 + x - radius),
        side * (0.5 + y - radius),
        side * (0.5 + x + radius),
        side * (0.5 + y + radius),
    )
