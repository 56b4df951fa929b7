"""A child meets only languages that an administrator of its huvudman has switched on."""

from __future__ import annotations

from county import County

from kid_wheel.db import db
from kid_wheel.i18n import switched_on
from kid_wheel.people import Organisation, Unit


def test_a_language_is_off_until_an_administrator_switches_it_on(county: County) -> None:
    assert _languages(county) == ["sv", "en"]
    client = county.sign_in("Arvid")
    page = client.page(_address(county))
    assert "ännu ingen" in page.text, "an administrator sees that nobody has read the words"
    _choose(county, "fi", "ar")
    assert _languages(county) == ["sv", "fi", "ar"]
    for event, code in (("switched_on", "fi"), ("switched_on", "ar"), ("switched_off", "en")):
        assert county.events(f"language:{event}", detail=code, staff_id=county.id("Arvid"))


def test_swedish_is_never_switched_off_and_an_unknown_language_never_on(county: County) -> None:
    _choose(county, "tlh")
    assert _languages(county) == ["sv"]


def test_another_huvudmans_languages_are_not_ones_own(county: County) -> None:
    other = county.sign_in("Bert")
    assert other.get(_address(county)).status_code == 404
    token = other.page("/admin/staff/new").forms[0]["fields"]["csrf_token"]
    answer = other.post(_address(county), data={"csrf_token": token, "language": ["ar"]})
    assert answer.status_code == 404
    assert _languages(county) == ["sv", "en"]


def _address(county: County) -> str:
    return f"/admin/organisation/{county.change(lambda: _unit(county).organisation_id)}/languages"


def _unit(county: County) -> Unit:
    return db.session.get_one(Unit, county.id("Exempelskolan"))


def _choose(county: County, *codes: str) -> None:
    client = county.sign_in("Arvid")
    token = client.page(_address(county)).forms[0]["fields"]["csrf_token"]
    answer = client.post(_address(county), data={"csrf_token": token, "language": list(codes)})
    assert answer.status_code == 302


def _languages(county: County) -> list[str]:
    """As the unit's tablets learn them."""
    return county.change(lambda: switched_on(_unit(county).organisation.languages))  # type: ignore[no-any-return]


def test_a_new_huvudman_has_swedish_only(county: County) -> None:
    assert Organisation(name="Ny", languages="").languages.split() == []
