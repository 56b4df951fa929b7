"""A step of the database's history loses no row: data is laid in before it and looked for after."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from kid_wheel import create_app
from kid_wheel.config import Config
from kid_wheel.db import db
from kid_wheel.migrations import upgrade

AT = "2026-11-20 09:00:00"
BEFORE_0009: dict[str, dict[str, Any]] = {
    "guardian_statement": {
        "id": "g", "case_id": "c", "content": b"said", "guardian_id": "a", "area": "hemmet",
        "kind": "wish", "written_by": "s", "made_at": AT,
    },
    "consent": {
        "id": "y", "case_id": "c", "content": b"yes", "recipient_id": "r", "giver": "guardian",
        "guardian_id": "a", "answer": "yes", "given_at": AT, "recorded_by": "s",
    },
    "concern": {
        "id": "n", "case_id": "c", "content": b"not done", "voice": "guardian",
        "guardian_id": "a", "raised_at": AT, "written_by": "s",
    },
}  # fmt: skip


def test_what_staff_wrote_down_for_a_guardian_is_there_when_guardians_write_themselves(
    tmp_path: Path,
) -> None:
    app = create_app(Config(instance=tmp_path, testing=True))
    upgrade(app, "0008")
    file = sqlite3.connect(tmp_path / "hub.sqlite")
    _lay_in(file, "organisation", id="o")
    _lay_in(file, "unit", id="u", organisation_id="o")
    _lay_in(file, "staff", id="s")
    _lay_in(file, "cases", id="c", organisation_id="o", unit_id="u")
    _lay_in(file, "guardian", id="a", case_id="c")
    for table, row in BEFORE_0009.items():
        _lay_in(file, table, **row)
    file.commit()
    upgrade(app, "0009")
    for table, row in BEFORE_0009.items():
        found = file.execute(f"select {', '.join(row)} from {table}").fetchall()
        assert found == [tuple(row.values())], table
    assert file.execute("select said_at from guardian_statement").fetchall() == [(None,)]
    file.execute("update consent set recorded_by = null")
    file.execute("update concern set written_by = null")
    file.close()
    with app.app_context():
        db.engine.dispose()


def test_what_a_guardian_was_shown_before_is_still_what_the_child_had_released(
    tmp_path: Path,
) -> None:
    app = create_app(Config(instance=tmp_path, testing=True))
    upgrade(app, "0009")
    file = sqlite3.connect(tmp_path / "hub.sqlite")
    _lay_in(file, "showing", id="s", item="said/hemmet/0", content=b"shown")
    _lay_in(file, "invitation", id="i", link_hash="l")
    file.commit()
    upgrade(app, "0010")
    rows = file.execute("select id, item, content, choice from showing").fetchall()
    assert rows == [("s", "said/hemmet/0", b"shown", "released")]
    rows = file.execute("select link_hash, person_hash from invitation").fetchall()
    assert rows == [("l", None)], "nobody has logged in"
    file.close()
    with app.app_context():
        db.engine.dispose()


def _lay_in(file: sqlite3.Connection, table: str, **given: Any) -> None:
    """A row of the shape that the table had then; what must be there and is not given is blank."""
    row = dict(given)
    for _number, name, kind, must, default, _key in file.execute(f"pragma table_info({table})"):
        if must and default is None and name not in row:
            row[name] = AT if kind == "DATETIME" else f"{table} {name}"[:10]
    marks = ", ".join("?" * len(row))
    file.execute(f"insert into {table} ({', '.join(row)}) values ({marks})", [*row.values()])
