"""Where a report may go: never over anything that is not a report, and a report is there whole or not at all."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="module")
def one_study(tmp_path_factory, a_study, fresh):
    from trialwright.cli import main

    folder = fresh(a_study, tmp_path_factory.mktemp("places") / "study")
    with pytest.raises(SystemExit):
        main(["rehearse", str(folder), "--patients", "1", "--seed", "1"])
    return folder


def test_a_report_goes_over_an_earlier_report_and_over_nothing_else(run, clear, one_study, contents, tmp_path) -> None:
    out = tmp_path / "out"
    assert run("report", one_study, "--out", out).code == 0
    first = contents(out)
    assert run("report", one_study, "--out", out).code == 0
    assert contents(out) == first
    for name in ("notes.txt", "figures/mine.xlsx", "tables/more/deep.csv"):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text("mine")
        before = contents(out)
        clear(run("report", one_study, "--out", out), "holds something that is no report")
        assert contents(out) == before
        (out / name).unlink()


def test_a_study_folder_is_no_place_for_its_report(run, clear, one_study, contents, tmp_path) -> None:
    (one_study / "report.html").write_text("a page of my own")
    before = contents(one_study)
    for place in (one_study, one_study / "protocol"):
        clear(run("report", one_study, "--out", place), "holds something that is no report")
    assert contents(one_study) == before
    (one_study / "report.html").unlink()


def test_a_file_in_the_place_of_the_report_stays(run, one_study, tmp_path) -> None:
    (tmp_path / "out").write_text("mine")
    for place in (tmp_path / "out", tmp_path / "out" / "below"):
        answer = run("report", one_study, "--out", place)
        assert answer.code in (1, 2) and "Traceback" not in answer.err and "error" in answer.err.lower()
    assert (tmp_path / "out").read_text() == "mine" and len(list(tmp_path.iterdir())) == 1


def test_before_the_first_event_there_is_nothing_to_report(run, one_study, tmp_path) -> None:
    answer = run("report", one_study, "--cut", "1950-01-01", "--out", tmp_path / "out", "--json")
    assert answer.code == 0 and answer.document["populations"]["registered"] == 0
