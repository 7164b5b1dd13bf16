"""A calendar address of one's own: a calendar program reads the visits from it, without signing in, until it is ended.

The address holds a secret of which the hash alone is kept; it opens nothing else, shows ids of patients, visits and
windows, and no name or result. It is out with the person's role, at the next request. Read `feed`.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from trialwright.adapters.edc.access.enforcing import NOT_HERE
from trialwright.adapters.edc.access.matrix import page_named
from trialwright.adapters.edc.access.roles import Role
from trialwright.adapters.edc.decisions.calendar import entries_of, ics_answer, on_study
from trialwright.adapters.edc.desk import Desk, open_study_of
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.models import Account, Token
from trialwright.adapters.edc.people import again
from trialwright.adapters.edc.people.inviting import now
from trialwright.adapters.edc.people.tokens import end, good_token, issue

SCOPE = "calendar"
GOOD_FOR = timedelta(days=365)
OPENED_BY = "site-calendar"
"""Whoever may open this page may have its visits told to a calendar program."""


@require_safe
def feed(request: HttpRequest, study: str, secret: str) -> HttpResponse:
    """The visits of the patients that the person of the address sees; for any other address nothing is there."""
    token, opened = good_token(secret), open_study_of(study)
    if token is None or opened is None or token.scope != SCOPE or token.study != opened.id:
        raise Http404(NOT_HERE)
    opened.catch_up()
    person = token.account.person
    grants = opened.roster.grants(person, opened.today)
    held = {grant.role for grant in grants}
    role = next((one for one in page_named(OPENED_BY).read if one.value in held), None)
    if role is None:
        raise Http404(NOT_HERE)
    desk = Desk(opened, person, role, frozenset(one for one in Role if one.value in held), grants)
    with override(_language_of(request)):
        return ics_answer(desk, entries_of(desk, on_study(desk)), _("visits"))


def _language_of(request: HttpRequest) -> str:
    """The language that the address was made in: whoever asks for it is a program and has none of its own."""
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def address_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The person's own address: made after the password, shown once, ended at any time."""
    account: Account = request.user  # type: ignore[assignment]
    if request.method != "POST":
        return _shown(request, desk, account)
    if request.POST.get("do") == "end":
        end_all(desk, account)
        messages.success(request, _("The calendar address is good no more."))
        return HttpResponseRedirect(reverse("edc:calendar-feed", args=(desk.open.id,)), status=303)
    asked = again.answered(request)
    if not asked.right:
        return _shown(request, desk, account, asked, 422)
    end_all(desk, account)
    secret = issue(account, desk.open, SCOPE, SCOPE, now() + GOOD_FOR)
    language = get_language() or settings.LANGUAGE_CODE
    said_in = "" if language == settings.LANGUAGE_CODE else f"?{urlencode({'language': language})}"
    address = request.build_absolute_uri(reverse("calendar-of", args=(desk.open.id, secret)) + said_in)
    return render(request, desk, "edc/decisions/feed.html", {"address": address, "there": _own(desk, account)})


def end_all(desk: Desk, account: Account) -> None:
    """End every calendar address of a person in the study."""
    for token in _own(desk, account):
        end(token, account.person, "person")


def _own(desk: Desk, account: Account) -> tuple[Token, ...]:
    return tuple(Token.objects.filter(account=account, study=desk.open.id, scope=SCOPE, ended=None))


def _shown(
    request: HttpRequest, desk: Desk, account: Account, asked: again.Again | None = None, status: int = 200
) -> HttpResponse:
    context = {"there": _own(desk, account), "again": asked or again.asked(request)}
    return render(request, desk, "edc/decisions/feed.html", context, status=status)


ADDRESSES: tuple[URLPattern, ...] = (path("feed/<slug:study>/<str:secret>.ics", feed, name="calendar-of"),)
"""What is reached without being signed in, by its secret."""
