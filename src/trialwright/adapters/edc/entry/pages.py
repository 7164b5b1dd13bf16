"""The pages on which data are entered: their paths and who may read and write them."""

from __future__ import annotations

from django.utils.translation import gettext_noop

from trialwright.adapters.edc.access.matrix import About, Page
from trialwright.adapters.edc.access.roles import CLINICAL, READ_SUBJECTS, Role

HERE = "trialwright.adapters.edc.entry"
SUBJECT = "subjects/<str:subject>/"
ITEM = f"{SUBJECT}items/<str:concept>/<str:instance>/<str:field>/"


def _page(name: str, path: str, view: str, label: str, write: tuple[Role, ...] = CLINICAL, **more: object) -> Page:
    told = {"read": READ_SUBJECTS, "write": write, "about": About.SUBJECT, **more}
    return Page(name=name, path=path, view=f"{HERE}.{view}", label=label, **told)  # type: ignore[arg-type]


PAGES: tuple[Page, ...] = (
    _page("forms", f"{SUBJECT}forms/", "lists:forms_page", gettext_noop("Forms"), ()),
    _page("form", f"{SUBJECT}forms/<str:encounter>/", "visit:form_page", gettext_noop("Form")),
    _page("form-check", f"{SUBJECT}forms/<str:encounter>/check/", "visit:form_check", gettext_noop("Form"), read=()),
    _page("unscheduled", f"{SUBJECT}unscheduled/", "visit:unscheduled_page", gettext_noop("Visit that was not planned"),
          (), read=CLINICAL),
    _page("records", f"{SUBJECT}records/<str:concept>/", "records:records_page", gettext_noop("Records"), ()),
    _page("record", f"{SUBJECT}records/<str:concept>/<str:instance>/", "records:record_page", gettext_noop("Record")),
    _page("record-check", f"{SUBJECT}records/<str:concept>/<str:instance>/check/", "records:record_check",
          gettext_noop("Record"), read=()),
    _page("item", ITEM, "history:item_page", gettext_noop("History of an item"), ()),
    _page("correct", f"{ITEM}correct/", "correcting:correct_page", gettext_noop("Correct an item"), read=CLINICAL),
    _page("correct-check", f"{ITEM}correct/check/", "correcting:correct_check", gettext_noop("Correct an item"),
          read=()),
)  # fmt: skip
