"""One adverse event is one thing: its grades by date, its end, seriousness, attribution, recurrence, contradictions."""

from __future__ import annotations

import pytest

from builders import DRUG, correction, day, form
from event_stories import DIED, TOLD, TWO_DRUGS, drug, entered, findings, one, row, spans, subject
from trialwright.core.ledger import Missing
from trialwright.core.toxicity import (
    adverse_events,
    toxicities,
    toxicity_findings,
)
from trialwright.standards.ctcae.v3 import CTCAE_3

# --- grades over time ---------------------------------------------------------------------------------------------


def test_changes_of_grade_are_dated_rows_of_the_one_event():
    given = entered(row(4, "2025-03-15"), row(1, "2025-03-20"), end="2025-03-25", on="2025-03-26")
    assert spans(one(given)) == [
        (2, "2025-03-10", "2025-03-14"),
        (4, "2025-03-15", "2025-03-19"),
        (1, "2025-03-20", "2025-03-25"),
    ]
    assert findings(given) == []


@pytest.mark.parametrize(
    ("on", "grade"),
    [
        ("2025-03-09", 0), ("2025-03-10", 2), ("2025-03-14", 2), ("2025-03-15", 4), ("2025-03-19", 4),
        ("2025-03-20", 1), ("2025-03-25", 1), ("2025-03-26", 0),
    ],
)  # fmt: skip
def test_the_grade_on_a_day(on, grade):
    given = one(entered(row(4, "2025-03-15"), row(1, "2025-03-20"), end="2025-03-25"))
    assert given.grade_on(day(on)).number == grade


def test_worst_grade_duration_and_what_is_not_known_of_them():
    given = one(entered(row(4, "2025-03-15"), row(1, "2025-03-20"), end="2025-03-25"))
    assert (given.worst.number, given.days(day("2025-06-01"))) == (4, 16)
    assert given.days(day("2025-03-12")) == 3  # as known that day
    assert one(entered()).days(day("2025-03-10")) == 1  # the first day is one
    unknown = one(entered(row(Missing("not_known"), "2025-03-15")))
    assert (unknown.worst, unknown.grade_on(day("2025-03-15"))) == (None, None)
    assert unknown.grade_on(day("2025-03-14")).number == 2
    assert one(entered(row(Missing("not_known"), "2025-03-15"), term="Hemoglobin", grade=5)).worst.number == 5
    assert one(entered(start="2025-03")).days(day("2025-06-01")) is None
    assert one(entered(end="2025-04")).days(day("2025-06-01")) is None


def test_a_row_is_known_from_its_day_on():
    given = entered(row(4, "2025-03-15"))
    assert [len(one(given, on).spans) for on in ("2025-03-14", "2025-03-15")] == [1, 2]


def test_a_row_that_repeats_the_grade_is_no_change():
    assert spans(one(entered(row(2, "2025-03-10"), row(2, "2025-03-15")))) == [(2, "2025-03-10", "")]


def test_rows_and_later_entries_of_the_grade_make_one_history():
    given = subject(
        form(
            "2025-03-12", {"adverse_event/1": TOLD, "adverse_event_grade/1.1": {"event": "1", **row(4, "2025-03-20")}}
        ),
        form("2025-03-16", {"adverse_event/1/grade": 3}),
    )
    assert [each[:2] for each in spans(one(given))] == [(2, "2025-03-10"), (3, "2025-03-16"), (4, "2025-03-20")]


def test_the_number_of_the_event_may_stand_in_the_instance_alone():
    given = subject(form("2025-03-12", {"adverse_event/7": TOLD, "adverse_event_grade/7.a": row(3, "2025-03-20")}))
    assert [each[0] for each in spans(one(given))] == [2, 3]


def test_the_first_grade_may_be_a_row_of_the_first_day():
    given = entered(row(3, "2025-03-10"), grade=None)
    assert spans(one(given)) == [(3, "2025-03-10", "")]
    assert spans(one(entered(row(3, "2025-03-11"), grade=None))) == [
        (None, "2025-03-10", "2025-03-10"),
        (3, "2025-03-11", ""),
    ]


