"""What holds for the best response and the composite assessment whatever was seen."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from trialwright.core.protocol import ResponseRules
from trialwright.core.response import ORDER, Assessment, best_response, settle_flares
from trialwright.core.terms import Response
from trialwright.standards.response.composite import response_of_ratio, size_score
from trialwright.standards.response.mswat import skin_response

FIRST_DOSE = date(2025, 3, 3)
RULES = ResponseRules(id="response", flare_courses=2)
CONFIRMABLE = (Response.CR, Response.PR)


@st.composite
def histories(draw) -> list[Assessment]:
    """Assessments on different days, before and after the first dose."""
    days = draw(st.lists(st.integers(-30, 300), unique=True, max_size=10))
    return [
        Assessment(
            FIRST_DOSE + timedelta(days=number),
            f"day {number}",
            draw(st.sampled_from(Response)),
            flare=draw(st.booleans()),
        )
        for number in sorted(days)
    ]


def best(assessments: list[Assessment]):
    return best_response(assessments, RULES, FIRST_DOSE)


@given(histories(), st.randoms())
def test_the_order_of_entry_does_not_matter(assessments, chance):
    shuffled = list(assessments)
    chance.shuffle(shuffled)
    assert best(shuffled) == best(assessments)


@given(histories(), histories())
def test_nothing_after_the_first_progression_matters(assessments, others):
    ended = [one for one in assessments if one.on >= FIRST_DOSE and one.response is Response.PD]
    if not ended:
        return
    later = [one for one in others if one.on > ended[0].on]
    until = [one for one in assessments if one.on <= ended[0].on]
    assert best([*until, *later]) == best(until)


@given(histories())
def test_a_confirmed_response_is_never_better_than_the_best_and_rests_on_two_assessments_far_enough_apart(assessments):
    given_best = best(assessments)
    confirmed = given_best.confirmed_response
    assert ORDER.index(confirmed) >= ORDER.index(given_best.response) or confirmed is Response.SD
    if confirmed not in CONFIRMABLE:
        assert given_best.responded_on is None
        return
    good = [one.on for one in assessments if one.response in CONFIRMABLE and one.on >= FIRST_DOSE]
    assert (max(good) - given_best.responded_on).days >= RULES.confirm_after_days
    assert given_best.responded_on in good


@given(histories(), st.data())
def test_the_best_response_never_improves_by_leaving_out_an_assessment_such_as_the_one_that_confirms(seen, data):
    kept = [one for one in seen if one.response is not Response.PD]
    if not kept:
        return
    left_out = data.draw(st.sampled_from(kept))
    all_of_them, fewer = best(seen), best([one for one in seen if one is not left_out])
    assert ORDER.index(fewer.response) >= ORDER.index(all_of_them.response)
    assert ORDER.index(fewer.confirmed_response) >= ORDER.index(all_of_them.confirmed_response)
    if all_of_them.responded_on and fewer.responded_on:
        assert fewer.responded_on >= all_of_them.responded_on


@given(histories())
def test_settling_flares_only_ever_turns_progression_into_not_evaluable(assessments):
    settled = settle_flares(assessments, RULES, lambda on: (on - FIRST_DOSE).days // 28 + 1)
    for before, after in zip(sorted(assessments, key=lambda one: one.on), settled, strict=True):
        changed = before.response is not after.response
        assert not changed or (before.response, after.response, before.flare) == (Response.PD, Response.NE, True)


@given(st.fractions(0, 400), st.fractions(0, 400))
def test_a_larger_lesion_never_scores_less(one, other):
    smaller, larger = sorted((one, other))
    assert size_score(smaller) <= size_score(larger)
    assert 0 <= size_score(larger) <= 18


@given(st.fractions(0, 3), st.fractions(0, 3))
def test_a_higher_ratio_is_never_a_better_response(one, other):
    lower, higher = sorted((one, other))
    assert ORDER.index(response_of_ratio(lower)) <= ORDER.index(response_of_ratio(higher))


@given(st.integers(1, 400), st.lists(st.integers(0, 400), max_size=6), st.integers(0, 400))
def test_the_skin_response_agrees_with_the_definition_word_for_word(base, earlier, now):
    """Written a second time from the published rules, in the order they are printed."""
    nadir = min([base, *earlier])
    responded = nadir <= base / 2
    if now >= 1.25 * base or (responded and now > nadir + 0.5 * base):
        expected = Response.PD
    elif now == 0:
        expected = Response.CR
    else:
        expected = Response.PR if now <= 0.5 * base else Response.SD
    assert skin_response(Fraction(base), [Fraction(one) for one in earlier], Fraction(now)) is expected
