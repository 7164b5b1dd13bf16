"""`trialwright cases DIR [FILE…]`: a study's worked patients through the real rules; a protocol author's tests.

Each case that fails says what was expected, what came out and by which clause. `--coverage` lists the clauses that
decide something, each with the cases that prove it, and those that no case proves; `--mutate` puts the protocol a step
off at each place and lists what no case notices (`cases_mutated`). Exit 1 where a case fails or a file cannot be read.
What a case may say is decided in `adapters.study.cases`. Read `command`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from trialwright.adapters.study import load_study
from trialwright.adapters.study.cases import CaseResult, Difference, coverage, load_cases, run_case
from trialwright.cli.cases_mutated import mutate
from trialwright.cli.options import StudyFolder
from trialwright.cli.output import AsJson, finish, progress, show, show_json

Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[FILE]...", exists=True, dir_okay=False, help="Case files; else all.", show_default=False),
]
Coverage = Annotated[bool, typer.Option("--coverage", help="List the clauses with the cases that prove them.")]
Mutated = Annotated[bool, typer.Option("--mutate", help="Put the protocol a step off; list what no case notices.")]
OfClause = Annotated[
    list[str] | None,
    typer.Option("--clause", metavar="ID", help="With --mutate: only mutants of this clause.", show_default=False),
]
Sample = Annotated[
    int, typer.Option("--sample", min=0, metavar="N", help="With --mutate: only so many, always the same; 0 is all.")
]
Jobs = Annotated[int, typer.Option("--jobs", min=1, metavar="N", help="With --mutate: in so many processes.")]
WIDTH = 96


def command(
    folder: StudyFolder,
    files: Files = None,
    with_coverage: Coverage = False,
    mutated: Mutated = False,
    of_clause: OfClause = None,
    sample: Sample = 0,
    jobs: Jobs = 2,
    as_json: AsJson = False,
) -> None:
    """Run a study's worked patients."""
    if mutated and (files or with_coverage):
        raise typer.BadParameter("--mutate asks all cases; leave out the files and --coverage.")
    study = load_study(folder)
    cases, findings = load_cases(study, files or ())
    trial = study.trial
    if findings or trial is None:
        finish(answer_is_yes=False, findings=findings)
    with progress("Running cases", len(cases)) as advance:
        results = []
        for case in cases:
            results.append(run_case(trial, case))
            advance(1)
    if mutated:
        mutate(study, results, of_clause or (), sample, jobs, as_json)
    proved = coverage(trial.versions[trial.latest], results) if with_coverage else None
    if as_json:
        show_json(document(results, proved))
    else:
        show("\n".join(text(results, proved)))
    finish(all(one.passed for one in results), (found for one in results for found in one.findings))


# --- for programs --------------------------------------------------------------------------------------------------


def document(results: Sequence[CaseResult], proved: Mapping[str, Sequence[str]] | None) -> dict[str, Any]:
    """The results as one JSON document; `coverage` is null where it was not asked for."""
    passed = sum(one.passed for one in results)
    return {
        "passed": passed,
        "failed": len(results) - passed,
        "cases": [_case(one) for one in results],
        "coverage": proved,
        "unproved": None if proved is None else [clause for clause, names in proved.items() if not names],
    }


def _case(one: CaseResult) -> dict[str, Any]:
    return {
        "name": one.case.name,
        "where": one.case.where,
        "version": one.case.version,
        "passed": one.passed,
        "differences": [_difference(each) for each in one.differences],
        "findings": [asdict(each) for each in one.findings],
        "proves": list(one.proves),
    }


def _difference(one: Difference) -> dict[str, Any]:
    because = [{"clause": each.clause, "quote": each.words, "saw": each.saw} for each in one.because]
    return {"word": one.word, "expected": one.expected, "got": one.got, "because": because, "where": one.where}


# --- for people ----------------------------------------------------------------------------------------------------


def text(results: Sequence[CaseResult], proved: Mapping[str, Sequence[str]] | None) -> Iterator[str]:
    """Every case in one line, a failed one with its differences; then the clauses, where they were asked for."""
    for file in dict.fromkeys(one.case.file for one in results):
        yield file
        for one in results:
            if one.case.file == file:
                yield from _lines(one)
    failed = sum(not one.passed for one in results)
    yield ""
    yield f"{len(results) - failed} of {len(results)} cases come out as expected" + (f"; {failed} fail" * bool(failed))
    if proved is not None:
        yield from _coverage(proved)


def _lines(one: CaseResult) -> Iterator[str]:
    yield f"  {'ok    ' if one.passed else 'FAILED'}  {one.case.name}"
    for each in one.differences:
        yield f"          {each.where}"
        yield from _folded(f"{each.word}: expected {each.expected}")
        yield from _folded(f"{' ' * len(each.word)}       got {each.got}")
        yield from _reasons(each)


def _reasons(one: Difference) -> Iterator[str]:
    for clause in dict.fromkeys(each.clause for each in one.because if each.clause):
        quotes = [each.words for each in one.because if each.clause == clause and each.words]
        yield from _folded(f"by clause {clause}" + (f': "{quotes[0]}"' if quotes else ""))


def _folded(line: str) -> Iterable[str]:
    return textwrap.wrap(line, WIDTH, initial_indent=" " * 10, subsequent_indent=" " * 14, drop_whitespace=False)


def _coverage(proved: Mapping[str, Sequence[str]]) -> Iterator[str]:
    left = [clause for clause, names in proved.items() if not names]
    yield ""
    yield f"{len(proved) - len(left)} of {len(proved)} clauses that decide something are proved by a case"
    for clause, names in proved.items():
        for place, name in enumerate(names):
            yield f"  {clause if place == 0 else '':<28}{name}"
    if left:
        yield ""
        yield f"No case proves ({len(left)})"
        yield from textwrap.wrap(", ".join(left), WIDTH, initial_indent="  ", subsequent_indent="  ")
