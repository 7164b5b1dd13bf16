"""The pages of imports: their paths and who may open them."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from trialwright.adapters.edc.access.matrix import Page
from trialwright.adapters.edc.access.roles import COORDINATOR, DATA_MANAGER

HERE = "trialwright.adapters.edc.imports.views"
IMPORTERS = (COORDINATOR, DATA_MANAGER)
"""Who reads files of others in: a site those of its patients, the data manager those of all."""

PAGES: tuple[Page, ...] = (
    Page(
        name="imports",
        path="imports/",
        view=f"{HERE}:imports_page",
        label=gettext_noop("Read files in"),
        read=IMPORTERS,
        menu="Data",
    ),
    Page(
        name="import-upload",
        path="imports/<slug:source>/",
        view=f"{HERE}:upload_page",
        label=gettext_noop("Choose a file"),
        read=IMPORTERS,
        write=IMPORTERS,
    ),
    Page(
        name="import-review",
        path="imports/<slug:source>/<slug:upload>/",
        view=f"{HERE}:review_page",
        label=gettext_noop("What would be saved"),
        read=IMPORTERS,
        write=IMPORTERS,
    ),
    Page(
        name="import-concepts",
        path="imports/<slug:source>/<slug:upload>/concepts.yaml",
        view=f"{HERE}:concepts_file",
        label=gettext_noop("Concepts drafted from a dictionary, file"),
        read=IMPORTERS,
    ),
    Page(
        name="import-report",
        path="imports/<slug:source>/<slug:upload>/report.csv",
        view=f"{HERE}:report_file",
        label=gettext_noop("Report of an import, file"),
        read=IMPORTERS,
    ),
)
