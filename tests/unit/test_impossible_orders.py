"""What cannot be a fact is refused with the reason; what happened though it should not have becomes a finding.

The tables here are those of docs/explanation/impossible-orders.md, row by row.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from builders import (
    CONCEPTS,
    SITE,
    SUBJECT,
    UNITS,
    changes,
    correction,
    course,
    day,
    ended,
    form,
    left,
    protocol,
    screened,
    taken,
)
from builders import registered as builder_registered
from trialwright.core.conduct.facts import impossible
from trialwright.core.conduct.orders import ORDERS, contradictions
from trialwright.core.ledger import (
    ConsentGiven,
    ConsentWithdrawn,
    Event,
    FormSubmitted,
    Locked,
    ProtocolActivated,
    ReferenceRangeSet,
    SubjectFound,
    SubjectTransferred,
    Unlocked,
)
from trialwright.core.protocol import Concept, Field, Kind
from trialwright.core.subject import Case, fold_study
from trialwright.core.terms import Quantity
from trialwright.core.toxicity import NamedTerm, ToxicityTable

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "impossible-orders.md"
KNOWN = {
    **CONCEPTS,
    "count": Concept(
        id="count",
        label="Count",
        fields=(
            Field(id="value", label="Count", kind=Kind.QUANTITY, unit="/mm3", possible=("0",)),
            Field(id="number", label="Number", kind=Kind.INTEGER),
            Field(id="share", label="Share", kind=Kind.QUANTITY, unit="%", possible=("0", "100")),
            Field(id="on", label="Date", kind=Kind.DATE),
            *(Field(id=one, label=one, kind=Kind.QUANTITY, unit="/mm3") for one in ("low", "high")),
        ),
    ),
    "adverse_event": Concept(
        id="adverse_event",
        label="Adverse event",
        repeats=True,
        fields=tuple(
            Field(id=name, label=name, kind=Kind.DATE if name in ("start", "end") else Kind.TEXT)
            for name in ("term", "grade", "start", "end")
        ),
    ),
}
TABLE = ToxicityTable("an example", "1", (), (NamedTerm("Alopecia", "skin", (1, 2)), NamedTerm("Rash", "skin", (1, 3))))


def who(on: str, subject: str | None = SUBJECT) -> dict[str, Any]:
    return {"actor": "dm", "role": "data manager", "site": SITE, "subject": subject, "occurred": day(on)}


def items(told: dict[str, Any], on: str = "2025-03-10") -> FormSubmitted:
    made = FormSubmitted(**who(on), form="f", items=changes(told))
    return replace(made, recorded=datetime(2025, 4, 1, 12, tzinfo=UTC))


def limits(low: str | None, high: str | None, **others: Any) -> ReferenceRangeSet:
    made = (Quantity.parse(one) if one else None for one in (low, high))
    return ReferenceRangeSet(**who("2025-03-01", None), analyte="count", low=next(made), high=next(made), **others)


# ---- what cannot be a fact ------------------------------------------------------------------------------------------

REFUSED: list[tuple[str, Event, str]] = [
    ("a day the calendar does not have", items({"count/1/on": "2025-02-30"}), "2025-02-30' is no date"),
    ("a day in the future", items({"count/1/on": "2025-04-03"}), "lies in the future"),
    ("an event in the future", replace(items({}), occurred=date(2025, 4, 3)), "is still to come"),
    ("a day before 1900", items({"count/1/on": "1899-12-31"}), "lies before 1900"),
    ("a day after 2199", replace(items({"count/1/on": "2200-01-01"}), recorded=None), "lies after 2199"),
    ("a negative count", items({"count/1/value": "-1 /mm3"}), "-1 /mm3 is less than nothing"),
    ("a negative whole number", items({"count/1/number": -1}), "-1 is less than nothing"),
    ("more than all", items({"count/1/share": "101 %"}), "above 100, the most there can be"),
    ("a unit of another dimension", items({"count/1/value": "5 mg"}), "cannot be read as /mm3"),
    (
        "an end before its start on one form",
        items({"adverse_event/1": {"start": "2025-03-05", "end": "2025-03-04"}}),
        "End 2025-03-04 lies before start 2025-03-05",
    ),
    (
        "a last dose before the first on one form",
        taken(1, "2025-03-05", "2025-03-04"),
        "Last dose 2025-03-04 lies before",
    ),
    (
        "a grade the term does not have",
        items({"adverse_event/1": {"term": "Alopecia", "grade": "3"}}),
        "Alopecia has no grade 3 in an example 1",
    ),
    (
        "a last dose after the end of treatment",
        ended("2025-03-05", last_dose="2025-03-06"),
        "lies after treatment ended",
    ),
    ("a lower limit above the upper one", limits("10 /mm3", "9 /mm3"), "is above the upper one"),
    (
        "limits of a result the wrong way round",
        items({"count/1": {"low": "10 /mm3", "high": "9 /mm3"}}),
        "The lower limit 10 /mm3 of count is above the upper one, 9 /mm3",
    ),
    ("a limit in a unit of another dimension", limits("5 mg", None), "Limit of count: "),
    ("ages that end before they begin", limits(None, "9 /mm3", age_from=40, age_to=39), "from 40 to 39"),
]


def says_of(event: Event, known: Any = None) -> str:
    concepts = {**KNOWN, "exposure": _any_concept("exposure", ("drug", "course", "dose", "first_dose", "last_dose"))}
    return " | ".join(one.says for one in impossible(event, concepts, UNITS, TABLE, known))


def _any_concept(name: str, fields: tuple[str, ...]) -> Concept:
    kinds = {"dose": Kind.QUANTITY, "first_dose": Kind.DATE, "last_dose": Kind.DATE}
    told = tuple(Field(id=one, label=one, kind=kinds.get(one, Kind.TEXT)) for one in fields)
    return Concept(id=name, label=name, repeats=True, fields=told)


@pytest.mark.parametrize(("what", "event", "because"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_cannot_be_a_fact_is_refused_with_the_reason(what, event, because) -> None:
    assert because in says_of(event)


@pytest.mark.parametrize(
    "event",
    [
        items({"count/1/on": "2025-04-02"}),
        items({"count/1/on": "1900-01-01"}),
        items({"count/1/on": "1900"}),
        replace(items({"count/1/on": "2199-12-31"}), recorded=None),
        items({"count/1": {"low": "9 /mm3", "high": "9 /mm3"}}),
        items({"count/1": {"low": "10 /mm3"}}),
        items({"count/1/value": "0 /mm3", "count/1/number": 0, "count/1/share": "100 %"}),
        items({"adverse_event/1": {"start": "2025-03-05", "end": "2025-03-05"}}),
        items({"adverse_event/1": {"start": "2025-03-05", "end": "2025-03"}}),
        items({"adverse_event/1": {"term": "Alopecia", "grade": "2"}}),
        items({"adverse_event/1": {"term": "something else", "grade": "5"}}),
        ended("2025-03-05", last_dose="2025-03-05"),
        limits("9 /mm3", "9 /mm3", age_from=40, age_to=40),
    ],
)
def test_at_the_limit_it_can_be_and_is_let_in(event) -> None:
    assert says_of(event) == ""


def test_a_grade_is_looked_up_by_the_term_as_it_is_recorded() -> None:
    record = fold_study(told(form("2025-03-05", {"adverse_event/1": {"term": "Rash", "grade": "1"}}))).subjects[SUBJECT]
    assert "Rash has no grade 2" in says_of(items({"adverse_event/1/grade": "2"}), record)
    assert says_of(items({"adverse_event/1/grade": "3"}), record) == ""
    assert "Alopecia has no grade 3" in says_of(items({"adverse_event/1": {"term": "Alopecia", "grade": "3"}}), record)


def test_a_limit_that_is_corrected_is_held_against_the_other_one_as_it_is_recorded() -> None:
    given = form("2025-03-05", {"count/1": {"low": "5 /mm3", "high": "9 /mm3"}})
    record = fold_study(told(given)).subjects[SUBJECT]
    assert "is above the upper one, 9 /mm3" in says_of(items({"count/1/low": "10 /mm3"}), record)
    assert "is above the upper one, 4 /mm3" in says_of(items({"count/1/high": "4 /mm3"}), record)
    assert says_of(items({"count/1/low": "9 /mm3"}), record) == ""


# ---- what is kept, and contradicts something earlier ----------------------------------------------------------------


def told(*events: Event) -> list[Event]:
    return [replace(event, seq=number, id=f"e{number}") for number, event in enumerate(events, 1)]


def activated(site: str, version: str = "1") -> ProtocolActivated:
    who_at = {**who("2025-01-01", None), "site": site}
    return ProtocolActivated(**who_at, version=version, file_hash="ab", approved_on=day("2025-01-01"))


def found(*events: Event, on: str = "2025-12-31") -> list[Any]:
    study = fold_study(told(*events))
    record = study.subjects[SUBJECT].on_its_site(day(on))
    case = Case(record, protocol(), UNITS, KNOWN, study.site_of(record))
    return list(contradictions(case, day(on)))


def died(on: str) -> FormSubmitted:
    return form("2025-06-10", {"death/1/on": on, "death/1/cause": "disease"})


def visit(on: str, done: str = "yes") -> FormSubmitted:
    return form(on, {"visit/v1/on": on, "visit/v1/done": done})


def withdrew(on: str, *scope: str) -> ConsentWithdrawn:
    return ConsentWithdrawn(**who(on), scope=scope, why="tired")


def consent(on: str, *scope: str, version: str = "1") -> ConsentGiven:
    return ConsentGiven(**who(on), version=version, scope=scope or ("study",))


PATH = (screened("2025-02-20"), builder_registered("2025-02-28"))
STARTED = (*PATH, course(1, "2025-03-03"))
LOCKED = Locked(**who("2025-06-30"), what="subject")
ALIVE = form("2025-06-02", {"vital_status/u/value": "alive"})

KEPT: list[tuple[str, tuple[Event, ...], str, str, str]] = [
    # what, events, the later event, the earlier one it names, the words
    ("a dose before registration", (*PATH, taken(1, "2025-02-27")), "e3", "e2", "before the registration"),
    (
        "a dose before its course was started",
        (*STARTED, taken(1, "2025-03-02")),
        "e4",
        "e3",
        "before the course was started",
    ),
    (
        "a dose after the end of treatment",
        (*STARTED, ended("2025-03-10"), taken(1, "2025-03-03", "2025-03-11")),
        "e5",
        "e4",
        "on 2025-03-11, after treatment was over",
    ),
    (
        "a dose after consent to treatment was withdrawn",
        (*STARTED, withdrew("2025-03-10", "treatment"), taken(1, "2025-03-03", "2025-03-11")),
        "e5",
        "e4",
        "consent withdrawn (treatment): tired",
    ),
    (
        "two day-1s for one course",
        (
            *STARTED,
            taken(1, "2025-03-03", "2025-03-23"),
            form(
                "2025-03-30",
                {
                    "exposure/other": {
                        "drug": "examplinib",
                        "course": "1",
                        "dose": "10 mg",
                        "first_dose": "2025-03-10",
                        "last_dose": "2025-03-30",
                    }
                },
            ),
        ),
        "e5",
        "e4",
        "has a dose on 2025-03-10 by two entries",
    ),
    (
        "course 2 before course 1 was over",
        (*STARTED, taken(1, "2025-03-03", "2025-03-23"), taken(2, "2025-03-20", "2025-04-09")),
        "e5",
        "e4",
        "Course 2 began on 2025-03-20, course 1 on 2025-03-03 with a dose on 2025-03-23",
    ),
    ("course 3 without course 2", (*STARTED, taken(3, "2025-05-01")), "e4", "e3", "course 2 is not recorded"),
    (
        "death before a visit",
        (*STARTED, died("2025-06-01"), visit("2025-06-02")),
        "e5",
        "e4",
        "after the death on 2025-06-01",
    ),
    (
        "death before a dose",
        (*STARTED, died("2025-03-01"), taken(1, "2025-03-03")),
        "e5",
        "e4",
        "exposure is of 2025-03-03",
    ),
    ("death, and alive later", (*PATH, died("2025-06-01"), ALIVE), "e4", "e3", "vital_status is of 2025-06-02"),
    (
        "death, and consent later",
        (*PATH, died("2025-06-01"), consent("2025-06-02")),
        "e4",
        "e3",
        "Consent is of 2025-06-02",
    ),
    (
        "a visit after the subject left",
        (*STARTED, left("2025-04-01", "lost to follow-up"), visit("2025-04-02")),
        "e5",
        "e4",
        "off study: lost to follow-up",
    ),
    (
        "a visit after consent to the study was withdrawn",
        (*STARTED, withdrew("2025-04-01", "study"), visit("2025-04-02")),
        "e5",
        "e4",
        "consent withdrawn (study)",
    ),
    (
        "survival looked up without consent to it",
        (*STARTED, withdrew("2025-04-01", "study"), ALIVE),
        "e5",
        "e4",
        "vital_status is of 2025-06-02",
    ),
    (
        "a registration before consent",
        (*PATH, form("2025-02-20", {"consent_date/scr/value": "2025-03-01"})),
        "e2",
        "e3",
        "to which no consent held then",
    ),
    ("the end of treatment before registration", (*PATH, ended("2025-02-27")), "e3", "e2", "before the registration"),
    (
        "something before birth",
        (
            *PATH,
            form("2025-03-01", {"birth_date/scr/value": "1960"}),
            form("2025-03-02", {"adverse_event/1/start": "1959-12-31"}),
        ),
        "e4",
        "e3",
        "adverse_event is of 1959-12-31, before the birth in 1960",
    ),
    (
        "an end corrected to before its start",
        (
            *PATH,
            form("2025-03-02", {"adverse_event/1": {"start": "2025-03-02", "end": "2025-03-05"}}),
            correction("2025-03-09", {"adverse_event/1/end": "2025-03-01"}),
        ),
        "e4",
        "e3",
        "The end of adverse_event 1 is 2025-03-01; its start 2025-03-02",
    ),
    (
        "something recorded after a lock",
        (*PATH, LOCKED, form("2025-06-02", {"adverse_event/9/term": "Rash"})),
        "e4",
        "e3",
        "was recorded after subject was locked by dm",
    ),
    (
        "a transfer to a site where the version is not approved",
        (activated(SITE), *PATH, SubjectTransferred(**who("2025-04-01"), to="S02")),
        "e4",
        "e3",
        "not approved at S02: no ethics approval is recorded",
    ),
]


@pytest.mark.parametrize(("what", "events", "later", "earlier", "words"), KEPT, ids=[row[0] for row in KEPT])
def test_what_happened_is_kept_and_the_finding_names_the_earlier_event(what, events, later, earlier, words) -> None:
    about = [(one.about, one.says) for one in found(*events)]
    day_of = {event.id: event.occurred for event in told(*events)}[earlier]
    assert [one for one, _ in about] == [later], about
    assert words in about[0][1]
    assert f"of {day_of} (event {earlier})" in about[0][1]


@pytest.mark.parametrize(
    "events",
    [
        (*STARTED, taken(1, "2025-03-03", "2025-03-23"), taken(2, "2025-03-31")),
        (*PATH, taken(1, "2025-02-28")),
        (*STARTED, ended("2025-03-10"), taken(1, "2025-03-03", "2025-03-10")),
        (*STARTED, died("2025-06-01"), visit("2025-06-01")),
        (*STARTED, died("2025-06-01"), visit("2025-06-02", "no")),
        (*STARTED, died("2025-06-01"), form("2025-06-05", {"drug_return/1/on": "2025-06-05"})),
        (*STARTED, left("2025-04-01", "lost to follow-up"), visit("2025-04-01")),
        (*STARTED, left("2025-04-01", "lost to follow-up"), SubjectFound(**who("2025-04-03")), visit("2025-04-05")),
        (*STARTED, left("2025-04-01", "lost to follow-up"), ALIVE),
        (*STARTED, withdrew("2025-04-01", "treatment"), visit("2025-04-02")),
        (*STARTED, withdrew("2025-04-01", "follow-up"), visit("2025-04-02")),
        (*STARTED, consent("2025-02-20", "public records"), withdrew("2025-04-01", "follow-up"), ALIVE),
        (*PATH, form("2025-02-20", {"consent_date/scr/value": "2025-02-28"})),
        (
            *PATH,
            form("2025-03-01", {"birth_date/scr/value": "1960"}),
            form("2025-03-02", {"adverse_event/1/start": "1960"}),
        ),
        (
            *PATH,
            LOCKED,
            Unlocked(**who("2025-07-01"), what=SUBJECT, why="x"),
            form("2025-06-02", {"anc/1/value": "1 /mm3"}),
        ),
        (activated(SITE), activated("S02"), *PATH, SubjectTransferred(**who("2025-04-01"), to="S02")),
    ],
)
def test_what_goes_together_is_no_finding(events) -> None:
    assert found(*events) == []


def test_public_records_are_looked_up_after_a_withdrawal_only_with_consent_to_them() -> None:
    gone = (*STARTED, withdrew("2025-04-01", "study"), ALIVE)
    asked_again = (*STARTED, withdrew("2025-04-01", "study"), consent("2025-04-02", "public records"), ALIVE)
    assert len(found(*gone)) == 1 and found(*asked_again) == []


def test_what_had_not_happened_yet_is_no_finding() -> None:
    events = (*STARTED, died("2025-06-01"), visit("2025-06-02"))
    assert found(*events, on="2025-06-01") == [] and len(found(*events, on="2025-06-02")) == 1


def test_every_kind_of_contradiction_is_looked_for_by_a_row_of_the_table() -> None:
    seen = set()
    for _, events, *_ in KEPT:
        study = fold_study(told(*events))
        record = study.subjects[SUBJECT]
        case = Case(record, protocol(), UNITS, KNOWN, study.site_of(record))
        seen |= {look for look in ORDERS if list(look(case, day("2025-12-31")))}
    assert seen == set(ORDERS)


def test_the_page_lists_every_row_of_both_tables() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert [what for what, *_ in (*REFUSED, *KEPT) if f"| {what} |" not in text] == []
