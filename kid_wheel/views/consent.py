"""The door to samtycke: whom it is about, who has answered what, and what it rests on.

It must never let one guardian's page tell anything of the other, nor let an answer be general.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, lazy_gettext
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms import TextAreaField as Text
from wtforms.validators import InputRequired, Length, Optional

from .. import clock, consent, disclosure, guardian, maturity, network
from ..basis import PARAGRAPH, Basis, Ground, Sector, latest_until
from ..case import Case, CaseState
from ..catalog import AREAS, Variant, catalog
from ..consent import (
    Alone,
    Answer,
    ClosedLaw,
    Consent,
    Draft,
    Giver,
    Lack,
    NoAreas,
    NobodyToAsk,
    NoMotive,
    NoPurpose,
    NoRecipient,
    OtherGround,
    Recipient,
    Standing,
    StrangeAreas,
    Way,
    WrongDay,
)
from ..db import db
from ..disclosure import Disclosure
from ..maturity import Capacity, NoAssessment
from ..permissions import Permission, may_decide, requires
from ..process import MOVES
from .in_case import find, find_to_decide, keep, move, note, ring, state_words

blueprint = Blueprint("consent", __name__, url_prefix="/case/<uuid:case_id>/consent")

LONG, SHORT = 4000, 200  # signs


@dataclass(frozen=True)
class Answered:
    """One answer as staff read it."""

    row: Consent
    words: dict[str, Any]
    who: str
    may_withdraw: bool


@dataclass(frozen=True)
class Asked:
    """One recipient and how it stands."""

    to: Recipient
    standing: Standing
    answers: Sequence[Answered]
    laws: Sequence[tuple[OtherGround, dict[str, Any], bool]]  # row, words, whether it holds
    copies: Sequence[Disclosure]


class Token(FlaskForm):  # type: ignore[misc]
    """Nothing but the token that shows that the form is ours."""


class AnswerForm(FlaskForm):  # type: ignore[misc]
    who = RadioField(lazy_gettext("Vem svarar?"), [InputRequired()])
    answer = RadioField(lazy_gettext("Svaret"), [InputRequired()])
    areas = SelectMultipleField(lazy_gettext("Områden"))
    purpose = StringField(lazy_gettext("Vad det ska användas till"), [Length(max=SHORT)])
    until_on = DateField(lazy_gettext("Gäller till och med"), [Optional()])
    way = RadioField(lazy_gettext("Hur svaret gavs"), validate_choice=False)
    language = StringField(lazy_gettext("Språk, om inte svenska"), [Length(max=40)])
    interpreter = StringField(lazy_gettext("Tolk (aldrig ett barn)"), [Length(max=80)])
    said = Text(lazy_gettext("Med egna ord, om det är viktigt"), [Length(max=LONG)])
    alone = SelectField(lazy_gettext("Om bara en vårdnadshavare svarar: skälet"))
    motive = Text(lazy_gettext("Motivering till skälet"), [Length(max=LONG)])
    reference = StringField(lazy_gettext("Socialnämndens beslut: nummer och dag"), [Length(max=80)])
    why = StringField(lazy_gettext("Om barnet inte är tillfrågat: varför"), [Length(max=SHORT)])
    adult_answer = Text(
        lazy_gettext("Om barnet sa nej: vad en vuxen svarade barnet"), [Length(max=LONG)]
    )


class LawForm(FlaskForm):  # type: ignore[misc]
    ground = RadioField(lazy_gettext("Laglig grund"), [InputRequired()])
    sector = RadioField(lazy_gettext("Mottagaren hör till"), [InputRequired()])
    areas = SelectMultipleField(lazy_gettext("Områden"))
    purpose = StringField(lazy_gettext("Vad det ska användas till"), [Length(max=SHORT)])
    motive = Text(lazy_gettext("Motivering"), [Length(max=LONG)])
    until_on = DateField(lazy_gettext("Gäller till och med"), [Optional()])


class MaturityForm(FlaskForm):  # type: ignore[misc]
    capacity = RadioField(lazy_gettext("Vem bestämmer om samtycke?"), [InputRequired()])
    motive = Text(lazy_gettext("Vad bedömningen bygger på"), [Length(max=LONG)])


class NetworkForm(FlaskForm):  # type: ignore[misc]
    name = StringField(
        lazy_gettext("Namn, eller vad barnet kallar personen"), [InputRequired(), Length(max=120)]
    )
    relation = StringField(lazy_gettext("Vem det är för barnet"), [Length(max=80)])
    areas = SelectMultipleField(lazy_gettext("Områden"), [InputRequired()])
    why = StringField(lazy_gettext("Varför det är bra för barnet"), [Length(max=SHORT)])
    language = StringField(lazy_gettext("Språk, om inte svenska"), [Length(max=40)])


class ChildsNoForm(FlaskForm):  # type: ignore[misc]
    adult_answer = Text(lazy_gettext("Svar till barnet"), [InputRequired(), Length(max=LONG)])


# The stage's own page.


@blueprint.get("/")
@requires(Permission.CASE_READ)
def page(case_id: UUID) -> str:
    """How it stands with each recipient, and what is missing."""
    case = find(case_id)
    key, at = case.key(ring()), clock.now()
    guardians = [(g, g.read(key)) for g in guardian.guardians_of(db.session, case.id)]
    assessment = maturity.assessment_of(db.session, case.id, at)
    note(case, "consent:read")
    shown = render_template(
        "consent/page.html",
        case=case,
        state=state_words()[case.state],
        child=case.about(ring()).get("alias") or _("barnet"),
        guardians=guardians,
        asked_now=[g.id for g in consent.guardians_now(db.session, key, case, at)],
        at=at,
        capacity=consent.capacity_at(db.session, key, case, at),
        assessment=(assessment, assessment.read(key)) if assessment else None,
        asked=[asked_of(case, key, to) for to in consent.recipients_of(db.session, key, case.id)],
        may_decide=may_decide(current_user, case, clock.today()),
        may_ask=case.state in MOVES["ask_consent"].sources,
        is_waiting=case.state is CaseState.CONSENT_PENDING,
        form=Token(),
        area_names=area_names(),
        lack_words=lack_words(),
        answer_words=answer_words(),
        alone_words=alone_words(),
        capacity_words=capacity_words(),
        basis_words=basis_words,
        law_words=law_words(),
        paragraph=PARAGRAPH,
    )
    db.session.commit()
    return shown


# Answers.


@blueprint.route("/answer/<recipient_id>", methods=["GET", "POST"])
@requires(Permission.CASE_READ)
def answer(case_id: UUID, recipient_id: str) -> Any:
    """Write down what a guardian or the child answered about one recipient."""
    case = find(case_id)
    key, at = case.key(ring()), clock.now()
    to = _recipient(case, key, recipient_id)
    form = _answer_form(case, key, to)
    if not form.validate_on_submit():
        return _answer_page(case, to, form), 422 if request.method == "POST" else 200
    try:
        made = consent.record(db.session, key, case, to, _draft(form), current_user.id, at)
    except (NoAreas, StrangeAreas, NoPurpose, WrongDay, NobodyToAsk, NoMotive) as error:
        db.session.rollback()
        flash(_sentence(error), "error")
        return _answer_page(case, to, form), 422
    keep(case, "consent:recorded", detail=f"{made.giver}:{made.answer}")
    flash(_("Svaret är antecknat."))
    return back(case)


@blueprint.post("/<uuid:consent_id>/withdraw")
@requires(Permission.CASE_READ)
def withdraw(case_id: UUID, consent_id: UUID) -> Any:
    """Somebody takes a yes back: from this moment nothing more is shared on it."""
    case = find(case_id)
    found = _consent(case, consent_id)
    if not Token().validate_on_submit() or found.answer is not Answer.YES:
        abort(400)
    consent.withdraw(found, clock.now())
    keep(case, "consent:withdrawn", detail=str(found.giver))
    copies = disclosure.copies_at(db.session, case.id, found.recipient_id)
    if copies:
        flash(
            _(
                "Samtycket är återtaget. Mottagaren har redan fått något: berätta för den att "
                "inget mer lämnas ut. Det som är lämnat syns under Vem har fått veta vad."
            )
        )
    else:
        flash(_("Samtycket är återtaget. Ingenting hade lämnats ut."))
    return back(case)


@blueprint.route("/<uuid:consent_id>/answer-child", methods=["GET", "POST"])
@requires(Permission.CASE_READ)
def answer_child(case_id: UUID, consent_id: UUID) -> Any:
    """An adult answers a child who has said no, in writing."""
    case = find(case_id)
    key, found = case.key(ring()), _consent(case, consent_id)
    form = ChildsNoForm(data={"adult_answer": found.read(key).get("adult_answer", "")})
    if not form.validate_on_submit():
        page = render_template(
            "consent/answer_child.html", case=case, form=form, words=found.read(key)
        )
        return page, 422 if request.method == "POST" else 200
    consent.answer_child(found, key, form.adult_answer.data)
    keep(case, "consent:child_answered")
    return back(case)


@blueprint.route("/law/<recipient_id>", methods=["GET", "POST"])
@requires(Permission.CASE_MOVE)
def law(case_id: UUID, recipient_id: str) -> Any:
    """Decide to share on another legal ground than samtycke."""
    case = find_to_decide(case_id)
    key, at = case.key(ring()), clock.now()
    to = _recipient(case, key, recipient_id)
    form = _law_form(case, key, to)
    if not form.validate_on_submit():
        return _law_page(case, to, form), 422 if request.method == "POST" else 200
    words = {"purpose": form.purpose.data or "", "motive": form.motive.data or ""}
    try:
        made = consent.decide_on_law(
            db.session, key, case, to, Ground(form.ground.data), Sector(form.sector.data),
            form.areas.data or [], form.until_on.data, words, current_user.id, at,
        )  # fmt: skip
    except (NoAreas, StrangeAreas, NoPurpose, WrongDay, NoMotive, ClosedLaw) as error:
        db.session.rollback()
        flash(_sentence(error), "error")
        return _law_page(case, to, form), 422
    keep(case, "legal_ground:recorded", detail=str(made.ground))
    flash(_("Beslutet är antecknat."))
    return back(case)


@blueprint.post("/law/<uuid:ground_id>/end")
@requires(Permission.CASE_MOVE)
def end_law(case_id: UUID, ground_id: UUID) -> Any:
    case = find_to_decide(case_id)
    found = db.session.get(OtherGround, str(ground_id))
    if found is None or found.case_id != case.id or not Token().validate_on_submit():
        abort(404)
    consent.end(found, clock.now())
    keep(case, "legal_ground:ended", detail=str(found.ground))
    return back(case)


@blueprint.route("/maturity", methods=["GET", "POST"])
@requires(Permission.CASE_READ)
def assess(case_id: UUID) -> Any:
    """A documented assessment of the child's maturity."""
    case = find(case_id)
    key, at = case.key(ring()), clock.now()
    found = maturity.assessment_of(db.session, case.id, at)
    form = MaturityForm(data={"capacity": found.capacity} if found else {})
    form.capacity.choices = list(capacity_words().items())
    page = render_template("consent/maturity.html", case=case, form=form)
    if not form.validate_on_submit():
        return page, 422 if request.method == "POST" else 200
    try:
        maturity.assess(
            db.session, key, case.id, Capacity(form.capacity.data), form.motive.data or "",
            current_user.id, at,
        )  # fmt: skip
    except NoAssessment as error:
        flash(_sentence(error), "error")
        return render_template("consent/maturity.html", case=case, form=form), 422
    keep(case, "maturity:assessed", detail=form.capacity.data)
    return back(case)


