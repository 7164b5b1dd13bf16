"""How long the ledger takes to write and to verify an event, beside a bare durable insert in the same run.

Run: python benchmarks/ledger.py [events …]. Prints figures and judges nothing; a busy machine prints larger ones.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from trialwright.core.ledger import Change, Event, FormSubmitted, StudyOpened
from trialwright.core.terms import Quantity
from trialwright.store import SeededIssuer, Submission, Text, open_study, verify
from trialwright.store.open import connected

PROTOCOL = Text("protocol", "protocol: BENCHMARK\n")
START = datetime(2006, 3, 1, 9, 0, tzinfo=UTC)
ONE_BY_ONE = 200
ITEMS = ("anc", "platelets", "haemoglobin", "creatinine", "bilirubin", "alt")


def opening() -> Submission:
    """The first save."""
    event = StudyOpened(
        actor="u1", role="sponsor", site=None, occurred=START.date(), study="BENCHMARK", kind="simulated",
        protocol=PROTOCOL.sha256,
    )  # fmt: skip
    return Submission("open", (event,), texts=(PROTOCOL,), recorded_at=START)


def form(number: int) -> Event:
    """A laboratory form of six values, for one of 35 subjects."""
    value = Quantity.parse(f"{1000 + number} /mm3")
    return FormSubmitted(
        actor="u1", role="coordinator", site="S01", subject=f"S01-{number % 35:03d}", occurred=date(2006, 3, 1),
        protocol=PROTOCOL.sha256, form="laboratory",
        items=tuple(Change(f"{item}/v{number}/value", None, value) for item in ITEMS),
    )  # fmt: skip


def saves(count: int) -> Iterator[Submission]:
    """So many saves of one form each."""
    for number in range(count):
        yield Submission(f"save-{number}", (form(number),), recorded_at=START + timedelta(minutes=number))


def timed(work: Callable[[], object], count: int) -> float:
    """Microseconds for each of so many."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) / count * 1e6


def bare(folder: Path, count: int) -> tuple[float, float]:
    """A row of the same size into a plain table: one transaction for each row, and one for all."""
    with connected(folder, read_only=False) as alias:
        from django.db import connections, transaction

        cursor = connections[alias].cursor()
        cursor.execute("CREATE TABLE bare (id integer PRIMARY KEY, header text, body text)")
        row = ["x" * 620, "y" * 560]

        def insert() -> None:
            cursor.execute("INSERT INTO bare (header, body) VALUES (%s, %s)", row)

        def one_by_one() -> None:
            for _ in range(ONE_BY_ONE):
                with transaction.atomic(using=alias):
                    insert()

        def together() -> None:
            with transaction.atomic(using=alias):
                for _ in range(count):
                    insert()

        return timed(one_by_one, ONE_BY_ONE), timed(together, count)


def measure(count: int) -> None:
    """Write and verify so many events, and print what each took."""
    with tempfile.TemporaryDirectory() as name:
        folder, plain = Path(name) / "study", Path(name) / "plain"
        folder.mkdir()
        plain.mkdir()
        bare_single, bare_batch = bare(plain, count)
        with open_study(folder) as ledger:
            ledger.append(opening(), SeededIssuer(1))
            batch = timed(lambda: ledger.append_many(saves(count), SeededIssuer(1)), count)
            more = [Submission(f"more-{number}", (form(number),), recorded_at=START) for number in range(ONE_BY_ONE)]
            single = timed(lambda: [ledger.append(save, SeededIssuer(1)) for save in more], ONE_BY_ONE)
            read = timed(lambda: list(ledger.events()), count)
        check = timed(lambda: verify(folder), count)
        print(f"{count} events")
        print(
            f"  append, one transaction each   {single:8.0f} µs   {single / bare_single:5.1f} × a bare durable insert"
        )
        print(f"  append_many, one transaction   {batch:8.0f} µs   {batch / bare_batch:5.1f} × a bare insert")
        print(f"  read                           {read:8.0f} µs")
        print(f"  verify                         {check:8.0f} µs")


if __name__ == "__main__":
    for size in [int(argument) for argument in sys.argv[1:]] or [1_000, 10_000]:
        measure(size)
