"""The web application beside a minimal one: a form of twelve items saved through the whole stack, in turns in one run.

    python -m benchmarks.web [seconds]

Ours is signed in, has its CSRF token and its roles checked, reads and validates what was typed, and is judged, chained,
durable and projected; the peer (`benchmarks.peers.minimal`) saves the same twelve items with one `save` and twelve
audit rows with one `bulk_create`. Both with the same durability, in as many processes and threads of the same server,
under sixteen clients: on SQLite in one process, so again on a slower disk, then on PostgreSQL in two processes. Each
time then ours in an open loop at six tenths of its own throughput, and the pages opened most. Printed, never asserted.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from benchmarks.ledger import postgres
from benchmarks.load import Measured, Request, closed, open_loop
from benchmarks.load.processor import processor_seconds
from benchmarks.load.slow_disk import slow_disk
from trialwright.cli.serve import THREADS

ROOT = Path(__file__).resolve().parent.parent
STUDY = sorted(record.parent for record in (ROOT / "studies").glob("*/record.txt"))[0]
CLIENTS, ITEMS, TURNS = 16, 12, 3
SYNC = 5
"""Milliseconds until a disk of one's own has what it was given; see `slow_disk`."""
PEER_PORT, OUR_PORT = 8093, 8094
SERVER = ("--interface", "wsgi", "--host", "127.0.0.1", "--blocking-threads", str(THREADS))
PEER = "benchmarks.peers.minimal.wsgi"


# --- the two servers ------------------------------------------------------------------------------------------------


@contextmanager
def serving(module: str, port: int, environment: Mapping[str, str], path: str, workers: int) -> Iterator[int]:
    """The server with an application in so many processes, until the block ends; its id."""
    command = [sys.executable, "-m", "granian", *SERVER, "--workers", str(workers), "--port", str(port)]
    command.append(f"{module}:application")
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, env=in_environment(environment), cwd=ROOT, stdout=quiet, stderr=quiet)
    try:
        _wait(f"http://127.0.0.1:{port}{path}")
        yield server.pid
    finally:
        server.terminate()
        server.wait(timeout=30)


