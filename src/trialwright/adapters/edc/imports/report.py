"""What was in a file against what is recorded, as a table to download (CSV): one row for each item, none left out.

A cell that a spreadsheet would take for a formula is written with an apostrophe before it. Read `rows_of`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from trialwright.adapters.edc.imports.preview import Preview
from trialwright.adapters.edc.look.writing import value as in_words
from trialwright.adapters.exchange.spreadsheet import plain_cell
from trialwright.core.terms import Finding

HEADINGS = ("state", "subject", "item", "recorded", "in the file", "place in the file", "why refused", "simulated")


def rows_of(preview: Preview, state: str, simulated: bool) -> list[list[str]]:
    """Every line with its state; `state` says whether it was saved or would be."""
    mark = "yes" if simulated else "no"
    lines = [
        [f"{state} {line.state}" if line.state != "same" else "same", line.subject, line.path, in_words(line.old),
         in_words(line.new), line.given.where, "", mark]
        for line in preview.comparison.lines
    ]  # fmt: skip
    return (
        lines
        + [_finding(one, "refused", mark) for one in preview.against]
        + [_finding(one, "noted", mark) for one in preview.noted]
    )


def _finding(one: Finding, state: str, mark: str) -> list[str]:
    return [state, "", one.about, "", "", one.where or "", one.says, mark]


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows under their headings, for a spreadsheet."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    writer.writerows([plain_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")
