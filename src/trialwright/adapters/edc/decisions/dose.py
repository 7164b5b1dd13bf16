"""The dose card: today's dose of each drug, the capsules, the days, every rule that spoke, the holds, the next check.

Read `dose_page`, then `dose_document`: one page for the pharmacy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from trialwright.adapters.edc.decisions.panels import DosePanel, RuleRow, dose_panels
from trialwright.adapters.edc.decisions.prints import card, pdf_answer
from trialwright.adapters.edc.decisions.scene import Scene
from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look import writing
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.reports.document import Block, Document, Paragraph, Signature, Table
from trialwright.core.dosing import DoseDecision
from trialwright.core.terms import Verdict

LONGEST = 160
"""On the card a quote has so many letters; the page has it whole."""


def scene_today(desk: Desk, subject: str) -> Scene:
    """The patient today."""
    return Scene(desk.trial, desk.open.record, desk.today, desk.today, subject=subject, sites=desk.sites)


def dose_page(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """The dose card on a page."""
    scene = scene_today(desk, subject)
    status = desk.status(subject)
    over = status.disposition.off_treatment is not None
    context = {"subject": subject, "scene": scene, "panel": dose_panels(scene), "accounts": status.accounts}
    context["off_treatment"] = over  # whether treatment goes on is no question any more
    return render(request, desk, "edc/decisions/dose.html", context)


def dose_pdf(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """The dose card on paper."""
    scene = scene_today(desk, subject)
    return pdf_answer(desk, dose_document(desk, scene, dose_panels(scene)), f"{subject}-dose")


def dose_document(desk: Desk, scene: Scene, panels: Sequence[DosePanel]) -> Document:
    """The dose card as a card: the answer in large, the capsules, the rules."""
    facts = (
        (_("Patient"), scene.subject),
        (_("Site"), scene.here),
        (_("Arm"), scene.arm or (_("not allocated yet") if scene.unallocated else _("does not apply"))),
        (_("Protocol version"), scene.protocol.version),
        (_("Of"), writing.day(scene.on)),
    )
    return card(
        desk,
        _("Dose card"),
        scene.protocol.title,
        facts,
        [block for one in panels for block in _blocks(one)],
        notices=[*_no_drug(scene, panels), *(f"{one.regimen.drug}: {answer_words(one.said)}" for one in panels)],
        signatures=tuple(_signatures(panels)),
    )


def _no_drug(scene: Scene, panels: Sequence[DosePanel]) -> Iterator[str]:
    """Why no drug stands on the card, or not every one: an arm that is not known yet gives nobody leave to say none."""
    if scene.unallocated:
        yield _("No arm is allocated yet: which drugs are given is not known.")
    elif not panels:
        yield _("No drug is given in the patient's arm.")


def _signatures(panels: Sequence[DosePanel]) -> Iterator[Signature]:
    """Who prescribes signs where a dose is given, who hands out where anything is handed out; nobody for nothing."""
    if any(one.said.action == "give" for one in panels):
        yield Signature(_("Investigator"), _("Prescribed as stated."))
    if any(one.supply and one.supply.days for one in panels):
        yield Signature(_("Pharmacist"), _("Counted and handed out as stated."))


def answer_words(said: DoseDecision) -> str:
    """The answer in one line."""
    if said.action != "give":
        since = _(" since %(day)s") % {"day": writing.day(said.since)} if said.since else ""
        return f"{_(said.action)}{since}: {writing.dated(said.reason)}"
    how = " ".join(filter(None, (writing.quantity(said.dose), _(said.frequency), _(said.route) if said.route else "")))
    days = writing.span(said.first_day, said.last_day)
    return _("give %(how)s, %(days)s (course %(course)s)") % {"how": how, "days": days, "course": said.course}


def _blocks(panel: DosePanel) -> Iterator[Block]:
    supply = panel.supply
    if panel.units and supply and supply.days:
        yield Table(
            "capsules",
            _("To hand out of %(drug)s") % {"drug": panel.regimen.drug},
            (_("Strength"), _("At each intake"), _("For %(days)s days") % {"days": supply.days}, _("Counted")),
            tuple((writing.quantity(one), str(each), str(total), "…………") for one, each, total in panel.units),
        )
    for one in supply.refused if supply and panel.said.action == "give" else ():
        yield Paragraph(
            _("Nothing is handed out: %(why)s [%(clause)s]") % {"why": writing.dated(one.saw), "clause": one.clause},
            "notice",
        )
    for one in (one for one in panel.because if one.clause):
        yield Paragraph(f"“{_short(one.words)}” [{one.clause}] {writing.dated(one.saw)}")
    if panel.fired:
        headings = (_("Rule or gate"), _("What it does"), _("Today"), _("Seen"))
        rows = tuple(_row(one) for one in panel.fired)
        yield Table("rules", _("Speaks against a dose, or is unknown"), headings, rows, align="llll")
    quiet = ", ".join(one.id for one in panel.quiet)
    if quiet:
        yield Paragraph(_("Looked at, and asking for nothing: %(rules)s.") % {"rules": quiet}, "note")
    for lack in panel.lacks:
        yield Paragraph(_("Missing: %(what)s, from %(who)s") % {"what": lack.what, "who": _(lack.who)}, "notice")
    if panel.said.next_check:
        yield Paragraph(_("Looked at again on %(day)s.") % {"day": writing.day(panel.said.next_check)})


def _row(one: RuleRow) -> tuple[str, ...]:
    return one.id, _(one.action), rule_word(one), writing.dated(one.saw) or _("nothing seen")


def rule_word(one: RuleRow) -> str:
    """Whether a rule fired, or a gate is open."""
    if one.verdict is Verdict.UNKNOWN:
        return _("? unknown")
    if one.gate:
        return _("✗ not met") if one.against else _("✓ met")
    return _("✗ fired") if one.against else _("✓ not fired")


def _short(words: str) -> str:
    return words if len(words) <= LONGEST else words[: LONGEST - 1].rstrip() + "…"
