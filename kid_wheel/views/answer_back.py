"""The door to the återkoppling: a fate for each wish, the letter to the child, and the end.

It must never close a case for somebody who may not decide in it, nor before the child knows.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm

from .. import answer_back, clock, documents, drawing, lending
from ..answer_back import Fate, Kept, Orosanmalan, Told, Wish
from ..case import Case, CaseState, packed_record
from ..conversation import Record, read_record
from ..db import db
from ..i18n import CHILDS_NAMES
from ..local import photo_of
from ..people import Unit
from ..permissions import Permission, may_decide, requires
from ..photo import MEDIA_TYPE
from . import in_case
from .case import speaker_words
from .in_case import note, ring
from .plan import LONG, SHORT, coordinator_name, day, find_to_see, wishes_to_see

blueprint = Blueprint("answer_back", __name__, url_prefix="/case/<uuid:case_id>/answer_back")

ENDED = (CaseState.CLOSED, CaseState.VOID)


@blueprint.get("")
@requires(Permission.CASE_READ)
def page(case_id: UUID) -> str:
    found = find_to_see(case_id)
    note(found, "answer_back:read")
    shown = _render(found)
    db.session.commit()
    return shown


@blueprint.post("/answers")
@requires(Permission.CASE_READ)
def answer(case_id: UUID) -> Any:
    """Give fates to as many wishes as one has come to; the others wait."""
    found = _find_open(case_id)
    typed = {name: text[:LONG] for name, text in request.form.items()}
    wrong: dict[str, str] = {}
    for wish in wishes_to_see(found):
        fate = typed.get(f"fate-{wish.id}", "")
        if fate not in set(Fate):
            if typed.get(f"because-{wish.id}", "").strip():
                wrong[wish.id] = _("Välj vad det blir: vi gör, vi väntar eller vi kan inte.")
            continue
        try:
            answer_back.answer(
                db.session,
                found.key(ring()),
                found.id,
                wish,
                Fate(fate),
                typed.get(f"because-{wish.id}", ""),
                typed.get(f"by-{wish.id}", "")[:SHORT] or current_user.name,
                clock.now(),
            )
        except answer_back.NoBecause:
            wrong[wish.id] = _(
                "Skriv därför att, så att barnet får veta varför det dröjer eller inte går."
            )
    note(found, "answer_back:written")
    db.session.commit()
    if wrong:
        return _render(found, wrong, typed), 422
    flash(_("Svaren är sparade. Nu kan barnet få veta."))
    return redirect(url_for("answer_back.page", case_id=found.id) + "#tell")


@blueprint.post("/tell")
@requires(Permission.CASE_READ)
def tell(case_id: UUID) -> Any:
    """Write down that the child has been told."""
    found = _find_open(case_id)
    typed = {
        name: request.form.get(name, "").strip()[:LONG] for name in ("how", "on", "by", "said")
    }
    told_on, now = day(typed["on"]), clock.now()
    if typed["how"] not in set(Told) or told_on is None or told_on > clock.today():
        wrong = _("Skriv hur barnet fick veta och vilken dag, senast i dag.")
        return _render(found, {"tell": wrong}, typed), 422
    if _hides_wishes(found):
        return _render(found, {"tell": _only_the_ansvarig_tells()}, typed), 422
    words = {"by": typed["by"] or current_user.name, "said": typed["said"], "on": typed["on"]}
    try:
        answer_back.tell(db.session, ring(), found, Told(typed["how"]), words, current_user.id, now)
    except answer_back.NotEveryWish:
        wrong = _("Ge alla önskningar ett svar innan barnet får veta.")
        return _render(found, {"tell": wrong}, typed), 422
    note(found, "child:told", detail=typed["how"])
    db.session.commit()
    flash(_("Sparat: barnet har fått veta."))
    return redirect(url_for("answer_back.page", case_id=found.id) + "#end")


@blueprint.post("/letter")
@requires(Permission.CASE_READ)
def lend_letter(case_id: UUID) -> Any:
    """Let the child see the letter on its unit's tablets, or take that back."""
    found = _find_open(case_id)
    if request.form.get("take_back"):
        lending.take_letter_back(db.session, found, clock.now())
        note(found, "letter:taken_back")
    else:
        if not answer_back.answers(db.session, found.id) or _hides_wishes(found):
            abort(404)
        loan = lending.lend_letter(db.session, found, current_user.id, clock.now())
        note(found, "letter:lent", unit_id=loan.unit_id)
    db.session.commit()
    return redirect(url_for("answer_back.page", case_id=found.id) + "#tell")


