"""Adverse events in detail: what each span, correction and finding says, and the version a grade was given under."""

from __future__ import annotations

import pytest

from builders import DRUG, case, correction, day, form, protocol, regimen
from event_stories import DIED, MOVED, START, TOLD, across, drug, entered, findings, one, row, spans, subject
from trialwright.core.ledger import ArmAllocated, Missing
from trialwright.core.subject import Case
from trialwright.core.terms import PartialDate
from trialwright.core.toxicity import (
    GradeSpan,
    adverse_events,
    toxicities,
    toxicity_findings,
    worst_grades,
)
from trialwright.core.toxicity.event_grades import possible_grades
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.ctcae.v3 import CTCAE_3
from trialwright.standards.ctcae.v5 import CTCAE_5
from trialwright.standards.units import UNITS

# --- the version a grade was given under --------------------------------------------------------------------------


def test_a_grade_keeps_the_version_it_was_given_under():
    """Fatigue has grade 4 in version 3.0 and not in 5.0: it stays grade 4, and is no error."""
    before = form("2025-03-12", {"adverse_event/1": {**TOLD, "grade": 4}})
    after = form("2025-04-10", {"adverse_event/2": {**TOLD, "grade": 4, "start": "2025-04-08"}})
    given = across(before, form("2025-03-13", {"weight": "70 kg"}), after)
    found = adverse_events(given, CTCAE_5, day("2025-06-01"))
    assert [
        (each.id, each.spans[0].grade and each.spans[0].grade.number, each.spans[0].standard) for each in found
    ] == [
        ("1", 4, "CTCAE 3.0"),
        ("2", None, "CTCAE 5.0"),
    ]
    [finding] = toxicity_findings(given, CTCAE_5, day("2025-06-01"))
    assert "grade 4, which does not exist for it in CTCAE 5.0" in finding.says


@pytest.mark.parametrize(
    ("occurred", "late", "standard"),
    [
        ("2025-03-31", False, "CTCAE 3.0"),
        ("2025-04-01", False, "CTCAE 3.0"),  # entered before the move in the ledger
        ("2025-03-31", True, "CTCAE 3.0"),  # entered late, of a day before the move
        ("2025-04-01", True, "CTCAE 5.0"),
    ],
)
def test_what_was_entered_before_the_move_or_for_a_day_before_it_was_graded_by_the_earlier_table(
    occurred, late, standard
):
    filler = [form("2025-03-05", {"weight": "70 kg"}), form("2025-03-06", {"height": "170 cm"})]
    told = form(occurred, {"adverse_event/1": {**TOLD, "start": "2025-03-30"}})
    given = across(*([*filler, told] if late else [told, *filler]))
    assert adverse_events(given, CTCAE_5, day("2025-06-01"))[0].spans[0].standard == standard


def test_a_correction_after_the_move_keeps_the_version_of_the_grade_it_corrects():
    given = across(
        form("2025-03-12", {"adverse_event/1": TOLD}),
        form("2025-03-13", {"weight": "70 kg"}),
        correction("2025-04-10", {"adverse_event/1/grade": 4}),
    )
    [found] = adverse_events(given, CTCAE_5, day("2025-06-01"))
    assert (found.spans[0].grade.number, found.spans[0].standard) == (4, "CTCAE 3.0")


def test_an_event_graded_under_two_versions_says_so_and_its_worst_grades_are_told_apart():
    given = across(
        form("2025-03-12", {"adverse_event/1": TOLD}),
        form("2025-03-13", {"weight": "70 kg"}),
        form("2025-04-10", {"adverse_event_grade/1.1": {"event": "1", **row(3, "2025-04-09")}}),
    )
    worst = worst_grades(given, CTCAE_5, day("2025-06-01"), None)
    assert {term: grade.number for term, grade in worst.items()} == {"Fatigue (CTCAE 3.0)": 2, "Fatigue": 3}
    [finding] = toxicity_findings(given, CTCAE_5, day("2025-06-01"))
    assert "CTCAE 3.0 and CTCAE 5.0" in finding.says
    assert finding.severity.value == "note"


def test_an_event_of_the_earlier_version_is_found_by_a_rule_that_uses_the_present_name():
    given = across(form("2025-03-12", {"adverse_event/1": {**TOLD, "term": "Neutropenia", "grade": 4}}))
    [found] = toxicities(given, CTCAE_5, day("2025-06-01"))
    assert (found.term, found.grade.number, found.standard) == ("Neutrophil count decreased", 4, "CTCAE 3.0")


