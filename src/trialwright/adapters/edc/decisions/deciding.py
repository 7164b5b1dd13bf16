"""The one page every decision has: what it rests on, what stands against it, what is filled in, and the save.

Drawn, it asks `core` what would stand against the decision as it is likely to be filled in. Sent, it is saved as it was
filled in or comes back with what was typed and why not: 422 where a blank or a rule is against it, 409 where somebody
wrote to the patient's record since the page was drawn. Read `act_page`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from trialwright.adapters.edc.access.matrix import page_named
from trialwright.adapters.edc.decisions.acts import BY_PAGE, Act
from trialwright.adapters.edc.decisions.blanks import (
    FIRST_DAY,
    Blank,
    Filled,
    Typed,
    assumed,
    key_of,
    read,
    version_of,
    words_of,
)
from trialwright.adapters.edc.decisions.governing import GOVERNING
from trialwright.adapters.edc.decisions.panels import PANELS
from trialwright.adapters.edc.decisions.scene import Scene, sites_of
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.desk.desk import stream_of
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.oversight.looking import Looked, since_position, streams_at
from trialwright.adapters.edc.oversight.meanwhile import Meanwhile, meanwhile
from trialwright.adapters.edc.oversight.saving import since_version
from trialwright.core.ledger import Event
from trialwright.core.protocol import Clause
from trialwright.core.subject import by_day
from trialwright.core.terms import Finding, Severity
from trialwright.store.errors import Refused, StaleVersion, SubmissionConflict

CHOSEN = ("drug", "voids", "site")
"""What may be chosen before the form is drawn."""


@dataclass(frozen=True)
class Sheet:
    """What the page shows: the decision, its blanks, what stands against it, and what came since it was drawn.

    `version` is that of the patient's record; of the study `position` is the place in the ledger it was drawn at.
    """

    act: Act
    scene: Scene
    filled: Filled
    key: str
    version: int | None
    against: Sequence[Finding] = ()
    tried: bool = False
    confirms: bool = False
    since: Sequence[Event] = field(default_factory=tuple)
    position: str = ""

    @property
    def shown(self) -> tuple[Blank, ...]:
        """The blanks, in their order."""
        return self.filled.blanks

    @property
    def beside(self) -> tuple[Finding, ...]:
        """What stands against it and is shown beside the form as well, criterion by criterion or rule by rule."""
        if self.act.panel not in ("checklist", "dose"):
            return ()
        here = {one.id for one in (*self.scene.protocol.eligibility, *_rules(self.scene))}
        return tuple(one for one in self.against if one.clause in here)

    @property
    def apart(self) -> tuple[Finding, ...]:
        """What stands against it and is shown nowhere else."""
        return tuple(one for one in self.against if one not in self.beside)

    @property
    def refused(self) -> bool:
        """Whether a rule is against it."""
        return any(one.severity is Severity.ERROR for one in self.against)


def _rules(scene: Scene) -> Iterable[Clause]:
    """The rules and gates of the patient's drugs."""
    for one in scene.regimens if scene.subject else ():
        yield from (one, *one.rules, *one.start_course_when, *one.release_when)


def act_page(request: HttpRequest, desk: Desk, subject: str = "") -> HttpResponse:
    """A decision about a patient or the study, whichever the address names."""
    match = request.resolver_match
    act = BY_PAGE[match.url_name if match and match.url_name else ""]
    return _sent(request, desk, act, subject) if request.method == "POST" else _drawn(request, desk, act, subject)


# --- the page is drawn -----------------------------------------------------------------------------------------------


def _drawn(request: HttpRequest, desk: Desk, act: Act, subject: str) -> HttpResponse:
    typed = dict(request.GET.lists())
    scene = scene_of(desk, act, subject, typed)
    blanks = act.blanks(scene)
    sheet = Sheet(act, scene, Filled(blanks), desk.new_key(), _version(desk, subject), position=_position(desk))
    return _page(request, desk, _foretold(desk, sheet))


def _foretold(desk: Desk, sheet: Sheet) -> Sheet:
    """The sheet with what stands against the decision, where that can be asked before it is filled in."""
    found = ahead(desk, sheet.act, sheet.scene, sheet.act.blanks(sheet.scene))
    return replace(sheet, against=found or (), tried=found is not None)


