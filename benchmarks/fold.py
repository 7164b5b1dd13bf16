"""What one more event costs a subject's record: the 10th against the 1,000th, in the same run.

    python -m benchmarks.fold

Two kinds of event are measured: a form with a dozen items, of which a subject has hundreds, and a course started, of
which a subject has dozens. Printed, never asserted; a ratio near 1 says that the cost does not grow.
"""

from __future__ import annotations

from datetime import date, timedelta
from statistics import median
from time import perf_counter

from trialwright.core.ledger import Change, FormSubmitted
from trialwright.core.subject import SubjectRecord, advance
from trialwright.core.terms import Quantity

EVENTS, ITEMS, ROUNDS = 1_000, 12, 7


def forms() -> list[FormSubmitted]:
    """As many forms as a subject of a long trial has, a dozen items on each."""
    start = date(2025, 3, 3)
    return [
        FormSubmitted(
            actor="a",
            role="coordinator",
            site="S1",
            subject="S1-001",
            occurred=start + timedelta(days=number),
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
    """Print the cost of the 10th and the 1,000th event and their ratio."""
    events = forms()
    tenth, last = ([seconds_at(events, place) for _ in range(ROUNDS)] for place in (10, EVENTS - 5))
    print(f"10th event      {median(tenth) * 1e6:8.1f} µs")
    print(f"1,000th event   {median(last) * 1e6:8.1f} µs")
    print(f"ratio           {median(last) / median(tenth):8.2f}")


if __name__ == "__main__":
    main()
