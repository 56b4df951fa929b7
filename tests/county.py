"""Two huvudmän: one a test is about, and one that is noise; and a clock that stands still."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

from flask import Flask
from page_client import PageClient
from sqlalchemy import select

from kid_wheel import case, clock
from kid_wheel.audit import AuditEvent
from kid_wheel.catalog import Variant, catalog
from kid_wheel.conversation import Conversation, read_record
from kid_wheel.db import db
from kid_wheel.people import Assignment, Organisation, OrganisationKind, Role, Staff, Unit
from kid_wheel.routing import UnitKind
from kid_wheel.tablet import Tablet, TabletState
from kid_wheel.views.sign_in import hash_of, new_staff

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PASSWORD = "ett påhittat lösenord"


class Clock:
    """A hub's clock that a test can move."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at

    def pass_(self, **time: float) -> None:
        self.at += timedelta(**time)


class County:
    """Provkommunen, where things happen, and Demokommunen, where nobody may notice.

    People are known by their first name: Anna is ansvarig in Exempelskolan and Dina her deputy,
    Mona holds conversations there, Arvid administers. Bodil, Bert and Bim do the same elsewhere.
    """

    def __init__(self, hub: Flask) -> None:
        self.hub = hub
        self.ring = hub.extensions["key_ring"]
        with hub.app_context():
            self._password = _hashed(hub.config["SECURITY_PASSWORD_SALT"])
            here = self._organisation("Provkommunen", "eskilstuna", "Exempelskolan")
            there = self._organisation("Demokommunen", "flen", "Demoskolan")
            for name, role, owner, unit in (
                ("Anna", Role.ANSVARIG, here, "Exempelskolan"),
                ("Dina", Role.DEPUTY, here, "Exempelskolan"),
                ("Mona", Role.STAFF, here, "Exempelskolan"),
                ("Cesar", Role.ANSVARIG, here, "Centralt Provkommunen"),
                ("Arvid", Role.ADMINISTRATOR, here, None),
                ("Bodil", Role.ANSVARIG, there, "Demoskolan"),
                ("Bim", Role.STAFF, there, "Demoskolan"),
                ("Bert", Role.ADMINISTRATOR, there, None),
            ):
                self._staff(name, role, owner, unit)
            db.session.commit()

    def id(self, name: str) -> str:
        """The id of a person by first name, of a unit, or of a tablet by its unit's name."""
        with self.hub.app_context():
            staff = db.session.scalar(select(Staff.id).where(Staff.email == mail(name)))
            unit = db.session.scalar(select(Unit.id).where(Unit.name == name))
            found = staff or unit
            assert found, name
            return found

    def tablet(self, unit: str) -> str:
        with self.hub.app_context():
            wanted = select(Tablet.id).join(Unit).where(Unit.name == unit)
            return db.session.scalars(wanted.order_by(Tablet.created_at)).first() or ""

    def sign_in(self, name: str, client: PageClient | None = None) -> PageClient:
        client = client or self.hub.test_client()  # type: ignore[assignment]
        assert client is not None
        answer = client.send("/sign-in", email=mail(name), password=PASSWORD)
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return client

    def make_record(self, unit: str = "Exempelskolan", **changes: Any) -> dict[str, Any]:
        return make_record(
            tablet=self.tablet(unit),
            unit=self.id(unit),
            staff=self.id("Mona" if unit == "Exempelskolan" else "Bim"),
            **changes,
        )

    def receive(self, record: dict[str, Any]) -> tuple[str, str]:
        """Take in a record as the tablet's door does. (case id, conversation id)"""
        packed = gzip.compress(json.dumps(record, ensure_ascii=False).encode(), mtime=0)
        with self.hub.app_context():
            received = case.receive(
                db.session,
                self.ring,
                read_record(packed),
                packed,
                hashlib.sha256(packed).hexdigest(),
                db.session.get_one(Tablet, record["tablet"]),
                clock.now(),
            )
            db.session.commit()
            return received.case_id, received.id

    def code_of(self, case_id: str) -> str:
        with self.hub.app_context():
            return db.session.get_one(case.Case, case_id).code

    def events(self, event: str, **ids: str) -> list[AuditEvent]:
        with self.hub.app_context():
            wanted = select(AuditEvent).filter_by(event=event, **ids).order_by(AuditEvent.id)
            return list(db.session.scalars(wanted))

    def change(self, do: Callable[[], Any]) -> Any:
        with self.hub.app_context():
            answer = do()
            db.session.commit()
            return answer

    def employ(self, name: str, role: Role, unit: str) -> None:
        """Somebody more in a unit."""
        with self.hub.app_context():
            place = db.session.scalars(select(Unit).where(Unit.name == unit)).one()
            self._staff(name, role, place.organisation, unit)
            db.session.commit()

    def _organisation(self, name: str, slug: str, school: str) -> Organisation:
        made = Organisation(
            name=name,
            kind=OrganisationKind.MUNICIPALITY,
            joined_on=date(2024, 10, 18),
            languages="en",
            wrapped_key=self.ring.wrap(uuid4().bytes + uuid4().bytes),
        )
        for unit_name, kind in (
            (school, UnitKind.GRUNDSKOLA),
            (f"Centralt {name}", UnitKind.CENTRAL),
        ):
            db.session.add(Unit(organisation=made, name=unit_name, kind=kind, municipality=slug))
        db.session.flush()
        unit = db.session.scalars(select(Unit).where(Unit.name == school)).one()
        db.session.add(
            Tablet(
                unit=unit,
                name="Röda fodralet",
                state=TabletState.ENROLLED,
                created_at=NOW,
                token_hash=uuid4().hex,
            )
        )
        db.session.flush()
        return made

    def _staff(self, name: str, role: Role, owner: Organisation, unit: str | None) -> None:
        person = new_staff(
            name=f"{name} Påhittsson", title="", email=mail(name), password=self._password
        )
        place = db.session.scalar(select(Unit).where(Unit.name == unit)) if unit else None
        db.session.add(
            Assignment(
                staff=person, organisation=owner, unit=place, role=role, from_on=date(2024, 10, 18)
            )
        )
        db.session.flush()


