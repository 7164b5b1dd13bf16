"""Estimates where there is something to estimate, and an honest reason where there is not."""

import math

import pytest

from trialwright.core import estimation as e


class TestNotEstimable:
    def test_is_no_truth_value(self):
        with pytest.raises(TypeError, match="neither true nor false"):
            bool(e.exact_binomial(0, 0).estimate)

    def test_a_rate_of_zero_is_estimable(self):
        assert e.estimable(e.exact_binomial(0, 5).estimate)
        assert not e.estimable(e.exact_binomial(0, 0).estimate)


class TestProportion:
    @pytest.mark.parametrize("rate", [e.exact_binomial, e.wilson])
    def test_of_nobody_has_a_reason_and_no_number(self, rate):
        found = rate(0, 0)
        assert [found.estimate, found.lower, found.upper] == [e.NotEstimable("nobody is in the denominator")] * 3

    @pytest.mark.parametrize("rate", [e.exact_binomial, e.wilson])
    def test_at_none_and_at_all_the_interval_ends_at_the_border(self, rate):
        assert rate(0, 7).lower == 0.0
        assert rate(7, 7).upper == 1.0

    @pytest.mark.parametrize(("successes", "n"), [(-1, 5), (6, 5), (1, 0), (0, -1)])
    def test_outside_its_denominator_is_refused(self, successes, n):
        with pytest.raises(ValueError, match="between 0 and the number counted"):
            e.exact_binomial(successes, n)

    @pytest.mark.parametrize("level", [0, 1, 95, -0.5, math.nan])
    def test_at_an_impossible_level_is_refused(self, level):
        with pytest.raises(ValueError, match="confidence level"):
            e.exact_binomial(1, 2, level)

    def test_half_a_subject_is_refused(self):
        with pytest.raises(TypeError):
            e.exact_binomial(1.5, 3)

    def test_difference_with_an_empty_group_has_a_reason(self):
        difference, limits = e.difference_of_proportions((0, 0), (3, 9))
        assert not e.estimable(difference)
        assert not e.estimable(limits.lower)


class TestObservations:
    @pytest.mark.parametrize(
        ("times", "events", "says"),
        [
            ([1, math.nan], [1, 0], "1 missing or infinite"),
            ([1, math.inf], [1, 0], "1 missing or infinite"),
            ([1, None], [1, 0], "missing"),
            ([1, -2], [1, 0], "1 times are negative"),
            ([1, 2], [1], "2 times came with 1 event marks"),
            ([1, 2], [1, 2], "1/2"),
            ([1, 2], [1, None], "missing"),
            ([[1, 2]], [1], "one column"),
            (["6 months"], [1], "must be numbers"),
        ],
    )
    def test_that_cannot_be_are_refused_without_repeating_them(self, times, events, says):
        with pytest.raises(ValueError, match=says) as refused:
            e.kaplan_meier(times, events)
        assert "6 months" not in str(refused.value)

    def test_an_unknown_interval_is_refused(self):
        with pytest.raises(ValueError, match="log-log, log, plain"):
            e.kaplan_meier([1], [1], interval="arcsin")

    def test_integers_and_floats_and_truth_values_give_the_same_curve(self):
        whole, real = e.kaplan_meier([3, 5, 5], [True, False, True]), e.kaplan_meier([3.0, 5.0, 5.0], [1, 0, 1])
        assert list(whole.survival) == list(real.survival)

    def test_a_finished_curve_cannot_be_changed(self):
        with pytest.raises(ValueError, match="read-only"):
            e.kaplan_meier([1], [1]).survival[0] = 1


