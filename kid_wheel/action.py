"""An insats: what somebody does for the child, in which area, who answers for it and until when.

It must never have a guardian alone as the one who answers for it.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from .case import InCase
from .db import Base
from .people import Staff, Unit


class ActionState(StrEnum):
    """What became of it. Each but "planned" ends it; "moved" needs a new owner who has accepted."""

    PLANNED = "planned"
    DONE = "done"
    NOT_DONE = "not_done"  # with a reason
    MOVED = "moved"


class Source(StrEnum):
    OWN = "own"  # of the kartläggning's questions 3 and 4: starts at once, waits for no meeting
    PLAN = "plan"


class Action(InCase, Base):
    """content: what, for_child (the same in the child's words), who (a name without account),
    others (what family or network does beside), reason (why it was not done).

    area: key of one of the seven. wish: the id of the child's statement or the key of the card that
    it answers. unit_id, staff_id: the professional owner.
    """

    __tablename__ = "action"
    source: Mapped[Source]
    state: Mapped[ActionState] = mapped_column(default=ActionState.PLANNED)
    area: Mapped[str] = mapped_column(String(20))
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    staff_id: Mapped[str | None] = mapped_column(ForeignKey("staff.id"))
    wish: Mapped[str] = mapped_column(String(80), default="")
    due_on: Mapped[date | None]
    made_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    unit: Mapped[Unit | None] = relationship()
    staff: Mapped[Staff | None] = relationship()


def actions_of(session: Session, case_id: str, source: Source | None = None) -> list[Action]:
    """In the order they were made."""
    wanted = select(Action).where(Action.case_id == case_id).order_by(Action.made_at, Action.id)
    return list(session.scalars(wanted if source is None else wanted.filter_by(source=source)))
