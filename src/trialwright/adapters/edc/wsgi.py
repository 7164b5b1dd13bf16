"""What a web server loads: Django set up, and the studies that the environment names opened."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialwright.adapters.edc.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()


def _open_studies() -> None:
    from trialwright.adapters.edc.desk import serve_study

    for folder in settings.FOLDERS:
        serve_study(folder).catch_up()


_open_studies()
