"""Freeze and lock, ask to unlock, unlock: of an item, a form, a patient, a site or the study, each with its checklist.

What may be done is tried against the rules before it is offered, by the event that would be made. A lock for good is
lifted by two persons: one asks, another does it. Read `acts_on`, then `subject_page`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from trialwright.adapters.edc.access.enforcing import NOT_HERE
from trialwright.adapters.edc.access.roles import Role
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.desk.discretion import discreet
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.oversight.looking import Looked, since_position, streams_at
from trialwright.adapters.edc.oversight.meanwhile import AGAIN, Meanwhile, meanwhile
from trialwright.adapters.edc.oversight.pages import FREEZING, LOCKING
from trialwright.adapters.edc.oversight.saving import Sent, acting, onwards, save, typed
from trialwright.adapters.edc.oversight.telling import Telling, address
from trialwright.core.conduct.refusing.locking import requests_to_unlock
from trialwright.core.ledger import Event, FormCorrected, FormSubmitted, Locked, Unlocked, UnlockRequested
from trialwright.core.oversight import Checklist, checklist, study_checklist
from trialwright.core.oversight.freezing import level_of
from trialwright.core.subject import SubjectRecord
from trialwright.core.subject.standing import held_of, lock_name, locks_held, own_locks

ACTS: dict[str, tuple[str, type[Event], dict[str, str], tuple[Role, ...]]] = {
    "freeze": (gettext_noop("Freeze"), Locked, {"degree": "freeze"}, FREEZING),
    "lock": (gettext_noop("Lock"), Locked, {"degree": "lock"}, LOCKING),
    "request": (gettext_noop("Ask to unlock"), UnlockRequested, {}, LOCKING),
    "unlock": (gettext_noop("Unlock"), Unlocked, {}, FREEZING),
}
"""What can be done, the event it makes, and who does it."""
MOST_JUDGED, SHOWN = 400, 50
"""Of a study of more patients than the first number the checklist shows as many as the second with open points."""
ASKS_WHY = ("request", "unlock")
Acts = list[tuple[str, str, bool]]


@dataclass(frozen=True)
class Held:
    """Something that is frozen or locked: of whom, what, by whom; and who asked to unlock it since."""

    subject: str
    lock: Locked
    label: str
    by: str
    requests: tuple[tuple[UnlockRequested, str], ...] = ()


def held_of_subject(desk: Desk, telling: Telling, record: SubjectRecord) -> list[Held]:
    """What of a patient is frozen or locked by itself."""
    held = held_of(own_locks(record)).values()
    return [_held(desk, telling, record.subject, one) for one in held]


def held_in_study(desk: Desk) -> list[Held]:
    """Everything that is frozen or locked, of the study and of the patients that the person sees."""
    telling, study = Telling(desk), desk.open.record
    of_study = {(one.site, lock_name(one)): one for one in _in_force(study.locks)}
    found = [_held(desk, telling, "", one) for one in of_study.values()]
    for subject in desk.subjects():
        found += held_of_subject(desk, telling, desk.record(subject))
    return found


def _in_force(locks: Sequence[Locked | Unlocked]) -> list[Locked]:
    """The locks of the study and of each site that hold: a site's are told apart by the site."""
    held: dict[tuple[str | None, str], Locked] = {}
    for one in sorted(locks, key=lambda each: each.seq):
        key = (one.site, lock_name(one))
        if isinstance(one, Locked):
            held[key] = one
        else:
            held.pop(key, None)
    return list(held.values())


def _held(desk: Desk, telling: Telling, subject: str, lock: Locked) -> Held:
    asked = requests_to_unlock(desk.open.record, subject or None)
    since = [one for one in asked if one.seq > lock.seq and _same(one, lock)]
    told = tuple((one, telling.person(one.actor)) for one in since)
    return Held(subject, lock, label_of(telling, lock.what, subject), telling.person(lock.actor), told)


def _same(one: UnlockRequested, lock: Locked) -> bool:
    return (lock_name(one), one.site) == (lock_name(lock), lock.site)


def label_of(telling: Telling, what: str, subject: str) -> str:
    """What is locked, in words."""
    if what in ("subject", subject):
        return _("everything of %(subject)s") % {"subject": subject}
    if what in ("study", "site"):
        return _("the whole study") if what == "study" else _("the whole site")
    return telling.item(what) if what.count("/") == 2 else telling.encounter(what) if "/" not in what else what


# --- the study -------------------------------------------------------------------------------------------------------


