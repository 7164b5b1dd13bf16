"""The command line's frame: which verbs are offered, how answers, findings and mistakes reach a person."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest
import typer

from trialwright import __version__, cli
from trialwright.cli import output
from trialwright.core.terms import Finding, Severity

HEAVY = {"django", "numpy", "scipy", "pydantic", "matplotlib", "ruamel", "rich", "jinja2", "typst"}


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of one call."""
    with pytest.raises(SystemExit) as left:
        cli.main(list(arguments))
    seen = capsys.readouterr()
    return int(left.value.code or 0), seen.out, seen.err


@pytest.fixture
def verb(monkeypatch: pytest.MonkeyPatch):
    """Adds a verb `trial` that calls the function given."""

    def add(command: object) -> None:
        module = ModuleType("trialwright.cli.trial")
        module.command = command  # type: ignore[attr-defined]
        module.__spec__ = object()  # type: ignore[assignment]
        monkeypatch.setitem(sys.modules, "trialwright.cli.trial", module)
        monkeypatch.setitem(cli.VERBS, "trial", ("trialwright.cli.trial", "Try one thing."))

    return add


def test_help_lists_the_verbs_that_are_built_and_no_other(capsys, monkeypatch) -> None:
    monkeypatch.setitem(cli.VERBS, "planned", ("trialwright.cli.planned", "Not written yet."))
    code, out, _ = run(capsys, "--help")
    listed = [
        line.split()[0] for line in out.split("Verbs:")[1].splitlines() if line.startswith("  ") and line[2] != " "
    ]
    assert code == 0
    assert listed == [verb for verb in cli.VERBS if (Path(cli.__file__).parent / f"{verb}.py").exists()]
    assert "version" in listed


def test_every_verb_of_the_table_stands_in_a_file_of_its_name() -> None:
    assert {verb: module for verb, (module, _) in cli.VERBS.items()} == {
        verb: f"trialwright.cli.{verb}" for verb in cli.VERBS
    }


def test_help_imports_nothing_heavy() -> None:
    script = "import sys, trialwright.cli as c\ntry: c.main(['--help'])\nexcept SystemExit: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}
    assert "typer" in loaded
    assert not loaded & HEAVY


def test_a_misspelt_verb_is_answered_with_the_near_miss(capsys) -> None:
    code, out, err = run(capsys, "versoin")
    assert (code, out) == (2, "")
    assert "Did you mean 'version'?" in err


@pytest.mark.parametrize("wrong", [["version", "--nope"], ["version", "extra"], ["nosuchthing"]])
def test_wrong_use_is_exit_2(capsys, wrong) -> None:
    assert run(capsys, *wrong)[0] == 2


def test_version_is_said_three_ways(capsys) -> None:
    assert run(capsys, "--version") == (0, f"trialwright {__version__}\n", "")
    assert run(capsys, "version")[1].startswith(f"trialwright {__version__}\n")
    assert json.loads(run(capsys, "version", "--json")[1])["trialwright"] == __version__


def test_a_verb_may_have_verbs_of_its_own(capsys, verb) -> None:
    app = typer.Typer()
    app.command("first")(lambda: output.show("one"))
    app.command("second")(lambda: output.show("two"))
    verb(app)
    assert run(capsys, "trial", "second") == (0, "two\n", "")


def test_a_mistake_of_the_program_shows_its_kind_and_place_but_no_subjects_value(capsys, verb) -> None:
    def command() -> None:
        raise ValueError("ANC of S02-004 is 900")

    verb(command)
    code, out, err = run(capsys, "trial")
    assert (code, out) == (70, "")
    assert "ValueError" in err
    assert "TRIALWRIGHT_DEBUG=1" in err
    assert "900" not in err
    assert "Traceback" not in err


