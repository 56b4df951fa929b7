"""Mira's case as it is when the kartläggning has named who else is needed, and those who are asked.

What the kartläggning says is laid in here, so that the rules of samtycke are tested by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from county import County
from family import Guardian, let_in
from page_client import PageClient

from kid_wheel import clock, consent, guardian, kartlaggning
from kid_wheel.case import Case, CaseState
from kid_wheel.consent import Answer, Draft, Giver
from kid_wheel.db import db

SOCIAL, BUP = "10000000-0000-4000-8000-000000000001", "10000000-0000-4000-8000-000000000002"
FOCUS = ["trygghet", "hemmet", "relationer"]
UNTIL = date(2027, 5, 20)
NEEDS = {
    "hemmet": "Mira behöver lugn när hon läser läxor.",
    "trygghet": "Mira behöver en vuxen i skolan.",
    "halsa": "Det här står utanför fokus.",
}


class Named:
    """The kartläggning of every case in a test."""

    def __init__(self) -> None:
        self.recipients = [
            {"id": SOCIAL, "unit_id": None, "who": "Socialtjänsten Provkommunen",
             "areas": ["trygghet", "hemmet"], "why": "Stöd hemma"},
            {"id": BUP, "unit_id": None, "who": "BUP", "areas": ["relationer"],
             "why": "Samtalsstöd"},
        ]  # fmt: skip
        self.focus = FOCUS

    def read(self, _key: bytes) -> dict[str, Any]:
        return {"needs": NEEDS, "focus_areas": self.focus}


def lay_in(monkeypatch: pytest.MonkeyPatch) -> Named:
    named = Named()
    for name, answer in (
        ("current", lambda *_: named),
        ("focus_areas", lambda *_: named.focus),
        ("recipients", lambda *_: named.recipients),
    ):
        monkeypatch.setattr(kartlaggning, name, answer, raising=False)
    return named


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> Named:
    return lay_in(monkeypatch)


class Room:
    """One case in the process, and the people who are asked about it."""

    def __init__(self, county: County, state: CaseState, **record: Any) -> None:
        unit = record.pop("unit", "Exempelskolan")
        self.county = county
        self.case_id, self.conversation_id = county.receive(county.make_record(unit, **record))
        self.guardians: dict[str, str] = {}
        self.by = county.id("Anna")
        with county.hub.app_context():
            self.key = db.session.get_one(Case, self.case_id).key(county.ring)
        self.to(state)

    def to(self, state: CaseState) -> None:
        def change() -> None:
            db.session.get_one(Case, self.case_id).state = state

        self.county.change(change)

    def state(self) -> CaseState:
        with self.county.hub.app_context():
            return db.session.get_one(Case, self.case_id).state

    def add_guardian(self, name: str, **words: str) -> str:
        def add() -> str:
            made = guardian.add(
                db.session, self.key, self.case_id,
                {"name": name, "custody": "joint", **words}, clock.now(),
            )  # fmt: skip
            db.session.flush()
            return made.id

        self.guardians[name] = self.county.change(add)
        return self.guardians[name]

    def suspend(self, name: str) -> None:
        def suspend() -> None:
            found = db.session.get_one(guardian.Guardian, self.guardians[name])
            guardian.suspend(found, self.key, "Inte trygg", clock.now())

        self.county.change(suspend)

    def says(
        self,
        who: str,
        answer: Answer = Answer.YES,
        to: str = SOCIAL,
        areas: Sequence[str] | None = None,
        **more: Any,
    ) -> str:
        """who: a guardian's name, or "barnet"."""

        def record() -> str:
            found = consent.find_recipient(db.session, self.key, self.case_id, to)
            draft = Draft(
                giver=Giver.CHILD if who == "barnet" else Giver.GUARDIAN,
                guardian_id=self.guardians.get(who),
                answer=answer,
                areas=found["areas"] if areas is None else areas,
                purpose=more.pop("purpose", "Samverkansmöte"),
                until_on=more.pop("until_on", UNTIL),
                **more,
            )
            made = consent.record(
                db.session, self.key, self._case(), found, draft, self.by,
                clock.now(),
            )  # fmt: skip
            db.session.flush()
            return made.id

        return self.county.change(record)

    def withdraw(self, consent_id: str) -> None:
        self.county.change(
            lambda: consent.withdraw(db.session.get_one(consent.Consent, consent_id), clock.now())
        )

    def everybody_agrees(self, to: str = SOCIAL) -> None:
        for who in (*self.guardians, "barnet"):
            self.says(who, to=to)

    def standing(self, to: str = SOCIAL, areas: Sequence[str] = ("hemmet",)) -> consent.Standing:
        with self.county.hub.app_context():
            return consent.standing(db.session, self.key, self.case_id, to, areas, clock.now())

    def is_covered(self, to: str = SOCIAL, areas: Sequence[str] = ("hemmet",)) -> bool:
        return self.standing(to, areas).basis is not None

    def _case(self) -> Case:
        return db.session.get_one(Case, self.case_id)


def noise(county: County) -> Room:
    """Yusuf's case in another huvudman, with guardians of his own."""
    made = Room(county, CaseState.CONSENT_PENDING, unit="Demoskolan", alias="Yusuf")
    made.add_guardian("Nils Påhittsson")
    made.add_guardian("Nora Påhittsson")
    return made


RELEASED = "Det är mysigt när vi lagar mat ihop."
KEPT = "Jag vågar inte säga att de bråkar."


@pytest.fixture
def family(county: County, named: Named) -> Room:
    """Mira's case with Alva and Bo, where she has said one thing for home and one not for home;
    beside it Yusuf's."""
    beside = noise(county)
    made = Room(
        county,
        CaseState.CONSENT_PENDING,
        said={
            "hemmet": [
                {"text": RELEASED, "speaker": "child_said", "release": "may_show"},
                {"text": KEPT, "speaker": "child_said", "release": "may_not"},
            ]
        },
    )
    made.add_guardian("Alva Testlund")
    made.add_guardian("Bo Testlund")
    made.noise = beside  # type: ignore[attr-defined]
    return made


@pytest.fixture
def anna(county: County) -> PageClient:
    return county.sign_in("Anna")


@pytest.fixture
def alva(county: County, anna: PageClient, family: Room) -> Guardian:
    return let_in(county, anna, family.case_id, family.guardians["Alva Testlund"])


@pytest.fixture
def bo(county: County, anna: PageClient, family: Room) -> Guardian:
    return let_in(county, anna, family.case_id, family.guardians["Bo Testlund"])
