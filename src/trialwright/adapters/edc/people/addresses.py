"""What is reached outside a study: signing in, the second step, one's own account.

The library's own views, in our look, under our addresses. The names are those by which the library knows them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from trialwright.adapters.edc.look.page import render


def looked(view: type[Any], template: str) -> Callable[..., Any]:
    """A view of the library with a page of ours."""

    def render_to_response(self: Any, context: dict[str, Any], **more: Any) -> HttpResponse:
        request: HttpRequest = self.request
        return render(request, None, f"edc/people/{template}.html", context, status=more.get("status", 200))

    kind = type(view.__name__, (view,), {"render_to_response": render_to_response})
    made: Callable[..., Any] = kind.as_view()
    return made


ADDRESSES: list[URLPattern | URLResolver] = [
    path("sign-in/", looked(account.LoginView, "sign_in"), name="account_login"),
    path("sign-in/second-step/", looked(mfa.AuthenticateView, "second_step"), name="mfa_authenticate"),
    path("account/sign-out/", account.logout, name="account_logout"),
]
