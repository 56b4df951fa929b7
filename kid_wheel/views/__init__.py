"""The doors: one module for each, short views that find, check, act, commit and answer."""

from . import (
    admin,
    answer_back,
    case,
    documents,
    follow_up,
    languages,
    local,
    pages,
    paper,
    plan,
    sign_in,
    sync,
    tablet,
)

DOORS = (
    pages,
    sign_in,
    tablet,
    sync,
    case,
    plan,
    follow_up,
    answer_back,
    documents,
    admin,
    languages,
    local,
    paper,
)

__all__ = [
    "DOORS",
    "admin",
    "answer_back",
    "case",
    "documents",
    "follow_up",
    "languages",
    "local",
    "pages",
    "paper",
    "plan",
    "sign_in",
    "sync",
    "tablet",
]
