"""The quick tier of every proof, with its negative controls; the full one is `make faults`."""

from __future__ import annotations

from importlib import import_module

import pytest

from faults.__main__ import meant
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


@pytest.mark.parametrize("name", PROOFS)
def test_a_proof_is_where_its_name_says_and_is_told_of_in_the_reference(name) -> None:
    from faults.evidence import PROJECT

    module, _, function = PROOFS[name].rpartition(".")
    assert callable(getattr(import_module(f"faults.{module}"), function))
    assert f"`{name}`" in (PROJECT / "docs" / "reference" / "proofs.md").read_text("utf-8")


def test_a_name_stands_for_itself_or_for_all_that_begin_with_it() -> None:
    assert meant("kill") == ["kill-sqlite", "kill-postgresql"]
    assert meant("power") == ["power"]
    assert meant("application-kill-sqlite") == ["application-kill-sqlite"]
    assert meant("kil") == []


def test_a_check_that_does_not_hold_and_a_fault_that_goes_unnoticed_are_failures() -> None:
    evidence = Evidence("none", "quick", 1)
    evidence.check("it holds", True)
    evidence.check("it does not", False, lost=1)
    evidence.control("a fault", False)
    assert evidence.failed == ["it does not {'lost': 1}", "negative control: a fault"]
    assert evidence.line().startswith("none: 1 passed, 2 failed")
