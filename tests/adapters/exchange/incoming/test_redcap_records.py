"""A REDCap project read by a reviewed map: dictionary, flat records, one value a row, events and repeated forms."""

from __future__ import annotations

from dataclasses import replace

import pytest

from builders import SUBJECT, case, screened
from trialwright.adapters.exchange.incoming import compare, read_sheet
from trialwright.adapters.exchange.redcap import (
    Known,
    Place,
    RecordMap,
    draft_concepts,
    map_document,
    map_faults,
    propose,
    read_dictionary,
    read_map,
    read_records,
)
from trialwright.core.ledger import Missing
from trialwright.core.protocol import Kind
from trialwright.core.terms import Quantity, Severity
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.units import UNITS

DICTIONARY = """field_name,form_name,field_type,field_label,select_choices_or_calculations,field_note,\
text_validation_type_or_show_slider_number,identifier
record_id,demographics,text,Record ID,,,,
study_id,demographics,text,Study ID,,,,
mrn,demographics,text,Medical record number,,,,y
sex,demographics,radio,<b>Sex</b>,"1, Female | 2, Male",,,
visit_date,labs,text,Date of visit,,,date_mdy,
anc,labs,text,Absolute neutrophil count (10*9/L),,,number,
hgb,labs,text,Hemoglobin (g/dL),,,number,
bsa,labs,calc,Body surface,[w]*2,,,
ae_term,ae,text,Term,,,,
ae_start,ae,text,Start,,,date_ymd,
ae_serious,ae,yesno,Serious?,,,,
mood,labs,checkbox,Mood,"1, good | 2, bad",,,
"""
KNOWN = Known(CONCEPTS, UNITS)
BY = RecordMap(
    subject="study_id",
    places={
        "sex": Place("sex", codes={"1": "female", "2": "male"}),
        "anc": Place("anc", unit="10*9/L"),
        "hgb": Place("hemoglobin", unit="g/dL"),
        "ae_term": Place("adverse_event", "term"),
        "ae_start": Place("adverse_event", "start"),
        "ae_serious": Place("adverse_event", "serious"),
    },
    dates={"labs": "visit_date", "demographics": "visit_date"},
    missing={"-99": "not_known"},
)
FLAT = (
    "record_id,redcap_repeat_instrument,redcap_repeat_instance,study_id,sex,visit_date,anc,hgb,"
    "ae_term,ae_start,ae_serious\n"
)


def dictionary(text: str = DICTIONARY):
    sheet, faults = read_sheet(text.encode())
    assert sheet is not None, faults
    return read_dictionary(sheet)


DICT = dictionary()[0]
assert DICT is not None


def records(text: str, by: RecordMap = BY, of=DICT):
    sheet, faults = read_sheet(text.encode())
    assert sheet is not None, faults
    return read_records(sheet, of, by, KNOWN)


def told(text: str, by: RecordMap = BY) -> dict[tuple[str, str], dict]:
    given, findings = records(text, by)
    assert findings == []
    return {(one.concept, one.instance): dict(one.values) for one in given}


def test_the_dictionary_tells_forms_choices_labels_and_identifiers() -> None:
    assert DICT.record == "record_id"
    assert DICT.variables["sex"].choices == {"1": "Female", "2": "Male"} and DICT.variables["sex"].label == "Sex"
    assert [name for name, one in DICT.variables.items() if one.identifies] == ["mrn"]


def test_the_headings_of_the_download_are_read_as_well() -> None:
    text = "Variable / Field Name,Form Name,Field Type,Field Label,Identifier?\nrecord_id,a,text,Record,\n"
    assert dictionary(text)[0].record == "record_id"


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "field_name,form_name,field_type,field_label\nA B,f,text,l\n",
                                  "field_name,form_name,field_type,field_label\na,f,text,l\na,f,text,l\n"])  # fmt: skip
