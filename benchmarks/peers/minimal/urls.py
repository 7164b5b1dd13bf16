"""One address: a form is saved."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256

from benchmarks.peers.minimal.models import AuditRow, Form
from django.db import transaction
from django.http import HttpRequest
from django.urls import path
from ninja import NinjaAPI, Schema


class Item(Schema):
    """One item of a form."""

    path: str
    value: Decimal


class Said(Schema):
    """A form as it is sent."""

    subject: str
    person: str
    items: list[Item]


api = NinjaAPI(docs_url=None)


@api.post("/forms")
def save(request: HttpRequest, said: Said) -> dict[str, int | None]:
    """One `save`, one `bulk_create`, one transaction."""
    with transaction.atomic():
        form = Form(subject=said.subject, items=[{"path": one.path, "value": str(one.value)} for one in said.items])
        form.save()
        AuditRow.objects.bulk_create(
            AuditRow(
                form=form, item=one.path, value=str(one.value), person=said.person,
                digest=sha256(f"{one.path}={one.value}".encode()).hexdigest(),
            )
            for one in said.items
        )  # fmt: skip
    return {"id": form.pk}


urlpatterns = [path("", api.urls)]
