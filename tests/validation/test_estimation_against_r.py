"""Survival curves, quantiles, tests and intervals agree with R.

The numbers stand in oracle/estimation_*.csv, made by oracle/estimation.R (versions in each file's first line);
"NA" is R's word for a limit that does not exist.
"""

import csv
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from trialwright.core import estimation as e

ORACLE = Path(__file__).parent / "oracle"


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


def untied(values: list[float]) -> bool:
    """R takes the normal approximation where values are tied."""
    return len(set(values)) == len(values)


def answer(row):
    first, second, level = numbers(row["first"]), numbers(row["second"]), float(row["level"])
    match row["what"]:
        case "exact":
            found = e.exact_binomial(int(first[0]), int(second[0]), level)
            return [found.lower, found.upper]
        case "wilson":
            found = e.wilson(int(first[0]), int(second[0]), level)
            return [found.lower, found.upper]
        case "fisher":
            return [e.fisher_exact(tuple(map(int, first)), tuple(map(int, second))).p]
        case "welch":
            d = e.difference_of_means(first, second, level)
            return [d.difference, d.interval.lower, d.interval.upper, d.degrees, d.p]
        case "mean":
            m = e.mean_with_interval(first, level)
            return [m.mean, m.standard_deviation, m.lower, m.upper]
        case "ranksum":
            test = e.mann_whitney(first, second, exact=None if untied(first + second) else False)
            return [test.statistic, test.p]
        case "signedrank":
            changes = [abs(b - a) for a, b in zip(first, second, strict=True)]
            test = e.signed_rank(first, second, exact=None if untied(changes) else False)
            return [test.statistic, test.p]
    raise AssertionError(row["what"])


@pytest.mark.parametrize("row", rows("tests"), ids=lambda row: row["what"])
def test_each_interval_and_test_is_r_s(row):
    assert_same(answer(row), numbers(row["answers"]), rel=1e-9)


# The data sets themselves come with R's package; a copy is looked for in the corpus.
COLUMNS = {
    "cancer": ("time", lambda r: r["status"] == "2", "sex"),
    "veteran": ("time", lambda r: r["status"] == "1", "trt"),
    "ovarian": ("futime", lambda r: r["fustat"] == "1", "rx"),
    "leukemia": ("time", lambda r: r["status"] == "1", "x"),
    "kidney": ("time", lambda r: r["status"] == "1", "sex"),
    "pbc": ("time", lambda r: r["status"] == "2", "trt"),
    "colon": ("time", lambda r: r["status"] == "1", "rx"),
    "gbsg": ("rfstime", lambda r: r["status"] == "1", "hormon"),
    "rotterdam": ("dtime", lambda r: r["death"] == "1", "size"),
}


def data_set(corpus: Path, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(corpus / "survival" / "survival_csv.zip") as archive:
        text = archive.read(f"survival/{name}.csv").decode()
    found = list(csv.DictReader(io.StringIO(text)))
    return [r for r in found if r["etype"] == "2"] if name == "colon" else found


@pytest.mark.parametrize("row", rows("sets"), ids=lambda row: row["set"])
def test_real_data_set_gives_r_s_medians_survival_restricted_mean_and_log_rank(corpus, row):
    time, event, group = COLUMNS[row["set"]]
    data = data_set(corpus, row["set"])
    times, events = [float(r[time]) for r in data], [event(r) for r in data]
    assert (len(times), sum(events)) == (int(row["n"]), int(row["events"]))
    curve, at = e.kaplan_meier(times, events), float(row["at"])
    for p in (25, 50, 75):
        q = curve.quantile(p / 100)
        assert_same([q.estimate, q.lower, q.upper], numbers(row[f"q{p}"]))
    then = curve.survival_at(at)
    assert_same([then.survival, then.std_error, then.lower, then.upper], numbers(row["survival_at"]))
    area = e.restricted_mean(curve, at)
    assert_same([area.mean, area.std_error], numbers(row["rmean"]))
    test = e.log_rank(times, events, [r[group] for r in data])
    assert_same([test.chi2, test.p], numbers(row["chi2"]) + numbers(row["p"]), rel=1e-8)
