"""A mutant -> refused by the loader, killed by a case, or survived; the cases likely to notice are asked first.

A case notices where it no longer comes out as expected. A case that breaks, or comes to no end, on a mutant the loader
let through is told apart: there the loader lets through what cannot be run. Read `Prover.fate`.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from trialwright.adapters.study.cases import CaseResult, WorkedCase, run_case
from trialwright.adapters.study.loading import Study
from trialwright.adapters.study.loading_checks import CHECKS
from trialwright.adapters.study.loading_look import Look
from trialwright.adapters.study.loading_quotes import check_quotes
from trialwright.adapters.study.loading_shape import shaped
from trialwright.adapters.study.mutation.mutants import PREFIXED, UNHEARD, Mutant, mutants_of
from trialwright.adapters.study.positions import Document
from trialwright.core.conduct import Trial
from trialwright.core.protocol import StudyProtocol
from trialwright.core.terms import Finding, Severity
from trialwright.standards import load_standards

REFUSED, KILLED, SURVIVED = "refused", "killed", "survived"
LAST = 12
"""So many of the cases that noticed the mutants before are asked first."""
PATIENCE = 10.0
"""So many seconds of computing one case may take; it needs a few hundredths."""


@dataclass(frozen=True)
class Fate:
    """What became of a mutant: by which case or finding, and how many cases were asked that name its clause."""

    mutant: Mutant
    what: str
    by: str = ""
    broke: bool = False
    touching: int = 0


def cannot_prove(results: Sequence[CaseResult]) -> list[Finding]:
    """Cases that fail already: nothing can be told by them of a mutant."""
    return [
        Finding(
            about="cases",
            says=f"{one.case.name!r} does not come out as expected as the protocol stands.",
            matters="A mutant can only be told by cases that the protocol itself passes.",
            do="Settle `trialwright cases` first.",
            where=one.case.where,
        )
        for one in results
        if not one.passed
    ]


@dataclass
class Prover:
    """The cases of a study against mutants of its latest protocol version."""

    study: Study
    cases: Sequence[WorkedCase]
    results: Sequence[CaseResult]
    _noticed: list[tuple[str, str, str]] = field(default_factory=list)
    """Which case noticed a mutant of which part and clause, the last one first."""

    @cached_property
    def trial(self) -> Trial:
        """The study as it stands."""
        trial = self.study.trial
        assert trial is not None, "a study with an error among its findings has no cases"
        return trial

    @property
    def version(self) -> str:
        """The version that is mutated."""
        return self.trial.latest

    @cached_property
    def document(self) -> Document:
        """The protocol file as the loader fitted it to what is wanted, without the parts no answer comes from."""
        _, read, _ = shaped(self.study.documents[self.version])
        return read.copied({key: one for key, one in read.data.items() if key not in UNHEARD})

    @cached_property
    def mutants(self) -> tuple[Mutant, ...]:
        """Every mutant of the protocol, in the order of its file."""
        return mutants_of(self.document)

    @cached_property
    def _as_it_is(self) -> StudyProtocol:
        """The protocol as it stands, read like a mutant."""
        protocol, problem = self._read(self.document.data)
        assert protocol is not None, problem
        return protocol

    def fate(self, mutant: Mutant) -> Fate:
        """What becomes of a mutant."""
        protocol, problem = self._read(mutant.data(self.document.data))
        if protocol is None:
            return Fate(mutant, REFUSED, problem)
        if protocol == self._as_it_is:
            return Fate(mutant, REFUSED, "it means the same")
        trial = self._with(protocol)
        concerned = self._concerned(mutant)
        touching = sum(bool(concerned & set(one.proves)) for one in self.results)
        for case in self._in_order(mutant):
            noticed, broke = _notices(trial, case)
            if noticed:
                self._noticed.insert(0, (str(mutant.path[0]), mutant.clause, case.name))
                return Fate(mutant, KILLED, case.name, broke, touching)
        return Fate(mutant, SURVIVED, touching=touching)

    def _read(self, data: Any) -> tuple[StudyProtocol | None, str]:
        """The protocol as the loader reads it, or why it does not; quotes are as they were and not looked up again."""
        document = Document(self.document.name, data)
        protocol, read, findings = shaped(document)
        if protocol is not None and not findings:
            look = Look(protocol, read, document, None)
            findings = [one for check in CHECKS if check is not check_quotes for one in check(look)]
        wrong = [one for one in findings if one.severity is Severity.ERROR]
        return (None, wrong[0].says) if wrong or protocol is None else (protocol, "")

    def _with(self, protocol: StudyProtocol) -> Trial:
        versions = {**self.trial.versions, self.version: protocol}
        standards = {**self.trial.standards, self.version: load_standards(protocol)}
        return replace(self.trial, versions=versions, standards=standards)

    def _in_order(self, mutant: Mutant) -> Sequence[WorkedCase]:
        """The cases that noticed a mutant of the clause before, that prove a clause concerned, that noticed one of the
        same part of the protocol, that stand in the same files; then the others."""
        concerned = self._concerned(mutant)
        files = {one.case.file for one in self.results if concerned & set(one.proves)}
        of_clause = [name for _, clause, name in self._noticed if clause == mutant.clause][:LAST]
        of_part = [name for part, _, name in self._noticed if part == mutant.path[0]][:LAST]

        def rank(one: CaseResult) -> tuple[bool, ...]:
            name, named = one.case.name, concerned & set(one.proves)
            return name not in of_clause, not named, name not in of_part, one.case.file not in files

        ranked = sorted(self.results, key=rank)
        return [one.case for one in ranked if one.case.version == self.version or "moves" in one.case.given]

    def _concerned(self, mutant: Mutant) -> frozenset[str]:
        """The clause of a mutant; for a set or a question every clause that names it, straight or through a set."""
        if mutant.path[0] not in PREFIXED:
            return frozenset({mutant.clause})
        named, grown = {mutant.clause.partition(" ")[2]}, True
        while grown:
            more = {name for name, words in self._words_of.items() if words & named} - named
            named, grown = named | more, bool(more)
        return frozenset(named)

    @cached_property
    def _words_of(self) -> dict[str, frozenset[str]]:
        """Every word that stands under a thing with an id, itself and what lies within."""
        found: dict[str, frozenset[str]] = {}
        _words(self.document.data, found)
        return found


def _words(node: Any, into: dict[str, frozenset[str]]) -> frozenset[str]:
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    words = frozenset({node}) if isinstance(node, str) else frozenset().union(*(_words(one, into) for one in parts))
    if isinstance(node, dict) and "id" in node:
        into[str(node["id"])] = words - {node["id"]}
    return words


def _notices(trial: Trial, case: WorkedCase) -> tuple[bool, bool]:
    """Whether a case comes out otherwise, and whether it broke."""
    try:
        with _broken_off_after(PATIENCE):
            return not run_case(trial, case).passed, False
    except Exception:  # whatever a mutated protocol brings about is what is asked here
        return True, True


class Endless(Exception):
    """A case comes to no end on a mutant."""


@contextmanager
def _broken_off_after(seconds: float) -> Iterator[None]:
    """Breaks off what goes on for ever, where the system counts computing time: not on Windows, nor in a thread."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _break_off)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _break_off(*_: object) -> None:
    raise Endless(f"no end after {PATIENCE:g} seconds of computing")
