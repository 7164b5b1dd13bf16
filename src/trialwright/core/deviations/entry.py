"""Entry into the study against its criteria: on the day of registration by what is known now, and at the first dose.

A value corrected after registration may show that a criterion was not met; the registration stands, with a finding.
Criteria that look back over a time are judged again at the actual first dose. Read `entry_deviations`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from trialwright.core.conditions import Had, Measure, parts
from trialwright.core.deviations.values import Deviation
from trialwright.core.eligibility import CriterionAnswer, Eligibility, judge_eligibility
from trialwright.core.ledger import SubjectRegistered
from trialwright.core.protocol import Criterion
from trialwright.core.subject import Case, known_on
from trialwright.core.terms import Verdict


def entry_deviations(case: Case, on: date) -> Iterator[Deviation]:
    """Criteria not met or unknown at registration, and those no longer met at the first dose."""
    registered = known_on(case.record, on).registered
    if registered is None:
        return
    then = judge_eligibility(case, registered.occurred)
    yield from _at_registration(case, then, registered)
    courses = case.courses(on)
    if courses and courses[0].day_1 > registered.occurred:
        yield from _at_first_dose(case, then, courses[0].day_1)


def _at_registration(case: Case, then: Eligibility, registered: SubjectRegistered) -> Iterator[Deviation]:
    """Each criterion by itself; one that only points to another says nothing more."""
    own = {one.id for one in case.protocol.eligibility if one.must or one.must_not or not one.see}
    for answer in then.criteria:
        if answer.verdict is not Verdict.MET and answer.id in own:
            yield Deviation(
                kind=f"registered with a criterion {_word(answer)}",
                on=registered.occurred,
                says=f"Registered, though {answer.id} is {_word(answer)} by what is known now: {_saw(answer)}. "
                f"Then it was said: {registered.said.answer or 'nothing'}.",
                clause=answer.id,
                severity="major",
                because=answer.because,
                do="Tell the investigator and the sponsor; the registration stands as it was decided.",
            )


def _at_first_dose(case: Case, then: Eligibility, first: date) -> Iterator[Deviation]:
    looks_back = {one.id for one in case.protocol.eligibility if _looks_back(one)}
    if not looks_back:
        return
    before = {answer.id: answer.verdict for answer in then.criteria}
    for answer in judge_eligibility(case, first).criteria:
        if answer.id in looks_back and answer.verdict is not Verdict.MET and before[answer.id] is Verdict.MET:
            met = answer.verdict is Verdict.NOT_MET
            yield Deviation(
                kind=f"criterion {_word(answer)} at the first dose",
                on=first,
                says=f"At the first dose {answer.id} was {_word(answer)}, having been met at registration: "
                f"{_saw(answer)}.",
                clause=answer.id,
                severity="major" if met else "minor",
                because=answer.because,
                do="Enter what is missing, or tell the investigator.",
            )


def _looks_back(criterion: Criterion) -> bool:
    asked = [one for one in (criterion.must, criterion.must_not) if one is not None]
    return any(
        isinstance(part, Measure | Had) and (part.within is not None or part.before is not None)
        for condition in asked
        for part in parts(condition)
    )


def _word(answer: CriterionAnswer) -> str:
    return answer.verdict.value


def _saw(answer: CriterionAnswer) -> str:
    return "; ".join(one.saw for one in answer.because if one.saw) or "nothing recorded"
