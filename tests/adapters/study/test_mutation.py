"""A protocol a step off: which values stand beside one, what is mutated, which case notices, what a survivor needs."""

from __future__ import annotations

import json

import pytest
from small_study import study_folder

from trialwright import cli
from trialwright.adapters.study import load_study
from trialwright.adapters.study.cases import load_cases, run_case
from trialwright.adapters.study.mutation import Prover, explained_by, explanations, proving, sampled, weighed
from trialwright.adapters.study.mutation.conditions import changes_of
from trialwright.adapters.study.mutation.values import neighbours

PATIENTS = """\
patients:
  someone:
    site: town
    screened: 7 days before first dose
    registered: 1 day before first dose
    first dose: 2006-03-01
    age: 50
    sex: female
    willing: yes
    anc: 4000 /mm3
    creatinine: 1.0 mg/dL
    prior_therapy_review: none
    on: 2006-02-28
cases: []
"""
BELOW = "- {name: Below, given: {anc: 1499 /mm3}, expect: {criteria: {anc: not met}}}\n"
AT = "- {name: At, given: {anc: 1500 /mm3}, expect: {criteria: {anc: met}}}\n"
OLD = "- {name: Too old, given: {anc: null, anc on 2006-02-13: 4000 /mm3}, expect: {criteria: {anc: unknown}}}\n"
FRESH = "- {name: Fresh, given: {anc: null, anc on 2006-02-14: 4000 /mm3}, expect: {criteria: {anc: met}}}\n"


def folder_with(root, cases: str, survivors: str = ""):
    study_folder(root)
    (root / "cases").mkdir()
    (root / "cases" / "patients.yaml").write_text(PATIENTS, "utf-8")
    (root / "cases" / "c.yaml").write_text(cases, "utf-8")
    if survivors:
        (root / "survivors.yaml").write_text(survivors, "utf-8")
    return root


def prover_of(root) -> Prover:
    study = load_study(root)
    cases, findings = load_cases(study)
    assert study.trial and not findings, [one.says for one in (*study.findings, *findings)]
    return Prover(study, cases, [run_case(study.trial, case) for case in cases])


def fates_of(root, clause: str) -> dict[str, str]:
    prover = prover_of(root)
    return {one.name: prover.fate(one).what for one in prover.mutants if one.clause == clause}


# --- the values beside one -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "beside"),
    [
        (">= 1500 /mm3", [">= 1501 /mm3", ">= 1499 /mm3", "> 1500 /mm3"]),
        ("> 2.20 mg/dL", ["> 2.21 mg/dL", "> 2.19 mg/dL", ">= 2.20 mg/dL"]),
        ("<= 2 x ULN", ["<= 3 x ULN", "<= 1 x ULN", "< 2 x ULN"]),
        ("< 1,000 /mm3", ["< 1001 /mm3", "< 999 /mm3", "<= 1,000 /mm3"]),
        ("0-2", ["1-2", "-1-2", "0-3", "0-1"]),
        ("18-120 years", ["19-120 years", "17-120 years", "18-121 years", "18-119 years"]),
        ("1-21", ["2-21", "0-21", "1-22", "1-20"]),
        ("14 days", ["15 days", "13 days"]),
        ("4 weeks", ["5 weeks", "3 weeks", "29 days", "27 days"]),
        ("1 year", ["2 years", "0 years"]),
        ("2 months", ["3 months", "1 month"]),
        ("10 mg", ["11 mg", "9 mg"]),
        ("2.5 mg", ["2.6 mg", "2.4 mg"]),
        ("2-", ["3-", "1-"]),
        ("2006-01-01", ["2006-01-02", "2005-12-31"]),
        ("yes", ["no"]),
        (True, [False]),
        (35, [36, 34]),
        ("platelets", []),
        ("Tumor flare", []),
        (None, []),
    ],
)
def test_the_values_a_step_away(value, beside):
    assert list(neighbours(value)) == beside


def test_a_condition_changes_in_one_place_at_a_time():
    found = [words for _, _, words in changes_of({"all": [{"ask": "fertile"}, {"not": {"sex": "male"}}]})]
    assert found == [
        "all becomes any",
        "without {ask: fertile}",
        "{ask: fertile} is turned round",
        "without {not: {sex: male}}",
        "not is left out",
    ]


def test_what_was_asked_of_some_is_asked_of_everybody():
    changes = changes_of({"if": {"sex": "female"}, "then": {"ask": "willing"}})
    assert ((), {"ask": "willing"}, "asked of everybody, not only if {sex: female}") in list(changes)


# --- the mutants of a protocol ---------------------------------------------------------------------------------------


