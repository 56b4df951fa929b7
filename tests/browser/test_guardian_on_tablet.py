"""A guardian answers on the unit's tablet, without net, in a session apart from the child's."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from axe import faults
from hub import Hub
from office import LAPTOP, Ansvarig
from pages import FLAGS, Enrolled, Hand, Tablet
from playwright.sync_api import BrowserType, expect
from test_accessibility import fits
from test_nothing_left import PLANTED, Disk, encrypted_taps, look, plant

WORDS = "Kvartsfiolen hjälper när det är bråk"
RELATION = "bonusmamma Zyxtova"


class Guardian:
    """The guardian's finger. Each tap is on disk before the next."""

    def __init__(self, tablet: Tablet) -> None:
        self._tablet, self.page = tablet, tablet.page

    def prepares(self, language: str = "sv", number: str = "", **child: str) -> None:
        """The adult, who has unlocked, hands the tablet over. child: code, or alias and born."""
        self.page.click("[hx-get='/local/guardian/prepare']")
        self._tablet.shows("prepare-guardian")
        if code := child.get("code"):
            self.page.check("[name=known][value=case]", force=True)
            self.page.fill("[name=case_code]", code)
            self.page.check(f"[name=number][value='{number}']", force=True)
        else:
            self.page.fill("[name=alias]", child["alias"])
            self.page.fill("[name=birth_year]", child.get("born", "2014"))
        self.page.fill("[name=relation]", child.get("relation", RELATION))
        self.page.select_option("[name=language]", language)
        self.page.click("[data-screen=prepare-guardian] button.start")
        self._tablet.shows("guardian-start")
        self.waits_for_the_disk()

    def waits_for_the_disk(self) -> None:
        self._tablet.child.waits_for_the_disk()

    def opens(self, area: str) -> None:
        self._turns(f".areas [data-area={area}]", "guardian-area")

    def taps(self, card: str) -> None:
        self.page.tap(f"[data-card={card}]")
        self.waits_for_the_disk()

    def writes(self, kind: str, words: str) -> None:
        before = self._tablet.before_a_tap()
        self.page.fill(f"textarea[data-kind={kind}]", words)
        self._tablet.keeps_after(before)

    def turns_to(self, path: str, screen: str) -> None:
        self._turns(f"#screen [hx-get='/local/guardian/{path}']", screen)

    def is_done(self) -> None:
        self.page.click("[hx-post='/local/guardian/done']")
        self._tablet.shows("guardian-thanks")

    def opens_again(self, area: str) -> None:
        """From the read-back."""
        self.turns_to(f"area/{area}", "guardian-area")

    def holds_corner(self) -> None:
        self.page.locator("#screen [data-adult-corner]").dispatch_event(
            "pointerdown", {"bubbles": True}
        )
        self._tablet.shows("pin")

    def chosen(self) -> list[str]:
        return self.page.eval_on_selector_all(
            ".told[aria-pressed=true]", "all => all.map(({ dataset }) => dataset.card)"
        )

    def _turns(self, selector: str, screen: str) -> None:
        self.page.locator(selector).first.tap()
        self._tablet.shows(screen)
        self.waits_for_the_disk()


def tells(guardian: Guardian) -> None:
    guardian.opens("hemmet")
    guardian.taps("calm")
    guardian.taps("money")
    guardian.taps("quarrel")
    guardian.taps("quarrel")
    guardian.writes("help", WORDS)


def is_finished(guardian: Guardian) -> None:
    guardian.turns_to("start", "guardian-start")
    guardian.turns_to("read-back", "guardian-read-back")
    guardian.is_done()


def test_a_guardian_tells_without_net_and_it_lands_as_that_guardians_view(
    hub: Hub, tablet: Tablet
) -> None:
    code, number, alva = hub.has_a_guardian("Alva Testlund", "Mamma")
    tablet.start()
    tablet.mentor.unlocks()
    hub.stop()
    guardian = Guardian(tablet)
    guardian.prepares(code=code, number=number, relation="mamma")
    tells(guardian)
    guardian.turns_to("start", "guardian-start")
    guardian.turns_to("read-back", "guardian-read-back")
    assert WORDS in tablet.text and "Det är lugnt hemma" in tablet.text
    assert "bråk" in tablet.text and "Det blir ofta bråk" not in tablet.text
    guardian.is_done()
    guardian.holds_corner()
    tablet.mentor.unlocks()
    tablet.shows("home")
    assert tablet.mentor.drafts() == []
    hub.start()
    tablet.mentor.sends()
    tablet.says("Mottaget av")
    said = hub.said_by(alva)
    assert [(area, kind) for area, kind, _text in said] == [
        ("hemmet", "strength"), ("hemmet", "worry"), ("hemmet", "help"),
    ]  # fmt: skip
    assert said[2][2] == WORDS
    tablet.mentor.sends()
    assert hub.said_by(alva) == said


