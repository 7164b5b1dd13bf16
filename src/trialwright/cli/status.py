"""`trialwright status`: what holds for a subject or the trial on a day: the dose, what is due, which clause says so.

Two times, never mixed: `--on` is the clinical date, `--known-at` a place in the ledger. Without `--on` a real trial is
asked about today, a simulated one about the last day in its ledger; the answer prints both times. How the answer reads
is `cli/status_words`; what holds is decided in `core.conduct`. Read `command`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trialwright.cli.anchoring import newest_checkpoint
from trialwright.cli.options import KnownAt, On, StudyFolder
from trialwright.cli.output import AsJson, finish, show, show_json, wrong_use
from trialwright.cli.reading import read_events, read_trial, usual_day
from trialwright.core.terms import Finding

if TYPE_CHECKING:
    from trialwright.core.conduct import Trial
    from trialwright.core.subject import StudyRecord

Subject = Annotated[str | None, typer.Argument(metavar="[SUBJECT]", help="A subject's id.", show_default=False)]


AtSite = Annotated[
    str | None, typer.Option("--site", metavar="SITE", help="The subjects of one site.", show_default=False)
]
Wording = Annotated[
    Path | None,
    typer.Option(
        metavar="PATH",
        help="Your copy of the published grade descriptions: a CSV or JSON file, or a folder of them.",
        show_default=False,
    ),
]
Reader = Annotated[
    str,
    typer.Option("--for", metavar="PERSON", help="For coordinator, pharmacist or investigator.", show_default=False),
]


def command(
    folder: StudyFolder,
    subject: Subject = None,
    on: On = None,
    known_at: KnownAt = None,
    reader: Reader = "",
    site: AtSite = None,
    as_json: AsJson = False,
    wording: Wording = None,
) -> None:
    """Say what holds for one subject, or for the whole trial, on a day."""
    from trialwright.core.subject import fold_study

    check_reader(reader)
    trial = read_trial(folder)
    events, head = read_events(folder, known_at)
    record = fold_study(events)
    day = on or usual_day(record, events)
    if subject is None:
        noted = "" if as_json else newest_checkpoint(folder, record.kind)
        _show_trial(folder, trial, record, day, head, as_json, site, noted)
    else:
        _show_subject(trial, record, subject, day, head, as_json, reader, wording)


def check_reader(reader: str) -> None:
    """Wrong use where the page is for nobody it can be written for."""
    from trialwright.cli.status_words import PEOPLE

    if reader and reader not in PEOPLE:
        near = get_close_matches(reader, PEOPLE, 1)
        meant = f" Is {near[0]} meant?" if near else ""
        wrong_use(f"There is no page for {reader!r}; there is one for {', '.join(PEOPLE)}.{meant}")


def _show_trial(
    folder: Path,
    trial: Trial,
    record: StudyRecord,
    on: date,
    head: str,
    as_json: bool,
    site: str | None,
    noted: str,
) -> None:
    from trialwright.adapters.exchange.answers.trial import trial_document
    from trialwright.cli.status_registry import registry_document, registry_told, registry_words
    from trialwright.cli.status_trial import trial_words
    from trialwright.core.conduct import trial_status
    from trialwright.core.conduct.totals import standings

    if site is not None:
        _check_site(trial, site)
    everyone = standings(trial, record, on, site)
    said = trial_status(trial, record, on, site, everyone)
    registry = registry_told(folder, trial, record, on, everyone, said.monitored) if site is None else None
    if as_json:
        show_json({**trial_document(said, head), **registry_document(registry)})
    else:
        parts = (trial_words(said, head, site), registry_words(registry), noted)
        show("\n".join(each for each in parts if each))
    finish(findings=(*said.findings, *(registry.findings if registry else ())))


def _check_site(trial: Trial, site: str) -> None:
    """A site that the protocol does not name is a finding, with the near miss."""
    known = {one.id: one.name for version in trial.versions.values() for one in version.design.sites}
    if site in known:
        return
    near = get_close_matches(site, known, 1)
    meant = f" Is {near[0]} meant?" if near else ""
    says = f"The protocol names no site {site}; it names {', '.join(known)}.{meant}"
    finish(answer_is_yes=False, findings=[Finding(about=site, says=says, matters="Nothing was looked up.")])


def _show_subject(
    trial: Trial,
    record: StudyRecord,
    subject: str,
    on: date,
    head: str,
    as_json: bool,
    reader: str,
    wording: Path | None,
) -> None:
    from trialwright.adapters.exchange.answers.subject import subject_document
    from trialwright.adapters.study.wording import wording_for
    from trialwright.cli.status_words import subject_words
    from trialwright.core.conduct import subject_status

    if subject not in record.subjects:
        finish(answer_is_yes=False, findings=[_nobody(subject, record)])
    said = subject_status(trial, record, subject, on)
    published = wording_for(trial.standards[said.version].toxicity, wording)
    grades = tuple(
        replace(one, worded=published.text(one.term, one.current or one.worst)) for one in said.grade_answers
    )
    said = replace(said, grade_answers=grades, findings=(*said.findings, *published.findings))
    if as_json:
        show_json(subject_document(said, record.last_seq, head))
    else:
        show(subject_words(said, record.last_seq, head, reader))
    finish(findings=said.findings)


def _nobody(subject: str, record: StudyRecord) -> Finding:
    near = get_close_matches(subject, record.subjects, 1)
    meant = f" Is {near[0]} meant?" if near else "" if record.subjects else " It knows nobody yet."
    return Finding(
        about=subject,
        says=f"The ledger knows no subject {subject}.{meant}",
        matters="Nothing can be said of somebody nobody recorded.",
        do="Run `trialwright status` without a subject for the list.",
    )
