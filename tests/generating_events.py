"""Event lists of any protocol, for properties: whatever could have been recorded of one subject, sensible or not.

Values are of the kind their field takes and pass the door for facts (`conduct.facts.impossible`), so that nothing here
is refused as impossible; what they say together may be nonsense: two stages on one day, a second first dose, a visit
before birth. Decisions are put in without being asked for. One seed is one list. Read `events_of`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from trialwright.core.conduct import Trial
from trialwright.core.conduct.facts import impossible
from trialwright.core.ledger import (
    ArmAllocated,
    Change,
    ConsentGiven,
    ConsentWithdrawn,
    CourseStarted,
    DoseReleased,
    Event,
    EventVoided,
    FormCorrected,
    FormSubmitted,
    Missing,
    ProtocolActivated,
    ReferenceRangeSet,
    Said,
    ScreeningFailed,
    StudyLeft,
    StudyOpened,
    SubjectFound,
    SubjectMoved,
    SubjectRegistered,
    SubjectScreened,
    SubjectTransferred,
    SubstudyJoined,
    TreatmentEnded,
    Value,
)
from trialwright.core.protocol import Concept, Field, Kind, StudyProtocol
from trialwright.core.subject import fold_study
from trialwright.core.terms import Quantity, Severity

SUBJECT, FIRST = "X-001", date(2006, 1, 10)
SPAN = 500
"""So many days a subject is followed."""
MISSING = ("not_done", "not_known", "not_applicable")
SAID = Said("said", ("clause",))


class Telling:
    """One subject's events, one after another; each knows what came before."""

    def __init__(self, trial: Trial, seed: int) -> None:
        self.trial, self.chance = trial, Random(seed)
        self.protocol: StudyProtocol = trial.versions[trial.latest]
        self.standards = trial.standards[trial.latest]
        self.sites = [one.id for one in self.protocol.design.sites]
        self.site = self.chance.choice(self.sites)
        self.told: list[Event] = []
        self.course = 0
        self.started = FIRST

    def day(self) -> date:
        """A day of the study, mostly after the first."""
        return FIRST + timedelta(days=self.chance.randint(-30, SPAN))

    def say(self, kind: type[Event], on: date | None = None, /, **fields: Any) -> Event:
        """An event with its place in the list; its id says which one it is, wherever it is put."""
        number = len(self.told) + 1
        known = {"actor": "u1", "role": self.chance.choice(ROLES), "site": self.site, "subject": SUBJECT}
        event = kind(**{**known, "occurred": on or self.day(), "id": f"e{number:04}", "seq": number, **fields})
        self.told.append(event)
        return event


ROLES = ("coordinator", "investigator", "pharmacist")


def study_events(telling: Telling) -> None:
    """What comes before any subject: the study, its versions in force, limits of a laboratory."""
    telling.say(StudyOpened, FIRST - timedelta(days=400), subject=None, study=telling.protocol.protocol, kind="real")
    for number, version in enumerate(telling.trial.versions):
        on = FIRST + timedelta(days=200 * number - 300)
        for site in telling.sites:
            telling.say(
                ProtocolActivated, on, subject=None, site=site, version=version, approved_on=on,
                file_hash=telling.trial.hashes.get(version, ""),
            )  # fmt: skip
    for concept in telling.standards.concepts.values():
        if concept.reference_range and concept.value.unit and telling.chance.random() < 0.6:
            low = Quantity(Decimal(telling.chance.randint(0, 50)), concept.value.unit)
            high = Quantity(low.value + telling.chance.randint(1, 100), low.unit)
            telling.say(
                ReferenceRangeSet, FIRST - timedelta(days=300), subject=None, analyte=concept.id, low=low, high=high
            )


# --- facts -----------------------------------------------------------------------------------------------------------


def filled_form(telling: Telling) -> None:
    """A form with a few concepts, more often those the protocol collects; what the door refuses is left out."""
    chance = telling.chance
    encounter = chance.choice(telling.protocol.encounters) if telling.protocol.encounters else None
    key = visit_key(telling, encounter.id) if encounter else "u1"
    asked = list(encounter.collect) if encounter and chance.random() < 0.7 else []
    names = asked or list(telling.standards.concepts)
    chosen = chance.sample(names, min(len(names), chance.randint(1, 6)))
    on = telling.day()
    items = [
        change
        for name in chosen
        if name in telling.standards.concepts
        for change in concept_items(telling, telling.standards.concepts[name], key, on)
    ]
    put(telling, FormSubmitted, on, items, form="form", encounter=key)


def visit_key(telling: Telling, encounter: str) -> str:
    """The key of a visit, of a course where it may have one."""
    return encounter if telling.chance.random() < 0.4 else f"{encounter}.{telling.chance.randint(1, 4)}"


