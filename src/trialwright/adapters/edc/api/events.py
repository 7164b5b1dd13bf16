"""An event as JSON, and JSON as events: the shape of docs/reference/event-format.md, by the reader of `submit`.

Read `document_of`, `read_events`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any

from trialwright.adapters.edc.api.hiding import Hiding
from trialwright.core.ledger import Change, Event, Said, to_json
from trialwright.core.terms import Finding, Quantity
from trialwright.store.lines import read_line

ISSUED = ("id", "seq", "recorded")


def document_of(event: Event, hiding: Hiding | None = None) -> dict[str, Any]:
    """The event as a line of `submit` would say it, with what the ledger issued."""
    told: dict[str, Any] = {"event": type(event).__name__}
    for each in fields(event):
        value = getattr(event, each.name)
        if value is None or value == "" or value == () or (each.name in ISSUED and not value):
            continue
        told[each.name] = _plain(value, hiding)
    return told


def _plain(value: Any, hiding: Hiding | None) -> Any:
    if isinstance(value, Change):
        old, new = (hiding.value(value.path, one) if hiding else one for one in (value.old, value.new))
        return {"path": value.path, **({} if old is None else {"old": to_json(old)}), "new": to_json(new)}
    if isinstance(value, Said):
        return {name: list(told) if isinstance(told, tuple) else told for name, told in vars(value).items() if told}
    if isinstance(value, tuple):
        return [_plain(one, hiding) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    return to_json(value) if isinstance(value, Quantity) else value


def read_events(given: Sequence[dict[str, Any]], actor: str) -> tuple[list[Event], list[Finding]]:
    """The events, and everything wrong with them by their place; who sends them is who they are of.

    `actor` may be left out, and may not be anybody else; a `role` that is left out is chosen by what the kind allows.
    """
    events: list[Event] = []
    findings: list[Finding] = []
    for place, one in enumerate(given):
        event, faults = read_line(json.dumps({"actor": actor, "role": "-", **one}).encode())
        if event is not None and event.actor != actor:
            faults = ["actor: is somebody else than whoever sends this."]
        findings += [_wrong(fault, place) for fault in faults]
        if event is not None and not faults:
            events.append(replace(event, role="" if event.role == "-" else event.role))
    return events, findings


def _wrong(says: str, place: int) -> Finding:
    return Finding(
        about="event",
        says=says,
        matters="Nothing was saved: a submission is written whole or not at all.",
        do="Correct the event and send the whole submission again; docs/reference/event-format.md shows each kind.",
        where=f"events/{place}",
    )
