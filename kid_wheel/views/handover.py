"""The door to "Vem gör vad": who answers for a case, who helps, and how it passes on.

It must never show another unit more of a case than its reason before the case is theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm

from .. import clock, consent, disclosure, handover, signal, special
from ..case import Case, route_child
from ..catalog import AREAS
from ..coordinator import coordinator_of, left_alone
from ..db import db
from ..disclosure import Item
from ..handover import (
    AlreadyAnswered,
    AlreadyOffered,
    Handover,
    NobodyThere,
    NoReason,
    NothingAsked,
    OtherUnit,
    SamePerson,
    SameUnit,
    WrongDay,
)
from ..people import Staff, Unit
from ..permissions import Permission, may_decide, may_read, may_receive, requires
from . import who
from .in_case import find_to_decide, move, note, ring
from .plan import find_to_see
from .signal import other_units

blueprint = Blueprint("handover", __name__)


class Confirm(FlaskForm):  # type: ignore[misc]
    """Nothing but the token that shows that the form is ours."""


@blueprint.get("/case/<uuid:case_id>/who")
@requires(Permission.CASE_COORDINATE)
def page(case_id: UUID) -> str:
    """Also for the coordinator, who has to know whom to turn to."""
    found = find_to_see(case_id)
    note(found, "who:read")
    shown = _page(found)
    db.session.commit()
    return shown


# Handing over.


@blueprint.post("/case/<uuid:case_id>/who/offer")
@requires(Permission.CASE_MOVE)
def offer(case_id: UUID) -> Any:
    found = find_to_decide(case_id)
    to = db.session.get(Unit, request.form.get("unit", ""))
    reason = request.form.get("reason", "")
    if to is None:
        return _page(found, about="offer", problem=_("Välj en verksamhet.")), 422
    try:
        handover.offer(db.session, found.key(ring()), found, to, reason, _me(), clock.now())
    except tuple(_why_not()) as error:
        return _failed(case_id, "offer", error)
    note(found, "handover:offered", detail=f"to:{to.id}")
    db.session.commit()
    flash(_("Ärendet är erbjudet. Du ansvarar för det tills någon där har tagit emot."))
    return _back(case_id)


@blueprint.post("/case/<uuid:case_id>/who/withdraw")
@requires(Permission.CASE_MOVE)
def withdraw(case_id: UUID) -> Any:
    found = find_to_decide(case_id)
    offered = handover.open_offer(db.session, found.id)
    if offered is not None:
        handover.withdraw(db.session, offered, clock.now())
        note(found, "handover:withdrawn")
        db.session.commit()
        flash(_("Erbjudandet är tillbakataget."))
    return _back(case_id)


@blueprint.get("/handover/<uuid:handover_id>")
@requires(Permission.CASE_MOVE)
def offered(handover_id: UUID) -> str:
    """What the other unit's ansvarig sees before the answer: the child's alias and the reason."""
    found = _offered(handover_id)
    note(found.case, "handover:read", unit_id=found.to_unit_id)
    shown = _offered_page(found)
    db.session.commit()
    return shown


@blueprint.post("/handover/<uuid:handover_id>/accept")
@requires(Permission.CASE_MOVE)
def accept(handover_id: UUID) -> Any:
    found = _offered(handover_id)
    told = found.case
    try:
        taken = handover.accept(db.session, ring(), found, _me(), clock.now())
    except tuple(_why_not()) as error:
        return _not_answered(error)
    note(told, "handover:accepted", unit_id=found.to_unit_id)
    if taken is not told:
        copied = signal.copy_observations(db.session, ring(), told, taken, _covered(told, found))
        note(taken, "case:opened", detail="referral")
        _log_referral(told, found, copied)
    db.session.commit()
    flash(_("Ärendet är ditt från och med nu."))
    may_see = may_decide(_me(), taken, clock.today())
    return redirect(
        url_for("handover.page", case_id=taken.id) if may_see else url_for("case.inbox")
    )


@blueprint.post("/handover/<uuid:handover_id>/decline")
@requires(Permission.CASE_MOVE)
def decline(handover_id: UUID) -> Any:
    found = _offered(handover_id)
    because = request.form.get("because", "")
    try:
        handover.decline(db.session, found.case.key(ring()), found, because, clock.now())
    except NoReason:
        return _offered_page(found, _("Skriv varför, så att ärendet hamnar rätt.")), 422
    except AlreadyAnswered as error:
        return _not_answered(error)
    note(found.case, "handover:declined", unit_id=found.to_unit_id)
    db.session.commit()
    flash(_("Du har tackat nej. Den som frågade ansvarar som förut och ser varför."))
    return redirect(url_for("case.inbox"))


@blueprint.post("/case/<uuid:case_id>/who/refer")
@requires(Permission.CASE_MOVE)
def refer(case_id: UUID) -> Any:
    """Another huvudman goes on with the child: here the case is closed once the child knows."""
    return move(find_to_decide(case_id), "refer") or _back(case_id)


# Delegating.


@blueprint.post("/case/<uuid:case_id>/who/delegate")
@requires(Permission.CASE_MOVE)
def delegate(case_id: UUID) -> Any:
    found = find_to_decide(case_id)
    to = db.session.get(Staff, request.form.get("staff", ""))
    try:
        until = date.fromisoformat(request.form.get("until", ""))
    except ValueError:
        until = date.min
    if to is None:
        return _page(found, about="delegate", problem=_("Välj en kollega.")), 422
    try:
        handover.delegate(db.session, found, to, until, _me(), clock.now())
    except OtherUnit:
        note(found, "access:denied")
        db.session.commit()
        abort(403)
    except WrongDay as error:
        return _failed(case_id, "delegate", error)
    note(found, "delegation:granted", detail=f"to:{to.id}")
    db.session.commit()
    flash(_("%(name)s arbetar nu med ärendet. Du ansvarar för det som förut.", name=to.name))
    return _back(case_id)


@blueprint.post("/case/<uuid:case_id>/who/revoke")
@requires(Permission.CASE_MOVE)
def revoke(case_id: UUID) -> Any:
    found = find_to_decide(case_id)
    given = db.session.get(handover.Delegation, request.form.get("delegation", ""))
    if given is None or given.case_id != found.id:
        abort(404)
    handover.revoke(given, clock.now())
    note(found, "delegation:revoked", detail=f"to:{given.staff_id}")
    db.session.commit()
    flash(_("Uppdraget är tillbakataget."))
    return _back(case_id)


# Opened by mistake.


@blueprint.post("/case/<uuid:case_id>/who/void")
@requires(Permission.CASE_MOVE)
def ask_void(case_id: UUID) -> Any:
    found = find_to_decide(case_id)
    reason = request.form.get("reason", "")
    try:
        handover.ask_void(db.session, found.key(ring()), found, reason, _me(), clock.now())
    except NoReason as error:
        return _failed(case_id, "void", error)
    note(found, "void:asked")
    db.session.commit()
    return _back(case_id)


@blueprint.post("/case/<uuid:case_id>/who/void/withdraw")
@requires(Permission.CASE_MOVE)
def withdraw_void(case_id: UUID) -> Any:
    found = find_to_decide(case_id)
    if handover.voiding_of(db.session, found.id):
        handover.withdraw_void(db.session, found, clock.now())
        note(found, "void:withdrawn")
        db.session.commit()
    return _back(case_id)


@blueprint.post("/case/<uuid:case_id>/who/void/attest")
@requires(Permission.CASE_MOVE)
def attest_void(case_id: UUID) -> Any:
    found = find_to_decide(case_id)
    try:
        handover.attest_void(db.session, found, _me())
    except (SamePerson, NothingAsked) as error:
        return _failed(case_id, "void", error)
    stopped = move(found, "void")
    if stopped:
        return stopped
    flash(_("Ärendet är stängt som öppnat av misstag. Ingen kan läsa det längre."))
    return redirect(url_for("case.inbox"))


# Who may see what.


def _offered(handover_id: UUID) -> Handover:
    found = db.session.get(Handover, str(handover_id))
    if found is None or not found.is_open:
        abort(404)
    if not may_receive(_me(), found.to_unit_id, clock.today()):
        note(found.case, "access:denied")
        db.session.commit()
        abort(404)
    return found


def _covered(told: Case, found: Handover) -> list[str]:
    """The areas of which a consent, or another legal ground, lets the new huvudman have a copy."""
    key, to, at = told.key(ring()), found.to_unit_id, clock.now()
    return [area for area in AREAS if consent.covers(db.session, key, told.id, to, [area], at)]


def _log_referral(
    told: Case, found: Handover, copied: Sequence[signal.ProfessionalObservation]
) -> None:
    """What went to the new huvudman, exactly: the child, the reason, and what was copied."""
    key, about = told.key(ring()), told.about(ring())
    child = {
        _("Barnet kallas"): about.get("alias", ""),
        _("Född"): about.get("born_on") or about.get("birth_year") or "",
        _("Skyddade personuppgifter"): _("ja") if told.protected_identity else "",
        _("Varför"): found.read(key)["reason"],
    }
    disclosure.refer(
        db.session,
        key,
        told,
        {"id": found.to_unit_id, "who": found.to_unit.name},
        [Item("profession", "", str(text), label=label) for label, text in child.items() if text],
        [Item("profession", one.area, one.read(key)["text"]) for one in copied],
        current_user.id,
        clock.now(),
    )


def _me() -> Staff:
    found: Staff = current_user._get_current_object()
    return found


def _back(case_id: UUID) -> Any:
    return redirect(url_for("handover.page", case_id=case_id))


def _failed(case_id: UUID, about: str, error: Exception) -> Any:
    db.session.rollback()
    return _page(find_to_decide(case_id), about=about, problem=_why_not()[type(error)]), 422


def _not_answered(error: Exception) -> Any:
    db.session.rollback()
    flash(_why_not()[type(error)], "error")
    return redirect(url_for("case.inbox"))


# What is shown.


def _page(found: Case, **failed: str) -> str:
    on, key = clock.today(), found.key(ring())
    about, decides = found.about(ring()), may_decide(_me(), found, on)
    works = may_read(_me(), found, on)
    coordinator = coordinator_of(db.session, found.id, on)
    asked = handover.voiding_of(db.session, found.id)
    past = [one for one in handover.handovers_of(db.session, found.id) if not one.is_open]
    open_offer = handover.open_offer(db.session, found.id)
    return render_template(
        "handover/page.html",
        case=found,
        deputies=handover.deputies_of(db.session, found.unit_id, on),
        delegations=handover.delegations_of(db.session, found.id, on),
        colleagues=_colleagues(found, on) if decides else [],
        coordinator=_coordinator(coordinator, key),
        left=_coordinator(left_alone(db.session, [found.id], on).get(found.id), key)[0],
        participants=who.participants(found, key, works=works),
        owners=who.owners(found, key, works=works),
        placed=about.get("placed") if works else None,
        decides=decides,
        units=other_units(found) if decides else [],
        suggested=_suggested(found, about, on) if decides else None,
        offered=open_offer,
        past=[(one, one.read(key)) for one in past],
        moves=sum(bool(one.accepted_at) for one in past)
        + sum(one.returned for one in signal.signals_of(db.session, found.id)),
        is_referred=handover.is_referred(db.session, found),
        asked=asked,
        asked_reason=asked.read(key)["reason"] if asked else "",
        asked_by_me=bool(asked and asked.asked_by == current_user.id),
        today=on,
        longest=on + handover.LONGEST_DELEGATION,
        typed=request.form,
        failed=failed,
        form=Confirm(),
    )


def _coordinator(found: Any, key: bytes) -> tuple[str, str]:
    """The name of the coordinator, and how to reach them."""
    if found is None:
        return "", ""
    staff = db.session.get(Staff, found.staff_id) if found.staff_id else None
    if staff:
        return staff.name, staff.email
    words = found.read(key)
    return words.get("name", ""), words.get("contact", "")


def _colleagues(case: Case, on: date) -> list[Staff]:
    here = handover.colleagues(db.session, case.unit_id, on)
    return [staff for staff in here if staff.id not in (case.ansvarig_id, current_user.id)]


def _suggested(case: Case, about: dict[str, Any], on: date) -> Unit | None:
    """Where the agreement's table says that the child belongs now, when that is elsewhere."""
    if "case_code" in about or special.is_adult(case, ring(), on):
        return None
    owner = route_child(db.session, about, case.unit.municipality, on).owner
    return db.session.get(Unit, owner) if owner and owner != case.unit_id else None


def _offered_page(found: Handover, problem: str = "") -> str:
    case = found.case
    giver = db.session.get(Staff, found.from_staff_id) if found.from_staff_id else None
    return render_template(
        "handover/offered.html",
        offered=found,
        words=found.read(case.key(ring())),
        child=case.about(ring()),
        giver=giver,
        crosses=found.to_unit.organisation_id != case.organisation_id,
        problem=problem,
        typed=request.form,
        form=Confirm(),
    )


def _why_not() -> dict[type[Exception], str]:
    return {
        NoReason: _("Skriv varför."),
        SameUnit: _("Ärendet ligger redan där."),
        NobodyThere: _(
            "Verksamheten har ingen Barnets bästa-ansvarig som kan ta emot. Välj en annan, eller "
            "be deras administratör utse någon."
        ),
        AlreadyOffered: _("Ärendet är redan erbjudet. Ta tillbaka det erbjudandet först."),
        AlreadyAnswered: _("Erbjudandet är redan besvarat eller tillbakataget."),
        WrongDay: _("Välj en dag från i dag och högst ett år framåt."),
        SamePerson: _("Det behöver vara någon annan än den som bad om det."),
        NothingAsked: _("Ingen har sagt att ärendet öppnades av misstag."),
    }
