"""One made-up study small enough to work out by hand: CTCAE 3.0, one drug, responses as typed by a scan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import builders as b
from trialwright.adapters.exchange.cdisc import DATASETS, Asked, rows_of, standing_of, subjects
from trialwright.core.bundle import Standards
from trialwright.core.conduct import Trial
from trialwright.core.ledger import Event, StudyOpened
from trialwright.core.protocol import StudyProtocol
from trialwright.core.response import Assessment
from trialwright.core.subject import Case, fold_study, observations
from trialwright.core.terms import Finding, Response
from trialwright.core.toxicity import ToxicityTable
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.ctcae.v3 import CTCAE_3
from trialwright.standards.units import UNITS

CUT = date(2025, 6, 1)
START = "2025-03-14"
TIME = {"variable": "time to event", "level": "primary"}
ENDPOINTS = [
    {"id": "response_rate", "label": "Response rate", "level": "primary", "variable": "best response"},
    {"id": "survival", "label": "Overall survival", "events": ["death"], **TIME},
    {"id": "pfs", "label": "Progression-free survival", "events": ["progression", "death"], **TIME},
    {"id": "toxicity", "label": "Worst grade", "level": "secondary", "variable": "worst grade", "safety_days": 30},
]


class Scan:
    """An instrument that takes the response as typed: tumor_assessment/<visit> tells the day."""

    name = "scan"

    def assess(self, case: Case, on: date) -> tuple[Assessment, ...]:
        """Each scan as an assessment."""
        return tuple(
            Assessment(one.on.latest, one.instance, Response[one.text("value")], "as scanned", ratio=Fraction(1, 2))
            for one in observations(case.record, "tumor_assessment", on)
        )

    def findings(self, case: Case, on: date) -> tuple[Finding, ...]:
        """None."""
        return ()


def protocol(**parts: Any) -> StudyProtocol:
    """The study's protocol; parts of it can be put otherwise."""
    plain = {"standards": {"toxicity": "ctcae/3.0", "response": "scan"}, "endpoints": ENDPOINTS}
    return b.protocol(**{**plain, **parts})


def asked(
    people: dict[str, Iterable[Event]], cut: date = CUT, table: ToxicityTable | None = CTCAE_3, **parts: Any
) -> Asked:
    """The datasets of these people, asked for; their toxicities are graded by this table."""
    version = protocol(**parts)
    standards = Standards(units=UNITS, concepts=CONCEPTS, toxicity=table, response=Scan())
    trial = Trial({"1": version}, {"1": standards}, {"1": "ab" * 32}, "0")
    opening = StudyOpened(**{**b._who("2025-01-01"), "subject": None}, study="EXAMPLE-1", kind="real")
    told = [opening, *(replace(event, subject=who) for who, events in people.items() for event in events)]
    events = [replace(event, seq=number, id=f"e{number}") for number, event in enumerate(told, 1)]
    study = fold_study(events)
    return Asked(trial, study, standing_of(trial, study, events[-1], "cd" * 32, cut))


def treated(*more: Event) -> tuple[Event, ...]:
    """Screened, registered and treated from START on."""
    return (b.screened("2025-03-01"), b.registered("2025-03-10"), b.course(1, START), *more)


def rows(dataset: str, *events: Event, cut: date = CUT, **parts: Any) -> list[dict[str, Any]]:
    """The rows of one subject, P-1, who had these events."""
    found = subjects(asked({"P-1": events}, cut, **parts))
    return [row.values for subject in found for row in rows_of(DATASETS[dataset], subject)]


def cells(told: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    """Some cells of rows; days as text."""
    return [tuple(str(row[name]) if isinstance(row[name], date) else row[name] for name in names) for row in told]
