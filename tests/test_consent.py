"""Samtycke: never general, never longer than its day, never one guardian over the other's head."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from county import Clock, County
from hypothesis import given
from hypothesis import strategies as st
from sharing import BUP, SOCIAL, Room, noise

from kid_wheel import clock, consent, maturity
from kid_wheel.basis import LAWS, Ground, Sector, latest_until, may_use, sector_of
from kid_wheel.case import Case, CaseState
from kid_wheel.catalog import AREAS
from kid_wheel.consent import (
    Alone,
    Answer,
    ClosedLaw,
    Consent,
    Giver,
    Lack,
    NoAreas,
    NobodyToAsk,
    NoMotive,
    NoPurpose,
    NoRecipient,
    StrangeAreas,
    WrongDay,
    _judge,
    _Said,
)
from kid_wheel.db import db
from kid_wheel.guardian import Guardian
from kid_wheel.keys import encrypt
from kid_wheel.maturity import Capacity
from kid_wheel.routing import UnitKind

pytestmark = pytest.mark.usefixtures("named")


@pytest.fixture
def room(county: County) -> Room:
    """Mira's case, with Alva and Bo; beside it Yusuf's in another huvudman, where all is agreed."""
    noise(county).everybody_agrees()
    made = Room(county, CaseState.CONSENT_PENDING)
    made.add_guardian("Alva Testlund")
    made.add_guardian("Bo Testlund")
    return made


# To whom, about what, for what, until when.


def test_nothing_is_shared_before_everybody_was_asked(room: Room) -> None:
    assert not room.is_covered()
    room.says("Alva Testlund")
    assert room.standing().lacks == (Lack.OTHER_GUARDIAN, Lack.CHILD_NOT_ASKED)
    room.says("Bo Testlund")
    assert room.standing().lacks == (Lack.CHILD_NOT_ASKED,)
    room.says("barnet")
    assert room.is_covered()


def test_a_samtycke_holds_for_its_recipient_and_its_areas_only(room: Room) -> None:
    for who in ("Alva Testlund", "Bo Testlund", "barnet"):
        room.says(who, areas=["hemmet"])
    assert room.is_covered(SOCIAL, ["hemmet"])
    for to, areas in (
        (SOCIAL, ["hemmet", "trygghet"]),
        (SOCIAL, ["trygghet"]),
        (SOCIAL, []),
        (BUP, ["relationer"]),
        (BUP, ["hemmet"]),
        ("", ["hemmet"]),
        (str(uuid4()), ["hemmet"]),
    ):
        assert not room.is_covered(to, areas), (to, areas)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"areas": []}, NoAreas),
        ({"areas": list(AREAS)}, StrangeAreas),
        ({"areas": ["halsa"]}, StrangeAreas),
        ({"purpose": "  "}, NoPurpose),
        ({"until_on": None}, WrongDay),
        ({"until_on": date(2026, 11, 19)}, WrongDay),
        ({"until_on": date(2027, 11, 21)}, WrongDay),
        ({"to": str(uuid4())}, NoRecipient),
        ({"to": "alla"}, NoRecipient),
        ({"alone": Alone.UNREACHABLE}, NoMotive),
        ({"alone": Alone.BOARD, "words": {"motive": "Beslut"}}, NoMotive),
        ({"answer": Answer.DONT_KNOW}, NobodyToAsk),
    ],
)
def test_a_general_or_unexplained_samtycke_is_not_taken(
    room: Room, changes: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        room.says("Alva Testlund", **changes)


def test_twelve_months_is_the_longest(room: Room) -> None:
    room.says("Alva Testlund", until_on=date(2027, 11, 20))
    assert latest_until(date(2028, 2, 29)) == date(2029, 2, 28)


def test_a_samtycke_ends_with_its_last_day_in_sweden(room: Room, time: Clock) -> None:
    room.everybody_agrees()
    time.at = datetime(2027, 5, 20, 21, 59, tzinfo=UTC)
    assert room.is_covered()
    time.at = datetime(2027, 5, 20, 22, 0, tzinfo=UTC)
    assert not room.is_covered(), "midnight in Stockholm"


def test_taken_back_it_stops_at_once_and_is_not_revived(room: Room, time: Clock) -> None:
    given = room.says("Alva Testlund")
    room.says("Bo Testlund")
    room.says("barnet")
    assert room.is_covered()
    time.pass_(hours=1)
    room.withdraw(given)
    assert not room.is_covered()
    assert room.standing().is_conflict, "the other's yes stands, so they disagree"
    first = time.at
    time.pass_(days=1)
    room.withdraw(given)
    with room.county.hub.app_context():
        assert db.session.get_one(Consent, given).withdrawn_at == first
    room.says("Alva Testlund")
    assert room.is_covered(), "a new samtycke is a new row"


def test_when_the_case_closes_everything_ends_and_reopening_revives_nothing(
    room: Room, time: Clock
) -> None:
    room.everybody_agrees()
    room.county.change(lambda: consent.end_all(db.session, room.case_id, clock.now()))
    time.pass_(days=1)
    assert room.standing().lacks == (Lack.GUARDIAN_NOT_ASKED, Lack.CHILD_NOT_ASKED)
    with room.county.hub.app_context():
        case = db.session.get_one(Case, room.case_id)
        assert not consent.is_refused(db.session, room.key, case, clock.now())


# Two guardians.


def test_disagreement_is_a_state_that_stops_sharing_for_that_scope(room: Room) -> None:
    room.says("Alva Testlund")
    room.says("Bo Testlund", Answer.NO, areas=["hemmet"])
    room.says("barnet")
    assert room.standing(areas=["hemmet"]).is_conflict
    assert room.standing(areas=["trygghet"]).lacks == (Lack.OTHER_GUARDIAN,)
    for to in ("Alva Testlund", "Bo Testlund", "barnet"):
        room.says(to, to=BUP)
    assert room.is_covered(BUP, ["relationer"]), "another scope"


def test_disagreement_is_said_to_staff_on_the_case_the_meeting_and_in_the_inbox(
    room: Room, county: County, time: Clock
) -> None:
    anna = county.sign_in("Anna")
    pages = (f"/case/{room.case_id}", f"/case/{room.case_id}/meeting/", "/case/")
    says = "Vårdnadshavarna är inte överens om samtycket"

    def told() -> list[bool]:
        return [says in anna.page(address).text for address in pages]

    room.says("Alva Testlund")
    assert told() == [False] * 3, "the other is not asked yet"
    given = room.says("Bo Testlund")
    time.pass_(minutes=1)
    room.withdraw(given)
    assert told() == [True] * 3
    assert anna.get("/case/").text.count(says) == 1, "in one case, and not the other family's"
    for id_ in room.guardians.values():
        shown = anna.get(f"/case/{room.case_id}/consent/guardian/{id_}/shown").text
        assert "överens" not in shown, "nor is a guardian told of the other"
    room.says("Bo Testlund")
    assert told() == [False] * 3, "it holds for as long as it is so"
    time.pass_(minutes=1)
    room.says("Bo Testlund", Answer.NO)
    assert told() == [True] * 3
    _assess(room, Capacity.YOUTH_ONLY)
    assert told() == [False] * 3, "the young person decides alone"


@pytest.mark.parametrize("alone", [Alone.UNREACHABLE, Alone.MINOR_MATTER, Alone.HARM])
def test_no_reason_for_one_guardian_goes_over_the_others_no(room: Room, alone: Alone) -> None:
    room.says("Bo Testlund", Answer.NO)
    room.says("Alva Testlund", alone=alone, words={"motive": "Vi tror att det går bra"})
    room.says("barnet")
    assert room.standing().is_conflict


def test_one_guardian_is_enough_with_a_reason_and_a_motive(room: Room) -> None:
    room.says("Alva Testlund", alone=Alone.UNREACHABLE, words={"motive": "Bor utomlands"})
    room.says("barnet")
    assert room.is_covered()


def test_socialnamnden_decides_for_one_measure_over_a_no(room: Room, time: Clock) -> None:
    """DEMO-04: the guardians disagree; the decision (6 kap. 13 a FB) is for one area."""
    room.says("Alva Testlund")
    room.says("Bo Testlund", Answer.NO)
    room.says("barnet")
    assert room.standing().is_conflict
    time.pass_(days=3)
    room.says(
        "Alva Testlund", areas=["hemmet"], alone=Alone.BOARD,
        words={"motive": "Samtalsstöd", "reference": "SN 2026-14 (påhittat)"},
    )  # fmt: skip
    assert room.is_covered(areas=["hemmet"])
    assert not room.is_covered(areas=["trygghet"])
    assert not room.is_covered(areas=["hemmet", "trygghet"])


def test_one_guardian_written_down_is_not_both(county: County) -> None:
    room = Room(county, CaseState.CONSENT_PENDING)
    room.add_guardian("Alva Testlund")
    room.everybody_agrees()
    assert room.standing().lacks == (Lack.OTHER_GUARDIAN,)
    alone = Room(county, CaseState.CONSENT_PENDING)
    alone.add_guardian("Alva Testlund", custody="sole")
    alone.everybody_agrees()
    assert alone.is_covered()


def test_a_suspended_guardian_is_neither_asked_nor_counted(room: Room, time: Clock) -> None:
    room.says("Bo Testlund", Answer.NO)
    room.says("Alva Testlund")
    room.says("barnet")
    time.pass_(minutes=1)
    room.suspend("Bo Testlund")
    assert room.is_covered()
    with pytest.raises(NobodyToAsk):
        room.says("Bo Testlund")
    time.pass_(minutes=1)
    room.suspend("Alva Testlund")
    assert room.standing().lacks == (Lack.NO_GUARDIAN,)


def test_a_guardian_of_another_child_cannot_answer(room: Room, county: County) -> None:
    other = Room(county, CaseState.CONSENT_PENDING)
    room.guardians["Cilla"] = other.add_guardian("Cilla Påhittsson")
    with pytest.raises(NobodyToAsk):
        room.says("Cilla")


# The child.


def test_a_childs_no_is_answered_in_writing_also_when_others_decide(room: Room) -> None:
    room.says("Alva Testlund")
    room.says("Bo Testlund")
    no = room.says("barnet", Answer.NO)
    assert room.standing().lacks == (Lack.CHILD_NOT_ANSWERED,)
    with room.county.hub.app_context():
        row = db.session.get_one(Consent, no)
        with pytest.raises(NoMotive):
            consent.answer_child(row, room.key, " ")
        consent.answer_child(row, room.key, "Vi berättar bara om läxorna.")
        db.session.commit()
    assert room.is_covered()


def test_not_asking_the_child_needs_a_reason(room: Room) -> None:
    with pytest.raises(NoMotive):
        room.says("barnet", Answer.NOT_ASKED)
    room.says("barnet", Answer.NOT_ASKED, words={"why": "Två år"})
    room.says("Alva Testlund")
    room.says("Bo Testlund")
    assert room.is_covered()


def test_by_a_documented_assessment_the_guardians_yes_is_not_enough(
    room: Room, time: Clock
) -> None:
    room.says("Alva Testlund")
    room.says("Bo Testlund")
    room.says("barnet", Answer.DONT_KNOW)
    assert room.is_covered()
    _assess(room, Capacity.BOTH)
    assert room.standing().lacks == (Lack.CHILD_NOT_ASKED,)
    time.pass_(minutes=1)
    room.says("barnet")
    assert room.is_covered()


def test_a_young_who_decides_with_the_guardians_can_say_no(room: Room, time: Clock) -> None:
    _assess(room, Capacity.BOTH)
    room.everybody_agrees()
    assert room.is_covered()
    time.pass_(minutes=1)
    room.says("barnet", Answer.NO)
    assert room.standing().lacks == (Lack.CHILD_SAYS_NO,)
    time.pass_(minutes=1)
    _assess(room, Capacity.YOUTH_ONLY)
    room.says("barnet")
    room.says("Bo Testlund", Answer.NO)
    assert room.is_covered()


def test_an_assessment_says_what_it_rests_on(room: Room) -> None:
    with pytest.raises(maturity.NoAssessment):
        _assess(room, Capacity.YOUTH_ONLY, " ")


def test_at_midnight_of_the_18th_birthday_the_guardians_samtycke_ends(
    county: County, time: Clock
) -> None:
    """DEMO-06: Elias is born 2008-12-30."""
    room = Room(county, CaseState.CONSENT_PENDING)
    _born(room, {"born_on": "2008-12-30", "birth_year": 2008})
    room.add_guardian("Alva Testlund")
    room.add_guardian("Bo Testlund")
    room.says("Alva Testlund")
    room.says("Bo Testlund")
    room.says("barnet", Answer.DONT_KNOW)
    time.at = datetime(2026, 12, 29, 22, 59, tzinfo=UTC)
    assert room.is_covered()
    time.at = datetime(2026, 12, 29, 23, 0, tzinfo=UTC)
    assert room.standing().lacks == (Lack.CHILD_NOT_ASKED,)
    room.says("Bo Testlund", Answer.NO)
    time.pass_(minutes=1)
    room.says("barnet")
    assert room.is_covered(), "the young person alone"


def test_when_only_the_year_is_known_both_are_asked_in_that_year(
    county: County, time: Clock
) -> None:
    room = Room(county, CaseState.CONSENT_PENDING)
    _born(room, {"birth_year": 2008})
    room.add_guardian("Alva Testlund", custody="sole")
    room.says("Alva Testlund")
    assert room.standing().lacks == (Lack.CHILD_NOT_ASKED,)
    room.says("barnet")
    assert room.is_covered()
    time.at = datetime(2027, 1, 2, tzinfo=UTC)
    room.says("Alva Testlund", Answer.NO)
    assert room.is_covered(), "an adult"


# Other legal grounds.


@given(st.sampled_from(LAWS), st.sampled_from(Sector), st.sampled_from(Sector), st.booleans())
def test_the_exchange_between_health_and_social_never_reaches_a_school(
    law: Ground, sender: Sector, to: Sector, is_child: bool
) -> None:
    is_open = may_use(law, sender, to, same_organisation=True, is_child=is_child)
    if law in {Ground.HEALTH_TO_SOCIAL, Ground.SOCIAL_TO_HEALTH} and is_open:
        assert {sender, to} == {Sector.HEALTH, Sector.SOCIAL_SERVICES} and is_child
    if law is Ground.GENERAL and is_open:
        assert sender not in {Sector.HEALTH, Sector.SOCIAL_SERVICES}


def test_a_law_is_a_decision_with_a_motive_and_a_day(room: Room, time: Clock) -> None:
    _law(room, Ground.DUTY, Sector.SOCIAL_SERVICES, ["hemmet"])
    found = room.standing(areas=["hemmet"])
    assert found.basis is not None and found.basis.ground is Ground.DUTY
    assert Lack.GUARDIAN_NOT_ASKED in found.lacks, "how it stands with the samtycke is still told"
    assert not room.is_covered(areas=["hemmet", "trygghet"])
    for law, words, error in (
        (Ground.HEALTH_TO_SOCIAL, {"purpose": "x", "motive": "x"}, ClosedLaw),
        (Ground.DUTY, {"purpose": "x", "motive": " "}, NoMotive),
        (Ground.DUTY, {"purpose": "", "motive": "x"}, NoPurpose),
    ):
        with pytest.raises(error):
            _law(room, law, Sector.SOCIAL_SERVICES, ["hemmet"], words)
    time.at = datetime(2027, 5, 21, tzinfo=UTC)
    assert not room.is_covered(areas=["hemmet"])


# Every history: whatever was said, sharing follows the rules.

MOMENTS = st.integers(0, 400).map(lambda n: datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(n))
SAID = st.builds(
    lambda who, answer, areas, given, days, back: (who, answer, areas, given, days, back),
    st.sampled_from(["a", "b", "child"]),
    st.sampled_from([Answer.YES, Answer.YES, Answer.NO]),
    st.sets(st.sampled_from(["hemmet", "trygghet"]), min_size=1),
    MOMENTS,
    st.integers(0, 365),
    st.none() | st.integers(0, 400),
)


@given(
    st.lists(SAID, max_size=12),
    st.sampled_from(Capacity),
    st.sets(st.sampled_from(["hemmet", "trygghet"]), min_size=1),
    MOMENTS,
)
def test_whatever_was_said_sharing_needs_a_living_yes_of_everybody_who_decides(
    history: list[tuple[Any, ...]], capacity: Capacity, areas: set[str], at: datetime
) -> None:
    answers = [_said(*said) for said in history]
    judged = _judge(answers, _two(), capacity, sorted(areas), at)
    deciding = {
        Capacity.GUARDIAN_ONLY: {"a", "b"},
        Capacity.BOTH: {"a", "b", None},
        Capacity.YOUTH_ONLY: {None},
    }[capacity]
    for who in deciding:
        for area in areas:
            said = [
                one.row
                for one in answers
                if one.row.guardian_id == who
                and area in one.words["areas"]
                and one.row.given_at <= at
            ]
            last = max((row.given_at for row in said), default=None)
            newest = [row for row in said if row.given_at == last]
            lives = bool(newest) and all(
                row.answer is Answer.YES
                and (row.withdrawn_at is None or row.withdrawn_at > at)
                and row.until_on is not None
                and clock.civil_date(at) <= row.until_on
                for row in newest
            )
            if judged.basis:
                assert lives or any(_is_live_yes(row, at) for row in newest)
                assert not any(_is_no(row, at) for row in newest)
    if judged.basis:
        assert judged.basis.until_on >= clock.civil_date(at)
        used = {one.row.id: one.row for one in answers}
        assert all(_is_live_yes(used[id_], at) for id_ in judged.basis.rows)
    else:
        assert judged.lacks


@given(st.lists(SAID, max_size=8), MOMENTS)
def test_more_areas_are_never_easier_to_share_than_fewer(
    history: list[tuple[Any, ...]], at: datetime
) -> None:
    answers = [_said(*said) for said in history]

    def holds(areas: list[str]) -> bool:
        return _judge(answers, _two(), Capacity.BOTH, areas, at).basis is not None

    if holds(["hemmet", "trygghet"]):
        assert holds(["hemmet"]) and holds(["trygghet"])


def _is_no(row: Consent, at: datetime) -> bool:
    return row.answer is Answer.NO or (row.withdrawn_at is not None and row.withdrawn_at <= at)


def _is_live_yes(row: Consent, at: datetime) -> bool:
    return not _is_no(row, at) and row.until_on is not None and clock.civil_date(at) <= row.until_on


def _said(
    who: str, answer: Answer, areas: set[str], given: datetime, days: int, back: int | None
) -> _Said:
    row = Consent(
        id=str(uuid4()),
        giver=Giver.CHILD if who == "child" else Giver.GUARDIAN,
        guardian_id=None if who == "child" else who,
        answer=answer,
        given_at=given,
        until_on=None if answer is Answer.NO else given.date() + timedelta(days),
        withdrawn_at=None if back is None else given + timedelta(back),
    )
    return _Said(row, {"areas": sorted(areas), "adult_answer": "Vi pratar om det."})


def _two() -> list[tuple[Guardian, dict[str, Any]]]:
    since = datetime(2025, 1, 1, tzinfo=UTC)
    return [(Guardian(id=id_, added_at=since), {"custody": "joint"}) for id_ in ("a", "b")]


# On the hub's pages.


def test_the_page_says_what_is_missing_and_an_answer_is_written_down(
    room: Room, county: County
) -> None:
    anna = county.sign_in("Anna")
    address = f"/case/{room.case_id}/consent/"
    assert "Fråga vårdnadshavarna." in anna.page(address).text
    at = f"/case/{room.case_id}/consent/answer/{SOCIAL}"
    answer = {
        "who": room.guardians["Alva Testlund"], "answer": "yes", "areas": ["hemmet", "trygghet"],
        "purpose": "Möte", "until_on": "2027-05-20", "way": "oral", "alone": "",
    }  # fmt: skip
    wrong = anna.send(at, **{**answer, "until_on": "2029-01-01"})
    assert wrong.status_code == 422 and "högst tolv månader fram" in wrong.text
    assert 'value="2029-01-01"' in wrong.text, "nothing that was typed is lost"
    assert anna.send(at, **answer).status_code == 302
    page = anna.page(address)
    assert "Alva Testlund: Ja" in page.text and "En vårdnadshavare har sagt ja" in page.text
    assert [e.detail for e in county.events("consent:recorded")] == ["guardian:yes"]


def test_the_guardians_are_asked_and_answered_for_from_the_page(county: County) -> None:
    room = Room(county, CaseState.DECIDED)
    anna = county.sign_in("Anna")
    address = f"/case/{room.case_id}/consent"
    new = anna.send(
        f"{address}/guardian/new", name="Alva Testlund", relation="mamma", custody="sole"
    )
    assert new.status_code == 302
    assert "mamma · ensam vårdnad" in anna.page(f"{address}/").text
    for who in anna.page(f"{address}/answer/{SOCIAL}").find("input", name="who"):
        sent = anna.send(
            f"{address}/answer/{SOCIAL}", who=who["value"], answer="yes", areas=["hemmet"],
            purpose="Möte", until_on="2027-01-01", alone="",
        )  # fmt: skip
        assert sent.status_code == 302
    assert room.is_covered(areas=["hemmet"])
    form = anna.page(f"{address}/").forms
    back = [f for f in form if f["action"].endswith("/withdraw")]
    assert len(back) == 2
    anna.post(back[0]["action"], data=back[0]["fields"])
    assert not room.is_covered(areas=["hemmet"])
    assert county.events("consent:withdrawn", case_id=room.case_id)


def test_one_guardians_page_tells_nothing_of_the_other(room: Room, county: County) -> None:
    room.says("Alva Testlund", words={"said": "Bo får inte veta"})
    room.says("Bo Testlund", Answer.NO)
    anna = county.sign_in("Anna")
    page = anna.page(f"/case/{room.case_id}/consent/guardian/{room.guardians['Bo Testlund']}/shown")
    assert "Du svarade nej" in page.text and "Socialtjänsten" in page.text
    for other in ("Alva", "Bo får inte veta", "oense", "Yusuf", "Mira", "Du svarade ja"):
        assert other not in page.text, other
    assert "nmälan" not in page.text and "Logga ut" not in page.text, "nothing of the hub around it"
    with room.county.hub.app_context():
        alone = anna.page(
            f"/case/{room.case_id}/consent/guardian/{room.guardians['Alva Testlund']}/shown"
        )
    assert "Bo Testlund" not in alone.text and "nej" not in alone.text.lower()


def test_a_guardian_is_suspended_silently(room: Room, county: County) -> None:
    anna, bo = county.sign_in("Anna"), room.guardians["Bo Testlund"]
    address = f"/case/{room.case_id}/consent/guardian/{bo}"
    assert anna.send(address, action="/suspend", because="").status_code == 422
    assert anna.send(address, action="/suspend", because="Inte trygg").status_code == 302
    assert anna.get(f"{address}/shown").status_code == 404
    assert county.events("guardian:suspended", case_id=room.case_id)
    assert "Inte trygg" not in anna.page(f"/case/{room.case_id}/consent/").text


def test_a_no_is_written_down_before_the_case_goes_on_without(room: Room, county: County) -> None:
    anna = county.sign_in("Anna")
    address = f"/case/{room.case_id}/consent/"
    stopped = anna.send(address, action="/refuse")
    assert stopped.status_code == 409 and "Skriv vem som inte samtycker" in stopped.text
    assert [e.detail for e in county.events("guard:denied")] == ["refusal_recorded"]
    room.says("Bo Testlund", Answer.NO)
    assert anna.send(address, action="/refuse").status_code == 302
    assert room.state() is CaseState.NO_CONSENT


def test_a_law_with_its_paragraph_is_offered_only_between_its_sectors(
    room: Room, county: County
) -> None:
    anna = county.sign_in("Anna")
    page = anna.page(f"/case/{room.case_id}/consent/law/{SOCIAL}")
    offered = {a["value"] for a in page.find("input", name="ground")}
    assert "osl_10_28" in offered and not {"osl_25_12", "osl_26_9"} & offered
    assert "10 kap. 28 § OSL" in page.text


@pytest.mark.parametrize("name", ["Bodil", "Mona", "Bim", "Cesar"])
def test_nobody_else_reaches_the_pages_of_a_case(room: Room, county: County, name: str) -> None:
    client = county.sign_in(name)
    for door in ("consent/", "disclosure/", "meeting/", "consent/maturity", "consent/guardian/new"):
        answer = client.get(f"/case/{room.case_id}/{door}")
        assert answer.status_code in {403, 404}, door
        assert "Alva" not in answer.text


def test_the_log_holds_no_name_and_no_word(room: Room, county: County) -> None:
    room.says("Alva Testlund", words={"said": "Jag litar på er"})
    with county.hub.app_context():
        raw = "".join(
            str(row) for table in ("consent", "guardian", "audit_event")
            for row in db.session.connection().exec_driver_sql(f"select * from {table}")
        )  # fmt: skip
    for word in ("Alva", "Jag litar", "Socialtjänsten", "hemmet", "Samverkansmöte"):
        assert word not in raw


def _assess(room: Room, capacity: Capacity, motive: str = "Förstår vad det betyder") -> None:
    room.county.change(
        lambda: maturity.assess(
            db.session, room.key, room.case_id, capacity, motive, room.by,
            clock.now(),
        )
    )  # fmt: skip


def _born(room: Room, about: dict[str, Any]) -> None:
    def change() -> None:
        case = db.session.get_one(Case, room.case_id)
        case.child = encrypt(room.key, json.dumps({"alias": "Elias", **about}).encode(), b"child")

    room.county.change(change)


def _law(room: Room, ground: Ground, sector: Sector, areas: list[str], words: Any = None) -> None:
    def decide() -> None:
        case = db.session.get_one(Case, room.case_id)
        to = consent.find_recipient(db.session, room.key, case.id, SOCIAL)
        consent.decide_on_law(
            db.session, room.key, case, to, ground, sector, areas, date(2027, 5, 20),
            words or {"purpose": "Möte", "motive": "Lagen säger det"}, room.by,
            clock.now(),
        )  # fmt: skip

    room.county.change(decide)


def test_every_kind_of_unit_has_a_sector_and_social_services_may_tell_health() -> None:
    sectors = {kind: sector_of(kind) for kind in UnitKind}
    sender, to = sectors[UnitKind.SOCIALTJANST], sectors[UnitKind.BUP]
    assert (sender, to, sectors[UnitKind.VARD]) == (
        Sector.SOCIAL_SERVICES, Sector.HEALTH, Sector.HEALTH,
    )  # fmt: skip
    law = Ground.SOCIAL_TO_HEALTH
    assert may_use(law, sender, to, same_organisation=False, is_child=True)
    school = sectors[UnitKind.GRUNDSKOLA]
    assert not may_use(law, sender, school, same_organisation=False, is_child=True)
