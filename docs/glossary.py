"""Brings the second part of GLOSSARY.md up to date: one row for each public name of the core, by module.

The meaning is the first sentence of the name's docstring. Where the word comes from is written by hand in the last
column and kept; a new name starts as "here". What stands above the mark is written by hand. Run `make glossary`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
CORE = PROJECT / "src" / "trialwright" / "core"
PAGE = PROJECT / "GLOSSARY.md"
MARK = "<!-- from here on written by make glossary, except the last column -->"
ROW = re.compile(r"^\| `(\w+)` \|.*\| ([^|]*) \|$", re.M)
ORDER = (
    "terms conditions protocol ledger subject people eligibility schedule toxicity response specimens bundle dosing "
    "disposition deviations safety endpoints estimation monitoring conduct registration analysis casebook oversight"
).split()


def names_of(module: Path) -> Iterator[tuple[str, str]]:
    """Each public class and function with the first sentence of its docstring."""
    for node in ast.parse(module.read_text("utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            first = (ast.get_docstring(node) or "").partition("\n\n")[0]
            yield node.name, " ".join(first.split()).replace("|", "\\|")


def files_of(name: str) -> list[Path]:
    """A module's files: one, or those of the package it has become."""
    return [CORE / f"{name}.py"] if (CORE / f"{name}.py").exists() else sorted((CORE / name).rglob("*.py"))


def section(name: str, sources: dict[str, str]) -> str:
    """One module's table; nothing where the module is not there."""
    meanings = dict(sorted(pair for path in files_of(name) for pair in names_of(path)))
    rows = [f"| `{word}` | {meaning} | {sources.get(word, 'here')} |" for word, meaning in meanings.items()]
    return "\n".join([f"## `{name}`", "", "| word | means | from |", "| --- | --- | --- |", *rows]) if rows else ""


def main() -> None:
    """Write the page again, its upper part and its last column kept."""
    upper, _, lower = PAGE.read_text("utf-8").partition(MARK)
    sections = [section(name, dict(ROW.findall(lower))) for name in ORDER]
    PAGE.write_text("\n\n".join([upper + MARK, *filter(None, sections)]) + "\n", "utf-8")


if __name__ == "__main__":
    main()
