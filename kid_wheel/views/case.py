"""The door of the ansvarig: a case, and a child's conversation to read.

It must never show a case to somebody it was not assigned to, nor a child's word without an audit
event in the same transaction.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from babel import Locale
from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm
from markupsafe import Markup
from sqlalchemy import select

from .. import (
    audit,
    clock,
    consent,
    drawing,
    handover,
    lending,
    permissions,
    process,
    reading,
    waiting,
)
from ..case import (
    FUTURE_BIRTH,
    UNKNOWN_CASE,
    Case,
    OtherHuvudman,
    SameCase,
    UnknownCase,
    find_by_code,
    is_unpaired,
    move_conversation,
    packed_record,
)
from ..conversation import Conversation, Record, read_record
from ..coordinator import keep_left, left_alone
from ..db import db
from ..local import photo_of
from ..people import Staff, Unit
from ..permissions import Permission, may_decide, may_read, requires
from ..photo import MEDIA_TYPE
from ..routing import PlaceKind, Reason
from ..tablet import tidy_code
from ..voices import hear
from .in_case import find, note, ring, situation, state_words
from .in_case import move as take_step
from .next_steps import TAPS, next_steps, stage_pages
from .special import notes
from .voice_wheel import areas_of, name_of
from .waiting import waiting_words

blueprint = Blueprint("case", __name__, url_prefix="/case")


@dataclass(frozen=True)
class Row:
    """The child of a case, as its pages are headed. Of a child with protected identity no place."""

    child: str
    birth_year: int | None
    place: str


class MoveForm(FlaskForm):  # type: ignore[misc]
    """Nothing but the token that shows that the form is ours."""


@blueprint.get("/<uuid:case_id>")
@requires(Permission.CASE_READ)
def case(case_id: UUID) -> str:
    found = find(case_id)
    note(found, "case:read")
    page = _case_page(found)
    db.session.commit()
    return page


@blueprint.get("/<uuid:case_id>/conversation/<uuid:conversation_id>")
@requires(Permission.CASE_READ)
def conversation(case_id: UUID, conversation_id: UUID) -> str:
    """The child's own view of one conversation."""
    found = find(case_id)
    shown = _conversation(found, conversation_id)
    record = read_record(packed_record(shown, found, ring()))
    note(found, "conversation:read", conversation_id=shown.id, unit_id=shown.unit_id)
    page = render_template("case/conversation.html", **_shown(found, shown, record))
    db.session.commit()
    return page


@blueprint.get(
    "/<uuid:case_id>/conversation/<uuid:conversation_id>/drawing/<area>/<uuid:drawing_id>.png"
)
@requires(Permission.CASE_READ)
def drawing_png(case_id: UUID, conversation_id: UUID, area: str, drawing_id: UUID) -> Response:
    """What the child drew, for the conversation's page."""
    found = find(case_id)
    shown = _conversation(found, conversation_id)
    drawn = drawing.find(read_record(packed_record(shown, found, ring())), area, str(drawing_id))
    if drawn is None:
        abort(404)
    note(
        found,
        "drawing:read",
        conversation_id=shown.id,
        unit_id=shown.unit_id,
        detail=str(drawing_id),
    )
    db.session.commit()
    picture = Response(drawing.png(drawn), mimetype="image/png")
    picture.headers["Cache-Control"] = "private, no-store"
    return picture


@blueprint.post("/<uuid:case_id>/conversation/<uuid:conversation_id>/move")
@requires(Permission.CASE_READ)
def move(case_id: UUID, conversation_id: UUID) -> Any:
    """Put a conversation that named an unknown case in another of one's own cases."""
    source = find(case_id)
    moved = _conversation(source, conversation_id)
    if not is_unpaired(source):
        abort(404)
    typed = tidy_code(request.form.get("code", ""))
    try:
        target = own_case_with(typed)
        move_conversation(db.session, ring(), moved, source, target)
    except (UnknownCase, SameCase, OtherHuvudman) as error:
        problem = why_not(error)
        return _case_page(source, problem=problem, typed=typed, about=moved.id), 422
    note(target, "conversation:moved", conversation_id=moved.id, detail=f"from:{case_id}")
    target_id = target.id
    db.session.commit()
    flash(_("Samtalet ligger nu i ärende %(code)s.", code=typed))
    return redirect(url_for("case.case", case_id=target_id))


