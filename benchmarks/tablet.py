"""The tablet in Chromium, measured as a child's finger meets it, beside the floor's pages.

It must never measure ours and the floor apart: every round takes both, one after the other.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright

from kid_wheel.catalog import AREAS

from .hub import Hub
from .sync import make_sealed
from .wire import Wire

CHROMIUM = "/usr/bin/chromium"
SIZE = {"width": 1180, "height": 820}
THROTTLE = 4  # a school tablet, as near as the devtools protocol comes: the page's thread only
PIN = "274913"
TAPS = 100
ROUND_OF_TAPS = 10
REST_MS = 120  # between two taps, so that each is on disk before the next
LAUNCHES = 15
SETTLE_MS = 1_000  # to ask a page how it is going costs it time: it is asked when it has arrived
TYPING_MS = 100  # between two digits of a PIN: faster than a person who knows it well
AREA_MS = 400  # longer than an area takes to open
AREA_ROUNDS = 7  # through all seven areas: about as many as there are taps
STROKES = 12
MOVES = 20  # of the finger in each stroke
STROKE_REST_MS = 400
A_WHOLE_SCRIPT = 100_000  # bytes: no string of the page's own is as long
PLAYWRIGHTS = "const module = {};"  # how each of its scripts begins
SENDS = 40
PROBE = (Path(__file__).parent / "probe.js").read_text("utf-8")
RESOURCES = "performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)"
PICTURES = """[...document.querySelectorAll("img[src], svg image")]
  .map((picture) => picture.getAttribute("src") ?? picture.getAttribute("href"))"""
DRAWN = """async () => {
  let drawn = 0;
  for (const name of await caches.keys()) {
    const kept = await (await caches.open(name)).matchAll();
    drawn += kept.filter(({ headers }) => headers.has("X-Drawn-From")).length;
  }
  return drawn;
}"""
HEAR_SAVED = """import("/static/vendor/app.js").then(({ session }) => {
  const say = session.onSaved;
  session.onSaved = () => { say(); probe.saved(); };
})"""
EVERY_CARD = """async (session) => {
  const other = await (await fetch("/tablet/sv/preschool")).text();
  const page = new DOMParser().parseFromString(other, "text/html");
  for (const { content } of page.querySelectorAll("template[id^='child-area-']")) {
    const { area } = content.firstElementChild.dataset;
    const { cards } = session.catalog.areas.find(({ key }) => key === area);
    for (const { dataset } of content.querySelectorAll("fieldset.card")) {
      cards.push({ ...dataset, key: dataset.card });
    }
  }
}"""  # one variant's catalog has fewer cards than a long conversation with a unit's own may have
ANSWER_ALL = (
    f"""async () => {{
  const {{ session }} = await import("/static/vendor/app.js");
  await ({EVERY_CARD})(session);"""
    """
  const scale = session.state.about.scale;
  const { step, label, symbol } =
    document.getElementById(`scale-${scale}`).content.querySelector(".step").dataset;
  let answered = 0;
  for (const area of session.catalog.areas) {
    session.record({ type: "go", to: `area/${area.key}/0`, area: area.key });
    for (const { key, label: name, say, symbol: face } of area.cards) {
      const shown = { card: { label: name, say, symbol: face }, step: { label, symbol } };
      session.record({ type: "place", card: key, scale, step, shown });
      answered += 1;
    }
  }
  session.record({ type: "go", to: "wheel" });
  await session.written();
  return answered;
}"""
)
SEAL = (
    f"""async () => {{
  const {{ session }} = await import("/static/vendor/app.js");
  await ({EVERY_CARD})(session);"""
    """
  const begun = performance.now();
  await session.seal("done");
  return performance.now() - begun;
}"""
)
SEND_OURS = """async ({ id, token, digest, body }) => {
  const { askHub } = await import("/static/tablet/hub.js");
  const bytes = new Uint8Array(body);
  const begun = performance.now();
  const receipt = await askHub(`/sync/conversations/${id}`, { method: "PUT", token, bytes });
  if (receipt.digest !== digest) throw new Error("not its receipt");
  return performance.now() - begun;
}"""
SEND_BARE = """async ({ id, digest, body }) => {
  const bytes = new Uint8Array(body);
  const begun = performance.now();
  const receipt = await (await fetch(`/${id}`, { method: "PUT", body: bytes })).json();
  if (receipt.digest !== digest) throw new Error("not its receipt");
  return performance.now() - begun;
}"""


@dataclass(frozen=True)
class Pair:
    """Samples of ours and of the floor's, taken in turns, in milliseconds."""

    ours: list[float]
    floor: list[float]


class Browser:
    """One Chromium with a profile of its own, for ours and for the floor."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        context.add_init_script(PROBE)

    def open(self, address: str, throttle: int = 1, probe: str = "") -> tuple[Page, CDPSession]:
        """probe: a selector that `probe.launch` waits for from the page's first moment."""
        page = self._context.new_page()
        devtools = self._context.new_cdp_session(page)
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": throttle})
        if probe:
            page.add_init_script(f"probe.launch = probe.until({json.dumps(probe)})")
        page.goto(address)
        return page, devtools

    def devtools(self, page: Page) -> CDPSession:
        return self._context.new_cdp_session(page)

    def forget_http_cache(self) -> None:
        page = self._context.new_page()
        self._context.new_cdp_session(page).send("Network.clearBrowserCache")
        page.close()


@contextmanager
def browser(playwright: Playwright) -> Iterator[Browser]:
    with tempfile.TemporaryDirectory(prefix="kid-wheel-profile-") as profile:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-background-networking", "--no-first-run"],
            viewport=SIZE,
            has_touch=True,
            locale="sv-SE",
        )
        context.set_default_timeout(30_000)
        try:
            yield Browser(context)
        finally:
            context.close()


class Tablet:
    """Our tablet app in a browser, led by an adult up to a child's wheel."""

    def __init__(self, browser: Browser, hub: Hub, line: Wire) -> None:
        self._browser, self._hub, self._line = browser, hub, line
        self.bytes: dict[str, int] = {}
        self.page = self._enrol()

    def _enrol(self) -> Page:
        """Until the tablet says itself that it is ready without net: what went over the wire."""
        code = self._hub.invite("Mätning")
        page, _devtools = self._browser.open(f"{self._line.url}/tablet/#code={code}")
        page.click("[data-screen=enrol] button.primary")
        page.wait_for_selector("[data-screen=ready]")
        while page.get_attribute("[data-screen=ready]", "data-is-ready") != "true":
            page.wait_for_timeout(300)
            page.click("[hx-get='/local/ready']")
            page.wait_for_timeout(200)
        self.bytes["ready"] = self._line.received
        return page

    def sign_in(self) -> None:
        page = self.page
        email, password = self._hub.mentor()
        page.click("[data-when-ready]")
        page.click("[hx-get='/local/sign-in']")
        page.fill("[name=email]", email)
        page.fill("[name=password]", password)
        page.click("[data-screen=sign-in] button.primary")
        page.wait_for_selector("[data-screen=choose-pin]")
        page.fill("[name=pin]", PIN)
        page.fill("[name=again]", PIN)
        page.click("[data-screen=choose-pin] button.primary")
        page.wait_for_selector("[data-screen=home]")

    def begin(self) -> None:
        """A conversation with an older child, up to the wheel and its first card."""
        page = self.page
        page.click(".start")
        page.fill("[name=alias]", "Tova")
        page.fill("[name=birth_year]", "2014")
        page.keyboard.press("Tab")
        page.click("[data-screen=prepare] button.start")
        page.wait_for_selector("[data-screen=intro]")
        shown = {*page.evaluate(PICTURES)}
        for rule in page.locator("[data-rule]").all():
            rule.tap()
        page.click("[data-begin]")
        page.wait_for_selector("[data-screen=wheel]")
        shown |= {*page.evaluate(PICTURES)}
        self.open_area(AREAS[0])
        shown |= {*page.evaluate(PICTURES)}
        addresses = self._asked_for() | shown
        self.bytes["first card"] = sum(map(self._size, sorted(addresses)))

    def tap_area(self, area: str) -> None:
        tap(self.page, f".sector[data-area={area}] .sector-plate")

    def open_area(self, area: str) -> None:
        self.tap_area(area)
        self.page.wait_for_selector("#screen > [data-screen=area]")

    def back_to_wheel(self) -> None:
        tap(self.page, ".to-wheel")
        self.page.wait_for_selector("#screen > [data-screen=wheel]")
        self.page.wait_for_timeout(REST_MS)

    def come_back(self) -> None:
        """Open the app again, and unlock it with the PIN to the wheel of the same conversation."""
        self.page, _devtools = self._browser.open(f"{self._line.url}/tablet/")
        self.page.wait_for_selector("[data-screen=pin]")
        self.page.fill("[name=pin]", PIN)
        self.page.keyboard.press("Enter")
        self.page.wait_for_selector("#screen > [data-screen=wheel]")
        self.page.wait_for_timeout(REST_MS)

    def wait_for_the_next_day(self) -> None:
        """Until the tablet has drawn its pictures, which it does once; the app is opened anew."""
        drawn = -1
        while drawn != (drawn := self.page.evaluate(DRAWN)):
            self.page.wait_for_timeout(2_000)
        self.back_to_wheel()
        self.close()
        self.come_back()
        self.open_area(AREAS[0])
        self.page.wait_for_timeout(2_000)

    def answer_all(self) -> int:
        """Every card of both variants, as if a finger had placed it. How many there were."""
        answered: int = self.page.evaluate(ANSWER_ALL)
        return answered

    def dots(self) -> int:
        """How many cards the wheel shows to have been met."""
        return self.page.locator(".sector-dots circle").count()

    def _asked_for(self) -> set[str]:
        """Every address that the page and its worker needed, whoever answered: net or cache.
        Without pictures, since those of later screens are read ahead from the cache."""
        found = {"/tablet/", *self.page.evaluate(RESOURCES)}
        for worker in self.page.workers:
            found |= {urlsplit(worker.url).path, *worker.evaluate(RESOURCES)}
        others = ("/tablet/api/", "/static/bildstod/")
        wanted = {path for path in found if path.startswith(("/static/", "/tablet/"))}
        return {path for path in wanted if not path.startswith(others)}

    def _size(self, address: str) -> int:
        """Of an answer as the hub sends it to a browser: headers and compressed body."""
        connection = http.client.HTTPConnection("127.0.0.1", urlsplit(self._hub.url).port)
        connection.request("GET", address, headers={"Accept-Encoding": "gzip, deflate, br"})
        answer = connection.getresponse()
        head = sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
        size = head + len(answer.read()) + len("HTTP/1.1 200 OK\r\n\r\n")
        connection.close()
        if answer.status != HTTPStatus.OK:
            raise RuntimeError(f"{address}: {answer.status}")
        return size

    def close(self) -> None:
        self.page.close()


def tap(page: Page, selector: str) -> None:
    """A finger, in the middle of the first that matches."""
    box = page.locator(selector).first.bounding_box()
    assert box is not None, selector
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


@contextmanager
def throttled(devtools: CDPSession) -> Iterator[None]:
    """Only the page that is measured: the throttle keeps a core busy in each page that has one."""
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
    try:
        yield
    finally:
        devtools.send("Emulation.setCPUThrottlingRate", {"rate": 1})


def floor_ready(browser: Browser, line: Wire, name: str) -> int:
    """A floor page, open, and all of the floor kept by its service worker: bytes on the wire."""
    before = line.received
    page, _devtools = browser.open(f"{line.url}/{name}")
    page.wait_for_selector("html[data-ready]")
    page.evaluate("navigator.serviceWorker.ready.then(() => undefined)")
    page.wait_for_function("navigator.serviceWorker.controller")
    size = line.received - before
    page.close()
    return size


@dataclass(frozen=True)
class Full:
    """A conversation in which every card is answered: its launches and taps, its seal in ms."""

    cards: int
    launches: Launches
    taps: Taps
    seal: float


def measure_full(tablet: Tablet, browser: Browser, ours: Wire, floor: Wire) -> Full:
    tablet.come_back()
    cards = tablet.answer_all()
    tablet.close()
    tablet.come_back()
    launches = measure_launches(tablet, browser, ours, floor, tablet.dots())
    tablet.come_back()
    tablet.open_area(AREAS[0])
    taps = measure_taps(tablet, browser, floor.url)
    tablet.page.bring_to_front()
    with throttled(browser.devtools(tablet.page)):
        seal: float = tablet.page.evaluate(SEAL)
    tablet.close()
    return Full(cards, launches, taps, seal)


@dataclass(frozen=True)
class Taps:
    """paint, disk: from the tap on. page_heap, worker_heap: bytes in use after all of them, as
    `_heaps` counts them."""

    paint: Pair
    disk: Pair
    page_heap: float
    worker_heap: float
    floor_page_heap: float
    floor_worker_heap: float


def measure_taps(tablet: Tablet, browser: Browser, floor: str) -> Taps:
    """A child's finger on the steps of one card, in turns with the floor's buttons."""
    page = tablet.page
    bare, bare_devtools = browser.open(f"{floor}/page.html")
    stored, stored_devtools = browser.open(f"{floor}/store.html")
    stored.wait_for_selector("html[data-ready]")
    devtools = browser.devtools(page)
    page.evaluate(HEAR_SAVED)
    for each in (page, bare, stored):
        each.evaluate("probe.paint.length = probe.disk.length = 0")
    for start in range(0, TAPS, ROUND_OF_TAPS):
        for each, protocol, selector in (
            (bare, bare_devtools, "button"),
            (stored, stored_devtools, "button"),
            (page, devtools, ".step"),
        ):
            each.bring_to_front()
            with throttled(protocol):
                each.wait_for_timeout(2 * REST_MS)
                for n in range(start, start + ROUND_OF_TAPS):
                    tap(each, f"{selector} >> nth={n % 4}")
                    each.wait_for_timeout(REST_MS)
    page.wait_for_timeout(500)
    paint = Pair(page.evaluate("probe.paint"), bare.evaluate("probe.paint"))
    disk = Pair(page.evaluate("probe.disk"), stored.evaluate("probe.disk"))
    heaps = (*_heaps(devtools), *_heaps(stored_devtools))
    bare.close()
    stored.close()
    return Taps(paint, disk, *heaps)


def measure_areas(tablet: Tablet, browser: Browser, floor: str) -> Pair:
    """From a finger on an area to its cards, with their pictures, on the screen; in turns with taps
    on the floor's buttons. Nothing asks the page how it is going before it has arrived."""
    page, devtools, took = tablet.page, browser.devtools(tablet.page), []
    bare, bare_devtools = browser.open(f"{floor}/page.html")
    page.bring_to_front()
    tablet.back_to_wheel()
    for _round in range(AREA_ROUNDS):
        bare.bring_to_front()
        with throttled(bare_devtools):
            bare.wait_for_timeout(2 * REST_MS)
            for n in range(len(AREAS)):
                tap(bare, f"button >> nth={n % 4}")
                bare.wait_for_timeout(REST_MS)
        page.bring_to_front()
        with throttled(devtools):
            page.wait_for_timeout(2 * REST_MS)
            for area in AREAS:
                page.evaluate("probe.next = probe.until('#screen > [data-screen=area]'); undefined")
                tablet.tap_area(area)
                page.wait_for_timeout(AREA_MS)
                took.append(page.evaluate("probe.next.then((now) => now - probe.tappedAt)"))
                tablet.back_to_wheel()
    floors = bare.evaluate("probe.paint")
    bare.close()
    return Pair(took, floors)


def measure_strokes(tablet: Tablet, browser: Browser, floor: str) -> tuple[Pair, Pair]:
    """A finger's lines on the child's paper, in turns with a bare canvas: each move until it is
    painted, and each line, from the lift on, until it is on disk."""
    bare, bare_devtools = browser.open(f"{floor}/paper.html")
    bare.wait_for_selector("html[data-ready]")
    page, devtools = tablet.page, browser.devtools(tablet.page)
    page.bring_to_front()
    page.evaluate(f"htmx.ajax('GET', '/local/child/drawing/{AREAS[0]}', '#screen')")
    page.wait_for_selector("#screen > [data-screen=drawing] canvas")
    page.wait_for_timeout(STROKE_REST_MS)
    for each in (page, bare):
        each.evaluate("probe.strokes.length = probe.disk.length = 0")
    for number in range(STROKES):
        for each, protocol in ((bare, bare_devtools), (page, devtools)):
            each.bring_to_front()
            with throttled(protocol):
                each.wait_for_timeout(STROKE_REST_MS)
                _draw(each, protocol, number)
                each.wait_for_timeout(STROKE_REST_MS)
    paint = Pair(page.evaluate("probe.strokes"), bare.evaluate("probe.strokes"))
    disk = Pair(page.evaluate("probe.disk"), bare.evaluate("probe.disk"))
    bare.close()
    page.evaluate("htmx.ajax('GET', '/local/child/wheel', '#screen')")
    page.wait_for_selector("#screen > [data-screen=wheel]")
    return paint, disk


def _draw(page: Page, devtools: CDPSession, number: int) -> None:
    """One line across the paper, a little lower each time."""
    box = page.locator("canvas").bounding_box()
    assert box is not None
    across, y = box["width"] / (MOVES + 2), box["y"] + box["height"] * (number + 1) / (STROKES + 2)

    def touch(kind: str, *points: dict[str, float]) -> None:
        devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    touch("touchStart", {"x": box["x"] + across, "y": y})
    for move in range(1, MOVES + 1):
        touch("touchMove", {"x": box["x"] + across * (move + 1), "y": y})
    touch("touchEnd")


@dataclass(frozen=True)
class Launches:
    """Relaunches without net, from the navigation on, in milliseconds.

    pin: the PIN screen is there. wheel: from the PIN's OK to the child's wheel with its state and
    pictures; the PIN is typed, so that the tablet has the time it has from an adult's hand.
    floor, store: the bare page; the bare page with its database open.
    """

    pin: list[float]
    wheel: list[float]
    floor: list[float]
    store: list[float]


def measure_launches(
    tablet: Tablet, browser: Browser, ours: Wire, floor: Wire, dots: int
) -> Launches:
    """With both servers unreachable and the HTTP cache emptied: only the service worker answers."""
    tablet.close()
    ours.cut()
    floor.cut()
    browser.forget_http_cache()
    took = Launches([], [], [], [])
    for _launch in range(LAUNCHES):
        for address, selector, into in (
            (f"{floor.url}/page.html", "button", took.floor),
            (f"{floor.url}/store.html", "html[data-ready] button", took.store),
        ):
            page, _devtools = browser.open(address, THROTTLE, selector)
            page.wait_for_timeout(SETTLE_MS)
            into.append(page.evaluate("probe.launch"))
            page.close()
        page, _devtools = browser.open(f"{ours.url}/tablet/", THROTTLE, "[data-screen=pin]")
        page.wait_for_timeout(SETTLE_MS)
        took.pin.append(page.evaluate("probe.launch"))
        page.type("[name=pin]", PIN, delay=TYPING_MS)
        page.evaluate("probe.next = probe.until('#screen > [data-screen=wheel]'); undefined")
        page.keyboard.press("Enter")
        page.wait_for_timeout(SETTLE_MS)
        took.wheel.append(page.evaluate("probe.next.then((now) => now - probe.submittedAt)"))
        shown = page.locator(".sector-dots circle").count()
        if shown != dots:
            raise RuntimeError(f"the wheel has lost its state: {shown} dots, not {dots}")
        page.close()
    ours.mend()
    floor.mend()
    return took


def measure_sends(browser: Browser, hub: Hub, floor: str) -> Pair:
    """A sealed record of 20 KB in a page's hands until its receipt is checked there, one by one."""
    sender = hub.enrol("En post")
    ours, _ = browser.open(f"{hub.url}/tablet/")
    bare, _ = browser.open(f"{floor}/page.html")
    took = Pair([], [])
    for _send in range(SENDS):
        id_, body = make_sealed(sender, hub.ring)
        digest = hashlib.sha256(body).hexdigest()
        asked = {"id": id_, "token": sender.token, "digest": digest, "body": list(body)}
        took.floor.append(bare.evaluate(SEND_BARE, asked))
        took.ours.append(ours.evaluate(SEND_OURS, asked))
    ours.close()
    bare.close()
    return took


def _heaps(devtools: CDPSession) -> tuple[float, float]:
    """Bytes in use after a collection, without what the measuring itself has put there: of the
    page's thread, and of SQLite's worker and the service worker together."""
    devtools.send("HeapProfiler.collectGarbage")
    page = devtools.send("Runtime.getHeapUsage")["usedSize"] - _playwrights_own(devtools)
    workers: list[str] = []
    answers: dict[int, Any] = {}
    devtools.on("Target.attachedToTarget", lambda event: workers.append(event["sessionId"]))

    def hear(event: dict[str, str]) -> None:
        answer = json.loads(event["message"])
        answers[answer.get("id", 0)] = answer.get("result")

    devtools.on("Target.receivedMessageFromTarget", hear)
    attach = {"autoAttach": True, "waitForDebuggerOnStart": False, "flatten": False}
    devtools.send("Target.setAutoAttach", attach)
    used = 0
    for session in workers:
        for id_, method in enumerate(("HeapProfiler.collectGarbage", "Runtime.getHeapUsage"), 1):
            message = json.dumps({"id": id_, "method": method})
            devtools.send("Target.sendMessageToTarget", {"sessionId": session, "message": message})
            while id_ not in answers:
                devtools.send("Runtime.getIsolateId")
        used += answers.pop(2)["usedSize"]
        answers.clear()
    return page, used


def _playwrights_own(devtools: CDPSession) -> float:
    """Bytes of the source of Playwright's scripts in a page: V8 keeps it as strings in the heap,
    where a page's own source is outside. Nobody's tablet has them."""
    parts: list[str] = []
    devtools.on("HeapProfiler.addHeapSnapshotChunk", lambda event: parts.append(event["chunk"]))
    devtools.send("HeapProfiler.takeHeapSnapshot", {"reportProgress": False})
    heap = json.loads("".join(parts))
    fields = heap["snapshot"]["meta"]["node_fields"]
    nodes, strings = heap["nodes"], heap["strings"]
    names = nodes[fields.index("name") :: len(fields)]
    sizes = nodes[fields.index("self_size") :: len(fields)]
    return float(
        sum(
            size
            for name, size in zip(names, sizes, strict=True)
            if size > A_WHOLE_SCRIPT and PLAYWRIGHTS in strings[name]
        )
    )
