"""The seal: what a tablet closes, the hub opens to exactly the same, and to nothing else.

tests/golden holds one conversation with every kind of answer: the taps, the record they become, a
key for tests only, and the bytes that Chromium sealed once. Those are never made again, because
what was sealed must open for as long as the format has that number. The other golden files are a
conversation's taps and its record: `everything` and `paper` hold every field that there is, and
`guardian` those of a guardian's record.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import shutil
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page, sync_playwright
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey
from sealing import GOLDEN, RECORD, close, seal
from werkzeug.serving import make_server

from kid_wheel import create_app
from kid_wheel.config import MAX_RECORD_BYTES, Config
from kid_wheel.conversation import (
    FORMAT,
    HEADER_BYTES,
    MAGIC,
    MAX_CLEAR_BYTES,
    SCHEMA,
    STEP_BYTES,
    NotARecord,
    OtherId,
    TooLarge,
    Truncated,
    UnknownFormat,
    digest,
    open_sealed,
    read_record,
)
from kid_wheel.intake import REFUSALS
from kid_wheel.keys import BrokenSeal, KeyRing, UnknownKey

SEALED = (GOLDEN / "sealed.bin").read_bytes()
TAPS: dict[str, Any] = json.loads((GOLDEN / "taps.json").read_text("utf-8"))
ID: str = RECORD["id"]

MAKE_RECORD = """async ({ taps, screen, how }) => {
  const { apply, empty } = await import("/static/tablet/child/conversation.js");
  const { makeRecord } = await import("/static/tablet/child/record.js");
  const state = empty();
  for (const tap of taps) apply(state, tap);
  return makeRecord(state, screen, how);
}"""
MAKE_GUARDIANS = """async ({ taps, screen, how }) => {
  const { apply, empty, makeRecord } = await import("/static/tablet/guardian/view.js");
  const state = empty();
  for (const tap of taps) apply(state, tap);
  return makeRecord(state, screen, how);
}"""
SEAL = """async ([record, hubKey]) => {
  const { seal, toBase64 } = await import("/static/tablet/store/seal.js");
  const { bytes, digest } = await seal(record, hubKey);
  return { bytes: toBase64(bytes), digest };
}"""


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    folder = tmp_path_factory.mktemp("keys")
    shutil.copy(GOLDEN / "key.pem", folder)
    return KeyRing(folder)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page of the hub's own origin and policy in a real browser, with none of its scripts run."""
    app = create_app(Config(instance=tmp_path_factory.mktemp("hub"), testing=True))
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/static/vendor/LICENSES.txt")
        yield page
        browser.close()
    server.shutdown()
    thread.join()
    server.server_close()


def test_what_was_sealed_once_opens_to_exactly_the_record(ring: KeyRing) -> None:
    record, packed = open_sealed(ring, SEALED, ID)
    assert record == RECORD
    assert json.loads(gzip.decompress(packed)) == RECORD


def test_the_golden_conversation_has_every_kind_of_answer_silence_and_speaker() -> None:
    answers = [card["answer"] for area in RECORD["areas"] for card in area["cards"]]
    statements = [statement for area in RECORD["areas"] for statement in area["statements"]]
    silences = {answer.get("silence", "") for answer in answers}
    assert silences == {"", "not_asked", "skipped", "dont_know", "dont_want"}
    assert RECORD["wheel"] and len(RECORD["sittings"]) == 2
    assert {statement["speaker"] for statement in statements} == {
        "child_said",
        "child_pointed",
        "child_drew",
        "adult_wrote_childs_words",
    }
    assert [s["speaker"] for s in statements if "question" in s] == ["adult_wrote_childs_words"]


def test_another_hpke_opens_the_golden_seal_too() -> None:
    """RFC 9180 as a third party reads it, so that we and the tablet are not wrong together."""
    suite = CipherSuite.new(KEMId.DHKEM_P256_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES256_GCM)
    key = KEMKey.from_pem(_pem().decode())
    encapsulated = SEALED[HEADER_BYTES : HEADER_BYTES + 65]
    recipient = suite.create_recipient_context(encapsulated, key, info=SEALED[:HEADER_BYTES])
    clear = recipient.open(SEALED[HEADER_BYTES + 65 :])
    assert len(clear) % STEP_BYTES == 0
    length = int.from_bytes(clear[:4], "big")
    assert json.loads(gzip.decompress(clear[4 : 4 + length])) == RECORD
    assert not any(clear[4 + length :])


