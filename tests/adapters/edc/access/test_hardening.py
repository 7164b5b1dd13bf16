"""What a browser is told with each answer, and what Django's own check of a deployment says behind TLS."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

BEHIND_TLS = {
    "DJANGO_SETTINGS_MODULE": "trialwright.adapters.edc.settings", "TRIALWRIGHT_HTTPS": "1",
    "TRIALWRIGHT_HOSTS": "trial.hospital.org",
    "TRIALWRIGHT_SECRET_KEY": "quite-another-secret-" + "".join(map(chr, range(40, 90))),
}  # fmt: skip
COOKIES = """
import django
django.setup()
from django.conf import settings as s
print(s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE,
      s.SESSION_COOKIE_DOMAIN, s.SESSION_COOKIE_PATH, s.CSRF_COOKIE_NAME, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS)
"""


def told(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command], env={**os.environ, **BEHIND_TLS}, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def test_the_check_of_a_deployment_finds_nothing() -> None:
    assert "System check identified no issues (0 silenced)." in told("-m", "django", "check", "--deploy")


def test_cookies_are_the_hosts_own_and_travel_by_tls_alone() -> None:
    assert told("-c", COOKIES).split() == [
        "__Host-session", "True", "True", "Lax", "None", "/", "__Host-csrf", "True", "31536000",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "address", ["/sign-in/", "/account/", "/{study}/people/", "/{study}/nothing/", "/api/v1/{study}/"]
)
def test_no_answer_is_kept_framed_or_run_with_scripts_of_others(
    running: Any, client_of: Callable[..., Any], address: str
) -> None:
    for client in (client_of("administrator"), client_of("monitor")):
        headers = client.get(address.format(study=running.id)).headers
        policy = headers["Content-Security-Policy"]
        assert "no-store" in headers["Cache-Control"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_a_session_cookie_is_not_for_scripts(running: Any) -> None:
    from django.test import Client

    from trialwright.adapters.edc.people import demonstration

    client = Client()
    client.post("/sign-in/demonstration/", {"login": demonstration.account_of("monitor").email})
    cookie = client.cookies["session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")


@pytest.mark.parametrize("host", ["evil.example", "trial.hospital.org.evil.example", "[::1", "a b"])
def test_a_request_for_another_host_is_refused(running: Any, host: str) -> None:
    from django.test import Client

    assert Client(headers={"host": host}).get("/sign-in/").status_code == 400
