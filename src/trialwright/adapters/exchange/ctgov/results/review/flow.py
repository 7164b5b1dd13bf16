"""Participant flow: everyone who started is accounted for, in every period and group. Read `RULES`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise

from trialwright.adapters.exchange.ctgov.results.choices import MilestoneType
from trialwright.adapters.exchange.ctgov.results.flow import Period
from trialwright.adapters.exchange.ctgov.results.review.rule import (
    ARITHMETIC,
    CRITERIA,
    DEFINITIONS,
    Fault,
    Rule,
    all_started,
    at,
    number,
    whole,
)
from trialwright.adapters.exchange.ctgov.results.section import Results

THREE = (MilestoneType.STARTED, MilestoneType.COMPLETED, MilestoneType.NOT_COMPLETED)
UNTOLD = ("other", "various", "other reasons", "not otherwise specified", "reason not specified")


def _periods(results: Results) -> Iterator[tuple[str, Period]]:
    for place, one in enumerate(results.participant_flow.periods):
        yield at("participantFlowModule", "periods", place), one


def _three(period: Period, group: str) -> list[Decimal | None]:
    return [number(period.count(kind, group)) for kind in THREE]


def _milestones(results: Results) -> Iterator[Fault]:
    for where, period in _periods(results):
        there = {one.type.known for one in period.milestones if one.type}
        for kind in THREE:
            if kind not in there:
                yield where, f"The period {period.title!r} has no milestone {kind.value}."


def _groups(results: Results) -> Iterator[Fault]:
    ids = {one.id for one in results.participant_flow.groups}
    for where, period in _periods(results):
        for place, one in enumerate(period.milestones):
            told = {each.group_id for each in one.achievements}
            if told != ids:
                differ = ", ".join(sorted(told ^ ids))
                yield (
                    at(where, "milestones", place),
                    f"{one.type} is not told for the same groups as the flow: {differ}.",
                )


def _add_up(results: Results) -> Iterator[Fault]:
    for where, period in _periods(results):
        for group in results.participant_flow.groups:
            started, completed, dropped = _three(period, group.id)
            if started is not None and completed is not None and dropped is not None and started != completed + dropped:
                yield where, f"{group.id}: {started} started, but {completed} completed and {dropped} did not."


def _given(period: Period, group: str) -> Decimal:
    """How many the reasons of a period tell of."""
    told = [each for one in period.drop_withdraws for each in one.reasons if each.group_id == group]
    return sum((number(one.num_subjects) or Decimal(0) for one in told), Decimal(0))


def _reasons(results: Results) -> Iterator[Fault]:
    for where, period in _periods(results):
        for group in results.participant_flow.groups if period.drop_withdraws else ():
            dropped, given = number(period.count(MilestoneType.NOT_COMPLETED, group.id)), _given(period, group.id)
            if dropped is not None and given != dropped:
                yield (
                    where,
                    f"{group.id}: {dropped} did not complete {period.title!r}, and the reasons tell of {given}.",
                )


def _no_reasons(results: Results) -> Iterator[Fault]:
    for where, period in _periods(results):
        dropped = [number(period.count(MilestoneType.NOT_COMPLETED, one.id)) for one in results.participant_flow.groups]
        if any(dropped) and not period.drop_withdraws:
            yield where, f"Some did not complete {period.title!r}, and no reason is told."


def _other(results: Results) -> Iterator[Fault]:
    for where, period in _periods(results):
        for place, one in enumerate(period.drop_withdraws):
            comments = one.comment or any(each.comment for each in one.reasons)
            if one.type and one.type.text.casefold() in UNTOLD and not comments:
                yield at(where, "dropWithdraws", place), f"The reason {one.type} says nothing."


def _next(results: Results) -> Iterator[Fault]:
    for (_, before), (where, period) in pairwise(_periods(results)):
        first = period.milestones[0] if period.milestones else None
        explained = first is not None and (first.comment or any(one.comment for one in first.achievements))
        for group in results.participant_flow.groups:
            completed, started = number(before.count(THREE[1], group.id)), number(period.count(THREE[0], group.id))
            if completed is not None and started is not None and started > completed and not explained:
                yield (
                    where,
                    f"{group.id}: {completed} completed {before.title!r}, and {started} started {period.title!r}.",
                )


def _between(results: Results) -> Iterator[Fault]:
    for where, period in _periods(results):
        for place, one in enumerate(period.milestones):
            for each in one.achievements:
                started, here = number(period.count(THREE[0], each.group_id)), number(each.num_subjects)
                if started is not None and here is not None and here > started:
                    yield (
                        at(where, "milestones", place),
                        f"{each.group_id}: {here} reached {one.type}, of {started} started.",
                    )


def _whole(results: Results) -> Iterator[Fault]:
    for where, period in _periods(results):
        counts = [each for one in period.milestones for each in one.achievements]
        counts += [each for drop in period.drop_withdraws for each in drop.reasons]
        for one in counts:
            value = number(one.num_subjects)
            if one.num_subjects is not None and (value is None or not whole(value)):
                yield where, f"{one.group_id}: {one.num_subjects} is no number of participants."


def _enrolled(results: Results) -> Iterator[Fault]:
    begun, flow = all_started(results), results.participant_flow
    first = flow.periods[0].milestones[:1] if flow.periods else ()
    comments = [one.comment for one in first] + [each.comment for one in first for each in one.achievements]
    explained = flow.pre_assignment_details or flow.recruitment_details or any(comments)
    if results.enrolled is not None and flow.periods and begun != results.enrolled and not explained:
        yield at("participantFlowModule", "periods", 0), f"{results.enrolled} were enrolled, and {begun} started."


def _described(results: Results) -> Iterator[Fault]:
    for place, one in enumerate(results.participant_flow.groups):
        if not one.description:
            yield at("participantFlowModule", "groups", place), f"The group {one.title!r} has no description."


def _none(results: Results) -> Iterator[Fault]:
    if not results.participant_flow.groups or not results.participant_flow.periods:
        yield "participantFlowModule", "There are no groups or no periods."


RULES = (
    Rule("flow-there", "The flow has groups and at least one period.", DEFINITIONS, "Enter them.", _none),
    Rule(
        "flow-milestones",
        "Every period says who started, who completed and who did not.",
        DEFINITIONS,
        "Enter the missing milestone.",
        _milestones,
    ),
    Rule(
        "flow-groups",
        "Every milestone is told for every group of the flow.",
        DEFINITIONS,
        "Enter 0 where nobody reached it.",
        _groups,
    ),
    Rule(
        "flow-add-up",
        "Who started either completed or did not.",
        ARITHMETIC,
        "Recount the period.",
        _add_up,
        from_memory=False,
    ),
    Rule(
        "flow-reasons",
        "The reasons account for everyone who did not complete.",
        CRITERIA,
        "Give each of them a reason.",
        _reasons,
    ),
    Rule(
        "flow-no-reasons",
        "Who did not complete has a reason.",
        DEFINITIONS,
        "Enter the reasons.",
        _no_reasons,
        major=False,
    ),
    Rule("flow-other", "A reason that says nothing is explained.", CRITERIA, "Say which reasons they were.", _other),
    Rule(
        "flow-next-period",
        "More do not start a period than completed the one before, unless a comment says why.",
        CRITERIA,
        "Explain it with the milestone.",
        _next,
        major=False,
    ),
    Rule(
        "flow-between",
        "No milestone is reached by more than started the period.",
        ARITHMETIC,
        "Recount it.",
        _between,
        from_memory=False,
    ),
    Rule(
        "flow-enrolled",
        "As many started as the record says were enrolled, or the difference is explained.",
        CRITERIA,
        "Explain it in the details before assignment.",
        _enrolled,
    ),
    Rule("flow-whole", "Participants are whole numbers.", ARITHMETIC, "Correct the number.", _whole, from_memory=False),
    Rule("flow-described", "Every group says what was done with it.", CRITERIA, "Describe the group.", _described),
)
