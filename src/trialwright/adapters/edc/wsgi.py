"""What a web server loads: Django set up, and the studies that the environment names opened.

What is loaded and folded stays for as long as the process lives. So that nobody waits while it is looked through for
garbage, it is set aside: at the start, and again in quiet moments after many events. Read `_open_studies`.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Sequence
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from trialwright.adapters.edc.desk import OpenStudy

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialwright.adapters.edc.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

GARBAGE_AFTER = (2_000, 10, 100)
"""So many new objects before a look for cycles among them; looks at more of them come the more seldom."""
QUIET, MANY = 5.0, 1_000
"""Seconds without a save before what is new is set aside, and after how many events."""


def _open_studies() -> None:
    from trialwright.adapters.edc.desk import serve_study
    from trialwright.adapters.edc.work.board import keep_warm

    opened = [serve_study(folder) for folder in settings.FOLDERS]
    for one in opened:
        one.catch_up()
        keep_warm(one, Event())
    gc.set_threshold(*GARBAGE_AFTER)
    _set_aside()
    Thread(target=_keep_tidy, args=(opened,), name="set aside", daemon=True).start()


def _set_aside() -> None:
    """Look through everything for garbage once; what is left is not looked through again."""
    gc.collect()
    gc.freeze()


def _keep_tidy(studies: Sequence[OpenStudy]) -> None:
    """Set aside what was folded since, in moments in which nobody saves."""
    done = seen = _events(studies)
    while True:
        time.sleep(QUIET)
        before, seen = seen, _events(studies)
        if seen == before and seen - done >= MANY:
            _set_aside()
            done = seen


def _events(studies: Sequence[OpenStudy]) -> int:
    return sum(one.record.last_seq for one in studies)


_open_studies()
