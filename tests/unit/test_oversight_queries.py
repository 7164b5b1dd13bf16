"""A query's life, by hand and automatic; verification and coding that hold until the datum changes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from builders import SUBJECT, day, form
from conducting import CONCEPTS, STUDY, TRIAL, activated, screened, study, trial, who
from trialwright.core.bundle import Standards
from trialwright.core.conduct import case_of, subject_status
from trialwright.core.ledger import (
    Event,
    EventVoided,
    QueryAnswered,
    QueryClosed,
    QueryOpened,
    SourceVerified,
    TermCoded,
)
from trialwright.core.oversight import (
    Query,
    asked_queries,
    automatic_queries,
    critical_concepts,
    planned_for,
    progress_of,
    queries_of,
    read_dictionary,
    suggested,
    terms_to_code,
    verifications,
)
from trialwright.core.protocol import Concept, Field, Kind

ITEM = "anc/c1d8/value"
BEFORE = (activated(), screened(), form("2025-03-10", {ITEM: "1000 /mm3"}))


def opened(query: str = "", item: str = ITEM, on: str = "2025-03-11", asks: str = "1000?") -> QueryOpened:
    return QueryOpened(**who(on), item=item, asks=asks, query=query)


def answered(query: str = "", item: str = ITEM, on: str = "2025-03-12") -> QueryAnswered:
    return QueryAnswered(**who(on), item=item, answer="yes", query=query)


def closed(query: str = "", item: str = ITEM, on: str = "2025-03-13") -> QueryClosed:
    return QueryClosed(**who(on), item=item, query=query)


def record_of(*events: Event):
    return study(*BEFORE, *events).subjects[SUBJECT]


def lives(*events: Event) -> dict[str, str]:
    return {one.id: one.state for one in asked_queries(record_of(*events))}


@pytest.mark.parametrize(
    ("events", "states"),
    [
        ((), {}),
        ((opened(),), {"e4": "open"}),
        ((opened(), answered()), {"e4": "answered"}),
        ((opened(), answered(), closed()), {"e4": "closed"}),
        ((opened(), closed()), {"e4": "closed"}),
        ((opened("q1"), answered("q1")), {"q1": "answered"}),
        ((opened("q1"), opened("q2"), answered("q1")), {"q1": "answered", "q2": "open"}),
        ((opened("q1"), opened("q2"), answered()), {"q1": "answered", "q2": "answered"}),  # as before there were names
        ((opened(), opened("q2"), closed("q2"), closed()), {"e4": "closed", "q2": "closed"}),
        ((opened("q1"), closed("q1"), opened("q1", asks="still?")), {"q1": "open"}),
        ((opened("q1"), closed("q1"), answered()), {"q1": "closed"}),  # a closed one is not answered
        ((answered("q9"), closed("q9")), {}),
        ((opened(item="ecog/1/value"), answered()), {"e4": "open"}),
        ((opened("q1"), EventVoided(**who("2025-03-12"), voids="e4", why="a slip")), {}),
        ((opened("q1"), answered("q1"), EventVoided(**who("2025-03-13"), voids="e5", why="a slip")), {"q1": "open"}),
    ],
)
def test_a_query_is_open_answered_closed_and_open_again(events, states) -> None:
    assert lives(*events) == states


@pytest.mark.parametrize(
    ("events", "on", "age"),
    [
        ((opened(),), "2025-03-11", 0),
        ((opened(),), "2025-03-21", 10),
        ((opened(), answered()), "2025-03-21", 10),
        ((opened(), closed()), "2025-03-21", 0),
        ((opened("q"), closed("q"), opened("q", on="2025-03-20")), "2025-03-21", 1),  # from the day it was opened again
        ((opened(),), "2025-03-01", 0),
    ],
)
def test_the_age_of_a_query_counts_from_the_day_it_was_opened_last(events, on, age) -> None:
    [query] = asked_queries(record_of(*events))
    assert query.age(day(on)) == age


def test_a_query_remembers_who_said_what_and_whose_turn_it_is() -> None:
    [query] = asked_queries(record_of(opened("q1"), answered("q1")))
    assert [type(one).__name__ for one in query.said] == ["QueryOpened", "QueryAnswered"]
    assert (query.waits_for, query.automatic, query.site) == ("data management", False, "S01")


# ---- automatic ------------------------------------------------------------------------------------------------------

BOUNDED = replace(CONCEPTS["anc"].fields[0], plausible=("100", "50000"))
NOTE = Concept(id="note", label="Note", fields=(Field(id="value", label="Note", kind=Kind.TEXT),))
LIMITED = trial(STUDY)
LIMITED = replace(
    LIMITED,
    standards={
        "1": Standards(
            TRIAL.standards["1"].units,
            {**CONCEPTS, "note": NOTE, "anc": replace(CONCEPTS["anc"], fields=(BOUNDED, CONCEPTS["anc"].fields[1]))},
        )
    },
)


def raised(value: Any, *more: Event, on: str = "2025-03-20") -> tuple[Query, ...]:
    known = study(activated(), screened(), form("2025-03-10", {ITEM: value}), *more)
    case, status = (ask(LIMITED, known, SUBJECT, day(on)) for ask in (case_of, subject_status))
    return queries_of(known.subjects[SUBJECT], automatic_queries(case, status))


@pytest.mark.parametrize(
    ("value", "asked"),
    [
        ("99 /mm3", True),
        ("100 /mm3", False),
        ("50000 /mm3", False),
        ("50001 /mm3", True),
        ("50.001 10*3/uL", True),  # the same in another unit
        ("50.000 10*3/uL", False),
        (None, False),
        ("900", False),  # no number with a unit that can be held against the range
    ],
)
def test_a_value_outside_what_is_plausible_is_asked_about(value, asked) -> None:
    rules = [one.rule for one in raised(value) if one.item == ITEM]
    assert rules == (["implausible"] if asked else [])


def test_an_automatic_query_is_gone_when_the_datum_is_mended_and_another_value_is_another_query() -> None:
    [first] = [one for one in raised("15 /mm3") if one.rule == "implausible"]
    assert "15 /mm3 is below what is expected, 100 to 50000" in first.asks and first.state == "open"
    mended = raised("15 /mm3", form("2025-03-11", {ITEM: "1500 /mm3"}))
    assert [one for one in mended if one.rule == "implausible"] == []
    [other] = [one for one in raised("15 /mm3", form("2025-03-11", {ITEM: "16 /mm3"})) if one.rule == "implausible"]
    assert other.id != first.id


COMMENT, NUMBER = "note/1/value", "the daughter's is 312-555-0142"


@pytest.mark.parametrize(("words", "asked"), [(NUMBER, True), ("no fever, 37.2 C", False), (None, False)])
def test_words_that_may_name_the_patient_are_asked_about_and_not_said_again(words: str | None, asked: bool) -> None:
    found = raised("1000 /mm3", form("2025-03-11", {COMMENT: words}))
    told = [one.asks for one in found if one.item == COMMENT]
    assert told == (["Note: the words hold what looks like a telephone or fax number. Does it tell who the patient is?"]
                    if asked else [])  # fmt: skip


def test_words_said_about_data_are_asked_about_until_they_are_answered_for() -> None:
    said = QueryAnswered(**who("2025-03-12"), item=ITEM, answer=NUMBER, query="q1")
    [first] = [one for one in raised("1000 /mm3", opened("q1"), said) if one.rule == "naming"]
    assert first.item == "e5" and "312-555" not in first.asks and "redacted" in first.do
    told = (opened(first.id, item="e5", asks=first.asks), answered(first.id, item="e5"))
    [now] = [one for one in raised("1000 /mm3", opened("q1"), said, *told) if one.rule == "naming"]
    assert now.state == "answered"


def test_an_automatic_query_that_was_dealt_with_stays_as_it_was_left() -> None:
    [first] = [one for one in raised("15 /mm3") if one.rule == "implausible"]
    told = (opened(first.id, asks=first.asks), answered(first.id))
    [now] = [one for one in raised("15 /mm3", *told) if one.rule == "implausible"]
    assert (now.id, now.state, now.still) == (first.id, "answered", True)
    [done] = [one for one in raised("15 /mm3", *told, closed(first.id)) if one.rule == "implausible"]
    assert done.state == "closed"
    mended = raised("15 /mm3", *told, form("2025-03-14", {ITEM: "1500 /mm3"}))
    assert [(one.state, one.still) for one in mended if one.rule == "implausible"] == [("answered", False)]


# ---- verification ---------------------------------------------------------------------------------------------------


def verified(*paths: str) -> SourceVerified:
    return SourceVerified(**who("2025-03-15"), paths=paths)


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ((), "not verified"),
        ((verified(ITEM),), "verified"),
        ((verified("ecog/1/value"),), "not verified"),
        ((verified(ITEM), form("2025-03-16", {ITEM: "900 /mm3"})), "changed since"),
        ((verified(ITEM), form("2025-03-16", {ITEM: "1000 /mm3"})), "changed since"),  # entered again, read again
        ((verified(ITEM), form("2025-03-16", {"ecog/1/value": "1"})), "verified"),
        ((form("2025-03-16", {ITEM: "900 /mm3"}), verified(ITEM)), "verified"),
        ((verified(ITEM), EventVoided(**who("2025-03-16"), voids="e4", why="the wrong line")), "not verified"),
    ],
)
def test_an_item_is_verified_at_the_value_it_has(events, state) -> None:
    found = {one.item.name: one for one in verifications(record_of(*events))}
    assert found[ITEM].state == state


def test_what_the_rules_read_is_critical() -> None:
    assert critical_concepts(STUDY, CONCEPTS) == {"anc", "pregnancy_test", "consent_date", "exposure", "sex"}


def test_the_sample_is_the_same_for_everybody_and_about_as_large_as_asked() -> None:
    plan = planned_for(STUDY, CONCEPTS)
    subjects = [f"S01-{number:04}" for number in range(2000)]
    drawn = [name for name in subjects if plan.sampled(name)]
    again = planned_for(STUDY, CONCEPTS)
    assert drawn == [name for name in subjects if again.sampled(name)]
    assert 340 <= len(drawn) <= 460  # 400 expected, 18 the standard deviation of 2000 draws of 1 in 5
    assert not any(replace(plan, share=Fraction(0)).sampled(name) for name in drawn)
    assert all(replace(plan, share=Fraction(1)).sampled(f"S01-{number}") for number in range(100))


def test_progress_counts_what_is_planned() -> None:
    plan = replace(planned_for(STUDY, CONCEPTS), share=Fraction(0))
    record = record_of(form("2025-03-10", {"ecog/1/value": "1", "sex": "female"}), verified(ITEM, "ecog/1/value"))
    progress = progress_of(verifications(record, plan))
    assert (progress.planned, progress.verified, progress.open) == (2, 1, 1)  # the count and the sex; ECOG is no rule's


# ---- coding ---------------------------------------------------------------------------------------------------------

TERM = Field(id="term", label="Term", kind=Kind.TEXT)
EVENTS = {"adverse_event": Concept(id="adverse_event", label="Adverse event", repeats=True, fields=(TERM,)), **CONCEPTS}
ROWS = ("code term level", "1 Fatigue LLT", "2 Nausea/vomiting LLT", "3 nausea_vomiting PT")


def read(*rows: str, name: str = "d", version: str = "1"):
    return read_dictionary([(line, row.split(" ")) for line, row in enumerate(rows, 1)], name, version)


def coded(code: str = "1", term: str = "Fatigue") -> TermCoded:
    return TermCoded(
        **who("2025-03-15"), item="adverse_event/1/term", dictionary="d", dictionary_version="1", code=code, term=term
    )


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ((), "not coded"),
        ((coded(),), "coded"),
        ((coded(), form("2025-03-16", {"adverse_event/1/term": "tired"})), "changed since"),
        ((coded(), form("2025-03-16", {"adverse_event/1/term": "tired"}), coded()), "coded"),
    ],
)
def test_a_term_is_coded_until_it_changes(more, state) -> None:
    record = record_of(form("2025-03-14", {"adverse_event/1/term": "fatigue"}), *more)
    assert [(one.item, one.state) for one in terms_to_code(record, EVENTS)] == [("adverse_event/1/term", state)]


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("fatigue", ["1"]),
        (" FATIGUE. ", ["1"]),
        ("Nausea, vomiting", ["2", "3"]),
        ("tired", []),
        ("fatigu", []),
        ("", []),
    ],
)
def test_only_the_same_words_are_suggested(typed, codes) -> None:
    dictionary, faults = read(*ROWS)
    assert faults == [] and dictionary is not None
    assert [one.code for one in suggested(dictionary, typed)] == codes


@pytest.mark.parametrize(
    ("rows", "because"),
    [
        ((), "There is no term in it"),
        (("kode term", "1 a"), "The heading is kode, term"),
        (("code term",), "There is no term in it"),
        (("code term", "1"), "The line has 1 cells; the heading has 2"),
        (("code term", " fatigue"), "lacks its code"),
        (("code term", "1 --"), "lacks its term"),
        (("Code TERM", "1 fatigue", ""), ""),
    ],
)
def test_a_dictionary_is_taken_in_whole_or_refused_with_its_line(rows, because) -> None:
    dictionary, faults = read(*rows)
    assert (dictionary is None) is bool(because)
    assert because in " ".join(one.says for one in faults)


def test_a_dictionary_has_a_name_and_a_version() -> None:
    assert len(read(*ROWS, name=" ", version="")[1]) == 2
