"""Stage groups of mycosis fungoides/Sézary syndrome from T, N, M and B as recorded, by scheme.

ISCL/EORTC 2007 (Olsen et al., Blood 2007;110:1713; kept by AJCC 7 and 8 and TNM 9) and the scheme of the Mycosis
Fungoides Cooperative Group before it, in which blood does not alter the stage. A class that is not known is not
guessed: every stage it can be is told. Read `stages`, then the tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product

from trialwright.core.subject import Case, Observation, observations
from trialwright.core.terms import Finding, Severity

CLASSES: Mapping[str, tuple[str, ...]] = {
    "T": ("1", "2", "3", "4"),
    "N": ("0", "1", "2", "3"),
    "M": ("0", "1"),
    "B": ("0", "1", "2"),
}
"""The classes of each axis, T skin, N nodes, M viscera, B blood; a and b after a class do not alter the stage."""

CONCEPT_OF: Mapping[str, str] = {
    "T": "tumor_class",
    "N": "node_class",
    "M": "metastasis_class",
    "B": "blood_class",
}
"""The concept each class is recorded under."""

Row = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Scheme:
    """Rows of stage, T, N, M, B, each the classes that fit; the first row that fits is the stage.

    `abnormal_nodes` are the classes that nodes abnormal to the hand can have, before histology tells.
    """

    name: str
    rows: tuple[Row, ...]
    abnormal_nodes: tuple[str, ...]

    def __call__(self, recorded: Mapping[str, str]) -> tuple[str, ...]:
        """The stage, or every stage it can be."""
        return stages(self, recorded)

    def findings(self, case: Case, on: date) -> tuple[Finding, ...]:
        """Where the latest stage recorded is none that the classes recorded up to that day can be."""
        noted = [one for one in observations(case.record, "stage", on) if one.text("value")]
        recorded = recorded_classes(case, noted[-1].on.latest) if noted else {}
        possible = stages(self, recorded) if recorded else ()
        if not possible or noted[-1].text("value") in possible:
            return ()
        return (_disagreement(noted[-1], recorded, possible, self.name),)


ISCL_EORTC_2007 = Scheme(
    "mf-ss/iscl-eortc-2007",
    (
        # stage  T       N       M    B
        ("IVB", "1234", "0123", "1", "012"),
        ("IVA2", "1234", "3", "0", "012"),
        ("IVA1", "1234", "012", "0", "2"),
        ("IIIB", "4", "012", "0", "1"),
        ("IIIA", "4", "012", "0", "0"),
        ("IIB", "3", "012", "0", "01"),
        ("IIA", "12", "12", "0", "01"),
        ("IB", "2", "0", "0", "01"),
        ("IA", "1", "0", "0", "01"),
    ),
    abnormal_nodes=("1", "2", "3"),
)
MFCG = Scheme(
    "mf-ss/mfcg",
    (
        ("IVB", "1234", "0123", "1", "012"),
        ("IVA", "1234", "23", "0", "012"),
        ("III", "4", "01", "0", "012"),
        ("IIB", "3", "01", "0", "012"),
        ("IIA", "12", "1", "0", "012"),
        ("IB", "2", "0", "0", "012"),
        ("IA", "1", "0", "0", "012"),
    ),
    abnormal_nodes=("1", "3"),
)


def stages(scheme: Scheme, recorded: Mapping[str, str]) -> tuple[str, ...]:
    """The stage from the classes as recorded, or, where a class is not known, every stage it can be, lowest first.

    >>> stages(ISCL_EORTC_2007, {"T": "T2a", "N": "N0", "M": "M0", "B": "B1"})
    ('IB',)
    >>> stages(ISCL_EORTC_2007, {"T": "T1", "N": "Nx", "M": "M0", "B": "B0"})
    ('IIA', 'IVA2')
    """
    known = [_possible(axis, recorded.get(axis, ""), scheme) for axis in CLASSES]
    found = {_stage(scheme, classes) for classes in product(*known)}
    return tuple(row[0] for row in reversed(scheme.rows) if row[0] in found)


def recorded_classes(case: Case, on: date) -> Mapping[str, str]:
    """T, N, M and B as last recorded up to a day; what was not recorded is not in it."""
    told = {axis: observations(case.record, concept, on) for axis, concept in CONCEPT_OF.items()}
    return {axis: seen[-1].text("value") for axis, seen in told.items() if seen and seen[-1].text("value")}


def _disagreement(noted: Observation, recorded: Mapping[str, str], possible: tuple[str, ...], scheme: str) -> Finding:
    return Finding(
        about=noted.event.id,
        says=f"Stage {noted.text('value')} was recorded; {' '.join(recorded.values())} is {' or '.join(possible)}.",
        matters=f"By {scheme} one of the two is wrong, and what depends on the stage rests on the one recorded.",
        do="Correct the stage or the class that is wrong.",
        severity=Severity.WARNING,
    )


def _stage(scheme: Scheme, classes: Iterable[str]) -> str:
    seen = tuple(classes)
    return next(row[0] for row in scheme.rows if all(one in fits for one, fits in zip(seen, row[1:], strict=True)))


def _possible(axis: str, recorded: str, scheme: Scheme) -> tuple[str, ...]:
    """The classes an entry can mean: one, or all of the axis where it tells none; abnormal nodes are not N0."""
    entry = recorded.strip().upper().removeprefix(axis)
    if axis == "N" and entry == "X":
        return scheme.abnormal_nodes
    found = re.fullmatch(r"(\d)[AB]?", entry)
    return (found[1],) if found and found[1] in CLASSES[axis] else CLASSES[axis]