def test_a_childs_taps_become_the_golden_record(page: Page) -> None:
    made = page.evaluate(MAKE_RECORD, TAPS)
    assert made == RECORD
    assert read_record(gzip.compress(json.dumps(made).encode())) == RECORD


def test_wishes_and_feelings_become_a_golden_record_too(page: Page) -> None:
    """With `said.json`: what kind of words each are, and feelings in the order they were picked."""
    said = _golden("said")
    how = {key: said[key] for key in ("taps", "screen", "how")}
    assert page.evaluate(MAKE_RECORD, how) == said["record"]
    assert read_record(_packed(said["record"])) == said["record"]
    about = {**said["taps"][0]["about"], "tapped_by": "child"}
    begun = {**said["taps"][0], "about": about}
    chosen = page.evaluate(MAKE_RECORD, {**how, "taps": [begun, *said["taps"][1:]]})
    assert {f["speaker"] for f in chosen["areas"][0]["feelings"]} == {"child_chose"}


@pytest.mark.parametrize("name", ["everything", "paper"])
def test_all_that_can_be_said_and_decided_becomes_a_golden_record(page: Page, name: str) -> None:
    golden = _golden(name)
    assert page.evaluate(MAKE_RECORD, golden) == golden["record"]
    assert read_record(_packed(golden["record"])) == golden["record"]


def test_a_guardians_taps_become_a_golden_record_of_its_own_kind(page: Page, ring: KeyRing) -> None:
    golden = _golden("guardian")
    made = page.evaluate(MAKE_GUARDIANS, golden)
    assert made == golden["record"] == read_record(_packed(made))
    sealed = page.evaluate(SEAL, [made, ring.public_json()])
    content = base64.urlsafe_b64decode(sealed["bytes"] + "==")
    assert open_sealed(ring, content, made["id"])[0] == made
    assert len(content) == len(SEALED), "from outside it is like any other"


def test_every_field_of_a_guardians_record_is_in_the_golden_one() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    part = schema["$defs"]["guardian_view"]
    unlike = {f"/child/{name}" for name in ("alias", "birth_year", "place")}
    place = {f"/child/place/{name}" for name in ("kind", "unit", "year", "in_sormland")}
    held = _fields(_golden("guardian")["record"])
    assert _fields_of_schema(schema, part) - held == unlike | place, "a child is named in one way"


def test_every_field_of_the_schema_is_in_a_golden_record() -> None:
    """A child that decides and a paper that is written in are two: the schema has both."""
    schema = json.loads(SCHEMA.read_text("utf-8"))
    held = {place for name in ("everything", "paper") for place in _fields(_golden(name)["record"])}
    assert _fields_of_schema(schema, schema) - held == set()


def test_a_change_takes_the_confirmation_and_a_loss_takes_all(page: Page) -> None:
    """A drawing, an own card and an area's feelings, as cards and words: nothing is left."""
    golden, at = _golden("everything"), "2026-11-20T10:04:00.000Z"
    drawing, dog = "7c9e2b10-4f7d-4c1a-8a10-1b2c3d4e5f01", "hemmet/own/a1b2c3d4"
    line = {"area": "hemmet", "colour": "#2f6fb0", "width": 6, "points": [5, 5]}
    feeling = {"area": "hemmet", "shown": {"label": "Glad", "symbol": "n-1f604"}}
    face = "7c9e2b10-4f7d-4c1a-8a10-1b2c3d4e5f02"
    changed = _home(page, golden, [
        {"type": "stroke", "drawing": drawing, **line},
        {"type": "stroke", "drawing": face, **line},
        {"type": "feel", "feeling": "happy", "on": False, **feeling},
    ], at)  # fmt: skip
    assert changed["feelings_decided"] == {"release": "may_not", "important": True}
    assert _decided(changed["drawings"][0]) == {"release": "may_not", "important": True}
    assert _decided(changed["cards"][-1]) == {"release": "may_show"}

    gone = [
        {"type": "unstroke", "drawing": drawing},
        {"type": "take_away", "card": dog},
        {"type": "feel", "feeling": "happy", "on": False, **feeling},
        {"type": "feel", "feeling": "tired", "on": False, **feeling},
        {"type": "say", "id": "0d4a7e51-1111-4a5b-9c0d-aaaaaaaaaaa1", "area": "hemmet",
         "text": " ", "speaker": "child_said", "question": ""},
        {"type": "stroke", "drawing": drawing, **line},
        {"type": "feel", "feeling": "happy", "on": True, **feeling},
        {"type": "important", "key": "hemmet/older/home", "yes": True},
    ]  # fmt: skip
    anew = _home(page, golden, gone, at)
    assert [_decided(one) for one in anew["drawings"]] == [{}]
    assert "feelings_decided" not in anew and not anew["statements"]
    assert anew["cards"][0]["important"], "what is gone is not among the three"


