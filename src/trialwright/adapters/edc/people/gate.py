"""The middleware that asks of every request what holds for all pages: is the session over, locked, through both steps?

Whoever was deactivated is out at the next request. Whoever has no second component yet comes to the pages that set one
up and to no other. A session that nobody used for a quarter of an hour asks for the password and then goes on where it
was, with what was sent. Roles are not asked here but at each page (`access.enforcing`). Read `Gate.answer`.
"""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa import signals
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode

from trialwright.adapters.edc.middleware import refused
from trialwright.adapters.edc.people import sessions
from trialwright.adapters.edc.people.demonstration import barred
from trialwright.store.errors import LedgerError

FREE = ("sign-in", "healthz", "static", "about", "language", "feed")
"""What is reached whatever the session, by the first part of the address."""
WHILE_SETTING_UP = "/account/second-step/"
ALWAYS = ("/account/sign-out/",)
UNLOCK = "/account/unlock/"


class Gate:
    """Between the sessions and the pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of the page, or where to go first."""
        if request.path.split("/")[1] in FREE or not request.user.is_authenticated:
            return self.get_response(request)
        if hasattr(request, "token"):
            return self.get_response(request)  # a program's, which has no session
        try:
            instead = self.answer(request)
        except LedgerError as wrong:  # who is deactivated stands in a ledger
            return refused(request, wrong)
        return instead or self._used(request)

    def process_view(self, request: HttpRequest, *view: object) -> HttpResponse | None:
        """A form that waited for the password goes on with it; its forgery token was looked at before this."""
        if not getattr(request, "opens", False):
            return None
        from trialwright.adapters.edc.people.unlocking import go_on

        return go_on(request)

    def _used(self, request: HttpRequest) -> HttpResponse:
        """The page; only one that the session is open for counts as use, and none that a page asks for by itself."""
        if not sessions.locked(request.session) and not asks_by_itself(request):
            sessions.use(request.session)
        return self.get_response(request)

    def answer(self, request: HttpRequest) -> HttpResponse | None:
        """Where to go first; None where the page may be opened."""
        session = request.session
        if sessions.over(session) or barred(request.user):  # type: ignore[arg-type]
            logout(request)
            return elsewhere(request, reverse("account_login"))
        if request.path in ALWAYS:
            return None
        if not sessions.took_second_step(session):
            return self._without_second_step(request)
        if sessions.locked(session) and request.path != UNLOCK:
            return self._locked(request)
        return None

    def _without_second_step(self, request: HttpRequest) -> HttpResponse | None:
        """A password alone sets up the first component, and never a second one: whoever has one shows it."""
        from trialwright.adapters.edc.people.adapters import has_second_component

        if has_second_component(request.user):
            logout(request)
            return elsewhere(request, reverse("account_login"))
        return None if request.path.startswith(WHILE_SETTING_UP) else elsewhere(request, reverse("second-step"))

    def _locked(self, request: HttpRequest) -> HttpResponse | None:
        if request.method == "POST" and not is_script(request) and not request.FILES:
            from trialwright.adapters.edc.people.unlocking import kept, opens

            if not opens(request):
                return kept(request)
            request.opens = True  # type: ignore[attr-defined]
            return None
        return elsewhere(request, UNLOCK)


def is_script(request: HttpRequest) -> bool:
    """Whether a script of the page asks, and no person following a link."""
    return bool(getattr(request, "htmx", False)) or request.path.startswith("/api/")


def asks_by_itself(request: HttpRequest) -> bool:
    """Whether a page looks how far something is while it lies open; what somebody types in it is sent by POST."""
    return bool(getattr(request, "htmx", False)) and request.method in ("GET", "HEAD")


def elsewhere(request: HttpRequest, address: str) -> HttpResponse:
    """To another page first, and then back to this one; a script is told so, a program refused."""
    if request.path.startswith("/api/"):
        return JsonResponse({"title": "Not signed in", "status": 401}, status=401)
    htmx = getattr(request, "htmx", None)
    back = request.get_full_path()
    if htmx:
        back = htmx.current_url_abs_path or "/"
        response = HttpResponse(status=401)
        response.headers["HX-Redirect"] = f"{address}?{urlencode({'next': back})}"
        return response
    if request.method != "GET":
        back = "/"
    return HttpResponseRedirect(f"{address}?{urlencode({'next': back})}" if back != "/" else address)


def _set_up(request: HttpRequest, authenticator: object, **more: object) -> None:
    """A component that was set up in this session was shown in it."""
    from trialwright.adapters.edc.people.adapters import FACTORS, came_in

    if getattr(authenticator, "type", None) in FACTORS and not sessions.took_second_step(request.session):
        sessions.take_second_step(request.session)
        came_in(request.user, str(authenticator.type))  # type: ignore[arg-type,attr-defined]


def _shown(request: HttpRequest, user: object, reauthenticated: bool = False, **more: object) -> None:
    """A component that was asked for again is fresh again."""
    if reauthenticated and request.user.is_authenticated:
        sessions.take_second_step(request.session)


def _failed(user: object, **more: object) -> None:
    """A second component that was wrong is told as a wrong password is."""
    from trialwright.adapters.edc.people.adapters import WRONG_CODE, refused

    refused(str(getattr(user, "email", "")), WRONG_CODE)


def listen() -> None:
    """Hear of components that are set up, shown, and wrong."""
    signals.authentication_failed.connect(_failed, dispatch_uid="trialwright.failed")
    signals.authenticator_added.connect(_set_up, dispatch_uid="trialwright.set_up")
    signals.authenticator_used.connect(_shown, dispatch_uid="trialwright.shown")
