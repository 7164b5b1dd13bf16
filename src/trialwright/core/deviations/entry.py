"""Entry into the study against its criteria: on the day of registration by what is known now, and at the first dose.

A value corrected after registration may show that a criterion was not met; the registration stands, with a finding.
Criteria that look back over a time are judged again at the actual first dose. A criterion that is unknown now is no
deviation: it cannot be told. Read `entry_deviations`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from trialwright.core.conditions import Had, Measure, parts
from trialwright.core.deviations.grading import graded
from trialwright.core.deviations.values import Deviation, Found, Untold
from trialwright.core.eligibility import CriterionAnswer, judge_criteria
from trialwright.core.ledger import SubjectRegistered
from trialwright.core.protocol import Criterion, StudyProtocol
from trialwright.core.subject import Case, SubjectRecord, known_on
from trialwright.core.terms import Because, Verdict

Answers = tuple[CriterionAnswer, ...]


def entry_deviations(case: Case, on: date) -> Iterator[Found]:
    """Criteria not met or unknown at registration, and those no longer met at the first dose."""
    registered = known_on(case.record, on).registered
    if registered is None:
        return
    then = judge_criteria(case, registered.occurred, case.protocol.eligibility)
    yield from _at_registration(case, then, registered)
    courses = case.courses(on)
    if courses and courses[0].day_1 > registered.occurred:
        yield from _at_first_dose(case, then, courses[0].day_1)


def _at_registration(case: Case, then: Answers, registered: SubjectRegistered) -> Iterator[Found]:
    """Each criterion by itself; one that only points to another says nothing more."""
    own = {one.id for one in case.protocol.eligibility if one.must or one.must_not or not one.see}
    for answer in then:
        if answer.id not in own or answer.verdict is Verdict.MET:
            continue
        if answer.verdict is Verdict.UNKNOWN:
            kind = "registered with a criterion not met"
            because = f"{answer.id} is unknown by what is known now: {_saw(answer)}"
            yield Untold(kind, registered.occurred, because, answer.id, answer.id, answer.missing)
        else:
            yield _not_met(case, answer, registered)


def _not_met(case: Case, answer: CriterionAnswer, registered: SubjectRegistered) -> Deviation:
    """A criterion that was not met on the day of registration, by the entry that shows it."""
    later = _recorded_later(case, answer, registered.seq)
    said = registered.said.answer or "nothing"
    return Deviation(
        kind="eligibility found wrong later" if later else "registered with a criterion not met",
        on=registered.occurred,
        says=f"Registered, though {answer.id} is not met by what is known now: {_saw(answer)}. "
        f"Then it was said: {said}.",
        clause=answer.id,
        because=answer.because,
        do="Tell the investigator and the sponsor; the registration stands as it was decided.",
        about=answer.id,
        planned=answer.because[0].words if answer.because else "",
        done=_saw(answer),
        event=later or next((one.event for one in answer.evidence if one.event), registered.id),
    )


def _recorded_later(case: Case, answer: CriterionAnswer, seq: int) -> str:
    """The entry after the registration that the answer stands on; nothing where all of it was known then."""
    wanted = {one.event for one in answer.evidence if one.event}
    later = (event for event in case.record.forms if event.id in wanted and event.seq > seq)
    first = min(later, key=lambda event: (event.occurred, event.id), default=None)
    return first.id if first else ""


def _at_first_dose(case: Case, then: Answers, first: date) -> Iterator[Found]:
    """Each criterion that looks back over a time and was met."""
    met = {answer.id for answer in then if answer.verdict is Verdict.MET}
    again = [one for one in case.protocol.eligibility if one.id in met and _looks_back(one)]
    for answer in judge_criteria(case, first, again):
        kind = "criterion not met at the first dose"
        if answer.verdict is Verdict.UNKNOWN:
            because = f"{answer.id}, met at registration, is unknown on {first}: {_saw(answer)}"
            yield Untold(kind, first, because, answer.id, answer.id, answer.missing)
        elif answer.verdict is Verdict.NOT_MET:
            yield Deviation(
                kind=kind,
                on=first,
                says=f"At the first dose {answer.id} was not met, having been met at registration: {_saw(answer)}.",
                clause=answer.id,
                because=answer.because,
                do="Tell the investigator.",
                about=answer.id,
                planned=answer.because[0].words if answer.because else "",
                done=_saw(answer),
                event=next((one.event for one in answer.evidence if one.event), ""),
            )


def _looks_back(criterion: Criterion) -> bool:
    asked = [one for one in (criterion.must, criterion.must_not) if one is not None]
    return any(
        isinstance(part, Measure | Had) and (part.looks_back is not None or part.before is not None)
        for condition in asked
        for part in parts(condition)
    )


def _saw(answer: CriterionAnswer) -> str:
    return "; ".join(one.saw for one in answer.because if one.saw) or "nothing recorded"


# --- one subject more than planned ------------------------------------------------------------------------------------


def over_plan(protocol: StudyProtocol, record: SubjectRecord, place: int) -> tuple[Deviation, ...]:
    """That a subject was registered, as number `place`, after as many as were planned; nothing where it was not."""
    accrual, registered = protocol.design.accrual, record.registered
    if registered is None or place <= accrual.planned:
        return ()
    says = f"Registered as number {place}; {accrual.planned} are planned."
    found = Deviation(
        kind="registered over plan",
        on=registered.occurred,
        says=says,
        clause=accrual.id,
        because=(Because(accrual.id, accrual.words, says),),
        do="Tell the sponsor and the ethics board; amend the protocol before registering more.",
        about=record.subject,
        planned=f"at most {accrual.planned}",
        done=f"number {place}",
        event=registered.id,
    )
    return graded([found], protocol)
