"""A case's `given` -> the events a site would have recorded, in order, each asked of `refusals` before it is kept.

The trial opens at the case's site the day before anything is told. Items of a day are one form, before what is decided
on that day; `each course` is recorded on day 1 of every course, and on the day the patient `arrives`. Responses told by
date stand in for the instrument's, which is not asked then. Read `tell`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from trialwright.adapters.study.cases import words
from trialwright.adapters.study.cases.others import Others, other_steps
from trialwright.adapters.study.cases.story import SUBJECT, TELLER, Step, Story, ToldResponses
from trialwright.adapters.study.cases.turns import turn_steps
from trialwright.adapters.study.cases.words import Days, ItemName, Told, Wrong, item_changes, known_word, quantity_of
from trialwright.adapters.study.cases.worked import GIVEN, WorkedCase
from trialwright.core.conduct import Standards, Trial, case_of, refusals, said_for_course
from trialwright.core.conduct.facts import impossible
from trialwright.core.dosing import decide_dose
from trialwright.core.ledger import (
    ArmAllocated,
    Change,
    CourseStarted,
    Event,
    FormSubmitted,
    ProtocolActivated,
    ReferenceRangeSet,
    Said,
    StudyOpened,
    SubjectRegistered,
    SubjectScreened,
)
from trialwright.core.protocol import Regimen
from trialwright.core.subject import StudyFold, StudyRecord
from trialwright.core.terms import Finding, Quantity, Response


def tell(trial: Trial, case: WorkedCase) -> tuple[Story | None, list[Finding]]:
    """The story of a case; None, and what is wrong with its words, where it cannot be told."""
    teller = Teller(trial, case)
    steps = teller.steps()
    asked = teller.asked()
    if teller.findings or asked is None:
        return None, list(dict.fromkeys(teller.findings)) or [_no_day(case)]
    events, refused = _kept(teller.trial, [step for _, _, step in sorted(steps, key=lambda one: one[:2])])
    registration = next((step for _, _, step in steps if isinstance(step, SubjectRegistered)), None)
    return Story(teller.trial, case.version, asked, tuple(events), tuple(refused), registration), []


def _no_day(case: WorkedCase) -> Finding:
    return Finding(about="case", says="The case asks about no day.", do="Write `arrives` or `on`.", where=case.where)


def _kept(trial: Trial, steps: Iterable[Event]) -> tuple[list[Event], list[Finding]]:
    """The events that are let in, numbered, and why the others are not."""
    kept: list[Event] = []
    refused: list[Finding] = []
    fold = StudyFold()
    for step in steps:
        event = _as_the_program_says(trial, fold.study, step) if isinstance(step, CourseStarted) else step
        found = refusals(trial, fold.study, event) if event.subject in (None, SUBJECT) else []
        refused += [replace(one, about=_title(event)) for one in found]
        if not found:
            number = len(kept) + 1
            kept.append(replace(event, seq=number, id=f"e{number}"))
            fold.take(kept[-1])
    return kept, refused


def _as_the_program_says(trial: Trial, study: StudyRecord, event: CourseStarted) -> CourseStarted:
    """The course with what the program answers on its day."""
    if SUBJECT not in study.subjects:
        return event
    case = case_of(trial, study, SUBJECT, event.occurred)
    regimen = next((one for one in case.protocol.regimens_of(case.record.arm) if one.drug == event.drug), None)
    said = regimen and said_for_course(trial, case.protocol.version, decide_dose(case, regimen, event.occurred))
    return replace(event, said=said or Said("")) if said else event


def _title(event: Event) -> str:
    if isinstance(event, CourseStarted):
        return f"course {event.course} at {event.dose} on {event.occurred}"
    return f"{type(event).__name__} on {event.occurred}"


class Teller:
    """The words of one case as dated events; what cannot be read is in `findings`."""

    def __init__(self, trial: Trial, case: WorkedCase) -> None:
        self.case, self.findings = case, list[Finding]()
        self.protocol = trial.versions[case.version]
        self.days = Days()
        self.days = Days(self._first_dose())
        self.days = Days(self.days.first_dose, self._course_days())
        self.trial = self._with_responses(trial)
        self.site = str(self._read("site", self._site) or self._lead())

    # --- words one by one -------------------------------------------------------------------------------------------

    def _read(self, word: str, read: Any) -> Any:
        """A word's value by its reader; a finding and nothing where it cannot be read, nothing where it is not said."""
        told = self.case.given.get(word)
        return None if told is None else self.guarded(told, read)

    def guarded(self, told: Told, read: Any, *, key: bool = False) -> Any:
        try:
            return read(told.value)
        except ValueError as wrong:
            self.findings.append(told.finding(str(wrong), key=key))
            return None

    def by_day(self, word: str, read: Any) -> dict[date, Any]:
        """A word whose value stands by days."""
        told = self.case.given.get(word)
        if told is None:
            return {}
        if not isinstance(told.value, dict):
            self.findings.append(told.finding(f"{word} stands by days, such as 2006-03-01: …"))
            return {}
        found = {}
        for key in told.value:
            part = told.part(key)
            day = self.guarded(replace(part, value=key), self.days.day_of, key=True)
            value = None if part.value is None else self.guarded(part, read)
            if day and value is not None:
                found[day] = value
        return found

    def _day(self, word: str) -> date | None:
        found: date | None = self._read(word, self.days.day_of)
        return found

    def _site(self, value: Any) -> str:
        return known_word("site", value, (one.id for one in self.protocol.design.sites))

    def _lead(self) -> str:
        sites = self.protocol.design.sites
        return next((one.id for one in sites if one.lead), sites[0].id)

    def _first_dose(self) -> date | None:
        given = self.by_day("courses", quantity_of) if "courses" in self.case.given else {}
        return self._day("first dose") or min(given, default=None)

    def asked(self) -> date | None:
        """The day the case asks about."""
        return self._day("arrives") or self._day("on")

    @property
    def screened(self) -> date:
        """The day of screening: as told, else of registration, else the first day the case tells of."""
        days = [self._day(word) for word in ("screened", "registered", "first dose", "arrives", "on")]
        return next((day for day in days if day), date(2000, 1, 1))

    # --- courses ----------------------------------------------------------------------------------------------------

    def regimen(self) -> Regimen | None:
        """The regimen the courses are of: of the drug named, else the first of the arm."""
        arm = self._read("arm", self._arm)
        of_arm = self.protocol.regimens_of(arm)
        drug = self._read("drug", lambda value: known_word("drug", value, (one.drug for one in of_arm)))
        return next((one for one in of_arm if drug in (None, one.drug)), None)

    def _arm(self, value: Any) -> str:
        return known_word("arm", value, (one.id for one in self.protocol.arms))

    def _course_days(self) -> tuple[date, ...]:
        """Day 1 of each course: as told, or one cycle after the other from the first dose."""
        regimen, first = self.regimen(), self.days.first_dose
        given = self.case.given.get("courses")
        if given is not None and isinstance(given.value, dict):
            return tuple(sorted(self.by_day("courses", quantity_of)))
        told = self.case.given.get("doses")
        if told is None or regimen is None or first is None:
            return ()
        count = len(told.value) if isinstance(told.value, list) else 1
        return tuple(regimen.cycle.times(number).after(first) for number in range(count))

    def _doses(self) -> list[Quantity]:
        by_day = self.by_day("courses", quantity_of)
        if by_day:
            return [dose for _, dose in sorted(by_day.items())]
        found = self._read("doses", lambda value: [quantity_of(one) for one in words.listed(value)])
        return found or []

    def course_steps(self) -> Iterator[Step]:
        """The courses begun, each at the dose told."""
        regimen, doses = self.regimen(), self._doses()
        if doses and (regimen is None or not self.days.courses):
            says = "The case tells doses; it needs the first dose, and an arm where the protocol has several."
            self.findings.append(self.case.given["doses"].finding(says))
            return
        for number, (day, dose) in enumerate(zip(self.days.courses, doses, strict=False), start=1):
            assert regimen is not None
            about: dict[str, Any] = {"drug": regimen.drug, "course": number, "dose": dose, "said": Said(str(dose))}
            yield day, 3, CourseStarted(**self.of(day), **about)

    def course_on(self, day: date) -> tuple[int, Quantity | None]:
        """The course a day lies in, with its dose; no dose before the first."""
        begun = [one for one in zip(self.days.courses, self._doses(), strict=False) if one[0] <= day]
        return len(begun), begun[-1][1] if begun else None

    # --- items ------------------------------------------------------------------------------------------------------

    def item_steps(self) -> Iterator[Step]:
        """One form for each day on which something was recorded; what lies before the screening was told at it."""
        forms: dict[date, list[Change]] = {}
        for recorded, changes in [*self._own_items(), *self._course_items(), *self._adverse_events()]:
            forms.setdefault(max(recorded, self.screened), []).extend(changes)
        for day, items in forms.items():
            yield day, 1, FormSubmitted(**self.of(day), form=TELLER, items=tuple(items))

    def _own_items(self) -> Iterator[tuple[date, tuple[Change, ...]]]:
        for key, told in self.case.given.items():
            if key not in GIVEN:
                yield from self._item(key, told, None)

    def _item(self, key: str, told: Told, default: date | None) -> Iterator[tuple[date, tuple[Change, ...]]]:
        """One item with the day it was recorded; what cannot be a fact is a finding at its place."""
        try:
            name = ItemName.parse(key)
            day = self.days.day_of(name.day) if name.day else default
            standards = self._standards_with(name.concept)
            if isinstance(told.value, list):
                raise Wrong(f"{name.concept} is one value or fields with their values, no list.")
            changes = item_changes(name, told.value, standards.concepts[name.concept], day)
        except ValueError as wrong:
            self.findings.append(told.finding(str(wrong), key=True))
            return
        form = FormSubmitted(**self.of(day or self.screened), form=TELLER, items=changes)
        wrong_items = list(impossible(form, standards.concepts, standards.units))
        self.findings += [told.finding(one.says, one.do) for one in wrong_items]
        if not wrong_items and changes:
            yield day or self.screened, changes

    def _standards_with(self, concept: str) -> Standards:
        """The standards of the case's version, or of one the patient moves to, that know a concept."""
        versions = [self.case.version, *self.by_day("moves", self._version).values()]
        known = (self.trial.standards[one] for one in versions)
        found = next((one for one in known if concept in one.concepts), None)
        if found is None:
            raise Wrong(f"There is no concept {concept!r} in version {self.case.version}.")
        return found

    def _version(self, value: Any) -> str:
        return known_word("protocol version", str(value), self.trial.versions)

    def _course_items(self) -> Iterator[tuple[date, tuple[Change, ...]]]:
        """What is recorded on day 1 of each course, unless the case says otherwise of that day."""
        told = self.case.given.get("each course")
        if told is None or self.guarded(told, words.parts) is None:
            return
        own, arrives = self._said_of_days(), self._day("arrives")
        came = self._read("came", lambda value: [self.days.day_of(one) for one in words.listed(value)]) or []
        for day in sorted({*self.days.courses, *came, *([arrives] if arrives else [])}):
            for key in told.value:
                if told.value[key] is not None and (key, day) not in own:
                    yield from self._item(key, told.part(key), day)

    def _said_of_days(self) -> set[tuple[str, date]]:
        """The items the case itself tells of a day, also those it takes away."""
        found = set()
        for key, told in self.case.given.items():
            name, _, day = key.partition(" on ")
            if day:
                found.add((name, self.guarded(replace(told, value=day), self.days.day_of, key=True)))
        return found

    def _adverse_events(self) -> Iterator[tuple[date, tuple[Change, ...]]]:
        """Adverse events, each recorded on the day it began, and that somebody asked on that day."""
        told = self.case.given.get("adverse events")
        if told is None:
            return
        if not isinstance(told.value, list):
            self.findings.append(told.finding("Adverse events are a list, each with term, grade, start, related."))
            return
        for number in range(len(told.value)):
            part = told.part(number)
            fields = {**part.value} if isinstance(part.value, dict) else {}
            day = self.guarded(replace(part, value=fields.get("start")), self.days.day_of)
            if day:
                yield from self._item(
                    f"adverse_event/ae{number + 1}", replace(part, value={**fields, "start": str(day)}), day
                )
                yield from self._item("adverse_event_review/ae", replace(part, value="listed"), day)

    # --- the trial and the patient's way through it -----------------------------------------------------------------

    def _with_responses(self, trial: Trial) -> Trial:
        """The trial, its instrument replaced by the responses told, where any are."""
        read = self._response
        told = self.by_day("responses", read)
        each, arrives = self._read("response at each course", read), self._day("arrives")
        if each:
            days = [*self.days.courses[1:], *([arrives] if arrives and self.days.courses else [])]
            told = {**{day: each for day in days if day != self.days.first_dose}, **told}
        if not told:
            return trial
        standards = {name: replace(one, response=ToldResponses(told)) for name, one in trial.standards.items()}
        return replace(trial, standards=standards)

    @staticmethod
    def _response(value: Any) -> Response:
        return Response[known_word("response", value, Response.__members__)]

    def at(self, day: date) -> dict[str, Any]:
        """Who tells it, at the site the patient belongs to: of a transfer the new one from the day after."""
        moved = {on: site for on, site in self.by_day("transfers", str).items() if on < day}
        site = moved[max(moved)] if moved else self.site
        return {"actor": TELLER, "role": "investigator", "site": site, "occurred": day}

    def of(self, day: date) -> dict[str, Any]:
        return {**self.at(day), "subject": SUBJECT}

    def steps(self) -> list[Step]:
        """Everything that happened, each with its day and its place in the day."""
        opened = self.screened - timedelta(days=366)
        return [
            *self._opening(opened),
            (self.screened, 0, SubjectScreened(**self.of(self.screened), version=self.case.version)),
            *self.item_steps(),
            *self._entry(),
            *self.course_steps(),
            *turn_steps(self),
        ]

    def _opening(self, day: date) -> Iterator[Step]:
        study, version = self.protocol.protocol, self.case.version
        yield day, 0, StudyOpened(**self.at(day), study=study, kind="simulated")
        hashed = self.trial.hashes[version]
        yield day, 1, ProtocolActivated(**self.at(day), version=version, file_hash=hashed, approved_on=day)
        told = self.case.given.get("limits")
        for key in self._read("limits", words.parts) or ():
            assert told is not None
            found = self.guarded(told.part(key), lambda value, name=key: value and self._limits(name, value))
            if found:
                yield day, 2, ReferenceRangeSet(**{**self.at(day), **found})

    def _limits(self, key: str, value: Any) -> dict[str, Any]:
        """The limits of normal of the site, `ast`, or of another, `ast at S02`: "7 to 40 U/L"."""
        analyte, _, elsewhere = key.partition(" at ")
        known_word("analyte", analyte, self.trial.standards[self.case.version].concepts)
        number, _, rest = str(value).partition(" to ")
        high = quantity_of(rest)
        low = quantity_of(f"{number.strip()} {high.unit}")
        return {"analyte": analyte, "low": low, "high": high} | ({"site": self._site(elsewhere)} if elsewhere else {})

    def _entry(self) -> Iterator[Step]:
        """Registration, the arm, sub-studies."""
        registered, arm = self._day("registered"), self._read("arm", self._arm)
        yield from self._others()
        planned = self._day("planned first dose") or self.days.first_dose
        if registered:
            parts: dict[str, Any] = {
                "version": self.case.version,
                "planned_first_dose": planned,
                "said": Said("eligible"),
            }
            yield registered, 2, SubjectRegistered(**self.of(registered), **parts)
        if registered and arm:
            yield registered, 3, ArmAllocated(**self.of(registered), arm=arm)

    def _others(self) -> Iterator[Step]:
        """The others on the study: registered, in a sub-study, with its samples."""
        told = Others(
            self._read("others registered", words.whole) or 0,
            self._read("others joined", self._of_substudies) or {},
            self._read("others sampled", self._of_substudies) or {},
        )
        yield from other_steps(told, self.protocol, self.screened, self.at(self.screened))

    def _of_substudies(self, value: Any) -> dict[str, int]:
        known = [one.id for one in self.protocol.design.substudies]
        return {known_word("sub-study", name, known): words.whole(one) for name, one in words.parts(value).items()}
