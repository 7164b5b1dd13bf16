"""What waits for a person, as lines: who, what, by when, why, and the page where it is done.

A line says what core says of one subject and leads to its page; what is asked of whom is in `today.SECTIONS`. Each
function here is one errand and gives the lines of one subject. Read `Line`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.look.writing import day, span
from trialwright.adapters.edc.work.board import Waiting, Watched
from trialwright.adapters.edc.work.links import to
from trialwright.adapters.edc.work.words import dose_says
from trialwright.core.conduct.wanting import INVESTIGATOR, Wanted
from trialwright.core.oversight.queries import ANSWERED, OPEN
from trialwright.core.protocol import Epoch
from trialwright.core.terms import Verdict


@dataclass(frozen=True)
class Line:
    """One thing that waits: whose it is, what, since or by when, its state, where it is done, and why it is asked.

    `core` marks words that core or the protocol gave, which are English; `on` is the day it is sorted by; `act` is what
    is done at the address.
    """

    subject: str
    site: str
    what: str
    when: str
    state: str
    address: str
    why: str = ""
    on: date = date.max
    core: bool = False
    act: str = ""


def _why(desk: Desk, subject: str, answer: str) -> str:
    return to(desk, "because", subject, answer) if answer else ""


def _page(desk: Desk, subject: str, *names: str) -> str:
    """The first of the pages named that the person may open, else the subject's own."""
    found = (to(desk, name, subject) for name in (*names, "subject"))
    return next((one for one in found if one), "")


# --- the site: visits, data, queries ---------------------------------------------------------------------------------


def visits_due(desk: Desk, one: Waiting) -> Iterator[Line]:
    """Visits whose window is open or that are late."""
    for task in one.tasks:
        visit = task.visit
        if visit.state in ("due", "overdue"):
            address = to(desk, "form", one.subject, visit.key) or _page(desk, one.subject)
            window, why = span(visit.earliest, visit.latest), _why(desk, one.subject, f"visit {visit.key}")
            told = _(visit.encounter.label)
            yield Line(one.subject, one.site, told, window, visit.state, address, why, visit.latest, act=_("Enter"))


def visits_to_complete(desk: Desk, one: Waiting) -> Iterator[Line]:
    """Visits that were made and lack something they should have brought."""
    for task in one.tasks:
        visit = task.visit
        if visit.state == "done" and (task.lacks or task.samples):
            lacks = [one.labels.get(name, name) for name in task.lacks]
            lacks += [_("sample of %(what)s") % {"what": each.specimen.label.lower()} for each in task.samples]
            what = f"{_(visit.encounter.label)}: {', '.join(lacks)}"
            address = to(desk, "form", one.subject, visit.key) or _page(desk, one.subject)
            done = visit.done_on or visit.due
            yield Line(
                one.subject, one.site, what, _("made %(day)s") % {"day": day(done)}, "missing", address, "", done
            )


def visits_coming(desk: Desk, one: Waiting) -> Iterator[Line]:
    """Visits of the coming week."""
    for visit in one.coming:
        why = _why(desk, one.subject, f"visit {visit.key}")
        address = _page(desk, one.subject, "calendar")
        what = _(visit.encounter.label)
        when = span(visit.earliest, visit.latest)
        yield Line(one.subject, one.site, what, when, "coming", address, why, visit.due, act=_("Calendar"))


def data_missing(desk: Desk, one: Waiting) -> Iterator[Line]:
    """Data that answers of today wait for, in a line for each who can give them; grades are asked elsewhere."""
    by_giver: dict[str, list[Wanted]] = {}
    for datum in one.wanted:
        by_giver.setdefault(datum.who, []).append(datum)
    for who, some in by_giver.items():
        if who != INVESTIGATOR:
            labels = [datum.label for datum in some]
            more = len(labels) - NAMED
            told = "; ".join(labels[:NAMED]) + (f" + {more}" if more > 0 else "")
            waits = next((name for datum in some for name in datum.waits), "")
            address = _page(desk, one.subject, "forms")
            why = _why(desk, one.subject, waits)
            yield Line(one.subject, one.site, told, _(who), "missing", address, why, core=True, act=_("Enter"))


NAMED = 6
"""So many data are named on one line; of more, their number is told."""


