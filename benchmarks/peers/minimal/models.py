"""A form as it was saved, and one audit row for each of its items."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Form(models.Model):
    """One saved form."""

    subject = models.CharField(max_length=40)
    items = models.JSONField()
    saved_at = models.DateTimeField(auto_now_add=True)


class AuditRow(models.Model):
    """Who set which item to what."""

    form = models.ForeignKey(Form, on_delete=models.PROTECT)
    item = models.CharField(max_length=80)
    value = models.CharField(max_length=80)
    person = models.CharField(max_length=40)
    at = models.DateTimeField(auto_now_add=True)
    digest = models.CharField(max_length=64)

    objects: ClassVar[models.Manager[AuditRow]] = models.Manager()
