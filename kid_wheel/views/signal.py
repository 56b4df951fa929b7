"""The door of anybody who has seen something: a signal to the child's ansvarig, and its receipt.

It must never show its sender the case, and never send before the orosanmälan stop is answered.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm
from markupsafe import Markup
from sqlalchemy import select

from .. import audit, clock, process, signal
from ..case import Case, CaseState, UnknownCase
from ..catalog import AREAS, Variant, catalog
from ..db import db
from ..handover import NobodyThere, NoReason, SameUnit
from ..people import Staff, Unit
from ..permissions import Permission, may_decide, requires
from ..routing import NEVER_ANSVARIG, PlaceKind
from ..signal import (
    AlreadyAccepted,
    Concern,
    Draft,
    Kind,
    MoreThanASignal,
    NoArea,
    NoChild,
    NotAnswered,
    NothingSeen,
)
from ..social_services import telephone, telephones
from ..tablet import tidy_code
from ..wheel import draw
from .directory import municipality_name
from .in_case import find, find_to_decide, move, note, ring, situation

blueprint = Blueprint("signal", __name__)

PERSONNUMMER = re.compile(r"\b\d{6}(\d{2})?\s?[-+]\s?\d{4}\b|\b(19|20)\d{10}\b")
LONGEST = 4000  # letters of what was seen: a page and a half
OUTSIDE = (PlaceKind.FORSKOLA, PlaceKind.GRUNDSKOLA, PlaceKind.GYMNASIUM)


class Confirm(FlaskForm):  # type: ignore[misc]
    """Nothing but the token that shows that the form is ours."""


@dataclass(frozen=True)
class Area:
    key: str
    name: str
    symbol: str


# Sending.


@blueprint.get("/signal")
@requires(Permission.SIGNAL_SEND)
def write() -> str:
    return _form({"place": _usual_place(), "code": request.args.get("code", "")})


@blueprint.post("/signal")
@requires(Permission.SIGNAL_SEND)
def stop() -> Any:
    """What was written is checked, and then the question about orosanmälan comes."""
    wrong = _what_is_wrong()
    if wrong:
        return _form(request.form, wrong), 422
    return _stop(request.form)


@blueprint.post("/signal/send")
@requires(Permission.SIGNAL_SEND)
def send() -> Any:
    if request.form.get("back"):
        return _form(request.form)
    wrong = _what_is_wrong()
    if wrong:
        return _form(request.form, wrong), 422
    try:
        sent = signal.send(
            db.session, ring(), _draft(), _me(), _from_unit(), clock.now(), _signal_id()
        )
    except NotAnswered:
        db.session.rollback()
        return _stop(request.form, missing=True), 422
    db.session.commit()
    answer = redirect(url_for("signal.sent", concern=request.form["concern"]))
    flash(_("Signalen är framme hos %(unit)s.", unit=_receiver(sent)))
    return answer


@blueprint.get("/signal/sent")
@requires(Permission.SIGNAL_SEND)
def sent() -> str:
    """One's own signals: delivered, read, accepted, and nothing more."""
    mine = signal.sent_by(db.session, current_user.id)
    units = {one.case.unit_id for one in mine if one.accepted_at is None}
    signal.escalate(db.session, units, clock.now())
    db.session.commit()
    return render_template(
        "signal/sent.html",
        rows=[(one, _childs_word(one), _receiver(one)) for one in mine],
        concern=request.args.get("concern", ""),
        **_telephones(),
    )


# Receiving.


@blueprint.get("/case/<uuid:case_id>/signal")
@requires(Permission.CASE_READ)
def page(case_id: UUID) -> str:
    """What others have seen: the signals, and the professions' ring of the wheel."""
    found = find(case_id)
    if signal.mark_read(_signals(found), clock.now()):
        note(found, "signal:read")
    note(found, "observation:read")
    shown = _page(found)
    db.session.commit()
    return shown


@blueprint.post("/case/<uuid:case_id>/signal/observation")
@requires(Permission.CASE_READ)
def observe(case_id: UUID) -> Any:
    found = find(case_id)
    words = " ".join(request.form.get("text", "").split(" ")).strip()
    kind, area = request.form.get("kind", ""), request.form.get("area", "")
    if not words or kind not in set(Kind) or area not in AREAS:
        problem = _("Välj område, välj styrka eller oro, och skriv vad du har sett.")
        return _page(found, problem=problem, typed=request.form), 422
    key = found.key(ring())
    unit = _unit_for(found)
    signal.observe(db.session, key, found, area, Kind(kind), words, _me(), unit, clock.now())
    note(found, "observation:made")
    db.session.commit()
    flash(_("Det du har sett är sparat."))
    return redirect(url_for("signal.page", case_id=case_id))


