"""`trialwright ledger`: is the ledger what was written?

The exit code says what was found: 0 fine, 10 altered, 11 cut off or rolled back, 12 a fork, 13 a payload missing that
nobody redacted, 14 a projection that the events do not give, 15 a file that could not be read. What is checked, and
how, is `store.verification`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trialwright.cli import plain_app
from trialwright.cli.ledger_checkpoint import checkpoint, key
from trialwright.cli.ledger_keeping import archive, backup, restore
from trialwright.cli.ledger_moving import dump, load
from trialwright.cli.ledger_redact import redact
from trialwright.cli.options import StudyFolder
from trialwright.cli.output import AsJson, show, show_findings, show_json, wrong_use

if TYPE_CHECKING:
    from trialwright.store import Verification

command = plain_app(no_args_is_help=True)

Expect = Annotated[
    str | None,
    typer.Option(
        "--expect",
        metavar="HEAD",
        help="A head noted elsewhere, HASH or SEQ:HASH: finds an end that was cut off together with its head row.",
        show_default=False,
    ),
]


EveryStudy = Annotated[
    bool, typer.Option("--every-study", help="On a server: every chain of the database, not only the folder's study.")
]


@command.callback()
def ledger() -> None:
    """Verify and keep the ledger."""


Anchors = Annotated[
    Path | None,
    typer.Option(
        "--anchors",
        metavar="PATH",
        help="A file or folder of checkpoints kept elsewhere: finds rollback, fork and rewriting.",
        show_default=False,
    ),
]
Keys = Annotated[
    list[str] | None,
    typer.Option(
        "--key",
        metavar="KEY",
        help="A public key of such checkpoints, NAME+ID+KEY; several may be named.",
        show_default=False,
    ),
]


@command.command()
def verify(
    folder: StudyFolder,
    expect: Expect = None,
    anchors: Anchors = None,
    key: Keys = None,
    every_study: EveryStudy = False,
    as_json: AsJson = False,
) -> None:
    """Recompute every hash from the stored bytes, and say where the ledger first is not what was written."""
    from trialwright.store import verify as verify_folder

    try:
        found = verify_folder(folder, expect=expect, anchors=anchors, keys=key or (), whole=every_study)
    except FileNotFoundError as wrong:
        wrong_use(f"--anchors: {wrong}")
    except ValueError as wrong:
        wrong_use(str(wrong) if key else f"--expect: {wrong}")
    if as_json:
        show_json(found.as_json())
    elif found.ok:
        show("\n".join(in_words(found)))
    elif found.sound_up_to:
        until = found.sound_up_to
        show(f"Events 1 to {until} are as they were written; --known-at {until} answers from these alone.")
    show_findings(found.findings())
    raise typer.Exit(found.code)


def in_words(found: Verification) -> Iterator[str]:
    """What was found in order, for people, and how far notes kept elsewhere bear it out."""
    yield f"The ledger is as it was written: {found.events} events, head {found.head or 'none, since it is empty'}."
    for each in found.chains:
        yield f"{each.chain}: {each.events} events, root {each.root}."
    if found.anchors is None:
        yield "No checkpoints kept elsewhere were named (--anchors): an end cut off with its head row is not seen."
        return
    counted = found.anchors["counted"]
    yield f"{counted} checkpoint{'s' * (counted != 1)} kept elsewhere bear{'s' * (counted == 1)} it out."
    for chain, newest in found.anchors["newest"].items():
        after = newest["events_after"]
        follow = "1 event follows" if after == 1 else f"{after or 'no'} events follow"
        yield f"{chain}: the newest, of {newest['size']} events, was signed at {newest['at']}; {follow}."


for verb in (checkpoint, key, redact, backup, restore, archive, dump, load):
    command.command()(verb)
