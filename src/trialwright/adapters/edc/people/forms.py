"""The library's forms of the second component, with one rule more: a code is good once, whichever worker sees it.

The library lets a code stand for the half minute it belongs to; here the one before and after are taken too, because
clocks differ, so that a code that was used is remembered for as long as it could be used again.
"""

from __future__ import annotations

from typing import Any

from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from django.core.cache import cache


def use_once(account: Any, code: str) -> None:
    """Remember that a code was used; ValidationError where it was used before."""
    good_for = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 2)
    if not cache.add(f"code-used:{account.pk}:{normalize_user_code(code)}", 1, good_for):
        raise get_adapter().validation_error("incorrect_code")


class Once:
    """A code of the app is taken once."""

    user: Any
    authenticator: Authenticator

    def clean_code(self) -> str:
        """The code, if it is right and new."""
        code: str = super().clean_code()  # type: ignore[misc]
        if self.authenticator.type == Authenticator.Type.TOTP:
            use_once(self.user, code)
        return code


class SecondStep(Once, AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class AskedAgain(Once, ReauthenticateForm):  # type: ignore[misc]
    """The second component asked for once more."""


class SetUp(ActivateTOTPForm):  # type: ignore[misc]
    """The code that shows that the app was set up; it is not good to sign in with as well."""

    def clean_code(self) -> str:
        """The code, if it is right; it is used up by this."""
        code: str = super().clean_code()
        use_once(self.user, code)
        return code
