"""Toxicity by class and course, laboratory shifts, serious events, exposure and listings, worked by hand.

P-1 (drug) has fatigue twice, nausea and a count of 900; P-2 (placebo) vomits, and nobody said whether it is serious or
related; P-3 (drug) has one count whose limit of normal nobody knows. CTCAE 3.0: a neutrophil count below 1000 to 500 is
grade 3, below the limit of normal to 1500 grade 1.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import small_trial as t

import builders as b
from trialwright.adapters.reports.analysis import Analysis, analyse
from trialwright.adapters.reports.analysis.accrual import steps
from trialwright.adapters.reports.document import Section, Table
from trialwright.adapters.reports.sections.doses import dose_section
from trialwright.adapters.reports.sections.events import serious_section
from trialwright.adapters.reports.sections.laboratory import laboratory_section
from trialwright.adapters.reports.sections.listings import listing_sections
from trialwright.adapters.reports.sections.participants import accrual_curve_section
from trialwright.adapters.reports.sections.running import deviation_section
from trialwright.adapters.reports.sections.safety import safety_section
from trialwright.core.analysis import gather
from trialwright.core.conduct import Trial
from trialwright.core.ledger import Event
from trialwright.core.subject import fold_study
from trialwright.standards import load_standards

CLOCK = {"id": "clock", "source": "label", "when": {"serious": True}, "to": "sponsor", "within": "24 hours"}
VISIT = {"id": "visit", "label": "Visit", "epoch": "treatment", "anchor": "first_dose", "offset": "7 days"}
ASKED = [VISIT | {"collect": ["adverse_event", "medication", "anc"]}]
ALL = "All participants"


def event(number: int, term: str, grade: int, start: str, end: str = "", **fields: Any) -> dict[str, Any]:
    """One adverse event as a form holds it."""
    told = {"term": term, "grade": grade, "start": start, **({"end": end} if end else {"ongoing": "yes"}), **fields}
    return {f"adverse_event/{number}": told}


def count(on: str, value: str, **limits: str) -> dict[str, Any]:
    """One neutrophil count, with the laboratory's limit where the report prints it."""
    return {f"anc/{on}": {"value": value, "on": on, **limits}}


LOW = {"low": "1800 /mm3"}
RELATED, UNRELATED = {"related": "yes", "serious": "no"}, {"related": "no", "serious": "no"}
SERIOUS = {"related": "yes", "serious": "yes", "serious_hospitalization": "yes", "outcome": "recovered"}
AWARE = {"aware": "2025-02-06", "aware_time": "09:00"}
PEOPLE: dict[str, tuple[Event, ...]] = {
    "P-1": (
        b.screened("2025-01-01"),
        b.registered("2025-01-01"),
        t.arm("A", "2025-01-01"),
        b.course(1, "2025-01-02"),
        b.form("2025-01-02", count("2025-01-01", "2000 /mm3", **LOW)),
        b.form("2025-01-21", event(1, "Fatigue", 2, "2025-01-10", "2025-01-20", **RELATED)),
        b.form("2025-01-21", count("2025-01-10", "900 /mm3", **LOW) | count("2025-01-20", "2100 /mm3", **LOW)),
        b.taken(1, "2025-01-02", "2025-01-22", days_taken=21),
        b.course(2, "2025-01-30", "20 mg"),
        b.form("2025-02-12", event(2, "Fatigue", 3, "2025-02-05", "2025-02-12", **SERIOUS, **AWARE)),
        b.taken(2, "2025-01-30", "2025-02-10", "20 mg", days_taken=12),
        b.course(3, "2025-02-27", "5 mg"),
        b.form("2025-03-20", event(3, "Nausea", 1, "2025-02-28", **UNRELATED)),
        b.form("2025-03-20", {"medication/1": {"code": "emollient", "start": "2024-12-01", "ongoing": "yes"}}),
    ),
    "P-2": (
        b.screened("2025-01-01"),
        b.registered("2025-01-01"),
        t.arm("B", "2025-01-01"),
        b.form("2025-01-05", count("2025-01-04", "1600 /mm3", **LOW)),
        b.course(1, "2025-01-05"),
        b.form("2025-01-10", event(1, "Vomiting", 3, "2025-01-06", "2025-01-07")),
        b.form("2025-01-10", count("2025-01-10", "1700 /mm3", **LOW)),
    ),
    "P-3": (
        b.screened("2025-01-01"),
        b.registered("2025-01-01"),
        t.arm("A", "2025-01-01"),
        b.course(1, "2025-01-08"),
        b.form("2025-01-10", count("2025-01-10", "1700 /mm3")),
    ),
    "P-4": (b.screened("2025-01-01"), t.failed("2025-01-03", "ok")),
}