def test_who_somebody_else_is_goes_when_that_person_is_not_chosen(page: Page) -> None:
    golden, at = _golden("everything"), "2026-11-20T10:04:00.000Z"
    someone = {"type": "person", "step": "help", "key": "someone_else", "at": at}
    shown = {"label": "Någon annan", "symbol": "n-1f464"}
    *before, confirm = golden["taps"]

    def who_after(*choices: str | None) -> Any:
        taps = [{**someone, "choice": choice, "shown": shown} for choice in choices]
        made = page.evaluate(MAKE_RECORD, {**golden, "taps": [*before, *taps, confirm]})
        read_record(_packed(made))
        chosen = {person["key"]: person for person in made["help"]["wanted"]}
        return chosen.get("someone_else", {}).get("who", {}).get("text")

    assert who_after("no") == "Farfars granne Bo"
    assert who_after(None) is None
    assert who_after(None, "yes") is None


def test_what_the_child_saw_counts_also_when_a_newer_catalog_has_come_between(page: Page) -> None:
    renamed = json.loads(json.dumps(TAPS["screen"]))
    for area in renamed["areas"]:
        area["cards"] = [{**card, "label": "Nytt ord"} for card in area["cards"][1:]]
    made = page.evaluate(MAKE_RECORD, {**TAPS, "screen": renamed})
    for area, golden in zip(made["areas"], RECORD["areas"], strict=True):
        answered = {c["key"]: c for c in golden["cards"] if c["answer"].get("at")}
        assert {c["key"]: c for c in area["cards"] if c["answer"].get("at")} == answered
    read_record(gzip.compress(json.dumps(made).encode()))


def test_a_conversation_that_was_stopped_at_once_is_a_record_too(page: Page) -> None:
    begin = TAPS["taps"][0]
    stop = {"type": "stop", "at": begin["at"]}
    made = page.evaluate(
        MAKE_RECORD, {**TAPS, "taps": [begin, stop], "how": {**TAPS["how"], "ended": "stopped"}}
    )
    read_record(gzip.compress(json.dumps(made).encode()))
    answers = [card["answer"] for area in made["areas"] for card in area["cards"]]
    assert answers == [{"silence": "not_asked"}] * len(answers)
    assert {area["order"] for area in made["areas"]} == {None}


def test_where_the_child_pointed_and_an_adult_tapped_the_record_says_so(page: Page) -> None:
    begin, *rest = TAPS["taps"]
    adult = {**begin, "about": {**begin["about"], "tapped_by": "adult"}}
    made = page.evaluate(MAKE_RECORD, {**TAPS, "taps": [adult, *rest]})
    answers = [card["answer"] for area in made["areas"] for card in area["cards"]]
    assert {a["speaker"] for a in answers if "speaker" in a} == {"child_pointed"}


def test_the_tablet_seals_what_the_hub_opens(page: Page, ring: KeyRing) -> None:
    sealed = page.evaluate(SEAL, [RECORD, ring.public_json()])
    content = base64.urlsafe_b64decode(sealed["bytes"] + "==")
    assert sealed["digest"] == hashlib.sha256(content).hexdigest() == digest(content)
    record, _packed = open_sealed(ring, content, ID)
    assert record == RECORD


def test_two_seals_of_one_record_look_nothing_alike_but_are_equally_long(
    page: Page, ring: KeyRing
) -> None:
    one, other = (page.evaluate(SEAL, [RECORD, ring.public_json()])["bytes"] for _ in range(2))
    shared = sum(a == b for a, b in zip(one, other, strict=True))
    assert shared < len(one) / 10


def test_a_few_words_more_or_less_do_not_show_in_the_length(ring: KeyRing) -> None:
    longer = json.loads(json.dumps(RECORD))
    longer["areas"][0]["statements"][0]["text"] += " och lite till som barnet berättade"
    assert len(seal(ring, longer)) == len(seal(ring, RECORD)) == len(SEALED)


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_one_changed_byte_anywhere_is_a_named_refusal(
    ring: KeyRing, where: int, change: int
) -> None:
    changed = bytearray(SEALED)
    changed[where] ^= change
    with pytest.raises(REFUSALS):
        open_sealed(ring, bytes(changed), ID)


