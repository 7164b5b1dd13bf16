"""Accounts that a backup brought: taken in once, when the study is served next, and only where there are none.

The rows lie beside a restored ledger (`store.keeping.accounts`). Nobody is signed in by them: sessions are not in a
backup. Whoever was deactivated meanwhile stays so, since the ledger says it. Read `take_in`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connections, models, transaction
from django.utils.timezone import is_naive

from trialwright.adapters.edc.models import Account
from trialwright.store.keeping.accounts import LINES, TABLES

ALIAS = "default"


def take_in(folder: Path) -> Iterator[str]:
    """Take in the accounts that lie there, whole or not at all, and say so; the file goes once they are in."""
    file = folder / LINES
    if not file.is_file():
        return
    if Account.objects.exists():
        yield f"{file}: left as it is, since there are accounts already. Remove it if it is of no use."
        return
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    with transaction.atomic(ALIAS):
        for table in TABLES:
            _put([row for row in rows if row["table"] == table], _model(table))
    file.unlink()
    yield f"{Account.objects.count()} people can sign in as when the backup was made."


def _model(table: str) -> type[models.Model]:
    return next(one for one in apps.get_models() if one._meta.db_table == table)


def _put(rows: list[dict[str, Any]], model: type[models.Model]) -> None:
    """The rows under their own numbers; the next one gets a number that none of them has."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    made = [model(**{name: _value(fields[name], row[name]) for name in row if name in fields}) for row in rows]
    model._default_manager.using(ALIAS).bulk_create(made)
    connection = connections[ALIAS]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)


def _value(field: models.Field[Any, Any], told: Any) -> Any:
    """A value as the field keeps it."""
    if isinstance(field, models.JSONField):
        return json.loads(told) if isinstance(told, str) else told
    value = field.to_python(told)
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and is_naive(value) else value
