"""Adverse events in the legacy XML: by organ system, with a first category for the totals and defaults for the rest.

All-cause mortality stands among the totals of the serious events. A vocabulary or way of assessment that every event
shares is said once, as the default. Read `write_events`, then `read_events`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any
from xml.etree.ElementTree import Element

from trialwright.adapters.exchange.ctgov.results.choices import Assessment
from trialwright.adapters.exchange.ctgov.results.legacy.forms import (
    Json,
    Unread,
    added,
    as_element,
    as_json,
    coded,
    legal,
    text_of,
    with_text,
)
from trialwright.adapters.exchange.ctgov.results.legacy.tables import COUNTS, EVENT_GROUP

TOTAL = "Total"
TOTALS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "serious": (("Total, all-cause mortality", "deaths"), ("Total, serious adverse events", "serious")),
    "other": (("Total, other adverse events", "other"),),
}
"""The rows of totals of each table, and how the fields of a group that hold them begin."""
ASSESSMENT = coded(Assessment)
WHOLE = re.compile(r"0|[1-9]\d{0,17}", re.ASCII)
COUNT_FIELDS = ("numAffected", "numAtRisk", "numEvents")


def write_events(data: Json) -> Element:
    """The adverse events module as an element."""
    made = Element("reported_events")
    for tag, name in (("time_frame", "timeFrame"), ("desc", "description")):
        if name in data:
            added(made, tag, data[name])
    groups = data.get("eventGroups", [])
    added(made, "group_list").extend([as_element("group", _named(one), EVENT_GROUP) for one in groups])
    for kind in ("serious", "other"):
        table = _table(kind, data, groups)
        if table is not None:
            made.append(table)
    return made


def _named(group: Json) -> Json:
    return {name: group[name] for name in ("id", "title", "description") if name in group}


def _table(kind: str, data: Json, groups: list[Json]) -> Element | None:
    """One table; None where there is nothing to say in it."""
    events = data.get(f"{kind}Events", [])
    totals = [one for one in (_total(title, start, groups) for title, start in TOTALS[kind]) if one is not None]
    if not events and not totals:
        return None
    made = Element(f"{kind}_events")
    if kind == "other" and "frequencyThreshold" in data:
        added(made, "frequency_threshold", str(data["frequencyThreshold"]))
    vocabulary, assessment = shared(events, "sourceVocabulary"), shared(events, "assessmentType")
    if vocabulary:
        added(made, "default_vocab", vocabulary)
    if assessment:
        added(made, "default_assessment", ASSESSMENT.to_xml(assessment))
    categories = added(made, "category_list")
    if totals:
        categories.append(_category(TOTAL, totals))
    for organ, ones in by_organ(events):
        categories.append(_category(organ, [_event(one, vocabulary, assessment) for one in ones]))
    return made


def shared(events: Iterable[Json], name: str) -> str:
    """The commonest value of a field where every event has one; an event without one would be given the default."""
    values = [one.get(name, "") for one in events]
    return max(dict.fromkeys(values), key=values.count, default="") if all(values) else ""


def by_organ(events: Iterable[Json]) -> Iterator[tuple[str, list[Json]]]:
    """Events of one organ system that stand together, so that the order of the events is kept."""
    for organ, ones in groupby(events, key=lambda one: str(one.get("organSystem", ""))):
        yield organ, list(ones)


def _total(title: str, start: str, groups: list[Json]) -> Element | None:
    fields = {f"{start}NumAffected": "numAffected", f"{start}NumAtRisk": "numAtRisk"}
    rows = [
        {"groupId": one.get("id", ""), **{name: one[key] for key, name in fields.items() if key in one}}
        for one in groups
        if set(fields) & set(one)
    ]
    return _row(with_text("sub_title", title), rows) if rows else None


def _row(title: Element, stats: list[Json], *between: Element) -> Element:
    made = Element("event")
    made.extend([title, *between, *(as_element("counts", one, COUNTS) for one in stats)])
    return made


def _event(one: Json, vocabulary: str, assessment: str) -> Element:
    title = with_text("sub_title", legal(one.get("term", "")))
    if one.get("sourceVocabulary", vocabulary) != vocabulary:
        title.set("vocab", legal(one["sourceVocabulary"]))
    between = []
    if one.get("assessmentType", assessment) != assessment:
        between.append(with_text("assessment", ASSESSMENT.to_xml(one["assessmentType"])))
    if "notes" in one:
        between.append(with_text("description", legal(one["notes"])))
    return _row(title, one.get("stats", []), *between)


def _category(title: str, events: list[Element]) -> Element:
    made = Element("category")
    added(made, "title", title)
    added(made, "event_list").extend(events)
    return made


# ---- reading -------------------------------------------------------------------------------------------------------

KNOWN = ("time_frame", "desc", "group_list", "serious_events", "other_events")
KNOWN_IN_TABLE = ("frequency_threshold", "default_vocab", "default_assessment", "category_list")
KNOWN_IN_EVENT = ("sub_title", "assessment", "description", "counts")


def read_events(element: Element, unread: Unread) -> Json:
    """An element as the adverse events module."""
    path = "reported_events"
    _note_others(element, KNOWN, unread, path)
    found: Json = {}
    for tag, name in (("time_frame", "timeFrame"), ("desc", "description")):
        if text := element.findtext(tag, "").strip():
            found[name] = text
    groups = [as_json(one, EVENT_GROUP, unread, f"{path}/group") for one in element.iterfind("group_list/group")]
    found["eventGroups"] = groups
    for kind in TOTALS:
        table = element.find(f"{kind}_events")
        if table is not None:
            found.update(_read_table(kind, table, groups, unread))
    return found


def _note_others(element: Element, known: tuple[str, ...], unread: Unread, path: str) -> None:
    for one in element:
        if one.tag not in known:
            unread.note(f"{path}/{one.tag}")


def _read_table(kind: str, table: Element, groups: list[Json], unread: Unread) -> Json:
    path = f"reported_events/{kind}_events"
    _note_others(table, KNOWN_IN_TABLE, unread, path)
    found: Json = {}
    if threshold := table.findtext("frequency_threshold", "").strip():
        found["frequencyThreshold"] = threshold
    events: list[Json] = []
    for category in table.iterfind("category_list/category"):
        organ = category.findtext("title", "").strip()
        for row in category.iterfind("event_list/event"):
            _note_others(row, KNOWN_IN_EVENT, unread, f"{path}/event")
            if organ == TOTAL:
                _read_total(kind, row, groups, unread)
            else:
                events.append({"organSystem": organ, **_read_event(row, table, unread)})
    return {**found, **({f"{kind}Events": events} if events else {})}


def _read_total(kind: str, row: Element, groups: list[Json], unread: Unread) -> None:
    title = row.findtext("sub_title", "").strip()
    start = dict(TOTALS[kind]).get(title)
    if start is None:
        unread.note(f"reported_events/{kind}_events total {title!r}")
        return
    for one in map(_counts, row.iterfind("counts")):
        group = next((each for each in groups if each.get("id") == one.get("groupId")), None)
        if group is not None:
            group.update({f"{start}{name[0].upper()}{name[1:]}": one[name] for name in COUNT_FIELDS[:2] if name in one})


def _read_event(row: Element, table: Element, unread: Unread) -> Json:
    title = row.find("sub_title")
    vocabulary = (title.get("vocab") if title is not None else None) or table.findtext("default_vocab", "").strip()
    assessment = row.findtext("assessment", table.findtext("default_assessment", "")).strip()
    told = {
        "term": text_of(title) if title is not None else "",
        "sourceVocabulary": vocabulary,
        "assessmentType": ASSESSMENT.to_json(assessment),
        "notes": row.findtext("description", "").strip(),
    }
    stats = [_counts(one) for one in row.iterfind("counts")]
    return {**{name: text for name, text in told.items() if text}, "stats": stats}


def _counts(element: Element) -> dict[str, Any]:
    """Counts as bare numbers, where they are whole numbers."""
    found = as_json(element, COUNTS, Unread())
    whole = {name for name, one in found.items() if name in COUNT_FIELDS and WHOLE.fullmatch(one)}
    return {name: int(one) if name in whole else one for name, one in found.items()}
