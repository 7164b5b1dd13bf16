"""What would become of a file: each item new, changed or the same, by subject; what refuses it; what would follow.

The entries are tried on the record as it stands, through the same checks as a save; what follows from them (a grade, a
dose, a finding) is what `core` answers with them and without them. Nothing is written. Read `preview_of`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.imports.sources import Reading
from trialwright.adapters.exchange.answers.subject import dose_line
from trialwright.adapters.exchange.incoming import Comparison, Given, Line, compare, drafts
from trialwright.core.casebook.plausibility import side_of
from trialwright.core.conduct import SubjectStatus, subject_status
from trialwright.core.ledger import Event, ItemPath, Value
from trialwright.core.protocol import Concept
from trialwright.core.schedule import Visit, visits
from trialwright.core.subject import StudyRecord, advance
from trialwright.core.subject.standing import locks_held, names_of, widest
from trialwright.core.terms import Finding, Severity

FORETOLD_FOR = 3.0
"""For so many seconds it is worked out what would follow; a page of many subjects waits no longer."""
UNTOLD = "-"
SHOWN = 400
"""So many new observations are shown one by one on a page; every changed one is, and every line is in the file."""


BESIDE = ("on", "time", "bound", "low", "high")
"""Fields that are shown beside a value and not by themselves, unless a recorded one would change."""


@dataclass(frozen=True)
class Row:
    """One observation of the file as a person looks at it: what it is, when, what is recorded and what would be."""

    state: str
    label: str
    lines: tuple[Line, ...]
    value: Line | None

    @property
    def given(self) -> Given:
        """What the file says."""
        return self.lines[0].given

    @property
    def bound(self) -> str:
        """The sign of a limit of detection."""
        return str(self.given.values.get("bound", ""))

    @property
    def limits(self) -> tuple[Value, Value]:
        """The limits of normal in the file."""
        return self.given.values.get("low"), self.given.values.get("high")

    @property
    def others(self) -> tuple[tuple[str, Line], ...]:
        """Further fields, and those beside the value that would change what is recorded, each with its name."""
        named = [(line.path.rpartition("/")[2], line) for line in self.lines if line is not self.value]
        return tuple(one for one in named if one[0] not in BESIDE or one[1].state == "changed")


@dataclass(frozen=True)
class OfSubject:
    """The observations of one subject, and what would follow from them; None where that was not worked out."""

    subject: str
    lines: tuple[Line, ...]
    rows: tuple[Row, ...]
    follows: tuple[str, ...] | None = None
    most: int = SHOWN

    @property
    def new(self) -> int:
        """How many observations are new, at least in part."""
        return self._count("new")

    @property
    def changed(self) -> int:
        """How many recorded ones would change."""
        return self._count("changed")

    @property
    def same(self) -> int:
        """How many say what is recorded."""
        return self._count("same")

    def _count(self, state: str) -> int:
        return sum(row.state == state for row in self.rows)

    @property
    def shown(self) -> tuple[Row, ...]:
        """Those worth looking at one by one: the changed, then of the new as many as a page can hold."""
        changed = [one for one in self.rows if one.state == "changed"]
        return (*changed, *[one for one in self.rows if one.state == "new"][: self.most])

    @property
    def left(self) -> int:
        """How many new ones are not shown one by one."""
        return max(0, self.new - self.most)


@dataclass(frozen=True)
class Preview:
    """The whole: by subject, the events it would be, and everything that stands against it."""

    comparison: Comparison
    subjects: tuple[OfSubject, ...]
    events: tuple[Event, ...]
    against: tuple[Finding, ...]
    noted: tuple[Finding, ...] = ()
    versions: dict[str, int] = field(default_factory=dict)

    @property
    def changed(self) -> int:
        """How many recorded values would change, for which a reason is needed."""
        return len(self.comparison.of("changed"))

    @property
    def counts(self) -> dict[str, int]:
        """How many observations are new, changed, the same."""
        return {state: sum(getattr(one, state) for one in self.subjects) for state in ("new", "changed", "same")}

    @property
    def told(self) -> tuple[Finding, ...]:
        """What stands against it, as far as a page can hold it; the file of every line has the rest."""
        return self.against[:SHOWN]

    @property
    def saves(self) -> bool:
        """Whether there is anything to save, and nothing against it."""
        return bool(self.events) and not self.against

    @property
    def mark(self) -> str:
        """What the person saw, in short: another record, or another map, has another mark."""
        told = [f"{line.state} {line.subject} {line.path} {line.old} {line.new}" for line in self.comparison.lines]
        return sha256("\n".join(told).encode()).hexdigest()[:32]


def preview_of(desk: Desk, reading: Reading, why: str = UNTOLD, foretell: bool = True) -> Preview:
    """What would become of a file; `why` is the reason of the corrections, once it is given."""
    records = {subject: desk.record(subject) for subject in desk.subjects()}
    said = compare(_at_visits(desk, reading.given), records, desk.standards().units, desk.today)
    against = [*reading.refused, *said.refused, *_of_the_site_alone(desk, reading.given)]
    events = tuple(
        desk.event(one.kind, subject=one.subject, occurred=one.occurred, **one.fields)
        for one in drafts(said, why, desk.today)
    )
    tried = [] if against else desk.try_events(events)
    against += [one for one in tried if one.severity is Severity.ERROR]
    noted = [
        *_after_a_lock(desk, said),
        *_unlikely(desk, said),
        *reading.noted,
        *(one for one in tried if one.severity is not Severity.ERROR),
    ]
    until = time.monotonic() + (FORETOLD_FOR if foretell and not against else 0)
    subjects = tuple(_by_subject(desk, said, events, until))
    versions = {subject: desk.version(subject) for subject in said.subjects}
    return Preview(said, subjects, events, tuple(against), tuple(noted), versions)


def _at_visits(desk: Desk, given: Iterable[Given]) -> Iterable[Given]:
    """What is given without a visit belongs to the one that was held on its day and collects it, where there is one."""
    held: dict[str, list[Visit]] = {}
    for one in given:
        if one.encounter or one.instance or not desk.sees(one.subject):
            yield one
            continue
        if one.subject not in held:
            held[one.subject] = [each for each in visits(desk.case(one.subject), desk.today) if each.done_on]
        there = [each for each in held[one.subject] if each.done_on == one.on and one.concept in each.encounter.collect]
        yield replace(one, encounter=there[0].key) if len(there) == 1 else one


def _of_the_site_alone(desk: Desk, given: Iterable[Given]) -> Iterable[Finding]:
    """What identifies a patient is entered at the site; nobody else reads it in, and its value is not repeated."""
    if desk.sees_identifiers:
        return
    concepts = desk.standards().concepts
    for one in given:
        if any(each.identifies and each.id in one.values for each in concepts[one.concept].fields):
            yield Finding(
                about=one.concept,
                says=f"{concepts[one.concept].label} tells who the person is, and is entered at the site alone.",
                matters="Nothing of the file was saved.",
                do="Take it out of the map; the site enters it.",
                where=one.where,
            )


def _after_a_lock(desk: Desk, said: Comparison) -> Iterable[Finding]:
    """What is new of a patient whose data are locked: it happened and is let in, but not unseen."""
    told: dict[str, str] = {}
    held = {subject: locks_held(desk.open.record, desk.record(subject)) for subject in said.subjects}
    for line in (one for one in said.of("new") if held[one.subject]):
        lock = widest(held[line.subject], names_of(line.path, line.encounter))
        if lock is not None:
            name = desk.open.roster.name(lock.actor) or lock.actor
            told.setdefault(line.subject, f"locked by {name} on {lock.occurred} ({lock.what})")
    for subject, lock_words in told.items():
        yield Finding(
            about=subject,
            says=f"Data of {subject} were {lock_words}; what is new in the file comes after that.",
            matters="A lock guards what is recorded. What is new is let in, and stands as a finding against the lock.",
            do="Ask whoever locked before confirming.",
            severity=Severity.WARNING,
        )


def _unlikely(desk: Desk, said: Comparison) -> Iterable[Finding]:
    """What is outside of what its field expects: most often a unit that was mapped wrongly, for a whole column."""
    standards = desk.standards()
    for line in said.lines:
        path = ItemPath.parse(line.path)
        of = next(one for one in standards.concepts[path.concept].fields if one.id == path.field)
        side = "" if line.state == "same" else side_of(of, line.new, standards.units, path.concept)
        if side and of.plausible is not None:
            usual = f"{of.plausible[0]} to {of.plausible[1]} {of.unit or ''}".strip()
            yield Finding(
                about=line.path,
                says=f"{line.subject}: {of.label} {line.new} is {side} what is expected, {usual}.",
                matters="A wrong unit or a slip would be taken for a finding of the patient.",
                do="Hold it against the source before confirming; saved, it raises a query until somebody confirms it.",
                severity=Severity.WARNING,
                where=line.given.where,
            )


def _by_subject(desk: Desk, said: Comparison, events: Sequence[Event], until: float) -> Iterable[OfSubject]:
    """The lines of each subject; what follows is told as far as a page may wait for it."""
    lines: dict[str, list[Line]] = {}
    own: dict[str, list[Event]] = {}
    for line in said.lines:
        lines.setdefault(line.subject, []).append(line)
    for event in events:
        own.setdefault(event.subject or "", []).append(event)
    room = SHOWN
    for subject, mine in lines.items():
        rows = tuple(rows_of(mine, desk.standards().concepts))
        in_time = subject in own and time.monotonic() < until
        follow = follows(desk, subject, own[subject]) if in_time else None
        yield OfSubject(subject, tuple(mine), rows, follow, room)
        room = max(0, room - sum(one.state == "new" for one in rows))


def rows_of(lines: Iterable[Line], concepts: Mapping[str, Concept]) -> Iterable[Row]:
    """The items put together to the observations they are of."""
    by_thing: dict[str, list[Line]] = {}
    for line in lines:
        by_thing.setdefault(line.path.rpartition("/")[0], []).append(line)
    for name, own in by_thing.items():
        concept = concepts[name.partition("/")[0]]
        states = {line.state for line in own}
        state = "changed" if "changed" in states else "new" if "new" in states else "same"
        value = next((line for line in own if line.path.endswith(f"/{concept.value.id}")), None)
        yield Row(state, concept.label, tuple(own), value)


def follows(desk: Desk, subject: str, events: Sequence[Event]) -> tuple[str, ...]:
    """What `core` would answer otherwise about a subject with these entries: grades, dose, response, findings."""
    before = desk.status(subject)
    after = subject_status(desk.trial, _with(desk, subject, events), subject, desk.today)
    return tuple(_differences(before, after))


def _with(desk: Desk, subject: str, events: Sequence[Event]) -> StudyRecord:
    """The record as it would stand after these entries."""
    study = desk.open.record
    record = study.subjects[subject]
    for place, event in enumerate(desk.resolved(events), 1):
        record = advance(record, replace(event, id=f"tried-{place}", seq=study.last_seq + place, recorded=desk.now))
    return replace(study, subjects={**study.subjects, subject: record})


def _differences(before: SubjectStatus, after: SubjectStatus) -> Iterable[str]:
    for term in dict.fromkeys((*before.grades, *after.grades)):
        was, now = before.grades.get(term), after.grades.get(term)
        if was != now:
            yield f"{term}: {was or 'no grade'} → {now or 'no grade'}"
    for drug in after.doses:
        said, told = before.doses.get(drug), after.doses[drug]
        if said is not None and (said.action, said.dose) != (told.action, told.dose):
            yield f"{drug}: {dose_line(said)} → {dose_line(told)}"
    if after.eligibility and before.eligibility and after.eligibility.word != before.eligibility.word:
        yield f"eligibility: {before.eligibility.word} → {after.eligibility.word}"
    known = {one.says for one in before.findings}
    yield from (one.says for one in after.findings if one.says not in known)
