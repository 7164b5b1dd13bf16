"""Toxicity for the registry: participants by worst grade, and by kind of adverse event. Read `grades_of`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from trialwright.adapters.exchange.ctgov.results.choices import MeasureParam, OutcomeType
from trialwright.adapters.exchange.ctgov.results.measures import Group, MeasureClass
from trialwright.adapters.exchange.ctgov.results.outcomes import OutcomeMeasure
from trialwright.adapters.reports.analysis.safety import WorstGrades
from trialwright.adapters.reports.results.asking import POPULATIONS, Asked, headed
from trialwright.adapters.reports.results.events import Told, affected, told_events
from trialwright.adapters.reports.results.numbers import PARTICIPANTS, Arm, columns, counts_row, denom
from trialwright.adapters.reports.text import sentence


def grades_of(asked: Asked) -> Iterator[OutcomeMeasure]:
    """Participants by their worst grade, of any adverse event and of each term; and who had which kind of event."""
    yield _worst(asked)
    yield _kinds(asked)


def _worst(asked: Asked) -> OutcomeMeasure:
    found = asked.made.safety
    terms = dict.fromkeys(one.term for one in found.rows)
    told = [[_of(found.any_term, arm) for arm in asked.arms]]
    told += [[_of((one for one in found.rows if one.term == term), arm) for arm in asked.arms] for term in terms]
    groups = columns("OG", asked.arms)
    standard = found.standard.replace("/", " ").upper()
    description = f"Participants by worst grade under treatment, laboratory values among the terms, by {standard}."
    return replace(
        headed(asked, asked.endpoint.label, description),
        population_description=POPULATIONS.get(asked.endpoint.population, ""),
        param_type=MeasureParam.COUNT_OF_PARTICIPANTS,
        unit_of_measure=PARTICIPANTS,
        groups=groups,
        denoms=denom(groups, [one.n for one in told[0]]),
        classes=tuple(_by_grade(groups, ones) for ones in told) if any(one.n for one in told[0]) else (),
    )


def _of(rows: Iterable[WorstGrades], arm: Arm) -> WorstGrades:
    return next(one for one in rows if one.group == arm.label)


def _by_grade(groups: Sequence[Group], told: Sequence[WorstGrades]) -> MeasureClass:
    """One term: who did not have it, who had it at which grade, and whose grade is not known."""
    rows = [("Not reported", [one.n - one.any_grade for one in told])]
    rows += [(f"Grade {grade}", [one.grades.get(grade, 0) for one in told]) for grade in range(1, 6)]
    rows += [("Grade not known", [one.unknown for one in told])] if any(one.unknown for one in told) else []
    return MeasureClass(sentence(told[0].term), categories=tuple(counts_row(groups, n, title) for title, n in rows))


# ---- kinds of events -----------------------------------------------------------------------------------------------

KINDS: Mapping[str, Callable[[Told], bool]] = {
    "Any adverse event": lambda one: True,
    "Related to a drug under study": lambda one: one.related is True,
    "Relation not stated": lambda one: one.related is None,
    "Serious": lambda one: bool(one.serious),
    "Serious and related": lambda one: bool(one.serious) and one.related is True,
}
"""What a participant can have had, as the investigators entered it."""


def _kinds(asked: Asked) -> OutcomeMeasure:
    """Participants with an adverse event of each kind."""
    told = told_events(asked.gathered, asked.arms)
    groups = columns("OG", asked.arms)
    treated = [len(arm.treated) for arm in asked.arms]
    classes = [
        MeasureClass(
            kind, categories=(counts_row(groups, [len(affected(filter(holds, told), arm)) for arm in asked.arms]),)
        )
        for kind, holds in KINDS.items()
    ]
    description = "Participants with at least one adverse event under treatment, as entered by the investigators."
    return replace(
        headed(asked, f"{asked.endpoint.label}: participants with adverse events", description),
        type=OutcomeType.OTHER_PRE_SPECIFIED,
        population_description=POPULATIONS["treated"],
        param_type=MeasureParam.COUNT_OF_PARTICIPANTS,
        unit_of_measure=PARTICIPANTS,
        groups=groups,
        denoms=denom(groups, treated),
        classes=tuple(classes) if any(treated) else (),
    )
