"""Which pages a study has something for: no page of specimens, of drugs or of limits stands in a menu where none is.

Told from the protocol alone, of any version, so that what an earlier version had is still found. The address stays: who
may read the page may, and finds it empty. Read `has`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from trialwright.core.conduct import Trial
from trialwright.core.protocol import StudyProtocol


def _specimens(trial: Trial, version: str) -> bool:
    return bool(trial.versions[version].specimens)


def _drugs(trial: Trial, version: str) -> bool:
    return bool(trial.versions[version].regimen)


def _limits(trial: Trial, version: str) -> bool:
    """Whether a value is collected that a laboratory gives limits for."""
    concepts = trial.standards[version].concepts
    return any(concepts[name].reference_range for name in _collected(trial.versions[version]) if name in concepts)


def _collected(protocol: StudyProtocol) -> frozenset[str]:
    return frozenset(name for encounter in protocol.encounters for name in encounter.collect)


NEEDS: Mapping[str, Callable[[Trial, str], bool]] = {
    "specimens": _specimens,
    "subject-specimens": _specimens,
    "capsules": _drugs,
    "capsules-of": _drugs,
    "dose": _drugs,
    "ranges": _limits,
}
"""What a page is about that not every study has."""


def has(trial: Trial, page: str) -> bool:
    """Whether the study has what a page is about; a page that every study has always is."""
    need = NEEDS.get(page)
    return need is None or any(_kept(trial, version, page, need) for version in trial.versions)


def _kept(trial: Trial, version: str, page: str, need: Callable[[Trial, str], bool]) -> bool:
    """Told once for a protocol, which never changes."""
    kept = trial.versions[version].kept
    key = f"has {page}"
    if key not in kept:
        kept[key] = need(trial, version)
    return bool(kept[key])
