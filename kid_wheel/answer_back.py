"""The återkoppling: what became of each wish and important card, told to the child.

It must never let a case close before the child has been told.
"""

from __future__ import annotations

from .situation import Guard

GUARDS: dict[str, Guard] = {}
