"""The checklist of eligibility: every criterion with its answer, what it stands on, what is missing; to print and sign.

Read `checklist_page`, then `checklist_document`.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from trialwright.adapters.edc.access.roles import INVESTIGATOR
from trialwright.adapters.edc.decisions.panels import Checklist, CriterionRow, checklist
from trialwright.adapters.edc.decisions.prints import card, pdf_answer
from trialwright.adapters.edc.decisions.scene import Scene
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look import writing
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.reports.document import Document, Signature, Table
from trialwright.core.ledger import ScreeningFailed, SubjectRegistered
from trialwright.core.terms import Verdict


def scene_for(desk: Desk, subject: str) -> Scene:
    """The patient today, or on the day that decided: of the registration, or of the end of screening."""
    decided = decided_by(desk, subject)
    on = min(decided.occurred, desk.today) if decided else desk.today
    return Scene(desk.trial, desk.open.record, on, desk.today, subject=subject, sites=desk.sites)


def decided_by(desk: Desk, subject: str) -> SubjectRegistered | ScreeningFailed | None:
    """The registration, or the end of screening without one."""
    record = desk.record(subject)
    return record.registered or record.latest(ScreeningFailed)


def checklist_page(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """The checklist on a page."""
    scene = scene_for(desk, subject)
    decided = decided_by(desk, subject)
    shown = {"subject": subject, "scene": scene, "panel": checklist(scene), "decided": decided}
    context = {**shown, "may_sign": INVESTIGATOR in desk.roles}
    return render(request, desk, "edc/decisions/eligibility.html", context)


def checklist_pdf(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """The checklist on paper."""
    scene = scene_for(desk, subject)
    return pdf_answer(desk, checklist_document(desk, scene, checklist(scene)), f"{subject}-eligibility")


def checklist_document(desk: Desk, scene: Scene, found: Checklist) -> Document:
    """The checklist as a card: one row for each criterion, and the line to sign."""
    rows = tuple(_row(one) for one in found.rows)
    headings = (_("Criterion"), _("Answer"), _("Because"), _("Missing, and from whom"))
    table = Table("criteria", _("Criteria"), headings, rows, align="llll", empty=_("The protocol names no criterion."))
    facts = (
        (_("Patient"), scene.subject),
        (_("Site"), scene.here),
        (_("Protocol version"), found.version),
        (_("Judged on"), writing.day(found.on)),
        (_("Changes by itself on"), writing.day(found.holds_until) if found.holds_until else _("no day known")),
    )
    means = _("I have confirmed that each answer agrees with the source.")
    if found.verdict is Verdict.MET:  # nobody signs that a patient may enter who may not
        means = _(
            "I have confirmed that each answer agrees with the source, and that this patient may enter the study."
        )
    return card(
        desk,
        _("Eligibility checklist"),
        scene.protocol.title,
        facts,
        (table,),
        notices=(_answer_words(found),),
        signatures=(Signature(_("Investigator"), means),),
    )


def _answer_words(found: Checklist) -> str:
    """The overall answer, and how many criteria have which."""
    counts = ", ".join(f"{number} {_(verdict.value)}" for verdict, number in found.counts)
    return f"{_(found.word)}: {counts}"


def _words(one: CriterionRow) -> str:
    """What the criterion asks: as quoted, or in words of the program's own, which stand in no quotation marks."""
    return f"“{one.words}”" if one.words and one.quoted else one.words


def _row(one: CriterionRow) -> tuple[str, ...]:
    told = (each for each in one.more if each.value)
    data = "; ".join(f"{each.label}: {writing.dated(each.value)} ({writing.day(each.on)})" for each in told)
    seen = ". ".join(part for part in (writing.dated(one.saw), data) if part)
    lacks = "; ".join(f"{each.what} ({_(each.who)})" for each in one.lacks)
    return (
        f"{_words(one)} [{one.id}]".strip(),
        f"{MARKS[one.verdict]} {_(one.verdict.value)}",
        seen or _("nothing recorded"),
        lacks or _("nothing"),
    )


MARKS = {Verdict.MET: "✓", Verdict.NOT_MET: "✗", Verdict.UNKNOWN: "?"}
