"""What waits for a person, as lines: who, what, by when, its state, why it is asked, and the pages where it is done.

Each function is one errand: it says what one subject's part of it is. Nothing is decided and no page is looked up here;
what is asked of whom is in `today.SECTIONS`. Read `Line`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trialwright.adapters.edc.look.standing import OPEN as OPEN_VISIT
from trialwright.adapters.edc.look.standing import when_of
from trialwright.adapters.edc.look.words import said
from trialwright.adapters.edc.look.writing import day, span
from trialwright.adapters.edc.work.judged import Waiting, Watched
from trialwright.adapters.edc.work.words import dose_says
from trialwright.core.conduct.wanting import INVESTIGATOR, Wanted
from trialwright.core.oversight import Query
from trialwright.core.oversight.queries import ANSWERED, OPEN
from trialwright.core.protocol import Epoch
from trialwright.core.schedule import Visit
from trialwright.core.schedule.naming import visit_among
from trialwright.core.subject import in_words
from trialwright.core.terms import Verdict

Door = tuple[str, ...]
"""A page by its name, with the ids that come after the subject's."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that waits: whose it is, what, since or by when, and its state.

    `doors` are the pages where it is done, the best first, and `act` what is done there; `answer` is the answer of the
    status that says why; `core` marks words of core or of the protocol, which are English; `on` is sorted by.
    """

    what: str
    subject: str = ""
    site: str = ""
    when: str = ""
    state: str = ""
    doors: tuple[Door, ...] = ()
    act: str = ""
    answer: str = ""
    on: date = date.max
    core: bool = False


@dataclass(frozen=True)
class Scope:
    """The day, and the specimens that do not exist for the person who asks."""

    on: date
    hidden: Collection[str] = ()


# --- the site: visits, data, queries ---------------------------------------------------------------------------------


def called(visit: Visit) -> str:
    """A visit by its label, with its course or number where there are several."""
    return visit_among((visit.encounter,), visit.key, said)


def visits_due(one: Waiting, scope: Scope) -> Iterator[Line]:
    """Visits whose window is open, and those whose window is over and of which nothing is recorded."""
    for visit, state in one.visits:
        answer = f"visit {visit.key}" if visit.state in OPEN_VISIT else ""
        yield Line(
            what=called(visit), when=when_of(visit, state), state=state,
            doors=(("form", visit.key),), act=_("Enter"), answer=answer, on=visit.latest,
        )  # fmt: skip


def visits_to_complete(one: Waiting, scope: Scope) -> Iterator[Line]:
    """Visits that were made and lack something they should have brought."""
    for task in one.tasks:
        visit = task.visit
        if visit.state == "done" and (task.lacks or task.samples):
            lacks = [one.labels.get(name, name) for name in task.lacks]
            lacks += [_("sample of %(what)s") % {"what": each.specimen.label.lower()} for each in task.samples]
            done = visit.done_on or visit.due
            yield Line(
                what=f"{called(visit)}: {_named(lacks)}", when=_("made %(day)s") % {"day": day(done)},
                state="missing", doors=(("form", visit.key),), act=_("Complete"), on=done,
            )  # fmt: skip


def visits_coming(one: Waiting, scope: Scope) -> Iterator[Line]:
    """Visits of the coming week."""
    for visit in one.coming:
        yield Line(
            what=called(visit), when=span(visit.earliest, visit.latest), state="coming",
            doors=(("calendar",),), act=_("Calendar"), answer=f"visit {visit.key}", on=visit.due,
        )  # fmt: skip


def data_missing(one: Waiting, scope: Scope) -> Iterator[Line]:
    """Data that answers of today wait for, in a line for each who can give them; grades are asked elsewhere."""
    by_giver: dict[str, list[Wanted]] = {}
    for datum in one.wanted:
        by_giver.setdefault(datum.who, []).append(datum)
    for who, some in by_giver.items():
        if not _judged(who):
            yield Line(
                what=_named([datum.label for datum in some]), when=_(who), state="missing", doors=(("forms",),),
                act=_("Enter"), answer=next((name for datum in some for name in datum.waits), ""), core=True,
            )  # fmt: skip


def _named(labels: list[str]) -> str:
    """The first few by name, the number of the others."""
    more = len(labels) - NAMED
    return "; ".join(map(said, labels[:NAMED])) + (f" + {more}" if more > 0 else "")


NAMED = 6
"""So many data are named on one line; of more, their number is told."""


def queries_open(one: Waiting, scope: Scope) -> Iterator[Line]:
    """Queries that wait for the site; what a visit lacks is among the visits."""
    yield from (
        _query(each, one, scope)
        for each in one.queries
        if each.state == OPEN and each.rule not in ("missing", "overdue")
    )


def queries_answered(one: Waiting, scope: Scope) -> Iterator[Line]:
    """Queries that the site answered, to be closed or asked again."""
    yield from (_query(each, one, scope) for each in one.queries if each.state == ANSWERED)


def queries_old(one: Waiting, scope: Scope) -> Iterator[Line]:
    """Every query that is open."""
    yield from (_query(each, one, scope) for each in one.queries if each.state == OPEN)


def _query(query: Query, one: Waiting, scope: Scope) -> Line:
    age = query.age(scope.on)
    told = ngettext("%(count)s day", "%(count)s days", age) % {"count": age}
    asks = in_words(query.asks, one.labels)
    return Line(what=asks, when=told, state=query.state, doors=(("query",),), act=_("Open"), on=query.since, core=True)


# --- the investigator ------------------------------------------------------------------------------------------------


def decisions_to_make(one: Waiting, scope: Scope) -> Iterator[Line]:
    """Registrations, courses that can start, holds and stops, treatment that is to end."""
    if one.entry is not None and one.entry.verdict is not Verdict.UNKNOWN:
        met, word = one.entry.verdict is Verdict.MET, one.entry.word
        doors: tuple[Door, ...] = (("decide-register",), ("eligibility",)) if met else (("eligibility",),)
        yield Line(what=_(word), state=word, doors=doors, act=_("Register") if met else _("Checklist"))
    for dose in one.doses:
        answer = f"dose {dose.drug}"
        if dose.starts_course and dose.action == "give":
            yield Line(
                what=dose_says(dose), state="give", doors=(("decide-start-course",),), act=_("Start"), answer=answer,
                on=dose.first_day or date.max,
            )  # fmt: skip
        elif dose.action in ("hold", "stop"):
            yield Line(
                what=f"{dose_says(dose)} {in_words(dose.reason, one.labels)}", state=dose.action, doors=(("dose",),),
                act=_("Dose card"), answer=answer, on=dose.since or date.max,
            )  # fmt: skip
    if one.to_end:
        yield Line(
            what=_("Treatment is to end: %(why)s") % {"why": one.to_end}, state="stop",
            doors=(("decide-end-treatment",),), act=_("End treatment"), answer="continuation", on=date.min,
        )  # fmt: skip


def _judged(who: str) -> bool:
    """Whether the investigator is among those who can give a datum."""
    return INVESTIGATOR in (f"the {one}" for one in who.removeprefix("the ").split(" or "))


def _on_a_form(datum: Wanted) -> bool:
    """Whether a visit's form asks for it: a question, a review; a grade stands in the record of its event."""
    return datum.label.startswith("“") or "signed by " in datum.what or datum.what.startswith("review ")


