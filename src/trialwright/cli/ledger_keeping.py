"""`trialwright ledger backup`, `restore` and `archive`: copies of a ledger, checked before they count.

What a copy is, and what is compared before one is put back, is `store.keeping`; what an archive holds,
`adapters.archive`.
"""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated, Any

import typer

from trialwright.cli.options import StudyFolder
from trialwright.cli.output import AsJson, finish, show, show_findings, show_json
from trialwright.core.terms import Finding

NOTHING_KEPT = "Without a sound copy nothing counts as a backup; what was begun was thrown away."
NOTHING_RESTORED = "Nothing was put back: a ledger is restored whole and checked, or not at all."
NOTHING_ARCHIVED = "There is no archive; what was begun was thrown away."

To = Annotated[
    Path,
    typer.Option(
        "--to",
        metavar="PLACE",
        file_okay=False,
        help="The folder that backups go into; better on another disk or machine.",
        show_default=False,
    ),
]
NewFolder = Annotated[
    Path, typer.Option("--to", metavar="NEW_FOLDER", help="A folder that does not exist yet.", show_default=False)
]
Copy = Annotated[
    Path,
    typer.Argument(metavar="BACKUP", exists=True, help="A backup's folder, or its ledger's file.", show_default=False),
]
Anchors = Annotated[
    Path | None,
    typer.Option(
        "--anchors",
        metavar="PATH",
        exists=True,
        help="Checkpoints that were kept elsewhere, to compare the copy with.",
        show_default=False,
    ),
]
AcceptLoss = Annotated[
    bool, typer.Option("--accept-loss", help="Put an older copy back although events known outside are lost.")
]
By = Annotated[
    str | None,
    typer.Option("--by", metavar="NAME", help="Who does it; stands in the ledger.", show_default="the user logged in"),
]
ZipFile = Annotated[
    Path, typer.Option("--to", metavar="FILE.zip", dir_okay=False, help="The archive to write.", show_default=False)
]


def backup(folder: StudyFolder, to: To, by: By = None, as_json: AsJson = False) -> None:
    """Copy the ledger while it is in use, verify every hash of the copy, and record that it was made."""
    from trialwright.store.keeping.backup import backup as make

    try:
        made = make(folder, to, actor=by or _user())
    except Exception as wrong:
        _refuse(wrong, NOTHING_KEPT, as_json, "backup")
    if as_json:
        show_json({"backup": {**_plain(made), "path": str(made.path)}, "findings": list(made.findings)})
    else:
        show(
            f"Backup {made.path}\nVerified: {made.events} events of {made.study} ({made.kind}), head {made.head}, "
            f"root {made.root}.\n{_of_accounts(made.accounts)}"
            f"To put it back: trialwright ledger restore {made.path} --to NEW_FOLDER"
        )
    finish(True, made.findings)


def restore(
    copy: Copy,
    to: NewFolder,
    anchors: Anchors = None,
    accept_loss: AcceptLoss = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Put a backup into a new folder, verified and compared with the newest anchor; exit 11 where events are lost."""
    from trialwright.store.keeping.restore import restore as put_back

    try:
        done = put_back(copy, to, anchors=anchors, accept_loss=accept_loss, operator=by or _user())
    except Exception as wrong:
        _refuse(wrong, NOTHING_RESTORED, as_json, "restored")
    findings = [] if done.compared else [_not_compared(done)]
    if as_json:
        show_json({"restored": {**_plain(done), "path": str(done.path)}, "findings": findings})
    else:
        lost = f"\nLOST, and accepted: {done.lost}" if done.lost else ""
        show(f"Restored into {done.path}: {done.events} events, head {done.head}, root {done.root}.{lost}")
    finish(True, findings)


def archive(folder: StudyFolder, to: ZipFile, by: By = None, as_json: AsJson = False) -> None:
    """Write one file that opens without this program: ledger, protocols, verifier, a readable book of each subject."""
    from trialwright.adapters.archive import write_archive

    try:
        made = write_archive(folder, to, actor=by or _user())
    except Exception as wrong:
        _refuse(wrong, NOTHING_ARCHIVED, as_json, "archive")
    if as_json:
        show_json({"archive": {**_plain(made), "path": str(made.path)}, "findings": list(made.findings)})
    else:
        show(
            f"Archive {made.path}: {made.events} events, {made.subjects} casebooks, head {made.head}.\n"
            f"SHA-256 {made.sha256}\nUnpack it and open README.html; nothing else is needed."
        )
    finish(True, made.findings)


def _refuse(wrong: Exception, matters: str, as_json: bool, what: str) -> Any:
    """Say why, with verification's exit code where a copy was not sound; a mistake of the program is raised on."""
    from trialwright.cli.refusals import refusal
    from trialwright.store.errors import LedgerError

    if not isinstance(wrong, LedgerError):
        raise wrong
    verification = getattr(wrong, "verification", None)
    findings = [refusal(wrong, matters), *(verification.findings() if verification else ())]
    if as_json:
        show_json({what: None, "verification": verification and verification.as_json(), "findings": findings})
    show_findings(findings)
    raise typer.Exit(verification.code if verification else 1)


def _of_accounts(number: int) -> str:
    if not number:
        return ""
    return (
        f"How {number} people sign in is in its folder accounts/, readable by you alone: hashes of passwords, and the "
        "key of second components. Keep it as a secret.\n"
    )


def _not_compared(done: Any) -> Finding:
    from trialwright.core.terms import Severity

    return Finding(
        about="restore",
        says=f"The copy was compared with nothing outside it; whether event {done.events} was the last is not known.",
        matters="An older copy verifies as well as the newest: events recorded after it would be missing unseen.",
        do="Restore with --anchors, naming the checkpoints that were kept elsewhere.",
        severity=Severity.WARNING,
    )


def _plain(done: Any) -> dict[str, Any]:
    return {key: value for key, value in vars(done).items() if key not in ("path", "findings")}


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "operator"
