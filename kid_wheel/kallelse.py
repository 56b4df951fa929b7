"""A kallelse to a meeting: a paper and a calendar entry in neutral words.

It must never hold a child's name, what the meeting is about, or who else comes: it lies on a desk
and in calendars that others read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from .clock import STOCKHOLM


@dataclass(frozen=True)
class Kallelse:
    """id: the meeting's. code: the case's, which says nothing of the child. to, contact: names."""

    id: str
    code: str
    to: str
    starts_at: datetime
    minutes: int
    place: str
    contact: str

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


def calendar_entry(kallelse: Kallelse, summary: str, description: str, at: datetime) -> bytes:
    """text/calendar with the time and nothing that tells what it is; the place stands on paper."""
    calendar = Calendar()
    calendar.add("prodid", "-//kid-wheel//sv")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    entry = Event()
    entry.add("uid", f"{kallelse.id}@kid-wheel")
    entry.add("dtstamp", at)
    entry.add("dtstart", kallelse.starts_at.astimezone(STOCKHOLM))
    entry.add("dtend", kallelse.ends_at.astimezone(STOCKHOLM))
    entry.add("summary", summary)
    entry.add("description", description)
    entry.add("class", "PRIVATE")
    calendar.add_component(entry)
    calendar.add_missing_timezones()
    made: bytes = calendar.to_ical()
    return made
