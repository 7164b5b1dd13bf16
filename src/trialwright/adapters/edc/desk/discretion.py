"""Answers without the words that tell who a person is, for those who do not work at the person's site.

A sentence of core may carry a value that identifies: that a visit lies before the birth date says the date. Here every
such value, as it stands in the record, is taken out of an answer, however deep it lies. Another may say what was
recorded at another site, where an event names one of there: it is answered as if there were none. Read `discreet`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from django.utils.translation import gettext as _

from trialwright.core.conduct.refusing import REFUSED
from trialwright.core.ledger import Event, EventVoided, Missing
from trialwright.core.protocol import Concept
from trialwright.core.subject import SubjectRecord
from trialwright.core.terms import Finding
from trialwright.store.errors import Refused

if TYPE_CHECKING:
    from trialwright.adapters.edc.desk.desk import Desk

Answer = TypeVar("Answer")


def discreet(desk: Desk, subject: str, answer: Answer) -> Answer:
    """The answer as this person may see it."""
    if desk.sees_identifiers:
        return answer
    record = desk.open.record.subjects[subject]
    words = identifying(record, desk.trial.standards[desk.version_of(subject)].concepts)
    found: Answer = without(answer, words, _("kept at the site")) if words else answer
    return found


def identifying(record: SubjectRecord, concepts: Mapping[str, Concept]) -> tuple[str, ...]:
    """Every value that was ever recorded in a field that identifies, the longest first."""
    kept = {(one.id, field.id) for one in concepts.values() for field in one.fields if field.identifies}
    named = {concept for concept, _field in kept} & record.items.keys()
    found = {
        str(entry.value)
        for concept in named
        for entry in record.items[concept]
        if (concept, entry.path.field) in kept and entry.value is not None and not isinstance(entry.value, Missing)
    }
    return tuple(sorted((one for one in found if one.strip()), key=len, reverse=True))


def without(value: Any, words: Sequence[str], instead: str) -> Any:
    """A value with every one of the words taken out of every text in it.

    >>> without({"says": ("born 1951-11-29", 3)}, ["1951-11-29"], "…")
    {'says': ('born …', 3)}
    """
    if isinstance(value, str):
        for word in words:
            value = value.replace(word, instead)
        return value
    if isinstance(value, Enum):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        told = {one.name: without(getattr(value, one.name), words, instead) for one in fields(value) if one.init}
        return replace(value, **told)
    if isinstance(value, Mapping):
        return {key: without(one, words, instead) for key, one in value.items()}
    if isinstance(value, tuple | list) or (isinstance(value, Sequence) and not isinstance(value, bytes)):
        return tuple(without(one, words, instead) for one in value)
    return value


NAMES = {
    "voids": ("No event {!r} is recorded.", "Name the id of an event of the ledger."),
    "entered_again_as": (
        "No event {!r} is recorded that says it rightly.",
        "Enter it again first; the receipt names its id.",
    ),
}
"""Fields of an event that name another, and what core says where there is none."""


def refuse_unseen(desk: Desk, events: Iterable[Event]) -> None:
    """Refuse events that name one which the person does not see."""
    if found := [*unseen(desk, events)]:
        raise Refused(found)


def unseen(desk: Desk, events: Iterable[Event]) -> Iterator[Finding]:
    """What is said of events that name one which the person does not see: what is said where there is none."""
    for event in events:
        for name, (says, do) in NAMES.items() if isinstance(event, EventVoided) else ():
            about = desk.open.record.event(getattr(event, name))
            if about is not None and not desk.in_sight(about):
                yield Finding(type(event).__name__, says.format(getattr(event, name)), REFUSED, do)
