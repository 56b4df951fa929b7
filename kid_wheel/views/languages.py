"""The door where an administrator decides which languages the huvudman's children can meet.

It must never hide that nobody has read a translation: each shows who has, before it is chosen.
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user

from .. import audit, clock
from ..catalog import LANGUAGES, reviewed_by
from ..db import db
from ..i18n import CHILDS_NAMES, switched_on
from ..people import Organisation
from ..permissions import Permission, may_administer, requires
from .admin import Confirm

blueprint = Blueprint("languages", __name__, url_prefix="/admin/organisation")


@blueprint.get("/<uuid:organisation_id>/languages")
@requires(Permission.UNIT_ADMINISTER)
def languages(organisation_id: UUID) -> str:
    organisation = find_own(organisation_id)
    return render_template(
        "admin/languages.html",
        organisation=organisation,
        on=switched_on(organisation.languages),
        rows=[(code, CHILDS_NAMES[code], reviewed_by(code)) for code in LANGUAGES],
        form=Confirm(),
    )


@blueprint.post("/<uuid:organisation_id>/languages")
@requires(Permission.UNIT_ADMINISTER)
def choose(organisation_id: UUID) -> Response:
    """A tablet learns of it when it reaches the hub next; a conversation that has begun goes on."""
    organisation = find_own(organisation_id)
    if not Confirm().validate_on_submit():
        abort(400)
    wanted = set(request.form.getlist("language"))
    before = switched_on(organisation.languages)
    organisation.languages = " ".join(code for code in LANGUAGES[1:] if code in wanted)
    for code in LANGUAGES[1:]:
        if (code in wanted) != (code in before):
            event = "language:switched_on" if code in wanted else "language:switched_off"
            audit.record(db.session, event, clock.now(), staff_id=current_user.id, detail=code)
    db.session.commit()
    flash(_("Språken är sparade. Surfplattorna får veta det nästa gång de når navet."))
    return redirect(url_for("admin.units"))  # type: ignore[return-value]


def find_own(organisation_id: UUID) -> Organisation:
    found = db.session.get(Organisation, str(organisation_id))
    if found is None or not may_administer(current_user, found.id, clock.today()):
        abort(404)
    return found
