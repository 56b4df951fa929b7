"""The door of the coordinator: the plan, its versions, and what child and guardians ask about it.

It must never let anybody but the coordinator change a plan, nor show one without an audit event.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import format_date, get_locale, lazy_gettext
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from .. import answer_back, clock, kartlaggning, meeting, permissions, plan, sip
from ..action import Action, ActionState, Source
from ..answer_back import Wish
from ..case import Case, CaseState
from ..catalog import AREAS, SWEDISH, Variant, catalog
from ..coordinator import Coordinator, left_alone
from ..db import db
from ..guardian import guardians_of
from ..people import Staff, Unit
from ..permissions import Permission, may_read, requires
from ..plan import SIP_FIELDS, Concern, Plan, PlanKind, Voice
from . import in_case, stopped
from .consent import area_names, sector_words
from .in_case import note, ring

blueprint = Blueprint("plan", __name__, url_prefix="/case/<uuid:case_id>/plan")

# Where the plan is written and changed; before it there is no coordinator, after it no plan.
EDITABLE = (CaseState.MEETING_HELD, CaseState.PLAN_ACTIVE, CaseState.FOLLOW_UP)
LONG, SHORT = 4000, 200


class ActionForm(FlaskForm):  # type: ignore[misc]
    area = SelectField(lazy_gettext("Område i hjulet"))
    what = TextAreaField(
        lazy_gettext("Vad ska göras?"),
        [InputRequired(lazy_gettext("Skriv vad som ska göras.")), Length(max=LONG)],
    )
    for_child = TextAreaField(
        lazy_gettext("Samma sak, sagt till barnet"),
        [
            InputRequired(lazy_gettext("Skriv det som ni skulle säga det till barnet.")),
            Length(max=LONG),
        ],
    )
    wish = SelectField(lazy_gettext("Vilken önskan svarar det på?"))
    sector = RadioField(
        lazy_gettext("Vilka ansvarar?"),
        [InputRequired(lazy_gettext("Välj vilka som ansvarar."))],
    )
    who = StringField(
        lazy_gettext("Vem där?"),
        [
            InputRequired(lazy_gettext("Skriv vem som ansvarar, med namn eller titel.")),
            Length(max=SHORT),
        ],
    )
    unit = SelectField(lazy_gettext("Verksamhet, om den finns här"))
    organisation = StringField(
        lazy_gettext("Organisation, om den inte finns i listan"), [Length(max=SHORT)]
    )
    picture = SelectField(lazy_gettext("Bild av den som gör det, för barnet"))
    others = TextAreaField(
        lazy_gettext("Vad familj och nätverk gör bredvid"), [Optional(), Length(max=LONG)]
    )
    due_on = DateField(
        lazy_gettext("När ska det vara gjort?"),
        [InputRequired(lazy_gettext("Skriv en dag, till exempel 2027-01-31."))],
    )


# The page.


@blueprint.get("")
@requires(Permission.CASE_COORDINATE)
def page(case_id: UUID) -> str:
    found = find_to_see(case_id)
    note(found, "plan:read")
    shown = render_page(found)
    db.session.commit()
    return shown


@blueprint.post("/kind")
@requires(Permission.CASE_COORDINATE)
def write_kind(case_id: UUID) -> Any:
    """Plan or SIP, and what a SIP has to say."""
    found = find_to_write(case_id)
    kind = request.form.get("kind", "")
    if kind not in set(PlanKind):
        abort(400)
    fields = {name: request.form.get(name, "")[:LONG] for name in SIP_FIELDS}
    plan.write_kind(_plan(found), found.key(ring()), PlanKind(kind), fields)
    return _changed(found, _("Sparat."))


@blueprint.get("/action/new")
@requires(Permission.CASE_COORDINATE)
def new_action(case_id: UUID) -> str:
    found = find_to_write(case_id)
    return _action_page(found, _form(found, {}), None)


@blueprint.get("/action/<uuid:action_id>")
@requires(Permission.CASE_COORDINATE)
def action(case_id: UUID, action_id: UUID) -> str:
    found = find_to_write(case_id)
    shown = _action(found, action_id)
    words = shown.read(found.key(ring()))
    data = {**words, "area": shown.area, "wish": shown.wish, "due_on": shown.due_on}
    return _action_page(
        found, _form(found, {**data, "unit": shown.unit_id or ""}, shown.wish), shown
    )


@blueprint.post("/action/new")
@requires(Permission.CASE_COORDINATE)
def add_action(case_id: UUID) -> Any:
    return _write_action(find_to_write(case_id), None)


@blueprint.post("/action/<uuid:action_id>")
@requires(Permission.CASE_COORDINATE)
def change_action(case_id: UUID, action_id: UUID) -> Any:
    found = find_to_write(case_id)
    return _write_action(found, _action(found, action_id))


@blueprint.post("/action/<uuid:action_id>/remove")
@requires(Permission.CASE_COORDINATE)
def remove_action(case_id: UUID, action_id: UUID) -> Any:
    """Take an action out of a plan that has not started."""
    found = find_to_write(case_id)
    removed = _action(found, action_id)
    if _plan(found).started_at is not None:
        abort(404)
    plan.remove_action(db.session, _plan(found), removed)
    return _changed(found, _("Insatsen är borttagen."))


@blueprint.post("/follow-up-on")
@requires(Permission.CASE_COORDINATE)
def book_follow_up(case_id: UUID) -> Any:
    found = find_to_write(case_id)
    typed = request.form.get("follow_up_on", "")
    booked = day(typed)
    if booked is None or booked < clock.today():
        wrong = _("Välj en dag från i dag och framåt.")
        return render_page(found, failed={"follow_up_on": wrong, "typed": typed}), 422
    found.follow_up_on = booked
    return _changed(found, _("Uppföljningen är bokad."))


@blueprint.post("/share")
@requires(Permission.CASE_COORDINATE)
def share(case_id: UUID) -> Any:
    """Write down that child and guardians have gone through the plan."""
    found = find_to_write(case_id)
    typed = {
        name: request.form.get(name, "").strip()[:LONG]
        for name in ("child_on", "guardians_on", "guardians_because", "how")
    }
    wrong = _why_not_shared(typed)
    if wrong:
        return render_page(found, failed={"share": wrong, **typed}), 422
    plan.share(_plan(found), found.key(ring()), typed, clock.now())
    note(found, "plan:shared")
    db.session.commit()
    flash(_("Sparat: planen är genomgången."))
    return redirect(url_for("plan.page", case_id=found.id) + "#start")


@blueprint.post("/start")
@requires(Permission.CASE_COORDINATE)
def start(case_id: UUID) -> Any:
    found = find_to_write(case_id)

    def keep(here: Any) -> None:
        made = plan.begin(here.session, here.key, found.id, here.at)
        plan.start(here.session, made, here.at)
        plan.save_version(here.session, here.key, made, found, current_user.id, here.at)

    missing = in_case.move(found, "start_plan", keep)
    if missing:
        return missing
    flash(_("Planen gäller nu. Skriv ut bildplanen och ge den till barnet."))
    return redirect(url_for("plan.page", case_id=found.id))


# "Det här blev inte av."


@blueprint.post("/concern")
@requires(Permission.CASE_COORDINATE)
def raise_concern(case_id: UUID) -> Any:
    """Write down what the child or a guardian says about the plan, whoever of us hears it."""
    found = find_to_see(case_id)
    voice, _sep, guardian_id = request.form.get("voice", "").partition("/")
    action_id = request.form.get("action", "")
    known = {one.id for one in guardians_of(db.session, found.id)}
    actions = {one.id for one in _actions(found)}
    held_in = request.form.get("conversation", "")
    conversations = {one.id for one in found.conversations}
    text = request.form.get("text", "")[:LONG]
    if voice not in set(Voice) or (guardian_id and guardian_id not in known):
        abort(400)
    try:
        plan.raise_concern(
            db.session,
            found.key(ring()),
            found.id,
            Voice(voice),
            text,
            current_user.id,
            clock.now(),
            guardian_id=guardian_id or None,
            action_id=action_id if action_id in actions else None,
            conversation_id=held_in if held_in in conversations else None,
        )
    except plan.NothingSaid:
        wrong = _("Skriv vad barnet eller vårdnadshavaren sa, med deras egna ord.")
        return render_page(found, failed={"concern": wrong}), 422
    note(found, "plan:concern_raised", detail=voice)
    db.session.commit()
    flash(_("Skrivet. Samordningspersonen ser det överst i planen och behöver svara."))
    return redirect(url_for("plan.page", case_id=found.id) + "#concerns")


@blueprint.post("/concern/<uuid:concern_id>/answer")
@requires(Permission.CASE_COORDINATE)
def answer_concern(case_id: UUID, concern_id: UUID) -> Any:
    found = find_to_coordinate(case_id)
    asked = db.session.get(Concern, str(concern_id))
    if asked is None or asked.case_id != found.id:
        abort(404)
    text = request.form.get("answer", "")[:LONG]
    try:
        plan.answer_concern(asked, found.key(ring()), text, current_user.id, clock.now())
    except plan.NoAnswer:
        return render_page(found, failed={f"answer-{asked.id}": _("Skriv svaret.")}), 422
    note(found, "plan:concern_answered", detail=str(asked.voice))
    db.session.commit()
    flash(_("Svaret är sparat. Berätta det för den som frågade."))
    return redirect(url_for("plan.page", case_id=found.id) + "#concerns")


# Who may.


def may_see(staff: Staff, case: Case, on: date) -> bool:
    return may_read(staff, case, on) or permissions.may_coordinate(staff, case, on)


def find_to_see(case_id: UUID) -> Case:
    return in_case.find(case_id, may_see)


def find_to_coordinate(case_id: UUID) -> Case:
    return in_case.find(case_id, permissions.may_coordinate)


def find_to_write(case_id: UUID) -> Case:
    found = find_to_coordinate(case_id)
    if found.state not in EDITABLE:
        abort(404)
    return found


def wishes_to_see(case: Case) -> list[Wish]:
    """Every wish for who may read the case; for its coordinator those of the areas they share."""
    every = answer_back.wishes(db.session, ring(), case)
    if may_read(current_user, case, clock.today()):
        return every
    areas = meeting.areas_shared_with(db.session, case.key(ring()), case.id, current_user.id)
    return [wish for wish in every if wish.area in areas]


@blueprint.app_template_filter("civil_date")
def in_words(text: str) -> str:
    """A day, "2027-01-31", as it is read aloud in the page's language; "" for none."""
    return format_date(date.fromisoformat(text), "d MMMM yyyy") if text else ""