def test_what_is_no_dictionary_is_refused(text) -> None:
    found, findings = dictionary(text)
    assert found is None and findings


def test_a_map_is_proposed_and_what_is_left_out_is_named() -> None:
    found, notes = propose(DICT, CONCEPTS)
    assert found.places["sex"] == Place("sex", codes={"1": "female", "2": "male"})
    assert found.places["anc"] == Place("anc", unit="10*9/L")
    assert found.places["hgb"] == Place("hemoglobin", unit="g/dL")
    assert found.dates == {"labs": "visit_date", "ae": "ae_start"}
    left = {one.about: one.says for one in notes}
    assert "never read" in left["mrn"] and "calc" in left["bsa"]


def test_flat_rows_with_a_repeated_form_are_read() -> None:
    text = (
        FLAT
        + f"1,,,{SUBJECT},1,2006-03-05,1.5,-99,,,\n1,ae,1,,,,,,Fatigue,2006-03-10,1\n1,ae,2,,,,,,Rash,2006-04-01,0\n"
    )
    assert told(text) == {
        ("sex", ""): {"value": "female"},
        ("anc", ""): {"value": Quantity.parse("1.5 10*9/L")},
        ("hemoglobin", ""): {"value": Missing("not_known")},
        ("adverse_event", "redcap.ae.1"): {"term": "Fatigue", "start": "2006-03-10", "serious": "yes"},
        ("adverse_event", "redcap.ae.2"): {"term": "Rash", "start": "2006-04-01", "serious": "no"},
    }


def test_one_value_a_row_says_the_same_as_flat_rows() -> None:
    rows = [("1", "", "", "study_id", SUBJECT), ("1", "", "", "sex", "1"), ("1", "", "", "visit_date", "2006-03-05"),
            ("1", "", "", "anc", "1.5"), ("1", "ae", "1", "ae_term", "Fatigue"),
            ("1", "ae", "1", "ae_start", "2006-03-10"), ("1", "ae", "1", "ae_serious", "1")]  # fmt: skip
    text = "record,redcap_repeat_instrument,redcap_repeat_instance,field_name,value\n"
    text += "".join(",".join(row) + "\n" for row in rows)
    assert told(text) == told(FLAT + f"1,,,{SUBJECT},1,2006-03-05,1.5,,,,\n1,ae,1,,,,,,Fatigue,2006-03-10,1\n")


def test_a_checkbox_is_a_column_for_each_choice() -> None:
    by = RecordMap(
        subject="record_id", places={"mood___1": Place("adverse_event", "serious")}, dates={"labs": "visit_date"}
    )
    flat = told(f"record_id,visit_date,mood___1\n{SUBJECT},2006-03-05,1\n", by)
    assert flat == {("adverse_event", "redcap.labs"): {"serious": "yes"}}


def test_a_box_nobody_ticked_says_no_only_on_a_form_that_somebody_filled_in() -> None:
    """REDCap writes 0 for every box of a form that nobody opened: that nobody asked is not that the answer is no."""
    by = replace(BY, subject="record_id", places={"mood___1": Place("adverse_event", "serious")})
    text = "record_id,visit_date,anc,mood___1,mood___2\n"
    assert told(text + f"{SUBJECT},,,0,0\n", by) == {}
    assert told(text + f"{SUBJECT},2006-03-05,,0,1\n", by) == {("adverse_event", "redcap.labs"): {"serious": "no"}}
    assert told(text + f"{SUBJECT},2006-03-05,1.5,0,0\n", by) == {("adverse_event", "redcap.labs"): {"serious": "no"}}


