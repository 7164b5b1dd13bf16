"""The study as frozen data: what the protocol file says, clause by clause (USDM's words where it has them).

Decided here: the shape of a protocol and nothing else. A `Clause` says where a rule comes from: words of the record
(`quotes`), another source, or a question whose reading was chosen (`rests_on`). The file on disk is read by
`adapters.study`; its keys are the field names of these classes. Read `StudyProtocol`, then `Regimen` and `Encounter`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from typing import Any, ClassVar

from trialwright.core.conditions import ALWAYS, Condition
from trialwright.core.terms import DaySpan, Duration, Quantity


@dataclass(frozen=True, kw_only=True)
class Clause:
    """Where a rule comes from; every rule of a protocol is one.

    `quotes` are spans of the record, one statement each. `departs_from` is the quoted sentence the rule goes against.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    id: str
    quotes: tuple[str, ...] = ()
    source: str | None = None
    rests_on: tuple[str, ...] = ()
    departs_from: str | None = None
    note: str = ""

    @property
    def words(self) -> str:
        """The words a person reads as the reason: the first quote, else the source, else the question."""
        return self.quotes[0] if self.quotes else self.source or ", ".join(self.rests_on)


@dataclass(frozen=True, kw_only=True)
class Question:
    """What the record leaves open: the question, the reading chosen, and who settled it."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    id: str
    asks: str
    reading: str
    about: tuple[str, ...] = ()
    settled_by: str | None = None


@dataclass(frozen=True, kw_only=True)
class RegistryFact(Clause):
    """A field of the registry record that the trial's documents print (API v2 field path and its value)."""

    field: str
    value: str | int | tuple[str, ...]


# --- design ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Accrual(Clause):
    """How many subjects are to be registered; no more are."""

    planned: int


@dataclass(frozen=True, kw_only=True)
class Site(Clause):
    """A place that registers subjects; its clock is its time zone (IANA name)."""

    name: str
    time_zone: str
    lead: bool = False


@dataclass(frozen=True, kw_only=True)
class Substudy(Clause):
    """Part of the study at some sites only, offered until `offered_until` subjects joined, a success at `target`."""

    label: str
    sites: tuple[str, ...]
    target: int
    offered_until: int


class ArmType(Enum):
    """Type of an arm (ClinicalTrials.gov)."""

    EXPERIMENTAL = "experimental"
    ACTIVE_COMPARATOR = "active comparator"
    PLACEBO_COMPARATOR = "placebo comparator"
    SHAM_COMPARATOR = "sham comparator"
    NO_INTERVENTION = "no intervention"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Arm(Clause):
    """A group of subjects treated alike; `ratio` is its share of the allocation."""

    label: str
    type: ArmType = ArmType.OTHER
    ratio: int = 1


@dataclass(frozen=True, kw_only=True)
class Allocation(Clause):
    """How subjects are put into arms: permuted blocks, within each stratum where strata are named."""

    block_size: int
    by_site: bool = False
    concealed: bool = True


@dataclass(frozen=True, kw_only=True)
class Design(Clause):
    """What kind of study it is."""

    accrual: Accrual
    sites: tuple[Site, ...]
    substudies: tuple[Substudy, ...] = ()
    allocation: Allocation | None = None
    multicentre: bool = False


@dataclass(frozen=True, kw_only=True)
class StandardsNamed:
    """The published standards the protocol goes by, each with its version; none where it names none."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    toxicity: str | None = None
    response: str | None = None
    staging: str | None = None


# --- data ---------------------------------------------------------------------------------------------------------


class Kind(Enum):
    """What kind of value a field takes."""

    QUANTITY = "quantity"
    INTEGER = "integer"
    CODE = "code"
    YES_NO = "yes/no"
    DATE = "date"
    TEXT = "text"


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of a concept: its kind, its unit or its codes, and the range in which a value is plausible."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    id: str
    label: str
    kind: Kind
    unit: str | None = None
    codes: tuple[str, ...] = ()
    plausible: tuple[str, str] | None = None
    required: bool = True


@dataclass(frozen=True, kw_only=True)
class Concept:
    """A thing that is recorded (a data-collection concept): a count, a question, or a repeating record."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    id: str
    label: str
    fields: tuple[Field, ...]
    repeats: bool = False
    reference_range: bool = False

    @property
    def value(self) -> Field:
        """The field that holds its value, named `value`, or else the first."""
        return next((field for field in self.fields if field.id == "value"), self.fields[0])


@dataclass(frozen=True, kw_only=True)
class ConceptSet:
    """A set of codes of one repeating concept, such as the topical therapies; `minus` sets are taken out per event."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    id: str
    of: str
    codes: tuple[str, ...] = ()
    union: tuple[str, ...] = ()
    minus: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PersonQuestion:
    """What only a person can say, and whether it is a fact, a judgement, a consent or a commitment."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    id: str
    asks: str
    who: str = "investigator"
    kind: str = "fact"


