"""What is wrong with adverse events as entered, word for word: about what, what, why it matters, what to do."""

from __future__ import annotations

import pytest

from builders import DRUG, day, form
from event_stories import DIED, TOLD, TWO_DRUGS, across, drug, entered, row, subject
from trialwright.core.ledger import Missing
from trialwright.core.subject import Case
from trialwright.core.terms import Finding, Severity
from trialwright.core.toxicity import adverse_events, toxicity_findings
from trialwright.standards.ctcae.v3 import CTCAE_3
from trialwright.standards.ctcae.v5 import CTCAE_5

COUNTED_APART = "It is counted under the name and grade reported, apart from the table's terms."
NO_GRADE = "Its grade stands as unknown, and a dose that depends on it is not released."
GOES_ON = "It counts as going on, and a dose that depends on its end is not released."
ENDED = "It is counted until the end date that was entered."
TO_THE_MONTH = "to the month or the year if no more is known."
NOT_CERTAIN = "Both are counted with their own dates; the link between them is not certain."
RELINK = "Correct the dates, the term or the link; a worse grade of one event is a change of its grade."
OWN = "It counts as an event of its own."
NOT_GIVEN = "which this subject is not given under the protocol."
TELLS_NOTHING = "The attribution is kept and does not tell whether the event is related to a drug under study."
RELATED = "It counts as related until it is corrected."


def later(first: dict, items: dict, **others) -> Case:
    """One event entered on 12 March, and more of it in a second form of the 13th."""
    return subject(form("2025-03-12", {"adverse_event/1": {**TOLD, **first}}), form("2025-03-13", items), **others)


def two(first: dict, second: dict) -> Case:
    """Two events, the second said to come back from the first."""
    items = {"adverse_event/1": {**TOLD, **first}, "adverse_event/2": {**TOLD, "recurrence_of": "1", **second}}
    return subject(form("2025-03-30", items))


def of_death(died: dict | None = None, **fields) -> Case:
    event = {**TOLD, "term": "Hemoglobin", "start": "2025-03-20", "serious": "yes", **fields}
    return subject(form("2025-03-21", {"adverse_event/1": event, **(DIED if died is None else died)}))


def grade_row(grade: object, on: str, event: str = "1") -> dict:
    return {f"adverse_event_grade/{event}.1": {"event": event, **row(grade, on)}}


def drug_row(name: str, relation: str, event: str = "1", number: int = 1) -> dict:
    return {f"adverse_event_attribution/{event}.{number}": {"event": event, **drug(name, relation)}}


