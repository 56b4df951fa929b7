"""The door to a child's vårdnadshavare in a case: who they are, and what each can be shown.

It must never let one guardian's page tell anything of the other, nor notify one who is suspended.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, render_template, request
from flask_babel import force_locale, get_locale, lazy_gettext
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms import TextAreaField as Text
from wtforms.validators import InputRequired, Length

from .. import clock, consent, guardian
from ..case import Case
from ..db import db
from ..guardian import Guardian
from ..i18n import ALWAYS_ON, language_called
from ..permissions import Permission, requires
from .consent import LONG, answer_words, area_names, asked_of, back
from .in_case import find, find_to_decide, keep, note, ring

blueprint = Blueprint("guardian", __name__, url_prefix="/case/<uuid:case_id>/consent/guardian")


class GuardianForm(FlaskForm):  # type: ignore[misc]
    name = StringField(lazy_gettext("Namn"), [InputRequired(), Length(max=120)])
    relation = StringField(lazy_gettext("Relation, med familjens ord"), [Length(max=80)])
    custody = RadioField(lazy_gettext("Vårdnad"), default="joint")
    telephone = StringField(lazy_gettext("Telefon"), [Length(max=40)])
    email = StringField(lazy_gettext("E-postadress"), [Length(max=255)])
    language = StringField(lazy_gettext("Språk, om inte svenska"), [Length(max=40)])
    interpreter = StringField(lazy_gettext("Tolk (aldrig ett barn)"), [Length(max=80)])


class SuspendForm(FlaskForm):  # type: ignore[misc]
    because = Text(lazy_gettext("Varför"), [InputRequired(), Length(max=LONG)])


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.CASE_READ)
def add(case_id: UUID) -> Any:
    case, form = find(case_id), _guardian_form({})
    if not form.validate_on_submit():
        page = render_template("guardian/edit.html", case=case, form=form, guardian=None)
        return page, 422 if request.method == "POST" else 200
    guardian.add(db.session, case.key(ring()), case.id, _guardian_words(form), clock.now())
    keep(case, "guardian:added")
    return back(case)


@blueprint.route("/<uuid:guardian_id>", methods=["GET", "POST"])
@requires(Permission.CASE_READ)
def change(case_id: UUID, guardian_id: UUID) -> Any:
    case = find(case_id)
    key, found = case.key(ring()), _guardian(case, guardian_id)
    form = _guardian_form(found.read(key))
    if not form.validate_on_submit():
        page = render_template(
            "guardian/edit.html", case=case, form=form, guardian=found, suspending=SuspendForm()
        )
        return page, 422 if request.method == "POST" else 200
    guardian.change(found, key, _guardian_words(form))
    keep(case, "guardian:changed")
    return back(case)


@blueprint.post("/<uuid:guardian_id>/suspend")
@requires(Permission.CASE_MOVE)
def suspend(case_id: UUID, guardian_id: UUID) -> Any:
    """Silently: nobody is notified, and nothing that the guardian can see tells it."""
    case = find_to_decide(case_id)
    key, found, form = case.key(ring()), _guardian(case, guardian_id), SuspendForm()
    if not form.validate_on_submit():
        page = render_template(
            "guardian/edit.html", case=case, guardian=found, suspending=form,
            form=_guardian_form(found.read(key)),
        )  # fmt: skip
        return page, 422
    guardian.suspend(found, key, form.because.data, clock.now())
    keep(case, "guardian:suspended")
    return back(case)


@blueprint.get("/<uuid:guardian_id>/shown")
@requires(Permission.CASE_READ)
def shown(case_id: UUID, guardian_id: UUID) -> str:
    """What one guardian is asked and has answered; a page to show or print, which says nothing of
    anybody else."""
    case = find(case_id)
    key, found = case.key(ring()), _guardian(case, guardian_id)
    if found not in consent.guardians_now(db.session, key, case, clock.now()):
        abort(404)
    asked = [
        (to, [one for one in asked_of(case, key, to).answers if one.row.guardian_id == found.id])
        for to in consent.recipients_of(db.session, key, case.id)
    ]
    note(case, "consent:shown")
    with force_locale(language_of(case, key, found.id)):
        page = render_template(
            "guardian/shown.html",
            case=case,
            name=found.read(key)["name"],
            asked=asked,
            area_names=area_names(),
            answer_words=answer_words(),
        )
    db.session.commit()
    return page


def language_of(case: Case, key: bytes, guardian_id: str | None) -> str:
    """What a page for a guardian is written in; the reader's own for anybody else."""
    found = db.session.get(Guardian, guardian_id) if guardian_id else None
    called = found.read(key).get("language", "") if found else ""
    if not called:
        return str(get_locale() or ALWAYS_ON)
    return language_called(called, case.unit.organisation.languages)


def _guardian(case: Case, guardian_id: UUID) -> Guardian:
    found = db.session.get(Guardian, str(guardian_id))
    if found is None or found.case_id != case.id:
        abort(404)
    return found


def _guardian_form(words: dict[str, Any]) -> GuardianForm:
    form = GuardianForm(data=words)
    form.custody.choices = [("joint", _("Gemensam")), ("sole", _("Ensam"))]
    return form


def _guardian_words(form: GuardianForm) -> dict[str, Any]:
    names = ("name", "relation", "custody", "telephone", "email", "language", "interpreter")
    return {name: form[name].data or "" for name in names}
