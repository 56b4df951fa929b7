"""What a guardian has said on a unit's tablet: it comes in once, lands with the right guardian or
waits for somebody who knows, and is never the child's."""

from __future__ import annotations

import gzip
import json
from typing import Any
from uuid import uuid4

import pytest
from county import Clock, County
from family import let_in
from page_client import PageClient
from sealing import GOLDEN, Sender, seal
from sharing import Room
from sqlalchemy import select, update

from kid_wheel import audit, clock, intake, kartlaggning
from kid_wheel.case import Case, CaseState
from kid_wheel.conversation import Conversation, NotARecord, Record, read_record
from kid_wheel.db import db
from kid_wheel.guardian_record import GuardianRecord
from kid_wheel.tablet import Tablet
from kid_wheel.voices import GuardianStatement, Presence, hear

MADE: Record = json.loads((GOLDEN / "guardian.json").read_text("utf-8"))["record"]
SOME_ID = "00000000-0000-4000-8000-000000000000"
CARD, OWN = "Pengarna räcker inte till allt", "Det är lugnt."


@pytest.fixture
def family(county: County, time: Clock) -> Room:
    """Mira's case with Alva and Bo; beside it Yusuf's in another huvudman, with Nils."""
    noise = Room(county, CaseState.COLLECTING, unit="Demoskolan", alias="Yusuf")
    noise.add_guardian("Nils Påhittsson", relation="mamma")
    noise_id = noise.case_id
    made = Room(county, CaseState.COLLECTING)
    made.add_guardian("Alva Testlund", relation="Mamma")
    time.pass_(minutes=1)  # they are numbered as they were added
    made.add_guardian("Bo Testlund", relation="Pappa")
    time.pass_(minutes=1)
    made.add_guardian("Ida Testlund")
    made.noise_id = noise_id  # type: ignore[attr-defined]
    return made


@pytest.fixture
def tablet(county: County) -> Sender:
    return Sender(county.hub, county.tablet("Exempelskolan"))


@pytest.fixture
def anna(county: County) -> PageClient:
    return county.sign_in("Anna")


def told(county: County, family: Room, number: int | None, relation: str = "mamma") -> Record:
    """What the golden guardian said, said in Mira's case."""
    return {
        **MADE,
        "id": str(uuid4()),
        "tablet": county.tablet("Exempelskolan"),
        "unit": county.id("Exempelskolan"),
        "staff": county.id("Mona"),
        "child": {"case_code": county.code_of(family.case_id)},
        "guardian": {"number": number, "relation": relation},
    }


def said_by(county: County, family: Room) -> dict[str, list[str]]:
    """Name → what each guardian of the case has said."""
    with county.hub.app_context():
        found = hear(db.session, county.ring, db.session.get_one(Case, family.case_id), "sv")
        return {one.name: [remark.text for remark in one.remarks] for one in found.guardians}


def count(county: County, table: Any) -> int:
    with county.hub.app_context():
        return len(db.session.scalars(select(table)).all())


# Where it lands.


def test_a_guardians_words_that_come_when_the_case_is_closed_wait_for_who_it_is(
    county: County, family: Room, tablet: Sender, anna: PageClient
) -> None:
    code = county.code_of(family.case_id)
    family.to(CaseState.CLOSED)
    anna.page(f"/case/{family.case_id}/conversation/{family.conversation_id}")
    assert code not in anna.page("/case/").text
    assert tablet.send(told(county, family, None)).status_code == 201
    inbox = anna.page("/case/").text
    assert code in inbox and "har berättat på surfplattan" in inbox


