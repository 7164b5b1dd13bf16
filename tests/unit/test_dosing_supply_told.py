"""Every word of what is said about capsules: doses that cannot be put together, what is handed out, what came back.

Worked by hand. Course 1 begins on Monday 2025-03-03; day 21 is 2025-03-23. Strengths are had at sites and in times.
"""

from __future__ import annotations

import pytest

from builders import SAID, UNITS, _who, case, course, day, form, protocol, regimen, registered, screened
from trialwright.core.dosing import (
    CourseAccount,
    Dispensing,
    account_of,
    capsule_findings,
    compose,
    dispensing,
    doses_in_reach,
)
from trialwright.core.ledger import DoseReleased, SubjectTransferred
from trialwright.core.subject import Case
from trialwright.core.terms import Because, Finding, Quantity, Severity

FIRST = "2025-03-03"
TITRATED = {"start": "10 mg", "step": "5 mg", "maximum": "20 mg"}
WORDS = "10 mg on days 1-21 of a 28-day cycle"
HOLD = {
    "id": "low",
    "quotes": ["interrupt below 500"],
    "when": {"measure": "anc", "is": "< 500 /mm3"},
    "then": {"hold": {"until": {"measure": "anc", "is": ">= 1000 /mm3"}}},
}
SUPPLY = {"id": "supply", "quotes": ["no more than 7 days' supply"], "at_most": "7 days"}
RELEASE = {"id": "test", "quotes": ["a negative test"], "when": {"measure": "test", "in": ["negative"]}}


def study(**parts):
    return protocol(regimen=[regimen(**{"dose": TITRATED, "strengths": ["5 mg", "10 mg"], **parts})])


def treated(*events, **parts) -> Case:
    start = course(1, FIRST, "10 mg")
    return case(screened("2025-02-20"), registered("2025-02-28"), start, *events, protocol=study(**parts))


def released(*capsules: str, on: str = FIRST, dose: str = "10 mg", days: int = 21) -> DoseReleased:
    told = {"drug": "examplinib", "course": 1, "dose": Quantity.parse(dose), "days": days}
    return DoseReleased(**_who(on), **told, said=SAID, capsules=capsules)


def returned(capsules: int, strength: str = "10 mg", on: str = "2025-03-24", key: str = "1"):
    told = {"drug": "examplinib", "course": "1", "strength": strength, "capsules": str(capsules), "on": on}
    return form(on, {f"drug_return/{key}": told})


def took(days: str = "21", dose: str = "10 mg", first: str = FIRST, on: str = "2025-03-24"):
    told = {"drug": "examplinib", "course": "1", "dose": dose, "first_dose": first, "days_taken": days}
    return form(on, {"exposure/1": {name: each for name, each in told.items() if each}})


def handed(one: Case, on: str) -> Dispensing:
    return dispensing(one, one.protocol.regimen[0], day(on))


def account(*events, on: str = "2025-04-01", **parts) -> CourseAccount:
    one = treated(*events, **parts)
    (found,) = account_of(one, one.protocol.regimen[0], day(on))
    return found


def units(**counts: int) -> dict[Quantity, int]:
    """units(mg_10=21): 21 of 10 mg."""
    return {Quantity.parse(f"{name.split('_')[1]} mg"): count for name, count in counts.items()}


# ---- doses that cannot be put together -------------------------------------------------------------------------------


def unmade(says: str, severity: Severity = Severity.WARNING) -> Finding:
    return Finding(
        about="regimen",
        says=f"examplinib: {says}.",
        matters="The dose could be decided and not handed out.",
        do="Add the strength, or change the dose plan.",
        clause="regimen",
        severity=severity,
    )


def test_a_dose_that_no_strengths_make_up_is_told_with_the_strengths() -> None:
    plan = study(dose={"start": "10 mg", "step": "15 mg", "maximum": "25 mg"}, strengths=["10 mg", "4 mg"])
    found = capsule_findings(plan.regimen[0], ["S01"], UNITS)
    assert found == (unmade("25 mg cannot be put together from 10 mg, 4 mg", Severity.ERROR),)


