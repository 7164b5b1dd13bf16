"""The participants as the analysis takes them: what the core judged of each up to the cut-off, and who is in a group.

Nothing is judged here: verdicts, responses, grades, times and deviations come from the core (`gathering` asks for
them). Of many participants each keeps only what it was asked (`thinned`). Read `Person`, then `Gathered`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar, cast

from trialwright.core.analysis.around import Activity, Approval, Pause
from trialwright.core.bundle import Standards
from trialwright.core.conduct.halting import Monitored
from trialwright.core.endpoints import Readiness, TimeToEvent
from trialwright.core.endpoints.times import DAYS_PER_MONTH
from trialwright.core.ledger import Event, FormCorrected, FormSubmitted
from trialwright.core.protocol import Clause, Concept, Endpoint, Reason, StudyProtocol
from trialwright.core.registration import RecordLife, Update
from trialwright.core.response import Assessment, BestResponse
from trialwright.core.subject import Case, Course
from trialwright.core.terms import Answer, Grade, Quantity, UnitTable
from trialwright.core.toxicity import ToxicityTable

T = TypeVar("T")

DAYS_A_MONTH = float(DAYS_PER_MONTH)
"""By which days are told in months, in figures as in the endpoints."""

Happened = tuple[date, str]
"""A day and, in words, why."""


@dataclass(frozen=True)
class Departure:
    """Something done otherwise than the protocol asks."""

    subject: str
    kind: str
    on: date
    says: str
    clause: str
    severity: str
    days_late: int | None = None
    id: str = ""


@dataclass(frozen=True)
class Unknown:
    """A departure there may have been, and what is missing to tell."""

    subject: str
    kind: str
    clause: str
    because: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class DoseChange:
    """A rule that held, lowered or stopped a dose or kept it from rising, in courses one after another.

    `saw` is what it saw first; `decided` says that it won over every other rule in one of these courses at least.
    """

    subject: str
    on: date
    courses: tuple[int, ...]
    drug: str
    what: str
    doses: tuple[str, ...]
    clause: str
    words: str
    saw: str
    decided: bool


@dataclass(frozen=True)
class Amended:
    """One part of one clause that two versions of the protocol have otherwise, in words."""

    old: str
    new: str
    kind: str
    clause: str
    part: str
    before: str
    after: str


@dataclass(frozen=True)
class Setting:
    """What the participants on one version are judged by: the cut-off, the reference version, their own standards."""

    cut: date
    protocol: StudyProtocol
    standards: Standards
    tables: tuple[ToxicityTable, ...] = ()
    """the tables of grades of every version"""


class NotAsked(LookupError):
    """A participant whose case was dropped is asked what nobody asked before: a fault of the program."""


class _Dropped:
    """In the place of a case that was dropped; whoever looks at it has to ask the participant instead."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NotAsked(f"The case was dropped; its {name} is to be asked with Person.ask, before it is dropped.")


DROPPED = cast(Case, _Dropped())


