"""Alembic's entry: runs the steps on the engine that the app gives it."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, Engine, create_engine

from kid_wheel import create_app  # noqa: F401  (every table)
from kid_wheel.config import Config
from kid_wheel.db import Base, UtcDateTime


def _plain_type(_kind: str, item: Any, _context: object) -> str | Literal[False]:
    """A step must stand on its own, whatever becomes of our types."""
    return "sa.DateTime(timezone=True)" if isinstance(item, UtcDateTime) else False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        transaction_per_migration=True,
        render_item=_plain_type,
    )
    with context.begin_transaction():
        context.run_migrations()


engine: Engine | None = context.config.attributes.get("engine")
if engine is None:
    engine = create_engine(Config.from_environment().database_url)
with engine.connect() as found:
    run(found)
