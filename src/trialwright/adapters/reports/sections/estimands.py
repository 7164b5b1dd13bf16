"""The endpoints in the words of an estimand, and the variants that stand beside them."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.adapters.reports.analysis import Analysis
from trialwright.adapters.reports.document import Block, Paragraph, Section, Table
from trialwright.adapters.reports.text import sentence
from trialwright.core.endpoints import Estimand, estimand
from trialwright.core.protocol import INTERCURRENT, PROGRESSION_DAYS, Endpoint, Variant

TOLD = (
    "Each endpoint by the attributes of an estimand. What the protocol does not state is told as it was taken, and "
    "marked; it follows the table of the guidance that asks for documented progression."
)
NOT_STATED = " (not stated; taken so)"


def estimand_section(analysis: Analysis) -> Section | None:
    """Whom each endpoint counts, what it measures, what is done about intercurrent events, and how it is summed up."""
    protocol = analysis.gathered.protocol
    asked = (*protocol.endpoints, *analysis.gathered.extra_endpoints)
    if not asked:
        return None
    rows = tuple(row for one in asked for row in _rows(estimand(one, protocol)))
    table = Table("estimands", "Endpoints as estimands", ("Endpoint", "Attribute", "In words"), rows, "lll", stub=True)
    blocks: list[Block] = [Paragraph(TOLD), table]
    variants = tuple(row for one in asked for row in _variant_rows(one))
    if variants:
        headings = ("Endpoint", "Variant", "What is otherwise")
        title = "Variants of the endpoints, to see how far a choice matters"
        blocks.append(Table("variants", title, headings, variants, "lll", stub=True))
    return Section("estimands", "Estimands", tuple(blocks))


def _rows(one: Estimand) -> Iterator[tuple[str, ...]]:
    label = sentence(one.label)
    yield label, "Treatment", one.treatment or "not stated"
    yield label, "Population", sentence(one.population)
    yield label, "Variable", sentence(one.variable)
    for each in one.intercurrent:
        stated = "" if each.stated else NOT_STATED
        yield label, f"If: {each.event}", f"{sentence(each.strategy)}: {each.follows}{stated}"
    yield label, "Summary", sentence(one.summary)


def _variant_rows(endpoint: Endpoint) -> Iterator[tuple[str, ...]]:
    for one in endpoint.variants:
        yield sentence(endpoint.label), sentence(one.label), "; ".join(_otherwise(one))


def _otherwise(one: Variant) -> Iterator[str]:
    """Each choice that is another one than the endpoint's, in words."""
    if one.since:
        yield f"counted from {one.since.replace('_', ' ')}"
    if one.population:
        yield f"population: {one.population}"
    for each in one.intercurrent:
        yield f"{INTERCURRENT[each.event]}: {each.strategy.value}"
    if one.progression_on:
        yield f"progression counts {PROGRESSION_DAYS[one.progression_on]}"
    if one.interval:
        yield f"limits on the {one.interval} scale"
    if one.confirmed is not None:
        yield "confirmed responses alone" if one.confirmed else "responses as first seen"
