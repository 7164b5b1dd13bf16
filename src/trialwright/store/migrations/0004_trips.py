"""A server takes a save in few trips: functions that do what several statements did.

Tables, events and locks are not touched.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations

from trialwright.store.engines.trips import TRIPS


def forwards(apps: Any, schema_editor: Any) -> None:
    """On PostgreSQL, make the functions."""
    if schema_editor.connection.vendor == "postgresql":
        for trip in TRIPS:
            schema_editor.execute(trip.made_by())


def backwards(apps: Any, schema_editor: Any) -> None:
    """Take them away."""
    if schema_editor.connection.vendor == "postgresql":
        for trip in TRIPS:
            schema_editor.execute(f"DROP FUNCTION public.{trip.name}")


class Migration(migrations.Migration):
    """Functions for a save, with the rights of who calls them."""

    dependencies = (("ledger", "0003_redaction"),)
    operations = (migrations.RunPython(forwards, backwards),)
