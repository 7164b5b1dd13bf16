"""The specimens of a study as a laboratory's list: one row for each, with its state, its place and what is to be done.

A table of comma-separated values (RFC 4180) that any spreadsheet opens. A cell that a spreadsheet would take for a
formula is written with an apostrophe before it. Read `write_specimen_list`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from trialwright.adapters.exchange.spreadsheet import plain_cell
from trialwright.core.specimens import LaboratoryRow

HEADINGS = (
    "site subject specimen label matrix state place since to_do due time overdue findings not_told clause simulated"
).split()


def write_specimen_list(rows: Iterable[LaboratoryRow], simulated: bool) -> bytes:
    """The list as bytes, in the order given; a specimen with several things to do has a row for each."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    for row in rows:
        writer.writerows([plain_cell(cell) for cell in line] for line in _lines(row, simulated))
    return text.getvalue().encode("utf-8")


def _lines(row: LaboratoryRow, simulated: bool) -> Iterable[tuple[object, ...]]:
    known = (row.site, row.subject, row.key, row.label, row.matrix, row.state, row.place, row.since)
    told = (row.findings, "; ".join(row.missing))
    mark = "yes" if simulated else "no"
    if not row.next:
        yield (*known, "", "", "", "", *told, row.because[0].clause, mark)
    for one in row.next:
        late = "yes" if one.overdue else "no"
        yield (*known, one.to_do, one.due, one.time, late, *told, one.because.clause, mark)
