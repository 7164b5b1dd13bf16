"""One subject's page: the answer first, in words with its clause, then what is due, the course in a picture, the rest.

Everything is read off `SubjectStatus`; each answer leads to the page that says what it stands on (`because`). Read
`subject_page`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.desk.discretion import discreet
from trialwright.adapters.edc.look.page import render
from trialwright.adapters.edc.look.writing import quantity
from trialwright.adapters.edc.oversight.queries import queries_about
from trialwright.adapters.edc.work.due import due_rows
from trialwright.adapters.edc.work.links import to
from trialwright.adapters.edc.work.picture import picture
from trialwright.adapters.edc.work.steps import others, steps
from trialwright.adapters.edc.work.svg import svg
from trialwright.adapters.edc.work.tables import Table, tables
from trialwright.adapters.edc.work.timeline import Timeline, timeline
from trialwright.adapters.edc.work.words import continuation_says, dose_says, promise_says
from trialwright.core.conduct import Ground, SubjectStatus
from trialwright.core.conduct.subjects import UNTOLD
from trialwright.core.conduct.wanting import Wanted
from trialwright.core.conduct.week import ON_STUDY
from trialwright.core.dosing import CourseAccount, DoseDecision, RuleOutcome
from trialwright.core.eligibility import CriterionAnswer
from trialwright.core.oversight import Query
from trialwright.core.oversight.queries import CLOSED
from trialwright.core.protocol import Epoch, StudyProtocol
from trialwright.core.subject import in_words
from trialwright.core.terms import Because, Finding, Quantity, Severity, Verdict

SHOWN = 2
"""So many reasons of an answer are shown; the rest folds."""


MOST_FINDINGS, MOST_QUERIES = 20, 20
"""So many findings and queries are on the page; of more, their number is told, and the page of queries has them all."""


@dataclass(frozen=True)
class Told:
    """One answer on the page: what it says, its sign, why, what did not apply, what is missing, and its own page."""

    name: str
    says: str
    state: str
    reason: str
    because: tuple[Because, ...]
    others: tuple[RuleOutcome, ...]
    missing: tuple[tuple[str, str], ...]
    address: str


def subject_page(request: HttpRequest, desk: Desk, subject: str) -> HttpResponse:
    """Everything that holds for a subject today."""
    status, case = discreet(desk, subject, desk.status(subject)), desk.case(subject)
    hidden = hidden_specimens(desk, case.protocol)
    name = ("course", subject, desk.sees_identifiers, hidden, get_language())
    stands = (case.record.events, desk.open.common, desk.today)
    drawn = desk.open.answer(name, stands, lambda: drawing_of(timeline(case, status, hidden)))
    context = {
        "status": status,
        "arm": next((one.label for one in case.protocol.arms if one.id == status.arm), ""),
        "place": status.disposition,
        "answers": tuple(answers(desk, status)),
        "steps": steps(desk, status),
        "others": others(desk, status),
        "due": tuple(due_rows(desk, status)),
        "picture": drawn[0],
        "tables": drawn[1],
        "criteria": criteria(desk, status),
        "missing": missing(status),
        "findings": findings(status, MOST_FINDINGS),
        "findings_more": max(len(status.findings) - MOST_FINDINGS, 0),
        "queries": (asked := queries(desk, subject))[:MOST_QUERIES],
        "queries_more": max(len(asked) - MOST_QUERIES, 0),
        "all_queries": to(desk, "query", subject),
        "labels": status.labels,
        **_more(desk, status),
    }
    return render(request, desk, "edc/working/subject.html", context)


def drawing_of(course: Timeline) -> tuple[SafeString, tuple[Table, ...]]:
    """The course as a picture, and the same as tables."""
    return svg(picture(course)), tables(course)


# --- the answers -----------------------------------------------------------------------------------------------------


def answers(desk: Desk, status: SubjectStatus) -> Iterator[Told]:
    """What holds today: eligibility, or where the patient stands; each dose; whether treatment goes on."""
    if status.disposition.epoch is Epoch.SCREENING and status.eligibility is not None:
        yield _entry(desk, status)
    elif status.eligibility is not None or status.disposition.off_treatment or not status.doses:
        yield _place(desk, status)
    if status.disposition.registered and not status.disposition.off_treatment:
        yield from (_dose(desk, status, one) for one in status.doses.values())
    if status.course is not None and not status.disposition.off_treatment:
        yield _going_on(desk, status)


def told_once(because: Iterable[Because], reason: str, labels: Mapping[str, str]) -> tuple[Because, ...]:
    """Reasons in words, without what was seen where that was told already."""
    told, found = {reason}, []
    for one in because:
        found.append(replace(one, saw="" if one.saw in told else in_words(one.saw, labels)))
        told.add(one.saw)
    return tuple(found)


def _ground(status: SubjectStatus, name: str) -> Ground:
    return status.grounds.get(name, Ground(()))


def _why(desk: Desk, status: SubjectStatus, name: str) -> str:
    return to(desk, "because", status.subject, name)


def _entry(desk: Desk, status: SubjectStatus) -> Told:
    entry = status.eligibility
    assert entry is not None
    until = _("Holds until the day before %(day)s.") % {"day": entry.holds_until} if entry.holds_until else ""
    address = to(desk, "eligibility", status.subject) or _why(desk, status, "disposition")
    against = tuple(one for each in entry.criteria if each.verdict is Verdict.NOT_MET for one in each.because)
    missing = _words_of(status, entry.missing)
    return Told("eligibility", _(entry.word), entry.word, until, against, (), missing, address)


def _place(desk: Desk, status: SubjectStatus) -> Told:
    place, ground = status.disposition, _ground(status, "disposition")
    why, word = told_once(ground.because, place.why, status.labels), place.epoch.value
    address = _why(desk, status, "disposition")
    return Told("disposition", _(word), word, place.why, why, (), _words_of(status, ground.missing), address)


def _dose(desk: Desk, status: SubjectStatus, said: DoseDecision) -> Told:
    name = f"dose {said.drug}"
    ground = _ground(status, name)
    named = {one.clause for one in ground.because}
    others = tuple(replace(one, saw=in_words(one.saw, status.labels)) for one in said.fired if one.clause not in named)
    state = {"give": "give", "hold": "hold", "stop": "stop", "wait": "unknown"}.get(said.action, "")
    why, address = told_once(ground.because, said.reason, status.labels), _why(desk, status, name)
    reason, missing = in_words(said.reason, status.labels), _words_of(status, said.missing)
    return Told(name, dose_says(said), state, reason, why, others, missing, address)


def _going_on(desk: Desk, status: SubjectStatus) -> Told:
    said, ground = status.continuation, _ground(status, "continuation")
    says = _("Treatment: %(what)s") % {"what": continuation_says(said)}
    state = "unknown" if said.missing else ""
    why, address = told_once(ground.because, said.reason, status.labels), _why(desk, status, "continuation")
    reason, missing = in_words(said.reason, status.labels), _words_of(status, said.missing)
    return Told("continuation", says, state, reason, why, (), missing, address)


def findings(status: SubjectStatus, most: int) -> list[Finding]:
    """What is wrong with the record, in words, the weightiest first and so many of them."""
    order = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
    weightiest = sorted(status.findings, key=lambda one: order.index(one.severity))[:most]
    return [replace(one, says=in_words(one.says, status.labels)) for one in weightiest]


def _words_of(status: SubjectStatus, missing: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Each datum that is missing in words, with who can give it."""
    givers = {one.what: one.who for one in status.wanted}
    return tuple((in_words(one, status.labels), givers.get(one, "")) for one in missing)


