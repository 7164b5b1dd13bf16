"""What has to be done before data are locked, at the level of an item, a form, a subject, a site or the study.

The points of the checklist are a table (`POINTS`), each with the levels it is asked at: no query open, nothing planned
missing, what is critical verified, terms coded, the forms signed, serious events reported. A lock with open points says
why it is made all the same (`refusing`). That locked data do not change is `conduct.refusing.locking`.
Read `checklist`, then `POINTS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from trialwright.core.conduct import SubjectStatus, Trial, case_of, subject_status
from trialwright.core.ledger import FormCorrected, FormSubmitted, Signed
from trialwright.core.oversight.automatic import automatic_queries
from trialwright.core.oversight.coding import CODED, terms_to_code
from trialwright.core.oversight.items import WHOLE, Item, items_now
from trialwright.core.oversight.queries import CLOSED, Query, queries_of
from trialwright.core.oversight.signing import standing_of
from trialwright.core.oversight.verification import planned_for, verifications
from trialwright.core.schedule import Labels
from trialwright.core.subject import Case, StudyRecord, SubjectRecord
from trialwright.core.subject.standing import held_of, names_of, own_locks

ITEM, FORM, SUBJECT, SITE, STUDY = "item", "form", "subject", "site", "study"
LEVELS = (ITEM, FORM, SUBJECT, SITE, STUDY)
"""What can be frozen and locked, the smallest first; the encounter of a form stands for the form."""
MAY_SIGN = ("investigator", "sub-investigator", "sponsor-investigator")


@dataclass(frozen=True)
class Point:
    """One point of the checklist: what is asked, and everything that stands against it, in words."""

    name: str
    asks: str
    open: tuple[str, ...] = ()

    @property
    def done(self) -> bool:
        """Whether nothing stands against it."""
        return not self.open


@dataclass(frozen=True)
class Checklist:
    """What a lock of this asks, point by point."""

    what: str
    level: str
    points: tuple[Point, ...]

    @property
    def fulfilled(self) -> bool:
        """Whether every point is done."""
        return all(point.done for point in self.points)

    @property
    def open(self) -> tuple[Point, ...]:
        """The points that are not."""
        return tuple(point for point in self.points if not point.done)


@dataclass(frozen=True)
class Scope:
    """What is to be locked of a subject, with everything that is known of it."""

    trial: Trial
    study: StudyRecord
    case: Case
    status: SubjectStatus
    what: str

    @property
    def record(self) -> SubjectRecord:
        """The subject's record."""
        return self.case.record

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """The items under the name."""
        return tuple(one for one in items_now(self.record) if self.what in one.names)

    @cached_property
    def paths(self) -> frozenset[str]:
        """Their paths."""
        return frozenset(one.name for one in self.items)

    @cached_property
    def queries(self) -> tuple[Query, ...]:
        """Every query about the subject."""
        return queries_of(self.record, automatic_queries(self.case, self.status))

    def concerns(self, query: Query) -> bool:
        """Whether a query is about something under the name."""
        if self.what == WHOLE:
            return True
        event = self.record.event(query.item)
        encounter = event.encounter if isinstance(event, FormSubmitted | FormCorrected) else ""
        instance = query.item.split("/")[1] if query.item.count("/") == 2 else query.item
        return query.item in self.paths or self.what in names_of(query.item, encounter, instance)


def level_of(record: SubjectRecord | None, what: str) -> str:
    """At which level a name locks."""
    if record is None:
        return STUDY if what == STUDY else SITE
    if what in (WHOLE, record.subject):
        return SUBJECT
    return ITEM if what.split("/")[0] in record.items else FORM


def checklist(
    trial: Trial, study: StudyRecord, subject: str, what: str, on: date, status: SubjectStatus | None = None
) -> Checklist:
    """What a lock of data of a subject asks on a day, as the record stands."""
    case = case_of(trial, study, subject, on)
    known = status or subject_status(trial, study, subject, on)
    level = level_of(case.record, what)
    scope = Scope(trial, study, case, known, WHOLE if level == SUBJECT else what)
    return Checklist(what, level, tuple(Point(name, asks, tuple(open_(scope))) for name, asks, open_ in _at(level)))


