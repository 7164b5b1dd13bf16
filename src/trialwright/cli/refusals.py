"""What a refusal of the ledger means to the person at the keyboard: why it matters, and what to do next.

The ledger says what it refuses (`store.errors`); the same sentence stands here for every verb. Read `refusal`.
"""

from __future__ import annotations

from trialwright.core.terms import Finding
from trialwright.store import errors

NOTHING_SAVED = "Nothing was saved: a submission is written whole or not at all."
NO_ANSWER = "Without the ledger there is no answer; none is guessed."
KEEP_IT = (
    "Write nothing more to it, run `trialwright ledger verify` for the first place that is wrong, "
    "and compare with the last backup."
)
WHAT_TO_DO: tuple[tuple[type[errors.LedgerError], str], ...] = (
    (errors.NoLedger, "Rehearse the trial, or submit its first events; or name the folder that holds them."),
    (errors.NoSuchPosition, "Name an earlier position, or leave --known-at out to ask what is known now."),
    (errors.WrongKind, "Keep real and simulated data in folders of their own; submit real events to a real one."),
    (errors.WrongStudy, "Name the folder of the study that the events belong to."),
    (errors.LedgerBusy, "Wait a moment and do the same again: a retry is harmless."),
    (errors.SubmissionConflict, "Give a new save a new --submission key."),
    (errors.UnsafeDatabase, "Move the study folder to a local disk."),
    (errors.NotALedger, "Find out what put the file there and move it away; keep a study's ledger in its own folder."),
    (errors.LedgerDamaged, KEEP_IT),
    (errors.Unreadable, KEEP_IT),
)


def refusal(wrong: Exception, matters: str = NO_ANSWER) -> Finding:
    """The finding for what the ledger refused.

    >>> refusal(errors.NoLedger("there is no ledger here.")).do[:19]
    'Rehearse the trial,'
    """
    do = next((told for kind, told in WHAT_TO_DO if isinstance(wrong, kind)), "")
    return Finding(about="ledger", says=str(wrong), matters=matters, do=do)
