"""Participants judged one at a time, for those who look at each once: datasets of many need no more memory than of few.

Read `each_person`, then `study_alone`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from trialwright.core.analysis.gathering import _person, added_endpoints
from trialwright.core.analysis.people import Gathered, Person
from trialwright.core.conduct import Trial
from trialwright.core.subject import StudyRecord


def each_person(trial: Trial, study: StudyRecord, cut: date) -> Iterator[Person]:
    """Everyone who came to screening by the cut-off, as `gather` judges them but for departures, in order of ids."""
    found = (person_named(trial, study, subject, cut) for subject in sorted(study.subjects))
    yield from (one for one in found if one is not None)


def person_named(trial: Trial, study: StudyRecord, subject: str, cut: date) -> Person | None:
    """A participant as judged by the cut-off; None for who had not come to screening by then.

    Raises KeyError for an id nobody has.
    """
    extra = added_endpoints(trial.versions[trial.latest])
    one = _person(trial, study, subject, cut, extra, conduct=False)
    return one if one.screened or one.registered else None


def study_alone(trial: Trial, study: StudyRecord, cut: date) -> Gathered:
    """What `gather` gathers, without the people in it: the protocol, its versions and endpoints, the cut-off."""
    protocol = trial.versions[trial.latest]
    return Gathered(
        protocol=protocol,
        versions=trial.versions,
        hashes=trial.hashes,
        cut=cut,
        people=(),
        extra_endpoints=added_endpoints(protocol),
        simulated=study.kind == "simulated",
    )
