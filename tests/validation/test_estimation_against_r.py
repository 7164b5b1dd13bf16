"""Survival curves, quantiles, tests and intervals agree with R, and docs/reference/validation.md says so.

The numbers stand in oracle/, each file beside the script that made it (versions in the file's first line); "NA" is R's
word for what does not exist. How a question is put to the estimation stands in docs/validating.py.
"""

import csv
import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

from trialwright.core import estimation as e

ORACLE = Path(__file__).parent / "oracle"
sys.path.append(str(Path(__file__).parents[2] / "docs"))
validating, validating_small, validation = map(
    importlib.import_module, ("validating", "validating_small", "validation")
)


def rows(name: str) -> list[dict[str, str]]:
    lines = (ORACLE / f"estimation_{name}.csv").read_text().splitlines()
    assert lines[0].startswith("# R version")
    return list(csv.DictReader(lines[1:]))


def numbers(cell: str) -> list[float | None]:
    return [None if word == "NA" else float(word) for word in cell.split()]


def as_r(values) -> list[float | None]:
    return [None if isinstance(v, e.NotEstimable) or np.isnan(v) else float(v) for v in values]


def assert_same(ours, theirs: list[float | None], rel=1e-10) -> None:
    ours = as_r(ours)
    assert [v is None for v in ours] == [v is None for v in theirs]
    numbers_of = [[v for v in column if v is not None] for column in (ours, theirs)]
    assert numbers_of[0] == pytest.approx(numbers_of[1], rel=rel, abs=1e-12)


CURVES = rows("curves")
FIRST = {row["case"]: row for row in CURVES if row["times"]}


def curve_of(row: dict[str, str]) -> e.KaplanMeier:
    data = FIRST[row["case"]]
    return e.kaplan_meier(numbers(data["times"]), numbers(data["events"]), interval=row["interval"])


@pytest.mark.parametrize("row", CURVES, ids=lambda row: f"{row['case']}-{row['interval']}")
class TestEachCurve:
    def test_has_r_s_limits_and_misses_those_that_r_misses(self, row):
        curve = curve_of(row)
        assert_same(curve.lower, numbers(row["lower"]))
        assert_same(curve.upper, numbers(row["upper"]))

    @pytest.mark.parametrize(("p", "column"), [(0.25, "q25"), (0.5, "q50"), (0.75, "q75")])
    def test_has_r_s_quantiles_and_their_limits(self, row, p, column):
        q = curve_of(row).quantile(p)
        assert_same([q.estimate, q.lower, q.upper], numbers(row[column]))


@pytest.mark.parametrize("case", FIRST)
def test_each_curve_has_r_s_survival_and_greenwood_error(case):
    curve = curve_of(FIRST[case])
    assert_same(curve.survival, numbers(FIRST[case]["survival"]))
    assert_same(curve.std_error, numbers(FIRST[case]["std_error"]))


def test_the_cases_hold_what_they_promise():
    medians = {row["case"]: numbers(row["q50"])[0] for row in FIRST.values()}
    assert medians["flat_at_half_of_4"] == 2.5
    assert medians["flat_at_half_of_6"] == 3.5
    assert medians["all_censored"] is None
    assert len(FIRST) >= 35


# ---- every question of docs/validating.py ---------------------------------------------------------------------------


def grouped(compared) -> dict[str, list]:
    groups: dict[str, list] = {}
    for one in compared:
        groups.setdefault(one.estimator, []).append(one)
    return groups


SMALL = grouped(validating_small.compared_without_corpus())
LARGE = sorted({row["estimator"] for name in ("sets", "values") for row in validating.rows(f"survival/answers_{name}")})


@pytest.fixture(scope="module")
def data_sets(corpus: Path) -> list:
    return list(validating.compared_with_corpus(corpus))


@pytest.mark.parametrize("estimator", SMALL)
def test_small_and_degenerate_samples_give_r_s_numbers(estimator):
    assert [fault for one in SMALL[estimator] for fault in one.faults()] == []
    assert any(one.pairs() for one in SMALL[estimator])


@pytest.mark.parametrize("estimator", LARGE)
def test_real_data_sets_give_r_s_numbers(data_sets, estimator):
    asked = [one for one in data_sets if one.estimator.startswith(estimator)]
    assert [fault for one in asked for fault in one.faults()] == []
    assert any(one.pairs() for one in asked)


def test_a_batch_gives_the_median_that_each_data_set_gives_alone(corpus):
    for asked in validating.rows("survival/sets"):
        data = validating.follow_up(corpus, asked)
        for interval in ("log-log", "log", "plain"):
            batch = e.kaplan_meier_medians([data.times], [data.events], interval)
            assert batch.of(0) == e.kaplan_meier(data.times, data.events, interval).median(), (asked["set"], interval)


def test_forty_data_sets_and_more_are_asked_about():
    assert len({row["set"] for row in validating.rows("survival/sets")}) >= 40


def test_a_number_that_is_off_is_told():
    wrong = validating.Compared("log_rank", "a set", "by arm", (1.0, 2.0, 1e-20), (1.0, 2.0 + 1e-8, 2e-20))
    assert len(wrong.faults()) == 2
    assert validating.Compared("log_rank", "a set", "", (1.0, None), (1.0, 3.0)).faults()


def test_the_shift_is_the_middle_of_where_r_may_stop():
    """Without exact ranks `wilcox.test` stops anywhere between the two middle differences."""
    answers = validating.rows("survival/answers_values")
    roots = [validating.numbers(row["answers"]) for row in answers if row["key"] == "root"]
    shifts = [validating.numbers(row["answers"]) for row in answers if row["key"] == "shift"]
    assert len(roots) == len(shifts) > 15
    for (root, low, high), (middle,) in zip(roots, shifts, strict=True):
        assert low - 1e-9 <= root <= high + 1e-9
        assert middle == pytest.approx((low + high) / 2)


class TestThePage:
    def test_says_what_the_program_answers_where_no_corpus_is_needed(self):
        text = validation.PAGE.read_text("utf-8")
        small = validation.by_estimator(validating_small.compared_without_corpus())
        assert validation.first_part(small) in text
        assert validation.tables("small samples", small) in text

    def test_says_what_the_program_answers_on_every_data_set(self, corpus):
        assert validation.PAGE.read_text("utf-8") == validation.page(corpus), "run `make validation`"

    def test_keeps_what_it_says_of_the_data_sets_where_these_are_not_at_hand(self):
        assert validation.PAGE.read_text("utf-8") == validation.page(None)
