"""`python -m benchmarks`: every row of the design's speed table, beside the floor of the same run.

It must never drop a row: one that is not reached is shown with its number and what it means.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import sync_playwright

from . import hub as hubs
from . import sync, tablet
from .wire import wire

RESULT = Path(__file__).parent / "result.json"
PEER_RELAUNCH_MS = 3_032  # the best peer's, measured beside a floor of 176 ms
FLOOR_RELAUNCH_MS = 176
SEAL_MS = 1_000  # the child waits for "Tack" while its words are sealed


@dataclass(frozen=True)
class Row:
    """One line: ours and the floor's in the same unit, and what ours must reach."""

    name: str
    unit: str
    ours: float
    floor: float | None
    target: float
    rule: str
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.ours / self.floor if self.floor else None

    @property
    def is_reached(self) -> bool:
        return self.ours >= self.target if self.rule.startswith("≥") else self.ours <= self.target


def main() -> None:
    rows = list(_measure())
    _print(rows)
    result = {
        "machine": f"{os.cpu_count()} cores, {platform.platform()}",
        "load": os.getloadavg(),
        "rows": [{**asdict(r), "ratio": r.ratio, "is_reached": r.is_reached} for r in rows],
    }
    RESULT.write_text(json.dumps(result, ensure_ascii=False, indent=2), "utf-8")


def _measure() -> Iterator[Row]:
    with hubs.hub() as hub, hubs.floor() as floor:
        with (
            wire(hub.url) as ours,
            wire(floor) as bare,
            sync_playwright() as playwright,
            tablet.browser(playwright) as browser,
        ):
            floor_ready = tablet.floor_ready(browser, bare, "store.html")
            ready = tablet.Tablet(browser, hub, ours)
            ready.sign_in()
            ready.begin()
            yield from _wire_rows(ready.bytes, floor_ready)
            first = tablet.measure_taps(ready, browser, bare.url)
            ready.wait_for_the_next_day()
            taps = tablet.measure_taps(ready, browser, bare.url)
            areas = tablet.measure_areas(ready, browser, bare.url)
            strokes = tablet.measure_strokes(ready, browser, bare.url)
            launches = tablet.measure_launches(ready, browser, ours, bare, dots=1)
            full = tablet.measure_full(ready, browser, ours, bare)
            sends = tablet.measure_sends(browser, hub, floor)
        yield from _launch_rows(launches)
        yield from _tap_rows(taps, areas)
        yield from _first_rows(first)
        yield from _stroke_rows(*strokes)
        yield from _full_rows(full)
        yield _compared("one record of 20 KB, send → verified receipt, p50", sends, 50, 2.5)
        rates, bare_rates = sync.measure(hub, floor)
        yield Row(
            "records of 20 KB taken in by the hub, 8 tablets at once",
            "/s",
            median(rates),
            median(bare_rates),
            400,
            "≥ 400/s",
            "the floor takes 100 in each request and transaction; ours one",
        )


def _wire_rows(sent: dict[str, int], floor: int) -> Iterator[Row]:
    note = "every address the page and its worker asked for, as the hub sends it"
    first = sent["first card"] / 1000
    yield Row(
        "wire to the first card, store open", "KB", first, floor / 1000, 750, "≤ 750 KB", note
    )
    note = "every byte from the hub, headers and service worker included"
    ready = sent["ready"] / 1000
    yield Row("wire to ready without net", "KB", ready, floor / 1000, 1800, "≤ 1 800 KB", note)


def _launch_rows(took: tablet.Launches) -> Iterator[Row]:
    floor, store = median(took.floor), median(took.store)
    target = 0.2 * PEER_RELAUNCH_MS * floor / FLOOR_RELAUNCH_MS
    rule = "≤ 0.2 × the peer, scaled by the floor"
    name = "relaunch without net ×4, "
    pin, wheel = median(took.pin), median(took.wheel)
    yield Row(name + "PIN screen painted", "ms", pin, floor, target, rule)
    note = (
        f"the PIN's 600 000 rounds begin at its last digit, {tablet.TYPING_MS} ms before; "
        f"the floor with its store open: {store:.0f} ms"
    )
    yield Row(name + "PIN entered → wheel and its state", "ms", wheel, floor, target, rule, note)
    note = "both together, without the 0.6 s of typing"
    yield Row(name + "wheel and its state", "ms", pin + wheel, floor, target, rule, note)


