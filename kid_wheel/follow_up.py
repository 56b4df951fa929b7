"""The uppföljning: how the child sees it now, and what became of what was planned.

It must never compute a difference between then and now.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from .action import Action, ActionState, actions_of
from .case import Case, InCase, reopened_at
from .clock import civil_date
from .conversation import Conversation
from .db import Base
from .situation import Guard, Situation


class How(StrEnum):
    """How the child was heard."""

    CONVERSATION = "conversation"
    WORDS = "words"
    NOT_HEARD = "not_heard"


class Because(StrEnum):
    """Why a child was not heard; the last one in the adult's own words."""

    TOO_YOUNG = "too_young"
    DECLINED = "declined"
    NOT_YET = "not_yet"
    UNSAFE_NOW = "unsafe_now"
    OTHER = "other"


class NoNewConversation(Exception):
    """Det finns inget samtal sedan planen började gälla. Håll ett nytt, eller skriv barnets egna
    ord."""


class NothingWritten(Exception):
    """Skriv barnets egna ord, eller välj varför barnet inte kunde höras."""


class NoReason(Exception):
    """Skriv varför det inte blev av."""


class NoReceiver(Exception):
    """Skriv vem som har tagit över och vilken dag den tackade ja. Annars är insatsen kvar här."""


class FollowUp(InCase, Base):
    """One uppföljning, prepared until held_at. content: child {how, text, speaker, because, note},
    actions (as they were when it was held), held_by.

    conversation_id: the child's new conversation, when that is how it was heard.
    """

    __tablename__ = "follow_up"
    begun_at: Mapped[datetime]
    held_at: Mapped[datetime | None]
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("conversation.id"))


def prepared(session: Session, case_id: str) -> FollowUp | None:
    """The one that is being prepared, since the case was opened or opened again."""
    wanted = select(FollowUp).where(FollowUp.case_id == case_id, FollowUp.held_at.is_(None))
    reopened = reopened_at(session, case_id)
    if reopened is not None:
        wanted = wanted.where(FollowUp.begun_at > reopened)
    return session.scalars(wanted).first()


def held(session: Session, case_id: str) -> list[FollowUp]:
    """Those that were held, the newest first."""
    wanted = select(FollowUp).where(FollowUp.case_id == case_id, FollowUp.held_at.is_not(None))
    return list(session.scalars(wanted.order_by(FollowUp.held_at.desc())))


def new_conversations(case: Case) -> list[Conversation]:
    """Those held and received since the plan, or the own support, started or went on."""
    since = case.state_at
    return [
        one
        for one in case.conversations
        if since is None
        or (one.received_at > since and one.held_on >= civil_date(since).isoformat())
    ]


def write_child_view(
    session: Session, key: bytes, case: Case, view: dict[str, str], at: datetime
) -> FollowUp:
    """view: how, and by how: conversation_id; text and speaker; because and note."""
    how = How(view["how"])
    if how is How.CONVERSATION and view.get("conversation_id") not in {
        one.id for one in new_conversations(case)
    }:
        raise NoNewConversation
    if how is How.WORDS and not view.get("text", "").strip():
        raise NothingWritten
    if how is How.NOT_HEARD and not _is_reason(view):
        raise NothingWritten
    found = prepared(session, case.id) or FollowUp(case_id=case.id, begun_at=at)
    found.conversation_id = view["conversation_id"] if how is How.CONVERSATION else None
    before = found.read(key) if found.content else {}
    found.write(key, {**before, "child": {**view, "how": str(how)}})
    session.add(found)
    session.flush()
    return found


def settle(
    action: Action, key: bytes, state: ActionState, words: dict[str, str], at: datetime
) -> None:
    """What became of an action. words: reason when it was not done; receiver and accepted_on
    ("2027-01-31") when somebody else has taken it over."""
    if state is ActionState.NOT_DONE and not words.get("reason", "").strip():
        raise NoReason
    if state is ActionState.MOVED and not (words.get("receiver") and words.get("accepted_on")):
        raise NoReceiver
    kept = {name: words.get(name, "").strip() for name in ("reason", "receiver", "accepted_on")}
    action.write(key, {**action.read(key), **kept})
    action.state = state
    action.settled_at = None if state is ActionState.PLANNED else at


def hold(session: Session, key: bytes, case: Case, by: str, at: datetime) -> FollowUp:
    """The prepared one is held: what was planned is kept as it is, and a new day is needed."""
    found = prepared(session, case.id)
    assert found is not None  # the guard has asked
    actions = [
        {"id": one.id, "state": str(one.state), **one.read(key)}
        for one in actions_of(session, case.id)
    ]
    found.write(key, {**found.read(key), "actions": actions, "held_by": by})
    found.held_at, case.follow_up_on = at, None
    return found


def _is_reason(view: dict[str, Any]) -> bool:
    because = view.get("because", "")
    if because == Because.OTHER:
        return bool(view.get("note", "").strip())
    return because in set(Because)


def _child_view(situation: Situation) -> bool:
    found = prepared(situation.session, situation.case.id)
    if found is None:
        return False
    view = found.read(situation.key).get("child", {})
    if view.get("how") == How.CONVERSATION:
        return found.conversation_id in {one.id for one in new_conversations(situation.case)}
    return bool(view)


GUARDS: dict[str, Guard] = {"child_view_at_follow_up": _child_view}
