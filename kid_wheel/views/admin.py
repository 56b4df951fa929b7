"""The door of a huvudman's administrator: units, the people who work there, and their tablets.

It must never show a case, a child, or anything of another huvudman.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, lazy_gettext, ngettext
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response
from wtforms import (
    EmailField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from .. import audit, clock, coordinator, handover, portrait, signal
from ..case import Case, hand_over_unit
from ..db import db
from ..people import Assignment, Organisation, Role, Staff, Unit, works_in
from ..permissions import Permission, may_administer, requires
from ..routing import NEVER_ANSVARIG, UnitKind
from ..signal import Signal
from ..tablet import Tablet, TabletState, invite, renew_code, revoke
from ..tally import SMALL, of_unit
from .sign_in import forget_second_factor, hash_of, new_password, new_staff, qr

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

IN_A_UNIT = (Role.STAFF, Role.ANSVARIG, Role.DEPUTY)


class AlreadyAnsvarig(Exception):
    """Verksamheten har redan en ansvarig. Avsluta det uppdraget först."""


class NoMandate(Exception):
    """Ett delegerat mandat behöver ett beslut och dess dag."""


class NeverAnsvarig(Exception):
    """Verksamheten kan enligt överenskommelsen inte ha Barnets bästa-ansvarig."""


class AlreadyAssigned(Exception):
    """Personen har redan det uppdraget i verksamheten."""


class StaffForm(FlaskForm):  # type: ignore[misc]
    name = StringField(lazy_gettext("Namn"), [InputRequired(), Length(max=120)])
    title = StringField(lazy_gettext("Titel"), [Length(max=80)])
    email = EmailField(
        lazy_gettext("E-postadress"),
        [
            InputRequired(),
            Length(max=255),
            Regexp(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", message=lazy_gettext("Skriv en e-postadress.")),
        ],
    )
    role = SelectField(lazy_gettext("Uppdrag"))
    units = SelectMultipleField(lazy_gettext("Verksamheter"), [InputRequired()])


class AssignmentForm(FlaskForm):  # type: ignore[misc]
    role = SelectField(lazy_gettext("Uppdrag"))
    unit = SelectField(lazy_gettext("Verksamhet"))
    mandate = SelectField(lazy_gettext("Den ansvarigas mandat att besluta"), default="own")
    reference = StringField(lazy_gettext("Delegationsbeslut"), [Length(max=80)])
    decided_on = StringField(lazy_gettext("Beslutets dag"), [Length(max=10)])


class TabletForm(FlaskForm):  # type: ignore[misc]
    name = StringField(lazy_gettext("Vad ska surfplattan heta?"), [InputRequired(), Length(max=80)])


class NumberForm(FlaskForm):  # type: ignore[misc]
    social_services = StringField(
        lazy_gettext("Socialtjänstens telefonnummer"),
        [
            Length(max=80),
            Regexp(
                r"^$|.*\d{2}", message=lazy_gettext("Skriv ett telefonnummer, eller lämna tomt.")
            ),
        ],
    )


class AnswerDaysForm(FlaskForm):  # type: ignore[misc]
    days = IntegerField(
        lazy_gettext("Inom hur många dagar får barnet svar?"),
        [Optional(), NumberRange(min=1, max=60)],
    )


class SignalDaysForm(FlaskForm):  # type: ignore[misc]
    signal_days = IntegerField(
        lazy_gettext("Efter hur många arbetsdagar når en signal också ställföreträdaren?"),
        [InputRequired(), NumberRange(min=1, max=30)],
    )


class ContactForm(FlaskForm):  # type: ignore[misc]
    telephone = StringField(lazy_gettext("Så når man er"), [Length(max=80)])
    does = TextAreaField(lazy_gettext("Det här gör vi"), [Length(max=600)])
    does_not = TextAreaField(lazy_gettext("Det här gör vi inte"), [Length(max=600)])


class Confirm(FlaskForm):  # type: ignore[misc]
    """Nothing but the token that shows that the form is ours."""


# Units.


@blueprint.get("/")
@requires(Permission.UNIT_ADMINISTER)
def units() -> str:
    on, own = clock.today(), _own_units()
    ids = [unit.id for unit in own]
    signal.escalate(db.session, ids, clock.now())
    db.session.commit()
    return render_template(
        "admin/units.html",
        organisations=_own_organisations(),
        rows=[(unit, _holders(unit, Role.ANSVARIG, on), _tablets(unit)) for unit in own],
        waiting=[_waiting(one, on) for one in signal.raised(db.session, ids)],
        kinds=kind_words(),
        never_ansvarig=NEVER_ANSVARIG,
        people=_own_staff(),
    )


def _waiting(sent: Signal, on: date) -> tuple[Unit, datetime, list[str]]:
    """Where a signal waits, since when and for whom: nothing of the child, nor of the case."""
    unit, answers = sent.case.unit, sent.case.ansvarig
    people = [*([answers] if answers else []), *handover.deputies_of(db.session, unit.id, on)]
    return unit, sent.arrived_at, list(dict.fromkeys(one.name for one in people))


@blueprint.get("/unit/<uuid:unit_id>")
@requires(Permission.UNIT_ADMINISTER)
def unit(unit_id: UUID) -> str:
    return _unit_page(_unit(unit_id), TabletForm())


@blueprint.post("/unit/<uuid:unit_id>/social-services")
@requires(Permission.UNIT_ADMINISTER)
def keep_social_services(unit_id: UUID) -> Any:
    """The number that the unit's tablets show when a child has told something serious."""
    found, form = _unit(unit_id), NumberForm()
    if not form.validate_on_submit():
        return _unit_page(found, TabletForm(), form), 422
    found.social_services = " ".join((form.social_services.data or "").split())
    ids = {"staff_id": current_user.id, "unit_id": found.id}
    audit.record(db.session, "unit:number_changed", clock.now(), **ids)
    db.session.commit()
    flash(_("Numret är sparat. Surfplattorna får det nästa gång de har nät."))
    return redirect(url_for("admin.unit", unit_id=unit_id))


