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


def newest_checkpoint(folder: Path, kind: str | None) -> str:
    """Up to where the ledger is noted elsewhere, in one line; of a rehearsal only where it was."""
    from trialwright.store import open_study
    from trialwright.store.checkpoints.emitting import standings

    with open_study(folder, read_only=True) as ledger:
        found = standings(ledger)
    if not found or (kind == "simulated" and found[0].last_note is None):
        return ""
    note = found[0].last_note
    if note is None:
        return "Checkpoint: none; whoever owns the database could rewrite it unseen (trialwright ledger checkpoint)."
    where = f"sent to {', '.join(found[0].sent_to)}" if found[0].sent_to else "sent to no place"
    after = f"{found[0].open_events} events after it" if found[0].open_events else "nothing is after it"
    return f"Checkpoint: event {note.checkpoint.size}, signed at {note.checkpoint.at}, {where}; {after}."
