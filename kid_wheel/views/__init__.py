"""The doors: one module for each, short views that find, check, act, commit and answer."""

from . import (
    admin,
    case,
    directory,
    handover,
    inbox,  # the case's door too: its views are in the same blueprint
    kartlaggning,
    languages,
    local,
    pages,
    paper,
    sign_in,
    signal,
    special,
    sync,
    tablet,
    voices,
)

DOORS = (
    pages,
    sign_in,
    tablet,
    sync,
    case,
    signal,
    handover,
    special,
    voices,
    kartlaggning,
    directory,
    admin,
    languages,
    local,
    paper,
)

__all__ = [
    "DOORS",
    "admin",
    "case",
    "directory",
    "handover",
    "inbox",
    "kartlaggning",
    "kartlaggning",
    "languages",
    "local",
    "pages",
    "paper",
    "sign_in",
    "signal",
    "special",
    "sync",
    "tablet",
    "voices",
]
