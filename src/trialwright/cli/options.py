"""Arguments and options that several verbs share, so that a date or a folder is asked for in one way everywhere.

A value that cannot be read is wrong use (exit 2) and says what was expected. Two times are never mixed: `On` and
`Cut` are clinical dates (what had happened); `KnownAt` is a place in the ledger (what was recorded).
"""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

Moment = int | datetime


def read_day(text: str) -> date:
    """A full calendar date, as in 2006-03-01; a part of a date is refused, since a question is asked on a day."""
    from trialwright.store.lines import YEARS

    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            day = date.fromisoformat(text)
        else:
            raise ValueError
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no calendar day; write it as in 2006-03-01.") from None
    if day.year not in YEARS:
        raise typer.BadParameter(f"{text} is no day of a trial; the years {YEARS[0]} to {YEARS[-1]} are known here.")
    return day


def read_moment(text: str) -> Moment:
    """A position in the ledger, as in 120, or an instant with its offset, as in 2006-03-01T15:04:00-06:00."""
    if re.fullmatch(r"\d{1,18}", text, re.ASCII):
        return int(text)
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise typer.BadParameter(
            f"{text!r} is neither a position in the ledger (120) nor an instant with its offset from UTC"
            " (2006-03-01T15:04:00-06:00)."
        )
    return instant


StudyFolder = Annotated[
    Path, typer.Argument(metavar="DIR", exists=True, file_okay=False, help="The study's folder.", show_default=False)
]
RecordFile = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        exists=True,
        dir_okay=False,
        readable=True,
        help="The text of a study's page, or its API v2 JSON.",
        show_default=False,
    ),
]
On = Annotated[
    date | None,
    typer.Option(
        "--on", metavar="DATE", parser=read_day, help="As things stood on this clinical date.", show_default=False
    ),
]
Cut = Annotated[
    date | None,
    typer.Option("--cut", metavar="DATE", parser=read_day, help="Clinical cut-off date.", show_default=False),
]
KnownAt = Annotated[
    Any,  # Moment | None; typer takes no unions
    typer.Option(
        "--known-at",
        metavar="SEQ|TIME",
        parser=read_moment,
        help="As recorded by this position in the ledger, or this instant.",
        show_default=False,
    ),
]
