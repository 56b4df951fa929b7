"""What a finger gets at on the glass, at the sizes that units have."""

from __future__ import annotations

from pages import LANDSCAPE, PORTRAIT, Tablet

SIZES = (LANDSCAPE, PORTRAIT, {"width": 1024, "height": 768})

# A way to have everything twice as large: the size of the glass as a page sees it, and its letters.
TWICE = {
    "letters": (LANDSCAPE, "200%"),
    "letters, upright": (PORTRAIT, "200%"),
    "the browser": ({"width": 590, "height": 410}, ""),
    "the browser, upright": ({"width": 410, "height": 590}, ""),
}
AS_IT_IS = {f"{size['width']}×{size['height']}": (size, "") for size in SIZES}

# What a finger cannot get at, though it scrolls to it: off the glass, or under something else.
OUT_OF_REACH = """() => [
  ...document.querySelectorAll(
    "#screen :is(button, .step, h1, label:has(input), textarea), #rights button")
].filter((one) => one.checkVisibility({ visibilityProperty: true }))
 .filter((one) => !one.closest(".sheet-to-print"))
 .filter((one) => {
   one.scrollIntoView({ block: "center", inline: "nearest", behavior: "instant" });
   const { left, right, top, bottom } = one.getBoundingClientRect();
   if (left < -1 || right > innerWidth + 1) return true;
   if (one.closest("#rights") && (top < -1 || bottom > innerHeight + 1)) return true;
   const [x, y] = [(left + right) / 2, (top + bottom) / 2];
   const there = document.elementFromPoint(x, y);
   return !there || !(one.contains(there) || there.contains(one));
 }).map((one) => one.textContent.trim() || one.getAttribute("aria-label"))"""


def nothing_is_lost(tablet: Tablet, ways: dict[str, tuple[dict[str, int], str]]) -> None:
    page = tablet.page
    for way, (size, letters) in ways.items():
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.evaluate("size => (document.documentElement.style.fontSize = size)", letters)
        where = f"{tablet.screen}, {way}"
        wider = "one => one.scrollWidth - one.clientWidth"
        for scrolls in ("html", "#screen"):
            assert page.locator(scrolls).evaluate(wider) <= 0, where
        assert page.evaluate(OUT_OF_REACH) == [], where
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size(LANDSCAPE)  # type: ignore[arg-type]
