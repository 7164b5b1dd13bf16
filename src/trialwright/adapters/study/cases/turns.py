"""What becomes of a patient on the way, by day: consent, another version or site, doses handed out, endings.

Each word of `TURNS` stands by days; its value is read and told as the events a site would record. Read `TURNS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from trialwright.adapters.study.cases.story import Step
from trialwright.adapters.study.cases.words import Wrong, known_word
from trialwright.core.ledger import (
    CONSENT_SCOPES,
    ConsentGiven,
    ConsentWithdrawn,
    DoseReleased,
    ProtocolActivated,
    Said,
    StudyLeft,
    SubjectFound,
    SubjectMoved,
    SubjectTransferred,
    SubstudyJoined,
    TreatmentEnded,
)

if TYPE_CHECKING:
    from trialwright.adapters.study.cases.telling import Teller


VERSION = "version "


def turn_steps(teller: Teller) -> Iterator[Step]:
    """Everything a case tells by these words."""
    for word, turn in TURNS.items():
        for day, value in teller.by_day(word, lambda one: one).items():
            told = teller.case.given[word]
            yield from teller.guarded(replace(told, value=value), lambda one, d=day, t=turn: [*t(teller, d, one)]) or ()


def _joins(teller: Teller, day: date, value: Any) -> Iterator[Step]:
    yield day, 3, SubstudyJoined(**teller.of(day), substudy=str(value))


def _moves(teller: Teller, day: date, value: Any) -> Iterator[Step]:
    """The version is activated at the site, the patient consents to it, unless the case tells when, and is moved."""
    version = known_word("protocol version", str(value), teller.trial.versions)
    hashed = teller.trial.hashes[version]
    yield day, 0, ProtocolActivated(**teller.at(day), version=version, file_hash=hashed, approved_on=day)
    if f"{VERSION}{version}" not in teller.by_day("consents", str).values():
        yield day, 0, ConsentGiven(**teller.of(day), version=version)
    yield day, 0, SubjectMoved(**teller.of(day), version=version)


def _consents(teller: Teller, day: date, value: Any) -> Iterator[Step]:
    """To the study or to parts of it under the case's version; `version 2` is consent to all of that version."""
    if str(value).startswith(VERSION):
        version = known_word("protocol version", str(value).removeprefix(VERSION), teller.trial.versions)
        yield day, 0, ConsentGiven(**teller.of(day), version=version)
    else:
        yield day, 0, ConsentGiven(**teller.of(day), version=teller.case.version, scope=_scopes(value))


def _withdraws(teller: Teller, day: date, value: Any) -> Iterator[Step]:
    yield day, 4, ConsentWithdrawn(**teller.of(day), scope=_scopes(value))


def _scopes(value: Any) -> tuple[str, ...]:
    some = value if isinstance(value, list) else [value]
    return tuple(known_word("part of consent", one, CONSENT_SCOPES) for one in some)


def _transfers(teller: Teller, day: date, value: Any) -> Iterator[Step]:
    site = known_word("site", value, (one.id for one in teller.protocol.design.sites))
    version = teller.case.version
    hashed, there = teller.trial.hashes[version], {**teller.at(day), "site": site}
    yield day, 0, ProtocolActivated(**there, version=version, file_hash=hashed, approved_on=day)
    yield day, 4, SubjectTransferred(**teller.of(day), to=site)


def _handed_out(teller: Teller, day: date, value: Any) -> Iterator[Step]:
    """So many days' supply of the dose of the course under way, or of the one that begins."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise Wrong(f"{value!r} is no number of days; write {{2006-03-01: 21}}.")
    regimen = teller.regimen()
    course, dose = teller.course_on(day)
    if regimen is None or dose is None:
        raise Wrong(f"The case tells no course that is under way on {day}, so no dose is handed out.")
    said, who = Said(str(dose)), teller.of(day)
    yield day, 4, DoseReleased(**who, drug=regimen.drug, course=course, dose=dose, days=value, said=said)


def _ends(teller: Teller, day: date, value: Any) -> Iterator[Step]:
    """Treatment is over: "patient's wish, last dose 2006-03-21"."""
    reason, _, last = str(value).partition(", last dose ")
    last_dose = teller.days.day_of(last) if last else None
    yield day, 4, TreatmentEnded(**teller.of(day), why=reason, last_dose=last_dose, said=Said(reason))


def _leaves(teller: Teller, day: date, value: Any) -> Iterator[Step]:
    yield day, 5, StudyLeft(**teller.of(day), why=str(value))


def _found(teller: Teller, day: date, value: Any) -> Iterator[Step]:
    yield day, 5, SubjectFound(**teller.of(day), why=str(value))


TURNS: Mapping[str, Callable[[Teller, date, Any], Iterator[Step]]] = {
    "joins": _joins,
    "moves": _moves,
    "consents": _consents,
    "withdraws": _withdraws,
    "transfers": _transfers,
    "handed out": _handed_out,
    "ends": _ends,
    "leaves": _leaves,
    "found": _found,
}
"""The words that stand by days, in the order in which they are told."""
