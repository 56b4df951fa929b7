"""What the ansvarig meets: the inbox, the case, and the child's own words."""

from __future__ import annotations

import re
from itertools import takewhile

import pytest
from county import Clock, County, stored
from flask import Flask
from page_client import Page
from plan_steps import appoint, record_with_wish

from kid_wheel import clock
from kid_wheel.case import FUTURE_BIRTH, UNKNOWN_CASE, Case, CaseState, check_letter, packed_record
from kid_wheel.catalog import Variant
from kid_wheel.conversation import read_record
from kid_wheel.db import db
from kid_wheel.people import Staff
from kid_wheel.permissions import may_read, readable_cases
from kid_wheel.routing import Reason
from kid_wheel.views.case import reason_words, year_words

HOME, ARGUMENTS = "hemmet/older/home", "hemmet/older/arguments"
MONEY, SCREENS, MOVING = "hemmet/older/money", "hemmet/older/screens", "hemmet/older/moving"
WORDS = "Jag vill att de slutar bråka när jag ska plugga."


@pytest.fixture(autouse=True)
def another_family(county: County) -> str:
    """Noise: a child in another huvudman, with words of its own."""
    said = {"hemmet": [{"text": "Jag sover hos pappa i soffan.", "speaker": "child_said"}]}
    return county.receive(county.make_record("Demoskolan", alias="Yusuf", said=said))[0]


def test_the_child_who_has_waited_longest_comes_first(county: County, time: Clock) -> None:
    leo, read = county.receive(county.make_record(alias="Leo"))
    time.pass_(hours=1)
    county.receive(county.make_record(alias="Mira"))
    time.pass_(hours=1)
    county.receive(county.make_record(alias="Elias"))
    client = county.sign_in("Anna")
    assert _names(client.page("/case/")) == ["Leo", "Mira", "Elias"]
    client.page(f"/case/{leo}/conversation/{read}")
    assert _names(client.page("/case/")) == ["Leo", "Mira", "Elias"], "read is not answered"
    county.change(lambda: setattr(db.session.get_one(Case, leo), "state", CaseState.OWN_SUPPORT))
    assert _names(client.page("/case/")) == ["Mira", "Elias", "Leo"]


def test_the_inbox_says_what_the_tablet_knew_and_the_case_code(county: County) -> None:
    case_id, _ = county.receive(county.make_record(alias="Mira"))
    page = county.sign_in("Anna").page("/case/")
    for shown in ("Mira", "född 2014", "Exempelskolan, årskurs 6", "1 nytt samtal"):
        assert shown in _plain(page)
    assert county.code_of(case_id) in page.text
    assert "Yusuf" not in page.text, "another family"


def test_each_page_of_a_case_leads_to_the_others_and_marks_itself(county: County) -> None:
    case_id, _ = county.receive(county.make_record())
    anna = county.sign_in("Anna")
    stages = _stages(anna.page(f"/case/{case_id}"))
    assert len(stages) == 8
    for address in stages:
        there = _stages(anna.page(address))
        assert list(there) == list(stages)
        assert [one for one, is_here in there.items() if is_here] == [address]


def test_a_coordinator_is_led_only_to_the_pages_that_open(county: County) -> None:
    case_id, _ = county.receive(county.make_record())
    appoint(county, case_id, "Mona")
    mona = county.sign_in("Mona")
    stages = _stages(mona.page(f"/case/{case_id}/plan"))
    assert [address.rsplit("/", 1)[-1] for address in stages] == [
        "plan",
        "follow_up",
        "answer_back",
        "who",
        "documents",
    ]
    assert all(mona.get(address).status_code == 200 for address in stages)


@pytest.mark.parametrize(
    ("language", "day"), [("sv", "20 november 2026"), ("en", "20 November 2026")]
)
def test_a_conversation_has_its_day_in_the_readers_language(
    county: County, language: str, day: str
) -> None:
    case_id, _ = county.receive(record_with_wish(county))
    anna = county.sign_in("Anna")
    anna.send("/account", "/language", language=language)
    for page in ("", "/answer_back", "/documents"):
        text = _plain(anna.page(f"/case/{case_id}{page}"))
        assert day in text
        assert "2026-11-20" not in text


