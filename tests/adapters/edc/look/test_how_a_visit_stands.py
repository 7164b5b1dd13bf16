"""What pages say of a visit as its window opens and closes: due until its last day, overdue from the day after on."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from builders import case, course, day, protocol, registered
from trialwright.adapters.edc.decisions.custody import Line
from trialwright.adapters.edc.look.standing import sample_state, standing, unrecorded
from trialwright.cli.status_record import specimen_lines
from trialwright.core.schedule import Sample, visits
from trialwright.core.specimens import LaboratoryRow, SpecimenDue
from trialwright.core.subject import Case
from trialwright.core.terms import Because

DAY_15 = {
    "id": "day_15", "quotes": ["the words of day 15"], "label": "Day 15", "epoch": "treatment", "anchor": "course",
    "courses": "1", "day": 15, "window": [2, 2],
}  # fmt: skip
"""Of a course that began on 3 March it is planned for the 17th, from the 15th to the 19th."""
NOT_MADE = {"visit/day_15": {"encounter": "day_15", "done": "no", "reason": "away"}}


def treated(items: dict | None = None) -> Case:
    told = (registered("2025-02-24", planned_first_dose="2025-03-03"), course(1, "2025-03-03"))
    return case(*told, protocol=protocol(encounters=[DAY_15]), items=items, on="2025-03-03")


def stands(of: Case, on: str) -> tuple[str, str]:
    (visit,) = [one for one in visits(of, day(on)) if one.key == "day_15"]
    told = standing(of, visit, day(on))
    return told.state, told.when


@pytest.mark.parametrize(
    ("on", "state", "when"),
    [
        ("2025-03-14", "coming", ""),
        ("2025-03-15", "due", "window until 19 Mar 2025"),
        ("2025-03-17", "due", "window until 19 Mar 2025"),
        ("2025-03-18", "due", "window until 19 Mar 2025"),
        ("2025-03-19", "due", "window until 19 Mar 2025"),
        ("2025-03-20", "overdue", "since 20 Mar 2025"),
        ("2025-06-01", "overdue", "since 20 Mar 2025"),
    ],
)
def test_a_visit_is_due_until_its_window_is_over_and_overdue_from_the_day_after(on: str, state: str, when: str) -> None:
    assert stands(treated(), on) == (state, when)


@pytest.mark.parametrize(("on", "waits"), [("2025-03-19", []), ("2025-03-20", ["day_15"])])
def test_what_nobody_recorded_waits_from_the_day_after_the_window_on(on: str, waits: list[str]) -> None:
    assert [one.key for one in unrecorded(treated(), day(on))] == waits


def test_a_visit_that_is_recorded_as_not_made_is_missed_and_waits_for_nobody() -> None:
    of = treated(NOT_MADE)
    assert stands(of, "2025-03-20") == ("missed", "")
    assert [*unrecorded(of, day("2025-03-20"))] == []


@pytest.mark.parametrize(("on", "state"), [("2025-03-18", "due"), ("2025-03-19", "due"), ("2025-03-20", "overdue")])
def test_a_specimen_is_due_as_long_as_the_window_of_its_visit_is_open(on: str, state: str) -> None:
    (visit,) = [one for one in visits(treated(), day(on)) if one.key == "day_15"]
    sample = Sample("blood.day_15", None, visit, "overdue")  # type: ignore[arg-type]
    assert sample_state(sample, day(on)) == state


@pytest.mark.parametrize(("on", "late"), [("2025-03-18", False), ("2025-03-19", False), ("2025-03-20", True)])
def test_what_is_to_be_done_with_a_specimen_is_late_only_when_its_last_day_is_over(on: str, late: bool) -> None:
    whose = ("nw-1", "nw", "blood.day_15", "Blood", "collect", "")
    due = SpecimenDue(*whose, day("2025-03-19"), "", True, "", Because("blood", "the words", ""))
    assert due.is_late(day(on)) is late
    assert not replace(due, overdue=False).is_late(day(on))
    assert replace(due, due=None).is_late(day(on))


@pytest.mark.parametrize(("on", "late"), [("2025-03-18", False), ("2025-03-19", False), ("2025-03-20", True)])
def test_the_list_of_specimens_and_the_command_line_call_no_specimen_late_before_its_last_day_is_over(on, late) -> None:
    whose = ("nw-1", "nw", "blood.day_15", "Blood", "collect", "")
    due = SpecimenDue(*whose, day("2025-03-19"), "", True, "", Because("blood", "the words", ""))
    row = LaboratoryRow(*whose[:4], "blood", "planned", "", None, (due,), 0, (), (), ())
    assert Line(row, None, False, day(on)).overdue is late  # type: ignore[arg-type]
    told = SimpleNamespace(specimens=(due,), on=day(on))
    assert any("LATE" in line for line in specimen_lines(told)) is late  # type: ignore[arg-type]
