"""The tables of the ledger."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = ()

    operations = (
        migrations.CreateModel(
            name="LedgerCheckpoint",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "chain_id", "size", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("chain_id", models.TextField()),
                ("size", models.BigIntegerField()),
                ("root", models.BinaryField()),
                ("note", models.TextField()),
                ("anchored_to", models.TextField(null=True)),
                ("anchored_at", models.TextField(null=True)),
            ],
            options={
                "db_table": "ledger_checkpoint",
            },
        ),
        migrations.CreateModel(
            name="LedgerHead",
            fields=[
                ("chain_id", models.TextField(primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField()),
                ("hash", models.BinaryField()),
                ("frontier", models.BinaryField()),
            ],
            options={
                "db_table": "ledger_head",
            },
        ),
        migrations.CreateModel(
            name="LedgerMeta",
            fields=[
                ("key", models.TextField(primary_key=True, serialize=False)),
                ("value", models.TextField()),
            ],
            options={
                "db_table": "ledger_meta",
            },
        ),
        migrations.CreateModel(
            name="LedgerPayload",
            fields=[
                ("event_id", models.TextField(primary_key=True, serialize=False)),
                ("salt", models.BinaryField(null=True)),
                ("body", models.TextField(null=True)),
            ],
            options={
                "db_table": "ledger_payload",
            },
        ),
        migrations.CreateModel(
            name="ProjectionSubject",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "chain_id", "stream_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("chain_id", models.TextField()),
                ("stream_id", models.TextField()),
                ("stream_version", models.BigIntegerField()),
                ("last_seq", models.BigIntegerField()),
                ("last_hash", models.BinaryField()),
                ("status", models.TextField(null=True)),
            ],
            options={
                "db_table": "projection_subject",
            },
        ),
        migrations.CreateModel(
            name="StoredText",
            fields=[
                ("sha256", models.TextField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("text", models.TextField()),
            ],
            options={
                "db_table": "stored_text",
            },
        ),
        migrations.CreateModel(
            name="LedgerEvent",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "chain_id", "seq", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("chain_id", models.TextField()),
                ("seq", models.BigIntegerField()),
                ("event_id", models.TextField(unique=True)),
                ("submission_id", models.TextField()),
                ("part", models.IntegerField()),
                ("stream_id", models.TextField()),
                ("stream_version", models.BigIntegerField()),
                ("header", models.TextField()),
                ("payload_commit", models.BinaryField()),
                ("prev_hash", models.BinaryField()),
                ("hash", models.BinaryField()),
            ],
            options={
                "db_table": "ledger_event",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("chain_id", "submission_id", "part"), name="ledger_event_submission"
                    ),
                    models.UniqueConstraint(
                        fields=("chain_id", "stream_id", "stream_version"), name="ledger_event_stream"
                    ),
                    models.CheckConstraint(condition=models.Q(("seq__gt", 0)), name="ledger_event_seq"),
                    models.CheckConstraint(condition=models.Q(("part__gte", 0)), name="ledger_event_part"),
                    models.CheckConstraint(
                        condition=models.Q(("stream_version__gt", 0)), name="ledger_event_stream_version"
                    ),
                ],
            },
        ),
    )
