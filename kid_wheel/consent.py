"""A samtycke: to whom, about which areas, for what and until when.

It must never be general, outlive its day, or be revived.
"""

from __future__ import annotations

from .situation import Guard

GUARDS: dict[str, Guard] = {}