def test_each_clause_is_taken_out_and_each_mutant_has_a_name_and_a_place_of_its_own(tmp_path):
    mutants = prover_of(folder_with(tmp_path, AT)).mutants
    names = [one.name for one in mutants]
    clauses = "anc creatinine age steroids willing_to see_steroids low_count flare last progression screening".split()
    assert {f"{one}: taken out" for one in clauses} <= set(names)
    assert len(names) == len(set(names))
    assert all(one.where.startswith("1.yaml:") for one in mutants)


def test_words_for_people_are_left_alone(tmp_path):
    parts = {one.part.rpartition(".")[2] for one in prover_of(folder_with(tmp_path, AT)).mutants}
    assert not parts & {"label", "quotes", "note", "id", "source", "rests_on", "title"}


def test_a_mutant_changes_its_place_and_nothing_else(tmp_path):
    prover = prover_of(folder_with(tmp_path, AT))
    one = next(each for each in prover.mutants if each.name == "anc: must.is: >= 1500 /mm3 becomes > 1500 /mm3")
    data = one.data(prover.document.data)
    assert data["eligibility"][0]["must"]["is"] == "> 1500 /mm3"
    assert prover.document.data["eligibility"][0]["must"]["is"] == ">= 1500 /mm3"
    assert data["eligibility"][1:] == prover.document.data["eligibility"][1:]


# --- what notices ----------------------------------------------------------------------------------------------------


def test_a_case_at_the_limit_and_one_below_kill_what_moves_the_limit(tmp_path):
    fates = fates_of(folder_with(tmp_path, BELOW + AT), "anc")
    assert fates["anc: must.is: >= 1500 /mm3 becomes >= 1501 /mm3"] == "killed"
    assert fates["anc: must.is: >= 1500 /mm3 becomes >= 1499 /mm3"] == "killed"
    assert fates["anc: must.is: >= 1500 /mm3 becomes > 1500 /mm3"] == "killed"
    assert fates["anc: taken out"] == "killed"


def test_without_the_case_below_a_lower_limit_survives(tmp_path):
    assert fates_of(folder_with(tmp_path, AT), "anc")["anc: must.is: >= 1500 /mm3 becomes >= 1499 /mm3"] == "survived"


@pytest.mark.parametrize(
    ("cases", "shorter", "longer"),
    [(OLD, "survived", "killed"), (FRESH, "killed", "survived"), (OLD + FRESH, "killed", "killed")],
)
def test_an_age_of_data_needs_the_last_day_that_counts_and_the_first_that_does_not(tmp_path, cases, shorter, longer):
    fates = fates_of(folder_with(tmp_path, cases), "anc")
    assert fates["anc: must.within: 14 days becomes 13 days"] == shorter
    assert fates["anc: must.within: 14 days becomes 15 days"] == longer


def test_what_the_loader_refuses_is_told_apart(tmp_path):
    prover = prover_of(folder_with(tmp_path, AT))
    one = next(each for each in prover.mutants if each.name == "steroids: taken out")
    fate = prover.fate(one)
    assert (fate.what, fate.by) == ("refused", "'steroids' is no criterion. Is 'see_steroids' meant?")


# --- what a survivor needs -------------------------------------------------------------------------------------------

LOWER = "anc: must.is: >= 1500 /mm3 becomes >= 1499 /mm3"
EXACT = f'- because: No patient lies between.\n  mutations: ["{LOWER}"]\n'


def _raising(*_):
    raise ZeroDivisionError


def _going_on(*_):
    while True:
        pass


@pytest.mark.parametrize("judging", [_raising, _going_on])
def test_a_case_that_breaks_or_comes_to_no_end_is_told_apart(tmp_path, monkeypatch, judging):
    prover = prover_of(folder_with(tmp_path, BELOW + AT))
    monkeypatch.setattr(proving, "PATIENCE", 0.05)
    lower = next(one for one in prover.mutants if one.name == LOWER)
    kept = prover.fate(lower)
    monkeypatch.setattr(proving, "run_case", judging)
    broken = prover.fate(lower)
    assert (kept.what, kept.broke) == ("killed", False)
    assert (broken.what, broken.broke, broken.by) == ("killed", True, "Below")


def weighed_in(root, clause: str = "anc"):
    prover = prover_of(root)
    explained, findings = explanations(root)
    assert not findings, [one.says for one in findings]
    fates = [prover.fate(one) for one in prover.mutants if one.clause == clause]
    unexplained, stale = weighed(fates, explained, prover.mutants)
    return [one.mutant.name for one in unexplained], [one.says for one in stale]


def test_a_survivor_without_a_reason_is_told(tmp_path):
    unexplained, stale = weighed_in(folder_with(tmp_path, AT))
    assert LOWER in unexplained and stale == []


