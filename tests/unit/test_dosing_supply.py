"""What is handed out: doses put together from strengths, days left, gates, and what came back.

Worked by hand. Course 1 begins on Monday 2025-03-03; day 21 is 2025-03-23; on day 15 seven days are left.
"""

from __future__ import annotations

from datetime import date

import pytest

from builders import SAID, UNITS, _who, case, course, day, form, protocol, regimen, registered, screened
from trialwright.core.dosing import account_of, capsule_findings, compose, decide_release, dispensing, doses_in_reach
from trialwright.core.ledger import DoseReleased
from trialwright.core.subject import Case
from trialwright.core.terms import Quantity, Severity

TITRATED = {"start": "10 mg", "step": "5 mg", "maximum": "25 mg", "floor": "5 mg"}
STRENGTHS = ["5 mg", "10 mg", "15 mg", "25 mg"]
LOW = {
    "id": "low",
    "quotes": ["interrupt below 500"],
    "when": {"measure": "anc", "is": "< 500 /mm3"},
    "then": {"hold": {"until": {"measure": "anc", "is": ">= 1000 /mm3"}, "resume_lower_by": "5 mg"}},
}
TEST = {
    "id": "test",
    "quotes": ["a negative test"],
    "when": {
        "if": {"all": [{"sex": "female"}, {"ask": "fertile"}]},
        "then": {"measure": "pregnancy_test", "in": ["negative"], "within": "1 day"},
    },
}
STOCK = [
    {"strength": "5 mg", "since": "2006-01-01"},
    {"strength": "25 mg", "sites": ["S02"], "until": "2006-12-31"},
]
SUPPLY = {"id": "supply", "quotes": ["no more than 28 days' supply"], "at_most": "28 days"}
FIRST = "2025-03-03"


def quantities(text: str) -> list[Quantity]:
    return [Quantity.parse(one.strip()) for one in text.split(",") if one.strip()]


def study(**parts):
    plan = {"dose": TITRATED, "strengths": STRENGTHS, **parts}
    return protocol(regimen=[regimen(**plan)])


def released(on: str, number: int, dose: str, days: int, *capsules: str) -> DoseReleased:
    return DoseReleased(
        **_who(on), drug="examplinib", course=number, dose=Quantity.parse(dose), days=days, said=SAID, capsules=capsules
    )


def treated(*events, study_=None, doses: str = "10", **others) -> Case:
    starts = [
        course(number, date(2025, 3, 3 + 28 * (number - 1)) if number == 1 else "2025-03-31", f"{dose} mg")
        for number, dose in enumerate(doses.split(), 1)
    ]
    return case(
        screened("2025-02-20"), registered("2025-02-28"), *starts, *events, protocol=study_ or study(), **others
    )


def handed(one: Case, on: str):
    return dispensing(one, one.protocol.regimen[0], day(on))


def words(units) -> str:
    return ", ".join(f"{count} x {one}" for one, count in units.items())


# ---- putting a dose together ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dose", "strengths", "units"),
    [
        ("5 mg", "5 mg, 10 mg", "1 x 5 mg"),
        ("10 mg", "5 mg, 10 mg", "1 x 10 mg"),
        ("15 mg", "5 mg, 10 mg", "1 x 10 mg, 1 x 5 mg"),
        ("20 mg", "5 mg, 10 mg", "2 x 10 mg"),
        ("25 mg", "5 mg, 10 mg", "2 x 10 mg, 1 x 5 mg"),
        ("20 mg", "5 mg, 10 mg, 15 mg, 25 mg", "2 x 10 mg"),  # as few as 15 + 5, and of one strength
        ("30 mg", "25 mg, 15 mg, 10 mg, 5 mg", "2 x 15 mg"),
        ("35 mg", "5 mg, 10 mg, 15 mg, 25 mg", "1 x 25 mg, 1 x 10 mg"),
        ("12 mg", "10 mg, 6 mg, 1 mg", "2 x 6 mg"),  # the largest first would take three
        ("7.5 mg", "2.5 mg, 5 mg", "1 x 5 mg, 1 x 2.5 mg"),
        ("0.02 g", "10 mg", "2 x 10 mg"),
        ("10 mg", "10 mg, 0 mg", "1 x 10 mg"),
    ],
)
def test_a_dose_is_put_together_from_the_fewest_capsules(dose, strengths, units) -> None:
    found = compose(Quantity.parse(dose), quantities(strengths), UNITS)
    assert found is not None and words(found) == units


