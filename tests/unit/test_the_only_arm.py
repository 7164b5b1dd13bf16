"""Of a single arm nobody is allocated: what the protocol gives and plans for it holds for all who are registered."""

from __future__ import annotations

import pytest

from builders import case, day, protocol, regimen, registered, screened
from trialwright.core.disposition import disposition
from trialwright.core.dosing import decide_dose
from trialwright.core.protocol import StudyProtocol
from trialwright.core.schedule import visits

ARM_A = {"id": "A", "label": "Arm A", "source": "plan"}
ARM_B = {"id": "B", "label": "Arm B", "source": "plan"}
VISIT = {
    "id": "visit",
    "label": "Visit",
    "epoch": "treatment",
    "anchor": "registration",
    "offset": "7 days",
    "arms": ["A"],
    "source": "plan",
}


def of_arms(*arms: dict[str, str]) -> StudyProtocol:
    return protocol(sources={"plan": "The plan"}, arms=[*arms], regimen=[regimen(arms=["A"])], encounters=[VISIT])


@pytest.mark.parametrize(
    ("arms", "allocated", "placed"),
    [((ARM_A,), None, "A"), ((ARM_A, ARM_B), None, None), ((ARM_A, ARM_B), "B", "B"), ((), None, None)],
)
def test_the_arm_is_the_one_allocated_or_the_only_one(arms: tuple, allocated: str | None, placed: str | None) -> None:
    assert of_arms(*arms).arm_of(allocated) == placed


@pytest.mark.parametrize(("arms", "action", "planned"), [((ARM_A,), "give", 1), ((ARM_A, ARM_B), "wait", 0)])
def test_what_names_the_only_arm_is_given_and_planned(arms: tuple, action: str, planned: int) -> None:
    one = case(screened("2025-03-01"), registered("2025-03-03"), protocol=of_arms(*arms))
    (drug,) = one.protocol.regimen
    assert decide_dose(one, drug, day("2025-03-03")).action == action
    assert len(visits(one, day("2025-03-03"))) == planned


@pytest.mark.parametrize(
    ("drugs", "epoch", "stands"),
    [(True, "screening", "treatment"), (False, "treatment", "treatment"), (False, "screening", "follow-up")],
)
def test_who_is_registered_is_under_treatment_where_the_study_has_one(drugs: bool, epoch: str, stands: str) -> None:
    study = protocol(
        sources={"plan": "The plan"}, regimen=[regimen()] if drugs else [], encounters=[{**VISIT, "epoch": epoch}]
    )
    one = case(screened("2025-03-01"), registered("2025-03-03"), protocol=study)
    assert disposition(one, day("2025-03-03")).epoch.value == stands
