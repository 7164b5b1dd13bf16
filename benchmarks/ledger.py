"""What the ledger costs beside what any durable store would: ratios in one run, as a busy machine weighs on both sides.

    python -m benchmarks.ledger [events …]

For SQLite, and for PostgreSQL where the tests' server is installed, both on the disk of the folder for temporary files:
a save of one form, without and with a projection of the subject, beside a bare durable row of the same size, the two in
turns; verification beside reading the same rows in one process, and hashing them, with and without a parse of their
JSON; at each number of events. 1 is as fast as what it is compared with. Printed, never asserted.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import partial
from hashlib import sha256
from importlib import import_module
from itertools import chain as joined
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import Any
from unittest import mock

from trialwright.core.ledger import Change, Event, FormSubmitted, StudyOpened
from trialwright.core.terms import Quantity
from trialwright.store import Ledger, SeededIssuer, Submission, Text, chain, open_study, rows, verify
from trialwright.store.open import connected

STUDY = "BENCHMARK"
PROTOCOL = Text("protocol", "protocol: BENCHMARK\n")
START = datetime(2006, 3, 1, 9, 0, tzinfo=UTC)
ITEMS = ("anc", "platelets", "haemoglobin", "creatinine", "bilirubin", "alt")
ROUNDS, IN_A_ROUND = 30, 10
SIZES = (1_000, 10_000)
ISSUER = SeededIssuer(1)
BARE = "CREATE TABLE bare (id bigint PRIMARY KEY, header text, body text)"


def opening() -> Submission:
    """The first save."""
    event = StudyOpened(
        actor="u1", role="sponsor", site=None, occurred=START.date(), study=STUDY, kind="simulated",
        protocol=PROTOCOL.sha256,
    )  # fmt: skip
    return Submission("open", (event,), texts=(PROTOCOL,), recorded_at=START)


def form(number: int) -> Event:
    """A laboratory form of six values, thirty forms to a subject."""
    value = Quantity.parse(f"{1000 + number % 9000} /mm3")
    return FormSubmitted(
        actor="u1", role="coordinator", site="S01", subject=f"S01-{number // 30:05d}", occurred=date(2006, 3, 1),
        protocol=PROTOCOL.sha256, form="laboratory",
        items=tuple(Change(f"{item}/v{number}/value", None, value) for item in ITEMS),
    )  # fmt: skip


def saves(first: int, last: int) -> Iterator[Submission]:
    """Saves of one form each."""
    for number in range(first, last):
        yield Submission(f"save-{number}", (form(number),), recorded_at=START + timedelta(minutes=number))


def forms_of(stream: str, events: Sequence[Event]) -> str:
    """A projection that looks at every event of a subject."""
    values = [item.new for event in events if isinstance(event, FormSubmitted) for item in event.items]
    return f'{{"forms":{len(events)},"values":{len(values)}}}'


# --- saves ----------------------------------------------------------------------------------------------------------


def save_ratios(folder: Path, events: int) -> tuple[dict[str, float], float]:
    """Milliseconds of a bare row, a save and a save with a projection, in turns; microseconds of one in bulk."""
    with open_study(folder, study=STUDY) as ledger, open_study(folder, study=STUDY, projection=forms_of) as projecting:
        bulk = clocked(lambda: ledger.append_many([opening(), *saves(0, events)], ISSUER)) / events
        with bare_table() as insert:
            kinds: dict[str, Callable[[int], Callable[[], object]]] = {
                "a bare durable row": lambda number: partial(insert, bare_row(number)),
                "a save": appending(ledger, events),
                "a save with a projection": appending(projecting, events + 10**6),
            }
            times: dict[str, list[float]] = {kind: [] for kind in kinds}
            for turn in range(ROUNDS):
                for kind, work in kinds.items():
                    times[kind] += [clocked(work(number)) for number in numbers(turn)]
        ledger.rebuild()  # without the projection, as verification will look at it
    return {kind: median(found) * 1e3 for kind, found in times.items()}, bulk * 1e6


def numbers(turn: int) -> range:
    """The numbers of one turn."""
    return range(turn * IN_A_ROUND, (turn + 1) * IN_A_ROUND)


def appending(ledger: Ledger, first: int) -> Callable[[int], Callable[[], object]]:
    """Saving one form, which is there already, as the bare row is; the numbers counted from the first."""
    return lambda number: partial(ledger.append, next(saves(first + number, first + number + 1)), ISSUER)


def bare_row(number: int) -> list[int | str]:
    """As many bytes as an event and its payload."""
    return [number, "x" * 620, "y" * 560]


@contextmanager
def bare_table() -> Iterator[Callable[[list[int | str]], None]]:
    """Inserting one row into a plain table of the same database, in a transaction of its own, through the same driver.

    It waits for the disk as a save does: SQLite with the PRAGMAs of the ledger, a server with its fsync and
    synchronous_commit. On a server that is three round trips, BEGIN, INSERT and COMMIT, as in any Django program.
    """
    from django.db import connections, transaction

    url = os.environ["TRIALWRIGHT_DATABASE_URL"].replace("trialwright_app@", "postgres@")  # the application may not
    with (
        tempfile.TemporaryDirectory() as name,
        mock.patch.dict(os.environ, TRIALWRIGHT_DATABASE_URL=url),
        connected(Path(name), read_only=False) as alias,
    ):
        with connections[alias].cursor() as cursor:
            cursor.execute(BARE)

        def insert(values: list[int | str]) -> None:
            with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
                cursor.execute("INSERT INTO bare VALUES (%s, %s, %s)", values)

        yield insert


def clocked(work: Callable[[], object]) -> float:
    """Seconds by the clock, as a person waits."""
    begun = perf_counter()
    work()
    return perf_counter() - begun


# --- verification ---------------------------------------------------------------------------------------------------


def read_and_hash(folder: Path, parse: bool) -> int:
    """Read every row that verification reads, and hash event, payload and tree; with a parse of the JSON or without."""
    frontier: tuple[bytes, ...] = ()
    with connected(folder, read_only=True) as alias:
        from django.db import connections, transaction

        with transaction.atomic(using=alias), connections[alias].chunked_cursor() as cursor:
            for place, row in enumerate(joined.from_iterable(rows.everything(cursor))):
                digest = sha256(b"\x00" + row[7].encode()).digest()
                sha256(b"\x02" + bytes(row[12]) + row[13].encode()).digest()
                frontier = chain.grow(frontier, place, digest)
                if parse:
                    json.loads(row[7]), json.loads(row[13])
    return len(frontier)


def verification(folder: Path, events: int) -> dict[str, float]:
    """Microseconds of processor an event: reading and hashing, with a parse, and verification; the median of three."""
    works: dict[str, Callable[[], object]] = {
        "read and hash": lambda: read_and_hash(folder, parse=False),
        "read, parse and hash": lambda: read_and_hash(folder, parse=True),
        "verify": lambda: sound(folder),
    }
    times: dict[str, list[float]] = {what: [] for what in works}
    for _ in range(3):
        for what, work in works.items():
            begun = process_time()
            work()
            times[what].append((process_time() - begun) / events * 1e6)
    return {what: median(found) for what, found in times.items()}


def sound(folder: Path) -> None:
    """Verify; a benchmark of a ledger that does not would say nothing."""
    answer = verify(folder, study=STUDY)
    if not answer.ok:
        raise SystemExit(str(answer.first_bad))


# --- engines --------------------------------------------------------------------------------------------------------


@contextmanager
def postgres() -> Iterator[Any]:
    """The tests' server, on a real disk; None where it is not installed."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
    servers = import_module("postgres_server")
    if servers.binaries() is None:
        yield None
        return
    with tempfile.TemporaryDirectory() as name:
        made = servers.Server(Path(name))
        made.make()
        made.start()
        try:
            made.prepare()
            yield made
        finally:
            made.stop("immediate")


