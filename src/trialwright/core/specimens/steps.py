"""What was done with each specimen, step by step, as it was recorded, with the event each step came in.

A step is a record of `custody`; that a specimen was collected may stand with the visit (`specimen`) and that it was
assayed may be told by its results alone (`assay`): such steps are read as well, marked as told elsewhere. A specimen is
named by its sample key, "<specimen>.<visit>". Read `steps_of`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cmp_to_key

from trialwright.core.ledger import Event
from trialwright.core.protocol import CUSTODY_STEPS
from trialwright.core.specimens.moments import Moment
from trialwright.core.subject import Case, Observation, observations
from trialwright.core.terms import Evidence, PartialDate, Quantity, Verdict

REPORT = "report"
"""What tells of a step whose own day nobody told: a result that came in."""


@dataclass(frozen=True)
class Step:
    """One step: what was done, when, where, by whom, at which temperature, in which condition, with which aliquot.

    `place` is where it was done, for a shipment where it left; `to` is where a shipment goes. `told_by` is the concept
    that says so; `key` the record it stands in.
    """

    step: str
    at: Moment
    event: Event
    key: str
    place: str = ""
    to: str = ""
    by: str = ""
    temperature: Quantity | None = None
    condition: str = ""
    aliquot: str = ""
    tracking: str = ""
    reason: str = ""
    told_by: str = "custody"

    @property
    def words(self) -> str:
        """The step in words: "shipped on 2025-03-03 14:00 -06:00 from North to Central laboratory"."""
        way = (
            f" from {self.place}"
            if self.place and self.step == "shipped"
            else f" at {self.place}"
            if self.place
            else ""
        )
        aliquot = f" (aliquot {self.aliquot})" if self.aliquot else ""
        return f"{self.step}{aliquot} on {self.at}{way}{f' to {self.to}' if self.to else ''}"

    @property
    def evidence(self) -> Evidence:
        """The step as a datum an answer stands on."""
        return Evidence(self.told_by, self.words, str(self.at.on), self.event.id)


def steps_of(case: Case, on: date) -> dict[str, tuple[Step, ...]]:
    """Every step of every specimen of a subject up to a day, in the order in which they were done."""
    found: dict[str, list[Step]] = {}
    for key, step in _custody(case, on):
        found.setdefault(key, []).append(step)
    for key, step in _collected(case, on):
        if not any(one.step == "collected" and one.at.on == step.at.on for one in found.get(key, [])):
            found.setdefault(key, []).append(step)
    for key, step in _assayed(case, on):
        if not any(one.step == "assayed" for one in found.get(key, [])):
            found.setdefault(key, []).append(step)
    return {key: tuple(in_order(steps)) for key, steps in found.items()}


def in_order(steps: Iterable[Step]) -> list[Step]:
    """Steps by when they were done; in the usual order where nobody told enough to say which was first."""
    as_told = sorted(steps, key=lambda one: (one.at.place_in_time, _usual_place(one), one.key))
    return sorted(as_told, key=cmp_to_key(_earlier))


def _earlier(one: Step, other: Step) -> int:
    if one.at.before(other.at) is Verdict.MET:
        return -1
    return 1 if other.at.before(one.at) is Verdict.MET else _usual_place(one) - _usual_place(other)


def _usual_place(step: Step) -> int:
    return CUSTODY_STEPS.index(step.step)


def _custody(case: Case, on: date) -> Iterator[tuple[str, Step]]:
    for one in observations(case.record, "custody", on):
        if one.text("step") in CUSTODY_STEPS and one.text("specimen"):
            yield one.text("specimen"), _step(one, one.text("step"), "custody")


def _collected(case: Case, on: date) -> Iterator[tuple[str, Step]]:
    for one in observations(case.record, "specimen", on):
        if one.yes("collected"):
            yield one.instance, _step(one, "collected", "specimen")


def _assayed(case: Case, on: date) -> Iterator[tuple[str, Step]]:
    """The first result of each specimen shows that it was assayed; no custody of it may have been recorded.

    Without `assayed_on` the day is that of the report: the assay was on that day or before it.
    """
    seen: set[str] = set()
    for one in results(case, on):
        key, told = assay_key(one), one.date_of("assayed_on")
        if one.text("value") and key not in seen:
            seen.add(key)
            at = Moment(told or PartialDate.parse(reported_on(one)))
            yield key, replace(_step(one, "assayed", "assay" if told else REPORT), at=at)


def results(case: Case, on: date) -> list[Observation]:
    """The results that were reported by a day; a result holds for the day its specimen was collected."""
    return [one for one in observations(case.record, "assay", on) if reported_on(one) <= on]


def reported_on(one: Observation) -> date:
    """The day a result was first entered."""
    return min((form.occurred for form in one.forms), default=date.max)


def assay_key(one: Observation) -> str:
    """The sample a result is of."""
    return f"{one.text('specimen')}.{one.text('encounter')}"


def _step(one: Observation, step: str, told_by: str) -> Step:
    kept = one.kept.setdefault("step", {})
    if (step, told_by) not in kept:
        kept[step, told_by] = _step_of(one, step, told_by)
    found: Step = kept[step, told_by]
    return found


def _step_of(one: Observation, step: str, told_by: str) -> Step:
    return Step(
        step=step,
        at=Moment(one.date_of("on") or PartialDate.parse(one.event.occurred), one.text("time"), _offset(one)),
        event=one.event,
        key=one.instance,
        place=one.text("place"),
        to=one.text("to"),
        by=one.text("by") or one.event.actor,
        temperature=one.quantity("temperature"),
        condition=one.text("condition"),
        aliquot=one.text("aliquot"),
        tracking=one.text("tracking"),
        reason=one.text("reason"),
        told_by=told_by,
    )


def _offset(one: Observation) -> str:
    """The offset told with the step, else that of the site where it was entered on the same day."""
    told = one.date_of("on")
    same_day = told is None or told.exact == one.event.occurred
    return one.text("offset") or (one.event.offset if same_day else "")
