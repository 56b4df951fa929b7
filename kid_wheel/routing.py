"""Finds the unit whose Barnets bästa-ansvarig a child has on a day, by the agreement's table.

It must never leave a child without an answer: where the table is silent, a person is asked.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any

# Days are compared as tuples, since a date cannot hold every year that a typing error can.
Day = tuple[int, int, int]
MonthDay = tuple[int, int]

CONTENT = Path(__file__).parent / "content"
ADULT_AGE = 18  # years; "varje människa under 18 år" (004)


class UnitKind(StrEnum):
    BVC = "bvc"
    FORSKOLA = "forskola"
    GRUNDSKOLA = "grundskola"
    GYMNASIUM = "gymnasium"
    KAA = "kaa"
    UPPFOLJNING = "uppfoljning"  # hemkommunens uppföljningsansvariga inom skola
    CENTRAL = "central"  # hemkommunens centrala Barnets bästa-funktion


class PlaceKind(StrEnum):
    """Where an adult at a tablet says that the child is."""

    FORSKOLA = "forskola"
    GRUNDSKOLA = "grundskola"  # also förskoleklass, anpassad grundskola, specialskola, sameskola
    GYMNASIUM = "gymnasium"  # also anpassad gymnasieskola and introduktionsprogram
    BVC = "bvc"
    NONE = "none"


class Reason(StrEnum):
    """What the ansvarig or the central function should know about an answer."""

    ADULT = "adult"
    MAYBE_ADULT = "maybe_adult"  # turns 18 this year and the day is not known
    PROTECTED_IDENTITY = "protected_identity"
    OUT_OF_SCOPE = "out_of_scope"  # contact the child's home municipality
    HOME_UNKNOWN = "home_unknown"
    UNIT_UNKNOWN = "unit_unknown"  # the directory has no unit that could answer
    UNIT_NOT_JOINED = "unit_not_joined"
    OUTSIDE_COUNTY_GRUNDSKOLA = "outside_county_grundskola"
    TWO_ENROLMENTS = "two_enrolments"
    NO_ENROLMENT = "no_enrolment"
    DEFERRED_SKOLPLIKT = "deferred_skolplikt"  # no statute says who has the medical side
    ANNOUNCED_NEXT_OWNER = "announced_next_owner"  # a later place is known; needs nobody


class BrokenRulebook(ValueError):
    """Reglerna för ansvar går inte att läsa eller lämnar något barn utan svar."""


@dataclass(frozen=True)
class Unit:
    """A verksamhet. `joined` is whether its huvudman has signed, so that it can be reached."""

    id: str
    name: str
    kind: UnitKind
    municipality: str
    joined: bool = True


@dataclass(frozen=True)
class Directory:
    """Every unit that can be answered with."""

    units: Sequence[Unit]

    def unit(self, id_: str | None) -> Unit | None:
        return self._by_id.get(id_)

    def of(self, kind: UnitKind, municipality: str | None) -> tuple[Unit, ...]:
        """The units of a kind in a municipality: joined ones first, then by id."""
        return self._by_kind.get((kind, municipality), ())

    @cached_property
    def _by_id(self) -> dict[str | None, Unit]:
        return {unit.id: unit for unit in self.units}

    @cached_property
    def _by_kind(self) -> dict[tuple[UnitKind, str | None], tuple[Unit, ...]]:
        found: dict[tuple[UnitKind, str | None], tuple[Unit, ...]] = {}
        for unit in sorted(self.units, key=lambda unit: (not unit.joined, unit.id)):
            key = (unit.kind, unit.municipality)
            found[key] = (*found.get(key, ()), unit)
        return found


@dataclass(frozen=True)
class Place:
    """A place a child has, had or will have; active from `from_on` to the day before `until_on`.

    unit: id, or None for a place outside the directory; only then does `in_sormland` count.
    year: a code of `year_codes`. completed: None where nobody has said.
    """

    kind: PlaceKind
    unit: str | None = None
    year: str | None = None
    from_on: date | None = None
    until_on: date | None = None
    completed: bool | None = None
    in_sormland: bool = True

    def has_started(self, on: date) -> bool:
        return self.from_on is None or _day(self.from_on) <= _day(on)

    def has_ended(self, on: date) -> bool:
        if self.until_on is None:
            return self.completed is not None
        return _day(self.until_on) <= _day(on)

    def is_active(self, on: date) -> bool:
        return self.has_started(on) and not self.has_ended(on)


@dataclass(frozen=True)
class Child:
    """What routing may know. A tablet often has only `birth_year` and one place."""

    birth_year: int
    born_on: date | None = None
    home_municipality: str | None = None
    places: Sequence[Place] = ()
    skolplikt_deferred: bool = False
    protected_identity: bool = False


@dataclass(frozen=True)
class Routing:
    """`owner` and `co_units` are unit ids; there is no owner only for an adult or out of scope."""

    owner: str | None
    co_units: tuple[str, ...]
    rule: str
    needs_human: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Rule:
    """One row of content/routing.toml. `basis` is the agreement's words if `source` is 004."""

    id: str
    condition: str
    owner: tuple[str, ...]
    co: tuple[str, ...]
    basis: str
    source: str
    reasons: tuple[Reason, ...]
    needs_human: bool


@dataclass(frozen=True)
class Rulebook:
    """The rules in order, and the calendar that they need."""

    version: str
    agreement: str
    municipalities: frozenset[str]
    rules: tuple[Rule, ...]
    first_school_day: dict[str, MonthDay]
    skolplikt_ages: tuple[int, int]
    skolplikt_ends: MonthDay
    between_schools_until: MonthDay
    years: tuple[tuple[date, tuple[str, ...]], ...]

    def rule(self, id_: str) -> Rule:
        return next(rule for rule in self.rules if rule.id == id_)


def is_child(born_on: date, on: date) -> bool:
    """Whether a person is under 18 on a civil date in Europe/Stockholm; the only age authority."""
    month, day = born_on.month, born_on.day
    # No 18th birthday falls in a leap year for a person born on 29 February; 28 February counts.
    if (month, day) == (2, 29):
        day = 28
    return _day(on) < (born_on.year + ADULT_AGE, month, day)


def year_codes(on: date, rulebook: Rulebook | None = None) -> tuple[str, ...]:
    """The years of grundskola on a day, the first to the last."""
    years = (rulebook or RULEBOOK).years
    valid = [codes for from_on, codes in years if _day(from_on) <= _day(on)]
    return valid[-1] if valid else years[0][1]


def route(
    child: Child, on: date, directory: Directory, rulebook: Rulebook | None = None
) -> Routing:
    """Who is responsible for `child` on a civil date in Europe/Stockholm. Never raises.

    The first rule that fits counts; where it reaches nobody, the rules that always fit do.
    """
