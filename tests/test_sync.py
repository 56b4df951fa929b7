"""The door for finished conversations: each comes in exactly once, or is refused by name."""

from __future__ import annotations

import gzip
import json
import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from county import NOW, Clock, County, stored
from flask import Flask
from hypothesis import assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from page_client import PageClient
from sealing import RECORD, Sender, close, seal
from soak import SOAK
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import IntegrityError

from kid_wheel import audit, create_app, intake
from kid_wheel.audit import AuditEvent
from kid_wheel.case import FUTURE_BIRTH, UNKNOWN_CASE, Case, packed_record
from kid_wheel.config import FAILED_SIGN_IN_WINDOW, MAX_RECORD_BYTES, Config
from kid_wheel.conversation import (
    FORMAT,
    MAGIC,
    MAX_CLEAR_BYTES,
    STEP_BYTES,
    Conversation,
    Record,
    digest,
    open_sealed,
    read_record,
)
from kid_wheel.db import db
from kid_wheel.people import Unit
from kid_wheel.tablet import Tablet, renew_code, revoke
from kid_wheel.views.sync import MAX_TOLD

KEPT = ("ligger kvar", "skickas igen")  # each refusal says what becomes of the conversation


@pytest.fixture
def tablet(county: County) -> Sender:
    return Sender(county.hub, county.tablet("Exempelskolan"))


@pytest.fixture
def elsewhere(county: County) -> Sender:
    return Sender(county.hub, county.tablet("Demoskolan"))


# What comes in.


def test_a_conversation_is_received_and_answered_with_a_receipt_for_its_bytes(
    county: County, tablet: Sender
) -> None:
    record = county.make_record()
    sealed = seal(tablet.ring, record)
    answer = tablet.put(record["id"], sealed)
    assert answer.status_code == 201
    assert answer.json == {
        "conversation": record["id"],
        "digest": digest(sealed),
        "received_at": NOW.isoformat(),
        "ansvarig": "Anna Påhittsson",
        "unit": "Exempelskolan",
    }
    assert _record(county, record["id"]) == record


def test_the_same_bytes_again_get_the_same_receipt_and_change_nothing(
    county: County, tablet: Sender, time: Clock
) -> None:
    record = county.make_record()
    sealed = seal(tablet.ring, record)
    first = tablet.put(record["id"], sealed)
    time.pass_(days=1)
    again = tablet.put(record["id"], sealed)
    assert (again.status_code, again.json) == (200, first.json)
    assert len(county.events("conversation:received")) == 1
    assert _count(county, Case) == _count(county, Conversation) == 1


def test_the_same_bytes_get_their_receipt_also_when_the_tablet_was_enrolled_anew(
    county: County, tablet: Sender, elsewhere: Sender
) -> None:
    """To the hub it is another tablet; what it sent before would else be refused for ever."""
    record = county.make_record()
    sealed = seal(tablet.ring, record)
    tablet.put(record["id"], sealed)
    again = elsewhere.put(record["id"], sealed)
    assert (again.status_code, again.json["digest"]) == (200, digest(sealed))
    assert stored(county.hub, record["id"]).tablet_id == tablet.id


def test_what_was_received_is_not_changed_by_another_seal_with_its_number(
    county: County, tablet: Sender
) -> None:
    record = county.make_record()
    tablet.send(record)
    other = tablet.send({**record, "ended": "stopped"})
    assert (other.status_code, other.json["type"]) == (409, "urn:kid-wheel:other-bytes")
    assert _record(county, record["id"]) == record


def test_a_conversation_reaches_the_ansvarig_of_the_childs_school_whoever_held_it(
    county: County, tablet: Sender, elsewhere: Sender
) -> None:
    there = {"kind": "grundskola", "unit": county.id("Demoskolan"), "year": "AK6"}
    nowhere = {"kind": "none", "unit": None, "year": None}
    met_here = tablet.send(county.make_record())
    met_away = tablet.send(county.make_record(child=_child(place=there)))
    at_home = tablet.send(county.make_record(child=_child(place=nowhere)))
    far_off = elsewhere.send(county.make_record("Demoskolan"))
    names = [
        answer.json["ansvarig"].split()[0] for answer in (met_here, met_away, at_home, far_off)
    ]
    assert names == ["Anna", "Bodil", "Cesar", "Bodil"]


