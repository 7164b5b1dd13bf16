"""`trialwright ledger dump` and `load`: a study's ledger as one file, from one kind of database to another.

What the file holds, and what is verified on the way, is `store.moving`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from trialwright.cli.options import StudyFolder
from trialwright.cli.output import AsJson, finish, show, show_json

DumpFile = Annotated[Path, typer.Argument(metavar="FILE", help="The dump: JSON lines.", show_default=False)]


def dump(folder: StudyFolder, file: DumpFile, as_json: AsJson = False) -> None:
    """Write the whole ledger into a new file, after verifying it."""
    from trialwright.store.moving import dump as write

    _answer(write, folder, file, "written to", as_json)


def load(folder: StudyFolder, file: DumpFile, as_json: AsJson = False) -> None:
    """Put a dump where the study has no ledger yet; it is verified before it is kept."""
    from trialwright.store.moving import load as read

    _answer(read, folder, file, "loaded from", as_json)


def _answer(move: object, folder: Path, file: Path, done: str, as_json: bool) -> None:
    from trialwright.store.errors import LedgerError
    from trialwright.store.moving import Damaged, refused

    assert callable(move)
    try:
        moved = move(folder, file)
    except Damaged as wrong:
        finish(answer_is_yes=False, findings=wrong.verification.findings())
    except LedgerError as wrong:
        finish(answer_is_yes=False, findings=[refused(wrong)])
    if as_json:
        show_json({"study": moved.study, "kind": moved.kind, "chains": moved.ends, "left_out": moved.left_out})
        return
    ends = "; ".join(f"{name}: {end['seq']} events, head {end['hash']}" for name, end in moved.ends.items())
    show(f"The ledger of {moved.study} ({moved.kind}) was {done} {file}: {ends}.")
    if moved.left_out:
        show(f"Left out: {moved.left_out}.")
