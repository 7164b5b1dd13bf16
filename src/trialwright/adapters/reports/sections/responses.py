"""Response: best responses, the rate on three denominators, the waterfall and the course of every participant."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.analysis.burden import Burden
from trialwright.adapters.reports.analysis.response import Change, Lane, Rate, ResponseAnalysis, time_unit
from trialwright.adapters.reports.document import Block, Drawing, Paragraph, Section, Table
from trialwright.adapters.reports.figures.burden import spider_figure, spider_words
from trialwright.adapters.reports.figures.response import (
    swimmer_figure,
    swimmer_words,
    waterfall_figure,
    waterfall_words,
)
from trialwright.adapters.reports.text import day, number, rate_interval, sentence, share, whole_percent
from trialwright.adapters.reports.tied import Number, References, Tied, joined, label, tell
from trialwright.core.estimation import Proportion, estimable
from trialwright.core.response import BestResponse
from trialwright.core.terms import Response

STANDS_ON = {
    "registered": "all registered",
    "allocated": "allocated to an arm",
    "treated": "treated with at least one dose",
    "evaluable": "treated and evaluable for response",
}
NOBODY = "Nobody has been treated by the cut-off, so there is no response to tell."


def response_section(analysis: Analysis) -> Section | None:
    """Everything about response, where an endpoint asks for it; else only the course of each, where there is one."""
    if analysis.response is None:
        return _courses_alone(analysis)
    told = analysis.response
    if not analysis.gathered.treated:
        return Section("response", "Response", (Paragraph(NOBODY), _rate_table(told)))
    blocks: list[Block] = [Paragraph(rate_words(analysis, told)), _rate_table(told), _other_rate_table(told)]
    blocks.append(_best_table(analysis, told))
    blocks += [_waterfall(analysis, told), _spider(analysis), _swimmer(analysis), _assessment_table(analysis)]
    return Section("response", "Response", tuple(blocks))


def further_response_sections(analysis: Analysis) -> tuple[Section, ...]:
    """Of each further endpoint of response its rate; figures and best responses stand with the first."""
    return tuple(_rate_section(analysis, one) for one in analysis.responses[1:])


def _rate_section(analysis: Analysis, told: ResponseAnalysis) -> Section:
    treated = analysis.gathered.treated
    blocks: list[Block] = [Paragraph(rate_words(analysis, told) if treated else NOBODY), _rate_table(told)]
    blocks += [_other_rate_table(told)] if treated else []
    return Section(f"response{told.suffix}", sentence(told.endpoint.label), tuple(blocks))


def _courses_alone(analysis: Analysis) -> Section | None:
    if not any(len(one.courses) > 1 for one in analysis.lanes):
        return None
    return Section("courses", "Course of treatment", (_swimmer(analysis),))


def all_rate_words(analysis: Analysis) -> Iterator[Tied]:
    """The rate of every endpoint of response, each by its label where there are several."""
    for told in analysis.responses if analysis.gathered.treated else ():
        words = rate_words(analysis, told)
        title = label(sentence(told.endpoint.label), told.endpoint.id)
        yield joined([tell("{title}:", title=title), words]) if len(analysis.responses) > 1 else words


def rate_words(analysis: Analysis, told: ResponseAnalysis) -> Tied:
    """The rate on the population of the endpoint, with its interval, all groups together."""
    population = told.endpoint.population if told.endpoint.population in STANDS_ON else "treated"
    responders = " or ".join(Response[name].value for name in told.endpoint.responders if name in Response.__members__)
    ref = References(analysis)
    place = analysis.responses.index(told)
    path = f"responses.{place}.rates.{told.rates.index(told.row(population))}.rate"
    row = (sentence(STANDS_ON[population]),)
    group = told.row(population).group

    def cell(told_as: Callable[[Proportion], str], column: str) -> Number:
        return ref(path, told_as, f"response-rate{told.suffix}", row, column, group)

    return tell(
        "{kind} {responders} was reached by {count} ({rate}) of those {population}; exact {level} interval "
        "{interval} (Clopper and Pearson).",
        kind="A confirmed" if told.endpoint.confirmed else "As first seen, a",
        responders=responders,
        count=cell(lambda rate: f"{rate.successes} of {rate.n}", "Responders"),
        rate=cell(rate_percent, "Rate"),
        population=STANDS_ON[population],
        level=ref(f"{path}.level", whole_percent, f"response-rate{told.suffix}"),
        interval=cell(rate_interval, "interval"),
    )


def _rate_table(told: ResponseAnalysis) -> Table:
    return Table(
        f"response-rate{told.suffix}",
        f"{sentence(told.endpoint.label)}: {_kind(told.endpoint.confirmed)} on three denominators",
        ("Group", "Of whom", "Responders", "Rate", "Exact 95% interval"),
        tuple(_rate_row(one) for one in told.rates),
        "llrrr",
        ("The primary population is marked. The other two show how far the choice matters.",),
        stub=True,
    )


def _kind(confirmed: bool) -> str:
    return "confirmed responders" if confirmed else "responders as first seen, confirmed or not"


def _other_rate_table(told: ResponseAnalysis) -> Table:
    """The responses that the endpoint does not count so, beside it."""
    return Table(
        f"response-rate-other{told.suffix}",
        f"{sentence(told.endpoint.label)}: {_kind(not told.endpoint.confirmed)} on three denominators",
        ("Group", "Of whom", "Responders", "Rate", "Exact 95% interval"),
        tuple(_rate_row(one) for one in told.other_rates),
        "llrrr",
        ("It shows how far it matters that a second assessment has to confirm a response.",),
        stub=True,
    )


def _rate_row(one: Rate) -> tuple[str, ...]:
    rate = one.rate
    whom = f"{sentence(STANDS_ON[one.population])}{' (primary)' if one.primary else ''}"
    return one.group, whom, f"{rate.successes} of {rate.n}", rate_percent(rate), rate_interval(rate)


def rate_percent(rate: Proportion) -> str:
    """The rate in percent, or why there is none."""
    return f"{number(100 * rate.estimate)}%" if estimable(rate.estimate) else str(rate.estimate)


def _treated_words(analysis: Analysis, told: ResponseAnalysis) -> Tied:
    ref = References(analysis)
    each = [
        tell("{group} {n}", group=label(one.label, "arm"), n=ref(f"response.best.{place}.n", str, "best-response"))
        for place, one in enumerate(told.best)
    ]
    return tell("Treated participants: {each}.", each=joined(each, ", "))


def _best_table(analysis: Analysis, told: ResponseAnalysis) -> Table:
    rows = [
        (one.label, sentence(seen.value), share(one.seen.get(seen, 0), one.n), share(one.confirmed.get(seen, 0), one.n))
        for one in told.best
        for seen in Response
    ]
    return Table(
        "best-response",
        "Best response from first dose until progression",
        ("Group", "Best response", "As first seen", "Confirmed"),
        tuple(rows),
        "llrr",
        (_treated_words(analysis, told),),
        stub=True,
    )


def _waterfall(analysis: Analysis, told: ResponseAnalysis) -> Block:
    several = len(analysis.gathered.groups) > 1
    if not told.changes:
        return Paragraph("No change of a score from baseline can be drawn: no assessment gave one.", "note")
    return Drawing(
        name="waterfall",
        title="Best change of the score from baseline (waterfall)",
        alt=waterfall_words(told.changes, told.without_ratio),
        numbers=_change_table(told.changes),
        draw=lambda: waterfall_figure(told.changes, several),
    )


def _change_table(changes: tuple[Change, ...]) -> Table:
    rows = tuple((one.subject, one.group, number(one.percent), sentence(one.best.value)) for one in changes)
    headings = ("Participant", "Group", "Best change, %", "Confirmed best response")
    return Table("waterfall", "Best change from baseline, numbers", headings, rows, "llrl")


def _spider(analysis: Analysis) -> Block:
    """The score of each participant over time; a note where nobody has one."""
    if not any(one.points for one in analysis.burdens):
        return Paragraph(spider_words(analysis.burdens), "note")
    return Drawing(
        name="spider",
        title="Change of the score from baseline over time (spider plot)",
        alt=spider_words(analysis.burdens),
        numbers=_burden_table(analysis.burdens),
        draw=lambda: spider_figure(analysis.burdens),
    )


def _burden_table(burdens: tuple[Burden, ...]) -> Table:
    """Of each participant the best and the last change, with when it was."""
    rows = tuple(_burden_row(one) for one in burdens if one.points)
    headings = ("Participant", "Group", "Scores", "Best, %", "Months", "Last, %", "Months", "Confirmed best response")
    return Table("spider", "Change of the score over time, numbers", headings, rows, "llrrrrrl")


def _burden_row(one: Burden) -> tuple[str, ...]:
    best, last = min(one.points, key=lambda point: point[1]), one.points[-1]
    told = (number(best[1]), number(best[0]), number(last[1]), number(last[0]))
    return one.subject, one.group, str(len(one.points)), *told, sentence(one.best.value)


def _swimmer(analysis: Analysis) -> Block:
    several = len(analysis.gathered.groups) > 1
    return Drawing(
        name="swimmer",
        title="Course of each participant (swimmer plot)",
        alt=swimmer_words(analysis.lanes),
        numbers=_lane_table(analysis.lanes),
        draw=lambda: swimmer_figure(analysis.lanes, several),
    )


def _lane_table(lanes: tuple[Lane, ...]) -> Table:
    unit, each = time_unit(lanes)
    rows = tuple(
        (one.subject, one.group, str(len(one.courses)), one.doses, number(one.end * each), _standing(one, unit, each))
        for one in lanes
    )
    headings = ("Participant", "Group", "Courses", "Doses in order", f"{sentence(unit)} observed", "At the end")
    return Table("swimmer", "Course of each participant, numbers", headings, rows, "llrlrl")


def _standing(one: Lane, unit: str, each: float) -> str:
    if one.died is not None:
        return f"died at {number(one.died * each)} {unit}"
    if one.on_treatment:
        return "still on treatment"
    return f"treatment ended at {number(one.ended * each)} {unit}" if one.ended is not None else "not known"


def _assessment_table(analysis: Analysis) -> Table:
    """The best response of everyone treated, both ways, with its days and its reason."""
    rows = tuple((one.subject, *_best_cells(one.best)) for one in analysis.gathered.treated)
    headings = ("Participant", "As first seen", "On", "Confirmed best", "First on", "Repeated on", "Why")
    return Table("best-response-listing", "Best response of each participant", headings, rows, "lllllll")


NO_DAY = "none"


def _best_cells(best: BestResponse | None) -> tuple[str, ...]:
    """The best response as first seen and as confirmed, with its days; who has none, with why it cannot be told."""
    if best is None:
        return "NE", NO_DAY, "NE", NO_DAY, NO_DAY, "No assessment after the first dose"
    by = best.confirmed_by.get(best.confirmed_response)
    why = f"Not evaluable: {best.not_evaluable}" if best.not_evaluable else sentence(best.why)
    days = (best.on, best.confirmed_response_on, by)
    on, since, confirmed_by = (day(each) if each else NO_DAY for each in days)
    return best.response.name, on, best.confirmed_response.name, since, confirmed_by, why