@blueprint.route("/network", methods=["GET", "POST"])
@requires(Permission.CASE_READ)
def add_network(case_id: UUID) -> Any:
    """Somebody in the child's network, who can be invited when there is a samtycke."""
    case = find(case_id)
    form = NetworkForm()
    form.areas.choices = _area_choices(AREAS)
    if not form.validate_on_submit():
        page = render_template("consent/network.html", case=case, form=form)
        return page, 422 if request.method == "POST" else 200
    words = {name: form[name].data for name in ("name", "relation", "areas", "why", "language")}
    network.add(db.session, case.key(ring()), case.id, words, clock.now())
    keep(case, "network_person:added")
    return back(case)


# The steps of the process.


@blueprint.post("/ask")
@requires(Permission.CASE_MOVE)
def ask(case_id: UUID) -> Any:
    """T6b: begin to ask."""
    case = find_to_decide(case_id)
    return move(case, "ask_consent") or back(case)


@blueprint.post("/refuse")
@requires(Permission.CASE_MOVE)
def refuse(case_id: UUID) -> Any:
    """T7x: there is no samtycke; the own support goes on."""
    case = find_to_decide(case_id)
    return move(case, "refuse_consent") or back(case)


# What is found.


def _recipient(case: Case, key: bytes, recipient_id: str) -> Recipient:
    try:
        return consent.find_recipient(db.session, key, case.id, recipient_id)
    except NoRecipient:
        abort(404)


