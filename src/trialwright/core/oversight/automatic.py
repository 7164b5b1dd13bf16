"""Queries that the data raise by themselves: an implausible value, words that name somebody, a visit without its data.

Each is named by its rule and by what exactly it was found in, so that the same datum raises the same query for ever,
and another value another one. Mend the datum and it is gone; a value that is right all the same is confirmed by an
answer. What is implausible, due, contradictory or a deviation is decided in the core's other modules, never here.
Read `RULES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from hashlib import sha256

from trialwright.core.casebook.naming import asks_whom, names_whom, takes_words
from trialwright.core.casebook.plausibility import side_of
from trialwright.core.conduct import SubjectStatus
from trialwright.core.ledger import (
    Event,
    EventVoided,
    FormCorrected,
    ItemPath,
    QueryAnswered,
    QueryClosed,
    QueryOpened,
    Value,
)
from trialwright.core.oversight.queries import OPEN, Query
from trialwright.core.protocol import Concept, Field
from trialwright.core.subject import Case, Observation, observations
from trialwright.core.terms import Finding, Severity, UnitTable

Rule = Callable[[Case, SubjectStatus], Iterator[Query]]


def automatic_queries(case: Case, status: SubjectStatus) -> tuple[Query, ...]:
    """Every query that a subject's data raise on the day of the status, each once."""
    found = {one.id: one for rule in RULES.values() for one in rule(case, status)}
    return tuple(found.values())


def found_query(
    case: Case, rule: str, item: str, asks: str, since: date, *, told: str = "", clause: str = "", do: str = ""
) -> Query:
    """A query as a rule finds it; `told` is what exactly it was found in, where the question does not say it."""
    record, name = case.record, query_name(rule, item, told or asks)
    return Query(name, record.subject, record.site, item, asks, OPEN, since, (), rule, clause, do)


def query_name(rule: str, item: str, told: str) -> str:
    """The name of a query that a rule finds: the rule, and a digest of what it was found in.

    >>> query_name("missing", "anc/c1d1/value", "c1d1") == query_name("missing", "anc/c1d8/value", "c1d8")
    False
    """
    digest = sha256("\n".join((rule, item, told)).encode()).hexdigest()
    return f"{rule}:{digest[:12]}"


def implausible(case: Case, status: SubjectStatus) -> Iterator[Query]:
    """A value outside the range in which its field expects one."""
    for concept in case.record.items:
        known = case.concepts.get(concept)
        if known is None:
            continue
        for one in observations(case.record, concept):
            for field, asks in _slips(one, known, case.units):
                if (since := one.history[field.id][-1].event.occurred) <= status.on:
                    item = str(ItemPath(concept, one.instance, field.id))
                    yield implausible_query(case, field, item, one.values[field.id], asks, since)


Slips = tuple[tuple[Field, str], ...]


def _slips(one: Observation, known: Concept, units: UnitTable) -> Slips:
    """The fields of an observation whose values are not plausible, with what is asked; looked at once."""
    kept = one.kept.get("slips")
    if kept is None or kept[0] is not known or kept[1] is not units:
        fields = {field.id: field for field in known.fields if field.plausible is not None or takes_words(field)}
        asked = ((fields[name], _why_implausible(fields[name], one, units)) for name in one.values if name in fields)
        kept = one.kept["slips"] = known, units, tuple((field, asks) for field, asks in asked if asks)
    found: Slips = kept[2]
    return found


def implausible_query(case: Case, field: Field, item: str, value: Value, asks: str, since: date) -> Query:
    """The query of a value that is not plausible; entry asks it before the value is saved."""
    do = "Compare with the source; correct it, or confirm it and say why it is right."
    return found_query(case, "implausible", item, asks, since, told=str(value), do=do)


