"""Ready-made logins of simulated data: one for each role and site, whose second step needs no telephone.

They open a rehearsal and nothing else: over real data none is made, none signs in, none takes the second step, and no
session or token of theirs is good; each of these asks the ledger itself. The persons are those who act in the
rehearsal, called by role and site. Read `prepare`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from trialwright.adapters.edc import clock
from trialwright.adapters.edc.access.roles import CENTRAL_ROLES, SITE_ROLES, Role
from trialwright.adapters.edc.desk import SERVED, OpenStudy
from trialwright.adapters.edc.people import sessions
from trialwright.adapters.edc.people.told import deactivated, said, tell
from trialwright.core.ledger import Event, PersonNamed, RoleGranted, TrainingRecorded
from trialwright.store import Submission
from trialwright.store.errors import WrongKind

if TYPE_CHECKING:
    from trialwright.adapters.edc.models import Account

PASSWORD = "demonstration-only"  # noqa: S105 - printed for everybody, good for simulated data alone
CODE = "000000"
"""What a ready-made login shows instead of a telephone's code."""
DOMAIN = "demo.example"
ONLY_SIMULATED = "Ready-made logins are for simulated data alone; {study} holds {kind} data. Nothing was made."
DUTIES = {
    Role.COORDINATOR: ("informed consent", "data entry", "answering queries", "essential documents"),
    Role.INVESTIGATOR: (
        "eligibility",
        "physical examination",
        "assessment of response",
        "prescribing",
        "signing forms",
    ),
    Role.PHARMACIST: ("dispensing and accountability",),
    Role.LABORATORY: ("blood samples", "handling of specimens"),
}
IN_A_REHEARSAL = {"sponsor": Role.SPONSOR}
"""Roles that a rehearsal calls otherwise."""


@dataclass(frozen=True)
class Login:
    """One person of the rehearsal: the id that events carry, the role, where, and which of several there."""

    person: str
    role: Role
    site: str | None
    number: int = 1

    @property
    def name(self) -> str:
        """The person as called by role and site."""
        which = f" {self.number}" if self.number > 1 else ""
        return f"{self.role.value.capitalize()}{which}{f', {self.site}' if self.site else ''}"

    @property
    def email(self) -> str:
        """What the person signs in with."""
        words = [self.role.value.replace(" ", "-"), *([self.site.lower()] if self.site else [])]
        return f"{'.'.join(words)}{self.number if self.number > 1 else ''}@{DOMAIN}"


def prepare(opened: OpenStudy) -> list[str]:
    """Make the logins of a simulated study, and say each; harmless when repeated. WrongKind where data are real."""
    refuse_real(opened)
    everybody = list(logins(opened))
    _grant(opened, everybody)
    chosen = [one for one in everybody if one.number == 1]
    _accounts(opened, chosen)
    known = emails(chosen)
    lines = [f"  {known[one.person]:<48}{one.name}" for one in chosen]
    return [*lines, f"  each with the password {PASSWORD} and the code {CODE}"]


def refuse_real(opened: OpenStudy) -> None:
    """The ledger itself says that its data are simulated, from its first event."""
    if opened.record.kind != "simulated":
        raise WrongKind(ONLY_SIMULATED.format(study=opened.study_id, kind=opened.record.kind or "no"))


def is_demonstration() -> bool:
    """Whether every study that this process serves is simulated, and there is one."""
    return bool(SERVED) and all(opened.record.kind == "simulated" for opened in SERVED.values())


def barred(account: Account) -> bool:
    """Whether nobody comes in by a login: its person was deactivated, or it is ready-made and data are real."""
    return deactivated(account.person) or (account.demonstration and not is_demonstration())


def logins(opened: OpenStudy) -> Iterator[Login]:
    """Who acts in the rehearsal, most active first at each place, and one for each role that nobody acted in."""
    acted = _actors(opened)
    places: list[tuple[Role, str | None]] = [(role, None) for role in CENTRAL_ROLES]
    places += [(role, site) for site in opened.site_ids for role in SITE_ROLES]
    for role, site in places:
        found = acted.get((role, site)) or [_made_up(opened, role, site)]
        yield from (Login(person, role, site, number) for number, person in enumerate(found, start=1))


def _actors(opened: OpenStudy) -> dict[tuple[Role, str | None], list[str]]:
    """The persons of each place by how often they acted."""
    often: Counter[tuple[Role, str | None, str]] = Counter()
    for event in _events(opened):
        role = IN_A_REHEARSAL.get(event.role) or next((one for one in Role if one.value == event.role), None)
        if role is not None:
            often[role, event.site if role in SITE_ROLES else None, event.actor] += 1
    found: dict[tuple[Role, str | None], list[str]] = {}
    for role, site, person in sorted(often, key=lambda one: (-often[one], one[2])):
        found.setdefault((role, site), []).append(person)
    return found


def _events(opened: OpenStudy) -> Iterator[Event]:
    """Everything recorded, as it is folded already."""
    yield from opened.record.own
    for record in opened.record.subjects.values():
        yield from record.log or ()


def _made_up(opened: OpenStudy, role: Role, site: str | None) -> str:
    return "u" + sha256(f"{opened.study_id}|{role.value}|{site}".encode()).hexdigest()[:8]


# --- roles as events, accounts beside them ----------------------------------------------------------------------------


