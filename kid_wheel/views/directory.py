"""The door that everybody finds the right person behind: each unit, its ansvarig, what it does.

It must never show a case, a child, or who works somewhere but those one is meant to turn to.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from .. import clock
from ..db import db
from ..people import Assignment, Role, Staff, Unit
from ..permissions import Permission, requires
from ..routing import NEVER_ANSVARIG
from .admin import kind_words

blueprint = Blueprint("directory", __name__)


# Those whose name is not the word that stands in an address.
NAMES = {"nykoping": "Nyköping", "oxelosund": "Oxelösund", "strangnas": "Strängnäs"}


def municipality_name(municipality: str) -> str:
    return NAMES.get(municipality, municipality.capitalize())


@blueprint.app_template_filter("municipality")
def _municipality(municipality: str) -> str:
    return municipality_name(municipality)


@dataclass(frozen=True)
class Card:
    """A unit as others meet it."""

    unit: Unit
    ansvarig: Staff | None
    deputies: list[Staff]


@blueprint.get("/directory")
@requires(Permission.SIGNED_IN)
def page() -> str:
    """Every unit of the county, by municipality and name."""
    on = clock.today()
    answering = db.session.scalars(
        select(Assignment)
        .where(Assignment.role.in_([Role.ANSVARIG, Role.DEPUTY]))
        .options(joinedload(Assignment.staff))
    )
    people: dict[str, dict[Role, list[Staff]]] = {}
    for one in answering:
        if one.unit_id and one.is_active(on) and one.staff.active:
            people.setdefault(one.unit_id, {}).setdefault(one.role, []).append(one.staff)
    groups: dict[str, list[Card]] = {}
    for unit in db.session.scalars(select(Unit).order_by(Unit.municipality, Unit.name)):
        here = people.get(unit.id, {})
        card = Card(unit, next(iter(here.get(Role.ANSVARIG, [])), None), here.get(Role.DEPUTY, []))
        groups.setdefault(municipality_name(unit.municipality), []).append(card)
    return render_template(
        "directory/page.html", groups=groups, kinds=kind_words(), never_ansvarig=NEVER_ANSVARIG
    )
