"""How many records of 20 KB the hub takes in each second, from several tablets at once.

Each record is distinct, sealed by HPKE before the clock starts, sent on its own, committed with
synchronous=FULL and answered with a receipt whose digest is checked here.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from kid_wheel import clock
from kid_wheel.catalog import Variant, catalog
from kid_wheel.conversation import FORMAT, MAGIC, STEP_BYTES, Record, pad
from kid_wheel.keys import SUITE, KeyRing

from .floor.server import pack
from .hub import Enrolled, Hub

RECORD_BYTES = 20_000  # a sealed record is the first whole step at or above this
TABLETS = 8
RECORDS = 2_000
BATCH = 100
ROUNDS = 3

Sealed = tuple[str, bytes]  # id and the bytes to send


def measure(hub: Hub, floor: str) -> tuple[list[float], list[float]]:
    """Records each second, ours and the bare batch endpoint's, one pair for each round."""
    tablets = [hub.enrol(f"Mätning {n + 1}") for n in range(TABLETS)]
    ours, bare = [], []
    for _round in range(ROUNDS):
        sealed = [make_sealed(hub, tablets[n % TABLETS]) for n in range(RECORDS // ROUNDS)]
        piles = [sealed[n::TABLETS] for n in range(TABLETS)]
        bare.append(_rate(lambda pile, _who: _send_batches(floor, pile), piles, tablets))
        ours.append(_rate(lambda pile, who: _send_each(hub.url, pile, who), piles, tablets))
    return ours, bare


def make_sealed(hub: Hub, tablet: Enrolled) -> Sealed:
    record = make_record(tablet)
    return record["id"], seal(record, hub.ring)


def seal(record: Record, ring: KeyRing) -> bytes:
    """What a tablet does in seal.js."""
    header = MAGIC + bytes([FORMAT]) + UUID(record["id"]).bytes + ring.key_id
    clear = pad(record)
    return header + SUITE.encrypt(clear, ring.private_for_benchmark.public_key(), info=header)
