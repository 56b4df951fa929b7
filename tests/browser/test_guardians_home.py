"""A guardian at a small telephone: in Swedish and in Arabic, with a script and without."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe import faults
from hub import Hub
from identity_provider import RunningProvider
from pages import FLAGS, Enrolled
from playwright.sync_api import Browser, BrowserType, Page, Request, expect

from kid_wheel.i18n import GUARDIANS

SMALL, USUAL = {"width": 320, "height": 640}, {"width": 390, "height": 844}
PAGES = ("", "area/halsa", "area/hemmet", "read", "asked", "asked/keep", "back")
SHUT = "not/there"
SOME_ID = "00000000-0000-4000-8000-000000000000"
BYTES = 60_000  # of the whole way from the door until the first area can be used


@pytest.fixture
def browser(chromium: BrowserType, enrolled: Enrolled) -> Iterator[Browser]:
    opened = chromium.launch(executable_path=enrolled.executable, args=FLAGS)
    yield opened
    opened.close()


class Telephone:
    """A guardian's own."""

    def __init__(self, browser: Browser, hub: Hub, language: str, *, scripts: bool = True) -> None:
        self._home = f"{hub.url}/home/"  # and the room, once it is open
        self._link, self.code = hub.invites_a_guardian(language)
        context = browser.new_context(
            viewport=SMALL,  # type: ignore[arg-type]
            java_script_enabled=scripts,
            locale=language,
        )
        self.page: Page = context.new_page()
        self._requests: list[Request] = []
        self.page.on("requestfinished", lambda request: self._requests.append(request))

    def weighs(self) -> dict[str, int]:
        """The bytes of each file that came over the net, as they were on the wire."""
        found: dict[str, int] = {}
        for one in self._requests:
            size = one.sizes()["responseBodySize"]
            found[one.url] = max(found.get(one.url, 0), size)
        return found

    def is_at_the_door(self) -> None:
        self.page.goto(self._link)

    def comes_in(self) -> None:
        self.is_at_the_door()
        self.page.fill("#code", self.code)
        self.page.click(".door button")
        expect(self.page.locator(".areas a")).to_have_count(7)
        self._home = self.page.url

    def logs_in(self, code: str = "", who: str = "alva") -> None:
        """Through the huvudman's provider, which is another site, and back."""
        self.is_at_the_door()
        if code:
            self.page.fill("#code", code)
        self.page.click("text=Logga in")
        self.page.click("text=Fortsätt")
        self.page.fill("[name=who]", who)
        self.page.click("button")

    def turns_to(self, path: str) -> None:
        self.page.goto(self._home + path)

    def is_without_net(self) -> None:
        self.page.context.set_offline(True)

    def has_net_again(self) -> None:
        self.page.context.set_offline(False)

    def looks(self) -> None:
        assert faults(self.page) == []
        for size in (USUAL, SMALL):
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            wider = "document.documentElement.scrollWidth - innerWidth"
            assert self.page.evaluate(wider) <= 0, (self.page.url, size)
            assert self.page.evaluate(TOO_SMALL) == [], (self.page.url, size)


# What a thumb misses: a control of its own (not a link in a sentence) below 44 pixels.
TOO_SMALL = """() => [...document.querySelectorAll("main button, .top a, .areas a, .languages a")]
  .filter((one) => one.checkVisibility())
  .filter((one) => one.getBoundingClientRect().height < 44)
  .map((one) => one.textContent.trim())"""


@pytest.mark.parametrize("language", GUARDIANS)
def test_axe_finds_no_fault_on_a_guardians_pages(browser: Browser, hub: Hub, language: str) -> None:
    alva = Telephone(browser, hub, language)
    alva.is_at_the_door()
    alva.looks()
    alva.comes_in()
    alva.turns_to("area/hemmet")
    card = alva.page.locator("#card-calm")
    card.click()
    expect(card).to_have_attribute("aria-pressed", "true")
    alva.page.fill("#wish", "En cykel")
    alva.page.locator("#wish").blur()
    expect(alva.page.locator("#kept")).not_to_be_empty()
    for path in (*PAGES, SHUT):
        alva.turns_to(path)
        alva.looks()
    alva.turns_to("read")
    expect(alva.page.locator("main")).to_contain_text("En cykel")
    assert not [one for one in alva.weighs() if one.endswith(".woff2")], "no typeface is fetched"