def test_two_rows_of_one_day_that_disagree_leave_the_grade_unknown_between_them():
    given = entered(row(3, "2025-03-15"), row(1, "2025-03-15"))
    last = one(given).spans[-1]
    assert (last.grade, [each.number for each in last.possible]) == (None, [1, 3])
    assert one(given).worst is None
    [finding] = toxicity_findings(given, CTCAE_3, day("2025-06-01"))
    assert "grades 3 and 1 from 2025-03-15 on" in finding.says
    assert finding.severity.value == "error"
    held = [each for each in toxicities(given, CTCAE_3, day("2025-06-01")) if each.onset.earliest == day("2025-03-15")]
    assert [each.possible for each in held] == [last.possible]


def test_a_row_entered_by_mistake_and_emptied_counts_for_nothing():
    given = subject(
        form(
            "2025-03-12", {"adverse_event/1": TOLD, "adverse_event_grade/1.1": {"event": "1", **row(4, "2025-03-15")}}
        ),
        correction("2025-03-16", {f"adverse_event_grade/1.1/{name}": None for name in ("event", "grade", "on")}),
    )
    assert (spans(one(given)), findings(given)) == ([(2, "2025-03-10", "")], [])


def test_each_span_of_an_event_is_a_toxicity_that_names_its_event_and_its_table():
    given = entered(row(4, "2025-03-15"))
    told = [
        (each.grade.number, each.adverse_event, each.standard) for each in toxicities(given, CTCAE_3, day("2025-06-01"))
    ]
    assert told == [(2, "1", "CTCAE 3.0"), (4, "1", "CTCAE 3.0")]


# --- contradictions of dates --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "fields", "end", "told"),
    [
        # resolution before onset: below, at, above, missing
        ((), {"end": "2025-03-09"}, None, "2025-03-09, before its onset on 2025-03-10 (entered 2025-03-12, event e2)"),
        ((), {"end": "2025-03-10"}, "2025-03-10", ""),
        ((), {"end": "2025-03-11"}, "2025-03-11", ""),
        ((), {"end": "2025-03"}, "2025-03", ""),
        ((), {"end": "2025-02"}, None, "ended on 2025-02, before its onset on 2025-03-10"),
        ((), {}, None, ""),
        # a grade after the end
        ((row(3, "2025-03-21"),), {"end": "2025-03-20"}, None, "from 2025-03-21 on, after its end on 2025-03-20"),
        ((row(3, "2025-03-20"),), {"end": "2025-03-20"}, "2025-03-20", ""),
        # a grade before the onset
        ((row(3, "2025-03-09"),), {}, None, "grade 3 from 2025-03-09 on, before its onset on 2025-03-10"),
        # going on and over at once
        ((), {"end": "2025-03-20", "ongoing": "yes"}, None, "go on (entered 2025-03-12, event e2) and has the end"),
        ((), {"end": "2025-03-20", "ongoing": "no"}, "2025-03-20", ""),
        # the outcome
        ((), {"end": "2025-03-20", "outcome": "recovered"}, "2025-03-20", ""),
        ((), {"outcome": "recovered", "ongoing": "yes"}, None, "outcome recovered and is said to go on"),
        ((), {"end": "2025-03-20", "outcome": "not_recovered"}, "2025-03-20", "outcome not recovered and the end date"),
        ((), {"end": "2025-03-20", "outcome": "recovering"}, "2025-03-20", "outcome recovering and the end date"),
        ((), {"outcome": "not_recovered"}, None, ""),
        ((), {"outcome": "recovered"}, "2025-03-12", "said to be over and has no end date"),
        ((), {"outcome": "recovered_with_sequelae"}, "2025-03-12", "said to be over and has no end date"),
    ],
)  # fmt: skip
def test_an_end_that_something_contradicts_is_none_and_the_finding_names_the_other_entry(rows, fields, end, told):
    given = entered(*rows, **fields)
    event = one(given)
    assert str(event.end or "") == (end or "")
    found = findings(given)
    assert [told in says for says in found] == ([True] if told else [])


def test_an_end_entered_after_it_was_said_to_go_on_is_the_end():
    given = subject(
        form("2025-03-12", {"adverse_event/1": {**TOLD, "ongoing": "yes"}}),
        form("2025-03-26", {"adverse_event/1/end": "2025-03-20"}),
    )
    assert (str(one(given).end), findings(given)) == ("2025-03-20", [])