@pytest.mark.parametrize(
    ("given", "about", "says", "matters", "do", "severity"),
    [
        # name
        (entered(term="Xyzzy qqq"), "e2", "Xyzzy qqq is no term of CTCAE 3.0.",
         COUNTED_APART, "Choose a term of the table.", "WARNING"),
        (entered(term="Fatige"), "e2", "Fatige is no term of CTCAE 3.0.",
         COUNTED_APART, "Choose a term of the table: Fatigue.", "WARNING"),
        (entered(term=None), "e2", "An adverse event without a name is no term of CTCAE 3.0.",
         COUNTED_APART, "Choose a term of the table.", "ERROR"),
        (later({}, {"adverse_event/1/term": "Pruritus"}), "e3",
         "Pruritus (adverse event 1) was called Fatigue before (entered 2025-03-12, event e2).",
         "It is one event, counted as Pruritus from its onset, and so are its earlier grades.",
         "Correct the term if it was wrong; enter another event if the first one ended and this is a new one.",
         "WARNING"),
        # grade
        (later({}, {**grade_row(3, "2025-03-15"), "adverse_event_grade/1.2": {"event": "1", **row(4, "2025-03-15")}}),
         "e2", "Fatigue (adverse event 1) has grades 3 and 4 from 2025-03-15 on.",
         "They contradict each other, so its grade stands as unknown, and a dose that depends on it is not released.",
         "Correct the grade or the day that is wrong.", "ERROR"),
        (entered(grade=5), "e2", "Fatigue was reported with grade 5, which does not exist for it in CTCAE 3.0.",
         NO_GRADE, "Enter one of its grades: 1, 2, 3, 4.", "ERROR"),
        (entered(grade="severe"), "e2", "Fatigue was reported with no grade in CTCAE 3.0.",
         NO_GRADE, "Enter one of its grades: 1, 2, 3, 4.", "ERROR"),
        (later({}, grade_row(3, "2025-03-09")), "e3",
         "Fatigue (adverse event 1) has grade 3 from 2025-03-09 on, "
         "before its onset on 2025-03-10 (entered 2025-03-12, event e2).",
         "The grade counts from its own day, so that nothing is overlooked.",
         "Correct the start date or the day of the grade.", "ERROR"),
        (later({"end": "2025-03-11"}, grade_row(3, "2025-03-12")), "e3",
         "Fatigue (adverse event 1) has grade 3 from 2025-03-12 on, "
         "after its end on 2025-03-11 (entered 2025-03-12, event e2).", GOES_ON,
         "Correct the end date or the day of the grade; enter a new event that comes back from this one.", "ERROR"),
        (later({"end": "2025-03-10"}, grade_row(3, "2025-03-11")), "e3",
         "Fatigue (adverse event 1) has grade 3 from 2025-03-11 on, "
         "after its end on 2025-03-10 (entered 2025-03-12, event e2).", GOES_ON,
         "Correct the end date or the day of the grade; enter a new event that comes back from this one.", "ERROR"),
        # dates
        (entered(start=None), "e2", "Fatigue has no start date.",
         "It is counted from 2025-03-12, the day it was entered, and may have begun before treatment.",
         f"Enter the start date, {TO_THE_MONTH}", "WARNING"),
        (entered(ongoing="no"), "e2", "Fatigue is said to be over and has no end date.",
         "It is counted until 2025-03-12, the day that was entered.", f"Enter the end date, {TO_THE_MONTH}", "WARNING"),
        (entered(end="2025-03-09"), "e2",
         "Fatigue (adverse event 1) is said to have ended on 2025-03-09, "
         "before its onset on 2025-03-10 (entered 2025-03-12, event e2).", GOES_ON,
         "Correct the start or the end date.", "ERROR"),
        (later({"end": "2025-03-11"}, {"adverse_event/1/ongoing": "yes"}), "e3",
         "Fatigue (adverse event 1) is said to go on (entered 2025-03-13, event e3) "
         "and has the end date 2025-03-11 (entered 2025-03-12, event e2).",
         GOES_ON, "Correct one of the two.", "ERROR"),
        # outcome
        (entered(outcome="recovered_with_sequelae", ongoing="yes"), "e2",
         "Fatigue (adverse event 1) has the outcome recovered with sequelae "
         "and is said to go on (entered 2025-03-12, event e2).",
         GOES_ON, "Correct the outcome or whether it goes on.", "WARNING"),
        (later({"ongoing": "yes"}, {"adverse_event/1/end": "2025-03-12", "adverse_event/1/outcome": "recovered"}), "e3",
         "Fatigue (adverse event 1) has the outcome recovered and is said to go on (entered 2025-03-12, event e2).",
         ENDED, "Correct the outcome or whether it goes on.", "WARNING"),
        (entered(outcome="not_recovered", end="2025-03-11"), "e2",
         "Fatigue (adverse event 1) has the outcome not recovered and the end date 2025-03-11.",
         ENDED, "Correct the outcome or the end date.", "WARNING"),
        # death
        (of_death(grade=5, outcome="not_recovered"), "e2",
         "Hemoglobin (adverse event 1) has grade 5 and the outcome not recovered (entered 2025-03-21, event e2).",
         "Grade 5 is death; it counts as a death until it is corrected.", "Correct the grade or the outcome.", "ERROR"),
        (of_death(term="Fatigue", outcome="fatal", end="2025-03-20"), "e2",
         "Fatigue (adverse event 1) was fatal and has no grade 5 in CTCAE 3.0.",
         "It counts as a death by its outcome, with the grade that was given.",
         "Enter grade 5 from the day of death on, or correct the outcome.", "WARNING"),
        (of_death(grade=5, died={}), "e2",
         "Hemoglobin (adverse event 1) is a death, and no death of the subject is recorded.",
         "Survival and what is due go by the recorded death.",
         "Enter the death with its date, or correct the grade and the outcome.", "ERROR"),
        (of_death(grade=5, start="2025-03-21"), "e2",
         "Hemoglobin (adverse event 1) has grade 5 from 2025-03-21 on; the subject died on 2025-03-20.",
         "One of the two dates is wrong.", "Correct the day of the grade or the date of death.", "ERROR"),
        # seriousness
        (entered(serious="yes"), "e2", "Fatigue (adverse event 1) is serious, and nobody said by which criterion.",
         "Reports of serious events and the registry ask for it.",
         "Enter which holds: death, life-threatening, hospitalization, disability, congenital anomaly, "
         "medically important.", "WARNING"),
        (entered(serious="no", serious_disability="yes", serious_important="yes"), "e2",
         "Fatigue (adverse event 1) is said not to be serious (entered 2025-03-12, event e2) "
         "and meets: disability, medically important.",
         "It counts as serious until it is corrected, so that no report is late.",
         "Correct the answer or the criterion.", "ERROR"),
        # attribution
        (later({}, drug_row("aspirin", "possible"), protocol=TWO_DRUGS), "e3",
         f"Fatigue (adverse event 1) is attributed to aspirin, {NOT_GIVEN}", TELLS_NOTHING,
         "Name one of examplinib, otherinib, or enter it as medication.", "WARNING"),
        (entered(drug(Missing("not_known"), "possible")), "e2",
         f"Fatigue (adverse event 1) is attributed to no drug, {NOT_GIVEN}", TELLS_NOTHING,
         "Name one of examplinib, or enter it as medication.", "WARNING"),
        (later({}, {**drug_row(DRUG, "unlikely"), **drug_row(DRUG, "possible", number=2)}), "e3",
         "Fatigue (adverse event 1) is attributed to examplinib twice: unlikely and possible.",
         "It counts as related if either word says so.", "Correct the one that is wrong.", "WARNING"),
        (later({"related": "no"}, {**drug_row(DRUG, "definite"), **drug_row("otherinib", "unlikely", number=2)},
               protocol=TWO_DRUGS), "e2",
         "Fatigue (adverse event 1) is said not to be related (entered 2025-03-12, event e2) "
         "and is definite to examplinib, unlikely to otherinib.",
         RELATED, "Correct the answer or the attribution.", "WARNING"),
        (later({"related": "yes"}, drug_row(DRUG, "unlikely")), "e2",
         "Fatigue (adverse event 1) is said to be related (entered 2025-03-12, event e2) "
         "and is unlikely to examplinib.", RELATED, "Correct the answer or the attribution.", "WARNING"),
        # recurrence
        (two({}, {"start": "2025-03-20", "recurrence_of": "2"}), "e2",
         "Fatigue (adverse event 2) is said to come back from itself.", OWN, "Name one of: 1.", "WARNING"),
        (entered(recurrence_of="9"), "e2",
         "Fatigue (adverse event 1) is said to come back from adverse event 9, which there is not.",
         OWN, "Name one of: none is entered.", "WARNING"),
        (two({"start": "2025-03-11"}, {}), "e2",
         "Fatigue (adverse event 2) is said to come back from adverse event 1, Fatigue of 2025-03-11 "
         "(it began later).", NOT_CERTAIN, RELINK, "WARNING"),
        (two({}, {"start": "2025-03-20"}), "e2",
         "Fatigue (adverse event 2) is said to come back from adverse event 1, Fatigue of 2025-03-10 "
         "(event e2: it was not over by 2025-03-20).", NOT_CERTAIN, RELINK, "WARNING"),
        (two({"end": "2025-03-11"}, {"term": "Pruritus", "start": "2025-03-20"}), "e2",
         "Pruritus (adverse event 2) is said to come back from adverse event 1, Fatigue of 2025-03-10 "
         "(it is another term than Pruritus/itching).", NOT_CERTAIN, RELINK, "WARNING"),
        # rows of no event
        (later({}, grade_row(4, "2025-03-15", "9")), "e3",
         "The grade 4 of 2025-03-15 is of adverse event 9, which there is not.",
         "It is kept and counts for nothing.", "Correct the number; entered are: 1.", "ERROR"),
        (later({}, {**drug_row(DRUG, "possible", "8"), "adverse_event/2": TOLD}), "e3",
         "The attribution possible of 2025-03-13 is of adverse event 8, which there is not.",
         "It is kept and counts for nothing.", "Correct the number; entered are: 1, 2.", "ERROR"),
        (subject(form("2025-03-13", grade_row(4, "2025-03-15", "9"))), "e2",
         "The grade 4 of 2025-03-15 is of adverse event 9, which there is not.",
         "It is kept and counts for nothing.", "Correct the number; entered are: none.", "ERROR"),
    ],
)  # fmt: skip
def test_a_finding_says_about_what_what_why_it_matters_and_what_to_do(given, about, says, matters, do, severity):
    expected = Finding(about, says, matters, do, severity=Severity[severity])
    assert toxicity_findings(given, CTCAE_3, day("2025-06-01")) == (expected,)


