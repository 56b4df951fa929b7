"""What an administrator arranges, and that it never reaches another huvudman or a child."""

from __future__ import annotations

import re
from datetime import date

import pytest
from county import PASSWORD, Clock, County, mail
from page_client import Page, PageClient

from kid_wheel import clock
from kid_wheel.db import db
from kid_wheel.people import Assignment, Organisation, Role, Staff, Unit
from kid_wheel.tablet import ExpiredCode, Tablet, TabletState, UnknownCode, UsedCode, enrol

NEW = {"name": "Nils Nyman Påhitt", "title": "mentor", "email": "Nils@demo.example"}


def test_only_ones_own_units_and_people_are_listed(county: County) -> None:
    page = county.sign_in("Arvid").page("/admin/")
    assert "Exempelskolan" in page.text and "Anna Påhittsson" in page.text
    assert "Demoskolan" not in page.text and "Bodil" not in page.text


def test_where_there_is_one_unit_a_new_person_works_there(county: County) -> None:
    client = county.sign_in("Arvid")
    assert _chosen_units(client) == [], "of two, the administrator says which"
    county.change(_give_away_the_central_unit)
    assert _chosen_units(client) == [county.id("Exempelskolan")]


def test_a_unit_without_an_active_ansvarig_is_clearly_marked(county: County) -> None:
    client = county.sign_in("Arvid")
    assert "Ingen ansvarig" not in client.page("/admin/").text
    _end(client, county, "Anna")
    assert "Ingen ansvarig – utse en" in client.page("/admin/").text
    unit = client.page(f"/admin/unit/{county.id('Exempelskolan')}")
    assert "har ingen Barnets bästa-ansvarig" in unit.text


# Staff.


def test_a_new_person_gets_a_password_that_is_shown_once_and_must_be_exchanged(
    county: County,
) -> None:
    client, nils = county.sign_in("Arvid"), county.hub.test_client()
    page = Page(_create(client, county).text)
    password = re.search(r"([0-9a-z]{4}-){4}[0-9a-z]{4}", page.text)[0]  # type: ignore[index]
    nils_id = _id_of("nils@demo.example", county)
    assert password not in client.page(f"/admin/staff/{nils_id}").text
    assert nils.send("/sign-in", email=mail("Nils"), password=password).status_code == 302
    assert nils.get("/welcome").location == "/account/password"
    assert county.events("staff:created", staff_id=county.id("Arvid"), detail=nils_id)
    assert county.events("assignment:made", detail=f"staff:{nils_id}")


def test_one_address_is_one_account(county: County) -> None:
    client = county.sign_in("Arvid")
    answer = _create(client, county, email=mail("Bodil").upper())
    assert answer.status_code == 422
    assert "Det finns redan ett konto" in answer.text


def test_a_unit_has_exactly_one_ansvarig(county: County) -> None:
    client = county.sign_in("Arvid")
    assert _create(client, county, role="ansvarig").status_code == 422
    assert county.change(lambda: db.session.query(Staff).filter_by(email=mail("Nils")).count()) == 0
    refused = _assign(client, county, "Mona", "ansvarig")
    assert "har redan en Barnets bästa-ansvarig" in refused.text
    _end(client, county, "Anna")
    assert _assign(client, county, "Mona", "ansvarig").status_code == 302
    assert county.change(_ansvariga) == [county.id("Mona")]


def test_a_unit_may_have_several_deputies_but_nobody_twice(county: County) -> None:
    client = county.sign_in("Arvid")
    assert _assign(client, county, "Mona", "deputy").status_code == 302
    assert _assign(client, county, "Mona", "deputy").status_code == 422


def test_the_units_cases_follow_a_new_ansvarig_and_the_old_one_reads_them_no_more(
    county: County,
) -> None:
    case_id, _ = county.receive(county.make_record())
    noise, _ = county.receive(county.make_record("Demoskolan"))
    client, anna = county.sign_in("Arvid"), county.sign_in("Anna")
    _end(client, county, "Anna")
    assert anna.get(f"/case/{case_id}").status_code == 403
    _assign(client, county, "Mona", "ansvarig")
    assert county.sign_in("Mona").get(f"/case/{case_id}").status_code == 200
    _assign(client, county, "Anna", "deputy")
    first, then = county.events("case:handed_over")
    assert (first.case_id, first.detail) == (case_id, f"to:{county.id('Dina')}"), "the deputy"
    assert (then.case_id, then.detail) == (case_id, f"to:{county.id('Mona')}")
    assert county.sign_in("Bodil").get(f"/case/{noise}").status_code == 200