def test_a_known_case_code_leads_to_that_case(county: County, tablet: Sender) -> None:
    case_id, _first = county.receive(county.make_record())
    record = county.make_record(child={"case_code": county.code_of(case_id)})
    assert tablet.send(record).status_code == 201
    assert stored(county.hub, record["id"]).case_id == case_id
    assert _count(county, Case) == 1


def test_a_case_code_nobody_has_becomes_a_case_that_a_human_places(
    county: County, tablet: Sender
) -> None:
    record = county.make_record(child={"case_code": "ZZZZZZ"})
    assert tablet.send(record).status_code == 201
    case = _case(county, record["id"])
    assert case.needs_human and case.reasons == UNKNOWN_CASE
    assert case.ansvarig_id == county.id("Cesar")


def test_two_cases_that_draw_the_same_code_get_different_ones(
    county: County, tablet: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter(["AAAAAA", "AAAAAA", "BBBBBB"])
    monkeypatch.setattr("kid_wheel.case.new_code", lambda: next(drawn))
    records = [county.make_record() for _ in range(2)]
    assert [tablet.send(record).status_code for record in records] == [201, 201]
    assert [_case(county, record["id"]).code for record in records] == ["AAAAAA", "BBBBBB"]
    assert len(county.events("conversation:received")) == 2


def test_a_birth_year_that_has_not_come_is_received_and_needs_a_human(
    county: County, tablet: Sender
) -> None:
    school = {"kind": "grundskola", "unit": county.id("Exempelskolan"), "year": "AK6"}
    record = county.make_record(child=_child(birth_year=2030, place=school))
    assert tablet.send(record).status_code == 201
    case = _case(county, record["id"])
    assert case.needs_human and case.reasons == FUTURE_BIRTH
    assert case.ansvarig_id == county.id("Anna")


@pytest.mark.parametrize("year", ["2025", "2027", "1970"])
def test_a_clock_that_is_years_wrong_is_received_as_it_was_and_marked(
    county: County, tablet: Sender, year: str
) -> None:
    def wrong(moment: str) -> str:
        return moment.replace("2026", year)

    record = json.loads(wrong(json.dumps(county.make_record())))
    right = county.make_record()
    assert [tablet.send(one).status_code for one in (record, right)] == [201, 201]
    assert stored(county.hub, record["id"]).clock_is_off
    assert stored(county.hub, record["id"]).held_on == f"{year}-11-20"
    assert stored(county.hub, record["id"]).received_at == NOW
    assert not stored(county.hub, right["id"]).clock_is_off


def test_a_tablet_that_was_without_net_for_a_month_has_no_wrong_clock(
    county: County, tablet: Sender
) -> None:
    record = county.make_record(finished_at="2026-10-20T08:30:00Z")
    tablet.send(record)
    assert not stored(county.hub, record["id"]).clock_is_off


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<svg onload="alert(1)"><circle r="9"/></svg>',
        "</textarea><img src=x onerror=alert(1)>&amp;",
        "'; drop table conversation; --",
        "مرحبا 🙈 \u202e\u0000 å\u0308",
    ],
)
def test_what_the_child_wrote_is_kept_letter_for_letter(
    county: County, tablet: Sender, text: str
) -> None:
    said = {"halsa": [{"text": text, "speaker": "child_said"}]}
    record = county.make_record(said=said, alias=text)
    assert tablet.send(record).status_code == 201
    kept = _record(county, record["id"])
    assert kept["areas"][0]["statements"][0]["text"] == text
    with county.hub.app_context():
        about = db.session.scalars(select(Case)).one().about(county.ring)
    assert about["alias"] == text


# What is refused.

Wrong = Callable[[County, Sender], tuple[str, bytes]]  # the id in the address and the body


