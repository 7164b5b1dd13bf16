"""A deviation as a value, and what cannot be told: a datum is missing, so that nobody can say whether there was one.

A deviation has an id that stays the same while its date, its words or its weight change, so that a monitor can attach
a comment to it: the kind and what it is about. Read `Deviation`, then `Untold`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from trialwright.core.terms import Because, Finding, Severity


@dataclass(frozen=True)
class Deviation:
    """Something done otherwise than the protocol asks: what, when, which clause; minor or major, and by which rule.

    `about` is the thing (a visit, a course, a medication); `planned` and `done` what was asked and what was; `event`
    the entry that shows it; `days_late` counts from the last day on which it would have been none.
    """

    kind: str
    on: date
    says: str
    clause: str
    severity: str = ""
    because: tuple[Because, ...] = ()
    do: str = ""
    about: str = ""
    planned: str = ""
    done: str = ""
    event: str = ""
    days_late: int | None = None
    graded: str = ""
    id: str = ""

    def as_finding(self, subject: str) -> Finding:
        """The deviation as a finding about its subject."""
        return Finding(
            about=subject,
            says=self.says,
            matters=f"A {self.severity} deviation of {self.on}: {self.kind}.",
            do=self.do,
            clause=self.clause or None,
            severity=Severity.WARNING,
        )


@dataclass(frozen=True)
class Untold:
    """A deviation of this kind there may or may not have been: it cannot be told, because data are missing."""

    kind: str
    on: date
    because: str
    clause: str
    about: str = ""
    missing: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """The sentence a reader sees."""
        return f"Whether there was a deviation ({self.kind}, {self.about}) cannot be told, because {self.because}."

    def as_finding(self, subject: str) -> Finding:
        """What cannot be told, as a note about the subject."""
        do = f"Enter {', '.join(self.missing)}." if self.missing else ""
        return Finding(subject, self.says, "It counts as none and as no clean record.", do, self.clause, Severity.NOTE)


Found = Deviation | Untold
"""What a rule yields."""
