"""Source verification: what is planned and how far it has come by patient; the items of one patient, ticked.

A monitor says that items agree with the source at the values they have now. The version of the record that was seen
goes along, so that nobody verifies a value that was changed meanwhile. Read `subject_page`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from trialwright.adapters.edc.access.matrix import page_named
from trialwright.adapters.edc.access.roles import MONITOR
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.oversight.meanwhile import Meanwhile, meanwhile
from trialwright.adapters.edc.oversight.saving import Sent, acting, onwards, save
from trialwright.adapters.edc.oversight.telling import Telling, address
from trialwright.adapters.edc.work.board import board_of, subjects_at
from trialwright.adapters.edc.work.judged import Watched
from trialwright.core.casebook import logs_of
from trialwright.core.ledger import SourceVerified
from trialwright.core.oversight import Plan, Verification, planned_for, progress_of, verifications
from trialwright.core.oversight.verification import ALWAYS, VERIFIED, Progress

PAGE, FORMS = 100, 6
MOST_AT_ONCE = 500


@dataclass(frozen=True)
class Tick:
    """One item as the page shows it."""

    one: Verification
    label: str
    value: str
    by: str
    critical: bool
    address: str

    @property
    def path(self) -> str:
        """The item's path."""
        return self.one.item.name


def plan_of(desk: Desk, subject: str = "") -> Plan:
    """The plan under the protocol a patient is on."""
    version = desk.version_of(subject)
    return desk.open.answer(
        ("plan", version), (), lambda: planned_for(desk.trial.versions[version], desk.trial.standards[version].concepts)
    )


def verifications_of(desk: Desk, subject: str) -> tuple[Verification, ...]:
    """Every item of a patient with its state; judged once for each state of the record."""
    record, plan = desk.record(subject), plan_of(desk, subject)
    return desk.open.answer(
        ("verifications", subject), (record.events, desk.version_of(subject)), lambda: verifications(record, plan)
    )


def by_site(found: Iterable[Watched]) -> list[tuple[str, Progress]]:
    """The same by site."""
    told: dict[str, Progress] = {}
    for line in found:
        told[line.site] = told.get(line.site, Progress()).plus(line.progress)
    return sorted(told.items())


def verification_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """How far source verification has come: by site, by patient."""
    site = request.GET.get("site", "")
    site = site if site in desk.sites else ""
    told = board_of(desk.open).looked_after(desk.open, subjects_at(desk, site), desk.today)
    found = sorted(told.known, key=lambda one: (-one.progress.open, one.subject))
    context = {
        "page": Paginator(found, PAGE).get_page(request.GET.get("page")),
        "of_sites": by_site(found),
        "told": told,
        "site": site,
        "sites": desk.sites,
        "critical": sorted(_labels(desk)),
        "share": plan_of(desk).share,
    }
    return render(request, desk, "edc/oversight/verification.html", context)


def _labels(desk: Desk) -> Iterator[str]:
    """What is critical in this study: of what is critical in every one, only what its visits and logs record."""
    concepts: Mapping[str, object] = Telling(desk).concepts
    recorded = _recorded(desk)
    for name in plan_of(desk).critical:
        if name in recorded or name not in ALWAYS:
            yield str(getattr(concepts.get(name), "label", name))


def _recorded(desk: Desk) -> frozenset[str]:
    protocol, version = desk.protocol(), desk.version_of("")
    logs = (one.id for one in logs_of(protocol, desk.trial.standards[version].concepts))
    return frozenset([*logs, *(name for encounter in protocol.encounters for name in encounter.collect)])


# --- one patient -----------------------------------------------------------------------------------------------------


