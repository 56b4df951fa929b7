"""The doors: one module for each, short views that find, check, act, commit and answer."""

from . import (
    admin,
    at_meeting,
    case,
    consent,
    coordinator,
    disclosure,
    guardian,
    kallelse,
    languages,
    local,
    meeting,
    pages,
    paper,
    sign_in,
    sync,
    tablet,
)

DOORS = (
    *(pages, sign_in, tablet, sync, case, admin, languages, local, paper),
    *(consent, guardian, disclosure, meeting, kallelse, at_meeting, coordinator),
)

__all__ = [
    "DOORS",
    "admin",
    "at_meeting",
    "case",
    "consent",
    "coordinator",
    "disclosure",
    "guardian",
    "kallelse",
    "languages",
    "local",
    "meeting",
    "pages",
    "paper",
    "sign_in",
    "sync",
    "tablet",
]
