"""Whom one rings when a child may be at risk: the socialtjänst of each municipality.

It must never be taken for an orosanmälan: it is a list of telephones and nothing else.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from .people import Unit


def telephones(session: Session) -> dict[str, str]:
    """Municipality → what the administrators of its units have written, each number once."""
    columns = (Unit.municipality, Unit.social_services)
    wanted = select(*columns).where(Unit.social_services != "").distinct().order_by(*columns)
    found: dict[str, list[str]] = {}
    for municipality, telephone in session.execute(wanted):
        found.setdefault(municipality, []).append(telephone)
    return {municipality: "; ".join(all_) for municipality, all_ in found.items()}


def telephone(unit: Unit, known: dict[str, str]) -> str:
    """What a unit has written itself, else its municipality; "" where nobody has. known: as
    `telephones` answers."""
    return unit.social_services or known.get(unit.municipality, "")