def test_a_dose_that_cannot_be_had_is_told_with_its_site_and_its_days() -> None:
    """5 mg can be had at S01 alone, in 2006 alone: 15 mg needs it, 10 and 20 mg do not."""
    only = {"strength": "5 mg", "sites": ["S01"], "since": "2006-01-01", "until": "2006-12-31"}
    found = capsule_findings(study(stock=[only]).regimen[0], ["S01", "S02"], UNITS)
    assert found == tuple(
        unmade(f"15 mg cannot be put together at {where}: 10 mg can be had")
        for where in (
            "S01 until 2005-12-31",
            "S01 since 2007-01-01",
            "S02 until 2005-12-31",
            "S02 since 2006-01-01 until 2006-12-31",
            "S02 since 2007-01-01",
        )
    )


def test_a_site_that_has_nothing_at_all_is_told_so() -> None:
    stock = [{"strength": strength, "sites": ["S01"]} for strength in ("5 mg", "10 mg")]
    found = capsule_findings(study(stock=stock).regimen[0], ["S01", "S02"], UNITS)
    assert found == (unmade("10 mg, 15 mg, 20 mg cannot be put together at S02 at all: nothing can be had"),)


def test_strengths_in_another_unit_make_up_the_dose() -> None:
    assert capsule_findings(study(strengths=["0.005 g", "0.01 g"]).regimen[0], ["S01"], UNITS) == ()


def test_a_step_down_of_less_than_one_unit_is_in_reach() -> None:
    lower = {**HOLD, "then": {"reduce_by": "0.5 mg"}}
    plan = study(dose={"start": "2 mg", "floor": "1 mg"}, rules=[lower])
    assert [str(one) for one in doses_in_reach(plan.regimen[0])] == ["1.0 mg", "1.5 mg", "2 mg"]


@pytest.mark.parametrize(("dose", "made"), [("999 mg", 999), ("1000 mg", 1000), ("1001 mg", None)])
def test_an_intake_of_more_than_1000_units_is_none(dose, made) -> None:
    one = Quantity.parse("1 mg")
    assert compose(Quantity.parse(dose), [one], UNITS) == ({one: made} if made else None)


# ---- what is handed out ----------------------------------------------------------------------------------------------


def test_what_is_handed_out_is_told_in_full() -> None:
    said = handed(treated(released(days=2), supply={**SUPPLY, "refills": True}, frequency="twice daily"), FIRST)
    assert said == Dispensing(
        drug="examplinib",
        course=1,
        dose=Quantity.parse("10 mg"),
        per_day=2,
        days=5,  # no later than 2025-03-09, the seventh day from the one on which it is asked for
        first_day=day("2025-03-05"),  # two days are in hand
        last_day=day("2025-03-09"),
        intake=units(mg_10=1),
        total=units(mg_10=10),
        before=2,
        because=(
            Because("regimen", WORDS, "course 1 at 10 mg"),
            Because("supply", "no more than 7 days' supply", "no more than 7 days at a time"),
        ),
    )
    assert str(said) == ("examplinib 10 mg for 5 days, 2025-03-05 to 2025-03-09: 10 x 10 mg (1 x 10 mg at each intake)")


def test_nothing_is_handed_out_on_hold_nor_without_the_test_and_both_are_told() -> None:
    low = form("2025-03-10", {"anc on 2025-03-10": "400 /mm3"})
    said = handed(treated(low, rules=[HOLD], release_when=[RELEASE]), "2025-03-10")
    held, gate = said.refused
    assert (held.clause, held.words) == ("low", "interrupt below 500")
    assert held.saw.startswith("no dose is due: hold, held since 2025-03-10: ")
    assert (gate.clause, gate.words) == ("test", "a negative test")
    assert gate.saw.startswith("test is unknown: ")
    assert said == Dispensing("examplinib", 1, refused=(held, gate), missing=("test",))
    assert str(said) == f"hand out no examplinib: {held.saw}; {gate.saw}"


