"""What stands in the book of one subject: every form with its items, what became of each, and everything around them.

Nothing is left out and nothing is judged: what was entered stands where it was entered, with what it was corrected to,
by whom, when and why; what was voided or redacted says so. Events are told in the order in which things happened, and
all of them once more in the order of the ledger. Read `Book`, then `book_of`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields

from trialwright.adapters.archive.words import FIELD_WORDS, KIND_WORDS, Tongue, when, who
from trialwright.core.deviations import Deviation, Untold
from trialwright.core.ledger import (
    REDACTED,
    Change,
    Event,
    EventVoided,
    FormCorrected,
    FormSubmitted,
    ItemPath,
    Locked,
    PayloadRedacted,
    QueryAnswered,
    QueryClosed,
    QueryOpened,
    Said,
    Signed,
    Unlocked,
    UnlockRequested,
    Value,
    gone_of,
    redactions,
)
from trialwright.core.schedule.naming import Labels, spaced
from trialwright.core.subject import voidings

QUERIES = (QueryOpened, QueryAnswered, QueryClosed)
SEALS = (Signed, Locked, UnlockRequested, Unlocked)
SUPPRESSED = {"items", "stands", "form", "encounter"}
COMMON = {each.name for each in fields(Event)}


@dataclass(frozen=True)
class Later:
    """What an item was made into afterwards: the value, and by which event, whom, when and why."""

    value: str
    seq: int
    told: str


@dataclass(frozen=True)
class Cell:
    """One field of a thing as it was entered, and what became of it."""

    label: str
    value: str
    state: str = ""
    before: str = ""
    later: tuple[Later, ...] = ()


@dataclass(frozen=True)
class Thing:
    """One thing on a form, such as a count or the second of several medications, with its fields."""

    label: str
    which: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Entry:
    """One event, told: its heading, when and by whom, its rows, its things, and what was done to it since."""

    seq: int
    kind: str
    title: str
    place: str
    when: str
    who: str
    recorded: str
    version: str
    rows: tuple[tuple[str, str], ...] = ()
    things: tuple[Thing, ...] = ()
    notices: tuple[str, ...] = ()
    voided: bool = False


@dataclass(frozen=True)
class Line:
    """One event as the ledger has it: place, instant, who, what, why, and its hash."""

    seq: int
    recorded: str
    who: str
    what: str
    on: str
    reason: str
    changes: tuple[tuple[str, str, str], ...]
    hash: str


@dataclass(frozen=True)
class Book:
    """All of one subject, or of what belongs to no subject."""

    name: str
    site: str
    course: tuple[Entry, ...]
    forms: tuple[Entry, ...]
    queries: tuple[Entry, ...]
    seals: tuple[Entry, ...]
    undone: tuple[Entry, ...]
    deviations: tuple[Deviation, ...] | None
    untold: tuple[Untold, ...]
    trail: tuple[Line, ...]


@dataclass(frozen=True)
class Shelf:
    """What every book is written with: labels, the version of each protocol file, and each event's hash."""

    labels: Labels
    versions: Mapping[str, str]
    hashes: Mapping[int, str]
    tongue: Tongue = field(default_factory=Tongue)


def book_of(
    name: str,
    site: str,
    events: Sequence[Event],
    shelf: Shelf,
    found: tuple[Deviation, ...] | None = None,
    untold: tuple[Untold, ...] = (),
) -> Book:
    """The book of a subject (or of the study) from its events, in the order of the ledger."""
    told = Telling(events, shelf)
    entries = [told.entry(event) for event in sorted(events, key=lambda one: (one.occurred, one.time, one.seq))]
    forms = (FormSubmitted.__name__, FormCorrected.__name__)
    apart = {*forms, *_names(QUERIES), *_names(SEALS), *_names((EventVoided, PayloadRedacted))}
    return Book(
        name,
        site,
        tuple(one for one in entries if one.kind not in apart),
        tuple(one for one in entries if one.kind in forms),
        tuple(one for one in entries if one.kind in _names(QUERIES)),
        tuple(one for one in entries if one.kind in _names(SEALS)),
        tuple(one for one in entries if one.kind in _names((EventVoided, PayloadRedacted))),
        found,
        untold,
        tuple(told.line(event) for event in events),
    )


def _names(kinds: Iterable[type[Event]]) -> set[str]:
    return {kind.__name__ for kind in kinds}


