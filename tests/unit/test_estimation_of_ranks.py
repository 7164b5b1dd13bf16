"""Rank tests, rank correlation, mid-p, adjusted p, what is read off a curve: by hand, and without an answer."""

import pytest

from trialwright.core import estimation as e


class TestShift:
    def test_of_pairs_is_the_middle_of_the_averages_of_every_two_changes(self):
        # Changes 1, 3, 8: averages 1, 2, 4.5, 3, 5.5, 8; their middle is (3 + 4.5) / 2.
        assert e.signed_rank([0, 0, 0], [1, 3, 8]).shift == 3.75

    def test_of_groups_is_the_middle_of_the_differences(self):
        # 5 and 9 less 1, 2, 4: 4, 3, 1, 8, 7, 5; their middle is (4 + 5) / 2.
        assert e.mann_whitney([5, 9], [1, 2, 4]).shift == 4.5

    def test_limits_of_six_pairs_are_the_least_and_the_greatest_average(self):
        # 2^6 choices of signs: the most extreme sum on each side has 1/64, so 96.9% lie between the extreme averages.
        found = e.signed_rank([0] * 6, [1, 2, 4, 8, 16, 32])
        assert (found.lower, found.upper, found.interval) == (1.0, 32.0, "exact")

    @pytest.mark.parametrize(("pairs", "attained"), [(4, None), (5, 1 - 2 / 32), (6, 1 - 2 / 64), (7, 1 - 6 / 128)])
    def test_four_pairs_are_too_few_for_95_percent_and_what_five_attain_is_said(self, pairs, attained):
        """The extreme averages leave out one choice of signs on each side; seven pairs can leave out
        three, whose sums are 0, 1 and 2."""
        found = e.signed_rank([0] * pairs, [2**i for i in range(pairs)])
        assert e.estimable(found.lower) is (attained is not None)
        if attained is None:
            assert str(found.lower) == "not estimable (there are too few pairs for an interval of 95%)"
        else:
            assert found.attained == pytest.approx(attained)

    @pytest.mark.parametrize(("size", "given"), [(3, False), (4, True)])
    def test_three_against_three_are_too_few_for_95_percent_and_four_against_four_are_enough(self, size, given):
        # One of C(6, 3) = 20 orders on each side is 10%; one of C(8, 4) = 70 is 2.9%.
        first, second = [2.0**i for i in range(size)], [2.0**i + 0.25 for i in range(size)]
        assert e.estimable(e.mann_whitney(first, second).lower) is given

    def test_of_tied_values_has_limits_by_the_normal_approximation_and_says_so(self):
        found = e.mann_whitney([1, 2, 2, 3, 4, 4, 4, 5], [2, 3, 4, 5, 5, 6, 7])
        assert (found.method, found.interval) == ("exact", "normal, continuity corrected")
        assert (found.shift, found.lower, found.upper) == (-1.0, -3.0, 0.0)

    def test_of_unchanged_pairs_and_empty_groups_has_reasons(self):
        for found in (e.signed_rank([1], [1]), e.mann_whitney([], [1])):
            assert not any(map(e.estimable, (found.shift, found.lower, found.upper)))

    def test_of_one_pair_and_of_one_against_one_has_no_limits(self):
        for found in (e.signed_rank([1], [4]), e.mann_whitney([4], [1])):
            assert (found.shift, found.p, e.estimable(found.lower)) == (3.0, 1.0, False)

    def test_is_found_among_more_differences_than_are_laid_out(self):
        first, second = list(range(1, 1602)), [value + 0.5 for value in range(1500)]
        found = e.mann_whitney(first, second)
        # The differences of two runs of whole numbers lie evenly about the difference of their middles.
        assert found.shift == pytest.approx((801 - 750), abs=1e-6)
        assert found.lower < found.shift < found.upper


