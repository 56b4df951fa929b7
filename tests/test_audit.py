"""The log of events: everything that matters is there, nothing that a child said ever is."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from county import Clock, County
from sqlalchemy import text

from kid_wheel.audit import AppendOnly, AuditEvent, BrokenChain, count_since, record, verify
from kid_wheel.db import db

SECRET = "Jag sover hos pappa i soffan"


def test_every_reading_is_an_event_of_its_own(county: County) -> None:
    county.receive(county.make_record("Demoskolan"))
    case_id, conversation_id = county.receive(county.make_record())
    anna = county.sign_in("Anna")
    for _ in range(2):
        anna.page(f"/case/{case_id}/conversation/{conversation_id}")
    events = county.events("conversation:read")
    assert [(e.staff_id, e.case_id, e.conversation_id) for e in events] == [
        (county.id("Anna"), case_id, conversation_id)
    ] * 2
    anna.page(f"/case/{case_id}")
    assert [e.case_id for e in county.events("case:read")] == [case_id]


def test_a_page_that_could_not_be_shown_was_not_read(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id, conversation_id = county.receive(county.make_record())
    anna = county.sign_in("Anna")

    def fail(*_: object, **__: object) -> str:
        raise RuntimeError("the page broke")

    monkeypatch.setattr("kid_wheel.views.case.render_template", fail)
    with pytest.raises(RuntimeError):
        anna.get(f"/case/{case_id}/conversation/{conversation_id}")
    assert not county.events("conversation:read")


def test_the_chain_holds_and_a_change_in_it_is_found(county: County, time: Clock) -> None:
    county.sign_in("Anna")
    county.sign_in("Dina")
    assert county.change(lambda: verify(db.session)) == 2
    county.change(
        lambda: db.session.execute(text("update audit_event set detail = 'x' where id = 1"))
    )
    with pytest.raises(BrokenChain, match="1"):
        county.change(lambda: verify(db.session))


def test_an_event_taken_away_is_missed(county: County) -> None:
    for name in ("Anna", "Dina", "Mona"):
        county.sign_in(name)
    county.change(lambda: db.session.execute(text("delete from audit_event where id = 2")))
    with pytest.raises(BrokenChain, match="3"):
        county.change(lambda: verify(db.session))


@pytest.mark.parametrize("verb", ["change", "delete"])
def test_an_event_is_neither_changed_nor_deleted(county: County, verb: str) -> None:
    county.sign_in("Anna")
    with county.hub.app_context():
        event = db.session.query(AuditEvent).one()
        if verb == "change":
            event.detail = "x"
        else:
            db.session.delete(event)
        with pytest.raises(AppendOnly):
            db.session.flush()


def test_events_are_counted_from_a_moment_and_by_whom(county: County, time: Clock) -> None:
    with county.hub.app_context():
        for name in ("one", "one", "other"):
            record(db.session, "staff:refused", time.at, detail=name)
        since = time.at
        time.pass_(minutes=1)
        record(db.session, "staff:refused", time.at, detail="one")
        db.session.commit()
        assert count_since(db.session, "staff:refused", since, detail="one") == 1
        assert count_since(db.session, "staff:refused", since.replace(year=2020), detail="one") == 3


def test_neither_log_nor_events_hold_a_word_or_a_name(
    county: County, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said = {"hemmet": [{"text": SECRET, "speaker": "child_said"}]}
    case_id, conversation_id = county.receive(county.make_record(alias="Yusuf", said=said))
    anna = county.sign_in("Anna")
    assert SECRET in anna.page(f"/case/{case_id}/conversation/{conversation_id}").text
    anna.send("/case/", action="/sign-out")
    with county.hub.app_context():
        rows = db.session.execute(text("select * from audit_event")).all()
    kept = caplog.text + str(rows)
    assert [row.event for row in rows] == [
        "staff:signed_in",
        "conversation:read",
        "inbox:read",
        "staff:signed_out",
    ]
    for word in (SECRET, "Yusuf", "Påhittsson", "anna@", "Exempelskolan"):
        assert word not in kept


def test_the_database_holds_no_word_and_no_alias_in_clear(
    county: County, on_disk: Callable[[], bytes]
) -> None:
    said = {"hemmet": [{"text": SECRET, "speaker": "child_said"}]}
    county.receive(county.make_record(alias="Yusufalias", said=said))
    found = on_disk()
    assert b"Exempelskolan" in found, "we looked in the right place"
    assert b"soffan" not in found and b"Yusufalias" not in found
