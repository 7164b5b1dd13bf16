"""What is wrong with the recorded calendar: done twice, before what it counts from, under a name nobody knows.

Each finding names what it contradicts: the other event and its date. Visits outside their window or missed are
deviations and told there. Read `schedule_findings`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches
from itertools import pairwise

from trialwright.core.ledger import FormSubmitted
from trialwright.core.schedule.matching import Contact
from trialwright.core.schedule.naming import visit_called
from trialwright.core.schedule.undated import undated
from trialwright.core.schedule.visits import Visit, matched, visits
from trialwright.core.subject import Case, observations
from trialwright.core.terms import Finding, Severity, Verdict


def unscheduled(case: Case, on: date) -> tuple[Contact, ...]:
    """Contacts nobody planned, such as a visit between two others, in order of their day."""
    return tuple(one for one in matched(case, on).unscheduled if one.done)


def schedule_findings(case: Case, on: date) -> tuple[Finding, ...]:
    """Everything in the recorded calendar that cannot be as it stands, and every planned day that nobody can tell."""
    return (
        *_done_again(case, on),
        *_said_twice(case, on),
        *_before_its_start(case, on),
        *_day_not_known(case, on),
        *_of_no_encounter(case, on),
        *_not_datable(case, on),
    )


def _done_again(case: Case, on: date) -> Iterator[Finding]:
    planned = {one.key: one for one in visits(case, on)}
    known = matched(case, on)
    for key, contact in known.again:
        first, visit = known.of.get(key), planned.get(key)
        label = visit_called(case.protocol, key)
        other = f"; it was already done on {first.on or first.day} (event {first.event.id})" if first else ""
        yield Finding(
            about=contact.event.id,
            says=f"{label} was recorded as {contact.key!r} on {contact.on or contact.day}{other}.",
            matters="One planned visit has one day; the later record counts as unscheduled.",
            do="Record it as an unscheduled visit, or correct the one that is wrong.",
            clause=visit.encounter.id if visit else None,
            severity=Severity.WARNING,
        )


def _said_twice(case: Case, on: date) -> Iterator[Finding]:
    """A visit entered a second time with another day, where nobody said that the first was wrong."""
    for one in observations(case.record, "visit", on):
        entries = [entry for entry in one.history.get("on", ()) if isinstance(entry.event, FormSubmitted)]
        for earlier, later in pairwise(entries):
            if earlier.value != later.value:
                yield Finding(
                    about=later.event.id,
                    says=f"{visit_called(case.protocol, one.instance)} was entered for {later.value}, and before "
                    f"that for {earlier.value} (event {earlier.event.id}, entered as of {earlier.event.occurred}).",
                    matters="The later entry counts, though nobody said that the first was wrong.",
                    do="Correct the wrong day with a reason, or record the second contact as unscheduled.",
                    severity=Severity.WARNING,
                )


def _before_its_start(case: Case, on: date) -> Iterator[Finding]:
    """Done before the day it counts from: day 15 of a course that had not begun, a follow-up before the last dose."""
    of = matched(case, on).of
    for one in visits(case, on):
        start = _first_possible(one)
        contact = of.get(one.key)
        if contact and one.done_in and start and one.done_in.on_or_before(start) is Verdict.MET:
            yield Finding(
                about=contact.event.id,
                says=f"{visit_called(case.protocol, one.key)} is recorded as done on {one.done_in}, "
                f"before {one.since}, the day it counts from ({one.because[0].saw}).",
                matters="It cannot be that visit; its data would count for another time.",
                do="Correct the day or the visit it was entered at.",
                clause=one.encounter.id,
                severity=Severity.WARNING,
            )


def _first_possible(one: Visit) -> date | None:
    """The last day on which it is still too early: none for what lies before or around its anchor."""
    if one.since is None or one.encounter.before or one.earliest <= one.since:
        return None
    return one.since


def _day_not_known(case: Case, on: date) -> Iterator[Finding]:
    of = matched(case, on).of
    for one in visits(case, on):
        if one.state == "done" and one.done_on is None and one.key in of:
            yield Finding(
                about=of[one.key].event.id,
                says=f"{visit_called(case.protocol, one.key)} was done on {one.done_in or 'a day nobody recorded'}; "
                f"its window was {one.earliest} to {one.latest}.",
                matters="Without the day nobody can say whether it was in its window."
                if one.in_window is None
                else "What was measured at it has no day.",
                do="Enter the day.",
                clause=one.encounter.id,
                severity=Severity.WARNING,
            )


def _of_no_encounter(case: Case, on: date) -> Iterator[Finding]:
    """A visit that names an encounter the protocol does not have; an unscheduled one names none."""
    known = [one.id for one in case.protocol.encounters]
    for one in unscheduled(case, on):
        if not one.encounter or one.encounter in known or one.encounter == "unscheduled":
            continue
        near = get_close_matches(one.encounter, known, 1)
        yield Finding(
            about=one.event.id,
            says=f"The visit {one.key} of {one.on or one.day} names the encounter {one.encounter!r}, "
            f"which this version of the protocol does not have.{f' Is {near[0]} meant?' if near else ''}",
            matters="It counts as unscheduled, and the visit it may have been stays open.",
            do="Correct the encounter, or leave it out for an unscheduled visit.",
            severity=Severity.WARNING,
        )


def _not_datable(case: Case, on: date) -> Iterator[Finding]:
    """What counts from something that happened and has no day: somebody can tell it."""
    gaps = {(one.waits_for, one.because[0].saw.split(", so that")[0]): one for one in undated(case, on) if one.happened}
    for (waits_for, why), one in gaps.items():
        labels = [each.encounter.label for each in undated(case, on) if each.waits_for == waits_for]
        yield Finding(
            about=case.record.subject,
            says=f"{', '.join(dict.fromkeys(labels))}: {why}.",
            matters="They are planned, but on no day.",
            do=f"Enter {waits_for.replace('_', ' ')} to the day.",
            clause=one.encounter.id,
            severity=Severity.WARNING,
        )
