"""The addresses of the API: declared like every other page, below `/api/v1/<study>/`.

Read `PAGES`. An address is answered by the operations of `schema.API` at the same path.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop

from trialwright.adapters.edc.access.matrix import About, Page
from trialwright.adapters.edc.access.roles import (
    CLINICAL,
    DATA_MANAGER,
    EVERYONE,
    OVERSIGHT,
    READ_SUBJECTS,
    STATISTICIAN,
    Role,
)
from trialwright.adapters.edc.imports.pages import IMPORTERS
from trialwright.adapters.edc.oversight.pages import READ, SIGNING
from trialwright.adapters.edc.people.pages import READ_PEOPLE

SEE_CONDUCT = (*CLINICAL, *OVERSIGHT, STATISTICIAN)
AUDITS = (*OVERSIGHT, *CLINICAL)
SEE_FIGURES = (*CLINICAL, *OVERSIGHT, STATISTICIAN)
SUBJECT = "subjects/<str:subject>/"


def _page(
    name: str,
    path: str,
    label: str,
    read: tuple[Role, ...] = (),
    write: tuple[Role, ...] = (),
    about: About = About.STUDY,
) -> Page:
    view = f"trialwright.adapters.edc.api.views:{name.replace('-', '_')}"
    return Page(name=name, path=path, view=view, label=label, read=read, write=write, about=about, api=True)


def _of_subject(
    name: str, path: str, label: str, read: tuple[Role, ...] = READ_SUBJECTS, **more: tuple[Role, ...]
) -> Page:
    return _page(name, f"{SUBJECT}{path}", label, read, about=About.SUBJECT, **more)


PAGES: tuple[Page, ...] = (
    _page("api-study", "", gettext_noop("The study, and what you may do in it"), EVERYONE),
    _page("api-openapi", "openapi.json", gettext_noop("The description of the API"), EVERYONE),
    _page("api-status", "status/", gettext_noop("The status of the trial"), READ_SUBJECTS),
    _page("api-subjects", "subjects/", gettext_noop("The subjects"), READ_SUBJECTS),
    _of_subject("api-subject", "", gettext_noop("The status of a subject")),
    _of_subject("api-subject-events", "events/", gettext_noop("The events of a subject")),
    _of_subject("api-eligibility", "eligibility/", gettext_noop("The eligibility of a subject")),
    _of_subject("api-dose", "dose/", gettext_noop("The dose of a subject")),
    _of_subject("api-calendar", "calendar/", gettext_noop("The visits of a subject")),
    _of_subject("api-forms", "forms/", gettext_noop("The forms of a subject")),
    _of_subject("api-form", "forms/<str:encounter>/", gettext_noop("A form of a subject")),
    _of_subject("api-queries-of", "queries/", gettext_noop("The queries about a subject")),
    _of_subject("api-verification-of", "verification/", gettext_noop("Source verification of a subject"), AUDITS),
    _of_subject("api-locks-of", "locks/", gettext_noop("What of a subject is locked")),
    _of_subject("api-signatures", "signatures/", gettext_noop("The signatures about a subject"), write=SIGNING),
    _of_subject("api-deviations-of", "deviations/", gettext_noop("The deviations of a subject"), SEE_CONDUCT),
    _page("api-audit", "audit/", gettext_noop("Every event, in ledger order"), AUDITS),
    _page("api-events", "events/", gettext_noop("Submit events"), (), EVERYONE),
    _page("api-check", "events/check/", gettext_noop("Try events without writing them"), (), EVERYONE),
    _page("api-queries", "queries/", gettext_noop("The queries"), READ_SUBJECTS),
    _page("api-deviations", "deviations/", gettext_noop("The deviations"), SEE_CONDUCT),
    _page("api-import", "imports/<slug:source>/", gettext_noop("Read a file in"), (), IMPORTERS),
    _page("api-import-check", "imports/<slug:source>/check/", gettext_noop("Try a file"), (), IMPORTERS),
    _page("api-exports", "exports/", gettext_noop("What can be made"), SEE_FIGURES, SEE_FIGURES),
    _page("api-export", "exports/<slug:job>/", gettext_noop("How far it is"), SEE_FIGURES),
    _page("api-export-file", "exports/<slug:job>/<int:number>/", gettext_noop("A file of it"), SEE_FIGURES),
    _page("api-today", "today/", gettext_noop("What waits today"), EVERYONE),
    _page("api-screening", "screening/", gettext_noop("The screening log"), SEE_CONDUCT),
    _page("api-flow", "flow/", gettext_noop("Participant flow"), SEE_CONDUCT),
    _page("api-serious", "serious/", gettext_noop("Serious events"), SEE_CONDUCT),
    _of_subject("api-serious-of", "serious/", gettext_noop("Serious events of a subject"), SEE_CONDUCT),
    _page("api-protocol", "protocol/", gettext_noop("The protocol beside its record"), EVERYONE),
    _page("api-amendments", "amendments/", gettext_noop("Versions, and who is on which"), SEE_CONDUCT),
    _page("api-sites", "sites/", gettext_noop("The sites"), EVERYONE),
    _page("api-laboratory", "laboratory/", gettext_noop("The limits of laboratories"), SEE_CONDUCT),
    _page("api-people", "people/", gettext_noop("Who works with the study"), READ_PEOPLE),
    _of_subject("api-item", "items/<str:concept>/<str:instance>/<str:field>/", gettext_noop("The history of an item")),
    _of_subject("api-terms-of", "terms/", gettext_noop("Terms to code of a subject"), READ),
    _page("api-dictionaries", "dictionaries/", gettext_noop("The dictionaries"), READ, (DATA_MANAGER,)),
    _page("api-ledger", "ledger/", gettext_noop("The head of the ledger"), EVERYONE),
    _page("api-verify", "ledger/verify/", gettext_noop("Verify the ledger"), (), OVERSIGHT),
)
