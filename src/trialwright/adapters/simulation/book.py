"""From what happened to what is recorded: when each event is entered, and which are saved together.

Within a subject (and within a site) events are entered in the order they happened, none before it happened; what is
entered late is entered at the latest before the next thing that rests on it. Read `submissions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from trialwright.adapters.simulation.world import Page, World
from trialwright.core.ledger import Event, SubjectRegistered
from trialwright.store import Submission, Text

APART = timedelta(seconds=40)


def submissions(world: World) -> list[Submission]:
    """Every save of the rehearsal, in the order of entry."""
    entered = _entered(world.pages)
    order = sorted(range(len(world.pages)), key=lambda number: (entered[number], number))
    texts = tuple(Text("protocol", text) for text in world.setting.texts.values())
    return [_save(world, batch, entered, texts if first else ()) for first, batch in _together(world, order)]


def until(saves: Sequence[Submission], last: date) -> list[Submission]:
    """The saves that were recorded by the end of a day: the trial as it stood then, in mid-course."""
    return [save for save in saves if save.recorded_at is None or save.recorded_at.date() <= last]


def day_of_half_the_accrual(saves: Sequence[Submission]) -> date | None:
    """The day on which half of those who were registered had been; None where nobody was."""
    days = sorted(
        save.recorded_at.date()
        for save in saves
        for event in save.events
        if isinstance(event, SubjectRegistered) and save.recorded_at is not None
    )
    return days[(len(days) - 1) // 2] if days else None


def _together(world: World, order: Sequence[int]) -> Iterator[tuple[bool, list[int]]]:
    """Neighbours that were said in one breath are one save."""
    batch: list[int] = []
    first = True
    for number in order:
        if batch and world.pages[number].group != world.pages[batch[-1]].group:
            yield first, batch
            batch, first = [], False
        batch.append(number)
    if batch:
        yield first, batch


def _save(world: World, batch: Sequence[int], entered: Sequence[datetime], texts: tuple[Text, ...]) -> Submission:
    events = tuple(_plain(world.pages[number].event) for number in batch)
    key = f"rehearsal-{world.pages[batch[0]].group:06}-{batch[0]:06}"
    return Submission(key, events, texts=texts, recorded_at=entered[batch[-1]].astimezone(UTC))


def _plain(event: Event) -> Event:
    """The event as it is handed in: id, place and time of recording are issued by the ledger."""
    return replace(event, id="", seq=0, recorded=None)


def _entered(pages: Sequence[Page]) -> list[datetime]:
    """When each page is entered: as meant, but not after the next of its stream, and not before it happened."""
    entered = [page.entered for page in pages]
    following: dict[str, datetime] = {}
    for number in range(len(pages) - 1, -1, -1):
        whose = _stream(pages[number])
        if whose in following:
            latest = following[whose] - APART
            entered[number] = max(min(entered[number], latest), pages[number].happened)
        following[whose] = entered[number]
    _in_order(pages, entered)
    return entered


def _in_order(pages: Sequence[Page], entered: list[datetime]) -> None:
    """Forward once more, so that no page of a stream is entered before the one it follows, and the opening is first."""
    before: dict[str, datetime] = {}
    for number, page in enumerate(pages):
        whose = _stream(page)
        last = before.get(whose, entered[0] if number else None)
        if last is not None and entered[number] <= last:
            entered[number] = last + timedelta(seconds=1)
        before[whose] = entered[number]


def _stream(page: Page) -> str:
    return page.event.subject or page.event.site or ""
