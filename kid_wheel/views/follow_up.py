"""The door to the uppföljning: the child heard anew, what became of each action, and what comes.

It must never go on without the child's own view, or the reason why there is none.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm

from .. import clock, follow_up, permissions, plan
from ..action import Action, ActionState, Source, actions_of
from ..case import Case, CaseState
from ..db import db
from ..follow_up import Because, FollowUp, How
from ..people import Staff
from ..permissions import Permission, may_decide, requires
from ..situation import Situation
from . import in_case
from .in_case import note, ring
from .plan import LONG, day, find_to_coordinate, find_to_see, words

blueprint = Blueprint("follow_up", __name__, url_prefix="/case/<uuid:case_id>/follow_up")

BEFORE = (CaseState.PLAN_ACTIVE, CaseState.OWN_SUPPORT)
OPEN = (*BEFORE, CaseState.FOLLOW_UP)


@blueprint.get("")
@requires(Permission.CASE_COORDINATE)
def page(case_id: UUID) -> str:
    found = find_to_see(case_id)
    note(found, "follow_up:read")
    shown = _render(found)
    db.session.commit()
    return shown


@blueprint.post("/child")
@requires(Permission.CASE_COORDINATE)
def write_child_view(case_id: UUID) -> Any:
    """How the child sees it now."""
    found = _find_open(case_id, BEFORE)
    typed = {
        name: request.form.get(name, "")[:LONG]
        for name in ("how", "conversation_id", "text", "speaker", "because", "note")
    }
    try:
        follow_up.write_child_view(db.session, found.key(ring()), found, typed, clock.now())
    except ValueError:
        wrong = _("Välj hur barnet har hörts.")
    except follow_up.NoNewConversation:
        wrong = _(
            "Det finns inget samtal sedan planen började gälla. Håll ett nytt, eller skriv barnets "
            "egna ord."
        )
    except follow_up.NothingWritten:
        wrong = _("Skriv barnets egna ord, eller välj varför barnet inte kunde höras.")
    else:
        return _done(found, "follow_up:child_heard", _("Sparat."))
    db.session.rollback()
    return _render(found, {"child": wrong, **typed}), 422


@blueprint.post("/action/<uuid:action_id>")
@requires(Permission.CASE_COORDINATE)
def settle(case_id: UUID, action_id: UUID) -> Any:
    """What became of an action."""
    found = _find_open(case_id, OPEN)
    settled = db.session.get(Action, str(action_id))
    state = request.form.get("state", "")
    if settled is None or settled.case_id != found.id or state not in set(ActionState):
        abort(404)
    typed = {
        "reason": request.form.get("reason", "")[:LONG],
        "receiver": request.form.get("receiver", "")[:LONG],
        "accepted_on": request.form.get("accepted_on", ""),
    }
    if state == ActionState.MOVED and day(typed["accepted_on"]) is None:
        typed["accepted_on"] = ""
    try:
        follow_up.settle(settled, found.key(ring()), ActionState(state), typed, clock.now())
    except follow_up.NoReason:
        wrong = _("Skriv varför det inte blev av.")
    except follow_up.NoReceiver:
        wrong = _(
            "Skriv vem som har tagit över och vilken dag den tackade ja. Annars är insatsen kvar "
            "här."
        )
    else:
        _keep_version(found)
        return _done(found, "action:settled", _("Sparat."))
    failed = {f"action-{settled.id}": wrong, "state": state, **typed}
    return _render(found, failed), 422


@blueprint.post("/hold")
@requires(Permission.CASE_COORDINATE)
def hold(case_id: UUID) -> Any:
    found = find_to_coordinate(case_id)
    by = current_user.name

    def keep(here: Situation) -> FollowUp:
        return follow_up.hold(here.session, here.key, here.case, by, here.at)

    missing = in_case.move(found, "hold_follow_up", keep)
    if missing:
        return missing
    flash(_("Uppföljningen är hållen. Välj hur det går vidare."))
    return redirect(url_for("follow_up.page", case_id=found.id) + "#next")


@blueprint.post("/continue")
@requires(Permission.CASE_COORDINATE)
def go_on(case_id: UUID) -> Any:
    """The plan, or the own support, goes on until a new day."""
    found = find_to_coordinate(case_id)
    typed = request.form.get("follow_up_on", "")
    booked = day(typed)
    if booked is None or booked < clock.today():
        wrong = _("Välj en dag från i dag och framåt.")
        return _render(found, {"follow_up_on": wrong, "typed": typed}), 422
    has_plan = _has_plan(found)
    if not has_plan and not may_decide(current_user, found, clock.today()):
        abort(404)
    found.follow_up_on = booked
    missing = in_case.move(
        found, "continue_plan" if has_plan else "continue_support", lambda _h: _keep_version(found)
    )
    if missing:
        return missing
    flash(_("Det går vidare, och en ny uppföljning är bokad."))
    return redirect(url_for("follow_up.page", case_id=found.id))


def _find_open(case_id: UUID, states: tuple[CaseState, ...]) -> Case:
    found = find_to_coordinate(case_id)
    if found.state not in states:
        abort(404)
    return found


def _has_plan(case: Case) -> bool:
    made = plan.current(db.session, case.id)
    return made is not None and made.started_at is not None


def _keep_version(case: Case) -> None:
    made = plan.current(db.session, case.id)
    if made is not None and made.started_at is not None:
        plan.save_version(db.session, case.key(ring()), made, case, current_user.id, clock.now())


def _done(case: Case, event: str, told: str) -> Any:
    note(case, event)
    db.session.commit()
    flash(told)
    return redirect(url_for("follow_up.page", case_id=case.id))


def _render(case: Case, failed: dict[str, str] | None = None) -> str:
    key, on = case.key(ring()), clock.today()
    made = follow_up.prepared(db.session, case.id)
    is_mine = permissions.may_coordinate(current_user, case, on)
    return render_template(
        "follow_up/page.html",
        case=case,
        child=made.read(key).get("child", {}) if made else {},
        conversations=follow_up.new_conversations(case) if case.state in BEFORE else [],
        actions=[_shown(one, key) for one in actions_of(db.session, case.id)],
        held=[_held(one, key) for one in follow_up.held(db.session, case.id)],
        waiting=plan.waiting(db.session, case.id),
        has_plan=_has_plan(case),
        may_write=is_mine and case.state in BEFORE,
        may_settle=is_mine and case.state in OPEN,
        may_go_on=is_mine and case.state is CaseState.FOLLOW_UP,
        may_close=may_decide(current_user, case, on) and case.state is CaseState.FOLLOW_UP,
        reasons=reason_words(),
        how_words=how_words(),
        failed=failed or {},
        form=FlaskForm(),
        today=on.isoformat(),
        **words(),
    )


def _shown(action: Action, key: bytes) -> dict[str, Any]:
    return {"row": action, "is_own": action.source is Source.OWN, **action.read(key)}


def _held(one: FollowUp, key: bytes) -> dict[str, Any]:
    content = one.read(key)
    held_by = db.session.get(Staff, content.get("held_by", ""))
    return {"row": one, **content, "by": held_by.name if held_by else content.get("held_by", "")}


def reason_words() -> dict[str, str]:
    return {
        Because.TOO_YOUNG: _("Barnet är för litet för att höras på det här sättet"),
        Because.DECLINED: _("Barnet ville inte"),
        Because.NOT_YET: _("Inte än, barnet behöver mer tid"),
        Because.UNSAFE_NOW: _("Det är inte tryggt för barnet just nu"),
        Because.OTHER: _("Något annat"),
    }


def how_words() -> dict[str, str]:
    return {
        How.CONVERSATION: _("Ett nytt samtal med hjulet"),
        How.WORDS: _("Barnets egna ord, nedskrivna"),
        How.NOT_HEARD: _("Barnet har inte hörts"),
    }