def test_an_end_before_the_entry_of_an_event_without_a_start_says_that_the_start_was_never_entered():
    told = {name: each for name, each in TOLD.items() if name != "start"}
    given = subject(form("2025-03-12", {"adverse_event/1": {**told, "end": "2025-03-11"}}))
    _, found = toxicity_findings(given, CTCAE_3, day("2025-06-01"))
    assert found.says == (
        "Fatigue (adverse event 1) is said to have ended on 2025-03-11, before its onset on 2025-03-12 (never entered)."
    )


def test_grades_given_under_two_versions_are_a_note():
    given = across(
        form("2025-03-12", {"adverse_event/1": TOLD}),
        form("2025-03-13", {"weight": "70 kg"}),
        form("2025-04-10", grade_row(3, "2025-04-09")),
    )
    assert toxicity_findings(given, CTCAE_5, day("2025-06-01")) == (
        Finding(
            "e2",
            "Fatigue (adverse event 1) has grades given under CTCAE 3.0 and CTCAE 5.0.",
            "Each keeps the version it was given under; the worst of them is told apart by version.",
            "Nothing, unless a grade should be given anew under the present version.",
            severity=Severity.NOTE,
        ),
    )


def test_of_many_near_misses_the_three_nearest_are_offered():
    [found] = toxicity_findings(entered(term="Hemorrhage"), CTCAE_3, day("2025-06-01"))
    assert found.do == (
        "Choose a term of the table: Hemorrhage/bleeding associated with surgery, intra-operative or postoperative, "
        "Hemorrhage, GU, Hemorrhage, GI."
    )


