"""What the registry is to be told, as a document for programs and as lines for people; nothing is decided here.

Read `updates_document`, then `updates_words`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from trialwright.core.registration import Posted, RecordLife, Update
from trialwright.core.registration.updates import NOTHING
from trialwright.core.terms import Verdict


def updates_document(life: RecordLife, posted: Posted | None, updates: Sequence[Update]) -> dict[str, Any]:
    """The derived life beside the list of what is to be told."""
    return {
        "on": life.on,
        "applies": posted.applies if posted else Verdict.UNKNOWN,
        "applies_because": posted.applies_because if posted else "",
        "verified": posted.verified if posted else None,
        "last_update": posted.last_update if posted else None,
        "began": life.began,
        "status": life.status,
        "history": life.history,
        "sites": life.sites,
        "registered": life.registered,
        "planned": life.planned,
        "start": life.start,
        "primary_completion": life.primary_completion,
        "completion": life.completion,
        "updates": [_entry(one, life.on) for one in updates],
    }


def _entry(one: Update, on: date) -> dict[str, Any]:
    names = ("field", "says", "should_say", "since", "due", "because", "source")
    plain = {name: getattr(one, name) for name in names}
    return {**plain, "late": _LATE[one.late], "days_late": one.days_late(on)}


_LATE = {Verdict.MET: "yes", Verdict.NOT_MET: "no", Verdict.UNKNOWN: "unknown"}


def updates_words(posted: Posted | None, updates: Sequence[Update], on: date, briefly: bool = False) -> Iterator[str]:
    """A line for each thing to be told, with when it is due; `briefly` leaves out the reasons."""
    for one in updates:
        should = f"should say {_quoted(one.should_say)}{_since(one)}"
        yield f"{one.field}: says {_quoted(one.says)}, {should}; {due_words(one, on)}"
        if not briefly:
            yield f"  because {one.because} ({one.source})"
    if updates and posted and posted.applies is not Verdict.MET:
        binds = "is not" if posted.applies is Verdict.NOT_MET else "may not be"
        yield f"The study {binds} bound by these limits: {posted.applies_because}."

    if updates and posted and posted.last_update and posted.last_update.earliest > on:
        yield f"The record was last updated on {posted.last_update}, after the day asked about."


def _quoted(words: str) -> str:
    return words if words in UNQUOTED or words.startswith(("last updated", "what version")) else f'"{words}"'


UNQUOTED = (NOTHING, "a later estimate", "an estimate", "the month of a review", "the results", "the whole record")
"""What no record says in these words."""


def _since(one: Update) -> str:
    return f", since {one.since}" if one.since else ""


def due_words(one: Update, on: date) -> str:
    """When it is due, and whether that has passed."""
    if one.due is None:
        return "no day is set for it"
    if one.late is Verdict.MET:
        days = one.days_late(on)
        return f"was due by {one.due}: LATE by {days} day{'' if days == 1 else 's'}"
    return f"due by {one.due}" + (" at the latest; may be late" if one.late is Verdict.UNKNOWN else "")
