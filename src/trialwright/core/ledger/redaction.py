"""Redaction: what of an event goes, what stands, and how an event reads whose payload was erased.

What a person typed goes: the values of items, and words such as a reason or a name. What stands is what patients are
treated by: the day, codes, doses, the program's answer, and which items there were; the redaction says it again. In
place of what went stands `Missing("redacted")`, and for words the one word "redacted", which is no reason and no name
that any rule knows. So it reads as unknown, never as "no". Read `what_stands`, then `as_redacted`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from trialwright.core.ledger.events import Event, PayloadRedacted, ProtocolActivated, StudyOpened
from trialwright.core.ledger.payload import from_changes, to_changes
from trialwright.core.ledger.system import SYSTEM_KINDS
from trialwright.core.ledger.values import Change, Missing
from trialwright.core.protocol.reasons import WORDS, plain

REDACTED = Missing("redacted")
TYPED = frozenset({"why", "asks", "answer", "document", "name", "remark", "although"})
"""Fields of an event that hold a person's own words, as against codes, days and doses."""
NEVER_REDACTED: Mapping[str, str] = {
    StudyOpened.__name__: "it says which study this is and whether its data are real",
    ProtocolActivated.__name__: "it says by which protocol patients are treated",
    PayloadRedacted.__name__: "it is the record of a redaction",
    **dict.fromkeys(SYSTEM_KINDS, "it is the record of how the ledger is kept and who had access"),
}
"""The kinds of event that the ledger stands on, and why they stay; none of them says anything of a subject."""


def is_item(change: Change) -> bool:
    """Whether a change is of an item of a form, and not of the event's own fields."""
    return change.path.count("/") == 2


def what_stands(event: Event, only: Collection[str] = ()) -> tuple[Change, ...]:
    """What is said again of an event whose payload goes: everything but the values typed, of `only` these paths.

    A value before a correction goes with the value after it: both were typed.
    """
    return tuple(Change(each.path, None, REDACTED if goes(each, only) else each.new) for each in to_changes(event))


def goes(change: Change, only: Collection[str] = ()) -> bool:
    """Whether a value goes: it was typed, and it is one of those named where some are named.

    A reason in the words of the closed list, such as "death", is a code: who died stays dead.
    """
    typed = is_item(change) or (change.path in TYPED and plain(str(change.new)) not in WORDS)
    return typed and change.new is not None and (not only or change.path in only)


def as_redacted(kind: str, redaction: PayloadRedacted, common: Mapping[str, Any]) -> Event:
    """The event as it reads now: what stands, and "redacted" in place of the words that went."""
    return from_changes(kind, [_in_words(each) for each in redaction.stands], common)


def _in_words(change: Change) -> Change:
    """A field of words holds words: where they went, the one that says so."""
    gone = change.new == REDACTED and not is_item(change)
    return Change(change.path, change.old, REDACTED.code) if gone else change


def gone_of(redaction: PayloadRedacted) -> tuple[str, ...]:
    """The paths of the values that a redaction erased."""
    return tuple(each.path for each in redaction.stands if each.new == REDACTED)


def redactions(events: Sequence[Event]) -> dict[str, PayloadRedacted]:
    """What was redacted, by the id of the event, and by which event."""
    return {one.redacts: one for one in events if isinstance(one, PayloadRedacted)}
