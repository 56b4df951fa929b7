"""`kid-wheel`: the commands of those who run the hub.

None of them may show what a child has said.
"""

from __future__ import annotations

import inspect
import os
from pathlib import Path

import click
from flask import Flask
from sqlalchemy import select

from . import audit, clock, create_app
from .assets import bundle_stamp
from .catalog import LANGUAGES, reviewed_by
from .config import Config
from .db import db
from .demo import GUARDIAN, PASSWORD, Login, fill, invite_guardian
from .migrations import is_current, upgrade
from .pdf import can_make
from .people import Assignment, Organisation, OrganisationKind, Role, Unit
from .rescue import NotATabletsFile
from .rescue import rescue as take_in
from .routing import MUNICIPALITIES, UnitKind
from .server import WORKERS, PortTaken, check_free, serve
from .views.sign_in import hash_of, new_password, new_staff


@click.group()
def main() -> None:
    """Barnets bästa-hjulet: navet."""


class Address(click.ParamType[tuple[str, int]]):
    """(host, port), where nobody listens yet."""

    name = "address"

    def convert(self, value: str, param: object, ctx: object) -> tuple[str, int]:
        host, _colon, port = value.rpartition(":")
        if not host or not port.isdigit():
            self.fail("Skriv adress och port, till exempel 127.0.0.1:8000")
        at = host.strip("[]"), int(port)
        try:
            check_free(*at)
        except PortTaken as taken:
            self.fail(f"{value}: {inspect.getdoc(taken)}")
        return at


@main.command("serve")
@click.option("--bind", type=Address(), default="127.0.0.1:8000", help="where to listen")
@click.option("--workers", default=WORKERS, show_default=True)
def serve_hub(bind: tuple[str, int], workers: int) -> None:
    """Bring the database to date and serve the hub (put TLS in front of it)."""
    click.echo("Barnets bästa-hjulet på http://{}:{}".format(*bind))
    serve(*bind, workers)


@main.command()
@click.option("--bind", type=Address(), default="127.0.0.1:8000", help="where to listen")
def demo(bind: tuple[str, int]) -> None:
    """A county of fictive people, and the hub that serves it."""
    os.environ.setdefault("KID_WHEEL_URL", f"http://localhost:{bind[1]}")
    os.environ["KID_WHEEL_DEMO"] = "1"
    from .wsgi import app

    upgrade(app)
    with app.app_context():
        ring, now = app.extensions["key_ring"], clock.now()
        logins = fill(db.session, ring, now)
        db.session.commit()
        link, code = invite_guardian(db.session, ring, now)
    url = os.environ["KID_WHEEL_URL"]
    _tell(logins, url)
    unread = [code for code in LANGUAGES if not reviewed_by(code)]
    click.echo(f"  Språk som inte är granskade: {', '.join(unread) or 'inga'}\n")
    click.echo(f"  {GUARDIAN}, Leos vårdnadshavare, på sin egen telefon (en gång, inom 24 timmar):")
    click.echo(f"  {url}/home/sv/{link}   kod {code}\n")
    serve(*bind)


@main.command()
@click.option("--organisation", required=True, help="the huvudman's name")
@click.option("--kind", type=click.Choice([kind.value for kind in OrganisationKind]), required=True)
@click.option("--name", required=True, help="the administrator's name")
@click.option("--email", required=True)
def create_administrator(organisation: str, kind: str, name: str, email: str) -> None:
    """A huvudman and its first administrator, whose password is shown once."""
    app = create_app()
    upgrade(app)
    with app.app_context():
        session, ring, now = db.session, app.extensions["key_ring"], clock.now()
        owner = session.scalar(select(Organisation).where(Organisation.name == organisation))
        if owner is None:
            owner = Organisation(
                name=organisation,
                kind=OrganisationKind(kind),
                joined_on=clock.today(),
                wrapped_key=ring.wrap(os.urandom(32)),
            )
        password = new_password()
        person = new_staff(
            name=name,
            email=email.strip().lower(),
            password=hash_of(password),
            password_is_initial=True,
        )
        session.add_all([owner, person])
        session.flush()
        session.add(
            Assignment(
                staff=person, organisation=owner, role=Role.ADMINISTRATOR, from_on=clock.today()
            )
        )
        audit.record(session, "staff:created", now, staff_id=person.id, detail="command")
        session.commit()
    click.echo(f"{email} kan logga in en gång med lösenordet {password}")


