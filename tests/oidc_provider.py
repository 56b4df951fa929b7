"""A small OpenID provider, in a process of its own: `python oidc_provider.py PORT ISSUER`.

It asks who one is and believes it. What it is told to do wrong (a `fault`) a bad one could do.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from flask import Flask, jsonify, request
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT, SECRET = "hjulet", "en-hemlighet-som-ingen-annan-har"
FAULTS = (
    "nonce", "no_nonce", "audience", "audience_for_us", "issuer", "expired", "another_key",
    "our_secret", "no_subject", "no_token", "refused",
)  # fmt: skip

ASK = "<form method=post><label>Vem? <input name=who></label><button>Ja</button></form>"

Claims = dict[str, Any]


@dataclass
class Client:
    """The hub. It may come back to any address: which one was asked for is checked by the grant."""

    client_id: str = CLIENT

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str) -> str:
        return "openid" if "openid" in scope.split() else ""

    def check_redirect_uri(self, address: str) -> bool:
        return "/home/login/" in address

    def check_client_secret(self, secret: str) -> bool:
        return secret == SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return endpoint != "token" or method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code:
    code: str
    redirect_uri: str
    scope: str
    nonce: str | None
    who: str
    fault: str
    code_challenge: str | None
    code_challenge_method: str | None
    auth_time: int = field(default_factory=lambda: int(time.time()))

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return {"nonce": "another", "no_nonce": None}.get(self.fault, self.nonce)

    def get_auth_time(self) -> int:
        return self.auth_time

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


CODES: dict[str, Code] = {}
OWN, ANOTHER = (RSAKey.generate_key(2048, {"use": "sig", "kid": kid}) for kid in ("1", "1"))


class CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

    def save_authorization_code(self, code: str, asked: Any) -> None:
        sent = asked.payload.data
        CODES[code] = Code(
            code, asked.payload.redirect_uri, asked.payload.scope, sent.get("nonce"), *asked.user,
            sent.get("code_challenge"), sent.get("code_challenge_method"),
        )  # fmt: skip

    def query_authorization_code(self, code: str, _client: Client) -> Code | None:
        return CODES.get(code)

    def delete_authorization_code(self, used: Code) -> None:
        del CODES[used.code]

    def authenticate_user(self, used: Code) -> tuple[str, str]:
        return used.who, used.fault


class IdToken(OpenIDCode):  # type: ignore[misc]
    """Right in every part, but the one that it was told to make wrong."""

    issuer = ""

    def exists_nonce(self, _nonce: str, _request: Any) -> bool:
        return False

    def process_token(self, _grant: Any, answer: Any) -> Any:
        _status, token, _headers = answer
        (who, fault), used = _grant.request.user, _grant.request.authorization_code
        now = int(time.time()) - (3600 if fault == "expired" else 0)
        claims: Claims = {
            "iss": "https://someone.else.example" if fault == "issuer" else self.issuer,
            "aud": "another" if fault.startswith("audience") else CLIENT,
            "sub": who, "iat": now, "exp": now + 300, "auth_time": now,
        }  # fmt: skip
        if fault == "audience_for_us":
            claims["azp"] = CLIENT
        if fault == "no_subject":
            del claims["sub"]
        if used.get_nonce():
            claims["nonce"] = used.get_nonce()
        alg, key = "RS256", ANOTHER if fault == "another_key" else OWN
        if fault == "our_secret":
            alg, key = "HS256", OctKey.import_key(SECRET.encode())
        if fault != "no_token":
            token["id_token"] = jwt.encode({"alg": alg, "kid": "1"}, claims, key, [alg])
        return token


def make_app(issuer: str) -> Flask:
    app = Flask(__name__)
    server = AuthorizationServer(
        app,
        query_client=lambda id_: Client() if id_ == CLIENT else None,
        save_token=lambda _token, _request: None,
    )
    IdToken.issuer = issuer
    server.register_grant(CodeGrant, [CodeChallenge(required=True), IdToken(require_nonce=True)])

    @app.get("/.well-known/openid-configuration")
    def configuration() -> Any:
        return jsonify(
            issuer=issuer,
            authorization_endpoint=f"{issuer}/authorize",
            token_endpoint=f"{issuer}/token",
            jwks_uri=f"{issuer}/keys",
            id_token_signing_alg_values_supported=["RS256", "HS256", "none"],
        )

    @app.get("/keys")
    def keys() -> Any:
        return jsonify(keys=[OWN.as_dict(private=False)])

    @app.route("/authorize", methods=["GET", "POST"])
    def authorize() -> Any:
        grant = server.get_consent_grant(end_user=("", ""))
        if request.method == "GET":
            return ASK
        fault = request.form.get("fault", "")
        user = None if fault == "refused" else (request.form["who"], fault)
        return server.create_authorization_response(grant=grant, grant_user=user)

    @app.post("/token")
    def token() -> Any:
        return server.create_token_response()

    return app


if __name__ == "__main__":
    make_app(sys.argv[2]).run("127.0.0.1", int(sys.argv[1]))