# Leaving, and coming back.


def test_a_guardian_who_was_killed_or_laid_aside_is_back_on_the_same_screen(tablet: Tablet) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    guardian = Guardian(tablet)
    guardian.prepares(alias="Tuva", language="uk")
    tells(guardian)
    for _ in range(2):
        kept = tablet.kept()
        tablet.kill()
        tablet.start()
        tablet.shows("pin")
        tablet.mentor.unlocks()
        tablet.shows("guardian-area")
        guardian = Guardian(tablet)
        assert tablet.kept() == kept
        assert guardian.chosen() == ["calm", "money"]
        assert guardian.page.input_value("textarea[data-kind=help]") == WORDS
        assert guardian.page.get_attribute("html", "lang") == "uk"
    guardian.turns_to("pause", "guardian-pause")
    tablet.reload()
    tablet.mentor.unlocks()
    tablet.shows("guardian-pause")
    guardian.holds_corner()
    tablet.mentor.unlocks()
    tablet.shows("during-guardian")
    tablet.mentor.goes_home()
    assert tablet.mentor.drafts() == ["Tuva"]
    assert RELATION in tablet.text
    assert tablet.page.locator(".drafts [data-finish]:visible").count() == 0, (
        "nobody but the guardian says that it is done"
    )
    tablet.mentor.resumes("Tuva")
    guardian.turns_to("back", "guardian-area")
    assert guardian.chosen() == ["calm", "money"]


def test_the_last_letters_are_kept_also_when_the_page_is_turned_at_once(tablet: Tablet) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    guardian = Guardian(tablet)
    guardian.prepares(alias="Tuva")
    guardian.opens("trygghet")
    guardian.page.fill("textarea[data-kind=is]", WORDS)
    guardian.turns_to("read-back", "guardian-read-back")
    assert WORDS in tablet.text
    guardian.opens_again("trygghet")
    guardian.page.fill("textarea[data-kind=is]", "")
    guardian.turns_to("read-back", "guardian-read-back")
    assert WORDS not in tablet.text and "Du har inte sagt något ännu." in tablet.text
    assert not guardian.page.is_visible("[hx-post='/local/guardian/done']")


def test_three_fingers_cover_a_guardians_words_too(tablet: Tablet) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    guardian = Guardian(tablet)
    guardian.prepares(alias="Tuva")
    tells(guardian)
    guardian.page.evaluate("scrollTo(0, 0)")
    Hand(tablet).taps_with_three_fingers()
    assert WORDS not in guardian.page.content()
    guardian.page.click("[data-screen=hidden] button")
    tablet.mentor.unlocks()
    tablet.shows("guardian-area")
    assert guardian.page.input_value("textarea[data-kind=help]") == WORDS


# Apart from the child's.


def talks_and_pauses(tablet: Tablet) -> None:
    """A child's conversation that is sealed and not sent, and another that is laid aside."""
    for alias in ("Tova", "Tilde"):
        tablet.mentor.prepares(alias, 2014)
        tablet.child.goes_to_the_wheel()
        tablet.child.opens("hemmet")
        tablet.child.presses_step("good")
        tablet.child.goes_to_the_wheel()
        if alias == "Tova":
            tablet.child.reads_back()
            tablet.child.reads_to_the_end()
            tablet.child.is_done()
        tablet.mentor.holds_corner()
        tablet.mentor.unlocks()
        if alias == "Tilde":
            tablet.mentor.lays_aside()
        tablet.shows("home")


def a_whole_session(tablet: Tablet, folder: Path) -> dict[str, Any]:
    """All that a guardian can meet, up to the end, and what the store keeps of it meanwhile."""
    met: list[str] = []

    def meet() -> None:
        met.append(f"{tablet.screen}: {tablet.page.inner_html('#screen')}")

    guardian = Guardian(tablet)
    guardian.prepares(alias="Mira", relation="mamma")
    meet()
    tells(guardian)
    meet()
    for path in ("start", "read-back", "pause", "throw", "back"):
        guardian.turns_to(path, f"guardian-{path if path != 'back' else 'read-back'}")
        meet()
    guardian.holds_corner()
    meet()
    for way, screen in (("[data-forgotten]", "sign-in"), ("[hx-get='/local/who']", "who")):
        tablet.page.click(way)
        tablet.shows(screen)
        meet()
    tablet.reload()
    tablet.shows("pin")
    meet()
    tablet.mentor.unlocks()
    tablet.shows("guardian-read-back")
    taps = [{**tap, "at": ""} for tap in tablet.kept()]
    sizes = rows_of_guardian(tablet, folder)
    is_finished(guardian)
    meet()
    guardian.holds_corner()
    meet()
    for way, screen in (("[data-forgotten]", "sign-in"), ("[hx-get='/local/who']", "who")):
        tablet.page.click(way)
        tablet.shows(screen)
        meet()
    return {"met": [NUMBERS.sub("", one) for one in met], "taps": taps, "sizes": sizes}


