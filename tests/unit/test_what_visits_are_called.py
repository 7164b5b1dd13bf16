"""A visit and a sample are called by their labels and the course; their keys are for programs."""

import pytest

from builders import protocol
from trialwright.core.schedule.naming import sample_called, visit_called

QUOTES = {"quotes": ["as the record says"], "epoch": "treatment"}
STUDY = protocol(
    encounters=[
        {"id": "baseline", "label": "Baseline", "anchor": "registration", **QUOTES, "epoch": "screening"},
        {"id": "day_1", "label": "Day 1 of a course", "anchor": "course", "day": 1, **QUOTES},
        {"id": "day_15", "label": "Course 1 day 15", "anchor": "course", "courses": "1", "day": 15, **QUOTES},
        {"id": "weekly", "label": "Weekly test", "anchor": "course", "day": 8, "every": "1 week", **QUOTES},
        {
            "id": "follow_up",
            "label": "Follow-up",
            "anchor": "last_dose",
            "every": "3 months",
            "until": "1 year",
            **QUOTES,
        },
    ],
    specimens=[
        {"id": "biopsy", "label": "Skin biopsy", "matrix": "tissue", "encounters": ["baseline"], "quotes": ["x"]}
    ],
)


@pytest.mark.parametrize(
    ("key", "called"),
    [
        ("baseline", "Baseline"),
        ("day_1", "Day 1 of a course"),
        ("day_1.2", "Day 1 of a course, course 2"),
        ("day_15", "Course 1 day 15"),
        ("weekly.2.1", "Weekly test, course 2 (1)"),
        ("follow_up.3", "Follow-up (3)"),
        ("day_1.2.3.4", "day_1.2.3.4"),
        ("of_no_protocol", "of_no_protocol"),
        ("baseline_of_another", "baseline_of_another"),
        ("", ""),
    ],
)
def test_a_visit_is_called_by_its_label_and_course(key: str, called: str) -> None:
    assert visit_called(STUDY, key) == called


@pytest.mark.parametrize(
    ("key", "called"),
    [
        ("biopsy", "Skin biopsy"),
        ("biopsy.baseline", "Skin biopsy, Baseline"),
        ("biopsy.day_1.2", "Skin biopsy, Day 1 of a course, course 2"),
        ("biopsy.nowhere", "biopsy.nowhere"),
        ("blood.baseline", "blood.baseline"),
    ],
)
def test_a_sample_is_called_by_its_specimen_and_visit(key: str, called: str) -> None:
    assert sample_called(STUDY, key) == called


def test_our_own_words_come_in_the_language_of_the_reader() -> None:
    assert visit_called(
        STUDY, "day_1.2", {"%(visit)s, course %(course)s": "%(visit)s, ciclo %(course)s"}.__getitem__
    ) == ("Day 1 of a course, ciclo 2")