def _too_large(_county: County, _tablet: Sender) -> tuple[str, bytes]:
    return str(uuid4()), bytes(MAX_RECORD_BYTES + 2)


def _just_too_large(county: County, tablet: Sender) -> tuple[str, bytes]:
    record = county.make_record()
    sealed = seal(tablet.ring, record)
    return record["id"], sealed + bytes(MAX_RECORD_BYTES + 1 - len(sealed))


def _truncated(county: County, tablet: Sender) -> tuple[str, bytes]:
    record = county.make_record()
    return record["id"], seal(tablet.ring, record)[:80]


def _empty(_county: County, _tablet: Sender) -> tuple[str, bytes]:
    return str(uuid4()), b""


def _other_address(county: County, tablet: Sender) -> tuple[str, bytes]:
    return str(uuid4()), seal(tablet.ring, county.make_record())


def _other_inside(county: County, tablet: Sender) -> tuple[str, bytes]:
    outside = str(uuid4())
    inside = gzip.compress(json.dumps(county.make_record()).encode())
    return outside, close(tablet.ring, _padded(inside), outside)


def _tomorrows(county: County, tablet: Sender) -> tuple[str, bytes]:
    record = county.make_record()
    return record["id"], MAGIC + bytes([FORMAT + 1]) + seal(tablet.ring, record)[4:]


def _broken(county: County, tablet: Sender) -> tuple[str, bytes]:
    record = county.make_record()
    return record["id"], seal(tablet.ring, record)[:-1]


def _to_another_hub(county: County, tablet: Sender) -> tuple[str, bytes]:
    record = county.make_record()
    sealed = bytearray(seal(tablet.ring, record))
    sealed[20:28] = bytes(8)
    return record["id"], bytes(sealed)


def _with_a_score(county: County, tablet: Sender) -> tuple[str, bytes]:
    record = county.make_record(score=3)
    return record["id"], seal(tablet.ring, record)


def _with_a_page_for_a_drawing(county: County, tablet: Sender) -> tuple[str, bytes]:
    """A picture may only be the name of one of ours; SVG and HTML can carry a script."""
    record = county.make_record()
    record["areas"][0]["cards"][0]["symbol"] = '<svg onload="alert(1)"/>'
    return record["id"], seal(tablet.ring, record)


def _with_a_drawing_as_text(county: County, tablet: Sender) -> tuple[str, bytes]:
    record = county.make_record()
    record["areas"][0]["statements"] = [
        {
            "text": "ritat",
            "speaker": "child_drew",
            "at": "2026-11-21T10:00:00Z",
            "drawing": "<html><script>alert(1)</script></html>",
        }
    ]
    return record["id"], seal(tablet.ring, record)


def _with_svg_for_strokes(county: County, tablet: Sender) -> tuple[str, bytes]:
    record = county.make_record()
    drawn = {
        "id": str(uuid4()),
        "speaker": "child_drew",
        "at": "2026-11-21T10:00:00Z",
        "box": [1000, 700],
        "strokes": '<svg onload="alert(1)"/>',
    }
    record["areas"][0]["drawings"] = [drawn]
    return record["id"], seal(tablet.ring, record)


def _bomb(_county: County, tablet: Sender) -> tuple[str, bytes]:
    id_ = str(uuid4())
    bomb = gzip.compress(b" " * (MAX_CLEAR_BYTES + 1), compresslevel=1)
    return id_, close(tablet.ring, _padded(bomb), id_)


REFUSED: list[tuple[int, str, Wrong]] = [
    (413, "too-large", _too_large),
    (413, "too-large", _just_too_large),
    (400, "truncated", _truncated),
    (400, "truncated", _empty),
    (400, "other-id", _other_address),
    (400, "other-id", _other_inside),
    (415, "unknown-format", _tomorrows),
    (422, "broken-seal", _broken),
    (422, "unknown-key", _to_another_hub),
    (422, "not-a-record", _with_a_score),
    (422, "not-a-record", _with_a_page_for_a_drawing),
    (422, "not-a-record", _with_a_drawing_as_text),
    (422, "not-a-record", _with_svg_for_strokes),
    (422, "not-a-record", _bomb),
]


