"""A declared page of the API as its operations: `views.api_subject` answers the page `api-subject`.

What all of them have in common is here: how many requests, how large. The door (`access.enforcing`) has asked before
who it is, what they see and whether they may. Read `__getattr__`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse

from trialwright.adapters.edc.access.matrix import Page, page_named
from trialwright.adapters.edc.api.problems import problem
from trialwright.adapters.edc.api.rate import too_many
from trialwright.adapters.edc.api.schema import bound
from trialwright.adapters.edc.desk import Desk

LARGEST = 12 * 2**20
View = Callable[..., HttpResponse]


def __getattr__(name: str) -> View:
    if not name.startswith("api_"):
        raise AttributeError(name)
    return view_of(name.replace("_", "-"))


@cache
def view_of(name: str) -> View:
    """The view of a page of the API."""
    operations = bound()[path_of(page_named(name))]

    def view(request: HttpRequest, desk: Desk, **ids: Any) -> HttpResponse:
        if too_many(_who(request)):
            return problem(429)
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
            return problem(413)
        if request.method == "POST" and request.content_type not in ("application/json", ""):
            return problem(415, "Send JSON (application/json).")
        operation = next(one for one in operations.operations if _method(request) in one.methods)
        answer: HttpResponse = operation.run(request, study=desk.open.id, **ids)
        return answer

    return view


def path_of(page: Page) -> str:
    """The path of a page as the API writes it."""
    path = page.path
    for kind in ("str:", "slug:", "int:", "path:"):
        path = path.replace(f"<{kind}", "{")
    return "/" + path.replace(">", "}")


def _method(request: HttpRequest) -> str:
    return "GET" if request.method == "HEAD" else str(request.method)


def _who(request: HttpRequest) -> str:
    token = getattr(request, "token", None)
    return f"token {token.pk}" if token is not None else f"person {request.user.pk}"
