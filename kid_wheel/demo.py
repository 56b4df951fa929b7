"""A county of made-up people, so that everything can be tried at once and nobody can be harmed.

It must never hold a real person, a personnummer or the name of a real preschool or school.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.orm import Session

from . import audit, clock, coordinator, guardian, invitation, network, plan
from .case import Case, CaseState, check_letter, receive
from .catalog import LANGUAGES, Variant, catalog
from .conversation import Record, read_record
from .keys import KeyRing, encrypt
from .people import Assignment, Organisation, OrganisationKind, Role, Staff, Unit
from .routing import Reason, UnitKind
from .tablet import Tablet, TabletState
from .views.sign_in import hash_of, new_staff

PASSWORD = "hjulet-demo-2026"  # noqa: S105  the same for all, printed at the start, only in a demo
NAMESPACE = uuid5(NAMESPACE_URL, "https://kid-wheel.example/demo")
TELEPHONE = "08-465 004 34"  # one of the numbers that are kept free for fiction
JOINED_ON = date(2024, 10, 18)

# slug: huvudman, preschool, school, gymnasium, BVC. Every name says that it is made up.
MUNICIPALITIES = {
    "eskilstuna": ("Eskilstuna", "Exemplet", "Exempelskolan", "Exempelgymnasiet", "BVC Exempel"),
    "flen": ("Flen", "Provballongen", "Demoskolan", "Demogymnasiet", "BVC Provballong"),
    "gnesta": ("Gnesta", "Attrappen", "Attrappskolan", "Attrappgymnasiet", "BVC Attrapp"),
    "katrineholm": ("Katrineholm", "Låtsas", "Låtsasskolan", "Låtsasgymnasiet", "BVC Låtsas"),
    "nykoping": ("Nyköping", "Provbiten", "Provskolan", "Provgymnasiet", "BVC Prov"),
    "oxelosund": ("Oxelösund", "Skissen", "Skisskolan", "Skissgymnasiet", "BVC Skiss"),
    "strangnas": ("Strängnäs", "Mallen", "Mallskolan", "Mallgymnasiet", "BVC Mall"),
    "trosa": ("Trosa", "Kulissen", "Kulisskolan", "Kulissgymnasiet", "BVC Kuliss"),
    "vingaker": ("Vingåker", "Påhittet", "Påhittskolan", "Påhittgymnasiet", "BVC Demo"),
}
GUARDIAN = "Alva Låtsasson"  # Leo's, for whom `kid-wheel demo` prints a link
BUP, CARE = "BUP Exempel (påhittad)", "Vårdcentralen Låtsas (påhittad)"
REGION, JOINED_SCHOOL, UNJOINED_SCHOOL = "Region Sörmland", "Friskolan Fiktiv", "Friskolan Attrapp"

FIRST_NAMES = (
    "Anna", "Bengt", "Cecilia", "David", "Elin", "Fatima", "Gustav", "Hanna", "Ivan", "Jasmin",
    "Karin", "Lars", "Maria", "Nils", "Olga", "Peter", "Rana", "Sofia", "Tomas", "Ulla",
    "Viktor", "Ylva", "Zahra",
)  # fmt: skip
LAST_NAMES = (
    "Påhittsson", "Exempelsson", "Demoberg", "Låtsasson", "Attrappström", "Provkvist",
    "Fiktivén", "Testgren", "Mallberg", "Kulissdotter",
)  # fmt: skip


@dataclass(frozen=True)
class Login:
    """Somebody to sign in as, and what they see then."""

    who: str
    email: str
    sees: str


@dataclass(frozen=True)
class Child:
    """A made-up child with a case: an alias, never a name."""

    ref: str
    alias: str
    birth_year: int
    unit: str
    rule: str
    place: dict[str, Any]
    reasons: tuple[Reason, ...] = ()


def social_services(municipality: str) -> str:
    return f"08-465 004 {10 + sorted(MUNICIPALITIES).index(municipality)}"


def fill(session: Session, ring: KeyRing, now: datetime) -> list[Login]:
    """Make the county, or leave it as it is when it is there. Commits."""
    county = County(session, ring, now)
    if session.get(Organisation, id_of("organisation", "Eskilstuna")) is None:
        county.build()
        session.commit()
    return county.logins()


def invite_guardian(session: Session, ring: KeyRing, now: datetime) -> tuple[str, str]:
    """A fresh way in for Leo's guardian, who does not exist: the link's secret and its code. The
    one before ends. Commits."""
    case = session.get_one(Case, id_of("case", "DEMO-03"))
    key, id_ = case.key(ring), id_of("guardian", "DEMO-03")
    found = session.get(guardian.Guardian, id_)
    if found is None:
        words = {"name": GUARDIAN, "relation": "mamma", "custody": "sole"}
        found = guardian.add(session, key, case.id, words, now)
        found.id = id_
        found.write(key, words)  # what is kept is bound to its id
        session.flush()
        for name, areas, why in _ASKED_ABOUT:
            asked = {"name": name, "areas": areas, "why": why}
            network.add(session, key, case.id, asked, now)
    by = id_of("staff", "ansvarig", JOINED_SCHOOL)
    _made, link, code = invitation.invite(session, found, "sv", by, now)
    audit.record(
        session, "guardian:invited", now, staff_id=by, case_id=case.id, unit_id=case.unit_id
    )
    session.commit()
    return link, code


def id_of(*words: str) -> str:
    """The same id in every demo."""
    return str(uuid5(NAMESPACE, "/".join(words)))


def case_code(ref: str) -> str:
    """DEMO-04 has the case code DEM04 and its check letter."""
    letters = f"DEM{ref[-2:]}"
    return letters + check_letter(letters)


class County:
    """Ten huvudmän and two independent schools, their units, staff, six children and a tablet."""

    def __init__(self, session: Session, ring: KeyRing, now: datetime) -> None:
        self._session, self._ring, self._now = session, ring, now
        self._staff: list[tuple[str, str]] = list(_names())
        self._password = ""

    def build(self) -> None:
        self._password = hash_of(PASSWORD)  # once: argon2 is slow on purpose
        for slug in MUNICIPALITIES:
            self._municipality(slug)
        self._region()
        self._independent(JOINED_SCHOOL, "oxelosund", joined_on=JOINED_ON)
        self._independent(UNJOINED_SCHOOL, "nykoping", joined_on=None)
        self._session.flush()
        self._mentors()
        self._session.flush()
        for child in _children():
            self._case(child)
        self._session.flush()
        self._plan()
        self._conversation()

    def logins(self) -> list[Login]:
        def login(what: str, unit: str, sees: str) -> Login:
            staff = self._session.get_one(Staff, id_of("staff", what, unit))
            return Login(f"{staff.name}, {staff.title}, {unit}", staff.email, sees)

        return [
            login("ansvarig", "Exempelskolan", "inkorgen, med Miras samtal att läsa"),
            login("ansvarig", "Demoskolan", "inkorgen, med Yusufs ärende"),
            login("ansvarig", JOINED_SCHOOL, "inkorgen, med Leos ärende, där en plan gäller"),
            login("ansvarig", "Strängnäs", "inkorgen, med ett ärende som en människa ska placera"),
            login("ansvarig", "Gnesta", "inkorgen, med Elias ärende"),
            login("mentor", "Exempelskolan", "surfplattan i Exempelskolan"),
            login("mentor", JOINED_SCHOOL, "Leos plan, som samordningsperson"),
            login("mentor", "BVC Demo", "surfplattan på BVC Demo"),
            login("mentor", "Förskolan Påhittet", "surfplattan i Förskolan Påhittet"),
            login("mentor", "Socialtjänsten Eskilstuna (påhittad)", "en signal att skriva"),
            login("administrator", "Eskilstuna", "Eskilstunas verksamheter och surfplattor"),
            login("administrator", REGION, "regionens BVC och surfplattor"),
            login("administrator", "Vingåker", "Vingåkers verksamheter och surfplattor"),
        ]

    def _municipality(self, slug: str) -> None:
        name, forskola, school, gymnasium, _bvc = MUNICIPALITIES[slug]
        owner = self._organisation(name, OrganisationKind.MUNICIPALITY, JOINED_ON)
        self._administrator(owner)
        for unit_name, kind in (
            (f"Förskolan {forskola}", UnitKind.FORSKOLA),
            (school, UnitKind.GRUNDSKOLA),
            (gymnasium, UnitKind.GYMNASIUM),
        ):
            unit = self._unit(owner, unit_name, kind, slug)
            self._person("ansvarig", unit_name, "Barnets bästa-ansvarig", Role.ANSVARIG, [unit])
        central = [
            self._unit(owner, f"{function} {name} (påhittat)", kind, slug)
            for function, kind in (
                ("Kommunalt aktivitetsansvar", UnitKind.KAA),
                ("Uppföljningsansvar", UnitKind.UPPFOLJNING),
                ("Barnets bästa centralt", UnitKind.CENTRAL),
            )
        ]
        self._person("ansvarig", name, "Barnets bästa-ansvarig", Role.ANSVARIG, central)
        self._unit(owner, f"Socialtjänsten {name} (påhittad)", UnitKind.SOCIALTJANST, slug)

    def _region(self) -> None:
        owner = self._organisation(REGION, OrganisationKind.REGION, JOINED_ON)
        self._administrator(owner)
        for slug, (*_names, bvc) in MUNICIPALITIES.items():
            unit = self._unit(owner, bvc, UnitKind.BVC, slug)
            self._person("ansvarig", bvc, "vårdenhetschef", Role.ANSVARIG, [unit])
        self._unit(owner, BUP, UnitKind.BUP, "eskilstuna")
        self._unit(owner, CARE, UnitKind.VARD, "katrineholm")

    def _independent(self, name: str, slug: str, joined_on: date | None) -> None:
        owner = self._organisation(name, OrganisationKind.INDEPENDENT, joined_on)
        unit = self._unit(owner, name, UnitKind.GRUNDSKOLA, slug)
        if joined_on:  # nobody else has accounts
            self._administrator(owner)
            self._person("ansvarig", name, "Barnets bästa-ansvarig", Role.ANSVARIG, [unit])

    def _mentors(self) -> None:
        for unit_name, title in (
            ("BVC Demo", "BVC-sjuksköterska"),
            ("Förskolan Påhittet", "förskollärare"),
            ("Demoskolan", "mentor"),
            (JOINED_SCHOOL, "mentor"),
            ("Exempelskolan", "mentor"),
            ("Mallskolan", "mentor"),
            ("Kommunalt aktivitetsansvar Gnesta (påhittat)", "studie- och yrkesvägledare"),
            # Last, so that everybody else keeps the name that they had.
            *(
                (f"Socialtjänsten {name} (påhittad)", "socialsekreterare")
                for name, *_units in MUNICIPALITIES.values()
            ),
            (BUP, "psykolog"),
            (CARE, "barnläkare"),
        ):
            unit = self._session.get_one(Unit, id_of("unit", unit_name))
            self._person("mentor", unit_name, title, Role.STAFF, [unit])

    def _organisation(
        self, name: str, kind: OrganisationKind, joined_on: date | None
    ) -> Organisation:
        made = Organisation(
            id=id_of("organisation", name),
            name=name,
            kind=kind,
            joined_on=joined_on,
            languages=" ".join(LANGUAGES[1:]),  # all of them, so that each can be looked at
            wrapped_key=self._ring.wrap(os.urandom(32)),
        )
        self._session.add(made)
        return made

    def _unit(self, owner: Organisation, name: str, kind: UnitKind, slug: str) -> Unit:
        made = Unit(
            id=id_of("unit", name),
            organisation=owner,
            name=name,
            kind=kind,
            municipality=slug,
            social_services=social_services(slug),
            telephone=TELEPHONE,
        )
        self._session.add(made)
        return made

    def _administrator(self, owner: Organisation) -> None:
        person = self._account("administrator", owner.name, "administratör")
        self._assign(person, owner, None, Role.ADMINISTRATOR)

    def _person(self, what: str, where: str, title: str, role: Role, units: list[Unit]) -> None:
        person = self._account(what, where, title)
        for unit in units:
            self._assign(person, unit.organisation, unit, role)

    def _account(self, what: str, where: str, title: str) -> Staff:
        first, last = self._staff.pop(0)
        made = new_staff(
            id=id_of("staff", what, where),
            name=f"{first} {last}",
            title=title,
            email=f"{_ascii(first)}.{_ascii(last)}@demo.example",
            password=self._password,
        )
        self._session.add(made)
        return made

    def _assign(self, person: Staff, owner: Organisation, unit: Unit | None, role: Role) -> None:
        place = unit.id if unit else owner.id
        self._session.add(
            Assignment(
                id=id_of("assignment", person.id, place),
                staff=person,
                organisation=owner,
                unit=unit,
                role=role,
                from_on=JOINED_ON,
            )
        )

    def _case(self, child: Child) -> None:
        unit = self._session.get_one(Unit, id_of("unit", child.unit))
        holder = "ansvarig", _answers_for(unit)
        key = os.urandom(32)
        about = {"alias": child.alias, "birth_year": child.birth_year, "place": child.place}
        made = Case(
            id=id_of("case", child.ref),
            code=case_code(child.ref),
            unit=unit,
            organisation=unit.organisation,
            ansvarig_id=id_of("staff", *holder),
            rule=child.rule,
            needs_human=bool(child.reasons),
            protected_identity=Reason.PROTECTED_IDENTITY in child.reasons,
            reasons=" ".join(child.reasons),
            opened_at=self._now - timedelta(days=6),
            child=encrypt(key, json.dumps(about).encode(), b"child"),
            wrapped_key=encrypt(self._ring.unwrap(unit.organisation.wrapped_key), key, b"case"),
        )
        self._session.add(made)

    def _plan(self) -> None:
        """DEMO-03's, which has come as far as a plan that is in force."""
        session, at = self._session, self._now - timedelta(days=2)
        case = session.get_one(Case, id_of("case", "DEMO-03"))
        key, mentor = case.key(self._ring), id_of("staff", "mentor", JOINED_SCHOOL)
        person = coordinator.Choice.PERSON
        asked = coordinator.ask_child(
            session, key, case.id, person, at - timedelta(hours=1), "Med bilder.", "Min mentor", at
        )
        words = {"name": session.get_one(Staff, mentor).name, "contact": "I klassrummet"}
        coordinator.appoint(
            asked, key, is_childs_choice=True, is_same_person=True, staff_id=mentor,
            unit_id=case.unit_id, words=words, at=at,
        )  # fmt: skip
        made = plan.begin(session, key, case.id, at)
        for area, due, said in _ACTIONS:
            plan.write_action(
                session, key, made, None, area=area, unit_id=None, wish="",
                due_on=clock.civil_date(at) + timedelta(days=due), words=said, at=at,
            )  # fmt: skip
        day = clock.civil_date(at).isoformat()
        shared = {"child_on": day, "guardians_on": day, "how": "Vi tittade på bilderna."}
        plan.share(made, key, shared, at)
        plan.start(session, made, at)
        case.follow_up_on = clock.civil_date(at) + timedelta(days=60)
        case.state, case.state_at = CaseState.PLAN_ACTIVE, at
        plan.save_version(session, key, made, case, mentor, at)
        audit.record(session, "plan:started", at, staff_id=mentor, case_id=case.id)

    def _conversation(self) -> None:
        """DEMO-04's, taken in exactly as one that a tablet has sent."""
        unit = self._session.get_one(Unit, id_of("unit", "Exempelskolan"))
        tablet = Tablet(
            id=id_of("tablet", unit.name),
            unit=unit,
            name="Surfplattan i rum 2 (påhittad)",
            state=TabletState.ENROLLED,
            created_at=self._now - timedelta(days=20),
            enrolled_at=self._now - timedelta(days=20),
            seen_at=self._now - timedelta(hours=19),
        )
        self._session.add(tablet)
        self._session.flush()
        record = _mira(tablet, self._now - timedelta(hours=20))
        packed = gzip.compress(json.dumps(record, ensure_ascii=False).encode(), mtime=0)
        received = receive(
            self._session,
            self._ring,
            read_record(packed),
            packed,
            hashlib.sha256(packed).hexdigest(),
            tablet,
            self._now - timedelta(hours=19),
        )
        self._session.flush()
        self._session.get_one(Case, received.case_id).code = case_code("DEMO-04")
        audit.record(
            self._session,
            "conversation:received",
            self._now - timedelta(hours=19),
            staff_id=record["staff"],
            tablet_id=tablet.id,
            unit_id=unit.id,
            case_id=received.case_id,
            conversation_id=received.id,
        )