# What is done.


def _plan(case: Case) -> Plan:
    return plan.begin(db.session, case.key(ring()), case.id, clock.now())


def _actions(case: Case) -> list[Action]:
    wanted = select(Action).where(Action.case_id == case.id)
    return list(db.session.scalars(wanted))


def _action(case: Case, action_id: UUID) -> Action:
    found = db.session.get(Action, str(action_id))
    made_at = _plan(case).made_at
    is_ours = found is not None and found.case_id == case.id and found.source is Source.PLAN
    if found is None or not is_ours or found.made_at < made_at:
        abort(404)
    return found


def _write_action(case: Case, changed: Action | None) -> Any:
    form = _form(case, None, changed.wish if changed else "")
    if not form.validate_on_submit():
        return _action_page(case, form, changed), 422
    names = ("what", "for_child", "sector", "who", "organisation", "picture", "others")
    try:
        plan.write_action(
            db.session,
            case.key(ring()),
            _plan(case),
            changed,
            area=form.area.data,
            unit_id=form.unit.data or None,
            wish=form.wish.data,
            due_on=form.due_on.data,
            words={name: (form[name].data or "").strip() for name in names},
            at=clock.now(),
        )
    except plan.NoOrganisation:
        form.organisation.errors = [_("Skriv vilken organisation det är.")]
        return _action_page(case, form, changed), 422
    except plan.GuardianAlone:
        form.who.errors = [
            _(
                "En vårdnadshavare eller någon annan i familj och nätverk kan inte ensam ansvara "
                "för en insats. Skriv vem i en verksamhet som gör det; vad familjen gör skriver du "
                "längre ner."
            )
        ]
        return _action_page(case, form, changed), 422
    return _changed(case, _("Insatsen är sparad."))


