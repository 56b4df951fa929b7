"""What the whole case on paper holds of voices, samtycke, meetings and copies, beside the rest.

It must never leave out who said what, nor join two guardians' words.
"""

from __future__ import annotations

from typing import Any

from flask_babel import get_locale
from flask_babel import gettext as _

from .. import consent, disclosure, meeting, voices
from ..basis import PARAGRAPH, Ground
from ..case import Case
from ..catalog import SWEDISH
from ..db import db
from ..guardian import guardians_of
from ..people import Staff
from .consent import alone_words, answer_words, law_words
from .disclosure import kind_words as copy_words
from .disclosure import referral_words
from .in_case import ring
from .meeting import interpreter_words, takes_part_words
from .meeting import kind_words as participant_words
from .voices import adult_kinds


def parts(case: Case) -> dict[str, Any]:
    """Of every round, also what no longer holds: the akt shows how it was."""
    key = case.key(ring())
    heard = voices.hear(db.session, ring(), case, _reader())
    names = {one.id: one.read(key)["name"] for one in guardians_of(db.session, case.id)}
    return {
        "guardians": heard.guardians,
        "observations": heard.professions,
        "adult_kinds": adult_kinds(),
        "consents": [
            (row, row.read(key), names.get(row.guardian_id or "", ""), _name(row.recorded_by))
            for row in consent.consents_of(db.session, case.id)
        ],
        "laws": [
            (row, row.read(key), _name(row.decided_by))
            for row in consent.grounds_of(db.session, case.id)
        ],
        "answer_words": answer_words(),
        "alone_words": alone_words(),
        "law_words": law_words(),
        "paragraph": PARAGRAPH | {Ground.REFERRAL: referral_words()},
        "meetings": [
            {
                "row": row,
                "words": row.read(key),
                "forum": meeting.forums()[row.forum].names[_reader()],
                "people": [
                    (one, one.read(key)) for one in meeting.participants_of(db.session, row.id)
                ],
            }
            for row in meeting.meetings_of(db.session, case.id)
        ],
        "participant_words": participant_words(),
        "takes_part_words": takes_part_words(),
        "interpreter_words": interpreter_words(),
        "copies": disclosure.told_to_staff(db.session, key, case.id),
        "kept": disclosure.kept_ids(db.session, case.id),
        "copy_words": copy_words(),
        "sources": {
            "child": _("Barnet"),
            "guardian": _("Vårdnadshavare"),
            "profession": _("Verksamhet"),
        },
        "names": names,
    }


def _reader() -> str:
    return str(get_locale() or SWEDISH)


def _name(staff_id: str | None) -> str:
    """Who wrote it down: nobody of the staff when a guardian answered in its own room."""
    if staff_id is None:
        return _("vårdnadshavaren själv")
    found = db.session.get(Staff, staff_id)
    return found.name if found else ""
