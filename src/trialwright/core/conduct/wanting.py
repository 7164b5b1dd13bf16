"""What is missing, in words, and who can give it: data that an answer waits for, and data a visit should have brought.

A question of the protocol names who answers it; a value with limits comes from the site's laboratory; grades and
assessments are the investigator's; all else the site's coordinator enters. Read `wanted`, then `Task`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from trialwright.core.schedule import Sample, Visit, visits
from trialwright.core.subject import Case, Observation, in_words, labels_of, observations

LABORATORY, INVESTIGATOR, COORDINATOR = "the site's laboratory", "the investigator", "the site's coordinator"
BY_INVESTIGATOR = ("grade", "relation", "assessment", "toxicity", "whether", "review of adverse events")
"""Words by which a missing datum is the investigator's to give, where no concept of the protocol is named."""


@dataclass(frozen=True)
class Wanted:
    """One datum that is missing: as the answers name it, in words, who can give it, and which answers wait for it."""

    what: str
    label: str
    who: str
    waits: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """One visit to be made or completed: its window, what it collects and has not brought yet, its samples."""

    visit: Visit
    collects: tuple[str, ...]
    lacks: tuple[str, ...]
    samples: tuple[Sample, ...] = ()


def wanted(case: Case, waiting: Iterable[tuple[str, Iterable[str]]]) -> tuple[Wanted, ...]:
    """Each missing datum once, with every answer that waits for it; `waiting` are answers with what each misses."""
    waits: dict[str, list[str]] = {}
    for answer, missing in waiting:
        for item in missing:
            waits.setdefault(item, []).append(answer)
    labels = labels_of(case)
    return tuple(
        Wanted(item, in_words(item, labels), who_gives(case, item), tuple(dict.fromkeys(answers)))
        for item, answers in waits.items()
    )


def who_gives(case: Case, item: str) -> str:
    """Who can supply a missing datum; what must be signed is for those who may sign it.

    A datum that starts with no concept's id is the investigator's where it is about a grade or an assessment.
    """
    signed = item.rpartition("signed by ")
    if signed[0]:
        return f"the {signed[2]}"
    name = re.split(r"[\s,;]", item, maxsplit=1)[0]
    asked = next((one for one in case.protocol.asks if one.id == name), None)
    if asked:
        return f"the {asked.who}" if asked.who != "subject" else "the patient, asked by the site"
    known = case.concepts.get(name)
    if known and known.reference_range:
        return LABORATORY
    return INVESTIGATOR if not known and any(word in item for word in BY_INVESTIGATOR) else COORDINATOR


# --- visits --------------------------------------------------------------------------------------------------------


def tasks(case: Case, on: date, taken: Iterable[Sample]) -> tuple[Task, ...]:
    """Visits to be made, and visits done that have not brought all they collect; in order of the day due."""
    by_visit: dict[str, list[Sample]] = {}
    for sample in taken:
        by_visit.setdefault(sample.visit.key, []).append(sample)
    brought = _brought(case, on)
    found = (_task(case, one, brought, by_visit) for one in visits(case, on) if one.state in ("due", "overdue", "done"))
    return tuple(one for one in found if one.visit.state != "done" or one.lacks or one.samples)


def task_of(case: Case, visit: Visit, on: date) -> Task:
    """One visit with what it collects."""
    return _task(case, visit, _brought(case, on), {})


def _task(case: Case, visit: Visit, brought: Mapping[str, set[str]], samples: Mapping[str, list[Sample]]) -> Task:
    asked = tuple(dict.fromkeys(visit.encounter.collect))
    there = brought.get(visit.key, set()) | brought.get(f"{visit.key}.{visit.course}", set())
    behind = visit.state == "done"
    lacks = tuple(name for name in asked if name not in there and not (behind and _where_there_is_any(case, name)))
    return Task(visit, asked, lacks, tuple(samples.get(visit.key, ())))


def _where_there_is_any(case: Case, name: str) -> bool:
    """Whether a visit brings one only where there is something to record, as with a repeating record."""
    known = case.concepts.get(name)
    return known is not None and known.repeats


def _brought(case: Case, on: date) -> Mapping[str, set[str]]:
    """The concepts recorded at each encounter by a day, by the encounter's key or the instance of the item."""
    if ("brought", on) not in case.memo:
        found: dict[str, set[str]] = {}
        for concept in case.record.items:
            for key in {key for one in observations(case.record, concept) for key in _places(one, on)}:
                found.setdefault(key, set()).add(concept)
        case.memo["brought", on] = found
    known: Mapping[str, set[str]] = case.memo["brought", on]
    return known


def _places(one: Observation, on: date) -> Iterator[str]:
    """The instance of an observation and the encounters of those of its forms that were there by a day."""
    for form in one.forms:
        if form.occurred <= on:
            yield one.instance
            yield getattr(form, "encounter", "") or one.instance