def _changed(case: Case, told: str) -> Any:
    """A change of a plan that is in force is a version of it."""
    changed, key = _plan(case), case.key(ring())
    event = "plan:written"
    if changed.started_at is not None:
        made = plan.save_version(db.session, key, changed, case, current_user.id, clock.now())
        event = "plan:revised" if made else event
    note(case, event)
    db.session.commit()
    flash(told)
    return redirect(url_for("plan.page", case_id=case.id))


def _why_not_shared(typed: dict[str, str]) -> str:
    child = day(typed["child_on"])
    guardians = day(typed["guardians_on"])
    if child is None or child > clock.today():
        return _("Skriv vilken dag ni gick igenom planen med barnet, senast i dag.")
    if guardians is None and not typed["guardians_because"]:
        return _(
            "Skriv vilken dag ni gick igenom planen med vårdnadshavarna, eller varför ni inte har "
            "gjort det."
        )
    if guardians is not None and guardians > clock.today():
        return _("Skriv vilken dag ni gick igenom planen med vårdnadshavarna, senast i dag.")
    return ""


def day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


# What is shown.


def render_page(case: Case, failed: dict[str, str] | None = None) -> str:
    key = case.key(ring())
    made = plan.shown(db.session, case)
    found = plan.lines(db.session, key, made) if made else []
    wishes = {wish.id: wish for wish in wishes_to_see(case)}
    is_mine = permissions.may_coordinate(current_user, case, clock.today())
    return render_template(
        "plan/page.html",
        case=case,
        plan=made,
        words=made.read(key) if made else {},
        lines=found,
        wishes=wishes,
        versions=versions(case, made, key) if made else [],
        concerns=_concerns(case, key),
        guardians=[
            (one.id, one.read(key).get("name", ""))
            for one in guardians_of(db.session, case.id)
            if one.suspended_at is None
        ],
        coordinator=coordinator_name(case, key),
        left=name_of(left_alone(db.session, [case.id], clock.today()).get(case.id), key),
        is_mine=is_mine,
        may_write=is_mine and case.state in EDITABLE,
        suggests_sip=sip.suggests_sip(db.session, key, case),
        overall=sorted({unit.organisation.name for unit in units(case)}),
        failed=failed or {},
        form=FlaskForm(),
        today=clock.today().isoformat(),
        **words(),
    )