@blueprint.post("/case/<uuid:case_id>/signal/accept")
@requires(Permission.CASE_MOVE)
def accept(case_id: UUID) -> Any:
    """The ansvarig says which child it is and takes the signal on."""
    found = find_to_decide(case_id)
    typed, on = request.form.get("birth_year", "").strip(), clock.today()
    alias = request.form.get("alias", "").strip()[:80]
    if typed and not (typed.isdigit() and on.year - 25 < int(typed) <= on.year):
        problem = _("Skriv födelseåret med fyra siffror, eller lämna det tomt så länge.")
        return _page(found, wrong_year=problem, typed=request.form), 422
    signal.identify(found, ring(), alias, int(typed) if typed else None)
    waiting, step = _signals(found), _step(found)
    if step is None or not list(process.what_stops(step, situation(found))):
        signal.mark_accepted(waiting, clock.now())
    if step is None:
        note(found, "signal:accepted")
        db.session.commit()
    else:
        stopped = move(found, step)
        if stopped:
            return stopped
    flash(_("Signalen är mottagen. Den som skickade den ser det."))
    if found.state == CaseState.CLOSED:
        flash(_("Ärendet är avslutat. Öppna det igen om barnet behöver det."))
    return redirect(url_for("case.case", case_id=case_id))


@blueprint.post("/case/<uuid:case_id>/signal/join")
@requires(Permission.CASE_MOVE)
def join(case_id: UUID) -> Any:
    """The child has a case already: the signal goes there, and is accepted."""
    found, typed = find_to_decide(case_id), tidy_code(request.form.get("code", ""))
    try:
        target = signal.find_case(db.session, typed)
        if not may_decide(_me(), target, clock.today()):
            raise UnknownCase
        signal.join(db.session, ring(), found, target, clock.now())
    except (UnknownCase, AlreadyAccepted, MoreThanASignal) as error:
        db.session.rollback()
        words = (
            _("Du har inget ärende med den koden. Läs koden en gång till.")
            if isinstance(error, UnknownCase)
            else _("Det här ärendet har mer än en signal, eller en annan huvudman. Ta emot det.")
        )
        return _page(find_to_decide(case_id), not_joined=words, typed=request.form), 422
    note(target, "signal:joined", detail=f"from:{case_id}")
    step = "open_case" if target.state == CaseState.CONVERSATION else None
    stopped = move(target, step) if step else None
    db.session.commit()
    flash(_("Signalen ligger nu i ärende %(code)s, och är mottagen.", code=typed))
    return stopped or redirect(url_for("signal.page", case_id=target.id))


@blueprint.post("/case/<uuid:case_id>/signal/return")
@requires(Permission.CASE_MOVE)
def give_back(case_id: UUID) -> Any:
    """It belongs to another unit: it goes there, with the reason."""
    found = find_to_decide(case_id)
    left = found.unit_id
    to = db.session.get(Unit, request.form.get("unit", ""))
    if to is None:
        return _page(found, not_returned=_("Välj en verksamhet."), typed=request.form), 422
    try:
        signal.give_back(db.session, ring(), found, to, request.form.get("reason", ""), clock.now())
    except tuple(_why_not_returned()) as error:
        db.session.rollback()
        words = _why_not_returned()[type(error)]
        return _page(find_to_decide(case_id), not_returned=words, typed=request.form), 422
    note(found, "signal:returned", unit_id=left, detail=f"to:{to.id}")
    db.session.commit()
    flash(_("Signalen är skickad vidare till %(unit)s.", unit=to.name))
    return redirect(url_for("case.inbox"))


# What was written.


def _what_is_wrong() -> dict[str, str]:
    """What is missing or wrong in what was written: {field: sentence}."""
    on, draft = clock.today(), _draft()
    wrong = dict(_why_not()[missing] for missing in signal.what_is_missing(draft))
    written = request.form
    year = written.get("birth_year", "").strip()
    if year and not (year.isdigit() and on.year - 25 < int(year) <= on.year):
        wrong["birth_year"] = _("Skriv födelseåret med fyra siffror, eller lämna tomt.")
    for name in ("child", "seen"):
        if PERSONNUMMER.search(written.get(name, "")):
            wrong[name] = _("Det ser ut som ett personnummer. Ta bort det: det ska inte stå här.")
    if len(draft.seen) > LONGEST:
        wrong["seen"] = _("Det är för långt. Skriv det viktigaste, högst en och en halv sida.")
    if draft.code:
        try:
            signal.find_case(db.session, draft.code)
        except UnknownCase:
            audit.record(db.session, "signal:unknown_code", clock.now(), staff_id=current_user.id)
            db.session.commit()
            wrong["code"] = _(
                "Ingen har den koden. Läs koden en gång till, eller skriv vilket barn det gäller."
            )
    elif not draft.child.get("place"):
        wrong["place"] = _("Välj var barnet går, så att signalen hamnar rätt.")
    return wrong


