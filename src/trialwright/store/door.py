"""What every event gets at the door: the protocol it stands under, as a file hash, its time zone and UTC offset.

A site goes by the protocol version that was last activated there; a subject stays on the version of their registration
until an event moves them. Which clause then applies is judged in `core`, never here. Read `Door.resolve`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from trialwright.core.ledger import Event, ProtocolActivated, StudyOpened, SubjectMoved, SubjectRegistered


@dataclass
class Door:
    """The protocols in force while events come in: the file hash of each version at hand, each site's time zone."""

    versions: Mapping[str, str]
    zones: Mapping[str, str] = field(default_factory=dict)
    at_site: dict[str | None, str] = field(default_factory=dict)
    of_subject: dict[str, str] = field(default_factory=dict)
    of_study: str = ""

    def take(self, events: Iterable[Event]) -> None:
        """Learn from events that are in the ledger already."""
        for event in events:
            self._learn(event)

    def resolve(self, event: Event) -> Event:
        """The event with its protocol and offset; a protocol that cannot be told stays empty, to be refused."""
        if isinstance(event, ProtocolActivated):
            event = replace(event, file_hash=self._hash(event.file_hash))
        event = replace(event, zone=event.zone or self.zones.get(event.site or "", ""))
        known = replace(event, protocol=self._hash(event.protocol) or self._in_force(event), offset=offset(event))
        self._learn(known)
        return known

    def _hash(self, named: str) -> str:
        return self.versions.get(named, named)

    def _in_force(self, event: Event) -> str:
        if event.subject in self.of_subject:
            return self.of_subject[str(event.subject)]
        if event.site in self.at_site:
            return self.at_site[event.site]
        if isinstance(event, ProtocolActivated):
            return event.file_hash
        return self.at_site.get(None) or self.of_study or self._only_version()

    def _only_version(self) -> str:
        return next(iter(self.versions.values())) if len(self.versions) == 1 else ""

    def _learn(self, event: Event) -> None:
        match event:
            case StudyOpened():
                self.of_study = event.protocol
            case ProtocolActivated():
                self.at_site[event.site] = event.file_hash
            case SubjectRegistered() | SubjectMoved():
                self.of_subject[str(event.subject)] = self._hash(event.version)
            case _:
                pass


def offset(event: Event) -> str:
    """The UTC offset of an event's local date and time in its zone; noon stands in where the time is not known."""
    if event.offset or not event.zone:
        return event.offset
    local = datetime.combine(event.occurred, time.fromisoformat(event.time or "12:00"), ZoneInfo(event.zone))
    text = f"{local:%z}"
    return f"{text[:3]}:{text[3:5]}"