def words() -> dict[str, Any]:
    """What the templates of plan, follow-up and documents call things."""
    language = str(get_locale() or SWEDISH)
    shown = catalog(language, Variant.OLDER)
    small = catalog(language, Variant.PRESCHOOL)
    people = {**small.people, **shown.people}
    return {
        "area_names": area_names(),
        "area_symbols": {area.key: area.symbol for area in shown.areas},
        "people": people,
        "sector_words": sector_words(),
        "state_words": state_words(),
        "kind_words": kind_words(),
        "voice_words": {Voice.CHILD: _("Barnet"), Voice.GUARDIAN: _("Vårdnadshavare")},
        "sip_words": sip_words(),
        "edition": stopped.edition(),
    }


def state_words() -> dict[str, str]:
    return {
        ActionState.PLANNED: _("pågår"),
        ActionState.DONE: _("gjort"),
        ActionState.NOT_DONE: _("blev inte av"),
        ActionState.MOVED: _("överlämnat"),
    }


def kind_words() -> dict[str, str]:
    return {
        PlanKind.PLAN: _("Plan"),
        PlanKind.SIP: _("Samordnad individuell plan (SIP)"),
    }


def sip_words() -> dict[str, str]:
    return {
        "support": _("Vilka insatser som behövs"),
        "responsible": _("Vem som ansvarar för vilken insats"),
        "others": _("Vad andra gör, till exempel familj och nätverk"),
        "overall": _("Huvudman med det övergripande ansvaret"),
    }


def versions(case: Case, made: Plan, key: bytes) -> list[dict[str, Any]]:
    """Each version, the newest first: when, who, and what changed as sentences."""
    found = []
    for one in reversed(plan.versions(db.session, made)):
        who = db.session.get(Staff, one.made_by)
        content = one.read(key)
        found.append(
            {
                "number": one.number,
                "at": one.made_at,
                "who": who.name if who else "",
                "changes": [_sentence(change) for change in content["changes"]],
                "actions": len(content["actions"]),
            }
        )
    return found


def _sentence(change: dict[str, str]) -> str:
    """One change, readable: what it is about, and from what to what."""
    about, field = change["what"], change["field"]
    if field == "added":
        return _("Ny insats: %(what)s", what=about)
    if field == "removed":
        return _("Borttagen insats: %(what)s", what=about)
    name = _field_words()[field]
    before, after = _value(field, change["before"]), _value(field, change["after"])
    if not about:
        return _("%(field)s: från ”%(before)s” till ”%(after)s”", field=name, before=before,
                 after=after)  # fmt: skip
    return _(
        "%(what)s – %(field)s: från ”%(before)s” till ”%(after)s”",
        what=about,
        field=name,
        before=before,
        after=after,
    )


