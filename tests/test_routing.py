"""Who is responsible for a child: the agreement's table, its edge cases and what always holds.

Every child and unit is invented. The noise is units of other families' municipalities.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kid_wheel import routing
from kid_wheel.routing import (
    MUNICIPALITIES,
    RULES,
    Child,
    Directory,
    Place,
    PlaceKind,
    Reason,
    Routing,
    Unit,
    UnitKind,
    is_child,
    route,
    year_codes,
)

TODAY = date(2026, 11, 21)

FORSKOLA, GRUNDSKOLA, GYMNASIUM, BVC, NONE = PlaceKind


def day(text: str) -> date:
    return date.fromisoformat(text)


def unit(id_: str, kind: UnitKind, municipality: str, joined: bool = True) -> Unit:
    return Unit(id_, f"{id_} (påhittad)", kind, municipality, joined)


FUNCTIONS = [
    unit(f"{kind}-{municipality}", kind, municipality)
    for municipality in sorted(MUNICIPALITIES)
    for kind in (UnitKind.BVC, UnitKind.KAA, UnitKind.UPPFOLJNING, UnitKind.CENTRAL)
]
PLACES = [
    unit("pahittet", UnitKind.FORSKOLA, "vingaker"),
    unit("fiktivet", UnitKind.FORSKOLA, "flen"),
    unit("fristaende-forskola", UnitKind.FORSKOLA, "flen", joined=False),
    unit("demoskolan", UnitKind.GRUNDSKOLA, "flen"),
    unit("testskolan", UnitKind.GRUNDSKOLA, "eskilstuna"),
    unit("provskolan", UnitKind.GRUNDSKOLA, "eskilstuna"),
    unit("friskolan", UnitKind.GRUNDSKOLA, "oxelosund"),
    unit("ej-ansluten", UnitKind.GRUNDSKOLA, "oxelosund", joined=False),
    unit("gymnasiet", UnitKind.GYMNASIUM, "eskilstuna"),
    unit("bvc-flen-2", UnitKind.BVC, "flen"),
    unit("grannforskolan", UnitKind.FORSKOLA, "sodertalje"),
]
DIRECTORY = Directory([*FUNCTIONS, *PLACES])
OUTSIDE_GYMNASIUM = Place(GYMNASIUM, in_sormland=False)


def child(born: str, home: str | None, *places: Place, **more: Any) -> Child:
    """Born on a day, or in a year that is all anybody knows."""
    if len(born) == 4:
        return Child(int(born), None, home, places, **more)
    return Child(day(born).year, day(born), home, places, **more)


def at(kind: PlaceKind, unit_id: str, year: str | None = None, **more: Any) -> Place:
    return Place(kind, unit_id, year, **more)


TOVA = child("2022-07-14", "vingaker", at(FORSKOLA, "pahittet"))
YUSUF = child(
    "2020-09-03",
    "flen",
    at(FORSKOLA, "fiktivet", until_on=day("2026-08-18")),
    at(GRUNDSKOLA, "demoskolan", "FKLASS", from_on=day("2026-08-18")),
)
LEO = child("2017-02-28", "oxelosund", at(GRUNDSKOLA, "friskolan", "AK3"))
MIRA = child("2014-05-02", "eskilstuna", at(GRUNDSKOLA, "testskolan", "AK6"))
SAMIRA = child(
    "2011-03-19", "nykoping", at(GRUNDSKOLA, "testskolan", "AK9"), protected_identity=True
)
ELIAS = child(
    "2008-12-30",
    "gnesta",
    replace(OUTSIDE_GYMNASIUM, until_on=day("2026-10-30"), completed=False),
)
AFTER_AK9 = child(
    "2010-04-01",
    "flen",
    at(GRUNDSKOLA, "demoskolan", "AK9", until_on=day("2026-06-12")),
    at(GYMNASIUM, "gymnasiet", from_on=day("2026-09-20")),
)
DEFERRED = child("2019-03-01", "flen", at(FORSKOLA, "fiktivet"), skolplikt_deferred=True)

R = Reason


def row(
    id_: str,
    who: Child,
    on: str,
    rule: str,
    owner: str | None,
    *reasons: Reason,
    co: tuple[str, ...] = (),
) -> Any:
    """A row of the decision table; a person is needed wherever there is a reason to tell."""
    needs_human = bool({*reasons} - {R.ANNOUNCED_NEXT_OWNER})
    return pytest.param(who, day(on), Routing(owner, co, rule, needs_human, tuple(reasons)), id=id_)


DECISION_TABLE = [
    row("DEMO-01 Tova", TOVA, "2026-11-21", "R1", "pahittet", co=("bvc-vingaker",)),
    row(
        "DEMO-02 Yusuf the day before förskoleklass",
        YUSUF,
        "2026-08-17",
        "R1",
        "fiktivet",
        R.ANNOUNCED_NEXT_OWNER,
        co=("bvc-flen",),
    ),
    row("DEMO-02 Yusuf in förskoleklass", YUSUF, "2026-08-18", "R2", "demoskolan"),
    row("DEMO-03 Leo", LEO, "2026-11-21", "R2", "friskolan"),
    row("DEMO-04 Mira", MIRA, "2026-11-21", "R2", "testskolan"),
    row(
        "DEMO-05 Samira",
        SAMIRA,
        "2026-11-21",
        "E16",
        "central-nykoping",
        R.PROTECTED_IDENTITY,
    ),
    row("DEMO-06 Elias before", ELIAS, "2026-10-29", "R4", "uppfoljning-gnesta"),
    row("DEMO-06 Elias drops out", ELIAS, "2026-10-30", "R5b", "kaa-gnesta"),
    row("DEMO-06 Elias the day before 18", ELIAS, "2026-12-29", "R5b", "kaa-gnesta"),
    row("DEMO-06 Elias at 18", ELIAS, "2026-12-30", "R0", None, R.ADULT),
    row(
        "R0 adult pupil",
        child("2008-11-21", "flen", at(GYMNASIUM, "gymnasiet")),
        "2026-11-21",
        "R0",
        None,
        R.ADULT,
    ),
    row(
        "R0 only the birth year, certainly adult",
        child("2007", "flen"),
        "2026-11-21",
        "R0",
        None,
        R.ADULT,
    ),
    row(
        "R3 only the birth year, perhaps adult",
        child("2008", "flen", at(GYMNASIUM, "gymnasiet")),
        "2026-01-01",
        "R3",
        "gymnasiet",
        R.MAYBE_ADULT,
    ),
    row(
        "R3 home elsewhere in Sweden",
        child("2009-02-01", "stockholm", at(GYMNASIUM, "gymnasiet")),
        "2026-11-21",
        "R3",
        "gymnasiet",
    ),
    row("R1 at home", child("2024", "trosa", Place(NONE)), "2026-11-21", "R1", "bvc-trosa"),
    row(
        "R1 the BVC that the child goes to",
        child("2024", "flen", at(BVC, "bvc-flen-2")),
        "2026-11-21",
        "R1",
        "bvc-flen-2",
    ),
    row(
        "R1 the first BVC of several",
        child("2024", "flen"),
        "2026-11-21",
        "R1",
        "bvc-flen",
    ),
    row(
        "R1 preschool not joined",
        child("2023", "flen", at(FORSKOLA, "fristaende-forskola")),
        "2026-11-21",
        "R1",
        "bvc-flen",
        R.UNIT_NOT_JOINED,
    ),
    row(
        "R1 preschool outside Sörmland, though the directory has it",
        child("2023", "flen", at(FORSKOLA, "grannforskolan")),
        "2026-11-21",
        "R1",
        "bvc-flen",
    ),
    row(
        "R1 the day of birth counts, not a mistyped year",
        replace(TOVA, birth_year=2014),
        "2026-11-21",
        "R1",
        "pahittet",
        co=("bvc-vingaker",),
    ),
    row(
        "R1 home unknown, preschool known",
        child("2022", None, at(FORSKOLA, "pahittet")),
        "2026-11-21",
        "R1",
        "pahittet",
        co=("bvc-vingaker",),
    ),
    row(
        "R5a finished grundskola early, nothing to come",
        child(
            "2011-01-01", "flen", at(GRUNDSKOLA, "demoskolan", "AK9", until_on=day("2026-06-12"))
        ),
        "2026-11-21",
        "R5a",
        "kaa-flen",
    ),
    row(
        "R5a finished grundskola early, says an adult without a year or a day",
        child("2011", "flen", at(GRUNDSKOLA, "demoskolan", completed=True)),
        "2026-11-21",
        "R5a",
        "kaa-flen",
    ),
    row(
        "R9 left åk 3 and nothing is to come",
        child("2017", "flen", at(GRUNDSKOLA, "demoskolan", "AK3", until_on=day("2026-06-12"))),
        "2026-11-21",
        "R9",
        "central-flen",
        R.NO_ENROLMENT,
    ),
    row(
        "R5b left a gymnasium in Sörmland",
        child("2009-05-05", "trosa", at(GYMNASIUM, "gymnasiet", until_on=day("2026-11-21"))),
        "2026-11-21",
        "R5b",
        "kaa-trosa",
    ),
    row(
        "R9 finished gymnasium before 18",
        child("2009-05-05", "trosa", at(GYMNASIUM, "gymnasiet", completed=True)),
        "2026-11-21",
        "R9",
        "central-trosa",
        R.NO_ENROLMENT,
    ),
    row(
        "R9 school that is not in the directory",
        child("2015", "trosa", at(GRUNDSKOLA, "okand")),
        "2026-11-21",
        "R9",
        "central-trosa",
        R.UNIT_UNKNOWN,
    ),
    row(
        "E1 six years old in förskoleklass",
        child("2020-01-01", "flen", at(GRUNDSKOLA, "demoskolan", "FKLASS")),
        "2026-11-21",
        "R2",
        "demoskolan",
    ),
    row(
        "E2 five years old in åk 1",
        child("2021-01-01", "flen", at(GRUNDSKOLA, "demoskolan", "AK1")),
        "2026-11-21",
        "R2",
        "demoskolan",
    ),
    row(
        "E3 summer before förskoleklass, preschool ended",
        child(
            "2020-09-03", "flen", at(GRUNDSKOLA, "demoskolan", "FKLASS", from_on=day("2026-08-18"))
        ),
        "2026-08-17",
        "R1",
        "bvc-flen",
        R.ANNOUNCED_NEXT_OWNER,
    ),
    row(
        "E4 deferred skolplikt",
        DEFERRED,
        "2026-03-01",
        "R1",
        "fiktivet",
        R.DEFERRED_SKOLPLIKT,
        co=("bvc-flen",),
    ),
    row("E4 deferral is over", DEFERRED, "2026-08-18", "R9", "central-flen", R.NO_ENROLMENT),
    row(
        "E4 deferral has not begun",
        DEFERRED,
        "2025-08-17",
        "R1",
        "fiktivet",
        co=("bvc-flen",),
    ),
    row(
        "E5 summer after åk 9",
        AFTER_AK9,
        "2026-06-12",
        "E5",
        "demoskolan",
        R.ANNOUNCED_NEXT_OWNER,
    ),
    row(
        "E5 the last day",
        AFTER_AK9,
        "2026-09-14",
        "E5",
        "demoskolan",
        R.ANNOUNCED_NEXT_OWNER,
    ),
    row("E5 KAA after it", AFTER_AK9, "2026-09-15", "R5a", "kaa-flen", R.ANNOUNCED_NEXT_OWNER),
    row("E5 the next school takes over", AFTER_AK9, "2026-09-20", "R3", "gymnasiet"),
    row(
        "E5 between two grundskolor it is the last one left",
        child(
            "2014-05-02",
            "eskilstuna",
            at(
                GRUNDSKOLA,
                "demoskolan",
                "AK5",
                from_on=day("2026-01-10"),
                until_on=day("2026-02-10"),
            ),
            at(
                GRUNDSKOLA,
                "testskolan",
                "AK5",
                until_on=day("2026-06-12"),
            ),
            at(GRUNDSKOLA, "provskolan", "AK6", from_on=day("2026-08-18")),
        ),
        "2026-07-01",
        "E5",
        "testskolan",
        R.ANNOUNCED_NEXT_OWNER,
    ),
    row(
        "E5 the school that was left has not joined, an earlier one does not step in",
        child(
            "2010-04-01",
            "oxelosund",
            at(GRUNDSKOLA, "friskolan", "AK8", until_on=day("2026-02-01")),
            at(GRUNDSKOLA, "ej-ansluten", "AK9", until_on=day("2026-06-12")),
            at(GYMNASIUM, "gymnasiet", from_on=day("2026-08-18")),
        ),
        "2026-07-01",
        "R9",
        "central-oxelosund",
        R.UNIT_UNKNOWN,
        R.ANNOUNCED_NEXT_OWNER,
    ),
    row(
        "E5 a school left last year keeps nobody",
        child(
            "2014",
            "flen",
            at(GRUNDSKOLA, "demoskolan", "AK6", until_on=day("2025-12-19")),
            at(GRUNDSKOLA, "testskolan", "AK6", from_on=day("2026-01-09")),
        ),
        "2026-01-02",
        "R9",
        "central-flen",
        R.NO_ENROLMENT,
        R.ANNOUNCED_NEXT_OWNER,
    ),
    row(
        "E6 gymnasium outside Sörmland",
        child("2009-01-01", "strangnas", OUTSIDE_GYMNASIUM),
        "2026-11-21",
        "R4",
        "uppfoljning-strangnas",
    ),
    row(
        "E7 newly arrived at 16",
        child("2010", "katrineholm", Place(NONE)),
        "2026-07-01",
        "R5a",
        "kaa-katrineholm",
    ),
    row(
        "E8 introduktionsprogram is gymnasium",
        child("2010-01-01", "flen", at(GYMNASIUM, "gymnasiet", "IM")),
        "2026-11-21",
        "R3",
        "gymnasiet",
    ),
    row(
        "E9 grundskola outside Sörmland",
        child("2014", "gnesta", Place(GRUNDSKOLA, in_sormland=False)),
        "2026-11-21",
        "R9",
        "central-gnesta",
        R.OUTSIDE_COUNTY_GRUNDSKOLA,
    ),
    row("E10 fristående that has joined", LEO, "2026-11-21", "R2", "friskolan"),
    row(
        "E11 fristående that has not joined",
        replace(LEO, places=[at(GRUNDSKOLA, "ej-ansluten", "AK3")]),
        "2026-11-21",
        "R9",
        "central-oxelosund",
        R.UNIT_NOT_JOINED,
    ),
    row(
        "E11 in förskoleklass is not R1 either",
        child("2020", "oxelosund", at(GRUNDSKOLA, "ej-ansluten", "FKLASS")),
        "2026-08-01",
        "R9",
        "central-oxelosund",
        R.UNIT_NOT_JOINED,
    ),
    row(
        "E11 home outside Sörmland, the school's municipality answers",
        child("2014", "stockholm", at(GRUNDSKOLA, "ej-ansluten", "AK6")),
        "2026-11-21",
        "R9",
        "central-oxelosund",
        R.UNIT_NOT_JOINED,
    ),
    row(
        "E12 the day before 18",
        child("2008-11-22", "flen", at(GYMNASIUM, "gymnasiet")),
        "2026-11-21",
        "R3",
        "gymnasiet",
    ),
    row(
        "E13 born 29 February, on 27 February",
        child("2008-02-29", "flen", at(GYMNASIUM, "gymnasiet")),
        "2026-02-27",
        "R3",
        "gymnasiet",
    ),
    row(
        "E13 born 29 February, on 28 February",
        child("2008-02-29", "flen", at(GYMNASIUM, "gymnasiet")),
        "2026-02-28",
        "R0",
        None,
        R.ADULT,
    ),
    row(
        "E14 school age without a school",
        child("2014", "nykoping", Place(NONE)),
        "2026-11-21",
        "R9",
        "central-nykoping",
        R.NO_ENROLMENT,
    ),
    row(
        "E14 skolplikt lasts the whole spring",
        child("2010", "nykoping", Place(NONE)),
        "2026-06-30",
        "R9",
        "central-nykoping",
        R.NO_ENROLMENT,
    ),
    row(
        "E14 left åk 9 before it was finished",
        child(
            "2011",
            "flen",
            at(GRUNDSKOLA, "demoskolan", "AK9", until_on=day("2026-11-01"), completed=False),
        ),
        "2026-11-21",
        "R9",
        "central-flen",
        R.NO_ENROLMENT,
    ),
    row(
        "E15 placed child, home far from the school",
        child("2013", "strangnas", at(GRUNDSKOLA, "demoskolan", "AK7")),
        "2026-11-21",
        "R2",
        "demoskolan",
    ),
    row(
        "E16 protected in preschool is not routed by itself",
        replace(TOVA, protected_identity=True),
        "2026-11-21",
        "E16",
        "central-vingaker",
        R.PROTECTED_IDENTITY,
    ),
    row(
        "E17 växelvis boende, folkbokföring decides",
        child("2009-01-01", "trosa", OUTSIDE_GYMNASIUM),
        "2026-11-21",
        "R4",
        "uppfoljning-trosa",
    ),
    row(
        "E19 AK9 is the last year until the summer of 2028",
        child(
            "2013-01-01", "flen", at(GRUNDSKOLA, "demoskolan", "AK9", until_on=day("2028-06-09"))
        ),
        "2028-06-20",
        "R5a",
        "kaa-flen",
    ),
    row(
        "E19 AK9 is not the last year after it",
        child(
            "2014-01-01", "flen", at(GRUNDSKOLA, "demoskolan", "AK9", until_on=day("2029-06-09"))
        ),
        "2029-06-20",
        "R9",
        "central-flen",
        R.NO_ENROLMENT,
    ),
    row(
        "E19 AK10 is",
        child(
            "2014-01-01", "flen", at(GRUNDSKOLA, "demoskolan", "AK10", until_on=day("2029-06-09"))
        ),
        "2029-06-20",
        "R5a",
        "kaa-flen",
    ),
    row(
        "E20 anpassad gymnasieskola after 18",
        child("2007-06-01", "flen", at(GYMNASIUM, "gymnasiet")),
        "2026-11-21",
        "R0",
        None,
        R.ADULT,
    ),
    row(
        "E21 two schools at once, the latest owns",
        child(
            "2014",
            "eskilstuna",
            at(GRUNDSKOLA, "provskolan", "AK6", from_on=day("2025-08-18")),
            at(GRUNDSKOLA, "testskolan", "AK6", from_on=day("2026-10-01")),
        ),
        "2026-11-21",
        "R2",
        "testskolan",
        R.TWO_ENROLMENTS,
        co=("provskolan",),
    ),
    row(
        "E21 preschool that nobody ended",
        child("2020", "flen", at(FORSKOLA, "fiktivet"), at(GRUNDSKOLA, "demoskolan", "FKLASS")),
        "2026-11-21",
        "R2",
        "demoskolan",
        R.TWO_ENROLMENTS,
        co=("fiktivet",),
    ),
    row(
        "E23 nobody in Sörmland",
        child("2014", "stockholm", Place(GRUNDSKOLA, in_sormland=False)),
        "2026-11-21",
        "E23",
        None,
        R.OUT_OF_SCOPE,
        R.OUTSIDE_COUNTY_GRUNDSKOLA,
    ),
    row(
        "E23 gymnasium and home elsewhere",
        child("2009-01-01", "stockholm", OUTSIDE_GYMNASIUM),
        "2026-11-21",
        "E23",
        None,
        R.OUT_OF_SCOPE,
    ),
    row(
        "E24 six years old after the first school day",
        child("2020", "flen", at(FORSKOLA, "fiktivet")),
        "2026-08-18",
        "R9",
        "central-flen",
        R.NO_ENROLMENT,
    ),
]


@pytest.mark.parametrize(("who", "on", "expected"), DECISION_TABLE)
def test_the_agreement_s_table_says_who_is_responsible(
    who: Child, on: date, expected: Routing
) -> None:
    assert route(who, on, DIRECTORY) == expected


def test_every_rule_has_a_row_in_the_decision_table() -> None:
    assert {param.values[2].rule for param in DECISION_TABLE} == set(RULES)


def test_every_reason_has_a_row_in_the_decision_table() -> None:
    told = {reason for param in DECISION_TABLE for reason in param.values[2].reasons}
    assert told == set(Reason)


@pytest.mark.parametrize(
    ("who", "rule"),
    [
        (child("2024", "flen"), "R1"),
        (child("2010", "flen"), "R5a"),
        (child("2009", "flen", OUTSIDE_GYMNASIUM), "R4"),
        (child("2009", "flen", replace(OUTSIDE_GYMNASIUM, completed=False)), "R5b"),
    ],
)
@pytest.mark.parametrize("joined", [None, False])
def test_where_a_municipality_lacks_the_function_its_central_function_answers(
    who: Child, rule: str, joined: bool | None
) -> None:
    assert route(who, TODAY, DIRECTORY).rule == rule
    central = [u for u in FUNCTIONS if u.kind is UnitKind.CENTRAL]
    others = [replace(u, joined=False) for u in FUNCTIONS if u.kind is not UnitKind.CENTRAL]
    directory = Directory(central if joined is None else [*central, *others])
    expected = Routing("central-flen", (), "R9", True, (R.UNIT_UNKNOWN,))
    assert route(who, TODAY, directory) == expected


def test_a_central_function_can_be_turned_to_before_its_municipality_has_joined() -> None:
    not_joined = unit("central-a", UnitKind.CENTRAL, "flen", joined=False)
    joined = unit("central-b", UnitKind.CENTRAL, "flen")
    without_school = child("2014", "flen")
    assert route(without_school, TODAY, Directory([not_joined])).owner == "central-a"
    assert route(without_school, TODAY, Directory([not_joined, joined])).owner == "central-b"


def test_without_any_unit_the_answer_still_says_what_to_do() -> None:
    expected = Routing(None, (), "E23", True, (R.OUT_OF_SCOPE, R.UNIT_UNKNOWN, R.NO_ENROLMENT))
    assert route(child("2014", "flen"), TODAY, Directory([])) == expected


def test_a_child_with_protected_identity_never_falls_back_to_its_school() -> None:
    school_alone = Directory([unit("testskolan", UnitKind.GRUNDSKOLA, "eskilstuna")])
    answer = route(SAMIRA, TODAY, school_alone)
    assert (answer.owner, answer.co_units) == (None, ())
    assert Reason.PROTECTED_IDENTITY in answer.reasons


@pytest.mark.parametrize(
    ("born_on", "on", "expected"),
    [
        ("2008-11-22", "2026-11-21", True),
        ("2008-11-21", "2026-11-21", False),
        ("2008-11-20", "2026-11-21", False),
        ("2008-02-29", "2026-02-27", True),
        ("2008-02-29", "2026-02-28", False),
        ("2008-03-01", "2026-02-28", True),
    ],
)
def test_a_child_is_everyone_under_18(born_on: str, on: str, expected: bool) -> None:
    assert is_child(day(born_on), day(on)) is expected


def test_from_the_autumn_of_2028_every_year_is_called_one_more() -> None:
    before, after = year_codes(day("2028-06-30")), year_codes(day("2028-07-01"))
    renamed = dict(zip(before, after, strict=True))
    assert renamed["FKLASS"] == "AK1"
    assert all(renamed[f"AK{n}"] == f"AK{n + 1}" for n in range(1, 10))
    assert year_codes(day("1900-01-01")) == before


def test_the_rules_name_only_what_exists() -> None:
    known = {*UnitKind, "left_grundskola"}
    for rule in RULES.values():
        assert {*rule.owner, *rule.co} <= known, rule.id
        assert {*rule.reasons} <= {*Reason}, rule.id
        assert rule.condition in routing._CONDITIONS, rule.id
    assert {rule.condition for rule in RULES.values()} == set(routing._CONDITIONS)


def test_the_last_rule_fits_every_child_and_needs_no_unit() -> None:
    last = list(RULES.values())[-1]
    assert (last.condition, list(last.owner), last.needs_human) == ("always", [], True)


def test_the_rules_in_the_content_pack_decide_who_owns_a_preschool_child(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Question Q1, answered the other way by the content pack alone."""
    monkeypatch.setitem(RULES, "R1", replace(RULES["R1"], owner=["bvc", "forskola"]))
    answer = route(TOVA, TODAY, DIRECTORY)
    assert (answer.owner, answer.co_units) == ("bvc-vingaker", ("pahittet",))


