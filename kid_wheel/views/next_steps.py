"""Where a case can go next, what is missing for it, and the page where that is written.

It must never hurry anybody: what is missing is a list to read, not a mark against somebody.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _

from .. import (
    answer_back,
    consent,
    follow_up,
    kartlaggning,
    meeting,
    permissions,
    plan,
    process,
    signal,
)
from ..coordinator import coordinator_of
from ..process import GUARDS, Mover
from ..situation import Situation
from .stopped import Reason, reasons

# Steps that need no more than a tap; the others are taken on the page where their words are.
TAPS = ("open_case", "reopen", "begin_closing")

FOR_COORDINATOR = (
    "plan.page",
    "follow_up.page",
    "answer_back.page",
    "handover.page",
    "documents.page",
)

_TAKEN_AT = {
    "accept_signal": "signal.page",
    "open_kartlaggning": "kartlaggning.page",
    "complete_sources": "kartlaggning.page",
    "decide": "kartlaggning.page",
    "start_own_support": "kartlaggning.page",
    "ask_consent": "kartlaggning.page",
    "take_no_action": "kartlaggning.page",
    "refuse_consent": "consent.page",
    "call_meeting": "meeting.page",
    "hold_meeting": "meeting.page",
    "start_plan": "plan.page",
    "hold_follow_up": "follow_up.page",
    "continue_plan": "follow_up.page",
    "continue_support": "follow_up.page",
    "close": "answer_back.page",
}
_WRITTEN_AT = {
    guard: f"{stage.__name__.rsplit('.', 1)[-1]}.page"
    for stage in (signal, kartlaggning, consent, meeting, plan, follow_up, answer_back)
    for guard in stage.GUARDS
}


@dataclass(frozen=True)
class Missing:
    reason: Reason
    page: str  # an endpoint, or "" while there is none


@dataclass(frozen=True)
class NextStep:
    """mine: whether the reader may take it; by: who may, if not. page: where it is taken, or ""
    for a tap here."""

    key: str
    words: str
    mine: bool
    by: Mover
    is_tap: bool
    page: str
    missing: list[Missing]


def next_steps(situation: Situation) -> list[NextStep]:
    words = step_words()
    return [
        NextStep(
            step.key,
            words[step.key],
            may_move(situation, step.by),
            _who_takes(step.by, situation),
            step.key in TAPS,
            existing(_TAKEN_AT.get(step.key, "")),
            [
                Missing(reason, existing(_WRITTEN_AT.get(reason.guard, "")))
                for reason in reasons(_stopping(step, situation))
            ],
        )
        for step in process.steps_from(situation.case.state)
        if not _is_another_way(step, situation)
    ]


def stage_pages(*, is_open: bool) -> list[tuple[str, str]]:
    """The pages of a case that a reader may open: (endpoint, what it is called). is_open: the
    whole case, and not only what the coordinator needs."""
    pages = [
        ("kartlaggning.page", _("Kartläggning")),
        ("consent.page", _("Samtycke")),
        ("meeting.page", _("Möte")),
        ("plan.page", _("Plan")),
        ("follow_up.page", _("Uppföljning")),
        ("answer_back.page", _("Svar till barnet")),
        ("handover.page", _("Vem gör vad")),
        ("documents.page", _("Utskrifter")),
    ]
    return [
        (endpoint, words)
        for endpoint, words in pages
        if existing(endpoint) and (is_open or endpoint in FOR_COORDINATOR)
    ]


def existing(endpoint: str) -> str:
    """The endpoint, when the hub has it."""
    return endpoint if endpoint in current_app.view_functions else ""


def may_move(situation: Situation, mover: Mover) -> bool:
    coordinates = getattr(permissions, "may_coordinate", permissions.may_decide)
    rule = {
        Mover.ANSVARIG: permissions.may_decide,
        Mover.WORKING: permissions.may_read,
        Mover.COORDINATOR: coordinates,
    }[mover]
    return bool(rule(situation.by, situation.case, situation.on))


def step_words() -> dict[str, str]:
    return {
        "open_case": _("Öppna ett ärende"),
        "accept_signal": _("Ta emot signalen"),
        "open_kartlaggning": _("Börja kartlägga"),
        "complete_sources": _("Gå vidare till de fem frågorna"),
        "decide": _("Besluta"),
        "start_own_support": _("Börja med det egna stödet"),
        "ask_consent": _("Fråga om samtycke"),
        "take_no_action": _("Avsluta utan mer insats"),
        "refuse_consent": _("Skriv att samtycke inte ges"),
        "call_meeting": _("Kalla till möte"),
        "hold_meeting": _("Skriv att mötet är hållet"),
        "start_plan": _("Börja med planen"),
        "hold_follow_up": _("Följ upp"),
        "continue_plan": _("Fortsätt med planen"),
        "continue_support": _("Fortsätt med det egna stödet"),
        "begin_closing": _("Börja avsluta"),
        "close": _("Avsluta ärendet"),
        "reopen": _("Öppna ärendet igen"),
    }


def _is_another_way(step: process.Move, situation: Situation) -> bool:
    """A case with a plan does not go on with its own support, nor the other way round."""
    ways = {"has_plan", "has_no_plan"}.intersection(step.guards)
    return not all(GUARDS[name](situation) for name in ways)


def _who_takes(mover: Mover, situation: Situation) -> Mover:
    """While there is no coordinator the ansvarig takes the coordinator's steps."""
    if mover is not Mover.COORDINATOR:
        return Mover.ANSVARIG
    appointed = coordinator_of(situation.session, situation.case.id, situation.on)
    return Mover.COORDINATOR if appointed else Mover.ANSVARIG


def _stopping(step: process.Move, situation: Situation) -> list[str]:
    """A guard that is not built yet holds the step too."""
    return [name for name in step.guards if name not in GUARDS or not GUARDS[name](situation)]
