"""A page of ours as a PDF that a screen reader can read (PDF/UA-1), for printing and for akt.

It must never fetch anything from a network, nor carry a child's name in its title.
"""

from __future__ import annotations

import mimetypes
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import unquote, urlsplit

from PIL import ImageFile

HERE = Path(__file__).parent
HOME = HERE if (HERE / "static").is_dir() else HERE.parent  # installed, or a checkout
STATIC = HOME / "static"
BASE = "https://static.invalid/"  # only so that /static/… has an address; it is never asked


class NoPango(Exception):
    """Navet kan inte göra PDF än: programbiblioteket Pango saknas på servern."""


class ForeignFile(Exception):
    """Dokumentet hänvisar till något som inte är vårt eget."""


def pdf(html: str) -> bytes:
    """The page, a whole document with <html lang> and <title>; templates/pdf/base.html has the
    style sheet and the footer. Addresses in it begin with /static/ or data:, else ForeignFile."""
    fetcher = _fetcher()(allowed_protocols=["data"])
    page = _weasyprint().HTML(string=html, base_url=BASE, url_fetcher=fetcher)
    try:
        with _fonts_in_use:
            made: bytes = page.write_pdf(
                pdf_variant="pdf/ua-1", presentational_hints=True, font_config=_fonts()
            )
    except _weasyprint().urls.FatalURLFetchingError as error:
        raise ForeignFile(str(error)) from error
    return made


def can_make() -> bool:
    try:
        _weasyprint()
    except NoPango:
        return False
    return True


def _weasyprint() -> Any:
    # Not when the module is read: a server without Pango is a hub that makes no PDF, not one
    # that does not start.
    try:
        import weasyprint
    except OSError as error:
        raise NoPango from error
    # WeasyPrint tells Pillow to take half a picture for a whole one, everywhere in the process.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    return weasyprint


_fonts_in_use = Lock()


@lru_cache
def _fonts() -> Any:
    """Every page has the same fonts: to unpack them takes longer than to make a page."""
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


@lru_cache
def _fetcher() -> Any:
    """Serves our static files, and what a page carries in itself (data:); nothing else."""
    urls = _weasyprint().urls

    class OwnFiles(urls.URLFetcher):  # type: ignore[misc, name-defined]
        def fetch(self, url: str, headers: Any = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            path = (HOME / unquote(urlsplit(url).path).lstrip("/")).resolve()
            is_ours = url.startswith(BASE) and path.is_relative_to(STATIC.resolve())
            if not is_ours or not path.is_file():
                raise urls.FatalURLFetchingError(url)
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            return urls.URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

    return OwnFiles
