"""The one Django settings module, whoever opens the ledger: the command line, the web application or a test.

Decided here: the installed applications and the time zone (UTC; clinical dates are dates, never instants). Not here:
which database. Each study folder is registered under its own alias when it is opened (`store.open`), so that several
can be open in one process; `default` is the folder named by TRIALWRIGHT_FOLDER, for servers.
"""

from __future__ import annotations

import os
from typing import Any

from trialwright.store.sqlite import choose_library

choose_library()

INSTALLED_APPS = ["trialwright.store.apps.StoreConfig"]
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES: dict[str, dict[str, Any]] = {}

if os.environ.get("TRIALWRIGHT_FOLDER"):
    from pathlib import Path

    from trialwright.store.database import database_of

    DATABASES["default"] = database_of(Path(os.environ["TRIALWRIGHT_FOLDER"]))