def study_checklist(
    trial: Trial,
    study: StudyRecord,
    on: date,
    site: str | None = None,
    each: Callable[[str], Checklist] | None = None,
    enough: int | None = None,
) -> Checklist:
    """What a lock of the study, or of one site, asks: the same of every subject of it.

    A subject that is locked for good with nothing recorded since fulfilled it then. After `enough` subjects with open
    points no more are looked at.
    """
    ask = each or (lambda subject: checklist(trial, study, subject, WHOLE, on))
    found: list[tuple[str, Checklist]] = []
    for subject in sorted(name for name, record in study.subjects.items() if site in (None, record.site)):
        if not _settled(study.subjects[subject]):
            found.append((subject, ask(subject)))
        if enough is not None and sum(not one.fulfilled for _, one in found) >= enough:
            break
    points = tuple(Point(name, asks, tuple(_of_all(found, name))) for name, asks, _ in _at(SUBJECT))
    return Checklist(site or STUDY, SITE if site else STUDY, points)


def _settled(record: SubjectRecord) -> bool:
    """Whether a subject is locked for good, and nothing was recorded since."""
    lock = held_of(own_locks(record)).get(WHOLE)
    return lock is not None and lock.degree == "lock" and lock.seq == record.last_seq


def _of_all(found: Iterable[tuple[str, Checklist]], name: str) -> Iterator[str]:
    for subject, of_subject in found:
        for point in of_subject.points:
            if point.name == name:
                yield from (f"{subject}: {line}" for line in point.open)


Against = Callable[[Scope], Iterator[str]]


def open_queries(scope: Scope) -> Iterator[str]:
    """Queries that are not closed."""
    for query in scope.queries:
        if query.state != CLOSED and query.rule not in ("missing", "overdue") and scope.concerns(query):
            yield f"{query.asks} ({query.state})"


def missing_data(scope: Scope) -> Iterator[str]:
    """Planned data that are not there, and nobody said why not."""
    for query in scope.queries:
        if query.state != CLOSED and query.rule in ("missing", "overdue") and scope.concerns(query):
            yield query.asks


def unverified(scope: Scope) -> Iterator[str]:
    """Critical items that were not held against the source at the values they have."""
    plan = planned_for(scope.case.protocol, scope.case.concepts)
    labels = Labels(scope.case.concepts, [scope.case.protocol])
    for one in verifications(scope.record, plan):
        if one.item.path.concept in plan.critical and one.to_do and one.item.name in scope.paths:
            yield f"{labels.item(one.item.name)}: {one.state}"


def uncoded(scope: Scope) -> Iterator[str]:
    """Terms without a code, or with one for what was typed before."""
    for term in terms_to_code(scope.record, scope.case.concepts):
        if term.state != CODED and term.item in scope.paths:
            yield f"{term.label} “{term.typed}”: {term.state}"


def unsigned(scope: Scope) -> Iterator[str]:
    """No signature of an investigator that holds."""
    names = {WHOLE, scope.record.subject, scope.what}
    told = [one for one in scope.record.log or () if isinstance(one, Signed) and one.what in names]
    standings = [standing_of(scope.trial, scope.study, scope.record, one) for one in told if one.role in MAY_SIGN]
    if any(one.holds for one in standings):
        return
    broken = next((one for one in standings if one.broken_by), None)
    if broken and broken.broken_by:
        by = broken.broken_by
        yield f"the signature of {broken.signed.occurred} was broken by event {by.seq} of {by.occurred}"
    else:
        yield "no investigator signed it"


def unreported(scope: Scope) -> Iterator[str]:
    """Serious events of which a report is owed, or may be."""
    for clock in scope.status.clocks:
        if clock.open:
            due = f", due {clock.due:%Y-%m-%d}" if clock.due else ""
            yield f"{clock.term}: {clock.report} to the {clock.to} ({clock.state}{due})"


POINTS: tuple[tuple[str, str, tuple[str, ...], Against], ...] = (
    ("queries", "No query is open", LEVELS, open_queries),
    ("missing", "Nothing planned is missing without a reason", (FORM, SUBJECT), missing_data),
    ("verification", "What is critical is verified at its present value", LEVELS, unverified),
    ("coding", "Every term is coded", LEVELS, uncoded),
    ("signature", "An investigator signed it, and nothing changed since", (FORM, SUBJECT), unsigned),
    ("serious events", "Every report of a serious event was sent", (SUBJECT,), unreported),
)
"""What is asked before a lock, at which levels."""


def _at(level: str) -> tuple[tuple[str, str, Against], ...]:
    return tuple((name, asks, against) for name, asks, levels, against in POINTS if level in levels)
