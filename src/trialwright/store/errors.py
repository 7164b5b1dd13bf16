"""Why the ledger refuses: each refusal says what to do, and carries ids, never a subject's values.

A stale save is the exception that carries data: the three-way difference is for the person who is saving, and stands
in `differences`, not in the message, so that it never reaches a log. Refusals by a rule of the protocol are findings
(`core.terms.Finding`) and travel in `Refused.findings`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trialwright.core.terms import Finding


class LedgerError(Exception):
    """The ledger did not do what was asked, and nothing was written."""


class NotSupported(LedgerError):
    """This version cannot keep a ledger there."""


class UnsafeDatabase(LedgerError):
    """The database would not keep a save through a power failure."""


class NoLedger(LedgerError):
    """The folder holds no ledger."""


class NoSuchPosition(LedgerError):
    """The ledger does not reach that far."""


class Unreadable(LedgerError):
    """The file is there and cannot be read as a ledger."""


class NotALedger(Unreadable):
    """The file is whole, and something else than a ledger."""


class LedgerBusy(LedgerError):
    """Another process is writing."""


class DiskFull(LedgerError):
    """There is no room for the save."""


class OutcomeUnknown(LedgerError):
    """The database failed so late that a save may be in; the same submission again is harmless, and tells."""


class LedgerDamaged(LedgerError):
    """The stored ledger contradicts itself; `trialwright ledger verify` says where."""


class WrongKind(LedgerError):
    """Real data into a rehearsal, or rehearsed data into a real study."""


class WrongStudy(LedgerError):
    """The folder's ledger belongs to another study."""


class UnknownText(LedgerError):
    """An event stands on a protocol file that the ledger does not hold."""


class NotAuthorised(LedgerError):
    """Whoever saves may not save this: not any more, or not here."""


class SubmissionConflict(LedgerError):
    """The submission key was used before with other contents."""


@dataclass(frozen=True)
class Difference:
    """One path that changed since the form was opened: as it was, as it is now, and as it would be saved."""

    path: str
    base: Any
    theirs: Any
    mine: Any
    changed_by: str | None = None

    @property
    def clashes(self) -> bool:
        """Both sides changed this path, to different values."""
        return self.theirs not in (self.base, self.mine) and self.mine != self.base


class StaleVersion(LedgerError):
    """Somebody saved to the same stream since this form was opened.

    `mine` is what would have been saved, by path, in the chain that it names; `differences` stands there once
    `Ledger.compare` looked them up, which is done after the lock that others wait for was given back.
    """

    def __init__(self, chain: str, stream: str, base: int, current: int, mine: Mapping[str, Any]) -> None:
        super().__init__(
            f"{stream} was at version {base} when this form was opened and is at {current} now. "
            "Nothing was saved. Compare the differences, then save again on the current version."
        )
        self.chain, self.stream, self.base, self.current, self.mine = chain, stream, base, current, mine
        self.differences: tuple[Difference, ...] = ()


class Refused(LedgerError):
    """The protocol does not allow the decision; the findings say which clause and what to do."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(f"Refused with {len(findings)} finding(s); nothing was saved.")
        self.findings = tuple(findings)
