"""An open case always has exactly one who answers for it, whoever comes and goes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from county import Clock, County, mail
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from kid_wheel import clock, consent, disclosure, handover, signal
from kid_wheel.basis import Basis, Ground
from kid_wheel.case import Case, CaseState, hand_over_unit
from kid_wheel.db import db
from kid_wheel.disclosure import Disclosure
from kid_wheel.disclosure import Kind as DisclosureKind
from kid_wheel.handover import Delegation, Handover
from kid_wheel.people import Assignment, Role, Staff, Unit
from kid_wheel.signal import Kind, ProfessionalObservation

REASON = "Har bytt skola"
WORDS = "Jag vill att de slutar bråka när jag ska plugga."


@pytest.fixture(autouse=True)
def another_family(county: County) -> str:
    """Noise: a case of another huvudman's, that never moves."""
    return county.receive(county.make_record("Demoskolan", alias="Yusuf"))[0]


# Through any order of events.


class Comings(RuleBasedStateMachine):
    """People are appointed, leave and are deactivated while cases are offered and answered."""

    county: County

    def __init__(self) -> None:
        super().__init__()
        self.context = self.county.hub.app_context()
        self.context.push()
        self.cases = list(db.session.query(Case).order_by(Case.id))
        self.people = list(db.session.query(Staff).order_by(Staff.email))
        self.units = list(db.session.query(Unit).order_by(Unit.name))

    def teardown(self) -> None:
        db.session.rollback()
        self.context.pop()

    @rule(case=st.integers(0, 9), to=st.integers(0, 9))
    def offer(self, case: int, to: int) -> None:
        chosen, unit = _one(self.cases, case), _one(self.units, to)
        key = chosen.key(self.county.ring)
        self._try(
            lambda: handover.offer(
                db.session, key, chosen, unit, REASON, self.people[0], clock.now()
            )
        )

    @rule(index=st.integers(0, 9), how=st.sampled_from(["accept", "accept", "decline", "withdraw"]))
    def answer(self, index: int, how: str) -> None:
        waiting = [one for one in db.session.query(Handover) if one.is_open]
        if not waiting:
            return
        offered = _one(waiting, index)
        on = clock.today()
        receivers = [
            a.staff
            for a in db.session.query(Assignment).filter_by(unit_id=offered.to_unit_id)
            if a.role in (Role.ANSVARIG, Role.DEPUTY) and a.is_active(on) and a.staff.active
        ]
        if how == "accept" and receivers:
            by = receivers[0]
            self._try(
                lambda: handover.accept(db.session, self.county.ring, offered, by, clock.now())
            )
            self.cases = list(db.session.query(Case).order_by(Case.id))
        elif how == "decline":
            key = offered.case.key(self.county.ring)
            self._try(lambda: handover.decline(db.session, key, offered, "Nej", clock.now()))
        elif how == "withdraw":
            self._try(lambda: handover.withdraw(db.session, offered, clock.now()))

    @rule(case=st.integers(0, 9), to=st.integers(0, 9))
    def return_signal(self, case: int, to: int) -> None:
        chosen, unit = _one(self.cases, case), _one(self.units, to)
        self._try(
            lambda: signal.give_back(
                db.session, self.county.ring, chosen, unit, REASON, clock.now()
            )
        )

    @rule(person=st.integers(0, 9), unit=st.integers(0, 9), deputy=st.booleans())
    def appoint(self, person: int, unit: int, deputy: bool) -> None:
        staff, place = _one(self.people, person), _one(self.units, unit)
        role, on = (Role.DEPUTY if deputy else Role.ANSVARIG), clock.today()
        holders = [
            a
            for a in db.session.query(Assignment).filter_by(unit_id=place.id, role=role)
            if a.is_active(on) and a.staff.active
        ]
        if not staff.active or any(a.staff_id == staff.id for a in holders):
            return
        if role == Role.ANSVARIG and holders:
            return
        db.session.add(
            Assignment(
                staff=staff, organisation=place.organisation, unit=place, role=role, from_on=on
            )
        )
        db.session.flush()
        if role == Role.ANSVARIG:
            hand_over_unit(db.session, place.id, staff, on)

    @rule(index=st.integers(0, 30))
    def end_assignment(self, index: int) -> None:
        on = clock.today()
        active = [a for a in db.session.query(Assignment) if a.unit_id and a.is_active(on)]
        if active:
            ended = _one(active, index)
            self._try(lambda: self._leave([ended]))

    @rule(person=st.integers(0, 9))
    def deactivate(self, person: int) -> None:
        staff = _one(self.people, person)

        def close() -> None:
            self._leave([a for a in staff.assignments if a.is_active(clock.today())])
            staff.active = False
            db.session.flush()

        self._try(close)

    @rule(case=st.integers(0, 9))
    def protect(self, case: int) -> None:
        chosen = _one(self.cases, case)
        chosen.protected_identity = not chosen.protected_identity
        db.session.flush()

    @invariant()
    def every_open_case_has_exactly_one_who_answers_and_can(self) -> None:
        db.session.expire_all()
        on = clock.today()
        for case in db.session.query(Case):
            assert case.state not in handover.ENDED
            assert case.ansvarig is not None and case.ansvarig.active
            roles = [
                a.role
                for a in case.ansvarig.assignments
                if a.unit_id == case.unit_id and a.is_active(on)
            ]
            assert {Role.ANSVARIG, Role.DEPUTY} & set(roles), "somebody of the unit"
            assert case.organisation_id == case.unit.organisation_id
            assert case.about(self.county.ring)["alias"]

    def _leave(self, assignments: list[Assignment]) -> None:
        for one in assignments:
            one.until_on = clock.today()
            if one.unit_id:
                handover.leave(db.session, one.staff, one.unit_id, clock.now())

    def _try(self, do: Any) -> None:
        """Take the step, or be refused with everything as it was; as a view does."""
        savepoint = db.session.begin_nested()
        try:
            do()
        except (
            handover.AlreadyAnswered,
            handover.AlreadyOffered,
            handover.NobodyLeft,
            handover.NobodyThere,
            handover.SameUnit,
            signal.AlreadyAccepted,
            signal.MoreThanASignal,
        ):
            savepoint.rollback()
        else:
            savepoint.commit()