def concept_items(telling: Telling, concept: Concept, key: str, on: date) -> Iterator[Change]:
    """One observation of a concept: its fields, or some of them, and its day."""
    instance = str(telling.chance.randint(1, 3)) if concept.repeats else key
    for field in concept.fields:
        if field.required or telling.chance.random() < 0.5:
            yield Change(f"{concept.id}/{instance}/{field.id}", None, value_of(telling, field, on))


def value_of(telling: Telling, field: Field, on: date) -> Value:
    """A value of the kind the field takes, or why there is none."""
    if telling.chance.random() < 0.08:
        return Missing(telling.chance.choice(MISSING))
    return VALUES[field.kind](telling, field, on)


def a_quantity(telling: Telling, field: Field, on: date) -> Value:
    """From nothing to absurd, exact."""
    number = telling.chance.choice((0, 1, 2, 7, 10, 60, 400, 1499, 1500, 100_000, 10**7))
    return Quantity(Decimal(number) / telling.chance.choice((1, 10)), field.unit or "1")


def a_date(telling: Telling, field: Field, on: date) -> Value:
    """The day itself, another one, or only its month or year."""
    day = on if telling.chance.random() < 0.6 else telling.day()
    return telling.chance.choice((day.isoformat(), day.isoformat(), f"{day:%Y-%m}", f"{day:%Y}"))


VALUES: dict[Kind, Callable[[Telling, Field, date], Value]] = {
    Kind.QUANTITY: a_quantity,
    Kind.INTEGER: lambda telling, field, on: telling.chance.randint(0, 130),
    Kind.CODE: lambda telling, field, on: telling.chance.choice(field.codes or codes_in_use(telling)),
    Kind.YES_NO: lambda telling, field, on: telling.chance.choice(("yes", "no")),
    Kind.DATE: a_date,
    Kind.TEXT: lambda telling, field, on: telling.chance.choice(texts_in_use(telling)),
}


def codes_in_use(telling: Telling) -> tuple[str, ...]:
    """Codes the sets of the protocol name, and one nobody has classified."""
    return (*dict.fromkeys(code for one in telling.protocol.sets for code in one.codes), "something_else")


def texts_in_use(telling: Telling) -> tuple[str, ...]:
    """Words that mean something somewhere: drugs, courses, encounters, terms; and some that do not."""
    terms = tuple(one.short for one in telling.standards.toxicity.laboratory[:5]) if telling.standards.toxicity else ()
    named = [one.drug for one in telling.protocol.regimen] + [one.id for one in telling.protocol.encounters[:5]]
    return (*named, *terms, "1", "2", "Fatigue", "u1", "words of no meaning")


def put(telling: Telling, kind: type[Event], on: date, items: Sequence[Change], **fields: Any) -> None:
    """A form with every item the door lets in; nothing where it lets in none."""
    probe = kind(
        actor="u1", role="coordinator", site=telling.site, subject=SUBJECT, occurred=on, items=tuple(items), **fields
    )
    standards = telling.standards
    wrong = [
        one for one in impossible(probe, standards.concepts, standards.units, standards.toxicity)
        if one.severity is Severity.ERROR
    ]  # fmt: skip
    about = {one.about for one in wrong}
    kept = tuple(one for one in items if one.path not in about)
    if kept and not about - {one.path for one in items}:
        telling.say(kind, on, items=kept, **fields)


# --- decisions and milestones ---------------------------------------------------------------------------------------


def course_started(telling: Telling) -> None:
    """The next course of a drug, at a dose of its own choosing, four weeks on, or at any time."""
    if not telling.protocol.regimen:
        return
    regimen = telling.chance.choice(telling.protocol.regimen)
    telling.course += 1
    on = telling.started + timedelta(days=28 * telling.course) if telling.chance.random() < 0.8 else telling.day()
    dose = replace(regimen.dose.start, value=regimen.dose.start.value * telling.chance.randint(1, 3))
    telling.say(CourseStarted, on, drug=regimen.drug, course=telling.course, dose=dose, said=SAID)


def dose_released(telling: Telling) -> None:
    """A supply of a drug."""
    if telling.protocol.regimen:
        regimen = telling.chance.choice(telling.protocol.regimen)
        telling.say(
            DoseReleased, drug=regimen.drug, course=max(1, telling.course), dose=regimen.dose.start,
            days=telling.chance.randint(1, 30), said=SAID,
        )  # fmt: skip


def arm_allocated(telling: Telling) -> None:
    """An arm of the protocol."""
    if telling.protocol.arms:
        telling.say(ArmAllocated, arm=telling.chance.choice(telling.protocol.arms).id)


def substudy_joined(telling: Telling) -> None:
    """A sub-study, where there is one."""
    if telling.protocol.design.substudies:
        telling.say(SubstudyJoined, substudy=telling.chance.choice(telling.protocol.design.substudies).id)


