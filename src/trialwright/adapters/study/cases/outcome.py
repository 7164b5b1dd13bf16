"""What came out of a case told: the subject's status on the day, its eligibility at entry, and the reasons of both."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from trialwright.adapters.study.cases.story import SUBJECT, Story
from trialwright.core.conduct import SubjectStatus, TrialStatus, case_of, subject_status, trial_status
from trialwright.core.eligibility import Eligibility, judge_eligibility
from trialwright.core.endpoints import SubjectEndpoints, subject_endpoints
from trialwright.core.subject import Case
from trialwright.core.terms import Because, Verdict


@dataclass(frozen=True)
class Outcome:
    """Everything the program answers about a case; each answer is reckoned when it is asked for, once."""

    story: Story
    drug: str | None
    words: frozenset[str]

    @cached_property
    def status(self) -> SubjectStatus:
        """Everything that holds for the patient on the day."""
        return subject_status(self.story.trial, self.story.record, SUBJECT, self.story.on)

    @cached_property
    def case(self) -> Case:
        """The patient under the protocol version it is on."""
        return case_of(self.story.trial, self.story.record, SUBJECT, self.story.on)

    @cached_property
    def eligibility(self) -> Eligibility:
        """Whether the patient may enter: on the day of registration, asked for or had, else on the day of the case."""
        entry, study = self.story.asked_to_register, self.story.record
        on = entry.occurred if entry else self.story.on
        record = study.subjects[SUBJECT]
        if entry and record.registered is None:
            planned = replace(record, milestones=(*record.milestones, entry))
            study = replace(study, subjects={**study.subjects, SUBJECT: planned})
        return judge_eligibility(case_of(self.story.trial, study, SUBJECT, on), on)

    @cached_property
    def endpoints(self) -> SubjectEndpoints:
        """What the endpoints of the protocol measure in the patient up to the day."""
        standards = self.story.trial.standards[self.case.protocol.version]
        found = standards.response.assess(self.case, self.story.on) if standards.response else ()
        return subject_endpoints(self.case, found, self.story.on, standards.toxicity)

    @cached_property
    def whole_trial(self) -> TrialStatus:
        """The trial the patient is part of, with the others the case tells of."""
        return trial_status(self.story.trial, self.story.record, self.story.on)

    @property
    def on_entry(self) -> bool:
        """Whether the case asks about entry rather than about a dose."""
        return bool(self.words & {"eligible", "criteria"})

    @cached_property
    def reasons(self) -> tuple[Because, ...]:
        """The reasons of the answers the case asks about: of entry, or else of the dose and whether it goes on."""
        if self.on_entry:
            against = [one for one in self.eligibility.criteria if one.verdict is not Verdict.MET]
            return tuple(reason for one in against for reason in one.because)
        doses = [one for one in self.status.doses.values() if self.drug in (None, one.drug)]
        told = [reason for one in doses for reason in one.because]
        asked = self.words & {"continuation", "courses left", "to end"}
        return (*told, *(self.status.continuation.because if asked else ()))

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """What is missing to answer."""
        if self.on_entry:
            return self.eligibility.missing
        doses = self.status.doses.values()
        return tuple(item for one in doses for item in one.missing) + self.status.continuation.missing
