"""The web application as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class EdcConfig(AppConfig):
    """Accounts, and the pages."""

    name = "trialwright.adapters.edc"
    label = "edc"
    verbose_name = "Trialwright"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hear when a second component is set up or shown."""
        from trialwright.adapters.edc.people.gate import listen

        listen()
