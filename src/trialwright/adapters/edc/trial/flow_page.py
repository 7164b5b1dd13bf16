"""The page of the participant flow: the picture and the same as a table."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.trial.flow import flow_picture, flow_rows
from trialwright.adapters.edc.trial.seeing import crowded, flow_of, masked, sees_arms


def flow_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Where everyone who came to screening is by today."""
    if crowded(desk):
        return render(request, desk, "edc/trial/crowded.html", {"title": gettext("Participant flow")})
    flow = flow_of(desk)
    hidden = masked(desk.trial.versions[desk.trial.latest]) and not sees_arms(desk)
    context = {"picture": flow_picture(flow), "rows": flow_rows(flow), "masked": hidden, "arms": len(flow.columns) > 1}
    return render(request, desk, "edc/trial/flow.html", context)
