"""A hub in a folder and a process of its own, that can be stopped and started again."""

from __future__ import annotations

import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen
from uuid import uuid4

from sqlalchemy import delete, select
from werkzeug.exceptions import HTTPException

from kid_wheel import (
    clock,
    create_app,
    demo,
    guardian,
    identity,
    invitation,
    lending,
    local,
    portrait,
    sound,
    tablet,
)
from kid_wheel.audit import AuditEvent
from kid_wheel.case import Case, CaseState, packed_record
from kid_wheel.catalog import Variant
from kid_wheel.config import Config
from kid_wheel.conversation import Conversation
from kid_wheel.db import db
from kid_wheel.migrations import upgrade
from kid_wheel.people import Assignment, Role, Staff, Unit
from kid_wheel.tally import TallyCount
from kid_wheel.views.sign_in import new_staff
from kid_wheel.voices import hear

HERE = Path(__file__).parent
SCHOOL = "Exempelskolan"
PATIENCE_S = 30


class Hub:
    """Demo county's hub. `mentor` and `colleague` both work in the same school."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self.url = f"http://localhost:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None
        self._app = create_app(Config(instance=folder, url=self.url))
        self._aside = ThreadPoolExecutor(1)
        upgrade(self._app)
        self.mentor, self.colleague, self.administrator = self._ask(self._fill)

    def start(self, edition: str = "") -> None:
        if self._process:
            return
        environment = {
            **os.environ,
            "KID_WHEEL_INSTANCE": str(self._folder),
            "KID_WHEEL_URL": self.url,
            "TEST_EDITION": edition,
        }
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws"]
        command += ["--host", "127.0.0.1", "--port", str(self._port), "--blocking-threads", "8"]
        command += ["--log-level", "warning", "--working-dir", str(HERE)]
        log = (self._folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [*command, "hub_runner:app"],
                env=environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        try:
            self._wait_until_it_answers()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        if not self._process:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def new_code(self, name: str = "Gröna fodralet") -> str:
        """A code that enrols one tablet in the school."""

        def invite() -> str:
            unit = db.session.scalars(select(Unit).where(Unit.name == SCHOOL)).one()
            _made, code = tablet.invite(db.session, unit, name, clock.now())
            db.session.commit()
            return code

        return self._ask(invite)

    def invites_a_guardian(self, language: str) -> tuple[str, str]:
        """The address and the code of somebody new in a case whose plan is in force."""

        def invite() -> tuple[str, str]:
            case = _case_with_a_plan()
            key, at = case.key(self._app.extensions["key_ring"]), clock.now()
            made = guardian.add(db.session, key, case.id, {"name": "Demo Demosson"}, at)
            db.session.flush()
            _row, link, code = invitation.invite(db.session, made, language, case.ansvarig_id, at)
            db.session.commit()
            return f"{self.url}/home/{language}/{link}", code

        return self._ask(invite)

    def knows_guardians_by(self, words: dict[str, str]) -> None:
        """The huvudman of that case has an identity provider."""

        def keep() -> None:
            owner = _case_with_a_plan().organisation
            identity.keep(db.session, self._app.extensions["key_ring"], owner, words)
            db.session.commit()

        self._ask(keep)

    def knows_guardians_by_their_code(self) -> None:
        def forget() -> None:
            identity.forget(db.session, _case_with_a_plan().organisation_id)
            db.session.commit()

        self._ask(forget)

    def has_a_guardian(self, name: str, relation: str) -> tuple[str, str, str]:
        """Somebody new in a case: the case's code, the guardian's number there, and the id."""

        def add() -> tuple[str, str, str]:
            case = db.session.scalars(select(Case).filter_by(state=CaseState.PLAN_ACTIVE)).first()
            assert case
            key, words = case.key(self._app.extensions["key_ring"]), {"name": name}
            made = guardian.add(
                db.session, key, case.id, {**words, "relation": relation}, clock.now()
            )
            db.session.commit()
            known = [one.id for one in guardian.guardians_of(db.session, case.id)]
            return case.code, str(known.index(made.id) + 1), made.id

        return self._ask(add)

    def said_by(self, guardian_id: str) -> list[tuple[str, str, str]]:
        """(area, kind, text) of all that is a guardian's own in the case."""

        def read() -> list[tuple[str, str, str]]:
            found = db.session.get_one(guardian.Guardian, guardian_id)
            case = db.session.get_one(Case, found.case_id)
            heard = hear(db.session, self._app.extensions["key_ring"], case, "sv")
            [voice] = [one for one in heard.guardians if one.id == guardian_id]
            return [(one.area, str(one.kind), one.text) for one in voice.remarks]

        return self._ask(read)

    def forget(self) -> None:
        """What has come so far is of other tests, whose children may have the same names."""
        self._earlier = set(self._ask(lambda: db.session.scalars(select(Conversation.id)).all()))

    def received(self, alias: str) -> list[dict[str, Any]]:
        """The records, in clear, of a child's conversations, since `forget`."""
        ring = self._app.extensions["key_ring"]

        def read() -> list[dict[str, Any]]:
            both = select(Conversation, Case).join(Case, Case.id == Conversation.case_id)
            return [
                json.loads(gzip.decompress(packed_record(conversation, case, ring)))
                for conversation, case in db.session.execute(both)
                if conversation.id not in self._earlier
            ]

        return [record for record in self._ask(read) if record["child"].get("alias") == alias]

    def lends(self, alias: str) -> str:
        """The ansvarig lends the child's conversation for a follow-up; the code of its case."""

        def lend() -> str:
            conversation, case = self._newest_of(alias)
            lending.lend(db.session, conversation, case.ansvarig_id or "", clock.now())
            db.session.commit()
            return case.code

        return self._ask(lend)

    def received_in_case_of(self, alias: str) -> list[dict[str, Any]]:
        """Every record in the child's case, also those that only name its code."""
        ring = self._app.extensions["key_ring"]

        def read() -> list[dict[str, Any]]:
            _conversation, case = self._newest_of(alias)
            return [
                json.loads(gzip.decompress(packed_record(conversation, case, ring)))
                for conversation in case.conversations
            ]

        return self._ask(read)

    def _newest_of(self, alias: str) -> tuple[Conversation, Case]:
        ring = self._app.extensions["key_ring"]
        both = select(Conversation, Case).join(Case, Case.id == Conversation.case_id)
        found = db.session.execute(both.order_by(Conversation.received_at.desc()))
        return next((c, case) for c, case in found if case.about(ring).get("alias") == alias)

    def tally(self) -> dict[tuple[str, str, str], int]:
        """{(month, variant, answer): count} of the school."""

        def read() -> dict[tuple[str, str, str], int]:
            rows = db.session.scalars(select(TallyCount)).all()
            return {(row.month, row.variant, row.answer): row.count for row in rows}

        found: dict[tuple[str, str, str], int] = self._ask(read)
        return found

    def revokes_tablets(self) -> None:
        """Every tablet of the school is reported lost."""

        def revoke() -> None:
            for one in db.session.scalars(select(tablet.Tablet)):
                tablet.revoke(one, clock.now())
            db.session.commit()

        self._ask(revoke)

    def welcomes_tablets(self) -> None:
        """They are found again. Only a test can take a revocation back."""

        def undo() -> None:
            for one in db.session.scalars(select(tablet.Tablet)):
                one.state = tablet.TabletState.ENROLLED
            db.session.commit()

        self._ask(undo)

    def has_already(self, conversation_id: str) -> None:
        """Somebody has sent other bytes with this number."""

        def take() -> None:
            known = db.session.scalars(select(Conversation)).first()
            assert known
            columns = {column.name: getattr(known, column.name) for column in known.__table__.c}
            taken = Conversation(**{**columns, "id": conversation_id, "digest": "0" * 64})
            db.session.add(taken)
            db.session.commit()

        self._ask(take)

    def forgets(self, conversation_id: str) -> None:
        """What `has_already` made can be read by nobody, so the next test may not meet it."""

        def forget() -> None:
            db.session.delete(db.session.get_one(Conversation, conversation_id))
            db.session.commit()

        self._ask(forget)

    def adds_card(self, area: str, variant: str, label: str, photograph: bytes) -> str:
        """A card of the school's own. Returns the name of its photograph."""

        def add() -> str:
            unit_id = _school()
            name = local.keep_photo(db.session, unit_id, photograph, clock.now())
            words = {"label": label, "say": f"Hur är det med {label.lower()}?"}
            where = {"area": area, "variant": Variant(variant)}
            picture = {"symbol": local.NEUTRAL, "photo": name}
            local.add_card(db.session, unit_id, clock.now(), **where, **words, **picture)
            db.session.commit()
            return name

        return str(self._ask(add))

    def lays_aside(self, card: str) -> None:
        """The school does not want a card of the catalog."""

        def hide() -> None:
            local.show(db.session, _school(), card, is_shown=False)
            db.session.commit()

        self._ask(hide)

    def calls_its_staff(self, **words: str) -> None:
        """The school's own words, by key of a person."""

        def name() -> None:
            local.name_people(db.session, _school(), words)
            db.session.commit()

        self._ask(name)

    def employs(self, name: str, title: str, face: bytes | None = None) -> str:
        """Somebody more who works in the school, with a photograph or without; the id."""

        def employ() -> str:
            school = db.session.get_one(Unit, _school())
            made = new_staff(name=name, title=title, email=f"{uuid4()}@demo.example")
            db.session.add(
                Assignment(
                    staff=made, organisation=school.organisation, unit=school,
                    role=Role.STAFF, from_on=clock.today(),
                )
            )  # fmt: skip
            db.session.flush()
            if face:
                portrait.keep(db.session, made.id, face, clock.now())
            db.session.commit()
            return made.id

        return str(self._ask(employ))

    def dismisses(self, *staff: str) -> None:
        """They have been here for one test only."""

        def dismiss() -> None:
            for kind in (portrait.Portrait, Assignment):
                db.session.execute(delete(kind).where(kind.staff_id.in_(staff)))
            db.session.execute(delete(Staff).where(Staff.id.in_(staff)))
            db.session.commit()

        self._ask(dismiss)

    def takes_away_sounds(self) -> None:
        """The administrator has listened, and takes away what the school's staff have read."""

        def take_away() -> None:
            db.session.execute(delete(sound.UnitSound))
            db.session.commit()

        self._ask(take_away)

    def forgets_the_schools_own(self) -> None:
        """The next test meets the cards as they are for everybody."""

        def forget() -> None:
            for kind in (local.LocalCard, local.LocalPicture, local.LocalDeck, sound.UnitSound):
                db.session.execute(delete(kind))
            db.session.commit()

        self._ask(forget)

    def count_of(self, event: str) -> int:
        wanted = select(AuditEvent.id).filter_by(event=event)
        return self._ask(lambda: len(db.session.scalars(wanted).all()))

    def kind_of(self, address: str) -> str:
        """Which view answers there; "" when none does."""
        with suppress(HTTPException):
            endpoint, _values = self._app.url_map.bind("").match(urlsplit(address).path)
            return str(endpoint)
        return ""

    def close(self) -> None:
        self.stop()
        self._ask(lambda: db.engine.dispose())
        self._aside.shutdown()

    def _ask(self, act: Callable[[], Any]) -> Any:
        """In the app's context, in a thread that Playwright's event loop does not run in."""

        def inside() -> Any:
            with self._app.app_context():
                return act()

        return self._aside.submit(inside).result()

    def _fill(self) -> tuple[str, str, str]:
        demo.fill(db.session, self._app.extensions["key_ring"], clock.now())
        return _email("mentor"), _email("ansvarig"), _email("administrator", "Eskilstuna")

    def _wait_until_it_answers(self) -> None:
        assert self._process
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                with urlopen(f"{self.url}/tablet/manifest.webmanifest", timeout=PATIENCE_S):
                    return
            except (URLError, ConnectionError) as error:
                ended = self._process.poll() is not None
                if ended or time.monotonic() > until:
                    log = (self._folder / "log").read_text("utf-8")
                    raise AssertionError(log[-3000:]) from error
                time.sleep(0.05)


def _school() -> str:
    return db.session.scalars(select(Unit.id).where(Unit.name == SCHOOL)).one()


def _case_with_a_plan() -> Case:
    found = db.session.scalars(select(Case).filter_by(state=CaseState.PLAN_ACTIVE)).first()
    assert found and found.ansvarig_id
    return found


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _email(what: str, where: str = SCHOOL) -> str:
    return db.session.get_one(Staff, demo.id_of("staff", what, where)).email
