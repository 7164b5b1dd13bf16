"""What holds for every sample: a second Kaplan-Meier in fractions, and laws that no sample can break."""

from fractions import Fraction
from itertools import combinations, permutations
from math import exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.core import estimation as e
from trialwright.core.estimation import survival

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


# ---- many curves at once ---------------------------------------------------------------------------------------------

# Few distinct times, so that ties and steps flat on one half are common; some rows hold rounding.
ROWS = st.integers(1, 12).flatmap(
    lambda n: st.lists(
        st.lists(
            st.tuples(st.sampled_from([0, 1, 2, 3, 4, 0.1 + 0.2, 0.3, 7.5]), st.booleans()), min_size=n, max_size=n
        ),
        min_size=1,
        max_size=6,
    )
)


@given(ROWS, st.sampled_from(["log-log", "log", "plain"]), st.sampled_from([0.5, 0.9, 0.95]))
def test_medians_of_many_curves_are_those_of_each_alone(rows, interval, level):
    times, events = ([[pair[i] for pair in row] for row in rows] for i in (0, 1))
    medians = e.kaplan_meier_medians(times, events, interval, level)
    for place, (time, event) in enumerate(zip(times, events, strict=True)):
        assert medians.of(place) == e.kaplan_meier(time, event, interval, level).median()


@given(st.lists(st.tuples(st.floats(0, 1e6), st.booleans()), min_size=1, max_size=30), st.integers(1, 9))
def test_a_long_column_is_sorted_as_a_short_one(rows, times_over):
    """Past its bound a column is sorted in two steps; the curve is the same."""
    spans, events = [time for time, _ in rows] * times_over, [event for _, event in rows] * times_over
    short = e.kaplan_meier(spans, events)
    bound, survival.LONG = survival.LONG, 0
    try:
        long = e.kaplan_meier(spans, events)
    finally:
        survival.LONG = bound
    assert list(short.survival) == list(long.survival)
    assert list(short.time) == list(long.time)


# ---- ranks: every choice, one by one ---------------------------------------------------------------------------------


def mid_ranks(values) -> list[Fraction]:
    return [Fraction(2 * sum(v < x for v in values) + sum(v == x for v in values) + 1, 2) for x in values]


SMALL = st.lists(st.integers(0, 5), min_size=1, max_size=5)


@given(SMALL, SMALL)
def test_mann_whitney_is_the_count_over_every_choice_of_a_group(first, second):
    found, pooled = e.mann_whitney(first, second), first + second
    if len(set(pooled)) == 1:
        assert not e.estimable(found.p)
        return
    ranks = mid_ranks(pooled)
    seen = sum(ranks[: len(first)])
    sums = [sum(chosen) for chosen in combinations(ranks, len(first))]
    low, high = sum(s <= seen for s in sums), sum(s >= seen for s in sums)
    assert found.p == pytest.approx(min(1.0, 2 * min(low, high) / len(sums)))
    wins = sum((a > b) + Fraction(a == b, 2) for a in first for b in second)
    assert found.statistic == pytest.approx(float(wins))


@given(SMALL, SMALL)
def test_mann_whitney_mirrors(first, second):
    one, two = e.mann_whitney(first, second), e.mann_whitney(second, first)
    if not e.estimable(one.p):
        return
    assert one.p == pytest.approx(two.p)
    assert one.shift == pytest.approx(-two.shift)
    if e.estimable(one.lower) and e.estimable(two.upper):
        assert one.lower == pytest.approx(-two.upper)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=3, max_size=6))
