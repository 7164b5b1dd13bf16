"""A laboratory's table against the record: each line is new, changed, the same or refused; nothing is guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from builders import SUBJECT, case, screened
from trialwright.adapters.exchange.incoming import compare, drafts, read_sheet
from trialwright.adapters.exchange.incoming.typed import decimal_marks
from trialwright.adapters.exchange.laboratory import (
    Column,
    ColumnMap,
    Known,
    map_document,
    map_faults,
    propose_map,
    read_laboratory,
    read_map,
)
from trialwright.core.ledger import FormCorrected, FormSubmitted, Missing
from trialwright.core.terms import Quantity, Severity
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.units import UNITS

KNOWN = Known(CONCEPTS, UNITS)
LONG = ColumnMap(
    shape="long", decimal=".", dates="YYYY-MM-DD", subject="subject", date="date", time="time", analyte="test",
    value="result", unit="unit", low="low", high="high", tests={"ANC": Column("anc"), "PLT": Column("platelets")},
    missing={"ND": "not_done"},
)  # fmt: skip
HEAD = "subject,date,time,test,result,unit,low,high\n"


def read(text: str, by: ColumnMap = LONG):
    sheet, faults = read_sheet(text.encode())
    assert sheet is not None, faults
    return read_laboratory(sheet, by, KNOWN)


def against(text: str, items: dict | None = None, by: ColumnMap = LONG):
    given, findings = read(text, by)
    record = case(screened("2006-02-01"), items=items, on="2006-03-01", concepts=CONCEPTS, units=UNITS).record
    return compare(given, {SUBJECT: record}, UNITS), findings


def row(test="ANC", result="1500", unit="/mm3", on="2006-03-05", subject=SUBJECT, time="", low="", high="") -> str:
    return f"{subject},{on},{time},{test},{result},{unit},{low},{high}\n"


def test_a_new_result_brings_value_limits_day_and_time() -> None:
    said, findings = against(HEAD + row(result="1.5", unit="10*9/L", time="09:30", low="1.8", high="7.7"))
    assert findings == []
    assert {line.path: line.new for line in said.of("new")} == {
        "anc/lab20060305t0930/value": Quantity.parse("1.5 10*9/L"),
        "anc/lab20060305t0930/low": Quantity.parse("1.8 10*9/L"),
        "anc/lab20060305t0930/high": Quantity.parse("7.7 10*9/L"),
        "anc/lab20060305t0930/on": "2006-03-05",
        "anc/lab20060305t0930/time": "09:30",
    }


@pytest.mark.parametrize(
    ("recorded", "result", "unit", "state"),
    [
        ("1500 /mm3", "1500", "/mm3", "same"),
        ("1500 /mm3", "1.5", "10*9/L", "same"),
        ("1500 /mm3", "1501", "/mm3", "changed"),
        ("1500 /mm3", "ND", "", "changed"),
        (Missing("not_done"), "ND", "", "same"),
        (Missing("not_done"), "1500", "/mm3", "changed"),
    ],
)
def test_a_result_of_a_recorded_day_is_the_same_or_changes_it(recorded, result, unit, state) -> None:
    said, _ = against(HEAD + row(result=result, unit=unit), {"anc on 2006-03-05": recorded})
    (line,) = said.lines
    assert (line.state, line.old) == (state, Quantity.parse(recorded) if isinstance(recorded, str) else recorded)


def test_a_result_of_another_day_is_a_new_one() -> None:
    said, _ = against(HEAD + row(on="2006-03-06"), {"anc on 2006-03-05": "1500 /mm3"})
    assert {line.state for line in said.lines} == {"new"}


def test_two_recorded_on_the_day_are_refused_unless_the_time_tells() -> None:
    two = {"anc/a": {"value": "1500 /mm3", "on": "2006-03-05", "time": "08:00"},
           "anc/b": {"value": "900 /mm3", "on": "2006-03-05", "time": "16:00"}}  # fmt: skip
    said, _ = against(HEAD + row(), two)
    assert said.lines == () and "which is meant" in said.refused[0].says
    told, _ = against(HEAD + row(result="901", time="16:00"), two)
    assert [(line.path, line.state) for line in told.lines] == [("anc/b/value", "changed")]


def test_a_limit_of_detection_is_recorded_and_taken_back() -> None:
    said, _ = against(HEAD + row(result="<20"))
    assert {line.path.rpartition("/")[2]: line.new for line in said.lines}["bound"] == "<"
    before = {"anc/a": {"value": "20 /mm3", "bound": "<", "on": "2006-03-05"}}
    back, _ = against(HEAD + row(result="20"), before)
    assert [(line.path, line.new) for line in back.of("changed")] == [("anc/a/bound", Missing("not_applicable"))]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (row(unit="furlong"), "The unit 'furlong' is not known"),
        (row(unit=""), "a missing unit is never guessed"),
        (row(unit="mg/dL"), "do not convert"),
        (row(on="2006-02-30"), "no day of the calendar"),
        (row(on="05.03.2006"), "no date written as YYYY-MM-DD"),
        (row(on=""), "no date"),
        (row(result="about 3"), "is no number"),
        (row(result='"1,5"'), "the file's decimal mark is said to be '.'"),
        (row(result="<=20"), "only < and >"),
        (row(result=""), "is empty"),
        (row(subject=""), "No subject"),
        (row(low="x"), "is no number"),
        (row(time="25:00"), "no time of day"),
        (row(result="=1+1"), "is no number"),
        (row(result="12 H"), "is no number"),
    ],
)
def test_a_line_that_cannot_be_read_is_refused_with_its_place(line, says) -> None:
    given, findings = read(HEAD + line)
    assert given == []
    (finding,) = findings
    assert says in finding.says and finding.where == "line 2, ANC" and finding.severity is Severity.ERROR


def test_an_unknown_subject_is_refused_with_the_near_miss() -> None:
    said, _ = against(HEAD + row(subject="S01-01"))
    assert said.lines == () and SUBJECT in said.refused[0].do


@pytest.mark.parametrize(("on", "refused"), [("2006-03-04", False), ("2006-03-05", False), ("2006-03-06", True)])
def test_a_result_of_today_is_taken_and_one_of_tomorrow_is_refused(on, refused) -> None:
    given, _ = read(HEAD + row(on=on))
    said = compare(given, {SUBJECT: case(screened("2006-02-01")).record}, UNITS, date(2006, 3, 5))
    assert bool(said.refused) is refused and bool(said.lines) is not refused


def test_a_test_that_is_not_mapped_is_left_out_and_said_once() -> None:
    given, findings = read(HEAD + row(test="FERR") + row(test="FERR") + row())
    assert len(given) == 1
    assert [(one.severity, one.says) for one in findings] == [
        (Severity.WARNING, "The test 'FERR' is not in the map; 2 results were left out.")
    ]


@pytest.mark.parametrize(
    ("text", "by", "says"),
    [
        ("subject,date,ANC\nS-001,2006-03-05,1.5\n", "wide", []),
        ("subject,date,ANC,PLT\nS-001,2006-03-05,1.5,\n", "wide", []),
        ("subject,date,ANC,PLT\nS-001,2006-03-05,1.5,150\n", "wide",
         ["The column 'PLT' is not in the map; 1 cell was"]),
        ("subject,date,test,result,unit\nS-001,2006-03-05,ANC,1700,/uL\n", "long",
         ["The column 'unit' is not in the map; 1 cell was"]),
    ],
)  # fmt: skip
def test_a_column_that_came_since_the_map_was_saved_is_not_left_out_unseen(text, by, says) -> None:
    """A column of units that the map does not know of would make 1700 /uL 1700 x 10*9/L."""
    told = {"analyte": "test", "value": "result"} if by == "long" else {}
    saved = ColumnMap(
        shape=by, decimal=".", dates="YYYY-MM-DD", subject="subject", date="date",
        tests={"ANC": Column("anc", "10*9/L")}, **told,
    )  # fmt: skip
    _, findings = read(text, saved)
    assert [one.says.removesuffix(" left out.") for one in findings] == says
    assert all(one.severity is Severity.WARNING for one in findings)


@pytest.mark.parametrize(("key", "taken"), [
    ("", True), ("day_1", True), ("day_1.2", True), ("day_1.2.1", True),
    ("day_1.two", False), ("day_1.", False), ("day_15", False), ("Day 1", False),
])  # fmt: skip
def test_a_result_at_a_visit_that_cannot_be_is_refused(key, taken) -> None:
    by = replace(LONG, encounter="visit")
    sheet, _ = read_sheet((HEAD.strip() + ",visit\n" + row().strip() + f",{key}\n").encode())
    assert sheet is not None
    given, findings = read_laboratory(sheet, by, Known(CONCEPTS, UNITS, frozenset({"day_1"})))
    assert [one.encounter for one in given] == ([key] if taken else [])
    assert ["no visit of the protocol" in one.says for one in findings] == [True] * (not taken)


def test_two_values_of_one_sample_in_the_file_are_refused() -> None:
    said, _ = against(HEAD + row(result="1500") + row(result="1600"))
    assert "two different values" in said.refused[0].says and said.refused[0].where == "line 3, ANC"
    same, _ = against(HEAD + row() + row())
    assert same.refused == ()


@pytest.mark.parametrize("results", [("5", "<5"), ("<5", "5"), (">5", "<5"), ("<5", ">5")])
def test_a_value_and_a_limit_of_detection_of_one_sample_are_two_different_values(results) -> None:
    """Put together they would say less than 5 of a sample that another line measured as 5."""
    said, _ = against(HEAD + "".join(row(result=one) for one in results))
    assert said.refused[0].where == "line 3, ANC" and "two different values" in said.refused[0].says


def test_a_line_that_tells_more_of_the_same_sample_adds_to_it() -> None:
    said, _ = against(HEAD + row(result="<5") + row(result="<5", low="1", high="9"))
    assert said.refused == ()
    assert {line.path.rpartition("/")[2] for line in said.lines} == {"value", "bound", "on", "low", "high"}


@pytest.mark.parametrize(("result", "mark"), [("0.875", ","), ("0,875", "."), ("00.123", ","), ("012,345", ".")])
def test_a_fraction_written_with_the_other_mark_is_never_thousands(result, mark) -> None:
    """By a saved map 0.875 would be 875: groups of thousands never begin with a nought."""
    by = replace(LONG, decimal=mark)
    given, findings = read(HEAD + row(result=f'"{result}"'), by)
    assert given == [] and "is no number" in findings[0].says


@pytest.mark.parametrize(("cells", "marks"), [
    (["0.875", "1.234"], (".",)), (["0,875", "1,234"], (",",)), (["1,234"], (".", ",")), (["0.5", "0,5"], ()),
    (["0", "120"], (".", ",")), (["0.875", "12,345"], (".",)),
])  # fmt: skip
def test_a_nought_before_the_mark_tells_which_mark_it_is(cells, marks) -> None:
    assert decimal_marks(cells) == marks


def test_a_wide_table_reads_a_test_in_each_column() -> None:
    wide = ColumnMap(
        shape="wide", decimal=",", dates="DD.MM.YYYY", subject="Patient", date="Datum",
        tests={"ANC": Column("anc", "10*9/L"), "Thrombozyten": Column("platelets", "G/L")},
    )  # fmt: skip
    said, findings = against(f"Patient;Datum;ANC;Thrombozyten\n{SUBJECT};05.03.2006;1,5;\n", by=wide)
    assert findings == []
    assert {line.path: line.new for line in said.lines} == {
        "anc/lab20060305/value": Quantity.parse("1.5 10*9/L"),
        "anc/lab20060305/on": "2006-03-05",
    }


def test_new_and_changed_become_one_form_and_one_correction_a_day() -> None:
    text = HEAD + row(result="1600") + row(test="PLT", result="100", unit="10*9/L")
    said, _ = against(text, {"anc on 2006-03-05": "1500 /mm3"})
    entered, corrected = drafts(said, "The laboratory corrected its report.", date(2006, 4, 1))
    assert (entered.kind, entered.occurred) == (FormSubmitted, date(2006, 3, 5))
    assert (corrected.kind, corrected.occurred) == (FormCorrected, date(2006, 4, 1))
    assert corrected.fields["why"] == "The laboratory corrected its report."
    (item,) = corrected.fields["items"]
    assert (item.old, item.new) == (Quantity.parse("1500 /mm3"), Quantity.parse("1600 /mm3"))


# ---- the map -------------------------------------------------------------------------------------------------------


def proposed(text: str):
    sheet, _ = read_sheet(text.encode())
    assert sheet is not None
    return propose_map(sheet, CONCEPTS)


def test_a_long_table_is_proposed_from_its_headings() -> None:
    found, open_ = proposed("SUBJID,LBDTC,LBTEST,LBORRES,LBORRESU\nS1,2006-03-05,Neutrophils,1.5,10*9/L\n")
    assert open_ == []
    assert (found.shape, found.subject, found.date, found.analyte, found.value, found.unit) == (
        "long", "SUBJID", "LBDTC", "LBTEST", "LBORRES", "LBORRESU",
    )  # fmt: skip
    assert found.tests == {"Neutrophils": Column("anc")} and (found.decimal, found.dates) == (".", "YYYY-MM-DD")


def test_a_wide_table_is_proposed_with_units_in_brackets_and_what_is_open_is_asked() -> None:
    found, open_ = proposed("Patient,Date,ANC (10*9/L),Hgb [g/dL]\nS1,03/04/2006,1,12\n")
    assert found.tests == {"ANC (10*9/L)": Column("anc", "10*9/L"), "Hgb [g/dL]": Column("hemoglobin", "g/dL")}
    assert (found.decimal, found.dates) == ("", "")
    assert [one.severity for one in open_] == [Severity.WARNING] * 2


def test_a_map_is_the_same_after_it_was_saved() -> None:
    assert read_map(map_document(LONG)) == LONG


@pytest.mark.parametrize("document", [None, [], {"tests": []}, {"tests": {"a": 1}}, {"name": 1}, {"name": "a" * 401}])
def test_what_is_no_map_is_refused(document) -> None:
    with pytest.raises(ValueError, match=r"a map|a list|a word"):
        read_map(document)


@pytest.mark.parametrize(
    ("change", "about"),
    [
        ({"decimal": ""}, "decimal"),
        ({"dates": "D/M/Y"}, "dates"),
        ({"shape": "tall"}, "shape"),
        ({"subject": ""}, "subject"),
        ({"subject": "who"}, "columns"),
        ({"tests": {}}, "tests"),
        ({"tests": {"ANC": Column("leuco")}}, "tests"),
        ({"tests": {"ANC": Column("anc", "mg/dL")}}, "tests"),
        ({"tests": {"ANC": Column("adverse_event")}}, "tests"),
        ({"missing": {"ND": "forgotten"}}, "missing"),
    ],
)
def test_a_map_that_does_not_fit_is_refused_with_what_is_wrong(change, about) -> None:
    sheet, _ = read_sheet((HEAD + row()).encode())
    assert sheet is not None
    assert map_faults(LONG, sheet, CONCEPTS, UNITS) == []
    assert about in {one.about for one in map_faults(replace(LONG, **change), sheet, CONCEPTS, UNITS)}


def test_a_result_of_a_visit_never_takes_the_place_of_another_days() -> None:
    """The key of the visit names the instance, unless one of another day has it."""
    by = replace(LONG, encounter="low")
    line = HEAD + row(low="cycle_1")
    free, _ = against(line, by=replace(by, low=""))
    assert {one.path for one in free.lines} == {"anc/cycle_1/value", "anc/cycle_1/on"}
    before = {"anc/cycle_1": {"value": "900 /mm3", "on": "2006-02-27"}}
    taken, _ = against(line, before, replace(by, low=""))
    assert {one.path for one in taken.lines} == {"anc/lab20060305/value", "anc/lab20060305/on"}
    assert {one.state for one in taken.lines} == {"new"}