def locks_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What is frozen and locked, what is asked to be unlocked; the study and a site are locked here."""
    site = request.POST.get("site") or request.GET.get("site", "")
    if request.method == "POST" and site and site not in desk.sites:
        raise Http404(NOT_HERE)  # never the whole study in place of a site that is not there
    site = site if site in desk.sites else "" if desk.central else desk.sites[0]
    what = "site" if site else "study"
    sent = _sent(request, desk, what, "", site) if request.method == "POST" else None
    if sent is not None and sent.saved:
        return onwards(address("locks", desk.open.id))
    wants = "checklist" in request.GET or (sent is not None)
    context = {
        "held": held_in_study(desk),
        "site": site,
        "sites": desk.sites,
        "central": desk.central,
        "checklist": _of_study(desk, site) if wants else None,
        "meanwhile": _meanwhile(request, desk, sent, site or _("the whole study")),
        "position": desk.open.record.last_seq,
        **_typed(request, sent, desk, acts_on(desk, what, "", site)),
    }
    return render(request, desk, "edc/oversight/locks.html", context, status=sent.status if sent else 200)


def _of_study(desk: Desk, site: str) -> Checklist:
    def each(subject: str) -> Checklist:
        return checklist_of(desk, subject, "subject")

    enough = None if len(desk.subjects()) <= MOST_JUDGED else SHOWN
    return study_checklist(desk.trial, desk.open.record, desk.today, site or None, each, enough)


# --- a patient -------------------------------------------------------------------------------------------------------


def subject_page(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """The checklist of what is to be locked of a patient, and what can be done with it."""
    what = request.POST.get("what") or request.GET.get("what") or "subject"
    record, telling = desk.record(subject), Telling(desk)
    names = lockable(telling, record)
    known = what in {name for name, _label in names} or what.split("/")[0] in record.items
    if request.method == "POST" and not known:
        raise Http404(NOT_HERE)  # never everything in place of a form or an item that is not there
    what = what if known else "subject"
    sent = _sent(request, desk, what, subject, "") if request.method == "POST" else None
    if sent is not None and sent.saved:
        return onwards(f"{address('lock', desk.open.id, subject)}?what={what}")
    held = locks_held(desk.open.record, record)
    context = {
        "subject": subject,
        "what": what,
        "label": label_of(telling, what, subject),
        "level": level_of(record, what),
        "names": names,
        "lock": held.get(what) or held.get("study") or held.get("site") or held.get("subject"),
        "held": held_of_subject(desk, telling, record),
        "checklist": checklist_of(desk, subject, what),
        "meanwhile": _meanwhile(request, desk, sent, label_of(telling, what, subject), subject),
        "version": desk.version(subject),
        **_typed(request, sent, desk, acts_on(desk, what, subject, "")),
    }
    return render(request, desk, "edc/oversight/lock.html", context, status=sent.status if sent else 200)


def checklist_of(desk: Desk, subject: str, what: str) -> Checklist:
    """What a lock asks on the day; derived once for each state of the record."""
    record, on = desk.record(subject), desk.today
    found = desk.open.answer(
        ("checklist", subject, what),
        (record.events, desk.open.common, on),
        lambda: checklist(desk.trial, desk.open.record, subject, what, on, desk.whole_status(subject)),
    )
    return discreet(desk, subject, found)


def lockable(telling: Telling, record: SubjectRecord) -> list[tuple[str, str]]:
    """The names under which something of a patient can be locked, but for single items."""
    forms = (one for one in record.log or () if isinstance(one, FormSubmitted | FormCorrected) and one.encounter)
    keys = sorted({one.encounter for one in forms})
    own = {one.what for one in own_locks(record)} - {*keys, "subject", record.subject}
    return [(name, label_of(telling, name, record.subject)) for name in ("subject", *keys, *sorted(own))]


def acts_on(desk: Desk, what: str, subject: str, site: str) -> Acts:
    """What the person may do with it now: its name, its label, whether it asks for words; tried against the rules."""
    found: Acts = []
    for name, (label, _kind, _fields, roles) in ACTS.items():
        try:
            mine = acting(desk, roles, subject, site)
        except PermissionDenied:
            continue
        event = _event(mine, name, what, subject, site, "said", "said")
        if not desk.try_events((event,)):
            found.append((name, label, name in ASKS_WHY))
    return found


def _event(desk: Desk, name: str, what: str, subject: str, site: str, why: str, although: str) -> Event:
    _label, kind, own, _roles = ACTS[name]
    said: dict[str, Any] = {"what": what, **own}
    if name in ASKS_WHY:
        said["why"] = why
    elif name == "lock":
        said["although"] = although
    made = desk.event(kind, subject=subject or None, site=site or None, **said)
    return made if subject else replace(made, site=site or None)


def _sent(request: HttpRequest, desk: Desk, what: str, subject: str, site: str) -> Sent:
    name = request.POST.get("action", "")
    if name not in ACTS:
        return save(request, desk, (), subject)
    if not subject and not site:
        _whole_study(desk)
    mine = acting(desk, ACTS[name][3], subject, site)
    event = _event(mine, name, what, subject, site, typed(request, "why"), typed(request, "although"))
    later = partial(since_position, desk, request.POST.get("seen", ""), partial(_concerns, site))
    looked = None if subject else Looked(later, streams_at(desk, [site]))
    sent = save(request, mine, (event,), subject, looked=looked)
    if sent.saved:
        messages.success(request, _("Saved: %(what)s.") % {"what": _(ACTS[name][0])})
    return sent


def _concerns(site: str, event: Event) -> bool:
    """Whether an entry locks or opens the study, or the site."""
    return event.subject is None and isinstance(event, LOCKS) and event.site in (None, site or None)


LOCKS = (Locked, UnlockRequested, Unlocked)


def _meanwhile(request: HttpRequest, desk: Desk, sent: Sent | None, label: str, subject: str = "") -> Meanwhile | None:
    """Both sides, where somebody else saved first; what the rules still allow may be done all the same."""
    if sent is None or not sent.since:
        return None
    name = request.POST.get("action", "")
    wanted = [(_(ACTS[name][0]), label)] if name in ACTS else []
    wanted += [(_("Why"), typed(request, one)) for one in ("why", "although")]
    return meanwhile(request, desk, sent.since, wanted, keep=AGAIN, subject=subject)


def _whole_study(desk: Desk) -> None:
    """The study is locked by those who see all of it."""
    if not any(grant.site is None and grant.role in {role.value for role in FREEZING} for grant in desk.grants):
        raise PermissionDenied("the study is locked by those who hold the role for every site")


def _typed(request: HttpRequest, sent: Sent | None, desk: Desk, acts: Acts) -> dict[str, Any]:
    return {
        "acts": acts,
        "asks_why": any(words for _name, _label, words in acts),
        "against": sent.against if sent else (),
        "why": typed(request, "why"),
        "although": typed(request, "although"),
        "key": desk.new_key(),
    }
