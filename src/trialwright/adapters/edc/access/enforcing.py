"""The one door every page of a study goes through: signed in, the study there, the object in scope, the role held.

What a person may not see does not exist for them: 404, with the same words whatever the reason. A role that may see the
object and not the page gets 403. The view is called last, with a desk that reaches no further than the person does.
Read `guarded`.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from trialwright.adapters.edc.access.matrix import About, Page
from trialwright.adapters.edc.access.roles import Role
from trialwright.adapters.edc.desk import Desk, open_study_of
from trialwright.adapters.edc.desk.opened import OpenStudy
from trialwright.core.people import Grant

SAFE = ("GET", "HEAD")
NOT_HERE = "There is nothing here that you may see."
NOT_ALLOWED = "Your roles do not allow this."
View = Callable[..., HttpResponse]


def guarded(page: Page) -> View:
    """The page's view behind the door; it is loaded when it is first opened."""

    def behind_the_door(request: HttpRequest, study: str, **ids: str) -> HttpResponse:
        if not request.user.is_authenticated:
            return _who_are_you(request, page)
        try:
            desk = desk_for(request, page, study, ids)
        except (Http404, PermissionDenied) as wrong:
            if not page.api:
                raise
            return _problem(404, NOT_HERE) if isinstance(wrong, Http404) else _problem(403, NOT_ALLOWED)
        if request.method not in methods_of(page):
            return _other_method(page)
        request.desk = desk  # type: ignore[attr-defined]
        answer: HttpResponse = page.load()(request, desk, **ids)
        return answer

    return behind_the_door


def methods_of(page: Page) -> tuple[str, ...]:
    """The methods a page answers to."""
    return (*(SAFE if page.read else ()), *(("POST",) if page.write else ()))


def desk_for(request: HttpRequest, page: Page, study: str, ids: dict[str, str]) -> Desk:
    """The desk of whoever asks, at the page's object; Http404 where it is out of sight, PermissionDenied for others."""
    opened = open_study_of(study)
    if opened is None:
        raise Http404(NOT_HERE)
    opened.catch_up()
    grants = opened.roster.grants(request.user.person, opened.today)  # type: ignore[union-attr]
    here = [grant for grant in grants if reaches(opened, grant, page.about, ids)]
    if not here:
        raise Http404(NOT_HERE)
    allowed = page.read if request.method in SAFE else page.write or page.read
    limited = getattr(request, "only_roles", None)  # what a token is good for
    held = {grant.role for grant in here if limited is None or grant.role in limited}
    acting = next((role for role in allowed if role.value in held), None)
    if acting is None:
        raise PermissionDenied(page.name)
    roles = frozenset(role for role in Role if role.value in held)
    return Desk(opened, request.user.person, acting, roles, tuple(here), page, request)  # type: ignore[union-attr]


def reaches(opened: OpenStudy, grant: Grant, about: About, ids: dict[str, str]) -> bool:
    """Whether a granted role reaches the object that the path names."""
    if about is About.SUBJECT:
        record = opened.record.subjects.get(ids["subject"])
        return record is not None and grant.site in (None, record.site)
    if about is About.SITE:
        return ids["site"] in opened.site_ids and grant.site in (None, ids["site"])
    if about is About.SUBSTUDY:
        sites = opened.substudy_sites(ids["substudy"])
        return bool(sites) and (grant.site is None or grant.site in sites)
    return True


def _who_are_you(request: HttpRequest, page: Page) -> HttpResponse:
    if page.api:
        return _problem(401, "Not signed in.")
    return redirect_to_login(request.get_full_path())


def _other_method(page: Page) -> HttpResponse:
    """That the address answers to other methods, and to which."""
    if not page.api:
        return HttpResponseNotAllowed(methods_of(page))
    refused = _problem(405, "The address does not answer to this method.")
    refused["Allow"] = ", ".join(methods_of(page))
    return refused


def _problem(status: int, title: str) -> HttpResponse:
    document = {"type": "about:blank", "title": title, "status": status}
    return JsonResponse(document, status=status, content_type="application/problem+json")