def test_a_municipality_may_have_its_own_first_school_day(monkeypatch: pytest.MonkeyPatch) -> None:
    six = child("2020", "flen", at(FORSKOLA, "fiktivet"))
    assert route(six, day("2026-08-17"), DIRECTORY).rule == "R1"
    monkeypatch.setitem(routing._PACK["first_school_day"], "flen", [8, 17])
    assert route(six, day("2026-08-17"), DIRECTORY).rule == "R9"
    in_trosa = replace(six, home_municipality="trosa")
    assert route(in_trosa, day("2026-08-17"), DIRECTORY).rule == "R1"


@pytest.mark.parametrize("rule", [rule for rule in RULES.values() if rule.source == "004"])
def test_the_basis_of_a_rule_of_the_agreement_is_in_its_own_words(rule: routing.Rule) -> None:
    words = {
        "R0": "Begreppet barn innefattar varje människa under 18 år.",
        "R1": "Barn 0–6 år: Barnhälsovården och förskolan",
        "R2": "Barn i förskoleklass- åk 9: Skolan",
        "R3": "Barn i gymnasiet i Sörmland: Skolan",
        "R4": "Barn i gymnasiet utanför Sörmland: Uppföljningsansvarig inom skola, hemkommun",
        "R5a": "Barn som ej påbörjat gymnasiet: Kommunalt aktivitetsansvar, KAA",
        "R5b": "Barn som hoppar av gymnasiet: Kommunalt Aktivitetsansvar, KAA",
        "R9": "säkerställa att inget barn hamnar mellan verksamheter",
    }
    assert rule.basis == words[rule.id]


