"""The datasets of `trialwright export`: a folder of ADaM datasets, and what one cell of them stands on.

`adam` is CSV and Parquet, `adam-csv` CSV alone, `dataset-json` Dataset-JSON 1.1; each with an index for people and
programs. The folder is written whole or not at all. Read `export_datasets`, then `trace_cell`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from trialwright.cli.anchoring import checkpoint_before
from trialwright.cli.output import finish, progress, show, show_json, wrong_use
from trialwright.cli.reading import read_trial, read_whole
from trialwright.core.terms import Finding

if TYPE_CHECKING:
    from trialwright.adapters.exchange.cdisc import Asked

DATASET_FORMATS: Mapping[str, tuple[str, ...]] = {
    "adam": (".csv", ".parquet"),
    "adam-csv": (".csv",),
    "dataset-json": (".json",),
}
"""The formats of datasets, each with how its files end."""


def export_datasets(folder: Path, form: str, out: str, cut: date | None, known_at: Any, as_json: bool) -> NoReturn:
    """Write every dataset into a folder, or nothing and the reason."""
    from trialwright.adapters.exchange.cdisc import CannotWrite, write_datasets
    from trialwright.adapters.exchange.cdisc.parquet import NoPolars

    if out == "-":
        wrong_use(f"--format {form} writes a folder of files; name it with --out.")
    warnings = checkpoint_before(folder, "the datasets")
    asked = _asked(folder, cut, known_at)
    try:
        with progress("Deriving the datasets", len(asked.study.subjects)) as advance:
            written = write_datasets(asked, Path(out), DATASET_FORMATS[form], advance)
    except CannotWrite as refusal:
        finish(False, [refusal.finding])
    except NoPolars as absent:
        says, do = "The library that writes Parquet is not installed.", f"{absent}; or write --format adam-csv."
        finish(False, [Finding("polars", says, "Nothing was written.", do)])
    standing = asked.standing
    if as_json:
        told = {"format": form, "out": out, "cut": standing.cut, "position": standing.seq, "head": standing.head}
        counts = {"simulated": standing.simulated, "subjects": written.subjects, "rows": written.rows}
        show_json({**told, **counts, "files": written.files, "findings": warnings})
    else:
        rows = ", ".join(f"{name} {count}" for name, count in written.rows.items())
        mark = "Simulated data. " if standing.simulated else ""
        show(
            f"{mark}{written.subjects} subjects as of {standing.cut} at ledger position {standing.seq} "
            f"(head {standing.head[:16]}): {rows} rows.\nOpen {Path(out) / 'datasets.html'}."
        )
    finish(findings=warnings)


def trace_cell(folder: Path, cell: str, cut: date | None, known_at: Any, as_json: bool) -> NoReturn:
    """Tell what a cell stands on, down to the entries of the ledger."""
    from trialwright.adapters.exchange.cdisc.tracing import NoSuchCell, in_words, trace

    asked = _asked(folder, cut, known_at)
    try:
        chain = trace(asked, cell)
    except NoSuchCell as absent:
        says, do = str(absent), "Name a cell as DATASET.SUBJECT.KEY.VARIABLE, such as ADSL.SUBJECT.TRTSDT."
        finish(False, [Finding(cell, says, "There is nothing to trace.", do)])
    standing = asked.standing
    if as_json:
        place = {"cut": standing.cut, "position": standing.seq, "head": standing.head, "simulated": standing.simulated}
        show_json({**place, "chain": chain})
    else:
        mark = "Simulated data. " if standing.simulated else ""
        show(f"{in_words(chain)}\n{mark}As of {standing.cut} at ledger position {standing.seq} ({standing.head[:16]}).")
    finish()


def _asked(folder: Path, cut: date | None, known_at: Any) -> Asked:
    from trialwright.adapters.exchange.cdisc import Asked, standing_of
    from trialwright.core.subject import fold_study

    trial = read_trial(folder)
    events, head = read_whole(folder, known_at)
    if not events:
        says, do = "No event had been recorded by then.", "Rehearse or submit events first, or name a later position."
        finish(False, [Finding("ledger", says, "Datasets stand on the ledger; nothing was written.", do)])
    study = fold_study(events)
    last = cut or max(event.occurred for event in events)
    return Asked(trial, study, standing_of(trial, study, events[-1], head, last))