# --- rules --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Criterion(Clause):
    """One eligibility criterion; met always means good for entry, whichever of must and must_not it is written as."""

    must: Condition | None = None
    must_not: Condition | None = None
    see: tuple[str, ...] = ()
    continues: bool = False


@dataclass(frozen=True, kw_only=True)
class DosePlan:
    """The dose of each course: start, a step up each course, the most, the least."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    start: Quantity
    step: Quantity | None = None
    maximum: Quantity | None = None
    floor: Quantity | None = None
    steps_up_after_reduction: bool = False


@dataclass(frozen=True, kw_only=True)
class Hold:
    """Interrupt until a condition holds, then resume so much lower."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    until: Condition
    resume_lower_by: Quantity | None = None


@dataclass(frozen=True, kw_only=True)
class DoseAction:
    """What a dose rule does: exactly one of these."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    stop: str | None = None
    hold: Hold | None = None
    reduce_by: Quantity | None = None
    no_step_up: bool = False
    cap: Quantity | None = None
    warn: str | None = None


@dataclass(frozen=True, kw_only=True)
class DoseRule(Clause):
    """When a condition holds, do something about the dose."""

    when: Condition
    then: DoseAction


@dataclass(frozen=True, kw_only=True)
class Delay(Clause):
    """What happens when a course may not start: try again after `by`, stop after `at_most`."""

    by: Duration
    at_most: Duration
    then_stop: str


@dataclass(frozen=True, kw_only=True)
class CourseGate(Clause):
    """A condition for starting a course, or for releasing a dose; `courses` limits it, such as 2- or 1-1."""

    when: Condition
    first_course: bool = True


@dataclass(frozen=True, kw_only=True)
class CourseLimit(Clause):
    """No course may start whose `last_day` would fall later than `within` after the first dose."""

    within: Duration | None = None
    last_day: int | None = None
    courses: int | None = None
    reason: str = "completed"


@dataclass(frozen=True, kw_only=True)
class Regimen(Clause):
    """How one drug is given: dose, days of a course, length of a course, and the rules that change them."""

    drug: str
    arms: tuple[str, ...] = ()
    route: str = ""
    frequency: str = "once daily"
    cycle: Duration
    days: DaySpan
    dose: DosePlan
    start_course_when: tuple[CourseGate, ...] = ()
    release_when: tuple[CourseGate, ...] = ()
    delay: Delay | None = None
    limits: tuple[CourseLimit, ...] = ()
    rules: tuple[DoseRule, ...] = ()
    strengths: tuple[Quantity, ...] = ()
    details: tuple[Clause, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Continuation(Clause):
    """After an assessment: go on, go on for so many courses more, or take off treatment with a reason."""

    when: Condition = ALWAYS
    off_treatment: str | None = None
    courses_more: int | None = None
    may_continue: bool = False
    decide_after_course: int | None = None


@dataclass(frozen=True, kw_only=True)
class MedicationRule(Clause):
    """Medication that is prohibited while treatment lasts (or from registration on)."""

    prohibits: str
    allowed: tuple[str, ...] = ()
    during: str = "treatment"


@dataclass(frozen=True, kw_only=True)
class Obligation(Clause):
    """A duty of the subject that runs around treatment, such as contraception: from `before` to `after` it."""

    applies_when: Condition = ALWAYS
    commitment: str
    before: Duration | None = None
    after: Duration | None = None


# --- schedule -----------------------------------------------------------------------------------------------------


class Epoch(Enum):
    """Where in the study a subject is; stage is data."""

    SCREENING = "screening"
    TREATMENT = "treatment"
    FOLLOW_UP = "follow-up"
    OFF_STUDY = "off study"
    NOT_REGISTERED = "not registered"


@dataclass(frozen=True, kw_only=True)
class Encounter(Clause):
    """A planned contact: anchored on registration, first_dose, course, last_dose or end_of_treatment.

    In a course it lies on `day` of the `courses` named ("1", "2-", "all"); elsewhere `offset` after the anchor
    (`before: true` turns it round), repeated `every` so long `until` after it. The window is days before and after.
    """

    label: str
    epoch: Epoch
    anchor: str
    courses: str = "all"
    day: int | None = None
    offset: Duration | None = None
    before: bool = False
    every: Duration | None = None
    until: Duration | None = None
    window: tuple[int, int] = (0, 0)
    collect: tuple[str, ...] = ()
    applies_when: Condition = ALWAYS
    sites: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Assay(Clause):
    """What is measured in a specimen: its analytes and the method."""

    label: str
    analytes: tuple[str, ...] = ()
    method: str = ""
    unit: str = "1"


@dataclass(frozen=True, kw_only=True)
class Specimen(Clause):
    """A sample that is planned: matrix, the encounters it is taken at, the sites, the assays, where it is stored."""

    label: str
    matrix: str
    encounters: tuple[str, ...]
    substudy: str | None = None
    assays: tuple[Assay, ...] = ()
    stored_for: str | None = None


# --- endpoints ----------------------------------------------------------------------------------------------------


class Variable(Enum):
    """What an endpoint measures in one subject."""

    RESPONSE = "best response"
    DURATION_OF_RESPONSE = "duration of response"
    TIME_TO_EVENT = "time to event"
    WORST_GRADE = "worst grade"
    CHANGE = "change from baseline"
    VALUE = "value"
    PROPORTION = "proportion"


@dataclass(frozen=True, kw_only=True)
class Endpoint(Clause):
    """A variable, its population, how it is summed up, and when it is ready (ICH E9(R1) attributes).

    `events` are progression, death or both; `concepts` the values compared; `baseline` and `at` encounters.
    `against` groups subjects by response or by arm. `ready_when` is one of `READINESS`.
    """

    label: str
    level: str
    variable: Variable
    time_frame: str = ""
    ready_when: str = ""
    population: str = "treated"
    events: tuple[str, ...] = ()
    since: str = "first_dose"
    responders: tuple[str, ...] = ("CR", "PR")
    concepts: tuple[str, ...] = ()
    condition: Condition | None = None
    baseline: str | None = None
    at: tuple[str, ...] = ()
    against: str | None = None
    sites: tuple[str, ...] = ()
    safety_days: int | None = None


READINESS: Mapping[str, str] = {
    "all_progressed": "every treated subject has progressed",
    "all_progressed_or_dead": "every treated subject has progressed or died",
    "last_safety_day": "the safety time after the last subject's last dose is over",
    "encounter_done": "every treated subject has passed the last encounter named",
}
"""When the data of an endpoint are complete enough to be final."""


@dataclass(frozen=True, kw_only=True)
class ResponseRules(Clause):
    """How responses are confirmed and how a flare is handled, by the standard the protocol names."""

    confirm_after_days: int = 28
    stable_from_day: int = 28
    flare_courses: int = 0


@dataclass(frozen=True, kw_only=True)
class StudyProtocol:
    """The whole protocol, one version."""

    __pydantic_config__: ClassVar[dict[str, Any]] = {"extra": "forbid"}

    protocol: str
    version: str
    title: str
    record: str = "record.txt"
    standards: StandardsNamed
    sources: Mapping[str, str]
    design: Design
    arms: tuple[Arm, ...]
    facts: tuple[RegistryFact, ...] = ()
    objectives: tuple[Clause, ...] = ()
    concepts: tuple[Concept, ...] = ()
    sets: tuple[ConceptSet, ...] = ()
    asks: tuple[PersonQuestion, ...] = ()
    eligibility: tuple[Criterion, ...]
    regimen: tuple[Regimen, ...]
    response: ResponseRules | None = None
    continuation: tuple[Continuation, ...] = ()
    encounters: tuple[Encounter, ...]
    specimens: tuple[Specimen, ...] = ()
    medication: tuple[MedicationRule, ...] = ()
    obligations: tuple[Obligation, ...] = ()
    endpoints: tuple[Endpoint, ...]
    questions: tuple[Question, ...] = ()

    def regimens_of(self, arm: str | None) -> tuple[Regimen, ...]:
        """The drugs a subject of this arm is given; a regimen without arms is for everyone."""
        return tuple(regimen for regimen in self.regimen if not regimen.arms or arm in regimen.arms)

    def site(self, site_id: str) -> Site | None:
        """The site of this id."""
        return next((site for site in self.design.sites if site.id == site_id), None)

    def clause(self, clause_id: str) -> Clause | None:
        """The clause of this id, wherever in the protocol it stands."""
        return next((clause for _, clause in clauses(self) if clause.id == clause_id), None)


def clauses(protocol: StudyProtocol) -> Iterator[tuple[tuple[str | int, ...], Clause]]:
    """Every clause with the path to it, in the order of the file."""
    yield from _clauses_within(protocol, ())


def _clauses_within(node: object, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Clause]]:
    if isinstance(node, Clause):
        yield path, node
    if isinstance(node, tuple):
        for number, part in enumerate(node):
            yield from _clauses_within(part, (*path, number))
    elif is_dataclass(node) and not isinstance(node, type):
        for each in fields(node):
            yield from _clauses_within(getattr(node, each.name), (*path, each.name))