@blueprint.post("/unit/<uuid:unit_id>/answer-days")
@requires(Permission.UNIT_ADMINISTER)
def answer_days(unit_id: UUID) -> Any:
    """What children of the unit are promised on the tablet when they have talked."""
    found, form = _unit(unit_id), AnswerDaysForm()
    if not form.validate_on_submit():
        return _unit_page(found, TabletForm(formdata=None), answer=form), 422
    found.answer_days = form.days.data
    db.session.commit()
    flash(_("Löftet till barnen är sparat."))
    return redirect(url_for("admin.unit", unit_id=unit_id))


@blueprint.post("/unit/<uuid:unit_id>/signal-days")
@requires(Permission.UNIT_ADMINISTER)
def signal_days(unit_id: UUID) -> Any:
    """How long a signal may wait before it reaches the deputy too."""
    found, form = _unit(unit_id), SignalDaysForm()
    if not form.validate_on_submit():
        return _unit_page(found, TabletForm(formdata=None), signal=form), 422
    found.signal_days = form.signal_days.data
    ids = {"staff_id": current_user.id, "unit_id": found.id}
    audit.record(db.session, "unit:signal_days_changed", clock.now(), **ids)
    db.session.commit()
    flash(_("Sparat."))
    return redirect(url_for("admin.unit", unit_id=unit_id))


@blueprint.post("/unit/<uuid:unit_id>/contact")
@requires(Permission.UNIT_ADMINISTER)
def contact(unit_id: UUID) -> Any:
    """What others can turn to the unit for, and how they reach it."""
    found, form = _unit(unit_id), ContactForm()
    if not form.validate_on_submit():
        return _unit_page(found, TabletForm(formdata=None), contact=form), 422
    found.telephone = " ".join((form.telephone.data or "").split())
    found.does = (form.does.data or "").strip()
    found.does_not = (form.does_not.data or "").strip()
    ids = {"staff_id": current_user.id, "unit_id": found.id}
    audit.record(db.session, "unit:contact_changed", clock.now(), **ids)
    db.session.commit()
    flash(_("Sparat."))
    return redirect(url_for("admin.unit", unit_id=unit_id))


# Staff.


