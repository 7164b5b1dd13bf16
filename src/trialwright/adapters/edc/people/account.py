"""One's own account: what there is to sign in with, where one is signed in, what acts for one; the first set-up."""

from __future__ import annotations

from typing import Any

from allauth.core.internal.httpkit import authenticated_user
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from trialwright.adapters.edc.desk import SERVED
from trialwright.adapters.edc.people import demonstration, sessions
from trialwright.adapters.edc.people.adapters import came_in, has_second_component
from trialwright.adapters.edc.people.showing import name_of, show
from trialwright.adapters.edc.people.unlocking import _own_address


def components(account: Any) -> dict[str, Any]:
    """What the person has shown to be theirs: an app, passkeys, how many recovery codes are left."""
    found: dict[str, Any] = {"app": None, "passkeys": [], "codes": None}
    for one in Authenticator.objects.filter(user_id=account.pk):
        match one.type:
            case Authenticator.Type.TOTP:
                found["app"] = one
            case Authenticator.Type.WEBAUTHN:
                found["passkeys"].append(one.wrap())
            case _:
                found["codes"] = len(one.wrap().get_unused_codes())
    return found


@login_required
@require_http_methods(["GET", "HEAD"])
def my_account(request: HttpRequest) -> HttpResponse:
    """One's own account, on one page."""
    from trialwright.adapters.edc.people.tokens import tokens_of

    person = request.user.person  # type: ignore[union-attr]
    roles = [(opened, opened.roster.grants(person, opened.today)) for opened in SERVED.values()]
    context = {
        "components": components(request.user),
        "sessions": own_sessions(request),
        "tokens": tokens_of(request.user),  # type: ignore[arg-type]
        "roles": [one for one in roles if one[1]],
        "person": person,
        "name": name_of(person),
    }
    return show(request, "account", context)


def own_sessions(request: HttpRequest) -> list[UserSession]:
    """Where the person is signed in, the newest first; what is over is forgotten."""
    found = UserSession.objects.purge_and_list(authenticated_user(request))
    return sorted(found, key=lambda one: one.created_at, reverse=True)


@login_required
@require_POST
def end_session(request: HttpRequest, session: int) -> HttpResponse:
    """End one of one's own sessions, here or elsewhere; it is over at its next request."""
    found = UserSession.objects.filter(user_id=request.user.pk, pk=session).first()
    if found is None:
        raise Http404
    found.end()
    return HttpResponseRedirect(reverse("account"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """What there is for the second step; for whoever has nothing yet, where it begins."""
    if request.user.demonstration:  # type: ignore[union-attr]
        return _demonstrated(request)
    context = {"components": components(request.user), "first": not has_second_component(request.user)}
    return show(request, "components", context)


def _demonstrated(request: HttpRequest) -> HttpResponse:
    """The second step of a ready-made login: the code that the page shows, over simulated data alone."""
    if not demonstration.is_demonstration():
        raise PermissionDenied
    to = _own_address(request, request.POST.get("next") or request.GET.get("next", ""))
    code = request.POST.get("code", "").strip()
    if request.method == "POST" and code == demonstration.CODE:
        sessions.take_second_step(request.session)
        came_in(request.user, "demonstration")  # type: ignore[arg-type]
        return HttpResponseRedirect(to)
    wrong = request.method == "POST"
    errors = [gettext("This is not the code that is shown.")] if wrong else []
    context = {"code": demonstration.CODE, "to": to, "errors": errors}
    return show(request, "demonstration", context, 422 if wrong else 200)


@require_POST
def sign_in_as(request: HttpRequest) -> HttpResponse:
    """One click into a ready-made login, over simulated data alone; both steps at once."""
    from allauth.account.adapter import get_adapter

    from trialwright.adapters.edc.models import Account

    if not demonstration.is_demonstration():
        raise Http404
    account = Account.objects.filter(email=request.POST.get("login", ""), demonstration=True).first()
    if account is None:
        raise Http404
    barred: HttpResponse | None = get_adapter(request).pre_login(
        request,
        account,
        email_verification="none",
        signal_kwargs={},
        email=account.email,
        signup=False,
        redirect_url=None,
    )
    if barred is not None:
        return barred
    account.backend = settings.AUTHENTICATION_BACKENDS[0]  # type: ignore[attr-defined]
    get_adapter(request).login(request, account)
    sessions.take_second_step(request.session)
    UserSession.objects.create_from_request(request)
    came_in(account, "demonstration")
    return HttpResponseRedirect(_own_address(request, request.POST.get("next", "")))
