"""The standard concepts: what a form is made of; and how a protocol's names become standards."""

from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints

import pytest

from builders import protocol
from trialwright.core.protocol import Kind
from trialwright.core.subject.possible import why_impossible
from trialwright.core.terms import Quantity, Severity, decimal_number
from trialwright.standards import load_standards
from trialwright.standards.concepts import CONCEPTS, DOMAINS
from trialwright.standards.concepts.making import table
from trialwright.standards.ctcae.v3 import CTCAE_3
from trialwright.standards.loading import TOXICITY
from trialwright.standards.response.mswat import REGIONS
from trialwright.standards.response.visits import ASKED
from trialwright.standards.staging.mf_ss import ISCL_EORTC_2007, MFCG
from trialwright.standards.units import UNITS

LABORATORY = [term for graded in TOXICITY.values() for term in graded.laboratory]
FIELDS = [(concept.id, field) for concept in CONCEPTS.values() for field in concept.fields]


def test_every_unit_is_known_and_every_plausible_range_is_one():
    for concept, field in FIELDS:
        assert field.unit is None or UNITS.known(field.unit), concept
        if field.plausible:
            low, high = (decimal_number(number) for number in field.plausible)
            assert low is not None
            assert high is not None
            assert low < high, concept


def test_only_quantities_have_units_and_only_codes_have_codes():
    assert [concept for concept, field in FIELDS if field.unit and field.kind is not Kind.QUANTITY] == []
    assert [concept for concept, field in FIELDS if field.codes and field.kind is not Kind.CODE] == []


def test_a_concept_is_named_by_its_id_and_no_field_stands_in_it_twice():
    for name, concept in CONCEPTS.items():
        assert name == concept.id
        assert "/" not in name
        assert len({field.id for field in concept.fields}) == len(concept.fields)
    assert sum(len(domain) for domain in DOMAINS.values()) == len(CONCEPTS)


def test_a_concept_written_twice_is_refused():
    with pytest.raises(ValueError, match="written twice"):
        table(CONCEPTS["anc"], CONCEPTS["anc"])


@pytest.mark.parametrize("concept", [one for one in CONCEPTS.values() if not one.repeats], ids=lambda one: one.id)
def test_what_does_not_repeat_has_a_value(concept):
    assert concept.value.id == "value"


@pytest.mark.parametrize("kind", "adverse_event medication prior_therapy medical_history procedure new_therapy".split())
def test_an_episode_has_a_start_and_a_review_that_says_someone_asked(kind):
    assert CONCEPTS[kind].repeats
    assert "start" in {field.id for field in CONCEPTS[kind].fields}
    assert CONCEPTS[f"{kind}_review"].value.codes == ("none", "listed")


@pytest.mark.parametrize("term", LABORATORY, ids=lambda term: f"{term.short} {term.analyte}")
def test_every_graded_analyte_is_a_concept_whose_usual_unit_the_grade_table_can_read(term):
    concept = CONCEPTS[term.analyte]
    assert concept.reference_range
    assert any(UNITS.same_dimension(concept.value.unit, unit, term.analyte) for unit in term.units)


@pytest.mark.parametrize(
    ("concept", "slip"),
    [
        ("wbc", "4.5"),  # typed in thousands
        ("anc", "1.5"),
        ("platelets", "250"),
        ("hemoglobin", "135"),  # g/L typed as g/dL
        ("creatinine", "88"),  # umol/L typed as mg/dL
        ("temperature", "98.6"),  # Fahrenheit
        ("height", "1.75"),  # metres
        ("glucose", "5.5"),  # mmol/L
        ("calcium", "2.3"),
    ],
)
def test_a_common_slip_lies_outside_the_plausible_range(concept, slip):
    low, high = (decimal_number(number) for number in CONCEPTS[concept].value.plausible)
    assert not low <= decimal_number(slip) <= high


@pytest.mark.parametrize(
    ("concept", "value"),
    [
        ("anc", "100"),
        ("platelets", "5000"),
        ("hemoglobin", "4.5"),
        ("creatinine", "15"),
        ("bilirubin", "40"),
        ("alt", "8000"),
    ],
)
def test_a_value_of_a_very_ill_patient_lies_inside_it(concept, value):
    low, high = (decimal_number(number) for number in CONCEPTS[concept].value.plausible)
    assert low <= decimal_number(value) <= high


def test_forms_offer_what_the_instruments_read():
    asked = {field.id for field in CONCEPTS["disease_assessment"].fields}
    assert set(ASKED) <= asked
    regions = next(field for field in CONCEPTS["skin_region"].fields if field.id == "region")
    assert regions.codes == tuple(REGIONS)


@pytest.mark.parametrize("scheme", [ISCL_EORTC_2007, MFCG], ids=lambda scheme: scheme.name)
def test_every_stage_of_every_scheme_can_be_recorded(scheme):
    assert {row[0] for row in scheme.rows} <= set(CONCEPTS["stage"].value.codes)


# --- loading ------------------------------------------------------------------------------------------------------

NAMED = {
    "toxicity": "ctcae/3.0",
    "response": "ctcl/composite-assessment",
    "staging": "mf-ss/iscl-eortc-2007",
}