def _consent(case: Case, consent_id: UUID) -> Consent:
    found = db.session.get(Consent, str(consent_id))
    if found is None or found.case_id != case.id:
        abort(404)
    return found


def asked_of(case: Case, key: bytes, to: Recipient) -> Asked:
    at = clock.now()
    names = {g.id: g.read(key)["name"] for g in guardian.guardians_of(db.session, case.id)}
    answers = [
        Answered(
            row,
            row.read(key),
            names[row.guardian_id] if row.guardian_id else _("Barnet"),
            row.answer is Answer.YES and not row.withdrawn_at and not row.ended_at,
        )
        for row in consent.consents_of(db.session, case.id)
        if row.recipient_id == to["id"]
    ]
    laws = [
        (row, row.read(key), row.ended_at is None and row.until_on >= clock.civil_date(at))
        for row in consent.grounds_of(db.session, case.id)
        if row.recipient_id == to["id"]
    ]
    return Asked(
        to=to,
        standing=consent.standing(db.session, key, case.id, to["id"], to["areas"], at),
        answers=answers,
        laws=laws,
        copies=disclosure.copies_at(db.session, case.id, to["id"]),
    )


# Forms.


def _answer_form(case: Case, key: bytes, to: Recipient) -> AnswerForm:
    at = clock.now()
    form = AnswerForm(
        data={
            "areas": to["areas"],
            "until_on": latest_until(clock.today()),
            "purpose": _("Samverkansmöte, plan och uppföljning"),
        }
    )
    form.who.choices = [
        *((g.id, g.read(key)["name"]) for g in consent.guardians_now(db.session, key, case, at)),
        ("child", _("Barnet")),
    ]
    form.answer.choices = list(answer_words().items())
    form.areas.choices = _area_choices(to["areas"])
    form.way.choices = [("written", _("Skriftligt")), ("oral", _("Muntligt"))]
    form.alone.choices = [("", _("Inget särskilt skäl")), *alone_words().items()]
    return form


