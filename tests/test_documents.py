"""On paper: what is printed can be read aloud, says what it is not, and leaves out what it must."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from babel.support import Translations
from county import Clock, County
from plan_steps import ARGUMENTS, HOME, WISH, appoint, put, record_with_wish, start_plan
from pypdf import PdfReader
from sharing import Room, lay_in

from kid_wheel import clock, consent, disclosure, kartlaggning, meeting, pdf, voices
from kid_wheel.case import Case, CaseState
from kid_wheel.catalog import LANGUAGES, Variant, catalog
from kid_wheel.db import db
from kid_wheel.documents import released
from kid_wheel.i18n import GUARDIANS, direction
from kid_wheel.people import Staff
from kid_wheel.views.stopped import edition

pytestmark = pytest.mark.any_database  # pages become files

NOTE = "Det här skrev en vuxen bakom koden."
KARTLAGGNING = {
    "sources": {
        "signal": {"text": "Mentorn har sett att närvaron ändrats.", "missing_because": ""},
        "own_unit": {"text": "Läraren ser trötthet.", "missing_because": ""},
        "guardian": {"text": "", "missing_because": "Vi har inte fått tag på dem."},
        "child": {"text": "", "missing_because": "declined"},
    },
    "answers": {str(n): {"text": f"Svar nummer {n}.", "evidence": []} for n in range(1, 6)},
    "focus_areas": ["hemmet"],
    "needs": {"hemmet": "Lugn vid läxorna."},
    "child_view": "Barnets önskan styrde valet.",
    "maturity_by": "kurator Demo",
    "best_interests": "Lugn och ro är bäst för barnet.",
    "decision": "collaboration",
    "motive": "Fler behövs.",
}


@pytest.fixture
def case(county: County) -> str:
    """Mira's case with all that can be printed; another family's beside it."""
    noise, _ = county.receive(record_with_wish(county, unit="Demoskolan", alias="Yusuf"))
    put(county, noise, CaseState.MEETING_HELD)
    start_plan(county, county.sign_in("Bodil"), noise)
    record = record_with_wish(
        county,
        silent={"hemmet/older/money": "dont_know", "hemmet/older/screens": "dont_want"},
        notes=[
            {
                "kind": "disclosure",
                "text": NOTE,
                "speaker": "adult_wrote_childs_words",
                "at": "2026-11-20T08:20:00Z",
            }
        ],
    )
    case_id, _ = county.receive(record)
    put(county, case_id, CaseState.MEETING_HELD)
    anna = county.sign_in("Anna")
    start_plan(county, anna, case_id)
    _answer(county, anna, case_id)
    county.change(lambda: _write_kartlaggning(county, case_id))
    return case_id


def test_every_document_is_tagged_titled_and_says_what_it_is_not_on_every_page(
    county: County, case: str, caplog: pytest.LogCaptureFixture
) -> None:
    anna = county.sign_in("Anna")
    for address in _addresses(anna, case):
        made = _pdf(anna, address)
        root = made.root_object
        assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root, address
        assert b'pdfuaid:part="1"' in root["/Metadata"].get_object().get_data()
        assert made.metadata is not None and made.metadata.title
        assert "Mira" not in made.metadata.title, "a title is seen in lists of files"
        for page in made.pages:
            text = _plain(page.extract_text())
            assert "Inte journal, personakt eller elevakt" in text, address
            assert edition() in text and "version" in text, address
    assert "no required alt" not in caplog.text, "each picture can be read aloud"


def test_each_printing_is_an_event_with_the_kind_and_no_name_in_the_file(
    county: County, case: str
) -> None:
    anna = county.sign_in("Anna")
    for address in _addresses(anna, case):
        answer = anna.get(address)
        assert county.code_of(case) in answer.headers["Content-Disposition"]
        assert "Mira" not in answer.headers["Content-Disposition"]
    printed = county.events("document:printed", case_id=case)
    kinds = [event.detail for event in printed]
    assert sorted(kinds) == [
        "home",
        "kartlaggning",
        "letter",
        "pictures",
        "plan",
        "wheel",
        "whole",
    ]
    assert all(event.conversation_id for event in printed if event.detail in {"wheel", "home"})


def test_the_childs_wheel_has_each_silence_by_its_own_name_and_never_as_good(
    county: County, case: str
) -> None:
    anna = county.sign_in("Anna")
    text = _text(_pdf(anna, _wheel(county, case, "wheel")))
    labels = {card.key: card.label for _area, card in catalog("sv", Variant.OLDER).cards()}
    for words in (
        WISH,
        "Barnet sa eller skrev själv",
        f"Vet inte: {labels['hemmet/older/money']}",
        f"Vill inte svara: {labels['hemmet/older/screens']}",
        "Inte tillfrågad: områden som inte öppnades",
        "säger ingenting om hur barnet har det där",
    ):
        assert words in text, words
    shown = catalog("sv", Variant.OLDER)
    steps = {step.label for step in shown.scales["bra5"]}
    used = {step.label for step in shown.scales["bra5"] if step.key in {"good", "not_good"}}
    for step in steps - used:
        assert f"{step}:" not in text, "a step that the child did not use"


def test_only_what_the_child_released_goes_home(county: County) -> None:
    record = record_with_wish(county, silent={"hemmet/older/money": "dont_know"})
    home = next(area for area in record["areas"] if area["key"] == "hemmet")
    cards = {card["key"]: card for card in home["cards"]}
    home["statements"][0]["card"] = ARGUMENTS
    home["statements"][0]["release"] = "may_show"
    cards[ARGUMENTS]["release"] = "may_not"
    cards[HOME]["release"] = "may_show"
    cards["hemmet/older/money"]["release"] = "dont_know"
    (shown,) = [area for area in released(record)["areas"] if area["key"] == "hemmet"]
    assert [card["key"] for card in shown["cards"]] == [HOME]
    assert [said["text"] for said in shown["statements"]] == [WISH]
    assert "card" not in shown["statements"][0], "the card that stays here is not told of"


def test_what_the_child_was_never_asked_about_stays_here(county: County, case: str) -> None:
    text = _text(_pdf(county.sign_in("Anna"), _wheel(county, case, "home")))
    assert "Jag har inte valt något att visa hemma." in text
    assert WISH not in text and NOTE not in text


def test_an_area_that_may_be_shown_takes_its_feelings_along_and_one_card_can_stay(
    county: County,
) -> None:
    record = record_with_wish(county)
    home = next(area for area in record["areas"] if area["key"] == "hemmet")
    home["release"] = "may_show"
    home["feelings"] = [{"key": "afraid"}]
    home["drawings"] = [{"id": "a", "release": "may_not"}, {"id": "b"}, {"id": "c", "card": HOME}]
    next(card for card in home["cards"] if card["key"] == ARGUMENTS)["release"] = "may_not"
    (shown,) = [area for area in released(record)["areas"] if area["key"] == "hemmet"]
    assert [card["key"] for card in shown["cards"]] == [HOME]
    assert shown["feelings"]
    assert [drawing["id"] for drawing in shown["drawings"]] == ["b", "c"]
    home["feelings_decided"] = {"release": "may_not"}
    assert not next(a for a in released(record)["areas"] if a["key"] == "hemmet")["feelings"]


def test_the_plan_and_the_picture_plan_are_made_of_the_same_rows(county: County, case: str) -> None:
    anna = county.sign_in("Anna")
    adults = _text(_pdf(anna, f"/case/{case}/documents/plan.pdf"))
    pictures = _text(_pdf(anna, f"/case/{case}/documents/pictures.pdf"))
    assert "Familjesamtal varannan vecka" in adults
    assert "Sam pratar med mamma och pappa så att det blir lugnare." in adults
    assert "Sam pratar med mamma och pappa så att det blir lugnare." in pictures
    assert "Familjesamtal varannan vecka" not in pictures, "the child's words, not the adults'"
    for text in (adults, pictures):
        assert "Socialsekreterare Sam Demo" in text and "20 december 2026" in text


def test_the_kartlaggning_on_paper_says_which_source_is_missing_and_why(
    county: County, case: str
) -> None:
    text = _text(_pdf(county.sign_in("Anna"), f"/case/{case}/documents/kartlaggning.pdf"))
    for words in (
        "saknas, därför att Vi har inte fått tag på dem.",
        "Barnet ville inte",
        "5. Vilken ytterligare hjälp behöver jag från andra?",
        "Svar nummer 5.",
        "kurator Demo",
    ):
        assert words in text


def test_the_whole_case_holds_all_but_the_question_about_orosanmalan(
    county: County, case: str
) -> None:
    put(county, case, CaseState.CLOSING)
    anna = county.sign_in("Anna")
    anna.send(f"/case/{case}/answer_back", "/close", orosanmalan="unsure", kept="nothing")
    text = _text(_pdf(anna, f"/case/{case}/documents/whole.pdf"))
    for words in (WISH, NOTE, "Svar nummer 1.", "Familjesamtal varannan vecka", "Vi gör"):
        assert words in text, words
    assert "rådgör" not in text and "Brusets" not in text


def test_the_whole_case_tells_whose_each_word_and_each_answer_is(
    county: County, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = lay_in(monkeypatch)
    said = {"hemmet": [{"text": WISH, "speaker": "child_said", "kind": "wish"}]}
    noise = Room(county, CaseState.CONSENT_PENDING, unit="Demoskolan", alias="Yusuf")
    noise.add_guardian("Yara")
    noise.says("Yara", words={"said": "Det här rör en annan familj."})
    room = Room(county, CaseState.CONSENT_PENDING, said=said)
    for name in ("Lo", "Kim"):
        room.add_guardian(name)
    room.says("Lo", words={"said": "Ja, om hon själv vill."}, way=consent.Way.ORAL)
    room.says("barnet", words={"said": "Bara om skolan."})
    taken_back = room.says("Kim")
    room.withdraw(taken_back)
    time.pass_(minutes=1)
    room.says("Kim")
    county.change(lambda: _share(county, room, named.recipients[0]))
    monkeypatch.setattr("kid_wheel.kartlaggning.rounds", lambda *_: [])
    monkeypatch.setattr("kid_wheel.kartlaggning.current", lambda *_: None)
    made = _pdf(county.sign_in("Anna"), f"/case/{room.case_id}/documents/whole.pdf")
    text = _text(made)
    for words in (
        # the guardians' remarks, each by name and with who wrote it down
        "Lo, vårdnadshavare Hemmet · Önskan",
        "Jag vill att vi hjälps åt.",
        "Nedskrivet av Anna Påhittsson",
        "Kim, vårdnadshavare Inget är nedskrivet.",
        # the answers about sharing
        "Lo, vårdnadshavare: Ja (muntligt), 20 november 2026, till och med 20 maj 2027",
        "Ja, om hon själv vill.",
        "Barnet: Ja",
        "Bara om skolan.",
        "Kim, vårdnadshavare: Ja",
        "återtaget 20 november 2026",
        # the meeting
        "Biblioteket",
        "Socialtjänsten Provkommunen, Annan verksamhet · Hemmet",
        "Lo, Vårdnadshavare · var med",
        "Jag vill börja med att säga tack. Lo",
        "Bara i början. Barnet",
        # and who has been told
        "Berättat muntligt",
        f"{WISH} Barnet sa eller skrev själv",
    ):
        assert words in text, (words, text)
    assert "annan familj" not in text and "Yara" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_for_the_child_is_whole_in_every_language_and_can_be_read_out_of_the_file(
    county: County, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = {
        "ar": "أريد الهدوء",
        "uk": "Я хочу тиші, їжак",
        "so": "Waxaan rabaa aamusnaan",
        "fi": "Haluan hiljaisuutta yöllä",
    }.get(language, "Jag vill att det är tyst")
    shown = catalog(language, Variant.OLDER)
    said = {"hemmet": [{"text": words, "speaker": "child_said", "kind": "wish"}]}
    record = record_with_wish(county, said=said, language=language)
    record["areas"][[area.key for area in shown.areas].index("hemmet")]["release"] = "may_show"
    for area, there in zip(record["areas"], shown.areas, strict=True):
        area["label"] = there.label
    case_id, _ = county.receive(record)
    put(county, case_id, CaseState.MEETING_HELD)
    anna = county.sign_in("Anna")
    start_plan(county, anna, case_id)
    _answer(county, anna, case_id)
    pictures, letter = (f"/case/{case_id}/documents/{kind}.pdf" for kind in ("pictures", "letter"))
    untranslated = _listen_for_untranslated(monkeypatch)
    for address in (letter, pictures, _wheel(county, case_id, "home")):
        html = _html(monkeypatch, anna, address)
        around = language.split("-")[0]
        assert f'<html lang="{around}" dir="{direction(around)}">' in html, address
    assert around == "sv" or not untranslated, untranslated
    for address in (letter, _wheel(county, case_id, "home")):
        made = _pdf(anna, address)
        assert made.root_object["/Lang"] == around
        text = _text(made)
        assert _letters(words) <= _letters(text), text
        assert all(name.startswith(("Atkinson", "Noto-Sans")) for name in _fonts(made)), address


def test_without_pango_a_person_is_told_what_to_do_and_nothing_is_noted_as_printed(
    county: County, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_pango(_html: str) -> bytes:
        raise pdf.NoPango

    monkeypatch.setattr(pdf, "pdf", no_pango)
    answer = county.sign_in("Anna").get(f"/case/{case}/documents/plan.pdf")
    assert answer.status_code == 503 and "Pango saknas" in answer.text
    assert not county.events("document:printed", case_id=case)


def test_a_child_with_protected_identity_is_printed_only_on_purpose(
    county: County, case: str
) -> None:
    def protect() -> None:
        db.session.get_one(Case, case).protected_identity = True

    anna = county.sign_in("Anna")
    addresses = _addresses(anna, case)
    county.change(protect)
    page = anna.page(f"/case/{case}/documents")
    assert "skrivs bara ut med flit" in page.text and not page.find("a", href=addresses[0])
    for address in addresses:
        assert anna.get(address).location.endswith("/documents"), "where it says why"
    assert not county.events("document:printed", case_id=case)
    anna.send(f"/case/{case}/child", "/print")
    assert anna.get(addresses[0]).status_code == 200
    assert len(county.events("document:printed", case_id=case)) == 1


@pytest.mark.parametrize("name", ["Bodil", "Cesar", "Mona"])
def test_nobody_else_prints(county: County, case: str, name: str) -> None:
    addresses = _addresses(county.sign_in("Anna"), case)
    client = county.sign_in(name)
    for address in [f"/case/{case}/documents", *addresses]:
        assert client.get(address).status_code in {403, 404}, address


def test_the_coordinator_prints_the_plan_and_the_letter_and_nothing_else(
    county: County, case: str
) -> None:
    anna = county.sign_in("Anna")
    addresses = _addresses(anna, case)
    appoint(county, case, "Mona")
    mona = county.sign_in("Mona")
    for address in addresses:
        is_hers = address.endswith(("plan.pdf", "pictures.pdf", "letter.pdf"))
        assert mona.get(address).status_code == (200 if is_hers else 404), address


@pytest.mark.parametrize("language", GUARDIANS)
def test_a_document_for_adults_is_whole_in_the_language_chosen_where_it_is_made(
    county: County, case: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna, untranslated = county.sign_in("Anna"), _listen_for_untranslated(monkeypatch)
    chosen = [
        address
        for address in _addresses(anna, case, language)
        if address.endswith(f"?language={language}")
    ]
    untranslated.clear()
    assert [address.rpartition("/")[2].partition(".")[0] for address in chosen] == [
        "wheel", "kartlaggning", "plan", "whole",
    ]  # fmt: skip
    for address in chosen:
        made, html = _pdf(anna, address), _html(monkeypatch, anna, address)
        assert made.root_object["/Lang"] == language
        assert f'<html lang="{language}" dir="{direction(language)}">' in html
        assert {"Noto-Sans-Arabic"} <= _fonts(made) or language != "ar"
        assert all(name.startswith(("Atkinson", "Noto-Sans")) for name in _fonts(made)), address
    assert language == "sv" or not untranslated, untranslated
    motive = str(KARTLAGGNING["motive"])
    if language == "ar":
        motive = f"\N{FIRST STRONG ISOLATE}{motive}\N{POP DIRECTIONAL ISOLATE}"
    assert f'<span lang="sv" dir="ltr">{motive}</span>' in html
    assert f'<blockquote lang="sv" dir="ltr">{WISH}</blockquote>' in html, "never translated"


def test_a_language_that_is_not_ours_gives_the_readers_own_and_a_childs_page_is_the_childs(
    county: County, case: str
) -> None:
    anna = county.sign_in("Anna")
    at = f"/case/{case}/documents"
    assert _pdf(anna, f"{at}/plan.pdf?language=xx").root_object["/Lang"] == "sv"
    assert _pdf(anna, f"{at}/letter.pdf?language=ar").root_object["/Lang"] == "sv"
    for address in _addresses(anna, case, "ar"):
        is_childs = address.endswith(("home.pdf", "letter.pdf", "pictures.pdf"))
        assert is_childs != address.endswith("?language=ar"), address


def _write_kartlaggning(county: County, case_id: str) -> None:
    made = kartlaggning.Kartlaggning(
        case_id=case_id, round=1, begun_by=county.id("Anna"), begun_at=clock.now()
    )
    made.write(db.session.get_one(Case, case_id).key(county.ring), KARTLAGGNING)
    db.session.add(made)


def _share(county: County, room: Room, to: dict[str, Any]) -> None:
    """A guardian has spoken, a meeting is planned, and somebody has been told of the wish."""
    case, at = db.session.get_one(Case, room.case_id), clock.now()
    anna = db.session.get_one(Staff, room.by)
    lo = room.guardians["Lo"]
    voices.write_down(
        db.session, room.key, case, lo, "hemmet", voices.Kind.WISH,
        "Jag vill att vi hjälps åt.", "Vad vill du?", anna, at,
    )  # fmt: skip
    words = {
        "place": "Biblioteket",
        "adaptations": "Paus efter halva.",
        "takes_part": {"how": "part", "said": "Bara i början."},
    }
    planned = meeting.plan(db.session, room.key, case.id, "sip", at, 60, words, at)
    db.session.flush()
    to = {**to, "is_network": False}
    meeting.invite(db.session, room.key, planned, to, ["hemmet"], "", at)
    guest = meeting.invite_family(db.session, room.key, planned, lo, "Lo", at)
    guest.was_present = True
    meeting.note(guest, room.key, {"words": "Jag vill börja med att säga tack."})
    item = disclosure.Item("child", "hemmet", WISH, "Där jag bor", speaker="child_said")
    disclosure.disclose(
        db.session, room.key, case, to, ["hemmet"], disclosure.Kind.TOLD, "Önskan", [item],
        room.by, at,
    )  # fmt: skip


def _answer(county: County, client: Any, case_id: str) -> None:
    at = f"/case/{case_id}/answer_back"
    page = client.page(at)
    wanted = {a["name"] for tag, a in page.tags if a.get("name", "").startswith("fate-")}
    assert client.send(at, "/answers", **dict.fromkeys(wanted, "do")).status_code == 302
    assert client.send(at, "/tell", how="letter", on="2026-11-20").status_code == 302


def _addresses(client: Any, case_id: str, language: str = "") -> list[str]:
    chosen = f"?language={language}" if language else ""
    page = client.page(f"/case/{case_id}/documents{chosen}")
    return [a["href"] for tag, a in page.tags if tag == "a" and ".pdf" in a["href"]]


def _listen_for_untranslated(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Every message that is asked for from now on and has no words in the language."""
    found: set[str] = set()
    translate = Translations.ugettext

    def listen(self: Any, message: str) -> str:
        if message not in self._catalog:
            found.add(message)
        return str(translate(self, message))

    monkeypatch.setattr(Translations, "ugettext", listen)
    return found