def queries(desk: Desk, subject: str) -> list[dict[str, Any]]:
    """The queries about the subject that are not closed, the oldest first."""
    found = [one for one in queries_about(desk, subject) if one.state != CLOSED and one.rule not in ON_THE_PAGE]
    return [_query(desk, one) for one in sorted(found, key=lambda one: one.since)]


ON_THE_PAGE = ("missing", "overdue", "deviation")
"""Rules whose queries say what the page says already: what visits lack, and what was done otherwise."""


def _query(desk: Desk, one: Query) -> dict[str, Any]:
    parts = one.item.split("/")
    item = to(desk, "item", one.subject, *parts) if len(parts) == 3 else ""
    return {"query": one, "age": one.age(desk.today), "address": item}


# --- the rest --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CriterionRow:
    """One criterion of eligibility with the page that shows its evidence."""

    answer: CriterionAnswer
    saw: str
    missing: tuple[tuple[str, str], ...]
    address: str


def criteria(desk: Desk, status: SubjectStatus) -> dict[str, Any]:
    """The criteria that stand against entry or are unknown, and how many are met."""
    entry = status.eligibility
    if entry is None:
        return {}
    order = (Verdict.NOT_MET, Verdict.UNKNOWN, Verdict.MET)
    rows = [_criterion(desk, status, one) for one in sorted(entry.criteria, key=lambda one: order.index(one.verdict))]
    met = sum(one.answer.verdict is Verdict.MET for one in rows)
    return {
        "open": [one for one in rows if one.answer.verdict is not Verdict.MET],
        "met": [one for one in rows if one.answer.verdict is Verdict.MET],
        "count": met,
        "of": len(rows),
    }


