"""`trialwright ledger checkpoint` and `ledger key`: sign what the ledger holds, and say with which key.

What a checkpoint is, and where it goes, is `store.checkpoints`; docs/how-to/anchor-a-ledger.md sets it up.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trialwright.cli.options import StudyFolder
from trialwright.cli.output import AsJson, finish, show, show_json
from trialwright.cli.refusals import refusal
from trialwright.core.terms import Finding, Severity

if TYPE_CHECKING:
    from trialwright.store.checkpoints.emitting import Emission
    from trialwright.store.ledger import Ledger

Change = Annotated[bool, typer.Option("--change", help="Put a new key in the place of the present one.")]
TOO_FEW = "One place can be lost, or be in the hands of whoever rewrites the ledger; two on two machines seldom are."
SET_UP = "Name a folder elsewhere, a web address or a mail address in TRIALWRIGHT_ANCHORS."
NOTHING = "The ledger was not touched."


def checkpoint(folder: StudyFolder, as_json: AsJson = False) -> None:
    """Sign how many events there are and the root over them, and send the note to every place that is set up."""
    from trialwright.store import open_study
    from trialwright.store.checkpoints.emitting import emit
    from trialwright.store.checkpoints.sinks import addresses
    from trialwright.store.errors import LedgerError, NoLedger

    try:
        _must_hold_a_ledger(folder)
        with open_study(folder) as ledger:
            made = emit(ledger, "this moment")
        if not made.notes and not made.findings:
            raise NoLedger(f"{folder}: the ledger holds no event, so there is nothing to sign.")
    except LedgerError as wrong:
        finish(False, [refusal(wrong, NOTHING)])
    places = len(addresses())
    if as_json:
        show_json(_as_document(made))
    else:
        show(_in_words(made))
    finish(bool(made.notes) and bool(made.sent or not places), [*made.findings, *_too_few(places)])


def _must_hold_a_ledger(folder: Path) -> None:
    """Opening a ledger to write makes one where there is none; here that would be a mistake."""
    from trialwright.store import open_study

    with open_study(folder, read_only=True):
        pass


def _too_few(places: int) -> list[Finding]:
    from trialwright.store.checkpoints.sinks import ENOUGH

    if places >= ENOUGH:
        return []
    says = f"Checkpoints go to {places or 'no'} place{'' if places == 1 else 's'}; {ENOUGH} at least are asked for."
    return [Finding(about="anchors", says=says, matters=TOO_FEW, do=SET_UP, severity=Severity.WARNING)]


def _as_document(made: Emission) -> dict[str, Any]:
    return {
        "notes": [
            {
                "origin": note.checkpoint.origin,
                "size": note.checkpoint.size,
                "root": note.checkpoint.root.hex(),
                "head": note.checkpoint.head,
                "at": note.checkpoint.at,
                "note": note.whole,
            }
            for note in made.notes
        ],
        "sent": list(made.sent),
        "findings": list(made.findings),
    }


def _in_words(made: Emission) -> str:
    sent = f"Sent to {', '.join(made.sent)}." if made.sent else "Sent to no place."
    return f"{made.whole}\n{sent}"


def key(folder: StudyFolder, change: Change = False, as_json: AsJson = False) -> None:
    """Say which key signs checkpoints, making it if there is none; `--change` makes a new one."""
    from trialwright.store import holds_ledger, open_study
    from trialwright.store.checkpoints.keys import change_key, key_file, own_key
    from trialwright.store.errors import LedgerError

    try:
        own, aside = change_key(folder) if change else (own_key(folder), None)
        lines = []
        if holds_ledger(folder):
            with open_study(folder) as ledger:
                lines = _recorded(ledger, own.public)
    except LedgerError as wrong:
        finish(False, [refusal(wrong, NOTHING)])
    told = {"file": str(key_file()), "key": own.name, "public": lines, "set_aside": aside and str(aside)}
    if as_json:
        show_json(told)
    else:
        kept = [f"The old key is set aside in {aside}; remove it once nobody needs it."] if aside else []
        show("\n".join([f"{own.name} in {told['file']}; give it to nobody.", *kept, *_public_words(lines)]))


def _recorded(ledger: Ledger, public: bytes) -> list[str]:
    """The key as verifiers read it, for each chain, once the ledger names it; a rehearsal has a key of its own."""
    from trialwright.store.checkpoints.emitting import standings
    from trialwright.store.checkpoints.keys import own_key, record_key
    from trialwright.store.checkpoints.notes import Key

    if ledger.kind == "simulated":
        return []
    record_key(ledger, own_key(ledger.folder))
    return [Key(one.origin, public).text for one in standings(ledger)]


def _public_words(lines: list[str]) -> list[str]:
    if not lines:
        return ["No real ledger is here that names it yet; a rehearsal signs with a key that anybody can work out."]
    return ["Its public half, for whoever keeps checkpoints:", *lines]
