"""What comes to a guardian of what the child has said: what the child released and the ansvarig
decided on, and what the guardian needs to know although the child has not said yes."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from county import County
from family import Guardian, let_in
from hypothesis import given
from hypothesis import strategies as st
from page_client import PageClient
from PIL import Image
from sharing import KEPT, RELEASED, Room
from sqlalchemy import select
from test_drawing import FREE, drawing, with_drawings

from kid_wheel.case import CaseState
from kid_wheel.db import db
from kid_wheel.documents import released
from kid_wheel.reading import areas
from kid_wheel.showing import Choice, Showing, _of_record, is_released
from kid_wheel.voices import Evidence, Told, of_child

GOLDEN = Path(__file__).parent / "golden"
SAYS = ("may_show", "may_not", "dont_know")
SOME_ID = "00000000-0000-4000-8000-000000000000"
OTHER = "5d1f0c66-3c1e-4a53-9a42-0d9f6b7a1c09"
TOLD = {
    "choice": "inform_needed",
    "because": "Mamma behöver veta för att kunna göra det lugnare.",
    "child_told_on": "2026-11-20",
    "child_told_how": "Vi satt tillsammans. Mira sa att det var okej.",
    "text": "Mira behöver det lugnare på kvällen.",
}
SECRET = {"choice": "keep_secret", "harm": "Mira är rädd för vad som händer."}


def _at(family: Room, name: str = "Alva Testlund") -> str:
    return f"/case/{family.case_id}/consent/guardian/{family.guardians[name]}/showing"


def _kept(family: Room) -> str:
    return f"{_at(family)}/against?item={family.conversation_id}/said/hemmet/1"


# What the child released.


def test_a_childs_words_come_only_when_the_child_and_the_ansvarig_have_both_said_so(
    alva: Guardian, bo: Guardian, anna: PageClient, county: County, family: Room
) -> None:
    assert RELEASED not in alva.text("back")
    at = f"/case/{family.case_id}/consent/guardian/{family.guardians['Alva Testlund']}/showing"
    page = anna.page(at)
    assert RELEASED in page.text
    (item,) = [a["value"] for a in page.find("input", name="item")]
    assert anna.send(at, item=item).status_code == 302
    assert RELEASED in alva.text("back")
    assert RELEASED not in bo.text("back"), "each guardian is decided on"
    assert KEPT not in alva.text("back")
    assert len(county.events("showing:decided")) == 1
    anna.send(at)
    assert RELEASED not in alva.text("back"), "and it can be taken away"
    assert len(county.events("showing:ended")) == 1


def test_what_the_child_has_not_released_is_not_shown_by_asking_for_it(
    anna: PageClient, county: County, family: Room
) -> None:
    at = f"/case/{family.case_id}/consent/guardian/{family.guardians['Alva Testlund']}/showing"
    for item in (f"{family.conversation_id}/said/hemmet/1", "x", SOME_ID):
        assert anna.send(at, item=item).status_code == 404
    assert not county.events("showing:decided")


def test_what_the_child_has_said_keeps_its_place_whatever_is_released(
    anna: PageClient, family: Room
) -> None:
    """The id of a thing is the same here as where it is evidence."""
    (item,) = [one["value"] for one in anna.page(_at(family)).find("input", name="item")]
    assert item == f"{family.conversation_id}/said/hemmet/0"


@pytest.mark.parametrize("name", ["everything", "said"])
@given(choose=st.randoms(use_true_random=False))
def test_released_is_what_may_stand_on_the_paper_that_goes_home(name: str, choose: Any) -> None:
    """The same things by both rules, whatever a child decides about each thing it has said."""
    record = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))["record"]
    for area in record["areas"]:
        things = [*area["cards"], *area["statements"], *area.get("drawings", ()), area]
        for one in (*things, area.setdefault("feelings_decided", {})):
            one.pop("release", None)
            one.update(choose.choice([{}, *({"release": said} for said in SAYS)]))
    of_case: Any = SimpleNamespace(id="c")
    ours = [one for one in _of_record(of_case, record, "sv") if is_released(one)]
    paper = released(record)
    on_paper = [
        one for area in areas(paper, "sv") for one in of_child(Told(of_case, paper, area))
    ]  # fmt: skip
    assert _seen(ours) == _seen(on_paper)


def _seen(found: list[Evidence]) -> list[tuple[Any, ...]]:
    return sorted((one.area, one.text, one.symbol, str(one.drawing)) for one in found)


# Drawings.


@pytest.fixture
def drawn(county: County) -> Room:
    """Mira has drawn twice: one for home, and one that is hers."""
    record = with_drawings(
        county.make_record(),
        drawing(release="may_show"),
        drawing(id_=OTHER, release="may_not"),
    )
    made = Room(county, CaseState.CONSENT_PENDING, areas=record["areas"])
    made.add_guardian("Alva Testlund")
    made.add_guardian("Bo Testlund")
    return made


def test_a_drawing_is_shown_as_a_picture_when_child_and_ansvarig_have_said_so(
    county: County, anna: PageClient, drawn: Room
) -> None:
    alva, bo = (
        let_in(county, anna, drawn.case_id, drawn.guardians[name])
        for name in ("Alva Testlund", "Bo Testlund")
    )
    assert "/drawing/" not in alva.text("back")
    page = anna.page(_at(drawn))
    (item,) = [one["value"] for one in page.find("input", name="item")]
    assert item == f"{drawn.conversation_id}/drawing/{FREE}"
    assert any(FREE in one.get("src", "") for one in page.find("img")), "it is looked at first"
    anna.send(_at(drawn), item=item)
    (address,) = [one["src"] for one in alva.page("back").find("img") if "drawing" in one["src"]]
    picture = alva.client.get(address)
    assert picture.mimetype == "image/png"
    assert Image.open(BytesIO(picture.data)).getpixel((200, 100)) == (0x2F, 0x6F, 0xB0)
    for id_ in (drawn.conversation_id, FREE, OTHER, drawn.case_id):
        assert id_ not in alva.text("back"), "the page names nothing of the case"
    assert bo.client.get(address).status_code == 404, "nor by its address"
    assert bo.client.get(address).data == bo.get(f"drawing/{SOME_ID}.png").data
    anna.send(_at(drawn))
    assert alva.client.get(address).status_code == 404, "and it can be taken away"


def test_a_shown_drawing_is_nothing_on_the_disk(
    county: County, anna: PageClient, drawn: Room, on_disk: Any
) -> None:
    anna.send(_at(drawn), item=f"{drawn.conversation_id}/drawing/{FREE}")
    assert b"#2f6fb0" not in on_disk() and b"strokes" not in on_disk()


# What a guardian needs to know although the child has not said yes.


def test_what_the_child_said_no_to_is_told_in_other_words_once_the_child_knows(
    county: County, alva: Guardian, bo: Guardian, anna: PageClient, family: Room
) -> None:
    before = bo.get("back").data
    assert anna.send(_kept(family), **TOLD).status_code == 302
    text = alva.text("back")
    assert TOLD["text"] in text and "Ditt barn vet att vi berättar." in text
    for hidden in (KEPT, TOLD["because"], TOLD["child_told_how"], "nej"):
        assert hidden not in text.split('id="know"')[1].split("</section>")[0], hidden
    assert bo.get("back").data == before, "each guardian is decided on"
    assert len(county.events("showing:informed", case_id=family.case_id)) == 1


@pytest.mark.parametrize(
    "missing",
    [
        {"choice": ""},
        {"because": " "},
        {"text": " "},
        {"child_told_on": ""},
        {"child_told_on": "2026-11-21"},
        {"child_told_how": " "},
        {"choice": "released"},
    ],
)
def test_nobody_is_told_without_a_reason_and_before_the_child(
    alva: Guardian, anna: PageClient, family: Room, missing: dict[str, str]
) -> None:
    before = alva.get("back").data
    answer = anna.send(_kept(family), **{**TOLD, **missing})
    assert answer.status_code == 422
    assert TOLD["text"] in answer.text or not missing.get("text", "x").strip(), "nothing is lost"
    assert alva.get("back").data == before


def test_the_child_is_told_what_a_guardian_has_got_to_know(
    alva: Guardian, anna: PageClient, family: Room
) -> None:
    at = f"/case/{family.case_id}/disclosure/child"
    assert "Ingen har fått veta något." in anna.page(at).text
    anna.send(_kept(family), **SECRET)
    assert "Ingen har fått veta något." in anna.page(at).text
    anna.send(_kept(family), **TOLD)
    anna.send(_at(family), item=f"{family.conversation_id}/said/hemmet/0")
    text = anna.page(at).text
    assert text.count("Alva Testlund har fått veta") == 2
    assert TOLD["text"] in text and RELEASED in text
    assert "Vi berättade det för dig först." in text
    assert TOLD["because"] not in text and SECRET["harm"] not in text


def test_keeping_it_secret_is_a_decision_with_its_reason_and_leaves_no_trace(
    county: County, alva: Guardian, anna: PageClient, family: Room
) -> None:
    before = alva.get("back").data
    assert anna.send(_kept(family), **{**SECRET, "harm": " "}).status_code == 422
    assert anna.send(_kept(family), **SECRET).status_code == 302
    assert "hålls hemligt" in anna.get(_at(family)).text
    assert SECRET["harm"] in anna.get(_kept(family)).text
    assert alva.get("back").data == before
    assert len(county.events("showing:kept_secret", case_id=family.case_id)) == 1


def test_the_choice_is_made_by_a_person_and_the_newest_holds(
    county: County, alva: Guardian, anna: PageClient, family: Room
) -> None:
    page = anna.page(_kept(family))
    assert not [one for one in page.find("input", name="choice") if "checked" in one]
    anna.send(_kept(family), **TOLD)
    anna.send(_kept(family), **SECRET)
    assert TOLD["text"] not in alva.text("back")
    with county.hub.app_context():
        rows = list(db.session.scalars(select(Showing)))
        assert len(rows) == 2, "what was decided before is still there"
        assert [row.choice for row in rows if row.ended_at is None] == [Choice.WITHHOLD]


def test_what_the_child_released_needs_no_decision_over_its_head(
    anna: PageClient, family: Room
) -> None:
    at = f"{_at(family)}/against?item={family.conversation_id}/said/hemmet"
    assert anna.get(f"{at}/0").status_code == 404
    for item in ("9", "x"):
        assert anna.get(f"{at}/{item}").status_code == 404


def test_choosing_what_is_shown_leaves_other_decisions_alone(
    alva: Guardian, anna: PageClient, family: Room
) -> None:
    anna.send(_kept(family), **TOLD)
    anna.send(_at(family))
    assert TOLD["text"] in alva.text("back")


def test_only_who_decides_in_the_case_decides_this(
    county: County, anna: PageClient, family: Room
) -> None:
    anna.get(_kept(family))
    for name, status in (("Mona", 403), ("Bodil", 404), ("Cesar", 404)):
        assert county.sign_in(name).get(_kept(family)).status_code == status
