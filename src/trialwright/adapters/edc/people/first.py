"""The link by which the first administrator of a study of real data signs up, printed where it is served.

Whoever serves the study reads it in the terminal: it is the one account that nobody else could have invited. The role
is given when the link is used, by the person to themselves: nobody else is there who could.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from trialwright.adapters.edc import clock
from trialwright.adapters.edc.desk import SERVED, OpenStudy
from trialwright.adapters.edc.people.inviting import NO_ONES, new_account, new_link, new_person
from trialwright.adapters.edc.people.told import said, tell
from trialwright.core.ledger import Event, PersonNamed, RoleGranted, StudyOpened
from trialwright.store import Submission

if TYPE_CHECKING:
    from trialwright.adapters.edc.models import Account

EMAIL = f"administrator@{{study}}{NO_ONES}"
"""What stands in place of the e-mail until the first administrator gives theirs."""
ROLE = "administrator"


def lines(opened: OpenStudy, address: str) -> list[str]:
    """What to tell whoever serves the study: nothing once somebody is its administrator."""
    if opened.simulated or opened.roster.holders(ROLE):
        return []
    return [
        "Nobody has a role in this study yet. Its first administrator sets a password here, once, within 72 hours:",
        "  " + first_link(opened, address),
    ]


def first_link(opened: OpenStudy, address: str) -> str:
    """The link for the first administrator; a new one each time, and the one before is good no more."""
    from trialwright.adapters.edc.models import Account

    email = EMAIL.format(study=opened.id)
    account = Account.objects.filter(email=email).first() or new_account(email, new_person())
    return address.rstrip("/") + new_link(account).path


def study_awaiting(account: Account) -> OpenStudy | None:
    """The study of real data whose first administrator this account is to be; None for any other account."""
    for opened in SERVED.values():
        opened.catch_up()
        waits = not opened.simulated and not opened.roster.holders(ROLE)
        if waits and account.email == EMAIL.format(study=opened.id):
            return opened
    return None


def take_office(opened: OpenStudy, account: Account, name: str) -> None:
    """The first administrator is named and has the role; a study that nothing was recorded of is opened with it."""
    who = {"actor": account.person, "role": ROLE, "site": None, "occurred": opened.today}
    events: list[Event] = [RoleGranted(**who, person=account.person, granted=ROLE)]  # type: ignore[arg-type]
    if not opened.record.last_seq:
        version = opened.trial.latest
        events.insert(0, StudyOpened(**who, study=opened.study_id, kind="real", protocol=version))  # type: ignore[arg-type]
    ready, at = opened.resolved(events), clock.instant(opened.kind, opened.last_recorded)
    recorded = at if opened.simulated else None
    key = f"first-administrator-{account.person}"
    opened.save(Submission(key, ready, texts=opened.texts_of(ready), recorded_at=recorded))
    tell(opened, [said(opened, PersonNamed, account.person, ROLE, person=account.person, name=name)])
