"""`trialwright export --format ctgov` and `ctgov-xml`: the results section from a ledger, with the review on stderr."""

import json
from pathlib import Path
from typing import Any

import pytest

from trialwright.adapters.exchange.ctgov.results import read_results
from trialwright.adapters.exchange.ctgov.results.legacy import read_legacy_xml
from trialwright.adapters.exchange.ctgov.results.review import RULES
from trialwright.core.terms import Duration
from trialwright.store import open_study


@pytest.mark.parametrize("form", ["ctgov", "ctgov-xml"])
def test_the_results_of_a_rehearsal_say_what_they_stand_on_and_that_they_are_simulated(
    form: str, rehearsed: Path, run: Any, tmp_path: Path
) -> None:
    out = tmp_path / "results"
    answer = run("export", rehearsed, "--format", form, "--out", out)
    assert answer.code == 0
    assert answer.out.startswith("Simulated data. ")
    assert "at ledger position" in answer.out and "(head " in answer.out
    content = out.read_bytes()
    assert b"SIMULATED DATA" in content
    assert b"head" in content and b"position" in content
    read = read_results(content) if form == "ctgov" else read_legacy_xml(content)
    assert read.findings == () and read.outcome_measures


def test_what_the_review_finds_goes_to_standard_error_with_its_rule(rehearsed: Path, run: Any, tmp_path: Path) -> None:
    answer = run("export", rehearsed, "--format", "ctgov", "--out", tmp_path / "results.json")
    assert "words-contact: Nobody is named who answers questions about the results." in answer.err
    assert "What to do:" in answer.err


@pytest.mark.parametrize("months", [0, 1, 6, 24, 240])
def test_the_numbers_of_every_cut_off_add_up_by_the_registry_s_own_rules(
    months: int, rehearsed: Path, run: Any, tmp_path: Path
) -> None:
    with open_study(rehearsed, read_only=True) as ledger:
        first = min(event.occurred for event in ledger.events())
    cut = Duration(months, "months").after(first)
    answer = run("export", rehearsed, "--format", "ctgov", "--out", tmp_path / "r", "--cut", str(cut), "--json")
    found = {one["about"] for one in json.loads(answer.out)["findings"]}
    assert (
        found & {rule.id for rule in RULES if not rule.from_memory or rule.id.endswith(("reasons", "exhaustive"))}
        == set()
    )


def test_the_same_ledger_gives_the_same_bytes(rehearsed: Path, run: Any, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert run("export", rehearsed, "--format", "ctgov-xml", "--out", tmp_path / name).code == 0
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_as_json_the_answer_has_the_two_times_the_head_and_every_finding(
    rehearsed: Path, run: Any, tmp_path: Path
) -> None:
    answer = run("export", rehearsed, "--format", "ctgov", "--out", tmp_path / "results.json", "--json")
    told = json.loads(answer.out)
    assert {"format", "cut", "position", "head", "simulated", "outcomes", "findings"} <= set(told)
    assert told["simulated"] is True
    written = json.loads((tmp_path / "results.json").read_text())
    assert written["trialwright"] == {name: told[name] for name in ("cut", "position", "head", "simulated")}


def test_a_cut_off_before_anything_happened_makes_a_section_without_numbers(
    rehearsed: Path, run: Any, tmp_path: Path
) -> None:
    out = tmp_path / "results.json"
    assert run("export", rehearsed, "--format", "ctgov", "--out", out, "--cut", "1999-01-01").code == 0
    section = json.loads(out.read_text())["resultsSection"]
    assert {one["reportingStatus"] for one in section["outcomeMeasuresModule"]["outcomeMeasures"]} == {"NOT_POSTED"}


def test_a_ledger_without_events_is_an_answer_of_no_and_writes_nothing(
    invented: Path, run: Any, tmp_path: Path
) -> None:
    out = tmp_path / "results.json"
    answer = run("export", invented, "--format", "ctgov", "--out", out)
    assert answer.code == 1
    assert not out.exists()


def test_a_file_of_another_kind_is_left_alone(rehearsed: Path, run: Any, tmp_path: Path) -> None:
    out = tmp_path / "thesis.json"
    out.write_text('{"years": 4}')
    assert run("export", rehearsed, "--format", "ctgov", "--out", out).code == 1
    assert out.read_text() == '{"years": 4}'


def test_one_subject_s_results_are_wrong_use(rehearsed: Path, run: Any, tmp_path: Path) -> None:
    answer = run("export", rehearsed, "--format", "ctgov", "--out", tmp_path / "r", "--subject", "X")
    assert answer.code == 2


def test_what_the_sponsor_says_in_the_folder_is_taken(rehearsed: Path, run: Any, tmp_path: Path) -> None:
    (rehearsed / "registry.yaml").write_text(
        "moreInfoModule: {pointOfContact: {title: Office, organization: Hospital, phone: '1'}}\n"
    )
    answer = run("export", rehearsed, "--format", "ctgov", "--out", tmp_path / "results.json")
    assert "words-contact" not in answer.err