class TestCurve:
    def test_of_nobody_answers_every_question_with_a_reason(self):
        curve = e.kaplan_meier([], [])
        nobody = e.NotEstimable("no subject was followed")
        assert curve.median() == e.Quantile(0.5, nobody, nobody, nobody)
        assert curve.survival_at(3).survival == nobody
        assert e.restricted_mean(curve, 3).mean == nobody
        assert e.at_risk_table(curve, [0, 3]) == (e.AtRisk(0.0, 0, 0, 0), e.AtRisk(3.0, 0, 0, 0))

    def test_an_event_comes_before_a_censoring_on_the_same_day(self):
        curve = e.kaplan_meier([5, 5], [1, 0])
        assert (curve.survival_at(5).survival, int(curve.at_risk[0])) == (0.5, 2)

    @pytest.mark.parametrize(
        ("time", "survival"), [(0, 1.0), (1.9, 1.0), (2, 0.75), (2.1, 0.75), (8, 0.375), (9, 0.375)]
    )
    def test_is_read_below_at_and_above_each_step(self, time, survival):
        # At risk 4, 2 (one censored at 5), so 3/4 at 2 and 3/4 * 1/2 at 8; the last is censored at 9.
        assert e.kaplan_meier([2, 5, 8, 9], [1, 0, 1, 0]).survival_at(time).survival == survival

    def test_past_the_last_observation_is_not_estimable(self):
        beyond = e.kaplan_meier([2, 9], [1, 0]).survival_at(9.1)
        assert beyond.survival == e.NotEstimable("nobody was followed that long")
        assert beyond.at_risk == 0

    def test_once_everybody_had_the_event_it_stays_at_zero_without_limits(self):
        end = e.kaplan_meier([2, 9], [1, 1]).survival_at(50)
        assert end.survival == 0.0
        assert not e.estimable(end.lower)
        assert not e.estimable(end.std_error)

    def test_before_any_event_log_log_has_no_limits_and_plain_has(self):
        times, events = [2, 9], [0, 1]
        assert not e.estimable(e.kaplan_meier(times, events).survival_at(2).lower)
        assert e.kaplan_meier(times, events, interval="plain").survival_at(2).lower == 1.0
        assert e.kaplan_meier(times, events, interval="log").survival_at(1).lower == 1.0

    def test_numbers_at_risk_count_those_followed_up_to_just_before_the_time(self):
        curve = e.kaplan_meier([2, 5, 5, 8], [1, 1, 0, 0])
        table = e.at_risk_table(curve, [0, 2, 2.5, 5, 5.5, 8, 9])
        assert [row.at_risk for row in table] == [4, 4, 3, 3, 1, 1, 0]
        assert [row.events for row in table] == [0, 1, 1, 2, 2, 2, 2]
        assert [row.censored for row in table] == [0, 0, 0, 1, 1, 2, 2]

    @pytest.mark.parametrize("time", [-1, math.nan, math.inf])
    def test_has_no_value_at_an_impossible_time(self, time):
        with pytest.raises(ValueError, match="finite number from 0"):
            e.kaplan_meier([1], [1]).survival_at(time)

    @pytest.mark.parametrize("p", [0, 1, 50, -0.1])
    def test_has_no_quantile_outside_0_and_1(self, p):
        with pytest.raises(ValueError, match="between 0 and 1"):
            e.kaplan_meier([1], [1]).quantile(p)

    def test_that_never_falls_to_half_has_no_median_and_says_so(self):
        assert e.kaplan_meier([1, 2, 3], [1, 0, 0]).median().estimate == e.NotEstimable(
            "the curve does not come down to 50%"
        )


class TestRestrictedMean:
    def test_is_the_area_under_the_steps(self):
        # 1 up to 2, then 3/4 up to 5, then 3/4 * 2/3 = 1/2 up to 6: 2 + 9/4 + 1/2.
        assert e.restricted_mean(e.kaplan_meier([2, 5, 8, 9], [1, 1, 0, 0]), 6).mean == pytest.approx(4.75)

    def test_past_the_last_observation_is_not_estimable_unless_the_curve_is_at_zero(self):
        assert not e.estimable(e.restricted_mean(e.kaplan_meier([2, 5], [1, 0]), 6).mean)
        assert e.restricted_mean(e.kaplan_meier([2, 5], [1, 1]), 6).mean == pytest.approx(3.5)


