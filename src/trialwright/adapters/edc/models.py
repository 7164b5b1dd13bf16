"""What is kept of a person beside the ledger: how they sign in. Names, roles and standing are events.

`person` is the opaque id that events carry; it is never used again for somebody else. The e-mail is to sign in with
and to be invited by, and goes nowhere else. Of links and tokens the hash is kept alone.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class Accounts(BaseUserManager["Account"]):
    """Accounts, found by e-mail without regard to case."""

    def get_by_natural_key(self, username: str | None) -> Account:
        """The account of an e-mail."""
        return self.get(email__iexact=username)


class Account(AbstractBaseUser):
    """How a person signs in; `demonstration` is a ready-made login, which opens simulated data alone."""

    person = models.TextField(unique=True)
    email = models.EmailField(unique=True, max_length=254)
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=8, blank=True)
    demonstration = models.BooleanField(default=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = Accounts()


class Invitation(models.Model):
    """A link by which a person sets a password, once, until it expires; of the link its hash."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    token_hash = models.CharField(max_length=64, unique=True)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager[Invitation]] = models.Manager()

    def holds(self, at: datetime) -> bool:
        """Whether the link may still be used."""
        return self.used is None and at < self.expires


class Token(models.Model):
    """What lets a program act for a person in one study, until a day; of the secret its hash."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    name = models.CharField(max_length=80)
    study = models.TextField()
    scope = models.CharField(max_length=8)
    secret_hash = models.CharField(max_length=64, unique=True)
    made = models.DateTimeField()
    expires = models.DateTimeField()
    ended = models.DateTimeField(null=True)
    last_used = models.DateField(null=True)

    objects: ClassVar[models.Manager[Token]] = models.Manager()

    def holds(self, at: datetime) -> bool:
        """Whether the token is good at this instant."""
        return self.ended is None and at < self.expires
