"""What a unit's staff have read on one tablet reaches its other tablets, and no others."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from county import County
from test_local import address, ask, tablet_asks

from kid_wheel import sound
from kid_wheel.db import db

TEXT = "Hur är det hemma?"
WEBM = b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\x82\x84webm" + bytes(40)
KINDS = {
    "audio/webm": WEBM,
    "audio/mp4": b"\x00\x00\x00\x1cftypiso5" + bytes(30),
    "audio/ogg": b"OggS" + bytes(30),
    "audio/wav": b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(30),
    "audio/mpeg": b"ID3\x04" + bytes(30),
}
NO_SOUND = {
    "nothing": b"",
    "page": b"<!doctype html><script>alert(1)</script>",
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(30),
    "utf-16": "<html>".encode("utf-16"),
    "other-matroska": b"\x1a\x45\xdf\xa3" + b"matroska" + bytes(30),
}


def share(county: County, heard: bytes = WEBM, unit: str = "Exempelskolan", **said: str) -> Any:
    tablet_asks(county, unit, "state")  # gives the tablet its key
    given = {
        "language": "sv",
        "text": TEXT,
        "staff": county.id("Mona" if unit == "Exempelskolan" else "Bim"),
        "content": base64.urlsafe_b64encode(heard).decode(),
        **said,
    }
    headers = {"Authorization": f"Bearer nyckel-{unit}"}
    client = county.hub.test_client()
    return client.post("/tablet/api/local-sound", json=given, headers=headers)


def sounds(county: County, unit: str = "Exempelskolan") -> list[dict[str, str]]:
    found: list[dict[str, str]] = ask(county, unit, "local-pack")["sounds"]
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_text_read_aloud_reaches_the_units_own_tablets_and_no_others(
    county: County, kind: str
) -> None:
    answer = share(county, KINDS[kind])
    assert (answer.status_code, answer.json["type"]) == (201, kind)
    (found,) = sounds(county)
    assert (found["language"], found["text"], found["name"]) == ("sv", TEXT, answer.json["name"])
    heard = ask(county, "Exempelskolan", f"local-sound/{found['name']}")
    assert (heard["type"], base64.b64decode(heard["content"])) == (kind, KINDS[kind])
    assert ask(county, "Exempelskolan", "state")["local_version"] != ""
    assert sounds(county, "Demoskolan") == []
    assert tablet_asks(county, "Demoskolan", f"local-sound/{found['name']}").status_code == 404
    (event,) = county.events("local_sound:shared")
    assert (event.staff_id, event.tablet_id) == (county.id("Mona"), county.tablet("Exempelskolan"))


def test_a_letter_that_is_lost_on_the_way_makes_no_other_sound(county: County) -> None:
    heard = KINDS["audio/mpeg"] + b"\xff\xfb\xff\xfe"
    for letters in (base64.b64encode, base64.urlsafe_b64encode):
        (made,) = [share(county, content=letters(heard).decode()).json]
        kept = ask(county, "Exempelskolan", f"local-sound/{made['name']}")
        assert base64.b64decode(kept["content"]) == heard
    assert share(county, content=base64.b64encode(WEBM).decode() + "!").status_code == 400


@pytest.mark.parametrize("name", NO_SOUND)
def test_what_is_no_sound_by_its_own_bytes_is_refused(county: County, name: str) -> None:
    assert share(county, NO_SOUND[name]).status_code == 422
    assert sounds(county) == []


def test_a_sound_has_a_size_and_a_unit_has_room_for_so_many(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = WEBM + bytes(sound.MAX_BYTES)
    assert share(county, large).status_code == 413
    monkeypatch.setattr(sound, "MAX_UNIT_BYTES", 2 * len(WEBM))
    assert share(county).status_code == 201
    assert share(county, text="Hur sover du?").status_code == 201
    assert share(county, text="Hur mår du?").json["type"].endswith("sounds-full")
    assert share(county, WEBM[:-1]).status_code == 201, "another in the place of one"
    assert share(county, unit="Demoskolan").status_code == 201, "each unit has room of its own"


@pytest.mark.parametrize(
    ("said", "status"),
    [({"language": "xx"}, 422), ({"text": " "}, 422), ({"text": "a" * 401}, 422)],
)
def test_only_a_text_in_a_language_of_the_product_is_read(
    county: County, said: dict[str, str], status: int
) -> None:
    assert share(county, **said).status_code == status
    assert sounds(county) == []


def test_nobody_who_does_not_work_in_the_unit_shares_there(county: County) -> None:
    assert share(county, staff=county.id("Bim")).status_code == 403
    anybody = county.hub.test_client()
    for answer in (
        anybody.post("/tablet/api/local-sound", json={}),
        anybody.get("/tablet/api/local-sound/0123456789abcdef"),
    ):
        assert answer.status_code == 401
    assert sounds(county) == []


def test_the_text_read_anew_takes_the_place_of_the_one_before(county: County) -> None:
    share(county)
    before = ask(county, "Exempelskolan", "local-pack")["version"]
    share(county, KINDS["audio/ogg"])
    (one,) = sounds(county)
    assert ask(county, "Exempelskolan", f"local-sound/{one['name']}")["type"] == "audio/ogg"
    assert ask(county, "Exempelskolan", "local-pack")["version"] != before


def test_an_administrator_listens_and_takes_a_sound_away_from_every_tablet(county: County) -> None:
    share(county)
    (one,) = sounds(county)
    arvid, own = county.sign_in("Arvid"), address(county)
    page = arvid.page(f"{own}sounds")
    assert TEXT in page.text
    (player,) = page.find("audio")
    heard = arvid.get(player["src"])
    assert (heard.data, heard.mimetype) == (WEBM, "audio/webm")
    for who, status in (("Bert", 404), ("Mona", 403)):
        assert county.sign_in(who).get(player["src"]).status_code == status
        assert county.sign_in(who).get(f"{own}sounds").status_code == status
    arvid.send(f"{own}sounds", f"/sound/{one['name']}/remove")
    assert sounds(county) == []
    assert not county.change(lambda: db.session.query(sound.UnitSound).count())
    assert county.events("local_sound:removed")
