"""The door where the plan is handed out to somebody who takes part in it: a copy, and its line in
the ledger.

It must never hand out an area that nothing covers for that recipient, nor a word of the child's.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm

from .. import clock, consent, coordinator, disclosure, plan
from ..case import Case
from ..catalog import AREAS
from ..consent import Recipient
from ..db import db
from ..disclosure import Item, Kind
from ..pdf import pdf
from ..permissions import Permission, requires
from ..plan import SIP_FIELDS, Line, Plan, PlanKind
from ..protected import may_print
from . import stopped
from .consent import area_names
from .in_case import note, ring
from .plan import find_to_coordinate, in_words, kind_words, render_page, sip_words, state_words
from .special import is_confirmed

blueprint = Blueprint("plan_copy", __name__, url_prefix="/case/<uuid:case_id>/plan/copy")


@blueprint.post("")
@requires(Permission.CASE_COORDINATE)
def hand_out(case_id: UUID) -> Any:
    """A copy of the areas that something covers for the recipient; of a plan that has started."""
    case = find_to_coordinate(case_id)
    if not FlaskForm().validate_on_submit():
        abort(400)
    key, made = case.key(ring()), plan.current(db.session, case.id)
    if made is None or made.started_at is None:
        abort(404)
    to = {one["id"]: one for one in _recipients(case, key)}.get(request.form.get("to", ""))
    if to is None:
        return _refused(case, _("Välj vem som får planen.")), 422
    if not may_print(case, is_confirmed(case)):
        note(case, "document:refused", detail="plan")
        why = _("Det här ärendet skrivs bara ut med flit: bekräfta först under Om barnet.")
        return _refused(case, why), 409
    lines = plan.lines(db.session, key, made)
    areas = _covered(case, key, to, {line.area for line in lines})
    if not areas:
        note(case, "guard:denied", detail="consent_for_every_participant")
        return _refused(case, _no_basis()), 409
    items = _items(case, key, made, lines, areas)
    copies = disclosure.disclose_all(
        db.session, key, case, to, areas, Kind.PLAN, kind_words()[made.kind], items,
        current_user.id, clock.now(),
    )  # fmt: skip
    page = render_template(
        "plan/copy.html", copies=copies, who=to["who"], areas=areas, code=case.code, items=items,
        title=kind_words()[made.kind], edition=stopped.edition(), area_names=area_names(),
    )  # fmt: skip
    document = pdf(page)
    db.session.commit()
    response = Response(document, content_type="application/pdf")
    response.headers["Content-Disposition"] = 'attachment; filename="plan.pdf"'
    return response


@blueprint.app_context_processor
def _of_a_plan() -> dict[str, Any]:
    """For the plan's page: `gets_plan(case)`, whom it can be handed out to: (id, name)."""

    def gets_plan(case: Case) -> list[tuple[str, str]]:
        return [(one["id"], one["who"]) for one in _recipients(case, case.key(ring()))]

    return {"gets_plan": gets_plan}


def _recipients(case: Case, key: bytes) -> list[Recipient]:
    """The network gets no documents."""
    named = consent.recipients_of(db.session, key, case.id)
    return [one for one in named if not one["is_network"]]


def _covered(case: Case, key: bytes, to: Recipient, wanted: set[str]) -> list[str]:
    """The areas of the plan that something covers, whatever it is."""
    at, id_ = clock.now(), to["id"]
    there = [area for area in AREAS if area in wanted]
    return [one for one in there if consent.covers(db.session, key, case.id, id_, [one], at)]


def _items(case: Case, key: bytes, made: Plan, lines: list[Line], areas: list[str]) -> list[Item]:
    """Who does what until when, in these areas; the frame of a SIP where it is whole."""
    found = []
    for line in lines:
        told = {
            _("Vad"): line.what,
            _("Ansvarar"): ", ".join(filter(None, (line.who, line.unit))),
            _("Senast"): in_words(line.due_on),
            _("Läge"): state_words()[line.state],
            _("Familj och nätverk bredvid"): line.others,
        }
        found += [_item(line.area, label, text) for label, text in told.items() if text]
    if made.kind is PlanKind.SIP and {line.area for line in lines} <= set(areas):
        words = made.read(key)
        found += [_item("", sip_words()[name], words.get(name, "")) for name in SIP_FIELDS]
    booked = case.follow_up_on.isoformat() if case.follow_up_on else ""
    found.append(_item("", _("Uppföljning"), in_words(booked)))
    now = coordinator.coordinator_of(db.session, case.id, clock.today())
    if now is not None:
        words = now.read(key)
        reached = f"{words.get('name', '')}, {words.get('contact', '')}"
        found.append(_item("", _("Samordningsperson"), reached))
    return [one for one in found if one.text and (not one.area or one.area in areas)]


def _item(area: str, label: str, text: str) -> Item:
    return Item("profession", area, text, label=label)


def _refused(case: Case, why: str) -> str:
    shown = render_page(case, failed={"hand_out": why})
    db.session.commit()
    return shown


def _no_basis() -> str:
    return _(
        "Inget samtycke och ingen annan laglig grund gäller nu för den mottagaren. Hämta in det "
        "först."
    )
