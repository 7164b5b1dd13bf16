"""Electronic signatures: the exact content that one is bound to, and whether it still holds (21 CFR 11.50, 11.70).

Content is a canonical text: study, subject, protocol file, what is signed by its name, then every item with its value
and the event that gave it; of the subject as a whole also what was decided and when. Its SHA-256 stands in the
signature, with the printed name, the time and the meaning. The same text is made again from the record at any time: as
long as it is the same the signature holds; else the first later event that made it another one is named. A signature
is bound to its subject and its content, so that put elsewhere it holds nothing. Read `content_of`, then `standing_of`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from trialwright.core.conduct import Trial
from trialwright.core.conduct.trial import bare_case
from trialwright.core.eligibility import Eligibility, judge_eligibility
from trialwright.core.ledger import (
    Event,
    Locked,
    PayloadRedacted,
    Signed,
    Unlocked,
    gone_of,
    to_changes,
    to_json,
)
from trialwright.core.oversight.items import WHOLE, items_of
from trialwright.core.subject import StudyRecord, SubjectRecord, advance, known_on

JUDGED_ELIGIBLE = "I have judged this patient eligible"
"""The one meaning that is true or not by the criteria: it is not signed where one of them is not met or unknown."""
MEANINGS = (
    "I have reviewed these data and they are complete and correct",
    "I am responsible for these data",
    JUDGED_ELIGIBLE,
    "I have assessed this response",
    "I approve",
    "I have reviewed the data of this patient for the analysis",
)
"""What a signature can mean; the words stand in it."""
ELIGIBILITY = "eligibility"
"""The name of the eligibility checklist as signed on a day: every criterion with its verdict and its evidence."""
ASIDE = (Locked, Unlocked, PayloadRedacted)
"""Milestones that say nothing of the subject: data that are locked are the same data."""


@dataclass(frozen=True)
class Content:
    """What is signed, exactly: its name, its canonical text, and how many items it holds."""

    what: str
    text: str
    items: int

    @property
    def sha256(self) -> str:
        """The digest a signature carries."""
        return sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True)
class Standing:
    """A signature and where it stands: it holds, it is broken and by what, or nobody can tell (None).

    `changed` names what of the content is another now, first the items, then other parts.
    """

    signed: Signed
    holds: bool | None
    broken_by: Event | None = None
    changed: tuple[str, ...] = ()
    why: str = ""


def content_of(trial: Trial, study: StudyRecord, record: SubjectRecord, what: str, on: date) -> Content:
    """The content of a subject's record under a name, as a signature of that day is bound to it.

    Raises KeyError where nothing is recorded under the name.
    """
    rows = [*_rows(trial, study, record, what, on)]
    if not rows:
        raise KeyError(f"nothing of {record.subject} is recorded under {what!r}")
    version = trial.version_of(study, record, on)
    document = {
        "form": "trialwright signed content 1",
        "study": trial.versions[version].protocol,
        "subject": record.subject,
        "what": WHOLE if what == record.subject else what,
        "protocol": trial.hashes[version],
        "rows": rows,
    }
    return Content(what, _canonical(document), sum(row[0] == "item" for row in rows))


def _canonical(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


Rows = Iterator[list[Any]]


def _rows(trial: Trial, study: StudyRecord, record: SubjectRecord, what: str, on: date) -> Rows:
    make = OF_NAME.get(what)
    if make is not None:
        yield from make(trial, study, record, on)
        return
    for item in items_of(record, what):
        yield ["item", item.name, to_json(item.value), item.event.id]
    if what in (WHOLE, record.subject):
        for event in record.milestones:
            if not isinstance(event, ASIDE):
                told = [[each.path, to_json(each.new)] for each in to_changes(event)]
                yield [type(event).__name__, event.id, event.occurred.isoformat(), told]


def _of_eligibility(trial: Trial, study: StudyRecord, record: SubjectRecord, on: date) -> Rows:
    """Each criterion with its verdict and the data it was judged by, on the day of registration where that has come."""
    judged = eligibility_signed(trial, study, record, on)
    yield ["verdict", judged.verdict.value, judged.on.isoformat()]
    for one in judged.criteria:
        evidence = [[each.concept, each.value, each.on, each.event] for each in one.evidence]
        yield ["criterion", one.id, one.verdict.value, evidence, list(one.missing)]


def eligibility_signed(trial: Trial, study: StudyRecord, record: SubjectRecord, on: date) -> Eligibility:
    """What the criteria say that a signature of the day is about: as on the day of registration where that has come."""
    case = bare_case(trial, study, record, trial.version_of(study, record, on))
    registered = known_on(record, on).registered
    return judge_eligibility(case, registered.occurred if registered else on)


OF_NAME: Mapping[str, Callable[[Trial, StudyRecord, SubjectRecord, date], Rows]] = {ELIGIBILITY: _of_eligibility}
"""Content that is an answer of the program and not a part of the record, by its name."""


# --- standing --------------------------------------------------------------------------------------------------------


def signatures(trial: Trial, study: StudyRecord, record: SubjectRecord) -> tuple[Standing, ...]:
    """Every signature about a subject with its standing, the newest first."""
    told = [one for one in record.log or () if isinstance(one, Signed) and one.id not in record.voided]
    return tuple(standing_of(trial, study, record, one) for one in told)


def lapsed(standings: Iterable[Standing]) -> tuple[Standing, ...]:
    """The newest broken signature of each thing of which no signature holds any more."""
    told = [one for one in standings if one.signed.what]
    holding = {one.signed.what for one in told if one.holds}
    newest = {one.signed.what: one for one in reversed(told) if one.signed.what not in holding}
    return tuple(newest[name] for name in sorted(newest))


def standing_of(trial: Trial, study: StudyRecord, record: SubjectRecord, signed: Signed) -> Standing:
    """Whether a signature holds, else which later event broke it and what of the content is another now."""
    if not signed.what:
        return Standing(signed, None, why="What was signed is not named.")
    if _digest(trial, study, record, signed) == signed.content_hash:
        return Standing(signed, True)
    return _broken(trial, study, record, signed)


def _broken(trial: Trial, study: StudyRecord, record: SubjectRecord, signed: Signed) -> Standing:
    then = _until(record, signed.seq)
    if _digest(trial, study, then, signed) != signed.content_hash:
        erased = [one for one in record.log or () if isinstance(one, PayloadRedacted) and one.seq > signed.seq]
        gone = tuple(path.removeprefix("stands/") for one in erased for path in gone_of(one))
        if erased:
            return Standing(signed, False, erased[-1], gone, "What was signed was redacted since.")
        return Standing(signed, False, None, (), "It is not of this content: it was made for something else.")
    by = _first_change(trial, study, record, signed, then)
    return Standing(signed, False, by, _changed(trial, study, then, record, signed))


def _first_change(
    trial: Trial, study: StudyRecord, record: SubjectRecord, signed: Signed, then: SubjectRecord
) -> Event | None:
    """The first event after the signature that made the content another one."""
    for event in _oldest_first(record):
        if event.seq > signed.seq:
            then = advance(then, event)
            if _digest(trial, study, then, signed) != signed.content_hash:
                return event
    return None


def _until(record: SubjectRecord, seq: int) -> SubjectRecord:
    """The record as it stood at a place of the ledger."""
    then = SubjectRecord(record.subject, "")
    for event in _oldest_first(record):
        if event.seq <= seq:
            then = advance(then, event)
    return then


def _oldest_first(record: SubjectRecord) -> Iterable[Event]:
    return [*reversed(tuple(record.log or ()))]


def _digest(trial: Trial, study: StudyRecord, record: SubjectRecord, signed: Signed) -> str:
    try:
        return content_of(trial, study, record, signed.what, signed.occurred).sha256
    except KeyError:
        return ""


def _changed(
    trial: Trial, study: StudyRecord, then: SubjectRecord, now: SubjectRecord, signed: Signed
) -> tuple[str, ...]:
    before, after = ({*_lines(trial, study, one, signed)} for one in (then, now))
    rows = [json.loads(line) for line in sorted(before ^ after)]
    return tuple(dict.fromkeys(str(row[1] if len(row) > 1 else row[0]) for row in rows))


def _lines(trial: Trial, study: StudyRecord, record: SubjectRecord, signed: Signed) -> Iterator[str]:
    return (_canonical(row) for row in _rows(trial, study, record, signed.what, signed.occurred))
