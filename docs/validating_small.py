"""Our answers to R's questions about small samples, whose data stand in the oracle files: degenerate ones, textbooks.

Decided here: how such a row is put to the estimation, and what other programs were asked. Not here: how close the
answers have to be, the data sets (`validating`). Read `compared_without_corpus` first.
"""

from __future__ import annotations

from collections.abc import Iterator

from validating import (
    OF_TIMES,
    Compared,
    FollowUp,
    Numbers,
    Row,
    numbers,
    plain,
    rank_answer,
    rows,
    tied,
)

from trialwright.core import estimation as e

# ---- small samples, which stand in the files -----------------------------------------------------------------------


def compared_without_corpus() -> Iterator[Compared]:
    """Every question whose data stand in the oracle files themselves: degenerate samples, textbooks, two stages."""
    yield from _small()
    yield from _tests()
    yield from _ranks()
    yield from _two_stages()


def _small() -> Iterator[Compared]:
    first: dict[str, Row] = {}
    for row in rows("survival/small"):
        data = first.setdefault(row["case"], row)
        times, marks = [float(word) for word in data["times"].split()], data["causes"].split()
        subjects = [
            {"time": time, "cause": "" if mark == "0" else mark, "group": group}
            for time, mark, group in zip(data["times"].split(), marks, data["groups"].split(), strict=True)
        ]
        asked = {"event": "cause", "causes": "1 2", "covariates": "group", "strata": ""}
        case = FollowUp(asked, times, [word == "1" for word in data["events"].split()], subjects)
        ours = OF_TIMES[row["estimator"]](case, row["key"] or "group")
        yield Compared(
            row["estimator"], row["case"], row["key"], numbers(row["answers"]), _told(row["estimator"], ours)
        )


def _told(estimator: str, ours: Numbers) -> Numbers:
    """Which of our numbers the small cases ask for."""
    wanted = {
        "kaplan_meier rate": slice(1, None),
        "restricted_mean": slice(0, 2),
        "proportional_hazards": slice(1, None),
    }
    if estimator == "one_sample_log_rank":
        return ours[:3] + ours[4:]
    return ours[wanted.get(estimator, slice(None))]


def _tests() -> Iterator[Compared]:
    """Intervals and tests on small invented samples."""
    for place, row in enumerate(rows("estimation_tests"), 1):
        first, second = ([float(word) for word in row[name].split()] for name in ("first", "second"))
        estimator, ours = _test(row["what"], first, second, float(row["level"]))
        yield Compared(estimator, f"sample {place}", f"level {row['level']}", numbers(row["answers"]), ours)


def _test(what: str, first: list[float], second: list[float], level: float) -> tuple[str, Numbers]:
    match what:
        case "exact" | "wilson":
            rate = (e.exact_binomial if what == "exact" else e.wilson)(int(first[0]), int(second[0]), level)
            return "exact_binomial" if what == "exact" else "wilson", plain(rate.lower, rate.upper)
        case "fisher":
            table = e.fisher_exact((int(first[0]), int(first[1])), (int(second[0]), int(second[1])))
            return "fisher_exact", plain(table.p)
        case "welch":
            d = e.difference_of_means(first, second, level)
            return "difference_of_means", plain(d.difference, d.interval.lower, d.interval.upper, d.degrees, d.p)
        case "mean":
            mean = e.mean_with_interval(first, level)
            return "mean_with_interval", plain(mean.mean, mean.standard_deviation, mean.lower, mean.upper)
        case "ranksum":
            ranks = e.mann_whitney(first, second, exact=False if tied(first + second) else None)
            return "mann_whitney", rank_answer("", ranks)[1][:2]
    changes = [abs(b - a) for a, b in zip(first, second, strict=True)]
    signed = e.signed_rank(first, second, exact=False if tied(changes) else None)
    return "signed_rank", rank_answer("", signed)[1][:2]


def _ranks() -> Iterator[Compared]:
    """Exact rank tests and correlations of untied samples."""
    for place, row in enumerate(rows("ranks"), 1):
        first, second = ([float(word) for word in row[name].split()] for name in ("first", "second"))
        of, asked = f"untied {place}", f"{len(first)} and {len(second)}"
        if row["level"]:
            test = (e.mann_whitney if row["estimator"] == "mann_whitney" else e.signed_rank)(
                first, second, float(row["level"])
            )
            ours, asked = plain(test.statistic, test.p, test.shift, test.lower, test.upper), f"{asked}, {row['level']}"
        else:
            rank = (e.spearman if row["estimator"] == "spearman" else e.kendall)(first, second)
            ours = plain(rank.coefficient, rank.p)
        yield Compared(row["estimator"], of, asked, numbers(row["answers"]), ours)


def _two_stages() -> Iterator[Compared]:
    for row in rows("two_stage"):
        r1, n1, r, n, responders, evaluated = (
            int(row[name]) for name in ("r1", "n1", "r", "n", "responders", "evaluated")
        )
        design = e.SimonDesign(r1, n1, r, n, 0.0, 0.0, 0.0, 0.0)  # the rates play no part after the fact
        first = int(row["first"]) if row["first"] else None
        found = e.koyama_chen(design, float(row["null"]), responders, evaluated, first)
        of, asked = f"design {design}", f"{responders} of {evaluated}" + (f", {first} first" if first else "")
        answers = plain(found.p, found.estimate, found.lower, found.upper)
        yield Compared("koyama_chen", of, asked, numbers(row["answers"]), answers)
        yield Compared("umvue", of, asked, numbers(row["umvue"]), plain(e.umvue(design, responders, evaluated)))


# ---- what other programs were asked --------------------------------------------------------------------------------


def our_choice(asked: Row) -> Numbers:
    """Our answer to a question put to other programs, in their order of numbers, with nothing said of how."""
    first, second, third = ([float(word) for word in asked[name].split()] for name in ("first", "second", "third"))
    match asked["what"]:
        case "median":
            found = e.kaplan_meier(first, second).median()
            return plain(found.estimate, found.lower, found.upper)
        case "hazards":
            return plain(e.proportional_hazards(first, second, {"x": third}).of("x").coefficient)
        case "incidence":
            causes = [mark or None for mark in second]
            at = e.cumulative_incidence(first, causes).at(1.0, 6)
            return plain(at.incidence, at.std_error)
        case "fisher":
            table = e.fisher_exact((int(first[0]), int(first[1])), (int(second[0]), int(second[1])))
            return plain(table.p, table.odds_ratio)
        case "spearman" | "kendall":
            rank = (e.spearman if asked["what"] == "spearman" else e.kendall)(first, second)
            return plain(rank.coefficient, rank.p)
    test = (e.mann_whitney if asked["what"] == "mann_whitney" else e.signed_rank)(first, second)
    return plain(test.statistic, test.p)
