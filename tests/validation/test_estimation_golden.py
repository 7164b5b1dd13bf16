"""Published and hand-checked numbers that every estimate has to meet."""

from fractions import Fraction
from math import comb

import pytest

from trialwright.core import estimation as e


@pytest.mark.parametrize(
    ("successes", "n", "lower", "upper"),
    [
        (9, 32, 0.1375, 0.4675),
        (9, 29, 0.1528, 0.5083),
        (3, 8, 0.0852, 0.7551),
        (0, 32, 0.0, 0.1089),
        (22, 74, 0.1966, 0.4148),
        (7, 32, 0.0928, 0.3997),
    ],
)
def test_exact_95_percent_interval(successes, n, lower, upper):
    rate = e.exact_binomial(successes, n)
    assert (rate.lower, rate.upper) == pytest.approx((lower, upper), abs=5e-5)


def test_vorinostat_22_of_74_has_the_published_interval():
    # FDA approval summary (The Oncologist): 29.7%, 95% CI 19.7% to 41.5%.
    rate = e.exact_binomial(22, 74)
    assert [round(100 * v, 1) for v in (rate.estimate, rate.lower, rate.upper)] == [29.7, 19.7, 41.5]


def test_wilson_interval_of_9_of_32():
    rate = e.wilson(9, 32)
    assert (rate.lower, rate.upper) == pytest.approx((0.1556, 0.4537), abs=5e-5)


@pytest.mark.parametrize(("successes", "n"), [(9, 32), (1, 5), (4, 5), (22, 74)])
def test_exact_limits_leave_the_tail_in_each_binomial_tail(successes, n):
    """Clopper and Pearson's definition: at the limits the observed count is just at 2.5% in each tail."""
    rate = e.exact_binomial(successes, n)

    def at_most(k: int, p: float) -> float:
        return sum(comb(n, x) * p**x * (1 - p) ** (n - x) for x in range(k + 1))

    assert at_most(successes, rate.upper) == pytest.approx(0.025, abs=1e-12)
    assert 1 - at_most(successes - 1, rate.lower) == pytest.approx(0.025, abs=1e-12)


@pytest.mark.parametrize(
    ("first", "second", "difference", "lower", "upper"),
    [((56, 70), (48, 80), 0.2, 0.0524, 0.3339), ((9, 10), (3, 10), 0.6, 0.1705, 0.8090)],
)
def test_newcombe_1998_method_10(first, second, difference, lower, upper):
    found, limits = e.difference_of_proportions(first, second)
    assert (found, limits.lower, limits.upper) == pytest.approx((difference, lower, upper), abs=5e-5)


EVENTS = [6, 6, 6, 7, 10, 13, 16, 22, 23]
CENSORED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]


@pytest.fixture(scope="module")
def mercaptopurine() -> e.KaplanMeier:
    """The treated arm of Freireich 1963, weeks in remission."""
    return e.kaplan_meier(EVENTS + CENSORED, [1] * len(EVENTS) + [0] * len(CENSORED))


@pytest.mark.parametrize(
    ("week", "survival", "std_error"),
    [
        (6, 0.8571, 0.0764),
        (7, 0.8067, 0.0869),
        (10, 0.7529, 0.0963),
        (13, 0.6902, 0.1068),
        (16, 0.6275, 0.1141),
        (22, 0.5378, 0.1282),
        (23, 0.4482, 0.1346),
    ],
)
def test_6_mercaptopurine_survival_and_greenwood_error(mercaptopurine, week, survival, std_error):
    found = mercaptopurine.survival_at(week)
    assert (found.survival, found.std_error) == pytest.approx((survival, std_error), abs=5e-5)


def test_6_mercaptopurine_median_is_23_weeks(mercaptopurine):
    assert mercaptopurine.median().estimate == 23


@pytest.mark.parametrize(
    ("asked", "optimal", "minimax"),
    [
        ((0.10, 0.30, 0.05, 0.20), "1/10, 5/29", "1/15, 5/25"),
        ((0.05, 0.20, 0.05, 0.20), "0/10, 3/29", "0/13, 3/27"),
        ((0.10, 0.30, 0.05, 0.10), "2/18, 6/35", "2/22, 6/33"),
        ((0.15, 0.40, 0.05, 0.10), "2/13, 7/29", None),
        ((0.20, 0.45, 0.05, 0.10), None, "4/19, 9/29"),
        ((0.10, 0.30, 0.10, 0.10), "1/12, 5/35", None),
    ],
)
def test_simon_two_stage_design(asked, optimal, minimax):
    designs = e.simon_two_stage(*asked)
    assert optimal in (None, str(designs.optimal))
    assert minimax in (None, str(designs.minimax))


def test_simon_design_attains_what_it_says():
    """Alpha, power, early stop and expected size of 1/10, 5/29, summed outcome by outcome in fractions."""
    design = e.simon_two_stage(0.10, 0.30, 0.05, 0.20).optimal

    def pmf(k: int, n: int, p: Fraction) -> Fraction:
        return comb(n, k) * p**k * (1 - p) ** (n - k)

    def called_active(p: Fraction) -> Fraction:
        return sum(
            (pmf(a, 10, p) * pmf(b, 19, p) for a in range(2, 11) for b in range(20) if a + b > 5), start=Fraction(0)
        )

    null, target = Fraction(1, 10), Fraction(3, 10)
    stop = pmf(0, 10, null) + pmf(1, 10, null)
    assert design.alpha == pytest.approx(float(called_active(null)), abs=1e-12)
    assert design.power == pytest.approx(float(called_active(target)), abs=1e-12)
    assert design.early_stop == pytest.approx(float(stop), abs=1e-12)
    assert design.expected_n == pytest.approx(float(10 + (1 - stop) * 19), abs=1e-12)
    assert [round(v, 4) for v in (design.alpha, design.power)] == [0.0471, 0.8051]
    assert round(design.expected_n, 2) == 15.01


def test_simon_search_misses_no_better_design():
    """Every design of up to 40 subjects, tried one by one with no shortcut: none needs fewer when inactive."""
    asked = (0.10, 0.40, 0.10, 0.20)
    designs = e.simon_two_stage(*asked)
    p0, p1, alpha, beta = asked

    def table(p: float) -> dict[int, list[float]]:
        return {n: [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)] for n in range(41)}

    null, target = table(p0), table(p1)

    def active(t, r1, n1, r, n):
        second = t[n - n1]
        return sum(t[n1][a] * sum(second[max(0, r - a + 1) :]) for a in range(r1 + 1, n1 + 1))

    best = (1e9, "")
    smallest = (1e9, 1e9, "")
    for n in range(2, 26):
        for n1 in range(1, n):
            for r1 in range(min(n1, 4)):
                if active(target, r1, n1, r1, n) < 1 - beta:
                    break
                for r in range(r1, min(n, 9)):
                    if active(null, r1, n1, r, n) <= alpha and active(target, r1, n1, r, n) >= 1 - beta:
                        expected = n1 + (1 - sum(null[n1][: r1 + 1])) * (n - n1)
                        best = min(best, (expected, f"{r1}/{n1}, {r}/{n}"))
                        smallest = min(smallest, (n, expected, f"{r1}/{n1}, {r}/{n}"))
    assert str(designs.optimal) == best[1]
    assert str(designs.minimax) == smallest[2]
