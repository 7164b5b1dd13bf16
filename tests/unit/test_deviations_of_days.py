"""Doses counted by day: too many, too few, while a rule held them; courses begun late, with and without a reason."""

from __future__ import annotations

import pytest

from builders import case, course, day, ended, form, protocol, regimen, registered, screened, taken
from trialwright.core.deviations import deviations, untold

HOLD = {
    "id": "low_count",
    "quotes": ["hold below 500"],
    "when": {"measure": "anc", "is": "< 500 /mm3"},
    "then": {"hold": {"until": {"measure": "anc", "is": ">= 1000 /mm3"}}},
}
DAY_1 = {"id": "day_1", "quotes": ["day 1"], "label": "day 1", "epoch": "treatment", "anchor": "course",
         "day": 1, "window": [1, 3]}  # fmt: skip
PLAIN = protocol()
HELD = protocol(regimen=[regimen(rules=[HOLD])])
FIRST = (course(1, "2025-03-03"),)


def told(*events, on="2025-03-30", study=PLAIN) -> list[tuple[str, str, str]]:
    """Every deviation: kind, what was planned, what was done; and every kind of which nothing can be told."""
    one = case(screened("2025-02-20"), registered("2025-02-28"), *events, protocol=study)
    found = [(each.kind, each.planned, each.done) for each in deviations(one, day(on))]
    return found + [(each.kind, "cannot be told", "") for each in untold(one, day(on))]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (20, [("doses missed", "21 days", "20 days")]),
        (21, []),
        (22, [("too many days of dosing", "21 days", "22 days")]),
        (None, [("doses missed", "cannot be told", "")]),
    ],
)
def test_the_days_of_doses_of_a_course(days, expected) -> None:
    others = {"days_taken": days} if days is not None else {}
    assert told(*FIRST, taken(1, "2025-03-03", "2025-03-23", **others)) == expected


def test_missed_days_are_counted_from_the_days_of_the_exposure() -> None:
    exposure = taken(1, "2025-03-03", "2025-03-23", days_missed=2)
    assert told(*FIRST, exposure) == [("doses missed", "21 days", "19 days")]


@pytest.mark.parametrize(
    ("on", "expected"), [("2025-03-23", []), ("2025-03-24", [("doses missed", "cannot be told", "")])]
)
def test_nothing_is_missed_before_the_course_is_over(on, expected) -> None:
    assert told(*FIRST, on=on) == expected


def test_a_course_that_treatment_ended_in_has_no_missed_days() -> None:
    events = [taken(1, "2025-03-03", "2025-03-10", days_taken=8), ended("2025-03-11", last_dose="2025-03-10")]
    assert told(*FIRST, *events) == []


def counts(*days: tuple[str, str]):
    """Neutrophils by day."""
    return [form(on, {f"anc on {on}": count}) for on, count in days]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        # held on 10 March, released on 17 March: 11 to 16 March are surely held, 10 and 17 may have been dosed
        (15, []),
        (14, []),
        (13, []),
        (12, [("doses missed", "13 days", "12 days")]),
        (16, [("dose while held", "at most 15 days", "16 days")]),
        (21, [("dose while held", "at most 15 days", "21 days")]),
        (None, [("doses missed", "cannot be told", ""), ("dose while held", "cannot be told", "")]),
    ],
)
def test_doses_while_a_rule_held_them(days, expected) -> None:
    others = {"days_taken": days} if days is not None else {}
    events = [*counts(("2025-03-02", "3000 /mm3"), ("2025-03-10", "400 /mm3"), ("2025-03-17", "1200 /mm3")), *FIRST]
    found = told(*events, taken(1, "2025-03-03", "2025-03-23", **others), study=HELD)
    assert sorted(found) == sorted(expected)


def test_a_dose_before_anybody_could_know_of_the_hold_is_none_while_held() -> None:
    late = form("2025-03-20", {"anc/low/value": "400 /mm3", "anc/low/on": "2025-03-10"})
    events = [*counts(("2025-03-02", "3000 /mm3")), *FIRST, late]
    assert told(*events, taken(1, "2025-03-03", "2025-03-20", days_taken=18), study=HELD) == []
    over = told(*events, taken(1, "2025-03-03", "2025-03-21", days_taken=19), study=HELD)
    assert over == [("dose while held", "at most 18 days", "19 days")]


def test_a_course_taken_in_two_parts_around_the_hold_is_as_planned() -> None:
    events = [*counts(("2025-03-02", "3000 /mm3"), ("2025-03-10", "400 /mm3"), ("2025-03-17", "1200 /mm3")), *FIRST]
    parts = [
        taken(1, "2025-03-03", "2025-03-09", part="a", days_taken=7),
        taken(1, "2025-03-17", "2025-03-23", part="b", days_taken=7),
    ]
    assert told(*events, *parts, study=HELD) == []


FULL = taken(1, "2025-03-03", "2025-03-23", days_taken=21)


@pytest.mark.parametrize(
    ("begun", "late"), [("2025-03-31", None), ("2025-04-03", None), ("2025-04-04", 1), ("2025-04-10", 7)]
)
def test_a_course_begun_in_and_after_the_window_of_its_day_1(begun, late) -> None:
    study = protocol(encounters=[DAY_1])
    one = case(screened("2025-02-20"), registered("2025-02-28"), *FIRST, FULL, course(2, begun), protocol=study)
    found = [each for each in deviations(one, day(begun)) if each.kind == "course begun late"]
    assert [each.days_late for each in found] == ([late] if late else [])


