"""The synopsis: the trial on two pages, as ICH E3 has it in annex I, and its results in sentences.

Every number of the sentences stands in a table further on, to which it leads.
"""

from __future__ import annotations

from collections.abc import Iterable

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.analysis.results import result_of
from trialwright.adapters.reports.document import Block, Paragraph, Section, Table
from trialwright.adapters.reports.sections.against import against_words, decision_words
from trialwright.adapters.reports.sections.participants import four_numbers
from trialwright.adapters.reports.sections.plan import fact_words
from trialwright.adapters.reports.sections.proportions import short_words
from trialwright.adapters.reports.sections.responses import all_rate_words
from trialwright.adapters.reports.sections.running import deviation_words
from trialwright.adapters.reports.sections.safety import safety_words
from trialwright.adapters.reports.sections.times import counts_of
from trialwright.adapters.reports.text import counted, day, listed, sentence
from trialwright.adapters.reports.tied import Tied, joined, label, tell
from trialwright.core.protocol import Endpoint, Regimen

CONCLUSION = "Conclusion: to be written by the author."


def synopsis_section(analysis: Analysis) -> Section:
    """The trial in one table, and its results in sentences."""
    told: list[Block] = [_synopsis_table(analysis), _result_table(analysis)]
    told += [Paragraph(words) for words in _sentences(analysis)]
    return Section("synopsis", "Synopsis", (*told, Paragraph(CONCLUSION, "notice")))


def _synopsis_table(analysis: Analysis) -> Table:
    return Table(
        "synopsis",
        "The trial",
        ("What", "Told in short"),
        tuple((what, told) for what, told in _rows(analysis) if told),
        "ll",
    )


def _rows(analysis: Analysis) -> Iterable[tuple[str, str]]:
    protocol, flow = analysis.gathered.protocol, analysis.flow
    at = analysis.places
    yield "Title", fact_words(protocol, "officialTitle") or protocol.title
    yield "Sponsor", fact_words(protocol, "leadSponsor.name")
    yield "Phase", fact_words(protocol, "designModule.phases")
    yield "Condition", fact_words(protocol, "conditionsModule.conditions")
    yield "Sites", listed([site.name for site in protocol.design.sites])
    period = f"{day(at.first)} to {day(analysis.gathered.cut)} (cut-off)" if at.first else "nobody registered yet"
    yield "First registration to cut-off", period
    yield "Objectives", " ".join(" ".join(one.quotes) or one.words for one in protocol.objectives)
    yield "Treatment", "; ".join(_treatment(one) for one in protocol.regimen)
    yield "Participants", f"{flow.planned} planned, {flow.screened} screened, {flow.registered} registered"
    yield "Analysed", f"{flow.treated} treated, {flow.evaluable} evaluable"
    criteria = counted(len(protocol.eligibility), "criterion", "criteria")
    yield "Main criteria for entry", f"{criteria}, listed in the chapter on the plan"
    yield "Protocol versions", listed([one.version for one in analysis.conduct.versions])


def _treatment(regimen: Regimen) -> str:
    upper = f", up to {regimen.dose.maximum}" if regimen.dose.maximum else ""
    return f"{regimen.drug} {regimen.dose.start}{upper}, days {regimen.days} of {regimen.cycle}"


def _result_table(analysis: Analysis) -> Table:
    ready = {one.endpoint: one.ready for one in analysis.gathered.readiness}
    rows = tuple(
        (sentence(one.level), sentence(one.label), result_of(analysis, one), _final(ready.get(one.id)))
        for one in _in_order(analysis)
    )
    headings = ("Level", "Endpoint", "Result at the cut-off", "Final")
    return Table("results", "Results", headings, rows, "llll", stub=True, empty="The protocol names no endpoint.")


def _final(ready: bool | None) -> str:
    return "not said when" if ready is None else "yes" if ready else "not yet"


def _in_order(analysis: Analysis) -> list[Endpoint]:
    """The primary endpoints first, then as the protocol has them."""
    every = [*analysis.gathered.protocol.endpoints, *analysis.gathered.extra_endpoints]
    levels = list(dict.fromkeys(["primary", "secondary", *(one.level for one in every)]))
    return sorted(every, key=lambda one: levels.index(one.level))


def _sentences(analysis: Analysis) -> Iterable[Tied]:
    yield four_numbers(analysis)
    yield from all_rate_words(analysis)
    for held in analysis.proportions:
        yield short_words(analysis, held)
    for tested in analysis.against:
        yield against_words(analysis, tested)
        if tested.after is not None:
            yield decision_words(analysis, tested)
    for one in analysis.times:
        title = label(sentence(one.endpoint.label), one.endpoint.id)
        yield joined([tell("{title}:", title=title), counts_of(analysis, one)])
    told = analysis.safety
    yield safety_words(analysis, told, bool(told.endpoint or told.standard))
    yield deviation_words(analysis)
