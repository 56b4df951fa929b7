"""The door to one area of the wheel: what the child, each guardian and the professions have said.

It must never blend them, and never show a child's words without an audit event.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_security import current_user

from .. import clock
from ..case import Case
from ..catalog import AREAS
from ..db import db
from ..permissions import Permission, requires
from ..voices import Kind, NothingSaid, OtherCase, Remark, Told, Voices, hear, write_down
from .case import child_name, kind_words, photos_of, silence_words, speaker_words
from .in_case import find, note, ring
from .next_steps import existing

blueprint = Blueprint("voices", __name__, url_prefix="/case/<uuid:case_id>/area/<key>")


@blueprint.get("")
@requires(Permission.CASE_READ)
def area(case_id: UUID, key: str) -> str:
    """The voices side by side; a fragment for the case's own page."""
    found = find(case_id)
    return _shown(found, key)


@blueprint.post("/statement")
@requires(Permission.CASE_READ)
def write(case_id: UUID, key: str) -> Any:
    """Write down, verbatim, what a guardian has said about the area."""
    found = find(case_id)
    if key not in AREAS:
        abort(404)
    typed = request.form
    guardian_id, kind = typed.get("guardian", ""), typed.get("kind", "")
    if kind not in set(Kind):
        return _shown(found, key, problem=_("Välj vad det handlar om."), typed=typed), 422
    try:
        write_down(
            db.session,
            found.key(ring()),
            found,
            guardian_id,
            key,
            Kind(kind),
            typed.get("text", ""),
            typed.get("question", ""),
            current_user,
            clock.now(),
        )
    except NothingSaid:
        problem = _("Skriv vad vårdnadshavaren sa, ordagrant.")
        return _shown(found, key, problem=problem, typed=typed), 422
    except OtherCase:
        abort(404)
    note(found, "guardian_statement:written", detail=key)
    db.session.commit()
    flash(_("Det är nedskrivet."))
    return redirect(url_for("voices.area", case_id=case_id, key=key))


def adult_kinds() -> dict[str, str]:
    """In the order they are read: strengths always first."""
    return {
        Kind.STRENGTH: _("Styrkor"),
        Kind.IS: _("Så här är det"),
        Kind.WISH: _("Önskan"),
        Kind.WORRY: _("Oro"),
        Kind.HELP: _("Det som hjälper"),
    }


def by_kind(remarks: Iterable[Remark]) -> dict[str, list[Remark]]:
    """Each kind that something was said of, and the strengths always."""
    said = {kind: [r for r in remarks if r.kind == kind] for kind in Kind}
    return {kind: of_it for kind, of_it in said.items() if of_it or kind is Kind.STRENGTH}


def record_reading(case: Case, event: str, told: Iterable[Told], detail: str = "") -> None:
    """An event for each conversation whose words are shown, or one when there are none."""
    read = dict.fromkeys(one.conversation.id for one in told)
    for conversation_id in read or [None]:
        note(case, event, conversation_id=conversation_id, detail=detail)


def _shown(case: Case, key: str, problem: str = "", typed: Any = None) -> str:
    voices = hear(db.session, ring(), case, str(get_locale() or "sv"))
    found = next((area for area in voices.areas if area[0] == key), None)
    if found is None:
        abort(404)
    told = [one for one in voices.child if one.area.key == key]
    opened = [one for one in told if one.area.was_opened]
    record_reading(case, "area:read", opened, key)
    template = "case/_voices.html" if request.htmx else "case/voices.html"  # type: ignore[attr-defined]
    page = render_template(
        template,
        case=case,
        child=child_name(case),
        key=key,
        name=found[1],
        symbol=found[2],
        voices=voices,
        told=opened,
        unopened=[one for one in told if not one.area.was_opened],
        remarks=_remarks(voices, key),
        by_kind=by_kind,
        kinds=adult_kinds(),
        photos_of=photos_of,
        speakers=speaker_words(),
        kind_words=kind_words(),
        silence_words=silence_words(),
        may_write=key in AREAS,
        consent_page=existing("consent.page"),
        problem=problem,
        typed=typed or {},
    )
    db.session.commit()
    return page


def _remarks(voices: Voices, key: str) -> dict[str, list[Remark]]:
    """What each guardian (by id) and the professions ("") have said about the area."""
    professions = {"": [r for r in voices.professions if r.area == key]}
    return professions | {
        guardian.id: [r for r in guardian.remarks if r.area == key] for guardian in voices.guardians
    }
