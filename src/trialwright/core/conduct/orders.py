"""What happened though it should not have: each is kept, and a finding names the earlier event that it contradicts.

Which of two events is wrong only a person can tell; the one found wrong is corrected or voided. What cannot be a fact
at all is refused at the door (`facts`, `forms`). docs/explanation/impossible-orders.md lists both. Read
`contradictions`, then `ORDERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from itertools import pairwise

from trialwright.core.conduct.forms import IN_ORDER
from trialwright.core.ledger import (
    ConsentGiven,
    ConsentWithdrawn,
    CourseStarted,
    Event,
    Missing,
    StudyLeft,
    SubjectRegistered,
    SubjectTransferred,
    TreatmentEnded,
)
from trialwright.core.subject import (
    Case,
    Course,
    Observation,
    by_day,
    consent_to_version,
    consented,
    known_on,
    left,
    observations,
    treatment_over,
    why_left,
    withdrawn,
)
from trialwright.core.subject.standing import encounters_of, held_of, names_of, own_locks, widest
from trialwright.core.terms import Finding, PartialDate, Severity

Two = tuple[Event, str, Event]
"""The later event, what it says that does not go with the earlier one, and the earlier one."""

AFTERWARDS = frozenset(
    {"death", "drug_return", "safety_report", "custody", "assay", "specimen", "deviation_assessment"}
)
"""What may be recorded of a time after death or leaving: nobody need come for it."""


def contradictions(case: Case, on: date) -> tuple[Finding, ...]:
    """Every contradiction between events up to a day, each naming both."""
    found = (two for look in ORDERS for two in look(case, on))
    return tuple(dict.fromkeys(_finding(*two) for two in found))


def _finding(later: Event, says: str, earlier: Event) -> Finding:
    before = f"{type(earlier).__name__} of {earlier.occurred} (event {earlier.id or 'not numbered'})"
    return Finding(
        about=later.id,
        says=f"{says} It contradicts {before}.",
        matters="Both are kept; which of the two is wrong cannot be told from the record.",
        do="Ask the site; correct or void the one that is wrong, or leave both where both are true.",
        severity=Severity.WARNING,
    )


def _when(event: Event) -> tuple[date, str]:
    """Which of two events is the earlier one: by what happened, not by which was entered first."""
    return event.occurred, event.id


# --- doses -----------------------------------------------------------------------------------------------------------


def _taken(case: Case, on: date) -> list[tuple[Observation, date, date]]:
    """Each exposure with its first and last day, where they are known to the day; worked out once for each day."""
    key = ("taken", on)
    if key not in case.memo:
        case.memo[key] = _exposures(case, on)
    found: list[tuple[Observation, date, date]] = case.memo[key]
    return found


def _exposures(case: Case, on: date) -> list[tuple[Observation, date, date]]:
    found = []
    for one in observations(case.record, "exposure", on):
        first, last = one.date_of("first_dose"), one.date_of("last_dose")
        if first and first.exact:
            found.append((one, first.exact, last.exact if last and last.exact else first.exact))
    return found


def dose_before_registration(case: Case, on: date) -> Iterator[Two]:
    """A dose was taken before the subject was registered."""
    registered = known_on(case.record, on).registered
    for one, first, _ in _taken(case, on):
        if registered is not None and first < registered.occurred:
            says = f"The first dose of course {one.text('course')} is of {first}, before the registration."
            yield one.event, says, registered


def dose_after_the_end(case: Case, on: date) -> Iterator[Two]:
    """A dose was taken after treatment was over."""
    over = treatment_over(case.record, on)
    for one, _, last in _taken(case, on):
        if over is not None and last > over.occurred:
            yield one.event, f"A dose was taken on {last}, after treatment was over ({why_left(over)}).", over


def dose_before_its_course(case: Case, on: date) -> Iterator[Two]:
    """A dose of a course was taken before the day on which the course was decided."""
    decided = {(one.drug, one.course): one for one in known_on(case.record, on).of_kind(CourseStarted)}
    for one, first, _ in _taken(case, on):
        number = one.text("course")
        start = decided.get((one.text("drug"), int(number))) if number.isdigit() else None
        if start is not None and first < start.occurred:
            yield one.event, f"A dose of course {number} is of {first}, before the course was started.", start


def one_course_twice(case: Case, on: date) -> Iterator[Two]:
    """Two entries say that one course was taken on the same days: one of them has another day 1."""
    by_course: dict[tuple[str, str], list[tuple[Observation, date, date]]] = {}
    for each in _taken(case, on):
        by_course.setdefault((each[0].text("drug"), each[0].text("course")), []).append(each)
    for (drug, course), found in by_course.items():
        for (one, first, last), (other, again, _) in pairwise(sorted(found, key=lambda each: each[1:])):
            if again <= last:
                early, late = sorted((one.event, other.event), key=_when)
                says = f"Course {course} of {drug} has a dose on {again} by two entries; the first is of {first}."
                yield late, says, early


def courses_out_of_order(case: Case, on: date) -> Iterator[Two]:
    """A course began before one of a lower number began or was over, or with the one before it left out."""
    for drug in dict.fromkeys(one.drug for one in case.courses(on)):
        courses = sorted(case.courses(on, drug), key=lambda one: one.number)
        for before, after in pairwise(courses):
            early, late = sorted([*_told(before), *_told(after)], key=_when)
            if after.day_1 <= before.day_1 or (before.last_dose and after.day_1 <= before.last_dose):
                says = f"Course {after.number} began on {after.day_1}, course {before.number} on {before.day_1}"
                until = f" with a dose on {before.last_dose}" if before.last_dose else ""
                yield late, f"{says}{until}.", early
            elif after.number != before.number + 1:
                says = f"Course {after.number} began on {after.day_1}; course {before.number + 1} is not recorded."
                yield late, says, early


def _told(course: Course) -> list[Event]:
    """What says that there was a course: what was taken of it, else the decision to start it."""
    told = [course.taken.event] if course.taken else [course.decided]
    return [one for one in told if one is not None]


# --- death and leaving -----------------------------------------------------------------------------------------------


def after_death(case: Case, on: date) -> Iterator[Two]:
    """Something was done, taken or begun after the day of death; or the subject was said to be alive, or consented."""
    died, told = case.died(on), _death(case, on)
    if died is None or told is None:
        return
    for one, day in _after(case, died, on):
        if not (one.concept == "vital_status" and one.text("value") == "dead"):
            yield one.event, f"{one.concept} is of {day}, after the death on {died}.", told
    for event in known_on(case.record, on).of_kind(ConsentGiven):
        if event.occurred > died:
            yield event, f"Consent is of {event.occurred}, after the death on {died}.", told


def _death(case: Case, on: date) -> Event | None:
    told = [one for one in observations(case.record, "death", on) if one.values]
    told += [one for one in observations(case.record, "vital_status", on) if one.text("value") == "dead"]
    first = min(told, key=lambda one: (one.on.latest, _when(one.event)), default=None)
    return first.event if first else None


def _after(case: Case, since: date, on: date) -> Iterator[tuple[Observation, PartialDate]]:
    """What was done with the subject after a day, with its day; a missed visit, or a review of papers, is nothing."""
    for concept in case.record.items:
        if concept in AFTERWARDS or concept.endswith("_review"):
            continue
        for one in observations(case.record, concept, on):
            if concept == "exposure" or one.on.earliest > since:
                day = _day(one)
                if day.earliest > since and one.yes("done") is not False and _says_anything(one):
                    yield one, day


def _day(one: Observation) -> PartialDate:
    """The day it was; of doses, which are written down later, the last one."""
    return one.date_of("last_dose") or one.date_of("first_dose") or one.on


def _says_anything(one: Observation) -> bool:
    return any(value is not None and not isinstance(value, Missing) for value in one.values.values())


def after_leaving(case: Case, on: date) -> Iterator[Two]:
    """Something was done after the subject had left the study, or refused it."""
    gone, since = _gone(case, on)
    if gone is None or since is None:
        return
    looked_up = consented(case.record, "public records", on) or isinstance(gone, StudyLeft)
    for one, day in _after(case, since, on):
        if not (one.concept == "vital_status" and looked_up):
            yield one.event, f"{one.concept} is of {day}; the subject is off study: {why_left(gone)}.", gone


def _gone(case: Case, on: date) -> tuple[StudyLeft | ConsentWithdrawn | None, date | None]:
    """By what the subject is off study, and since when; who refuses follow-up is, once treatment is over."""
    gone, over = left(case.record, on), treatment_over(case.record, on)
    if gone is not None:
        return gone, gone.occurred
    refused = withdrawn(case.record, "follow-up", on)
    return (refused, max(refused.occurred, over.occurred)) if refused and over else (None, None)


# --- entry, birth, locks, sites --------------------------------------------------------------------------------------


def entered_without_consent(case: Case, on: date) -> Iterator[Two]:
    """The subject was registered before the day of consent to that version, as it is known now."""
    registered = known_on(case.record, on).registered
    if registered is None or consent_to_version(case.record, registered.version, registered.occurred):
        return
    gone = withdrawn(case.record, "study", registered.occurred)
    earlier: Event | None = gone or _consent_event(case)
    if earlier is not None and earlier is not registered:
        says = f"Registered on {registered.occurred} under version {registered.version}, to which no consent held then."
        early, late = sorted((earlier, registered), key=_when)
        yield late, says, early


def _consent_event(case: Case) -> Event | None:
    told = observations(case.record, "consent_date")
    given = case.record.of_kind(ConsentGiven)
    return max([*(one.event for one in told), *given], key=_when, default=None)


def ended_before_it_began(case: Case, on: date) -> Iterator[Two]:
    """Treatment or study ended before the registration."""
    known = known_on(case.record, on)
    registered = known.registered
    for event in (*known.of_kind(TreatmentEnded), *known.of_kind(StudyLeft)):
        if isinstance(registered, SubjectRegistered) and event.occurred < registered.occurred:
            yield event, f"{type(event).__name__} is of {event.occurred}, before the registration.", registered


def before_birth(case: Case, on: date) -> Iterator[Two]:
    """Something is of a day before the subject was born."""
    born = next(reversed([one for one in observations(case.record, "birth_date", on) if one.date_of("value")]), None)
    birth = born.date_of("value") if born else None
    if born is None or birth is None:
        return
    for concept in case.record.items:
        for one in observations(case.record, concept, on):
            days = [day for name in one.values if name != "value" and (day := one.date_of(name))]
            early = [day for day in days if day.latest < birth.earliest]
            if early and concept != "birth_date":
                yield one.event, f"{concept} is of {early[0]}, before the birth in {birth}.", born.event


def end_before_start(case: Case, on: date) -> Iterator[Two]:
    """An end that was entered, or corrected, to lie before its start."""
    for concept in case.record.items:
        named = {field.id for field in case.concepts[concept].fields} if concept in case.concepts else set()
        pairs = [pair for pair in IN_ORDER if named.issuperset(pair)]
        for one in observations(case.record, concept, on) if pairs else ():
            for first, second in pairs:
                if first in one.values and second in one.values:
                    before, after = one.date_of(first), one.date_of(second)
                    if before and after and after.latest < before.earliest:
                        ends = (one.history[name][-1].event for name in (first, second))
                        early, late = sorted(ends, key=_when)
                        yield late, f"The {second} of {concept} {one.instance} is {after}; its {first} {before}.", early


def after_a_lock(case: Case, on: date) -> Iterator[Two]:
    """Something was recorded for the first time under a lock that holds."""
    held = held_of([*case.site.locks, *own_locks(case.record)])
    if not held:
        return
    for concept in case.record.items:
        for one in observations(case.record, concept, on):
            for name, entries in one.history.items():
                lock = widest(held, names_of(f"{concept}/{one.instance}/{name}", *encounters_of(one)))
                if lock is not None and entries[-1].event.seq > lock.seq:
                    says = f"{concept}/{one.instance}/{name} was recorded after {lock.what} was locked by {lock.actor}."
                    yield entries[-1].event, says, lock


def transferred_without_approval(case: Case, on: date) -> Iterator[Two]:
    """The version the subject is on is not approved at the site it went to."""
    moves = [one for one in case.record.of_kind(SubjectTransferred) if one.occurred <= on]
    last = max(moves, key=by_day, default=None)
    version = case.protocol.version
    if last is not None and case.site.approved(version, last.occurred) is None:
        registered = case.record.registered or case.record.milestones[0]
        why = case.site.why_not_approved(version, last.occurred)
        yield last, f"Version {version}, which the subject is on, is not approved at {last.to}: {why}.", registered


ORDERS: tuple[Callable[[Case, date], Iterator[Two]], ...] = (
    dose_before_registration,
    dose_before_its_course,
    dose_after_the_end,
    one_course_twice,
    courses_out_of_order,
    after_death,
    after_leaving,
    entered_without_consent,
    ended_before_it_began,
    before_birth,
    end_before_start,
    after_a_lock,
    transferred_without_approval,
)
"""What is looked for, each by itself."""
