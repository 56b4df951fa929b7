"""The door where an administrator makes the wheel a unit's own: its cards, photographs and words.

It must never show a case or a child, nor let in a photograph that nobody has answered for.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import current_user
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional

from .. import audit, clock, sound
from ..catalog import AREAS, SWEDISH, Area, Variant, catalog
from ..db import db
from ..i18n import CHILDS_NAMES
from ..local import (
    NEUTRAL,
    STAFF_PEOPLE,
    LocalCard,
    NoDeckLeft,
    TooManyCards,
    add_card,
    arrangement_of,
    cards_of,
    choose_decks,
    find_picture,
    keep_photo,
    move,
    name_people,
    pictures_of,
    remove_photo,
    show,
)
from ..people import Unit
from ..permissions import Permission, may_administer, requires
from ..photo import (
    MEDIA_TYPE,
    REFUSALS,
    HiddenFile,
    MovingPhoto,
    NotAPhoto,
    TooLargePhoto,
    TooSmallPhoto,
)
from .admin import Confirm

blueprint = Blueprint("local", __name__, url_prefix="/admin/unit/<uuid:unit_id>/cards")

AN_AREA = "/<any(preschool,older):variant>/<any({}):area>".format(",".join(AREAS))
MAX_PERSON = 40  # letters of a unit's own word for a member of its staff


class CardForm(FlaskForm):  # type: ignore[misc]
    label = StringField(lazy_gettext("Ord på kortet"), [InputRequired(), Length(max=40)])
    say = StringField(lazy_gettext("Fråga som läses upp"), [InputRequired(), Length(max=160)])
    photo = FileField(lazy_gettext("Foto"))
    no_child = BooleanField(lazy_gettext("Inget barn går att känna igen på fotot"))
    keep_photo = BooleanField(lazy_gettext("Behåll fotot som kortet har"))
    symbol = RadioField(lazy_gettext("Eller en bild som redan finns"), [Optional()])


# The unit's own page.


@blueprint.get("/")
@requires(Permission.UNIT_ADMINISTER)
def unit(unit_id: UUID) -> str:
    return _unit_page(_own(unit_id))


@blueprint.post("/decks")
@requires(Permission.UNIT_ADMINISTER)
def decks(unit_id: UUID) -> Any:
    """Which of the two decks are offered on the unit's tablets."""
    found = _confirmed(unit_id)
    try:
        choose_decks(db.session, found.id, request.form.getlist("deck"))
    except NoDeckLeft:
        flash(_("Minst en kortlek måste vara på."), "error")
        return _unit_page(found), 422
    return _saved(found, "local_deck:chosen", url_for(".unit", unit_id=unit_id))


@blueprint.post("/people")
@requires(Permission.UNIT_ADMINISTER)
def people(unit_id: UUID) -> Any:
    """What the unit calls its staff, in the place of the catalog's words."""
    found = _confirmed(unit_id)
    words = {key: request.form.get(key, "").strip() for key in STAFF_PEOPLE}
    if any(len(word) > MAX_PERSON for word in words.values()):
        flash(_("Ett ord får ha högst 40 tecken."), "error")
        return _unit_page(found), 422
    name_people(db.session, found.id, words)
    return _saved(found, "local_people:named", url_for(".unit", unit_id=unit_id))


# The cards of an area.


@blueprint.get(AN_AREA)
@requires(Permission.UNIT_ADMINISTER)
def area(unit_id: UUID, variant: str, area: str) -> str:
    return _area_page(_own(unit_id), Variant(variant), area)


@blueprint.post(f"{AN_AREA}/arrange")
@requires(Permission.UNIT_ADMINISTER)
def arrange(unit_id: UUID, variant: str, area: str) -> Any:
    """{card, to}: earlier, later, hide or show one card."""
    found, chosen = _confirmed(unit_id), Variant(variant)
    key, to = request.form.get("card", ""), request.form.get("to", "")
    if key not in [row.key for row in cards_of(db.session, found.id, area, chosen)]:
        abort(404)
    if to in {"earlier", "later"}:
        move(db.session, found.id, area, chosen, key, -1 if to == "earlier" else 1)
        event = "local_card:moved"
    elif to in {"hide", "show"}:
        show(db.session, found.id, key, is_shown=to == "show")
        event = "local_card:shown" if to == "show" else "local_card:hidden"
    else:
        abort(400)
    _record(found, event)
    db.session.commit()
    if request.htmx:  # type: ignore[attr-defined]
        return _card_list(found, chosen, area)
    return redirect(url_for(".area", unit_id=unit_id, variant=variant, area=area))


