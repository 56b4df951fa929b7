"""One child's case as a model walks it: each thing that can be written, and each step.

What must hold is read from the rows, by itself, and never asked of the guards.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from county import NOW, Clock, County, mail
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from plan_steps import SIP
from sqlalchemy import select

from kid_wheel import (
    answer_back,
    case,
    clock,
    consent,
    coordinator,
    follow_up,
    guardian,
    handover,
    kartlaggning,
    meeting,
    plan,
    process,
    signal,
)
from kid_wheel.action import ActionState, actions_of
from kid_wheel.answer_back import Fate, Told
from kid_wheel.audit import AuditEvent
from kid_wheel.case import Case, CaseState
from kid_wheel.clock import civil_date
from kid_wheel.consent import Alone, Answer, Consent, Draft, Giver
from kid_wheel.conversation import read_record
from kid_wheel.coordinator import Choice, Coordinator
from kid_wheel.db import db
from kid_wheel.kartlaggning import Part
from kid_wheel.meeting import Participant
from kid_wheel.people import Staff, Unit
from kid_wheel.plan import PlanKind, Voice
from kid_wheel.process import MOVES, Stopped, WrongState
from kid_wheel.situation import Situation
from kid_wheel.tablet import Tablet

S = CaseState
AREAS = ["trygghet", "hemmet", "relationer"]
STEP_OF = {step.event: step for step in MOVES.values()}
ENDED = {S.CLOSED, S.VOID}

# What a verb says when it will not: nothing was written then, as in a view.
REFUSALS = (
    ValueError,
    answer_back.NoBecause,
    answer_back.NotEveryWish,
    consent.NoConsent,
    follow_up.NoNewConversation,
    handover.AlreadyOffered,
    handover.SamePerson,
    kartlaggning.TooLate,
    meeting.AlreadyHeld,
)
some = st.integers(0, 9)
some_areas = st.sets(st.sampled_from(AREAS), min_size=1).map(sorted)


class Story(RuleBasedStateMachine):
    """One child's case, and everything that anybody may write in it, in any order."""

    county: County
    time: Clock
    record: dict[str, Any]

    def __init__(self) -> None:
        super().__init__()
        self.time.at = NOW
        self.context = self.county.hub.app_context()
        self.context.push()
        self.ring = self.county.ring
        people = {one.email: one for one in db.session.query(Staff)}
        self.anna, self.dina = people[mail("Anna")], people[mail("Dina")]
        self.bodil = people[mail("Bodil")]
        self.units = {one.name: one for one in db.session.query(Unit)}
        self.noise = db.session.query(Case).one()
        self.case = db.session.get_one(Case, self._receive({}))
        self.key = self.case.key(self.ring)
        for name in ("Alva Testlund", "Bo Testlund"):
            words = {"name": name, "custody": "joint"}
            guardian.add(db.session, self.key, self.case.id, words, clock.now())
        self.taken: list[str] = []
        db.session.flush()

    def teardown(self) -> None:
        db.session.rollback()
        self.context.pop()

    # Where it begins.

    @initialize(way=st.integers(0, 2), far=st.integers(0, 14), left_out=st.integers(0, 5))
    def begin(self, way: int, far: int, left_out: int) -> None:
        """Somewhere on one of the ways through, so that the end is met as often as the start; and
        there a step with one thing missing."""
        for key in WAYS[way][:far]:
            self.go(key)
        for key in WAYS[way][far : far + 1]:
            self.prepare(key, ([*MOVES[key].guards, "", "", "", "", "", ""])[left_out])
            self.take_step(key)

    # The steps, in any order.

    @rule(key=st.sampled_from(sorted(set(MOVES) - {"void"})))
    def take(self, key: str) -> None:
        self.take_step(key)

    @rule(
        steps=st.lists(
            st.tuples(some, st.integers(-5, 4), st.integers(-6, 4)), min_size=1, max_size=12
        )
    )
    def go_on(self, steps: list[tuple[int, int, int]]) -> None:
        """A stretch of the way: all that a step asks for is written, or all but one thing; and
        sometimes something is changed before the step is taken."""
        for index, left_out, changed in steps:
            self._prepare_and_take(index, left_out, changed)
            self.time.pass_(minutes=1)

    @rule(index=some)
    def take_and_lose(self, index: int) -> None:
        """The transaction fails after the step: neither the step nor its event is there."""
        keys = [step.key for step in process.steps_from(self.case.state)]
        before = self._state()
        savepoint = db.session.begin_nested()
        with suppress(Stopped):
            if keys:
                process.move(_one(keys, index), self.situation())
        savepoint.rollback()
        assert self._state() == before

    @rule(attested=st.booleans(), really=st.integers(0, 30))
    def open_by_mistake(self, attested: bool, really: int) -> None:
        """Rarely, since nothing happens in a case after that."""
        if really == 0:
            self._try(handover.ask_void, db.session, self.key, self.case, "Fel barn", self.anna,
                      clock.now())  # fmt: skip
            self._try(handover.attest_void, db.session, self.case,
                      self.dina if attested else self.anna)  # fmt: skip
            asked = handover.voiding_of(db.session, self.case.id)
            if self.take_step("void"):
                assert asked is not None and asked.attested_by not in {None, asked.asked_by}

    # What is written, in any order: all of it or a part.

    @rule(name=st.sampled_from(sorted(process.GUARDS)))
    def write(self, name: str) -> None:
        self._try(WRITES[name], self)

    @rule(part=st.sampled_from(list(Part)), kept=st.sets(some))
    def write_a_part(self, part: Part, kept: set[int]) -> None:
        words = {w: said for n, (w, said) in enumerate(PARTS[part].items()) if n in kept}
        self._save(part, words)

    @rule(who=st.integers(0, 2), to=some, areas=some_areas, days=st.integers(0, 365),
          answer=st.sampled_from([Answer.YES, Answer.YES, Answer.NO]),
          alone=st.sampled_from([None, None, *Alone]))  # fmt: skip
    def say(
        self, who: int, to: int, areas: list[str], days: int, answer: Answer, alone: Alone | None
    ) -> None:
        self._try(self._say, who, to, areas, days, answer, alone)

    @rule(index=some)
    def withdraw(self, index: int) -> None:
        given = consent.consents_of(db.session, self.case.id)
        if given:
            consent.withdraw(_one(given, index), clock.now())

    @rule(index=some)
    def answer_a_childs_no(self, index: int) -> None:
        said = [c for c in consent.consents_of(db.session, self.case.id) if c.giver is Giver.CHILD]
        if said:
            consent.answer_child(_one(said, index), self.key, "Vi väntar, och frågar igen.")

    @rule(index=some, really=st.integers(0, 9))
    def suspend(self, index: int, really: int) -> None:
        if really == 0:
            known = guardian.guardians_of(db.session, self.case.id)
            guardian.suspend(_one(known, index), self.key, "Inte trygg", clock.now())

    @rule(index=some, unit=st.booleans(), areas=some_areas)
    def name_recipient(self, index: int, unit: bool, areas: list[str]) -> None:
        self._try(self._name, unit, areas)

    @rule(index=some)
    def remove_recipient(self, index: int) -> None:
        named = kartlaggning.recipients(db.session, self.key, self.case.id)
        if named:
            self._try(kartlaggning.remove_recipient, db.session, self.case,
                      _one(named, index)["id"], clock.now())  # fmt: skip

    @rule(to=some, areas=some_areas)
    def invite(self, to: int, areas: list[str]) -> None:
        found = meeting.current(db.session, self.case.id)
        if found is not None:
            self._try(self._invite, found, _one(self._recipients(), to), areas)

    @rule(index=some)
    def take_away(self, index: int) -> None:
        found = meeting.current(db.session, self.case.id)
        invited = meeting.participants_of(db.session, found.id) if found else []
        if invited:
            meeting.take_away(db.session, _one(invited, index))

    @rule(choice=st.sampled_from(list(Choice)), is_choice=st.booleans(), explained=st.booleans(),
          appointed=st.booleans(), later=st.integers(0, 60))  # fmt: skip
    def choose_coordinator(
        self, choice: Choice, is_choice: bool, explained: bool, appointed: bool, later: int
    ) -> None:
        self._try(self._choose, choice, is_choice, explained, appointed, later)

    @rule(days=st.integers(-5, 60))
    def book(self, days: int) -> None:
        day = clock.today() + timedelta(days=days)
        self._try(kartlaggning.book_follow_up, self.case, day, clock.today())

    @rule(kind=st.sampled_from(list(PlanKind)), whole=st.booleans())
    def change_plan(self, kind: PlanKind, whole: bool) -> None:
        made = plan.begin(db.session, self.key, self.case.id, clock.now())
        plan.write_kind(made, self.key, kind, SIP if whole else {})

    @rule(voice=st.sampled_from(list(Voice)))
    def wonder(self, voice: Voice) -> None:
        self._try(plan.raise_concern, db.session, self.key, self.case.id, voice,
                  "Det blev inte av.", self.anna.id, clock.now())  # fmt: skip

    @rule(index=some, fate=st.sampled_from(list(Fate)), because=st.sampled_from(["", "Snart"]))
    def answer(self, index: int, fate: Fate, because: str) -> None:
        if self.case.state not in ENDED:
            wishes = answer_back.wishes(db.session, self.ring, self.case)
            self._try(answer_back.answer, db.session, self.key, self.case.id,
                      _one(wishes, index), fate, because, "Anna", clock.now())  # fmt: skip

    def take_a_yes_back(self) -> None:
        given = consent.consents_of(db.session, self.case.id)
        for row in given[-4:]:
            consent.withdraw(row, clock.now())

    def change_a_fate(self) -> None:
        if self.case.state not in ENDED:
            for wish in answer_back.wishes(db.session, self.ring, self.case)[:1]:
                answer_back.answer(
                    db.session, self.key, self.case.id, wish, Fate.CANNOT, "Det går inte",
                    "Anna", clock.now(),
                )  # fmt: skip

    @rule()
    def the_child_talks_again(self) -> None:
        """With a new wish, by the case's code."""
        if self.case.state not in ENDED:
            self._receive({"child": {"case_code": self.case.code}})

    @rule(days=st.sampled_from([1, 1, 7, 40, 200, 400]))
    def time_passes(self, days: int) -> None:
        self.time.pass_(days=days)

    # What always holds.

    @invariant()
    def the_state_is_where_the_last_event_says(self) -> None:
        """Each change of state is exactly one event, and nothing else is."""
        self.time.pass_(minutes=1)
        assert [step.key for step in self._events()] == self.taken
        if self.taken:
            assert self.case.state is MOVES[self.taken[-1]].target

    @invariant()
    def a_plan_and_a_support_have_a_day_to_follow_up(self) -> None:
        if self.case.state in {S.PLAN_ACTIVE, S.OWN_SUPPORT}:
            assert self.case.follow_up_on is not None
            assert self.case.state_at is not None
            assert self.case.follow_up_on >= civil_date(self.case.state_at)

    @invariant()
    def the_other_family_is_where_it_was(self) -> None:
        assert self.noise.state is S.CONVERSATION

    def _check(self, key: str) -> None:
        """What the agreement asks of the moment when a step is taken."""
        if key == "call_meeting":
            self._check_called()
        elif key == "hold_meeting":
            self._check_coordinator()
            self._check_covered([one for one in self._strangers() if one.was_present])
        elif key == "close":
            self._check_answered()

    def _check_called(self) -> None:
        strangers = self._strangers()
        assert strangers
        self._check_covered(strangers)

    def _strangers(self) -> Sequence[Participant]:
        """Those of the meeting who come from elsewhere."""
        found = meeting.current(db.session, self.case.id)
        assert found is not None
        return db.session.scalars(
            select(Participant).filter(
                Participant.meeting_id == found.id, Participant.recipient_id.is_not(None)
            )
        ).all()

    def _check_covered(self, strangers: Sequence[Participant]) -> None:
        """Everybody from another unit has a living yes of somebody who decides, for each area; a
        no is gone over only by the law's own ways; and the child was asked."""
        counted = [
            one.id
            for one in db.session.scalars(select(guardian.Guardian).filter_by(case_id=self.case.id))
            if one.suspended_at is None
        ]
        for stranger in strangers:
            wanted = stranger.read(self.key)["areas"]
            assert wanted
            for area in wanted:
                said = [self._last_said(stranger, area, one) for one in counted]
                yes = [one for one in said if one is not None and self._is_living_yes(one)]
                assert yes, "nobody has said yes"
                no = [one for one in said if one is not None and _is_no(one)]
                over = {Alone.SOLE_CUSTODY, Alone.BOARD}
                assert not no or any(one.alone in over for one in yes), "against a no"
                assert len(yes) == len(counted) or any(one.alone for one in yes), "one of two"
                child = self._last_said(stranger, area, None)
                assert child is not None, "the child was not asked"
                assert not _is_no(child) or child.read(self.key)["adult_answer"]

    def _last_said(self, to: Participant, area: str, by: str | None) -> Consent | None:
        rows = db.session.scalars(
            select(Consent).filter_by(
                case_id=self.case.id, recipient_id=to.recipient_id, guardian_id=by
            )
        )
        about = [row for row in rows if area in row.read(self.key)["areas"]]
        return max(about, key=lambda row: (row.given_at, _is_no(row)), default=None)

    def _is_living_yes(self, row: Consent) -> bool:
        return (
            row.answer is Answer.YES
            and row.withdrawn_at is None
            and row.ended_at is None
            and row.until_on is not None
            and clock.today() <= row.until_on
        )

    def _check_coordinator(self) -> None:
        """Somebody was appointed in this round, after the child was asked."""
        began = self._round_began()
        rows = db.session.scalars(select(Coordinator).filter_by(case_id=self.case.id))
        assert any(
            began < row.appointed_at > row.child_asked_at for row in rows if row.appointed_at
        )

    def _check_answered(self) -> None:
        """Each wish of each conversation has a fate that the child knows, told in this round."""
        wanted = 0
        for held in self.case.conversations:
            record = read_record(case.packed_record(held, self.case, self.ring))
            for area in record["areas"]:
                wanted += sum(one.get("kind") == "wish" for one in area["statements"])
                wanted += sum("important" in one for one in area["cards"])
        given = db.session.query(answer_back.Answer).filter_by(case_id=self.case.id).all()
        assert wanted == len(given) >= 2
        assert all(one.told_at for one in given)
        tellings = db.session.query(answer_back.Telling).filter_by(case_id=self.case.id)
        assert any(one.told_at > self._round_began() for one in tellings)

    def _round_began(self) -> datetime:
        reopened = [
            row.at
            for row in db.session.scalars(
                select(AuditEvent).filter_by(case_id=self.case.id, event="case:reopened")
            )
        ]
        return max(reopened, default=datetime.min.replace(tzinfo=UTC))

    # How it is done.

    def _prepare_and_take(self, index: int, left_out: int, changed: int) -> None:
        found = process.steps_from(self.case.state)
        if index > 2:  # few stories are short
            found = [step for step in found if step.key != "begin_closing"] or found
        if found:
            step = found[index % len(found)]
            for number, name in enumerate(step.guards):
                if number != left_out:
                    self._try(WRITES[name], self)
            if changed >= 0:
                self.time.pass_(minutes=1)
                self._try(CHANGES[changed], self)
            self.take_step(step.key)

    def go(self, key: str) -> None:
        """All that a step asks for is written, and it is taken."""
        self.prepare(key)
        assert self.take_step(key), (key, list(process.what_stops(key, self.situation())))
        self.time.pass_(minutes=1)

    def prepare(self, key: str, left_out: str = "") -> None:
        for name in MOVES[key].guards:
            if name != left_out:
                self._try(WRITES[name], self)

    def take_step(self, key: str) -> bool:
        """Take a step as a view does, in one transaction; whether it was taken."""
        before, situation = self._state(), self.situation()
        savepoint = db.session.begin_nested()
        try:
            process.move(key, situation)
            AFTER.get(key, lambda _s: None)(situation)
        except (Stopped, WrongState):
            db.session.flush()
            assert self._state() == before, "a step that was stopped has changed something"
            savepoint.rollback()
            return False
        savepoint.commit()
        self.taken.append(key)
        self._check(key)
        return True

    def _state(self) -> tuple[Any, ...]:
        return self.case.state, self.case.state_at, len(self._events())

    def _events(self) -> list[process.Move]:
        names = db.session.scalars(
            select(AuditEvent.event)
            .filter_by(case_id=self.case.id)
            .filter(AuditEvent.event.in_(STEP_OF))
            .order_by(AuditEvent.id)
        )
        return [STEP_OF[name] for name in names]

    def situation(self) -> Situation:
        return Situation(db.session, self.ring, self.case, self.anna, clock.now())

    def _try(self, do: Callable[..., Any], *args: Any) -> None:
        savepoint = db.session.begin_nested()
        try:
            do(*args)
            db.session.flush()
        except REFUSALS:
            savepoint.rollback()
        else:
            savepoint.commit()

    def _receive(self, changes: dict[str, Any]) -> str:
        record = {**self.record, **changes, "id": str(uuid4())}
        packed = gzip.compress(json.dumps(record).encode(), mtime=0)
        digest = hashlib.sha256(packed).hexdigest()
        tablet = db.session.get_one(Tablet, record["tablet"])
        received = case.receive(
            db.session, self.ring, read_record(packed), packed, digest, tablet, clock.now()
        )
        if changes:
            db.session.expire(self.case, ["conversations"])
        return received.case_id

    def _save(self, part: Part, words: dict[str, Any]) -> None:
        self._try(kartlaggning.save, db.session, self.key, self.case, part, words, self.anna.id,
                  clock.now())  # fmt: skip

    def _recipients(self) -> list[Any]:
        return consent.recipients_of(db.session, self.key, self.case.id) or [
            {"id": str(uuid4()), "unit_id": None, "who": "Ingen", "areas": AREAS, "why": ""}
        ]

    def _name(self, unit: bool, areas: list[str]) -> None:
        to = self.units["Centralt Provkommunen"].id if unit else None
        kartlaggning.name_recipient(
            db.session, self.key, self.case, unit_id=to, who="Socialtjänsten", areas=areas,
            why="Stöd hemma", at=clock.now(),
        )  # fmt: skip

    def _say(
        self, who: int, to: int, areas: list[str], days: int, answer: Answer, alone: Alone | None
    ) -> None:
        recipient = consent.find_recipient(
            db.session, self.key, self.case.id, _one(self._recipients(), to)["id"]
        )
        guardians = guardian.guardians_of(db.session, self.case.id)
        words = {"motive": "Ett skäl", "reference": "SN 2026-14 (påhittat)"} if alone else {}
        draft = Draft(
            giver=Giver.GUARDIAN if who else Giver.CHILD,
            answer=answer,
            areas=areas,
            purpose="Samverkansmöte",
            until_on=clock.today() + timedelta(days=days),
            guardian_id=guardians[who - 1].id if who else None,
            alone=alone if who else None,
            words=words,
        )
        consent.record(db.session, self.key, self.case, recipient, draft, self.anna.id, clock.now())

    def _invite(self, found: meeting.Meeting, to: Any, areas: list[str]) -> None:
        meeting.invite(db.session, self.key, found, to, areas, "", clock.now())

    def _choose(
        self, choice: Choice, is_choice: bool, explained: bool, appointed: bool, later: int
    ) -> None:
        asked = coordinator.ask_child(
            db.session, self.key, self.case.id, choice, clock.now(), "Med korten.",
            "Sköterska Demo", clock.now(),
        )  # fmt: skip
        self.time.pass_(minutes=later)
        why = ("special_reasons", "decided_by", "explained_to_child")
        words = {"name": "Kim", "contact": "08-465 004 12"}
        words |= dict.fromkeys(why, "Skälet") if explained else {}
        if appointed:
            coordinator.appoint(
                asked, self.key, is_childs_choice=is_choice, is_same_person=True, staff_id=None,
                unit_id=None, words=words, at=clock.now(),
            )  # fmt: skip

    # Everything that a guard asks for, each as whole as it can be.

    def write_everything_of_a_part(self, part: Part) -> None:
        self._save(part, PARTS[part])

    def write_own_action(self) -> None:
        today = clock.today()
        kartlaggning.begin_own_action(
            db.session, self.key, self.case, question="3", area="hemmet", what="En lugn plats",
            for_child="Du får en lugn plats.", owner=self.anna, due_on=today, at=clock.now(),
            on=today,
        )  # fmt: skip

    def decide_to_help(self) -> None:
        self._save(Part.DECISION, {**PARTS[Part.DECISION], "decision": "collaboration"})

    def write_recipients(self) -> None:
        if not kartlaggning.recipients(db.session, self.key, self.case.id):
            self._name(True, AREAS)

    def everybody_agrees(self) -> None:
        for index, to in enumerate(self._recipients()):
            for who in (0, 1, 2):
                self._try(self._say, who, index, to["areas"], 30, Answer.YES, None)
            self.time.pass_(minutes=1)

    def somebody_refuses(self) -> None:
        self._say(1, 0, self._recipients()[0]["areas"], 0, Answer.NO, None)

    def plan_meeting(self) -> None:
        found = meeting.current(db.session, self.case.id)
        if found is None or found.held_at:
            words = {"place": "Skolan", "adaptations": "Bilder och paus"}
            at = clock.now() + timedelta(days=9)
            meeting.plan(
                db.session, self.key, self.case.id, next(iter(meeting.forums())), at, 60, words,
                clock.now(),
            )  # fmt: skip
            db.session.flush()

    def invite_everybody(self) -> None:
        self.plan_meeting()
        self.everybody_agrees()
        found = meeting.current(db.session, self.case.id)
        assert found is not None
        for to in self._recipients():
            self._try(self._invite, found, to, to["areas"])

    def tell_who_comes(self) -> None:
        found = meeting.current(db.session, self.case.id)
        if found is not None:
            meeting.tell_child(db.session, self.key, found, {"said": "Det är bra."}, clock.now())

    def write_presence(self) -> None:
        found = meeting.current(db.session, self.case.id)
        for one in meeting.participants_of(db.session, found.id) if found else []:
            one.was_present = True

    def ask_child_whom(self) -> None:
        self._choose(Choice.DONT_KNOW, True, False, False, 0)

    def write_coordinator(self) -> None:
        self._choose(Choice.PERSON, True, False, True, 5)

    def write_plan_action(self) -> None:
        made = plan.begin(db.session, self.key, self.case.id, clock.now())
        words = dict.fromkeys(plan.WORDS, "") | {
            "what": "Familjesamtal", "sector": "social_services", "who": "Sam Demo"}  # fmt: skip
        plan.write_action(
            db.session, self.key, made, None, area="hemmet", unit_id=None, wish="",
            due_on=clock.today(), words=words, at=clock.now(),
        )  # fmt: skip

    def write_sip(self) -> None:
        made = plan.begin(db.session, self.key, self.case.id, clock.now())
        plan.write_kind(made, self.key, PlanKind.SIP, SIP)

    def share_plan(self) -> None:
        made = plan.begin(db.session, self.key, self.case.id, clock.now())
        plan.share(made, self.key, {"how": "Med bilder"}, clock.now())

    def hear_child(self) -> None:
        view = {"how": "words", "text": "Det är bättre.", "speaker": "child_said"}
        follow_up.write_child_view(db.session, self.key, self.case, view, clock.now())

    def settle_actions(self) -> None:
        for action in actions_of(db.session, self.case.id):
            follow_up.settle(action, self.key, ActionState.DONE, {}, clock.now())

    def answer_concerns(self) -> None:
        for one in plan.concerns(db.session, self.case.id):
            if one.answered_at is None:
                plan.answer_concern(one, self.key, "Vi tar det.", self.anna.id, clock.now())

    def answer_wishes(self) -> None:
        if self.case.state not in ENDED:
            for wish in answer_back.wishes(db.session, self.ring, self.case):
                answer_back.answer(
                    db.session, self.key, self.case.id, wish, Fate.DO, "", "Anna", clock.now()
                )

    def tell_answers(self) -> None:
        if self.case.state not in ENDED:
            words = {"by": "Anna", "said": "Okej"}
            answer_back.tell(
                db.session, self.ring, self.case, Told.IN_PERSON, words, self.anna.id, clock.now()
            )

    def write_end(self, **words: str) -> None:
        if self.case.state is S.CLOSING:
            ending = answer_back.closing(db.session, self.key, self.case.id, clock.now())
            ending.write(self.key, {**ending.read(self.key), **words})

    def another_huvudman_accepts(self) -> None:
        offered = handover.offer(
            db.session, self.key, self.case, self.units["Demoskolan"], "Har flyttat", self.anna,
            clock.now(),
        )  # fmt: skip
        handover.accept(db.session, self.ring, offered, self.bodil, clock.now())

    def identify(self) -> None:
        signal.identify(self.case, self.ring, "Mira", 2014)

    def book_a_month(self) -> None:
        self.book_on(clock.today() + timedelta(days=30))

    def book_on(self, day: date) -> None:
        kartlaggning.book_follow_up(self.case, day, clock.today())


