"""A line between a browser and a server on this machine: it counts what the server sends, and can
be cut.

It must never change a byte that passes.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Wire:
    """received: bytes from the server so far, headers included."""

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()
        self.received = 0
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def cut(self) -> None:
        """No net: what is open breaks, and nothing answers any more."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(5)

    def mend(self) -> None:
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result(5)

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for line in self._lines:
            line.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, to = await asyncio.open_connection("127.0.0.1", self._to_port)
        self._lines |= {writer, to}
        try:
            await asyncio.gather(self._pass(reader, to, 0), self._pass(there, writer, 1))
        finally:
            self._lines -= {writer, to}
            writer.close()
            to.close()

    async def _pass(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, counted: int
    ) -> None:
        try:
            while part := await source.read(65_536):
                self.received += len(part) * counted
                target.write(part)
                await target.drain()
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            target.close()


@contextmanager
def wire(to: str) -> Iterator[Wire]:
    line = Wire(int(to.rsplit(":", 1)[1]))
    thread = threading.Thread(target=line._loop.run_forever, daemon=True)
    thread.start()
    line.mend()
    try:
        yield line
    finally:
        line.cut()
        line._loop.call_soon_threadsafe(line._loop.stop)
        thread.join(5)