def test_what_a_guardian_said_on_the_tablet_is_that_guardians_own_ring(
    county: County, family: Room, tablet: Sender
) -> None:
    assert tablet.send(told(county, family, 1)).status_code == 201
    said = said_by(county, family)
    assert CARD in said["Alva Testlund"] and OWN in said["Alva Testlund"]
    assert len(said["Alva Testlund"]) == 4 and said["Bo Testlund"] == []
    with county.hub.app_context():
        found = hear(db.session, county.ring, db.session.get_one(Case, family.case_id), "sv")
        child, alva, bo, _ida, _professions = found.rings
        assert child.presence["hemmet"] is Presence.NOT_ASKED, "it is never the child's"
        assert (alva.presence["hemmet"], alva.presence["trygghet"]) == (
            Presence.SPOKEN, Presence.NOT_ASKED,
        )  # fmt: skip
        assert Presence.SPOKEN not in bo.presence.values()
        kinds = {remark.text: str(remark.kind) for remark in found.guardians[0].remarks}
        assert kinds[CARD] == "worry" and kinds["دراجة"] == "wish"
        assert all(remark.by_self for remark in found.guardians[0].remarks)
    [event] = county.events("guardian_record:placed")
    assert event.detail == family.guardians["Alva Testlund"]
    assert count(county, Conversation) == 2, "the two children's own and no more"


def test_the_same_bytes_again_get_the_same_receipt_and_change_nothing(
    county: County, family: Room, tablet: Sender, time: Clock
) -> None:
    record = told(county, family, 2, "pappa")
    sealed = seal(tablet.ring, record)
    first = tablet.put(record["id"], sealed)
    time.pass_(days=1)
    again = tablet.put(record["id"], sealed)
    assert (again.status_code, again.json) == (200, first.json)
    assert len(said_by(county, family)["Bo Testlund"]) == 4
    assert len(county.events("guardian_record:received")) == 1
    other = tablet.send({**record, "guardian": {"number": 1, "relation": "mamma"}})
    assert (other.status_code, other.json["type"]) == (409, "urn:kid-wheel:other-bytes")
    assert said_by(county, family)["Alva Testlund"] == []
    with county.hub.app_context():
        audit.verify(db.session)


def test_a_childs_conversation_and_a_guardians_words_never_have_one_number(
    county: County, family: Room, tablet: Sender
) -> None:
    guardians, childs = told(county, family, 1), county.make_record()
    assert [tablet.send(one).status_code for one in (guardians, childs)] == [201, 201]
    for other in ({**guardians, "id": childs["id"]}, {**childs, "id": guardians["id"]}):
        refused = tablet.send(other)
        assert (refused.status_code, refused.json["type"]) == (409, "urn:kid-wheel:other-bytes")
    assert count(county, GuardianRecord) == 1
    assert count(county, Conversation) == 3, "the two of before, and this child's"


def test_more_stands_beside_what_was_said_before_and_never_over_it(
    county: County, family: Room, tablet: Sender, anna: PageClient
) -> None:
    alva = let_in(county, anna, family.case_id, family.guardians["Alva Testlund"])
    alva.says("hemmet", "calm", wish="En soffa")
    alva.is_done()
    alva.says("hemmet", is_="Inte klart än")
    before = said_by(county, family)["Alva Testlund"]
    tablet.send(told(county, family, 1))
    tablet.send(told(county, family, 1))
    now = said_by(county, family)["Alva Testlund"]
    assert sorted(now) == sorted([*before, *told_texts(), *told_texts()])
    shown = alva.text("read")
    assert "En soffa" in shown and OWN in shown and "Inte klart än" in shown


def told_texts() -> list[str]:
    cards = [card["label"] for area in MADE["areas"] for card in area["cards"]]
    return [*cards, *(one["text"] for area in MADE["areas"] for one in area["statements"])]


def test_the_other_guardian_sees_no_trace_of_it(
    county: County, family: Room, tablet: Sender, anna: PageClient
) -> None:
    bo = let_in(county, anna, family.case_id, family.guardians["Bo Testlund"])
    pages = ("", "area/hemmet", "read", "back")
    before = [bo.text(page) for page in pages]
    tablet.send(told(county, family, 1))
    tablet.send(told(county, family, None))
    assert [bo.text(page) for page in pages] == before


# Whose it is.


