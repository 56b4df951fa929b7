"""What each voice has said in each area of the wheel: the child, each guardian apart, professions.

It must never blend, count or compare them, and never let "not asked" look like an answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from . import reading, signal
from .case import Case, InCase, packed_record
from .catalog import AREAS, Variant, catalog
from .conversation import Conversation, Record, read_record
from .db import Base
from .guardian import Guardian, guardians_of
from .keys import KeyRing
from .people import Staff

# Keys of voices; a guardian's is the guardian's id, and GUARDIANS only while none is known.
CHILD, GUARDIANS, PROFESSIONS = "child", "guardians", "professions"


class Kind(StrEnum):
    """What an adult's words are about, in the order they are read: strengths first."""

    STRENGTH = "strength"
    IS = "is"
    WISH = "wish"
    WORRY = "worry"
    HELP = "help"  # what helps, as a guardian says it


class Layer(StrEnum):
    """Whose perspective a text is. Each text carries exactly one."""

    CHILD = "child"  # barnets perspektiv: the child's own
    ADULT = "adult"  # barnperspektiv: how adults see the child's situation
    RIGHTS = "rights"  # barnrättsperspektiv: the child's rights behind a decision


class Presence(StrEnum):
    SPOKEN = "spoken"
    SILENT = "silent"  # was there and said nothing that can be read as an answer
    NOT_ASKED = "not_asked"


class GuardianStatement(InCase, Base):
    """What one guardian has said about an area. content: text (verbatim), question (what was asked,
    "" when nothing was); of the guardian's own also language, and card and symbol of one it chose.
    written_by: who wrote it down; None: the guardian's own writing. said_at: when the guardian had
    read it back and was done; before that it is nobody else's to read, and after that it stays.
    record_id: the record from a tablet that it came in."""

    __tablename__ = "guardian_statement"
    guardian_id: Mapped[str] = mapped_column(ForeignKey("guardian.id"), index=True)
    area: Mapped[str] = mapped_column(String(30))
    kind: Mapped[Kind]
    written_by: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    made_at: Mapped[datetime]
    said_at: Mapped[datetime | None]
    record_id: Mapped[str | None] = mapped_column(ForeignKey("guardian_record.id"), index=True)
    writer: Mapped[Staff | None] = relationship()

    @property
    def is_draft(self) -> bool:
        return self.written_by is None and self.said_at is None


@dataclass(frozen=True)
class Told:
    """One area of one conversation, as the child left it."""

    conversation: Conversation
    record: Record
    area: reading.Area


@dataclass(frozen=True)
class Remark:
    """What an adult has said about an area, verbatim. who: the guardian, or the professional;
    where: the professional's unit; writer: who wrote a guardian's words down; by_self: it is the
    guardian's own writing. symbol: of the card that was chosen."""

    id: str
    area: str
    kind: Kind
    text: str
    question: str
    who: str
    where: str
    writer: str
    at: datetime
    by_self: bool = False
    language: str = "sv"
    symbol: str = ""


@dataclass(frozen=True)
class Voice:
    """A ring of the wheel. name: a guardian's; "" for the others."""

    key: str
    name: str
    presence: dict[str, Presence]  # of each area
    silences: dict[str, list[str]]  # of reading.SILENCES, those that were met


@dataclass(frozen=True)
class GuardianVoice:
    id: str
    name: str
    relation: str
    suspended: bool
    remarks: list[Remark]


@dataclass(frozen=True)
class Evidence:
    """What an answer can point at. id: the same for ever, since none of it is ever changed.

    speaker: the record's word for how a child said it; who: the adult who said it.
    drawing: (conversation id, drawing id) when it is one. decided: what the child decided about it,
    of reading.DECIDED.
    """

    id: str
    area: str
    layer: Layer
    text: str
    speaker: str = ""
    who: str = ""
    symbol: str = ""
    language: str = ""
    drawing: tuple[str, str] | None = None
    decided: dict[str, Any] = field(default_factory=dict)

    @property
    def is_quoted(self) -> bool:
        """Whether it is somebody's words, and not a card or a feeling that was chosen."""
        return self.layer is Layer.ADULT or "/said/" in self.id