def test_the_standards_a_protocol_names_are_handed_over():
    given = load_standards(protocol(standards=NAMED))
    assert given.toxicity is CTCAE_3
    assert given.response.name == "ctcl/composite-assessment"
    assert given.staging is ISCL_EORTC_2007
    assert given.findings == ()


@pytest.mark.parametrize("version", ["3.0", "4.03", "5.0"])
def test_each_version_of_the_grade_table_is_handed_over_under_its_own_name(version):
    given = load_standards(protocol(standards={**NAMED, "toxicity": f"ctcae/{version}"}))
    assert (given.toxicity.name, given.toxicity.version, given.findings) == ("CTCAE", version, ())


def test_a_study_that_names_none_has_none_and_nothing_is_wrong():
    given = load_standards(protocol(standards={}))
    assert (given.toxicity, given.response, given.staging, given.findings) == (None, None, None, ())


@pytest.mark.parametrize(
    ("kind", "name", "near"),
    [
        ("toxicity", "ctcae/3", "ctcae/3.0"),
        ("toxicity", "CTCAE 3.0", "ctcae/3.0"),
        ("toxicity", "ctcae/4.0", "ctcae/4.03"),
        ("toxicity", "ctcae/5", "ctcae/5.0"),
        ("toxicity", "ctcae/6.0", "ctcae/5.0"),
        ("response", "ctcl/composit-assesment", "ctcl/composite-assessment"),
        ("staging", "mf-ss/iscl-eortc-2008", "mf-ss/iscl-eortc-2007"),
    ],
)
def test_a_standard_nobody_knows_is_an_error_that_names_the_near_miss_and_nothing_stands_in_for_it(kind, name, near):
    given = load_standards(protocol(standards={**NAMED, kind: name}))
    [finding] = given.findings
    assert getattr(given, kind) is None
    assert finding.severity is Severity.ERROR
    assert name in finding.says
    assert f"did you mean '{near}'?" in finding.says
    assert near in finding.do


def test_a_package_may_bring_a_standard_but_replaces_none_that_comes_with_the_program(monkeypatch):
    value = "trialwright.standards.staging.mf_ss:MFCG"
    brought = EntryPoints(
        EntryPoint(name, value, "trialwright.standards.staging") for name in ("own/scheme", "mf-ss/iscl-eortc-2007")
    )
    monkeypatch.setattr("trialwright.standards.loading.entry_points", brought.select)
    given = load_standards(protocol(standards={"staging": "own/scheme"}))
    assert (given.staging, given.findings) == (MFCG, ())
    assert load_standards(protocol(standards=NAMED)).staging is ISCL_EORTC_2007
    [finding] = load_standards(protocol(standards={"staging": "own/schema"})).findings
    assert "did you mean 'own/scheme'?" in finding.says


def test_a_standard_unlike_any_known_offers_the_known_ones():
    [finding] = load_standards(protocol(standards={"response": "zzz"})).findings
    assert "did you mean" not in finding.says
    assert "ctcl/mswat" in finding.do


def test_all_unknown_standards_are_told_at_once():
    assert len(load_standards(protocol(standards=dict.fromkeys(NAMED, "none such"))).findings) == 3


OWN = {"id": "itch", "label": "Itch, 0 to 10", "fields": [{"id": "value", "label": "Itch", "kind": "integer"}]}


def test_a_study_brings_its_own_concepts_and_questions():
    asks = [{"id": "histology", "asks": "Was the disease confirmed by histology?"}]
    given = load_standards(protocol(concepts=[OWN], asks=asks))
    assert given.concepts["itch"].label == "Itch, 0 to 10"
    assert given.concepts["histology"].value.kind is Kind.YES_NO
    assert given.concepts["anc"] == CONCEPTS["anc"]
    assert given.findings == ()


def test_a_study_that_defines_a_standard_concept_anew_is_warned_and_its_own_is_used():
    given = load_standards(protocol(concepts=[{**OWN, "id": "anc"}]))
    assert given.concepts["anc"].label == "Itch, 0 to 10"
    assert [finding.severity for finding in given.findings] == [Severity.WARNING]


@pytest.mark.parametrize(("asked", "warned"), [("erythroderma", False), ("anc", True), ("histology", False)])
def test_a_question_named_like_a_standard_concept_is_warned_unless_it_is_that_question(asked, warned):
    given = load_standards(protocol(asks=[{"id": asked, "asks": "Is it so?"}]))
    assert bool(given.findings) == warned
    assert given.concepts[asked].value.kind is Kind.YES_NO


@pytest.mark.parametrize(("typed", "can_be"), [("-0.1", False), ("0", True), ("100", True), ("100.1", False)])
@pytest.mark.parametrize("kind", ["patch", "plaque", "tumor"])
def test_a_share_of_the_skin_lies_between_none_of_it_and_all_of_it(kind: str, typed: str, can_be: bool) -> None:
    share = next(one for one in CONCEPTS["skin_region"].fields if one.id == kind)
    assert (why_impossible(Quantity.parse(f"{typed} %"), share, "skin_region", UNITS) == "") is can_be
