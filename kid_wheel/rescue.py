"""Takes in what a tablet could not send, from the SQLite file that an adult saved on it.

It must never change anything in the file, and never open a draft: only what was sealed comes in.
"""

from __future__ import annotations

import inspect
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session
from sqlite_utils import Database

from .conversation import Record
from .intake import REFUSALS, refuse, take_in
from .keys import KeyRing
from .tablet import Sender, Tablet, UnknownTablet, find_by_token


class NotATabletsFile(Exception):
    """Filen är inte en hel kopia som en surfplatta har sparat."""


class UnknownId(Exception):
    """Samtalets nummer i filen är inte ett nummer på ett samtal."""


class Outcome(StrEnum):
    RECEIVED = "received"
    RECEIVED_BEFORE = "received_before"
    REFUSED = "refused"


@dataclass(frozen=True)
class Rescued:
    """What became of one sealed conversation. `reason`: a sentence, only with REFUSED."""

    id: str
    outcome: Outcome
    reason: str = ""


def rescue(file: Path, session: Session, ring: KeyRing, now: datetime) -> list[Rescued]:
    """Every sealed conversation in the file, oldest first, received as /sync would or refused.

    Commits after each, and can be run again: what was received stays as it is. An administrator
    runs it, so that a tablet is revoked or its token forgotten is no hindrance.
    """
    # Immutable, so that SQLite makes no journal beside the file either.
    try:
        connection = sqlite3.connect(f"{file.resolve().as_uri()}?immutable=1", uri=True)
    except sqlite3.DatabaseError as error:
        raise NotATabletsFile(file.name) from error
    with closing(Database(connection, execute_plugins=False)) as saved:
        token, ids = _read(saved, file)
        return [_rescue(saved, id_, token, session, ring, now) for id_ in ids]


def _read(saved: Database, file: Path) -> tuple[str, list[str]]:
    """The tablet's token, "" in a file without one, and the ids of what has no receipt yet."""
    try:
        tokens = [str(row["token"]) for row in saved.query("select token from tablet")]
        waiting = saved.query(
            "select id from sealed where bytes is not null order by sealed_at, id"
        )
        return next(iter(tokens), ""), [str(row["id"]) for row in waiting]
    except sqlite3.DatabaseError as error:
        raise NotATabletsFile(file.name) from error


def _rescue(
    saved: Database, id_: str, token: str, session: Session, ring: KeyRing, now: datetime
) -> Rescued:
    def whose(record: Record | None) -> Tablet | Sender | None:
        tablet: Tablet | Sender | None = find_by_token(session, token)
        if tablet is None and record is not None:
            tablet = session.get(Tablet, record["tablet"])
            if tablet is None:
                raise UnknownTablet
        return tablet

    try:
        sealed = _sealed(saved, _checked(id_))
        receipt = take_in(session, ring, sealed, id_, whose, now, event="conversation:rescued")
    except REFUSALS as error:
        return _refused(id_, error)
    except UnknownTablet as error:
        refuse(session, "tablet-unknown", now, conversation_id=id_)
        return _refused(id_, error)
    except UnknownId as error:
        refuse(session, "unknown-id", now)  # the log holds ids and no other words from a file
        return _refused(id_, error)
    return Rescued(id_, Outcome.RECEIVED if receipt.is_new else Outcome.RECEIVED_BEFORE)


def _checked(id_: str) -> str:
    try:
        known = str(UUID(id_)) == id_
    except ValueError:
        known = False
    if not known:
        raise UnknownId
    return id_


def _sealed(saved: Database, id_: str) -> bytes:
    """The sealed bytes, or none where the file is damaged: then they are refused as truncated."""
    try:
        found = [
            row["bytes"] for row in saved.query("select bytes from sealed where id = ?", [id_])
        ]
    except sqlite3.DatabaseError:
        found = []
    return found[0] if found and isinstance(found[0], bytes) else b""


def _refused(id_: str, error: Exception) -> Rescued:
    return Rescued(id_, Outcome.REFUSED, inspect.getdoc(error) or "")