def _answer_page(case: Case, to: Recipient, form: AnswerForm) -> str:
    return render_template("consent/answer.html", case=case, to=to, form=form)


def _draft(form: AnswerForm) -> Draft:
    is_child = form.who.data == "child"
    names = ("language", "interpreter", "said", "motive", "reference", "why", "adult_answer")
    return Draft(
        giver=Giver.CHILD if is_child else Giver.GUARDIAN,
        guardian_id=None if is_child else form.who.data,
        answer=Answer(form.answer.data),
        areas=form.areas.data or [],
        purpose=form.purpose.data or "",
        until_on=form.until_on.data,
        way=Way(form.way.data) if form.way.data in list(Way) else None,
        alone=Alone(form.alone.data) if form.alone.data else None,
        words={name: form[name].data for name in names if form[name].data},
    )


def _law_form(case: Case, key: bytes, to: Recipient) -> LawForm:
    at, sectors = clock.now(), list(sector_words())
    form = LawForm(data={"areas": to["areas"], "until_on": latest_until(clock.today())})
    opened = [
        law
        for law in law_words()
        if any(law in consent.laws_open(db.session, key, case, to, s, at) for s in sectors)
    ]
    form.ground.choices = [(law, f"{law_words()[law]} ({PARAGRAPH[law]})") for law in opened]
    form.sector.choices = list(sector_words().items())
    form.areas.choices = _area_choices(to["areas"])
    return form


def _law_page(case: Case, to: Recipient, form: LawForm) -> str:
    return render_template("consent/law.html", case=case, to=to, form=form)


def _area_choices(areas: Sequence[str]) -> list[tuple[str, str]]:
    names = area_names()
    return [(area, names[area]) for area in AREAS if area in areas]


def back(case: Case) -> Any:
    return redirect(url_for("consent.page", case_id=case.id))


# Words.


def area_names() -> dict[str, str]:
    """The areas in the reader's language."""
    shown = catalog(str(get_locale() or "sv"), Variant.OLDER)
    return {area.key: area.name for area in shown.areas}


def answer_words() -> dict[Answer, str]:
    return {
        Answer.YES: _("Ja"),
        Answer.NO: _("Nej"),
        Answer.DONT_KNOW: _("Vet inte (barnet)"),
        Answer.NOT_ASKED: _("Barnet är inte tillfrågat"),
    }