def test_every_step_is_taken_without_a_script(browser: Browser, hub: Hub) -> None:
    alva = Telephone(browser, hub, "sv", scripts=False)
    alva.comes_in()
    page = alva.page
    page.click(".areas [data-area=hemmet]")
    page.fill("#wish", "En cykel")
    page.click("#card-calm")
    expect(page.locator("#card-calm")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#wish")).to_have_value("En cykel")
    page.click("button:has-text('Relationer')")
    expect(page.locator("h1")).to_have_text("Relationer")
    page.click("button:has-text('början')")
    page.click("text=Läs det du har sagt")
    page.click("text=Jag är klar")
    expect(page.locator("h1")).to_have_text("Tack för att du berättar")
    alva.turns_to("read")
    expect(page.locator("main")).to_contain_text("En cykel")
    expect(page.locator("text=Jag är klar")).to_have_count(0)
    alva.turns_to("asked/keep")
    expect(page.locator("text=Skriv ut")).to_be_hidden()
    page.click("text=Stäng")
    expect(page.locator("h1")).to_have_text("Nu är sidan stängd")
    alva.turns_to("")
    expect(page.locator("h1")).to_have_text("Sidan är stängd")


def test_words_are_saved_while_they_are_written(browser: Browser, hub: Hub) -> None:
    alva = Telephone(browser, hub, "sv")
    alva.comes_in()
    page, kept = alva.page, alva.page.locator("#kept")
    page.click(".areas [data-area=hemmet]")
    page.locator("#wish").press_sequentially("En cykel")
    expect(page.locator("#wish")).to_be_focused()
    expect(kept).to_have_text("Sparat.")
    alva.is_without_net()
    page.locator("#wish").press_sequentially(" och en hjälm")
    expect(kept).to_contain_text("Inte sparat.")
    page.click("#card-calm")
    expect(kept).to_contain_text("Inte sparat.")
    alva.has_net_again()
    expect(kept).to_have_text("Sparat.")
    page.click("#card-money")
    expect(page.locator("#card-money")).to_have_attribute("aria-pressed", "true")
    calm = page.get_attribute("#card-calm", "aria-pressed")  # sent before the net came back or not
    page.reload()
    expect(page.locator("#card-calm")).to_have_attribute("aria-pressed", str(calm))
    expect(page.locator("#wish")).to_have_value("En cykel och en hjälm")
    page.fill("#wish", "En cykel och en hjälm och ett lås")
    page.click(".top a")
    expect(page.locator(".areas a")).to_have_count(7)
    page.click("text=Läs det du har sagt")
    expect(page.locator("main")).to_contain_text("En cykel och en hjälm och ett lås")


def test_words_in_a_room_that_was_shut_stay_on_the_telephone_and_are_not_called_saved(
    browser: Browser, hub: Hub
) -> None:
    alva = Telephone(browser, hub, "sv")
    alva.comes_in()
    page, kept = alva.page, alva.page.locator("#kept")
    page.click(".areas [data-area=hemmet]")
    page.fill("#wish", "En cykel")
    expect(kept).to_have_text("Sparat.")
    alva.page.context.clear_cookies()
    page.fill("#wish", "En cykel och en hjälm")
    expect(kept).to_contain_text("Sidan är stängd. Det sista är inte sparat.")
    page.click("#card-calm")
    expect(page.locator("#card-calm")).to_have_attribute("aria-pressed", "false")
    expect(kept).to_contain_text("Det sista är inte sparat.")
    page.click("button:has-text('Relationer')")
    expect(page.locator("#wish")).to_have_value("En cykel och en hjälm")


def test_the_first_use_costs_a_slow_telephone_less_than_60_kb(browser: Browser, hub: Hub) -> None:
    alva = Telephone(browser, hub, "sv")
    alva.comes_in()
    alva.page.click(".areas [data-area=hemmet]")
    alva.page.locator("#card-calm").click()
    expect(alva.page.locator("#card-calm")).to_have_attribute("aria-pressed", "true")
    weighed = alva.weighs()
    assert any(one.endswith("home.css") for one in weighed)
    assert sum(weighed.values()) < BYTES, weighed


@pytest.fixture(scope="module")
def process() -> Iterator[RunningProvider]:
    running = RunningProvider()
    yield running
    running.stop()


@pytest.fixture
def provider(process: RunningProvider, hub: Hub) -> Iterator[RunningProvider]:
    """On 127.0.0.1, which a browser knows as another site than the hub's localhost."""
    hub.knows_guardians_by(process.words())
    yield process
    hub.knows_guardians_by_their_code()


@pytest.mark.parametrize("scripts", [True, False])
def test_who_logs_in_at_another_site_comes_back_into_the_room(
    browser: Browser, hub: Hub, provider: RunningProvider, scripts: bool
) -> None:
    alva = Telephone(browser, hub, "sv", scripts=scripts)
    alva.logs_in(alva.code)
    expect(alva.page.locator(".areas a")).to_have_count(7)
    alva.page.click("text=Stäng")
    expect(alva.page.locator("main")).to_contain_text("Öppna länken igen och logga in")
    alva.logs_in()
    expect(alva.page.locator(".areas a")).to_have_count(7)
    alva.page.click("text=Stäng")
    alva.logs_in(who="bo")
    expect(alva.page.get_by_role("alert")).to_contain_text("Du är inte inloggad.")


def test_axe_finds_no_fault_on_the_way_to_the_login(
    browser: Browser, hub: Hub, provider: RunningProvider
) -> None:
    alva = Telephone(browser, hub, "sv")
    alva.is_at_the_door()
    alva.looks()
    alva.page.fill("#code", alva.code)
    alva.page.click("text=Logga in")
    expect(alva.page.locator("main")).to_contain_text("Provkommunens inloggning")
    alva.looks()
    alva.page.goto(f"{hub.url}/home/login/{SOME_ID}")
    expect(alva.page.locator("h1")).to_have_text("Det gick inte att logga in")
    alva.looks()
