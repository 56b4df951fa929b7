"""A page of ours as a PDF that a screen reader can read (PDF/UA-1), for printing and for akt.

It must never fetch anything from a network, nor carry a child's name in its title.
"""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

HERE = Path(__file__).parent
HOME = HERE if (HERE / "static").is_dir() else HERE.parent  # installed, or a checkout
STATIC = HOME / "static"
BASE = "https://static.invalid/"  # only so that /static/… has an address; it is never asked


class ForeignFile(FatalURLFetchingError):  # type: ignore[misc]
    """Dokumentet hänvisar till något som inte är vårt eget."""


class OwnFiles(URLFetcher):  # type: ignore[misc]
    """Serves our static files, and what a page carries in itself (data:); nothing else."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if url.startswith("data:"):
            return super().fetch(url, headers)
        path = (HOME / unquote(urlsplit(url).path).lstrip("/")).resolve()
        is_ours = url.startswith(BASE) and path.is_relative_to(STATIC.resolve())
        if not is_ours or not path.is_file():
            raise ForeignFile(url)
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})


def pdf(html: str) -> bytes:
    """The page, a whole document with <html lang> and <title>; templates/pdf/base.html has the
    style sheet and the footer. Addresses in it begin with /static/ or data:, else ForeignFile."""
    page = HTML(string=html, base_url=BASE, url_fetcher=OwnFiles(allowed_protocols=["data"]))
    made: bytes = page.write_pdf(pdf_variant="pdf/ua-1", presentational_hints=True)
    return made
