"""The wheel on paper: the same cards as on the screen, nothing about anybody, and marked after."""

from __future__ import annotations

import re
from collections import Counter
from html import unescape
from pathlib import Path

import pytest
from county import County
from page_client import Page, PageClient

from kid_wheel.case import Case
from kid_wheel.catalog import LANGUAGES, Variant, attribution, catalog, version
from kid_wheel.conversation import NotARecord
from kid_wheel.db import db
from kid_wheel.paper import CardSize, PaperCard, area_cards, in_grey, sheets
from kid_wheel.people import Organisation, Staff

FEW, EVERY = "core", "all"


def sheets_for(client: PageClient, **choices: str) -> tuple[Page, str]:
    address = "/paper/print?" + "&".join(f"{name}={value}" for name, value in choices.items())
    return client.page(address), client.get(address).get_data(as_text=True)


def cards_on(page: Page) -> list[str]:
    return [attrs["data-card"] for _tag, attrs in page.tags if "data-card" in attrs]


@pytest.fixture
def everywhere(county: County) -> County:
    """Every language is switched on."""

    def switch_on() -> None:
        for each in db.session.query(Organisation):
            each.languages = " ".join(LANGUAGES[1:])

    county.change(switch_on)
    return county


@pytest.mark.parametrize("variant", list(Variant))
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cards_are_exactly_the_variants_in_the_language(
    everywhere: County, language: str, variant: Variant
) -> None:
    client = everywhere.sign_in("Mona")
    shown = catalog(language, variant)
    page, text = sheets_for(client, variant=variant, language=language, deck=EVERY, sensitive="yes")
    expected = [card for _area, card in shown.cards()]
    people = [p for p in shown.people.values() if p.variant in {"both", variant}]
    assert cards_on(page) == [
        *(card.key for card in expected),
        *(f"control/{k}" for k in ("skip", "dont_know", "dont_want_to_answer", "pause", "stop")),
        *(f"person/{person.key}" for person in people),
        *(f"feeling/{feeling.key}" for feeling in shown.feelings),
    ]
    for words in (*expected, *people, *shown.feelings, *shown.areas):
        assert words.label in unescape(text), words.key
    assert all(card.say in unescape(text) for card in expected)
    assert f'lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in text
    steps = {attrs["data-step"] for _tag, attrs in page.tags if "data-step" in attrs}
    assert steps == {s.key for scale in shown.scale_choices() for s in shown.scales[scale]}


def test_sensitive_cards_lie_in_the_deck_only_when_an_adult_has_chosen_them(county: County) -> None:
    client = county.sign_in("Mona")
    cards = [card for _area, card in catalog("sv", Variant.OLDER).cards()]
    optional = {card.key for card in cards if card.optional}
    core = {card.key for card in cards if card.core} - optional
    few, _ = sheets_for(client, variant="older", deck=FEW, part="cards")
    every, _ = sheets_for(client, variant="older", deck=EVERY, part="cards")
    assert set(cards_on(few)) == core
    assert optional and set(cards_on(every)) == {c.key for c in cards} - optional


def test_each_sheet_says_whose_the_pictures_are_and_which_cards_they_were(county: County) -> None:
    page, text = sheets_for(county.sign_in("Mona"), prompts="none", variant="older")
    printed = text.count('<section class="page')
    assert printed == text.count(version()) == unescape(text).count(attribution("sv"))
    assert not page.find("script", src="") and printed > 5


def test_there_is_nothing_about_anybody_on_a_sheet(county: County) -> None:
    """Byte for byte the same for two people of two huvudmän, and nobody's name."""
    county.receive(county.make_record(alias="Mira"))
    _, mine = sheets_for(county.sign_in("Anna"), deck=EVERY)
    _, yours = sheets_for(county.sign_in("Bim"), deck=EVERY)
    assert mine == yours
    for name in ("Mira", "Påhittsson", "Exempelskolan", "Provkommunen"):
        assert name not in mine


def test_only_languages_that_are_switched_on_are_printed(county: County) -> None:
    client = county.sign_in("Mona")
    offered = [attrs.get("value") for attrs in client.page("/paper/").find("option")]
    assert "en" in offered and "ar" not in offered
    _, text = sheets_for(client, language="ar")
    assert 'lang="sv" dir="ltr"' in text


def test_somebody_whose_work_has_ended_prints_nothing(county: County) -> None:
    client = county.sign_in("Mona")

    def end() -> None:
        mona = db.session.get_one(Staff, county.id("Mona"))
        for assignment in mona.assignments:
            assignment.until_on = assignment.from_on

    county.change(end)
    assert client.get("/paper/print").status_code == 403


