"""What a person sees beside a decision: criteria with their evidence, the dose with its rules, consent, versions.

Everything is what `core` answers, put into rows. Read `checklist` and `dose_panel`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from trialwright.adapters.edc.decisions.entering import next_place
from trialwright.adapters.edc.decisions.entries import entry_panel
from trialwright.adapters.edc.decisions.scene import Scene
from trialwright.adapters.edc.trial.plain import in_plain_words, named_in
from trialwright.core.conduct.sites import SiteVersion, site_versions
from trialwright.core.disposition import Remaining, continuation, remaining
from trialwright.core.dosing import (
    ContinuationDecision,
    Dispensing,
    DoseDecision,
    HoldPeriod,
    RuleOutcome,
    hold_periods,
)
from trialwright.core.eligibility import CriterionAnswer
from trialwright.core.ledger import ConsentGiven, ConsentWithdrawn
from trialwright.core.protocol import Clause, Criterion, Regimen
from trialwright.core.subject import consent_to_version
from trialwright.core.terms import Because, Evidence, Quantity, Verdict

# --- eligibility -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Datum:
    """One datum an answer stands on: what it is, the value, the day it holds for, the entry it came in."""

    label: str
    value: str
    on: str
    event: str


@dataclass(frozen=True)
class Lack:
    """What is missing, and who can give it."""

    what: str
    who: str


@dataclass(frozen=True)
class CriterionRow:
    """One criterion with its quote, its answer, what was seen, on which data, and what is missing.

    `quoted`: the words stand in the record or its source; without a quote they are the program's for what is asked.
    """

    id: str
    words: str
    verdict: Verdict
    saw: str
    data: tuple[Datum, ...]
    lacks: tuple[Lack, ...]
    rests_on: tuple[str, ...] = ()
    quoted: bool = True

    @property
    def more(self) -> tuple[Datum, ...]:
        """The data that what was seen does not tell already."""
        return tuple(one for one in self.data if one.value not in self.saw or one.on not in self.saw)


@dataclass(frozen=True)
class Checklist:
    """Every criterion of a subject on a day, and what they come to."""

    word: str
    verdict: Verdict
    on: date
    version: str
    rows: tuple[CriterionRow, ...]
    holds_until: date | None

    def count(self, verdict: Verdict) -> int:
        """How many criteria have this answer."""
        return sum(one.verdict is verdict for one in self.rows)

    @property
    def counts(self) -> tuple[tuple[Verdict, int], ...]:
        """How many are met, not met and unknown; an answer that no criterion has is left out."""
        found = ((one, self.count(one)) for one in (Verdict.MET, Verdict.NOT_MET, Verdict.UNKNOWN))
        return tuple((verdict, number) for verdict, number in found if number)

    @property
    def deciding(self) -> tuple[CriterionRow, ...]:
        """The criteria that keep the patient out: those not met; what is unknown is listed as missing."""
        return tuple(row for row in self.rows if row.verdict is Verdict.NOT_MET)

    @property
    def lacks(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Everything that is missing, each once, by who can give it."""
        found: dict[str, dict[str, None]] = {}
        for lack in (lack for row in self.rows for lack in row.lacks):
            found.setdefault(lack.who, {})[lack.what] = None
        return tuple((who, tuple(what)) for who, what in found.items())


def checklist(scene: Scene) -> Checklist:
    """The checklist of eligibility: each criterion in the order of the protocol."""
    said, protocol = scene.eligibility, scene.protocol
    rows = tuple(_criterion(scene, one, protocol.clause(one.id)) for one in said.criteria)
    return Checklist(said.word, said.verdict, said.on, protocol.version, rows, said.holds_until)


def _asked(scene: Scene, clause: Clause | None) -> str:
    """What a criterion asks, where no words of the record say it and a source alone stands behind it."""
    if not isinstance(clause, Criterion) or clause.quotes or clause.rests_on:
        return ""
    return in_plain_words(clause, named_in(scene.protocol, scene.case.concepts))


def _criterion(scene: Scene, one: CriterionAnswer, clause: Clause | None) -> CriterionRow:
    first, asked = one.because[0] if one.because else Because(one.id), _asked(scene, clause)
    return CriterionRow(
        id=one.id,
        words=asked or first.words,
        quoted=not asked,
        verdict=one.verdict,
        saw=scene.words("; ".join(each.saw for each in one.because if each.saw)),
        data=data_rows(scene, one.evidence),
        lacks=lack_rows(scene, one.missing),
        rests_on=clause.rests_on if clause else (),
    )


def data_rows(scene: Scene, evidence: Sequence[Evidence]) -> tuple[Datum, ...]:
    """Each datum once, under the label a person knows it by."""
    found = (Datum(scene.words(one.concept), one.value, one.on, one.event) for one in evidence)
    return tuple(dict.fromkeys(found))


def lack_rows(scene: Scene, missing: Sequence[str]) -> tuple[Lack, ...]:
    """Each missing datum once, with who can give it."""
    return tuple(dict.fromkeys(Lack(scene.words(one), scene.giver(one)) for one in missing))


# --- dose ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RuleRow:
    """One rule or gate that was looked at: its words, whether it speaks against a dose, and what was seen."""

    id: str
    words: str
    action: str
    verdict: Verdict
    against: bool
    gate: bool
    saw: str
    lacks: tuple[Lack, ...] = ()


