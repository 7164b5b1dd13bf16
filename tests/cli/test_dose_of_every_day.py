"""The dose of every day of a rehearsal, against a replay that judges every rule on every day by the one evaluator.

The replay of `core.dosing` compares the latest value as it is and words an answer only where somebody reads it. The
oracle below does neither: no sieve, nothing kept, one evaluator. Decisions, clauses, words and missing data must agree.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from trialwright.adapters.study import load_study
from trialwright.core.conditions import judge_condition
from trialwright.core.conduct.trial import assessed_case, bare_case
from trialwright.core.dosing import (
    continuing,
    decide_continuation,
    decide_dose,
    decide_release,
    decided_before_courses,
    judging,
    looking,
    replay,
)
from trialwright.core.ledger import Event
from trialwright.core.subject import Case, fold_study
from trialwright.store import open_study


def judged_anew(data: Any, condition: Any, day: date, after: date | None = None) -> Any:
    return judge_condition(condition, data.on(day, after))


@pytest.fixture
def plainly(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The oracle: every rule, every gate, every day, by the evaluator alone."""

    def put_in_place() -> None:
        for module in (judging, looking, continuing, replay):
            for name, other in {
                "judged": judged_anew,
                "verdict_on": lambda data, condition, day: judged_anew(data, condition, day).verdict,
                "cannot_hold": lambda data, condition, day: False,
            }.items():
                if hasattr(module, name):
                    monkeypatch.setattr(module, name, other)

    monkeypatch.put_in_place = put_in_place  # type: ignore[attr-defined]
    return monkeypatch


def cases(folder: Path) -> list[tuple[Case, list[date]]]:
    """Every subject with the days on which something was recorded, the days after, and days between."""
    trial = load_study(folder).trial
    with open_study(folder, read_only=True) as ledger:
        events: list[Event] = list(ledger.events(known_at=None))
    study, found = fold_study(events), []
    assert trial is not None
    for subject, record in study.subjects.items():
        told = sorted({event.occurred for event in events if event.subject == subject})
        end = told[-1] + timedelta(days=40)
        version = trial.version_of(study, record, end)
        case, _ = assessed_case(bare_case(trial, study, record, version), trial.standards[version], end)
        days = {*told, *(day + timedelta(days=1) for day in told)}
        days |= {told[0] + timedelta(days=13 * step) for step in range((end - told[0]).days // 13)}
        found.append((case, sorted(days)))
    return found


def answers(case: Case, days: list[date]) -> list[Any]:
    """All that dosing says of a subject on these days, from nothing kept."""
    case.memo.clear()
    regimens = case.protocol.regimens_of(case.record.arm) if case.record.arm else case.protocol.regimen
    said: list[Any] = []
    for regimen in regimens:
        for day in days:
            decision = decide_dose(case, regimen, day)
            said += [(day, decision, tuple(decision.fired)), decide_release(case, regimen, day)]
            said += [decide_continuation(case, day)]
        before = decided_before_courses(case, regimen, days[-1])
        said += [(number, decision, tuple(decision.fired)) for number, (_, decision) in before.items()]
    case.memo.clear()
    return said


def test_every_answer_of_a_rehearsal_is_that_of_a_replay_which_judges_everything(rehearsed, plainly) -> None:
    everyone = cases(rehearsed)
    quick = [answers(case, days) for case, days in everyone]
    plainly.put_in_place()
    slow = [answers(case, days) for case, days in everyone]
    pairs = [pair for ones, others in zip(quick, slow, strict=True) for pair in zip(ones, others, strict=True)]
    assert [pair for pair in pairs if pair[0] != pair[1]] == []
    assert any(decision for said in slow for decision in said), "a rehearsal without any answer proves nothing"
