"""The door to the kartläggning: one page, written and kept part by part.

It must never lose what somebody wrote, and never let anybody but the ansvarig decide.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_security import current_user
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from .. import clock, kartlaggning
from ..action import Source, actions_of
from ..case import Case, CaseState
from ..catalog import AREAS
from ..db import db
from ..kartlaggning import (
    ASKS_OTHERS,
    HELPS,
    OWN_QUESTIONS,
    QUESTIONS,
    SOURCES,
    WRITABLE,
    WRITTEN_SOURCES,
    ChildUnheard,
    Decision,
    Kartlaggning,
    NoArea,
    NoDay,
    NoOwner,
    NoReason,
    NoRecipient,
    NothingToDo,
    Part,
    TooLate,
)
from ..people import Assignment, Organisation, Staff, Unit, works_in
from ..permissions import Permission, may_decide, requires
from ..voices import CHILD, Evidence, Presence, Voices, hear
from .case import child_name, photos_of, silence_words, speaker_words
from .in_case import find, find_to_decide, move, note, ring, state_words
from .voice_wheel import name_of, presence_words
from .voices import adult_kinds, by_kind, record_reading

blueprint = Blueprint("kartlaggning", __name__, url_prefix="/case/<uuid:case_id>/kartlaggning")

A_PART = "/<any({}):part>".format(",".join(Part))
# The step that the last button of a part takes; deciding is the ansvarig's alone.
STEP_OF = {
    Part.INFORMED: "open_kartlaggning",
    Part.SOURCES: "complete_sources",
    Part.DECISION: "decide",
}
# The fields that hold words, by name or by how their names begin.
WORDS = ("informed_text", "child_view", "maturity_by", "best_interests", "motive", "who", "why")
WORDS_OF = ("answer-", "need-", "source-", "other-", "what-", "for_child-")
FIELD_OF = {  # a field that a part's page always sends, empty or not
    Part.INFORMED: "informed_text",
    Part.SOURCES: "source-own_unit",
    Part.QUESTIONS: "answer-1",
    Part.NEEDS: "need-halsa",
    Part.DECISION: "motive",
}
BEGUN = ("what-3", "what-4", "who", "why")  # of the small forms, whose words are added by a button
AFTER = ("start_own_support", "ask_consent", "take_no_action")
LEADS_TO = {"ask_consent": "consent.page", "take_no_action": "answer_back.page"}


@dataclass(frozen=True)
class Tried:
    """What somebody sent that could not be kept yet: which form, the sentence, and the words."""

    form: str = ""
    problem: str = ""
    typed: Any = field(default_factory=MultiDict)


@blueprint.get("")
@requires(Permission.CASE_READ)
def page(case_id: UUID) -> str:
    return _page(find(case_id))


@blueprint.get("/<uuid:kartlaggning_id>")
@requires(Permission.CASE_READ)
def earlier(case_id: UUID, kartlaggning_id: UUID) -> str:
    """The kartläggning of an earlier round, to read."""
    found = find(case_id)
    kept = db.session.get(Kartlaggning, str(kartlaggning_id))
    if kept is None or kept.case_id != found.id:
        abort(404)
    voices = _hear(found)
    record_reading(found, "kartlaggning:read", voices.child, str(kept.round))
    page = render_template("kartlaggning/earlier.html", **_context(found, voices, kept))
    db.session.commit()
    return page


@blueprint.post("")
@requires(Permission.CASE_READ)
def keep(case_id: UUID) -> Any:
    """Keep all that is written on the page."""
    found = find(case_id)
    return _keep(found) or _done(found, "top")


@blueprint.post(A_PART)
@requires(Permission.CASE_READ)
def write(case_id: UUID, part: str) -> Any:
    """The same, and take the step that the part's last button asks for."""
    found, which = find(case_id), Part(part)
    late = _keep(found, which)
    if late:
        return late
    if request.form.get("step") and which in STEP_OF:
        return _step(case_id, STEP_OF[which])
    return _done(found, which)


