"""The tablet's door: its pages, which are the same for everybody, and what it may ask the hub.

It must never put personal data in a page: the tablet keeps every page for use without net.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    jsonify,
    make_response,
    render_template,
    request,
)
from flask_babel import gettext as _
from flask_compress import Compress
from sqlalchemy import select
from werkzeug.wsgi import FileWrapper

from .. import audit, clock, guardian_view, icon, lending, sound, wheel
from ..case import UnknownCase, find_by_code
from ..catalog import (
    AGREEMENT,
    LANGUAGES,
    Variant,
    attribution,
    catalog,
    every_symbol,
    leading_questions,
    looks,
    version,
)
from ..config import FAILED_SIGN_IN_WINDOW, MAX_FAILED_SIGN_INS
from ..db import db
from ..errors import Problem
from ..i18n import CHILDS_NAMES, GUARDIANS, NAMES, direction, switched_on
from ..keys import BrokenSeal, KeyRing, UnknownKey
from ..lending import AnyLoan
from ..local import pack_of, photo_of
from ..people import Staff, Unit, ansvarig_of, works_in
from ..permissions import Permission, requires
from ..photo import MEDIA_TYPE
from ..security import HEADERS, TABLET, csp
from ..social_services import telephone, telephones
from ..tablet import ExpiredCode, Sender, Tablet, UnknownCode, UsedCode, enrol
from ..tablet_words import messages
from ..tally import MAX_ROWS, NotATally, Row, add
from .answer_back import letter_of
from .directory import municipality_name
from .sign_in import NeedsSecondFactor, TooManyTries, WrongCredentials, check_credentials
from .sync import calling_tablet

blueprint = Blueprint("tablet", __name__)

CHILDS = ",".join(f"'{language}'" for language in LANGUAGES)
GUARDIANS_LANGUAGES = ",".join(GUARDIANS)

PIN_KEY_INFO = b"kid-wheel/draft-key/1"  # HPKE info of a draft key that the tablet lays away
FILES = (  # of the static folder: what the page and its worker load, and not what that is made of
    "tablet/*.svg",
    "tablet/store/start.js",
    "css/base.css",
    "css/tablet.css",
    "css/child-making.css",
    "css/child-fit.css",
    "css/guardian.css",
    "vendor/app.js",
    "vendor/guardian.js",
    "vendor/sqlite/worker.js",
    "vendor/sqlite/sqlite3.wasm",
    "vendor/fonts/*",
)
SOUND_REFUSALS = (
    sound.NotASound, sound.TooLargeSound, sound.NoRoomForSounds, sound.UnknownText,
)  # fmt: skip
HASH_LETTERS = 16  # of SHA-256, in the list of what the tablet keeps


# Pages: the same bytes for everybody.


@blueprint.get("/tablet/")
@requires(Permission.OPEN)
def shell() -> str:
    """The page that everything else comes into."""
    return render_template("tablet/shell.html")


@blueprint.get("/tablet/<any(sv,en):language>/adult")
@requires(Permission.OPEN)
def adult(language: str) -> str:
    return render_template(
        "tablet/adult.html",
        direction=direction(language),
        looks=looks(),
        optional_cards=[catalog(language, variant) for variant in Variant],
        messages=messages(),
        agreement=AGREEMENT,
        version=version(),
        attribution=attribution(language),
    )


@blueprint.get(f"/tablet/<any({CHILDS}):language>/<any(preschool,older):variant>")
@requires(Permission.OPEN)
def child(language: str, variant: str) -> str:
    """All the child's screens of one variant, as templates that the tablet fills."""
    shown = catalog(language, Variant(variant))
    return render_template(
        "tablet/child.html",
        catalog=shown,
        leading_questions=leading_questions,
        direction=direction(language),
        wheel=wheel.draw([(a.key, a.label, a.symbol) for a in shown.areas]),
    )


@blueprint.get(f"/tablet/<any({GUARDIANS_LANGUAGES}):language>/guardian")
@requires(Permission.OPEN)
def guardian(language: str) -> str:
    """All of a guardian's screens, with the cards and words of the guardian's room on the hub."""
    return render_template(
        "tablet/guardian.html",
        areas=guardian_view.areas(language),
        direction=direction(language),
        direction_of_language=direction,
        guardians_languages=_guardians_languages(),
        version=version(),
    )


@blueprint.get("/tablet/<any(sv,en):language>/guardian-staff")
@requires(Permission.OPEN)
def guardian_staff(language: str) -> str:
    """What the adult meets before a guardian is given the tablet, and after."""
    return render_template("tablet/guardian-staff.html", guardians_languages=_guardians_languages())


