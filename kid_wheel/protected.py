"""Skyddade personuppgifter: what may leave a case whose child must not be found.

It must never let a page be printed or exported by habit: only on purpose, once it was confirmed.
"""

from __future__ import annotations

from datetime import timedelta

from .case import Case

CONFIRMED_FOR = timedelta(minutes=10)  # so that one yes does not open for the next day's habit


def may_print(case: Case, confirmed: bool) -> bool:
    """Whether a page of the case may be printed or exported. confirmed: somebody who may decide has
    said yes to this case just now, which is an audit event."""
    return confirmed or not case.protected_identity