@dataclass(frozen=True)
class Voices:
    """All that has been said in a case. areas: (key, the model's own word, symbol), the seven of
    the wheel and then any that only an older record has."""

    areas: list[tuple[str, str, str]]
    child: list[Told]
    guardians: list[GuardianVoice]
    professions: list[Remark]

    @cached_property
    def rings(self) -> list[Voice]:
        """The child first, each guardian apart, the professions last."""
        keys = self._keys
        guardians = [_ring(g.id, g.name, g.remarks, keys) for g in self.guardians]
        unknown = [] if guardians else [_ring(GUARDIANS, "", [], keys)]
        professions = _ring(PROFESSIONS, "", self.professions, keys)
        return [self._childs_ring(), *guardians, *unknown, professions]

    @property
    def child_has_spoken(self) -> bool:
        return any(_presence(told.area) is Presence.SPOKEN for told in self.child)

    def silent_areas(self) -> list[str]:
        """The areas where no voice has said anything."""
        return [
            key
            for key in self._keys
            if all(ring.presence[key] is not Presence.SPOKEN for ring in self.rings)
        ]

    def unheard(self) -> list[Voice]:
        """The voices that have said nothing in any area."""
        return [r for r in self.rings if Presence.SPOKEN not in r.presence.values()]

    def remarks_in(self, area: str) -> list[Remark]:
        """What the adults have said about an area, each still with its own name."""
        of_guardians = [remark for guardian in self.guardians for remark in guardian.remarks]
        return [r for r in (*of_guardians, *self.professions) if r.area == area]

    def evidence(self) -> list[Evidence]:
        """All that can be pointed at, area by area, the child first."""
        return [
            one
            for key in self._keys
            for one in (
                *(e for told in self.child if told.area.key == key for e in of_child(told)),
                *map(_of_adult, self.remarks_in(key)),
            )
        ]

    @property
    def _keys(self) -> list[str]:
        return [key for key, _name, _symbol in self.areas]

    def _childs_ring(self) -> Voice:
        presence = dict.fromkeys(self._keys, Presence.NOT_ASKED)
        silences: dict[str, list[str]] = {key: [] for key in self._keys}
        for told in self.child:
            key, now = told.area.key, _presence(told.area)
            presence[key] = min(presence[key], now, key=list(Presence).index)
            met = [s for s in reading.SILENCES[1:] if told.area.silences[s]]
            silences[key] = [s for s in reading.SILENCES if s in {*silences[key], *met}]
        return Voice(CHILD, "", presence, silences)


class NothingSaid(ValueError):
    """Skriv vad vårdnadshavaren sa, ordagrant."""


class OtherCase(LookupError):
    """Vårdnadshavaren hör inte till det här ärendet."""


def hear(session: Session, ring: KeyRing, case: Case, reader: str) -> Voices:
    """Every voice of a case. reader: the language of the areas' own names."""
    key = case.key(ring)
    child = list(_conversations(case, ring, reader))
    areas = [(a.key, a.name, a.symbol) for a in catalog(reader, Variant.OLDER).areas]
    known = set(AREAS)
    for told in child:  # a record keeps its areas when the catalog has changed
        if told.area.key not in known:
            known.add(told.area.key)
            areas.append((told.area.key, told.area.label, told.area.symbol))
    return Voices(
        areas,
        child,
        [_guardian(session, guardian, key) for guardian in guardians_of(session, case.id)],
        list(_observations(session, case.id, key)),
    )


def write_down(
    session: Session,
    key: bytes,
    case: Case,
    guardian_id: str,
    area: str,
    kind: Kind,
    text: str,
    question: str,
    by: Staff,
    at: datetime,
) -> GuardianStatement:
    """Keep what a guardian has said, verbatim. key: the case's."""
    guardian = session.get(Guardian, guardian_id)
    if guardian is None or guardian.case_id != case.id:
        raise OtherCase
    if not text.strip():
        raise NothingSaid
    said = GuardianStatement(
        case_id=case.id, guardian_id=guardian.id, area=area, kind=kind, written_by=by.id, made_at=at
    )
    said.write(key, {"text": text.strip(), "question": question.strip()})
    session.add(said)
    return said


def _conversations(case: Case, ring: KeyRing, reader: str) -> Iterator[Told]:
    """Area by area of each conversation, oldest first."""
    for conversation in case.conversations:
        record = read_record(packed_record(conversation, case, ring))
        for area in reading.areas(record, reader):
            yield Told(conversation, record, area)


