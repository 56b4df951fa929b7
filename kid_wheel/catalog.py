"""The catalog: the areas, cards, scales and spoken prompts that a child can meet.

It must never change under a conversation: each record carries the version it was made with, and
the words that were on the screen.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).parent / "content"
AGREEMENT = "Upplaga Första, 2024-10-18"
AREAS = ("halsa", "utveckling", "larande", "omsorg", "hemmet", "relationer", "trygghet")
SWEDISH = "sv"
LANGUAGES = (SWEDISH, "en", "fi", "ar", "so", "uk", "sv-x-latt")  # what a child can meet
PRESCHOOL_FEELINGS = 8  # the first of the content: what a small child can look over at once
TALK = "samtal"  # the "scale" of a card that is only talked about


class Variant(StrEnum):
    PRESCHOOL = "preschool"
    OLDER = "older"


@dataclass(frozen=True)
class Step:
    """One step of a scale, best first as the content lists them. It has no number on purpose."""

    key: str
    label: str
    say: str
    symbol: str


@dataclass(frozen=True)
class Card:
    key: str  # "halsa/preschool/body": unique in the whole catalog
    label: str
    say: str
    symbol: str
    scale: str
    core: bool
    optional: bool
    metaphor: bool
    age_from: int
    skin_tone: bool
    person: str = ""  # whom of the people it is about, if a unit may have a word of its own


@dataclass(frozen=True)
class Area:
    key: str
    name: str  # "Hälsa", the model's own word
    label: str  # "Min kropp", what the child reads
    say: str
    symbol: str
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class Picture:
    """A control, person or feeling: a word, a spoken prompt and a symbol."""

    key: str
    label: str
    say: str
    symbol: str
    variant: str = "both"

    def is_for(self, variant: Variant) -> bool:
        return self.variant in {"both", variant}


@dataclass(frozen=True)
class Catalog:
    """Everything one variant shows in one language. figures: symbols of grown people who are told
    apart by hair and a sign of their own, for staff without a photograph."""

    version: str
    language: str
    variant: Variant
    areas: tuple[Area, ...]
    scales: Mapping[str, tuple[Step, ...]]
    controls: Mapping[str, Picture]
    people: Mapping[str, Picture]
    feelings: tuple[Picture, ...]
    figures: tuple[str, ...]

    def cards(self) -> Iterator[tuple[Area, Card]]:
        for area in self.areas:
            for card in area.cards:
                yield area, card

    def scale_choices(self) -> tuple[str, ...]:
        """The scales an adult can choose between in this variant."""
        return ("bra3",) if self.variant is Variant.PRESCHOOL else ("bra5", "vader5")


@lru_cache
def version() -> str:
    """The date of the content and a hash of its files, e.g. "2026-11-22.3fa1c2d4"."""
    digest = hashlib.sha256((CONTENT / "bildstod.toml").read_bytes())
    for name in ("guardian", *LANGUAGES[1:]):
        digest.update((CONTENT / f"{name}.toml").read_bytes())
    return f"2026-11-22.{digest.hexdigest()[:8]}"


@lru_cache
def catalog(language: str, variant: Variant) -> Catalog:
    source, words = _swedish(), _words(language)

    def picture(kind: str, row: Mapping[str, Any]) -> Picture:
        label, say = words(kind, row["key"], row)
        return Picture(row["key"], label, say, row["symbol"], row.get("variant", "both"))

    def step(scale: str, row: Mapping[str, Any]) -> Step:
        label, say = words("scale", f"{scale}/{row['key']}", row)
        return Step(row["key"], label, say, row["symbol"])

    scales = {
        name: tuple(step(name, row) for row in rows) for name, rows in source["scale"].items()
    }
    return Catalog(
        version=version(),
        language=language,
        variant=variant,
        areas=tuple(_area(row, variant, words) for row in source["area"]),
        scales={**scales, "bra2": tuple(s for s in scales["bra3"] if s.key != "so_so")},
        controls={row["key"]: picture("control", row) for row in source["control"]},
        people={row["key"]: picture("person", row) for row in source["person"]},
        feelings=_feelings([picture("feeling", row) for row in source["feeling"]], variant),
        figures=tuple(name for name in source["symbol"] if name.startswith("k-grown-up-")),
    )


def every_symbol() -> list[str]:
    """The neutral pictures, and each of the child's own looks."""
    heads, tones = looks()
    toned = {f"{head}.{tone}" for head in heads for tone in tones}
    return sorted({*_swedish()["symbol"], *toned})


