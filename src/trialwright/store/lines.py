"""Events as JSON lines: what a person or another program hands to `trialwright submit`.

One line is one event, in the shape of docs/reference/event-format.md. Everything wrong with a file is found at once,
each finding with its line; nothing is guessed or repaired. What a line may leave out (the protocol in force, the UTC
offset of a zone) is put in by `store.door`. Read `read_lines` first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, NoReturn, get_type_hints
from zoneinfo import available_timezones

from trialwright.core.ledger import (
    CONSENT_SCOPES,
    KINDS,
    AccrualResumed,
    AccrualSuspended,
    ApprovalEnded,
    AuditReviewed,
    Change,
    DataExported,
    DataImported,
    DictionaryLoaded,
    Event,
    EventVoided,
    ItemPath,
    Locked,
    Missing,
    PayloadRedacted,
    ProtocolActivated,
    ReferenceRangeSet,
    RoleEnded,
    RoleGranted,
    Said,
    Signed,
    StudyOpened,
    StudyStatusDeclared,
    TrainingRecorded,
    Unlocked,
    UnlockRequested,
    Value,
    from_json,
)
from trialwright.core.terms import Finding, Quantity
from trialwright.store.canonical import NotCanonical, canonical

ISSUED = ("id", "seq", "recorded")
DECIMAL = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
YEARS = range(1900, 2200)
"""The years a clinical date can lie in: nobody's trial is outside, and windows around them stay inside the calendar."""
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?")
OFFSET = re.compile(r"[+-]([01]\d|2[0-3]):[0-5]\d")
HINTS = {name: get_type_hints(kind) for name, kind in KINDS.items()}
NOT_OF_A_SUBJECT = (
    StudyOpened, ProtocolActivated, ApprovalEnded, AccrualSuspended, AccrualResumed, StudyStatusDeclared,
    ReferenceRangeSet, EventVoided, Signed, Locked, Unlocked,
    UnlockRequested, DictionaryLoaded, AuditReviewed, DataExported, DataImported,
    RoleGranted, RoleEnded, TrainingRecorded,
)  # fmt: skip
MISSING_CODES = ("not_done", "not_known", "not_applicable")


@dataclass(frozen=True)
class Line:
    """An event that was read, and the line it stands on."""

    number: int
    event: Event


class Wrong(ValueError):
    """What is wrong with one value of a line; the message never holds the value of an item."""


def read_lines(content: bytes, name: str = "-") -> tuple[list[Line], list[Finding]]:
    """The events of a file, and everything that is wrong with it; events are of use only if nothing is."""
    lines, findings = [], []
    for number, text in enumerate(content.split(b"\n"), start=1):
        if not text.strip():
            continue
        event, faults = read_line(text)
        findings += [_finding(fault, f"{name}:{number}") for fault in faults]
        if event is not None:
            lines.append(Line(number, event))
    if not lines and not findings:
        findings.append(_finding("The file holds no event.", name))
    return lines, findings


def read_line(text: bytes) -> tuple[Event | None, list[str]]:
    """One event, or everything that is wrong with its line."""
    try:
        found = json.loads(text.decode(), object_pairs_hook=_once, parse_float=_no_float, parse_constant=_no_float)
        canonical(found)
    except UnicodeDecodeError:
        return None, ["The line is not UTF-8 text."]
    except RecursionError:
        return None, ["The line is nested too deeply to be an event."]
    except json.JSONDecodeError as wrong:
        return None, [f"The line is not JSON (character {wrong.pos + 1}: {wrong.msg})."]
    except (NotCanonical, Wrong) as wrong:
        return None, [f"{wrong}."]
    if not isinstance(found, dict):
        return None, ["The line is JSON, but not an object with the event's fields."]
    return read_event_object(found)


def read_event_object(found: dict[str, Any]) -> tuple[Event | None, list[str]]:
    """The event of a JSON object, or everything that is wrong with it."""
    kind = found.get("event")
    known = KINDS.get(kind) if isinstance(kind, str) else None
    if known is None:
        return None, [_unknown("kind of event", str(kind), KINDS)]
    if known is PayloadRedacted:
        return None, [f"{kind} is not submitted: it erases what an event said. Run: trialwright ledger redact."]
    shape = {each.name: each for each in fields(known) if each.name not in ISSUED}
    faults = [_unknown("field", key, shape) for key in found if key not in shape and key != "event"]
    lacking = [name for name, each in shape.items() if _needs(each, known) and name not in found]
    faults += [f"{kind} needs the field {name!r}." for name in lacking]
    values, wrong = _read_values(known, {key: value for key, value in found.items() if key in shape})
    faults += wrong
    return (None, faults) if faults else (known(**{"site": None} | values), [])


