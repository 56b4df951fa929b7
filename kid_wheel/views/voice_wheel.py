"""The three voices as a wheel of rings, and the same in words.

It must never hold a number, nor show by colour alone who has spoken.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from ..voices import CHILD, GUARDIANS, PROFESSIONS, Presence, Voice, Voices
from ..wheel import Spoke, draw_rings


@dataclass(frozen=True)
class Cell:
    """One voice in one area. path: its outline in the wheel."""

    voice: str
    presence: Presence
    words: str
    path: str


@dataclass(frozen=True)
class AreaOfVoices:
    """sentence: what a screen reader says of the whole area."""

    spoke: Spoke
    cells: list[Cell]
    sentence: str


def areas_of(voices: Voices) -> list[AreaOfVoices]:
    spokes = draw_rings(voices.areas, len(voices.rings))
    return [_area(spoke, voices.rings) for spoke in spokes]


def name_of(voice: Voice) -> str:
    names = {
        CHILD: _("Barnet"),
        GUARDIANS: _("Vårdnadshavare"),
        PROFESSIONS: _("Professionerna"),
    }
    return names.get(voice.key) or voice.name or names[GUARDIANS]


def presence_words(voice: Voice, area: str) -> str:
    """Whether a voice has been heard, never how it was."""
    presence = voice.presence[area]
    if voice.key != CHILD:
        spoken = presence is Presence.SPOKEN
        return _("finns nedskrivet") if spoken else _("inget nedskrivet än")
    if presence is Presence.NOT_ASKED:
        return _("inte tillfrågad")
    silent = {
        "skipped": _("hoppade över"),
        "dont_know": _("vet inte"),
        "dont_want": _("vill inte svara"),
    }
    met = ", ".join(silent[key] for key in voice.silences[area])
    if presence is Presence.SPOKEN:
        return _("har berättat, också tystnad: %(kinds)s", kinds=met) if met else _("har berättat")
    return _("tystnad: %(kinds)s", kinds=met) if met else _("tystnad: öppnade och sa inget")


def _area(spoke: Spoke, rings: list[Voice]) -> AreaOfVoices:
    cells = [
        Cell(name_of(voice), voice.presence[spoke.key], presence_words(voice, spoke.key), path)
        for voice, path in zip(rings, spoke.bands, strict=True)
    ]
    said = "; ".join(f"{cell.voice}: {cell.words}" for cell in cells)
    return AreaOfVoices(spoke, cells, f"{spoke.label}. {said}.")
