"""The door where the ansvarig invites one guardian, and decides what that guardian is shown.

It must never put a child's name in a link, a letter or a title, nor show a secret a second time.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import force_locale, get_locale, lazy_gettext
from flask_babel import gettext as _
from flask_security import current_user
from flask_wtf import FlaskForm
from wtforms import DateField, RadioField
from wtforms import TextAreaField as Text
from wtforms.validators import InputRequired, Length, Optional

from .. import clock, invitation, pdf, showing
from .. import guardian as guardian_
from ..case import Case, CaseState
from ..config import Config
from ..db import db
from ..guardian import Guardian
from ..i18n import CHILDS_NAMES, language_called
from ..i18n import GUARDIANS as LANGUAGES
from ..invitation import Invitation, InvitationState
from ..permissions import Permission, requires
from ..protected import may_print
from ..voices import Evidence
from .case import speaker_words
from .consent import LONG, Token, area_names
from .in_case import find, find_to_decide, keep, note, ring
from .sign_in import qr
from .special import is_confirmed

blueprint = Blueprint(
    "invitation", __name__, url_prefix="/case/<uuid:case_id>/consent/guardian/<uuid:guardian_id>"
)


@blueprint.get("/invitation")
@requires(Permission.CASE_READ)
def page(case_id: UUID, guardian_id: UUID) -> str:
    case = find(case_id)
    return _page(case, find_guardian(case, guardian_id))


@blueprint.post("/invitation")
@requires(Permission.CASE_MOVE)
def invite(case_id: UUID, guardian_id: UUID) -> Any:
    """A new link and code; what the guardian had before ends. Both are shown only here."""
    case = find_to_decide(case_id)
    found = find_guardian(case, guardian_id)
    language = request.form.get("language", "")
    if not Token().validate_on_submit() or language not in LANGUAGES:
        abort(404)
    mark = request.form.get("mark")
    try:
        if mark is not None:
            guardian_.choose_mark(found, case.key(ring()), mark)
    except guardian_.UnknownMark:
        abort(404)
    made, link, code = invitation.invite(db.session, found, language, current_user.id, clock.now())
    keep(case, "guardian:invited")
    return _page(case, found, new={"row": made, "link": link, "code": code})


@blueprint.post("/invitation/<uuid:invitation_id>/revoke")
@requires(Permission.CASE_MOVE)
def revoke(case_id: UUID, guardian_id: UUID, invitation_id: UUID) -> Any:
    """At once, and whoever is in the room is out of it with the next page."""
    case = find_to_decide(case_id)
    guardian = find_guardian(case, guardian_id)
    found = _invitation(guardian, invitation_id)
    if not Token().validate_on_submit():
        abort(404)
    invitation.revoke(found, clock.now())
    keep(case, "invitation:revoked")
    flash(_("Länken är stängd."))
    return redirect(url_for(".page", case_id=case.id, guardian_id=guardian.id))


@blueprint.post("/invitation/<uuid:invitation_id>/brev.pdf")
@requires(Permission.CASE_MOVE)
def letter(case_id: UUID, guardian_id: UUID, invitation_id: UUID) -> Any:
    """The link on paper. The link itself comes with the question: the hub has only its hash."""
    case = find_to_decide(case_id)
    guardian = find_guardian(case, guardian_id)
    found, link = _invitation(guardian, invitation_id), request.form.get("link", "")
    if not Token().validate_on_submit() or not invitation.is_link_of(found, link):
        abort(404)
    if not may_print(case, is_confirmed(case)):
        note(case, "document:refused", detail="invitation")
        db.session.commit()
        flash(_("Det här ärendet skrivs bara ut med flit: bekräfta först under Om barnet."))
        return redirect(url_for(".page", case_id=case.id, guardian_id=guardian.id))
    address = _address(found, link)
    with force_locale(found.language):
        html = render_template(
            "home/letter.html", address=address, qr=qr(address), until=found.until
        )
    made = pdf.pdf(html)
    keep(case, "document:printed", detail="invitation")
    answer = Response(made, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'inline; filename="brev.pdf"'
    return answer


class AgainstForm(FlaskForm):  # type: ignore[misc]
    """What is decided about a thing that the child has not said yes to. Nothing is chosen before:
    whoever opens it decides."""

    choice = RadioField(lazy_gettext("Vad bestämmer du?"), [InputRequired()])
    harm = Text(
        lazy_gettext("Hur skulle barnet kunna skadas av att vårdnadshavaren får veta?"),
        [Length(max=LONG)],
    )
    because = Text(
        lazy_gettext("Varför behöver vårdnadshavaren veta, för att kunna ta hand om barnet?"),
        [Length(max=LONG)],
    )
    child_told_on = DateField(lazy_gettext("När berättade du för barnet?"), [Optional()])
    child_told_how = Text(lazy_gettext("Hur berättade du, och vad sa barnet?"), [Length(max=LONG)])
    text = Text(lazy_gettext("Det här får vårdnadshavaren läsa"), [Length(max=LONG)])


@blueprint.route("/showing", methods=["GET", "POST"])
@requires(Permission.CASE_MOVE)
def show(case_id: UUID, guardian_id: UUID) -> Any:
    """Each thing that the child has said, and what is decided about it for this guardian."""
    case = find_to_decide(case_id)
    guardian = find_guardian(case, guardian_id)
    if request.method == "POST":
        if not Token().validate_on_submit():
            abort(404)
        chosen = set(request.form.getlist("item"))
        try:
            more, fewer = showing.decide(
                db.session, ring(), case, guardian, chosen, current_user.id, clock.now()
            )
        except showing.NotReleased:
            abort(404)
        for event, count in (("showing:decided", more), ("showing:ended", fewer)):
            for _one in range(count):
                note(case, event, detail=guardian.id)
        db.session.commit()
        flash(_("Sparat."))
        return redirect(url_for(".show", case_id=case.id, guardian_id=guardian.id))
    items = showing.items(case, ring(), str(get_locale() or "sv"))
    released = [one for one in items if showing.is_released(one)]
    others = [one for one in items if not showing.is_released(one)]
    note(case, "showing:read")
    answer = render_template(
        "guardian/showing.html",
        case=case,
        guardian=guardian,
        name=guardian.read(case.key(ring()))["name"],
        released=_by_area(released),
        others=_by_area(others),
        decided=showing.showings_of(db.session, guardian.id),
        choices=showing.Choice,
        said=release_words(),
        area_names=area_names(),
        speakers=speaker_words(),
        form=Token(),
    )
    db.session.commit()
    return answer


@blueprint.route("/showing/against", methods=["GET", "POST"])
@requires(Permission.CASE_MOVE)
def decide_against(case_id: UUID, guardian_id: UUID) -> Any:
    """One thing that the child has not said yes to: kept secret, or told because it is needed."""
    case = find_to_decide(case_id)
    guardian = find_guardian(case, guardian_id)
    try:
        item = showing.find(case, ring(), request.args.get("item", ""))
    except LookupError:
        abort(404)
    if showing.is_released(item):
        abort(404)
    form = AgainstForm()
    form.choice.choices = list(choice_words().items())
    if not form.validate_on_submit():
        return _against(case, guardian, item, form), 422 if form.is_submitted() else 200
    try:
        event = _decide_against(case, guardian, item, form)
    except showing.NoReason:
        field = form.harm if form.choice.data == showing.Choice.WITHHOLD else form.because
        field.errors = [_("Skriv varför.")]
    except showing.NothingToTell:
        form.text.errors = [_("Skriv vad vårdnadshavaren får läsa.")]
    except showing.ChildNotTold:
        form.child_told_how.errors = [_("Berätta för barnet först, och skriv när och hur.")]
    else:
        keep(case, event, detail=guardian.id)
        flash(_("Sparat."))
        return redirect(url_for(".show", case_id=case.id, guardian_id=guardian.id))
    return _against(case, guardian, item, form), 422


def _decide_against(case: Case, guardian: Guardian, item: Evidence, form: AgainstForm) -> str:
    key, by, at = case.key(ring()), current_user.id, clock.now()
    if form.choice.data == showing.Choice.WITHHOLD:
        showing.keep_secret(db.session, key, guardian, item, form.harm.data or "", by, at)
        return "showing:kept_secret"
    named = ("text", "because", "child_told_how")
    words = {name: getattr(form, name).data or "" for name in named}
    told_on = form.child_told_on.data
    showing.inform(db.session, key, guardian, item, words, told_on, by, at)
    return "showing:informed"


def _against(case: Case, guardian: Guardian, item: Evidence, form: AgainstForm) -> str:
    key = case.key(ring())
    before = showing.showings_of(db.session, guardian.id).get(item.id)
    note(case, "showing:read")
    page = render_template(
        "guardian/against.html",
        case=case,
        guardian=guardian,
        name=guardian.read(key)["name"],
        item=item,
        said=release_words(),
        speakers=speaker_words(),
        area_names=area_names(),
        before=(before, before.read(key)) if before else None,
        choices=choice_words(),
        form=form,
    )
    db.session.commit()
    return page


def choice_words() -> dict[str, str]:
    return {
        showing.Choice.WITHHOLD: _("Vårdnadshavaren får inte veta (OSL 12 kap. 3 §)"),
        showing.Choice.INFORM: _("Vårdnadshavaren behöver få veta"),
    }


def release_words() -> dict[str, str]:
    """What the child has said about showing a thing at home."""
    return {
        "may_not": _("barnet har sagt nej"),
        "dont_know": _("barnet vet inte"),
        "": _("barnet har inte fått frågan"),
    }


def find_guardian(case: Case, guardian_id: UUID) -> Guardian:
    """One who is counted: who is suspended is neither invited nor shown anything."""
    found = db.session.get(Guardian, str(guardian_id))
    if found is None or found.case_id != case.id or not found.is_counted(clock.now()):
        abort(404)
    if case.state in (CaseState.CLOSED, CaseState.VOID):
        abort(404)
    return found


def _invitation(guardian: Guardian, invitation_id: UUID) -> Invitation:
    found = db.session.get(Invitation, str(invitation_id))
    if found is None or found.guardian_id != guardian.id:
        abort(404)
    return found


def _page(case: Case, guardian: Guardian, new: dict[str, Any] | None = None) -> str:
    key, at = case.key(ring()), clock.now()
    words, rows = guardian.read(key), invitation.invitations_of(db.session, guardian.id)
    noted = words.get("language", "")
    address = _address(new["row"], new["link"]) if new else ""
    return render_template(
        "guardian/invitation.html",
        case=case,
        guardian=guardian,
        name=words["name"],
        written_language=noted,
        language_to_use=rows[0].language if rows else language_called(noted, " ".join(LANGUAGES)),
        mark=guardian_.mark_of(guardian, key),
        marks=guardian_.MARKS,
        message=_message(new["row"], address) if new else "",
        rows=[(row, row.state(at)) for row in rows],
        states=state_words(),
        alive=(InvitationState.WAITING, InvitationState.OPEN, InvitationState.RETURNING),
        guardians_languages={code: CHILDS_NAMES[code] for code in LANGUAGES},
        new=new,
        address=address,
        qr=qr(address) if address else "",
        form=Token(),
    )


def _address(row: Invitation, link: str) -> str:
    config: Config = current_app.extensions["kid_wheel"]
    return config.url + url_for("door.door", home_language=row.language, link=link)


def _message(row: Invitation, address: str) -> str:
    """Ready to be sent, in the language of the page that it leads to."""
    with force_locale(row.language):
        return render_template("home/message.html", address=address, until=row.until)


def _by_area(items: list[Evidence]) -> list[tuple[str, list[Evidence]]]:
    order = list(area_names())

    def place(one: Evidence) -> int:
        return order.index(one.area) if one.area in order else len(order)

    return [(key, list(of_it)) for key, of_it in groupby(sorted(items, key=place), _area_of)]


def _area_of(one: Evidence) -> str:
    return one.area


def state_words() -> dict[InvitationState, str]:
    return {
        InvitationState.WAITING: _("väntar på att öppnas"),
        InvitationState.OPEN: _("är öppnad och används nu"),
        InvitationState.USED: _("är använd"),
        InvitationState.RETURNING: _("är använd, och den som loggade in kan komma tillbaka"),
        InvitationState.EXPIRED: _("har gått ut"),
        InvitationState.LOCKED: _("är låst efter för många fel kod"),
        InvitationState.REVOKED: _("är stängd"),
    }
