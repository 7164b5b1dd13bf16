"""Rows of one made-up subject, every number worked out by hand."""

from __future__ import annotations

import dataset_study as t
import pytest

from builders import correction, ended, form, left, registered, screened, taken
from trialwright.core.ledger import Missing, Said, ScreeningFailed

WHEN = ("ASTDT", "ASTDTF", "ASTDY", "AENDT", "AENDTF", "TRTEMFL")


def event(number: int, start: str, grade: object = 2, **fields: object):
    told = {"term": "Fatigue", "grade": grade, "start": start, "related": "yes", "serious": "no", **fields}
    return form("2025-05-20", {f"adverse_event/{number}": told})


# ---- ADSL -----------------------------------------------------------------------------------------------------------


def test_a_subject_from_consent_to_death():
    told = t.rows(
        "ADSL",
        *t.treated(
            form("2025-03-01", {"sex": "female", "birth_date/1/value": "1960-03-02", "race": "asian"}),
            taken(1, t.START, "2025-04-03", days_taken=20),
            ended("2025-04-10", "progression", "2025-04-03"),
            form("2025-04-20", {"death/1": {"on": "2025-04", "cause": "lymphoma"}}),
            left("2025-04-30", "death"),
        ),
    )
    names = "AGE AGEU SEX RACE RFICDT ENRLDT TRTSDT TRTEDT TRTDURD NCOURSE EOTSTT EOTDT DCTREAS DCTREASP".split()
    assert t.cells(told, *names) == [
        (64, "YEARS", "F", "ASIAN", "2025-03-01", "2025-03-10", "2025-03-14", "2025-04-03", 21, 1,
         "DISCONTINUED", "2025-04-10", "PROGRESSIVE DISEASE", "progression"),
    ]  # fmt: skip
    names = "EOSSTT DCSREAS DTHFL DTHDT DTHDTF DTHCAUS SCRFFL SIMFL".split()
    assert t.cells(told, *names) == [
        ("DISCONTINUED", "DEATH", "Y", "2025-04-30", "D", "lymphoma", "N", "N"),
    ]


def test_a_screen_failure_has_its_day_and_reason_and_no_treatment():
    who = {"actor": "u1", "role": "investigator", "site": "S01", "subject": "P-1"}
    failed = ScreeningFailed(**who, occurred=t.date(2025, 3, 5), said=Said("not eligible"), why="platelets too low")
    names = "ENRLFL SAFFL SCRFFL SCRFDT SCRFREAS EOSSTT TRT01P TRTSDT".split()
    assert t.cells(t.rows("ADSL", screened("2025-03-01"), failed), *names) == [
        ("N", "N", "Y", "2025-03-05", "platelets too low", "", "", None)
    ]


def test_who_is_registered_and_took_nothing_is_ongoing_and_not_in_the_safety_set():
    told = t.rows("ADSL", screened("2025-03-01"), registered("2025-03-10"))
    assert t.cells(told, "ENRLFL", "SAFFL", "EVALFL", "EOSSTT", "EOTSTT", "TRTDURD", "NCOURSE") == [
        ("Y", "N", "N", "ONGOING", "", None, 0)
    ]
    for name in ("ADTTE", "ADRS", "ADEX"):
        assert t.rows(name, screened("2025-03-01"), registered("2025-03-10")) == []


# ---- ADAE -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        ("2025-03-13", "2025-03-20", ("2025-03-13", "", -1, "2025-03-20", "", "N")),
        ("2025-03-14", "2025-03-20", ("2025-03-14", "", 1, "2025-03-20", "", "Y")),
        ("2025-03", "2025-04", ("2025-03-14", "D", 1, "2025-04-30", "D", "Y")),
        ("2025-02", "2025-04", ("2025-02-01", "D", -41, "2025-04-30", "D", "N")),
        ("2025", "2025", ("2025-03-14", "M", 1, "2025-06-01", "M", "Y")),
        ("2025-05-05", None, ("2025-05-05", "", 53, None, "", "Y")),
    ],
)
def test_days_of_an_event_and_whether_it_emerged(start, end, told):
    """The first dose is on 14 March, the cut-off on 1 June; 2025-02-01 is 41 days before it."""
    given = t.rows("ADAE", *t.treated(event(1, start, **({"end": end} if end else {}))))
    assert t.cells(given, *WHEN) == [told]


