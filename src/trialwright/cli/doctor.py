"""`trialwright doctor`: is this installation safe to hold trial data?

What is looked at, and why it matters, is `store.doctor`. Exit code 0 where nothing is unsafe, 1 where something is.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from trialwright.cli.output import AsJson, finish, show, show_json, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from trialwright.store.doctor import Result

Folder = Annotated[
    Path | None,
    typer.Argument(
        metavar="[DIR]", exists=True, file_okay=False, help="A study's folder, to look at as well.", show_default=False
    ),
]


def command(folder: Folder = None, as_json: AsJson = False) -> None:
    """Look at settings, disk, clock, ledger and checkpoints; refuse what could lose or hide data."""
    from trialwright.store.doctor import State, examine, look

    results = examine(look(folder))
    unsafe = [one for one in results if one.state is State.UNSAFE]
    findings = [one.finding() for one in results if one.state in (State.UNSAFE, State.WARNING)]
    if as_json:
        show_json({"safe": not unsafe, "checks": [as_document(one) for one in results], "findings": findings})
    else:
        show(in_words(results, len(unsafe)))
    finish(not unsafe, findings)


def as_document(one: Result) -> dict[str, Any]:
    """One check as JSON data."""
    return {
        "check": one.check.name,
        "state": one.state.value,
        "says": one.says,
        "told_by": one.check.tells,
        "matters": one.check.matters,
        "do": one.check.do,
    }


def in_words(results: Sequence[Result], unsafe: int) -> str:
    """The table for people; what is wrong, and what to do, is in the findings."""
    rows = [(one.check.name, one.state.value, one.check.tells) for one in results]
    safe = "Safe to hold trial data, by what was looked at."
    verdict = f"NOT SAFE: {unsafe} of {len(rows)} checks." if unsafe else safe
    return f"{table(['check', 'state', 'told by'], rows)}\n{verdict}"