@dataclass(frozen=True)
class DosePanel:
    """What to do about one drug on a day: the decision, its reasons, every rule looked at, holds, and the supply."""

    regimen: Regimen
    said: DoseDecision
    because: tuple[Because, ...]
    rules: tuple[RuleRow, ...]
    lacks: tuple[Lack, ...]
    holds: tuple[HoldPeriod, ...]
    supply: Dispensing | None
    going: ContinuationDecision

    @property
    def fired(self) -> tuple[RuleRow, ...]:
        """The rules that speak against a dose, or may."""
        return tuple(one for one in self.rules if one.against)

    @property
    def quiet(self) -> tuple[RuleRow, ...]:
        """The rules that were looked at and ask for nothing, and the gates that are open."""
        return tuple(one for one in self.rules if not one.against)

    @property
    def units(self) -> tuple[tuple[Quantity, int, int], ...]:
        """Each strength with how many at an intake and how many to hand out."""
        if self.supply is None:
            return ()
        return tuple((one, count, self.supply.total.get(one, 0)) for one, count in self.supply.intake.items())


def dose_panels(scene: Scene) -> tuple[DosePanel, ...]:
    """Every drug of the subject's arm."""
    of_each = (scene.choosing("drug", one.drug) for one in scene.regimens)
    return tuple(panel for one in of_each if (panel := dose_panel(one)))


def dose_panel(scene: Scene) -> DosePanel | None:
    """The chosen drug; None where the arm has none."""
    regimen, said, supply = scene.regimen, scene.dose, scene.supply
    if regimen is None or said is None:
        return None
    gates = {one.clause: one for one in supply.refused} if supply else {}
    return DosePanel(
        regimen=regimen,
        said=said,
        because=said.because,
        rules=tuple(_rule(scene, one) for one in said.fired),
        lacks=lack_rows(scene, tuple(dict.fromkeys((*said.missing, *(supply.missing if supply and gates else ()))))),
        holds=hold_periods(scene.case, regimen, scene.on),
        supply=supply,
        going=continuation(scene.case, scene.on),
    )


def _rule(scene: Scene, one: RuleOutcome) -> RuleRow:
    clause = scene.protocol.clause(one.clause)
    gate = is_gate(one)
    return RuleRow(
        id=one.clause,
        words=clause.words if clause else "",
        action=one.action,
        verdict=one.verdict,
        against=one.verdict is Verdict.UNKNOWN or (one.verdict is Verdict.MET) is not gate,
        gate=gate,
        saw=scene.words(one.saw),
        lacks=lack_rows(scene, one.missing),
    )


def is_gate(one: RuleOutcome) -> bool:
    """A gate opens when it is met; a rule acts when it is."""
    return " only when " in one.action


# --- consent, versions, arms, entries --------------------------------------------------------------------------------


@dataclass(frozen=True)
class ConsentPanel:
    """What the subject consented to and took back, and the version in force at the site."""

    given: tuple[ConsentGiven | ConsentWithdrawn, ...]
    stands: Remaining
    in_force: str
    on_version: str
    consented_on: date | None


def consent_panel(scene: Scene) -> ConsentPanel:
    """The words of consent in the order they were said, and what they come to."""
    record = scene.record
    said: list[ConsentGiven | ConsentWithdrawn] = [*record.of_kind(ConsentGiven), *record.of_kind(ConsentWithdrawn)]
    return ConsentPanel(
        given=tuple(sorted(said, key=lambda one: (one.occurred, one.seq))),
        stands=remaining(record, scene.on),
        in_force=scene.in_force,
        on_version=scene.protocol.version,
        consented_on=consent_to_version(record, scene.in_force, scene.on) if scene.in_force else None,
    )


def versions_panel(scene: Scene) -> tuple[SiteVersion, ...]:
    """Each site the person sees with its version in force, its approval, and whether registration is suspended."""
    return tuple(one for one in site_versions(scene.trial, scene.study, scene.on) if one.site in scene.sites)


def site_panel(scene: Scene) -> SiteVersion | None:
    """The site somebody is screened at."""
    return next(iter(site_versions(scene.trial, scene.study, scene.on, scene.here)), None)


@dataclass(frozen=True)
class ArmsPanel:
    """The arms with how many are in each; the next free place of the list."""

    arms: tuple[tuple[str, int], ...]
    next: int


def arms_panel(scene: Scene) -> ArmsPanel:
    """How many are in each arm already."""
    held = [one.arm for one in scene.study.subjects.values()]
    allocation = scene.protocol.design.allocation
    stratum = scene.here if allocation and allocation.by_site else ""
    return ArmsPanel(
        tuple((one.label, held.count(one.id)) for one in scene.protocol.arms), next_place(scene.study, stratum)
    )


@dataclass(frozen=True)
class AccrualPanel:
    """How many are registered of how many planned, and each site."""

    registered: int
    planned: int
    words: str
    sites: tuple[SiteVersion, ...]


def accrual_panel(scene: Scene) -> AccrualPanel:
    """Registered against plan; where it is suspended."""
    accrual = scene.protocol.design.accrual
    registered = sum(one.registered is not None for one in scene.study.subjects.values())
    return AccrualPanel(registered, accrual.planned, accrual.words, versions_panel(scene))


PANELS: Mapping[str, Callable[[Scene], Any]] = {
    "checklist": checklist,
    "dose": dose_panels,
    "consent": consent_panel,
    "versions": versions_panel,
    "site": site_panel,
    "arms": arms_panel,
    "accrual": accrual_panel,
    "entry": entry_panel,
}
"""What each panel shows."""