@blueprint.post("/<uuid:case_id>/conversation/<uuid:conversation_id>/loan")
@requires(Permission.CASE_READ)
def lend(case_id: UUID, conversation_id: UUID) -> Any:
    """The ansvarig lets the child look at the conversation again, or takes that back."""
    found = find(case_id)
    lent = _conversation(found, conversation_id)
    if request.form.get("take_back"):
        lending.take_back(db.session, lent)
        event = "loan:taken_back"
    else:
        lending.lend(db.session, lent, current_user.id, clock.now())
        event = "loan:made"
    note(found, event, conversation_id=lent.id, unit_id=lent.unit_id)
    db.session.commit()
    address = url_for("case.conversation", case_id=case_id, conversation_id=conversation_id)
    return redirect(f"{address}#loan")


@blueprint.post("/<uuid:case_id>/step/<key>")
@requires(Permission.CASE_READ)
def step(case_id: UUID, key: str) -> Any:
    """A step that needs no more than a tap."""
    if key not in TAPS:
        abort(404)
    assert process.MOVES[key].by is process.Mover.ANSVARIG
    found = find(case_id, permissions.may_decide)
    stopped = take_step(found, key)
    return stopped or redirect(url_for("case.case", case_id=case_id))


# Who may see what.


def _conversation(case: Case, conversation_id: UUID) -> Conversation:
    found = db.session.get(Conversation, str(conversation_id))
    if found is None or found.case_id != case.id:
        abort(404)
    return found


def own_case_with(code: str) -> Case:
    """A case of one's own; for any other the answer is the same as for a code nobody has."""
    found = find_by_code(db.session, code)
    if not may_read(current_user, found, clock.today()):
        raise UnknownCase
    return found


# What is shown.


def _row(case: Case) -> Row:
    about = case.about(ring())
    place = "" if case.protected_identity else place_words(about)
    return Row(child_name(case), about.get("birth_year"), place)


def child_name(case: Case) -> str:
    """What the child is called in the case: an alias."""
    return str(case.about(ring()).get("alias") or _("barn"))


@blueprint.app_context_processor
def _of_a_case() -> dict[str, Any]:
    """For every page of a case: `whose(case)`, so that nobody takes one child for another, and
    `stages_of(case)`, its pages."""

    def whose(case: Case) -> str:
        child = child_name(case)
        return f"{child[:1].upper()}{child[1:]} · {state_words()[case.state]}"

    def stages_of(case: Case) -> list[tuple[str, str]]:
        return stage_pages(is_open=may_read(current_user, case, clock.today()))

    return {"whose": whose, "stages_of": stages_of}


def _case_page(case: Case, **form: str) -> str:
    about = case.about(ring())
    voices = hear(db.session, ring(), case, str(get_locale() or "sv"))
    return render_template(
        "case/case.html",
        case=case,
        row=_row(case),
        typed_code=about.get("case_code"),
        read=_read_by_me(case),
        staff={c.id: db.session.get(Staff, c.staff_id) for c in case.conversations},
        may_move=is_unpaired(case),
        reasons=[
            *reason_words(case),
            *notes(about),
            *waiting_words(case, _waits(case)),
            *_alone(case),
            *conflicts(case),
        ],
        state=state_words()[case.state],
        form=MoveForm(),
        failed=form,
        variant_words=_variants(),
        steps=next_steps(situation(case)),
        areas=areas_of(voices),
        voice_names=[name_of(voice) for voice in voices.rings],
    )


def without_coordinator() -> str:
    return _(
        "Samordningspersonen har slutat. Den som är ansvarig samordnar tills en annan är vald. "
        "Fråga barnet vem."
    )


def guardian_conflict() -> str:
    return _(
        "Vårdnadshavarna är inte överens om samtycket, så inget lämnas ut till den det gäller. Ge "
        "eget stöd så länge, och rådfråga socialtjänsten utan att säga vem barnet är."
    )


def conflicts(case: Case) -> list[str]:
    """For staff alone: what one guardian has answered is not told the other."""
    if case.state in handover.ENDED:
        return []
    found = consent.in_conflict(db.session, ring(), [case], clock.now())
    return [guardian_conflict()] if found else []


def _alone(case: Case) -> list[str]:
    if case.state in handover.ENDED:
        return []
    alone = left_alone(db.session, [case.id], clock.today())
    keep_left(db.session, alone.values(), case.unit_id, clock.now())
    return [without_coordinator()] if alone else []


def _waits(case: Case) -> waiting.Waits:
    here = Case.id == case.id
    heard = waiting.heard(db.session, current_user.id, here)
    return waiting.waits(db.session, here, heard, clock.today())[case.id]


