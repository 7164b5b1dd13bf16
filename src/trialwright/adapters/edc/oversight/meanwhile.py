"""Somebody else saved in between: what they did beside what one wanted to do, and the way on; the same on every page.

A page about a patient carries the version of the record it was drawn from. One about many, about a person or the study
carries the place in the ledger up to which it was drawn, and says what of later entries concerns it (`looking`).
Nothing is merged and nothing decided: mine is sent again by whoever typed it, or it is left as it is. Read `meanwhile`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from trialwright.adapters.edc.desk import Desk
from trialwright.adapters.edc.oversight.audit import line_of
from trialwright.adapters.edc.oversight.telling import Change, Telling
from trialwright.core.ledger import Event
from trialwright.store.chain import SYSTEM_CHAIN

CONFLICT = 409
SHOWN = 8
"""So many entries are told; of more, their number."""
OWN = frozenset(
    (
        "csrfmiddlewaretoken",
        "key",
        "version",
        "seen",
        "beside",
        "confirmed",
        "content",
        "again_password",
        "again_code",
    )
)
"""What is never sent again with the rest: it belongs to one sending."""
AGAIN, BELOW, NOTHING = "again", "below", ""
"""How mine goes on: by a button that sends the same again, in the form below that still has it, or not at all."""
Wanted = Sequence[tuple[str, str]]
"""What somebody wanted to do: what each part is called, and what they chose or typed."""


@dataclass(frozen=True)
class Theirs:
    """One entry that came in between: who, what kind, when, what it said."""

    event: Event
    who: str
    kind: str
    changes: tuple[Change, ...]
    why: str


@dataclass(frozen=True)
class Meanwhile:
    """Both sides: what came, of how many more, what was wanted, and how it goes on."""

    theirs: tuple[Theirs, ...]
    more: int
    wanted: tuple[tuple[str, str], ...]
    keep: str
    carried: tuple[tuple[str, str], ...]
    key: str
    version: int | str
    position: int
    beside: int
    leave: str


def meanwhile(
    request: HttpRequest, desk: Desk, events: Sequence[Event], wanted: Wanted, *, keep: str = BELOW, subject: str = "",
    leave: str = "",
) -> Meanwhile:  # fmt: skip
    """What the page shows of both sides; `leave` is where somebody goes who leaves it as it is now."""
    newest = sorted(events, key=lambda one: -one.seq)
    return Meanwhile(
        theirs=tuple(_theirs(desk, newest[:SHOWN])),
        more=max(len(newest) - SHOWN, 0),
        wanted=tuple((label, said) for label, said in wanted if said),
        keep=keep,
        carried=tuple(_carried(request)) if keep == AGAIN else (),
        key=desk.new_key(),
        version=desk.version(subject) if subject else "",
        position=desk.open.record.last_seq,
        beside=desk.open.reader().sizes(SYSTEM_CHAIN)[0],
        leave=leave or request.get_full_path(),
    )


def _theirs(desk: Desk, events: Iterable[Event]) -> Iterable[Theirs]:
    telling = Telling(desk)
    for event in events:
        line = line_of(telling, event)
        who = _("you, in another window") if event.actor == desk.person.id else line.who
        yield Theirs(event, who, line.kind, line.changes, line.why)


def _carried(request: HttpRequest) -> Iterable[tuple[str, str]]:
    return ((name, str(one)) for name, values in request.POST.lists() if name not in OWN for one in values)
