"""Published against rehearsed: each published result beside ours, and how ours came to be.

A row is calibrated (the rehearsal was made to meet it), follows from the rules, or cannot agree, and then says why. A
row names what it compares in `measure`, one of MEASURES; without one that is known, ours is said not to be reckoned.
Read `compared`, then MEASURES.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from trialwright.adapters.reports.text import estimate, number, of, rate_interval, share, span
from trialwright.core.estimation import exact_binomial
from trialwright.core.subject import Course

if TYPE_CHECKING:
    from trialwright.adapters.reports.analysis import Analysis

Reckon = Callable[["Analysis", Mapping[str, Any]], str]


@dataclass(frozen=True)
class Compared:
    """One published result, ours with its interval, and how it came."""

    id: str
    label: str
    published: str
    source: str
    ours: str
    how: str
    why: str


def compared(rows: Sequence[Mapping[str, Any]], analysis: Analysis) -> tuple[Compared, ...]:
    """Every published row against the analysis."""
    return tuple(_compared(row, analysis) for row in rows)


def sourced(rows: Sequence[Mapping[str, Any]], sources: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The rows with the names of their sources written out."""
    return [{**row, "source": _sources(row.get("source", ""), sources)} for row in rows]


def _sources(named: Any, sources: Mapping[str, Any]) -> str:
    each = named if isinstance(named, list | tuple) else [named]
    return "; ".join(str(sources.get(one, one)) for one in each)


def merged(
    published: Sequence[Mapping[str, Any]], calibration: Sequence[Mapping[str, Any]]
) -> tuple[Mapping[str, Any], ...]:
    """The published rows, each with what the rehearsal says of it; rows that only the rehearsal has come last."""
    said = {str(row.get("id", "")): row for row in calibration}
    first = [{**row, **_how(said.get(str(row.get("id", "")), {}))} for row in published]
    known = {str(row.get("id", "")) for row in published}
    return (*first, *(row for row in calibration if str(row.get("id", "")) not in known))


def _how(row: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: row[name] for name in ("how", "why") if row.get(name)}


def _compared(row: Mapping[str, Any], analysis: Analysis) -> Compared:
    reckon = MEASURES.get(str(row.get("measure", "")))
    return Compared(
        id=str(row.get("id", "")),
        label=str(row.get("label", row.get("id", ""))),
        published=str(row.get("published", "")) or "not published",
        source=str(row.get("source", "")) or "no source given",
        ours=reckon(analysis, row) if reckon else "not reckoned in this report",
        how=str(row.get("how", "")) or "not stated",
        why=str(row.get("why", "")) or "the study's files do not say",
    )


# ---- what ours is ---------------------------------------------------------------------------------------------------


def _planned(analysis: Analysis, row: Mapping[str, Any]) -> str:
    return str(analysis.flow.planned)


def _registered(analysis: Analysis, row: Mapping[str, Any]) -> str:
    return str(analysis.flow.registered)


def _treated(analysis: Analysis, row: Mapping[str, Any]) -> str:
    return str(analysis.flow.treated)


def _response_rate(analysis: Analysis, row: Mapping[str, Any]) -> str:
    if analysis.response is None:
        return "the protocol asks for no response"
    rate = analysis.response.rate(str(row.get("population", "treated")))
    return f"{of(rate.successes, rate.n)}, 95% interval {rate_interval(rate)}"


def _best(analysis: Analysis, row: Mapping[str, Any]) -> str:
    """How many had one confirmed best response, named by `of` (CR, PR, SD, PD, NE)."""
    if analysis.response is None:
        return "the protocol asks for no response"
    counts = analysis.response.best[-1]
    found = sum(n for seen, n in counts.confirmed.items() if seen.name == str(row.get("of", "")))
    return f"{of(found, counts.n)}, 95% interval {rate_interval(exact_binomial(found, counts.n))}"


def _median_time(analysis: Analysis, row: Mapping[str, Any]) -> str:
    """The median of the endpoint named by `of`, for all together."""
    found = next((one for one in analysis.times if one.endpoint.id == str(row.get("of", ""))), None)
    if found is None:
        return "the protocol asks for no such time"
    median = found.curves[0].median
    if not isinstance(median.estimate, float):
        return f"{estimate(median.estimate)} ({found.events} events in {found.n})"
    limits = span(median.lower, median.upper)
    return f"{number(median.estimate)} months, 95% interval {limits} ({found.events} events in {found.n})"


def _grade(analysis: Analysis, row: Mapping[str, Any]) -> str:
    """Participants whose worst grade of the terms in `of` is `grade` or more; of any term where none is named."""
    least, terms = int(row.get("grade", 3)), _terms(row)
    worst = [
        max((grade.number for term, grade in one.worst.items() if grade and _named(term, terms)), default=0)
        for one in analysis.gathered.treated
    ]
    found = sum(grade >= least for grade in worst)
    return f"{share(found, len(worst))}, 95% interval {rate_interval(exact_binomial(found, len(worst)))}"


def _terms(row: Mapping[str, Any]) -> tuple[str, ...]:
    named = row.get("of", ())
    return tuple(str(each).lower() for each in ([named] if isinstance(named, str) else named))


def _named(term: str, wanted: Sequence[str]) -> bool:
    """Whether a term is one of those named, in which * stands for any words; all are where none is named."""
    return not wanted or any(fnmatchcase(term.lower(), each) for each in wanted)


def _baseline(analysis: Analysis, row: Mapping[str, Any]) -> str:
    """The median and range of the baseline characteristic named by `of`."""
    found = next((one for one in analysis.baseline if one.concept == str(row.get("of", ""))), None)
    summary = found.groups[-1] if found else None
    low, middle, high = (getattr(summary, name, None) for name in ("low", "median", "high"))
    if low is None or middle is None or high is None:
        return "not collected at baseline"
    return f"median {number(middle, 0)}, range {span(low, high, 0)}"


def _change_of_marker(analysis: Analysis, row: Mapping[str, Any]) -> str:
    """The mean change of the analyte named by `of`, with how many pairs."""
    pairs = [pair for one in analysis.measured for pair in one.pairs if pair.measure.analyte == str(row.get("of", ""))]
    if not pairs:
        return "no such comparison"
    first = pairs[0]
    limits = span(first.change.lower, first.change.upper)
    return f"mean change {estimate(first.change.mean)} (95% interval {limits}; {len(first.pairs)} pairs)"


def _starting_dose(analysis: Analysis, row: Mapping[str, Any]) -> str:
    """How many took their first dose at each amount, the most frequent first."""
    doses = Counter(_first_dose(one.courses[0]) for one in analysis.gathered.treated if one.courses)
    ordered = sorted(doses.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{count} at {dose}" for dose, count in ordered) or "nobody was treated"


def _first_dose(course: Course) -> str:
    """The dose a course began with: of its first exposure, or as decided."""
    begun = course.exposures[0].quantity("dose") if course.exposures else None
    return str(begun or (course.decided.dose if course.decided else course.dose))


MEASURES: Mapping[str, Reckon] = {
    "planned": _planned,
    "registered": _registered,
    "treated": _treated,
    "response rate": _response_rate,
    "best response": _best,
    "median time": _median_time,
    "worst grade": _grade,
    "starting dose": _starting_dose,
    "baseline": _baseline,
    "marker change": _change_of_marker,
}
"""What a row can compare, by the name it gives in `measure`."""
