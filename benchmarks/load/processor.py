"""The processor time that a server has used: of its process and of those it started. Where /proc is not there, nothing.

Neighbours on the machine change how many requests a second there are; what one costs they change far less.
"""

from __future__ import annotations

import os
from pathlib import Path

PROC, TICKS = Path("/proc"), os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
PARENT, USED = 1, slice(11, 13)
"""The places of a process's parent, and of its time in user and in system mode, after its name in `stat`."""


def processor_seconds(pid: int) -> float:
    """The seconds of processor time of a process and its children that still run; 0 where they cannot be read."""
    fields = {int(one.name): _stat(one) for one in PROC.glob("[0-9]*")} if PROC.is_dir() else {}
    family = {pid}
    while more := {each for each, told in fields.items() if told and int(told[PARENT]) in family} - family:
        family |= more
    return sum(sum(map(int, fields[each][USED])) for each in family if fields.get(each)) / TICKS


def _stat(process: Path) -> list[str]:
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
