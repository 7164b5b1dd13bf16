"""The trial on a day: how many were screened, registered and treated, where and when, what is ready, what is wrong.

Planned, registered and treated are kept apart everywhere. Read `trial_status`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from trialwright.core.conduct.subjects import safety_days
from trialwright.core.conduct.trial import Trial, case_of
from trialwright.core.disposition import Disposition, disposition
from trialwright.core.protocol import Endpoint, Epoch
from trialwright.core.schedule import visits
from trialwright.core.subject import Case, StudyRecord
from trialwright.core.terms import Finding, Response, Severity


@dataclass(frozen=True)
class Standing:
    """One subject in the counts: where it stands, its case, and whether it has progressed or died."""

    case: Case
    place: Disposition
    on: date

    @property
    def treated(self) -> bool:
        """At least one dose was taken."""
        return self.place.first_dose is not None

    @property
    def progressed(self) -> bool:
        """Progressive disease was seen at an assessment up to the day."""
        return any(response is Response.PD and day <= self.on for day, response in self.case.assessed)

    @property
    def dead(self) -> bool:
        """A death is recorded."""
        return self.place.died is not None


@dataclass(frozen=True)
class Readiness:
    """Whether an endpoint's data are complete enough to be final, and for how many treated subjects they are not."""

    endpoint: str
    ready: bool
    waiting: int
    treated: int
    needs: str


@dataclass(frozen=True)
class TrialStatus:
    """The trial on a day; every count is of subjects."""

    on: date
    planned: int
    screened: int
    screen_failures: Mapping[str, int]
    registered: int
    treated: int
    by_site: Mapping[str, int]
    by_arm: Mapping[str, int]
    by_epoch: Mapping[str, int]
    off_treatment: Mapping[str, int]
    off_study: Mapping[str, int]
    accrual_by_month: Mapping[str, int]
    readiness: tuple[Readiness, ...]
    findings: tuple[Finding, ...]
    known_to: int


def trial_status(trial: Trial, study: StudyRecord, on: date) -> TrialStatus:
    """The whole trial on a day, as far as the events folded into `study` tell."""
    cases = (case_of(trial, study, subject, on) for subject in sorted(study.subjects))
    everyone = [Standing(case, disposition(case, on), on) for case in cases]
    seen = [one for one in everyone if one.place.screened or one.place.registered]
    entered = [one for one in seen if one.place.registered]
    failed = [one for one in seen if one.place.epoch is Epoch.NOT_REGISTERED]
    protocol = trial.versions[trial.latest]
    months = Counter(f"{one.place.registered:%Y-%m}" for one in entered)
    return TrialStatus(
        on=on,
        planned=protocol.design.accrual.planned,
        screened=len(seen),
        screen_failures=Counter(one.place.why for one in failed),
        registered=len(entered),
        treated=sum(one.treated for one in entered),
        by_site=Counter(one.case.record.site for one in entered),
        by_arm=Counter(one.case.record.arm or _only_arm(one.case) for one in entered),
        by_epoch=Counter(one.place.epoch.value for one in seen),
        off_treatment=Counter(one.place.off_treatment[1] for one in entered if one.place.off_treatment),
        off_study=Counter(one.place.off_study[1] for one in entered if one.place.off_study),
        accrual_by_month=dict(sorted(months.items())),
        readiness=tuple(_readiness(endpoint, entered) for endpoint in protocol.endpoints),
        findings=tuple(_findings(trial, entered)),
        known_to=study.last_seq,
    )


def _only_arm(case: Case) -> str:
    arms = case.protocol.arms
    return arms[0].id if len(arms) == 1 else "not allocated"


def _findings(trial: Trial, entered: Sequence[Standing]) -> list[Finding]:
    accrual = trial.versions[trial.latest].design.accrual
    if len(entered) <= accrual.planned:
        return []
    says = f"{len(entered)} subjects are registered; {accrual.planned} were planned ({accrual.words})."
    return [
        Finding(
            about="accrual",
            says=says,
            matters="More subjects were exposed than the protocol allows.",
            do="Tell the sponsor and the ethics board; amend the protocol.",
            clause=accrual.id,
            severity=Severity.WARNING,
        )
    ]


# --- readiness of endpoints ----------------------------------------------------------------------------------------


def _readiness(endpoint: Endpoint, entered: Sequence[Standing]) -> Readiness:
    treated = [one for one in entered if one.treated and (not endpoint.sites or one.case.record.site in endpoint.sites)]
    rule = _WAITS.get(endpoint.ready_when)
    waiting = sum(rule(endpoint, one) for one in treated) if rule else len(treated)
    return Readiness(
        endpoint=endpoint.id,
        ready=bool(treated) and rule is not None and waiting == 0,
        waiting=waiting,
        treated=len(treated),
        needs=endpoint.time_frame or endpoint.ready_when,
    )


def _not_progressed(endpoint: Endpoint, one: Standing) -> bool:
    return not one.progressed


def _not_progressed_or_dead(endpoint: Endpoint, one: Standing) -> bool:
    return not (one.progressed or one.dead)


def _in_safety_time(endpoint: Endpoint, one: Standing) -> bool:
    last, off = one.place.last_dose, one.place.off_treatment
    days = endpoint.safety_days if endpoint.safety_days is not None else safety_days(one.case)
    end = last or (off[0] if off else None)
    return off is None or end is None or days is None or one.on <= end + timedelta(days=days)


def _before_encounter(endpoint: Endpoint, one: Standing) -> bool:
    """The last encounter named is still to come or due; one that was missed is behind."""
    named = [each for each in visits(one.case, one.on) if each.encounter.id in endpoint.at or each.key in endpoint.at]
    return any(each.state in ("coming", "due", "overdue") for each in named)


_WAITS: Mapping[str, Callable[[Endpoint, Standing], bool]] = {
    "all_progressed": _not_progressed,
    "all_progressed_or_dead": _not_progressed_or_dead,
    "last_safety_day": _in_safety_time,
    "encounter_done": _before_encounter,
}
"""What an endpoint waits for in one subject (`protocol.READINESS`)."""
