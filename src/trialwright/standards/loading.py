"""From the names in a protocol to the standards themselves, the study's own concepts and questions merged in.

A standard nobody knows is an error with the near miss, never a default: a trial graded by the wrong version, or by
none, looks right and is wrong. Read `load_standards`, then the three tables.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from importlib.metadata import entry_points
from typing import TypeVar, cast

from trialwright.core.bundle import StagingScheme, Standards
from trialwright.core.protocol import Concept, Kind, StudyProtocol
from trialwright.core.response import ResponseInstrument
from trialwright.core.terms import Finding, Severity
from trialwright.core.toxicity import ToxicityTable
from trialwright.standards.clock import CLOCK
from trialwright.standards.concepts import CONCEPTS
from trialwright.standards.concepts.making import question
from trialwright.standards.ctcae.v3 import CTCAE_3
from trialwright.standards.ctcae.v4 import CTCAE_4_03
from trialwright.standards.ctcae.v5 import CTCAE_5
from trialwright.standards.response.composite import CompositeAssessment
from trialwright.standards.response.lugano import Lugano
from trialwright.standards.response.mswat import SkinAssessment
from trialwright.standards.response.olsen import GlobalResponse
from trialwright.standards.response.recist import Recist
from trialwright.standards.staging.mf_ss import ISCL_EORTC_2007, MFCG
from trialwright.standards.units import UNITS

T = TypeVar("T")

GROUP = "trialwright.standards."
"""A package may bring a standard of its own: an entry point in the group of this name and the kind, by the name a
protocol gives it. Those that come with the program are never replaced."""

TOXICITY: Mapping[str, ToxicityTable] = {
    f"{table.name.lower()}/{table.version}": table for table in (CTCAE_3, CTCAE_4_03, CTCAE_5)
}
INSTRUMENTS: tuple[ResponseInstrument, ...] = (
    CompositeAssessment(),
    SkinAssessment(),
    GlobalResponse(),
    Recist(),
    Lugano(),
)
RESPONSE: Mapping[str, ResponseInstrument] = {one.name: one for one in INSTRUMENTS}
STAGING: Mapping[str, StagingScheme] = {scheme.name: scheme for scheme in (ISCL_EORTC_2007, MFCG)}


def load_standards(protocol: StudyProtocol) -> Standards:
    """The standards a protocol names; one that is not known is None and a finding that forbids running it."""
    named = protocol.standards
    return Standards(
        units=UNITS,
        concepts=concepts_of(protocol),
        toxicity=_named("toxicity", named.toxicity, TOXICITY),
        response=_named("response", named.response, RESPONSE),
        staging=_named("staging", named.staging, STAGING),
        clock=CLOCK,
        findings=(
            *_unknown("toxicity", named.toxicity, TOXICITY),
            *_unknown("response", named.response, RESPONSE),
            *_unknown("staging", named.staging, STAGING),
            *_redefined(protocol),
        ),
    )


def concepts_of(protocol: StudyProtocol) -> Mapping[str, Concept]:
    """The standard concepts, the protocol's questions to people, and the concepts the study brings, which win."""
    asked = {one.id: question(one.id, one.asks) for one in protocol.asks}
    return {**CONCEPTS, **asked, **{concept.id: concept for concept in protocol.concepts}}


def _named(kind: str, name: str | None, known: Mapping[str, T]) -> T | None:
    if name is None or name in known:
        return known[name] if name else None
    brought = entry_points(group=GROUP + kind, name=name)
    return cast(T, next(iter(brought)).load()) if brought else None


def _unknown(kind: str, name: str | None, known: Collection[str]) -> Iterator[Finding]:
    """A standard that is named and not known, with the near miss and all that are known."""
    if name is None or name in known:
        return
    names = sorted({*known, *entry_points(group=GROUP + kind).names})
    if name in names:
        return
    near = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.4)
    yield Finding(
        about=f"standards.{kind}",
        says=f"No {kind} standard is called {name!r}{f'; did you mean {near[0]!r}?' if near else '.'}",
        matters="Nothing can be judged by it and no other version stands in for it, so the protocol cannot be run.",
        do=f"Name one of: {', '.join(names)}.",
    )


def _redefined(protocol: StudyProtocol) -> Iterator[Finding]:
    own = (*protocol.concepts, *(question(one.id, one.asks) for one in protocol.asks))
    for concept in own:
        standard = CONCEPTS.get(concept.id)
        if standard is not None and standard.fields != concept.fields and not _same_question(concept, standard):
            yield Finding(
                about=f"concepts.{concept.id}",
                says=f"The study defines {concept.id} ({concept.label}), a standard concept ({standard.label}).",
                matters="Its own definition is used; a rule that expects the standard's fields or unit may miss them.",
                do="Give the study's concept another id, or leave it out to use the standard one.",
                severity=Severity.WARNING,
            )


def _same_question(concept: Concept, standard: Concept) -> bool:
    """A question in other words is the same question: what is recorded is yes or no."""
    return concept.value.kind is standard.value.kind is Kind.YES_NO and not standard.repeats
