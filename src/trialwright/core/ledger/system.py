"""What is said of the ledger itself and of who had access to it, and of no subject: the database's own chain, `system`.

Its first event says whether the database holds real or simulated data, as the first event of a study's chain does. No
protocol governs these events, so they stand under none. Which chain an event belongs to is told by its kind: those in
`SYSTEM_KINDS` here, every other in the chain of its study.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from trialwright.core.ledger.events import Event


@dataclass(frozen=True, kw_only=True)
class SystemOpened(Event):
    """The first event of the database's own chain: whether its data are real or simulated, for ever."""

    kind: str


@dataclass(frozen=True, kw_only=True)
class CheckpointKeyChanged(Event):
    """Checkpoints are signed with this key from here on: its label, and the public half of it in base64."""

    key: str
    public_key: str


@dataclass(frozen=True, kw_only=True)
class BackupMade(Event):
    """A copy was made and verified: where as a label, of which chain, how many events, and the root of their tree."""

    where: str
    chain: str
    size: int
    root: str


@dataclass(frozen=True, kw_only=True)
class LedgerRestored(Event):
    """The ledger was put back from a copy: from which, its last event of that chain, and in words what was lost."""

    restored_from: str
    chain: str
    last: int
    lost: str = ""


@dataclass(frozen=True, kw_only=True)
class PersonNamed(Event):
    """A person who works with the study got an id, for ever theirs, and the name that is printed beside it."""

    person: str
    name: str


@dataclass(frozen=True, kw_only=True)
class PersonDeactivated(Event):
    """A person has no access any more, from the next request on, whatever their roles."""

    person: str
    why: str


@dataclass(frozen=True, kw_only=True)
class PersonReactivated(Event):
    """A person who was deactivated has access again, with the roles that did not end meanwhile."""

    person: str
    why: str


@dataclass(frozen=True, kw_only=True)
class AccessRestored(Event):
    """A person who could not sign in was helped: `what` is one of `RESTORED`."""

    person: str
    what: str
    why: str


@dataclass(frozen=True, kw_only=True)
class AccessChanged(Event):
    """A person changed what they sign in with: `what` is one of `SIGN_IN_WITH`, `how` is "set" or "removed"."""

    person: str
    what: str
    how: str


@dataclass(frozen=True, kw_only=True)
class SignedIn(Event):
    """A person signed in with both components; `by` says which the second was."""

    person: str
    by: str = ""


@dataclass(frozen=True, kw_only=True)
class SignInRefused(Event):
    """Somebody was not let in; `person` is whose login was tried, empty where there is no such login."""

    person: str
    why: str


@dataclass(frozen=True, kw_only=True)
class TokenIssued(Event):
    """A person let a program act for them until a day; `token` is its id, never the secret."""

    person: str
    token: str
    scope: str
    until: date


@dataclass(frozen=True, kw_only=True)
class TokenEnded(Event):
    """A program acts for a person no more."""

    person: str
    token: str


REFUSED_FOR = ("wrong password", "wrong code", "too many failed attempts", "deactivated", "no such login")
"""Why somebody is not let in, as `SignInRefused` says it."""
RESTORED = ("lock", "password", "second step")
"""What an administrator gives back: a sign-in that was locked, a forgotten password, a lost second component."""
SIGN_IN_WITH = ("password", "authenticator app", "passkey", "recovery codes")
"""What a person has to sign in with, and sets or removes."""
SYSTEM_KINDS: Mapping[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        SystemOpened,
        CheckpointKeyChanged,
        BackupMade,
        LedgerRestored,
        PersonNamed,
        PersonDeactivated,
        PersonReactivated,
        AccessRestored,
        AccessChanged,
        SignedIn,
        SignInRefused,
        TokenIssued,
        TokenEnded,
    )
}
"""Every kind of event of the database's own chain, by its name in the ledger."""
