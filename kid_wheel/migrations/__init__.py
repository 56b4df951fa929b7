"""The database's history: each change of its shape, in order.

A step must never lose a row; tests/test_migrations.py loads data before each and looks after.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask

from ..db import db


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return config


def upgrade(app: Flask, revision: str = "head") -> None:
    """Bring the app's database to a revision."""
    with app.app_context():
        config = alembic_config()
        config.attributes["engine"] = db.engine
        command.upgrade(config, revision)


def is_current(app: Flask) -> bool:
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    with app.app_context(), db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head
