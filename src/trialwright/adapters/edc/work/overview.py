"""What waits, or stands, of the study as a whole: accrual by site, endpoints, the ledger, people.

Read `accrual`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.readiness import accruing, readiness_said
from trialwright.adapters.edc.look.writing import day
from trialwright.adapters.edc.work.board import board_of
from trialwright.adapters.edc.work.errands import Line
from trialwright.core.conduct import accrual_halts
from trialwright.core.people import refused_lately


def accrual(desk: Desk) -> Iterator[Line]:
    """Registered against planned, by site; and what halts accrual."""
    rows = board_of(desk.open).listed(desk.open, desk.subjects(), desk.today)
    planned = desk.trial.versions[desk.trial.latest].design.accrual.planned
    by_site = Counter(row.site for row in rows if row.registered)
    told = {"count": sum(by_site.values()), "planned": planned}
    yield Line(what=_("%(count)s of %(planned)s planned patients are registered") % told, doors=TRIAL, act=_("Open"))
    for site in desk.sites:
        words = ngettext("%(count)s patient", "%(count)s patients", by_site[site]) % {"count": by_site[site]}
        yield Line(what=words, site=site)
    for halt in accrual_halts(desk.trial, desk.open.record, desk.today):
        yield Line(what=halt.says, state="stop", doors=TRIAL, act=_("Open"), core=True)


TRIAL = (("/trial",),)


MOST_COUNTED = 500
"""Of so many patients everything is asked for a page."""


def endpoints(desk: Desk) -> Iterator[Line]:
    """Which endpoint can be analysed, and for how many subjects it waits; of very many, where it is made instead."""
    if (count := len(desk.subjects())) > MOST_COUNTED:
        says = _("Of %(count)s patients it takes too long for a page; another process makes it.") % {"count": count}
        yield Line(what=says, doors=(("/figures",),), act=_("Open"))
        return
    more = accruing(desk)
    for one in desk.trial_status().readiness:
        words, ready = readiness_said(one, more)
        yield Line(what=one.label or one.endpoint, when=words, state="done" if ready else "open", core=True)


def ledger(desk: Desk) -> Iterator[Line]:
    """How much is recorded, and when last."""
    last, count = desk.open.last_recorded, desk.open.record.last_seq
    words = ngettext("%(count)s event", "%(count)s events", count) % {"count": count}
    if count:
        told = _("last recorded %(day)s") % {"day": day(last)} if last else ""
        yield Line(what=words, when=told, doors=(("/ledger",), ("/audit",)), act=_("Open"))


def refused(desk: Desk) -> Iterator[Line]:
    """Logins that were refused so often, or so late, that somebody should ask the person."""
    for one in refused_lately(desk.open.roster, desk.today):
        who = desk.open.roster.name(one.person) if one.person else _("Logins that nobody has")
        tried = ngettext("refused %(count)s time within a week", "refused %(count)s times within a week", one.times)
        when = _("last on %(day)s") % {"day": day(one.last)}
        since = _("signed in since: ask whether it was them") if one.came_in else _("not signed in since")
        yield Line(
            what=f"{who}: {tried % {'count': one.times}}",
            when=f"{when}, {since}" if one.person else when,
            state="stop" if one.came_in else "open",
            doors=(("/person", one.person), ("/people",)) if one.person else (("/people",),),
            act=_("Open"),
        )


def people(desk: Desk) -> Iterator[Line]:
    """Who holds which role."""
    roster = desk.open.roster
    for person in roster.persons:
        roles = [f"{_(grant.role)}{f' · {grant.site}' if grant.site else ''}" for grant in roster.grants(person)]
        name = roster.name(person) or person
        state = "active" if roster.active(person) else "deactivated"
        what = f"{name}: {', '.join(roles) or _('no role')}"
        yield Line(what=what, state=state, doors=(("/person", person), ("/people",)), act=_("Open"))