def _children() -> Iterator[Child]:
    """DEMO-01 has no case, because nothing worries anybody; DEMO-04's opens by itself."""
    yield Child("DEMO-02", "Yusuf", 2020, "Demoskolan", "R2", _in("Demoskolan", "FKLASS"))
    yield Child("DEMO-03", "Leo", 2017, JOINED_SCHOOL, "R2", _in(JOINED_SCHOOL, "AK3"))
    yield Child(
        "DEMO-05",
        "Samira",
        2011,
        "Barnets bästa centralt Strängnäs (påhittat)",
        "E16",
        {"kind": "grundskola", "unit": None, "year": "AK9"},
        (Reason.PROTECTED_IDENTITY,),
    )
    yield Child(
        "DEMO-06",
        "Elias",
        2008,
        "Kommunalt aktivitetsansvar Gnesta (påhittat)",
        "R5b",
        {"kind": "none", "unit": None, "year": None},
        (Reason.MAYBE_ADULT,),
    )


def _in(unit: str, year: str) -> dict[str, Any]:
    return {"kind": "grundskola", "unit": id_of("unit", unit), "year": year}


def _answers_for(unit: Unit) -> str:
    """What the ansvarig of a unit is called in our ids: one person has all central functions."""
    if unit.kind in {UnitKind.KAA, UnitKind.UPPFOLJNING, UnitKind.CENTRAL}:
        return unit.organisation.name
    return unit.name