@pytest.mark.parametrize(("local", "read"), [("1.5", True), ("1.6", False), ("", True)])
def test_two_fields_that_the_map_takes_for_one_may_not_contradict(local, read) -> None:
    """The one that stands later in the map would win unseen."""
    more = dictionary(DICTIONARY + "anc_local,labs,text,Local count,,,number,\n")[0]
    places = {"anc": Place("anc", unit="10*9/L"), "anc_local": Place("anc", unit="10*9/L")}
    by = replace(BY, subject="record_id", places=places)
    given, findings = records(f"record_id,visit_date,anc,anc_local\n{SUBJECT},2006-03-05,1.5,{local}\n", by, more)
    assert bool(given) is read and ["takes for the same" in one.says for one in findings] == [True] * (not read)


@pytest.mark.parametrize(
    ("field", "unit", "typed", "value"),
    [
        ("crea", "mg/dL", "0,9", "0.9 mg/dL"),
        ("crea", "mg/dL", "1,234", "1.234 mg/dL"),
        ("crea", "mg/dL", "1.234", None),
        ("hgb", "g/dL", "12.345", "12.345 g/dL"),
        ("hgb", "g/dL", "12,345", None),
        ("plt", "/mm3", "150000", "150000 /mm3"),
        ("plt", "/mm3", "150,000", None),
    ],
)
def test_a_number_is_read_by_the_mark_that_its_field_has_and_a_group_of_thousands_never(
    field, unit, typed, value
) -> None:
    """A field validated with a decimal comma keeps 1,234 for 1.234; in none does REDCap part thousands."""
    more = "crea,labs,text,Creatinine,,,number_2dp_comma_decimal,\nplt,labs,text,Platelets,,,,\n"
    concept = {"crea": "creatinine", "hgb": "hemoglobin", "plt": "platelets"}[field]
    by = replace(BY, subject="record_id", places={field: Place(concept, unit=unit)})
    text = f'record_id,visit_date,{field}\n{SUBJECT},2006-03-05,"{typed}"\n'
    given, findings = records(text, by, dictionary(DICTIONARY + more)[0])
    assert [one.values for one in given] == ([{"value": Quantity.parse(value)}] if value else [])
    assert [one.says.endswith("is no number.") or "decimal mark" in one.says for one in findings] == [True] * (
        value is None
    )


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (f"1,,,{SUBJECT},3,2006-03-05,,,,,\n", "no code of the study stands for '3'"),
        (f'1,,,{SUBJECT},,2006-03-05,"1,5",,,,\n', "is no number"),
        (f"1,,,{SUBJECT},,,1.5,,,,\n", "no day is given"),
        (f"1,,,{SUBJECT},,2006-02-30,1.5,,,,\n", "no day of the calendar"),
        ("1,,,,,2006-03-05,1.5,,,,\n", "does not say which subject"),
        (f"1,ae,1,{SUBJECT},,,,,,2006-03-10,maybe\n", "neither 1 nor 0"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused_with_its_line(row, says) -> None:
    given, findings = records(FLAT + row)
    assert given == []
    assert says.casefold() in findings[0].says.casefold() and findings[0].where.startswith("line 2, ")


def test_reading_the_records_again_finds_the_same() -> None:
    text = FLAT + f"1,ae,1,{SUBJECT},,,,,Fatigue,2006-03-10,1\n"
    given, _ = records(text)
    first = compare(given, {SUBJECT: case(screened("2006-02-01")).record}, UNITS)
    items = {"adverse_event/redcap.ae.1": {"term": "Fatigue", "start": "2006-03-10", "serious": "yes"}}
    again = compare(given, {SUBJECT: case(screened("2006-02-01"), items=items).record}, UNITS)
    assert {line.state for line in first.lines} == {"new"}
    assert "adverse_event/redcap.ae.1/on" not in {line.path for line in first.lines}
    assert {line.state for line in again.lines} == {"same"}


def test_a_map_is_the_same_after_it_was_saved_and_fits_the_project() -> None:
    assert read_map(map_document(BY)) == BY
    assert map_faults(BY, DICT, CONCEPTS, (), UNITS) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"subject": "who"}, "no field 'who'"),
        ({"places": {"mrn": Place("sex")}}, "identifies a person"),
        ({"places": {}}, "at least one"),
        ({"places": {"anc": Place("leuco")}}, "not recorded"),
        ({"places": {"anc": Place("anc")}}, "no unit"),
        ({"places": {"sex": Place("sex", codes={"1": "woman"})}}, "stands for 'woman'"),
        ({"encounters": {"e1": "nowhere"}}, "no visit"),
        ({"missing": {"-99": "gone"}}, "stands for 'gone'"),
    ],
)
def test_a_map_that_does_not_fit_is_refused(change, says) -> None:
    found = map_faults(replace(BY, **change), DICT, CONCEPTS, {"baseline"}, UNITS)
    assert any(says in one.says + one.do for one in found) and all(one.severity is Severity.ERROR for one in found)