def _guardian(session: Session, guardian: Guardian, key: bytes) -> GuardianVoice:
    words = guardian.read(key)
    wanted = select(GuardianStatement).filter_by(guardian_id=guardian.id)
    rows = session.scalars(wanted.order_by(GuardianStatement.made_at, GuardianStatement.id))
    name = words.get("name", "")
    said = (row for row in rows if not row.is_draft)
    return GuardianVoice(
        guardian.id,
        name,
        words.get("relation", ""),
        guardian.suspended_at is not None,
        [_own(row, key, name) for row in said],
    )


def _observations(session: Session, case_id: str, key: bytes) -> Iterator[Remark]:
    """What professionals have seen, with who they are and where they work."""
    for row in signal.observations_of(session, case_id):
        yield _remark(row, key, who=row.staff.name, where=row.unit.name)


def _own(row: GuardianStatement, key: bytes, name: str) -> Remark:
    words, made = row.read(key), _remark(row, key, who=name)
    return replace(
        made,
        writer=row.writer.name if row.writer else "",
        by_self=row.written_by is None,
        at=row.said_at or row.made_at,
        language=words.get("language", "sv"),
        symbol=words.get("symbol", ""),
    )


def _remark(row: Any, key: bytes, *, who: str, where: str = "") -> Remark:
    words = row.read(key)
    kind, text, question = Kind(row.kind), words["text"], words.get("question", "")
    return Remark(row.id, row.area, kind, text, question, who, where, "", row.made_at)


def _ring(key: str, name: str, remarks: Iterable[Remark], areas: list[str]) -> Voice:
    spoken = {remark.area for remark in remarks}
    presence = {a: Presence.SPOKEN if a in spoken else Presence.NOT_ASKED for a in areas}
    return Voice(key, name, presence, {area: [] for area in areas})


def _presence(area: reading.Area) -> Presence:
    if area.boards or area.quotes or area.feelings or area.drawings or area.unplaced:
        return Presence.SPOKEN
    return Presence.SILENT if area.was_opened else Presence.NOT_ASKED


def of_child(told: Told) -> Iterator[Evidence]:
    """The child's words, cards, feelings and drawings of an area; silence is not evidence."""
    area, at, language = told.area, told.conversation.id, told.record["language"]

    whole = {"release": area.release} if area.release else {}

    def one(
        id_: str, text: str, speaker: str, item: dict[str, Any], symbol: str = "", drawn: str = ""
    ) -> Evidence:
        decided = {key: item[key] for key in reading.DECIDED if key in item}
        return Evidence(
            f"{at}/{id_}", area.key, Layer.CHILD, text, speaker, symbol=symbol, language=language,
            drawing=(at, drawn) if drawn else None, decided={**whole, **decided},
        )  # fmt: skip

    for number, quote in enumerate(area.quotes):
        symbol = quote.card["symbol"] if quote.card else ""
        yield one(f"said/{area.key}/{number}", quote.text, quote.speaker, quote.decided, symbol)
    for board in area.boards:
        for column in board:
            for card in column.cards:
                text, speaker = f"{card['label']}: {column.label}", card["answer"]["speaker"]
                yield one(f"card/{card['key']}", text, speaker, card, card["symbol"])
    for card in area.unplaced:
        speaker = card["own"]["speaker"]
        yield one(f"card/{card['key']}", card["label"], speaker, card, card["symbol"])
    for feeling in area.feelings:
        id_ = f"feeling/{area.key}/{feeling['key']}"
        decided = area.feelings_decided
        yield one(id_, feeling["label"], feeling["speaker"], decided, feeling["symbol"])
    for drawing in area.drawings:
        id_ = f"drawing/{drawing.id}"
        yield one(id_, "", "child_drew", drawing.decided, drawn=drawing.id)


def _of_adult(remark: Remark) -> Evidence:
    who = ", ".join(filter(None, (remark.who, remark.where)))
    return Evidence(
        f"remark/{remark.id}", remark.area, Layer.ADULT, remark.text, who=who,
        symbol=remark.symbol, language=remark.language if remark.by_self else "",
    )  # fmt: skip
