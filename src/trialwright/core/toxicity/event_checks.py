"""What is wrong with adverse events as entered: names, grades, dates, seriousness, attribution, recurrence.

A contradiction is told with the entry it contradicts (its id and day). Where it bears on whether the event is over, the
event counts as going on; where it bears on the relation or on seriousness, the graver of the two words counts.
Read `CHECKS`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from trialwright.core.ledger import FormCorrected
from trialwright.core.subject import Case, Observation, observations
from trialwright.core.subject.items import Entry
from trialwright.core.terms import Finding, Grade, Severity
from trialwright.core.toxicity.event_grades import (
    OVER,
    GradeSpan,
    number_of,
    said_end,
    said_ongoing_since,
    table_at,
)
from trialwright.core.toxicity.events import CRITERIA, AdverseEvent, adverse_events, drugs_of, event_of, withdrawn
from trialwright.core.toxicity.table import ToxicityTable


@dataclass(frozen=True)
class Looked:
    """An event with all that a check looks at."""

    event: AdverseEvent
    entered: Observation
    others: tuple[AdverseEvent, ...]
    case: Case
    table: ToxicityTable
    on: date

    @property
    def called(self) -> str:
        """How the event is named in a finding."""
        return f"{self.event.reported or 'An adverse event without a name'} (adverse event {self.event.id})"

    def wrong(
        self, says: str, matters: str, do: str, severity: Severity = Severity.WARNING, about: str = ""
    ) -> Finding:
        """A finding about the event; `says` goes on after its name."""
        return Finding(about or self.event.event, f"{self.called} {says}", matters, do, severity=severity)

    def entry(self, name: str) -> str:
        """When and by which event a field of the adverse event was entered last."""
        given = self.entered.history.get(name, ())
        return told_entry(given[-1]) if given else "never entered"


def told_entry(entry: Entry) -> str:
    """The day of an entry and the id of the event that brought it."""
    return f"entered {entry.event.occurred}, event {entry.event.id}"


def event_findings(case: Case, table: ToxicityTable, on: date) -> Iterator[Finding]:
    """What is wrong with the adverse events as known on a day, and rows that belong to no event."""
    events = adverse_events(case, table, on)
    for event in events:
        assert event.entered is not None
        looked = Looked(event, event.entered, events, case, table, on)
        for check in CHECKS:
            yield from check(looked)
    yield from _of_no_event(case, {one.id for one in events}, on)


# --- name and grade -----------------------------------------------------------------------------------------------


def _term(looked: Looked) -> Iterator[Finding]:
    """A name the table lacks, with the near misses."""
    table, reported = looked.table, looked.event.reported
    given = looked.entered.history.get("grade", ())
    used = table_at(looked.case, given[0] if given else None, table)
    if table.term(reported) is not None or used.term(reported) is not None:
        return
    close = difflib.get_close_matches(reported.capitalize(), table.by_part, n=3, cutoff=0.6)
    near = list(dict.fromkeys(table.by_part[part] for part in close))
    yield Finding(
        about=looked.event.event,
        says=f"{reported or 'An adverse event without a name'} is no term of {table.standard}.",
        matters="It is counted under the name and grade reported, apart from the table's terms.",
        do=f"Choose a term of the table{': ' + ', '.join(near) if near else ''}.",
        severity=Severity.WARNING if reported else Severity.ERROR,
    )


def _renamed(looked: Looked) -> Iterator[Finding]:
    """A term that a later entry changed without correcting it."""
    entries = looked.entered.history.get("term", ())
    for before, after in pairwise(entries):
        if not isinstance(after.event, FormCorrected) and str(before.value) != str(after.value):
            yield looked.wrong(
                f"was called {before.value} before ({told_entry(before)}).",
                f"It is one event, counted as {looked.event.reported} from its onset, and so are its earlier grades.",
                "Correct the term if it was wrong; enter another event if the first one ended and this is a new one.",
            )


def _grades(looked: Looked) -> Iterator[Finding]:
    """A grade the term does not have in the table it was given under, and two grades of one day."""
    for span in looked.event.spans:
        if span.grade is None and len(span.entered) > 1:
            yield _two_of_a_day(looked, span)
        elif span.grade is None:
            yield _no_such_grade(looked, span)


def _two_of_a_day(looked: Looked, span: GradeSpan) -> Finding:
    grades = " and ".join(str(one) for one in span.entered)
    return looked.wrong(
        f"has grades {grades} from {span.since} on.",
        "They contradict each other, so its grade stands as unknown, and a dose that depends on it is not released.",
        "Correct the grade or the day that is wrong.",
        Severity.ERROR,
    )


def _no_such_grade(looked: Looked, span: GradeSpan) -> Finding:
    entries = looked.entered.history.get("grade", ())
    used = table_at(looked.case, entries[0] if entries else None, looked.table)
    term = used.term(looked.event.reported) or looked.table.term(looked.event.reported)
    grades = ", ".join(str(grade) for grade in (term.grades if term else (1, 2, 3, 4, 5)))
    entered = number_of(span.entered[0])
    told = "no grade" if entered is None else f"grade {entered}, which does not exist for it"
    return Finding(
        about=looked.event.event,
        says=f"{looked.event.reported} was reported with {told} in {span.standard}.",
        matters="Its grade stands as unknown, and a dose that depends on it is not released.",
        do=f"Enter one of its grades: {grades}.",
    )


# --- dates --------------------------------------------------------------------------------------------------------


def _dates(looked: Looked) -> Iterator[Finding]:
    """A missing onset, an end that is only said."""
    named, entered = looked.event.reported or "An adverse event", looked.entered
    if entered.date_of("start") is None:
        yield Finding(
            about=looked.event.event,
            says=f"{named} has no start date.",
            matters=f"It is counted from {entered.on}, the day it was entered, and may have begun before treatment.",
            do="Enter the start date, to the month or the year if no more is known.",
            severity=Severity.WARNING,
        )
    if entered.date_of("end") is None and said_end(entered) is not None:
        yield Finding(
            about=looked.event.event,
            says=f"{named} is said to be over and has no end date.",
            matters=f"It is counted until {said_end(entered)}, the day that was entered.",
            do="Enter the end date, to the month or the year if no more is known.",
            severity=Severity.WARNING,
        )


GOES_ON = "It counts as going on, and a dose that depends on its end is not released."


def _end_before_onset(looked: Looked) -> Iterator[Finding]:
    end, onset = said_end(looked.entered), looked.event.onset
    if end is not None and end.latest < onset.earliest:
        yield looked.wrong(
            f"is said to have ended on {end}, before its onset on {onset} ({looked.entry('start')}).",
            GOES_ON,
            "Correct the start or the end date.",
            Severity.ERROR,
        )


def _grade_out_of_time(looked: Looked) -> Iterator[Finding]:
    """A change of grade before the onset or after the end."""
    end, onset = said_end(looked.entered), looked.event.onset
    for row in looked.event.rows:
        if row.on.latest < onset.earliest:
            yield looked.wrong(
                f"has grade {row.text('grade')} from {row.on} on, "
                f"before its onset on {onset} ({looked.entry('start')}).",
                "The grade counts from its own day, so that nothing is overlooked.",
                "Correct the start date or the day of the grade.",
                Severity.ERROR,
                row.event.id,
            )
        if end is not None and onset.earliest <= end.latest < row.on.earliest:
            yield looked.wrong(
                f"has grade {row.text('grade')} from {row.on} on, after its end on {end} ({looked.entry('end')}).",
                GOES_ON,
                "Correct the end date or the day of the grade; enter a new event that comes back from this one.",
                Severity.ERROR,
                row.event.id,
            )


def _ongoing_and_over(looked: Looked) -> Iterator[Finding]:
    """Said to go on, and said to be over, in one form or in the wrong order."""
    if said_ongoing_since(looked.entered):
        yield looked.wrong(
            f"is said to go on ({looked.entry('ongoing')}) and has the end date {looked.entered.text('end')} "
            f"({looked.entry('end')}).",
            GOES_ON,
            "Correct one of the two.",
            Severity.ERROR,
        )


def _outcome(looked: Looked) -> Iterator[Finding]:
    """An outcome that the dates or the grade contradict."""
    entered, outcome = looked.entered, looked.event.outcome
    if outcome in OVER and entered.yes("ongoing") and not said_ongoing_since(entered):
        yield looked.wrong(
            f"has the outcome {outcome.replace('_', ' ')} and is said to go on ({looked.entry('ongoing')}).",
            GOES_ON if said_end(entered) is None else "It is counted until the end date that was entered.",
            "Correct the outcome or whether it goes on.",
        )
    if outcome in ("recovering", "not_recovered") and entered.date_of("end") is not None:
        yield looked.wrong(
            f"has the outcome {outcome.replace('_', ' ')} and the end date {entered.text('end')}.",
            "It is counted until the end date that was entered.",
            "Correct the outcome or the end date.",
        )


def _death(looked: Looked) -> Iterator[Finding]:
    """Grade 5, a fatal outcome and a recorded death belong together."""
    event, fatal = looked.event, looked.event.outcome == "fatal"
    fives = [one for one in event.spans if one.grade == Grade(5)]
    died = looked.case.died(looked.on)
    if fives and event.outcome and not fatal:
        yield looked.wrong(
            f"has grade 5 and the outcome {event.outcome.replace('_', ' ')} ({looked.entry('outcome')}).",
            "Grade 5 is death; it counts as a death until it is corrected.",
            "Correct the grade or the outcome.",
            Severity.ERROR,
        )
    if fatal and not fives:
        yield looked.wrong(
            f"was fatal and has no grade 5 in {looked.table.standard}.",
            "It counts as a death by its outcome, with the grade that was given.",
            "Enter grade 5 from the day of death on, or correct the outcome.",
        )
    if (fatal or fives) and died is None:
        yield looked.wrong(
            "is a death, and no death of the subject is recorded.",
            "Survival and what is due go by the recorded death.",
            "Enter the death with its date, or correct the grade and the outcome.",
            Severity.ERROR,
        )
    if fives and died is not None and fives[0].since.earliest > died:
        yield looked.wrong(
            f"has grade 5 from {fives[0].since} on; the subject died on {died}.",
            "One of the two dates is wrong.",
            "Correct the day of the grade or the date of death.",
            Severity.ERROR,
        )


# --- seriousness, attribution, recurrence -------------------------------------------------------------------------


def _seriousness(looked: Looked) -> Iterator[Finding]:
    """Serious without a reason, and a reason without seriousness."""
    event, stated = looked.event, looked.entered.yes("serious")
    if stated and not event.criteria:
        yield looked.wrong(
            "is serious, and nobody said by which criterion.",
            "Reports of serious events and the registry ask for it.",
            f"Enter which holds: {', '.join(CRITERIA.values())}.",
        )
    if stated is False and event.criteria:
        yield looked.wrong(
            f"is said not to be serious ({looked.entry('serious')}) and meets: {', '.join(event.criteria)}.",
            "It counts as serious until it is corrected, so that no report is late.",
            "Correct the answer or the criterion.",
            Severity.ERROR,
        )


def _attribution(looked: Looked) -> Iterator[Finding]:
    """A drug that is not under study, a drug attributed twice, an answer that contradicts the attributions."""
    event, drugs = looked.event, drugs_of(looked.case)
    said: dict[str, str] = {}
    for one in event.attributions:
        if one.drug not in drugs:
            yield looked.wrong(
                f"is attributed to {one.drug or 'no drug'}, which this subject is not given under the protocol.",
                "The attribution is kept and does not tell whether the event is related to a drug under study.",
                f"Name one of {', '.join(sorted(drugs))}, or enter it as medication.",
                about=one.event,
            )
        elif said.setdefault(one.drug, one.relation) != one.relation:
            yield looked.wrong(
                f"is attributed to {one.drug} twice: {said[one.drug]} and {one.relation}.",
                "It counts as related if either word says so.",
                "Correct the one that is wrong.",
                about=one.event,
            )
    related = {one.related for one in event.attributions if one.drug in drugs}
    stated = looked.entered.yes("related")
    if related and stated is not None and (True in related) is not stated and (stated or True in related):
        words = ", ".join(f"{one.relation} to {one.drug}" for one in event.attributions if one.drug in drugs)
        yield looked.wrong(
            f"is said {'' if stated else 'not '}to be related ({looked.entry('related')}) and is {words}.",
            "It counts as related until it is corrected.",
            "Correct the answer or the attribution.",
        )


def _recurrence(looked: Looked) -> Iterator[Finding]:
    """A recurrence of an event that is not there, is later, is not over, or is another."""
    event = looked.event
    if not event.recurrence_of:
        return
    first = next((one for one in looked.others if one.id == event.recurrence_of), None)
    if first is None or first.id == event.id:
        told = "itself" if first else f"adverse event {event.recurrence_of}, which there is not"
        yield looked.wrong(
            f"is said to come back from {told}.",
            "It counts as an event of its own.",
            f"Name one of: {', '.join(one.id for one in looked.others if one.id != event.id) or 'none is entered'}.",
        )
        return
    why = _why_no_recurrence(event, first)
    if why:
        yield looked.wrong(
            f"is said to come back from adverse event {first.id}, {first.reported} of {first.onset} ({why}).",
            "Both are counted with their own dates; the link between them is not certain.",
            "Correct the dates, the term or the link; a worse grade of one event is a change of its grade.",
        )


def _why_no_recurrence(event: AdverseEvent, first: AdverseEvent) -> str:
    if first.onset.earliest > event.onset.latest:
        return "it began later"
    if first.end is None or first.end.earliest > event.onset.latest:
        return f"event {first.event}: it was not over by {event.onset}"
    return "" if first.term == event.term else f"it is another term than {event.term}"


def _versions(looked: Looked) -> Iterator[Finding]:
    """Grades of one event given under two tables."""
    standards = list(dict.fromkeys(one.standard for one in looked.event.spans))
    if len(standards) > 1:
        yield looked.wrong(
            f"has grades given under {' and '.join(standards)}.",
            "Each keeps the version it was given under; the worst of them is told apart by version.",
            "Nothing, unless a grade should be given anew under the present version.",
            Severity.NOTE,
        )


CHECKS: tuple[Callable[[Looked], Iterator[Finding]], ...] = (
    _term,
    _renamed,
    _grades,
    _dates,
    _end_before_onset,
    _grade_out_of_time,
    _ongoing_and_over,
    _outcome,
    _death,
    _seriousness,
    _attribution,
    _recurrence,
    _versions,
)
"""What is looked at in every adverse event, in this order."""


def _of_no_event(case: Case, known: set[str], on: date) -> Iterator[Finding]:
    """Grades and attributions that name an event which is not there."""
    for concept, what in (("adverse_event_grade", "grade"), ("adverse_event_attribution", "attribution")):
        for row in observations(case.record, concept, on):
            if not withdrawn(row) and event_of(row) not in known:
                yield Finding(
                    about=row.event.id,
                    says=f"The {what} {row.text('grade') or row.text('relation')} of {row.on} is of adverse "
                    f"event {event_of(row)}, which there is not.",
                    matters="It is kept and counts for nothing.",
                    do=f"Correct the number; entered are: {', '.join(sorted(known)) or 'none'}.",
                )