def test_without_a_window_a_course_is_late_the_day_after() -> None:
    late = [("course begun late", "2025-03-31", "2025-04-01")]
    assert told(*FIRST, FULL, course(2, "2025-04-01"), on="2025-04-01") == late


def test_a_course_that_a_gate_held_is_not_late() -> None:
    gate = {"id": "gate", "quotes": ["1,000"], "when": {"measure": "anc", "is": ">= 1000 /mm3"}}
    study = protocol(regimen=[regimen(start_course_when=[gate])])
    events = [*counts(("2025-03-03", "3000 /mm3"), ("2025-03-31", "800 /mm3"), ("2025-04-07", "1000 /mm3"))]
    assert told(*events, *FIRST, FULL, course(2, "2025-04-07"), on="2025-04-07", study=study) == []


def test_a_course_begun_without_the_data_of_its_gate_is_told_apart_from_one_begun_against_it() -> None:
    gate = {"id": "gate", "quotes": ["1,000"], "when": {"measure": "anc", "is": ">= 1000 /mm3", "within": "7 days"}}
    study = protocol(regimen=[regimen(start_course_when=[gate])])
    assert [kind for kind, *_ in told(*FIRST, on="2025-03-03", study=study)] == ["course begun without its gate"]
    low = counts(("2025-03-02", "400 /mm3"))
    assert [kind for kind, *_ in told(*low, *FIRST, on="2025-03-03", study=study)] == ["course begun against the rules"]


def test_a_dose_in_a_unit_that_cannot_be_compared_cannot_be_told() -> None:
    found = told(*FIRST, taken(1, "2025-03-03", "2025-03-23", dose="10 mL", days_taken=21))
    assert ("dose above what was decided", "cannot be told", "") in found


@pytest.mark.parametrize(("seen_on", "early"), [("2025-03-29", True), ("2025-03-30", False), ("2025-03-31", False)])
def test_a_visit_on_the_day_its_course_was_planned_for_is_not_early_when_the_course_is_put_off(seen_on, early) -> None:
    gate = {"id": "gate", "quotes": ["1,000"], "when": {"measure": "anc", "is": ">= 1000 /mm3"}}
    study = protocol(regimen=[regimen(start_course_when=[gate])], encounters=[DAY_1])
    low = counts(("2025-03-03", "3000 /mm3"), (seen_on, "800 /mm3"), ("2025-04-07", "1000 /mm3"))
    done = form(seen_on, {"visit/day_1.2": {"encounter": "day_1", "on": seen_on, "done": "yes"}})
    seen = form("2025-03-03", {"visit/day_1.1": {"encounter": "day_1", "on": "2025-03-03", "done": "yes"}})
    found = told(*low, *FIRST, seen, FULL, done, course(2, "2025-04-07"), on="2025-04-07", study=study)
    assert [kind for kind, *_ in found] == (["early visit"] if early else [])


TEST = {"id": "test", "quotes": ["within 24 hours before"], "label": "test", "epoch": "screening",
        "anchor": "first_dose", "before": True, "offset": "1 day", "window": [0, 1]}  # fmt: skip


@pytest.mark.parametrize(
    ("encounter", "seen_on", "early"),
    [
        ("day_1.1", "2025-03-01", True),
        ("day_1.1", "2025-03-02", False),  # a day before the day planned, as its window lets it
        ("day_1.1", "2025-03-03", False),
        ("day_1.1", "2025-03-08", False),
        ("day_1.1", "2025-03-10", False),
        ("test", "2025-03-01", True),
        ("test", "2025-03-02", False),  # the day before the first dose that was planned
        ("test", "2025-03-03", False),
        ("test", "2025-03-09", False),
    ],
)
def test_a_visit_by_the_day_planned_for_the_first_dose_is_not_early_when_that_is_put_off(
    encounter, seen_on, early
) -> None:
    """The first dose was planned for 2025-03-03 and taken on 2025-03-10."""
    study = protocol(encounters=[DAY_1, TEST])
    seen = {key: "2025-03-03" if key == "day_1.1" else "2025-03-02" for key in ("day_1.1", "test")} | {
        encounter: seen_on
    }
    done = [
        form(on, {f"visit/{key}": {"encounter": key.partition(".")[0], "on": on, "done": "yes"}})
        for key, on in seen.items()
    ]
    begun = (registered("2025-02-28", "2025-03-03"), *done, course(1, "2025-03-10"))
    one = case(screened("2025-02-20"), *begun, protocol=study)
    found = [each.about for each in deviations(one, day("2025-03-10")) if each.kind == "early visit"]
    assert found == ([encounter] if early else [])


def test_a_first_dose_that_was_never_planned_leaves_an_early_visit_early() -> None:
    done = form("2025-03-03", {"visit/day_1.1": {"encounter": "day_1", "on": "2025-03-03", "done": "yes"}})
    found = told(done, course(1, "2025-03-10"), on="2025-03-10", study=protocol(encounters=[DAY_1]))
    assert [kind for kind, *_ in found] == ["early visit"]
