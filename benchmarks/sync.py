"""How many records of 20 KB the hub takes in each second, from several tablets at once.

`python -m benchmarks.sync` measures this row alone.

Each record is distinct, sealed by HPKE before the clock starts, sent in a request of its own,
committed with synchronous=FULL and answered with a receipt whose digest is checked here. The
requests come as a proxy hands them on: over a few connections, each of which takes the next. They
are made before the clock starts too, since sender and hub share two cores.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec

from kid_wheel import clock, demo
from kid_wheel.catalog import Variant, catalog
from kid_wheel.conversation import FORMAT, MAGIC, Record, pad
from kid_wheel.keys import SUITE, KeyRing

from . import hub as hubs
from .floor.server import pack
from .hub import UNIT, Enrolled, Hub

OWN_WORDS = 3_000  # letters in each area, at random: five steps of the padding, 20 KB
TABLETS = 8
RECORDS = 4_000  # in all rounds together
ROUNDS = 8
BATCH = 100  # records in one request of the floor

Sealed = tuple[str, bytes]  # id and the bytes to send
Request = tuple[bytes, list[Sealed]]  # a whole HTTP request, and what it brings


def measure(hub: Hub, floor: str) -> tuple[list[float], list[float]]:
    """Records each second, ours and the bare batch endpoint's: one pair for each round."""
    tablets = [hub.enrol(f"Mätning {n + 1}") for n in range(TABLETS)]
    ours, bare = [], []
    for _round in range(ROUNDS):
        sealed = [
            (tablet, make_sealed(tablet, hub.ring))
            for tablet in tablets
            for _record in range(RECORDS // ROUNDS // TABLETS)
        ]
        random.shuffle(sealed)
        records = [record for _tablet, record in sealed]
        batches = [records[at : at + BATCH] for at in range(0, len(records), BATCH)]
        bare.append(_rate(floor, [_batch(batch) for batch in batches]))
        ours.append(_rate(hub.url, [_put(tablet, record) for tablet, record in sealed]))
    return ours, bare


def make_sealed(tablet: Enrolled, ring: KeyRing) -> Sealed:
    """A conversation of its own as seal.js seals it."""
    record = make_record(tablet)
    header = MAGIC + bytes([FORMAT]) + UUID(record["id"]).bytes + ring.key_id
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), ring.public)
    return record["id"], header + SUITE.encrypt(pad(record), public, info=header)


def make_record(tablet: Enrolled) -> Record:
    """Every card of the older catalog answered, and own words until the seal holds 20 KB."""
    shown = catalog("sv", Variant.OLDER)
    steps = shown.scales["bra5"]
    at = clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    def answer() -> dict[str, Any]:
        step = random.choice(steps)
        words = {"step": step.key, "label": step.label, "symbol": step.symbol}
        return {"scale": "bra5", **words, "speaker": "child_chose", "at": at}

    record: Record = {
        "format": "kid-wheel/conversation/1",
        "id": str(uuid4()),
        "content_version": shown.version,
        "tablet": tablet.id,
        "unit": tablet.unit,
        "staff": tablet.staff,
        "variant": "older",
        "language": "sv",
        "scale": "bra5",
        "present": {"guardian": False, "interpreter": None},
        "tapped_by": "child",
        "child": {
            "alias": f"Barn {random.randrange(10**6)}",
            "birth_year": 2014,
            "place": {"kind": "grundskola", "unit": demo.id_of("unit", UNIT), "year": "AK6"},
        },
        "started_at": at,
        "finished_at": at,
        "sittings": [{"from": at, "until": at}],
        "ended": "done",
        "wheel": [],
        "areas": [
            {
                "key": area.key,
                "label": area.label,
                "order": number,
                "cards": [
                    {
                        "key": card.key,
                        "label": card.label,
                        "say": card.say,
                        "symbol": card.symbol,
                        "answer": answer(),
                    }
                    for card in area.cards
                ],
                "statements": [],
            }
            for number, area in enumerate(shown.areas, start=1)
        ],
    }
    letters = "abcdefghijklmnopqrstuvwxyzåäö" + " " * 6
    for area in record["areas"]:
        text = "".join(random.choices(letters, k=OWN_WORDS))
        area["statements"] = [{"text": text, "speaker": "child_said", "at": at}]
    return record


def _rate(url: str, requests: list[Request]) -> float:
    port, waiting = urlsplit(url).port, iter(requests)

    def send(_connection: int) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for request, brought in waiting:
                connection.sendall(request)
                _check(brought, connection)

    with ThreadPoolExecutor(TABLETS) as pool:
        begun = time.perf_counter()
        list(pool.map(send, range(TABLETS)))
        return sum(len(brought) for _request, brought in requests) / (time.perf_counter() - begun)


def _put(tablet: Enrolled, record: Sealed) -> Request:
    id_, body = record
    told = (
        f"PUT /sync/conversations/{id_} HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {tablet.token}\r\nAccept-Language: sv\r\n"
        f"Content-Type: application/vnd.kid-wheel.sealed\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return told.encode() + body, [record]


def _batch(records: list[Sealed]) -> Request:
    body = pack(records)
    told = f"POST /batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
    return told.encode() + body, records


def _check(records: list[Sealed], connection: socket.socket) -> None:
    answer = http.client.HTTPResponse(connection)
    answer.begin()
    said = answer.read()
    if answer.status != 201:
        raise RuntimeError(f"{answer.status} {said!r}")
    receipts = json.loads(said)
    receipts = receipts if isinstance(receipts, list) else [receipts]
    for (id_, body), receipt in zip(records, receipts, strict=True):
        expected = {"conversation": id_, "digest": hashlib.sha256(body).hexdigest()}
        if expected.items() - receipt.items():
            raise RuntimeError(f"not the receipt of {id_}")


def main() -> None:
    with hubs.hub() as hub, hubs.floor() as floor:
        ours, bare = measure(hub, floor)
    for name, rates in (("ours", ours), ("floor", bare)):
        print(f"{name}: median {median(rates):.0f}/s of", *(f"{rate:.0f}" for rate in rates))


if __name__ == "__main__":
    main()