def test_a_term_of_the_earlier_table_alone_keeps_its_name():
    given = across(form("2025-03-12", {"adverse_event/1": {**TOLD, "term": "Tumor flare"}}))
    assert CTCAE_5.term("Tumor flare") is None
    assert [each.term for each in adverse_events(given, CTCAE_5, day("2025-06-01"))] == ["Tumor flare"]
    assert [each.says for each in toxicity_findings(given, CTCAE_5, day("2025-06-01"))] == []


def test_laboratory_values_are_counted_by_the_table_of_their_day_and_judged_by_the_present_one():
    """ALT of 110 at an upper limit of 40 is 2.75 times: grade 2 in version 3.0 (above 2.5), 1 in 5.0 (up to 3)."""
    items = {
        f"alt on {on}": {"value": value, "low": "5 U/L", "high": "40 U/L"}
        for on, value in (("2025-02-20", "30 U/L"), ("2025-03-31", "110 U/L"), ("2025-04-01", "110 U/L"))
    }
    given = across(items=items)
    worst = worst_grades(given, CTCAE_5, day("2025-06-01"), None)
    assert {term: grade.number for term, grade in worst.items()} == {
        "ALT, SGPT (CTCAE 3.0)": 2,
        "Alanine aminotransferase increased": 1,
    }
    now = [(each.term, each.grade.number) for each in toxicities(given, CTCAE_5, day("2025-06-01"))]
    assert now == [("Alanine aminotransferase increased", number) for number in (0, 1, 1)]


def test_what_was_there_before_treatment_is_not_treatment_emergent_in_either_version():
    given = case(
        form("2025-02-20", {"adverse_event/1": {**TOLD, "start": "2025-02-01"}}),
        START,
        form("2025-03-13", {"weight": "70 kg"}),
        form("2025-04-10", {"adverse_event_grade/1.1": {"event": "1", **row(2, "2025-04-09")}}),
        concepts=CONCEPTS,
        units=UNITS,
        earlier_tables=(MOVED,),
    )
    assert worst_grades(given, CTCAE_5, day("2025-06-01"), None) == {}


# --- details that decide ------------------------------------------------------------------------------------------


def test_an_unknown_grade_can_be_any_that_an_event_can_have():
    assert [one.number for one in possible_grades(GradeSpan(None, PartialDate(2025), None, (), "", ""))] == [
        1,
        2,
        3,
        4,
        5,
    ]
    given = entered(row(Missing("not_known"), "2025-03-15"), term="Hemoglobin", grade=5, outcome="fatal", serious="yes")
    assert one(given).worst.number == 5


def test_each_span_names_the_event_of_the_ledger_that_gave_its_grade():
    given = subject(
        form("2025-03-12", {"adverse_event/1": TOLD}),
        form("2025-03-15", {"adverse_event_grade/1.1": row(3, "2025-03-14")}),
        form("2025-03-20", {"adverse_event/1/grade": 1}),
        correction("2025-03-21", {"adverse_event_grade/1.1/grade": 4}),
    )
    assert [(span.grade.number, span.event) for span in one(given).spans] == [(2, "e2"), (4, "e5"), (1, "e4")]
    assert [span.entered for span in one(given).spans] == [(2,), (4,), (1,)]


def test_a_correction_replaces_the_grade_before_it_and_no_other():
    given = subject(
        form("2025-03-12", {"adverse_event/1": TOLD}),
        form("2025-03-15", {"adverse_event/1/grade": 3}),
        correction("2025-03-16", {"adverse_event/1/grade": 4}),
        form("2025-03-20", {"adverse_event/1/grade": 1}),
    )
    assert spans(one(given)) == [
        (2, "2025-03-10", "2025-03-14"),
        (4, "2025-03-15", "2025-03-19"),
        (1, "2025-03-20", ""),
    ]


def test_two_later_entries_of_one_day_are_two_changes_and_the_last_one_holds():
    given = subject(
        form("2025-03-10", {"adverse_event/1": TOLD}),
        form("2025-03-15", {"adverse_event/1/grade": 4}),
        form("2025-03-15", {"adverse_event/1/grade": 1}),
    )
    event = one(given)
    assert spans(event) == [(2, "2025-03-10", "2025-03-14"), (4, "2025-03-15", "2025-03-15"), (1, "2025-03-15", "")]
    assert event.grade_on(day("2025-03-15")).number == 4  # the worst of the day
    assert event.grade_on(day("2025-03-16")).number == 1


def test_two_unknown_grades_are_two_findings_and_grade_1_and_grade_5_are_grades():
    given = entered(row("severe", "2025-03-15"), grade="bad")
    assert [span.grade for span in one(given).spans] == [None, None]
    assert len([says for says in findings(given) if "with no grade in CTCAE 3.0" in says]) == 2
    assert [one(entered(grade=grade)).spans[0].grade.number for grade in (1, 4)] == [1, 4]


