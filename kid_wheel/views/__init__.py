"""The doors: one module for each, short views that find, check, act, commit and answer."""

from . import (
    admin,
    case,
    kartlaggning,
    languages,
    local,
    pages,
    paper,
    sign_in,
    sync,
    tablet,
    voices,
)

DOORS = (pages, sign_in, tablet, sync, case, admin, languages, local, paper, voices, kartlaggning)

__all__ = [
    "DOORS",
    "admin",
    "case",
    "kartlaggning",
    "languages",
    "local",
    "pages",
    "paper",
    "sign_in",
    "sync",
    "tablet",
    "voices",
]
