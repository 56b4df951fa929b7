"""The samverkansmöte: who comes, why, how the child takes part, and whom the child wants.

It must never call anybody without a consent behind it.
"""

from __future__ import annotations

from .situation import Guard

GUARDS: dict[str, Guard] = {}
