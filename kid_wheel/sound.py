"""A text of the product read aloud by a unit's staff, on its way to the unit's other tablets.

It must never hold a child's voice, nor be taken for sound by its name: its first bytes decide.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .catalog import LANGUAGES
from .db import Base, HasId

MAX_BYTES = 1024 * 1024  # of one: half a minute of anything a telephone records
MAX_UNIT_BYTES = 48 * 1024 * 1024  # of a unit: all of them go to each of its tablets
MAX_TEXT = 400  # letters; no text of a child's screen comes near
NAME_LETTERS = 16  # of SHA-256: what a sound is called in the pack
_MPEG_FRAMES = (b"\xff\xfb", b"\xff\xf3", b"\xff\xfa", b"\xff\xf2")  # layer III, without a tag


class NotASound(Exception):
    """Filen är inget ljud som surfplattan kan spela."""


class TooLargeSound(Exception):
    """Ljudet är större än 1 MB."""


class NoRoomForSounds(Exception):
    """Verksamhetens inspelningar tar all plats de kan få."""


class UnknownText(Exception):
    """Texten eller språket finns inte."""


class UnitSound(HasId, Base):
    """One text in one language as the unit's tablets say it. staff_id: who shared it."""

    __tablename__ = "unit_sound"
    __table_args__ = (UniqueConstraint("unit_id", "language", "text"),)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"), index=True)
    language: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(MAX_TEXT))
    name: Mapped[str] = mapped_column(String(NAME_LETTERS))
    media_type: Mapped[str] = mapped_column(String(20))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    staff_id: Mapped[str] = mapped_column(ForeignKey("staff.id"))
    added_at: Mapped[datetime]


def keep(
    session: Session, unit_id: str, said: Mapping[str, str], content: bytes, at: datetime
) -> UnitSound:
    """said: language, text, staff. In the place of the one before it for the same text."""
    language, text = said["language"], said["text"].strip()
    if language not in LANGUAGES or not 0 < len(text) <= MAX_TEXT:
        raise UnknownText
    if len(content) > MAX_BYTES:
        raise TooLargeSound
    media_type = media_type_of(content)
    same = select(UnitSound).filter_by(unit_id=unit_id, language=language, text=text)
    found = session.scalar(same)
    taken = select(func.coalesce(func.sum(func.length(UnitSound.content)), 0))
    used = session.scalar(taken.where(UnitSound.unit_id == unit_id)) or 0
    if used - (len(found.content) if found else 0) + len(content) > MAX_UNIT_BYTES:
        raise NoRoomForSounds
    made = found or UnitSound(unit_id=unit_id, language=language, text=text)
    made.name = hashlib.sha256(f"{language}|{text}|".encode() + content).hexdigest()[:NAME_LETTERS]
    made.media_type, made.content = media_type, content
    made.staff_id, made.added_at = said["staff"], at
    session.add(made)
    session.flush()
    return made


def media_type_of(content: bytes) -> str:
    """By what the bytes begin with, of the kinds that recorders and players of tablets share."""
    if content[:4] == b"\x1a\x45\xdf\xa3" and b"webm" in content[:64]:
        return "audio/webm"
    if content[4:8] == b"ftyp":
        return "audio/mp4"
    if content[:4] == b"OggS":
        return "audio/ogg"
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return "audio/wav"
    if content[:3] == b"ID3" or content[:2] in _MPEG_FRAMES:
        return "audio/mpeg"
    raise NotASound


def list_of(session: Session, unit_id: str) -> list[dict[str, str]]:
    """{language, text, name} of each of a unit's sounds, without the sounds."""
    columns = UnitSound.language, UnitSound.text, UnitSound.name
    rows = session.execute(
        select(*columns).where(UnitSound.unit_id == unit_id).order_by(*columns[:2])
    )
    return [{"language": language, "text": text, "name": name} for language, text, name in rows]


def find(session: Session, unit_id: str, name: str) -> UnitSound | None:
    return session.scalar(select(UnitSound).filter_by(unit_id=unit_id, name=name))