def ahead(desk: Desk, act: Act, scene: Scene, blanks: Sequence[Blank]) -> tuple[Finding, ...] | None:
    """What would stand against the decision, filled in as it is likely to be; None while something is to be chosen."""
    if any(one.to_choose for one in blanks):
        return None
    filled = read(blanks, assumed(blanks))
    return tuple(desk.try_events(events_of(desk, act, scene, filled.values))) if filled.good else None


def scene_of(desk: Desk, act: Act, subject: str, typed: Typed) -> Scene:
    """The place of a decision: the day that was typed, where it is one that has come, else today."""
    chosen = {name: typed[name][0] for name in CHOSEN if typed.get(name)}
    sites = sites_of(desk, act.write)
    site = chosen.get("site") if chosen.get("site") in sites else desk.home if desk.home in sites else ""
    return Scene(
        trial=desk.trial,
        study=desk.open.record,
        on=_day_typed(typed, desk.today),
        today=desk.today,
        subject=subject,
        site=site or (sites[0] if sites else ""),
        sites=sites,
        chosen=chosen,
    )


def _day_typed(typed: Typed, today: date) -> date:
    try:
        day = date.fromisoformat((typed.get("occurred") or ("",))[0].strip()[:10])
    except ValueError:
        return today
    return day if FIRST_DAY <= day <= today else today


def _position(desk: Desk) -> str:
    return str(desk.open.record.last_seq)


def _version(desk: Desk, subject: str) -> int | None:
    return desk.version(subject) if subject else None


# --- the page is sent ------------------------------------------------------------------------------------------------


def _sent(request: HttpRequest, desk: Desk, act: Act, subject: str) -> HttpResponse:
    typed = dict(request.POST.lists())
    scene = scene_of(desk, act, subject, typed)
    sheet = Sheet(
        act,
        scene,
        read(act.blanks(scene), typed),
        key_of(request.POST.get("key", "")),
        version_of(request.POST.get("version", "")),
        position=request.POST.get("seen", ""),
    )
    if not sheet.filled.good or not sheet.key or (subject and sheet.version is None):
        return _page(request, desk, _foretold(desk, _whole(desk, sheet)), 422)
    events = events_of(desk, act, scene, sheet.filled.values)
    looked, seen = _looked(desk, sheet, events), {stream_of(subject): sheet.version or 0} if subject else {}
    asks = act.twice and request.POST.get("confirmed") != "yes"
    try:
        later = looked.later() if asks else looked.save(desk, partial(_write, desk, events, sheet.key, seen), sheet.key)
    except Refused as wrong:
        return _page(request, desk, replace(sheet, against=wrong.findings), 422)
    except StaleVersion:
        return _page(request, desk, _stale(desk, sheet), 409)
    except SubmissionConflict:
        messages.warning(request, _("This form was saved before. What was changed in it since was not saved."))
        return _onwards(desk, events)
    if later:
        return _page(request, desk, replace(_stale(desk, sheet), since=later), 409)
    if asks:
        return _asked_again(request, desk, sheet, events)
    messages.success(request, _("Saved: %(what)s.") % {"what": _(act.label)})
    return _onwards(desk, events)


def events_of(desk: Desk, act: Act, scene: Scene, values: Mapping[str, Any]) -> tuple[Event, ...]:
    """The events that the decision makes, in the person's name."""
    return tuple(_event(desk, scene, kind, said) for kind, said in act.makes(scene, values))


def _event(desk: Desk, scene: Scene, kind: type[Event], said: Mapping[str, Any]) -> Event:
    """One event; of a patient it is at the patient's site, a new one's is the site acted at."""
    own = dict(said)
    subject = own.pop("subject", scene.subject) or None
    site = own.pop("site", None) if subject is None else scene.here
    return kind(
        actor=desk.person.id, role=desk.role.value, site=site, subject=subject, occurred=scene.on, **own
    )  # fmt: skip


