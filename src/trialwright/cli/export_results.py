"""The results section of `trialwright export`: what the registry is to be told of the results, as they stand.

`ctgov` is the section as API v2 has it, `ctgov-xml` the `clinical_results` of the older public XML. What the registry's
own review would find, and what the study does not say, goes to standard error. Read `export_results`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from trialwright.adapters.exchange.answers.plain import as_data
from trialwright.cli.anchoring import checkpoint_before
from trialwright.cli.output import finish, show, show_json
from trialwright.cli.reading import read_trial, read_whole
from trialwright.core.terms import Finding, Severity

if TYPE_CHECKING:
    from trialwright.adapters.exchange.ctgov.results import Results

Standing = Mapping[str, Any]
Content = tuple[bytes, tuple[Finding, ...]]


def export_results(folder: Path, form: str, out: str, cut: date | None, known_at: Any, as_json: bool) -> NoReturn:
    """Write the results section, and say what the registry's review would find in it."""
    from trialwright.adapters.exchange.ctgov.results.review import review
    from trialwright.adapters.reports.results import read_said, results_of
    from trialwright.cli.export import write_whole
    from trialwright.core.analysis import gather
    from trialwright.core.subject import fold_study

    warnings = checkpoint_before(folder, "the results")
    trial = read_trial(folder)
    events, head = read_whole(folder, known_at)
    if not events:
        finish(False, [_nothing()])
    study = fold_study(events)
    on = cut or max(event.occurred for event in events)
    said, misread = read_said(folder)
    made = results_of(gather(trial, study, on), said)
    standing = {"cut": on, "position": study.last_seq, "head": head, "simulated": study.kind == "simulated"}
    content, lost = RESULT_FORMATS[form](made.results, standing)
    write_whole(content, out, form, MARKS[form])
    findings = (*warnings, *misread, *made.findings, *review(made.results), *lost)
    if as_json:
        show_json({"format": form, "out": out, **standing, **_counts(made.results), "findings": findings})
    elif out != "-":
        show(_in_words(made.results, standing, findings, out))
    finish(findings=findings)


def _nothing() -> Finding:
    says, do = "No event had been recorded by then.", "Rehearse or submit events first, or name a later position."
    return Finding("ledger", says, "Results stand on the ledger; nothing was written.", do)


def _counts(results: Results) -> dict[str, int]:
    events = results.adverse_events
    return {
        "outcomes": len(results.outcome_measures),
        "serious_events": len(events.serious_events),
        "other_events": len(events.other_events),
    }


def _in_words(results: Results, standing: Standing, findings: tuple[Finding, ...], out: str) -> str:
    mark = "Simulated data. " if standing["simulated"] else ""
    count = _counts(results)
    asked = sum(one.severity is not Severity.NOTE for one in findings)
    return (
        f"{mark}{count['outcomes']} outcome measures, {count['serious_events']} serious and {count['other_events']} "
        f"other adverse event terms, as of {standing['cut']} at ledger position {standing['position']} "
        f"(head {standing['head'][:16]}), in {out}.\n"
        f"{asked} things to mend before they could be posted, {len(findings) - asked} notes."
    )


# --- formats -------------------------------------------------------------------------------------------------------


def _section(results: Results, standing: Standing) -> Content:
    from trialwright.adapters.exchange.ctgov.results import write_results

    document = {"trialwright": standing, "resultsSection": write_results(results)}
    text = json.dumps(as_data(document), ensure_ascii=False, indent=2, allow_nan=False)
    return (text + "\n").encode(), ()


def _legacy(results: Results, standing: Standing) -> Content:
    from trialwright.adapters.exchange.ctgov.results.legacy import write_legacy_xml

    mark = "SIMULATED DATA, NOT FOR POSTING. " if standing["simulated"] else ""
    place = f"as of {standing['cut']}, ledger position {standing['position']}, head {standing['head']}"
    written = write_legacy_xml(results, mark + place)
    return written.content, tuple(_unsaid(path, count) for path, count in written.unsaid.items())


def _unsaid(path: str, count: int) -> Finding:
    return Finding(
        about=path,
        says=f"The legacy XML has no place for {path} ({count} of them).",
        matters="It is in the results as API v2 has them, and not in this file.",
        do="Use --format ctgov where it matters.",
        severity=Severity.NOTE,
    )


RESULT_FORMATS: Mapping[str, Callable[[Results, Standing], Content]] = {"ctgov": _section, "ctgov-xml": _legacy}
"""The formats of the results section, each with what writes it."""
MARKS: Mapping[str, bytes] = {"ctgov": b'{\n  "trialwright"', "ctgov-xml": b"<?xml"}
"""How a file of each format begins."""