def _names() -> Iterator[tuple[str, str]]:
    """Made-up names, each once: 23 first names and 10 last ones meet in 230 ways."""
    for index in range(len(FIRST_NAMES) * len(LAST_NAMES)):
        yield FIRST_NAMES[index % len(FIRST_NAMES)], LAST_NAMES[index % len(LAST_NAMES)]


def _ascii(name: str) -> str:
    return name.lower().translate(str.maketrans("åäöé", "aaoe"))


# What is done for Leo, who does not exist: area, days until then, and who does what.

_ACTIONS: tuple[tuple[str, int, dict[str, str]], ...] = (
    (
        "larande",
        21,
        {
            "what": "Läsa en mot en tre gånger i veckan, på morgonen.",
            "for_child": "Du läser med specialläraren när det är lugnt.",
            "sector": "education",
            "who": "Speciallärare Demo",
            "picture": "teacher",
            "others": "Storasyster läser godnattsaga.",
        },
    ),
    (
        "halsa",
        30,
        {
            "what": "Undersöka synen.",
            "for_child": "Skolsköterskan ser hur dina ögon har det.",
            "sector": "health",
            "who": "Skolsköterska Exempel",
            "picture": "school_nurse",
            "others": "",
        },
    ),
)

# Whom Leo's guardian is asked about: who, areas and why.

