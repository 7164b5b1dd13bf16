"""How the command line answers: text for people, one JSON document for programs, findings on standard error.

Exit codes are decided here: 0 fine; 1 the answer is no, or a finding is an error; 2 wrong use. What comes
from a file or a subject is printed with its control characters made visible, so that nobody's data can
drive a terminal. Nothing is judged here. Read `finish`, then `finding_lines`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from trialwright.adapters.exchange.answers.plain import as_data

if TYPE_CHECKING:
    from trialwright.core.terms import Finding

FINE, NO, WRONG_USE = 0, 1, 2

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]


def show(text: str) -> None:
    """Print an answer for people."""
    print(visible(text))


def show_json(document: Any) -> None:
    """Print an answer for programs: one JSON document and nothing else on standard output."""
    print(json.dumps(as_data(document), ensure_ascii=False, indent=2, allow_nan=False))


def show_findings(findings: Iterable[Finding]) -> None:
    """Print findings to standard error, the worst first and otherwise in the order given."""
    for finding in sorted(findings, key=lambda each: not is_error(each)):
        print("\n".join(finding_lines(finding)), file=sys.stderr)


def finding_lines(finding: Finding) -> list[str]:
    """`severity file:line:col about: says`, then why it matters and what to do, each on a line of its own."""
    heads = [finding.severity.value, finding.where, f"{finding.about}:" if finding.about else None, finding.says]
    tails = [("Why it matters", finding.matters), ("What to do", finding.do)]
    lines = [" ".join(head for head in heads if head)]
    lines += [f"{title}: {text}" for title, text in tails if text]
    return [("      " if row else "") + on_one_line(line) for row, line in enumerate(lines)]


def finish(answer_is_yes: bool = True, findings: Iterable[Finding] = ()) -> NoReturn:
    """Print the findings and leave with the exit code they and the answer call for."""
    kept = tuple(findings)
    show_findings(kept)
    raise typer.Exit(FINE if answer_is_yes and not any(map(is_error, kept)) else NO)


def wrong_use(message: str) -> NoReturn:
    """Leave with a message about how the command was called, not about the data: exit 2."""
    print(f"error {on_one_line(message)}", file=sys.stderr)
    raise typer.Exit(WRONG_USE)


def is_error(finding: Finding) -> bool:
    """A finding of severity error makes the exit code 1; a warning or a note does not."""
    return finding.severity.value == "error"


def columns() -> int:
    """How many characters a line may have: as many as the terminal, from 60 to 100; 80 where nobody says."""
    return min(max(get_terminal_size((80, 24)).columns, 60), 100)


def visible(text: str) -> str:
    """The text with control characters and direction marks written out; line ends and tabs stay.

    >>> visible("ANC\\x1b[2J 900")
    'ANC\\\\x1b[2J 900'
    """
    return "".join(each if each in "\n\t" or not is_hidden(each) else spelled(each) for each in text)


def on_one_line(text: str) -> str:
    """The text without line ends: inside a finding they would look like another finding."""
    return visible(" ".join(text.split()))


def is_hidden(character: str) -> bool:
    """Controls (C0, delete, C1) and the marks that reorder text on screen."""
    code = ord(character)
    return code < 0x20 or 0x7F <= code < 0xA0 or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069


def spelled(character: str) -> str:
    """A character as its escape."""
    return character.encode("unicode_escape").decode("ascii")


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Columns under headings, each as wide as its widest cell; a missing cell is a dash.

    >>> print(table(["course", "dose"], [[1, "10 mg"], [2, None]]))
    course  dose
    1       10 mg
    2       –
    """
    lines = [list(headings), *([("–" if cell is None else str(cell)) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


@contextmanager
def progress(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error for work that takes long; silent where nobody is watching.

    `with progress("Rehearsing", 35) as advance:` and then `advance(1)` for each patient.
    """
    if not sys.stderr.isatty():
        yield lambda steps: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda steps: bar.advance(task, steps)
