"""Signatures: what is signed is shown, the meaning chosen, the person asked again for both components; who signed.

The page shows exactly the content whose digest goes into the signature, on several pages where it is long; a page that
is of another content than the first one says so. When something was recorded meanwhile nothing is signed, and the page
shows it as it is now. `sign_block` is for pages that show what can be signed, by including
`edc/oversight/sign.html`. Read `sign_page`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from trialwright.adapters.edc.access.enforcing import NOT_HERE
from trialwright.adapters.edc.access.roles import INVESTIGATOR
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look import writing
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.look.paged import Filled
from trialwright.adapters.edc.oversight.meanwhile import Meanwhile, meanwhile
from trialwright.adapters.edc.oversight.pages import SIGNING
from trialwright.adapters.edc.oversight.saving import Sent, acting, onwards, save
from trialwright.adapters.edc.oversight.telling import Telling, address, counted
from trialwright.adapters.edc.people import again
from trialwright.adapters.edc.work.board import board_of, subjects_at
from trialwright.adapters.edc.work.judged import Watched
from trialwright.core.casebook import encounter_of
from trialwright.core.ledger import FormCorrected, FormSubmitted, Signed, from_json
from trialwright.core.oversight import MEANINGS, Content, Standing, content_of, items_of, lapsed, signatures
from trialwright.core.oversight.items import WHOLE
from trialwright.core.oversight.signing import ELIGIBILITY, OF_NAME
from trialwright.core.terms import Finding

PAGE, ROWS, LINE = 100, 200, 150
"""So many patients on a page, so many lines of what is signed, and so much of the page for each line."""


@dataclass(frozen=True)
class Shown:
    """One signature as a page shows it: printed name, meaning, time, and whether it holds."""

    standing: Standing
    label: str
    broken_by: str
    changed: tuple[str, ...]

    @property
    def signed(self) -> Signed:
        """The signature."""
        return self.standing.signed


@dataclass(frozen=True)
class Block:
    """What a page says about signatures of something: those there are, and whether this person may sign it."""

    subject: str
    what: str
    shown: tuple[Shown, ...]
    may: bool

    @property
    def holds(self) -> bool:
        """Whether one of them holds."""
        return any(one.standing.holds for one in self.shown)


def standings(desk: Desk, subject: str) -> tuple[Standing, ...]:
    """Every signature about a patient with its standing; derived once for each state of the record."""
    record = desk.record(subject)
    stands = (record.events, desk.open.common)
    return desk.open.answer(("signatures", subject), stands, lambda: signatures(desk.trial, desk.open.record, record))


def sign_block(desk: Desk, subject: str, what: str) -> Block:
    """The signatures of something of a patient, for the page that shows it (`edc/oversight/sign.html` as `sign`)."""
    telling = Telling(desk)
    told = [one for one in standings(desk, subject) if one.signed.what == what]
    held = {grant.role for grant in desk.grants}
    may = bool(held & {role.value for role in SIGNING}) and recorded(desk, subject, what)
    return Block(subject, what, tuple(shown(telling, one) for one in told), may)


def recorded(desk: Desk, subject: str, what: str) -> bool:
    """Whether anything is recorded under a name that could be signed: of a visit to come nothing is."""
    return what in (WHOLE, *OF_NAME) or bool(items_of(desk.record(subject), what))


def shown(telling: Telling, one: Standing) -> Shown:
    """A signature in words."""
    by, broken = one.broken_by, ""
    if by is not None:
        parts = {
            "kind": telling.kind(by),
            "seq": by.seq,
            "who": telling.person(by.actor),
            "why": getattr(by, "why", ""),
        }
        broken = _("%(kind)s, event %(seq)s, by %(who)s") % parts + (f": {parts['why']}" if parts["why"] else "")
    changed = tuple(telling.item(name) for name in one.changed if name.count("/") == 2)
    return Shown(one, name_of(telling, one.signed.what), broken, changed)


def name_of(telling: Telling, what: str) -> str:
    """What was signed, in words."""
    if not what:
        return _("not named")
    if what == ELIGIBILITY:
        return _("the eligibility checklist")
    if what == "subject":
        return _("everything of the patient")
    return telling.item(what) if what.count("/") == 2 else telling.encounter(what) if "/" not in what else what


# --- signing ---------------------------------------------------------------------------------------------------------


def sign_page(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """What is to be signed, exactly; and signing it."""
    what = request.POST.get("what") or request.GET.get("what") or WHOLE
    content = _content(desk, subject, what)
    if content is None and (request.method == "POST" or not named(desk, subject, what)):
        raise Http404(NOT_HERE)
    asked = again.asked(request)
    sent = None
    if request.method == "POST":
        asked, sent = sign(request, desk, subject, what)
        if sent.saved:
            return onwards(f"{address('sign', desk.open.id, subject)}?what={what}")
        content = _content(desk, subject, what) or content
    telling = Telling(desk)
    context = {
        "subject": subject,
        "what": what,
        "label": name_of(telling, what),
        "names": names_of(desk, telling, subject, what),
        "lapsed": [shown(telling, one) for one in lapsed(standings(desk, subject)) if one.signed.what != what],
        "content": content,
        **paged(request, desk, telling, subject, content),
        "sign": sign_block(desk, subject, what),
        "meanings": [(one, _(one)) for one in MEANINGS],
        "meaning": request.POST.get("meaning", ""),
        "again": asked,
        "against": sent.against if sent else (),
        "meanwhile": _meanwhile(request, desk, sent, telling, subject),
        "key": desk.new_key(),
        "version": desk.version(subject),
    }
    return render(request, desk, "edc/oversight/sign_page.html", context, status=sent.status if sent else 200)


def named(desk: Desk, subject: str, what: str) -> bool:
    """Whether a name without content is one all the same: of a visit to come, or of what was signed and is voided."""
    signed = any(one.signed.what == what for one in standings(desk, subject))
    return signed or encounter_of(desk.protocol(subject), what) is not None


def paged(request: HttpRequest, desk: Desk, telling: Telling, subject: str, content: Content | None) -> dict[str, Any]:
    """The page of the content that is looked at; `changed` says that it is not what the first page was of."""
    if content is None:
        return {}
    rows = (*items_shown(telling, content), *others_shown(desk, telling, subject, content))
    page = Filled(rows, ROWS, lambda row: LINE + len(row[0]) + len(row[1])).get_page(request.GET.get("page"))
    return {
        "page": page,
        "items": [row for row in page if len(row) == OF_ITEM],
        "others": [row for row in page if len(row) != OF_ITEM],
        "changed": request.GET.get("seen", content.sha256) != content.sha256,
    }


OF_ITEM = 2
"""The parts of the row of an item: its label and value; other rows say besides whether they are judged."""


def sign(request: HttpRequest, desk: Desk, subject: str, what: str) -> tuple[again.Again, Sent]:
    """Sign what was shown: nothing is signed without a meaning, both components, and the same content still there."""
    mine = acting(desk, SIGNING, subject)
    meaning = request.POST.get("meaning", "")
    if meaning not in MEANINGS:
        return again.asked(request), Sent(422, (_finding(_("Nothing says what the signature means.")),))
    asked = again.answered(request)
    if not asked.right:
        return asked, Sent(422, (_finding(_("The signature was not confirmed: see the fields below.")),))
    event = mine.event(
        Signed, subject=subject, meaning=meaning, content_hash=request.POST.get("content", ""), name=desk.person.name,
        what=what,
    )  # fmt: skip
    sent = save(request, mine, (event,), subject)
    if sent.saved:
        messages.success(request, _("Signed by %(name)s: %(what)s.") % {"name": desk.person.name, "what": _(meaning)})
    return asked, sent


def _meanwhile(request: HttpRequest, desk: Desk, sent: Sent | None, telling: Telling, subject: str) -> Meanwhile | None:
    """Both sides, where somebody else saved first: what is signed now is another content, to be looked at again."""
    if sent is None or not sent.since:
        return None
    what, meaning = request.POST.get("what", ""), request.POST.get("meaning", "")
    wanted = [(_("Sign"), name_of(telling, what)), (_("What the signature means"), _(meaning) if meaning else "")]
    return meanwhile(request, desk, sent.since, wanted, subject=subject)


def _finding(says: str) -> Finding:
    return Finding("sign", says, _("Nothing was signed."), _("Choose the meaning, type the password, and sign again."))


def _content(desk: Desk, subject: str, what: str) -> Content | None:
    try:
        return content_of(desk.trial, desk.open.record, desk.record(subject), what, desk.today)
    except KeyError:
        return None


def items_shown(telling: Telling, content: Content) -> Iterator[tuple[str, str]]:
    """The items of the content, labelled; what identifies a patient is shown at the site alone."""
    for row in sorted(json.loads(content.text)["rows"], key=lambda row: counted(str(row[1]))):
        if row[0] == "item":
            yield telling.item(row[1]), telling.value(row[1], from_json(row[2]))


def others_shown(desk: Desk, telling: Telling, subject: str, content: Content) -> Iterator[tuple[str, str, bool]]:
    """What the content holds besides: criteria with their verdicts (True), or decisions with their days."""
    protocol = desk.protocol(subject)
    for row in json.loads(content.text)["rows"]:
        if row[0] == "criterion":
            clause = protocol.clause(row[1])
            yield (clause.words if clause and clause.words else row[1]), row[2], True
        elif row[0] == "verdict":
            yield _("Eligible on %(day)s") % {"day": writing.day(row[2])}, row[1], True
        elif row[0] != "item":
            yield telling.kind_named(row[0]), writing.day(row[2]), False


def names_of(desk: Desk, telling: Telling, subject: str, what: str) -> list[tuple[str, str]]:
    """What of a patient can be signed as a whole: everything, each form, the checklist; and what is shown."""
    record = desk.record(subject)
    forms = (one for one in record.log or () if isinstance(one, FormSubmitted | FormCorrected) and one.encounter)
    keys = sorted({one.encounter for one in forms if items_of(record, one.encounter)})
    names = dict.fromkeys((WHOLE, ELIGIBILITY, *keys, what))
    return [(name, name_of(telling, name)) for name in names]


# --- who signed what -------------------------------------------------------------------------------------------------


STATES = ("broken", "unsigned", "signed")
"""How everything of a patient can stand, what asks for something first."""


@dataclass(frozen=True)
class Line:
    """A patient and the signature of everything of them: holding, broken, or none; and how many forms are signed."""

    subject: str
    site: str
    state: str
    best: Standing | None = None
    forms: int = 0
    lapsed: tuple[Standing, ...] = ()


def line_of(one: Watched) -> Line:
    """Whether an investigator has signed everything of a patient."""
    told = [each for each in one.signed if each.signed.role == INVESTIGATOR.value]
    whole = [each for each in told if each.signed.what == "subject"]
    best = next((each for each in whole if each.holds), whole[0] if whole else None)
    state = "unsigned" if best is None else "signed" if best.holds else "broken"
    forms = sum(1 for each in told if each.holds and each.signed.what not in ("subject", ""))
    lost = tuple(each for each in lapsed(told) if each.signed.what != "subject")
    return Line(one.subject, one.site, state, best, forms, lost)


def unsigned_page(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Whose record is signed, whose signature was broken and by what, and who is still to be signed."""
    site, wanted, telling = request.GET.get("site", ""), request.GET.get("state", ""), Telling(desk)
    site = site if site in desk.sites else ""
    told = board_of(desk.open).looked_after(desk.open, subjects_at(desk, site), desk.today)
    found = sorted(map(line_of, told.known), key=lambda one: (STATES.index(one.state), one.subject))
    page = Paginator([one for one in found if wanted not in STATES or one.state == wanted], PAGE).get_page(
        request.GET.get("page")
    )
    context: dict[str, Any] = {
        "page": page,
        "rows": [
            (one, shown(telling, one.best) if one.best else None, [shown(telling, lost) for lost in one.lapsed])
            for one in page
        ],
        "state": wanted,
        "site": site,
        "sites": desk.sites,
        "told": told,
        "counts": [(name, sum(one.state == name for one in found)) for name in ("unsigned", "broken", "signed")],
    }
    return render(request, desk, "edc/oversight/unsigned.html", context)