@dataclass(frozen=True)
class Person:
    """One participant, as known by the cut-off.

    What else is to be known of its case is asked (`ask`); the answer is kept, also when the case is dropped.
    """

    subject: str
    site: str
    version: str
    case: Case
    arm: str | None = None
    screened: date | None = None
    failed: Happened | None = None
    failed_clauses: tuple[str, ...] = ()
    registered: date | None = None
    first_dose: date | None = None
    last_dose: date | None = None
    off_treatment: Happened | None = None
    off_study: Happened | None = None
    treatment_reason: Reason | None = None
    study_reason: Reason | None = None
    died: Happened | None = None
    evaluable: bool = False
    not_evaluable: str = ""
    courses: tuple[Course, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    best: BestResponse | None = None
    progressed: date | None = None
    worst: Mapping[str, Grade | None] = field(default_factory=dict)
    times: Mapping[str, TimeToEvent] = field(default_factory=dict)
    variants: Mapping[str, TimeToEvent] = field(default_factory=dict)
    """the times of the endpoints' variants, by the variant's id"""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    """whether the condition of each endpoint of a proportion held, by the endpoint's id"""
    departures: tuple[Departure, ...] = ()
    untold: tuple[Unknown, ...] = ()
    dose_changes: tuple[DoseChange, ...] = ()
    values: Mapping[tuple[str, str], Quantity] = field(default_factory=dict)
    """what was measured, by encounter and variable"""
    activity: Activity = field(default_factory=Activity)
    setting: Setting | None = field(default=None, repr=False, compare=False)
    told: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """the answers of what was asked, by the question's name"""

    def ask(self, question: Callable[[Person], T]) -> T:
        """What a question, a function of a module, answers of the participant; worked out once.

        Raises NotAsked where the case was dropped before anybody asked.
        """
        name = f"{question.__module__}.{question.__qualname__}"
        if name not in self.told:
            if self.case is DROPPED:
                raise NotAsked(f"{name} was not asked before the case was dropped.")
            self.told[name] = question(self)
        found: T = self.told[name]
        return found

    @property
    def judged_by(self) -> Setting:
        """What the participant is judged by; who was made by hand has to say it."""
        if self.setting is None:
            raise ValueError(f"{self.subject} has no setting to be judged by")
        return self.setting

    @property
    def units(self) -> UnitTable:
        """The units its values are converted by."""
        return self.setting.standards.units if self.setting else self.case.units

    @property
    def concepts(self) -> Mapping[str, Concept]:
        """The concepts its values are known by."""
        return self.setting.standards.concepts if self.setting else self.case.concepts

    @property
    def treated(self) -> bool:
        """Whether a first dose was taken."""
        return self.first_dose is not None

    @property
    def on_treatment(self) -> bool:
        """Whether treatment began and has not ended."""
        return self.treated and self.off_treatment is None


def thinned(one: Person, questions: Iterable[Callable[[Person], Any]]) -> Person:
    """The participant with the answers to these questions and without its case, as it is handed to another process."""
    for question in questions:
        one.ask(question)
    courses = tuple(_light(each) for each in one.courses)
    return _again(replace(one, case=DROPPED, setting=None, courses=courses), one)


def _light(course: Course) -> Course:
    """The course without the forms it was put together from."""
    exposures = tuple(replace(one, event=_without_items(one.event), entries=()) for one in course.exposures)
    return replace(course, taken=exposures[-1] if exposures else None, exposures=exposures)


def _without_items(event: Event) -> Event:
    return replace(event, items=()) if isinstance(event, FormSubmitted | FormCorrected) else event


def settled(one: Person, setting: Setting) -> Person:
    """A participant who came from another process, with what it is judged by."""
    return _again(replace(one, case=DROPPED, setting=setting), one)


def _again(made: Person, of: Person) -> Person:
    made.told.update(of.told)
    return made


@dataclass(frozen=True)
class Group:
    """Participants shown together: an arm, or all of them."""

    id: str
    label: str
    people: tuple[Person, ...]

    def __len__(self) -> int:
        return len(self.people)

    def where(self, *, treated: bool = False, evaluable: bool = False) -> tuple[Person, ...]:
        """Those who were treated, or evaluable."""
        kept = (one for one in self.people if one.treated or not treated)
        return tuple(one for one in kept if one.evaluable or not evaluable)

    def of(self, population: str, sites: Collection[str] = ()) -> tuple[Person, ...]:
        """Those of an analysis set (`POPULATIONS`), at some sites only where they are named."""
        belongs = _OF_POPULATION[population]
        return tuple(one for one in self.people if belongs(one) and (not sites or one.site in sites))


_OF_POPULATION: Mapping[str, Callable[[Person], bool]] = {
    "registered": lambda one: one.registered is not None,
    "allocated": lambda one: one.arm is not None,
    "treated": lambda one: one.treated,
    "evaluable": lambda one: one.treated and one.evaluable,
}


def clause_words(protocol: StudyProtocol, clause: Clause) -> str:
    """The words a clause stands on: its first quote that is no heading, its source, or the reading of its question.

    Several clauses rest on one source, so that the clause is named beside it.
    """
    if clause.quotes:
        return next((quote for quote in clause.quotes if not quote.rstrip().endswith(":")), clause.quotes[0])
    if clause.source:
        return f"{clause.id.replace('_', ' ')} ({protocol.sources.get(clause.source, clause.source)})"
    readings = {one.id: one.reading for one in protocol.questions}
    return "; ".join(f"{name}: {readings.get(name, 'open')}" for name in clause.rests_on) or clause.note or clause.id


@dataclass(frozen=True)
class Gathered:
    """Everything the analysis stands on: the protocol, the day, the people, and the study around them."""

    protocol: StudyProtocol
    versions: Mapping[str, StudyProtocol]
    hashes: Mapping[str, str]
    cut: date
    people: tuple[Person, ...]
    activations: tuple[tuple[str, str, date], ...] = ()
    approvals: tuple[Approval, ...] = ()
    pauses: tuple[Pause, ...] = ()
    monitored: Monitored | None = None
    extra_endpoints: tuple[Endpoint, ...] = ()
    readiness: tuple[Readiness, ...] = ()
    published: Sequence[Mapping[str, Any]] = ()
    contradictions: tuple[str, ...] = ()
    amendments: tuple[Amended, ...] = ()
    life: RecordLife | None = None
    updates: tuple[Update, ...] = ()
    """what the registry is to be told"""
    simulated: bool = False
    by_arm: bool = True
    """whether arms are told apart; the open part of a monitoring pack does not"""

    def together(self) -> Gathered:
        """The same with the arms not told apart."""
        return replace(self, by_arm=False)

    @property
    def registered(self) -> tuple[Person, ...]:
        """Everyone who was registered."""
        return tuple(one for one in self.people if one.registered)

    @property
    def treated(self) -> tuple[Person, ...]:
        """Everyone who took a first dose."""
        return tuple(one for one in self.people if one.treated)

    @property
    def groups(self) -> tuple[Group, ...]:
        """The registered by arm where there are two arms or more, else all of them as one group."""
        if len(self.protocol.arms) < 2 or not self.by_arm:
            return (Group("all", "All participants", self.registered),)
        arms = [Group(arm.id, arm.label, self._in_arm(arm.id)) for arm in self.protocol.arms]
        unplaced = tuple(one for one in self.registered if one.arm is None)
        return (*arms, *([Group("none", "No arm yet", unplaced)] if unplaced else []))

    @property
    def groups_and_all(self) -> tuple[Group, ...]:
        """The groups, and everyone together where there is more than one."""
        groups = self.groups
        return groups if len(groups) == 1 else (*groups, Group("all", "All participants", self.registered))

    def endpoints(self, *variables: Any) -> tuple[Endpoint, ...]:
        """The endpoints that measure one of these, in the protocol's order, then those added here."""
        return tuple(one for one in (*self.protocol.endpoints, *self.extra_endpoints) if one.variable in variables)

    def clause_words(self, clause: str) -> str:
        """What a clause says, in the version that has it, the reference version first."""
        for version in (self.protocol, *self.versions.values()):
            found = version.clause(clause)
            if found is not None:
                return clause_words(version, found)
        return clause

    def _in_arm(self, arm: str) -> tuple[Person, ...]:
        return tuple(one for one in self.registered if one.arm == arm)