@given(st.integers(0, len(SEALED) - 1))
def test_bytes_missing_at_the_end_are_a_named_refusal(ring: KeyRing, length: int) -> None:
    with pytest.raises((Truncated, BrokenSeal)):
        open_sealed(ring, SEALED[:length], ID)


@given(st.binary(max_size=300))
def test_bytes_that_nobody_sealed_are_a_named_refusal(ring: KeyRing, junk: bytes) -> None:
    with pytest.raises(REFUSALS):
        open_sealed(ring, junk, ID)
    with pytest.raises(REFUSALS):
        open_sealed(ring, SEALED[:HEADER_BYTES] + junk, ID)


@given(st.binary(max_size=300))
def test_a_seal_around_anything_but_a_record_is_not_a_record(ring: KeyRing, clear: bytes) -> None:
    for inside in (clear, _padded(clear), _padded(gzip.compress(clear))):
        with pytest.raises(NotARecord):
            open_sealed(ring, close(ring, inside, ID), ID)


def test_each_way_to_be_wrong_has_its_own_name(ring: KeyRing) -> None:
    other = "00000000-0000-4000-8000-000000000000"
    cases: list[tuple[type[Exception], bytes, str]] = [
        (Truncated, b"", ID),
        (Truncated, SEALED[:100], ID),
        (UnknownFormat, MAGIC + bytes([FORMAT + 1]) + SEALED[4:], ID),
        (OtherId, SEALED, other),
        (OtherId, seal(ring, {**RECORD, "id": other}), ID),
        (UnknownKey, SEALED[:20] + bytes(8) + SEALED[HEADER_BYTES:], ID),
        (BrokenSeal, SEALED[:-1], ID),
        (TooLarge, SEALED + bytes(MAX_RECORD_BYTES), ID),
        (NotARecord, seal(ring, {**RECORD, "score": 3}), ID),
    ]
    for expected, sealed, id_ in cases:
        with pytest.raises(expected):
            open_sealed(ring, sealed, id_)


@pytest.mark.parametrize(
    "clear",
    [
        b"[" * 300_000,
        b"[" * 900 + b"]" * 900,
        b'{"id":' * 900 + b"1" + b"}" * 900,
        b"9" * 10_000,
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b'"\\ud83d"',
        b"NaN",
    ],
    ids=["open", "deep", "deep-objects", "digits", "no-utf8", "surrogate", "half-letter", "nan"],
)
def test_json_made_to_hurt_is_not_a_record(clear: bytes) -> None:
    with pytest.raises(NotARecord):
        read_record(gzip.compress(clear))


def test_a_file_that_unpacks_into_all_memory_is_not_a_record() -> None:
    bomb = gzip.compress(bytes(MAX_CLEAR_BYTES + 1), compresslevel=1)
    assert len(bomb) < MAX_RECORD_BYTES
    with pytest.raises(NotARecord):
        read_record(bomb)


def test_nothing_can_hide_behind_the_record() -> None:
    packed = gzip.compress(json.dumps(RECORD).encode())
    for behind in (b"\0", gzip.compress(b"{}")):
        with pytest.raises(NotARecord):
            read_record(packed + behind)


def test_half_an_emoji_does_not_cost_the_child_its_words() -> None:
    cut = json.loads(json.dumps(RECORD))
    cut["areas"][0]["statements"][0]["text"] = "glad \ud83d ibland 🙈"
    read = read_record(gzip.compress(json.dumps(cut).encode()))
    assert read["areas"][0]["statements"][0]["text"] == "glad � ibland 🙈"


@pytest.mark.parametrize(
    "moment", ["2026-02-30T08:00:00Z", "2026-13-01T08:00:00Z", "0000-01-01T08:00:00Z", "2026-11-20"]
)
def test_a_moment_that_never_was_is_not_in_a_record(moment: str) -> None:
    for name in ("started_at", "finished_at"):
        with pytest.raises(NotARecord, match=name):
            read_record(gzip.compress(json.dumps({**RECORD, name: moment}).encode()))


