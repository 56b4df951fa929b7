"""The uppföljning: how the child sees it now, and what became of what was planned.

It must never compute a difference between then and now.
"""

from __future__ import annotations

from .situation import Guard

GUARDS: dict[str, Guard] = {}