@blueprint.route("/staff/new", methods=["GET", "POST"])
@requires(Permission.UNIT_ADMINISTER)
def create_staff() -> Any:
    own = _own_units()
    form = StaffForm(
        units=request.args.getlist("unit") or [unit.id for unit in own if len(own) == 1]
    )
    form.role.choices = [(str(role), role_words()[role]) for role in IN_A_UNIT]
    form.units.choices = [(unit.id, unit.name) for unit in own]
    if form.validate_on_submit():
        try:
            return _staff_created(form)
        except AlreadyAnsvarig:
            form.role.errors = [_already_ansvarig()]
        except NeverAnsvarig:
            form.role.errors = [_never_ansvarig()]
    status = 422 if form.is_submitted() else 200
    return render_template("admin/create_staff.html", form=form), status


@blueprint.get("/staff/<uuid:staff_id>")
@requires(Permission.UNIT_ADMINISTER)
def staff(staff_id: UUID) -> str:
    return _staff_page(_staff(staff_id))


@blueprint.post("/staff/<uuid:staff_id>/assignment")
@requires(Permission.UNIT_ADMINISTER)
def assign(staff_id: UUID) -> Any:
    person = _staff(staff_id)
    form = _assignment_form()
    if not form.validate_on_submit():
        return _staff_page(person), 422
    try:
        role = Role(form.role.data)
        mandate = _mandate(form) if role == Role.ANSVARIG else ""
        _assign(person, _unit(UUID(form.unit.data)), role, mandate)
    except NoMandate:
        db.session.rollback()
        form.reference.errors = [_("Skriv vilket beslut som ger mandatet, och dess dag.")]
        return _staff_page(_staff(staff_id), form), 422
    except AlreadyAnsvarig:
        db.session.rollback()
        form.role.errors = [_already_ansvarig()]
        return _staff_page(_staff(staff_id), form), 422
    except NeverAnsvarig:
        db.session.rollback()
        form.role.errors = [_never_ansvarig()]
        return _staff_page(_staff(staff_id), form), 422
    except AlreadyAssigned:
        db.session.rollback()
        form.role.errors = [_("Personen har redan det uppdraget där.")]
        return _staff_page(_staff(staff_id), form), 422
    db.session.commit()
    flash(_("Uppdraget är sparat."))
    return redirect(url_for("admin.staff", staff_id=staff_id))


@blueprint.post("/staff/<uuid:staff_id>/assignment/<uuid:assignment_id>/end")
@requires(Permission.UNIT_ADMINISTER)
def end_assignment(staff_id: UUID, assignment_id: UUID) -> Response:
    _staff(staff_id)
    found = db.session.get(Assignment, str(assignment_id))
    if found is None or found.staff_id != str(staff_id) or not _is_own(found.organisation_id):
        abort(404)
    if found.is_active(clock.today()):
        try:
            _end(found)
        except handover.NobodyLeft as error:
            return _nobody_left(staff_id, error)
        db.session.commit()
        flash(_("Uppdraget är avslutat."))
    return redirect(url_for("admin.staff", staff_id=staff_id))


@blueprint.post("/staff/<uuid:staff_id>/deactivate")
@requires(Permission.UNIT_ADMINISTER)
def deactivate(staff_id: UUID) -> Response:
    """Close the account: it signs in nowhere, and its open sessions end at once."""
    person = _staff(staff_id)
    if person.id == current_user.id:
        flash(_("Du kan inte stänga ditt eget konto. Be en annan administratör."), "error")
        return redirect(url_for("admin.staff", staff_id=staff_id))
    if not _answers_only_here(person):
        flash(_only_here(), "error")
        return redirect(url_for("admin.staff", staff_id=staff_id))
    try:
        for assignment in list(person.assignments):
            if assignment.is_active(clock.today()):
                _end(assignment)
    except handover.NobodyLeft as error:
        return _nobody_left(staff_id, error)
    person.active = False
    portrait.remove(db.session, person.id)
    audit.record(db.session, "staff:deactivated", clock.now(), **_by(person))
    db.session.commit()
    flash(_("Kontot är stängt och uppdragen är avslutade."))
    return redirect(url_for("admin.staff", staff_id=staff_id))


