"""The hub's database: one declarative base, one session for each request, SQLite by default.

It must never answer "saved" before the bytes are on disk: SQLite runs with WAL and synchronous=FULL.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from flask_sqlalchemy_lite import SQLAlchemy
from sqlalchemy import DateTime, Enum, MetaData, String, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

db = SQLAlchemy()

BUSY_TIMEOUT_MS = 10_000  # a second worker waits this long for the first one's commit


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
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=wal",
        "synchronous=full",
        "foreign_keys=on",
        "secure_delete=on",
    ):
        connection.execute(f"pragma {pragma}")


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    # A read of a child's words writes an audit event too. A transaction that began as a reader
    # and then writes fails at once when another worker wrote in between; one that begins as a
    # writer waits its turn.
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("begin immediate")
