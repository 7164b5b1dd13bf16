"""What a redaction leaves open: what seems not to have been done may stand in what was erased.

A deviation that rests on something lacking (a visit, a value before a course, a day of dosing) is not told of a subject
some of whose values are redacted: it cannot be told, and is said so, with the event. One that rests on what is there
stays. Text that no rule reads keeps nothing open. Read `unless_redacted`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from trialwright.core.deviations.values import Deviation, Found, Untold
from trialwright.core.ledger import ItemPath, PayloadRedacted, gone_of
from trialwright.core.protocol import Kind
from trialwright.core.subject import Case

TOLD_BY_WHAT_IS_THERE = frozenset(
    {
        "registered with a criterion not met",
        "eligibility found wrong later",
        "criterion not met at the first dose",
        "registered over plan",
        "registered without approval",
        "course begun without approval",
        "drug of no regimen",
        "prohibited medication",
        "sample outside its sites",
    }
)
"""Kinds of deviation that rest on nothing that lacks; every other may come of a gap."""


def unless_redacted(found: Iterable[Found], case: Case, on: date) -> Iterator[Found]:
    """Each deviation, or that it cannot be told because what was recorded is redacted."""
    redacted = [one for one in case.record.of_kind(PayloadRedacted) if _bears_on_rules(one, case) and _day(one) <= on]
    gaps = "; ".join(f"what was recorded on {_day(one)} is redacted (event {one.seq})" for one in redacted)
    for one in found:
        if gaps and isinstance(one, Deviation) and one.kind not in TOLD_BY_WHAT_IS_THERE:
            yield Untold(one.kind, one.on, gaps, one.clause, one.about)
        else:
            yield one


def _bears_on_rules(redaction: PayloadRedacted, case: Case) -> bool:
    """Whether a value went that a rule may read: an item that is not known to be a text."""
    return any(_is_read(path, case) for path in gone_of(redaction) if path.count("/") == 2)


def _is_read(text: str, case: Case) -> bool:
    path = ItemPath.parse(text)
    known = case.concepts.get(path.concept)
    field = next((one for one in known.fields if one.id == path.field), None) if known else None
    return field is None or field.kind is not Kind.TEXT


def _day(redaction: PayloadRedacted) -> date:
    """The day of the event that was redacted."""
    told = next((str(one.new) for one in redaction.stands if one.path == "occurred"), "")
    return date.fromisoformat(told) if told else redaction.occurred