def measure(engine: str, sizes: Sequence[int], new_place: Callable[[], str]) -> None:
    """Every figure of one engine."""
    print(engine)
    for events in sizes:
        os.environ["TRIALWRIGHT_DATABASE_URL"] = new_place()
        with tempfile.TemporaryDirectory() as name:
            times, bulk = save_ratios(Path(name), events)
            found = verification(Path(name), events)
        bare = times["a bare durable row"]
        print(f"  {events} events")
        for kind, milliseconds in times.items():
            print(f"    {kind:<28}{milliseconds:8.2f} ms   {bare / milliseconds:5.2f} of a bare row")
        print(f"    {'a save in bulk':<28}{bulk:8.0f} µs")
        for what, microseconds in found.items():
            ratios = [f"{found[other] / microseconds:5.2f} of {other}" for other in found if other != "verify"]
            print(f"    {what:<28}{microseconds:8.1f} µs   {', '.join(ratios) if what == 'verify' else ''}".rstrip())


def main(sizes: Sequence[int]) -> None:
    """Both engines."""
    measure("SQLite", sizes, lambda: "")
    with postgres() as server:
        if server is None:
            print("PostgreSQL: not measured, since there is no server for the tests here")
            return
        names = iter(f"benchmark{number}" for number in range(len(sizes)))
        measure("PostgreSQL", sizes, lambda: str(server.new_database(next(names))))


if __name__ == "__main__":
    main([int(argument) for argument in sys.argv[1:]] or SIZES)
