"""The door to what is special about a child: protected identity, turning 18, moving, placing.

It must never show where a child with protected identity lives or goes to school.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import format_date
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm

from .. import audit, clock, protected, special
from ..case import Case
from ..db import db
from ..permissions import Permission, requires
from ..special import NoBasis, NotYetBorn, Transition
from .in_case import find_to_decide, ring
from .signal import place_of, places

blueprint = Blueprint("special", __name__)


class Confirm(FlaskForm):  # type: ignore[misc]
    """Nothing but the token that shows that the form is ours."""


@blueprint.get("/case/<uuid:case_id>/child")
@requires(Permission.CASE_MOVE)
def page(case_id: UUID) -> str:
    return _page(find_to_decide(case_id))


@blueprint.post("/case/<uuid:case_id>/child/born")
@requires(Permission.CASE_MOVE)
def born(case_id: UUID) -> Any:
    found, typed = find_to_decide(case_id), request.form.get("born_on", "").strip()
    try:
        born_on = date.fromisoformat(typed) if typed else None
        special.write_born_on(found, ring(), born_on, clock.today())
    except ValueError:
        return _page(found, born=_("Skriv födelsedagen som år-månad-dag.")), 422
    except NotYetBorn:
        return _page(found, born=_("Födelsedagen har inte varit än.")), 422
    return _kept(found, "child:birthday_written")


@blueprint.post("/case/<uuid:case_id>/child/place")
@requires(Permission.CASE_MOVE)
def place(case_id: UUID) -> Any:
    found = find_to_decide(case_id)
    chosen = place_of(request.form.get("place", ""))
    if chosen is None:
        return _page(found, place=_("Välj var barnet går.")), 422
    special.write_place(found, ring(), chosen)
    return _kept(found, "child:place_written")


@blueprint.post("/case/<uuid:case_id>/child/placed")
@requires(Permission.CASE_MOVE)
def placed(case_id: UUID) -> Any:
    found = find_to_decide(case_id)
    by, basis = request.form.get("by", "")[:120], request.form.get("basis", "")[:300]
    try:
        special.write_placing(found, ring(), by, basis)
    except NoBasis:
        problem = _(
            "Skriv både vilken nämnd som har placerat barnet och med vilket lagligt stöd den får "
            "vara med."
        )
        return _page(found, placed=problem), 422
    return _kept(found, "child:placing_written")


@blueprint.post("/case/<uuid:case_id>/child/protect")
@requires(Permission.CASE_MOVE)
def protect(case_id: UUID) -> Any:
    found = find_to_decide(case_id)
    special.protect(found, request.form.get("protected") == "yes")
    return _kept(found, "case:protected" if found.protected_identity else "case:unprotected")


@blueprint.post("/case/<uuid:case_id>/child/print")
@requires(Permission.CASE_MOVE)
def print_on_purpose(case_id: UUID) -> Any:
    """A yes to printing or exporting from this case, for a few minutes."""
    found = find_to_decide(case_id)
    session["print"] = [found.id, clock.now().isoformat()]
    audit.record(db.session, "print:confirmed", clock.now(), **_ids(found))
    db.session.commit()
    flash(_("Du kan skriva ut från ärendet i tio minuter. Händelsen är antecknad."))
    return redirect(url_for("special.page", case_id=case_id))


def is_confirmed(case: Case) -> bool:
    """Whether the person signed in has just said yes to printing from this case."""
    about, at = session.get("print", ["", ""])
    if about != case.id:
        return False
    since = clock.now() - datetime.fromisoformat(at)
    return bool(since < protected.CONFIRMED_FOR)


@blueprint.app_context_processor
def _what_may_be_printed() -> dict[str, Any]:
    """For every page of a case: `may_print(case)`."""
    return {"may_print": lambda case: protected.may_print(case, is_confirmed(case))}


def notes(about: dict[str, Any]) -> list[str]:
    """What the ansvarig is told about the 18th birthday, from 90 days before."""
    found = special.transition(about, clock.today())
    if found is None:
        return []
    what, day = found
    shown = format_date(day, "d MMMM yyyy")
    words = {
        Transition.SOON: _(
            "Barnet fyller 18 år den %(day)s. Planera övergången tillsammans med barnet.", day=shown
        ),
        Transition.VERY_SOON: _(
            "Barnet fyller 18 år den %(day)s. Då upphör vårdnadshavarnas insyn och samtycken. "
            "Fråga barnet vad som ska fortsätta.",
            day=shown,
        ),
        Transition.ADULT: _(
            "Personen fyllde 18 år den %(day)s. Vårdnadshavarnas insyn och samtycken har upphört; "
            "det som fortsätter behöver personens eget samtycke.",
            day=shown,
        ),
    }
    return [words[what]]


def _ids(case: Case) -> dict[str, str]:
    return {"case_id": case.id, "unit_id": case.unit_id, "staff_id": current_user.id}


def _kept(case: Case, event: str) -> Any:
    audit.record(db.session, event, clock.now(), **_ids(case))
    db.session.commit()
    flash(_("Sparat."))
    return redirect(url_for("special.page", case_id=case.id))


def _page(found: Case, **wrong: str) -> str:
    about = found.about(ring())
    return render_template(
        "special/page.html",
        case=found,
        about=about,
        notes=notes(about),
        places=places(),
        chosen=_chosen(about),
        confirmed=is_confirmed(found),
        typed=request.form,
        wrong=wrong,
        today=clock.today(),
        form=Confirm(),
    )


def _chosen(about: dict[str, Any]) -> str:
    """The value in the list of places that says where the child goes."""
    place = about.get("place") or {"kind": "none", "unit": None}
    if place["unit"]:
        return str(place["unit"])
    return "none" if place.get("in_sormland", True) else f"outside:{place['kind']}"
