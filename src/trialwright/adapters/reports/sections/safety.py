"""Safety: worst grades by term and by class, course by course, and deaths by when and why.

Serious events are in `events`, laboratory shifts in `laboratory`, doses in `doses`.
"""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.analysis.safety import DeathCount, SafetyAnalysis, WorstGrades
from trialwright.adapters.reports.analysis.toxicity import CourseCount, TermCount, ToxicityAnalysis
from trialwright.adapters.reports.document import Block, Drawing, Paragraph, Section, Table
from trialwright.adapters.reports.figures.toxicity import courses_figure, courses_words
from trialwright.adapters.reports.text import code_words, counted, day, number, sentence, share
from trialwright.adapters.reports.tied import References, Tied, joined, label, tell

GRADES = (1, 2, 3, 4, 5)
ANY_OF_CLASS, ANY_OF_ALL = "Any term of the class", "Any term"


def safety_section(analysis: Analysis) -> Section:
    """Grades where an endpoint or a standard asks for them; deaths always."""
    told = analysis.safety
    graded = bool(told.endpoint or told.standard)
    blocks: list[Block] = [Paragraph(safety_words(analysis, told, graded))]
    if graded and analysis.gathered.treated:
        blocks += [_severe_table(told), _class_table(analysis.toxicity), _grade_table(told)]
    if analysis.toxicity.courses:
        blocks.append(_by_course(analysis.toxicity))
    if told.deaths:
        blocks.append(_death_counts(told))
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


def _class_table(told: ToxicityAnalysis) -> Table:
    """Each class of the grade table with its terms: any grade, grade 3 or more, and what was related to treatment."""
    return Table(
        "toxicity-by-class",
        "Participants with a toxicity by class and term, and whether it was related to treatment",
        (
            "Class",
            "Term",
            "Group",
            "Any grade",
            "Grade 3 or more",
            "Related",
            "Related, grade 3 or more",
            "Not related",
            "Relation not said",
        ),
        tuple(_class_row(one) for one in told.classes),
        "lllrrrrrr",
        (
            "A participant counts once for each term and once for each class. Related: the investigator related an "
            "event of the term to treatment; a laboratory value is related by nobody. Percentages are of the treated.",
        ),
        stub=True,
        empty="No treatment-emergent term was recorded by the cut-off.",
    )


def _class_row(one: TermCount) -> tuple[str, ...]:
    term = sentence(code_words(one.term)) if one.term else ANY_OF_CLASS if one.organ_class else ANY_OF_ALL
    shares = tuple(share(n, one.n) for n in (one.any_grade, one.severe, one.related, one.related_severe))
    organ = sentence(one.organ_class) or "All classes"
    return organ, term, one.group, *shares, str(one.unrelated), str(one.unsaid)


def _by_course(told: ToxicityAnalysis) -> Drawing:
    return Drawing(
        name="toxicity-by-course",
        title="Worst grade of toxicity in each course",
        alt=courses_words(told.courses),
        numbers=_course_table(told),
        draw=lambda: courses_figure(told.courses),
    )


def _course_table(told: ToxicityAnalysis) -> Table:
    return Table(
        "toxicity-by-course",
        "Worst grade of toxicity in each course, numbers",
        ("Group", "Course", "Began it", "None", *(f"Grade {grade}" for grade in GRADES), "Not known"),
        tuple(_course_row(one) for one in told.courses),
        "l" + "r" * 9,
        (
            "Toxicities that came or worsened under treatment and were there on a day of the course, which runs to the "
            "day before the next one; the last one to the cut-off.",
        ),
        stub=True,
    )


def _course_row(one: CourseCount) -> tuple[str, ...]:
    grades = (str(one.grades.get(grade, 0)) for grade in GRADES)
    return one.group, str(one.course), str(one.n), str(one.none), *grades, str(one.unknown)


def _death_counts(told: SafetyAnalysis) -> Table:
    return Table(
        "deaths-by-cause",
        "Deaths by when and by cause",
        ("When", "Cause", "Group", "Deaths"),
        tuple(
            (_when(told, one), sentence(code_words(one.cause)) or "Not recorded", one.group, str(one.deaths))
            for one in told.death_counts
        ),
        "lllr",
        stub=True,
    )


def _when(told: SafetyAnalysis, one: DeathCount) -> str:
    if not one.treated:
        return "No dose was taken"
    if told.safety_days is None:
        return "After the first dose"
    return f"{'Within' if one.within else 'Later than'} {counted(told.safety_days, 'day')} after the last dose"


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
