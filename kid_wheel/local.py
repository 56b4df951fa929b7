"""A unit's own: its cards and photographs, and how it lays out the cards of the catalog.

It must never reach another unit's tablets, nor change what a child has already seen: a card that
is no longer laid out is kept, and so is its photograph until somebody takes it away for good.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from . import portrait, sound
from .catalog import AREAS, SWEDISH, Card, Variant, catalog
from .db import Base, HasId
from .photo import make_picture
from .portrait import NAME_LETTERS

MAX_CARDS = 120  # of one unit: all of them go to each of its tablets
NEUTRAL = "k-own-card"  # where a photograph is not at hand
PHOTO = "photo-"  # before the name of a photograph, in the place of a symbol
STAFF_PEOPLE = (  # the persons of the catalog that units call by words of their own
    "preschool_staff",
    "teacher",
    "mentor",
    "special_teacher",
    "leisure_leader",
    "school_nurse",
    "counsellor",
    "psychologist",
    "bvc_nurse",
)


class TooManyCards(Exception):
    """Verksamheten har redan så många egna kort som får plats."""


class NoDeckLeft(Exception):
    """Minst en av kortlekarna måste vara på."""


class LocalPicture(HasId, Base):
    """A photograph of a place, a thing or a grown person of the unit, as WebP."""

    __tablename__ = "local_picture"
    __table_args__ = (UniqueConstraint("unit_id", "name"),)
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"), index=True)
    name: Mapped[str] = mapped_column(String(NAME_LETTERS))  # the beginning of its SHA-256
    content: Mapped[bytes] = mapped_column(LargeBinary)
    added_at: Mapped[datetime]


class LocalCard(HasId, Base):
    """A card of the unit's own. photo: the name of a LocalPicture, shown instead of the symbol."""

    __tablename__ = "local_card"
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"), index=True)
    area: Mapped[str] = mapped_column(String(30))
    variant: Mapped[Variant]
    label: Mapped[str] = mapped_column(String(40))
    say: Mapped[str] = mapped_column(String(160))
    symbol: Mapped[str] = mapped_column(String(60))
    photo: Mapped[str | None] = mapped_column(String(NAME_LETTERS))
    added_at: Mapped[datetime]

    @property
    def key(self) -> str:
        """What it is called on the tablet and in a record."""
        return f"{self.area}/local/{self.id[:8]}"


class LocalDeck(Base):
    """How one unit lays out the cards, as JSON: see Arrangement."""

    __tablename__ = "local_deck"
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    arrangement: Mapped[str] = mapped_column(Text)


@dataclass
class Arrangement:
    """hidden: card keys. order: "area/variant" → the card keys, first to last. off: variants that
    the unit does not use. people: key of a person → the unit's own word."""

    hidden: list[str]
    order: dict[str, list[str]]
    off: list[str]
    people: dict[str, str]

    @property
    def is_plain(self) -> bool:
        return not (self.hidden or self.order or self.off or self.people)


@dataclass(frozen=True)
class Row:
    """A card as an administrator sees it in its area: the catalog's, or the unit's own."""

    key: str
    label: str
    say: str
    symbol: str
    is_hidden: bool
    own: LocalCard | None


def arrangement_of(session: Session, unit_id: str) -> Arrangement:
    deck = session.get(LocalDeck, unit_id)
    kept = json.loads(deck.arrangement) if deck else {}
    return Arrangement(
        hidden=list(kept.get("hidden", [])),
        order=dict(kept.get("order", {})),
        off=list(kept.get("off", [])),
        people=dict(kept.get("people", {})),
    )


def cards_of(session: Session, unit_id: str, area: str, variant: Variant) -> list[Row]:
    """The catalog's cards and the unit's own, in the unit's order; new ones come last."""
    arranged = arrangement_of(session, unit_id)
    hidden = set(arranged.hidden)

    def row(card: Card | LocalCard) -> Row:
        own = card if isinstance(card, LocalCard) else None
        return Row(card.key, card.label, card.say, card.symbol, card.key in hidden, own)

    found = [row(card) for card in _catalogs(area, variant)]
    own = _own_cards(session, unit_id).where(LocalCard.area == area, LocalCard.variant == variant)
    found += [row(card) for card in session.scalars(own)]
    order = arranged.order.get(f"{area}/{variant}", [])
    place = {key: number for number, key in enumerate(order)}
    return sorted(found, key=lambda one: place.get(one.key, len(order)))


def add_card(session: Session, unit_id: str, now: datetime, **fields: Any) -> LocalCard:
    """fields: area, variant, label, say, symbol, photo."""
    if len(session.scalars(_own_cards(session, unit_id)).all()) >= MAX_CARDS:
        raise TooManyCards
    card = LocalCard(unit_id=unit_id, added_at=now, **fields)
    session.add(card)
    session.flush()
    return card


def keep_photo(session: Session, unit_id: str, given: bytes, now: datetime) -> str:
    """The name of the picture that a photograph became. Raises one of photo.REFUSALS."""
    content = make_picture(given)
    name = hashlib.sha256(content).hexdigest()[:NAME_LETTERS]
    if find_picture(session, unit_id, name) is None:
        session.add(LocalPicture(unit_id=unit_id, name=name, content=content, added_at=now))
    return name