@blueprint.post('/action/<any("{}"):number>'.format('","'.join(OWN_QUESTIONS)))
@requires(Permission.CASE_READ)
def add_action(case_id: UUID, number: str) -> Any:
    """Help of one's own unit, at once."""
    found, typed = find(case_id), request.form
    late = _keep(found)
    if late:
        return late
    problems = {
        NothingToDo: _("Skriv vad ni ska göra."),
        NoArea: _("Välj vilket område det gäller."),
        NoOwner: _("Välj någon i verksamheten som ansvarar."),
        NoDay: _("Välj en dag från i dag och framåt."),
    }
    try:
        kartlaggning.begin_own_action(
            db.session,
            found.key(ring()),
            found,
            question=number,
            area=typed.get(f"area-{number}", ""),
            what=typed.get(f"what-{number}", ""),
            for_child=typed.get(f"for_child-{number}", ""),
            owner=db.session.get(Staff, typed.get(f"staff-{number}", "")),
            due_on=_day(typed.get(f"due_on-{number}", "")),
            at=clock.now(),
            on=clock.today(),
        )
    except TooLate:
        return _too_late(found)
    except tuple(problems) as error:
        return _page(found, Tried(f"action-{number}", problems[type(error)], typed)), 422
    note(found, "action:made", detail=Source.OWN)
    db.session.commit()
    at = Part.QUESTIONS if found.state in WRITABLE[Part.QUESTIONS] else "own-support"
    added = tuple(f"{name}-{number}" for name in ("what", "for_child", "area", "staff", "due_on"))
    return _done(found, at, _("Insatsen finns nu i ärendet."), added)


@blueprint.post("/recipient")
@requires(Permission.CASE_READ)
def add_recipient(case_id: UUID) -> Any:
    """Whose help is needed. Nobody is told anything by it."""
    found, typed = find(case_id), request.form
    late = _keep(found)
    if late:
        return late
    problems = {
        NoRecipient: _("Välj en verksamhet, eller skriv vem det är."),
        NoArea: _("Välj minst ett område."),
        NoReason: _("Skriv varför."),
    }
    unit = db.session.get(Unit, typed.get("unit", ""))
    try:
        kartlaggning.name_recipient(
            db.session,
            found.key(ring()),
            found,
            unit_id=unit.id if unit else None,
            who=typed.get("who", ""),
            areas=typed.getlist("areas"),
            why=typed.get("why", ""),
            at=clock.now(),
        )
    except TooLate:
        return _too_late(found)
    except tuple(problems) as error:
        return _page(found, Tried("recipient", problems[type(error)], typed)), 422
    note(found, "recipient:named")
    db.session.commit()
    told = _("Tillagt. Ingen har fått veta något om barnet.")
    return _done(found, "recipients", told, ("who", "unit", "areas", "why"))


@blueprint.post("/recipient/<uuid:recipient_id>/remove")
@requires(Permission.CASE_READ)
def remove_recipient(case_id: UUID, recipient_id: UUID) -> Any:
    found = find(case_id)
    late = _keep(found)
    if late:
        return late
    try:
        kartlaggning.remove_recipient(db.session, found, str(recipient_id), clock.now())
    except TooLate:
        return _too_late(found)
    note(found, "recipient:removed")
    db.session.commit()
    return _done(found, "recipients", _("Borttaget."))


@blueprint.post("/follow-up")
@requires(Permission.CASE_READ)
def book_follow_up(case_id: UUID) -> Any:
    """The day when the own support is looked at again, and the step that waits for it."""
    found, typed = find(case_id), request.form
    late = _keep(found)
    if late or found.state not in HELPS:
        return late or _too_late(found)
    try:
        kartlaggning.book_follow_up(found, _day(typed.get("follow_up_on", "")), clock.today())
    except NoDay:
        problem = _("Välj en dag från i dag och framåt.")
        return _page(found, Tried("follow-up", problem, typed)), 422
    note(found, "follow_up:booked")
    db.session.commit()
    if typed.get("step"):
        return _step(case_id, "start_own_support")
    return _done(found, "own-support")


@blueprint.post("/step/<any({}):key>".format(",".join(AFTER)))
@requires(Permission.CASE_READ)
def step(case_id: UUID, key: str) -> Any:
    """Where the decided kartläggning leads."""
    found = find_to_decide(case_id)
    return _keep(found) or _step(case_id, key)


def _step(case_id: UUID, key: str) -> Any:
    is_working = key in {"open_kartlaggning", "complete_sources"}
    found = find(case_id) if is_working else find_to_decide(case_id)
    stopped = move(found, key)
    if not stopped and key in LEADS_TO:
        return redirect(url_for(LEADS_TO[key], case_id=found.id))
    return stopped or redirect(_at(found, "top"))


