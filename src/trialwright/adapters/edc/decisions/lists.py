"""The decisions that are open: about a patient, and about the study; who takes each, and what stands against it today.

Read `decisions_page`.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from trialwright.adapters.edc.access.matrix import page_named
from trialwright.adapters.edc.decisions.acts import OF_A_SUBJECT, OF_THE_STUDY, Act
from trialwright.adapters.edc.decisions.beginning import beginning, waits
from trialwright.adapters.edc.decisions.deciding import ahead, scene_of
from trialwright.adapters.edc.decisions.panels import accrual_panel
from trialwright.adapters.edc.decisions.scene import Scene
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.page import render
from trialwright.core.terms import Finding, Severity


@dataclass(frozen=True)
class Open:
    """One decision that is open: whether the person may take it, and what stands against it today."""

    act: Act
    mine: bool
    against: tuple[Finding, ...]

    @property
    def refused(self) -> bool:
        """Whether a rule is against it today."""
        return any(one.severity is Severity.ERROR for one in self.against)


def decisions_page(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """Every decision that is open about a patient."""
    found = tuple(_open(desk, act, subject) for act in OF_A_SUBJECT if _offered(desk, act, subject))
    return render(request, desk, "edc/decisions/open.html", {"subject": subject, "open": found})


def governance_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every decision that is open about the study and its sites."""
    found = tuple(_open(desk, act, "") for act in OF_THE_STUDY if _offered(desk, act, ""))
    scene = Scene(desk.trial, desk.open.record, desk.today, desk.today, sites=desk.sites)
    needs = beginning(desk)
    context = {"open": found, "accrual": accrual_panel(scene), "needs": needs, "waits": waits(needs)}
    return render(request, desk, "edc/decisions/governance.html", context)


def _offered(desk: Desk, act: Act, subject: str) -> bool:
    return act.offered(scene_of(desk, act, subject, {}))


def _open(desk: Desk, act: Act, subject: str) -> Open:
    """One decision; what stands against it is asked only of those that need no words of a person first."""
    mine = desk.may(page_named(act.page), write=True)
    scene = scene_of(desk, act, subject, {})
    asked = None if act.twice or not act.panel else ahead(desk, act, scene, act.blanks(scene))
    return Open(act, mine, asked or ())
