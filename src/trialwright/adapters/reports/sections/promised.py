"""The record against the trial: what was promised, what was done, whether it was kept, and where it is shown."""

from __future__ import annotations

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.analysis.promises import Promise, Promises, promises
from trialwright.adapters.reports.document import Paragraph, Section, Table
from trialwright.adapters.reports.text import sentence
from trialwright.adapters.reports.tied import Link, References, Tied, tell

TABLE = "promised"
SIGNS = {
    "as promised": "✓ as promised",
    "otherwise": "✕ otherwise",
    "not yet": "… not yet",
    "cannot be told": "? not known",
}


def promise_section(analysis: Analysis) -> Section:
    """Each promise of the record beside what was done."""
    told = promises(analysis, analysis.places)
    return Section("promised", "What the record promised and what was done", (Paragraph(_words(told)), _table(told)))


def _words(told: Promises) -> Tied:
    ref = References(told)
    return tell(
        "Of {all} promises of the record, {kept} were done as promised, {otherwise} otherwise, and {open} are not done "
        "by the cut-off; of the others it cannot be told.",
        all=ref("rows.count", str, TABLE),
        kept=ref("as_promised.count", str, TABLE),
        otherwise=ref("otherwise.count", str, TABLE),
        open=ref("not_yet.count", str, TABLE),
    )


def _table(told: Promises) -> Table:
    return Table(
        TABLE,
        "Promised and done",
        ("What", "Promised", "Done by the cut-off", "Kept", "Where"),
        tuple(_row(one) for one in told.rows),
        "lllll",
    )


def _row(one: Promise) -> tuple[str, ...]:
    where = Tied([Link("see there", one.section)]) if one.section else "not shown"
    return sentence(one.what), one.promised, one.done, SIGNS[one.kept], where
