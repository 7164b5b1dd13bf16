"""The pages of the working day: their paths and who reads them. Nothing is written here."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from trialwright.adapters.edc.access.matrix import About, Page
from trialwright.adapters.edc.access.roles import EVERYONE, READ_SUBJECTS

HERE = "trialwright.adapters.edc.work"
PAGES: tuple[Page, ...] = (
    Page(
        name="start",
        path="",
        view=f"{HERE}.today:today_page",
        label=gettext_noop("Today"),
        read=EVERYONE,
    ),
    Page(
        name="today",
        path="today/",
        view=f"{HERE}.today:today_page",
        label=gettext_noop("Today"),
        read=EVERYONE,
        menu="Work",
    ),
    Page(
        name="subjects",
        path="subjects/",
        view=f"{HERE}.listing:subjects_page",
        label=gettext_noop("Patients"),
        read=READ_SUBJECTS,
        menu="Patients",
    ),
    Page(
        name="subject",
        path="subjects/<str:subject>/",
        view=f"{HERE}.subject:subject_page",
        label=gettext_noop("Patient"),
        read=READ_SUBJECTS,
        about=About.SUBJECT,
    ),
    Page(
        name="because",
        path="subjects/<str:subject>/because/<path:answer>/",
        view=f"{HERE}.because:because_page",
        label=gettext_noop("Why"),
        read=READ_SUBJECTS,
        about=About.SUBJECT,
    ),
)