def _draft() -> Draft:
    written = request.form
    informed = {"yes": True, "no": False}.get(written.get("informed", ""))
    concern = written.get("concern", "")
    year = written.get("birth_year", "").strip()
    return Draft(
        seen=written.get("seen", ""),
        areas=_areas_written(),
        concern=Concern(concern) if concern in set(Concern) else None,
        informed=informed,
        not_informed_because=written.get("because", ""),
        code=tidy_code(written.get("code", "")),
        child={
            "alias": written.get("child", "").strip()[:80],
            "birth_year": int(year) if year.isdigit() and len(year) == 4 else None,
            "place": place_of(written.get("place", _usual_place())),
            "protected_identity": bool(written.get("protected")),
        },
    )


def _areas_written() -> dict[str, dict[Kind, str]]:
    """What was ticked, and the words to it; words without a tick count as one."""
    found: dict[str, dict[Kind, str]] = {}
    for area in AREAS:
        for kind in Kind:
            words = request.form.get(f"{kind}-{area}-words", "").strip()
            if words or request.form.get(f"{kind}-{area}"):
                found.setdefault(area, {})[kind] = words
    return found


def place_of(value: str) -> dict[str, Any] | None:
    """As in a record, of what was chosen in the list; None when it is not in the list."""
    if value == str(PlaceKind.NONE):
        return {"kind": value, "unit": None, "year": None}
    if value.startswith("outside:") and value[8:] in OUTSIDE:
        return {"kind": value[8:], "unit": None, "year": None, "in_sormland": False}
    unit = db.session.get(Unit, value)
    if unit is None or _place_kind(unit) is None:
        return None
    return {"kind": str(_place_kind(unit)), "unit": unit.id, "year": None}


def _place_kind(unit: Unit) -> PlaceKind | None:
    """The kind of place a unit is; None for a function, where no child goes."""
    return next((kind for kind in PlaceKind if str(kind) == str(unit.kind)), None)


def _signal_id() -> str | None:
    try:
        return str(UUID(request.form.get("id", "")))
    except ValueError:
        return None


def _me() -> Staff:
    found: Staff = current_user._get_current_object()
    return found


def _own_units() -> list[Unit]:
    on = clock.today()
    return [a.unit for a in current_user.assignments if a.unit and a.is_active(on)]


def _from_unit() -> Unit:
    """The unit one sends from: where the child goes if one works there, else one's first."""
    own = _own_units()
    if not own:
        abort(403)
    return next((unit for unit in own if unit.id == request.form.get("place")), own[0])


def _telephones() -> dict[str, Any]:
    """For a page: `near`, of where the child goes, else of one's own unit; `elsewhere`, of the
    other municipalities, by name."""
    known, own = telephones(db.session), _from_unit()
    childs = db.session.get(Unit, request.form.get("place", "")) or own
    elsewhere = {m: numbers for m, numbers in known.items() if m != childs.municipality}
    named = sorted((municipality_name(m), numbers) for m, numbers in elsewhere.items())
    return {"near": telephone(childs, known), "elsewhere": named}


def _unit_for(case: Case) -> Unit:
    own = _own_units()
    return next((unit for unit in own if unit.id == case.unit_id), own[0] if own else case.unit)


def _usual_place() -> str:
    return next((unit.id for unit in _own_units() if _place_kind(unit)), str(PlaceKind.NONE))


def _step(case: Case) -> str | None:
    """What accepting means for where the case is."""
    steps = {CaseState.SIGNAL_SENT: "accept_signal", CaseState.CONVERSATION: "open_case"}
    return steps.get(case.state)


def _signals(case: Case) -> list[signal.Signal]:
    return signal.signals_of(db.session, case.id)


# What is shown.


def _form(written: Any, wrong: dict[str, str] | None = None) -> str:
    areas = shown_areas()
    return render_template(
        "signal/write.html",
        areas=areas,
        wheel=draw([(area.key, area.name, area.symbol) for area in areas]),
        wheel_link=lambda key: Markup('href="#area-{}"').format(key),
        written=written,
        wrong=wrong or {},
        places=places(),
        kinds=kind_words(),
        form=Confirm(),
    )


def _stop(written: Any, missing: bool = False) -> str:
    carried = {name: value for name, value in written.items() if name not in _ASKED_HERE}
    carried.setdefault("id", str(uuid4()))
    return render_template(
        "signal/stop.html",
        carried=carried,
        written=written,
        missing=missing,
        answers=concern_words(),
        **_telephones(),
        form=Confirm(),
    )


