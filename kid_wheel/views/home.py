"""The guardian's own room. How they come in is `door`.

It must never use a member of staff's session, nor answer differently for a room that is shut and
one that has never been.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import force_locale, refresh
from flask_babel import gettext as _

from .. import (
    audit,
    clock,
    coordinator,
    disclosure,
    drawing,
    guardian,
    guardian_view,
    invitation,
    showing,
    special,
)
from ..catalog import AREAS
from ..consent import Consent, StrangeAreas
from ..db import db
from ..guardian_view import OtherRequest, Request, Room, UnknownCard
from ..i18n import CHILDS_NAMES
from ..i18n import GUARDIANS as LANGUAGES
from ..invitation import Invitation, Shut
from ..permissions import Permission, requires
from ..plan import NothingSaid, Voice, raise_concern
from ..voices import Kind
from .consent import area_names
from .in_case import ring

COOKIE = "room-"  # and which: one telephone can have several open, of several children
PATH = "/home/"
OWN_WORDS = (*guardian_view.IN_OWN_WORDS, "text")  # the fields that somebody writes in

blueprint = Blueprint(
    "home", __name__, url_prefix=f"/home/<string(length={invitation.ROOM_LENGTH}):room>"
)


# Who is here.


@blueprint.url_value_preprocessor
def _keep_room(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.room = values.pop("room") if values else ""


@blueprint.url_defaults
def _same_room(_endpoint: str, values: dict[str, Any]) -> None:
    if "room" in g:
        values.setdefault("room", g.room)


@blueprint.before_request
def _find_room() -> Any:
    """A page is its session's: closed by default."""
    if is_from_elsewhere() and _changes():
        return shut()
    found = live(g.room)
    if found is None:
        return shut()
    g.invitation, g.form_token = found, invitation.form_token(_token(g.room))
    g.home_language = found.language
    refresh()  # the language is the guardian's own from here
    if _changes() and request.form.get("token") != g.form_token:
        return shut()
    return None


def live(room: str) -> Invitation | None:
    """The invitation whose session this browser has in a room."""
    try:
        found = invitation.recognise(db.session, room, _token(room), clock.now())
        if special.is_adult(found.case, ring(), clock.today()):
            raise Shut
    except Shut:
        db.session.rollback()
        return None
    return found


def _token(room: str) -> str:
    return request.cookies.get(COOKIE + room, "")


def _changes() -> bool:
    return request.method == "POST"


def shut() -> Response:
    """The same for a link that was used, has gone out, was taken back or never was. What somebody
    just sent is not kept, and comes back to them; that too is the same, whoever they are."""
    if _is_fragment():  # the page that asked is still open, and says so itself
        return Response(status=404)
    sent = [] if is_from_elsewhere() else [request.form.get(name, "") for name in OWN_WORDS]
    return make_response(render_template("home/shut.html", unsaved=list(filter(None, sent))), 404)


def is_from_elsewhere() -> bool:
    return request.headers.get("Sec-Fetch-Site", "same-origin") == "cross-site"


def _room() -> Room:
    here: Invitation = g.invitation
    return Room(
        db.session, here.case.key(ring()), here.case, here.guardian, here.language, clock.now()
    )


def keep(event: str, detail: str = "") -> None:
    """What was done stays, with an event that names the case and nobody."""
    here: Invitation = g.invitation
    audit.record(
        db.session, event, clock.now(), case_id=here.case_id, unit_id=here.case.unit_id,
        detail=detail or here.guardian_id,
    )  # fmt: skip
    db.session.commit()


def _page(template: str, status: int = 200, **more: Any) -> Response:
    page = render_template(
        f"home/{template}.html",
        here=g.invitation,
        token=g.form_token,
        mark=guardian.mark_of(g.invitation.guardian, g.invitation.case.key(ring())),
        areas=guardian_view.areas(g.invitation.language),
        area_names=area_names(),
        languages=languages(),
        **more,
    )
    db.session.commit()
    return make_response(page, status)


def languages() -> dict[str, str]:
    return {code: CHILDS_NAMES[code] for code in LANGUAGES}


# The room.


@blueprint.get("/")
@requires(Permission.GUARDIAN)
def start() -> Any:
    room = _room()
    said = guardian_view.sayings(room)
    return _page(
        "start",
        spoken={one.area for one in said},
        waiting=sum(one.waits for one in _requests(room)),
        has_said=bool(said),
        has_drafts=any(one.said_at is None for one in said),
    )