# What may happen between the last thing that was written and the step.
CHANGES: list[Callable[[Story], Any]] = [
    Story.take_a_yes_back,
    lambda story: story.time.pass_(days=40),
    Story.the_child_talks_again,
    Story.change_a_fate,
    lambda story: story._say(2, 0, ["hemmet"], 0, Answer.NO, None),
]
PARTS: dict[Part, dict[str, Any]] = {
    Part.INFORMED: {"informed": {"how": "Vid ett samtal", "not_because": "", "unsaid": ""}},
    Part.SOURCES: {
        "sources": {
            "signal": {"text": "Barnet önskar lugn.", "missing_because": "", "other": ""},
            "own_unit": {"text": "Läser gärna.", "missing_because": "", "other": ""},
            "guardian": {"text": "", "missing_because": "Kommer nästa vecka", "other": ""},
            "child": {"text": "", "missing_because": "", "other": ""},
        }
    },
    Part.QUESTIONS: {"answers": {n: {"text": f"Svar {n}", "evidence": []} for n in "12345"}},
    Part.NEEDS: {"focus_areas": AREAS, "needs": dict.fromkeys(AREAS, "Barnet behöver lugn.")},
    Part.DECISION: {
        "child_view": "Barnets önskan styr.",
        "maturity_by": "Anna",
        "best_interests": "Det är bäst för barnet.",
        "decision": "no_further_action",
        "motive": "Det räcker så.",
    },
}