def _why_implausible(field: Field, one: Observation, units: UnitTable) -> str:
    """In words why a value is not plausible; empty where it is, or cannot be told."""
    value = one.values[field.id]
    if takes_words(field):
        what = names_whom(value) if isinstance(value, str) else ""
        return asks_whom(field.label, what) if what else ""
    side = side_of(field, value, units, one.concept)
    if not side or field.plausible is None:
        return ""
    low, high = map(Decimal, field.plausible)
    unit = f" {field.unit}" if field.unit else ""
    return f"{field.label}: {value} is {side} what is expected, {low:f} to {high:f}{unit}. Is it right?"


WORDS: Mapping[type[Event], tuple[str, ...]] = {
    FormCorrected: ("why",),
    QueryOpened: ("asks",),
    QueryAnswered: ("answer",),
    QueryClosed: ("remark",),
    EventVoided: ("why",),
}
"""What people say in words about data, beside the data themselves."""


def naming(case: Case, status: SubjectStatus) -> Iterator[Query]:
    """Words about data that look as if they told who the patient is; redacted, they ask nothing any more."""
    for event in case.record.log or ():
        for name in WORDS.get(type(event), ()):
            if (what := names_whom(getattr(event, name))) and event.occurred <= status.on:
                asks = asks_whom(f"What was said of {getattr(event, 'item', '') or 'a correction'}", what)
                do = "Have it redacted where it does; otherwise answer that it names no patient."
                yield found_query(case, "naming", event.id, asks, event.occurred, told=f"{event.id} {name}", do=do)


def overdue(case: Case, status: SubjectStatus) -> Iterator[Query]:
    """A visit whose window is over and of which nothing is recorded."""
    late = (task.visit for task in status.tasks if task.visit.state == "overdue" and task.visit.latest < status.on)
    for visit in late:
        asks = f"{visit.encounter.label} was to be made by {visit.latest}; nothing of it is recorded."
        do = "Enter it, or record why it was not made."
        clause = visit.encounter.id
        yield found_query(case, "overdue", visit.key, asks, visit.latest, told=visit.key, clause=clause, do=do)


def lacking(case: Case, status: SubjectStatus) -> Iterator[Query]:
    """What a visit that was made should have brought and did not."""
    for task in status.tasks:
        if task.visit.state == "done":
            since = min(task.visit.latest, status.on)
            for name in task.lacks:
                yield _lacks(case, name, task.visit.key, task.visit.encounter.label, since)


def _lacks(case: Case, name: str, key: str, label: str, since: date) -> Query:
    known = case.concepts.get(name)
    item = f"{name}/{key}/{known.value.id if known else 'value'}"
    asks = f"{known.label if known else name} of {label} is not recorded."
    do = "Enter it, or record why it was not done."
    return found_query(case, "missing", item, asks, since, told=key, do=do)


def contradicting(case: Case, status: SubjectStatus) -> Iterator[Query]:
    """Data that contradict each other, or that nothing can be made of; what is merely noted asks nothing."""
    for finding in status.findings:
        if finding.severity is not Severity.NOTE:
            yield _of_finding(case, status, finding)


def _of_finding(case: Case, status: SubjectStatus, finding: Finding) -> Query:
    event = case.record.event(finding.about)
    since = event.occurred if event else status.on
    return found_query(
        case, "contradiction", finding.about, finding.says, since, clause=finding.clause or "", do=finding.do
    )


def deviating(case: Case, status: SubjectStatus) -> Iterator[Query]:
    """A deviation needs words: why it came about, and what is done about it; an assessment of it has them."""
    told = {one.text("deviation") for one in observations(case.record, "deviation_assessment") if one.text("words")}
    for one in (each for each in status.deviations if each.id not in told):
        yield found_query(
            case, "deviation", f"deviation {one.id}", f"{one.says} Why?", one.on, told=one.id, clause=one.clause,
            do=one.do or "Say why it came about and what is done about it.",
        )  # fmt: skip


RULES: Mapping[str, Rule] = {
    "implausible": implausible,
    "naming": naming,
    "overdue": overdue,
    "missing": lacking,
    "contradiction": contradicting,
    "deviation": deviating,
}
"""What raises a query by itself, by the name that its queries have from it."""