def in_environment(more: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with more, and without the settings that this process itself started Django by."""
    return {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"} | dict(more)


def _wait(address: str) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            urlopen(address, timeout=5).close()  # noqa: S310 — loopback
            return
        except OSError as wrong:
            if getattr(wrong, "code", None) is not None:
                return
            time.sleep(0.2)
    raise TimeoutError(f"{address} does not answer")


def prepared(folder: Path, environment: Mapping[str, str]) -> list[dict[str, Any]]:
    """A study in mid-course and a signed-in person for each client; made in a process of its own."""
    known = in_environment(environment)
    shutil.copytree(STUDY, folder, ignore=shutil.ignore_patterns("*.sqlite3*", "tests"))
    run = [sys.executable, "-m", "trialwright", "rehearse", str(folder), "--until", "mid-accrual"]
    subprocess.run(run, check=True, cwd=ROOT, stdout=subprocess.DEVNULL, env=known)
    made = subprocess.run(
        [sys.executable, "-m", "benchmarks.load.people", str(folder), str(CLIENTS), str(ITEMS)],
        check=True, cwd=ROOT, capture_output=True, text=True, env=known,
    )  # fmt: skip
    people: list[dict[str, Any]] = json.loads(made.stdout.splitlines()[-1])
    return people


# --- the requests ---------------------------------------------------------------------------------------------------


def of_peer(number: int) -> Request:
    """Twelve items as JSON."""
    items = [{"path": f"item{place}/visit/value", "value": "3.4"} for place in range(ITEMS)]
    body = json.dumps({"subject": f"S01-{number:03}", "person": "u1", "items": items}).encode()
    raw = _post("/forms", body, "application/json", {})
    return lambda: raw


def of_ours(person: Mapping[str, Any]) -> Request:
    """Twelve items of a visit that nobody planned, each time another, on the version the last save left."""
    numbers, key = count(1000), f"{time.time_ns()}-{person['subject']}"
    version = count(int(person["version"]))
    headers = {"Cookie": person["cookies"], "Referer": f"http://localhost:{OUR_PORT}/"}

    def request() -> bytes:
        number = next(numbers)
        typed = {name.replace("#", str(number)): value for name, value in person["typed"].items()}
        told = {"csrfmiddlewaretoken": person["csrf"], "key": f"{key}-{number}", "version": next(version), **typed}
        body = urlencode(told).encode()
        return _post(person["path"].replace("#", str(number)), body, "application/x-www-form-urlencoded", headers)

    return request


def get(path: str, person: Mapping[str, Any]) -> Request:
    """A page."""
    raw = f"GET {path} HTTP/1.1\r\nHost: localhost:{OUR_PORT}\r\nCookie: {person['cookies']}\r\n\r\n".encode()
    return lambda: raw


def _post(path: str, body: bytes, kind: str, headers: Mapping[str, str]) -> bytes:
    told = {"Host": f"localhost:{OUR_PORT}", "Content-Type": kind, "Content-Length": len(body), **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


# --- measuring ------------------------------------------------------------------------------------------------------


def main(seconds: float = 8.0) -> None:
    """Print the figures, of both engines."""
    print("SQLite, one process")
    on_sqlite({}, seconds)
    with tempfile.TemporaryDirectory() as name:
        print(f"SQLite, one process, on a disk whose syncs take {SYNC} ms")
        slow = slow_disk(Path(name), SYNC)
        if slow is None:
            print("not measured, since there is no C compiler here to make one")
        else:
            on_sqlite(slow, seconds)
    with postgres() as server, tempfile.TemporaryDirectory() as name:
        if server is None:
            print("PostgreSQL: not measured, since there is no server for the tests here")
            return
        print("PostgreSQL, two processes")
        ours = {"TRIALWRIGHT_DATABASE_URL": str(server.new_database("ours")), "TRIALWRIGHT_SECRET_KEY": "x" * 50}
        peer = {"PEER_URL": str(server.url(server.new_database("peer", "template1") and "peer"))}
        subprocess.run([sys.executable, "-c", f"import {PEER}"], check=True, cwd=ROOT, env=in_environment(peer))
        measure(Path(name), ours, peer, 2, seconds)


def on_sqlite(disk: Mapping[str, str], seconds: float) -> None:
    """Every figure on SQLite, both on the same disk."""
    with tempfile.TemporaryDirectory() as name:
        measure(Path(name), disk, {**disk, "PEER_FILE": str(Path(name) / "peer.sqlite3")}, 1, seconds)


def measure(place: Path, ours: Mapping[str, str], peer: Mapping[str, str], workers: int, seconds: float) -> None:
    """Every figure of one engine."""
    people = prepared(place / STUDY.name, ours)
    ours = {**ours, "TRIALWRIGHT_STUDIES": str(place / STUDY.name)}
    with (
        serving(PEER, PEER_PORT, peer, "/", workers) as peer_server,
        serving("trialwright.adapters.edc.wsgi", OUR_PORT, ours, "/healthz", workers) as our_server,
    ):
        saving = [of_ours(person) for person in people]
        closed(PEER_PORT, [of_peer(number) for number in range(CLIENTS)], seconds / 4)
        closed(OUR_PORT, saving, seconds / 4)
        rate = compare(saving, seconds, peer_server, our_server)
        tail("ours, open loop at 60 % of that", open_loop(OUR_PORT, saving, 0.6 * rate, 2 * seconds))
        pages(people[0], seconds)


def compare(saving: Sequence[Request], seconds: float, peer_server: int, our_server: int) -> float:
    """Peer and ours in turns; the throughput of ours."""
    ratios, costs, ours = [], [], Measured()
    for _ in range(TURNS):
        theirs, cost_of_theirs = turn("peer", PEER_PORT, [*map(of_peer, range(CLIENTS))], seconds, peer_server)
        ours, cost_of_ours = turn("ours", OUR_PORT, saving, seconds, our_server)
        ratios.append(ours.a_second / theirs.a_second)
        costs.append(cost_of_theirs / cost_of_ours if cost_of_ours else 0.0)
    print(f"saves a second, ours / peer: {', '.join(f'{ratio:.2f}' for ratio in sorted(ratios))}")
    print(
        f"saves for each second of the server's processor, ours / peer: {', '.join(f'{c:.2f}' for c in sorted(costs))}"
    )
    return ours.a_second


def turn(who: str, port: int, requests: Sequence[Request], seconds: float, server: int) -> tuple[Measured, float]:
    """One of the two under load; what came of it, and milliseconds of its processor for each save."""
    before = processor_seconds(server)
    found = closed(port, requests, seconds)
    cost = 1000 * (processor_seconds(server) - before) / len(found.seconds)
    tail(f"{who} ({cost:.2f} ms of processor a save)", found)
    return found, cost


def pages(person: Mapping[str, Any], seconds: float) -> None:
    """The pages that are opened most, one reader."""
    reads: Mapping[str, Callable[[], Request]] = {
        "page of a patient": lambda: get(person["subject_page"], person),
        "list of patients": lambda: get(person["list_page"], person),
        "today": lambda: get(person["today_page"], person),
    }
    for what, request in reads.items():
        tail(what, closed(OUR_PORT, [request()], seconds / 4))


def tail(what: str, found: Measured) -> None:
    """One line."""
    answers = ", ".join(f"{status}: {number}" for status, number in sorted(found.statuses.items()))
    print(
        f"{what:40} {found.a_second:7.0f} /s   median {found.percentile(0.5):6.1f} ms   "
        f"p95 {found.percentile(0.95):6.1f} ms   p99 {found.percentile(0.99):6.1f} ms   ({answers})",
        flush=True,
    )


if __name__ == "__main__":
    main(*map(float, sys.argv[1:2]))
