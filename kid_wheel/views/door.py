"""A guardian's way into the room: a link with its code, or with the huvudman's own login.

It must never open anything by being looked at, nor tell a link that was used from one that never
was.
"""

from __future__ import annotations

import hmac
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import refresh
from itsdangerous import BadData, URLSafeTimedSerializer

from .. import audit, clock, identity, invitation
from ..config import Config
from ..db import db
from ..i18n import GUARDIANS as LANGUAGES
from ..identity import Attempt, NotAnswering, NotTrusted, Provider
from ..invitation import Invitation, OtherPerson, Shut, WrongCode
from ..permissions import Permission, requires
from .home import COOKIE, PATH, is_from_elsewhere, keep, languages, live, shut
from .in_case import ring

VISIT = "home-login"  # the cookie of somebody who is at the provider
VISIT_S = 600

blueprint = Blueprint("door", __name__, url_prefix="/home")


@blueprint.before_request
def _from_our_own_page() -> Any:
    return shut() if request.method == "POST" and is_from_elsewhere() else None


@dataclass(frozen=True)
class Visit:
    """What is remembered while somebody logs in elsewhere. It is in a cookie, and nowhere else."""

    organisation_id: str
    link: str
    language: str
    has_code: bool
    attempt: Attempt


@blueprint.route(
    f"/<any({','.join(LANGUAGES)}):home_language>/<string(length=32):link>", methods=["GET", "POST"]
)
@requires(Permission.OPEN)
def door(home_language: str, link: str) -> Any:
    """Asks for the code, whatever the link: to open it here would let a preview use it up. Whoever
    is in that room already is led there."""
    here = live(invitation.room_of(link))
    if here is not None:
        db.session.commit()
        return redirect(url_for("home.start", room=here.room), 303)
    if request.method == "GET":
        return _door(home_language, link)
    typed = request.form.get("code", "")[:40]
    try:
        if request.form.get("way") == "login":
            return _to_login(home_language, link, typed)
        found, token = invitation.enter(db.session, link, typed, home_language, clock.now())
    except WrongCode as wrong:
        _refused(wrong.invitation)
        return _door(home_language, link, wrong="code"), 422
    except Shut:
        db.session.rollback()
        return _door(home_language, link, wrong="code"), 422
    return _welcome(redirect(url_for("home.start", room=found.room), 303), found, token)


@blueprint.get("/login/<uuid:organisation_id>")
@requires(Permission.OPEN)
def come_back(organisation_id: UUID) -> Any:
    """From the huvudman's provider, which has said who it is."""
    visit = _visit()
    if visit is None or visit.organisation_id != str(organisation_id):
        return render_template("home/lost.html"), 422
    g.home_language = visit.language
    refresh()
    try:
        person = _who(visit)
        found, token = invitation.enter_as(
            db.session, ring(), visit.link, person, visit.language, clock.now(),
            has_code=visit.has_code,
        )  # fmt: skip
    except NotAnswering:
        db.session.rollback()
        return _end_visit(_door(visit.language, visit.link, wrong="silent"), 503)
    except OtherPerson as other:
        _refused(other.invitation)
        return _end_visit(_door(visit.language, visit.link, wrong="login"), 422)
    except (NotTrusted, Shut):
        db.session.rollback()
        return _end_visit(_door(visit.language, visit.link, wrong="login"), 422)
    # A strict cookie does not follow who is sent on from another site: this page sends them on.
    return _welcome(_end_visit(render_template("home/inside.html", room=found.room)), found, token)


def _to_login(language: str, link: str, typed: str) -> Any:
    """The first time with the code, which is not used up before somebody has come back."""
    if typed.strip():
        found = invitation.check(db.session, link, typed, clock.now())
    else:
        found = invitation.returning(db.session, link, clock.now())
    provider = identity.provider_of(db.session, ring(), found.case.organisation_id)
    db.session.rollback()  # nothing waits for somebody else's server
    if provider is None:
        return _door(language, link, wrong="none" if typed.strip() else "login"), 422
    try:
        attempt = identity.begin(provider, _address(provider))
    except NotAnswering:
        return _door(language, link, wrong="silent"), 503
    visit = Visit(provider.organisation_id, link, language, bool(typed.strip()), attempt)
    answer = make_response(render_template("home/onwards.html", provider=provider, url=attempt.url))
    # Lax: it is sent when the provider sends the guardian back, and with nothing else from there.
    answer.set_cookie(
        VISIT, _signer().dumps(asdict(visit)), path=PATH, secure=_config().secure, httponly=True,
        samesite="Lax", max_age=VISIT_S,
    )  # fmt: skip
    return answer


def _who(visit: Visit) -> str:
    provider = identity.provider_of(db.session, ring(), visit.organisation_id)
    db.session.rollback()
    if provider is None or not _is_answer_to(visit, provider):
        raise NotTrusted
    code = request.args.get("code", "")
    return identity.finish(provider, _address(provider), visit.attempt, code)


def _is_answer_to(visit: Visit, provider: Provider) -> bool:
    """Whether it was this browser that asked, and this provider that answers."""
    asked = hmac.compare_digest(request.args.get("state", ""), visit.attempt.state)
    by = request.args.get("iss", provider.issuer)  # RFC 9207
    return asked and by == provider.issuer and "error" not in request.args


def _visit() -> Visit | None:
    try:
        kept = _signer().loads(request.cookies.get(VISIT, ""), max_age=VISIT_S)
        return Visit(**{**kept, "attempt": Attempt(**kept["attempt"])})
    except (BadData, TypeError, KeyError):
        return None


def _end_visit(page: str, status: int = 200) -> Response:
    answer = make_response(page, status)
    answer.delete_cookie(VISIT, path=PATH, secure=_config().secure, httponly=True, samesite="Lax")
    return answer


def _welcome(answer: Any, found: Invitation, token: str) -> Any:
    g.invitation = found
    keep("guardian:entered")
    for name in request.cookies:  # rooms that have been left without a word
        if name.startswith(COOKIE) and live(name.removeprefix(COOKIE)) is None:
            answer.delete_cookie(name, path=PATH)
    answer.set_cookie(
        COOKIE + found.room,
        token,
        path=PATH,
        secure=_config().secure,
        httponly=True,
        samesite="Strict",
    )
    return answer


def _refused(here: Invitation) -> None:
    """Is an event of the case, and a wrong code is counted."""
    audit.record(
        db.session, "invitation:refused", clock.now(), case_id=here.case_id,
        unit_id=here.case.unit_id, detail=here.guardian_id,
    )  # fmt: skip
    db.session.commit()


def _door(language: str, link: str, *, wrong: str = "") -> str:
    return render_template(
        "home/door.html",
        link=link,
        wrong=wrong,
        can_log_in=identity.is_any(db.session),
        languages=languages(),
        chosen=language,
    )


def _address(provider: Provider) -> str:
    return address_of(provider.organisation_id)


def address_of(organisation_id: str) -> str:
    """Where a huvudman's provider sends a guardian back; it is registered there."""
    return _config().url + url_for("door.come_back", organisation_id=organisation_id)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt=VISIT)


def _config() -> Config:
    return current_app.extensions["kid_wheel"]
