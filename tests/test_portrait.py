"""A photograph of somebody on the staff: with a yes, where they work, and gone for good."""

from __future__ import annotations

import base64
import hashlib
import io
from typing import Any

import pytest
from county import County
from test_local import HOSTILE, PLACE, ask, photo, tablet_asks

from kid_wheel.db import db
from kid_wheel.portrait import Portrait

OWN = "/account/portrait"


def give(county: County, who: str, where: str, content: bytes, agreed: str = "y") -> Any:
    client = county.sign_in(who)
    (form,) = [f for f in client.page(where).forms if f["action"] == ""]
    data = {**form["fields"], "photo": (io.BytesIO(content), "DCIM_0002.jpg")}
    data |= {"agreed": agreed} if agreed else {}
    return client.post(where, data=data, content_type="multipart/form-data")


def faces(county: County, unit: str = "Exempelskolan") -> dict[str, str]:
    found: dict[str, str] = ask(county, unit, "local-pack")["portraits"]
    return found


def of_mona(county: County) -> str:
    return f"/admin/staff/{county.id('Mona')}/portrait"


def test_a_face_reaches_the_tablets_where_the_person_works_and_no_others(county: County) -> None:
    assert ask(county, "Exempelskolan", "state")["local_version"] == ""
    assert give(county, "Mona", OWN, photo()).status_code == 302
    pack = ask(county, "Exempelskolan", "local-pack")
    assert ask(county, "Exempelskolan", "state")["local_version"] == pack["version"] != ""
    name = pack["portraits"][county.id("Mona")]
    picture = ask(county, "Exempelskolan", f"local-picture/{name}")
    content = base64.b64decode(picture["content"])
    assert hashlib.sha256(content).hexdigest().startswith(name)
    assert PLACE not in content, "where it was taken is gone"
    assert faces(county, "Demoskolan") == {}
    assert tablet_asks(county, "Demoskolan", f"local-picture/{name}").status_code == 404
    (event,) = county.events("staff:portrait_kept")
    assert (event.staff_id, event.detail) == (county.id("Mona"), county.id("Mona"))


def test_an_administrator_keeps_and_takes_away_the_face_of_the_own_staff(county: County) -> None:
    assert give(county, "Arvid", of_mona(county), photo()).status_code == 302
    assert list(faces(county)) == [county.id("Mona")]
    arvid = county.sign_in("Arvid")
    arvid.send(of_mona(county), "/remove")
    assert faces(county) == {}
    assert not county.change(lambda: db.session.query(Portrait).count())
    assert county.events("staff:portrait_removed")


def test_nobody_else_sees_or_changes_a_face(county: County) -> None:
    give(county, "Mona", OWN, photo())
    bert, anna = county.sign_in("Bert"), county.sign_in("Anna")
    assert bert.get(of_mona(county)).status_code == 404
    token = bert.page(OWN).forms[0]["fields"]["csrf_token"]
    assert bert.post(f"{of_mona(county)}/remove", data={"csrf_token": token}).status_code == 404
    assert anna.get(of_mona(county)).status_code == 403
    assert not [img for img in anna.page(OWN).find("img") if img["src"].startswith("data:")]
    assert list(faces(county)) == [county.id("Mona")]


@pytest.mark.parametrize(("name", "status"), [("svg", 422), ("page-behind", 422), ("flood", 413)])
def test_a_refused_photo_takes_nothing_away(county: County, name: str, status: int) -> None:
    give(county, "Mona", OWN, photo())
    before = faces(county)
    assert give(county, "Mona", OWN, HOSTILE[name][0]).status_code == status
    assert faces(county) == before != {}


def test_without_a_yes_there_is_no_face(county: County) -> None:
    answer = give(county, "Arvid", of_mona(county), photo(), agreed="")
    assert answer.status_code == 422
    assert "Se efter på fotot" in answer.text
    assert faces(county) == {}


def test_the_face_of_a_closed_account_is_gone_for_good(county: County) -> None:
    give(county, "Mona", OWN, photo())
    staff = f"/admin/staff/{county.id('Mona')}"
    assert county.sign_in("Arvid").send(staff, "/deactivate").status_code == 302
    assert faces(county) == {}
    assert not county.change(lambda: db.session.query(Portrait).count())


def test_a_record_shows_the_face_that_the_child_chose_until_it_is_taken_away(
    county: County,
) -> None:
    give(county, "Mona", OWN, photo())
    name = faces(county)[county.id("Mona")]
    chosen = {
        "key": f"staff/{county.id('Mona')}", "choice": "yes", "label": "Mona Påhittsson",
        "symbol": "k-preschool-staff", "photo": name, "speaker": "child_chose",
        "at": "2026-11-20T08:10:00Z",
    }  # fmt: skip
    case_id, conversation_id = county.receive(county.make_record(help={"wanted": [chosen]}))
    anna, page = county.sign_in("Anna"), f"/case/{case_id}/conversation/{conversation_id}"
    (shown,) = [img["src"] for img in anna.page(page).find("img", class_="face")]
    content = base64.b64decode(shown.removeprefix("data:image/webp;base64,"))
    assert hashlib.sha256(content).hexdigest().startswith(name)
    county.sign_in("Mona").send(OWN, "/remove")
    after = anna.page(page)
    assert not after.find("img", class_="face")
    assert after.find("img", src="/static/bildstod/k-preschool-staff.svg")
