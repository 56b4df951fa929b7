"""The doors: one module for each, short views that find, check, act, commit and answer."""

from . import (
    admin,
    case,
    directory,
    handover,
    inbox,  # the case's door too: its views are in the same blueprint
    languages,
    local,
    pages,
    paper,
    sign_in,
    signal,
    special,
    sync,
    tablet,
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
    "languages",
    "local",
    "pages",
    "paper",
    "sign_in",
    "signal",
    "special",
    "sync",
    "tablet",
]
