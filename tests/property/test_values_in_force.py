"""The values in force, kept up to date entry by entry, are those that putting all entries together gives."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from trialwright.core.ledger import Change, Event, EventVoided, FormSubmitted
from trialwright.core.subject import SubjectRecord, advance

ITEMS = st.tuples(st.sampled_from("ab"), st.sampled_from("123"), st.sampled_from(["value", "on"]), st.integers(0, 9))
STEPS = st.lists(st.lists(ITEMS, min_size=1, max_size=3) | st.integers(1, 12), max_size=25)


def event(number: int, step: list[tuple[str, str, str, int]] | int) -> Event:
    """A form with some items, or the voiding of an earlier event."""
    who = {"actor": "a", "role": "r", "site": "S01", "subject": "P1", "occurred": date(2025, 3, 1)}
    if isinstance(step, int):
        return EventVoided(**who, id=f"e{number}", seq=number, voids=f"e{min(step, number - 1)}", why="mistake")
    items = tuple({path: Change(path, None, value) for *parts, value in step if (path := "/".join(parts))}.values())
    return FormSubmitted(**who, id=f"e{number}", seq=number, form="f", items=items)


@given(STEPS, st.sets(st.integers(0, 25)))
def test_the_values_in_force_are_those_of_the_observations(steps: list[object], asked: set[int]) -> None:
    """Whenever anybody asks in between, also of a record that has grown since."""
    record, kept = SubjectRecord("P1", "S01"), []
    for number, step in enumerate(steps, 1):
        record = advance(record, event(number, step))  # type: ignore[arg-type]
        kept.append(record)
        for one in [record, *kept[:2]] if number in asked else []:
            _same(one)
    for one in kept:
        _same(one)


def _same(record: SubjectRecord) -> None:
    for history in record.items.values():
        assert history.in_force == {one.instance: one.values for one in history.observed}
