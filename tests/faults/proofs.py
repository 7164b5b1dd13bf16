"""The proofs by name, in the order in which they are run."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from importlib import import_module
from unittest import mock

from faults.evidence import Evidence

PROOFS: Mapping[str, str] = {
    "kill-sqlite": "kill.on_sqlite",
    "kill-postgresql": "kill.on_postgresql",
    "power": "power.prove",
    "injected": "injected.prove",
    "disk-full": "diskfull.prove",
    "writers-sqlite": "writers.on_sqlite",
    "writers-postgresql": "writers.on_postgresql",
    "append-only-sqlite": "appendonly.file_only",
    "append-only-postgresql": "appendonly.server_only",
    "tampering": "tampering.prove",
    "restore": "restoring.prove",
    "upgrade": "upgrading.prove",
    "scale": "scale.prove",
    "application-kill-sqlite": "application.killing.on_sqlite",
    "application-kill-postgresql": "application.killing.on_postgresql",
    "application-writers-sqlite": "application.crowding.on_sqlite",
    "application-writers-postgresql": "application.crowding.on_postgresql",
    "application-disk-full": "application.filling.prove",
    "application-disk-errors-sqlite": "application.disks.on_sqlite",
    "application-disk-errors-postgresql": "application.disks.on_postgresql",
    "application-soak-sqlite": "application.soaking.on_sqlite",
    "application-soak-postgresql": "application.soaking.on_postgresql",
    "application-access": "access.prove",
    "application-audit": "access.audit",
    "application-identifiers": "access.identifiers",
    "application-hostile": "access.hostile",
}
APART = tuple(name for name in PROOFS if name.startswith("application-"))
"""Proofs of the whole web application, whose quick tier takes a minute each: CI runs them by themselves."""


def prove(name: str, size: str, seed: int = 1) -> Evidence:
    """Run one proof, quick or full."""
    module, _, function = PROOFS[name].rpartition(".")
    proof: Callable[[str, int], Evidence] = getattr(import_module(f"faults.{module}"), function)
    with mock.patch.dict(os.environ):
        for mine in [each for each in os.environ if each.startswith("TRIALWRIGHT_")]:
            del os.environ[mine]  # never the ledger, the key or the anchors of whoever runs this
        return proof(size, seed)
