"""The quick tier of every proof, with its negative controls; the full one is `make faults`."""

from __future__ import annotations

import pytest

from faults.evidence import Evidence
from faults.proofs import APART, PROOFS, prove


@pytest.mark.proof
@pytest.mark.parametrize("name", [name for name in PROOFS if name not in APART])
def test_the_proof_holds_and_its_negative_controls_come_out_wrong(name) -> None:
    evidence = prove(name, "quick")
    assert evidence.failed == []
    if evidence.not_run:
        pytest.skip("not run: " + "; ".join(evidence.not_run))
    assert any(line.startswith("negative control") for line in evidence.passed)


def test_a_check_that_does_not_hold_and_a_fault_that_goes_unnoticed_are_failures() -> None:
    evidence = Evidence("none", "quick", 1)
    evidence.check("it holds", True)
    evidence.check("it does not", False, lost=1)
    evidence.control("a fault", False)
    assert evidence.failed == ["it does not {'lost': 1}", "negative control: a fault"]
    assert evidence.line().startswith("none: 1 passed, 2 failed")