@blueprint.get("/area/<key>")
@requires(Permission.GUARDIAN)
def area(key: str) -> Any:
    return _area(_known(key))


@blueprint.post("/area/<key>")
@requires(Permission.GUARDIAN)
def tell(key: str) -> Any:
    """Keep the words as they are now, and choose a card or lay it back: whatever button was
    pressed, nothing that is written on the page is lost."""
    room, card, onwards = _room(), request.form.get("card"), request.form.get("next")
    for kind in guardian_view.IN_OWN_WORDS:
        if kind in request.form:
            guardian_view.write(room, _known(key), kind, request.form[kind])
    if card is not None:
        try:
            guardian_view.tap(room, _known(key), card)
        except UnknownCard:
            abort(404)
    db.session.commit()
    if _is_fragment() and onwards is None:
        return _area(key) if card is not None else ("", 204)
    if onwards is None:
        address = url_for(".area", key=key) + f"#card-{card}"
    elif onwards in AREAS:
        address = url_for(".area", key=onwards)
    else:
        address = url_for(".read_back" if onwards == "read" else ".start")
    return Response(headers={"HX-Redirect": address}) if _is_fragment() else redirect(address, 303)


@blueprint.get("/read")
@requires(Permission.GUARDIAN)
def read_back() -> Any:
    said = guardian_view.sayings(_room())
    return _page("read_back", said=said, has_drafts=any(one.said_at is None for one in said))


@blueprint.post("/done")
@requires(Permission.GUARDIAN)
def done() -> Any:
    """From now on it is said, and in the case as the guardian's own voice."""
    if guardian_view.say(_room()):
        keep("guardian_statement:said")
    return redirect(url_for(".thanks"), 303)


@blueprint.get("/thanks")
@requires(Permission.GUARDIAN)
def thanks() -> Any:
    return _page("thanks", waiting=sum(one.waits for one in _requests(_room())))


@blueprint.post("/look")
@requires(Permission.GUARDIAN)
def look() -> Any:
    """Another language, or pictures on or off."""
    here: Invitation = g.invitation
    if request.form.get("language") in LANGUAGES:
        here.language = request.form["language"]
    if request.form.get("pictures") in {"on", "off"}:
        here.pictures = request.form["pictures"] == "on"
    db.session.commit()
    return redirect(url_for(".start"), 303)


@blueprint.post("/leave")
@requires(Permission.GUARDIAN)
def leave() -> Any:
    invitation.leave(g.invitation)
    returns = g.invitation.person_hash is not None
    keep("guardian:left")
    answer = make_response(
        render_template("home/left.html", returns=returns)
    )  # still in the guardian's language
    answer.delete_cookie(COOKIE + g.room, path=PATH)
    return answer


# What the guardian is asked.


@blueprint.get("/asked")
@requires(Permission.GUARDIAN)
def asked() -> Any:
    return _asked()


@blueprint.post("/asked/<recipient_id>")
@requires(Permission.GUARDIAN)
def answer(recipient_id: str) -> Any:
    """Yes or no, which weigh the same, or yes to some areas."""
    room = _room()
    found = next((one for one in _requests(room) if one.to["id"] == recipient_id), None)
    if found is None:
        abort(404)
    some = request.form.getlist("area")
    yes_to = {"yes": list(found.to["areas"]), "no": [], "some": some}.get(
        request.form.get("answer", "")
    )
    if yes_to is None:
        abort(404)
    if not yes_to and request.form["answer"] == "some":
        return _asked(422, nothing_chosen=recipient_id)
    try:
        guardian_view.answer(room, found, request.form.get("digest", ""), yes_to)
    except OtherRequest:
        return _asked(409, has_changed=True)
    except StrangeAreas:
        abort(404)
    keep("consent:given" if yes_to else "consent:refused")
    return redirect(url_for(".asked"), 303)


@blueprint.post("/asked/back/<uuid:consent_id>")
@requires(Permission.GUARDIAN)
def take_back(consent_id: UUID) -> Any:
    try:
        guardian_view.take_back(_room(), str(consent_id))
    except guardian_view.NotYours:
        abort(404)
    keep("consent:withdrawn")
    return redirect(url_for(".asked"), 303)