def alone_words() -> dict[Alone, str]:
    return {
        Alone.SOLE_CUSTODY: _("Ensam vårdnad"),
        Alone.UNREACHABLE: _("Den andra vårdnadshavaren går inte att nå"),
        Alone.MINOR_MATTER: _("Mindre ingripande fråga, och inget talar för oenighet"),
        Alone.BOARD: _("Socialnämnden har beslutat (6 kap. 13 a § föräldrabalken)"),
        Alone.HARM: _("Barnet skulle skadas om den andra får veta (12 kap. 3 § OSL)"),
    }


def capacity_words() -> dict[Capacity, str]:
    return {
        Capacity.GUARDIAN_ONLY: _("Vårdnadshavarna bestämmer. Barnet tillfrågas ändå."),
        Capacity.BOTH: _("Vårdnadshavarna och den unga bestämmer båda"),
        Capacity.YOUTH_ONLY: _("Den unga bestämmer själv"),
    }


def sector_words() -> dict[Sector, str]:
    return {
        Sector.EDUCATION: _("Förskola eller skola"),
        Sector.SOCIAL_SERVICES: _("Socialtjänst"),
        Sector.HEALTH: _("Hälso- och sjukvård"),
        Sector.OTHER: _("Annan verksamhet"),
    }


def law_words() -> dict[Ground, str]:
    return {
        Ground.DUTY: _("Lag eller förordning kräver att uppgiften lämnas"),
        Ground.HEALTH_TO_SOCIAL: _(
            "Nödvändigt stöd till någon under 18: från hälso- och sjukvården till socialtjänsten"
        ),
        Ground.SOCIAL_TO_HEALTH: _(
            "Nödvändigt stöd till någon under 18: från socialtjänsten till hälso- och sjukvården"
        ),
        Ground.NECESSARY: _("Nödvändigt för det egna uppdraget. Används restriktivt."),
        Ground.GENERAL: _("Uppenbart att skälen väger tyngre än sekretessen"),
        Ground.SAME_AUTHORITY: _("Samma myndighet och samma slags verksamhet"),
    }


def basis_words(basis: Basis) -> str:
    """What lets something be shared, as staff read it."""
    if basis.ground is Ground.CONSENT:
        return _("Samtycke")
    return f"{law_words()[basis.ground]} ({PARAGRAPH[basis.ground]})"


def lack_words() -> dict[Lack, str]:
    """What is missing before anything may be shared, and what to do."""
    return {
        Lack.NO_AREAS: _("Kartläggningen har inga områden för mottagaren."),
        Lack.NO_GUARDIAN: _("Skriv först vilka vårdnadshavarna är."),
        Lack.GUARDIAN_NOT_ASKED: _("Fråga vårdnadshavarna."),
        Lack.OTHER_GUARDIAN: _(
            "En vårdnadshavare har sagt ja. Fråga också den andra, eller skriv varför en räcker."
        ),
        Lack.GUARDIAN_SAYS_NO: _("Vårdnadshavaren säger nej. Ingenting delas."),
        Lack.CONFLICT: _(
            "Vårdnadshavarna är oense. Ingenting delas. Vägar framåt: eget stöd, konsultation utan "
            "barnets namn, eller kontakt med socialtjänsten."
        ),
        Lack.CHILD_NOT_ASKED: _("Fråga barnet."),
        Lack.CHILD_SAYS_NO: _("Den unga säger nej. Ingenting delas."),
        Lack.CHILD_NOT_ANSWERED: _("Barnet har sagt nej. Svara barnet, och skriv vad ni svarade."),
    }


def _sentence(error: Exception) -> str:
    sentences: dict[type[Exception], str] = {
        NoAreas: _("Välj vilka områden det gäller."),
        StrangeAreas: _("Mottagaren behöver inte de områdena, enligt kartläggningen."),
        NoPurpose: _("Skriv vad det ska användas till."),
        WrongDay: _("Välj en sista dag, från i dag och högst tolv månader fram."),
        NobodyToAsk: _("Välj vem som har svarat, och ett svar som den kan ge."),
        NoMotive: _("Skriv varför. Ett skäl behöver en motivering, och ett beslut sitt nummer."),
        ClosedLaw: _("Den lagliga grunden får inte användas mellan de här verksamheterna."),
        NoAssessment: _("Skriv vad bedömningen av barnets mognad bygger på."),
    }
    return sentences[type(error)]
