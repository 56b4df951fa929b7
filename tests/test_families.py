"""The six fictive families (domain 8): where each one's case goes, and where it must stop.

Whose ansvarig it is at each date is in test_routing.py. Noise: a family of another huvudman.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from county import Clock, County
from family import Guardian, let_in
from plan_steps import SIP, record_with_wish, start_plan
from sharing import UNTIL, Room

from kid_wheel import (
    answer_back,
    case,
    clock,
    consent,
    coordinator,
    follow_up,
    handover,
    kartlaggning,
    maturity,
    meeting,
    meeting_pack,
    plan,
    process,
    signal,
    sip,
)
from kid_wheel.action import Source, actions_of
from kid_wheel.case import Case, CaseState
from kid_wheel.catalog import AREAS
from kid_wheel.consent import Alone, Answer, Lack, NoConsent
from kid_wheel.coordinator import Choice, NotExplained
from kid_wheel.db import db
from kid_wheel.kartlaggning import Part
from kid_wheel.maturity import Capacity
from kid_wheel.people import Role, Staff, Unit
from kid_wheel.process import Stopped
from kid_wheel.routing import UnitKind
from kid_wheel.situation import Situation

S = CaseState
MIDNIGHT = datetime(2026, 12, 29, 23, 0, tzinfo=UTC)  # the 30th begins in Sweden


@pytest.fixture(autouse=True)
def another_family(county: County) -> str:
    return county.receive(county.make_record("Demoskolan", alias="Noise"))[0]


class Family(Room):
    """A case whose kartläggning is real."""

    def do(self, act: Callable[[Case], Any]) -> Any:
        return self.county.change(lambda: act(self._case()))

    def step(self, key: str, by: str = "Anna") -> None:
        id_ = self.county.id(by)

        def take() -> None:
            who = db.session.get_one(Staff, id_)
            process.move(
                key, Situation(db.session, self.county.ring, self._case(), who, clock.now())
            )

        self.county.change(take)

    def stops(self, key: str) -> list[str]:
        try:
            self.step(key)
        except Stopped as missing:
            return missing.guards
        return []

    def analyse(self, focus: Sequence[str], **needed: list[str]) -> None:
        """The focus, and who else is needed for which areas."""
        self.to(S.ANALYSING)
        words = {"focus_areas": list(focus), "needs": dict.fromkeys(focus, "Lugn och ro.")}

        def write(found: Case) -> None:
            kartlaggning.save(db.session, self.key, found, Part.NEEDS, words, self.by, clock.now())
            for who, areas in needed.items():
                kartlaggning.name_recipient(
                    db.session, self.key, found, unit_id=None, who=who, areas=areas,
                    why="Stöd", at=clock.now(),
                )  # fmt: skip

        self.do(write)
        self.to(S.CONSENT_PENDING)

    def named(self, who: str) -> str:
        with self.county.hub.app_context():
            found = consent.recipients_of(db.session, self.key, self.case_id)
            (id_,) = [to["id"] for to in found if to["who"] == who]
            return str(id_)

    def plan_meeting(self) -> None:
        self.do(
            lambda found: meeting.plan(
                db.session, self.key, found.id, next(iter(meeting.forums())),
                clock.now() + timedelta(days=9), 60,
                {"place": "Skolan", "adaptations": "Bilder"}, clock.now(),
            )
        )  # fmt: skip

    def invite(self, who: str, areas: list[str]) -> None:
        id_ = self.named(who)

        def add(found: Case) -> None:
            to = consent.find_recipient(db.session, self.key, found.id, id_)
            planned = meeting.current(db.session, found.id)
            assert planned is not None
            meeting.invite(db.session, self.key, planned, to, areas, "", clock.now())

        self.do(add)

    def tell_who_comes(self) -> None:
        def tell(found: Case) -> None:
            planned = meeting.current(db.session, found.id)
            assert planned is not None
            meeting.tell_child(db.session, self.key, planned, {"said": "Det är bra."}, clock.now())

        self.do(tell)

    def choose(self, named: str, who: str, **explained: str) -> bool:
        """The child names somebody, and who is appointed; whether that is another."""

        def appoint(found: Case) -> bool:
            asked = coordinator.ask_child(
                db.session, self.key, found.id, Choice.PERSON,
                clock.now() - timedelta(minutes=1), "Med korten.", named, clock.now(),
            )  # fmt: skip
            coordinator.appoint(
                asked, self.key, is_childs_choice=named == who, staff_id=None, unit_id=None,
                words={"name": who, "contact": "Rum 4", **explained}, at=clock.now(),
            )  # fmt: skip
            return asked.is_deviation

        return bool(self.do(appoint))


# DEMO-01: Tova, 4 years. Nothing to worry about, and so no case.


def test_tovas_conversation_opens_no_case_and_she_is_answered_all_the_same(county: County) -> None:
    case_id, _ = county.receive(record_with_wish(county, alias="Tova"))
    anna, at = county.sign_in("Anna"), f"/case/{case_id}/answer_back"
    anna.page(f"/case/{case_id}")
    with county.hub.app_context():
        found = db.session.get_one(Case, case_id)
        assert found.state is S.CONVERSATION
        ids = [wish.id for wish in answer_back.wishes(db.session, county.ring, found)]
    assert anna.send(at, "/begin-closing").status_code == 302
    assert anna.send(at, "/close", orosanmalan="no", kept="elsewhere").status_code == 409
    fates = {f"fate-{id_}": "do" for id_ in ids}
    assert anna.send(at, "/answers", **fates).status_code == 302
    told = {"how": "in_person", "on": "2026-11-20", "by": "BVC Demo", "said": ""}
    assert anna.send(at, "/tell", **told).status_code == 302
    assert anna.send(at, "/close", orosanmalan="no", kept="elsewhere").status_code == 302
    for event in ("case:opened", "kartlaggning:opened", "consent:asked"):
        assert not county.events(event, case_id=case_id)
    assert len(county.events("case:closed", case_id=case_id)) == 1


# DEMO-02: Yusuf, 6 years, begins förskoleklass while the kartläggning is open.


def test_yusufs_kartlaggning_goes_on_in_school_where_preschool_left_it(
    county: County, time: Clock
) -> None:
    time.at = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
    preschool = _preschool(county)
    child = {
        "alias": "Yusuf",
        "birth_year": 2020,
        "place": {"kind": "forskola", "unit": preschool, "year": None},
    }
    family = Family(county, S.COLLECTING, child=child, language="ar")
    nothing = {"text": "", "missing_because": "", "other": ""}
    told = {**nothing, "text": "Leker gärna med byggen."}
    sources = {"sources": {**dict.fromkeys(kartlaggning.SOURCES, nothing), "own_unit": told}}

    def write(found: Case) -> str:
        kartlaggning.save(
            db.session, family.key, found, Part.SOURCES, sources, family.by, clock.now()
        )
        return found.rule

    assert family.do(write) == "R1"
    fanny, anna, at = county.sign_in("Fanny"), county.sign_in("Anna"), f"/case/{family.case_id}"
    assert "Leker gärna" in fanny.get(f"{at}/kartlaggning").text
    time.at = datetime(2026, 8, 18, 9, 0, tzinfo=UTC)
    school, ids = county.id("Exempelskolan"), [county.id("Fanny"), county.id("Anna")]
    offered = family.do(
        lambda found: handover.offer(
            db.session, family.key, found, db.session.get_one(Unit, school),
            "Börjar förskoleklass", db.session.get_one(Staff, ids[0]), clock.now(),
        ).id
    )  # fmt: skip
    assert fanny.get(at).status_code == 200 and anna.get(at).status_code == 404, "not yet"
    family.do(
        lambda _: handover.accept(
            db.session, county.ring, db.session.get_one(handover.Handover, offered),
            db.session.get_one(Staff, ids[1]), clock.now(),
        )
    )  # fmt: skip
    assert fanny.get(at).status_code == 404 and anna.get(at).status_code == 200
    assert family.state() is S.COLLECTING, "nothing begins anew"
    assert "Leker gärna" in anna.get(f"{at}/kartlaggning").text
    place = {"kind": "grundskola", "unit": school, "year": "FKLASS"}
    with county.hub.app_context():
        moved = case.route_child(db.session, {**child, "place": place}, "eskilstuna", clock.today())
    assert (moved.rule, moved.owner) == ("R2", school)


# DEMO-03: Leo, 9 years, stops after three areas and saves; then goes on.


def test_leo_may_stop_and_both_sittings_are_one_case(county: County) -> None:
    case_id, first = county.receive(county.make_record(alias="Leo", ended="stopped"))
    again = county.make_record(child={"case_code": county.code_of(case_id)})
    same, second = county.receive(again)
    assert same == case_id and second != first
    with county.hub.app_context():
        held = db.session.get_one(Case, case_id).conversations
        assert [one.ended for one in held] == ["stopped", "done"]


# DEMO-04: Mira, 12 years. Her guardians do not agree.


@pytest.fixture
def mira(county: County) -> Family:
    said = {
        area: [{"text": f"Om {area}.", "speaker": "child_said", "release": "may_show"}]
        for area in ("hemmet", "trygghet", "relationer", "halsa")
    }
    family = Family(county, S.ANALYSING, alias="Mira", said=said)
    family.add_guardian("Alva Testlund")
    family.add_guardian("Bo Testlund")
    family.analyse(
        ["trygghet", "hemmet", "relationer"],
        Socialtjänsten=["trygghet", "hemmet"],
        BUP=["relationer"],
    )
    return family


def test_miras_guardians_disagree_and_nobody_is_called(mira: Family, time: Clock) -> None:
    _disagree(mira)
    mira.plan_meeting()
    for who, areas in (("Socialtjänsten", ["hemmet"]), ("BUP", ["relationer"])):
        with pytest.raises(NoConsent):
            mira.invite(who, areas)
    assert "consent_for_every_participant" in mira.stops("call_meeting")
    assert mira.state() is S.CONSENT_PENDING
    mira.step("refuse_consent")
    assert mira.state() is S.NO_CONSENT, "and the own support can go on"


def test_a_decision_by_socialnamnden_lets_one_measure_through_and_no_more(
    mira: Family, time: Clock
) -> None:
    _disagree(mira)
    time.pass_(days=3)
    _decide_by_the_board(mira)
    mira.plan_meeting()
    mira.invite("Socialtjänsten", ["hemmet"])
    for who, areas in (("Socialtjänsten", ["hemmet", "trygghet"]), ("BUP", ["relationer"])):
        with pytest.raises(NoConsent):
            mira.invite(who, areas)
    assert mira.stops("call_meeting") == ["child_told_who_comes"]
    mira.tell_who_comes()
    mira.step("call_meeting")
    assert mira.state() is S.MEETING_CALLED


def test_miras_meeting_is_shown_three_areas_and_each_participant_its_own(mira: Family) -> None:
    def areas_of(found: Case, wanted: Sequence[str]) -> set[str]:
        return {
            item.area for item in meeting_pack.pack(db.session, mira.county.ring, found, wanted)
        }

    focus = ["trygghet", "hemmet", "relationer"]
    assert mira.do(lambda found: areas_of(found, focus)) == set(focus)
    assert mira.do(lambda found: areas_of(found, ["hemmet"])) == {"hemmet"}


def test_mira_gets_the_nurse_she_chose_and_another_only_with_reasons(
    mira: Family, time: Clock
) -> None:
    mira.to(S.MEETING_CALLED)
    assert "coordinator_appointed" in mira.stops("hold_meeting")
    assert mira.choose("Sköterska Demo", "Sköterska Demo") is False
    assert mira.stops("hold_meeting") == ["presence_recorded"]
    time.pass_(days=100)
    with pytest.raises(NotExplained):
        mira.choose("Sköterska Demo", "Kurator Demo")
    why = dict.fromkeys(("special_reasons", "decided_by", "explained_to_child"), "Har slutat")
    assert mira.choose("Sköterska Demo", "Kurator Demo", **why) is True
    assert mira.stops("hold_meeting") == ["presence_recorded"]


def test_a_case_that_is_opened_again_asks_the_child_anew_who_coordinates(
    mira: Family, time: Clock
) -> None:
    mira.choose("Sköterska Demo", "Sköterska Demo")
    mira.to(S.CLOSED)
    time.pass_(days=30)
    mira.step("reopen")
    mira.to(S.MEETING_CALLED)
    assert "coordinator_appointed" in mira.stops("hold_meeting")


# DEMO-05: Samira, 15 years. One of her guardians is the threat.


def test_samira_is_nowhere_to_be_found_and_the_dangerous_guardian_is_not_asked(
    county: County,
) -> None:
    family = Family(county, S.ANALYSING, alias="Samira")
    family.do(lambda found: setattr(found, "protected_identity", True))
    family.add_guardian("Trygg Fiktivsson")
    family.add_guardian("Farlig Fiktivsson")
    family.suspend("Farlig Fiktivsson")
    family.analyse(["larande"], Skolteamet=["larande"])
    to = family.named("Skolteamet")
    family.do(
        lambda found: maturity.assess(
            db.session, family.key, found.id, Capacity.BOTH, "Resonerar själv.", family.by,
            clock.now(),
        )
    )  # fmt: skip
    with pytest.raises(consent.NobodyToAsk):
        family.says("Farlig Fiktivsson", to=to)
    family.says("Trygg Fiktivsson", to=to)
    assert family.standing(to, ["larande"]).lacks == (Lack.CHILD_NOT_ASKED,)
    family.says("barnet", to=to)
    assert family.is_covered(to, ["larande"])
    anna, at = county.sign_in("Anna"), f"/case/{family.case_id}"
    code = county.code_of(family.case_id)
    asked = anna.get(f"{at}/consent/answer/{to}").text
    assert "Trygg Fiktivsson" in asked and "Farlig Fiktivsson" not in asked
    for words in ("Samira", "Fiktivsson", code):
        assert at not in anna.send("/case/", action="/case/search", words=words).text
    inbox = anna.page("/case/").text
    assert code in inbox and "Samira" not in inbox and "2014" not in inbox
    assert anna.get(f"{at}/documents/kartlaggning.pdf").status_code == 302, "not out of habit"
    assert not county.events("document:printed", case_id=family.case_id)
    family.plan_meeting()
    family.invite("Skolteamet", ["larande"])
    family.tell_who_comes()
    with county.hub.app_context():
        found = db.session.get_one(Case, family.case_id)
        planned = meeting.current(db.session, found.id)
        assert planned is not None
        (invited,) = meeting.participants_of(db.session, planned.id)
        with pytest.raises(meeting.Protected):
            meeting.check_callable(db.session, family.key, found, invited, clock.now())


# DEMO-06: Elias, 17 years and 39 days from being of age.


@pytest.fixture
def elias(county: County) -> Family:
    family = Family(county, S.ANALYSING, alias="Elias")
    family.do(
        lambda found: found.write_about(
            county.ring,
            {**found.about(county.ring), "born_on": "2008-12-30", "birth_year": 2008},
        )
    )
    family.add_guardian("Pia Påhittsson")
    family.add_guardian("Per Påhittsson")
    family.analyse(["larande"], Vuxenhabiliteringen=["larande"])
    to = family.named("Vuxenhabiliteringen")
    for who in ("Pia Påhittsson", "Per Påhittsson"):
        family.says(who, to=to)
    family.says("barnet", Answer.DONT_KNOW, to=to)
    return family


def test_at_midnight_of_elias_birthday_what_the_guardians_agreed_to_calls_nobody(
    elias: Family, time: Clock
) -> None:
    elias.plan_meeting()
    elias.invite("Vuxenhabiliteringen", ["larande"])
    elias.tell_who_comes()
    time.at = MIDNIGHT
    assert elias.stops("call_meeting") == ["consent_for_every_participant"]
    time.at = MIDNIGHT - timedelta(seconds=1)
    elias.step("call_meeting")
    assert elias.state() is S.MEETING_CALLED


def test_elias_own_yes_is_enough_from_his_birthday_and_a_guardians_no_is_none(
    elias: Family, time: Clock
) -> None:
    to = elias.named("Vuxenhabiliteringen")
    time.at = MIDNIGHT
    elias.says("Pia Påhittsson", Answer.NO, to=to)
    elias.says("barnet", to=to, until_on=UNTIL)
    elias.plan_meeting()
    elias.invite("Vuxenhabiliteringen", ["larande"])
    elias.tell_who_comes()
    elias.step("call_meeting")


def test_elias_plan_goes_on_over_his_birthday(elias: Family, time: Clock) -> None:
    elias.to(S.MEETING_HELD)
    words = dict.fromkeys(plan.WORDS, "") | {
        "what": "Praktik med djur", "sector": "other", "who": "KAA Demo",
        "organisation": "Provkommunen"}  # fmt: skip

    def write(found: Case) -> None:
        made = plan.begin(db.session, elias.key, found.id, clock.now())
        plan.write_action(
            db.session, elias.key, made, None, area="larande", unit_id=None, wish="",
            due_on=UNTIL, words=words, at=clock.now(),
        )  # fmt: skip
        plan.share(made, elias.key, {"how": "Med bilder"}, clock.now())

    elias.do(write)
    assert elias.stops("start_plan") == ["follow_up_booked"]
    elias.do(lambda found: kartlaggning.book_follow_up(found, UNTIL, clock.today()))
    elias.step("start_plan")
    time.at = MIDNIGHT
    view = {"how": "words", "text": "Fråga mig, inte mamma.", "speaker": "child_said"}
    elias.do(
        lambda found: follow_up.write_child_view(db.session, elias.key, found, view, clock.now())
    )
    elias.step("hold_follow_up")
    assert elias.state() is S.FOLLOW_UP
    assert elias.do(lambda found: len(actions_of(db.session, found.id, Source.PLAN))) == 1


def _preschool(county: County) -> str:
    def build() -> None:
        school = db.session.query(Unit).filter_by(name="Exempelskolan").one()
        db.session.add(
            Unit(
                organisation=school.organisation, name="Förskolan Fiktivet",
                kind=UnitKind.FORSKOLA, municipality="eskilstuna",
            )
        )  # fmt: skip

    county.change(build)
    county.employ("Fanny", Role.ANSVARIG, "Förskolan Fiktivet")
    return county.id("Förskolan Fiktivet")


def _disagree(mira: Family) -> None:
    for who in ("Socialtjänsten", "BUP"):
        to = mira.named(who)
        mira.says("Alva Testlund", to=to)
        mira.says("Bo Testlund", Answer.NO, to=to)
        mira.says("barnet", to=to)


def _decide_by_the_board(mira: Family) -> None:
    mira.says(
        "Alva Testlund", to=mira.named("Socialtjänsten"), areas=["hemmet"], alone=Alone.BOARD,
        words={"motive": "Samtalsstöd", "reference": "SN 2026-14 (påhittat)"},
    )  # fmt: skip


# DEMO-05, the orosanmälan; DEMO-06, from one verksamhet to another and a SIP.


@pytest.mark.parametrize("concern", list(signal.Concern))
def test_samiras_question_about_an_orosanmalan_moves_nothing_and_is_not_in_what_others_are_shown(
    county: County, concern: signal.Concern, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is answered, only the case knows it: no meeting, paper, guardian or log."""
    family = Family(county, S.ANALYSING, alias="Samira", said=_spoken("larande"))
    family.do(lambda found: setattr(found, "protected_identity", True))
    for name in ("Trygg Fiktivsson", "Farlig Fiktivsson"):
        family.add_guardian(name)
    family.suspend("Farlig Fiktivsson")
    code, unit = county.code_of(family.case_id), county.id("Exempelskolan")
    by, seen = county.id("Mona"), "Borta ofta."

    def send(found: Case) -> None:
        draft = signal.Draft(
            seen=seen, areas={"larande": {signal.Kind.WORRY: "Frånvaro"}}, concern=concern,
            informed=True, code=code,
        )  # fmt: skip
        staff, place = db.session.get_one(Staff, by), db.session.get_one(Unit, unit)
        signal.send(db.session, county.ring, draft, staff, place, clock.now())

    family.do(send)
    assert family.state() is S.ANALYSING, "none of the answers is an anmälan, nor moves a case"
    assert [one.detail for one in county.events("orosanmalan:answered")] == [""]
    family.analyse(["larande"], Skolteamet=["larande"])
    for who in ("Trygg Fiktivsson", "barnet"):
        family.says(who, to=family.named("Skolteamet"))
    family.plan_meeting()
    family.invite("Skolteamet", ["larande"])
    family.to(S.MEETING_HELD)
    anna = county.sign_in("Anna")
    start_plan(county, anna, family.case_id)
    guardian = let_in(county, anna, family.case_id, family.guardians["Trygg Fiktivsson"])

    def answer_otherwise(found: Case) -> None:
        (sent,) = signal.signals_of(db.session, found.id)
        words = sent.read(family.key)
        assert words["concern"] == concern
        sent.write(family.key, {**words, "concern": "another"})

    shown = _all_that_others_see(family, anna, guardian, monkeypatch)
    family.do(answer_otherwise)
    again = _all_that_others_see(family, anna, guardian, monkeypatch)
    for where, seen in shown.items():
        assert again[where] == seen, f"{where}: whatever was answered"


