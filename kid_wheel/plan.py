"""The plan, or SIP, that the coordinator answers for: what is done, by whom and until when.

It must never start without a day to follow it up.
"""

from __future__ import annotations

from .situation import Guard

GUARDS: dict[str, Guard] = {}