@blueprint.route(f"{AN_AREA}/new", methods=["GET", "POST"])
@requires(Permission.UNIT_ADMINISTER)
def create(unit_id: UUID, variant: str, area: str) -> Any:
    found, form = _own(unit_id), _card_form(None)
    if not form.validate_on_submit():
        return _card_page(found, Variant(variant), area, form), _status(form)
    try:
        fields = _fields(found, form, None)
        add_card(db.session, found.id, clock.now(), area=area, variant=Variant(variant), **fields)
    except TooManyCards:
        form.label.errors = [
            _("Verksamheten har redan 120 egna kort. Det är så många som får plats.")
        ]
        return _card_page(found, Variant(variant), area, form), 422
    except REFUSALS as error:
        return _refused(error, found, Variant(variant), area, form)
    return _saved(
        found,
        "local_card:added",
        url_for(".area", unit_id=unit_id, variant=variant, area=area),
    )


@blueprint.route("/own/<uuid:card_id>", methods=["GET", "POST"])
@requires(Permission.UNIT_ADMINISTER)
def change(unit_id: UUID, card_id: UUID) -> Any:
    """A conversation that has begun with the card keeps its words as they were."""
    found = _own(unit_id)
    card = db.session.get(LocalCard, str(card_id))
    if card is None or card.unit_id != found.id:
        abort(404)
    form = _card_form(card)
    if not form.validate_on_submit():
        return _card_page(found, card.variant, card.area, form, card), _status(form)
    try:
        fields = _fields(found, form, card)
    except REFUSALS as error:
        return _refused(error, found, card.variant, card.area, form, card)
    for name, value in fields.items():
        setattr(card, name, value)
    back = url_for(".area", unit_id=unit_id, variant=str(card.variant), area=card.area)
    return _saved(found, "local_card:changed", back)


# What the unit's own staff have read aloud.


@blueprint.get("/sounds")
@requires(Permission.UNIT_ADMINISTER)
def sounds(unit_id: UUID) -> str:
    found = _own(unit_id)
    return render_template(
        "local/sounds.html",
        unit=found,
        sounds=sound.list_of(db.session, found.id),
        languages=CHILDS_NAMES,
        form=Confirm(formdata=None),
    )


@blueprint.get("/sound/<name>")
@requires(Permission.UNIT_ADMINISTER)
def hear(unit_id: UUID, name: str) -> Response:
    found = _sound(_own(unit_id), name)
    return Response(found.content, mimetype=found.media_type)


@blueprint.post("/sound/<name>/remove")
@requires(Permission.UNIT_ADMINISTER)
def remove_sound(unit_id: UUID, name: str) -> Any:
    """From every tablet of the unit, the next time each of them reaches the hub."""
    unit = _confirmed(unit_id)
    db.session.delete(_sound(unit, name))
    return _saved(unit, "local_sound:removed", url_for(".sounds", unit_id=unit_id))


def _sound(unit: Unit, name: str) -> sound.UnitSound:
    found = sound.find(db.session, unit.id, name)
    if found is None:
        abort(404)
    return found


# Photographs.


@blueprint.get("/photo/<name>")
@requires(Permission.UNIT_ADMINISTER)
def photo(unit_id: UUID, name: str) -> Response:
    picture = find_picture(db.session, _own(unit_id).id, name)
    if picture is None:
        abort(404)
    return Response(picture.content, mimetype=MEDIA_TYPE)


@blueprint.post("/photo/<name>/remove")
@requires(Permission.UNIT_ADMINISTER)
def remove(unit_id: UUID, name: str) -> Any:
    """For good, also from the conversations that were held with it."""
    found = _confirmed(unit_id)
    picture = find_picture(db.session, found.id, name)
    if picture is None:
        abort(404)
    remove_photo(db.session, picture)
    return _saved(found, "local_photo:removed", url_for(".unit", unit_id=unit_id))


def _own(unit_id: UUID) -> Unit:
    found = db.session.get(Unit, str(unit_id))
    if found is None or not may_administer(current_user, found.organisation_id, clock.today()):
        abort(404)
    return found


def _confirmed(unit_id: UUID) -> Unit:
    found = _own(unit_id)
    if not Confirm().validate_on_submit():
        abort(400)
    return found


def _saved(unit: Unit, event: str, address: str) -> Response:
    _record(unit, event)
    db.session.commit()
    flash(_("Sparat. Surfplattorna hämtar det nästa gång de når navet."))
    return redirect(address)  # type: ignore[return-value]


def _record(unit: Unit, event: str) -> None:
    audit.record(db.session, event, clock.now(), staff_id=current_user.id, unit_id=unit.id)