def _guardians_languages() -> dict[str, str]:
    return {code: CHILDS_NAMES[code] for code in GUARDIANS}


@blueprint.get("/tablet/manifest.webmanifest")
@requires(Permission.OPEN)
def manifest() -> Response:
    body = render_template("tablet/manifest.webmanifest")
    return Response(body, mimetype="application/manifest+json")


@blueprint.get("/tablet/icon-<size>.png")
@requires(Permission.OPEN)
def icon_png(size: str) -> Response:
    if size not in map(str, icon.SIZES):
        abort(404)
    return Response(icon.png(int(size)), mimetype="image/png")


@blueprint.get("/tablet/pictures.json")
@requires(Permission.OPEN)
def pictures() -> Response:
    """Every neutral picture in one answer, {address: SVG text}: 245 requests become one."""
    folder = Path(current_app.static_folder or "") / "bildstod"
    return Response(
        json.dumps(
            {
                f"/static/bildstod/{name}.svg": (folder / f"{name}.svg").read_text("utf-8")
                for name in every_symbol()
            }
        ),
        mimetype="application/json",
    )


@blueprint.get("/sw.js")
@requires(Permission.OPEN)
def worker() -> Response:
    """The service worker, with the list of what it keeps and the hash of each."""
    source = (Path(current_app.static_folder or "") / "tablet" / "sw.js").read_text("utf-8")
    body = f"const PACK = {json.dumps(pack(), separators=(',', ':'))};\n{source}"
    response = Response(body, mimetype="text/javascript")
    response.headers["Service-Worker-Allowed"] = "/"
    return response


def pack() -> dict[str, Any]:
    """{rev, headers, pages: {address: hash}, pictures: {address: hash}} of all a tablet needs."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    return _pack(app, "" if app.debug else "once")


@lru_cache(maxsize=4)
def _pack(app: Flask, _once: str) -> dict[str, Any]:
    folder = Path(app.static_folder or "")
    addresses = [
        "/tablet/",
        "/tablet/manifest.webmanifest",
        *(f"/tablet/icon-{size}.png" for size in icon.SIZES),
        *(f"/tablet/{language}/adult" for language in NAMES),
        *(f"/tablet/{language}/{variant}" for language in LANGUAGES for variant in Variant),
        *(f"/tablet/{language}/guardian-staff" for language in NAMES),
        *(f"/tablet/{language}/guardian" for language in GUARDIANS),
    ]
    pages = {address: _hash(_rendered(app, address)) for address in addresses}
    for pattern in FILES:
        for path in sorted(folder.glob(pattern)):
            pages[f"/static/{path.relative_to(folder).as_posix()}"] = _hash(path.read_bytes())
    pictures = {
        f"/static/bildstod/{name}.svg": _hash((folder / f"bildstod/{name}.svg").read_bytes())
        for name in every_symbol()
    }
    everything = json.dumps([pages, pictures], sort_keys=True).encode()
    headers = {**HEADERS, "Content-Security-Policy": csp(TABLET)}
    return {"rev": _hash(everything), "headers": headers, "pages": pages, "pictures": pictures}


def _rendered(app: Flask, address: str) -> bytes:
    with app.app_context():  # its own context, so that no page inherits another's language
        return app.test_client().get(address).data


def _hash(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:HASH_LETTERS]


def serve_static(app: Flask, compress: Compress) -> None:
    """Compress the files and pages that hold no secrets, and nothing else."""
    for view in (shell, adult, child, guardian, guardian_staff, pictures, worker):
        name = f"tablet.{view.__name__}"
        app.view_functions[name] = _compressed(compress, app.view_functions[name])
    for name in ("static", "pictures.sheet"):
        app.view_functions[name] = _compressed(compress, app.view_functions[name])


def _compressed(compress: Compress, view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def closing(*args: Any, **kwargs: Any) -> Response:
        response = make_response(view(*args, **kwargs))
        # Flask-Compress puts a stream of its own in the place of a file and leaves the file open.
        if isinstance(response.response, FileWrapper):
            response.call_on_close(response.response.close)
        return response

    wrapped: Callable[..., Any] = compress.compressed()(closing)
    return wrapped


# What a tablet may ask.


@blueprint.post("/tablet/api/enrolment")
@requires(Permission.OPEN)
def enrolment() -> tuple[Response, int]:
    """{code} → the tablet's token and all it needs to work without net."""
    now, address = clock.now(), _address()
    if (
        audit.count_since(
            db.session, "tablet:code_refused", now - FAILED_SIGN_IN_WINDOW, detail=address
        )
        >= MAX_FAILED_SIGN_INS
    ):
        raise Problem(429, "too-many-tries", _("För många försök. Vänta en kvart."))
    try:
        tablet, token = enrol(db.session, str(_asked("code")), now)
    except (UnknownCode, UsedCode, ExpiredCode) as error:
        audit.record(db.session, "tablet:code_refused", now, detail=address)
        db.session.commit()
        raise _code_problem(error) from error
    ids = {"tablet_id": tablet.id, "unit_id": tablet.unit_id}
    audit.record(db.session, "tablet:enrolled", now, **ids)
    db.session.commit()
    return jsonify(token=token, **_state(tablet)), 201


