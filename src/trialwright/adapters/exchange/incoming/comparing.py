"""What a file says against what is recorded: new, changed, the same, or refused; and the entries that would say so.

One thing given (`Given`) is one observation: a concept on a day, with its value, limits and time. It is the observation
that is recorded of that concept on that day (and time), where there is one; two that could be meant are refused.
Nothing is written and nothing is judged: whether an entry is let in is asked of `conduct.refusals` by whoever saves.
Read `compare`, then `drafts`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any

from trialwright.core.ledger import Change, Event, FormCorrected, FormSubmitted, Missing, Value
from trialwright.core.subject import Observation, SubjectRecord, observations
from trialwright.core.terms import Finding, Quantity, UnitMismatch, UnitTable


@dataclass(frozen=True, kw_only=True)
class Given:
    """One observation as a file gives it: of whom, which concept, its fields, the day it holds for, where it stands.

    `instance` is given where the file itself tells its rows apart, such as a repeated form; `dated` says whether the
    day is an item of its own (an episode has its start instead).
    """

    subject: str
    concept: str
    values: Mapping[str, Value]
    on: date
    where: str
    time: str = ""
    encounter: str = ""
    instance: str = ""
    form: str = "laboratory"
    dated: bool = True


@dataclass(frozen=True)
class Line:
    """One item of the file against the record; `state` is new, changed or same."""

    state: str
    subject: str
    path: str
    old: Value
    new: Value
    given: Given
    encounter: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """Whose item it is, and which."""
        return self.subject, self.path


@dataclass(frozen=True)
class Comparison:
    """Every item that was given, and a finding for each that is refused."""

    lines: tuple[Line, ...] = ()
    refused: tuple[Finding, ...] = ()

    def of(self, state: str) -> tuple[Line, ...]:
        """The lines of one state."""
        return tuple(line for line in self.lines if line.state == state)

    @property
    def subjects(self) -> tuple[str, ...]:
        """Whom the file tells of, in its order."""
        return tuple(dict.fromkeys(line.subject for line in self.lines))


@dataclass(frozen=True)
class Draft:
    """An entry to be made: its kind and fields; whoever saves adds who, in which role and at which site."""

    kind: type[Event]
    subject: str
    occurred: date
    fields: Mapping[str, Any] = field(default_factory=dict)


def compare(
    given: Iterable[Given], records: Mapping[str, SubjectRecord], units: UnitTable, today: date = date.max
) -> Comparison:
    """What would become of each thing given; `records` are those of the subjects that whoever uploads may see.

    What is dated after `today` did not happen yet and is refused.
    """
    lines: dict[tuple[str, str], Line] = {}
    refused: list[Finding] = []
    for one in given:
        record = records.get(one.subject)
        if record is None:
            refused.append(_no_subject(one, records))
            continue
        if one.on > today:
            refused.append(_to_come(one, today))
            continue
        known, why = _recorded(one, record)
        if why:
            refused.append(_several(one, why))
            continue
        for line in _lines(one, known, units, _free_name(one, record)):
            before = lines.setdefault(line.place, line)
            if before is not line and not _says_the_same(before, line, units):
                refused.append(_twice(one, before))
    return Comparison(tuple(lines.values()), tuple(refused))


def _recorded(one: Given, record: SubjectRecord) -> tuple[Observation | None, str]:
    """The observation that is meant, or why that cannot be told."""
    held = observations(record, one.concept)
    if one.instance:
        return next((each for each in held if each.instance == one.instance), None), ""
    held = tuple(each for each in held if each.on.exact == one.on)
    if one.encounter:
        held = tuple(each for each in held if each.encounter in ("", one.encounter)) or held
    timed = tuple(each for each in held if one.time and each.text("time")[:5] == one.time[:5])
    untimed = tuple(each for each in held if not one.time or not each.text("time"))
    found = timed or untimed
    if len(found) > 1:
        return None, ", ".join(each.instance for each in found)
    return (found[0] if found else None), ""


def _lines(one: Given, known: Observation | None, units: UnitTable, name: str) -> Iterable[Line]:
    instance = known.instance if known else one.instance or name
    encounter = known.encounter if known else one.encounter
    for name, new in _told(one, known).items():
        old = known.values.get(name) if known else None
        same = known is not None and name in known.values and _equal(old, new, one.concept, units)
        state = "same" if same else "changed" if known is not None and name in known.values else "new"
        yield Line(state, one.subject, f"{one.concept}/{instance}/{name}", old, new, one, encounter)


def _told(one: Given, known: Observation | None) -> dict[str, Value]:
    """The fields given, with the day and time; a limit of detection that no longer holds is taken back."""
    told: dict[str, Value] = dict(one.values)
    if known is None and one.dated:
        told["on"] = one.on.isoformat()
    if one.time and (known is None or not known.text("time")):
        told["time"] = one.time
    if known is not None and known.text("bound") and "bound" not in told and "value" in told:
        told["bound"] = Missing("not_applicable")
    return told


def _free_name(one: Given, record: SubjectRecord) -> str:
    """The name of a new instance: the visit's key, as on a form, where nothing has it yet; or the sample's day."""
    taken = {each.instance for each in observations(record, one.concept)}
    day = one.on.isoformat().replace("-", "")
    sample = f"lab{day}" + (f"t{one.time.replace(':', '')}" if one.time else "")
    names = (one.encounter, sample, *(f"{sample}.{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name and name not in taken)


def _equal(old: Value, new: Value, concept: str, units: UnitTable) -> bool:
    """Whether two values say the same; 1.5 10*9/L and 1500 /mm3 do."""
    if isinstance(old, Quantity) and isinstance(new, Quantity) and old.unit != new.unit:
        try:
            return old.in_unit(new.unit, units, concept) == new.value
        except UnitMismatch:
            return False
    if isinstance(old, Quantity) and isinstance(new, Quantity):
        return old.value == new.value
    return type(old) is type(new) and old == new


def _says_the_same(before: Line, line: Line, units: UnitTable) -> bool:
    """Whether two lines of the file agree on an item; of a value only with the same limit of detection, or none."""
    if line.path.endswith("/value") and before.given.values.get("bound") != line.given.values.get("bound"):
        return False
    return _equal(before.new, line.new, line.given.concept, units)


def drafts(comparison: Comparison, why: str, today: date) -> list[Draft]:
    """The entries that say what is new and what changed: one form for each subject, day, visit and kind of entry."""
    new: dict[tuple[Any, ...], list[Line]] = {}
    changed: dict[tuple[Any, ...], list[Line]] = {}
    for line in comparison.lines:
        key = (line.subject, line.given.on, line.encounter, line.given.form)
        if line.state == "new":
            new.setdefault(key, []).append(line)
        elif line.state == "changed":
            changed.setdefault(key, []).append(line)
    entered = [_entered(key, lines) for key, lines in new.items()]
    return entered + [_corrected(key, lines, why, today) for key, lines in changed.items()]


def _entered(key: tuple[Any, ...], lines: Sequence[Line]) -> Draft:
    subject, on, encounter, form = key
    items = tuple(Change(line.path, None, line.new) for line in lines)
    return Draft(FormSubmitted, subject, on, {"form": form, "encounter": encounter, "items": items})


def _corrected(key: tuple[Any, ...], lines: Sequence[Line], why: str, today: date) -> Draft:
    """A correction happens on the day it is made; what it corrects keeps its own day."""
    subject, on, encounter, form = key
    items = tuple(Change(line.path, line.old, line.new) for line in lines)
    told = {"form": form, "encounter": encounter, "items": items, "why": why, "reason": "import"}
    return Draft(FormCorrected, subject, max(today, on), told)


def _no_subject(one: Given, records: Mapping[str, SubjectRecord]) -> Finding:
    near = get_close_matches(one.subject, list(records), n=1, cutoff=0.8)
    return Finding(
        about="subject",
        says=f"{one.subject[:40]!r} is no subject that you see.",
        matters="A value filed under the wrong person decides about the wrong person.",
        do=f"Did the laboratory mean {near[0]}? Correct the file." if near else "Correct the subject's id in the file.",
        where=one.where,
    )


def _to_come(one: Given, today: date) -> Finding:
    return Finding(
        about=one.concept,
        says=f"{one.on} lies after today, {today}.",
        matters="What is still to come cannot have been measured; a day read wrongly moves the value to another visit.",
        do="Correct the date in the file, or how its dates are written in the map.",
        where=one.where,
    )


def _several(one: Given, instances: str) -> Finding:
    return Finding(
        about=f"{one.concept}",
        says=f"{one.subject} has several {one.concept} on {one.on} ({instances}); which is meant is not said.",
        matters="A changed value would replace one of them, and nobody knows which.",
        do="Give the time of the sample or the visit, or correct the one by hand.",
        where=one.where,
    )


def _twice(one: Given, before: Line) -> Finding:
    return Finding(
        about=f"{one.concept}",
        says=f"{one.subject} has two different values of {before.path} in the file: here and at {before.given.where}.",
        matters="Only one of them can be recorded, and nobody knows which.",
        do="Give each sample its time, or leave the wrong one out.",
        where=one.where,
    )
