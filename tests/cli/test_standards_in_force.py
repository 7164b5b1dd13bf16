"""What a subject was graded by: the published words beside a grade, an altered protocol file, a change of version."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

WHO = {"actor": "u1", "role": "coordinator", "site": "S01", "subject": "S01-001"}
OPENED = {"event": "StudyOpened", "actor": "u1", "role": "sponsor", "occurred": "2025-01-01", "study": "EXAMPLE-1"}


def activated(version: str, on: str) -> dict[str, Any]:
    site = {name: told for name, told in WHO.items() if name != "subject"}
    return {
        "event": "ProtocolActivated",
        **site,
        "occurred": on,
        "version": version,
        "file_hash": version,
        "approved_on": on,
    }


def form(on: str, **items: Any) -> dict[str, Any]:
    changes = [{"path": path.replace("__", "/"), "old": None, "new": new} for path, new in items.items()]
    return {"event": "FormSubmitted", **WHO, "occurred": on, "form": "form", "items": changes}


def taken(course: int, first: str) -> dict[str, Any]:
    dose = {"v": "10", "u": "mg"}
    given = {"drug": "examplinib", "course": str(course), "dose": dose, "first_dose": first}
    return form(first, **{f"exposure__x{course}__{name}": told for name, told in given.items()})


def fatigue(number: int, on: str, grade: int) -> dict[str, Any]:
    told = {"term": "Fatigue", "grade": grade, "start": on, "related": "no", "serious": "no"}
    return form(on, **{f"adverse_event__{number}__{name}": each for name, each in told.items()})


@pytest.fixture(scope="module")
def _moved_once(tmp_path_factory):
    return tmp_path_factory.mktemp("moved") / "study"


@pytest.fixture
def study(_moved_once, invented, run, tmp_path):
    """Fatigue of grade 4 under version 1 (CTCAE 3.0), then moved to version 2 (CTCAE 5.0); made once and copied."""
    if _moved_once.exists():
        return shutil.copytree(_moved_once, tmp_path / "study")
    first = (invented / "protocol" / "1.yaml").read_text("utf-8")
    second = first.replace('version: "1"', 'version: "2"').replace("ctcae/3.0", "ctcae/5.0")
    (invented / "protocol" / "2.yaml").write_text(second, "utf-8")
    events = [
        {**OPENED, "kind": "real", "protocol": "1"},
        activated("1", "2025-01-02"),
        {"event": "SubjectScreened", **WHO, "occurred": "2025-02-20", "version": "1"},
        {"event": "ConsentGiven", **WHO, "occurred": "2025-02-20", "version": "1"},
        form("2025-02-25", anc__scr__value={"v": "2000", "u": "/mm3"}, anc__scr__low={"v": "1800", "u": "/mm3"}),
        {"event": "SubjectRegistered", **WHO, "occurred": "2025-02-26", "version": "1", "said": {"answer": "eligible"}},
        taken(1, "2025-03-03"),
        fatigue(1, "2025-03-10", 4),
        activated("2", "2025-04-01"),
        {"event": "ConsentGiven", **WHO, "occurred": "2025-04-01", "version": "2"},
        {"event": "SubjectMoved", **WHO, "occurred": "2025-04-02", "version": "2"},
        fatigue(2, "2025-04-10", 3),
    ]
    file = tmp_path / "events.jsonl"
    file.write_text("".join(json.dumps(event) + "\n" for event in events), "utf-8")
    answer = run("submit", invented, file)
    assert answer.code == 0, answer.err
    shutil.copytree(invented, _moved_once)
    return invented


def test_a_grade_keeps_its_version_after_the_subject_moved_and_a_new_one_is_given_by_the_new_version(study, run):
    """Grade 4 of fatigue exists in version 3.0 and not in 5.0."""
    before = run("status", study, "S01-001", "--on", "2025-03-31", "--json").document
    assert [(one["term"], one["worst"]) for one in before["toxicity"]] == [("Fatigue", 4)]
    answer = run("status", study, "S01-001", "--on", "2025-05-01", "--json")
    told = {one["term"]: one["worst"] for one in answer.document["toxicity"]}
    assert told == {"Fatigue (CTCAE 3.0)": 4, "Fatigue": 3}
    assert "does not exist for it" not in answer.err


def test_a_grade_the_present_version_does_not_have_is_refused_and_its_grades_are_named(study, run, lines_of):
    answer = run("submit", study, lines_of(fatigue(3, "2025-04-20", 4), name="late.jsonl"))
    assert answer.code == 1
    assert "Fatigue has no grade 4 in CTCAE 5.0" in answer.err


@pytest.mark.parametrize("how", ["option", "environment"])
def test_the_published_words_stand_beside_the_grade(study, run, tmp_path, monkeypatch, how):
    copy = tmp_path / "ctcae-3.0.csv"
    copy.write_text("term,grade,description\nFatigue,4,Words of grade four\n", "utf-8")
    option = ("--wording", copy) if how == "option" else ()
    if how == "environment":
        monkeypatch.setenv("TRIALWRIGHT_WORDING", str(tmp_path))
    answer = run("status", study, "S01-001", "--on", "2025-03-31", *option)
    assert 'grade 4 is: "Words of grade four"' in answer.out
    assert "ctcae-3.0.csv lacks terms of CTCAE 3.0" in answer.err
    [one] = run("status", study, "S01-001", "--on", "2025-03-31", "--json", *option).document["toxicity"]
    assert one["worded"] == "Words of grade four"


def test_without_a_copy_a_grade_is_told_by_its_number(study, run, monkeypatch):
    monkeypatch.delenv("TRIALWRIGHT_WORDING", raising=False)
    answer = run("status", study, "S01-001", "--on", "2025-03-31")
    assert "Fatigue: now grade 4" in answer.out
    assert " is: " not in answer.out


@pytest.mark.parametrize("change", ["# a comment\n", "standard"])
def test_nothing_is_answered_by_a_protocol_file_that_was_altered_since_it_was_activated(study, run, change):
    file = study / "protocol" / "1.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("ctcae/3.0", "ctcae/4.03") if change == "standard" else text + change, "utf-8")
    for arguments in (("S01-001",), ()):
        answer = run("status", study, *arguments, "--on", "2025-03-31")
        assert answer.code == 1
        assert "The file of version 1 is not the one that was put in force" in answer.err
        assert answer.out.strip() == ""