def test_going_on_said_after_the_end_was_entered_leaves_it_open():
    given = subject(
        form("2025-03-12", {"adverse_event/1": {**TOLD, "end": "2025-03-11"}}),
        form("2025-03-26", {"adverse_event/1/ongoing": "yes"}),
    )
    assert one(given).end is None
    [says] = findings(given)
    assert "event e3" in says
    assert "event e2" in says


def test_a_term_that_changed_without_a_correction_names_the_earlier_one():
    given = subject(
        form("2025-03-12", {"adverse_event/1": TOLD}), form("2025-03-20", {"adverse_event/1/term": "Pruritus"})
    )
    assert one(given).term == "Pruritus/itching"
    assert findings(given) == ["Pruritus (adverse event 1) was called Fatigue before (entered 2025-03-12, event e2)."]
    corrected = subject(
        form("2025-03-12", {"adverse_event/1": TOLD}), correction("2025-03-20", {"adverse_event/1/term": "Pruritus"})
    )
    assert (one(corrected).term, findings(corrected)) == ("Pruritus/itching", [])


# --- seriousness and death ----------------------------------------------------------------------------------------


ALL_NO = dict.fromkeys(
    (
        "serious_death serious_life_threatening serious_hospitalization serious_disability "
        "serious_congenital_anomaly serious_important"
    ).split(),
    "no",
)


@pytest.mark.parametrize(
    ("fields", "serious", "criteria", "told"),
    [
        ({"serious": "no"}, False, (), ""),
        ({"serious": None}, None, (), ""),
        ({"serious": "yes"}, True, (), "nobody said by which criterion"),
        ({"serious": "yes", "serious_hospitalization": "yes"}, True, ("hospitalization",), ""),
        ({"serious": None, "serious_important": "yes"}, True, ("medically important",), ""),
        ({"serious": "no", "serious_disability": "yes"}, True, ("disability",), "said not to be serious"),
        ({"serious": None, **ALL_NO}, False, (), ""),
        ({"serious": None, **ALL_NO, "serious_death": None}, None, (), ""),
    ],
)
def test_seriousness_by_answer_and_by_criterion(fields, serious, criteria, told):
    given = entered(**fields)
    assert (one(given).serious, one(given).criteria) == (serious, criteria)
    assert [told in says for says in findings(given)] == ([True] if told else [])


@pytest.mark.parametrize(
    ("term", "grade", "outcome", "died", "told"),
    [
        ("Hemoglobin", 5, "fatal", True, ()),
        ("Hemoglobin", 5, "fatal", False, ("no death of the subject is recorded",)),
        ("Hemoglobin", 5, "unknown", True, ("grade 5 and the outcome unknown",)),
        ("Platelets", 4, "fatal", True, ("fatal and has no grade 5",)),
        ("Platelets", 4, "fatal", False, ("fatal and has no grade 5", "no death of the subject is recorded")),
    ],
)
def test_grade_5_a_fatal_outcome_and_a_recorded_death_belong_together(term, grade, outcome, died, told):
    items = {"adverse_event/1": {**TOLD, "term": term, "grade": grade, "outcome": outcome, "serious": "yes"}}
    items["adverse_event/1"] |= {"start": "2025-03-20", "end": "2025-03-20"}
    given = subject(form("2025-03-21", {**items, **(DIED if died else {})}))
    assert one(given).criteria == ("death",)
    found = findings(given)
    assert [any(part in says for says in found) for part in told] == [True] * len(told)
    assert len(found) == len(told)


def test_grade_5_after_the_day_of_death_is_a_finding():
    items = {"adverse_event/1": {**TOLD, "term": "Hemoglobin", "grade": 5, "outcome": "fatal", "serious": "yes"}}
    for start, wrong in (("2025-03-20", 0), ("2025-03-21", 1)):
        items["adverse_event/1"] |= {"start": start, "end": "2025-03-21"}
        found = findings(subject(form("2025-03-25", {**items, **DIED})))
        assert len([says for says in found if "the subject died on 2025-03-20" in says]) == wrong