def test_drug_in_hand_is_told_with_the_day_to_which_it_lasts() -> None:
    said = handed(treated(released(days=7), supply=SUPPLY), FIRST)
    why = "drug for the days to 2025-03-09 of course 1 was handed out already"
    assert said.refused == (Because("supply", "no more than 7 days' supply", why),)
    assert (said.days, said.first_day, said.last_day, said.total, said.before) == (0, None, None, {}, 7)
    assert said.intake == units(mg_10=1)
    full = handed(treated(released(days=21)), FIRST)
    assert full.refused == (
        Because("regimen", WORDS, "drug for the days to 2025-03-23 of course 1 was handed out already"),
    )


def test_a_site_without_any_strength_is_told_so() -> None:
    stock = [{"strength": strength, "sites": ["S02"]} for strength in ("5 mg", "10 mg")]
    said = handed(treated(stock=stock), FIRST)
    why = f"10 mg cannot be put together at S01 on {FIRST}: no strength can be had"
    assert said.refused == (Because("regimen", WORDS, why),)
    assert (said.intake, said.total) == ({}, {})


@pytest.mark.parametrize(("dose", "days"), [("10 mg", 11), ("0.010 g", 11), ("5 mg", 21), ("10 cm", 21)])
def test_drug_of_the_same_dose_in_whatever_unit_is_in_hand_and_of_another_is_not(dose, days) -> None:
    assert handed(treated(released(dose=dose, days=10)), FIRST).days == days


def test_a_subject_for_whom_no_dose_is_decided_is_refused_without_a_clause() -> None:
    over = form("2025-03-10", {"death/1": {"on": "2025-03-10"}})
    said = handed(treated(over), "2025-03-10")
    assert said.refused == (Because("", "", "no dose is due: stop, died on 2025-03-10"),)


# ---- what came back --------------------------------------------------------------------------------------------------


def unaccounted(says: str, do: str) -> Finding:
    return Finding(
        about="examplinib course 1",
        says=f"examplinib course 1: {says}.",
        matters="The dose taken is known only as far as what was handed out is accounted for.",
        do=do,
        clause="regimen",
        severity=Severity.WARNING,
    )


COUNT_AND_ASK = "Count again and ask; a missed day or a lost unit explains it."


@pytest.mark.parametrize(
    ("events", "difference", "findings"),
    [
        ([released(), took("19"), returned(2)], units(mg_10=0), ()),
        (
            [released(), took("18"), returned(2)],
            units(mg_10=1),
            (
                unaccounted(
                    "1 x 10 mg not accounted for "
                    "(handed out 21 x 10 mg, returned 2 x 10 mg, reported taken 18 x 10 mg)",
                    COUNT_AND_ASK,
                ),
            ),
        ),
        (
            [released("21 x 10 mg", "3 x 5 mg"), took("21"), returned(2, "5 mg"), returned(1, key="2")],
            units(mg_10=-1, mg_5=1),
            (
                unaccounted(
                    "1 x 10 mg more taken or returned than handed out; 1 x 5 mg not accounted for (handed out "
                    "21 x 10 mg + 3 x 5 mg, returned 2 x 5 mg + 1 x 10 mg, reported taken 21 x 10 mg)",
                    COUNT_AND_ASK,
                ),
            ),
        ),
        (
            [released("2 x 10 mg", "3 x 5 mg"), took("0"), returned(4), returned(1, "5 mg", key="2")],
            units(mg_10=-2, mg_5=2),
            (
                unaccounted(
                    "2 x 10 mg more came back than were handed out (handed out 2 x 10 mg + 3 x 5 mg, "
                    "returned 4 x 10 mg + 1 x 5 mg, reported taken 0 x 10 mg)",
                    "Count again, and look whether they belong to another course.",
                ),
            ),
        ),
    ],
)
def test_what_nobody_accounts_for_is_told_with_every_count(events, difference, findings) -> None:
    found = account(*events)
    assert (found.drug, found.course, found.missing) == ("examplinib", 1, ())
    assert found.difference == difference
    assert found.findings == findings


def test_what_came_back_of_what_was_never_handed_out_is_told_without_a_count() -> None:
    (found,) = account(returned(3)).findings
    assert found.says == (
        "examplinib course 1: 3 x 10 mg more came back than were handed out (handed out none, returned 3 x 10 mg)."
    )


