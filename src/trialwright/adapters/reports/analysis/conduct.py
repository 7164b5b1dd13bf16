"""How the trial was run: protocol versions and who is on which, deviations, specimens, what the record leaves open.

Deviations and samples are judged by the core; here they are counted. Readiness says how many participants still keep an
endpoint from being final. Read `conduct`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from trialwright.core.analysis.people import Departure, Gathered, Person, Unknown
from trialwright.core.endpoints import Readiness
from trialwright.core.protocol import Question, StudyProtocol, clauses
from trialwright.core.schedule import samples


@dataclass(frozen=True)
class VersionInForce:
    """One protocol version: its file's hash, where and since when it is in force, who is on it."""

    version: str
    file_hash: str
    sites: tuple[tuple[str, date], ...]
    participants: int


@dataclass(frozen=True)
class DeviationCount:
    """Deviations of one kind from one clause: how many, in how many participants, how many of them major."""

    kind: str
    clause: str
    words: str
    count: int
    participants: int
    major: int


@dataclass(frozen=True)
class SiteDeviations:
    """Deviations of one kind at one site: how many, in how many of its participants, how many of them major."""

    site: str
    kind: str
    count: int
    participants: int
    registered: int
    major: int


@dataclass(frozen=True)
class SpecimenCount:
    """One specimen at one encounter: planned by now, taken, missed, still open."""

    specimen: str
    encounter: str
    site: str
    planned: int
    taken: int
    missed: int
    open: int


@dataclass(frozen=True)
class DepartureFromRecord:
    """A clause that goes against a sentence of the record, and on what grounds."""

    clause: str
    record_says: str
    protocol_says: str
    grounds: str


@dataclass(frozen=True)
class Conduct:
    """How the trial was run."""

    versions: tuple[VersionInForce, ...]
    deviations: tuple[Departure, ...]
    untold: tuple[Unknown, ...]
    by_kind: tuple[DeviationCount, ...]
    specimens: tuple[SpecimenCount, ...]
    readiness: tuple[Readiness, ...]
    questions: tuple[Question, ...]
    departures: tuple[DepartureFromRecord, ...]
    contradictions: tuple[str, ...]
    by_site: tuple[SiteDeviations, ...] = ()

    @property
    def who_deviated(self) -> frozenset[str]:
        """The participants with a deviation."""
        return frozenset(one.subject for one in self.deviations)

    @property
    def major(self) -> tuple[Departure, ...]:
        """The major deviations."""
        return tuple(one for one in self.deviations if one.severity == "major")


def conduct(gathered: Gathered) -> Conduct:
    """Everything about the running of the trial."""
    found = tuple(each for one in gathered.registered for each in one.departures)
    return Conduct(
        versions=tuple(_version(gathered, version) for version in gathered.versions),
        deviations=tuple(sorted(found, key=lambda one: (one.on, one.subject, one.kind))),
        untold=tuple(each for one in gathered.registered for each in one.untold),
        by_kind=_by_kind(gathered, found),
        specimens=_specimens(gathered),
        readiness=gathered.readiness,
        questions=gathered.protocol.questions,
        departures=tuple(_departures(gathered.protocol)),
        contradictions=gathered.contradictions,
        by_site=tuple(_by_site(gathered)),
    )


def _version(gathered: Gathered, version: str) -> VersionInForce:
    sites = tuple((site, since) for name, site, since in gathered.activations if name == version)
    on_it = sum(one.version == version for one in gathered.registered)
    return VersionInForce(version, gathered.hashes.get(version, ""), sites, on_it)


def _by_kind(gathered: Gathered, found: Iterable[Departure]) -> tuple[DeviationCount, ...]:
    counts = Counter((one.kind, one.clause) for one in found)
    who = {key: {one.subject for one in found if (one.kind, one.clause) == key} for key in counts}
    major = Counter((one.kind, one.clause) for one in found if one.severity == "major")
    rows = [
        DeviationCount(kind, clause, gathered.clause_words(clause), count, len(who[kind, clause]), major[kind, clause])
        for (kind, clause), count in counts.items()
    ]
    return tuple(sorted(rows, key=lambda one: (one.kind, -one.count, one.clause)))


def _by_site(gathered: Gathered) -> Iterable[SiteDeviations]:
    """Each site with its kinds of deviations, the most frequent first; a participant belongs to the present site."""
    for site in dict.fromkeys(sorted(one.site for one in gathered.registered)):
        people = [one for one in gathered.registered if one.site == site]
        found = [each for one in people for each in one.departures]
        for kind, count in sorted(Counter(one.kind for one in found).items(), key=lambda each: (-each[1], each[0])):
            own = [one for one in found if one.kind == kind]
            major = sum(one.severity == "major" for one in own)
            yield SiteDeviations(site, kind, count, len({one.subject for one in own}), len(people), major)


def samples_planned(one: Person) -> Mapping[tuple[str, str, str], int]:
    """The samples planned of a participant up to the cut-off: specimen, encounter and state, and how many."""
    planned = [each for each in samples(one.case, one.judged_by.cut) if each.state not in ("coming", "does not apply")]
    return Counter((each.specimen.label, each.visit.encounter.label, each.state) for each in planned)


def _specimens(gathered: Gathered) -> tuple[SpecimenCount, ...]:
    """Samples planned up to the cut-off; one that cannot come any more was never planned."""
    states: dict[tuple[str, str, str], Counter[str]] = {}
    for one in gathered.registered:
        for (specimen, encounter, state), count in one.ask(samples_planned).items():
            states.setdefault((specimen, encounter, one.site), Counter())[state] += count
    order = [specimen.label for specimen in gathered.protocol.specimens]
    return tuple(
        SpecimenCount(*key, sum(told.values()), told["taken"], told["missed"], told["due"] + told["overdue"])
        for key, told in sorted(states.items(), key=lambda item: (_place(item[0][0], order), item[0]))
    )


def _place(label: str, order: list[str]) -> int:
    return order.index(label) if label in order else len(order)


def _departures(protocol: StudyProtocol) -> Iterable[DepartureFromRecord]:
    for _, clause in clauses(protocol):
        for words in clause.departs_from:
            grounds = protocol.sources.get(clause.source or "", clause.source or "") or ", ".join(clause.rests_on)
            yield DepartureFromRecord(clause.id, words, clause.note or clause.words, grounds or "not given")
