"""Calendar entries as an iCalendar (RFC 5545): all-day events over the window, the day they are due in the title.

The same entries give the same bytes. An entry keeps its UID when it moves; SEQUENCE is the position in the ledger that
last changed it, so that a later calendar always wins over an earlier one; DTSTAMP and LAST-MODIFIED are when that was
written. Days are days of the site: an all-day event needs no time zone. Data of a rehearsal say so in the name of the
calendar and in every title. Read `write_icalendar`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, timedelta

from icalendar import Calendar, Event, Todo

from trialwright import __version__
from trialwright.adapters.exchange.appointments import CANCELLED, Appointment

SIMULATED = "SIMULATED"


def write_icalendar(entries: Iterable[Appointment], name: str, simulated: bool, mark: str = SIMULATED) -> bytes:
    """The calendar as bytes; one entry each, in order; `mark` says what is simulated in the reader's words."""
    calendar = Calendar()
    calendar.add("prodid", f"-//Trialwright//{__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", f"{mark} {name}" if simulated else name)
    for entry in entries:
        calendar.add_component(_component(entry, mark if simulated else ""))
    written: bytes = calendar.to_ical()
    return written


def _component(entry: Appointment, mark: str) -> Event | Todo:
    """An event on its days; a task where it has none."""
    component = Todo() if entry.first is None or entry.last is None else Event()
    component.add("uid", f"{'simulated.' if mark else ''}{entry.uid}@trialwright")
    component.add("dtstamp", entry.modified.astimezone(UTC).replace(microsecond=0))
    component.add("last-modified", entry.modified.astimezone(UTC).replace(microsecond=0))
    component.add("sequence", entry.sequence)
    component.add("summary", f"{mark} {entry.summary}" if mark else entry.summary)
    component.add("description", entry.description)
    component.add("categories", [entry.category])
    component.add("class", "CONFIDENTIAL")
    if isinstance(component, Todo):
        component.add("status", CANCELLED if entry.status == CANCELLED else "NEEDS-ACTION")
        return component
    assert entry.first is not None
    assert entry.last is not None
    component.add("dtstart", entry.first)
    component.add("dtend", entry.last + timedelta(days=1))
    component.add("status", entry.status)
    component.add("transp", "TRANSPARENT")
    return component
