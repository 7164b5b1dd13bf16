"""A rate against that of an inactive treatment: the exact test, and what a design in stages came to.

Read `against_sections`.
"""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.analysis.against import AfterStages, Against, Tested
from trialwright.adapters.reports.document import Block, Paragraph, Section, Table
from trialwright.adapters.reports.text import number, p_value, rate_interval, sentence, span
from trialwright.adapters.reports.tied import References, Tied, label, tell
from trialwright.core.estimation import Estimate, NotEstimable, estimable

NOT_GIVEN = "not given"
NO_NUMBER = "none"
ONE_SIDED = "The test is exact and one-sided: the chance of as many or more if the rate were that of an inactive drug."
LOOK = (
    "The first row ignores that the trial would have stopped after its first stage. The second is unbiased all the "
    "same (Jung and Kim); the third ranks outcomes as the design does (Koyama and Chen), also where another number was "
    "evaluated than planned, and its estimate is the median one. Responders are those whom the gates count."
)


def against_sections(analysis: Analysis) -> Iterator[Section]:
    """One section for each endpoint with a rate to be tested against."""
    for one in analysis.against:
        blocks: list[Block] = [Paragraph(against_words(analysis, one)), _test_table(one)]
        if one.after is not None:
            blocks += [Paragraph(decision_words(analysis, one)), _stage_table(one, one.after)]
        title = f"{sentence(one.endpoint.label)} against that of an inactive drug"
        yield Section(f"against-{slug_of(one)}", title, tuple(blocks))


def slug_of(one: Against) -> str:
    """The endpoint's id as names of tables have it."""
    return one.endpoint.id.replace("_", "-")


def against_words(analysis: Analysis, one: Against) -> Tied:
    """What the rate is tested against, and p of everyone together."""
    ref, place, last = References(analysis), analysis.against.index(one), len(one.tests) - 1
    path, table = f"against.{place}", f"against-{slug_of(one)}"
    return tell(
        "{label}: tested against a rate of {null}; one-sided exact p {p}.",
        label=label(sentence(one.endpoint.label), one.endpoint.id),
        null=ref(f"{path}.null.share", _percent, table),
        p=ref(f"{path}.tests.{last}.p", _p, table, (), "p", one.tests[last].group),
    )


def decision_words(analysis: Analysis, one: Against) -> Tied:
    """The decision of the design, in words."""
    ref, path = References(analysis), f"against.{analysis.against.index(one)}.after.decision"
    return tell("By the design in two stages: {decision}.", decision=ref(path, str, f"two-stages-{slug_of(one)}"))


def _percent(value: Estimate) -> str:
    return f"{number(100 * value)}%" if estimable(value) else _none(value)


def _p(value: Estimate) -> str:
    return p_value(value) if estimable(value) else _none(value)


def _none(value: Estimate) -> str:
    return f"not estimable, because {value.because}" if isinstance(value, NotEstimable) else ""


def _test_table(one: Against) -> Table:
    null = _percent(one.null.share)
    rows = tuple(_test_row(each, null) for each in one.tests)
    title = f"{sentence(one.endpoint.label)} against {null}: {one.null.words}"
    headings = ("Group", "Yes", "Rate", "Exact 95% interval", "Tested against", "One-sided p")
    return Table(f"against-{slug_of(one)}", title, headings, rows, "lrrrrr", (ONE_SIDED,))


def _test_row(one: Tested, null: str) -> tuple[str, ...]:
    rate = one.rate
    return one.group, f"{rate.successes} of {rate.n}", _percent(rate.estimate), _limits(one), null, _p(one.p)


def _limits(one: Tested) -> str:
    return rate_interval(one.rate) if one.rate.n else NO_NUMBER


def _stage_table(one: Against, after: AfterStages) -> Table:
    told, plain = after.adjusted, after.rate
    seen = f"{plain.successes} of {plain.n}"
    limits = rate_interval(plain) if plain.n else NO_NUMBER
    rows = (
        ("Exact, without regard to the first look", seen, _percent(plain.estimate), limits, _p(after.p)),
        ("Unbiased (UMVUE)", seen, _percent(after.unbiased), NOT_GIVEN, NOT_GIVEN),
        (told.method, seen, _percent(told.estimate), _span(told.lower, told.upper), _p(told.p)),
    )
    headings = ("Estimate", "Responders of evaluated", "Rate", "95% interval", "One-sided p")
    title = f"{sentence(one.endpoint.label)} after the design in two stages"
    return Table(f"two-stages-{slug_of(one)}", title, headings, rows, "lrrrr", (LOOK,))


def _span(lower: Estimate, upper: Estimate) -> str:
    if not estimable(lower) and lower == upper:
        return _none(lower)
    low, high = (100 * one if estimable(one) else one for one in (lower, upper))
    return span(low, high, end="%")
