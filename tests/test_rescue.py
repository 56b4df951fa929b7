"""What a tablet could not send comes in from the file that an adult saved on it."""

from __future__ import annotations

import hashlib
import re
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from county import NOW, County, stored
from sealing import Sender, seal

from kid_wheel import clock
from kid_wheel.audit import verify
from kid_wheel.conversation import Conversation, OtherId, Record, Truncated, digest
from kid_wheel.db import db
from kid_wheel.intake import OtherBytes, take_in
from kid_wheel.keys import BrokenSeal
from kid_wheel.rescue import NotATabletsFile, Outcome, Rescued, UnknownId, rescue
from kid_wheel.tablet import Tablet, UnknownTablet, revoke

STORE = Path(__file__).parent.parent / "static" / "tablet" / "store" / "worker.js"
PAGE_BYTES = 4096  # SQLite's own
RECEIVED, BEFORE, REFUSED = Outcome.RECEIVED, Outcome.RECEIVED_BEFORE, Outcome.REFUSED


class Saved:
    """A tablet's SQLite file as the tablet itself makes it: its own schema, in WAL mode."""

    def __init__(self, path: Path, tablet: Sender, token: str | None = None) -> None:
        self.path, self.tablet, self._minute = path, tablet, 0
        schema = re.search(r"const SCHEMA = `(.+?)`;", STORE.read_text("utf-8"), re.DOTALL)
        assert schema
        with closing(sqlite3.connect(path)) as db:
            db.execute("pragma journal_mode=wal")
            db.executescript(schema[1])
            db.execute("insert into tablet values (1, ?, '{}')", [token or tablet.token])
            db.execute("insert into staff values ('s', 'Mona', '', x'00', 1, x'00', x'00', 0)")
            db.execute("insert into draft values (?, 's', '2026-11-19')", [str(uuid4())])
            db.commit()

    def keep(self, id_: str, content: bytes | None, state: str = "sealed") -> None:
        self._minute += 1
        with closing(sqlite3.connect(self.path)) as db:
            db.execute(
                "insert into sealed(id, staff_id, sealed_at, digest, bytes, state)"
                " values (?, 's', ?, '', ?, ?)",
                [id_, f"2026-11-20T08:{self._minute:02}:00Z", content, state],
            )
            db.commit()

    def seal(self, record: Record, state: str = "sealed") -> bytes:
        content = seal(self.tablet.ring, record)
        self.keep(record["id"], content, state)
        return content


@pytest.fixture
def tablet(county: County) -> Sender:
    return Sender(county.hub, county.tablet("Exempelskolan"))


@pytest.fixture
def saved(tmp_path: Path, tablet: Sender) -> Saved:
    return Saved(tmp_path / "barnets basta # 1.db", tablet)


def test_every_sealed_conversation_comes_in_whatever_the_tablet_thought_of_it(
    county: County, saved: Saved
) -> None:
    records = [county.make_record() for _ in range(3)]
    contents = [
        saved.seal(record, state)
        for record, state in zip(records, ("sealed", "sent", "refused"), strict=True)
    ]
    assert _rescue(county, saved) == [Rescued(record["id"], RECEIVED) for record in records]
    for record, content in zip(records, contents, strict=True):
        kept = stored(county.hub, record["id"])
        assert kept and kept.digest == digest(content)
        assert (kept.tablet_id, kept.unit_id) == (saved.tablet.id, saved.tablet.unit)
        (told,) = county.events("conversation:rescued", conversation_id=record["id"])
        assert (told.tablet_id, told.case_id) == (saved.tablet.id, kept.case_id)


def test_a_rescue_can_be_run_again_and_changes_nothing(county: County, saved: Saved) -> None:
    record = county.make_record()
    saved.seal(record)
    _rescue(county, saved)
    assert _rescue(county, saved) == [Rescued(record["id"], BEFORE)]
    assert len(county.events("conversation:rescued")) == 1


