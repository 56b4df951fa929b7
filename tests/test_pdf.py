"""A document on paper: readable aloud, made of our own files only, and saying what it is not."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask, render_template_string
from PIL import ImageFile
from pypdf import PdfReader

from kid_wheel.pdf import ForeignFile, NoPango, can_make, pdf
from kid_wheel.views.stopped import edition

PAGE = """{% extends "pdf/base.html" %}{% block title %}Ett möte{% endblock %}
{% block main %}<h1>Välkommen</h1><p>Hej ęł Привіт</p><img src="SRC" alt="en stjärna">
{% endblock %}"""
STAR = "/static/bildstod/n-2b50.svg"


def _page(hub: Flask, source: str = STAR) -> str:
    with hub.test_request_context():
        return render_template_string(PAGE.replace("SRC", source), edition=edition())


def test_a_document_is_tagged_says_its_language_and_has_our_own_typeface(hub: Flask) -> None:
    made = PdfReader(BytesIO(pdf(_page(hub))))
    root = made.root_object
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "sv"
    assert b'pdfuaid:part="1"' in root["/Metadata"].get_object().get_data()
    assert made.metadata is not None and made.metadata.title == "Ett möte"
    fonts = made.pages[0]["/Resources"]["/Font"].values()
    names = [font.get_object()["/BaseFont"].split("+")[1] for font in fonts]
    assert names and all(name.startswith(("Atkinson", "Noto-Sans")) for name in names), names


def test_every_page_says_the_edition_and_that_it_is_not_a_journal(hub: Flask) -> None:
    many = _page(hub).replace("<p>", "<p>" + "rad <br>" * 120)
    made = PdfReader(BytesIO(pdf(many)))
    assert len(made.pages) > 1
    for page in made.pages:
        text = " ".join(page.extract_text().split())
        assert "Inte journal, personakt eller elevakt" in text and edition() in text


@pytest.mark.parametrize(
    "source",
    [
        "https://example.org/star.png",
        "//example.org/star.png",
        "file:///etc/hostname",
        "/static/../pyproject.toml",
        "/static/%2e%2e/pyproject.toml",
        "/static/bildstod/none.svg",
    ],
)
def test_a_document_is_made_of_nothing_but_our_own_files(hub: Flask, source: str) -> None:
    with pytest.raises(ForeignFile):
        pdf(_page(hub, source))


def test_a_server_without_pango_is_a_hub_that_makes_no_pdf_and_says_so(
    hub: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise NoPango

    monkeypatch.setattr("kid_wheel.pdf._weasyprint", missing)
    assert not can_make()
    with hub.test_request_context():
        answer = hub.handle_user_exception(NoPango())
    assert answer.status_code == 503 and "Pango saknas" in answer.get_data(as_text=True)  # type: ignore[union-attr]


def test_making_a_pdf_does_not_let_half_a_photograph_in(hub: Flask) -> None:
    pdf(_page(hub))
    assert not ImageFile.LOAD_TRUNCATED_IMAGES