@blueprint.get("/tablet/api/state")
@requires(Permission.TABLET)
def state() -> Response:
    """What the tablet should know now: that the hub answers, the key, the units, its staff."""
    tablet = db.session.get_one(Tablet, calling_tablet().id)
    answer = jsonify(**_state(tablet))
    db.session.commit()
    return answer


@blueprint.post("/tablet/api/staff")
@requires(Permission.TABLET)
def staff() -> Response:
    """{email, password, totp} → who it is, when they work in the tablet's unit."""
    return jsonify(_signed_in_staff(calling_tablet()))


@blueprint.post("/tablet/api/draft-key")
@requires(Permission.TABLET)
def draft_key() -> Response:
    """{email, password, totp, sealed} → the draft key that a forgotten PIN has locked.

    The tablet seals each draft key to the hub when a PIN is chosen. Its owner, signed in again,
    gets it back, so that a forgotten PIN loses no conversation.
    """
    tablet = calling_tablet()
    who = _signed_in_staff(tablet)
    sealed = _base64(str(_asked("sealed")))
    ring: KeyRing = current_app.extensions["key_ring"]
    info = PIN_KEY_INFO + b"|" + who["id"].encode()
    try:
        key = ring.open(sealed[:8], sealed[8:], info)
    except (UnknownKey, BrokenSeal) as error:
        raise Problem(
            422, "broken-seal", _("Nyckeln går inte att öppna. Kontakta supporten.")
        ) from error
    audit.record(
        db.session, "draft_key:returned", clock.now(), staff_id=who["id"], tablet_id=tablet.id
    )
    db.session.commit()
    return jsonify(key=base64.urlsafe_b64encode(key).decode().rstrip("="))


@blueprint.get("/tablet/api/case/<code>")
@requires(Permission.TABLET)
def case_code(code: str) -> Response:
    """{earlier, letter}: that a case code exists, and whether a conversation or the answer letter
    is lent to the tablet's unit. Nothing else about the case."""
    sender = calling_tablet()
    try:
        find_by_code(db.session, code.upper())
        is_lent = {
            "earlier": _is_lent(lending.Loan, code, sender),
            "letter": _is_lent(lending.LetterLoan, code, sender),
        }
    except UnknownCase as error:
        raise Problem(
            404, "case-unknown", _("Navet har inget ärende med den koden. Läs koden en gång till.")
        ) from error
    finally:
        db.session.commit()
    return jsonify(**is_lent)


@blueprint.post("/tablet/api/earlier")
@requires(Permission.TABLET)
def earlier() -> Response:
    """{case_code, public} → {sealed}: what the child said before, when the ansvarig has lent it
    and the child has said yes. Sealed to a key that is made on the tablet for this alone."""
    ring: KeyRing = current_app.extensions["key_ring"]
    why_not = _("Inget tidigare samtal är utlånat hit. Prata med den ansvariga.")
    sender = calling_tablet()
    loan, sealed = _hand_out(
        sender, lending.Loan, lambda lent: lending.earlier(lent, ring), why_not
    )
    held = loan.conversation
    _note(sender, "conversation:lent_out", case_id=held.case_id, conversation_id=held.id)
    db.session.commit()
    return jsonify(sealed=sealed)


@blueprint.post("/tablet/api/letter")
@requires(Permission.TABLET)
def letter() -> Response:
    """{case_code, public} → {sealed}: the answers to the child, when they are lent to the tablet's
    unit, and the loan's id. Sealed as an earlier conversation is."""
    why_not = _("Inget brev är utlånat hit. Kontrollera koden, eller prata med den ansvariga.")
    sender = calling_tablet()
    loan, sealed = _hand_out(
        sender, lending.LetterLoan, lambda lent: {"id": lent.id, **letter_of(lent.case)}, why_not
    )
    _note(sender, "letter:lent_out", case_id=loan.case_id)
    db.session.commit()
    return jsonify(sealed=sealed)


