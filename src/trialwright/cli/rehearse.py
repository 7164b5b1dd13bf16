"""`trialwright rehearse`: the whole trial with virtual patients, through the real rules and the real ledger.

The simulation makes what sites would type; here it is given the rules to ask (`Rules`), which are those of `conduct`.
Nothing is judged here. What is written is marked simulated for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as replaced
from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from trialwright import __version__
from trialwright.adapters.simulation import (
    Dosing,
    Entering,
    Going,
    Planned,
    Rehearsal,
    Setting,
    World,
    read_rehearsal,
    rehearse,
    submissions,
)
from trialwright.adapters.simulation.book import day_of_half_the_accrual
from trialwright.adapters.simulation.book import until as until_day
from trialwright.adapters.simulation.keeping import in_the_way, keep
from trialwright.adapters.study import Study, load_study
from trialwright.cli.options import StudyFolder
from trialwright.cli.output import AsJson, finish, progress, show, show_findings, show_json, wrong_use
from trialwright.core.conditions import GradeIs, ResponseIs, parts
from trialwright.core.conduct import (
    Trial,
    case_of,
    refusals,
    said_for_course,
    said_for_registration,
    said_for_release,
    said_for_stop,
)
from trialwright.core.conduct.trial import bare_case
from trialwright.core.disposition import continuation
from trialwright.core.dosing import DoseDecision, decide_dose, dispensing
from trialwright.core.eligibility import judge_eligibility
from trialwright.core.ledger import CourseStarted, Event, SubjectRegistered, SubjectScreened
from trialwright.core.protocol import StudyProtocol
from trialwright.core.schedule import Visit, visits
from trialwright.core.subject import Case, StudyRecord
from trialwright.core.terms import Finding, Severity, Verdict
from trialwright.store import Submission
from trialwright.store.errors import LedgerError, Refused

Patients = Annotated[
    int | None, typer.Option("--patients", min=1, max=100_000, help="How many to register.", show_default="as planned")
]
Seed = Annotated[int | None, typer.Option("--seed", help="Where chance starts.", show_default="as in the file")]
Until = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar="DATE",
        help="Stop at the end of a day, in mid-course: a date, or 'mid-accrual', when half were registered.",
        show_default="the end",
    ),
]
Replace = Annotated[bool, typer.Option("--replace", help="Write over the ledger of an earlier rehearsal.")]


class Rules:
    """What `conduct` says, in the shape the simulation asks for it."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self._cases: dict[str, tuple[State, Case]] = {}
        self._visits: dict[str, tuple[State, Sequence[Planned]]] = {}
        self._plain = {name: _asks_of_the_plan_alone(one) for name, one in trial.versions.items()}

    def entering(self, study: StudyRecord, subject: str, on: date) -> Entering:
        """Whether the person may enter on this day."""
        case = self._case(study, subject, on)
        found = judge_eligibility(case, on)
        failed = tuple(one.id for one in found.criteria if one.verdict is Verdict.NOT_MET)
        return Entering(
            found.word, said_for_registration(self.trial, case.protocol.version, found), failed, found.missing
        )

    def visits(self, study: StudyRecord, subject: str, on: date) -> Sequence[Planned]:
        """The visits that are not done yet."""
        state = _state(study, subject, on)
        if self._visits.get(subject, (None,))[0] != state:
            found = visits(self._for_the_plan(study, subject, on), on)
            self._visits[subject] = (state, [_planned(one) for one in found if one.state in OPEN])
        return self._visits[subject][1]

    def doses(self, study: StudyRecord, subject: str, on: date) -> Sequence[Dosing]:
        """What to do about each drug of the subject's arm."""
        case = self._case(study, subject, on)
        drugs = case.protocol.regimens_of(case.record.arm)
        return [_dosing(self.trial, case, decide_dose(case, one, on), on) for one in drugs]

    def going(self, study: StudyRecord, subject: str, on: date) -> Going:
        """Whether treatment goes on."""
        case = self._case(study, subject, on)
        found = continuation(case, on)
        clauses = tuple(one.clause for one in found.because if one.clause)
        said = said_for_stop(self.trial, case.protocol.version, found.reason or found.action, clauses)
        return Going(found.action, said, found.reason)

    def refused(self, study: StudyRecord, event: Event) -> Sequence[Finding]:
        """Why a decision may not be taken."""
        return [one for one in refusals(self.trial, study, event) if one.severity is Severity.ERROR]

    def _case(self, study: StudyRecord, subject: str, on: date) -> Case:
        """The subject's case on a day, worked out once for each state of the record."""
        state = _state(study, subject, on)
        if self._cases.get(subject, (None,))[0] != state:
            self._cases[subject] = (state, case_of(self.trial, study, subject, on))
        return self._cases[subject][1]

    def _for_the_plan(self, study: StudyRecord, subject: str, on: date) -> Case:
        """The case without grades and responses, where no visit of the version asks for them."""
        record = study.subjects[subject]
        version = self.trial.version_of(study, record, on)
        if self._plain[version]:
            return bare_case(self.trial, study, record, version)
        return self._case(study, subject, on)


