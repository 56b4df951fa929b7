"""The door to a photograph of oneself, or of somebody one administers, for the children's cards.

It must never show a photograph to other staff, nor take in one that the person has not said yes to.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import BooleanField
from wtforms.validators import InputRequired

from .. import audit, clock
from ..db import db
from ..people import Staff
from ..permissions import Permission, requires
from ..photo import MEDIA_TYPE, REFUSALS, TooLargePhoto
from ..portrait import Portrait, keep, remove
from .admin import Confirm, account_to_change
from .local import why_not

blueprint = Blueprint("portrait", __name__)


class PortraitForm(FlaskForm):  # type: ignore[misc]
    photo = FileField(lazy_gettext("Foto"))
    agreed = BooleanField(
        lazy_gettext("Den som syns har sagt ja, och ingen annan syns på fotot"),
        [InputRequired(message=lazy_gettext("Se efter på fotot och kryssa i."))],
    )


@blueprint.route("/account/portrait", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
def own() -> Any:
    return _page(current_user, url_for("sign_in.account"), url_for(".remove_own"))


@blueprint.post("/account/portrait/remove")
@requires(Permission.SIGNED_IN)
def remove_own() -> Response:
    return _removed(current_user, url_for("sign_in.account"))


@blueprint.route("/admin/staff/<uuid:staff_id>/portrait", methods=["GET", "POST"])
@requires(Permission.UNIT_ADMINISTER)
def of_staff(staff_id: UUID) -> Any:
    back = url_for("admin.staff", staff_id=staff_id)
    return _page(account_to_change(staff_id), back, url_for(".remove_of_staff", staff_id=staff_id))


@blueprint.post("/admin/staff/<uuid:staff_id>/portrait/remove")
@requires(Permission.UNIT_ADMINISTER)
def remove_of_staff(staff_id: UUID) -> Response:
    return _removed(account_to_change(staff_id), url_for("admin.staff", staff_id=staff_id))


def _page(person: Staff, back: str, to_remove: str) -> Any:
    form, status = PortraitForm(), 200
    if form.validate_on_submit():
        try:
            keep(db.session, person.id, _given(form), clock.now())
            return _saved(person, "staff:portrait_kept", back)
        except REFUSALS as error:
            db.session.rollback()
            form.photo.errors = [why_not(error)]
            status = 413 if isinstance(error, TooLargePhoto) else 422
    elif form.is_submitted():
        status = 422
    shown = db.session.get(Portrait, person.id)
    page = render_template(
        "portrait/page.html",
        person=person,
        form=form,
        back=back,
        to_remove=to_remove,
        confirm=Confirm(formdata=None),
        # In the page itself: so it has no address, and is seen by nobody but who may change it.
        picture=f"data:{MEDIA_TYPE};base64,{b64encode(shown.content).decode()}" if shown else "",
    )
    return page, status


def _given(form: PortraitForm) -> bytes:
    return bytes(form.photo.data.read()) if form.photo.data else b""


def _removed(person: Staff, back: str) -> Response:
    if not Confirm().validate_on_submit():
        abort(400)
    if not remove(db.session, person.id):
        return redirect(back)
    return _saved(person, "staff:portrait_removed", back)


def _saved(person: Staff, event: str, back: str) -> Response:
    audit.record(db.session, event, clock.now(), staff_id=current_user.id, detail=person.id)
    db.session.commit()
    flash(_("Sparat. Surfplattorna hämtar det nästa gång de når navet."))
    return redirect(back)
