"""The doors: one module for each, short views that find, check, act, commit and answer."""

from . import admin, case, languages, local, pages, paper, sign_in, sync, tablet

DOORS = (pages, sign_in, tablet, sync, case, admin, languages, local, paper)

__all__ = [
    "DOORS",
    "admin",
    "case",
    "languages",
    "local",
    "pages",
    "paper",
    "sign_in",
    "sync",
    "tablet",
]
