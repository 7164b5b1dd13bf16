"""Dates that run backwards: a study that ends before it starts, or is updated before it was posted."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.adapters.registry.claims import Record
from trialwright.adapters.registry.contradictions.finding import Contradiction, against

ORDER = (
    ("startDateStruct.date", "primaryCompletionDateStruct.date", "The primary completion date is before the start"),
    ("startDateStruct.date", "completionDateStruct.date", "The completion date is before the start"),
    (
        "primaryCompletionDateStruct.date",
        "completionDateStruct.date",
        "The study is complete before its primary completion date",
    ),
    (
        "studyFirstPostDateStruct.date",
        "lastUpdatePostDateStruct.date",
        "The record was updated before it was first posted",
    ),
    ("statusVerifiedDate", "lastUpdatePostDateStruct.date", "The record was verified after its last update was posted"),
)


def dates_in_order(record: Record) -> Iterator[Contradiction]:
    """Each pair of `ORDER`, compared at the precision both dates have."""
    for first, second, what in ORDER:
        early, late = (record.get(f"statusModule.{path}") for path in (first, second))
        if isinstance(early, str) and isinstance(late, str) and _after(early, late):
            claims = [c for path in (first, second) for c in record.field("date", f"statusModule.{path}")]
            yield against(
                "order of dates",
                what,
                "Planned durations and the dates that fall due are reckoned from these.",
                "Ask the registry which date is meant.",
                claims,
            )


def _after(early: str, late: str) -> bool:
    """Later at the precision that both have.

    >>> _after("2020-02", "2020-02-01"), _after("2020-03", "2020-02-28")
    (False, True)
    """
    shared = min(len(early), len(late))
    return early[:shared] > late[:shared]
