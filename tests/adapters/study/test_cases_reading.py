"""What a case file may not say, each with its place; and that an expectation which does not hold is told."""

from __future__ import annotations

import json

import pytest
from small_study import place, study_folder

from trialwright import cli
from trialwright.adapters.study import load_study
from trialwright.adapters.study.cases import coverage, load_cases, run_case
from trialwright.adapters.study.cases.expecting import EXPECT
from trialwright.adapters.study.cases.worked import GIVEN

PATIENTS = """\
patients:
  someone:
    site: town
    screened: 7 days before first dose
    registered: 1 day before first dose
    age: 50
    sex: female
    willing: yes
    anc: 4000 /mm3
    creatinine: 1.0 mg/dL
    prior_therapy_review: none
    each course: {anc: 4000 /mm3, temperature: 36.8 Cel, adverse_event_review: none}
    response at each course: SD
cases: []
"""


def folder_of(root, cases: str, patients: str = PATIENTS):
    """The small study with these patients and these cases."""
    study_folder(root)
    (root / "cases").mkdir(exist_ok=True)
    (root / "cases" / "patients.yaml").write_text(patients, "utf-8")
    (root / "cases" / "c.yaml").write_text(cases, "utf-8")
    return root


def one_case(given: str, expect: str, name: str = "A case") -> str:
    return f"- name: {name}\n  given: {{{given}}}\n  expect: {{{expect}}}\n"


def found_in(root, cases: str, patients: str = PATIENTS) -> list[tuple[str, str]]:
    """Where and what is wrong, from reading and from telling."""
    study = load_study(folder_of(root, cases, patients))
    assert study.trial, [one.says for one in study.findings]
    read, findings = load_cases(study)
    told = [one for case in read for one in run_case(study.trial, case).findings]
    return [(one.where or "", one.says) for one in (*findings, *told)]


def ran(root, given: str, expect: str):
    study = load_study(folder_of(root, one_case(given, expect)))
    cases, findings = load_cases(study)
    assert study.trial and not findings, [one.says for one in findings]
    return run_case(study.trial, cases[0])


ARRIVES = "first dose: 2006-03-01, arrives: 2006-03-01"


@pytest.mark.parametrize(
    ("given", "expect", "where", "says"),
    [
        (f"{ARRIVES}, anx: 900 /mm3", "dose: 10 mg", "anx", "is 'anc' meant?"),
        (f"{ARRIVES}, dosis: [10 mg]", "dose: 10 mg", "dosis", "is 'doses' meant?"),
        (ARRIVES, "doze: 10 mg", "doze", "is 'dose' meant?"),
        (ARRIVES, "dose: ten", "ten", "is not a quantity"),
        (ARRIVES, "action: giv", "giv}", "is 'give' meant?"),
        (ARRIVES, "criteria: {ancc: met}", "{anc", "is 'anc' meant?"),
        (ARRIVES, "criteria: {anc: ok}", "{anc", "no verdict 'ok'"),
        (ARRIVES, "visits: {day_2.1: 2006-03-01}", "{day_2", "is 'day_1' meant?"),
        (ARRIVES, "visits: {day_1.1: 2006-02-30}", "{day_1", "no day of the calendar"),
        (ARRIVES, "grades: {Fatige: 3}", "{Fatige", "is 'Fatigue' meant?"),
        (ARRIVES, "grades: {Fatigue: 7}", "{Fatigue", "between 0"),
        (ARRIVES, "refused: []", "[]", "nothing can fail"),
        (ARRIVES, "because: []", "[]", "nothing can fail"),
        (ARRIVES, "on days: 21-1", "21-1", "no span of days"),
        (ARRIVES, "", "name", "has no expect"),
        ("", "dose: 10 mg", "name", "has no given"),
        ("first dose: 2006-03-01", "dose: 10 mg", "name", "asks about no day"),
        ("first dose: 2006-02-30, on: 2006-03-01", "dose: 10 mg", "2006-02-30", "no day of the calendar"),
        ("first dose: March, on: 2006-03-01", "dose: 10 mg", "March", "is no day"),
        (f"{ARRIVES}, version: '2'", "dose: 10 mg", "'2'", "no protocol version '2'"),
        (f"{ARRIVES}, like: somone", "dose: 10 mg", "somone", "is 'someone' meant?"),
        (f"{ARRIVES}, site: twon", "dose: 10 mg", "twon", "is 'town' meant?"),
        (f"{ARRIVES}, arm: onyl", "dose: 10 mg", "onyl", "is 'only' meant?"),
        (f"{ARRIVES}, anc on 2006-03-01: 4.0 mg/dL", "dose: 10 mg", "4.0 mg", "do not convert"),
        (f"{ARRIVES}, anc on 2006-03-01: many", "dose: 10 mg", "anc on", "is not a quantity"),
        (f"{ARRIVES}, anc on day 3 of course 1: 1 /mm3", "dose: 10 mg", "anc on", "has no course 1"),
        (f"{ARRIVES}, pregnancy_test: maybe", "dose: 10 mg", "maybe", "is no code"),
        (f"{ARRIVES}, medication/1: {{kode: x}}", "dose: 10 mg", "medication", "is 'code' meant?"),
        (f"{ARRIVES}, responses: {{2006-03-01: XX}}", "dose: 10 mg", "XX", "no response 'XX'"),
        (f"{ARRIVES}, limits: {{anc: low}}", "dose: 10 mg", "low", "is not a quantity"),
        (f"{ARRIVES}, adverse events: [{{term: Fatigue}}]", "dose: 10 mg", "{term", "is no day"),
    ],
)
def test_a_word_that_cannot_be_read_is_refused_at_its_place(tmp_path, given, expect, where, says):
    text = one_case(given, expect)
    found = found_in(tmp_path, text)
    assert [at for at, told in found if says in told] == [f"c.yaml:{place(text, where)}"], found


