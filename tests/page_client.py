"""A client that reads every page any test fetches as critically as a tired caseworker would."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient

VOID = {"input", "br", "img", "meta", "link", "hr", "source", "path", "circle", "image"}
LABELLED = {"input", "select", "textarea"}


class Page(HTMLParser):
    """What a page holds, and what is wrong with it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.forms: list[dict[str, Any]] = []
        self.text = ""
        self._headings = 0
        self._open: list[str] = []
        self._unlabelled: list[dict[str, str]] = []
        self.wrong: list[str] = []
        self.feed(text)
        self.close()
        self._judge()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if tag == "h1" and "template" not in self._open:  # what a script may make is not there yet
            self._headings += 1
        if tag == "form":
            self.forms.append({"action": given.get("action", ""), "fields": {}, "buttons": 0})
        if tag == "input" and self.forms and given.get("type") == "hidden":
            self.forms[-1]["fields"][given["name"]] = given.get("value", "")
        if tag in LABELLED and given.get("type") not in {"hidden", "submit"}:
            in_label = "label" in self._open
            if not in_label and not given.get("aria-label"):
                self._unlabelled.append(given)
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open[-1] != tag:
            self.wrong.append(f"</{tag}> closes <{self._open[-1] if self._open else 'nothing'}>")
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self._open):
            self.text += data + " "

    def find(self, tag: str, **attrs: str) -> list[dict[str, str]]:
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()}
        return [a for t, a in self.tags if t == tag and wanted.items() <= a.items()]

    def _judge(self) -> None:
        count = [tag for tag, _ in self.tags].count
        if self._headings != 1:
            self.wrong.append(f"{self._headings} h1: a page has one")
        if count("title") != 1:
            self.wrong.append("a page has one title")
        if not any(tag == "html" and a.get("lang") and a.get("dir") for tag, a in self.tags):
            self.wrong.append("html says its language and direction")
        ids = [a["id"] for _, a in self.tags if "id" in a]
        self.wrong += [
            f"two elements with id {i}" for i in sorted({i for i in ids if ids.count(i) > 1})
        ]
        for_ids = {a.get("for") for tag, a in self.tags if tag == "label"}
        self.wrong += [
            f"no label for {a.get('name')}" for a in self._unlabelled if a.get("id") not in for_ids
        ]
        for tag, attrs in self.tags:
            if tag == "style" or "style" in attrs:
                self.wrong.append(f"inline style in {tag}")
            if tag == "script" and "src" not in attrs:
                self.wrong.append("inline script")
            self.wrong += [f"inline script: {name}" for name in attrs if name.startswith("on")]
            if tag == "img" and "alt" not in attrs:
                self.wrong.append("a picture without alt")
            for name in ("aria-labelledby", "aria-describedby", "for"):
                self.wrong += [
                    f"{name}={i} leads nowhere" for i in attrs.get(name, "").split() if i not in ids
                ]


class PageClient(FlaskClient):
    """Follows the rules of a browser: a form is fetched before it is sent."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        response = super().open(*args, **kwargs)
        is_fragment = response.request.headers.get("HX-Request") == "true"
        if response.mimetype == "text/html" and response.status_code not in range(300, 400):
            text = response.get_data(as_text=True)
            if text.lstrip().lower().startswith("<!doctype html>") or not is_fragment:
                wrong = Page(text).wrong if text else []
                assert not wrong, f"{response.request.path}: {wrong}"
        return response

    def page(self, address: str) -> Page:
        response = self.get(address)
        assert response.status_code == 200, (address, response.status_code)
        return Page(response.get_data(as_text=True))

    def send(self, at: str, action: str = "", headers: Any = None, **fields: Any) -> Any:
        """Fill in and send the form at an address; `action` chooses between several."""
        forms = [f for f in self.page(at).forms if (f["action"] or at).endswith(action or at)]
        assert forms, f"no form for {action or at} at {at}"
        data = {**forms[0]["fields"], **fields}
        return self.post(forms[0]["action"] or at, data=data, headers=headers)