def _one(of: list[Any], index: int) -> Any:
    return of[index % len(of)]


@pytest.mark.any_database  # test_handover asks each kind of database the same, one by one
def test_an_open_case_has_exactly_one_who_answers_for_it_in_any_order_of_events(
    county: County,
) -> None:
    """R065, R067."""
    county.receive(county.make_record(alias="Mira"))
    case_id, _ = county.receive(county.make_record(alias="Leo"))
    county.change(
        lambda: setattr(db.session.get_one(Case, case_id), "state", CaseState.SIGNAL_SENT)
    )
    Comings.county = county
    run_state_machine_as_test(
        Comings,
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


# Handing over.


def test_the_one_who_offers_answers_for_the_case_until_somebody_else_has_said_yes(
    county: County,
) -> None:
    case_id, conversation_id = county.receive(county.make_record(alias="Mira"))
    anna, cesar = county.sign_in("Anna"), county.sign_in("Cesar")
    _offer(anna, county, case_id, "Centralt Provkommunen")
    assert cesar.get(f"/case/{case_id}").status_code == 404
    offered = _offered(cesar)
    shown = cesar.page(offered)
    assert "Mira" in shown.text and REASON in shown.text
    assert cesar.send(offered, action="/accept").status_code == 302
    assert cesar.get(f"/case/{case_id}/conversation/{conversation_id}").status_code == 200
    assert anna.get(f"/case/{case_id}").status_code == 404
    for event in ("handover:offered", "handover:accepted"):
        assert county.events(event, case_id=case_id)


def test_a_no_needs_a_reason_that_the_one_who_offered_reads(county: County) -> None:
    case_id, _ = county.receive(county.make_record())
    anna, cesar = county.sign_in("Anna"), county.sign_in("Cesar")
    _offer(anna, county, case_id, "Centralt Provkommunen")
    offered = _offered(cesar)
    assert cesar.send(offered, action="/decline", because=" ").status_code == 422
    cesar.send(offered, action="/decline", because="Går kvar hos er")
    page = anna.page(f"/case/{case_id}/who")
    assert "Går kvar hos er" in page.text and "Anna Påhittsson" in page.text
    assert cesar.get(offered).status_code == 404, "it is answered"


def test_an_offer_that_is_taken_back_can_no_longer_be_accepted(county: County) -> None:
    case_id, _ = county.receive(county.make_record())
    anna, cesar = county.sign_in("Anna"), county.sign_in("Cesar")
    _offer(anna, county, case_id, "Centralt Provkommunen")
    offered = _offered(cesar)
    token = cesar.page(offered).forms[0]["fields"]
    anna.send(f"/case/{case_id}/who", action="/withdraw")
    assert cesar.post(f"{offered}/accept", data=token).status_code == 404
    assert anna.get(f"/case/{case_id}").status_code == 200


def test_a_case_is_offered_to_one_unit_at_a_time_and_only_where_somebody_answers(
    county: County,
) -> None:
    case_id, _ = county.receive(county.make_record())
    anna = county.sign_in("Anna")
    nobody = _offer(anna, county, case_id, "Centralt Demokommunen")
    assert nobody.status_code == 422 and "ingen Barnets bästa-ansvarig" in nobody.text
    silent = _offer(anna, county, case_id, "Demoskolan", reason=" ")
    assert silent.status_code == 422
    assert _offer(anna, county, case_id, "Demoskolan").status_code == 302
    with county.hub.app_context():
        case, unit = db.session.get_one(Case, case_id), db.session.query(Unit).first()
        key, by = case.key(county.ring), db.session.query(Staff).first()
        with pytest.raises(handover.AlreadyOffered):
            other = db.session.query(Unit).filter(Unit.id != case.unit_id).first()
            handover.offer(db.session, key, case, other, REASON, by, clock.now())
        assert unit


@pytest.mark.parametrize("name", ["Bodil", "Bim", "Bert", "Mona", "Arvid"])
def test_nobody_but_the_one_it_is_offered_to_reads_an_offer(county: County, name: str) -> None:
    case_id, _ = county.receive(county.make_record(alias="Mira"))
    _offer(county.sign_in("Anna"), county, case_id, "Centralt Provkommunen")
    offered = _offered(county.sign_in("Cesar"))
    answer = county.sign_in(name).get(offered)
    assert answer.status_code in {403, 404} and "Mira" not in answer.text


def test_another_huvudman_gets_a_case_of_its_own_with_the_child_and_the_reason_and_no_more(
    county: County,
) -> None:
    """E18: what one huvudman knows is not the other's."""
    said = {"hemmet": [{"text": WORDS, "speaker": "child_said"}]}
    case_id, conversation_id = county.receive(county.make_record(alias="Mira", said=said))
    _observe(county, case_id, "hemmet", "Berättar om hemmet")
    anna, bodil = county.sign_in("Anna"), county.sign_in("Bodil")
    _offer(anna, county, case_id, "Demoskolan")
    answer = bodil.send(_offered(bodil), action="/accept")
    new_id = re.search(r"/case/([^/]+)/who", answer.location)[1]  # type: ignore[index]
    assert new_id != case_id
    for address in (f"/case/{case_id}", f"/case/{case_id}/conversation/{conversation_id}"):
        assert bodil.get(address).status_code == 404
    assert "Mira" in bodil.page(f"/case/{new_id}").text
    for address in ("", "/signal", "/who"):
        page = bodil.page(f"/case/{new_id}{address}")
        assert WORDS not in page.text and "Berättar om hemmet" not in page.text
    assert anna.get(f"/case/{case_id}").status_code == 200, "until the child knows"
    assert anna.send(f"/case/{case_id}/who", action="/refer").status_code == 302
    with county.hub.app_context():
        assert db.session.get_one(Case, case_id).state == CaseState.CLOSING


def test_a_case_is_not_closed_as_moved_before_somebody_has_accepted(county: County) -> None:
    case_id, _ = county.receive(county.make_record())
    anna = county.sign_in("Anna")
    _offer(anna, county, case_id, "Demoskolan")
    token = anna.page(f"/case/{case_id}/who").forms[0]["fields"]
    answer = anna.post(f"/case/{case_id}/who/refer", data=token)
    assert answer.status_code == 409 and 'data-guard="receiver_accepted"' in answer.text


def test_what_a_consent_covers_follows_as_a_copy(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    def covers(session: Any, key: Any, case_id: str, recipient: str, areas: Any, at: Any) -> Any:
        given = Basis(Ground.CONSENT, ("a-yes",), clock.today())
        return given if areas == ["hemmet"] else None

    monkeypatch.setattr(consent, "covers", covers, raising=False)
    case_id, _ = county.receive(county.make_record(alias="Mira"))
    _observe(county, case_id, "hemmet", "Får följa med")
    _observe(county, case_id, "halsa", "Stannar kvar")
    _offer(county.sign_in("Anna"), county, case_id, "Demoskolan")
    bodil = county.sign_in("Bodil")
    answer = bodil.send(_offered(bodil), action="/accept")
    page = bodil.page(answer.location.replace("/who", "/signal"))
    assert "Får följa med" in page.text and "Stannar kvar" not in page.text
    with county.hub.app_context():
        assert db.session.query(ProfessionalObservation).filter_by(case_id=case_id).count() == 2
    child, seen = _referrals(county, case_id)
    assert child.ground is Ground.REFERRAL and not child.rows
    assert seen.ground is Ground.CONSENT and seen.rows == "a-yes"
    told = [_items(county, one) for one in (child, seen)]
    assert told[0][0] == ("", "Mira") and ("", REASON) in told[0], "and no area"
    assert told[1] == [("hemmet", "Får följa med")]


def test_who_took_over_without_a_samtycke_is_told_of_as_having_got_the_child_and_the_reason(
    county: County,
) -> None:
    case_id, _ = county.receive(county.make_record(alias="Mira"))
    _observe(county, case_id, "hemmet", "Stannar kvar")
    anna = county.sign_in("Anna")
    _offer(anna, county, case_id, "Demoskolan")
    assert not _referrals(county, case_id), "an offer is no copy"
    bodil = county.sign_in("Bodil")
    bodil.send(_offered(bodil), action="/accept")
    (child,) = _referrals(county, case_id)
    with county.hub.app_context():
        row = db.session.get_one(Disclosure, child.id)
        key = db.session.get_one(Case, case_id).key(county.ring)
        assert disclosure.is_whole(row, key)
        assert "Stannar kvar" not in str(row.read(key))
    (event,) = county.events("disclosure:made", case_id=case_id)
    assert event.detail == "referral"
    page = anna.page(f"/case/{case_id}/disclosure/").text
    assert "Överlämning" in page and REASON in page and child.sha256 in page
    shown = anna.page(f"/case/{case_id}/disclosure/child").text
    assert "Demoskolan" in shown and "bara veta att du behöver någon" in shown
    assert REASON not in shown, "adults' words are not read to the child"


def test_a_case_that_stays_in_the_huvudman_is_no_disclosure(county: County) -> None:
    case_id, _ = county.receive(county.make_record(alias="Mira"))
    anna = county.sign_in("Anna")
    _offer(anna, county, case_id, "Centralt Provkommunen")
    cesar = county.sign_in("Cesar")
    assert cesar.send(_offered(cesar), action="/accept").status_code == 302
    assert not _referrals(county, case_id)


# Working with a case for somebody else.


def test_a_colleague_works_with_the_case_through_a_day_and_the_ansvarig_still_answers(
    county: County, time: Clock
) -> None:
    """R064."""
    case_id, _ = county.receive(county.make_record())
    anna, mona = county.sign_in("Anna"), county.sign_in("Mona")
    assert mona.get(f"/case/{case_id}").status_code == 404
    assert _delegate(anna, county, case_id, "Mona", "2026-11-23").status_code == 302
    assert mona.get(f"/case/{case_id}").status_code == 200
    assert "Du arbetar med" in mona.page("/welcome").text
    assert mona.post(f"/case/{case_id}/who/offer").status_code in {400, 403}
    time.pass_(days=3)
    assert county.sign_in("Mona").get(f"/case/{case_id}").status_code == 200
    time.pass_(days=1)
    assert county.sign_in("Mona").get(f"/case/{case_id}").status_code == 404
    assert _ansvarig(county, case_id) == county.id("Anna")


def test_a_delegation_is_taken_back_at_once(county: County) -> None:
    case_id, _ = county.receive(county.make_record())
    anna, mona = county.sign_in("Anna"), county.sign_in("Mona")
    _delegate(anna, county, case_id, "Mona", "2026-12-20")
    given = county.change(lambda: db.session.query(Delegation).one().id)
    anna.send(f"/case/{case_id}/who", action="/revoke", delegation=given)
    assert mona.get(f"/case/{case_id}").status_code == 404
    assert county.events("delegation:revoked", case_id=case_id)


@pytest.mark.parametrize("name", ["Cesar", "Bim"])
def test_nobody_of_another_unit_is_let_in(county: County, name: str) -> None:
    case_id, _ = county.receive(county.make_record())
    answer = _delegate(county.sign_in("Anna"), county, case_id, name, "2026-12-20")
    assert answer.status_code == 403
    assert county.sign_in(name).get(f"/case/{case_id}").status_code == 404


@pytest.mark.parametrize("until", ["2026-11-19", "2028-01-01", "", "i morgon"])
def test_a_delegation_has_an_end_within_a_year(county: County, until: str) -> None:
    case_id, _ = county.receive(county.make_record())
    answer = _delegate(county.sign_in("Anna"), county, case_id, "Mona", until)
    assert answer.status_code == 422 and "högst ett år" in answer.text


def test_whoever_leaves_the_unit_works_with_its_cases_no_more(county: County) -> None:
    case_id, _ = county.receive(county.make_record())
    _delegate(county.sign_in("Anna"), county, case_id, "Mona", "2026-12-20")
    at = f"/admin/staff/{county.id('Mona')}"
    county.sign_in("Arvid").send(at, action="/end")
    assert county.change(lambda: db.session.query(Delegation).one().revoked_at) is not None


# Leaving.


def test_whoever_leaves_gives_the_cases_to_the_deputy_in_the_same_moment(
    county: County,
) -> None:
    case_id, _ = county.receive(county.make_record())
    county.sign_in("Arvid").send(f"/admin/staff/{county.id('Anna')}", action="/deactivate")
    assert _ansvarig(county, case_id) == county.id("Dina")
    assert county.sign_in("Dina").get(f"/case/{case_id}").status_code == 200


def test_nobody_leaves_a_case_behind(county: County) -> None:
    case_id, _ = county.receive(county.make_record())
    arvid = county.sign_in("Arvid")
    arvid.send(f"/admin/staff/{county.id('Dina')}", action="/end")
    at = f"/admin/staff/{county.id('Anna')}"
    for action in ("/end", "/deactivate"):
        arvid.send(at, action=action)
        page = arvid.page(at)
        assert "skulle bli utan ansvarig" in page.text
        assert "Uppdraget är avslutat" not in page.text
        assert _ansvarig(county, case_id) == county.id("Anna")
    assert county.sign_in("Anna").get(f"/case/{case_id}").status_code == 200
    county.change(lambda: setattr(db.session.get_one(Case, case_id), "state", CaseState.CLOSED))
    arvid.send(at, action="/deactivate")
    assert "stängt konto" in arvid.page(at).text


# Who does what.


def test_the_case_says_who_does_what_and_how_to_reach_them(county: County) -> None:
    """R066."""
    case_id, _ = county.receive(county.make_record())
    anna = county.sign_in("Anna")
    _delegate(anna, county, case_id, "Mona", "2026-12-20")
    page = anna.page(f"/case/{case_id}/who")
    for name in ("Anna", "Dina", "Mona"):
        assert f"{name} Påhittsson" in page.text and mail(name) in page.text
    assert "till och med 20 december 2026" in " ".join(page.text.split())
    assert "utses på första samverkansmötet" in page.text


def test_the_number_of_hand_overs_is_seen(county: County) -> None:
    """R103."""
    case_id, _ = county.receive(county.make_record())
    _offer(county.sign_in("Anna"), county, case_id, "Centralt Provkommunen")
    cesar = county.sign_in("Cesar")
    cesar.send(_offered(cesar), action="/accept")
    assert "1 gång" in " ".join(cesar.page(f"/case/{case_id}/who").text.split())


def test_everybody_finds_each_units_ansvarig_and_what_the_unit_does(county: County) -> None:
    """R061, R068."""
    unit = f"/admin/unit/{county.id('Exempelskolan')}"
    county.sign_in("Arvid").send(
        unit, action="/contact", telephone="016-10 00 00", does="Lyssnar", does_not="Vårdar"
    )
    page = county.sign_in("Bim").page("/directory")
    for shown in ("Anna Påhittsson", "016-10 00 00", "Lyssnar", "Vårdar", "Bodil Påhittsson"):
        assert shown in page.text
    assert "Mona" not in page.text, "only those one turns to"


def test_a_delegated_mandate_needs_its_decision(county: County) -> None:
    """R062, R063."""
    arvid, at = county.sign_in("Arvid"), f"/admin/staff/{county.id('Mona')}"
    arvid.send(f"/admin/staff/{county.id('Anna')}", action="/end")
    asked = {"role": "ansvarig", "unit": county.id("Exempelskolan"), "mandate": "delegated"}
    assert arvid.send(at, action="/assignment", **asked).status_code == 422
    decided = {**asked, "reference": "BUN 2026/14", "decided_on": "2026-08-01"}
    assert arvid.send(at, action="/assignment", **decided).status_code == 302
    assert "BUN 2026/14" in arvid.page(at).text


# Opened by mistake.


def test_a_case_opened_by_mistake_is_sealed_when_two_people_say_so(county: County) -> None:
    """T19."""
    case_id, _ = county.receive(county.make_record())
    anna, dina = county.sign_in("Anna"), county.sign_in("Dina")
    at = f"/case/{case_id}/who"
    assert anna.send(at, action="/void", reason=" ").status_code == 422
    anna.send(at, action="/void", reason="Dubbelt")
    token = anna.page(at).forms[0]["fields"]
    alone = anna.post(f"{at}/void/attest", data=token)
    assert alone.status_code == 422 and "någon annan" in alone.text
    assert dina.send(at, action="/attest").status_code == 302
    for client in (anna, dina):
        assert client.get(f"/case/{case_id}").status_code == 404
        assert county.code_of(case_id) not in client.page("/case/").text
    assert county.events("case:voided", case_id=case_id, staff_id=county.id("Dina"))
    assert county.events("void:asked", case_id=case_id, staff_id=county.id("Anna"))


def _offer(client: Any, county: County, case_id: str, unit: str, reason: str = REASON) -> Any:
    at = f"/case/{case_id}/who"
    return client.send(at, action="/offer", unit=county.id(unit), reason=reason)


def _offered(client: Any) -> str:
    """The address of the one offer in an inbox."""
    return re.search(r'href="(/handover/[^"]+)"', client.get("/case/").text)[1]  # type: ignore[index]


def _delegate(client: Any, county: County, case_id: str, name: str, until: str) -> Any:
    at = f"/case/{case_id}/who"
    return client.send(at, action="/delegate", staff=county.id(name), until=until)


def _ansvarig(county: County, case_id: str) -> str | None:
    return county.change(lambda: db.session.get_one(Case, case_id).ansvarig_id)


def _referrals(county: County, case_id: str) -> list[Disclosure]:
    with county.hub.app_context():
        found = disclosure.disclosures_of(db.session, case_id)
        assert {one.kind for one in found} <= {DisclosureKind.REFERRAL}
        return sorted(found, key=lambda one: one.rows)


def _items(county: County, made: Disclosure) -> list[tuple[str, str]]:
    with county.hub.app_context():
        words = made.read(db.session.get_one(Case, made.case_id).key(county.ring))
        return [(item["area"], item["text"]) for item in words["items"]]


def _observe(county: County, case_id: str, area: str, text: str) -> None:
    def write() -> None:
        case = db.session.get_one(Case, case_id)
        key, by = case.key(county.ring), case.ansvarig
        assert by is not None
        signal.observe(db.session, key, case, area, Kind.STRENGTH, text, by, case.unit, clock.now())

    county.change(write)
