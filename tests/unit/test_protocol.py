"""The protocol as data: every clause is found with its path, its words are the reason, and nothing else is accepted."""

import pytest
from pydantic import ValidationError

from builders import protocol, regimen
from trialwright.core.protocol import ENCOUNTER_ANCHORS, READINESS, Clause, Concept, Field, Kind, Variable, clauses

FULL = protocol(
    arms=[{"id": "A", "label": "A", "ratio": 2}, {"id": "B", "label": "B"}],
    regimen=[
        regimen(
            id="first",
            arms=["A"],
            rules=[
                {"id": "rule", "when": {"course": "> 1"}, "then": {"hold": {"until": {"day": "> 1"}}}, "source": "x"}
            ],
            delay={"id": "delay", "by": "1 week", "at_most": "28 days", "then_stop": "toxicity"},
        ),
        regimen(id="second", drug="other"),
    ],
    specimens=[
        {
            "id": "blood",
            "label": "Blood",
            "matrix": "blood",
            "encounters": [],
            "assays": [{"id": "cells", "label": "C"}],
        }
    ],
)


def test_every_clause_is_found_with_its_path_in_the_order_of_the_file():
    assert [("/".join(map(str, path)), clause.id) for path, clause in clauses(FULL)] == [
        ("design", "design"),
        ("design/accrual", "accrual"),
        ("design/sites/0", "S01"),
        ("design/sites/1", "S02"),
        ("arms/0", "A"),
        ("arms/1", "B"),
        ("regimen/0", "first"),
        ("regimen/0/delay", "delay"),
        ("regimen/0/rules/0", "rule"),
        ("regimen/1", "second"),
        ("specimens/0", "blood"),
        ("specimens/0/assays/0", "cells"),
    ]


@pytest.mark.parametrize(("name", "found"), [("cells", "cells"), ("rule", "rule"), ("nothing", None)])
def test_a_clause_is_found_wherever_it_stands(name, found):
    clause = FULL.clause(name)
    assert (clause.id if clause else None) == found


@pytest.mark.parametrize(("arm", "ids"), [("A", ["first", "second"]), ("B", ["second"]), (None, ["second"])])
def test_a_drug_without_arms_is_for_everyone(arm, ids):
    assert [one.id for one in FULL.regimens_of(arm)] == ids


@pytest.mark.parametrize(("site", "name"), [("S02", "South hospital"), ("S09", None)])
def test_a_site_is_found_by_its_id(site, name):
    found = FULL.site(site)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        (Clause(id="c", quotes=("said", "and said"), source="label", rests_on=("A1",)), "said"),
        (Clause(id="c", source="label", rests_on=("A1",)), "label"),
        (Clause(id="c", rests_on=("A1", "A2")), "A1, A2"),
        (Clause(id="c"), ""),
    ],
)
def test_the_words_of_a_clause_are_its_quote_before_its_source_before_its_questions(clause, words):
    assert clause.words == words


def test_a_concept_has_the_field_named_value_or_else_its_first():
    value, on = Field(id="value", label="v", kind=Kind.INTEGER), Field(id="on", label="d", kind=Kind.DATE)
    assert Concept(id="c", label="c", fields=(on, value)).value is value
    assert Concept(id="c", label="c", fields=(on,)).value is on


@pytest.mark.parametrize(
    "parts",
    [
        {"titel": "misspelt"},
        {"regimen": [regimen(dose={"start": "10 mg", "maximun": "20 mg"})]},
        {"regimen": [regimen(days="0-21")]},
        {"regimen": [regimen(cycle="1 mo")]},
        {"arms": [{"id": "A", "label": "A", "type": "experimentel"}]},
        {"eligibility": [{"id": "c", "must": {"measure": "anc"}}]},
        {"encounters": [{"id": "e", "label": "E", "epoch": "treatment", "anchor": "course", "window": [1, 2, 3]}]},
    ],
)
def test_what_is_not_of_the_shape_is_refused(parts):
    with pytest.raises(ValidationError):
        protocol(**parts)


def test_the_closed_lists_hold_what_the_rest_of_the_core_knows():
    assert ENCOUNTER_ANCHORS[0] == "course"
    assert {"first_dose", "last_dose", "end_of_treatment", "registration", "screening"} <= set(ENCOUNTER_ANCHORS)
    assert all(READINESS.values())
    assert Variable("time to event") is Variable.TIME_TO_EVENT


def test_a_clause_is_read_by_the_name_of_its_source_or_the_reading_of_its_question() -> None:
    rest = {"when": {"measure": "anc", "is": "< 500 /mm3"}, "then": {"warn": "low"}}
    rules = [
        {"id": "quoted", "quotes": ["in the record"], "source": "label", **rest},
        {"id": "sourced", "source": "label", "rests_on": ["Q1"], **rest},
        {"id": "read", "rests_on": ["Q1"], **rest},
        {"id": "lost", "source": "nowhere", **rest},
    ]
    question = {"id": "Q1", "asks": "How low?", "reading": "Below 500."}
    read = protocol(regimen=[regimen(rules=rules)], sources={"label": "The label of the drug"}, questions=[question])
    words = [rule.words for rule in read.regimen[0].rules]
    assert words == ["in the record", "The label of the drug", "Q1: Below 500.", "nowhere"]
