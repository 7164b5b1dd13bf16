"""The pages of people inside a study: who works with it, one person, an invitation, the delegation and training log."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from trialwright.adapters.edc.access.matrix import Page
from trialwright.adapters.edc.access.roles import ADMINISTRATOR, CLINICAL, DATA_MANAGER, INVESTIGATOR, OVERSIGHT

READ_PEOPLE = (ADMINISTRATOR, *OVERSIGHT, *reversed(CLINICAL))
"""Who sees who works with the study: sites their own people and the central ones, the others everybody."""
TEACHES = (ADMINISTRATOR, INVESTIGATOR, DATA_MANAGER)
"""Who records that somebody was trained."""
HERE = "trialwright.adapters.edc.people"

PAGES: tuple[Page, ...] = (
    Page(
        name="people",
        path="people/",
        view=f"{HERE}.listing:people",
        label=gettext_noop("People"),
        read=READ_PEOPLE,
        menu="People",
    ),
    Page(
        name="invite",
        path="people/invite/",
        view=f"{HERE}.invite:invite",
        label=gettext_noop("Invite"),
        read=(ADMINISTRATOR,),
        write=(ADMINISTRATOR,),
        menu="People",
    ),
    Page(
        name="delegation",
        path="people/log/",
        view=f"{HERE}.listing:delegation",
        label=gettext_noop("Delegation and training"),
        read=READ_PEOPLE,
        write=TEACHES,
        menu="People",
    ),
    Page(
        name="person",
        path="people/<str:person>/",
        view=f"{HERE}.person:person_page",
        label=gettext_noop("Person"),
        read=READ_PEOPLE,
        write=(ADMINISTRATOR,),
    ),
)
