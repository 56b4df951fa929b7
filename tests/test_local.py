"""A unit makes the wheel its own: cards, photographs, order and words, for its own tablets only."""

from __future__ import annotations

import base64
import hashlib
import io
from typing import Any

import pytest
from county import County
from page_client import Page, PageClient
from PIL import Image, ImageDraw
from sqlalchemy import select

from kid_wheel.catalog import Variant, catalog
from kid_wheel.db import db
from kid_wheel.local import NEUTRAL, LocalCard, LocalPicture
from kid_wheel.people import Staff
from kid_wheel.photo import (
    MAX_BYTES,
    SIDE,
    HiddenFile,
    MovingPhoto,
    NotAPhoto,
    TooLargePhoto,
    TooSmallPhoto,
    make_picture,
)
from kid_wheel.tablet import Tablet

PLACE = b"59.371249"  # a latitude as a telephone writes it, where it can be looked for


def photo(
    size: tuple[int, int] = (900, 700), kind: str = "JPEG", orientation: int = 1, **how: Any
) -> bytes:
    """A swing by a red house: red above, green below, with the place where it was taken."""
    image = Image.new("RGB", size, "red")
    ImageDraw.Draw(image).rectangle((0, size[1] // 2, *size), fill="green")
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Fabrikat " + PLACE.decode()
    exif.get_ifd(0x8825)[29] = PLACE.decode()  # GPS
    out = io.BytesIO()
    image.save(out, kind, exif=exif, **how)
    return out.getvalue()


# What a photograph becomes.


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_where_a_photo_was_taken_is_gone(kind: str) -> None:
    given = photo(kind=kind)
    assert PLACE in given
    made = make_picture(given)
    assert PLACE not in made and b"Fabrikat" not in made
    with Image.open(io.BytesIO(made)) as picture:
        assert (picture.format, picture.size) == ("WEBP", (SIDE, SIDE))
        assert not picture.getexif() and "icc_profile" not in picture.info


def test_a_photo_taken_sideways_stands_up() -> None:
    with Image.open(io.BytesIO(make_picture(photo(orientation=6)))) as picture:
        left, right = picture.getpixel((20, 320)), picture.getpixel((SIDE - 20, 320))
    assert left[1] > left[0] and right[0] > right[1], "red was above; turned, it is to the right"


def test_a_small_photo_is_not_blown_up() -> None:
    with Image.open(io.BytesIO(make_picture(photo((200, 120))))) as picture:
        assert picture.size == (120, 120)


def moving() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (200, 200), colour) for colour in ("red", "blue")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def flood() -> bytes:
    """Some kilobytes that say that they are 400 megapixels."""
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    return out.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"><script/></svg>'
HOSTILE = {
    "nothing": (b"", NotAPhoto),
    "svg": (SVG, NotAPhoto),
    "html": (b"<!doctype html><title>Foto</title>", NotAPhoto),
    "gif": (b"GIF89a" + bytes(200), NotAPhoto),
    "truncated": (photo()[:4000], NotAPhoto),
    "cut-png": (photo(kind="PNG")[:-40], NotAPhoto),
    "page-behind": (photo() + b"<html><script>alert(1)</script>", HiddenFile),
    "page-inside": (photo(comment=b"<script >alert(1)</script>"), HiddenFile),
    "zip-behind": (photo() + b"PK\x05\x06" + bytes(18), HiddenFile),
    "moving": (moving(), MovingPhoto),
    "flood": (flood(), TooLargePhoto),
    "50-megapixels": (photo((8000, 6300), "PNG"), TooLargePhoto),
    "too-many-bytes": (photo() + bytes(MAX_BYTES), TooLargePhoto),
    "tiny": (photo((40, 40)), TooSmallPhoto),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_no_plain_photo_is_refused_by_name(name: str) -> None:
    given, refusal = HOSTILE[name]
    with pytest.raises(refusal):
        make_picture(given)


# What an administrator does.


def test_a_card_with_a_photo_reaches_the_units_own_tablets_and_no_others(county: County) -> None:
    before = ask(county, "Exempelskolan", "state")["local_version"]
    assert before == ""
    add(county, photo=photo())
    version = ask(county, "Exempelskolan", "state")["local_version"]
    pack = ask(county, "Exempelskolan", "local-pack")
    assert version == pack["version"] != ""
    (card,) = pack["cards"]
    assert (card["area"], card["variant"]) == ("larande", "preschool")
    assert (card["label"], card["say"]) == ("Gungorna", "Hur är det på gungorna?")
    name = card["symbol"].removeprefix("photo-")
    picture = ask(county, "Exempelskolan", f"local-picture/{name}")
    content = base64.b64decode(picture["content"])
    assert picture["type"] == "image/webp"
    assert hashlib.sha256(content).hexdigest().startswith(name)

    assert ask(county, "Demoskolan", "state")["local_version"] == ""
    assert ask(county, "Demoskolan", "local-pack")["cards"] == []
    assert tablet_asks(county, "Demoskolan", f"local-picture/{name}").status_code == 404
    (event,) = county.events("local_card:added")
    assert (event.staff_id, event.unit_id) == (county.id("Arvid"), county.id("Exempelskolan"))


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("svg", 422, "inget foto som går att läsa"),
        ("truncated", 422, "inget foto som går att läsa"),
        ("page-behind", 422, "mer än ett foto"),
        ("moving", 422, "rör sig"),
        ("tiny", 422, "för litet"),
        ("flood", 413, "för stort"),
    ],
)
def test_a_refused_photo_is_explained_and_what_was_written_stays(
    county: County, name: str, status: int, words: str
) -> None:
    answer = add(county, photo=HOSTILE[name][0])
    assert answer.status_code == status
    assert words in answer.text
    assert "Hur är det på gungorna?" in answer.text
    assert not county.change(lambda: db.session.scalars(select(LocalCard)).all())
    assert not county.change(lambda: db.session.scalars(select(LocalPicture)).all())


