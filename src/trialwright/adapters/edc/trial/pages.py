"""The pages of the trial as a whole: their paths and who may read and write them."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from trialwright.adapters.edc.access.matrix import About, Page
from trialwright.adapters.edc.access.roles import (
    AUDITOR,
    CLINICAL,
    DATA_MANAGER,
    EVERYONE,
    INVESTIGATOR,
    MONITOR,
    OVERSIGHT,
    READ_SUBJECTS,
    SPONSOR,
    STATISTICIAN,
    Role,
)

WEIGHS = (INVESTIGATOR, SPONSOR, DATA_MANAGER, MONITOR)
"""Who says whether a deviation is important."""
SENDS = (*CLINICAL, SPONSOR, DATA_MANAGER)
"""Who sends reports of serious events: the site to the sponsor, the sponsor to the others."""
SEE_CASEBOOKS = (*CLINICAL, *OVERSIGHT)
"""Who reads a subject's whole book."""
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
        "screening-file",
        "trial/screening/log/",
        "screening:screening_file",
        gettext_noop("Screening log, file"),
        SEE_CONDUCT,
        write=SEE_CONDUCT,
        menu="",
    ),
    _page("deviations", "trial/deviations/", "deviations_page:deviations", gettext_noop("Deviations"), SEE_CONDUCT),
    _page(
        "subject-deviations",
        "subjects/<str:subject>/deviations/",
        "departures:subject_deviations",
        gettext_noop("Deviations of a patient"),
        SEE_CONDUCT,
        write=WEIGHS,
        about=About.SUBJECT,
        menu="",
    ),
    _page("serious", "trial/serious/", "serious_page:serious_events", gettext_noop("Serious events"), SEE_CONDUCT),
    _page(
        "serious-event",
        "subjects/<str:subject>/serious/<str:event>/",
        "safety:serious_event",
        gettext_noop("Serious event"),
        SEE_CONDUCT,
        write=SENDS,
        about=About.SUBJECT,
        menu="",
    ),
    _page(
        "serious-report",
        "subjects/<str:subject>/serious/<str:event>/report.pdf",
        "serious_report:serious_report",
        gettext_noop("Report of a serious event"),
        SEE_CONDUCT,
        about=About.SUBJECT,
        menu="",
    ),
    _page(
        "figures", "trial/figures/", "made:figures", gettext_noop("Safety and response"), SEE_CONDUCT, write=SEE_CONDUCT
    ),
    _page(
        "files",
        "trial/files/",
        "made:files",
        gettext_noop("Reports and exports"),
        (*OVERSIGHT, STATISTICIAN),
        write=(*OVERSIGHT, STATISTICIAN),
    ),
    _page("made", "trial/made/<slug:job>/", "made:made", gettext_noop("What was made"), SEE_CONDUCT, menu=""),
    _page(
        "made-file",
        "trial/made/<slug:job>/<int:number>/",
        "made:made_file",
        gettext_noop("A file that was made"),
        SEE_CONDUCT,
        menu="",
    ),
    _page(
        "casebooks", "trial/casebooks/", "casebooks:casebooks", gettext_noop("Casebooks"), SEE_CASEBOOKS, menu="Data"
    ),
    _page(
        "casebook-blank",
        "trial/casebooks/<str:version>/blank.pdf",
        "casebooks:blank_casebook",
        gettext_noop("Casebook, blank"),
        SEE_CASEBOOKS,
        menu="",
    ),
    _page(
        "casebook",
        "subjects/<str:subject>/casebook/",
        "casebooks:filled_casebook",
        gettext_noop("Casebook of a patient"),
        SEE_CASEBOOKS,
        write=SEE_CASEBOOKS,
        about=About.SUBJECT,
        menu="",
    ),
    _page("protocol", "protocol/", "protocol:protocol_page", gettext_noop("Protocol"), EVERYONE),
    _page("amendments", "trial/amendments/", "amendments:amendments", gettext_noop("Amendments"), SEE_CONDUCT),
    _page("sites", "trial/sites/", "sites:sites", gettext_noop("Sites"), EVERYONE),
    _page("site", "sites/<str:site>/", "sites:site", gettext_noop("Site"), EVERYONE, about=About.SITE, menu=""),
    _page(
        "registry",
        "trial/registry/",
        "registry:registry",
        gettext_noop("Registry record"),
        (SPONSOR, DATA_MANAGER, AUDITOR, STATISTICIAN),
    ),
    _page(
        "registry-file",
        "trial/registry/<slug:form>/",
        "registry:registry_file",
        gettext_noop("Registry record, file"),
        (SPONSOR, DATA_MANAGER, AUDITOR, STATISTICIAN),
        menu="",
    ),
)
