"""The hub as a process of its own, with a few pages that only tests are served."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask, Response, send_from_directory
from jinja2 import ChoiceLoader, DictLoader

from kid_wheel import create_app
from kid_wheel.config import Config
from kid_wheel.permissions import Permission, requires
from kid_wheel.security import TABLET, csp

SERVED = Path(__file__).parent / "served"
NEWER = ", i ny version"  # what a newer edition of the tablet's words says on the home screen


def make_app() -> Flask:
    app = create_app(Config.from_environment())
    app.add_url_rule("/only-tests/<path:name>", "only_tests", _only_tests)
    if os.environ.get("TEST_EDITION") == "newer":
        _say_something_newer(app)
    return app


@requires(Permission.OPEN)
def _only_tests(name: str) -> Response:
    answer = send_from_directory(SERVED, name)
    answer.headers["Content-Security-Policy"] = csp(TABLET)
    return answer


def _say_something_newer(app: Flask) -> None:
    known = app.jinja_loader
    assert known is not None
    words = known.get_source(app.jinja_env, "tablet/adult.html")[0]
    known_words = "{{ _('Om hjulet och bilderna') }}</button>"
    newer = words.replace(known_words, f"Om hjulet{NEWER}</button>")
    assert newer != words
    app.jinja_loader = ChoiceLoader([DictLoader({"tablet/adult.html": newer}), known])


app = make_app()
