"""`trialwright report`: the trial's report as HTML and PDF, with its figures and tables, from the ledger.

`--cut` is the clinical cut-off (what had happened), `--known-at` the place in the ledger (what had been recorded); the
report prints both. It is written whole or not at all. The numbers are made in `adapters.reports`; read `command`.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trialwright.cli.anchoring import checkpoint_before
from trialwright.cli.options import Cut, KnownAt, StudyFolder
from trialwright.cli.output import AsJson, finish, show, show_json

if TYPE_CHECKING:
    from trialwright.adapters.reports import Report


class Pack(StrEnum):
    """What is written."""

    REPORT = "report"
    MONITORING = "monitoring"


Which = Annotated[
    Pack,
    typer.Option("--pack", help="The whole report, or the pack of a data-monitoring committee at an interim cut-off."),
]
Compare = Annotated[
    Path | None,
    typer.Option(
        "--compare",
        metavar="FILE",
        dir_okay=False,
        help="Published results to set ours beside, instead of published.yaml in DIR.",
        show_default=False,
    ),
]
Out = Annotated[Path, typer.Option("--out", metavar="OUT", file_okay=False, help="The folder to write.")]


def command(
    folder: StudyFolder,
    out: Out,
    cut: Cut = None,
    known_at: KnownAt = None,
    pack: Which = Pack.REPORT,
    compare: Compare = None,
    as_json: AsJson = False,
) -> None:
    """Write the report of a trial, or the pack of its monitoring committee: HTML, PDF, figures and tables."""
    from trialwright.adapters.reports import CannotReport, write_report
    from trialwright.cli.export_record import read_posted

    warnings = checkpoint_before(folder, "the report")
    try:
        report = write_report(folder, out, cut, known_at, contradictions_in, pack.value, compare, read_posted)
    except CannotReport as refusal:
        if as_json:
            show_json({"out": None, "findings": refusal.findings})
        finish(False, refusal.findings)
    if as_json:
        show_json(as_document(report))
    else:
        show(in_words(report))
    finish(True, (*warnings, *report.findings))


def contradictions_in(record: str) -> tuple[str, ...]:
    """What the registry record says against itself."""
    from trialwright.adapters.registry import read
    from trialwright.adapters.registry.contradictions import contradictions

    return tuple(one.says for one in contradictions(read(record))) if record else ()


def as_document(report: Report) -> dict[str, Any]:
    """The report's numbers as JSON data."""
    told, standing = report.analysis, report.standing
    return {
        "out": str(report.out),
        "files": report.files,
        "cut": standing.cut,
        "position": standing.seq,
        "head": standing.head,
        "simulated": standing.kind == "simulated",
        "populations": {name: getattr(told.flow, name) for name in ("planned", "registered", "treated", "evaluable")},
        "flow": told.flow,
        "response": [_rate(one) for one in told.response.rates] if told.response else None,
        "responses": {each.endpoint.id: [_rate(one) for one in each.rates] for each in told.responses},
        "proportions": {each.endpoint.id: [_held(one) for one in each.held] for each in told.proportions},
        "against": {each.endpoint.id: _against(each) for each in told.against},
        "times": [_time(one, curve) for one in told.times for curve in one.curves],
        "worst_grades": told.safety.rows,
        "deaths": len(told.safety.deaths),
        "deviations": len(told.conduct.deviations),
        "readiness": told.conduct.readiness,
        "findings": report.findings,
    }


def _rate(one: Any) -> dict[str, Any]:
    rate = one.rate
    limits = {"estimate": rate.estimate, "lower": rate.lower, "upper": rate.upper, "method": rate.method}
    return {"group": one.group, "population": one.population, "responders": rate.successes, "of": rate.n, **limits}


def _held(one: Any) -> dict[str, Any]:
    rate, known = one.rate, {"yes": one.yes, "no": one.no, "unknown": one.unknown}
    limits = {"estimate": one.estimate, "lower": rate.lower, "upper": rate.upper, "method": rate.method}
    return {"group": one.group, "population": one.population, **known, **limits}


def _against(one: Any) -> dict[str, Any]:
    tests = [
        {"group": each.group, "responders": each.rate.successes, "of": each.rate.n, "p": each.p} for each in one.tests
    ]
    after = one.after and {
        "decision": one.after.decision,
        "responders": one.after.rate.successes,
        "of": one.after.rate.n,
        "p": one.after.p,
        "unbiased": one.after.unbiased,
        "adjusted": one.after.adjusted,
    }
    return {"null_rate": one.null.share, "clause": one.null.id, "tests": tests, "after_stages": after}


def _time(one: Any, curve: Any) -> dict[str, Any]:
    median = {"median": curve.median.estimate, "lower": curve.median.lower, "upper": curve.median.upper}
    return {
        "endpoint": one.endpoint.id,
        "group": curve.label,
        "followed": curve.curve.n,
        "events": curve.events,
        **median,
    }


def in_words(report: Report) -> str:
    """What was written, for people."""
    flow, standing = report.analysis.flow, report.standing
    mark = "Simulated data. " if standing.kind == "simulated" else ""
    return (
        f"{mark}{flow.screened} screened, {flow.registered} of {flow.planned} registered, {flow.treated} treated, "
        f"{flow.evaluable} evaluable, as of {standing.cut} at ledger position {standing.seq} "
        f"(head {standing.head[:16]}).\n"
        f"{len(report.files)} files in {report.out}. Open {_pages(report)}."
    )


def _pages(report: Report) -> str:
    """The files to read first."""
    named = [str(report.out / file) for file in report.files if file.endswith(("report.html", "report.pdf"))]
    return " or ".join(named)
