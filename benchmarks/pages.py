"""What the pages of the working day cost on the server: a patient with 500 events, a list of 10,000 patients, Today.

    python -m benchmarks.pages [patients [many]]

A study of the project is rehearsed into mid-course and served in this process. The long record is the longest there is,
its forms repeated under other instances until it has 500 events; the many patients are those there are under other ids,
10,000 unless another number is told, each judged as the quiet thread of a server does it.
Times are of whole requests (signed in, authorised, judged, drawn, rendered), the first one and later ones apart, with
the number of database queries. Printed, never asserted.
"""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any

STUDIES = Path(__file__).resolve().parent.parent / "studies"
EVENTS, MANY, ROUNDS, ITEMS = 500, 10_000, 40, 12
LONGEST = 20.0
"""So many seconds a page is opened again at most."""


@contextmanager
def served(patients: int) -> Iterator[Any]:
    """A study in mid-course, served in this process with its ready-made logins."""
    source = next(
        one.parent.parent for one in STUDIES.glob("*/protocol/*.yaml") if "toxicity: " in one.read_text("utf-8")
    )
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / source.name
        shutil.copytree(source, folder, ignore=shutil.ignore_patterns("*.sqlite3*", "tests"))
        os.environ["TRIALWRIGHT_STUDIES"] = str(folder)
        os.environ["DJANGO_SETTINGS_MODULE"] = "trialwright.adapters.edc.settings"
        from trialwright.cli import main

        with suppress(SystemExit):
            main(["rehearse", str(folder), "--patients", str(patients)])
        from trialwright.adapters.edc import starting

        starting.set_up()
        starting.prepare_accounts()
        from trialwright.adapters.edc.desk import serve_study
        from trialwright.adapters.edc.people import demonstration

        opened = serve_study(folder)
        opened.catch_up()
        demonstration.prepare(opened)
        opened.catch_up()
        yield opened
        opened.close()


def client_of(role: str) -> Any:
    """A client signed in as the ready-made person of a role."""
    from django.test import Client

    from trialwright.adapters.edc.people import demonstration

    client = Client()
    demonstration.sign_in(client, role, None)
    return client


def longest(opened: Any) -> str:
    """The longest record, made longer until it has so many events, in place of itself."""
    from trialwright.core.ledger import FormSubmitted
    from trialwright.core.subject import fold_subject

    name = max(opened.record.subjects, key=lambda one: opened.record.subjects[one].events)
    events = list(reversed(tuple(opened.record.subjects[name].log)))
    forms = [one for one in events if isinstance(one, FormSubmitted)]
    more = (_again(form, place) for place in range(1, EVENTS) for form in forms)
    events += [again for again, _ in zip(more, range(EVENTS - len(events)), strict=False)]
    in_order = [replace(one, seq=place) for place, one in enumerate(events, 1)]
    subjects = {**opened.record.subjects, name: fold_subject(name, in_order)}
    opened.record = replace(opened.record, subjects=subjects)
    return str(name)


def _again(form: Any, place: int) -> Any:
    """A form once more, its items under other instances and at no visit."""
    items = tuple(replace(one, path=_elsewhere(one.path, place)) for one in form.items)
    return replace(form, items=items, encounter="", id=f"{form.id}-{place}")


def _elsewhere(path: str, place: int) -> str:
    concept, instance, field = path.split("/")
    return f"{concept}/{instance}-{place}/{field}"


def saved(opened: Any, name: str) -> Callable[[], None]:
    """One form more of the items of the form with most of them, each time it is called: twelve at the most."""
    from trialwright.core.ledger import FormSubmitted
    from trialwright.core.subject import advance

    forms = [one for one in opened.record.subjects[name].log if isinstance(one, FormSubmitted)]
    form = max(forms, key=lambda one: (len(one.items) <= ITEMS, len(one.items)))
    number = count(EVENTS)

    def save() -> None:
        record = opened.record.subjects[name]
        more = replace(_again(form, place := next(number)), seq=record.last_seq + 1, id=f"saved-{place}")
        opened.record = replace(opened.record, subjects={**opened.record.subjects, name: advance(record, more)})

    return save


