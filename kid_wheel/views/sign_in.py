"""The door of the staff: password and one-time code, and what one may change of one's own account.

It must never tell a wrong password from an unknown address, and never count tries in memory: a
second worker has to know of them too.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from functools import lru_cache
from typing import Any, cast
from uuid import uuid4

import segno
from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import FSQLALiteUserDatastore, RoleMixin, Totp, current_user, hash_password
from flask_security.utils import login_user, logout_user, verify_password
from flask_wtf import FlaskForm
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse
from wtforms import EmailField, PasswordField, StringField
from wtforms.validators import InputRequired

from .. import audit, clock
from ..config import FAILED_SIGN_IN_WINDOW, MAX_FAILED_SIGN_INS, Config
from ..db import db
from ..i18n import NAMES
from ..people import Staff
from ..permissions import Permission, requires
from ..tablet import CODE_ALPHABET, tidy_code

blueprint = Blueprint("sign_in", __name__)

MIN_PASSWORD_LENGTH = 12  # letters; long rather than odd
ISSUER = "Barnets bästa-hjulet"
CODE_WINDOW = 30  # seconds that the clock of a phone may differ
CODE_STEP_LIFETIME = 5 * 60  # seconds between the right password and its one-time code
RECOVERY_CODES = 8
RECOVERY_CODE_LENGTH = 10  # 50 bits, single use, and tries are counted
MARK_LETTERS = 16

# We draw every page of our own, so Flask-Security registers none.
DECLARED: dict[str, Permission] = {}


class WrongCredentials(Exception):
    """E-postadressen, lösenordet eller koden stämmer inte."""


class TooManyTries(Exception):
    """Det blev för många försök. Vänta en kvart."""


class NeedsSecondFactor(Exception):
    """Lösenordet stämmer, men koden från autentiseringsappen fattas."""

    def __init__(self, staff_id: str) -> None:
        super().__init__(staff_id)
        self.staff_id = staff_id


class OneTimeCodes(Totp):
    """Codes of an authenticator app, each of which works once."""

    def get_last_counter(self, user: Any) -> int | None:
        """`user`: a Staff."""
        return cast(Staff, user).tf_last_counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        user.tf_last_counter = tmatch.counter


def settings(config: Config) -> dict[str, Any]:
    """Flask-Security's part of the app's configuration."""
    quick = {"argon2__time_cost": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": quick if config.testing else {},
        "SECURITY_PASSWORD_SALT": config.secret("password.salt"),
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TOTP_SECRETS": {"1": config.secret("totp.key")},
        "SECURITY_TOTP_ISSUER": ISSUER,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_JOIN_USER_ROLES": False,  # ours are assignments
        "SECURITY_CLI_USERS_NAME": None,
        "SECURITY_CLI_ROLES_NAME": None,
    }


def datastore() -> FSQLALiteUserDatastore:
    return FSQLALiteUserDatastore(db, Staff, RoleMixin)  # no roles: ours are assignments


def forms() -> dict[str, Any]:
    return {"register_blueprint": False, "totp_cls": OneTimeCodes}


class SignInForm(FlaskForm):  # type: ignore[misc]
    email = EmailField(lazy_gettext("E-postadress"), [InputRequired()])
    password = PasswordField(lazy_gettext("Lösenord"), [InputRequired()])


class CodeForm(FlaskForm):  # type: ignore[misc]
    code = StringField(lazy_gettext("Kod"), [InputRequired()])


class PasswordForm(FlaskForm):  # type: ignore[misc]
    password = PasswordField(lazy_gettext("Ditt lösenord nu"), [InputRequired()])
    chosen = PasswordField(lazy_gettext("Nytt lösenord"), [InputRequired()])
    again = PasswordField(lazy_gettext("Nytt lösenord en gång till"), [InputRequired()])


# Credentials: the same for the hub's door and for the tablets'.


def check_credentials(email: str, password: str, totp: str, door: str = "tablet") -> Staff:
    """The member of staff, let in; or WrongCredentials, TooManyTries or NeedsSecondFactor.

    totp: a code from the authenticator app, a recovery code, or "". Commits the audit event.
    """
    mark = _mark(email)
    _stop_after_too_many(mark)
    staff = db.session.scalar(select(Staff).where(Staff.email == email.strip().lower()))
    staff_id = staff.id if staff and staff.active else None
    stored = staff.password if staff and staff_id else None
    db.session.rollback()  # the password takes its time, and nobody waits for the database then
    is_right = verify_password(_normal(password), stored or _nobody())
    _stop_after_too_many(mark)  # guesses made at the same time count together
    if not is_right or stored is None or staff_id is None:
        raise _refused(mark, staff_id)
    if _has_second_factor(staff_id) and not totp:
        raise NeedsSecondFactor(staff_id)
    return _let_in(staff_id, totp, door)


def check_second_factor(staff_id: str, code: str, door: str = "tablet") -> Staff:
    """The member of staff whose password was right a moment ago; errors as above."""
    staff = db.session.get(Staff, staff_id)
    if staff is None or not staff.active:
        raise WrongCredentials
    _stop_after_too_many(_mark(staff.email))
    return _let_in(staff_id, code, door)


def hash_of(password: str) -> str:
    """What is stored of a password."""
    return str(hash_password(_normal(password)))


def new_password() -> str:
    """A password that can be read aloud and typed: five groups of four, 100 bits."""
    letters = [secrets.choice(CODE_ALPHABET) for _ in range(20)]
    return "-".join("".join(letters[i : i + 4]) for i in range(0, 20, 4)).lower()


def new_staff(**columns: Any) -> Staff:
    return Staff(fs_uniquifier=uuid4().hex, **columns)


def _let_in(staff_id: str, code: str, door: str) -> Staff:
    staff = db.session.get_one(Staff, staff_id)
    if staff.tf_totp_secret and not _is_second_factor(staff, code):
        raise _refused(_mark(staff.email), staff.id)
    audit.record(db.session, "staff:signed_in", clock.now(), staff_id=staff.id, detail=door)
    db.session.commit()
    return staff


def _has_second_factor(staff_id: str) -> bool:
    return db.session.get_one(Staff, staff_id).tf_totp_secret is not None


def _is_second_factor(staff: Staff, code: str) -> bool:
    typed = "".join(code.split())
    if typed.isdigit() and len(typed) == 6:
        return _is_code(staff, typed, str(staff.tf_totp_secret))
    used, kept = _hash_of_code(code), staff.tf_recovery_codes.split()
    if used not in kept:
        return False
    staff.tf_recovery_codes = " ".join(one for one in kept if one != used)
    return True


def _is_code(staff: Staff, typed: str, secret: str) -> bool:
    totp = current_app.extensions["security"].totp_factory
    return bool(totp.verify_totp(typed, secret, staff, window=CODE_WINDOW))


def _stop_after_too_many(mark: str) -> None:
    since = clock.now() - FAILED_SIGN_IN_WINDOW
    tries = audit.count_since(db.session, "staff:refused", since, detail=mark)
    if tries >= MAX_FAILED_SIGN_INS:
        db.session.rollback()
        raise TooManyTries


def _refused(mark: str, staff_id: str | None) -> WrongCredentials:
    db.session.rollback()
    audit.record(db.session, "staff:refused", clock.now(), staff_id=staff_id, detail=mark)
    db.session.commit()
    return WrongCredentials()


def _mark(email: str) -> str:
    """An address as a keyed hash: tries at an address nobody has are counted like any other."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    found = hmac.new(key, email.strip().lower().encode(), hashlib.sha256)
    return found.hexdigest()[:MARK_LETTERS]


