"""Source verification: which items were held against the source at the values they have now, and which are planned.

An item is verified at a value: a later entry of it un-verifies it, and says so. The plan goes by risk (ICH E6(R3)
3.11.4): what criteria, dose rules, responses, safety and endpoints read is verified of every subject; the rest of a
sample of subjects, drawn from their ids and a seed, the same for everybody. Read `verifications`, `Plan`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256

from trialwright.core.conditions import Condition, parts
from trialwright.core.ledger import Missing, SourceVerified
from trialwright.core.oversight.items import Item, items_now
from trialwright.core.protocol import Concept, StudyProtocol
from trialwright.core.subject import SubjectRecord

VERIFIED, CHANGED, NOT_YET = "verified", "changed since", "not verified"
DECIDING = ("eligibility", "regimen", "continuation", "response", "medication", "obligations", "safety", "endpoints")
"""The parts of a protocol by which patients are chosen, treated and judged."""
ALWAYS = (
    "consent_date", "birth_date", "age", "sex", "exposure", "death", "vital_status", "adverse_event",
    "adverse_event_grade", "adverse_event_attribution", "disease_assessment", "new_therapy", "index_lesion",
    "node_measurement", "visceral_lesion", "compartment_assessment", "skin_region", "safety_report",
)  # fmt: skip
"""Concepts that rules of the standards read, whatever the protocol names: consent, doses, toxicity, response, death."""


@dataclass(frozen=True)
class Verification:
    """Whether one item was held against the source at the value it has: by which event, and whether it is planned."""

    item: Item
    state: str
    by: SourceVerified | None = None
    planned: bool = True

    @property
    def to_do(self) -> bool:
        """Whether it is planned and is still to be done, or to be done again."""
        return self.planned and self.state != VERIFIED


@dataclass(frozen=True)
class Plan:
    """Which items are to be verified: the critical concepts of everybody, the rest of a share of the subjects."""

    critical: frozenset[str]
    seed: str
    share: Fraction = Fraction(1, 5)

    def sampled(self, subject: str) -> bool:
        """Whether everything of this subject is verified; the same for everybody who asks, in any order."""
        drawn = int.from_bytes(sha256(f"{self.seed}\n{subject}".encode()).digest()[:8])
        return Fraction(drawn, 2**64) < self.share

    def asks(self, subject: str, item: Item) -> bool:
        """Whether an item of a subject is to be verified."""
        return item.path.concept in self.critical or self.sampled(subject)


def planned_for(protocol: StudyProtocol, concepts: Mapping[str, Concept], share: Fraction = Fraction(1, 5)) -> Plan:
    """The plan of a study: what its rules read, and a sample drawn by the study's own id."""
    return Plan(critical_concepts(protocol, concepts), protocol.protocol, share)


def verifications(record: SubjectRecord, plan: Plan | None = None) -> tuple[Verification, ...]:
    """Every item of a subject with its state, by path; an item that says why it is missing is verified too."""
    told = _told(record)
    found = (
        _of(item, told.get(item.name), plan is None or plan.asks(record.subject, item)) for item in items_now(record)
    )
    return tuple(sorted(found, key=lambda one: one.item.name))


def _told(record: SubjectRecord) -> dict[str, SourceVerified]:
    """The last verification of each path."""
    told: dict[str, SourceVerified] = {}
    for event in record.log or ():
        if isinstance(event, SourceVerified) and event.id not in record.voided:
            for path in event.paths:
                told.setdefault(path, event)
    return told


def _of(item: Item, by: SourceVerified | None, planned: bool) -> Verification:
    if by is None:
        return Verification(item, NOT_YET, None, planned)
    erased = isinstance(item.value, Missing) and item.value.code == "redacted"
    return Verification(item, VERIFIED if item.event.seq < by.seq and not erased else CHANGED, by, planned)


@dataclass(frozen=True)
class Progress:
    """How far verification has come: planned, verified, and changed since."""

    planned: int = 0
    verified: int = 0
    changed: int = 0

    @property
    def open(self) -> int:
        """How many are still to be done, or to be done again."""
        return self.planned - self.verified

    def plus(self, other: Progress) -> Progress:
        """Both together."""
        return Progress(self.planned + other.planned, self.verified + other.verified, self.changed + other.changed)


def progress_of(found: Iterable[Verification]) -> Progress:
    """How far verification of these items has come."""
    asked = [one for one in found if one.planned]
    states = [one.state for one in asked]
    return Progress(len(asked), states.count(VERIFIED), states.count(CHANGED))


def critical_concepts(protocol: StudyProtocol, concepts: Mapping[str, Concept]) -> frozenset[str]:
    """The concepts that the rules of a protocol read, and those that the rules of its standards do."""
    read = {name for part in DECIDING for name in _words(getattr(protocol, part, None))}
    of = {one.id: one.of for one in protocol.sets}
    named = {of.get(name, name) for name in read} | {*ALWAYS} | {f"{of.get(name, name)}_review" for name in read}
    return frozenset(named & concepts.keys())


def _words(rule: object) -> Iterator[str]:
    """Every word by which a rule may name a concept: in its conditions and in its own fields."""
    if isinstance(rule, str):
        yield from _split(rule)
    elif isinstance(rule, Condition):
        for part in parts(rule):
            yield type(part).__name__.lower()
            yield from _within(part)
    elif isinstance(rule, Mapping):
        for key, value in rule.items():
            yield from (*_words(key), *_words(value))
    elif isinstance(rule, Iterable):
        for one in rule:
            yield from _words(one)
    elif is_dataclass(rule):
        yield from _within(rule)


def _within(rule: object) -> Iterator[str]:
    for each in fields(rule):  # type: ignore[arg-type]
        if each.name not in PROSE:
            value = getattr(rule, each.name)
            yield from _words(value) if not isinstance(value, Condition) or not isinstance(rule, Condition) else ()


PROSE = ("quotes", "rests_on", "words", "label", "reading", "asks", "assumes", "note", "title")
"""Fields that hold words for people, which may happen to be the name of a concept."""


@lru_cache(maxsize=4096)
def _split(text: str) -> tuple[str, ...]:
    return tuple(text.replace("/", " ").replace(",", " ").split())
