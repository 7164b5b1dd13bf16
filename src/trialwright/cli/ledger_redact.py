"""`trialwright ledger redact`: erase what an event said, under two persons' approval; the chain still verifies.

What is erased, what stands and what is refused is `store.redaction`. Here it is asked for and told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from trialwright.cli.options import StudyFolder
from trialwright.cli.output import AsJson, finish, show, show_json
from trialwright.core.terms import Finding, Severity

if TYPE_CHECKING:
    from trialwright.store.redaction import Redaction

NOTHING_ERASED = "Nothing was erased: a redaction is written whole or not at all."
MOST = 12
"""How many other events are named on the screen."""
BACKUPS = (
    "Copies made before now (backups, dumps, archives, snapshots of the disk) still hold what was erased, until they "
    "expire or are destroyed."
)

EventNamed = Annotated[
    str, typer.Argument(metavar="EVENT", help="The event's id, or its place in the ledger.", show_default=False)
]
Reason = Annotated[
    str,
    typer.Option(
        "--reason",
        metavar="CODE",
        help="Why, as one word: identifying_data, other_persons_data, no_consent, court_order.",
        show_default=False,
    ),
]
RequestedBy = Annotated[
    str,
    typer.Option(
        "--requested-by",
        metavar="ACTOR[:ROLE]",
        help="Who asks; without a role, the one they last acted in here.",
        show_default=False,
    ),
]
ApprovedBy = Annotated[
    str,
    typer.Option("--approved-by", metavar="ACTOR[:ROLE]", help="Who approves: another person.", show_default=False),
]
Item = Annotated[
    list[str] | None,
    typer.Option(
        "--item",
        metavar="PATH",
        help="Erase this value alone, such as adverse_event/1/term; may be given more than once.",
        show_default="all that was typed",
    ),
]


def redact(
    folder: StudyFolder,
    event: EventNamed,
    reason: Reason,
    requested_by: RequestedBy,
    approved_by: ApprovedBy,
    item: Item = None,
    as_json: AsJson = False,
) -> None:
    """Erase what an event said; it reads as unknown, because redacted, from then on. Two persons answer for it."""
    from trialwright.cli.refusals import refusal
    from trialwright.store.errors import LedgerError, Refused
    from trialwright.store.open import open_study
    from trialwright.store.redaction import Person
    from trialwright.store.redaction import redact as erase

    try:
        with open_study(folder) as ledger:
            asked, approved = Person.parse(requested_by), Person.parse(approved_by)
            done = erase(ledger, event, reason=reason, requested_by=asked, approved_by=approved, only=item or ())
            left = _rid(ledger, done)
    except Refused as wrong:
        _answer(None, wrong.findings, as_json)
    except LedgerError as wrong:
        _answer(None, [refusal(wrong, NOTHING_ERASED)], as_json)
    else:
        _answer(done, [*done.findings, *left, *_elsewhere(done)], as_json)


def _rid(ledger: Any, done: Redaction) -> list[Finding]:
    """Take the bytes out of the database's files, and look whether they are gone."""
    from trialwright.store.engines import engine_of

    left: list[str] = engine_of(ledger.alias).rid_of_erased(ledger, (done.salt, done.body.encode()))
    return [
        Finding(
            about=f"event {done.seq}",
            says=f"It is redacted in the ledger, but {why}.",
            matters="Whoever can read the files could still find what was erased.",
            do="Close whatever else has the ledger open and run the same command again; it erases nothing twice.",
            severity=Severity.WARNING,
        )
        for why in left
    ]


def _elsewhere(done: Redaction) -> list[Finding]:
    """Other events that may repeat it: which are to be looked at too."""
    places = ", ".join(f"{one.seq} ({type(one).__name__})" for one in done.also_in[:MOST])
    if not places:
        return []
    more = f" and {len(done.also_in) - MOST} more (--json names them all)" if len(done.also_in) > MOST else ""
    return [
        Finding(
            about=f"event {done.seq}",
            says=f"The same is named in event {places}{more}.",
            matters="A correction keeps the value before it, and a query may quote it: it may stand there still.",
            do="Look at them, and redact those that repeat it.",
            severity=Severity.WARNING,
        )
    ]


def _answer(done: Redaction | None, findings: list[Finding] | tuple[Finding, ...], as_json: bool) -> None:
    if as_json:
        show_json({"redacted": done and as_document(done), "findings": list(findings)})
    elif done is not None:
        show(in_words(done))
    finish(done is not None, findings)


def as_document(done: Redaction) -> dict[str, Any]:
    """The receipt as JSON data; nothing of what was erased is in it."""
    return {
        "event": done.redacted,
        "seq": done.seq,
        "by": done.receipt.event_ids[-1],
        "by_seq": done.receipt.seqs[-1],
        "replay": done.receipt.replay,
        "gone": list(done.gone),
        "also_in": [one.seq for one in done.also_in],
        "head": done.receipt.head,
        "backups": BACKUPS,
    }


def in_words(done: Redaction) -> str:
    """The receipt for people."""
    when = "was redacted before" if done.receipt.replay else "is redacted"
    gone = f" Gone: {', '.join(done.gone)}." if done.gone else ""
    return (
        f"Event {done.seq} {when}; event {done.receipt.seqs[-1]} says so.{gone} It reads as unknown, because redacted."
        f"\nHead {done.receipt.head}.\n{BACKUPS}"
    )
