"""A load of HTTP requests on loopback: so many clients that each wait for their answer, or an open loop at a rate.

Each client has one connection that it keeps, and its own list of requests in raw bytes, made before the clock starts.
`closed` answers with the throughput and every latency; `open_loop` sends at fixed moments whether or not earlier
answers came, and counts the time from the moment a request was due, so that a slow server cannot hide behind its queue.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter

Request = Callable[[], bytes]
"""Makes the next request of one client."""


@dataclass
class Measured:
    """What a load brought: seconds of each answer, how long it took in all, and the answers by their status."""

    seconds: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    wall: float = 0.0

    @property
    def a_second(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.wall

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share of the answers came."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def note(self, status: int, seconds: float) -> None:
        """One answer."""
        self.seconds.append(seconds)
        self.statuses[status] = self.statuses.get(status, 0) + 1


class Connection:
    """One client's connection."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, request: bytes) -> int:
        """The status of the answer, which is read to its end."""
        if self.writer is None or self.reader is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        told = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n") if b": " in line)
        if told.get(b"transfer-encoding") == b"chunked":
            while size := int(await self.reader.readline(), 16):
                await self.reader.readexactly(size + 2)
            await self.reader.readexactly(2)
        elif length := int(told.get(b"content-length", b"0")):
            await self.reader.readexactly(length)
        return int(head[9:12])

    def close(self) -> None:
        """Hang up."""
        if self.writer is not None:
            self.writer.close()


async def _closed(port: int, clients: Sequence[Request], seconds: float) -> Measured:
    found, until = Measured(), perf_counter() + seconds

    async def one(request: Request) -> None:
        connection = Connection(port)
        while perf_counter() < until:
            raw = request()
            begun = perf_counter()
            found.note(await connection.ask(raw), perf_counter() - begun)
        connection.close()

    begun = perf_counter()
    await asyncio.gather(*(one(request) for request in clients))
    found.wall = perf_counter() - begun
    return found


async def _open(port: int, clients: Sequence[Request], rate: float, seconds: float) -> Measured:
    found, idle = Measured(), [(Connection(port), request) for request in clients]
    waiting: asyncio.Queue[tuple[Connection, Request]] = asyncio.Queue()
    for each in idle:
        waiting.put_nowait(each)
    begun = perf_counter()

    async def one(due: float) -> None:
        connection, request = await waiting.get()
        status = await connection.ask(request())
        found.note(status, perf_counter() - due)
        waiting.put_nowait((connection, request))

    tasks = []
    for number in range(int(rate * seconds)):
        due = begun + number / rate
        await asyncio.sleep(max(0.0, due - perf_counter()))
        tasks.append(asyncio.create_task(one(due)))
    await asyncio.gather(*tasks)
    found.wall = perf_counter() - begun
    for connection, _ in idle:
        connection.close()
    return found


def closed(port: int, clients: Sequence[Request], seconds: float) -> Measured:
    """Each client sends its next request when the answer to the last has come."""
    return asyncio.run(_closed(port, clients, seconds))


def open_loop(port: int, clients: Sequence[Request], rate: float, seconds: float) -> Measured:
    """So many requests a second, each at its moment, by whichever client is free."""
    return asyncio.run(_open(port, clients, rate, seconds))