def test_an_assignment_that_is_ended_ends_today(county: County, time: Clock) -> None:
    client, mona = county.sign_in("Arvid"), county.sign_in("Mona")
    _end(client, county, "Mona")
    assert mona.get("/welcome").status_code == 403
    page = client.page(f"/admin/staff/{county.id('Mona')}")
    assert "till 20 november 2026" in " ".join(page.text.split())
    assert county.events("assignment:ended", detail=f"staff:{county.id('Mona')}")


def test_closing_an_account_ends_its_sessions_and_assignments(county: County) -> None:
    client, anna = county.sign_in("Arvid"), county.sign_in("Anna")
    at = f"/admin/staff/{county.id('Anna')}"
    client.send(at, action="/deactivate")
    assert anna.get("/case/").status_code == 302
    assert county.change(_ansvariga) == []
    assert county.events("staff:deactivated", detail=county.id("Anna"))
    assert "stängt konto" in client.page(at).text


def test_an_administrator_does_not_close_the_own_account(county: County) -> None:
    client = county.sign_in("Arvid")
    client.send(f"/admin/staff/{county.id('Arvid')}", action="/deactivate")
    assert "Du kan inte stänga ditt eget konto" in client.page("/admin/").text


def test_an_account_that_two_huvudman_share_is_changed_by_neither_alone(county: County) -> None:
    shared = county.change(lambda: _share("Mona", with_="Bert"))
    client = county.sign_in("Bert")
    page = client.page(f"/admin/staff/{shared}")
    assert not [f for f in page.forms if f["action"].endswith(("/deactivate", "/password"))]
    assert "Exempelskolan" not in page.text, "what one does for the other huvudman is not told"
    token = {"csrf_token": page.forms[0]["fields"]["csrf_token"]}
    for verb in ("deactivate", "password", "second-factor"):
        client.post(f"/admin/staff/{shared}/{verb}", data=token)
    assert county.sign_in("Mona").get("/welcome").status_code == 200


def test_a_new_password_leaves_the_second_factor_as_it_was(county: County) -> None:
    county.change(lambda: setattr(_staff("Mona"), "tf_totp_secret", "something"))
    client = county.sign_in("Arvid")
    at = f"/admin/staff/{county.id('Mona')}"
    assert "Engångslösenord" in client.send(at, action="/password").text
    assert county.change(lambda: _staff("Mona").tf_totp_secret) == "something"
    mona = county.hub.test_client()
    assert mona.send("/sign-in", email=mail("Mona"), password=PASSWORD).status_code == 401
    client.send(at, action="/second-factor")
    assert county.change(lambda: _staff("Mona").tf_totp_secret) is None
    assert county.events("staff:second_factor_reset", detail=county.id("Mona"))


# Tablets.


def test_a_tablet_is_enrolled_with_a_code_that_is_shown_once_and_works_once(
    county: County, time: Clock
) -> None:
    client, unit = county.sign_in("Arvid"), f"/admin/unit/{county.id('Exempelskolan')}"
    answer = client.send(unit, action="/tablet", name="Blå fodralet")
    code = _code(answer.text)
    assert "https://hub.example/tablet/" in answer.text and "<svg" in answer.text
    assert code not in client.get(unit).text
    tablet_id = county.change(lambda: enrol(db.session, code.lower(), time.at)[0].id)
    assert county.events("tablet:invited", tablet_id=tablet_id, staff_id=county.id("Arvid"))
    with pytest.raises(UsedCode):
        county.change(lambda: enrol(db.session, code, time.at))


def test_a_code_is_good_for_fifteen_minutes_and_a_newer_one_replaces_it(
    county: County, time: Clock
) -> None:
    client, unit = county.sign_in("Arvid"), f"/admin/unit/{county.id('Exempelskolan')}"
    tablet = county.tablet("Exempelskolan")
    first = _code(client.send(unit, action=f"/tablet/{tablet}/code").text)
    second = _code(client.send(unit, action=f"/tablet/{tablet}/code").text)
    with pytest.raises(UnknownCode):
        county.change(lambda: enrol(db.session, first, time.at))
    time.pass_(minutes=16)
    with pytest.raises(ExpiredCode):
        county.change(lambda: enrol(db.session, second, time.at))


def test_a_tablet_is_revoked_only_after_a_question(county: County) -> None:
    client, tablet = county.sign_in("Arvid"), county.tablet("Exempelskolan")
    at = f"/admin/tablet/{tablet}/revoke"
    assert "Spärra Röda fodralet?" in client.page(at).text
    assert county.change(lambda: _state(tablet)) == TabletState.ENROLLED
    client.send(at)
    assert county.change(lambda: _state(tablet)) == TabletState.REVOKED
    assert county.events("tablet:revoked", tablet_id=tablet, staff_id=county.id("Arvid"))
    unit = client.page(f"/admin/unit/{county.id('Exempelskolan')}")
    assert "spärrad" in unit.text
    assert not [f for f in unit.forms if tablet in f["action"]]


