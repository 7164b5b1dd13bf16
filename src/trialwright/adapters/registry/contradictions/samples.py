"""Samples and sites stated twice and differently: when a sample is taken against when its outcome is measured.

An outcome is held against a sampling only where both speak of the same thing: the same matrix and topic, or an
objective that joins them, and the same site if one is named. Read `sampling_times` first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from trialwright.adapters.registry.claims import Claim, Passage, Record
from trialwright.adapters.registry.claims.samples import SAMPLED, matrices, site_of, sites_named, timed, times, topic
from trialwright.adapters.registry.contradictions.finding import Contradiction, against
from trialwright.adapters.registry.reading import words_of

_WHY = "A sample taken at another time cannot be taken again."
_ASK = "Ask the sponsor which times the protocol has, and take the sample at every time named until then."
_ENOUGH = 0.5


@dataclass(frozen=True)
class Timing:
    """A statement that names points in time, with what it samples, what it is about, and the site it is limited to."""

    claim: Claim
    matrix: frozenset[str]
    topic: frozenset[str]
    site: str


def sampling_times(record: Record) -> Iterator[Contradiction]:
    """Sampling in the outline against the outcomes measured from it, and samplings of one matrix and topic."""
    takes = list(_samplings(record))
    for taken in takes:
        for measured in _outcomes(record):
            if _of_one_thing(taken, measured) and taken.claim.value != measured.claim.value:
                yield _clash(taken, measured)
    for first, second in combinations(takes, 2):
        if _same_sampling(first, second) and first.claim.value != second.claim.value:
            yield _clash(first, second)


def time_frames(record: Record) -> Iterator[Contradiction]:
    """An outcome measured at days of courses, in a time frame that names other days of courses."""
    frames = {one.block.rpartition(".")[0]: one for one in record.of("time frame")}
    for measure in record.of("outcome"):
        frame = frames.get(measure.block.rpartition(".")[0])
        first = timed(measure, "times of measuring")
        second = timed(frame, "time frame") if frame else None
        if first and second and _days(second) and _days(first) and not _days(second) <= _days(first):
            what = "An outcome and its time frame name different times"
            yield against("times of sampling", what, _WHY, _ASK, [first, second])


def _days(claim: Claim) -> set[str]:
    return {one for one in claim.value if one.startswith("day") and "course" in one}


def _clash(first: Timing, second: Timing) -> Contradiction:
    what = f"The times of sampling ({' and '.join(sorted(first.matrix)) or 'samples'}) are stated differently"
    return against("times of sampling", what, _WHY, _ASK, [first.claim, second.claim])


def _samplings(record: Record) -> Iterator[Timing]:
    """Statements that take samples at named times; what follows in the paragraph says what they are taken for."""
    passages = record.of("description", "summary", "arm", "intervention")
    for passage in passages:
        claim = timed(passage, "times of sampling")
        matrix = matrices(passage.text)
        if claim and matrix and SAMPLED.search(passage.text):
            paragraph = " ".join(one.text for one in passages if one.block == passage.block)
            yield Timing(claim, matrix, topic(paragraph), site_of(paragraph))


def _outcomes(record: Record) -> Iterator[Timing]:
    """Outcome measures that name times, with the objective that says what they are measured from."""
    objectives = [one for one in record.of("description", "summary") if not list(times(one.text))]
    for passage in record.of("outcome"):
        claim = timed(passage, "times of measuring")
        if claim:
            told = [one for one in objectives if _shares(topic(passage.text), topic(one.text))]
            matrix = matrices(passage.text) or frozenset().union(*(matrices(one.text) for one in told))
            yield Timing(claim, matrix, topic(passage.text), site_of(passage.text))


def _shares(outcome: frozenset[str], objective: frozenset[str]) -> bool:
    """An objective is an outcome's if most of the outcome's words stand in it."""
    return len(outcome) >= 2 and len(outcome & objective) >= 2 and len(outcome & objective) >= 0.75 * len(outcome)


def _of_one_thing(taken: Timing, measured: Timing) -> bool:
    """The same site where one is named, else the same matrix; never where the outcome is of another matrix."""
    if measured.matrix and not (taken.matrix & measured.matrix):
        return False
    if taken.site or measured.site:
        return taken.site == measured.site and bool(taken.topic & measured.topic)
    return bool(measured.matrix) and _comparable(taken.claim, measured.claim)


def _comparable(first: Claim, second: Claim) -> bool:
    """Both counted in courses; or two lists of several times that share one."""
    if _grain(first) != _grain(second):
        return False
    several = min(len(first.value), len(second.value)) > 1
    return _grain(first) or (several and bool(set(first.value) & set(second.value)))


def _grain(claim: Claim) -> bool:
    """Whether times are counted in courses; times in weeks and in courses are not compared."""
    return any("course" in one for one in claim.value)


def _same_sampling(first: Timing, second: Timing) -> bool:
    """One matrix, one site, most of the topic, in two paragraphs."""
    apart = first.claim.block != second.claim.block
    shared = len(first.topic & second.topic) >= _ENOUGH * max(1, min(len(first.topic), len(second.topic)))
    alike = shared and _comparable(first.claim, second.claim)
    return apart and first.matrix == second.matrix and first.site == second.site and alike


def site_only(record: Record) -> Iterator[Contradiction]:
    """A procedure limited to a site, by statements that name different sites, or a site that is not listed."""
    named = list(sites_named(record))
    for (passage, one), (other_passage, other) in combinations(named, 2):
        if one.value != other.value and _alike(passage, other_passage):
            yield against("site", "One procedure is limited to different sites", _WHY, _ASK, [one, other])
    places = _places(record)
    for _, one in named:
        listed = any(words_of(one.value).lower() in place.lower() for place in places)
        if places and not listed and re.search(r"University|Hospital|Cent(?:er|re)|Clinic|Institut", one.value):
            what = "A procedure is limited to a site that the record does not list"
            yield against("site", what, "No site would carry it out.", _ASK, [one])


def _alike(one: Passage, other: Passage) -> bool:
    return len(topic(one.text) & topic(other.text)) >= 2


def _places(record: Record) -> list[str]:
    """The sites listed, and the organisations responsible."""
    sites = [str(one.get("facility", "")) for one in record.entries("contactsLocationsModule.locations")]
    lead = record.get("sponsorCollaboratorsModule.leadSponsor.name", "")
    others = [str(one.get("name", "")) for one in record.entries("sponsorCollaboratorsModule.collaborators")]
    return [*sites, str(lead), *others] if sites else []
