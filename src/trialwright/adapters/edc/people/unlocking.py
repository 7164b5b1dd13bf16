"""A session that locked: the password, and on with the page as it was, with what was sent to it meanwhile.

What was typed is not kept here: it travels in the page that asks for the password, and is sent again with it.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters

from trialwright.adapters.edc.people import sessions
from trialwright.adapters.edc.people.showing import show

PASSWORD, TO, SENT = "unlock_password", "unlock_to", "unlock_sent"
OWN = (PASSWORD, TO, SENT, "unlock_login", "csrfmiddlewaretoken")


def kept(request: HttpRequest) -> HttpResponse:
    """The page that asks for the password, holding a form that was sent after the session had locked."""
    return _page(request, to=request.get_full_path(), sent=request.POST, status=403)


@sensitive_post_parameters(PASSWORD)
def unlock(request: HttpRequest) -> HttpResponse:
    """Ask for the password; with it the session goes on where it was."""
    if not request.user.is_authenticated:
        return HttpResponseRedirect(reverse("account_login"))
    to = _own_address(request, request.POST.get(TO) or request.GET.get("next", ""))
    if request.method != "POST":
        return _page(request, to)
    wrong = password_is_wrong(request, request.POST.get(PASSWORD, ""))
    if wrong:
        return _page(request, to, request.POST if request.POST.get(SENT) else None, wrong, 422)
    sessions.unlock(request.session)
    return _send(request, to) if request.POST.get(SENT) else HttpResponseRedirect(to)


def password_is_wrong(request: HttpRequest, password: str) -> str:
    """What to say of a password that is not the person's; nothing where it is. Failures are counted."""
    try:
        right = bool(password) and get_adapter(request).reauthenticate(request.user, password)
    except ValidationError as wrong:
        return str(wrong.messages[0])
    return "" if right else gettext("This is not your password.")


def _send(request: HttpRequest, to: str) -> HttpResponse:
    """Send the form that was kept to its page, as if it came just now."""
    try:
        found = resolve(to.partition("?")[0])
    except Resolver404:
        return HttpResponseRedirect("/")
    again = QueryDict(mutable=True)
    for name, values in request.POST.lists():
        if name not in OWN:
            again.setlist(name, values)
    request.POST = again  # type: ignore[assignment]
    request.path = request.path_info = to.partition("?")[0]
    request.GET = QueryDict(to.partition("?")[2])
    request.resolver_match = found
    answer: HttpResponse = found.func(request, *found.args, **found.kwargs)
    return answer


def _own_address(request: HttpRequest, address: str) -> str:
    """An address of this application, below its root; the root where it is another's."""
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if safe and address.startswith("/") else "/"


def _page(request: HttpRequest, to: str, sent: Any = None, wrong: str = "", status: int = 200) -> HttpResponse:
    kept_fields = [
        (name, value) for name, values in (sent.lists() if sent else ()) for value in values if name not in OWN
    ]
    context = {"to": to, "sent": sent is not None, "fields": kept_fields, "errors": [wrong] if wrong else []}
    return show(request, "unlock", context, status)