def _keep(case: Case, also: Part | None = None) -> Any:
    """Keep every part that the page held, whatever button was pressed; None, or what to answer.

    It is committed, so that nothing is lost whatever becomes of what the button asked for.
    """
    for part in Part:
        if part is not also and FIELD_OF[part] not in request.form:
            continue
        key, said = case.key(ring()), _written(part, case)
        before = kartlaggning.words_of(kartlaggning.current(db.session, case.id), key)
        if kartlaggning.is_written(before, said):
            continue
        if part is Part.DECISION and case.state is CaseState.DECIDED:
            find_to_decide(UUID(case.id))
        try:
            kartlaggning.save(db.session, key, case, part, said, current_user.id, clock.now())
        except TooLate:
            return _too_late(case)
        note(case, "kartlaggning:written", detail=part)
    db.session.commit()
    return None


def _done(case: Case, at: str, told: str = "", added: tuple[str, ...] = ()) -> Any:
    """Back to the page; what was begun in one of its small forms and not added yet is kept there.

    added: the fields that have been taken care of.
    """
    typed = request.form.copy()
    for name in added:
        typed.poplist(name)
    flash(told or _("Sparat."))
    if any(typed.get(name, "").strip() for name in BEGUN):
        return _page(case, Tried(typed=typed))
    return redirect(_at(case, at))


# What was written.


def _written(part: Part, case: Case) -> dict[str, Any]:
    """The words of one part, as they are kept; what nobody offered is left out."""
    form = request.form
    if part is Part.INFORMED:
        informed = form.get("informed")
        text = form.get("informed_text", "").strip()
        return {
            "informed": {
                "how": text if informed == "yes" else "",
                "not_because": text if informed == "no" else "",
                "unsaid": "" if informed in ("yes", "no") else text,
            }
        }
    if part is Part.SOURCES:
        return {"sources": {source: _source(source) for source in SOURCES}}
    if part is Part.QUESTIONS:
        known = {one.id for one in _hear(case).evidence()}
        return {
            "answers": {
                number: {
                    "text": form.get(f"answer-{number}", "").strip(),
                    "evidence": [e for e in form.getlist(f"evidence-{number}") if e in known],
                }
                for number in QUESTIONS
            }
        }
    if part is Part.NEEDS:
        return {
            "focus_areas": [area for area in AREAS if area in form.getlist("focus")],
            "needs": {
                area: said for area in AREAS if (said := form.get(f"need-{area}", "").strip())
            },
        }
    decision = form.get("decision", "")
    return {
        "decision": decision if decision in set(Decision) else "",
        **{
            name: form.get(name, "").strip()
            for name in ("child_view", "maturity_by", "best_interests", "motive")
        },
    }


