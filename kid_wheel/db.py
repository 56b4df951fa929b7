"""The hub's database: one declarative base, one session for each request, SQLite by default.

It must never answer "saved" before the bytes are on disk: SQLite has WAL and synchronous=FULL.
"""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, datetime
from enum import StrEnum
from inspect import iscoroutinefunction
from typing import Any
from uuid import uuid4

from flask import Flask
from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import DateTime, Enum, MetaData, String, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

# What a view has loaded is still true after its own commit: a receipt needs no second transaction.
db = SQLAlchemy(session_options={"expire_on_commit": False})

BUSY_TIMEOUT_S = 10.0  # a second worker waits this long for the first one's commit
# SQLite's own waiting sleeps in steps of up to 0.1 s while the lock is free. A conversation holds
# it for about 0.001 s.
BUSY_STEP_S = 0.0003


def init_app(app: Flask) -> None:
    db.init_app(app)
    # There are no asynchronous sessions, and closing them would start a thread for each request.
    app.teardown_appcontext_funcs = [
        close for close in app.teardown_appcontext_funcs if not iscoroutinefunction(close)
    ]


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, always with its zone, in every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Any) -> datetime | None:
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012
        datetime: UtcDateTime,
        StrEnum: Enum(
            StrEnum,
            native_enum=False,  # a new word is a new row's value, never a change of the table
            length=20,
            values_callable=lambda words: [word.value for word in words],
        ),
    }


class HasId:
    """A random id that can be made anywhere, also without net."""

    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=lambda: str(uuid4()))


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None  # SQLAlchemy's begin event below starts transactions
    for pragma in (
        f"busy_timeout={int(BUSY_TIMEOUT_S * 1000)}",
        "journal_mode=wal",
        "synchronous=full",
        "wal_autocheckpoint=4000",  # pages: a burst of tablets waits for fewer checkpoints
        "foreign_keys=on",
        "secure_delete=on",
    ):
        connection.execute(f"pragma {pragma}")


@event.listens_for(Engine, "connect")
def _prepare_postgresql(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        return
    # A page asks for a hundred rows among many. To compile that question to machine code, which
    # PostgreSQL does once the tables are large, takes ten times as long as to answer it.
    with connection.cursor() as cursor:
        cursor.execute("set jit = off")
    connection.commit()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    # A read of a child's words writes an audit event too. A transaction that began as a reader
    # and then writes fails at once when another worker wrote in between; one that begins as a
    # writer waits its turn.
    if connection.dialect.name != "sqlite":
        return
    driver: Any = connection.connection.driver_connection
    if connection.get_execution_options().get("only_reads"):
        driver.execute("begin")
    else:
        _wait_for_turn(driver)


def read_only(session: Session) -> None:
    """Begin a transaction that only reads, and so waits for nobody, until `take_turn`."""
    session.connection(execution_options={"only_reads": True})


def take_turn(session: Session) -> None:
    """From here on the transaction writes. What it has read may have changed while it waited."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute("rollback")
        _wait_for_turn(driver)
    session.expire_all()


def _wait_for_turn(driver: sqlite3.Connection) -> None:
    until = time.monotonic() + BUSY_TIMEOUT_S
    driver.execute("pragma busy_timeout=0")
    try:
        while True:
            try:
                driver.execute("begin immediate")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
                time.sleep(BUSY_STEP_S)
    finally:
        driver.execute(f"pragma busy_timeout={int(BUSY_TIMEOUT_S * 1000)}")