@main.command()
@click.option("--organisation", required=True, help="the huvudman's name")
@click.option("--name", required=True, help="the unit's name")
@click.option("--kind", type=click.Choice([kind.value for kind in UnitKind]), required=True)
@click.option("--municipality", type=click.Choice(sorted(MUNICIPALITIES)), required=True)
def create_unit(organisation: str, name: str, kind: str, municipality: str) -> None:
    """A verksamhet of a huvudman."""
    app = create_app()
    upgrade(app)
    with app.app_context():
        found = select(Organisation).where(Organisation.name == organisation)
        owner = db.session.scalar(found)
        if owner is None:
            raise click.ClickException(
                f"{organisation}: finns inte; kid-wheel create-administrator"
            )
        unit = Unit(organisation=owner, name=name, kind=UnitKind(kind), municipality=municipality)
        db.session.add(unit)
        audit.record(db.session, "unit:created", clock.now(), detail="command")
        db.session.commit()
    click.echo(f"{name} hör nu till {organisation}")


@main.command()
def check() -> None:
    """Verify configuration, keys, migrations, assets and the audit chain; say what is missing."""
    app = create_app()
    problems = list(_problems(app))
    for problem in problems:
        click.echo(f"saknas: {problem}", err=True)
    if problems:
        raise SystemExit(1)
    with app.app_context():
        events = audit.verify(db.session)
    click.echo(f"allt är på plats; händelseloggen är hel ({events} händelser)")


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def rescue(file: Path) -> None:
    """Take in every sealed conversation of a tablet's saved SQLite file."""
    app = create_app()
    upgrade(app)
    with app.app_context():
        try:
            rescued = take_in(file, db.session, app.extensions["key_ring"], clock.now())
        except NotATabletsFile as error:
            raise click.ClickException(f"{file.name}: {NotATabletsFile.__doc__}") from error
        for row in rescued:
            click.echo(f"{row.id}  {row.outcome}  {row.reason}".rstrip())
    click.echo(f"{len(rescued)} samtal i filen")


def _problems(app: Flask) -> list[str]:
    config: Config = app.extensions["kid_wheel"]
    static = Path(app.static_folder or "")
    found = []
    if not is_current(app):
        found.append("databasen är inte i den senaste formen; kör kid-wheel serve")
    if not (static / "vendor" / "sqlite" / "sqlite3.wasm").exists():
        found.append("webbläsarens delar; installera paketet igen")
    if not (static / "bildstod" / "n-1f34e.svg").exists():
        found.append("bilderna; installera paketet igen")
    stamp = static / "vendor" / ".bundled"
    root = Path(__file__).parent.parent
    in_checkout = (root / "hatch_build.py").exists()
    if in_checkout and stamp.exists() and stamp.read_text() != bundle_stamp(root):
        found.append("bilder och delar är äldre än källan; kör make assets")
    if not can_make():
        found.append("Pango, som gör PDF (Debian: libpangoft2-1.0-0 libharfbuzz-subset0)")
    if not config.secure and not config.demo:
        found.append("KID_WHEEL_URL ska vara en https-adress")
    for key in config.keys.iterdir():
        if key.stat().st_mode & 0o077:
            found.append(f"{key} ska bara kunna läsas av navet (chmod 600)")
    return found


def _tell(logins: list[Login], url: str) -> None:
    click.echo(f"\nBarnets bästa-hjulet: {url}   (påhittat län, påhittade människor)\n")
    click.echo(f"  Surfplattan:  {url}/tablet/\n  Navet:        {url}/\n")
    click.echo(f"  Alla loggar in med lösenordet {PASSWORD}\n")
    for login in logins:
        click.echo(f"  {login.email:<44} {login.who}: {login.sees}")
    click.echo()
