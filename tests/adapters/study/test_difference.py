"""The difference of two protocol versions: one place is changed at a time, and exactly that is told."""

from __future__ import annotations

import json

import pytest
from small_study import PROTOCOL, study_folder

from trialwright import cli
from trialwright.adapters.study import load_study
from trialwright.adapters.study.difference import difference

SECOND = ('version: "1"', 'version: "2"')


def amended(root, *changes: tuple[str, str]):
    """The small study with a second version that is the first with these places changed."""
    text = PROTOCOL
    for old, new in (SECOND, *changes):
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
        text = text.replace(old, new)
    study_folder(root)
    return study_folder(root, text, name="2.yaml")


def told(root, *changes: tuple[str, str]) -> list[str]:
    """Every difference in one line: change, id, what of it (its grounds in brackets)."""
    study = load_study(amended(root, *changes))
    assert study.trial, [one.says for one in study.findings]
    found = difference(study.versions["1"], study.versions["2"], study.documents["1"], study.documents["2"])
    return [
        f"{one.change} {one.id}: "
        + "; ".join(f"{part.part} {part.old} -> {part.new}" for part in one.parts)
        + "".join(f" [{part.part} {part.old} -> {part.new}]" for part in one.grounds)
        for one in found
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("start: 10 mg", "start: 20 mg"), "changed treatment: start dose 10 mg -> 20 mg"),
        ((", floor: 5 mg", ""), "changed treatment: least dose 5 mg -> none"),
        (('is: ">= 1500 /mm3"', 'is: ">= 1000 /mm3"'),
         "changed anc: must hold anc is >= 1500 /mm3, within 14 days -> anc is >= 1000 /mm3, within 14 days"),
        (('"< 500 /mm3"', '"< 750 /mm3"'), "changed low_count: when anc is < 500 /mm3 -> anc is < 750 /mm3"),
        (("resume_lower_by: 5 mg", "resume_lower_by: 10 mg"), "changed low_count: resumes lower by 5 mg -> 10 mg"),
        (("then: {stop: flare}", "then: {no_step_up: true}"),
         "changed flare: stops for flare -> none; keeps the dose from rising no -> yes"),
        (("planned: 20", "planned: 25"), "changed accrual: planned 20 -> 25"),
        (("window: [2, 2]", "window: [2, 3]"), "changed day_1: window in days before and after 2, 2 -> 2, 3"),
        (("collect: [anc, willing]", "collect: [anc]"), "changed screening: collects, no longer willing -> none"),
        (("collect: [anc, willing]", "collect: [anc, willing, wbc]"),
         "changed screening: collects, now also none -> wbc"),
        (("reading: As written here.", "reading: Otherwise."), "changed Q1: reading As written here. -> Otherwise."),
        (("source: label\n      - id: flare", "source: label\n        note: Why.\n      - id: flare"),
         "changed low_count:  [note none -> Why.]"),
        (("  - {id: see_steroids, see: [steroids], rests_on: Q1}\n", ""),
         "removed see_steroids: see steroids -> none [rests on Q1 -> none]"),
        (("ANC ≥ 1,500/mm³\n    must: {measure: anc, is: \">= 1500 /mm3\", within: 14 days}",
          "ANC ≥ 1,500/mm³\n    must: {any: [{measure: anc, is: \">= 1500 /mm3\"}, {not: {ask: willing}}]}"),
         "changed anc: must hold anc is >= 1500 /mm3, within 14 days -> (anc is >= 1500 /mm3) or (not (ask willing))"),
    ],
)  # fmt: skip
def test_one_place_that_is_changed_is_told_and_nothing_else(tmp_path, change, expected):
    assert told(tmp_path, change) == [expected]


def test_a_clause_that_is_added_is_told_with_all_it_says(tmp_path):
    added = "continuation:\n  - {id: halted, when: {ask: willing}, off_treatment: wish, rests_on: Q1}\n"
    assert told(tmp_path, ("continuation:\n", added)) == [
        "added halted: when none -> ask willing; off treatment none -> wish [rests on none -> Q1]"
    ]


@pytest.mark.parametrize(
    ("same", "said"),
    [
        (("within: 14 days", "within: 2 weeks"), 1),  # another duration in words: a committee wants to see it
        (("days: 1-14", 'days: "1-14"'), 0),
        (("codes: steroid}", "codes: [steroid]}"), 0),
        (("start: 10 mg, step: 10 mg", "step: 10 mg, start: 10 mg"), 0),
    ],
)
def test_a_file_that_is_written_otherwise_and_means_the_same_differs_in_nothing(tmp_path, same, said):
    assert len(told(tmp_path, same)) == said


def test_a_version_that_is_the_first_once_more_differs_in_nothing(tmp_path):
    assert told(tmp_path) == []


def test_rules_in_another_order_are_told_as_moved(tmp_path):
    age = '  - id: age\n    quotes: "Ages Eligible for Study: 18 Years to 75 Years"\n    must: {age: 18-75 years}\n'
    moved = [(age, ""), ("  - {id: see_steroids", age + "  - {id: see_steroids")]
    assert told(tmp_path, *moved) == ["moved age: "]


def asked(*words: str) -> int:
    """The exit code of the program."""
    with pytest.raises(SystemExit) as left:
        cli.main(["diff", *words])
    return int(left.value.code or 0)


def test_the_verb_prints_the_difference_and_one_json_document(tmp_path, capsys):
    amended(tmp_path, ("start: 10 mg", "start: 20 mg"))
    assert asked(str(tmp_path)) == 0
    said = capsys.readouterr().out
    assert "start dose: 20 mg instead of 10 mg" in said and "SUBJECTS" not in said
    assert asked(str(tmp_path), "2", "1", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["old"], said["new"]) == ("2", "1")
    assert [said[name] for name in ("subjects", "sites", "touched", "on")] == [None] * 4
    assert [one["parts"] for one in said["changes"]] == [[{"part": "start dose", "old": "20 mg", "new": "10 mg"}]]


@pytest.mark.parametrize(("words", "says"), [(["1", "3"], "no protocol version '3'"), (["7"], "version '7'")])
def test_a_version_that_is_not_there_is_wrong_use(tmp_path, capsys, words, says):
    amended(tmp_path)
    assert asked(str(tmp_path), *words) == 2
    assert says in capsys.readouterr().err


def test_one_version_alone_differs_from_nothing(tmp_path, capsys):
    assert asked(str(study_folder(tmp_path))) == 2
    assert "needs two" in capsys.readouterr().err
