"""Deviations of all patients: by clause, kind, patient, weight or site, the largest group first.

Where there are many, each group shows its first ones and leads to a list of its own. What was derived is kept of each
patient (`work.board`); what a person said of each is `departures`. Read `deviations`, then `put_together`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.desk.discretion import discreet
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.trial.departures import CONCEPT, DeviationRow, assessment
from trialwright.adapters.edc.trial.seeing import site_names
from trialwright.adapters.edc.work.board import board_of, subjects_at
from trialwright.adapters.edc.work.judged import Waiting
from trialwright.core.deviations import Deviation
from trialwright.core.subject import Observation, observations

A_PAGE, GROUPS_A_PAGE, FIRST, LONGEST = 100, 20, 5, 80
"""So many deviations are on a page; of more, so many groups with so many of each; so many letters are searched for."""


@dataclass(frozen=True)
class Found:
    """A deviation with whose it is, and the entry in which a person said whether it is important."""

    subject: str
    site: str
    what: Deviation
    said: Observation | None


GROUPS: Mapping[str, tuple[str, Callable[[Found], str]]] = {
    "clause": (gettext_noop("By clause"), lambda one: one.what.clause or "-"),
    "kind": (gettext_noop("By kind"), lambda one: one.what.kind),
    "subject": (gettext_noop("By patient"), lambda one: one.subject),
    "severity": (gettext_noop("By weight"), lambda one: one.what.severity),
    "site": (gettext_noop("By site"), lambda one: one.site),
}
"""The ways to put them together; nothing else may be asked for."""


@dataclass(frozen=True)
class Together:
    """Deviations that have something in common; `rows` are those that are shown."""

    name: str
    found: tuple[Found, ...]
    rows: tuple[DeviationRow, ...] = ()

    @property
    def major(self) -> int:
        """How many of them are major."""
        return sum(one.what.severity == "major" for one in self.found)

    @property
    def more(self) -> int:
        """How many of them are not shown."""
        return len(self.found) - len(self.rows)


@dataclass(frozen=True)
class Asked:
    """What was asked of the list; `of` is the one group that is looked at, `untold` what cannot be told alone."""

    by: str
    of: str
    site: str
    weight: str
    words: str
    untold: bool

    @classmethod
    def read(cls, request: HttpRequest, desk: Desk) -> Asked:
        """The filters as they were chosen; what no list offers asks nothing."""
        got = request.GET
        return cls(
            by=got.get("by", "") if got.get("by") in GROUPS else "clause",
            of=got.get("of", ""),
            site=got.get("site", "") if got.get("site") in desk.sites else "",
            weight=got.get("weight", "") if got.get("weight") in ("major", "minor") else "",
            words=got.get("q", "").strip()[:LONGEST],
            untold="untold" in got,
        )

    def subjects(self, desk: Desk) -> list[str]:
        """The patients that were asked about."""
        wanted = self.words.casefold()
        return [one for one in subjects_at(desk, self.site) if wanted in one.casefold()]


def deviations(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The page of the whole trial."""
    asked = Asked.read(request, desk)
    told = board_of(desk.open).awaited(desk.open, asked.subjects(desk), desk.today)
    found = [row for one in told.known for row in found_of(desk, one)]
    untold = sorted(((one.on, known.subject, one) for known in told.known for one in known.untold), key=_first)
    context = {
        "asked": asked,
        "told": told,
        "ways": [(name, label) for name, (label, _) in GROUPS.items()],
        "sites": site_names(desk),
        "total": len(found),
        "major": sum(one.what.severity == "major" for one in found),
        "unsaid": sum(one.said is None for one in found),
        "untold_in_all": len(untold),
        **_shown(request, desk, asked, found),
        **_untold_shown(request, desk, asked, untold),
    }
    return render(request, desk, "edc/trial/deviations.html", context)


def found_of(desk: Desk, one: Waiting) -> Iterator[Found]:
    """The deviations of a patient, each with what was said of it last."""
    if one.deviations:
        said = {each.text("deviation"): each for each in observations(desk.record(one.subject), CONCEPT)}
        yield from (Found(one.subject, one.site, each, said.get(each.id)) for each in one.deviations)


def _first(one: tuple[Any, ...]) -> tuple[Any, ...]:
    return one[0], one[1], one[2].kind, one[2].about


def put_together(found: Iterable[Found], by: str) -> list[Together]:
    """The deviations in groups, the largest group first; in a group by day and patient."""
    _, key = GROUPS[by]
    groups: dict[str, list[Found]] = {}
    for one in sorted(found, key=lambda one: (one.what.on, one.subject, one.what.id)):
        groups.setdefault(key(one), []).append(one)
    told = [Together(name, tuple(some)) for name, some in groups.items()]
    return sorted(told, key=lambda one: (-len(one.found), one.name))


def _shown(request: HttpRequest, desk: Desk, asked: Asked, found: Sequence[Found]) -> dict[str, Any]:
    """The groups, with all that is in them where there is room; of one group its list."""
    groups = put_together((one for one in found if asked.weight in ("", one.what.severity)), asked.by)
    number = "" if asked.untold else request.GET.get("page")
    alone = next((one for one in groups if one.name == asked.of), None)
    if alone is not None:
        page = Paginator(alone.found, A_PAGE).get_page(number)
        return {"page": page, "alone": True, "groups": [replace(alone, rows=_rows(desk, page.object_list))]}
    few = sum(len(one.found) for one in groups) <= A_PAGE
    many = Paginator(groups, GROUPS_A_PAGE).get_page(number)
    most = A_PAGE if few else FIRST
    return {"page": many, "groups": [replace(one, rows=_rows(desk, one.found[:most])) for one in many]}


def _rows(desk: Desk, found: Iterable[Found]) -> tuple[DeviationRow, ...]:
    """The deviations as this person may read them."""
    roster = desk.open.roster
    return tuple(
        DeviationRow(one.subject, one.site, discreet(desk, one.subject, one.what), assessment(one.said, roster))
        for one in found
    )


def _untold_shown(request: HttpRequest, desk: Desk, asked: Asked, untold: Sequence[Any]) -> dict[str, Any]:
    """What cannot be told: the first of it, or a page of it where it is asked for alone."""
    page = Paginator(untold, A_PAGE).get_page(request.GET.get("page") if asked.untold else 1)
    rows = page.object_list if asked.untold else page.object_list[:FIRST] if len(untold) > A_PAGE else untold
    told = [(subject, discreet(desk, subject, one)) for _on, subject, one in rows]
    return {"untold": told, "untold_page": page, "untold_more": len(untold) - len(told)}
