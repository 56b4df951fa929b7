"""What a person and a program are told when something cannot be done.

An error must never repeat what somebody wrote, and never leave a person without a next step.
"""

from __future__ import annotations

import json
import logging
from http import HTTPStatus

from flask import Flask, Response, current_app, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from .pdf import NoPango

logger = logging.getLogger("kid_wheel")


class Problem(Exception):
    """An RFC 9457 problem document: `type` for the program, `title` for the person.

    status: the HTTP status. kind: a word such as "code-used". title: one sentence in the
    person's language that says what to do.
    """

    def __init__(self, status: int, kind: str, title: str, **extra: str) -> None:
        super().__init__(kind)
        self.status, self.kind, self.title, self.extra = status, kind, title, extra

    def response(self) -> Response:
        body = {"type": f"urn:kid-wheel:{self.kind}", "title": self.title, "status": self.status}
        return Response(
            json.dumps({**body, **self.extra}, ensure_ascii=False),
            status=self.status,
            mimetype="application/problem+json",
        )


def init_app(app: Flask) -> None:
    app.register_error_handler(Problem, lambda problem: problem.response())
    app.register_error_handler(HTTPException, _page)
    app.register_error_handler(NoPango, _no_pango)
    app.register_error_handler(Exception, _unexpected)


def speaks_to_a_program() -> bool:
    return request.path.startswith("/sync/") or request.path.startswith("/tablet/api/")


def _page(error: HTTPException) -> Response:
    status = error.code or 500
    if speaks_to_a_program():
        return Problem(status, f"http-{status}", HTTPStatus(status).phrase).response()
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    page = render_template(_template(), status=status, message=_message(error, status))
    return Response(page, status=status)


def _no_pango(_error: NoPango) -> Response:
    message = _(
        "Navet kan inte göra PDF än: Pango saknas. Säg till den som sköter servern. Inget är borta."
    )
    return Response(render_template("error/page.html", status=503, message=message), status=503)


def _unexpected(error: Exception) -> Response:
    if current_app.testing:
        raise error
    # The exception's own text may hold what somebody wrote; its type and place do not.
    where = error.__traceback__
    while where and where.tb_next:
        where = where.tb_next
    place = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else "?"
    logger.error("unexpected %s at %s", type(error).__name__, place)
    if speaks_to_a_program():
        return Problem(500, "unexpected", _("Något gick fel hos oss. Inget är borta.")).response()
    page = render_template(_template(), status=500, message=_message(None, 500))
    return Response(page, status=500)


def _template() -> str:
    """A guardian meets nothing of the staff's hub, also when something is wrong."""
    return "home/shut.html" if request.path.startswith("/home/") else "error/page.html"


def _message(error: HTTPException | None, status: int) -> str:
    if isinstance(error, CSRFError):
        return _("Sidan har varit öppen för länge. Gå tillbaka, ladda om den och försök igen.")
    messages = {
        403: _("Det här är inte öppet för dig. Åtkomst följer uppdraget i ärendet."),
        404: _("Sidan finns inte, eller så är den inte öppen för dig."),
        413: _("Det som skickades är för stort. Ett foto får vara högst 8 MB."),
        429: _("Det blev för många försök. Vänta en kvart och försök igen."),
    }
    return messages.get(
        status, _("Något gick fel hos oss. Inget är borta. Försök igen om en stund.")
    )
