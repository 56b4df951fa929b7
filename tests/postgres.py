"""A PostgreSQL of the tests' own: one cluster in a folder, emptied after each test."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from kid_wheel.db import Base

PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
SUPERUSER = "postgres"


def find_programs() -> Path | None:
    """The folder of initdb, pg_ctl and createdb, if there is a PostgreSQL."""
    on_path = shutil.which("createdb")
    places = [*PLACES, *([Path(on_path).resolve().parent] if on_path else [])]
    return next((place for place in places if (place / "initdb").exists()), None)


class Cluster:
    """It listens on a socket in its own folder and nowhere else."""

    def __init__(self, programs: Path, folder: Path) -> None:
        self._programs, self._folder = programs, folder
        # PostgreSQL refuses to run as root.
        self._user = SUPERUSER if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        self._data = folder / "data"
        self._run("initdb", "--pgdata", self._data, "--username", SUPERUSER, "--auth", "trust")
        careless = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off"]
        settings = ["listen_addresses=''", "max_connections=50", *careless]
        options = " ".join([f"-k {folder}", *(f"-c {one}" for one in settings)])
        log = folder / "log"
        self._run("pg_ctl", "start", "--wait", "-D", self._data, "-o", options, "-l", log)

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "--wait", "-D", self._data, "--mode", "immediate")

    def create(self) -> str:
        """The name of a new database."""
        name = f"hub_{uuid4().hex}"
        self._run("createdb", "--host", self._folder, "--username", SUPERUSER, name)
        return name

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://{SUPERUSER}@/{name}?host={self._folder}"

    def files(self) -> list[Path]:
        """All that is on its disk, after everything that waited in memory has come there."""
        self._run("psql", "--host", self._folder, "--username", SUPERUSER, "-c", "checkpoint")
        return [path for path in self._data.rglob("*") if path.is_file()]

    def _run(self, program: str, *arguments: str | Path) -> None:
        subprocess.run(
            [self._programs / program, *arguments],
            user=self._user, cwd=self._folder, check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip


class Database:
    """What the tests of one process share, each for itself."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine = create_engine(url, poolclass=NullPool)

    def empty(self) -> None:
        """Every row is gone. A test that left a transaction open is ended first."""
        others = "select pg_terminate_backend(pid) from pg_stat_activity"
        mine = "datname = current_database() and pid <> pg_backend_pid()"
        tables = (f"delete from {table.name}" for table in Base.metadata.sorted_tables)
        with self._engine.begin() as connection:
            connection.execute(text(f"{others} where {mine}"))
            # Without asking who refers to whom: a truncate takes twenty times as long.
            connection.execute(text("set session_replication_role = replica"))
            connection.execute(text("; ".join(tables)))
            connection.execute(text("alter sequence audit_event_id_seq restart"))
