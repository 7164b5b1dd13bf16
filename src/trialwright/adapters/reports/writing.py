"""A study folder -> the folder of its report, whole or not at all.

Everything is made in a temporary folder beside the place it goes to and moved there at the end; a report made before
is replaced, any other folder is left alone. The same ledger, position and cut-off give the same bytes: no clock is
read. Read `write_report`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from trialwright import __version__
from trialwright.adapters.exchange.ctgov.posted import posted_of
from trialwright.adapters.exchange.ctgov.protocol import ProtocolSection
from trialwright.adapters.exchange.spreadsheet import plain_cell
from trialwright.adapters.reports.analysis import Analysis, analyse
from trialwright.adapters.reports.analysis.comparison import merged
from trialwright.adapters.reports.document import Document, Table
from trialwright.adapters.reports.figures.fonts import with_fonts
from trialwright.adapters.reports.figures.palette import drawn
from trialwright.adapters.reports.html import as_html
from trialwright.adapters.reports.pdf import as_pdf
from trialwright.adapters.reports.published import read_published
from trialwright.adapters.reports.reading import Known, Read, judge, read_study
from trialwright.adapters.reports.rtf import as_rtf
from trialwright.adapters.reports.sections.opening import (
    CLOSED_PART,
    OPEN_PART,
    PACK,
    REPORT,
    Standing,
    document_of,
)
from trialwright.adapters.study import Study, load_study
from trialwright.adapters.study.difference import difference
from trialwright.core.analysis import Amended, Gathered
from trialwright.core.analysis.asking import in_life
from trialwright.core.analysis.gathering import gather
from trialwright.core.conduct import Trial
from trialwright.core.ledger import Event, ProtocolActivated
from trialwright.core.protocol import StudyProtocol
from trialwright.core.registration import life_of, updates_due
from trialwright.core.subject import StudyRecord
from trialwright.core.terms import Finding, Severity
from trialwright.standards.registration import FDAAA_801

HTML, PDF, PUBLISHED = "report.html", "report.pdf", "published.yaml"
FIGURES, TABLES, RTF = "figures", "tables", "rtf"
PARTS = {FIGURES: (".svg", ".png"), TABLES: (".csv",), RTF: (".rtf",)}
"""The folders of a report, and what is in them."""
FOLDERS = (OPEN_PART, CLOSED_PART)
"""The folders of a monitoring pack with several arms; each holds a whole report."""
BOM = "\ufeff"
"""At the start of a CSV file, so that a spreadsheet reads it as UTF-8."""


class CannotReport(Exception):
    """There is nothing to report from, or nowhere to put it; the findings say why."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(f"{len(findings)} findings")
        self.findings = tuple(findings)


@dataclass(frozen=True)
class Report:
    """A report as written: where, its files, on what it stands, and its numbers."""

    out: Path
    files: tuple[str, ...]
    standing: Standing
    analysis: Analysis
    findings: tuple[Finding, ...] = ()


Against = Callable[[str], tuple[str, ...]]
"""The registry record's text -> its contradictions in words; the reader of records belongs to another adapter."""


def write_report(
    folder: Path,
    out: Path,
    cut: date | None = None,
    known_at: int | datetime | None = None,
    against: Against = lambda record: (),
    pack: str = REPORT,
    compare: Path | None = None,
    posted: Callable[[Path], ProtocolSection] | None = None,
) -> Report:
    """Write the report of a study folder; without a cut-off, as of the last clinical day in the ledger.

    `pack` is the report or the monitoring pack; `compare` is a file of published results instead of the folder's own.
    """
    check_place(out)
    study = load_study(folder)
    trial = _trial(study)
    with _ledger_refusals(ValueError):
        read = read_study(folder, known_at)
    check_versions(study, read.own)
    rows, findings = _published(study, trial.versions[trial.latest], compare)
    with _ledger_refusals():
        known = judge(read, trial, cut)
        standing = _standing(read, known, cut is not None)
    gathered = gather(trial, known.record, known.cut, rows, against(study.record_text), known.people)
    gathered = replace(gathered, amendments=tuple(amended(study)))
    if posted is not None:
        gathered = with_life(gathered, trial, known.record, posted(folder))
    analysis = analyse(gathered)
    files = write_documents(documents_of(analysis, standing, study.record_text, pack), standing, out)
    return Report(out, files, standing, analysis, (*findings, *study.findings))