def test_what_is_wrong_is_told_by_its_place_and_never_by_its_words() -> None:
    wrong = json.loads(json.dumps(RECORD))
    wrong["areas"][0]["statements"][0]["speaker"] = "kanariefågel"
    with pytest.raises(NotARecord) as told:
        read_record(gzip.compress(json.dumps(wrong).encode()))
    assert str(told.value) == "areas/0/statements/0/speaker"


def _golden(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
    return found


def _packed(record: dict[str, Any]) -> bytes:
    return gzip.compress(json.dumps(record).encode())


def _home(page: Page, golden: dict[str, Any], taps: list[dict[str, Any]], at: str) -> Any:
    """The area "Hemma" of the golden record when more was tapped before the end."""
    *before, confirm = golden["taps"]
    more = [*before, *({**tap, "at": at} for tap in taps), confirm]
    made = page.evaluate(MAKE_RECORD, {**golden, "taps": more})
    read_record(_packed(made))
    return made["areas"][0]


def _decided(item: dict[str, Any]) -> dict[str, Any]:
    return {key: item[key] for key in ("confirmed", "release", "important") if key in item}


def _fields(value: Any, place: str = "") -> set[str]:
    """The paths of all that has a name: "areas/cards/answer/step"; a list adds nothing to it."""
    if isinstance(value, list):
        return set().union(*(_fields(one, place) for one in value))
    if not isinstance(value, dict):
        return set()
    inner = {name: f"{place}/{name}" for name in value}
    return set(inner.values()).union(*(_fields(value[name], inner[name]) for name in value))


def _fields_of_schema(schema: Any, part: Any, place: str = "") -> set[str]:
    if "$ref" in part:
        part = schema["$defs"][part["$ref"].rpartition("/")[2]]
    found: set[str] = set()
    for name, one in part.get("properties", {}).items():
        found |= {f"{place}/{name}"} | _fields_of_schema(schema, one, f"{place}/{name}")
    for one in (*part.get("oneOf", ()), *([part["items"]] if "items" in part else ())):
        found |= _fields_of_schema(schema, one, place)
    return found


def _padded(packed: bytes) -> bytes:
    clear = len(packed).to_bytes(4, "big") + packed
    return clear + bytes(-len(clear) % STEP_BYTES)


def _pem() -> bytes:
    key = serialization.load_pem_private_key((GOLDEN / "key.pem").read_bytes(), None)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def test_what_the_child_decided_at_the_end_follows_each_item_and_nothing_is_filled_in(
    page: Page,
) -> None:
    """Absent is not asked; and what is taken away takes its release and its star with it."""
    mood, body, at = "halsa/older/mood", "halsa/older/body", "2026-11-20T09:23:00.000Z"
    person = {"label": "Sköterska Demo", "title": "Skolsköterska", "symbol": "n-1f9d1"}
    wanted = {"step": "help", "key": "mum", "choice": "no", "shown": {**person}}
    taps = [
        {"type": "confirm_card", "key": mood, "yes": True},
        {"type": "release", "key": "halsa", "choice": "may_not"},
        {"type": "release", "key": mood, "choice": "may_show"},
        {"type": "release", "key": "2", "choice": "dont_know"},
        {"type": "important", "key": body, "yes": True},
        {"type": "take_away", "card": body},
        {"type": "important", "key": "1", "yes": True},
        {"type": "person", **wanted},
        {"type": "step_silence", "step": "meeting", "silence": "dont_want"},
    ]
    *before, confirm = TAPS["taps"]
    made = page.evaluate(
        MAKE_RECORD, {**TAPS, "taps": [*before, *({**tap, "at": at} for tap in taps), confirm]}
    )
    read_record(gzip.compress(json.dumps(made).encode()))
    areas = {area["key"]: area for area in made["areas"]}
    health, learning = areas["halsa"], areas["larande"]
    decided = ("confirmed", "release", "important")
    cards = {c["key"]: {k: c[k] for k in decided if k in c} for c in health["cards"]}
    assert health["release"] == "may_not" and "release" not in learning
    assert cards.pop(mood) == {"confirmed": True, "release": "may_show"}
    assert body in cards and not any(cards.values())
    first, second = learning["statements"]
    assert first["important"] and "release" not in first
    assert second["release"] == "dont_know" and "important" not in second
    assert made["help"] == {
        "wanted": [{"key": "mum", "choice": "no", **person, "speaker": "child_chose", "at": at}]
    }
    assert made["meeting"] == {"people": [], "silence": "dont_want"}
