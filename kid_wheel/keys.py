"""The hub's keys: one pair that conversations are sealed to, and one that wraps everything at rest.

They must never be in the database. A copy of the database without this folder gives away nothing
that a child has said.
"""

from __future__ import annotations

import base64
import hashlib
import os
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)  # RFC 9180, base mode
KEY_ID_BYTES = 8
NONCE_BYTES = 12


class UnknownKey(LookupError):
    """Samtalet är förslutet till en nyckel som navet inte har."""


class BrokenSeal(Exception):
    """Förseglingen går inte att öppna: bytes saknas eller har ändrats."""


class KeyRing:
    """All keys of a hub, read from (and at the first start made in) one folder.

    `*.pem` are P-256 private keys; the newest by name is given to tablets, the others still open
    what was sealed to them. `wrap.key` is 32 random bytes.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not any(folder.glob("*.pem")):
            _write(folder / "hub-0001.pem", _pem(ec.generate_private_key(ec.SECP256R1())))
        if not (folder / "wrap.key").exists():
            _write(folder / "wrap.key", os.urandom(32))
        self._private: dict[bytes, ec.EllipticCurvePrivateKey] = {}
        for path in sorted(folder.glob("*.pem")):
            key = serialization.load_pem_private_key(path.read_bytes(), None)
            if not isinstance(key, ec.EllipticCurvePrivateKey):
                raise UnknownKey(path.name)
            self.public = _public(key)
            self._private[key_id(self.public)] = key
        self._wrap = (folder / "wrap.key").read_bytes()

    @property
    def key_id(self) -> bytes:
        return key_id(self.public)

    def public_json(self) -> dict[str, str]:
        """What a tablet gets: the key's id in hex and the uncompressed point in base64url."""
        return {
            "id": self.key_id.hex(),
            "public": base64.urlsafe_b64encode(self.public).decode().rstrip("="),
        }

    def open(self, to: bytes, sealed: bytes, info: bytes) -> bytes:
        """The clear bytes of `sealed` (encapsulated key, then ciphertext)."""
        if to not in self._private:
            raise UnknownKey(to.hex())
        try:
            return SUITE.decrypt(sealed, self._private[to], info=info)
        except (InvalidTag, ValueError) as error:
            raise BrokenSeal from error

    def wrap(self, key: bytes) -> bytes:
        return encrypt(self._wrap, key, b"organisation")

    def unwrap(self, wrapped: bytes) -> bytes:
        return _unwrap(self._wrap, wrapped)


def seal_to(public: bytes, clear: bytes, info: bytes) -> bytes:
    """HPKE to anybody's key: encapsulated key, then ciphertext.

    public: an uncompressed P-256 point, 65 bytes; ValueError when it is none.
    """
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
    return SUITE.encrypt(clear, point, info=info)


def key_id(public: bytes) -> bytes:
    """The first 8 bytes of the public point's SHA-256."""
    return hashlib.sha256(public).digest()[:KEY_ID_BYTES]


def encrypt(key: bytes, clear: bytes, bound_to: bytes) -> bytes:
    """AES-256-GCM: nonce, then ciphertext. `bound_to` must be the same when decrypting."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, clear, bound_to)


def decrypt(key: bytes, sealed: bytes, bound_to: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
    except InvalidTag as error:
        raise BrokenSeal from error


@lru_cache(maxsize=64)
def _unwrap(wrap: bytes, wrapped: bytes) -> bytes:
    return decrypt(wrap, wrapped, b"organisation")


def _public(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
