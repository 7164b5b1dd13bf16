"""The pages of decisions and prints: each decision is a page of its own, so that the matrix says who takes it."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from trialwright.adapters.edc.access.matrix import About, Page
from trialwright.adapters.edc.access.roles import (
    ADMINISTRATOR,
    CLINICAL,
    COORDINATOR,
    DATA_MANAGER,
    LABORATORY,
    OVERSIGHT,
    PHARMACIST,
    READ_SUBJECTS,
    SITE_ROLES,
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
        menu="Patients" if act.id == "screen" else "",
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
    Page(
        name="specimens",
        path="specimens/",
        view=f"{HERE}.specimens:worklist_page",
        label=gettext_noop("Specimens"),
        read=(LABORATORY, *CLINICAL, *OVERSIGHT, STATISTICIAN),
        menu="Work",
    ),
    Page(
        name="specimen-step",
        path="specimens/step/",
        view=f"{HERE}.specimens:step_page",
        label=gettext_noop("A step of specimens"),
        read=(LABORATORY, COORDINATOR),
        write=(LABORATORY, COORDINATOR),
    ),
    Page(
        name="shipment-pdf",
        path="specimens/parcels/<path:parcel>.pdf",
        view=f"{HERE}.specimens:manifest_pdf",
        label=gettext_noop("List of a shipment"),
        read=(LABORATORY, *CLINICAL, *OVERSIGHT, STATISTICIAN),
    ),
    Page(
        name="substudy-specimens",
        path="substudies/<str:substudy>/specimens/",
        view=f"{HERE}.specimens:substudy_page",
        label=gettext_noop("Specimens of a sub-study"),
        read=(LABORATORY, *CLINICAL, *OVERSIGHT, STATISTICIAN),
        about=About.SUBSTUDY,
    ),
    Page(
        name="subject-specimens",
        path="subjects/<str:subject>/specimens/",
        view=f"{HERE}.specimens:subject_specimens_page",
        label=gettext_noop("Specimens"),
        read=READ_SUBJECTS,
        about=About.SUBJECT,
    ),
    Page(
        name="capsules",
        path="capsules/",
        view=f"{HERE}.accounts:capsules_page",
        label=gettext_noop("Drug accountability"),
        read=(PHARMACIST, *CLINICAL, *OVERSIGHT),
        menu="Work",
    ),
    Page(
        name="capsules-of",
        path="subjects/<str:subject>/capsules/",
        view=f"{HERE}.capsules:subject_capsules_page",
        label=gettext_noop("Drug accountability"),
        read=(PHARMACIST, *CLINICAL, *OVERSIGHT),
        write=(PHARMACIST, COORDINATOR),
        about=About.SUBJECT,
    ),
    Page(
        name="calendar",
        path="subjects/<str:subject>/calendar/",
        view=f"{HERE}.calendar:calendar_page",
        label=gettext_noop("Calendar"),
        read=READ_SUBJECTS,
        about=About.SUBJECT,
    ),
    Page(
        name="calendar-ics",
        path="subjects/<str:subject>/calendar.ics",
        view=f"{HERE}.calendar:calendar_ics",
        label=gettext_noop("Calendar"),
        read=READ_SUBJECTS,
        about=About.SUBJECT,
    ),
    Page(
        name="site-calendar",
        path="calendar/",
        view=f"{HERE}.site_calendar:site_calendar_page",
        label=gettext_noop("Calendar"),
        read=(*SITE_ROLES, *OVERSIGHT),
        menu="Work",
    ),
    Page(
        name="calendar-feed",
        path="calendar/address/",
        view=f"{HERE}.feed:address_page",
        label=gettext_noop("My calendar address"),
        read=(*SITE_ROLES, *OVERSIGHT),
        write=(*SITE_ROLES, *OVERSIGHT),
    ),
    Page(
        name="ranges",
        path="laboratory/",
        view=f"{HERE}.ranges:ranges_page",
        label=gettext_noop("Limits of the laboratory"),
        read=(*CLINICAL, *OVERSIGHT, STATISTICIAN),
        write=(COORDINATOR, DATA_MANAGER),
        menu="Data",
    ),
)
