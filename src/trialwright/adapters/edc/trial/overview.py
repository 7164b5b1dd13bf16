"""The trial on one page: accrual against plan, where subjects stand, halts, stopping rules, endpoints, sub-studies.

Every count is the core's `trial_status`, of what the person sees; the picture has its table beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.look.readiness import accruing, readiness_said
from trialwright.adapters.edc.trial.accrual import AccrualTable, accrual_picture, accrual_table
from trialwright.adapters.edc.trial.seeing import crowded, flow_of, sees_arms, site_names
from trialwright.core.conduct import TrialStatus
from trialwright.core.conduct.totals import Readiness

IN_WORDS: Mapping[str, str] = {
    "all_progressed": "until all have progressed",
    "all_progressed_or_dead": "until all have progressed or died",
    "last_safety_day": "until the last day of safety follow-up of all",
    "encounter_done": "until the last visit named is behind all",
}
"""What an endpoint waits for, where the record gives it no time frame."""


@dataclass(frozen=True)
class Count:
    """One table of counts: its heading and its rows."""

    heading: str
    rows: tuple[tuple[str, int], ...]


def overview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The page; of a very large trial, accrual alone."""
    table = accrual_of(desk)
    if crowded(desk):
        context = {"accrual": table, "months": table.months[::-1], "picture": accrual_picture(table), "crowded": True}
        return render(request, desk, "edc/trial/overview.html", context)
    said, more = desk.trial_status(), accruing(desk)
    return render(
        request,
        desk,
        "edc/trial/overview.html",
        {
            "said": said,
            "accrual": table,
            "months": table.months[::-1],
            "picture": accrual_picture(table),
            "counts": tuple(counts(said, sees_arms(desk), dict(flow_of(desk).failures))),
            "readiness": [
                (one, *readiness_said(one, more), waits_for(one))
                for one in said.readiness
                if one.endpoint not in hidden(desk)
            ],
            "substudies": [one for one in said.substudies if one.substudy.id in desk.substudies],
            "rules": [*said.monitored.stopping, *said.monitored.stages] if said.monitored and desk.central else [],
        },
    )


def accrual_of(desk: Desk) -> AccrualTable:
    """Registrations of those the person sees."""
    planned = desk.trial.versions[desk.trial.latest].design.accrual.planned
    return accrual_table(desk.open.record, site_names(desk), planned, desk.subjects(), desk.today, desk.central)


def hidden(desk: Desk) -> set[str]:
    """The endpoints of sub-studies that do not exist for the person: those measured at none of their sites."""
    protocol = desk.trial.versions[desk.trial.latest]
    return {one.id for one in protocol.endpoints if one.sites and not {*one.sites} & {*desk.sites}}


def counts(said: TrialStatus, arms: bool, failures: Mapping[str, int]) -> Iterator[Count]:
    """What is counted, each where there is anything to count."""
    told = (
        (gettext("Where they stand"), said.by_epoch),
        (gettext("Registered at"), said.by_site),
        (gettext("Arm"), said.by_arm if arms else {}),
        (gettext("Not registered because"), failures),
        (gettext("Off treatment, or never treated, because"), said.off_treatment),
        (gettext("Off study because"), said.off_study),
    )
    for heading, found in told:
        if found and len(found) + (heading != gettext("Arm")) > 1:
            yield Count(heading, tuple(sorted(found.items(), key=lambda row: (-row[1], row[0]))))


def waits_for(one: Readiness) -> str:
    """What an endpoint waits for, in words."""
    return IN_WORDS.get(one.needs, one.needs)