_ASKED_HERE = ("csrf_token", "concern", "informed", "because", "back")


def _page(found: Case, **failed: Any) -> str:
    key = found.key(ring())
    rows = _signals(found)
    about = found.about(ring())
    decides = may_decide(_me(), found, clock.today())
    by_area: dict[str, dict[Kind, list[Any]]] = {}
    for one in signal.observations_of(db.session, found.id):
        by_area.setdefault(one.area, {}).setdefault(one.kind, []).append(
            (one, one.read(key)["text"])
        )
    return render_template(
        "signal/page.html",
        case=found,
        about=about,
        signals=[(one, one.read(key)) for one in rows],
        waiting=[one for one in rows if one.accepted_at is None],
        may_return=found.state == CaseState.SIGNAL_SENT,
        decides=decides,
        areas=shown_areas(),
        by_area=by_area,
        kinds=kind_words(),
        concerns=concern_words(),
        units=other_units(found) if decides else [],
        failed=failed,
        form=Confirm(),
    )


def shown_areas() -> list[Area]:
    shown = catalog(str(get_locale() or "sv"), Variant.OLDER).areas
    return [Area(area.key, area.name, area.symbol) for area in shown]


def other_units(case: Case) -> list[Unit]:
    """Where a case could belong instead: every other unit of the county that
    can have an ansvarig, by name."""
    wanted = select(Unit).where(Unit.id != case.unit_id, Unit.kind.not_in(NEVER_ANSVARIG))
    return list(db.session.scalars(wanted.order_by(Unit.municipality, Unit.name)))


def places() -> list[tuple[str, list[tuple[str, str]]]]:
    """Groups of a list to choose from: (group, [(value, words)])."""
    own = [unit for unit in _own_units() if _place_kind(unit)]
    others = db.session.scalars(select(Unit).order_by(Unit.municipality, Unit.name))
    groups: dict[str, list[tuple[str, str]]] = {}
    if own:
        groups[_("Din verksamhet")] = [(unit.id, unit.name) for unit in own]
    for unit in others:
        if _place_kind(unit) and unit not in own:
            groups.setdefault(municipality_name(unit.municipality), []).append((unit.id, unit.name))
    outside = {
        PlaceKind.FORSKOLA: _("Förskola utanför Sörmland"),
        PlaceKind.GRUNDSKOLA: _("Grundskola utanför Sörmland"),
        PlaceKind.GYMNASIUM: _("Gymnasium utanför Sörmland"),
    }
    groups[_("Annat")] = [
        (str(PlaceKind.NONE), _("Går inte i förskola eller skola")),
        *((f"outside:{kind}", outside[kind]) for kind in OUTSIDE),
    ]
    return list(groups.items())


def _childs_word(sent: signal.Signal) -> str:
    """What the sender called the child; nothing of a child with protected identity."""
    if sent.case.protected_identity:
        return _("ett barn")
    word: str = sent.read(sent.case.key(ring()))["child"]
    return word or _("barnet i ärendet du skrev koden till")


def _receiver(sent: signal.Signal) -> str:
    return _("den ansvariga") if sent.case.protected_identity else sent.to_unit.name


def kind_words() -> dict[Kind, str]:
    return {Kind.STRENGTH: _("Styrka"), Kind.WORRY: _("Oro")}


def concern_words() -> dict[Concern, str]:
    return {
        Concern.NO: _("Nej, jag misstänker inte att barnet far illa"),
        Concern.DONE: _("Ja, jag har redan anmält till socialtjänsten"),
        Concern.DOING_NOW: _("Ja, jag ringer socialtjänsten nu"),
        Concern.UNSURE: _("Jag är osäker, och rådgör med socialtjänsten utan att nämna namn"),
    }


def _why_not() -> dict[type[Exception], tuple[str, str]]:
    return {
        NoChild: ("child", _("Skriv vilket barn det gäller, eller ärendekoden.")),
        NoArea: ("areas", _("Kryssa för minst ett område.")),
        NothingSeen: ("seen", _("Skriv vad du har sett, med några ord.")),
    }


def _why_not_returned() -> dict[type[Exception], str]:
    return {
        NoReason: _("Skriv varför."),
        SameUnit: _("Ärendet ligger redan där."),
        NobodyThere: _(
            "Verksamheten har ingen Barnets bästa-ansvarig som kan ta emot. Välj en annan, eller "
            "be deras administratör utse någon."
        ),
        AlreadyAccepted: _(
            "Signalen är redan mottagen. Erbjud ärendet under Vem gör vad i stället."
        ),
        MoreThanASignal: _(
            "Ärendet har samtal, och verksamheten hör till en annan huvudman. Erbjud ärendet under "
            "Vem gör vad i stället."
        ),
    }
