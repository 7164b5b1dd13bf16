"""Redaction: what an event said is erased, under two persons' approval, and the chain still verifies.

The hash of an event covers a salted commitment to its payload; with payload and salt gone, nothing of it can be guessed
from the hash, and nothing else changes. That it was done is itself an event, `PayloadRedacted`: which event, why, asked
for by whom, approved by whom, and what of it still stands. Erasing happens in the same transaction, and the database
lets it pass only there. Backups keep the bytes until they expire. Read `redact`, then `REFUSALS`.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from trialwright.core.ledger import (
    NEVER_REDACTED,
    Event,
    PayloadRedacted,
    QueryAnswered,
    QueryOpened,
    Value,
    goes,
    gone_of,
    to_changes,
    what_stands,
)
from trialwright.core.terms import Finding
from trialwright.store import rows
from trialwright.store.encoding import read_event
from trialwright.store.errors import Refused
from trialwright.store.reader import sound_header
from trialwright.store.submission import Receipt, Submission

if TYPE_CHECKING:
    from trialwright.store.ledger import Ledger

ROLES = (
    "sponsor", "sponsor-investigator", "investigator", "sub-investigator", "coordinator", "pharmacist",
    "data manager", "monitor", "statistician",
)  # fmt: skip
"""Who may ask for a redaction or approve one: a role of the trial, by the name it has in the ledger."""
CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
SHORTEST_TEXT = 6
"""A text this long that stands elsewhere too is likely the same; a shorter one is a code or a yes."""
OF_SEVERAL = 3
"""A text that was told of so many other subjects is a code of the study, and names none of them."""
MATTERS = "A redaction erases what cannot be had back; nothing was erased."


@dataclass(frozen=True)
class Person:
    """Somebody who asks for a redaction or approves it; without a role, the one they last acted in here."""

    actor: str
    role: str = ""

    @classmethod
    def parse(cls, text: str) -> Person:
        """Read "ACTOR" or "ACTOR:ROLE".

        >>> Person.parse("u2:data manager")
        Person(actor='u2', role='data manager')
        """
        actor, _, role = text.strip().partition(":")
        return cls(actor.strip(), role.strip().replace("_", " ").lower())


@dataclass(frozen=True)
class Redaction:
    """What became of a redaction: its receipt, what is gone, and which other events may say the same."""

    receipt: Receipt
    redacted: str
    seq: int
    gone: tuple[str, ...]
    also_in: tuple[Event, ...] = ()
    findings: tuple[Finding, ...] = ()
    salt: bytes = field(default=b"", repr=False)
    body: str = field(default="", repr=False)


def redact(
    ledger: Ledger,
    event: str | int,
    *,
    reason: str,
    requested_by: Person,
    approved_by: Person,
    only: Collection[str] = (),
) -> Redaction:
    """Erase what an event said (by its id or its place), or of its values `only` those at these paths.

    Two persons answer for it. Raises `Refused` with everything that speaks against it; asked again it changes nothing.
    """
    known = list(ledger.events())
    about = _named(known, event)
    if isinstance(about, Finding):
        raise Refused([about])
    before = next((one for one in known if isinstance(one, PayloadRedacted) and one.redacts == about.id), None)
    if before is not None:
        return _done_before(ledger, about, before, known)
    asked, approved = (_in_role(each, known) for each in (requested_by, approved_by))
    unknown = sorted({*only} - {change.path for change in to_changes(about) if goes(change)})
    if unknown:
        raise Refused([_no(about, f"{', '.join(unknown)}: event {about.seq} holds no such value.", _paths(about))])
    from trialwright.store.keeping.issuing import issuing

    issuer, at = issuing(ledger)
    said = PayloadRedacted(
        actor=asked.actor, role=asked.role, site=about.site, subject=about.subject,
        occurred=(at or issuer.recorded_at(None)).date(), reason=reason, protocol=about.protocol, redacts=about.id,
        approved_by=approved.actor, approver_role=approved.role, stands=what_stands(about, only),
    )  # fmt: skip
    kept = _payload(ledger, about.id)
    receipt = ledger.append(Submission(rows.REDACTS + about.id, (said,), recorded_at=at), issuer)
    gone = tuple(change.path for change in to_changes(about) if goes(change, only))
    return Redaction(receipt, about.id, about.seq, gone, _also_in(known, about, gone), receipt.findings, *kept)


def _done_before(ledger: Ledger, about: Event, before: PayloadRedacted, known: list[Event]) -> Redaction:
    head = ledger.head()
    receipt = Receipt(rows.REDACTS + about.id, (before.seq,), (before.id,), head.hash if head else "", replay=True)
    gone = gone_of(before)
    return Redaction(receipt, about.id, about.seq, gone, _also_in(known, about, gone))


def _named(known: list[Event], event: str | int) -> Event | Finding:
    place = int(event) if isinstance(event, int) or (event.isdecimal() and len(event) < 16) else None
    found = next((one for one in known if (one.seq == place if place is not None else one.id == event)), None)
    return found or Finding(
        about="redaction",
        says=f"The ledger holds no event {event}.",
        matters=MATTERS,
        do=f"Name the id of an event, or its place: 1 to {len(known)}.",
    )


def _in_role(person: Person, known: list[Event]) -> Person:
    if person.role:
        return person
    acted = next((one.role for one in reversed(known) if one.actor == person.actor), "")
    return Person(person.actor, acted)


def _payload(ledger: Ledger, event_id: str) -> tuple[bytes, str]:
    """Salt and body as they lie there before: what must not be found in the file afterwards."""
    with ledger._cursor() as cursor:
        found = rows.event_by_id(cursor, event_id)
    return (bytes(found[4] or b""), str(found[5] or "")) if found else (b"", "")


def _also_in(known: list[Event], about: Event, gone: Collection[str]) -> tuple[Event, ...]:
    """Other events that may repeat what is gone: its text, the value before a correction, a query about the item."""
    values = {change.path: change.new for change in to_changes(about) if change.path in gone}
    others = [one for one in known if one.id != about.id and not isinstance(one, PayloadRedacted)]
    long = {value for value in values.values() if isinstance(value, str) and len(value) >= SHORTEST_TEXT}
    texts = tuple(text for text in sorted(long) if len(_subjects_told(text, others, about)) < OF_SEVERAL)
    return tuple(one for one in others if _asks_about(one, about, gone) or _repeats(one, about, values, texts))


def _subjects_told(text: str, others: list[Event], about: Event) -> set[str | None]:
    """Of whom else the text was told: a code of the study (a visit, a site) is told of several, a name of one."""
    return {one.subject for one in others if one.subject != about.subject and _tells(one, (text,))}


def _asks_about(one: Event, about: Event, gone: Collection[str]) -> bool:
    return isinstance(one, QueryOpened | QueryAnswered) and one.subject == about.subject and one.item in gone


def _repeats(one: Event, about: Event, values: Mapping[str, Value], texts: Collection[str]) -> bool:
    for change in to_changes(one):
        if one.subject == about.subject and change.old is not None and change.old == values.get(change.path):
            return True
    return _tells(one, texts)


def _tells(one: Event, texts: Collection[str]) -> bool:
    said = (told for change in to_changes(one) for told in (change.old, change.new) if isinstance(told, str))
    return bool(texts) and any(text in told for told in said for text in texts)


def _paths(about: Event) -> str:
    held = [change.path for change in to_changes(about) if goes(change)]
    return f"Name one of {', '.join(held)}." if held else "It holds nothing that a person typed."


def _no(about: Event, says: str, do: str) -> Finding:
    return Finding(about=f"event {about.seq}", says=says, matters=MATTERS, do=do)


# --- inside the transaction ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A redaction that is about to be written: the event, its submission, and the row it names."""

    event: PayloadRedacted
    submission: str
    alone: bool
    chain: str
    header: dict[str, Any]
    about: Event | None
    erased: bool