def _standing(read: Read, known: Known, asked: bool) -> Standing:
    """Where the report stands: the last position known of those there are, with the hash and the root there."""
    from trialwright.store import open_study

    seq = known.record.last_seq
    if not seq:
        raise CannotReport([_no_ledger("No event had been recorded by then.")])
    with open_study(read.place.folder, read_only=True) as ledger:
        at, root = ledger.hash_at(seq) or "", ledger.root_at(seq) or ""
    of = f" of {read.there}" if read.there != seq else ""
    return Standing(known.cut, asked, seq, at, of, read.kind, __version__, root)


def documents_of(analysis: Analysis, standing: Standing, record: str, pack: str) -> Mapping[str, Document]:
    """The documents to write, each by its folder inside the one asked for: one, or an open and a closed part."""
    if pack != PACK or len(analysis.gathered.groups) == 1:
        return {"": document_of(analysis, standing, record, pack)}
    together = analyse(analysis.gathered.together())
    return {
        OPEN_PART: document_of(together, standing, record, OPEN_PART),
        CLOSED_PART: document_of(analysis, standing, record, CLOSED_PART),
    }


def _trial(study: Study) -> Trial:
    if study.trial is None:
        errors = [one for one in study.findings if one.severity is Severity.ERROR]
        raise CannotReport(errors or [Finding("protocol", "The study has no protocol that can be used.")])
    trial: Trial = study.trial
    return trial


def with_life(gathered: Gathered, trial: Trial, record: StudyRecord, posted: ProtocolSection) -> Gathered:
    """What was gathered, with where the registry record stands and what the registry is to be told."""
    everyone = [told for one in gathered.people if (told := one.ask(in_life))]
    life = life_of(trial, record, gathered.cut, everyone, gathered.monitored)
    return replace(gathered, life=life, updates=updates_due(life, posted_of(posted), FDAAA_801))


def amended(study: Study) -> Iterator[Amended]:
    """What each version of the protocol has otherwise than the one before it, part by part."""
    for old, new in pairwise(study.versions):
        found = difference(study.versions[old], study.versions[new], study.documents[old], study.documents[new])
        for one in found:
            told = [(each.part, each.old, each.new) for each in one.parts]
            for part, before, after in told or [(one.change, "-", one.words)]:
                yield Amended(old, new, one.kind, one.id, part, before, after)


@contextmanager
def _ledger_refusals(*others: type[Exception]) -> Iterator[None]:
    """What the ledger refuses is a finding of the report."""
    from trialwright.store.errors import LedgerError

    refusals: tuple[type[Exception], ...] = (LedgerError, *others)
    try:
        yield
    except refusals as refusal:
        raise CannotReport([_no_ledger(str(refusal))]) from None


def _no_ledger(why: str) -> Finding:
    return Finding(
        about="ledger",
        says=why,
        matters="A report stands on the ledger; nothing was written.",
        do="Rehearse or submit events first, or name a position that exists.",
    )


def check_versions(study: Study, events: Sequence[Event]) -> None:
    """The files of the folder must be those that were activated: a report stands on what was in force."""
    activated = {event.version: event.file_hash for event in events if isinstance(event, ProtocolActivated)}
    changed = [name for name, file_hash in activated.items() if study.hashes.get(name) != file_hash]
    if changed:
        raise CannotReport([_changed(name, activated[name], study.hashes.get(name)) for name in changed])


def _changed(version: str, activated: str, found: str | None) -> Finding:
    there = f"the file here is {found[:16]}" if found else "there is no such file here"
    return Finding(
        about=f"protocol version {version}",
        says=f"The ledger activated the file {activated[:16]}; {there}.",
        matters="The participants were treated by the activated file; a report by another would be of another trial.",
        do="Put the activated file back, and give changes a version of their own.",
    )


def _published(
    study: Study, protocol: StudyProtocol, named: Path | None
) -> tuple[tuple[Mapping[str, Any], ...], list[Finding]]:
    """What was published, with what the rehearsal's file says of each row; a named file must be right."""
    file = named or study.folder / PUBLISHED
    rows: list[Mapping[str, Any]] = []
    findings: list[Finding] = []
    if named is not None or file.is_file():
        rows, findings = read_published(file, protocol)
        if named is not None and any(one.severity is Severity.ERROR for one in findings):
            raise CannotReport(findings)
    calibration = _rows(study.rehearsal or {}, "calibration")
    return merged(rows, calibration), findings


