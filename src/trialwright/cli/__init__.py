"""The command line: one verb, one file, and a verb's file is loaded only when the verb is called.

To add a verb, write `cli/<verb>.py` with a function `command(...)` (typer annotations, a docstring that
becomes its help) or, for a verb with verbs of its own, a `command = typer.Typer(...)`; and give it a row in
VERBS. A row whose file is not there stays out of the help. Nothing heavy is imported here, so `--help`
stays quick. How answers, findings and exit codes look is in `cli/output.py`; the arguments verbs share are in
`cli/options.py`. Read `VERBS`, then `main`.
"""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from typer.core import TyperGroup
from typer.main import get_command as build_command

from trialwright import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

VERBS: dict[str, tuple[str, str]] = {
    "read": ("trialwright.cli.read", "Read a registry record into ClinicalTrials.gov field names."),
    "draft": ("trialwright.cli.draft", "Draft a study folder from a registry record."),
    "check": ("trialwright.cli.check", "Check a protocol against the record it quotes."),
    "diff": ("trialwright.cli.diff", "Say what differs between two versions of a protocol."),
    "cases": ("trialwright.cli.cases", "Run a study's worked patients."),
    "rehearse": ("trialwright.cli.rehearse", "Rehearse the trial with virtual patients."),
    "submit": ("trialwright.cli.submit", "Submit events to the ledger."),
    "status": ("trialwright.cli.status", "Say what holds for a subject: due, dose, and which clause says so."),
    "judge": ("trialwright.cli.judge", "Judge one patient's eligibility."),
    "screen": ("trialwright.cli.screen", "Screen a population with the same criteria."),
    "simulate": ("trialwright.cli.simulate", "Find a design's operating characteristics."),
    "report": ("trialwright.cli.report", "Write tables, figures and the report of a trial."),
    "export": ("trialwright.cli.export", "Write the trial in an exchange format."),
    "serve": ("trialwright.cli.serve", "Serve the web application."),
    "database": ("trialwright.cli.database", "Make a server's database ready for the ledgers of several studies."),
    "ledger": ("trialwright.cli.ledger", "Verify and keep the ledger."),
    "doctor": ("trialwright.cli.doctor", "Say whether this installation is safe to hold trial data."),
    "version": ("trialwright.cli.version", "Print the version of the program and what it stands on."),
}

PROGRAM_ERROR = 70  # sysexits.h EX_SOFTWARE: the program is wrong, not the data


def is_built(verb: str) -> bool:
    """A verb is offered once its file stands beside this one."""
    return verb in VERBS and find_spec(VERBS[verb][0]) is not None


class Verbs(TyperGroup):
    """The verbs of the table; a verb's module is imported when it is called, not to print the help."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The verbs that are built, in the table's order."""
        return [verb for verb in VERBS if is_built(verb)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The verb's own command, loaded now; None for a verb that is not there."""
        return load_verb(cmd_name) if is_built(cmd_name) else None

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """One line for each verb, from the table alone."""
        with formatter.section("Verbs"):
            formatter.write_dl([(verb, VERBS[verb][1]) for verb in self.list_commands(ctx)])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the verb; a misspelt one is answered with the near miss."""
        self.commands = cast(Any, dict.fromkeys(self.list_commands(ctx)))  # names to suggest from; nothing is imported
        return super().resolve_command(ctx, args)


def load_verb(verb: str) -> Any:
    """Import a verb's module and make its `command` into a command of that name."""
    command = import_module(VERBS[verb][0]).command
    if not isinstance(command, typer.Typer):
        app = plain_app()
        app.command()(command)
        command = app
    built = build_command(command)
    built.name = verb
    return built


def plain_app(**settings: Any) -> typer.Typer:
    """A typer application as every verb uses it: plain help, no decorated tracebacks, no completion options."""
    return typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False, add_completion=False, **settings)


def print_version(asked: bool) -> None:
    """`--version` prints the version and stops."""
    if asked:
        typer.echo(f"trialwright {__version__}")
        raise typer.Exit


def application() -> typer.Typer:
    """The program without its verbs: what stands above them in the help."""
    app = plain_app(cls=Verbs, no_args_is_help=True)

    @app.callback()
    def trialwright(
        version: Annotated[
            bool, typer.Option("--version", callback=print_version, is_eager=True, help="Print the version.")
        ] = False,
    ) -> None:
        """From a trial's registry record to a running, reported trial: the protocol is the program."""

    return app


GARBAGE_AFTER = (200_000, 20, 20)
"""How much is made before the collector looks for cycles: a verb builds much that it keeps, and then ends."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; whatever goes wrong, a person gets a sentence and an exit code, never a traceback."""
    gc.set_threshold(*GARBAGE_AFTER)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a terminal that cannot write ≥ still gets the answer
    try:
        try:
            build_command(application())(args=arguments, prog_name="trialwright")
        finally:
            sys.stdout.flush()  # an answer that could not be written is an error while it can still be told
    except OSError as fault:
        sys.exit(explain_system_error(fault))
    except Exception as fault:
        sys.exit(explain_program_error(fault))


def explain_system_error(fault: OSError) -> int:
    """A file or disk that would not do: say which and why."""
    print_traceback_when_asked()
    if isinstance(fault, BrokenPipeError) or not stdout_takes_more():
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(fault, BrokenPipeError):
        return 1  # whoever read the answer has read enough
    which = f"{fault.filename}: " if fault.filename is not None else ""
    print(f"error {which}{fault.strerror or type(fault).__name__}", file=sys.stderr)
    return 1


def stdout_takes_more() -> bool:
    """Whether what is left of the answer can be written; Python would otherwise try again on its way out."""
    try:
        sys.stdout.flush()
    except OSError:
        return False
    return True


def explain_program_error(fault: Exception) -> int:
    """A mistake of the program: its kind and place, not its text, which may hold a subject's values."""
    print_traceback_when_asked()
    print(
        f"error The program stopped on a mistake of its own: {type(fault).__name__} in {place_of(fault)}.\n"
        "      What to do: run it again with TRIALWRIGHT_DEBUG=1 for the details (they may show subjects' data)"
        " and report it with the version.",
        file=sys.stderr,
    )
    return PROGRAM_ERROR


def place_of(fault: Exception) -> str:
    """The innermost module and line of this package that the mistake passed through."""
    place, trace = "the command line", fault.__traceback__
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module.startswith("trialwright."):
            place = f"{module}, line {trace.tb_lineno}"
        trace = trace.tb_next
    return place


def print_traceback_when_asked() -> None:
    """TRIALWRIGHT_DEBUG=1 shows a developer everything."""
    if os.environ.get("TRIALWRIGHT_DEBUG", "") not in ("", "0"):
        from traceback import print_exc

        print_exc()
