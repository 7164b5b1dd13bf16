"""The best response until progression, its confirmation, when stable disease counts, and what may be a flare.

Days are counted from the first dose of 2025-03-03, which is day 1.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from trialwright.core.protocol import ResponseRules
from trialwright.core.response import Assessment, best_response, progression_date, settle_flares
from trialwright.core.terms import Response

FIRST_DOSE = date(2025, 3, 3)
RULES = ResponseRules(id="response", confirm_after_days=28, stable_from_day=28, flare_courses=2)


def on_day(number: int) -> date:
    return FIRST_DOSE + timedelta(days=number - 1)


def seen(*told: str, **how) -> list[Assessment]:
    """ "PR 29" is a partial response on day 29; "PD? 29" has a flare suspected, "PD! 29" something newly seen."""
    found = []
    for each in told:
        response, number = each.split()
        flags = {"flare": "?" in response, "events": ("new tumor of the skin",) if "!" in response else ()}
        found.append(Assessment(on_day(int(number)), f"day {number}", Response[response.strip("?!")], **flags))
    return found


def best(*told: str) -> tuple[str, int | None, str, int | None]:
    """Best response and its day, best confirmed response and the day a confirmed response began."""
    given = best_response(seen(*told), RULES, FIRST_DOSE)
    assert given.confirmed == (
        given.response not in (Response.CR, Response.PR) or given.response is given.confirmed_response
    )
    days = [(one - FIRST_DOSE).days + 1 if one else None for one in (given.on, given.responded_on)]
    return given.response.name, days[0], given.confirmed_response.name, days[1]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ((), ("NE", None, "NE", None)),
        (("PR 29",), ("PR", 29, "SD", None)),
        # confirmed 28 days later, not 27
        (("PR 29", "PR 56"), ("PR", 29, "SD", None)),
        (("PR 29", "PR 57"), ("PR", 29, "PR", 29)),
        (("PR 29", "PR 58"), ("PR", 29, "PR", 29)),
        # a better one confirms a lesser one; a lesser one does not confirm a better one
        (("PR 29", "CR 57"), ("CR", 57, "PR", 29)),
        (("CR 29", "PR 57"), ("CR", 29, "PR", 29)),
        (("CR 29", "CR 57"), ("CR", 29, "CR", 29)),
        (("PR 29", "PR 57", "CR 85", "CR 113"), ("CR", 85, "CR", 29)),
        # one that could not be evaluated between does not break it
        (("PR 29", "NE 57", "PR 85"), ("PR", 29, "PR", 29)),
        (("PR 29", "SD 57", "PR 85"), ("PR", 29, "PR", 29)),
        # progression ends it: later recovery does not count, nor does it confirm
        (("PR 29", "PD 57", "PR 85"), ("PR", 29, "SD", None)),
        (("SD 29", "PD 57", "CR 85", "CR 113"), ("SD", 29, "SD", None)),
        (("PD 29", "CR 57", "CR 85"), ("PD", 29, "PD", None)),
        # stable disease counts from day 28 on
        (("SD 27",), ("NE", 27, "NE", None)),
        (("SD 28",), ("SD", 28, "SD", None)),
        (("SD 29",), ("SD", 29, "SD", None)),
        (("SD 15", "PD 29"), ("PD", 29, "PD", None)),
        # a response too early to be stable disease, and not confirmed, leaves the progression
        (("PR 15", "PD 29"), ("PR", 15, "PD", None)),
        (("PR 28", "PD 57"), ("PR", 28, "SD", None)),
        (("NE 29",), ("NE", 29, "NE", None)),
        (("NE 29", "SD 57"), ("SD", 57, "SD", None)),
        # what was seen before the first dose does not count
        (("CR -3", "SD 29"), ("SD", 29, "SD", None)),
        (("PD -3", "PR 29", "PR 57"), ("PR", 29, "PR", 29)),
    ],
)
def test_best_response(told, expected):
    assert best(*told) == expected


def test_the_order_in_which_assessments_were_entered_does_not_matter():
    assert best("PR 57", "PD 85", "PR 29") == best("PR 29", "PR 57", "PD 85") == ("PR", 29, "PR", 29)


def test_the_reason_names_the_day_and_what_is_not_confirmed():
    given = best_response(seen("PR 29"), RULES, FIRST_DOSE)
    assert "2025-03-31" in given.why
    assert "not confirmed" in given.why
    assert best_response([], RULES, FIRST_DOSE).why == "no assessment since the first dose"


@pytest.mark.parametrize(
    ("told", "number"), [(("SD 29", "PD 57", "PD 85"), 57), (("SD 29",), None), ((), None), (("PD 85", "PD 57"), 57)]
)
def test_progression_is_of_the_first_day_it_was_declared(told, number):
    assert progression_date(seen(*told)) == (on_day(number) if number else None)


def settled(*told: str, rules: ResponseRules | None = RULES) -> str:
    """The responses after flares are settled; course 1 begins on day 1, course 2 on day 29, and so on."""
    found = settle_flares(seen(*told), rules, lambda on: ((on - FIRST_DOSE).days - 1) // 28 + 1)
    return " ".join(one.response.name for one in found)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        # progression by score alone, flare suspected, courses 1 and 2 (day 1 of a course looks back on the one before)
        (("PD? 29",), "NE"),
        (("PD? 57",), "NE"),
        (("PD? 58",), "PD"),  # course 3
        (("PD 29",), "PD"),  # nobody suspects a flare
        (("PD! 29",), "PD"),
        (("SD? 29",), "SD"),
        # the re-assessment 28 days later or more decides
        (("PD? 29", "PD 57"), "PD PD"),
        (("PD? 29", "PD 56"), "NE PD"),
        (("PD? 29", "PD? 57"), "PD NE"),
        (("PD? 29", "SD 57"), "NE SD"),
        (("PD? 29", "PR 57"), "NE PR"),
        (("PD? 29", "SD 43", "PD 71"), "NE SD PD"),
        (("PD? 29", "NE 57", "PD 85"), "PD NE PD"),
        (("PD? 29", "PD? 43", "PD 57"), "PD NE PD"),
    ],
)
def test_progression_that_may_be_a_flare(told, expected):
    assert settled(*told) == expected


def test_something_newly_seen_is_progression_whether_a_flare_is_suspected_or_not():
    assert settled("PD?! 29") == "PD"


def test_without_rules_or_without_flare_courses_progression_is_progression():
    assert settled("PD? 29", rules=None) == "PD"
    assert settled("PD? 29", rules=ResponseRules(id="response")) == "PD"


def test_an_unconfirmed_flare_says_what_is_asked():
    [one] = settle_flares(seen("PD? 29"), RULES, lambda on: 1)
    assert "not confirmed: flare suspected" in one.why
    assert "28 days" in one.why


# --- details that decide ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "confirmed"), [(56, "SD"), (28, "PR"), (57, "SD")])
def test_how_long_a_response_must_last_and_when_stable_disease_counts_is_the_protocols(after, confirmed):
    rules = ResponseRules(id="response", confirm_after_days=after, stable_from_day=20)
    found = best_response(seen("PR 29", "PR 57"), rules, FIRST_DOSE)
    assert found.confirmed_response.name == confirmed
    assert best_response(seen("SD 20"), rules, FIRST_DOSE).response.name == "SD"
    assert best_response(seen("SD 19"), rules, FIRST_DOSE).response.name == "NE"


def test_an_assessment_of_the_day_of_the_first_dose_counts_and_one_of_the_day_before_does_not():
    assert best("PR 1") == ("PR", 1, "NE", None)
    assert best("PR 0") == ("NE", None, "NE", None)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (
            ("CR 29", "CR 57"),
            "complete response, first seen on 2025-03-31, confirmed by an assessment 28 days or more later",
        ),
        (
            ("CR 29", "PR 57"),
            "complete response, first seen on 2025-03-31, not confirmed by an assessment 28 days or more later; "
            "confirmed best is partial response",
        ),
        (("SD 29",), "stable disease, first seen on 2025-03-31"),
        (("PD 29",), "progressive disease, first seen on 2025-03-31"),
    ],
)
def test_the_reason_of_a_best_response_word_for_word(told, why):
    assert best_response(seen(*told), RULES, FIRST_DOSE).why == why


def test_the_reason_of_stable_disease_is_that_of_its_assessment():
    [one] = seen("SD 29")
    told = best_response([Assessment(one.on, one.encounter, one.response, "sum 30 against 40")], RULES, FIRST_DOSE)
    assert told.why == "stable disease, first seen on 2025-03-31: sum 30 against 40"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        # a second one that may be a flare decides nothing before 28 days, and is looked past
        (("PD? 29", "PD? 43", "PD? 57"), "PD NE NE"),
        (("PD? 29", "PD? 43"), "NE NE"),
        # something newly seen too early is progression of its own day, and does not confirm the first
        (("PD? 29", "PD?! 43"), "NE PD"),
        (("PD? 29", "PD?! 43", "PD 57"), "NE PD PD"),
        (("PD? 29", "PD 43", "PD 57"), "NE PD PD"),
        (("PD? 29", "PD?! 57"), "PD PD"),
    ],
)
def test_what_confirms_a_progression_that_may_be_a_flare(told, expected):
    assert settled(*told) == expected


def test_a_progression_that_waits_is_marked_and_says_what_was_seen():
    one, other = seen("PD? 29", "SD 57")
    waiting, settled_later = settle_flares([one, other], RULES, lambda on: 1)
    assert (waiting.unconfirmed, settled_later.unconfirmed) == (True, False)
    assert waiting.why == "progression not confirmed: flare suspected, to be assessed again after 28 days ()"


# --- the days of a response, and why there is none --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "seen_on", "confirmed_on", "confirmed_by", "best_on"),
    [
        (("PR 29", "PR 57", "CR 85", "CR 113"), (29, 85), (29, 85), (57, 113), 85),
        (("PR 29", "CR 57"), (29, 57), (29, None), (57, None), 29),
        (("CR 29", "PR 57"), (29, 29), (29, None), (57, None), 29),
        (("PR 29", "PR 50", "PR 57"), (29, None), (29, None), (57, None), 29),
        (("PR 29",), (29, None), (None, None), (None, None), 29),
        (("SD 29", "SD 57"), (None, None), (None, None), (None, None), 29),
        (("PR 29", "PD 57"), (29, None), (None, None), (None, None), 29),
        ((), (None, None), (None, None), (None, None), None),
    ],
)
def test_the_days_of_a_response_or_a_better_one(told, seen_on, confirmed_on, confirmed_by, best_on):
    """Each pair is partial response or better, then complete response."""
    given = best_response(seen(*told), RULES, FIRST_DOSE)
    kinds = (Response.PR, Response.CR)
    for held, days in (
        (given.seen_on, seen_on),
        (given.confirmed_on, confirmed_on),
        (given.confirmed_by, confirmed_by),
    ):
        assert [held.get(kind) for kind in kinds] == [on_day(number) if number else None for number in days]
    assert given.confirmed_response_on == (on_day(best_on) if best_on else None)
    assert given.responded(Response.CR, True) == given.confirmed_on.get(Response.CR)
    assert given.responded(Response.PR, False) == given.seen_on.get(Response.PR)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ((), "no assessment since the first dose"),
        (("NE 29",), "the only assessment could not be evaluated"),
        (("NE 29", "NE 57"), "none of 2 assessments could be evaluated"),
        (
            ("SD 15", "NE 29"),
            "stable disease was seen only before day 28, too early to be stable disease, and no later assessment "
            "confirmed a response",
        ),
        (
            ("PR 15",),
            "partial response was seen only before day 28, too early to be stable disease, and no later assessment "
            "confirmed a response",
        ),
        (("SD 28",), ""),
        (("PD 15",), ""),
    ],
)
def test_why_a_best_response_cannot_be_told(told, why):
    assert best_response(seen(*told), RULES, FIRST_DOSE).not_evaluable == why
