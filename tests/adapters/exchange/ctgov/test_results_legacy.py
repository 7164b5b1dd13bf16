"""The results in the legacy XML: valid against its schema, the same data read back, and what it cannot say listed."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import xmlschema

from posted_results import posted
from trialwright.adapters.exchange.ctgov.results import read_results, write_results
from trialwright.adapters.exchange.ctgov.results.legacy import LegacyXml, read_legacy_xml, unsaid, write_legacy_xml

CANNOT_SAY = {
    "participantFlowModule.typeUnitsAnalyzed",
    "participantFlowModule.periods[].milestones[].comment",
    "participantFlowModule.periods[].milestones[].achievements[].numUnits",
    "baselineCharacteristicsModule.measures[].calculatePct",
    "baselineCharacteristicsModule.measures[].title",  # an age table without data: one name for three measures
    "outcomeMeasuresModule.outcomeMeasures[].calculatePct",
    "outcomeMeasuresModule.outcomeMeasures[].typeUnitsAnalyzed",
    "outcomeMeasuresModule.outcomeMeasures[].analyses[].testedNonInferiority",
    "outcomeMeasuresModule.outcomeMeasures[].analyses[].nonInferiorityType",  # legacy codes have the words of the new
    "moreInfoModule.certainAgreement.restrictionType",
    "moreInfoModule.certainAgreement.restrictiveAgreement",  # a restriction without words
}
"""What the posted records hold and the XML has no place for."""


@pytest.fixture(scope="module")
def schema(corpus: Path) -> xmlschema.XMLSchema:
    """The public schema, with the results as an element of their own."""
    text = (corpus / "ctgov-schemas" / "public.xsd").read_text()
    own = '<xs:element name="clinical_results" type="clinical_results_struct"/></xs:schema>'
    return xmlschema.XMLSchema(text.replace("</xs:schema>", own))


@pytest.fixture(scope="module")
def written_out(corpus: Path) -> dict[str, tuple[dict[str, Any], LegacyXml]]:
    """Every posted results section, and as legacy XML."""
    return {name: (section, write_legacy_xml(read_results(section))) for name, section in posted(corpus)}


def test_every_posted_results_section_is_valid_legacy_xml_and_loses_only_what_it_cannot_say(
    written_out: dict[str, tuple[dict[str, Any], LegacyXml]], schema: xmlschema.XMLSchema
) -> None:
    lost: Counter[str] = Counter()
    assert len(written_out) >= 84
    for name, (_, written) in written_out.items():
        problems = [f"{one.path}: {one.reason}" for one in schema.iter_errors(written.content.decode())]
        assert not problems, f"{name}: {problems[:3]}"
        lost.update(written.unsaid)
    for path, count in lost.items():
        print(f"the legacy XML cannot say {path}: {count}")
    assert set(lost) == CANNOT_SAY


def test_every_legacy_record_is_read_whole_and_written_back_valid(corpus: Path, schema: xmlschema.XMLSchema) -> None:
    with_results, differ = 0, Counter[str]()
    with zipfile.ZipFile(corpus / "ctgov-xml" / "records.zip") as records:
        for name in records.namelist():
            read = read_legacy_xml(records.read(name))
            assert read.findings == (), name
            if not read.outcome_measures:
                continue
            with_results += 1
            written = write_legacy_xml(read)
            assert not list(schema.iter_errors(written.content.decode())), name
            differ.update(unsaid(_plain(write_results(read)), _plain(write_results(read_legacy_xml(written.content)))))
    assert with_results >= 23
    # standard categories of age given as overlapping classes are an age of the study's own, and "Age" all the same
    assert set(differ) <= {"baselineCharacteristicsModule.measures[].title"}


def _plain(document: Any) -> Any:
    """Ends of lines alike: XML has one kind."""
    return json.loads(json.dumps(document).replace("\\r\\n", "\\n"))


def test_the_same_counts_stand_in_both_forms_of_a_record(
    written_out: dict[str, tuple[dict[str, Any], LegacyXml]],
) -> None:
    for name, (section, written) in written_out.items():
        back = read_legacy_xml(written.content)
        assert write_results(back)["adverseEventsModule"] == _said(section["adverseEventsModule"]), name


def _said(events: dict[str, Any]) -> dict[str, Any]:
    return {key: one for key, one in events.items() if key != "allCauseMortalityComment"}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "<clinical_results>",
        '<!DOCTYPE a [<!ENTITY b "c">]><clinical_results>&b;</clinical_results>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    ],
)
def test_what_is_no_safe_xml_is_a_finding(content: str) -> None:
    assert read_legacy_xml(content).findings


def test_an_element_that_no_schema_has_is_a_finding_with_its_path() -> None:
    text = "<clinical_results><participant_flow><phase>2</phase></participant_flow></clinical_results>"
    assert [one.where for one in read_legacy_xml(text).findings] == ["participant_flow/phase"]


@pytest.mark.parametrize(
    "agreement",
    [
        {"piSponsorEmployee": True},
        {"piSponsorEmployee": False, "restrictiveAgreement": False},
        {"piSponsorEmployee": False, "restrictionType": "LTE60", "restrictiveAgreement": True},
        {"piSponsorEmployee": False, "restrictionType": "GT60", "restrictiveAgreement": True},
        {
            "piSponsorEmployee": False,
            "restrictionType": "OTHER",
            "restrictiveAgreement": True,
            "otherDetails": "Only after 60 days.",
        },
    ],
    ids=lambda one: one.get("restrictionType", str(one.get("restrictiveAgreement"))),
)
def test_every_agreement_comes_back_as_it_was(agreement: dict[str, Any]) -> None:
    section = {"moreInfoModule": {"certainAgreement": agreement}}
    written = write_legacy_xml(read_results(section))
    assert write_results(read_legacy_xml(written.content))["moreInfoModule"] == section["moreInfoModule"]


def test_characters_that_xml_forbids_and_the_end_of_a_comment_do_no_harm() -> None:
    section = {"moreInfoModule": {"limitationsAndCaveats": {"description": "a\u0000b\ud800c"}}}
    content = write_legacy_xml(read_results(section), "simulated --> <x/> -").content
    assert read_legacy_xml(content).more_info.limitations_and_caveats.description == "a b c"  # type: ignore[union-attr]
