"""The pages of the trial as a whole: their paths and who may read and write them."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from trialwright.adapters.edc.access.matrix import Page
from trialwright.adapters.edc.access.roles import CLINICAL, OVERSIGHT, READ_SUBJECTS, STATISTICIAN, Role

HERE = "trialwright.adapters.edc.trial"
SEE_THE_TRIAL = READ_SUBJECTS
SEE_CONDUCT = (*CLINICAL, *OVERSIGHT, STATISTICIAN)
"""Who looks at screening, flow, deviations and serious events: sites at their own, the others at all."""


def _page(name: str, path: str, view: str, label: str, read: tuple[Role, ...], **more: object) -> Page:
    told = {"menu": "Trial", **more}
    return Page(name=name, path=path, view=f"{HERE}.{view}", label=label, read=read, **told)  # type: ignore[arg-type]


PAGES: tuple[Page, ...] = (
    _page("trial", "trial/", "overview:overview", gettext_noop("Accrual and status"), SEE_THE_TRIAL),
    _page("flow", "trial/flow/", "flow_page:flow_page", gettext_noop("Participant flow"), SEE_CONDUCT),
    _page("screening", "trial/screening/", "screening:screening_log", gettext_noop("Screening log"), SEE_CONDUCT),
    _page(
        "screening-file", "trial/screening/log.csv", "screening:screening_file", gettext_noop("Screening log, file"),
        SEE_CONDUCT, menu="",
    ),
)  # fmt: skip
