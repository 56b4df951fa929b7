"""A case at the moment somebody wants to move it: what every guard is shown.

It must never be kept: a guard is asked anew in the transaction that moves the case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from sqlalchemy.orm import Session

from .case import Case
from .clock import civil_date
from .keys import KeyRing
from .people import Staff


@dataclass(frozen=True)
class Situation:
    """by: who wants to move the case. at: now, in UTC."""

    session: Session
    ring: KeyRing
    case: Case
    by: Staff
    at: datetime

    @cached_property
    def key(self) -> bytes:
        return self.case.key(self.ring)

    @property
    def on(self) -> date:
        """The civil date in Sweden."""
        return civil_date(self.at)


Guard = Callable[[Situation], bool]  # whether what the agreement asks for is there
