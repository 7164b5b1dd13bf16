"""Whether a specimen may be kept, and from when it must be destroyed.

Keeping needs the subject's consent where the protocol names the question that asks for it; consent may be an answer to
that question or an event of consent to stored specimens. Consent withdrawn, or the end of the time it is kept for,
makes destruction due; nothing else may be done with it then. Read `consent_to_storage`, `destruction_due`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from trialwright.core.conditions import Ask, judge_condition
from trialwright.core.ledger import ConsentGiven, ConsentWithdrawn
from trialwright.core.protocol import Specimen
from trialwright.core.specimens.moments import Moment
from trialwright.core.specimens.steps import Step
from trialwright.core.subject import Case, withdrawn
from trialwright.core.terms import Answer, Because, Evidence, PartialDate, Verdict

PART = "stored specimens"
"""The part of consent that keeping is about; consent to the study is consent to all of it, when it is withdrawn."""


@dataclass(frozen=True)
class Destruction:
    """Why a specimen must be destroyed, from which day, and the event that says so."""

    since: date
    why: str
    event: str
    because: Because


def consent_to_storage(case: Case, specimen: Specimen, on: date) -> Answer:
    """Whether the subject agreed that the specimen is kept, as it stood on a day."""
    if specimen.storage_consent is None:
        return Answer(Verdict.MET, "the protocol asks for no consent of its own to keep it")
    taken_back = withdrawn_on(case, on)
    if taken_back:
        why = f"consent to {PART} was withdrawn on {taken_back.occurred}"
        return Answer(Verdict.NOT_MET, why, (_evidence(taken_back, "withdrawn"),))
    given = [one for one in case.record.of_kind(ConsentGiven) if PART in one.scope and one.occurred <= on]
    if given:
        first = given[0]
        return Answer(Verdict.MET, f"consent to {PART} on {first.occurred}", (_evidence(first, "given"),))
    return judge_condition(Ask(specimen.storage_consent), case.facts(on))


def withdrawn_on(case: Case, on: date) -> ConsentWithdrawn | None:
    """The withdrawal of consent to keeping that stands on a day; withdrawal from the study is one from all of it."""
    return withdrawn(case.record, PART, on)


def _evidence(event: ConsentGiven | ConsentWithdrawn, what: str) -> Evidence:
    return Evidence("consent", f"{PART}: {what}", str(event.occurred), event.id)


def is_kept(specimen: Specimen, steps: tuple[Step, ...]) -> bool:
    """Whether a specimen is one that is kept: planned to be, or stored in fact."""
    return specimen.stored_for is not None or any(one.step == "stored" for one in steps)


def destruction_due(case: Case, specimen: Specimen, steps: tuple[Step, ...], on: date) -> Destruction | None:
    """Why and since when the specimen must be destroyed; None where it may be kept."""
    collected = next((one for one in steps if one.step == "collected"), None)
    if collected is None or not is_kept(specimen, steps):
        return None
    taken_back = withdrawn_on(case, on)
    if taken_back:
        why = f"consent to {PART} was withdrawn on {taken_back.occurred}: {taken_back.why or 'no reason given'}"
        return Destruction(taken_back.occurred, why, taken_back.id, Because(specimen.id, specimen.words, why))
    if specimen.keep_for is None:
        return None
    end = specimen.keep_for.after(collected.at.on.latest)
    why = f"collected on {collected.at.on} and kept for {specimen.keep_for}, until {end}"
    due = Destruction(end, why, collected.event.id, Because(specimen.id, specimen.words, why))
    return due if on > end else None


def moment_of(event: ConsentWithdrawn) -> Moment:
    """When consent was withdrawn."""
    return Moment(PartialDate.parse(event.occurred), event.time, event.offset)
