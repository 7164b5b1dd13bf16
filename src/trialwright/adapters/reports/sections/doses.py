"""Doses: exposure by drug and group, the rules that held, lowered or stopped a dose, and each participant's doses."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.analysis.doses import (
    DoseAnalysis,
    Intensity,
    IntensitySummary,
    MedianAndRange,
    RuleCount,
)
from trialwright.adapters.reports.document import Block, Section, Table
from trialwright.adapters.reports.text import day, headed, listed, number, percent, sentence, share, span

UNRECORDED = "not estimable: no course with days recorded"


def dose_section(analysis: Analysis) -> Section | None:
    """Exposure, and every dose that a rule changed."""
    told = analysis.doses
    if not told.intensities:
        return None
    blocks: tuple[Block, ...] = (_exposure_table(told), _rule_table(analysis), _change_table(analysis))
    return Section("doses", "Doses", (*blocks, _intensity_table(told)))


def _exposure_table(told: DoseAnalysis) -> Table:
    return Table(
        "exposure",
        "Exposure",
        ("Drug", "Group", "Measure", "Value"),
        tuple(row for one in told.summaries for row in _exposure_rows(one)),
        "lllr",
        (
            "Days run from the first dose to the last, the first counting as one, or to the cut-off while treatment "
            "goes on. Planned is the protocol's dose of each course begun on each of its days; given is the dose of "
            "each exposure on the days it was taken. A course whose days of dosing are not over, or whose days taken "
            "are not recorded, is in neither.",
        ),
        stub=True,
    )


def _exposure_rows(one: IntensitySummary) -> Iterator[tuple[str, ...]]:
    relative = tuple(100 * each for each in one.relative) if one.relative else None
    measures = (
        ("Treated", str(one.n)),
        ("Courses, median (range)", _middle(one.courses)),
        ("Days of treatment, median (range)", _middle(one.duration)),
        (f"{headed('Cumulative dose', one.unit)}, median (range)", _middle(one.given) if one.given else UNRECORDED),
        (
            "Relative dose intensity (%), median (range)",
            _middle((relative[0], relative[1], relative[2]), 1) if relative else UNRECORDED,
        ),
        ("Participants with a dose lower than the one before", share(one.lowered, one.n)),
        ("Participants with a dose held by a rule", share(one.held, one.n)),
        ("Courses whose days taken are not recorded", str(one.not_recorded)),
        ("Courses whose days of dosing are not over, in no sum", str(one.going_on)),
    )
    return ((one.drug, one.group, *each) for each in measures)


def _middle(told: MedianAndRange, digits: int = 0) -> str:
    middle, low, high = told
    return f"{number(middle, digits if middle == round(middle, digits) else 1)} ({span(low, high, digits)})"


def _rule_table(analysis: Analysis) -> Table:
    """The rules by what they did; the clause stands with its words."""
    return Table(
        "dose-rules",
        "Rules that held, lowered, stopped or did not raise a dose",
        ("What", "Clause and its words", "Participants", "Courses", "Decided"),
        tuple(_rule_row(analysis, one) for one in analysis.doses.rules),
        "llrrr",
        (
            "Courses are those before which the rule held. Of several rules that hold, the most restrictive decides: "
            "that is counted once for courses that follow one another. Percentages are of the treated participants.",
        ),
        empty="No dose was held, lowered or kept from rising by a rule.",
    )


def _rule_row(analysis: Analysis, one: RuleCount) -> tuple[str, ...]:
    treated = analysis.flow.treated
    words = f"{one.clause}: {one.words}"
    return sentence(one.what), words, share(one.participants, treated), str(one.courses), str(one.decided)


def _change_table(analysis: Analysis) -> Table:
    rows = tuple(
        (
            one.subject,
            day(one.on),
            _run_of(one.courses),
            sentence(one.what),
            listed(one.doses),
            f"{one.clause}{' (decided)' if one.decided else ''}",
            sentence(one.saw) or "Nothing more",
        )
        for one in analysis.doses.changes
    )
    return Table(
        "dose-changes",
        "Doses held, lowered or not raised, with the clause that decided",
        ("Participant", "First on", "Courses", "Rule", "Given", "Clause", "What it saw"),
        rows,
        "lllllll",
        (
            "A rule is listed with the courses before which it held; the words of its clause stand in the table of "
            "rules. Doses missed without a rule are among the deviations.",
        ),
        empty="No dose was held, lowered or kept from rising by a rule.",
    )


def _run_of(courses: tuple[int, ...]) -> str:
    return str(courses[0]) if len(courses) == 1 else f"{courses[0]}–{courses[-1]}"


def _intensity_table(told: DoseAnalysis) -> Table:
    return Table(
        "dose-intensity-listing",
        "Doses of each participant",
        ("Participant", "Group", "Drug", "Courses", "Days taken of planned", "Given", "Planned", "Relative"),
        tuple(_intensity_row(one) for one in told.intensities),
        "lllrrrrr",
        ("Given and planned are the dose at one intake, summed over the days.",),
    )


def _intensity_row(one: Intensity) -> tuple[str, ...]:
    relative = percent(int(one.given * 1000), int(one.planned * 1000)) if one.planned else "no days recorded"
    amounts = (headed_amount(float(one.given), one.unit), headed_amount(float(one.planned), one.unit))
    days = f"{one.days_taken} of {one.days_planned}"
    return one.subject, one.group, one.drug, str(one.courses), days, *amounts, relative


def headed_amount(amount: float, unit: str) -> str:
    """An amount with its unit, without decimals where it is whole."""
    return f"{number(amount, 0 if amount == int(amount) else 1)} {headed('', unit).strip(' ()')}".strip()
