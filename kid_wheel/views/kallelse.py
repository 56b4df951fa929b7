"""The door where a kallelse is made, as paper and as calendar entry, and the copy for the meeting.

It must never make either for somebody whom nothing covers at that moment: a samtycke may have been
taken back or have run out since the meeting was called.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_security import current_user

from .. import clock, consent, disclosure, meeting, meeting_pack
from ..case import Case
from ..consent import NoConsent
from ..db import db
from ..disclosure import Kind, NoDocuments
from ..kallelse import Kallelse, calendar_entry
from ..meeting import NotTold, Participant, Protected
from ..pdf import pdf
from ..permissions import Permission, requires
from ..protected import may_print
from . import stopped
from .consent import Token, area_names
from .guardian import language_of
from .in_case import find, keep, note, ring
from .meeting import back, find_participant, find_to_prepare, sentence, stop
from .special import is_confirmed

blueprint = Blueprint(
    "kallelse",
    __name__,
    url_prefix="/case/<uuid:case_id>/meeting/<uuid:meeting_id>/participant/<uuid:participant_id>",
)


@blueprint.get("/mote.pdf")
@requires(Permission.CASE_READ)
def kallelse_pdf(case_id: UUID, meeting_id: UUID, participant_id: UUID) -> Any:
    case, found, kallelse = _kallelse(case_id, meeting_id, participant_id)
    if not isinstance(kallelse, Kallelse):
        return kallelse
    with force_locale(language_of(case, case.key(ring()), found.guardian_id)):
        page = render_template(
            "meeting/kallelse.html", kallelse=kallelse, edition=stopped.edition()
        )
    return _sent(case, found, pdf(page), "application/pdf", "mote.pdf")


@blueprint.get("/mote.ics")
@requires(Permission.CASE_READ)
def kallelse_ics(case_id: UUID, meeting_id: UUID, participant_id: UUID) -> Any:
    case, found, kallelse = _kallelse(case_id, meeting_id, participant_id)
    if not isinstance(kallelse, Kallelse):
        return kallelse
    with force_locale(language_of(case, case.key(ring()), found.guardian_id)):
        entry = _entry(kallelse)
    return _sent(case, found, entry, "text/calendar; charset=utf-8", "mote.ics")


@blueprint.post("/pack")
@requires(Permission.CASE_READ)
def pack(case_id: UUID, meeting_id: UUID, participant_id: UUID) -> Any:
    """Hand out a copy for the meeting: the focus areas of just this participant, nothing else."""
    case = find(case_id)
    found = find_participant(case, meeting_id, participant_id)
    if not Token().validate_on_submit() or not found.recipient_id:
        abort(400)
    if not may_print(case, is_confirmed(case)):
        note(case, "document:refused", detail="pack")
        db.session.commit()
        flash(_("Det här ärendet skrivs bara ut med flit: bekräfta först under Om barnet."))
        return back(case)
    key, at = case.key(ring()), clock.now()
    if not meeting.is_covered(db.session, key, found, at):
        return stop(case, "consent_for_every_participant")
    areas = meeting.areas_in_focus(db.session, key, found)
    if not areas:
        return stop(case, "participants_in_focus")
    to = consent.find_recipient(db.session, key, case.id, found.recipient_id)
    items = meeting_pack.pack(db.session, ring(), case, areas)
    try:
        made = disclosure.disclose(
            db.session, key, case, to, areas, Kind.MEETING_PACK, _("Underlag till möte"), items,
            current_user.id, at,
        )  # fmt: skip
    except NoDocuments as error:
        flash(sentence(error), "error")
        return back(case)
    page = render_template(
        "meeting/pack.html",
        copy=made,
        words=made.read(key),
        items=items,
        area_names=area_names(),
        code=case.code,
        edition=stopped.edition(),
    )
    document = pdf(page)
    db.session.commit()
    return _download(document, "application/pdf", "underlag.pdf")


def _kallelse(
    case_id: UUID, meeting_id: UUID, participant_id: UUID
) -> tuple[Case, Participant, Any]:
    """The kallelse, or the page that says why there is none. Asked anew each time: a samtycke may
    have been taken back or run out since the meeting was called."""
    case = find(case_id)
    key, found = case.key(ring()), find_participant(case, meeting_id, participant_id)
    planned = find_to_prepare(case, meeting_id)
    words = planned.read(key)
    try:
        meeting.check_callable(db.session, key, case, found, clock.now())
    except NoConsent:
        return case, found, stop(case, "consent_for_every_participant")
    except NotTold:
        return case, found, stop(case, "child_told_who_comes")
    except Protected as error:
        flash(sentence(error), "error")
        return case, found, redirect(url_for("meeting.page", case_id=case.id))
    if planned.starts_at is None or not words.get("place"):
        return case, found, stop(case, "forum_chosen")
    return (
        case,
        found,
        Kallelse(
            id=planned.id,
            code=case.code,
            to=found.read(key)["name"],
            starts_at=planned.starts_at,
            minutes=planned.minutes,
            place=words["place"],
            contact=case.ansvarig.name if case.ansvarig else current_user.name,
        ),
    )


def _entry(kallelse: Kallelse) -> bytes:
    about = _("Plats och kontakt står i kallelsen. Märkt %(code)s.", code=kallelse.code)
    return calendar_entry(kallelse, _("Möte"), about, clock.now())


def _sent(case: Case, participant: Participant, body: bytes, kind: str, name: str) -> Response:
    participant.called_at = participant.called_at or clock.now()
    keep(case, "invitation:made", detail=name.partition(".")[2])
    return _download(body, kind, name)


def _download(body: bytes, kind: str, name: str) -> Response:
    response = Response(body, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
