"""The items of a subject as they stand: each with its value, and the event that gave it this value.

The names of what can be locked and signed are those of `subject.standing`: the subject, an encounter, the path of an
item or its beginning. Read `items_now`, then `items_of`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from trialwright.core.ledger import Event, ItemPath, Value
from trialwright.core.subject import SubjectRecord, observations
from trialwright.core.subject.standing import encounters_of, names_of

WHOLE = "subject"
"""The name of everything that is recorded of a subject."""


@dataclass(frozen=True)
class Item:
    """One recorded item: its path, the value it has now, the event that gave it, and the encounters it belongs to."""

    path: ItemPath
    value: Value
    event: Event
    encounters: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The path as it is written."""
        return str(self.path)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name under which the item can be locked or signed, with others or by itself."""
        return (WHOLE, *names_of(self.name, *self.encounters))


def items_now(record: SubjectRecord) -> Iterator[Item]:
    """Every item that is recorded of a subject, what was voided left out."""
    for concept in record.items:
        for one in observations(record, concept):
            encounters = encounters_of(one)
            for field, told in one.history.items():
                yield Item(ItemPath(concept, one.instance, field), told[-1].value, told[-1].event, encounters)


def items_of(record: SubjectRecord, what: str) -> tuple[Item, ...]:
    """The items under a name: the subject's all, those of an encounter, or those at a path or its beginning."""
    name = WHOLE if what == record.subject else what
    return tuple(sorted((one for one in items_now(record) if name in one.names), key=lambda one: one.name))
