"""The door out on paper: accessible PDF, the same pages to show on a screen, and FHIR as a file.

It must never print without an audit event, and never name a child in a file's name or title.
"""

from __future__ import annotations

import json
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _
from flask_security import current_user

from .. import (
    answer_back,
    clock,
    documents,
    drawing,
    fhir,
    follow_up,
    kartlaggning,
    plan,
    reading,
)
from .. import pdf as paper
from ..case import Case, packed_record
from ..catalog import LANGUAGES, SWEDISH, Variant, catalog, version
from ..conversation import Conversation, Record, read_record
from ..db import db
from ..documents import Document
from ..i18n import CHILDS_NAMES, GUARDIANS, direction
from ..local import photo_of
from ..people import Staff, Unit
from ..permissions import Permission, may_read, requires
from ..photo import MEDIA_TYPE
from ..protected import may_print
from . import stopped, whole_case
from .answer_back import addresses, data_address, fate_words, told_words
from .case import kind_words, silence_words, speaker_words
from .follow_up import how_words, reason_words
from .in_case import find, find_to_decide, note, ring, state_words
from .plan import (
    coordinator_contact,
    coordinator_name,
    find_to_see,
    in_words,
    versions,
    wishes_to_see,
    words,
)
from .special import is_confirmed

blueprint = Blueprint("documents", __name__, url_prefix="/case/<uuid:case_id>/documents")

# What the coordinator needs too; the rest is for who may read the whole case.
FOR_COORDINATOR = frozenset({Document.PLAN, Document.PICTURES, Document.LETTER})
FOR_CHILD = frozenset({Document.HOME, Document.PICTURES, Document.LETTER})  # in its own language
OF_A_CONVERSATION = frozenset({Document.WHEEL, Document.HOME})
ON_SCREEN = frozenset({Document.PICTURES, Document.LETTER})  # to show a child, on a tablet
SHOWN_FROM = {Document.PICTURES: "plan.page", Document.LETTER: "answer_back.page"}  # and back to


@dataclass(frozen=True)
class Printable:
    """One document that the case has something for. screen: where it is shown instead."""

    kind: Document
    title: str
    about: str
    address: str
    screen: str = ""


@blueprint.get("")
@requires(Permission.CASE_READ)
def page(case_id: UUID) -> str:
    found = find_to_see(case_id)
    note(found, "documents:read")
    shown = render_template(
        "documents/page.html",
        case=found,
        printables=list(_printables(found)),
        chosen=_language(),
        offered={code: CHILDS_NAMES[code] for code in GUARDIANS},
    )
    db.session.commit()
    return shown


@blueprint.get("/<kind>.pdf")
@requires(Permission.CASE_READ)
def document(case_id: UUID, kind: str) -> Response:
    """One of the case's documents as PDF."""
    wanted = _known(kind, set(Document) - OF_A_CONVERSATION)
    found = _find(case_id, wanted)
    return _pdf(found, wanted, _html(found, wanted))


@blueprint.get("/<kind>")
@requires(Permission.CASE_READ)
def screen(case_id: UUID, kind: str) -> str:
    """The same page to show the child on a screen: large pictures, nothing else."""
    wanted = _known(kind, ON_SCREEN)
    found = _find(case_id, wanted)
    shown = _html(found, wanted, on_screen=True)
    note(found, "document:shown", detail=wanted)
    db.session.commit()
    return shown


@blueprint.get("/conversation/<uuid:conversation_id>/<kind>.pdf")
@requires(Permission.CASE_READ)
def wheel(case_id: UUID, conversation_id: UUID, kind: str) -> Response:
    """A child's wheel: whole for the akt, or what the child lets be shown at home."""
    found, wanted = find(case_id), _known(kind, OF_A_CONVERSATION)
    held = _conversation(found, conversation_id)
    html = _wheel_html(found, held, at_home=wanted is Document.HOME)
    return _pdf(found, wanted, html, held)


@blueprint.get("/conversation/<uuid:conversation_id>/fhir.json")
@requires(Permission.CASE_MOVE)
def as_fhir(case_id: UUID, conversation_id: UUID) -> Response:
    """A conversation as FHIR R4, by the ansvarig."""
    found = find_to_decide(case_id)
    held = _conversation(found, conversation_id)
    record = read_record(packed_record(held, found, ring()))
    try:
        made = fhir.bundle(record, found, _catalog(record))
    except fhir.Protected:
        note(found, "fhir:refused", conversation_id=held.id)
        db.session.commit()
        abort(404)
    note(found, "fhir:exported", conversation_id=held.id)
    db.session.commit()
    answer = Response(
        json.dumps(made, ensure_ascii=False, indent=1), mimetype="application/fhir+json"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.code}-fhir.json"'
    return answer


# What is made.


def _known(kind: str, wanted: AbstractSet[Document]) -> Document:
    if kind not in wanted:
        abort(404)
    return Document(kind)


def _find(case_id: UUID, wanted: Document) -> Case:
    """Everything of a case goes out only through who may decide in it."""
    if wanted is Document.WHOLE:
        return find_to_decide(case_id)
    return find_to_see(case_id) if wanted in FOR_COORDINATOR else find(case_id)


