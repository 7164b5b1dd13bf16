"""What is refused besides what `conduct` refuses: a lock whose checklist is open, a signature of what is not so.

Both rest on everything that is derived of a subject, so they are asked here, after the rules of conduct have nothing
against the event. A lock or a signature from before there were degrees and names (files of events, older ledgers) is
asked nothing more. Read `refusals`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from trialwright.core import conduct
from trialwright.core.conduct import Trial
from trialwright.core.conduct.refusing import REFUSED
from trialwright.core.ledger import Event, Locked, Signed
from trialwright.core.oversight.freezing import Checklist, checklist, study_checklist
from trialwright.core.oversight.signing import JUDGED_ELIGIBLE, content_of, eligibility_signed
from trialwright.core.subject import StudyRecord, fold_study
from trialwright.core.terms import Finding, Verdict

SHOWN = 3
"""So many of the things that stand against a point, and of subjects with open points, are named in a refusal."""


def refusals(trial: Trial, study: StudyRecord | Iterable[Event], event: Event) -> list[Finding]:
    """Why an event is refused: by the rules of conduct, else by what a lock and a signature ask besides."""
    asked = ASKED.get(type(event))
    record = study if isinstance(study, StudyRecord) or asked is None else fold_study(study)
    found = conduct.refusals(trial, record, event)
    if found or asked is None:
        return found
    assert isinstance(record, StudyRecord)
    return [*asked(trial, record, event)]


def lock_checked(trial: Trial, study: StudyRecord, event: Any) -> Iterator[Finding]:
    """A lock for good has every point of its checklist done, or says why it is made with some of them open."""
    if event.degree != "lock" or event.although.strip():
        return
    if event.subject is None:
        asked = study_checklist(trial, study, event.occurred, event.site, enough=SHOWN)
    else:
        asked = checklist(trial, study, event.subject, event.what, event.occurred)
    yield from _open_points(asked)


def _open_points(asked: Checklist) -> Iterator[Finding]:
    for point in asked.open:
        first, more = "; ".join(point.open[:SHOWN]), len(point.open) - SHOWN
        yield Finding(
            about=Locked.__name__,
            says=f"“{point.asks}” does not hold for {asked.what}: {first}{f'; and {more} more' if more > 0 else ''}.",
            matters=REFUSED,
            do="Settle it first, or say why the data are locked although it is open.",
            clause=point.name,
        )


def signable(trial: Trial, study: StudyRecord, event: Any) -> Iterator[Finding]:
    """A signature is bound to what stands there, and does not say what the criteria contradict."""
    if not event.what or event.subject is None:
        return
    yield from content_bound(trial, study, event)
    if event.meaning == JUDGED_ELIGIBLE:
        yield from _not_eligible(trial, study, event)


def _not_eligible(trial: Trial, study: StudyRecord, event: Any) -> Iterator[Finding]:
    judged = eligibility_signed(trial, study, study.subjects[event.subject], event.occurred)
    for one in judged.criteria:
        if one.verdict is not Verdict.MET:
            says = f"It would be signed that {event.subject} is eligible, but {one.id} is {one.verdict.value}."
            do = "Enter what is missing, or sign with another meaning."
            yield Finding(about=Signed.__name__, says=says, matters=REFUSED, do=do, clause=one.id)


def content_bound(trial: Trial, study: StudyRecord, event: Any) -> Iterator[Finding]:
    """A signature that names what it signs is bound to exactly what stands there now."""
    record = study.subjects[event.subject]
    try:
        now = content_of(trial, study, record, event.what, event.occurred).sha256
    except KeyError:
        now = ""
    if now != event.content_hash:
        says = (
            f"What stands under {event.what!r} of {event.subject} is not what was shown to be signed "
            f"({now[:12] or 'nothing'}, not {event.content_hash[:12]})."
        )
        do = "Read it again as it is now, then sign."
        yield Finding(about=Signed.__name__, says=says, matters=REFUSED, do=do)


ASKED: Mapping[type[Event], Callable[[Trial, StudyRecord, Event], Iterator[Finding]]] = {
    Locked: lock_checked,
    Signed: signable,
}
"""What is asked besides, by kind of event."""