def test_what_came_by_net_without_the_tablet_hearing_of_it_was_received_before(
    county: County, saved: Saved
) -> None:
    record = county.make_record()
    content = saved.seal(record, "sent")
    assert saved.tablet.put(record["id"], content).status_code == 201
    assert _rescue(county, saved) == [Rescued(record["id"], BEFORE)]
    assert county.events("conversation:rescued") == []


def test_a_tablet_that_finds_its_net_again_gets_receipts_for_what_was_rescued(
    county: County, saved: Saved
) -> None:
    record = county.make_record()
    content = saved.seal(record)
    _rescue(county, saved)
    assert saved.tablet.put(record["id"], content).status_code == 200


def test_what_has_its_receipt_and_what_is_only_a_draft_is_left_alone(
    county: County, saved: Saved
) -> None:
    saved.keep(str(uuid4()), None, "received")
    assert _rescue(county, saved) == []
    assert _count(county) == 0


def test_nothing_in_or_beside_the_file_is_changed_not_even_for_a_moment(
    county: County, saved: Saved, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved.seal(county.make_record())
    before, beside, meanwhile = saved.path.read_bytes(), _beside(saved), []
    assert before[18] == 2, "the file is in WAL mode, which SQLite would else make files for"

    def look(*args: Any, **how: Any) -> Any:
        meanwhile.append(_beside(saved))
        return take_in(*args, **how)

    monkeypatch.setattr("kid_wheel.rescue.take_in", look)
    _rescue(county, saved)
    assert meanwhile == [beside]
    assert (saved.path.read_bytes(), _beside(saved)) == (before, beside)


def test_one_that_cannot_be_received_does_not_stop_the_others(county: County, saved: Saved) -> None:
    known, broken, moved, good = (county.make_record() for _ in range(4))
    saved.tablet.send(known)
    saved.seal(known)
    saved.keep(broken["id"], seal(saved.tablet.ring, broken)[:-1])
    other = str(uuid4())
    saved.keep(other, seal(saved.tablet.ring, moved))
    saved.keep("00000000-0000-4000-8000-000000000000", b"")
    saved.seal(good)
    assert _rescue(county, saved) == [
        Rescued(known["id"], REFUSED, str(OtherBytes.__doc__)),
        Rescued(broken["id"], REFUSED, str(BrokenSeal.__doc__)),
        Rescued(other, REFUSED, str(OtherId.__doc__)),
        Rescued("00000000-0000-4000-8000-000000000000", REFUSED, str(Truncated.__doc__)),
        Rescued(good["id"], RECEIVED),
    ]
    refused = [(e.detail, e.conversation_id) for e in county.events("conversation:refused")]
    assert refused == [
        ("other-bytes", known["id"]),
        ("broken-seal", broken["id"]),
        ("other-id", other),
        ("truncated", "00000000-0000-4000-8000-000000000000"),
    ]
    with county.hub.app_context():
        assert verify(db.session) > len(refused)


def test_a_lost_tablets_conversations_can_still_be_rescued(county: County, saved: Saved) -> None:
    record = county.make_record()
    content = saved.seal(record)
    county.change(lambda: revoke(db.session.get_one(Tablet, saved.tablet.id), NOW))
    assert saved.tablet.put(record["id"], content).status_code == 410
    assert _rescue(county, saved) == [Rescued(record["id"], RECEIVED)]
    kept = stored(county.hub, record["id"])
    assert kept and kept.tablet_id == saved.tablet.id


def test_of_a_tablet_the_hub_has_forgotten_the_record_says_which_it_was(
    county: County, tablet: Sender, tmp_path: Path
) -> None:
    forgotten = Saved(tmp_path / "forgotten.db", tablet, token="en äldre hemlighet")
    record = county.make_record("Demoskolan")
    forgotten.seal(record)
    assert _rescue(county, forgotten) == [Rescued(record["id"], RECEIVED)]
    kept = stored(county.hub, record["id"])
    assert kept and kept.tablet_id == county.tablet("Demoskolan")
    assert _rescue(county, forgotten) == [Rescued(record["id"], BEFORE)]


def test_a_conversation_from_a_tablet_of_no_unit_here_is_refused(
    county: County, tablet: Sender, tmp_path: Path
) -> None:
    strange = Saved(tmp_path / "strange.db", tablet, token="ett annat navs")
    record = {**county.make_record(), "tablet": str(uuid4())}
    strange.seal(record)
    (row,) = _rescue(county, strange)
    assert row == Rescued(record["id"], REFUSED, str(UnknownTablet.__doc__))
    (told,) = county.events("conversation:refused")
    assert (told.detail, told.conversation_id) == ("tablet-unknown", record["id"])


def test_a_rescue_is_no_sign_of_life_from_the_tablet(county: County, saved: Saved) -> None:
    saved.seal(county.make_record())
    _rescue(county, saved)
    with county.hub.app_context():
        assert db.session.get_one(Tablet, saved.tablet.id).seen_at is None


def test_words_in_the_place_of_a_number_are_refused_and_not_remembered(
    county: County, saved: Saved
) -> None:
    for number in ("Kanariealias", str(uuid4()).upper()):
        saved.keep(number, b"KWS")
    reasons = {row.reason for row in _rescue(county, saved)}
    assert reasons == {UnknownId.__doc__}
    told = county.events("conversation:refused")
    assert [(event.detail, event.conversation_id) for event in told] == [("unknown-id", None)] * 2


def test_from_a_damaged_file_comes_what_can_be_read(county: County, saved: Saved) -> None:
    long = [{"text": secrets.token_hex(4000), "speaker": "child_said"}]
    damaged, whole = county.make_record(said={"halsa": long}), county.make_record()
    content = saved.seal(damaged)
    saved.seal(whole)
    file = bytearray(saved.path.read_bytes())
    middle = file.index(content[2000:2016]) // PAGE_BYTES * PAGE_BYTES
    file[middle : middle + 4] = b"\xff" * 4  # where the conversation goes on in the file
    saved.path.write_bytes(file)
    assert _rescue(county, saved) == [
        Rescued(damaged["id"], REFUSED, str(Truncated.__doc__)),
        Rescued(whole["id"], RECEIVED),
    ]


def test_half_a_file_is_not_taken_for_a_whole_one(county: County, saved: Saved) -> None:
    saved.seal(county.make_record())
    content = saved.path.read_bytes()
    saved.path.write_bytes(content[:-PAGE_BYTES])
    with pytest.raises(NotATabletsFile):
        _rescue(county, saved)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 en zip", b"SQLite format 3\0" + bytes(500)])
def test_a_file_that_no_tablet_saved_is_called_so(
    county: County, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "annat.db"
    file.write_bytes(content)
    with pytest.raises(NotATabletsFile, match=r"annat\.db"):
        _rescue_file(county, file)


def test_another_database_or_none_is_not_a_tablets_file(county: County, tmp_path: Path) -> None:
    hubs_own = Path(county.hub.instance_path) / "hub.sqlite"
    for file in (hubs_own, tmp_path / "finns inte.db", tmp_path):
        with pytest.raises(NotATabletsFile):
            _rescue_file(county, file)


def test_the_tablet_is_known_by_the_digest_of_its_token_only(county: County, saved: Saved) -> None:
    with county.hub.app_context():
        kept = db.session.get_one(Tablet, saved.tablet.id).token_hash
    assert kept == hashlib.sha256(saved.tablet.token.encode()).hexdigest()


def _beside(saved: Saved) -> set[str]:
    return {path.name for path in saved.path.parent.iterdir()}


def _rescue(county: County, saved: Saved) -> list[Rescued]:
    return _rescue_file(county, saved.path)


def _rescue_file(county: County, file: Path) -> Any:
    with county.hub.app_context():
        return rescue(file, db.session, county.ring, clock.now())


def _count(county: County) -> int:
    with county.hub.app_context():
        return db.session.query(Conversation).count()
