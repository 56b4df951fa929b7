"""A finished conversation as it reaches the hub: sealed bytes in, the child's own view out.

It must never be changed after it was received, and never be weighed, added up or interpreted.

The sealed file, made on the tablet and never re-serialised:

    offset  bytes  what
    0       4      "KWS" and the format's number, now 1
    4       16     the conversation's id (UUID, big endian)
    20      8      the id of the key it is sealed to
    28      rest   HPKE (RFC 9180, base mode, P-256, HKDF-SHA256, AES-256-GCM):
                   65 bytes encapsulated key, then ciphertext

HPKE's info is the first 28 bytes, so neither format, id nor key id can be exchanged. The clear
bytes are 4 bytes length (big endian), that many bytes of gzip, then zeros up to a whole number of
4096 bytes: the length tells little. The gzip holds JSON of `content/record.schema.json`: a child's
conversation, or by its `format` what one guardian has said, which is a `guardian_record`.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import jsonschema_rs
import orjson
from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from . import drawing
from .config import MAX_RECORD_BYTES
from .db import Base
from .keys import KeyRing

if TYPE_CHECKING:
    from .case import Case

MAGIC = b"KWS"
FORMAT = 1
HEADER_BYTES = 28
ENCAPSULATED_BYTES = 65
TAG_BYTES = 16
STEP_BYTES = 4096
MAX_CLEAR_BYTES = 64 * 1024 * 1024  # a small sealed file must not unpack into all memory
GUARDIANS = "kid-wheel/guardian-view/1"  # the format of a record that is not a conversation
SCHEMA = Path(__file__).parent / "content" / "record.schema.json"

Record = dict[str, Any]


class TooLarge(Exception):
    """Samtalet är större än vad navet tar emot."""


class Truncated(Exception):
    """Samtalet kom inte fram helt."""


class UnknownFormat(Exception):
    """Samtalet är skrivet i ett format som navet inte känner till."""


class OtherId(Exception):
    """Samtalet bär ett annat id än det som det skickades med."""


class NotARecord(Exception):
    """Det som var förslutet följer inte formatet för ett samtal."""


class Conversation(Base):
    """A received conversation; its content is never updated.

    `content` is the record as gzip, encrypted with its case's key and bound to its id.
    """

    __tablename__ = "conversation"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    tablet_id: Mapped[str] = mapped_column(ForeignKey("tablet.id"))
    staff_id: Mapped[str] = mapped_column(String(36))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    digest: Mapped[str] = mapped_column(String(64))
    variant: Mapped[str] = mapped_column(String(10))
    language: Mapped[str] = mapped_column(String(20))
    content_version: Mapped[str] = mapped_column(String(40))
    ended: Mapped[str] = mapped_column(String(10))
    held_on: Mapped[str] = mapped_column(String(10))  # the tablet's own clock, as it said
    origin: Mapped[str] = mapped_column(String(10), default="")  # "paper", or "" for the tablet
    clock_is_off: Mapped[bool]
    received_at: Mapped[datetime] = mapped_column(index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    case: Mapped[Case] = relationship(back_populates="conversations")


class SealedHeader:
    """What can be read of a sealed conversation without opening it."""

    def __init__(self, sealed: bytes) -> None:
        if len(sealed) > MAX_RECORD_BYTES:
            raise TooLarge
        if len(sealed) >= len(MAGIC) + 1 and sealed[:4] != MAGIC + bytes([FORMAT]):
            raise UnknownFormat
        if len(sealed) < HEADER_BYTES + ENCAPSULATED_BYTES + TAG_BYTES:
            raise Truncated
        self.info = sealed[:HEADER_BYTES]
        self.id = str(UUID(bytes=sealed[4:20]))
        self.key_id = sealed[20:HEADER_BYTES]


def digest(sealed: bytes) -> str:
    """SHA-256 in hex of the exact sealed bytes: what a receipt must show."""
    return hashlib.sha256(sealed).hexdigest()


def open_sealed(ring: KeyRing, sealed: bytes, expected_id: str) -> tuple[Record, bytes]:
    """The record, checked against the schema, and its JSON as gzip."""
    header = SealedHeader(sealed)
    if header.id != expected_id:
        raise OtherId
    packed = _unpad(ring.open(header.key_id, sealed[HEADER_BYTES:], header.info))
    record = read_record(packed)
    if record["id"] != expected_id:
        raise OtherId
    return record, packed


def read_record(packed: bytes) -> Record:
    """The record in a gzip, or NotARecord with the path of what is wrong (never its value)."""
    record = _parse(_unpack(packed))
    form = record.get("format") if isinstance(record, dict) else None
    try:
        error = next(_validator(form == GUARDIANS).iter_errors(record), None)
    except ValueError as too_deep:
        raise NotARecord("depth") from too_deep
    if error is not None:
        raise NotARecord("/".join(str(step) for step in error.instance_path) or "/")
    if form == GUARDIANS:
        return record
    try:
        drawing.check(record)
    except drawing.NotADrawing as wrong:
        raise NotARecord(str(wrong)) from wrong
    return record


def pad(record: Record) -> bytes:
    """The clear bytes of a record, as a tablet makes them before sealing."""
    packed = gzip.compress(json.dumps(record, ensure_ascii=False).encode(), mtime=0)
    clear = len(packed).to_bytes(4, "big") + packed
    return clear + bytes(-len(clear) % STEP_BYTES)


def silences(record: Record) -> Iterator[tuple[str, str]]:
    """(card key, silence) of every card that was answered with, or met by, silence."""
    for area in record["areas"]:
        for card in area["cards"]:
            if "silence" in card["answer"]:
                yield card["key"], card["answer"]["silence"]


def _unpad(clear: bytes) -> bytes:
    length = int.from_bytes(clear[:4], "big")
    if len(clear) < 4 or length > len(clear) - 4:
        raise NotARecord("padding")
    return clear[4 : 4 + length]


def _unpack(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        clear = unpacker.decompress(packed, MAX_CLEAR_BYTES)
    except zlib.error as error:
        raise NotARecord("gzip") from error
    if unpacker.unconsumed_tail or unpacker.unused_data or not unpacker.eof:
        raise NotARecord("length")
    return clear


def _parse(clear: bytes) -> Record:
    try:
        record: Record = orjson.loads(clear)
    except orjson.JSONDecodeError:
        return _mend(clear)
    return record


def _mend(clear: bytes) -> Record:
    """Half a letter, what is left of an emoji cut in two, is shown as U+FFFD: no child's words are
    refused for it."""
    try:
        text = json.dumps(json.loads(clear), ensure_ascii=False)
        record: Record = json.loads(
            text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        )
    except (ValueError, RecursionError) as error:
        raise NotARecord("JSON") from error
    return record


@lru_cache
def _validator(guardians: bool) -> Any:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    if guardians:
        shared = {name: schema[name] for name in ("$schema", "$defs")}
        schema = {**shared, "$ref": "#/$defs/guardian_view"}
    return jsonschema_rs.validator_for(schema, validate_formats=True)
