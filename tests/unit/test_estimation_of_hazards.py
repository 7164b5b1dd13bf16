"""Cox's model, competing events and one arm against a known survival: by hand, and where there is no answer."""

import math

import numpy as np
import pytest

from trialwright.core import estimation as e


def reasons(model: e.ProportionalHazards) -> list[str]:
    return [str(one.coefficient) for one in model.ratios if not e.estimable(one.coefficient)]


class TestProportionalHazards:
    def test_by_hand(self):
        # Events of x = 1 at 1 and of x = 0 at 2, one more of x = 1 censored at 3. With r = exp(b) the likelihood is
        # r / (2 r + 1) * 1 / (1 + r), highest where (2 r + 1)(1 + r) = r (4 r + 3), so r = 1 / sqrt(2).
        model = e.proportional_hazards([1, 2, 3], [1, 1, 0], {"x": [1, 0, 1]})
        assert model.of("x").ratio == pytest.approx(1 / math.sqrt(2), rel=1e-12)
        r = 1 / math.sqrt(2)
        assert model.log_likelihood == pytest.approx(math.log(r / ((2 * r + 1) * (1 + r))))
        assert model.null == pytest.approx(math.log(1 / 6))

    def test_ties_after_efron_and_breslow_by_hand(self):
        # Two of three have the event at once. Breslow: each of three at risk, 1/3 * 1/3. Efron: the second of them has
        # half of each of the two off, 1/3 * 1/(3 - 1).
        times, events, x = [1, 1, 2], [1, 1, 0], {"x": [1, 0, 0]}
        null = {ties: e.proportional_hazards(times, events, x, ties=ties).null for ties in ("efron", "breslow")}
        assert null["breslow"] == pytest.approx(math.log(1 / 9))
        assert null["efron"] == pytest.approx(math.log(1 / 3 / 2))

    @pytest.mark.parametrize("ties", ["efron", "breslow"])
    def test_the_score_test_of_two_groups_without_ties_is_the_log_rank_test(self, ties):
        times, events, x = [2, 3, 5, 7, 11, 13, 17], [1, 1, 0, 1, 1, 0, 1], [0, 1, 0, 1, 1, 0, 0]
        model, test = e.proportional_hazards(times, events, {"x": x}, ties=ties), e.log_rank(times, events, x)
        assert (model.score.chi2, model.score.p) == pytest.approx((test.chi2, test.p))

    def test_a_likelihood_that_rises_without_end_has_no_ratio_and_keeps_its_score_test(self):
        model = e.proportional_hazards([1, 2, 3, 4], [1, 1, 0, 0], {"dose": [1, 1, 0, 0]})
        assert "rises without end with the coefficient of dose" in reasons(model)[0]
        assert not e.estimable(model.likelihood_ratio.chi2)
        assert model.score.chi2 == pytest.approx(e.log_rank([1, 2, 3, 4], [1, 1, 0, 0], [1, 1, 0, 0]).chi2)

    def test_one_covariate_without_end_leaves_none_of_the_others_a_ratio(self):
        x, y = [1, 1, 1, 0, 0, 0], [0, 1, 0, 1, 0, 1]
        model = e.proportional_hazards([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0], {"x": x, "y": y})
        assert len(reasons(model)) == 2

    def test_a_strong_covariate_is_no_likelihood_without_end(self):
        x = [0, 1, 2, 3, 4, 5, 6, 7, 9, 8]
        model = e.proportional_hazards(range(10, 0, -1), [1] * 10, {"x": x})
        assert e.estimable(model.of("x").ratio)

    def test_a_constant_column_is_named_and_the_others_are_fitted(self):
        alone = e.proportional_hazards([1, 2, 3, 4], [1, 1, 1, 0], {"x": [1, 0, 1, 0]})
        both = e.proportional_hazards([1, 2, 3, 4], [1, 1, 1, 0], {"sex": [1, 1, 1, 1], "x": [1, 0, 1, 0]})
        assert reasons(both) == ["not estimable (sex is the same in everybody)"]
        assert both.of("x") == alone.of("x")
        assert both.wald.degrees == 1

    def test_a_column_that_repeats_another_is_named(self):
        x = [1, 0, 1, 0, 1, 0]
        model = e.proportional_hazards([1, 2, 3, 4, 5, 6], [1] * 6, {"x": x, "again": [2 * v + 1 for v in x]})
        assert "again does not differ, given" in reasons(model)[0]
        assert e.estimable(model.of("x").ratio)

    def test_a_column_constant_in_each_stratum_is_named(self):
        model = e.proportional_hazards([1, 2, 3, 4], [1, 1, 1, 1], {"x": [0, 0, 1, 1]}, strata=["A", "A", "B", "B"])
        assert "x does not differ among those at risk together" in reasons(model)[0]

    @pytest.mark.parametrize(
        ("times", "events", "x"),
        [([], [], []), ([3], [1], [2]), ([3, 4], [0, 0], [1, 2]), ([0, 0], [0, 0], [1, 2]), ([5, 6], [0, 1], [1, 2])],
    )
    def test_with_nothing_to_compare_has_reasons_throughout(self, times, events, x):
        model = e.proportional_hazards(times, events, {"x": x})
        assert len(reasons(model)) == 1
        tests = (model.wald, model.score, model.likelihood_ratio)
        assert not any(e.estimable(one.chi2) or e.estimable(one.p) for one in tests)

    def test_the_unit_of_a_covariate_only_scales_its_coefficient(self):
        times, events, x = [2, 3, 5, 7, 11, 13], [1, 1, 0, 1, 1, 1], np.array([60.0, 71.0, 55.0, 49.0, 66.0, 58.0])
        years, days = (e.proportional_hazards(times, events, {"age": x * k}) for k in (1.0, 365.25))
        assert years.of("age").coefficient == pytest.approx(365.25 * days.of("age").coefficient, rel=1e-9)
        assert years.wald.chi2 == pytest.approx(days.wald.chi2, rel=1e-9)

    @pytest.mark.parametrize(
        ("call", "says"),
        [
            (lambda: e.proportional_hazards([1, 2], [1, 1], {}), "at least one covariate"),
            (lambda: e.proportional_hazards([1, 2], [1, 1], {"x": [1]}), "2 times came with 1 values of x"),
            (lambda: e.proportional_hazards([1, 2], [1, 1], {"x": [1, None]}), "values of x"),
            (lambda: e.proportional_hazards([1, 2], [1, 1], {"x": [1, 2]}, strata=["A"]), "1 strata"),
            (lambda: e.proportional_hazards([1, 2], [1, 1], {"x": [1, 2]}, ties="exact"), "efron or breslow"),
        ],
    )
    def test_wrong_use_is_refused(self, call, says):
        with pytest.raises(ValueError, match=says):
            call()