def _shown(case: Case, conversation: Conversation, record: Record) -> dict[str, Any]:
    areas = reading.areas(record, str(get_locale() or "sv"))
    return {
        "case": case,
        "row": _row(case),
        "conversation": conversation,
        "record": record,
        "staff": db.session.get(Staff, record["staff"]),
        "unit": db.session.get(Unit, conversation.unit_id),
        "opened": [area for area in areas if area.was_opened],
        "unopened": [area for area in areas if not area.was_opened],
        "wheel": reading.wheel(record),
        "wheel_link": lambda key: Markup('href="#area-{}"').format(key),
        "held_on": _held_on(record),
        "sittings": [
            (reading.moment(s["from"]), reading.moment(s["until"])) for s in record["sittings"]
        ],
        "speakers": speaker_words(),
        "moment": reading.moment,
        "silence_words": silence_words(),
        "kind_words": kind_words(),
        "variant": _variants()[record["variant"]],
        "scale": _scales().get(record["scale"], record["scale"]),
        "spoken": _language(record["language"]),
        "interpreter": _interpreter(record["present"]["interpreter"]),
        "reasons": [*reason_words(case), *notes(case.about(ring()))],
        "loan": lending.loan_of(db.session, conversation, clock.now()),
        "form": MoveForm(),
        "may_export": may_decide(current_user, case, clock.today()) and not case.protected_identity,
        "photos": photos_of(conversation.unit_id, record),
    }


def photos_of(unit_id: str, record: Record) -> dict[str, str]:
    """The unit's own photographs that the child saw and the unit still has, as data addresses:
    so they are read with the conversation, by the same right, and in no other way."""
    names = {card.get("photo") for area in record["areas"] for card in area["cards"]}
    names |= {person.get("photo") for person in people_in(record)}
    found = {name: photo_of(db.session, unit_id, name) for name in names if name}
    return {
        name: f"data:{MEDIA_TYPE};base64,{b64encode(content).decode()}"
        for name, content in found.items()
        if content
    }


def people_in(record: Record) -> list[Mapping[str, Any]]:
    """Whom the child has said yes or no to, as helpers and at a meeting."""
    wanted, meeting = record.get("help", {}), record.get("meeting", {})
    return [*wanted.get("wanted", []), *meeting.get("people", [])]


def _held_on(record: Record) -> datetime:
    """Noon of the day that a conversation on paper was held; of any other, when it began."""
    if "origin" in record:
        return datetime.fromisoformat(f"{record['origin']['held_on']}T12:00:00+00:00")
    return reading.moment(record["started_at"])


def _read_by_me(case: Case) -> set[str | None]:
    """The conversations of a case that the person signed in has read; the events know."""
    event = audit.AuditEvent
    return set(
        db.session.scalars(
            select(event.conversation_id).where(
                event.event == "conversation:read",
                event.staff_id == current_user.id,
                event.conversation_id.in_([c.id for c in case.conversations]),
            )
        )
    )


def reason_words(case: Case) -> list[str]:
    """Why a person has to look at a case, and what to do about it."""
    words = _reasons() if case.reasons else {}  # a line of the inbox seldom has any
    found = [words[reason] for reason in case.reasons.split() if reason in words]
    if case.ansvarig is None:
        found.append(_("Verksamheten har ingen ansvarig. Be er administratör utse någon."))
    elif case.needs_human and not found:
        found.append(_("En människa behöver ta ställning till vem som ska ha ärendet."))
    return found


