"""One adverse event or medication that is in the record twice: apart, touching, overlapping, going on, not known."""

from __future__ import annotations

import pytest

from builders import day, form
from event_stories import TOLD, subject
from trialwright.core.conduct.twice import entered_twice
from trialwright.standards.ctcae.v3 import CTCAE_3

DRUG = {"code": "steroid", "term": "Prednisone", "route": "oral"}


def says(items: dict, on: str = "2025-06-01") -> list[str]:
    return [one.says for one in entered_twice(subject(form("2025-06-01", items)), CTCAE_3, day(on))]


def events(first: dict, second: dict) -> dict:
    return {"adverse_event/1": {**TOLD, **first}, "adverse_event/2": {**TOLD, **second}}


def drugs(first: dict, second: dict) -> dict:
    return {"medication/1": {**DRUG, **first}, "medication/2": {**DRUG, **second}}


A = {"start": "2025-03-10", "end": "2025-03-20"}


@pytest.mark.parametrize(
    ("second", "told"),
    [
        ({"start": "2025-03-19"}, True),
        ({"start": "2025-03-20"}, False),  # ends on the day the other begins: one follows the other
        ({"start": "2025-03-21"}, False),
        ({"start": "2025-03-15", "end": "2025-03-15"}, True),  # one day within the other
        ({"start": "2025-03-20", "end": "2025-03-20"}, False),
        ({"start": "2025-03-10", "end": "2025-03-10"}, True),
        ({"start": "2025-03-01", "end": "2025-03-10"}, False),
        ({"start": "2025-03-01", "end": "2025-03-11"}, True),
        ({"start": "2025-03-01"}, True),  # goes on
        ({"start": "2025-03"}, False),  # some day of March, perhaps the 25th
        ({"start": "2025-02", "end": "2025-03"}, False),  # may have ended on the 1st
        ({"start": "2025-02", "end": "2025-04"}, True),
        ({"start": "2025-03-12", "term": "Pruritus"}, False),
        ({"start": "2025-03-12", "term": "fatigue"}, True),
        ({"start": "2025-03-12", "term": None}, False),
        ({"start": "2025-03-12", "recurrence_of": "1"}, False),  # told as a recurrence that is none
    ],
)
def test_two_adverse_events_of_one_term_at_the_same_time(second, told) -> None:
    assert bool(says(events(A, second))) is told
    assert bool(says(events({**TOLD, **second}, {**TOLD, **A}))) is told


def test_what_is_not_yet_is_not_told() -> None:
    both = events({"start": "2025-03-10"}, {"start": "2025-03-12"})
    assert says(both, "2025-06-01") == [
        "Fatigue (adverse event 2), 2025-03-12 to now runs at the same time as "
        "Fatigue (adverse event 1), 2025-03-10 to now (event e2)."
    ]


def test_an_infection_of_the_skin_and_one_of_the_lung_are_two() -> None:
    name = "Infection with normal ANC or Grade 1 or 2 neutrophils"
    two = events({"term": f"{name} - Skin"}, {"term": f"{name} - Lung"})
    assert says(two) == []
    assert len(says(events({"term": f"{name} - Skin"}, {"term": f"{name} - Skin"}))) == 1


def test_three_of_one_term_are_three_pairs() -> None:
    assert len(says({f"adverse_event/{number}": TOLD for number in (1, 2, 3)})) == 3


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ({**A}, {"start": "2025-03-19", "ongoing": "yes"}, True),
        ({**A}, {"start": "2025-03-20", "ongoing": "yes"}, False),
        ({"start": "2025-03-10", "ongoing": "yes"}, {"start": "2025-04-10", "ongoing": "yes"}, True),
        ({"start": "2025-03-10"}, {"start": "2025-04-10", "ongoing": "yes"}, False),  # nobody said whether it goes on
        (
            {"start": "2025-03-10", "ongoing": "no"},
            {"start": "2025-04-10", "ongoing": "yes"},
            False,
        ),  # it ended one day
        ({"ongoing": "yes"}, {"start": "2025-04-10", "ongoing": "yes"}, False),  # nobody said since when
        ({**A}, {"start": "2025-03-12", "ongoing": "yes", "term": "Dexamethasone"}, False),
        ({**A}, {"start": "2025-03-12", "ongoing": "yes", "route": "topical"}, False),
    ],
)
def test_two_records_of_one_medication_at_the_same_time(first, second, told) -> None:
    assert bool(says(drugs(first, second))) is told


def test_a_medication_entered_twice_is_a_note_that_names_both() -> None:
    both = drugs(A, {"start": "2025-03-19", "ongoing": "yes"})
    [found] = entered_twice(subject(form("2025-06-01", both)), CTCAE_3, day("2025-06-01"))
    assert found.severity.name == "NOTE"
    assert found.says == (
        "Prednisone (medication 2), 2025-03-19 to now runs at the same time as "
        "Prednisone (medication 1), 2025-03-10 to 2025-03-20 (event e2)."
    )
