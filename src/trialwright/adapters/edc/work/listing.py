"""The list of subjects: searched, filtered, sorted and paged over what the board knows; nothing is judged for it.

What a person may sort by and filter by is a table; another word is passed over. Read `subjects_page`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.work.board import board_of
from trialwright.adapters.edc.work.judged import Row
from trialwright.adapters.edc.work.links import to
from trialwright.core.protocol import Concept, Epoch, StudyProtocol
from trialwright.core.subject import in_words

PER_PAGE = 50
LONGEST = 80
"""So many letters of a search are looked at."""
ORDER = (Epoch.SCREENING, Epoch.TREATMENT, Epoch.FOLLOW_UP, Epoch.OFF_STUDY, Epoch.NOT_REGISTERED)
SORTS: Mapping[str, tuple[str, Callable[[Row], Any]]] = {
    "subject": (gettext_noop("Patient"), lambda row: row.subject),
    "site": (gettext_noop("Site"), lambda row: (row.site, row.subject)),
    "epoch": (gettext_noop("Stands"), lambda row: (ORDER.index(row.epoch), row.since or date.min, row.subject)),
    "since": (gettext_noop("Since"), lambda row: (row.since or date.min, row.subject)),
    "course": (gettext_noop("Course"), lambda row: (row.course or 0, row.subject)),
    "version": (gettext_noop("Version"), lambda row: (row.version, row.subject)),
    "entry": (gettext_noop("Last entry"), lambda row: (row.last_entry or date.min, row.subject)),
}
"""What the list can be sorted by: the heading, and the key."""


@dataclass(frozen=True)
class Asked:
    """What was asked of the list, each part one of those there are."""

    words: str = ""
    site: str = ""
    epoch: str = ""
    version: str = ""
    sort: str = "subject"
    down: bool = False


def asked(query: Mapping[str, str], sites: Sequence[str], versions: Collection[str] = ()) -> Asked:
    """What a query asks; a word that is not in the table asks nothing."""
    sort = query.get("sort", "subject")
    name = sort.removeprefix("-")
    site, epoch = query.get("site", ""), query.get("epoch", "")
    return Asked(
        words=query.get("q", "").strip()[:LONGEST],
        site=site if site in sites else "",
        epoch=epoch if epoch in {one.value for one in Epoch} else "",
        version=query.get("version", "") if query.get("version") in versions else "",
        sort=name if name in SORTS else "subject",
        down=sort.startswith("-") and name in SORTS,
    )


def chosen(rows: Sequence[Row], of: Asked) -> list[Row]:
    """The rows that were asked for, in the order asked for."""
    words = of.words.casefold().split()
    found = [
        row
        for row in rows
        if (not of.site or row.site == of.site)
        and (not of.epoch or row.epoch.value == of.epoch)
        and (not of.version or row.version == of.version)
        and all(word in f"{row.subject} {row.site} {row.arm} {row.why}".casefold() for word in words)
    ]
    return sorted(found, key=SORTS[of.sort][1], reverse=of.down)


def subjects_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The subjects the person sees."""
    rows = board_of(desk.open).listed(desk.open, desk.subjects(), desk.today)
    of = asked(request.GET, desk.sites, desk.trial.versions)
    page = Paginator(chosen(rows, of), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, in_words(row.why, labels(desk, row.version))) for row in page.object_list],
        "asked": of,
        "all": len(rows),
        "counts": counts(rows),
        "heads": [_head(name, label, of) for name, (label, _key) in SORTS.items()],
        "sites": [("", _("All sites")), *((one, one) for one in desk.sites)] if len(desk.sites) > 1 else [],
        "epochs": [("", _("Everybody")), *((one.value, _(one.value)) for one in ORDER)],
        "versions": [("", _("Every version")), *((one, one) for one in desk.trial.versions)],
        "screen": to(desk, "decide-screen"),
    }
    return render(request, desk, "edc/working/subjects.html", context)


def labels(desk: Desk, version: str) -> Mapping[str, str]:
    """What a person reads in place of the ids of a protocol version, with the words of its criteria."""
    protocol, concepts = desk.trial.versions[version], desk.trial.standards[version].concepts
    return desk.open.answer(("labels", version), (), lambda: labels_of_version(protocol, concepts))


def labels_of_version(protocol: StudyProtocol, concepts: Mapping[str, Concept]) -> Mapping[str, str]:
    """Labels of concepts, and the words of its clause for a criterion whose id is no word of the language."""
    asked = {one.id: f"“{one.words.rstrip('.')}”" for one in protocol.eligibility if one.words and "_" in one.id}
    return {**asked, **{one.id: one.label for one in concepts.values()}}


def counts(rows: Sequence[Row]) -> list[tuple[str, int]]:
    """How many stand where."""
    found = [(one.value, sum(row.epoch is one for row in rows)) for one in ORDER]
    return [(name, count) for name, count in found if count]


def _head(name: str, label: str, of: Asked) -> dict[str, str]:
    """The heading of a column, with the word that sorts by it, or the other way round where it is sorted already."""
    here = of.sort == name
    sorted_as = ("descending" if of.down else "ascending") if here else ""
    return {"label": _(label), "sort": f"-{name}" if here and not of.down else name, "sorted": sorted_as}