@blueprint.get("/asked/keep")
@requires(Permission.GUARDIAN)
def summary() -> Any:
    """What the guardian has answered, to print or keep."""
    room = _room()
    known = guardian_view.answered_or_asked(room, _purpose())
    found = [(one, _words(one.newest, room)) for one in known if one.newest]
    return _page("summary", answered=found, today=clock.today())


def _asked(status: int = 200, *, has_changed: bool = False, nothing_chosen: str = "") -> Response:
    return _page(
        "asked",
        status,
        asked=_requests(_room()),
        has_changed=has_changed,
        nothing_chosen=nothing_chosen,
    )


def _requests(room: Room) -> list[Request]:
    return guardian_view.requests(room, _purpose())


def _purpose() -> str:
    with force_locale("sv"):  # it is the staff who read the purpose afterwards
        return str(_("Samverkansmöte, plan och uppföljning"))


def _words(row: Consent | None, room: Room) -> dict[str, Any]:
    return row.read(room.key) if row else {}


# What comes back.


@blueprint.get("/back")
@requires(Permission.GUARDIAN)
def back() -> Any:
    return _back()


@blueprint.get("/drawing/<uuid:showing_id>.png")
@requires(Permission.GUARDIAN)
def drawing_png(showing_id: UUID) -> Response:
    """What the child drew, as long as this guardian is shown it."""
    room = _room()
    drawn = showing.drawing_of(db.session, room.key, room.guardian.id, str(showing_id))
    if drawn is None:
        return shut()
    return Response(drawing.png(drawn), mimetype="image/png")


@blueprint.post("/concern")
@requires(Permission.GUARDIAN)
def concern() -> Any:
    """ "Det här blev inte av", or a question, to the coordinator."""
    room = _room()
    found = guardian_view.plan_to_show(room)
    lines = {one.id for one in found[1]} if found else set()
    about = request.form.get("action", "")
    if found is None:
        abort(404)
    try:
        raise_concern(
            db.session,
            room.key,
            room.case.id,
            Voice.GUARDIAN,
            request.form.get("text", "")[: guardian_view.LONG],
            None,
            clock.now(),
            guardian_id=room.guardian.id,
            action_id=about if about in lines else None,
        )
    except NothingSaid:
        return _back(422, is_blank=True)
    keep("plan:concern_raised", "guardian")
    return redirect(url_for(".back") + "#concerns", 303)


def _back(status: int = 200, *, is_blank: bool = False) -> Response:
    room = _room()
    told = disclosure.told_to_guardian(db.session, room.key, room.case.id, room.guardian.id)
    found = coordinator.coordinator_of(db.session, room.case.id, clock.today())
    words = found.read(room.key) if found else {}
    shown = showing.shown_to(db.session, room.key, room.guardian.id)
    to_know = showing.told_to(db.session, room.key, room.guardian.id)
    if shown or to_know:
        keep("showing:seen")
    return _page(
        "back",
        status,
        shown=shown,
        to_know=to_know,
        plan=guardian_view.plan_to_show(room),
        concerns=guardian_view.concerns(room),
        coordinator={name: words.get(name, "") for name in ("name", "contact")} if found else None,
        ansvarig=room.case.ansvarig,
        unit=None if room.case.protected_identity else room.case.unit,
        told=list(reversed(told)),
        date_of=date.fromisoformat,
        is_blank=is_blank,
    )


def _area(key: str) -> Response:
    room = _room()
    here = guardian_view.area(room.language, key)
    said = [one for one in guardian_view.sayings(room) if one.area == key]
    after = AREAS[(AREAS.index(key) + 1) % len(AREAS)]
    return _page(
        "_area" if _is_fragment() else "area",
        area=here,
        chosen={one.card for one in said if one.card},
        kept={one.card for one in said if one.card and one.said_at},
        said=[one for one in said if one.said_at and not one.card],
        draft={one.kind: one.text for one in said if not one.said_at and not one.card},
        after=guardian_view.area(room.language, after) if key != AREAS[-1] else None,
        kinds=Kind,
    )


def _known(key: str) -> str:
    if key not in AREAS:
        abort(404)
    return key


def _is_fragment() -> bool:
    return bool(request.headers.get("HX-Request"))
