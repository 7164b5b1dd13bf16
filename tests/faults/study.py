"""The trial that the proofs write: one study, subjects by number, forms of one neutrophil count."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from trialwright.core.ledger import Change, FormSubmitted, StudyOpened
from trialwright.core.terms import Quantity
from trialwright.store import MachineIssuer, SeededIssuer, Submission, Text, open_study
from trialwright.store.open import connected

STUDY = "TRIAL-1"
PROTOCOL = Text("protocol", "protocol: TRIAL-1\nversion: '1'\n")
START = datetime(2006, 3, 1, 9, 0, tzinfo=UTC)
PATH = "anc/c1d1/value"


def opening(kind: str = "real") -> Submission:
    """The first save of the study."""
    event = StudyOpened(
        actor="u0", role="sponsor", site=None, occurred=START.date(), study=STUDY, kind=kind, protocol=PROTOCOL.sha256
    )
    return Submission("open", (event,), texts=(PROTOCOL,), recorded_at=None if kind == "real" else START)


def save(
    key: str, subject: str, value: str | int, *, actor: str = "u1", base: int | None = None, at: datetime | None = None
) -> Submission:
    """One form of one neutrophil count, under the client's key; `base` is the version the person saw."""
    item = Change(PATH, None, Quantity.parse(f"{value} /mm3"))
    event = FormSubmitted(
        actor=actor, role="coordinator", site="S01", subject=subject, occurred=date(2006, 3, 1),
        protocol=PROTOCOL.sha256, form="laboratory", items=(item,),
    )  # fmt: skip
    stated = {} if base is None else {f"subject:{subject}": base}
    return Submission(key, (event,), base_versions=stated, recorded_at=at)


def from_wire(told: Mapping[str, Any]) -> Submission:
    """The submission that a client of the save service sends."""
    return save(
        str(told["key"]), str(told["subject"]), str(told["value"]), actor=str(told["actor"]), base=told.get("base")
    )


def saves(count: int, first: int = 0, subjects: int = 35) -> Iterator[Submission]:
    """So many simulated saves, an hour apart."""
    for number in range(first, first + count):
        at = START + timedelta(hours=number + 1)
        yield save(f"save-{number}", f"S01-{number % subjects:03d}", 1000 + number % 5000, at=at)


def founded(folder: Path, kind: str = "real") -> Path:
    """A folder whose ledger holds the opening of the study."""
    folder.mkdir(parents=True, exist_ok=True)
    with open_study(folder, study=STUDY) as ledger:
        ledger.append(opening(kind), MachineIssuer() if kind == "real" else SeededIssuer(1))
    return folder


def rehearsed(folder: Path, count: int) -> Path:
    """A folder whose ledger holds the opening and so many simulated saves."""
    founded(folder, "simulated")
    with open_study(folder, study=STUDY) as ledger:
        ledger.append_many(saves(count), SeededIssuer(1))
    return folder


def stored(folder: Path, study: str = STUDY) -> list[dict[str, Any]]:
    """The header of each stored event, in order, after the recovery that the next writer would make."""
    with open_study(folder, study=study):
        pass
    with connected(folder, read_only=True) as alias:
        from django.db import connections

        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT header FROM ledger_event WHERE chain_id = %s ORDER BY seq", [f"study:{study}"])
            return [json.loads(header) for (header,) in cursor.fetchall()]


def written(folder: Path, study: str) -> dict[str, str]:
    """What was saved under each key: the bodies of its events, one after the other, as they are kept."""
    asked = (
        "SELECT e.header, p.body FROM ledger_event e JOIN ledger_payload p ON p.event_id = e.event_id ORDER BY e.seq"
    )
    found: dict[str, str] = {}
    with open_study(folder, study=study), connected(folder, read_only=True) as alias:
        from django.db import connections

        with connections[alias].cursor() as cursor:
            cursor.execute(asked)
            for header, body in cursor.fetchall():
                told = json.loads(header)
                if told["chain"] == f"study:{study}":
                    found[told["sub"]] = found.get(told["sub"], "") + f"{told.get('stream', '')} {body or ''}"
    return found