def registered(telling: Telling) -> None:
    """Registration, with a planned first dose or without."""
    planned = telling.started + timedelta(days=28) if telling.chance.random() < 0.7 else None
    telling.say(SubjectRegistered, version=a_version(telling), planned_first_dose=planned, said=SAID)


def corrected(telling: Telling) -> None:
    """An item of an earlier form set to another value of its kind, or taken away."""
    forms = [event for event in telling.told if isinstance(event, FormSubmitted)]
    if not forms:
        return
    old = telling.chance.choice(telling.chance.choice(forms).items)
    concept, _, field = old.path.split("/")
    known = {one.id: one for one in telling.standards.concepts[concept].fields}[field]
    on = telling.day()
    put(
        telling,
        FormCorrected,
        on,
        [replace(old, old=old.new, new=value_of(telling, known, on))],
        form="form",
        why="typo",
    )


def voided(telling: Telling) -> None:
    """An earlier event taken back."""
    own = [event for event in telling.told if event.subject]
    if own:
        telling.say(EventVoided, voids=telling.chance.choice(own).id, why="entered by mistake")


def once(telling: Telling, kind: type[Event], **fields: Any) -> None:
    """A milestone there is one of: entered again it would be a correction."""
    if not any(isinstance(event, kind) for event in telling.told):
        telling.say(kind, **fields)


def a_version(telling: Telling) -> str:
    """A version of the protocol."""
    return telling.chance.choice(tuple(telling.trial.versions))


SCOPES = ("study", "treatment", "follow-up", "stored specimens")
FACTS: tuple[tuple[int, Callable[[Telling], object]], ...] = (
    (12, filled_form),
    (1, substudy_joined),
    (1, lambda telling: once(telling, TreatmentEnded, why="progressive disease", said=SAID)),
    (1, lambda telling: once(telling, StudyLeft, why="follow-up complete")),
    (1, lambda telling: once(telling, SubjectFound)),
    (1, lambda telling: telling.say(ConsentGiven, version=a_version(telling), scope=(telling.chance.choice(SCOPES),))),
    (1, lambda telling: telling.say(ConsentWithdrawn, scope=(telling.chance.choice(SCOPES),), why="asked to")),
)
"""What can be told in any order, with how often."""
OTHERS: tuple[tuple[int, Callable[[Telling], object]], ...] = (
    (2, registered),
    (2, arm_allocated),
    (4, course_started),
    (1, dose_released),
    (2, corrected),
    (1, voided),
    (1, lambda telling: telling.say(SubjectMoved, version=a_version(telling))),
    (1, lambda telling: telling.say(SubjectTransferred, to=telling.chance.choice(telling.sites))),
    (1, lambda telling: telling.say(ScreeningFailed, said=SAID, why="not eligible")),
)
"""Decisions, corrections and moves, which mean what they mean in their order."""


def begun(trial: Trial, seed: int) -> Telling:
    """The study and a subject in screening."""
    telling = Telling(trial, seed)
    study_events(telling)
    telling.say(SubjectScreened, FIRST, version=a_version(telling))
    return telling


def events_of(trial: Trial, seed: int, count: int) -> list[Event]:
    """A study and one subject of whom so many things were recorded; the same seed gives the same list."""
    telling = begun(trial, seed)
    rules = [rule for often, rule in (*FACTS, *OTHERS) for _ in range(often)]
    for _ in range(count):
        telling.chance.choice(rules)(telling)
    return telling.told


def under_treatment(trial: Trial, seed: int) -> Telling:
    """A subject who was registered and began a few courses, in order."""
    telling = begun(trial, seed)
    registered(telling)
    arm_allocated(telling)
    for _ in range(telling.chance.randint(0, 3)):
        course_started(telling)
    return telling


def facts_after(telling: Telling, count: int) -> list[Event]:
    """So many facts about the subject, each item entered once and none corrected."""
    before, taken = len(telling.told), set[str]()
    rules = [rule for often, rule in FACTS for _ in range(often)]
    for _ in range(count):
        telling.chance.choice(rules)(telling)
    return [first_entries(event, taken) for event in telling.told[before:]]


def first_entries(event: Event, taken: set[str]) -> Event:
    """The event without what was entered before it: an instance belongs to the form that began it."""
    if not isinstance(event, FormSubmitted):
        return event
    fresh = tuple(one for one in event.items if one.path.rpartition("/")[0] not in taken)
    taken.update(one.path.rpartition("/")[0] for one in fresh)
    return replace(event, items=fresh)


def in_order(events: Sequence[Event]) -> list[Event]:
    """The events numbered in the order they stand in."""
    return [replace(event, seq=number) for number, event in enumerate(events, 1)]


__all__ = ["SUBJECT", "events_of", "facts_after", "fold_study", "in_order", "under_treatment"]
