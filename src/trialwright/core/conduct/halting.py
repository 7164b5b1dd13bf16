"""Whether the trial's own rules let anybody more be registered: stopping rules and gates in stages, as they stand.

A rule that was crossed, or may be, halts registration until accrual is resumed by a decision (`AccrualResumed`); after
that it halts again once it counts more than it did on that day. Read `monitored`, then `accrual_halts`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from trialwright.core.conduct.trial import Trial, assessed_case, bare_case
from trialwright.core.ledger import AccrualResumed
from trialwright.core.monitoring import StageAnswer, StoppingAnswer, Watched, stages, stopping
from trialwright.core.subject import StudyRecord
from trialwright.core.terms import Finding, Severity


@dataclass(frozen=True)
class Monitored:
    """Every stopping rule and every gate of the latest version in force, on a day."""

    on: date
    stopping: tuple[StoppingAnswer, ...] = ()
    stages: tuple[StageAnswer, ...] = ()


def monitored(trial: Trial, study: StudyRecord, on: date, version: str | None = None) -> Monitored:
    """The rules of a version, or of the latest, asked of every registered subject; a trial without rules costs nothing.

    Each subject is judged under the version it is on, and counted by the rules of this one.
    """
    protocol = trial.versions[version or trial.latest]
    if not (protocol.design.stages or (protocol.safety and protocol.safety.stopping)):
        return Monitored(on)
    watched = tuple(_watched(trial, study, on))
    return Monitored(on, stopping(protocol, watched, on), stages(protocol, watched, on))


def _watched(trial: Trial, study: StudyRecord, on: date) -> Iterator[Watched]:
    for _, record in sorted(study.subjects.items()):
        if record.registered is not None and record.registered.occurred <= on:
            version = trial.version_of(study, record, on)
            case, assessments = assessed_case(bare_case(trial, study, record, version), trial.standards[version], on)
            yield Watched(case, assessments)


def accrual_halts(
    trial: Trial, study: StudyRecord, on: date, version: str | None = None, now: Monitored | None = None
) -> tuple[Finding, ...]:
    """Why nobody may be registered on a day by the trial's own rules; nothing where they let it go on.

    `now` is how the rules stand on that day, where somebody has asked already.
    """
    now = now or monitored(trial, study, on, version)
    crossed = [one for one in now.stopping if one.halts and not _reviewed(trial, study, one, on, version)]
    stopped = [one for one in now.stages if one.halts]
    return (*(_of_rule(one) for one in crossed), *(_of_stage(one) for one in stopped))


def halts_since(
    trial: Trial, study: StudyRecord, on: date, now: Monitored | None = None
) -> tuple[date, str, bool] | None:
    """The first of the days, up to this one, on which the rules let nobody be registered; why, and whether for good.

    It is sought backwards in steps that double, then by halving: a rule that was crossed stays so until a decision.
    """
    now = now or monitored(trial, study, on)
    halts = accrual_halts(trial, study, on, now=now)
    if not halts:
        return None
    final = any(one.decision == "stop" and one.halts for one in now.stages)
    registered = [one.registered.occurred for one in study.subjects.values() if one.registered]
    free, step = on - timedelta(days=1), 1
    while free > min(registered, default=on) and accrual_halts(trial, study, free):
        step *= 2
        free -= timedelta(days=step)
    halted = min(free + timedelta(days=step), on)
    while (halted - free).days > 1:
        middle = free + timedelta(days=(halted - free).days // 2)
        free, halted = (free, middle) if accrual_halts(trial, study, middle) else (middle, halted)
    return halted, "; ".join(one.says for one in halts), final


def _reviewed(trial: Trial, study: StudyRecord, now: StoppingAnswer, on: date, version: str | None) -> bool:
    """Whether accrual was resumed in the whole study by a decision that knew of all that is counted now."""
    resumed = [one.occurred for one in study.pauses if isinstance(one, AccrualResumed) and one.occurred <= on]
    if not resumed:
        return False
    then = next(one for one in monitored(trial, study, max(resumed), version).stopping if one.rule == now.rule)
    return now.worst <= then.worst and set(now.counted) <= {*then.counted, *then.unknown}


def _of_rule(one: StoppingAnswer) -> Finding:
    lacks = f"Enter {', '.join(one.missing)}; or resume" if one.missing else "Review the safety data, then resume"
    return Finding(
        about="accrual",
        says=f"{one.label}: {one.says}",
        matters="Nobody may be registered while a stopping rule is crossed, or may be.",
        do=f"{lacks} accrual by a decision (AccrualResumed).",
        clause=one.rule,
        severity=Severity.WARNING,
    )


def _of_stage(one: StageAnswer) -> Finding:
    waits = f"Assess {', '.join(one.waiting)}." if one.decision == "wait" else "Close accrual; tell the sponsor."
    return Finding(
        about="accrual",
        says=one.says,
        matters="The design goes on only with enough successes among the first subjects.",
        do=waits,
        clause=one.stage,
        severity=Severity.WARNING,
    )