@blueprint.post("/tablet/api/letter-shown")
@requires(Permission.TABLET)
def letter_shown() -> tuple[str, int]:
    """{id, at}: the child has seen the letter of a loan. The same loan counts once."""
    sender = calling_tablet()
    try:
        at = datetime.fromisoformat(str(_asked("at")))
        loan = lending.letter_was_shown(db.session, str(_asked("id")), sender, at, clock.now())
    except lending.NothingLent as error:
        raise Problem(404, "nothing-lent", _("Brevet är inte utlånat hit.")) from error
    except (ValueError, TypeError) as error:  # no time, or one without a zone
        raise Problem(400, "no-time", _("Något saknas i det som skickades.")) from error
    if loan is not None:
        _note(sender, "letter:shown", case_id=loan.case_id)
    db.session.commit()
    return "", 204


def _hand_out(
    sender: Sender,
    kind: type[AnyLoan],
    content: Callable[[AnyLoan], dict[str, Any]],
    why_not: str,
) -> tuple[AnyLoan, str]:
    try:
        code = str(_asked("case_code")).upper()
        loan = lending.lent_to(db.session, kind, code, sender, clock.now())
        sealed = lending.hand_out(loan, content(loan), sender, _base64(str(_asked("public"))))
    except lending.NothingLent as error:
        raise Problem(404, "nothing-lent", why_not) from error
    except ValueError as error:
        raise Problem(422, "broken-key", _("Surfplattans nyckel går inte att läsa.")) from error
    return loan, base64.b64encode(sealed).decode()


def _note(sender: Sender, event: str, **ids: str) -> None:
    of_tablet = {"tablet_id": sender.id, "unit_id": sender.unit_id}
    audit.record(db.session, event, clock.now(), **of_tablet, **ids)


def _is_lent(kind: type[AnyLoan], code: str, sender: Sender) -> bool:
    try:
        lending.lent_to(db.session, kind, code.upper(), sender, clock.now())
    except lending.NothingLent:
        return False
    return True


@blueprint.post("/tablet/api/tally")
@requires(Permission.TABLET)
def tally() -> tuple[str, int]:
    """{rows: [{id, month, variant, answer}]}: how it was to talk. The same row counts once."""
    tablet, body = calling_tablet(), request.get_json(silent=True)
    rows = body.get("rows") if isinstance(body, dict) else None
    try:
        if not isinstance(rows, list) or len(rows) > MAX_ROWS:
            raise NotATally
        add(db.session, tablet.unit_id, map(Row.read, rows))
    except NotATally as error:
        raise Problem(400, "not-a-tally", _("Något saknas i det som skickades.")) from error
    db.session.commit()
    return "", 204


@blueprint.get("/tablet/api/local-pack")
@requires(Permission.TABLET)
def local_pack() -> Response:
    """What the tablet's own unit has arranged: see local.pack_of."""
    answer = jsonify(**pack_of(db.session, calling_tablet().unit_id, clock.today()))
    db.session.commit()
    return answer


@blueprint.get("/tablet/api/local-picture/<name>")
@requires(Permission.TABLET)
def local_picture(name: str) -> Response:
    """{type, content: base64} of a photograph of the tablet's own unit, or of its staff."""
    found = photo_of(db.session, calling_tablet().unit_id, name)
    db.session.commit()
    if found is None:
        raise Problem(404, "picture-unknown", _("Fotot finns inte längre hos verksamheten."))
    return jsonify(type=MEDIA_TYPE, content=base64.b64encode(found).decode())


@blueprint.get("/tablet/api/local-sound/<name>")
@requires(Permission.TABLET)
def local_sound(name: str) -> Response:
    """{type, content: base64} of a text that the unit's own staff have read."""
    found = sound.find(db.session, calling_tablet().unit_id, name)
    db.session.commit()
    if found is None:
        raise Problem(404, "sound-unknown", _("Ljudet finns inte längre hos verksamheten."))
    return jsonify(type=found.media_type, content=base64.b64encode(found.content).decode())


@blueprint.post("/tablet/api/local-sound")
@requires(Permission.TABLET)
def share_sound() -> tuple[Response, int]:
    """{language, text, staff, content: base64} → {name, type}: for the unit's other tablets."""
    sender = calling_tablet()
    said = {part: str(_asked(part)) for part in ("language", "text", "staff")}
    who = db.session.get(Staff, said["staff"])
    if who is None or not who.active or not works_in(who, sender.unit_id, clock.today()):
        raise Problem(403, "not-this-unit", _("Den som delar arbetar inte i verksamheten."))
    try:
        made = sound.keep(
            db.session, sender.unit_id, said, _base64(str(_asked("content"))), clock.now()
        )
    except SOUND_REFUSALS as error:
        raise _sound_problem(error) from error
    _note(sender, "local_sound:shared", staff_id=who.id)
    db.session.commit()
    return jsonify(name=made.name, type=made.media_type), 201