_ASKED_ABOUT: tuple[tuple[str, list[str], str], ...] = (
    ("Speciallärare Demo", ["larande", "relationer"], "Leo behöver lugn när han läser."),
    ("Storasyster", ["hemmet"], "Hon läser med Leo på kvällen."),
)

# What Mira, who does not exist, has said. Her words are those of domain.md §8.

_PLACED = {
    "hemmet/older/home": "so_so",
    "hemmet/older/my_space": "good",
    "hemmet/older/mood_at_home": "not_so_good",
    "hemmet/older/arguments": "not_good",
    "hemmet/older/peace_quiet": "not_so_good",
    "hemmet/older/evenings": "not_so_good",
    "hemmet/older/two_homes": "so_so",
    "relationer/older/friends": "very_good",
    "relationer/older/relatives": "very_good",
    "relationer/older/class": "good",
    "relationer/older/someone_to_trust": "good",
    "relationer/older/siblings": "good",
    "trygghet/older/feel_safe": "so_so",
    "trygghet/older/safe_school": "good",
    "trygghet/older/adult_to_talk_to": "good",
    "trygghet/older/adults_angry": "not_good",
    "larande/older/school": "good",
    "larande/older/homework_tests": "not_so_good",
    "larande/older/breaks": "very_good",
}
_SILENT = {
    "hemmet/older/money": "dont_know",
    "hemmet/older/alcohol_at_home": "dont_want",
    "hemmet/older/screens": "skipped",
    "relationer/older/love": "skipped",
    "relationer/older/absent_parent": "dont_want",
    "trygghet/older/out_at_night": "skipped",
    "trygghet/older/online_safety": "dont_know",
    "larande/older/math": "skipped",
}
_SAID: dict[str, list[dict[str, Any]]] = {
    "hemmet": [
        {
            "text": "Jag vill att de slutar bråka när jag ska plugga.",
            "speaker": "child_said",
            "card": "hemmet/older/arguments",
            "kind": "wish",
            "important": True,
        },
        {
            "text": "Det är lugnare de dagar jag är hos mormor.",
            "speaker": "adult_wrote_childs_words",
            "question": "När är det lugnt och skönt?",
        },
    ],
    "relationer": [
        {
            "text": "Mormor ringer varje söndag. Då pratar vi finska.",
            "speaker": "child_said",
            "card": "relationer/older/relatives",
        },
    ],
    "trygghet": [
        {
            "text": "Jag vill ha en vuxen i skolan som jag kan gå till utan att fråga först.",
            "speaker": "adult_wrote_childs_words",
            "question": "Vad skulle göra det tryggare för dig?",
            "card": "trygghet/older/adult_to_talk_to",
        },
    ],
}
_ORDER = ("hemmet", "relationer", "trygghet", "larande")