@pytest.mark.parametrize(
    ("dose", "strengths"),
    [
        ("12 mg", "5 mg, 10 mg"),
        ("5 mg", "10 mg"),
        ("7 mg", "5 mg, 3 mg"),
        ("10 mg", ""),
        ("0 mg", "5 mg"),
        ("4 mg", "5 mg"),
    ],
)
def test_a_dose_that_no_capsules_make_up_exactly_is_never_rounded(dose, strengths) -> None:
    assert compose(Quantity.parse(dose), quantities(strengths), UNITS) is None


def test_capsules_are_the_same_whatever_the_order_in_which_strengths_are_written() -> None:
    forwards = compose(Quantity.parse("20 mg"), quantities("5 mg, 10 mg, 15 mg"), UNITS)
    backwards = compose(Quantity.parse("20 mg"), quantities("15 mg, 10 mg, 5 mg"), UNITS)
    assert forwards == backwards and list(forwards or {}) == list(backwards or {})


def test_the_doses_in_reach_are_those_of_steps_reductions_and_caps_between_floor_and_maximum() -> None:
    def reach(**parts):
        return [str(one) for one in doses_in_reach(study(**parts).regimen[0])]

    assert reach() == ["10 mg", "15 mg", "20 mg", "25 mg"]
    assert reach(rules=[LOW]) == ["5 mg", "10 mg", "15 mg", "20 mg", "25 mg"]
    assert reach(dose={"start": "100 mg"}) == ["100 mg"]
    assert reach(dose={"start": "10 mg", "step": "8 mg", "maximum": "25 mg"}) == ["10 mg", "18 mg", "25 mg"]
    lower = {**LOW, "then": {"reduce_by": "3 mg"}}
    assert reach(dose={"start": "10 mg", "floor": "4 mg"}, rules=[lower]) == ["4 mg", "7 mg", "10 mg"]
    assert reach(dose={"start": "10 mg", "floor": "5 mg"}, rules=[lower]) == ["7 mg", "10 mg"]
    assert reach(dose={"start": "6 mg"}, rules=[lower]) == ["3 mg", "6 mg"]  # nothing is no dose
    capped = {**LOW, "then": {"cap": "12 mg"}}
    assert reach(rules=[capped]) == ["10 mg", "12 mg", "15 mg", "17 mg", "20 mg", "22 mg", "25 mg"]


def test_a_dose_in_reach_that_cannot_be_put_together_is_found_before_anyone_is_treated() -> None:
    def found(**parts):
        return capsule_findings(study(**parts).regimen[0], ["S01", "S02"], UNITS)

    assert found() == ()
    assert found(strengths=[]) == (), "a protocol that names no strengths leaves it to the pharmacy"
    (one,) = found(strengths=["10 mg"], dose={"start": "10 mg", "step": "15 mg", "maximum": "25 mg"})
    assert (
        "25 mg cannot be put together from 10 mg" in one.says
        and one.severity is Severity.ERROR
        and one.clause == "regimen"
    )


def test_a_strength_that_can_be_had_later_or_elsewhere_is_missed_there_and_then() -> None:
    found = capsule_findings(study(stock=STOCK, rules=[LOW]).regimen[0], ["S01", "S02"], UNITS)
    assert {one.severity for one in found} == {Severity.WARNING}
    assert [one.says.split(": ")[1] for one in found] == [
        "5 mg cannot be put together at S01 until 2005-12-31",
        "5 mg cannot be put together at S02 until 2005-12-31",
    ]


@pytest.mark.parametrize(
    ("site", "on", "had"),
    [
        ("S01", "2005-12-31", "10 mg 15 mg"),
        ("S01", "2006-01-01", "5 mg 10 mg 15 mg"),
        ("S02", "2006-12-31", "5 mg 10 mg 15 mg 25 mg"),
        ("S02", "2007-01-01", "5 mg 10 mg 15 mg"),
    ],
)
def test_a_strength_is_there_from_its_first_day_to_its_last_at_its_sites(site, on, had) -> None:
    plan = study(stock=STOCK).regimen[0]
    assert " ".join(str(one) for one in plan.strengths_at(site, day(on))) == had