def test_a_developer_can_ask_for_the_traceback(capsys, verb, monkeypatch) -> None:
    def command() -> None:
        raise ValueError("ANC of S02-004 is 900")

    verb(command)
    monkeypatch.setenv("TRIALWRIGHT_DEBUG", "1")
    code, _, err = run(capsys, "trial")
    assert code == 70
    assert "Traceback" in err


def test_a_file_that_cannot_be_opened_is_named(capsys, verb, tmp_path) -> None:
    verb(lambda: (tmp_path / "absent.yaml").read_text())
    code, _, err = run(capsys, "trial")
    assert code == 1
    assert err == f"error {tmp_path / 'absent.yaml'}: No such file or directory\n"


FLOOD = """
from trialwright.cli import main, version
version.sqlite_version = lambda: "3" * 9_999_999
main(["version"])
"""


def test_an_answer_that_could_not_be_written_is_an_error_in_a_sentence() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("not run: this system has no /dev/full")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "trialwright", "version"], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert (done.returncode, done.stderr) == (1, "error No space left on device\n")


def test_a_reader_who_has_read_enough_is_no_error_worth_words() -> None:
    with subprocess.Popen([sys.executable, "-c", FLOOD], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""


def finding(severity: Severity, says: str = "says") -> Finding:
    return Finding(about="anc", says=says, severity=severity)


@pytest.mark.parametrize(
    ("answer_is_yes", "findings", "code"),
    [
        (True, [], 0),
        (True, [Severity.NOTE, Severity.WARNING], 0),
        (True, [Severity.NOTE, Severity.ERROR], 1),
        (False, [], 1),
        (False, [Severity.ERROR], 1),
    ],
)
def test_the_exit_code_follows_the_answer_and_the_findings(capsys, verb, answer_is_yes, findings, code) -> None:
    verb(lambda: output.finish(answer_is_yes, [finding(each) for each in findings]))
    assert run(capsys, "trial")[0] == code


def test_wrong_use_found_by_a_verb_is_exit_2_on_standard_error(capsys, verb) -> None:
    verb(lambda: output.wrong_use("--on needs a full date"))
    assert run(capsys, "trial") == (2, "", "error --on needs a full date\n")


def test_a_finding_says_what_where_why_and_what_to_do() -> None:
    whole = Finding(
        about="anc",
        says="The unit is misspelt.",
        matters="It cannot be judged.",
        do="Write /mm3.",
        where="2.yaml:6:14",
    )
    assert output.finding_lines(whole) == [
        "error 2.yaml:6:14 anc: The unit is misspelt.",
        "      Why it matters: It cannot be judged.",
        "      What to do: Write /mm3.",
    ]


def test_a_findings_text_can_neither_drive_the_terminal_nor_forge_another_finding() -> None:
    lines = output.finding_lines(finding(Severity.NOTE, says="a\x1b[2J\nerror b: \u202eforged"))
    assert lines == ["note anc: a\\x1b[2J error b: \\u202eforged"]


def test_errors_are_printed_first(capsys) -> None:
    output.show_findings(
        [finding(Severity.NOTE, "one"), finding(Severity.ERROR, "two"), finding(Severity.NOTE, "three")]
    )
    assert [line.split()[-1] for line in capsys.readouterr().err.splitlines()] == ["two", "one", "three"]


@pytest.mark.parametrize(
    ("value", "data"),
    [
        (None, None),
        (True, True),
        (3, 3),
        (Decimal("7.50"), "7.50"),
        (date(2006, 3, 1), "2006-03-01"),
        (Severity.ERROR, "error"),
        ({Severity.ERROR: (1, 2)}, {"error": [1, 2]}),
        (frozenset({"b", "a"}), ["a", "b"]),
        (
            finding(Severity.ERROR),
            {
                "about": "anc",
                "says": "says",
                "matters": "",
                "do": "",
                "clause": None,
                "severity": "error",
                "where": None,
            },
        ),
    ],
)
def test_answers_become_plain_json_data(value, data) -> None:
    assert output.as_data(value) == data


def test_a_number_that_json_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        output.show_json({"rate": float("nan")})
