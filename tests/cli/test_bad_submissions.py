"""`trialwright submit` given lines that are wrong, decisions the protocol does not allow, and the same file twice."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest

WHO = {"actor": "u1", "role": "coordinator", "site": "S01"}
SUBJECT = {**WHO, "subject": "S01-001"}
COUNT: dict[str, Any] = {
    "event": "FormSubmitted",
    **SUBJECT,
    "occurred": "2025-02-25",
    "form": "lab",
    "items": [{"path": "platelets/a/value", "new": {"v": "160000", "u": "/mm3"}}],
}


def item(path: str, new: Any) -> dict[str, Any]:
    return {**COUNT, "items": [{"path": path, "new": new}]}


WRONG_LINES = {
    "no line": ("", "holds no event"),
    "half a line": ('{"event": "FormSub', "is not JSON"),
    "a list": ("[1, 2]", "not an object"),
    "binary": ("\x00\x01\x02", "is not JSON"),
    "very deep": ("[" * 20_000 + "]" * 20_000, "nested too deeply"),
    "an unknown kind": ({**COUNT, "event": "FormSubmited"}, "did you mean 'FormSubmitted'"),
    "an unknown field": ({**COUNT, "formm": "lab"}, "'formm'"),
    "a field that lacks": ({key: COUNT[key] for key in COUNT if key != "actor"}, "needs the field 'actor'"),
    "a float": (item("anc/a/value", 1600.5), "a decimal point is written as text"),
    "no number": ('{"event": "FormSubmitted", "occurred": NaN}', "a decimal point is written as text"),
    "a key twice": ('{"event": "FormSubmitted", "event": "FormSubmitted"}', "stands twice"),
    "a number of a thousand digits": (item("anc/a/value", {"v": "9" * 1000, "u": "/mm3"}), "as typed"),
    "a unit of another dimension": (item("anc/a/value", {"v": "1600", "u": "mg"}), "do not convert"),
    "an unknown concept": (item("ank/a/value", {"v": "1600", "u": "/mm3"}), "'ank'"),
    "an unknown field of a concept": (item("anc/a/vale", {"v": "1600", "u": "/mm3"}), "'vale'"),
    "an item that is no path": (item("anc", "1600"), "anc"),
    "an unknown subject": ({**COUNT, "subject": "S01-002"}, "No subject S01-002 is known"),
    "an empty subject": ({**COUNT, "subject": ""}, "subject"),
    "an unknown site": ({**COUNT, "site": "S09"}, "S09 is no site"),
    "a day before the calendar of trials": ({**COUNT, "occurred": "0001-01-01"}, "from 1900 to 2199"),
    "no day": ({**COUNT, "occurred": "2025-02-30"}, "should be a date"),
    "a day to come": ({**COUNT, "occurred": f"{date.today() + timedelta(days=3)}"}, "still to come"),
    "another study": (
        {"event": "StudyOpened", "actor": "u1", "role": "sponsor", "occurred": "2025-01-01", "study": "OTHER",
         "kind": "real", "protocol": "1"},
        "open already",
    ),
    "an entry without the data for it": (
        {"event": "SubjectRegistered", **SUBJECT, "occurred": "2025-02-28", "version": "1",
         "said": {"answer": "eligible", "clauses": ["anc"]}},
        "Missing: anc",
    ),
    "an entry of nobody": (
        {"event": "SubjectRegistered", **SUBJECT, "subject": "S01-009", "occurred": "2025-02-28", "version": "1",
         "said": {"answer": "eligible", "clauses": ["anc"]}},
        "No subject S01-009",
    ),
    "a course for somebody who is not in": (
        {"event": "CourseStarted", **SUBJECT, "occurred": "2025-03-03", "drug": "examplinib", "course": 1,
         "dose": {"v": "10", "u": "mg"}, "said": {"answer": "10 mg", "clauses": ["examplinib"]}},
        "not registered",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("line", "says"), WRONG_LINES.values(), ids=WRONG_LINES)
def test_a_wrong_line_is_told_and_nothing_of_the_file_is_written(run, opened, lines_of, contents, line, says) -> None:
    before = contents(opened)
    answer = run("submit", opened, lines_of(COUNT, line) if line else lines_of(line))
    assert (answer.code, answer.out) == (1, "") and says in answer.err and "Traceback" not in answer.err
    assert "Why it matters:" in answer.err
    assert contents(opened) == before


@pytest.mark.parametrize(("line", "says"), WRONG_LINES.values(), ids=WRONG_LINES)
def test_a_folder_without_a_ledger_gets_none_from_a_file_that_is_refused(
    run, invented, lines_of, contents, line, says
) -> None:
    before = contents(invented)
    assert (
        run("submit", invented, lines_of(line)).code == (0 if says == "open already" else 1) or says == "open already"
    )
    if says != "open already":
        assert contents(invented) == before


def test_everything_wrong_with_a_file_is_said_at_once_each_with_its_line(run, opened, lines_of) -> None:
    answer = run("submit", opened, lines_of(COUNT, "{", {**COUNT, "event": "X"}, COUNT, "[]", name="five.jsonl"))
    assert [f"five.jsonl:{number} " in answer.err for number in (1, 2, 3, 4, 5)] == [False, True, True, False, True]


def test_the_same_file_again_changes_nothing(run, opened, lines_of, contents) -> None:
    file = lines_of(COUNT)
    first = run("submit", opened, file, "--json").document["receipt"]
    before = contents(opened)
    again = run("submit", opened, file, "--json").document["receipt"]
    assert (first["replay"], again["replay"]) == (False, True)
    assert again["seqs"] == first["seqs"] == [4] and again["head"] == first["head"]
    assert contents(opened) == before


def test_a_key_used_before_for_something_else_is_refused(run, clear, opened, lines_of, contents) -> None:
    assert run("submit", opened, lines_of(COUNT), "--submission", "k1").code == 0
    before = contents(opened)
    other = {**COUNT, "occurred": "2025-02-26"}
    clear(run("submit", opened, lines_of(other), "--submission", "k1"), "was used before", "new --submission key")
    assert contents(opened) == before


def test_real_events_do_not_enter_a_rehearsal(run, clear, small, lines_of, contents) -> None:
    subject = run("status", small, "--json").document["subjects"][0]["subject"]
    site = subject.rsplit("-", 1)[0]
    before = contents(small)
    clear(run("submit", small, lines_of({**COUNT, "subject": subject, "site": site})), "simulated data", "real data")
    assert contents(small) == before


def test_a_file_that_is_not_there_is_wrong_use(run, opened, tmp_path) -> None:
    for named in (tmp_path / "gone.jsonl", tmp_path):
        assert run("submit", opened, named).code == 2


def test_two_files_at_once_are_both_in_the_ledger_or_one_is_told_to_wait(opened, program, run, lines_of) -> None:
    from concurrent.futures import ThreadPoolExecutor

    days = [f"2025-02-{day}" for day in range(22, 26)]
    files = [
        lines_of(*({**COUNT, "occurred": day, "form": f"lab {number}"} for number in range(20)), name=f"{day}.jsonl")
        for day in days
    ]
    with ThreadPoolExecutor(3) as several:
        answers = list(several.map(lambda file: program("submit", opened, file), files))
    assert [answer.code for answer in answers] == [0] * len(files), answers
    told = json.loads(run("ledger", "verify", opened, "--json").out)
    expected = {"ok": True, "events": 3 + 20 * len(files), "first_bad": None, "warnings": []}
    assert {key: told[key] for key in expected} == expected