@pytest.mark.parametrize("mutation", [LOWER, "anc: must.is: *", "*: * becomes >= 1499 /mm3"])
def test_a_reason_explains_it_also_one_with_a_star(tmp_path, mutation):
    unexplained, stale = weighed_in(folder_with(tmp_path, AT, EXACT.replace(LOWER, mutation)))
    assert LOWER not in unexplained and stale == []


@pytest.mark.parametrize(
    ("mutation", "why"),
    [
        (LOWER, "it is killed: Below"),
        ("anc: must.is: >= 9 /mm3 becomes >= 8 /mm3", "there is no such mutation any more"),
    ],
)
def test_a_reason_is_out_of_date_when_a_case_kills_or_the_mutant_is_gone(tmp_path, mutation, why):
    _, stale = weighed_in(folder_with(tmp_path, BELOW + AT, EXACT.replace(LOWER, mutation)))
    assert stale == [f"The explanation of {mutation!r} is out of date: {why}."]


def test_a_reason_for_a_clause_that_was_not_asked_about_is_not_out_of_date(tmp_path):
    assert weighed_in(folder_with(tmp_path, BELOW + AT, EXACT), "age")[1] == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("because: x\n", "The file is a list, each with because and mutations."),
        ("- because: ''\n  mutations: [a]\n", "An explanation has because, a sentence, and mutations, a list."),
        ("- because: x\n  mutations: []\n", "The mutations are a list of those that `--mutate` prints."),
        ("- because: x\n  mutation: [a]\n", "An explanation has because, a sentence, and mutations, a list."),
        ("- because: x\n  mutations: [a, a]\n", "'a' is explained twice."),
    ],
)
def test_what_survivors_yaml_may_not_say(tmp_path, text, says):
    (tmp_path / "survivors.yaml").write_text(text, "utf-8")
    assert [one.says for one in explanations(tmp_path)[1]] == [says]


# --- the command -----------------------------------------------------------------------------------------------------


def test_the_command_lists_survivors_and_ends_with_1(tmp_path, capsys):
    folder = folder_with(tmp_path, AT)
    with pytest.raises(SystemExit) as ended:
        cli.main(["cases", str(folder), "--mutate", "--clause", "anc", "--jobs", "1", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert ended.value.code == 1
    assert told["mutants"] == told["killed"] + told["refused"] + told["survived"]
    assert LOWER in [one["mutation"] for one in told["survivors"]]
    one = next(one for one in told["survivors"] if one["mutation"] == LOWER)
    assert (
        one["where"].startswith("1.yaml:") and one["why"] == "1 case proves this clause and does not see the difference"
    )


def test_several_processes_find_what_one_does(tmp_path, capsys):
    folder, told = folder_with(tmp_path, AT), []
    for jobs in ("1", "2"):
        with pytest.raises(SystemExit):
            cli.main(["cases", str(folder), "--mutate", "--clause", "anc", "--jobs", jobs, "--json"])
        told.append(json.loads(capsys.readouterr().out))
    assert told[0] == told[1]
    assert any("without" in one["mutation"] for one in told[0]["survivors"]), "nothing was taken out"


def test_the_command_refuses_a_clause_there_is_not(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["cases", str(folder_with(tmp_path, AT)), "--mutate", "--clause", "acn", "--jobs", "1"])
    assert ended.value.code == 2
    assert "acn" in capsys.readouterr().err


def test_nothing_is_proved_by_cases_that_fail_already(tmp_path, capsys):
    folder = folder_with(tmp_path, AT.replace("met", "not met"))
    with pytest.raises(SystemExit) as ended:
        cli.main(["cases", str(folder), "--mutate", "--jobs", "1"])
    assert ended.value.code == 1
    assert "'At' does not come out as expected as the protocol stands." in capsys.readouterr().err


# --- the studies -----------------------------------------------------------------------------------------------------

SAMPLE = 40
"""So many mutants of a study with every run of the tests; `make mutants` asks for all of them."""


def test_of_a_sample_of_every_study_each_mutant_is_noticed_or_explained(every_study):
    if not (every_study / "cases").is_dir():
        return
    prover = prover_of(every_study)
    explained, findings = explanations(every_study)
    survivors = [
        one.name
        for one in sampled(prover.mutants, SAMPLE)
        if explained_by(explained, one.name) is None and prover.fate(one).what == "survived"
    ]
    assert (survivors, findings) == ([], [])


def test_a_sample_is_always_the_same_and_hardly_changes_with_the_protocol(tmp_path):
    mutants = prover_of(folder_with(tmp_path, AT)).mutants
    chosen = sampled(mutants, 20)
    assert chosen == sampled(tuple(reversed(mutants)), 20)
    assert len(set(chosen) - set(sampled(mutants[1:], 20))) <= 1
