"""A made-up trial small enough to work out by hand; responses are typed as they are, by a scan.

Five people: one partial response that is confirmed and then progresses, one stable, one progression at once, one who
was registered and took no dose, one screen failure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import builders as b
from trialwright.adapters.reports.analysis import Analysis, analyse
from trialwright.adapters.reports.document import Document
from trialwright.adapters.reports.sections.opening import Standing, document_of
from trialwright.core.analysis.gathering import gather
from trialwright.core.bundle import Standards
from trialwright.core.conduct import Trial
from trialwright.core.ledger import ArmAllocated, Event, Said, ScreeningFailed, StudyOpened
from trialwright.core.protocol import StudyProtocol
from trialwright.core.response import Assessment
from trialwright.core.subject import Case, fold_study, observations
from trialwright.core.terms import Finding, Response

CUT = date(2025, 6, 1)
CLAUSE = {"source": "label"}
RESPONSE = {"id": "response_rate", "label": "response rate", "level": "primary", "variable": "best response", **CLAUSE}
PFS = {
    "id": "pfs",
    "label": "progression-free survival",
    "level": "primary",
    "variable": "time to event",
    "events": ["progression", "death"],
    "ready_when": "all_progressed_or_dead",
    **CLAUSE,
}
PAIN = {"id": "pain_week_1", "label": "pain", "level": "primary", "variable": "value", "concepts": ["pain"], **CLAUSE}
PAIN_CHANGE = {**PAIN, "id": "pain_change", "variable": "change from baseline", "baseline": "start", "at": ["week_1"]}
START = {"id": "start", "label": "Start", "epoch": "screening", "anchor": "first_dose", "offset": "0 days"}
WEEK_1 = {"id": "week_1", "label": "Week 1", "epoch": "treatment", "anchor": "first_dose", "offset": "7 days"}
ENCOUNTERS = [START | {"collect": ["pain", "sex"]}, WEEK_1 | {"collect": ["pain"]}]
CRITERIA = [{"id": "ok", "source": "label", "must": {"measure": "pain", "is": "<= 10"}}]
PAIN_CONCEPT = {
    "id": "pain",
    "label": "Pain score",
    "fields": [{"id": "value", "label": "Pain score", "kind": "quantity"}],
}
SEX = {
    "id": "sex",
    "label": "Sex",
    "fields": [{"id": "value", "label": "Sex", "kind": "code", "codes": ["female", "male"]}],
}
TWO_ARMS = [
    {"id": "A", "label": "Drug", "type": "experimental"},
    {"id": "B", "label": "Placebo", "type": "placebo comparator"},
]


class Scan:
    """An instrument that takes the response as typed: scan/<n>/{value, ratio}."""

    name = "scan"

    def assess(self, case: Case, on: date) -> tuple[Assessment, ...]:
        """Each scan as an assessment."""
        seen = observations(case.record, "scan", on)
        return tuple(
            Assessment(one.on.latest, "", Response[one.text("value")], ratio=Fraction(one.text("ratio")))
            for one in seen
        )

    def findings(self, case: Case, on: date) -> tuple[Finding, ...]:
        """None."""
        return ()


def protocol(**parts: Any) -> StudyProtocol:
    """The trial's protocol; parts of it can be put otherwise."""
    plain = {
        "title": "A trial of examplinib <in> people & others",
        "sources": {"label": "Prescribing information"},
        "endpoints": [RESPONSE, PFS],
        "encounters": ENCOUNTERS,
        "concepts": [PAIN_CONCEPT, SEX],
        "eligibility": CRITERIA,
        "questions": [{"id": "Q1", "asks": "Is it so?", "reading": "It is."}],
    }
    return b.protocol(**{**plain, **parts})


def trial(version: StudyProtocol, response: bool = True) -> Trial:
    """The trial of one version."""
    concepts = {**b.CONCEPTS, **{one.id: one for one in version.concepts}}
    standards = Standards(units=b.UNITS, concepts=concepts, response=Scan() if response else None)
    return Trial({"1": version}, {"1": standards}, {"1": "ab" * 32}, "0")


def scan(number: int, on: str, response: str, ratio: str) -> Event:
    """One scan."""
    return b.form(on, {f"scan/{number}": {"value": response, "ratio": ratio, "on": on}}, name="scan")


def pain(on: str, value: str, encounter: str) -> Event:
    """One pain score."""
    return b.form(on, {f"pain/{encounter}/value": value, f"pain/{encounter}/on": on}, encounter=encounter)


def arm(name: str, on: str) -> Event:
    """The subject's arm."""
    return ArmAllocated(**b._who(on), arm=name)


def failed(on: str, *clauses: str) -> Event:
    """The subject's screening failed by these clauses."""
    return ScreeningFailed(**b._who(on), said=Said("not eligible", clauses), why="not eligible")


def treated(start: str, *more: Event) -> tuple[Event, ...]:
    """Screened, registered and treated from a day on."""
    return (b.screened("2025-01-01"), b.registered("2025-01-01"), b.course(1, start), *more)


PEOPLE: dict[str, tuple[Event, ...]] = {
    "P-1": treated(
        "2025-01-02",
        scan(1, "2025-01-30", "PR", "2/5"),
        scan(2, "2025-02-27", "PR", "3/10"),
        scan(3, "2025-04-24", "PD", "13/10"),
        b.ended("2025-04-24", "progression", "2025-04-20"),
    ),
    "P-2": treated("2025-01-05", scan(1, "2025-02-28", "SD", "9/10")),
    "P-3": treated(
        "2025-01-10", scan(1, "2025-02-10", "PD", "3/2"), b.ended("2025-02-10", "progression", "2025-01-30")
    ),
    "P-4": (b.screened("2025-01-01"), b.registered("2025-01-01")),
    "P-5": (b.screened("2025-01-01"), failed("2025-01-03", "ok")),
}


def events_of(people: dict[str, tuple[Event, ...]], kind: str = "simulated") -> Iterable[Event]:
    """Everyone's events as one ledger."""
    opening = StudyOpened(**{**b._who("2025-01-01"), "subject": None}, study="EXAMPLE-1", kind=kind)
    told = [opening, *(replace(event, subject=who) for who, events in people.items() for event in events)]
    return [replace(event, seq=number, id=f"e{number}") for number, event in enumerate(told, 1)]


def analysis(
    people: dict[str, tuple[Event, ...]] | None = None,
    cut: date = CUT,
    version: StudyProtocol | None = None,
    response: bool = True,
    **others: Any,
) -> Analysis:
    """The analysis of these people."""
    record = fold_study(events_of(PEOPLE if people is None else people, others.pop("kind", "simulated")))
    return analyse(gather(trial(version or protocol(), response), record, cut, **others))


def standing(kind: str = "simulated", cut: date = CUT) -> Standing:
    """What a report says it stands on."""
    return Standing(cut, True, 12, "cd" * 32, "", kind, "0")


def document(told: Analysis, kind: str = "simulated") -> Document:
    """The report as a document."""
    return document_of(told, standing(kind))
