"""The hub's clock: one place, so that a test can stand still in time.

It must never be a tablet's clock: those are shown as they were, and not believed.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def now() -> datetime:
    return datetime.now(UTC)


def today() -> date:
    return civil_date(now())


def civil_date(moment: datetime) -> date:
    """The date in Stockholm, which decides a child's age."""
    return moment.astimezone(STOCKHOLM).date()
