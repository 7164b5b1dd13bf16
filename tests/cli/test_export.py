"""`export` as a stranger calls it: formats, subjects, sites, days, places to write to."""

from __future__ import annotations

import csv

import pytest
from icalendar import Calendar

CALENDAR = ("--format", "icalendar")


def test_every_study_has_a_calendar_of_a_subject_and_of_its_site_and_the_same_one_each_time(run, rehearsed, tmp_path):
    everybody = run("export", rehearsed, *CALENDAR, "--out", tmp_path / "all.ics", "--json").document["entries"]
    subject, site = everybody[-1]["subject"], everybody[-1]["site"]
    for of in (("--subject", subject), ("--site", site)):
        files = [tmp_path / "1.ics", tmp_path / "2.ics"]
        for file in files:
            answer = run("export", rehearsed, *CALENDAR, *of, "--out", file)
            assert answer.code == 0
            assert answer.out.startswith("Simulated data. ")
        assert files[0].read_bytes() == files[1].read_bytes()
        read = Calendar.from_ical(files[0].read_bytes())
        events = read.walk("VEVENT")
        assert events
        assert str(read["x-wr-calname"]).startswith("SIMULATED ")
        assert all(str(one["summary"]).startswith("SIMULATED ") for one in events)
        assert len({str(one["uid"]) for one in events}) == len(events)


def test_a_calendar_goes_to_standard_output_whole_and_alone(program, small) -> None:
    answer = program("export", small, *CALENDAR, "--out", "-")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("BEGIN:VCALENDAR")
    assert answer.out.rstrip().endswith("END:VCALENDAR")


def test_the_json_document_tells_each_entry(run, rehearsed, tmp_path) -> None:
    said = run("export", rehearsed, *CALENDAR, "--out", tmp_path / "c.ics", "--json").document
    assert {"format", "out", "on", "head", "simulated", "subjects", "entries", "findings"} <= set(said)
    assert said["simulated"] is True
    written = Calendar.from_ical((tmp_path / "c.ics").read_bytes()).walk("VEVENT")
    assert len(said["entries"]) >= len(written) > 0
    assert {"uid", "subject", "site", "key", "first", "last", "status", "sequence", "modified"} <= set(
        said["entries"][0]
    )


def test_a_calendar_as_of_an_earlier_day_knows_nothing_later(run, rehearsed, tmp_path) -> None:
    late = run("export", rehearsed, *CALENDAR, "--out", tmp_path / "c.ics", "--json").document
    first = min(one["first"] for one in late["entries"] if one["first"])
    early = run("export", rehearsed, *CALENDAR, "--on", first, "--out", tmp_path / "c.ics", "--json").document
    assert len(early["entries"]) < len(late["entries"])
    assert all(f"done {first[:3]}" not in one["summary"] or one["first"] <= first for one in early["entries"])


@pytest.mark.parametrize(
    ("option", "name", "words"),
    [("--subject", "S01-002", ("knows no subject S01-002", "Is S01-001 meant?")),
     ("--site", "S1", ("knows no site S1", "Is S01 meant?"))],
)  # fmt: skip
def test_somebody_unknown_is_an_answer_of_no_with_the_near_miss(run, clear, opened, tmp_path, option, name, words):
    clear(run("export", opened, *CALENDAR, option, name, "--out", tmp_path / "c.ics"), *words)
    assert not (tmp_path / "c.ics").exists()


def test_a_real_ledger_is_not_marked_as_simulated(run, opened, tmp_path) -> None:
    assert run("export", opened, *CALENDAR, "--on", "2025-02-20", "--out", tmp_path / "c.ics").code == 0
    assert b"SIMULATED" not in (tmp_path / "c.ics").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--format", "icalender", "--out", "-"), "Is icalendar meant?"),
        (("--format", "sdtm", "--out", "-"), "No format 'sdtm'; there is icalendar, specimens"),
        ((*CALENDAR, "--out", "-", "--json"), "give a file with --out"),
        ((*CALENDAR, "--out", "-", "--subject", "a", "--site", "b"), "not both"),
        ((*CALENDAR, "--out", "."), "is a folder"),
        (CALENDAR, "--out"),
        (("--out", "-"), "--format"),
        ((*CALENDAR, "--out", "-", "--on", "2025-02-30"), "no calendar day"),
    ],
)
def test_wrong_use_says_what_was_expected(run, opened, arguments, words) -> None:
    answer = run("export", opened, *arguments)
    assert answer.code == 2
    assert words in answer.err.replace("\n", " ")


def test_an_export_goes_over_an_earlier_one_and_over_nothing_else(run, clear, opened, tmp_path, contents) -> None:
    out = tmp_path / "c.ics"
    for _ in range(2):
        assert run("export", opened, *CALENDAR, "--on", "2025-02-20", "--out", out).code == 0
    before = contents(opened)
    for file in ("trial.sqlite3", "record.txt", "protocol/1.yaml"):
        clear(run("export", opened, *CALENDAR, "--out", opened / file), "is no icalendar file")
    assert contents(opened) == before
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


def test_a_folder_that_is_not_there_is_told(run, opened, tmp_path) -> None:
    answer = run("export", opened, *CALENDAR, "--out", tmp_path / "nowhere" / "c.ics")
    assert (answer.code, "No such file" in answer.err) == (1, True)


def test_without_a_ledger_there_is_nothing_to_export(run, clear, invented, tmp_path) -> None:
    answer = run("export", invented, *CALENDAR, "--out", tmp_path / "c.ics")
    assert (answer.code, (tmp_path / "c.ics").exists()) == (1, False)
    assert "no ledger" in answer.err.lower()


# ---- the laboratory's list ----


def test_the_laboratory_has_a_row_for_each_specimen_with_its_state_and_what_is_next(run, rehearsed, tmp_path) -> None:
    said = run("export", rehearsed, "--format", "specimens", "--out", tmp_path / "s.csv", "--json").document
    with (tmp_path / "s.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(one["subject"], one["specimen"]) for one in rows} == {
        (one["subject"], one["key"]) for one in said["entries"]
    }
    assert all(one["simulated"] == "yes" and one["state"] and one["clause"] for one in rows)


def test_a_list_goes_over_no_calendar(run, clear, opened, tmp_path) -> None:
    out = tmp_path / "c.ics"
    assert run("export", opened, *CALENDAR, "--on", "2025-02-20", "--out", out).code == 0
    clear(run("export", opened, "--format", "specimens", "--out", out), "is no specimens file")
