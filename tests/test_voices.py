"""Three voices: each stands for itself, silence is seen as silence, and nothing is added up."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from county import NOW, County
from page_client import Page

from kid_wheel import signal
from kid_wheel.case import Case
from kid_wheel.db import db
from kid_wheel.guardian import Guardian
from kid_wheel.handover import Delegation
from kid_wheel.people import Staff, Unit
from kid_wheel.voices import GuardianStatement, Kind, Presence, hear, write_down

HOME, ARGUMENTS, MONEY = "hemmet/older/home", "hemmet/older/arguments", "hemmet/older/money"
FRIENDS, SLEEP = "relationer/older/friends", "halsa/older/sleep"
WORDS = "Jag vill att de slutar bråka när jag ska plugga."
OTHERS = "Jag sover hos pappa i soffan."
MOMENTS = (NOW + timedelta(seconds=second) for second in count())


@pytest.fixture(autouse=True)
def another_family(county: County) -> str:
    """Noise: a child and a guardian of another huvudman, with words of their own."""
    said = {"hemmet": [{"text": OTHERS, "speaker": "child_said"}]}
    case_id, _ = county.receive(county.make_record("Demoskolan", alias="Yusuf", said=said))
    says(county, case_id, add_guardian(county, case_id, "Nour"), "hemmet", Kind.WORRY, "Trångt.")
    return case_id


@pytest.fixture
def mira(county: County) -> str:
    record = county.make_record(
        placed={HOME: "good", FRIENDS: "very_good"},
        silent={MONEY: "dont_know", SLEEP: "dont_want"},
        said={"hemmet": [{"text": WORDS, "speaker": "child_said", "release": "may_not"}]},
    )
    return county.receive(record)[0]


def test_a_voice_is_heard_silent_or_not_asked_and_never_more_than_that(
    county: County, mira: str
) -> None:
    guardian = add_guardian(county, mira, "Maja")
    says(county, mira, guardian, "hemmet", Kind.STRENGTH, "Hon är modig.")
    child, maja, professions = rings(county, mira)
    assert {child["hemmet"], child["relationer"]} == {Presence.SPOKEN}
    assert child["halsa"] is Presence.SILENT
    assert child["omsorg"] is Presence.NOT_ASKED
    assert [area for area, is_ in maja.items() if is_ is Presence.SPOKEN] == ["hemmet"]
    assert set(professions.values()) == {Presence.NOT_ASKED}


def test_two_guardians_are_two_voices(county: County, mira: str) -> None:
    for name in ("Maja", "Olle"):
        says(county, mira, add_guardian(county, mira, name), "omsorg", Kind.IS, f"{name} lagar mat")
    page = county.sign_in("Anna").page(f"/case/{mira}")
    heads = [" ".join(row.split()) for row in re.findall(r"Område (.*?) Hälsa", page.text, re.S)]
    assert heads == ["Barnet Maja Olle Professionerna"]
    columns = county.sign_in("Anna").page(f"/case/{mira}/area/omsorg")
    assert len(columns.find("section", class_="voice")) == 3
    assert columns.text.index("Maja lagar mat") < columns.text.index("Olle lagar mat")


def test_not_asked_is_never_shown_as_good(county: County, mira: str) -> None:
    text = county.sign_in("Anna").get(f"/case/{mira}").text
    (row,) = re.findall(r'<tr data-area="omsorg">.*?</tr>', text, re.S)
    assert "inte tillfrågad" in row and "mark-not-asked" in row
    assert "bra" not in row.lower() and "spoken" not in row
    (spoke,) = re.findall(r'<a class="spoke" data-area="omsorg".*?</a>', text, re.S)
    assert "band-spoken" not in spoke and spoke.count("band-not-asked") == 3
    area = county.sign_in("Anna").page(f"/case/{mira}/area/omsorg").text
    assert "Det säger ingenting om hur barnet har det där" in area


def test_the_silences_are_kept_apart_in_the_table_and_striped_in_the_wheel(
    county: County, mira: str
) -> None:
    text = county.sign_in("Anna").get(f"/case/{mira}").text
    (health,) = re.findall(r'<tr data-area="halsa">.*?</tr>', text, re.S)
    assert "tystnad: vill inte svara" in health
    (home,) = re.findall(r'<tr data-area="hemmet">.*?</tr>', text, re.S)
    assert "har berättat, också tystnad: vet inte" in home
    (spoke,) = re.findall(r'<a class="spoke" data-area="halsa".*?</a>', text, re.S)
    assert spoke.count('fill="url(#hatch)"') == 1, "a pattern, so that colour is not alone"


def test_the_wheel_says_no_more_than_the_table_and_holds_no_number(
    county: County, mira: str
) -> None:
    page = county.sign_in("Anna").page(f"/case/{mira}")
    said = [a["aria-label"] for a in page.find("a", class_="spoke")]
    assert len(said) == 7
    assert "Hemmet. Barnet: har berättat" in " ".join(said)
    raw = county.sign_in("Anna").get(f"/case/{mira}").text
    svg = re.search(r'<svg class="wheel rings".*?</svg>', raw, re.S)
    assert svg and not re.search(r"\d", re.sub(r"<[^>]+>", "", svg[0]))
    assert not any(re.search(r"\d", sentence) for sentence in said)


def test_the_wheel_is_the_same_however_the_cards_were_placed(county: County) -> None:
    drawn = set()
    for step in ("very_good", "not_good"):
        case_id, _ = county.receive(county.make_record(placed={HOME: step}))
        text = county.sign_in("Anna").get(f"/case/{case_id}").text
        drawn.add(
            re.search(r'<svg class="wheel rings".*?</svg>', text, re.S)[0].replace(case_id, "")
        )  # type: ignore[index]
    assert len(drawn) == 1


def test_what_an_earlier_conversation_said_still_counts_as_said(county: County, mira: str) -> None:
    letters = county.code_of(mira)
    county.receive(county.make_record(child={"case_code": letters}, placed={SLEEP: "good"}))
    (child, *_) = rings(county, mira)
    assert child["hemmet"] is Presence.SPOKEN and child["halsa"] is Presence.SPOKEN


def test_an_area_shows_the_childs_own_words_first_with_who_said_them_and_what_it_decided(
    county: County, mira: str
) -> None:
    guardian = add_guardian(county, mira, "Maja")
    says(county, mira, guardian, "hemmet", Kind.WORRY, "Vi bråkar för mycket.")
    page = plain(county.sign_in("Anna").page(f"/case/{mira}/area/hemmet"))
    assert page.index(WORDS) < page.index("Vi bråkar för mycket.")
    assert "Barnet sa eller skrev själv" in page
    assert "får inte visas hemma" in page
    assert "Vet inte" in page, "a silence beside the words"
    assert "Trångt" not in page and OTHERS not in page


def test_strengths_come_before_worries_and_are_asked_for_when_there_are_none(
    county: County, mira: str
) -> None:
    guardian = add_guardian(county, mira, "Maja")
    says(county, mira, guardian, "hemmet", Kind.WORRY, "Vi bråkar för mycket.")
    only_worries = plain(county.sign_in("Anna").page(f"/case/{mira}/area/hemmet"))
    assert "Styrkor ännu inte beskrivna Oro" in only_worries
    says(county, mira, guardian, "hemmet", Kind.STRENGTH, "Vi lagar mat ihop.")
    both = plain(county.sign_in("Anna").page(f"/case/{mira}/area/hemmet"))
    assert both.index("Vi lagar mat ihop.") < both.index("Vi bråkar för mycket.")


def test_professions_stand_last_with_who_they_are(county: County, mira: str) -> None:
    mona, unit = county.id("Mona"), county.id("Exempelskolan")

    def see() -> None:
        found = db.session.get_one(Case, mira)
        by, place = db.session.get_one(Staff, mona), db.session.get_one(Unit, unit)
        strength, words = signal.Kind.STRENGTH, "Hon hjälper en kompis."
        key = found.key(county.ring)
        signal.observe(db.session, key, found, "hemmet", strength, words, by, place, NOW)

    county.change(see)
    page = plain(county.sign_in("Anna").page(f"/case/{mira}/area/hemmet"))
    assert page.index(WORDS) < page.index("Hon hjälper en kompis.")
    assert "Mona Påhittsson, Exempelskolan" in page


def test_staff_write_down_a_guardians_words_verbatim_and_with_who_wrote(
    county: County, mira: str
) -> None:
    guardian = add_guardian(county, mira, "Maja")
    client = county.sign_in("Anna")
    words = "<b>Nej</b> – det är bra på morgonen."
    answer = client.send(
        f"/case/{mira}/area/hemmet", action="/statement",
        kind="strength", text=words, question="När är det bra?",
    )  # fmt: skip
    assert answer.status_code == 302
    page = client.get(answer.location).text
    assert "&lt;b&gt;Nej&lt;/b&gt; – det är bra på morgonen." in page
    assert "När är det bra?" in page and "Nedskrivet av Anna Påhittsson" in page
    (event,) = county.events("guardian_statement:written")
    assert (event.case_id, event.detail) == (mira, "hemmet")
    with county.hub.app_context():
        (row,) = db.session.query(GuardianStatement).filter_by(guardian_id=guardian)
        assert words.encode() not in row.content


def test_words_that_cannot_be_kept_yet_are_still_on_the_page(county: County, mira: str) -> None:
    add_guardian(county, mira, "Maja")
    client = county.sign_in("Anna")
    answer = client.send(f"/case/{mira}/area/hemmet", action="/statement", text="Det är tyst.")
    assert answer.status_code == 422
    assert "Det är tyst.</textarea>" in answer.text and "Välj vad det handlar om." in answer.text
    empty = client.send(f"/case/{mira}/area/hemmet", action="/statement", kind="is", text=" ")
    assert empty.status_code == 422 and "ordagrant" in empty.text


def test_a_guardian_of_another_case_is_not_written_down_here(
    county: County, mira: str, another_family: str
) -> None:
    add_guardian(county, mira, "Maja")
    strange = add_guardian(county, another_family, "Nour")
    answer = county.sign_in("Anna").send(
        f"/case/{mira}/area/hemmet", action="/statement", guardian=strange, kind="is", text="Ord."
    )
    assert answer.status_code == 404


def test_each_reading_of_an_area_is_an_event(county: County, mira: str) -> None:
    client = county.sign_in("Anna")
    client.page(f"/case/{mira}/area/hemmet")
    (event,) = county.events("area:read")
    assert (event.case_id, event.detail) == (mira, "hemmet") and event.conversation_id
    assert event.staff_id == county.id("Anna")
    assert "1 nytt samtal" in client.page("/case/").text, "an area is not all of it"


def test_a_tapped_sector_brings_the_voices_without_the_page_around_them(
    county: County, mira: str
) -> None:
    answer = county.sign_in("Anna").get(f"/case/{mira}/area/hemmet", headers={"HX-Request": "true"})
    assert answer.text.lstrip().startswith('<div class="voices"') and WORDS in answer.text


def test_another_huvudman_reads_nothing(county: County, mira: str) -> None:
    for name in ("Bodil", "Mona", "Arvid"):
        client = county.sign_in(name)
        answer = client.get(f"/case/{mira}/area/hemmet")
        assert answer.status_code in {403, 404} and WORDS not in answer.text
    assert not county.events("area:read")


def test_a_delegate_reads_and_writes_down_while_the_delegation_lasts(
    county: County, mira: str
) -> None:
    delegate(county, mira)
    add_guardian(county, mira, "Maja")
    client = county.sign_in("Mona")
    answer = client.send(f"/case/{mira}/area/hemmet", action="/statement", kind="is", text="Ord.")
    assert answer.status_code == 302


def test_an_area_that_nobody_has_is_not_there(county: County, mira: str) -> None:
    assert county.sign_in("Anna").get(f"/case/{mira}/area/ekonomi").status_code == 404


# The case.


def test_a_conversation_becomes_a_case_by_a_tap_of_the_ansvarig(county: County, mira: str) -> None:
    client = county.sign_in("Anna")
    assert client.send(f"/case/{mira}", action="/step/open_case").location == f"/case/{mira}"
    page = client.page(f"/case/{mira}")
    assert "Mottaget" in page.text
    missing = page.find("li", data_guard="guardians_informed")
    assert missing and page.find("a", href=f"/case/{mira}/kartlaggning")
    assert county.events("case:opened", case_id=mira)


def test_a_delegate_takes_no_step_that_is_the_ansvarigs(county: County, mira: str) -> None:
    delegate(county, mira)
    client = county.sign_in("Mona")
    assert not [f for f in client.page(f"/case/{mira}").forms if "/step/" in f["action"]]
    token = client.page(f"/case/{mira}").forms[0]["fields"]
    assert client.post(f"/case/{mira}/step/open_case", data=token).status_code == 404
    assert client.post(f"/case/{mira}/step/decide", data=token).status_code == 404
    assert not county.events("case:opened")


def test_the_case_says_when_it_is_looked_at_again(county: County, mira: str) -> None:
    def book() -> None:
        db.session.get_one(Case, mira).follow_up_on = datetime(2026, 12, 4, tzinfo=UTC).date()

    county.change(book)
    assert "4 december 2026" in county.sign_in("Anna").page(f"/case/{mira}").text


def rings(county: County, case_id: str) -> list[dict[str, Presence]]:
    with county.hub.app_context():
        case = db.session.get_one(Case, case_id)
        return [ring.presence for ring in hear(db.session, county.ring, case, "sv").rings]


def add_guardian(county: County, case_id: str, name: str) -> str:
    def add() -> str:
        key = db.session.get_one(Case, case_id).key(county.ring)
        made = Guardian(case_id=case_id, added_at=next(MOMENTS))
        made.write(key, {"name": name, "relation": "vårdnadshavare", "custody": "joint"})
        db.session.add(made)
        return made.id

    found: str = county.change(add)
    return found


def says(county: County, case_id: str, guardian_id: str, area: str, kind: Kind, text: str) -> None:
    anna = county.id("Anna")

    def say() -> None:
        case, by = db.session.get_one(Case, case_id), db.session.get_one(Staff, anna)
        key = case.key(county.ring)
        write_down(db.session, key, case, guardian_id, area, kind, text, "", by, next(MOMENTS))

    county.change(say)


def delegate(county: County, case_id: str, to: str = "Mona") -> None:
    anna, colleague = county.id("Anna"), county.id(to)
    county.change(
        lambda: db.session.add(
            Delegation(
                case_id=case_id, staff_id=colleague, given_by=anna, given_at=NOW,
                until_on=datetime(2026, 12, 24, tzinfo=UTC).date(),
            )
        )
    )  # fmt: skip


def plain(page: Page) -> str:
    text: Any = " ".join(page.text.split())
    return re.sub(r"\s+([,.])", r"\1", text)