def test_an_event_from_before_that_worsens_is_two_rows_and_only_the_worse_one_emerged():
    worse = form("2025-05-20", {"adverse_event_grade/1.1": {"event": "1", "grade": 3, "on": "2025-03-20"}})
    told = t.rows("ADAE", *t.treated(event(1, "2025-03-01", 1), worse))
    assert t.cells(told, "AESEQ", "AESPID", "ATOXGRN", "TRTEMFL", "TRTEMREA", "AOCCIFL") == [
        (1, "1", 1, "N", "before the first dose on 2025-03-14", None),
        (2, "1", 3, "Y", "grade 3, 1 before treatment", "Y"),
    ]


@pytest.mark.parametrize(("start", "flag"), [("2025-05-10", "Y"), ("2025-05-11", "N")])
def test_after_the_time_of_safety_nothing_emerges(start, flag):
    """Treatment ended with the last dose on 10 April; 30 days later is 10 May."""
    over = ended("2025-04-10", "completed", "2025-04-10")
    assert t.cells(t.rows("ADAE", *t.treated(over, event(1, start))), "TRTEMFL") == [(flag,)]


def test_a_grade_nobody_knows_is_empty_and_may_be_anything():
    told = t.rows("ADAE", *t.treated(event(1, "2025-04-01", Missing("not_known"))))
    assert t.cells(told, "ATOXGR", "ATOXGRN", "ATOXGRHI", "TRTEMFL", "AOCCIFL") == [("", None, 5, "U", None)]


def test_the_words_of_an_event_are_terms_of_the_lists():
    given = event(
        1, "2025-04-01", 4, serious="yes", serious_hospitalization="yes", action="dose_held", outcome="recovering"
    )
    names = "AETERM AEDECOD AEGRSTD AESER AESHOSP AESDTH AEREL AEACN AEOUT".split()
    assert t.cells(t.rows("ADAE", *t.treated(given)), *names) == [
        ("Fatigue", "Fatigue", "CTCAE 3.0", "Y", "Y", "N", "Y", "DRUG INTERRUPTED", "RECOVERING/RESOLVING")
    ]


def test_without_a_table_of_grades_an_event_keeps_the_grade_it_was_entered_with():
    told = t.rows("ADAE", *t.treated(event(1, "2025-04-01", 3, term="Itching")), table=None)
    assert t.cells(told, "AEDECOD", "AEBODSYS", "AEGRSTD", "ATOXGRN", "TRTEMFL") == [("Itching", "", "", 3, "Y")]


def test_laboratory_values_of_one_grade_one_after_another_are_one_row():
    """Platelets under 75,000 are grade 2, under 50,000 grade 3; 60,000 again after 40,000 is a new row."""
    days = {"2025-03-10": 200000, "2025-03-21": 60000, "2025-03-28": 70000, "2025-04-04": 40000, "2025-04-11": 60000}
    low = {"low": "150000 /mm3"}
    values = [form(on, {"platelets/" + on: {"value": f"{n} /mm3", "on": on, **low}}) for on, n in days.items()]
    told = t.rows("ADAE", *t.treated(*values))
    assert t.cells(told, "AECAT", "AEDECOD", "ATOXGRN", "AESTDTC", "AEENDTC", "TRTEMFL", "AOCCPIFL") == [
        ("LABORATORY", "Platelets", 2, "2025-03-21", "2025-04-03", "Y", None),
        ("LABORATORY", "Platelets", 3, "2025-04-04", "2025-04-10", "Y", "Y"),
        ("LABORATORY", "Platelets", 2, "2025-04-11", "", "Y", None),
    ]


# ---- ADLB -----------------------------------------------------------------------------------------------------------


