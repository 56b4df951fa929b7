"""Who may do what: the whole access policy on one page, closed by default.

It must never let membership of a unit open a case: access follows assignment to the case.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from enum import Enum
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, abort, current_app
from flask_security import current_user
from sqlalchemy import ColumnElement, select, union
from sqlalchemy.orm import object_session

from .case import Case, CaseState
from .clock import today
from .coordinator import coordinator_of
from .handover import delegated_cases, delegation_of
from .people import Role, Staff, Unit

View = TypeVar("View", bound=Callable[..., Any])


class Permission(Enum):
    """Each permission and the sentence that says what it opens."""

    OPEN = "anybody may see this page; it holds no personal data"
    TABLET = "an enrolled tablet, recognised by its own secret"
    GUARDIAN = "one guardian's own room in one case, recognised by a session of its own"
    SIGNED_IN = "any member of staff with an account"
    CASE_LIST = "one's own inbox"
    CASE_READ = "a case that one is ansvarig or deputy for, or that is delegated to one"
    CASE_MOVE = "to decide in a case that one is ansvarig or deputy for"
    CASE_COORDINATE = "the plan of a case that one coordinates"
    SIGNAL_SEND = "to tell a child's ansvarig what one has seen"
    UNIT_ADMINISTER = "units, staff and tablets of one's own organisation"


ROLES_WITH: dict[Permission, frozenset[Role]] = {
    Permission.SIGNED_IN: frozenset(Role),
    Permission.CASE_LIST: frozenset({Role.ANSVARIG, Role.DEPUTY}),
    Permission.CASE_READ: frozenset({Role.ANSVARIG, Role.DEPUTY, Role.STAFF}),
    Permission.CASE_MOVE: frozenset({Role.ANSVARIG, Role.DEPUTY}),
    Permission.CASE_COORDINATE: frozenset({Role.ANSVARIG, Role.DEPUTY, Role.STAFF}),
    Permission.SIGNAL_SEND: frozenset({Role.ANSVARIG, Role.DEPUTY, Role.STAFF}),
    Permission.UNIT_ADMINISTER: frozenset({Role.ADMINISTRATOR}),
}


class UndeclaredView(RuntimeError):
    """A view has not said who may use it, so the app does not start."""


def requires(permission: Permission) -> Callable[[View], View]:
    """Declare who may use a view. Staff permissions are checked before the view runs; views
    with TABLET recognise the tablet themselves, those with GUARDIAN the guardian (`views.home`)."""

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if permission in ROLES_WITH:
                if not current_user.is_authenticated:
                    return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
                if not has(current_user, permission, today()):
                    abort(403)
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return declare


def check_every_view_declares(app: Flask, declared_elsewhere: dict[str, Permission]) -> None:
    for endpoint, view in app.view_functions.items():
        if not hasattr(view, "permission") and endpoint not in declared_elsewhere:
            raise UndeclaredView(endpoint)


def has(staff: Staff, permission: Permission, on: date) -> bool:
    """Whether any of a person's active assignments carries the permission."""
    wanted = ROLES_WITH[permission]
    return any(a.role in wanted and a.is_active(on) for a in staff.assignments)


def may_read(staff: Staff, case: Case, on: date) -> bool:
    """Who may decide in the case, or works with it by delegation."""
    return may_decide(staff, case, on) or _is_delegated(staff, case, on)


def may_decide(staff: Staff, case: Case, on: date) -> bool:
    """The ansvarig of the case, or an active deputy of the unit that owns it.

    A case with protected identity is nobody's but its ansvarig's; one opened by mistake is sealed.
    """
    if case.state == CaseState.VOID:
        return False
    if case.ansvarig_id == staff.id:
        return True
    if case.protected_identity and case.ansvarig_id is not None:
        return False
    return case.unit_id in _units_answered_for(staff, on, also_ansvarig=case.ansvarig_id is None)


def may_coordinate(staff: Staff, case: Case, on: date) -> bool:
    """The case's coordinator; the ansvarig while there is none, or one without an account here.

    One opened by mistake is sealed for the coordinator too.
    """
    if case.state == CaseState.VOID:
        return False
    session = object_session(case)
    found = coordinator_of(session, case.id, on) if session else None
    if found is not None and found.staff_id is not None:
        return found.staff_id == staff.id
    return may_decide(staff, case, on)


def readable_cases(staff: Staff, on: date) -> ColumnElement[bool]:
    """The same rule as `may_read`, as a filter."""
    # One search by an index for each way in, not one through all cases of the county.
    ways = union(
        delegated_cases(staff.id, on),
        select(Case.id).where(Case.ansvarig_id == staff.id),
        select(Case.id)
        .where(Case.unit_id.in_(_units_answered_for(staff, on, also_ansvarig=False)))
        .where(Case.protected_identity.is_(False)),
        select(Case.id)
        .where(Case.unit_id.in_(_units_answered_for(staff, on, also_ansvarig=True)))
        .where(Case.ansvarig_id.is_(None)),
    )
    return Case.id.in_(ways) & (Case.state != CaseState.VOID)


def may_receive(staff: Staff, unit_id: str, on: date) -> bool:
    """Whether somebody answers for a unit, and so may accept what is offered to it."""
    return unit_id in units_answered_for(staff, on)


def units_answered_for(staff: Staff, on: date) -> list[str]:
    return _units_answered_for(staff, on, also_ansvarig=True)


def _is_delegated(staff: Staff, case: Case, on: date) -> bool:
    session = object_session(case)
    if case.state == CaseState.VOID:
        return False
    return session is not None and delegation_of(session, case, staff.id, on) is not None


def may_administer(staff: Staff, organisation_id: str, on: date) -> bool:
    return any(
        a.role == Role.ADMINISTRATOR and a.organisation_id == organisation_id and a.is_active(on)
        for a in staff.assignments
    )


def units_of(staff: Staff, on: date) -> list[Unit]:
    """Where a person works now: whose own cards and photographs they may have."""
    found = {a.unit.id: a.unit for a in staff.assignments if a.unit and a.is_active(on)}
    return sorted(found.values(), key=lambda unit: unit.name)


def _units_answered_for(staff: Staff, on: date, *, also_ansvarig: bool) -> list[str]:
    roles = {Role.DEPUTY, Role.ANSVARIG} if also_ansvarig else {Role.DEPUTY}
    return [
        a.unit_id for a in staff.assignments if a.unit_id and a.role in roles and a.is_active(on)
    ]
