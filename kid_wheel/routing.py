"""Finds the unit whose Barnets bästa-ansvarig a child has on a day, by the agreement's table.

It must never leave a child without an answer: where the table is silent, a person is asked.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Literal

ADULT_AGE = 18  # years; "varje människa under 18 år" (004)


class UnitKind(StrEnum):
    BVC = "bvc"
    FORSKOLA = "forskola"
    GRUNDSKOLA = "grundskola"
    GYMNASIUM = "gymnasium"
    KAA = "kaa"
    UPPFOLJNING = "uppfoljning"  # hemkommunens uppföljningsansvariga inom skola
    CENTRAL = "central"  # hemkommunens centrala Barnets bästa-funktion
    SOCIALTJANST = "socialtjanst"
    BUP = "bup"
    VARD = "vard"  # other health care: vårdcentral, barnmottagning, habilitering


# They signal, are asked and do their part, but the agreement makes none of them the ansvarig.
NEVER_ANSVARIG = frozenset({UnitKind.SOCIALTJANST, UnitKind.BUP, UnitKind.VARD})


class PlaceKind(StrEnum):
    """Where an adult at a tablet says that the child is."""

    FORSKOLA = "forskola"
    GRUNDSKOLA = "grundskola"  # also förskoleklass, anpassad grundskola, specialskola, sameskola
    GYMNASIUM = "gymnasium"  # also anpassad gymnasieskola and introduktionsprogram
    BVC = "bvc"
    NONE = "none"


class Reason(StrEnum):
    """What a person should know about an answer."""

    ADULT = "adult"
    MAYBE_ADULT = "maybe_adult"  # turns 18 this year and the day is not known
    PROTECTED_IDENTITY = "protected_identity"
    OUT_OF_SCOPE = "out_of_scope"  # nobody here: contact the child's home municipality
    UNIT_UNKNOWN = "unit_unknown"  # no unit can be reached for the place or the function
    UNIT_NOT_JOINED = "unit_not_joined"
    OUTSIDE_COUNTY_GRUNDSKOLA = "outside_county_grundskola"
    TWO_ENROLMENTS = "two_enrolments"
    NO_ENROLMENT = "no_enrolment"
    DEFERRED_SKOLPLIKT = "deferred_skolplikt"  # no statute says who has the medical side
    ANNOUNCED_NEXT_OWNER = "announced_next_owner"  # a later place is known; needs nobody


@dataclass(frozen=True)
class Unit:
    """A verksamhet. `joined`: its huvudman has signed the agreement, so it can be reached."""

    id: str
    name: str
    kind: UnitKind
    municipality: str
    joined: bool = True


@dataclass(frozen=True)
class Directory:
    """Every unit there is to choose from."""

    units: Sequence[Unit]

    def unit(self, id_: str | None) -> Unit | None:
        return next((unit for unit in self.units if unit.id == id_), None)

    def of(self, kind: UnitKind, municipality: str | None) -> list[Unit]:
        """The units of a kind in a municipality: joined ones first, then by id."""
        found = [u for u in self.units if u.kind == kind and u.municipality == municipality]
        return sorted(found, key=lambda unit: (not unit.joined, unit.id))


@dataclass(frozen=True)
class Place:
    """A place a child has, had or will have, from `from_on` to the day before `until_on`.

    unit: an id, or None outside the directory. in_sormland: counts where the unit is unknown.
    year: one of `year_codes`. completed: None where nobody has said.
    """

    kind: PlaceKind
    unit: str | None = None
    year: str | None = None
    from_on: date | None = None
    until_on: date | None = None
    completed: bool | None = None
    in_sormland: bool = True

    def when(self, on: date) -> Literal["past", "now", "coming"]:
        if self.from_on and _day(on) < _day(self.from_on):
            return "coming"
        if self.until_on:
            return "now" if _day(on) < _day(self.until_on) else "past"
        return "now" if self.completed is None else "past"


@dataclass(frozen=True)
class Child:
    """What routing may know. A tablet often has no more than `birth_year` and one place."""

    birth_year: int
    born_on: date | None = None
    home_municipality: str | None = None
    places: Sequence[Place] = ()
    skolplikt_deferred: bool = False
    protected_identity: bool = False


@dataclass(frozen=True)
class Rule:
    """One row of content/routing.toml. `basis`: the agreement's own words if `source` is 004."""

    id: str
    condition: str
    owner: Sequence[str]
    basis: str
    source: str
    co: Sequence[str] = ()
    reasons: Sequence[Reason] = ()
    needs_human: bool = False


@dataclass(frozen=True)
class Routing:
    """The answer, with ids of units. `owner` is None only for an adult (R0) or nobody here (E23).

    needs_human: a person must look at `reasons` before the answer is relied on.
    """

    owner: str | None
    co_units: tuple[str, ...]
    rule: str
    needs_human: bool
    reasons: tuple[Reason, ...]


