"""Words of cases that only a study with sub-studies, supply, duties and reporting has: what is not so fails."""

from __future__ import annotations

import pytest

from trialwright.adapters.study import load_study
from trialwright.adapters.study.cases import load_cases, run_case

WOMAN = "like: a fertile woman who may enter, first dose: 2006-03-01, arrives: 2006-03-01"
EVENT = (
    "first dose: 2006-03-01, doses: [10 mg], on: 2006-03-10, adverse events: "
    "[{term: Fatigue, grade: 3, start: 2006-03-10, related: no, serious: yes}]"
)
DAY_1 = "first dose: 2006-03-01, arrives: 2006-03-01"
JOINED = "first dose: 2006-03-01, joins: {2006-02-22: immune}, on: 2006-02-22"


@pytest.fixture(scope="module")
def study(request):
    return load_study(request.path.parents[1])


def ran(study, root, given: str, expect: str):
    file = root / "one.yaml"
    file.write_text(f"- name: One\n  given: {{{given}}}\n  expect: {{{expect}}}\n", "utf-8")
    cases, findings = load_cases(study, [file])
    assert not findings, [one.says for one in findings]
    return run_case(study.trial, cases[0])


@pytest.mark.parametrize(
    ("given", "so", "not_so"),
    [
        (DAY_1, "capsules: {10 mg: 21}", "capsules: {10 mg: 20}"),
        (WOMAN, "release: {release_test: met}", "release: {release_test: not met}"),
        (WOMAN, "duties: {obligation_men: none}", "duties: {obligation_men: open}"),
        (JOINED, "measures: {vessel_density: [CD31]}", "measures: {vessel_density: [CD31, CD34]}"),
        (JOINED, "sub-studies: {immune: {joined: 1}}", "sub-studies: {immune: {joined: 2}}"),
        (JOINED, "specimens: {biopsy.baseline: planned}", "specimens: {biopsy.baseline: stored}"),
        (JOINED, "specimens: {biopsy.baseline: collect}", "specimens: {biopsy.baseline: nothing to do}"),
        (EVENT, "clocks: {serious_to_sponsor: 2006-03-11}", "clocks: {serious_to_sponsor: 2006-03-12}"),
        (EVENT, "clocks: {reaction_unexpected: does not run}", "clocks: {reaction_unexpected: running}"),
        (EVENT, "clocks: {serious_to_sponsor: running}", "clocks: {serious_to_sponsor: overdue}"),
    ],
)
def test_what_is_so_passes_and_what_is_not_so_fails(study, tmp_path, given, so, not_so):
    assert ran(study, tmp_path, given, so).passed
    said = ran(study, tmp_path, given, not_so)
    assert [one.word for one in said.differences] == [not_so.partition(":")[0]]
    assert said.proves == ()


@pytest.mark.parametrize(
    ("expect", "says"),
    [
        ("clocks: {serious_to_sponsor: late}", "Write the day a report is due, or one of running,"),
        ("clocks: {serious_to_sponser: running}", "There is no clause of reporting 'serious_to_sponser'"),
        ("specimens: {biopsi.baseline: stored}", "There is no specimen 'biopsi'"),
        ("refused: [treatmnt]", "There is no clause 'treatmnt'"),
        ("reports due: {serious_to_sponsor: none}", "There is no word of `expect` 'reports due'"),
    ],
)
def test_a_word_that_is_not_known_is_told(study, tmp_path, expect, says):
    file = tmp_path / "one.yaml"
    file.write_text(f"- name: One\n  given: {{{EVENT}}}\n  expect: {{{expect}}}\n", "utf-8")
    findings = load_cases(study, [file])[1]
    assert len(findings) == 1 and says in findings[0].says


def test_a_refusal_that_is_not_named_fails(study, tmp_path):
    two = "first dose: 2006-03-01, doses: [10 mg, 10 mg], handed out: {2006-03-01: 22}, on: 2006-03-30"
    assert ran(study, tmp_path, two, "refused: [treatment]").passed
    given = f"{two}, transfers: {{2006-02-20: northwestern}}"
    assert [one.word for one in ran(study, tmp_path, given, "refused: [treatment]").differences] == ["refused"]
    assert ran(study, tmp_path, given, "refused: [treatment, belongs to northwestern already]").passed
