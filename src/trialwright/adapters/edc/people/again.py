"""Asked once more before a signature: the password each time, the second component where it was shown long ago.

21 CFR 11.200: two components at a signature, the login's and the password; here the second component of signing in as
well, where more than a quarter of an hour has passed since it was shown. Wrong attempts count as attempts to sign in.
`{% include "edc/people/again.html" %}` with `again` in the context draws the fields. Read `confirmed`.
"""

from __future__ import annotations

from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from trialwright.adapters.edc.people import demonstration, sessions
from trialwright.adapters.edc.people.unlocking import password_is_wrong

PASSWORD, CODE = "again_password", "again_code"


@dataclass(frozen=True)
class Again:
    """What a page asks for before something is signed, and what was wrong with what was given."""

    code: bool = False
    passkey: bool = False
    shown: str = ""
    email: str = ""
    password_errors: tuple[str, ...] = ()
    code_errors: tuple[str, ...] = ()

    @property
    def right(self) -> bool:
        """Whether nothing was wrong."""
        return not self.password_errors and not self.code_errors


def asked(request: HttpRequest) -> Again:
    """What the page has to ask for: a code where the second component was not shown lately.

    Whoever has a passkey alone shows it on a page of its own (`passkey`), and comes back.
    """
    email = request.user.email  # type: ignore[union-attr]
    if sessions.second_step_is_fresh(request.session):
        return Again(email=email)
    if request.user.demonstration and demonstration.is_demonstration():  # type: ignore[union-attr]
        return Again(code=True, shown=demonstration.CODE, email=email)
    kinds = set(Authenticator.objects.filter(user_id=request.user.pk).values_list("type", flat=True))
    by_code = bool(kinds & {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES})
    return Again(code=by_code, passkey=Authenticator.Type.WEBAUTHN in kinds, email=email)


def confirmed(request: HttpRequest) -> bool:
    """Whether the request carries the password, and the second component where it was shown too long ago."""
    return answered(request).right


def answered(request: HttpRequest) -> Again:
    """The same, with what was wrong, to be said beside the fields."""
    from dataclasses import replace

    again = asked(request)
    wrong = password_is_wrong(request, request.POST.get(PASSWORD, ""))
    if wrong:
        return replace(again, password_errors=(wrong,))
    if not again.code and not again.passkey:
        return again
    wrong = _code_is_wrong(request, again, request.POST.get(CODE, ""))
    if wrong:
        return replace(again, code_errors=(wrong,))
    sessions.take_second_step(request.session)
    return again


def _code_is_wrong(request: HttpRequest, again: Again, code: str) -> str:
    from django.utils.translation import gettext

    from trialwright.adapters.edc.people.forms import AskedAgain

    if again.shown:
        return "" if code == again.shown else gettext("This is not the code that is shown.")
    if not again.code:
        return gettext("Show your passkey first; the link beside the field leads to it and back.")
    form = AskedAgain(data={"code": code}, user=request.user)
    try:
        right = form.is_valid()
    except ValidationError as wrong:
        return str(wrong.messages[0])
    return "" if right else str(next(iter(form.errors.values()))[0])