def to_judge(one: Waiting, scope: Scope) -> Iterator[Line]:
    """Grades and judgements that only the investigator gives."""
    asked = [datum for datum in one.wanted if _judged(datum.who)]
    door = ("forms",) if any(map(_on_a_form, asked)) else ("records", "adverse_event")
    if asked:
        yield Line(
            what=_named([datum.label for datum in asked]), state="missing", doors=(door,),
            act=_("Judge"), answer=next((name for datum in asked for name in datum.waits), ""), core=True,
        )  # fmt: skip


def reports_owed(one: Waiting, scope: Scope) -> Iterator[Line]:
    """Reports of serious events that are owed, or may be, by the time they are due."""
    for clock in (each for each in one.clocks if each.open):
        due = _("due %(day)s") % {"day": day(clock.due)} if clock.due else _("when it is due is not known")
        yield Line(
            what=f"{clock.term}: {clock.report} → {clock.to}", when=due, state=clock.state,
            doors=(("serious-event", clock.event),), act=_("Report"), answer=f"clock {clock.id}",
            on=clock.due.date() if clock.due else date.min, core=True,
        )  # fmt: skip


def unsigned(one: Waiting, scope: Scope) -> Iterator[Line]:
    """Casebooks of those whose study is over that no investigator signed; whatever a change broke the signature of."""
    if one.unsigned and (one.epoch is Epoch.OFF_STUDY or "broken" in one.unsigned):
        yield Line(what=one.unsigned, state="unsigned", doors=(("sign",),), act=_("Sign"), core=True)
    for lost in one.lapsed:
        by = f" by event {lost.broken_by.seq} of {lost.broken_by.occurred}" if lost.broken_by else ""
        says = f"{lost.signed.what}: the signature of {lost.signed.occurred} was broken{by}"
        yield Line(what=says, state="unsigned", doors=(("sign",),), act=_("Sign"), core=True)