def test_a_conversation_is_new_until_the_person_has_read_it(county: County) -> None:
    case_id, conversation_id = county.receive(county.make_record())
    anna, dina = county.sign_in("Anna"), county.sign_in("Dina")
    anna.page(f"/case/{case_id}/conversation/{conversation_id}")
    assert "nytt samtal" not in anna.page("/case/").text
    assert "1 nytt samtal" in dina.page("/case/").text


def test_the_childs_words_stand_verbatim_with_who_said_them(county: County) -> None:
    statements = [
        {"text": WORDS, "speaker": "child_said", "card": ARGUMENTS},
        {"text": "<b>Nej</b>\n  & aldrig", "speaker": "child_pointed"},
        {"text": "En soffa och en lampa", "speaker": "child_drew"},
        {
            "text": "Det är lugnt hos mormor.",
            "speaker": "adult_wrote_childs_words",
            "question": "När är det lugnt?",
        },
    ]
    page = _conversation(county, placed={ARGUMENTS: "not_good"}, said={"hemmet": statements})
    quotes = re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", page.raw, re.S)
    assert quotes == [
        WORDS,
        "&lt;b&gt;Nej&lt;/b&gt;\n  &amp; aldrig",
        "En soffa och en lampa",
        "Det är lugnt hos mormor.",
    ]
    for label in (
        "Barnet sa eller skrev själv · om kortet Bråk hemma",
        "Barnet pekade, en vuxen tryckte",
        "Barnet ritade",
        "En vuxen skrev ner barnets ord",
        "Den vuxna frågade När är det lugnt?",
    ):
        assert label in _plain(page)


def test_a_wish_is_shown_as_a_wish_and_words_without_a_kind_as_just_words(county: County) -> None:
    statements = [
        {"text": "Dom bråkar i köket", "speaker": "child_said", "kind": "is"},
        {"text": "Det är dumt", "speaker": "child_said", "kind": "think"},
        {"text": "Att det är tyst", "speaker": "child_said", "kind": "wish"},
        {"text": "Nalle", "speaker": "child_said"},
    ]
    page = _conversation(county, placed={HOME: "good"}, said={"hemmet": statements})
    plain = _plain(page)
    assert plain.count("Så här är det") == plain.count("Så tycker jag") == 1
    assert "Så vill jag ha det Att det är tyst" in plain
    assert "Det är dumt Barnet sa" in plain and "ha det Nalle" not in plain


def test_feelings_stand_with_the_childs_pictures_and_who_tapped_them(county: County) -> None:
    record = county.make_record(placed={HOME: "good"})
    home = next(area for area in record["areas"] if area["key"] == "hemmet")
    school = next(area for area in record["areas"] if area["key"] == "larande")
    at = "2026-11-20T08:10:00Z"
    picked = {"label": "Rädd", "symbol": "n-1f628", "speaker": "child_pointed", "at": at}
    home["feelings"] = [
        {"key": "afraid", **picked},
        {"key": "happy", **picked, "label": "Glad", "symbol": "n-1f604"},
    ]
    school["feelings"] = [{"key": "afraid", **picked}]
    page = _open(county, record)
    assert "Känslor som barnet valde Rädd Glad Barnet pekade, en vuxen tryckte" in _plain(page)
    assert _area(page, "hemmet").count("n-1f604.svg") == 1
    assert "Känslor" in _area(page, "larande"), "an area with a feeling was opened"


def test_a_card_lies_where_the_child_put_it_and_nowhere_else(county: County) -> None:
    page = _conversation(county, placed={HOME: "so_so", ARGUMENTS: "not_good"})
    steps = _steps(page, "hemmet")
    assert list(steps) == ["Jättebra", "Bra", "Sådär", "Inte så bra", "Inte alls bra"]
    assert {step for step in steps if "Hemma" in steps[step]} == {"Sådär"}
    assert {step for step in steps if "Bråk hemma" in steps[step]} == {"Inte alls bra"}


