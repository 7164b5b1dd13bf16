"""Adverse events: three tables, each adding up, over a stated time, above a threshold of five per cent at most.

Read `RULES`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from trialwright.adapters.exchange.ctgov.results.choices import DropReason
from trialwright.adapters.exchange.ctgov.results.events import AdverseEvent, EventGroup
from trialwright.adapters.exchange.ctgov.results.review.rule import (
    ARITHMETIC,
    CRITERIA,
    DEFINITIONS,
    REGULATION,
    Fault,
    Rule,
    all_started,
    at,
    number,
)
from trialwright.adapters.exchange.ctgov.results.section import Results
from trialwright.adapters.exchange.ctgov.results.values import Count

HIGHEST = Decimal(5)
TABLES = ("serious", "other")


def _groups(results: Results) -> Iterator[tuple[str, EventGroup]]:
    for place, one in enumerate(results.adverse_events.event_groups):
        yield at("adverseEventsModule", "eventGroups", place), one


def _rows(results: Results, kind: str) -> Iterator[tuple[str, AdverseEvent]]:
    for place, one in enumerate(getattr(results.adverse_events, f"{kind}_events")):
        yield at("adverseEventsModule", f"{kind}Events", place), one


def _every(results: Results) -> Iterator[tuple[str, AdverseEvent]]:
    for kind in TABLES:
        yield from _rows(results, kind)


def _of(group: EventGroup, kind: str) -> tuple[Decimal | None, Decimal | None]:
    """How many of the group are affected, and at risk, in one table."""
    counts: Sequence[Count | None] = (getattr(group, f"{kind}_num_affected"), getattr(group, f"{kind}_num_at_risk"))
    return number(counts[0]), number(counts[1])


def _there(results: Results) -> Iterator[Fault]:
    if not results.adverse_events.event_groups:
        yield "adverseEventsModule", "There are no adverse events and no groups in which there were none."
    for where, group in _groups(results):
        for kind in TABLES:
            if None in _of(group, kind):
                yield (
                    where,
                    f"{group.title}: the table of {kind} events does not say how many were affected and at risk.",
                )


def _deaths(results: Results) -> Iterator[Fault]:
    for where, group in _groups(results):
        if None in _of(group, "deaths") and not results.adverse_events.all_cause_mortality_comment:
            yield where, f"{group.title}: deaths from any cause are not told."


def _at_risk(results: Results) -> Iterator[Fault]:
    for where, group in _groups(results):
        for kind in ("deaths", *TABLES):
            affected, risk = _of(group, kind)
            if affected is not None and risk is not None and affected > risk:
                yield where, f"{group.title}: {affected} affected of {risk} at risk ({kind})."
    for where, row in _every(results):
        for one in row.stats:
            affected, risk = number(one.num_affected), number(one.num_at_risk)
            if affected is not None and risk is not None and affected > risk:
                yield where, f"{row.term}: {affected} affected of {risk} at risk ({one.group_id})."


def _threshold(results: Results) -> Iterator[Fault]:
    told = results.adverse_events.frequency_threshold
    value = number(told)
    if told is None:
        yield "adverseEventsModule.frequencyThreshold", "The threshold of the other events is not told."
    elif value is None or not 0 <= value <= HIGHEST:
        yield "adverseEventsModule.frequencyThreshold", f"The threshold is {told} per cent; 5 is the highest."


def _above(results: Results) -> Iterator[Fault]:
    threshold = number(results.adverse_events.frequency_threshold)
    if not threshold:
        return
    for where, row in _rows(results, "other"):
        told = [(number(one.num_affected), number(one.num_at_risk)) for one in row.stats]
        if told and not any(a is not None and r and 100 * a >= threshold * r for a, r in told):
            yield where, f"{row.term}: in no group did {threshold} per cent have it."


def _time_frame(results: Results) -> Iterator[Fault]:
    if not results.adverse_events.time_frame:
        yield "adverseEventsModule.timeFrame", "Nothing says over which time events were collected."


def _events(results: Results) -> Iterator[Fault]:
    for where, row in _every(results):
        for one in row.stats:
            events, affected = number(one.num_events), number(one.num_affected)
            if events is not None and affected is not None and events < affected:
                yield where, f"{row.term}: {events} events in {affected} participants ({one.group_id})."


def _totals(results: Results) -> Iterator[Fault]:
    """A group's total is no less than its most frequent term, and no more than all its terms together."""
    for where, group in _groups(results):
        for kind in TABLES:
            affected, _ = _of(group, kind)
            rows = [
                number(one.num_affected)
                for _, row in _rows(results, kind)
                for one in row.stats
                if one.group_id == group.id
            ]
            known = [one for one in rows if one is not None]
            if affected is None:
                continue
            if affected < max(known, default=Decimal(0)) or affected > sum(known, Decimal(0)):
                told = f"the most frequent term {max(known, default=0)}, all terms together {sum(known, Decimal(0))}"
                yield where, f"{group.title}: {affected} affected by {kind} events; {told}."