# ---- handing out ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "days", "total"),
    [(FIRST, 21, "21 x 10 mg"), ("2025-03-17", 7, "7 x 10 mg"), ("2025-03-23", 1, "1 x 10 mg")],
)
def test_capsules_are_handed_out_for_the_days_left(on, days, total) -> None:
    said = handed(treated(), on)
    assert (said.allowed, said.days, words(said.total), said.last_day) == (True, days, total, day("2025-03-23"))
    assert said.first_day == day(on) and str(said.dose) == "10 mg" and said.because


def test_a_dose_of_two_capsules_takes_twice_as_many() -> None:
    said = handed(treated(doses="10 20"), "2025-03-31")
    assert (words(said.intake), words(said.total)) == ("2 x 10 mg", "42 x 10 mg")
    assert str(said) == "examplinib 20 mg for 21 days, 2025-03-31 to 2025-04-20: 42 x 10 mg (2 x 10 mg at each intake)"


def test_a_drug_taken_twice_a_day_takes_twice_as_many() -> None:
    said = handed(treated(study_=study(frequency="twice daily")), FIRST)
    assert (said.per_day, words(said.total)) == (2, "42 x 10 mg")


@pytest.mark.parametrize("on", ["2025-03-24", "2025-03-30"])
def test_nothing_is_handed_out_on_a_day_without_a_dose(on) -> None:
    said = handed(treated(), on)
    assert not said.allowed and said.days == 0 and said.total == {}
    assert "no dose is due: rest" in said.refused[0].saw
    assert str(said).startswith("hand out no examplinib: no dose is due")


def test_nothing_is_handed_out_on_hold_and_the_clause_says_so() -> None:
    low = form("2025-03-10", {"anc on 2025-03-10": "400 /mm3"})
    said = handed(treated(low, study_=study(rules=[LOW])), "2025-03-10")
    assert not said.allowed and said.refused[0].clause == "low" and "hold" in said.refused[0].saw


@pytest.mark.parametrize(
    ("told", "allowed", "missing"),
    [
        ({"sex": "male"}, True, ()),
        ({"sex": "female", "fertile": "no"}, True, ()),
        ({"sex": "female", "fertile": "yes", "pregnancy_test on 2025-03-01": "negative"}, False, ("pregnancy_test",)),
        ({"sex": "female", "fertile": "yes", "pregnancy_test on 2025-03-02": "negative"}, True, ()),
        ({"sex": "female", "fertile": "yes", "pregnancy_test on 2025-03-03": "negative"}, True, ()),
        ({"sex": "female", "fertile": "yes", "pregnancy_test on 2025-03-03": "positive"}, False, ()),
        ({"sex": "female", "fertile": "yes"}, False, ("pregnancy_test",)),
        ({"sex": "female"}, False, ("fertile",)),
        ({}, False, ("sex",)),
    ],
)
def test_a_woman_who_could_become_pregnant_is_handed_nothing_without_a_negative_test(told, allowed, missing) -> None:
    said = handed(treated(study_=study(release_when=[TEST]), items=told, on=FIRST), FIRST)
    assert said.allowed is allowed
    assert allowed or said.refused[0].clause == "test"
    assert allowed or (said.dose, said.days, said.intake, said.total) == (None, 0, {}, {}), "no amount beside a refusal"
    assert all(any(one in name for name in said.missing) for one in missing)


@pytest.mark.parametrize(("on", "days"), [("2025-03-03", 0), ("2025-03-09", 0), ("2025-03-12", 0), ("2025-03-13", 11)])
def test_no_more_is_handed_out_before_it_is_used_up(on, days) -> None:
    """Ten days from 2025-03-03 last to 2025-03-12; then eleven days of dosing are left."""
    said = handed(treated(released(FIRST, 1, "10 mg", 10), study_=study(supply=SUPPLY)), on)
    assert (said.days, said.before) == (days, 10)
    assert said.allowed is bool(days)
    assert days or (said.refused[0].clause, said.refused[0].saw[:25]) == ("supply", "drug for the days to 2025")


