"""From a cell back to the form, the person and the time, in the words of the command line and in data."""

from __future__ import annotations

import dataset_study as t
import pytest

from builders import correction, form, taken
from trialwright.adapters.exchange.cdisc import DATASETS, NoSuchCell, rows_of, subjects, trace
from trialwright.adapters.exchange.cdisc.tracing import in_words

PEOPLE = {
    "S01-003": t.treated(
        taken(1, t.START, "2025-04-03"),
        form("2025-03-10", {"platelets/screening": {"value": "200000 /mm3", "on": "2025-03-10"}}, name="screening"),
        form("2025-03-21", {"platelets/d8": {"value": "5700 /mm3", "on": "2025-03-21"}}, name="day_8"),
        correction("2025-03-25", {"platelets/d8/value": "57000 /mm3"}),
        form("2025-04-12", {"death/1": {"on": "2025-04-12", "cause": "disease"}}),
    ),
    "S01.4": t.treated(),
}


@pytest.fixture(scope="module")
def asked():
    return t.asked(PEOPLE)


def test_a_time_stands_on_the_death_and_the_first_dose(asked):
    chain = trace(asked, "ADTTE.S01-003.OS.AVAL")
    assert (chain.value, chain.clause, chain.label) == ("30", "survival", "Analysis Value")
    assert [(one.item, one.value) for one in chain.entries if one.as_ == "first dose"] == [
        ("exposure/examplinib1/first_dose", t.START)
    ]
    assert ("death/1/on", "2025-04-12") in [(one.item, one.value) for one in chain.entries if one.as_ == "death"]
    assert {one.actor for one in chain.entries} == {"someone"}


def test_a_corrected_value_is_told_with_what_it_replaced_and_why(asked):
    chain = trace(asked, "ADLB.S01-003.PLAT.2025-03-21.AVAL")
    assert [(one.kind, one.value, one.holds) for one in chain.entries] == [
        ("FormSubmitted", "5700 /mm3", False),
        ("FormCorrected", "57000 /mm3", True),
    ]
    assert chain.entries[1].why == "typing error"
    words = in_words(chain)
    assert "FormSubmitted day_8, by someone (investigator) at S01" in words
    assert "5700 /mm3 (replaced by a later entry)" in words and "why: typing error" in words


def test_a_change_stands_on_both_values(asked):
    chain = trace(asked, "adlb.S01-003.plat.2025-03-21.chg")
    assert chain.value == "-143000.0"
    assert {one.item.split("/")[1] for one in chain.entries} == {"screening", "d8"}


def test_a_subject_is_found_by_its_whole_id_and_one_with_dots_too(asked):
    assert trace(asked, "ADSL.EXAMPLE-1-S01-003.TRTSDT").value == "2025-03-14"
    assert trace(asked, "ADSL.S01.4.ENRLFL").value == "Y"


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("ADTT.S01-003.OS.AVAL", "Is ADTTE meant?"),
        ("ADTTE.S01-003.OS.AVALL", "Is AVAL meant?"),
        ("ADTTE.S01-002.OS.AVAL", "knows no subject S01-002. Is S01-003 meant?"),
        ("ADTTE.S01-003.TTP.AVAL", "has no row TTP of S01-003. There is OS, PFS."),
        ("ADLB.S01-003.PLAT.AVAL", "2 rows of ADLB are of that name: PLAT.2025-03-10, PLAT.2025-03-21"),
        ("ADTTE.S01-003.OS.more.AVAL", "named by PARAMCD"),
        ("ADTTE", "A cell is ADTTE.SUBJECT.PARAMCD.VARIABLE"),
        ("ADRS.S01.4.OVR.AVALC", "has no row OVR of S01.4"),
    ],
)
def test_a_cell_that_is_not_there_is_answered_with_what_is(asked, cell, words):
    with pytest.raises(NoSuchCell) as refused:
        trace(asked, cell)
    assert words in str(refused.value)


def test_a_cell_of_each_dataset_of_every_study_leads_to_the_subjects_own_events(rehearsed):
    asked = rehearsed.asked(rehearsed.last)
    own = {event.seq: event.subject for event in rehearsed.events}
    subject = next(one for one in subjects(asked) if one.person.treated)
    name, traced = subject.person.subject, 0
    for layout in DATASETS.values():
        rows = [row for row in rows_of(layout, subject) if row.values["SRCSEQ"]]
        names = [[str(row.values[each]) for each in layout.locator] for row in rows]
        alone = [(key, row) for key, row in zip(names, rows, strict=True) if names.count(key) == 1]
        for key, row in alone[:1]:
            chain = trace(asked, ".".join((layout.name, name, *key, "SRCSEQ")))
            assert chain.value == str(row.values["SRCSEQ"])
            assert {own[one.seq] for one in chain.entries} == {name}
            traced += 1
    assert traced >= 3
