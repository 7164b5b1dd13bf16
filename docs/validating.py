"""Our answer to each question that R was asked: the rows of tests/validation/oracle, beside R's numbers.

Decided here: how a row of an oracle file is put to the estimation, and how close the two answers have to be. Not here:
the samples that stand in the oracle files (`validating_small`), the page (`validation`). Read `compared_with_corpus`
first.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from math import isnan
from pathlib import Path

from trialwright.core import estimation as e

ORACLE = Path(__file__).resolve().parent.parent / "tests" / "validation" / "oracle"
Row = dict[str, str]
Numbers = tuple[float | None, ...]

CLOSED = 1e-10
"""A closed form agrees to this part of R's number."""

SMALLEST = 1e-12
"""Below this a difference is nothing, unless the number itself is a small probability (`TINY`)."""

TINY = ("log_rank", "one_sample_log_rank", "koyama_chen", "kendall", "spearman", "fisher_exact")
"""Estimators whose p may be far below `SMALLEST`; it has to agree as a part of itself too."""

# Where R itself stops earlier: the part to which the answers agree, and why.
ITERATED: dict[str, tuple[float, str]] = {
    "proportional_hazards": (1e-8, "`coxph` with eps = 1e-14 stops when its likelihood stands still"),
    "fisher_exact odds ratio": (
        2e-3,
        "`fisher.test` finds ratio and limits with `uniroot` at its coarse default of 1e-4",
    ),
    "fisher_exact odds ratio tight": (1e-9, "the same equations, solved in R with `uniroot` and tol = 1e-15"),
    "mann_whitney normal": (1e-8, "`wilcox.test` finds shift and limits with `uniroot`, here with tol.root = 1e-14"),
    "signed_rank normal": (1e-8, "`wilcox.test` finds shift and limits with `uniroot`, here with tol.root = 1e-14"),
    "mid_p": (1e-9, "base R has no mid-p interval; its `uniroot` with tol = 1e-15 solved the definition"),
    "koyama_chen": (1e-9, "base R has none; its `uniroot` with tol = 1e-15 solved the definition"),
}


@dataclass(frozen=True)
class Compared:
    """One question: the estimator, whose data, what was asked, and both answers number by number."""

    estimator: str
    of: str
    asked: str
    r: Numbers
    ours: Numbers

    @property
    def tolerance(self) -> float:
        """The part of R's number to which ours has to agree."""
        return ITERATED.get(self.estimator, (CLOSED, ""))[0]

    def faults(self) -> list[str]:
        """What does not agree, as sentences."""
        if [value is None for value in self.r] != [value is None for value in self.ours]:
            return [f"{self}: one has a number where the other has none"]
        return [
            f"{self.estimator} of {self.of}, {self.asked}: R {theirs!r}, ours {mine!r}"
            for theirs, mine in self.pairs()
            if abs(theirs - mine) > max(self.tolerance * abs(theirs), self.floor(theirs))
        ]

    def floor(self, theirs: float) -> float:
        """The difference that counts as none."""
        return 0.0 if self.estimator in TINY and 0 < theirs < SMALLEST else SMALLEST

    def pairs(self) -> list[tuple[float, float]]:
        """The numbers that both have."""
        both = zip(self.r, self.ours, strict=True)
        return [(theirs, mine) for theirs, mine in both if theirs is not None and mine is not None]

    def worst(self) -> tuple[float, float]:
        """The largest absolute and the largest relative difference."""
        absolute = max((abs(theirs - mine) for theirs, mine in self.pairs()), default=0.0)
        return absolute, max((part(theirs, mine) for theirs, mine in self.pairs()), default=0.0)


def part(theirs: float, mine: float) -> float:
    """A difference as a part of R's number; below the smallest it is none."""
    off = abs(theirs - mine)
    return 0.0 if off <= SMALLEST else off / max(abs(theirs), SMALLEST)


def rows(name: str) -> list[Row]:
    """An oracle file without its first line, which names R."""
    lines = (ORACLE / f"{name}.csv").read_text("utf-8").splitlines()
    return list(csv.DictReader(lines[1:] if lines[0].startswith("#") else lines))


def made_by(name: str) -> str:
    """The first line of an oracle file: R, its version and the script."""
    return (ORACLE / f"{name}.csv").read_text("utf-8").partition("\n")[0].removeprefix("# ")


def numbers(cell: str) -> Numbers:
    """Numbers of a cell; NA is R's word for none."""
    return tuple(None if word == "NA" else float(word) for word in cell.split())


def plain(*values: e.Estimate | int) -> Numbers:
    """Our answer as R would write it: none where there is no estimate."""
    return tuple(None if isinstance(value, e.NotEstimable) or isnan(float(value)) else float(value) for value in values)


