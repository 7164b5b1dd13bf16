"""`trialwright check DIR`: is every sentence of the record acted upon, asked about, or furniture?

Decided here: how the check is printed, and that the newest version of the protocol is the one held against the record.
What is bound is decided in `adapters.study.check`; what contradicts itself inside the record in `adapters.registry`.
Exit 1 where a sentence is in no class or a finding is an error. Read `command`, then `text`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from trialwright.adapters.registry import read
from trialwright.adapters.registry.contradictions import Contradiction, contradictions
from trialwright.adapters.registry.fields_read import fields_of
from trialwright.adapters.study import Study, load_study
from trialwright.adapters.study.check import CheckResult, Departure, check_protocol, departures
from trialwright.adapters.study.coverage import ClassedSentence, SentenceClass
from trialwright.cli.options import StudyFolder
from trialwright.cli.output import AsJson, finish, show, show_json

WIDTH = 88


def command(folder: StudyFolder, as_json: AsJson = False) -> None:
    """Check a protocol against the record it quotes: bound, questioned, furniture or neither."""
    study = load_study(folder)
    version = newest(study)
    if study.trial is None or version is None:
        finish(False, study.findings)
    reading = read(study.record_text, name=Path(folder, "record.txt").name)
    result = check_protocol(
        study.versions[version], study.trial.standards[version], study.record_text, fields_of(reading)
    )
    against = contradictions(reading)
    if as_json:
        show_json(document(study, result, against))
    else:
        show("\n".join(text(study, result, against)))
    finish(result.count(SentenceClass.NEITHER) == 0, (*study.findings, *result.findings))


def newest(study: Study) -> str | None:
    """The version that speaks for the record: the last by number, or by name where versions are no numbers."""
    return max(
        study.versions, key=lambda name: (not name.isdigit(), int(name) if name.isdigit() else 0, name), default=None
    )


def document(study: Study, result: CheckResult, against: tuple[Contradiction, ...]) -> dict[str, Any]:
    """The check as one JSON document: the classes as counts, and each sentence with its class."""
    return {
        **{kind.value: result.count(kind) for kind in SentenceClass},
        "version": result.version,
        "sentences": [_sentence(one) for one in result.sentences],
        "idle": list(result.idle),
        "departures": [asdict(one) for one in all_departures(study, result)],
        "contradictions": [asdict(one) for one in against],
        "questions": [{"id": one.id, "asks": one.asks, "reading": one.reading} for one in result.questions],
        "findings": [asdict(one) for one in (*study.findings, *result.findings)],
    }


def _sentence(one: ClassedSentence) -> dict[str, Any]:
    return {
        "line": one.sentence.line,
        "span": [one.sentence.start, one.sentence.end],
        "text": one.sentence.text,
        "class": one.kind.value,
        "clauses": one.clauses,
        "questions": one.questions,
        "words_left": one.words_left,
    }


def all_departures(study: Study, result: CheckResult) -> Iterator[Departure]:
    """The departures of every version, those of the version that was checked first."""
    yield from result.departures
    for version, protocol in study.versions.items():
        if version != result.version:
            yield from departures(protocol)


# --- for people --------------------------------------------------------------------------------------------------


def text(study: Study, result: CheckResult, against: tuple[Contradiction, ...]) -> Iterator[str]:
    """The check for people: the four counts first, then what is not accounted for, then what to think about."""
    protocol = study.versions[result.version]
    told = f"{len(result.sentences)} sentences of {protocol.record}"
    yield f"{protocol.protocol}, protocol version {result.version}: {told}"
    yield ""
    for kind, meaning in MEANINGS.items():
        yield f"  {kind.value:<10} = {result.count(kind):<4} {meaning}"
    yield from _part("Not accounted for", (_left(one) for one in result.sentences if one.kind is SentenceClass.NEITHER))
    yield from _part("Clauses that change no answer", result.idle)
    yield from _part("Contradictions inside the record", (one.says for one in against))
    yield from _part("Departures from the record", (_departure(one) for one in all_departures(study, result)))
    yield from _part(
        "Open questions, with the reading chosen", (f"{one.id}  {one.asks} → {one.reading}" for one in result.questions)
    )


MEANINGS = {
    SentenceClass.BOUND: "every word is quoted by a clause that changes an answer",
    SentenceClass.QUESTIONED: "as bound, but an open question is about it: the reading chosen holds",
    SentenceClass.FURNITURE: "labels and words of the page",
    SentenceClass.NEITHER: "nothing acts on it and nothing asks about it",
}


def _left(one: ClassedSentence) -> str:
    return f"line {one.sentence.line}: {one.sentence.text} [left: {', '.join(one.words_left)}]"


def _departure(one: Departure) -> str:
    return f"version {one.version}, {one.clause}: instead of “{one.departs_from}”: {one.instead}"


def _part(title: str, rows: Iterable[str]) -> Iterator[str]:
    found = list(rows)
    if not found:
        return
    yield from ("", f"{title} ({len(found)})")
    for row in found:
        yield textwrap.fill(row, WIDTH, initial_indent="  ", subsequent_indent="      ")