class TestComparisons:
    def test_log_rank_of_groups_never_at_risk_together_has_a_reason(self):
        # The first group has left before the first event of the second.
        assert e.log_rank([1, 2, 5], [0, 0, 1], ["A", "A", "B"]).p == e.NotEstimable(
            "no event happened while two groups were at risk"
        )

    def test_log_rank_without_events_or_subjects_has_a_reason(self):
        assert not e.estimable(e.log_rank([1, 2], [0, 0], ["A", "B"]).chi2)
        assert not e.estimable(e.log_rank([], [], []).chi2)

    def test_log_rank_by_hand(self):
        # At 1: A has 2 of 3 at risk, 1 event. At 2: A 1 of 2, 1 event (B). Expected in A: 2/3 + 1/2 = 7/6, observed 1.
        # Variance 2/9 + 1/4 = 17/36; chi-square (1/6)^2 / (17/36) = 1/17.
        found = e.log_rank([1, 2, 3], [1, 1, 0], ["A", "B", "A"])
        assert (found.observed, found.degrees) == ((1, 1), 1)
        assert found.expected == pytest.approx((7 / 6, 5 / 6))
        assert found.chi2 == pytest.approx(1 / 17)

    def test_log_rank_needs_a_group_for_each_subject(self):
        with pytest.raises(ValueError, match="2 times came with 1 group"):
            e.log_rank([1, 2], [1, 1], ["A"])
        with pytest.raises(ValueError, match="1 of 2 subjects has no group"):
            e.log_rank([1, 2], [1, 1], ["A", None])

    def test_signed_rank_of_unchanged_pairs_has_a_reason(self):
        assert e.signed_rank([3, 4], [3, 4]).p == e.NotEstimable("no pair changed")
        assert e.signed_rank([], []).p == e.NotEstimable("no pair changed")

    def test_signed_rank_of_few_tied_pairs_counts_every_choice_of_signs(self):
        # Changes 1, 1, 2 all upward: the most extreme of 2^3 choices on each side, so p = 2/8.
        found = e.signed_rank([0, 0, 0], [1, 1, 2])
        assert (found.n, found.statistic, found.p, found.method) == (3, 6.0, 0.25, "exact")

    def test_signed_rank_of_halves_of_pairs_is_refused(self):
        with pytest.raises(ValueError, match="pairs"):
            e.signed_rank([1, 2], [1])

    def test_mann_whitney_without_values_or_differences_has_a_reason(self):
        assert not e.estimable(e.mann_whitney([], [1]).p)
        assert not e.estimable(e.mann_whitney([2, 2], [2]).p)

    def test_fisher_by_hand(self):
        # The lady tasting tea, 3 of 4 right: (C(4,3) C(4,1) + 1) / C(8,4) on each side = 2 * 17/70.
        assert e.fisher_exact((3, 1), (1, 3)).p == pytest.approx(34 / 70)

    def test_fisher_with_a_zero_cell_has_no_upper_bound(self):
        assert not e.estimable(e.fisher_exact((5, 0), (2, 4)).upper)

    @pytest.mark.parametrize("table", [((1, 2), (3, -1)), ((1.5, 2), (3, 1)), ((1, 2, 3), (1, 2, 3))])
    def test_fisher_of_no_counts_is_refused(self, table):
        with pytest.raises(ValueError, match="four counts"):
            e.fisher_exact(*table)

    def test_one_value_has_a_mean_and_no_interval_and_none_has_neither(self):
        assert (e.mean_with_interval([4]).mean, e.estimable(e.mean_with_interval([4]).lower)) == (4.0, False)
        assert not e.estimable(e.mean_with_interval([]).mean)

    def test_welch_without_spread_keeps_the_difference_and_gives_no_p(self):
        found = e.difference_of_means([3, 3], [1, 1])
        assert (found.difference, e.estimable(found.p)) == (2.0, False)
        assert e.difference_of_means([3], [1, 2]).difference == 1.5
        assert not e.estimable(e.difference_of_means([], [1, 2]).difference)

    @pytest.mark.filterwarnings("error")
    def test_a_group_of_equal_values_has_no_spread_however_its_mean_is_rounded(self):
        # the mean of 0.7 three times is 0.6999999999999998; Welch: degrees of freedom are the other group's, 2
        found = e.difference_of_means([0.7] * 3, [1, 2, 3])
        assert found.degrees == 2
        assert found.interval.upper == pytest.approx(-1.3 + 4.302653 / 3**0.5)  # t(0.975, 2), error 1 / root of 3
        assert e.mean_with_interval([0.7] * 3).standard_deviation == 0


class TestTwoStage:
    @pytest.mark.parametrize(
        "asked", [(0.3, 0.1, 0.05, 0.2), (0.1, 0.1, 0.05, 0.2), (0, 0.3, 0.05, 0.2), (0.1, 0.3, 0, 0.2)]
    )
    def test_without_a_rate_to_tell_apart_is_refused(self, asked):
        with pytest.raises(ValueError, match="p0 < p1"):
            e.simon_two_stage(*asked)
