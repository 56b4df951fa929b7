"""A tablet's part in Python: it seals, sends and keeps, as seal.js, outbox.js and the store do."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask

from kid_wheel.conversation import FORMAT, MAGIC, Record, pad
from kid_wheel.db import db
from kid_wheel.keys import SUITE, KeyRing
from kid_wheel.lending import Lent
from kid_wheel.tablet import Tablet, TabletState

GOLDEN = Path(__file__).parent / "golden"
RECORD: Record = json.loads((GOLDEN / "record.json").read_text("utf-8"))


def seal(ring: KeyRing, record: Record) -> bytes:
    return close(ring, pad(record), record["id"])


def close(ring: KeyRing, clear: bytes, id_: str) -> bytes:
    """A seal around any bytes."""
    header = MAGIC + bytes([FORMAT]) + UUID(id_).bytes + ring.key_id
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), ring.public)
    return header + SUITE.encrypt(clear, public, info=header)


class Sender:
    """An enrolled tablet at the hub's door, with the token it got or with a new one."""

    def __init__(self, hub: Flask, tablet_id: str, token: str = "") -> None:
        self.hub, self.id, self.token = hub, tablet_id, token or secrets.token_urlsafe(32)
        self.ring: KeyRing = hub.extensions["key_ring"]
        with hub.app_context():
            tablet = db.session.get_one(Tablet, tablet_id)
            self.unit = tablet.unit_id
            if not token:
                tablet.token_hash = hashlib.sha256(self.token.encode()).hexdigest()
                tablet.state = TabletState.ENROLLED
                db.session.commit()

    def send(self, record: Record) -> Any:
        return self.put(record["id"], seal(self.ring, record))

    def put(self, id_: str, sealed: bytes) -> Any:
        return self.hub.test_client().put(
            f"/sync/conversations/{id_}",
            data=sealed,
            content_type="application/vnd.kid-wheel.sealed",
            headers={"Authorization": f"Bearer {self.token}"},
        )

    def ask(self, path: str, **body: Any) -> Any:
        """What only a tablet may ask: a GET, or a POST when there is something to tell."""
        client, headers = self.hub.test_client(), {"Authorization": f"Bearer {self.token}"}
        if body:
            return client.post(f"/tablet/api/{path}", json=body, headers=headers)
        return client.get(f"/tablet/api/{path}", headers=headers)

    def fetch(self, path: str, kind: type[Lent], code: str) -> tuple[int, dict[str, Any]]:
        """What is lent, as the tablet's worker opens it: with a fresh key pair of its own."""
        key = ec.generate_private_key(ec.SECP256R1())
        point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        public = base64.urlsafe_b64encode(point).decode().rstrip("=")
        answer = self.ask(path, case_code=code, public=public)
        if answer.status_code != 200:
            return answer.status_code, {}
        sealed = base64.b64decode(answer.json["sealed"])
        return 200, json.loads(SUITE.decrypt(sealed, key, info=kind.INFO + self.id.encode()))
