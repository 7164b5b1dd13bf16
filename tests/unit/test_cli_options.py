"""Dates and places in the ledger as they are typed on the command line."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
import typer

from trialwright.cli import options
from trialwright.cli.output import show

CHICAGO_WINTER = timezone(timedelta(hours=-6))


@pytest.mark.parametrize(("text", "day"), [("2006-03-01", date(2006, 3, 1)), ("2008-02-29", date(2008, 2, 29))])
def test_a_calendar_day_is_read(text, day) -> None:
    assert options.read_day(text) == day


@pytest.mark.parametrize(
    "text",
    ["", "2006", "2006-03", "2006-3-1", "20060301", "2006-W09-3", "2007-02-29", "01/03/2006", "٢٠٠٦-03-01", "today"],
)
def test_what_is_no_calendar_day_is_refused(text) -> None:
    with pytest.raises(typer.BadParameter, match="write it as in 2006-03-01"):
        options.read_day(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("0", 0),
        ("120", 120),
        ("2006-03-01T15:04:00-06:00", datetime(2006, 3, 1, 15, 4, tzinfo=CHICAGO_WINTER)),
        ("2006-03-01T15:04:00Z", datetime(2006, 3, 1, 15, 4, tzinfo=UTC)),
    ],
)
def test_a_place_in_the_ledger_is_a_position_or_an_instant(text, moment) -> None:
    assert options.read_moment(text) == moment


@pytest.mark.parametrize("text", ["", "-1", "1.5", "2006-03-01", "2006-03-01T15:04:00", "noon", "1" * 19])
def test_an_instant_without_its_offset_names_no_instant(text) -> None:
    with pytest.raises(typer.BadParameter, match="neither a position"):
        options.read_moment(text)


@pytest.fixture
def ask(tmp_path, capsys):
    """Calls a verb that takes every shared option and prints what it got: exit code, output, complaint."""
    from typer.main import get_command

    from trialwright.cli import plain_app

    app = plain_app()

    @app.command()
    def verb(
        study: options.StudyFolder, on: options.On = None, cut: options.Cut = None, known_at: options.KnownAt = None
    ) -> None:
        show(f"{study.name} {on} {cut} {known_at}")

    def call(*arguments: str, study: Path = tmp_path) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            get_command(app)(args=[str(study), *arguments])
        seen = capsys.readouterr()
        return int(left.value.code or 0), seen.out, seen.err

    return call


def test_options_reach_a_verb_as_dates_and_places(ask, tmp_path) -> None:
    assert ask() == (0, f"{tmp_path.name} None None None\n", "")
    code, out, _ = ask("--on", "2006-03-01", "--cut", "2007-01-31", "--known-at", "7")
    assert (code, out) == (0, f"{tmp_path.name} 2006-03-01 2007-01-31 7\n")


@pytest.mark.parametrize("wrong", [("--on", "2006-03"), ("--cut", "soon"), ("--known-at", "2006-03-01")])
def test_a_value_that_cannot_be_read_is_wrong_use(ask, wrong) -> None:
    code, out, err = ask(*wrong)
    assert (code, out) == (2, "")
    assert wrong[0] in err
    assert wrong[1] in err


def test_a_folder_that_is_not_there_and_a_file_in_its_place_are_wrong_use(ask, tmp_path) -> None:
    (tmp_path / "file").touch()
    for named, said in (("gone", "does not exist"), ("file", "is a file")):
        code, _, err = ask(study=tmp_path / named)
        assert code == 2
        assert said in err