# --- the pharmacy and the laboratory ---------------------------------------------------------------------------------


def doses_to_release(one: Waiting, scope: Scope) -> Iterator[Line]:
    """What can be handed out today."""
    for handed in one.supply:
        if handed.allowed:
            yield Line(
                what=str(handed), when=span(handed.first_day, handed.last_day), state="allowed",
                doors=(("decide-release",),), act=_("Release"), answer=f"supply {handed.drug}",
                on=handed.first_day or date.max, core=True,
            )  # fmt: skip


def doses_kept_back(one: Waiting, scope: Scope) -> Iterator[Line]:
    """What cannot be handed out because something is missing."""
    for handed in one.supply:
        if not handed.allowed and handed.missing:
            lacks = _named([in_words(name, one.labels) for name in handed.missing])
            yield Line(
                what=f"{handed.drug}: {lacks}", state="missing", doors=(("dose",),), act=_("Dose card"),
                answer=f"supply {handed.drug}", core=True,
            )  # fmt: skip


def returns_to_count(one: Waiting, scope: Scope) -> Iterator[Line]:
    """Courses whose capsules nobody counted yet."""
    for account in (each for each in one.accounts if each.missing):
        what = _("%(drug)s, course %(course)s") % {"drug": account.drug, "course": account.course}
        answer = f"account {account.drug} {account.course}"
        yield Line(what=what, state="missing", doors=(("capsules-of",),), act=_("Count"), answer=answer)


AT_SITE, AT_LABORATORY = ("collect", "process", "ship"), ("process", "ship", "receive", "assay", "store", "destroy")
"""What is done with a specimen by those who see the patient, and by those who keep specimens."""


def specimens_at_site(one: Waiting, scope: Scope) -> Iterator[Line]:
    """What the site does with each specimen, the late first."""
    yield from _specimens(one, scope, AT_SITE)


def specimens_at_laboratory(one: Waiting, scope: Scope) -> Iterator[Line]:
    """What the laboratory does with each specimen, the late first."""
    yield from _specimens(one, scope, AT_LABORATORY)


def _specimens(one: Waiting, scope: Scope, steps: Collection[str]) -> Iterator[Line]:
    for specimen in one.specimens:
        if specimen.to_do not in steps or specimen.key.partition(".")[0] in scope.hidden:
            continue
        aliquot = f" ({specimen.aliquot})" if specimen.aliquot else ""
        yield Line(
            what=f"{_(specimen.label)}: {_(specimen.to_do)}{aliquot}",
            when=f"{day(specimen.due)} {specimen.time}".strip() if specimen.due else "",
            state="overdue" if specimen.is_late(scope.on) else "due", doors=(("subject-specimens",),),
            act=_(specimen.to_do).capitalize(), answer=f"specimen {specimen.key} {specimen.to_do}",
            on=specimen.due or date.max,
        )  # fmt: skip


# --- those who watch over the data -----------------------------------------------------------------------------------

RECENT = 60
"""Days for which a deviation is new."""


def deviations_new(one: Waiting, scope: Scope) -> Iterator[Line]:
    """Deviations that happened lately."""
    for place, each in enumerate(one.deviations):
        if 0 <= (scope.on - each.on).days <= RECENT:
            yield Line(
                what=f"{each.kind}: {each.says}", when=day(each.on), state=each.severity,
                doors=(("subject-deviations",),), act=_("Open"), answer=f"deviation {place}", on=each.on, core=True,
            )  # fmt: skip


def to_verify(one: Watched, scope: Scope) -> Iterator[Line]:
    """How many items of each subject are to be held against the source."""
    if one.unverified:
        what = ngettext("%(count)s item", "%(count)s items", one.unverified) % {"count": one.unverified}
        yield Line(what=what, state="not verified", doors=(("verify-subject",),), act=_("Verify"))


def to_code(one: Watched, scope: Scope) -> Iterator[Line]:
    """How many terms of each subject are to be coded."""
    if one.uncoded:
        what = ngettext("%(count)s term", "%(count)s terms", one.uncoded) % {"count": one.uncoded}
        yield Line(what=what, state="uncoded", doors=(("/coding",),), act=_("Code"))
