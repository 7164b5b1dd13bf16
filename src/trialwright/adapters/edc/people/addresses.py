"""What is reached outside a study: signing in, the second step, one's own account.

The library's own views, in our look, under our addresses; the names are those by which the library knows them. What
does not need a sign-in begins with sign-in/.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.views.decorators.cache import never_cache

from trialwright.adapters.edc.people import account as own
from trialwright.adapters.edc.people import demonstration, tokens
from trialwright.adapters.edc.people.adapters import MfaAdapter, components_of, tell_changes
from trialwright.adapters.edc.people.inviting import invitation
from trialwright.adapters.edc.people.showing import show
from trialwright.adapters.edc.people.unlocking import unlock


def changes(view: Any, template: str, **more: Any) -> Callable[..., Any]:
    """The same of one that changes the second component: it is done with what is told of it, or not at all."""
    page = looked(view, template, **more)

    def change(request: HttpRequest, **ids: Any) -> HttpResponse:
        with transaction.atomic():
            before = components_of(request.user)
            answer: HttpResponse = page(request, **ids)
            tell_changes(request.user, before)
            return answer

    return change


def looked(view: Any, template: str, **more: Any) -> Callable[..., Any]:
    """A view of the library with a page of ours."""

    def render_to_response(self: Any, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        request: HttpRequest = self.request
        wrong = request.method == "POST"
        shown = {**context, **demonstration.offered(), "passkey": json.dumps(context.get("js_data"))}
        return show(request, template, shown, 422 if wrong else 200)

    kind: Any = type(view.__name__, (view,), {"render_to_response": render_to_response, **more})
    made: Callable[..., Any] = never_cache(kind.as_view())
    return made


class RemovePasskey(webauthn.RemoveWebAuthnView):  # type: ignore[misc]
    """A passkey is removed only while another second component is left."""

    def get_queryset(self) -> Any:
        """The person's own passkeys, as far as they may go."""
        found = super().get_queryset()
        may = [one.pk for one in found if MfaAdapter().can_delete_authenticator(one)]
        return found.filter(pk__in=may)


def _to_components(self: Any) -> str:
    return reverse("second-step")


BACK = {"get_success_url": _to_components}
SIGNING_IN: list[URLPattern | URLResolver] = [
    path("sign-in/", looked(account.LoginView, "sign_in"), name="account_login"),
    path("sign-in/second-step/", looked(mfa.AuthenticateView, "second_step"), name="mfa_authenticate"),
    path("sign-in/closed/", looked(account.AccountInactiveView, "closed"), name="account_inactive"),
    path("sign-in/invitation/<str:secret>/", invitation, name="invitation"),
    path("sign-in/demonstration/", own.sign_in_as, name="sign-in-as"),
]
ACCOUNT: list[URLPattern | URLResolver] = [
    path("account/", own.my_account, name="account"),
    path("account/sign-out/", looked(account.LogoutView, "sign_out"), name="account_logout"),
    path("account/sign-out/", account.logout, name="sign-out"),
    path("account/unlock/", unlock, name="unlock"),
    path("account/password/", looked(account.PasswordChangeView, "password"), name="account_change_password"),
    path("account/again/", looked(account.ReauthenticateView, "reauthenticate"), name="account_reauthenticate"),
    path("account/again/code/", looked(mfa.ReauthenticateView, "reauthenticate"), name="mfa_reauthenticate"),
    path(
        "account/again/passkey/",
        looked(webauthn.ReauthenticateWebAuthnView, "reauthenticate_passkey"),
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/sessions/<int:session>/end/", own.end_session, name="end-session"),
    path("account/tokens/", tokens.new_token, name="new-token"),
    path("account/tokens/<int:token>/end/", tokens.end_token, name="end-token"),
    path("account/", own.my_account, name="usersessions_list"),
]
SECOND_STEP: list[URLPattern | URLResolver] = [
    path("account/second-step/", own.second_step, name="second-step"),
    path("account/second-step/", own.second_step, name="mfa_index"),
    path("account/second-step/", own.second_step, name="mfa_list_webauthn"),
    path("account/second-step/app/", changes(totp.ActivateTOTPView, "app"), name="mfa_activate_totp"),
    path("account/second-step/app/remove/", changes(totp.DeactivateTOTPView, "app_remove"), name="mfa_deactivate_totp"),
    path("account/second-step/passkey/", changes(webauthn.AddWebAuthnView, "passkey"), name="mfa_add_webauthn"),
    path(
        "account/second-step/passkey/<int:pk>/remove/",
        changes(RemovePasskey, "passkey_remove", **BACK),
        name="mfa_remove_webauthn",
    ),
    path("account/second-step/codes/", looked(recovery.ViewRecoveryCodesView, "codes"), name="mfa_view_recovery_codes"),
    path(
        "account/second-step/codes/new/",
        changes(recovery.GenerateRecoveryCodesView, "codes_new"),
        name="mfa_generate_recovery_codes",
    ),
]
ADDRESSES: list[URLPattern | URLResolver] = [*SIGNING_IN, *ACCOUNT, *SECOND_STEP]
