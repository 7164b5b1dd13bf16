"""Whether an answer to a question counts: who gave it, in which role, and for how long.

A judgement counts when a named person gave it in a role that may judge; a consent when it bears a date of its own; any
answer until its time is over. An answer that does not count is unknown, never the one before it. What was said later
outranks it: a consent or a promise taken back is a "no". Read `why_no_answer`.
"""

from __future__ import annotations

from datetime import date

from trialwright.core.protocol import PersonQuestion
from trialwright.core.subject.items import Observation
from trialwright.core.terms import PartialDate


def why_no_answer(one: Observation, question: PersonQuestion) -> tuple[str, str] | None:
    """Why what was recorded is no answer, and what would make it one; None where it is one."""
    if question.kind == "consent" and _own_date(one) is None:
        return f"the consent to {question.id} bears no date", f"{question.id}, dated"
    name, role = signer(one)
    if not question.signers or (name and role in question.signers):
        return None
    return f"{question.id} was answered by {_whom(one)}", f"{question.id}, signed by {' or '.join(question.signers)}"


def _whom(one: Observation) -> str:
    """Who answered, in words: whoever is written beside the answer, else the role of whoever entered it."""
    name, role = signer(one)
    if not name:
        return "nobody named"
    return f"{name} as {role or 'nobody knows what'}" if one.text("by") else f"the {role or 'person who entered it'}"


def signer(one: Observation) -> tuple[str, str]:
    """Who answered and in which role: as written beside the answer, else whoever entered it last."""
    if one.text("by"):
        return one.text("by"), one.text("role")
    entered = one.history.get("value", ())
    event = entered[-1].event if entered else one.event
    return event.actor, event.role


def last_day_of(one: Observation, question: PersonQuestion) -> date | None:
    """The last day on which the answer counts; of a date known only to the month, counted from its first day."""
    return question.valid_for.after(one.on.earliest) if question.valid_for else None


def _own_date(one: Observation) -> PartialDate | None:
    """The date given with the answer, to the day."""
    given = one.date_of("on")
    return given if given and given.exact else None