# What holds for every child that could be typed.

days = st.dates(day("2000-01-01"), day("2060-12-31"))
any_day = st.dates() | st.datetimes()
unit_ids = st.sampled_from([*(u.id for u in DIRECTORY.units), "okand"])
places = st.builds(
    Place,
    kind=st.sampled_from(PlaceKind),
    unit=st.none() | unit_ids,
    year=st.none() | st.sampled_from(["FKLASS", "AK1", "AK9", "AK10", "IM", ""]),
    from_on=st.none() | days,
    until_on=st.none() | days,
    completed=st.none() | st.booleans(),
    in_sormland=st.booleans(),
)
homes = st.none() | st.sampled_from([*sorted(MUNICIPALITIES), "stockholm", ""])
children = st.builds(
    Child,
    birth_year=st.integers(1995, 2060),
    born_on=st.none() | days,
    home_municipality=homes,
    places=st.lists(places, max_size=4),
    skolplikt_deferred=st.booleans(),
    protected_identity=st.booleans(),
)
odd_children = st.builds(
    Child,
    birth_year=st.integers(),
    born_on=st.none() | any_day,
    home_municipality=st.none() | st.text(max_size=5),
    places=st.lists(
        st.builds(
            Place,
            kind=st.sampled_from(PlaceKind),
            unit=st.none() | st.text(max_size=3),
            year=st.none() | st.text(max_size=3),
            from_on=st.none() | any_day,
            until_on=st.none() | any_day,
            completed=st.none() | st.booleans(),
            in_sormland=st.booleans(),
        ),
        max_size=4,
    ),
    skolplikt_deferred=st.booleans(),
    protected_identity=st.booleans(),
)
units = st.builds(
    Unit,
    id=st.text(max_size=3),
    name=st.just("påhittad"),
    kind=st.sampled_from(UnitKind),
    municipality=st.sampled_from([*sorted(MUNICIPALITIES), "stockholm"]),
    joined=st.booleans(),
)
directories = st.builds(Directory, st.lists(units, max_size=8))


