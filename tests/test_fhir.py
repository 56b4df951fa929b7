"""A conversation for another system: FHIR R4 that a library reads, with no silence as an answer."""

from __future__ import annotations

import json
from typing import Any

import pytest
from county import County
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from plan_steps import ARGUMENTS, HOME, WISH, record_with_wish

from kid_wheel import fhir
from kid_wheel.case import Case, CaseState
from kid_wheel.catalog import AREAS, LANGUAGES, Variant, catalog
from kid_wheel.db import db

SILENT = {
    "hemmet/older/money": "skipped",
    "hemmet/older/screens": "dont_know",
    "hemmet/older/moving": "dont_want",
}


@pytest.fixture
def case(county: County) -> Case:
    county.receive(record_with_wish(county, unit="Demoskolan", alias="Yusuf"))
    case_id, _ = county.receive(record_with_wish(county))
    with county.hub.app_context():
        return db.session.get_one(Case, case_id)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("variant", list(Variant))
def test_the_catalog_is_a_questionnaire_with_a_group_for_each_area(
    language: str, variant: Variant
) -> None:
    shown = catalog(language, variant)
    read = Questionnaire.model_validate(fhir.questionnaire(shown))
    assert [group.linkId for group in read.item] == list(AREAS)
    cards = {item.linkId for group in read.item for item in group.item if item.type == "choice"}
    assert cards == {card.key for _area, card in shown.cards()}
    ids = [item.linkId for group in read.item for item in (group, *group.item)]
    assert len(ids) == len(set(ids))


def test_a_conversation_is_a_response_that_the_library_reads(county: County, case: Case) -> None:
    record = _full(county)
    made = fhir.response(record, case)
    read = QuestionnaireResponse.model_validate(made)
    assert read.status == "completed" and read.subject.identifier.value == case.code
    assert json.loads(read.model_dump_json())["item"][0]["linkId"] == "halsa"
    Bundle.model_validate(fhir.bundle(record, case, catalog("sv", Variant.OLDER)))


def test_the_four_silences_are_kept_apart_and_none_has_a_value(county: County, case: Case) -> None:
    items = _items(fhir.response(record_with_wish(county, silent=SILENT), case))
    reasons, silences = set(), set()
    for key in (
        *SILENT,
        "halsa/older/mood" if "halsa/older/mood" in items else "halsa/older/sleep",
    ):
        (answer,) = items[key]["answer"]
        coding = answer["valueCoding"]
        assert set(coding) == {"extension"}, "an answer without a value"
        reasons.add(coding["extension"][0]["valueCode"])
        silences.add(_extension(answer, fhir.SILENCE))
    assert reasons == {"unknown", "asked-unknown", "asked-declined", "not-asked"}
    assert silences == {"not_asked", "skipped", "dont_know", "dont_want"}


def test_not_talked_about_is_never_exported_as_good(county: County, case: Case) -> None:
    """Only the cards that the child placed have a step, whatever else the record holds."""
    record = record_with_wish(county, silent=SILENT)
    coded = {
        key: answer["valueCoding"]["code"]
        for key, item in _items(fhir.response(record, case)).items()
        for answer in item.get("answer", ())
        if "code" in answer.get("valueCoding", ())
    }
    assert coded == {HOME: "good", ARGUMENTS: "not_good"}


def test_no_step_has_a_number(county: County, case: Case) -> None:
    made = fhir.bundle(_full(county), case, catalog("sv", Variant.OLDER))
    text = json.dumps(made)
    for word in ("ordinalValue", "valueDecimal", "valueInteger", "itemWeight", "score"):
        assert word not in text


def test_each_word_says_who_said_it(county: County, case: Case) -> None:
    items = _items(fhir.response(record_with_wish(county), case))
    (said,) = items["hemmet/words"]["answer"]
    assert said["valueString"] == WISH
    assert _extension(said, fhir.SPEAKER) == "child_said"
    assert _extension(said, fhir.KIND) == "wish"
    (placed,) = items[HOME]["answer"]
    assert _extension(placed, fhir.SPEAKER) == "child_chose"


