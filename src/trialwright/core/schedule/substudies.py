"""How far a sub-study has come: who joined, from whom everything it asks for was taken, whether it is still offered.

It is offered until so many have joined, and has reached its aim once the samples of its target are there. The
calendar of one subject never looks at others; this is the one place that counts them. Read `substudy_progress`.
"""

from __future__ import annotations

from collections.abc import Iterable
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


def substudy_progress(
    protocol: StudyProtocol, records: Iterable[SubjectRecord], on: date
) -> tuple[SubstudyProgress, ...]:
    """Every sub-study of the protocol, as the records of all subjects tell it on a day."""
    held = tuple(records)
    return tuple(_progress(one, protocol, held, on) for one in protocol.design.substudies)


def _progress(
    substudy: Substudy, protocol: StudyProtocol, records: tuple[SubjectRecord, ...], on: date
) -> SubstudyProgress:
    joining = sorted(
        ((event, record) for record in records for event in _joined(record, substudy, on)),
        key=lambda pair: (pair[0].occurred, pair[0].seq),
    )
    entered = tuple((event, record) for event, record in joining if record.site_on(event.occurred) in substudy.sites)
    wanted = {one.id for one in protocol.specimens if one.substudy == substudy.id}
    sampled = tuple(record.subject for _, record in entered if wanted and wanted <= _taken(record, on))
    offered, reached = len(entered) < substudy.offered_until, len(sampled) >= substudy.target
    saw = (
        f"{len(entered)} joined, offered until {substudy.offered_until}; every kind of sample from {len(sampled)}, "
        f"aim {substudy.target}"
    )
    return SubstudyProgress(
        substudy,
        tuple(record.subject for _, record in entered),
        sampled,
        offered,
        reached,
        Because(substudy.id, substudy.words, saw),
        tuple(_findings(substudy, joining, [record.subject for _, record in entered])),
        tuple(Evidence("joined", record.subject, one.occurred.isoformat(), one.id) for one, record in entered),
    )


def _joined(record: SubjectRecord, substudy: Substudy, on: date) -> list[SubstudyJoined]:
    """The first time a subject joined; joining once more changes nothing."""
    found = [one for one in record.of_kind(SubstudyJoined) if one.substudy == substudy.id and one.occurred <= on]
    return found[:1]


def _taken(record: SubjectRecord, on: date) -> set[str]:
    return {one.text("specimen") for one in observations(record, "specimen", on) if one.yes("collected")}


def _findings(
    substudy: Substudy, joining: list[tuple[SubstudyJoined, SubjectRecord]], entered: list[str]
) -> Iterable[Finding]:
    for event, record in joining:
        site = record.site_on(event.occurred)
        if site not in substudy.sites:
            says = f"{record.subject} joined {substudy.label} on {event.occurred} at site {site}; "
            yield _finding(event, substudy, says + f"it is for {', '.join(substudy.sites)} alone.")
        elif entered.index(record.subject) >= substudy.offered_until:
            place = entered.index(record.subject) + 1
            says = f"{record.subject} joined {substudy.label} on {event.occurred} as number {place}; "
            yield _finding(event, substudy, says + f"it was offered until {substudy.offered_until} had joined.")


def _finding(event: SubstudyJoined, substudy: Substudy, says: str) -> Finding:
    return Finding(
        about=event.id,
        says=says,
        matters="Samples are taken from a patient who was not to be asked for them.",
        do="Take no further samples of it; say why it was offered.",
        clause=substudy.id,
        severity=Severity.WARNING,
    )
