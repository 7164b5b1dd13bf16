"""Writes docs/reference/doctor.md from the doctor's own table of checks."""

from __future__ import annotations

from pathlib import Path

from trialwright.store.doctor import CHECKS

PAGE = Path(__file__).parent / "reference" / "doctor.md"
HEAD = """\
# What the doctor looks at

`trialwright doctor [DIR]` looks at the installation and, where one is named, at a study folder; it changes nothing.
Exit code 1 where a check refuses. A rehearsal is not asked for what protects real data alone. `--json` prints
{safe, checks, findings}. This page is written from the program's own table (`python docs/doctor.py`).

| check | how it is told | why it matters | what to do | |
| --- | --- | --- | --- | --- |
"""


def page() -> str:
    """The page as it should be."""
    rows = (
        f"| {one.name} | {one.tells} | {one.matters} | {one.do} | {'refuses' if one.refuses else 'warns'} |\n"
        for one in CHECKS
    )
    return HEAD + "".join(rows)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