@pytest.mark.parametrize(
    ("status", "kind", "wrong"), REFUSED, ids=[wrong.__name__[1:] for _, _, wrong in REFUSED]
)
def test_a_refusal_says_why_and_is_remembered_without_content(
    county: County, tablet: Sender, status: int, kind: str, wrong: Wrong
) -> None:
    id_, sealed = wrong(county, tablet)
    answer = tablet.put(id_, sealed)
    _assert_refused(answer, status, kind)
    (told,) = county.events("conversation:refused")
    assert (told.detail, told.tablet_id, told.unit_id) == (kind, tablet.id, tablet.unit)
    assert (told.conversation_id, told.case_id, told.staff_id) == (id_, None, None)
    assert _count(county, Conversation) == _count(county, Case) == 0


def test_other_bytes_with_a_known_number_are_refused_and_remembered(
    county: County, tablet: Sender
) -> None:
    record = county.make_record()
    sealed = seal(tablet.ring, record)
    tablet.put(record["id"], sealed)
    _assert_refused(tablet.send(record), 409, "other-bytes")
    _assert_refused(tablet.put(record["id"], sealed[:-1]), 409, "other-bytes")
    events = county.events("conversation:refused")
    told = [(event.detail, event.conversation_id) for event in events]
    assert told == 2 * [("other-bytes", record["id"])]


@pytest.mark.parametrize("token", ["", "påhittad", "x" * 10_000])
def test_nobody_sends_but_an_enrolled_tablet(county: County, tablet: Sender, token: str) -> None:
    tablet.token = token.encode().decode("latin-1")
    _assert_refused(tablet.send(county.make_record()), 401, "tablet-unknown")
    (told,) = county.events("conversation:refused")
    assert (told.detail, told.tablet_id) == ("tablet-unknown", None)


def test_a_lost_tablet_sends_nothing_more_and_is_told_so(
    county: County, tablet: Sender, elsewhere: Sender
) -> None:
    county.change(lambda: revoke(db.session.get_one(Tablet, tablet.id), NOW))
    _assert_refused(tablet.send(county.make_record()), 410, "tablet-revoked")
    (told,) = county.events("conversation:refused")
    assert (told.detail, told.tablet_id) == ("tablet-revoked", tablet.id)
    assert elsewhere.send(county.make_record("Demoskolan")).status_code == 201


def test_a_tablet_with_a_new_code_does_not_send_with_its_old_token(
    county: County, tablet: Sender
) -> None:
    county.change(lambda: renew_code(db.session.get_one(Tablet, tablet.id), NOW))
    _assert_refused(tablet.send(county.make_record()), 401, "tablet-unknown")