def test_what_is_not_known_is_asked_for_by_course_and_drug() -> None:
    back = "what was returned of course 1 of examplinib, each strength (none is an answer)"
    days = "days on which course 1 of examplinib was taken"
    assert account(released()) == CourseAccount("examplinib", 1, units(mg_10=21), None, None, None, (back, days))
    early = account(released(), returned(2), on="2025-03-23")
    assert (early.returned, early.missing) == (None, ()), "what comes back on a later day is not back yet"
    unread = account(released(dose="7 mg"), returned(2), took())
    assert (unread.dispensed, unread.difference) == (None, None)
    assert unread.missing == ("what was handed out for course 1 of examplinib",)


HOW = "how 7 mg of course 1 of examplinib was taken: it cannot be put together, 5 mg, 10 mg could be had"
DAYS = "days on which course 1 of examplinib was taken"
DOSE = "dose at which course 1 of examplinib was taken"


@pytest.mark.parametrize(
    ("told", "missing"),
    [
        (took("21", "7 mg"), (HOW,)),  # the days are told: they are not asked for again
        (took("", "7 mg"), (DAYS, HOW)),
        (took("", "10 mg"), (DAYS,)),
        (took("21", ""), (DOSE,)),
        (took("", ""), (DAYS, DOSE)),
        (took("21", "10 mg"), ()),
        (took("0", "7 mg"), ()),  # nothing was taken, of whatever
        (took("21", "0 mg"), ()),
    ],
)
def test_what_was_taken_and_cannot_be_counted_is_asked_for_by_what_lacks(told, missing) -> None:
    assert account(released(), returned(2), told).missing == missing


def test_what_cannot_be_put_together_where_nothing_can_be_had_says_so() -> None:
    stock = [{"strength": each, "since": "2025-04-01"} for each in ("5 mg", "10 mg")]
    found = account(released("21 x 10 mg"), returned(2), took(), stock=stock)
    assert found.missing == (
        "how 10 mg of course 1 of examplinib was taken: it cannot be put together, no strength could be had",
    )


def test_capsules_are_those_of_the_site_of_the_day_also_after_a_transfer() -> None:
    # 10 mg can be had at the first site alone; the subject goes to the second after course 1
    moved = SubjectTransferred(**_who("2025-03-25"), to="S02")
    stock = [{"strength": "10 mg", "sites": ["S01"]}]
    found = account(released(), took(), returned(0), moved, stock=stock)
    assert (found.dispensed, found.taken) == (units(mg_10=21), units(mg_10=21))


@pytest.mark.parametrize(
    ("first", "dose", "capsules"),
    [
        ("2025-03-19", "10 mg", units(mg_5=4)),  # 10 mg can be had from the next day on
        ("2025-03-20", "10 mg", units(mg_10=2)),
        ("", "10 mg", units(mg_10=2)),  # told on 2025-03-24, when 10 mg could be had
        ("2025-03-20", "0.010 g", units(mg_10=2)),
        ("2025-03-20", "7 mg", None),
    ],
)
def test_what_was_taken_is_counted_in_the_strengths_of_its_site_on_its_first_day(first, dose, capsules) -> None:
    stock = [{"strength": "10 mg", "sites": ["S01"], "since": "2025-03-20"}]
    assert account(released(), took("2", dose, first), stock=stock).taken == capsules


@pytest.mark.parametrize(
    ("on", "capsules"), [("2025-03-04", units(mg_5=4)), ("2025-03-05", units(mg_10=2)), ("2025-03-06", units(mg_10=2))]
)
def test_what_was_handed_out_is_counted_in_the_strengths_of_its_day(on, capsules) -> None:
    stock = [{"strength": "10 mg", "sites": ["S01"], "since": "2025-03-05"}]
    assert account(released(on=on, days=2), stock=stock).dispensed == capsules


def test_capsules_of_another_unit_are_handed_out_for_days_that_begin_later() -> None:
    said = handed(treated(strengths=["0.005 g"], days="3-14"), "2025-03-31")
    assert (said.first_day, said.last_day, said.days) == (day("2025-04-02"), day("2025-04-13"), 12)
    assert said.total == {Quantity.parse("0.005 g"): 36}, "15 mg on 12 days"