def _fields(unit: Unit, form: CardForm, card: LocalCard | None) -> dict[str, Any]:
    """What the form says about a card. Raises a refusal of its photograph."""
    file = form.photo.data
    photo = card.photo if card and form.keep_photo.data else None
    if file:
        photo = keep_photo(db.session, unit.id, file.read(), clock.now())
    return {
        "label": form.label.data.strip(),
        "say": form.say.data.strip(),
        "symbol": form.symbol.data or (card.symbol if card else NEUTRAL),
        "photo": photo,
    }


def _card_form(card: LocalCard | None) -> CardForm:
    form = CardForm(obj=card, photo=None, keep_photo=bool(card and card.photo))
    form.symbol.choices = list(_symbols().items())
    if form.is_submitted() and form.photo.data and not form.no_child.data:
        form.no_child.validators = [InputRequired(message=_("Se efter på fotot och kryssa i."))]
    return form


def _symbols() -> dict[str, str]:
    """Every picture that a card or a person of the catalog has, and its first word."""
    words: dict[str, str] = {}
    for variant in Variant:
        shown = catalog(SWEDISH, variant)
        cards = [(card.symbol, card.label) for _area, card in shown.cards()]
        people = [(person.symbol, person.label) for person in shown.people.values()]
        words = dict([*cards, *people]) | words
    words.setdefault(NEUTRAL, _("Ett eget kort"))
    return words


def _status(form: CardForm) -> int:
    return 422 if form.is_submitted() else 200


def _refused(
    error: Exception,
    unit: Unit,
    variant: Variant,
    area: str,
    form: CardForm,
    card: LocalCard | None = None,
) -> Any:
    """413 for what is too large, 422 for what is no photograph; what was written stays."""
    db.session.rollback()
    form.photo.errors = [why_not(error)]
    page = _card_page(unit, variant, area, form, card)
    return page, 413 if isinstance(error, TooLargePhoto) else 422


def why_not(error: Exception) -> str:
    """Why a photograph was refused."""
    words = {
        NotAPhoto: _("Filen är inget foto som går att läsa. Välj ett foto i JPEG, PNG eller WebP."),
        TooLargePhoto: _("Fotot är för stort. Det får vara högst 8 MB och 50 megapixlar."),
        TooSmallPhoto: _("Fotot är för litet. Det blir suddigt på ett kort. Välj ett större."),
        MovingPhoto: _("Bilden rör sig. Välj ett foto som är stilla."),
        HiddenFile: _("I filen finns mer än ett foto. Ta en skärmbild av fotot och välj den."),
    }
    return words[type(error)]


def _unit_page(unit: Unit) -> str:
    variants = {variant: catalog(SWEDISH, variant).areas for variant in Variant}
    rows = {
        (variant, shown.key): cards_of(db.session, unit.id, shown.key, variant)
        for variant, areas in variants.items()
        for shown in areas
    }
    persons = catalog(SWEDISH, Variant.OLDER).people
    return render_template(
        "local/unit.html",
        unit=unit,
        variants=variants,
        variant_words=variant_words(),
        rows=rows,
        arranged=arrangement_of(db.session, unit.id),
        people=[persons[key] for key in STAFF_PEOPLE],
        pictures=pictures_of(db.session, unit.id),
        sounds=len(sound.list_of(db.session, unit.id)),
        max_person=MAX_PERSON,
        form=Confirm(formdata=None),
    )


def _area_page(unit: Unit, variant: Variant, key: str) -> str:
    return render_template("local/area.html", **_about_area(unit, variant, key))


def _card_list(unit: Unit, variant: Variant, key: str) -> str:
    return render_template("local/_cards.html", **_about_area(unit, variant, key))


def _about_area(unit: Unit, variant: Variant, key: str) -> dict[str, Any]:
    return {
        "unit": unit,
        "variant": variant,
        "variant_word": variant_words()[variant],
        "area": _area(variant, key),
        "cards": cards_of(db.session, unit.id, key, variant),
        "form": Confirm(formdata=None),
    }


def _card_page(
    unit: Unit, variant: Variant, key: str, form: CardForm, card: LocalCard | None = None
) -> str:
    return render_template(
        "local/card.html",
        unit=unit,
        variant=variant,
        variant_word=variant_words()[variant],
        area=_area(variant, key),
        form=form,
        card=card,
    )


def _area(variant: Variant, key: str) -> Area:
    return catalog(SWEDISH, variant).areas[AREAS.index(key)]


def variant_words() -> dict[Variant, str]:
    return {Variant.PRESCHOOL: _("Förskola, 3–6 år"), Variant.OLDER: _("Äldre, 7–17 år")}