def _assessed(results: Results) -> Iterator[Fault]:
    for where, row in _every(results):
        if row.assessment_type is None:
            yield where, f"{row.term}: nothing says whether it was asked for or told."


def _organ(results: Results) -> Iterator[Fault]:
    for where, row in _every(results):
        if row.organ_system is None or row.organ_system.known is None:
            yield where, f"{row.term}: {row.organ_system or 'no organ system'} is none of the registry's."


def _more_than_started(results: Results) -> Iterator[Fault]:
    begun = all_started(results)
    for where, group in _groups(results):
        for kind in ("deaths", *TABLES):
            risk = _of(group, kind)[1]
            if begun and risk is not None and risk > begun:
                yield where, f"{group.title}: {risk} at risk ({kind}), and {begun} started the study."


def _deaths_in_flow(results: Results) -> Iterator[Fault]:
    """Who did not complete because of death is among the deaths from any cause."""
    told = [_of(group, "deaths")[0] for _, group in _groups(results)]
    flow = [
        number(each.num_subjects) or Decimal(0)
        for period in results.participant_flow.periods
        for drop in period.drop_withdraws
        if drop.type and drop.type.known is DropReason.DEATH
        for each in drop.reasons
    ]
    if told and None not in told and sum(flow) > sum(one for one in told if one is not None):
        yield "adverseEventsModule.eventGroups", f"{sum(flow)} died by the flow, fewer by the deaths from any cause."


def _repeated(results: Results) -> Iterator[Fault]:
    for kind in TABLES:
        told = Counter((row.term.casefold(), str(row.organ_system)) for _, row in _rows(results, kind))
        for (term, organ), count in told.items():
            if count > 1:
                yield f"adverseEventsModule.{kind}Events", f"{term} ({organ}) is there {count} times."


def _columns(results: Results) -> Iterator[Fault]:
    ids = {one.id for one in results.adverse_events.event_groups}
    for where, row in _every(results):
        strange = {one.group_id for one in row.stats} - ids
        if strange:
            yield where, f"{row.term}: {', '.join(sorted(strange))} is no group."


def _nobody_at_risk(results: Results) -> Iterator[Fault]:
    for where, group in _groups(results):
        none = [kind for kind in TABLES if _of(group, kind)[1] == 0]
        if none and not (results.adverse_events.description or group.description):
            yield where, f"{group.title}: nobody is at risk of {' and '.join(none)} events, and nothing says why."


RULES = (
    Rule(
        "events-there",
        "Serious and other events are told for every group, also where there were none.",
        REGULATION,
        "Enter affected and at risk.",
        _there,
    ),
    Rule(
        "events-deaths",
        "Deaths from any cause are told for every group.",
        REGULATION,
        "Enter affected and at risk, or say why they are not known.",
        _deaths,
        major=False,
    ),
    Rule(
        "events-at-risk", "No more are affected than at risk.", ARITHMETIC, "Recount it.", _at_risk, from_memory=False
    ),
    Rule(
        "events-threshold",
        "The threshold of other events is told and at most 5 per cent.",
        REGULATION,
        "Choose one of 5 or less.",
        _threshold,
    ),
    Rule(
        "events-above",
        "Other events reach the threshold in some group.",
        DEFINITIONS,
        "Take it out, or lower the threshold.",
        _above,
        major=False,
    ),
    Rule(
        "events-time-frame",
        "The time over which events were collected is told.",
        REGULATION,
        "Enter it.",
        _time_frame,
        major=False,
    ),
    Rule(
        "events-count",
        "There are no fewer events than participants who had them.",
        ARITHMETIC,
        "Recount it.",
        _events,
        from_memory=False,
    ),
    Rule("events-totals", "Totals fit their terms.", ARITHMETIC, "Recount it.", _totals, from_memory=False),
    Rule("events-assessed", "Every event says whether it was asked for.", DEFINITIONS, "Choose it.", _assessed),
    Rule("events-organ", "Every event stands in an organ system of the registry.", DEFINITIONS, "Choose it.", _organ),
    Rule(
        "events-started",
        "No more are at risk than started.",
        ARITHMETIC,
        "Recount it.",
        _more_than_started,
        from_memory=False,
    ),
    Rule(
        "events-deaths-flow",
        "Deaths in the flow are among the deaths from any cause.",
        CRITERIA,
        "Recount them.",
        _deaths_in_flow,
    ),
    Rule(
        "events-repeated",
        "A term is there once in its organ system.",
        CRITERIA,
        "Join the rows.",
        _repeated,
        major=False,
    ),
    Rule(
        "events-columns",
        "Every count belongs to a group.",
        ARITHMETIC,
        "Correct the group.",
        _columns,
        from_memory=False,
    ),
    Rule(
        "events-nobody",
        "Where nobody is at risk the reason is told.",
        CRITERIA,
        "Say why.",
        _nobody_at_risk,
        major=False,
    ),
)
