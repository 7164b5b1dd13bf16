"""The language and the colours a person chose, kept in cookies of this browser; a form without script sets them.

Neither is anybody's data: no account is asked, so it works before the sign-in too. In a rehearsal a person may also
stand on a later day, to go on with the trial; real data know no day but today.
"""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST

from trialwright.adapters.edc.desk.desk import DAY
from trialwright.adapters.edc.look.page import THEME_COOKIE, THEMES

YEAR = 365 * 24 * 60 * 60


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Keep the language, the colours or the day that was chosen and go back to where the person was."""
    answer = HttpResponseRedirect(_back(request))
    answer.status_code = 303
    chosen = request.POST.get("language", "")
    if chosen in dict(settings.LANGUAGES) and check_for_language(chosen):
        _keep(request, answer, settings.LANGUAGE_COOKIE_NAME, chosen)
    if request.POST.get("theme") in THEMES:
        _keep(request, answer, THEME_COOKIE, request.POST["theme"])
    if "day" in request.POST and request.user.is_authenticated:
        _stand_on(request, request.POST["day"])
    return answer


def _stand_on(request: HttpRequest, typed: str) -> None:
    """Keep the day of a rehearsal with the session; what is no date goes back to the last day recorded."""
    try:
        request.session[DAY] = date.fromisoformat(typed.strip()).isoformat()
    except ValueError:
        request.session.pop(DAY, None)


def _back(request: HttpRequest) -> str:
    """The page the person came from, where it is one of ours."""
    asked = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if own else "/"


def _keep(request: HttpRequest, answer: HttpResponse, name: str, text: str) -> None:
    answer.set_cookie(name, text, max_age=YEAR, secure=request.is_secure(), httponly=True, samesite="Lax")
