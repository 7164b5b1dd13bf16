"""What the library that signs people in is told: nobody signs up alone, who is refused, what becomes an event.

Failed attempts are counted by the library in the cache that all workers share: five in a quarter of an hour for a
login, twenty a minute for an address. The secret of an authenticator app is kept encrypted under the application's key.
Read `AccountAdapter`.
"""

from __future__ import annotations

import logging
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context, ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trialwright.adapters.edc.models import Account
from trialwright.adapters.edc.people import demonstration, sessions
from trialwright.adapters.edc.people.told import said, study_of, tell
from trialwright.core.ledger import REFUSED_FOR, SIGN_IN_WITH, AccessChanged, SignedIn, SignInRefused
from trialwright.store.errors import LedgerError

LOG = logging.getLogger("trialwright.edc")
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
PASSWORD, APP, PASSKEY, CODES = SIGN_IN_WITH
SET, REMOVED = "set", "removed"
COMPONENTS = {
    Authenticator.Type.TOTP: APP,
    Authenticator.Type.WEBAUTHN: PASSKEY,
    Authenticator.Type.RECOVERY_CODES: CODES,
}
WRONG, WRONG_CODE, LOCKED, CLOSED, NO_SUCH_LOGIN = REFUSED_FOR
UNKNOWN_TOLD_EVERY = 60
"""Of logins that are not there one attempt is told in so many seconds: nobody fills the ledger from outside."""
JUST_NOW = 10 * 60
"""So long after signing in nothing more is asked before one's own factors are changed."""


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Signing in, as a trial needs it."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("This e-mail and this password do not belong together."),
        "too_many_login_attempts": _(
            "Too many attempts failed. It opens again a quarter of an hour after the first of them, or when an "
            "administrator of your study opens it."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up: people are invited."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refused before the password is looked at where too many attempts failed."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            refused(credentials.get("email", ""), LOCKED)
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """A wrong password is told; which login there is, is told in the ledger alone."""
        refused(credentials.get("email", ""), WRONG)

    def pre_login(self, request: HttpRequest, user: Any, **more: Any) -> HttpResponse | None:
        """Not whoever was deactivated, and a ready-made login only where everything is simulated."""
        if demonstration.barred(user):
            refused(user.email, CLOSED)
            closed: HttpResponse = self.respond_user_inactive(request, user)
            return closed
        response: HttpResponse | None = super().pre_login(request, user, **more)
        return response

    def login(self, request: HttpRequest, user: Any) -> None:
        """The session begins; one in which the second component was shown is told as a sign-in."""
        super().login(request, user)
        sessions.begin(request.session)
        shown = [one for one in get_authentication_records(request, user) if one.get("method") == "mfa"]
        if shown:
            sessions.take_second_step(request.session)
            came_in(user, str(shown[-1].get("type", "")))

    def set_password(self, user: Any, password: str) -> None:
        """A new password, with what is told of it, or neither."""
        with transaction.atomic():
            super().set_password(user, password)
            changed(user, PASSWORD)

    def reauthenticate(self, user: Any, password: str) -> bool:
        """The same password again, counted with the attempts to sign in."""
        found = self.authenticate(context.request, email=user.email, password=password)
        return bool(found is not None and found.pk == user.pk)

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Not of somebody who has just signed in."""
        began = float(context.request.session.get(sessions.BEGAN, 0))
        return sessions.instant() - began >= JUST_NOW

    def add_message(self, *arguments: Any, **more: Any) -> None:
        """The pages say it themselves."""

    def send_notification_mail(self, *arguments: Any, **more: Any) -> None:
        """Nothing is mailed: what happened to an account is in the ledger (`changed`)."""


def came_in(account: Account, by: str) -> None:
    """Tell that a person signed in with both components; where it cannot be told, nobody comes in."""
    opened = study_of(account.person)
    if opened is not None:
        tell(opened, [said(opened, SignedIn, account.person, "person", person=account.person, by=by)])


def changed(account: Account, what: str, how: str = SET) -> None:
    """Tell that a person changed what they sign in with."""
    opened = study_of(account.person)
    if opened is not None:
        tell(opened, [said(opened, AccessChanged, account.person, "person", person=account.person, what=what, how=how)])


def components_of(account: Any) -> frozenset[tuple[str, int]]:
    """What a person has set up beside the password, each by its kind and number."""
    own = Authenticator.objects.filter(user_id=account.pk) if account.pk else ()
    return frozenset((COMPONENTS[one.type], one.pk) for one in own)


def tell_changes(account: Any, before: frozenset[tuple[str, int]]) -> None:
    """Tell what was removed and what was set since then; of one that came in the place of another, that it was set."""
    now = components_of(account)
    there = sorted({what for what, _number in now - before})
    gone = sorted({what for what, _number in before - now} - {*there})
    for what, how in (*((one, REMOVED) for one in gone), *((one, SET) for one in there)):
        changed(account, what, how)


def refused(email: str, why: str) -> None:
    """Tell that somebody was not let in: of a login at each failure, of unknown logins and of locks not each time."""
    account = Account.objects.filter(email__iexact=email.strip()).first()
    person = account.person if account else ""
    often = account is not None and why in (WRONG, WRONG_CODE)
    heard = f"refused:{person}:{why.replace(' ', '-')}"
    if not often and not cache.add(heard, 1, sessions.IDLE if person else UNKNOWN_TOLD_EVERY):
        return
    opened = study_of(person)
    if opened is None:
        return
    try:
        tell(opened, [said(opened, SignInRefused, person=person, why=why if person else NO_SUCH_LOGIN)])
    except LedgerError as wrong:
        LOG.warning("a refused sign-in could not be told: %s", type(wrong).__name__)


def open_again(request: HttpRequest, account: Account) -> None:
    """Forget the failed attempts of a login, of both steps."""
    login = AccountAdapter(request)._get_login_attempts_cache_key(request, email=account.email)
    for key in (login, f"mfa-auth-user-{account.pk}"):
        ratelimit.clear(request, action="login_failed", key=key)


def has_second_component(account: Any) -> bool:
    """Whether an authenticator app or a passkey is set up."""
    return bool(is_mfa_enabled(account, FACTORS))


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """The second component: kept encrypted, never the last one taken away."""

    def get_totp_issuer(self) -> str:
        """What the app calls it."""
        return f"Trialwright {context.request.get_host()}"

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002
        """What a new passkey is called until it gets another name."""
        own = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Passkey") if not own else gettext("Passkey %(number)s") % {"number": own + 1}

    def encrypt(self, text: str) -> str:
        """A secret as it is kept."""
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again; one kept under a key that is gone is no secret any more, and no code fits it."""
        try:
            return _keys().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            LOG.warning("the secret of an authenticator app was kept under another key")
            return ""

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Only while another component is left."""
        own = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
        return bool(own.exclude(pk=authenticator.pk).exists())


def _keys() -> MultiFernet:
    return MultiFernet(list(_each_key()))


def _each_key() -> Iterator[Fernet]:
    keys: tuple[Any, ...] = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    for secret in keys:
        yield Fernet(urlsafe_b64encode(sha256(b"second component|" + str(secret).encode()).digest()))
