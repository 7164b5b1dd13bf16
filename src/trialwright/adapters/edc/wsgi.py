"""What a web server loads: Django set up, and the studies that the environment names opened."""

from __future__ import annotations

import gc
import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialwright.adapters.edc.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()


def _open_studies() -> None:
    from threading import Event

    from trialwright.adapters.edc.desk import serve_study
    from trialwright.adapters.edc.work.board import keep_warm

    for folder in settings.FOLDERS:
        opened = serve_study(folder)
        opened.catch_up()
        keep_warm(opened, Event())
    _keep_what_is_loaded()


GARBAGE_AFTER = (100_000, 20, 20)
"""So many new objects before a look for cycles; a look at everything, which stops every request, comes seldom."""


def _keep_what_is_loaded() -> None:
    """What is loaded and folded stays: it is not looked through again for garbage while people wait."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE_AFTER)


_open_studies()
