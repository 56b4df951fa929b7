"""Who waits in a case, in words for the one who reads the inbox or the case.

It must never say more of a child than that somebody waits.
"""

from __future__ import annotations

from flask_babel import format_date
from flask_babel import gettext as _

from ..case import Case, CaseState
from ..clock import civil_date
from ..waiting import Waits


def waiting_words(case: Case, waits: Waits) -> list[str]:
    """What to do about those who wait, where a state or a number does not say it."""
    found = []
    if case.state == CaseState.CLOSED and waits.since:
        found.append(
            _(
                "Nytt i ett avslutat ärende. Läs det som har kommit, och öppna ärendet igen så "
                "att barnet får svar."
            )
            if waits.answer
            else _(
                "Nytt i ett avslutat ärende. Läs det som har kommit, och öppna ärendet igen om "
                "barnet behöver det."
            )
        )
    if waits.promised_on:
        found.append(
            _(
                "Barnet lovades svar senast %(day)s. Berätta för barnet vad som händer, och skriv "
                "det under Svar till barnet.",
                day=format_date(waits.promised_on, "d MMMM"),
            )
        )
    if waits.concern:
        found.append(
            _(
                "Sedan %(day)s väntar barnet eller en vårdnadshavare på svar: ”det här blev inte "
                "av”, eller en undran om planen. Den som samordnar svarar i planen.",
                day=format_date(civil_date(waits.concern), "d MMMM"),
            )
        )
    return found
