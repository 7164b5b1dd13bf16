"""What ends the calendar of a subject, or a part of it: death, leaving, a failed screening, the end of treatment.

Consent withdrawn from treatment ends treatment and leaves the safety visit and follow-up; from follow-up it ends
follow-up; from the study it ends everything. Consent given again takes the withdrawal back; who was lost and is found
again is followed on (`subject.standing`). Read `ends`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from trialwright.core.ledger import ConsentWithdrawn, ScreeningFailed, StudyLeft, TreatmentEnded
from trialwright.core.protocol import Encounter, Epoch
from trialwright.core.subject import Case, SubjectRecord, left, treatment_over, withdrawn

EVERYTHING, TREATMENT, FOLLOW_UP = "study", "treatment", "follow-up"


@dataclass(frozen=True)
class End:
    """What ended things: the last day on which they still went on, why in words, and which part ended."""

    on: date
    why: str
    part: str = EVERYTHING

    def rules_out(self, encounter: Encounter, due: date, latest: date, never: bool) -> bool:
        """After the end of everything no open window need be kept; treatment days before the end were due.

        `never` is of a course that will not begin: that was called off, or was awaited when everything ended.
        """
        if self.part == EVERYTHING:
            return latest > self.on or never
        if self.part == TREATMENT:
            return is_on_treatment(encounter) and (due > self.on or never)
        return encounter.epoch is Epoch.FOLLOW_UP and latest > self.on


def is_on_treatment(encounter: Encounter) -> bool:
    """Whether an encounter is there for treatment, or for the first dose to come, and so falls away with it."""
    if encounter.instead_of:
        return False
    return encounter.anchor == "course" or (encounter.anchor == "first_dose" and encounter.epoch is not Epoch.FOLLOW_UP)


def ends(case: Case, on: date) -> tuple[End, ...]:
    """What ended things by a day; the end of everything first."""
    record, died, gone = case.record, case.died(on), left(case.record, on)
    told = [
        *([End(died - timedelta(days=1), f"died on {died}")] if died else []),
        *([End(gone.occurred, f"off study since {gone.occurred}: {gone.why}")] if isinstance(gone, StudyLeft) else []),
        *(End(one.occurred, f"not registered: {one.why}") for one in record.of_kind(ScreeningFailed)),
        *(End(one.occurred, f"off treatment: {one.why}", TREATMENT) for one in record.of_kind(TreatmentEnded)),
        *_withdrawals(record, on),
    ]
    return tuple(one for one in told if one.on <= on)


def _withdrawals(record: SubjectRecord, on: date) -> list[End]:
    found = [(part, withdrawal_of(record, part, on)) for part in (EVERYTHING, TREATMENT, FOLLOW_UP)]
    return [
        End(
            one.occurred, f"consent to {_PARTS[part]} withdrawn on {one.occurred}: {one.why or 'no reason given'}", part
        )
        for part, one in found
        if one
    ]


_PARTS = {EVERYTHING: "the study", TREATMENT: "treatment", FOLLOW_UP: "follow-up"}


def withdrawal_of(record: SubjectRecord, part: str, on: date) -> ConsentWithdrawn | None:
    """The withdrawal of consent to a part that stands on a day: none given again since."""
    return withdrawn(record, part, on)


def end_of_treatment_plan(case: Case, on: date) -> date | None:
    """The day from which no further course is planned: treatment ended, the subject left, or consent was withdrawn."""
    over = treatment_over(case.record, on)
    return over.occurred if over else None
