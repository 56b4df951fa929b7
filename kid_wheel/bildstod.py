"""Composes the pictures a child taps: each symbol is layers of Noto Emoji and our own drawings.

It must never fetch anything: the picture packages are on disk when it runs. Only the standard
library is used, so that the build hook can call it before the product is installed.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Layer = dict[str, Any]
Symbol = dict[str, Any]

CONTENT = Path(__file__).parent / "content"
BOX = 128  # every x, y and w of a layer is in this square

CHANGED = (
    "<!-- Noto Emoji, Copyright 2013 Google, Inc., Apache License 2.0. "
    "This file was changed: composed for Barnets bästa-hjulet. -->"
)

_TONE = re.compile(r"-1F3F[B-F]")
_TWO_PEOPLE = re.compile(r"^1F46[BCD]$")  # holding hands: the tone is given twice
_ID = re.compile(r'\bid="([^"]+)"')
_SVG = re.compile(r"<svg\b[^>]*>(.*)</svg>", re.DOTALL)
_COMMENT_OR_PROLOGUE = re.compile(r"<\?xml[^>]*\?>|<!--.*?-->", re.DOTALL)


class MissingPicture(LookupError):
    """En bild som korten behöver finns inte i bildpaketen."""


class PictureSources:
    """The drawings that layers are taken from.

    `node_modules` is the folder where npm put `@iconify-json/noto` and `@svgmoji/noto`.
    """

    def __init__(self, node_modules: Path, own: Path = CONTENT / "egna") -> None:
        iconify = node_modules / "@iconify-json" / "noto"
        icons = json.loads((iconify / "icons.json").read_text("utf-8"))
        self._icons: dict[str, Any] = icons["icons"]
        self._aliases: dict[str, Any] = icons["aliases"]
        self._names: dict[str, str] = json.loads((iconify / "chars.json").read_text("utf-8"))
        self._sprites = (node_modules / "@svgmoji" / "noto" / "sprites" / "all.svg").read_text(
            "utf-8"
        )
        self._own = own

    def body(self, layer: Layer, tone: str | None, tone_code: str | None) -> tuple[str, bool]:
        """The markup inside one layer's picture, and whether the tone changed it."""
        code, src = layer["code"], layer["src"]
        if src == "egen":
            toned = self._own / f"{code}.{tone}.svg"
            if tone and toned.exists():
                return _inside(toned.read_text("utf-8")), True
            return _inside((self._own / f"{code}.svg").read_text("utf-8")), False
        if tone_code and not _TONE.search(code):
            body = self._find(src, _toned(code, tone_code))
            if body is not None:
                return body, True
        body = self._find(src, code)
        if body is None:
            raise MissingPicture(f"{src} {code}")
        return body, False

    def _find(self, src: str, code: str) -> str | None:
        return self._noto(code) if src == "noto" else self._svgmoji(code)

    def _noto(self, code: str) -> str | None:
        name = self._names.get(code.replace("-FE0F", "").lower())
        while name is not None and name not in self._icons:
            name = self._aliases.get(name, {}).get("parent")
        return None if name is None else str(self._icons[name]["body"])

    def _svgmoji(self, code: str) -> str | None:
        start = self._sprites.find(f'id="{code}"')
        if start < 0:
            return None
        start = self._sprites.index(">", start) + 1
        return self._sprites[start : self._sprites.index("</svg>", start)]


def symbols(toml: Path = CONTENT / "bildstod.toml") -> tuple[dict[str, Symbol], dict[str, str]]:
    """All symbols by name, and the tones by name with their code point."""
    pack = tomllib.loads(toml.read_text("utf-8"))
    meta = pack["meta"]
    return pack["symbol"], dict(zip(meta["tones"], meta["tone_codes"], strict=True))


def compose(
    symbol: Symbol, sources: PictureSources, tone: str | None = None, tone_code: str | None = None
) -> tuple[str, bool]:
    """One picture as SVG text in a 128 × 128 box, and whether `tone` changed anything in it."""
    parts, any_toned = [], False
    for index, layer in enumerate(symbol["layers"]):
        body, toned = sources.body(layer, tone, tone_code)
        any_toned |= toned
        parts.append(_placed(_own_ids(body, f"l{index}-"), layer))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {BOX} {BOX}">'
        f"{CHANGED}{''.join(parts)}</svg>"
    )
    return svg, any_toned


def compose_all(node_modules: Path) -> Iterator[tuple[str, str]]:
    """Every picture as (file name, SVG text): all neutral ones, and the tones that differ."""
    sources = PictureSources(node_modules)
    all_symbols, tones = symbols()
    for name, symbol in all_symbols.items():
        yield f"{name}.svg", compose(symbol, sources)[0]
        if symbol["skin_tone"]:
            for tone, code in tones.items():
                svg, toned = compose(symbol, sources, tone, code)
                if toned:
                    yield f"{name}.{tone}.svg", svg


def _toned(code: str, tone_code: str) -> str:
    code = code.replace("-FE0F", "")
    if _TWO_PEOPLE.match(code):
        return f"{code}-{tone_code}"
    first, *rest = code.split("-200D-")
    # Two people joined by a zero width joiner and a handshake carry the tone on both.
    people = {"1F9D1", "1F468", "1F469"}
    rest = [f"{part}-{tone_code}" if part in people else part for part in rest]
    return "-200D-".join([f"{first}-{tone_code}", *rest])


def _inside(svg: str) -> str:
    match = _SVG.search(_COMMENT_OR_PROLOGUE.sub("", svg))
    if match is None:
        raise MissingPicture("a drawing of ours is not an SVG file")
    return match.group(1)


def _own_ids(body: str, prefix: str) -> str:
    """Several layers may use the same id; each gets its own."""
    body = body.replace("xlink:href", "href")
    for name in set(_ID.findall(body)):
        body = re.sub(rf'\bid="{re.escape(name)}"', f'id="{prefix}{name}"', body)
        body = body.replace(f"url(#{name})", f"url(#{prefix}{name})")
        body = body.replace(f'href="#{name}"', f'href="#{prefix}{name}"')
    return body


def _placed(body: str, layer: Layer) -> str:
    x, y, w = layer["x"], layer["y"], layer["w"]
    crop_x, crop_y, size = layer.get("crop", [0, 0, BOX])
    if layer.get("flip"):
        body = f'<g transform="matrix(-1 0 0 1 {2 * crop_x + size} 0)">{body}</g>'
    return (
        f'<svg x="{x}" y="{y}" width="{w}" height="{w}" '
        f'viewBox="{crop_x} {crop_y} {size} {size}">{body}</svg>'
    )
