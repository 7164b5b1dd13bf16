"""What the server loads; the tables are made where they are not there."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.peers.minimal.settings")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()


def _tables() -> None:
    from benchmarks.peers.minimal.models import AuditRow, Form
    from django.db import connection

    there = connection.introspection.table_names()
    with connection.schema_editor() as editor:
        for model in (Form, AuditRow):
            if model._meta.db_table not in there:
                editor.create_model(model)


_tables()