class Telling:
    """The events of one book, with what is known of each from the others."""

    def __init__(self, events: Sequence[Event], shelf: Shelf) -> None:
        self.shelf, self.labels, self.tongue = shelf, shelf.labels, shelf.tongue
        self.by_id = {event.id: event for event in events}
        self.voided, self.redacted = voidings(events), redactions(events)
        self.after: dict[str, list[tuple[Change, Event]]] = {}
        for event in events:
            if event.id not in self.voided and isinstance(event, FormSubmitted | FormCorrected):
                for change in event.items:
                    self.after.setdefault(change.path, []).append((change, event))

    def entry(self, event: Event) -> Entry:
        """One event, told."""
        return Entry(
            event.seq,
            type(event).__name__,
            self._title(event),
            event.site or "",
            self.when(event),
            self.who(event),
            self.tongue.instant(event.recorded),
            self.shelf.versions.get(event.protocol, ""),
            tuple(self._rows(event)),
            tuple(self._things(event)),
            tuple(self._notices(event)),
            event.id in self.voided,
        )

    def line(self, event: Event) -> Line:
        """One event as the ledger has it."""
        changes = [
            (path, self.tongue.value(old) if old not in (None, "") else "", self.tongue.value(new))
            for path, old, new in _said(event)
        ]
        return Line(
            event.seq, self.tongue.instant(event.recorded), self.who(event), self._kind(event),
            self.when(event), spaced(event.reason), tuple(changes), self.shelf.hashes.get(event.seq, ""),
        )  # fmt: skip

    def when(self, event: Event) -> str:
        """The local date of an event."""
        return when(event, self.tongue.day)

    def who(self, event: Event) -> str:
        """Who said it."""
        return who(event, self.tongue.words)

    def _kind(self, event: Event) -> str:
        name = type(event).__name__
        return self.tongue.words(KIND_WORDS.get(name, name))

    def _title(self, event: Event) -> str:
        words = self.tongue.words
        if isinstance(event, FormSubmitted | FormCorrected):
            at = self.labels.encounter(event.encounter) if event.encounter else ""
            name = words(spaced(event.form))
            title = f"{name[:1].upper()}{name[1:]}" + (f": {at}" if at and at.casefold() != name.casefold() else "")
            return words("Correction of %(title)s") % {"title": title} if isinstance(event, FormCorrected) else title
        return self._kind(event)

    def _rows(self, event: Event) -> Iterator[tuple[str, str]]:
        """The event's own fields."""
        for each in fields(event):
            value = getattr(event, each.name)
            if each.name in COMMON | SUPPRESSED or value in (None, "", ()):
                continue
            label = FIELD_WORDS.get(each.name, spaced(each.name).capitalize())
            yield self.tongue.words(label), self._own(each.name, value)
        if event.reason:
            words = self.tongue.words
            yield words("Reason"), words(spaced(event.reason))

    def _own(self, name: str, value: object) -> str:
        if isinstance(value, Said):
            words, of = self.tongue.words, {"clauses": ", ".join(value.clauses), "program": value.program}
            clauses = words(" (clauses %(clauses)s)") % of if value.clauses else ""
            program = words(", program %(program)s") % of if value.program else ""
            return f"{value.answer}{clauses}{program}"
        if name == "item":
            return self.labels.item(str(value))
        if name in ("voids", "redacts", "entered_again_as"):
            named = self.by_id.get(str(value))
            return f"{named.seq}, {self._title(named)}, {self.when(named)}" if named else str(value)
        return str(value) if name in ("version", "name") else self.tongue.value(value)

    def _things(self, event: Event) -> Iterator[Thing]:
        if not isinstance(event, FormSubmitted | FormCorrected):
            return
        together: dict[tuple[str, str], list[Change]] = {}
        for change in event.items:
            path = ItemPath.parse(change.path)
            together.setdefault((path.concept, path.instance), []).append(change)
        for changes in together.values():
            path = ItemPath.parse(changes[0].path)
            cells = tuple(self._cell(change, event) for change in changes)
            yield Thing(self.labels.thing(path), self.labels.which(path), cells)

    def _cell(self, change: Change, event: Event) -> Cell:
        before = "" if change.old is None else self._value(change.path, change.old)
        label, now = self.labels.field(ItemPath.parse(change.path)), self._value(change.path, change.new)
        return Cell(label, now, _state(change.new), before, tuple(self._later(change, event)))

    def _value(self, path: str, value: Value) -> str:
        """A value as typed; the key of a visit or a sample by its label."""
        return (self.labels.named(path, value) if isinstance(value, str) else "") or self.tongue.value(value)

    def _later(self, change: Change, event: Event) -> Iterator[Later]:
        """What the item was made into by later entries that count."""
        for other, by in self.after.get(change.path, ()):
            if by.seq > event.seq:
                why = f": {getattr(by, 'why', '')}" if getattr(by, "why", "") else ""
                yield Later(self._value(change.path, other.new), by.seq, self._by(by) + why)

    def _by(self, event: Event) -> str:
        """Who said it, when, and in which event."""
        words, of = self.tongue.words, {"who": self.who(event), "when": self.when(event), "event": event.seq}
        return words("by %(who)s on %(when)s, event %(event)s") % of

    def _notices(self, event: Event) -> Iterator[str]:
        voiding, redaction, words = self.voided.get(event.id), self.redacted.get(event.id), self.tongue.words
        if voiding is not None:
            again = self.by_id.get(voiding.entered_again_as)
            instead = words("; entered again as event %(event)s") % {"event": again.seq} if again else ""
            of = {"why": voiding.why, "by": self._by(voiding) + instead}
            yield words("Voided: it counts no more. %(why)s (%(by)s).") % of
        if redaction is not None:
            yield self._redacted(redaction)

    def _redacted(self, redaction: PayloadRedacted) -> str:
        words, count = self.tongue.words, len(gone_of(redaction))
        of = {
            "what": words("1 value") if count == 1 else words("%(count)s values") % {"count": count},
            "reason": words(spaced(redaction.reason)),
            "who": self.who(redaction),
            "approved": f"{redaction.approved_by} ({words(redaction.approver_role)})",
            "when": self.when(redaction),
            "event": redaction.seq,
        }
        return (
            words(
                "Redacted: %(what)s erased (%(reason)s), asked for by %(who)s, approved by %(approved)s "
                "on %(when)s, event %(event)s. What is erased is unknown; it is not a no."
            )
            % of
        )


def _state(value: Value) -> str:
    if value == REDACTED:
        return "redacted"
    return "missing" if value is None or type(value).__name__ == "Missing" else ""


def _said(event: Event) -> Iterator[tuple[str, Value, Value]]:
    from trialwright.core.ledger import to_changes

    for change in to_changes(event):
        if change.path not in ("occurred", "time", "offset", "zone"):
            yield change.path, change.old, change.new
