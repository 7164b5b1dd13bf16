"""The pages of decisions and prints: each decision is a page of its own, so that the matrix says who takes it."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from trialwright.adapters.edc.access.matrix import About, Page
from trialwright.adapters.edc.access.roles import (
    ADMINISTRATOR,
    OVERSIGHT,
    READ_SUBJECTS,
    STATISTICIAN,
)
from trialwright.adapters.edc.decisions.acts import ACTS, Act

HERE = "trialwright.adapters.edc.decisions"


def _of(act: Act) -> Page:
    """A decision's page: whoever takes it comes to it, and nobody else."""
    place = "subjects/<str:subject>/decide/" if act.about is About.SUBJECT else "decide/"
    return Page(
        name=act.page,
        path=f"{place}{act.id}/",
        view=f"{HERE}.deciding:act_page",
        label=act.label,
        read=act.write,
        write=act.write,
        about=act.about,
        menu="Subjects" if act.id == "screen" else "",
    )


PAGES: tuple[Page, ...] = (
    *(_of(act) for act in ACTS),
    Page(
        name="decisions",
        path="subjects/<str:subject>/decisions/",
        view=f"{HERE}.lists:decisions_page",
        label=gettext_noop("Decisions"),
        read=READ_SUBJECTS,
        about=About.SUBJECT,
    ),
    Page(
        name="governance",
        path="decisions/",
        view=f"{HERE}.lists:governance_page",
        label=gettext_noop("Decisions of the study"),
        read=(*OVERSIGHT, ADMINISTRATOR, STATISTICIAN),
        menu="Trial",
    ),
    Page(
        name="eligibility",
        path="subjects/<str:subject>/eligibility/",
        view=f"{HERE}.checklist:checklist_page",
        label=gettext_noop("Eligibility checklist"),
        read=READ_SUBJECTS,
        about=About.SUBJECT,
    ),
    Page(
        name="eligibility-pdf",
        path="subjects/<str:subject>/eligibility.pdf",
        view=f"{HERE}.checklist:checklist_pdf",
        label=gettext_noop("Eligibility checklist"),
        read=READ_SUBJECTS,
        about=About.SUBJECT,
    ),
    Page(
        name="dose",
        path="subjects/<str:subject>/dose/",
        view=f"{HERE}.dose:dose_page",
        label=gettext_noop("Dose card"),
        read=READ_SUBJECTS,
        about=About.SUBJECT,
    ),
    Page(
        name="dose-pdf",
        path="subjects/<str:subject>/dose.pdf",
        view=f"{HERE}.dose:dose_pdf",
        label=gettext_noop("Dose card"),
        read=READ_SUBJECTS,
        about=About.SUBJECT,
    ),
)