def test_what_the_study_lacks_is_drafted_as_concepts_that_a_protocol_takes() -> None:
    from pydantic import TypeAdapter
    from ruamel.yaml import YAML

    from trialwright.core.protocol import Concept

    text = draft_concepts(DICT, {"anc", "sex", "hgb"}, CONCEPTS.keys())
    found = TypeAdapter(list[Concept]).validate_python(YAML(typ="safe").load(text)["concepts"])
    told = {one.id: one for one in found}
    assert set(told) == {"study_id", "visit_date", "ae_term", "ae_start", "ae_serious", "mood"}
    assert told["ae_serious"].fields[0].kind is Kind.YES_NO and told["visit_date"].fields[0].kind is Kind.DATE
    assert [one.id for one in told["mood"].fields] == ["choice_1", "choice_2", "on"]
    assert "mrn" in text.splitlines()[-1] and "mrn" not in told


def test_a_taken_id_and_odd_labels_make_a_concept_of_their_own() -> None:
    drafted_from = dictionary(
        "field_name,form_name,field_type,field_label,select_choices_or_calculations,"
        "text_validation_type_or_show_slider_number\n"
        "record_id,a,text,Record,,\nanc,a,text,ANC (10*9/L),,number_2dp\n"
        'stage,a,radio,"Stage: ""IIB""","1, Sí | 2, IIB (skin)",\n'
    )[0]
    assert drafted_from is not None
    text = draft_concepts(drafted_from, (), CONCEPTS.keys())
    assert '"id": "anc_redcap"' in text and '"unit": "10*9/L"' in text
    assert '["si", "iib_skin"]' in text


def test_what_is_asked_only_under_a_condition_says_so_in_the_draft() -> None:
    of = dictionary(
        "field_name,form_name,field_type,field_label,select_choices_or_calculations,branching_logic\n"
        "record_id,a,text,Record,,\n"
        "pregnant,a,yesno,Pregnant?,,\"[sex] = '1'\nand [age] < 50\"\n"
        "week,a,text,Week,,\n"
    )[0]
    assert of is not None
    lines = draft_concepts(of, (), CONCEPTS.keys()).splitlines()
    place = next(number for number, line in enumerate(lines) if '"pregnant"' in line)
    assert "only if [sex] = '1' and [age] < 50" in lines[place - 1] and lines[place - 1].lstrip().startswith("#")
    assert sum("only if" in line for line in lines) == 1


def test_of_one_value_a_row_a_field_with_two_values_is_refused_and_the_later_does_not_win() -> None:
    head = "record,redcap_event_name,field_name,value\n"
    who = "1,,study_id,S01-001\n1,,visit_date,2006-03-05\n"
    same, _ = records(head + who + "1,,anc,1.5\n1,,anc,1.5\n")
    assert [str(one.values["value"]) for one in same] == ["1.5 10*9/L"]
    given, (finding,) = records(head + who + "1,,anc,1.5\n1,,anc,0.5\n")
    assert given == [] and "another value on line 4" in finding.says and "line 5" in str(finding.where)
    assert records(head + "1,,mood,1\n1,,mood,2\n")[1] == []
