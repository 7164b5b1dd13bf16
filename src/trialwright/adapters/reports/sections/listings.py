"""Listings: what was recorded, participant by participant (ICH E3, 16.2). Deaths and serious events are listed with
their chapter; here are screening failures, courses, deviations, assessments, adverse events and medication.

A listing groups the rows of a participant under the id, which stands again where a page breaks. Read
`listing_sections`.
"""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.analysis.events import Event
from trialwright.adapters.reports.analysis.listed import Assessed, CourseGiven, Taken
from trialwright.adapters.reports.document import Section, Table
from trialwright.adapters.reports.sections.events import ANSWERS, NO_EVENT, asks_for_events, grade_words, study_day
from trialwright.adapters.reports.sections.running import deviation_listing
from trialwright.adapters.reports.text import code_words, day, number, sentence
from trialwright.core.terms import Verdict
from trialwright.core.toxicity import short_name

SHORT = {Verdict.MET: "yes", Verdict.NOT_MET: "no", Verdict.UNKNOWN: "not known"}


def listing_sections(analysis: Analysis) -> Iterator[Section]:
    """The listings of what the study records."""
    yield Section("listing-screening", "Screening failures", (_failures(analysis),))
    if analysis.listed.courses:
        yield Section("listing-doses", "Courses", (_courses(analysis),))
    yield Section("listing-deviations", "Deviations", (deviation_listing(analysis),))
    if analysis.response is not None or analysis.listed.assessed:
        yield Section("listing-response", "Response at each assessment", (_assessments(analysis),))
    if analysis.events.events or asks_for_events(analysis):
        yield Section("listing-events", "Adverse events", (_events(analysis),))
    if analysis.listed.medications or _asks_for_medication(analysis):
        yield Section("listing-medication", "Concomitant medication", (_medications(analysis),))


def _asks_for_medication(analysis: Analysis) -> bool:
    return any("medication" in one.collect for one in analysis.gathered.protocol.encounters)


def _failures(analysis: Analysis) -> Table:
    rows = tuple(
        (one.subject, day(one.on), one.clause or "none recorded", sentence(one.words) or "No reason recorded")
        for one in analysis.listed.failures
    )
    return Table(
        "listing-screening-failures",
        "Screening failures and the criteria that were not met",
        ("Participant", "Day", "Clause", "Its words"),
        rows,
        "llll",
        empty="Nobody failed screening by the cut-off.",
    )


def _courses(analysis: Analysis) -> Table:
    return Table(
        "listing-courses",
        "Every course and its dose",
        ("Participant", "Group", "Drug", "Course", "First dose", "Last dose", "Dose", "Days taken"),
        tuple(_course_row(one) for one in analysis.listed.courses),
        "lllrllrr",
        stub=True,
        empty="No course was begun by the cut-off.",
    )


def _course_row(one: CourseGiven) -> tuple[str, ...]:
    dose = one.dose if one.decided else f"{one.dose} (no decision recorded)"
    days = "not recorded" if one.days is None else str(one.days)
    last = day(one.last_dose, "not recorded")
    return one.subject, one.group, one.drug, str(one.course), day(one.day_1), last, dose, days


def _assessments(analysis: Analysis) -> Table:
    return Table(
        "listing-assessments",
        "Response at every assessment",
        ("Participant", "Group", "Day", "Response", "Change of the score", "Why"),
        tuple(_assessed_row(one) for one in analysis.listed.assessed),
        "llllrl",
        stub=True,
        empty="No assessment was recorded by the cut-off.",
    )


def _assessed_row(one: Assessed) -> tuple[str, ...]:
    told = one.assessment
    change = "no score" if told.ratio is None else f"{number(float(100 * (told.ratio - 1)))}%"
    response = sentence(told.response.value) + (", not confirmed: may be a flare" if told.unconfirmed else "")
    return one.subject, one.group, day(told.on), response, change, sentence(told.why) or "No reason recorded"


def _events(analysis: Analysis) -> Table:
    return Table(
        "listing-adverse-events",
        "Every adverse event as entered",
        ("Participant", "Group", "Term", "From", "To", "Day", "Grade", "New", "Related", "Serious", "Action, outcome"),
        tuple(_event_row(one) for one in analysis.events.events),
        "lllllrrllll",
        (
            "Grade is the worst it had; new: it came or worsened from the first dose to the end of the safety time. "
            "Day is the day of treatment on which it began, the day before the first dose being day minus one.",
        ),
        stub=True,
        empty=NO_EVENT,
    )


def _event_row(one: Event) -> tuple[str, ...]:
    event = one.event
    other = event.reported and short_name(event.reported) not in (event.term, short_name(event.term))
    term = sentence(event.term) + (f" (entered as: {event.reported})" if other else "")
    became = ", ".join(code_words(each) for each in (event.action, event.outcome) if each)
    return (
        one.subject,
        one.group,
        term,
        day(event.onset),
        day(event.end, "going on"),
        study_day(one),
        grade_words(one),
        SHORT[one.emergent],
        ANSWERS[event.related],
        ANSWERS[event.serious],
        became or "not recorded",
    )


def _medications(analysis: Analysis) -> Table:
    return Table(
        "listing-medication",
        "Medication beside the study treatment",
        ("Participant", "Group", "Medication", "From", "To", "Begun before treatment", "Reason"),
        tuple(_medication_row(one) for one in analysis.listed.medications),
        "lllllll",
        stub=True,
        empty="No medication was recorded by the cut-off.",
    )


def _medication_row(one: Taken) -> tuple[str, ...]:
    end = day(one.end) if one.end else "going on" if one.ongoing else "not recorded"
    before = "yes" if one.before else "no"
    reason = sentence(one.reason) or "Not recorded"
    return one.subject, one.group, sentence(code_words(one.name)), day(one.start), end, before, reason