def _grant(opened: OpenStudy, everybody: Sequence[Login]) -> None:
    """Name everybody and give the roles that are not held yet, from the study's first day."""
    chief = next(one for one in everybody if one.role is Role.ADMINISTRATOR)
    unnamed = [one for one in everybody if not opened.roster.person(one.person).name]
    if unnamed:
        named = [
            said(opened, PersonNamed, chief.person, chief.role.value, person=p.person, name=p.name) for p in unnamed
        ]
        tell(opened, named, _key(opened, "named", unnamed))
    lacking = [one for one in everybody if not _ever_held(opened, one)]
    if lacking:
        first = opened.record.own[0].occurred
        events = [event for one in lacking for event in _roles(opened, chief, one, first)]
        ready, at = opened.resolved(events), clock.instant(opened.kind, opened.last_recorded)
        texts = opened.texts_of(ready)
        opened.save(Submission(_key(opened, "granted", lacking), ready, texts=texts, recorded_at=at))


def _ever_held(opened: OpenStudy, one: Login) -> bool:
    held = opened.roster.person(one.person).roles
    return any((grant.role, grant.site) == (one.role.value, one.site) for grant in held)


def _roles(opened: OpenStudy, chief: Login, one: Login, first: date) -> Iterator[Event]:
    """The role, with the duties that go with it, and the training that every one of them had."""
    who: dict[str, Any] = {"actor": chief.person, "role": chief.role.value, "site": one.site, "occurred": first}
    yield RoleGranted(**who, person=one.person, granted=one.role.value, duties=DUTIES.get(one.role, ()))
    if one.role in SITE_ROLES:
        version = next(iter(opened.trial.versions))
        yield TrainingRecorded(**who, person=one.person, training=f"protocol version {version}")
        yield TrainingRecorded(**who, person=one.person, training="good clinical practice")


def _key(opened: OpenStudy, what: str, of: Iterable[Login]) -> str:
    people = " ".join(sorted(f"{one.person}/{one.role.value}/{one.site}" for one in of))
    return f"demonstration-{what}-{sha256(f'{opened.study_id} {people}'.encode()).hexdigest()[:16]}"


def _accounts(opened: OpenStudy, everybody: Sequence[Login]) -> None:
    """An account for each, one hash for all of them: the password is printed anyway.

    Where several studies share their accounts, an e-mail that is another's already gets the study's id.
    """
    from django.contrib.auth.hashers import make_password

    from trialwright.adapters.edc.models import Account

    known = emails(everybody)
    taken = set(Account.objects.filter(demonstration=True).values_list("email", flat=True))
    new = [one for one in everybody if one.person not in known]
    if new:
        hashed = make_password(PASSWORD)
        Account.objects.bulk_create(
            Account(
                person=one.person,
                email=one.email if one.email not in taken else one.email.replace("@", f".{opened.id}@"),
                password=hashed,
                demonstration=True,
            )
            for one in new
        )


def emails(everybody: Iterable[Login]) -> dict[str, str]:
    """What each of them signs in with, by person, of those who have an account."""
    from trialwright.adapters.edc.models import Account

    found = Account.objects.filter(person__in=[one.person for one in everybody], demonstration=True)
    return dict(found.values_list("person", "email"))


def account_of(role: str, site: str | None = None) -> Account:
    """The ready-made account of a role, at a site where the role is of one; the first site where none is named."""
    from trialwright.adapters.edc.models import Account

    opened = next(iter(SERVED.values()))
    refuse_real(opened)
    here = site or next((one.site for one in logins(opened) if one.role.value == role), None)
    wanted = next(one for one in logins(opened) if (one.role.value, one.site) == (role, here))
    account: Account = Account.objects.get(person=wanted.person)
    return account


def sign_in(client: Any, role: str, site: str | None = None) -> Account:
    """Sign a test's client in as the ready-made person of a role, both steps taken; LookupError where there is none."""
    account = account_of(role, site)
    enter(client, account)
    return account


def enter(client: Any, account: Account) -> None:
    """Give a test's client a session of a ready-made account, as if both steps had been taken."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session = client.session
    session[SESSION_KEY] = str(account.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = account.get_session_auth_hash()
    sessions.begin(session)
    sessions.take_second_step(session)
    session.save()


@dataclass(frozen=True)
class Offer:
    """A ready-made login as the sign-in page offers it."""

    email: str
    role: Role


def offered() -> dict[str, Any]:
    """What the sign-in page offers over simulated data: the ready-made logins by place; nothing over any other."""
    if not is_demonstration():
        return {}
    shown = [place for opened in SERVED.values() for place in _places(opened)]
    return {"logins": shown, "password": PASSWORD}


def _places(opened: OpenStudy) -> list[tuple[str | None, str, list[Offer]]]:
    """The logins of a study at each place, with the place's name; of several studies all sites carry the study's id."""
    chosen = [one for one in logins(opened) if one.number == 1]
    known = emails(chosen)
    names = {one.id: one.name for one in opened.trial.versions[opened.trial.latest].design.sites}
    at: dict[str | None, list[Offer]] = {}
    for one in chosen:
        if one.person in known:
            at.setdefault(one.site, []).append(Offer(known[one.person], one.role))
    everywhere = opened.study_id if len(SERVED) > 1 else ""
    return [(site, names.get(site or "", everywhere), people) for site, people in at.items()]
