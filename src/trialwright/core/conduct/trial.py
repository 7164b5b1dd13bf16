"""A trial as it is run: its protocol versions with their standards, and a subject of it under the version it is on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from trialwright.core.bundle import Standards
from trialwright.core.ledger import SubjectMoved, SubjectRegistered, SubjectScreened
from trialwright.core.protocol import StudyProtocol
from trialwright.core.response import Assessment
from trialwright.core.subject import Case, StudyRecord, SubjectRecord, known_on
from trialwright.core.terms import Severity
from trialwright.core.toxicity import EarlierTable, ToxicityTable, toxicities


@dataclass(frozen=True)
class Trial:
    """The protocol versions in order, the standards each names, each file's SHA-256, the program's version."""

    versions: Mapping[str, StudyProtocol]
    standards: Mapping[str, Standards]
    hashes: Mapping[str, str]
    program: str = ""

    @property
    def latest(self) -> str:
        """The last version, for what no version decides."""
        return tuple(self.versions)[-1]

    def version_of(self, study: StudyRecord, record: SubjectRecord, on: date) -> str:
        """The version a subject is on: as registered or moved to; before that the one in force at the site."""
        known = known_on(record, on).version or record.version
        return next((one for one in (known, study.site_of(record).version_in_force(on)) if one), self.latest)

    def usable(self, version: str) -> bool:
        """Whether this version is here and every standard it names could be had."""
        if version not in self.versions:
            return False
        return all(one.severity is not Severity.ERROR for one in self.standards[version].findings)


def case_of(trial: Trial, study: StudyRecord, subject: str, on: date) -> Case:
    """A subject under the version it is on, its toxicities graded and its disease assessed as known on a day.

    Raises KeyError for a subject or a version that is not known.
    """
    record = study.subjects[subject].on_its_site(on)
    version = trial.version_of(study, record, on)
    return assessed_case(bare_case(trial, study, record, version), trial.standards[version], on)[0]


def bare_case(trial: Trial, study: StudyRecord, record: SubjectRecord, version: str) -> Case:
    """The subject under a version, nothing graded or assessed yet."""
    standards = trial.standards[version]
    return Case(
        record=record,
        protocol=trial.versions[version],
        units=standards.units,
        concepts=standards.concepts,
        site=study.site_of(record),
        earlier_tables=_earlier_tables(trial, record, standards.toxicity),
    )


def _earlier_tables(trial: Trial, record: SubjectRecord, present: ToxicityTable | None) -> tuple[EarlierTable, ...]:
    """The grade tables of versions the subject was on before, where another table than the present one was named."""
    placed = [one for one in record.milestones if isinstance(one, SubjectScreened | SubjectRegistered | SubjectMoved)]
    found = []
    for before, after in pairwise(placed):
        named = trial.standards.get(before.version)
        if named and named.toxicity and named.toxicity != present and before.version != after.version:
            found.append(EarlierTable(named.toxicity, after.occurred, after.seq))
    return tuple(found)


GRADED = ("graded toxicities", "graded readings", "adverse events", "readings", "ages", "response visits")
"""What was derived of a bare case and holds for the graded one as well: it reads the record alone."""


def assessed_case(case: Case, standards: Standards, on: date) -> tuple[Case, tuple[Assessment, ...]]:
    """The case with its toxicities and responses, and the assessments these come from."""
    graded = toxicities(case, standards.toxicity, on) if standards.toxicity else ()
    found = standards.response.assess(case, on) if standards.response else ()
    responses = tuple((one.on, one.response) for one in found)
    flares = frozenset(one.on for one in found if one.unconfirmed)
    assessed = replace(case, graded=graded, assessed=responses, flares=flares)
    assessed.memo.update({key: held for key, held in case.memo.items() if key[0] in GRADED})
    return assessed, tuple(found)