class TestCompetingEvents:
    def test_incidences_and_event_free_survival_add_up_to_1(self):
        found = e.cumulative_incidence([1, 2, 2, 3, 5, 8], ["x", "y", None, "x", "y", None])
        assert np.allclose(found.event_free + sum(one.incidence for one in found.curves), 1)

    def test_of_one_kind_only_is_one_minus_kaplan_meier(self):
        times, events = [1, 2, 2, 3, 5, 8], [1, 1, 0, 1, 0, 1]
        found = e.cumulative_incidence(times, ["x" if event else None for event in events])
        assert np.allclose(found.curve("x").incidence, 1 - e.kaplan_meier(times, events).survival)

    def test_one_minus_kaplan_meier_would_say_too_much(self):
        # Of 4, one dies first, then two relapse: incidence of relapse 2/4, but 1 - KM of relapse is 1 - 1/3.
        found = e.cumulative_incidence([1, 2, 3, 4], ["death", "relapse", "relapse", None])
        assert found.at("relapse", 3).incidence == pytest.approx(0.5)
        assert 1 - e.kaplan_meier([1, 2, 3, 4], [0, 1, 1, 0]).survival_at(3).survival == pytest.approx(2 / 3)

    def test_of_nobody_of_nothing_and_past_the_end_has_reasons(self):
        assert e.cumulative_incidence([], []).at("x", 1).incidence == e.NotEstimable("no subject was followed")
        none = e.cumulative_incidence([0, 0], [None, None])
        assert none.curves == ()
        assert none.at("x", 0).incidence == 0.0
        assert not e.estimable(none.at("x", 0).lower)
        assert none.at("x", 1).incidence == e.NotEstimable("nobody was followed that long")

    def test_once_everybody_had_an_event_it_stays_where_it_is(self):
        found = e.cumulative_incidence([1, 2], ["x", "y"])
        assert found.at("x", 99).incidence == pytest.approx(0.5)

    def test_everybody_with_the_event_has_incidence_1_and_no_limits(self):
        found = e.cumulative_incidence([3], ["x"]).at("x", 3)
        assert (found.incidence, e.estimable(found.lower)) == (1.0, False)

    def test_an_unknown_interval_and_an_impossible_time_are_refused(self):
        with pytest.raises(ValueError, match="log-log, log, plain"):
            e.cumulative_incidence([1], ["x"], interval="arcsin")
        with pytest.raises(ValueError, match="finite number from 0"):
            e.cumulative_incidence([1], ["x"]).at("x", -1)