@pytest.mark.parametrize(
    ("number", "relation"), [(None, "mamma"), (1, "pappa"), (3, "mamma"), (4, "mamma")]
)
def test_where_it_is_not_plain_whose_it_is_a_human_says_it(
    county: County,
    family: Room,
    tablet: Sender,
    anna: PageClient,
    number: int | None,
    relation: str,
) -> None:
    """No number, a number with another relation than the case's, one whose relation the case does
    not know, and one that the case has not."""
    record = told(county, family, number, relation)
    tablet.send(record)
    assert not any(said_by(county, family).values())
    page = anna.get(f"/case/{family.case_id}").text
    assert "har berättat på surfplattan" in page and relation in page and OWN not in page
    assert "har berättat på surfplattan" in anna.get("/case/").text
    bo = family.guardians["Bo Testlund"]
    at, action = f"/case/{family.case_id}", f"/guardian-record/{record['id']}/place"
    anna.send(at, action=action, guardian=bo)
    assert len(said_by(county, family)["Bo Testlund"]) == 4
    assert "har berättat på surfplattan" not in anna.get(at).text


def test_a_guardian_whom_the_case_did_not_know_is_added(
    county: County, family: Room, tablet: Sender, anna: PageClient
) -> None:
    record = told(county, family, None, "bonuspappa")
    tablet.send(record)
    at, action = f"/case/{family.case_id}", f"/guardian-record/{record['id']}/place"
    anna.send(at, action=action, guardian="new")
    assert len(said_by(county, family)["Bonuspappa"]) == 4
    assert len(county.events("guardian:added")) == 1


def test_words_that_were_placed_with_the_wrong_guardian_move_and_leave_nothing_behind(
    county: County, family: Room, tablet: Sender, anna: PageClient
) -> None:
    alva, bo = (family.guardians[name] for name in ("Alva Testlund", "Bo Testlund"))
    rooms = {id_: let_in(county, anna, family.case_id, id_) for id_ in (alva, bo)}
    rooms[alva].says("hemmet", "calm", wish="En soffa")
    rooms[alva].is_done()
    before = said_by(county, family)["Alva Testlund"]
    record = told(county, family, 1)
    tablet.send(record)
    with county.hub.app_context():
        came = set(
            db.session.scalars(select(GuardianStatement.id).filter_by(record_id=record["id"]))
        )
    assert OWN in rooms[alva].text("read")

    at = f"/case/{family.case_id}/consent/guardian/{alva}"
    action = f"/guardian-record/{record['id']}/correct"
    assert anna.send(at, action=action, guardian=alva).status_code == 404, "it stands there already"
    anna.send(at, action=action, guardian=bo)

    assert said_by(county, family)["Alva Testlund"] == before
    assert sorted(said_by(county, family)["Bo Testlund"]) == sorted(told_texts())
    assert OWN not in rooms[alva].text("read") and OWN in rooms[bo].text("read")
    with county.hub.app_context():
        assert came == set(
            db.session.scalars(select(GuardianStatement.id).filter_by(record_id=record["id"]))
        ), "what a kartläggning points at is still there"
    [event] = county.events("guardian_record:corrected")
    assert event.detail == bo
    assert action not in anna.get(at).text


def _forget_where_they_came_in(county: County) -> None:
    """As words stand that were placed before the hub kept count."""
    county.change(lambda: db.session.execute(update(GuardianStatement).values(record_id=None)))


def test_words_that_nobody_can_tell_apart_are_not_said_to_be_moved(
    county: County, family: Room, tablet: Sender, anna: PageClient
) -> None:
    record = told(county, family, 1)
    tablet.send(record)
    _forget_where_they_came_in(county)
    before = said_by(county, family)
    alva, bo = (family.guardians[name] for name in ("Alva Testlund", "Bo Testlund"))
    at = f"/case/{family.case_id}/consent/guardian/{alva}"
    action = f"/guardian-record/{record['id']}/correct"
    answer = anna.send(at, action=action, guardian=bo)
    assert "Inget är flyttat." in anna.get(answer.location).text
    assert said_by(county, family) == before
    assert not county.events("guardian_record:corrected")
    assert action in anna.get(at).text, "the record still stands where its words do"