def test_more_bytes_than_a_photo_may_have_are_not_even_read(county: County) -> None:
    where = f"{address(county)}preschool/larande/new"
    kind = "multipart/form-data; boundary=x"
    answer = county.sign_in("Arvid").post(where, data=bytes(MAX_BYTES + 2), content_type=kind)
    assert answer.status_code == 413
    assert "Ett foto får vara högst 8 MB" in answer.text


def test_a_photo_is_taken_in_only_when_somebody_has_looked_for_children_in_it(
    county: County,
) -> None:
    answer = add(county, photo=photo(), no_child="")
    assert answer.status_code == 422
    assert "Se efter på fotot" in answer.text


def test_cards_are_laid_aside_put_in_order_and_named_by_the_unit(county: County) -> None:
    arvid = county.sign_in("Arvid")
    body, *_rest, last = catalog("sv", Variant.PRESCHOOL).areas[0].cards
    page = f"{address(county)}preschool/halsa"
    for to, card in (("hide", body.key), ("earlier", last.key)):
        assert arvid.send(page, "/arrange", card=card, to=to).status_code == 302
    fragment = arvid.send(page, "/arrange", {"HX-Request": "true"}, card=last.key, to="earlier")
    assert fragment.text.strip().startswith("<ol")
    arvid.send(address(county), "/people", mentor="Klassläraren", teacher=" ")
    arvid.send(address(county), "/decks", deck=["preschool"])
    pack = ask(county, "Exempelskolan", "local-pack")
    assert pack["hidden"] == [body.key]
    assert pack["order"]["halsa/preschool"][-3] == last.key
    assert pack["people"] == {"mentor": "Klassläraren"}
    assert pack["off"] == ["older"]
    arvid.send(page, "/arrange", card=body.key, to="show")
    assert ask(county, "Exempelskolan", "local-pack")["hidden"] == []


def test_one_deck_is_always_on(county: County) -> None:
    assert county.sign_in("Arvid").send(address(county), "/decks").status_code == 422
    assert ask(county, "Exempelskolan", "local-pack")["off"] == []


def test_a_photo_that_is_removed_for_good_is_gone_and_its_card_keeps_a_picture(
    county: County,
) -> None:
    add(county, photo=photo())
    name = ask(county, "Exempelskolan", "local-pack")["cards"][0]["symbol"].removeprefix("photo-")
    county.sign_in("Arvid").send(address(county), f"/photo/{name}/remove")
    assert ask(county, "Exempelskolan", "local-pack")["cards"][0]["symbol"] == NEUTRAL
    assert tablet_asks(county, "Exempelskolan", f"local-picture/{name}").status_code == 404
    assert county.events("local_photo:removed")