class TestOneSample:
    def test_expected_events_by_hand(self):
        # Median 4: hazard ln 2 / 4 a month; 2 + 4 + 6 months followed expect 3 ln 2 = 2.079 events, 2 were seen.
        found = e.one_sample_log_rank([2, 4, 6], [1, 0, 1], e.exponential_survival(median=4))
        expected = 3 * math.log(2)
        assert found.expected == pytest.approx(expected)
        assert found.z == pytest.approx((2 - expected) / math.sqrt(expected))
        assert found.z_corrected == pytest.approx((2 - expected) / math.sqrt((2 + expected) / 2))
        assert found.p_fewer == pytest.approx(found.p / 2)

    def test_no_event_has_a_ratio_of_0_with_an_upper_limit(self):
        found = e.one_sample_log_rank([8], [0], e.exponential_survival(median=8))
        assert (found.ratio, found.lower) == (0.0, 0.0)
        # Nothing seen where ln 2 was expected: the upper limit of a Poisson mean is -ln 0.025.
        assert found.upper == pytest.approx(-math.log(0.025) / math.log(2))

    @pytest.mark.parametrize(
        ("times", "reference", "because"),
        [
            ([], e.exponential_survival(median=8), "no subject was followed"),
            ([0, 0], e.exponential_survival(median=8), "expects no event"),
            ([5, 12], lambda times: np.where(times > 10, 0.0, 0.5), "1 were followed past the end"),
        ],
    )
    def test_without_anything_expected_has_a_reason(self, times, reference, because):
        found = e.one_sample_log_rank(times, [0] * len(times), reference)
        assert because in str(found.p)
        assert not any(map(e.estimable, (found.z, found.ratio, found.upper)))

    def test_a_reference_that_is_no_survival_is_refused(self):
        with pytest.raises(ValueError, match="between 0 and 1"):
            e.one_sample_log_rank([1, 2], [1, 1], lambda times: times)
        with pytest.raises(ValueError, match="above 0"):
            e.exponential_survival(median=0)
        with pytest.raises(ValueError, match="fall with time"):
            e.survival_through([(12, 0.5), (24, 0.6)])
        with pytest.raises(ValueError, match="at least one"):
            e.survival_through([])

    def test_a_reference_through_one_landmark_is_exponential(self):
        times = np.array([0.0, 3.0, 8.0, 40.0])
        through = e.survival_through([(8, 0.5)])(times)
        assert through == pytest.approx(e.exponential_survival(median=8)(times))