def test_the_ansvarig_moves_a_record_that_came_to_another_childs_case(
    county: County, family: Room, tablet: Sender, anna: PageClient
) -> None:
    other = Room(county, CaseState.COLLECTING, alias="Leo")
    other.add_guardian("Vera Testlund")
    record = told(county, family, 1)
    tablet.send(record)
    alva = family.guardians["Alva Testlund"]
    at = f"/case/{family.case_id}/consent/guardian/{alva}"
    action = f"/guardian-record/{record['id']}/move"
    anna.send(at, action=action, code="ZZZZZZ")
    assert len(said_by(county, family)["Alva Testlund"]) == 4
    noise = county.code_of(family.noise_id)  # type: ignore[attr-defined]
    anna.send(at, action=action, code=noise)
    assert len(said_by(county, family)["Alva Testlund"]) == 4, "only to a case of one's own"
    anna.send(at, action=action, code=county.code_of(other.case_id))
    assert not any(said_by(county, family).values())
    assert not any(said_by(county, other).values()), "and there somebody says whose it is"
    there, place = f"/case/{other.case_id}", f"/guardian-record/{record['id']}/place"
    anna.send(there, action=place, guardian=other.guardians["Vera Testlund"])
    assert sorted(said_by(county, other)["Vera Testlund"]) == sorted(told_texts())
    assert {event.case_id for event in county.events("guardian_record:moved")} == {
        family.case_id, other.case_id,
    }  # fmt: skip


def test_a_record_that_something_rests_on_stays(
    county: County, family: Room, tablet: Sender, anna: PageClient
) -> None:
    other = Room(county, CaseState.COLLECTING, alias="Leo")
    record = told(county, family, 1)
    tablet.send(record)

    def point_at_it() -> None:
        said = db.session.scalars(select(GuardianStatement)).first()
        assert said
        case = db.session.get_one(Case, family.case_id)
        made = kartlaggning.current(db.session, case.id) or kartlaggning.Kartlaggning(
            case_id=case.id, round=1, begun_by=family.by, begun_at=clock.now()
        )
        made.write(case.key(county.ring), {"answers": {"1": {"text": "", "evidence": [said.id]}}})
        db.session.add(made)

    county.change(point_at_it)
    at = f"/case/{family.case_id}/consent/guardian/{family.guardians['Alva Testlund']}"
    action = f"/guardian-record/{record['id']}/move"
    anna.send(at, action=action, code=county.code_of(other.case_id))
    assert len(said_by(county, family)["Alva Testlund"]) == 4
    assert not county.events("guardian_record:moved")


def test_who_is_suspended_is_marked_where_a_guardian_is_chosen(
    county: County, family: Room, tablet: Sender, anna: PageClient
) -> None:
    family.suspend("Bo Testlund")
    tablet.send(told(county, family, None))
    page = anna.page(f"/case/{family.case_id}")
    assert "Bo Testlund (åtkomsten är avstängd)" in page.text
    assert "Alva Testlund (åtkomsten" not in page.text


def test_another_familys_guardian_and_another_cases_record_are_not_to_choose(
    county: County, family: Room, tablet: Sender, anna: PageClient
) -> None:
    record = told(county, family, None)
    tablet.send(record)
    at, place = f"/case/{family.case_id}", f"/guardian-record/{record['id']}/place"
    with county.hub.app_context():
        noise = db.session.scalars(select(Case).where(Case.id != family.case_id)).one().id
    [form] = [one for one in anna.page(at).forms if one["action"].endswith(place)]
    token = form["fields"]["csrf_token"]
    for guardian in ("", "none", SOME_ID):
        for action in (place, place.replace("place", "correct")):
            sent = anna.post(f"{at}{action}", data={"csrf_token": token, "guardian": guardian})
            assert sent.status_code == 404, (guardian, action)
    bodil = county.sign_in("Bodil")
    assert bodil.post(f"/case/{noise}{place}", data={"guardian": "new"}).status_code in (400, 404)
    assert not any(said_by(county, family).values())


def test_a_child_who_is_not_known_gets_a_case_where_the_words_wait(
    county: County, family: Room, tablet: Sender, anna: PageClient
) -> None:
    place = {"kind": "grundskola", "unit": county.id("Exempelskolan"), "year": "AK3"}
    child = {"alias": "Tuva", "birth_year": 2017, "place": place}
    assert tablet.send({**told(county, family, 1), "child": child}).status_code == 201
    inbox = anna.get("/case/").text
    assert "Tuva" in inbox and "har berättat på surfplattan" in inbox
    assert not any(said_by(county, family).values()), "a number without a case is nobody's"


