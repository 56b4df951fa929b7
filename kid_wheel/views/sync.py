"""The door that finished conversations come in through, and nothing goes out but a receipt.

    PUT /sync/conversations/<uuid>      Authorization: Bearer <the tablet's token>
    Content-Type: application/vnd.kid-wheel.sealed      body: the sealed bytes

    201  received now                      200  the same bytes were received before
    409  same id but other bytes           400  truncated, or another id than the address says
    413  over 8 MB                         415  a format this hub does not know
    422  broken seal, unknown key, or not a record
    401  unknown tablet                    410  revoked tablet

Every refusal is an RFC 9457 problem document, and the tablet keeps what it has.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import RequestEntityTooLarge

from .. import audit, clock
from ..case import Case, receive
from ..conversation import (
    Conversation,
    NotARecord,
    OtherId,
    Record,
    TooLarge,
    Truncated,
    UnknownFormat,
    digest,
    open_sealed,
)
from ..db import db
from ..errors import Problem
from ..keys import BrokenSeal, KeyRing, UnknownKey
from ..permissions import Permission, requires
from ..tablet import RevokedTablet, Tablet, UnknownTablet, recognise

blueprint = Blueprint("sync", __name__, url_prefix="/sync")


@blueprint.put("/conversations/<uuid:conversation_id>")
@requires(Permission.TABLET)
def conversation(conversation_id: Any) -> tuple[Response, int]:
    """Take in one sealed conversation, exactly once, whatever is repeated or reordered."""
    try:
        sealed = request.get_data(cache=False)
    except RequestEntityTooLarge as error:
        raise _refused(TooLarge()) from error
    tablet = calling_tablet()
    known = db.session.get(Conversation, str(conversation_id))
    if known is not None:
        return _received_before(known, digest(sealed), tablet)
    db.session.rollback()  # opening a seal needs no lock on the database
    record, packed = _open(sealed, str(conversation_id), tablet)
    return _receive(record, packed, sealed)


def calling_tablet() -> Tablet:
    """The tablet behind the request, or a problem that says what to do."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    try:
        return recognise(db.session, token, clock.now())
    except RevokedTablet as error:
        raise Problem(
            410,
            "tablet-revoked",
            _("Den här surfplattan är spärrad. Det som är sparat ligger kvar. "
              "Prata med er administratör."),
        ) from error
    except UnknownTablet as error:
        raise Problem(
            401,
            "tablet-unknown",
            _("Navet känner inte igen surfplattan. Det som är sparat ligger kvar. "
              "Be er administratör om en ny kod."),
        ) from error


def _open(sealed: bytes, conversation_id: str, tablet: Tablet) -> tuple[Record, bytes]:
    ring: KeyRing = current_app.extensions["key_ring"]
    tablet_id, unit_id = tablet.id, tablet.unit_id
    db.session.rollback()
    try:
        return open_sealed(ring, sealed, conversation_id)
    except tuple(_REASONS) as error:
        problem = _refused(error)
        audit.record(
            db.session,
            "conversation:refused",
            clock.now(),
            tablet_id=tablet_id,
            unit_id=unit_id,
            conversation_id=conversation_id,
            detail=problem.kind,
        )
        db.session.commit()
        raise problem from error


def _receive(record: Record, packed: bytes, sealed: bytes) -> tuple[Response, int]:
    now, sent = clock.now(), digest(sealed)
    tablet = calling_tablet()
    known = db.session.get(Conversation, record["id"])
    if known is not None:
        return _received_before(known, sent, tablet)
    received = receive(
        db.session, current_app.extensions["key_ring"], record, packed, sent, tablet, now
    )
    audit.record(
        db.session,
        "conversation:received",
        now,
        staff_id=record["staff"],
        tablet_id=tablet.id,
        unit_id=tablet.unit_id,
        case_id=received.case_id,
        conversation_id=received.id,
    )
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        known = db.session.get_one(Conversation, record["id"])
        return _received_before(known, sent, calling_tablet())
    return _receipt(received), 201


def _received_before(known: Conversation, sent: str, tablet: Tablet) -> tuple[Response, int]:
    if known.digest == sent and known.tablet_id == tablet.id:
        db.session.commit()
        return _receipt(known), 200
    audit.record(
        db.session,
        "conversation:refused",
        clock.now(),
        tablet_id=tablet.id,
        unit_id=tablet.unit_id,
        conversation_id=known.id,
        detail="other-bytes",
    )
    db.session.commit()
    raise Problem(
        409,
        "other-bytes",
        _("Navet har redan ett samtal med samma nummer men annat innehåll. "
          "Det här ligger kvar på surfplattan. Spara en kopia och kontakta supporten."),
    )


def _receipt(received: Conversation) -> Response:
    """Who has it now: no word of what it holds, and no case code that a tablet need not know."""
    case = db.session.get_one(Case, received.case_id)
    return jsonify(
        conversation=received.id,
        digest=received.digest,
        received_at=received.received_at.isoformat(),
        ansvarig=case.ansvarig.name if case.ansvarig else "",
        unit=case.unit.name,
    )


_REASONS: dict[type[Exception], tuple[int, str]] = {
    TooLarge: (413, "too-large"),
    Truncated: (400, "truncated"),
    OtherId: (400, "other-id"),
    UnknownFormat: (415, "unknown-format"),
    UnknownKey: (422, "unknown-key"),
    BrokenSeal: (422, "broken-seal"),
    NotARecord: (422, "not-a-record"),
}


def _refused(error: Exception) -> Problem:
    status, kind = _REASONS[type(error)]
    titles = {
        "too-large": _("Samtalet är större än 8 MB. Det ligger kvar på surfplattan."),
        "truncated": _("Samtalet kom inte fram helt. Det skickas igen."),
        "other-id": _("Samtalet bär ett annat nummer än det skickades med. Det ligger kvar."),
        "unknown-format": _(
            "Samtalet är skrivet med en nyare version än navet har. "
            "Det ligger kvar på surfplattan tills navet är uppdaterat."
        ),
        "unknown-key": _(
            "Samtalet är förslutet till en nyckel som navet inte har. "
            "Det ligger kvar. Kontakta supporten."
        ),
        "broken-seal": _("Förseglingen går inte att öppna. Samtalet ligger kvar på surfplattan."),
        "not-a-record": _("Navet kan inte läsa samtalet. Det ligger kvar på surfplattan."),
    }
    return Problem(status, kind, titles[kind])
