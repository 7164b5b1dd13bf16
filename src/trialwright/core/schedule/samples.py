"""Planned specimens: which are to be taken at which visit of this subject, and which were.

A specimen of a sub-study is planned at its sites, for a subject who joined it, from the day of joining on. Whether the
sub-study is still offered is a question of the whole study and not asked here. Read `samples`.
"""

from __future__ import annotations

from collections.abc import Iterator
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
    taken = {one.instance: one for one in observations(case.record, "specimen", on)}
    return tuple(
        _sample(specimen, visit, on, taken.get(sample_key(specimen, visit.key)))
        for visit in visits(case, on, horizon)
        for specimen in _planned_at(case, visit, on)
    )


def _planned_at(case: Case, visit: Visit, on: date) -> Iterator[Specimen]:
    for specimen in case.protocol.specimens:
        if visit.encounter.id in specimen.encounters or visit.key in specimen.encounters:
            joined = _joined_on(case, specimen, on)
            if joined is not None and joined <= max(visit.latest, visit.done_on or visit.latest):
                yield specimen


def _joined_on(case: Case, specimen: Specimen, on: date) -> date | None:
    """Since when the specimen is planned for this subject; None where it is not."""
    if specimen.substudy is None:
        return date.min
    substudy = next((one for one in case.protocol.design.substudies if one.id == specimen.substudy), None)
    if substudy is None or case.record.site not in substudy.sites:
        return None
    joined = [one.occurred for one in case.record.of_kind(SubstudyJoined) if one.substudy == substudy.id]
    return min((day for day in joined if day <= on), default=None)


def _sample(specimen: Specimen, visit: Visit, on: date, recorded: Observation | None) -> Sample:
    state, taken_on, saw = _state(visit, on, recorded)
    because = Because(specimen.id, specimen.words, saw)
    return Sample(sample_key(specimen, visit.key), specimen, visit, state, taken_on, (because, *visit.because))


def _state(visit: Visit, on: date, recorded: Observation | None) -> tuple[str, date | None, str]:
    collected = recorded.yes("collected") if recorded else None
    if recorded is not None and collected:
        told = recorded.date_of("on")
        taken_on = (told.exact if told else None) or recorded.event.occurred
        return "taken", taken_on, f"taken on {taken_on}"
    if recorded is not None and collected is False:
        return "missed", None, f"not taken: {recorded.text('reason') or 'no reason given'}"
    if visit.state == "done":
        return "overdue" if on <= visit.latest else "missed", None, "the visit was done and no sample is recorded"
    return visit.state, None, f"planned at {visit.encounter.label}"