State = tuple[int, int, date]


def _state(study: StudyRecord, subject: str, on: date) -> State:
    """What an answer about a subject rests on: how much is recorded of it and of its site, and the day."""
    record = study.subjects[subject]
    site = study.site_of(record)
    return record.events, len(site.activations) + len(site.ranges), on


def _asks_of_the_plan_alone(protocol: StudyProtocol) -> bool:
    """Whether no encounter's condition asks for a grade or a response."""
    asked = (part for one in protocol.encounters for part in parts(one.applies_when))
    return not any(isinstance(part, GradeIs | ResponseIs) for part in asked)


OPEN = ("due", "overdue", "coming", "missed")


def _planned(visit: Visit) -> Planned:
    day_1 = visit.encounter.anchor == "course" and visit.encounter.day in (1, None)
    return Planned(
        visit.key, visit.encounter.id, visit.due, visit.earliest, visit.latest, day_1, visit.state == "missed"
    )


def _dosing(trial: Trial, case: Case, found: DoseDecision, on: date) -> Dosing:
    version = case.protocol.version
    days = (found.last_day - on).days + 1 if found.last_day else 0
    return Dosing(
        action=found.action,
        drug=found.drug,
        said=said_for_course(trial, version, found),
        release=said_for_release(trial, version, found, days) if found.action == "give" else None,
        course=found.course,
        dose=found.dose,
        first=found.first_day,
        last=found.last_day,
        starts_course=found.starts_course,
        next_check=found.next_check,
        reason=found.reason,
        missing=found.missing,
        capsules=_capsules(case, found, days, on),
    )


def _capsules(case: Case, found: DoseDecision, days: int, on: date) -> tuple[str, ...]:
    """What the pharmacist counts out for these days; nothing where the protocol names no strengths."""
    regimen = next(one for one in case.protocol.regimens_of(case.record.arm) if one.drug == found.drug)
    intake = dispensing(case, regimen, on).intake if found.action == "give" else {}
    return tuple(f"{count * days * regimen.frequency.per_day} x {one}" for one, count in intake.items())


# ---- the verb -------------------------------------------------------------------------------------------------------


def command(
    folder: StudyFolder,
    patients: Patients = None,
    seed: Seed = None,
    until: Until = None,
    replace: Replace = False,
    as_json: AsJson = False,
) -> None:
    """Rehearse the trial with virtual patients; what is written is marked simulated."""
    last = _day(until) if until else None
    _stop_at([found] if (found := in_the_way(folder, replace)) else [])
    study = load_study(folder)
    _stop_at(study.findings)
    rehearsal, findings = read_rehearsal(folder, study.protocols)
    _stop_at(findings)
    if rehearsal is None or study.trial is None:
        finish(False)
    show_findings(one for one in findings if one.severity is not Severity.ERROR)
    wanted = patients or _planned_accrual(study)
    chosen = rehearsal.seed if seed is None else seed
    with progress("Rehearsing", wanted) as advance:
        world = rehearse(_setting(study, rehearsal), chosen, wanted, advance)
    _write(folder, study, _saves(world, last), chosen, replace, as_json)