@blueprint.post("/begin-closing")
@requires(Permission.CASE_MOVE)
def begin_closing(case_id: UUID) -> Any:
    found = in_case.find_to_decide(case_id)
    missing = in_case.move(
        found,
        "begin_closing",
        lambda here: answer_back.closing(here.session, here.key, found.id, here.at),
    )
    if missing:
        return missing
    flash(_("Ärendet avslutas när barnet har fått svar."))
    return redirect(url_for("answer_back.page", case_id=found.id) + "#end")


@blueprint.post("/close")
@requires(Permission.CASE_MOVE)
def close(case_id: UUID) -> Any:
    """Close the case, when nothing is left; what was answered here is kept if something is."""
    found = in_case.find_to_decide(case_id)
    if found.state is not CaseState.CLOSING:
        abort(404)
    key = found.key(ring())
    ending = answer_back.closing(db.session, key, found.id, clock.now())
    orosanmalan, kept = request.form.get("orosanmalan", ""), request.form.get("kept", "")
    ending.write(
        key,
        {
            "orosanmalan": orosanmalan if orosanmalan in set(Orosanmalan) else "",
            "kept": kept if kept in set(Kept) else "",
            "kept_where": request.form.get("kept_where", "").strip()[:SHORT],
        },
    )
    missing = in_case.move(found, "close", answer_back.end_round)
    if missing:
        return missing
    flash(_("Ärendet är avslutat, och barnet vet vad det blev."))
    return redirect(url_for("answer_back.page", case_id=found.id))


@blueprint.post("/reopen")
@requires(Permission.CASE_MOVE)
def reopen(case_id: UUID) -> Any:
    """A new round: what was consented to before is not asked for and not revived."""
    found = in_case.find_to_decide(case_id)
    missing = in_case.move(found, "reopen")
    if missing:
        return missing
    flash(_("Ärendet är öppet igen. Samtycken som fanns gäller inte längre: be om nya."))
    return redirect(url_for("case.case", case_id=found.id))


def _find_open(case_id: UUID) -> Case:
    found = find_to_see(case_id)
    if found.state in ENDED:
        abort(404)
    return found


def _hides_wishes(case: Case) -> bool:
    return len(wishes_to_see(case)) < len(answer_back.wishes(db.session, ring(), case))


def _only_the_ansvarig_tells() -> str:
    return _(
        "Barnet har önskat mer, i områden som du inte delar. Den ansvariga svarar på det och "
        "berättar för barnet."
    )


