"""The registry's results as typed data: read and written without loss, and nothing carried that is not understood."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from posted_results import posted
from trialwright.adapters.exchange.ctgov.results import choices as lists
from trialwright.adapters.exchange.ctgov.results import read_results, write_results
from trialwright.adapters.exchange.ctgov.results.legacy import write_legacy_xml
from trialwright.adapters.exchange.ctgov.results.review import review
from trialwright.adapters.exchange.ctgov.results.section import Modules
from trialwright.adapters.exchange.ctgov.results.typed import _plan
from trialwright.adapters.exchange.ctgov.results.values import Posted, PValue

SMALL: dict[str, Any] = {
    "participantFlowModule": {
        "groups": [{"id": "FG000", "title": "Drug"}],
        "periods": [
            {
                "title": "Overall Study",
                "milestones": [{"type": "STARTED", "achievements": [{"groupId": "FG000", "numSubjects": "32"}]}],
            }
        ],
    },
    "adverseEventsModule": {
        "frequencyThreshold": "5",
        "eventGroups": [{"id": "EG000", "deathsNumAffected": 3, "deathsNumAtRisk": 32}],
    },
}


def test_every_posted_results_section_is_read_and_written_without_loss_and_wholly_understood(corpus: Path) -> None:
    sections = dict(posted(corpus))
    read = {name: read_results(one) for name, one in sections.items()}
    carried = Counter(each.where for one in read.values() for each in one.carried)
    print(f"{len(sections)} results sections, {sum(carried.values())} fields carried without being understood")
    assert len(sections) >= 84
    assert not carried
    assert [name for name, one in read.items() if write_results(one) != sections[name]] == []
    assert [one.findings for one in read.values() if one.findings] == []


def test_the_model_has_every_field_of_the_published_api_and_no_other(corpus: Path) -> None:
    schemas = YAML(typ="safe").load((corpus / "ctgov-schemas" / "ctg-oas-v2.yaml").read_text())["components"]["schemas"]
    ours, theirs = set(_ours(Modules, "")), set(_theirs(schemas, "ResultsSection", ""))
    assert ours == theirs
    assert len(ours) > 100


def _ours(kind: Any, path: str) -> Iterator[str]:
    from typing import get_args, get_type_hints

    hints = get_type_hints(kind)
    for name, (attribute, _) in _plan(kind).items():
        yield f"{path}.{name}"
        inner = [one for one in (hints[attribute], *get_args(hints[attribute])) if hasattr(one, "__dataclass_fields__")]
        for one in inner:
            if one.__module__.endswith(("flow", "baseline", "outcomes", "events", "more", "measures")):
                yield from _ours(one, f"{path}.{name}")


def _theirs(schemas: Any, name: str, path: str) -> Iterator[str]:
    for field, told in schemas[name]["properties"].items():
        yield f"{path}.{field}"
        reference = told.get("$ref") or told.get("items", {}).get("$ref", "")
        inner = reference.rpartition("/")[2]
        if "properties" in schemas.get(inner, {}):
            yield from _theirs(schemas, inner, f"{path}.{field}")


ENUMS = {
    "MeasureParam": lists.MeasureParam,
    "MeasureDispersionType": lists.Dispersion,
    "OutcomeMeasureType": lists.OutcomeType,
    "ReportingStatus": lists.ReportingStatus,
    "AnalysisDispersionType": lists.AnalysisDispersion,
    "ConfidenceIntervalNumSides": lists.Sides,
    "NonInferiorityType": lists.NonInferiority,
    "EventAssessment": lists.Assessment,
    "AgreementRestrictionType": lists.Restriction,
}


@pytest.mark.parametrize("name", ENUMS)
def test_each_list_has_the_codes_of_the_published_api(corpus: Path, name: str) -> None:
    schemas = YAML(typ="safe").load((corpus / "ctgov-schemas" / "ctg-oas-v2.yaml").read_text())["components"]["schemas"]
    assert list(ENUMS[name].__members__) == schemas[name]["enum"]


def test_a_number_keeps_the_text_in_which_it_was_posted() -> None:
    table = [
        ("28.10", "28.10"),
        ("1,204", "1204"),
        ("-0.50", "-0.50"),
        ("NA", None),
        ("", None),
        ("1,20", None),
        ("1e5", "1e5"),
        ("1e999", None),
        ("½", None),
    ]
    for text, value in table:
        assert Posted(text).text == text
        assert Posted(text).value == (Decimal(value) if value is not None else None)


def test_a_p_value_may_be_a_limit() -> None:
    for text, sign, value in [
        ("<0.001", "<", "0.001"),
        ("< 0.05", "<", "0.05"),
        ("0.04", "", "0.04"),
        (">=.99", ">=", ".99"),
    ]:
        assert (PValue(text).sign, PValue(text).value) == (sign, Decimal(value))


def test_a_count_posted_as_a_text_stays_one_and_a_text_posted_as_a_number_stays_one() -> None:
    mixed = {"adverseEventsModule": {"frequencyThreshold": 5, "eventGroups": [{"deathsNumAffected": "3"}]}}
    read = read_results(mixed)
    assert write_results(read) == mixed
    assert read.findings == ()


MALFORMED = [
    ("an unknown field", {"moreInfoModule": {"phase": 2}}, "resultsSection.moreInfoModule.phase"),
    (
        "a list that is none",
        {"participantFlowModule": {"groups": "all"}},
        "resultsSection.participantFlowModule.groups",
    ),
    (
        "a code of no list",
        {"outcomeMeasuresModule": {"outcomeMeasures": [{"type": "MAIN"}]}},
        "resultsSection.outcomeMeasuresModule.outcomeMeasures[0].type",
    ),
    ("a group that is a text", {"adverseEventsModule": "none"}, "resultsSection.adverseEventsModule"),
    (
        "a count that is true",
        {"adverseEventsModule": {"eventGroups": [{"deathsNumAffected": True}]}},
        "resultsSection.adverseEventsModule.eventGroups[0].deathsNumAffected",
    ),
    (
        "an item of the wrong kind among good ones",
        {"participantFlowModule": {"groups": [{"id": "FG000"}, 7, {"id": "FG001"}]}},
        "resultsSection.participantFlowModule.groups[1]",
    ),
]


@pytest.mark.parametrize(("what", "section", "where"), MALFORMED, ids=[one[0] for one in MALFORMED])
def test_what_is_not_understood_is_a_finding_with_its_path_and_is_written_back(
    what: str, section: dict[str, Any], where: str
) -> None:
    read = read_results(section)
    assert [one.where for one in read.findings] == [where]
    assert len(read.not_understood) == 1
    assert write_results(read) == section


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "null", "[]", '"text"', "7", b"\xff\xfe\x00", '{"a": NaN}'])
def test_a_file_that_is_no_results_section_is_a_finding_never_a_crash(text: str | bytes) -> None:
    assert read_results(text).findings


def test_a_name_given_twice_is_a_finding() -> None:
    read = read_results('{"moreInfoModule": {"pointOfContact": {"title": "A", "title": "B"}}}')
    assert [one.about for one in read.findings] == ["title"]


def test_what_is_empty_is_kept_and_is_no_finding() -> None:
    section = {
        "moreInfoModule": {"pointOfContact": {"title": "", "phone": None}},
        "participantFlowModule": {"groups": []},
    }
    read = read_results(section)
    assert write_results(read) == section
    assert not read.findings and len(read.carried) == 3


def junk() -> st.SearchStrategy[Any]:
    plain = (
        st.none()
        | st.booleans()
        | st.integers(-9, 9)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=4)
    )
    return st.recursive(
        plain,
        lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=4), one, max_size=3),
        max_leaves=5,
    )


@given(st.data())
def test_anything_put_anywhere_in_a_results_section_comes_back_as_it_was_and_stops_nothing(data: st.DataObject) -> None:
    section = json.loads(json.dumps(SMALL))
    for _ in range(data.draw(st.integers(1, 3))):
        spots = list(_spots(section))
        holder, key = data.draw(st.sampled_from(spots))
        if isinstance(holder, list) and data.draw(st.booleans()):
            holder.insert(key, data.draw(junk()))
        else:
            holder[key] = data.draw(junk())
    read = read_results(section)
    assert write_results(read) == section
    review(read)
    write_legacy_xml(read)


def _spots(node: Any) -> Iterator[tuple[Any, Any]]:
    for key, one in list(node.items() if isinstance(node, dict) else enumerate(node)):
        yield node, key
        if isinstance(one, dict | list):
            yield from _spots(one)