@pytest.mark.parametrize(
    ("cases", "says"),
    [
        ("cases: {a: b}", "The cases are a list"),
        ("- just words", "A case has a name"),
        ("just words", "A case file is a list of cases"),
        ("kases: []\n", "is 'cases' meant?"),
        ("patients: [a]\n", "Patients stand by their names"),
        ("patients: {someone: {age: 3}}\n", "patient 'someone' already"),
        ("- {name: x, given: {on: 2006-03-01}, expect: {dose: 1 mg}, more: 1}", "no part of a case 'more'"),
        ("- {name: x, given: [a], expect: [b]}", "are words"),
        (one_case(ARRIVES, "dose: 10 mg") * 2, "is the name of a case"),
        ("- &a {name: x}", "anchor"),
        ("", "empty"),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path, cases, says):
    assert any(says in told for _, told in found_in(tmp_path, cases)), found_in(tmp_path, cases)


def test_a_folder_without_a_case_is_no_success(tmp_path):
    assert [says for _, says in found_in(tmp_path, "[]")] == [f"{tmp_path.name}/cases holds no case."]


WRONG = {
    "action": "hold", "dose": "15 mg", "on days": "1-13", "starts course": "no", "course": "2", "day": "3",
    "next check": "2006-03-02", "because": "nobody said this", "rules": "{low_count: met}", "missing": "anc",
    "eligible": "no", "criteria": "{anc: not met}", "refused": "treatment", "epoch": "follow-up", "to end": "wish",
    "continuation": "off treatment", "courses left": "2", "response": "CR", "best response": "CR", "confirmed": "yes",
    "grades": "{Fatigue: 3}", "due": "[]", "visits": "{day_1.1: 2006-03-02}", "samples due": "skin at day 1",
    "deviations": "{treatment: anything}", "no deviations": "see_steroids", "findings": "something",
    "no findings": "not gradable", "version": "'9'",
    "how": "by mouth", "collects": "{day_1.1: anc}", "trial": "{registered: 9}",
    "arms": "{only: 9}", "sites": "{town: 9}", "endpoints": "{toxicity: grade 4}", "ready": "{toxicity: yes}",
    "changes": "{toxicity: {itch: 1}}", "values": "{toxicity: {itch: 1}}",
}  # fmt: skip
"""For each word something that is not so of a patient who is well on the day of her first dose."""
NOT_OF_THIS_STUDY = {"release", "duties", "capsules", "measures", "clocks", "specimens", "sub-studies"}
"""The small study has none of these; the tests of a study that has them show that they can fail."""


@pytest.mark.parametrize("word", [one for one in EXPECT if one not in NOT_OF_THIS_STUDY])
def test_every_word_of_expect_can_fail(tmp_path, word):
    if word == "no deviations":
        given = "first dose: 2006-03-01, doses: [10 mg], on: 2006-03-02, exposure/1 on 2006-03-02: "
        given += "{drug: sampledrug, course: 1, dose: 40 mg, first_dose: 2006-03-01, last_dose: 2006-03-01}"
        said = ran(tmp_path, given, "no deviations: treatment")
    else:
        said = ran(tmp_path, ARRIVES, f"{word}: {WRONG[word]}")
    assert [one.word for one in said.differences] == [word]
    assert said.proves == () and all(one.where.startswith("c.yaml:3:") for one in said.differences)


@pytest.mark.parametrize(
    "expect",
    [
        "dose: 10 mg", "dose: 0.01 g", "action: give", "on days: 1-14", "starts course: yes", "course: 1",
        "because: [treatment, up to a maximum of 40 mg]", "eligible: yes", "criteria: {anc: met}", "due: [day_1.1]",
        "rules: {low_count: not met}", "epoch: treatment", "version: '1'", "grades: {Fatigue: 0}",
    ],
)  # fmt: skip
def test_what_is_so_of_a_patient_who_is_well_on_the_day_of_her_first_dose(tmp_path, expect):
    assert ran(tmp_path, ARRIVES, expect).differences == ()


def test_what_is_told_and_refused_fails_a_case_that_expects_no_refusal(tmp_path):
    said = ran(tmp_path, "first dose: 2006-03-01, doses: [40 mg], on: 2006-03-02", "epoch: treatment")
    assert [(one.word, one.expected) for one in said.differences] == [("given", "course 1 at 40 mg on 2006-03-01")]
    assert "The dose is 10 mg" in said.differences[0].got


def test_an_item_without_a_value_takes_the_one_of_the_patient_away(tmp_path):
    said = ran(tmp_path, "first dose: 2006-03-01, anc: null, on: 2006-02-28", "eligible: unknown, missing: anc")
    assert said.passed
    low = f"{ARRIVES}, each course: {{anc: 400 /mm3}}"
    assert ran(tmp_path, low, "action: hold").passed
    assert ran(tmp_path, f"{low}, anc on 2006-03-01: null", "dose: 10 mg").passed


def test_days_may_be_told_from_the_first_dose_and_within_a_course(tmp_path):
    given = "first dose: 2006-03-01, doses: [10 mg], anc on day 8 of course 1: 400 /mm3, on: day 9 of course 1"
    assert ran(tmp_path, given, "action: hold, because: [low_count, '2006-03-08']").passed


def test_the_clauses_a_case_proves_are_those_it_names(tmp_path):
    study = load_study(folder_of(tmp_path, one_case(ARRIVES, "dose: 10 mg, criteria: {anc: met}")))
    cases, _ = load_cases(study)
    assert study.trial is not None
    proved = coverage(study.versions["1"], [run_case(study.trial, one) for one in cases])
    assert [clause for clause, names in proved.items() if names] == ["anc"]
    assert "creatinine" in proved, "it was looked at and not named"


@pytest.mark.parametrize("word", [*GIVEN, *EXPECT])
def test_every_word_stands_in_the_manual(project, word):
    assert f"`{word}`" in (project / "docs" / "reference" / "cases-file.md").read_text("utf-8")


def asked(*words: str) -> int:
    """The exit code of the program."""
    with pytest.raises(SystemExit) as left:
        cli.main(["cases", *words])
    return int(left.value.code or 0)


def test_the_verb_says_which_case_fails_and_by_which_clause(tmp_path, capsys):
    folder = folder_of(tmp_path, one_case(ARRIVES, "dose: 10 mg") + one_case(ARRIVES, "dose: 15 mg", "A wrong one"))
    assert asked(str(folder)) == 1
    out = capsys.readouterr().out
    assert "ok      A case" in out and "FAILED  A wrong one" in out and "1 of 2 cases" in out
    assert "expected 15 mg" in out and "got 10 mg" in out and "by clause treatment" in out
    assert asked(str(folder), "--json", "--coverage") == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["passed"], said["failed"], "anc" in said["unproved"]) == (1, 1, True)
    assert said["cases"][1]["differences"][0]["because"][0]["clause"] == "treatment"