@given(odd_children, any_day, directories)
def test_every_child_that_can_be_typed_gets_an_answer(
    who: Child, on: date, directory: Directory
) -> None:
    answer = route(who, on, directory)
    assert answer.rule in RULES
    assert answer.owner not in answer.co_units
    assert {answer.owner, *answer.co_units} - {None} <= {unit.id for unit in directory.units}
    if answer.owner is None:
        assert answer.needs_human
        assert (answer.rule, answer.co_units) in {("R0", ()), ("E23", ())}
        assert {Reason.ADULT, Reason.OUT_OF_SCOPE} & {*answer.reasons}


@given(children, days, homes)
def test_no_child_of_sormland_falls_between_units(who: Child, on: date, home: str | None) -> None:
    who = replace(who, home_municipality=home)
    answer = route(who, on, DIRECTORY)
    if home in MUNICIPALITIES:
        assert (answer.owner is None) == (answer.rule == "R0")
    if answer.rule == "R9":
        assert answer.needs_human
        assert answer.reasons


@given(children, days)
def test_a_person_is_asked_whenever_there_is_something_to_judge(who: Child, on: date) -> None:
    answer = route(who, on, DIRECTORY)
    assert answer.needs_human == bool({*answer.reasons} - {Reason.ANNOUNCED_NEXT_OWNER})
    assert list(answer.reasons) == [reason for reason in Reason if reason in answer.reasons]