def _part(part: Part) -> Callable[[Story], None]:
    return lambda story: story.write_everything_of_a_part(part)


WRITES: dict[str, Callable[[Story], None]] = {
    "child_identified": Story.identify,
    "guardians_informed": _part(Part.INFORMED),
    "four_sources": _part(Part.SOURCES),
    "child_heard": _part(Part.SOURCES),
    "five_questions": _part(Part.QUESTIONS),
    "focus_areas": _part(Part.NEEDS),
    "needs_in_plain_words": _part(Part.NEEDS),
    "child_view_weighed": _part(Part.DECISION),
    "best_interests": _part(Part.DECISION),
    "decision_made": _part(Part.DECISION),
    "own_action": Story.write_own_action,
    "follow_up_booked": Story.book_a_month,
    "help_decided": Story.decide_to_help,
    "recipients_named": Story.write_recipients,
    "no_action_decided": _part(Part.DECISION),
    "refusal_recorded": Story.somebody_refuses,
    "consent_for_every_participant": Story.everybody_agrees,
    "participants_in_focus": Story.invite_everybody,
    "forum_chosen": Story.plan_meeting,
    "child_told_who_comes": Story.tell_who_comes,
    "presence_recorded": Story.write_presence,
    "present_are_covered": Story.everybody_agrees,
    "child_asked_first": Story.ask_child_whom,
    "coordinator_appointed": Story.write_coordinator,
    "deviation_explained": lambda story: None,
    "plan_has_action": Story.write_plan_action,
    "professional_owner": Story.write_plan_action,
    "sip_complete": Story.write_sip,
    "plan_shared": Story.share_plan,
    "child_view_at_follow_up": Story.hear_child,
    "has_plan": lambda story: None,
    "has_no_plan": lambda story: None,
    "actions_settled": Story.settle_actions,
    "messages_answered": Story.answer_concerns,
    "orosanmalan_considered": lambda story: story.write_end(orosanmalan="no"),
    "every_wish_answered": Story.answer_wishes,
    "child_told": Story.tell_answers,
    "kept_elsewhere": lambda story: story.write_end(kept="nothing"),
    "receiver_accepted": Story.another_huvudman_accepts,
    "second_person": lambda story: None,  # open_by_mistake
}


