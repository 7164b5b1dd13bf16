"""Starting Django once for the process, and only when a ledger is first opened.

`trialwright --help` and everything in `core` run without Django; whoever needs a table calls `ready()` first.
"""

from __future__ import annotations

import os

SETTINGS = "trialwright.store.settings"


def ready() -> None:
    """Django with its applications loaded; harmless when called again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
