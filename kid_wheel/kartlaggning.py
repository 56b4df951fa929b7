"""The kartläggning: four sources and the model's five questions, answered with evidence.

It must never diagnose, score or answer for the one who answers for the child.
"""

from __future__ import annotations

from .situation import Guard

GUARDS: dict[str, Guard] = {}
