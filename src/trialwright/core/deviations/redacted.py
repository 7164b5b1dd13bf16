"""What a redaction leaves open: what seems not to have been done may stand in what was erased.

A deviation that rests on something lacking (a visit, a value before a course, a day of dosing) is not told of a subject
some of whose values are redacted: it cannot be told, and is said so, with the event. One that rests on what is there
stays, and so does one of another time. Text that no rule reads keeps nothing open. Read `unless_redacted`.
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


OF_ALL_BEFORE = frozenset(
    {
        "consent late",
        "consent on the wrong version",
        "no consent to the version",
        "course begun without its gate",
        "course begun against the rules",
        "dose decided above the rules",
        "dose decided below the rules",
        "dose while held",
        "duty not promised",
    }
)
"""Kinds that rest on anything recorded before: what a person is, consented to, what opened and ended a hold."""
CYCLES = 2
"""How many cycles of treatment lie at most between a visit or a dose and an entry about it."""


def unless_redacted(found: Iterable[Found], case: Case, on: date) -> Iterator[Found]:
    """Each deviation, or that it cannot be told because what was recorded is redacted."""
    redacted = [one for one in case.record.of_kind(PayloadRedacted) if _bears_on_rules(one, case) and _day(one) <= on]
    for one in found:
        gaps = [gap for gap in redacted if isinstance(one, Deviation) and _may_fill(gap, one, case)]
        yield Untold(one.kind, one.on, _said(gaps), one.clause, one.about) if gaps else one


def _may_fill(gap: PayloadRedacted, one: Deviation, case: Case) -> bool:
    """Whether what is redacted may be what seems to lack."""
    if one.kind in TOLD_BY_WHAT_IS_THERE:
        return False
    first, last = _near(one.on, case)
    return _day(gap) <= last and (one.kind in OF_ALL_BEFORE or first <= _day(gap))


def _near(day: date, case: Case) -> tuple[date, date]:
    """The time around a day in which an entry about it may lie; all time, where nothing is given in cycles."""
    spans = [regimen.cycle.times(CYCLES) for regimen in case.protocol.regimen]
    return min((one.before(day) for one in spans), default=date.min), max(
        (one.after(day) for one in spans), default=date.max
    )


def _said(gaps: Iterable[PayloadRedacted]) -> str:
    return "; ".join(f"what was recorded on {_day(one)} is redacted (event {one.seq})" for one in gaps)


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
