"""The process that makes what takes long: `python -m trialwright.adapters.edc.trial.worker FOLDER`.

It reads what was asked, says how far it is, and leaves the files in the job's folder. Numbers, figures and files are
those of `reports` and `exchange`; here is only which of them, of whose data. Read `MAKERS`.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from trialwright import __version__
from trialwright.adapters.edc.trial.making import Job, MadeFile, State, gettext_noop, say, write

TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8", ".pdf": "application/pdf", ".svg": "image/svg+xml", ".png": "image/png",
    ".csv": "text/csv; charset=utf-8", ".rtf": "application/rtf", ".json": "application/json",
    ".zip": "application/zip", ".xml": "application/xml", ".txt": "text/plain; charset=utf-8",
}  # fmt: skip
BEHIND = 10
"""How far this process stands behind those that serve pages and saves."""
LOGGED = gettext_noop("It could not be made; whoever runs this server finds the reason in its log.")
FILES, ALL = "files", "everything.zip"
PAGE = "page.json"
"""What the page shows of it, beside the files."""


class NothingToMake(Exception):
    """There is nothing to make it from; the message says why, without anybody's data."""


@dataclass(frozen=True)
class Making:
    """A job that is being made: where, and how it says how far it is."""

    job: Job
    folder: Path

    @property
    def out(self) -> Path:
        """The folder of the files."""
        return self.folder / FILES

    @property
    def cut(self) -> date | None:
        """The clinical cut-off that was asked for."""
        return date.fromisoformat(self.job.cut) if self.job.cut else None

    def at(self, step: int, of: int, says: str) -> None:
        """Say how far it is."""
        say(self.job.id, State("working", step, of, says, os.getpid()))


def main(folder: Path) -> int:
    """Make one job; 0 where it was made."""
    told = json.loads((folder / "job.json").read_text("utf-8"))
    job = Job(**{**told, "sites": None if told["sites"] is None else tuple(told["sites"])})
    making = Making(job, folder)
    os.nice(BEHIND)
    try:
        making.at(1, 5, gettext_noop("reading the ledger"))
        MAKERS[job.kind](making)
        files = tuple(_files(making.out))
    except NothingToMake as why:
        _over(job, State("failed", says=str(why)))
        return 1
    except Exception:
        _over(job, State("failed", says=LOGGED))
        raise
    _over(job, State("done", 5, 5, files=files))
    return 0


def _over(job: Job, state: State) -> None:
    say(job.id, replace(state, finished=datetime.now(UTC).isoformat()))


def _files(out: Path) -> Iterator[MadeFile]:
    for file in sorted(one for one in out.rglob("*") if one.is_file()):
        name = file.relative_to(out).as_posix()
        yield MadeFile(name, name, TYPES.get(file.suffix, "application/octet-stream"), file.stat().st_size)


# --- whose data -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Gathering:
    """A study read and judged at a cut-off, of the sites that were asked for."""

    study: Any
    trial: Any
    known: Any
    read: Any
    standing: Any
    gathered: Any


def gathered_for(making: Making) -> Gathering:
    """Everyone of the sites asked for, judged at the cut-off, with what the analysis takes."""
    from trialwright.adapters.reports.reading import judge, read_study
    from trialwright.adapters.reports.writing import amended
    from trialwright.adapters.study import load_study
    from trialwright.core.analysis import gather

    study = load_study(Path(making.job.folder))
    if study.trial is None:
        raise NothingToMake(gettext_noop("The study's protocol has errors."))
    read = read_study(study.folder, making.job.known_at)
    if not read.own:
        raise NothingToMake(gettext_noop("Nothing was recorded by then."))
    making.at(2, 5, gettext_noop("judging everyone at the cut-off"))
    known = judge(read, study.trial, making.cut) if making.job.sites is None else _of_sites(making, study, read)
    gathered = gather(study.trial, known.record, known.cut, (), (), known.people)
    gathered = replace(gathered, amendments=tuple(amended(study)))
    if not making.job.arms:
        gathered = gathered.together()
    return Gathering(study, study.trial, known, read, standing_of(study, read, known, making), gathered)


def _of_sites(making: Making, study: Any, read: Any) -> Any:
    """The people of some sites alone."""
    from trialwright.adapters.reports.reading import Known, all_events
    from trialwright.core.analysis import each_judged
    from trialwright.core.subject import fold_study

    record = fold_study(all_events(read.place))
    cut = making.cut or max((one.last_milestone for one in record.subjects.values()), default=date.min)
    sites = making.job.sites or ()
    subjects = {name: one for name, one in record.subjects.items() if one.site in sites}
    own = replace(record, subjects=subjects)
    return Known(own, cut, tuple(each_judged(study.trial, own, cut, sorted(subjects))))