def test_a_file_named_is_run_alone_with_the_patients_of_the_folder(tmp_path, capsys):
    folder = folder_of(tmp_path, one_case(ARRIVES, "dose: 15 mg", "A wrong one"))
    other = folder / "cases" / "other.yaml"
    other.write_text(one_case(ARRIVES, "dose: 10 mg"), "utf-8")
    assert asked(str(folder), str(other)) == 0
    assert "1 of 1 cases" in capsys.readouterr().out


def test_a_file_that_cannot_be_read_ends_with_an_error(tmp_path, capsys):
    assert asked(str(folder_of(tmp_path, one_case(ARRIVES, "doze: 10 mg")))) == 1
    assert "c.yaml:3:12" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["5", "words", "[1]", "[[1]]", "{a: b}", "{2006-03-01: [1]}", "true", "{anc: [1]}"])
def test_whatever_stands_under_a_word_is_judged_or_refused_and_never_a_mistake_of_the_program(tmp_path, value):
    words = [*GIVEN, "anc", "medication/1", "anc on 2006-03-01", "x/y/z", "/", "anc on never"]
    days = "first dose: 2006-03-01, on: 2006-03-02, "
    given = [("" if word in ("first dose", "on") else days) + f"'{word}': {value}" for word in words]
    found_in(tmp_path, "".join(one_case(one, "dose: 10 mg", f"Case {n}") for n, one in enumerate(given)))


@pytest.mark.parametrize("value", ["5", "words", "[1]", "[[1]]", "{a: b}", "{anc: [1]}", "{day_1: [1]}", "[]", "null"])
def test_whatever_is_expected_is_read_or_refused_and_never_a_mistake_of_the_program(tmp_path, value):
    found_in(tmp_path, "".join(one_case(ARRIVES, f"{word}: {value}", f"Of {word}") for word in EXPECT))
