"""One participant as the datasets take it, and the variables that stand in every dataset.

What was judged comes from `core.analysis`; here are the days and entries it was judged by, for the links of each row.
Read `Subject`, then `COMMON` and `common`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar

from trialwright.adapters.exchange.cdisc.model import Cell, Origin, Origins, Row, Standing, Variable
from trialwright.adapters.exchange.cdisc.terms import LBTESTCD, short_code, yes_no
from trialwright.core.analysis import Gathered, Person
from trialwright.core.bundle import Standards
from trialwright.core.ledger import Event
from trialwright.core.response import Assessment
from trialwright.core.subject import Case, Course, Observation, observations
from trialwright.core.terms import PartialDate, study_day
from trialwright.standards.concepts import DOMAINS

K = TypeVar("K", bound=Event)
ASSESSED = frozenset(name for domain in ("assessments", "tumors", "lymphoma") for name in DOMAINS[domain])
"""What is recorded of the disease at an assessment."""


@dataclass(frozen=True)
class Setting:
    """The study around the participants: what was gathered, the standards of each version, and where it stands."""

    gathered: Gathered
    standards: Mapping[str, Standards]
    standing: Standing

    @property
    def cut(self) -> date:
        """The clinical cut-off."""
        return self.gathered.cut

    @cached_property
    def test_codes(self) -> Mapping[str, str]:
        """A code for each laboratory test of any version, by its concept: that of SDTM, else a short form."""
        every = {
            name for one in self.standards.values() for name, known in one.concepts.items() if known.reference_range
        }
        found = {name: LBTESTCD[name] for name in sorted(every) if name in LBTESTCD}
        for name in sorted(every - found.keys()):
            found[name] = short_code(name, set(found.values()))
        return found

    @cached_property
    def assay_codes(self) -> Mapping[str, str]:
        """A code for each analyte of each assay of any version, by "<assay>.<analyte>"."""
        found: dict[str, str] = {}
        for version in self.gathered.versions.values():
            for assay in (one for specimen in version.specimens for one in specimen.assays):
                for analyte in assay.analytes or (assay.id,):
                    name = f"{assay.id[:4]}{analyte}" if assay.analytes else assay.id
                    key = f"{assay.id}.{analyte}"
                    found[key] = found.get(key) or short_code(name, set(found.values()))
        return found


@dataclass(frozen=True)
class Subject:
    """A participant in its study."""

    person: Person
    setting: Setting

    @property
    def case(self) -> Case:
        """The record with everything judged of it."""
        return self.person.case

    @property
    def cut(self) -> date:
        """The clinical cut-off."""
        return self.setting.cut

    def seen(self, concept: str) -> tuple[Observation, ...]:
        """What was observed of a concept by the cut-off."""
        return observations(self.case.record, concept, self.cut)

    def milestone(self, kind: type[K], role: str = "", *fields: str) -> Origins:
        """The last event of a kind by the cut-off, as an origin."""
        found = [one for one in self.case.record.of_kind(kind) if one.occurred <= self.cut]
        return (Origin(found[-1], fields, role),) if found else ()

    def day(self, on: date | None) -> int | None:
        """The study day: the day of the first dose is day 1 and the day before it is day -1."""
        first = self.person.first_dose
        return None if on is None or first is None else study_day(on, first)

    @cached_property
    def of_disease(self) -> tuple[Observation, ...]:
        """Everything that was recorded of the disease at assessments."""
        return tuple(one for concept in sorted(ASSESSED & self.case.record.items.keys()) for one in self.seen(concept))

    @cached_property
    def assessed(self) -> Mapping[str, tuple[Observation, ...]]:
        """The same by visit: an instance is the visit, or the visit and a part."""
        found: dict[str, list[Observation]] = {}
        for one in self.of_disease:
            for key in {one.instance, one.instance.rpartition(".")[0] or one.instance}:
                found.setdefault(key, []).append(one)
        return {key: tuple(ones) for key, ones in found.items()}

    @cached_property
    def laboratory(self) -> Mapping[str, tuple[Observation, ...]]:
        """The laboratory values by the event that made each what it is."""
        found: dict[str, list[Observation]] = {}
        for name in self.case.record.items:
            concept = self.case.concepts.get(name)
            for one in self.seen(name) if concept and concept.reference_range else ():
                found.setdefault(one.event.id, []).append(one)
        return {event: tuple(ones) for event, ones in found.items()}

    def of_assessment(self, one: Assessment, role: str = "") -> Origins:
        """The entries an assessment stands on: what was recorded at its visit, else on its day."""
        told = self.assessed.get(one.encounter) or [each for each in self.of_disease if each.on.exact == one.on]
        return as_origins(told, role or "assessment")

    @cached_property
    def before_treatment(self) -> Origins:
        """What was recorded of the disease up to the first dose: what later assessments are compared with."""
        first = self.person.first_dose
        return as_origins([one for one in self.of_disease if first and one.on.latest <= first], "baseline")

    def on_day(self, day: date) -> Origins:
        """Everything that was recorded of a day, and what happened on it."""
        found = [one for concept in self.case.record.items for one in self.seen(concept) if one.on.exact == day]
        happened = [one for one in self.case.record.milestones if one.occurred == day]
        return (*as_origins(found, "that day"), *(Origin(one, (), "that day") for one in happened))

    def of_course(self, course: Course, role: str, *fields: str) -> Origins:
        """What was taken in a course, and the decision that started it."""
        taken = tuple(Origin(one, fields, role) for one in course.exposures)
        return taken or ((Origin(course.decided, (), role),) if course.decided else ())

    @property
    def first_dose(self) -> Origins:
        """Where the day of the first dose comes from."""
        return self.of_course(self.person.courses[0], "first dose", "first_dose")[:1] if self.person.courses else ()

    @cached_property
    def death(self) -> Origins:
        """Where the day of death comes from."""
        dead = [one for one in self.seen("vital_status") if one.text("value") == "dead"]
        return as_origins((*self.seen("death"), *dead), "death")

    @property
    def arm(self) -> str:
        """The label of the arm: as allocated, or the only one there is."""
        arms = self.setting.gathered.protocol.arms
        planned = {one.id: one.label for one in arms}
        if self.person.arm:
            return planned.get(self.person.arm, self.person.arm)
        return arms[0].label if len(arms) == 1 and self.person.registered else ""

    @property
    def taken(self) -> str:
        """The label of the arm whose drugs were taken; the drugs themselves where they are of no single arm."""
        drugs = {one.drug for one in self.person.courses}
        protocol = self.setting.gathered.protocol
        if not drugs:
            return ""
        fits = [arm for arm in protocol.arms if drugs <= {one.drug for one in protocol.regimens_of(arm.id)}]
        own = [arm for arm in fits if arm.id == self.person.arm]
        chosen = own or (fits if len(fits) == 1 else [])
        return chosen[0].label if chosen else ", ".join(sorted(drugs))


def as_origins(found: Iterable[Observation], role: str = "", *fields: str) -> Origins:
    """Observations as origins."""
    return tuple(Origin(one, fields, role) for one in found)


def imputed(day: PartialDate | None, told: date | None) -> str:
    """Which part of a date was filled in: D the day, M the month and day; nothing where it is as recorded.

    >>> imputed(PartialDate.parse("2006-03"), date(2006, 3, 1)), imputed(PartialDate.parse("2006"), date(2006, 1, 1))
    ('D', 'M')
    """
    if day is None or told is None or day.exact:
        return ""
    return "D" if str(day).count("-") == 1 else "M"


# --- the variables of every dataset --------------------------------------------------------------------------------

COMMON: tuple[Variable, ...] = (
    Variable("STUDYID", "Study Identifier", origin="Protocol", derivation="The protocol's identifier."),
    Variable("USUBJID", "Unique Subject Identifier", derivation="STUDYID and the subject's id in the ledger."),
    Variable(
        "SUBJID", "Subject Identifier for the Study", origin="Assigned", derivation="The subject's id in the ledger."
    ),
    Variable("SITEID", "Study Site Identifier", origin="Assigned", derivation="The site the subject belongs to."),
)
SETS: tuple[Variable, ...] = (
    Variable("TRTP", "Planned Treatment", derivation="The arm as allocated, or the only one.", by="ArmAllocated"),
    Variable("TRTA", "Actual Treatment", derivation="The arm whose drugs were taken.", by="Case.courses"),
    Variable(
        "ENRLFL",
        "Enrolled Population Flag",
        derivation="Y where registered by the cut-off.",
        by="core.endpoints.POPULATIONS",
        codelist="NY",
    ),
    Variable(
        "SAFFL",
        "Safety Population Flag",
        derivation="Y where at least one dose was taken.",
        by="core.endpoints.POPULATIONS",
        codelist="NY",
    ),
    Variable(
        "EVALFL",
        "Response Evaluable Population Flag",
        derivation="Y where treated and assessed so that response could be judged.",
        by="core.endpoints.POPULATIONS",
        codelist="NY",
    ),
    Variable(
        "TRTSDT",
        "Date of First Exposure to Treatment",
        "date",
        derivation="The first day on which a dose was taken.",
        by="Case.courses",
    ),
)
LINKS: tuple[Variable, ...] = (
    Variable("SRCDOM", "Source Data", derivation="The concept that was recorded, or the kind of event."),
    Variable(
        "SRCVAR", "Source Variable", derivation="The item as it is addressed in the ledger: concept/instance/field."
    ),
    Variable(
        "SRCSEQ", "Source Sequence Number", "integer", derivation="The place in the ledger of the entry behind SRCVAR."
    ),
    Variable("SRCSEQS", "All Source Sequence Numbers", derivation="Every place in the ledger that the row stands on."),
)
STANDING: tuple[Variable, ...] = (
    Variable("DCUTDT", "Data Cut-off Date", "date", "Assigned", "The clinical cut-off."),
    Variable("LEDGPOS", "Position in the Ledger", "integer", "Assigned", "The place of the last event known."),
    Variable("LEDGHEAD", "Hash at the Position in the Ledger", "text", "Assigned", "SHA-256 of the last event known."),
    Variable("SIMFL", "Simulated Data Flag", "text", "Assigned", "Y where the ledger is a rehearsal.", codelist="NY"),
    Variable("PROGVER", "Version of the Program", "text", "Assigned", "The program that derived the row."),
)


def common(subject: Subject) -> dict[str, Cell]:
    """The values that identify a row, and those of the populations."""
    one, standing = subject.person, subject.setting.standing
    return {
        "STUDYID": standing.study,
        "USUBJID": f"{standing.study}-{one.subject}",
        "SUBJID": one.subject,
        "SITEID": one.site,
        "TRTP": subject.arm,
        "TRTA": subject.taken,
        "ENRLFL": yes_no(one.registered is not None),
        "SAFFL": yes_no(one.treated),
        "EVALFL": yes_no(one.evaluable),
        "TRTSDT": one.first_dose,
        "DCUTDT": standing.cut,
        "LEDGPOS": standing.seq,
        "LEDGHEAD": standing.head,
        "SIMFL": yes_no(standing.simulated),
        "PROGVER": standing.program,
    }


def links(row: Row) -> dict[str, Cell]:
    """The links of a row: its first origin by name, and the places of all of them."""
    if not row.origins:
        return {}
    first = row.origins[0]
    places = sorted({one.seq for one in row.origins})
    return {
        "SRCDOM": first.domain,
        "SRCVAR": first.path,
        "SRCSEQ": first.seq,
        "SRCSEQS": " ".join(map(str, places)),
    }
