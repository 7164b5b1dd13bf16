"""With which settings Django starts in a process of tests.

Those of the web application hold those of the store; the store alone starts with its own when a ledger is first opened.
pytest reads every file before it runs any test: whoever reads a test of the web application chooses for all of them.
"""

from __future__ import annotations

import os

import pytest

WEB, PEOPLE = "trialwright.adapters.edc.settings", "edc.Account"
TOO_LATE = (
    "Django was started before a test of the web application was read, which needs {wanted}: some file "
    "opens a ledger while it is imported. Let it do so in a test or in a fixture, or run the two apart."
)


def start_with_those_of_the_web_application() -> None:
    """Once for the process; what a test starts as a process of its own chooses its settings for itself."""
    import django
    from django.conf import settings

    if settings.configured:
        if settings.AUTH_USER_MODEL != PEOPLE:
            pytest.exit(TOO_LATE.format(wanted=WEB), 4)
        return
    os.environ["DJANGO_SETTINGS_MODULE"] = WEB
    django.setup()
    os.environ.pop("DJANGO_SETTINGS_MODULE")
