"""`trialwright version`: the program's version and the parts a trial's answers stand on."""

from __future__ import annotations

import platform
from importlib.metadata import version as installed

from trialwright import __version__
from trialwright.cli.output import AsJson, show, show_json

PARTS = ("django", "numpy", "pydantic", "ruamel.yaml", "scipy", "typst")


def command(as_json: AsJson = False) -> None:
    """Print the version of the program, of Python, of SQLite and of the main libraries."""
    versions = {"trialwright": __version__, "python": platform.python_version(), "sqlite": sqlite_version()}
    versions |= {part: installed(part) for part in PARTS}
    if as_json:
        show_json(versions)
    else:
        show("\n".join(f"{name} {number}" for name, number in versions.items()))


def sqlite_version() -> str:
    """The SQLite library a ledger would be written with: the bundled one where there is one, else Python's own."""
    try:
        from pysqlite3 import dbapi2 as sqlite
    except ImportError:
        import sqlite3 as sqlite
    return str(sqlite.sqlite_version)