MID_ACCRUAL = "mid-accrual"


def _day(until: str) -> date | str:
    """The last day of a rehearsal that stops in mid-course."""
    if until == MID_ACCRUAL:
        return until
    try:
        return date.fromisoformat(until)
    except ValueError:
        wrong_use(f"--until {until}: write a date as 2006-03-31, or {MID_ACCRUAL}.")


def _saves(world: World, last: date | str | None) -> Sequence[Submission]:
    """What is kept of the rehearsal."""
    saves = submissions(world)
    day = day_of_half_the_accrual(saves) if isinstance(last, str) else last
    kept = saves if day is None else until_day(saves, day)
    if not kept:
        first = saves[0].recorded_at
        wrong_use(f"--until {day}: the rehearsal begins on {first.date() if first else 'a later day'}.")
    return kept


def _stop_at(findings: Sequence[Finding]) -> None:
    """Errors end the verb before anything is written."""
    if any(one.severity is Severity.ERROR for one in findings):
        finish(False, findings)


def _planned_accrual(study: Study) -> int:
    """As many as the latest version plans to register."""
    return list(study.protocols.values())[-1].design.accrual.planned


def _setting(study: Study, rehearsal: Rehearsal) -> Setting:
    assert study.trial is not None
    trial = replaced(study.trial, program=__version__)
    first = next(iter(trial.standards.values()))
    return Setting(
        rehearsal=rehearsal,
        versions=trial.versions,
        hashes=trial.hashes,
        texts=study.texts,
        units=first.units,
        concepts={version: standards.concepts for version, standards in trial.standards.items()},
        answers=Rules(trial),
    )


def _write(folder: Path, study: Study, saves: Sequence[Submission], seed: int, replace: bool, as_json: bool) -> None:
    name = next(iter(study.versions.values())).protocol
    try:
        head = keep(folder, name, saves, seed, replace)
    except Refused as wrong:
        finish(False, wrong.findings)
    except LedgerError as wrong:
        _failed(folder, str(wrong))
    answer: dict[str, str | int] = {
        "head": head.hash,
        "events": head.seq,
        **_counted(saves),
    }
    show_json(answer) if as_json else show(_in_words(folder, name, saves, answer))


def _counted(saves: Sequence[Submission]) -> dict[str, int]:
    """How many came how far."""
    events = [event for save in saves for event in save.events]
    return {
        word: len({event.subject for event in events if isinstance(event, kind)})
        for word, kind in (("screened", SubjectScreened), ("registered", SubjectRegistered), ("treated", CourseStarted))
    }


def _failed(folder: Path, why: str) -> NoReturn:
    finish(
        False,
        [
            Finding(
                about=folder.name,
                says=why,
                matters="The rehearsal was not kept; the folder is as it was.",
                do="Remove the cause and rehearse again.",
            )
        ],
    )


def _in_words(folder: Path, name: str, saves: Sequence[Submission], answer: dict[str, str | int]) -> str:
    days = [event.occurred for save in saves for event in save.events]
    return (
        f"Rehearsed {name} with virtual patients: everything in this ledger is simulated.\n"
        f"{answer['screened']} screened, {answer['registered']} registered, {answer['treated']} treated, "
        f"from {min(days)} to {max(days)}.\n"
        f"{answer['events']} events, head {answer['head']}.\n"
        f"Next: trialwright status {folder}, or trialwright report {folder} --out REPORT."
    )
