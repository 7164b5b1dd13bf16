"""survivors.yaml beside the cases: which mutants survive and why they may; and what in it is out of date.

    - because: The kind of an arm is printed in the trial's documents; no dose, visit or verdict reads it.
      mutations:
        - "placebo: type: placebo comparator becomes sham comparator"
        - "*: type: without experimental"

A star stands for any words, for what survives everywhere for one reason. An explanation is out of date where no
survivor bears its name: the mutant is no more, is refused, or is killed by a case. Read `weighed`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trialwright.adapters.study.mutation.mutants import Mutant
from trialwright.adapters.study.mutation.proving import SURVIVED, Fate
from trialwright.adapters.study.positions import LARGEST_FILE, Document, read_yaml
from trialwright.core.terms import Finding

FILE = "survivors.yaml"
MATTERS = "What survives without a reason is a number or a word of the protocol that no case would miss."


@dataclass(frozen=True)
class Explained:
    """Why a mutant may survive, and where that is written."""

    mutation: str
    because: str
    where: str

    def fits(self, name: str) -> bool:
        """Whether it speaks of the mutant of this name; a star stands for any words."""
        return re.fullmatch(".*".join(re.escape(one) for one in self.mutation.split("*")), name) is not None


def explanations(folder: Path) -> tuple[dict[str, Explained], list[Finding]]:
    """What a study explains, by the name of the mutation; nothing where it has no such file."""
    file = folder / FILE
    if not file.is_file():
        return {}, []
    with file.open("rb") as stream:
        document, findings = read_yaml(stream.read(LARGEST_FILE + 1), file.name)
    if findings or not isinstance(document.data, list):
        return {}, findings or [_wrong(document, (), "The file is a list, each with because and mutations.")]
    found: dict[str, Explained] = {}
    for place, part in enumerate(document.data):
        findings += _read(document, place, part, found)
    return found, findings


def _read(document: Document, place: int, part: Any, found: dict[str, Explained]) -> list[Finding]:
    if not isinstance(part, Mapping) or set(part) != {"because", "mutations"} or not str(part["because"] or "").strip():
        return [_wrong(document, (place,), "An explanation has because, a sentence, and mutations, a list.")]
    if not isinstance(part["mutations"], list) or not part["mutations"]:
        return [_wrong(document, (place, "mutations"), "The mutations are a list of those that `--mutate` prints.")]
    findings = []
    for number, name in enumerate(part["mutations"]):
        path = (place, "mutations", number)
        if str(name) in found:
            findings.append(_wrong(document, path, f"{name!r} is explained twice."))
        found[str(name)] = Explained(str(name), str(part["because"]), document.where(path))
    return findings


def _wrong(document: Document, path: tuple[str | int, ...], says: str) -> Finding:
    do = "docs/reference/mutation.md shows how it is written."
    return Finding(about=FILE, says=says, matters=MATTERS, do=do, where=document.where(path))


def explained_by(explained: Mapping[str, Explained], name: str) -> Explained | None:
    """Why a mutant may survive; None where nobody says it."""
    own = explained.get(name)
    return own or next((one for one in explained.values() if "*" in one.mutation and one.fits(name)), None)


def weighed(
    fates: Sequence[Fate], explained: Mapping[str, Explained], all_mutants: Sequence[Mutant]
) -> tuple[list[Fate], list[Finding]]:
    """The survivors nobody explains, and the explanations that are out of date."""
    unexplained = [one for one in fates if one.what == SURVIVED and explained_by(explained, one.mutant.name) is None]
    stale = [finding for one in explained.values() if (finding := _out_of_date(one, fates, all_mutants))]
    return unexplained, stale


def _out_of_date(one: Explained, fates: Sequence[Fate], all_mutants: Sequence[Mutant]) -> Finding | None:
    """What is wrong with an explanation; nothing where it explains a survivor, or one that was not asked for."""
    named = {each.name for each in all_mutants if one.fits(each.name)}
    asked = {each.mutant.name: each for each in fates if each.mutant.name in named}
    if not named:
        return _stale(one, "there is no such mutation any more")
    if len(asked) < len(named) or any(each.what == SURVIVED for each in asked.values()):
        return None
    return _stale(one, "; ".join(dict.fromkeys(f"it is {each.what}: {each.by}" for each in asked.values())))


def _stale(one: Explained, why: str) -> Finding:
    says = f"The explanation of {one.mutation!r} is out of date: {why}."
    return Finding(about=FILE, says=says, matters=MATTERS, do="Take it out.", where=one.where)


def sampled(mutants: Iterable[Mutant], count: int) -> tuple[Mutant, ...]:
    """So many of them, always the same: a clause added to the protocol changes little of the choice."""
    ranked = sorted(mutants, key=lambda one: hashlib.sha256(one.name.encode()).hexdigest())
    return tuple(ranked[:count])
