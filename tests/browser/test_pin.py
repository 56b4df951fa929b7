"""A PIN keeps a draft from everybody but its owner, and a forgotten one loses nothing."""

from __future__ import annotations

import pytest
from hub import Hub
from pages import OTHER_PIN, PIN, Tablet
from playwright.sync_api import Error

from kid_wheel.demo import PASSWORD

WRONG = "111222"
TRIES = 8


def leave_a_draft(tablet: Tablet, alias: str = "Tova") -> None:
    """The mentor's draft, laid aside, with one card placed."""
    tablet.mentor.unlocks()
    tablet.mentor.prepares(alias, 2022)
    tablet.child.goes_to_the_wheel()
    tablet.child.opens("halsa")
    tablet.child.places("Kroppen", "Bra")
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    tablet.mentor.lays_aside()


def test_eight_wrong_pins_lock_the_drafts_until_their_owner_signs_in_with_net(
    hub: Hub, tablet: Tablet
) -> None:
    tablet.start()
    leave_a_draft(tablet)
    tablet.mentor.locks()
    tablet.page.click(".person")
    tablet.shows("pin")
    for left in range(TRIES - 1, 0, -1):
        tablet.mentor.types_pin(WRONG)
        tablet.says(f"Pinkoden stämmer inte. {left} försök kvar.")
        tablet.page.fill("[name=pin]", "")
        if left == TRIES // 2:  # switching off and on gives no fresh tries
            tablet.kill()
            tablet.start()
            tablet.mentor.is_asked_for_the_pin()
    tablet.mentor.types_pin(WRONG)
    tablet.says("Pinkoden är låst efter åtta försök")
    assert tablet.ask_store(f"store.unlock((await store.staff())[0].id, '{PIN}')") == {
        "state": "locked"
    }

    hub.stop()
    tablet.mentor.signs_in(hub.mentor, PASSWORD)
    tablet.says("Inget nät till navet")
    hub.start()
    given = hub.count_of("draft_key:returned")
    tablet.mentor.signs_in(hub.mentor, PASSWORD)
    tablet.mentor.chooses_pin(OTHER_PIN)
    tablet.shows("home")
    assert hub.count_of("draft_key:returned") == given + 1
    assert tablet.mentor.drafts() == ["Tova"]
    tablet.mentor.resumes("Tova")
    assert tablet.seen()["chosen"] == ["halsa/preschool/body=good"]

    tablet.reload()
    tablet.mentor.types_pin(PIN)
    tablet.says("Pinkoden stämmer inte")
    tablet.page.fill("[name=pin]", "")
    tablet.mentor.unlocks(OTHER_PIN)
    assert tablet.seen()["chosen"] == ["halsa/preschool/body=good"]


def test_only_a_confirmed_pin_is_tried_and_as_it_stands_then(tablet: Tablet) -> None:
    """Its rounds begin while it is typed: that must neither count nor open anything."""
    tablet.start()
    leave_a_draft(tablet)
    tablet.mentor.locks()
    tablet.page.click(".person")
    tablet.shows("pin")
    for _typed in range(TRIES + 1):
        tablet.page.fill("[name=pin]", WRONG)
    tablet.page.fill("[name=pin]", PIN)
    tablet.page.tap("[data-digit='erase']")
    tablet.mentor.types_pin("1")
    tablet.says(f"Pinkoden stämmer inte. {TRIES - 1} försök kvar.")

    tablet.page.fill("[name=pin]", WRONG)
    for _digit in WRONG:
        tablet.page.tap("[data-digit='erase']")
    tablet.mentor.unlocks()
    assert tablet.mentor.drafts() == ["Tova"]


def test_a_pin_typed_for_one_does_not_open_for_another(hub: Hub, tablet: Tablet) -> None:
    tablet.start()
    ids = "(await store.staff()).map(({ id }) => id)"
    [mentor] = tablet.ask_store(ids)
    leave_a_draft(tablet)
    tablet.mentor.locks()
    tablet.mentor.signs_in(hub.colleague, PASSWORD)
    tablet.mentor.chooses_pin(OTHER_PIN)
    tablet.shows("home")
    tablet.mentor.locks()
    [colleague] = {*tablet.ask_store(ids)} - {mentor}
    tried = f"(store.typePin('{mentor}', '{PIN}'), await store.unlock('{colleague}', '{PIN}'))"
    other = (
        f"(store.typePin('{colleague}', '{OTHER_PIN}'), await store.unlock('{mentor}', '{PIN}'))"
    )
    opens = {
        staff: tablet.ask_store(each)["state"]
        for staff, each in (("colleague", tried), ("mentor", other))
    }
    assert opens == {"colleague": "wrong", "mentor": "unlocked"}


def test_a_colleagues_pin_does_not_open_somebody_elses_draft(hub: Hub, tablet: Tablet) -> None:
    tablet.start()
    leave_a_draft(tablet)
    [draft] = tablet.ask_store("(await store.drafts()).map(({ id }) => id)")
    tablet.mentor.locks()
    tablet.mentor.signs_in(hub.colleague, PASSWORD)
    tablet.mentor.chooses_pin(OTHER_PIN)
    tablet.shows("home")
    assert tablet.mentor.drafts() == []
    assert "Tova" not in tablet.text
    assert tablet.ask_store("(await store.drafts()).length") == 0
    for opened in (f"store.taps('{draft}')", f"session.resume('{draft}')"):
        with pytest.raises(Error, match="OperationError"):
            tablet.ask_store(opened)


def test_a_colleague_who_comes_in_by_the_childs_corner_sees_nothing_of_the_conversation(
    hub: Hub, tablet: Tablet
) -> None:
    tablet.is_at_the_wheel_with("Tova", 2022)
    kept = tablet.kept()
    tablet.mentor.holds_corner()
    tablet.page.click("[data-forgotten]")
    tablet.shows("sign-in")
    tablet.mentor.signs_in(hub.colleague, PASSWORD)
    tablet.mentor.chooses_pin(OTHER_PIN)
    tablet.shows("home")
    assert "Tova" not in tablet.text
    assert tablet.ask_store("session.state ?? null") is None

    tablet.mentor.locks()
    tablet.mentor.picks_name("mentor")  # the title under it
    tablet.mentor.unlocks()
    tablet.mentor.resumes("Tova")
    assert tablet.kept()[: len(kept)] == kept


def test_a_pin_that_is_easily_guessed_or_mistyped_is_not_taken(hub: Hub, tablet: Tablet) -> None:
    tablet.start()
    tablet.mentor.signs_in(hub.colleague, PASSWORD)
    tablet.shows("choose-pin")
    tablet.page.eval_on_selector("form", "form => form.noValidate = true")
    for pin, again, why in (
        ("12345", "12345", "minst sex siffror"),
        ("123456", "123456", "svårare att gissa"),
        (PIN, OTHER_PIN, "inte lika"),
        ("777777", "777777", "svårare att gissa"),
    ):
        tablet.page.fill("[name=pin]", pin)
        tablet.page.fill("[name=again]", again)
        tablet.page.click("button.primary")
        tablet.says(why)
        assert tablet.screen == "choose-pin"
    assert len(tablet.ask_store("await store.staff()")) == 1