def test_the_four_silences_are_kept_apart_and_never_look_like_an_answer(county: County) -> None:
    page = _conversation(
        county,
        placed={HOME: "good"},
        silent={MONEY: "dont_know", SCREENS: "skipped", ARGUMENTS: "dont_want"},
    )
    silences = _silences(page, "hemmet")
    assert list(silences) == ["Inte tillfrågad", "Hoppade över", "Vet inte", "Vill inte svara"]
    assert "Flytta" in silences["Inte tillfrågad"]
    assert silences["Hoppade över"].endswith("Mobil, spel och skärm")
    assert silences["Vet inte"].endswith("Pengar")
    assert silences["Vill inte svara"].endswith("Bråk hemma")
    on_the_board = " ".join(_steps(page, "hemmet").values())
    for card in ("Flytta", "Mobil", "Pengar", "Bråk hemma"):
        assert card not in on_the_board


def test_an_area_the_child_never_opened_is_said_not_to_mean_anything(county: County) -> None:
    page = _conversation(county, placed={HOME: "good"})
    unopened = page.raw.split('id="unopened"')[1]
    assert "säger ingenting om hur barnet har det" in unopened
    for area in ("Hur jag mår", "Skolan", "Känna mig trygg"):
        assert area in unopened
    assert "Där jag bor" not in unopened


def test_no_number_weighs_what_the_child_said(county: County) -> None:
    page = _conversation(county, placed={HOME: "not_good", ARGUMENTS: "not_good", MONEY: "so_so"})
    area = _area(page, "hemmet")
    text = re.sub(r"<[^>]+>", " ", area)
    assert re.findall(r"\d+", text) == ["1"], "only the order in which the areas were opened"
    assert not re.search(r"poäng|medel|procent|%|av \d", text)


def test_a_record_keeps_its_own_words_when_the_catalog_has_changed(county: County) -> None:
    record = county.make_record(placed={HOME: "good"})
    home = next(area for area in record["areas"] if area["key"] == "hemmet")
    home["label"] = "Hemma hos mig"
    home["key"] = "boende"
    card = next(card for card in home["cards"] if card["key"] == HOME)
    card["label"], card["answer"]["label"] = "Min lya", "Toppen"
    card["answer"] |= {"scale": "tummar", "step": "up"}
    page = _open(county, record)
    area = _area(page, "boende")
    assert "Hemma hos mig" in area and "Min lya" in area and "Toppen" in area


def test_the_wheel_shows_where_the_child_has_been_and_not_how_it_was(county: County) -> None:
    bright = _conversation(county, placed={HOME: "very_good", MONEY: "good"})
    dark = _conversation(county, placed={HOME: "not_good", MONEY: "not_so_good"})
    assert _wheel(bright) == _wheel(dark)
    more = _conversation(county, placed={HOME: "good", MONEY: "good"}, silent={MOVING: "skipped"})
    assert _wheel(more).count("<circle") == _wheel(bright).count("<circle") + 1
    assert [a["href"] for a in bright.find("a", data_area="hemmet")] == ["#area-hemmet"]
    assert bright.find("section", id="area-hemmet") or bright.find("li", id="area-hemmet")


def test_who_was_in_the_room_who_tapped_and_how_it_ended(county: County) -> None:
    page = _conversation(
        county,
        variant=Variant.PRESCHOOL,
        present={"guardian": True, "interpreter": {"mode": "phone"}},
        tapped_by="adult",
        ended="stopped",
        sittings=[
            {"from": "2026-11-19T08:00:00Z", "until": "2026-11-19T08:12:00Z"},
            {"from": "2026-11-20T08:00:00Z", "until": "2026-11-20T08:30:00Z"},
        ],
    )
    for fact in (
        "vårdnadshavare, tolk på telefon",
        "den vuxna, där barnet pekade",
        "Barnet ville sluta, och ville spara det som var sagt",
        "19 nov. 2026 09:00–09:12",
        "20 nov. 2026 09:00–09:30",
        "Förskola, tre ansikten",
        "Mona Påhittsson",
        "svenska",
    ):
        assert fact in _plain(page)
    assert "ingen vårdnadshavare" not in page.text