def test_a_code_that_nobody_has_is_paired_by_hand_and_then_waits_in_the_right_case(
    county: County, family: Room, tablet: Sender
) -> None:
    """Centralt Provkommunen gets what names an unknown case, and so has a case of its own here."""
    record = {**told(county, family, None), "child": {"case_code": "000000"}}
    tablet.send(record)
    cesars, ids = county.id("Cesar"), {"id": record["id"]}
    county.change(lambda: setattr(db.session.get_one(Case, family.case_id), "ansvarig_id", cesars))
    with county.hub.app_context():
        made = db.session.get_one(GuardianRecord, ids["id"]).case_id
    cesar, at = county.sign_in("Cesar"), f"/case/{made}"
    action = f"/guardian-record/{record['id']}/move"
    assert "/place" not in cesar.get(at).text, "first which child, then who"
    assert cesar.send(at, action=action, code="ZZZZZZ").status_code == 303
    assert cesar.get(at).status_code == 200
    cesar.send(at, action=action, code=county.code_of(family.case_id))
    assert cesar.get(at).status_code == 404, "the case that was made for it alone is gone"
    there, place = f"/case/{family.case_id}", f"/guardian-record/{record['id']}/place"
    cesar.send(there, action=place, guardian=family.guardians["Bo Testlund"])
    assert len(said_by(county, family)["Bo Testlund"]) == 4


def test_a_suspended_guardians_words_land_in_silence_and_the_room_stays_shut(
    county: County, family: Room, tablet: Sender, anna: PageClient
) -> None:
    """What was said before the access ended and is sent after it."""
    alva = let_in(county, anna, family.case_id, family.guardians["Alva Testlund"])
    usual = tablet.send(told(county, family, 2, "pappa")).json
    family.suspend("Alva Testlund")
    after = tablet.send(told(county, family, 1)).json
    assert {**after, "conversation": "", "digest": ""} == {
        **usual,
        "conversation": "",
        "digest": "",
    }
    assert len(said_by(county, family)["Alva Testlund"]) == 4
    assert alva.get("").status_code == 404


def test_a_saved_copy_of_a_tablet_brings_in_a_guardians_record_too(
    county: County, family: Room, tablet: Sender, time: Clock
) -> None:
    record = told(county, family, 2, "pappa")
    sealed = seal(tablet.ring, record)
    with county.hub.app_context():
        for _ in range(2):
            intake.take_in(
                db.session, county.ring, sealed, record["id"],
                lambda _record: db.session.get_one(Tablet, tablet.id), time(),
                event="conversation:rescued",
            )  # fmt: skip
    assert len(county.events("guardian_record:rescued")) == 1
    assert len(said_by(county, family)["Bo Testlund"]) == 4


# What the seal holds.


def test_a_guardians_record_holds_nothing_of_a_childs_and_a_childs_nothing_of_a_guardians() -> None:
    def read(record: Record) -> Record:
        return read_record(gzip.compress(json.dumps(record).encode()))

    assert read(MADE) == MADE
    child = json.loads((GOLDEN / "record.json").read_text("utf-8"))
    for wrong in (
        {**MADE, "wheel": []},
        {**MADE, "variant": "older"},
        {**MADE, "format": "kid-wheel/conversation/1"},
        {**child, "format": MADE["format"]},
        {**child, "guardian": MADE["guardian"]},
        {**MADE, "format": "kid-wheel/guardian-view/2"},
    ):
        with pytest.raises(NotARecord):
            read(wrong)


def test_the_database_keeps_a_guardians_words_encrypted(
    county: County, family: Room, tablet: Sender, on_disk: Any
) -> None:
    tablet.send(told(county, family, 1))
    tablet.send(told(county, family, None, "bonusmamma"))
    assert count(county, GuardianRecord) == 2 and count(county, GuardianStatement) == 4
    held = on_disk()
    for words in (OWN, CARD, "دراجة", "bonusmamma"):
        assert words.encode() not in held
