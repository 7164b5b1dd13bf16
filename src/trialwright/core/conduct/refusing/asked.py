"""An event that asks to be let in, with the record as it stands before it; and how a refusal is said."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from trialwright.core.conduct.trial import Trial, bare_case
from trialwright.core.ledger import Event
from trialwright.core.protocol import StudyProtocol
from trialwright.core.subject import Case, SiteRecord, StudyRecord, SubjectRecord
from trialwright.core.terms import Finding

REFUSED = "The decision was refused; nothing of it was saved."


@dataclass(frozen=True)
class Asked:
    """An event that asks to be let in, before it is in the record."""

    trial: Trial
    study: StudyRecord
    event: Event

    @property
    def record(self) -> SubjectRecord:
        """The record of the event's subject."""
        return self.study.subjects[self.event.subject or ""]

    @cached_property
    def version(self) -> str:
        """The protocol version that holds for the event: the one the subject is on, else the one in force there."""
        known = self.study.subjects.get(self.event.subject or "")
        if known is not None:
            return self.trial.version_of(self.study, known, self.event.occurred)
        site = self.study.sites.get(self.event.site or "")
        return (site.version_in_force(self.event.occurred) if site else None) or self.trial.latest

    @property
    def protocol(self) -> StudyProtocol:
        """That version."""
        return self.trial.versions[self.version]

    @cached_property
    def case(self) -> Case:
        """The subject under that version, nothing graded or assessed yet."""
        return bare_case(self.trial, self.study, self.record, self.version)

    @cached_property
    def site(self) -> SiteRecord:
        """The site at which the event is to happen: its own, else the subject's on that day."""
        known = self.study.subjects.get(self.event.subject or "")
        name = self.event.site or (known.site_on(self.event.occurred) if known else "")
        return self.study.sites.get(name, SiteRecord(name))

    def no(self, says: str, clause: str | None = None, do: str = "") -> Finding:
        """A refusal."""
        return Finding(about=type(self.event).__name__, says=says, matters=REFUSED, do=do, clause=clause)


def named(event: Event) -> str:
    """An event as a finding names it: what it is, its day, and its id.

    >>> from datetime import date
    >>> from trialwright.core.ledger import SubjectFound
    >>> named(SubjectFound(actor="a", role="r", site="S01", occurred=date(2006, 3, 1), id="e7"))
    'SubjectFound of 2006-03-01 (event e7)'
    """
    return f"{type(event).__name__} of {event.occurred}" + (f" (event {event.id})" if event.id else "")
