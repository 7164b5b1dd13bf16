"""Writes docs/reference/validation.md: what R answered, what the estimation answers, and the difference.

Decided here: how the page is laid out. Questions and answers come from `validating`. The part on data sets needs the
folder named by TRIALWRIGHT_CORPUS; without it that part of the page is kept as it stands. Run `make validation`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from math import ceil, log10
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # as when run as a script

from validating import (
    CLOSED,
    ITERATED,
    Compared,
    Numbers,
    compared_with_corpus,
    made_by,
    numbers,
    rows,
)
from validating_small import compared_without_corpus, our_choice

PAGE = Path(__file__).resolve().parent / "reference" / "validation.md"
BEGIN, END = "<!-- begin: data sets of the corpus -->", "<!-- end: data sets of the corpus -->"
HEAD = """# Agreement with R

Written by `make validation`; do not edit. Each number of `trialwright.core.estimation` beside the one R gave to the
same question. The scripts that asked R stand beside its answers in `tests/validation/oracle/`; R is not needed to run
the tests, which hold every number to its bound. NA: there is no such number; both programs have to say so.
"""
BOUNDS = """
A closed form agrees to 1e-10 of R's number. A difference below 1e-12 counts as none, except where a probability is
smaller than that; "rounding" is a difference below 1e-12 of the number. What R itself finds by iteration agrees to
"where R stops", with its control set tight:

"""
PUBLISHED = """
## Published numbers

| what | published | ours |
| --- | --- | --- |
"""
SOURCES = """
The designs of Simon 1989 (Controlled Clinical Trials 10:1-10), tables 1 and 2, all 51 rows with both designs, are
held by `tests/validation/test_two_stage_designs_published.py`.
"""
PEERS = """
## Where other programs answer otherwise

The same small samples, asked of each program as its manual shows (`tests/validation/oracle/peers/`). Where they
differ from R, R is followed.

| asked | sample | program | it says | R | ours |
| --- | --- | --- | --- | --- | --- |
"""
WHY = """
- **Median of a curve that lies flat on one half.** R takes the middle of the flat step, lifelines its beginning,
  statsmodels its end; both give an upper limit where R has none because the limit never comes down to one half.
- **Cox's model.** lifelines stops early (six digits); statsmodels breaks ties after Breslow unless told otherwise.
- **Competing events.** lifelines moves tied times at random before it estimates, so its answer changes with the seed.
- **Rank correlation.** scipy takes Student's t for Spearman's rho at any size; Kendall's tau is exact up to 33 pairs,
  R up to 49.
- **Rank tests.** scipy is exact only where a group has at most 8 values and none are tied, R below 50; scipy's
  signed-rank statistic is the smaller sum and its normal approximation is not corrected for continuity.
- **Fisher's test.** scipy's `fisher_exact` returns the sample odds ratio; R and we give the conditional one.
- **Ours, not R's.** Where values are tied R leaves exact ranks; we count them as they are (small samples), and give
  R's number on `exact=False`. Without a finite maximum Cox's model gives no number and says why; R prints one and
  warns. Where nothing can be tested by the log-rank test R stops with an error; we say why. Where R warns that a rank
  interval cannot reach its level we give none; where R is silent we give R's, and the level attained. `wilcox.test`
  looks for the shift with `uniroot` and stops anywhere between the two middle differences; we give their middle, as
  its exact branch does. `fisher.test` solves to about 1e-4 only.
