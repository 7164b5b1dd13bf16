"""FHIR Observations as results of the study: by LOINC code, UCUM unit and an identifier that is the subject's id."""

from __future__ import annotations

import json
import os
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from trialwright.adapters.exchange.fhir import Asked, read_observations
from trialwright.core.ledger import Missing
from trialwright.core.terms import Quantity, Severity
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.concepts.loinc import CONCEPT_OF
from trialwright.standards.units import UNITS

ASKED = Asked(CONCEPTS, UNITS, CONCEPT_OF)
SUBJECT = "S01-001"
PATIENT = {"resourceType": "Patient", "id": "p1", "identifier": [{"system": "urn:study", "value": SUBJECT}]}


def anc(**more: Any) -> dict[str, Any]:
    """A neutrophil count of 900 /uL."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "751-8"}]},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2006-03-29T09:15:00-06:00",
        "valueQuantity": {"value": 900, "unit": "/uL", "system": "http://unitsofmeasure.org", "code": "/uL"},
        **more,
    }


def bundle(*resources: Any) -> bytes:
    return json.dumps({"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}).encode()


def read(*resources: Any):
    return read_observations(bundle(PATIENT, *resources), ASKED, {SUBJECT})


def quantity(value: Any, code: str = "/uL", **more: Any) -> dict[str, Any]:
    return {"valueQuantity": {"value": value, "system": "http://unitsofmeasure.org", "code": code, **more}}


def test_a_count_is_read_with_its_day_and_local_time() -> None:
    (given,), findings = read(anc())
    assert findings == []
    assert (given.subject, given.concept, str(given.on), given.time) == (SUBJECT, "anc", "2006-03-29", "09:15:00")
    assert given.values == {"value": Quantity.parse("900 /uL")}


@pytest.mark.parametrize(("told", "day", "time"), [
    ("2006-03-29T02:30:00Z", "2006-03-28", "18:30:00"),  # the evening before, at a site eight hours behind
    ("2006-03-29T09:15:00-08:00", "2006-03-29", "09:15:00"),
    ("2006-03-29T11:15:00.250-06:00", "2006-03-29", "09:15:00"),
    ("2006-07-01T06:30:00Z", "2006-06-30", "23:30:00"),  # seven hours behind in summer
    ("2006-03-29T23:59", "2006-03-29", "23:59"),  # no offset: as it stands
    ("2006-03-29", "2006-03-29", ""),
])  # fmt: skip
def test_a_time_with_an_offset_is_the_sites_day_and_time(told, day, time) -> None:
    asked = replace(ASKED, zones={SUBJECT: "America/Los_Angeles"})
    (given,), findings = read_observations(bundle(PATIENT, anc(effectiveDateTime=told)), asked, {SUBJECT})
    assert (str(given.on), given.time, findings) == (day, time, [])


def test_two_patients_under_one_id_are_nobody() -> None:
    other = {**PATIENT, "identifier": [{"value": "S01-002"}]}
    for patients in ([PATIENT, other], [other, PATIENT]):
        given, (finding,) = read_observations(bundle(*patients, anc()), ASKED, {SUBJECT, "S01-002"})
        assert given == [] and "the ids of 2 subjects" in finding.says
    assert len(read_observations(bundle(PATIENT, PATIENT, anc()), ASKED, {SUBJECT, "S01-002"})[0]) == 1


def test_one_page_of_several_says_that_there_are_more() -> None:
    page = {"resourceType": "Bundle", "link": [{"relation": "self", "url": "a"}, {"relation": "next", "url": "b"}],
            "entry": [{"resource": PATIENT}, {"resource": anc()}]}  # fmt: skip
    given, (finding,) = read_observations(json.dumps(page).encode(), ASKED, {SUBJECT})
    assert len(given) == 1
    assert finding.severity is Severity.WARNING and "one page of several" in finding.says


def test_limits_comparator_and_digits_are_kept() -> None:
    limits = {"low": {"value": 1.8, "unit": "10*3/uL"}, "high": {"value": 7.70, "code": "10*3/uL"}}
    content = bundle(PATIENT, anc(**quantity(0, "10*3/uL", comparator="<"), referenceRange=[limits]))
    (given,), _ = read_observations(content.replace(b'"value": 0,', b'"value": 0.10,'), ASKED, {SUBJECT})
    assert given.values == {
        "value": Quantity.parse("0.10 10*3/uL"),
        "bound": "<",
        "low": Quantity.parse("1.8 10*3/uL"),
        "high": Quantity.parse("7.7 10*3/uL"),
    }


@pytest.mark.parametrize(("reason", "code"), [
    ("not-performed", "not_done"), ("unknown", "not_known"), ("not-applicable", "not_applicable"), ("zzz", "not_known"),
])  # fmt: skip
def test_a_reason_for_absence_is_a_missing_value(reason, code) -> None:
    told = anc(dataAbsentReason={"coding": [{"code": reason}]})
    del told["valueQuantity"]
    (given,), _ = read(told)
    assert given.values == {"value": Missing(code)}


def test_several_ranges_give_no_limit_because_nobody_says_whose() -> None:
    ranges = [{"low": {"value": 1, "unit": "/uL"}}, {"low": {"value": 2, "unit": "/uL"}}]
    (given,), _ = read(anc(referenceRange=ranges))
    assert set(given.values) == {"value"}


def test_a_blood_pressure_gives_its_components() -> None:
    def part(code, value):
        return {"code": {"coding": [{"system": "http://loinc.org", "code": code}]}, **quantity(value, "mm[Hg]")}

    told = anc(code={"coding": [{"system": "http://loinc.org", "code": "85354-9"}]})
    del told["valueQuantity"]
    given, findings = read({**told, "component": [part("8480-6", 120), part("8462-4", 80)]})
    assert [(one.concept, str(one.values["value"])) for one in given] == [
        ("systolic", "120 mm[Hg]"), ("diastolic", "80 mm[Hg]")]  # fmt: skip
    assert findings == []


@pytest.mark.parametrize(
    ("told", "says"),
    [
        (anc(status="preliminary"), "the status is"),
        (anc(status="entered-in-error"), "the status is"),
        (anc(effectiveDateTime="2006-03"), "on which day"),
        (anc(effectiveDateTime="2006-02-30"), "no day of the calendar"),
        (anc(effectiveDateTime=None), "on which day"),
        (anc(**quantity(900, "mg/dL")), "do not convert"),
        (anc(**quantity(900, "")), "no unit"),
        (anc(**quantity("900")), "no number"),
        (anc(**quantity(True)), "no number"),
        (anc(**quantity(900, comparator="<=")), "comparator"),
        (anc(valueQuantity=None), "no quantity"),
        (anc(dataAbsentReason={"coding": [{"code": "not-performed"}]}), "both a value and why there is none"),
        (anc(modifierExtension=[{"url": "urn:not-done", "valueBoolean": True}]), "changes its meaning"),
        (anc(implicitRules="urn:other-rules"), "changes its meaning"),
        (anc(focus=[{"reference": "Patient/donor"}]), "about somebody or something else"),
        (anc(component=[{**anc(), "modifierExtension": [{"url": "urn:x"}]}]), "changes its meaning"),
        (anc(**quantity(10**31)), "more digits than any measurement"),
        (anc(**quantity(1e-40)), "more digits than any measurement"),
        (anc(subject={"reference": "Patient/p2"}), "not in the bundle"),
        (anc(subject=None), "does not say whose"),
        (anc(code={"coding": [{"system": "http://loinc.org", "code": c} for c in ("751-8", "718-7")]}), "different"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_entry(told, says) -> None:
    given, findings = read(told)
    assert given == []
    (finding,) = findings
    assert says.casefold() in finding.says.casefold() and finding.where == "entry 2"


def test_a_patient_without_a_subjects_id_or_with_two_is_refused() -> None:
    nobody = {**PATIENT, "identifier": [{"value": "MRN-1"}]}
    two = {**PATIENT, "identifier": [{"value": SUBJECT}, {"value": "S01-002"}]}
    for patient, says in ((nobody, "no identifier"), (two, "ids of 2 subjects")):
        given, (finding,) = read_observations(bundle(patient, anc()), ASKED, {SUBJECT, "S01-002"})
        assert given == [] and says in finding.says


def test_a_name_is_never_an_identifier() -> None:
    named = {"resourceType": "Patient", "id": "p1", "name": [{"text": SUBJECT}]}
    assert read_observations(bundle(named, anc()), ASKED, {SUBJECT})[0] == []


def test_a_code_that_the_study_does_not_record_is_left_out_and_counted() -> None:
    other = anc(code={"coding": [{"system": "http://loinc.org", "code": "2885-2"}]})
    given, findings = read(other, other, anc())
    assert len(given) == 1
    assert [(one.severity, one.says[:4]) for one in findings] == [(Severity.WARNING, "2 x ")]


@pytest.mark.parametrize("entries", [[], [None, 3, {"resource": None}], [{"resource": {"resourceType": "Patient"}}]])
def test_a_bundle_without_an_observation_says_so(entries) -> None:
    given, findings = read_observations(
        json.dumps({"resourceType": "Bundle", "entry": entries}).encode(), ASKED, {SUBJECT}
    )
    assert (given, [one.says for one in findings]) == ([], ["The bundle holds no observation."])


@pytest.mark.parametrize("document", [{}, {"resourceType": "Patient"}, [], {"resourceType": "Bundle", "entry": 1}, "x"])
def test_what_is_no_bundle_is_refused(document) -> None:
    assert read_observations(json.dumps(document).encode(), ASKED, {SUBJECT})[1]


def test_every_code_ends_in_its_check_digit() -> None:
    """LOINC's check digit is Luhn's (Mod 10)."""

    def check(digits: str) -> str:
        doubled = [int(one) * (2 - place % 2) for place, one in enumerate(reversed(digits))]
        return str(-sum(one - 9 if one > 9 else one for one in doubled) % 10)

    assert [code for code in CONCEPT_OF if check(code.partition("-")[0]) != code.partition("-")[2]] == []
    assert set(CONCEPT_OF.values()) <= set(CONCEPTS)


@pytest.mark.corpus
def test_bundles_of_others_are_read_without_a_refusal_that_is_ours(corpus) -> None:
    """Synthea's patients: every refusal is about data (a unit that is none), never about the shape of the bundle."""
    archive = zipfile.ZipFile(Path(corpus) / "fhir-synthea-r4" / "bundles.zip")
    read_any = 0
    for name in [one for one in archive.namelist() if one.endswith(".json")][:20]:
        content = archive.read(name)
        resources = json.loads(content)["entry"]
        patient = next(one["resource"] for one in resources if one["resource"]["resourceType"] == "Patient")
        subject = patient["identifier"][0]["value"]
        given, findings = read_observations(content, ASKED, {subject})
        read_any += len(given)
        refused = [one.says for one in findings if one.severity is Severity.ERROR]
        assert refused == [], (name, refused[:3])
        assert all(one.subject == subject for one in given)
    assert read_any > 100
    assert os.environ.get("TRIALWRIGHT_CORPUS")


@pytest.mark.parametrize("value", [10**9, 10**25])
def test_a_whole_number_that_no_scale_has_is_refused(value) -> None:
    told = anc(code={"coding": [{"system": "http://loinc.org", "code": "89247-1"}]}, valueInteger=value)
    del told["valueQuantity"]
    given, (finding,) = read(told)
    assert given == [] and "more digits than any measurement" in finding.says
