"""What was measured in each specimen against what was planned: every analyte reported, awaited or not evaluable.

A panel is complete when each of its analytes was reported or said, with a reason, not to be evaluable. An analyte
nobody planned is told as an extra one where the panel is open to others ("such as"), else as a finding. Read `panels`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from trialwright.core.ledger import Missing
from trialwright.core.protocol import Assay
from trialwright.core.schedule import sample_called
from trialwright.core.specimens.custody import Custody, custody_of
from trialwright.core.specimens.steps import assay_key, results
from trialwright.core.subject import Case, Observation
from trialwright.core.terms import Because, Evidence, Finding, Quantity, Severity, UnitMismatch

RESULT_STATES = ("reported", "not evaluable", "awaited", "planned", "not collected")


@dataclass(frozen=True)
class AssayResult:
    """One analyte of one specimen: its value, or what it waits for, or why it cannot be evaluated.

    `extra` marks an analyte the panel names only by example.
    """

    analyte: str
    state: str
    value: Quantity | None
    on: date | None
    reason: str
    evidence: tuple[Evidence, ...] = ()
    extra: bool = False


@dataclass(frozen=True)
class Panel:
    """One assay of one specimen at one visit, analyte by analyte."""

    key: str
    visit: str
    assay: Assay
    results: tuple[AssayResult, ...]
    because: Because

    @property
    def planned(self) -> tuple[AssayResult, ...]:
        """The analytes the protocol names."""
        return tuple(one for one in self.results if not one.extra)

    @property
    def complete(self) -> bool:
        """Every analyte was reported or said not to be evaluable."""
        return all(one.state in ("reported", "not evaluable") for one in self.planned)

    @property
    def missing(self) -> tuple[str, ...]:
        """The analytes still awaited."""
        return tuple(one.analyte for one in self.planned if one.state in ("awaited", "planned"))

    @property
    def evaluable(self) -> bool:
        """At least one analyte has a value."""
        return any(one.state == "reported" for one in self.results)


def panels(case: Case, on: date) -> tuple[Panel, ...]:
    """Every assay of every specimen of a subject, as far as it was reported on a day."""
    reported: dict[tuple[str, str], list[Observation]] = {}
    for one in results(case, on):
        reported.setdefault((assay_key(one), one.text("assay")), []).append(one)
    return tuple(
        _panel(case, custody, assay, reported.get((custody.key, assay.id), []))
        for custody in custody_of(case, on)
        for assay in custody.specimen.assays
    )


def _panel(case: Case, custody: Custody, assay: Assay, found: list[Observation]) -> Panel:
    by_analyte = {one.text("analyte"): one for one in found}
    planned = assay.analytes or tuple(by_analyte) or (assay.id,)
    extra = [name for name in by_analyte if name not in planned]
    results = tuple(
        _result(name, by_analyte.get(name), custody, name in extra and bool(assay.analytes))
        for name in (*planned, *extra)
    )
    told = sum(one.state == "reported" for one in results if not one.extra)
    saw = f"{told} of {len(planned)} analytes reported; the specimen is {custody.state}"
    visit = custody.key.partition(".")[2]
    return Panel(custody.key, visit, assay, results, Because(assay.id, assay.words, saw))


def _result(analyte: str, one: Observation | None, custody: Custody, extra: bool) -> AssayResult:
    if one is None:
        state, reason = _without_result(custody)
        return AssayResult(analyte, state, None, None, reason, custody.evidence[-1:], extra)
    on = one.date_of("on")
    evidence = (Evidence(f"{one.text('assay')}.{analyte}", one.text("value"), str(on or ""), one.event.id),)
    value, why = one.quantity(), _why_not(one)
    if value is None or why:
        state = "not evaluable" if why else "awaited"
        return AssayResult(analyte, state, None, on.exact if on else None, why, evidence, extra)
    return AssayResult(analyte, "reported", value, on.exact if on else None, "", evidence, extra)


def _why_not(one: Observation) -> str:
    """Why a result cannot be evaluated, as it was said; empty where nobody said so."""
    value = one.values.get("value")
    if one.yes("evaluable") is False:
        return one.text("reason") or "no reason given"
    if isinstance(value, Missing):
        return one.text("reason") or value.code.replace("_", " ")
    return ""


def _without_result(custody: Custody) -> tuple[str, str]:
    """What an analyte without a result waits for, or why it will never have one."""
    if custody.state == "planned":
        return "planned", "the specimen is not collected yet"
    if custody.state == "not collected":
        return "not collected", custody.because[0].saw
    if custody.state in ("destroyed", "lost"):
        return "not evaluable", f"the specimen is {custody.state} and nothing was reported"
    return "awaited", f"the specimen is {custody.state}"


# --- findings ------------------------------------------------------------------------------------------------------


def assay_findings(case: Case, on: date) -> tuple[Finding, ...]:
    """Results of an assay, an analyte or a unit that nobody planned."""
    assays = {one.id: one for each in case.protocol.specimens for one in each.assays}
    return tuple(finding for one in results(case, on) for finding in _wrong_result(one, assays, case))


def _wrong_result(one: Observation, assays: Mapping[str, Assay], case: Case) -> Iterator[Finding]:
    assay, analyte, value = assays.get(one.text("assay")), one.text("analyte"), one.quantity()
    if assay is None:
        yield _finding(case, one, f"the assay {one.text('assay')!r}", one.text("assay"), list(assays))
        return
    if assay.analytes and analyte not in assay.analytes and not assay.extensible:
        yield _finding(case, one, f"the analyte {analyte!r} of {assay.label}", analyte, list(assay.analytes), assay.id)
    try:
        if value is not None:
            value.in_unit(assay.unit, case.units)
    except UnitMismatch as problem:
        sample = sample_called(case.protocol, assay_key(one))
        says = f"{assay.label}, {analyte} of {sample}, came as {value}; the protocol reports it in {assay.unit}."
        yield Finding(one.event.id, says, str(problem), "Correct the unit.", assay.id, Severity.WARNING)


def _finding(
    case: Case, one: Observation, what: str, name: str, known: list[str], clause: str | None = None
) -> Finding:
    near = get_close_matches(name, known, 1)
    sample = sample_called(case.protocol, assay_key(one))
    return Finding(
        about=one.event.id,
        says=f"A result of {sample} is for {what}, which the protocol does not plan."
        f"{f' Is {near[0]} meant?' if near else ''}",
        matters="It is kept and counts for nothing that is planned.",
        do=f"Write one of {', '.join(known)}.",
        clause=clause,
        severity=Severity.WARNING,
    )
