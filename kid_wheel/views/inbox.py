"""The ansvarig's inbox: the child who waits comes first, and only one's own cases are found.

It must never find a child with protected identity by a name, nor read a case to make its list.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from typing import Any, NamedTuple

from flask import render_template, request
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm
from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import joinedload

from .. import audit, clock, consent, handover, signal
from ..audit import AuditEvent
from ..case import Case, CaseState
from ..conversation import Conversation
from ..coordinator import coordinated_cases, keep_left, left_alone
from ..db import db
from ..handover import delegated_cases
from ..people import Unit
from ..permissions import Permission, readable_cases, requires, units_answered_for
from ..placing import with_waiting
from ..signal import Signal
from ..tablet import tidy_code
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

PER_PAGE = 30  # cases: more than anybody works with in a day, and quick to draw
SHORTEST_SEARCH = 2  # letters


@dataclass
class Line:
    """A case as a list shows it. A child with protected identity is a code and nothing else.

    waiting_since: when somebody began to wait for the reader, if anybody does. reasons: what a
    person should know of the case.
    """

    case: Case
    child: str
    birth_year: int | None
    place: str
    state: str
    conversations: int = 0
    unread: int = 0
    on_paper: int = 0
    signal_since: datetime | None = None
    is_escalated: bool = False
    is_overdue: bool = False
    waiting_since: datetime | None = None
    reasons: list[str] = field(default_factory=list)
    opens: str = "case.case"


class Heard(NamedTuple):
    """A conversation in a case, and whether the person signed in has read it."""

    case_id: str
    received_at: datetime
    origin: str
    is_read: bool


class Search(FlaskForm):  # type: ignore[misc]
    """Nothing but the token that shows that the form is ours."""


@blueprint.get("/")
@requires(Permission.CASE_LIST)
def inbox() -> str:
    """One's own open cases; the child who has waited longest comes first."""
    on = clock.today()
    units = units_answered_for(current_user, on)
    signal.escalate(db.session, units, clock.now())
    wanted = _mine() & Case.state.not_in(handover.ENDED)
    heard = _heard(wanted)
    waiting = _waiting(wanted, heard)
    page, pages = _page_number(len(waiting))
    shown = waiting[(page - 1) * PER_PAGE : page * PER_PAGE]
    rows = lines([case_id for case_id, _since in shown], heard)
    audit.record(db.session, "inbox:read", clock.now(), staff_id=current_user.id)
    answer = render_template(
        "case/inbox.html",
        waiting=[row for row in rows if row.waiting_since],
        others=[row for row in rows if not row.waiting_since],
        offers=[_offer(one) for one in handover.offers_to(db.session, units)],
        page=page,
        pages=pages,
        closed=_count_closed(),
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


def coordinated() -> list[Line]:
    """The cases whose plan the person signed in coordinates: the plan opens, not the case."""
    theirs = coordinated_cases(current_user.id, clock.today())
    wanted = select(Case.id).where(Case.id.in_(theirs), Case.state.not_in(handover.ENDED))
    found = lines(list(db.session.scalars(wanted.limit(PER_PAGE))))
    return [
        replace(line, opens="plan.page", unread=0, waiting_since=None, reasons=[]) for line in found
    ]


def lines(case_ids: Collection[str], heard: Sequence[Heard] | None = None) -> list[Line]:
    """What a list shows of some cases, in their order: as many questions to the database for one
    as for fifty. heard: the conversations in them and maybe in others, if known already."""
    if not case_ids:
        return []
    loaded = (joinedload(Case.unit), joinedload(Case.organisation), joinedload(Case.ansvarig))
    cases = {
        case.id: case
        for case in db.session.scalars(select(Case).where(Case.id.in_(case_ids)).options(*loaded))
    }
    about = {id_: case.about(ring()) for id_, case in cases.items()}
    _load_units(about.values())
    words = state_words()
    shown = {id_: _line(case, about[id_], words[case.state]) for id_, case in cases.items()}
    _count_conversations(shown, _heard(Case.id.in_(case_ids)) if heard is None else heard)
    _look_for_signals(shown)
    alone = left_alone(db.session, shown, clock.today())
    told = with_waiting(db.session, shown)
    there = [case for case in cases.values() if case.state not in handover.ENDED]
    disagree = consent.in_conflict(db.session, ring(), there, clock.now())
    for id_, line in shown.items():
        _say_since_when(line)
        if id_ in told and line.case.state not in handover.ENDED:
            line.reasons = [*line.reasons, guardian_has_told()]
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


def _waiting(
    wanted: ColumnElement[bool], heard: Iterable[Heard]
) -> list[tuple[str, datetime | None]]:
    """The ids of cases, with since when somebody waits; those who wait come first."""
    unread: dict[str, datetime] = {}
    for case_id, received_at, _origin, is_read in heard:
        if not is_read:
            unread[case_id] = min(unread.get(case_id, received_at), received_at)
    signalled = (
        select(func.min(Signal.arrived_at))
        .where(Signal.case_id == Case.id, Signal.accepted_at.is_(None))
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Case.id, Case.opened_at, Case.follow_up_on, signalled).where(wanted)
    )
    on = clock.today()
    found: list[tuple[str, datetime, datetime | None]] = []
    for id_, opened, follow_up, sent in rows:
        late = _midnight(follow_up) if follow_up and follow_up < on else None
        since = min(filter(None, (sent, unread.get(id_), late)), default=None)
        found.append((id_, opened, since))
    found.sort(key=lambda one: (one[2] is None, one[2] or one[1], one[0]))
    return [(id_, since) for id_, _opened, since in found]