def test_a_question_without_a_card_that_met_silence_is_shown_as_asked(county: County) -> None:
    asked = {
        "question": "Vad vill du prata om?",
        "silence": "dont_want",
        "at": "2026-11-20T08:01:00Z",
    }
    text = _plain(_conversation(county, wheel=[asked]))
    assert "Vad vill du prata om? – Vill inte svara" in text and "stämmer" not in text


def test_a_silence_that_the_child_said_was_right_is_shown_so(county: County) -> None:
    asked = {
        "question": "Vad vill du prata om?",
        "silence": "dont_know",
        "at": "2026-11-20T08:01:00Z",
        "confirmed": True,
    }
    text = _plain(_conversation(county, wheel=[asked]))
    assert "Vad vill du prata om? – Vet inte barnet sa: stämmer" in text


def test_a_tablet_with_a_wrong_clock_is_not_believed(county: County) -> None:
    record = county.make_record(finished_at="2027-11-20T08:30:00Z")
    assert "Surfplattans klocka stämmer inte" in _open(county, record).text
    assert "Surfplattans klocka" not in _conversation(county).text


def test_every_reason_to_look_has_words_for_a_person(county: County) -> None:
    with county.hub.test_request_context():
        for reason in (*Reason, UNKNOWN_CASE, FUTURE_BIRTH):
            case = Case(reasons=str(reason), needs_human=True, ansvarig=Staff())
            (words,) = reason_words(case)
            assert str(reason) not in words and len(words) > 30
        assert year_words("AK6") == "årskurs 6" and year_words("FKLASS") == "förskoleklass"


# A code that nobody has.


def test_a_conversation_with_an_unknown_code_is_paired_with_the_case_it_was_meant_for(
    county: County, hub: Flask
) -> None:
    wrong, moved, right = _unpaired(county)
    client = county.sign_in("Cesar")
    assert "Ärendekoden som angavs finns inte" in client.page("/case/").text
    before = stored(hub, moved)
    code = county.code_of(right).lower()
    answer = _pair(client, wrong, moved, f" {code[:3]} {code[3:]} ")
    assert answer.location == f"/case/{right}"
    after = stored(hub, moved)
    assert before and after and after.case_id == right and after.content != before.content
    with hub.app_context():
        case = db.session.get_one(Case, right)
        record = read_record(packed_record(case.conversations[-1], case, county.ring))
        assert record["id"] == moved
        assert db.session.get(Case, wrong) is None
    assert client.get(f"/case/{wrong}").status_code == 404
    client.page(f"/case/{right}/conversation/{moved}")
    (event,) = county.events("conversation:moved")
    assert (event.staff_id, event.case_id) == (county.id("Cesar"), right)
    assert (event.conversation_id, event.detail) == (moved, f"from:{wrong}")


def test_a_conversation_is_not_paired_with_a_case_that_is_not_ones_own(county: County) -> None:
    wrong, moved, _right = _unpaired(county)
    strange, _ = county.receive(county.make_record("Demoskolan"))
    client = county.sign_in("Cesar")
    answers = [_pair(client, wrong, moved, code) for code in (county.code_of(strange), "222222")]
    assert [answer.status_code for answer in answers] == [422, 422]
    told = {re.search(r'class="wrong"[^>]*>([^<]+)<', answer.text)[1] for answer in answers}
    assert told == {"Du har inget ärende med den koden. Läs koden en gång till."}
    assert not county.events("conversation:moved")


