"""The standards a protocol goes by, handed to the core as one value: units, concepts, grade table, response instrument.

Nothing is looked up here; `standards.load_standards` makes the bundle from the names in the protocol.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from trialwright.core.protocol import Concept
from trialwright.core.response import ResponseInstrument
from trialwright.core.terms import Finding, UnitTable
from trialwright.core.toxicity import ToxicityTable

StagingScheme = Callable[[Mapping[str, str]], tuple[str, ...]]
"""T, N, M and B as recorded -> the stage, or every stage it can be."""


@dataclass(frozen=True)
class Standards:
    """What the protocol's standards bring; a study that names no grade table or instrument has None there.

    `findings` say which standards could not be had; with an error among them the protocol must not be run.
    """

    units: UnitTable
    concepts: Mapping[str, Concept]
    toxicity: ToxicityTable | None = None
    response: ResponseInstrument | None = None
    staging: StagingScheme | None = None
    findings: tuple[Finding, ...] = ()
