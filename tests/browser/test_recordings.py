"""The unit's own voices: recorded on the tablet, heard before its own voice, and nowhere else."""

from __future__ import annotations

import math
import struct
import wave
from collections.abc import Iterator
from io import BytesIO

import pytest
from hub import Hub
from pages import Tablet
from playwright.sync_api import expect
from test_listen import ALVA, has_voices, spoken

from kid_wheel.demo import PASSWORD

MICROPHONE = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
CARD = "Hur är det hemma?"
WORDS_OF_EVERY_SCREEN = r"""() => {
  const all = (selector) => [...document.querySelectorAll("#child-pack template")]
    .flatMap(({ content }) => [...content.querySelectorAll(selector)]);
  const tidy = (words) => words.replace(/\s+/g, " ").trim();
  // What is filled in later has no words of its own yet.
  const named = all("button:not([data-say])")
    .filter((button) => !button.querySelector("[data-fill]"));
  return [
    ...all("[data-say]").flatMap(({ dataset }) => dataset.say.split("\n")),
    ...named.map((button) => tidy(button.getAttribute("aria-label") ?? button.textContent)),
  ];
}"""


def tone(seconds: float, rate: int = 8000) -> bytes:
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(1)
        sound.setframerate(rate)
        waves = (128 + 90 * math.sin(n / 3) for n in range(int(seconds * rate)))
        sound.writeframes(b"".join(struct.pack("B", int(wave)) for wave in waves))
    return file.getvalue()


def file(name: str, content: bytes, mime: str = "audio/wav") -> dict[str, str | bytes]:
    return {"name": name, "mimeType": mime, "buffer": content}


def test_a_text_that_the_staff_have_read_is_heard_in_their_voice(tablet: Tablet) -> None:
    has_voices(tablet, ALVA)
    tablet.flags = MICROPHONE
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.opens_recordings()
    row = tablet.mentor.text_to_record(CARD)
    row.get_by_role("button", name="Spela in").click()
    expect(row).to_contain_text("Spelar in")
    tablet.page.wait_for_function(
        "() => new Promise((done) => setTimeout(() => done(true), 400))"
    )  # half a second of sound is what the file needs to hold, not a wait for the app
    row.get_by_role("button", name="Stoppa").click()
    expect(row).to_contain_text("Sparad på surfplattan.")
    row.get_by_role("button", name="Lyssna").click()
    tablet.page.wait_for_function("() => played.length === 1")
    tablet.mentor.goes_home()

    tablet.mentor.prepares("Lova", 2022, voice="slower")
    tablet.child.goes_to_the_wheel()
    tablet.child.opens("hemmet")
    before = len(spoken(tablet))  # the rules of the conversation, as they were tapped
    tablet.page.tap("#rights [data-again]")
    tablet.page.wait_for_function("() => played.length === 2")
    assert tablet.page.evaluate("played[1].rate") < 1
    assert tablet.page.evaluate("played[1].address").startswith("blob:")
    assert len(spoken(tablet)) == before
    expect(tablet.page.locator("#said-again")).to_have_text(CARD)
    tablet.child.turns_the_page()
    tablet.page.tap("#rights [data-again]")
    assert spoken(tablet, before + 1)[before:] == ["Hur är det där du sover?"]
    assert b"OpusHead" in tablet.exported(), "a copy of the database holds the voices too"


def test_a_file_of_sound_may_be_picked_and_thrown_away(tablet: Tablet) -> None:
    has_voices(tablet)
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.opens_recordings()
    row = tablet.mentor.text_to_record("Glad.")
    for wrong, words in (
        (file("brev.pdf", b"%PDF-1.7", "application/pdf"), "inte ett ljud"),
        (file("brev.wav", b"%PDF-1.7"), "inte ett ljud"),
        (file("tyst.wav", b""), "Inget hördes"),
        (file("saga.wav", tone(32)), "längre än 30 sekunder"),
        (file("stor.wav", tone(3, rate=400_000)), "större än 1 MB"),
    ):
        row.locator("input").set_input_files(wrong)
        expect(row).to_contain_text(words)
        expect(row.get_by_role("button", name="Lyssna")).to_be_hidden()
    row.locator("input").set_input_files(file("glad.wav", tone(0.3)))
    expect(row).to_contain_text("Sparad")
    tablet.mentor.goes_home()
    tablet.mentor.opens_recordings(variant="older")
    row = tablet.mentor.text_to_record("Glad.")
    expect(row.get_by_role("button", name="Lyssna")).to_be_visible()
    tablet.reload()
    tablet.mentor.unlocks()
    tablet.page.click(".start")
    tablet.says("1 texter är inspelade.")
    tablet.mentor.goes_home()
    tablet.mentor.opens_recordings()
    row = tablet.mentor.text_to_record("Glad.")
    row.get_by_role("button", name="Ta bort").click()
    expect(row).to_contain_text("Borttagen")
    assert tablet.ask_store("await store.recorded('sv')") == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("NotAllowedError", "Webbläsaren fick inte använda mikrofonen"),
        ("NotFoundError", "ingen mikrofon"),
    ],
)
def test_a_microphone_that_cannot_be_used_is_told(tablet: Tablet, error: str, words: str) -> None:
    tablet.scripts.append(
        "navigator.mediaDevices.getUserMedia = async () => {"
        f" throw new DOMException('', '{error}'); }};"
    )
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.opens_recordings()
    row = tablet.mentor.text_to_record(CARD)
    row.get_by_role("button", name="Spela in").click()
    expect(row).to_contain_text(words)
    expect(row.get_by_role("button", name="Spela in")).to_be_visible()