@blueprint.post("/staff/<uuid:staff_id>/password")
@requires(Permission.UNIT_ADMINISTER)
def renew_password(staff_id: UUID) -> Any:
    """A new one-time password. The second factor stays, so nobody else can use the account."""
    person = _staff(staff_id)
    if not person.active or not _answers_only_here(person):
        flash(_only_here(), "error")
        return redirect(url_for("admin.staff", staff_id=staff_id))
    chosen = _give_password(person)
    audit.record(db.session, "staff:password_renewed", clock.now(), **_by(person))
    db.session.commit()
    return render_template("admin/password.html", person=person, password=chosen)


@blueprint.post("/staff/<uuid:staff_id>/second-factor")
@requires(Permission.UNIT_ADMINISTER)
def reset_second_factor(staff_id: UUID) -> Response:
    """For somebody who has lost both the phone and the recovery codes."""
    person = _staff(staff_id)
    if not _answers_only_here(person):
        flash(_only_here(), "error")
        return redirect(url_for("admin.staff", staff_id=staff_id))
    forget_second_factor(person)
    audit.record(db.session, "staff:second_factor_reset", clock.now(), **_by(person))
    db.session.commit()
    flash(_("Tvåstegsinloggningen är borttagen. Personen kan ställa in den på nytt."))
    return redirect(url_for("admin.staff", staff_id=staff_id))


# Tablets.


@blueprint.post("/unit/<uuid:unit_id>/tablet")
@requires(Permission.UNIT_ADMINISTER)
def create_tablet(unit_id: UUID) -> Any:
    found, form = _unit(unit_id), TabletForm()
    if not form.validate_on_submit():
        return _unit_page(found, form), 422
    tablet, code = invite(db.session, found, form.name.data.strip(), clock.now())
    db.session.flush()
    return _invited(tablet, code)


@blueprint.post("/tablet/<uuid:tablet_id>/code")
@requires(Permission.UNIT_ADMINISTER)
def new_code(tablet_id: UUID) -> Any:
    tablet = _tablet(tablet_id)
    if tablet.state == TabletState.REVOKED:
        flash(_("Surfplattan är spärrad. Lägg till den på nytt i stället."), "error")
        return redirect(url_for("admin.unit", unit_id=tablet.unit_id))
    return _invited(tablet, renew_code(tablet, clock.now()))


@blueprint.route("/tablet/<uuid:tablet_id>/revoke", methods=["GET", "POST"])
@requires(Permission.UNIT_ADMINISTER)
def revoke_tablet(tablet_id: UUID) -> Any:
    """Asks first; after that the tablet can send nothing more."""
    tablet, form = _tablet(tablet_id), Confirm()
    if not form.validate_on_submit():
        page = "admin/_revoke.html" if _wants_fragment() else "admin/revoke.html"
        return render_template(page, tablet=tablet, form=form)
    if tablet.state != TabletState.REVOKED:
        revoke(tablet, clock.now())
        audit.record(db.session, "tablet:revoked", clock.now(), **_tablet_ids(tablet))
        db.session.commit()
    if _wants_fragment():
        return _tablet_list(tablet.unit, Confirm())
    flash(_("Surfplattan %(name)s är spärrad.", name=tablet.name))
    return redirect(url_for("admin.unit", unit_id=tablet.unit_id))


@blueprint.get("/unit/<uuid:unit_id>/tablet")
@requires(Permission.UNIT_ADMINISTER)
def tablets(unit_id: UUID) -> Any:
    """The list alone, for a page that stays open."""
    found = _unit(unit_id)
    if not _wants_fragment():
        return redirect(url_for("admin.unit", unit_id=unit_id))
    return _tablet_list(found, Confirm())


# Only one's own organisation.


def _own_organisations() -> list[Organisation]:
    on = clock.today()
    ids = [
        a.organisation_id
        for a in current_user.assignments
        if a.role == Role.ADMINISTRATOR and a.is_active(on)
    ]
    wanted = select(Organisation).where(Organisation.id.in_(ids)).order_by(Organisation.name)
    return list(db.session.scalars(wanted))


def _is_own(organisation_id: str) -> bool:
    return may_administer(current_user, organisation_id, clock.today())