def test_where_refills_are_let_the_rest_is_handed_out_before_the_first_part_is_used_up() -> None:
    for supply in ({**SUPPLY, "refills": True}, None):
        plan = study(**({"supply": supply} if supply else {}))
        said = handed(treated(released(FIRST, 1, "10 mg", 10), study_=plan), "2025-03-09")
        assert (said.allowed, said.days, said.first_day) == (True, 11, day("2025-03-13"))


def test_drug_for_all_the_days_left_is_not_handed_out_twice() -> None:
    said = handed(treated(released(FIRST, 1, "10 mg", 21)), "2025-03-10")
    assert not said.allowed and "2025-03-23" in said.refused[0].saw and said.days == 0


@pytest.mark.parametrize(("most", "days"), [("20 days", 20), ("21 days", 21), ("28 days", 21), ("1 week", 7)])
def test_no_more_than_so_many_days_supply_at_a_time(most, days) -> None:
    said = handed(treated(study_=study(supply={**SUPPLY, "at_most": most})), FIRST)
    assert said.days == days
    assert said.because[-1].clause == "supply"


def test_after_a_hold_that_lowered_the_dose_the_lower_dose_is_handed_out_for_the_days_left() -> None:
    counts = [form(on, {f"anc on {on}": f"{count} /mm3"}) for on, count in (("2025-03-10", 400), ("2025-03-17", 1500))]
    one = treated(released(FIRST, 1, "10 mg", 21), *counts, study_=study(rules=[LOW]))
    said = handed(one, "2025-03-17")
    assert (said.allowed, str(said.dose), said.days, words(said.total)) == (True, "5 mg", 7, "7 x 5 mg")


def test_days_on_hold_use_nothing_up() -> None:
    """Ten days handed out on day 1; held from day 8 to 14: seven used, three in hand on day 15, four to hand out."""
    rule = {**LOW, "then": {"hold": {"until": {"measure": "anc", "is": ">= 1000 /mm3"}}}}
    counts = [form(on, {f"anc on {on}": f"{count} /mm3"}) for on, count in (("2025-03-10", 400), ("2025-03-17", 1500))]
    said = handed(treated(released(FIRST, 1, "10 mg", 10), *counts, study_=study(rules=[rule])), "2025-03-17")
    assert (said.days, said.first_day) == (4, day("2025-03-20"))


@pytest.mark.parametrize("on", ["2025-03-17", "2025-03-18", "2025-03-19"])
def test_from_the_day_the_hold_is_over_drug_is_used_up_again(on) -> None:
    """Three in hand on 17 March, the day the hold is over, are for the 17th, the 18th and the 19th."""
    rule = {**LOW, "then": {"hold": {"until": {"measure": "anc", "is": ">= 1000 /mm3"}}}}
    counts = [form(at, {f"anc on {at}": f"{count} /mm3"}) for at, count in (("2025-03-10", 400), ("2025-03-17", 1500))]
    said = handed(treated(released(FIRST, 1, "10 mg", 10), *counts, study_=study(rules=[rule])), on)
    assert said.first_day == day("2025-03-20")


@pytest.mark.parametrize(
    ("number", "drug", "first"),
    [("1", "examplinib", "2025-03-12"), ("2", "examplinib", "2025-03-13"), ("1", "otherinib", "2025-03-13")],
)
def test_only_what_came_back_of_this_drug_and_course_is_not_in_hand(number, drug, first) -> None:
    """Ten days from 2025-03-03 last to 2025-03-12; one capsule came back on 10 March."""
    told = {"drug": drug, "course": number, "strength": "10 mg", "capsules": "1", "on": "2025-03-10"}
    events = [released(FIRST, 1, "10 mg", 10), form("2025-03-10", {"drug_return/1": told})]
    assert handed(treated(*events), "2025-03-11").first_day == day(first)


def test_a_course_of_another_drug_uses_nothing_up() -> None:
    """Dosing is on days 3 to 14: of ten days handed out on day 1 none is used by day 3, 2025-03-05."""
    other = course(1, "2025-03-01", drug="otherinib")
    said = handed(treated(released(FIRST, 1, "10 mg", 10), other, study_=study(days="3-14")), "2025-03-05")
    assert said.first_day == day("2025-03-15")