NUMBERS = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def rows_of_guardian(tablet: Tablet, folder: Path) -> list[tuple[int, int]]:
    """(number, bytes) of each encrypted row: what somebody with the file alone can see."""
    (folder / "now.sqlite").write_bytes(tablet.exported())
    with sqlite3.connect(folder / "now.sqlite") as database:
        wanted = (
            "select seq, length(payload) from tap join guardian_draft using (draft_id) order by seq"
        )
        found = database.execute(wanted).fetchall()
    database.close()
    return found


def test_a_guardian_meets_the_same_whether_or_not_a_child_has_said_anything(
    hub: Hub, tablet: Tablet, tmp_path: Path
) -> None:
    tablet.start()
    hub.stop()
    tablet.mentor.unlocks()
    before = a_whole_session(tablet, tmp_path)
    tablet.mentor.unlocks()
    tablet.shows("home")
    talks_and_pauses(tablet)
    assert "Tilde" in tablet.text
    after = a_whole_session(tablet, tmp_path)
    for one, other in zip(before["met"], after["met"], strict=True):
        assert one == other
    assert before["taps"] == after["taps"]
    assert before["sizes"] == after["sizes"]


def test_neither_session_reaches_the_others_draft(tablet: Tablet) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    talks_and_pauses(tablet)
    [childs] = tablet.ask_store("(await store.drafts()).map(({ id }) => id)")
    guardian = Guardian(tablet)
    guardian.prepares(alias="Mira")
    guardians = tablet.ask_store("session.id")
    assert ways_in(tablet, childs) == ["Locked"] * 3 + ["pin"] * 4
    guardian.holds_corner()
    tablet.mentor.unlocks()
    tablet.mentor.goes_home()
    tablet.mentor.resumes("Tilde")
    tablet.shows("wheel")
    assert ways_in(tablet, guardians) == ["Locked"] * 3 + ["pin"] * 4


def ways_in(tablet: Tablet, draft: str) -> list[str]:
    """What comes of asking for somebody else's draft: of the store, and of the screens."""
    other = "child/wheel" if tablet.ask_store("session.kind") == "guardian" else "guardian/start"
    found = [
        tablet.page.evaluate(
            f"""import("/static/vendor/app.js")
                  .then(({{ session, store }}) => {way}).then(() => "open", ({{ name }}) => name)"""
        )
        for way in (
            f"store.taps('{draft}')",
            f"store.takeUp('{draft}')",
            f"store.tap('{draft}', {{}})",
        )
    ]
    for path in ("home", f"resume/{draft}", "during", other):
        goes_to(tablet, path)
        found.append(tablet.screen)
        goes_to(tablet, "return")
    return found


def goes_to(tablet: Tablet, path: str) -> None:
    """As nothing on the screen does."""
    app = "import('/static/vendor/app.js')"
    tablet.page.evaluate(f"{app}.then(({{ go }}) => go('/local/{path}'))")


# Nothing of it stays.

IN_CLEAR = ("Zyxtova", "Kvartsfiolen", "när det är bråk", '"card":"money"', '"type":"choose"')


@pytest.mark.parametrize("end", ["sealed", "thrown"])
def test_nothing_of_a_guardians_words_is_left_on_the_tablet(
    hub: Hub, tablet: Tablet, tmp_path: Path, end: str
) -> None:
    tablet.start()
    hub.stop()
    tablet.mentor.unlocks()
    guardian = Guardian(tablet)
    guardian.prepares(alias="Tuva")
    tells(guardian)
    exported = tablet.exported()
    payloads = encrypted_taps(exported, tmp_path)
    assert len(payloads) == len(tablet.kept()) > 5
    assert all(payload in exported for payload in payloads)
    if end == "sealed":
        is_finished(guardian)
    else:
        guardian.turns_to("pause", "guardian-pause")
        guardian.turns_to("throw", "guardian-throw")
        guardian.page.click("[hx-post='/local/guardian/throw']")
        tablet.shows("guardian-thrown")
    tablet.kill()
    look(Disk(tablet.profile), payloads, IN_CLEAR)
    tablet.start()
    tablet.mentor.unlocks()
    tablet.shows("home")
    assert encrypted_taps(tablet.exported(), tmp_path) == []
    plant(tablet)
    tablet.close()
    disk = Disk(tablet.profile)
    assert disk.where(PLANTED), "or the search finds nothing"
    look(disk, payloads, IN_CLEAR)


# For everybody.