def _html(monkeypatch: pytest.MonkeyPatch, client: Any, address: str) -> str:
    """What a document is made of."""
    pages: list[str] = []
    with monkeypatch.context() as patch:
        patch.setattr(pdf, "pdf", lambda html: pages.append(html) or b"")
        assert client.get(address).status_code == 200
    return pages[0]


def _fonts(made: PdfReader) -> set[str]:
    return {
        font.get_object()["/BaseFont"].split("+")[1]
        for page in made.pages
        for font in page["/Resources"]["/Font"].values()
    }


def _wheel(county: County, case_id: str, kind: str) -> str:
    with county.hub.app_context():
        (held,) = db.session.get_one(Case, case_id).conversations
    return f"/case/{case_id}/documents/conversation/{held.id}/{kind}.pdf"


def _pdf(client: Any, address: str) -> PdfReader:
    answer = client.get(address)
    assert answer.status_code == 200, address
    assert answer.mimetype == "application/pdf"
    return PdfReader(BytesIO(answer.data))


def _text(made: PdfReader) -> str:
    return _plain(" ".join(page.extract_text() for page in made.pages))


def _plain(text: str) -> str:
    return " ".join(text.split())


def _letters(text: str) -> set[str]:
    return {letter for letter in text if letter.isalpha()}
