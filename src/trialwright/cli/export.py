"""`trialwright export`: the trial in a format that other programs read.

FORMATS is the list of those in one file: `icalendar` is the calendar of a subject, a site or the whole study as of a
day; `specimens` the laboratory's list of specimens. Datasets are a folder of files (`cli/export_datasets`), and
`--trace` tells what a cell of them stands on; the registry record is `cli/export_record`. A file is written whole or
not at all; `--out -` writes to standard output. Read `FORMATS`, then `command`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trialwright.cli.anchoring import checkpoint_before
from trialwright.cli.export_datasets import DATASET_FORMATS, export_datasets, trace_cell
from trialwright.cli.export_record import RECORD_FORMATS, export_record
from trialwright.cli.export_results import RESULT_FORMATS, export_results
from trialwright.cli.options import Cut, KnownAt, On, StudyFolder
from trialwright.cli.output import AsJson, finish, progress, show, show_json, wrong_use
from trialwright.cli.reading import read_events, read_trial, usual_day
from trialwright.core.ledger import SubjectTransferred
from trialwright.core.terms import Finding

if TYPE_CHECKING:
    from trialwright.adapters.exchange.appointments import Appointment
    from trialwright.core.conduct import Trial
    from trialwright.core.ledger import Event
    from trialwright.core.subject import StudyRecord

Format = Annotated[
    str,
    typer.Option(
        "--format",
        metavar="FMT",
        help="Which format: icalendar, specimens, adam, adam-csv, dataset-json, prs, ctgov-protocol, "
        "ctgov-updates, ctgov (results) or ctgov-xml (results).",
    ),
]
OfSubject = Annotated[
    str | None, typer.Option("--subject", metavar="SUBJECT", help="One subject alone.", show_default=False)
]
OfSite = Annotated[str | None, typer.Option("--site", metavar="SITE", help="One site alone.", show_default=False)]
Out = Annotated[
    str | None,
    typer.Option(
        "--out", metavar="FILE|DIR|-", help="The file, or for datasets the folder, to write; - is standard output."
    ),
]
TraceCell = Annotated[
    str | None,
    typer.Option(
        "--trace",
        metavar="CELL",
        help="Tell what one cell stands on, as ADTTE.SUBJECT.PFS.AVAL, down to the entries of the ledger.",
        show_default=False,
    ),
]


@dataclass(frozen=True)
class Asked:
    """What is to be exported: the trial as recorded, of whom, as of which day."""

    trial: Trial
    study: StudyRecord
    events: list[Event]
    head: str
    subject: str | None
    site: str | None
    on: date

    @property
    def subjects(self) -> list[str]:
        """Whose data are wanted, in the order of their ids."""
        known = self.study.subjects
        at_site = [one for one in sorted(known) if self.site in (None, known[one].on_its_site(self.on).site)]
        return [self.subject] if self.subject is not None else at_site

    @property
    def ever_there(self) -> list[str]:
        """Those, and whoever belonged to the site on an earlier day and left it."""
        moved = (one for one in self.events if isinstance(one, SubjectTransferred) and one.occurred <= self.on)
        gone = {one.subject or "" for one in moved if self._was_at(one.subject, one.occurred - timedelta(days=1))}
        return sorted({*self.subjects, *gone} & set(self.study.subjects)) if self.site else self.subjects

    def _was_at(self, subject: str | None, day: date) -> bool:
        record = self.study.subjects.get(subject or "")
        return record is not None and record.site_on(day) == self.site

    @property
    def simulated(self) -> bool:
        """Whether the ledger holds a rehearsal."""
        return self.study.kind == "simulated"


def command(
    folder: StudyFolder,
    form: Format,
    out: Out = None,
    subject: OfSubject = None,
    site: OfSite = None,
    on: On = None,
    cut: Cut = None,
    known_at: KnownAt = None,
    trace: TraceCell = None,
    as_json: AsJson = False,
) -> None:
    """Write the trial in an exchange format."""
    _check_use(form, out, subject, site, trace, as_json)
    if trace is not None:
        trace_cell(folder, trace, cut or on, known_at, as_json)
    if out is None:
        wrong_use("Give the place to write with --out.")
    if form in DATASET_FORMATS:
        export_datasets(folder, form, out, cut or on, known_at, as_json)
    if form in RECORD_FORMATS:
        export_record(folder, form, out, cut or on, known_at, as_json)
    if form in RESULT_FORMATS:
        export_results(folder, form, out, cut or on, known_at, as_json)
    asked = _asked(folder, subject, site, cut or on, known_at)
    warnings = checkpoint_before(folder, "the export")
    content, said = FORMATS[form](asked)
    write_whole(content, out, form, MARKS[form])
    if as_json:
        show_json({"format": form, "out": out, "on": asked.on, "head": asked.head, **said, "findings": warnings})
    elif out != "-":
        mark = "Simulated data. " if asked.simulated else ""
        show(f"{mark}{len(said['entries'])} entries of {len(said['subjects'])} subjects as of {asked.on} in {out}.")
    finish(findings=warnings)


def _check_use(
    form: str, out: str | None, subject: str | None, site: str | None, trace: str | None, as_json: bool
) -> None:
    """Leave with a message where the options do not go together."""
    known = (*FORMATS, *DATASET_FORMATS, *RECORD_FORMATS, *RESULT_FORMATS)
    if form not in known:
        near = get_close_matches(form, known, 1)
        wrong_use(f"No format {form!r}; there is {', '.join(known)}.{f' Is {near[0]} meant?' if near else ''}")
    if form in DATASET_FORMATS and (subject is not None or site is not None):
        wrong_use("Datasets are of the whole study; leave out --subject and --site.")
    if form in (*RECORD_FORMATS, *RESULT_FORMATS) and (subject is not None or site is not None):
        wrong_use("The registry record is of the whole study; leave out --subject and --site.")
    if trace is not None and form not in DATASET_FORMATS:
        wrong_use(f"--trace asks about a cell of a dataset; --format {form} has none. Write --format adam.")
    if subject is not None and site is not None:
        wrong_use("Give --subject or --site, not both: a subject belongs to one site.")
    if as_json and out == "-":
        wrong_use("--json answers on standard output; give a file with --out.")


def _asked(folder: Path, subject: str | None, site: str | None, on: date | None, known_at: Any) -> Asked:
    from trialwright.core.subject import fold_study

    trial = read_trial(folder)
    events, head = read_events(folder, known_at)
    study = fold_study(events)
    if subject is not None and subject not in study.subjects:
        _unknown("subject", subject, study.subjects)
    sites = [one.id for version in trial.versions.values() for one in version.design.sites]
    if site is not None and site not in sites:
        _unknown("site", site, dict.fromkeys(sites))
    return Asked(trial, study, events, head, subject, site, on or usual_day(study, events))


def _unknown(what: str, name: str, known: Mapping[str, Any]) -> None:
    """A name nobody knows is an answer of no, with the near miss."""
    near = get_close_matches(name, known, 1)
    meant = f" Is {near[0]} meant?" if near else "" if known else f" It knows no {what} yet."
    where = "The ledger" if what == "subject" else "The protocol"
    says = f"{where} knows no {what} {name}.{meant}"
    finding = Finding(name, says, "Nothing was written.", f"Give one of {', '.join(known)}." if known else "")
    finish(answer_is_yes=False, findings=[finding])


def write_whole(content: bytes, out: str, form: str, mark: bytes) -> None:
    """Write all of it or nothing: a file that was there stays as it was until the new one is complete."""
    if out == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    path = Path(out)
    if path.is_dir():
        wrong_use(f"{out} is a folder; give a file.")
    _refuse_another_file(path, form, mark)
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as draft:
        try:
            draft.write(content)
            draft.close()
            Path(draft.name).chmod(0o666 & ~_umask())
            os.replace(draft.name, path)
        except BaseException:
            Path(draft.name).unlink(missing_ok=True)
            raise


def _refuse_another_file(path: Path, form: str, mark: bytes) -> None:
    """An export goes over an earlier one of its format, never over a file of another kind."""
    if not path.exists():
        return
    with path.open("rb") as held:
        begins = held.read(len(mark))
    if begins and begins != mark:
        says = f"{path} is there and is no {form} file."
        finish(
            answer_is_yes=False, findings=[Finding(str(path), says, "Writing would lose it.", "Give another --out.")]
        )


def _umask() -> int:
    """The permissions a new file of this user does without."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


