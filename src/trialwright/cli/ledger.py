"""`trialwright ledger`: is the ledger what was written?

The exit code says what was found: 0 fine, 10 altered, 11 cut off or rolled back, 12 a fork, 13 a payload missing that
nobody redacted, 14 a projection that the events do not give, 15 a file that could not be read. What is checked, and
how, is `store.verification`.
"""

from __future__ import annotations

from typing import Annotated

import typer

from trialwright.cli import plain_app
from trialwright.cli.ledger_keeping import archive, backup, restore
from trialwright.cli.ledger_moving import dump, load
from trialwright.cli.ledger_redact import redact
from trialwright.cli.options import StudyFolder
from trialwright.cli.output import AsJson, show, show_findings, show_json, wrong_use

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


@command.callback()
def ledger() -> None:
    """Verify and keep the ledger."""


@command.command()
def verify(folder: StudyFolder, expect: Expect = None, as_json: AsJson = False) -> None:
    """Recompute every hash from the stored bytes, and say where the ledger first is not what was written."""
    from trialwright.store import verify as verify_folder

    try:
        found = verify_folder(folder, expect=expect)
    except ValueError as wrong:
        wrong_use(f"--expect: {wrong}")
    if as_json:
        show_json(found.as_json())
    elif found.ok:
        show(f"The ledger is as it was written: {found.events} events, head {found.head or 'none, since it is empty'}.")
    show_findings(found.findings())
    raise typer.Exit(found.code)


for verb in (redact, backup, restore, archive, dump, load):
    command.command()(verb)
