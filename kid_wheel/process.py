"""The agreement's process for a child, written down once: from signal to answer.

It must never let a case pass a guard that does not hold, and never move one without an audit event
in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from . import answer_back, audit, consent, follow_up, kartlaggning, meeting, plan, signal
from .case import CaseState as S
from .situation import Guard, Situation


class Mover(StrEnum):
    """Who may move a case; `permissions` knows which person that is."""

    ANSVARIG = "ansvarig"  # the case's own, or the deputy
    WORKING = "working"  # the ansvarig or whom it was delegated to
    COORDINATOR = "coordinator"


@dataclass(frozen=True)
class Move:
    """One step. sources: where the case may be; target: where it comes. guards: what must hold."""

    key: str
    sources: frozenset[S]
    target: S
    by: Mover
    event: str
    guards: tuple[str, ...] = ()


class WrongState(Exception):
    """Ärendet är inte där längre: någon annan har gått vidare med det."""


class Stopped(Exception):
    """Något som överenskommelsen kräver finns inte än. `guards`: vilka spärrar som inte håller."""

    def __init__(self, guards: list[str]) -> None:
        super().__init__(", ".join(guards))
        self.guards = guards


def _move(
    key: str, sources: S | tuple[S, ...], target: S, by: Mover, event: str, *guards: str
) -> Move:
    found = sources if isinstance(sources, tuple) else (sources,)
    return Move(key, frozenset(found), target, by, event, guards)


_A, _W, _C = Mover.ANSVARIG, Mover.WORKING, Mover.COORDINATOR
_OPEN = tuple(state for state in S if state not in (S.CLOSED, S.VOID))
_UNDER_WAY = tuple(state for state in _OPEN if state is not S.CLOSING)
_ASIDE = ("refer", "void")  # possible from almost anywhere, and so drawn and offered apart

MOVES = {
    move.key: move
    for move in (
        _move("open_case", S.CONVERSATION, S.RECEIVED, _A, "case:opened"),
        _move(
            "accept_signal", S.SIGNAL_SENT, S.RECEIVED, _A, "signal:accepted",
            "child_identified",
        ),
        _move(
            "open_kartlaggning", S.RECEIVED, S.COLLECTING, _W, "kartlaggning:opened",
            "guardians_informed",
        ),
        _move(
            "complete_sources", S.COLLECTING, S.ANALYSING, _W, "kartlaggning:sources_complete",
            "four_sources", "child_heard",
        ),
        _move(
            "decide", S.ANALYSING, S.DECIDED, _A, "kartlaggning:decided",
            "five_questions", "focus_areas", "needs_in_plain_words", "child_view_weighed",
            "best_interests", "decision_made",
        ),
        _move(
            "start_own_support", (S.DECIDED, S.NO_CONSENT), S.OWN_SUPPORT, _A, "support:started",
            "help_decided", "own_action", "follow_up_booked",
        ),
        _move(
            "ask_consent", (S.DECIDED, S.NO_CONSENT, S.FOLLOW_UP), S.CONSENT_PENDING, _A,
            "consent:asked", "help_decided", "recipients_named",
        ),
        _move("take_no_action", S.DECIDED, S.CLOSING, _A, "case:no_action", "no_action_decided"),
        _move(
            "refuse_consent", S.CONSENT_PENDING, S.NO_CONSENT, _A, "consent:refused",
            "refusal_recorded",
        ),
        _move(
            "call_meeting", S.CONSENT_PENDING, S.MEETING_CALLED, _A, "meeting:called",
            "consent_for_every_participant", "participants_in_focus", "forum_chosen",
            "child_told_who_comes",
        ),
        _move(
            "hold_meeting", S.MEETING_CALLED, S.MEETING_HELD, _A, "meeting:held",
            "presence_recorded", "present_are_covered", "child_asked_first",
            "coordinator_appointed", "deviation_explained",
        ),
        _move(
            "start_plan", S.MEETING_HELD, S.PLAN_ACTIVE, _C, "plan:started",
            "plan_has_action", "professional_owner", "follow_up_booked", "sip_complete",
            "plan_shared",
        ),
        _move(
            "hold_follow_up", (S.PLAN_ACTIVE, S.OWN_SUPPORT), S.FOLLOW_UP, _C, "follow_up:held",
            "child_view_at_follow_up",
        ),
        _move(
            "continue_plan", S.FOLLOW_UP, S.PLAN_ACTIVE, _C, "plan:continued",
            "has_plan", "follow_up_booked",
        ),
        _move(
            "continue_support", S.FOLLOW_UP, S.OWN_SUPPORT, _A, "support:continued",
            "has_no_plan", "follow_up_booked",
        ),
        _move(
            "begin_closing", (S.CONVERSATION, S.RECEIVED, S.NO_CONSENT, S.FOLLOW_UP), S.CLOSING,
            _A, "case:closing", "actions_settled", "messages_answered",
        ),
        _move(
            "close", S.CLOSING, S.CLOSED, _A, "case:closed",
            "messages_answered", "orosanmalan_considered", "every_wish_answered", "child_told",
            "kept_elsewhere",
        ),
        _move("reopen", S.CLOSED, S.RECEIVED, _A, "case:reopened"),
        _move("refer", _UNDER_WAY, S.CLOSING, _A, "case:referred", "receiver_accepted"),
        _move("void", _OPEN, S.VOID, _A, "case:voided", "second_person"),
    )
}  # fmt: skip

GUARDS: dict[str, Guard] = {
    **signal.GUARDS,
    **kartlaggning.GUARDS,
    **consent.GUARDS,
    **meeting.GUARDS,
    **plan.GUARDS,
    **follow_up.GUARDS,
    **answer_back.GUARDS,
}


def move(key: str, situation: Situation) -> None:
    """Take a step, or raise WrongState or Stopped and change nothing. Who may is asked before."""
    step, case = MOVES[key], situation.case
    situation.session.refresh(case, ["state"], with_for_update=True)
    if case.state not in step.sources:
        raise WrongState
    failing = list(what_stops(key, situation))
    if failing:
        raise Stopped(failing)
    case.state, case.state_at = step.target, situation.at
    audit.record(
        situation.session,
        step.event,
        situation.at,
        staff_id=situation.by.id,
        case_id=case.id,
        unit_id=case.unit_id,
    )


def what_stops(key: str, situation: Situation) -> Iterator[str]:
    """The guards of a step that do not hold now, in the agreement's order."""
    return (name for name in MOVES[key].guards if not GUARDS[name](situation))


def steps_from(state: S) -> list[Move]:
    """Where a case can go next, in the order of the process; undoing and moving away aside."""
    return [step for step in MOVES.values() if state in step.sources and step.key not in _ASIDE]


def drawing() -> str:
    """The process as a Mermaid state diagram."""
    lines = ["stateDiagram-v2"]
    for step in MOVES.values():
        if step.key in _ASIDE:
            continue
        lines += [
            f"    {source} --> {step.target}: {step.key}"
            for source in sorted(step.sources, key=list(S).index)
        ]
    return "\n".join(lines)


def aside() -> str:
    """The steps that can be taken from almost anywhere, as a Markdown table."""
    rows = ["| aside | from | to |", "|---|---|---|"]
    for step in map(MOVES.__getitem__, _ASIDE):
        never = ", ".join(f"`{state}`" for state in S if state not in step.sources)
        rows.append(f"| `{step.key}` | anywhere but {never} | `{step.target}` |")
    return "\n".join(rows)
