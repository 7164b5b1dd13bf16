"""What a program may do to a recorded value: correct it, with the reason, from the value that stands, as on the pages.

A file of history may say a thing twice and the ledger keeps both; a program that works for a person does as the pages
do: what is recorded is not said anew but corrected, with a reason, and what was there before is what was there. Read
`against`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from trialwright.adapters.edc.desk import Desk
from trialwright.core.casebook import same
from trialwright.core.ledger import Event, FormCorrected, FormSubmitted, ItemPath, Missing, Value
from trialwright.core.terms import Finding

Form = FormSubmitted | FormCorrected
Place = tuple[str, str]


def against(desk: Desk, events: Sequence[Event], seen: Mapping[str, int]) -> Iterator[Finding]:
    """What stands against making a recorded value another, event by event, in their order.

    Of a subject whose version has moved on nothing is held against the record: the save tells of both sides.
    """
    since: dict[Place, Value] = {}
    for place, event in enumerate(events):
        if isinstance(event, Form) and not moved_on(desk, event.subject or "", seen):
            stands = {one.path: _standing(desk, event.subject or "", one.path, since) for one in event.items}
            yield from _against(event, stands, place)
            since |= {(event.subject or "", one.path): one.new for one in event.items}


def moved_on(desk: Desk, subject: str, seen: Mapping[str, int]) -> bool:
    """Whether somebody saved to the subject since the version that the program says it saw."""
    told = seen.get(subject, seen.get(f"subject/{subject}"))
    return told is not None and subject in desk.open.record.subjects and told != desk.version(subject)


def _standing(desk: Desk, subject: str, path: str, since: Mapping[Place, Value]) -> Value:
    """What is recorded of an item, or said of it earlier in the same submission; None where nothing is."""
    if (subject, path) in since:
        return since[subject, path]
    record = desk.open.record.subjects.get(subject)
    try:
        item = ItemPath.parse(path)
    except ValueError:
        return None
    history = record.items.get(item.concept) if record is not None else None
    return history.standing(item.instance, item.field) if history else None


def _against(event: Form, stands: Mapping[str, Value], place: int) -> Iterator[Finding]:
    corrects = isinstance(event, FormCorrected)
    if isinstance(event, FormCorrected) and not event.why.strip():
        yield _no("why", "A correction says why.", "Send `why`, in words.", place)
    for one in event.items:
        known = stands[one.path]
        if not corrects and known is not None and not same(known, one.new):
            says = f"{one.path} is recorded already, as {_said(known)}."
            yield _no(one.path, says, "Send a FormCorrected, with the reason in `why`.", place)
        if corrects and not same(known, one.old):
            says = f"{one.path} is {_said(known)}; the correction says that it was {_said(one.old)}."
            yield _no(one.path, says, "Look at what stands there, and send it as `old`.", place)
        if not corrects and one.old is not None and not same(known, one.old):
            says = f"{one.path} is {_said(known)}; the form says that it was {_said(one.old)}."
            yield _no(one.path, says, "Leave `old` out: a form says what is.", place)


def _said(value: Any) -> str:
    return "not recorded" if value is None else value.code if isinstance(value, Missing) else str(value)


def _no(about: str, says: str, do: str, place: int) -> Finding:
    matters = "Nothing was saved: the trail of an item says what was there before, and why it is another now."
    return Finding(about=about, says=says, matters=matters, do=do, where=f"events/{place}")
