"""The store as a Django application, so that its tables have migrations."""

from __future__ import annotations

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """The ledger's tables."""

    name = "trialwright.store"
    label = "ledger"
    verbose_name = "Ledger"
    default_auto_field = "django.db.models.BigAutoField"
