"""Who may do what in the study, and what they were taught: a role at a site or everywhere, its end, a training.

These stand in the study's chain, so that an inspector reads them beside the data. Who a person is, and who came in,
stands in the database's own chain (`system`). What the roles amount to on a day is `core.people`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from trialwright.core.ledger.events import Event


@dataclass(frozen=True, kw_only=True)
class RoleGranted(Event):
    """A person has a role from this date on, at the event's site or, where it names none, at all of them.

    `duties` are those delegated with it, as the delegation log lists them; `until` is the last day where one was set.
    """

    person: str
    granted: str
    duties: tuple[str, ...] = ()
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class RoleEnded(Event):
    """A person's role ended, at the event's site or, where it names none, the one that held at all of them."""

    person: str
    ended: str
    why: str


@dataclass(frozen=True, kw_only=True)
class TrainingRecorded(Event):
    """A person was trained in something on this day, such as this protocol version or good clinical practice."""

    person: str
    training: str
