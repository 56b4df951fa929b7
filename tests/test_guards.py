"""Whoever removes a guard is found out: for each step and each of its guards there is a case where
exactly that is missing, made as people make it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from county import Clock, County
from plan_steps import SIP, record_with_wish
from story import PARTS, Story

from kid_wheel import clock, consent, coordinator, guardian, handover, kartlaggning, meeting, plan
from kid_wheel import signal as signals
from kid_wheel.action import Source, actions_of
from kid_wheel.case import Case, CaseState
from kid_wheel.coordinator import Choice
from kid_wheel.db import db
from kid_wheel.kartlaggning import Part
from kid_wheel.plan import PlanKind, Voice
from kid_wheel.process import GUARDS, MOVES, Stopped, move
from kid_wheel.signal import Concern, Kind

PAIRS = [(step.key, guard) for step in MOVES.values() for guard in step.guards]

# How a case comes to where a step is taken from.
_COLLECTING = ("open_case", "open_kartlaggning")
_DECIDED = (*_COLLECTING, "complete_sources", "decide")
_SUPPORT = (*_DECIDED, "start_own_support")
_CALLED = (*_DECIDED, "ask_consent", "call_meeting")
_PLAN = (*_CALLED, "hold_meeting", "start_plan")
WAY: dict[str, tuple[str, ...]] = {
    "accept_signal": (),
    "open_kartlaggning": ("open_case",),
    "complete_sources": _COLLECTING,
    "decide": (*_COLLECTING, "complete_sources"),
    "start_own_support": _DECIDED,
    "ask_consent": _DECIDED,
    "take_no_action": _DECIDED,
    "refuse_consent": (*_DECIDED, "ask_consent"),
    "call_meeting": (*_DECIDED, "ask_consent"),
    "hold_meeting": _CALLED,
    "start_plan": (*_CALLED, "hold_meeting"),
    "hold_follow_up": _PLAN,
    "continue_plan": (*_PLAN, "hold_follow_up"),
    "continue_support": (*_SUPPORT, "hold_follow_up"),
    "begin_closing": (*_PLAN, "hold_follow_up"),
    "close": (*_DECIDED, "take_no_action"),
    "refer": _COLLECTING,
    "void": ("open_case",),
}
ANOTHER_WAY = {
    ("continue_plan", "has_plan"): WAY["continue_support"],
    ("continue_support", "has_no_plan"): WAY["continue_plan"],
}


# What is done besides leaving a thing out, where that alone would leave more than one out.


def _saved(part: Part, **words: Any) -> Callable[[Story], None]:
    return lambda story: story._save(part, {**PARTS[part], **words})


def _only_a_name(story: Story) -> None:
    signals.identify(story.case, story.ring, "Mira", None)


def _own_unit_says_nothing(story: Story) -> None:
    nothing = {"text": "", "missing_because": "", "other": ""}
    story._save(Part.SOURCES, {"sources": {**PARTS[Part.SOURCES]["sources"], "own_unit": nothing}})


def _child_unheard_for_no_reason(story: Story) -> None:
    """Of another reason than those of the list, which nobody has put in words."""
    other = {"text": "", "missing_because": "other", "other": " "}
    story._save(Part.SOURCES, {"sources": {**PARTS[Part.SOURCES]["sources"], "child": other}})


def _every_yes_is_taken_back(story: Story) -> None:
    for row in consent.consents_of(db.session, story.case.id):
        consent.withdraw(row, clock.now())


def _no_place(story: Story) -> None:
    meeting.note(_meeting(story), story.key, {"place": " "})


def _one_more_comes(story: Story) -> None:
    meeting.invite_family(
        db.session, story.key, _meeting(story), _guardian(story), "Alva Testlund", clock.now()
    )


def _appointed_before_the_child_was_asked(story: Story) -> None:
    """No verb writes this: the guard is there for the day when one does."""
    row = coordinator.coordinator_of(db.session, story.case.id, clock.today())
    assert row is not None and row.appointed_at is not None
    row.child_asked_at = row.appointed_at


def _another_than_the_child_named(story: Story) -> None:
    """Nor this: the reasons are taken away again."""
    story._choose(Choice.PERSON, False, True, True, 5)
    db.session.flush()
    row = coordinator.coordinator_of(db.session, story.case.id, clock.today())
    assert row is not None and row.is_deviation
    row.write(story.key, {**row.read(story.key), "explained_to_child": ""})


def _nobody_appointed(story: Story) -> None:
    story.ask_child_whom()


def _no_action_is_left(story: Story) -> None:
    made = plan.begin(db.session, story.key, story.case.id, clock.now())
    for action in actions_of(db.session, story.case.id, Source.PLAN):
        plan.remove_action(db.session, made, action)
    story.share_plan()


def _a_guardian_has_the_owners_name(story: Story) -> None:
    words = {"name": "Sam  demo", "custody": "joint"}
    guardian.add(db.session, story.key, story.case.id, words, clock.now())


def _the_sip_says_not_who_answers(story: Story) -> None:
    made = plan.begin(db.session, story.key, story.case.id, clock.now())
    plan.write_kind(made, story.key, PlanKind.SIP, {**SIP, "responsible": " "})
    story.share_plan()


def _the_plan_is_changed(story: Story) -> None:
    story.share_plan()
    story.write_plan_action()


def _somebody_wonders(story: Story) -> None:
    plan.raise_concern(
        db.session, story.key, story.case.id, Voice.CHILD, "Det blev inte av.", story.anna.id,
        clock.now(),
    )  # fmt: skip


def _told_before_the_answer_was_changed(story: Story) -> None:
    story.tell_answers()
    story.time.pass_(minutes=1)
    story.change_a_fate()


def _declined(story: Story) -> None:
    offered = handover.offer(
        db.session, story.key, story.case, story.units["Demoskolan"], "Har flyttat", story.anna,
        clock.now(),
    )  # fmt: skip
    handover.decline(db.session, story.key, offered, "Går inte här", clock.now())


def _one_person_says_so(story: Story) -> None:
    handover.ask_void(db.session, story.key, story.case, "Fel barn", story.anna, clock.now())


def _invited_before_the_focus_was_changed(story: Story) -> None:
    story.write_recipients()
    story.invite_everybody()
    story._save(Part.NEEDS, {**PARTS[Part.NEEDS], "focus_areas": ["trygghet"]})


BEFORE = {("participants_in_focus", "decide"): _invited_before_the_focus_was_changed}
MISSING: dict[tuple[str, str], Callable[[Story], None]] = {
    ("accept_signal", "child_identified"): _only_a_name,
    ("complete_sources", "four_sources"): _own_unit_says_nothing,
    ("complete_sources", "child_heard"): _child_unheard_for_no_reason,
    ("decide", "five_questions"): _saved(
        Part.QUESTIONS, answers={n: {"text": "Ja" if n != "4" else " ", "evidence": []}
                                 for n in kartlaggning.QUESTIONS}
    ),
    ("decide", "focus_areas"): _saved(Part.NEEDS, focus_areas=[]),
    ("decide", "needs_in_plain_words"): _saved(Part.NEEDS, needs={"hemmet": "Lugn."}),
    ("decide", "child_view_weighed"): _saved(Part.DECISION, maturity_by=" "),
    ("decide", "best_interests"): _saved(Part.DECISION, best_interests="Barnets bästa"),
    ("decide", "decision_made"): _saved(Part.DECISION, motive=""),
    ("take_no_action", "no_action_decided"): _saved(Part.DECISION, decision="own_support"),
    ("call_meeting", "consent_for_every_participant"): _every_yes_is_taken_back,
    ("call_meeting", "forum_chosen"): _no_place,
    ("call_meeting", "child_told_who_comes"): _one_more_comes,
    ("hold_meeting", "present_are_covered"): _every_yes_is_taken_back,
    ("hold_meeting", "child_asked_first"): _appointed_before_the_child_was_asked,
    ("hold_meeting", "coordinator_appointed"): _nobody_appointed,
    ("hold_meeting", "deviation_explained"): _another_than_the_child_named,
    ("start_plan", "plan_has_action"): _no_action_is_left,
    ("start_plan", "professional_owner"): _a_guardian_has_the_owners_name,
    ("start_plan", "sip_complete"): _the_sip_says_not_who_answers,
    ("start_plan", "plan_shared"): _the_plan_is_changed,
    ("begin_closing", "messages_answered"): _somebody_wonders,
    ("close", "messages_answered"): _somebody_wonders,
    ("close", "every_wish_answered"): Story.the_child_talks_again,
    ("close", "child_told"): _told_before_the_answer_was_changed,
    ("refer", "receiver_accepted"): _declined,
    ("void", "second_person"): _one_person_says_so,
}  # fmt: skip
# Written whole first, and then broken.
BROKEN = {
    ("call_meeting", "forum_chosen"),
    ("hold_meeting", "present_are_covered"),
    ("hold_meeting", "child_asked_first"),
    ("close", "every_wish_answered"),
} | {pair for pair in MISSING if pair[0] in {"decide", "start_plan"}} - {
    ("start_plan", "plan_shared")
}

# What the model says by itself, without asking a guard, of a case that came too far.
PROMISES = {
    ("call_meeting", "consent_for_every_participant"),
    ("hold_meeting", "present_are_covered"),
    ("hold_meeting", "coordinator_appointed"),
    ("hold_meeting", "child_asked_first"),
    ("start_own_support", "follow_up_booked"),
    ("start_plan", "follow_up_booked"),
    ("continue_plan", "follow_up_booked"),
    ("continue_support", "follow_up_booked"),
    ("close", "every_wish_answered"),
    ("close", "child_told"),
}


# What a later round may lean on: the child has spoken once and for all, and the others ask only
# about what is there.
STANDING = {
    "child_heard", "needs_in_plain_words", "no_action_decided", "present_are_covered",
    "deviation_explained",
    "professional_owner", "sip_complete", "has_plan", "has_no_plan", "messages_answered",
}  # fmt: skip
# A signal begins a case, and what a closing asks for is tried in test_answer_back.
ANEW = [pair for pair in PAIRS if pair[0] not in {"accept_signal", "close"}]


@pytest.fixture
def story(county: County, time: Clock) -> Iterator[Story]:
    county.receive(county.make_record(alias="Noise"))
    Story.county, Story.time, Story.record = county, time, record_with_wish(county)
    begun = Story()
    yield begun
    begun.teardown()


@pytest.fixture
def tell(story: Story, time: Clock) -> Callable[..., Story]:
    """A story that has come to a step where exactly one thing is missing."""

    def until(key: str, guard: str) -> Story:
        if key == "accept_signal" or guard == "child_heard":
            _begin_with_a_signal(story)
        way = ANOTHER_WAY.get((key, guard), WAY[key])
        for earlier in way:
            is_signal = story.case.state is CaseState.SIGNAL_SENT
            story.prepare("accept_signal" if is_signal else earlier)
            BEFORE.get((guard, earlier), lambda _story: None)(story)
            assert story.take_step("accept_signal" if is_signal else earlier)
            time.pass_(minutes=1)
        is_whole = (key, guard) in BROKEN
        story.prepare(key, "" if is_whole else guard)
        time.pass_(minutes=1)
        MISSING.get((key, guard), lambda _story: None)(story)
        db.session.flush()
        return story

    return until


@pytest.mark.parametrize(("key", "guard"), PAIRS)
def test_whoever_removes_a_guard_is_found_out(
    key: str, guard: str, tell: Callable[..., Story], monkeypatch: pytest.MonkeyPatch
) -> None:
    story = tell(key, guard)
    before = story.case.state
    with pytest.raises(Stopped) as stopped:
        move(key, story.situation())
    assert stopped.value.guards == [guard]
    assert story.case.state is before
    monkeypatch.setitem(GUARDS, guard, lambda _situation: True)
    move(key, story.situation())
    assert story.case.state is MOVES[key].target, "the guard was all that stood in the way"


@pytest.mark.parametrize(("key", "guard"), sorted(PROMISES))
def test_the_model_sees_by_itself_what_a_lost_guard_lets_through(
    key: str, guard: str, tell: Callable[..., Story], monkeypatch: pytest.MonkeyPatch
) -> None:
    story = tell(key, guard)
    monkeypatch.setitem(GUARDS, guard, lambda _situation: True)
    with pytest.raises(AssertionError):
        story.take_step(key)
        story.a_plan_and_a_support_have_a_day_to_follow_up()
    assert story.case.state is MOVES[key].target, "it was taken, and that was wrong"


@pytest.mark.parametrize(("key", "guard"), [pair for pair in ANEW if pair[1] not in STANDING])
def test_nothing_of_an_earlier_round_carries_a_step_of_the_next(
    key: str, guard: str, story: Story
) -> None:
    """All that the step asks for is there when the case is handed over, closed and opened again."""
    for earlier in WAY[key]:
        story.go(earlier)
    story.prepare(key)
    story.time.pass_(minutes=1)
    for ending in ("refer", "close", "reopen"):
        story.go(ending)
    for again in WAY[key][1:]:
        story.go(again)
    with pytest.raises(Stopped) as stopped:
        move(key, story.situation())
    assert guard in stopped.value.guards


def _begin_with_a_signal(story: Story) -> None:
    """A case where nobody has talked with the child yet."""
    child = {"alias": "Mira", "birth_year": None}
    place = {"kind": "grundskola", "unit": story.units["Exempelskolan"].id, "year": "AK6"}
    draft = signals.Draft(
        seen="Borta ofta på måndagar.",
        areas={"larande": {Kind.WORRY: "Frånvaro"}},
        concern=Concern.NO,
        informed=True,
        child={**child, "place": place},
    )
    sent = signals.send(
        db.session, story.ring, draft, story.anna, story.units["Exempelskolan"], clock.now(),
        str(uuid4()),
    )  # fmt: skip
    story.case = db.session.get_one(Case, sent.case_id)
    story.key = story.case.key(story.ring)


def _meeting(story: Story) -> meeting.Meeting:
    found = meeting.current(db.session, story.case.id)
    assert found is not None
    return found


def _guardian(story: Story) -> str:
    return guardian.guardians_of(db.session, story.case.id)[0].id
