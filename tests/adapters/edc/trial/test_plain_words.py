"""What the public page says of a criterion: a sentence for every construct, and for every criterion of each study."""

from __future__ import annotations

from pathlib import Path

import pytest

from trialwright.adapters.edc.trial.plain import Named, explained, in_plain_words, named_in, said
from trialwright.adapters.edc.trial.telling import code_words, registry_date, treatment_words, visit_words
from trialwright.adapters.study import load_study
from trialwright.core.conditions import read_condition
from trialwright.core.conditions.table import TABLE
from trialwright.core.protocol import PersonQuestion
from trialwright.standards.concepts import CONCEPTS

STUDIES = sorted(one.parent for one in (Path(__file__).resolve().parents[4] / "studies").glob("*/record.txt"))
ASKED = PersonQuestion(id="fertile", asks="Is the patient fertile?")
NAMED = Named(CONCEPTS, {ASKED.id: ASKED.asks})


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"age": "18-120 years"}, "age 18 to 120 years"),
        ({"measure": "anc", "is": ">= 1500 /mm3", "within": "14 days"},
         "Absolute neutrophil count at least 1,500/mm³, in the 14 days before entering the study"),
        ({"measure": "ast", "is": "<= 2 x ULN"},
         "AST at most 2 times the upper limit of what is normal at the laboratory"),
        ({"measure": "stage", "in": ["IA", "IB", "IIA"]}, "Stage: IA, IB or IIA"),
        ({"ask": "fertile"}, "“Is the patient fertile?” answered yes"),
        ({"not": {"ask": "fertile"}}, "not this: “Is the patient fertile?” answered yes"),
        ({"all": [{"sex": "female"}, {"ask": "fertile"}]},
         "sex: female; and “Is the patient fertile?” answered yes"),
        ({"if": {"sex": "male"}, "then": {"age": ">= 18"}}, "if sex: male, then age at least 18"),
        ({"had": "stem_cell_transplantation"}, "ever had stem cell transplantation"),
        ({"had": "topical_agent", "within": "28 days"}, "had topical agent, in the 28 days before entering the study"),
        ({"ongoing": "topical_agent"}, "topical agent going on now"),
        ({"active_since": "topical_treatment", "within": "4 weeks", "before": "first_dose"},
         "topical treatment, in the 4 weeks before the first dose"),
        ({"at_least": 2, "of": [{"sex": "male"}, {"age": ">= 18"}]},
         "at least 2 of these: (sex: male; age at least 18)"),
    ],
)  # fmt: skip
def test_a_condition_reads_as_a_sentence(condition: object, words: str) -> None:
    assert said(read_condition(condition), NAMED) == words


@pytest.mark.parametrize("word", sorted(TABLE))
def test_every_construct_has_words(word: str) -> None:
    from ruamel.yaml import YAML

    condition = read_condition(YAML(typ="safe").load(TABLE[word].example))
    told = said(condition, NAMED)
    assert told
    assert "see the record" not in told


@pytest.mark.parametrize("study", STUDIES, ids=lambda one: one.name)
def test_every_criterion_visit_and_drug_of_a_study_is_told(study: Path) -> None:
    loaded = load_study(study)
    trial = loaded.trial
    assert trial is not None
    for version, protocol in trial.versions.items():
        named = named_in(protocol, trial.standards[version].concepts)
        for one in protocol.eligibility:
            told = in_plain_words(one, named)
            assert told.endswith(".") if one.must or one.must_not else not told
            assert "_" not in told
        assert all(visit_words(one) for one in protocol.encounters)
        assert all(one.drug in treatment_words(one) for one in protocol.regimen)


def test_words_of_medicine_are_explained_once_in_the_order_of_the_sentence() -> None:
    told = dict(explained("ANC ≥ 1,500/mm³ and Platelet count, ANC again"))
    assert list(told) == ["ANC", "Platelet"]


@pytest.mark.parametrize(
    ("code", "words"),
    [("NOT_YET_RECRUITING", "not yet recruiting"), ("NA", "not applicable"), ("PHASE2", "Phase 2"), ("ALL", "ALL"),
     ("Chicago", "Chicago")],
)  # fmt: skip
def test_codes_of_the_registry_read_as_words(code: str, words: str) -> None:
    assert code_words(code) == words


@pytest.mark.parametrize(("told", "words"), [("2005-02", "Feb 2005"), ("2007-04-27", "27 Apr 2007"), ("soon", "soon")])
def test_dates_of_the_registry_are_as_precise_as_there(told: str, words: str) -> None:
    assert registry_date(told) == words
