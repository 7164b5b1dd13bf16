"""The trial on a day: how many were screened, registered and treated, where and when, what is ready, what is wrong.

Planned, registered and treated are kept apart everywhere. Read `trial_status`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from trialwright.core.conduct.grounds import Ground, milestone
from trialwright.core.conduct.halting import Monitored, accrual_halts, monitored
from trialwright.core.conduct.sites import SiteVersion, persons, site_versions
from trialwright.core.conduct.trial import Trial, case_of
from trialwright.core.conduct.week import SubjectLine, subject_line
from trialwright.core.disposition import Disposition, disposition
from trialwright.core.endpoints import Awaited, readiness
from trialwright.core.protocol import Endpoint, Epoch, Reason, StudyProtocol
from trialwright.core.schedule import SubstudyProgress, substudy_progress
from trialwright.core.subject import Case, StudyRecord, known_on, labels_with_criteria
from trialwright.core.terms import Because, Evidence, Finding, Severity


@dataclass(frozen=True)
class Standing:
    """One subject in the counts: its case and where it stands."""

    case: Case
    place: Disposition
    on: date

    @property
    def treated(self) -> bool:
        """At least one dose was taken."""
        return self.place.first_dose is not None


@dataclass(frozen=True)
class Readiness:
    """Whether everyone treated has reached an endpoint's time frame, who has not yet, and who never will.

    Where nobody is waited for and somebody never will, the data are as complete as they can be, and it is not ready.
    """

    endpoint: str
    ready: bool
    waiting: int
    treated: int
    needs: str
    label: str = ""
    awaited: tuple[Awaited, ...] = ()
    never: tuple[Awaited, ...] = ()


@dataclass(frozen=True)
class TrialStatus:
    """The trial on a day; every count is of subjects.

    `screened` counts screenings and `persons` people, who may be screened again under another id.
    `off_treatment` and `off_study` count by the closed list of reasons; `as_written` has the words each was written in.
    """

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
    study: str = ""
    title: str = ""
    simulated: bool = False
    people: tuple[SubjectLine, ...] = ()
    substudies: tuple[SubstudyProgress, ...] = ()
    grounds: Mapping[str, Ground] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    monitored: Monitored | None = None
    persons: int = 0
    versions: tuple[SiteVersion, ...] = ()
    as_written: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)


def standings(trial: Trial, study: StudyRecord, on: date, site: str | None = None) -> tuple[Standing, ...]:
    """Where everybody stands on a day, or everybody of one site."""
    of_site = (name for name in sorted(study.subjects) if site in (None, study.subjects[name].site_on(on)))
    cases = (case_of(trial, study, subject, on) for subject in of_site)
    return tuple(Standing(case, disposition(case, on), on) for case in cases)


def accrual_over(protocol: StudyProtocol, study: StudyRecord, on: date) -> bool:
    """Whether it was declared that nobody more is registered: of the study, or of every site."""
    return all(study.closed(one.id, on) for one in protocol.design.sites)


def to_accrue(protocol: StudyProtocol, study: StudyRecord, on: date) -> int:
    """How many are still to be registered by the plan; none once that was declared over, of the study or each site."""
    if accrual_over(protocol, study, on):
        return 0
    entered = sum(known_on(one, on).registered is not None for one in study.subjects.values())
    return max(protocol.design.accrual.planned - entered, 0)


def trial_status(
    trial: Trial, study: StudyRecord, on: date, site: str | None = None, everyone: Sequence[Standing] | None = None
) -> TrialStatus:
    """The whole trial on a day, or one site of it, as far as the events folded into `study` tell.

    What is planned, and the sub-studies, are the whole trial's in either case. `everyone` is where they stand, for who
    has asked for it already.
    """
    everyone = standings(trial, study, on, site) if everyone is None else everyone
    seen = [one for one in everyone if one.place.screened or one.place.registered]
    entered = [one for one in seen if one.place.registered]
    failed = [one for one in seen if one.place.epoch is Epoch.NOT_REGISTERED]
    protocol = trial.versions[trial.latest]
    substudies = substudy_progress(protocol, study.subjects.values(), on)
    off_treatment = [one.place.treatment_reason for one in entered if one.place.treatment_reason]
    off_study = [one.place.study_reason for one in entered if one.place.study_reason]
    months = Counter(f"{one.place.registered:%Y-%m}" for one in entered)
    return TrialStatus(
        on=on,
        planned=protocol.design.accrual.planned,
        screened=len(seen),
        screen_failures=Counter(one.place.why for one in failed),
        registered=len(entered),
        treated=sum(one.treated for one in entered),
        by_site=Counter(one.case.record.site for one in entered),
        by_arm=Counter(known_on(one.case.record, on).arm or _only_arm(one.case) for one in entered),
        by_epoch=Counter(one.place.epoch.value for one in seen),
        off_treatment=Counter(one.counted for one in off_treatment),
        off_study=Counter(one.counted for one in off_study),
        persons=persons(study, [one.case.record.subject for one in seen], on),
        versions=site_versions(trial, study, on, site),
        as_written={"off treatment": as_written(off_treatment), "off study": as_written(off_study)},
        accrual_by_month=dict(sorted(months.items())),
        readiness=tuple(_readiness(endpoint, protocol, entered, on) for endpoint in protocol.endpoints),
        findings=(
            *_findings(trial, entered),
            *(found for one in substudies for found in one.findings),
            *accrual_halts(trial, study, on),
        ),
        known_to=study.last_seq,
        study=protocol.protocol,
        title=protocol.title,
        simulated=study.kind == "simulated",
        people=tuple(subject_line(one.case, one.place, on) for one in seen),
        substudies=substudies,
        monitored=monitored(trial, study, on),
        grounds=_grounds(protocol, entered, on),
        labels=labels_with_criteria(seen[0].case) if seen else {},
    )


def as_written(reasons: Iterable[Reason]) -> Mapping[str, Mapping[str, int]]:
    """How often each reason was written in which words, by what it is counted as."""
    found: dict[str, Counter[str]] = {}
    for one in reasons:
        found.setdefault(one.counted, Counter())[one.words] += 1
    return found


def _grounds(protocol: StudyProtocol, entered: Sequence[Standing], on: date) -> Mapping[str, Ground]:
    """What the counts and the readiness of the endpoints stand on: their clauses, and the events counted."""
    accrual = protocol.design.accrual
    counted = f"{len(entered)} of {accrual.planned} registered by {on}"
    events = tuple(milestone(one.case.record.registered) for one in entered if one.case.record.registered)
    found = {
        "accrual": Ground((Because(accrual.id, accrual.words, counted),), events, () if events else ("registration",))
    }
    for endpoint in protocol.endpoints:
        waits = Because(endpoint.id, endpoint.words, endpoint.time_frame or endpoint.ready_when)
        treated = tuple(_first_dose(one) for one in entered if one.treated)
        found[f"endpoint {endpoint.id}"] = Ground((waits,), treated, () if treated else ("a first dose",))
    return found


def _first_dose(one: Standing) -> Evidence:
    first = one.place.first_dose
    return Evidence("first dose", one.case.record.subject, first.isoformat() if first else "")


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


def _readiness(endpoint: Endpoint, protocol: StudyProtocol, entered: Sequence[Standing], on: date) -> Readiness:
    told = readiness(endpoint, [one.case for one in entered], protocol, on, accrual_over=True)
    return Readiness(
        endpoint=endpoint.id,
        ready=told.reached,
        waiting=len(told.awaited),
        treated=told.of,
        needs=endpoint.time_frame or endpoint.ready_when,
        label=endpoint.label,
        awaited=told.awaited,
        never=told.never,
    )
