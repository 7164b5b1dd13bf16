"""`make demo`: the way from a registry page to a report, on a copy of a study, with simulated patients.

    python -m trialwright.cli.demo [STUDY] [--into DIR]

It calls the verbs a person would call, in their order, and keeps what each prints beside the report. Nothing is done
here that a verb does not do. A demo folder that holds a ledger which is not simulated is left alone.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Annotated

import typer

from trialwright.cli import main, plain_app
from trialwright.cli.output import finish, show
from trialwright.core.terms import Finding

Study = Annotated[Path | None, typer.Argument(help="The study's folder.", show_default="the first under studies/")]
Into = Annotated[Path, typer.Option("--into", help="Where the copy and the report go.")]


@dataclass(frozen=True)
class Step:
    """One verb of the demo: what it does in words, its arguments, and the file that keeps what it prints."""

    says: str
    arguments: tuple[str, ...]
    kept: str


def command(study: Study = None, into: Into = Path("demo")) -> None:
    """Read, check, rehearse and report a study in a copy of its folder."""
    source = study or first_study(Path("studies"))
    if source is None or not (source / "record.txt").is_file():
        finish(False, [_no_study(source)])
    copy, running = into / source.name, into / f"{source.name}-running"
    for folder in (copy, running):
        if problem := in_the_way(folder):
            finish(False, [problem])
    begin_afresh(source, copy, into)
    begin_afresh(source, running, into)
    started = monotonic()
    first, checking, stopping, *others = steps(copy, running, into)
    run(first, into)
    meanwhile = [(step, begin(step)) for step in (checking, stopping)]
    for step in others:
        run(step, into)
    for step, process in meanwhile:
        keep(step, into, process)
    show("\n".join(closing(copy, running, into, monotonic() - started)))


def first_study(folder: Path) -> Path | None:
    """The first study folder by name."""
    found = sorted(path.parent for path in folder.glob("*/record.txt"))
    return found[0] if found else None


def in_the_way(copy: Path) -> Finding | None:
    """A ledger of real data where the copy would go: it is never written over."""
    from trialwright.store import holds_ledger, open_study

    if not holds_ledger(copy):
        return None
    with open_study(copy, read_only=True) as ledger:
        if ledger.kind == "simulated":
            return None
    return Finding(
        about=str(copy),
        says="The folder holds a ledger that is not simulated.",
        matters="The demo would write over real data.",
        do="Choose another folder with --into.",
    )


def begin_afresh(source: Path, copy: Path, into: Path) -> None:
    """A fresh copy of the study, without a ledger, and no report of an earlier demo."""
    for old in (copy, into / "report"):
        shutil.rmtree(old, ignore_errors=True)
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("*.sqlite3*"))


def steps(copy: Path, running: Path, into: Path) -> Sequence[Step]:
    """The verbs in their order."""
    folder, report = str(copy), str(into / "report")
    return (
        Step("reading the registry page", ("read", str(copy / "record.txt")), "read.txt"),
        Step("checking the protocol against it", ("check", folder), "check.txt"),
        Step("rehearsing it up to mid-course", ("rehearse", str(running), "--until", "mid-accrual"), "running.txt"),
        Step("rehearsing with virtual patients", ("rehearse", folder), "rehearse.txt"),
        Step("verifying the ledger", ("ledger", "verify", folder), "verify.txt"),
        Step("writing the report", ("report", folder, "--out", report), "report.txt"),
    )


def run(step: Step, into: Path) -> None:
    """Run one verb, keep what it prints, and stop the demo where it says no."""
    started = monotonic()
    print(f"  {step.says} …", end="", flush=True)
    code, printed = _captured(lambda: main(step.arguments))
    print(f" {monotonic() - started:.0f} s")
    _kept(step, into, code, printed)


def begin(step: Step) -> subprocess.Popen[str]:
    """Start a verb in a process of its own: nothing waits for it, and a second core would stand idle."""
    command = [sys.executable, "-m", "trialwright", *step.arguments]
    return subprocess.Popen(  # noqa: S603 - the program itself
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )


def keep(step: Step, into: Path, process: subprocess.Popen[str]) -> None:
    """Wait for a verb that was begun, keep what it printed, and stop the demo where it says no."""
    print(f"  {step.says} … meanwhile")
    printed, _ = process.communicate()
    _kept(step, into, process.returncode, printed)


def _kept(step: Step, into: Path, code: int, printed: str) -> None:
    (into / step.kept).write_text(printed, encoding="utf-8")
    if code:
        print(printed, file=sys.stderr)
        print(f"error trialwright {' '.join(step.arguments)} ended with {code}", file=sys.stderr)
        raise typer.Exit(1)


def _captured(verb: Callable[[], None]) -> tuple[int, str]:
    kept = io.StringIO()
    try:
        with redirect_stdout(kept), redirect_stderr(kept):
            verb()
    except SystemExit as left:
        return int(left.code or 0) if not isinstance(left.code, str) else 1, kept.getvalue()
    return 0, kept.getvalue()


def closing(copy: Path, running: Path, into: Path, seconds: float) -> Sequence[str]:
    """Six lines: what was made, what to open, what to run next."""
    made = (into / "rehearse.txt").read_text(encoding="utf-8").splitlines()
    counts = next((line for line in made if "registered" in line), "")
    return (
        f"Made in {seconds:.0f} s, all simulated: {counts}",
        f"Open   {into / 'report' / 'report.pdf'} or {into / 'report' / 'report.html'}",
        f"Work   .venv/bin/trialwright serve {running}: the trial in mid-course, in a browser; prints the sign-ins",
        f"Read   {into / 'check.txt'}: what of the record is bound, questioned, furniture or neither",
        f"Next   .venv/bin/trialwright status {copy}: where every patient stands; add a subject's id for one of them",
        f"Then   .venv/bin/trialwright rehearse {copy} --seed 2 --replace: another course of the same trial",
    )


def _no_study(source: Path | None) -> Finding:
    return Finding(
        about=str(source or "studies"),
        says="There is no study here: a study's folder holds record.txt and protocol/.",
        matters="The demo has nothing to run.",
        do="Run it in the project's folder, or name a study.",
    )


if __name__ == "__main__":
    app = plain_app()
    app.command()(command)
    app()