# ---- the data sets of the corpus -----------------------------------------------------------------------------------


@cache
def _read(corpus: Path, name: str) -> tuple[Row, ...]:
    with zipfile.ZipFile(corpus / "survival" / "survival_csv.zip") as archive:
        return tuple(csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode("utf-8"))))


def _rows_of(corpus: Path, asked: Row) -> list[Row]:
    column, _, value = asked["where"].partition("=")
    found = [{key: "" if cell == "NA" else cell for key, cell in row.items()} for row in _read(corpus, asked["set"])]
    return [row for row in found if not column or row[column] == value]


@dataclass(frozen=True)
class FollowUp:
    """The subjects of one question: time, whether the event happened, and the rest of their row."""

    asked: Row
    times: list[float]
    events: list[bool]
    rows: list[Row]


def follow_up(corpus: Path, asked: Row) -> FollowUp:
    """Who was followed how long: rows with a time and an event mark, from 0 on."""
    known = [
        row for row in _rows_of(corpus, asked) if row[asked["time"]] and (not asked["event"] or row[asked["event"]])
    ]
    times = [float(row[asked["time"]]) - float(row[asked["minus"]] if asked["minus"] else 0) for row in known]
    happened = asked["happened"].split()
    events = [not asked["event"] or row[asked["event"]] in happened for row in known]
    kept = [i for i, time in enumerate(times) if time >= 0]
    return FollowUp(asked, [times[i] for i in kept], [events[i] for i in kept], [known[i] for i in kept])


def compared_with_corpus(corpus: Path) -> Iterator[Compared]:
    """Every question about the data sets, in the order of the files."""
    asked, follow_ups = rows("survival/sets"), {}
    for row in rows("survival/answers_sets"):
        place = int(row["asked"])
        if place not in follow_ups:
            follow_ups = {place: follow_up(corpus, asked[place])}
        answer = OF_TIMES[row["estimator"]](follow_ups[place], row["key"])
        yield Compared(row["estimator"], row["set"], row["key"], numbers(row["answers"]), answer)
    asked = rows("survival/values")
    for row in (one for one in rows("survival/answers_values") if one["key"] != "root"):
        yield _of_values(row, _rows_of(corpus, asked[int(row["asked"])]), asked[int(row["asked"])])


def _curve(data: FollowUp, interval: str) -> e.KaplanMeier:
    return e.kaplan_meier(data.times, data.events, interval=interval)  # type: ignore[arg-type]


def _quantile(data: FollowUp, key: str) -> Numbers:
    interval, p = key.split()
    found = _curve(data, interval).quantile(float(p))
    return plain(found.estimate, found.lower, found.upper)


def _rate(data: FollowUp, key: str) -> Numbers:
    interval, at = key.split()
    (found,) = e.landmark_rates(_curve(data, interval), [float(at)])
    return plain(found.at_risk, found.survival, found.std_error, found.lower, found.upper)


def _restricted_mean(data: FollowUp, key: str) -> Numbers:
    found = e.restricted_mean(_curve(data, "log-log"), float(key))
    return plain(found.mean, found.std_error, found.lower, found.upper)


def _one_sample(data: FollowUp, key: str) -> Numbers:
    found = e.one_sample_log_rank(data.times, data.events, e.exponential_survival(median=float(key)))
    return plain(found.observed, found.expected, found.chi2, found.p, found.lower, found.upper)


def _log_rank(data: FollowUp, key: str) -> Numbers:
    kept = [i for i, row in enumerate(data.rows) if row[key]]
    groups = [data.rows[i][key] for i in kept]
    found = e.log_rank([data.times[i] for i in kept], [data.events[i] for i in kept], groups)
    return plain(found.chi2, found.degrees, found.p, *sorted(found.expected))


def _incidence(data: FollowUp, key: str) -> Numbers:
    interval, at, cause = key.split()
    known = data.asked["causes"].split()
    marks = [row[data.asked["event"]] for row in data.rows]
    causes = [mark if mark in known else None for mark in marks]
    found = e.cumulative_incidence(data.times, causes, interval=interval).at(cause, float(at))  # type: ignore[arg-type]
    return plain(found.incidence, found.std_error, found.lower, found.upper)