@lru_cache
def _nobody() -> str:
    """A hash to try an unknown address's password at, so that the answer takes as long."""
    return hash_of(secrets.token_urlsafe())


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKD", password)


def _hash_of_code(code: str) -> str:
    return hashlib.sha256(tidy_code(code).encode()).hexdigest()


# In and out.


@blueprint.record_once
def _ask_the_unknown_to_sign_in(state: BlueprintSetupState) -> None:
    manager = state.app.login_manager  # type: ignore[attr-defined]
    manager.unauthorized_handler(_to_sign_in)


def _to_sign_in() -> BaseResponse:
    where = request.full_path.rstrip("?") if request.method == "GET" else None
    address = url_for("sign_in.door", next=where if where != "/" else None)
    if request.headers.get("HX-Request") == "true":
        return Response(headers={"HX-Redirect": address})
    return redirect(address)


@blueprint.before_app_request
def _ask_for_an_own_password() -> BaseResponse | None:
    if request.blueprint in {None, "sign_in", "tablet", "sync"}:
        return None
    if request.endpoint == "pages.about":
        return None
    if not current_user.is_authenticated or not current_user.password_is_initial:
        return None
    return redirect(url_for("sign_in.password"))


@blueprint.route("/sign-in", methods=["GET", "POST"])
@requires(Permission.OPEN)
def door() -> Any:
    if current_user.is_authenticated:
        return redirect(url_for("pages.home"))
    form, status = SignInForm(), 200
    if form.validate_on_submit():
        try:
            staff = check_credentials(form.email.data, form.password.data, "", door="hub")
        except NeedsSecondFactor as error:
            session.clear()
            session["second_factor"] = [error.staff_id, clock.now().timestamp(), _next()]
            return redirect(url_for("sign_in.code"))
        except TooManyTries:
            status = 429
        except WrongCredentials:
            status = 401
        else:
            return _begin(staff, _next())
    return render_template("sign_in/door.html", form=form, status=status, next=_next()), status


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@requires(Permission.OPEN)
def code() -> Any:
    staff_id, since, after = session.get("second_factor", ["", 0.0, ""])
    if clock.now().timestamp() - since > CODE_STEP_LIFETIME:
        session.pop("second_factor", None)
        return redirect(url_for("sign_in.door"))
    form, status = CodeForm(), 200
    if form.validate_on_submit():
        try:
            staff = check_second_factor(staff_id, form.code.data, door="hub")
        except TooManyTries:
            status = 429
        except WrongCredentials:
            status = 401
        else:
            return _begin(staff, after)
    return render_template("sign_in/code.html", form=form, status=status), status


