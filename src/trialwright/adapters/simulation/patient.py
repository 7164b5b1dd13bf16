"""One patient as the site knows them: the latent person, what was planned, given and reported so far.

State only; what is done with it stands in `screening`, `visits`, `treatment`, `ending` and `mending`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from trialwright.adapters.simulation.chance import Chance
from trialwright.adapters.simulation.language import Habits, Rehearsal
from trialwright.adapters.simulation.person import Person, Taking
from trialwright.adapters.simulation.typist import Typist
from trialwright.adapters.simulation.world import World
from trialwright.core.ledger import Event
from trialwright.core.protocol import StudyProtocol
from trialwright.core.subject import SubjectRecord


@dataclass
class Episode:
    """Something that began and may end, with its fields, and what of it has been typed."""

    number: int
    start: date
    end: date | None
    fields: dict[str, Any]
    grade: int = 0
    related: bool = False
    typed: bool = False
    typed_end: bool = False
    partial: dict[str, str] = field(default_factory=dict)


@dataclass
class Run:
    """One run of doses: days missed, whether its exposure was typed, the capsules for the days supplied."""

    taking: Taking
    piece: int
    missed: int = 0
    decided_last: date | None = None
    interrupted: bool = False
    typed: bool = False
    capsules: tuple[str, ...] = ()
    supplied: int = 1


@dataclass
class Patient:
    """A patient of a site."""

    world: World
    id: str
    site: str
    person: Person
    typist: Typist
    version: str
    episodes: dict[str, list[Episode]] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    targets: dict[tuple[str, date], date | None] = field(default_factory=dict)
    calls: list[date] = field(default_factory=list)
    planned_first_dose: date | None = None
    check: date | None = None
    fallback: date | None = None
    assessed: date | None = None
    waited: int = 0
    unscheduled: int = 0
    typed_on: dict[date, set[str]] = field(default_factory=dict)
    contact: int = 0
    started: bool = False
    over: bool = False
    left: bool = False
    dead_on: date | None = None
    new_therapy_on: date | None = None

    @property
    def chance(self) -> Chance:
        """The patient's own chance."""
        return self.person.chance

    @property
    def rehearsal(self) -> Rehearsal:
        """What the rehearsal goes by."""
        return self.world.rehearsal

    @property
    def habits(self) -> Habits:
        """The habits of the patient's site."""
        return self.typist.habits

    @property
    def protocol(self) -> StudyProtocol:
        """The version the patient is on."""
        return self.world.setting.versions[self.version]

    @property
    def record(self) -> SubjectRecord:
        """What has been recorded of them."""
        return self.world.subjects[self.id]

    @property
    def present(self) -> bool:
        """Whether the site still sees them."""
        return not self.left and self.dead_on is None

    def who(self, role: str = "coordinator") -> Mapping[str, Any]:
        """Who signs for this patient in a role."""
        return {**self.world.person_at(self.site, role, self.id), "subject": self.id}

    def delay(self, *words: object) -> float:
        """How many days later a form is entered."""
        return self.habits.entry_delay.number(self.chance, "delay", *words)

    def say(self, kind: type[Event], day: date, role: str = "coordinator", delay: float = 0, **own: Any) -> Event:
        """An event of this patient."""
        return self.world.say(kind, day, self.who(role), delay, **own)

    def may(self, kind: type[Event], day: date, role: str, **own: Any) -> bool:
        """Whether the rules let a decision be taken."""
        return not self.world.refused(kind, day, self.who(role), **own)

    def add(self, concept: str, start: date, end: date | None, fields: dict[str, Any], **own: Any) -> Episode:
        """One more episode of a concept."""
        held = self.episodes.setdefault(concept, [])
        held.append(Episode(len(held) + 1, start, end, fields, **own))
        return held[-1]

    def running(self, drug: str, on: date) -> Run | None:
        """The run of doses of a drug that is under way."""
        found = [one for one in self.runs if one.taking.drug == drug and one.taking.first <= on <= one.taking.last]
        return found[-1] if found else None

    @property
    def last_dose(self) -> date | None:
        """The day of the last dose taken."""
        return max((run.taking.last for run in self.runs if run.taking.last >= run.taking.first), default=None)

    def worst_grade_since_course(self, on: date) -> int:
        """The worst related adverse event that was there since the last course began."""
        began = self.runs[-1].taking.first if self.runs else on
        events = self.episodes.get("adverse_event", [])
        seen = [one.grade for one in events if one.related and one.start <= on and (one.end or on) >= began]
        return max(seen, default=0)