def test_a_laboratory_value_against_the_one_before_treatment():
    """Platelets 200,000 before and 60,000 after: -140,000, which is -70 % of 200,000; grade 2 of the term for low."""
    told = t.rows(
        "ADLB",
        *t.treated(
            form(
                "2025-03-10",
                {"platelets/screening": {"value": "200 10*3/uL", "on": "2025-03-10", "low": "150 10*3/uL"}},
            ),
            form("2025-03-14", {"platelets/d1": {"value": "190000 /mm3", "on": "2025-03-14", "low": "150000 /mm3"}}),
            form("2025-03-21", {"platelets/d8": {"value": "57000 /mm3", "on": "2025-03-21", "low": "150000 /mm3"}}),
        ),
    )
    names = "PARAMCD ADY AVAL ANRLO ANRIND ABLFL BASE CHG PCHG ATOXGR SHIFT1 SHIFT2".split()
    assert t.cells(told, *names) == [
        ("PLAT", -4, 200000.0, 150000.0, "NORMAL", "", 190000.0, None, None, "0", None, None),
        ("PLAT", 1, 190000.0, 150000.0, "NORMAL", "Y", 190000.0, None, None, "0", None, None),
        ("PLAT", 8, 57000.0, 150000.0, "LOW", "", 190000.0, -133000.0, -70.0, "-2", "NORMAL to LOW", "0 to -2"),
    ]


def test_a_change_is_that_of_the_decimals_as_recorded():
    """0.9 less 1.1 is -0.2; as floats it would be -0.20000000000000007."""
    told = t.rows(
        "ADLB",
        *t.treated(
            form("2025-03-10", {"alt/screening": {"value": "1.1 U/L", "on": "2025-03-10"}}),
            form("2025-03-21", {"alt/d8": {"value": "0.9 U/L", "on": "2025-03-21"}}),
        ),
    )
    assert t.cells(told, "AVAL", "CHG") == [(1.1, None), (0.9, -0.2)]


def test_a_limit_of_detection_is_no_number_and_a_missing_baseline_leaves_no_change():
    told = t.rows(
        "ADLB",
        *t.treated(form("2025-03-21", {"alt/d8": {"value": "5 U/L", "bound": "<", "on": "2025-03-21"}})),
    )
    assert t.cells(told, "AVAL", "AVALC", "BASE", "CHG", "ABLFL", "SHIFT2") == [(None, "<5 U/L", None, None, "", None)]


def test_what_was_not_done_is_a_row_without_a_value_and_with_the_reason():
    told = t.rows(
        "ADLB", *t.treated(form("2025-03-21", {"alt/d8": {"value": Missing("not_done"), "on": "2025-03-21"}}))
    )
    [(value, words, grade, why)] = t.cells(told, "AVAL", "AVALC", "ATOXGR", "AREASND")
    assert (value, words, grade) == (None, "", "")
    assert "not done" in why.replace("_", " ")


def test_a_value_that_cannot_be_graded_has_no_grade_and_says_why():
    told = t.rows("ADLB", *t.treated(form("2025-03-21", {"alt on 2025-03-21": "100 U/L"})))
    [(grade, low, high, why)] = t.cells(told, "ATOXGR", "ATOXGRL", "ATOXGRH", "ATOXREAS")
    assert (grade, low, high) == ("", "", "")
    assert "not gradable" in why


# ---- ADTTE, ADRS ----------------------------------------------------------------------------------------------------


def test_times_in_days_and_months_with_the_reason():
    """14 March to 12 April are 30 days with both ends; 30 / 30.4375 months."""
    told = t.rows("ADTTE", *t.treated(form("2025-04-12", {"death/1": {"on": "2025-04-12", "cause": "disease"}})))
    names = "PARAMCD STARTDT ADT ADY AVAL AVALU CNSR CLAUSE".split()
    assert t.cells(told, *names) == [
        ("OS", "2025-03-14", "2025-04-12", 30, 30, "DAYS", 0, "survival"),
        ("PFS", "2025-03-14", "2025-03-14", 1, 1, "DAYS", 1, "pfs"),
    ]
    assert told[0]["AVALMO"] == pytest.approx(30 / 30.4375)
    assert all(row["EVNTDESC"] and row["ADTREAS"] for row in told)
    assert [bool(row["CNSDTDSC"]) for row in told] == [False, True]


def test_a_variant_is_told_with_its_endpoint_and_has_a_code_of_its_own():
    """Death on 12 April: 34 days from the registration on 10 March, 30 from the first dose on the 14th."""
    since = {"id": "survival_from_registration", "label": "from registration", "since": "registration"}
    survival = {**t.ENDPOINTS[1], "variants": [since]}
    died = form("2025-04-12", {"death/1": {"on": "2025-04-12"}})
    told = t.rows("ADTTE", *t.treated(died), endpoints=[survival])
    assert t.cells(told, "PARAMCD", "PARAM", "PARCAT1", "STARTDT", "AVAL", "CLAUSE") == [
        ("OS", "Overall survival", "PRIMARY", "2025-03-14", 30, "survival"),
        ("OSFROMRE", "Overall survival: from registration", "VARIANT", "2025-03-10", 34, "survival_from_registration"),
    ]


