"""What leaves the case on paper: for the child, for the meeting, and for the journal or akt it
belongs to.

It must never print for home what the child has not said yes to, nor anything about an orosanmälan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from .answer_back import Answer, Fate, Wish
from .catalog import AREAS, Catalog
from .conversation import Record
from .plan import Line


class Document(StrEnum):
    WHEEL = "wheel"  # the child's own view, whole, for the akt
    HOME = "home"  # of the same, what the child has said may be shown at home
    KARTLAGGNING = "kartlaggning"
    PLAN = "plan"
    PICTURES = "pictures"  # the plan in pictures, from the same rows
    LETTER = "letter"  # the answers to the child
    WHOLE = "whole"  # everything, for the journal or akt


# Pictures of what becomes of a wish: none of them is a face, a colour or a judgement.
FATE_PICTURES = {Fate.DO: "n-1f44d", Fate.WAIT: "n-23f3", Fate.CANNOT: "n-270b"}
NOBODY = "e-nagon"  # who does it, when nobody has chosen a picture


@dataclass(frozen=True)
class Picture:
    """One action of the plan, as the child meets it. wish: what the child said, if it answers
    something. who_picture: a file in static/bildstod."""

    area: str
    area_label: str
    area_symbol: str
    for_child: str
    who: str
    who_picture: str
    due_on: str
    wish: Wish | None


@dataclass(frozen=True)
class Reply:
    """A wish and what becomes of it, as the child reads it."""

    wish: Wish
    fate: Fate
    picture: str
    because: str
    decided_by: str


def released(record: Record) -> Record:
    """The record with only what the child said may be shown at home: item by item, and what was
    never asked about stays here. Whom the child wants help from, and adults' notes, never go."""
    areas = [_released(area) for area in record["areas"]]
    kept = {name: record[name] for name in record if name not in ("help", "meeting", "notes")}
    return {**kept, "wheel": [], "areas": areas}


def pictures(lines: Iterable[Line], wishes: dict[str, Wish], shown: Catalog) -> list[Picture]:
    """The actions that go on, area by area in the wheel's order, in the child's language."""
    areas = {area.key: area for area in shown.areas}
    going_on = sorted(
        (line for line in lines if line.is_open), key=lambda line: AREAS.index(line.area)
    )
    return [
        Picture(
            area=line.area,
            area_label=areas[line.area].label,
            area_symbol=areas[line.area].symbol,
            for_child=line.for_child,
            who=line.who,
            who_picture=shown.people[line.picture].symbol
            if line.picture in shown.people
            else NOBODY,
            due_on=line.due_on,
            wish=wishes.get(line.wish),
        )
        for line in going_on
    ]


def replies(wishes: Iterable[Wish], answers: dict[str, Answer], key: bytes) -> list[Reply]:
    """Each wish that has an answer, in the order the child said them."""
    found = []
    for wish in wishes:
        answer = answers.get(wish.id)
        if answer is not None:
            words: dict[str, Any] = answer.read(key)
            picture = FATE_PICTURES[answer.fate]
            found.append(Reply(wish, answer.fate, picture, words["because"], words["decided_by"]))
    return found


def letter(replies: Iterable[Reply], addresses: dict[str, str], **whose: str) -> dict[str, Any]:
    """The letter for a tablet: {replies: [{area, said, label, language, picture, fate, because,
    decided_by}]} and whose it is. addresses: of each wish's picture, by its id."""
    told = [
        {
            "area": one.wish.area,
            "said": one.wish.text,
            "label": one.wish.label,
            "language": one.wish.language,
            "picture": addresses[one.wish.id],
            "fate": one.fate,
            "because": one.because,
            "decided_by": one.decided_by,
        }
        for one in replies
    ]
    return {**whose, "replies": told}


def _released(area: dict[str, Any]) -> dict[str, Any]:
    whole = area.get("release") == "may_show"

    def may(item: dict[str, Any]) -> bool:
        return item["release"] == "may_show" if "release" in item else whole

    # A statement about a card that stays here would tell of the card.
    cards = [card for card in area["cards"] if may(card) and _was_met(card)]
    hidden = {card["key"] for card in area["cards"]} - {card["key"] for card in cards}
    said = [
        {name: one[name] for name in one if name != "card" or one["card"] not in hidden}
        for one in area["statements"]
        if may(one)
    ]
    drawings = [one for one in area.get("drawings", []) if _may_with_card(one, hidden, may)]
    feelings = area.get("feelings", []) if may(area.get("feelings_decided", {})) else []
    return {
        **area, "cards": cards, "statements": said, "feelings": feelings, "drawings": drawings,
    }  # fmt: skip


def _may_with_card(
    drawing: dict[str, Any], hidden: set[str], may: Callable[[dict[str, Any]], bool]
) -> bool:
    """A drawing that is the picture of a card goes where the card goes."""
    return drawing["card"] not in hidden if "card" in drawing else may(drawing)


def _was_met(card: dict[str, Any]) -> bool:
    """Or made: a card of the child's own is something said, wherever it lies."""
    return "own" in card or bool(card["answer"].get("silence") != "not_asked")