@pytest.mark.parametrize(("on", "asked"), [("2025-03-03", []), ("2025-03-30", []), ("2025-03-31", ["anc"])])
def test_a_gate_that_is_not_for_the_first_course_is_asked_once_its_28_days_are_over(on, asked) -> None:
    gate = {"id": "anc", "quotes": ["1,000"], "when": {"measure": "anc", "is": ">= 1000 /mm3"}, "first_course": False}
    one = treated(study_=study(release_when=[gate]))
    assert [each.clause for each in decide_release(one, one.protocol.regimen[0], day(on))] == asked


def test_before_any_course_a_gate_that_is_not_for_the_first_course_is_not_asked() -> None:
    gate = {"id": "anc", "quotes": ["1,000"], "when": {"measure": "anc", "is": ">= 1000 /mm3"}, "first_course": False}
    one = case(registered("2025-02-28"), protocol=study(release_when=[gate]))
    assert decide_release(one, one.protocol.regimen[0], day(FIRST)) == ()


@pytest.mark.parametrize(
    ("back", "days", "first"), [(0, 4, "2025-03-20"), (2, 6, "2025-03-18"), (3, 7, "2025-03-17"), (4, 7, "2025-03-17")]
)
def test_what_was_returned_is_no_longer_in_hand(back, days, first) -> None:
    """As above: three are in hand on day 15 unless they were brought back on the day of the hold."""
    rule = {**LOW, "then": {"hold": {"until": {"measure": "anc", "is": ">= 1000 /mm3"}}}}
    counts = [form(on, {f"anc on {on}": f"{count} /mm3"}) for on, count in (("2025-03-10", 400), ("2025-03-17", 1500))]
    events = [released(FIRST, 1, "10 mg", 10), *counts, returns(back, on="2025-03-12")]
    said = handed(treated(*events, study_=study(rules=[rule])), "2025-03-17")
    assert (said.days, said.first_day) == (days, day(first))


@pytest.mark.parametrize(
    ("until", "capsules", "first"),
    [
        ("2025-12-31", 1, "2025-03-12"),  # a capsule of 10 mg is one day's dose
        ("2025-03-09", 1, "2025-03-13"),  # half a day's dose, as it is put together since then: two of 5 mg
    ],
)
def test_what_came_back_is_counted_in_the_strengths_that_can_be_had_on_the_day(until, capsules, first) -> None:
    """Ten days from 2025-03-03 last to 2025-03-12; one capsule of 10 mg came back on the 8th of them."""
    stock = [{"strength": "10 mg", "until": until}, {"strength": "15 mg", "sites": ["S02"]}]
    events = [released(FIRST, 1, "10 mg", 10), returns(capsules, on="2025-03-10")]
    said = handed(treated(*events, study_=study(stock=stock)), "2025-03-11")
    assert said.first_day == day(first)


def test_a_dose_that_cannot_be_put_together_at_the_site_is_not_handed_out() -> None:
    stock = [{"strength": "5 mg", "sites": ["S02"]}, {"strength": "15 mg", "sites": ["S02"]}]
    said = handed(treated(doses="10 15", study_=study(stock=stock)), "2025-03-31")
    assert not said.allowed
    assert said.refused[0].saw == "15 mg cannot be put together at S01 on 2025-03-31: 10 mg, 25 mg can be had"


def test_a_protocol_without_strengths_hands_out_the_dose_without_counting_capsules() -> None:
    said = handed(treated(study_=study(strengths=[])), FIRST)
    assert said.allowed and said.days == 21 and said.total == {}
    assert str(said) == "examplinib 10 mg for 21 days, 2025-03-03 to 2025-03-23"


# ---- what came back -------------------------------------------------------------------------------------------------


def returns(capsules, on="2025-03-31", strength="10 mg", number="1", key="1"):
    told = {"drug": "examplinib", "course": number, "strength": strength, "capsules": str(capsules), "on": on}
    return form(on, {f"drug_return/{key}": {name: each for name, each in told.items() if each}})


