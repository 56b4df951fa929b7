"""An utlämnande: the copy that somebody got, exactly as it was, and who has been told what.

It must never be changed, be made without a basis, or show one guardian what is the other's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, ForeignKey, String, event, select
from sqlalchemy.orm import Mapped, Mapper, Session, mapped_column

from . import audit, consent, showing
from .audit import AppendOnly
from .basis import Basis, Ground
from .case import Case, InCase
from .catalog import AREAS
from .clock import civil_date
from .consent import Consent, NoConsent, Recipient
from .db import Base

MAY_SHOW = "may_show"  # the child's own word: see the record's release


class Kind(StrEnum):
    INVITATION = "invitation"
    MEETING_PACK = "meeting_pack"
    PLAN = "plan"
    REFERRAL = "referral"
    TOLD = "told"  # by word of mouth, or on paper that was not made here


WITHOUT_PAPER = {Kind.INVITATION, Kind.TOLD}


class NoDocuments(Exception):
    """Den som kommer ur barnets nätverk får inga handlingar."""


class NoMotive(ValueError):
    """Skriv varför det ska hållas hemligt för vårdnadshavarna."""


@dataclass(frozen=True)
class Item:
    """One thing that was told. source: "child", "guardian" or "profession". release: the child's
    word about it, "" where it was not asked. guardian_id: whose words, of a guardian's. evidence:
    the id of the child's own thing, as `showing` decides on it; one without words is a drawing."""

    source: str
    area: str
    text: str
    label: str = ""
    symbol: str = ""
    speaker: str = ""
    language: str = "sv"
    release: str = ""
    is_important: bool = False
    guardian_id: str = ""
    evidence: str = ""


class Disclosure(InCase, Base):
    """One copy. content: who, areas, title, items. sha256: of the content, see `payload`.
    recipient_id and ground as in the basis it rests on; rows: the ids of that basis, spaced."""

    __tablename__ = "disclosure"
    recipient_id: Mapped[str] = mapped_column(String(36), index=True)
    kind: Mapped[Kind]
    ground: Mapped[Ground]
    rows: Mapped[str] = mapped_column(String(800))
    sha256: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    made_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))


class Kept(InCase, Base):
    """A decision that guardians are not told of a disclosure, OSL 12 kap. 3 §. content: motive."""

    __tablename__ = "kept"
    disclosure_id: Mapped[str] = mapped_column(ForeignKey("disclosure.id"), index=True)
    decided_at: Mapped[datetime]
    decided_by: Mapped[str] = mapped_column(ForeignKey("staff.id"))


@dataclass(frozen=True)
class Line:
    """A disclosure as it is told to somebody: to whom, when, about what and why that was allowed.
    items: only what the reader may see."""

    disclosure: Disclosure
    who: str
    areas: Sequence[str]
    items: Sequence[Item]


def disclose(
    session: Session,
    key: bytes,
    case: Case,
    to: Recipient,
    areas: Sequence[str],
    kind: Kind,
    title: str,
    items: Sequence[Item],
    by: str,
    at: datetime,
) -> Disclosure:
    """Keep the copy that a recipient gets now, with its event; NoConsent when nothing lets them
    have it. The copy is theirs from then on: nothing here changes with what they have."""
    found = consent.covers(session, key, case.id, to["id"], areas, at)
    if found is None:
        raise NoConsent
    if to.get("is_network") and kind not in WITHOUT_PAPER:
        raise NoDocuments
    shown = [item for item in items if not item.area or item.area in areas]
    words = _words(to, areas, title, shown)
    return _keep(session, key, case, to["id"], kind, words, found, by, at)


def disclose_all(
    session: Session,
    key: bytes,
    case: Case,
    to: Recipient,
    areas: Sequence[str],
    kind: Kind,
    title: str,
    items: Sequence[Item],
    by: str,
    at: datetime,
) -> list[Disclosure]:
    """The same for areas that may rest on different grounds: one copy for each ground."""
    together = consent.covers(session, key, case.id, to["id"], areas, at)
    groups: dict[Basis | None, list[str]] = {together: list(areas)} if together else {}
    for area in areas if not together else ():
        found = consent.covers(session, key, case.id, to["id"], [area], at)
        groups.setdefault(found, []).append(area)
    return [
        disclose(session, key, case, to, some, kind, title, items, by, at)
        for some in groups.values()
    ]


def refer(
    session: Session,
    key: bytes,
    case: Case,
    to: Recipient,
    child: Sequence[Item],
    seen: Sequence[Item],
    by: str,
    at: datetime,
) -> None:
    """Keep what another huvudman gets when it takes over. child: who it is and why, which is all
    that goes without a basis; seen: the rest, of which each area has to have one."""
    bases: dict[Basis, list[Item]] = {Basis(Ground.REFERRAL, (), civil_date(at)): list(child)}
    for item in seen:
        found = consent.covers(session, key, case.id, to["id"], [item.area], at)
        if found is None:
            raise NoConsent
        bases.setdefault(found, []).append(item)
    for basis, items in bases.items():
        areas = [area for area in AREAS if area in {item.area for item in items}]
        words = _words(to, areas, "", items)
        _keep(session, key, case, to["id"], Kind.REFERRAL, words, basis, by, at)


