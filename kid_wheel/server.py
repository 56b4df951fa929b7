"""The processes that serve the hub: as many as there are cores, with one thread each.

It must never share its port with another hub.
"""

from __future__ import annotations

import os
import socket

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from .db import db
from .migrations import upgrade

# One busy with a document must not keep everybody else waiting, on the smallest machine either.
WORKERS = max(2, os.cpu_count() or 1)
# Threads of a process share one interpreter, and the one that holds the database's lock would
# wait for the others at every statement.
THREADS = 1
GRACE_S = 30  # to answer what has been asked, when the hub is told to stop


class PortTaken(Exception):
    """Där går det inte att lyssna: kanske är ett annat nav redan i gång."""


def serve(host: str, port: int, workers: int = WORKERS) -> None:
    """Bring the database to date and answer until the process is told to stop."""
    from .wsgi import app  # made here, before the workers are, and so once for all of them

    upgrade(app)
    with app.app_context():
        db.engine.dispose()  # a connection belongs to one process
    Granian(
        "kid_wheel.wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=GRACE_S,
    ).serve()


def check_free(host: str, port: int) -> None:
    """PortTaken, where somebody listens. Workers share a port, and so could two hubs of one user:
    a tablet would meet now one, now the other."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise PortTaken(f"{host}:{port}") from error