# --- attribution --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "rows", "related", "told"),
    [
        # one drug under study: each word, and no word
        (None, (drug(DRUG, "unrelated"),), False, ""),
        (None, (drug(DRUG, "unlikely"),), False, ""),
        (None, (drug(DRUG, "possible"),), True, ""),
        (None, (drug(DRUG, "probable"),), True, ""),
        (None, (drug(DRUG, "definite"),), True, ""),
        (None, (drug(DRUG, Missing("not_known")),), None, ""),
        (None, (), None, ""),
        ("yes", (), True, ""),
        ("no", (), False, ""),
        # the answer and the attribution
        ("yes", (drug(DRUG, "possible"),), True, ""),
        ("no", (drug(DRUG, "unlikely"),), False, ""),
        ("yes", (drug(DRUG, "unrelated"),), True, "said to be related"),
        ("no", (drug(DRUG, "definite"),), True, "said not to be related"),
        # a drug that is not under study tells nothing
        ("no", (drug("aspirin", "definite"),), False, "attributed to aspirin"),
        (None, (drug("aspirin", "definite"),), None, "attributed to aspirin"),
        # twice
        (None, (drug(DRUG, "unlikely"), drug(DRUG, "possible")), True, f"to {DRUG} twice: unlikely and possible"),
        (None, (drug(DRUG, "possible"), drug(DRUG, "unlikely")), True, f"attributed to {DRUG} twice"),
    ],
)  # fmt: skip
def test_whether_an_event_is_related_to_the_drug_under_study(stated, rows, related, told):
    given = entered(*rows, related=stated)
    assert one(given).related is related
    assert [told in says for says in findings(given)] == ([True] if told else [])


@pytest.mark.parametrize(
    ("rows", "related"),
    [
        ((drug(DRUG, "unrelated"), drug("otherinib", "possible")), True),
        ((drug(DRUG, "unrelated"), drug("otherinib", "unlikely")), False),
        ((drug(DRUG, "unrelated"),), None),  # nobody said it of the other drug
        ((drug(DRUG, "possible"),), True),
    ],
)
def test_with_two_drugs_it_is_related_to_either_and_not_related_only_where_both_are_told(rows, related):
    items = {"adverse_event/1": {**TOLD, "related": None}}
    items |= {f"adverse_event_attribution/1.{number}": {"event": "1", **each} for number, each in enumerate(rows)}
    given = subject(form("2025-03-12", items), protocol=TWO_DRUGS)
    assert one(given).related is related


def test_what_was_done_is_kept_for_each_drug():
    given = one(entered(drug(DRUG, "possible", action="dose_held"), action="dose_held"))
    assert [(each.drug, each.relation, each.related, each.action) for each in given.attributions] == [
        (DRUG, "possible", True, "dose_held")
    ]
    assert given.action == "dose_held"


def test_rows_of_an_event_that_is_not_there_are_told():
    given = subject(
        form(
            "2025-03-12",
            {
                "adverse_event/1": TOLD,
                "adverse_event_grade/9.1": {"event": "9", **row(4, "2025-03-15")},
                "adverse_event_attribution/8.1": {"event": "8", **drug(DRUG, "possible")},
            },
        )
    )
    assert [("adverse event 9" in says, "adverse event 8" in says) for says in findings(given)] == [
        (True, False),
        (False, True),
    ]


# --- recurrence ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ({"end": "2025-03-20"}, {"start": "2025-03-20"}, ""),
        ({"end": "2025-03-20"}, {"start": "2025-03-21"}, ""),
        ({"end": "2025-03-20"}, {"start": "2025-03-19"}, "not over by 2025-03-19"),
        ({}, {"start": "2025-03-21"}, "not over by 2025-03-21"),
        ({"end": "2025-03-20"}, {"start": "2025-03-09"}, "it began later"),
        ({"end": "2025-03-20"}, {"start": "2025-03-21", "term": "Pruritus"}, "another term than Pruritus/itching"),
        ({"end": "2025-03-20"}, {"start": "2025-03-21", "recurrence_of": "2"}, "come back from itself"),
        ({"end": "2025-03-20"}, {"start": "2025-03-21", "recurrence_of": "5"}, "adverse event 5, which there is not"),
    ],
)
def test_a_recurrence_is_linked_both_ways_and_one_that_cannot_be_is_told(first, second, told):
    items = {"adverse_event/1": {**TOLD, **first}, "adverse_event/2": {**TOLD, "recurrence_of": "1", **second}}
    given = subject(form("2025-04-01", items))
    found = {each.id: each for each in adverse_events(given, CTCAE_3, day("2025-06-01"))}
    linked = items["adverse_event/2"]["recurrence_of"] == "1"
    assert found["1"].recurrences == (("2",) if linked else ())
    assert [told in says for says in findings(given)] == ([True] if told else [])