def exposure(days="21", dose="10 mg", number="1"):
    told = {"drug": "examplinib", "course": number, "dose": dose, "first_dose": FIRST, "days_taken": days}
    return form("2025-03-24", {f"exposure/{number}": {name: each for name, each in told.items() if each}})


def account(*events, on="2025-04-01"):
    one = treated(*events)
    (found,) = account_of(one, one.protocol.regimen[0], day(on))
    return found


@pytest.mark.parametrize(
    ("back", "days", "left", "says"),
    [
        (0, "21", 0, None),
        (2, "19", 0, None),
        (2, "18", 1, "1 x 10 mg not accounted for"),
        (1, "21", -1, "1 x 10 mg more taken or returned than handed out"),
        (21, "0", 0, None),
        (22, "0", -1, "1 x 10 mg more came back than were handed out"),
    ],
)
def test_capsules_handed_out_less_returned_less_taken(back, days, left, says) -> None:
    found = account(released(FIRST, 1, "10 mg", 21), exposure(days), returns(back))
    assert found.difference is not None
    assert list(found.difference.values()) == [left]
    assert [one.says.split(": ")[1].split(" (")[0] for one in found.findings] == ([says] if says else [])
    assert found.missing == ()


def test_capsules_that_were_counted_when_handed_out_count_as_they_were() -> None:
    found = account(released(FIRST, 1, "10 mg", 21, "42 x 5 mg"), exposure("21"), returns(0))
    assert {str(one): number for one, number in (found.difference or {}).items()} == {"5 mg": 42, "10 mg": -21}


@pytest.mark.parametrize(
    ("events", "on", "missing"),
    [
        ([exposure()], "2025-03-23", []),  # the course is under way: nothing is due back
        ([exposure()], "2025-03-24", ["what was returned"]),
        ([returns(0)], "2025-04-01", ["days on which"]),
        ([], "2025-04-01", ["what was returned", "days on which"]),
        ([exposure(""), returns(0)], "2025-04-01", ["days on which"]),
        ([exposure(), returns(3, strength="")], "2025-04-01", ["what was returned"]),
    ],
)
def test_what_was_not_returned_or_reported_is_unknown_and_asked_for(events, on, missing) -> None:
    found = account(released(FIRST, 1, "10 mg", 21), *events, on=on)
    assert found.difference is None and found.findings == ()
    assert len(found.missing) == len(missing)
    assert all(item.startswith(asked) for item, asked in zip(found.missing, missing, strict=True))


def test_a_return_for_a_course_for_which_nothing_was_handed_out_is_found() -> None:
    one = treated(returns(3))
    (found,) = account_of(one, one.protocol.regimen[0], day("2025-04-01"))
    assert "3 x 10 mg more came back" in found.findings[0].says


def test_a_return_without_its_course_or_for_a_course_that_never_began() -> None:
    one = treated(released(FIRST, 1, "10 mg", 21), returns(3, number="", key="9"), returns(2, number="4", key="8"))
    accounts = account_of(one, one.protocol.regimen[0], day("2025-04-01"))
    assert [found.course for found in accounts] == [1, 4]
    assert accounts[0].returned is None, "what names no course is counted for none"
    assert "2 x 10 mg more came back" in accounts[1].findings[0].says
    assert accounts[1].missing == ("days on which course 4 of examplinib was taken",)


def test_a_drug_without_strengths_has_no_capsules_to_account_for() -> None:
    one = treated(released(FIRST, 1, "10 mg", 21), study_=study(strengths=[]))
    assert account_of(one, one.protocol.regimen[0], day("2025-04-01")) == ()


def test_a_course_handed_out_for_in_full_is_refused_by_the_regimen_and_not_by_the_supply() -> None:
    said = handed(treated(released(FIRST, 1, "10 mg", 21), study_=study(supply=SUPPLY)), "2025-03-23")
    assert said.refused[0].clause == "regimen"


def test_a_dose_of_less_than_one_unit_is_in_reach() -> None:
    plan = study(dose={"start": "0.5 mg", "step": "0.25 mg", "maximum": "1 mg"}, strengths=["0.25 mg"])
    assert [str(one) for one in doses_in_reach(plan.regimen[0])] == ["0.5 mg", "0.75 mg", "1.00 mg"]
