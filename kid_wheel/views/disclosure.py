"""The door to "Vem har fått veta vad": for staff, and as a child or a guardian can be shown it.

It must never show a guardian what the child has not released, what is kept by 12:3, or anything of
the other guardian.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import force_locale, lazy_gettext
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm
from wtforms import TextAreaField as Text
from wtforms.validators import InputRequired, Length

from .. import answer_back, clock, consent, disclosure, showing
from ..basis import PARAGRAPH, Ground
from ..case import Case
from ..db import db
from ..disclosure import Disclosure, Kind, Line
from ..guardian import Guardian
from ..permissions import Permission, may_decide, requires
from .consent import area_names
from .guardian import language_of
from .in_case import find, find_to_decide, note, ring

blueprint = Blueprint("disclosure", __name__, url_prefix="/case/<uuid:case_id>/disclosure")


class KeepForm(FlaskForm):  # type: ignore[misc]
    motive = Text(
        lazy_gettext("Varför vårdnadshavarna inte ska få veta (12 kap. 3 § OSL)"),
        [InputRequired(), Length(max=4000)],
    )


@blueprint.get("/")
@requires(Permission.CASE_READ)
def page(case_id: UUID) -> str:
    """Every copy, exactly as it was."""
    case = find(case_id)
    key = case.key(ring())
    lines = disclosure.told_to_staff(db.session, key, case.id)
    return _read(
        case,
        "disclosure/page.html",
        lines,
        broken={
            line.disclosure.id for line in lines if not disclosure.is_whole(line.disclosure, key)
        },
        kept=disclosure.kept_ids(db.session, case.id),
        guardians=[
            (g, g.read(key)["name"])
            for g in consent.guardians_now(db.session, key, case, clock.now())
        ],
        form=KeepForm(),
        may_decide=may_decide(current_user, case, clock.today()),
        paragraph=PARAGRAPH | {Ground.REFERRAL: referral_words()},
    )


@blueprint.get("/child")
@requires(Permission.CASE_READ)
def child(case_id: UUID) -> str:
    """In plain words and the child's language, to read together with the child."""
    case = find(case_id)
    key = case.key(ring())
    lines = disclosure.told_to_child(db.session, key, case.id)
    at_home = showing.told_at_home(db.session, key, case.id)
    with force_locale(answer_back.childs_language(case).split("-")[0]):
        return _read(case, "disclosure/shown.html", lines, is_child=True, at_home=at_home)


@blueprint.get("/guardian/<uuid:guardian_id>")
@requires(Permission.CASE_READ)
def for_guardian(case_id: UUID, guardian_id: UUID) -> str:
    """In plain words and the guardian's language, for one guardian."""
    case = find(case_id)
    key, found = case.key(ring()), db.session.get(Guardian, str(guardian_id))
    if found not in consent.guardians_now(db.session, key, case, clock.now()):
        abort(404)
    lines = disclosure.told_to_guardian(db.session, key, case.id, found.id)
    with force_locale(language_of(case, key, found.id)):
        return _read(case, "disclosure/shown.html", lines, is_child=False)


@blueprint.post("/<uuid:disclosure_id>/keep")
@requires(Permission.CASE_MOVE)
def keep(case_id: UUID, disclosure_id: UUID) -> Any:
    """Keep one disclosure from the guardians."""
    case, form = find_to_decide(case_id), KeepForm()
    found = db.session.get(Disclosure, str(disclosure_id))
    if found is None or found.case_id != case.id:
        abort(404)
    if not form.validate_on_submit():
        flash(_("Skriv varför det ska hållas hemligt för vårdnadshavarna."), "error")
        return redirect(url_for(".page", case_id=case.id))
    disclosure.keep_from_guardians(
        db.session, case.key(ring()), found, form.motive.data, current_user.id, clock.now()
    )
    note(case, "disclosure:kept")
    db.session.commit()
    return redirect(url_for(".page", case_id=case.id))


def _read(case: Case, template: str, lines: Sequence[Line], **more: Any) -> str:
    note(case, "disclosure:read")
    page = render_template(
        template,
        case=case,
        lines=list(reversed(lines)),
        area_names=area_names(),
        kind_words=kind_words(),
        plain_kinds=plain_kinds(),
        ground_words=ground_words(),
        **more,
    )
    db.session.commit()
    return page


def kind_words() -> dict[Kind, str]:
    return {
        Kind.INVITATION: _("Kallelse"),
        Kind.MEETING_PACK: _("Underlag till möte"),
        Kind.PLAN: _("Plan"),
        Kind.REFERRAL: _("Överlämning"),
        Kind.TOLD: _("Berättat muntligt"),
    }


def plain_kinds() -> dict[Kind, str]:
    """What somebody got, in words that a child can be read."""
    return {
        Kind.INVITATION: _("fick en kallelse till ett möte"),
        Kind.MEETING_PACK: _("fick ett papper inför mötet"),
        Kind.PLAN: _("fick planen"),
        Kind.REFERRAL: _("fick veta att någon behöver deras hjälp"),
        Kind.TOLD: _("fick höra det muntligt"),
    }


def ground_words() -> dict[Ground, str]:
    """Why it was allowed, in words that a child can be read."""
    law = _("Det finns en lag som gjorde att det gick.")
    return dict.fromkeys(Ground, law) | {
        Ground.CONSENT: _("Det fanns ett ja till det."),
        Ground.REFERRAL: _("De fick bara veta att du behöver någon hos dem, och varför."),
    }


def referral_words() -> str:
    return _("bara vilket barn och varför, utan samtycke")