def test_a_page_that_stays_open_gets_the_fragment_alone(county: County) -> None:
    client, unit = county.sign_in("Arvid"), f"/admin/unit/{county.id('Exempelskolan')}"
    tablet, htmx = county.tablet("Exempelskolan"), {"HX-Request": "true"}
    code = client.send(unit, action=f"/tablet/{tablet}/code", headers=htmx)
    assert _code(code.text) and "<html" not in code.text
    question = client.get(f"/admin/tablet/{tablet}/revoke", headers=htmx).text
    assert "<html" not in question and "Ja, spärra den" in question
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', question)[1]  # type: ignore[index]
    answer = client.post(f"/admin/tablet/{tablet}/revoke", data={"csrf_token": token}, headers=htmx)
    assert answer.text.lstrip().startswith('<div id="tablet-list">')
    assert "spärrad" in answer.text


def test_the_drawn_code_holds_the_same_as_the_written_one(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    monkeypatch.setattr("kid_wheel.views.admin.qr", lambda text: drawn.append(text) or "")
    client, unit = county.sign_in("Arvid"), f"/admin/unit/{county.id('Exempelskolan')}"
    code = _code(client.send(unit, action="/tablet", name="Blå fodralet").text)
    assert drawn == [f"https://hub.example/tablet/#code={code.replace('-', '')}"]


def _create(client: PageClient, county: County, **changes: str) -> object:
    fields = {**NEW, "role": "staff", "units": county.id("Exempelskolan"), **changes}
    return client.send("/admin/staff/new", **fields)


def _chosen_units(client: PageClient) -> list[str]:
    boxes = client.page("/admin/staff/new").find("input", name="units")
    return [box["value"] for box in boxes if "checked" in box]


def _assign(client: PageClient, county: County, name: str, role: str) -> object:
    at = f"/admin/staff/{county.id(name)}"
    return client.send(at, action="/assignment", role=role, unit=county.id("Exempelskolan"))


def _end(client: PageClient, county: County, name: str) -> None:
    assert client.send(f"/admin/staff/{county.id(name)}", action="/end").status_code == 302


def _give_away_the_central_unit() -> None:
    central = db.session.query(Unit).filter_by(name="Centralt Provkommunen").one()
    central.organisation = db.session.query(Organisation).filter_by(name="Demokommunen").one()


def _staff(name: str) -> Staff:
    return db.session.query(Staff).filter_by(email=mail(name)).one()


def _id_of(email: str, county: County) -> str:
    return str(county.change(lambda: db.session.query(Staff).filter_by(email=email).one().id))


def _ansvariga() -> list[str]:
    """Who is ansvarig in Exempelskolan today."""
    return [
        one.staff_id
        for one in db.session.query(Assignment).filter_by(role=Role.ANSVARIG)
        if one.unit and one.unit.name == "Exempelskolan" and one.is_active(clock.today())
    ]


def _share(name: str, with_: str) -> str:
    other = _staff(with_).assignments[0]
    person = _staff(name)
    db.session.add(
        Assignment(
            staff=person, organisation=other.organisation, role=Role.STAFF, from_on=other.from_on
        )
    )
    return person.id


def _state(tablet: str) -> TabletState:
    return db.session.get_one(Tablet, tablet).state


def _code(page: str) -> str:
    return re.search(r'code-big"[^>]*>([0-9A-Z]{4}-[0-9A-Z]{4})<', page)[1]  # type: ignore[index]


def test_two_administrators_who_appoint_in_the_same_moment_do_not_give_a_unit_two_ansvariga(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R059: the database says it, since neither of them can see the other."""
    client = county.sign_in("Arvid")
    monkeypatch.setattr("kid_wheel.views.admin._holders", lambda *_: [])
    refused = _assign(client, county, "Mona", "ansvarig")
    assert refused.status_code == 422 and "har redan en Barnets bästa-ansvarig" in refused.text
    assert county.change(_ansvariga) == [county.id("Anna")]


def test_an_ansvarig_whose_last_day_is_set_leaves_room_for_the_next(county: County) -> None:
    unit = county.id("Exempelskolan")

    def end_and_begin() -> None:
        anna = db.session.query(Assignment).filter_by(unit_id=unit, role=Role.ANSVARIG).one()
        anna.until_on = date(2027, 6, 30)
        db.session.flush()
        row = {"organisation_id": anna.organisation_id, "unit_id": unit, "role": Role.ANSVARIG}
        dina = db.session.query(Staff).filter_by(email=mail("Dina")).one()
        db.session.add(Assignment(staff_id=dina.id, from_on=date(2027, 6, 30), **row))

    county.change(end_and_begin)
