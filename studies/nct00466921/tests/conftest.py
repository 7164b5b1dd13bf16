"""Patients of this study, told day by day through the real doors: each event is asked of `refusals` before it is kept.

`study` is the folder this file stands in; `story()` opens the trial at a site with the laboratory's limits. A story is
told in clinic words: `screen`, `register`, `see` (a visit), `start` (a course, as the program says), `take`, `assess`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from builders import changes, day, value
from trialwright.adapters.study import Study, load_study
from trialwright.core.conduct import (
    SubjectStatus,
    Trial,
    case_of,
    refusals,
    said_for_course,
    subject_status,
    trial_status,
)
from trialwright.core.dosing import DoseDecision, decide_dose
from trialwright.core.ledger import (
    Change,
    ConsentGiven,
    CourseStarted,
    DoseReleased,
    Event,
    FormCorrected,
    FormSubmitted,
    ProtocolActivated,
    ReferenceRangeSet,
    Said,
    StudyLeft,
    StudyOpened,
    SubjectMoved,
    SubjectRegistered,
    SubjectScreened,
    SubstudyJoined,
    TreatmentEnded,
)
from trialwright.core.subject import Case, StudyRecord, fold_study
from trialwright.core.terms import Finding, Quantity

sys.path.insert(0, str(Path(__file__).parent))
from people import ELIGIBLE
from people import WOMAN as FERTILE

FOLDER = Path(__file__).resolve().parents[1]
DRUG = "lenalidomide"
LIMITS = {
    "wbc": ("4.0 10*3/uL", "11.0 10*3/uL"),
    "anc": ("1.8 10*3/uL", "7.7 10*3/uL"),
    "platelets": ("150 10*3/uL", "400 10*3/uL"),
    "hemoglobin": ("13.5 g/dL", "17.5 g/dL"),
    "creatinine": ("0.6 mg/dL", "1.2 mg/dL"),
    "bilirubin": ("0.1 mg/dL", "1.2 mg/dL"),
    "ast": ("7 U/L", "40 U/L"),
    "alt": ("7 U/L", "40 U/L"),
}
MAN: Mapping[str, Any] = {**ELIGIBLE, "creatinine_clearance": "90 mL/min"}
"""Every datum of an eligible man who is not fertile."""
WOMAN: Mapping[str, Any] = {**MAN, **FERTILE, "irregular_cycles": "no"}
FINE: Mapping[str, Any] = {
    "anc": "4000 /mm3",
    "platelets": "250000 /mm3",
    "temperature": "36.8 Cel",
    "creatinine_clearance": "90 mL/min",
    "adverse_event_review": "none",
    "severe_skin_reaction": "no",
    "unacceptable_toxicity": "no",
    "dose_tolerated": "yes",
}
"""What is asked on day 1 of a course, nothing wrong."""
NOTHING_NEW = {"new_tumor": "no", "new_node": "no", "node_progression": "no", "new_visceral": "no", "complete": "yes"}


class Story:
    """A trial with one patient at a time; what the program refuses fails the test, unless `no` asks for the reasons."""

    fine = FINE

    def __init__(self, trial: Trial, site: str = "northwestern", version: str = "2") -> None:
        self.trial, self.site, self.version = trial, site, version
        self.subject = "S-001"
        self.events: list[Event] = []
        self._opened("2025-01-01", version)
        for analyte, (low, high) in LIMITS.items():
            self.tell(self._at(ReferenceRangeSet, "2025-01-01", analyte=analyte, low=value(low), high=value(high)))

    def _opened(self, on: str, version: str) -> None:
        self.tell(self._at(StudyOpened, on, study="NCT00466921", kind="real"))
        self.activate(on, version)

    def activate(self, on: str, version: str) -> Story:
        hashed = self.trial.hashes[version]
        return self.tell(self._at(ProtocolActivated, on, version=version, file_hash=hashed, approved_on=day(on)))

    def _at(self, made: type[Event], on: str | date, **parts: Any) -> Event:
        return made(actor="someone", role="investigator", site=self.site, occurred=day(on), **parts)

    def _of(self, made: type[Event], on: str | date, **parts: Any) -> Event:
        return self._at(made, on, subject=self.subject, **parts)

    # --- what is told -----------------------------------------------------------------------------------------------

    @property
    def record(self) -> StudyRecord:
        return fold_study(self.events)

    def no(self, event: Event) -> list[Finding]:
        """Why the program refuses an event; nothing is kept."""
        return refusals(self.trial, self.record, event)

    def tell(self, event: Event) -> Story:
        found = self.no(event)
        assert not found, [one.says for one in found]
        number = len(self.events) + 1
        self.events.append(type(event)(**{**vars(event), "seq": number, "id": f"e{number}"}))
        return self

    def form_of(self, on: str, items: Mapping[str, Any], encounter: str = "") -> Event:
        """A form; each value has the instance of its day, unless its path says another."""
        named = {name if "/" in name or " on " in name else f"{name}/{on}": told for name, told in items.items()}
        return self._of(FormSubmitted, on, form="form", encounter=encounter, items=changes(named))

    def see(self, on: str, encounter: str = "", **items: Any) -> Story:
        return self.tell(self.form_of(on, items, encounter))

    def note(self, on: str, items: Mapping[str, Any], encounter: str = "") -> Story:
        return self.tell(self.form_of(on, items, encounter))

    def correct(self, on: str, path: str, old: str, new: str) -> Story:
        items = (Change(path, value(old), value(new)),)
        return self.tell(self._of(FormCorrected, on, form="form", why="typing error", items=items))

    def screen(self, on: str, who: Mapping[str, Any] = MAN, version: str | None = None, **others: Any) -> Story:
        self.tell(self._of(SubjectScreened, on, version=version or self.version))
        return self.note(on, {name: told for name, told in {**who, **others}.items() if told is not None})

    def registration(self, on: str, first_dose: str | None = None, version: str | None = None) -> Event:
        version = version or self.version
        said = Said("eligible")
        planned = day(first_dose) if first_dose else None
        return self._of(SubjectRegistered, on, version=version, planned_first_dose=planned, said=said)

    def register(self, on: str, first_dose: str | None = None, version: str | None = None) -> Story:
        return self.tell(self.registration(on, first_dose, version))

    def course_of(self, on: str, course: int, dose: str) -> Event:
        said = said_for_course(self.trial, self.version, self.dose(on))
        return self._of(CourseStarted, on, drug=DRUG, course=course, dose=Quantity.parse(dose), said=said)

    def start(self, on: str, **others: Any) -> Story:
        """Day 1 of a course: seen, fine but for `others`, and the course started as the program says."""
        seen = {name: told for name, told in {**FINE, **others}.items() if told is not None}
        self.note(on, seen)
        return self.go(on)

    def go(self, on: str) -> Story:
        said = self.dose(on)
        assert said.action == "give" and said.starts_course and said.course is not None, said
        return self.tell(self.course_of(on, said.course, str(said.dose)))

    def take(self, course: int, first: str, last: str = "", dose: str = "10 mg", **others: Any) -> Story:
        told = {"drug": DRUG, "course": course, "dose": value(dose), "first_dose": first, **others}
        told |= {"last_dose": last} if last else {}
        items = tuple(Change(f"exposure/c{course}/{name}", None, each) for name, each in told.items())
        return self.tell(self._of(FormSubmitted, last or first, form="exposure", items=items))

    def release_of(self, on: str, course: int, dose: str, days: int = 21) -> Event:
        said = Said(dose)
        return self._of(DoseReleased, on, drug=DRUG, course=course, dose=Quantity.parse(dose), days=days, said=said)

    def assess(self, on: str, score: int, **asked: Any) -> Story:
        """One index lesion whose four scores and size sum to `score` (at most 33: size scores 1), and the questions."""
        size = 1 if score else 0
        rest = [min(8, max(0, score - size - 8 * place)) for place in range(4)]
        assert sum(rest) + size == score, "score at most 33"
        names = ("erythema", "scaling", "elevation", "pigmentation")
        lesion: dict[str, Any] = dict(zip(names, rest, strict=True))
        lesion |= {"lesion": "arm", "longest": f"{2 * size} cm", "perpendicular": f"{size} cm", "on": on}
        told = {**NOTHING_NEW, **asked, "on": on}
        return self.note(on, {f"index_lesion/{on}.arm": lesion, f"disease_assessment/{on}": told})

    def event(self, on: str, number: int, term: str, grade: int, related: str = "yes", **others: Any) -> Story:
        """An adverse event reported on a day, with the review that goes with it."""
        told = {"term": term, "grade": grade, "start": on, "related": related, "serious": "no", **others}
        return self.note(on, {f"adverse_event/{number}": told, "adverse_event_review": "listed"})

    def end(self, on: str, why: str, last_dose: str | None = None) -> Story:
        last = day(last_dose) if last_dose else None
        return self.tell(self._of(TreatmentEnded, on, why=why, last_dose=last, said=Said(why)))

    def leave(self, on: str, why: str) -> Story:
        return self.tell(self._of(StudyLeft, on, why=why))

    def consent(self, on: str, version: str) -> Story:
        return self.tell(self._of(ConsentGiven, on, version=version))

    def move(self, on: str, version: str) -> Story:
        self.tell(self._of(SubjectMoved, on, version=version))
        return self

    def join(self, on: str, substudy: str) -> Story:
        return self.tell(self._of(SubstudyJoined, on, substudy=substudy))

    # --- what is answered -------------------------------------------------------------------------------------------

    def case(self, on: str) -> Case:
        return case_of(self.trial, self.record, self.subject, day(on))

    def dose(self, on: str) -> DoseDecision:
        case = self.case(on)
        return decide_dose(case, case.protocol.regimen[0], day(on))

    def says(self, on: str) -> tuple[str, str]:
        """The action of a day and the dose."""
        said = self.dose(on)
        return said.action, str(said.dose) if said.dose else ""

    def status(self, on: str) -> SubjectStatus:
        return subject_status(self.trial, self.record, self.subject, day(on))

    def whole(self, on: str) -> Any:
        return trial_status(self.trial, self.record, day(on))

    def deviations(self, on: str) -> list[str]:
        return [one.kind for one in self.status(on).deviations]

    def entered(self, first_dose: str = "2025-03-03", who: Mapping[str, Any] = MAN, **others: Any) -> Story:
        """Screened and registered a week before the first dose, with a baseline of 20 in the index lesion."""
        week_before = str(day(first_dose) - timedelta(days=7))
        self.screen(week_before, who, **others).register(week_before, first_dose)
        return self.assess(week_before, 20)


@pytest.fixture(scope="session")
def study() -> Study:
    """The study of this folder."""
    return load_study(FOLDER)


@pytest.fixture(scope="session")
def trial(study: Study) -> Trial:
    found = study.trial
    assert found is not None, [one.says for one in study.findings]
    return found


@pytest.fixture
def story(trial: Trial) -> Callable[..., Story]:
    """A new trial at a site, under a version."""
    return lambda **parts: Story(trial, **parts)
