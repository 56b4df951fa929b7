"""Who reaches what of a case: every door × every person × every state × protected identity or not.

The table is written by hand, after the agreement and domain 2.3, and computed from nothing. Noise:
another family in the same unit, and another huvudman's people with a case of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest
from county import Clock, County, mail
from flask import Response, abort, g
from flask.testing import FlaskClient
from plan_steps import WISH, appoint, record_with_wish
from sqlalchemy import update
from werkzeug.exceptions import HTTPException

from kid_wheel import clock, handover, views
from kid_wheel.case import Case, CaseState
from kid_wheel.db import db
from kid_wheel.people import Role, Staff
from kid_wheel.permissions import may_read
from kid_wheel.views import in_case

OPENED = "the door opened"
SOME_ID = "00000000-0000-4000-8000-000000000000"

# The people. Who decides, who works with the case, and who answers for the plan.
ANSVARIG, DEPUTY, DELEGATE, COORDINATOR = "Anna", "Dina", "Doris", "Kim"
STRANGERS = {
    "Fia": "worked with the case by delegation, until it was taken back",
    "Folke": "worked with the case by delegation, until its last day",
    "Mona": "holds conversations in the same unit",
    "Arvid": "administers the huvudman",
    "Cesar": "ansvarig of another unit of the same huvudman",
    "Bodil": "another huvudman's ansvarig",
    "Disa": "another huvudman's deputy",
    "Bim": "another huvudman's mentor",
    "Bert": "administers another huvudman",
}
NOBODY = ""  # not signed in
EVERYBODY = (ANSVARIG, DEPUTY, DELEGATE, COORDINATOR, *STRANGERS, NOBODY)

# What they may, by the field that a door opens to.
DECIDES = {ANSVARIG, DEPUTY}
WORKS = {ANSVARIG, DEPUTY, DELEGATE}
SEES_PLAN = {ANSVARIG, DEPUTY, DELEGATE, COORDINATOR}
COORDINATES = {
    COORDINATOR
}  # there is one with an account, so the ansvarig reads and does not write

FIELDS: dict[str, tuple[set[str], str]] = {
    "the case and the child's own words": (
        WORKS,
        "case.case case.conversation case.drawing_png case.lend case.move voices.area "
        "voices.write disclosure.child documents.wheel",
    ),
    "observations and the signal": (WORKS, "signal.page signal.observe"),
    "the five questions": (
        WORKS,
        "kartlaggning.page kartlaggning.keep kartlaggning.write kartlaggning.earlier "
        "kartlaggning.add_action kartlaggning.book_follow_up kartlaggning.add_recipient "
        "kartlaggning.remove_recipient",
    ),
    "samtycke, guardians and network": (
        WORKS,
        "consent.page consent.answer consent.answer_child consent.withdraw consent.assess "
        "consent.add_network guardian.add guardian.change guardian.shown invitation.page "
        "placing.place placing.correct placing.move",
    ),
    "the meeting": (
        WORKS,
        "meeting.page meeting.new meeting.edit meeting.invite meeting.take_away meeting.words "
        "meeting.takes_part meeting.told at_meeting.presence at_meeting.show "
        "kallelse.kallelse_ics kallelse.kallelse_pdf kallelse.pack coordinator.ask",
    ),
    "who has been told": (WORKS, "disclosure.page disclosure.for_guardian"),
    "who does what": (SEES_PLAN, "handover.page"),
    "decisions": (
        DECIDES,
        "case.step kartlaggning.step signal.accept signal.join signal.give_back consent.ask "
        "consent.refuse consent.law consent.end_law guardian.suspend disclosure.keep "
        "invitation.invite invitation.revoke invitation.letter invitation.show "
        "invitation.decide_against "
        "meeting.call at_meeting.hold coordinator.appoint handover.offer handover.withdraw "
        "handover.refer handover.delegate handover.revoke handover.ask_void handover.attest_void "
        "handover.withdraw_void answer_back.begin_closing answer_back.close answer_back.reopen "
        "documents.as_fhir special.page special.born special.place special.placed "
        "special.print_on_purpose special.protect",
    ),
    "the plan, to read": (
        SEES_PLAN,
        "plan.page plan.raise_concern follow_up.page documents.page answer_back.page "
        "answer_back.answer answer_back.lend_letter answer_back.tell",
    ),
    "the plan, to write": (
        COORDINATES,
        "plan.action plan.change_action plan.remove_action plan.new_action plan.add_action "
        "plan.answer_concern plan.book_follow_up plan.write_kind plan.share plan.start "
        "plan_copy.hand_out "
        "follow_up.settle follow_up.write_child_view follow_up.go_on follow_up.hold",
    ),
}
# A document opens by what it holds.
DOCUMENTS = {
    "plan": SEES_PLAN,
    "pictures": SEES_PLAN,
    "letter": SEES_PLAN,
    "kartlaggning": WORKS,
    "whole": DECIDES,
}


KINDS = {"documents.document": [*DOCUMENTS], "documents.screen": ["pictures", "letter"]}
KEYS = {"case.step": "open_case", "kartlaggning.step": "ask_consent"}
PAGES = [
    "case.case",
    "case.conversation",
    "voices.area",
    "kartlaggning.page",
    "consent.page",
    "consent.assess",
    "guardian.add",
    "disclosure.page",
    "disclosure.child",
    "meeting.page",
    "meeting.new",
    "coordinator.ask",
    "plan.page",
    "follow_up.page",
    "answer_back.page",
    "documents.page",
    "signal.page",
    "handover.page",
    "special.page",
]
NOT_WHEN_CLOSED = {"meeting.new"}  # nobody plans anything there


@dataclass(frozen=True)
class Door:
    """A view of a case, one address and method. name: its endpoint; of a document, its kind too."""

    name: str
    method: str
    address: str


def _who_may(name: str) -> set[str]:
    """Of the table, before the state of the case has its say."""
    if name.startswith("documents.") and "/" in name:
        return DOCUMENTS[name.partition("/")[2]]
    (found,) = [people for people, names in FIELDS.values() if name in names.split()]
    return found


def _may(person: str, name: str, state: CaseState, protected: bool) -> bool:
    if state is CaseState.VOID:  # sealed, for everybody
        return False
    if protected and person == DEPUTY:  # only those who are assigned to the case
        return False
    return person in _who_may(name)


class Matrix:
    """Mira's case with something behind every door, and everybody signed in."""

    def __init__(self, county: County, time: Clock) -> None:
        self.county, self.hub = county, county.hub
        for name, role, unit in (
            (DELEGATE, Role.STAFF, "Exempelskolan"),
            (COORDINATOR, Role.STAFF, "Exempelskolan"),
            ("Fia", Role.STAFF, "Exempelskolan"),
            ("Folke", Role.STAFF, "Exempelskolan"),
            ("Disa", Role.DEPUTY, "Demoskolan"),
        ):
            county.employ(name, role, unit)
        self.case_id, self.conversation_id = county.receive(record_with_wish(county))
        self.code = county.code_of(self.case_id)
        self.noise = [
            county.receive(county.make_record(alias="Leo"))[0],
            county.receive(county.make_record("Demoskolan", alias="Yusuf"))[0],
        ]
        appoint(county, self.case_id, COORDINATOR)
        self._delegate(time)
        self.clients = {name: self._client(name) for name in EVERYBODY}

    def _delegate(self, time: Clock) -> None:
        ids = {name: self.county.id(name) for name in (ANSVARIG, DELEGATE, "Fia", "Folke")}

        def give(name: str, days: int) -> handover.Delegation:
            return handover.delegate(
                db.session,
                db.session.get_one(Case, self.case_id),
                db.session.get_one(Staff, ids[name]),
                clock.today() + timedelta(days=days),
                db.session.get_one(Staff, ids[ANSVARIG]),
                clock.now(),
            )

        self.county.change(lambda: give(DELEGATE, 30))
        self.county.change(lambda: give("Folke", 0))
        self.county.change(lambda: handover.revoke(give("Fia", 30), clock.now()))
        time.pass_(days=1)

    def _client(self, name: str) -> tuple[FlaskClient, str]:
        """A browser that fetches no page twice, and the token of its forms."""
        signed_in = self.county.sign_in(name) if name else self.hub.test_client()
        page = signed_in.get("/account" if name else "/sign-in").get_data(as_text=True)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        assert token, name
        return signed_in, token[1]

    def doors(self) -> Iterator[Door]:
        ids: dict[str, Any] = {
            "case_id": self.case_id,
            "conversation_id": self.conversation_id,
            "area": "hemmet",
            "number": "3",
            "part": "sources",
            "recipient_id": SOME_ID,
        }
        for rule in self.hub.url_map.iter_rules():
            if "case_id" not in rule.arguments:
                continue
            for kind in KINDS.get(rule.endpoint, [""]):
                given = {**ids, "kind": kind or "wheel", "key": KEYS.get(rule.endpoint, "hemmet")}
                wanted = {one: given.get(one, SOME_ID) for one in rule.arguments}
                with self.hub.test_request_context():
                    address = self.hub.url_for(rule.endpoint, **wanted)
                name = f"{rule.endpoint}/{kind}" if kind else rule.endpoint
                for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                    yield Door(name, method, address)

    def go(self, person: str, door: Door) -> Any:
        client, token = self.clients[person]
        data = {"csrf_token": token} if door.method == "POST" else None
        return FlaskClient.open(client, door.address, method=door.method, data=data)

    def put(self, state: CaseState, protected: bool) -> None:
        row = {"state": state, "protected_identity": protected}
        here = Case.id == self.case_id
        self.county.change(lambda: db.session.execute(update(Case).where(here).values(**row)))