def _own_units() -> list[Unit]:
    ids = [organisation.id for organisation in _own_organisations()]
    wanted = select(Unit).where(Unit.organisation_id.in_(ids)).order_by(Unit.name)
    return list(db.session.scalars(wanted))


def _own_staff() -> list[Staff]:
    ids = [organisation.id for organisation in _own_organisations()]
    wanted = select(Staff).where(Staff.assignments.any(Assignment.organisation_id.in_(ids)))
    return list(db.session.scalars(wanted.order_by(Staff.name)))


def _unit(unit_id: UUID) -> Unit:
    found = db.session.get(Unit, str(unit_id))
    if found is None or not _is_own(found.organisation_id):
        abort(_denied(unit_id=found.id) if found else 404)
    return found


def _staff(staff_id: UUID) -> Staff:
    found = db.session.get(Staff, str(staff_id))
    if found is None or not any(_is_own(a.organisation_id) for a in found.assignments):
        abort(_denied() if found else 404)
    return found


def account_to_change(staff_id: UUID) -> Staff:
    """Somebody whose every assignment is in one's own organisations."""
    found = _staff(staff_id)
    if not found.active or not _answers_only_here(found):
        abort(_denied())
    return found


def _tablet(tablet_id: UUID) -> Tablet:
    found = db.session.get(Tablet, str(tablet_id))
    if found is None or not _is_own(found.unit.organisation_id):
        abort(_denied(tablet_id=found.id) if found else 404)
    return found


def _denied(**ids: str) -> int:
    """Record that somebody tried, and answer as if there was nothing there."""
    audit.record(db.session, "access:denied", clock.now(), staff_id=current_user.id, **ids)
    db.session.commit()
    return 404


# What changes.


def _staff_created(form: StaffForm) -> Any:
    email = form.email.data.strip().lower()
    if db.session.scalar(select(Staff.id).where(Staff.email == email)):
        form.email.errors = [_("Det finns redan ett konto med den e-postadressen.")]
        return render_template("admin/create_staff.html", form=form), 422
    person = new_staff(name=form.name.data.strip(), title=form.title.data.strip(), email=email)
    chosen = _give_password(person)
    units = [_unit(UUID(unit_id)) for unit_id in form.units.data]
    db.session.add(person)
    db.session.flush()
    audit.record(db.session, "staff:created", clock.now(), **_by(person))
    try:
        for unit in units:
            _assign(person, unit, Role(form.role.data))
    except (AlreadyAnsvarig, NeverAnsvarig):
        db.session.rollback()
        raise
    db.session.commit()
    return render_template("admin/password.html", person=person, password=chosen)


def _give_password(person: Staff) -> str:
    chosen = new_password()
    person.password, person.password_is_initial = hash_of(chosen), True
    person.fs_uniquifier = new_staff().fs_uniquifier  # open sessions end
    return chosen


def _mandate(form: AssignmentForm) -> str:
    """The decision behind a delegated mandate, and its day; "" when the mandate is the own."""
    if form.mandate.data != "delegated":
        return ""
    try:
        day = date.fromisoformat((form.decided_on.data or "").strip())
    except ValueError as error:
        raise NoMandate from error
    reference = " ".join((form.reference.data or "").split())
    if not reference or day > clock.today():
        raise NoMandate
    return f"{reference}, {day.isoformat()}"


def _assign(person: Staff, unit: Unit, role: Role, mandate: str = "") -> None:
    """Give a role from today; exactly one active ansvarig in a unit at any time."""
    on = clock.today()
    if not _may_hold(unit, role):
        raise NeverAnsvarig
    holders = _holders(unit, role, on)
    if any(one.staff_id == person.id for one in holders):
        raise AlreadyAssigned
    if role == Role.ANSVARIG and holders:
        raise AlreadyAnsvarig
    db.session.add(
        Assignment(
            staff=person,
            organisation=unit.organisation,
            unit=unit,
            role=role,
            from_on=on,
            mandate=mandate,
        )
    )
    try:
        db.session.flush()
    except IntegrityError as error:  # another administrator was first
        raise AlreadyAnsvarig from error
    _record_assignment("assignment:made", person, unit.id, role)
    if role == Role.ANSVARIG:
        _hand_over(unit, person, on)