def _render(
    case: Case, wrong: dict[str, str] | None = None, typed: dict[str, str] | None = None
) -> str:
    key = case.key(ring())
    every, found = answer_back.wishes(db.session, ring(), case), wishes_to_see(case)
    kept = answer_back.answers(db.session, case.id)
    ending = answer_back.closing_of(db.session, case.id)
    decides = may_decide(current_user, case, clock.today())
    loan = lending.letter_loan_of(db.session, case, clock.now())
    language = answer_back.childs_language(case)
    return render_template(
        "answer_back/page.html",
        case=case,
        held=[(day_, list(some)) for day_, some in groupby(found, key=lambda one: one.held_on)],
        pictures=addresses(case, found),
        answers={id_: (one, one.read(key)) for id_, one in kept.items()},
        left=sum(wish.id not in kept for wish in found),
        untold=not answer_back.is_told(db.session, case.id, every) and case.state not in ENDED,
        tellings=[(one, one.read(key)) for one in answer_back.tellings(db.session, case.id)],
        loan=loan,
        lent_unit=db.session.get_one(Unit, loan.unit_id) if loan else None,
        shown=lending.letters_shown(db.session, case),
        ending=ending.read(key) if ending else {},
        may_write=case.state not in ENDED,
        hidden=_only_the_ansvarig_tells() if len(every) > len(found) else "",
        may_begin=decides
        and case.state
        in (CaseState.CONVERSATION, CaseState.RECEIVED, CaseState.NO_CONSENT, CaseState.FOLLOW_UP),
        may_close=decides and case.state is CaseState.CLOSING,
        may_reopen=decides and case.state is CaseState.CLOSED,
        fates=fate_words(),
        told=told_words(),
        orosanmalan=orosanmalan_words(),
        kept=kept_words(),
        speakers=speaker_words(),
        spoken=CHILDS_NAMES.get(language, language) if language != "sv" else "",
        wrong=wrong or {},
        typed=typed or {},
        today=clock.today().isoformat(),
        form=FlaskForm(),
    )


def letter_of(case: Case) -> dict[str, Any]:
    """What a tablet shows the child: {language, variant, coordinator, replies}; see the paper
    letter, which is made of the same rows."""
    key, found = case.key(ring()), answer_back.wishes(db.session, ring(), case)
    replies = documents.replies(found, answer_back.answers(db.session, case.id), key)
    return documents.letter(
        replies,
        addresses(case, [one.wish for one in replies]),
        language=answer_back.childs_language(case),
        variant=answer_back.childs_variant(case),
        coordinator=coordinator_name(case, key),
    )


def addresses(case: Case, wishes: Iterable[Wish]) -> dict[str, str]:
    """The picture of each wish: the child's own drawing, the unit's photograph, or the card's.
    What is not a picture of ours is carried in the page itself."""
    records: dict[str, Record] = {}
    held = {one.id: one for one in case.conversations}
    found = {}
    for wish in wishes:
        found[wish.id] = f"/static/bildstod/{wish.symbol}.svg"
        if wish.photo and (photo := photo_of(db.session, wish.unit_id, wish.photo)):
            found[wish.id] = data_address(MEDIA_TYPE, photo)
        if wish.drawing:
            id_ = wish.conversation_id
            if id_ not in records:
                records[id_] = read_record(packed_record(held[id_], case, ring()))
            drawn = drawing.find(records[id_], wish.area, wish.drawing)
            if drawn:
                found[wish.id] = data_address("image/png", drawing.png(drawn))
    return found


def data_address(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{b64encode(content).decode()}"


def fate_words() -> dict[str, str]:
    return {Fate.DO: _("Vi gör"), Fate.WAIT: _("Vi väntar"), Fate.CANNOT: _("Vi kan inte")}


def told_words() -> dict[str, str]:
    return {
        Told.IN_PERSON: _("Vi berättade, ansikte mot ansikte"),
        Told.LETTER: _("Barnet fick brevet på papper"),
        Told.TABLET: _("Barnet fick se brevet på surfplattan"),
        Told.TRUSTED: _("Någon som barnet litar på berättade"),
    }


def orosanmalan_words() -> dict[str, str]:
    return {
        Orosanmalan.NO: _("Nej, inget i ärendet talar för det"),
        Orosanmalan.DONE: _("Ja, och den är gjord, utanför den här tjänsten"),
        Orosanmalan.NOW: _("Ja, den görs nu, utanför den här tjänsten"),
        Orosanmalan.UNSURE: _("Osäkert: vi rådgör med socialtjänsten utan namn"),
    }


def kept_words() -> dict[str, str]:
    return {
        Kept.ELSEWHERE: _("Det som ska bevaras är fört till journal eller akt"),
        Kept.NOTHING: _("Inget ska till journal eller akt"),
    }
