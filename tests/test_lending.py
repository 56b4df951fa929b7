"""A child may look at what it said before: lent by the ansvarig, to one tablet, for a while."""

from __future__ import annotations

import json

from county import Clock, County
from sealing import Sender

from kid_wheel import lending
from kid_wheel.lending import Loan


def test_nothing_leaves_the_hub_before_the_ansvarig_has_lent_it(county: County) -> None:
    case_id, _conversation = county.receive(county.make_record())
    tablet = Sender(county.hub, county.tablet("Exempelskolan"))
    code = county.code_of(case_id)
    assert tablet.ask(f"case/{code}").json == {"earlier": False, "letter": False}
    assert tablet.fetch("earlier", Loan, code)[0] == 404


def test_what_is_lent_is_opened_only_with_the_tablets_own_key(county: County) -> None:
    record = county.make_record(said={"hemmet": [{"text": "Lugnt.", "speaker": "child_said"}]})
    case_id, conversation_id = county.receive(record)
    _lend(county, case_id, conversation_id)
    tablet, code = Sender(county.hub, county.tablet("Exempelskolan")), county.code_of(case_id)
    assert tablet.ask(f"case/{code}").json == {"earlier": True, "letter": False}
    status, lent = tablet.fetch("earlier", Loan, code)
    assert status == 200
    hemmet = next(area for area in lent["areas"] if area["key"] == "hemmet")
    assert [said["text"] for said in hemmet["statements"]] == ["Lugnt."]
    assert "Lugnt." not in json.dumps(record["child"])
    (event,) = county.events("conversation:lent_out")
    assert (event.tablet_id, event.conversation_id) == (tablet.id, conversation_id)


def test_a_card_that_the_child_made_is_lent_also_where_it_was_never_placed(county: County) -> None:
    record = county.make_record()
    hemmet = next(area for area in record["areas"] if area["key"] == "hemmet")
    made = {"key": "hemmet/own/0a1b2c3d", "label": "Kojan", "say": "Kojan", "symbol": "k-own-card"}
    hemmet["cards"].append(
        {**made, "own": {"speaker": "child_said"}, "answer": {"silence": "not_asked"}}
    )
    case_id, conversation_id = county.receive(record)
    _lend(county, case_id, conversation_id)
    tablet = Sender(county.hub, county.tablet("Exempelskolan"))
    _status, lent = tablet.fetch("earlier", Loan, county.code_of(case_id))
    (area,) = lent["areas"]
    assert [card["label"] for card in area["cards"]] == ["Kojan"], "and none that was not asked"


def test_a_unit_that_does_not_have_the_child_gets_nothing(county: County) -> None:
    case_id, conversation_id = county.receive(county.make_record())
    _lend(county, case_id, conversation_id)
    stranger = Sender(county.hub, county.tablet("Demoskolan"))
    assert stranger.ask(f"case/{county.code_of(case_id)}").json == {
        "earlier": False,
        "letter": False,
    }
    assert stranger.fetch("earlier", Loan, county.code_of(case_id))[0] == 404


def test_a_loan_ends_by_itself_and_can_be_taken_back(county: County, time: Clock) -> None:
    case_id, conversation_id = county.receive(county.make_record())
    tablet, code = Sender(county.hub, county.tablet("Exempelskolan")), county.code_of(case_id)
    _lend(county, case_id, conversation_id)
    _lend(county, case_id, conversation_id, take_back="1")
    assert tablet.fetch("earlier", Loan, code)[0] == 404
    _lend(county, case_id, conversation_id)
    time.pass_(days=lending.LIFETIME.days, minutes=1)
    assert tablet.fetch("earlier", Loan, code)[0] == 404


def test_only_who_may_read_a_case_may_lend_from_it(county: County) -> None:
    case_id, conversation_id = county.receive(county.make_record())
    other = county.sign_in("Bodil")
    token = other.page("/account").forms[0]["fields"]["csrf_token"]
    address = f"/case/{case_id}/conversation/{conversation_id}/loan"
    assert other.post(address, data={"csrf_token": token}).status_code == 404
    assert not county.events("loan:made")


def test_a_key_that_is_none_is_refused(county: County) -> None:
    case_id, conversation_id = county.receive(county.make_record())
    _lend(county, case_id, conversation_id)
    tablet = Sender(county.hub, county.tablet("Exempelskolan"))
    answer = tablet.ask("earlier", case_code=county.code_of(case_id), public="bm8")
    assert (answer.status_code, answer.json["type"]) == (422, "urn:kid-wheel:broken-key")


def _lend(county: County, case_id: str, conversation_id: str, **fields: str) -> None:
    client, address = county.sign_in("Anna"), f"/case/{case_id}/conversation/{conversation_id}"
    token = client.page(address).forms[0]["fields"]["csrf_token"]
    answer = client.post(f"{address}/loan", data={"csrf_token": token, **fields})
    assert answer.status_code == 302
