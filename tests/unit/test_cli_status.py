"""`status` and `judge` as a coordinator and a program see them, on a small study and a ledger made by `submit`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from status_study import PROTOCOL, RECORD, SAID
from trialwright.cli import main

WHO = {"actor": "u1", "role": "coordinator", "site": "S01"}
SUBJECT = {**WHO, "subject": "S01-001"}


def count(on: str, number: str) -> dict[str, Any]:
    items = [{"path": f"anc/d{on}/value", "new": {"v": number, "u": "/mm3"}}, {"path": f"anc/d{on}/on", "new": on}]
    return {"event": "FormSubmitted", **SUBJECT, "occurred": on, "form": "lab", "items": items}


EVENTS: list[dict[str, Any]] = [
    {"event": "StudyOpened", "actor": "u1", "role": "sponsor", "occurred": "2025-01-01", "study": "EXAMPLE-1",
     "kind": "real", "protocol": "1"},
    {"event": "ProtocolActivated", **WHO, "occurred": "2025-01-02", "version": "1", "file_hash": "1",
     "approved_on": "2025-01-02"},
    {"event": "SubjectScreened", **SUBJECT, "occurred": "2025-02-20", "version": "1"},
    count("2025-02-25", "1600"),
    {"event": "SubjectRegistered", **SUBJECT, "occurred": "2025-02-28", "version": "1", "said": SAID},
    {"event": "CourseStarted", **SUBJECT, "occurred": "2025-03-03", "drug": "examplinib", "course": 1,
     "dose": {"v": "10", "u": "mg"}, "said": {"answer": "10 mg", "clauses": ["examplinib"]}},
    count("2025-03-17", "400"),
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("study")
    (place / "protocol").mkdir()
    (place / "record.txt").write_text(RECORD)
    (place / "protocol" / "1.yaml").write_text(json.dumps(PROTOCOL))
    lines = place / "events.jsonl"
    lines.write_text("\n".join(map(json.dumps, EVENTS)))
    with pytest.raises(SystemExit) as left:
        main(["submit", str(place), str(lines)])
    assert left.value.code == 0
    return place


@pytest.fixture
def run(folder, capsys):
    def call(verb: str, *arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as left:
            main([verb, str(folder), *arguments])
        out = capsys.readouterr()
        return int(left.value.code or 0), out.out, out.err

    return call


@pytest.mark.parametrize(
    ("on", "words"),
    [
        ("2025-02-26", ["SCREENING since 2025-02-20", "ELIGIBILITY: eligible", "none: not registered"]),
        ("2025-03-03", ["TREATMENT", "GIVE 10 mg once daily, from 2025-03-03 to 2025-03-23 (course 1, day 1)"]),
        ("2025-03-16", ["course 1, day 14", '"10 mg on days 1-21 of a 28-day cycle"', "day 15", "due"]),
        (
            "2025-03-17",
            [
                "HOLD since 2025-03-17",
                "Absolute neutrophil count 400 /mm³",
                "ANC at least 1,500",
                "FIRED       low_count",
            ],
        ),
        ("2025-03-25", ["NO DOSE, rest: day 23 of course 1"]),
    ],
)
def test_the_answer_comes_in_words_with_its_clause(run, on, words) -> None:
    code, out, _ = run("status", "S01-001", "--on", on)
    assert code == 0
    told = " ".join(out.split())
    assert [word for word in words if " ".join(word.split()) not in told] == []
    assert max(map(len, out.splitlines())) <= 80


def test_what_was_recorded_later_is_not_known_earlier(run) -> None:
    _, out, _ = run("status", "S01-001", "--on", "2025-03-18", "--known-at", "6", "--json")
    assert json.loads(out)["dose"]["action"] == "give"
    _, out, _ = run("status", "S01-001", "--on", "2025-03-18", "--json")
    said = json.loads(out)
    assert (said["dose"]["action"], said["dose"]["won"]) == ("hold", "low_count")


def test_the_document_has_the_keys_that_stay_and_a_reason_for_the_dose(run) -> None:
    _, out, _ = run("status", "S01-001", "--on", "2025-03-03", "--json")
    said = json.loads(out)
    assert {"subject", "epoch", "course", "dose", "due", "grades", "response", "findings"} <= set(said)
    assert (said["subject"], said["epoch"], said["course"]) == ("S01-001", "treatment", 1)
    assert said["dose"]["because"][0] == {
        "clause": "examplinib",
        "quote": "10 mg on days 1-21 of a 28-day cycle",
        "saw": "course 1 at 10 mg",
    }


def test_somebody_nobody_recorded_is_a_finding_with_the_near_miss(run) -> None:
    code, out, err = run("status", "S01-002", "--on", "2025-03-03")
    assert (code, out) == (1, "") and "Is S01-001 meant?" in err


def test_the_trial_as_a_whole(run) -> None:
    code, out, _ = run("status", "--on", "2025-03-10")
    assert code == 0 and "1 of 2 planned subjects registered; 1 screened, 1 treated" in out
    _, out, _ = run("status", "--on", "2025-02-27", "--json")
    said = json.loads(out)
    assert (said["planned"], said["registered"], said["by_epoch"]) == (2, 0, {"screening": 1})


@pytest.mark.parametrize(
    ("told", "verdict", "code"),
    [
        ({"values": {"anc": "1499 /mm3"}}, "not eligible", 1),
        ({"values": {"anc": "1500 /mm3"}}, "eligible", 0),
        ({"items": [{"path": "anc/1/value", "new": {"v": "1.5", "u": "10*9/L"}}]}, "eligible", 0),
        ({}, "undetermined", 1),
    ],
)
def test_one_patient_is_judged_and_exit_0_is_eligible(run, tmp_path, told, verdict, code) -> None:
    (tmp_path / "p.json").write_text(json.dumps({"on": "2025-02-01", **told}))
    left, out, _ = run("judge", "--patient", str(tmp_path / "p.json"), "--json")
    said = json.loads(out)
    assert (said["verdict"], left) == (verdict, code)
    assert said["criteria"][0]["id"] == "anc" and said["criteria"][0]["because"][0]["quote"] == "ANC at least 1,500"
    assert said["criteria"][0]["missing"] == (["anc"] if verdict == "undetermined" else [])


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("not json", "is no JSON file"),
        ("[]", "no JSON object"),
        ('{"vlaues": {}}', "A patient has no 'vlaues'"),
        ('{"values": {"ank": "1"}}', "is 'anc' meant"),
        ('{"values": {"anc": "1500 mg/dL"}}', "anc"),
        ('{"on": "2025-02-30"}', "is no calendar day"),
        ('{"items": [{"path": "anc"}]}', "item 1"),
        ('{"on": 5, "values": {"anc": 1.5}}', "is no calendar day"),
    ],
)
def test_a_patient_that_cannot_be_read_is_a_finding_and_exit_1(run, tmp_path, text, because) -> None:
    (tmp_path / "p.json").write_text(text)
    code, out, err = run("judge", "--patient", str(tmp_path / "p.json"))
    assert (code, out) == (1, "") and because in err