def _criterion(desk: Desk, status: SubjectStatus, one: CriterionAnswer) -> CriterionRow:
    saw = in_words("; ".join(dict.fromkeys(each.saw for each in one.because if each.saw)), status.labels)
    if one.missing and not one.evidence:
        saw = ""  # what is missing says it
    return CriterionRow(one, saw, _words_of(status, one.missing), _why(desk, status, f"criterion {one.id}"))


def missing(status: SubjectStatus) -> dict[str, tuple[Wanted, ...]]:
    """What today's answers wait for, apart from what only tells whether something was done otherwise in the past."""
    past = tuple(one for one in status.wanted if all(name.startswith(UNTOLD) for name in one.waits))
    here = status.disposition.epoch in ON_STUDY
    return {"now": tuple(one for one in status.wanted if here and one not in past), "past": past}


def _more(desk: Desk, status: SubjectStatus) -> dict[str, Any]:
    """Supply, toxicity, response, specimens, duties, reports, deviations: each row with the page that shows why."""

    def why(name: str) -> str:
        return _why(desk, status, name)

    return {
        "supply": [
            (one.allowed, in_words(str(one), status.labels), why(f"supply {drug}"))
            for drug, one in status.supply.items()
        ],
        "accounts": [account_row(one, why(f"account {one.drug} {one.course}")) for one in status.accounts[::-1]],
        "grades": [(one, why(f"grade {one.term}")) for one in status.grade_answers],
        "responses": [(one, why(f"response {n}")) for n, one in enumerate(status.assessments)][::-1],
        "best": (status.best, why("best response")) if status.best else None,
        "specimens": [(one, why(f"specimen {one.key} {one.to_do}")) for one in _specimens(desk, status)],
        "duties": [
            (one, promise_says(one.promised, one.applies), why(f"duty {one.obligation.id}")) for one in status.duties
        ],
        "clocks": [
            (one, why(f"clock {one.id}"), to(desk, "serious-event", status.subject, one.event)) for one in status.clocks
        ],
        "deviations": [(one, why(f"deviation {n}")) for n, one in enumerate(status.deviations)][::-1],
    }


def account_row(said: CourseAccount, why: str) -> dict[str, Any]:
    """The capsules of a course: handed out, brought back, taken, left over; None is not known."""
    counts = (said.dispensed, said.returned, said.taken, said.difference)
    return {"course": f"{said.drug} {said.course}", "counts": tuple(map(_counted, counts)), "why": why}


def _counted(units: Mapping[Quantity, int] | None) -> str | None:
    if units is None:
        return None
    return ", ".join(f"{count} × {quantity(strength)}" for strength, count in units.items() if count) or _("none")


def _specimens(desk: Desk, status: SubjectStatus) -> Iterable[Any]:
    hidden = hidden_specimens(desk, desk.protocol(status.subject))
    return (one for one in status.specimens if one.key.partition(".")[0] not in hidden)


def hidden_specimens(desk: Desk, protocol: StudyProtocol) -> frozenset[str]:
    """The specimens of sub-studies that do not exist for this person."""
    return frozenset(one.id for one in protocol.specimens if one.substudy and one.substudy not in desk.substudies)