def test_a_card_that_no_catalog_knows_travels_with_its_name(county: County, case: Case) -> None:
    made = fhir.response(_full(county), case)
    QuestionnaireResponse.model_validate(made)
    area = next(group for group in made["item"] if group["linkId"] == "hemmet")
    (own,) = [item for item in area["item"] if item["linkId"] == "hemmet/other"]
    name, answer = own["item"]
    assert name["answer"][0]["valueString"] == "Min koja"
    assert answer["answer"][0]["valueCoding"]["extension"][0]["valueCode"] == "not-asked"


@pytest.mark.parametrize(
    ("ended", "state", "status"),
    [
        ("done", CaseState.RECEIVED, "completed"),
        ("stopped", CaseState.RECEIVED, "stopped"),
        ("done", CaseState.VOID, "entered-in-error"),
    ],
)
def test_the_status_says_how_it_ended(
    county: County, case: Case, ended: str, state: CaseState, status: str
) -> None:
    case.state = state
    assert fhir.response(county.make_record(ended=ended), case)["status"] == status


def test_every_state_of_a_conversation_has_a_status_that_fhir_knows() -> None:
    known = {"in-progress", "completed", "amended", "entered-in-error", "stopped"}
    assert set(fhir.STATUS.values()) <= known


def test_no_name_of_anybody_is_in_the_file(county: County, case: Case) -> None:
    text = json.dumps(fhir.response(county.make_record(alias="Mira"), case))
    assert "Mira" not in text and "Påhittsson" not in text


# The door.


def test_the_ansvarig_takes_out_a_file_and_it_is_an_event(county: County, case: Case) -> None:
    anna, address = county.sign_in("Anna"), _address(county, case)
    answer = anna.get(address)
    assert answer.status_code == 200 and answer.mimetype == "application/fhir+json"
    assert "attachment" in answer.headers["Content-Disposition"]
    Bundle.model_validate_json(answer.data)
    (event,) = county.events("fhir:exported")
    assert (event.case_id, event.staff_id) == (case.id, county.id("Anna"))
    assert event.conversation_id
    read = anna.page(f"/case/{case.id}/conversation/{event.conversation_id}")
    assert read.find("a", href=address)


@pytest.mark.parametrize("name", ["Mona", "Bodil", "Cesar", "Arvid"])
def test_nobody_else_takes_out_a_file(county: County, case: Case, name: str) -> None:
    assert county.sign_in(name).get(_address(county, case)).status_code in {403, 404}
    assert not county.events("fhir:exported")


def test_a_child_with_protected_identity_is_never_exported(county: County, case: Case) -> None:
    def protect() -> None:
        db.session.get_one(Case, case.id).protected_identity = True

    county.change(protect)
    assert county.sign_in("Anna").get(_address(county, case)).status_code == 404
    assert not county.events("fhir:exported") and len(county.events("fhir:refused")) == 1
    case.protected_identity = True
    with pytest.raises(fhir.Protected):
        fhir.response(county.make_record(), case)


def _full(county: County) -> dict[str, Any]:
    """Everything that a record can hold."""
    record = record_with_wish(county, silent=SILENT)
    home = next(area for area in record["areas"] if area["key"] == "hemmet")
    at = "2026-11-20T08:10:00Z"
    home["cards"].append(
        {
            "key": "hemmet/own/1a2b",
            "label": "Min koja",
            "say": "Min koja",
            "symbol": "n-1f3e0",
            "own": {"speaker": "child_said"},
            "answer": {"silence": "not_asked"},
        }
    )
    home["feelings"] = [
        {"key": "happy", "label": "Glad", "symbol": "n-1f604", "speaker": "child_chose", "at": at}
    ]
    home["drawings"] = [
        {
            "id": "0d2f3a52-0000-4000-8000-000000000000",
            "speaker": "child_drew",
            "at": at,
            "box": [1000, 700],
            "strokes": [{"colour": "#222222", "width": 12, "points": [10, 10, 500, 400]}],
        }
    ]
    return record


def _items(made: dict[str, Any]) -> dict[str, Any]:
    return {item["linkId"]: item for group in made["item"] for item in group["item"]}


def _extension(answer: dict[str, Any], url: str) -> str:
    found = {one["url"]: one["valueCode"] for one in answer["extension"] if "valueCode" in one}
    return found[url]


def _address(county: County, case: Case) -> str:
    with county.hub.app_context():
        (held,) = db.session.get_one(Case, case.id).conversations
    return f"/case/{case.id}/documents/conversation/{held.id}/fhir.json"
