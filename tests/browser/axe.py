"""What axe finds to fault on a page, in words. It is asked for nothing but faults, and its script
comes into a page once."""

from __future__ import annotations

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# Not the function itself: Playwright calls what an expression ends in.
READ_BY_AXE = """void (window.readByAxe = async () => {
  const { violations } = await axe.run({ resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0].target} ${nodes[0].failureSummary}`);
})"""


def bring_axe(page: Page) -> None:
    """From then on the page's own scripts may ask `readByAxe()` too."""
    if not page.evaluate("'readByAxe' in window"):
        page.evaluate(AXE_SCRIPT)
        page.evaluate(READ_BY_AXE)


def faults(page: Page) -> list[str]:
    bring_axe(page)
    return [f"{page.url} {one}" for one in page.evaluate("readByAxe()")]
