"""A child who does not read listens to the tablet or the staff, never to a voice from the net."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hub import Hub
from pages import Tablet
from playwright.sync_api import Locator, expect

SPEECH = (Path(__file__).parent / "speech.js").read_text("utf-8")
ALVA = {"lang": "sv-SE", "localService": True, "default": False}
FROM_THE_NET = {"lang": "sv-SE", "localService": False, "default": True}
DANIEL = {"lang": "en_GB", "localService": True, "default": False}


def has_voices(tablet: Tablet, *voices: dict[str, Any]) -> None:
    """Before the tablet is switched on."""
    tablet.scripts += [f"window.firstVoices = {json.dumps(voices)};", SPEECH]


def spoken(tablet: Tablet, count: int = 0) -> list[str]:
    """What has been said aloud, when `count` things have been."""
    tablet.page.wait_for_function("n => spoken.length >= n", arg=count)
    return [one["text"] for one in tablet.page.evaluate("spoken")]


class Ear:
    """A child that knows nothing but what it sees and hears."""

    def __init__(self, tablet: Tablet) -> None:
        self._tablet, self._page = tablet, tablet.page

    def hears(self, place: Locator) -> str:
        before = len(spoken(self._tablet))
        place.tap(position={"x": 12, "y": 12} if place.locator("input").count() else None)
        return spoken(self._tablet, before + 1)[before]

    def finds(self, what: str, among: str) -> Locator:
        """Listens to one thing after the other, until it hears what it is looking for."""
        for place in self._page.locator(among).all():
            if place.is_visible() and self.hears(place) == what:
                return place
        raise AssertionError(f"nothing among {among} says {what!r}")

    def takes(self, what: str, among: str) -> None:
        """Finds it, and taps it once more, which does it."""
        place = self.finds(what, among)
        self._page.wait_for_function("at => performance.now() > at", arg=self._now() + 500)
        place.tap()

    def _now(self) -> float:
        return float(self._page.evaluate("performance.now()"))


def test_a_whole_conversation_without_reading_a_word(tablet: Tablet, hub: Hub) -> None:
    has_voices(tablet, FROM_THE_NET, ALVA)
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.prepares("Lova", 2022, place_kind="forskola")
    page, ear = tablet.page, Ear(tablet)
    tablet.child.listens()
    heard = [ear.hears(rule) for rule in page.locator(".promise").all()]
    assert heard[2] == "Säg till om du inte förstår. Då hjälps vi åt."
    assert len(set(heard)) == 6
    ear.takes("Börja", ".screen .big-next")
    tablet.shows("wheel")
    ear.takes("Hemma", ".sector")
    tablet.shows("area")
    assert ear.hears(page.locator(".card-face")) == "Hur är det hemma?"
    assert tablet.screen == "area"
    assert not page.locator(".step.is-chosen").count(), "what is heard is not chosen"
    ear.takes("Det är sådär.", ".step")
    expect(page.locator(".step.is-chosen")).to_have_attribute("data-step", "so_so")
    ear.takes("Nästa kort", ".arrow")
    expect(page.locator(".step.is-chosen")).to_have_count(0)
    ear.takes("Jag vet inte.", "#rights button:not([data-again], [data-listen], .adult-corner)")
    expect(page.locator("#rights [data-silence=dont_know]")).to_have_attribute(
        "aria-pressed", "true"
    )
    ear.takes("Jag vill berätta mer.", "[data-ways]")
    tablet.shows("ways")
    ear.takes("Hur känns det?", "[data-way=feelings]")
    tablet.shows("feelings")
    ear.takes("Rädd.", ".feeling")
    ear.takes("Nu är jag klar.", ".screen .big-next")
    tablet.shows("area")
    ear.takes("Hjulet", ".screen button")
    tablet.shows("wheel")
    ear.takes("Nu är jag klar.", ".done-corner")
    tablet.shows("closing")
    before = len(spoken(tablet))
    page.tap("#rights [data-again]")
    assert spoken(tablet, before + 1)[before] == "Hemma", "what is read back comes piece by piece"
    while tablet.screen != "confirm":
        tablet.child.listens()
        tablet.child.turns_the_page()
        tablet.child.listens()
    ear.takes("Ja, jag är klar", ".choice")
    tablet.shows("thanks")
    before = len(spoken(tablet))
    page.tap("#rights [data-again]")
    assert spoken(tablet, before + 6)[before:] == [
        "Tack för att du var med",
        "Den här vuxna läser det du har sagt: en vuxen som ska hjälpa dig.",
        "Sedan pratar en vuxen med dig om det.",
        "Du får svar inom några dagar.",
        "Hur var det att prata idag?",
        "Ge plattan till den vuxna.",
    ]
    assert ear.hears(page.locator(".way-on span").nth(2)) == "Du får svar inom några dagar."
    ear.takes("Det är bra.", ".today-faces button")
    expect(page.locator("[data-today='good']")).to_have_attribute("aria-pressed", "true")
    assert all(one["lang"] == "sv-SE" for one in page.evaluate("spoken"))
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    page.wait_for_selector(".outbox[data-waiting='0']")
    (record,) = hub.received("Lova")
    home = next(area for area in record["areas"] if area["key"] == "hemmet")
    answers = [card["answer"] for card in home["cards"]]
    assert answers[0]["step"] == "so_so"
    assert answers[1]["silence"] == "dont_know"
    assert [feeling["key"] for feeling in home["feelings"]] == ["afraid"]


def test_listening_goes_on_after_the_tablet_has_died(tablet: Tablet) -> None:
    has_voices(tablet, ALVA)
    tablet.is_at_the_wheel_with("Lova", 2022)
    tablet.child.listens()
    tablet.kill()
    tablet.start()
    tablet.mentor.unlocks()
    tablet.shows("wheel")
    assert Ear(tablet).hears(tablet.page.locator(".sector").first) == "Min kropp"
    assert tablet.screen == "wheel"


def test_each_card_is_read_only_where_that_was_chosen_and_stops_with_its_screen(
    tablet: Tablet,
) -> None:
    has_voices(tablet, ALVA)
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.prepares("Lova", 2022, reading="always", voice="slower")
    assert spoken(tablet, 2) == ["Nu ska vi prata.", "Tryck på bilderna, en i taget."]
    tablet.child.meets_the_rules()
    before = len(spoken(tablet, 3))
    tablet.child.goes_to_the_wheel()
    tablet.child.opens("hemmet")
    assert spoken(tablet, before + 3)[before:] == [
        "Vad vill du prata om?",
        "Nu tänker vi på hur det är hemma.",
        "Hur är det hemma?",
    ]
    tablet.page.evaluate("window.voiceIsSlow = true")
    tablet.child.turns_the_page()
    assert spoken(tablet, before + 4)[before + 3 :] == ["Hur är det där du sover?"], (
        "the area's own words once only"
    )
    stopped = tablet.page.evaluate("stopped")
    tablet.child.takes_a_pause()
    assert tablet.page.evaluate("stopped") > stopped
    assert all(one["rate"] < 0.9 for one in tablet.page.evaluate("spoken"))


def test_nothing_is_said_until_the_child_asks_and_slower_when_it_asks_again(tablet: Tablet) -> None:
    has_voices(tablet, ALVA)
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.prepares("Lova", 2022)
    assert spoken(tablet) == []
    tablet.page.tap("[data-rule=stop]")
    assert spoken(tablet, 1) == ["Du får ta paus eller sluta när du vill."], "a tap asks"
    tablet.child.goes_to_the_wheel()
    before = len(spoken(tablet))
    tablet.child.opens("hemmet")
    assert spoken(tablet)[before:] == []
    tablet.page.tap("#rights [data-again]")
    assert spoken(tablet, before + 1)[before:] == ["Hur är det hemma?"]
    again = tablet.page.locator("#rights [data-again]")
    again.evaluate("seen.isAnotherTap")
    again.tap()
    assert spoken(tablet, before + 2)[before:] == ["Hur är det hemma?"] * 2
    first, second = (one["rate"] for one in tablet.page.evaluate("spoken")[before:])
    assert second < first
    expect(tablet.page.locator("#said-again")).to_have_text("Hur är det hemma?")
    tablet.child.turns_the_page()
    tablet.page.tap("#rights [data-again]")
    assert spoken(tablet, before + 3)[-1] != "Hur är det hemma?"
    rate = tablet.page.evaluate("spoken.at(-1).rate")
    assert rate == first, "what is new is said as usual"


def test_what_is_the_same_of_several_languages_voices_is_said_once(tablet: Tablet) -> None:
    has_voices(tablet)
    tablet.start()
    tablet.mentor.unlocks()
    tablet.page.click("[hx-get='/local/ready']")
    said = tablet.page.locator("[data-check=voices]")
    expect(said).to_contain_text("Svenska, English, Suomi, Arabiska")
    assert said.inner_text().count("surfplattan har ingen röst") == 1
    tablet.page.evaluate(f"voicesCome([{json.dumps(ALVA)}])")
    expect(said).to_contain_text("Svenska, Lätt svenska: surfplattan har en röst.")
    expect(said).to_contain_text("English, Suomi, Arabiska")


@pytest.mark.parametrize("voices", [[], [FROM_THE_NET], [DANIEL]], ids=["none", "net", "other"])
def test_without_a_voice_of_its_own_the_tablet_says_so_and_shows_the_words(
    tablet: Tablet, voices: list[dict[str, Any]]
) -> None:
    has_voices(tablet, *voices)
    tablet.start()
    tablet.mentor.unlocks()
    tablet.page.click(".start")
    tablet.says("Svenska: surfplattan har ingen röst.")
    tablet.page.evaluate(f"voicesCome([{json.dumps(ALVA)}])")
    tablet.says("Svenska: surfplattan har en röst.")
    tablet.page.evaluate(f"voicesCome({json.dumps(voices)})")
    tablet.mentor.goes_home()
    tablet.mentor.prepares("Lova", 2022)
    tablet.child.goes_to_the_wheel()
    tablet.page.tap("#rights [data-again]")
    expect(tablet.page.locator("#said-again")).to_contain_text("Vad vill du prata om?")
    expect(tablet.page.get_by_alt_text("Ingen röst finns på surfplattan")).to_be_visible()
    assert spoken(tablet) == []


def test_a_variant_of_a_language_is_said_by_the_voice_of_the_language(tablet: Tablet) -> None:
    has_voices(tablet, DANIEL, ALVA)
    tablet.start()
    found = tablet.page.evaluate(
        """async () => {
          const { localVoice } = await import("/static/tablet/child/voice.js");
          return ["sv-x-latt", "SV", "en", "sve"].map((language) => localVoice(language)?.lang);
        }"""
    )
    assert found == ["sv-SE", "sv-SE", "en_GB", None]


def test_where_sound_was_turned_off_there_is_none(tablet: Tablet) -> None:
    has_voices(tablet, ALVA)
    tablet.is_at_the_wheel_with("Lova", 2022, reading="off")
    expect(tablet.page.locator("#rights [data-listen]")).to_be_hidden()
    tablet.page.tap("#rights [data-again]")
    expect(tablet.page.locator("#said-again")).to_have_text("Vad vill du prata om?")
    assert spoken(tablet) == []
