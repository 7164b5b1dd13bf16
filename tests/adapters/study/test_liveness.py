"""A clause is live only when some answer of the program is another one without it."""

from __future__ import annotations

from typing import Any

import pytest

from builders import protocol, regimen
from trialwright.adapters.study.liveness import live_clauses
from trialwright.standards import load_standards

COUNTS = {"id": "counts", "must": {"measure": "anc", "is": ">= 1500 /mm3", "within": "14 days"}, "quotes": ["ANC"]}
HOLD: dict[str, Any] = {
    "id": "hold",
    "when": {"measure": "anc", "is": "< 500 /mm3"},
    "then": {"hold": {"until": {"measure": "anc", "is": ">= 1000 /mm3"}, "resume_lower_by": "5 mg"}},
    "quotes": ["hold"],
}


def live(**parts: Any) -> frozenset[str]:
    study = protocol(**parts)
    return live_clauses(study, load_standards(study))


def rules(*others: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {"regimen": [regimen(rules=[*others], **parts)]}


def test_a_criterion_that_can_fail_is_live_and_one_that_cannot_is_not() -> None:
    found = live(eligibility=[COUNTS, {"id": "anything", "must": {"all": []}, "quotes": ["anything"]}])
    assert "counts" in found
    assert "anything" not in found


def test_a_criterion_said_twice_binds_nothing_by_itself() -> None:
    again = {**COUNTS, "id": "counts_again"}
    assert not live(eligibility=[COUNTS, again]) & {"counts", "counts_again"}


def test_a_criterion_for_women_only_is_seen_at_work_in_a_woman() -> None:
    women = {
        "id": "women",
        "must": {"if": {"sex": "female"}, "then": {"measure": "pregnancy_test", "in": ["negative"]}},
        "quotes": ["women"],
    }
    men = {"id": "men", "must": {"if": {"sex": "male"}, "then": {"ask": "agrees"}}, "quotes": ["men"]}
    assert {"women", "men"} <= live(eligibility=[women, men], asks=[{"id": "agrees", "asks": "Agrees?"}])


def test_a_criterion_that_points_to_others_lives_by_them() -> None:
    pointing = {"id": "pointing", "see": ["counts"], "quotes": ["See above"]}
    to_nothing = {"id": "to_nothing", "see": ["anything"], "quotes": ["See below"]}
    anything = {"id": "anything", "must": {"all": []}, "quotes": ["anything"]}
    found = live(eligibility=[COUNTS, pointing, to_nothing, anything])
    assert "pointing" in found
    assert "to_nothing" not in found


def test_a_dose_rule_that_can_fire_is_live_and_one_that_never_can_is_not() -> None:
    never = {
        **HOLD,
        "id": "never",
        "when": {"all": [{"measure": "anc", "is": "< 5 /mm3"}, {"measure": "anc", "is": "> 9 /mm3"}]},
    }
    found = live(**rules(HOLD, never))
    assert "hold" in found
    assert "never" not in found


@pytest.mark.parametrize(
    ("part", "clause"),
    [
        (
            "start_course_when",
            {"id": "gate", "when": {"measure": "platelets", "is": ">= 50000 /mm3"}, "quotes": ["gate"]},
        ),
        ("release_when", {"id": "gate", "when": {"measure": "pregnancy_test", "in": ["negative"]}, "quotes": ["gate"]}),
        ("limits", {"id": "gate", "within": "1 year", "last_day": 21, "quotes": ["gate"]}),
        ("limits", {"id": "gate", "courses": 3, "quotes": ["gate"]}),
    ],
    ids=["start of a course", "release", "time", "number of courses"],
)
def test_gates_and_limits_are_live(part: str, clause: dict[str, Any]) -> None:
    assert "gate" in live(regimen=[regimen(**{part: [clause]})])


def test_a_gate_that_is_always_open_is_not_live() -> None:
    assert "open" not in live(
        regimen=[regimen(start_course_when=[{"id": "open", "when": {"all": []}, "quotes": ["open"]}])]
    )


def test_an_encounter_at_a_site_or_in_an_arm_is_seen_there() -> None:
    visit = {"label": "Sample", "epoch": "treatment", "anchor": "course", "day": 1, "collect": ["anc"], "quotes": ["s"]}
    found = live(encounters=[{"id": "here", "sites": ["S02"], **visit}, {"id": "nowhere", "sites": ["S09"], **visit}])
    assert "here" in found


def test_a_prohibited_medication_is_live_where_taking_it_becomes_a_deviation() -> None:
    found = live(
        sets=[{"id": "steroids", "of": "medication", "codes": ["prednisone"]}],
        medication=[{"id": "no_steroids", "prohibits": "steroids", "quotes": ["no steroids"]}],
    )
    assert "no_steroids" in found
