"""What one more event costs a subject's record: the 10th against the 1,000th and the 10,000th, in the same run.

    python -m benchmarks.fold

The event is a form with a dozen items, of which a subject has hundreds. Printed, never asserted; a ratio near 1 says
that the cost does not grow.
"""

from __future__ import annotations

from datetime import date, timedelta
from statistics import median
from time import perf_counter

from trialwright.core.ledger import Change, FormSubmitted
from trialwright.core.subject import SubjectRecord, advance
from trialwright.core.terms import Quantity

EVENTS, ITEMS, ROUNDS = 10_000, 12, 5


def forms() -> list[FormSubmitted]:
    """As many forms as a subject of a long trial has, a dozen items on each."""
    start = date(2025, 3, 3)
    return [
        FormSubmitted(
            actor="a",
            role="coordinator",
            site="S1",
            subject="S1-001",
            occurred=start + timedelta(days=number // 10),
            form="visit",
            items=tuple(
                Change(f"concept_{item}/v{number}/value", None, Quantity.parse("1.5 10*9/L")) for item in range(ITEMS)
            ),
        )
        for number in range(EVENTS)
    ]


def seconds_at(events: list[FormSubmitted], place: int) -> float:
    """The time of folding the events just around a place, each from the record as it stands there."""
    record = SubjectRecord("S1-001", "S1")
    for event in events[: place - 5]:
        record = advance(record, event)
    started = perf_counter()
    for event in events[place - 5 : place + 5]:
        record = advance(record, event)
    return (perf_counter() - started) / 10


def main() -> None:
    """Print the cost of the 10th, the 1,000th and the 10,000th event and their ratios."""
    events = forms()
    first = 0.0
    for place in (10, EVENTS // 10, EVENTS):
        spent = median([seconds_at(events, place - (5 if place == EVENTS else 0)) for _ in range(ROUNDS)])
        first = first or spent
        print(f"{place:>6,}th event  {spent * 1e6:8.1f} µs  {spent / first:6.2f} x the 10th")


if __name__ == "__main__":
    main()
