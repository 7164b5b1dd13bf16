"""Bringing the tables up to date; nothing that was recorded is touched."""

from __future__ import annotations


def migrate(alias: str) -> list[str]:
    """Run the migrations that have not run yet, and say which."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections[alias])
    targets = executor.loader.graph.leaf_nodes()
    plan = [migration.name for migration, _ in executor.migration_plan(targets)]
    if plan:
        executor.migrate(targets)
    return plan


def waiting(alias: str) -> list[str]:
    """The migrations that have not run yet."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections[alias])
    return [migration.name for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