# --- formats -------------------------------------------------------------------------------------------------------


def _icalendar(asked: Asked) -> tuple[bytes, dict[str, Any]]:
    from trialwright.adapters.exchange.appointments import appointments
    from trialwright.adapters.exchange.icalendar import write_icalendar

    entries: list[Appointment] = []
    own: dict[str | None, list[Event]] = {}
    for event in asked.events:
        own.setdefault(event.subject, []).append(event)
    subjects = asked.ever_there
    with progress("Reading the calendar", len(subjects)) as advance:
        for one in subjects:
            entries += appointments(asked.trial, asked.study, own.get(one, []), one, asked.on, asked.site)
            advance(1)
    protocol = asked.trial.versions[asked.trial.latest].protocol
    whose = asked.subject or asked.site
    name = f"{protocol} {whose}" if whose else protocol
    content = write_icalendar(entries, name, asked.simulated)
    return content, {"simulated": asked.simulated, "subjects": subjects, "entries": entries}


def _specimens(asked: Asked) -> tuple[bytes, dict[str, Any]]:
    from trialwright.adapters.exchange.specimen_list import write_specimen_list
    from trialwright.core.conduct import case_of
    from trialwright.core.specimens import laboratory

    cases = (case_of(asked.trial, asked.study, one, asked.on) for one in asked.subjects)
    rows = laboratory(cases, asked.on)
    content = write_specimen_list(rows, asked.simulated)
    return content, {"simulated": asked.simulated, "subjects": asked.subjects, "entries": rows}


FORMATS: Mapping[str, Callable[[Asked], tuple[bytes, dict[str, Any]]]] = {
    "icalendar": _icalendar,
    "specimens": _specimens,
}
"""The formats there are, each with what writes it."""
MARKS: Mapping[str, bytes] = {"icalendar": b"BEGIN:VCALENDAR", "specimens": b"site,subject,specimen,"}
"""How a file of each format begins."""
