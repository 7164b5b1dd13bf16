"""A study without a drug or an arm, at a site east of Greenwich, is rehearsed and checked like any other."""

from __future__ import annotations

from pathlib import Path

import pytest

from a_survey import survey
from trialwright.adapters.study import load_study
from trialwright.adapters.study.liveness import live_clauses
from trialwright.core.ledger import Event, ProtocolActivated, StudyOpened, SubjectRegistered
from trialwright.standards import load_standards
from trialwright.store import open_study


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory, rehearse_in) -> list[Event]:
    folder = survey(tmp_path_factory.mktemp("survey") / "sv-1")
    done = rehearse_in(folder, "--patients", "4")
    assert done.returncode == 0, done.stderr
    with open_study(folder, read_only=True) as ledger:
        return list(ledger.events())


def test_the_opening_comes_first_also_where_the_day_begins_earlier_than_at_greenwich(rehearsed) -> None:
    assert isinstance(rehearsed[0], StudyOpened)
    assert isinstance(rehearsed[1], ProtocolActivated)
    assert rehearsed[1].recorded > rehearsed[0].recorded


def test_a_consent_that_is_asked_for_is_answered_with_its_date(rehearsed) -> None:
    assert sum(isinstance(one, SubjectRegistered) for one in rehearsed) == 4


def test_the_clauses_of_a_study_without_arms_are_seen_at_work(tmp_path: Path) -> None:
    trial = load_study(survey(tmp_path / "sv-1")).trial
    assert trial is not None
    (protocol,) = trial.versions.values()
    found = live_clauses(protocol, load_standards(protocol))
    assert {"age", "bad_sleep", "consent", "survey"} <= found