def told(people: dict[str, tuple[Event, ...]] | None = None, cut: date = t.CUT, **parts: Any) -> Analysis:
    """The analysis of these people under CTCAE 3.0."""
    plain = {"standards": {"toxicity": "ctcae/3.0"}, "safety": {"reporting": [CLOCK]}, "encounters": ASKED}
    version = t.protocol(**{**plain, "arms": t.TWO_ARMS, "endpoints": [], **parts})
    standards = load_standards(version)
    trial = Trial({"1": version}, {"1": replace(standards, response=t.Scan())}, {"1": "ab" * 32}, "0")
    return analyse(gather(trial, fold_study(t.events_of(PEOPLE if people is None else people)), cut))


def rows(section: Section | None, name: str, **of: str) -> list[tuple[str, ...]]:
    """The rows of a table of a section in which these columns say these words."""
    assert section is not None
    found = [one for one in section.blocks if isinstance(one, Table) and one.name == name]
    found += [one.numbers for one in section.blocks if not isinstance(one, Table) and hasattr(one, "numbers")]
    table = next(one for one in found if one.name == name)
    places = {table.headings.index(heading): words for heading, words in of.items()}
    return [row for row in table.rows if all(row[place] == words for place, words in places.items())]


@pytest.mark.parametrize(
    ("organ", "term", "group", "numbers"),
    [
        # participants: any grade, grade 3 or more, related, related and 3 or more, not related, nobody said
        ("", "", ALL, (3, 3 - 1, 1, 1, 0, 2)),
        ("Constitutional symptoms", "", ALL, (1, 1, 1, 1, 0, 0)),
        ("Constitutional symptoms", "Fatigue", "Drug", (1, 1, 1, 1, 0, 0)),
        ("Gastrointestinal", "", ALL, (2, 1, 0, 0, 1, 1)),
        ("Gastrointestinal", "Nausea", "Drug", (1, 0, 0, 0, 1, 0)),
        ("Gastrointestinal", "Vomiting", "Placebo", (1, 1, 0, 0, 0, 1)),
        ("Blood/bone marrow", "", "Drug", (2, 1, 0, 0, 0, 2)),
        ("Blood/bone marrow", "", "Placebo", (0, 0, 0, 0, 0, 0)),
    ],
)
def test_a_participant_counts_once_for_each_class(organ, term, group, numbers) -> None:
    found = [o for o in told().toxicity.classes if (o.organ_class, o.term, o.group) == (organ, term, group)]
    assert [
        (one.any_grade, one.severe, one.related, one.related_severe, one.unrelated, one.unsaid) for one in found
    ] == [numbers]


def test_each_course_has_the_worst_grade_of_its_days() -> None:
    """Drug, course 1: P-1 had the count of 900 (grade 3), P-3 a grade nobody knows; 2: fatigue 3; 3: nausea 1."""
    drug = [one for one in told().toxicity.courses if one.group == "Drug"]
    assert [(one.course, one.n, dict(one.grades), one.unknown, one.none) for one in drug] == [
        (1, 2, {3: 1}, 1, 0),
        (2, 1, {3: 1}, 0, 0),
        (3, 1, {1: 1}, 0, 0),
    ]


def test_the_worst_grade_is_the_one_the_report_gives_everywhere() -> None:
    analysis = told()
    worst = {one.subject: {t: g and g.number for t, g in one.worst.items()} for one in analysis.gathered.treated}
    assert worst == {
        "P-1": {"Fatigue": 3, "Nausea": 1, "Neutrophils/granulocytes": 3},
        "P-2": {"Vomiting": 3},
        "P-3": {"Neutrophils/granulocytes": None},
    }