def _mira(tablet: Tablet, begun: datetime) -> Record:
    shown = catalog("sv", Variant.OLDER)
    clock = _clock(begun)
    steps = {step.key: step for step in shown.scales["bra5"]}

    def answer(key: str) -> dict[str, Any]:
        if key in _PLACED:
            step = steps[_PLACED[key]]
            return {
                "scale": "bra5",
                "step": step.key,
                "label": step.label,
                "symbol": step.symbol,
                "speaker": "child_chose",
                "at": next(clock),
            }
        if key in _SILENT:
            return {"silence": _SILENT[key], "speaker": "child_chose", "at": next(clock)}
        return {"silence": "not_asked"}

    areas = [
        {
            "key": area.key,
            "label": area.label,
            "order": _ORDER.index(area.key) + 1 if area.key in _ORDER else None,
            "cards": [
                {
                    "key": card.key,
                    "label": card.label,
                    "say": card.say,
                    "symbol": card.symbol,
                    "answer": answer(card.key),
                }
                for card in area.cards
            ],
            "statements": [{**said, "at": next(clock)} for said in _SAID.get(area.key, [])],
        }
        for area in shown.areas
    ]
    return {
        "format": "kid-wheel/conversation/1",
        "id": id_of("conversation", "DEMO-04"),
        "content_version": shown.version,
        "tablet": tablet.id,
        "unit": tablet.unit_id,
        "staff": id_of("staff", "mentor", "Exempelskolan"),
        "variant": "older",
        "language": "sv",
        "scale": "bra5",
        "present": {"guardian": False, "interpreter": None},
        "tapped_by": "child",
        "child": {"alias": "Mira", "birth_year": 2014, "place": _in("Exempelskolan", "AK6")},
        "started_at": _zulu(begun),
        "finished_at": next(clock),
        "sittings": [{"from": _zulu(begun), "until": next(clock)}],
        "ended": "done",
        "wheel": [],
        "areas": areas,
    }


def _clock(begun: datetime) -> Iterator[str]:
    """A child taps about twice a minute."""
    while True:
        begun += timedelta(seconds=25)
        yield _zulu(begun)


def _zulu(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
