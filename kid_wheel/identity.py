"""A huvudman's own way to know a guardian: its identity provider, by OpenID Connect.

It must never learn or keep more of a person than that it is the same one as the last time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.base_client import BaseApp, OAuth2Mixin, OAuthError, OpenIDMixin
from authlib.integrations.requests_client import OAuth2Session
from joserfc.errors import JoseError
from requests import RequestException
from sqlalchemy import ForeignKey, LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from .db import Base, HasId
from .keys import KeyRing, decrypt, encrypt
from .people import Organisation

TIMEOUT_S = 5  # of one request to the provider: a guardian is waiting
SCOPE = "openid"  # and no name, address or number
LOOPBACK = {"localhost", "127.0.0.1"}
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
# Signed with the provider's private key: a secret that we hold too would prove nothing.
SIGNED_WITH = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]


class NotAnswering(Exception):
    """Inloggningen svarar inte."""


class NotTrusted(Exception):
    """Svaret från inloggningen stämmer inte."""


class IdentityProvider(HasId, Base):
    """name: what a guardian reads of it. secret: encrypted with the huvudman's key."""

    __tablename__ = "identity_provider"
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    issuer: Mapped[str] = mapped_column(String(255))
    client_id: Mapped[str] = mapped_column(String(255))
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    organisation: Mapped[Organisation] = relationship()


@dataclass(frozen=True)
class Provider:
    """What is needed to ask it, read once so that no database waits for somebody else's server."""

    organisation_id: str
    name: str
    issuer: str
    client_id: str
    secret: str


@dataclass(frozen=True)
class Attempt:
    """One visit to a provider. url: where the guardian goes; the rest is checked afterwards."""

    url: str
    state: str
    nonce: str
    verifier: str


class _Client(OAuth2Mixin, OpenIDMixin, BaseApp):  # type: ignore[misc]
    """Authlib's client without Flask's session: that one is the staff's, and as a strict cookie it
    is not there when somebody comes back from another site."""

    client_cls = OAuth2Session


def keep(
    session: Session, ring: KeyRing, organisation: Organisation, words: dict[str, str]
) -> IdentityProvider:
    """words: name, issuer, client_id, secret; with no secret the one before stays."""
    row = _row(session, organisation.id)
    if row is None:
        row = IdentityProvider(organisation_id=organisation.id, secret=b"")
        session.add(row)
    row.name, row.issuer, row.client_id = words["name"], words["issuer"], words["client_id"]
    if words.get("secret") or not row.secret:
        key = ring.unwrap(organisation.wrapped_key)
        row.secret = encrypt(key, words.get("secret", "").encode(), _bound_to(organisation.id))
    return row


def forget(session: Session, organisation_id: str) -> None:
    row = _row(session, organisation_id)
    if row is not None:
        session.delete(row)


def provider_of(session: Session, ring: KeyRing, organisation_id: str) -> Provider | None:
    row = _row(session, organisation_id)
    if row is None:
        return None
    key = ring.unwrap(row.organisation.wrapped_key)
    secret = decrypt(key, row.secret, _bound_to(organisation_id)).decode()
    return Provider(organisation_id, row.name, row.issuer, row.client_id, secret)


def is_any(session: Session) -> bool:
    """Whether some huvudman has one: the door is the same whatever the link."""
    return session.scalars(select(IdentityProvider.id).limit(1)).first() is not None


def begin(provider: Provider, address: str) -> Attempt:
    """address: where the provider sends the guardian back."""
    try:
        client = _client(provider)
        made = client.create_authorization_url(address)
    except (RequestException, ValueError, KeyError, OAuthError) as error:
        raise NotAnswering from error
    return Attempt(made["url"], made["state"], made["nonce"], made["code_verifier"])


def finish(provider: Provider, address: str, attempt: Attempt, code: str) -> str:
    """Who came back: the same words for the same person, and never a name."""
    try:
        client = _client(provider)
        token = client.fetch_access_token(
            redirect_uri=address, code=code, code_verifier=attempt.verifier
        )
        known = client.parse_id_token(token, attempt.nonce, _wanted(provider))
    except RequestException as error:
        raise NotAnswering from error
    except (OAuthError, JoseError, ValueError, KeyError, TypeError) as error:
        raise NotTrusted from error
    if not known or not isinstance(known.get("sub"), str) or not known["sub"]:
        raise NotTrusted
    return f"{provider.issuer}\n{known['sub']}"


def is_safe(address: str) -> bool:
    """Encrypted all the way, or on this very machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def _client(provider: Provider) -> Any:
    client = _Client(
        None,
        name="guardian",
        client_id=provider.client_id,
        client_secret=provider.secret,
        server_metadata_url=f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={
            "scope": SCOPE,
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_S,
        },
    )
    said = client.load_server_metadata()
    # A provider speaks for itself only: else one could answer in another's name.
    if said.get("issuer") != provider.issuer or not all(is_safe(said[one]) for one in ENDPOINTS):
        raise ValueError(provider.issuer)
    said["id_token_signing_alg_values_supported"] = SIGNED_WITH
    return client


def _wanted(provider: Provider) -> dict[str, dict[str, Any]]:
    return {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
    }


def _row(session: Session, organisation_id: str) -> IdentityProvider | None:
    wanted = select(IdentityProvider).where(IdentityProvider.organisation_id == organisation_id)
    return session.scalar(wanted)


def _bound_to(organisation_id: str) -> bytes:
    return f"identity/{organisation_id}".encode()
