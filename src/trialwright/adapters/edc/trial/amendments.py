"""Amendments: the versions and where each is in force, what differs in words, whom it touches, who has to consent.

What differs is decided in `adapters.study.difference`, who is touched in `core.conduct.amending`. Nobody is moved by an
amendment: the list says who has to be asked. Read `amendments`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.http import HttpRequest, HttpResponse

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.trial.browsing import out_of_sight
from trialwright.adapters.edc.trial.protocol import sees
from trialwright.adapters.edc.trial.seeing import crowded, scoped, site_names, stands
from trialwright.adapters.study.difference import ClauseChange, difference
from trialwright.core.conduct import Amendment, amendment
from trialwright.core.conduct.amending import Touched


@dataclass(frozen=True)
class VersionRow:
    """A version: its file's hash, where it is in force since when, and who is on it."""

    version: str
    file_hash: str
    sites: tuple[tuple[str, date, date, bool], ...]
    subjects: tuple[str, ...]
    departs: int


@dataclass(frozen=True)
class Difference:
    """What two versions say otherwise, and what that means for the people."""

    old: str
    new: str
    changes: tuple[ClauseChange, ...]
    touched: Amendment

    @property
    def on_old(self) -> tuple[Touched, ...]:
        """The registered subjects on the earlier version."""
        return self.touched.on_version(self.old)

    @property
    def to_ask(self) -> tuple[Touched, ...]:
        """Everybody from whom something is needed before they may go on under the new version."""
        return tuple(one for one in self.touched.subjects if one.consent)

    @property
    def otherwise(self) -> tuple[Touched, ...]:
        """Who would be judged differently."""
        return tuple(one for one in self.touched.subjects if one.changes)


def amendments(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The page."""
    versions = list(desk.trial.versions)
    old, new = chosen(versions, request.GET.get("old", ""), request.GET.get("new", ""))
    context = {
        "rows": list(version_rows(desk)),
        "versions": versions,
        "old": old,
        "new": new,
        "found": compared(desk, old, new) if old else None,
        "crowded": crowded(desk),
        "readings": {one.id: one.reading for one in desk.trial.versions[new].questions},
    }
    return render(request, desk, "edc/trial/amendments.html", context)


def chosen(versions: Sequence[str], old: str, new: str) -> tuple[str, str]:
    """The two versions to compare: as asked, else the last and the one before it; no earlier one where there is none.

    >>> chosen(["1", "2", "3"], "", ""), chosen(["1", "2"], "1", "7"), chosen(["1"], "", "")
    (('2', '3'), ('1', '2'), ('', '1'))
    """
    new = new if new in versions[1:] else versions[-1]
    if len(versions) < 2:
        return "", new
    return (old if old in versions and old != new else versions[versions.index(new) - 1]), new


def version_rows(desk: Desk) -> Iterator[VersionRow]:
    """Each version with the sites it was activated at and the registered subjects on it."""
    record, on = desk.open.record, desk.today
    on_version = {name: desk.version_of(name) for name in desk.subjects() if record.subjects[name].registered}
    for version, protocol in desk.trial.versions.items():
        sites = []
        for site in site_names(desk):
            known = record.sites.get(site)
            told = [one for one in known.activations if one.version == version and one.occurred <= on] if known else []
            if known and told:
                first = min(told, key=lambda one: (one.occurred, one.seq))
                sites.append((site, first.occurred, first.approved_on, known.version_in_force(on) == version))
        people = tuple(name for name, theirs in on_version.items() if theirs == version)
        file_hash = desk.trial.hashes.get(version, "")
        departs = sum(len(one.departs_from) for one in protocol.eligibility)
        yield VersionRow(version, file_hash, tuple(sites), people, departs)


def compared(desk: Desk, old: str, new: str) -> Difference:
    """What differs between two versions, of what the person sees."""
    name = ("amendment", desk.sites, desk.central, old, new)
    return desk.open.answer(name, stands(desk), lambda: _compared(desk, old, new))


def _compared(desk: Desk, old: str, new: str) -> Difference:
    study = desk.open.loaded
    hidden = {
        name for version in (old, new) for name in out_of_sight(study.versions[version], lambda one: sees(desk, one))
    }
    found = difference(study.versions[old], study.versions[new], study.documents[old], study.documents[new])
    record = scoped(desk)
    touched = amendment(desk.trial, replace(record, subjects={}) if crowded(desk) else record, old, new, desk.today)
    return Difference(old, new, tuple(one for one in found if one.id not in hidden), touched)
