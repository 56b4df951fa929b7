"""The door at the meeting itself: the calm pages to show, who was there, and that it was held.

It must never let an adult's page come before the child's, nor show an area outside the focus, or
one that somebody who is there may not hear of. It names nobody because of whom an area is left out:
everybody sees it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, render_template, request
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _

from .. import answer_back, clock, consent, disclosure, meeting, meeting_pack
from ..case import Case
from ..catalog import SWEDISH
from ..db import db
from ..disclosure import Item, Kind
from ..i18n import CHILDS_NAMES, GUARDIANS
from ..meeting import Meeting, ParticipantKind
from ..permissions import Permission, requires
from ..situation import Situation
from .case import speaker_words
from .consent import Token, area_names
from .guardian import language_of
from .in_case import find, find_to_decide, keep, move, note, ring
from .meeting import Invited, back, find_meeting, find_to_prepare, invited_of

blueprint = Blueprint(
    "at_meeting", __name__, url_prefix="/case/<uuid:case_id>/meeting/<uuid:meeting_id>"
)


@blueprint.get("/show")
@requires(Permission.CASE_READ)
def show(case_id: UUID, meeting_id: UUID) -> str:
    """Full screen: the child's own words first, then the guardians, then what the child needs."""
    case = find(case_id)
    key, found = case.key(ring()), find_meeting(case, meeting_id)
    focus = meeting.areas_to_show(db.session, key, found, clock.now())
    invited = [one for one in invited_of(case, key, found) if one.is_expected]
    child = meeting_pack.childs_items(case, ring(), focus)
    pages = _pages(focus, child, invited, case, key)
    number = min(max(request.args.get("page", 1, int), 1), len(pages))
    note(case, "meeting:shown")
    with force_locale(_language(case, key, pages[number - 1])):
        shown = _shown(case, found, pages, number)
    db.session.commit()
    return shown


@blueprint.post("/presence")
@requires(Permission.CASE_READ)
def presence(case_id: UUID, meeting_id: UUID) -> Any:
    """Who was there, of all who were invited."""
    case = find(case_id)
    found = find_to_prepare(case, meeting_id)
    if not Token().validate_on_submit():
        abort(400)
    for participant in meeting.expected_of(db.session, case.key(ring()), found.id, clock.now()):
        said = request.form.get(f"present-{participant.id}")
        if said in {"yes", "no"}:
            participant.was_present = said == "yes"
    keep(case, "meeting:presence_recorded")
    return back(case)


@blueprint.post("/hold")
@requires(Permission.CASE_MOVE)
def hold(case_id: UUID, meeting_id: UUID) -> Any:
    """T8: the meeting has been held."""
    case = find_to_decide(case_id)
    found = find_to_prepare(case, meeting_id)

    def then(here: Situation) -> None:
        found.held_at = here.at
        _log_told(here, found)

    return move(case, "hold_meeting", then) or back(case)


def _log_told(here: Situation, found: Meeting) -> None:
    """What everybody there was shown and told, a line for each recipient."""
    session, key, case = here.session, here.key, here.case
    areas = meeting.areas_to_show(session, key, found, here.at)
    there = [
        one
        for one in meeting.expected_of(session, key, found.id, here.at)
        if one.was_present is not False
    ]
    items = meeting_pack.shown(session, here.ring, case, areas)
    for one in there:
        words = one.read(key).get("words", "")
        if one.kind is ParticipantKind.GUARDIAN and words:
            items.append(Item("guardian", "", words, guardian_id=one.guardian_id or ""))
    for id_ in dict.fromkeys(one.recipient_id for one in there if one.recipient_id):
        to = consent.find_recipient(session, key, case.id, id_)
        own = next(one for one in there if one.recipient_id == id_)
        about = areas or meeting.areas_in_focus(session, key, own)
        disclosure.disclose_all(
            session, key, case, to, about, Kind.TOLD, _("Möte"), items, here.by.id, here.at
        )


def _language(case: Case, key: bytes, page: dict[str, Any]) -> str:
    """The child's pages are the child's; the others in what was chosen, a guardian's else in the
    guardian's own."""
    chosen = _chosen()
    if page["kind"] in ("child_first", "child"):
        return answer_back.childs_language(case).split("-")[0]
    if chosen is None and page["kind"] == "guardian":
        return language_of(case, key, page["guardian_id"])
    return chosen or str(get_locale() or SWEDISH)


def _chosen() -> str | None:
    wanted = request.args.get("language")
    return wanted if wanted in GUARDIANS else None


def _shown(case: Case, found: Meeting, pages: Sequence[dict[str, Any]], number: int) -> str:
    return render_template(
        "meeting/show.html",
        case=case,
        meeting=found,
        page=pages[number - 1],
        number=number,
        count=len(pages),
        child=case.about(ring()).get("alias") or _("barnet"),
        area_names=area_names(),
        speakers=speaker_words(),
        chosen=_chosen(),
        offered={code: CHILDS_NAMES[code] for code in GUARDIANS},
    )


def _pages(
    focus: Sequence[str],
    child: Sequence[Item],
    invited: Sequence[Invited],
    case: Case,
    key: bytes,
) -> list[dict[str, Any]]:
    """The meeting's pages in their order: nobody but the child begins."""
    important = [item for item in child if item.is_important]
    pages: list[dict[str, Any]] = [{"kind": "child_first", "items": important}]
    for area in focus:
        items = [item for item in child if item.area == area]
        drawings = meeting_pack.childs_drawings(case, ring(), [area])
        if items or drawings:
            pages.append({"kind": "child", "area": area, "items": items, "drawings": drawings})
    pages += [
        {
            "kind": "guardian",
            "guardian_id": one.row.guardian_id,
            "name": one.words["name"],
            "words": one.words.get("words", ""),
        }
        for one in invited
        if one.row.kind is ParticipantKind.GUARDIAN
    ]
    needs = {item.area: item.text for item in meeting_pack.needs(db.session, key, case.id, focus)}
    pages += [
        {
            "kind": "area",
            "area": area,
            "need": needs.get(area, ""),
            "people": [one.words["name"] for one in invited if area in one.words.get("areas", [])],
        }
        for area in focus
    ]
    return pages
