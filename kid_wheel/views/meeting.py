"""The door to the meeting: its form, who comes and why, and how the child takes part.

It must never invite anybody without a basis and a focus area.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, lazy_gettext
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    IntegerField,
    RadioField,
    SelectMultipleField,
    StringField,
)
from wtforms import TextAreaField as Text
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from .. import (
    audit,
    clock,
    consent,
    coordinator,
    disclosure,
    kartlaggning,
    meeting,
    meeting_pack,
    process,
)
from ..case import Case, CaseState
from ..clock import STOCKHOLM
from ..consent import NoConsent, Recipient, Standing
from ..coordinator import Choice
from ..db import db
from ..disclosure import Kind, NoDocuments
from ..handover import ENDED
from ..meeting import (
    FROM_CLOSING,
    INTERPRETER_MODES,
    AlreadyHeld,
    Meeting,
    NobodyNamed,
    OutsideFocus,
    Participant,
    ParticipantKind,
    Protected,
    TakesPart,
)
from ..people import Assignment, Staff
from ..permissions import Permission, may_decide, requires
from . import stopped
from .case import conflicts
from .consent import LONG, SHORT, Token, area_names, lack_words
from .in_case import find, find_to_decide, keep, move, note, ring, situation, state_words

blueprint = Blueprint("meeting", __name__, url_prefix="/case/<uuid:case_id>/meeting")

TO_THE_MINUTE = "%Y-%m-%dT%H:%M"  # of a moment that somebody types

A_MEETING = "/<uuid:meeting_id>"
A_PERSON = f"{A_MEETING}/participant/<uuid:participant_id>"


@dataclass(frozen=True)
class Invited:
    """A participant as staff read it. standing: of what lets somebody from elsewhere come, None
    for family and colleagues. on_paper: not reached here, so the kallelse is printed and sent."""

    row: Participant
    words: dict[str, Any]
    standing: Standing | None
    is_covered: bool
    is_told: bool
    on_paper: bool

    @property
    def is_expected(self) -> bool:
        """Not a guardian who is none to call any longer: see `meeting.expected_of`."""
        return self.row.kind is not ParticipantKind.GUARDIAN or self.is_covered


class MeetingForm(FlaskForm):  # type: ignore[misc]
    forum = RadioField(lazy_gettext("Mötesform"), [InputRequired()])
    starts_at = DateTimeLocalField(lazy_gettext("När"), [Optional()], format=TO_THE_MINUTE)
    minutes = IntegerField(
        lazy_gettext("Hur länge, i minuter"), [Optional(), NumberRange(min=10, max=480)]
    )
    place = StringField(lazy_gettext("Var"), [Length(max=SHORT)])
    adaptations = Text(lazy_gettext("Så anpassas mötet efter barnet"), [Length(max=LONG)])
    interpreter = RadioField(lazy_gettext("Tolk"), validate_choice=False)
    interpreter_language = StringField(lazy_gettext("Tolkens språk"), [Length(max=40)])


class InviteForm(FlaskForm):  # type: ignore[misc]
    to = RadioField(lazy_gettext("Vem bjuds in?"), [InputRequired()])
    name = StringField(
        lazy_gettext("Namn eller funktion, om det är någon särskild"), [Length(max=120)]
    )
    areas = SelectMultipleField(lazy_gettext("Fokusområden"))


class TakesPartForm(FlaskForm):  # type: ignore[misc]
    how = RadioField(lazy_gettext("Så vill barnet vara med"), [InputRequired()])
    said = Text(lazy_gettext("Barnets egna ord om det"), [Length(max=LONG)])


class ToldForm(FlaskForm):  # type: ignore[misc]
    how = StringField(lazy_gettext("Hur ni berättade"), [InputRequired(), Length(max=SHORT)])
    said = Text(
        lazy_gettext("Vad barnet sa om dem som kommer"), [InputRequired(), Length(max=LONG)]
    )
    objects = BooleanField(lazy_gettext("Barnet vill inte att någon av dem är med"))
    answer = Text(lazy_gettext("Då: vad ni svarade barnet"), [Length(max=LONG)])


class WordsForm(FlaskForm):  # type: ignore[misc]
    words = Text(lazy_gettext("Det vårdnadshavaren vill säga först"), [Length(max=LONG)])


# The stage's own page, and the meeting.


@blueprint.get("/")
@requires(Permission.CASE_READ)
def page(case_id: UUID) -> str:
    """The meeting that is being prepared or was held last, with all that is left to do."""
    case = find(case_id)
    note(case, "meeting:read")
    shown = _page(case)
    db.session.commit()
    return shown


@blueprint.route("/new", methods=["GET", "POST"])
@requires(Permission.CASE_READ)
def new(case_id: UUID) -> Any:
    case, form = find(case_id), _meeting_form({})
    if case.state in ENDED:
        abort(404)
    if not form.validate_on_submit():
        page = render_template("meeting/edit.html", case=case, form=form, forums=meeting.forums())
        return page, 422 if request.method == "POST" else 200
    meeting.plan(
        db.session, case.key(ring()), case.id, form.forum.data, moment(form.starts_at.data),
        form.minutes.data or 60, _meeting_words(form), clock.now(),
    )  # fmt: skip
    keep(case, "meeting:planned", detail=form.forum.data)
    return back(case)


@blueprint.route(f"{A_MEETING}/edit", methods=["GET", "POST"])
@requires(Permission.CASE_READ)
def edit(case_id: UUID, meeting_id: UUID) -> Any:
    case = find(case_id)
    key, found = case.key(ring()), find_to_prepare(case, meeting_id)
    words = found.read(key)
    interpreter = words.get("interpreter") or {}
    form = _meeting_form(
        {
            "forum": found.forum,
            "starts_at": found.starts_at.astimezone(STOCKHOLM) if found.starts_at else None,
            "minutes": found.minutes,
            "place": words.get("place"),
            "adaptations": words.get("adaptations"),
            "interpreter": interpreter.get("mode", ""),
            "interpreter_language": interpreter.get("language"),
        }
    )
    if not form.validate_on_submit():
        page = render_template("meeting/edit.html", case=case, form=form, forums=meeting.forums())
        return page, 422 if request.method == "POST" else 200
    meeting.change(
        found, key, form.forum.data, moment(form.starts_at.data), form.minutes.data or 60,
        {**words, **_meeting_words(form)},
    )  # fmt: skip
    keep(case, "meeting:changed")
    return back(case)


# Who comes.


@blueprint.route(f"{A_MEETING}/invite", methods=["GET", "POST"])
@requires(Permission.CASE_READ)
def invite(case_id: UUID, meeting_id: UUID) -> Any:
    """Add somebody, tied to focus areas; without a basis that covers them it is stopped."""
    case = find(case_id)
    key, found = case.key(ring()), find_to_prepare(case, meeting_id)
    form, choices = _invite_form(case, key, found)
    if not form.validate_on_submit():
        return _invite_page(case, found, form), 422 if request.method == "POST" else 200
    try:
        _invite(case, key, found, form, choices)
    except NoConsent:
        return stop(case, "consent_for_every_participant")
    except (OutsideFocus, NobodyNamed, AlreadyHeld) as error:
        db.session.rollback()
        flash(sentence(error), "error")
        return _invite_page(case, found, form), 422
    keep(case, "participant:added")
    return back(case)


@blueprint.post(f"{A_PERSON}/take-away")
@requires(Permission.CASE_READ)
def take_away(case_id: UUID, meeting_id: UUID, participant_id: UUID) -> Any:
    case = find(case_id)
    found = find_participant(case, meeting_id, participant_id)
    if not Token().validate_on_submit():
        abort(400)
    meeting.take_away(db.session, found)
    keep(case, "participant:taken_away")
    return back(case)


@blueprint.route(f"{A_PERSON}/words", methods=["GET", "POST"])
@requires(Permission.CASE_READ)
def words(case_id: UUID, meeting_id: UUID, participant_id: UUID) -> Any:
    """What a guardian wants to say first at the meeting, in own words."""
    case = find(case_id)
    key, found = case.key(ring()), find_participant(case, meeting_id, participant_id)
    is_covered = meeting.is_covered(db.session, key, found, clock.now())
    if found.kind is not ParticipantKind.GUARDIAN or not is_covered:
        abort(404)
    form = WordsForm(data={"words": found.read(key).get("words", "")})
    if not form.validate_on_submit():
        page = render_template(
            "meeting/words.html", case=case, form=form, name=found.read(key)["name"]
        )
        return page, 422 if request.method == "POST" else 200
    meeting.note(found, key, {"words": form.words.data or ""})
    keep(case, "participant:heard")
    return back(case)


@blueprint.route(f"{A_MEETING}/takes-part", methods=["GET", "POST"])
@requires(Permission.CASE_READ)
def takes_part(case_id: UUID, meeting_id: UUID) -> Any:
    """How the child wants to take part; the child chooses."""
    case = find(case_id)
    key, found = case.key(ring()), find_to_prepare(case, meeting_id)
    said = meeting_pack.how_the_child_wants_it(case, ring())
    before = found.read(key).get("takes_part") or _from_closing(said)
    form = TakesPartForm(data=before)
    form.how.choices = list(takes_part_words().items())
    if not form.validate_on_submit():
        page = render_template("meeting/takes_part.html", case=case, form=form, said=said)
        return page, 422 if request.method == "POST" else 200
    meeting.note(found, key, {"takes_part": {"how": form.how.data, "said": form.said.data or ""}})
    keep(case, "meeting:child_chose", detail=form.how.data)
    return back(case)


@blueprint.route(f"{A_MEETING}/told", methods=["GET", "POST"])
@requires(Permission.CASE_READ)
def told(case_id: UUID, meeting_id: UUID) -> Any:
    """The child is told who comes, and may say no to somebody."""
    case = find(case_id)
    key, found = case.key(ring()), find_to_prepare(case, meeting_id)
    form = ToldForm(data=found.read(key).get("child_told", {}))
    shown = {
        "case": case,
        "form": form,
        "invited": [one for one in invited_of(case, key, found) if one.is_expected],
        "said": meeting_pack.how_the_child_wants_it(case, ring()),
    }
    if not form.validate_on_submit():
        page = render_template("meeting/told.html", **shown)
        return page, 422 if request.method == "POST" else 200
    if form.objects.data and not (form.answer.data or "").strip():
        flash(_("Barnet säger nej till någon. Svara barnet, och skriv vad ni svarade."), "error")
        return render_template("meeting/told.html", **shown), 422
    names = ("how", "said", "objects", "answer")
    on = clock.today().isoformat()
    said = {n: form[n].data for n in names} | {"on": on}
    meeting.tell_child(db.session, key, found, said, clock.now())
    keep(case, "meeting:child_told", detail="objects" if form.objects.data else "")
    return back(case)


# The step of the process.


@blueprint.post(f"{A_MEETING}/call")
@requires(Permission.CASE_MOVE)
def call(case_id: UUID, meeting_id: UUID) -> Any:
    """T7: everybody who is invited is called, each with an event and a line in the ledger."""
    case = find_to_decide(case_id)
    key, found, now = case.key(ring()), find_to_prepare(case, meeting_id), clock.now()
    if not list(process.what_stops("call_meeting", situation(case))):
        found.called_at = now
        for participant in meeting.expected_of(db.session, key, found.id, now):
            _log_invitation(case, key, found, participant, now)
    return move(case, "call_meeting") or back(case)


# What is found.


def find_meeting(case: Case, meeting_id: UUID) -> Meeting:
    """The case's meeting, held or not. Another one, or one of a round that was closed, is history:
    it stands in the whole case on paper, and its address opens nothing."""
    found = meeting.current(db.session, case.id)
    if found is None or found.id != str(meeting_id):
        abort(404)
    return found


def find_to_prepare(case: Case, meeting_id: UUID) -> Meeting:
    """Not one that was held, nor any when the case is closed."""
    found = find_meeting(case, meeting_id)
    if found.held_at is not None or case.state in ENDED:
        abort(404)
    return found


def find_participant(case: Case, meeting_id: UUID, participant_id: UUID) -> Participant:
    """Somebody who is invited to the meeting that is prepared."""
    planned = find_to_prepare(case, meeting_id)
    found = db.session.get(Participant, str(participant_id))
    if found is None or found.case_id != case.id or found.meeting_id != planned.id:
        abort(404)
    return found


def invited_of(case: Case, key: bytes, found: Meeting) -> list[Invited]:
    at, told = clock.now(), meeting.told_of(found, key)
    rows = []
    for row in meeting.participants_of(db.session, found.id):
        words = row.read(key)
        standing = None
        if row.recipient_id:
            standing = consent.standing(
                db.session, key, case.id, row.recipient_id, words.get("areas", []), at
            )
        rows.append(
            Invited(
                row=row,
                words=words,
                standing=standing,
                is_covered=meeting.is_covered(db.session, key, row, at),
                is_told=row.kind is ParticipantKind.CHILD or row.id in told,
                on_paper=bool(row.recipient_id) and not _is_live(row),
            )
        )
    return rows


def _is_live(participant: Participant) -> bool:
    """Whether a unit has joined and somebody works with it here."""
    unit = participant.unit
    if unit is None or unit.organisation.joined_on is None:
        return False
    wanted = select(Assignment).where(Assignment.unit_id == unit.id)
    return any(a.is_active(clock.today()) for a in db.session.scalars(wanted))


def colleagues(case: Case) -> list[Staff]:
    wanted = select(Assignment).where(Assignment.unit_id == case.unit_id)
    found = {
        a.staff.id: a.staff
        for a in db.session.scalars(wanted)
        if a.is_active(clock.today()) and a.staff.active
    }
    return sorted(found.values(), key=lambda staff: staff.name)


def _invite(
    case: Case, key: bytes, found: Meeting, form: InviteForm, choices: dict[str, Any]
) -> None:
    kind, _sign, id_ = form.to.data.partition(":")
    areas, now = form.areas.data or [], clock.now()
    if kind == "recipient":
        meeting.invite(db.session, key, found, choices[id_], areas, form.name.data or "", now)
    elif kind == "colleague":
        meeting.invite_colleague(db.session, key, found, choices[id_], case.unit_id, areas, now)
    elif kind == "guardian":
        name = choices[id_].read(key)["name"]
        meeting.invite_family(db.session, key, found, id_, name, now)
    else:
        alias = case.about(ring()).get("alias") or _("barnet")
        meeting.invite_family(db.session, key, found, None, alias, now)


def _log_invitation(
    case: Case, key: bytes, found: Meeting, participant: Participant, now: datetime
) -> None:
    audit.record(
        db.session, "invitation:created", now, staff_id=current_user.id, case_id=case.id,
        unit_id=participant.unit_id, detail=str(participant.kind),
    )  # fmt: skip
    if not participant.recipient_id:
        return
    to = consent.find_recipient(db.session, key, case.id, participant.recipient_id)
    told = _("Kallad till ett möte. Kallelsen säger bara tid och plats.")
    disclosure.disclose(
        db.session, key, case, to, participant.read(key)["areas"], Kind.INVITATION, told, [],
        current_user.id, now,
    )  # fmt: skip


def stop(case: Case, guard: str) -> Any:
    """The page that says what is missing, with the event; 409."""
    db.session.rollback()
    note(case, "guard:denied", detail=guard)
    page = render_template(
        "case/stopped.html", case=case, reasons=stopped.reasons([guard]), edition=stopped.edition()
    )
    db.session.commit()
    return page, 409


# What is shown.


def _page(case: Case) -> str:
    key, found = case.key(ring()), meeting.current(db.session, case.id)
    asked = coordinator.asked_of(db.session, case.id)
    appointed = coordinator.coordinator_of(db.session, case.id, clock.today())
    focus = kartlaggning.focus_areas(db.session, key, case.id)
    return render_template(
        "meeting/page.html",
        case=case,
        state=state_words()[case.state],
        child=case.about(ring()).get("alias") or _("barnet"),
        meeting=found,
        words=found.read(key) if found else {},
        invited=invited_of(case, key, found) if found else [],
        kept_back=_kept_back(key, found) if found and not found.held_at else [],
        conflicts=conflicts(case),
        forum=meeting.forums().get(found.forum) if found else None,
        said=meeting_pack.how_the_child_wants_it(case, ring()),
        asked=(asked, asked.read(key)) if asked else None,
        appointed=(appointed, appointed.read(key)) if appointed else None,
        focus=[area_names()[area] for area in focus],
        may_decide=may_decide(current_user, case, clock.today()),
        may_plan=case.state not in ENDED,
        may_prepare=found is not None and not found.held_at and case.state not in ENDED,
        may_call=case.state is CaseState.CONSENT_PENDING,
        may_hold=case.state is CaseState.MEETING_CALLED,
        form=Token(),
        area_names=area_names(),
        kind_words=kind_words(),
        lack_words=lack_words(),
        takes_part_words=takes_part_words(),
        interpreter_words=interpreter_words(),
        choice_words=choice_words(),
        language_of_forum=str(get_locale() or "sv"),
    )


def _kept_back(key: bytes, found: Meeting) -> list[tuple[str, list[str]]]:
    """The names of the areas that are not shown at the meeting, and because of whom."""
    left_out = meeting.kept_back(db.session, key, found, clock.now())
    return [
        (area_names()[area], [one.read(key)["name"] for one in whom])
        for area, whom in left_out.items()
    ]


# Forms.


def _meeting_form(words: dict[str, Any]) -> MeetingForm:
    form = MeetingForm(data={"minutes": 60, "interpreter": "", **words})
    language = str(get_locale() or "sv")
    form.forum.choices = [(key, forum.names[language]) for key, forum in meeting.forums().items()]
    form.interpreter.choices = list(interpreter_words().items())
    return form


def _meeting_words(form: MeetingForm) -> dict[str, Any]:
    mode = form.interpreter.data
    language = form.interpreter_language.data or ""
    return {
        "place": (form.place.data or "").strip(),
        "adaptations": (form.adaptations.data or "").strip(),
        "interpreter": {"mode": mode, "language": language} if mode in INTERPRETER_MODES else None,
    }


def _invite_form(case: Case, key: bytes, found: Meeting) -> tuple[InviteForm, dict[str, Any]]:
    """The form, and what each of its choices means by id."""
    there = meeting.participants_of(db.session, found.id)
    taken = {p.recipient_id or p.staff_id or p.guardian_id or "child" for p in there}
    recipients: list[Recipient] = consent.recipients_of(db.session, key, case.id)
    family = consent.guardians_now(db.session, key, case, clock.now())
    own = colleagues(case)
    choices = [
        *((f"recipient:{r['id']}", r["who"]) for r in recipients),
        *((f"guardian:{g.id}", g.read(key)["name"]) for g in family if g.id not in taken),
        *([("child:", _("Barnet"))] if "child" not in taken else []),
        *(
            (f"colleague:{s.id}", f"{s.name}, {s.title}" if s.title else s.name)
            for s in own
            if s.id not in taken
        ),
    ]
    form = InviteForm()
    form.to.choices = choices
    focus = kartlaggning.focus_areas(db.session, key, case.id)
    names = area_names()
    form.areas.choices = [(area, names[area]) for area in focus]
    meaning: dict[str, Any] = {r["id"]: r for r in recipients}
    meaning |= {g.id: g for g in family} | {s.id: s for s in own}
    return form, meaning


def _invite_page(case: Case, found: Meeting, form: InviteForm) -> str:
    said = meeting_pack.how_the_child_wants_it(case, ring())
    return render_template("meeting/invite.html", case=case, form=form, said=said)


def _from_closing(said: dict[str, Any]) -> dict[str, Any]:
    how = said["how"]
    if not how or how["key"] not in FROM_CLOSING:
        return {}
    return {"how": FROM_CLOSING[how["key"]], "said": how["label"]}


def moment(local: datetime | None) -> datetime | None:
    """A time that somebody typed, in Sweden, as a moment."""
    return local.replace(tzinfo=STOCKHOLM).astimezone(clock.now().tzinfo) if local else None


def back(case: Case) -> Any:
    return redirect(url_for("meeting.page", case_id=case.id))


# Words.


def kind_words() -> dict[ParticipantKind, str]:
    return {
        ParticipantKind.UNIT: _("Annan verksamhet"),
        ParticipantKind.OWN: _("Kollega i verksamheten"),
        ParticipantKind.NETWORK: _("Ur barnets nätverk, får inga handlingar"),
        ParticipantKind.GUARDIAN: _("Vårdnadshavare"),
        ParticipantKind.CHILD: _("Barnet"),
    }


def takes_part_words() -> dict[TakesPart, str]:
    return {
        TakesPart.WHOLE: _("Med hela mötet"),
        TakesPart.PART: _("Med en del av mötet"),
        TakesPart.WHEEL: _("Genom hjulet eller en teckning som visas"),
        TakesPart.TRUSTED_ADULT: _("Genom en vuxen som barnet litar på"),
        TakesPart.NOT_NOW: _("Inte nu"),
    }


def interpreter_words() -> dict[str, str]:
    """Never a sibling or another child."""
    return {
        "": _("Ingen tolk behövs"),
        "room": _("Tolk på plats"),
        "phone": _("Tolk på telefon"),
        "video": _("Tolk på video"),
    }


def choice_words() -> dict[Choice, str]:
    return {
        Choice.PERSON: _("En person som barnet nämner"),
        Choice.DONT_KNOW: _("Vet inte"),
        Choice.DONT_WANT: _("Vill inte välja"),
        Choice.TOO_YOUNG: _("Barnet är för litet för att säga det"),
    }


def sentence(error: Exception) -> str:
    sentences: dict[type[Exception], str] = {
        OutsideFocus: _(
            "Välj minst ett av fokusområdena: utan ett område finns inget skäl att vara med."
        ),
        NobodyNamed: _("Skriv vem som bjuds in."),
        AlreadyHeld: _("Mötet är redan hållet. Planera ett nytt."),
        NoDocuments: _("Den som kommer ur barnets nätverk får inga handlingar."),
        Protected: _("Barnet har skyddade personuppgifter: kalla muntligt, inte på papper."),
    }
    return sentences[type(error)]