@blueprint.post("/sign-out")
@requires(Permission.OPEN)
def out() -> BaseResponse:
    if current_user.is_authenticated:
        audit.record(db.session, "staff:signed_out", clock.now(), staff_id=current_user.id)
        db.session.commit()
    logout_user()
    session.clear()
    flash(_("Du är utloggad."))
    return redirect(url_for("sign_in.door"))


def _begin(staff: Staff, after: str) -> BaseResponse:
    session.clear()  # what an unknown visitor was given must not follow along
    session.permanent = True  # ends when nobody has used it for config.IDLE_LIFETIME
    login_user(staff, remember=False)
    return redirect(after or url_for("pages.home"))


def _next() -> str:
    """Where to go afterwards: a path of ours, or nowhere."""
    where = request.values.get("next", "")
    is_ours = where.startswith("/") and not where.startswith(("//", "/\\"))
    return where if is_ours and where.isprintable() else ""


# One's own account.


@blueprint.get("/account")
@requires(Permission.SIGNED_IN)
def account() -> str:
    return render_template("sign_in/account.html", assignments=_assignments())


@blueprint.post("/account/language")
@requires(Permission.SIGNED_IN)
def language() -> BaseResponse:
    chosen = request.form.get("language", "")
    if chosen in NAMES:
        current_user.language = chosen
        db.session.commit()
    return redirect(_next() or url_for("sign_in.account"))


