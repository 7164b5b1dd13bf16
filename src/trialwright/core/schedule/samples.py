"""Planned specimens: which are to be taken at which visit of this subject, and which were.

A specimen of a sub-study is planned at its sites, for a subject who joined it, from the day of joining on. Whether the
sub-study is still offered is a question of the whole study and not asked here. Read `samples`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from trialwright.core.ledger import SubstudyJoined
from trialwright.core.protocol import Specimen
from trialwright.core.schedule.visits import Visit, visits
from trialwright.core.subject import Case, Observation, observations
from trialwright.core.terms import Because


@dataclass(frozen=True)
class Sample:
    """One planned sample: its specimen, the visit it belongs to, and whether it was taken.

    Its state is that of a visit, with "taken" in place of "done"; a visit done without it leaves it overdue until the
    window closes, then missed.
    """

    key: str
    specimen: Specimen
    visit: Visit
    state: str
    taken_on: date | None = None
    because: tuple[Because, ...] = ()


def sample_key(specimen: Specimen, visit_key: str) -> str:
    """The key of a sample: the specimen and the visit, such as "skin_biopsy.baseline"."""
    return f"{specimen.id}.{visit_key}"


def samples(case: Case, on: date, horizon: date | None = None) -> tuple[Sample, ...]:
    """Every sample planned for a subject, as it stands on a day, in order of its visit."""
    taken = _recorded(case, on)
    return tuple(
        _sample(specimen, visit, on, taken.get(sample_key(specimen, visit.key)))
        for visit in visits(case, on, horizon)
        for specimen in _planned_at(case, visit, on)
        if not _taken_elsewhere(specimen, visit, taken)
    )


def _recorded(case: Case, on: date) -> Mapping[str, Observation]:
    """What was recorded of each sample: with the visit, or by its first record of custody alone."""
    custody = observations(case.record, "custody", on)
    found = {one.text("specimen"): one for one in reversed(custody) if one.text("step") == "collected"}
    return found | {one.instance: one for one in observations(case.record, "specimen", on)}


def _taken_elsewhere(specimen: Specimen, visit: Visit, taken: Mapping[str, Observation]) -> bool:
    """Whether it was taken at the visit for which this one would stand in."""
    other = taken.get(sample_key(specimen, visit.encounter.instead_of or ""))
    return other is not None and _is_collected(other) is True


def _is_collected(recorded: Observation) -> bool | None:
    return True if recorded.concept == "custody" else recorded.yes("collected")


def _planned_at(case: Case, visit: Visit, on: date) -> Iterator[Specimen]:
    for specimen in case.protocol.specimens:
        if visit.encounter.id in specimen.encounters or visit.key in specimen.encounters:
            joined = _joined_on(case, specimen, on, visit.done_on or visit.due)
            if joined is not None and joined <= max(visit.latest, visit.done_on or visit.latest):
                yield specimen


def _joined_on(case: Case, specimen: Specimen, on: date, day: date) -> date | None:
    """Since when the specimen is planned for this subject; None where it is not, at the site of that day."""
    if specimen.substudy is None:
        return date.min
    substudy = next((one for one in case.protocol.design.substudies if one.id == specimen.substudy), None)
    if substudy is None or case.record.site_on(day) not in substudy.sites:
        return None
    joined = [one.occurred for one in case.record.of_kind(SubstudyJoined) if one.substudy == substudy.id]
    return min((day for day in joined if day <= on), default=None)


def _sample(specimen: Specimen, visit: Visit, on: date, recorded: Observation | None) -> Sample:
    state, taken_on, saw = _state(visit, on, recorded)
    because = Because(specimen.id, specimen.words, saw)
    return Sample(sample_key(specimen, visit.key), specimen, visit, state, taken_on, (because, *visit.because))


def _state(visit: Visit, on: date, recorded: Observation | None) -> tuple[str, date | None, str]:
    collected = _is_collected(recorded) if recorded else None
    if recorded is not None and collected:
        told = recorded.date_of("on")
        return "taken", told.exact if told else recorded.event.occurred, f"taken on {told or recorded.event.occurred}"
    if recorded is not None and collected is False:
        return "missed", None, f"not taken: {recorded.text('reason') or 'no reason given'}"
    if visit.state == "done":
        return "overdue" if on <= visit.latest else "missed", None, "the visit was done and no sample is recorded"
    return visit.state, None, f"planned at {visit.encounter.label}"
