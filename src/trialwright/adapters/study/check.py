"""A protocol held against its record: every sentence in one class, departures, open questions.

Decided here: what the check reports. Where a quote stands and how a sentence is classed is `coverage`; whether a
clause changes an answer is `liveness`; what is furniture in the record is the registry reader's to say, and is handed
in. Read `check_protocol`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from trialwright.adapters.study.coverage import (
    ClassedSentence,
    Quoted,
    Record,
    SentenceClass,
    Span,
    classify,
    locate,
)
from trialwright.adapters.study.liveness import live_clauses
from trialwright.core.bundle import Standards
from trialwright.core.protocol import Clause, EndReason, Question, RegistryFact, StudyProtocol, clauses
from trialwright.core.protocol.reasons import WORDS, plain
from trialwright.core.terms import Finding, Severity


@dataclass(frozen=True)
class ReadFields:
    """What a reader made of the record: the value of each registry field and the words it was read from.

    `furniture` are labels and page furniture; `values` the text of each field by its API v2 path.
    """

    furniture: tuple[Span, ...]
    values: Mapping[str, str]


@dataclass(frozen=True)
class Departure:
    """A clause of a version that goes against a sentence of the record, and what it rests on instead."""

    version: str
    clause: str
    departs_from: str
    instead: str


@dataclass(frozen=True)
class CheckResult:
    """The account of a record: its sentences by class, and what the protocol adds, changes or leaves open."""

    version: str
    sentences: tuple[ClassedSentence, ...]
    live: frozenset[str]
    idle: tuple[str, ...]
    departures: tuple[Departure, ...]
    questions: tuple[Question, ...]
    findings: tuple[Finding, ...]

    def count(self, kind: SentenceClass) -> int:
        """How many sentences are of a class."""
        return sum(one.kind is kind for one in self.sentences)


def check_protocol(protocol: StudyProtocol, standards: Standards, record: str, read: ReadFields) -> CheckResult:
    """Every sentence of the record in one class, and what is wrong with the protocol against its record."""
    text = Record(record)
    findings = list(_facts_that_differ(protocol, read))
    wrong = {finding.clause for finding in findings}
    live = frozenset(live_clauses(protocol, standards) - wrong)
    quotes = [(clause.id, quote) for _, clause in clauses(protocol) for quote in clause.quotes]
    places, unfound = locate(text, quotes)
    asked, lost = locate(text, [(one.id, words) for one in open_questions(protocol) for words in one.about])
    asked += list(_through_clauses(protocol, [one for one in places if one.by in live]))
    idle = tuple(clause.id for _, clause in clauses(protocol) if clause.quotes and clause.id not in live | wrong)
    sentences = classify(text, read.furniture, [one for one in places if one.by in live], asked)
    findings += [*unfound, *lost, *map(_idle, idle), *_unaccounted(sentences), *reasons_counted_as_other(protocol)]
    findings += _masking_not_kept(protocol, read)
    return CheckResult(
        version=protocol.version,
        sentences=sentences,
        live=live,
        idle=idle,
        departures=departures(protocol),
        questions=open_questions(protocol),
        findings=tuple(findings),
    )


def open_questions(protocol: StudyProtocol) -> tuple[Question, ...]:
    """The questions nobody has settled yet."""
    return tuple(one for one in protocol.questions if one.settled_by is None)


def _through_clauses(protocol: StudyProtocol, places: Sequence[Quoted]) -> Iterator[Quoted]:
    """What a clause quotes is asked about by each open question that the clause rests on."""
    waiting = {one.id for one in open_questions(protocol)}
    rests_on = {clause.id: clause.rests_on for _, clause in clauses(protocol)}
    for place in places:
        yield from (Quoted(question, place.span) for question in rests_on[place.by] if question in waiting)


def departures(protocol: StudyProtocol) -> tuple[Departure, ...]:
    """The clauses of one version that depart from the record."""
    return tuple(
        Departure(protocol.version, clause.id, words, _instead(protocol, clause))
        for _, clause in clauses(protocol)
        for words in clause.departs_from
    )


def _instead(protocol: StudyProtocol, clause: Clause) -> str:
    asked = [one.reading for one in protocol.questions if one.id in clause.rests_on]
    source = protocol.sources.get(clause.source or "", "")
    return "; ".join(filter(None, [source, *asked, clause.note])) or clause.words


def _facts_that_differ(protocol: StudyProtocol, read: ReadFields) -> Iterator[Finding]:
    """A fact of the registry must be what the reader read in that field; it is printed as such."""
    for fact in (clause for _, clause in clauses(protocol) if isinstance(clause, RegistryFact)):
        given = read.values.get(fact.field)
        wanted = [str(part) for part in (fact.value if isinstance(fact.value, tuple) else (fact.value,))]
        if given is None:
            yield _fact_finding(fact, f"the record has no field {fact.field}")
        elif not all(_same(part, given) for part in wanted):
            yield _fact_finding(fact, f"the record's {fact.field} is “{given[:100]}”")


MASKING = "protocolSection.designModule.designInfo.maskingInfo.masking"
NOBODY_MASKED = "NONE"


def _masking_not_kept(protocol: StudyProtocol, read: ReadFields) -> Iterator[Finding]:
    """The record masks a trial whose arms are given different drugs: their names stand on every patient's pages."""
    masked, drugs = read.values.get(MASKING, NOBODY_MASKED), {protocol.regimens_of(arm.id) for arm in protocol.arms}
    if masked != NOBODY_MASKED and len(drugs) > 1:
        yield Finding(
            about="masking",
            says=f"The record says masking {masked}; the arms are given different drugs, and the program names the arm "
            "and the drug of a patient to everybody who may see the patient.",
            matters="Who is to be masked would learn the arm from the first page: only lists, figures and files of the "
            "whole trial keep the arms apart from those who look after it.",
            do="Give no login to who must not know, or call the arms and their drugs by codes that tell nothing.",
            severity=Severity.WARNING,
        )


