"""The ids of a person screened again: told at once, also while events come in, by day, and not where it was voided."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import day
from conducting import TRIAL, activated, screened, who
from trialwright.core.conduct import subject_status
from trialwright.core.ledger import Event, EventVoided
from trialwright.core.subject.study import StudyFold


def again(subject: str, earlier: str, on: str) -> Event:
    return replace(screened(subject), rescreens=earlier, occurred=day(on))


LEDGER = (activated(), screened("a"), again("b", "a", "2025-03-01"), again("c", "a", "2025-03-05"), screened("d"))


def folded(*events: Event) -> StudyFold:
    fold = StudyFold()
    for number, event in enumerate(events, 1):
        fold.take(replace(event, seq=number, id=f"e{number}"))
    return fold


def told(fold: StudyFold, subject: str, on: str) -> list[str]:
    said = subject_status(TRIAL, fold.study, subject, day(on))
    return [one.says for one in said.history if one.about == "person"]


@pytest.mark.parametrize(
    ("subject", "on", "says"),
    [
        ("a", "2025-02-28", []),
        ("a", "2025-03-01", ["screened again as b"]),
        ("a", "2025-03-05", ["screened again as b", "screened again as c"]),
        ("b", "2025-03-05", ["the same person as a, screened again"]),
        ("d", "2025-03-05", []),
    ],
)
def test_a_subject_is_told_its_other_ids_as_known_on_the_day(subject, on, says) -> None:
    assert told(folded(*LEDGER), subject, on) == says


def test_a_screening_that_was_voided_names_nobody_and_one_that_comes_in_later_is_told_at_once() -> None:
    fold = folded(*LEDGER[:3])
    study = fold.study
    assert [one.subject for one in study.screened_again("a")] == ["b"]
    fold.take(replace(LEDGER[3], seq=4, id="e4"))
    assert [one.subject for one in study.screened_again("a")] == ["b", "c"]
    fold.take(EventVoided(**who("2025-03-06", "b"), voids="e3", why="another person", seq=5, id="e5"))
    assert [one.subject for one in fold.study.screened_again("a")] == ["c"]
    assert told(fold, "a", "2025-03-06") == ["screened again as c"]
