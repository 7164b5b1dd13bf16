"""When the disease is to be assessed: each course while treatment goes on, then as follow-up says.

Counted from an assessment that was done, the second one after it with its windows is the last day on which progression
or death does not follow more than one missed assessment. Past the last one planned the last interval goes on; where a
protocol plans no assessments there is no such day. Read `AssessmentPlan.last_day_covered`, then `next_planned`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from trialwright.core.ledger import TreatmentEnded
from trialwright.core.protocol import Encounter, StudyProtocol
from trialwright.core.schedule import visits
from trialwright.core.subject import Case
from trialwright.core.terms import Duration, Verdict

ASSESSMENTS = ("disease_assessment", "tumor_assessment", "lymphoma_assessment")
"""The concepts by which an encounter says that the disease is assessed at it."""
MISSED = 2
"""From so many assessments missed in a row on, what comes after cannot be dated."""

Window = tuple[date, date, date]
"""The day a planned assessment is due, and the first and the last day of its window."""


@dataclass(frozen=True)
class AssessmentPlan:
    """The interval of assessments in courses and its windows in days, the end of treatment, and the days after it.

    `later` are the days planned outside courses, each with the days of its window, and `every` their interval;
    `planned` are all days planned, each with its window, oldest first.
    """

    interval: Duration | None
    windows: int
    treatment_ended: date | None
    later: tuple[tuple[date, int], ...] = ()
    every: Duration | None = None
    planned: tuple[Window, ...] = ()

    def last_day_covered(self, assessed: date) -> date | None:
        """The last day on which not more than one assessment since this one can have been missed; None is no limit.

        >>> plan = AssessmentPlan(Duration(28, "days"), 10, None)
        >>> plan.last_day_covered(date(2025, 3, 31))  # 2 x 28 + 10 days later
        datetime.date(2025, 6, 5)
        """
        day, windows = assessed, 0
        for _ in range(MISSED):
            following = self._next(day)
            if following is None:
                return None
            day, windows = following
        return day + timedelta(days=windows)

    def at_planned(self, day: date) -> bool:
        """Whether a day lies in the window of a planned assessment."""
        return any(first <= day <= last for _, first, last in self.planned)

    def next_planned(self, day: date, since: date) -> date:
        """The day of the assessment planned next, of a day between two; `since` is the assessment before it.

        A day inside a window is at that assessment, and stays; so does one after which nothing is planned.
        """
        if self.at_planned(day):
            return day
        known = next((due for due, _, _ in self.planned if due > day), None)
        following = self._next(since)
        while known is None and following is not None and following[0] <= day:
            following = self._next(following[0])
        return known or (following[0] if following else day)

    def _next(self, day: date) -> tuple[date, int] | None:
        """The next planned assessment after a day, with its windows."""
        in_course = self.interval.after(day) if self.interval else None
        if in_course and (self.treatment_ended is None or in_course <= self.treatment_ended):
            return in_course, self.windows
        following = next((one for one in self.later if one[0] > day), None)
        going_on = self.every or self.interval
        return following or ((going_on.after(day), self.windows) if going_on else None)


def assessing(protocol: StudyProtocol) -> tuple[Encounter, ...]:
    """The encounters at which the disease is assessed."""
    return tuple(one for one in protocol.encounters if set(ASSESSMENTS) & set(one.collect))


def assessment_plan(case: Case, on: date) -> AssessmentPlan:
    """The plan of assessments of a subject as known on a day."""
    of_disease = assessing(case.protocol)
    in_course = [one for one in of_disease if one.anchor == "course"]
    regimens = case.protocol.regimens_of(case.record.arm)
    ended = max((one.occurred for one in case.record.of_kind(TreatmentEnded) if one.occurred <= on), default=None)
    outside = {one.id for one in of_disease if one.anchor != "course"}
    later = tuple((one.due, _days(one.encounter)) for one in visits(case, on) if one.encounter.id in outside)
    return AssessmentPlan(
        interval=regimens[0].cycle if in_course and regimens else None,
        windows=max((_days(one) for one in in_course or of_disease), default=0),
        treatment_ended=ended,
        later=later,
        every=next((one.every for one in reversed(of_disease) if one.every), None),
        planned=_planned(case, {one.id for one in of_disease}, on),
    )


def _planned(case: Case, encounters: Iterable[str], on: date) -> tuple[Window, ...]:
    held = [one for one in visits(case, on) if one.encounter.id in set(encounters)]
    return tuple(sorted((one.due, one.earliest, one.latest) for one in held if one.applies is not Verdict.NOT_MET))


def _days(encounter: Encounter) -> int:
    return sum(encounter.window)