@pytest.fixture
def nothing_shared(hub: Hub) -> Iterator[None]:
    yield
    hub.forgets_the_schools_own()


def hears_the_staff(tablet: Tablet, alias: str) -> None:
    """A child asks to hear a card again, without net, and it is a person who speaks."""
    tablet.mentor.prepares(alias, 2022, voice="slower")
    tablet.child.goes_to_the_wheel()
    tablet.child.opens("hemmet")
    before = len(spoken(tablet))
    tablet.page.tap("#rights [data-again]")
    tablet.page.wait_for_function("() => played.length === 1")
    assert len(spoken(tablet)) == before


def test_what_is_shared_on_one_tablet_is_heard_without_net_on_another(
    tablet: Tablet, new_tablet: Tablet, hub: Hub, nothing_shared: None
) -> None:
    has_voices(tablet)
    has_voices(new_tablet, ALVA)
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.opens_recordings()
    row = tablet.mentor.text_to_record(CARD)
    row.locator("input").set_input_files(file("hem.wav", tone(0.3)))
    expect(row).to_contain_text("Sparad på surfplattan.")
    hub.stop()
    share = tablet.page.get_by_role("button", name="Dela med de andra surfplattorna")
    share.click()
    expect(tablet.page.locator(".share-sounds")).to_contain_text("Inget nät till navet")
    assert len(tablet.ask_store("await store.ownSounds()")) == 1, "nothing is lost without net"
    hub.start()
    share.click()
    expect(tablet.page.locator(".share-sounds")).to_contain_text("Delade.")
    row = tablet.mentor.text_to_record(CARD)
    for group in tablet.page.locator(".texts").all():
        group.evaluate("group => (group.open = true)")
    expect(row).to_contain_text("Administratören kan ta bort den.")
    expect(row.get_by_role("button", name="Ta bort")).to_be_hidden()
    expect(row.get_by_role("button", name="Lyssna")).to_be_visible()

    new_tablet.mentor.makes_ready(hub.new_code(), hub.mentor, PASSWORD)
    new_tablet.fetches_the_units_own()
    hub.stop()
    new_tablet.reload()
    new_tablet.mentor.unlocks()
    hears_the_staff(new_tablet, "Lova")
    new_tablet.mentor.holds_corner()
    new_tablet.mentor.unlocks()
    new_tablet.mentor.lays_aside()

    hub.start()
    hub.takes_away_sounds()
    for one in (tablet, new_tablet):
        one.reload()
        one.loses_the_units_voices()


def test_what_is_read_on_this_tablet_goes_before_what_a_colleague_has_shared(
    tablet: Tablet, nothing_shared: None
) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.opens_recordings()
    pick = tablet.mentor.text_to_record(CARD).locator("input")
    pick.set_input_files(file("hem.wav", tone(0.3)))
    tablet.page.get_by_role("button", name="Dela med de andra surfplattorna").click()
    expect(tablet.page.locator(".share-sounds")).to_contain_text("Delade.")
    size = f"(await store.sound('sv', '{CARD}')).bytes.length"
    shared = tablet.ask_store(size)
    tablet.mentor.text_to_record(CARD).locator("input").set_input_files(file("hem2.wav", tone(0.9)))
    expect(tablet.page.locator(".share-sounds")).to_contain_text("1 inspelningar")
    assert tablet.ask_store(size) > shared
    tablet.ask_store(f"await store.deleteSound('sv', '{CARD}')")
    assert tablet.ask_store(size) == shared


def test_a_full_tablet_keeps_no_half_sound_and_says_so(tablet: Tablet) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.opens_recordings()
    row = tablet.mentor.text_to_record(CARD)
    tablet.room_for(1)
    row.locator("input").set_input_files(file("hem.wav", tone(20, rate=40_000)))
    expect(row).to_contain_text("Lagringen på surfplattan är full")
    tablet.room_for(None)
    assert tablet.ask_store("await store.recorded('sv')") == []


def test_every_text_a_child_can_listen_to_can_be_recorded(tablet: Tablet) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    tablet.mentor.opens_recordings()
    listed = set(tablet.page.locator(".recording-text").all_inner_texts())
    assert len(listed) > 100
    tablet.mentor.goes_home()
    tablet.mentor.prepares("Lova", 2022)
    heard = set(tablet.page.evaluate(WORDS_OF_EVERY_SCREEN))
    assert "" not in heard
    assert heard <= listed, heard - listed


def test_only_the_tablets_door_may_ask_for_a_microphone(tablet: Tablet) -> None:
    tablet.start()
    shell = tablet.page.request.get(f"{tablet.url}/tablet/").headers["permissions-policy"]
    office = tablet.page.request.get(f"{tablet.url}/sign-in").headers["permissions-policy"]
    assert "microphone=(self)" in shell
    assert "microphone=()" in office
