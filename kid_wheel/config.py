"""Every setting of the hub in one place, read from the environment as KID_WHEEL_<NAME>.

It must never hold a secret in code: secrets are made in the instance folder at the first start.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

MAX_RECORD_BYTES = 8 * 1024 * 1024  # one sealed conversation, drawings included
ENROLMENT_LIFETIME = timedelta(minutes=15)
MAX_FAILED_SIGN_INS = 8  # per account and window
FAILED_SIGN_IN_WINDOW = timedelta(minutes=15)
IDLE_LIFETIME = timedelta(hours=2)  # a hub session nobody uses
INVITATION_LIFETIME = timedelta(hours=24)  # a guardian's link that nobody has opened
GUARDIAN_IDLE = timedelta(minutes=30)  # a guardian's session on what may be a shared telephone
GUARDIAN_SESSION = timedelta(hours=4)


@dataclass(frozen=True)
class Config:
    """Where things are and how the hub is reached.

    instance: folder of the database and the keys. url: the address tablets are given, without a
    trailing slash. database: an SQLAlchemy URL. secure: cookies only over TLS. demo: fictive
    people only, with a mark on every page.
    """

    instance: Path
    url: str = "http://localhost:8000"
    database: str = ""
    secure: bool = False
    demo: bool = False
    testing: bool = False
    engine_options: dict[str, object] = field(default_factory=dict)

    @classmethod
    def from_environment(cls) -> Config:
        env = os.environ
        url = env.get("KID_WHEEL_URL", "http://localhost:8000").rstrip("/")
        return cls(
            instance=Path(env.get("KID_WHEEL_INSTANCE", "instance")).resolve(),
            url=url,
            database=env.get("KID_WHEEL_DATABASE", ""),
            secure=url.startswith("https://"),
            demo=env.get("KID_WHEEL_DEMO", "") == "1",
        )

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{self.instance / 'hub.sqlite'}"

    @property
    def keys(self) -> Path:
        return self.instance / "keys"

    def secret(self, name: str) -> str:
        """A random secret that is made once and kept in the keys folder, readable by us only."""
        path = self.keys / name
        if not path.exists():
            self.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_urlsafe(48))
        return path.read_text("utf-8")
