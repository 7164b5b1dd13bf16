"""What every response standard owes: a documented name, forms that offer what it reads, limits with a source."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import protocol
from trialwright.core.response import ORDER
from trialwright.standards import load_standards
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.loading import RESPONSE
from trialwright.standards.response import lugano, lugano_rules, olsen, olsen_rules, recist, recist_rules
from trialwright.standards.response.recist_rules import Target, target_response


@pytest.mark.parametrize("name", RESPONSE)
def test_a_standard_loads_by_its_name_and_is_documented(name, project):
    standards = load_standards(protocol(standards={"response": name}))
    assert standards.findings == ()
    assert standards.response is RESPONSE[name]
    assert f"`response: {name}`" in (project / "docs" / "reference" / "protocol-file.md").read_text(encoding="utf-8")


def codes(concept: str, field: str) -> set[str]:
    return set(next(one for one in CONCEPTS[concept].fields if one.id == field).codes)


def test_forms_offer_the_codes_the_standards_read():
    assert set(recist.STATES) | {"not_evaluated"} == codes("nontarget_lesion", "state")
    assert set(recist.NEW) | {"equivocal"} == codes("tumor_assessment", "new_lesion")
    assert set(lugano.SCORES) == codes("lymphoma_assessment", "deauville")
    assert {"N3", "benign"} < codes("node_measurement", "histology")
    assert {"benign"} < codes("visceral_lesion", "histology")
    assert {"none_abnormal"} < codes("compartment_assessment", "nodes")
    assert {"not_involved"} < codes("compartment_assessment", "viscera")
    assert {"normal", "increased"} < codes("compartment_assessment", "organ_size")


@pytest.mark.parametrize(
    ("kinds"), [recist.KINDS, olsen.KINDS, {lugano.LESION: "lesion"}], ids=["recist", "olsen", "lugano"]
)
def test_forms_offer_the_field_that_names_a_lesion(kinds):
    for concept, field in kinds.items():
        assert field in {one.id for one in CONCEPTS[concept].fields}


@pytest.mark.parametrize("rules", [recist_rules, olsen_rules, lugano_rules], ids=lambda one: one.__name__)
def test_every_limit_has_a_source_and_says_what_it_bounds(rules):
    for name, limit in rules.LIMITS.items():
        assert (name, bool(limit.says), bool(limit.source), limit.value > 0) == (name, True, True, True)


sizes = st.lists(st.integers(0, 80), min_size=1, max_size=5)


@given(sizes, st.integers(0, 400), st.integers(0, 4), st.integers(1, 40))
def test_a_lesion_that_is_larger_never_improves_the_response(now, nadir, place, more):
    baseline = Fraction(max(nadir, sum(now) // 2, 1))
    grown = [size + (more if n == place % len(now) else 0) for n, size in enumerate(now)]

    def told(lesions):
        found = [Target(str(n), Fraction(size)) for n, size in enumerate(lesions)]
        return ORDER.index(target_response(baseline, min(baseline, Fraction(nadir)), found))

    assert told(grown) >= told(now)


@given(sizes, st.integers(0, 400), st.integers(0, 4))
def test_a_lesion_that_was_not_measured_never_hides_progression_that_is_certain(now, nadir, place):
    baseline = Fraction(max(nadir, 1))
    whole = [Target(str(n), Fraction(size)) for n, size in enumerate(now)]
    left = [Target(one.name, None if n == place % len(now) else one.size) for n, one in enumerate(whole)]
    part = target_response(baseline, Fraction(nadir), left)
    assert part.name in ("PD", "NE")
    if part.name == "PD":
        assert target_response(baseline, Fraction(nadir), whole).name == "PD"
