"""Accounts and the links by which a password is set: made by an administrator, good once and for three days.

A link sets a password and does nothing else: whoever has a second component goes on needing it, whoever has none is led
to set one up. The link is shown once, to be copied or sent; the hash of it is kept. Read `invite`.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from trialwright.adapters.edc.look.typed import cannot_be_kept, keepable
from trialwright.adapters.edc.people import sessions
from trialwright.adapters.edc.people.showing import show

if TYPE_CHECKING:
    from django.http import QueryDict

    from trialwright.adapters.edc.desk import OpenStudy
    from trialwright.adapters.edc.models import Account, Invitation

GOOD_FOR = timedelta(hours=72)
NO_ONES = ".invalid"
"""How the addresses end that are kept free for what is none (RFC 2606)."""
LONGEST = 1024
"""A password may be as long as a sentence; one longer than this only makes the server work."""


@dataclass(frozen=True)
class Link:
    """What is shown once to whoever invites: the path of the link, and until when it is good."""

    path: str
    email: str
    until: datetime

    def message(self, address: str, study: str) -> str:
        """The invitation as a message file that any mail program opens and sends."""
        letter = EmailMessage()
        letter["To"], letter["Subject"] = self.email, gettext("Your access to the study %(study)s") % {"study": study}
        letter.set_content(
            gettext(
                "You are invited to work with the study %(study)s.\n\nSet your password here; the link is good once, "
                "until %(until)s UTC:\n%(link)s\n\nAfter that you set up a second component, an authenticator app or "
                "a passkey. Nobody will ever ask you for your password."
            )
            % {"study": study, "until": f"{self.until:%Y-%m-%d %H:%M}", "link": address + self.path.lstrip("/")}
        )
        return letter.as_string()


def now() -> datetime:
    """The instant by which links and tokens hold."""
    return datetime.fromtimestamp(sessions.instant(), UTC)


def new_person() -> str:
    """An opaque id that nobody had before."""
    from trialwright.adapters.edc.models import Account

    while True:
        person = "u" + secrets.token_hex(4)
        if not Account.objects.filter(person=person).exists():
            return person


def new_account(email: str, person: str) -> Account:
    """An account that nobody can sign in with until a password was set by a link."""
    from trialwright.adapters.edc.models import Account

    account = Account(person=person, email=email.strip().lower())
    account.set_unusable_password()
    account.full_clean(exclude=["password"])
    account.save()
    return account


def new_link(account: Account) -> Link:
    """A link by which the account's password is set; earlier ones are good no more."""
    from trialwright.adapters.edc.models import Invitation

    secret, until = secrets.token_urlsafe(32), now() + GOOD_FOR
    with transaction.atomic():
        end_links(account)
        Invitation.objects.create(account=account, token_hash=hash_of(secret), expires=until)
    return Link(reverse("invitation", args=[secret]), account.email, until)


def end_links(account: Account) -> None:
    """Let no link that was made for an account be good any more."""
    from trialwright.adapters.edc.models import Invitation

    Invitation.objects.filter(account=account, used=None).update(used=now())


def stands_in_for_one(email: str) -> bool:
    """Whether it is no e-mail but stands in place of one (`first`): whoever had that login would begin a study."""
    return email.endswith(NO_ONES)


def hash_of(secret: str) -> str:
    """What is kept of a secret."""
    return sha256(secret.encode()).hexdigest()


def invitation_of(secret: str) -> Invitation | None:
    """The invitation of a link, while it is good."""
    from trialwright.adapters.edc.models import Invitation

    found = Invitation.objects.select_related("account").filter(token_hash=hash_of(secret)).first()
    return found if found is not None and found.holds(now()) else None


@never_cache
@sensitive_post_parameters("password", "again")
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Set a password by a link; then the sign-in, with everything it asks for."""
    found = invitation_of(secret)
    if found is None:
        return show(request, "invitation_over", status=404)
    from trialwright.adapters.edc.people.first import study_awaiting

    awaits, errors = study_awaiting(found.account), dict[str, list[str]]()
    if request.method == "POST":
        errors = accept(found, request.POST, awaits)
        if not errors:
            return show(request, "invitation_done", {"email": found.account.email})
    context: dict[str, Any] = {"email": found.account.email, "first": awaits, "errors": errors, "values": request.POST}
    context["rules"] = password_validators_help_texts()
    return show(request, "invitation", context, 422 if errors else 200)


def accept(found: Invitation, given: QueryDict, awaits: OpenStudy | None) -> dict[str, list[str]]:
    """Take an invitation up: the password, and of a study's first administrator the name and e-mail before it."""
    from trialwright.adapters.edc.people.adapters import PASSWORD, changed
    from trialwright.adapters.edc.people.first import take_office

    account, errors = found.account, dict[str, list[str]]()
    name = unicodedata.normalize("NFC", given.get("name", "")).strip()
    if awaits is not None:
        account.email = given.get("email", "").strip().lower()
        errors = wrong_email(account)
        if not name:
            errors["name"] = [gettext("Your name is printed beside what you do.")]
        elif not keepable(name):
            errors["name"] = [cannot_be_kept("name").says]
    errors = errors or set_password(found, given.get("password", ""), given.get("again", ""), told=awaits is None)
    if awaits is not None and not errors:
        take_office(awaits, account, name)
        account.save(update_fields=["email"])
        changed(account, PASSWORD)
    return errors


def wrong_email(account: Account) -> dict[str, list[str]]:
    """What is wrong with an account's e-mail."""
    try:
        account.full_clean(exclude=["password"])
        if stands_in_for_one(account.email):
            raise ValidationError(validate_email.message)
    except ValidationError as wrong:
        return {"email": [str(one) for one in wrong.messages]}
    return {}


def set_password(found: Invitation, password: str, again: str, *, told: bool = True) -> dict[str, list[str]]:
    """Set the password of an invitation, once, and tell of it; what is wrong with it, by field."""
    from trialwright.adapters.edc.models import Invitation
    from trialwright.adapters.edc.people.adapters import PASSWORD, changed

    try:
        if len(password) > LONGEST:
            raise ValidationError(gettext("At most %(most)s characters.") % {"most": LONGEST})
        validate_password(password, found.account)
    except ValidationError as wrong:
        return {"password": [str(one) for one in wrong.messages]}
    if password != again:
        return {"again": [gettext("The two passwords are not the same.")]}
    with transaction.atomic():
        if not Invitation.objects.filter(pk=found.pk, used=None).update(used=now()):
            return {"password": [gettext("This link was used already.")]}
        found.account.set_password(password)
        found.account.save(update_fields=["password"])
        if told:
            changed(found.account, PASSWORD)
    return {}
