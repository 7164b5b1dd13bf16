"""The pages outside a study in our look: with the reader's own name in the head where somebody is signed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from trialwright.adapters.edc.desk import SERVED
from trialwright.adapters.edc.look.page import Reader, render
from trialwright.adapters.edc.people import demonstration


def name_of(person: str) -> str:
    """The printed name of a person, in whichever served study they are named; the id where in none."""
    names = (opened.roster.person(person).name for opened in SERVED.values())
    return next((name for name in names if name), person)


def show(
    request: HttpRequest, template: str, context: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """A page of people's own, by the name of its template."""
    whole: dict[str, Any] = {"simulated": demonstration.is_demonstration(), **(context or {})}
    if request.user.is_authenticated:
        whole["reader"] = Reader(name_of(getattr(request.user, "person", "")), (), ())
    return render(request, None, f"edc/people/{template}.html", whole, status)
