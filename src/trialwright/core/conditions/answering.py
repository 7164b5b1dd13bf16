"""How answers are made: an unknown that names its datum, several answers joined into one, a reading as evidence."""

from __future__ import annotations

from collections.abc import Callable

from trialwright.core.conditions.facts import Reading, Review
from trialwright.core.terms import Answer, Evidence, Verdict


def unknown(why: str, *missing: str) -> Answer:
    """It cannot be told, why not, and which datum would tell it."""
    return Answer(Verdict.UNKNOWN, why, (), missing)


def joined(logic: Callable[[list[Verdict]], Verdict], answers: list[Answer]) -> Answer:
    """Several answers as one: the reasons are those of the answers that decided."""
    verdict = logic([answer.verdict for answer in answers])
    told = [answer for answer in answers if answer.verdict is verdict] or answers
    return Answer(
        verdict,
        "; ".join(dict.fromkeys(answer.why for answer in told if answer.why)),
        tuple(item for answer in told for item in answer.evidence),
        tuple(dict.fromkeys(item for answer in told for item in answer.missing)) if verdict is Verdict.UNKNOWN else (),
    )


def evidence_of(reading: Reading) -> Evidence:
    """A reading as the datum an answer stands on."""
    shown = reading.missing if reading.value is None else f"{reading.bound}{reading.value}"
    return Evidence(reading.concept, shown, str(reading.on), reading.event)


def review_evidence(review: Review) -> Evidence:
    """A review as the datum an answer stands on."""
    return Evidence(review.concept, review.said, str(review.on), review.event)