def _hand_over(unit: Unit, to: Staff, on: date) -> None:
    """The unit's cases follow the appointment; the administrator sees none of them."""
    db.session.flush()
    for case in hand_over_unit(db.session, unit.id, to, on):
        db.session.flush()
        _record_hand_over(case)


def _record_hand_over(case: Case) -> None:
    audit.record(
        db.session,
        "case:handed_over",
        clock.now(),
        staff_id=current_user.id,
        unit_id=case.unit_id,
        case_id=case.id,
        detail=f"to:{case.ansvarig_id}",
    )


def _end(assignment: Assignment) -> None:
    """End a role today. What the person answered for in the unit passes on in the same moment."""
    person, unit_id = assignment.staff, assignment.unit_id
    assignment.until_on = clock.today()
    _record_assignment("assignment:ended", person, unit_id, assignment.role)
    if unit_id is None:
        return
    for case in handover.leave(db.session, person, unit_id, clock.now()):
        _record_hand_over(case)
    if not works_in(person, unit_id, clock.today()):
        for case_id in coordinator.leave(db.session, person.id, unit_id, clock.now()):
            ids = {"staff_id": current_user.id, "unit_id": unit_id, "case_id": case_id}
            audit.record(db.session, "coordinator:left", clock.now(), **ids)


def _nobody_left(staff_id: UUID, error: handover.NobodyLeft) -> Response:
    """No case may be left behind: the administrator is told what to do first."""
    words = ngettext(
        "%(num)s öppet ärende i %(unit)s skulle bli utan ansvarig. Utse en ställföreträdare eller "
        "en ny ansvarig där först. Är det bråttom, ge kontot ett nytt engångslösenord: då är det "
        "stängt för den som har det nu.",
        "%(num)s öppna ärenden i %(unit)s skulle bli utan ansvarig. Utse en ställföreträdare eller "
        "en ny ansvarig där först. Är det bråttom, ge kontot ett nytt engångslösenord: då är det "
        "stängt för den som har det nu.",
        error.open_cases,
        unit=error.unit.name,
    )
    db.session.rollback()
    flash(words, "error")
    return redirect(url_for("admin.staff", staff_id=staff_id))


def _record_assignment(event: str, person: Staff, unit_id: str | None, role: Role) -> None:
    about = f"{role}:{person.id}"
    audit.record(
        db.session, event, clock.now(), staff_id=current_user.id, unit_id=unit_id, detail=about
    )


def _by(person: Staff) -> dict[str, str]:
    """Who did it, and to whom."""
    return {"staff_id": current_user.id, "detail": person.id}


def _invited(tablet: Tablet, code: str) -> str:
    audit.record(db.session, "tablet:invited", clock.now(), **_tablet_ids(tablet))
    db.session.commit()
    address = f"{current_app.extensions['kid_wheel'].url}/tablet/"
    return render_template(
        "admin/_code.html" if _wants_fragment() else "admin/code.html",
        tablet=tablet,
        code=f"{code[:4]}-{code[4:]}",
        address=address,
        qr=qr(f"{address}#code={code}"),
        form=Confirm(),
    )


def _tablet_ids(tablet: Tablet) -> dict[str, str]:
    return {"staff_id": current_user.id, "tablet_id": tablet.id, "unit_id": tablet.unit_id}


def _answers_only_here(person: Staff) -> bool:
    """Whether every assignment is in one's own organisations: an account may be shared."""
    on = clock.today()
    return all(_is_own(a.organisation_id) for a in person.assignments if a.is_active(on))


# What is shown.


def _holders(unit: Unit, role: Role, on: date) -> list[Assignment]:
    found = db.session.scalars(
        select(Assignment).where(Assignment.unit_id == unit.id, Assignment.role == role)
    )
    return [a for a in found if a.is_active(on) and a.staff.active]


def _may_hold(unit: Unit, role: Role) -> bool:
    return role == Role.STAFF or unit.kind not in NEVER_ANSVARIG


