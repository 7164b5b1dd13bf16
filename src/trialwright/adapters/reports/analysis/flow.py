"""Participant flow (CONSORT 2010): who was screened, registered, treated, followed, evaluable, and where the rest went.

Planned, registered, treated and evaluable are four numbers and stay four. Read `participant_flow`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from trialwright.adapters.reports.text import code_words, sentence
from trialwright.core.analysis.people import Gathered, Group, Person
from trialwright.core.protocol import Reason

Reasons = tuple[tuple[str, int], ...]
WAITING = "no first dose by the cut-off"
NO_DRUG = "the study gives no drug"


@dataclass(frozen=True)
class FlowColumn:
    """One group from registration on."""

    label: str
    registered: int
    treated: int
    untreated: Reasons
    on_treatment: int
    off_treatment: Reasons
    in_follow_up: int
    off_study: Reasons
    evaluable: int
    not_evaluable: Reasons
    written: tuple[tuple[str, str], ...] = ()
    """reasons with other words they were written in"""

    @property
    def never_treated(self) -> int:
        """Registered and without a first dose so far."""
        return self.registered - self.treated

    @property
    def stopped(self) -> int:
        """Treated and off treatment."""
        return sum(count for _, count in self.off_treatment)


@dataclass(frozen=True)
class Flow:
    """The whole flow; a screen failure can have several reasons, so `failed` is not their sum."""

    planned: int
    screened: int
    in_screening: int
    failed: int
    failures: Reasons
    registered: int
    treated: int
    evaluable: int
    columns: tuple[FlowColumn, ...]


def participant_flow(gathered: Gathered) -> Flow:
    """Where everyone who came to screening is by the cut-off."""
    people = gathered.people
    failed = [one for one in people if one.failed and not one.registered]
    return Flow(
        planned=gathered.protocol.design.accrual.planned,
        screened=len(people),
        in_screening=sum(not one.registered and not one.failed for one in people),
        failed=len(failed),
        failures=_by_reason(reason for one in failed for reason in _failure_reasons(gathered, one)),
        registered=len(gathered.registered),
        treated=len(gathered.treated),
        evaluable=sum(one.evaluable for one in gathered.treated),
        columns=tuple(_column(group, WAITING if gathered.protocol.regimen else NO_DRUG) for group in gathered.groups),
    )


def _failure_reasons(gathered: Gathered, one: object) -> list[str]:
    clauses: tuple[str, ...] = getattr(one, "failed_clauses", ())
    told: tuple[object, str] = getattr(one, "failed", (None, "")) or (None, "")
    named = [gathered.clause_words(clause) for clause in dict.fromkeys(clauses)]
    return named or [sentence(code_words(told[1])) or "No reason recorded"]


def _column(group: Group, waiting: str) -> FlowColumn:
    treated = group.where(treated=True)
    return FlowColumn(
        label=group.label,
        registered=len(group),
        treated=len(treated),
        untreated=_by_reason(_counted(one.study_reason) or waiting for one in group.people if not one.treated),
        on_treatment=sum(one.on_treatment for one in treated),
        off_treatment=_by_reason(_counted(one.treatment_reason) for one in treated if one.off_treatment),
        in_follow_up=sum(one.off_treatment is not None and one.off_study is None for one in treated),
        off_study=_by_reason(_counted(one.study_reason) for one in treated if one.off_study),
        evaluable=sum(one.evaluable for one in treated),
        not_evaluable=_by_reason(one.not_evaluable for one in treated if not one.evaluable),
        written=_written(group.people),
    )


def _counted(reason: Reason | None) -> str:
    return reason.counted if reason else ""


def _written(people: Iterable[Person]) -> tuple[tuple[str, str], ...]:
    """Each reason that was written in other words than its own, with those words."""
    told = {reason for one in people for reason in (one.treatment_reason, one.study_reason) if reason}
    other = [one for one in told if one.words not in (one.counted, one.counted.removeprefix("other: "))]
    return tuple(sorted((sentence(one.counted), one.words) for one in other))


def _by_reason(reasons: Iterable[str]) -> Reasons:
    """Reasons with how often each was given, the most frequent first."""
    counted = Counter(sentence(code_words(reason)) or "No reason recorded" for reason in reasons)
    return tuple(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