def subject_page(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """The items of a patient by form, each with its value and whether it was held against the source."""
    sent = _verified(request, desk, subject) if request.method == "POST" else None
    if sent is not None and sent.saved:
        return onwards(request.get_full_path())
    everything = request.GET.get("show") == "all"
    ticks = [one for one in ticks_of(desk, subject) if everything or one.one.to_do]
    forms = [(key, _form(desk, key), [*group]) for key, group in groupby(ticks, key=_key)]
    context = {
        "subject": subject,
        "page": Paginator(forms, FORMS).get_page(request.GET.get("page")),
        "everything": everything,
        "progress": progress_of(verifications_of(desk, subject)),
        "may_list": desk.may(page_named("verification")),
        "may_verify": any(grant.role == MONITOR.value for grant in desk.grants),
        "against": sent.against if sent else (),
        "meanwhile": _meanwhile(request, desk, subject, sent),
        "picked": _still_ticked(request, sent),
        "key": desk.new_key(),
        "version": desk.version(subject),
    }
    return render(request, desk, "edc/oversight/verify.html", context, status=sent.status if sent else 200)


def _still_ticked(request: HttpRequest, sent: Sent | None) -> list[str]:
    """What was ticked; what somebody changed meanwhile is to be looked at again."""
    changed = {change.path for event in (sent.since if sent else ()) for change in getattr(event, "items", ())}
    return [path for path in request.POST.getlist("path") if path not in changed] if sent else []


def _meanwhile(request: HttpRequest, desk: Desk, subject: str, sent: Sent | None) -> Meanwhile | None:
    """Both sides, where somebody else saved first."""
    if sent is None or not sent.since:
        return None
    telling, whole, ticked = Telling(desk), request.POST.get("form"), request.POST.getlist("path")
    names = [_form(desk, whole)] if whole else [telling.item(path) for path in ticked if path.count("/") == 2]
    more = len(names) - NAMED
    told = "; ".join(names[:NAMED]) + (f" + {more}" if more > 0 else "")
    return meanwhile(request, desk, sent.since, [(_("Hold against the source"), told)], subject=subject)


NAMED = 6
"""So many items are named; of more, their number."""


def ticks_of(desk: Desk, subject: str) -> list[Tick]:
    """The items of a patient in the order of their forms."""
    telling, plan = Telling(desk), plan_of(desk, subject)
    ticks = [_tick(desk, telling, plan, subject, one) for one in verifications_of(desk, subject)]
    first: dict[str, date] = {}
    for one in ticks:
        first[_key(one)] = min(first.get(_key(one), date.max), one.one.item.event.occurred)
    return sorted(ticks, key=lambda one: (_key(one).startswith("~"), first[_key(one)], _key(one), one.path))


def _tick(desk: Desk, telling: Telling, plan: Plan, subject: str, one: Verification) -> Tick:
    path = one.item.path
    return Tick(
        one,
        telling.item(one.item.name),
        telling.value(one.item.name, one.item.value),
        telling.person(one.by.actor) if one.by else "",
        path.concept in plan.critical,
        address("item", desk.open.id, subject, path.concept, path.instance, path.field),
    )


def _key(tick: Tick) -> str:
    """The form an item is shown under: its first encounter, or, after those, what repeats."""
    first = tick.one.item.encounters[0] if tick.one.item.encounters else ""
    return first or f"~{tick.one.item.path.concept}"


def _form(desk: Desk, key: str) -> str:
    telling, concept = Telling(desk), key.removeprefix("~")
    if not key.startswith("~"):
        return telling.encounter(key)
    return telling.concepts[concept].label if concept in telling.concepts else concept


def _verified(request: HttpRequest, desk: Desk, subject: str) -> Sent:
    """The items that were ticked, or all of a form, as one event; what is verified already is not said again."""
    there = {one.path: one for one in ticks_of(desk, subject) if one.one.state != VERIFIED}
    whole = request.POST.get("form")
    wanted = [path for path, one in there.items() if _key(one) == whole] if whole else request.POST.getlist("path")
    paths = tuple(path for path in dict.fromkeys(wanted) if path in there)[:MOST_AT_ONCE]
    mine = acting(desk, (MONITOR,), subject)
    events = (mine.event(SourceVerified, subject=subject, paths=paths),) if paths else ()
    sent = save(request, mine, events, subject)
    if sent.saved:
        messages.success(request, _("Verified: %(count)d.") % {"count": len(paths)})
    return sent
