"""Words a protocol ends treatment with: in the closed list, said by the protocol, near to a reason, or as other."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_study import changed, study_folder

from trialwright.adapters.study import load_study
from trialwright.adapters.study.check import reasons_counted_as_other
from trialwright.core.terms import Finding, Severity

STOP = "then: {stop: flare}"
STUDIES = sorted(path.parent for path in Path(__file__).parents[3].glob("studies/*/record.txt"))


def told(folder: Path, old: str, new: str, more: str = "") -> list[Finding]:
    study = load_study(study_folder(folder, changed(old, new) + more))
    assert study.findings == ()
    return list(reasons_counted_as_other(study.versions["1"]))


@pytest.mark.parametrize(
    ("words", "reasons", "other"),
    [
        ("flare", "", True),
        ("Toxicity", "", False),
        ("adverse event", "", False),
        ("flare", "reasons: {flare: adverse event}\n", False),
        ("flare", "reasons: {Flare: adverse event}\n", False),
        ("flare", "reasons: {flare: other}\n", False),  # somebody decided so
        ("flare", "reasons: {flares: adverse event}\n", True),
        ("other", "", False),
    ],
)
def test_a_stop_in_words_of_its_own_is_told_unless_the_protocol_says_what_they_count_as(
    tmp_path, words, reasons, other
) -> None:
    found = told(tmp_path, STOP, f"then: {{stop: {words}}}", reasons)
    assert [(one.clause, one.severity) for one in found] == ([("flare", Severity.WARNING)] if other else [])


def test_the_words_of_a_delay_and_of_a_continuation_are_looked_at_and_the_near_miss_is_named(tmp_path) -> None:
    delay = "    delay: {id: late, rests_on: Q1, by: 1 week, at_most: 28 days, then_stop: toxicty}\n"
    [stop, late] = told(tmp_path, "cycle: 21 days\n", f"cycle: 21 days\n{delay}")
    assert (stop.clause, late.clause) == ("flare", "late")
    assert late.says == (
        "Treatment ended by late ends because of 'toxicty', which is none of the reasons counted. Is 'toxicity' meant?"
    )
    [_, off] = told(tmp_path, "off_treatment: progression,", "off_treatment: growth,")
    assert "'growth'" in off.says


@pytest.mark.parametrize("folder", STUDIES, ids=lambda folder: folder.name)
def test_no_study_of_the_project_ends_treatment_for_a_reason_that_is_not_counted(folder) -> None:
    for version in load_study(folder).versions.values():
        assert list(reasons_counted_as_other(version)) == []