@pytest.fixture
def matrix(county: County, time: Clock, monkeypatch: pytest.MonkeyPatch) -> Matrix:
    """A door that has opened is left at once, so that nothing is written behind it."""
    asks = in_case.find

    def leave(case_id: UUID, allowed: Callable[..., bool] = may_read) -> Case:
        asks(case_id, allowed)
        abort(Response(OPENED))

    for module in [in_case, *(one for one in vars(views).values() if isinstance(one, ModuleType))]:
        if getattr(module, "find", None) is asks:
            monkeypatch.setattr(module, "find", leave)
    return Matrix(county, time)


def test_the_table_names_every_door_of_a_case_once(matrix: Matrix) -> None:
    listed = [name for _, names in FIELDS.values() for name in names.split()]
    listed += [f"{view}/{kind}" for view, kinds in KINDS.items() for kind in kinds]
    assert len(listed) == len(set(listed))
    assert {door.name for door in matrix.doors()} == set(listed)


@pytest.mark.parametrize(
    "protected",
    [False, pytest.param(True, marks=pytest.mark.any_database)],
    ids=["plain", "protected"],
)
def test_a_door_opens_for_whom_the_table_says_and_a_refusal_tells_nothing(
    matrix: Matrix, protected: bool
) -> None:
    """Every door × every person × GET and POST, through the whole hub."""
    state, refused = CaseState.PLAN_ACTIVE, 0
    matrix.put(state, protected)
    secrets = ("Mira", WISH, matrix.code, "Leo", "Yusuf", "Exempelskolan, årskurs")
    doors = list(matrix.doors())
    for person in EVERYBODY:
        for door in doors:
            answer = matrix.go(person, door)
            about = (person, door, answer.status)
            if _may(person, door.name, state, protected):
                assert answer.text == OPENED, about
                continue
            if person == NOBODY:
                assert answer.status_code == 302, about
                assert answer.location.startswith("/sign-in"), about
            else:
                assert answer.status_code in {403, 404}, about
            assert not [secret for secret in secrets if secret in answer.text], about
            refused += answer.status_code == 404
    denied = matrix.county.events("access:denied", case_id=matrix.case_id)
    assert len(denied) == refused, "each attempt is kept"