def _tablets(unit: Unit) -> list[Tablet]:
    wanted = select(Tablet).where(Tablet.unit_id == unit.id).order_by(Tablet.created_at)
    return list(db.session.scalars(wanted))


def _unit_page(
    unit: Unit,
    form: TabletForm,
    number: NumberForm | None = None,
    answer: AnswerDaysForm | None = None,
    signal: SignalDaysForm | None = None,
    contact: ContactForm | None = None,
) -> str:
    on = clock.today()
    return render_template(
        "admin/unit.html",
        unit=unit,
        kinds=kind_words(),
        roles=role_words(),
        holders={role: _holders(unit, role, on) for role in IN_A_UNIT if _may_hold(unit, role)},
        tablets=_tablets(unit),
        states=state_words(),
        form=form,
        number=number or NumberForm(obj=unit),
        answer=answer or AnswerDaysForm(formdata=None, days=unit.answer_days),
        signal=signal or SignalDaysForm(formdata=None, signal_days=unit.signal_days),
        contact=contact or ContactForm(formdata=None, obj=unit),
        tally=list(of_unit(db.session, unit.id, str(get_locale()))),
        small=SMALL,
    )


def _tablet_list(unit: Unit, form: Confirm) -> str:
    return render_template(
        "admin/_tablets.html", unit=unit, tablets=_tablets(unit), states=state_words(), form=form
    )


def _staff_page(person: Staff, form: AssignmentForm | None = None) -> str:
    on = clock.today()
    shown = [a for a in person.assignments if _is_own(a.organisation_id)]
    return render_template(
        "admin/staff.html",
        person=person,
        active=[a for a in shown if a.is_active(on)],
        ended=[a for a in shown if not a.is_active(on)],
        roles=role_words(),
        form=form or _assignment_form(),
        may_change=_answers_only_here(person),
    )


def _assignment_form() -> AssignmentForm:
    form = AssignmentForm()
    form.role.choices = [(str(role), role_words()[role]) for role in IN_A_UNIT]
    form.unit.choices = [(unit.id, unit.name) for unit in _own_units()]
    form.mandate.choices = [
        ("own", _("Eget: beslutar redan i verksamheten")),
        ("delegated", _("Delegerat genom ett beslut")),
    ]
    return form


def _wants_fragment() -> bool:
    return bool(request.htmx)  # type: ignore[attr-defined]


def _already_ansvarig() -> str:
    return _(
        "Verksamheten har redan en Barnets bästa-ansvarig, och det ska alltid vara en och samma "
        "person. Avsluta det uppdraget först."
    )


def _never_ansvarig() -> str:
    return _(
        "Socialtjänst, BUP och annan vård signalerar, samverkar och samordnar, men är enligt "
        "överenskommelsen inte Barnets bästa-ansvarig. Välj ”Håller samtal”."
    )


def _only_here() -> str:
    return _("Personen har uppdrag hos en annan huvudman också, eller kontot är stängt.")


def role_words() -> dict[Role, str]:
    return {
        Role.STAFF: _("Håller samtal"),
        Role.ANSVARIG: _("Barnets bästa-ansvarig"),
        Role.DEPUTY: _("Ställföreträdare"),
        Role.ADMINISTRATOR: _("Administratör"),
    }


def kind_words() -> dict[UnitKind, str]:
    return {
        UnitKind.BVC: _("BVC"),
        UnitKind.FORSKOLA: _("Förskola"),
        UnitKind.GRUNDSKOLA: _("Grundskola"),
        UnitKind.GYMNASIUM: _("Gymnasium"),
        UnitKind.KAA: _("Kommunalt aktivitetsansvar"),
        UnitKind.UPPFOLJNING: _("Uppföljningsansvar"),
        UnitKind.CENTRAL: _("Central funktion"),
        UnitKind.SOCIALTJANST: _("Socialtjänst"),
        UnitKind.BUP: _("BUP"),
        UnitKind.VARD: _("Annan hälso- och sjukvård"),
    }


def state_words() -> dict[TabletState, str]:
    return {
        TabletState.INVITED: _("väntar på sin kod"),
        TabletState.ENROLLED: _("ansluten"),
        TabletState.REVOKED: _("spärrad"),
    }
