"""What a mentor and a child do with a tablet, in their own words.

Every verb waits for what it promises and fails when that does not come.
"""

from __future__ import annotations

import base64
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, BrowserType, CDPSession, Error, Locator, Page
from playwright.sync_api import TimeoutError as Late

PIN = "274913"
OTHER_PIN = "918273"
LANDSCAPE = {"width": 1180, "height": 820}
PORTRAIT = {"width": 820, "height": 1180}
PATIENCE_MS = 30_000
HOLD_MS = 1000  # the adult's corner
Point = tuple[float, ...]
Seen = dict[str, int]  # by observe.js: "sent" taps, "screens"
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
STARTED = "#screen > [data-screen]:not([data-screen='not-started'])"  # maybe after a while
MIDDLES = "selectors => selectors.map((one) => seen.middleOf(document.querySelector(one)))"
RULES_LEFT = "[...document.querySelectorAll('[data-rule][aria-pressed=false]')].map(seen.middleOf)"
OBSERVER = (Path(__file__).parent / "observe.js").read_text("utf-8")


@dataclass(frozen=True)
class Enrolled:
    """A profile folder, and the browser that it is for."""

    profile: Path
    executable: str


class Tablet:
    """One tablet: a browser with its own profile folder."""

    def __init__(
        self, chromium: BrowserType, executable: str | None, profile: Path, url: str
    ) -> None:
        self._chromium, self._executable = chromium, executable
        self.profile, self.url = profile, url
        self._context: BrowserContext | None = None
        self._page: Page | None = None
        self._quota: CDPSession | None = None
        self.scripts: list[str] = []  # run before the page's own
        self.flags: list[str] = []  # of the browser, beside those that all have
        self.heard: list[str] = []  # what the page has said to its developers
        self.mentor = Mentor(self)
        self.child = Child(self)

    @property
    def context(self) -> BrowserContext:
        assert self._context, "the tablet is not switched on"
        return self._context

    @property
    def page(self) -> Page:
        assert self._page, "the tablet is not switched on"
        return self._page

    # On and off

    def switch_on(self) -> None:
        """A new browser process with the same profile, at an empty page."""
        self._context = self._chromium.launch_persistent_context(
            str(self.profile),
            executable_path=self._executable,
            args=[*FLAGS, *self.flags],
            viewport=LANDSCAPE,
            has_touch=True,
            locale="sv-SE",
        )
        self._context.set_default_timeout(PATIENCE_MS)
        for script in (*self.scripts, OBSERVER):
            self._context.add_init_script(script)
        self._context.on("console", lambda said: self.heard.append(said.text))
        self._context.on("weberror", lambda said: self.heard.append(str(said.error)))
        self._page = self._context.pages[0]

    def start(self, fragment: str = "") -> None:
        """Switch on and open the app, until its first screen is there."""
        if not self._context:
            self.switch_on()
        self.page.goto(f"{self.url}/tablet/{fragment}")
        self.page.wait_for_selector(STARTED)

    def is_at_the_wheel_with(
        self, alias: str, born: int, fit: tuple[str, ...] = (), **choices: str
    ) -> None:
        """Switched on, unlocked, and in the hands of a child who has come to the wheel."""
        self.start()
        self.mentor.unlocks()
        self.mentor.prepares(alias, born, fit, **choices)
        self.child.goes_to_the_wheel()

    def reload(self) -> None:
        self.page.reload()
        self.page.wait_for_selector("#screen > [data-screen]")

    def close(self) -> None:
        if self._context:
            self._context.close()
        self._context = self._page = self._quota = None

    def kill(self) -> None:
        """SIGKILL of every process of the browser at once."""
        group = os.getpgid(self._pid())
        assert group != os.getpgrp()
        os.killpg(group, signal.SIGKILL)
        with suppress(Error):
            self.context.close()
        _wait_until(lambda: not _alive(group), "the browser is gone")
        for lock in self.profile.glob("Singleton*"):
            lock.unlink()
        self._context = self._page = self._quota = None

    def _pid(self) -> int:
        """The browser process is the one that was started with our profile folder."""
        wanted = f"--user-data-dir={self.profile}".encode()
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                given = (folder / "cmdline").read_bytes().split(b"\0")
                if wanted in given and not any(one.startswith(b"--type=") for one in given):
                    return int(folder.name)
        raise AssertionError("no browser runs with this profile")

    def tells_of_itself(self) -> str:
        """For somebody who reads why a test failed."""
        if not self._page:
            return "switched off"
        with suppress(Error):
            self.page.set_default_timeout(1000)
            self.heard.append(f"{self.page.url}: {self.text}")
        return "\n".join(self.heard)

    # What is on the screen

    def shows(self, screen: str) -> None:
        self.page.wait_for_selector(f"#screen > [data-screen='{screen}']")

    def says(self, words: str) -> None:
        self.page.wait_for_function(
            "words => document.body.innerText.replace(/\\s+/g, ' ').includes(words)", arg=words
        )

    @property
    def text(self) -> str:
        return " ".join(self.page.inner_text("body").split())

    @property
    def screen(self) -> str:
        return str(self.page.get_attribute("#screen > *", "data-screen"))

    def seen(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate("seen.isMarked().then(whatIsSeen)")
        return found

    def fetches_the_units_own(self, before: str = "") -> str:
        """With net, until the tablet has another version of what the unit has arranged on the hub
        than `before`. Returns which."""
        found = lambda: self.ask_store("(await store.localVersion()) ?? ''")  # noqa: E731
        _wait_until(lambda: found() not in {"", before}, "the unit's own is fetched")
        return str(found())

    def loses_the_units_voices(self) -> None:
        """With net, until nothing is left of what the staff have read in Swedish."""
        heard = "await store.recorded('sv')"
        _wait_until(lambda: self.ask_store(heard) == [], "what was taken away is gone here too")

    def knows_of(self, *staff: str) -> None:
        """With net, until the tablet has been told that they work here; then started anew."""
        known = "(await store.tablet()).colleagues.map(({ id }) => id)"
        _wait_until(lambda: {*staff} <= {*self.ask_store(known)}, "the tablet knows who works here")
        self.reload()

    # What the store has answered

    def acknowledged(self) -> list[dict[str, Any]]:
        """The taps this page has been told are on disk."""
        found: list[dict[str, Any]] = self.page.evaluate("seen.saved")
        return found

    def kept(self) -> list[dict[str, Any]]:
        """The taps of the conversation in hand as they are on disk. Somebody has unlocked."""
        found: list[dict[str, Any]] = self.ask_store("store.taps(session.id)")
        return found

    def ask_store(self, expression: str) -> Any:
        """Evaluate with the app's own `store` and `session`."""
        return self.page.evaluate(
            f"""async () => {{
              const {{ session, store }} = await import("/static/vendor/app.js");
              return {expression};
            }}"""
        )

    def drawn(self) -> dict[str, str]:
        """The pictures this tablet has drawn for itself: address → the hash of the SVG it drew."""
        found: dict[str, str] = self.page.evaluate("""async () => {
          const kept = await Promise.all((await caches.keys()).map(async (name) => {
            const cache = await caches.open(name);
            const asked = await cache.keys();
            return Promise.all(asked.map(async (one) => {
              const { headers } = await cache.match(one);
              return [new URL(one.url).pathname, headers.get("X-Drawn-From")];
            }));
          }));
          return Object.fromEntries(kept.flat().filter(([, hash]) => hash));
        }""")
        return found

    def draws(self, *symbols: str) -> None:
        """Until it has drawn these pictures."""
        wanted = {f"/static/bildstod/{symbol}.svg" for symbol in symbols}
        _wait_until(lambda: wanted <= set(self.drawn()), "the pictures are drawn")

    def exported(self) -> bytes:
        """The SQLite file, as an adult would save it."""
        file = "await store.exportFile()"
        letters = f"Array.from({file}, (byte) => String.fromCharCode(byte)).join('')"
        return base64.b64decode(self.ask_store(f"btoa({letters})"))

    def finger_on(self, element: Locator) -> Seen:
        """A tap in its middle, once a finger can come there. Returns what was seen before it."""
        place = element.evaluate("seen.beforeTap", PATIENCE_MS)
        self.page.touchscreen.tap(place["x"], place["y"])
        before: Seen = place["seen"]
        return before

    def before_a_tap(self) -> Seen:
        """How many taps have been sent to the disk, and how many screens there have been."""
        found: Seen = self.page.evaluate("seen.now()")
        return found

    def keeps_after(self, before: Seen) -> None:
        """Until a tap after `before`, and every other, is on disk."""
        self.page.evaluate("seen.isKept", {**before, "patience": PATIENCE_MS})

    def turns_after(self, before: Seen) -> None:
        """Until there is a screen after `before`."""
        self.page.evaluate("seen.isTurned", {**before, "patience": PATIENCE_MS})

    def answers_after(self, before: Seen) -> None:
        """Until there is a tap or a screen after `before`, and every tap is on disk."""
        self.page.evaluate("seen.isAnswered", {**before, "patience": PATIENCE_MS})

    # What happens to a tablet

    def open_tab(self) -> Page:
        """The app once more in the same browser, now in front."""
        self._page = self.context.new_page()
        self.start()
        return self._page

    def look_at(self, tab: Page) -> None:
        self._page = tab
        tab.bring_to_front()

    def without_http_cache(self) -> None:
        session = self.context.new_cdp_session(self.page)
        session.send("Network.clearBrowserCache")
        session.detach()

    def room_for(self, bytes_: int | None) -> None:
        """How much the browser lets the app store; None is as much as before."""
        self._quota = self._quota or self.context.new_cdp_session(self.page)
        size = {} if bytes_ is None else {"quotaSize": bytes_}
        self._quota.send("Storage.overrideQuotaForOrigin", {"origin": self.url, **size})


class Mentor:
    """The adult: before, between and after."""

    def __init__(self, tablet: Tablet) -> None:
        self._tablet = tablet

    @property
    def _page(self) -> Page:
        return self._tablet.page

    def enrols(self, code: str) -> None:
        self._tablet.start(f"#code={code}")
        self._tablet.shows("enrol")
        self._page.click("[data-screen=enrol] button.primary")
        self._tablet.shows("ready")
        self.waits_until_ready()

    def makes_ready(self, code: str, email: str, password: str) -> None:
        """A tablet that nobody has used, until somebody can begin with a child on it."""
        self.enrols(code)
        self._page.click("[data-when-ready]")
        self.signs_in(email, password)
        self.chooses_pin()
        self._tablet.shows("home")

    def waits_until_ready(self) -> None:
        until = time.monotonic() + PATIENCE_MS / 1000
        while not self.checks_readiness():
            assert time.monotonic() < until, "the tablet does not become ready"

    def checks_readiness(self) -> bool:
        """On the screen 'Är surfplattan redo?': is it said to be ready?"""
        self._changes_screen(lambda: self._page.click("[hx-get='/local/ready']"))
        said = self._page.inner_text("[data-screen=ready] h1")
        ready = self._page.get_attribute("[data-screen=ready]", "data-is-ready") == "true"
        assert ready == (said == "Redo utan nät") == self._page.is_enabled("[data-when-ready]")
        return ready

    def signs_in(self, email: str, password: str) -> None:
        if self._tablet.screen != "sign-in":
            self._page.click("[hx-get='/local/sign-in']")
            self._tablet.shows("sign-in")
        self._page.fill("[name=email]", email)
        self._page.fill("[name=password]", password)
        self._page.click("[data-screen=sign-in] button.primary")

    def chooses_pin(self, pin: str = PIN) -> None:
        self._tablet.shows("choose-pin")
        self._page.fill("[name=pin]", pin)
        self._page.fill("[name=again]", pin)
        self._changes_screen(lambda: self._page.click("button.primary"))

    def picks_name(self, name: str) -> None:
        """Chooses their own name on the screen 'Vem är du?'."""
        self._tablet.shows("who")
        self._page.click(f".person:has-text('{name}')")
        self._tablet.shows("pin")

    def types_pin(self, pin: str) -> None:
        """On the keypad, as one does with a finger."""
        keys = [*(f"[data-digit='{digit}']" for digit in pin), ".keypad .primary"]
        for key in self._page.evaluate(MIDDLES, keys):
            self._page.touchscreen.tap(**key)

    def unlocks(self, pin: str = PIN) -> None:
        """Types the PIN, from wherever the tablet asks who it is, and comes in."""
        self.is_asked_for_the_pin()
        self._changes_screen(lambda: self.types_pin(pin))
        assert self._tablet.screen not in {"pin", "sign-in"}, self._tablet.text

    def is_asked_for_the_pin(self) -> None:
        """By the tablet itself after a kill, or when the name has been chosen."""
        if self._tablet.screen == "who":
            self._page.click(".person")
        self._tablet.shows("pin")

    def locks(self) -> None:
        self._page.click("[data-screen] [hx-post='/local/lock']")
        self._tablet.shows("who")

    def goes_home(self) -> None:
        self._page.click("[hx-get='/local/home']")
        self._tablet.shows("home")

    def opens_recordings(self, language: str = "sv", variant: str = "preschool") -> None:
        self._page.click("[hx-get='/local/recordings']")
        self._tablet.shows("recordings")
        for name, value in (("language", language), ("variant", variant)):
            field = f"[data-recordings='{name}']"
            if self._page.input_value(field) != value:
                self._changes_screen(lambda f=field, v=value: self._page.select_option(f, v))
        for group in self._page.locator(".texts").all():
            group.evaluate("group => (group.open = true)")

    def text_to_record(self, text: str) -> Locator:
        """The row of one text among the recordings."""
        named = self._page.locator(".recording-text").get_by_text(text, exact=True)
        return self._page.locator(".recording").filter(has=named)

    def prepares(self, alias: str, born: int, fit: tuple[str, ...] = (), **choices: str) -> None:
        """Fills in who the child is and hands the tablet over. fit: what suits the child."""
        self._page.click(".start")
        self._tablet.shows("prepare")
        self._page.fill("[name=alias]", alias)
        self._page.fill("[name=birth_year]", str(born))
        self._page.keyboard.press("Tab")
        if {"contrast", "scan", "pace", "dwell"} & set(choices) or fit:
            self._page.click("details.fit summary")
        for way in fit:
            self._page.check(f".fit [value='{way}']", force=True)
        if "beside" in choices:  # the other language is an interpreter's
            self._page.check("[name=interpreter]", force=True)
        for name, value in choices.items():
            self._page.select_option(f"[name={name}]", value)
        self._page.click("[data-screen=prepare] button.start")
        self._tablet.shows("intro")
        self._tablet.child.waits_for_the_disk()

    def prepares_for_case(self, code: str, born: int) -> None:
        """Hands the tablet over to a child who has a case."""
        self._page.click(".start")
        self._tablet.shows("prepare")
        self._page.check("[name=known][value=case]", force=True)
        self._page.fill("[name=case_code]", code)
        self._page.fill("[name=birth_year]", str(born))
        self._page.keyboard.press("Tab")
        self._page.click("[data-screen=prepare] button.start")

    def writes_in_from_paper(
        self, alias: str, born: int, held_on: str, language: str = "sv"
    ) -> None:
        """Says that the conversation was held on paper, and comes straight to the wheel."""
        self._page.click(".start")
        self._tablet.shows("prepare")
        self._page.fill("[name=alias]", alias)
        self._page.fill("[name=birth_year]", str(born))
        self._page.keyboard.press("Tab")
        self._page.click("label:has([name=origin][value=paper])")
        self._page.fill("[name=held_on]", held_on)
        self._page.select_option("[name=language]", language)
        self._page.click("[data-screen=prepare] button.start")

    def holds_corner(self) -> None:
        """Keeps a finger on the corner until the PIN is asked for."""
        corner = self._page.locator(":is(.screen, #rights) [data-adult-corner]:visible").last
        box = corner.bounding_box()
        assert box
        self._page.mouse.move(box["x"] + 10, box["y"] + 10)
        self._page.mouse.down()
        self._tablet.shows("pin")
        self._page.mouse.up()

    def hears_something_serious(self) -> None:
        """From the corner to the advice."""
        self._changes_screen(lambda: self._page.click("[hx-get='/local/disclosure']"))
        self._tablet.shows("disclosure")

    def writes_down(self, words: str, question: str = "") -> None:
        """The child's words verbatim, with the adult's own question."""
        self._page.fill("[data-note] [name=question]", question)
        self._page.fill("[data-note] [name=text]", words)
        self._changes_screen(lambda: self._page.click("[data-note] button.primary"))
        self._tablet.child.waits_for_the_disk()

    def gives_back_to_child(self) -> None:
        self._changes_screen(lambda: self._page.click("[data-resume]"))

    def lays_aside(self) -> None:
        self._page.click("[data-screen=during] [hx-get='/local/home']")
        self._tablet.shows("home")

    def resumes(self, alias: str) -> None:
        self._changes_screen(
            lambda: self._page.click(f".drafts li:has-text('{alias}') [data-resume]")
        )

    def drafts(self) -> list[str]:
        return self._page.locator(".drafts li b").all_inner_texts()

    def finishes(self) -> None:
        """Takes the tablet back from a child who has stopped, and has nothing to add."""
        self.holds_corner()
        self.unlocks()
        self._page.click("[data-finish]")
        self._tablet.shows("sure")
        self._page.click("[data-finish-now]")
        self._tablet.shows("home")

    def sends(self) -> None:
        """Presses 'Skicka nu' with net, until everything is received."""
        self._page.click("[data-send]")
        self._page.wait_for_selector(".outbox[data-waiting='0']")

    def takes_over_here(self) -> None:
        self._page.click("[hx-post='/local/take']")
        self._tablet.shows("pin")

    def tries_again(self) -> None:
        button = self._page.locator("#trouble [data-try-again]")
        button.evaluate("seen.isAnotherTap")
        button.click()

    def _changes_screen(self, act: Any) -> None:
        before = self._tablet.before_a_tap()
        act()
        self._tablet.turns_after(before)


class Child:
    """The child's finger. Each tap is on disk before the next, unless `at_once` says otherwise."""

    def __init__(self, tablet: Tablet) -> None:
        self._tablet = tablet
        self.at_once = False  # the test wants to be there before the disk

    @property
    def _page(self) -> Page:
        return self._tablet.page

    def waits_for_the_disk(self) -> None:
        self._page.evaluate("seen.isAtRest", PATIENCE_MS)

    def goes_to_the_wheel(self) -> None:
        if self._tablet.screen == "intro":
            self.meets_the_rules()
            self._turns("[data-begin]")
        else:
            self._turns(".to-wheel")
        self._is_on("wheel")

    def meets_the_rules(self) -> None:
        """A finger on each that is left, at once: none of them waits for another."""
        before = self._tablet.before_a_tap()
        left = self._page.evaluate(RULES_LEFT)
        for rule in left:
            self._page.touchscreen.tap(**rule)
        if left:
            self._page.wait_for_selector("[data-begin]:enabled")
            self._settles(before)

    def opens(self, area: str) -> None:
        self._turns(f".sector[data-area='{area}']")
        self._is_on("area")

    def tells_of_body_and_stomach(self) -> None:
        """From the wheel, in preschool: one card is good, and one on the next page is not."""
        self.opens("halsa")
        self.places("Kroppen", "Bra")
        self.turns_the_page()
        self.places("Magen", "Inte bra")

    def turns_the_page(self) -> None:
        self._turns(".arrow.next")

    def turns_pages_to(self, card: str) -> list[str]:
        """Where cards come one at a time. Returns the cards on the way, the one looked for last."""
        met: list[str] = []
        while card not in met:
            if met:
                self.turns_the_page()
            self._is_on("area")
            met.append(str(self._page.get_attribute("fieldset.card", "data-label")))
        return met

    def chooses(self, card: str) -> None:
        """From the tray, where older children see all cards of an area."""
        self._turns(f".tray button:has-text('{card}')")

    def places(self, card: str, step: str) -> None:
        self._taps(f"fieldset.card[data-label='{card}'] .step[data-label='{step}']")

    def presses_step(self, step: str) -> None:
        """A step of the scale, in whatever language it is called."""
        self._taps(f"fieldset.card .step[data-step='{step}']")

    def is_silent(self, word: str) -> None:
        """'Hoppa över', 'Vet inte' or 'Vill inte svara' about the card on the screen."""
        self._taps(f"#rights [data-silence]:has-text('{word}')")

    def _chooses_way(self, way: str) -> None:
        """Beside the cards for older children, on a screen of its own for preschool."""
        if self._page.locator("#screen [data-ways]").count():
            self._turns("#screen [data-ways]")
        self._turns(f"#screen [data-way={way}]")

    def turns_to_the_ways(self) -> None:
        """For preschool: from the cards to the ways to say more, and back."""
        self._turns("#screen [data-ways]")
        self._is_on("ways")

    def turns_back_to_the_cards(self) -> None:
        self._turns("#screen [data-back]")
        self._is_on("area")

    def wants_to_tell(self) -> None:
        self._chooses_way("words")
        self._is_on("words")

    def tells(self, text: str, question: str = "") -> None:
        """Writes, and waits for what is written to be kept."""
        before = self._tablet.before_a_tap()
        if question:
            self._page.fill("[name=question]", question)
        self._page.fill("[name=text]", text)
        self._settles(before)

    def is_asked(self, question: str) -> None:
        """The adult writes down what it asks, and waits for that to be kept."""
        before = self._tablet.before_a_tap()
        self._page.fill("[name=question]", question)
        self._settles(before)

    def says_what_it_is_about(self, kind: str) -> None:
        """'Så här är det', 'Så tycker jag' or 'Så vill jag ha det'."""
        self._page.tap(f".kinds label:has-text('{kind}')")

    def wishes(self) -> None:
        self._chooses_way("wish")
        self._is_on("words")

    def says_what_it_thinks(self) -> None:
        """For preschool, where each of the three is a picture of its own."""
        self._chooses_way("think")
        self._is_on("words")

    def tells_how_it_feels(self) -> None:
        self._chooses_way("feelings")
        self._is_on("feelings")

    def feels(self, feeling: str) -> None:
        """A tap on a feeling; another tap takes it back."""
        self._taps(f".feeling[data-label='{feeling}']")

    def has_felt(self) -> None:
        self._turns("[hx-get^='/local/child/cards']")
        self._is_on("area")

    def listens(self) -> None:
        """The ear, on or off."""
        self._taps("#rights [data-listen]")

    def has_told(self) -> None:
        self._turns("form.words .big-next")
        self._is_on("area")

    def draws(self, *points: tuple[float, float], lifts: bool = True) -> None:
        """One line on the paper; points are parts of its width and height, from its corner."""
        before = self._tablet.before_a_tap()
        self.moves_the_pen(*points)
        if lifts:
            self._page.mouse.up()
            self._settles(before)

    def moves_the_pen(self, *points: tuple[float, float]) -> None:
        box = self._page.locator(".paper canvas").bounding_box()
        assert box
        for number, (x, y) in enumerate(points):
            self._page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
            if number == 0:
                self._page.mouse.down()

    def wants_to_draw(self) -> None:
        self._chooses_way("drawing")
        self._is_on("drawing")

    def takes_back_a_line(self) -> None:
        self._taps("[data-stroke='unstroke']")

    def has_drawn(self) -> None:
        self._turns("[data-done]")

    def makes_a_card(self, name: str = "", picture: str = "") -> None:
        """An own card, where it is made; with a name, a picked picture, or both."""
        self._chooses_way("card")
        self._is_on("card")
        if picture:
            self._page.tap("[data-group=people]")
            self._taps(f"[data-pick]:visible:has-text('{picture}')")
        if name:
            before = self._tablet.before_a_tap()
            self._page.fill("[name=label]", name)
            self._settles(before)

    def draws_the_cards_picture(self) -> None:
        self._turns("[data-draw-card]")
        self._is_on("drawing")

    def has_made_the_card(self) -> None:
        self._turns("form.own-card button:not([type])")
        self._is_on("area")

    def takes_a_pause(self) -> None:
        self._turns("[hx-get='/local/child/pause']")
        self._is_on("pause")

    def goes_on(self) -> None:
        self._turns(".calm-screen .big-next")

    def wants_to_stop(self) -> None:
        self._turns("[hx-get='/local/child/stop']")
        self._is_on("stop")

    def stops_and_keeps(self) -> None:
        self.wants_to_stop()
        self._page.tap("[hx-post='/local/child/keep']")
        self._tablet.shows("thanks")
        self.waits_for_the_disk()

    def throws_away(self) -> None:
        self.wants_to_stop()
        self._turns("[hx-get='/local/child/throw']")
        self._is_on("throw")
        self._page.tap("[hx-post='/local/child/throw']")
        self._tablet.shows("thrown")

    def reads_back(self) -> None:
        self._turns(".done-corner")
        self._is_on("closing")

    def reads_back_nothing(self) -> None:
        self._turns(".done-corner")
        self._is_on("nothing")

    def takes_away(self, what: str) -> None:
        """While reading back: a card, words, or something the child has made."""
        ways = "[data-take-away], [data-unsay], [data-undraw], [data-unmake], [data-unfeel]"
        ways += ", [data-unsilence]"
        self._turns(f".readback-item:has-text('{what}') :is({ways})")

    def hears_all(self) -> None:
        """Turns the pages of the read-back, to the first of the steps after it."""
        while self._tablet.screen == "closing":
            self.turns_the_page()

    def is_ready(self) -> None:
        """'Klar': the steps that are left are offered, not forced."""
        self._turns(".klar")
        self._is_on("confirm")

    def reads_to_the_end(self) -> None:
        self.hears_all()
        self.is_ready()

    def presses(self, selector: str) -> None:
        """Chooses something that stays on the screen, and sees that it is chosen."""
        self._taps(selector)
        assert self._page.get_attribute(selector, "aria-pressed") == "true", selector

    def says_of_home(self, what: str, choice: str) -> None:
        """'may_show', 'may_not' or 'dont_know' about an area or a card."""
        self.presses(f".release-item:has-text('{what}') [data-release='{choice}']")

    def wants(self, person: str, choice: str = "yes") -> None:
        while not self._page.locator(f".person-item:has-text('{person}')").count():
            self.turns_the_page()
        self.presses(f".person-item:has-text('{person}') [data-person-choice='{choice}']")

    def says_who(self, who: str) -> None:
        """Who "någon annan" is, once that is chosen; back to the persons."""
        step = self._tablet.screen
        self._turns("[data-name-person]")
        self._is_on("who")
        before = self._tablet.before_a_tap()
        self._page.fill("form.who [name=text]", who)
        self._settles(before)
        self._turns("form.who .big-next")
        self._is_on(step)

    def goes_on_to(self, screen: str) -> None:
        while self._tablet.screen != screen:
            self.turns_the_page()

    def hears_again(self) -> str:
        """'Säg igen': what is said."""
        self._page.tap("#rights [data-again]")
        return self._page.inner_text("#said-again")

    def is_done(self) -> None:
        self._finger_on("[hx-post='/local/child/done']")
        if not self.at_once:
            self._tablet.shows("thanks")

    def _is_on(self, screen: str) -> None:
        if not self.at_once:
            assert self._tablet.screen == screen

    def _turns(self, selector: str) -> None:
        """A tap that leads to another screen."""
        before = self._finger_on(selector)
        self._settles(before)
        if not self.at_once:
            self._tablet.turns_after(before)

    def turns_the_letter(self, selector: str) -> None:
        """A tap that leads to another screen where nothing of it is kept."""
        self._tablet.turns_after(self._finger_on(selector))

    def _taps(self, selector: str) -> None:
        self._settles(self._finger_on(selector))

    def _finger_on(self, selector: str) -> Seen:
        """A tap on the first that matches. Returns what had been seen before it."""
        return self._tablet.finger_on(self._page.locator(selector).first)

    def _settles(self, before: Seen) -> None:
        if not self.at_once:
            self._tablet.keeps_after(before)


class Hand:
    """A hand on the glass: several fingers, a palm, taps faster than they are meant."""

    def __init__(self, tablet: Tablet) -> None:
        self._tablet = tablet
        self._session = tablet.context.new_cdp_session(tablet.page)

    def middle_of(self, selector: str) -> Point:
        box = self._tablet.page.locator(selector).first.bounding_box()
        assert box, selector
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def taps_on(self, *selectors: str) -> None:
        """One after the other, at once."""
        places = [self.middle_of(selector) for selector in selectors]
        for place in places:
            self._touches("touchStart", place)
            self._touches("touchEnd")

    def taps_twice(self, place: Point) -> None:
        for _ in range(2):
            self._touches("touchStart", place)
            self._touches("touchEnd")
        self._settles()

    def swipes(self, start: Point, end: Point) -> None:
        self._touches("touchStart", start)
        for step in range(1, 6):
            part = step / 5
            at = tuple(a + (b - a) * part for a, b in zip(start, end, strict=True))
            self._touches("touchMove", at)
        self._touches("touchEnd")
        self._settles()

    def pinches(self, middle: Point) -> None:
        x, y = middle
        self._touches("touchStart", (x - 20, y), (x + 20, y))
        for apart in (60, 120, 200):
            self._touches("touchMove", (x - apart, y), (x + apart, y))
        self._touches("touchEnd")
        self._settles()

    def presses(self, selector: str) -> None:
        """Until the browser would have shown a menu, or selected a word."""
        place = self.middle_of(selector)
        asked = "() => new Promise((yes) => addEventListener('contextmenu', yes, {once: true}))"
        self._touches("touchStart", place)
        with suppress(Late, Error):
            self._tablet.page.evaluate(
                f"Promise.race([({asked})(), new Promise((yes) => setTimeout(yes, 900))])"
            )
        self._touches("touchEnd")
        self._settles()

    def lays_a_palm_on(self, selector: str) -> None:
        x, y = self.middle_of(selector)
        self._touches("touchStart", (x, y), radius=70)
        self._touches("touchEnd")
        self._settles()

    def lays_a_whole_hand_on(self, selector: str) -> None:
        """The palm, and then each finger: as wide as the flat of a hand makes them."""
        x, y = self.middle_of(selector)
        hand = [(x, y), (x - 60, y - 70), (x - 20, y - 95), (x + 20, y - 95), (x + 60, y - 70)]
        for count in range(1, len(hand) + 1):
            self._touches("touchStart", *hand[:count], radius=60)
        self._touches("touchEnd")
        self._settles()

    def drags(self, start: str, end: str) -> None:
        """With a mouse, in steps: as one selects words, or pulls a picture away."""
        mouse = self._tablet.page.mouse
        mouse.move(*self.middle_of(start))
        mouse.down()
        mouse.move(*self.middle_of(end), steps=6)
        mouse.up()
        self._settles()

    def presses_back(self, times: int) -> None:
        """The browser's own. The page may put another entry in the place of the one that was asked
        for, before the browser goes there: then it is pressed again."""
        left = times
        while left:
            try:
                self._tablet.page.go_back()
                left -= 1
            except Error as error:
                if "No entry with passed id" not in error.message:
                    raise

    def goes_back_in_history(self, *steps: int) -> None:
        """Each at once: as when "back" is pressed again before the page has answered."""
        for step in steps:
            self._tablet.page.evaluate(
                """(step) => new Promise((yes) => {
                  addEventListener("popstate", () => yes(true), { once: true });
                  history.go(step);
                })""",
                step,
            )
        self._settles()

    @contextmanager
    def rests_on(self, selector: str) -> Iterator[None]:
        self._resting = self.middle_of(selector)
        self._touches("touchStart", self._resting)
        yield
        self._touches("touchEnd")
        self._settles()

    def taps_beside(self, selector: str) -> None:
        """A second finger, while the first one rests."""
        self._touches("touchStart", self._resting, self.middle_of(selector))
        self._touches("touchEnd", self._resting)

    def taps_with_three_fingers(self) -> None:
        places = [(300.0, 300.0), (420.0, 260.0), (540.0, 300.0)]
        self._touches("touchStart", *places)
        self._touches("touchEnd")
        self._tablet.shows("hidden")

    def zooms_by_wheel(self) -> None:
        self._tablet.page.keyboard.down("Control")
        self._tablet.page.mouse.move(590, 400)
        self._tablet.page.mouse.wheel(0, -400)
        self._tablet.page.keyboard.up("Control")
        self._settles()

    def _touches(self, kind: str, *places: Point, radius: float = 8) -> None:
        points = [
            {"x": x, "y": y, "radiusX": radius, "radiusY": radius, "id": id_}
            for id_, (x, y) in enumerate(places)
        ]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def _settles(self) -> None:
        """What the hand did has been answered: two frames have been painted."""
        self._tablet.page.evaluate(
            "new Promise((yes) => requestAnimationFrame(() => requestAnimationFrame(yes)))"
        )


def is_late(act: Any, patience_ms: int = 500) -> bool:
    """Whether something does not come. Only for what must not come at all."""
    try:
        act(patience_ms)
    except Late:
        return True
    return False


def _alive(group: int) -> bool:
    """Whether any process of the group still runs; one that nobody has fetched does not."""
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError):
            state, _parent, its_group = (folder / "stat").read_text().rsplit(")", 1)[1].split()[:3]
            if int(its_group) == group and state != "Z":
                return True
    return False


def _wait_until(holds: Any, what: str) -> None:
    until = time.monotonic() + PATIENCE_MS / 1000
    while not holds():
        assert time.monotonic() < until, f"waited in vain until {what}"
        time.sleep(0.01)
