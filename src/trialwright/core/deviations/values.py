"""A deviation as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from trialwright.core.terms import Because, Finding, Severity


@dataclass(frozen=True)
class Deviation:
    """Something done otherwise than the protocol asks: what, when, which clause; minor or major."""

    kind: str
    on: date
    says: str
    clause: str
    severity: str = "minor"
    because: tuple[Because, ...] = ()
    do: str = ""

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
