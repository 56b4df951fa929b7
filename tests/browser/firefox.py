"""Firefox as it is installed, driven by WebDriver BiDi straight over a web socket."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import time
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

EXECUTABLE = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)
LISTENING = re.compile(r"WebDriver BiDi listening on (ws://\S+)")
PATIENCE_S = 30
SETTINGS = {
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "app.update.disabledForTesting": True,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "",
    "toolkit.telemetry.server": "",
    "extensions.update.enabled": False,
}


class Firefox:
    """One browser process and one page in it."""

    def __init__(self, profile: Path) -> None:
        assert EXECUTABLE
        profile.mkdir(exist_ok=True)
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in SETTINGS.items()]
        (profile / "user.js").write_text("\n".join(lines))
        self._log = profile / "log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [EXECUTABLE, "--headless", "--no-remote", "--profile", str(profile),
                 "--remote-debugging-port", "0"],
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self._number = 0
        self._opened = ExitStack()
        try:
            address = f"{self._address()}/session"
            self._socket = self._opened.enter_context(connect(address, max_size=None))
            self._ask("session.new", capabilities={})
            tree = self._ask("browsingContext.getTree")
            self._context = tree["contexts"][0]["context"]
        except BaseException:
            self.kill()
            raise

    def open(self, address: str) -> None:
        self._ask("browsingContext.navigate", context=self._context, url=address, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """The value of an expression, awaited, by way of JSON."""
        answer = self._ask(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression})) ?? 'null')()",
            target={"context": self._context},
            awaitPromise=True,
        )
        assert answer["type"] == "success", answer["exceptionDetails"]["text"]
        return json.loads(answer["result"]["value"])

    def kill(self) -> None:
        """SIGKILL of every process of the browser at once."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._opened.close()

    def _address(self) -> str:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and self._process.poll() is None:
            if found := LISTENING.search(self._log.read_text("utf-8", "replace")):
                return found[1]
            time.sleep(0.05)
        raise AssertionError(f"Firefox did not start: {self._log.read_text('utf-8', 'replace')}")

    def _ask(self, method: str, **params: Any) -> Any:
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv(timeout=PATIENCE_S))
            if answer.get("id") == self._number:
                assert answer["type"] == "success", f"{method}: {answer.get('message')}"
                return answer["result"]
