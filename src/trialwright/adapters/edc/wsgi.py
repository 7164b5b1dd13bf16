"""What a web server loads: Django set up, and the studies that the environment names opened.

Read `_open_studies`; how the process keeps its memory in order for months is said in `memory`.
"""

from __future__ import annotations

import os
from threading import Event

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialwright.adapters.edc.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()


def _open_studies() -> None:
    from trialwright.adapters.edc import memory
    from trialwright.adapters.edc.desk import serve_study
    from trialwright.adapters.edc.oversight.checks import keep_verified
    from trialwright.adapters.edc.ready import make_ready
    from trialwright.adapters.edc.work.board import keep_warm

    opened = [serve_study(folder) for folder in settings.FOLDERS]
    for one in opened:
        one.catch_up()
    make_ready(opened)
    for one in opened:
        keep_warm(one, Event())
    memory.keep_in_order(opened)
    keep_verified(opened)


_open_studies()