def _start_plan(here: Situation) -> None:
    made = plan.begin(here.session, here.key, here.case.id, here.at)
    plan.start(here.session, made, here.at)
    plan.save_version(here.session, here.key, made, here.case, here.by.id, here.at)


def _mark_meeting(name: str) -> Callable[[Situation], None]:
    def mark(here: Situation) -> None:
        setattr(meeting.current(here.session, here.case.id), name, here.at)

    return mark


# What a view does with a step, in the same transaction.
AFTER: dict[str, Callable[[Situation], Any]] = {
    "call_meeting": _mark_meeting("called_at"),
    "hold_meeting": _mark_meeting("held_at"),
    "start_plan": _start_plan,
    "hold_follow_up": lambda s: follow_up.hold(s.session, s.key, s.case, s.by.name, s.at),
    "begin_closing": lambda s: answer_back.closing(s.session, s.key, s.case.id, s.at),
    "close": answer_back.end_round,
}


# Three ways through the whole process; together they take every step but those of a signal and of
# a case opened by mistake.
_OPENS = ("open_kartlaggning", "complete_sources", "decide")
_MEETS = ("ask_consent", "call_meeting", "hold_meeting", "start_plan", "hold_follow_up")
_ENDS = ("begin_closing", "close", "reopen")
WAYS = (
    ("open_case", *_OPENS, *_MEETS, "continue_plan", "hold_follow_up", *_ENDS),
    (
        "open_case", *_OPENS, "start_own_support", "hold_follow_up", "continue_support",
        "hold_follow_up", "ask_consent", "refuse_consent", *_ENDS,
    ),
    ("open_case", *_OPENS, "take_no_action", "close", "reopen", *_OPENS, "refer", "close"),
)  # fmt: skip


def _one(of: list[Any], index: int) -> Any:
    return of[index % len(of)]


def _is_no(row: Consent) -> bool:
    return row.answer is Answer.NO or row.withdrawn_at is not None
