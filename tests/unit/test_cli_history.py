"""Consent, versions, sites, locks and voidings on the status pages, of people whose way was not the usual one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from status_study import PROTOCOL, RECORD, SAID
from trialwright.cli import main

SITES = [
    {"id": "S01", "quotes": ["two hospitals"], "name": "North", "time_zone": "UTC"},
    {"id": "S02", "quotes": ["two hospitals"], "name": "South", "time_zone": "UTC"},
]
FIRST = {**PROTOCOL, "design": {**PROTOCOL["design"], "sites": SITES}}
SECOND = {**FIRST, "version": "2"}
COORDINATOR = {"actor": "u1", "role": "coordinator"}


def at(site: str, subject: str = "", **more: Any) -> dict[str, Any]:
    return {**COORDINATOR, "site": site, **({"subject": subject} if subject else {}), **more}


def entry(subject: str, on: str, items: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return at("S01", subject, event="FormSubmitted", occurred=on, form="lab", items=items, **more)


def count(subject: str, on: str, number: str) -> dict[str, Any]:
    told = [{"path": f"anc/d{on}/value", "new": {"v": number, "u": "/mm3"}}, {"path": f"anc/d{on}/on", "new": on}]
    return entry(subject, on, told)


def entered(subject: str, screened: str, counted: str, registered: str, begun: str) -> list[dict[str, Any]]:
    """Screened, consented to keep specimens, counted, registered, treated."""
    return [
        at("S01", subject, event="SubjectScreened", occurred=screened, version="1"),
        at("S01", subject, event="ConsentGiven", occurred=screened, version="1",
           scope=["study", "stored specimens"], document="consent form 1.2"),
        count(subject, counted, "1600"),
        at("S01", subject, event="SubjectRegistered", occurred=registered, version="1", said=SAID),
        at("S01", subject, event="CourseStarted", occurred=begun, drug="examplinib", course=1,
           dose={"v": "10", "u": "mg"}, said={"answer": "10 mg", "clauses": ["examplinib"]}),
    ]  # fmt: skip


def activated(site: str, version: str, on: str, **more: Any) -> dict[str, Any]:
    return at(site, event="ProtocolActivated", occurred=on, version=version, file_hash=version, approved_on=on, **more)


EVENTS: list[dict[str, Any]] = [
    {**COORDINATOR, "event": "StudyOpened", "occurred": "2025-01-01", "study": "EXAMPLE-1", "kind": "real",
     "protocol": "1"},
    activated("S01", "1", "2025-01-02", approved_until="2026-01-01"),
    activated("S02", "1", "2025-01-03"),
    *entered("S01-001", "2025-02-20", "2025-02-25", "2025-02-28", "2025-03-03"),
    at("S01", "S01-002", event="SubjectScreened", occurred="2025-02-21", version="1"),
    count("S01-002", "2025-02-22", "900"),
    at("S01", "S01-002", event="ScreeningFailed", occurred="2025-02-23", why="count too low",
       said={"answer": "not eligible", "clauses": ["anc"]}),
    at("S01", "S01-003", event="SubjectScreened", occurred="2025-03-10", version="1", rescreens="S01-002"),
    activated("S01", "2", "2025-04-01"),
    at("S01", "S01-001", event="ConsentGiven", occurred="2025-04-02", version="2"),
    at("S01", "S01-001", event="SubjectMoved", occurred="2025-04-03", version="2"),
    activated("S02", "2", "2025-04-03"),
    at("S01", "S01-001", event="SubjectTransferred", occurred="2025-04-04", to="S02", why="moved house"),
    at("S02", "S01-001", event="ConsentWithdrawn", occurred="2025-04-10", scope=["treatment"], why="tired of it"),
    at("S02", "S01-001", event="ConsentWithdrawn", occurred="2025-04-12", scope=["stored specimens"]),
    at("S01", event="AccrualSuspended", occurred="2025-04-15", why="the freezer failed"),
    at("S01", "S01-001", event="Locked", occurred="2025-04-20", what="anc", role="data manager"),
]  # fmt: skip


def submit(place: Path, name: str, events: list[dict[str, Any]]) -> None:
    lines = place / name
    lines.write_text("\n".join(map(json.dumps, events)))
    with pytest.raises(SystemExit) as left:
        main(["submit", str(place), str(lines)])
    assert left.value.code == 0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("study")
    (place / "protocol").mkdir()
    (place / "record.txt").write_text(RECORD)
    (place / "protocol" / "1.yaml").write_text(json.dumps(FIRST))
    (place / "protocol" / "2.yaml").write_text(json.dumps(SECOND))
    submit(place, "events.jsonl", EVENTS)
    return place


@pytest.fixture
def run(folder, capsys):
    def call(*arguments: str) -> str:
        capsys.readouterr()
        with pytest.raises(SystemExit):
            main(["status", str(folder), *arguments])
        return capsys.readouterr().out

    return call


def flat(page: str) -> str:
    return " ".join(page.split())


def section(page: str, title: str) -> str:
    """The lines under a title, up to the next blank one."""
    return flat(page.partition(f"\n{title}\n")[2].partition("\n\n")[0])


HISTORY = "CONSENT AND VERSION"


def test_consents_withdrawals_and_what_remains_stand_with_their_days(run) -> None:
    page = run("S01-001", "--on", "2025-04-21")
    for words in (
        "consent 2025-02-20 given to the study and keeping specimens, under version 1, consent form 1.2",
        "consent 2025-04-02 given to the study, under version 2",
        "consent 2025-04-10 WITHDRAWN from treatment: tired of it",
        "remains 2025-04-12 still consents to follow-up: visits go on; no more treatment; stored specimens are to be "
        "destroyed, since 2025-04-12; public records may not be looked up",
        "version 2025-02-28 registered under version 1",
        "version 2025-04-03 moved to version 2",
        "site 2025-04-04 transferred from North (S01) to South (S02): moved house",
        "locked 2025-04-20 Absolute neutrophil count is locked, by the data manager",
    ):
        assert words in section(page, HISTORY)
    assert "on: consent withdrawn tired of it (2025-04-10)" in flat(page)
    assert "consent on the wrong version" not in page  # version 2 was in force at the site of that day


@pytest.mark.parametrize(
    ("on", "there", "absent"),
    [
        ("2025-04-01", "registered under version 1", "under version 2"),
        ("2025-04-02", "given to the study, under version 2", "moved"),
        ("2025-04-03", "moved to version 2", "transferred"),
        ("2025-04-09", "transferred from North (S01) to South (S02)", "WITHDRAWN"),
        ("2025-04-10", "still consents to follow-up and keeping specimens: visits go on", "destroyed"),
        ("2025-04-19", "destroyed, since 2025-04-12", "locked"),
    ],
)
def test_a_page_of_an_earlier_day_knows_nothing_of_what_came_later(run, on, there, absent) -> None:
    told = section(run("S01-001", "--on", on), HISTORY)
    assert there in told and absent not in told.partition("because")[0]


def test_of_an_ordinary_patient_two_lines_are_told_and_no_rule(run) -> None:
    page = run("S01-002", "--on", "2025-02-22").partition(f"{HISTORY}\n")[2].partition("\n\n")[0]
    assert [" ".join(line.split()) for line in page.splitlines()] == [
        "consent 2025-02-21 to be screened under version 1",
        "version 2025-02-21 judged by version 1 until registration",
    ]


def test_a_person_screened_again_is_told_on_both_pages(run) -> None:
    assert "the same person as S01-002, screened again" in section(run("S01-003", "--on", "2025-03-11"), HISTORY)
    assert "screened again as S01-003" in section(run("S01-002", "--on", "2025-03-11"), HISTORY)
    assert "screened again" not in run("S01-002", "--on", "2025-03-09")


@pytest.mark.parametrize(
    ("on", "counted"),
    [("2025-03-09", "2 screened"), ("2025-03-10", "3 screenings of 2 people")],
)
def test_a_person_screened_again_is_one_person(run, on, counted) -> None:
    assert counted in run("--on", on)
    document = json.loads(run("--on", on, "--json"))
    assert (document["screened"], document["persons"]) == (int(counted[0]), 2)


@pytest.mark.parametrize(
    ("on", "site", "words"),
    [
        ("2025-01-01", "North", "North (S01): none: no version was activated yet"),
        ("2025-03-31", "North", "North (S01): version 1 since 2025-01-02, approved until 2026-01-01"),
        ("2025-04-01", "North", "North (S01): version 2 since 2025-04-01, no end of the approval is recorded"),
        ("2025-04-02", "South", "South (S02): version 1 since 2025-01-03, no end of the approval is recorded"),
        ("2025-04-03", "South", "South (S02): version 2 since 2025-04-03"),
        ("2025-04-15", "North", "ACCRUAL IS SUSPENDED since 2025-04-15: the freezer failed"),
    ],
)
def test_the_trial_says_which_version_is_in_force_where_and_where_accrual_is_suspended(run, on, site, words) -> None:
    assert words in section(run("--on", on), "VERSION IN FORCE")


def test_accrual_that_is_not_suspended_yet_is_not_said_to_be(run) -> None:
    assert "SUSPENDED" not in run("--on", "2025-04-14")


def test_the_documents_give_every_line_with_its_clause_and_its_event(run) -> None:
    told = json.loads(run("S01-001", "--on", "2025-04-21", "--json"))["history"]
    assert {one["about"] for one in told} == {"consent", "remains", "version", "site", "locked"}
    assert all(one["because"] and one["evidence"] and one["evidence"][0]["event"] for one in told)
    north, south = json.loads(run("--on", "2025-04-21", "--json"))["versions"]
    assert (north["version"], north["since"], north["suspended"]) == ("2", "2025-04-01", "2025-04-15")
    assert (south["until"], south["suspended"]) == (None, None)
    assert all(one["because"] and one["evidence"] for one in (north, south))
    assert json.loads(run("--on", "2025-04-21", "--json"))["off_treatment"] == {"withdrawal of consent": 1}


def test_what_was_voided_stands_with_why_and_what_was_entered_instead(folder, run) -> None:
    log = json.loads(run("S01-002", "--on", "2025-02-22", "--json"))
    wrong = next(one["event"] for each in log["eligibility"]["criteria"] for one in each["evidence"])
    right = {"event": "EventVoided", **at("S01", "S01-002"), "occurred": "2025-05-02", "voids": wrong,
             "why": "another patient's count"}  # fmt: skip
    submit(folder, "void.jsonl", [right])
    told = section(run("S01-002", "--on", "2025-05-02"), HISTORY)
    assert "voided 2025-05-02 the form lab of 2025-02-22: another patient's count; not entered again" in told
    assert "voided" not in section(run("S01-002", "--on", "2025-05-01"), HISTORY)
