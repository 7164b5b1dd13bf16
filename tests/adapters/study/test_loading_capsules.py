"""A dose that can be decided can be put together from the strengths; what cannot is found before anyone is treated."""

from __future__ import annotations

import pytest
from small_study import changed, place, study_folder

from trialwright.adapters.study import load_study
from trialwright.core.terms import Severity

DOSE = "    dose: {start: 10 mg, step: 10 mg, maximum: 40 mg, floor: 5 mg}\n"


def found(tmp_path, lines: str):
    folder = study_folder(tmp_path)
    protocol = next(folder.glob("protocol/*.yaml"))
    protocol.write_text(changed(DOSE, DOSE + lines), "utf-8")
    return load_study(folder).findings


def test_strengths_that_make_up_every_dose_are_right(tmp_path) -> None:
    assert found(tmp_path, "    strengths: [5 mg, 10 mg]\n") == ()


def test_a_dose_that_no_strengths_make_up_is_an_error_with_its_place(tmp_path) -> None:
    findings = found(tmp_path, "    strengths: [10 mg]\n")
    assert [one.severity for one in findings] == [Severity.ERROR] * 4  # 5, 15, 25 and 35 mg
    assert "5 mg cannot be put together from 10 mg" in findings[0].says
    written = changed(DOSE, DOSE + "    strengths: [10 mg]\n")
    assert findings[0].where == f"1.yaml:{place(written, '[10 mg]')}"


def test_a_strength_that_comes_later_is_a_warning_for_each_site(tmp_path) -> None:
    stock = "    strengths: [5 mg, 10 mg]\n    stock: [{strength: 5 mg, since: 2006-01-01}]\n"
    findings = found(tmp_path, stock)
    assert findings and {one.severity for one in findings} == {Severity.WARNING}
    assert all("until 2005-12-31" in one.says for one in findings)


@pytest.mark.parametrize("line", ["{strength: 7 mg}", "{strength: 5 mg, sites: [nowhere]}"])
def test_a_stock_of_no_strength_or_no_site_is_refused(tmp_path, line) -> None:
    findings = found(tmp_path, f"    strengths: [5 mg, 10 mg]\n    stock: [{line}]\n")
    assert any("names no strength" in one.says and one.severity is Severity.ERROR for one in findings)
