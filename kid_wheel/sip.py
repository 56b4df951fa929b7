"""When a SIP is to be considered: when both social services and health care are needed.

It must never decide anything: it is a suggestion, which the coordinator and the family answer.
"""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from . import basis, consent, kartlaggning, meeting
from .action import actions_of
from .basis import Sector
from .case import Case
from .people import Unit

# Neither has a unit of its own in the routing table, so most are named in words. Parts of words,
# but the short ones whole.
NAMED = {
    Sector.SOCIAL_SERVICES: r"socialtjänst|socialsekreterare|socialkontor|socialförvaltning"
    r"|socialnämnd|socialjour|\bsoc\b",
    Sector.HEALTH: r"\bbup\b|\bbvc\b|\bbum\b|\bbuh\b|vårdcentral|hälsocentral|barnhälsovård"
    r"|sjukvård|sjukhus|psykiatri|barnmottagning|barnklinik|habilitering|ungdomsmottagning",
}


def suggests_sip(session: Session, key: bytes, case: Case) -> bool:
    """Whether both are needed, by what is known now: then a SIP is a right."""
    return {Sector.SOCIAL_SERVICES, Sector.HEALTH} <= needed(session, key, case)


def needed(session: Session, key: bytes, case: Case) -> set[str]:
    """The sectors of the case's own unit, of those whom question 5 names, of those who come to the
    meeting or share on another ground, and of those who do something."""
    found: set[str] = {basis.sector_of(case.unit.kind)}
    for named in kartlaggning.recipients(session, key, case.id):
        unit = session.get(Unit, named["unit_id"]) if named["unit_id"] else None
        found |= _sectors_of(unit, named["who"])
    held = meeting.current(session, case.id)
    for one in meeting.participants_of(session, held.id) if held else ():
        if one.kind in (meeting.ParticipantKind.UNIT, meeting.ParticipantKind.OWN):
            words = one.read(key)
            found |= _sectors_of(one.unit, f"{words['name']} {words.get('role', '')}")
    found |= {row.sector for row in consent.grounds_of(session, case.id) if not row.ended_at}
    found |= {action.read(key).get("sector", "") for action in actions_of(session, case.id)}
    return found


def _sectors_of(unit: Unit | None, name: str) -> set[str]:
    by_name = {sector for sector, words in NAMED.items() if re.search(words, name, re.IGNORECASE)}
    return {*by_name, *({basis.sector_of(unit.kind)} if unit else ())}