def find_picture(session: Session, unit_id: str, name: str) -> LocalPicture | None:
    wanted = select(LocalPicture).filter_by(unit_id=unit_id, name=name)
    return session.scalar(wanted)


def pictures_of(session: Session, unit_id: str) -> list[LocalPicture]:
    wanted = select(LocalPicture).filter_by(unit_id=unit_id).order_by(LocalPicture.added_at)
    return list(session.scalars(wanted))


def photo_of(session: Session, unit_id: str, name: str | None) -> bytes | None:
    """The photograph that a record refers to, of the unit's own or of somebody who works there, if
    it is still kept."""
    if not name:
        return None
    found = find_picture(session, unit_id, name)
    return found.content if found else portrait.content_of(session, unit_id, name)


def remove_photo(session: Session, picture: LocalPicture) -> None:
    """For good: for instance when a child can be recognised after all. Its cards keep a symbol."""
    own = _own_cards(session, picture.unit_id).where(LocalCard.photo == picture.name)
    for card in session.scalars(own):
        card.photo = None
    session.delete(picture)


def show(session: Session, unit_id: str, key: str, *, is_shown: bool) -> None:
    """Lay a card out for the unit's children, or do not."""
    arranged = arrangement_of(session, unit_id)
    arranged.hidden = [other for other in arranged.hidden if other != key]
    if not is_shown:
        arranged.hidden.append(key)
    _keep(session, unit_id, arranged)


def move(session: Session, unit_id: str, area: str, variant: Variant, key: str, by: int) -> None:
    """One step earlier (-1) or later (1) in its area."""
    keys = [row.key for row in cards_of(session, unit_id, area, variant)]
    at = keys.index(key)
    keys.insert(min(max(at + by, 0), len(keys) - 1), keys.pop(at))
    arranged = arrangement_of(session, unit_id)
    arranged.order[f"{area}/{variant}"] = keys
    _keep(session, unit_id, arranged)


def choose_decks(session: Session, unit_id: str, on: Iterable[str]) -> None:
    chosen = set(on)
    off = [str(variant) for variant in Variant if variant not in chosen]
    if len(off) == len(Variant):
        raise NoDeckLeft
    arranged = arrangement_of(session, unit_id)
    arranged.off = off
    _keep(session, unit_id, arranged)


def name_people(session: Session, unit_id: str, words: Mapping[str, str]) -> None:
    """words: key of a person → the unit's word; an empty one gives the catalog's back."""
    arranged = arrangement_of(session, unit_id)
    known = {**arranged.people, **{key: word.strip() for key, word in words.items()}}
    arranged.people = {key: known[key] for key in STAFF_PEOPLE if known.get(key)}
    _keep(session, unit_id, arranged)


def pack_of(session: Session, unit_id: str, on: date) -> dict[str, Any]:
    """What the unit's tablets keep: {version, cards, hidden, order, off, people, portraits,
    sounds}.

    portraits: id of a member of staff who works there on the day → the name of their photograph.
    sounds: as sound.list_of.
    version: a hash of all the rest, and so of each photograph and sound by its name; "" when
    the unit has nothing of its own.
    """
    arranged, hidden = arrangement_of(session, unit_id), set[str]()
    hidden.update(arranged.hidden)
    own = list(session.scalars(_own_cards(session, unit_id)))
    pack: dict[str, Any] = {
        "cards": [
            {
                "key": card.key,
                "area": card.area,
                "variant": str(card.variant),
                "label": card.label,
                "say": card.say,
                "symbol": f"{PHOTO}{card.photo}" if card.photo else card.symbol,
            }
            for card in own
            if card.key not in hidden
        ],
        "hidden": sorted(hidden),
        "order": arranged.order,
        "off": arranged.off,
        "people": arranged.people,
        "portraits": portrait.of_unit(session, unit_id, on),
        "sounds": sound.list_of(session, unit_id),
    }
    written = json.dumps(pack, sort_keys=True).encode()
    is_plain = arranged.is_plain and not (own or pack["portraits"] or pack["sounds"])
    version = "" if is_plain else hashlib.sha256(written).hexdigest()[:NAME_LETTERS]
    return {"version": version, **pack}


def _own_cards(session: Session, unit_id: str) -> Any:
    return select(LocalCard).filter_by(unit_id=unit_id).order_by(LocalCard.added_at, LocalCard.id)


def _catalogs(area: str, variant: Variant) -> tuple[Card, ...]:
    areas = catalog(SWEDISH, variant).areas
    return areas[AREAS.index(area)].cards


def _keep(session: Session, unit_id: str, arranged: Arrangement) -> None:
    deck = session.get(LocalDeck, unit_id)
    if deck is None:
        deck = LocalDeck(unit_id=unit_id, arrangement="")
        session.add(deck)
    deck.arrangement = json.dumps(vars(arranged), sort_keys=True, ensure_ascii=False)
    session.flush()