def is_for_sure_a_child(who: Child, on: date) -> bool:
    if who.born_on:
        return is_child(who.born_on, on)
    return who.birth_year + routing.ADULT_AGE >= on.year


schools = st.sampled_from(
    [u for u in PLACES if u.joined and u.kind in {UnitKind.GRUNDSKOLA, UnitKind.GYMNASIUM}]
)


@given(children, days, schools)
def test_enrolment_beats_age_and_a_joined_school_owns_its_pupil(
    who: Child, on: date, school: Unit
) -> None:
    assume(not who.protected_identity and is_for_sure_a_child(who, on))
    place = Place(PlaceKind(school.kind.value), school.id)
    past_and_coming = [p for p in who.places if p.when(on) != "now"]
    answer = route(replace(who, places=[*past_and_coming, place]), on, DIRECTORY)
    assert answer.owner == school.id
    assert answer.rule == ("R2" if school.kind is UnitKind.GRUNDSKOLA else "R3")
    assert Reason.TWO_ENROLMENTS not in answer.reasons


@given(children, days)
def test_the_order_in_which_places_were_written_means_nothing(who: Child, on: date) -> None:
    turned = replace(who, places=list(reversed(who.places)))
    assert route(turned, on, DIRECTORY) == route(who, on, DIRECTORY)


