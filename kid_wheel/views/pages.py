"""The pages that belong to no stage: the way in, what this is, and where one's work is.

They must never hold a word about a child.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask_babel import get_locale
from flask_security import current_user
from werkzeug.wrappers import Response

from .. import signal
from ..case import Case
from ..catalog import AGREEMENT, attribution, version
from ..clock import today
from ..db import db
from ..people import Staff
from ..permissions import Permission, has, may_read, requires
from . import inbox

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
@requires(Permission.OPEN)
def home() -> Response:
    if not current_user.is_authenticated:
        return redirect(url_for("sign_in.door"))
    return redirect(url_for(_place_of(current_user)))


@blueprint.get("/welcome")
@requires(Permission.SIGNED_IN)
def welcome() -> str:
    """For those whose work is on the tablet: what they have sent, and what they help with."""
    on = today()
    units = [a.unit for a in current_user.assignments if a.unit and a.is_active(on)]
    url = current_app.extensions["kid_wheel"].url
    return render_template(
        "page/welcome.html",
        units=units,
        tablet_address=f"{url}/tablet/",
        signals=signal.sent_by(db.session, current_user.id, limit=5),
        delegated=inbox.delegated(),
        coordinated=inbox.coordinated(),
    )


@blueprint.get("/about")
@requires(Permission.OPEN)
def about() -> str:
    return render_template(
        "page/about.html",
        agreement=AGREEMENT,
        version=version(),
        attribution=attribution(str(get_locale())),
    )


@blueprint.get("/favicon.ico")
@requires(Permission.OPEN)
def favicon() -> Response:
    return redirect(url_for("static", filename="hub/icon.svg"))


@blueprint.app_context_processor
def _what_one_may() -> dict[str, Any]:
    """For the menu and the way back: `may("CASE_LIST")`, `may_open(case)`."""

    def may(name: str) -> bool:
        return bool(current_user.is_authenticated and has(current_user, Permission[name], today()))

    def may_open(case: Case) -> bool:
        """Its own page: a coordinator may open only the plan."""
        return may_read(current_user, case, today())

    return {"may": may, "may_open": may_open}


def _place_of(staff: Staff) -> str:
    on = today()
    if has(staff, Permission.CASE_LIST, on):
        return "case.inbox"
    if has(staff, Permission.UNIT_ADMINISTER, on):
        return "admin.units"
    return "pages.welcome"
