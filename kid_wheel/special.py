"""Children whose case asks for more care: who turns 18, who moves, who is placed by a socialnämnd.

It must never guess a birthday, and never let an age be decided anywhere but by `routing.is_child`.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from .case import Case
from .keys import KeyRing
from .routing import ADULT_AGE, is_child

NOTICE_DAYS, LAST_NOTICE_DAYS = 90, 30  # days before the birthday; domain E12


class NotYetBorn(Exception):
    """Födelsedagen har inte varit än."""


class NoBasis(Exception):
    """Skriv vilken nämnd som har placerat barnet, och med vilket lagligt stöd den är med."""


class Transition(StrEnum):
    """What the ansvarig is told about the 18th birthday."""

    SOON = "soon"  # within 90 days
    VERY_SOON = "very_soon"  # within 30 days
    ADULT = "adult"


def turns_18_on(born_on: date) -> date:
    """The first civil day in Stockholm that the person is no child. 28 February for a leap day."""
    day = 28 if (born_on.month, born_on.day) == (2, 29) else born_on.day
    return date(born_on.year + ADULT_AGE, born_on.month, day)


def born_on(case: Case, ring: KeyRing) -> date | None:
    written = case.about(ring).get("born_on")
    return date.fromisoformat(written) if written else None


def is_adult(case: Case, ring: KeyRing, on: date) -> bool:
    """Whether the person is 18 on a civil day: from midnight, with nobody having to do anything.

    From then on what guardians have is over and what they have consented to has ended. Without a
    birthday only a year that leaves no doubt counts.
    """
    about = case.about(ring)
    if about.get("born_on"):
        return not is_child(date.fromisoformat(about["born_on"]), on)
    return bool(about.get("birth_year")) and about["birth_year"] + ADULT_AGE < on.year


def transition(about: dict[str, Any], on: date) -> tuple[Transition, date] | None:
    """What to tell, and the day it is about. about: `Case.about`'s."""
    if not about.get("born_on"):
        return None
    day = turns_18_on(date.fromisoformat(about["born_on"]))
    left = (day - on).days
    if left <= 0:
        return Transition.ADULT, day
    if left <= LAST_NOTICE_DAYS:
        return Transition.VERY_SOON, day
    return (Transition.SOON, day) if left <= NOTICE_DAYS else None


def write_born_on(case: Case, ring: KeyRing, born: date | None, on: date) -> None:
    """The birthday, or None when the ansvarig takes it away; the year follows it."""
    if born and born > on:
        raise NotYetBorn
    about = case.about(ring)
    about["born_on"] = born.isoformat() if born else None
    if born:
        about["birth_year"] = born.year
    case.write_about(ring, about)


def write_place(case: Case, ring: KeyRing, place: dict[str, Any]) -> None:
    """Where the child goes now (see the record's place). Nobody's responsibility moves by this."""
    case.write_about(ring, {**case.about(ring), "place": place})


def write_placing(case: Case, ring: KeyRing, by: str, basis: str) -> None:
    """Which socialnämnd has placed the child, and the legal ground by which it may take part.
    Both empty: the child is not placed."""
    if bool(by.strip()) != bool(basis.strip()):
        raise NoBasis
    placed = {"by": by.strip(), "basis": basis.strip()} if by.strip() else None
    case.write_about(ring, {**case.about(ring), "placed": placed})


def protect(case: Case, protected: bool) -> None:
    """Skyddade personuppgifter: from now on only those assigned to the case meet it."""
    case.protected_identity = protected