def _all_that_others_see(
    family: Family, anna: Any, guardian: Guardian, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """What a meeting, a guardian, the child or another akt could be shown, by its address."""
    for view in ("kid_wheel.pdf", "kid_wheel.views.kallelse"):
        monkeypatch.setattr(f"{view}.pdf", lambda html: html.encode())
    at = f"/case/{family.case_id}"
    anna.send(f"{at}/child", "/print")
    with family.county.hub.app_context():
        planned = meeting.current(db.session, family.case_id)
        assert planned is not None
        show = f"{at}/meeting/{planned.id}/show"
    held, safe = f"conversation/{family.conversation_id}", family.guardians["Trygg Fiktivsson"]
    addresses = [
        *(f"{at}/documents/{kind}.pdf" for kind in ("kartlaggning", "plan", "pictures", "whole")),
        *(f"{at}/documents/{held}/{kind}.pdf" for kind in ("wheel", "home")),
        *(f"{show}?page={number}" for number in (1, 2, 3)),
        f"{at}/documents/pictures", f"{at}/disclosure/child", f"{at}/disclosure/guardian/{safe}",
        f"{at}/consent/guardian/{safe}/shown",
    ]  # fmt: skip
    seen = {address: anna.get(address) for address in addresses}
    rooms = ("", "area/larande", "read", "asked", "asked/keep", "back")
    seen |= {f"/home/{room}": guardian.get(room) for room in rooms}
    assert {answer.status_code for answer in seen.values()} == {200}, seen
    pack = family.do(lambda found: meeting_pack.pack(db.session, family.county.ring, found, AREAS))
    assert pack, "or nothing is compared"
    return {"the pack": pack} | {where: answer.data for where, answer in seen.items()}


def test_samiras_case_closes_only_when_the_question_about_an_orosanmalan_is_answered(
    county: County,
) -> None:
    family = Family(county, S.CLOSING, alias="Samira")
    assert "orosanmalan_considered" in family.stops("close")

    def answer(found: Case) -> None:
        ending = answer_back.closing(db.session, family.key, found.id, clock.now())
        ending.write(family.key, {"orosanmalan": "done", "kept": "elsewhere"})
        words = {"by": "Anna", "said": "", "on": "2026-11-20"}
        answer_back.tell(
            db.session, county.ring, found, answer_back.Told.IN_PERSON, words, family.by,
            clock.now(),
        )  # fmt: skip

    family.do(answer)
    family.step("close")
    assert not [e for e in county.events("case:closed") if e.detail], "the log knows no answer"


def test_elias_is_handed_over_from_the_uppfoljningsansvarig_to_kaa_with_all_that_is_written(
    elias: Family, county: County
) -> None:
    """R4 → R5b: until KAA has said yes the one who had him answers for him."""
    kaa = _unit(county, "KAA Fiktiva", UnitKind.KAA, "Kaj")
    anna, kaj, at = county.sign_in("Anna"), county.sign_in("Kaj"), f"/case/{elias.case_id}"
    by, to = county.id("Anna"), county.id("Kaj")
    offered = elias.do(
        lambda found: handover.offer(
            db.session, elias.key, found, db.session.get_one(Unit, kaa), "Har hoppat av",
            db.session.get_one(Staff, by), clock.now(),
        ).id
    )  # fmt: skip
    assert anna.get(at).status_code == 200 and kaj.get(at).status_code == 404
    elias.do(
        lambda _: handover.accept(
            db.session, county.ring, db.session.get_one(handover.Handover, offered),
            db.session.get_one(Staff, to), clock.now(),
        )
    )  # fmt: skip
    assert anna.get(at).status_code == 404 and kaj.get(at).status_code == 200
    assert elias.state() is S.CONSENT_PENDING, "nothing begins anew"
    assert elias.is_covered(elias.named("Vuxenhabiliteringen"), ["larande"]), "nor is asked anew"


def test_elias_sip_starts_when_it_says_all_that_the_law_asks_and_his_own_choice_coordinates(
    elias: Family, county: County, time: Clock
) -> None:
    elias.to(S.MEETING_CALLED)
    assert elias.choose("KAA-person Demo", "KAA-person Demo") is False
    elias.to(S.MEETING_HELD)
    parts = (("Samtal", "social_services"), ("Utredning", "health"), ("Praktik", "other"))

    def write(found: Case) -> None:
        made = plan.begin(db.session, elias.key, found.id, clock.now())
        for what, sector in parts:
            words = dict.fromkeys(plan.WORDS, "") | {
                "what": what, "sector": sector, "who": f"{what} Demo",
                "organisation": "Provkommunen"}  # fmt: skip
            plan.write_action(
                db.session, elias.key, made, None, area="larande", unit_id=None, wish="",
                due_on=UNTIL, words=words, at=clock.now(),
            )  # fmt: skip
        plan.write_kind(made, elias.key, plan.PlanKind.SIP, {**SIP, "overall": ""})
        plan.share(made, elias.key, {"how": "I två steg, med bilder"}, clock.now())
        kartlaggning.book_follow_up(found, UNTIL, clock.today())

    elias.do(write)
    assert elias.do(lambda found: sip.suggests_sip(db.session, elias.key, found))
    assert elias.stops("start_plan") == ["sip_complete"]

    def complete(found: Case) -> None:
        made = plan.begin(db.session, elias.key, found.id, clock.now())
        plan.write_kind(made, elias.key, plan.PlanKind.SIP, SIP)

    elias.do(complete)
    assert elias.stops("start_plan") == ["plan_shared"], "what was changed is gone through again"
    elias.do(
        lambda found: plan.share(
            plan.begin(db.session, elias.key, found.id, clock.now()), elias.key,
            {"how": "I två steg, med bilder"}, clock.now(),
        )
    )  # fmt: skip
    elias.step("start_plan")
    time.at = MIDNIGHT
    assert not elias.is_covered(elias.named("Vuxenhabiliteringen"), ["larande"])
    assert elias.state() is S.PLAN_ACTIVE, "the plan goes on; whom it is shared with he says now"


def _unit(county: County, name: str, kind: UnitKind, ansvarig: str) -> str:
    def build() -> None:
        school = db.session.query(Unit).filter_by(name="Exempelskolan").one()
        place = school.municipality
        db.session.add(
            Unit(organisation=school.organisation, name=name, kind=kind, municipality=place)
        )

    county.change(build)
    county.employ(ansvarig, Role.ANSVARIG, name)
    return county.id(name)


def _spoken(area: str) -> dict[str, Any]:
    return {area: [{"text": "Inte samma väg varje dag.", "speaker": "child_said"}]}