def queries_open(desk: Desk, one: Waiting) -> Iterator[Line]:
    """Queries that wait for the site, the oldest first; what a visit lacks is among the visits."""
    for query in one.queries:
        if query.state == OPEN and query.rule not in ("missing", "overdue"):
            yield _query(desk, one, query.item, query.asks, query.since)


def queries_answered(desk: Desk, one: Waiting) -> Iterator[Line]:
    """Queries that the site answered, to be closed or asked again."""
    for query in one.queries:
        if query.state == ANSWERED:
            yield _query(desk, one, query.item, query.asks, query.since, "answered")


def queries_old(desk: Desk, one: Waiting) -> Iterator[Line]:
    """Every query that is open, the oldest first."""
    for query in one.queries:
        if query.state == OPEN:
            yield _query(desk, one, query.item, query.asks, query.since)


def _query(desk: Desk, one: Waiting, item: str, asks: str, since: date, state: str = "open") -> Line:
    age = (desk.today - since).days
    told = ngettext("%(count)s day", "%(count)s days", age) % {"count": age}
    parts = item.split("/")
    of_item = to(desk, "item", one.subject, *parts) if len(parts) == 3 else ""
    address = _page(desk, one.subject, "query")
    return Line(one.subject, one.site, asks, told, state, address, of_item, since, core=True, act=_("Open"))


# --- the investigator ------------------------------------------------------------------------------------------------


def decisions_to_make(desk: Desk, one: Waiting) -> Iterator[Line]:
    """Registrations, courses that can start, treatment that is to end."""
    if one.entry is not None and one.entry.verdict is not Verdict.UNKNOWN:
        pages = ("decide-register", "eligibility") if one.entry.verdict is Verdict.MET else ("eligibility",)
        word = one.entry.word
        act = _("Register") if one.entry.verdict is Verdict.MET else _("Checklist")
        yield Line(one.subject, one.site, _(word), "", word, _page(desk, one.subject, *pages), act=act)
    for dose in one.doses:
        if dose.starts_course and dose.action == "give":
            why = _why(desk, one.subject, f"dose {dose.drug}")
            address = _page(desk, one.subject, "decide-start-course")
            first = dose.first_day or date.max
            yield Line(one.subject, one.site, dose_says(dose), "", "give", address, why, first, act=_("Start"))
        elif dose.action in ("hold", "stop"):
            why = _why(desk, one.subject, f"dose {dose.drug}")
            address = _page(desk, one.subject, "dose")
            said = f"{dose_says(dose)} {dose.reason}"
            since = dose.since or date.max
            yield Line(one.subject, one.site, said, "", dose.action, address, why, since, act=_("Dose card"))
    if one.to_end:
        said = _("Treatment is to end: %(why)s") % {"why": one.to_end}
        address, why = _page(desk, one.subject, "decide-end-treatment"), _why(desk, one.subject, "continuation")
        yield Line(one.subject, one.site, said, "", "stop", address, why, date.min, act=_("End treatment"))


def to_judge(desk: Desk, one: Waiting) -> Iterator[Line]:
    """Grades and judgements that only the investigator gives."""
    for datum in one.wanted:
        if datum.who == INVESTIGATOR:
            why = _why(desk, one.subject, datum.waits[0]) if datum.waits else ""
            address = to(desk, "records", one.subject, "adverse_event") or _page(desk, one.subject)
            yield Line(one.subject, one.site, datum.label, "", "missing", address, why, core=True, act=_("Judge"))


def reports_owed(desk: Desk, one: Waiting) -> Iterator[Line]:
    """Reports of serious events that are owed, or may be, by the time they are due."""
    for clock in one.clocks:
        what = f"{clock.term}: {clock.report} → {clock.to}"
        due = _("due %(day)s") % {"day": day(clock.due)} if clock.due else _("when it is due is not known")
        address = to(desk, "serious-event", one.subject, clock.event) or _page(desk, one.subject)
        by = clock.due.date() if clock.due else date.min
        why = _why(desk, one.subject, f"clock {clock.id}")
        yield Line(one.subject, one.site, what, due, clock.state, address, why, by, core=True, act=_("Report"))


def unsigned(desk: Desk, one: Waiting) -> Iterator[Line]:
    """Casebooks of those whose study is over that no investigator signed, or whose signature a change broke."""
    if one.unsigned and (one.epoch is Epoch.OFF_STUDY or "broken" in one.unsigned):
        address = _page(desk, one.subject, "sign")
        yield Line(one.subject, one.site, one.unsigned, "", "unsigned", address, core=True, act=_("Sign"))