def test_a_tablet_that_is_lost_while_its_seal_is_opened_is_not_received(
    county: County, tablet: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def open_and_lose(*args: Any) -> Any:
        opened = open_sealed(*args)
        revoke(db.session.get_one(Tablet, tablet.id), NOW)
        db.session.commit()
        return opened

    monkeypatch.setattr(intake, "open_sealed", open_and_lose)
    _assert_refused(tablet.send(county.make_record()), 410, "tablet-revoked")
    assert _count(county, Conversation) == 0


def test_a_stranger_cannot_fill_the_log(county: County, tablet: Sender, time: Clock) -> None:
    known, tablet.token = tablet.token, "påhittad".encode().decode("latin-1")
    for _ in range(MAX_TOLD + 3):
        assert tablet.put(str(uuid4()), b"").status_code == 401
    assert len(county.events("conversation:refused")) == MAX_TOLD
    time.pass_(seconds=FAILED_SIGN_IN_WINDOW.total_seconds())
    tablet.put(str(uuid4()), b"")
    assert len(county.events("conversation:refused")) == MAX_TOLD + 1
    tablet.token = known
    assert tablet.send(county.make_record()).status_code == 201


def test_nothing_but_a_put_with_a_number_is_understood(tablet: Sender) -> None:
    client = tablet.hub.test_client()
    assert client.get(f"/sync/conversations/{uuid4()}").status_code == 405
    assert client.put("/sync/conversations/samtal-1").status_code == 404
    for answer in (client.get(f"/sync/conversations/{uuid4()}"), client.put("/sync/x")):
        assert answer.mimetype == "application/problem+json"


def test_a_tablet_gets_nothing_about_a_child_back(county: County, tablet: Sender) -> None:
    record = county.make_record(alias="Kanariealias")
    answer = tablet.send(record)
    assert set(answer.json) == {"conversation", "digest", "received_at", "ansvarig", "unit"}
    code = county.code_of(stored(county.hub, record["id"]).case_id)
    assert "Kanariealias" not in answer.text and code not in answer.text


# What is never written down in clear.


def test_no_word_or_name_of_a_child_is_on_the_hubs_disk_or_in_its_log(
    county: County, tablet: Sender, caplog: pytest.LogCaptureFixture, on_disk: Callable[[], bytes]
) -> None:
    caplog.set_level(0)
    words = "KanarieOrdet"
    said = {"halsa": [{"text": words, "speaker": "child_said"}]}
    record = county.make_record(said=said, alias="KanarieAlias")
    assert tablet.send(record).status_code == 201
    assert tablet.send(record).status_code == 409
    wrong = county.make_record(said=said, alias="KanarieAlias", score=words)
    assert tablet.send(wrong).status_code == 422
    code = {**county.make_record(said=said), "child": {"case_code": words}}
    assert tablet.send(code).status_code == 422
    found = on_disk()
    assert record["id"].encode() in found, "the search finds what is there"
    assert tablet.id in found.decode("latin-1") and "conversation:refused" in found.decode(
        "latin-1"
    )
    for secret in (words, "KanarieAlias", tablet.token):
        assert secret.encode() not in found
        assert secret.encode("utf-16-le") not in found
        assert secret not in caplog.text


def test_what_goes_wrong_with_us_is_logged_by_its_place_and_never_by_its_words(
    county: County,
    tablet: Sender,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_args: Any) -> None:
        raise ValueError("KanarieOrdet")

    monkeypatch.setattr(intake, "receive", fail)
    monkeypatch.setattr(county.hub, "testing", False)
    caplog.set_level(0)
    answer = tablet.send(county.make_record())
    assert (answer.status_code, answer.json["type"]) == (500, "urn:kid-wheel:unexpected")
    assert "Inget är borta" in answer.json["title"]
    assert "ValueError" in caplog.text and "KanarieOrdet" not in caplog.text


# At the same time.


def test_of_two_deliveries_at_the_same_moment_one_is_received_and_both_get_the_receipt(
    county: County, tablet: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_opened = threading.Barrier(2, timeout=30)

    def open_together(*args: Any) -> Any:
        opened = open_sealed(*args)
        both_have_opened.wait()
        return opened

    monkeypatch.setattr(intake, "open_sealed", open_together)
    record = county.make_record()
    sealed, answers = seal(tablet.ring, record), []
    threads = [
        threading.Thread(target=lambda: answers.append(tablet.put(record["id"], sealed)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 201]
    assert answers[0].json == answers[1].json
    assert _count(county, Conversation) == _count(county, Case) == 1
    assert len(county.events("conversation:received")) == 1


def test_where_the_database_lets_two_writers_in_the_second_is_told_it_was_received(
    county: County, tablet: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = county.make_record()
    sealed = seal(tablet.ring, record)
    receive = intake.receive

    def come_second(*args: Any) -> None:
        monkeypatch.setattr(intake, "receive", receive)
        db.session.rollback()
        assert tablet.put(record["id"], sealed).status_code == 201
        raise IntegrityError("insert", {}, Exception("unique"))

    monkeypatch.setattr(intake, "receive", come_second)
    assert tablet.put(record["id"], sealed).status_code == 200
    assert _count(county, Conversation) == _count(county, Case) == 1


def test_nobody_waits_for_the_database_while_a_seal_is_opened(
    county: County, tablet: Sender, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []

    def write_meanwhile(*args: Any) -> Any:
        with db.engine.begin() as another:
            written.append(another.execute(update(Unit).values(name=Unit.name)).rowcount)
        return open_sealed(*args)

    monkeypatch.setattr(intake, "open_sealed", write_meanwhile)
    tablet.send(county.make_record())
    assert len(written) == 1 and written[0] > 1


class PowerCut(Exception):
    """The hub stopped before the database had written."""


@pytest.fixture(scope="module", autouse=True)
def new_hub_for_delivery(new_hub: Path) -> None:
    Delivery.new_hub = new_hub


class Delivery(RuleBasedStateMachine):
    """Two tablets deliver, repeat, reorder, cut off and change; the hub stops and starts again.

    Whatever happens, every accepted number is stored once, with the bytes first accepted.
    """

    conversations = Bundle("conversations")  # (tablet's index, id, sealed bytes)
    TABLETS = st.integers(0, 1)
    new_hub: Path

    @initialize()
    def open_the_hub(self) -> None:
        self.folder = Path(tempfile.mkdtemp()) / "hub"
        shutil.copytree(self.new_hub, self.folder)
        self.app: Flask | None = None
        self.start()
        assert self.app is not None
        county = County(self.app)
        units = ["Exempelskolan", "Demoskolan"]
        self.tablets = [Sender(self.app, county.tablet(unit)) for unit in units]
        self.revoked: set[int] = set()
        self.accepted: dict[str, str] = {}
        self.refused = 0

    def start(self) -> None:
        self.stop()
        self.app = create_app(Config(instance=self.folder, testing=True))
        self.app.test_client_class = PageClient

    def stop(self) -> None:
        if self.app is not None:
            with self.app.app_context():
                db.engine.dispose()

    @rule(target=conversations, tablet=TABLETS, id_=st.uuids(version=4))
    def finish_a_conversation(self, tablet: int, id_: UUID) -> tuple[int, str, bytes]:
        return tablet, str(id_), self.sealed(tablet, str(id_))

    @rule(target=conversations, known=conversations, tablet=TABLETS)
    def seal_another_with_the_same_number(
        self, known: tuple[int, str, bytes], tablet: int
    ) -> tuple[int, str, bytes]:
        return tablet, known[1], self.sealed(tablet, known[1])

    @rule(delivery=conversations)
    def deliver(self, delivery: tuple[int, str, bytes]) -> None:
        tablet, id_, sealed = delivery
        expected = self.expected(tablet, id_, sealed, if_new=201)
        assert self.put(tablet, id_, sealed) == expected
        if expected == 201:
            self.accepted[id_] = digest(sealed)

    @rule(delivery=conversations, share=st.floats(0, 0.999))
    def deliver_cut_off(self, delivery: tuple[int, str, bytes], share: float) -> None:
        tablet, id_, sealed = delivery
        cut = sealed[: int(len(sealed) * share)]
        status = self.put(tablet, id_, cut)
        is_short = len(cut) < 28 + 65 + 16
        assert status == self.expected(tablet, id_, cut, if_new=400 if is_short else 422)

    @rule(delivery=conversations, share=st.floats(0, 0.999), change=st.integers(1, 255))
    def deliver_changed(self, delivery: tuple[int, str, bytes], share: float, change: int) -> None:
        tablet, id_, sealed = delivery
        changed = bytearray(sealed)
        where = int(len(sealed) * share)
        changed[where] ^= change
        wrong = 415 if where < 4 else 400 if where < 20 else 422
        status = self.put(tablet, id_, bytes(changed))
        assert status == self.expected(tablet, id_, bytes(changed), if_new=wrong)

    @rule(delivery=conversations)
    def lose_power_before_it_is_written(self, delivery: tuple[int, str, bytes]) -> None:
        tablet, id_, sealed = delivery
        assume(tablet not in self.revoked)  # what is refused at the door may write nothing
        assert self.app is not None
        with self.app.app_context():
            engine = db.engine

        def cut(_connection: Any) -> None:
            raise PowerCut

        event.listen(engine, "commit", cut)
        with pytest.raises(PowerCut):
            self.tablets[tablet].put(id_, sealed)
        event.remove(engine, "commit", cut)
        self.start()
        self.tell_the_tablets()

    @rule()
    def restart_the_hub(self) -> None:
        self.start()
        self.tell_the_tablets()

    @precondition(lambda self: not self.revoked)
    @rule(tablet=TABLETS)
    def lose_a_tablet(self, tablet: int) -> None:
        assert self.app is not None
        with self.app.app_context():
            revoke(db.session.get_one(Tablet, self.tablets[tablet].id), datetime.now(UTC))
            db.session.commit()
        self.revoked.add(tablet)

    @invariant()
    def each_accepted_number_is_stored_once_with_the_bytes_first_accepted(self) -> None:
        assert self.app is not None
        with self.app.app_context():
            rows = db.session.execute(select(Conversation.id, Conversation.digest)).all()
            assert Counter(map(tuple, rows)) == Counter(self.accepted.items())
            assert db.session.scalar(select(func.count(Case.id))) == len(self.accepted)
            events = Counter(
                name
                for name in db.session.scalars(select(AuditEvent.event))
                if name.startswith("conversation:")
            )
            assert events["conversation:received"] == len(self.accepted)
            assert events["conversation:refused"] == self.refused
            assert audit.verify(db.session) >= sum(events.values())

    def teardown(self) -> None:
        self.stop()
        shutil.rmtree(self.folder.parent)

    def sealed(self, tablet: int, id_: str) -> bytes:
        sender = self.tablets[tablet]
        return seal(sender.ring, {**RECORD, "id": id_, "tablet": sender.id, "unit": sender.unit})

    def put(self, tablet: int, id_: str, sealed: bytes) -> int:
        told_enough = self.times_gone() >= MAX_TOLD
        status: int = self.tablets[tablet].put(id_, sealed).status_code
        self.refused += status >= 400 and not (status == 410 and told_enough)
        return status

    def times_gone(self) -> int:
        assert self.app is not None
        with self.app.app_context():
            gone = select(func.count(AuditEvent.id)).filter_by(detail="tablet-revoked")
            return db.session.scalar(gone) or 0

    def expected(self, tablet: int, id_: str, sealed: bytes, if_new: int) -> int:
        if tablet in self.revoked:
            return 410
        if id_ in self.accepted:
            return 200 if self.accepted[id_] == digest(sealed) else 409
        return if_new

    def tell_the_tablets(self) -> None:
        assert self.app is not None
        for sender in self.tablets:
            sender.hub = self.app


TestDelivery = Delivery.TestCase
TestDelivery.settings = settings(max_examples=SOAK or 8, stateful_step_count=20, deadline=None)


def _child(**changes: Any) -> dict[str, Any]:
    return {"alias": "Mira", "birth_year": 2014, **changes}


def _padded(packed: bytes) -> bytes:
    clear = len(packed).to_bytes(4, "big") + packed
    return clear + bytes(-len(clear) % STEP_BYTES)


def _assert_refused(answer: Any, status: int, kind: str) -> None:
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert (answer.json["type"], answer.json["status"]) == (f"urn:kid-wheel:{kind}", status)
    assert set(answer.json) == {"type", "title", "status"}
    assert any(words in answer.json["title"] for words in KEPT), answer.json["title"]


def _case(county: County, conversation_id: str) -> Case:
    with county.hub.app_context():
        received = db.session.get_one(Conversation, conversation_id)
        return db.session.get_one(Case, received.case_id)


def _record(county: County, conversation_id: str) -> Record:
    with county.hub.app_context():
        received = db.session.get_one(Conversation, conversation_id)
        case = db.session.get_one(Case, received.case_id)
        return read_record(packed_record(received, case, county.ring))


def _count(county: County, table: type[Case | Conversation]) -> int:
    with county.hub.app_context():
        return db.session.scalar(select(func.count(table.id))) or 0
