"""`trialwright cases DIR --mutate`: does a case notice when the protocol is a step off at one place?

Every mutant of the latest version is put to the cases, in as many processes as are asked for; what survives is printed
with its place, the change in words, and why. Exit 1 where a survivor is not explained in survivors.yaml or an
explanation is out of date. What is mutated and what notices is decided in `adapters.study.mutation`. Read `mutate`.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import typer

from trialwright.adapters.study import Study, load_study
from trialwright.adapters.study.cases import CaseResult, load_cases, run_case
from trialwright.adapters.study.mutation import (
    Explained,
    Fate,
    Mutant,
    Prover,
    cannot_prove,
    explained_by,
    explanations,
    sampled,
    weighed,
)
from trialwright.cli.output import finish, progress, show, show_json
from trialwright.core.terms import Finding

WIDTH = 108
AT_ONCE = 8
"""So many mutants go to a process at a time."""


def mutate(
    study: Study, results: Sequence[CaseResult], clauses: Sequence[str], sample: int, jobs: int, as_json: bool
) -> NoReturn:
    """Print what became of every mutant, and end."""
    explained, findings = explanations(study.folder)
    findings += cannot_prove(results)
    prover = Prover(study, [one.case for one in results], results)
    if findings:
        finish(answer_is_yes=False, findings=findings)
    chosen = _chosen(prover, clauses, sample)
    fates = _fates(prover, chosen, jobs)
    unexplained, stale = weighed(fates, explained, prover.mutants)
    if as_json:
        show_json(document(prover, fates, explained, stale))
    else:
        show("\n".join(text(prover, fates, explained, len(prover.mutants) - len(chosen))))
    finish(not unexplained and not stale, stale)


def _chosen(prover: Prover, clauses: Sequence[str], sample: int) -> Sequence[Mutant]:
    """All mutants, those of the clauses named, or a sample that is always the same."""
    known = {one.clause for one in prover.mutants}
    for name in clauses:
        if name not in known:
            raise typer.BadParameter(f"no mutant belongs to a clause {name!r} of version {prover.version}.")
    chosen = [one for one in prover.mutants if not clauses or one.clause in clauses]
    return sampled(chosen, sample) if sample else chosen


# --- in processes ----------------------------------------------------------------------------------------------------

_here: dict[str, Prover] = {}
"""The prover of a process: opened once, used for every mutant it is given."""


def _open(folder: Path) -> None:
    study = load_study(folder)
    cases, trial = load_cases(study)[0], study.trial
    assert trial is not None
    _here["prover"] = Prover(study, cases, [run_case(trial, case) for case in cases])


def _fate_of(mutant: Mutant) -> Fate:
    return _here["prover"].fate(mutant)


@contextmanager
def _mapping(prover: Prover, jobs: int) -> Iterator[Any]:
    if jobs == 1:
        yield partial(map, prover.fate)
        return
    with ProcessPoolExecutor(jobs, initializer=_open, initargs=(prover.study.folder,)) as pool:
        yield partial(pool.map, _fate_of, chunksize=AT_ONCE)


def _fates(prover: Prover, chosen: Sequence[Mutant], jobs: int) -> list[Fate]:
    found = []
    with progress("Mutating", len(chosen)) as advance, _mapping(prover, jobs) as mapped:
        for fate in mapped(chosen):
            found.append(fate)
            advance(1)
    return found


# --- for programs ----------------------------------------------------------------------------------------------------


def document(
    prover: Prover, fates: Sequence[Fate], explained: Mapping[str, Explained], stale: Sequence[Finding]
) -> dict[str, Any]:
    """What became of the mutants as one JSON document."""
    count = Counter(one.what for one in fates)
    return {
        "version": prover.version,
        "mutants": len(fates),
        "killed": count["killed"],
        "refused": count["refused"],
        "survived": count["survived"],
        "broke": [_told(one, explained) for one in fates if one.broke],
        "survivors": [_told(one, explained) for one in fates if one.what == "survived"],
        "out_of_date": [one.says for one in stale],
    }


def _told(one: Fate, explained: Mapping[str, Explained]) -> dict[str, Any]:
    reason = explained_by(explained, one.mutant.name)
    return {
        "mutation": one.mutant.name,
        "clause": one.mutant.clause,
        "where": one.mutant.where,
        "because": reason.because if reason else None,
        "why": why(one),
        "case": one.by,
    }


# --- for people ------------------------------------------------------------------------------------------------------


def why(one: Fate) -> str:
    """What the cases say of it: that none names its clause, or that so many do and none sees the difference."""
    if not one.touching:
        return "no case proves this clause"
    told = (
        "1 case proves this clause and does not see"
        if one.touching == 1
        else f"{one.touching} cases prove this clause and none sees"
    )
    return f"{told} the difference"


def text(prover: Prover, fates: Sequence[Fate], explained: Mapping[str, Explained], left_out: int) -> Iterator[str]:
    """How many there are and what became of them; then each survivor, those without a reason first."""
    count = Counter(one.what for one in fates)
    yield f"version {prover.version}: {len(fates)} mutants" + f" ({left_out} more were not asked for)" * bool(left_out)
    yield f"  {count['killed']} killed by a case"
    yield f"  {count['refused']} refused by the loader"
    survivors = [one for one in fates if one.what == "survived"]
    known = sum(bool(explained_by(explained, one.mutant.name)) for one in survivors)
    yield f"  {len(survivors)} survive, {known} of them explained"
    for one in sorted(survivors, key=lambda each: bool(explained_by(explained, each.mutant.name))):
        reason = explained_by(explained, one.mutant.name)
        yield ""
        yield from _folded(f"{one.mutant.where}  {one.mutant.name}", "  ")
        yield from _folded(reason.because if reason else f"NOT EXPLAINED: {why(one)}", "      ")
    for one in fates:
        if one.broke:
            yield ""
            yield from _folded(
                f"{one.mutant.where}  {one.mutant.name}: the loader let it through and {one.by!r} broke", "  "
            )


def _folded(line: str, indent: str) -> Iterator[str]:
    yield from textwrap.wrap(line, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ")