"""
ASKED = {
    "kaplan_meier quantile": "Asked: interval and fraction. Shown: the quantile; compared: with both limits.",
    "kaplan_meier rate": "Asked: interval and landmark. Shown: at risk, or the rate; compared: with error and limits.",
    "restricted_mean": "Asked: until when. Shown: the mean; compared: with error and limits.",
    "one_sample_log_rank": "Asked: against an exponential survival with this median. Shown: events; compared: expected "
    "events, chi-square, p, limits of the ratio.",
    "log_rank": "Asked: by which groups. Shown: chi-square; compared: with its degrees of freedom, p, expected events.",
    "cumulative_incidence": "Asked: interval, time, cause. Shown: the incidence; compared: with error and limits.",
    "proportional_hazards": "Asked: ties, and by which strata. Shown: subjects, or the first coefficient; compared: "
    "all coefficients and errors, both likelihoods, three tests.",
    "exact_binomial": "Asked: events of subjects. Both limits.",
    "wilson": "Asked: events of subjects. Both limits.",
    "mid_p": "Asked: events of subjects. Both limits.",
    "mann_whitney": "Shown: U; compared: with p and the limits of the shift.",
    "mann_whitney shift": "The middle of all differences.",
    "signed_rank": "Shown: the sum of ranks of rises; compared: with p and the limits of the shift.",
    "signed_rank shift": "The middle of all averages of two changes.",
    "spearman": "Shown: rho; compared: with p.",
    "kendall": "Shown: tau-b; compared: with p.",
    "fisher_exact": "p.",
    "fisher_exact odds ratio": "R's own odds ratio and its limits.",
    "fisher_exact odds ratio tight": "The same equations, solved to the last digits.",
    "koyama_chen": "Asked: responders of evaluated. Shown: p; compared: with the median estimate and both limits.",
    "difference_of_means": "Shown: the difference; compared: with its limits, Welch's degrees of freedom, p.",
    "mean_with_interval": "Shown: the mean; compared: with its spread and limits.",
    "umvue": "Asked: responders of evaluated.",
}
DIGITS = "10g"
TOLD_APART = "log-log"


Part = list[tuple[str, list[Compared]]]


def page(corpus: Path | None) -> str:
    """The whole page; without a corpus what it says of the data sets stays as it stands."""
    small = by_estimator(compared_without_corpus())
    summary, data_sets = _of_data_sets(corpus) if corpus else kept()
    return HEAD + summary + first_part(small) + tables("small samples", small) + data_sets


def first_part(small: Part) -> str:
    """Between the two summaries and the tables: small samples, bounds, published numbers, other programs."""
    bounds = "".join(f"- `{name}`: {bound:g}; {why}.\n" for name, (bound, why) in ITERATED.items())
    published = "".join(f"| {what} | {says} | {ours()} |\n" for what, says, ours in _PUBLISHED)
    head = _summaries("small and degenerate samples, outcomes of two stages", small, "survival/small")
    return f"{head}{BOUNDS}{bounds}{PUBLISHED}{published}{SOURCES}{PEERS}{''.join(_peers())}{WHY}"


def _of_data_sets(corpus: Path) -> tuple[str, str]:
    found = by_estimator(compared_with_corpus(corpus))
    summary = _summaries("data sets of patients and trials", found, "survival/answers_sets")
    return fenced(summary), fenced(tables("data sets", found))


def fenced(text: str) -> str:
    """A part of the page that only the corpus can prove."""
    return f"\n{BEGIN}\n{text}\n{END}\n"


def kept() -> tuple[str, str]:
    """The two fenced parts as they stand on the page."""
    text = PAGE.read_text("utf-8") if PAGE.exists() else fenced("") * 2
    parts = [piece.partition(END)[0] for piece in text.split(BEGIN)[1:]]
    return fenced(parts[0].strip("\n").join("\n\n")), fenced(parts[1].strip("\n").join("\n\n"))


def by_estimator(compared: Iterable[Compared]) -> Part:
    """The answers of each estimator together."""
    answers = sorted(compared, key=lambda one: one.estimator)
    return [(name, list(found)) for name, found in groupby(answers, key=lambda one: one.estimator)]


def _summaries(of: str, part: Part, source: str) -> str:
    answers = [one for _, found in part for one in found]
    count = f"{len({_set(one) for one in answers})} of them, {sum(len(one.pairs()) for one in answers):,} numbers"
    table = "| estimator | questions | data sets | numbers | largest difference | as part of R's number | bound |\n"
    table += "| --- | --- | --- | --- | --- | --- | --- |\n" + "".join(_summary(*group) for group in part)
    return f"\n## Summary: {of}\n\n{count}. {made_by(source)}.\n\n{table}"


def tables(of: str, part: Part) -> str:
    """A table for each estimator."""
    return f"\n## Each answer: {of}\n" + "".join(_table(*group) for group in part)


def _set(one: Compared) -> str:
    return one.of.partition(":")[0]


def _summary(name: str, found: list[Compared]) -> str:
    count = sum(len(one.pairs()) for one in found)
    cells = (f"`{name}`", len(found), len({_set(one) for one in found}), f"{count:,}", differences(found))
    return f"| {' | '.join(map(str, cells))} | {found[0].tolerance:g} |\n"


def _table(name: str, found: list[Compared]) -> str:
    shown = [one for one in found if one.asked.startswith(TOLD_APART) or not _of_an_interval(one)]
    more = (
        "" if len(shown) == len(found) else f" The other intervals ({len(found) - len(shown)} questions) count above."
    )
    head = f"\n### `{name}`\n\n{ASKED[name.removesuffix(' normal')]}{more}\n\n"
    head += (
        "| data | asked | R | ours | difference | as part | numbers |\n| --- | --- | --- | --- | --- | --- | --- |\n"
    )
    return head + "".join(_row(one) for one in shown)


def _of_an_interval(one: Compared) -> bool:
    return one.asked.split(" ")[0] in ("log-log", "log", "plain")


def _row(one: Compared) -> str:
    place = next((i for i, value in enumerate(one.r) if value is not None), 0)
    cells = (one.of, one.asked or "-", written(one.r[place]), written(one.ours[place]), differences([one]))
    return f"| {' | '.join(cells)} | {len(one.pairs())} |\n"


def written(value: float | None) -> str:
    """A number in ten digits, NA where there is none."""
    return "NA" if value is None else f"{value:.{DIGITS}}"


def differences(found: list[Compared]) -> str:
    """The largest difference and the largest as a part of R's number: two cells.

    Each is the power of ten it stays below, so that the last digits of a machine do not change the page; what R finds
    by iteration is not told apart below the bound to which R gets.
    """
    worst = [one.worst() for one in found]
    absolute, relative = max(a for a, _ in worst), max(r for _, r in worst)
    least = 1e-12 if found[0].tolerance == CLOSED else found[0].tolerance
    if relative < least:
        return f"{'rounding' if least == 1e-12 else 'where R stops'} | < {least:.0e}"
    return " | ".join(f"< {10.0 ** ceil(log10(one) + 1e-9):.0e}" for one in (absolute, relative))


def _peers() -> Iterator[str]:
    asked = {(row["id"], row["what"]): row for row in rows("peers/asked")}
    r = {(row["id"], row["what"]): numbers(row["answers"]) for row in rows("peers/r")}
    for row in rows("peers/python"):
        key = (row["id"], row["what"])
        cells = (row["what"], row["id"].replace("_", " "), row["program"], _cell(numbers(row["answers"])))
        yield f"| {' | '.join(cells)} | {_cell(r[key])} | {_cell(our_choice(asked[key]))} |\n"


def _cell(values: Numbers) -> str:
    return ", ".join("NA" if value is None else f"{value:.9g}" for value in values)


def _rate(k: int, n: int) -> Callable[[], str]:
    from trialwright.core.estimation import exact_binomial

    def told() -> str:
        found = exact_binomial(k, n)
        percent = [f"{100 * float(value):.1f}" for value in (found.estimate, found.lower, found.upper)]  # type: ignore[arg-type]
        return f"{percent[0]} % ({percent[1]}, {percent[2]})"

    return told


_PUBLISHED: tuple[tuple[str, str, Callable[[], str]], ...] = (
    (
        "22 of 74, exact interval",
        "29.7 % (19.7, 41.5): FDA approval summary of vorinostat, The Oncologist",
        _rate(22, 74),
    ),
    (
        "9 of 32, exact interval",
        "28 %: Querfeld and others, Blood 2014; the interval is not in its abstract",
        _rate(9, 32),
    ),
)


if __name__ == "__main__":
    named = os.environ.get("TRIALWRIGHT_CORPUS", "")
    PAGE.write_text(page(Path(named) if named else None), encoding="utf-8")
    sys.stdout.write(
        f"{PAGE.name} written{'' if named else ', without the data sets: TRIALWRIGHT_CORPUS names none'}\n"
    )
