"""A conversation as HL7 FHIR R4, for a system that reads nothing else.

It must never turn a silence into an answer, give a step a number, or carry a child's name. For a
child with skyddade personuppgifter it makes nothing.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Any

from . import drawing
from .case import Case, CaseState
from .catalog import Area, Card, Catalog
from .conversation import Record

Resource = dict[str, Any]

URN = "urn:kid-wheel"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
SPEAKER = f"{URN}:fhir:speaker"
SILENCE = f"{URN}:fhir:silence"
KIND = f"{URN}:fhir:kind"
QUESTION = f"{URN}:fhir:question"
ABOUT = f"{URN}:fhir:about-card"

# FHIR has no word for "went on to the next one": what it says of that is no more than "unknown".
# The child's own silence goes beside it, so that the four are never one.
ABSENT_REASON = {
    "not_asked": "not-asked",
    "skipped": "unknown",
    "dont_know": "asked-unknown",
    "dont_want": "asked-declined",
}

# Where a conversation may be, as FHIR's status of a QuestionnaireResponse.
STATUS = {
    "prepared": "in-progress",
    "intro": "in-progress",
    "active": "in-progress",
    "paused": "in-progress",
    "closing": "in-progress",
    "confirmed": "completed",
    "sealed": "completed",
    "sent": "completed",
    "received": "completed",
    "done": "completed",
    "stopped": "stopped",  # the child wanted to stop, and to keep what was said
    "void": "entered-in-error",
}


class Protected(Exception):
    """Barnet har skyddade personuppgifter. Samtalet lämnas inte ut som fil."""


def questionnaire(shown: Catalog) -> Resource:
    """The catalog of one variant in one language: seven groups, a choice for each card."""
    return {
        "resourceType": "Questionnaire",
        "id": f"wheel-{shown.variant}",
        "url": canonical(str(shown.variant)),
        "version": shown.version,
        "name": f"BarnetsBastaHjulet{shown.variant.capitalize()}",
        "title": "Barnets bästa-hjulet",
        "status": "active",
        "subjectType": ["Patient"],
        "language": shown.language,
        "description": (
            "Stöd för samtal med ett barn. Inte journal, personakt eller elevakt. Ett steg på "
            "skalan har inget värde och går inte att räkna med."
        ),
        "item": [_group(area, shown) for area in shown.areas],
    }


def response(record: Record, case: Case) -> Resource:
    """What the child said, chose and left out."""
    _check(case)
    child = {"type": "Patient", "identifier": {"system": f"{URN}:case", "value": case.code}}
    return {
        "resourceType": "QuestionnaireResponse",
        "id": record["id"],
        "identifier": {"system": f"{URN}:conversation", "value": record["id"]},
        "questionnaire": f"{canonical(record['variant'])}|{record['content_version']}",
        "language": record["language"],
        "status": status(record, case),
        "subject": child,
        "authored": record["finished_at"],
        "author": {
            "type": "Device",
            "identifier": {"system": f"{URN}:tablet", "value": record["tablet"]},
        },
        "source": child,
        "item": [_answers(area) for area in record["areas"]],
    }


def bundle(record: Record, case: Case, shown: Catalog) -> Resource:
    """Both, in one file that needs nothing beside it."""
    made = [questionnaire(shown), response(record, case)]
    entries = [
        {"fullUrl": f"{URN}:{one['resourceType'].lower()}:{one['id']}", "resource": one}
        for one in made
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def status(record: Record, case: Case) -> str:
    return STATUS["void"] if case.state is CaseState.VOID else STATUS[record["ended"]]


def canonical(variant: str) -> str:
    return f"{URN}:questionnaire:{variant}"


def _check(case: Case) -> None:
    if case.protected_identity:
        raise Protected


# The questions.


def _group(area: Area, shown: Catalog) -> Resource:
    return {
        "linkId": area.key,
        "text": area.label,
        "type": "group",
        "item": [
            *(_choice(card, shown) for card in area.cards),
            _own(area.key),
            {"linkId": f"{area.key}/words", "text": "Barnets egna ord", "type": "text",
             "repeats": True},
            {"linkId": f"{area.key}/feelings", "text": "Känslor", "type": "open-choice",
             "repeats": True,
             "answerOption": [
                 {"valueCoding": _coding("feeling", one.key, one.label)} for one in shown.feelings
             ]},
            {"linkId": f"{area.key}/drawings", "text": "Barnets egen teckning",
             "type": "attachment", "repeats": True},
        ],
    }  # fmt: skip


def _choice(card: Card, shown: Catalog) -> Resource:
    scales = shown.scale_choices() if card.scale not in shown.scales else (card.scale,)
    steps = {
        (scale, step.key): step.label
        for scale in dict.fromkeys((*scales, *shown.scale_choices(), "bra2"))
        for step in shown.scales[scale]
    }
    return {
        "linkId": card.key,
        "text": card.label,
        "type": "choice",
        "answerOption": [
            {"valueCoding": _coding(f"scale:{scale}", key, label)}
            for (scale, key), label in steps.items()
        ],
    }


def _own(area: str) -> Resource:
    """Cards that the child or the unit made, and those of a catalog of another day."""
    return {
        "linkId": f"{area}/other",
        "text": "Kort utöver kortsamlingen",
        "type": "group",
        "repeats": True,
        "item": [
            {"linkId": f"{area}/other/name", "text": "Kortets namn", "type": "string"},
            {"linkId": f"{area}/other/answer", "text": "Svar", "type": "open-choice"},
        ],
    }


# The answers.


def _answers(area: dict[str, Any]) -> Resource:
    items = list(_cards(area))
    items += _words(area["key"], area["statements"])
    feelings = [
        {
            "valueCoding": _coding("feeling", one["key"], one["label"]),
            "extension": [_extension(SPEAKER, one["speaker"])],
        }
        for one in area.get("feelings", [])
    ]
    drawings = [_drawing(one) for one in area.get("drawings", [])]
    for name, found in (("feelings", feelings), ("drawings", drawings)):
        if found:
            items.append({"linkId": f"{area['key']}/{name}", "answer": found})
    return {"linkId": area["key"], "text": area["label"], "item": items}


def _cards(area: dict[str, Any]) -> Iterator[Resource]:
    for card in area["cards"]:
        answer = [_answer(card["answer"])]
        if _is_of_the_catalog(card):
            yield {"linkId": card["key"], "text": card["label"], "answer": answer}
            continue
        name: Resource = {"valueString": card["label"]}
        if "own" in card:
            name["extension"] = [_extension(SPEAKER, card["own"]["speaker"])]
        at = f"{area['key']}/other"
        yield {
            "linkId": at,
            "item": [
                {"linkId": f"{at}/name", "answer": [name]},
                {"linkId": f"{at}/answer", "answer": answer},
            ],
        }


def _is_of_the_catalog(card: dict[str, Any]) -> bool:
    return "own" not in card and "local" not in card


def _answer(answer: dict[str, Any]) -> Resource:
    """A step with its words, or why there is none: an element without a value, never a default."""
    if "silence" in answer:
        silence = answer["silence"]
        reason = {"url": ABSENT, "valueCode": ABSENT_REASON[silence]}
        said: Resource = {"valueCoding": {"extension": [reason]}}
        extensions = [_extension(SILENCE, silence)]
    else:
        system = f"scale:{answer['scale']}"
        said = {"valueCoding": _coding(system, answer["step"], answer["label"])}
        extensions = []
    if "speaker" in answer:
        extensions.append(_extension(SPEAKER, answer["speaker"]))
    return {**said, **({"extension": extensions} if extensions else {})}


def _words(area: str, statements: Iterable[dict[str, Any]]) -> list[Resource]:
    answers = []
    for one in statements:
        extensions = [_extension(SPEAKER, one["speaker"])]
        if "kind" in one:
            extensions.append(_extension(KIND, one["kind"]))
        if one.get("question"):
            extensions.append({"url": QUESTION, "valueString": one["question"]})
        if "card" in one:
            extensions.append({"url": ABOUT, "valueString": one["card"]})
        answers.append({"valueString": one["text"], "extension": extensions})
    return [{"linkId": f"{area}/words", "answer": answers}] if answers else []


def _drawing(one: dict[str, Any]) -> Resource:
    picture = b64encode(drawing.png(one)).decode()
    return {
        "valueAttachment": {"contentType": "image/png", "data": picture, "creation": one["at"]},
        "extension": [_extension(SPEAKER, one["speaker"])],
    }


def _coding(system: str, code: str, display: str) -> Resource:
    return {"system": f"{URN}:{system}", "code": code, "display": display}


def _extension(url: str, code: str) -> Resource:
    return {"url": url, "valueCode": code}
