"""The door where an administrator says how the huvudman's guardians can log in.

It must never show a secret again, nor keep an address that does not answer as a provider.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import current_user
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from .. import audit, clock, identity
from ..db import db
from ..identity import NotAnswering, Provider
from ..people import Organisation
from ..permissions import Permission, requires
from .admin import Confirm
from .door import address_of
from .in_case import ring
from .languages import find_own

blueprint = Blueprint("identity", __name__, url_prefix="/admin/organisation")


class ProviderForm(FlaskForm):  # type: ignore[misc]
    name = StringField(lazy_gettext("Vad inloggningen kallas"), [InputRequired(), Length(max=80)])
    issuer = StringField(lazy_gettext("Utfärdarens adress"), [InputRequired(), Length(max=255)])
    client_id = StringField(
        lazy_gettext("Navets namn hos utfärdaren (client_id)"), [InputRequired(), Length(max=255)]
    )
    secret = PasswordField(
        lazy_gettext("Navets hemlighet hos utfärdaren (client_secret)"), [Length(max=255)]
    )


@blueprint.route("/<uuid:organisation_id>/identity", methods=["GET", "POST"])
@requires(Permission.UNIT_ADMINISTER)
def provider(organisation_id: UUID) -> Any:
    """Kept when the provider has answered at its address."""
    owner = find_own(organisation_id)
    known = identity.provider_of(db.session, ring(), owner.id)
    form = ProviderForm(obj=known)
    if not form.validate_on_submit():
        return _page(owner, form, known), 422 if form.is_submitted() else 200
    named = {
        field: (getattr(form, field).data or "").strip()
        for field in ("name", "issuer", "client_id", "secret")
    }
    if not _answers(owner, named):
        form.issuer.errors = [_("Ingen utfärdare svarar där. Adressen börjar med https.")]
        return _page(owner, form, known), 422
    identity.keep(db.session, ring(), owner, named)
    _note("identity_provider:kept", owner)
    flash(_("Inloggningen är sparad."))
    return redirect(url_for(".provider", organisation_id=owner.id))


@blueprint.post("/<uuid:organisation_id>/identity/forget")
@requires(Permission.UNIT_ADMINISTER)
def forget(organisation_id: UUID) -> Any:
    """Nobody logs in any more; a link with its code opens as before."""
    owner = find_own(organisation_id)
    if not Confirm().validate_on_submit():
        abort(400)
    identity.forget(db.session, owner.id)
    _note("identity_provider:forgotten", owner)
    flash(_("Inloggningen är borttagen."))
    return redirect(url_for(".provider", organisation_id=owner.id))


def _answers(owner: Organisation, named: dict[str, str]) -> bool:
    if not identity.is_safe(named["issuer"]):
        return False
    asked = Provider(owner.id, named["name"], named["issuer"], named["client_id"], "")
    try:
        identity.begin(asked, address_of(owner.id))
    except NotAnswering:
        return False
    return True


def _note(event: str, owner: Organisation) -> None:
    audit.record(db.session, event, clock.now(), staff_id=current_user.id, detail=owner.id)
    db.session.commit()


def _page(owner: Organisation, form: ProviderForm, known: Provider | None) -> str:
    return render_template(
        "admin/identity.html",
        organisation=owner,
        form=form,
        known=known,
        address=address_of(owner.id),
        confirm=Confirm(),
    )
