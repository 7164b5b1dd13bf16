"""Bringing the tables up to date, whole or not at all; nothing that was recorded is touched.

On a server all of it is one transaction, one process after the other: Django by itself notes a migration that has
deferred statements only after that migration's transaction, so that a process killed in between left tables that nobody
could make again. SQLite defers nothing, and each migration is noted with what it made.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from trialwright.store.engines.values import FOUNDING

OF_THE_LEDGER = ("ledger",)
"""The application whose tables are the ledger's; what else a process has installed is kept elsewhere."""


def migrate(alias: str, apps: tuple[str, ...] = OF_THE_LEDGER) -> list[str]:
    """Run the migrations of these applications that have not run yet, and say which."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    with _whole(alias):
        executor = MigrationExecutor(connections[alias])
        targets = [node for app in apps for node in executor.loader.graph.leaf_nodes(app)]
        plan = [migration.name for migration, _ in executor.migration_plan(targets)]
        if plan:
            executor.migrate(targets)
    return plan


@contextmanager
def _whole(alias: str) -> Iterator[None]:
    """One transaction under the server's lock; a killed process's own statements end before the lock is had."""
    from django.db import connections, transaction

    if connections[alias].vendor != "postgresql":
        yield
        return
    with transaction.atomic(using=alias):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [FOUNDING])
        yield


def waiting(alias: str) -> list[str]:
    """The migrations that have not run yet."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections[alias])
    targets = [node for app in OF_THE_LEDGER for node in executor.loader.graph.leaf_nodes(app)]
    return [migration.name for migration, _ in executor.migration_plan(targets)]
