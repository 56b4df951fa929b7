"""The door to a guardian's record from a tablet: whose it is, and whose it was when that was wrong.

It must never show a word of it before that is known.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from .. import clock, guardian, placing
from ..case import Case, OtherHuvudman, SameCase, UnknownCase, is_unpaired, move_conversation
from ..db import db
from ..guardian import Guardian
from ..guardian_record import GuardianRecord
from ..people import Staff
from ..permissions import Permission, may_decide, requires
from ..tablet import tidy_code
from .case import own_case_with, why_not
from .in_case import find, find_to_decide, note, ring

blueprint = Blueprint(
    "placing", __name__, url_prefix="/case/<uuid:case_id>/guardian-record/<uuid:record_id>"
)


@blueprint.post("/place")
@requires(Permission.CASE_READ)
def place(case_id: UUID, record_id: UUID) -> Any:
    """Somebody in the case says whose it is: a guardian of the case, or one that is added now."""
    case = find(case_id)
    if is_unpaired(case):  # first which child, then who
        abort(404)
    kept, key = _record(case, record_id), case.key(ring())
    whose = _chosen(case, kept)
    try:
        placing.place(db.session, key, kept, whose)
    except placing.PlacedAlready:
        abort(404)
    note(case, "guardian_record:placed", detail=whose.id)
    db.session.commit()
    flash(_("Orden står nu hos vårdnadshavaren, i varje område."))
    return redirect(url_for("case.case", case_id=case_id), 303)


@blueprint.post("/correct")
@requires(Permission.CASE_READ)
def correct(case_id: UUID, record_id: UUID) -> Any:
    """It stands with a guardian whose words they are not."""
    case = find(case_id)
    kept = db.session.get(GuardianRecord, str(record_id))
    if kept is None or kept.case_id != case.id or kept.guardian_id is None:
        abort(404)
    before, whose = kept.guardian_id, _chosen(case, kept)
    try:
        placing.correct(db.session, kept, whose)
    except placing.PlacedAlready:
        abort(404)
    except placing.NothingToMove:
        db.session.rollback()
        flash(_nothing_to_move())
        return redirect(url_for("guardian.change", case_id=case_id, guardian_id=before), 303)
    note(case, "guardian_record:corrected", detail=whose.id)
    db.session.commit()
    flash(_("Orden är flyttade. De står inte kvar hos den förra."))
    return redirect(url_for("case.case", case_id=case_id), 303)


@blueprint.post("/move")
@requires(Permission.CASE_READ)
def move(case_id: UUID, record_id: UUID) -> Any:
    """Put a record in another of one's own cases: one that named an unknown case, or, by the
    ansvarig, one that came to another child's."""
    source = find(case_id)
    is_lost = is_unpaired(source)
    if not is_lost:
        source = find_to_decide(case_id)
    kept = db.session.get(GuardianRecord, str(record_id))
    if kept is None or kept.case_id != source.id or (is_lost and kept.guardian_id is not None):
        abort(404)
    try:
        target = own_case_with(tidy_code(request.form.get("code", "")))
        if is_lost:
            move_conversation(db.session, ring(), kept, source, target)
        else:
            placing.move(db.session, ring(), kept, source, target)
            note(source, "guardian_record:moved", detail=kept.id)
    except (placing.NothingToMove, placing.InUse) as error:
        is_used = isinstance(error, placing.InUse)
        flash(_in_use() if is_used else _nothing_to_move())
        return redirect(url_for("case.case", case_id=case_id), 303)
    except (UnknownCase, SameCase, OtherHuvudman) as error:
        flash(why_not(error))
        return redirect(url_for("case.case", case_id=case_id), 303)
    note(target, "guardian_record:moved", detail=kept.id)
    target_id = target.id
    db.session.commit()
    return redirect(url_for("case.case", case_id=target_id), 303)


def _nothing_to_move() -> str:
    return _(
        "Inget är flyttat. Orden kom innan navet kunde flytta dem. "
        "Orden står kvar hos den de stod hos."
    )


def _in_use() -> str:
    return _(
        "Inget är flyttat. Kartläggningen pekar på orden, eller så har något lämnats ut sedan de "
        "kom. Ta först bort dem ur kartläggningen, och prata med den som har fått veta."
    )


@blueprint.app_context_processor
def _of_a_case() -> dict[str, Any]:
    """For the case's own page: those that wait, with how the adult called the guardian and who the
    adult was; and whom they can be placed with."""

    def unplaced(case: Case) -> list[tuple[GuardianRecord, str, Staff | None]]:
        return [
            (
                kept,
                placing.read(kept, case.key(ring()))["guardian"]["relation"],
                db.session.get(Staff, kept.staff_id),
            )
            for kept in placing.waiting(db.session, case.id)
        ]

    def whom(case: Case) -> list[tuple[str, str]]:
        known = guardian.guardians_of(db.session, case.id)
        return [(one.id, _called(one, case)) for one in known]

    return {
        "unplaced": unplaced,
        "guardians_to_choose": whom,
        "may_decide_here": lambda case: may_decide(current_user, case, clock.today()),
        "placed_with": lambda whose: placing.placed(db.session, whose.id),
    }


def guardian_has_told() -> str:
    return _("En vårdnadshavare har berättat på surfplattan. Öppna ärendet och säg vem det är.")


def _called(one: Guardian, case: Case) -> str:
    name = str(one.read(case.key(ring()))["name"])
    return name if one.suspended_at is None else _("%(name)s (åtkomsten är avstängd)", name=name)


def _chosen(case: Case, kept: GuardianRecord) -> Guardian:
    """The guardian of the case that a form names, or one that is added now."""
    key, chosen = case.key(ring()), request.form.get("guardian", "")
    if chosen == "new":
        relation = placing.read(kept, key)["guardian"]["relation"]
        words = {"name": relation[:1].upper() + relation[1:], "relation": relation}
        made = guardian.add(db.session, key, case.id, words, clock.now())
        note(case, "guardian:added")
        return made
    found = db.session.get(Guardian, chosen)
    if found is None or found.case_id != case.id:
        abort(404)
    return found


def _record(case: Case, record_id: UUID) -> GuardianRecord:
    found = db.session.get(GuardianRecord, str(record_id))
    if found is None or found.case_id != case.id or found.guardian_id is not None:
        abort(404)
    return found