def test_after_three_rows_of_two_days_the_last_day_holds():
    given = entered(row(3, "2025-03-15"), row(3, "2025-03-15"), row(1, "2025-03-20"), row(4, "2025-03-12"))
    assert spans(one(given)) == [
        (2, "2025-03-10", "2025-03-11"),
        (4, "2025-03-12", "2025-03-14"),
        (3, "2025-03-15", "2025-03-19"),
        (1, "2025-03-20", ""),
    ]


def test_an_arm_tells_which_drugs_are_under_study():
    arms = [{"id": name, "label": name, "type": "experimental"} for name in ("A", "B")]
    drugs = [regimen(arms=["A"]), regimen(id="second", drug="otherinib", arms=["B"])]
    study = protocol(arms=arms, regimen=drugs)
    told = form(
        "2025-03-12",
        {
            "adverse_event/1": {**TOLD, "related": None},
            "adverse_event_attribution/1.x": {"event": "1", **drug("otherinib", "definite")},
        },
    )
    allocated = ArmAllocated(actor="a", role="r", site="S01", subject="S01-001", occurred=day("2025-03-01"), arm="A")
    assert one(subject(told, protocol=study)).related is True
    assert one(subject(allocated, told, protocol=study)).related is None
    assert (
        "attributed to otherinib, which this subject is not given"
        in findings(subject(allocated, told, protocol=study))[0]
    )


def test_findings_tell_what_to_do_and_name_the_grades_and_the_entries():
    def to_do(given: Case) -> list[str]:
        return [each.do for each in toxicity_findings(given, CTCAE_3, day("2025-06-01"))]

    assert to_do(entered(grade=5)) == ["Enter one of its grades: 1, 2, 3, 4."]
    assert "Enter one of its grades: 1, 2, 3, 4, 5." in to_do(entered(term="Something new", grade=6))
    assert to_do(entered(recurrence_of="9")) == ["Name one of: none is entered."]
    assert to_do(entered(term="Edema")) == ["Choose a term of the table: Edema:limb, Edema:trunk/genital."]
    three = subject(
        form("2025-03-12", {f"adverse_event/{n}": TOLD for n in (1, 2)}),
        form("2025-03-12", {"adverse_event/3": {**TOLD, "recurrence_of": "3"}}),
    )
    assert to_do(three) == ["Name one of: 1, 2."]


def test_a_contradiction_about_the_relation_names_the_drugs_under_study_alone():
    given = entered(drug(DRUG, "definite"), drug("aspirin", "possible"), related="no")
    [says] = [says for says in findings(given) if "to be related" in says]
    assert says.endswith(f"is said not to be related (entered 2025-03-12, event e2) and is definite to {DRUG}.")
    assert not [says for says in findings(entered(drug(DRUG, Missing("not_known")), related="no")) if "related" in says]


def test_an_event_without_a_name_is_called_so_in_every_finding():
    given = subject(form("2025-03-12", {"adverse_event/1": {**TOLD, "term": None, "start": None, "serious": "yes"}}))
    said = findings(given)
    assert "An adverse event without a name is no term of CTCAE 3.0." in said
    assert "An adverse event has no start date." in said
    assert any(says.startswith("An adverse event without a name (adverse event 1) is serious") for says in said)


def test_a_finding_is_about_the_row_that_is_wrong():
    given = subject(
        form("2025-03-12", {"adverse_event/1": TOLD}),
        form("2025-03-13", {"adverse_event_grade/1.1": row(3, "2025-03-09")}),
    )
    [finding] = toxicity_findings(given, CTCAE_3, day("2025-06-01"))
    assert finding.about == "e3"
    assert "before its onset on 2025-03-10 (entered 2025-03-12, event e2)" in finding.says


@pytest.mark.parametrize(
    ("fields", "matters"),
    [
        ({"outcome": "recovered", "ongoing": "yes"}, "goes on|going on"),
        ({"outcome": "recovered"}, "counted until 2025-03-12"),
    ],
)
def test_what_an_outcome_makes_of_the_end_is_told(fields, matters):
    [finding] = toxicity_findings(entered(**fields), CTCAE_3, day("2025-06-01"))
    assert any(part in finding.matters for part in matters.split("|"))


def test_a_recurrence_on_the_day_the_first_began_is_possible_where_that_one_was_over_the_same_day():
    first, second = {**TOLD, "end": "2025-03-10"}, {**TOLD, "recurrence_of": "1"}
    assert findings(subject(form("2025-04-01", {"adverse_event/1": first, "adverse_event/2": second}))) == []