def refuse_redaction(cursor: Any, chain: str, submission: Submission, event: PayloadRedacted) -> None:
    """Refuse what is no redaction that two persons answer for, whichever door it came by."""
    found = rows.event_by_id(cursor, event.redacts)
    header, about, erased = _about(found) if found and found[0] == chain else ({}, None, False)
    asked = Asked(event, submission.submission_id, len(submission.events) == 1, chain, header, about, erased)
    faults = [fault for refuse in REFUSALS for fault in refuse(asked)]
    if faults:
        raise Refused([Finding(about="redaction", says=says, matters=MATTERS, do=do) for says, do in faults])


def _about(found: tuple[Any, ...]) -> tuple[dict[str, Any], Event | None, bool]:
    _, seq, header, digest, salt, body = found
    if salt is None and body is None:
        return json.loads(header), None, True
    known = sound_header(seq, header, bytes(digest), bytes(salt) if salt is not None else None, body)
    return known, read_event(known, body), False


Fault = tuple[str, str]


def no_such_event(asked: Asked) -> Iterator[Fault]:
    """It names an event of this chain that still says something."""
    if not asked.header:
        yield f"{asked.chain} holds no event {asked.event.redacts!r}.", "Name the id of an event of the ledger."
    elif asked.erased:
        yield f"Event {asked.header['seq']} is redacted already.", "There is nothing left to erase."