@pytest.mark.parametrize(
    ("group", "counts"),
    [
        ("Drug", {("0", "3"): 1, ("no value", "not known"): 1}),
        ("Placebo", {("1", "1"): 1}),
        (ALL, {("0", "3"): 1, ("1", "1"): 1, ("no value", "not known"): 1}),
    ],
)
def test_a_shift_goes_from_the_last_value_before_to_the_worst_after(group, counts) -> None:
    (shift,) = [one for one in told().laboratory if one.group == group]
    assert (shift.term, shift.analyte, shift.counts) == ("Neutrophils/granulocytes", "anc", counts)
    assert (shift.worsened, shift.severe) == ((0, 0) if group == "Placebo" else (1, 1))


@pytest.mark.parametrize(
    ("value", "worst"),
    [("1800 /mm3", "0"), ("1799 /mm3", "1"), ("1500 /mm3", "1"), ("1499 /mm3", "2"), ("1000 /mm3", "2"),
     ("999 /mm3", "3"), ("500 /mm3", "3"), ("499 /mm3", "4"), (None, "no value")],
)  # fmt: skip
def test_every_grade_of_a_shift_at_its_limit(value, worst) -> None:
    """Bounds of CTCAE 3.0: limit of normal (1800), 1500, 1000, 500; the bound belongs to the lower grade."""
    seen = (b.form("2025-01-10", count("2025-01-10", value, **LOW)),) if value else ()
    one = (*PEOPLE["P-1"][:4], b.form("2025-01-02", count("2025-01-02", "2000 /mm3", **LOW)), *seen)
    (shift,) = [each for each in told({"P-1": one}).laboratory if each.group == ALL]
    assert shift.counts == {("0", worst): 1}


def test_a_serious_event_is_told_with_its_reason_and_its_clock() -> None:
    """The site knew on 6 Feb at 9, so that the report is due on 7 Feb at 9; none was sent by June.

    Of P-2's vomiting nobody said whether it is serious: whether a report is owed cannot be told.
    """
    section = serious_section(told())
    assert rows(section, "serious-events") == [
        ("P-1", "Drug", "Fatigue", "5 Feb 2025", "35", "3", "hospitalization", "yes", "recovered")
    ]
    assert rows(section, "serious-by-term", Group=ALL) == [("Fatigue", ALL, "1 (33.3%)", "1", "1", "0")]
    clock, other = rows(section, "report-clocks")
    assert clock[4:] == ("6 Feb 2025 09:00", "7 Feb 2025 09:00", "not sent", "Overdue")
    assert (other[0], other[-1]) == ("P-2", "Cannot be told")
    assert rows(section, "reports-owed") == [("clock", "Initial report to the sponsor", "0", "0", "1", "0", "0", "1")]


def test_of_whom_nobody_said_whether_it_was_serious_is_counted_apart() -> None:
    section = serious_section(told())
    assert section.blocks[0].text == (
        "1 serious adverse event in 1 participant. Of 1 event more nobody said whether it was serious."
    )


def test_exposure_by_hand() -> None:
    """P-1: 21 days of 10 mg and 12 of 20 mg are 450 mg of 2 x 21 x 10 = 420 planned; course 3 is not recorded.

    Days: 2 Jan to the cut-off on 1 Jun are 151, the first one counted; 8 Jan to 1 Jun 145. From 20 mg to 5 mg is lower.
    """
    section = dose_section(told())
    values = {row[2]: row[3] for row in rows(section, "exposure", Group="Drug")}
    assert values == {
        "Treated": "2",
        "Courses, median (range)": "2 (1–3)",
        "Days of treatment, median (range)": "148 (145–151)",
        "Cumulative dose (mg), median (range)": "450 (450–450)",
        "Relative dose intensity (%), median (range)": "107.1 (107.1–107.1)",
        "Participants with a dose lower than the one before": "1 (50.0%)",
        "Participants with a dose held by a rule": "0 (0.0%)",
        "Courses whose days taken are not recorded": "2",
        "Courses whose days of dosing are not over, in no sum": "0",
    }


