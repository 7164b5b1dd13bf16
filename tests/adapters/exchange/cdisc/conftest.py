"""A rehearsal of every real study as its datasets take it; a few patients, the same on every run."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from trialwright.adapters.exchange.cdisc import Asked, standing_of
from trialwright.adapters.study import load_study
from trialwright.cli import main
from trialwright.core.conduct import Trial
from trialwright.core.ledger import Event
from trialwright.core.subject import StudyRecord, fold_study
from trialwright.store import open_study

sys.path.insert(0, str(Path(__file__).parent))  # for `dataset_study`, which stands beside the tests


@dataclass(frozen=True)
class Rehearsed:
    """A study folder with its ledger, read."""

    folder: Path
    trial: Trial
    events: list[Event]
    head: str
    study: StudyRecord

    @property
    def last(self) -> date:
        """The last clinical day of the ledger."""
        return max(event.occurred for event in self.events)

    def asked(self, cut: date) -> Asked:
        """The datasets of a cut-off, asked for."""
        return Asked(self.trial, self.study, standing_of(self.trial, self.study, self.events[-1], self.head, cut))

    @property
    def cuts(self) -> tuple[date, ...]:
        """Before anything, early, in the middle, and at the end."""
        first = min(event.occurred for event in self.events if event.subject)
        span = (self.last - first).days
        return (
            first - timedelta(days=1),
            first + timedelta(days=span // 8),
            first + timedelta(days=span // 2),
            self.last,
        )


@pytest.fixture(scope="session")
def rehearsed(every_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Rehearsed:
    """Each study in turn, rehearsed with a few patients."""
    place = tmp_path_factory.mktemp("datasets") / every_study.name
    shutil.copytree(
        every_study, place, ignore=shutil.ignore_patterns("tests", "cases", "trial.sqlite3*", "__pycache__")
    )
    with pytest.raises(SystemExit) as left:
        main(["rehearse", str(place), "--patients", "12", "--seed", "11"])
    assert left.value.code == 0
    trial = load_study(place).trial
    assert trial is not None
    with open_study(place, read_only=True) as ledger:
        events = list(ledger.events())
        head = ledger.hash_at(events[-1].seq) or ""
    return Rehearsed(place, trial, events, head, fold_study(events))
