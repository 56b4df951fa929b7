"""The door to the samordningsperson: the child is asked first, then somebody is appointed.

It must never pass over the child's choice without reasons, and how they were told to the child.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateTimeLocalField, RadioField, SelectField, StringField
from wtforms import TextAreaField as Text
from wtforms.validators import InputRequired, Length

from .. import clock, coordinator, meeting_pack
from ..case import Case
from ..clock import STOCKHOLM
from ..coordinator import Choice, Coordinator, NobodyNamed, NotExplained, NotSaid, NotSame, NotYet
from ..db import db
from ..permissions import Permission, requires
from .consent import LONG, SHORT
from .in_case import find, find_to_decide, keep, note, ring
from .meeting import TO_THE_MINUTE, back, choice_words, colleagues, moment

blueprint = Blueprint("coordinator", __name__, url_prefix="/case/<uuid:case_id>/coordinator")


class ChoiceForm(FlaskForm):  # type: ignore[misc]
    choice = RadioField(lazy_gettext("Vem vill barnet vända sig till?"), [InputRequired()])
    chosen = StringField(lazy_gettext("Personen, med barnets ord"), [Length(max=120)])
    asked_at = DateTimeLocalField(
        lazy_gettext("När barnet tillfrågades"), [InputRequired()], format=TO_THE_MINUTE
    )
    how_asked = Text(lazy_gettext("Hur ni frågade"), [InputRequired(), Length(max=LONG)])


class AppointForm(FlaskForm):  # type: ignore[misc]
    whom = RadioField(lazy_gettext("Vem blir samordningsperson?"), [InputRequired()])
    name = StringField(lazy_gettext("Namn"), [InputRequired(), Length(max=120)])
    is_same_person = BooleanField(lazy_gettext("Det är samma person som barnet menade"))
    staff = SelectField(lazy_gettext("Konto här, om personen har ett"))
    contact = StringField(
        lazy_gettext("Så når barnet och vårdnadshavarna personen"),
        [InputRequired(), Length(max=SHORT)],
    )
    special_reasons = Text(lazy_gettext("Särskilda skäl"), [Length(max=LONG)])
    decided_by = StringField(lazy_gettext("Vem som bestämde"), [Length(max=120)])
    explained_to_child = Text(lazy_gettext("Så förklarades det för barnet"), [Length(max=LONG)])


@blueprint.route("/ask", methods=["GET", "POST"])
@requires(Permission.CASE_READ)
def ask(case_id: UUID) -> Any:
    """Whom the child wants to turn to: asked before anybody is appointed."""
    case = find(case_id)
    form = ChoiceForm(data={"asked_at": clock.now().astimezone(STOCKHOLM)})
    form.choice.choices = list(choice_words().items())
    said = meeting_pack.how_the_child_wants_it(case, ring())
    if not form.validate_on_submit():
        page = render_template("coordinator/ask.html", case=case, form=form, said=said)
        return page, 422 if request.method == "POST" else 200
    asked_at = moment(form.asked_at.data)
    assert asked_at is not None
    try:
        coordinator.ask_child(
            db.session, case.key(ring()), case.id, Choice(form.choice.data), asked_at,
            form.how_asked.data, form.chosen.data or "", clock.now(),
        )  # fmt: skip
    except (NotSaid, NotYet) as error:
        flash(_sentence(error), "error")
        return render_template("coordinator/ask.html", case=case, form=form, said=said), 422
    keep(case, "coordinator:child_asked", detail=form.choice.data)
    return back(case)


@blueprint.route("/<uuid:coordinator_id>", methods=["GET", "POST"])
@requires(Permission.CASE_MOVE)
def appoint(case_id: UUID, coordinator_id: UUID) -> Any:
    """The child's choice first; another needs särskilda skäl and the explanation to the child."""
    case = find_to_decide(case_id)
    key, found = case.key(ring()), db.session.get(Coordinator, str(coordinator_id))
    asked = coordinator.asked_of(db.session, case.id)  # not in another round, nor before
    if found is None or found is not asked or found.appointed_at:
        abort(404)
    said = found.read(key)
    form = _appoint_form(case, found, said)
    if not form.validate_on_submit():
        page = render_template(
            "coordinator/appoint.html", case=case, form=form, asked=found, said=said
        )
        return page, 422 if request.method == "POST" else 200
    names = ("name", "contact", "special_reasons", "decided_by", "explained_to_child")
    try:
        coordinator.appoint(
            found,
            key,
            is_childs_choice=form.whom.data == "child",
            is_same_person=form.is_same_person.data,
            staff_id=form.staff.data or None,
            unit_id=case.unit_id if form.staff.data else None,
            words={name: form[name].data or "" for name in names},
            at=clock.now(),
        )
    except (NotYet, NotSame, NotExplained, NobodyNamed) as error:
        flash(_sentence(error), "error")
        page = render_template(
            "coordinator/appoint.html", case=case, form=form, asked=found, said=said
        )
        return page, 422
    if form.whom.data == "child" and form.is_same_person.data:
        note(case, "coordinator:same_person_said")
    if found.is_deviation:
        note(case, "coordinator:deviated")
    keep(case, "coordinator:appointed")
    return back(case)


def _appoint_form(case: Case, asked: Coordinator, said: dict[str, Any]) -> AppointForm:
    form = AppointForm()
    form.whom.choices = [("other", _("Någon annan"))]
    if asked.choice is Choice.PERSON:
        form.whom.choices.insert(0, ("child", _("Den barnet ville: %(who)s", who=said["chosen"])))
    else:
        form.whom.choices = [("other", _("Den vi föreslår, eftersom barnet inte valde någon"))]
    form.staff.choices = [("", _("Inget konto här")), *((s.id, s.name) for s in colleagues(case))]
    return form


def _sentence(error: Exception) -> str:
    sentences: dict[type[Exception], str] = {
        NotSaid: _("Skriv hur ni frågade barnet, och vem barnet ville ha om barnet valde någon."),
        NotYet: _("Barnet ska ha tillfrågats innan samordningspersonen utses."),
        NotExplained: _(
            "Skriv de särskilda skälen, vem som bestämde och hur det förklarades för barnet."
        ),
        NotSame: _(
            "Barnet sa något annat än det namn som står här. Är det samma person? Kryssa i det, "
            "eller välj någon annan och skriv de särskilda skälen."
        ),
        NobodyNamed: _("Skriv vem som blir samordningsperson och hur familjen når den."),
    }
    return sentences[type(error)]
