"""When a child tells something serious: the words reach the ansvarig, and are no orosanmälan."""

from __future__ import annotations

import json
from pathlib import Path

from county import County
from sealing import Sender

from kid_wheel.conversation import SCHEMA

TOLD = "Han slår mig med skärpet"
NOTE = {
    "kind": "disclosure",
    "question": "Berätta mer",
    "text": TOLD,
    "speaker": "adult_wrote_childs_words",
    "at": "2026-11-20T09:21:00.000Z",
}


def test_the_ansvarig_reads_the_note_apart_from_what_the_child_chose_to_say(county: County) -> None:
    record = county.make_record(alias="Mira") | {"notes": [NOTE]}
    case_id, conversation_id = county.receive(record)
    page = county.sign_in("Anna").get(f"/case/{case_id}/conversation/{conversation_id}")
    notes, areas = page.text.split('id="notes"', 1)[1].split("</section>", 1)
    assert TOLD in notes and "Berätta mer" in notes
    assert "En vuxen skrev ner barnets ord" in notes
    assert "ingen orosanmälan" in notes
    assert TOLD not in areas


def test_a_note_is_always_the_adults_hand_and_the_childs_words() -> None:
    note = json.loads(Path(SCHEMA).read_text("utf-8"))["$defs"]["note"]["properties"]
    assert note["speaker"] == {"const": "adult_wrote_childs_words"}


def test_the_administrator_gives_the_tablets_the_number_to_the_social_services(
    county: County,
) -> None:
    unit = f"/admin/unit/{county.id('Exempelskolan')}"
    client = county.sign_in("Arvid")
    assert (
        client.send(unit, action="/social-services", social_services="ring dem").status_code == 422
    )
    client.send(
        unit, action="/social-services", social_services="08-465 004 12,  jour 08-465 004 13"
    )
    tablet = Sender(county.hub, county.tablet("Exempelskolan"))
    known = tablet.ask("state").json
    numbers = "08-465 004 12, jour 08-465 004 13"
    assert known["social_services"] == numbers
    assert known["telephones"] == [
        {"municipality": "eskilstuna", "name": "Eskilstuna", "telephone": numbers}
    ], "of each municipality: a child may come from another"
