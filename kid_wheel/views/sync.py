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
from werkzeug.exceptions import RequestEntityTooLarge

from .. import audit, clock
from ..case import Receipt
from ..config import FAILED_SIGN_IN_WINDOW
from ..conversation import TooLarge
from ..db import db
from ..errors import Problem
from ..intake import REASONS, REFUSALS, refuse, take_in
from ..permissions import Permission, requires
from ..tablet import RevokedTablet, Sender, UnknownTablet, recognise

blueprint = Blueprint("sync", __name__, url_prefix="/sync")

# Events about senders that are not let in, in FAILED_SIGN_IN_WINDOW: a stranger must not be able
# to fill the log.
MAX_TOLD = 8


@blueprint.put("/conversations/<uuid:conversation_id>")
@requires(Permission.TABLET)
def conversation(conversation_id: Any) -> tuple[Response, int]:
    """Take in one sealed conversation, exactly once, whatever is repeated or reordered."""
    try:
        taken = take_in(
            db.session,
            current_app.extensions["key_ring"],
            _sealed(str(conversation_id)),
            str(conversation_id),
            lambda _record: _sender(str(conversation_id)),
            clock.now(),
        )
    except REFUSALS as error:
        raise _refused(error) from error
    return _answer(taken.receipt), 201 if taken.is_new else 200


def calling_tablet() -> Sender:
    """The tablet behind the request, or a problem that says what to do."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    try:
        return recognise(db.session, token, clock.now())
    except RevokedTablet as error:
        raise Problem(
            410,
            "tablet-revoked",
            _(
                "Den här surfplattan är spärrad. Det som är sparat ligger kvar. "
                "Prata med er administratör."
            ),
        ) from error
    except UnknownTablet as error:
        raise Problem(
            401,
            "tablet-unknown",
            _(
                "Navet känner inte igen surfplattan. Det som är sparat ligger kvar. "
                "Be er administratör om en ny kod."
            ),
        ) from error


def _sealed(conversation_id: str) -> bytes:
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge as error:
        tablet = _sender(conversation_id)
        refuse(
            db.session,
            REASONS[TooLarge],
            clock.now(),
            tablet_id=tablet.id,
            unit_id=tablet.unit_id,
            conversation_id=conversation_id,
        )
        raise TooLarge from error


def _sender(conversation_id: str) -> Sender:
    """The calling tablet; that a stranger or a lost tablet tried to send is remembered."""
    try:
        return calling_tablet()
    except Problem as problem:
        revoked, now = problem.__cause__, clock.now()
        tablet_id = revoked.tablet_id if isinstance(revoked, RevokedTablet) else None
        told = audit.count_since(
            db.session,
            "conversation:refused",
            now - FAILED_SIGN_IN_WINDOW,
            detail=problem.kind,
            tablet_id=tablet_id,
        )
        if told < MAX_TOLD:
            refuse(
                db.session,
                problem.kind,
                now,
                tablet_id=tablet_id,
                conversation_id=conversation_id,
            )
        raise


def _answer(receipt: Receipt) -> Response:
    """Who has it now: no word of what it holds, and no case code that a tablet need not know."""
    return jsonify(
        conversation=receipt.id,
        digest=receipt.digest,
        received_at=receipt.received_at.isoformat(),
        ansvarig=receipt.ansvarig,
        unit=receipt.unit,
    )


_STATUS = {
    "too-large": 413,
    "truncated": 400,
    "other-id": 400,
    "other-bytes": 409,
    "unknown-format": 415,
    "unknown-key": 422,
    "broken-seal": 422,
    "not-a-record": 422,
}


def _refused(error: Exception) -> Problem:
    kind = REASONS[type(error)]
    titles = {
        "too-large": _("Samtalet är större än 8 MB. Det ligger kvar på surfplattan."),
        "truncated": _("Samtalet kom inte fram helt. Det skickas igen."),
        "other-id": _("Samtalet bär ett annat nummer än det skickades med. Det ligger kvar."),
        "other-bytes": _(
            "Navet har redan ett samtal med samma nummer men annat innehåll. "
            "Det här ligger kvar på surfplattan. Spara en kopia och kontakta supporten."
        ),
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
    return Problem(_STATUS[kind], kind, titles[kind])