@cache
def _hashed(_salt: str) -> str:
    """argon2 takes its time on purpose: once for each hub's own salt is enough."""
    return hash_of(PASSWORD)


def mail(name: str) -> str:
    return f"{name.lower()}@demo.example"


def make_record(
    *,
    tablet: str,
    unit: str,
    staff: str,
    alias: str = "Mira",
    placed: dict[str, str] | None = None,
    silent: dict[str, str] | None = None,
    said: dict[str, list[dict[str, Any]]] | None = None,
    variant: Variant = Variant.OLDER,
    **changes: Any,
) -> dict[str, Any]:
    """A record as a tablet seals it. placed: card key → step of the scale; silent: card key →
    silence; said: area key → statements without a time. Other names replace the record's own."""
    shown = catalog("sv", variant)
    placed, silent, said = placed or {}, silent or {}, said or {}
    scale = shown.scale_choices()[0]
    steps = {step.key: step for step in shown.scales[scale]}
    at = "2026-11-20T08:10:00Z"
    opened = list(dict.fromkeys(key.split("/")[0] for key in (*placed, *silent, *said)))

    def answer(key: str) -> dict[str, Any]:
        if key in silent:
            return {"silence": silent[key], "speaker": "child_chose", "at": at}
        if key not in placed:
            return {"silence": "not_asked"}
        step = steps[placed[key]]
        return {
            "scale": scale, "step": step.key, "label": step.label, "symbol": step.symbol,
            "speaker": "child_chose", "at": at,
        }  # fmt: skip

    record = {
        "format": "kid-wheel/conversation/1",
        "id": str(uuid4()),
        "content_version": shown.version,
        "tablet": tablet,
        "unit": unit,
        "staff": staff,
        "variant": str(variant),
        "language": "sv",
        "scale": scale,
        "present": {"guardian": False, "interpreter": None},
        "tapped_by": "child",
        "child": {
            "alias": alias,
            "birth_year": 2014,
            "place": {"kind": "grundskola", "unit": unit, "year": "AK6"},
        },
        "started_at": "2026-11-20T08:00:00Z",
        "finished_at": "2026-11-20T08:30:00Z",
        "sittings": [{"from": "2026-11-20T08:00:00Z", "until": "2026-11-20T08:30:00Z"}],
        "ended": "done",
        "wheel": [],
        "areas": [
            {
                "key": area.key,
                "label": area.label,
                "order": opened.index(area.key) + 1 if area.key in opened else None,
                "cards": [
                    {"key": card.key, "label": card.label, "say": card.say, "symbol": card.symbol,
                     "answer": answer(card.key)}
                    for card in area.cards
                ],
                "statements": [{**one, "at": at} for one in said.get(area.key, [])],
            }
            for area in shown.areas
        ],
    }  # fmt: skip
    return {**record, **changes}


def stored(hub: Flask, conversation_id: str) -> Conversation | None:
    with hub.app_context():
        return db.session.get(Conversation, conversation_id)