def _language() -> str:
    """Of a document for adults: the one chosen where it is made, else the reader's own."""
    wanted = request.args.get("language", "")
    return wanted if wanted in GUARDIANS else str(get_locale() or SWEDISH)


def _pdf(case: Case, kind: Document, html: str, held: Conversation | None = None) -> Response:
    if not may_print(case, is_confirmed(case)):
        note(case, "document:refused", conversation_id=held.id if held else None, detail=kind)
        db.session.commit()
        return redirect(url_for("documents.page", case_id=case.id))  # type: ignore[return-value]
    made = paper.pdf(html)
    note(case, "document:printed", conversation_id=held.id if held else None, detail=kind)
    db.session.commit()
    answer = Response(made, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{case.code}.pdf"'
    return answer


def _html(case: Case, kind: Document, *, on_screen: bool = False) -> str:
    if kind in (Document.LETTER, Document.PICTURES):
        return _for_child(case, kind, on_screen)
    with force_locale(_language()):
        if kind is Document.PLAN:
            return _adults("pdf/plan.html", case, **_plan_parts(case))
        if kind is Document.KARTLAGGNING:
            return _adults("pdf/kartlaggning.html", case, **_kartlaggning(case))
        return _adults("pdf/whole.html", case, **_everything(case))


def _for_child(case: Case, kind: Document, on_screen: bool) -> str:
    """In the language and with the pictures that the child had in its newest conversation."""
    key, language = case.key(ring()), answer_back.childs_language(case)
    shown = catalog(language, answer_back.childs_variant(case))
    wishes = wishes_to_see(case)
    made = plan.shown(db.session, case)
    lines = plan.lines(db.session, key, made) if made else []
    replies = documents.replies(wishes, answer_back.answers(db.session, case.id), key)
    if not (replies if kind is Document.LETTER else made):
        abort(404)
    folder = "screen" if on_screen else "pdf"
    with force_locale(language.split("-")[0]):
        return render_template(
            f"{folder}/{kind}.html",
            case=case,
            childs=language,
            childs_direction=direction(language),
            shown=shown,
            replies=replies,
            pictures=documents.pictures(lines, {wish.id: wish for wish in wishes}, shown),
            addresses=addresses(case, wishes),
            coordinator=coordinator_name(case, key),
            follow_up_on=case.follow_up_on,
            fate_pictures=documents.FATE_PICTURES,
            today=clock.today(),
            edition=stopped.edition(),
            content_version=version(),
            back=url_for(SHOWN_FROM.get(kind, "documents.page"), case_id=case.id),
        )


def _adults(template: str, case: Case, **parts: Any) -> str:
    shown = words()
    return render_template(
        template,
        case=case,
        about=case.about(ring()),
        state=state_words()[case.state],
        today=clock.today(),
        content_version=version(),
        coordinator=coordinator_name(case, case.key(ring())),
        contact=coordinator_contact(case, case.key(ring())),
        **{**shown, **parts},
    )


def _plan_parts(case: Case) -> dict[str, Any]:
    made = plan.shown(db.session, case)
    if made is None:
        abort(404)
    wishes = {wish.id: wish for wish in wishes_to_see(case)}
    return {**_one_plan(case, made), "wishes": wishes, "speakers": speaker_words()}


def _one_plan(case: Case, made: plan.Plan) -> dict[str, Any]:
    key = case.key(ring())
    return {
        "plan": made,
        "plan_words": made.read(key),
        "lines": plan.lines(db.session, key, made),
        "versions": versions(case, made, key),
    }


def _everything(case: Case) -> dict[str, Any]:
    """Of every round, what adults and the child have said and done. Never what was answered about
    an orosanmälan."""
    key = case.key(ring())
    wishes = answer_back.wishes(db.session, ring(), case)
    return {
        "held": [
            _wheel_parts(case, one, read_record(packed_record(one, case, ring())))
            for one in case.conversations
        ],
        **whole_case.parts(case),
        **_kartlaggning(case),
        "plans": [_one_plan(case, one) for one in plan.plans(db.session, case.id)],
        "wishes": {wish.id: wish for wish in wishes},
        "concerns": [(one, one.read(key)) for one in plan.concerns(db.session, case.id)],
        "follow_ups": [(one, one.read(key)) for one in follow_up.held(db.session, case.id)],
        "replies": documents.replies(wishes, answer_back.answers(db.session, case.id), key),
        "tellings": [(one, one.read(key)) for one in answer_back.tellings(db.session, case.id)],
        "speakers": speaker_words(),
        "fates": fate_words(),
        "told": told_words(),
        "how_words": how_words(),
        "reasons": reason_words(),
    }


def _kartlaggning(case: Case) -> dict[str, Any]:
    """This round's, and those of every round."""
    key, found = case.key(ring()), kartlaggning.current(db.session, case.id)
    every = kartlaggning.rounds(db.session, case.id)
    return {
        "kartlaggning": kartlaggning.words_of(found, key) if found else None,
        "kartlaggningar": [kartlaggning.words_of(one, key) for one in every],
        "questions": kartlaggning.questions(str(get_locale() or SWEDISH)),
        "unheard": reason_words(),
    }


def _wheel_html(case: Case, held: Conversation, *, at_home: bool) -> str:
    """In the child's language when it goes home; for the akt, in the chosen around its words."""
    record = read_record(packed_record(held, case, ring()))
    shown = documents.released(record) if at_home else record
    around = record["language"].split("-")[0] if at_home else _language()
    if around not in GUARDIANS:
        around = SWEDISH
    with force_locale(around):
        return render_template(
            "pdf/home.html" if at_home else "pdf/wheel.html",
            case=case,
            at_home=at_home,
            childs_direction=direction(around),
            today=clock.today(),
            edition=stopped.edition(),
            held=_wheel_parts(case, held, shown, at_home=at_home),
        )


def _wheel_parts(
    case: Case, held: Conversation, record: Record, *, at_home: bool = False
) -> dict[str, Any]:
    areas = reading.areas(record, str(get_locale() or SWEDISH))
    opened = [area for area in areas if area.was_opened] if not at_home else [
        area for area in areas if area.boards or area.quotes or area.feelings or area.drawings
        or any(area.silences.values())
    ]  # fmt: skip
    who, unit = db.session.get(Staff, held.staff_id), db.session.get(Unit, held.unit_id)
    return {
        "conversation": held,
        "record": record,
        "language": record["language"],
        "direction": direction(record["language"]),
        "opened": opened,
        "unopened": [] if at_home else [area for area in areas if not area.was_opened],
        "child": case.about(ring()).get("alias") or _("barn"),
        "staff": who.name if who else "",
        "unit": unit.name if unit else "",
        "speakers": speaker_words(),
        "silence_words": silence_words(),
        "kind_words": kind_words(),
        "drawn": _drawings(record),
        "photos": _photos(
            {
                (held.unit_id, card["photo"])
                for area in record["areas"]
                for card in area["cards"]
                if "photo" in card
            }
        ),
        "content_version": record["content_version"],
        "moment": reading.moment,
    }


def _drawings(record: Record) -> dict[str, str]:
    """The child's drawings by id, as data addresses."""
    return {
        one["id"]: data_address("image/png", drawing.png(one))
        for area in record["areas"]
        for one in area.get("drawings", ())
    }


def _photos(wanted: set[tuple[str, str]]) -> dict[str, str]:
    found = {name: photo_of(db.session, unit_id, name) for unit_id, name in wanted}
    return {name: data_address(MEDIA_TYPE, content) for name, content in found.items() if content}


def _conversation(case: Case, conversation_id: UUID) -> Conversation:
    found = db.session.get(Conversation, str(conversation_id))
    if found is None or found.case_id != case.id:
        abort(404)
    return found


def _catalog(record: Record) -> Any:
    language = record["language"] if record["language"] in LANGUAGES else SWEDISH
    return catalog(language, Variant(record["variant"]))


# What there is to print.


def _printables(case: Case) -> list[Printable]:
    chosen = request.args.get("language")

    def made(kind: Document, title: str, about: str) -> Printable:
        language = None if kind in FOR_CHILD else chosen
        address = url_for("documents.document", case_id=case.id, kind=kind, language=language)
        screen_at = (
            url_for("documents.screen", case_id=case.id, kind=kind) if kind in ON_SCREEN else ""
        )
        return Printable(kind, title, about, address, screen_at)

    found = []
    is_reader = may_read(current_user, case, clock.today())
    for held in case.conversations if is_reader else ():
        day = in_words(held.held_on)
        for kind, title, about in (
            (
                Document.WHEEL,
                _("Barnets hjul, %(day)s", day=day),
                _("Allt barnet sa och valde, för journal eller akt."),
            ),
            (
                Document.HOME,
                _("Barnets hjul att ta hem, %(day)s", day=day),
                _("Bara det barnet har sagt får visas hemma, på barnets språk."),
            ),
        ):
            address = url_for(
                "documents.wheel",
                case_id=case.id,
                conversation_id=held.id,
                kind=kind,
                language=None if kind in FOR_CHILD else chosen,
            )
            found.append(Printable(kind, title, about, address))
    if is_reader and kartlaggning.current(db.session, case.id):
        about = _("Källorna, de fem frågorna och det ni kom fram till.")
        found.append(made(Document.KARTLAGGNING, _("Kartläggningen"), about))
    if plan.shown(db.session, case):
        about = _("För de vuxna: vem gör vad, när och för vilken önskan.")
        found.append(made(Document.PLAN, _("Planen"), about))
        about = _("För barnet, på barnets språk: samma insatser i bilder, med barnets ord.")
        found.append(made(Document.PICTURES, _("Bildplanen"), about))
    if {wish.id for wish in wishes_to_see(case)} & answer_back.answers(db.session, case.id).keys():
        about = _("För barnet, på barnets språk: varje önskan och vad det blev av den.")
        found.append(made(Document.LETTER, _("Brevet till barnet"), about))
    if is_reader:
        about = _("För journal, personakt eller elevakt. Ingenting om orosanmälan finns med.")
        found.append(made(Document.WHOLE, _("Hela ärendet"), about))
    return found