def many(opened: Any, number: int = MANY) -> None:
    """Everybody there is, under other ids, until they are so many."""
    there = list(opened.record.subjects.items())
    copies = (
        (f"{name}-{place}", replace(record, subject=f"{name}-{place}"))
        for place in range(number)
        for name, record in there
    )
    subjects = dict(pair for pair, _ in zip(copies, range(number), strict=False))
    opened.record = replace(opened.record, subjects=subjects)


def judged(opened: Any) -> None:
    """Everything the lists keep of everybody, as it is made ahead of the asking: what that takes."""
    from trialwright.adapters.edc.work.board import board_of

    worked = process_time()
    made = [make() for make in board_of(opened).unknown(opened)]
    print(f"{len(made)} answers kept ahead of the asking: {process_time() - worked:.0f} s of the processor")


def measured(what: str, client: Any, address: str, forget: Callable[[], None] | None = None) -> None:
    """The first request and later ones; `forget` lets each be judged anew."""
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    took: list[float] = []
    busy: list[float] = []
    size = status = queries = 0
    until = perf_counter() + LONGEST
    while len(took) < 3 or (len(took) < ROUNDS and perf_counter() < until):
        if forget is not None:
            forget()
        with CaptureQueriesContext(connections["default"]) as asked:
            began, worked = perf_counter(), process_time()
            answer = client.get(address)
            took.append((perf_counter() - began) * 1000)
            busy.append((process_time() - worked) * 1000)
        size, status, queries = len(answer.content), answer.status_code, len(asked)
    p95 = quantiles(took[1:], n=20)[-1]
    print(
        f"{what:<42} {status}  first {took[0]:6.0f} ms   then median {median(took[1:]):5.0f} ms  p95 {p95:5.0f} ms"
        f"   processor {median(busy[1:]):5.0f} ms  {size / 1000:4.0f} kB   {queries} queries"
    )


def about_everybody(opened: Any, role: str) -> None:
    """Every page about the whole study that the role may read."""
    from trialwright.adapters.edc.access.matrix import pages

    client = client_of(role)
    for page in pages():
        if role in {one.value for one in page.read} and "<" not in page.path and not page.api:
            measured(f"{role}: {page.path}", client, f"/{opened.id}/{page.path}")


def main() -> None:
    """Serve, measure, print."""
    patients = int(sys.argv[1]) if len(sys.argv) > 1 else 24
    with served(patients) as opened:
        client = client_of("monitor")
        client.get(f"/{opened.id}/about-to-warm/")
        name = longest(opened)
        gc.collect()
        gc.freeze()
        gc.set_threshold(100_000, 20, 20)  # as where it is served (`edc/memory.py`)
        page = f"/{opened.id}/subjects/{name}/"
        measured(f"a patient with {opened.record.subjects[name].events} events", client, page)
        measured("the same, judged anew each time", client, page, opened._answers.clear)
        measured("the same, after a save each time", client, page, saved(opened, name))
        measured(f"Today, {len(opened.record.subjects)} patients", client, f"/{opened.id}/today/")
        measured(f"the list of {len(opened.record.subjects)} patients", client, f"/{opened.id}/subjects/")
        many(opened, int(sys.argv[2]) if len(sys.argv) > 2 else MANY)
        measured(f"Today, of {len(opened.record.subjects)} patients nobody judged", client, f"/{opened.id}/today/")
        judged(opened)
        gc.collect()
        gc.freeze()
        measured(f"the list of {len(opened.record.subjects)} patients", client, f"/{opened.id}/subjects/")
        found = f"/{opened.id}/subjects/?q=-7&sort=-since&page=3"
        measured("the same, searched, sorted, third page", client, found)
        for role in ("monitor", "coordinator", "sponsor-investigator"):
            about_everybody(opened, role)


if __name__ == "__main__":
    main()
