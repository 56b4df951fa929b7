"""A whole county of made-up cases in the database, to see how the hub answers when it is full.

`python -m benchmarks.county --cases 50000 --conversations 200000 --database URL` fills a database
that `kid-wheel demo` or an empty one has; each ansvarig gets a hundred cases, thirty of them open.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from kid_wheel import audit, clock, create_app, demo
from kid_wheel.case import Case, CaseState, new_code
from kid_wheel.config import Config
from kid_wheel.conversation import Conversation
from kid_wheel.db import Base, db
from kid_wheel.keys import KeyRing, encrypt
from kid_wheel.migrations import upgrade
from kid_wheel.people import Assignment, Organisation, Role, Staff, Unit
from kid_wheel.routing import UnitKind
from kid_wheel.tablet import Tablet, TabletState
from kid_wheel.views.sign_in import hash_of

from .hub import Enrolled
from .sync import make_record

CASES_EACH = 100
OPEN_EACH = 30
UNREAD_SHARE = 0.05
ROWS_AT_ONCE = 5_000
OPEN_STATES = [
    state
    for state in CaseState
    if state not in (CaseState.CLOSED, CaseState.VOID, CaseState.SIGNAL_SENT)
]
PASSWORD = demo.PASSWORD


def fill(session: Session, ring: KeyRing, cases: int, conversations: int) -> list[str]:
    """Add as many cases and conversations. The e-mail addresses of their ansvariga."""
    now, password = clock.now(), hash_of(PASSWORD)
    organisation = session.scalars(select(Organisation).order_by(Organisation.name)).first()
    assert organisation is not None
    mails, codes = [], _codes(session)
    held = conversations // cases
    for _number in range(-(-cases // CASES_EACH)):
        unit, staff, tablet = _school(session, organisation, password, now)
        mails.append(staff.email)
        packed = _packed_record(unit, tablet, staff)
        rows = [_case(organisation, ring, unit, staff, n, now) for n in range(CASES_EACH)]
        for row, _key in rows:
            row["code"] = next(codes)
        _insert(session, Case, [row for row, _key in rows])
        talks = [
            _conversation(row, key, packed, tablet, staff, now)
            for row, key in rows
            for _talk in range(held)
        ]
        _insert(session, Conversation, talks)
        read = [talk for talk in talks if random.random() > UNREAD_SHARE]
        _remember(session, staff, read, now)
        session.commit()
    return mails


def _school(
    session: Session, organisation: Organisation, password: str, now: datetime
) -> tuple[Unit, Staff, Tablet]:
    number = uuid4().hex[:8]
    unit = Unit(
        organisation=organisation,
        name=f"Påhittade skolan {number}",
        kind=UnitKind.GRUNDSKOLA,
        municipality="eskilstuna",
    )
    staff = Staff(
        name=f"Ansvarig {number}",
        email=f"{number}@demo.example",
        password=password,
        fs_uniquifier=uuid4().hex,
    )
    session.add_all([unit, staff])
    session.flush()
    session.add(
        Assignment(
            staff=staff,
            organisation=organisation,
            unit=unit,
            role=Role.ANSVARIG,
            from_on=date(2024, 10, 18),
        )
    )
    tablet = Tablet(
        unit=unit, name="Röda fodralet", state=TabletState.ENROLLED, created_at=now,
        token_hash=uuid4().hex,
    )  # fmt: skip
    session.add(tablet)
    session.flush()
    return unit, staff, tablet


def _case(
    organisation: Organisation, ring: KeyRing, unit: Unit, staff: Staff, number: int, now: datetime
) -> tuple[dict[str, Any], bytes]:
    key, id_ = os.urandom(32), str(uuid4())
    about = {
        "alias": f"Barn {number}",
        "birth_year": 2014,
        "place": {"kind": "grundskola", "unit": unit.id, "year": "AK6"},
    }
    state = random.choice(OPEN_STATES) if number < OPEN_EACH else CaseState.CLOSED
    row = {
        "id": id_,
        "organisation_id": organisation.id,
        "unit_id": unit.id,
        "ansvarig_id": staff.id,
        "state": state,
        "state_at": now,
        "protected_identity": False,
        "rule": "R2",
        "needs_human": False,
        "reasons": "",
        "opened_at": now - timedelta(days=random.randrange(1, 700)),
        "child": encrypt(key, json.dumps(about).encode(), b"child"),
        "wrapped_key": encrypt(ring.unwrap(organisation.wrapped_key), key, b"case"),
    }
    return row, key


def _codes(session: Session) -> Iterator[str]:
    """Codes that no case has: among fifty thousand a few are drawn twice."""
    used = set(session.scalars(select(Case.code)))
    while True:
        code = new_code()
        if code not in used:
            used.add(code)
            yield code


def _conversation(
    case: Mapping[str, Any], key: bytes, packed: bytes, tablet: Tablet, staff: Staff, now: datetime
) -> dict[str, Any]:
    id_ = str(uuid4())
    at = now - timedelta(days=random.random() * 300)
    return {
        "id": id_,
        "case_id": case["id"],
        "tablet_id": tablet.id,
        "staff_id": staff.id,
        "unit_id": tablet.unit_id,
        "digest": hashlib.sha256(id_.encode()).hexdigest(),
        "variant": "older",
        "language": "sv",
        "content_version": "1",
        "ended": "done",
        "held_on": at.date().isoformat(),
        "origin": "",
        "clock_is_off": False,
        "received_at": at,
        "content": encrypt(key, packed, id_.encode()),
    }


def _remember(session: Session, staff: Staff, read: list[dict[str, Any]], now: datetime) -> None:
    """That the conversations were read, as links of the same chain that the hub makes."""
    previous = session.scalar(audit._LAST) or audit.FIRST
    rows = []
    for talk in read:
        row = {
            **dict.fromkeys(audit._CHAINED),
            "detail": "",
            "event": "conversation:read",
            "at": now,
            "staff_id": staff.id,
            "case_id": talk["case_id"],
            "conversation_id": talk["id"],
            "unit_id": talk["unit_id"],
            "previous": previous,
        }
        previous = audit._digest(row)
        rows.append({**row, "hash": previous})
    _insert(session, audit.AuditEvent, rows)


def _insert(session: Session, table: type[Base], rows: list[dict[str, Any]]) -> None:
    for at in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[at : at + ROWS_AT_ONCE]
        session.execute(insert(Base.metadata.tables[table.__tablename__]), some)


def _packed_record(unit: Unit, tablet: Tablet, staff: Staff) -> bytes:
    """One conversation as gzip, every card answered: the same for every case of a school."""
    record = make_record(Enrolled(tablet.id, unit.id, staff.id, ""))
    for area in record["areas"]:
        area["statements"] = [
            {**said, "text": "Jag vill ha lugn och ro när jag läser."}
            for said in area["statements"]
        ]
    return gzip.compress(json.dumps(record, ensure_ascii=False).encode(), mtime=0)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--cases", type=int, default=50_000)
    asked.add_argument("--conversations", type=int, default=200_000)
    asked.add_argument("--database", default="", help="an SQLAlchemy URL; else the instance's own")
    wanted = asked.parse_args()
    config = Config.from_environment()
    app = create_app(replace(config, database=wanted.database or config.database, demo=True))
    upgrade(app)
    with app.app_context():
        ring = app.extensions["key_ring"]
        demo.fill(db.session, ring, clock.now())
        fill(db.session, ring, wanted.cases, wanted.conversations)


if __name__ == "__main__":
    main()