def _source(source: str) -> dict[str, str]:
    form = request.form
    because = form.get(f"missing-{source}", "").strip()
    if source == "child" and because not in set(ChildUnheard):
        because = ""
    return {
        "text": form.get(f"source-{source}", "").strip() if source in WRITTEN_SOURCES else "",
        "missing_because": because,
        "other": form.get("other-child", "").strip() if source == "child" else "",
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


# What is shown.


def _page(case: Case, tried: Tried | None = None) -> str:
    voices = _hear(case)
    now = kartlaggning.current(db.session, case.id)
    record_reading(case, "kartlaggning:read", voices.child, str(now.round) if now else "")
    context = _context(case, voices, now)
    context |= _choices(case, voices, tried or Tried())
    page = render_template("kartlaggning/page.html", **context)
    db.session.commit()
    return page


def _context(case: Case, voices: Voices, shown: Kartlaggning | None) -> dict[str, Any]:
    """What a kartläggning says, with the words that it points at."""
    key, number = case.key(ring()), shown.round if shown else 0
    decided = kartlaggning.decided_in(db.session, case.id).get(number)
    evidence = voices.evidence()
    return {
        "case": case,
        "child": child_name(case),
        "state": state_words()[case.state],
        "shown": shown,
        "words": kartlaggning.words_of(shown, key),
        "decided_at": decided.at if decided else None,
        "decided_by": db.session.get(Staff, decided.staff_id) if decided else None,
        "voices": voices,
        "areas": voices.areas,
        "area_names": {area: name for area, name, _symbol in voices.areas},
        "evidence": {one.id: one for one in evidence},
        "evidence_by_area": _by_area(voices, evidence),
        "questions": kartlaggning.questions(str(get_locale() or "sv")),
        "own_actions": [
            (action, action.read(key)) for action in actions_of(db.session, case.id, Source.OWN)
        ],
        "recipients": _recipients(key, case),
        "layers": layer_words(),
        "decisions": decision_words(),
        "unheard_words": unheard_words(),
        "speakers": speaker_words(),
        "silence_words": silence_words(),
        "photos_of": photos_of,
        "kinds": adult_kinds(),
        "strengths": {area: by_kind(voices.remarks_in(area)) for area in AREAS},
    }


def _choices(case: Case, voices: Voices, tried: Tried) -> dict[str, Any]:
    """What can be written now, by whoever is reading."""
    decides = may_decide(current_user, case, clock.today())
    open_parts = {part for part in Part if case.state in WRITABLE[part]}
    if case.state is CaseState.DECIDED and not decides:
        open_parts.discard(Part.DECISION)
    words = kartlaggning.words_of(kartlaggning.current(db.session, case.id), case.key(ring()))
    return {
        "open_parts": open_parts,
        "decides": decides,
        "helps": case.state in HELPS,
        "asks_others": case.state in ASKS_OTHERS,
        "tried": tried,
        "today": clock.today(),
        "is_there": {s: kartlaggning.source_is_there(s, words, voices) for s in SOURCES},
        "unheard": [name_of(voice) for voice in voices.unheard()],
        "silent_areas": voices.silent_areas(),
        "childs_silences": _childs_silences(voices),
        "colleagues": _colleagues(case),
        "units": _units(),
        "earlier": [
            k
            for k in kartlaggning.rounds(db.session, case.id)
            if k != kartlaggning.current(db.session, case.id)
        ],
    }


def _childs_silences(voices: Voices) -> list[tuple[str, str]]:
    """The areas where the child has not spoken, and which silence it was."""
    child = next(voice for voice in voices.rings if voice.key == CHILD)
    return [
        (name, presence_words(child, key))
        for key, name, _symbol in voices.areas
        if child.presence[key] is not Presence.SPOKEN
    ]


def _by_area(voices: Voices, evidence: list[Evidence]) -> list[tuple[str, str, list[Evidence]]]:
    found = [(k, name, [e for e in evidence if e.area == k]) for k, name, _symbol in voices.areas]
    return [row for row in found if row[2]]


def _recipients(key: bytes, case: Case) -> list[dict[str, Any]]:
    rows = kartlaggning.recipients(db.session, key, case.id)
    for row in rows:
        unit = db.session.get(Unit, row["unit_id"]) if row["unit_id"] else None
        row["name"] = unit.name if unit else row["who"]
    return rows


def _colleagues(case: Case) -> list[Staff]:
    """Who works in the case's unit today."""
    wanted = select(Staff).join(Assignment).where(Assignment.unit_id == case.unit_id, Staff.active)
    on = clock.today()
    found = db.session.scalars(wanted.distinct().order_by(Staff.name))
    return [staff for staff in found if works_in(staff, case.unit_id, on)]


def _units() -> dict[str, list[Unit]]:
    """The county's units, by huvudman."""
    rows = db.session.scalars(
        select(Unit).join(Organisation).order_by(Organisation.name, Unit.name)
    )
    found: dict[str, list[Unit]] = {}
    for unit in rows:
        found.setdefault(unit.organisation.name, []).append(unit)
    return found


def layer_words() -> dict[str, str]:
    return {
        "child": _("Barnets perspektiv"),
        "adult": _("Barnperspektiv"),
        "rights": _("Barnrättsperspektiv"),
    }


def decision_words() -> dict[str, str]:
    return {
        Decision.OWN_SUPPORT: _("Stöd i den egna verksamheten"),
        Decision.COLLABORATION: _("Samverkan med andra"),
        Decision.NO_FURTHER_ACTION: _("Ingen mer insats nu"),
    }


def unheard_words() -> dict[str, str]:
    return {
        ChildUnheard.TOO_YOUNG: _("Barnet är för litet för hjulet"),
        ChildUnheard.DECLINED: _("Barnet har sagt nej"),
        ChildUnheard.NOT_YET: _("Inte än, ett samtal är på väg"),
        ChildUnheard.UNSAFE_NOW: _("Det är inte tryggt för barnet just nu"),
        ChildUnheard.OTHER: _("Annat, som skrivs här"),
    }


# Around.


def _hear(case: Case) -> Voices:
    return hear(db.session, ring(), case, str(get_locale() or "sv"))


def _at(case: Case, part: str) -> str:
    return f"{url_for('kartlaggning.page', case_id=case.id)}#{part}"


def _too_late(case: Case) -> Any:
    """The case has gone on; what was written is shown, so that it can be copied."""
    typed = [text for name, text in request.form.items(multi=True) if text and _is_words(name)]
    return render_template("kartlaggning/late.html", case=case, typed=typed), 409


def _is_words(field: str) -> bool:
    """Whether a field is written in, and not a choice or a token."""
    return field in WORDS or field.startswith(WORDS_OF)
