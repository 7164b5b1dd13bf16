"""What a site and a laboratory have to do with specimens: what is to be collected, sent, received, assayed, destroyed.

Read `specimens_due` for one subject and `laboratory` for many.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from trialwright.core.protocol import CUSTODY_STEPS
from trialwright.core.specimens.custody import Custody, NextStep, custody_of
from trialwright.core.subject import Case
from trialwright.core.terms import Because, Evidence

TO_DO = dict(zip(CUSTODY_STEPS, "collect process ship receive assay store destroy".split(), strict=True))
"""The step that was done, as what is to be done."""


@dataclass(frozen=True)
class SpecimenDue:
    """One thing to do with one specimen: what, by when, where the specimen is, and which clause.

    To collect one is `overdue` from the day after its visit was planned for, as the visit is; the last day of the
    window is `due`.
    """

    subject: str
    site: str
    key: str
    label: str
    to_do: str
    aliquot: str
    due: date | None
    time: str
    overdue: bool
    place: str
    because: Because
    evidence: tuple[Evidence, ...] = ()

    def is_late(self, on: date) -> bool:
        """Whether it is late by then: never before the day by which it is due is over."""
        return self.overdue and (self.due is None or self.due < on)


@dataclass(frozen=True)
class LaboratoryRow:
    """One specimen as a laboratory sees it: whose it is, its state, where and since when, what is next."""

    subject: str
    site: str
    key: str
    label: str
    matrix: str
    state: str
    place: str
    since: date | None
    next: tuple[SpecimenDue, ...]
    findings: int
    missing: tuple[str, ...]
    because: tuple[Because, ...]
    evidence: tuple[Evidence, ...]


def specimens_due(case: Case, on: date) -> tuple[SpecimenDue, ...]:
    """Everything to be done with the specimens of a subject, the late and the early first."""
    found = [_due(case, one, step) for one in custody_of(case, on) for step in one.next]
    return tuple(sorted(found, key=lambda one: (not one.overdue, one.due or date.max, one.time, one.key)))


def _due(case: Case, custody: Custody, step: NextStep) -> SpecimenDue:
    return SpecimenDue(
        subject=case.record.subject,
        site=case.record.site,
        key=custody.key,
        label=custody.specimen.label,
        to_do=TO_DO[step.step],
        aliquot=step.aliquot,
        due=step.due,
        time=step.time,
        overdue=step.overdue,
        place=custody.place,
        because=step.because,
        evidence=custody.evidence[-1:],
    )


def laboratory(cases: Iterable[Case], on: date, site: str | None = None) -> tuple[LaboratoryRow, ...]:
    """Every specimen that was collected or is to be collected now, of all subjects or of those of one site."""
    found = [
        _row(case, one, on)
        for case in cases
        if site in (None, case.record.site)
        for one in custody_of(case, on)
        if one.steps or one.next
    ]
    return tuple(sorted(found, key=lambda one: (one.site, one.subject, one.key)))


def _row(case: Case, one: Custody, on: date) -> LaboratoryRow:
    return LaboratoryRow(
        subject=case.record.subject,
        site=case.record.site,
        key=one.key,
        label=one.specimen.label,
        matrix=one.specimen.matrix,
        state=one.state,
        place=one.place,
        since=one.since,
        next=tuple(each for each in specimens_due(case, on) if each.key == one.key),
        findings=len(one.findings),
        missing=one.missing,
        because=one.because,
        evidence=one.evidence,
    )
