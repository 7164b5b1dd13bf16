"""The whole results section of a record: JSON -> `Results` -> JSON, without loss. Read `read_results`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from trialwright.adapters.exchange.ctgov.results.baseline import Baseline
from trialwright.adapters.exchange.ctgov.results.events import AdverseEvents
from trialwright.adapters.exchange.ctgov.results.flow import ParticipantFlow
from trialwright.adapters.exchange.ctgov.results.more import MoreInfo
from trialwright.adapters.exchange.ctgov.results.outcomes import OutcomeMeasure, OutcomeMeasures
from trialwright.adapters.exchange.ctgov.results.typed import Kept, put_back, read_typed, write_typed
from trialwright.adapters.exchange.ctgov.results.values import Carried
from trialwright.core.terms import Finding, Severity

SECTION = "resultsSection"


@dataclass(frozen=True)
class Modules:
    """The five parts of a results section."""

    participant_flow: ParticipantFlow | None = field(default=None, metadata={"json": "participantFlowModule"})
    baseline: Baseline | None = field(default=None, metadata={"json": "baselineCharacteristicsModule"})
    outcomes: OutcomeMeasures | None = field(default=None, metadata={"json": "outcomeMeasuresModule"})
    adverse_events: AdverseEvents | None = field(default=None, metadata={"json": "adverseEventsModule"})
    more_info: MoreInfo | None = field(default=None, metadata={"json": "moreInfoModule"})


@dataclass(frozen=True)
class Results:
    """A results section; `carried` is what was posted outside the model, `findings` what is wrong with its form.

    `enrolled` is the actual enrolment that the record states beside it, where it does.
    """

    modules: Modules = Modules()
    carried: tuple[Carried, ...] = ()
    findings: tuple[Finding, ...] = ()
    enrolled: int | None = None

    @property
    def participant_flow(self) -> ParticipantFlow:
        """The flow; without anything where there is none."""
        return self.modules.participant_flow or ParticipantFlow()

    @property
    def baseline(self) -> Baseline:
        """The baseline characteristics; without anything where there are none."""
        return self.modules.baseline or Baseline()

    @property
    def outcome_measures(self) -> tuple[OutcomeMeasure, ...]:
        """Every outcome measure, in the order of posting."""
        return self.modules.outcomes.outcome_measures if self.modules.outcomes else ()

    @property
    def adverse_events(self) -> AdverseEvents:
        """The adverse events; without anything where there are none."""
        return self.modules.adverse_events or AdverseEvents()

    @property
    def more_info(self) -> MoreInfo:
        """Limitations, agreements, contact; without anything where there are none."""
        return self.modules.more_info or MoreInfo()

    @property
    def not_understood(self) -> tuple[Carried, ...]:
        """What is carried without being understood."""
        return tuple(one for one in self.carried if not one.understood)


def read_results(document: str | bytes | Mapping[str, Any]) -> Results:
    """The results section of a record, or a results section by itself, as JSON text or JSON data.

    >>> read_results('{"resultsSection": {"moreInfoModule": {"phase": 2}}}').findings[0].where
    'resultsSection.moreInfoModule.phase'
    """
    if isinstance(document, str | bytes):
        document, problems = _parsed(document)
    else:
        problems = ()
    if isinstance(document, Mapping) and "protocolSection" in document and SECTION not in document:
        return Results(findings=(*problems, _no_results()))
    section = document.get(SECTION, document) if isinstance(document, Mapping) else document
    kept: Kept = []
    modules = read_typed(Modules, section, (), kept)
    findings = (*problems, *(_carried(one) for one in kept if not one.understood))
    return Results(modules or Modules(), tuple(kept), findings, _enrolled(document))


def _enrolled(document: Any) -> int | None:
    """The actual enrolment in the record's protocol section; an estimate is none."""
    told = document
    for name in ("protocolSection", "designModule", "enrollmentInfo"):
        told = told.get(name) if isinstance(told, Mapping) else None
    count = told.get("count") if isinstance(told, Mapping) and told.get("type") == "ACTUAL" else None
    return count if isinstance(count, int) and not isinstance(count, bool) else None


def write_results(results: Results) -> Any:
    """The results section as JSON data, with everything that was carried where it stood."""
    return put_back(write_typed(results.modules), results.carried)


def _parsed(text: str | bytes) -> tuple[Any, tuple[Finding, ...]]:
    """JSON, or a finding that says where it stops being JSON; a name given twice in one group is a finding too."""
    twice: list[str] = []

    def group(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        twice.extend(sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else ())
        return dict(pairs)

    try:
        found = json.loads(text, object_pairs_hook=group)
    except (ValueError, RecursionError) as problem:
        return {}, (_no_json(problem),)
    return found, tuple(_twice(name) for name in twice)


def _no_json(problem: Exception) -> Finding:
    why = "its groups are nested too deep" if isinstance(problem, RecursionError) else str(problem)
    return Finding(
        SECTION, f"This is no JSON: {why}.", "Nothing of it was read.", "Save the record again.", where=SECTION
    )


def _no_results() -> Finding:
    return Finding(SECTION, "The record has no results section.", "There is nothing to read.", severity=Severity.NOTE)


def _twice(name: str) -> Finding:
    return Finding(
        about=name,
        says=f"The field {name} is given twice in one group.",
        matters="The last one was taken; the other is lost.",
        do="Keep the one that is right.",
        where=name,
    )


def _carried(one: Carried) -> Finding:
    where = f"{SECTION}.{one.where}" if one.path else SECTION
    return Finding(
        about=where,
        says=f"{where} is not understood: {one.why}. It reads {_short(one.json)}.",
        matters="It is kept and written back as it stood, and nothing was reckoned with it.",
        do="Correct it, or ask for the field to be added to the model.",
        severity=Severity.WARNING,
        where=where,
    )


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
