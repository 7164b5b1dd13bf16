"""What was seen of one subject from a start to a cut date, as the rules of time ask for it: nothing later counts.

Decided here: whether the disease was assessed before treatment, when another treatment of it was begun, when treatment
was stopped and as what, and when the subject was last known alive. What follows from it is in `rows`. Read `followed`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from trialwright.core.disposition import death, end_of_follow_up
from trialwright.core.endpoints.plan import ASSESSMENTS, AssessmentPlan, assessing, assessment_plan
from trialwright.core.ledger import CourseStarted, SubjectRegistered
from trialwright.core.protocol import EndReason
from trialwright.core.response import Assessment
from trialwright.core.subject import Case, known_on, observations, treatment_over, why_left
from trialwright.core.terms import PartialDate, Quantity, Response

Told = tuple[date, str]
"""A day and, in words, what happened."""


@dataclass(frozen=True)
class Followed:
    """What was seen of one subject up to the cut date, as the censoring rules ask for it.

    `new_therapy` is the first other treatment of the disease; `baseline` says whether the disease was assessed before
    treatment. `assessments` are those from the start on, oldest first. `stopped` is treatment that was not completed,
    `claimed` progression that somebody claimed, with its words; documented or not.
    """

    subject: str
    start: date
    cut: date
    assessments: tuple[Assessment, ...]
    baseline: bool
    died: date | None
    new_therapy: PartialDate | None
    alive_on: date
    plan: AssessmentPlan
    follow_up_ends: date | None
    stopped: Told | None = None
    claimed: Told | None = None

    @property
    def progression(self) -> Assessment | None:
        """The assessment at which progression was first documented; clinical judgement alone documents none."""
        found = (one for one in self.assessments if one.progressed_on is not None)
        return min(found, key=lambda one: one.progressed_on or one.on, default=None)

    @property
    def progressed(self) -> date | None:
        """The first day on which progression was documented, never before the start."""
        first = self.progression
        return max(first.progressed_on or first.on, self.start) if first else None

    def last_adequate(self, until: date) -> date | None:
        """The last day up to this one on which an assessment could have shown progression."""
        return max((one.on for one in self.assessments if is_adequate(one) and one.on <= until), default=None)


def is_adequate(assessment: Assessment) -> bool:
    """All of it was done and it could be evaluated."""
    return assessment.adequate and assessment.response is not Response.NE


def followed(
    case: Case, assessments: Sequence[Assessment], start: date, cut: date, baseline: bool | None = None
) -> Followed:
    """What was seen of a subject from a start to a cut date; `baseline` overrides what the record shows."""
    seen = tuple(sorted((one for one in assessments if one.on <= cut), key=lambda one: one.on))
    stopped, claimed = _stopped(case, cut)
    return Followed(
        subject=case.record.subject,
        start=start,
        cut=cut,
        assessments=tuple(one for one in seen if one.on >= start),
        baseline=has_baseline(case, seen, start, cut) if baseline is None else baseline,
        died=death(case, cut),
        new_therapy=new_therapy(case, start, cut),
        alive_on=last_known_alive(case, seen, start, cut),
        plan=assessment_plan(case, cut),
        follow_up_ends=end_of_follow_up(case, cut),
        stopped=stopped,
        claimed=claimed,
    )


def has_baseline(case: Case, assessments: Sequence[Assessment], start: date, cut: date) -> bool:
    """A ratio to baseline shows that there is one; else the disease was assessed, and wholly, by the first dose.

    Who has had no dose is asked by the start; counted from registration, an assessment between the two is a baseline.
    """
    if any(one.ratio is not None for one in assessments):
        return True
    courses = case.courses(cut)
    until = max(start, courses[0].day_1) if courses else start
    collected = [set(one.collect) for one in assessing(case.protocol)]
    concepts = set.intersection(*collected) if collected else set(ASSESSMENTS)
    before = [one for name in concepts for one in observations(case.record, name, until)]
    done = [one for one in before if one.on.latest <= until]
    said = [told for one in done if (told := one.yes("complete")) is not None]
    return bool(done) and (not said or any(said))


def new_therapy(case: Case, start: date, cut: date) -> PartialDate | None:
    """The first other treatment of the disease that was begun after the start and by the cut date.

    One that was over and done before the start belongs to what was given before; one still to come is none yet.
    """
    told = [begun for one in observations(case.record, "new_therapy", cut) if (begun := one.date_of("start"))]
    after = [one for one in told if one.latest >= start and one.earliest <= cut]
    return min(after, key=lambda one: (one.earliest, one.latest), default=None)


def _stopped(case: Case, cut: date) -> tuple[Told | None, Told | None]:
    """Treatment that was stopped before it was completed, and progression that was claimed, each with its words.

    Treatment stopped for progression is a claim of it; whether it was documented is asked by the rules.
    """
    over = treatment_over(known_on(case.record, cut), cut)
    reason = case.protocol.end_reason(why_left(over)) if over else None
    told = (over.occurred, reason.words or reason.category.value) if over and reason else None
    as_claim = told if reason and reason.category is EndReason.PROGRESSIVE_DISEASE else None
    no_stop = reason is None or reason.category in (EndReason.COMPLETED, EndReason.DEATH) or as_claim is not None
    judged = observations(case.record, "progression_clinical", cut)
    days = [(one.on.earliest, "judged clinically") for one in judged if one.yes("value") and one.on.earliest <= cut]
    return None if no_stop else told, min([*days, *([as_claim] if as_claim else [])], default=None)


# --- alive ---------------------------------------------------------------------------------------------------------


def last_known_alive(case: Case, assessments: Sequence[Assessment], start: date, cut: date) -> date:
    """The last day up to the cut on which something shows that the subject was alive: seen, measured, treated."""
    shown = [_last_sign_of_life(case, cut), *(one.on for one in assessments), start]
    return max(day for day in shown if day <= cut)


def _last_sign_of_life(case: Case, cut: date) -> date:
    """The last day up to the cut on which the record shows the subject alive, sought once for each cut."""
    key = ("last sign of life", cut)
    if key not in case.memo:
        case.memo[key] = max((day for day in _signs_of_life(case, cut) if day <= cut), default=date.min)
    found: date = case.memo[key]
    return found


def _signs_of_life(case: Case, cut: date) -> Iterator[date]:
    """Every day up to the cut on which the record shows the subject alive."""
    said = observations(case.record, "vital_status", cut)
    yield from (one.on.earliest for one in said if one.text("value") == "alive")
    yield from (one.on.earliest for one in observations(case.record, "visit", cut) if one.yes("done") is True)
    begun = (one.date_of("start") for one in observations(case.record, "new_therapy", cut))
    yield from (one.earliest for one in begun if one)
    yield from _days_measured(case, cut)
    for course in case.courses(cut):
        yield from (day for day in (course.day_1, course.last_dose) if day)
    for event in (*case.record.of_kind(SubjectRegistered), *case.record.of_kind(CourseStarted)):
        yield event.occurred


def _days_measured(case: Case, cut: date) -> Iterator[date]:
    for concept in case.record.items:
        for one in observations(case.record, concept, cut):
            if isinstance(one.values.get("value"), Quantity) and one.on.exact:
                yield one.on.exact