@blueprint.route("/account/password", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
def password() -> Any:
    form = PasswordForm()
    if form.validate_on_submit() and _may_choose(form):
        staff: Staff = current_user
        staff.password, staff.password_is_initial = hash_of(form.chosen.data), False
        staff.fs_uniquifier = uuid4().hex  # every other session of this account ends
        audit.record(db.session, "staff:password_chosen", clock.now(), staff_id=staff.id)
        db.session.commit()
        flash(_("Ditt nya lösenord är sparat."))
        return _begin(db.session.get_one(Staff, staff.id), url_for("pages.home"))
    return render_template("sign_in/password.html", form=form, minimum=MIN_PASSWORD_LENGTH)


@blueprint.route("/account/second-factor", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
def second_factor() -> Any:
    """Set up an authenticator app: nothing is in force before a code from it was right."""
    totp, staff = current_app.extensions["security"].totp_factory, current_user
    if staff.tf_totp_secret:
        return redirect(url_for("sign_in.account"))
    secret = session.setdefault("totp_secret", totp.generate_totp_secret())
    form = CodeForm()
    if form.validate_on_submit():
        staff.tf_last_counter = None
        if _is_code(staff, "".join(form.code.data.split()), secret):
            return _second_factor_set_up(secret)
        form.code.errors = [_("Koden stämmer inte. Vänta på nästa kod i appen och försök igen.")]
    uri = totp.get_totp_uri(staff.email, secret)
    return render_template(
        "sign_in/second_factor.html", form=form, qr=qr(uri), key=totp.get_totp_pretty_key(secret)
    )


@blueprint.post("/account/second-factor/remove")
@requires(Permission.SIGNED_IN)
def remove_second_factor() -> BaseResponse:
    staff = db.session.get_one(Staff, current_user.id)
    try:
        _check_own_password(request.form.get("password", ""))
    except (WrongCredentials, TooManyTries) as error:
        flash(_why_not(error), "error")
        return redirect(url_for("sign_in.account"))
    forget_second_factor(staff)
    audit.record(db.session, "staff:second_factor_removed", clock.now(), staff_id=staff.id)
    db.session.commit()
    flash(_("Tvåstegsinloggningen är avstängd."))
    return redirect(url_for("sign_in.account"))


def forget_second_factor(staff: Staff) -> None:
    staff.tf_totp_secret = staff.tf_primary_method = staff.tf_last_counter = None
    staff.tf_recovery_codes = ""


def qr(text: str) -> Markup:
    """A QR code as SVG to put in a page; the text is also to be read beside it."""
    drawn = segno.make(text, error="m", micro=False)
    svg = drawn.svg_inline(scale=6, border=2, dark="#2a2733", light="#fff", omitsize=True)
    return Markup(svg.replace("<svg ", '<svg role="img" aria-hidden="true" ', 1))  # noqa: S704


def _second_factor_set_up(secret: str) -> str:
    codes = [
        "".join(secrets.choice(CODE_ALPHABET) for _ in range(RECOVERY_CODE_LENGTH))
        for _ in range(RECOVERY_CODES)
    ]
    staff: Staff = current_user
    staff.tf_totp_secret, staff.tf_primary_method = secret, "authenticator"
    staff.tf_recovery_codes = " ".join(_hash_of_code(code) for code in codes)
    audit.record(db.session, "staff:second_factor_set_up", clock.now(), staff_id=staff.id)
    db.session.commit()
    session.pop("totp_secret", None)
    return render_template("sign_in/recovery_codes.html", codes=codes)


def _may_choose(form: PasswordForm) -> bool:
    if len(form.chosen.data) < MIN_PASSWORD_LENGTH:
        form.chosen.errors = [
            _("Lösenordet behöver vara minst %(n)s tecken.", n=MIN_PASSWORD_LENGTH)
        ]
    elif form.chosen.data == form.password.data:
        form.chosen.errors = [_("Välj ett annat lösenord än det du har nu.")]
    elif form.chosen.data != form.again.data:
        form.again.errors = [_("De två nya lösenorden är inte lika.")]
    else:
        try:
            _check_own_password(form.password.data)
        except (WrongCredentials, TooManyTries) as error:
            form.password.errors = [_why_not(error)]
    return not (form.password.errors or form.chosen.errors or form.again.errors)


def _check_own_password(password: str) -> None:
    """Wrong tries at a signed-in, unattended screen count like those at the door."""
    mark = _mark(current_user.email)
    _stop_after_too_many(mark)
    if not verify_password(_normal(password), current_user.password):
        raise _refused(mark, current_user.id)


def _why_not(error: Exception) -> str:
    if isinstance(error, TooManyTries):
        return _("Det blev för många försök. Vänta en kvart och försök igen.")
    return _("Lösenordet stämmer inte.")


def _assignments() -> list[Any]:
    on = clock.today()
    return [one for one in current_user.assignments if one.is_active(on)]
