"""The huvudman's identity provider in tests: a real one, in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import oidc_provider
import requests

PATIENCE_S = 30


class RunningProvider:
    """On 127.0.0.1: for a browser that is another site than the hub's localhost."""

    def __init__(self) -> None:
        self._port = _free_port()
        self.issuer = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        if self._process:
            return
        self._process = subprocess.Popen(
            [sys.executable, oidc_provider.__file__, str(self._port), self.issuer],
            env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parent,
        )
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            with socket.socket() as knocking:
                if knocking.connect_ex(("127.0.0.1", self._port)) == 0:
                    return
            time.sleep(0.05)
        raise TimeoutError(self.issuer)

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(PATIENCE_S)
        self._process = None

    def words(self, **changes: str) -> dict[str, str]:
        """What an administrator writes about it."""
        return {
            "name": "Provkommunens inloggning",
            "issuer": self.issuer,
            "client_id": oidc_provider.CLIENT,
            "secret": oidc_provider.SECRET,
            **changes,
        }

    def logs_in(self, url: str, who: str, fault: str = "") -> str:
        """Somebody says who they are there. Where they are sent: a path of the hub's."""
        with requests.get(url, timeout=PATIENCE_S) as asked:
            assert asked.status_code == 200, asked.text
        sent = {"who": who, "fault": fault}
        with requests.post(url, data=sent, allow_redirects=False, timeout=PATIENCE_S) as answer:
            assert answer.status_code == 302, answer.text
            parts = urlsplit(answer.headers["Location"])
        return f"{parts.path}?{parts.query}"


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
