"""`trialwright serve`: the web application, for one study folder or for the studies of a server's database.

It listens on this machine alone unless told otherwise, and then wants TLS in front of it. What it serves and how is
handed to the worker processes by the environment. Nothing is shown here but where to open it.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Annotated

import typer

from trialwright.cli.output import finish, show, wrong_use
from trialwright.core.terms import Finding

Folders = Annotated[list[Path], typer.Argument(metavar="DIR…", help="The studies' folders.", show_default=False)]
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help="Where to listen.")]
Host = Annotated[str, typer.Option("--host", help="The address to listen on; this machine's own by default.")]
Workers = Annotated[int, typer.Option("--workers", min=1, max=64, help="Processes; more than one needs PostgreSQL.")]
Names = Annotated[
    str | None,
    typer.Option("--names", help="The host names people open it by, with commas.", show_default="this machine's own"),
]
Https = Annotated[bool, typer.Option("--https", help="It stands behind a server that speaks TLS.")]
OWN_ADDRESSES = ("127.0.0.1", "localhost", "::1")
THREADS = 8
"""So many requests at once in a process, whatever its cores: they wait for the disk, and for each other's saves."""


def command(
    folders: Folders,
    port: Port = 8000,
    host: Host = "127.0.0.1",
    workers: Workers = 1,
    names: Names = None,
    https: Https = False,
) -> None:
    """Serve the web application."""
    _check(folders, host, workers, https)
    os.environ["DJANGO_SETTINGS_MODULE"] = "trialwright.adapters.edc.settings"
    os.environ["TRIALWRIGHT_STUDIES"] = os.pathsep.join(str(one.resolve()) for one in folders)
    if names:
        os.environ["TRIALWRIGHT_HOSTS"] = names
    if https:
        os.environ["TRIALWRIGHT_HTTPS"] = "1"
    address = f"{'https' if https else 'http'}://{(names or 'localhost').split(',')[0]}{'' if https else f':{port}'}/"
    for line in _prepared(folders, address):
        show(line)
    _run(host, port, workers)


def _check(folders: list[Path], host: str, workers: int, https: bool) -> None:
    from trialwright.store.database import URL_VARIABLE, on_server

    for folder in folders:
        if not folder.is_dir():
            wrong_use(f"{folder}: there is no such study folder.")
    if not on_server() and len(folders) > 1:
        wrong_use(f"Several studies share a process on a server's database only: set {URL_VARIABLE}.")
    if not on_server() and workers > 1:
        wrong_use(f"A ledger in a file has one process that serves it: set {URL_VARIABLE} for more workers.")
    if host not in OWN_ADDRESSES and not https:
        wrong_use("To be reached from elsewhere it needs TLS in front of it: put a server there and add --https.")


def _prepared(folders: list[Path], address: str) -> list[str]:
    """Accounts made ready, the studies looked at; what to tell whoever started it."""
    from trialwright.adapters.edc.starting import prepare
    from trialwright.store.errors import LedgerError

    try:
        return prepare(folders, address)
    except LedgerError as wrong:
        finish(False, [_not_served(wrong)])


def _not_served(wrong: Exception) -> Finding:
    return Finding(
        about="serve",
        says=str(wrong),
        matters="Nothing is served, so that nobody enters data that could not be kept.",
        do="Put that right and start it again.",
    )


def is_no_advice_on_threads(record: logging.LogRecord) -> bool:
    """Whether a line of the server is told: all but the one that calls `THREADS` many, which whoever starts it reads as
    something to be mended.
    """
    return not record.getMessage().startswith(f"Configuration allows spawning up to {THREADS} Python threads")


def _run(host: str, port: int, workers: int) -> None:
    """The server, until it is stopped."""
    from granian.constants import Interfaces
    from granian.log import LogLevels, logger
    from granian.server import Server

    logger.addFilter(is_no_advice_on_threads)
    Server(
        "trialwright.adapters.edc.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backlog=1024,
        log_level=LogLevels.warning,
    ).serve()
