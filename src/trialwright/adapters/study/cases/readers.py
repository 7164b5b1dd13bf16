"""How the values of `expect` are read: closed sets by the names of the protocol version, with the near miss.

Each reader takes the value as written and the names of the version, and raises `Wrong` in words. Read `Names`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from trialwright.adapters.study.cases.words import Days, Wrong, known_word, quantity_of
from trialwright.core.conduct import Standards, Trial
from trialwright.core.eligibility import WORDS
from trialwright.core.protocol import Clause, clauses
from trialwright.core.safety import STATES as CLOCKS
from trialwright.core.schedule import STATES
from trialwright.core.terms import DaySpan, Quantity, Verdict

NOT_PLANNED, NOT_ASKED, NOT_RUNNING = "not planned", "not asked", "does not run"
"""What a case says of a visit that is not in its patient's calendar, a rule without a say on the day, a clock that no
event has started."""


@dataclass(frozen=True)
class Names:
    """The words a version of the protocol knows, to read expectations by."""

    concepts: tuple[str, ...]
    clauses: Mapping[str, Clause]
    criteria: tuple[str, ...]
    encounters: tuple[str, ...]
    gates: tuple[str, ...]
    rules: tuple[str, ...]
    duties: tuple[str, ...]
    terms: tuple[str, ...]
    endpoints: tuple[str, ...]
    specimens: tuple[str, ...]
    assays: tuple[str, ...]
    arms: tuple[str, ...]
    substudies: tuple[str, ...]
    sites: tuple[str, ...]
    strengths: tuple[str, ...]
    reports: tuple[str, ...]


def names_of(trial: Trial, version: str) -> Names:
    """The words of one version."""
    protocol, standards = trial.versions[version], trial.standards[version]
    return Names(
        concepts=tuple(standards.concepts),
        clauses={clause.id: clause for _, clause in clauses(protocol)},
        criteria=tuple(one.id for one in protocol.eligibility),
        encounters=tuple(one.id for one in protocol.encounters),
        gates=tuple(gate.id for one in protocol.regimen for gate in one.release_when),
        rules=tuple(rule.id for one in protocol.regimen for rule in (*one.rules, *one.start_course_when)),
        duties=tuple(one.id for one in protocol.obligations),
        terms=_terms_of(standards),
        endpoints=tuple(one.id for endpoint in protocol.endpoints for one in endpoint.and_variants()),
        specimens=tuple(one.id for one in protocol.specimens),
        assays=tuple(one.id for specimen in protocol.specimens for one in specimen.assays),
        arms=tuple(one.id for one in protocol.arms),
        substudies=tuple(one.id for one in protocol.design.substudies),
        sites=tuple(one.id for one in protocol.design.sites),
        reports=tuple(one.id for one in protocol.safety.reporting) if protocol.safety else (),
        strengths=tuple(str(strength) for one in protocol.regimen for strength in one.strengths),
    )


def _terms_of(standards: Standards) -> tuple[str, ...]:
    """The terms that may be graded, by name; none where the study names no grade table."""
    table = standards.toxicity
    if table is None:
        return ()
    return (*(one.short for one in table.laboratory), *(one.short for one in table.named))


def one_of(what: str, known: Iterable[str]) -> Callable[[Any, Names], str]:
    words = tuple(known)
    return lambda value, names: known_word(what, value, words)


def read_texts(value: Any, names: Names) -> tuple[str, ...]:
    found = tuple(str(one) for one in (value if isinstance(value, list) else [value]))
    if not found or not all(one.strip() for one in found) or value is None:
        raise Wrong(f"Nothing is expected by {value!r}, so nothing can fail; write what must be there.")
    return found


def read_whole(value: Any, names: Names) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Wrong(f"{value!r} is no whole number.")
    return value


def read_yes_no(value: Any, names: Names) -> bool:
    return known_word("answer", str(value).lower(), ("yes", "no", "true", "false")) in ("yes", "true")


def read_day(value: Any, names: Names) -> date:
    return Days().day_of(value)


def read_days(value: Any, names: Names) -> tuple[str, ...]:
    """The last day of something, or "2006-02-01 to 2006-04-18"; `open` where a day is not known, `none`."""
    words = str(value).split(" to ")
    if words == ["none"]:
        return ("none",)
    if len(words) > 2:
        raise Wrong(f"{value!r} is no time; write a day, 2006-02-01 to 2006-04-18, or none.")
    return tuple(one if one == "open" else str(Days().day_of(one)) for one in words)


def read_dose(value: Any, names: Names) -> Quantity:
    return quantity_of(value)


def read_span(value: Any, names: Names) -> DaySpan:
    try:
        return DaySpan.parse(value)
    except ValueError as wrong:
        raise Wrong(f"{wrong}.") from None


def ids(what: str, known: Callable[[Names], Iterable[str]]) -> Callable[[Any, Names], tuple[str, ...]]:
    def read(value: Any, names: Names) -> tuple[str, ...]:
        found = value if isinstance(value, list) else [value]
        if not found:
            raise Wrong(f"No {what} is named, so nothing can fail.")
        return tuple(known_word(what, one, known(names)) for one in found)

    return read


def read_refused(value: Any, names: Names) -> tuple[str, ...]:
    """Clauses that refuse; several words are of what was said, for a refusal that no clause makes."""
    return tuple(one if " " in one else known_word("clause", one, names.clauses) for one in read_texts(value, names))


def table(
    what: str, known: Callable[[Names], Iterable[str]], read: Callable[[Any, Names], Any], part: str = ""
) -> Callable[[Any, Names], dict[str, Any]]:
    """Known ids with their values; `part` ends the part of a key that must be known ("follow_up" of follow_up.1)."""

    def read_table(value: Any, names: Names) -> dict[str, Any]:
        if not isinstance(value, dict) or not value:
            raise Wrong(f"Write each {what} with its value.")
        for key in value:
            known_word(what, key.partition(part)[0] if part else key, known(names))
        return {key: read(one, names) for key, one in value.items()}

    return read_table


def read_verdict(value: Any, names: Names) -> Verdict:
    return Verdict(known_word("verdict", value, (one.value for one in Verdict)))


def read_asked(value: Any, names: Names) -> Verdict | str:
    """A verdict, or that the rule was not asked on the day."""
    return NOT_ASKED if value == NOT_ASKED else read_verdict(value, names)


def read_day_or_state(value: Any, names: Names) -> str:
    """The day a visit is planned for, with its window where it is told, or its state."""
    if value in (*STATES, NOT_PLANNED):
        return str(value)
    days = [str(Days().day_of(one)) for one in re.split(r", from | to ", str(value))]
    if len(days) not in (1, 3):
        raise Wrong(
            f"Write a day, or 2006-03-08, from 2006-03-06 to 2006-03-10, or one of {', '.join((*STATES, NOT_PLANNED))}."
        )
    return days[0] if len(days) == 1 else f"{days[0]}, from {days[1]} to {days[2]}"


def read_clock(value: Any, names: Names) -> str:
    """The state of a clock, or the day on which the report is due."""
    if value in (known := (*CLOCKS, NOT_RUNNING)):
        return str(value)
    try:
        return str(Days().day_of(value))
    except Wrong:
        raise Wrong(f"Write the day a report is due, or one of {', '.join(known)}, not {value}.") from None


def read_grade(value: Any, names: Names) -> int:
    grade = read_whole(value, names)
    if not 0 <= grade <= 5:
        raise Wrong(f"A grade lies between 0, no toxicity, and 5, death; there is no grade {grade}.")
    return grade


def read_visit_keys(value: Any, names: Names) -> tuple[str, ...]:
    found = value if isinstance(value, list) else [value]
    for one in found:
        known_word("encounter", str(one).partition(".")[0], names.encounters)
    return tuple(str(one) for one in found)


def read_terms(names: Names) -> Iterable[str]:
    return names.terms


def read_eligible_word(value: Any, names: Names) -> str:
    asked = {"yes": "eligible", "no": "not eligible", "unknown": "undetermined", "true": "eligible"}
    text = str(value).lower()
    return asked.get(text) or known_word("answer", text, (*asked, *WORDS.values()))