def _field_words() -> dict[str, str]:
    return {
        **sip_words(),
        "kind": _("Sort"),
        "follow_up_on": _("Uppföljning"),
        "area": _("Område"),
        "what": _("Vad"),
        "for_child": _("Sagt till barnet"),
        "sector": _("Vilka ansvarar"),
        "unit": _("Verksamhet"),
        "who": _("Vem"),
        "picture": _("Bild"),
        "due_on": _("När"),
        "state": _("Läge"),
        "reason": _("Varför"),
    } | {"others": _("Vad andra gör")}


def _value(field: str, value: str) -> str:
    shown: dict[str, Any] = words()
    tables = {
        "sector": shown["sector_words"],
        "state": shown["state_words"],
        "kind": shown["kind_words"],
        "area": shown["area_names"],
        "picture": {key: one.label for key, one in shown["people"].items()},
    }
    if field in ("due_on", "follow_up_on") and value:
        return format_date(date.fromisoformat(value), "d MMMM yyyy")
    return str(tables.get(field, {}).get(value, value)) or "–"


def coordinator_name(case: Case, key: bytes) -> str:
    return name_of(meeting.coordinator_of(db.session, case.id, clock.today()), key)


def coordinator_contact(case: Case, key: bytes) -> str:
    """How a family reaches the one who is named."""
    found = meeting.coordinator_of(db.session, case.id, clock.today())
    return str(found.read(key).get("contact", "")) if found else ""


def name_of(found: Coordinator | None, key: bytes) -> str:
    if found is None:
        return ""
    staff = db.session.get(Staff, found.staff_id) if found.staff_id else None
    return staff.name if staff else str(found.read(key).get("name", ""))


def _concerns(case: Case, key: bytes) -> list[dict[str, Any]]:
    actions = {one.id: one.read(key).get("what", "") for one in _actions(case)}
    names = {one.id: one.read(key).get("name", "") for one in guardians_of(db.session, case.id)}
    held = {one.id: one.held_on for one in case.conversations}
    return [
        {
            "row": one,
            **one.read(key),
            "who": names.get(one.guardian_id or "", ""),
            "about": actions.get(one.action_id or "", ""),
            "held_on": held.get(one.conversation_id or "", ""),
        }
        for one in plan.concerns(db.session, case.id)
    ]


def units(case: Case) -> list[Unit]:
    """Those that can answer for an action: of the case's own huvudman and those it named as
    recipients, and the region's."""
    key = case.key(ring())
    named = {one.get("unit_id") for one in kartlaggning.recipients(db.session, key, case.id)}
    wanted = select(Unit).where(
        (Unit.organisation_id == case.organisation_id) | Unit.id.in_([id_ for id_ in named if id_])
    )
    return list(db.session.scalars(wanted.order_by(Unit.name)))


def _form(case: Case, data: dict[str, Any] | None, kept: str = "") -> ActionForm:
    form = ActionForm(data=data) if data is not None else ActionForm()
    key, shown = case.key(ring()), words()
    focus = set(kartlaggning.focus_areas(db.session, key, case.id))
    ordered = sorted(AREAS, key=lambda area: area not in focus)
    form.area.choices = [
        (
            area,
            _("%(area)s (i fokus)", area=shown["area_names"][area])
            if area in focus
            else shown["area_names"][area],
        )
        for area in ordered
    ]
    form.wish.choices = [("", _("Ingen särskild")), *_wish_choices(case, kept)]
    form.sector.choices = list(sector_words().items())
    form.unit.choices = [("", _("Ingen, eller utanför")), *((u.id, u.name) for u in units(case))]
    form.picture.choices = [
        ("", _("Ingen bild")),
        *((key, one.label) for key, one in shown["people"].items() if key not in _NOT_WHO),
    ]
    return form


_NOT_WHO = ("me", "pet_dog", "pet_cat", "teddy", "no_one", "friend", "baby", "brother", "sister")


def _wish_choices(case: Case, kept: str) -> list[tuple[str, str]]:
    """kept: the wish that the action answers already, also when the reader may not see it."""
    found = [
        (wish.id, f"{wish.area_label}: {wish.text or wish.label}"[:120])
        for wish in wishes_to_see(case)
    ]
    if kept and kept not in {id_ for id_, _words in found}:
        found.append((kept, _("En önskan i ett område som du inte delar")))
    return found


def _action_page(case: Case, form: ActionForm, changed: Action | None) -> str:
    started = _plan(case).started_at is not None
    return render_template(
        "plan/action.html", case=case, form=form, action=changed, may_remove=not started
    )
