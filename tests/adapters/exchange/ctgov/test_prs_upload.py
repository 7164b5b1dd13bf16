"""The upload record: valid against the registry's schema for every posted record, and honest about what is not said."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
import xmlschema
from defusedxml import ElementTree

from posted_records import SMALL, put, records
from trialwright.adapters.exchange.ctgov.protocol import read_protocol_section
from trialwright.adapters.exchange.ctgov.prs import ClinicalStudy, IndInfo, IrbInfo
from trialwright.adapters.exchange.ctgov.prs_of_protocol import NOT_UPLOADED, prs_study
from trialwright.adapters.exchange.ctgov.prs_required import ASKED, missing, not_said
from trialwright.adapters.exchange.ctgov.prs_xml import in_xml, read_prs, write_prs


def upload(section: dict[str, Any]) -> ClinicalStudy:
    return prs_study(read_protocol_section(section).value)


def thinned(written: bytes) -> Element:
    """The record without siblings of the same shape as one before: every leaf of the schema is a plain string, so that
    a hundred places of one shape are as valid as the first."""
    root: Element = ElementTree.fromstring(written)
    for parent in list(root.iter()):
        shapes: set[str] = set()
        for child in list(parent):
            shape = "/".join(one.tag for one in child.iter())
            if shape in shapes:
                parent.remove(child)
            shapes.add(shape)
    return root


NEVER_PUBLIC = ("oversight_info/irb_info", "is_ind_study")


@pytest.mark.corpus
def test_every_posted_record_becomes_an_upload_that_is_valid_and_reads_back(
    corpus: Path, prs_schema: xmlschema.XMLSchema
) -> None:
    count, invalid, complete, lacks = 0, [], 0, Counter[str]()
    for section in records(corpus):
        study = upload(section)
        written = write_prs((study,))
        count += 1
        assert read_prs(written) == ((study,), ())
        invalid += [(study.id_info.org_study_id, one.reason) for one in prs_schema.iter_errors(thinned(written))][:1]
        asked = [one.element for one in missing(study) if one.element not in NEVER_PUBLIC]
        complete += not asked
        lacks.update(asked)
    print(f"{count} records, {count - len(invalid)} valid; {complete} say everything that a public record can say")
    print("; ".join(f"{element} is not said by {number}" for element, number in lacks.most_common()))
    assert count >= 1000
    assert invalid == []
    assert complete > 0


def leaves(tree: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every single value of a section by its path."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, f"{path}.{key}" if path else key)
    elif isinstance(tree, list):
        for value in tree:
            yield from leaves(value, f"{path}[]")
    else:
        yield path, tree


def uploaded(section: dict[str, Any]) -> dict[str, Any]:
    """What of a section goes into the upload by its words: no code, nothing the registry makes or keeps by itself."""
    kept: dict[str, Any] = json.loads(json.dumps(section))
    places = kept.get("contactsLocationsModule", {})
    for place in places.get("locations", []):
        people = place.get("contacts", [])
        asked = [one for one in people if one.get("role") in (None, "CONTACT")][:2]
        place["contacts"] = asked + [one for one in people if one.get("role") not in (None, "CONTACT")]
    places["centralContacts"] = places.get("centralContacts", [])[:2]
    read = kept.get("referencesModule", {})
    read["references"] = [one for one in read.get("references", []) if one.get("type") != "DERIVED"]
    return kept


@pytest.mark.corpus
def test_every_word_of_every_posted_record_that_the_upload_can_carry_is_in_it(corpus: Path) -> None:
    lost: Counter[str] = Counter()
    for section in records(corpus):
        held = {one.text or "" for one in ElementTree.fromstring(write_prs((upload(section),))).iter()}
        whole = "\n".join(held)
        for path, value in leaves(uploaded(section)):
            words = in_xml(str(value))
            parted = path.endswith((".name", "targetDuration"))
            said = words in held or (parted and words.split(",")[0].split()[0] in whole)
            if isinstance(value, str) and not said and not CODE.fullmatch(value) and not kept_by_registry(path):
                lost[path] += 1
    assert lost == Counter()


CODE = re.compile(r"[A-Z][A-Z_0-9]+")


def kept_by_registry(path: str) -> bool:
    return any(path.startswith(one) for one in NOT_UPLOADED)


@pytest.mark.corpus
def test_the_schema_refuses_an_upload_whose_elements_stand_in_another_order(prs_schema: xmlschema.XMLSchema) -> None:
    written = write_prs((upload(SMALL),)).decode()
    assert prs_schema.is_valid(written)
    assert not prs_schema.is_valid(written.replace("brief_title", "title").replace("id_info", "ids"))


@pytest.mark.corpus
def test_a_record_of_nothing_is_a_valid_file_that_says_all_it_lacks(prs_schema: xmlschema.XMLSchema) -> None:
    study = upload({})
    assert prs_schema.is_valid(write_prs((study,)).decode())
    said = {one.about for one in not_said(study)}
    assert {"id_info/org_name", "brief_title", "overall_status", "study_design/study_type", "location"} <= said


def at_place(**told: str) -> dict[str, Any]:
    return {"contactsLocationsModule": {"locations": [told]}}


def design(**info: Any) -> dict[str, Any]:
    return {"designModule": {"studyType": "INTERVENTIONAL", **info}}


@pytest.mark.parametrize(
    ("section", "element", "told"),
    [
        (design(), "interventional_design/phase", True),
        (design(phases=["PHASE1", "PHASE2"]), "interventional_design/phase", False),
        (design(phases=["PHASE1", "PHASE4"]), "interventional_design/phase", True),
        (design(designInfo={"maskingInfo": {"masking": "NONE"}}), "interventional_design/no_masking", False),
        (design(designInfo={"maskingInfo": {"masking": "DOUBLE"}}), "interventional_design/no_masking", True),
        ({"statusModule": {"overallStatus": "TERMINATED"}}, "why_stopped", True),
        ({"statusModule": {"overallStatus": "TERMINATED", "whyStopped": "slow accrual"}}, "why_stopped", False),
        ({"statusModule": {"overallStatus": "COMPLETED"}}, "why_stopped", False),
        ({"statusModule": {"overallStatus": "RECRUITING"}}, "overall_contact", True),
        ({"statusModule": {"overallStatus": "COMPLETED"}}, "overall_contact", False),
        ({"statusModule": {"startDateStruct": {"date": "2020-01"}}}, "start_date_type", True),
        ({"statusModule": {"startDateStruct": {"date": "2020-01", "type": "ACTUAL"}}}, "start_date_type", False),
        (
            {"contactsLocationsModule": {"locations": [{"country": "United States"}]}},
            "location/facility/address/state",
            True,
        ),
        ({"contactsLocationsModule": {"locations": [{"country": "Norway"}]}}, "location/facility/address/state", False),
        ({"designModule": {"studyType": "OBSERVATIONAL"}}, "interventional_design/phase", False),
        ({"designModule": {"studyType": "OBSERVATIONAL"}}, "observational_design/timing", True),
    ],
)
def test_what_is_asked_for_depends_on_the_study(section: dict[str, Any], element: str, told: bool) -> None:
    assert (element in {one.about for one in not_said(upload(section))}) is told


SILENT: tuple[dict[str, Any], ...] = (
    {
        "statusModule": {"overallStatus": "SUSPENDED", "startDateStruct": {"date": "2020"}},
        "designModule": {"studyType": "INTERVENTIONAL", "enrollmentInfo": {"count": 1}},
        "armsInterventionsModule": {"armGroups": [{"label": "A"}], "interventions": [{"name": "x"}]},
        "outcomesModule": {"primaryOutcomes": [{"measure": "death"}]},
    },
    {
        "statusModule": {"overallStatus": "RECRUITING"},
        "designModule": {"studyType": "OBSERVATIONAL"},
        "contactsLocationsModule": {"locations": [{"country": "United States"}]},
    },
    {"designModule": {"studyType": "INTERVENTIONAL"}},
)
"""Studies of each kind, stopped and open, that say next to nothing."""


def test_no_row_of_the_table_is_idle() -> None:
    lacking = {one.element for section in SILENT for one in missing(upload(section))}
    assert {one.element for one in ASKED} - lacking == {"study_design/study_type", "overall_status"} - lacking
    assert {"study_design/study_type", "overall_status"} <= {one.element for one in missing(upload({}))}


def test_a_status_the_registry_set_itself_is_uploaded_as_the_last_that_was_known() -> None:
    status = {"overallStatus": "UNKNOWN", "lastKnownStatus": "RECRUITING"}
    assert upload({"statusModule": status}).overall_status == "Recruiting"
    assert upload({"statusModule": {"overallStatus": "UNKNOWN"}}).overall_status is None


def test_what_no_public_record_holds_comes_from_who_knows_it() -> None:
    section = read_protocol_section(put(SMALL, "designModule", {"studyType": "INTERVENTIONAL"})).value
    study = prs_study(section, IrbInfo("Approved"), IndInfo("CDER", "12345"))
    assert not {one.about for one in not_said(study)} & set(NEVER_PUBLIC)


def test_markup_control_characters_and_a_comment_that_would_end_early_stay_text() -> None:
    section = {"identificationModule": {"briefTitle": "a < b & c\x02 -->"}}
    written = write_prs((upload(section),), "SIMULATED -- not a record")
    studies, found = read_prs(written)
    assert found == ()
    assert studies[0].brief_title == "a < b & c -->"
    assert b"<!-- SIMULATED - - not a record -->" in written


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not xml",
        b"<other/>",
        b'<!DOCTYPE x [<!ENTITY a "aa">]><study_collection>&a;</study_collection>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><study_collection>&a;</study_collection>',
    ],
)
def test_a_file_that_is_no_upload_or_holds_entities_is_a_finding(content: bytes) -> None:
    studies, found = read_prs(content)
    assert studies == ()
    assert [one.about for one in found] == ["file"]


def test_an_element_the_schema_does_not_have_is_named() -> None:
    study = b"<clinical_study><brief_title>T</brief_title><mood>good</mood></clinical_study>"
    content = b"<study_collection>" + study + b"</study_collection>"
    studies, found = read_prs(content)
    assert (studies[0].brief_title, [one.about for one in found]) == ("T", ["mood"])