_PACK = tomllib.loads((Path(__file__).parent / "content" / "routing.toml").read_text("utf-8"))
RULES = {row["id"]: Rule(**row) for row in _PACK["rules"]}  # in the order they are tried
MUNICIPALITIES = frozenset[str](_PACK["municipalities"])


def is_child(born_on: date, on: date) -> bool:
    """Whether a person is under 18 on a civil date in Europe/Stockholm; the only age authority."""
    # 18 years after a 29 February is never a leap year; 28 February counts (lag 1930:173).
    day = 28 if (born_on.month, born_on.day) == (2, 29) else born_on.day
    return _day(on) < (born_on.year + ADULT_AGE, born_on.month, day)


def year_codes(on: date) -> list[str]:
    """The years of grundskola on a day, the first to the last."""
    years: dict[str, list[str]] = _PACK["years"]
    return years[max((day for day in years if day <= on.isoformat()), default=min(years))]


def route(child: Child, on: date, directory: Directory) -> Routing:
    """Who is responsible for a child on a civil date in Europe/Stockholm. Never raises.

    The first rule that fits counts; where it reaches nobody, the rules that always fit do.
    """
    facts = _Facts(child, on, directory)
    rules = iter(RULES.values())
    first = next(rule for rule in rules if _CONDITIONS[rule.condition](facts))
    reasons = {*_observe(facts, first)}
    for rule in (first, *(rule for rule in rules if rule.condition == "always")):
        reasons |= {*rule.reasons}
        owners = _reach(rule.owner, facts)
        if owners or not rule.owner:
            break
        if facts.municipality and not reasons & {Reason.UNIT_UNKNOWN, Reason.UNIT_NOT_JOINED}:
            reasons.add(Reason.UNIT_UNKNOWN)
    return Routing(
        owner=owners[0] if owners else None,
        co_units=tuple(unit for unit in _reach(rule.co, facts) if unit not in owners[:1]),
        rule=rule.id,
        needs_human=rule.needs_human or bool(reasons - {Reason.ANNOUNCED_NEXT_OWNER}),
        reasons=tuple(reason for reason in Reason if reason in reasons),
    )


@dataclass(frozen=True)
class _Facts:
    """What the conditions look at: a child on a day, among these units."""

    child: Child
    on: date
    directory: Directory

    def places(self, when: str, *kinds: PlaceKind) -> list[Place]:
        """The last to begin, or of past ones to end, first; the order given means nothing."""

        def latest(place: Place) -> tuple[int, str]:
            turn = place.until_on if when == "past" else place.from_on
            return -(turn or date.min).toordinal(), place.unit or ""

        found = [p for p in self.child.places if p.kind in kinds and p.when(self.on) == when]
        return sorted(found, key=latest)

    def is_in_sormland(self, place: Place) -> bool:
        unit = self.directory.unit(place.unit)
        return unit.municipality in MUNICIPALITIES if unit else place.in_sormland

    def has_reached(self, age: int, month_day: Sequence[int]) -> bool:
        """Whether that day has come in the calendar year when the child reaches an age."""
        born = self.child.born_on.year if self.child.born_on else self.child.birth_year
        return _day(self.on) >= (born + age, *month_day)

    @property
    def municipality(self) -> str | None:
        """The municipality in Sörmland that answers: the home, else where the child is today."""
        units = [self.directory.unit(place.unit) for place in self.places("now", *PlaceKind)]
        homes = [self.child.home_municipality, *(unit.municipality for unit in units if unit)]
        return next((home for home in homes if home in MUNICIPALITIES), None)


_SCHOOL = (PlaceKind.GRUNDSKOLA, PlaceKind.GYMNASIUM)
_ENROLMENT = (PlaceKind.FORSKOLA, *_SCHOOL)


def _is_adult(facts: _Facts) -> bool:
    if facts.child.born_on:
        return not is_child(facts.child.born_on, facts.on)
    return facts.child.birth_year + ADULT_AGE < facts.on.year


def _is_in(facts: _Facts, kind: PlaceKind, sormland: bool) -> bool:
    return any(facts.is_in_sormland(p) is sormland for p in facts.places("now", kind))


def _is_pupil(facts: _Facts) -> bool:
    return bool(facts.places("now", *_SCHOOL))


def _is_between_schools(facts: _Facts) -> bool:
    """A grundskola ended this year, a school is to come, and the autumn's limit is not reached."""
    ends = [place.until_on.year for place in _left_grundskola(facts) if place.until_on]
    is_soon = any(_day(facts.on) < (end, *_PACK["between_schools_until"]) for end in ends)
    return not _is_pupil(facts) and is_soon and bool(facts.places("coming", *_SCHOOL))


