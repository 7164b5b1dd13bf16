"""The two questions that every request asks of the accounts: whose session is this, and who is that?

Each is one statement that stands here in full: to put it together anew from models took half of the time that signing
in costs a request. Everything else about sessions and accounts is Django's and allauth's.
"""

from __future__ import annotations

import re
from datetime import UTC
from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.sessions.backends import db
from django.db import connections
from django.utils import timezone

from trialwright.adapters.edc.models import Account

ALIAS = "default"
KEY = re.compile(r"[0-9a-z]{8,40}", re.ASCII)
FIELDS = [field.attname for field in Account._meta.concrete_fields]
WHO = f"SELECT {', '.join(FIELDS)} FROM edc_account WHERE id = %s"  # noqa: S608 — names of the model
WHOSE = "SELECT session_data, expire_date FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """Sessions in the accounts' database."""

    def _get_session_from_db(self) -> Any:
        """The session's row, or None where there is none or it has ended; what is no key is not asked about."""
        if not KEY.fullmatch(str(self.session_key)):
            self._session_key = None
            return None
        connection = connections[ALIAS]
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(WHOSE, [self.session_key, now])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return None
        return self.model(session_key=str(self.session_key), session_data=found[0], expire_date=found[1])


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's own, which finds the account of a session by one statement."""

    def get_user(self, user_id: Any) -> Account | None:
        """The account; None where there is none, or it may not sign in."""
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(WHO, [user_id])
            found = cursor.fetchone()
        account = None if found is None else Account.from_db(ALIAS, FIELDS, found)
        if account is not None and account.last_login is not None and timezone.is_naive(account.last_login):
            account.last_login = timezone.make_aware(account.last_login, UTC)  # SQLite keeps it without
        return account if account is not None and account.is_active else None