def _words(
    to: Recipient, areas: Sequence[str], title: str, items: Sequence[Item]
) -> dict[str, Any]:
    return {
        "who": to["who"],
        "areas": list(areas),
        "title": title,
        "items": [asdict(item) for item in items],
    }


def payload(words: dict[str, Any]) -> bytes:
    """The exact bytes that the hash covers: a disclosure's content as canonical JSON."""
    return json.dumps(words, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def is_whole(disclosure: Disclosure, key: bytes) -> bool:
    return hashlib.sha256(payload(disclosure.read(key))).hexdigest() == disclosure.sha256


def disclosures_of(session: Session, case_id: str) -> list[Disclosure]:
    wanted = select(Disclosure).where(Disclosure.case_id == case_id)
    return list(session.scalars(wanted.order_by(Disclosure.made_at, Disclosure.id)))


def copies_at(session: Session, case_id: str, recipient_id: str) -> list[Disclosure]:
    """What a recipient already has; it is not called back when a samtycke is."""
    found = disclosures_of(session, case_id)
    return [one for one in found if one.recipient_id == recipient_id]


def keep_from_guardians(
    session: Session, key: bytes, disclosure: Disclosure, motive: str, by: str, at: datetime
) -> Kept:
    if not motive.strip():
        raise NoMotive
    made = Kept(
        case_id=disclosure.case_id, disclosure_id=disclosure.id, decided_at=at, decided_by=by
    )
    made.write(key, {"motive": motive.strip()})
    session.add(made)
    return made


def kept_ids(session: Session, case_id: str) -> set[str]:
    return set(session.scalars(select(Kept.disclosure_id).where(Kept.case_id == case_id)))


def told_to_staff(session: Session, key: bytes, case_id: str) -> list[Line]:
    return [_line(one, key, lambda item: item) for one in disclosures_of(session, case_id)]


def told_to_child(session: Session, key: bytes, case_id: str) -> list[Line]:
    """Everybody who has been told, and the child's own words that they got."""
    return [
        _line(one, key, lambda item: item if item.source == "child" else None)
        for one in disclosures_of(session, case_id)
    ]


def told_to_guardian(session: Session, key: bytes, case_id: str, guardian_id: str) -> list[Line]:
    """What rests on this guardian's own samtycke and is not kept by 12:3; of the child's words
    what the child has released and this guardian is shown now, just as it is shown; of guardians'
    this one's own, of professions' nothing."""
    kept = kept_ids(session, case_id)
    shown = showing.released_to(session, key, guardian_id)

    def seen(item: Item) -> Item | None:
        if item.source == "guardian":
            return item if item.guardian_id == guardian_id else None
        if item.source != "child" or item.release != MAY_SHOW or item.evidence not in shown:
            return None
        said = shown[item.evidence]
        return Item(
            "child", item.area, said.text, symbol=said.symbol, speaker=said.speaker,
            language=said.language, release=item.release, evidence=item.evidence,
        )  # fmt: skip

    own = set(
        session.scalars(
            select(Consent.id).where(Consent.case_id == case_id, Consent.guardian_id == guardian_id)
        )
    )
    return [
        _line(one, key, seen)
        for one in disclosures_of(session, case_id)
        if one.id not in kept and own & set(one.rows.split())
    ]


def _keep(
    session: Session,
    key: bytes,
    case: Case,
    recipient_id: str,
    kind: Kind,
    words: dict[str, Any],
    basis: Basis,
    by: str,
    at: datetime,
) -> Disclosure:
    made = Disclosure(
        case_id=case.id,
        recipient_id=recipient_id,
        kind=kind,
        ground=basis.ground,
        rows=" ".join(basis.rows),
        sha256=hashlib.sha256(payload(words)).hexdigest(),
        made_at=at,
        made_by=by,
    )
    made.write(key, words)
    session.add(made)
    audit.record(
        session,
        "disclosure:made",
        at,
        staff_id=by,
        case_id=case.id,
        unit_id=case.unit_id,
        detail=str(kind),
    )
    return made


def _line(disclosure: Disclosure, key: bytes, seen: Callable[[Item], Item | None]) -> Line:
    """seen: how the reader sees an item, None for not at all."""
    words = disclosure.read(key)
    items = [found for item in words["items"] if (found := seen(Item(**item)))]
    return Line(disclosure, words["who"], words["areas"], items)


@event.listens_for(Disclosure, "before_update")
@event.listens_for(Disclosure, "before_delete")
def _refuse(_mapper: Mapper[Disclosure], _connection: Connection, _row: Disclosure) -> None:
    raise AppendOnly