def test_grade_5_without_an_outcome_is_no_contradiction():
    items = {"adverse_event/1": {**TOLD, "term": "Hemoglobin", "grade": 5, "start": "2025-03-20", "serious": "yes"}}
    assert findings(subject(form("2025-03-21", {**items, **DIED}))) == []


def test_an_event_of_a_table_before_keeps_its_term_for_the_grades_it_can_have():
    given = across(form("2025-03-12", {"adverse_event/1": {**TOLD, "grade": 5}}))
    [finding] = toxicity_findings(given, CTCAE_5, day("2025-06-01"))
    assert finding.says == "Fatigue was reported with grade 5, which does not exist for it in CTCAE 3.0."
    assert finding.do == "Enter one of its grades: 1, 2, 3, 4."


def test_an_event_without_any_grade_is_of_unknown_grade():
    told = {name: each for name, each in TOLD.items() if name != "grade"}
    given = subject(form("2025-03-12", {"adverse_event/1": told}))
    assert spans(one(given)) == [(None, "2025-03-10", "")]
    assert findings(given) == ["Fatigue was reported with no grade in CTCAE 3.0."]


def test_a_row_of_the_first_day_that_contradicts_the_first_grade_leaves_it_unknown():
    event = one(entered(row(3, "2025-03-10")))
    assert [(span.grade, [each.number for each in span.possible]) for span in event.spans] == [(None, [2, 3])]
    assert event.event == "e2"


def test_a_grade_that_comes_back_is_a_change():
    given = subject(
        form("2025-03-10", {"adverse_event/1": TOLD}),
        form("2025-03-15", {"adverse_event/1/grade": 3}),
        form("2025-03-20", {"adverse_event/1/grade": 2}),
    )
    assert [each[0] for each in spans(one(given))] == [2, 3, 2]


def test_what_was_said_last_of_going_on_counts():
    given = subject(
        form("2025-03-12", {"adverse_event/1": {**TOLD, "ongoing": "yes"}}),
        form("2025-03-26", {"adverse_event/1/ongoing": "no", "adverse_event/1/end": "2025-03-20"}),
        form("2025-03-30", {"adverse_event/1/ongoing": "yes"}),
    )
    assert one(given).end is None
    assert ["said to go on (entered 2025-03-30, event e4)" in says for says in findings(given)] == [True]
    again = subject(
        form("2025-03-12", {"adverse_event/1": {**TOLD, "ongoing": "yes", "end": "2025-03-11"}}),
        form("2025-03-26", {"adverse_event/1/end": "2025-03-20"}),
    )
    assert (str(one(again).end), findings(again)) == ("2025-03-20", [])


@pytest.mark.parametrize(("grade", "counted"), [(0, None), (1, 1), (5, 5), (6, None)])
def test_a_term_the_table_lacks_may_have_grades_1_to_5(grade, counted):
    span = one(entered(term="Something new", grade=grade, outcome="fatal" if grade == 5 else None)).spans[0]
    assert (span.grade and span.grade.number) == counted


def test_an_end_and_a_grade_on_the_first_day_are_possible_and_a_row_of_it_is_not_before_it():
    given = entered(row(2, "2025-03-10"), end="2025-03-10")
    assert (spans(one(given)), findings(given)) == ([(2, "2025-03-10", "2025-03-10")], [])


def test_each_laboratory_value_is_counted_by_the_table_of_its_own_day():
    """Before the move 250, more than 5 times the upper limit of 40: grade 3 in both; after it 110: grade 1 in 5.0."""
    items = {
        f"alt on {on}": {"value": value, "low": "5 U/L", "high": "40 U/L"}
        for on, value in (("2025-02-20", "30 U/L"), ("2025-03-31", "250 U/L"), ("2025-04-01", "110 U/L"))
    }
    worst = worst_grades(across(items=items), CTCAE_5, day("2025-06-01"), None)
    assert {term: grade.number for term, grade in worst.items()} == {
        "ALT, SGPT (CTCAE 3.0)": 3,
        "Alanine aminotransferase increased": 1,
    }


# --- on a day before it was over ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "end", "outcome"),
    [("2025-03-19", None, ""), ("2025-03-20", "2025-03-20", "recovered"), ("2025-03-21", "2025-03-20", "recovered")],
)
def test_an_event_has_no_end_and_no_outcome_before_it_ended(on, end, outcome):
    found = one(entered(end="2025-03-20", outcome="recovered"), on)
    assert (found.end and str(found.end), found.outcome) == (end, outcome)