@pytest.mark.parametrize(("on", "told"), [("2025-03-14", 0), ("2025-03-15", 1)])
def test_a_row_of_no_event_is_told_from_its_day_on(on, told):
    given = later({}, grade_row(4, "2025-03-15", "9"))
    assert len(toxicity_findings(given, CTCAE_3, day(on))) == told


def test_an_event_to_which_no_term_was_ever_entered_is_one_without_a_name():
    fields = {name: each for name, each in TOLD.items() if name != "term"}
    [found] = toxicity_findings(subject(form("2025-03-12", {"adverse_event/1": fields})), CTCAE_3, day("2025-06-01"))
    assert found.says == "An adverse event without a name is no term of CTCAE 3.0."


@pytest.mark.parametrize(
    ("instance", "fields", "event"),
    [("1.1", {}, "1"), ("1.2.3", {}, "1"), ("9.1", {"event": "1"}, "1"), ("1.1", {"event": "2"}, "2")],
)
def test_a_row_belongs_to_the_event_it_names_else_to_the_first_part_of_its_number(instance, fields, event):
    items = {"adverse_event/1": TOLD, "adverse_event/2": TOLD}
    told = {f"adverse_event_grade/{instance}": {**row(4, "2025-03-15"), **fields}}
    found = adverse_events(subject(form("2025-03-12", {**items, **told})), CTCAE_3, day("2025-06-01"))
    assert [one.id for one in found if len(one.spans) == 2] == [event]


def test_a_term_entered_again_unchanged_is_no_other_name():
    assert toxicity_findings(later({}, {"adverse_event/1/term": "Fatigue"}), CTCAE_3, day("2025-06-01")) == ()