def _tap_rows(taps: tablet.Taps, areas: tablet.Pair) -> Iterator[Row]:
    note = "ours draws what was chosen; the floor's button looks as before"
    for share in (50, 95):
        yield _compared(f"tap → next paint ×4, p{share}", taps.paint, share, 1.6, note)
    for share in (50, 95):
        yield _compared(f"tap → on disk ×4, p{share}", taps.disk, share, 1.6)
    note = "its pictures too; the floor is a tap"
    yield _compared("area tapped → its cards painted ×4, p95", areas, 95, 4, note)
    page, floor = taps.page_heap / 1e6, taps.floor_page_heap / 1e6
    yield Row(f"JavaScript heap after {tablet.TAPS} taps, page", "MB", page, floor, 5, "≤ 5 MB")
    page, floor = page + taps.worker_heap / 1e6, floor + taps.floor_worker_heap / 1e6
    name = f"JavaScript heap after {tablet.TAPS} taps, page and its workers"
    note = "SQLite's and the service worker; the table's floor has neither"
    yield Row(name, "MB", page, floor, 5, "≤ 5 MB", note)


def _first_rows(taps: tablet.Taps) -> Iterator[Row]:
    """Once in a tablet's life its pictures are still to be drawn."""
    note = "its pictures are being drawn meanwhile, for this time and all later"
    for share in (50, 95):
        name = f"a new tablet's first conversation: tap → next paint ×4, p{share}"
        yield _compared(name, taps.paint, share, 1.6, note)


def _stroke_rows(paint: tablet.Pair, disk: tablet.Pair) -> Iterator[Row]:
    for share in (50, 95):
        yield _compared(f"finger moves on the paper → painted ×4, p{share}", paint, share, 1.6)
    for share in (50, 95):
        yield _compared(f"finger lifts from the paper → on disk ×4, p{share}", disk, share, 1.6)


def _full_rows(full: tablet.Full) -> Iterator[Row]:
    """A conversation of every card may not be slower than one that has just begun."""
    cards, note = f"{full.cards} cards answered", "as for a conversation that has just begun"
    *_parts, launch = _launch_rows(full.launches)
    yield replace(launch, name=f"{cards}: relaunch, wheel and its state", note=note)
    for share in (50, 95):
        yield _compared(f"{cards}: tap → next paint ×4, p{share}", full.taps.paint, share, 1.6)
    note = "to the sealed record on disk, its clear rows gone"
    yield Row(f"{cards}: seal ×4", "ms", full.seal, None, SEAL_MS, f"≤ {SEAL_MS} ms", note)
    page, floor = full.taps.page_heap / 1e6, full.taps.floor_page_heap / 1e6
    yield Row(f"{cards}: JavaScript heap, page", "MB", page, floor, 5, "≤ 5 MB")


def _compared(name: str, pair: tablet.Pair, share: int, times: float, note: str = "") -> Row:
    ours, floor = _at(pair.ours, share), _at(pair.floor, share)
    return Row(name, "ms", ours, floor, times * floor, f"≤ {times:g} × the floor", note)


def _at(samples: list[float], share: int) -> float:
    return quantiles(samples, n=100, method="inclusive")[share - 1]


def _print(rows: list[Row]) -> None:
    print(f"\n{'':62}{'ours':>9}{'floor':>9}{'ratio':>7}{'target':>9}  reached")
    for row in rows:
        floor = _short(row.floor) if row.floor else "–"
        ratio = f"{row.ratio:.2f}" if row.ratio else "–"
        ours = _short(row.ours)
        reached = "yes" if row.is_reached else "NO"
        line = f"{row.name:62}{ours:>9}{floor:>9}{ratio:>7}{row.target:>9.0f}  {reached:4}"
        print(f"{line}{row.unit}; {row.rule}{'; ' + row.note if row.note else ''}")
    print(f"\nload {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; written to {RESULT}")


def _short(number: float) -> str:
    return f"{number:.1f}" if number < 100 else f"{number:.0f}"


if __name__ == "__main__":
    main()