def test_deaths_are_told_by_when_and_why() -> None:
    def died(on: str, cause: str) -> Iterable[Event]:
        return (b.form(on, {"death/1": {"on": on, "cause": cause}}),)

    people = {
        "P-1": (*t.treated("2025-01-02", b.ended("2025-02-01", "progression", "2025-02-01")), *died("2025-03-03", "A")),
        "P-2": (*t.treated("2025-01-02", b.ended("2025-02-01", "progression", "2025-02-01")), *died("2025-03-04", "B")),
        "P-3": (b.screened("2025-01-01"), b.registered("2025-01-01"), *died("2025-01-04", "C")),
    }
    safety = {"reporting": [CLOCK], "window": {"id": "window", "source": "label", "after": "30 days"}}
    section = safety_section(told(people, arms=t.TWO_ARMS[:1], safety=safety))
    assert [row[:2] for row in rows(section, "deaths-by-cause")] == [
        ("Within 30 days after the last dose", "A"),
        ("Later than 30 days after the last dose", "B"),
        ("No dose was taken", "C"),
    ]


# ---- accrual and listings -------------------------------------------------------------------------------------------


def test_accrual_counts_by_day_and_month() -> None:
    analysis = told()
    assert (analysis.accrual.registered, analysis.accrual.planned, steps(analysis.accrual.days)) == (
        3,
        10,
        [(date(2025, 1, 1), 3)],
    )
    assert rows(accrual_curve_section(analysis), "accrual") == [("Jan 2025", "3", "0", "3", "3 (30.0%)")]


def test_every_listing_has_its_rows() -> None:
    sections = {one.name: one for one in listing_sections(told())}
    assert rows(sections["listing-screening"], "listing-screening-failures") == [
        ("P-4", "3 Jan 2025", "ok", "Ok (Prescribing information)")
    ]
    events = rows(sections["listing-events"], "listing-adverse-events")
    assert [(row[0], row[2], row[5], row[6]) for row in events] == [
        ("P-1", "Fatigue", "9", "2"),
        ("P-1", "Fatigue", "35", "3"),
        ("P-1", "Nausea", "58", "1"),
        ("P-2", "Vomiting", "2", "3"),
    ]
    assert events[3][8:10] == ("nobody said", "nobody said")
    assert rows(sections["listing-medication"], "listing-medication") == [
        ("P-1", "Drug", "Emollient", "1 Dec 2024", "going on", "yes", "Not recorded")
    ]
    courses = rows(sections["listing-doses"], "listing-courses")
    assert [row[3:] for row in courses if row[0] == "P-1"] == [
        ("1", "2 Jan 2025", "22 Jan 2025", "10 mg", "21"),
        ("2", "30 Jan 2025", "10 Feb 2025", "20 mg", "12"),
        ("3", "27 Feb 2025", "not recorded", "5 mg", "not recorded"),
    ]


def test_the_disease_over_time_is_the_ratio_less_one() -> None:
    """P-1: 2/5, 3/10 and 13/10 of baseline, 28, 56 and 112 days after the first dose."""
    one = next(each for each in t.analysis().burdens if each.subject == "P-1")
    assert [(round(month * 30.4375), round(percent)) for month, percent, _ in one.points] == [
        (28, -60),
        (56, -70),
        (112, 30),
    ]


EMPTY = {
    "nobody": ({}, t.CUT),
    "before the first event": (PEOPLE, date(2004, 1, 1)),
    "one who waits": ({"P-1": PEOPLE["P-1"][:3]}, t.CUT),
    "one treated, nothing recorded": ({"P-1": PEOPLE["P-1"][:4]}, t.CUT),
}


@pytest.mark.parametrize("case", EMPTY)
def test_with_nobody_one_or_nothing_every_table_says_so_in_words(case) -> None:
    people, cut = EMPTY[case]
    analysis = told(people, cut)
    makers = (safety_section, serious_section, laboratory_section, dose_section, deviation_section)
    sections = [maker(analysis) for maker in (*makers, accrual_curve_section)]
    sections += list(listing_sections(analysis))
    tables = [one for section in sections if section for one in section.blocks if isinstance(one, Table)]
    assert tables
    for table in tables:
        assert table.rows or (len(table.empty) > 20 and table.empty != Table.empty), table.name
    said = " ".join(cell for table in tables for row in table.rows for cell in row)
    assert "nan" not in said.casefold().split()
