"""The bare server: files of this folder, one PUT that stores bytes, one POST that stores a batch.

It must never do more than a disk and a receipt ask for: no framework, no keys, no account.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
VENDOR = HERE.parent.parent / "static" / "vendor"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".wasm": "application/wasm",
}
_local = threading.local()


def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    if method == "PUT":
        receipts = _keep([(path.rpartition("/")[2], _body(environ))])
        return _answer(start, "201 Created", "application/json", json.dumps(receipts[0]).encode())
    if method == "POST":
        receipts = _keep(_unpack(_body(environ)))
        return _answer(start, "201 Created", "application/json", json.dumps(receipts).encode())
    found = _file(path)
    if found is None:
        return _answer(start, "404 Not Found", "text/plain", b"")
    return _answer(
        start, "200 OK", TYPES[found.suffix], _packed(found), ("Content-Encoding", "gzip")
    )


def pack(rows: list[tuple[str, bytes]]) -> bytes:
    """A batch's body: for each record 36 letters of id, 4 bytes of length, the bytes."""
    return b"".join(id_.encode() + len(body).to_bytes(4, "big") + body for id_, body in rows)


def _unpack(batch: bytes) -> list[tuple[str, bytes]]:
    rows, at = [], 0
    while at < len(batch):
        length = int.from_bytes(batch[at + 36 : at + 40], "big")
        rows.append((batch[at : at + 36].decode(), batch[at + 40 : at + 40 + length]))
        at += 40 + length
    return rows


def _keep(rows: list[tuple[str, bytes]]) -> list[dict[str, str]]:
    """In one transaction, on disk when this returns."""
    receipts = [{"conversation": i, "digest": hashlib.sha256(b).hexdigest()} for i, b in rows]
    database = _database()
    database.execute("begin immediate")
    database.executemany("insert or ignore into record values (?, ?)", rows)
    database.execute("commit")
    return receipts


def _database() -> sqlite3.Connection:
    if not hasattr(_local, "database"):
        path = Path(os.environ["FLOOR_FOLDER"]) / "floor.sqlite"
        found = sqlite3.connect(path, isolation_level=None, timeout=10)
        found.execute("pragma journal_mode=wal")
        found.execute("pragma synchronous=full")
        found.execute("create table if not exists record(id text primary key, body blob)")
        _local.database = found
    database: sqlite3.Connection = _local.database
    return database


def _body(environ: dict[str, Any]) -> bytes:
    body: bytes = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    return body


def _file(path: str) -> Path | None:
    if path.startswith("/vendor/"):
        found = VENDOR / path.removeprefix("/vendor/")
    else:
        found = HERE / (path.strip("/") or "page.html")
    is_inside = found.resolve().is_relative_to(HERE) or found.resolve().is_relative_to(VENDOR)
    return found if is_inside and found.suffix in TYPES and found.is_file() else None


@lru_cache
def _packed(file: Path) -> bytes:
    return gzip.compress(file.read_bytes())


def _answer(
    start: Callable[..., Any], status: str, kind: str, body: bytes, *more: tuple[str, str]
) -> Iterable[bytes]:
    headers = [("Content-Type", kind), ("Content-Length", str(len(body)))]
    start(status, [*headers, *more])
    return [body]