def _same(wanted: str, given: str) -> bool:
    return " ".join(wanted.split()).casefold() in " ".join(given.split()).casefold()


def _fact_finding(fact: RegistryFact, says: str) -> Finding:
    return Finding(
        about=fact.id,
        clause=fact.id,
        says=f"The fact {fact.id} is not what was read: {says}.",
        matters="Documents would print it as the registry's own words.",
        do="Correct the value or the field, or leave the fact out.",
    )


def _idle(clause: str) -> Finding:
    return Finding(
        about=clause,
        clause=clause,
        says=f"The clause {clause} changes no answer: with it and without it the program says the same.",
        matters="What it quotes of the record is not acted upon, so it does not count as bound.",
        do="Write the rule that the words ask for, or make them a question.",
        severity=Severity.WARNING,
    )


def reasons_counted_as_other(protocol: StudyProtocol) -> Iterator[Finding]:
    """Words of the protocol's own for the end of treatment that nobody gave a place in the closed list of reasons."""
    said = {plain(words) for words in (*WORDS, *protocol.reasons)}
    for clause, words in _stops(protocol):
        if plain(words) in said or protocol.end_reason(words).category is not EndReason.OTHER:
            continue
        near = get_close_matches(plain(words), WORDS, 1)
        meant = f" Is {near[0]!r} meant?" if near else ""
        yield Finding(
            about=clause,
            clause=clause,
            says=f"Treatment ended by {clause} ends because of {words!r}, which is none of the reasons counted.{meant}",
            matters="They are counted as other, apart from those who ended for the same reason in other words.",
            do=f"Say under `reasons` which it is: {', '.join(one.value for one in EndReason)}.",
            severity=Severity.WARNING,
        )


def _stops(protocol: StudyProtocol) -> Iterator[tuple[str, str]]:
    """Each clause that ends treatment, with the words it gives for it."""
    for regimen in protocol.regimen:
        yield from ((one.id, one.then.stop) for one in regimen.rules if one.then.stop)
        yield from [(regimen.delay.id, regimen.delay.then_stop)] if regimen.delay else []
    yield from ((one.id, one.off_treatment) for one in protocol.continuation if one.off_treatment)


def _unaccounted(sentences: Sequence[ClassedSentence]) -> Iterator[Finding]:
    for one in sentences:
        if one.kind is SentenceClass.NEITHER:
            left = ", ".join(one.words_left[:12])
            yield Finding(
                about=f"record line {one.sentence.line}",
                says=f"“{one.sentence.text[:120]}” is neither bound nor questioned; left: {left}.",
                matters="The trial would run without what this sentence asks.",
                do="Quote it in the clause that acts on it, or write a question about it.",
            )
