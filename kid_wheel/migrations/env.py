"""Alembic's entry: runs the steps on the engine that the app gives it."""

from alembic import context
from sqlalchemy import Connection, Engine, create_engine

from kid_wheel import audit, case, conversation, people, tablet  # noqa: F401  (tables)
from kid_wheel.config import Config
from kid_wheel.db import Base


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


engine: Engine | None = context.config.attributes.get("engine")
if engine is None:
    engine = create_engine(Config.from_environment().database_url)
with engine.connect() as found:
    run(found)