def _heard(wanted: ColumnElement[bool]) -> list[Heard]:
    """Every conversation in some cases."""
    columns = (Conversation.case_id, Conversation.received_at, Conversation.origin, _is_read())
    rows = db.session.execute(select(*columns).join(Conversation.case).where(wanted))
    return [Heard(*row) for row in rows]


def _is_read() -> ColumnElement[bool]:
    """Whether the person signed in has read a conversation; the events know."""
    return exists().where(
        AuditEvent.conversation_id == Conversation.id,
        AuditEvent.staff_id == current_user.id,
        AuditEvent.event == "conversation:read",
    )


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


def _line(case: Case, about: dict[str, Any], state: str) -> Line:
    if case.protected_identity:
        return Line(case, _("Ärende %(code)s", code=case.code), None, "", state)
    return Line(
        case,
        about.get("alias") or _("barn"),
        about.get("birth_year"),
        place_words(about),
        state,
        reasons=[*reason_words(case), *notes(about)],
    )


def _load_units(abouts: Any) -> None:
    """Every place in a list with one question; the session keeps them."""
    ids = {about["place"]["unit"] for about in abouts if about.get("place")} - {None}
    if ids:
        db.session.scalars(select(Unit).where(Unit.id.in_(ids))).all()


def _count_conversations(shown: dict[str, Line], heard: Iterable[Heard]) -> None:
    for case_id, received_at, origin, is_read in heard:
        if case_id not in shown:
            continue
        line = shown[case_id]
        line.conversations += 1
        if not is_read:
            line.unread += 1
            line.on_paper += origin == "paper"
            line.waiting_since = min(line.waiting_since or received_at, received_at)


def _look_for_signals(shown: dict[str, Line]) -> None:
    waiting = select(Signal.case_id, Signal.arrived_at, Signal.escalated_at).where(
        Signal.case_id.in_(shown), Signal.accepted_at.is_(None)
    )
    arrived: dict[str, list[datetime]] = defaultdict(list)
    for case_id, arrived_at, escalated_at in db.session.execute(waiting):
        arrived[case_id].append(arrived_at)
        shown[case_id].is_escalated |= escalated_at is not None
    for case_id, moments in arrived.items():
        line = shown[case_id]
        line.signal_since = min(moments)
        line.waiting_since = min(line.waiting_since or line.signal_since, line.signal_since)


def _say_since_when(line: Line) -> None:
    follow_up = line.case.follow_up_on
    if line.case.state in handover.ENDED or not follow_up or follow_up >= clock.today():
        return
    line.is_overdue = True
    since = _midnight(follow_up)
    line.waiting_since = min(line.waiting_since or since, since)


def _offer(offered: handover.Handover) -> tuple[handover.Handover, str]:
    """An offered case, with what the child is called in a list."""
    if offered.case.protected_identity:
        return offered, _("Ett ärende")
    return offered, offered.case.about(ring()).get("alias") or _("barn")


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), tzinfo=UTC)