def looks() -> tuple[list[str], list[str]]:
    """The heads that a child can choose for "jag", and the skin tones that each of them has."""
    me = next(row for row in _swedish()["person"] if row["key"] == "me")
    return me["appearance"], _swedish()["meta"]["tones"]


def attribution(language: str) -> str:
    """Whose the pictures are, which their licence asks every page about them to say."""
    return str(_prompts(language).get("attribution", _swedish()["meta"]["attribution"]["app"]))


def reviewed_by(language: str) -> str:
    """Who has read the words with the eyes of somebody who works with children; "" if nobody."""
    return str(_prompts(language).get("reviewed_by", ""))


def _feelings(all_of_them: list[Picture], variant: Variant) -> tuple[Picture, ...]:
    few = all_of_them[:PRESCHOOL_FEELINGS]
    return tuple(few if variant is Variant.PRESCHOOL else all_of_them)


def leading_questions(language: str) -> Mapping[str, list[str]]:
    """How a question that puts words in a child's mouth looks, by the kinds of leading.toml: in
    the language of the conversation and in Swedish, which the adult may always write."""
    swedish, own = _leading()[SWEDISH], _leading().get(language.split("-")[0], {})
    kinds = dict.fromkeys([*swedish, *own])
    return {kind: list(dict.fromkeys(own.get(kind, []) + swedish.get(kind, []))) for kind in kinds}


def _area(row: Mapping[str, Any], variant: Variant, words: Words) -> Area:
    name, label, say = words.area(row, variant)
    return Area(
        key=row["key"],
        name=name,
        label=label,
        say=say,
        symbol=row["symbol_older"] if variant is Variant.OLDER else row["symbol"],
        cards=tuple(_card(row["key"], card, variant, words) for card in row[variant]),
    )


def _card(area: str, row: Mapping[str, Any], variant: Variant, words: Words) -> Card:
    key = f"{area}/{variant}/{row['key']}"
    label, say = words("card", key, row)
    return Card(
        key=key,
        label=label,
        say=say,
        symbol=row["symbol"],
        scale=row["scale"],
        core=row["core"],
        optional=row.get("optional", False),
        metaphor=row.get("metaphor", False),
        age_from=row.get("age_from", 0),
        skin_tone=row["skin_tone"],
        person=row.get("person", ""),
    )


class Words:
    """The words of one language: (label, spoken prompt) of any entry.

    A word that a language lacks is the Swedish one beside its picture, never an empty label; a
    test names it before it is shipped.
    """

    def __init__(self, language: str, prompts: Mapping[str, Any]) -> None:
        self.language, self._prompts = language, prompts

    def __call__(self, kind: str, key: str, row: Mapping[str, Any]) -> tuple[str, str]:
        entry = self._entry(kind, key)
        return entry.get("label") or row["sv"], entry.get("say") or row["say"]

    def area(self, row: Mapping[str, Any], variant: Variant) -> tuple[str, str, str]:
        """(the model's own name, label, spoken prompt)"""
        entry = self._entry("area", f"{row['key']}/{variant}")
        label, say = row[f"{variant}_label"], row[f"{variant}_say"]
        return entry.get("name") or row["sv"], entry.get("label") or label, entry.get("say") or say

    def _entry(self, kind: str, key: str) -> Mapping[str, str]:
        found: Mapping[str, str] = self._prompts.get(kind, {}).get(key, {})
        return found


def _words(language: str) -> Words:
    return Words(language, _prompts(language))


@lru_cache
def _prompts(language: str) -> dict[str, Any]:
    if language == SWEDISH:
        return {}
    return tomllib.loads((CONTENT / f"{language}.toml").read_text("utf-8"))


@lru_cache
def _leading() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((CONTENT / "leading.toml").read_text("utf-8"))


@lru_cache
def _swedish() -> dict[str, Any]:
    return tomllib.loads((CONTENT / "bildstod.toml").read_text("utf-8"))
