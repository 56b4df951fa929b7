"""A real hub for a measurement: granian as in production, the demo county, a folder of its own.

It must never outlive the measurement: both servers are stopped by their own process ids.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import select

from kid_wheel import clock, create_app, demo, tablet
from kid_wheel.cli import serve_hub
from kid_wheel.config import Config
from kid_wheel.db import db
from kid_wheel.keys import KeyRing
from kid_wheel.migrations import upgrade
from kid_wheel.people import Staff, Unit
from kid_wheel.server import THREADS, WORKERS

HOME = Path(__file__).parent.parent
UNIT = "Exempelskolan"
START_S = 30


@dataclass
class Hub:
    """url: where it answers. app: the same hub in this process, for invitations and looks."""

    url: str
    folder: Path
    app: Flask

    @property
    def ring(self) -> KeyRing:
        ring: KeyRing = self.app.extensions["key_ring"]
        return ring

    def invite(self, name: str, unit: str = UNIT) -> str:
        """A code for one more tablet."""
        with self.app.app_context():
            found = db.session.scalars(select(Unit).where(Unit.name == unit)).one()
            _tablet, code = tablet.invite(db.session, found, name, clock.now())
            db.session.commit()
            return code

    def enrol(self, name: str, unit: str = UNIT) -> Enrolled:
        """A tablet without a browser."""
        code = self.invite(name, unit)
        with self.app.app_context():
            made, token = tablet.enrol(db.session, code, clock.now())
            staff = demo.id_of("staff", "mentor", unit)
            db.session.commit()
            return Enrolled(made.id, made.unit_id, staff, token)

    def mentor(self, unit: str = UNIT) -> tuple[str, str]:
        """Whose e-mail address and password sign in at a tablet of the unit."""
        with self.app.app_context():
            found = db.session.get_one(Staff, demo.id_of("staff", "mentor", unit))
            return found.email, demo.PASSWORD


@dataclass(frozen=True)
class Enrolled:
    id: str
    unit: str
    staff: str
    token: str


@contextmanager
def hub() -> Iterator[Hub]:
    """`kid-wheel serve` in a folder of its own, with the demo county in it."""
    with tempfile.TemporaryDirectory(prefix="kid-wheel-bench-") as name:
        folder, port = Path(name), free_port()
        url = f"http://localhost:{port}"
        app = create_app(Config(instance=folder, url=url, demo=True))
        upgrade(app)
        with app.app_context():
            demo.fill(db.session, app.extensions["key_ring"], clock.now())
            db.engine.dispose()
        settings = {"KID_WHEEL_INSTANCE": name, "KID_WHEEL_URL": url, "KID_WHEEL_DEMO": "1"}
        command = ["-m", "benchmarks.hub", "--bind", f"127.0.0.1:{port}"]
        with _server(command, port, settings):
            yield Hub(url, folder, app)


@contextmanager
def floor() -> Iterator[str]:
    """The floor's bare server behind the same granian. Its address."""
    with tempfile.TemporaryDirectory(prefix="kid-wheel-floor-") as name:
        port = free_port()
        command = [
            *("-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws"),
            *("--host", "127.0.0.1", "--port", str(port), "--workers", str(WORKERS)),
            *("--blocking-threads", str(THREADS), "--log-level", "error"),
            "benchmarks.floor.server:app",
        ]
        with _server(command, port, {"FLOOR_FOLDER": name}):
            yield f"http://localhost:{port}"


@contextmanager
def _server(command: list[str], port: int, settings: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, *command], env={**os.environ, **settings}, cwd=HOME)
    try:
        _wait_until_it_answers(f"http://127.0.0.1:{port}/sw.js", process)
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_until_it_answers(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        try:
            urllib.request.urlopen(address).read()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"{address} does not answer")


if __name__ == "__main__":
    serve_hub()
