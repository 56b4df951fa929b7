"""The ansvarig's inbox: the child who waits comes first, and only one's own cases are found.

It must never find a child with protected identity by a name, nor read a case to make its list.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import render_template, request
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm
from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import joinedload

from .. import audit, clock, consent, handover, signal, waiting
from ..case import Case, CaseState
from ..coordinator import coordinated_cases, keep_left, left_alone
from ..db import db
from ..handover import delegated_cases
from ..people import Unit
from ..permissions import Permission, readable_cases, requires, units_answered_for
from ..signal import Signal
from ..tablet import tidy_code
from ..waiting import Heard, Waits
from .case import (
    blueprint,
    guardian_conflict,
    place_words,
    reason_words,
    without_coordinator,
)
from .in_case import ring, state_words
from .placing import guardian_has_told
from .special import notes
from .waiting import waiting_words

PER_PAGE = 30  # cases: more than anybody works with in a day, and quick to draw
SHORTEST_SEARCH = 2  # letters


@dataclass
class Line:
    """A case as a list shows it. A child with protected identity is a code and nothing else.

    waits: who waits for the reader. reasons: what a person should know of the case.
    """

    case: Case
    child: str
    birth_year: int | None
    place: str
    state: str
    waits: Waits
    conversations: int = 0
    unread: int = 0
    on_paper: int = 0
    reasons: list[str] = field(default_factory=list)
    opens: str = "case.case"


class Search(FlaskForm):  # type: ignore[misc]
    """Nothing but the token that shows that the form is ours."""


@blueprint.get("/")
@requires(Permission.CASE_LIST)
def inbox() -> str:
    """One's own open cases, and those closed where something has come; the child who has waited
    longest comes first."""
    units = units_answered_for(current_user, clock.today())
    signal.escalate(db.session, units, clock.now())
    mine = _mine()
    closed = list(db.session.scalars(select(Case.id).where(mine, _is_closed())))
    news = waiting.with_news(db.session, closed)
    wanted = mine & (Case.state.not_in(handover.ENDED) | Case.id.in_(news))
    heard, waits = _waits(wanted)
    found = sorted(waits.values(), key=waiting.order)
    page, pages = _page_number(len(found))
    shown = [one.case_id for one in found[(page - 1) * PER_PAGE : page * PER_PAGE]]
    rows = lines(shown, heard, waits)
    audit.record(db.session, "inbox:read", clock.now(), staff_id=current_user.id)
    answer = render_template(
        "case/inbox.html",
        waiting=[row for row in rows if row.waits.since],
        others=[row for row in rows if not row.waits.since],
        coordinated=coordinated(besides=waits),
        offers=[_offer(one) for one in handover.offers_to(db.session, units)],
        page=page,
        pages=pages,
        closed=len(closed),
        form=Search(),
    )
    db.session.commit()
    return answer


@blueprint.get("/closed")
@requires(Permission.CASE_LIST)
def closed() -> str:
    """One's own closed cases, the last first."""
    page, pages = _page_number(_count_closed())
    wanted = (
        select(Case.id)
        .where(_mine(), _is_closed())
        .order_by(Case.state_at.desc(), Case.id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    rows = lines(list(db.session.scalars(wanted)))
    audit.record(db.session, "inbox:read", clock.now(), staff_id=current_user.id, detail="closed")
    answer = render_template("case/closed.html", rows=rows, page=page, pages=pages)
    db.session.commit()
    return answer


@blueprint.post("/search")
@requires(Permission.CASE_LIST)
def search() -> Any:
    """Among one's own cases, by alias or code. A form that is sent, so that no address keeps a
    name; each search is an event, also one that finds nothing."""
    words = " ".join(request.form.get("words", "").split())
    found = _found(words) if len(words) >= SHORTEST_SEARCH else []
    rows = lines([case.id for case in found[:PER_PAGE]])
    audit.record(
        db.session,
        "search:made",
        clock.now(),
        staff_id=current_user.id,
        detail=f"hits:{len(found)}",
    )
    answer = render_template(
        "case/found.html",
        rows=rows,
        words=words,
        too_short=len(words) < SHORTEST_SEARCH,
        form=Search(),
    )
    db.session.commit()
    return answer


def delegated() -> list[Line]:
    """The cases that somebody else's ansvarig has let the person signed in work with."""
    wanted = select(Case.id).where(Case.id.in_(delegated_cases(current_user.id, clock.today())))
    return _open_lines(wanted)


def coordinated(besides: Collection[str] = ()) -> list[Line]:
    """The cases whose plan the person signed in coordinates: the plan opens, not the case.
    besides: those that are shown as one's own."""
    theirs = coordinated_cases(current_user.id, clock.today())
    wanted = select(Case.id).where(Case.id.in_(theirs), Case.state.not_in(handover.ENDED))
    found = [id_ for id_ in db.session.scalars(wanted.limit(PER_PAGE)) if id_ not in besides]
    return sorted(map(_to_coordinate, lines(found)), key=lambda line: waiting.order(line.waits))


def lines(
    case_ids: Collection[str],
    heard: Iterable[Heard] | None = None,
    waits: Mapping[str, Waits] | None = None,
) -> list[Line]:
    """What a list shows of some cases, in their order: as many questions to the database for one
    as for fifty. heard, waits: of them and maybe of others, if known already."""
    if not case_ids:
        return []
    if heard is None or waits is None:
        heard, waits = _waits(Case.id.in_(case_ids))
    loaded = (joinedload(Case.unit), joinedload(Case.organisation), joinedload(Case.ansvarig))
    cases = {
        case.id: case
        for case in db.session.scalars(select(Case).where(Case.id.in_(case_ids)).options(*loaded))
    }
    about = {id_: case.about(ring()) for id_, case in cases.items()}
    _load_units(about.values())
    words = state_words()
    shown = {
        id_: _line(case, about[id_], words[case.state], waits[id_]) for id_, case in cases.items()
    }
    _count_conversations(shown, heard)
    alone = left_alone(db.session, shown, clock.today())
    there = [case for case in cases.values() if case.state not in handover.ENDED]
    disagree = consent.in_conflict(db.session, ring(), there, clock.now())
    for id_, line in shown.items():
        if id_ in alone and line.case.state not in handover.ENDED:
            keep_left(db.session, [alone[id_]], line.case.unit_id, clock.now())
            line.reasons = [*line.reasons, without_coordinator()]
        if id_ in disagree:
            line.reasons = [*line.reasons, guardian_conflict()]
    return [shown[id_] for id_ in case_ids if id_ in shown]


# Which.


def _mine() -> ColumnElement[bool]:
    """One's own cases, but for a signal that still waits for the unit's ansvarig alone."""
    escalated = exists().where(Signal.case_id == Case.id, Signal.escalated_at.is_not(None))
    another_first = and_(
        Case.state == CaseState.SIGNAL_SENT,
        Case.ansvarig_id.is_not(None),
        Case.ansvarig_id != current_user.id,
        ~escalated,
    )
    return readable_cases(current_user, clock.today()) & ~another_first


def _waits(wanted: ColumnElement[bool]) -> tuple[list[Heard], dict[str, Waits]]:
    """The conversations in some cases, and who waits in them."""
    heard = waiting.heard(db.session, current_user.id, wanted)
    return heard, waiting.waits(db.session, wanted, heard, clock.today())


def _found(words: str) -> list[Case]:
    """One's own cases with this code or alias; never one with protected identity."""
    wanted = select(Case).where(_mine(), Case.protected_identity.is_(False))
    by_code = db.session.scalars(wanted.where(Case.code == tidy_code(words))).all()
    if by_code:
        return list(by_code)
    loaded = wanted.options(joinedload(Case.organisation)).order_by(Case.opened_at.desc())
    return [
        case
        for case in db.session.scalars(loaded)
        if words.casefold() in str(case.about(ring()).get("alias") or "").casefold()
    ]


def _is_closed() -> ColumnElement[bool]:
    """Said of what a case is not, so that a database begins with one's own cases and not with all
    that are closed in the county. One opened by mistake is nobody's own."""
    return Case.state.not_in([state for state in CaseState if state not in handover.ENDED])


def _count_closed() -> int:
    wanted = select(func.count(Case.id)).where(_mine(), _is_closed())
    return db.session.scalar(wanted) or 0


def _open_lines(wanted: Any) -> list[Line]:
    mine = readable_cases(current_user, clock.today())
    still_open = wanted.where(mine, Case.state.not_in(handover.ENDED))
    return lines(list(db.session.scalars(still_open.limit(PER_PAGE))))


def _page_number(number: int) -> tuple[int, int]:
    """The page asked for, and how many there are."""
    pages = max(1, -(-number // PER_PAGE))
    asked = request.args.get("page", "1")
    return min(max(int(asked), 1) if asked.isdigit() else 1, pages), pages


# What is shown.


def _line(case: Case, about: dict[str, Any], state: str, waits: Waits) -> Line:
    said = waiting_words(case, waits) + ([guardian_has_told()] if waits.guardian else [])
    if case.protected_identity:
        return Line(
            case, _("Ärende %(code)s", code=case.code), None, "", state, waits, reasons=said
        )
    return Line(
        case,
        about.get("alias") or _("barn"),
        about.get("birth_year"),
        place_words(about),
        state,
        waits,
        reasons=[*reason_words(case), *notes(about), *said],
    )


def _to_coordinate(line: Line) -> Line:
    waits = line.waits.for_coordinator
    reasons = waiting_words(line.case, waits)
    return replace(line, opens="plan.page", unread=0, waits=waits, reasons=reasons)


def _load_units(abouts: Any) -> None:
    """Every place in a list with one question; the session keeps them."""
    ids = {about["place"]["unit"] for about in abouts if about.get("place")} - {None}
    if ids:
        db.session.scalars(select(Unit).where(Unit.id.in_(ids))).all()


def _count_conversations(shown: dict[str, Line], heard: Iterable[Heard]) -> None:
    for one in heard:
        if one.case_id not in shown:
            continue
        line = shown[one.case_id]
        line.conversations += 1
        if not one.is_read:
            line.unread += 1
            line.on_paper += one.origin == "paper"


def _offer(offered: handover.Handover) -> tuple[handover.Handover, str]:
    """An offered case, with what the child is called in a list."""
    if offered.case.protected_identity:
        return offered, _("Ett ärende")
    return offered, offered.case.about(ring()).get("alias") or _("barn")
