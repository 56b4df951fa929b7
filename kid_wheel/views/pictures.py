"""A guardian's small pictures: those of one page in one file, light enough for a slow telephone.

It must never hold anything that is not the same for everybody.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, request

from .. import guardian_view
from ..catalog import AREAS, SWEDISH
from ..permissions import Permission, requires

BOX = 128  # every picture is drawn in this square
ALL = "areas"  # the seven areas' own; else the cards of the area that is named

blueprint = Blueprint("pictures", __name__, url_prefix="/pictures")

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_PATH = re.compile(r'(?<=\bd=")[^"aA]+(?=")')  # not arcs, whose flags may stand without a space
_NUMBER = re.compile(r"-?\d*\.\d+")
_ID = re.compile(r'\bid="([^"]+)"')

LICENSE = (
    "<!-- Noto Emoji, Copyright 2013 Google, Inc., Apache License 2.0. "
    "Changed: composed and rounded for Barnets bästa-hjulet. -->"
)


@blueprint.get("/<name>.svg")
@requires(Permission.OPEN)
def sheet(name: str) -> Response:
    """The pictures under each other, in the order of `symbols`."""
    if name not in (ALL, *AREAS):
        abort(404)
    made = Response(_sheet(Path(current_app.static_folder or ""), name), mimetype="image/svg+xml")
    made.add_etag()
    made.headers["Cache-Control"] = "no-cache"
    made.make_conditional(request)
    return made


def symbols(name: str) -> list[str]:
    if name == ALL:
        return [one.symbol for one in guardian_view.areas(SWEDISH)]
    area = guardian_view.area(SWEDISH, name)
    return [one.symbol for one in (*area.strengths, *area.worries)]


@lru_cache
def _sheet(static: Path, name: str) -> str:
    shown = symbols(name)
    parts = [
        _placed(_light((static / "bildstod" / f"{one}.svg").read_text("utf-8"), place), place)
        for place, one in enumerate(shown)
    ]
    size = f'viewBox="0 0 {BOX} {BOX * len(shown)}" width="{BOX}" height="{BOX * len(shown)}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{LICENSE}{"".join(parts)}</svg>'


def _placed(picture: str, place: int) -> str:
    return picture.replace("<svg ", f'<svg y="{place * BOX}" width="{BOX}" height="{BOX}" ', 1)


def _light(picture: str, place: int) -> str:
    """With a tenth of a unit, which is less than a twentieth of a pixel where it is shown; and with
    ids that no other picture of the sheet has."""
    text = _PATH.sub(lambda path: _NUMBER.sub(_rounded, path[0]), _COMMENT.sub("", picture))
    for name in set(_ID.findall(text)):
        for before, after in (('id="', '"'), ("#", '"'), ("#", ")")):
            text = text.replace(f"{before}{name}{after}", f"{before}p{place}{name}{after}")
    return text


def _rounded(number: re.Match[str]) -> str:
    text = f"{float(number[0]):.1f}".removesuffix(".0")
    text = "0" if text == "-0" else text
    stands_alone = text.startswith("-") or not number.string[: number.start()][-1:].isdigit()
    return text if stands_alone else f" {text}"