def standing_of(study: Any, read: Any, known: Any, making: Making) -> Any:
    """On what it stands: cut-off, position, head and root."""
    from trialwright.adapters.reports.sections.opening import Standing
    from trialwright.store import open_study

    seq = known.record.last_seq
    with open_study(study.folder, read_only=True) as ledger:
        head, root = ledger.hash_at(seq) or "", ledger.root_at(seq) or ""
    of = f" of {read.there}" if read.there != seq else ""
    return Standing(known.cut, making.cut is not None, seq, head, of, read.kind, __version__, root)


# --- reports ----------------------------------------------------------------------------------------------------------


def make_figures(making: Making) -> None:
    """Safety tables and figures of response at a cut-off, as a page and as files."""
    from trialwright.adapters.reports.analysis import analyse
    from trialwright.adapters.reports.document import Document
    from trialwright.adapters.reports.sections import chapters_of
    from trialwright.adapters.reports.text import day

    of = gathered_for(making)
    making.at(3, 5, gettext_noop("counting"))
    analysis = analyse(of.gathered)
    protocol, standing = of.gathered.protocol, of.standing
    whose = f", of {', '.join(making.job.sites)}" if making.job.sites else ""
    document = Document(
        title=protocol.title,
        subtitle=f"Safety and response in {protocol.protocol}{whose}, clinical cut-off {day(standing.cut)}",
        simulated=standing.kind == "simulated",
        facts=(
            ("Clinical cut-off", f"{day(standing.cut)}: what had happened by then"),
            ("Ledger position", f"{standing.seq}{standing.known_at}: what had been recorded by then"),
            ("Head hash at that position", standing.head),
            ("Program", f"Trialwright {standing.program}"),
        ),
        notices=("An interim look: not the report of the trial.",),
        chapters=chapters_of(analysis, contents()),
        footer=f"Cut-off {day(standing.cut)} · ledger position {standing.seq} · head {standing.head[:16]}",
        running=f"{protocol.protocol} · safety and response",
        stands=f"cut-off {day(standing.cut)}, ledger position {standing.seq}",
    )
    write_pages({"": document}, standing, making)


def contents() -> Any:
    """Which chapters: those of a site have no sub-study in them."""
    from trialwright.adapters.reports.sections import participants, proportions, responses, times
    from trialwright.adapters.reports.sections.doses import dose_section
    from trialwright.adapters.reports.sections.events import serious_section
    from trialwright.adapters.reports.sections.laboratory import laboratory_section
    from trialwright.adapters.reports.sections.safety import safety_section

    told: tuple[Any, ...] = (responses.response_section, responses.further_response_sections)
    entered = (participants.flow_section, participants.accrual_curve_section, participants.baseline_section)
    return (
        ("1", "Participants", entered),
        ("2", "Safety", (safety_section, serious_section, laboratory_section, dose_section)),
        ("3", "Response", (*told, proportions.proportion_sections, times.time_sections)),
    )


def make_report(making: Making) -> None:
    """The whole report, or the pack of the monitoring committee, as `trialwright report` writes it."""
    from trialwright.adapters.registry import read as read_record
    from trialwright.adapters.registry.contradictions import contradictions
    from trialwright.adapters.reports.analysis import analyse
    from trialwright.adapters.reports.sections.opening import OPEN_PART, PACK, REPORT
    from trialwright.adapters.reports.writing import documents_of

    of = gathered_for(making)
    making.at(3, 5, gettext_noop("counting"))
    text = of.study.record_text
    found = tuple(one.says for one in contradictions(read_record(text))) if text else ()
    analysis = analyse(replace(of.gathered, contradictions=found))
    part = PACK if making.job.kind == "monitoring" else REPORT
    arms_kept = part == PACK and len(of.gathered.protocol.arms) > 1 and not making.job.arms
    documents = documents_of(analysis, of.standing, text, OPEN_PART if arms_kept else part)
    write_pages(documents, of.standing, making)


def write_pages(documents: Mapping[str, Any], standing: Any, making: Making) -> None:
    """The files of each document, all in one zip, and what the page shows."""
    from trialwright.adapters.reports.pdf import as_data
    from trialwright.adapters.reports.writing import write_documents

    making.at(4, 5, gettext_noop("drawing and printing"))
    write_documents(documents, standing, making.out)
    shown = [_shown(folder, as_data(document, standing.cut)) for folder, document in documents.items()]
    write(making.folder / PAGE, {"documents": shown})
    zip_all(making.out)


