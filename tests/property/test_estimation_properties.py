"""What holds for every sample: a second Kaplan-Meier in fractions, and laws that no sample can break."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.core import estimation as e

OBSERVATIONS = st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=40)


def by_hand(observations):
    """Survival after each distinct time, one subject at a time, in fractions; shares no code with the project."""
    survival, steps = Fraction(1), {}
    for time in sorted({t for t, _ in observations}):
        at_risk = sum(1 for t, _ in observations if t >= time)
        events = sum(1 for t, event in observations if t == time and event)
        survival *= 1 - Fraction(events, at_risk)
        steps[time] = survival
    return steps


def quantile_by_hand(steps, p: Fraction):
    """First time survival is at or below 1 - p; the middle of the step where it lies exactly on it."""
    target = 1 - p
    below = [t for t, s in steps.items() if s < target]
    on = [t for t, s in steps.items() if s == target]
    if on:
        return Fraction(min(on) + (min(below) if below else max(steps)), 2)
    return Fraction(min(below)) if below else None


@given(OBSERVATIONS)
def test_survival_is_the_product_limit_in_fractions(observations):
    curve = e.kaplan_meier([t for t, _ in observations], [event for _, event in observations])
    steps = by_hand(observations)
    assert list(curve.time) == sorted(steps)
    assert list(curve.survival) == pytest.approx([float(s) for s in steps.values()], abs=1e-12)
    assert int((curve.events + curve.censored).sum()) == curve.n == len(observations)


@given(OBSERVATIONS, st.sampled_from([Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(1, 3)]))
def test_a_quantile_is_where_the_fractions_say(observations, p):
    curve = e.kaplan_meier([t for t, _ in observations], [event for _, event in observations])
    expected = quantile_by_hand(by_hand(observations), p)
    found = curve.quantile(float(p)).estimate
    assert not e.estimable(found) if expected is None else found == pytest.approx(float(expected))


@given(OBSERVATIONS, st.randoms(use_true_random=False))
def test_the_order_of_subjects_changes_nothing(observations, random):
    shuffled = list(observations)
    random.shuffle(shuffled)
    one, two = (e.kaplan_meier([t for t, _ in o], [d for _, d in o]) for o in (observations, shuffled))
    assert one.median() == two.median()
    assert list(one.survival) == list(two.survival)


@given(OBSERVATIONS, st.sampled_from(["log-log", "log", "plain"]))
def test_limits_lie_around_the_curve_within_0_and_1(observations, interval):
    curve = e.kaplan_meier([t for t, _ in observations], [d for _, d in observations], interval=interval)
    for time in curve.time:
        at = curve.survival_at(float(time))
        if e.estimable(at.lower) and e.estimable(at.upper):
            assert 0 <= at.lower <= at.survival + 1e-12
            assert at.survival - 1e-12 <= at.upper <= 1


@given(OBSERVATIONS)
def test_numbers_at_risk_events_and_censorings_add_up(observations):
    curve = e.kaplan_meier([t for t, _ in observations], [d for _, d in observations])
    for row in e.at_risk_table(curve, range(0, 32, 4)):
        gone = sum(1 for t, _ in observations if t < row.time)
        assert row.at_risk == len(observations) - gone
        assert row.events == sum(1 for t, d in observations if t <= row.time and d)
        assert row.censored == sum(1 for t, d in observations if t <= row.time and not d)


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_proportion_lies_in_its_exact_interval_and_mirrors(counts):
    k, n = counts
    rate, mirror = e.exact_binomial(k, n), e.exact_binomial(n - k, n)
    assert rate.lower <= rate.estimate <= rate.upper
    assert (rate.lower, rate.upper) == pytest.approx((1 - mirror.upper, 1 - mirror.lower), abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans(), st.sampled_from("AB")), min_size=2, max_size=30))
def test_log_rank_treats_both_groups_alike(rows):
    times, events, groups = zip(*rows, strict=True)
    swapped = ["B" if g == "A" else "A" for g in groups]
    one, two = e.log_rank(times, events, groups), e.log_rank(times, events, swapped)
    assert e.estimable(one.p) == e.estimable(two.p)
    assert sum(one.observed) == pytest.approx(sum(one.expected))
    if e.estimable(one.p) and e.estimable(two.p):
        assert one.p == pytest.approx(two.p)
        assert 0 <= one.p <= 1


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=10))
def test_signed_rank_is_the_count_over_all_signs(pairs):
    """All 2^n sign choices, one by one, on mid-ranks."""
    changes = [b - a for a, b in pairs if a != b]
    found = e.signed_rank([a for a, _ in pairs], [b for _, b in pairs])
    if not changes:
        assert not e.estimable(found.p)
        return
    sizes = [abs(c) for c in changes]
    ranks = [Fraction(sum(s < x for s in sizes) * 2 + sum(s == x for s in sizes) + 1, 2) for x in sizes]
    seen = sum((r for r, c in zip(ranks, changes, strict=True) if c > 0), Fraction(0))
    n = len(ranks)
    sums = [sum((r for i, r in enumerate(ranks) if signs >> i & 1), Fraction(0)) for signs in range(2**n)]
    low, high = sum(s <= seen for s in sums), sum(s >= seen for s in sums)
    assert found.p == pytest.approx(min(1.0, 2 * min(low, high) / 2**n))
