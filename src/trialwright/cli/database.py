"""`trialwright database`: the server's database that holds the ledgers of several studies.

`init` makes roles, database, tables and rights, and can be run again at any time. The roles, and what each may do, are
`store.engines.roles`.
"""

from __future__ import annotations

import os
from typing import Annotated

import typer

from trialwright.cli import plain_app
from trialwright.cli.output import AsJson, finish, show, show_json, wrong_use
from trialwright.core.terms import Finding

ADMIN_VARIABLE = "TRIALWRIGHT_ADMIN_URL"
command = plain_app(no_args_is_help=True)

Admin = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="URL",
        help=f"A login that may create roles and databases; better in {ADMIN_VARIABLE} where it has a password.",
        show_default=False,
    ),
]


@command.callback()
def database() -> None:
    """Make the database of a server ready for ledgers."""


@command.command()
def init(admin: Admin = None, as_json: AsJson = False) -> None:
    """Make the database that TRIALWRIGHT_DATABASE_URL names, its roles, tables and rights; harmless when repeated."""
    from trialwright.store.database import URL_VARIABLE
    from trialwright.store.engines.roles import Roles, initialise
    from trialwright.store.errors import LedgerError

    url, login = os.environ.get(URL_VARIABLE), admin or os.environ.get(ADMIN_VARIABLE)
    if not url:
        wrong_use(
            f"{URL_VARIABLE} names no database: postgresql://trialwright_app@db.example/trialwright, for example."
        )
    if not login:
        wrong_use(f"Name a login that may create roles and databases, with --as or {ADMIN_VARIABLE}.")
    try:
        steps, roles = initialise(url, login), Roles.of(url)
    except LedgerError as wrong:
        finish(answer_is_yes=False, findings=[_refused(wrong)])
    if as_json:
        names = {"database": roles.database, "owner": roles.owner, "application": roles.application}
        done = [{"what": step.what, "made": step.made} for step in steps]
        show_json({**names, "verifier": roles.verifier, "steps": done})
    else:
        show("\n".join(f"{'made ' if step.made else 'found'}  {step.what}" for step in steps))


def _refused(wrong: Exception) -> Finding:
    return Finding(
        about="database",
        says=str(wrong),
        matters="Without its roles and locks, nothing keeps whoever saves from changing what was saved.",
        do="Put that right and run it again: what is there already is left as it is.",
    )
