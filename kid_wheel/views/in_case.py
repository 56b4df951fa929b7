"""What every door into a case begins with: the case, or nothing that tells it exists; and a step.

It must never open a case to somebody whom `permissions` does not name.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, current_app, render_template
from flask_babel import gettext as _
from flask_security import current_user

from .. import action, audit, clock, guardian, process  # noqa: F401  (tables)
from ..case import Case, CaseState
from ..db import db
from ..keys import KeyRing
from ..people import Staff
from ..permissions import may_decide, may_read
from ..situation import Situation
from . import stopped

Predicate = Callable[[Staff, Case, date], bool]


def find(case_id: UUID, allowed: Predicate = may_read) -> Case:
    """The case, or a page that does not tell whether it exists; the attempt is an event."""
    found = db.session.get(Case, str(case_id))
    if found is None:
        abort(404)
    if not allowed(current_user, found, clock.today()):
        note(found, "access:denied")
        db.session.commit()
        abort(404)
    return found


def find_to_decide(case_id: UUID) -> Case:
    return find(case_id, may_decide)


def note(case: Case, event: str, **ids: str | None) -> None:
    """An event of this case, by whoever is signed in. ids: more of what `audit.record` takes."""
    known = {"staff_id": current_user.id, "case_id": case.id, "unit_id": case.unit_id}
    audit.record(db.session, event, clock.now(), **{**known, **ids})


def keep(case: Case, event: str, detail: str = "") -> None:
    """What was written stays, with its event."""
    note(case, event, detail=detail)
    db.session.commit()


def ring() -> KeyRing:
    found: KeyRing = current_app.extensions["key_ring"]
    return found


def situation(case: Case) -> Situation:
    return Situation(db.session, ring(), case, current_user._get_current_object(), clock.now())


def move(case: Case, key: str, then: Callable[[Situation], Any] | None = None) -> Any:
    """Take a step and commit; None when it was taken, else the page that says what is missing.

    What the same request wrote before is kept also when the step is stopped. then: what belongs to
    the step and is done with it, in the same transaction.
    """
    here = situation(case)
    try:
        process.move(key, here)
        if then is not None:
            then(here)
    except process.Stopped as missing:
        note(case, "guard:denied", detail=missing.guards[0])
        page = _stopped_page(case, missing.guards)
        db.session.commit()
        return page, 409
    except process.WrongState:
        db.session.rollback()
        return _stopped_page(case, []), 409
    db.session.commit()
    return None


def state_words() -> dict[CaseState, str]:
    """Where a case is, as staff read it: never a problem, always what happens."""
    return {
        CaseState.CONVERSATION: _("Samtal, inget ärende öppnat"),
        CaseState.SIGNAL_SENT: _("Signal väntar på att tas emot"),
        CaseState.RECEIVED: _("Mottaget"),
        CaseState.COLLECTING: _("Kartläggning: samlar in"),
        CaseState.ANALYSING: _("Kartläggning: fem frågor"),
        CaseState.DECIDED: _("Kartläggningen är klar"),
        CaseState.OWN_SUPPORT: _("Eget stöd pågår"),
        CaseState.CONSENT_PENDING: _("Väntar på samtycke"),
        CaseState.NO_CONSENT: _("Inget samtycke"),
        CaseState.MEETING_CALLED: _("Kallat till möte"),
        CaseState.MEETING_HELD: _("Mötet är hållet"),
        CaseState.PLAN_ACTIVE: _("Planen gäller"),
        CaseState.FOLLOW_UP: _("Uppföljning"),
        CaseState.CLOSING: _("Avslutas: barnet får svar"),
        CaseState.CLOSED: _("Avslutat"),
        CaseState.VOID: _("Öppnat av misstag"),
    }


def _stopped_page(case: Case, guards: list[str]) -> str:
    return render_template(
        "case/stopped.html", case=case, reasons=stopped.reasons(guards), edition=stopped.edition()
    )