def test_another_huvudmans_cards_and_photos_are_out_of_reach(county: County) -> None:
    add(county, photo=photo())
    pack = ask(county, "Exempelskolan", "local-pack")
    name = pack["cards"][0]["symbol"].removeprefix("photo-")
    card_id = county.change(lambda: db.session.scalars(select(LocalCard.id)).one())
    own, bert = address(county), county.sign_in("Bert")
    token = bert.page("/admin/staff/new").forms[0]["fields"]["csrf_token"]
    for path in (
        "",
        "preschool/larande",
        "preschool/larande/new",
        f"own/{card_id}",
        f"photo/{name}",
    ):
        assert bert.get(own + path).status_code == 404, path
    for path in ("decks", "people", "preschool/larande/arrange", "preschool/larande/new",
                 f"own/{card_id}", f"photo/{name}/remove"):  # fmt: skip
        assert bert.post(own + path, data={"csrf_token": token}).status_code == 404, path
    # Nor through a unit that is Bert's own.
    theirs = own.replace(county.id("Exempelskolan"), county.id("Demoskolan"))
    assert bert.get(f"{theirs}own/{card_id}").status_code == 404
    assert bert.get(f"{theirs}photo/{name}").status_code == 404
    assert ask(county, "Exempelskolan", "local-pack") == pack
    assert county.sign_in("Mona").get(own).status_code == 403


def test_nothing_of_a_units_own_is_kept_for_a_tablet_without_a_token(county: County) -> None:
    for path in ("local-pack", "local-picture/0123456789abcdef"):
        assert county.hub.test_client().get(f"/tablet/api/{path}").status_code == 401


# What the ansvarig sees.


def test_a_conversation_shows_the_card_as_the_child_saw_it_whatever_the_unit_does(
    county: County,
) -> None:
    add(county, photo=photo())
    name = ask(county, "Exempelskolan", "local-pack")["cards"][0]["symbol"].removeprefix("photo-")
    record = with_local_card(county.make_record(variant=Variant.PRESCHOOL), photo=name)
    case_id, conversation_id = county.receive(record)
    card_id = county.change(lambda: db.session.scalars(select(LocalCard.id)).one())
    arvid, anna = county.sign_in("Arvid"), county.sign_in("Anna")
    arvid.send(f"{address(county)}own/{card_id}", label="Något annat", say="Hur är det?")

    page = anna.page(f"/case/{case_id}/conversation/{conversation_id}")
    assert "Gungorna" in page.text and "Något annat" not in page.text
    (shown,) = [img["src"] for img in page.find("img") if img["src"].startswith("data:")]
    content = base64.b64decode(shown.removeprefix("data:image/webp;base64,"))
    assert hashlib.sha256(content).hexdigest().startswith(name)

    arvid.send(address(county), f"/photo/{name}/remove")
    page = anna.page(f"/case/{case_id}/conversation/{conversation_id}")
    assert "Gungorna" in page.text
    assert not [img for img in page.find("img") if img["src"].startswith("data:")]


# On paper.


def printed(county: County, who: str, **choices: str) -> Page:
    asked = "&".join(f"{name}={value}" for name, value in choices.items())
    return county.sign_in(who).page(f"/paper/print?part=cards&{asked}")


def cards_on(page: Page, area: str) -> list[str]:
    keys = [attrs["data-card"] for _tag, attrs in page.tags if "data-card" in attrs]
    return [key for key in keys if key.startswith(f"{area}/")]


def photos_on(page: Page) -> list[str]:
    return [img["src"] for img in page.find("img") if img["src"].startswith("data:")]


def test_a_units_own_cards_are_cut_out_among_the_others_in_the_units_order(county: County) -> None:
    add(county, photo=photo())
    (own,) = ask(county, "Exempelskolan", "local-pack")["cards"]
    first, *others = [card.key for card in catalog("sv", Variant.PRESCHOOL).areas[2].cards]
    arvid, where = county.sign_in("Arvid"), f"{address(county)}preschool/larande"
    for _ in others:
        arvid.send(where, "/arrange", card=own["key"], to="earlier")
    arvid.send(where, "/arrange", card=others[0], to="hide")
    page = printed(county, "Mona", deck="all", sensitive="yes")
    assert cards_on(page, "larande") == [first, own["key"], *others[1:]]
    assert "Hur är det på gungorna?" in page.text
    (shown,) = photos_on(page)
    content = base64.b64decode(shown.removeprefix("data:image/webp;base64,"))
    assert hashlib.sha256(content).hexdigest().startswith(own["symbol"].removeprefix("photo-"))
    assert own["key"] in cards_on(printed(county, "Mona"), "larande"), "among the few, too"
    assert not photos_on(printed(county, "Mona", unit="none"))