def _whole(desk: Desk, sheet: Sheet) -> Sheet:
    """The sheet with the key and the version that a form must carry, where what was sent lacks them."""
    version = sheet.version if sheet.version is not None else _version(desk, sheet.scene.subject)
    return replace(sheet, key=sheet.key or desk.new_key(), version=version)


def _asked_again(request: HttpRequest, desk: Desk, sheet: Sheet, events: Sequence[Event]) -> HttpResponse:
    """What is about to be saved, to be confirmed; what stands against it is said before that."""
    against = tuple(desk.try_events(events))
    tried = replace(sheet, against=against, tried=True)
    return _page(request, desk, tried, 422) if tried.refused else _page(request, desk, replace(tried, confirms=True))


def _write(desk: Desk, events: Sequence[Event], key: str, seen: Mapping[str, int], now: Mapping[str, int]) -> None:
    desk.save(events, key, {**now, **seen})


def _looked(desk: Desk, sheet: Sheet, events: Sequence[Event]) -> Looked:
    """What is looked for before a decision about a site or the study; one about a patient has the patient's version."""
    if sheet.scene.subject:
        return Looked(tuple, ())
    later = partial(since_position, desk, sheet.position, partial(_concerns, events))
    return Looked(later, streams_at(desk, [one.site for one in events]))


def _concerns(mine: Sequence[Event], theirs: Event) -> bool:
    """Whether an entry about the study decides of the same place; what is told of people and files does not."""
    places = {one.site for one in mine}
    return (
        theirs.subject is None and isinstance(theirs, GOVERNING) and (None in places or theirs.site in {None, *places})
    )


def _stale(desk: Desk, sheet: Sheet) -> Sheet:
    """The sheet on the record as it is now, with what came since; what was typed is kept."""
    subject = sheet.scene.subject
    since = since_version(desk, subject, sheet.version or 0) if subject else ()
    scene = replace(sheet.scene, study=desk.open.record)
    blanks = {one.name: one for one in sheet.act.blanks(scene)}
    kept = tuple(replace(blanks.get(one.name, one), value=one.value) for one in sheet.shown)
    now = replace(sheet, scene=scene, filled=Filled(kept), version=_version(desk, subject), since=since)
    now = replace(now, position=_position(desk), key=desk.new_key())
    return _foretold(desk, now)


def _meanwhile(request: HttpRequest, desk: Desk, sheet: Sheet) -> Meanwhile:
    """Both sides: what came since, and the decision as it was filled in, which stands in the form below."""
    subject = sheet.scene.subject
    wanted = [(_("What"), _(sheet.act.label)), *((str(one.label), words_of(one)) for one in sheet.shown)]
    leave = reverse("edc:decisions", args=(desk.open.id, subject)) if subject else request.path
    return meanwhile(request, desk, sheet.since, wanted, subject=subject, leave=leave)


def _onwards(desk: Desk, events: Sequence[Event]) -> HttpResponse:
    """To the patient the decision was of, to the list where they went out of sight, else to those of the study."""
    subject = max(events, key=by_day).subject
    seen = (("subject", subject), ("decisions", subject)) if subject and desk.sees(subject) else ()
    tries = (*seen, ("subjects", "") if subject else ("governance", ""))
    for name, one in tries:
        try:
            at = reverse(f"edc:{name}", args=(desk.open.id, *([one] if one else [])))
        except NoReverseMatch:
            continue
        return HttpResponseRedirect(at, status=303)
    return HttpResponseRedirect("/", status=303)


def _page(request: HttpRequest, desk: Desk, sheet: Sheet, status: int = 200) -> HttpResponse:
    act, scene = sheet.act, sheet.scene
    panel = PANELS[act.panel](scene) if act.panel else None
    context = {
        "sheet": sheet,
        "meanwhile": _meanwhile(request, desk, sheet) if sheet.since else None,
        "act": act,
        "scene": scene,
        "subject": scene.subject,
        "panel": panel,
        "panel_template": f"edc/decisions/panels/{act.panel}.html" if act.panel else "",
        "offered": act.offered(scene),
        "may_govern": desk.may(page_named("governance")),
    }
    return render(request, desk, "edc/decisions/decide.html", context, status=status)