def _reasons() -> dict[str, str]:
    return {
        UNKNOWN_CASE: _(
            "Ärendekoden som angavs finns inte. Para ihop samtalet med ett av dina ärenden, "
            "eller fråga den som höll samtalet."
        ),
        FUTURE_BIRTH: _(
            "Födelseåret har inte kommit än. Fråga den som höll samtalet vilket som är rätt."
        ),
        Reason.ADULT: _(
            "Enligt födelseåret har personen fyllt 18 år. Modellen gäller barn under 18."
        ),
        Reason.MAYBE_ADULT: _(
            "Barnet fyller 18 år i år. Ta reda på om födelsedagen redan har varit."
        ),
        Reason.PROTECTED_IDENTITY: _(
            "Barnet har skyddade personuppgifter. Utse för hand vem som ska ha ärendet."
        ),
        Reason.OUT_OF_SCOPE: _(
            "Ingen verksamhet i länet ansvarar för barnet. Kontakta barnets hemkommun."
        ),
        Reason.UNIT_UNKNOWN: _(
            "Det gick inte att se vilken verksamhet barnet hör till. Fråga den som höll samtalet."
        ),
        Reason.UNIT_NOT_JOINED: _(
            "Barnets verksamhet har inte anslutit sig till överenskommelsen. Hemkommunens "
            "ansvariga tar emot och kontaktar verksamheten på annat sätt."
        ),
        Reason.OUTSIDE_COUNTY_GRUNDSKOLA: _(
            "Barnet går i grundskola utanför Sörmland. Hemkommunen tar emot; överenskommelsen "
            "säger inte vem som annars har ansvaret."
        ),
        Reason.TWO_ENROLMENTS: _(
            "Barnet är inskrivet på två ställen. Ta reda på vilket som stämmer."
        ),
        Reason.NO_ENROLMENT: _(
            "Barnet är inte inskrivet någonstans. Ta reda på var barnet hör hemma."
        ),
        Reason.DEFERRED_SKOLPLIKT: _(
            "Skolplikten är uppskjuten. Kom överens med BVC om vem som gör vad det här året."
        ),
        Reason.ANNOUNCED_NEXT_OWNER: _(
            "Barnet börjar snart i en annan verksamhet. Förbered överlämningen."
        ),
    }


def place_words(about: dict[str, Any]) -> str:
    """Where the child goes, as the tablet was told."""
    place = about.get("place")
    if place is None:
        return ""
    unit = db.session.get(Unit, place["unit"]) if place["unit"] else None
    kinds = {
        PlaceKind.FORSKOLA: _("förskola"),
        PlaceKind.GRUNDSKOLA: _("grundskola"),
        PlaceKind.GYMNASIUM: _("gymnasium"),
        PlaceKind.BVC: _("BVC"),
        PlaceKind.NONE: _("går inte i förskola eller skola"),
    }
    name = unit.name if unit else kinds[PlaceKind(place["kind"])]
    if unit is None and not place.get("in_sormland", True):
        name = _("%(kind)s utanför Sörmland", kind=name)
    return f"{name}, {year_words(place['year'])}" if place["year"] else name


def year_words(year: str) -> str:
    if year == "FKLASS":
        return _("förskoleklass")
    if year.startswith("AK"):
        return _("årskurs %(year)s", year=year[2:])
    return year


def speaker_words() -> dict[str, str]:
    return {
        "child_said": _("Barnet sa eller skrev själv"),
        "child_pointed": _("Barnet pekade, en vuxen tryckte"),
        "child_drew": _("Barnet ritade"),
        "child_chose": _("Barnet valde själv"),
        "adult_wrote_childs_words": _("En vuxen skrev ner barnets ord"),
    }


def kind_words() -> dict[str, str]:
    """What a child said that its own words are about."""
    return {
        "is": _("Så här är det"),
        "think": _("Så tycker jag"),
        "wish": _("Så vill jag ha det"),
    }


def silence_words() -> dict[str, tuple[str, str]]:
    """The name of each silence and the sentence that keeps it from being read as an answer."""
    return {
        "not_asked": (_("Inte tillfrågad"), _("Korten kom aldrig upp.")),
        "skipped": (_("Hoppade över"), _("Barnet såg korten och valde att gå vidare.")),
        "dont_know": (_("Vet inte"), _("Barnet svarade att det inte vet.")),
        "dont_want": (_("Vill inte svara"), _("Barnet sa att det inte vill svara.")),
    }


def _variants() -> dict[str, str]:
    return {"preschool": _("Förskola"), "older": _("Äldre barn")}


def _scales() -> dict[str, str]:
    return {
        "bra2": _("två ansikten"),
        "bra3": _("tre ansikten"),
        "bra5": _("fem ansikten"),
        "vader5": _("väder i fem steg"),
    }


def _interpreter(interpreter: dict[str, str] | None) -> str:
    modes = {"room": _("på plats"), "phone": _("på telefon"), "video": _("på video")}
    return modes[interpreter["mode"]] if interpreter else ""


def _language(code: str) -> str:
    shown = Locale.parse(code, sep="-").get_display_name(get_locale() or "sv")
    return shown or code


def why_not(error: Exception) -> str:
    if isinstance(error, SameCase):
        return _("Samtalet ligger redan i det här ärendet.")
    if isinstance(error, OtherHuvudman):
        return _("Ärendet hör till en annan huvudman. Dit får samtalet inte flyttas.")
    return _("Du har inget ärende med den koden. Läs koden en gång till.")
