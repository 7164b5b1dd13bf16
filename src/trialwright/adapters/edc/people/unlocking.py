"""A session that locked: the password, and on with the page as it was, with what was sent to it meanwhile.

What was typed is not kept here: it travels in the page that asks for the password, and is sent again with it. Another
password or code does not: the page might lie open, and who comes by could read it. Its own page asks for it again.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.debug import sensitive_post_parameters

from trialwright.adapters.edc.people import sessions
from trialwright.adapters.edc.people.showing import show

PASSWORD, TO, SENT = "unlock_password", "unlock_to", "unlock_sent"
OWN = (PASSWORD, TO, SENT, "unlock_login", "csrfmiddlewaretoken")
SECRETS = ("again_password", "again_code", "password", "oldpassword", "password1", "password2")
"""Passwords and codes, by the names they have in our forms (`again`) and in the library's."""


def kept(request: HttpRequest) -> HttpResponse:
    """The page that asks for the password, holding a form that was sent after the session had locked.

    It is sent to where the form goes, and stands at that address: what is refused there is mended there.
    """
    return _page(request, request.get_full_path(), request.POST, status=403)


def opens(request: HttpRequest) -> bool:
    """Whether a form that was kept came back, with a password."""
    return SENT in request.POST and PASSWORD in request.POST


def go_on(request: HttpRequest) -> HttpResponse | None:
    """Take the password, and let the form go on to its page as if it came just now; ask again where it is wrong."""
    wrong = password_is_wrong(request, request.POST.get(PASSWORD, ""))
    if wrong:
        return _page(request, request.get_full_path(), request.POST, wrong, 422)
    sessions.unlock(request.session)
    own = QueryDict(mutable=True)
    for name, value in _fields(request.POST):
        own.appendlist(name, value)
    request.POST = own  # type: ignore[assignment]
    return None


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
        return _page(request, to, wrong=wrong, status=422)
    sessions.unlock(request.session)
    return HttpResponseRedirect(to)


def password_is_wrong(request: HttpRequest, password: str) -> str:
    """What to say of a password that is not the person's; nothing where it is. Failures are counted."""
    try:
        right = bool(password) and get_adapter(request).reauthenticate(request.user, password)
    except ValidationError as wrong:
        return str(wrong.messages[0])
    return "" if right else gettext("This is not your password.")


def _own_address(request: HttpRequest, address: str) -> str:
    """An address of this application, below its root; the root where it is another's."""
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if safe and address.startswith("/") else "/"


def _fields(sent: Any) -> list[tuple[str, str]]:
    """What was sent, without what the lock itself asks for, and without passwords."""
    return [(name, value) for name, values in sent.lists() for value in values if name not in (*OWN, *SECRETS)]


def _page(request: HttpRequest, to: str, sent: Any = None, wrong: str = "", status: int = 200) -> HttpResponse:
    fields = [] if sent is None else _fields(sent)
    context = {"to": to, "sent": sent is not None, "fields": fields, "errors": [wrong] if wrong else []}
    return show(request, "unlock", context, status)