@pytest.mark.parametrize("language", ["sv", "ar"])
def test_axe_finds_no_fault_and_everything_fits(tablet: Tablet, language: str) -> None:
    def looks() -> None:
        assert faults(tablet.page) == [], tablet.screen
        fits(tablet)

    tablet.start()
    tablet.mentor.unlocks()
    tablet.page.click("[hx-get='/local/guardian/prepare']")
    tablet.shows("prepare-guardian")
    looks()
    tablet.page.click("[data-screen=prepare-guardian] [hx-get='/local/home']")
    tablet.shows("home")
    guardian = Guardian(tablet)
    guardian.prepares(language, alias="Tuva")
    assert tablet.page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
    looks()
    tells(guardian)
    looks()
    for path in ("start", "read-back", "pause", "throw"):
        guardian.turns_to(path, f"guardian-{path}")
        looks()
    guardian.holds_corner()
    tablet.mentor.unlocks()
    tablet.shows("during-guardian")
    looks()
    tablet.mentor.gives_back_to_child()
    tablet.page.click("[hx-get='/local/guardian/back']")
    tablet.shows("guardian-read-back")
    guardian.is_done()
    looks()


def test_the_language_and_the_pictures_are_the_guardians_own(tablet: Tablet) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    guardian = Guardian(tablet)
    guardian.prepares(alias="Tuva")
    page = tablet.page
    expect(page.locator(".areas img:visible")).to_have_count(7)
    page.click("[data-pictures=off]")
    expect(page.locator(".areas img:visible")).to_have_count(0)
    for language, area in (("en", "Home"), ("fi", "Koti"), ("so", "Guriga"), ("ar", "البيت")):
        page.click(f"[data-language={language}]")
        expect(page.locator(f"html[lang={language}]")).to_be_attached()
        assert area in page.inner_text(".areas [data-area=hemmet]"), language
    expect(page.locator(".areas img:visible")).to_have_count(0)
    tablet.reload()
    tablet.mentor.unlocks()
    expect(page.locator("html[lang=ar][dir=rtl]")).to_be_attached()
    expect(page.locator(".areas img:visible")).to_have_count(0)


def test_a_childs_first_card_waits_for_nothing_of_a_guardians(tablet: Tablet) -> None:
    tablet.is_at_the_wheel_with("Tova", 2014)
    tablet.child.opens("hemmet")
    asked = "performance.getEntriesByType('resource').map(({ name }) => name)"
    fetched = tablet.page.evaluate(asked)
    assert any(name.endswith("/vendor/app.js") for name in fetched)
    assert [name for name in fetched if "guardian" in name] == []


def test_who_it_is_has_to_be_said_and_a_wrong_code_is_noticed_without_net(
    hub: Hub, tablet: Tablet
) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    hub.stop()
    page = tablet.page
    page.click("[hx-get='/local/guardian/prepare']")
    tablet.shows("prepare-guardian")
    page.check("[name=known][value=case]", force=True)
    page.fill("[name=case_code]", "ABCDEF")
    page.fill("[name=relation]", "20140101-1234")
    page.click("[data-screen=prepare-guardian] button.start")
    tablet.says("Ärendekoden stämmer inte")
    tablet.says("Inte personnummer.")
    assert tablet.ask_store("(await store.drafts()).length") == 0


def test_of_a_child_without_a_case_the_ansvarig_says_which_guardian_it_was(
    hub: Hub, tablet: Tablet, chromium: BrowserType, enrolled: Enrolled
) -> None:
    tablet.start()
    tablet.mentor.unlocks()
    guardian = Guardian(tablet)
    guardian.prepares(alias="Ture", born="2025")
    tells(guardian)
    is_finished(guardian)
    guardian.holds_corner()
    tablet.mentor.unlocks()
    tablet.mentor.sends()

    browser = chromium.launch(executable_path=enrolled.executable, args=FLAGS)
    page = browser.new_context(locale="sv-SE", viewport=LAPTOP).new_page()  # type: ignore[arg-type]
    ansvarig = Ansvarig(page, hub.url)
    ansvarig.signs_in(hub.colleague)
    ansvarig.sees("En vårdnadshavare har berättat på surfplattan")
    ansvarig.follows("Ture")
    ansvarig.sees(RELATION)
    assert WORDS not in page.content()
    assert faults(page) == []
    part = page.locator("section", has_text=RELATION)
    part.get_by_label("Vem är det?").select_option("new")
    part.get_by_role("button", name="Det är den personen").click()
    ansvarig.sees("Orden står nu hos vårdnadshavaren")
    page.goto(f"{page.url.partition('?')[0]}/area/hemmet")
    ansvarig.sees(WORDS)
    ansvarig.sees("Vårdnadshavaren själv")
    ansvarig.sees("Barnet är inte tillfrågat om det här området.")
    browser.close()