def _rows(data: Any, key: str) -> list[Mapping[str, Any]]:
    found = data.get(key, ()) if isinstance(data, Mapping) else ()
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list | tuple) else []


# ---- writing --------------------------------------------------------------------------------------------------------


def check_place(out: Path) -> None:
    """A report goes into a new or empty folder, or over an earlier report; anything else is left alone."""
    if not out.exists():
        return
    if out.is_dir() and not out.is_symlink() and all(map(_is_of_a_report, out.iterdir())):
        return
    raise CannotReport(
        [
            Finding(
                about=str(out),
                says="The place for the report holds something that is no report.",
                matters="Writing there could destroy other files; nothing was written.",
                do="Name a new folder with --out.",
            )
        ]
    )


def _is_of_a_report(entry: Path) -> bool:
    """Whether a report of ours has this file or folder and nothing else is in it: what is replaced must be ours."""
    if entry.name in PARTS and entry.is_dir() and not entry.is_symlink():
        return all(each.is_file() and each.suffix in PARTS[entry.name] for each in entry.iterdir())
    if entry.name in FOLDERS and entry.is_dir() and not entry.is_symlink():
        return all(each.name not in FOLDERS and _is_of_a_report(each) for each in entry.iterdir())
    return entry.name in (HTML, PDF) and entry.is_file()


def write_document(document: Document, standing: Standing, out: Path) -> tuple[str, ...]:
    """Write a document and everything that belongs to it into a folder; the files, or nothing and the reason."""
    return write_documents({"": document}, standing, out)


def write_documents(documents: Mapping[str, Document], standing: Standing, out: Path) -> tuple[str, ...]:
    """Write each document into its folder inside `out`, all of them or none."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".report-", dir=out.parent) as temporary:
        made = Path(temporary) / "report"
        made.mkdir()
        work = Path(temporary) / "work"
        work.mkdir()
        for folder, document in documents.items():
            (made / folder).mkdir(exist_ok=True)
            (work / folder).mkdir(exist_ok=True)
            _fill(document, standing, made / folder, work / folder)
        files = tuple(sorted(each.relative_to(made).as_posix() for each in made.rglob("*") if each.is_file()))
        _move(made, out, Path(temporary) / "before")
    return files


def _move(made: Path, out: Path, aside: Path) -> None:
    """Put the new report in place; the one before goes only once the new one is there."""
    if out.exists():
        out.rename(aside)
    try:
        made.rename(out)
    except OSError:
        if aside.exists():
            aside.rename(out)
        raise


def _fill(document: Document, standing: Standing, made: Path, work: Path) -> None:
    figures, tables, rtf = made / FIGURES, made / TABLES, made / RTF
    for folder in (figures, tables, rtf):
        folder.mkdir()
    pictures: dict[str, str] = {}
    rasters: dict[str, bytes] = {}
    for drawing in document.drawings():
        vector, raster = drawn(drawing.draw, document.simulated)
        pictures[drawing.name], rasters[drawing.name] = vector, raster
        (figures / f"{drawing.name}.svg").write_text(with_fonts(vector), "utf-8", newline="\n")
        (figures / f"{drawing.name}.png").write_bytes(raster)
    for table in document.tables():
        (tables / f"{table.name}.csv").write_text(as_csv(table), "utf-8", newline="")
    for name, content in as_rtf(document, rasters):
        (rtf / f"{name}.rtf").write_bytes(content)
    (made / HTML).write_text(as_html(document, pictures), "utf-8", newline="\n")
    (made / PDF).write_bytes(as_pdf(document, figures, standing.cut, work))


def as_csv(table: Table) -> str:
    """A table as a spreadsheet reads it; a cell that would be taken for a formula is made plain text.

    >>> as_csv(Table("t", "T", ("a", "b"), (("=1+1", "−3"),))).splitlines()
    ['\\ufeffa,b', "'=1+1,−3"]
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(table.headings)
    writer.writerows([[plain_cell(cell) for cell in row] for row in table.rows])
    return BOM + text.getvalue()
