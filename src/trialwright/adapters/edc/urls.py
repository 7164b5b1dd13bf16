"""Every address there is: the pages that are declared, below their study, and the few that are open to all."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from trialwright.adapters.edc.access.enforcing import guarded
from trialwright.adapters.edc.access.matrix import Page, pages
from trialwright.adapters.edc.look.answers import bad_request, forbidden, home, not_found, server_error
from trialwright.adapters.edc.look.preferences import language
from trialwright.adapters.edc.look.samples import samples

API = "api/v1/"


def healthz(request: HttpRequest) -> HttpResponse:
    """That the process answers; nothing about what it holds."""
    return HttpResponse("ok", content_type="text/plain")


def _address(page: Page) -> str:
    return f"{API if page.api else ''}<slug:study>/{page.path}"


def _of_people() -> list[URLPattern | URLResolver]:
    """The addresses of signing in and of one's own account."""
    from trialwright.adapters.edc.people.addresses import ADDRESSES

    return list(ADDRESSES)


def _open_to_all() -> list[URLPattern | URLResolver]:
    """The public page of a study."""
    from trialwright.adapters.edc.trial.public import ADDRESSES

    return list(ADDRESSES)


def _by_secret() -> list[URLPattern]:
    """The calendar that a calendar program reads."""
    from trialwright.adapters.edc.decisions.feed import ADDRESSES

    return list(ADDRESSES)


study_pages = [path(_address(page), guarded(page), name=page.name) for page in pages()]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("healthz", healthz, name="healthz"),
    path("language/", language, name="language"),
    *_of_people(),
    *_open_to_all(),
    *_by_secret(),
    path("", include((study_pages, "edc"))),
]
if settings.DEBUG:  # never where a study is served: only whoever works on the stylesheet has settings with it
    urlpatterns.append(path("look/", samples, name="look"))
handler400, handler403, handler404, handler500 = bad_request, forbidden, not_found, server_error
