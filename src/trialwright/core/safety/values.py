"""What a clock says: who is owed which report by when, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from trialwright.core.terms import Because, Verdict

STATES: tuple[str, ...] = (
    "running",
    "due today",
    "overdue",
    "reported in time",
    "reported late",
    "cannot be told",
)
"""What a clock can be."""


@dataclass(frozen=True)
class SafetyClock:
    """One clock of one event: who is to be told by when, whether that was done, and the clause that says so.

    `started` and `due` are what counts, `started` the earliest the site can have known; `due_at_latest` is another
    instant only where nobody said when the site knew. `applies` is unknown where a datum is missing for the rule.
    """

    event: str
    term: str
    clause: str
    to: str
    report: str
    applies: Verdict
    state: str
    started: datetime | None
    due: datetime | None
    due_at_latest: datetime | None
    why: str
    because: tuple[Because, ...] = ()
    missing: tuple[str, ...] = ()
    reported: str = ""
    entry: str = ""

    @property
    def id(self) -> str:
        """The clock by rule and event; it stays the same."""
        return f"{self.clause}:{self.event}"

    @property
    def open(self) -> bool:
        """Whether a report is still owed, or may be."""
        return self.state in ("running", "due today", "overdue", "cannot be told") and not self.reported

    @property
    def says(self) -> str:
        """The clock as a sentence."""
        due = f"{self.due:%Y-%m-%d %H:%M %z}" if self.due else "an unknown time"
        told = f"; sent {self.reported}" if self.reported else ""
        may = "may be owed" if self.applies is Verdict.UNKNOWN else "is owed"
        return (
            f"{self.term}: the {self.report} report to the {self.to} {may} by {due}: {self.state}{told} ({self.why})."
        )
