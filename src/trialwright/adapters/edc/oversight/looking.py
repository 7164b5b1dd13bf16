"""Whether others said something since a page was drawn that concerns it, looked for so that nobody comes in between.

A page about many, about a site or a person carries the place in the ledger up to which it was drawn. Before its save it
is looked what of later entries concerns it, and the save is written on the versions that were looked at. What the page
then shows of both sides is `meanwhile`'s. Read `Looked`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from trialwright.adapters.edc.desk import Desk
from trialwright.core.ledger import Event
from trialwright.store.encoding import SITE_STREAM, STUDY_STREAM
from trialwright.store.errors import LedgerBusy, StaleVersion

LOOKS = 50
"""So often it is looked again where others save to the same streams what does not concern the page."""


@dataclass(frozen=True)
class Looked:
    """What is looked for before a save about many, a site or a person, and the streams in which it would be said."""

    later: Callable[[], Sequence[Event]]
    streams: Sequence[str]
    chain: str | None = None

    def save(self, desk: Desk, write: Callable[[Mapping[str, int]], object], key: str = "") -> Sequence[Event]:
        """Write on the versions that were looked at; what others said first instead, where it concerns the page.

        Who says anything in the streams between the look and the append makes the save stale, and it is looked again.
        What was saved under the key before is no other's: the ledger says whether this is the same.
        """
        reader = desk.open.reader()
        if key and self.streams and reader.written_under(key):
            write({})
            return ()
        for _again in range(LOOKS):
            versions = {one: reader.version(one, self.chain) for one in self.streams}
            if found := self.later():
                return found
            try:
                write(versions)
            except StaleVersion as wrong:
                if wrong.stream not in versions:
                    raise
            else:
                return ()
        raise LedgerBusy("Others save here without a pause, so that nothing could be saved. Send it again.")


def streams_at(desk: Desk, sites: Iterable[str | None]) -> tuple[str, ...]:
    """The streams in which the study speaks of these sites; of no site, those of every site."""
    wanted = set(sites)
    named = (*desk.open.site_ids, *desk.open.record.sites) if None in wanted else (one for one in wanted if one)
    return (STUDY_STREAM, *(SITE_STREAM + one for one in dict.fromkeys(named)))


def since_position(
    desk: Desk, position: str, concerns: Callable[[Event], bool], chain: str | None = None
) -> tuple[Event, ...]:
    """What of later entries the person sees and the page is concerned by; nothing where no place was carried."""
    if not (position.isascii() and position.isdigit() and len(position) < 15):
        return ()
    reader, after = desk.open.reader(), int(position)
    later = reader.events(after_seq=after, chain_id=chain) if chain else reader.events(after_seq=after)
    return tuple(one for one in later if desk.in_sight(one) and concerns(one))