def scan(number: int, on: str, response: str):
    return form(on, {f"tumor_assessment/v{number}": {"value": response, "on": on}})


def test_response_seen_and_confirmed_with_their_days():
    """PR on 20 April, seen again 28 days later, CR at the end unconfirmed: best CR, confirmed PR from 20 April."""
    told = t.rows(
        "ADRS",
        *t.treated(scan(1, "2025-04-20", "PR"), scan(2, "2025-05-18", "PR"), scan(3, "2025-05-30", "CR")),
    )
    mine = {
        (row["PARAMCD"]): (row["AVALC"], str(row["ADT"])) for row in told if row["PARAMCD"] not in ("OVR", "PCHGSCR")
    }
    assert mine == {
        "BOR": ("CR", "2025-05-30"),
        "CBOR": ("PR", "2025-04-20"),
        "RSP": ("Y", "2025-04-20"),
        "CRSP": ("Y", "2025-04-20"),
        "PD": ("N", "None"),
    }
    assert [row["AVALC"] for row in told if row["PARAMCD"] == "OVR"] == ["PR", "PR", "CR"]
    assert {row["AVAL"] for row in told if row["PARAMCD"] == "PCHGSCR"} == {-50.0}


def test_what_comes_after_progression_is_told_but_does_not_count():
    told = t.rows("ADRS", *t.treated(scan(1, "2025-04-20", "PD"), scan(2, "2025-05-20", "CR")))
    assert [(row["AVALC"], row["ANL01FL"]) for row in told if row["PARAMCD"] == "OVR"] == [("PD", "Y"), ("CR", "")]
    assert [row["AVALC"] for row in told if row["PARAMCD"] in ("BOR", "CBOR", "RSP", "PD")] == ["PD", "PD", "N", "Y"]


# ---- ADEX -----------------------------------------------------------------------------------------------------------


def test_doses_of_a_course_planned_and_taken():
    """21 days of 10 mg planned, 20 taken: 200 of 210 mg, 95.238 %."""
    told = t.rows("ADEX", *t.treated(taken(1, t.START, "2025-04-03", days_taken=20, days_missed=1)))
    mine = {row["PARAMCD"]: (row["AVAL"], row["AVALU"]) for row in told}
    assert mine["DOSE"] == (10.0, "mg")
    assert [mine[name][0] for name in ("DURD", "MISSD", "PLDURD", "PLDOSE")] == [20.0, 1.0, 21.0, 10.0]
    assert (mine["PLCUM"], mine["CUM"]) == ((210.0, "mg"), (200.0, "mg"))
    assert mine["RDI"][0] == mine["TRDI"][0] == pytest.approx(100 * 200 / 210)


def test_a_course_whose_exposure_is_not_recorded_is_unknown_and_never_nothing():
    mine = {row["PARAMCD"]: row for row in t.rows("ADEX", *t.treated())}
    assert (mine["CUM"]["AVAL"], mine["TCUM"]["AVAL"], mine["RDI"]["AVAL"]) == (None, None, None)
    assert "exposure of course 1" in mine["CUM"]["ADJREAS"]


# ---- the cut-off ----------------------------------------------------------------------------------------------------


def test_what_is_later_than_the_cut_off_is_not_there():
    events = t.treated(event(1, "2025-04-01"), form("2025-04-12", {"death/1": {"on": "2025-04-12"}}))
    early = t.rows("ADSL", *events, cut=t.date(2025, 3, 31))
    assert t.cells(early, "DTHFL", "EOTSTT") == [("", "ONGOING")]
    assert t.rows("ADAE", *events, cut=t.date(2025, 3, 31)) == []
    assert t.rows("ADSL", *events, cut=t.date(2025, 2, 28)) == []


def test_a_correction_is_what_counts():
    wrong = form("2025-03-21", {"platelets/d8": {"value": "5700 /mm3", "on": "2025-03-21"}})
    right = correction("2025-03-25", {"platelets/d8/value": "57000 /mm3"})
    assert t.cells(t.rows("ADLB", *t.treated(wrong, right)), "AVAL", "SRCSEQ") == [(57000.0, 6)]
