"""What the hub does not take in stays on the tablet, and a person is told what to do."""

from __future__ import annotations

import pytest
from hub import Hub
from pages import Tablet
from playwright.sync_api import expect

from kid_wheel.case import check_letter

TOO_MUCH = 12_000_000  # letters that do not compress: more than 8 MB when sealed


def finishes_a_conversation(tablet: Tablet, alias: str) -> None:
    tablet.is_at_the_wheel_with(alias, 2022)
    tablet.child.opens("halsa")
    tablet.child.places("Kroppen", "Bra")
    tablet.child.goes_to_the_wheel()
    tablet.child.reads_back()
    tablet.child.reads_to_the_end()


def test_a_code_that_is_wrong_or_used_is_refused_and_stays_to_be_mended(
    new_tablet: Tablet, hub: Hub
) -> None:
    tablet, code = new_tablet, hub.new_code()
    tablet.start()
    tablet.shows("enrol")
    another = tablet.context.request.post(f"{hub.url}/tablet/api/enrolment", data={"code": code})
    assert another.ok
    for typed, said in [("0000-0000", "Koden stämmer inte"), (code, "Koden är redan använd")]:
        tablet.page.fill("[name=code]", typed)
        tablet.page.click("[data-screen=enrol] button.primary")
        tablet.says(said)
        assert tablet.screen == "enrol"
        assert tablet.page.input_value("[name=code]") == typed
    assert tablet.ask_store("await store.tablet()") is None


def test_a_case_code_that_no_case_has_is_refused_with_net_and_the_form_stays(
    tablet: Tablet,
) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    code = "00000" + check_letter("00000")
    tablet.mentor.prepares_for_case(code, 2019)
    tablet.says("Navet har inget ärende med den koden")
    assert tablet.screen == "prepare"
    written = {
        name: tablet.page.input_value(f"[name={name}]") for name in ("case_code", "birth_year")
    }
    assert written == {"case_code": code, "birth_year": "2019"}
    tablet.mentor.goes_home()
    assert tablet.mentor.drafts() == [], "nothing has begun"


def test_a_revoked_tablet_keeps_what_it_has_and_says_so(
    tablet: Tablet, hub: Hub, request: pytest.FixtureRequest
) -> None:
    finishes_a_conversation(tablet, "Revo")
    hub.revokes_tablets()
    request.addfinalizer(hub.welcomes_tablets)
    tablet.child.is_done()
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    tablet.says("Den här surfplattan är spärrad")
    tablet.says("Ett samtal väntar på att skickas")
    assert hub.received("Revo") == []
    (kept,) = tablet.ask_store("(await store.outbox()).filter((row) => row.size > 0)")
    assert kept["state"] == "sealed"


def test_same_number_with_other_bytes_is_refused_and_kept(
    tablet: Tablet, hub: Hub, request: pytest.FixtureRequest
) -> None:
    finishes_a_conversation(tablet, "Dubbel")
    hub.stop()
    tablet.child.is_done()
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    (row,) = tablet.ask_store("(await store.outbox()).filter((row) => row.size > 0)")
    hub.start()
    hub.has_already(row["id"])
    request.addfinalizer(lambda: hub.forgets(row["id"]))
    tablet.page.click("[data-send]")
    tablet.says("Navet har redan ett samtal med samma nummer")
    tablet.says("Inget är borta")
    expect(tablet.page.locator(".sealed[data-state='refused']")).to_have_count(1)
    (kept,) = tablet.ask_store("(await store.outbox()).filter((row) => row.size > 0)")
    assert (kept["id"], kept["state"]) == (row["id"], "refused")


def test_a_conversation_too_large_to_seal_can_be_made_smaller(tablet: Tablet, hub: Hub) -> None:
    finishes_a_conversation(tablet, "Stor")
    tablet.page.evaluate(
        """async (length) => {
          const { session } = await import("/static/vendor/app.js");
          const bytes = new Uint8Array(length / 2);
          for (let at = 0; at < bytes.length; at += 65536)
            crypto.getRandomValues(bytes.subarray(at, at + 65536));
          const text = Array.from(bytes, (byte) => String.fromCharCode(256 + byte)).join("");
          session.record({ type: "say", id: crypto.randomUUID(), area: "halsa", text,
            question: "", speaker: "child_said" });
          await session.written();
        }""",
        TOO_MUCH * 2,
    )
    tablet.page.tap("[hx-post='/local/child/done']")
    tablet.says("Samtalet är större än 8 MB")
    tablet.mentor.tries_again()
    tablet.page.evaluate(  # no hand could have written so much, so no hand can take it away
        """async () => {
          const { session } = await import("/static/vendor/app.js");
          for (const id of session.state.words.keys()) session.record({ type: "unsay", id });
          await session.written();
        }"""
    )
    tablet.child.is_done()
    tablet.mentor.holds_corner()
    tablet.mentor.unlocks()
    tablet.page.wait_for_selector(".outbox[data-waiting='0']")
    assert len(hub.received("Stor")) == 1