def _left_grundskola(facts: _Facts) -> list[Place]:
    return facts.places("past", PlaceKind.GRUNDSKOLA)[:1]


def _has_never_begun_gymnasium(facts: _Facts) -> bool:
    """Skolplikt is over, by age or by a finished grundskola, and no gymnasium has begun."""
    begun = facts.places("past", PlaceKind.GYMNASIUM)
    over = facts.has_reached(_PACK["skolplikt_ends_age"], _PACK["skolplikt_ends_on"])
    finished = any(map(_is_finished, facts.places("past", PlaceKind.GRUNDSKOLA)))
    return not _is_pupil(facts) and not begun and (over or finished)


def _is_finished(grundskola: Place) -> bool:
    if grundskola.year is None or grundskola.until_on is None:
        return grundskola.completed is True
    last = grundskola.year == year_codes(grundskola.until_on)[-1]
    return last and grundskola.completed is not False


def _has_left_gymnasium(facts: _Facts) -> bool:
    left = facts.places("past", PlaceKind.GYMNASIUM)
    return not _is_pupil(facts) and bool(left) and not any(place.completed for place in left)


def _is_before_school(facts: _Facts) -> bool:
    """Neither a pupil nor under skolplikt, which can be deferred by one year."""
    return not _is_pupil(facts) and not _has_skolplikt(facts, facts.child.skolplikt_deferred)


def _has_skolplikt(facts: _Facts, deferred: bool) -> bool:
    days = _PACK["first_school_day"]
    day = days.get(facts.municipality, days["default"])
    return facts.has_reached(_PACK["skolplikt_begins_age"] + deferred, day)


_CONDITIONS: dict[str, Callable[[_Facts], bool]] = {
    "is_adult": _is_adult,
    "has_protected_identity": lambda facts: facts.child.protected_identity,
    "is_in_grundskola": lambda facts: _is_in(facts, PlaceKind.GRUNDSKOLA, sormland=True),
    "is_in_gymnasium": lambda facts: _is_in(facts, PlaceKind.GYMNASIUM, sormland=True),
    "is_in_gymnasium_outside": lambda facts: _is_in(facts, PlaceKind.GYMNASIUM, sormland=False),
    "is_between_schools": _is_between_schools,
    "has_never_begun_gymnasium": _has_never_begun_gymnasium,
    "has_left_gymnasium": _has_left_gymnasium,
    "is_before_school": _is_before_school,
    "always": lambda facts: True,
}


def _observe(facts: _Facts, rule: Rule) -> Iterator[Reason]:
    child, enrolments = facts.child, facts.places("now", *_ENROLMENT)
    if child.born_on is None and child.birth_year + ADULT_AGE == facts.on.year:
        yield Reason.MAYBE_ADULT
    if len({place.unit or place.kind for place in enrolments}) > 1:
        yield Reason.TWO_ENROLMENTS
    for place in enrolments:
        unit, inside = facts.directory.unit(place.unit), facts.is_in_sormland(place)
        if inside and not (unit and unit.joined):
            yield Reason.UNIT_NOT_JOINED if unit else Reason.UNIT_UNKNOWN
        if place.kind == PlaceKind.GRUNDSKOLA and not inside:
            yield Reason.OUTSIDE_COUNTY_GRUNDSKOLA
    if rule.condition == "always" and not _is_pupil(facts):
        yield Reason.NO_ENROLMENT
    if child.skolplikt_deferred and _is_before_school(facts) and _has_skolplikt(facts, False):
        yield Reason.DEFERRED_SKOLPLIKT
    if any(facts.directory.unit(place.unit) for place in facts.places("coming", *_ENROLMENT)):
        yield Reason.ANNOUNCED_NEXT_OWNER


def _reach(names: Sequence[str], facts: _Facts) -> list[str]:
    """The ids of the units with these names in a rule that can be reached, each once."""
    return list(dict.fromkeys(unit.id for name in names for unit in _units(name, facts)))


def _units(name: str, facts: _Facts) -> list[Unit]:
    places = [place for place in facts.places("now", *PlaceKind) if place.kind == name]
    if name == "left_grundskola":
        places = _left_grundskola(facts)
    units = [facts.directory.unit(place.unit) for place in places if facts.is_in_sormland(place)]
    found = [unit for unit in units if unit and unit.joined and unit.kind not in NEVER_ANSVARIG]
    if found or name in (*_ENROLMENT, "left_grundskola"):
        return found
    # A municipality's central function can always be turned to, joined or not (R007).
    at_home = facts.directory.of(UnitKind(name), facts.municipality)
    return [unit for unit in at_home if unit.joined or name == UnitKind.CENTRAL][:1]


def _day(on: date) -> tuple[int, int, int]:
    """Compared instead of dates, which cannot hold every year that a person can type."""
    return on.year, on.month, on.day
