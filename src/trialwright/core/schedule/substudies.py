"""How far a sub-study has come: who joined, from whom everything it asks for was taken, whether it is still offered.

It is offered until so many have joined, and has reached its aim once the samples of its target are there. The
calendar of one subject never looks at others; this is the one place that counts them. Read `substudy_progress`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from trialwright.core.ledger import SubstudyJoined
from trialwright.core.protocol import StudyProtocol, Substudy
from trialwright.core.subject import SubjectRecord, observations
from trialwright.core.terms import Because, Evidence, Finding, Severity


@dataclass(frozen=True)
class SubstudyProgress:
    """One sub-study on a day: who joined in order, who gave every kind of sample, and what follows.

    `places` is how many may still join; `findings` are those who joined late or at another site.
    """

    substudy: Substudy
    joined: tuple[str, ...]
    sampled: tuple[str, ...]
    offered: bool
    reached: bool
    because: Because
    findings: tuple[Finding, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def places(self) -> int:
        """How many more may join."""
        return max(0, self.substudy.offered_until - len(self.joined))


@dataclass(frozen=True)
class Joined:
    """One subject who joined a sub-study: by which event, belonging where, and with every kind of sample or not."""

    subject: str
    event: SubstudyJoined
    site: str
    sampled: bool


def substudy_progress(
    protocol: StudyProtocol, records: Iterable[SubjectRecord], on: date
) -> tuple[SubstudyProgress, ...]:
    """Every sub-study of the protocol, as the records of all subjects tell it on a day."""
    return progress_of(protocol, [each for record in records for each in joined(protocol, record, on)])


def progress_of(protocol: StudyProtocol, everyone: Sequence[Joined]) -> tuple[SubstudyProgress, ...]:
    """The same, of subjects that were each looked at before (`joined`)."""
    return tuple(_progress(one, everyone) for one in protocol.design.substudies)


def joined(protocol: StudyProtocol, record: SubjectRecord, on: date) -> tuple[Joined, ...]:
    """The sub-studies a subject joined by a day, each the first time; joining once more changes nothing."""
    found = []
    for substudy in protocol.design.substudies:
        told = [one for one in record.of_kind(SubstudyJoined) if one.substudy == substudy.id and one.occurred <= on]
        wanted = {one.id for one in protocol.specimens if one.substudy == substudy.id}
        for one in told[:1]:
            sampled = bool(wanted) and wanted <= _taken(record, on)
            found.append(Joined(record.subject, one, record.site_on(one.occurred), sampled))
    return tuple(found)


def _progress(substudy: Substudy, everyone: Iterable[Joined]) -> SubstudyProgress:
    joining = sorted(
        (one for one in everyone if one.event.substudy == substudy.id),
        key=lambda one: (one.event.occurred, one.event.seq),
    )
    entered = tuple(one for one in joining if one.site in substudy.sites)
    sampled = tuple(one.subject for one in entered if one.sampled)
    offered, reached = len(entered) < substudy.offered_until, len(sampled) >= substudy.target
    saw = (
        f"{len(entered)} joined, offered until {substudy.offered_until}; every kind of sample from {len(sampled)}, "
        f"aim {substudy.target}"
    )
    return SubstudyProgress(
        substudy,
        tuple(one.subject for one in entered),
        sampled,
        offered,
        reached,
        Because(substudy.id, substudy.words, saw),
        tuple(_findings(substudy, joining, [one.subject for one in entered])),
        tuple(Evidence("joined", one.subject, one.event.occurred.isoformat(), one.event.id) for one in entered),
    )


def _taken(record: SubjectRecord, on: date) -> set[str]:
    return {one.text("specimen") for one in observations(record, "specimen", on) if one.yes("collected")}


def _findings(substudy: Substudy, joining: Sequence[Joined], entered: Sequence[str]) -> Iterable[Finding]:
    places = {subject: place for place, subject in enumerate(entered, start=1)}
    for one in joining:
        told = f"{one.subject} joined {substudy.label} on {one.event.occurred} "
        if one.site not in substudy.sites:
            says = f"{told}at site {one.site}; it is for {', '.join(substudy.sites)} alone."
            yield _finding(one.event, substudy, says)
        elif places[one.subject] > substudy.offered_until:
            says = f"{told}as number {places[one.subject]}; it was offered until {substudy.offered_until} had joined."
            yield _finding(one.event, substudy, says)


def _finding(event: SubstudyJoined, substudy: Substudy, says: str) -> Finding:
    return Finding(
        about=event.id,
        says=says,
        matters="Samples are taken from a patient who was not to be asked for them.",
        do="Take no further samples of it; say why it was offered.",
        clause=substudy.id,
        severity=Severity.WARNING,
    )
