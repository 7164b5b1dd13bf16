"""Safety: worst grades by term, deaths, and how much of the planned dose was given."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.analysis.doses import DoseAnalysis, Intensity, IntensitySummary
from trialwright.adapters.reports.analysis.safety import SafetyAnalysis, WorstGrades
from trialwright.adapters.reports.document import Block, Paragraph, Section, Table
from trialwright.adapters.reports.text import (
    code_words,
    counted,
    day,
    headed,
    listed,
    number,
    percent,
    sentence,
    share,
    span,
)
from trialwright.adapters.reports.tied import References, Tied, joined, label, tell

GRADES = (1, 2, 3, 4, 5)


def safety_section(analysis: Analysis) -> Section:
    """Grades where an endpoint or a standard asks for them; deaths always."""
    told = analysis.safety
    graded = bool(told.endpoint or told.standard)
    blocks: list[Block] = [Paragraph(safety_words(analysis, told, graded))]
    if graded and analysis.gathered.treated:
        blocks += [_severe_table(told), _grade_table(told)]
    blocks.append(_death_table(told))
    return Section("safety", "Safety", tuple(blocks))


def safety_words(analysis: Analysis, told: SafetyAnalysis, graded: bool) -> Tied:
    """Who was observed and for how long, the deaths, and by which table and until when worst grades count."""
    ref = References(analysis)
    observed = tell(
        "{treated} treated, observed for {months} months together; {deaths}, {early} {time}.",
        treated=ref("flow.treated", str, "participant-flow", ("Treated",), group="All"),
        months=ref("safety.months_observed", number),
        deaths=ref("safety.deaths.count", lambda n: counted(n, "death"), "deaths"),
        early=ref("safety.early_deaths", str, "deaths"),
        time=_in_safety_time(ref, told),
    )
    if not graded:
        return joined([observed, "The protocol names no table of toxicity grades, so none are given."])
    grades = tell(
        "Worst grade of each term that came or worsened from the first dose to {until}, by {standard}; each term once "
        "a participant.",
        until=_until(ref, told),
        standard=label(_standard(told.standard), "standards.toxicity"),
    )
    return joined([observed, grades])


def _in_safety_time(ref: References, told: SafetyAnalysis) -> Tied:
    if told.safety_days is None:
        return tell("since the first dose, the protocol saying of no time that it is over")
    return tell("under treatment or within {days} days of its end", days=ref("safety.safety_days"))


def _until(ref: References, told: SafetyAnalysis) -> Tied:
    if told.safety_days is None:
        return tell("the cut-off")
    return tell("{days} days after the last one", days=ref("safety.safety_days"))


def _standard(name: str) -> str:
    family, _, version = name.partition("/")
    return f"{family.upper()} version {version}" if version else name or "the investigator's grade"


def _severe_table(told: SafetyAnalysis) -> Table:
    """Any grade and grade 3 or more, by group."""
    rows = [row for each in (*told.any_term, *told.rows) for row in _severe_row(each)]
    return Table(
        "toxicity-summary",
        "Participants with a term at any grade, and at grade 3 or more",
        ("Term", "Group", "Any grade", "Grade 3 or more", "Grade 4 or more", "Worst grade not known"),
        tuple(rows),
        "llrrrr",
        ("Percentages are of the treated participants of the group.",),
        empty="No treatment-emergent term was recorded by the cut-off.",
    )


def _severe_row(one: WorstGrades) -> Iterator[tuple[str, ...]]:
    higher = sum(count for grade, count in one.grades.items() if grade > 3)
    shares = (share(one.any_grade, one.n), share(one.severe, one.n), share(higher, one.n))
    yield sentence(code_words(one.term)), one.group, *shares, str(one.unknown)


def _grade_table(told: SafetyAnalysis) -> Table:
    rows = tuple(
        (
            sentence(code_words(one.term)),
            one.group,
            *(str(one.grades.get(grade, 0)) for grade in GRADES),
            str(one.unknown),
            f"{one.any_grade} of {one.n}",
        )
        for one in told.rows
    )
    return Table(
        "worst-grade",
        "Participants by worst grade of each term",
        ("Term", "Group", *(f"Grade {grade}" for grade in GRADES), "Not known", "Any"),
        rows,
        "ll" + "r" * 7,
        empty="No treatment-emergent term was recorded by the cut-off.",
    )


def _death_table(told: SafetyAnalysis) -> Table:
    rows = tuple(
        (
            one.subject,
            one.group,
            day(one.on),
            str(one.days_after_last_dose) if one.days_after_last_dose is not None else "last dose not recorded",
            "yes" if one.within_safety_time else "no",
            sentence(code_words(one.cause)) or "Not recorded",
        )
        for one in told.deaths
    )
    within = "After the first dose" if told.safety_days is None else f"Within {told.safety_days} days"
    headings = ("Participant", "Group", "Died", "Days after last dose", within, "Cause")
    return Table("deaths", "Deaths", headings, rows, "lllrll", empty="No death was recorded by the cut-off.")


# ---- doses ----------------------------------------------------------------------------------------------------------


def dose_section(analysis: Analysis) -> Section | None:
    """Dose intensity and every dose that a rule changed."""
    told = analysis.doses
    if not told.intensities:
        return None
    return Section("doses", "Doses", (_summary_table(told), _change_table(analysis), _intensity_table(told)))


def _summary_table(told: DoseAnalysis) -> Table:
    return Table(
        "dose-intensity",
        "Dose intensity",
        (
            "Drug",
            "Group",
            "Treated",
            "Courses, median (range)",
            "Relative intensity, median (range)",
            "Courses not counted",
        ),
        tuple(_summary_row(one) for one in told.summaries),
        "llrrrr",
        (
            "Planned is the protocol's dose of each course begun on each of its days; given is the dose of each "
            "exposure on the days it was taken. A course whose days taken are not recorded is in neither.",
        ),
    )


def _summary_row(one: IntensitySummary) -> tuple[str, ...]:
    middle = one.courses[0]
    courses = f"{number(middle, 0 if middle == int(middle) else 1)} ({span(*one.courses[1:], 0)})"
    relative = "not estimable: no course with days recorded"
    if one.relative:
        middle, low, high = (100 * each for each in one.relative)
        relative = f"{number(middle)}% ({span(low, high, end='%')})"
    return one.drug, one.group, str(one.n), courses, relative, str(one.not_recorded)


def _change_table(analysis: Analysis) -> Table:
    rows = tuple(
        (
            one.subject,
            day(one.on),
            _run_of(one.courses),
            sentence(one.what),
            listed(one.doses),
            f"{one.clause}{' (decided)' if one.decided else ''}: {one.words}",
            sentence(one.saw) or "Nothing more",
        )
        for one in analysis.doses.changes
    )
    return Table(
        "dose-changes",
        "Doses held, lowered or not raised, with the clause that decided",
        ("Participant", "First on", "Courses", "Rule", "Given", "Clause and its words", "What it saw"),
        rows,
        "lllllll",
        (
            "A rule is listed with the courses before which it held; of several that hold, the most restrictive "
            "decides. Doses missed without a rule are among the deviations.",
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
