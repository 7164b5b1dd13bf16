"""The proofs by name, in the order in which they are run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from faults.evidence import Evidence

MODULES: Mapping[str, str] = {
    "kill-sqlite": "kill",
    "writers-sqlite": "writers",
    "power": "power",
    "injected": "injected",
    "disk-full": "diskfull",
    "tampering": "tampering",
}


def prove(name: str, size: str, seed: int = 1) -> Evidence:
    """Run one proof, quick or full."""
    proof: Callable[[str, int], Evidence] = import_module(f"faults.{MODULES[name]}").prove
    return proof(size, seed)
