"""What is kept of a person beside the ledger: how they sign in. Names, roles and standing are events.

`person` is the opaque id that events carry; it is never used again for somebody else. The e-mail is to sign in with
and to be invited by, and goes nowhere else.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Accounts(BaseUserManager["Account"]):
    """Accounts, found by e-mail without regard to case."""

    def get_by_natural_key(self, username: str | None) -> Account:
        """The account of an e-mail."""
        return self.get(email__iexact=username)


class Account(AbstractBaseUser):
    """How a person signs in."""

    person = models.TextField(unique=True)
    email = models.EmailField(unique=True, max_length=254)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=8, blank=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = Accounts()
