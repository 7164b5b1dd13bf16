"""What is told of people in the database's own chain: who was named, came in, was refused, deactivated, helped.

Each is saved under no protocol, by whoever did it. Roles and trainings are events of the study and go through the desk
like any other. Read `tell`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import uuid4

from trialwright.adapters.edc import clock
from trialwright.adapters.edc.desk import SERVED, OpenStudy
from trialwright.core.ledger import Event
from trialwright.store import Receipt, Submission

SYSTEM = "system"
"""Who tells what nobody did by hand, and in which role."""


def tell(
    opened: OpenStudy, events: Sequence[Event], key: str = "", authorise: Callable[[], None] | None = None,
    seen: Mapping[str, int] | None = None,
) -> Receipt:  # fmt: skip
    """Write events of the database's own chain, whole or not at all; refusals are those of `store.errors`.

    `authorise` is asked inside the transaction whether whoever tells it still may; `seen` is the version that was seen.
    """
    at = clock.instant(opened.kind, opened.last_recorded)
    recorded = at if opened.simulated else None
    said = Submission(key or str(uuid4()), tuple(events), base_versions=dict(seen or {}), recorded_at=recorded)
    return opened.save(said, authorise)


def said(opened: OpenStudy, kind: type[Event], actor: str = SYSTEM, role: str = SYSTEM, **fields: Any) -> Event:
    """An event of the database's own chain, of today."""
    on: date = clock.today(clock.instant(opened.kind, opened.last_recorded), "")
    return kind(actor=actor, role=role, site=None, occurred=on, **fields)


def study_of(person: str) -> OpenStudy | None:
    """The served study in whose database a person's comings and goings are told: theirs, or else the first."""
    for opened in SERVED.values():
        opened.catch_up()
        if person in opened.roster.persons:
            return opened
    return next(iter(SERVED.values()), None)


def deactivated(person: str) -> bool:
    """Whether the database's own chain says that the person has no access any more; any study that knows them tells."""
    opened = next((one for one in SERVED.values() if person in one.roster.persons), None)
    if opened is None:
        return False
    opened.catch_up()
    return not opened.roster.active(person)
