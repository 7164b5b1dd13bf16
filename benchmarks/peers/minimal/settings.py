"""The least settings: one application, the database that the environment names, durable as the ledger's is."""

from __future__ import annotations

import os

from trialwright.store.sqlite import choose_library

choose_library()

SECRET_KEY = "only-for-a-measurement"  # noqa: S105
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["benchmarks.peers.minimal.app.Minimal"]
ROOT_URLCONF = "benchmarks.peers.minimal.urls"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
if os.environ.get("PEER_URL"):
    from trialwright.store.engines.postgresql import database_of_url

    DATABASES = {"default": database_of_url(os.environ["PEER_URL"], {"synchronous_commit": "on"})}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ.get("PEER_FILE", ":memory:"),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
                "transaction_mode": "IMMEDIATE",
                "timeout": 10,
            },
        }
    }
