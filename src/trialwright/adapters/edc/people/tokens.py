"""What lets a program act for a person: a secret shown once, good in one study, to read or to write, until a day.

A program that shows one has the person's roles and no more, is asked for no second component (the person showed theirs
when making it), and has no session. It is out with the person, at the next request. Read `Bearer`.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from trialwright.adapters.edc.desk import SERVED, OpenStudy, open_study_of
from trialwright.adapters.edc.middleware import refused
from trialwright.adapters.edc.models import Account, Token
from trialwright.adapters.edc.people import again
from trialwright.adapters.edc.people.demonstration import barred
from trialwright.adapters.edc.people.inviting import hash_of, now
from trialwright.adapters.edc.people.showing import show
from trialwright.adapters.edc.people.told import said, tell
from trialwright.core.ledger import TokenEnded, TokenIssued
from trialwright.store.errors import LedgerError

READ, WRITE = "read", "write"
SCOPES = (READ, WRITE)
LONGEST = 365
"""The most days that a token is good."""
PREFIX = "tw_"
API = "/api/v1/"
SAFE = ("GET", "HEAD", "OPTIONS")


class Bearer:
    """Who a program acts for, by the token it shows; refused before any page where the token is not good for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of the page, as the person who made the token; without a token, as whoever asks."""
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        if not request.path.startswith(API) or kind.lower() != "bearer":
            return self.get_response(request)
        try:
            token = good_token(secret.strip())
        except LedgerError as wrong:
            return refused(request, wrong)
        if token is None or token.scope not in SCOPES:  # a calendar's is good for the calendar alone
            return _refused(401, "The token is not good: unknown, expired or ended.")
        if token.study != request.path.removeprefix(API).partition("/")[0]:
            return _refused(404, "There is nothing here that you may see.")
        if request.method not in SAFE and token.scope != WRITE:
            return _refused(403, "The token is good for reading alone.")
        request.user, request.token = token.account, token  # type: ignore[attr-defined]
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
        return self.get_response(request)


def _refused(status: int, says: str) -> JsonResponse:
    return JsonResponse({"title": says, "status": status}, status=status, content_type="application/problem+json")


def good_token(secret: str) -> Token | None:
    """The token of a secret, while it and its person are good; used today is noted once a day."""
    found = Token.objects.select_related("account").filter(secret_hash=hash_of(secret)).first()
    if found is None or not found.holds(now()) or not found.account.is_active or barred(found.account):
        return None
    if found.last_used != now().date():
        Token.objects.filter(pk=found.pk).update(last_used=now().date())
    return found


def tokens_of(account: Account) -> QuerySet[Token]:
    """A person's tokens that did not end, the newest first."""
    return Token.objects.filter(account=account, ended=None).order_by("-made")


def issue(account: Account, opened: OpenStudy, name: str, scope: str, until: datetime) -> str:
    """Make a token and tell of it; the secret is shown once and kept nowhere."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(
        account=account, name=name, study=opened.id, scope=scope, secret_hash=hash_of(secret), made=now(), expires=until
    )
    person = account.person
    told = said(
        opened, TokenIssued, person, "person", person=person, token=str(token.pk), scope=scope, until=until.date()
    )
    try:
        tell(opened, [told])
    except Exception:
        token.delete()
        raise
    return secret


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_token(request: HttpRequest) -> HttpResponse:
    """Make a token, after the password."""
    account: Account = request.user  # type: ignore[assignment]
    studies = [one for one in SERVED.values() if one.roster.grants(account.person, one.today)]
    context = {"studies": studies, "scopes": SCOPES, "longest": LONGEST, "values": request.POST}
    if request.method != "POST":
        return show(request, "token", {**context, "again": again.asked(request), "days": 90})
    errors = _wrong(request, studies)
    asked = again.answered(request)
    if errors or not asked.right:
        context |= {"errors": errors, "again": asked, "days": request.POST.get("days", "")}
        return show(request, "token", context, 422)
    opened = open_study_of(request.POST["study"])
    if opened is None:
        raise Http404
    until = now() + timedelta(days=int(request.POST["days"]))
    secret = issue(account, opened, request.POST["name"].strip()[:80], request.POST["scope"], until)
    return show(request, "token_made", {"secret": secret, "until": until})


def _wrong(request: HttpRequest, studies: list[OpenStudy]) -> dict[str, list[str]]:
    """What is wrong with a token that is asked for, by field."""
    errors: dict[str, list[str]] = {}
    days = request.POST.get("days", "").strip()
    if not request.POST.get("name", "").strip():
        errors["name"] = [gettext("Say what the token is for, to know it again.")]
    if request.POST.get("study") not in [one.id for one in studies]:
        errors["study"] = [gettext("Choose one of your studies.")]
    if request.POST.get("scope") not in SCOPES:
        errors["scope"] = [gettext("Choose whether it reads, or reads and writes.")]
    if not (days.isascii() and days.isdigit() and 1 <= int(days[:6]) <= LONGEST):
        errors["days"] = [gettext("From 1 to %(most)s days.") % {"most": LONGEST}]
    return errors


@login_required
@require_POST
def end_token(request: HttpRequest, token: int) -> HttpResponse:
    """End one of one's own tokens; it is good no more at the next request."""
    found = Token.objects.filter(account_id=request.user.pk or 0, pk=token, ended=None).first()
    if found is None:
        raise Http404
    end(found, found.account.person, "person")
    return HttpResponseRedirect(reverse("account"))


def end(token: Token, by: str, role: str) -> None:
    """Let a token be good no more, and tell who ended it."""
    Token.objects.filter(pk=token.pk).update(ended=now())
    opened = open_study_of(token.study)
    if opened is not None:
        tell(opened, [said(opened, TokenEnded, by, role, person=token.account.person, token=str(token.pk))])