def test_nobody_but_the_units_own_people_prints_its_cards_or_sees_its_photos(
    county: County,
) -> None:
    add(county, photo=photo())
    name = ask(county, "Exempelskolan", "local-pack")["cards"][0]["symbol"].removeprefix("photo-")
    for who in ("Mona", "Anna", "Dina"):
        assert photos_on(printed(county, who)), who
    for who in ("Bim", "Bodil", "Bert", "Cesar", "Arvid"):
        for choice in ({}, {"unit": county.id("Exempelskolan")}):
            page = printed(county, who, **choice)
            assert not photos_on(page) and "Gungorna" not in page.text, who
        assert "egna kort" not in county.sign_in(who).page("/paper/").text, who
    assert county.sign_in("Mona").get(f"{address(county)}photo/{name}").status_code == 403

    def end() -> None:
        for assignment in db.session.get_one(Staff, county.id("Mona")).assignments:
            assignment.until_on = assignment.from_on

    county.change(end)
    assert county.sign_in("Mona").get("/paper/print").status_code == 403


def test_a_deck_that_the_unit_does_not_use_is_not_printed_for_it(county: County) -> None:
    county.sign_in("Arvid").send(address(county), "/decks", deck=["older"])
    offered = county.sign_in("Mona").page("/paper/").find("input", name="variant")
    assert [one["value"] for one in offered] == ["older"]
    assert cards_on(printed(county, "Mona", variant="preschool"), "halsa/older")
    assert len(county.sign_in("Bim").page("/paper/").find("input", name="variant")) == 2


def test_own_cards_keep_their_language_and_own_words_stand_only_in_swedish(county: County) -> None:
    add(county, photo=photo())
    county.sign_in("Arvid").send(address(county), "/people", preschool_staff="Fröken")
    mona = county.sign_in("Mona")
    english = mona.get("/paper/print?language=en").text
    assert '<p class="cut-label" lang="sv" dir="ltr">Gungorna</p>' in english
    assert "Fröken" not in english
    swedish = mona.get("/paper/print").text
    assert '<p class="cut-label">Fröken</p>' in swedish and "Pedagog" not in swedish
    assert '<p class="cut-label">Gungorna</p>' in swedish
    every = mona.get("/paper/print?deck=all").text
    assert '<p class="cut-label">Vuxna på förskolan (Fröken)</p>' in every


def test_a_photo_removed_for_good_is_gone_from_paper_too(county: County) -> None:
    add(county, photo=photo())
    name = ask(county, "Exempelskolan", "local-pack")["cards"][0]["symbol"].removeprefix("photo-")
    county.sign_in("Arvid").send(address(county), f"/photo/{name}/remove")
    page = printed(county, "Mona", ink="grey")
    assert "Gungorna" in page.text and not photos_on(page)


def with_local_card(record: dict[str, Any], photo: str) -> dict[str, Any]:
    area = next(area for area in record["areas"] if area["key"] == "larande")
    step = catalog("sv", Variant.PRESCHOOL).scales["bra3"][0]
    area["order"] = 1
    area["cards"].append(
        {"key": "larande/local/0a1b2c3d", "label": "Gungorna", "say": "Hur är det på gungorna?",
         "symbol": NEUTRAL, "local": True, "photo": photo,
         "answer": {"scale": "bra3", "step": step.key, "label": step.label,
                    "symbol": step.symbol, "speaker": "child_chose",
                    "at": "2026-11-20T08:10:00Z"}}
    )  # fmt: skip
    return record


def address(county: County, unit: str = "Exempelskolan") -> str:
    return f"/admin/unit/{county.id(unit)}/cards/"


def add(county: County, *, photo: bytes, no_child: str = "y") -> Any:
    """Arvid adds a card about the swings to Exempelskolan's preschool deck."""
    arvid: PageClient = county.sign_in("Arvid")
    where = f"{address(county)}preschool/larande/new"
    token = arvid.page(where).forms
    fields = next(f for f in token if "label" not in f["fields"] and f["action"] == "")["fields"]
    data = {
        **fields,
        "label": "Gungorna",
        "say": "Hur är det på gungorna?",
        "photo": (io.BytesIO(photo), "DCIM_0001.jpg"),
        **({"no_child": no_child} if no_child else {}),
    }
    return arvid.post(where, data=data, content_type="multipart/form-data")


def tablet_asks(county: County, unit: str, path: str) -> Any:
    """One of the unit's tablets asks the hub."""
    token = f"nyckel-{unit}"

    def give() -> None:
        tablet = db.session.get_one(Tablet, county.tablet(unit))
        tablet.token_hash = hashlib.sha256(token.encode()).hexdigest()

    county.change(give)
    client = county.hub.test_client()
    return client.get(f"/tablet/api/{path}", headers={"Authorization": f"Bearer {token}"})


def ask(county: County, unit: str, path: str) -> dict[str, Any]:
    answer = tablet_asks(county, unit, path)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json
    return told
