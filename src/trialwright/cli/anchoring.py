"""A checkpoint before something leaves the house: what a report or an export stands on is noted elsewhere first."""

from __future__ import annotations

from pathlib import Path

from trialwright.core.terms import Finding, Severity


def checkpoint_before(folder: Path, why: str) -> tuple[Finding, ...]:
    """Sign and send what the ledger holds, where places are set up; what went wrong is a warning and stops nothing."""
    from trialwright.store.checkpoints.sinks import addresses

    if not addresses():
        return ()
    from trialwright.store import holds_ledger, open_study
    from trialwright.store.checkpoints.emitting import emit
    from trialwright.store.errors import LedgerError

    try:
        if not holds_ledger(folder):
            return ()
        with open_study(folder) as ledger:
            return emit(ledger, why).findings
    except LedgerError as wrong:
        matters = "The report or export stands on a ledger of which nobody outside has a note yet."
        return (Finding(about="ledger", says=str(wrong), matters=matters, severity=Severity.WARNING),)
