"""How it was to talk: a count for a unit and a month, and of nobody."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from county import County
from sealing import Sender

from kid_wheel.audit import AuditEvent
from kid_wheel.db import db
from kid_wheel.tally import SMALL, TallyCount

TALLY = "/tablet/api/tally"


def row(answer: str = "good", **other: Any) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "month": "2026-11",
        "variant": "preschool",
        "answer": answer,
        **other,
    }


@pytest.fixture
def tablet(county: County) -> Sender:
    return Sender(county.hub, county.tablet("Exempelskolan"))


def send(tablet: Sender, rows: Any) -> int:
    return tablet.ask("tally", rows=rows).status_code


def counts(county: County) -> dict[str, int]:
    return county.change(lambda: {one.answer: one.count for one in db.session.query(TallyCount)})


def test_a_row_that_is_sent_again_is_counted_once(county: County, tablet: Sender) -> None:
    rows = [row(), row(), row("not_good")]
    assert send(tablet, rows) == send(tablet, [*rows, row()]) == 204
    assert counts(county) == {"good": 3, "not_good": 1}


def test_nothing_is_kept_but_unit_month_variant_answer_and_count() -> None:
    columns = {column.name for column in TallyCount.__table__.c}
    assert columns == {"unit_id", "month", "variant", "answer", "count"}


def test_no_event_tells_who_answered_when(county: County, tablet: Sender) -> None:
    before = county.change(lambda: db.session.query(AuditEvent).count())
    send(tablet, [row()])
    assert county.change(lambda: db.session.query(AuditEvent).count()) == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"answer": "jättekul"},
        {"month": "2026-11-22"},
        {"variant": "adult"},
        {"id": "Mira"},
        {"answer": ["good"]},
    ],
)
def test_a_row_that_says_more_or_something_else_is_refused(
    county: County, tablet: Sender, wrong: dict[str, Any]
) -> None:
    assert send(tablet, [row(), row(**wrong)]) == 400
    assert counts(county) == {}


def test_an_administrator_sees_no_count_that_could_point_at_a_child(
    county: County, tablet: Sender
) -> None:
    send(tablet, [row() for _ in range(SMALL)] + [row("so_so") for _ in range(SMALL - 1)])
    page = county.sign_in("Arvid").page(f"/admin/unit/{county.id('Exempelskolan')}")
    shown = " ".join(page.text.split())
    assert f"Bra: {SMALL}" in shown
    assert f"Sådär: färre än {SMALL}" in shown and f"Inte bra: färre än {SMALL}" in shown
