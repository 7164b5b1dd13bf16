"""The ledger's tables, as Django knows them; column names are those of docs/reference/ledger-format.md.

`ledger_event` and `ledger_payload` are written once and never changed: triggers (migration 0002) refuse it, and
`store.verification` finds it where a trigger was dropped. Writing goes through `store.writer` alone; these classes
carry the schema and its migrations.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class LedgerEvent(models.Model):
    """One event: the header as hashed, and the columns that repeat it for the database's own checks."""

    pk = models.CompositePrimaryKey("chain_id", "seq")
    chain_id = models.TextField()
    seq = models.BigIntegerField()
    event_id = models.TextField(unique=True)
    submission_id = models.TextField()
    part = models.IntegerField()
    stream_id = models.TextField()
    stream_version = models.BigIntegerField()
    header = models.TextField()
    payload_commit = models.BinaryField()
    prev_hash = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        db_table = "ledger_event"
        constraints = (
            models.UniqueConstraint(fields=("chain_id", "submission_id", "part"), name="ledger_event_submission"),
            models.UniqueConstraint(fields=("chain_id", "stream_id", "stream_version"), name="ledger_event_stream"),
            models.CheckConstraint(condition=Q(seq__gt=0), name="ledger_event_seq"),
            models.CheckConstraint(condition=Q(part__gte=0), name="ledger_event_part"),
            models.CheckConstraint(condition=Q(stream_version__gt=0), name="ledger_event_stream_version"),
        )


class LedgerPayload(models.Model):
    """What an event says; salt and body are both absent only where a redaction event names it."""

    event_id = models.TextField(primary_key=True)
    salt = models.BinaryField(null=True)
    body = models.TextField(null=True)

    class Meta:
        db_table = "ledger_payload"


class LedgerHead(models.Model):
    """Where a chain ends, with the frontier of its Merkle tree; the row a writer locks."""

    chain_id = models.TextField(primary_key=True)
    seq = models.BigIntegerField()
    hash = models.BinaryField()
    frontier = models.BinaryField()

    class Meta:
        db_table = "ledger_head"


class LedgerCheckpoint(models.Model):
    """A root that was stated, and where it was anchored outside this database."""

    pk = models.CompositePrimaryKey("chain_id", "size")
    chain_id = models.TextField()
    size = models.BigIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    anchored_to = models.TextField(null=True)
    anchored_at = models.TextField(null=True)

    class Meta:
        db_table = "ledger_checkpoint"


class LedgerMeta(models.Model):
    """What the whole database is: its study chain, real or simulated, the version of this format."""

    key = models.TextField(primary_key=True)
    value = models.TextField()

    class Meta:
        db_table = "ledger_meta"


class StoredText(models.Model):
    """A protocol file or a form definition, once, under its SHA-256."""

    sha256 = models.TextField(primary_key=True)
    kind = models.TextField()
    text = models.TextField()

    class Meta:
        db_table = "stored_text"


class ProjectionSubject(models.Model):
    """Where a stream stands, derived from its events and rebuildable; `status` is a cache keyed by `last_hash`."""

    pk = models.CompositePrimaryKey("chain_id", "stream_id")
    chain_id = models.TextField()
    stream_id = models.TextField()
    stream_version = models.BigIntegerField()
    last_seq = models.BigIntegerField()
    last_hash = models.BinaryField()
    status = models.TextField(null=True)

    class Meta:
        db_table = "projection_subject"