def test_rank_correlations_are_the_count_over_every_pairing(pairs):
    first, second = [a for a, _ in pairs], [b for _, b in pairs]

    def products(other) -> Fraction:
        return sum((x * y for x, y in zip(mid_ranks(first), mid_ranks(other), strict=True)), Fraction())

    def agreement(other) -> int:
        both = list(zip(first, other, strict=True))
        return sum(((a > c) - (a < c)) * ((b > d) - (b < d)) for i, (a, b) in enumerate(both) for c, d in both[:i])

    for correlate, statistic in ((e.spearman, products), (e.kendall, agreement)):
        found = correlate(first, second)
        if len(set(first)) == 1 or len(set(second)) == 1:
            assert not e.estimable(found.p)
            continue
        seen = statistic(second)
        each = [statistic(other) for other in permutations(second)]
        low, high = sum(s <= seen for s in each), sum(s >= seen for s in each)
        assert found.p == pytest.approx(min(1.0, 2 * min(low, high) / len(each)))
        assert -1 <= found.coefficient <= 1


# ---- competing events, hazards ---------------------------------------------------------------------------------------

COMPETING = st.lists(st.tuples(st.integers(0, 8), st.sampled_from([None, "x", "y"])), min_size=1, max_size=20)


@given(COMPETING)
def test_incidence_is_the_sum_of_hazards_in_fractions(rows):
    found = e.cumulative_incidence([t for t, _ in rows], [cause for _, cause in rows])
    free, incidence = Fraction(1), {"x": Fraction(0), "y": Fraction(0)}
    for place, time in enumerate(sorted({t for t, _ in rows})):
        at_risk = sum(t >= time for t, _ in rows)
        for cause in incidence:
            incidence[cause] += free * Fraction(sum(row == (time, cause) for row in rows), at_risk)
        free *= 1 - Fraction(sum(t == time and cause is not None for t, cause in rows), at_risk)
        assert found.event_free[place] == pytest.approx(float(free), abs=1e-12)
        for cause, value in incidence.items():
            curve = found.curve(cause)
            assert (curve.incidence[place] if curve else 0.0) == pytest.approx(float(value), abs=1e-12)


@given(COMPETING)
def test_the_error_of_an_incidence_is_what_each_subject_s_weight_does(rows):
    """The infinitesimal jackknife, taken literally: each weight is moved a little and the estimate made again."""

    def estimate(weights, time) -> float:
        free, total = 1.0, 0.0
        for t in sorted({t for t, _ in rows if t <= time}):
            at_risk = sum(w for w, (s, _) in zip(weights, rows, strict=True) if s >= t)
            mine = sum(w for w, row in zip(weights, rows, strict=True) if row == (t, "x"))
            all_ = sum(w for w, (s, cause) in zip(weights, rows, strict=True) if s == t and cause is not None)
            total += free * mine / at_risk
            free *= 1 - all_ / at_risk
        return total

    found, time = e.cumulative_incidence([t for t, _ in rows], [cause for _, cause in rows]), max(t for t, _ in rows)
    small = 1e-5
    squares = 0.0
    for i in range(len(rows)):
        more, less = ([1 + sign * small * (i == j) for j in range(len(rows))] for sign in (1, -1))
        squares += ((estimate(more, time) - estimate(less, time)) / (2 * small)) ** 2
    assert float(found.at("x", time).std_error) == pytest.approx(squares**0.5, abs=1e-7)


SUBJECTS = st.lists(st.tuples(st.integers(1, 9), st.booleans(), st.integers(0, 3)), min_size=3, max_size=12)


@given(SUBJECTS)
def test_no_coefficient_has_a_higher_likelihood(rows):
    """The Breslow likelihood written out: at the coefficient found it is highest, and where none is found it rises."""
    times, events, x = ([row[i] for row in rows] for i in range(3))

    def height(b: float) -> float:
        deaths = [(t, v) for t, d, v in rows if d]
        return sum(b * v - log(sum(exp(b * w) for s, _, w in rows if s >= t)) for t, v in deaths)

    found = e.proportional_hazards(times, events, {"x": x}, ties="breslow").of("x").coefficient
    if e.estimable(found):
        assert all(height(found) >= height(found + off) - 1e-9 for off in (-1e-3, 1e-3, -0.5, 0.5))
    elif "rises" in found.because:
        ends = [height(b) for b in (-30.0, -15.0, 15.0, 30.0)]
        assert ends[0] >= ends[1] - 1e-9 or ends[3] >= ends[2] - 1e-9