def founding_event(asked: Asked) -> Iterator[Fault]:
    """What the ledger stands on stays."""
    kind = asked.header.get("type", "")
    if kind in NEVER_REDACTED:
        yield (
            f"Event {asked.header['seq']} ({kind}) is never redacted: {NEVER_REDACTED[kind]}, and says nothing of a "
            "subject.",
            "If it was entered by mistake, void it or put the right version in force.",
        )


def nothing_typed(asked: Asked) -> Iterator[Fault]:
    """There is something to erase that a person typed."""
    if asked.about is not None and not any(goes(change) for change in to_changes(asked.about)):
        kind = type(asked.about).__name__
        if kind not in NEVER_REDACTED:
            yield (
                f"Event {asked.about.seq} ({kind}) holds codes, days and doses by which patients are treated, and "
                "nothing that a person typed in words.",
                "Void it if it was entered by mistake.",
            )


def two_persons(asked: Asked) -> Iterator[Fault]:
    """One asks, another approves, each in a role of the trial."""
    event = asked.event
    if _plain(event.actor) == _plain(event.approved_by):
        yield (
            f"{event.actor or 'Nobody'} both asks for the redaction and approves it.",
            "Have another person approve it: two must answer for what is erased.",
        )
    for who, actor, role in (("asks", event.actor, event.role), ("approves", event.approved_by, event.approver_role)):
        if role not in ROLES or not actor.strip():
            told = f"in the role {role!r}, which is none of the trial's" if role else "in no role that is known here"
            do = f"Name the person with the role, as in u7:data_manager. Roles: {', '.join(ROLES)}."
            yield f"{actor or 'Nobody'} {who} {told}.", do


def a_reason(asked: Asked) -> Iterator[Fault]:
    """Why, as a code: a sentence could say again what is erased."""
    if not CODE.fullmatch(asked.event.reason):
        yield (
            f"{asked.event.reason[:40]!r} is no code for a reason.",
            "Give one word, such as identifying_data, other_persons_data, no_consent or court_order.",
        )


def well_made(asked: Asked) -> Iterator[Fault]:
    """It is alone under the key that names the event, in the event's stream, and says what stands of it."""
    event, about = asked.event, asked.about
    key = rows.REDACTS + event.redacts
    if asked.submission != key or not asked.alone:
        yield f"A redaction is a submission of its own under the key {key}.", "Run: trialwright ledger redact."
    if about is None:
        return
    if (about.subject, about.site) != (event.subject, event.site):
        yield f"Event {about.seq} is of {about.subject or about.site or 'the study'}.", "Redact it there."
    stands = {change.path: change.new for change in event.stands}
    gone = gone_of(event)
    if not gone or stands != {change.path: change.new for change in what_stands(about, gone)}:
        yield (
            f"What stands of event {about.seq} is not what it says without what goes.",
            "Run: trialwright ledger redact.",
        )


REFUSALS: tuple[Callable[[Asked], Iterator[Fault]], ...] = (
    no_such_event,
    founding_event,
    nothing_typed,
    two_persons,
    a_reason,
    well_made,
)
"""What speaks against a redaction; all of it is said at once."""


def _plain(actor: str) -> str:
    """A name as it is told apart: not by case or by blanks around it."""
    return unicodedata.normalize("NFKC", actor).strip().casefold()