def test_a_conversation_that_lies_right_cannot_be_moved(county: County) -> None:
    here, conversation = county.receive(county.make_record(alias="Mira"))
    there, _ = county.receive(county.make_record(alias="Leo"))
    client = county.sign_in("Anna")
    assert not [f for f in client.page(f"/case/{here}").forms if f["action"].endswith("/move")]
    token = client.page(f"/case/{here}").forms[0]["fields"]
    answer = client.post(
        f"/case/{here}/conversation/{conversation}/move",
        data={**token, "code": county.code_of(there)},
    )
    assert answer.status_code == 404


# Who may.


def test_the_filter_of_the_inbox_and_the_rule_of_the_case_agree(county: County) -> None:
    county.receive(county.make_record(alias="Mira"))
    with county.hub.app_context():
        cases = db.session.query(Case).all()
        assert len(cases) == 2
        for staff in db.session.query(Staff):
            seen = set(db.session.query(Case).filter(readable_cases(staff, clock.today())))
            assert seen == {c for c in cases if may_read(staff, c, clock.today())}, staff.name


class Read(Page):
    raw = ""


def _stages(page: Page) -> dict[str, bool]:
    """Address of each page in the row of a case's pages, and whether it is the one in front."""
    names = [attrs.get("aria-label") for _tag, attrs in page.tags]
    row = page.tags[names.index("Ärendets sidor") + 1 :]
    inside = takewhile(lambda one: one[0] in {"ul", "li", "a"}, row)
    return {a["href"]: a.get("aria-current") == "page" for tag, a in inside if tag == "a"}


def _open(county: County, record: dict[str, object]) -> Read:
    case_id, conversation_id = county.receive(record)
    client = county.sign_in("Anna")
    answer = client.get(f"/case/{case_id}/conversation/{conversation_id}")
    assert answer.status_code == 200
    page = Read(answer.text)
    page.raw = answer.text
    return page


def _conversation(county: County, **changes: object) -> Read:
    return _open(county, county.make_record(**changes))


def _unpaired(county: County) -> tuple[str, str, str]:
    """A case with an unknown code, its conversation, and the case of Cesar's it was meant for."""
    nowhere = {
        "alias": "Mira",
        "birth_year": 2014,
        "place": {"kind": "none", "unit": None, "year": None},
    }
    right, _ = county.receive(county.make_record(child=nowhere))
    letters = "ZZZZZ"
    unknown = {"case_code": letters + check_letter(letters)}
    wrong, moved = county.receive(county.make_record(child=unknown))
    assert right != wrong
    return wrong, moved, right


def _pair(client: object, case_id: str, conversation_id: str, code: str) -> object:
    move = f"/case/{case_id}/conversation/{conversation_id}/move"
    return client.send(f"/case/{case_id}", action=move, code=code)  # type: ignore[attr-defined]


def _names(page: Page) -> list[str]:
    return re.findall(r"\b(Leo|Mira|Elias|Yusuf)\b", page.text)


def _plain(page: Page) -> str:
    return re.sub(r"\s+([,.])", r"\1", " ".join(page.text.split()))


def _text(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def _area(page: Read, key: str) -> str:
    return re.search(rf'<section class="area[^>]*id="area-{key}".*?\n</section>', page.raw, re.S)[0]  # type: ignore[index]


def _steps(page: Read, area: str) -> dict[str, str]:
    """Each step of the area's board and what lies there."""
    board = re.search(r'<ol class="board.*?</ol>', _area(page, area), re.S)
    assert board
    return {
        _text(found[1]): _text(found[2])
        for found in re.finditer(r"<h4>(.*?)</h4>(.*?)(?=<h4>|</ol>)", board[0], re.S)
    }


def _silences(page: Read, area: str) -> dict[str, str]:
    found = re.finditer(
        r'<div class="silence".*?<h3[^>]*>(.*?)</h3>(.*?)</ul>\s*</div>', _area(page, area), re.S
    )
    return {_text(one[1]): _text(one[2]) for one in found}


def _wheel(page: Read) -> str:
    return re.search(r'<svg class="wheel.*?</svg>', page.raw, re.S)[0]  # type: ignore[index]