def _read_values(known: type[Event], given: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    values: dict[str, Any] = {}
    faults = []
    for name, value in given.items():
        try:
            values[name] = CHECKED.get(name, _by_type)(HINTS[known.__name__][name], value)
        except Wrong as wrong:
            faults.append(f"{name}: {wrong}" + ("" if str(wrong).endswith("?") else "."))
    return values, faults


def _by_type(hint: Any, value: Any) -> Any:
    if value is None and type(None) in getattr(hint, "__args__", ()):
        return None
    if hint == tuple[str, ...]:
        return read_texts(value)
    for kind, read in READERS:
        if hint == kind or kind in getattr(hint, "__args__", ()):
            return read(value)
    raise Wrong(f"a field of a type that no line can hold: {hint}")


def sort_of(value: Any) -> str:
    """What came, in words; never the value, which may be a subject's and is not repeated in a message.

    >>> sort_of([1]), sort_of(True), sort_of("")
    ('a list', 'yes/no', 'an empty text')
    """
    if value == "":
        return "an empty text"
    kinds = {type(None): "nothing", bool: "yes/no", int: "a whole number", float: "a number", str: "such a text"}
    return {**kinds, list: "a list", dict: "names with values"}.get(type(value), type(value).__name__)


def read_text(value: Any) -> str:
    """Text."""
    if not isinstance(value, str):
        raise Wrong(f"should be text, not {sort_of(value)}")
    return value


def read_texts(value: Any) -> tuple[str, ...]:
    """A list of texts, none of them empty or with the comma that parts them in the ledger."""
    if not isinstance(value, list) or not all(isinstance(one, str) and one and ", " not in one for one in value):
        raise Wrong(f"should be a list of texts, none of them empty or with a comma and a blank, not {sort_of(value)}")
    return tuple(value)


def read_whole(value: Any) -> int:
    """A whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise Wrong(f"should be a whole number, not {sort_of(value)}")
    return value


def read_date(value: Any) -> date:
    """A full calendar date."""
    try:
        if isinstance(value, str) and DATE.fullmatch(value) and int(value[:4]) in YEARS:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise Wrong(f"should be a date of the calendar from {YEARS[0]} to {YEARS[-1]}, as 2006-03-01")


def read_quantity(value: Any) -> Quantity:
    """A number with its unit."""
    found = read_value(value)
    if not isinstance(found, Quantity):
        raise Wrong('should be a number with its unit, {"v": "10", "u": "mg"}')
    return found


def read_said(value: Any) -> Said:
    """What the program answered and the event rests on."""
    if not isinstance(value, dict) or not isinstance(value.get("answer"), str) or not value["answer"]:
        raise Wrong('should hold the answer acted upon, {"answer": …, "clauses": […]}')
    clauses = value.get("clauses", [])
    if not isinstance(clauses, list) or not all(isinstance(each, str) and each and " " not in each for each in clauses):
        raise Wrong(
            f"clauses should be a list of clause ids, none of them empty or with a blank, not {sort_of(clauses)}"
        )
    others = {key: read_text(value[key]) for key in ("protocol", "program") if key in value}
    unknown = set(value) - {"answer", "clauses", "protocol", "program"}
    if unknown:
        raise Wrong(_unknown("key", min(unknown), ("answer", "clauses", "protocol", "program")).rstrip("."))
    return Said(answer=value["answer"], clauses=tuple(clauses), **others)


def read_items(value: Any) -> tuple[Change, ...]:
    """The items entered or corrected, each once."""
    if not isinstance(value, list) or not value:
        raise Wrong(f"should be a list with at least one item, not {sort_of(value)}")
    items = tuple(_read_item(place, each) for place, each in enumerate(value))
    paths = [item.path for item in items]
    twice = sorted({path for path in paths if paths.count(path) > 1}) if len(set(paths)) < len(paths) else []
    if twice:
        raise Wrong(f"{twice[0]} is given twice")
    return items


def _read_item(place: int, given: Any) -> Change:
    if not isinstance(given, dict) or not {"path", "new"} <= set(given) <= {"path", "old", "new"}:
        raise Wrong(f'item {place + 1} should be {{"path", "old", "new"}}, old being null for a first entry')
    try:
        path = str(ItemPath.parse(read_text(given["path"])))
        return Change(path, read_value(given.get("old")), read_value(given["new"]))
    except ValueError as wrong:
        raise Wrong(f"item {place + 1}: {wrong}") from None


def read_value(value: Any) -> Value:
    """The value of an item: text, yes or no, a whole number, a number with its unit, or missing and why."""
    if isinstance(value, dict) and "v" in value and not _is_number(value):
        raise Wrong('a number is written as typed, as text, with its unit: {"v": "3.20", "u": "10*3/uL"}')
    try:
        found = from_json(value)
    except ValueError as wrong:
        raise Wrong(str(wrong)) from None
    if isinstance(found, Missing) and found.code not in MISSING_CODES:
        raise Wrong(f"a missing value says why: {', '.join(MISSING_CODES)}")
    return found


def _is_number(value: dict[str, Any]) -> bool:
    number, unit = value["v"], value.get("u")
    return isinstance(number, str) and DECIMAL.fullmatch(number) is not None and isinstance(unit, str) and unit != ""


def read_time(_: Any, value: Any) -> str:
    """A local time of day, to the minute or second; empty where it is not known."""
    if value == "" or (isinstance(value, str) and TIME.fullmatch(value)):
        return str(value)
    raise Wrong(f"should be a local time, as 14:30, or left out where it is not known, not {sort_of(value)}")


def read_offset(_: Any, value: Any) -> str:
    """An offset from UTC."""
    if value == "" or (isinstance(value, str) and OFFSET.fullmatch(value)):
        return str(value)
    raise Wrong(f"should be an offset from UTC, as -06:00, not {sort_of(value)}")


def read_zone(_: Any, value: Any) -> str:
    """A time zone by its IANA name."""
    if value == "" or (isinstance(value, str) and value in _zones()):
        return str(value)
    raise Wrong(_unknown("time zone", str(value), _zones()).rstrip("."))


def read_name(_: Any, value: Any) -> str | None:
    """A person's, role's, site's or subject's id, which is never empty."""
    if value is not None and (not read_text(value) or value != value.strip()):
        raise Wrong("should be an id without blanks around it, not empty")
    return value  # type: ignore[no-any-return]


def read_who(hint: Any, value: Any) -> str:
    """Who did it, in which role: an id that must be there."""
    if value is None:
        raise Wrong("should be an id: every event says who, in which role")
    return str(read_name(hint, value))


def read_scope(_: Any, value: Any) -> tuple[str, ...]:
    """What a consent is given to, or withdrawn from: one or more parts of the study, each once."""
    if not isinstance(value, list) or not value or not all(isinstance(part, str) for part in value):
        raise Wrong(f"should be a list with at least one of {', '.join(CONSENT_SCOPES)}")
    for part in value:
        if part not in CONSENT_SCOPES:
            raise Wrong(_unknown("scope of consent", part, CONSENT_SCOPES).rstrip("."))
    if len(set(value)) < len(value):
        raise Wrong(
            f"names a part of the study twice: {', '.join(sorted({one for one in value if value.count(one) > 1}))}"
        )
    return tuple(value)


def read_capsules(_: Any, value: Any) -> tuple[str, ...]:
    """How many of each strength were handed out: "42 x 10 mg"."""
    if not isinstance(value, list) or not all(isinstance(one, str) and CAPSULES.fullmatch(one) for one in value):
        raise Wrong(f"should be a list of how many of each strength, such as 42 x 10 mg, not {sort_of(value)}")
    return tuple(value)


CAPSULES = re.compile(r"[1-9]\d* x \d+(\.\d+)? \S+")
CHECKED: Mapping[str, Callable[[Any, Any], Any]] = {
    "actor": read_who,
    "role": read_who,
    "site": read_name,
    "subject": read_name,
    "time": read_time,
    "offset": read_offset,
    "zone": read_zone,
    "scope": read_scope,
    "capsules": read_capsules,
}
READERS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (date, read_date),
    (Quantity, read_quantity),
    (Said, read_said),
    (Change, read_items),
    (int, read_whole),
    (str, read_text),
)


def _needs(each: Field[Any], kind: type[Event]) -> bool:
    """A field must be given if it has no default; a subject, for what can only be said of one."""
    if each.name in ("site", "subject"):
        return each.name == "subject" and kind not in NOT_OF_A_SUBJECT
    return each.default is MISSING and each.default_factory is MISSING


def _unknown(what: str, given: str, known: Iterable[str]) -> str:
    near = get_close_matches(given, list(known), n=1)
    return f"There is no {what} {given!r}" + (f"; did you mean {near[0]!r}?" if near else ".")


def _finding(says: str, where: str) -> Finding:
    return Finding(
        about="event",
        says=says,
        matters="Nothing of the file was saved: a submission is written whole or not at all.",
        do="Correct the line and submit the whole file again; docs/reference/event-format.md shows each kind of event.",
        where=where,
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    for key in keys:
        if keys.count(key) > 1:
            raise Wrong(f"The key {key!r} stands twice in one object")
    return dict(pairs)


def _no_float(_: str) -> NoReturn:
    raise Wrong('A number with a decimal point is written as text with its unit, {"v": "3.20", "u": "10*3/uL"}')


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
