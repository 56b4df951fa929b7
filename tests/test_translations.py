"""Swedish is the source; each other language is complete, or a test names what is missing.

To add a sentence: write it in Swedish, run `make translations`, and fill in what came in empty.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog as Messages
from babel.messages.catalog import Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po
from county import County
from page_client import PageClient

from kid_wheel import catalog as content
from kid_wheel.catalog import AGREEMENT, AREAS, LANGUAGES, Variant, catalog
from kid_wheel.i18n import CHILDS_NAMES, NAMES
from kid_wheel.reading import areas

HOME = Path(__file__).parent.parent
OTHERS = [language for language in NAMES if language != "sv"]
# Easy Swedish has cards of its own; the few words around them are easy in Swedish.
CHILDS = [language for language in LANGUAGES if language not in NAMES and "-" not in language]
MET_BY_A_CHILD = ("templates/tablet/child", "templates/wheel/", "templates/picture/")
MET_BY_A_GUARDIAN = (
    "templates/home/",
    "templates/tablet/guardian.html",
    "templates/shown.html",
    "templates/screen/",
    "templates/_unprinted.html",
    "templates/guardian/shown.html",
    "templates/meeting/kallelse.html",
    "templates/meeting/show.html",
    "templates/disclosure/shown.html",
)
ON_PAPER = ("templates/pdf/",)  # the language is chosen where the document is made
# What makes these pages, in kid_wheel/views: its words, and those of all that it asks for words.
SPEAKS = (
    ("documents", "_html"),
    ("documents", "_wheel_html"),
    ("disclosure", "_read"),
    ("at_meeting", "_shown"),
    ("kallelse", "_entry"),
)

PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w+\}")

# A concept has one word on every screen. What is not said: what is said instead, or why not.
NOT_IN_SWEDISH = {
    r"anmälan (är )?(skickad|gjord|mottagen)": "nothing in here is an anmälan, nor sends one",
    r"skicka\w* (in )?(en )?(oros)?anmälan": "nothing in here is an anmälan, nor sends one",
    r"användar\w*": "barn, vårdnadshavare or personal",
    r"brukar(e|en|na)?|patient\w*|elev(en|er|erna|ens)?": "barn",
    r"förälder|föräldrar\w*": "vårdnadshavare",
    r"handläggare\w*|ärendeansvarig\w*": "Barnets bästa-ansvarig",
    r"enhet(en|er|erna)?|padda\w*|läsplatta\w*": "surfplatta, or verksamhet",
    r"avdelning\w*": "verksamhet",
    r"formulär\w*|enkät\w*|intervju\w*|undersökning\w*": "samtal",
    r"skicka\w* in|lämna\w* in": "försegla och skicka",
    r"kategori\w*": "område",
    r"piktogram\w*": "bild, or bildstöd",
    r"poäng\w*|betyg\w*|resultat\w*": "nothing a child says is added up",
    r"larm\w*": "signal",
    r"feedback": "återkoppling",
}
NOT_IN_ENGLISH = {
    r"report (sent|received|made)": "nothing in here is a report of concern, nor sends one",
    r"users?|clients?|pupils?(?!’s file)|kids?": "child, guardian or staff",
    r"parents?": "guardian",
    r"devices?|ipads?(?! from version)": "tablet",
    r"departments?|tenants?": "unit, or authority",
    r"forms?|surveys?|questionnaires?|interviews?": "conversation",
    r"submit\w*": "seal and send",
    r"scores?|results?|grades?": "nothing a child says is added up",
    r"matters?|tickets?|errands?": "case",
}

# The profession owns these nouns, and names are names: they stay Swedish in every language.
SWEDISH_NOUNS = (
    "Tillsammans för barnens bästa i Sörmland",
    "Barnets bästa-ansvarig",
    "Barnets bästa-hjulet",
    "orosanmälan",
    "Sörmland",
    AGREEMENT,
)


@lru_cache
def source() -> Messages:
    """Every message in the code and the templates as they are now."""
    mappings = tomllib.loads((HOME / "pyproject.toml").read_text("utf-8"))["tool"]["babel"]
    found = Messages(locale="sv")
    for folder in ("kid_wheel", "templates"):
        method_map = [
            (pattern.removeprefix(f"{folder}/"), mapping["method"])
            for mapping in mappings["mappings"]
            for pattern in _listed(mapping["pattern"])
            if pattern.startswith(f"{folder}/")
        ]
        keywords = DEFAULT_KEYWORDS | {
            word: None
            for mapping in mappings["mappings"]
            for word in mapping.get("keywords", "").split()
        }
        for file, line, message, _notes, context in extract_from_dir(
            HOME / folder, method_map=method_map, keywords=keywords
        ):
            found.add(message, None, [(f"{folder}/{file}", line)], context=context)
    return found


@lru_cache
def translated(language: str) -> Messages:
    path = HOME / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


def test_the_source_is_found_in_code_forms_and_templates() -> None:
    for message in ("Redo utan nät", "Ditt lösenord nu", "Inkorg", "Vad vill du prata om?"):
        assert message in source(), message


def test_every_language_of_the_cards_can_be_chosen_and_is_translated() -> None:
    shipped = {path.parent.parent.name for path in HOME.glob("translations/*/*/messages.po")}
    assert shipped == {*OTHERS, *CHILDS}
    assert set(CHILDS_NAMES) == set(LANGUAGES)


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_translated(language: str) -> None:
    missing = []
    for message in _messages(source()):
        there = translated(language).get(message.id, message.context)
        if there is None or there.fuzzy or not all(_texts(there.string)):
            missing.append(f"{message.locations[0][0]}: {message.id}")
    assert not missing, f"run `make translations` and write these in {language}"


@pytest.mark.parametrize("language", CHILDS)
def test_every_message_that_a_family_meets_or_a_document_holds_is_translated(language: str) -> None:
    missing = []
    met, spoken = MET_BY_A_CHILD + MET_BY_A_GUARDIAN + ON_PAPER, _spoken()
    for message in _messages(source()):
        if not any(
            file.startswith(met) or line in spoken.get(file, ()) for file, line in message.locations
        ):
            continue
        there = translated(language).get(message.id, message.context)
        if there is None or there.fuzzy or not all(_texts(there.string)):
            missing.append(message.id)
    assert not missing, f"write these in {language}"


def test_what_a_document_asks_for_words_is_followed_to_where_they_are() -> None:
    said = {
        message.id
        for message in _messages(source())
        if any(line in _spoken().get(file, ()) for file, line in message.locations)
    }
    assert {"Ny insats: %(what)s", "Ensam vårdnad", "fick planen", "Hoppade över"} <= said
    assert "Inkorg" not in said


@pytest.mark.parametrize("language", [*OTHERS, *CHILDS])
def test_a_translation_fills_in_the_same_things(language: str) -> None:
    for message in _messages(translated(language)):
        wanted = {found for text in _texts(message.id) for found in PLACEHOLDER.findall(text)}
        for text in _texts(message.string):
            assert set(PLACEHOLDER.findall(text)) == wanted, message.id
        if message.pluralizable:
            assert len(_texts(message.string)) == translated(language).num_plurals, message.id


@pytest.mark.parametrize("language", [*OTHERS, *CHILDS])
def test_a_translation_names_nobody_and_no_machine(language: str) -> None:
    path = HOME / "translations" / language / "LC_MESSAGES" / "messages.po"
    text = path.read_text("utf-8")
    assert "#: " not in text, "locations make every change of code a change of the translation"
    assert "@" not in text
    assert "/work/" not in text
    assert "/home/" not in text


@pytest.mark.parametrize("variant", list(Variant))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_step_control_and_person_has_words(language: str, variant: Variant) -> None:
    shown = catalog(language, variant)
    steps = [step for scale in shown.scales.values() for step in scale]
    cards = [card for _area, card in shown.cards()]
    assert [area.key for area in shown.areas] == list(AREAS)
    assert all(area.name for area in shown.areas)
    for one in (*shown.areas, *cards, *steps, *shown.controls.values(), *shown.people.values()):
        assert one.label.strip(), one
        assert one.say.strip(), one
    assert content.attribution(language)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_no_word_of_the_cards_is_missing_in_a_language(language: str) -> None:
    source = tomllib.loads((content.CONTENT / "bildstod.toml").read_text("utf-8"))
    words = tomllib.loads((content.CONTENT / f"{language}.toml").read_text("utf-8"))
    wanted = {
        "card": {
            f"{area['key']}/{variant}/{card['key']}"
            for area in source["area"]
            for variant in Variant
            for card in area[variant]
        },
        "area": {f"{area['key']}/{variant}" for area in source["area"] for variant in Variant},
        "scale": {f"{name}/{row['key']}" for name, rows in source["scale"].items() for row in rows},
        **{kind: {row["key"] for row in source[kind]} for kind in ("control", "person", "feeling")},
    }
    for kind, keys in wanted.items():
        assert set(words[kind]) == keys
        for key, entry in words[kind].items():
            assert entry["label"].strip(), key
            assert entry["say"].strip(), key
    assert words["lang"] == language
    assert "reviewed_by" in words, "a language says who has read it, also when nobody has"


def test_a_card_without_words_in_a_language_is_shown_in_swedish() -> None:
    words = content.Words("en", {"card": {"halsa/older/new": {"label": "", "say": "How is it?"}}})
    assert words("card", "halsa/older/new", {"sv": "Ny", "say": "Hur är det?"}) == (
        "Ny",
        "How is it?",
    )
    row = {"key": "halsa", "sv": "Hälsa", "older_label": "Hur jag mår", "older_say": "Nu."}
    assert words.area(row, Variant.OLDER) == ("Hälsa", "Hur jag mår", "Nu.")


def test_swedish_has_one_word_for_each_concept() -> None:
    texts = ((message.locations[0][0], message.id) for message in _messages(source()))
    assert not _said_otherwise(texts, NOT_IN_SWEDISH)


def test_english_has_one_word_for_each_concept() -> None:
    texts = ((message.id, message.string) for message in _messages(translated("en")))
    assert not _said_otherwise(texts, NOT_IN_ENGLISH)


@pytest.mark.parametrize(
    ("patterns", "text"),
    [
        (NOT_IN_SWEDISH, "Din anmälan är skickad."),
        (NOT_IN_SWEDISH, "Användaren har loggat in."),
        (NOT_IN_SWEDISH, "Koppla enheten."),
        (NOT_IN_ENGLISH, "Your device is ready."),
        (NOT_IN_ENGLISH, "Submit the form."),
    ],
)
def test_the_list_of_words_catches_what_it_is_for(patterns: dict[str, str], text: str) -> None:
    assert _said_otherwise([("here", text)], patterns)


@pytest.mark.parametrize(
    "address",
    ["/tablet/en/adult", "/tablet/en/preschool", "/tablet/en/older", "/sign-in", "/about"],
)
def test_a_page_in_english_is_in_english(client: PageClient, address: str) -> None:
    # The tablet's pages are fragments, and the client judges those by another measure.
    answer = client.get(address, headers={"Accept-Language": "en", "HX-Request": "true"})
    assert answer.status_code == 200
    text = re.sub(r"\s+", " ", answer.get_data(as_text=True))
    for noun in (*SWEDISH_NOUNS, *CHILDS_NAMES.values()):
        text = text.replace(noun, "")
    assert not re.findall(r"[^<>\"]*[åäöÅÄÖ][^<>\"]*", text)


def test_a_reader_of_english_meets_the_childs_words_as_they_were(county: County) -> None:
    record = county.make_record(said={"hemmet": [{"text": "Lugnt.", "speaker": "child_said"}]})
    area = next(area for area in areas(record, "en") if area.key == "hemmet")
    assert (area.name, area.label, area.quotes[0].text) == ("Home", "Där jag bor", "Lugnt.")


@lru_cache
def _spoken() -> dict[str, set[int]]:
    """The lines of kid_wheel/views that SPEAKS reaches, by file."""
    found: dict[str, set[int]] = {}
    left, seen = list(SPEAKS), set(SPEAKS)
    while left:
        module, name = left.pop()
        functions, from_where = _module(module)
        if name not in functions:
            continue
        made = functions[name]
        lines = found.setdefault(f"kid_wheel/views/{module}.py", set())
        lines.update(range(made.lineno, (made.end_lineno or made.lineno) + 1))
        for node in ast.walk(made):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                there = (from_where.get(node.value.id, ("", ""))[0], node.attr)
            elif isinstance(node, ast.Name):
                there = from_where.get(node.id, (module, node.id))
            else:
                continue
            if there[0] and there not in seen:
                seen.add(there)
                left.append(there)
    return found


@lru_cache
def _module(name: str) -> tuple[dict[str, ast.FunctionDef], dict[str, tuple[str, str]]]:
    """Its functions, and of each name that it has from another view: (module, name there)."""
    path = HOME / "kid_wheel" / "views" / f"{name}.py"
    body = ast.parse(path.read_text("utf-8")).body
    from_where = {
        one.asname or one.name: (node.module or one.name, one.name)
        for node in body
        if isinstance(node, ast.ImportFrom) and node.level == 1
        for one in node.names
    }
    return {node.name: node for node in body if isinstance(node, ast.FunctionDef)}, from_where


def _messages(messages: Messages) -> Iterator[Message]:
    return (message for message in messages if message.id)


def _texts(text: Any) -> tuple[str, ...]:
    """The text, or its singular and plurals."""
    return tuple(text) if isinstance(text, (tuple, list)) else (text or "",)


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _said_otherwise(texts: Any, patterns: dict[str, str]) -> list[str]:
    """Each text with a word that is not ours, and what to say instead."""
    return [
        f"{where}: {text!r} (not {found[0]!r}: {instead})"
        for where, said in texts
        for text in _texts(said)
        for pattern, instead in patterns.items()
        if (found := re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE))
    ]