@pytest.mark.any_database
def test_no_state_opens_a_door_that_the_table_keeps_closed(
    matrix: Matrix, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every door × every person × every state × protected identity or not, asked of the views."""
    hub, denied = matrix.hub, []
    by_name = {door.name: door for door in matrix.doors()}
    with hub.test_request_context():
        find = hub.url_map.bind("hub.example").match
        doors = {name: find(door.address, method=door.method) for name, door in by_name.items()}
        people = {
            name: db.session.query(Staff).filter_by(email=mail(name)).one()
            for name in EVERYBODY
            if name
        }
        strangers = hub.login_manager.anonymous_user  # type: ignore[attr-defined]
        monkeypatch.setattr(in_case.audit, "record", lambda *_, **__: denied.append(1))
        monkeypatch.setattr(db.session, "commit", db.session.flush)
        case = db.session.get_one(Case, matrix.case_id)
        for state, protected, person in product(CaseState, (False, True), EVERYBODY):
            case.state, case.protected_identity = state, protected
            db.session.flush()
            g._login_user = people[person] if person else strangers()
            for name, (endpoint, ids) in doors.items():
                opened = _opens(hub.view_functions[endpoint], ids)
                assert opened == _may(person, name, state, protected), (person, name, state)
        db.session.rollback()
    assert denied


def _opens(view: Callable[..., Any], ids: Any) -> bool:
    try:
        answer = view(**ids)
    except HTTPException as refused:
        if refused.response is not None:
            return bool(refused.response.get_data(as_text=True) == OPENED)
        assert refused.code in {403, 404}
        return False
    assert answer.location.startswith("/sign-in"), "a door that has asked nobody"
    return False


# And what the pages are when they open.


@pytest.mark.any_database
def test_whoever_may_gets_the_page_in_every_state_and_no_other_family_is_on_it(
    county: County, time: Clock
) -> None:
    matrix = Matrix(county, time)
    doors = [d for d in matrix.doors() if d.method == "GET" and d.name in PAGES]
    assert len(doors) == len(PAGES)
    for state, protected in product(CaseState, (False, True)):
        matrix.put(state, protected)
        for door in doors:
            if _may(ANSVARIG, door.name, state, protected):
                answer = matrix.go(ANSVARIG, door)
                is_shut = state is CaseState.CLOSED and door.name in NOT_WHEN_CLOSED
                wanted = 404 if is_shut else 200
                assert answer.status_code == wanted, (state, protected, door, answer.status)
                assert not {"Leo", "Yusuf"} & set(re.findall(r"\w+", answer.text)), door
