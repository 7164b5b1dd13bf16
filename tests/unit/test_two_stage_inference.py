"""After a stage of a two-stage design: the decision in words, and estimates that know of the first look."""

from fractions import Fraction
from math import comb

import pytest

from trialwright.core import estimation as e

DESIGN = e.simon_two_stage(0.10, 0.30, 0.05, 0.20).optimal  # stop at 1 of 10, inactive at 5 of 29


class TestDecision:
    @pytest.mark.parametrize(
        ("responders", "evaluated", "decision"),
        [
            (0, 0, "not yet"),
            (0, 8, "not yet"),  # two more could respond
            (0, 9, "stop"),  # one more could respond, and two are needed
            (1, 9, "not yet"),
            (1, 10, "stop"),
            (2, 4, "go on"),  # certain before the stage is full
            (2, 10, "go on"),
            (1, 15, "stop"),  # went on although the gate said stop
            (5, 28, "not yet"),
            (4, 28, "inactive"),
            (5, 29, "inactive"),
            (6, 29, "active"),
            (6, 15, "active"),
            (9, 32, "not yet"),  # past the planned size the plan has no word
        ],
    )
    def test_is_said_as_soon_as_it_is_certain(self, responders, evaluated, decision):
        assert e.stage_decision(DESIGN, responders, evaluated).decision == decision

    def test_names_its_numbers(self):
        assert e.stage_decision(DESIGN, 1, 7).says == (
            "not yet: 1 of 7 responded, and more than 1 of 10 are needed to go on; 3 more are to be evaluated"
        )
        assert "not by the plan" in e.stage_decision(DESIGN, 9, 32).says

    def test_of_more_responders_than_evaluated_is_refused(self):
        with pytest.raises(ValueError, match="3 of 2"):
            e.stage_decision(DESIGN, 3, 2)


def chance(k: int, n: int, p: Fraction) -> Fraction:
    return comb(n, k) * p**k * (1 - p) ** (n - k)


class TestUnbiased:
    @pytest.mark.parametrize("p", [Fraction(1, 10), Fraction(3, 10), Fraction(7, 10)])
    def test_its_expectation_is_the_rate(self, p):
        """Summed over every outcome of the design in fractions."""
        r1, n1, n = DESIGN.r1, DESIGN.n1, DESIGN.n
        total = sum(float(chance(x, n1, p)) * e.umvue(DESIGN, x, n1) for x in range(r1 + 1))
        for s in range(r1 + 1, n + 1):
            ways = sum((chance(x, n1, p) * chance(s - x, n - n1, p) for x in range(r1 + 1, min(n1, s) + 1)), Fraction())
            total += float(ways) * e.umvue(DESIGN, s, n)
        assert total == pytest.approx(float(p), abs=1e-12)

    @pytest.mark.parametrize(
        ("responders", "evaluated", "because"),
        [
            (2, 9, "9 of the 10 subjects"),
            (2, 10, "the trial goes on"),
            (1, 20, "the design stops after 10"),
        ],
    )
    def test_is_not_estimable_before_a_stage_is_over(self, responders, evaluated, because):
        assert because in str(e.umvue(DESIGN, responders, evaluated))
        assert because in str(e.koyama_chen(DESIGN, 0.1, responders, evaluated).p)


class TestKoyamaChen:
    def test_p_is_the_chance_of_as_good_an_outcome(self):
        """Going on and then nine or more in all, summed in fractions."""
        null = Fraction(1, 10)
        as_good = sum(
            (chance(x, 10, null) * chance(y, 19, null) for x in range(2, 11) for y in range(20) if x + y >= 9),
            Fraction(),
        )
        assert e.koyama_chen(DESIGN, 0.1, 9, 29).p == pytest.approx(float(as_good), rel=1e-12)

    def test_p_is_within_alpha_just_when_the_design_calls_the_drug_active(self):
        assert e.koyama_chen(DESIGN, 0.1, 6, 29).p == pytest.approx(DESIGN.alpha)
        assert e.koyama_chen(DESIGN, 0.1, 5, 29).p > 0.05

    def test_a_stop_is_less_than_any_outcome_of_the_second_stage(self):
        stopped, went_on = e.koyama_chen(DESIGN, 0.1, 1, 10), e.koyama_chen(DESIGN, 0.1, 2, 29)
        assert stopped.p > went_on.p
        assert stopped.estimate < went_on.estimate

    def test_where_nobody_responded_every_rate_is_as_good(self):
        found = e.koyama_chen(DESIGN, 0.1, 0, 10)
        assert found.p == 1.0
        assert not any(map(e.estimable, (found.estimate, found.lower, found.upper)))

    def test_another_size_needs_the_responders_of_the_first_stage(self):
        assert "19 as planned" in str(e.koyama_chen(DESIGN, 0.1, 9, 32).p)
        found = e.koyama_chen(DESIGN, 0.1, 9, 32, first_stage=3)
        assert found.lower < found.estimate < found.upper
        assert found.method == "Koyama-Chen, second stage not of its planned size"

    def test_another_size_agrees_with_the_plan_on_alpha(self):
        """Of the planned size, and just enough responders for the limit: both ways give the design's own alpha."""
        as_planned = e.koyama_chen(DESIGN, 0.1, 6, 29).p
        carried = e.koyama_chen(DESIGN, 0.1, 7, 30, first_stage=3).p
        assert as_planned == pytest.approx(DESIGN.alpha)
        assert carried < as_planned  # four of 20 is more than three of 19

    @pytest.mark.parametrize("first", [1, 10, 0])
    def test_responders_of_the_first_stage_that_cannot_be_are_told(self, first):
        assert "do not fit" in str(e.koyama_chen(DESIGN, 0.1, 9, 32, first_stage=first).p)

    def test_after_more_than_enough_in_the_first_stage_the_rest_plays_no_part(self):
        found = e.koyama_chen(DESIGN, 0.1, 7, 20, first_stage=6)
        # More than 5 among the first 10 already: the chance of that.
        assert found.p == pytest.approx(float(sum(chance(x, 10, Fraction(1, 10)) for x in range(6, 11))))

    def test_an_impossible_null_rate_is_refused(self):
        with pytest.raises(ValueError, match="inactive drug"):
            e.koyama_chen(DESIGN, 0.0, 9, 29)