class TestExactWithTies:
    def test_fifty_values_in_a_group_are_normal_and_forty_nine_exact(self):
        for size, method in ((49, "exact"), (50, "normal, continuity corrected")):
            assert e.mann_whitney(range(size), [1.5, 2.5]).method == method
            assert e.signed_rank([0] * size, range(1, size + 1)).method == method

    def test_the_normal_approximation_can_be_asked_for(self):
        assert e.mann_whitney([1, 2], [3, 4], exact=False).method == "normal, continuity corrected"
        assert e.signed_rank([0, 0], [3, 4], exact=False).method == "normal, continuity corrected"


class TestCorrelation:
    @pytest.mark.parametrize("correlate", [e.spearman, e.kendall])
    @pytest.mark.parametrize(("second", "sign"), [([2, 4, 6, 8], 1.0), ([8, 6, 4, 2], -1.0)])
    def test_of_one_order_is_1_and_of_the_reverse_minus_1(self, correlate, second, sign):
        found = correlate([1, 2, 3, 4], second)
        # One of 4! orders is as extreme on each side.
        assert (found.coefficient, found.p) == (pytest.approx(sign), pytest.approx(2 / 24))

    def test_kendall_by_hand(self):
        # Of six pairs, (1, 2) is the other way: 5 agree and 1 does not.
        assert e.kendall([1, 2, 3, 4], [2, 1, 3, 4]).coefficient == pytest.approx(4 / 6)

    def test_kendall_with_ties_by_hand(self):
        # Pairs: (1,2) tied in x; (1,3), (2,3) agree: tau-b is 2 / sqrt((3 - 1) * 3); the third last has 1/3 each side.
        found = e.kendall([1, 1, 2], [1, 2, 3])
        assert (found.coefficient, found.p) == (pytest.approx(2 / 6**0.5), pytest.approx(2 / 3))

    @pytest.mark.parametrize("correlate", [e.spearman, e.kendall])
    @pytest.mark.parametrize(
        ("first", "second", "because"),
        [
            ([], [], "0 subjects have both"),
            ([1, 2], [1, 2], "2 subjects have both"),
            ([1, 1, 1], [1, 2, 3], "the same in everybody"),
            ([1, 2, 3], [4, 4, 4], "the same in everybody"),
        ],
    )
    def test_without_spread_or_subjects_has_a_reason(self, correlate, first, second, because):
        found = correlate(first, second)
        assert because in str(found.coefficient)
        assert because in str(found.p)

    def test_of_unequal_columns_is_refused(self):
        with pytest.raises(ValueError, match="2 first measurements came with 1"):
            e.spearman([1, 2], [1])

    def test_how_p_was_found_is_said(self):
        nine, ten = list(range(9)), list(range(10))
        assert e.spearman(nine, nine[::-1]).method == "exact"
        assert e.spearman(ten, [3, 1, 4, 0, 5, 9, 2, 6, 8, 7]).method == "series of AS 89"
        assert e.spearman([0, *ten], [0, 0, *nine]).method == "t"
        assert e.kendall(ten, [3, 1, 4, 0, 5, 9, 2, 6, 8, 7]).method == "exact"
        assert e.kendall([0, *ten], [0, 0, *nine]).method == "normal"


class TestMidP:
    @pytest.mark.parametrize(("successes", "n"), [(9, 32), (1, 5), (4, 5), (22, 74), (1, 100_000)])
    def test_lies_inside_the_exact_interval(self, successes, n):
        exact, mid = e.exact_binomial(successes, n), e.mid_p(successes, n)
        assert exact.lower < mid.lower < mid.estimate < mid.upper < exact.upper

    def test_at_none_and_at_all_the_interval_ends_at_the_border(self):
        assert (e.mid_p(0, 7).lower, e.mid_p(7, 7).upper) == (0.0, 1.0)
        # None of n: half of (1 - p)^n is 2.5% at the upper limit.
        assert e.mid_p(0, 7).upper == pytest.approx(1 - 0.05 ** (1 / 7))

    def test_of_nobody_has_a_reason(self):
        assert e.mid_p(0, 0).estimate == e.NotEstimable("nobody is in the denominator")