@given(children, days, st.lists(units, max_size=5), st.randoms())
def test_units_of_other_municipalities_change_nothing(
    who: Child, on: date, noise: list[Unit], random: Any
) -> None:
    near = {DIRECTORY.unit(place.unit) for place in who.places} - {None}
    here = {who.home_municipality, *(unit.municipality for unit in near if unit)}
    strangers = [
        replace(unit, id=f"annan-{unit.id}") for unit in noise if unit.municipality not in here
    ]
    shuffled = [*DIRECTORY.units, *strangers]
    random.shuffle(shuffled)
    assert route(who, on, Directory(shuffled)) == route(who, on, DIRECTORY)


@given(children, days)
def test_a_child_with_protected_identity_is_always_routed_by_hand(who: Child, on: date) -> None:
    answer = route(replace(who, protected_identity=True), on, DIRECTORY)
    assert answer.rule in {"R0", "E16", "E23"}
    assert answer.needs_human
    assert answer.co_units == ()


@given(days, st.integers(1, 7000))
def test_once_adult_always_adult(born_on: date, later: int) -> None:
    eighteen = next(
        on
        for on in (born_on + timedelta(days=365 * 18 + n) for n in range(10))
        if not is_child(born_on, on)
    )
    assert is_child(born_on, eighteen - timedelta(days=1))
    assert not is_child(born_on, eighteen + timedelta(days=later))
    assert (eighteen.month, eighteen.day) in {(born_on.month, born_on.day), (2, 28)}


@given(children, days)
def test_a_moment_is_read_as_its_day(who: Child, on: date) -> None:
    noon = datetime(on.year, on.month, on.day, 12)
    assert route(who, noon, DIRECTORY) == route(who, on, DIRECTORY)


@given(children, days, st.sampled_from(sorted(routing.NEVER_ANSVARIG)))
def test_social_services_and_health_care_are_never_made_a_childs_ansvarig(
    who: Child, on: date, kind: UnitKind
) -> None:
    theirs = replace(DIRECTORY, units=[replace(unit, kind=kind) for unit in DIRECTORY.units])
    answer = route(who, on, theirs)
    assert answer.owner is None and answer.co_units == ()