def _sound_problem(error: Exception) -> Problem:
    if isinstance(error, sound.TooLargeSound):
        return Problem(413, "sound-too-large", _("Ljudet är större än 1 MB."))
    if isinstance(error, sound.NoRoomForSounds):
        return Problem(
            422, "sounds-full", _("Verksamhetens delade inspelningar tar 48 MB, mer går inte.")
        )
    return Problem(422, "not-a-sound", _("Ljudet går inte att dela. Läs in texten en gång till."))


def _state(tablet: Tablet) -> dict[str, Any]:
    session, on = db.session, clock.today()
    ring: KeyRing = current_app.extensions["key_ring"]
    ansvarig, known = ansvarig_of(session, tablet.unit_id, on), telephones(session)
    assigned = Staff.assignments.any(unit_id=tablet.unit_id)
    staff = session.scalars(select(Staff).where(assigned).order_by(Staff.name))
    working = [s for s in staff if s.active and works_in(s, tablet.unit_id, on)]
    return {
        "tablet": tablet.id,
        "name": tablet.name,
        "unit": _unit(tablet.unit),
        "organisation": tablet.unit.organisation.name,
        "languages": switched_on(tablet.unit.organisation.languages),
        "ansvarig": ansvarig.name if ansvarig else "",
        "social_services": telephone(tablet.unit, known),
        "telephones": [
            {"municipality": m, "name": municipality_name(m), "telephone": number}
            for m, number in known.items()
        ],
        "hub_key": ring.public_json(),
        "content_version": version(),
        "local_version": pack_of(session, tablet.unit_id, on)["version"],
        "answer_days": tablet.unit.answer_days,
        "staff": [s.id for s in working],
        "colleagues": [{"id": s.id, "name": s.name, "title": s.title} for s in working],
        "units": [_unit(unit) for unit in session.scalars(select(Unit).order_by(Unit.name))],
    }


def _unit(unit: Unit) -> dict[str, str]:
    return {
        "id": unit.id,
        "name": unit.name,
        "kind": str(unit.kind),
        "municipality": unit.municipality,
    }


def _signed_in_staff(tablet: Sender) -> dict[str, str]:
    try:
        who = check_credentials(
            str(_asked("email")), str(_asked("password")), str(_asked("totp", ""))
        )
    except TooManyTries as error:
        raise Problem(
            429, "too-many-tries", _("För många försök. Vänta en kvart och försök igen.")
        ) from error
    except NeedsSecondFactor as error:
        raise Problem(
            401, "second-factor", _("Skriv också koden från din autentiseringsapp.")
        ) from error
    except WrongCredentials as error:
        raise Problem(
            401, "wrong-credentials", _("E-postadressen eller lösenordet stämmer inte.")
        ) from error
    if not works_in(who, tablet.unit_id, clock.today()):
        raise Problem(
            403,
            "not-this-unit",
            _("Ditt konto hör inte till den här verksamheten. Prata med er administratör."),
        )
    return {"id": who.id, "name": who.name, "title": who.title}


def _code_problem(error: Exception) -> Problem:
    if isinstance(error, UsedCode):
        return Problem(410, "code-used", _("Koden är redan använd. Be er administratör om en ny."))
    if isinstance(error, ExpiredCode):
        return Problem(
            410, "code-expired", _("Koden gällde i 15 minuter. Be er administratör om en ny.")
        )
    return Problem(404, "code-unknown", _("Koden stämmer inte. Läs den en gång till."))


def _asked(name: str, default: object = None) -> object:
    body = request.get_json(silent=True)
    value = body.get(name, default) if isinstance(body, dict) else default
    if not isinstance(value, str):
        raise Problem(400, f"missing-{name}", _("Något saknas i det som skickades."))
    return value


def _base64(text: str) -> bytes:
    try:
        # Letters of the other alphabet would else be left out in silence.
        padded = text + "=" * (-len(text) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except ValueError as error:
        raise Problem(400, "not-base64", _("Något saknas i det som skickades.")) from error


def _address() -> str:
    """The caller's address as a short hash: enough to count tries, useless to find a person."""
    return hashlib.sha256((request.remote_addr or "").encode()).hexdigest()[:HASH_LETTERS]