# --- the pharmacy and the laboratory ---------------------------------------------------------------------------------


def doses_to_release(desk: Desk, one: Waiting) -> Iterator[Line]:
    """What can be handed out today."""
    for handed in one.supply:
        if handed.allowed:
            when = span(handed.first_day, handed.last_day)
            address, why = _page(desk, one.subject, "decide-release"), _why(desk, one.subject, f"supply {handed.drug}")
            first = handed.first_day or date.max
            told = str(handed)
            yield Line(one.subject, one.site, told, when, "allowed", address, why, first, core=True, act=_("Release"))


def doses_kept_back(desk: Desk, one: Waiting) -> Iterator[Line]:
    """What cannot be handed out because something is missing."""
    for handed in one.supply:
        if not handed.allowed and handed.missing:
            what = f"{handed.drug}: {', '.join(one.labels.get(name, name) for name in handed.missing)}"
            why = _why(desk, one.subject, f"supply {handed.drug}")
            address = _page(desk, one.subject, "dose")
            yield Line(one.subject, one.site, what, "", "missing", address, why, core=True, act=_("Dose card"))


def returns_to_count(desk: Desk, one: Waiting) -> Iterator[Line]:
    """Courses whose capsules nobody counted yet."""
    for account in one.accounts:
        what = _("%(drug)s, course %(course)s") % {"drug": account.drug, "course": account.course}
        address = _page(desk, one.subject, "capsules-of")
        why = _why(desk, one.subject, f"account {account.drug} {account.course}")
        yield Line(one.subject, one.site, what, "", "missing", address, why, act=_("Count"))


def specimens_to_handle(desk: Desk, one: Waiting) -> Iterator[Line]:
    """What is to be done with each specimen, the late first."""
    for specimen in one.specimens:
        if hidden(desk, one, specimen.key):
            continue
        what = f"{_(specimen.label)}: {_(specimen.to_do)}" + (f" ({specimen.aliquot})" if specimen.aliquot else "")
        when = f"{day(specimen.due)} {specimen.time}".strip() if specimen.due else ""
        address = _page(desk, one.subject, "subject-specimens")
        why = _why(desk, one.subject, f"specimen {specimen.key} {specimen.to_do}")
        state = "overdue" if specimen.overdue else "due"
        by = specimen.due or date.max
        act = _(specimen.to_do).capitalize()
        yield Line(one.subject, one.site, what, when, state, address, why, by, act=act)


def hidden(desk: Desk, one: Waiting, key: str) -> bool:
    """Whether a specimen is of a sub-study that does not exist for this person."""
    name = key.partition(".")[0]
    specimens = desk.protocol(one.subject).specimens
    return any(each.id == name and each.substudy and each.substudy not in desk.substudies for each in specimens)


# --- those who watch over the data -----------------------------------------------------------------------------------


def deviations_new(desk: Desk, one: Waiting) -> Iterator[Line]:
    """Deviations that happened in the last 60 days."""
    for place, each in enumerate(one.deviations):
        if 0 <= (desk.today - each.on).days <= RECENT:
            address = _page(desk, one.subject, "subject-deviations")
            why = _why(desk, one.subject, f"deviation {place}")
            what = f"{each.kind}: {each.says}"
            yield Line(
                one.subject,
                one.site,
                what,
                day(each.on),
                each.severity,
                address,
                why,
                each.on,
                core=True,
                act=_("Open"),
            )


RECENT = 60
"""Days for which a deviation is new."""


def to_verify(desk: Desk, one: Watched) -> Iterator[Line]:
    """How many items of each subject are to be held against the source."""
    if one.unverified:
        what = ngettext("%(count)s item", "%(count)s items", one.unverified) % {"count": one.unverified}
        address = _page(desk, one.subject, "verify-subject")
        yield Line(one.subject, one.site, what, "", "not verified", address, act=_("Verify"))


def to_code(desk: Desk, one: Watched) -> Iterator[Line]:
    """How many terms of each subject are to be coded."""
    if one.uncoded:
        what = ngettext("%(count)s term", "%(count)s terms", one.uncoded) % {"count": one.uncoded}
        address = to(desk, "coding") or _page(desk, one.subject)
        yield Line(one.subject, one.site, what, "", "uncoded", address, act=_("Code"))