def _shown(folder: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """What the page shows of a document; its figures by their file."""
    at = f"{folder}/figures/" if folder else "figures/"
    for chapter in data["chapters"]:
        for section in chapter["sections"]:
            for block in section["blocks"]:
                if block["is"] == "figure":
                    block["file"] = f"{at}{Path(block['file']).stem}.png"
    wanted = ("title", "subtitle", "facts", "notices", "chapters")
    return {"folder": folder, **{name: data[name] for name in wanted}}


def zip_all(out: Path) -> None:
    """Everything in one file."""
    from zipfile import ZIP_DEFLATED, ZipFile

    files = sorted(one for one in out.rglob("*") if one.is_file())
    with ZipFile(out / ALL, "w", ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.relative_to(out).as_posix())


# --- datasets and the registry record ---------------------------------------------------------------------------------


def make_datasets(making: Making) -> None:
    """The analysis datasets, each with an index for people and programs."""
    from trialwright.adapters.exchange.cdisc import Asked, standing_of, write_datasets
    from trialwright.adapters.study import load_study
    from trialwright.core.subject import fold_study

    study, events, head = _read_whole(making)
    trial = load_study(Path(making.job.folder)).trial
    if trial is None or not events:
        raise NothingToMake(gettext_noop("Nothing was recorded by then."))
    del study
    record = fold_study(events)
    cut = making.cut or max(event.occurred for event in events)
    making.at(3, 5, gettext_noop("deriving the datasets"))
    asked = Asked(trial, record, standing_of(trial, record, events[-1], head, cut))
    write_datasets(asked, making.out, (".json",) if making.job.kind == "dataset-json" else (".csv",), lambda done: None)
    making.at(4, 5, gettext_noop("putting them together"))
    zip_all(making.out)


def _read_whole(making: Making) -> tuple[str, list[Any], str]:
    from trialwright.store import open_study

    with open_study(Path(making.job.folder), read_only=True) as ledger:
        known_at = making.job.known_at
        events = list(ledger.events() if known_at is None else ledger.events(known_at=known_at))
        head = ledger.head()
        there = (ledger.hash_at(events[-1].seq) if events else None) or (head.hash if head else "")
        return ledger.study or "", events, there


def make_results(making: Making) -> None:
    """The results section as the registry takes it, and what is to be mended before it can be posted."""
    from trialwright.adapters.exchange.ctgov.results import write_results
    from trialwright.adapters.exchange.ctgov.results.review import review
    from trialwright.adapters.reports.results import read_said, results_of

    of = gathered_for(making)
    making.at(3, 5, gettext_noop("counting"))
    said, misread = read_said(Path(making.job.folder))
    made = results_of(of.gathered, said)
    stands = {"cut": str(of.standing.cut), "position": of.standing.seq, "head": of.standing.head}
    stands |= {"simulated": of.standing.kind == "simulated"}
    document = {"trialwright": stands, "resultsSection": write_results(made.results)}
    making.out.mkdir()
    (making.out / "results.json").write_text(json.dumps(document, ensure_ascii=False, indent=2, default=str), "utf-8")
    found = [f"{one.severity.value}: {one.says} {one.do}" for one in (*misread, *made.findings, *review(made.results))]
    told = "\n".join(found) or "Nothing is to be mended."
    (making.out / "to-mend.txt").write_text(told + "\n", "utf-8")


def make_casebooks(making: Making) -> None:
    """The filled casebook of every subject, each as a PDF, in the language of whoever asked."""
    _speak(making.job.language)
    from trialwright.adapters.edc.trial.casebook_sheets import filled_casebooks

    making.out.mkdir()
    for number, (name, content, count) in enumerate(filled_casebooks(making), 1):
        making.at(number, count, gettext_noop("printing casebooks"))
        (making.out / name).write_bytes(content)
    zip_all(making.out)


def _speak(language: str) -> None:
    """Have the words of the pages at hand in this process."""
    import django
    from django.conf import settings
    from django.utils.translation import activate

    if not settings.configured:
        os.environ["DJANGO_SETTINGS_MODULE"] = "trialwright.adapters.edc.settings"
        django.setup()
    activate(language)


def make_check(making: Making) -> None:
    """The record's sentences in their classes, for the protocol browser."""
    from trialwright.adapters.edc.trial.browsing import classed

    making.out.mkdir()
    write(making.out / "classes.json", classed(Path(making.job.folder)))


MAKERS: Mapping[str, Callable[[Making], None]] = {
    "figures": make_figures,
    "report": make_report,
    "monitoring": make_report,
    "adam-csv": make_datasets,
    "dataset-json": make_datasets,
    "results": make_results,
    "casebooks": make_casebooks,
    "check": make_check,
}
"""What can be made, each with what makes it."""


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