def _hazards(data: FollowUp, key: str) -> Numbers:
    ties, _, stratum = key.partition(" ")
    names = data.asked["covariates"].split()
    needed = [*names, data.asked["strata"]] if data.asked["strata"] else names
    kept = [i for i, row in enumerate(data.rows) if all(row[name] for name in needed)]
    model = e.proportional_hazards(
        [data.times[i] for i in kept],
        [data.events[i] for i in kept],
        {name: [float(data.rows[i][name]) for i in kept] for name in names},
        strata=[data.rows[i][stratum] for i in kept] if stratum else None,
        ties=ties,  # type: ignore[arg-type]
    )
    each = [one.coefficient for one in model.ratios], [one.std_error for one in model.ratios]
    tests = (model.likelihood_ratio.chi2, model.wald.chi2, model.score.chi2)
    return plain(model.n, *each[0], *each[1], model.null, model.log_likelihood, *tests)


def _proportion(estimate: Callable[[int, int], e.Proportion]) -> Callable[[FollowUp, str], Numbers]:
    def limits(data: FollowUp, _: str) -> Numbers:
        found = estimate(sum(data.events), len(data.events))
        return plain(found.lower, found.upper)

    return limits


OF_TIMES: dict[str, Callable[[FollowUp, str], Numbers]] = {
    "kaplan_meier quantile": _quantile,
    "kaplan_meier rate": _rate,
    "restricted_mean": _restricted_mean,
    "one_sample_log_rank": _one_sample,
    "log_rank": _log_rank,
    "cumulative_incidence": _incidence,
    "proportional_hazards": _hazards,
    "exact_binomial": _proportion(e.exact_binomial),
    "wilson": _proportion(e.wilson),
    "mid_p": _proportion(e.mid_p),
}


# ---- ranks, correlation, tables ------------------------------------------------------------------------------------


def _of_values(row: Row, data: list[Row], asked: Row) -> Compared:
    pairs = [(one[asked["first"]], one[asked["second"]]) for one in data]
    known = [(first, second) for first, second in pairs if first and second]
    estimator, ours = VALUES[row["estimator"]](known, row["key"])
    return Compared(estimator, row["set"], row["key"], numbers(row["answers"]), ours)


Pairs = list[tuple[str, str]]
Answer = tuple[str, Numbers]


def tied(values: list[float]) -> bool:
    """Whether two values are the same: there R leaves exact ranks."""
    return len(set(values)) < len(values)


def rank_answer(name: str, test: e.RankTest) -> Answer:
    """A rank test under the name of the way its interval was found."""
    way = name if test.interval in ("exact", "none") else f"{name} normal"
    return way, plain(test.statistic, test.p, test.lower, test.upper)


def shift_answer(name: str, test: e.RankTest, key: str) -> Answer | None:
    """The shift of a rank test, where that was asked; `root` wants R's root between the two middle differences."""
    return (f"{name} shift", plain(test.shift)) if key == "shift" else None


def _signed_rank(pairs: Pairs, key: str) -> Answer:
    before, after = [float(a) for a, _ in pairs], [float(b) for _, b in pairs]
    changes = [abs(b - a) for a, b in zip(before, after, strict=True)]
    normal = key == "normal" or tied(changes) or 0.0 in changes
    test = e.signed_rank(before, after, exact=False if normal else None)
    return shift_answer("signed_rank", test, key) or rank_answer("signed_rank", test)


def _mann_whitney(pairs: Pairs, key: str) -> Answer:
    one, other = sorted({group for _, group in pairs})[:2]
    first, second = ([float(value) for value, group in pairs if group == name] for name in (one, other))
    normal = key == "normal" or tied(first + second)
    test = e.mann_whitney(first, second, exact=False if normal else None)
    return shift_answer("mann_whitney", test, key) or rank_answer("mann_whitney", test)


def _correlation(name: str) -> Callable[[Pairs, str], Answer]:
    def answer(pairs: Pairs, key: str) -> Answer:
        first, second = [float(a) for a, _ in pairs], [float(b) for _, b in pairs]
        exact = False if key == "normal" or tied(first) or tied(second) else None
        found = (e.spearman if name == "spearman" else e.kendall)(first, second, exact=exact)
        return name, plain(found.coefficient, found.p)

    return answer


def _fisher(pairs: Pairs, key: str) -> Answer:
    outcomes, groups = (sorted({pair[i] for pair in pairs})[:2] for i in (0, 1))
    first, second = (tuple(pairs.count((outcome, group)) for outcome in outcomes) for group in groups)
    found = e.fisher_exact(first, second)  # type: ignore[arg-type]
    if key == "p":
        return "fisher_exact", plain(found.p)
    return f"fisher_exact {key}", plain(found.odds_ratio, found.lower, found.upper)


VALUES: dict[str, Callable[[Pairs, str], Answer]] = {
    "signed_rank": _signed_rank,
    "mann_whitney": _mann_whitney,
    "spearman": _correlation("spearman"),
    "kendall": _correlation("kendall"),
    "fisher": _fisher,
}