class TestHolm:
    def test_keeps_the_order_and_never_passes_1(self):
        assert e.holm({"a": 0.9, "b": 0.5, "c": 0.01}) == {"a": 1.0, "b": 1.0, "c": 0.03}

    def test_a_test_without_p_keeps_its_reason_and_does_not_count(self):
        none = e.NotEstimable("no pair changed")
        assert e.holm({"a": 0.02, "b": none}) == {"a": 0.02, "b": none}
        assert e.holm({}) == {}

    def test_what_is_no_probability_is_refused(self):
        with pytest.raises(ValueError, match="of a is"):
            e.holm({"a": 1.2})


class TestReadings:
    def test_a_restricted_mean_without_events_has_no_limits(self):
        found = e.restricted_mean(e.kaplan_meier([3, 4], [0, 0]), 3)
        assert (found.mean, found.std_error) == (3.0, 0.0)
        assert not e.estimable(found.lower)

    def test_a_restricted_mean_lies_between_its_limits_and_these_in_the_time(self):
        found = e.restricted_mean(e.kaplan_meier([1, 2, 6, 9], [1, 1, 0, 1]), 8)
        assert 0 <= found.lower < found.mean < found.upper <= 8

    def test_landmarks_are_read_in_their_order(self):
        curve = e.kaplan_meier([2, 5, 8, 9], [1, 1, 0, 0])
        assert [at.time for at in e.landmark_rates(curve, [6, 1])] == [6, 1]
        assert e.landmark_rates(curve, []) == ()


class TestBatch:
    def test_of_rows_without_subjects_has_a_reason(self):
        assert e.kaplan_meier_medians([[], []], [[], []]).of(1).estimate == e.NotEstimable("no subject was followed")

    def test_of_no_rows_is_empty(self):
        assert e.kaplan_meier_medians([[]], [[]]).estimate.shape == (1,)

    def test_tells_one_curve_as_the_curve_alone_does(self):
        times, events = [[1, 2, 3, 4], [1, 2, 3, 4]], [[1, 1, 1, 1], [1, 0, 0, 0]]
        medians = e.kaplan_meier_medians(times, events)
        for row in (0, 1):
            assert medians.of(row) == e.kaplan_meier(times[row], events[row]).median()

    def test_times_that_differ_by_rounding_are_one_time(self):
        times, events = [0.1 + 0.2, 0.3, 1.1 * 3, 3.3], [1, 1, 1, 1]
        assert e.kaplan_meier_medians([times], [events]).of(0) == e.kaplan_meier(times, events).median()

    @pytest.mark.parametrize(
        ("times", "events", "says"),
        [
            ([1, 2], [1, 1], "k rows of n"),
            ([[1, 2]], [[1]], "k rows of n"),
            ([[1, -2]], [[1, 1]], "1 times are missing, infinite or negative"),
            ([[1, float("nan")]], [[1, 1]], "1 times are missing"),
            ([[1, 2]], [[1, 2]], "1/2"),
        ],
    )
    def test_what_cannot_be_is_refused(self, times, events, says):
        with pytest.raises(ValueError, match=says):
            e.kaplan_meier_medians(times, events)

    def test_an_unknown_interval_is_refused(self):
        with pytest.raises(ValueError, match="log-log, log, plain"):
            e.kaplan_meier_medians([[1]], [[1]], interval="arcsin")


class TestChangesKnownExactly:
    def test_equal_changes_are_tied_as_they_are_not_between_floats(self):
        # |0.1| four times, each of rank 2.5; three rises: 2 x (4 + 1) of the 16 choices of signs are as far out.
        assert e.signed_rank_of([0.1, 0.1, 0.1, -0.1]).p == 10 / 16

    def test_they_are_judged_as_pairs_are(self):
        assert e.signed_rank_of([-2, -3, -4]) == e.signed_rank([10, 12, 9], [8, 9, 5])
        assert e.signed_rank_of([0, 0]).p == e.NotEstimable("no pair changed")