@pytest.mark.parametrize("size", list(CardSize))
def test_a_back_lies_behind_its_front_when_the_paper_is_turned(size: CardSize) -> None:
    shown = catalog("sv", Variant.OLDER)
    cards = area_cards(shown, everything=True, sensitive=True)
    made = sheets(cards, size, shown.controls["own_card"])
    assert [card for sheet in made for card in sheet.cards] == cards
    for sheet in made:
        assert len({len(row) for row in sheet.front}) == 1, "a row that is not full would shift"
        assert [row[::-1] for row in sheet.back] == list(sheet.front)


def test_a_skin_tone_changes_the_childs_own_pictures_and_no_others(county: County) -> None:
    shown = catalog("sv", Variant.PRESCHOOL)
    own = {c.symbol for _area, c in shown.cards() if c.skin_tone} | {shown.people["me"].symbol}
    page, _ = sheets_for(county.sign_in("Mona"), tone="mork", deck=EVERY)
    toned = {
        i["src"].split("/")[-1].split(".")[0] for i in page.find("img") if ".mork." in i["src"]
    }
    assert toned and toned <= own


def test_a_grey_picture_has_the_same_shapes_and_no_colour(county: County) -> None:
    client = county.sign_in("Mona")
    colour = (Path(county.hub.static_folder or "") / "bildstod/k-stop.svg").read_text("utf-8")
    grey = client.get("/paper/grey/k-stop.svg").get_data(as_text=True)
    codes = re.findall(r"#([0-9a-f]{6})", grey)
    assert codes and all(len({code[i : i + 2] for i in (0, 2, 4)}) == 1 for code in codes)
    shape = re.compile(r'd="[^"]+"')
    assert shape.findall(grey) == shape.findall(colour)
    assert client.get("/paper/grey/..%2Fcss%2Fbase.svg").status_code == 404
    assert in_grey('<a href="#fab" fill="#FFF"/>') == '<a href="#fab" fill="#ffffff"/>'


def test_empty_cards_fill_the_last_sheet_and_are_nobodys_answer() -> None:
    shown = catalog("sv", Variant.PRESCHOOL)
    one = [PaperCard("a/b/c", "Ett", "Ett?", "n-1f9d2")]
    (sheet,) = sheets(one, CardSize.LARGE, shown.controls["own_card"])
    counted = Counter(card.key for row in sheet.front for card in row)
    assert counted == {"a/b/c": 1, "": 11}


# Written in afterwards


PAPER = {"kind": "paper", "held_on": "2026-11-17"}


def test_what_was_held_on_paper_says_so_wherever_the_ansvarig_reads(county: County) -> None:
    case_id, conversation_id = county.receive(
        county.make_record(alias="Mira", origin=PAPER, tapped_by="adult")
    )
    client = county.sign_in("Anna")
    assert "från papper" in client.page("/case/").text
    assert "från papper" in client.page(f"/case/{case_id}").text
    page = client.page(f"/case/{case_id}/conversation/{conversation_id}").text
    assert "Samtalet hölls på papper 17 nov. 2026. En vuxen skrev in det efteråt." in page
    assert "samtalet 17 november 2026 · från papper" in page
    assert "den vuxna, där barnet pekade" in page
    assert "från papper" not in client.page("/case/").text, "read, so no longer new"


def test_the_inbox_tells_one_on_paper_from_one_on_the_tablet(county: County) -> None:
    case_id, _ = county.receive(county.make_record(alias="Mira", origin=PAPER))
    code = county.code_of(case_id)
    county.receive(county.make_record(child={"case_code": code}))
    text = " ".join(county.sign_in("Anna").page("/case/").text.split())
    assert "2 nya samtal" in text and "1 från papper" in text
    held = county.change(
        lambda: [c.held_on for c in db.session.get_one(Case, case_id).conversations]
    )
    assert held == ["2026-11-17", "2026-11-20"]


@pytest.mark.parametrize(
    "origin",
    [
        {"kind": "paper"},
        {"kind": "fax", "held_on": "2026-11-17"},
        {"kind": "paper", "held_on": "2026-13-41"},
        {"kind": "paper", "held_on": "2026-11-17", "who": "Mira"},
    ],
)
def test_an_origin_that_is_not_a_day_on_paper_is_no_record(
    county: County, origin: dict[str, str]
) -> None:
    with pytest.raises(NotARecord):
        county.receive(county.make_record(origin=origin))
