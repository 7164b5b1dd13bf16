"""`diff` with a ledger: who is on which version, whom an amendment touches, in words and for programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trialwright.core.ledger import SubjectRegistered
from trialwright.store import open_study


@pytest.fixture
def amended(opened: Path) -> Path:
    """The invented study with one subject in screening, and a second version with a stricter criterion and dose."""
    first = (opened / "protocol" / "1.yaml").read_text("utf-8")
    second = first.replace('version: "1"', 'version: "2"')
    for old, new in [
        (">= 1500 /mm3", ">= 2500 /mm3"),
        ("start: 10 mg", "start: 15 mg"),
        ("window: [2, 2]", "window: [1, 1]"),
    ]:
        assert second.count(old) == 1
        second = second.replace(old, new)
    (opened / "protocol" / "2.yaml").write_text(second, "utf-8")
    return opened


def test_a_committee_reads_in_short_what_changed_and_whom_it_touches(amended: Path, run: Any) -> None:
    said = run("diff", amended, "1", "2", "--on", "2025-02-21")
    assert said.code == 0
    for words in (
        "In short: 3 changed.",
        "must hold: anc is >= 2500 /mm3 instead of anc is >= 1500 /mm3",
        "start dose: 15 mg instead of 10 mg",
        "SITES ON 2025-02-21",
        "North (S01): version 1 since 2025-01-02 (approved 2025-01-02)",
        "on version 1: 0 registered subjects: nobody",
    ):
        assert words in said.out, words


def test_a_count_between_the_two_limits_makes_the_subject_one_who_is_touched(
    amended: Path, run: Any, lines_of: Any
) -> None:
    told = [
        {"path": "anc/scr/value", "new": {"v": "2000", "u": "/mm3"}},
        {"path": "anc/scr/on", "new": "2025-02-21"},
    ]
    who = {"actor": "u1", "role": "coordinator", "site": "S01", "subject": "S01-001"}
    count = {"event": "FormSubmitted", **who, "occurred": "2025-02-21", "form": "labs", "items": told}
    submitted = run("submit", amended, lines_of(count))
    assert submitted.code == 0, submitted.err
    (one,) = run("diff", amended, "1", "2", "--on", "2025-02-21", "--json").document["touched"]
    assert (one["subject"], one["epoch"]) == ("S01-001", "screening")
    told = {each["what"]: (each["old"], each["new"]) for each in one["changes"]}
    assert told["criterion anc"] == ("met", "not met") and told["eligibility"] == ("eligible", "not eligible")
    assert one["consent"] == "version 2 is not approved and activated at S01 yet"
    before = run("diff", amended, "1", "2", "--on", "2025-02-20", "--json").document["touched"][0]
    assert "criterion anc" not in {each["what"] for each in before["changes"]}, "the count is of the day after"


def test_the_subjects_of_a_rehearsal_are_on_the_version_they_were_registered_under(rehearsed: Path, run: Any) -> None:
    """Whoever was registered before an amendment stays on the earlier version; nobody is moved by it."""
    if len(list((rehearsed / "protocol").glob("*.yaml"))) < 2:
        assert run("diff", rehearsed).code == 2
        return
    with open_study(rehearsed, read_only=True) as ledger:
        registered = [one for one in ledger.events() if isinstance(one, SubjectRegistered)]
    expected: dict[str, list[str]] = {}
    for one in sorted(registered, key=lambda each: str(each.subject)):
        expected.setdefault(one.version, []).append(str(one.subject))
    said = run("diff", rehearsed, "--json").document
    assert {version: names for version, names in said["subjects"].items() if names} == expected
    assert registered


def test_a_day_that_is_none_is_wrong_use(amended: Path, run: Any) -> None:
    assert run("diff", amended, "1", "2", "--on", "2025-02-30").code == 2
