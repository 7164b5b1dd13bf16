"""What every event gets at the door: the protocol it stands under, as a file hash, its time zone and UTC offset.

A site goes by the newest protocol version whose approval there has not ended; a subject stays on the version of their
registration until an event moves them; what was voided does not count. Which clause then applies is judged in `core`,
never here. Read `Door.resolve`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from trialwright.core.ledger import (
    ApprovalEnded,
    Event,
    EventVoided,
    ProtocolActivated,
    StudyOpened,
    SubjectMoved,
    SubjectRegistered,
)
from trialwright.core.subject import voidings
from trialwright.store.clock import offset

GOVERNING = (ProtocolActivated, ApprovalEnded, SubjectRegistered, SubjectMoved, EventVoided)
"""What decides the protocol of a later event."""
TEACHES = (StudyOpened, *GOVERNING)
"""What a door learns from."""


@dataclass
class Door:
    """The protocols in force while events come in: the file hash of each version at hand, each site's time zone."""

    versions: Mapping[str, str]
    zones: Mapping[str, str] = field(default_factory=dict)
    at_site: dict[str | None, dict[str, str]] = field(default_factory=dict)
    of_subject: dict[str, str] = field(default_factory=dict)
    of_study: str = ""
    governing: list[Event] = field(default_factory=list)

    def copy(self) -> Door:
        """Another that learns without this one."""
        return replace(
            self,
            at_site={site: dict(versions) for site, versions in self.at_site.items()},
            of_subject=dict(self.of_subject),
            governing=list(self.governing),
        )

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
        if self.at_site.get(event.site):
            return _newest(self.at_site[event.site])
        if isinstance(event, ProtocolActivated):
            return event.file_hash
        return _newest(self.at_site.get(None) or {}) or self.of_study or self._only_version()

    def _only_version(self) -> str:
        return next(iter(self.versions.values())) if len(self.versions) == 1 else ""

    def _learn(self, event: Event) -> None:
        if isinstance(event, StudyOpened):
            self.of_study = event.protocol
        if isinstance(event, GOVERNING):
            self.governing.append(event)
            if isinstance(event, EventVoided):
                self._learn_again()
            else:
                self._take(event)

    def _learn_again(self) -> None:
        """What governs without what was voided."""
        self.at_site, self.of_subject = {}, {}
        voided = voidings(self.governing)
        for event in self.governing:
            if event.id not in voided:
                self._take(event)

    def _take(self, event: Event) -> None:
        match event:
            case ProtocolActivated():
                self.at_site.setdefault(event.site, {})[event.version] = event.file_hash
            case ApprovalEnded():
                self._end(self.at_site.get(event.site, {}), event.version)
            case SubjectRegistered() | SubjectMoved():
                self.of_subject[str(event.subject)] = self._hash(event.version)
            case _:
                pass

    @staticmethod
    def _end(active: dict[str, str], version: str) -> None:
        """An approval ended; the last version stays, so that what is still said at the site stands under a protocol."""
        for name in [version] if version else list(active):
            if len(active) > 1:
                active.pop(name, None)


def _newest(active: Mapping[str, str]) -> str:
    """The file of the version that was activated first last; a renewed approval of an older one changes nothing."""
    return next(reversed(list(active.values())), "")
