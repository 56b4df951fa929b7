"""`python -m benchmarks.case`: how fast inbox and case answer, as the county fills up.

The same pages at three sizes, on SQLite and, where there is one, on PostgreSQL: a page must answer
under 50 ms at the 95th percentile, and grow no faster than the logarithm of what is stored.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import log
from pathlib import Path
from statistics import quantiles
from typing import Any

from flask import Flask

from kid_wheel import clock, create_app, demo
from kid_wheel.config import Config
from kid_wheel.db import db
from kid_wheel.migrations import upgrade

from .county import PASSWORD, fill

sys.path.append(str(Path(__file__).parent.parent / "tests"))
from postgres import Cluster, find_programs

SIZES = [(500, 2_000), (5_000, 20_000), (50_000, 200_000)]
ANSVARIGA = 5
VISITS = 20  # of each page by each ansvarig
TARGET_MS = 50
RESULT = Path(__file__).parent / "case.json"


def measure(app: Flask, sizes: list[tuple[int, int]]) -> Iterator[dict[str, Any]]:
    """p95 of each page in ms, at each size (cases, conversations)."""
    ring, here = app.extensions["key_ring"], (0, 0)
    for cases, conversations in sizes:
        with app.app_context():
            more = cases - here[0], conversations - here[1]
            mails = fill(db.session, ring, *more)
            if db.engine.dialect.name == "postgresql":
                with db.engine.connect() as connection:
                    connection.exec_driver_sql("analyze")
                    connection.commit()  # else what it found out is forgotten again
        here = cases, conversations
        times: dict[str, list[float]] = {"inbox": [], "case": []}
        for mail in mails[:: max(1, len(mails) // ANSVARIGA)][:ANSVARIGA]:
            _visit(app, mail, times)
        yield {
            "cases": cases,
            "conversations": conversations,
            **{page: round(quantiles(spent, n=20)[18], 1) for page, spent in times.items()},
        }


def _visit(app: Flask, mail: str, times: dict[str, list[float]]) -> None:
    client = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").text)
    assert token
    form = {"email": mail, "password": PASSWORD, "csrf_token": token[1]}
    assert client.post("/sign-in", data=form).status_code == 302
    links = re.findall(r'href="(/case/[0-9a-f-]{36})"', client.get("/case/").text)
    for visit in range(VISITS):
        for page, address in (("inbox", "/case/"), ("case", links[visit % len(links)])):
            begun = time.perf_counter()
            answer = client.get(address)
            times[page].append((time.perf_counter() - begun) * 1000)
            assert answer.status_code == 200, (address, answer.status_code)


@contextmanager
def _app(folder: Path, database: str) -> Iterator[Flask]:
    app = create_app(Config(instance=folder, database=database, demo=True))
    upgrade(app)
    with app.app_context():
        demo.fill(db.session, app.extensions["key_ring"], clock.now())
        db.session.commit()
    yield app
    with app.app_context():
        db.engine.dispose()


def _databases(folder: Path) -> Iterator[tuple[str, str]]:
    yield "sqlite", ""
    programs = find_programs()
    if programs is None:
        print("no PostgreSQL here: only SQLite is measured")
        return
    with tempfile.TemporaryDirectory(prefix="pg-") as place:
        cluster = Cluster(programs, Path(place))
        try:
            yield "postgresql", cluster.url(cluster.create())
        finally:
            cluster.stop()


def main() -> None:
    found: dict[str, list[dict[str, Any]]] = {}
    print(f"{'database':<12}{'cases':>8}{'conversations':>15}{'inbox p95':>12}{'case p95':>11}  ms")
    with tempfile.TemporaryDirectory(prefix="kid-wheel-case-") as name:
        for kind, url in _databases(Path(name)):
            with _app(Path(name) / kind, url) as app:
                for row in measure(app, SIZES):
                    found.setdefault(kind, []).append(row)
                    print(
                        f"{kind:<12}{row['cases']:>8}{row['conversations']:>15}"
                        f"{row['inbox']:>12}{row['case']:>11}"
                    )
            first, last = found[kind][0], found[kind][-1]
            allowed = log(last["cases"]) / log(first["cases"])
            for page in ("inbox", "case"):
                growth = last[page] / first[page]
                print(
                    f"  {page}: {'under' if last[page] <= TARGET_MS else 'OVER'} {TARGET_MS} ms; "
                    f"grew {growth:.2f}×, the logarithm {allowed:.2f}×"
                )
    RESULT.write_text(json.dumps(found, indent=2), "utf-8")


if __name__ == "__main__":
    main()
