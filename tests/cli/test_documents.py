"""The JSON documents have the keys that stay, on every study there is, and every answer says why."""

from __future__ import annotations

import json

import pytest

VERDICTS = {"met", "not met", "unknown"}
WORDS = {"eligible", "not eligible", "undetermined"}


def test_read(run, every_study) -> None:
    said = run("read", every_study / "record.txt", "--json").document
    assert {"protocolSection", "derivedSection", "spans", "unread"} <= set(said)
    text = (every_study / "record.txt").read_text("utf-8")
    title = said["protocolSection"]["identificationModule"]["briefTitle"]
    start, end = said["spans"]["protocolSection.identificationModule.briefTitle"][0]
    assert text[start:end].split() == title.split()


def test_check(run, every_study) -> None:
    answer = run("check", every_study, "--json")
    said = answer.document
    counts = ["bound", "questioned", "furniture", "neither"]
    assert {*counts, "departures", "contradictions", "questions", "findings"} <= set(said)
    assert (answer.code, said["neither"]) == (0, 0)
    assert sum(said[kind] for kind in counts) == len(said["sentences"])
    assert all({"id", "asks", "reading"} <= set(one) for one in said["questions"])


def test_rehearse(run, every_study, fresh, tmp_path) -> None:
    answer = run("rehearse", fresh(every_study, tmp_path / "study"), "--patients", "1", "--seed", "1", "--json")
    said = answer.document
    assert answer.code == 0 and set(said) == {"head", "events", "screened", "registered", "treated"}
    assert said["registered"] == 1 <= said["screened"] and said["treated"] <= 1
    verified = run("ledger", "verify", tmp_path / "study", "--json")
    assert set(verified.document) >= {"ok", "events", "head", "first_bad"}
    assert verified.code == 0 and verified.document["ok"] is True and verified.document["first_bad"] is None
    assert (verified.document["head"], verified.document["events"]) == (said["head"], said["events"])


def days_of_treatment(run, folder) -> list[tuple[str, str]]:
    """A subject that was treated, on its first day in each epoch and on the last day of all."""
    trial = run("status", folder, "--json").document
    return [(one["subject"], day) for one in trial["subjects"] for day in {one["since"], trial["on"]} if day]


def test_status_of_every_subject_with_a_reason_for_every_answer(run, rehearsed) -> None:
    asked = days_of_treatment(run, rehearsed)
    assert asked
    for subject, day in asked:
        said = run("status", rehearsed, subject, "--on", day, "--json").document
        assert {"subject", "epoch", "course", "dose", "due", "grades", "response", "findings"} <= set(said)
        assert said["subject"] == subject
        answers = [said["disposition"], said["dose"], said["response"], *said["due"], *said["findings"]]
        answers += said["eligibility"]["criteria"] if said["eligibility"] else []
        for one in answers:
            assert one is None or "says" in one or isinstance(one["because"], list), (subject, day, one)
        if said["dose"]:
            assert said["dose"]["because"], (subject, day)


def test_the_status_of_the_trial_counts_what_it_lists(run, rehearsed) -> None:
    said = run("status", rehearsed, "--json").document
    assert {"planned", "screened", "registered", "treated", "findings", "known_to", "head", "on"} <= set(said)
    assert len(said["subjects"]) == said["screened"] == sum(said["by_epoch"].values())
    assert all({"subject", "epoch", "since", "why"} <= set(one) for one in said["subjects"])


@pytest.mark.parametrize("known", [{}, {"age": 50, "sex": "female"}, {"age": 3, "sex": "male"}])
def test_judge(run, every_study, tmp_path, known) -> None:
    file = tmp_path / "patient.json"
    file.write_text(json.dumps({"on": "2006-03-01", **known}))
    answer = run("judge", every_study, "--patient", file, "--json")
    said = answer.document
    assert said["verdict"] in WORDS and answer.code == (0 if said["verdict"] == "eligible" else 1)
    assert said["criteria"]
    for one in said["criteria"]:
        assert {"id", "verdict", "because", "evidence", "missing"} <= set(one)
        assert one["verdict"] in VERDICTS
        assert one["verdict"] != "unknown" or one["missing"], one
        assert all({"clause", "quote", "saw"} <= set(each) for each in one["because"]) and one["because"], one
    if known.get("age") == 3:
        assert said["verdict"] == "not eligible"
    else:
        assert said["verdict"] == "undetermined"


def test_report(run, rehearsed, tmp_path) -> None:
    answer = run("report", rehearsed, "--out", tmp_path / "out", "--json")
    said = answer.document
    assert answer.code == 0 and {"out", "files", "cut", "position", "head", "findings"} <= set(said)
    assert said["simulated"] is True
    written = {
        each.relative_to(tmp_path / "out").as_posix() for each in (tmp_path / "out").rglob("*") if each.is_file()
    }
    assert set(said["files"]) == written and {"report.html", "report.pdf"} <= written
